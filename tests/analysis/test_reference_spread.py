"""Questions 6, 7, 8, 10, 19, 21 and 22: how exchange is spread, worked by hand."""

from __future__ import annotations

import pytest

from analysis.answered import HPL, agreement, article, event, rows, section
from workbench.analysis import spread
from workbench.analysis.questions import ask

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"
MEMBERS = ("jiaxing", "huzhou", "jinhua", "lishui", "ningbo", "quzhou", "shaoxing", "taizhou", "wenzhou", "zhoushan")


# --- 6: countries and regions per year --------------------------------------------------------
def test_q06_the_five_articles(asked) -> None:
    """The meeting with Heidelberg is one exchange with Germany, in 2021, 2022 or 2023; that Leeds came in 2019 is
    a reading of ours: surely in no year. Milan: 2016 and 2017, as printed."""
    found = rows(ask(asked(HPL).corpus, 6), "country", "region", "year", "low", "high")
    assert found == [
        ("DE", "europe", None, 1, 1), *(("DE", "europe", year, 0, 1) for year in (2021, 2022, 2023)),
        ("GB", "europe", None, 1, 1), ("GB", "europe", 2019, 0, 1),
        ("IT", "europe", None, 2, 2), ("IT", "europe", 2016, 1, 1), ("IT", "europe", 2017, 1, 1),
    ]  # fmt: skip


def test_q06_two_countries_and_none(world) -> None:
    """A visit of Leeds and Milan stands under each, so that the rows add up to more than the exchanges; OCLC has no
    country; a second body of Leeds adds no second exchange; an undated visit is in no year."""
    corpus = world.corpus(article("a", section(
        "events", event("both", "2018", who=CAME.format("[leeds-libraries, leeds-city, milan-public-libraries]")),
        event("other", "2019", who=CAME.format("oclc")), event("undated"),
    )))  # fmt: skip
    assert rows(ask(corpus, 6), "country", "year", "low", "high", "partners", "events") == [
        ("GB", None, 2, 2, ("leeds-city", "leeds-libraries"), ("both", "undated")),
        ("GB", 2018, 1, 1, ("leeds-city", "leeds-libraries"), ("both",)),
        ("IT", None, 1, 1, ("milan-public-libraries",), ("both",)),
        ("IT", 2018, 1, 1, ("milan-public-libraries",), ("both",)),
        (None, None, 1, 1, ("oclc",), ("other",)), (None, 2019, 1, 1, ("oclc",), ("other",)),
    ]  # fmt: skip


def test_sources_stand_beside_the_years(world) -> None:
    """Codebook, rule 14: two articles of 2018 tell of one visit of 2018, and so does one of 2018 or 2019, which was
    surely published in neither year. The visit of 2020 is told by an article of 2021: beyond the last exchange."""
    told = section("events", event("e", "2018"))
    corpus = world.corpus(article("a", told, published="2018-05"), article("b", told, published="2018"),
                          article("c", section("events", event("f", "2020")), published="2021-12"),
                          article("d", told, published="'[2018..2019]'"))  # fmt: skip
    assert rows(spread.per_year(corpus), "year", "low", "high", "sources") == [
        (2018, 1, 1, 2), (2019, 0, 0, 0), (2020, 1, 1, 0),
    ]  # fmt: skip


# --- 7 and 8: sister cities and library ties --------------------------------------------------
HEIDELBERG = "[heidelberg-city, hangzhou-city]"
LEEDS = "[leeds-city, hangzhou-city]"


def test_q07_the_five_articles(asked) -> None:
    """Heidelberg: a memorandum of the cities and what the page calls sister cities; no tie of libraries, and the city
    library was spoken of, not met. Whether it is a sister city the instrument does not say. Leeds has both."""
    found = rows(ask(asked(GROUP).corpus, 7), "place_id", "sister", "met", "records")
    assert found == [("heidelberg", None, (), ("hangzhou-heidelberg-cities", "hangzhou-heidelberg-memorandum"))]


