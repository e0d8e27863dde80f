"""The map of exchanges: who came, where we went, what was met online, planned, or only agreed.

The projection is chosen from the places shown (`figures.projection`): regional, centred between
home and most partners, with the few that lie far away at the frame's edge; the whole world where no
region holds most. Lines of one kind between two places are one line, wider for more records. Only
land and lakes are drawn (`figures.basemap`), unless the settings ask for shaded countries.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.errors import UsageError, did_you_mean
from workbench.figures import mapmarks, style
from workbench.figures.basemap import draw_land, inside_country
from workbench.figures.labels import Box
from workbench.figures.mapmarks import KINDS, Flow, Label
from workbench.figures.projection import (
    Points,
    Projection,
    bearing,
    bowed,
    choose_projection,
    great_circle,
    kilometres,
)  # fmt: skip
from workbench.prose.captions import maps as captions
from workbench.prose.facts import Fact
from workbench.prose.frames import readable
from workbench.prose.words import Words
from workbench.records.selection import Corpus

REGIONS = ("auto", "world", "region", "home")
# Lines that can be told apart, and, where so many weigh the same, that are still drawn in full: where
# there are more, the lightest are thin and pale.
HEAVIEST, EQUAL = 60, 300
NEAR_HOME = 600.0  # kilometres: seats of the home so near to each other get a panel
# Of the same sign: a line and the one that comes back bow to opposite sides.
_BOW = {"inbound": -0.16, "outbound": -0.16, "online": 0.03, "planned": -0.07, "tie": 0.1}
_RATIO = (0.44, 0.72)  # height of a map to its width
_LABELLED = 250  # places that may have a name
_PANEL = (2.75, 2.05)  # inches
_FOOT = 0.5  # inches below the map, about, for the legend
_CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


@style.house()
def exchange_map(
    lines: pd.DataFrame, missing: pd.DataFrame, corpus: Corpus, words: Words, basemap: Path,
    size: style.Size = style.SCREEN, region: str = "auto",
) -> style.Drawing | None:  # fmt: skip
    """Draw the lines of `analysis.flows.movements` and `.ties`; None when there is nothing to draw.

    ``missing`` is what `movements` left out: it is counted in the note with its reasons. ``basemap`` is
    the folder of land and lakes. ``region`` is "auto" (chosen from the places), "world", "region" (what
    lies far away stands at the edge) or "home" (`home_map`); raises `UsageError` for any other.

    The table has a row for each line: kind, place at home, place abroad, number of records.
    """
    if region not in REGIONS:
        hint = did_you_mean(region, REGIONS) or f"use one of {', '.join(REGIONS)}"
        raise UsageError(f'region = "{region}" is not known; {hint}')
    if lines.empty:
        return None
    if region == "home":
        return home_map(lines, corpus, words, basemap, size)
    scene = _Scene(lines, corpus, basemap, region)
    panel = np.array(_PANEL) * min(size.text, 1.1) if scene.near_seats else None
    _compose(scene, size, _FOOT, panel)  # which lines there are, for the legend
    widths = mapmarks.Widths([len(flow.records) for flow in scene.drawn], size.text)
    shaded = scene.partner_countries() if corpus.settings.basemap == "countries" else frozenset[str]()
    handles = mapmarks.handles(scene.kinds, widths, scene.marks(), bool(shaded), words)
    figure = style.new_figure(size.width, size.height)
    foot = mapmarks.draw_legend(figure, handles, size)
    frame, corner = _compose(scene, size, foot, panel)
    height = size.width * (frame.top - frame.bottom) / (frame.right - frame.left) + foot
    figure.set_size_inches(size.width, height)
    axes = _map_axes(figure, (0, foot / height, 1, 1 - foot / height), frame)
    draw_land(axes, scene.projection, frame, basemap, shaded)
    mapmarks.draw_flows(axes, scene.drawn, scene.pale, scene.curves, widths)
    taken = []
    if panel is not None:
        taken = [_draw_panel(axes, scene, corner, panel, basemap, words, size)]
    mapmarks.draw_dots(axes, scene.dots, scene.beyond, scene.hollow, scene.seats, scene.main, size.text)
    unnamed = mapmarks.draw_labels(axes, scene.labels(words), scene.curves, taken, size)
    shown = captions.Shown(
        beyond=len(scene.beyond) + scene.unmarked, unmarked=scene.unmarked, pale=len(scene.pale),
        unnamed=len(set(unnamed) - set(scene.near_seats if panel is not None else ())),
        shaded=bool(shaded), widths=len(widths.shown) > 1, panel=panel is not None,
    )  # fmt: skip
    texts = captions.exchange_map(words, lines, missing, corpus, shown)
    records = tuple(dict.fromkeys(zip(lines["record"], lines["record_id"], strict=True)))
    return style.Drawing(figure, *texts, drawn=records, table=_table(scene.flows, words))


@style.house()
def home_map(
    lines: pd.DataFrame, corpus: Corpus, words: Words, basemap: Path, size: style.Size = style.SCREEN
) -> style.Drawing | None:
    """Draw the cities of the home alone, each with the number of records that a map of ``lines`` draws
    from or to it; None when no seat of the home is known.

    The table has a row for each city and kind of line; a city of which nothing is drawn has one row.
    """
    scene = _Scene(lines, corpus, basemap, "region")
    seats = scene.near_seats or sorted(scene.seats)[:1]
    if not seats:
        return None
    figure = style.new_figure(size.width, min(size.width * 0.66, size.height))
    axes = figure.add_axes((0, 0, 1, 1))
    _draw_home(axes, scene, seats, basemap, words, replace(size, text=size.text * 1.25))
    counts = {id: scene.numbers.get(id, 0) for id in seats}
    texts = captions.home_map(words, counts, lines[lines["home_place"].isin(seats)]["record_id"].nunique(), corpus)
    drawn = lines[lines["home_place"].isin(seats)]
    records = tuple(dict.fromkeys(zip(drawn["record"], drawn["record_id"], strict=True)))
    return style.Drawing(figure, *texts, drawn=records, table=_home_table(scene.flows, seats, words))


class _Scene:
    """What a map shows and where: flows, places, projection, curves; filled as the frame is settled."""

    def __init__(self, lines: pd.DataFrame, corpus: Corpus, basemap: Path, region: str) -> None:
        self.corpus = corpus
        self.flows = _aggregate(lines)
        self.numbers = lines.groupby("home_place")["record_id"].nunique().to_dict()
        self.weights = lines.groupby("other_place")["record_id"].nunique().to_dict() | self.numbers
        self.places = corpus["places"].set_index("place_id")
        self.seats = self._seats()
        self.lonlat = {id: self._where(id, basemap) for id in sorted({*self._ends(), *self.seats})}
        self.hollow = {
            id for id in self.lonlat
            if self.places.loc[id, "kind"] == "country" or pd.isna(self.places.loc[id, "lat"])
        }  # fmt: skip
        ends = sorted(self._ends())
        self.main = min(self.numbers, key=lambda id: (id not in self.seats, -self.numbers[id], id), default="")
        if not ends:
            return
        homes = [self.main, *sorted(set(self.numbers) - {self.main})]
        at = np.array([self.lonlat[id] for id in ends])
        self.projection, inside = choose_projection(at, np.array([self.lonlat[id] for id in homes]), region)
        inside |= np.array([id == self.main for id in ends])
        self.dots = dict(zip(ends, self.projection(at), strict=True))
        self.far = [id for id, is_in in zip(ends, inside, strict=True) if not is_in]
        for id in self.far:
            del self.dots[id]
        self.beyond: dict[str, Points] = {}
        self.unmarked = 0
        self._curves: dict[tuple[str, str, str, int], list[Points]] = {}
        self._draw_from()

    # --- what there is --------------------------------------------------------------------

    def _ends(self) -> set[str]:
        return {end for flow in self.flows for end in (flow.home, flow.other)}

    def _seats(self) -> set[str]:
        """The places of the home's bodies."""
        organisations = self.corpus["organisations"]
        return set(organisations.loc[organisations["org_id"].isin(self.corpus.members), "place_id"].dropna())

    def _where(self, id: str, basemap: Path) -> tuple[float, float]:
        """Longitude and latitude; a country without coordinates stands at a point inside its land."""
        row = self.places.loc[id]
        if pd.isna(row["lat"]):
            return inside_country(basemap, row["country"])
        return float(row["lon"]), float(row["lat"])

    @property
    def near_seats(self) -> list[str]:
        """The seats of the home close to each other; empty where there are not two."""
        seats = [id for id in sorted(self.seats) if id not in self.hollow]
        main = self.main if self.main in seats else next(iter(seats), "")
        near = [id for id in seats if kilometres(*(np.array(self.lonlat[end]) for end in (main, id))) <= NEAR_HOME]
        return near if len(near) > 1 else []

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if any(flow.kind == kind for flow in (*self.drawn, *self.pale))]

    def marks(self) -> list[str]:
        """Which marks need a word in the legend."""
        return [*(["country"] if self.hollow & set(self.dots) else []), *(["beyond"] if self.beyond else [])]

    def partner_countries(self) -> frozenset[str]:
        """The countries and regions abroad in which a line ends."""
        codes = {str(self.places.loc[id, "country"]) for id in (*self.dots, *self.far)}
        return frozenset(code for code in codes if self.corpus.counts_abroad(code))

    # --- where it stands ------------------------------------------------------------------

    def _draw_from(self) -> None:
        """Which flows are drawn, in full or pale, and their curves; those to places not marked are not."""
        known = {**self.dots, **self.beyond}
        ready = [flow for flow in self.flows if flow.home in known and flow.other in known]
        numbers = np.array([len(flow.records) for flow in ready])
        fitting = (n for most in (HEAVIEST, EQUAL) for n in np.unique(numbers) if (numbers >= n).sum() <= most)
        least = next(fitting, np.inf)
        self.drawn = [flow for flow in ready if len(flow.records) >= least]
        self.pale = [flow for flow in ready if len(flow.records) < least]
        self.curves = [self._curve(flow, 61) for flow in self.drawn] + [self._curve(flow, 15) for flow in self.pale]

    def _curve(self, flow: Flow, number: int) -> list[Points]:
        """The line of a flow as pieces of points in metres, from where it starts to where it ends."""
        key = (flow.kind, flow.home, flow.other, number)
        if key not in self._curves:
            self._curves[key] = self._new_curve(flow, number)
        return self._curves[key]

    def _new_curve(self, flow: Flow, number: int) -> list[Points]:
        start, end = (flow.other, flow.home) if flow.kind == "inbound" else (flow.home, flow.other)
        if self.projection.kind == "world":
            ends = np.array([self.lonlat[start], self.lonlat[end]])
            return great_circle(ends, self.projection, _BOW[flow.kind], number)
        known = {**self.dots, **self.beyond}
        return bowed(known[start], known[end], _BOW[flow.kind], number)

    def curves_within(self) -> list[list[Points]]:
        """The curves of the flows that do not leave the frame."""
        pairs = zip((*self.drawn, *self.pale), self.curves, strict=True)
        return [curve for flow, curve in pairs if flow.home in self.dots and flow.other in self.dots]

    def place_beyond(self, frame: Box) -> None:
        """Put the far places at the frame's edge, where a reader of the map looks for them; as many as fit."""
        home, inner = self.dots[self.main], _shrunk(frame, 0.045)
        ways = {}
        for id in sorted(self.far, key=lambda id: (-self.weights[id], id)):
            angle = bearing(np.array(self.lonlat[self.main]), np.array(self.lonlat[id]))
            ways[id] = _to_edge(home, np.array([np.sin(angle), np.cos(angle)]), inner)
        self.beyond = _spread(ways, inner)
        self.unmarked = len(ways) - len(self.beyond)
        self._curves = {key: curve for key, curve in self._curves.items() if not {key[1], key[2]} & set(self.far)}
        self._draw_from()

    def labels(self, words: Words) -> list[Label]:
        """The names to write, the most important first; those of too many places are empty."""
        known = {**self.dots, **self.beyond}
        near = set(self.near_seats) - {self.main}
        ids = sorted(
            known,
            key=lambda id: (id != self.main, id not in self.beyond, id in near, -self.weights.get(id, 0), id),
        )
        labels = []
        for n, id in enumerate(ids):
            if n >= _LABELLED:
                labels.append(Label(id, "", known[id], 0, id in self.hollow))
                continue
            text = words.place_label(id, str(self.places.loc[id, "kind"]))
            if id in self.beyond:
                text = f"{text}\n{self._beyond_words(id, words)}"
            weight = 2 if id == self.main else 1 if id in self.seats else 0
            labels.append(Label(id, text, known[id], weight, id in self.hollow or id in self.beyond))
        return labels

    def _beyond_words(self, id: str, words: Words) -> str:
        numbers = dict.fromkeys(KINDS, 0)
        for flow in self.flows:
            if flow.other == id:
                numbers[flow.kind] += len(flow.records)
        parts = [{"kind": kind, "n": Fact("printed", f"{n:,}")} for kind, n in numbers.items() if n]
        far = kilometres(*(np.array(self.lonlat[end]) for end in (self.main, id)))
        km = None if id in self.hollow else Fact("printed", f"{round(far, -2):,.0f}")
        return words.phrase("figures/beyond_label", parts=parts, km=km)


