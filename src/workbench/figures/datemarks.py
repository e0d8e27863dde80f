"""Marks of dated records: what each looks like on an axis of time, and in the legend.

A filled mark is a day that is known, a hollow one a day that is inferred; a full bar lasted
that long, with pale ends where its first or last day is doubtful; a pale bar says "some time within";
hollow and hatched bars are the same, inferred; several hollow marks joined are the admissible days of
one event; an arrow leads to a limit that nobody knows; a diamond is an agreement, with a line for as
long as it is not said to have ended; a dotted outline is a plan.

`MARKS` lists what there is; the legend is drawn by the same hand as the marks (`artists`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerBase
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.transforms import Transform

from workbench.figures import style, timescale
from workbench.figures.timescale import Scale
from workbench.records import dates
from workbench.records.selection import Corpus

# Inches at the house's size; the size of the text scales them.
BAR = 0.105  # the height of a bar
_DOT = 0.055  # half the width of a mark
_SHORTEST = 0.07  # a bar shorter than this is drawn as long, to be seen
ARROW = 0.27
WAYS = {"inbound": "inbound", "outbound": "outbound", "mutual": "online"}
COLOURS = {way: style.COLOURS[way] for way in WAYS.values()} | {"other": style.COLOURS["planned"]}
_DOTS = {"inbound": "o", "outbound": "s", "online": "^", "other": "p"}
INFERRED = ("inferred", "bounded", "relative_resolved")
MARKS = (
    "day", "day_inferred", "days", "lasted", "lasted_fuzzy", "lasted_inferred", "within", "within_inferred", "ongoing",
    "limit", "agreement", "agreement_inferred", "agreement_within", "agreement_ends", "agreement_open", "plan",
    "gap",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One dated record: how its date is known, until when it runs, and in which lanes it stands."""

    record: tuple[str, str]
    date: dates.EdtfDate
    inferred: bool
    lanes: tuple[str, ...] = ()
    code: tuple[str, str] = ("", "")  # word list and code of its kind
    way: str = ""  # of events: inbound, outbound, online, other
    runs: bool = False  # an agreement that stands
    ends: dates.EdtfDate | None = None
    partners: tuple[str, ...] = ()

    @property
    def first(self) -> dt.date:
        """The first day that is known of its date."""
        return _known(self.date)[0]

    @property
    def last(self) -> dt.date:
        """The last day that is known of its date."""
        return _known(self.date)[-1]

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """The first and the last day known of it, which the axis must hold."""
        return self.first, max(self.last, *_known(self.ends)) if self.ends and _known(self.ends) else self.last


def dated(record: tuple[str, str], text: Any, inferred: bool, **more: Any) -> Item | None:
    """A record with its date (EDTF); None where no limit of the date is known."""
    date = dates.parse(text) if isinstance(text, str) and text else None
    return Item(record, date, bool(inferred), **more) if date and _known(date) else None


def _known(date: dates.EdtfDate) -> list[dt.date]:
    return sorted(day for day in (date.start_earliest, date.start_latest, date.end_earliest, date.end_latest) if day)


