"""Answer tables for reading: names for ids, words for codes, and every question about every real home in words."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pandas as pd
import pytest

from analysis.answered import HOMES, HPL
from workbench import settings
from workbench.analysis import questions
from workbench.analysis._frames import frame
from workbench.analysis.questions import QUESTIONS
from workbench.paths import Project
from workbench.prose.frames import COLUMNS, readable, span
from workbench.prose.words import ProseError, Words
from workbench.records import corpus as records_corpus
from workbench.records import load, vocabularies
from workbench.records.model import VOCABULARIES
from workbench.records.selection import Corpus, Selection, choose_home, select

LANGUAGES = ("en", "zh")
SMALLEST = "zhejiang-library"
CHINESE = re.compile("[一-鿿]")
NOTHING = re.compile(r"\b(None|nan|NaT)\b|<NA>|\{\{|Timestamp|datetime")


# --- the real records -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def real(root) -> dict[str, Corpus]:
    """The selections of the three homes from the records as they are now; tables are built in memory."""
    project = Project(root)
    material, _ = load.read_material(project)
    tables, set_up = records_corpus.build(material), settings.read(project)
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    return {
        home: select(tables, set_up, words, Selection(choose_home(set_up, home), None, set_up.as_of)) for home in HOMES
    }


@pytest.fixture(scope="module")
def answered(real) -> dict[tuple[str, int], pd.DataFrame]:
    """Every answer; that about readings of dates takes long and is asked of the smallest home only."""
    return {(home, n): questions.ask(real[home], n) for home in HOMES for n in QUESTIONS if n != 15 or home == SMALLEST}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", QUESTIONS)
def test_every_question_about_every_home_reads(real, answered, number, language) -> None:
    """Each cell is a text, none is a code of the machine's; each column that is not hidden has a head of its own; there
    are as many rows. (The dates that are readings take long to ask: of the smallest home only.)"""
    question = QUESTIONS[number]
    for home in HOMES:
        if (home, number) not in answered:
            continue
        table = answered[home, number]
        worded = readable(table, Words(real[home], language), question.kinds)
        assert len(worded) == len(table)
        cells = [cell for column in worded for cell in worded[column]]
        assert all(isinstance(cell, str) for cell in cells)
        assert [cell for cell in cells if NOTHING.search(cell)] == []
        assert worded.columns.is_unique
        shown = readable(table.head(0), Words(real[home], language), question.kinds)
        assert list(shown.columns) == list(worded.columns), "the heads do not depend on the rows"


@pytest.mark.parametrize("number", QUESTIONS)
def test_no_column_is_lost_behind_another(real, answered, number) -> None:
    """Two columns under one head would be one: as many are shown in Chinese as in English, and as many as there are
    without those that are hidden and the second of each pair."""
    home = SMALLEST
    table, kinds = answered[home, number], QUESTIONS[number].kinds
    known = {**COLUMNS, **kinds}
    ends = {c.removesuffix("low") + "high" for c in table if c == "low" or c.endswith("_low")}
    visible = [c for c in table if c not in ends and known.get(c) != "hidden"]
    for language in LANGUAGES:
        worded = readable(table, Words(real[home], language), kinds)
        assert len(worded.columns) == len(visible), (language, visible, list(worded.columns))


@pytest.mark.parametrize("number", QUESTIONS)
def test_heads_are_translated(real, answered, number) -> None:
    """English heads are words in Latin letters without an underscore, Chinese ones hold Chinese."""
    home = SMALLEST
    english, chinese = (
        readable(answered[home, number], Words(real[home], language), QUESTIONS[number].kinds).columns
        for language in LANGUAGES
    )
    assert all(head.isascii() and "_" not in head and head[:1].isupper() for head in english), list(english)
    assert all(CHINESE.search(head) for head in chinese), list(chinese)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_of_the_machine_shows(real, answered, language) -> None:
    """A code with an underscore (say_with_caveat) is nobody's word."""
    home = HOMES[0]
    codes = {code for name in VOCABULARIES for code in real[home].vocabularies[name] if "_" in code}
    found = set()
    for number in set(QUESTIONS) - {14, 15, 11}:  # 14 cites values of sources as they are written
        worded = readable(answered[home, number], Words(real[home], language), QUESTIONS[number].kinds)
        found |= {(number, cell) for column in worded for cell in worded[column] if cell in codes}
    assert found == set()