def _aggregate(lines: pd.DataFrame) -> list[Flow]:
    """The lines of one kind between two places as one flow, in the order of kinds and places."""
    grouped = lines.groupby(["kind", "home_place", "other_place"], sort=True)["record_id"].agg(set)
    flows = [Flow(kind, home, other, tuple(sorted(ids))) for (kind, home, other), ids in grouped.items()]
    return sorted(flows, key=lambda flow: (KINDS.index(flow.kind), flow.home, flow.other))


# --- the frame ----------------------------------------------------------------------------


def _compose(scene: _Scene, size: style.Size, foot: float, panel: Points | None) -> tuple[Box, tuple[float, float]]:
    """The frame (metres) and the corner of the panel (0 or 1, across and up): a corner where nothing is
    drawn, made free below the map if there is none."""
    found: list[tuple[int, Box, tuple[float, float]]] = []
    for extra in (0.0, 0.12, 0.24, 0.36, 0.48):
        frame = _frame(scene, size, foot, extra)
        scene.place_beyond(frame)
        if panel is None:
            return frame, _CORNERS[0]
        busy = np.vstack([*(piece for curve in scene.curves for piece in curve), *scene.dots.values()])
        share = panel / (size.width, size.width * (frame.top - frame.bottom) / (frame.right - frame.left)) + 0.02
        for corner in _CORNERS:
            found.append((_corner_box(frame, corner, share).holds(busy), frame, corner))
        if any(number == 0 for number, _, _ in found):
            break
    _, frame, corner = min(found, key=lambda one: one[0])
    scene.place_beyond(frame)
    return frame, corner


