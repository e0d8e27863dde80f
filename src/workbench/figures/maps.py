"""The map of exchanges: who came, where we went, what was met online or planned.

The projection is chosen from the places shown: equal-area azimuthal, centred between them,
where they fit on one side of the globe (lines bow gently apart); Equal Earth for the whole
world otherwise (lines are great circles, split at its edge). Only land and lakes are drawn:
no borders, and never a name of the basemap's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path as MplPath
from pyproj import Geod, Transformer
from shapely.geometry import box, shape

from workbench.figures import style
from workbench.figures.labels import Box, place
from workbench.prose.captions import maps as captions
from workbench.prose.words import Words
from workbench.records.selection import Corpus

Points = npt.NDArray[np.float64]
REGIONAL_REACH = 75.0  # degrees from the centre: beyond it the whole world is drawn
KINDS = ("inbound", "outbound", "online", "planned")
# Of the same sign: a line and the one that comes back bow to opposite sides.
_BOW = {"inbound": -0.16, "outbound": -0.16, "online": 0.03, "planned": -0.07}
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Projection:
    """A projection with its centre: ``forward`` takes degrees to metres."""

    kind: str
    lon: float
    lat: float

    @property
    def forward(self) -> Transformer:
        """From longitude and latitude in degrees to metres."""
        definition = (
            f"+proj=laea +lat_0={self.lat:.4f} +lon_0={self.lon:.4f}"
            if self.kind == "regional"
            else f"+proj=eqearth +lon_0={self.lon:.4f}"
        )
        return _transformer(definition)

    def __call__(self, lonlat: Points) -> Points:
        """Points (n × 2, degrees) in metres (n × 2)."""
        x, y = self.forward.transform(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x, y])


@lru_cache(maxsize=16)
def _transformer(definition: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", f"{definition} +datum=WGS84 +units=m", always_xy=True)


def choose_projection(lonlat: Points, home: Points) -> Projection:
    """The projection for some places and the home's (n × 2, degrees): regional, centred on
    their middle and a third of the way from there to home, where no place lies more than 75°
    from their mean; else the world with the mean longitude in the middle."""
    radians = np.radians(lonlat)
    vectors = np.column_stack(
        [
            np.cos(radians[:, 1]) * np.cos(radians[:, 0]),
            np.cos(radians[:, 1]) * np.sin(radians[:, 0]),
            np.sin(radians[:, 1]),
        ]
    )
    mean = vectors.mean(axis=0)
    mean /= np.linalg.norm(mean) or 1.0
    lon = float(np.degrees(np.arctan2(mean[1], mean[0])))
    reach = np.degrees(np.arccos(np.clip(vectors @ mean, -1.0, 1.0))).max()
    if reach > REGIONAL_REACH:
        return Projection("world", round(lon), 0.0)
    turned = np.column_stack([(lonlat[:, 0] - lon + 180) % 360 - 180, lonlat[:, 1]])
    own = np.array([(home[:, 0].mean() - lon + 180) % 360 - 180, home[:, 1].mean()])
    middle = (turned.min(axis=0) + turned.max(axis=0)) / 2
    centre = middle + (own - middle) / 3
    return Projection("regional", float(centre[0] + lon + 180) % 360 - 180, float(centre[1]))


@style.house()
def exchange_map(
    lines: pd.DataFrame, missing: pd.DataFrame, corpus: Corpus, words: Words, basemap: Path
) -> style.Drawing | None:
    """Draw the lines of `analysis.flows.movements`; None when there is nothing to draw.

    ``missing`` is what that function left out: it is counted in the note with its reasons.
    ``basemap`` is the folder of land and lakes.
    """
    if lines.empty:
        return None
    flows = _aggregate(lines)
    spots = _spots(flows, corpus, basemap)
    ends = sorted({flow.home for flow in flows})
    projection = choose_projection(np.array(list(spots.values())), np.array([spots[id] for id in ends]))
    curves = [_curve(flow, spots, projection) for flow in flows]
    frame = _frame(curves, projection)
    height = style.WIDTH * (frame.top - frame.bottom) / (frame.right - frame.left)
    figure = style.new_figure(style.WIDTH, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(frame.left, frame.right), ylim=(frame.bottom, frame.top))
    axes.axis("off")
    _draw_land(axes, projection, frame, basemap)
    for flow, curve in zip(flows, curves, strict=True):
        _draw_flow(axes, flow, curve)
    precisions = dict(zip(corpus["places"]["place_id"], corpus["places"]["kind"], strict=True))
    home = _home_places(lines, corpus)
    _draw_dots(axes, spots, precisions, home, projection)
    kinds = [kind for kind in KINDS if any(flow.kind == kind for flow in flows)]
    busy = np.vstack([piece for curve in curves for piece in curve])
    legend = _draw_legend(axes, kinds, any(precisions[p] == "country" for p in spots), words, busy)
    _draw_labels(axes, spots, precisions, home, projection, curves, legend, words)
    texts = captions.exchange_map(words, lines, missing, corpus)
    return style.Drawing(
        figure, *texts, drawn=tuple(dict.fromkeys(zip(lines["record"], lines["record_id"], strict=True)))
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one kind between two places, taken together."""

    kind: str
    home: str
    other: str
    records: tuple[str, ...]