@pytest.mark.parametrize(
    ("kind", "sister"),
    [("sister_city", True), ("friendly_exchange_city", False), ("city_tie_unspecified", None), ("memorandum", None)],
)
def test_q07_kinds_of_ties_are_never_merged(world, kind, sister) -> None:
    """A tie of the cities of Heidelberg and Hangzhou of each kind; the library there came in 2018, no agreement."""
    tie = agreement("tie", "signed 2010", kind=kind, parties=HEIDELBERG, level="city")
    met = event("e", "2018", who=CAME.format("heidelberg-city-library"))
    corpus = world.corpus(article("a", section("agreements", tie), section("events", met)))
    assert rows(ask(corpus, 7), "place_id", "sister", "met") == [("heidelberg", sister, ("heidelberg-city-library",))]


def test_q07_only_what_counts_is_a_library_tie(world) -> None:
    """Cooperation without an instrument ties no library, nor does a memorandum nobody has reviewed; a reviewed one
    does, and Leeds leaves the list. A tie of cities in a draft is not on record."""
    city = agreement("tie", "signed 2010", kind="sister_city", parties=LEEDS, level="city")
    first = article("a", section("agreements", city, agreement("loose", kind="unspecified_cooperation")))
    draft = article("b", section("agreements", agreement("m", "signed 2012")), status="draft")
    other = article("c", section("agreements", city.replace("id: tie", "id: other").replace(LEEDS, HEIDELBERG)),
                    status="draft")  # fmt: skip
    assert rows(ask(world.corpus(first, draft, other), 7), "place_id", "sister") == [("leeds", True)]
    assert ask(world.corpus(first, draft.replace("status: draft", "status: reviewed")), 7).empty


def test_q08_the_five_articles(asked) -> None:
    """Milan and Moscow have no tie of cities with Hangzhou; Leeds has one of a kind that is not stated. Heidelberg's
    library was neither met nor agreed with; OCLC and IFLA are no libraries."""
    found = rows(ask(asked(GROUP).corpus, 8), "partner", "place_id", "outside", "agreements")
    assert found == [
        ("leeds-libraries", "leeds", None, 1), ("milan-public-libraries", "milan", True, 1),
        ("russian-state-library", "moscow", True, 0),
    ]  # fmt: skip


def test_q08_sister_friendly_and_none(world) -> None:
    """Heidelberg is a sister city: not outside. Leeds is a city of friendly exchange, which is no sister: outside.
    Milan has no tie: outside. A library at home is no partner; one only agreed with is."""
    ties = section(
        "agreements", agreement("h", "signed 2010", kind="sister_city", parties=HEIDELBERG, level="city"),
        agreement("l", "signed 2010", kind="friendly_exchange_city", parties=LEEDS, level="city"),
        agreement("m", "signed 2010", parties=f"[milan-public-libraries, {HPL}]"),
        agreement("s", "signed 2010", parties=f"[shanghai-library, {HPL}]"),
    )  # fmt: skip
    met = section("events", event("e1", "2018", who=CAME.format("heidelberg-city-library")), event("e2", "2018"))
    assert rows(ask(world.corpus(article("a", ties, met)), 8), "partner", "outside", "agreements") == [
        ("heidelberg-city-library", False, 0), ("leeds-libraries", True, 0), ("milan-public-libraries", True, 1),
    ]  # fmt: skip


# --- 10: online before, during and after the pandemic ------------------------------------------
def test_q10_the_five_articles(asked) -> None:
    """From 30 January 2020 to 5 May 2023. Before: 2016, 2017, 2018 surely, Leeds by a reading of ours. During: the
    meeting with Heidelberg, by a reading of ours. After: Moscow and Rotterdam. Codebook, rule 2: a yes that rests on an
    inferred reading is counted from lowest to highest."""
    found = rows(ask(asked(GROUP).corpus, 10), "phase", "low", "high", "online_low", "online_high", "only_online")
    assert found == [
        ("before", 3, 4, 0, 0, ()), ("during", 0, 1, 0, 1, ("heidelberg-city",)), ("after", 2, 2, 0, 0, ()),
        (None, 7, 7, 1, 1, ("heidelberg-city",)),
    ]  # fmt: skip


