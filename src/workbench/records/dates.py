"""Dates that keep their doubt: a profile of EDTF with hard calendar bounds.

The profile is level 0 and level 1 of the Extended Date/Time Format (EDTF, the Library of
Congress specification of 2019, annex to ISO 8601-2:2019) and, of level 2, sets of which one
holds (``[a,b]``, ``[a..b]``), marks on single components (``?2021-03-17``, ``2022?-03-17``)
and unspecified digits anywhere (``XXXX-03-17``, ``201X-06-28``). Years run from 0001 to 9999.

Rules of this house, where the specification leaves room:

- ``/`` means that it lasted (duration), ``[..]`` that we do not know which (doubt).
- Bounds are calendar days and hard: ``?`` and ``~`` widen nothing, they mark the answers.
- A date with fewer components ("2019-03") is doubt about the day: the start and the end each
  lie somewhere in it.
- An unknown end (``2019/``) has no latest day; it cannot lie before the start, so it has an
  earliest one. An open end (``2019/..``) has neither. An open set (``[2019..]``) has no
  latest day.
- A year of which no digit is known (``XXXX-03-17``) has no bounds at all: none are invented.
- Seasons are those of the northern hemisphere by whole months: spring (21) March to May,
  summer (22) June to August, autumn (23) September to November, and winter (24) from December
  of the year named to the last day of February of the year after.
- A time of day (``2019-04-02T10:30:00Z``) is accepted and kept in ``text``; bounds are days.

Outside the profile, and answered with a `DateError` that says what to write instead: years
beyond 9999 or before 0001, exponents and significant digits, sets of which all hold
(``{..}``), sub-year groupings 25 to 41, and every date that the calendar does not hold.

What does not belong here: words for a date (`workbench.prose`) and the reading of a printed
phrase such as "earlier this month" (a curator's judgement, kept in the dossier).
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Missing = Literal["open", "unknown"]
Precision = Literal["day", "month", "season", "year", "decade", "century", "millennium", "unknown"]

# Codes of the word list date_basis whose date is a reading of ours, not what a source states.
OUR_READING = ("inferred", "relative_resolved")
BOUNDS = ("start_earliest", "start_latest", "end_earliest", "end_latest")
PRECISIONS: tuple[Precision, ...] = (
    "day",
    "month",
    "season",
    "year",
    "decade",
    "century",
    "millennium",
    "unknown",
)
SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}

_QUALIFIER = "[?~%]"
_DATE = re.compile(
    rf"(?P<pre_year>{_QUALIFIER})?(?P<year>[0-9X]{{4}})(?P<post_year>{_QUALIFIER})?"
    rf"(?:-(?P<pre_month>{_QUALIFIER})?(?P<month>[0-9X]{{2}})(?P<post_month>{_QUALIFIER})?"
    rf"(?:-(?P<pre_day>{_QUALIFIER})?(?P<day>[0-9X]{{2}})(?P<post_day>{_QUALIFIER})?)?)?"
)
_DATETIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00)"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::[0-5][0-9])?)?"
)
_COMPONENTS = ("year", "month", "day")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_EXAMPLES = "1923, 1923-05, 1923-05-17, 192X, 1923~ or 1923/1925"
_AS_MONTHS = "a month from 01 to 12, a season from 21 to 24, or {0}, {0}-05, {0}-05-17, {0}~"


class DateError(ValueError):
    """A date outside the profile. ``why`` says what is wrong, ``write`` what to write instead."""

    def __init__(self, text: object, why: str, write: str) -> None:
        self.text = text
        self.why = why
        self.write = write
        shown = _printable(str(text))
        end = "" if write.endswith("..") else "."
        super().__init__(f'"{shown}" is not a date we accept: {why}. Write {write}{end}')

    def __reduce__(self) -> tuple[type[DateError], tuple[object, str, str]]:
        return DateError, (self.text, self.why, self.write)


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no or *cannot say* to a question of time.

    ``value`` is True, False or None (cannot say); ``assumed`` tells that a yes or no rests on a
    date marked ``?`` or ``~`` or on an inferred reading. Using a *cannot say* in an ``if``
    raises, as ``pandas.NA`` does: silence would make it a no.
    """

    value: bool | None
    assumed: bool = False

    def __bool__(self) -> bool:
        if self.value is None:
            raise ValueError("the dates cannot say; test `.value is True` instead")
        return self.value

    def __str__(self) -> str:
        word = {True: "yes", False: "no", None: "cannot say"}[self.value]
        return f"{word} (assumed)" if self.assumed else word


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class EdtfDate:
    """One date as written, with the calendar days between which it must lie.

    ``start_earliest`` … ``end_latest`` are days or None; for each None the field of the same
    name with ``_missing`` says why: "open" (there is none) or "unknown" (we do not know it).
    ``kind`` is "date", "interval" (it lasted) or "set" (one of these). Dates are equal when
    written alike and sort by ``sort_key``.
    """

    text: str
    kind: Literal["date", "interval", "set"]
    start_earliest: dt.date | None
    start_latest: dt.date | None
    end_earliest: dt.date | None
    end_latest: dt.date | None
    start_earliest_missing: Missing | None
    start_latest_missing: Missing | None
    end_earliest_missing: Missing | None
    end_latest_missing: Missing | None
    uncertain: bool
    approximate: bool
    precision: Precision

    @property
    def earliest(self) -> dt.date | None:
        """The first day on which it can have begun."""
        return self.start_earliest

    @property
    def latest(self) -> dt.date | None:
        """The last day on which it can have ended."""
        return self.end_latest

    @property
    def missing(self) -> dict[str, Missing]:
        """For each bound that is None, why: {"end_latest": "open"}."""
        pairs = ((bound, getattr(self, f"{bound}_missing")) for bound in BOUNDS)
        return {bound: reason for bound, reason in pairs if reason}

    @property
    def assumed(self) -> bool:
        """Marked uncertain or approximate: what rests on it rests on an assumption."""
        return self.uncertain or self.approximate

    @property
    def start_years(self) -> tuple[int, ...]:
        """The years in which it can have begun; empty where they have no bounds. Of a set its members' years."""
        if self.kind == "set" and "," in self.text:
            parts = [parse(f"[{part}]" if ".." in part else part) for part in self.text.strip("[]").split(",")]
            years = [part.start_years for part in parts]
            return tuple(sorted({year for some in years for year in some})) if all(years) else ()
        if self.start_earliest is None or self.start_latest is None:
            return ()
        return tuple(range(self.start_earliest.year, self.start_latest.year + 1))

    @property
    def sort_key(self) -> tuple[bool, dt.date, dt.date, str]:
        """Order by the first known day, then the last possible one, then the text.

        A date without any known day comes last.
        """
        first = self.start_earliest or self.start_latest or self.end_earliest or self.end_latest
        return first is None, first or dt.date.max, self.end_latest or dt.date.max, self.text

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, EdtfDate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: EdtfDate) -> bool:
        if not isinstance(other, EdtfDate):
            return NotImplemented
        return self.sort_key < other.sort_key

    def __str__(self) -> str:
        return self.text

    def overlaps(self, other: EdtfDate | dt.date | str) -> bool:
        """Could the two share a day? A missing bound excludes nothing."""
        that = as_date(other)
        return not (_earlier(self.latest, that.earliest) or _earlier(that.latest, self.earliest))

    def before(self, other: EdtfDate | dt.date | str, *, inferred: bool = False) -> Answer:
        """Does it lie wholly before the first day of ``other``?

        Yes if its latest day is earlier, no if its earliest day is not, else cannot say. A set
        on the other side is doubt: a no must hold whichever of its days it was.
        ``inferred`` marks a yes or no as assumed because the date is a reading of ours.
        """
        that = as_date(other)
        limit = that.earliest
        if limit is None:
            return Answer(None)
        if _earlier(self.latest, limit):
            return self._answer(True, that, inferred)
        if that.kind == "set":
            limit = that.start_latest
        if _not_after(limit, self.earliest):
            return self._answer(False, that, inferred)
        return Answer(None)

    def after(self, other: EdtfDate | dt.date | str, *, inferred: bool = False) -> Answer:
        """Does it lie wholly after the last day of ``other``? The mirror of `before`."""
        that = as_date(other)
        limit = that.latest
        if limit is None:
            return Answer(None)
        if _earlier(limit, self.earliest):
            return self._answer(True, that, inferred)
        if that.kind == "set":
            limit = that.end_earliest
        if _not_after(self.latest, limit):
            return self._answer(False, that, inferred)
        return Answer(None)

    def within(self, period: EdtfDate | dt.date | str, *, inferred: bool = False) -> Answer:
        """Does it lie wholly inside the days of ``period``?

        Yes if both its outer bounds lie inside, no if it cannot share a day with the period,
        else cannot say. An open side of the period limits nothing; a set is no period, so
        nothing is surely within it.
        """
        that = as_date(period)
        if not self.overlaps(that):
            return self._answer(False, that, inferred)
        if that.kind == "set":
            return Answer(None)
        starts_in = that.start_earliest_missing == "open" or _not_after(that.earliest, self.earliest)
        ends_in = that.end_latest_missing == "open" or _not_after(self.latest, that.latest)
        return self._answer(True, that, inferred) if starts_in and ends_in else Answer(None)

    def _answer(self, value: bool, other: EdtfDate, inferred: bool) -> Answer:
        return Answer(value, assumed=inferred or self.assumed or other.assumed)