def _aggregate(lines: pd.DataFrame) -> list[Flow]:
    grouped = lines.groupby(["kind", "home_place", "other_place"], sort=True)["record_id"]
    flows = [Flow(kind, home, other, tuple(sorted(set(ids)))) for (kind, home, other), ids in grouped]
    return sorted(flows, key=lambda flow: (KINDS.index(flow.kind), flow.home, flow.other))


def _spots(flows: list[Flow], corpus: Corpus, basemap: Path) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of each place shown; a country without coordinates stands at a
    point inside its land, never at its capital."""
    places = corpus["places"].set_index("place_id")
    spots = {}
    for id in sorted({end for flow in flows for end in (flow.home, flow.other)}):
        row = places.loc[id]
        if pd.isna(row["lat"]):
            point = _inside_country(basemap, row["country"])
            spots[id] = (point.x, point.y)
        else:
            spots[id] = (float(row["lon"]), float(row["lat"]))
    return spots


@lru_cache(maxsize=64)
def _inside_country(basemap: Path, code: str) -> shapely.Point:
    features = json.loads((basemap / "countries_50m.geojson").read_text(encoding="utf-8"))["features"]
    outline = next(shape(f["geometry"]) for f in features if f["properties"]["iso_a2"] == code)
    parts = getattr(outline, "geoms", [outline])
    return max(parts, key=lambda part: part.area).representative_point()


def _home_places(lines: pd.DataFrame, corpus: Corpus) -> set[str]:
    organisations = corpus["organisations"]
    seats = organisations.loc[organisations["org_id"].isin(corpus.members), "place_id"].dropna()
    return set(seats) & set(lines["home_place"])


def _curve(flow: Flow, spots: dict[str, tuple[float, float]], projection: Projection) -> list[Points]:
    """The line of a flow as pieces of points in metres, from where it starts to where it ends."""
    start, end = (flow.other, flow.home) if flow.kind == "inbound" else (flow.home, flow.other)
    ends = np.array([spots[start], spots[end]])
    if projection.kind == "world":
        return _great_circle(ends, projection)
    first, last = projection(ends)
    bow = _BOW[flow.kind] * np.array([-(last - first)[1], (last - first)[0]])
    control = (first + last) / 2 + bow
    t = np.linspace(0, 1, 61)[:, None]
    return [(1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last]


def _great_circle(ends: Points, projection: Projection) -> list[Points]:
    inner = np.array(_GEOD.npts(*ends[0], *ends[1], 80))
    path = np.vstack([ends[:1], inner, ends[1:]])
    turned = (path[:, 0] - projection.lon + 180) % 360
    cuts = np.flatnonzero(np.abs(np.diff(turned)) > 180) + 1
    return [projection(piece) for piece in np.split(path, cuts) if len(piece) > 1]


def _frame(curves: list[list[Points]], projection: Projection) -> Box:
    if projection.kind == "world":
        edge = projection(np.array([[projection.lon - 179.99, 0], [projection.lon + 179.99, 0], [0, -58], [0, 84]]))
        return Box(edge[0, 0] * 1.01, edge[2, 1], edge[1, 0] * 1.01, edge[3, 1])
    points = np.vstack([piece for curve in curves for piece in curve])
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = (low + high) / 2, np.maximum((high - low) * 1.22, 1.2e6)
    width, height = size
    height = max(height, width * 0.46)
    width = max(width, height / 0.72)
    return Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)


# --- drawing ------------------------------------------------------------------------------


def _draw_land(axes: Axes, projection: Projection, frame: Box, basemap: Path) -> None:
    scale = "110m" if projection.kind == "world" else "50m"
    for name, colour in (("land", style.LAND), ("lakes", style.PAPER)):
        path = basemap / f"{name}_{scale}.geojson"
        if not path.is_file():
            continue
        for polygon in _project_polygons(path, projection, frame):
            axes.add_patch(PathPatch(_as_path(polygon), facecolor=colour, edgecolor="none", zorder=1))


def _project_polygons(path: Path, projection: Projection, frame: Box) -> list[shapely.Polygon]:
    """The polygons of a basemap layer in metres, cut to the frame and as fine as it shows."""
    view = box(frame.left, frame.bottom, frame.right, frame.top)
    tolerance = (frame.right - frame.left) / 1600
    kept = []
    for geometry in _split_at_edge(_layer(path), projection):
        coordinates = shapely.get_coordinates(geometry)
        if projection.kind == "regional" and _distance(coordinates, projection).max() > 150:
            continue  # near the antipode, where this projection tears
        projected = shapely.transform(shapely.segmentize(geometry, 1.0), projection)
        cut = shapely.make_valid(projected).simplify(tolerance).buffer(0).intersection(view)
        kept += [
            part
            for part in getattr(cut, "geoms", [cut])
            if part.geom_type == "Polygon" and part.area > tolerance**2 * 4
        ]
    return kept


def _split_at_edge(polygons: list[shapely.Polygon], projection: Projection) -> list[shapely.Geometry]:
    """On a world map, cut the land along the map's edge so that nothing is drawn across it."""
    if projection.kind == "regional":
        return list(polygons)
    edge = (projection.lon + 360) % 360 - 180
    west, east = box(-180, -90, edge - 1e-6, 90), box(edge + 1e-6, -90, 180, 90)
    parts = [polygon.intersection(side) for polygon in polygons for side in (west, east)]
    return [part for part in parts if not part.is_empty]


