"""Question 15: would a headline figure change under another reading? Moved by amounts worked by hand."""

from __future__ import annotations

import pytest

from analysis.answered import HPL, agreement, article, event, rows, section
from workbench.analysis import sensitivity
from workbench.analysis.questions import ask

GROUP = "zhejiang-libraries"
MILAN = "{visitor: milan-public-libraries, host: hangzhou-public-library}"
TWO_READINGS = (
    "{edtf: XXXX-05-04, basis: inferred, why: no year is printed, readings: {2018-05-04: one reason, "
    "2020-05-04: another reason}}"
)
MOVED = ("figure", "low", "high", "other_low", "other_high", "other")
FIGURES = ("figure", "low", "high", "lowest", "highest", "holds", "readings")


def contradiction(first: str, second: str) -> tuple[str, str]:
    """Two articles that tell one event otherwise; that of the first is in use, for its id comes first."""
    return article("a", section("events", first)), article("b", section("events", second))


# --- competing readings -----------------------------------------------------------------------
def test_q15_two_readings_in_different_years_and_a_period(world) -> None:
    """Asked for 2018. Leeds came in March 2018, surely. Milan came on 4 May of 2018 or of 2020. Read as 2020 Milan
    leaves: exchanges, partners, libraries, countries and single sources go from 1–2 to 1. Read as 2018 it stays an
    assumption: 1–2. Either way the last exchange is no longer of 2018–2020 but of 2018."""
    corpus = world.corpus(article("a", section("events", event("march", "2018-03"), event("may", TWO_READINGS,
                                                                                          who=MILAN))),
                          start="2018", end="2018")  # fmt: skip
    leaves = [(name, 1, 2, 1, 1, "2020-05-04") for name in ("exchanges", "inbound", "partners", "partner_libraries",
                                                          "countries", "single_source")]  # fmt: skip
    either = [("last_year", 2018, 2020, 2018, 2018, day) for day in ("2018-05-04", "2020-05-04")]
    assert sorted(rows(sensitivity.readings(corpus), *MOVED)) == sorted([*leaves, *either])
    table = {row[0]: row[1:] for row in rows(sensitivity.sensitivity(corpus), *FIGURES)}
    assert table["exchanges"] == (1, 2, 1, 2, False, 1)
    assert table["last_year"] == (2018, 2020, 2018, 2020, False, 2)
    assert table["first_year"] == (2018, 2018, 2018, 2018, True, 0)
    assert table["outbound"] == table["agreements"] == (0, 0, 0, 0, True, 0)
    assert rows(ask(corpus, 15), "event_id", "said", "years", "holds") == [
        ("may", "XXXX-05-04", (2018, 2020), False),
    ]  # fmt: skip
    assert set(rows(ask(corpus, 15), "moves")[0][0]) == {name for name, *_ in leaves} | {"last_year"}


def test_q15_without_a_period_the_count_holds(world) -> None:
    """Both readings lie in all time: two exchanges either way. Read as 2018, the last of them is of 2018, and so are
    both; read as 2020, it is of 2020, and no year has more than the other."""
    corpus = world.corpus(article("a", section("events", event("march", "2018-03"), event("may", TWO_READINGS,
                                                                                          who=MILAN))))  # fmt: skip
    assert sorted(rows(sensitivity.readings(corpus), *MOVED)) == [
        ("busiest_year", 2018, 2018, 2018, 2020, "2020-05-04"), ("last_year", 2018, 2020, 2018, 2018, "2018-05-04"),
        ("last_year", 2018, 2020, 2020, 2020, "2020-05-04"),
    ]  # fmt: skip


def test_q15_a_reading_wakes_an_agreement(world) -> None:
    """A memorandum of 2010; Milan came on 4 May of 2018 or of 2025. As of October 2026, two years back: as it stands
    nobody can say whether it sleeps (0–1); read as 2018 it sleeps (1), read as 2025 it does not (0)."""
    readings = TWO_READINGS.replace("2020-05-04", "2025-05-04")
    corpus = world.corpus(article(
        "a", section("agreements", agreement("m", "signed 2010", parties=f"[milan-public-libraries, {HPL}]")),
        section("events", event("may", readings, who=MILAN)),
    ))  # fmt: skip
    found = [row for row in rows(sensitivity.readings(corpus), *MOVED) if row[0] == "dormant"]
    assert found == [("dormant", 0, 1, 1, 1, "2018-05-04"), ("dormant", 0, 1, 0, 0, "2025-05-04")]


def test_q15_a_reading_put_back_to_what_the_source_says(world) -> None:
    """*In the 2010s*, read as May 2019. Put back, the first year is 2010 to 2019; that nothing is known of a date that
    is only marked as unsure leaves no first year at all."""
    read = "{edtf: '201X', reading: '2019-05', basis: inferred, why: a photograph}"
    corpus = world.corpus(article("a", section("events", event("e", read))))
    moved = {row[0]: row[1:] for row in rows(sensitivity.readings(corpus), *MOVED)}
    assert moved["first_year"] == (2019, 2019, 2010, 2019, "201X")
    marked = world.corpus(article("a", section("events", event("e", "2019?"))))
    moved = {row[0]: row[1:] for row in rows(sensitivity.readings(marked), *MOVED)}
    assert moved["first_year"] == (2019, 2019, None, None, None)


