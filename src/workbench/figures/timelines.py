"""The timeline: a lane for each partner or kind, and how well each date is known.

What the marks look like stands in `datemarks`, the axis in `timescale`. Lanes are packed closely: marks
that would touch stand in rows of their own, and where a size has no room for every lane the least
active share one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from workbench.figures import datemarks, style, timescale
from workbench.figures.datemarks import ARROW, BAR, COLOURS, INFERRED, MARKS, WAYS, Item, Shape, artists, shape_of
from workbench.figures.texts import measure, wrapped
from workbench.figures.timescale import Scale
from workbench.prose.captions import timelines as captions
from workbench.prose.facts import Fact
from workbench.prose.frames import readable
from workbench.prose.words import Words
from workbench.records.selection import Corpus
from workbench.records.text import capital

_ROW, _PAD = 0.16, 0.07  # inches: of a row of marks, around the rows of a lane
_LIMIT = 30  # lanes by name; beyond them the least active share one
_FEWEST = 6
_ROWS = (40, 12, 6, 3)  # of marks in one lane, before they overlap
GATHERING = 3  # partners that make an event a gathering
SEVERAL, UNNAMED, OTHERS = "several", "unnamed", "others"  # lanes that are no partner


@style.house()
def timeline(
    exchanges: pd.DataFrame,
    agreements: pd.DataFrame,
    plans: pd.DataFrame,
    corpus: Corpus,
    words: Words,
    size: style.Size = style.SCREEN,
    lanes: Literal["partner", "kind"] = "partner",
) -> style.Drawing | None:
    """Draw the counted exchanges, the agreements and the dated plans of a home by partner or by kind.

    Takes the tables of `analysis.flows.exchanges`, `analysis.agreements.agreements` and
    `.open_plans`. The lane whose last record is latest stands on top. Events with more than two partners
    share a lane, and so do the least active partners where there is no room for all; years in which
    nothing lies are cut out of the axis where there are many in a row. The table has one row a record.
    None when nothing has a date.
    """
    items = _items(exchanges, agreements, plans, corpus, lanes)
    if not items:
        return None
    figure = style.new_figure(size.width, 1.0)
    plan, legends = _fitted(figure, items, corpus, words, size)
    _draw(figure, plan, legends, corpus, size)
    dated = Counter(item.record[0] for item in items)
    undated = {
        "events": int(exchanges["counted"].sum()) - dated["events"],
        "agreements": int(agreements["countable"].sum()) - dated["agreements"],
        "plans": len(plans) - dated["plans"],
    }
    shown = captions.Shown(
        drawn=len(items),
        undated=undated,
        lanes=tuple(lane.key for lane in plan.lanes),
        several=sum(SEVERAL in item.lanes for item in items),
        others=plan.others,
        gaps=plan.scale.gaps,
        crowded=plan.crowded,
        doubt=bool(plan.marks & {"lasted_fuzzy", "within", "within_inferred", "lasted_inferred"}),
        by_kind=lanes == "kind",
    )
    texts = captions.timeline(words, shown, exchanges, corpus)
    order = {lane.key: n for n, lane in enumerate(plan.lanes)}
    shapes = {item.record: shape for lane in plan.lanes for item, shape in zip(lane.items, lane.shapes, strict=True)}
    table = _table(sorted(items, key=lambda item: order.get(item.lanes[0], len(order))), shapes, words)
    return style.Drawing(figure, *texts, drawn=tuple(item.record for item in items), table=table)


# --- what is drawn ---------------------------------------------------------------------------------


def _items(
    exchanges: pd.DataFrame, agreements: pd.DataFrame, plans: pd.DataFrame, corpus: Corpus, lanes: str
) -> list[Item]:
    """The records with a date that has any limit, events first."""
    told: list[Item] = []
    for row in exchanges[exchanges["counted"]].itertuples(index=False):
        code = ("event_type", row.type)
        told += _item(("events", row.event_id), code, row.date, row.partners, row.assumed, lanes,
                      way=WAYS.get(row.direction, "other"))  # fmt: skip
    begun, ends = datemarks.signed(corpus), datemarks.ended(corpus)
    for row in agreements[agreements["countable"]].itertuples(index=False):
        start, basis = begun.get(row.agreement_id, (row.date, row.basis))
        told += _item(("agreements", row.agreement_id), ("agreement_kind", row.kind), start, row.partners,
                      basis in INFERRED, lanes, runs=row.step != "discussed",
                      ends=ends.get(row.agreement_id))  # fmt: skip
    for row in plans.itertuples(index=False):
        kind = "event_type" if row.kind in corpus.vocabularies["event_type"] else "plan_kind"
        told += _item(("plans", row.plan_id), (kind, row.kind), row.date, row.partners, False, lanes)
    return told


def _item(
    record: tuple[str, str], code: tuple[str, str], text: Any, partners: tuple[str, ...], inferred: bool, lanes: str,
    **more: Any,
) -> list[Item]:  # fmt: skip
    item = datemarks.dated(record, text, inferred, code=code, partners=tuple(partners), **more)
    if item is None:
        return []
    if lanes == "kind":
        return [replace(item, lanes=("/".join(code),))]
    keys = (SEVERAL,) if len(partners) >= GATHERING else tuple(partners) or (UNNAMED,)
    return [replace(item, lanes=keys)]


# --- where it stands -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane with its shapes, each in a row of its own where they would overlap."""

    key: str
    name: str
    items: tuple[Item, ...]
    shapes: tuple[Shape, ...]
    rows: tuple[int, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A timeline before it is drawn; lengths in inches."""

    lanes: tuple[Lane, ...]
    scale: Scale
    left: float
    pads: tuple[float, float]
    others: int  # partners that share a lane
    crowded: bool  # marks overlap

    @property
    def height(self) -> float:
        return sum(lane.height for lane in self.lanes)

    @property
    def marks(self) -> set[str]:
        """The kinds of mark that occur."""
        used = {name for lane in self.lanes for shape in lane.shapes for name in shape.names}
        return used | {"gap"} if self.scale.gaps else used


def _fitted(
    figure: Figure, items: list[Item], corpus: Corpus, words: Words, size: style.Size
) -> tuple[Plan, list[Legend]]:
    """The lanes that fit, with the legends below them: how tall these are is known once the marks are."""
    room = size.height - size.text
    while True:
        plan = _plan(figure, items, corpus, words, size, room)
        legends = _legends(figure, items, plan, words, size)
        over = _height(figure, plan, legends, size) - size.height
        if over <= 0.001 or room < size.height / 3:
            return plan, legends
        room -= over + 0.02
        for legend in legends:
            legend.remove()


def _plan(figure: Figure, items: list[Item], corpus: Corpus, words: Words, size: style.Size, room: float) -> Plan:
    """The lanes that fit into so many inches: as many as have room, most active first; the rest share one."""
    activity = Counter(lane for item in items for lane in item.lanes)
    named = sorted((lane for lane in activity if lane not in (SEVERAL, UNNAMED)), key=_recency(items, activity))
    names = {lane: _lane_name(figure, lane, words, size) for lane in activity}
    busy = sorted(named, key=lambda lane: (-activity[lane], named.index(lane)))
    most = min(len(busy), _LIMIT)
    plan = None
    for rows in _ROWS:
        keep = most
        while True:
            kept = set(busy[:keep])
            plan = _laid_out(figure, items, [lane for lane in named if lane in kept], names, rows, corpus, words, size)
            over = plan.height - room
            if over <= 0:
                return plan
            if keep <= min(most, _FEWEST):
                break
            keep = max(min(most, _FEWEST), keep - max(1, int(over / (plan.height / len(plan.lanes)))))
    assert plan is not None
    squeeze = room / plan.height
    return replace(plan, lanes=tuple(replace(lane, height=lane.height * squeeze) for lane in plan.lanes))


def _recency(items: list[Item], activity: Counter[str]) -> Any:
    """The order of lanes: what happened last on top, then the most active; what is only planned at the foot."""
    last: dict[str, dt.date] = {}
    for item in items:
        if item.record[0] != "plans":
            for lane in item.lanes:
                last[lane] = max(last.get(lane, dt.date.min), item.last)
    return lambda lane: (dt.date.max - last.get(lane, dt.date.min), -activity[lane], lane)


def _lane_name(figure: Figure, lane: str, words: Words, size: style.Size) -> str:
    """The name of a lane in as few lines as fit beside the axis."""
    if lane in (SEVERAL, UNNAMED):
        name = words.legend(f"lane_{lane}")
    elif "/" in lane:
        name = words.label(*lane.split("/"))
        name = capital(name)
    else:
        name = words.name(lane)
    return wrapped(name, size)


def _laid_out(
    figure: Figure, items: list[Item], order: list[str], names: dict[str, str], most: int, corpus: Corpus,
    words: Words, size: style.Size,
) -> Plan:  # fmt: skip
    k, as_of = size.text, corpus.selection.as_of
    in_lane: dict[str, list[Item]] = {lane: [] for lane in (*order, OTHERS, SEVERAL, UNNAMED)}
    hidden = set()
    for item in items:
        keys = tuple(dict.fromkeys(lane if lane in in_lane else OTHERS for lane in item.lanes))
        hidden |= {lane for lane in item.lanes if lane not in in_lane}
        for key in keys:
            in_lane[key].append(item)
    if hidden:
        label = words.phrase("figures/lane_others", n=Fact("number", len(hidden)))
        label = capital(label)
        names = names | {OTHERS: wrapped(label, size)}
    shown = {lane: own for lane, own in in_lane.items() if own}
    points = size.points(9)
    left = 0.1 + max(measure(figure, names[lane], points)[0] for lane in shown) + 0.1
    sides = {side for item in items for side in _open_sides(item)}
    pads = (0.12 * k + ARROW * k * (-1 in sides), 0.12 * k + ARROW * k * (1 in sides))
    strip = max(measure(figure, timescale.gap_words((2000, 2000)), size.points(7.5))[0] + 0.1, 0.3 * k)
    scale = timescale.scale((item.span for item in items), as_of, size.width - left - 0.1 - sum(pads), strip)
    built, crowded = [], False
    for lane, own in shown.items():
        shaped = [(shape_of(item, scale, as_of, k), item) for item in own]
        shaped.sort(key=lambda pair: (pair[0].box, pair[1].record))
        shapes, ordered = [shape for shape, _ in shaped], [item for _, item in shaped]
        rows, full = _rows(shapes, most, 0.025 * scale.inch)
        crowded |= full
        tall = max((max(rows) + 1) * _ROW * k, measure(figure, names[lane], points)[1]) + 2 * _PAD * k
        built.append(Lane(lane, names[lane], tuple(ordered), tuple(shapes), tuple(rows), tall))
    return Plan(tuple(built), scale, left, pads, len(hidden), crowded)


def _open_sides(item: Item) -> set[int]:
    """To which sides an item has an arrow."""
    if item.date.earliest and item.date.latest:
        return set()
    return {1} if item.date.latest is None else {-1}


def _rows(shapes: list[Shape], most: int, apart: float) -> tuple[list[int], bool]:
    """The row of each shape, so that none touches another; beyond ``most`` rows they may.

    Takes shapes from left to right. Agreements keep clear of each other's lines as well.
    """
    ends: list[tuple[float, float]] = []  # of each row: where its marks end, where its lines end
    rows, crowded = [], False
    for shape in shapes:
        left = shape.box[0] - apart
        free = (n for n, (mark, line) in enumerate(ends) if mark <= left and (not shape.line or line <= left))
        row = next(free, None)
        if row is None and len(ends) < most:
            ends.append((-math.inf, -math.inf))
            row = len(ends) - 1
        elif row is None:
            row = min(range(most), key=lambda n: (ends[n][0], n))
            crowded = True
        mark, line = ends[row]
        ends[row] = (max(mark, shape.box[1]), max(line, shape.line[1]) if shape.line else line)
        rows.append(row)
    return rows, crowded


# --- drawing ---------------------------------------------------------------------------------------


def _legends(figure: Figure, items: list[Item], plan: Plan, words: Words, size: style.Size) -> list[Legend]:
    """The marks that occur, and what their colours mean."""
    marks = [mark for mark in MARKS if mark in plan.marks]
    legends = [datemarks.legend(figure, marks, [words.legend(f"mark_{mark}") for mark in marks], size)]
    ways = [way for way in COLOURS if any(item.way == way for item in items)]
    return legends + ([datemarks.legend(figure, ways, [words.legend(way) for way in ways], size)] if ways else [])


def _height(figure: Figure, plan: Plan, legends: list[Legend], size: style.Size) -> float:
    """The height of the whole figure: lanes, years and legends."""
    tall = [legend.get_window_extent().height / figure.dpi for legend in legends]
    return 0.05 + plan.height + timescale.room(plan.scale, size) + sum(tall) + 0.08 * len(tall)


def _draw(figure: Figure, plan: Plan, legends: list[Legend], corpus: Corpus, size: style.Size) -> None:
    """Draw a planned timeline and put its legends below it."""
    k = size.text
    years = timescale.room(plan.scale, size)
    tall = [legend.get_window_extent().height / figure.dpi for legend in legends]
    height = _height(figure, plan, legends, size)
    figure.set_size_inches(size.width, height)
    y = height - 0.05 - plan.height - years
    for legend, room in zip(legends, tall, strict=True):
        legend.set_bbox_to_anchor((0.012, y / height), transform=figure.transFigure)
        y -= room + 0.08
    width = size.width - plan.left - 0.1
    axes = figure.add_axes(
        (plan.left / size.width, (height - 0.05 - plan.height) / height, width / size.width, plan.height / height)
    )
    scale = plan.scale
    first, last = scale.at(dt.date(scale.first, 1, 1)), scale.at(dt.date(scale.last, 12, 31)) + 1
    axes.set(xlim=(first - plan.pads[0] * scale.inch, last + plan.pads[1] * scale.inch), ylim=(plan.height, 0))
    timescale.frame(figure, axes, scale, plan.height, size)
    axes.plot([scale.at(corpus.selection.as_of)] * 2, [0, plan.height], color=style.QUIET, linewidth=0.8,
              linestyle=(0, (1, 2)), zorder=1, gid="as-of")  # fmt: skip
    y, middles, drawn = 0.0, [], Counter[tuple[str, str]]()
    for lane in plan.lanes:
        middles.append(y + lane.height / 2)
        row = min(_ROW * k, (lane.height - _PAD * k) / (max(lane.rows) + 1))
        top = middles[-1] - row * max(lane.rows) / 2
        for item, shape, n in zip(lane.items, lane.shapes, lane.rows, strict=True):
            drawn[item.record] += 1
            again = f"-{drawn[item.record]}" if drawn[item.record] > 1 else ""  # an event stands in the lane of each
            gid = f"{item.record[0]}-{item.record[1]}{again}"
            for artist in artists(shape, top + n * row, min(BAR * k, 0.8 * row), k, None, gid):
                artist.set_url(style.about([item.record]))
                axes.add_artist(artist)
        y += lane.height
        axes.axhline(y, color=style.RULE, linewidth=0.6, zorder=0.7)
    axes.set_yticks(middles, [style.plain(lane.name) for lane in plan.lanes], fontsize=size.points(9), linespacing=1.15)
    axes.tick_params(axis="y", length=0, pad=5)
    for label, lane in zip(axes.get_yticklabels(), plan.lanes, strict=True):
        label.set_color(style.QUIET if lane.key in (SEVERAL, UNNAMED, OTHERS) else style.INK)


# --- the table -------------------------------------------------------------------------------------


def _table(items: list[Item], shapes: dict[tuple[str, str], Shape], words: Words) -> pd.DataFrame:
    """One row a record: with whom, what, when, who went, until when, and how it is drawn."""
    rows = [
        {
            "partners": item.partners,
            "kind": words.label(*item.code),
            "date": item.date.text,
            "ends": item.ends.text if item.ends else None,
            "direction": words.legend(item.way) if item.way else "",
            "mark": " · ".join(words.legend(f"mark_{name}") for name in shapes[item.record].names),
        }
        for item in items
    ]
    columns = ["partners", "kind", "date", "ends", "direction", "mark"]
    table = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in columns})
    if table["ends"].isna().all():
        table = table.drop(columns="ends")
    return readable(table, words, {"kind": "printed", "direction": "printed", "mark": "printed"})
