"""Dates of a register's columns: explicit formats, each distinct printed value read once.

A format is a pattern of ``YYYY YY MM M DD D MON`` and the marks between them, or ``EDTF``, or
``Excel date`` (a cell the file itself holds as a date). Order of day and month and the century
of two digits are always stated; a value that two formats read differently is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from workbench.records.values import Complaint, read_edtf

EMPTY = {
    "single": ("unknown", "none"),
    "empty": ("unknown", "open"),
    "until_empty": ("unknown", "open", "same"),
}
WHOLE = ("EDTF", "Excel date")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december")  # fmt: skip
_TOKEN = re.compile(r"YYYY|YY|MON|MM|M|DD|D")
_TOKENS = {
    "YYYY": "(?P<y>[0-9]{4})", "YY": "(?P<y>[0-9]{2})", "MON": r"(?P<n>[A-Za-z]{3,9})\.?", "MM": "(?P<m>[0-9]{1,2})",
    "M": "(?P<m>[0-9]{1,2})", "DD": "(?P<d>[0-9]{1,2})", "D": "(?P<d>[0-9]{1,2})",
}  # fmt: skip
_CELL_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?")
FORMS = "YYYY, YYYY-MM, DD/MM/YYYY, D MON YYYY, MM/DD/YY with pivot, EDTF or Excel date"


@dataclass(frozen=True, slots=True)
class Dating:
    """How the date of one field stands in the table. ``pivot`` is the first of the hundred years
    that two digits mean (0: none); ``empty`` says what an empty cell means (empty: not stated)."""

    column: str
    until: str
    formats: tuple[str, ...]
    pivot: int
    empty: str
    until_empty: str
    line: int


@lru_cache(maxsize=256)
def read_format(text: str, has_pivot: bool) -> re.Pattern[str] | None:
    """The pattern of a format; None for EDTF and Excel date. Raises `Complaint`."""
    if text in WHOLE:
        return None
    tokens = _TOKEN.findall(text)
    rest = _TOKEN.sub("", text)
    kinds = [{"MON": "M"}.get(token, token[0]) for token in tokens]
    if (
        re.search(r"[A-Za-z%]", rest)
        or len(set(kinds)) != len(kinds)
        or "Y" not in kinds
        or kinds.count("D") > kinds.count("M")
    ):
        raise Complaint(f'"{text}" is no format of dates', FORMS, "use YYYY or YY, MM or MON, DD and the marks between")
    if "YY" in tokens and not has_pivot:
        raise Complaint(f'"{text}" has years of two digits', "pivot: the first of the hundred years they mean",
                        "add pivot = 1930 for the years 1930 to 2029")  # fmt: skip
    parts, at = [], 0
    for found in _TOKEN.finditer(text):
        parts += [re.escape(text[at : found.start()]), _TOKENS[found[0]]]
        at = found.end()
    return re.compile("".join([*parts, re.escape(text[at:])]))


def read_dates(printed: list[str], dating: Dating, meanings: Mapping[str, str]) -> dict[str, str | Complaint]:
    """For each distinct printed text its EDTF ("" for unknown), or why it cannot be read."""
    return {text: _read(text, dating, meanings) for text in printed if text}


def _read(text: str, dating: Dating, meanings: Mapping[str, str]) -> str | Complaint:
    if text in meanings:
        return "" if meanings[text] in ("unknown", "none") else read_edtf(meanings[text]).text
    found: dict[str, str] = {}
    why = "it has none of the stated formats"
    for form in dating.formats:
        edtf = _by_format(text, form, dating.pivot)
        if not edtf:
            continue
        try:
            found.setdefault(read_edtf(edtf).text, form)
        except Complaint as complaint:
            why = complaint.what
    if len(found) == 1:
        return next(iter(found))
    if found:
        both = " and ".join(f"{edtf} ({form})" for edtf, form in found.items())
        return Complaint(f'"{text}" can be {both}', "one reading", "leave one of the formats out, or say it in values")
    return Complaint(f'"{text}": {why}', ", ".join(dating.formats), "add its format, say it in values, or skip it")


def _by_format(text: str, form: str, pivot: int) -> str:
    if form == "EDTF":
        return text
    if form == "Excel date":
        cell = _CELL_DATE.fullmatch(text)
        return cell[1] if cell else ""
    pattern = read_format(form, pivot > 0)
    assert pattern is not None
    found = pattern.fullmatch(re.sub(r"(?<=^[0-9]{4})\.0+$", "", text))  # 2019.0 can only be a year
    if not found:
        return ""
    parts = found.groupdict()
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year = pivot + (year - pivot) % 100
    if parts.get("n"):
        name = parts["n"].lower()
        months = [n for n in range(12) if name in (_MONTHS[n], _FULL[n])] or ([8] if name == "sept" else [])
        if not months:
            return ""
        parts["m"] = str(months[0] + 1)
    numbers = [parts[key] for key in ("m", "d") if parts.get(key)]
    return "-".join([f"{year:04d}", *(f"{int(number):02d}" for number in numbers)])


def join_interval(start: str, end: str, dating: Dating, has_start: bool, has_end: bool) -> str:
    """One EDTF of two columns. Empty cells mean what the mapping states; "" is unknown."""
    first = start if has_start else ""
    if not has_start and not has_end:
        return ""
    if not has_end and dating.until_empty == "same":
        return first
    first = first or (".." if not has_start and dating.empty == "open" else "")
    last = end if has_end else (".." if dating.until_empty == "open" else "")
    if first == last and first not in ("", ".."):
        return first
    return f"{first}/{last}" if first or last else ""