# --- contradictions ---------------------------------------------------------------------------
def test_an_open_contradiction_moves_a_figure(world) -> None:
    """May 2018 by the one, July 2020 by the other, asked for 2018: one exchange, or none."""
    corpus = world.corpus(*contradiction(event("e", "2018-05"), event("e", "2020-07")), start="2018", end="2018")
    moved = {row[0]: row[1:] for row in rows(sensitivity.readings(corpus), *MOVED)}
    assert moved["exchanges"] == (1, 1, 0, 0, "2020-07")
    assert moved["partners"] == (1, 1, 0, 0, "2020-07")
    assert set(sensitivity.readings(corpus)["cause"]) == {"conflict"}
    table = {row[0]: row[1:] for row in rows(sensitivity.sensitivity(corpus), *FIGURES)}
    assert table["exchanges"] == (1, 1, 0, 1, False, 1)


def test_a_decided_one_does_not(world) -> None:
    decision = "\n- {record: events, id: e, field: edtf, value: 2018-05, why: a photograph, by: A, on: 2026-01-02}"
    told = contradiction(event("e", "2018-05"), event("e", "2020-07"))
    corpus = world.corpus(*told, decisions=decision, start="2018", end="2018")
    assert len(corpus["conflicts"]) == 1
    assert sensitivity.readings(corpus).empty
    assert sensitivity.sensitivity(corpus)["holds"].all()


def test_a_contradiction_counts_from_either_side(world) -> None:
    """The same, asked for 2020: what is in use lies outside, and the other source would bring it in."""
    corpus = world.corpus(*contradiction(event("e", "2018-05"), event("e", "2020-07")), start="2020", end="2020")
    table = {row[0]: row[1:] for row in rows(sensitivity.sensitivity(corpus), *FIGURES)}
    assert table["exchanges"][:2] == (0, 0)
    assert table["exchanges"][3:5] == (1, False)


def test_where_it_was_moves_the_direction(world) -> None:
    """At Hangzhou by the one, at Leeds by the other: one inbound or one outbound exchange."""
    corpus = world.corpus(*contradiction(event("e", "2018"), event("e", "2018", where="Leeds")))
    moved = {row[0]: row[1:] for row in rows(sensitivity.readings(corpus), *MOVED)}
    assert corpus["events"].loc[0, "place_id"] == "hangzhou"
    assert moved == {"inbound": (1, 1, 0, 0, "leeds"), "outbound": (0, 0, 1, 1, "leeds")}


@pytest.mark.parametrize(
    ("first", "second", "moves"),
    [
        (event("e", "{edtf: 2019-05, days: 3}"), event("e", "{edtf: 2019-05, days: 4}"), False),
        (event("e", "2019", countable="yes"), event("e", "2019", countable="no"), True),
        (event("e", "2019", quantities="{people: 3}"), event("e", "2019", quantities="{people: 4}"), False),
        (event("e", "2019"), event("e", "2019", factuality="cancelled"), True),
    ],
    ids=["a number", "a yes or no", "a number beside it", "a code"],
)
def test_contradictions_of_every_kind_are_tried(world, first, second, moves) -> None:
    """What is no date is put back too, each value by its type: only what counts moves a figure."""
    corpus = world.corpus(*contradiction(first, second))
    assert list(corpus["conflicts"]["relation"]) == ["contradicting"]
    moved = {row[0]: row[1:5] for row in rows(sensitivity.readings(corpus), *MOVED)}
    assert moved.get("exchanges") == ((1, 1, 0, 0) if moves else None)
    assert bool(moved) is moves


def test_nothing_to_read_otherwise_holds(world) -> None:
    """Stated dates, one source: every figure stands as it is."""
    corpus = world.corpus(article("a", section("events", event("e", "2018"), event("f", "2019-05"))))
    found = sensitivity.sensitivity(corpus)
    assert sensitivity.readings(corpus).empty
    assert found["holds"].all()
    assert (found["readings"] == 0).all()
    for low, high, lowest, highest in rows(found, "low", "high", "lowest", "highest"):
        assert (low, high) == (lowest, highest)
    assert ask(corpus, 15).empty


def test_nothing_else_is_changed_by_trying(world) -> None:
    """The corpus is the same after as before."""
    corpus = world.corpus(*contradiction(event("e", "2018-05"), event("e", "2020-07")))
    before = {name: frame.copy() for name, frame in corpus.tables.items()}
    sensitivity.sensitivity(corpus)
    assert all(frame.equals(before[name]) for name, frame in corpus.tables.items())


# --- the five articles ------------------------------------------------------------------------
def test_q15_the_five_articles(asked) -> None:
    """Two counted dates are readings: Leeds in spring 2019, and Heidelberg in 2021, 2022 or 2023. Of all time no figure
    rests on which: the last exchange and the most exchanges are of 2023 without Heidelberg."""
    assert rows(ask(asked(GROUP).corpus, 15), "event_id", "basis", "said", "years") == [
        ("leeds-visit-2019", "inferred", "[2019-03-22..2019-04-30]", (2019,)),
        ("heidelberg-online-meeting", "inferred", "XXXX-03-17", (2021, 2022, 2023)),
    ]  # fmt: skip
    told = {row[0]: row[1:] for row in rows(ask(asked(GROUP).corpus, 15), "event_id", "moves", "holds")}
    assert told["heidelberg-online-meeting"] == ((), True)


def test_q15_the_five_articles_asked_for_a_year(asked) -> None:
    """In 2021 the meeting with Heidelberg is all there may be: by another reading there is no exchange, nobody met."""
    corpus = asked(GROUP, "2021", "2021").corpus
    ((event_id, moves),) = rows(ask(corpus, 15), "event_id", "moves")
    assert event_id == "heidelberg-online-meeting"
    assert set(moves) == {"exchanges", "online", "partners", "countries", "single_source", "first_year", "last_year",
                          "busiest_year"}  # fmt: skip
    found = {row[0]: row[1:] for row in rows(sensitivity.sensitivity(corpus), *FIGURES)}
    assert found["exchanges"] == (0, 1, 0, 1, False, 2), "2022 and 2023 take it out; 2021 leaves it an assumption"
