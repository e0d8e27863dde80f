"""An XLSX file as a grid of cells, looked at before it is opened: sizes, locks, merges, broken formulas."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import python_calamine as calamine

from workbench.errors import Problem, RecordsError, did_you_mean

if TYPE_CHECKING:
    from workbench.records.imports.sheets import Layout

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # of any sheet
_BROKEN = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*\bt=["']e["'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<""", re.DOTALL
)
_UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c(\s[^>]*)?>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(path: Path, file: str, layout: Layout, most_bytes: int, most_cells: int) -> list[list[Any]]:
    """The cells of one sheet from A1 on; a formula's error stands as its text (``#REF!``).

    Raises `RecordsError` for what is locked, too large, no workbook, or merged.
    """
    parts = _unpacked(path, file, most_bytes)
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            name = _choose(book.sheet_names, layout.sheet, file)
            content = parts.get(_part_of(parts, name), b"")
            _check_extent(content, file, most_cells)
            _check_computed(content, file)
            sheet = book.get_sheet_by_name(name)
            grid = sheet.to_python(skip_empty_area=False)
            _merged(grid, sheet.merged_cell_ranges or [], file, layout)
    except (calamine.CalamineError, ElementTree.ParseError, ValueError, KeyError, StopIteration) as error:
        raise _refused(file, f"the workbook is damaged: {error}", "an XLSX workbook", "save it again") from None
    for attributes, text in _BROKEN.findall(content):
        found = _CELL.search(attributes)
        row, column = (int(found[2] or 0), _column(found[1])) if found else (0, 0)
        if 0 < row <= len(grid) and 0 <= column < len(grid[row - 1]):
            grid[row - 1][column] = text.decode("utf-8", "replace") or "#VALUE!"
    return grid


def _refused(file: str, what: str, expected: str, todo: str, line: int = 0) -> RecordsError:
    return RecordsError([Problem(file, line, "", what, expected, todo)])


def _unpacked(path: Path, file: str, most_bytes: int) -> dict[str, bytes]:
    """The parts of the workbook, unpacked while counting: what a file says of its size is not believed."""
    with path.open("rb") as handle:
        start = handle.read(8)
    if start == _OLE:
        raise _refused(file, "the workbook is locked with a password, or in the old .xls form", "an open XLSX workbook",
                       "save it without a password as .xlsx")  # fmt: skip
    if not zipfile.is_zipfile(path):
        raise _refused(file, "this is no XLSX workbook", "an XLSX workbook", "save it as .xlsx, or name it as it is")
    parts: dict[str, bytes] = {}
    left = most_bytes
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                with archive.open(info) as handle:
                    content = handle.read(left + 1)
                left -= len(content)
                if left < 0:
                    limit = f"{most_bytes / 1e6:.0f} MB"
                    raise _refused(file, f"the workbook unpacks to more than {limit}", f"at most {limit}",
                                   "leave out sheets, columns or pictures")  # fmt: skip
                if info.filename.endswith((".xml", ".rels")):
                    parts[info.filename.lstrip("/")] = content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _refused(file, f"the workbook is damaged: {error}", "an XLSX workbook", "save it again") from None
    if "xl/workbook.xml" not in parts:
        raise _refused(file, "this is an archive, but no XLSX workbook", "an XLSX workbook", "save it as .xlsx")
    return parts


def _part_of(parts: dict[str, bytes], name: str) -> str:
    """The part of the archive that holds a sheet."""
    sheets = ElementTree.fromstring(parts["xl/workbook.xml"]).iter()
    relation = next(
        node.get(_RELATION, "") for node in sheets if node.tag.endswith("}sheet") and node.get("name") == name
    )
    links = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"]).iter()
    target = next(node.get("Target", "") for node in links if node.get("Id") == relation)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _choose(names: list[str], stated: str, file: str) -> str:
    if stated in names:
        return stated
    listed = ", ".join(names)
    if stated:
        raise _refused(file, f'there is no sheet "{stated}"', listed, did_you_mean(stated, names) or "correct `sheet`")
    if len(names) != 1:
        raise _refused(file, f"the workbook has {len(names)} sheets", "the name of one", f"state `sheet`: {listed}")
    return names[0]


def _check_extent(content: bytes, file: str, most_cells: int) -> None:
    """The sheet is opened as a full rectangle: a lone cell far out would fill the memory."""
    cells = set(_CELL.findall(content))
    rows = max((int(row or 0) for _, row in cells), default=0)
    columns = max((_column(letters) for letters in {letters for letters, _ in cells}), default=0) + 1
    for row in content.split(b"<row"):  # cells may stand without their address
        columns = max(columns, row.count(b"<c ") + row.count(b"<c>"))
    if rows * columns > most_cells or rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise _refused(file, f"the sheet reaches to column {columns} and row {rows}", f"at most {most_cells} cells",
                       "delete what stands far out, or empty rows and columns that hold formats")  # fmt: skip


def _check_computed(content: bytes, file: str) -> None:
    """A formula that was never computed would be read as an empty cell."""
    cells = [_CELL.search(attributes) for attributes in _UNCOMPUTED.findall(content)]
    if cells:
        first = next((cell[1] + cell[2] for cell in cells if cell), b"").decode()
        what = f"formulas without a stored result: {len(cells)}, the first in {first}"
        raise _refused(file, what, "values, or computed formulas",
                       "open the workbook in a spreadsheet program and save it")  # fmt: skip


def _merged(grid: list[list[Any]], ranges: Sequence[Any], file: str, layout: Layout) -> None:
    """Refuse merged cells, or fill them with their text where the mapping says so (never a header)."""
    problems = []
    for (top, left), (bottom, right) in ranges:
        name = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
        if bottom < layout.header_row - 1:
            continue  # a title above the table
        if top <= layout.header_row - 1:
            problems.append(Problem(file, top + 1, "", f"the cells {name} of the header are merged",
                                    "one name a column", "divide them, and name each column"))  # fmt: skip
        elif not layout.fill_merged:
            problems.append(Problem(file, top + 1, "", f"the cells {name} are merged", "one value a cell",
                                    "divide them, or write `fill_merged = true` in the mapping"))  # fmt: skip
        else:
            for row in grid[top : bottom + 1]:
                row[left : right + 1] = [grid[top][left]] * len(row[left : right + 1])
    if problems:
        raise RecordsError(problems)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