# --- cells ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(3, 3, "3"), (3, 5, "3–5"), (3, None, "3+"), (None, 5, "5"), (None, None, ""), (1500, 20000, "1500–20,000"),
     (pd.NA, pd.NA, ""), (2.5, 2.5, "2.5"), (0, 0, "0"), (0, None, "0+")],
)  # fmt: skip
def test_spans(low: Any, high: Any, text: str) -> None:
    assert span(low, high) == text


@pytest.fixture(scope="module")
def words(asked) -> dict[str, Words]:
    return {language: Words(asked(HPL).corpus, language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("column", "value", "en", "zh"),
    [
        ("partner", "leeds-libraries", "Leeds Libraries", "利兹图书馆"),
        ("partners", ("leeds-libraries", "milan-public-libraries"), "Leeds Libraries and Milan Public Libraries",
         "利兹图书馆和米兰公共图书馆系统"),
        ("partners", (), "", ""), ("partner", None, "", ""),
        ("date", "2018-12-05", "5 December 2018", "2018年12月5日"), ("date", None, "", ""),
        ("last", dt.date(2018, 12, 5), "5 December 2018", "2018年12月5日"),
        ("country", "IT", "Italy", "意大利"), ("owes", "home", "we owe a visit", "我方应回访"),
        ("caveats", ("nothing", "past"), "nothing of it on record and speaks of an earlier time",
         "无任何记录佐证和所述为当时情况"),
        ("overdue", True, "yes", "是"), ("overdue", False, "no", "否"), ("overdue", None, "cannot say", "无法判断"),
        ("what", "two librarians of Hangzhou Public Library in Italy",
         "two librarians of Hangzhou Public Library in Italy", "杭州图书馆2名馆员赴意大利"),
        ("topics", ("a donation of books", "the exchange of staff"), "a donation of books and the exchange of staff",
         "赠书和馆员交流"),
        ("publisher", "Global Leeds", "Global Leeds", "Global Leeds"), ("inbound", 12000, "12,000", "12,000"),
        ("year", 2018, "2018", "2018"), ("years", (2018, 2019), "2018 and 2019", "2018和2019"),
    ],
)  # fmt: skip
def test_cells(words, column, value, en, zh) -> None:
    """By the name of the column: names, dates, days, words for codes, flags of three values, numbers, years, text."""
    types = {"overdue": {column: "boolean"}, "inbound": {column: "Int64"}, "year": {column: "Int64"}}
    table = frame([{column: value}], [column]).astype(types.get(column, {}))
    found = tuple(readable(table, words[language]).iloc[0, 0] for language in LANGUAGES)
    assert found == (en, zh)


def test_a_pair_is_one_column_and_what_is_hidden_none(words) -> None:
    """Two numbers are one text; the records behind a row are not shown."""
    row = {"people_in_low": 2, "people_in_high": None, "low": 1, "high": 3, "records": ("x",), "event_id": None}
    table = frame([row], list(row))
    worded = readable(table, words["en"])
    assert worded.iloc[0].tolist() == ["2+", "1–3", ""]
    assert len(worded.columns) == 3


def test_what_a_name_does_not_tell_is_given(words) -> None:
    """A kind is that of an agreement or of a plan; without being told it stays as it is written."""
    table = frame([{"kind": "memorandum"}], ["kind"])
    assert readable(table, words["zh"], {"kind": "agreement_kind"}).iloc[0, 0] == "备忘录"
    assert readable(table, words["zh"]).iloc[0, 0] == "memorandum"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_nobody_worded_is_an_error(words, language) -> None:
    with pytest.raises(ProseError):
        readable(frame([{"unheard_of": 1}], ["unheard_of"]), words[language])


def test_an_empty_table_keeps_its_heads(words) -> None:
    table = frame([], ["partner", "low", "high", "records"])
    assert readable(table, words["en"]).shape == (0, 2)