def _corner_box(frame: Box, corner: tuple[float, float], share: Points) -> Box:
    width, height = share * (frame.right - frame.left, frame.top - frame.bottom)
    left = frame.left if corner[0] == 0 else frame.right - width
    bottom = frame.bottom if corner[1] == 0 else frame.top - height
    return Box(left, bottom, left + width, bottom + height)


def _frame(scene: _Scene, size: style.Size, foot: float, extra: float) -> Box:
    """The part of the page that is shown, in metres, in the shape that the size has room for; ``extra``
    is a share of its height that is added below."""
    projection = scene.projection
    curves = scene.curves_within()
    points = np.vstack([*(piece for curve in curves for piece in curve), *(at[None] for at in scene.dots.values())])
    low, high = points.min(axis=0), points.max(axis=0)
    if projection.kind == "world":
        ends = np.array([[projection.lon - 179.99, 0], [projection.lon + 179.99, 0], [0, -56], [0, 78]])
        edge = projection(ends)
        pad = (edge[1, 0] - edge[0, 0]) * 0.012
        low = np.array([edge[0, 0], min(edge[2, 1], low[1])]) - pad
        high = np.array([edge[1, 0], max(edge[3, 1], high[1])]) + pad
    else:
        low, high = _padded(low, high, scene)
    low[1] -= extra * (high[1] - low[1])
    middle, (width, height) = (low + high) / 2, high - low
    most = min(_RATIO[1] * (1 + extra), (size.height - foot) / size.width)
    ratio = float(np.clip(height / width, min(_RATIO[0], most), most))
    width, height = max(width, height / ratio), max(height, width * ratio)
    return Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)


