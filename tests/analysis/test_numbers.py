"""Headline numbers with their doubt, and why: counted, may count, left out, what would flip it."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.answered import HOMES, HPL, agreement, article, event, plan, rows, section
from workbench.analysis import flows, numbers
from workbench.errors import UsageError

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"
LANGUAGES = ("en", "zh")


def span(number: numbers.Number) -> tuple[int, int]:
    return number.low, number.high


# --- the numbers of the five articles ---------------------------------------------------------
# The exchanges are told in test_flow_answers, agreements and plans in test_agreement_answers.
# - Libraries abroad: those of Milan, Leeds, Russia. Countries: Italy, Britain, Germany, Russia; OCLC and IFLA none.
# - Zhejiang Library met Milan's librarians (direction unknown), OCLC, the Russian State Library, IFLA: of
#   its four exchanges the symposium brought partners here, Moscow and Rotterdam led abroad.
# - Open plans with somebody abroad: of twenty the seven wishes of the home alone are left out. That of 2018 is overdue.
# - All three agreements of the home have slept for two years (the tie of the cities is not counted).
HEADLINES = {
    GROUP: {"exchanges": 7, "inbound": 4, "outbound": 2, "online": 1, "partners": 6, "partner_libraries": 3,
            "countries": 4, "agreements": 3, "dormant": 3, "open_plans": 13, "overdue_plans": 1, "single_source": 7},
    HPL: {"exchanges": 4, "inbound": 3, "outbound": 0, "online": 1, "partners": 3, "partner_libraries": 2,
          "countries": 3, "agreements": 2, "dormant": 2, "open_plans": 11, "overdue_plans": 1, "single_source": 4},
    LIBRARY: {"exchanges": 4, "inbound": 1, "outbound": 2, "online": 0, "partners": 4, "partner_libraries": 2,
              "countries": 2, "agreements": 0, "dormant": 0, "open_plans": 2, "overdue_plans": 0, "single_source": 4},
}  # fmt: skip


@pytest.mark.parametrize("home", HOMES)
def test_headlines_of_the_five_articles(asked, home) -> None:
    found = {row[0]: row[1:] for row in rows(numbers.headline(asked(home).corpus), "measure", "low", "high")}
    assert found == {measure: (n, n) for measure, n in HEADLINES[home].items()}


@pytest.mark.parametrize(
    ("measure", "narrowed", "low", "high"),
    [
        ("exchanges", {"year": 2016}, 1, 1), ("exchanges", {"year": 2019}, 0, 1),  # Leeds, by a reading of ours
        ("exchanges", {"year": 2021}, 0, 1), ("exchanges", {"year": 2022}, 0, 1),  # Heidelberg: one of three years
        ("exchanges", {"year": 2023}, 2, 3), ("exchanges", {"year": 2020}, 0, 0),
        ("exchanges", {"partner": "milan-public-libraries"}, 2, 2),
        ("exchanges", {"partner": "british-library"}, 0, 0),
        ("exchanges", {"kind": "conference"}, 3, 3),  # 2016, Moscow, Rotterdam
        ("exchanges", {"kind": "conference", "year": 2023}, 2, 2), ("exchanges", {"country": "IT"}, 2, 2),
        ("exchanges", {"country": "RU", "year": 2023}, 1, 1),
        ("exchanges", {"country": "NL"}, 0, 0),  # IFLA has no seat
        ("inbound", {"year": 2018}, 1, 1), ("outbound", {"year": 2018}, 0, 0), ("outbound", {"country": "RU"}, 1, 1),
        ("online", {"year": 2022}, 0, 1),
        ("partners", {"year": 2023}, 2, 3), ("partners", {"year": 2016}, 1, 1), ("partners", {"year": 2020}, 0, 0),
        ("partners", {"kind": "staff_exchange"}, 1, 1), ("partners", {"country": "GB"}, 1, 1),
        ("partners", {"partner": "leeds-libraries", "year": 2019}, 0, 1),
        ("partner_libraries", {"kind": "conference"}, 2, 2),  # Milan and Moscow
        ("countries", {"year": 2023}, 1, 2), ("countries", {"country": "GB"}, 1, 1),
        ("countries", {"partner": "leeds-libraries"}, 1, 1),
        ("agreements", {"year": 2017}, 1, 2), ("agreements", {"year": 2018}, 0, 1),  # OCLC: by 6 December 2018
        ("agreements", {"year": 2019}, 0, 1), ("agreements", {"year": 2020}, 0, 0),
        ("agreements", {"country": "IT"}, 1, 1),
        ("agreements", {"kind": "memorandum"}, 1, 1), ("dormant", {"partner": "oclc"}, 1, 1),
        ("open_plans", {"partner": "milan-public-libraries"}, 1, 1), ("open_plans", {"kind": "staff_exchange"}, 1, 1),
        ("overdue_plans", {"year": 2018}, 1, 1), ("single_source", {"year": 2023}, 2, 3),
    ],
)  # fmt: skip
def test_narrowed_numbers_of_the_five_articles(asked, measure, narrowed, low, high) -> None:
    """Each by hand, from the exchanges of the group told in test_flow_answers."""
    assert span(numbers.number(asked(GROUP).corpus, measure, **narrowed)) == (low, high)


def test_numbers_in_a_period(asked) -> None:
    """From 15 October 2016 to 2018: the conference of October 2016 cannot say; the stay and the symposium are inside.
    Milan was met surely, in 2017; Italy and nobody else's country with it."""
    corpus = asked(GROUP, "2016-10-15", "2018").corpus
    assert {measure: span(numbers.number(corpus, measure)) for measure in
            ("exchanges", "inbound", "partners", "countries", "single_source")} == {
        "exchanges": (2, 3), "inbound": (2, 3), "partners": (2, 2), "countries": (1, 1), "single_source": (2, 3),
    }  # fmt: skip


