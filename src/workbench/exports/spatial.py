"""Places and flows for maps: points and great circles, as GeoParquet and GeoJSON (WGS 84).

A flow says who came from where to an event: one line for each reviewed, countable event that took place
and each body that took part, from the body's seat to the place of the event. It does not depend
on a home. No line: online events, places and seats without coordinates, bodies seated where the
event was, international bodies, and those who were only spoken about.
"""

from __future__ import annotations

import io
import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from workbench.exports.holdings import Holdings, preferred
from workbench.records.slicing import ABSENT_ROLES

STEPS = 32  # pieces of a great circle
_DIGITS = 6
_CRS = "EPSG:4326"
_DAY = pd.ArrowDtype(pa.date32())

Numbers = npt.NDArray[np.float64]


def write_geoparquet(holdings: Holdings) -> dict[str, bytes]:
    """``places.parquet`` and ``flows.parquet``, geometry as WKB."""
    return {f"{name}.parquet": _geoparquet(layer) for name, layer in _layers(holdings).items()}


def write_geojson(holdings: Holdings) -> dict[str, bytes]:
    """``places.geojson`` and ``flows.geojson`` after RFC 7946; days as ISO texts."""
    return {f"{name}.geojson": _geojson(layer) for name, layer in _layers(holdings).items()}


def places(holdings: Holdings) -> gpd.GeoDataFrame:
    """Every place: place_id, name_en, name_zh, kind, country, admin1, precision (the kind in words),
    events (countable ones that took place there), bodies (seated there); no point where none is known."""
    table = holdings.tables["places"]
    events, organisations = _countable(holdings), holdings.tables["organisations"]
    id = table["place_id"]
    columns = {
        "place_id": id,
        "name_en": id.map(preferred(holdings, "places", "en")),
        "name_zh": id.map(preferred(holdings, "places", "zh")),
        "kind": table["kind"],
        "country": table["country"],
        "admin1": table["admin1"],
        "precision": _words(table["kind"], holdings),
        "events": id.map(events["place_id"].value_counts()).fillna(0).astype("int64"),
        "bodies": id.map(organisations["place_id"].value_counts()).fillna(0).astype("int64"),
    }
    known = table["lat"].notna() & table["lon"].notna()
    lonlat = table[["lon", "lat"]].fillna(0).to_numpy("float64").round(_DIGITS)
    points = np.where(known, shapely.points(lonlat), None)
    return gpd.GeoDataFrame(_texts(columns, {"events", "bodies"}), geometry=points, crs=_CRS)


def flows(holdings: Holdings) -> gpd.GeoDataFrame:
    """One line a countable event and body that came to it, by both: event_id, part_of, type, mode,
    org_id, org_en, org_zh, from_place, to_place, place_en, place_zh, date (EDTF), earliest, latest,
    precision (how surely the place of the event is known, in words)."""
    rows = _journeys(holdings)
    text = {
        "event_id": rows["event_id"],
        "part_of": rows["part_of"],
        "type": rows["type"],
        "mode": rows["mode"],
        "org_id": rows["org_id"],
        "org_en": rows["org_id"].map(preferred(holdings, "organisations", "en")),
        "org_zh": rows["org_id"].map(preferred(holdings, "organisations", "zh")),
        "from_place": rows["seat"],
        "to_place": rows["place_id"],
        "place_en": rows["place_id"].map(preferred(holdings, "places", "en")),
        "place_zh": rows["place_id"].map(preferred(holdings, "places", "zh")),
        "date": rows["reading"].fillna(rows["edtf"]),
        "earliest": rows["earliest"].astype(_DAY),
        "latest": rows["latest"].astype(_DAY),
        "precision": _words(rows["place_precision"], holdings),
    }
    ends = rows[["lon_seat", "lat_seat", "lon", "lat"]].to_numpy("float64")
    pairs, which = np.unique(ends, axis=0, return_inverse=True)
    lines = great_circles(pairs)
    if (shapely.get_type_id(lines) == shapely.GeometryType.MULTILINESTRING).any():
        parts, owner = shapely.get_parts(lines, return_index=True)  # a layer of two types is two layers in QGIS
        lines = shapely.multilinestrings(parts, indices=owner)
    lines = lines[which.ravel()]
    return gpd.GeoDataFrame(_texts(text, {"earliest", "latest"}), geometry=lines, crs=_CRS)


def great_circles(ends: Numbers) -> npt.NDArray[np.object_]:
    """The shortest lines between points (n × 4 degrees: lon, lat, lon, lat), split at the antimeridian.

    Drawn on a sphere, which differs from the ellipsoid by less than a fifth of a degree.
    """
    if not len(ends):
        return np.empty(0, dtype=object)
    first, last = _vectors(ends[:, :2]), _vectors(ends[:, 2:])
    opposite = (first * last).sum(axis=1) < -1 + 1e-9  # every way round is as short: take one beside it
    last = np.where(opposite[:, None], _vectors(ends[:, 2:] + [0.01, -0.01]), last)
    angle = np.arccos(np.clip((first * last).sum(axis=1), -1, 1))[:, None, None]
    t = np.linspace(0, 1, STEPS + 1)[None, :, None]
    path = (np.sin((1 - t) * angle) * first[:, None] + np.sin(t * angle) * last[:, None]) / np.sin(angle)
    lon = np.degrees(np.arctan2(path[..., 1], path[..., 0]))
    lat = np.degrees(np.arcsin(np.clip(path[..., 2], -1, 1)))
    lon[:, [0, -1]], lat[:, [0, -1]] = ends[:, [0, 2]], ends[:, [1, 3]]
    for end, beside in ((0, 1), (-1, -2)):  # on the antimeridian itself: the side from which the line comes
        on = np.abs(lon[:, end]) == 180
        lon[on, end] = np.copysign(180, lon[on, beside])
    return _split(lon, lat, np.cross(first, last))


