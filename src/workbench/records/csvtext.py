"""CSV read as text with line numbers, every cell trimmed, nothing guessed, nothing lost."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import Problem, did_you_mean
from workbench.records.yamltext import decode


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column and the line of the file it begins in."""

    cells: dict[str, str]
    line: int

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read(
    path: Path, file: str, columns: tuple[str, ...], extras: tuple[str, ...] = ()
) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV file with these columns (``extras`` may be missing), and its problems.

    ``file`` is the name used in problems. Empty rows are passed over.
    """
    if not path.is_file():
        return [], [Problem(file, 0, "", "the file is missing", f"a CSV file with {', '.join(columns)}", "add it")]
    text, problems = decode(path.read_bytes(), file)
    if text is None:
        return [], problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        problems += _header_problems(header, file, columns, extras)
        if problems:
            return [], problems
        return _rows(reader, header, file)
    except csv.Error as error:
        return [], [_unreadable(error, file, 1)]


def _rows(reader: csv._reader, header: list[str], file: str) -> tuple[list[Row], list[Problem]]:  # type: ignore[name-defined]
    rows: list[Row] = []
    problems: list[Problem] = []
    line = 2
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows, problems
        except csv.Error as error:
            problems.append(_unreadable(error, file, line))
            return [], problems
        start, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(
                Problem(file, start, "", f"{len(cells)} cells in this row", f"{len(header)}, as in the first row",
                        'put a text with a comma in "double quotes"; add or delete commas')
            )  # fmt: skip
            continue
        rows.append(Row({name: cell.strip() for name, cell in zip(header, cells, strict=True)}, start))


def _unreadable(error: csv.Error, file: str, line: int) -> Problem:
    return Problem(file, line, "", f"this is not CSV: {error}", "cells divided by commas",
                   "look for a quotation mark that is not closed")  # fmt: skip


def _header_problems(header: list[str], file: str, columns: tuple[str, ...], extras: tuple[str, ...]) -> list[Problem]:
    problems = []
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.append(Problem(file, 1, name, f'the column "{name}" stands there twice', "each once", "delete one"))
    for name in columns:
        if name not in header:
            problems.append(
                Problem(file, 1, name, f'the column "{name}" is missing', ", ".join(columns), "add the column")
            )
    for name in header:
        if name not in (*columns, *extras):
            hint = did_you_mean(name, (*columns, *extras))
            problems.append(
                Problem(file, 1, name, f'there is no column "{name}"', ", ".join((*columns, *extras)),
                        hint or "delete the column")
            )  # fmt: skip
    return problems
