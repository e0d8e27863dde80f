"""What the report on coverage says, held against the five dossiers and invented ones."""

from __future__ import annotations

import re

import pytest

from analysis.answered import HOMES, HPL, agreement, article, event, section, world
from workbench.analysis import claims, evidence, sensitivity, spread
from workbench.prose import coverage
from workbench.prose.words import Words
from workbench.records.selection import Corpus

__all__ = ["world"]
GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
LANGUAGES = ("en", "zh")
RAW = re.compile(r"\d{4}-\d\d|XXXX|_|\b[a-z]+-[a-z]+-\d{4}\b|None|nan|<NA>")


def answers(corpus: Corpus) -> coverage.Answers:
    return coverage.Answers(
        corpus, claims.verdicts(corpus), evidence.witnesses(corpus), evidence.disagreements(corpus),
        sensitivity.inferred_dates(corpus), sensitivity.sensitivity(corpus), evidence.completeness(corpus),
        evidence.gaps(corpus), spread.per_year(corpus),
    )  # fmt: skip


def say(told: coverage.Answers, passage: str, language: str = "en", **values) -> list[str]:
    return [s.markup for s in Words(told.corpus, language).say(f"coverage/{passage}", **values)]


def everything(told: coverage.Answers, language: str) -> list[str]:
    words = Words(told.corpus, language)
    passages = [("lead", coverage.lead(told)), ("uncounted", coverage.uncounted(told)),
                ("witnesses", coverage.witnesses(told)), ("weak_left", coverage.weak_left(told)),
                ("years", coverage.years(told)), ("work", coverage.work(told))]  # fmt: skip
    passages += [("dates", coverage.readings(told, words))] if len(told.inferred) else []
    passages += [("claim", claim) for claim in coverage.claims(told, words)]
    passages += [("disagreements", coverage.disagreements(told))] if len(told.disagreements) else []
    said = [s.markup for passage, values in passages for s in words.say(f"coverage/{passage}", **values)]
    for rows in (coverage.uncounted_rows, coverage.weak_rows, coverage.disagreement_rows, coverage.date_rows,
                 coverage.gap_rows):  # fmt: skip
        said += [cell for cells, _ in rows(told, words) for cell in cells]
    return said


@pytest.fixture(scope="module")
def of_home(asked) -> dict[str, coverage.Answers]:
    return {home: answers(asked(home).corpus) for home in HOMES}


def test_the_finding(of_home) -> None:
    """Zhejiang Library alone: five events and a membership, in one article each; both delegations of 2023 are held."""
    said = say(of_home[LIBRARY], "lead", **coverage.lead(of_home[LIBRARY]))
    held = len(of_home[LIBRARY].witnesses)
    assert held == 6
    assert said[0].startswith("Of the six exchanges, events and agreements on record of Zhejiang Library, six rest")
    assert said[1] == "One total that a source states can be checked by counting; the records bear it out in full."
    hangzhou = say(of_home[HPL], "lead", **coverage.lead(of_home[HPL]))
    assert hangzhou[1] == "Two totals that sources state can be checked by counting; the records bear out none in full."


def test_a_claim_names_what_bears_it_out_and_what_is_missing(of_home) -> None:
    """Nine agreements claimed: Leeds is on record, eight have no name; of the libraries that joined OCLC nine."""
    told = of_home[GROUP]
    said = [" ".join(say(told, "claim", **values)) for values in coverage.claims(told, Words(told.corpus, "en"))]
    assert "One is on record: Leeds Libraries. Eight more are claimed, and no source at hand names them." in said[0]
    joined = next(one for one in said if "OCLC" in one)
    assert "Nine are on record: Zhejiang Library" in joined
    assert "No membership or agreement is on record of " in joined
    assert "Hangzhou Public Library" in joined.partition("No membership")[2]  # cooperates, by no instrument
    delegations = next(one for one in said if "delegations" in one)
    assert "conference with the Russian State Library (24 to 26 July 2023)" in delegations
    assert "more" not in delegations


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_id_or_edtf_reaches_a_reader(of_home, language) -> None:
    for home in HOMES:
        assert [text for text in everything(of_home[home], language) if RAW.search(text)] == []


@pytest.mark.parametrize("home", HOMES)
def test_the_sentences_in_chinese_are_chinese(of_home, home) -> None:
    said = everything(of_home[home], "zh")
    assert [text for text in said if re.search(r"[一-鿿][,;:?!(]|[,;:] [一-鿿]", text)] == []


