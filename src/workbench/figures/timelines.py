"""The timeline: one lane a partner, and how well each date is known.

A filled mark is a day that is known, a hollow one a day that is inferred; a full bar lasted
that long, a pale bar says "some time within", a hatched one that the limits are inferred;
several hollow marks joined are the admissible days of one event; a diamond is an agreement,
with an arrow where only its latest day is known; a dotted outline is a plan.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from workbench.figures import style
from workbench.prose.captions import timelines as captions
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus

_LANE = 0.42  # inches
_NAME_WIDTH = 30  # characters a line
_BAR = 0.34  # of a lane
_SHORTEST = 0.007  # of the width: a bar shorter than this is drawn as long, to be seen
_FOOT = 1.0  # inches below the lanes: years and three rows of legend
_DIRECTION = {"inbound": "inbound", "outbound": "outbound", "mutual": "online"}
MARKS = (
    "day",
    "day_inferred",
    "days",
    "lasted",
    "within",
    "within_inferred",
    "agreement",
    "agreement_inferred",
    "plan",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the timeline: which lane, what date, and how it is known."""

    lane: str
    record: tuple[str, str]
    what: str  # event, agreement or plan
    date: dates.EdtfDate
    inferred: bool
    colour: str


@style.house()
def timeline(
    exchanges: pd.DataFrame, agreements: pd.DataFrame, plans: pd.DataFrame, corpus: Corpus, words: Words
) -> style.Drawing | None:
    """Draw the counted exchanges, the agreements and the dated plans of a home by partner.

    Takes the tables of `analysis.flows.exchanges`, `analysis.agreements.agreements` and
    `.open_plans`. None when nothing has a date.
    """
    items = _items(exchanges, agreements, plans)
    if not items:
        return None
    lanes = _lanes(items)
    height = _LANE * len(lanes) + _FOOT + 0.37
    figure = style.new_figure(style.WIDTH, height)
    names = [style.plain(textwrap.fill(words.name(lane), _NAME_WIDTH)) for lane in lanes]
    left = 0.03 + 0.0085 * max(len(line) for name in names for line in name.splitlines())
    axes = figure.add_axes((left, _FOOT / height, 0.985 - left, (height - _FOOT - 0.08) / height))
    first, last = _limits(items, corpus.selection.as_of)
    axes.set(xlim=(mdates.date2num(first), mdates.date2num(last)), ylim=(len(lanes) - 0.5, -0.6))
    _frame(axes, names, first, last)
    used = {mark for item in items for mark in _draw(axes, item, lanes.index(item.lane))}
    axes.axvline(
        mdates.date2num(corpus.selection.as_of), color=style.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1
    )
    _legend(figure, [mark for mark in MARKS if mark in used], words)
    drawn = tuple(dict.fromkeys(item.record for item in items))  # an event stands in the lane of each partner
    undated = int(exchanges["counted"].sum()) - sum(table == "events" for table, _ in drawn)
    texts = captions.timeline(words, len(drawn), undated, lanes, exchanges, corpus)
    return style.Drawing(figure, *texts, drawn=drawn)


def _items(exchanges: pd.DataFrame, agreements: pd.DataFrame, plans: pd.DataFrame) -> list[Item]:
    items = []
    for row in exchanges[exchanges["counted"]].itertuples(index=False):
        if row.date and row.partners and _known(row.date):
            colour = style.COLOURS[_DIRECTION.get(row.direction, "planned")]
            record = ("events", row.event_id)
            items += [Item(lane, record, "event", dates.parse(row.date), row.assumed, colour) for lane in row.partners]
    for row in agreements[agreements["countable"]].itertuples(index=False):
        if row.date and row.partners and _known(row.date):
            inferred = row.basis in ("inferred", "bounded", "relative_resolved")
            record = ("agreements", row.agreement_id)
            items.append(Item(row.partners[0], record, "agreement", dates.parse(row.date), inferred, style.INK))
    for row in plans.itertuples(index=False):
        if row.date and row.partners and _known(row.date):
            record = ("plans", row.plan_id)
            items.append(Item(row.partners[0], record, "plan", dates.parse(row.date), False, style.COLOURS["planned"]))
    return items


def _known(text: str) -> bool:
    date = dates.parse(text)
    return bool(date.earliest or date.latest)


def _lanes(items: list[Item]) -> list[str]:
    """Partners, the one met first at the top, so that the marks run down like a stair."""
    first: dict[str, tuple[bool, dt.date, dt.date, str]] = {}
    for item in items:
        first[item.lane] = min(first.get(item.lane, item.date.sort_key), item.date.sort_key)
    return sorted(first, key=lambda lane: (first[lane], lane))


def _limits(items: list[Item], as_of: dt.date) -> tuple[dt.date, dt.date]:
    days = [day for item in items for day in (item.date.earliest, item.date.latest) if day]
    first, last = min(days), max([*days, as_of])
    return dt.date(first.year, 1, 1), dt.date(min(last.year, 9998) + 1, 1, 1)


