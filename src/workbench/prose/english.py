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
        if low == high or high <= 0:
            return number(high)
        if low <= 0:
            return f"at most {number(high)}"
        if high - low == 1:
            return f"{number(low)} or {number(high)}"
        figures = high > len(_SMALL) - 1  # both in digits where one must be
        return f"between {f'{low:g}' if figures else number(low)} and {number(high)}"
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
    vowel = phrase[:1].lower() in "aeiou" and not phrase.lower().startswith(("uni", "euro", "use", "one"))
    return f"{'an' if vowel or phrase.lower().startswith(('hour', 'honour')) else 'a'} {phrase}"


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
    doubt, words = ("probably ", words[9:]) if words.startswith("probably ") else ("", words)
    for preposition in ("on ", "in "):
        words = words.removeprefix(preposition)
    if words.startswith("from ") and " to " in words:
        words = words.removeprefix("from ")
    return doubt + words


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
    if value.precision == "month" and (exact or plain.endswith("-XX")) and "X" not in plain[:7]:
        return f"in {_day(first, 'MMMM y')}"
    if value.precision == "season" and exact:
        year = f"{plain[:4]}/{last.year % 100:02d}" if last and last.year > first.year else plain[:4]
        return f"in {_SEASONS[plain[5:7]]} {year}"
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
    ends_month = (last + dt.timedelta(days=1)).day == 1
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"in {first.year}" if first.year == last.year else f"between {first.year} and {last.year}"
    if first.day == 1 and ends_month:
        if (first.year, first.month) == (last.year, last.month):
            return f"in {_day(first, 'MMMM y')}"
        start = _day(first, "MMMM" if first.year == last.year else "MMMM y")
        return f"between {start} and {_day(last, 'MMMM y')}"
    return f"between {_short(first, last)} and {_day(last)}"


def _short(first: dt.date, last: dt.date) -> str:
    """The first day of two, without what the second repeats."""
    if first.year != last.year:
        return _day(first)
    return _day(first, "d") if first.month == last.month else _day(first, "d MMMM")


def _interval(text: str, value: dates.EdtfDate) -> str:
    start, end = _bare(text).split("/")
    if not start:
        return f"until {date(end)}, since when is not known"
    if start == "..":
        return f"until {date(end)}"
    if end == "..":
        return f"since {date(start)}"
    if not end:
        return f"from {date(start)}, until when is not known"
    both = (dates.parse(start), dates.parse(end))
    days = [one.precision == "day" and one.earliest == one.latest and one.earliest for one in both]
    if days[0] and days[0] == days[1]:
        return f"on {_day(days[0])}"
    if days[0] and days[1]:
        return f"from {_short(days[0], days[1])} to {_day(days[1])}"
    first, last = date(start), date(end)
    if first[-5:] == last[-5:] and first[-5:].strip().isdigit() and len(first) > 4:
        first = first[:-5]  # the year once: from March to May 2019
    return f"from {first} to {last}"


def _set(text: str, value: dates.EdtfDate) -> str:
    inner = _bare(text).strip("[]")
    if "," in inner:
        members = inner.split(",")
        tails = {member[4:] for member in members}
        if len(tails) == 1 and ".." not in inner and len(members[0]) == 10:
            years = format_list([member[:4] for member in sorted(members)], style="or", locale=LOCALE)
            return f"on {_day(dates.parse(members[0]).earliest, 'd MMMM')} of {years}"
        told = [when(m) if ".." not in m else when(f"[{m}]") for m in members]
        preposition = told[0].partition(" ")[0]
        if all(one.startswith(f"{preposition} ") for one in told):
            told = [told[0], *(one.partition(" ")[2] for one in told[1:])]  # in 2016 or 2018
        return format_list(told, style="or", locale=LOCALE)
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
