"""English: numbers, dates by precision and doubt, lists and plurals."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date
from babel.lists import format_list

from workbench.records import dates

LOCALE = "en_GB"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_THIRDS = {(1, 10): "at the beginning of", (11, 20): "in the middle of", (21, 0): "at the end of"}


def number(value: float | tuple[float, float]) -> str:
    """In words up to twenty, else in digits; a pair as "between three and five"."""
    if isinstance(value, tuple):
        low, high = value
        return number(low) if low == high else f"between {number(low)} and {number(high)}"
    if float(value).is_integer() and 0 <= value < len(_SMALL):
        return _SMALL[int(value)]
    if float(value).is_integer():
        return f"{int(value):,}"
    whole = int(value)
    return f"{number(whole)} and a half" if value - whole == 0.5 and whole else f"{value:g}"


def counted(value: float | tuple[float, float], one: str, many: str) -> str:
    """A number with its noun: "one visit", "no visits", "between three and five visits"."""
    last = value[1] if isinstance(value, tuple) else value
    return f"{number(value)} {one if last == 1 else many}"


def plural(word: str) -> str:
    """The regular plural; irregular ones stand in the word lists."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def article(phrase: str) -> str:
    """The phrase with its indefinite article."""
    return f"{'an' if phrase[:1].lower() in 'aeiou' else 'a'} {phrase}"


def listed(items: list[str]) -> str:
    """Items as a list with "and"."""
    return format_list(items, locale=LOCALE) if items else ""


def when(text: str | None) -> str:
    """A date with its preposition and its doubt: "in October 2017", "by 6 December 2018"."""
    if text is None:
        return "at a time the source does not give"
    value = dates.parse(text)
    words = {"date": _single, "interval": _interval, "set": _set}[value.kind](value.text, value)
    if value.uncertain:
        words = f"probably {words}"
    return f"{words} or thereabouts" if value.approximate else words


def date(text: str | None) -> str:
    """A date without a preposition, for tables: "October 2017", "by 6 December 2018"."""
    if text is None:
        return "not given"
    words = when(text)
    for preposition in ("on ", "in "):
        words = words.removeprefix(preposition)
    return words.removeprefix("from ") if words.startswith("from ") and " to " in words else words


def _day(day: dt.date | None, pattern: str = "d MMMM y") -> str:
    return format_date(day, pattern, locale=LOCALE) if day else ""


def _bare(text: str) -> str:
    return text.replace("?", "").replace("~", "").replace("%", "")


def _single(text: str, value: dates.EdtfDate) -> str:
    plain = _bare(text)
    if value.earliest is None:
        if value.precision == "day" and plain.startswith("XXXX-") and "X" not in plain[5:]:
            return f"on {_day(dt.date(2000, int(plain[5:7]), int(plain[8:10])), 'd MMMM')} of a year not given"
        return "at a time the source does not give"
    first, last = value.earliest, value.latest
    exact = "X" not in plain
    if value.precision == "day" and exact:
        return f"on {_day(first)}"
    if value.precision == "month" and exact:
        return f"in {_day(first, 'MMMM y')}"
    if value.precision == "season" and exact:
        return f"in {_SEASONS[plain[5:7]]} {plain[:4]}"
    if value.precision == "year" and len(plain.rstrip("-X")) == 4:
        return f"in {first.year}"
    if value.precision == "decade" and len(plain.split("-")[0].rstrip("X")) == 3 and "-" not in plain:
        return f"in the {first.year}s"
    return _between(first, last)


def _between(first: dt.date | None, last: dt.date | None) -> str:
    if first is None:
        return f"by {_day(last)}"
    if last is None:
        return f"on {_day(first)} or later"
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_years:
        return f"between {first.year} and {last.year}"
    return f"between {_short(first, last)} and {_day(last)}"


def _short(first: dt.date, last: dt.date) -> str:
    """The first day of two, without what the second repeats."""
    if first.year != last.year:
        return _day(first)
    return _day(first, "d") if first.month == last.month else _day(first, "d MMMM")


def _interval(text: str, value: dates.EdtfDate) -> str:
    start, end = _bare(text).split("/")
    if not start or start == "..":
        return f"until {date(end)}"
    if end == "..":
        return f"since {date(start)}"
    if not end:
        return f"from {date(start)}, until when is not known"
    both = (dates.parse(start), dates.parse(end))
    days = [one.precision == "day" and one.earliest == one.latest and one.earliest for one in both]
    if days[0] and days[1]:
        return f"from {_short(days[0], days[1])} to {_day(days[1])}"
    return f"from {date(start)} to {date(end)}"


def _set(text: str, value: dates.EdtfDate) -> str:
    inner = _bare(text).strip("[]")
    if "," in inner:
        members = inner.split(",")
        tails = {member[4:] for member in members}
        if len(tails) == 1 and ".." not in inner and len(members[0]) == 10:
            years = format_list([member[:4] for member in sorted(members)], style="or", locale=LOCALE)
            return f"on {_day(dates.parse(members[0]).earliest, 'd MMMM')} of {years}"
        return format_list([when(m) if ".." not in m else when(f"[{m}]") for m in members], style="or", locale=LOCALE)
    start, dots, end = inner.partition("..")
    if not dots:
        return when(start)
    if not start:
        return f"by {date(end)}"
    if not end:
        return f"{when(start)} or later"
    first, last = value.earliest, value.latest
    if first and last and (first.year, first.month) == (last.year, last.month):
        month_end = last == (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        phrase = _THIRDS.get((first.day, 0 if month_end else last.day))
        if phrase:
            return f"{phrase} {_day(first, 'MMMM y')}"
    return _between(first, last)