def _padded(low: Points, high: Points, scene: _Scene) -> tuple[Points, Points]:
    """Air around a region, and more on the sides on which places lie beyond the frame."""
    middle, extent = (low + high) / 2, np.maximum((high - low) * 1.2, 1.2e6)
    low, high = middle - extent / 2, middle + extent / 2
    home = np.array(scene.lonlat[scene.main])
    for id in scene.far:
        angle = bearing(home, np.array(scene.lonlat[id]))
        way = np.array([np.sin(angle), np.cos(angle)])
        reach = scene.dots[scene.main] + way * extent * (0.32, 0.36)
        low, high = np.minimum(low, reach), np.maximum(high, reach)
    return low, high


def _shrunk(frame: Box, share: float) -> Box:
    margin = share * (frame.right - frame.left)
    return Box(frame.left + margin, frame.bottom + margin, frame.right - margin, frame.top - margin)


def _to_edge(start: Points, way: Points, frame: Box) -> Points:
    """Where a ray from a point inside a frame leaves it."""
    with np.errstate(divide="ignore"):
        across = ((frame.right if way[0] > 0 else frame.left) - start[0]) / way[0] if way[0] else np.inf
        up = ((frame.top if way[1] > 0 else frame.bottom) - start[1]) / way[1] if way[1] else np.inf
    return np.clip(start + way * min(across, up), (frame.left, frame.bottom), (frame.right, frame.top))