def _split(lon: Numbers, lat: Numbers, normal: Numbers) -> npt.NDArray[np.object_]:
    """Paths (n × points) as lines, as two where they cross the antimeridian; a great circle does so once."""
    count, points = lon.shape
    row, column = np.nonzero(np.abs(np.diff(lon, axis=1)) > 180)
    with np.errstate(divide="ignore"):
        crossing = np.degrees(np.arctan(normal[row, 0] / normal[row, 2]))
    side = np.copysign(180, lon[row, column])
    at = np.repeat(row * points + column + 1, 2)
    x = np.insert(lon.ravel(), at, np.column_stack([side, -side]).ravel())
    y = np.insert(lat.ravel(), at, np.repeat(crossing, 2))
    starts = np.zeros(count * points, dtype=np.int64)
    starts[::points] = 1
    starts = np.insert(starts, at, np.tile([0, 1], len(row)))
    owner = np.insert(np.repeat(np.arange(count), points), at, np.repeat(row, 2))[starts == 1]
    pieces = shapely.linestrings(np.column_stack([x, y]).round(_DIGITS), indices=np.cumsum(starts) - 1)
    result = np.empty(count, dtype=object)
    single = ~np.isin(owner, row)
    result[owner[single]] = pieces[single]
    if len(row):
        broken, number = np.unique(owner[~single], return_inverse=True)
        result[broken] = shapely.multilinestrings(pieces[~single], indices=number)
    return result


def _vectors(lonlat: Numbers) -> Numbers:
    """Points (n × 2, degrees) as unit vectors (n × 3)."""
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _layers(holdings: Holdings) -> dict[str, gpd.GeoDataFrame]:
    return {"places": places(holdings), "flows": flows(holdings)}


def _countable(holdings: Holdings) -> pd.DataFrame:
    events = holdings.tables["events"]
    took_place = events["countable"].fillna(False) & events["factuality"].eq("realised")
    return events[took_place & events["curation"].eq("reviewed")]


def _journeys(holdings: Holdings) -> pd.DataFrame:
    """Events with the bodies that came to them from elsewhere, and both ends."""
    tables = holdings.tables
    parties = tables["parties"]
    present = parties[(parties["record"] == "events") & ~parties["role"].isin(ABSENT_ROLES)]
    org = present["party_id"].where(present["party"] == "org").fillna(present["for_org"])
    came = pd.DataFrame({"event_id": present["record_id"], "org_id": org}).dropna().drop_duplicates()
    organisations = tables["organisations"].rename(columns={"place_id": "seat"})
    bodies = organisations.loc[organisations["kind"] != "international_body", ["org_id", "seat"]]
    spots = tables["places"][["place_id", "lon", "lat"]].dropna().round(_DIGITS)
    seats = spots.rename(columns={"place_id": "seat", "lon": "lon_seat", "lat": "lat_seat"})
    events = _countable(holdings)
    events = events[(events["mode"] != "online") & (events["place_precision"] != "online")]
    rows = events.merge(spots, on="place_id").merge(came, on="event_id")
    rows = rows.merge(bodies, on="org_id").merge(seats, on="seat")
    apart = (rows["lon"] != rows["lon_seat"]) | (rows["lat"] != rows["lat_seat"])
    return rows[apart].sort_values(["event_id", "org_id"], ignore_index=True)


def _words(codes: pd.Series, holdings: Holdings) -> pd.Series:
    return codes.map({code: term.en for code, term in holdings.vocabularies["place_precision"].items()})


def _texts(columns: dict[str, pd.Series], others: set[str]) -> pd.DataFrame:
    """The columns as a frame, all but the ``others`` texts even where no row has one."""
    return pd.DataFrame({name: c if name in others else c.astype("string") for name, c in columns.items()})


def _geoparquet(layer: gpd.GeoDataFrame) -> bytes:
    """GeoParquet 1.1 without the names and versions of the programs that wrote it."""
    buffer = io.BytesIO()
    layer.to_parquet(buffer, index=False, schema_version="1.1.0")
    table = pq.read_table(buffer)
    geo = json.loads(table.schema.metadata[b"geo"])
    geo.pop("creator", None)
    table = table.replace_schema_metadata({"geo": json.dumps(geo, sort_keys=True)})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _geojson(layer: gpd.GeoDataFrame) -> bytes:
    days = {name: layer[name].astype("string") for name in layer.columns if layer[name].dtype == _DAY}
    features = layer.assign(**days).to_geo_dict(drop_id=True)["features"]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()
