"""Names of a register: each distinct one looked up once, exactly or by a person's decision.

A name stands for a body or place of the registers, or for a city of the gazetteer, if it is
exactly one of their names and what stands beside it (country, province, city) leaves one. Else
it is left open as printed, and listed for a decision; nothing is taken by likeness or size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.errors import Problem, did_you_mean
from workbench.records.imports import gazetteer
from workbench.records.imports.gazetteer import City
from workbench.records.imports.mapping import Named
from workbench.records.imports.worksheet import OPEN, Judgement, Name
from workbench.records.registers import Registers, name_key
from workbench.records.vocabularies import Vocabularies


@dataclass(slots=True)
class Resolver:
    """The names of one register. ``found`` maps a name to an id ("" is open), ``waiting`` a name that
    needs a decision to its candidates, ``cities`` the gazetteer's cities in use."""

    registers: Registers
    words: Vocabularies
    decisions: dict[Name, Judgement]
    file: str
    countries: dict[str, str] = field(default_factory=dict)  # as printed, of the mapping
    remembered: dict[Name, str] = field(default_factory=dict)  # what was decided in other registers
    found: dict[Name, str] = field(default_factory=dict)
    waiting: dict[Name, list[str]] = field(default_factory=dict)
    why: dict[Name, str] = field(default_factory=dict)  # for a waiting name why it waits
    kinds: dict[Name, tuple[str, ...]] = field(default_factory=dict)  # of bodies, for waiting names
    cities: dict[str, City] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _codes: dict[str, str] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    _seats: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = gazetteer.country_names() | {
            name_key(text): code for code, term in self.words["country"].items() for text in (code, term.en, term.zh)
        }
        self._codes |= {printed: known.get(name_key(meant), "") for printed, meant in self.countries.items()}
        self._known = known
        for id, row in self.registers.rows["organisations"].items():
            self._seats.setdefault(row["place_id"], []).append(id)

    def resolve(self, named: Named, frame: pd.DataFrame) -> tuple[np.ndarray, list[Name | None], list[str | None]]:
        """The names in one column of names: for each row the number of its name, for each number the
        name (None where the cell is empty) and the id it stands for (None: open)."""
        texts = {key: frame[column] if (column := getattr(named, key)) else "" for key in ("city", "country", "admin1")}
        keys = pd.DataFrame({"printed": frame[named.column], **texts}, index=frame.index)
        groups = keys.groupby(list(keys.columns), sort=False).ngroup()
        distinct = keys.loc[~groups.duplicated()]
        names = [
            Name(named.table, row.printed, row.city, named.in_country or row.country, row.admin1)
            if row.printed
            else None
            for row in distinct.itertuples(index=False)
        ]
        self._look_up(named, [name for name in names if name is not None])
        return groups.to_numpy(), names, [self.found.get(name, "") or None if name else None for name in names]

    def code(self, country: str) -> str:
        """The ISO code of a country as printed; "" when it is not known."""
        if country not in self._codes:
            self._codes[country] = self._known.get(name_key(country), "")
        return self._codes[country]

    def like(self, name: Name) -> list[str]:
        """Ids with a name like a waiting one: slow, and to propose only."""
        found = self.registers.candidates(name.table, name.printed)
        kinds = self.kinds.get(name)
        return [id for id in found if not kinds or self.registers.rows[name.table][id]["kind"] in kinds]

    def told(self, ids: list[str]) -> str:
        """Ids with their names, for a person to choose from."""
        return " | ".join(self._told(id) for id in ids)

    def _told(self, id: str) -> str:
        city = gazetteer.city(id)
        if city:
            return f"{id} ({city.name}, {city.country} {city.admin1}; {city.lat:.2f}, {city.lon:.2f})"
        return f"{id} ({self.registers.name(id, 'en')})"

    # --- one pass over distinct names -----------------------------------------------------

    def _look_up(self, named: Named, names: list[Name]) -> None:
        names = [name for name in dict.fromkeys(names) if name not in self.found and name not in self.waiting]
        for name in [name for name in names if name in self.decisions]:
            self._decided(name, named)
        for name in [name for name in names if name not in self.decisions and name in self.remembered]:
            self._settle(name, named, {self.remembered[name]}, [])
        rest = [name for name in names if name not in self.decisions and name not in self.found]
        if named.table == "organisations" and named.named_by == "name":
            for name in rest:
                self._settle(name, named, self._bodies(name, named), [])
            return
        keys = [(name_key(name.printed), self.code(name.country)) for name in rest]
        cities = gazetteer.find(keys)
        for name, key in zip(rest, keys, strict=True):
            found, candidates = self._places(name, cities.get(key, []))
            self.why[name] = "several places" if len(candidates) > 1 else "no such place known"
            if named.table == "organisations":
                if len(found) == 1:
                    self.why[name] = f"no body of kind {' or '.join(named.kinds)} at {next(iter(found))}"
                found = self._bodies_at(found.pop(), named.kinds) if len(found) == 1 else set()
                candidates = [org for place in candidates for org in sorted(self._bodies_at(place, named.kinds))]
            self._settle(name, named, found, candidates)

    def _settle(self, name: Name, named: Named, found: set[str], candidates: list[str]) -> None:
        if len(found) == 1:
            self.found[name] = next(iter(found))
            self._use(self.found[name])
        else:
            self.waiting[name] = list(dict.fromkeys([*sorted(found), *candidates]))
            if len(found) > 1:
                self.why[name] = "several bodies"
            self.why.setdefault(name, "no body of this name known")
            self.kinds[name] = named.kinds

    def _decided(self, name: Name, named: Named) -> None:
        judgement = self.decisions[name]
        known: Iterable[str] = self.registers.rows[named.table]
        if judgement.decision == OPEN:
            self.found[name] = ""
        elif judgement.decision in known or (named.table == "places" and gazetteer.city(judgement.decision)):
            self.found[name] = judgement.decision
            self._use(judgement.decision)
        else:
            self.found[name] = ""
            self.problems.append(
                Problem(self.file, judgement.line, "decision", f'"{judgement.decision}" is not in {named.table}.csv',
                        "an id of that register, or open" + (", or geonames-number" if named.table == "places" else ""),
                        did_you_mean(judgement.decision, known) or "correct it, or add a row there")
            )  # fmt: skip

    def _use(self, id: str) -> None:
        if id not in self.cities and (city := gazetteer.city(id) if id.startswith(gazetteer.PREFIX) else None):
            self.cities[id] = city

    # --- bodies ---------------------------------------------------------------------------

    def _bodies(self, name: Name, named: Named) -> set[str]:
        rows = self.registers.rows["organisations"]
        found = self.registers.find("organisations", name.printed)
        return {id for id in found if (not named.kinds or rows[id]["kind"] in named.kinds) and self._fits(id, name)}

    def _fits(self, org: str, name: Name) -> bool:
        """Does a body's seat agree with what stands beside its name?"""
        place_id = self.registers.rows["organisations"][org]["place_id"]
        place = self.registers.rows["places"].get(place_id or "")
        if place is None:
            return True
        if name.country and self.code(name.country) != place["country"]:
            return False
        if name.admin1 and place["admin1"] and name_key(name.admin1) != name_key(place["admin1"]):
            return False
        return not name.city or place_id in self.registers.find("places", name.city)

    def _bodies_at(self, place: str, kinds: tuple[str, ...]) -> set[str]:
        """The bodies of a kind that have their seat in a place, their own offices left out."""
        rows = self.registers.rows["organisations"]
        here = {id for id in self._seats.get(place, ()) if rows[id]["kind"] in kinds}
        return {id for id in here if rows[id]["parent_id"] not in here}

    # --- places ---------------------------------------------------------------------------

    def _places(self, name: Name, cities: list[City]) -> tuple[set[str], list[str]]:
        """The ids a name of a place stands for, and all that bear the name."""
        rows = self.registers.rows["places"]
        country = self.code(name.country)
        own = [id for id in sorted(self.registers.find("places", name.printed))
               if not country or rows[id]["country"] == country]  # fmt: skip
        numbers = {rows[id]["geonames_id"] for id in own}
        others = [city for city in cities if city.number not in numbers
                  and not any(city.is_at(rows[id]["lat"], rows[id]["lon"]) for id in own)]  # fmt: skip
        by_id = {city.id: city for city in others}
        every = [*own, *by_id]
        if not country:  # the world is wide: only a place of ours that has no namesake
            return (set(own) if len(every) == 1 else set()), every
        if not name.admin1:
            return set(every), every
        wanted = name_key(name.admin1)
        same = {id for id in own if rows[id]["admin1"] and name_key(rows[id]["admin1"]) == wanted}
        same |= {city.id for city in others if wanted in city.admin1_codes}
        if same or len(every) != 1:
            return same, every
        only = every[0]  # no namesake in the country: taken unless its province is known to be another
        contradicted = bool(rows[only]["admin1"]) if only in rows else by_id[only].admin1_is_named
        return (set() if contradicted else {only}), every