def parse(text: str) -> EdtfDate:
    """Read one date of the profile. Raises `DateError`, which says what to write instead."""
    if not isinstance(text, str):
        raise DateError(text, "a date is text", f'it in quotes, as in "{_EXAMPLES}"')
    try:
        return _parse(text)
    except _Unproven as error:
        raise DateError(text, error.why, error.write if _is_valid(error.write) else _EXAMPLES) from None
    except DateError as error:
        raise (error if error.write else _explained(text, error.why)) from None


def parse_many(texts: pd.Series) -> pd.Series:
    """Read a column of dates, each distinct string once.

    Takes a Series of strings (missing values allowed); returns a Series of `EdtfDate` (None
    where the value was missing) with the same index. Raises one `DateError` that names every
    distinct string outside the profile.
    """
    import pandas as pd

    read: dict[str, EdtfDate] = {}
    wrong: list[DateError] = []
    for text in texts.dropna().unique():
        try:
            read[text] = parse(text)
        except DateError as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        texts_wrong = "; ".join(_printable(str(error.text)) for error in wrong)
        why = "; ".join(f'"{_printable(str(error.text))}": {error.why}' for error in wrong)
        write = "; ".join(f'for "{_printable(str(error.text))}" {error.write}' for error in wrong)
        raise DateError(texts_wrong, why, write)
    values = [None if pd.isna(text) else read[text] for text in texts]
    return pd.Series(values, index=texts.index, name=texts.name, dtype=object)


