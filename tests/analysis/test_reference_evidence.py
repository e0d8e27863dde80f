"""Questions 11, 13, 14, 18 and 25: editions, witnesses, disagreements, funders, completeness; worked by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

from analysis.answered import HPL, agreement, article, event, plan, rows, section
from workbench.analysis import evidence
from workbench.analysis.questions import ask
from workbench.records import editions
from workbench.records.editions import Comparison, Edition
from workbench.records.selection import Corpus

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"


def since(corpus: Corpus, before: Corpus) -> Corpus:
    """The slice beside an edition that held the records of another."""
    figures = tuple(evidence.figures([before]))
    old, now = (editions.snapshot(one.tables, one.settings) for one in (before, corpus))
    edition = Edition("2026-11-01", "A", "2026-11-01", "2026-10-31", "public", {}, {}, figures, (), old)
    return dataclasses.replace(corpus, _compare=lambda: Comparison(edition, editions.compare(old, now, edition.cited)))


# --- 11: what changed since the last edition --------------------------------------------------
def test_q11_new_altered_withdrawn(world) -> None:
    """Since the earlier edition the visit of 2018 has a day, a plan is gone, a memorandum (with its step) came with
    an article of its own. What concerns another home alone is not told. So there is one agreement instead of none, and
    it sleeps since 2020; the one open plan is gone; as many exchanges as before."""
    others = event("others", "2018", who="{visitor: milan-public-libraries, host: zhejiang-library}")
    before = world.corpus(article("a", section("events", event("e", "2018"), event("same", "2019"), others),
                                  section("plans", plan("p"))))  # fmt: skip
    now = world.corpus(article("a", section("events", event("e", "2018-05-01"), event("same", "2019"))),
                       article("b", section("agreements", agreement("m", "signed 2020"))))  # fmt: skip
    after = since(now, before)
    found = rows(ask(after, 11), "record", "record_id", "change")
    figure = "headline_figure"
    assert found == [
        ("events", "e", "altered"), ("agreements", "m", "new"), ("milestones", "m-signed", "new"),
        ("plans", "p", "withdrawn"), ("sources", "b", "new"),
        *((figure, name, "altered") for name in ("agreements", "dormant", "open_plans")),
    ]  # fmt: skip
    fields = dict(rows(ask(after, 11), "record_id", "fields"))
    assert fields["e"] == ("date",)
    assert fields["m"] == fields["p"] == ()
    assert (fields["agreements"], fields["dormant"], fields["open_plans"]) == (("0", "1"), ("0", "1"), ("1", "0"))


def test_q11_without_an_earlier_edition_nothing_changed(asked) -> None:
    assert ask(asked(HPL).corpus, 11).empty


# --- 13: one source only, or a party's own ----------------------------------------------------
def test_q13_the_five_articles(asked) -> None:
    """Each article tells its own records: all rest on one source. Those of the two libraries' own websites rest on
    the home's own word; for Hangzhou alone, what Zhejiang Library's page tells is not its own."""
    group = ask(asked(GROUP).corpus, 13).set_index("record_id")
    assert set(group["witnesses"]) == {1}
    assert list(group.index[~group["own_word"]]) == [
        "leeds-visit-2019", "leeds-hangzhou-cities", "leeds-hangzhou-libraries",
    ]  # fmt: skip
    hangzhou = ask(asked(HPL).corpus, 13).set_index("record_id")
    assert not hangzhou.loc["oclc-hangzhou-public-library", "own_word"]
    assert hangzhou.loc["milan-stay-2017", "own_word"]


def test_q13_copies_are_no_witnesses_parts_are_not_asked(world) -> None:
    """Told once; told twice; told by an article and its copy; told by Hangzhou and Leeds; told by Hangzhou twice."""
    ids = ("once", "twice", "copied", "both", "own")
    once, twice, copied, both, own = (event(id, f"20{15 + n}") for n, id in enumerate(ids))
    part = "  parts:\n  - {id: part, type: award, says: some words, who: {host: leeds-libraries}}\n"
    corpus = world.corpus(
        article("a", section("events", once + part, twice, copied)), article("b", section("events", twice)),
        article("c", section("events", copied), copy_of="a"),
        article("d", section("events", both, own), publisher=HPL), article("e", section("events", own), publisher=HPL),
        article("f", section("events", both), publisher="leeds-libraries"),
    )  # fmt: skip
    found = {row[0]: row[1:] for row in rows(ask(corpus, 13), "record_id", "witnesses", "sources", "single",
                                             "own_word")}  # fmt: skip
    assert found == {
        "once": (1, ("a",), True, False), "twice": (2, ("a", "b"), False, False),
        "copied": (1, ("a", "c"), True, False), "both": (2, ("d", "f"), False, False),
        "own": (2, ("d", "e"), False, True),
    }  # fmt: skip


def test_q13_an_internal_source_is_a_witness(world) -> None:
    """What may be shown outside is another question: a report that nobody else may read is a witness all the same."""
    told = section("events", event("e", "2018"))
    corpus = world.corpus(article("a", told), article("b", told, audience="internal"))
    assert rows(ask(corpus, 13), "witnesses", "single") == [(2, False)]


# --- 14: where sources disagree ---------------------------------------------------------------
def test_q14_finer_overlapping_contradicting_decided(world) -> None:
    """2018 and 5 May 2018: finer, the day stands. [March to May] and [April to June]: overlapping, the hull stands. May
    and July 2019: contradicting; without a better witness the first id stands, and it is open. Of 2020 and 2021
    somebody decided for 2021, with a reason. An article and its copy that agree disagree in nothing."""
    first = article("a", section("events", event("finer", "2018"), event("hull", "[2017-03-01..2017-05-31]"),
                                 event("open", "2019-05"), event("decided", "2020"),
                                 event("same", "2016")))  # fmt: skip
    second = article(
        "b",
        section(
            "events",
            event("finer", "2018-05-05"),
            event("hull", "[2017-04-01..2017-06-30]"),
            event("open", "2019-07"),
            event("decided", "2021"),
            event("same", "2016"),
        ),
    )
    decision = "\n- {record: events, id: decided, field: edtf, value: 2021, why: a photograph, by: A, on: 2026-01-02}"
    corpus = world.corpus(first, second, decisions=decision)
    found = {row[0]: (row[1], row[2], row[3].value, *row[4:]) for row in rows(
        ask(corpus, 14), "records", "field", "relation", "chosen", "rule", "reason", "by", "on", "open")}  # fmt: skip
    assert found == {
        ("decided",): ("edtf", "contradicting", "2021", "decision", "a photograph", "A", "2026-01-02", False),
        ("finer",): ("edtf", "finer", "2018-05-05", "finer", None, None, None, False),
        ("hull",): ("edtf", "overlapping", "[2017-03-01..2017-06-30]", "hull", None, None, None, False),
        ("open",): ("edtf", "contradicting", "2019-05", "better-placed witness", None, None, None, True),
    }
    stated = dict(rows(ask(corpus, 14), "records", "stated"))
    assert [str(one) for one in stated["open",]] == ["2019-05 (a)", "2019-07 (b)"]


def test_q14_the_better_placed_witness(world) -> None:
    """A party to the event before a newspaper; then the source nearer in time; a copy last."""

    def told(when: str) -> str:
        return section("events", event("e", when))

    party = world.corpus(article("a", told("2019-05")), article("b", told("2019-06"), publisher=HPL))
    assert [(chosen.value, open) for chosen, open in rows(ask(party, 14), "chosen", "open")] == [("2019-06", True)]
    near = world.corpus(article("a", told("2019-05"), published="2025"), article("b", told("2019-06"),
                                                                                 published="2019-07"))  # fmt: skip
    assert [chosen.value for (chosen,) in rows(ask(near, 14), "chosen")] == ["2019-06"]
    copy = world.corpus(article("a", told("2019-05"), copy_of="b"), article("b", told("2019-06")))
    assert [chosen.value for (chosen,) in rows(ask(copy, 14), "chosen")] == ["2019-06"]


def test_q14_a_draft_disagrees_with_nobody(world) -> None:
    corpus = world.corpus(article("a", section("events", event("e", "2019-05"))),
                          article("b", section("events", event("e", "2019-06")), status="draft"))  # fmt: skip
    assert ask(corpus, 14).empty


# --- 18: funders, and what happened after -----------------------------------------------------
PROGRAMMES = """\
programmes:
- {id: paid, name: An invented programme, says: some words, funder: British Library, funder_id: british-library}
- {id: unpaid, name: Another invented programme, says: some words}
"""


def test_q18_who_paid_and_what_came_after(world) -> None:
    """The programme paid for a visit of Leeds in May 2018 and one of Leeds and Milan in 2019. After 31 December 2019:
    Leeds in 2021. Not: Leeds in 2019, which may lie before the end; Heidelberg in 2022, which was no partner of it;
    Milan's cancelled visit. The other programme held one visit together, and nobody says who paid."""
    both = CAME.format("[leeds-libraries, milan-public-libraries]")
    corpus = world.corpus(article("a", PROGRAMMES, section(
        "events", event("one", "2018-05", programme="paid"), event("two", "2019", who=both, programme="paid"),
        event("within", "2019"), event("after", "2021"),
        event("other", "2022", who=CAME.format("heidelberg-city-library"), programme="unpaid"),
        event("off", "2023", who=CAME.format("milan-public-libraries"), factuality="cancelled"),
    )))  # fmt: skip
    assert rows(ask(corpus, 18), "programme_id", "funder", "funder_id", "events", "last", "partners", "after") == [
        ("paid", "British Library", "british-library", ("one", "two"), dt.date(2019, 12, 31),
         ("leeds-libraries", "milan-public-libraries"), ("after",)),
        ("unpaid", None, None, ("other",), dt.date(2022, 12, 31), ("heidelberg-city-library",), ()),
    ]  # fmt: skip