def test_two_witnesses_are_not_single_even_if_the_date_cannot_say(world) -> None:
    told = section("events", event("e", "2018-05"))
    corpus = world.corpus(article("a", told), article("b", told), start="2018-05-15", end="2019")
    assert span(numbers.number(corpus, "exchanges")) == (0, 1)
    assert span(numbers.number(corpus, "single_source")) == (0, 0)


@pytest.mark.parametrize("recurring", ["yes", "no"])
def test_a_recurring_plan_is_never_overdue(world, recurring) -> None:
    """Codebook, plans: recurring ones never end. One for 2018, as of 2026."""
    corpus = world.corpus(article("a", section("plans", plan("p", "2018", recurring=recurring))))
    number = numbers.number(corpus, "overdue_plans")
    assert span(number) == ((0, 0) if recurring == "yes" else (1, 1))


def test_a_plan_for_now_may_be_overdue(world) -> None:
    """Planned for October 2026, as of its last day."""
    corpus = world.corpus(article("a", section("plans", plan("p", "2026-10"), plan("q", "2027"))))
    assert rows(numbers.number(corpus, "overdue_plans").frame(), "id", "counts", "reason") == [
        ("p", None, ""), ("q", False, "not_due"),
    ]  # fmt: skip


# --- why --------------------------------------------------------------------------------------
@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("measure", numbers.MEASURES)
def test_nothing_falls_silent(asked, home, measure) -> None:
    """Every candidate counts, may count, or is left out for a reason of the word list; each once; the
    numbers are the numbers of them; each flip is a code of its list."""
    corpus = asked(home).corpus
    number = numbers.number(corpus, measure)
    frame = number.frame()
    counted, may, left = (frame["counts"].eq(True), frame["counts"].isna(), frame["counts"].eq(False))
    counted, left = counted.fillna(False), left.fillna(False)
    assert int(counted.sum() + may.sum() + left.sum()) == len(frame) == len(number.candidates)
    assert frame["id"].is_unique
    assert (int(counted.sum()), int(counted.sum() + may.sum())) == span(number)
    assert set(frame.loc[left, "reason"]) <= set(corpus.vocabularies["left_out_reason"])
    assert {code for codes in frame["flips"] for code in codes} <= set(corpus.vocabularies["flip"])
    known = {id for table in ("events", "agreements", "plans", "organisations") for id in corpus[table].iloc[:, 0]}
    assert {id for ids in frame["records"] for id in ids} <= known
    assert set(number.records) <= known


@pytest.mark.parametrize("home", HOMES)
def test_the_exchanges_left_out_are_those_of_the_list(asked, home) -> None:
    told = asked(home)
    frame = numbers.number(told.corpus, "exchanges").frame()
    left = frame[frame["counts"].eq(False).fillna(False)]
    assert set(rows(left, "id", "reason")) == set(
        rows(flows.left_out(told.exchanges, told.corpus), "record_id", "reason")
    )


def reasons(frame: pd.DataFrame) -> dict[str, tuple[str, tuple[str, ...]]]:
    left = frame[frame["counts"].eq(False).fillna(False)]
    return {row.id: (row.reason, row.flips) for row in left.itertuples()}