def as_date(value: EdtfDate | dt.date | str) -> EdtfDate:
    """A date, a calendar day or a text of the profile as an `EdtfDate`."""
    if isinstance(value, EdtfDate):
        return value
    if isinstance(value, dt.datetime):
        value = value.date()
    return parse(value.isoformat() if isinstance(value, dt.date) else value)


def single_day(text: str) -> dt.date:
    """The one certain day a text names. Raises `DateError` for anything else."""
    value = parse(text)
    if value.kind != "date" or value.earliest is None or value.earliest != value.latest or value.assumed:
        raise DateError(text, "it is not a single day", "the day, as 2026-10-31")
    return value.earliest


# --- reading ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Single:
    """One date without duration or choice: the days between which it lies."""

    text: str
    earliest: dt.date | None
    latest: dt.date | None
    uncertain: bool
    approximate: bool
    precision: Precision


@lru_cache(maxsize=65_536)
def _parse(text: str) -> EdtfDate:
    if text.startswith("["):
        return _parse_set(text)
    if "/" in text:
        return _parse_interval(text)
    single = _parse_single(text, whole=text)
    return _build(text, "date", [single], (single.earliest, single.latest) * 2)


def _parse_interval(text: str) -> EdtfDate:
    sides = text.split("/")
    if len(sides) != 2:
        raise _outside(text, "an interval has one slash")
    if not set(sides) - {"", ".."}:
        raise DateError(text, "neither side of it is a date", "one side at least, as in 1923/ or 1923/..")
    singles = [_parse_single(side, whole=text) for side in sides if side not in ("", "..")]
    gaps: list[Missing | None] = [
        {"": "unknown", "..": "open"}.get(side)  # type: ignore[misc]
        for side in sides
    ]
    first = None if gaps[0] else singles[0]
    last = None if gaps[1] else singles[-1]
    start = (first.earliest, first.latest) if first else (None, None)
    end = (last.earliest, last.latest) if last else (None, None)
    if _earlier(end[1], start[0]):
        raise DateError(text, f"its end {sides[1]} lies before its start {sides[0]}", f"{sides[1]}/{sides[0]}")
    # What begins after it ends does not exist: each side limits the other.
    if gaps[0] != "open":
        start = (start[0], _smaller(start[1], end[1]))
    if gaps[1] != "open":
        end = (_larger(start[0], end[0]), end[1])
    return _build(text, "interval", singles, (*start, *end), gaps[0], gaps[1])


