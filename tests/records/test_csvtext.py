"""CSV as text: what is refused, with its line; then that nothing is guessed and nothing lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import Problem
from workbench.records import csvtext

STEADY = settings(deadline=None, derandomize=True, database=None)


def read(path: Path, content: str | bytes) -> tuple[list[csvtext.Row], list[Problem]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return csvtext.read(path, "a.csv", ("id", "name"), ("note",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


# content, line, field, words of the message
REFUSED = [
    ("id\nx\n", 1, "name", '"name" is missing'),
    ("id,nmae\nx,y\n", 1, "nmae", 'no column "nmae"'),
    ("id,name,name\nx,y,z\n", 1, "name", "twice"),
    ("id,name,\nx,y,\n", 1, "", "no column"),
    ("", 1, "id", "missing"),
    ("\nid,name\nx,y\n", 1, "id", "missing"),
    ("id,name\nx\n", 2, "", "1 cells"),
    ("id,name\nx,y,z\n", 2, "", "3 cells"),
    ('id,name\nx,"y\nz",w\n', 2, "", "3 cells"),
    ("id,name\n\n\nx\n", 4, "", "1 cells"),
    ('id,name\nx,"y"z\n', 2, "", "not CSV"),
    ('id,name\nx,"y\nz,w\n', 2, "", "not CSV"),
    ('id,name\na,b\nx,"y\nz,w\n', 3, "", "not CSV"),
    ("id,name\nx,\x07\n", 2, "", "U+0007"),
    ("id,name\nx,\u202ey\n", 2, "", "U+202E"),
    (b"id,name\nx,\xff\n", 2, "", "0xff"),
    ("id,name\nx," + "y" * 200_000 + "\n", 2, "", ""),
]


@pytest.mark.parametrize(("content", "line", "field", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_reported_where_it_stands(
    file: Path, content: str | bytes, line: int, field: str, words: str
) -> None:
    _, problems = read(file, content)
    assert any((p.line, p.field) == (line, field) and words in p.what for p in problems), problems
    assert all(p.what and p.expected and p.todo for p in problems)


def test_a_missing_file_names_the_columns(tmp_path: Path) -> None:
    rows, problems = csvtext.read(tmp_path / "none.csv", "none.csv", ("id", "name"))
    assert rows == []
    assert [(p.file, p.what, p.expected) for p in problems] == [
        ("none.csv", "the file is missing", "a CSV file with id, name")
    ]


def test_a_misspelt_column_proposes_the_right_one(file: Path) -> None:
    _, problems = read(file, "id,nmae\nx,y\n")
    assert "did you mean name?" in {problem.todo for problem in problems}


def test_all_bad_rows_come_at_once_and_the_good_ones_are_read(file: Path) -> None:
    rows, problems = read(file, "id,name\nx\na,b\ny,z,w\nc,d\n")
    assert [problem.line for problem in problems] == [2, 4]
    assert [row["id"] for row in rows] == ["a", "c"]


def test_rows_know_the_line_they_begin_in(file: Path) -> None:
    rows, problems = read(file, 'id,name\na,"one\ntwo"\n\nb,x\n"c","three\n\nfour"\nd,y\n')
    assert problems == []
    assert [(row["id"], row.line) for row in rows] == [("a", 2), ("b", 5), ("c", 6), ("d", 9)]


def test_cells_are_trimmed_and_nothing_is_guessed(file: Path) -> None:
    rows, _ = read(file, "id,name\n NA , 007 \nnull,1e3\n")
    assert [(row["id"], row["name"]) for row in rows] == [("NA", "007"), ("null", "1e3")]


def test_a_column_that_may_lack_is_empty(file: Path) -> None:
    rows, problems = read(file, "id,name\na,b\n")
    assert problems == []
    assert rows[0]["note"] == ""


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_are_counted_alike_whatever_ends_them(file: Path, ending: str) -> None:
    rows, problems = read(file, ending.join(["\ufeffid,name", "a,b", "c", "d,e"]))
    assert [row.line for row in rows] == [2, 4]
    assert [problem.line for problem in problems] == [3]


CELLS = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" \n"), max_size=12)


@STEADY
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_whatever_cells_are_written_the_same_are_read(tmp_path_factory, pairs: list[tuple[str, str]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([("id", "name"), *pairs])
    rows, problems = read(tmp_path_factory.getbasetemp() / "any.csv", buffer.getvalue())
    assert problems == []
    kept = [(a.strip(), b.strip()) for a, b in pairs if a.strip() or b.strip()]
    assert [(row["id"], row["name"]) for row in rows] == kept
