"""One workbook for people who read tables in Excel or LibreOffice: a sheet for each table, and what it is.

Text is always text, whatever it begins with; days are dates, numbers numbers. Codes are chosen
from lists, ids lead to the row they name, and each heading tells what its column holds.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workbench.errors import Problem, RecordsError
from workbench.exports.datapackage import word_rows
from workbench.exports.holdings import POINTERS, Holdings, values
from workbench.records.model import TABLES, Field, Table
from workbench.records.tables import LICENSES

FILE = "records.xlsx"
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
ROWS_WITH_LINKS = 5_000
MOST_LINKS = 60_000
ABOUT, WORDS = "About", "Vocabularies"
_NARROWEST, _WIDEST = 9, 48  # of columns, in characters
_LINE, _MOST_LINES = 14, 12  # height of a line in points; more lines are not shown without a click
_PRINTABLE = 190  # characters across a page before the print is too small
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_INK, _PALE, _RULE = "#1F3A4D", "#E8EEF2", "#B8C6D0"
_BASE = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "number": {"align": "right", "indent": 1},
    "boolean": {"num_format": '"TRUE";"TRUE";"FALSE"', "align": "center"},  # LibreOffice shows 1 and 0 otherwise
    "link": {"font_color": "#1B5E8C", "num_format": "@", "text_wrap": True},
    "head": {"bold": True, "font_color": _INK, "bg_color": _PALE, "bottom": 1, "bottom_color": _RULE,
             "valign": "vcenter", "text_wrap": True},
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "note": {"font_color": "#5A6B78"},
    "plain": {"text_wrap": True, "indent": 1},
    "count": {"num_format": "#,##0", "align": "right", "indent": 1},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Book:
    book: xlsxwriter.Workbook
    formats: dict[str, Format]
    holdings: Holdings
    rows: dict[str, dict[Any, int]]  # by table: the row of its sheet (from 0) in which an id stands
    lists: dict[str, str]  # by word list: the cells that hold its codes


def write(holdings: Holdings) -> dict[str, bytes]:
    """The workbook: name of the file and its bytes.

    Raises `RecordsError` when a table or a text is larger than a sheet or a cell can be.
    """
    problems = [problem for table in TABLES for problem in _too_large(table, holdings.tables[table.name])]
    if problems:
        raise RecordsError(problems)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    settings = holdings.settings
    created = dt.datetime.combine(settings.as_of, dt.time())
    book.set_properties({"title": settings.title["en"], "comments": holdings.description, "created": created})
    formats = {name: book.add_format({**_BASE, **look}) for name, look in _FORMATS.items()}
    words = word_rows(holdings)
    rows = {
        table.name: {id: n for n, id in enumerate(holdings.tables[table.name][table.key[0]], 1)}
        for table in TABLES if len(table.key) == 1
    }  # fmt: skip
    writer = _Book(book, formats, holdings, rows, _ranges(words))
    about = book.add_worksheet(ABOUT)
    bare = [table.name for table in TABLES if not _write_table(writer, table)]
    _write_words(writer, words)
    _write_about(writer, about, bare, len(words))
    book.close()
    return {FILE: buffer.getvalue()}


def _too_large(table: Table, frame: pd.DataFrame) -> list[Problem]:
    file = f"data/processed/{table.name}.parquet"
    todo = "shorten it, or export to datapackage or sqlite instead"
    if len(frame) >= MOST_ROWS:
        return [Problem(file, 0, "", f"{len(frame):,} rows do not fit a sheet of a workbook",
                        f"at most {MOST_ROWS - 1:,}", "export to datapackage or sqlite instead")]  # fmt: skip
    problems = []
    for column in table.fields:
        if frame[column.name].dtype == "string":
            long = frame[frame[column.name].str.len().fillna(0) > LONGEST_TEXT // 2]  # some characters count twice
            for key, text in zip(long[table.key[0]], long[column.name], strict=True):
                units = len(text.encode("utf-16-le")) // 2
                if units > LONGEST_TEXT:
                    what = f"the text of {key} has {units:,} characters, too many for a cell of a workbook"
                    problems.append(Problem(file, 0, column.name, what, f"at most {LONGEST_TEXT:,}", todo))
    return problems


# --- sheets -------------------------------------------------------------------------------


def _write_table(writer: _Book, table: Table) -> bool:
    """Write the sheet of a table; returns whether its ids are links."""
    frame = writer.holdings.tables[table.name]
    sheet = writer.book.add_worksheet(table.name)
    columns = [values(frame, column) for column in table.fields]
    linked = len(frame) <= ROWS_WITH_LINKS
    targets = [_targets(writer, frame, column) if linked else {} for column in table.fields]
    linked = linked and sum(len(found) for found in targets) <= MOST_LINKS
    for n, (column, cells) in enumerate(zip(table.fields, columns, strict=True)):
        _write_head(writer, sheet, n, column)
        _write_cells(writer, sheet, n, column, cells, targets[n] if linked else {})
        if column.vocabulary:
            _offer(writer, sheet, n, column, len(cells))
    _finish(sheet, frame)
    return linked


def _write_head(writer: _Book, sheet: Worksheet, n: int, column: Field) -> None:
    note = f"{column.description[:1].upper()}{column.description[1:]}."
    note += f"\nA code of the list {column.vocabulary}." if column.vocabulary else ""
    note += f"\nAn id of the sheet {column.refers_to}." if column.refers_to else ""
    sheet.write_string(0, n, column.name, writer.formats["head"])
    height = 18 + 15 * sum(1 + len(line) // 36 for line in note.split("\n"))
    sheet.write_comment(0, n, note, {"author": "", "width": 240, "height": height, "font_size": 9, "color": "#FFFBE6"})


def _write_cells(
    writer: _Book, sheet: Worksheet, n: int, column: Field, cells: list[Any], targets: dict[int, str]
) -> None:
    """Write the values of one column; ``targets`` leads from the row of the frame to a cell."""
    text, date, number, link = (writer.formats[name] for name in ("text", "date", "number", "link"))
    boolean = writer.formats["boolean"]
    for row, value in enumerate(cells, 1):
        if value is None:
            continue
        if row - 1 in targets:
            sheet.write_url(row, n, targets[row - 1], link, value)
        elif column.type == "date" and value.year >= 1900:  # a sheet knows no day before
            sheet.write_datetime(row, n, value, date)
        elif column.type == "boolean":
            sheet.write_boolean(row, n, value, boolean)
        elif column.type in ("integer", "number"):
            sheet.write_number(row, n, value, number)
        else:
            sheet.write_string(row, n, str(value), text)


def _targets(writer: _Book, frame: pd.DataFrame, column: Field) -> dict[int, str]:
    """For each row of the frame whose cell names a row of a sheet: the link to it."""
    if column.refers_to:
        sheets = pd.Series(column.refers_to, index=frame.index)
    elif column.type == "ref" and column.name in POINTERS:
        owner, known = POINTERS[column.name]
        sheets = frame[owner].map(known)
    else:
        return {}
    pairs = zip(sheets, frame[column.name], strict=True)
    found = (
        (n, sheet, writer.rows.get(sheet, {}).get(id))
        for n, (sheet, id) in enumerate(pairs)
        if not (pd.isna(id) or pd.isna(sheet))
    )
    return {n: f"internal:'{sheet}'!A{row + 1}" for n, sheet, row in found if row is not None}


def _offer(writer: _Book, sheet: Worksheet, n: int, column: Field, rows: int) -> None:
    """A list of codes to choose from, in the rows there are and some more."""
    about = {
        "validate": "list",
        "source": f"={writer.lists[column.vocabulary]}",
        "error_title": "Not in the list",
        "error_message": f"Choose a code of the list {column.vocabulary} (sheet {WORDS}).",
    }
    sheet.data_validation(1, n, min(rows + 200, MOST_ROWS - 1), n, about)


def _ranges(words: pd.DataFrame) -> dict[str, str]:
    """Where the codes of each list stand on their sheet; a reference has no limit of 255 characters."""
    first = words.groupby("list", sort=False).head(1).index
    size = words["list"].value_counts()
    return {words["list"][n]: f"'{WORDS}'!$B${n + 2}:$B${n + 1 + size[words['list'][n]]}" for n in first}


def _write_words(writer: _Book, words: pd.DataFrame) -> None:
    sheet = writer.book.add_worksheet(WORDS)
    for n, name in enumerate(words.columns):
        sheet.write_string(0, n, name, writer.formats["head"])
        for row, value in enumerate(words[name], 1):
            if value:
                sheet.write_string(row, n, value, writer.formats["text"])
    _finish(sheet, words)


def _write_about(writer: _Book, sheet: Worksheet, bare: list[str], words: int) -> None:
    holdings, formats = writer.holdings, writer.formats
    licence = LICENSES[0]
    sheet.hide_gridlines(2)
    for n, width in enumerate((18, 12, 96)):
        sheet.set_column(n, n, width)
    sheet.write_string(0, 0, holdings.settings.title["en"], formats["title"])
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, holdings.settings.title.get("zh", ""), formats["note"])
    reading = (
        f"Each heading tells in a note what its column holds. The sheet {WORDS} explains the codes. "
        "Ids in blue lead to the row they name. Days before 1900 are text."
    )
    lines = [
        ("As of", holdings.settings.as_of.isoformat()),
        ("For", "the public" if holdings.audience == "public" else "use inside the house only"),
        ("Licence", f"{licence['title']} ({licence['path']}); short phrases belong to the articles they come from"),
        ("What it is", holdings.description),
        ("How to read", reading),
        ("Changes", "made here do not reach the records: those are corrected in their sources and exported again."),
    ]  # fmt: skip
    if bare:
        lines.append(("Without links", f"{', '.join(bare)}: too many rows for links."))
    for row, (name, text) in enumerate(lines, 3):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.merge_range(row, 1, row, 2, "", formats["plain"])
        sheet.write_string(row, 1, text, formats["plain"])
        sheet.set_row(row, 16 + _LINE * (len(text) // 120))
    start = 4 + len(lines)
    for n, name in enumerate(("Sheet", "Rows", "What a row is")):
        sheet.write_string(start, n, name, formats["head"])
    listed = [(table.name, len(holdings.tables[table.name]), table.description) for table in TABLES]
    for row, (name, count, text) in enumerate([*listed, (WORDS, words, "One word of a list.")], start + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_number(row, 1, count, formats["count"])
        sheet.write_string(row, 2, text, formats["plain"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _finish(sheet: Worksheet, frame: pd.DataFrame) -> None:
    """Set widths and heights, keep the headings in sight, filter, print."""
    lines = np.ones(len(frame))
    across = 0.0
    for n, name in enumerate(frame.columns):
        texts = frame[name].astype("string").fillna("")
        size = texts.str.len() + texts.str.count("[\u2e80-\uffef]")  # Chinese characters are twice as wide
        width = _width(name, size)
        sheet.set_column(n, n, width)
        across += width
        wrapped = (size * 1.1 // width + 1).where(size >= width, 1) + texts.str.count("\n")
        lines = np.maximum(lines, wrapped.to_numpy("float64"))
    for row in np.flatnonzero(lines > 1).tolist():
        sheet.set_row(row + 1, _LINE * min(int(lines[row]), _MOST_LINES))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    sheet.set_row(0, 20)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    if across <= _PRINTABLE:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.repeat_columns(0)


def _width(name: str, size: pd.Series) -> float:
    """Wide enough for most of its cells and its heading, within limits."""
    most = float(np.quantile(size.to_numpy("float64"), 0.95)) if len(size) else 0.0
    return min(max(most + 2, len(name) * 1.2 + 4, _NARROWEST), _WIDEST)