def _spread(ways: dict[str, Points], frame: Box) -> dict[str, Points]:
    """Points on the four sides of a frame moved apart along their side; the first ones that fit there."""
    sides: dict[str, list[str]] = {"left": [], "right": [], "bottom": [], "top": []}
    for id, at in ways.items():
        gaps = {"left": at[0] - frame.left, "right": frame.right - at[0], "bottom": at[1] - frame.bottom,
                "top": frame.top - at[1]}  # fmt: skip
        sides[min(gaps, key=lambda side: (round(float(gaps[side]), 3), side))].append(id)
    found = {}
    width, height = frame.right - frame.left, frame.top - frame.bottom
    for side, ids in sides.items():
        axis, length, step = (1, height, width * 0.05) if side in ("left", "right") else (0, width, width * 0.14)
        start = frame.bottom if axis else frame.left
        ids = sorted(ids[: int(length / step) + 1], key=lambda id: (float(ways[id][axis]), id))
        along = _apart([float(ways[id][axis]) - start for id in ids], step, length)
        for id, place in zip(ids, along, strict=True):
            point = ways[id].copy()
            point[axis] = start + place
            found[id] = point
    return {id: found[id] for id in ways if id in found}


def _apart(along: list[float], step: float, length: float) -> list[float]:
    """Rising positions moved so that they are a step apart and none beyond the length."""
    for n in range(1, len(along)):
        along[n] = max(along[n], along[n - 1] + step)
    for n in range(len(along) - 1, -1, -1):
        most = length if n == len(along) - 1 else along[n + 1] - step
        along[n] = min(along[n], most)
    return along


