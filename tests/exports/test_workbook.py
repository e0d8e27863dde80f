"""The workbook, opened by openpyxl and, where it is installed, by LibreOffice."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from workbench.errors import RecordsError
from workbench.exports import workbook
from workbench.exports.holdings import Holdings
from workbench.records.model import BY_NAME, TABLES


def open_book(holdings: Holdings) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.write(holdings)["records.xlsx"]))


@pytest.fixture(scope="module")
def book(inside: Holdings) -> openpyxl.Workbook:
    return open_book(inside)


def with_note(holdings: Holdings, text: str) -> Holdings:
    """The same with this note on its first place."""
    places = holdings.tables["places"].copy()
    places.loc[0, "note"] = text
    return replace(holdings, tables={**holdings.tables, "places": places})


def note(book: openpyxl.Workbook) -> Any:
    return book["places"].cell(2, BY_NAME["places"].columns.index("note") + 1)


# --- what it holds --------------------------------------------------------------------------


def test_a_sheet_for_each_table_between_two_others(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["About", *BY_NAME, "Vocabularies"]
    assert book.active.title == "About"


def test_values_come_back_with_their_types(inside: Holdings, book: openpyxl.Workbook) -> None:
    letters = {"date": "d", "integer": "n", "number": "n", "boolean": "b"}
    for table in TABLES:
        rows = list(book[table.name].iter_rows(min_row=2))
        assert len(rows) == len(inside.tables[table.name])
        for n, column in enumerate(table.fields):
            expected = [None if pd.isna(value) else value for value in inside.tables[table.name][column.name]]
            for cell, value in zip((row[n] for row in rows), expected, strict=True):
                found = cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
                if isinstance(value, dt.date) and value.year < 1900:
                    value, letter = value.isoformat(), "s"
                else:
                    letter = letters.get(column.type, "s")
                assert found == value, f"{table.name}!{cell.coordinate}"
                assert value is None or cell.data_type == letter, f"{table.name}!{cell.coordinate}"


def test_text_that_begins_like_a_formula_is_text(book: openpyxl.Workbook) -> None:
    values = {cell.value: cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    for text in ("=1+1", "+86 571, 浙江图书馆 “第一”", "-2 degrees"):
        assert values[text] == "s"
    assert "f" not in values.values(), "no cell is a formula"


def test_about_says_what_it_is_and_leads_to_each_sheet(inside: Holdings, book: openpyxl.Workbook) -> None:
    sheet = book["About"]
    text = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert text[:2] == [inside.settings.title["en"], inside.settings.title["zh"]]
    assert inside.settings.as_of.isoformat() in text
    assert "use inside the house only" in text
    assert any("CC BY" in str(value) or "Creative Commons" in str(value) for value in text)
    listed = {row[0].value: (row[1].value, row[0].hyperlink) for row in sheet.iter_rows() if row[0].hyperlink}
    assert list(listed) == [*BY_NAME, "Vocabularies"]
    for name, frame in inside.tables.items():
        assert listed[name][0] == len(frame)
        assert listed[name][1].location == f"'{name}'!A1"


# --- help for the reader --------------------------------------------------------------------


def test_headings_stay_filter_and_explain(book: openpyxl.Workbook) -> None:
    for table in TABLES:
        sheet = book[table.name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        for cell, column in zip(sheet[1], table.fields, strict=True):
            assert cell.value == column.name
            assert column.description[1:] in cell.comment.text
            assert 9 <= sheet.column_dimensions[cell.column_letter].width <= 50


def test_codes_are_chosen_from_their_list(inside: Holdings, book: openpyxl.Workbook) -> None:
    for table in TABLES:
        offers = {str(rule.sqref).rstrip("0123456789").partition("2:")[0]: rule.formula1
                  for rule in book[table.name].data_validations.dataValidation}  # fmt: skip
        for cell, column in zip(book[table.name][1], table.fields, strict=True):
            if not column.vocabulary:
                continue
            cells = offers[cell.column_letter].lstrip("=").replace("$", "").split("!")[1]
            offered = [row[0].value for row in book["Vocabularies"][cells]]
            assert offered == list(inside.vocabularies[column.vocabulary]), f"{table.name}.{column.name}"


def test_ids_lead_to_the_row_they_name(book: openpyxl.Workbook) -> None:
    links = 0
    for table in TABLES:
        for row in book[table.name].iter_rows(min_row=2):
            for cell in row:
                if cell.hyperlink:
                    sheet, _, place = cell.hyperlink.location.replace("'", "").partition("!")
                    assert book[sheet][place].value == cell.value
                    links += 1
    assert links > 100
    parties = BY_NAME["parties"].columns
    first = book["parties"][2]
    assert all(first[parties.index(name)].hyperlink for name in ("record_id", "party_id"))


@pytest.mark.parametrize(("limit", "value"), [("ROWS_WITH_LINKS", 20), ("MOST_LINKS", 10)])
def test_large_tables_have_no_links_and_about_says_so(
    inside: Holdings, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(workbook, limit, value)
    book = open_book(inside)
    assert not any(cell.hyperlink for row in book["assertions"].iter_rows() for cell in row)
    assert any(cell.hyperlink for row in book["outputs"].iter_rows() for cell in row)
    text = [str(cell.value) for row in book["About"].iter_rows() for cell in row]
    assert any("assertions" in line and "too many rows for links" in line for line in text)


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["x" * 32_767, "𠀀" * 16_383, "长" * 32_767])
def test_the_longest_text_fits(outside: Holdings, text: str) -> None:
    assert note(open_book(with_note(outside, text))).value == text


@pytest.mark.parametrize("text", ["x" * 32_768, "𠀀" * 16_384])
def test_a_longer_text_is_told_and_not_cut(outside: Holdings, text: str) -> None:
    with pytest.raises(RecordsError) as caught:
        workbook.write(with_note(outside, text))
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == ("data/processed/places.parquet", "note")
    assert "beijing" in problem.what
    assert "32,768 characters" in problem.what


def test_control_characters_do_not_spoil_the_file(outside: Holdings) -> None:
    content = workbook.write(with_note(outside, "bell \x07 and _x0007_ and \ufffe end"))["records.xlsx"]
    value = note(openpyxl.load_workbook(io.BytesIO(content))).value
    assert value.startswith("bell ")
    assert value.endswith(" end")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert all(b"\x07" not in archive.read(name) for name in archive.namelist())


def test_empty_tables_have_their_headings(empty: Holdings) -> None:
    book = open_book(empty)
    for table in TABLES:
        assert [cell.value for cell in book[table.name][1]] == table.columns
        assert book[table.name].max_row == 1


# --- LibreOffice ----------------------------------------------------------------------------


def test_libreoffice_opens_it_and_text_stays_text(inside: Holdings, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is missing")
    (tmp_path / "records.xlsx").write_bytes(workbook.write(inside)["records.xlsx"])
    # Every sheet, shown as in the program: a formula would come out as its result.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
               options, "--outdir", str(tmp_path), str(tmp_path / "records.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for table in TABLES:
        with (tmp_path / f"records-{table.name}.csv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
        assert rows[0] == table.columns
        assert len(rows) - 1 == len(inside.tables[table.name])
        if table.name == "events":
            shown = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[0] == "tour")
            assert (shown["topic"], shown["earliest"], shown["countable"]) == ("=1+1", "2019-04-03", "TRUE")