def _parse_set(text: str) -> EdtfDate:
    if not text.endswith("]"):
        raise _outside(text, "the set is not closed with ]")
    inner = text[1:-1]
    if any(character in inner for character in "[]{}/"):
        raise DateError(
            text,
            "a set holds single dates, no intervals and no other sets",
            "the earliest and the latest day, as in [1814-09-12..1814-09-15]",
        )
    items = inner.split(",")
    singles: list[_Single] = []
    open_start = open_end = False
    for position, item in enumerate(items):
        before, dots, after = item.partition("..")
        if dots and not before and after and position == 0:
            open_start = True
        elif dots and before and not after and position == len(items) - 1:
            open_end = True
        elif not before or (dots and not after):
            raise _outside(text, f'"{item}" in the set is not a date')
        ends = [_parse_single(part, whole=text) for part in (before, after) if part]
        if len(ends) == 2 and _earlier(ends[1].latest, ends[0].earliest):
            turned = ("..".join(sorted(part.split(".."))) if part[0] != "." else part for part in items)
            raise _impossible(text, f"{after} lies before {before}", f"[{','.join(turned)}]")
        singles += ends
    earliest = None if open_start else _least(single.earliest for single in singles)
    latest = None if open_end else _most(single.latest for single in singles)
    gaps: tuple[Missing | None, Missing | None] = (
        "open" if open_start else None,
        "open" if open_end else None,
    )
    return _build(text, "set", singles, (earliest, latest, earliest, latest), *gaps)


def _build(
    text: str,
    kind: Literal["date", "interval", "set"],
    singles: list[_Single],
    bounds: tuple[dt.date | None, ...],
    start_gap: Missing | None = None,
    end_gap: Missing | None = None,
) -> EdtfDate:
    one_of = kind == "set"  # one day somewhere: the same open side for its start and its end
    gaps = (start_gap, end_gap) * 2 if one_of else (start_gap, start_gap, end_gap, end_gap)
    missing = [(gap or "unknown") if day is None else None for day, gap in zip(bounds, gaps, strict=True)]
    named = dict(zip(BOUNDS, bounds, strict=True))
    reasons = {f"{bound}_missing": reason for bound, reason in zip(BOUNDS, missing, strict=True)}
    return EdtfDate(
        text=text,
        kind=kind,
        **named,  # type: ignore[arg-type]
        **reasons,  # type: ignore[arg-type]
        uncertain=any(single.uncertain for single in singles),
        approximate=any(single.approximate for single in singles),
        precision=max((single.precision for single in singles), key=PRECISIONS.index),
    )