def _frame(axes: Axes, names: list[str], first: dt.date, last: dt.date) -> None:
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    for lane in range(len(names)):
        axes.axhline(lane, color=style.RULE, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.tick_params(axis="y", length=0)
    years = last.year - first.year
    axes.xaxis.set_major_locator(mdates.YearLocator(base=max(1, round(years / 12))))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.tick_params(axis="x", labelsize=9, colors=style.QUIET)


def _draw(axes: Axes, item: Item, lane: int) -> list[str]:
    """Draw one item; returns the kinds of mark used, for the legend."""
    gid = f"{item.record[0]}-{item.record[1]}"
    if item.what == "agreement":
        return [_draw_agreement(axes, item, lane, gid)]
    start, end = _span(item.date)
    if item.what == "plan":
        axes.add_patch(Rectangle((start, lane - _BAR / 2), end - start, _BAR, fill=False, edgecolor=item.colour,
                                 linestyle=(0, (1.0, 1.6)), linewidth=1.4, zorder=3, gid=gid))  # fmt: skip
        return ["plan"]
    days = _admissible_days(item.date)
    if days:
        axes.plot(days, [lane] * len(days), color=item.colour, linewidth=0.9, linestyle=(0, (2, 2)), zorder=2)
        _dot(axes, days, lane, item.colour, hollow=True, gid=gid)
        return ["days"]
    if item.date.earliest == item.date.latest:
        _dot(axes, [start], lane, item.colour, hollow=item.inferred, gid=gid)
        return ["day_inferred" if item.inferred else "day"]
    lasted = item.date.kind == "interval"
    hatch = "//////" if item.inferred and not lasted else None
    left, right = axes.get_xlim()
    shortest = _SHORTEST * (right - left)
    if end - start < shortest:
        start, end = (start + end - shortest) / 2, (start + end + shortest) / 2
    face = item.colour if lasted else mpl.colors.to_rgba(item.colour, 0.0 if hatch else 0.32)
    with mpl.rc_context(style.RC):
        axes.add_patch(Rectangle((start, lane - _BAR / 2), end - start, _BAR, facecolor=face, edgecolor=item.colour,
                                 linewidth=0.8, hatch=hatch, zorder=3, gid=gid))  # fmt: skip
    return ["lasted" if lasted else "within_inferred" if hatch else "within"]


def _draw_agreement(axes: Axes, item: Item, lane: int, gid: str) -> str:
    start, end = _span(item.date)
    middle = (start + end) / 2
    if item.date.earliest is None:
        axes.annotate("", xy=(end - 150, lane), xytext=(end, lane), zorder=3,
                      arrowprops={"arrowstyle": "->", "color": item.colour, "linewidth": 1.1})  # fmt: skip
        middle = end
    elif end - start > 62:
        axes.plot([start, end], [lane, lane], color=item.colour, linewidth=1.1, zorder=3)
    face = style.PAPER if item.inferred else item.colour
    axes.plot([middle], [lane], "D", markersize=7, markerfacecolor=face, markeredgecolor=item.colour,
              markeredgewidth=1.4, zorder=6, gid=gid)  # fmt: skip
    return "agreement_inferred" if item.inferred else "agreement"


def _dot(axes: Axes, days: list[float], lane: int, colour: str, hollow: bool, gid: str) -> None:
    axes.plot(days, [lane] * len(days), "o", markersize=8, markerfacecolor=style.PAPER if hollow else colour,
              markeredgecolor=colour, markeredgewidth=1.6, zorder=5, gid=gid)  # fmt: skip


def _admissible_days(date: dates.EdtfDate) -> list[float]:
    """The single days of a set such as [2021-03-17,2022-03-17]; empty for any other date."""
    if date.kind != "set" or ".." in date.text or "," not in date.text:
        return []
    members = [dates.parse(text) for text in date.text.strip("[]").split(",")]
    if any(member.earliest is None or member.earliest != member.latest for member in members):
        return []
    return [mdates.date2num(member.earliest) for member in members]


def _span(date: dates.EdtfDate) -> tuple[float, float]:
    first, last = date.earliest or date.latest, date.latest or date.earliest
    return mdates.date2num(first), mdates.date2num(last)


def _legend(figure: Figure, marks: list[str], words: Words) -> None:  # type: ignore[no-untyped-def]
    grey = style.QUIET
    dot = {"linestyle": "none", "marker": "o", "markersize": 7, "markeredgewidth": 1.5, "markeredgecolor": grey}
    diamond = dot | {"marker": "D", "markersize": 6.5, "markeredgecolor": style.INK}
    handles = {
        "day": Line2D([], [], **dot, markerfacecolor=grey),  # type: ignore[arg-type]
        "day_inferred": Line2D([], [], **dot, markerfacecolor=style.PAPER),  # type: ignore[arg-type]
        "days": Line2D(
            [0, 1], [0, 0], color=grey, linewidth=0.9, **dot | {"linestyle": (0, (2, 2))}, markerfacecolor=style.PAPER
        ),  # type: ignore[arg-type]
        "lasted": Patch(facecolor=grey, edgecolor=grey),
        "within": Patch(facecolor=mpl.colors.to_rgba(grey, 0.32), edgecolor=grey),
        "within_inferred": Patch(facecolor="none", edgecolor=grey, hatch="//////"),
        "agreement": Line2D([], [], **diamond, markerfacecolor=style.INK),  # type: ignore[arg-type]
        "agreement_inferred": Line2D([], [], **diamond, markerfacecolor=style.PAPER),  # type: ignore[arg-type]
        "plan": Patch(fill=False, edgecolor=style.COLOURS["planned"], linestyle=(0, (1.0, 1.6)), linewidth=1.4),
    }
    with mpl.rc_context(style.RC):
        figure.legend(
            [handles[mark] for mark in marks], [words.legend(f"mark_{mark}") for mark in marks], loc="lower center",
            ncols=min(4, len(marks)), frameon=False, fontsize=8.5, handlelength=2.2, columnspacing=1.8,
        )  # fmt: skip