def signed(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """For each agreement that was signed or came into force, the date of that step (EDTF) and its basis."""
    steps = corpus["milestones"]
    found: dict[str, tuple[str, str]] = {}
    for step in ("in_force", "signed"):
        for row in steps[steps["step"] == step].itertuples():
            text = row.edtf if pd.isna(row.reading) else row.reading
            if not pd.isna(text):
                found[row.agreement_id] = (text, row.basis)
    return found


def ended(corpus: Corpus) -> dict[str, dates.EdtfDate]:
    """For each agreement of which it is known when it ends or ended, that date."""
    table, steps = corpus["agreements"], corpus["milestones"]
    found = dict(zip(table["agreement_id"], table["ends"], strict=True))
    for row in steps[steps["step"] == "ended"].itertuples():
        found[row.agreement_id] = row.edtf if pd.isna(row.reading) else row.reading
    return {id: dates.parse(text) for id, text in found.items() if not pd.isna(text)}


Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """How an item looks: stretches along the axis, in its unit."""

    names: tuple[str, ...]  # of MARKS
    colour: str
    dots: tuple[float, ...] = ()
    marker: str = "o"
    hollow: bool = False
    outer: Stretch | None = None  # possible
    core: Stretch | None = None  # certain
    outline: Stretch | None = None  # planned
    whisker: Stretch | None = None
    strip: Stretch | None = None  # years cut out; in the legend alone
    line: Stretch | None = None  # an agreement's time
    closed: bool = False  # the line has an end
    arrow: Stretch | None = None  # from where to where
    box: Stretch = field(default=(0.0, 0.0))  # the room it takes


def shape_of(item: Item, scale: Scale, as_of: dt.date, k: float) -> Shape:
    """The shape of an item on a scale; ``k`` is the size of text and marks."""
    table = item.record[0]
    colour = style.INK if table == "agreements" else COLOURS[item.way] if item.way else style.COLOURS["planned"]
    shape = Shape((), colour, hollow=item.inferred, marker="D" if table == "agreements" else _DOTS.get(item.way, "o"))
    if table == "agreements":
        shape = _agreement(item, shape, scale, as_of, k)
    elif table == "plans":
        shape = _planned(item, shape, scale, k)
    else:
        shape = _event(item, shape, scale, as_of, k)
    reach = _DOT * k * scale.inch
    sides = [side for stretch in (shape.outer, shape.core, shape.outline, shape.whisker) if stretch for side in stretch]
    sides += [dot + side for dot in shape.dots for side in (-reach, reach)]
    if shape.arrow:
        sides += shape.arrow
    return replace(shape, box=(min(sides), max(sides)))


def _event(item: Item, shape: Shape, scale: Scale, as_of: dt.date, k: float) -> Shape:
    date, hollow = item.date, item.inferred
    days = _admissible_days(date)
    if days:
        return replace(shape, names=("days",), dots=tuple(scale.at(day) for day in days), hollow=True)
    if date.earliest and date.earliest == date.latest:
        return replace(shape, names=("day_inferred" if hollow else "day",), dots=(scale.at(date.earliest),))
    if date.earliest is None or date.latest is None:
        return _one_limit(item, shape, scale, as_of, k)
    outer = _seen(scale.at(date.earliest), scale.at(date.latest), scale, k)
    certain = (date.start_latest or date.earliest, date.end_earliest or date.latest)
    if date.kind != "interval" or certain[0] > certain[1]:
        return replace(shape, names=("within_inferred" if hollow else "within",), outer=outer)
    core = _seen(scale.at(certain[0]), scale.at(certain[1]), scale, k)
    outer = (min(outer[0], core[0]), max(outer[1], core[1]))
    fuzzy = outer[1] - outer[0] > core[1] - core[0] + 0.02 * scale.inch  # else its ends cannot be drawn
    if hollow:
        names: tuple[str, ...] = ("lasted_inferred", "within_inferred") if fuzzy else ("lasted_inferred",)
    else:
        names = ("lasted_fuzzy" if fuzzy else "lasted",)
    return replace(shape, names=names, outer=outer if fuzzy else None, core=core)


def _one_limit(item: Item, shape: Shape, scale: Scale, as_of: dt.date, k: float) -> Shape:
    """A date of which one side is open or not known: what is known, and an arrow to what is not."""
    date = item.date
    marks = ("lasted_inferred",) if item.inferred else ()
    if date.kind == "interval" and date.missing.get("end_latest") == "open" and date.earliest and date.start_latest:
        until = scale.at(max(as_of, date.start_latest))
        core = _seen(scale.at(date.start_latest), until, scale, k)
        fuzzy = date.earliest < date.start_latest
        outer = _seen(scale.at(date.earliest), until, scale, k) if fuzzy else None
        return replace(shape, names=("ongoing", *marks), core=core, outer=outer, arrow=_arrow(core[1], 1, scale, k))
    side = 1 if date.latest is None else -1
    begins, ends = scale.at(item.first), scale.at(item.last)
    outer = _seen(begins, ends, scale, k) if ends > begins else (begins - 0.01 * scale.inch, begins + 0.01 * scale.inch)
    return replace(shape, names=("limit", *(("within_inferred",) if item.inferred else ())), outer=outer,
                   arrow=_arrow(outer[side > 0], side, scale, k))  # fmt: skip


def _planned(item: Item, shape: Shape, scale: Scale, k: float) -> Shape:
    date = item.date
    outline = _seen(scale.at(item.first), scale.at(item.last), scale, k)
    arrow = None
    if date.latest is None or date.earliest is None:
        arrow = _arrow(outline[1], 1, scale, k) if date.latest is None else _arrow(outline[0], -1, scale, k)
    return replace(shape, names=("plan", "limit") if arrow else ("plan",), outline=outline, arrow=arrow)


def _agreement(item: Item, shape: Shape, scale: Scale, as_of: dt.date, k: float) -> Shape:
    date = item.date
    begins, ends = scale.at(item.first), scale.at(item.last)
    names = ["agreement_inferred" if item.inferred else "agreement"]
    middle, arrow, whisker = (begins + ends) / 2, None, None
    if date.earliest is None or date.latest is None:
        side = -1 if date.earliest is None else 1
        middle = ends if side < 0 else begins
        arrow = _arrow(middle + side * _DOT * k * scale.inch, side, scale, k)
    elif ends - begins > 2.6 * _DOT * k * scale.inch:
        whisker = (begins, ends)
        names = ["agreement_within", *(["agreement_inferred"] if item.inferred else [])]
    line, closed = None, item.ends is not None
    if item.runs:
        last = max(scale.at(item.span[1] if closed else as_of), middle)
        line = (middle, last)
        names.append("agreement_ends" if closed else "agreement_open")
    return replace(shape, names=tuple(names), dots=(middle,), whisker=whisker, arrow=arrow, line=line, closed=closed)


def _arrow(start: float, side: int, scale: Scale, k: float) -> Stretch:
    return start, start + side * ARROW * k * scale.inch


def _seen(begins: float, ends: float, scale: Scale, k: float) -> Stretch:
    """A stretch that is wide enough to be seen, around the same middle."""
    short = max(0.0, _SHORTEST * k * scale.inch - (ends - begins)) / 2
    return begins - short, ends + short


def _admissible_days(date: dates.EdtfDate) -> list[dt.date]:
    """The single days of a set such as [2021-03-17,2022-03-17]; empty for any other date."""
    if date.kind != "set" or ".." in date.text or "," not in date.text:
        return []
    members = [dates.parse(text) for text in date.text.strip("[]").split(",")]
    days = [member.earliest for member in members if member.earliest and member.earliest == member.latest]
    return days if len(days) == len(members) else []


def artists(shape: Shape, y: float, tall: float, k: float, transform: Transform | None, gid: str) -> list[Artist]:
    """The artists of a shape around ``y``, ``tall`` being the height of a bar; for the axes and the legend alike."""
    colour, paper = shape.colour, style.PAPER
    more: dict[str, Any] = {"transform": transform} if transform else {}
    found: list[Artist] = []

    def bar(stretch: Stretch, part: str, **look: Any) -> None:
        width = stretch[1] - stretch[0]
        mark = gid + part if gid else None
        found.append(Rectangle((stretch[0], y - tall / 2), width, tall, gid=mark, **look, **more))

    def line(xs: Iterable[float], z: float, **look: Any) -> None:
        found.append(Line2D(list(xs), [y] * len(list(xs)), color=colour, zorder=z, **look, **more))

    if shape.line and shape.closed:
        line(shape.line, 2, linewidth=1.8 * k, solid_capstyle="butt")
        line(shape.line[1:], 2, linestyle="none", marker="|", markersize=8 * k, markeredgewidth=1.4 * k)
    elif shape.line:
        line(shape.line, 2, linewidth=0.8 * k, solid_capstyle="butt")
        line(shape.line[1:], 2, linestyle="none", marker=5, markersize=4 * k, markeredgewidth=0.0)
    if shape.strip:
        bar(shape.strip, "", facecolor=timescale.STRIP, edgecolor="none")
    if shape.whisker:
        line(shape.whisker, 4, linewidth=2.2 * k, marker="|", markersize=6 * k, markeredgewidth=1.2 * k)
    if shape.outer:
        face, hatch = (paper, "//////") if shape.hollow else (mpl.colors.to_rgba(colour, 0.32), None)
        bar(shape.outer, "-under" if shape.core else "", zorder=3, edgecolor=colour, linewidth=0.7 * k,
            facecolor=face, hatch=hatch)  # fmt: skip
    if shape.core:
        bar(shape.core, "", zorder=3.5, edgecolor=colour, linewidth=(1.5 if shape.hollow else 0.7) * k,
            facecolor=paper if shape.hollow else colour)  # fmt: skip
    if shape.outline:
        bar(shape.outline, "", zorder=3, fill=False, edgecolor=colour, linestyle=(0, (1.0, 1.5)), linewidth=1.3 * k)
    if len(shape.dots) > 1:
        line(shape.dots, 4, linewidth=0.9 * k, linestyle=(0, (2, 2)))
    if shape.dots:
        line(shape.dots, 5, linestyle="none", marker=shape.marker, markersize=(6.6 if shape.marker == "D" else 7) * k,
             markerfacecolor=paper if shape.hollow else colour, markeredgewidth=1.3 * k, gid=gid or None)  # fmt: skip
    if shape.arrow:
        ends = [(x, y) for x in shape.arrow]
        found.append(FancyArrowPatch(*ends, arrowstyle="->", shrinkA=0, shrinkB=0, mutation_scale=7 * k, color=colour,
                                     linewidth=1.1 * k, zorder=4, **more))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A mark of the legend, drawn as it is drawn on the axis; ``k`` is the size of text and marks."""

    name: str
    k: float

    def shape(self, width: float) -> Shape:
        """The shape of the mark in so many points."""
        name, grey, middle = self.name, style.QUIET, width / 2
        whole, half, third = (0.0, width), (0.0, 0.55 * width), (width * 0.3, width * 0.7)
        plain = Shape((name,), grey, hollow=name in ("day_inferred", "days", "lasted_inferred", "within_inferred"))
        agreed = Shape((name,), style.INK, marker="D", hollow=name == "agreement_inferred")
        return {
            "day": replace(plain, dots=(middle,)),
            "day_inferred": replace(plain, dots=(middle,)),
            "days": replace(plain, dots=(0.15 * width, 0.85 * width)),
            "lasted": replace(plain, core=whole),
            "lasted_fuzzy": replace(plain, outer=whole, core=third),
            "lasted_inferred": replace(plain, core=whole),
            "within": replace(plain, outer=whole),
            "within_inferred": replace(plain, outer=whole),
            "ongoing": replace(plain, core=half, arrow=(half[1], width)),
            "limit": replace(plain, outer=(0.1 * width, 0.25 * width), arrow=(0.25 * width, width)),
            "agreement": replace(agreed, dots=(middle,)),
            "agreement_inferred": replace(agreed, dots=(middle,)),
            "agreement_within": replace(agreed, dots=(middle,), whisker=whole),
            "agreement_ends": replace(agreed, line=whole, closed=True),
            "agreement_open": replace(agreed, line=whole),
            "gap": replace(plain, strip=(0.25 * width, 0.75 * width)),
            "plan": replace(plain, outline=whole, colour=style.COLOURS["planned"]),
        }.get(name) or replace(plain, dots=(middle,), colour=COLOURS[name], marker=_DOTS[name])  # fmt: skip


class _Hand(HandlerBase):
    """Draws a sample by the hand that draws the marks."""

    def create_artists(
        self, legend: Legend, orig_handle: Any, xdescent: float, ydescent: float, width: float, height: float,
        fontsize: float, trans: Transform,
    ) -> list[Artist]:  # fmt: skip
        k = orig_handle.k
        return artists(orig_handle.shape(width), height / 2, BAR * 72 * k, k, trans, "")


def legend(figure: Figure, names: list[str], labels: list[str], size: style.Size) -> Legend:
    """A legend of marks in as many columns as have room; it is put in its place later."""
    samples: list[Any] = [Sample(name, size.text) for name in names]
    for columns in range(len(names), 0, -1):
        legend = figure.legend(
            samples, labels, loc="upper left", bbox_to_anchor=(0.0, 1.0), bbox_transform=figure.transFigure,
            ncols=columns, frameon=False, fontsize=size.points(8.5), handlelength=2.2, handletextpad=0.7,
            columnspacing=1.8, labelspacing=0.45, borderpad=0.0, borderaxespad=0.0, handler_map={Sample: _Hand()},
        )  # fmt: skip
        if columns == 1 or legend.get_window_extent().width / figure.dpi <= size.width - 0.25:
            break
        legend.remove()
    return legend