def test_q10_hybrid_is_both_and_post_is_neither(world) -> None:
    """In 2021: online with Leeds, hybrid with Milan, by post to Heidelberg's library. Two of three were online; only
    Leeds was met online alone. In 2020 a meeting may have come before the emergency or in it."""
    both = "{{participant: [{}, hangzhou-public-library]}}"
    corpus = world.corpus(article("a", section(
        "events", event("o", "2021", "meeting", "online", both.format("leeds-libraries"), "online"),
        event("h", "2021", "meeting", "Hangzhou", both.format("milan-public-libraries"), "hybrid"),
        event("p", "2021", "book_donation", "Heidelberg",
              "{donor: hangzhou-public-library, recipient: heidelberg-city-library}", "post"),
        event("between", "2020-01", "meeting", "online", both.format("leeds-libraries"), "online"),
    )))  # fmt: skip
    found = rows(ask(corpus, 10), "phase", "low", "high", "online_low", "online_high", "only_online")
    assert found == [
        ("before", 0, 1, 0, 1, ("leeds-libraries",)), ("during", 3, 4, 2, 3, ("leeds-libraries",)),
        ("after", 0, 0, 0, 0, ()), (None, 4, 4, 3, 3, ("leeds-libraries",)),
    ]  # fmt: skip
    ways = spread.partners_by_way(corpus)
    assert list(ways.loc[ways["only_online"], "partner"]) == ["leeds-libraries"], "books by post are no meeting online"


def test_q10_another_span_and_a_period(world) -> None:
    """The pandemic is a parameter. What only may lie in the selected period is sure in no phase."""
    told = article("a", section("events", event("e", "2016-10")))
    assert rows(ask(world.corpus(told), 10, pandemic="2016/2017"), "phase", "low", "high")[1] == ("during", 1, 1)
    assert rows(ask(world.corpus(told, start="2016-10-15", end="2018"), 10), "phase", "low", "high")[0] == (
        "before", 0, 1,
    )  # fmt: skip


# --- 19: met among others, never alone --------------------------------------------------------
def test_q19_the_five_articles(asked) -> None:
    """IFLA at its congress, the Russian State Library at the forum. Milan spoke at a conference and came alone."""
    assert rows(ask(asked(GROUP).corpus, 19), "partner", "multilateral", "online", "in_person", "records") == [
        ("ifla", 1, 0, 1, ("wlic-2023",)), ("russian-state-library", 1, 0, 1, ("sino-russia-forum-2023",)),
    ]  # fmt: skip


def test_q19_one_meeting_alone_is_enough(world) -> None:
    """Leeds and Milan came together, twice; Leeds also met us alone online. OCLC was at a conference, where others
    are whether named or not."""
    both = CAME.format("[leeds-libraries, milan-public-libraries]")
    alone = "{participant: [leeds-libraries, hangzhou-public-library]}"
    corpus = world.corpus(article("a", section(
        "events", event("one", "2018", who=both), event("two", "2019", who=both),
        event("alone", "2020", "meeting", "online", alone, "online"),
        event("conference", "2021", "conference", who=CAME.format("oclc")),
    )))  # fmt: skip
    found = rows(ask(corpus, 19), "partner", "multilateral")
    assert found == [("milan-public-libraries", 2), ("oclc", 1)]


