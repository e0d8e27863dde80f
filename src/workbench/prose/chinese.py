"""Chinese: numbers, dates by precision and doubt, lists. Written as Chinese, not translated."""

from __future__ import annotations

import datetime as dt

from workbench.records import dates

_SEASONS = {"21": "春季", "22": "夏季", "23": "秋季", "24": "冬季"}


def number(value: float | tuple[float, float]) -> str:
    """In digits; a pair as 3至5."""
    if isinstance(value, tuple):
        return number(value[0]) if value[0] == value[1] else f"{number(value[0])}至{number(value[1])}"
    return f"{value:g}"


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
    """Items as a list: 甲、乙和丙."""
    return items[0] if len(items) == 1 else "、".join(items[:-1]) + "和" + items[-1] if items else ""


def when(text: str | None) -> str:
    """A date with its doubt: 2017年10月, 2018年12月6日前, 约2019年, 可能."""
    if text is None:
        return "时间未注明"
    value = dates.parse(text)
    words = {"date": _single, "interval": _interval, "set": _set}[value.kind](value.text, value)
    if value.uncertain:
        words = f"可能{words}"
    return f"约{words}" if value.approximate else words


date = when


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _bare(text: str) -> str:
    return text.replace("?", "").replace("~", "").replace("%", "")


def _single(text: str, value: dates.EdtfDate) -> str:
    plain = _bare(text)
    if value.earliest is None or value.latest is None:
        if value.precision == "day" and plain.startswith("XXXX-") and "X" not in plain[5:]:
            return f"{int(plain[5:7])}月{int(plain[8:10])}日（年份未注明）"
        return "时间未注明"
    exact = "X" not in plain
    if value.precision == "day" and exact:
        return _day(value.earliest)
    if value.precision == "month" and exact:
        return f"{value.earliest.year}年{value.earliest.month}月"
    if value.precision == "season" and exact:
        return f"{plain[:4]}年{_SEASONS[plain[5:7]]}"
    if value.precision == "year" and len(plain.rstrip("-X")) == 4:
        return f"{value.earliest.year}年"
    return f"{_day(value.earliest)}至{_day(value.latest)}之间"


def _interval(text: str, value: dates.EdtfDate) -> str:
    start, end = _bare(text).split("/")
    if not start or start == "..":
        return f"截至{when(end)}"
    if end == "..":
        return f"自{when(start)}起"
    if not end:
        return f"自{when(start)}起（结束时间不详）"
    first, last = when(start), when(end)
    for shared in (first[: first.find("月") + 1], first[: first.find("年") + 1]):
        if shared and last.startswith(shared) and last != shared:
            return f"{first}至{last.removeprefix(shared)}"
    return f"{first}至{last}"


def _set(text: str, value: dates.EdtfDate) -> str:
    inner = _bare(text).strip("[]")
    if "," in inner:
        members = inner.split(",")
        if len({member[4:] for member in members}) == 1 and len(members[0]) == 10:
            years = "、".join(member[:4] for member in members[:-1])
            return f"{years}或{when(members[-1])}"
        return "或".join(when(member) if ".." not in member else when(f"[{member}]") for member in inner.split(","))
    start, dots, end = inner.partition("..")
    if not dots:
        return when(start)
    if not start:
        return f"不晚于{when(end)}"
    if not end:
        return f"不早于{when(start)}"
    return f"{when(start)}至{when(end)}之间"