def test_two_readings_are_settled_in_words(world) -> None:
    """An article says May, another July; somebody decided for July. A third pair nobody has decided."""
    first = article("a", section("events", event("told", "2019-05"), event("open", "2020-05")))
    second = article("b", section("events", event("told", "2019-07"), event("open", "2020-07")))
    why = (
        "\n- {record: events, id: told, field: edtf, value: 2019-07, why: a photograph of 2019-07-03, by: A, "
        "on: 2026-01-02}"
    )
    told = answers(world.corpus(first, second, decisions=why))
    words = Words(told.corpus, "en")
    assert say(told, "disagreements", **coverage.disagreements(told)) == [
        (
            "Sources differ on two matters; one was decided by the curators; one is undecided, and the better-placed "
            "source is used."
        )
    ]
    rows = {cells[0]: cells[1:] for cells, _ in coverage.disagreement_rows(told, words)}
    printed = "May 2019 (Invented Press, “An invented article”) and July 2019 (Invented Press, “An invented article”)"
    assert rows["Visit, July 2019"] == ["date", printed, "July 2019", "A photograph of 3 July 2019 (A, 2 January 2026)"]
    assert rows["Visit, May 2020"][3] == "The better-placed source stands"
    assert coverage.key_figures(told)[2][2]["open"].value == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [("50", "50"), ("~50", "about 50"), (">50", "more than 50"), (">=50", "at least 50"), ("2..3", "2–3")],
)
def test_numbers_of_sources_are_said_as_they_have_them(world, value, said) -> None:
    first, second = (event("e", "2019", quantities=f"{{people: '{number}'}}") for number in ("7", value))
    corpus = world.corpus(article("a", section("events", first)), article("b", section("events", second)))
    rows = coverage.disagreement_rows(answers(corpus), Words(corpus, "en"))
    assert f" {said} (Invented Press" in f" {rows[0][0][2]}"


def test_a_reading_that_moves_a_figure_is_named(of_home) -> None:
    """Had the visit from Leeds no date, the agreement might not sleep: two sleep now, perhaps one. The year of the
    last exchange, 2021 to 2023 as it is printed, may be each of them: that is no news."""
    told = of_home[HPL]
    said = say(told, "dates", **coverage.readings(told, Words(told.corpus, "en")))
    news = "Dormant agreements: two; one or two if another reading of these dates held: "
    assert said[1:] == [news + "visit, between 22 March and 30 April 2019."]
    assert coverage.key_figures(told)[3][2]["moved"].value == 1


def test_where_no_reading_moves_anything_that_is_said(world) -> None:
    guess = "{edtf: 2018, basis: inferred, why: told in a list}"
    told = answers(world.corpus(article("a", section("events", event("e", guess)))))
    calm = told.sensitivity.assign(lowest=told.sensitivity["low"], highest=told.sensitivity["high"])
    told = coverage.Answers(**{**told.__dict__, "sensitivity": calm})
    said = say(told, "dates", **coverage.readings(told, Words(told.corpus, "en")))
    assert said[1] == (
        "Read otherwise, each alone, one date takes no headline figure beyond the doubt printed with it."
    )


def test_the_work_list_says_what_helps_most(world) -> None:
    """Two visits of Leeds in one article each, one without a date: a second source is worth a quarter of each record,
    so half of one in all; the date a quarter of one. Leeds can be asked for both."""
    corpus = world.corpus(article("a", section("events", event("dated", "2018-05-05"), event("undated"))))
    gaps = evidence.gaps(corpus)
    assert [(row.gap, row.events, row.gain) for row in gaps.itertuples()] == [("witness", 2, 0.25), ("date", 1, 0.125)]
    (asked_of,) = evidence.to_ask(corpus).itertuples(index=False)
    assert (asked_of.partner, asked_of.lacking, asked_of.gaps) == ("leeds-libraries", 2, ("witness", "date"))
    said = say(answers(corpus), "work", **coverage.work(answers(corpus)))
    assert said[0] == "Of the details looked for in two records, 62 per cent are there; no records have them all."


def test_whom_nobody_abroad_can_tell_is_not_asked(world) -> None:
    """A declaration without a body abroad lacks its end: only the home can tell."""
    told = section("agreements", agreement("m", "signed 2018", parties=f"[{HPL}, zhejiang-library]"))
    table = evidence.to_ask(world.corpus(article("a", told)))
    assert list(table["partner"]) == [None]
    assert coverage.ask_whom(answers(world.corpus(article("a", told)))).empty


def test_nothing_on_record_is_said_without_an_error(world) -> None:
    told = answers(world.corpus(article("a")))
    assert say(told, "lead", **coverage.lead(told)) == []
    assert [number for number, *_ in coverage.key_figures(told)] == ["0 / 0", "0 / 0", "0", "0"]
    assert coverage.weak_rows(told, Words(told.corpus, "en")) == []
