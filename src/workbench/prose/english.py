"""English: numbers, dates by precision and doubt, lists and plurals."""

from __future__ import annotations

import datetime as dt
import re

from babel.dates import format_date
from babel.lists import format_list

from workbench.records import dates

LOCALE = "en_GB"
SPACE = " "  # between sentences, and after a comma or a colon
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_OPEN = re.compile(
    r"[ai]|e(?!u)|o(?!ne)|u(?!ni|se|ti)|hour|honour|heir", re.IGNORECASE
)  # begins with a vowel, as spoken
_THIRDS = {(1, 10): ("at", "the beginning of"), (11, 20): ("in", "the middle of"), (21, 0): ("at", "the end of")}


def number(value: float | tuple[float, float]) -> str:
    """In words up to twenty, else in digits; a pair as "between three and five", of neighbours "two or three"."""
    if isinstance(value, tuple):
        low, high = value
        if low == high:
            return number(low)
        if not low:
            return f"at most {number(high)}"
        if high == low + 1 and high < len(_SMALL):
            return f"{number(low)} or {number(high)}"
        return f"between {number(low)} and {number(high)}" if high < len(_SMALL) else f"between {low:,} and {high:,}"
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
    if phrase.startswith("other "):
        return f"an{phrase}"
    return f"{'an' if _OPEN.match(phrase) else 'a'} {phrase}"


def listed(items: list[str]) -> str:
    """Items as a list with "and"; with semicolons where an item has a comma or an "and" of its own."""
    if len(items) > 2 and any(", " in item or " and " in item for item in items):
        return "; ".join(items[:-1]) + "; and " + items[-1]
    return format_list(items, locale=LOCALE) if items else ""


def when(text: str | None) -> str:
    """A date with its preposition and its doubt: "in October 2017", "by 6 December 2018"."""
    if text is None:
        return "at a time the source does not give"
    preposition, words, value = _said(text)
    return _doubted(f"{preposition} {words}" if preposition else words, value)


def date(text: str | None) -> str:
    """A date without a preposition, for tables: "October 2017", "by 6 December 2018"."""
    if text is None:
        return "not given"
    _, words, value = _said(text)
    return _doubted(words, value)


def _doubted(words: str, value: dates.EdtfDate) -> str:
    if value.uncertain:
        words = f"probably {words}"
    return f"{words} or thereabouts" if value.approximate else words


def _said(text: str) -> tuple[str, str, dates.EdtfDate]:
    """Preposition (may be empty) and words of a date, without its marks of doubt."""
    value = dates.parse(text)
    plain = re.sub("[?~%]", "", value.text)
    preposition, words = {"date": _single, "interval": _interval, "set": _set}[value.kind](plain)
    return preposition, words, value


# --- one date -----------------------------------------------------------------------------


def _single(plain: str) -> tuple[str, str]:
    preposition, parts = _parts(plain)
    return preposition, " ".join(parts)


def _parts(plain: str) -> tuple[str, list[str]]:
    """Preposition and parts of one date, the year last: on, [5, December, 2018]."""
    year, month, day = (*plain.partition("T")[0].split("-"), "", "")[:3]
    if not month.strip("X") and not day.strip("X"):
        return _year_alone(year)
    if "X" in month or "X" in day.replace("XX", "") or (day.isdigit() and not month.isdigit()):
        value = dates.parse(plain)
        return "", [_between(value.earliest, value.latest)]
    if month in _SEASONS:
        return "in", [_SEASONS[month], _winter(year) if month == "24" and year.isdigit() else _of_year(year)]
    name = format_date(dt.date(2000, int(month), 1), "MMMM", locale=LOCALE)
    return ("on", [str(int(day)), name, _of_year(year)]) if day.isdigit() else ("in", [name, _of_year(year)])


def _year_alone(year: str) -> tuple[str, list[str]]:
    if year.isdigit():
        return "in", [year]
    if year == "XXXX":
        return "", ["at a time the source does not give"]
    return ("in", [f"the {year[:3]}0s"]) if year[:3].isdigit() else ("", [f"between {_years(year)}"])


