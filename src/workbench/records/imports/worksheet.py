"""The worksheet of a register: one line a name that nobody has decided, for a person to fill.

``data/raw/tables/<source>.names.csv``, the most frequent name first. ``decision`` takes the id of
a body or a place, or ``open`` (as printed, and nothing more). Decisions are never lost.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workbench.errors import Problem
from workbench.records import csvtext, dates

COLUMNS = ("table", "printed", "city", "country", "admin1", "rows", "why", "candidates", "decision", "by", "on")
_TOLD = ("rows", "why", "candidates")  # for the reader; computed anew each time
OPEN = "open"
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would compute: written behind an apostrophe


class Name(NamedTuple):
    """A name as printed, the table it is looked for in, and what stands beside it in the row."""

    table: str
    printed: str
    city: str = ""
    country: str = ""
    admin1: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about a name, and where it is written."""

    decision: str
    by: str
    on: str
    line: int


def read(path: Path, file: str) -> tuple[dict[Name, Judgement], list[Problem]]:
    """The decisions of a worksheet; none when there is no such file."""
    if not path.is_file():
        return {}, []
    needed = tuple(column for column in COLUMNS if column not in _TOLD)
    rows, problems = csvtext.read(path, file, needed, _TOLD)
    found: dict[Name, Judgement] = {}
    for row in rows:
        name = Name(*(_shown(row[column]) for column in COLUMNS[:5]))
        if row["decision"] and name in found:
            problems.append(Problem(file, row.line, "printed", f'"{name.printed}" is decided twice', "once",
                                    "delete one"))  # fmt: skip
        elif row["decision"] and not _is_day(row["on"]):
            problems.append(Problem(file, row.line, "on", f'"{row["on"]}" is not a day', "YYYY-MM-DD, or empty",
                                    "write the day of the decision"))  # fmt: skip
        elif row["decision"]:
            found[name] = Judgement(row["decision"], row["by"], row["on"], row.line)
    return found, problems


def _is_day(text: str) -> bool:
    try:
        return not text or bool(dates.single_day(text))
    except dates.DateError:
        return False


def write(waiting: dict[Name, tuple[int, str, str]], decided: dict[Name, tuple[int, Judgement]]) -> bytes:
    """The worksheet's bytes: waiting names with rows, reason and candidates, and all decisions."""
    lines = [(name, rows, why, ids, Judgement("", "", "", 0)) for name, (rows, why, ids) in waiting.items()]
    lines += [(name, rows, "", "", judgement) for name, (rows, judgement) in decided.items()]
    lines.sort(key=lambda line: (-line[1], line[0]))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, rows, why, candidates, judged in lines:
        cells = [name.table, name.printed, name.city, name.country, name.admin1]
        writer.writerow([*map(_safe, cells), rows, why, candidates, judged.decision, judged.by, judged.on])
    return buffer.getvalue().encode("utf-8-sig")  # the mark by which a spreadsheet knows the encoding


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shown(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