def _distance(lonlat: Points, projection: Projection) -> Points:
    """Degrees from the projection's centre."""
    lon, lat = np.radians(lonlat.T)
    lon_0, lat_0 = np.radians([projection.lon, projection.lat])
    cosine = np.sin(lat) * np.sin(lat_0) + np.cos(lat) * np.cos(lat_0) * np.cos(lon - lon_0)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))  # type: ignore[no-any-return]


@lru_cache(maxsize=8)
def _layer(path: Path) -> list[shapely.Polygon]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shape(feature["geometry"]) for feature in features]
    return [part for one in shapes for part in getattr(one, "geoms", [one])]


def _as_path(polygon: shapely.Polygon) -> MplPath:
    rings = [polygon.exterior, *polygon.interiors]
    return MplPath.make_compound_path(*(MplPath(np.asarray(ring.coords), closed=True) for ring in rings))


def _width(flow: Flow) -> float:
    return 1.3 + 0.7 * min(len(flow.records) - 1, 6)


def _draw_flow(axes: Axes, flow: Flow, curve: list[Points]) -> None:
    colour, line = style.COLOURS[flow.kind], style.LINES[flow.kind]
    for piece in curve:
        axes.plot(
            piece[:, 0], piece[:, 1], color=colour, linestyle=line, linewidth=_width(flow), zorder=3,
            solid_capstyle="round", dash_capstyle="butt", gid=f"flow-{flow.kind}-{flow.home}-{flow.other}",
        )  # fmt: skip
    if flow.kind == "online":
        return
    piece = max(curve, key=len)
    middle = int(len(piece) * 0.62)
    ends = tuple(piece[middle]), tuple(piece[middle + 1])
    size = 9 + 2.2 * _width(flow)
    axes.add_patch(
        FancyArrowPatch(
            *ends, arrowstyle="-|>", mutation_scale=size, color=colour, linewidth=0, shrinkA=0, shrinkB=0, zorder=4
        )
    )  # fmt: skip


