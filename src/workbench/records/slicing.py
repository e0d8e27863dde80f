"""Which rows a selection holds, found by lookups, so that a slice costs what it holds and not what there is.

`Index` looks at all rows of some tables once. `Index.slice` then goes from the bodies that are asked for to their
records, and from these to whatever they lead to; the rules are told in `selection.select`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.records import dates, wordings
from workbench.records.model import BY_NAME
from workbench.records.vocabularies import LANGUAGES

if TYPE_CHECKING:
    from workbench.records.selection import Selection

# Roles in which somebody is spoken about or asked, not taking part.
ABSENT_ROLES = frozenset({"subject"})
# Tables whose records may come from a register instead of a dossier.
REGISTER_TABLES = ("events", "agreements", "plans", "claims")
_CHOSEN = ("events", "agreements", "plans", "claims", "milestones")  # the others come with these
_ATTACHED = ("parties", "quantities", "assertions", "conflicts")
PART_OF_A_BODY = ("office", "branch_library")
_MISSING = "\ue000"  # a private character: no record has it
_INDEXES: list[Index] = []

Rows = dict[str, np.ndarray]  # for each table the numbers of rows, ascending
Ids = set[str]


def index_of(tables: Mapping[str, pd.DataFrame]) -> Index:
    """The index of some tables, made once as long as they are in use."""
    for known in _INDEXES:
        if len(known.tables) == len(tables) and all(known.tables.get(name) is tables[name] for name in tables):
            return known
    _INDEXES[:] = [Index(dict(tables)), *_INDEXES[:1]]
    return _INDEXES[0]


class Index:
    """Lookups over all tables of a project, each made when it is first asked for."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.tables = tables
        self._values: dict[tuple[str, str], list[Any]] = {}
        self._rows: dict[str, dict[str, int]] = {}
        self._having: dict[tuple[str, str], dict[str, list[int]]] = {}
        self._digests: dict[str, np.ndarray] = {}

    def slice(self, selection: Selection) -> tuple[Rows, frozenset[str]]:
        """The rows of each table that a selection holds, and the records among them that only come with others."""
        return _Slice(self, selection).all()

    def digest(self, rows: Rows) -> bytes:
        """A digest of rows, as `digest` has it of tables cut to these."""
        return _joined((name, self._digests_of(name)[rows[name]]) for name in self.tables)

    def _digests_of(self, table: str) -> np.ndarray:
        if table not in self._digests:
            self._digests[table] = _digests(self.tables[table])
        return self._digests[table]

    def values(self, table: str, column: str) -> list[Any]:
        """A column, None where a value is missing."""
        if (table, column) not in self._values:
            frame = self.tables[table][column]
            self._values[table, column] = frame.astype(object).where(frame.notna(), None).tolist()
        return self._values[table, column]

    def rows(self, table: str) -> dict[str, int]:
        """The row of each id of a table."""
        if table not in self._rows:
            self._rows[table] = {id: n for n, id in enumerate(self.ids(table))}
        return self._rows[table]

    def ids(self, table: str) -> list[str]:
        return self.values(table, BY_NAME[table].key[0])

    def having(self, table: str, column: str) -> dict[str, list[int]]:
        """The rows of a table by the value of a column, those without one left out."""
        if (table, column) not in self._having:
            found: dict[str, list[int]] = defaultdict(list)
            for n, value in enumerate(self.values(table, column)):
                if value is not None:
                    found[value].append(n)
            self._having[table, column] = dict(found)
        return self._having[table, column]

    def with_value(self, table: str, column: str, values: Iterable[str]) -> Ids:
        """The ids of a table's rows that have one of some values in a column."""
        ids, having = self.ids(table), self.having(table, column)
        return {ids[n] for value in values for n in having.get(value, ())}

    @cached_property
    def owned(self) -> dict[str, dict[tuple[str, str], list[int]]]:
        """For each table of what hangs on records its rows by table and id of the record."""
        return {name: _grouped(self.values(name, "record"), self.values(name, "record_id")) for name in _ATTACHED}

    @cached_property
    def named(self) -> dict[tuple[str, str], Ids]:
        """By table of records and body: the records in which it is named, itself or as the body somebody is from."""
        return self._of_parties(("party_id", "for_org"), frozenset())

    @cached_property
    def bound(self) -> dict[tuple[str, str], Ids]:
        """As `named`, itself only."""
        return self._of_parties(("party_id",), frozenset())

    @cached_property
    def taking(self) -> dict[tuple[str, str], Ids]:
        """As `named`, in a role in which it takes part."""
        return self._of_parties(("party_id", "for_org"), ABSENT_ROLES)

    def _of_parties(self, columns: tuple[str, ...], without: frozenset[str]) -> dict[tuple[str, str], Ids]:
        found: dict[tuple[str, str], Ids] = defaultdict(set)
        told = (self.values("parties", column) for column in ("record", "record_id", "role", *columns))
        for record, id, role, *bodies in zip(*told, strict=True):
            for body in bodies:
                if body is not None and role not in without:
                    found[record, body].add(id)
        return dict(found)

    @cached_property
    def country(self) -> dict[str, str | None]:
        """The country of each place."""
        return dict(zip(self.ids("places"), self.values("places", "country"), strict=True))

    # --- dates ----------------------------------------------------------------------------

    def dates(self, table: str) -> list[str | None]:
        """The date in use of each row as EDTF: the reading, else what the source says; of a claim its day."""
        if (table, "date in use") not in self._values:
            if table == "claims":
                return self.values(table, "as_of")
            pairs = zip(self.values(table, "reading"), self.values(table, "edtf"), strict=True)
            self._values[table, "date in use"] = [edtf if reading is None else reading for reading, edtf in pairs]
        return self._values[table, "date in use"]

    @cached_property
    def signed(self) -> dict[str, str | None]:
        """The day on which each agreement was signed or approved, the last that is told."""
        steps = zip(self.values("milestones", "agreement_id"), self.values("milestones", "step"),
                    self.dates("milestones"), strict=True)  # fmt: skip
        return {id: day for id, step, day in steps if step in ("signed", "approved")}

    @cached_property
    def contested(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """For each record whose sources contradict each other on its date, with nobody's decision, every date told."""
        conflicts, told = self.tables["conflicts"], self.tables["assertions"]
        undecided = conflicts["relation"].eq("contradicting") & conflicts["rule"].ne("decision")
        of = conflicts[undecided & conflicts["field"].eq("edtf")]
        wanted = set(zip(of["record"], of["record_id"], strict=True))
        rows = told[told["field"].eq("edtf") & told["record_id"].isin(of["record_id"]) & told["value"].notna()]
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for record, id, value in zip(rows["record"], rows["record_id"], rows["value"], strict=True):
            if (record, id) in wanted:
                found[record, id] = (*found.get((record, id), ()), value)
        return found

    # --- words ----------------------------------------------------------------------------

    @cached_property
    def texts(self) -> dict[str, list[tuple[str, ...]]]:
        """For each table the texts of ours in each row."""
        return wordings.texts_by_row(self.tables)

    @cached_property
    def wordings(self) -> dict[str, list[int]]:
        """The rows of the table of wordings by their text, in any language."""
        found: dict[str, list[int]] = defaultdict(list)
        for language in LANGUAGES:
            for text, rows in self.having("wordings", language).items():
                found[text] += rows
        return dict(found)


class _Slice:
    """The rows of one selection."""

    def __init__(self, index: Index, selection: Selection) -> None:
        self.index, self.selection = index, selection
        self.members = set(selection.home.members)
        organisations = index.rows("organisations")
        kinds = index.values("organisations", "kind")
        of_partners = index.having("organisations", "parent_id")
        ids = index.ids("organisations")
        self.bodies = {id for id in selection.partners if id in organisations}
        for partner in selection.partners:
            self.bodies |= {ids[n] for n in of_partners.get(partner, ()) if kinds[n] in PART_OF_A_BODY}
        self.places: Ids = set()
        if selection.countries:
            self.places = {id for id, code in index.country.items() if code in selection.countries}
            self.bodies |= index.with_value("organisations", "place_id", self.places)

    def all(self) -> tuple[Rows, frozenset[str]]:
        events = self.within("events", self.narrowed_events(self.events()))
        agreements = self.standing(self.narrowed_agreements(self.agreements()))
        plans = self.within("plans", self.narrowed_plans(self.plans(agreements, events), events))
        about = self.members | set(self.selection.partners)
        claims = self.within("claims", self.narrowed_claims(self.claims(about, agreements, events), events))
        steps = self.index.with_value("milestones", "agreement_id", agreements)
        chosen = {"events": events, "agreements": agreements, "plans": plans, "claims": claims, "milestones": steps}
        asked = {id for ids in chosen.values() for id in ids}
        self.follow(chosen)
        context = frozenset(id for ids in chosen.values() for id in ids) - asked
        rows = {name: [n for id in ids if (n := self.index.rows(name).get(id)) is not None]
                for name, ids in chosen.items()}  # fmt: skip
        rows |= self.attached(chosen, rows["events"])
        rows |= self.closure(rows)
        texts = self.index.texts
        used = {text for name, numbers in rows.items() if name in texts for n in numbers for text in texts[name][n]}
        rows["wordings"] = [n for text in used for n in self.index.wordings.get(text, ())]
        return {name: np.array(sorted(set(rows[name])), dtype=np.intp) for name in self.index.tables}, context

    # --- of the home ----------------------------------------------------------------------

    def of(self, named: dict[tuple[str, str], Ids], record: str, bodies: Iterable[str]) -> Ids:
        return {id for body in bodies for id in named.get((record, body), ())}

    def events(self) -> Ids:
        return self.of(self.index.named, "events", self.members)

    def agreements(self) -> Ids:
        """Agreements of the home, and the ties of the cities whose libraries belong to it."""
        index, kinds = self.index, self.index.values("organisations", "kind")
        rows = index.rows("organisations")
        seats = index.values("organisations", "place_id")
        places = {seats[rows[id]] for id in self.members if id in rows and kinds[rows[id]] == "public_library"}
        own = self.of(index.bound, "agreements", self.members)
        return own | self.ties(self.cities(places), index.bound)

    def cities(self, places: Iterable[str | None]) -> Ids:
        """The governments that have their seat in some places."""
        kinds, ids = self.index.values("organisations", "kind"), self.index.ids("organisations")
        there = self.index.having("organisations", "place_id")
        return {ids[n] for place in places if place for n in there.get(place, ()) if kinds[n] == "government"}

    def ties(self, cities: Ids, named: dict[tuple[str, str], Ids]) -> Ids:
        rows, levels = self.index.rows("agreements"), self.index.values("agreements", "level")
        return {id for id in self.of(named, "agreements", cities) if id in rows and levels[rows[id]] == "city"}

    def plans(self, agreements: Ids, events: Ids) -> Ids:
        linked = self.index.with_value("plans", "agreement_id", agreements)
        voiced = self.index.with_value("plans", "raised_at", events)
        return self.of(self.index.named, "plans", self.members) | linked | voiced

    def claims(self, members: Ids, agreements: Ids, events: Ids) -> Ids:
        """Claims about the home or its partners in an agreement, and those made at its events."""
        parties, rows = self.index.values("parties", "party_id"), self.index.owned["parties"]
        bound = {parties[n] for id in agreements for n in rows.get(("agreements", id), ())} - {None}
        about = self.index.with_value("claims", "subject", members | bound)
        return about | self.index.with_value("claims", "raised_at", events)

    # --- in the period --------------------------------------------------------------------

    def within(self, table: str, ids: Ids) -> Ids:
        """Those records that can lie in the period: by their own date (of events the reading, or what the
        source itself says, or any that an undecided contradiction has), else by that of the event at which they were
        voiced or of the text that promises them. What has no date can."""
        period, index = self.selection.period, self.index
        if period is None:
            return ids
        rows, when = index.rows(table), index.dates(table)
        columns = self.index.tables[table].columns
        raised = index.values(table, "raised_at") if "raised_at" in columns else None
        promised = index.values(table, "agreement_id") if "agreement_id" in columns else None
        events, of_event = index.rows("events"), index.dates("events")
        found = set()
        for id in ids:
            n = rows.get(id)
            if n is None:
                continue
            text = when[n]
            own = index.values(table, "edtf")[n] if table == "events" else text
            if text is None and raised is not None and raised[n] in events:
                text = of_event[events[raised[n]]]
            if text is None and promised is not None:
                text = index.signed.get(promised[n])
            told = (text, own, *index.contested.get((table, id), ()))
            if text is None or any(_overlap(one, period) for one in told if one is not None):
                found.add(id)
        return found

    def standing(self, ids: Ids) -> Ids:
        """Agreements that can have stood by the end of the period; those without a dated step can."""
        period = self.selection.period
        if period is None or period.latest is None:
            return ids
        steps, days = self.index.having("milestones", "agreement_id"), self.index.dates("milestones")
        found = set()
        for id in ids:
            dated = [dates.parse(day).earliest or dt.date.min for n in steps.get(id, ()) if (day := days[n])]
            if min(dated, default=dt.date.min) <= period.latest:
                found.add(id)
        return found

    # --- narrowed -------------------------------------------------------------------------

    def narrowed_events(self, ids: Ids) -> Ids:
        """The events of whole exchanges (a topmost event of ``ids`` with all inside it) that are asked for."""
        if not (self.selection.narrowed or self.selection.kinds):
            return ids
        rows, wholes = self.index.rows("events"), self.index.values("events", "part_of")

        def top(id: str) -> str:
            found, seen = id, id
            while (n := rows.get(seen)) is not None and wholes[n] is not None:
                seen = wholes[n]
                found = seen if seen in ids else found
            return found

        tops = {id: top(id) for id in ids}
        kinds = self.index.values("events", "type")
        kept = {id for id in ids if tops[id] == id and id in rows
                and (not self.selection.kinds or kinds[rows[id]] in self.selection.kinds)}  # fmt: skip
        if self.selection.narrowed:
            with_them = self.of(self.index.taking, "events", self.bodies)
            with_them |= self.index.with_value("events", "place_id", self.places)
            kept &= {top(id) for id in with_them}
        return {id for id in ids if tops[id] in kept}

    def narrowed_agreements(self, ids: Ids) -> Ids:
        """The agreements that bind such a body or the city of its seat, groups and children with each other."""
        if not self.selection.narrowed:
            return ids
        rows, parents = self.index.rows("agreements"), self.index.values("agreements", "parent_id")
        seats, bodies = self.index.values("organisations", "place_id"), self.index.rows("organisations")
        cities = self.cities({seats[bodies[id]] for id in self.bodies})
        own = (self.of(self.index.taking, "agreements", self.bodies) | self.ties(cities, self.index.taking)) & ids
        above = {parents[rows[id]] for id in own if id in rows} - {None}
        return (own | self.index.with_value("agreements", "parent_id", own) | above) & ids

    def narrowed_plans(self, ids: Ids, events: Ids) -> Ids:
        """The plans with such a body; those that name nobody outside the home, if they were voiced at its events."""
        if not self.selection.narrowed:
            return ids
        voiced = self.index.with_value("plans", "raised_at", events)
        alone = {id for id in voiced & ids if not self.names_others(id)}
        return ids & (self.of(self.index.taking, "plans", self.bodies) | alone)

    def names_others(self, plan: str) -> bool:
        """Does a body that is none of the home take part in a plan?"""
        index = self.index
        for n in index.owned["parties"].get(("plans", plan), ()):
            if index.values("parties", "role")[n] not in ABSENT_ROLES:
                bodies = (index.values("parties", "party_id")[n], index.values("parties", "for_org")[n])
                if any(body in index.rows("organisations") and body not in self.members for body in bodies):
                    return True
        return False

    def narrowed_claims(self, ids: Ids, events: Ids) -> Ids:
        """The claims about such a body and those stated at its events."""
        if not self.selection.narrowed:
            return ids
        about = self.index.with_value("claims", "subject", self.bodies)
        return ids & (about | self.index.with_value("claims", "raised_at", events))

    # --- what they lead to ----------------------------------------------------------------

    def follow(self, chosen: dict[str, Ids]) -> None:
        """Add to the chosen records whatever their columns lead to, and the parts of events, until
        nothing is missing."""
        links = {
            name: [(self.index.values(name, column.name), column.refers_to) for column in BY_NAME[name].fields
                   if column.refers_to in chosen]
            for name in chosen
        }  # fmt: skip
        new = [(name, id) for name, ids in chosen.items() for id in ids]
        while new:
            name, id = new.pop()
            n = self.index.rows(name).get(id)
            reached = [(target, values[n]) for values, target in links[name] if n is not None]
            if name == "events":
                reached += [("events", part) for part in self.index.with_value("events", "part_of", [id])]
            if name == "agreements":
                reached += [("milestones", step) for step in self.index.with_value("milestones", "agreement_id", [id])]
            for target, found in reached:
                if found is not None and found not in chosen[target]:
                    chosen[target].add(found)
                    new.append((target, found))

    def attached(self, chosen: dict[str, Ids], events: list[int]) -> dict[str, list[int]]:
        """The rows that hang on chosen records: parties, quantities, outputs, assertions, conflicts."""
        index = self.index
        found = {
            name: [n for record, ids in chosen.items() for id in ids for n in index.owned[name].get((record, id), ())]
            for name in _ATTACHED
        }
        outputs = index.having("outputs", "event_id")
        found["outputs"] = [n for id in chosen["events"] for n in outputs.get(id, ())]
        for name, column in (("programmes", "programme"), ("series", "series")):
            values = index.values("events", column)
            found[name] = self.rows_of(name, {values[n] for n in events})
        people = {index.values("parties", "party_id")[n] for n in found["parties"]}
        of_person, at = index.having("posts", "person_id"), index.values("posts", "event_id")
        found["posts"] = [n for id in people if id for n in of_person.get(id, ())
                          if at[n] is None or at[n] in chosen["events"]]  # fmt: skip
        return found

    def closure(self, rows: Mapping[str, list[int]]) -> dict[str, list[int]]:
        """Registers, names and sources that the kept records lead to; the bodies asked for are there in any case."""

        def of(table: str, column: str) -> Ids:
            values = self.index.values(table, column)
            return {values[n] for n in rows[table]} - {None}

        bodies = self.members | set(self.selection.partners) | of("parties", "party_id") | of("parties", "for_org")
        bodies |= of("claims", "subject") | of("programmes", "funder_id")
        parents = self.index.values("organisations", "parent_id")
        bodies |= {parents[n] for n in self.rows_of("organisations", bodies)} - {None}
        organisations = self.rows_of("organisations", bodies)
        seats = self.index.values("organisations", "place_id")
        places = ({seats[n] for n in organisations} | of("events", "place_id") | of("plans", "place_id")) - {None}
        cited = of("assertions", "source_id").union(*(of(name, "register_id") for name in REGISTER_TABLES))
        sources = self.rows_of("sources", cited)
        publishers = self.index.values("sources", "publisher_id")
        # A publisher is named, though it is no party.
        named = bodies | places | ({publishers[n] for n in sources} - {None})
        names = self.index.having("names", "id")
        return {
            "organisations": organisations,
            "people": self.rows_of("people", bodies),
            "places": self.rows_of("places", places),
            "names": [n for id in named for n in names.get(id, ())],
            "sources": sources,
        }

    def rows_of(self, table: str, ids: Iterable[str | None]) -> list[int]:
        rows = self.index.rows(table)
        return [rows[id] for id in ids if id in rows]


# --- digests --------------------------------------------------------------------------------


def digest(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """A digest of all rows of some tables, in their order: another one where any value differs."""
    return _joined((name, _digests(frame)) for name, frame in tables.items())


def _joined(digests: Iterable[tuple[str, np.ndarray]]) -> bytes:
    found = hashlib.sha256()
    for name, own in digests:
        found.update(f"{name}:{len(own)}\n".encode() + own.tobytes())
    return found.digest()


def _digests(frame: pd.DataFrame) -> np.ndarray:
    """For each row a number that follows from its values, as text."""
    found = np.zeros(len(frame), dtype=np.uint64)
    for name in frame.columns:
        texts = frame[name].astype("string").fillna(_MISSING).to_numpy(dtype=object)
        found = found * np.uint64(1099511628211) + pd.util.hash_array(texts, categorize=True)
    return found


def _grouped(records: list[Any], ids: list[Any]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n, owner in enumerate(zip(records, ids, strict=True)):
        found[owner].append(n)
    return dict(found)


def _overlap(text: str, period: dates.EdtfDate) -> bool:
    return dates.parse(text).overlaps(period)
