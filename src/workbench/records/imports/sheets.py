"""A table of somebody else's, read as text: CSV, TSV, XLSX or Parquet; nothing guessed, nothing lost.

Every cell becomes text as printed: a whole number without ``.0``, a day as ``2019-03-01``. Marks
that nobody sees are taken out and told; what cannot be read surely is refused with its rows.
Each distinct value of a column is looked at once, so that a million rows take seconds.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from workbench.errors import Problem, RecordsError, did_you_mean
from workbench.records.imports import workbooks

SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
LARGEST = 100_000_000  # bytes of a file, and of what it unpacks to in memory
MOST_CELLS = 20_000_000
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
_INVISIBLE = "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]"
Column = tuple[np.ndarray, list[str]]  # for each row the number of its value, and the values


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out, as its mapping says; empty where the file itself decides."""

    sheet: str = ""
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    fill_merged: bool = False
    fill_short: bool = False


@dataclass(slots=True)
class Sheet:
    """A table as text. ``frame`` has one column a header and, as index, the rows of the file as a
    spreadsheet counts them; empty cells are "". Rows without any text are left out of it and counted."""

    file: str
    frame: pd.DataFrame
    empty_rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.frame) + self.empty_rows


def read(path: Path, file: str, layout: Layout, wanted: Iterable[str]) -> Sheet:
    """The wanted columns of a table. Raises `RecordsError` when it cannot be read at all.

    ``file`` names it in problems. Columns that are missing are told, with near ones.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise _refused(file, f'"{suffix}" is no table we read', ", ".join(SUFFIXES), "save it in one of these forms")
    if not path.is_file():
        raise _refused(file, "there is no such file", "a table", "look at the name")
    size = path.stat().st_size
    if size > LARGEST:
        raise _refused(file, f"the file has {size / 1e6:.0f} MB", f"at most {LARGEST / 1e6:.0f} MB",
                       "leave out columns or cut it into several registers")  # fmt: skip
    wanted = list(dict.fromkeys(wanted))
    if suffix == ".parquet":
        return _from_parquet(path, file, wanted)
    if suffix == ".xlsx":
        return _from_grid(workbooks.read(path, file, layout, LARGEST, MOST_CELLS), file, layout, wanted)
    text = decode(path.read_bytes(), layout.encoding, file)
    delimiter = layout.delimiter or ("\t" if suffix == ".tsv" else ",")
    return _from_plain(text, delimiter, file, layout, wanted) or _from_grid(
        _cells(text, delimiter, file, layout), file, layout, wanted
    )


def _refused(file: str, what: str, expected: str, todo: str, line: int = 0) -> RecordsError:
    return RecordsError([Problem(file, line, "", what, expected, todo)])


# --- CSV ----------------------------------------------------------------------------------


def decode(content: bytes, encoding: str, file: str) -> str:
    """The text of a file: UTF-8 or UTF-16 by its mark, else in the stated encoding, else UTF-8."""
    mark = "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ""
    mark = "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else mark
    stated = encoding.lower()
    try:
        if stated and not codecs.lookup(stated)._is_text_encoding:
            raise LookupError(stated)
    except LookupError:
        raise _refused(file, f'there is no encoding "{encoding}"', "utf-8, utf-16, cp1252, gb18030 …",
                       "correct `encoding`") from None  # fmt: skip
    if mark and stated and codecs.lookup(stated).name.split("-")[0:2] != mark.split("-")[0:2]:
        raise _refused(file, f"the file says by its first bytes that it is {mark[:6].upper()}, the mapping {encoding}",
                       "one encoding", "take `encoding` out of the mapping")  # fmt: skip
    used = mark or stated or "utf-8"
    if stated and not mark and not codecs.lookup(stated).name.startswith("utf") and not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            raise _refused(file, f"the file is in UTF-8, not in {encoding}", "its own encoding",
                           "take `encoding` out of the mapping, or look at the file")  # fmt: skip
    try:
        return content.decode(used)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        todo = "state `encoding` in the mapping (cp1252, gb18030 …), or save the file in UTF-8"
        raise _refused(file, f"byte {content[error.start]:#04x} is not {used}", "text in one encoding", todo,
                       line) from None  # fmt: skip


def _from_plain(text: str, delimiter: str, file: str, layout: Layout, wanted: list[str]) -> Sheet | None:
    """A table as Arrow reads it, many times as fast as cell by cell; None where anything is to be told or is not plain:
    the header is the first line, every row has its cells, quotation marks stand around whole cells."""
    if '"' in text:
        mark = re.escape(delimiter)
        rest = re.sub(rf'(?:(?<=[{mark}\r\n])|\A)"(?:[^"]|"")*"(?=[{mark}\r\n]|\Z)', "", text)
        if '"' in rest:
            return None
    first = text.partition("\n")[0].removesuffix("\r")
    header = [" ".join(name.split()) for name in first.split(delimiter)]
    if (
        layout.header_row != 1
        or len(header) < 2
        or not header[-1]
        or not first.replace(delimiter, "").isprintable()
        or '"' in first
    ):
        return None
    if _missing_columns(header, wanted, file, 1):
        return None
    names = [str(n) for n in range(len(header))]
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(text.encode()),
            pyarrow.csv.ReadOptions(column_names=names, skip_rows=1),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values='"' in text, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowException:
        return None
    filled = np.zeros(table.num_rows, dtype=bool)
    for name in names:
        filled |= pc.not_equal(pc.utf8_trim_whitespace(table.column(name)), "").to_numpy(zero_copy_only=False)
    columns = {name: _of_arrow(table.column(str(header.index(name)))) for name in wanted}
    return _finish(file, columns, pd.RangeIndex(2, table.num_rows + 2), ~filled, [])


def _cells(text: str, delimiter: str, file: str, layout: Layout) -> list[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        grid = list(reader)
    except csv.Error as error:
        raise _refused(file, f"this is not CSV: {error}", "cells divided by one delimiter",
                       "look for a quotation mark that is not closed", reader.line_num) from None  # fmt: skip
    head = grid[layout.header_row - 1] if len(grid) >= layout.header_row else []
    others = [name for mark, name in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"))
              if mark != delimiter and head and mark in head[0]]  # fmt: skip
    if len(head) == 1 and others:
        raise _refused(file, f"the first row is one cell with a {others[0]} in it", "cells divided by the delimiter",
                       "state `delimiter` in the mapping", layout.header_row)  # fmt: skip
    return grid


# --- a grid of cells ----------------------------------------------------------------------


def _from_grid(grid: Sequence[Sequence[Any]], file: str, layout: Layout, wanted: list[str]) -> Sheet:
    """The wanted columns of a grid, by their header; rows of another width are refused."""
    if len(grid) < layout.header_row or not any(str(cell).strip() for cell in grid[layout.header_row - 1]):
        raise _refused(file, f"there is no header in row {layout.header_row}", "a row with the names of the columns",
                       "state `header_row` in the mapping", layout.header_row)  # fmt: skip
    header = [" ".join(text_of(cell).split()) for cell in grid[layout.header_row - 1]]
    while header and not header[-1]:
        header.pop()
    problems = _missing_columns(header, wanted, file, layout.header_row)
    body = grid[layout.header_row :]
    width = len(header)
    if layout.fill_short:
        body = [[*row, *[""] * (width - len(row))] for row in body]
    widths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    odd = [
        n for n in np.flatnonzero(widths != width).tolist()
        if widths[n] and (widths[n] < width or any(str(cell).strip() for cell in body[n][width:]))
    ]  # fmt: skip
    if odd:
        first = odd[0] + layout.header_row + 1
        some = f"{len(odd)} rows have" if len(odd) > 1 else "a row has"
        raise _refused(file, f"{some} more or fewer cells than the header; the first has {widths[odd[0]]}",
                       f"{width} cells a row", "mend the file: put text with the delimiter in quotation marks; "
                       "if empty cells at the end were left out, write `fill_short = true` in the mapping",
                       first)  # fmt: skip
    index = pd.RangeIndex(layout.header_row + 1, layout.header_row + 1 + len(body))
    empty = np.fromiter((not any(text_of(cell).strip() for cell in row) for row in body), dtype=bool, count=len(body))
    columns = {
        name: _column([text_of(row[n]) if row else "" for row in body])
        for name in wanted
        if name in header
        for n in [header.index(name)]
    }
    return _finish(file, columns, index, empty, problems)


def _column(texts: list[str]) -> Column:
    codes, values = pd.factorize(np.array(texts, dtype=object))
    return codes, list(values)


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, days without a time."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        value = value.date()
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _missing_columns(header: list[str], wanted: list[str], file: str, line: int) -> list[Problem]:
    counts = Counter(header)
    problems = []
    for name in wanted:
        if counts[name] > 1:
            problems.append(Problem(file, line, name, f'the header "{name}" stands there {counts[name]} times',
                                    "each name once", "rename the columns in the file"))  # fmt: skip
        elif name not in counts:
            known = [other for other in header if other]
            problems.append(Problem(file, line, name, f'there is no column "{name}"', ", ".join(known[:20]),
                                    did_you_mean(name, known) or "correct the mapping"))  # fmt: skip
    return problems


# --- Parquet ------------------------------------------------------------------------------


def _from_parquet(path: Path, file: str, wanted: list[str]) -> Sheet:
    try:
        parquet = pq.ParquetFile(path)
        schema = parquet.schema_arrow
        size = sum(parquet.metadata.row_group(n).total_byte_size for n in range(parquet.metadata.num_row_groups))
        if size > LARGEST or parquet.metadata.num_rows * max(len(wanted), 1) > MOST_CELLS:
            what = f"it unpacks to {size / 1e6:.0f} MB and {parquet.metadata.num_rows} rows"
            limit = f"at most {LARGEST / 1e6:.0f} MB and {MOST_CELLS} cells"
            raise _refused(file, what, limit, "leave out columns or rows")
        problems = _missing_columns(schema.names, wanted, file, 0)
        present = [name for name in wanted if schema.names.count(name) == 1]
        for name in list(present):
            kind = schema.field(name).type
            if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
                problems.append(Problem(file, 0, name, f"the column holds {kind}, not single values",
                                        "text, numbers or days", "make a flat column of it"))  # fmt: skip
                present.remove(name)
            elif pa.types.is_timestamp(kind) and kind.tz:
                problems.append(Problem(file, 0, name, f"the column holds moments of the time zone {kind.tz}",
                                        "days, or moments without a zone: the day depends on the zone",
                                        "convert it to local time first"))  # fmt: skip
                present.remove(name)
        table = parquet.read(columns=present)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refused(file, f"this is not Parquet: {str(error).partition(chr(10))[0]}", "a Parquet file",
                       "save it again") from None  # fmt: skip
    index = pd.RangeIndex(2, table.num_rows + 2)  # as a spreadsheet would show it, with a header above
    columns = {name: _of_arrow(table.column(name)) for name in present}
    return _finish(file, columns, index, np.zeros(table.num_rows, dtype=bool), problems)


def _of_arrow(column: pa.ChunkedArray) -> Column:
    """A column of Arrow, each distinct value made text once; a missing one is ""."""
    coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return coded.indices.to_numpy(zero_copy_only=False), [text_of(value) for value in coded.dictionary.to_pylist()]


# --- all ----------------------------------------------------------------------------------


def _finish(
    file: str, columns: dict[str, Column], index: pd.RangeIndex, empty: np.ndarray, problems: list[Problem]
) -> Sheet:
    """Cells trimmed, white space within them made plain, invisible marks taken out and told. Rows that are ``empty``
    are left out."""
    filled = ~empty
    frame = pd.DataFrame(index=index[filled])
    for name, (codes, values) in columns.items():
        kept = codes[filled]
        texts = np.array(values, dtype=object)
        odd = np.flatnonzero([not _is_plain(text) for text in values])
        for pattern, what, todo, severity in (
            (_CONTROL, "a character that is no text", "mend the file, or state its encoding", "error"),
            (_INVISIBLE, "an invisible mark", "nothing: it was taken out", "warning"),
        ):
            has = [n for n in odd.tolist() if re.search(pattern, values[n])]
            hit = frame.index[np.isin(kept, has)]
            if len(hit):
                problems.append(Problem(file, int(hit[0]), name, f"{what} in {len(hit)} rows",
                                        "text that can be seen", todo, severity))  # type: ignore[arg-type]  # fmt: skip
        for n in odd.tolist():
            texts[n] = " ".join(re.sub(_INVISIBLE, "", values[n]).split())
        frame[name] = pd.Series(texts[kept], index=frame.index, dtype=object)
    return Sheet(file, frame, int(empty.sum()), problems)


def _is_plain(text: str) -> bool:
    """Has a text nothing to be cleaned or told? No mark that is not printed, no blank but single ones within."""
    return text.isprintable() and "  " not in text and "\ufffd" not in text and text == text.strip(" ")