UNREAD = "{edtf: '201X', reading: '2019-05', basis: inferred, why: a photograph}"


def test_each_reason_for_an_exchange_with_its_flip(world) -> None:
    """One event for each; what is final (a part, a session in the house, a cancelled visit) has no flip. The event
    read as May 2019 can lie in 2015 by what its source says: it is asked, and lies outside."""
    part = "  parts:\n  - {id: part, type: award, says: some words, who: {host: " + HPL + "}}\n"
    domestic = CAME.format("shanghai-library")
    corpus = world.corpus(article("a", section(
        "events", event("whole", "2015") + part, event("cancelled", "2015", factuality="cancelled"),
        event("postponed", "2015", factuality="postponed"), event("told", "2015", factuality="reported_only"),
        event("several", "2015", clarity="aggregate"), event("inside", "2015", "internal_session"),
        event("domestic", "2015", who=domestic), event("elsewhen", UNREAD))),
        article("b", section("events", event("draft", "2015")), status="draft"), start="2015", end="2015")  # fmt: skip
    number = numbers.number(corpus, "exchanges")
    assert span(number) == (1, 1)
    assert reasons(number.frame()) == {
        "part": ("part", ()), "cancelled": ("cancelled", ()), "postponed": ("postponed", ("happened",)),
        "told": ("reported_only", ("happened",)), "several": ("aggregate", ("separate",)), "inside": ("internal", ()),
        "domestic": ("domestic", ("abroad",)), "elsewhen": ("outside_period", ("reading",)),
        "draft": ("not_reviewed", ("review",)),
    }  # fmt: skip


def test_each_reason_for_a_direction_with_its_flip(world) -> None:
    """Of a visit at a place nobody tells the direction is not known; what went the other way is no candidate."""
    corpus = world.corpus(article("a", section("events", event("e", "2015", where="unknown"), event("f", "2016"))))
    assert reasons(numbers.number(corpus, "outbound").frame()) == {"e": ("direction_unknown", ("place",))}
    assert span(numbers.number(corpus, "inbound")) == (1, 1)


def test_each_reason_for_an_agreement_with_its_flip(world) -> None:
    """The domestic one has nobody abroad; of the group of two the children are left out."""
    group = """\
- id: group
  kind: cooperation_agreement
  parties: [oclc]
  one_each_with: [hangzhou-public-library, ningbo-library]
  says: some words
"""
    corpus = world.corpus(
        article("a", section("agreements", group, agreement("m", "signed 2015"),
                             agreement("loose", kind="unspecified_cooperation"),
                             agreement("city", kind="sister_city", parties="[leeds-city, hangzhou-city]", level="city"),
                             agreement("home", parties=f"[shanghai-library, {HPL}]"))),
        article("b", section("agreements", agreement("draft", "signed 2015")), status="draft"), home=GROUP,
    )  # fmt: skip
    number = numbers.number(corpus, "agreements")
    assert span(number) == (2, 2)
    assert reasons(number.frame()) == {
        "loose": ("no_instrument", ("instrument",)), "city": ("tie_of_cities", ()), "home": ("no_partner", ("abroad",)),
        "draft": ("not_reviewed", ("review",)), "group-hangzhou-public-library": ("child", ()),
        "group-ningbo-library": ("child", ()),
    }  # fmt: skip


def test_each_reason_for_a_plan_with_its_flip(world) -> None:
    """Open: past, not yet due, and one of the home alone; done and given up. An open plan leaves by being realised."""
    corpus = world.corpus(article("a", section("events", event("e", "2015")), section(
        "plans", plan("past", "2016"), plan("later", "2030"), plan("alone", who="{participant: " + HPL + "}"),
        plan("done", "2015", status="realised", realised_by="e"),
        plan("off", "2015", status="cancelled"))))  # fmt: skip
    common = {"alone": ("no_partner", ("abroad",)), "done": ("realised", ()), "off": ("given_up", ())}
    opened, overdue = (numbers.number(corpus, measure) for measure in ("open_plans", "overdue_plans"))
    assert (span(opened), reasons(opened.frame())) == ((2, 2), common)
    final = {"later": ("not_due", ()), "alone": ("not_due", ())}  # without a time no partner makes it overdue
    assert (span(overdue), reasons(overdue.frame())) == ((1, 1), common | final)
    flips = dict(rows(opened.frame(), "id", "flips"))
    assert flips["past"] == ("realised", "witness")


