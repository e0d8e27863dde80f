"""Chinese: numbers, dates by precision and doubt, lists. Written as Chinese, not translated."""

from __future__ import annotations

import datetime as dt
import itertools
import re

from workbench.records import dates

SPACE = ""  # between sentences, and after a comma or a colon
_ASIDE = re.compile(
    "（[^（）]*）|“[^”]*”|《[^》]*》"
)  # what stands in brackets or quotation marks joins nothing outside
_SEASONS = {"21": "春季", "22": "夏季", "23": "秋季", "24": "冬季"}


def number(value: float | tuple[float, float]) -> str:
    """In digits; a pair as 3至5, one from nothing on as 至多5."""
    if isinstance(value, tuple):
        low, high = value
        if low == high:
            return number(low)
        return f"{number(low)}至{number(high)}" if low else f"至多{number(high)}"
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def counted(value: float | tuple[float, float], measure: str, noun: str) -> str:
    """A number with its measure word and noun."""
    return f"{number(value)}{measure}{noun}"


def plural(word: str) -> str:
    """The word itself: Chinese nouns have no plural."""
    return word


def article(phrase: str) -> str:
    """The phrase itself: Chinese has no articles."""
    return phrase


def listed(items: list[str]) -> str:
    """Items as a list: 甲、乙和丙; with 以及 where an item has a conjunction of its own: 甲与乙、丙以及丁;
    no mark between items in quotation or title marks: “甲”“乙”和“丙”."""
    if len(items) < 2:
        return "".join(items)
    bare = "".join(_ASIDE.sub("", item) for item in items)
    last = "，以及" if "、" in bare or "，" in bare else "以及" if re.search("[和与]|(?<![提涉普埃])及", bare) else "和"
    return re.sub("(?<=[”》])、(?=[“《])", "", "、".join(items[:-1])) + last + items[-1]


def when(text: str | None) -> str:
    """A date with its doubt: 2017年10月, 不晚于2018年12月6日, 约2019年, 2019年（存疑）."""
    if text is None:
        return "时间未注明"
    value = dates.parse(text)
    plain = re.sub("[?~%]", "", value.text)
    words = {"date": _single, "interval": _interval, "set": _set}[value.kind](plain)
    if value.approximate:
        words = f"约{words}"
    if value.uncertain:
        words = f"{words[:-1]}，存疑）" if words.endswith("）") else f"{words}（存疑）"
    return words


date = when

_NO_YEAR = "（年份未注明）"
_THIRDS = {(1, 10): "上旬", (11, 20): "中旬", (21, 0): "下旬"}


def _single(plain: str) -> str:
    parts = _parts(plain)
    return "".join(parts) + (_NO_YEAR if plain.startswith("XXXX-") and parts != ["时间未注明"] else "")


def _parts(plain: str) -> list[str]:
    """The parts of one date, the year first: 2018年, 12月, 5日."""
    year, month, day = (*plain.partition("T")[0].split("-"), "", "")[:3]
    if not month.strip("X") and not day.strip("X"):
        return [_year(year)] if year != "XXXX" else ["时间未注明"]
    if "X" in month or "X" in day.replace("XX", "") or (day.isdigit() and not month.isdigit()):
        value = dates.parse(plain)
        if value.earliest is None or value.latest is None:
            return ["时间未注明"]
        return [_between(*(_of(bound) for bound in (value.earliest, value.latest)))]
    first = [] if year == "XXXX" else [_year(year) + ("" if year.isdigit() else "某年")]
    if month in _SEASONS:
        winter = [f"{year}至{int(year) + 1}年"] if month == "24" and year.isdigit() else first
        return [*winter, _SEASONS[month]]
    return [*first, f"{int(month)}月", *([f"{int(day)}日"] if day.isdigit() else [])]


def _year(year: str) -> str:
    if year.isdigit():
        return f"{year}年"
    if year[:3].isdigit():
        return f"{year[:3]}0年代"
    return (
        f"{int(year[:2]) + 1}世纪"
        if year[:2].isdigit()
        else f"{year.replace('X', '0')}年至{year.replace('X', '9')}年之间"
    )


def _of(day: dt.date) -> list[str]:
    return [f"{day.year}年", f"{day.month}月", f"{day.day}日"]


def _rest(first: list[str], last: list[str]) -> str:
    """The later date without what it repeats: 8月2日 of 2023年7月30日至8月2日."""
    shared = 0
    while shared < min(len(first), len(last)) - 1 and first[shared] == last[shared]:
        shared += 1
    return "".join(last[shared:])


def _between(first: list[str], last: list[str]) -> str:
    return f"{''.join(first)}至{_rest(first, last)}之间"


def _interval(plain: str) -> str:
    start, end = plain.split("/")
    if start in ("", ".."):
        return f"截至{_single(end)}" + ("" if start else "（开始时间不详）")
    if end == "..":
        return f"自{_single(start)}起"
    if not end:
        return f"自{_single(start)}起（结束时间不详）"
    if start == end:
        return _single(start)
    first, last = _parts(start), _parts(end)
    if len(last) < len(first) and first[: len(last)] == last:  # some later day of the same month or year
        return f"{''.join(first)}至同{last[-1][-1]}内（止日不详）"
    note = _NO_YEAR if start.startswith("XXXX-") and end.startswith("XXXX-") else ""
    return f"{''.join(first)}至{_rest(first, last)}{note}"


def _set(plain: str) -> str:
    members = plain.strip("[]").split(",")
    if len(members) == 1:
        return _range(*members[0].partition(".."))
    if any(".." in member for member in members):
        return "或".join(_range(*member.partition("..")) for member in members)
    members = sorted(members)
    tails = {member[4:] for member in members}
    if len(tails) == 1 and members[0][:4].isdigit():
        years = "、".join(member[:4] for member in members[:-1])
        return f"{years}或{_single(members[-1])}"
    parts = [_parts(member) for member in members]
    said = ["".join(parts[0]), *(_rest(one, other) for one, other in itertools.pairwise(parts))]
    return "、".join(said[:-1]) + "或" + said[-1]


def _range(start: str, dots: str, end: str) -> str:
    if not dots:
        return _single(start)
    if not start:
        return f"不晚于{_single(end)}"
    if not end:
        return f"不早于{_single(start)}"
    first, last = dates.parse(start).earliest, dates.parse(end).latest
    return (_whole(first, last) if first and last else "") or _between(_parts(start), _parts(end))


def _whole(first: dt.date, last: dt.date) -> str:
    """The words for days that make up a year, some years, a month or a third of one."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}年" if first.year == last.year else f"{first.year}年至{last.year}年之间"
    if (first.year, first.month) != (last.year, last.month):
        return ""
    at_end = (last + dt.timedelta(days=1)).day == 1
    third = "" if first.day == 1 and at_end else _THIRDS.get((first.day, 0 if at_end else last.day))
    return "" if third is None else f"{first.year}年{first.month}月{third}"
