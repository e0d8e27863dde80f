"""Places and flows, opened by GDAL (GeoJSON) and by Arrow (GeoParquet)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import Geod

from workbench.exports import spatial
from workbench.exports.holdings import Holdings

GLOBE = Geod(a=1, b=1)


def pairs(holdings: Holdings) -> set[tuple[str, str]]:
    rows = spatial.flows(holdings)
    return set(zip(rows["event_id"], rows["org_id"], strict=True))


def changed(holdings: Holdings, table: str, where: dict[str, str], **values: Any) -> Holdings:
    frame = holdings.tables[table].copy()
    rows = np.logical_and.reduce([(frame[column] == value).fillna(False) for column, value in where.items()])
    assert rows.any()
    for column, value in values.items():
        frame.loc[rows, column] = value
    return replace(holdings, tables={**holdings.tables, table: frame})


# --- what is a flow -------------------------------------------------------------------------


def test_each_body_that_came_from_elsewhere_is_one_line(outside: Holdings) -> None:
    """Not the host, not a body spoken about, not an international one, none of a call or of what was cancelled."""
    assert pairs(outside) == {("tour", "yonder-library"), ("tour", "farther-library"), ("after", "elsewhere-library")}
    row = spatial.flows(outside).set_index(["event_id", "org_id"]).loc[("tour", "yonder-library")]
    assert row.geometry.coords[0] == (11.6, 48.1)
    assert row.geometry.coords[-1] == (9.2, 45.5)
    assert (row["org_zh"], row["place_en"], row["date"], str(row["latest"]), row["precision"]) == (
        "彼处图书馆", "Elsewhere", "2019-04", "2019-04-30", "city",
    )  # fmt: skip


NONE: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "it was online": ("events", {"event_id": "tour"}, {"mode": "online"}),
    "it is told in passing": ("events", {"event_id": "tour"}, {"factuality": "reported_only"}),
    "it is not countable": ("events", {"event_id": "tour"}, {"countable": False}),
    "its place is not known": ("events", {"event_id": "tour"}, {"place_id": pd.NA}),
    "its place has no point": ("places", {"place_id": "elsewhere"}, {"lat": pd.NA, "lon": pd.NA}),
    "the seat is not known": ("organisations", {"place_id": "yonder"}, {"place_id": pd.NA}),
    "the seat is there": ("organisations", {"place_id": "yonder"}, {"place_id": "elsewhere"}),
    "the seat is at the same point": ("places", {"place_id": "yonder"}, {"lat": 45.5, "lon": 9.2}),
    "they were spoken about": ("parties", {"record_id": "tour"}, {"role": "subject"}),
    "the bodies are of no country": ("organisations", {"place_id": "yonder"}, {"kind": "international_body"}),
}


@pytest.mark.parametrize("why", NONE)
def test_no_line_where(outside: Holdings, why: str) -> None:
    table, where, values = NONE[why]
    assert not {event for event, _ in pairs(changed(outside, table, where, **values))} & {"tour"}


def test_places_count_what_happened_there_and_who_is_seated_there(outside: Holdings) -> None:
    rows = spatial.places(outside).set_index("place_id")
    assert rows.loc["elsewhere", ["events", "bodies", "name_zh", "precision"]].tolist() == [1, 2, "别处", "city"]
    assert rows.loc["yonder", ["events", "bodies"]].tolist() == [1, 3]
    assert rows.loc["china", "geometry"] is None, "a country is not drawn at a point nobody named"
    assert len(rows) == len(outside.tables["places"])


# --- lines ----------------------------------------------------------------------------------

ENDS = {
    "Leeds to Hangzhou": (-1.549, 53.801, 120.155, 30.274),
    "over the antimeridian": (178.4, -18.1, -122.4, 37.8),
    "back over it": (-122.4, 37.8, 178.4, -18.1),
    "from the antimeridian": (180.0, 10.0, -150.0, 20.0),
    "to the antimeridian": (-150.0, 20.0, 180.0, 10.0),
    "along it": (180.0, -10.0, -180.0, 30.0),
    "near a pole": (20.0, 80.0, -150.0, 75.0),
    "over a pole": (10.0, 60.0, -170.0, 60.0),
    "to the other side": (30.0, 20.0, -150.0, -20.0),
    "a few metres": (9.2, 45.5, 9.2001, 45.5),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_line_is_the_shortest_way_and_never_leaps(name: str) -> None:
    x1, y1, x2, y2 = ENDS[name]
    (line,) = spatial.great_circles(np.array([ENDS[name]]))
    assert line.is_valid
    parts = [np.array(part.coords) for part in getattr(line, "geoms", [line])]
    assert len(parts) <= 2
    assert (parts[0][0, 1], parts[-1][-1, 1]) == (y1, y2)
    assert ((parts[0][0, 0] - x1) % 360, (parts[-1][-1, 0] - x2) % 360) == (0, 0)
    everything = np.vstack(parts)
    assert np.abs(everything[:, 0]).max() <= 180
    for part in parts:
        near_pole = np.abs(part[:, 1]).max() > 85
        assert near_pole or np.abs(np.diff(part[:, 0])).max() < 90
    if len(parts) == 2:
        assert abs(parts[0][-1, 0]) == 180
        assert parts[1][0].tolist() == [-parts[0][-1, 0], parts[0][-1, 1]]
    length = sum(GLOBE.line_length(part[:, 0], part[:, 1]) for part in parts)
    assert length == pytest.approx(GLOBE.inv(x1, y1, x2, y2)[2], rel=1e-4, abs=1e-6)


def test_many_lines_are_the_same_as_each_alone() -> None:
    together = spatial.great_circles(np.array(list(ENDS.values())))
    alone = [spatial.great_circles(np.array([ends]))[0] for ends in ENDS.values()]
    assert [line.wkt for line in together] == [line.wkt for line in alone]
    assert {line.geom_type for line in together} == {"LineString", "MultiLineString"}


def test_twenty_five_thousand_lines_take_no_time() -> None:
    import time

    random = np.random.default_rng(1)
    ends = random.uniform([-180, -90, -180, -90], [180, 90, 180, 90], (25_000, 4))
    start = time.perf_counter()
    lines = spatial.great_circles(ends)
    assert time.perf_counter() - start < 5
    assert shapely.is_valid(lines).all()


# --- read by others -------------------------------------------------------------------------


@pytest.fixture
def far(outside: Holdings) -> Holdings:
    """The same with a body in the Pacific, whose line is broken in two, and one in Hangzhou, whose is not."""
    moved = changed(outside, "places", {"place_id": "yonder"}, lat=-18.1, lon=-178.4)
    return changed(moved, "organisations", {"org_id": "farther-library"}, place_id="hangzhou")


def read(content: bytes, folder: Path, name: str) -> tuple[dict[str, Any], gpd.GeoDataFrame]:
    (folder / name).write_bytes(content)
    return pyogrio.read_info(folder / name, force_total_bounds=True), gpd.read_file(folder / name)


def test_gdal_reads_the_geojson(far: Holdings, tmp_path: Path) -> None:
    files = spatial.write_geojson(far)
    info, rows = read(files["places.geojson"], tmp_path, "places.geojson")
    assert (info["crs"], info["geometry_type"], info["features"]) == ("EPSG:4326", "Point", len(far.tables["places"]))
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["name_zh"], types["events"]) == ("OFTString", "OFTInteger")
    assert "彼处" in set(rows["name_zh"])
    info, rows = read(files["flows.geojson"], tmp_path, "flows.geojson")
    assert (info["crs"], info["geometry_type"], info["features"]) == ("EPSG:4326", "MultiLineString", 3)
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["date"], types["earliest"]) == ("OFTString", "OFTDate")
    assert (np.abs(rows.total_bounds) <= [180, 90, 180, 90]).all()


def test_the_geojson_keeps_to_its_standard(far: Holdings) -> None:
    content = json.loads(spatial.write_geojson(far)["flows.geojson"])
    assert set(content) == {"type", "features"}, "no crs: it is WGS 84"
    for feature in content["features"]:
        assert set(feature) == {"type", "properties", "geometry"}
        numbers = json.dumps(feature["geometry"]["coordinates"]).replace("[", " ").replace("]", " ").split(",")
        assert max(len(number.strip().partition(".")[2]) for number in numbers) <= 6


@pytest.mark.parametrize("name", ["places", "flows"])
def test_geoparquet_holds_the_same_with_types(far: Holdings, name: str) -> None:
    content = spatial.write_geoparquet(far)[f"{name}.parquet"]
    layer = getattr(spatial, name)(far)
    table = pq.read_table(io.BytesIO(content))
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"], "creator" in geo) == ("1.1.0", "geometry", False)
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4326}
    types = set(geo["columns"]["geometry"]["geometry_types"])
    assert types == ({"Point"} if name == "places" else {"MultiLineString"})
    assert table.num_rows == len(layer)
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    assert all(one == other or one is other for one, other in zip(shapes, layer.geometry, strict=True))
    back = gpd.read_parquet(io.BytesIO(content))
    assert back.crs == layer.crs
    assert list(back.columns) == list(layer.columns)


def test_empty_layers_have_columns_and_types(empty: Holdings, tmp_path: Path) -> None:
    for name, content in spatial.write_geoparquet(empty).items():
        table = pq.read_table(io.BytesIO(content))
        assert table.num_rows == 0
        if name == "flows.parquet":
            assert table.schema.field("earliest").type == pa.date32()
            assert table.schema.field("org_zh").type in (pa.string(), pa.large_string())
    for name, content in spatial.write_geojson(empty).items():
        info, _ = read(content, tmp_path, name)
        assert info["features"] == 0