def test_each_reason_for_a_body_with_its_flip(world) -> None:
    """Leeds was met, Milan only in a visit that was cancelled; its country is not met either."""
    off = event("off", "2015", who=CAME.format("milan-public-libraries"), factuality="cancelled")
    corpus = world.corpus(article("a", section("events", event("e", "2015"), off)))
    assert reasons(numbers.number(corpus, "partners").frame()) == {"milan-public-libraries": ("not_met", ("partner",))}
    assert reasons(numbers.number(corpus, "countries").frame()) == {"IT": ("not_met", ("partner",))}


def test_dormant_ones_and_active_ones(world) -> None:
    """Signed in 2015, nothing since: it changes once something is recorded. With Milan in 2025: not dormant, and
    what else may be recorded leaves it so."""
    corpus = world.corpus(article(
        "a", section("agreements", agreement("asleep", "signed 2015"),
                     agreement("awake", "signed 2025-05", parties=f"[milan-public-libraries, {HPL}]"),
                     agreement("between", "signed 2024", parties=f"[oclc, {HPL}]")),
    ))  # fmt: skip
    frame = numbers.number(corpus, "dormant").frame()
    assert rows(frame, "id", "counts", "reason") == [
        ("asleep", True, "dormant"), ("between", None, "dormant"), ("awake", False, "active"),
    ]  # fmt: skip
    flips = dict(rows(frame, "id", "flips"))
    assert "activity" in flips["asleep"]
    assert "activity" not in flips["awake"], "nothing recorded later makes it sleep"


def test_several_witnesses_are_left_out_of_single_ones(world) -> None:
    told = section("events", event("e", "2018"))
    corpus = world.corpus(article("a", told + event("f", "2019")), article("b", told))
    number = numbers.number(corpus, "single_source")
    assert reasons(number.frame()) == {"e": ("several_witnesses", ())}
    assert number.records == ("f",)


def test_what_would_flip_what_counts(world) -> None:
    """One witness: it leaves if that is withdrawn. Two that contradict each other: the decision. Two that agree:
    nothing. A date that cannot say: that it lies inside."""
    first = section("events", event("one", "2016-05"), event("two", "2017-05"), event("open", "2018-05"))
    second = section("events", event("two", "2017-05"), event("open", "2018-07"))
    corpus = world.corpus(article("a", first), article("b", second), start="2016-05-15", end="2019")
    assert dict(rows(numbers.number(corpus, "exchanges").frame(), "id", "flips")) == {
        "one": ("inside",), "two": (), "open": ("decision",),
    }  # fmt: skip
    plain = world.corpus(article("a", first))
    assert {flips for (flips,) in rows(numbers.number(plain, "exchanges").frame(), "flips")} == {("witness",)}


# --- in words ---------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("measure", numbers.MEASURES)
def test_why_prints_in_both_languages(asked, measure, language) -> None:
    """The text names the number, and every record counted or left out by its id."""
    number = numbers.number(asked(GROUP).corpus, measure)
    text = str(number.why(language))
    assert str(number) in text
    for id in number.frame()["id"]:
        assert id in text, id
    assert all(word not in text for word in ("None", "nan", "<NA>", "{{"))
    heads = {"en": ("Counted", "Left out"), "zh": ("计入", "未计入")}
    assert any(head in text for head in heads[language])
    assert not any(head in text for head in heads["zh" if language == "en" else "en"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("measure", "narrowed"),
    [("exchanges", {"partner": "milan-public-libraries", "kind": "conference", "country": "IT", "year": 2016}),
     ("agreements", {"kind": "memorandum"}), ("open_plans", {"kind": "partnership"}),
     ("partners", {"country": "GB"}), ("countries", {"year": 2023})],
)  # fmt: skip
def test_why_says_what_was_asked(asked, measure, narrowed, language) -> None:
    """The kind of an agreement or a plan is a word of another list than the kind of an event."""
    text = str(numbers.number(asked(GROUP).corpus, measure, **narrowed).why(language))
    assert all(str(value) in text for key, value in narrowed.items() if key == "year")
    lists = {"agreements": "agreement_kind", "open_plans": "plan_kind", "exchanges": "event_type"}
    if "kind" in narrowed:
        assert asked(GROUP).corpus.label(lists[measure], narrowed["kind"], language) in text


def test_a_number_nobody_knows(asked) -> None:
    corpus = asked(HPL).corpus
    with pytest.raises(UsageError, match="exchanges"):
        numbers.number(corpus, "exchange")
    with pytest.raises(UsageError, match="leeds-libraries"):
        numbers.number(corpus, "exchanges", partner="leeds-library")