def _parse_single(text: str, whole: str) -> _Single:
    stamped = _DATETIME.fullmatch(text)
    if stamped and text == whole:
        try:
            day = _parse_single(stamped["date"], whole=stamped["date"])
        except DateError as error:
            raise DateError(whole, error.why, error.write) from None
        return _Single(text, day.earliest, day.latest, False, False, "day")
    found = _DATE.fullmatch(text)
    if not found:
        raise _outside(whole, "it is not written as EDTF")
    year, month, day_digits = found["year"], found["month"], found["day"]
    _check_components(whole, year, month, day_digits)
    marks = _marks(found)
    earliest, latest = _bounds(year, month, day_digits)
    if earliest is None and year != "XXXX":
        if month and month.isdigit() and int(month) in SEASON_MONTHS:
            raise DateError(whole, "its end lies beyond the year 9999", "a year from 0001 to 9998")
        raise _impossible(whole, _no_such_day(year, month, day_digits), whole.replace(text, _without_day(text), 1))
    if year == "XXXX" and not _day_exists(month, day_digits):
        raise _impossible(whole, _no_such_day(year, month, day_digits), whole.replace(text, _without_day(text), 1))
    return _Single(
        text,
        earliest,
        latest,
        uncertain=bool(marks & {"?", "%"}),
        approximate=bool(marks & {"~", "%"}),
        precision=_precision(year, month, day_digits),
    )


def _marks(found: re.Match[str]) -> set[str]:
    """All qualifiers of a date. A mark before a component qualifies that one, a mark after it
    that one and all to its left; either way part of the date rests on it."""
    return {found[f"{side}_{part}"] for part in _COMPONENTS for side in ("pre", "post")} - {None}


def _check_components(whole: str, year: str, month: str | None, day: str | None) -> None:
    if year == "0000":
        raise DateError(whole, "there is no year 0000", "a year from 0001 to 9999")
    if month is None:
        return
    if month.isdigit() and int(month) in SEASON_MONTHS:
        if day is not None:
            raise DateError(whole, f"a season ({month}) has no days", f"{year}-{month}")
        return
    if month.isdigit() and 25 <= int(month) <= 41:
        raise DateError(
            whole,
            f"groupings such as {month} (quarters, halves, other seasons) are outside the profile",
            f"a season {year}-21 to {year}-24, or the months, as in {year}-01/{year}-03",
        )
    if not _matching(month, 1, 12):
        raise DateError(whole, f"there is no month {month}", _AS_MONTHS.format(year))
    if day is not None and not _matching(day, 1, 31):
        raise DateError(whole, f"there is no day {day}", f"{year}-{month}")


class _Unproven(DateError):
    """An error whose proposal `parse` has yet to try."""


def _impossible(whole: str, why: str, proposal: str) -> DateError:
    """A date of good form that the calendar does not hold; the proposal only if it is valid."""
    return _Unproven(whole, why, proposal)


def _without_day(text: str) -> str:
    """The same date to the month, with the mark at its end."""
    month, _, day = text.rpartition("-")
    return month + (day[-1] if day[-1] in "?~%" and month[-1] not in "?~%" else "")


@lru_cache(maxsize=4096)
def _matching(mask: str, low: int, high: int) -> tuple[int, ...]:
    """The numbers from low to high that a mask such as ``1X`` can stand for, ascending."""
    choices = ("0123456789" if digit == "X" else digit for digit in mask)
    numbers = (int("".join(digits)) for digits in itertools.product(*choices))
    return tuple(number for number in numbers if low <= number <= high)


