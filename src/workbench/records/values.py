"""One written value of one field, typed by the model: text in, value or complaint out."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from workbench.records import dates
from workbench.records.model import Field
from workbench.records.vocabularies import Vocabularies

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YES = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = r"(\d+(?:\.\d+)?)"
_AMOUNTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), qualifier)
    for pattern, qualifier in (
        (_NUMBER, "exact"),
        (rf"~ ?{_NUMBER}", "approximately"),
        (rf"> ?{_NUMBER}", "more_than"),
        (rf">= ?{_NUMBER}", "at_least"),
        (rf"<= ?{_NUMBER}", "up_to"),
        (rf"= ?{_NUMBER}", "derived"),
        (rf"{_NUMBER}\.\.{_NUMBER}", "exact"),
        (r"hundreds", "hundreds"),
    )
)
_UNIT = re.compile(r"(?!(?:to|or|and|million|thousand|hundred|billion)\b|[百千万萬亿億])[^\W\d_][^\d]*")
DIVISIBLE = ("days", "weeks", "hours", "years", "square_metres")  # measures that may have fractions
AMOUNT_FORMS = "50, ~50, >3000, >=15, <=20, 2..3, =12 (derived) or hundreds"


@dataclass(frozen=True, slots=True)
class Complaint(Exception):
    """Why a value cannot be taken. The caller knows where; this says what."""

    what: str
    expected: str
    todo: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its doubt: lowest, best, highest (None: not given, no limit) and qualifier."""

    low: float | None
    best: float | None
    high: float | None
    qualifier: str
    unit: str = ""


def read_value(field: Field, text: str, vocabularies: Vocabularies) -> Any:
    """The typed value of a written text; raises `Complaint`.

    Ids are checked for form only: whether the record exists is known when all are read.
    """
    if field.type in ("id", "ref"):
        return _slug(text)
    if field.type == "code":
        return read_code(field.vocabulary, text, vocabularies)
    if field.type == "edtf":
        return None if text == "unknown" else read_edtf(text).text
    if field.type == "date":
        return _day(text)
    if field.type == "boolean":
        if text.lower() not in _YES:
            raise Complaint(f'"{text}" is neither yes nor no', "yes or no", "write one of them")
        return _YES[text.lower()]
    if field.type in ("integer", "number"):
        return _number(text, whole=field.type == "integer")
    return text


def read_code(vocabulary: str, text: str, vocabularies: Vocabularies) -> str:
    """A code of a word list; raises `Complaint` naming the near ones."""
    if text not in vocabularies[vocabulary]:
        expected, todo = vocabularies.explain(vocabulary, text)
        raise Complaint(f'"{text}" is not in the list {vocabulary}', expected, todo)
    return text


def read_edtf(text: str) -> dates.EdtfDate:
    """A date of the profile; raises `Complaint`."""
    try:
        return dates.parse(text)
    except dates.DateError as error:
        raise Complaint(f'"{text}" is not a date we accept: {error.why}', "EDTF", f"write {error.write}") from None


def read_amount(text: str) -> Amount:
    """A number with its doubt and perhaps a unit; raises `Complaint`."""
    number, _, unit = text.partition(" ") if text[:1] not in "~<>=" else _split_marked(text)
    if unit and not _UNIT.fullmatch(unit):
        number = text  # "1 000", "50 to 60", "2 million": no unit, and no number we accept
    for pattern, qualifier in _AMOUNTS:
        found = pattern.fullmatch(number)
        if not found:
            continue
        values = [float(value) for value in found.groups()]
        if len(values) == 2:
            if values[0] > values[1]:
                raise Complaint(f'"{text}" runs from high to low', "low..high", f"write {found[2]}..{found[1]}")
            return Amount(values[0], None, values[1], qualifier, unit)
        if qualifier == "hundreds":
            return Amount(200, None, 999, qualifier, unit)
        low, high = {
            "more_than": (values[0] + 1 if values[0].is_integer() else values[0], None),
            "at_least": (values[0], None),
            "up_to": (0.0, values[0]),
            "approximately": (None, None),
        }.get(qualifier, (values[0], values[0]))
        best = None if qualifier in ("more_than", "at_least", "up_to") else values[0]
        return Amount(low, best, high, qualifier, unit)
    raise Complaint(
        f'"{text}" is not a number we accept', AMOUNT_FORMS, "write one of these forms, a unit after a space"
    )


def write_amount(amount: Amount) -> str:
    """A number as a curator writes it, without its unit; the inverse of `read_amount`."""
    marks = {"approximately": "~", "at_least": ">=", "up_to": "<=", "more_than": ">", "derived": "="}
    if amount.qualifier == "hundreds":
        return "hundreds"
    value = {"more_than": (amount.low or 0) - 1, "at_least": amount.low, "up_to": amount.high}.get(
        amount.qualifier, amount.best
    )
    if value is None:
        return f"{amount.low:g}..{amount.high:g}"
    if amount.qualifier == "more_than" and amount.low is not None and not amount.low.is_integer():
        value = amount.low
    return f"{marks.get(amount.qualifier, '')}{value:.10g}"


def _split_marked(text: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([~<>=]=? ?\S+)(?: (.*))?", text)
    return (found[1].replace(" ", ""), " ", found[2] or "") if found else (text, "", "")


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        proposal = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        raise Complaint(
            f'"{text}" is not an id', "small letters a to z, digits and single hyphens",
            f"write {proposal}" if proposal else "choose an id in Latin letters",
        )  # fmt: skip
    return text


def _day(text: str) -> dt.date | None:
    if text == "unknown":
        return None
    value = read_edtf(text)
    if value.kind != "date" or value.precision != "day" or value.earliest is None or value.assumed:
        raise Complaint(f'"{text}" is not a single day', "YYYY-MM-DD", "write the day, or unknown")
    return value.earliest


def _number(text: str, whole: bool) -> float | int:
    pattern = r"-?\d+" if whole else r"-?\d+(?:\.\d+)?"
    if not re.fullmatch(pattern, text, re.ASCII):
        kind = "a whole number" if whole else "a number"
        raise Complaint(f'"{text}" is not {kind}', kind, "write digits only, with a point for decimals")
    return int(text) if whole else float(text)
