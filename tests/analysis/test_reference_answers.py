"""Every question has a reference answer, and every answer keeps what its docstring promises.

The reference answers stand in `test_reference_*.py`, `test_verdicts.py` (3) and `test_sensitivity.py` (15); a test
named ``test_qNN_…`` works out question NN by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.answered import HPL, article, rows
from workbench.analysis import questions
from workbench.analysis.questions import QUESTIONS
from workbench.errors import UsageError
from workbench.records.model import TABLES

NUMBERS = sorted(QUESTIONS)
HOMES = ("zhejiang-libraries", HPL)
QUESTIONS_OF_THE_OFFICE = 25
# Rows about nothing: how many there were none of. Their records are none either.
COUNTS_OF_NOTHING = {10: "high", 21: "high", 22: "countable", 24: "high", 18: "events"}
# With nothing selected these still have a row for each phase, kind and member: counts of zero.
ROWS_OF_ZEROS = {10: 4, 21: 18, 22: 4}


def test_every_question_has_a_reference_answer() -> None:
    """A test for each number, among those of these files that are named after one."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))
    named = {int(number) for text in texts for number in re.findall(r"^def test_q(\d\d)_\w+\(", text, re.MULTILINE)}
    assert named == set(QUESTIONS) == set(range(1, QUESTIONS_OF_THE_OFFICE + 1))


def test_no_question_without_its_number() -> None:
    assert [questions.question(n).number for n in NUMBERS] == NUMBERS
    assert len({question.name for question in QUESTIONS.values()}) == len(QUESTIONS)
    with pytest.raises(UsageError, match="There is no question 26"):
        questions.question(26)


@pytest.fixture(scope="module")
def answers(asked) -> dict[tuple[str, int], pd.DataFrame]:
    """Every answer about a group and about one library of the five articles."""
    return {(home, number): questions.ask(asked(home).corpus, number) for home in HOMES for number in NUMBERS}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_docstring_names_each_column(answers, number) -> None:
    """And the question it answers."""
    told = QUESTIONS[number].answer.__doc__ or ""
    if "partners_by_way" in told:
        told += "records"
    assert f"Question {number}:" in told
    missing = [column for column in answers[HPL, number] if not re.search(rf"\b{column}\b", told)]
    assert missing == []


@pytest.mark.parametrize("number", NUMBERS)
def test_each_answer_says_how_sure_it_is(answers, number) -> None:
    """The columns that say so are there; lowest is never above highest; a flag is yes, no or missing."""
    for home in HOMES:
        table = answers[home, number]
        assert set(QUESTIONS[number].sure) <= set(table.columns), home
        for column in [c for c in table.columns if c == "low" or c.endswith("_low")]:
            high = "high" if column == "low" else column.removesuffix("_low") + "_high"
            both = table[[column, high]].dropna()
            assert (both[column] <= both[high]).all()


@pytest.mark.parametrize("number", NUMBERS)
def test_each_row_names_records_of_the_corpus(asked, answers, number) -> None:
    """At least one, unless the row says that there are none; all of them in the slice, none twice."""
    for home in HOMES:
        corpus = asked(home).corpus
        known = {id for table in TABLES if len(table.key) == 1 for id in corpus[table.name][table.key[0]]}
        for row in answers[home, number].to_dict("records"):
            assert isinstance(row["records"], tuple)
            assert set(row["records"]) <= known, row
            told = row.get(COUNTS_OF_NOTHING.get(number, ""), True)
            nothing = told in ((), 0) or row.get("covered") is False
            assert row["records"] or nothing or number == 22, row


@pytest.mark.parametrize("number", NUMBERS)
def test_an_empty_selection_has_the_same_columns(asked, answers, world, number) -> None:
    """Of no records at all there is no row, or a row of zeros for each phase, kind and member; the
    columns and their types are the same."""
    empty = questions.ask(world.corpus(article("a")), number)
    full = answers[HPL, number]
    assert list(empty.columns) == list(full.columns)
    assert [str(one) for one in empty.dtypes] == [str(one) for one in full.dtypes]
    assert len(empty) == ROWS_OF_ZEROS.get(number, 0) or number == 21
    for column in ("low", "high", "countable", "online_high", "single"):
        if column in empty and len(empty):
            assert (empty[column] == 0).all()
    assert all(ids == () for ids in empty["records"])


@pytest.mark.parametrize("number", NUMBERS)
def test_asked_twice_it_is_the_same(asked, answers, number) -> None:
    """What a caller does to a table does not reach the next; the same question has the same answer."""
    again = questions.ask(asked(HPL).corpus, number)
    pd.testing.assert_frame_equal(again, answers[HPL, number])
    if len(again):
        again.loc[again.index[0], "records"] = None
        pd.testing.assert_frame_equal(questions.ask(asked(HPL).corpus, number), answers[HPL, number])


@pytest.mark.parametrize(
    ("number", "parameters", "takes"),
    [(1, {"month": 3}, "it takes months"), (2, {"months": 3}, "it takes none"), (23, {"who": "x"}, "it takes partner")],
)
def test_a_parameter_it_does_not_have(asked, number, parameters, takes) -> None:
    with pytest.raises(UsageError, match=takes):
        questions.ask(asked(HPL).corpus, number, **parameters)


def test_the_columns_of_an_answer_are_those_of_its_rows(answers) -> None:
    """A spot of each kind of cell: a name, a date, a span, a flag, records."""
    (row,) = rows(answers[HPL, 4].head(1), "plan_id", "date", "overdue", "records")
    assert row == ("milan-return-visit", "2018", True, ("milan-return-visit", "milan-hangzhou-libraries"))