def _of_year(year: str) -> str:
    if year.isdigit():
        return year
    if year == "XXXX":
        return "of a year not given"
    return f"of a year in the {year[:3]}0s" if year[:3].isdigit() else f"of a year between {_years(year)}"


def _years(year: str) -> str:
    return f"{year.replace('X', '0')} and {year.replace('X', '9')}"


def _winter(year: str) -> str:
    return f"{year}/{(int(year) + 1) % 100:02d}"


def _between(first: dt.date | None, last: dt.date | None) -> str:
    if first is None or last is None:
        return "at a time the source does not give"
    parts = [[str(day.day), format_date(day, "MMMM", locale=LOCALE), str(day.year)] for day in (first, last)]
    return "between " + _joined(parts, "and")


# --- two and more -------------------------------------------------------------------------


def _joined(items: list[list[str]], word: str) -> str:
    """Dates joined, without what a later one repeats: 21 to 25 August 2023."""
    shared = 0
    while (
        len({len(item) for item in items}) == 1
        and all(len(item) > shared + 1 for item in items[:-1])
        and len({tuple(i[len(i) - shared - 1 :]) for i in items}) == 1
    ):
        shared += 1
    said = [" ".join(item[: len(item) - shared]) for item in items[:-1]] + [" ".join(items[-1])]
    return format_list(said, style="or", locale=LOCALE) if word == "or" else f"{said[0]} {word} {said[1]}"


def _interval(plain: str) -> tuple[str, str]:
    start, end = plain.split("/")
    if start in ("", ".."):
        return "", f"until {_single(end)[1]}" + ("" if start else ", since when is not known")
    if end == "..":
        return "", f"since {_single(start)[1]}"
    if not end:
        return "", f"from {_single(start)[1]}, until when is not known"
    if start == end:
        return _single(start)
    sides = [_parts(start)[1], _parts(end)[1]]
    if len(sides[0]) != len(sides[1]) and max(map(len, sides)) == 3:  # the coarser side is some day of it
        if sides[0][1:] == sides[1]:
            return "from", f"{' '.join(sides[0])} until later that month"
        said = [" ".join(side) if len(side) == 3 else f"a day in {' '.join(side)}" for side in sides]
        return "from", f"{said[0]} to {said[1]}"
    return "from", _joined(sides, "to")


def _set(plain: str) -> tuple[str, str]:
    members = plain.strip("[]").split(",")
    if len(members) == 1:
        return _range(*members[0].partition(".."))
    if any(".." in member for member in members):
        said = [_range(*member.partition("..")) for member in sorted(members, key=lambda m: m.strip("."))]
        rest = [" ".join(filter(None, pair)) for pair in said[1:]]
        return said[0][0], format_list([said[0][1], *rest], style="or", locale=LOCALE)
    members = sorted(members)
    if len({member[4:] for member in members}) == 1 and len(members[0]) == 10:
        years = format_list([member[:4] for member in members], style="or", locale=LOCALE)
        day = " ".join(_parts(members[0])[1][:2])
        return "on", f"{day} of {years}"
    return _parts(members[0])[0], _joined([_parts(member)[1] for member in members], "or")


def _range(start: str, dots: str, end: str) -> tuple[str, str]:
    if not dots:
        return _single(start)
    if not start:
        return "", f"by {_single(end)[1]}"
    if not end:
        preposition, words = _single(start)
        return preposition, f"{words} or later"
    first, last = dates.parse(start).earliest, dates.parse(end).latest
    known = _whole(first, last) if first and last else None
    return known or ("", "between " + _joined([_parts(start)[1], _parts(end)[1]], "and"))


def _whole(first: dt.date, last: dt.date) -> tuple[str, str] | None:
    """The words for days that make up a year, some years, a month or a third of one."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return ("in", str(first.year)) if first.year == last.year else ("", f"between {first.year} and {last.year}")
    if (first.year, first.month) != (last.year, last.month):
        return None
    at_end = (last + dt.timedelta(days=1)).day == 1
    month = format_date(first, "MMMM y", locale=LOCALE)
    if first.day == 1 and at_end:
        return "in", month
    preposition, third = _THIRDS.get((first.day, 0 if at_end else last.day), ("", ""))
    return (preposition, f"{third} {month}") if third else None