def test_q18_the_five_articles(asked) -> None:
    """The British Library in China project paid for the visit from Leeds; nothing of Leeds follows. The network trip
    led to Chengdu, where no library of ours was. Milan's programme names no funder."""
    found = rows(ask(asked(HPL).corpus, 18), "programme_id", "funder_id", "events", "after")
    assert sorted(found) == [
        ("bl-in-china", None, ("leeds-visit-2019",), ()), ("hpl-milan-exchange", None, ("milan-stay-2017",), ()),
        ("uk-china-library-network", "british-library", (), ()),
    ]  # fmt: skip


# --- 25: how complete -------------------------------------------------------------------------
def test_q25_the_five_articles(asked) -> None:
    """Four things are asked of an event: Leeds 2019 has place and partner (2 of 4); Milan's stay a stated date as
    well (3 of 4). Five of an agreement: Milan's has date, instrument and scope; OCLC's cooperation has nothing. Two
    of a plan: that of 2018 both, the wishes of the sharing session neither. A claim of a countable measure with a
    time: both."""
    found = ask(asked(GROUP).corpus, 25).set_index("record_id")
    expected = {
        "leeds-visit-2019": (0.5, ("date", "witness")), "milan-stay-2017": (0.75, ("witness",)),
        "milan-hangzhou-libraries": (0.6, ("end", "witness")),
        "oclc-hangzhou-public-library": (0.0, ("date", "instrument", "scope", "end", "witness")),
        "leeds-hangzhou-cities": (0.0, ("date", "instrument", "scope", "end", "witness")),
        "milan-return-visit": (1.0, ()), "zjl-insights": (0.0, ("date", "partner")),
        "heidelberg-anniversary": (0.5, ("date",)),
        "zjlib-2023-academic-exchange-delegations": (1.0, ()),
    }  # fmt: skip
    assert {id: (row["score"], row["gaps"]) for id, row in found.iterrows() if id in expected} == expected


def test_q25_every_gap_closes(world) -> None:
    """With a stated day, a city, a named partner and a second source nothing is missing; nor with a date, an
    instrument, a scope and an end, told twice."""
    told = (section("events", event("e", "2018-05-05")),
            section("agreements", agreement("m", "signed 2018", scope="books", ends="2030")))  # fmt: skip
    corpus = world.corpus(article("a", *told), article("b", *told))
    assert rows(ask(corpus, 25), "record_id", "score", "gaps") == [("e", 1.0, ()), ("m", 1.0, ())]


def test_q25_what_is_asked_of_each_event(world) -> None:
    """A country is no city; nobody by name came; a date by a day is no stated one."""
    bounded = "{edtf: '[..2018-05]', basis: bounded, why: told in a list}"
    poor = event("poor", bounded, where="China", who="{visitor: guests (group), host: hangzhou-public-library}")
    found = evidence.completeness(world.corpus(article("a", section("events", poor))))
    assert rows(found, "score", "gaps") == [(0.0, ("date", "place", "partner", "witness"))]