def _bounds(year: str, month: str | None, day: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day that fit; None twice when no day does or the year is not known."""
    if year == "XXXX":
        return None, None
    years = _matching(year, 1, 9999)
    if month and month.isdigit() and int(month) in SEASON_MONTHS:
        return _season_bounds(years, int(month))
    months, days = _months_and_days(month, day)
    earliest = next(_days(years, months, days), None)
    latest = next(_days(years[::-1], months[::-1], days[::-1]), None)
    return earliest, latest


def _day_exists(month: str | None, day: str | None) -> bool:
    """Does any year hold such a day? A leap year holds every day there is."""
    if month and month.isdigit() and int(month) in SEASON_MONTHS:
        return True
    return any(True for _ in _days((2000,), *_months_and_days(month, day)))


def _months_and_days(month: str | None, day: str | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return _matching(month or "XX", 1, 12), _matching(day or "XX", 1, 31)


def _days(years: tuple[int, ...], months: tuple[int, ...], days: tuple[int, ...]) -> Iterator[dt.date]:
    for year in years:
        for month in months:
            length = calendar.monthrange(year, month)[1]
            yield from (dt.date(year, month, day) for day in days if day <= length)


def _season_bounds(years: tuple[int, ...], season: int) -> tuple[dt.date | None, dt.date | None]:
    first_month, last_month = SEASON_MONTHS[season]
    last_year = years[-1] + (last_month < first_month)
    if last_year > 9999:
        return None, None
    last_day = calendar.monthrange(last_year, last_month)[1]
    return dt.date(years[0], first_month, 1), dt.date(last_year, last_month, last_day)


def _no_such_day(year: str, month: str | None, day: str | None) -> str:
    if month and month.isdigit():
        name = _MONTH_NAMES[int(month) - 1]
        return f"{name}{'' if year == 'XXXX' else ' ' + year} has no day {day}"
    return f"no month of {year} has a day {day}"


def _precision(year: str, month: str | None, day: str | None) -> Precision:
    """The finest unit of which every digit is known, however much around it is not."""
    if day and "X" not in day:
        return "day"
    if month and "X" not in month:
        return "season" if int(month) in SEASON_MONTHS else "month"
    leading: tuple[Precision, ...] = ("unknown", "millennium", "century", "decade", "year")
    return leading[f"{year}X".index("X")]


def _earlier(first: dt.date | None, second: dt.date | None) -> bool:
    return first is not None and second is not None and first < second


def _not_after(first: dt.date | None, second: dt.date | None) -> bool:
    return first is not None and second is not None and first <= second


def _smaller(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return min((day for day in (first, second) if day), default=None)


def _larger(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return max((day for day in (first, second) if day), default=None)


def _least(days: Iterator[dt.date | None]) -> dt.date | None:
    """The least of the days; None when one of them is unknown: it could be less."""
    known = list(days)
    return None if None in known else min(day for day in known if day)


def _most(days: Iterator[dt.date | None]) -> dt.date | None:
    known = list(days)
    return None if None in known else max(day for day in known if day)


# --- what to write instead ----------------------------------------------------------------

_MONTHS = {
    spelling: number
    for number, name in enumerate((name.lower() for name in _MONTH_NAMES), 1)
    for spelling in (name, name[:3], name[:4] if name == "september" else name)
}
_MONTH_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SEASON_WORDS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}


def _numbers(year: str, month: str, day: str = "") -> str:
    return "-".join([f"{int(year):04d}", *(f"{int(part):02d}" for part in (month, day) if part)])


def _day_or_month_first(found: re.Match[str]) -> str:
    first, second, year = found.groups()
    readings = {_numbers(year, second, first), _numbers(year, first, second)}
    valid = sorted(reading for reading in readings if _is_valid(reading))
    return " or ".join(valid)


_REWRITES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), rewrite)
    for pattern, rewrite in (
        (r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", lambda m: _numbers(*m.groups())),
        (r"(\d{4})[-./年](\d{1,2})月?", lambda m: _numbers(*m.groups())),
        (r"(\d{4})年", lambda m: m[1]),
        (r"(\d\d)(\d\d) ?[/–—-] ?(\d\d)", lambda m: f"{m[1]}{m[2]}/{m[1]}{m[3]}"),
        (r"(\d{4}) ?-+ ?(\d{4})", lambda m: f"{m[1]}/{m[2]}"),
        (r"(\d{4})(\d\d)", lambda m: _numbers(*m.groups())),
        (r"(\d{4})(\d\d)(\d\d)", lambda m: _numbers(*m.groups())),
        (r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", _day_or_month_first),
        (rf"(\d{{1,2}})\.? ({_MONTH_WORD})\.?,? (\d{{4}})",
         lambda m: _numbers(m[3], str(_MONTHS[m[2].lower()]), m[1])),
        (rf"({_MONTH_WORD})\.? (\d{{1,2}}),? (\d{{4}})",
         lambda m: _numbers(m[3], str(_MONTHS[m[1].lower()]), m[2])),
        (rf"({_MONTH_WORD})\.?,? (\d{{4}})", lambda m: _numbers(m[2], str(_MONTHS[m[1].lower()]))),
        (rf"(\d{{1,2}})\.? ({_MONTH_WORD})", lambda m: f"XXXX-{_MONTHS[m[2].lower()]:02d}-{int(m[1]):02d}"),
        (rf"({_MONTH_WORD})\.? (\d{{1,2}})", lambda m: f"XXXX-{_MONTHS[m[1].lower()]:02d}-{int(m[2]):02d}"),
        (r"(spring|summer|autumn|fall|winter),? (\d{4})", lambda m: f"{m[2]}-{_SEASON_WORDS[m[1].lower()]}"),
        (r"(\d{3})0s", lambda m: f"{m[1]}X"),
        (r"(?:circa|about|ca\.?|c\.?|约) ?(\S+)", lambda m: f"{m[1]}~"),
        (r"before (\d{4})", lambda m: f"[..{int(m[1]) - 1:04d}]"),
        (r"after (\d{4})", lambda m: f"[{int(m[1]) + 1:04d}..]"),
        (r"(?:until|by|not after) (\S+)", lambda m: f"[..{m[1]}]"),
        (r"not before (\S+)", lambda m: f"[{m[1]}..]"),
        (r"since (\S+)", lambda m: f"{m[1]}/.."),
        (r"(\d{4})-(\d{2})-(\d{2})/(\d{2})", lambda m: f"{m[1]}-{m[2]}-{m[3]}/{m[1]}-{m[2]}-{m[4]}"),
        (r"(\d{4})-(\d{2})-(\d{2})/(\d{2}-\d{2})", lambda m: f"{m[1]}-{m[2]}-{m[3]}/{m[1]}-{m[4]}"),
        (r"(\S+) ?/ ?(?:unknown|\?)", lambda m: f"{m[1]}/"),
        (r"(?:unknown|\?) ?/ ?(\S+)", lambda m: f"/{m[1]}"),
        (r"(\S+) ?/ ?(?:open|now|present|today)", lambda m: f"{m[1]}/.."),
        (r"(\d{4}[-?~%X\d]*)(?:\.\.| to | - |–|—)(\d{4}[-?~%X\d]*)", lambda m: f"{m[1]}/{m[2]}"),
    )
)  # fmt: skip


def _outside(text: str, why: str) -> DateError:
    """Not EDTF at all; `parse` adds what to write, once, for the whole text."""
    return DateError(text, why, "")


def _explained(text: str, why: str) -> DateError:
    proposal = _propose(text)
    outside = "is outside the profile"
    if text.startswith("{"):
        return DateError(text, f"a set of which all hold {outside}", "[a,b] for one of them, a/b if it lasted")
    if re.search(r"^-\d{4}|/-\d{4}|^[Yy]-?\d|^\d{5,}$", text) and not proposal:
        return DateError(text, "years run from 0001 to 9999", "such a date in a note, not as a date")
    if re.search(r"\dS\d", text):
        return DateError(text, f"a number of significant digits {outside}", f"{text[:2]}XX, or {text[:4]}~")
    if re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{1,2}|'?\d\d", text) and not proposal:
        return DateError(text, "the year has not four digits", f"the year in full, as in {_EXAMPLES}")
    if not text.strip():
        return DateError(text, "it is empty", f"a date, or leave the field out; dates look like {_EXAMPLES}")
    return DateError(text, why, proposal or _EXAMPLES)


def _propose(text: str) -> str:
    """What the writer probably meant, in the profile; empty if nothing fits."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    dashed = re.sub(r"[‐‑‒–—―−]", "-", plain)
    years = re.fullmatch(r"(\d\d)(\d\d)[/–—](\d\d)", plain, re.ASCII)
    if years and years[3] > years[2]:
        return f"{years[1]}{years[2]}/{years[1]}{years[3]}"
    for candidate in (plain, dashed, dashed.upper().replace("U", "X"), dashed.replace(" ", "")):
        if candidate != text and _is_valid(candidate):
            return candidate
    for pattern, rewrite in _REWRITES:
        found = pattern.fullmatch(dashed) or pattern.fullmatch(plain)
        if not found:
            continue
        proposed = rewrite(found)
        if proposed and all(_is_valid(part) for part in proposed.split(" or ")):
            return proposed
    return ""


def _is_valid(text: str) -> bool:
    if not re.fullmatch(r"[0-9X?~%TZ:+\-/.,\[\]]+", text):
        return False
    try:
        _parse(text)
    except DateError:
        return False
    return True
