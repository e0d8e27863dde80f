"""The ground of a map: land and lakes, and outlines of countries where the settings ask for them.

Never a border line and never a name of the basemap's own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as MplPath
from shapely.geometry import box, shape

from workbench.figures import style
from workbench.figures.labels import Box
from workbench.figures.projection import Projection

_COUNTRIES = "countries_50m.geojson"
_TEARS = 150.0  # degrees from the centre: nearer to the antipode the regional projection tears


def draw_land(
    axes: Axes, projection: Projection, frame: Box, basemap: Path, countries: frozenset[str], prefix: str = ""
) -> None:
    """Draw land and lakes (and, if any are given, the countries of those codes shaded) into the frame (metres).

    ``prefix`` is put before the names of the layers in the drawing.
    """
    scale = _scale(projection, frame, basemap)
    layers = [("land", basemap / f"land_{scale}.geojson", frozenset[str](), style.LAND)]
    if countries:
        layers.append(("countries", basemap / _COUNTRIES, countries, style.SHADE))
    layers.append(("lakes", basemap / f"lakes_{scale}.geojson", frozenset[str](), style.PAPER))
    for gid, path, codes, colour in layers:
        shown = _projected(path, codes, projection, frame)
        if shown:
            whole = MplPath.make_compound_path(*(_as_path(polygon) for polygon in shown))
            axes.add_patch(PathPatch(whole, facecolor=colour, edgecolor="none", zorder=1, gid=prefix + gid))


def _scale(projection: Projection, frame: Box, basemap: Path) -> str:
    """How fine the land is: that of a part of the world alone (``land_10m_NAME``) where it holds the frame."""
    if projection.kind == "world":
        return "110m"
    across, up = np.linspace(frame.left, frame.right, 9), np.linspace(frame.bottom, frame.top, 9)
    view = projection.inverse(np.array([(x, y) for x in across for y in up]))
    for path in sorted(basemap.glob("land_10m_*.geojson")):
        west, south, east, north = shapely.total_bounds(np.array(_layer(path)))
        if ((view >= (west, south)) & (view <= (east, north))).all():
            return path.stem.removeprefix("land_")
    return "50m"


def inside_country(basemap: Path, code: str) -> tuple[float, float]:
    """A point inside the largest part of a country (degrees), never its capital by intent.

    Raises KeyError for a country that the basemap does not have.
    """
    point = max(_outlines(basemap / _COUNTRIES)[code], key=lambda part: part.area).representative_point()
    return float(point.x), float(point.y)


@lru_cache(maxsize=4)
def _outlines(path: Path) -> dict[str, tuple[shapely.Polygon, ...]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    found: dict[str, tuple[shapely.Polygon, ...]] = {}
    for feature in features:
        code = feature["properties"]["iso_a2"]
        found[code] = (*found.get(code, ()), *_parts(shape(feature["geometry"])))
    return found


@lru_cache(maxsize=8)
def _layer(path: Path) -> tuple[shapely.Polygon, ...]:
    if not path.is_file():
        return ()
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return tuple(part for feature in features for part in _parts(shape(feature["geometry"])))


def _parts(geometry: shapely.Geometry) -> list[shapely.Polygon]:
    return list(getattr(geometry, "geoms", [geometry]))


@lru_cache(maxsize=32)
def _projected(path: Path, codes: frozenset[str], projection: Projection, frame: Box) -> tuple[shapely.Polygon, ...]:
    """The polygons of a layer (or of those countries in it) in metres, cut to the frame, as fine as it shows."""
    polygons = [part for code in sorted(codes) for part in _outlines(path).get(code, ())] if codes else _layer(path)
    view = box(frame.left, frame.bottom, frame.right, frame.top)
    tolerance = (frame.right - frame.left) / 1600
    kept: list[shapely.Polygon] = []
    for geometry in _split_at_edge(polygons, projection):
        if projection.kind == "regional" and projection.distance(shapely.get_coordinates(geometry)).max() > _TEARS:
            continue
        projected = shapely.transform(shapely.segmentize(geometry, 1.0), projection)
        cut = shapely.make_valid(projected).simplify(tolerance).buffer(0).intersection(view)
        kept += [part for part in _parts(cut) if part.geom_type == "Polygon" and part.area > tolerance**2 * 4]
    return tuple(kept)


def _split_at_edge(polygons: Sequence[shapely.Polygon], projection: Projection) -> list[shapely.Geometry]:
    """On a world map, cut the land along the map's edge so that nothing is drawn across it."""
    if projection.kind == "regional":
        return list(polygons)
    edge = (projection.lon + 360) % 360 - 180
    west, east = box(-180, -90, edge - 1e-6, 90), box(edge + 1e-6, -90, 180, 90)
    parts = [polygon.intersection(side) for polygon in polygons for side in (west, east)]
    return [part for part in parts if not part.is_empty]


def _as_path(polygon: shapely.Polygon) -> MplPath:
    rings = [polygon.exterior, *polygon.interiors]
    return MplPath.make_compound_path(*(MplPath(np.asarray(ring.coords), closed=True) for ring in rings))