# --- 21: what was done with whom, what never --------------------------------------------------
def test_q21_the_five_articles(asked) -> None:
    """Leeds: one visit, in it a tour and a branch (three visits), a talk, a broadcast, a meeting with the staff,
    the signing. Milan: the conference with its first talk, the stay with two joint activities; what is told as many
    interviews and different branches is no number, and the talks with Zhejiang Library and with Shanghai
    Library were not those of Hangzhou."""
    found = rows(ask(asked(HPL).corpus, 21), "partner", "type", "low", "high")
    leeds = {row[1]: row[3] for row in found if row[0] == "leeds-libraries"}
    milan = {row[1]: row[3] for row in found if row[0] == "milan-public-libraries"}
    assert leeds == {"visit": 3, "public_talk": 1, "media_interview": 1, "meeting": 1, "agreement_signing": 1}
    assert milan == {"conference": 1, "meeting": 1, "staff_exchange": 1, "joint_activity": 2}
    together = {row[1]: row[3] for row in found if row[0] is None}
    assert {kind for kind, number in together.items() if number == 0} == set(together) - {*leeds, *milan}
    assert together["meeting"] == 3, "with Leeds, with Milan, with Heidelberg"
    assert together["book_donation"] == together["exhibition"] == together["training"] == 0
    assert not {"internal_session", "agreement_approval", "other"} & set(together)


def test_q21_a_part_that_was_called_off_was_not_tried(world) -> None:
    """Of two parts one was cancelled, and one is told by an article nobody has reviewed."""
    parts = "  parts:\n  - {id: off, type: award, says: some words, factuality: cancelled, who: {host: " + HPL + "}}\n"
    draft = event("unread", "2018", "exhibition", part_of="e")
    corpus = world.corpus(article("a", section("events", event("e", "2018") + parts)),
                          article("b", section("events", draft), status="draft"))  # fmt: skip
    assert [row for row in rows(ask(corpus, 21), "partner", "type", "high") if row[2]] == [
        ("leeds-libraries", "visit", 1), (None, "visit", 1),
    ]  # fmt: skip


def test_q21_a_visit_of_two_partners_is_one_visit(world) -> None:
    """It stands with each of them, and once with all together; it may lie outside the period from 15 May."""
    corpus = world.corpus(article("a", section(
        "events", event("e", "2018-05", who=CAME.format("[leeds-libraries, milan-public-libraries]")))),
        start="2018-05-15", end="2019")  # fmt: skip
    assert [row for row in rows(ask(corpus, 21), "partner", "type", "low", "high") if row[3]] == [
        ("leeds-libraries", "visit", 0, 1), ("milan-public-libraries", "visit", 0, 1), (None, "visit", 0, 1),
    ]  # fmt: skip


# --- 22: which libraries of the province are covered ------------------------------------------
def test_q22_the_five_articles(asked) -> None:
    """Hangzhou by Milan's and Leeds' agreements; eight libraries by their place in the group of OCLC; three cooperated
    and the provincial library is said to have joined, no instrument being named; the branches by nothing."""
    found = {row[0]: row[1:] for row in rows(ask(asked(GROUP).corpus, 22), "org_id", "countable", "covered")}
    loose = {"ningbo-library", "jiaxing-library", LIBRARY}
    assert found.pop(HPL) == (2, True)
    assert {id for id, told in found.items() if told == (0, None)} == loose
    assert {id for id, told in found.items() if told == (1, True)} == {f"{city}-library" for city in MEMBERS} - loose
    assert {id for id, told in found.items() if told == (0, False)} == {
        "hpl-buddhism-branch", "hpl-environment-branch", "hpl-sports-branch",
    }  # fmt: skip
    partners = dict(rows(ask(asked(GROUP).corpus, 22), "org_id", "partners"))
    assert partners["wenzhou-library"] == ("oclc",)
    told = dict(rows(ask(asked(GROUP).corpus, 22), "org_id", "told"))
    assert (partners["ningbo-library"], told["ningbo-library"]) == ((), ("oclc",)), "no instrument, no cover"
    assert told["wenzhou-library"] == ()


def test_q22_what_covers_nobody(world) -> None:
    """A memorandum with Shanghai Library has no foreign body; one that nobody has reviewed is not on record."""
    home = agreement("domestic", "signed 2019", parties=f"[shanghai-library, {HPL}]")
    corpus = world.corpus(
        article("a", section("agreements", home)),
        article("b", section("agreements", agreement("draft", "signed 2019")), status="draft"),
    )
    found = {row[0]: row[1:] for row in rows(ask(corpus, 22), "org_id", "countable", "covered")}
    assert found[HPL][0] == 0
    assert found[HPL][1] is not True
