"""From the globe to the page: which projection a map has, and the way of a line on it.

A regional map is equal-area azimuthal, north up, centred between home and most partners; on it
lines bow apart. A world map is Equal Earth; its lines follow great circles, split where the map
ends. What goes there and what comes back keep to opposite sides on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
REACH = 65.0  # degrees from the centre: what lies farther is beyond a regional map
MOST = 0.8  # of the places: where no region holds so many, the whole world is drawn
# The two world maps whose edges lie in an ocean: in the Atlantic, in the Pacific.
WORLDS = (150.0, 10.0)
_GEOD = Geod(ellps="WGS84")
_BOW_ON_GLOBE = 0.5  # of the bow on a regional map


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

    def inverse(self, points: Points) -> Points:
        """Points of the page (n × 2, metres) in degrees (n × 2; infinite where the page has no globe)."""
        lon, lat = self.forward.transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])

    def distance(self, lonlat: Points) -> Points:
        """Degrees of each point (n × 2, degrees) from the centre."""
        return _degrees(lonlat, np.array([[self.lon, self.lat]]))[0]  # type: ignore[no-any-return]


@lru_cache(maxsize=16)
def _transformer(definition: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", f"{definition} +datum=WGS84 +units=m", always_xy=True)


def choose_projection(lonlat: Points, home: Points, region: str = "auto") -> tuple[Projection, Mask]:
    """The projection for some places and the home's (n × 2, degrees), and which places lie on its map.

    Regional (``region``: "auto") where four fifths of the places lie within 65° of a point between
    home and one of them: centred on the middle of those and a third of the way from there to home.
    Else the world, cut in the ocean that fewer lines from home cross, where all places lie on the
    map. "region" and "world" ask for one of the two.
    """
    own = home[0]
    turned = np.column_stack([_turn(lonlat[:, 0] - own[0]), lonlat[:, 1] - own[1]])
    centres = np.vstack([own, own + 0.4 * turned])
    apart = _degrees(lonlat, centres)
    within = apart <= REACH
    order = sorted(range(len(centres)), key=lambda n: (-int(within[n].sum()), float(apart[n][within[n]].sum()), n))
    inside = within[order[0]]
    if region == "world" or (region == "auto" and inside.mean() < MOST):
        return Projection("world", _world(lonlat, own), 0.0), np.ones(len(lonlat), dtype=bool)
    kept = np.vstack([turned[inside], [[0.0, 0.0]]])
    middle = (kept.min(axis=0) + kept.max(axis=0)) / 2
    lon, lat = own + middle * 2 / 3
    return Projection("regional", float(_turn(lon)), float(lat)), inside


def _turn(degrees: Points | float) -> Points:
    """Longitudes between -180 and 180."""
    return (np.asarray(degrees) + 180) % 360 - 180


def _degrees(lonlat: Points, centres: Points) -> Points:
    """The distance of points from each of some centres on the globe: centres × points."""
    return np.degrees(np.arccos(np.clip(_vectors(centres) @ _vectors(lonlat).T, -1, 1)))  # type: ignore[no-any-return]


def _world(lonlat: Points, own: Points) -> float:
    """The middle of the world map whose edge the fewest ways from home cross; nearer to home where equal."""
    ways = _turn(lonlat[:, 0] - own[0])

    def crossings(middle: float) -> int:
        edge = float(_turn(middle + 180 - own[0]))
        crossed = (ways >= edge) if edge > 0 else (ways <= edge)
        return int(crossed.sum())

    return min(WORLDS, key=lambda middle: (crossings(middle), abs(float(_turn(own[0] - middle)))))


def kilometres(one: Points, other: Points) -> float:
    """The way between two points (degrees) over the globe."""
    return float(_GEOD.inv(*one, *other)[2]) / 1000


def bearing(one: Points, other: Points) -> float:
    """The constant bearing from one point (degrees) to another in radians from north, eastwards: where
    a reader of a map with north up looks for it."""
    east = np.radians(float(_turn(other[0] - one[0])))
    stretched = np.arctanh(np.sin(np.radians(np.clip([one[1], other[1]], -85, 85))))
    return float(np.arctan2(east, stretched[1] - stretched[0]))


def bowed(first: Points, last: Points, bow: float, number: int = 61) -> list[Points]:
    """A line between two points of the page (metres) that bows to its left by a share of its length."""
    aside = bow * np.array([-(last - first)[1], (last - first)[0]])
    control = (first + last) / 2 + aside
    t = np.linspace(0, 1, number)[:, None]
    return [(1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last]


def great_circle(ends: Points, projection: Projection, bow: float, number: int = 81) -> list[Points]:
    """The shortest way between two points (2 × 2, degrees), bowed to its left by a share of its length,
    as pieces on the page (metres): split where the map ends."""
    first, last = _vectors(ends)
    side = _cross(first, last)
    length = float(np.arctan2(np.linalg.norm(side), first @ last))
    side /= np.linalg.norm(side) or 1.0
    t = np.linspace(0, 1, number)[:, None] * length
    way = np.cos(t) * first + np.sin(t) * _cross(side, first)
    aside = bow * _BOW_ON_GLOBE / 2 * length * np.sin(np.pi * np.linspace(0, 1, number))[:, None]
    x, y, z = (np.cos(aside) * way + np.sin(aside) * side).T
    path = np.degrees(np.column_stack([np.arctan2(y, x), np.arcsin(np.clip(z, -1, 1))]))
    turned = (path[:, 0] - projection.lon + 180) % 360
    cuts = np.flatnonzero(np.abs(np.diff(turned)) > 180) + 1
    return [projection(piece) for piece in np.split(path, cuts) if len(piece) > 1]


def _vectors(lonlat: Points) -> Points:
    """Points (n × 2, degrees) as unit vectors from the middle of the globe (n × 3)."""
    lon, lat = np.radians(lonlat.T)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _cross(a: Points, b: Points) -> Points:
    """The cross product of two vectors; numpy's is slow for a single one."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