def _map_axes(figure: Figure, where: tuple[float, float, float, float], frame: Box) -> Axes:
    axes = figure.add_axes(where)
    axes.set(xlim=(frame.left, frame.right), ylim=(frame.bottom, frame.top), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


# --- the cities of the home ---------------------------------------------------------------


def _draw_panel(
    axes: Axes, scene: _Scene, corner: tuple[float, float], panel: Points, basemap: Path, words: Words,
    size: style.Size,
) -> Box:  # fmt: skip
    """Draw the panel of the home's cities into a corner of the map; the pixels it takes."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    whole, (width, height) = figure.get_size_inches(), panel
    top, bottom = whole[1], axes.get_position().y0 * whole[1]
    left = 0.08 if corner[0] == 0 else whole[0] - width - 0.08
    low = bottom + 0.08 if corner[1] == 0 else top - height - 0.08
    inset = figure.add_axes((left / whole[0], low / whole[1], width / whole[0], height / whole[1]), zorder=9)
    small = replace(size, text=size.text * 0.86)
    _draw_home(inset, scene, scene.near_seats, basemap, words, small)
    inset.text(0.03, 0.965, style.plain(words.phrase("figures/panel")), transform=inset.transAxes, va="top",
               fontsize=small.points(8.5), color=style.QUIET, gid="panel-title", zorder=8)  # fmt: skip
    for spine in inset.spines.values():
        spine.set(visible=True, color=style.QUIET, linewidth=0.7)
    box = inset.get_window_extent()
    return Box(box.x0 - 3, box.y0 - 3, box.x1 + 3, box.y1 + 3)


def _draw_home(axes: Axes, scene: _Scene, seats: list[str], basemap: Path, words: Words, size: style.Size) -> None:
    """Draw the cities of the home: dots sized by the number of records, with name and number."""
    lonlat = np.array([scene.lonlat[id] for id in seats])
    middle = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    projection = Projection("regional", float(middle[0]), float(middle[1]))
    at = projection(lonlat)
    low, high = at.min(axis=0), at.max(axis=0)
    extent = np.maximum(high - low, 6e4) * 1.4
    box = axes.get_window_extent()
    ratio = box.height / box.width
    width = max(extent[0], extent[1] / ratio)
    centre = (low + high) / 2 + (0, 0.04 * width * ratio)
    half = np.array([width, width * ratio]) / 2
    frame = Box(*(float(x) for x in (*(centre - half), *(centre + half))))
    axes.set(xlim=(frame.left, frame.right), ylim=(frame.bottom, frame.top), xticks=[], yticks=[],
             facecolor=style.PAPER)  # fmt: skip
    for spine in axes.spines.values():
        spine.set_visible(False)
    draw_land(axes, projection, frame, basemap, frozenset(), "home-")
    numbers = {id: scene.numbers.get(id, 0) for id in seats}
    mapmarks.draw_sized(axes, dict(zip(seats, at, strict=True)), numbers, size.text)
    order = sorted(range(len(seats)), key=lambda n: (-numbers[seats[n]], seats[n]))
    labels = [
        Label(seats[n], _with_number(words.name(seats[n]), numbers[seats[n]]), at[n], int(seats[n] == scene.main),
              True, gap=mapmarks.sized(numbers[seats[n]], max(numbers.values()), size.text) / 2)
        for n in order
    ]  # fmt: skip
    mapmarks.draw_labels(axes, labels, [], [], size, home=True)


def _with_number(name: str, number: int) -> str:
    return f"{name} {number:,}" if number else name


# --- the tables ---------------------------------------------------------------------------


def _table(flows: list[Flow], words: Words) -> pd.DataFrame:
    """A row for each flow in words: kind, place at home, place abroad, number of records."""
    rows = [(words.legend(flow.kind), flow.home, flow.other, len(flow.records)) for flow in flows]
    frame = pd.DataFrame(rows, columns=["kind", "home_place", "other_place", "number"])
    return readable(frame, words, {"kind": "printed"})


def _home_table(flows: list[Flow], seats: list[str], words: Words) -> pd.DataFrame:
    """A row for each city and kind in words, and one for a city of which nothing is drawn."""
    rows: list[tuple[str, str, int]] = []
    for id in seats:
        of_kind: dict[str, set[str]] = {}
        for flow in flows:
            if flow.home == id:
                of_kind.setdefault(flow.kind, set()).update(flow.records)
        rows += [(id, words.legend(kind), len(records)) for kind, records in of_kind.items()] or [(id, "", 0)]
    return readable(pd.DataFrame(rows, columns=["place_id", "kind", "number"]), words, {"kind": "printed"})