def _draw_dots(
    axes: Axes,
    spots: dict[str, tuple[float, float]],
    precisions: dict[str, str],
    home: set[str],
    projection: Projection,
) -> None:
    for id, spot in spots.items():
        x, y = projection(np.array([spot]))[0]
        if precisions[id] == "country":
            axes.plot(x, y, "o", markersize=9, markerfacecolor=style.PAPER, markeredgecolor=style.INK,
                      markeredgewidth=1.1, zorder=5, gid=f"country-{id}")  # fmt: skip
        else:
            size = 8 if id in home else 5
            axes.plot(x, y, "o", markersize=size, markerfacecolor=style.INK, markeredgecolor=style.PAPER,
                      markeredgewidth=0.8, zorder=6, gid=f"place-{id}")  # fmt: skip


def _draw_legend(axes: Axes, kinds: list[str], hollow: bool, words: Words, busy: Points) -> Box:
    """Draw the legend in the corner where least is drawn (``busy``: points in metres)."""
    handles = [
        Line2D([], [], color=style.COLOURS[kind], linestyle=style.LINES[kind], linewidth=1.8, label=words.legend(kind))
        for kind in kinds
    ]
    if hollow:
        handles.append(
            Line2D([], [], linestyle="none", marker="o", markersize=8, markerfacecolor=style.PAPER,
                   markeredgecolor=style.INK, label=words.legend("country"))
        )  # fmt: skip
    legend = axes.legend(handles=handles, loc=_free_corner(axes, busy), frameon=True, framealpha=0.92, edgecolor="none",
                         facecolor=style.PAPER, fontsize=8.5, handlelength=2.8, borderpad=0.6)  # fmt: skip
    legend.set_zorder(8)
    figure = axes.figure
    extent = legend.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    return Box(extent.x0, extent.y0, extent.x1, extent.y1)


def _free_corner(axes: Axes, busy: Points) -> str:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = (busy[:, 0] - left) / (right - left), (busy[:, 1] - bottom) / (top - bottom)
    corners = {
        "lower left": (x < 0.34) & (y < 0.36),
        "lower right": (x > 0.66) & (y < 0.36),
        "upper left": (x < 0.34) & (y > 0.64),
        "upper right": (x > 0.66) & (y > 0.64),
    }
    return min(corners, key=lambda corner: int(corners[corner].sum()))


def _draw_labels(
    axes: Axes, spots: dict[str, tuple[float, float]], precisions: dict[str, str], home: set[str],
    projection: Projection, curves: list[list[Points]], legend: Box, words: Words,
) -> None:  # fmt: skip
    import matplotlib.patheffects as effects

    figure = axes.figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    order = sorted(spots, key=lambda id: (id not in home, id))
    texts = []
    for id in order:
        halo = [effects.withStroke(linewidth=2.6, foreground=style.PAPER)]
        label = style.plain(words.place_label(id, precisions[id]))
        weight = style.bold(label) if id in home else "normal"
        text = axes.text(0, 0, label, fontsize=11 if id in home else 9, fontweight=weight, zorder=7, path_effects=halo)
        texts.append(text)
    to_display = axes.transData.transform
    anchors = [tuple(to_display(projection(np.array([spots[id]]))[0])) for id in order]
    extents = [text.get_window_extent(renderer) for text in texts]
    view = axes.get_window_extent(renderer)
    drawn = to_display(np.vstack([piece for curve in curves for piece in curve]))
    frame = Box(view.x0 + 4, view.y0 + 4, view.x1 - 4, view.y1 - 4)
    gaps = [9.0 if id in home or precisions[id] == "country" else 7.0 for id in order]
    chosen = place(anchors, [(e.width, e.height) for e in extents], gaps, frame, drawn, [legend])  # type: ignore[arg-type]
    for text, (_, spot) in zip(texts, chosen, strict=True):
        text.set(horizontalalignment="left", verticalalignment="bottom")
        text.set_position(axes.transData.inverted().transform((spot.left, spot.bottom)))
