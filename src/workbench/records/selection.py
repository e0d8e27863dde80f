"""What one report may read: a slice of the corpus, declared by parameters, with its closure.

A `Selection` says whose exchange, in which period, as of which day. `select` gives the
records that belong to it and all they lead to (wholes and parts, parties, places, names,
sources), and nothing else. Analysis, figures and prose see only such a slice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import UsageError, did_you_mean
from workbench.records import dates, wordings
from workbench.records.audience import INTERNAL, PUBLIC
from workbench.records.model import BY_NAME
from workbench.records.vocabularies import Vocabularies
from workbench.settings import Home, Settings

if TYPE_CHECKING:
    from workbench.records.editions import Comparison
    from workbench.records.view import Sheet

_PART_OF_A_BODY = ("office", "branch_library")
_REPRESENTING = ("office", "mission")  # kinds of body that stand for their parent
# Roles in which somebody is spoken about or asked, not taking part.
ABSENT_ROLES = frozenset({"subject"})
# Tables whose records may come from a register instead of a dossier.
REGISTER_TABLES = ("events", "agreements", "plans", "claims")


@dataclass(frozen=True, slots=True)
class Selection:
    """The parameters that decide what a report may read.

    ``partners`` (bodies of the register), ``kinds`` (of event) and ``countries`` (ISO 3166 codes)
    narrow it further; empty means all of them. ``audience`` is the one that the tables were made for.
    """

    home: Home
    period: dates.EdtfDate | None
    as_of: dt.date
    partners: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    audience: str = INTERNAL

    @property
    def unbounded(self) -> bool:
        """Is it all that is on record of the home?"""
        return self.period is None and not (self.partners or self.kinds or self.countries)

    @property
    def narrowed(self) -> bool:
        """Does it ask for certain partners or countries?"""
        return bool(self.partners or self.countries)


@dataclass(frozen=True)
class Corpus:
    """The tables of a selection, with the words and names that belong to them."""

    tables: dict[str, pd.DataFrame]
    settings: Settings
    vocabularies: Vocabularies
    selection: Selection
    _names: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _context: frozenset[str] = field(default_factory=frozenset, repr=False)
    _compare: Callable[[], Comparison | None] | None = field(default=None, repr=False)

    def __getitem__(self, table: str) -> pd.DataFrame:
        """A table by name. Raises KeyError when the codebook has none of that name."""
        return self.tables[table]

    @property
    def withheld(self) -> bool:
        """May sources have been left out for this audience? True of every public slice, whether a source is
        internal or not: else the slice would betray that there is one."""
        return self.selection.audience == PUBLIC

    @cached_property
    def since(self) -> Comparison | None:
        """What differs from the newest released edition for this audience, over the whole project (`evidence` keeps
        to the slice). None where there is no earlier edition, or none was asked for."""
        return self._compare() if self._compare else None

    def row(self, table: str, id: str) -> Mapping[str, Any]:
        """One record by column; raises KeyError when the slice has none of that id."""
        if table not in self._rows:
            key = BY_NAME[table].key[0]
            self._rows[table] = dict(zip(self[table][key], self[table].to_dict("records"), strict=True))
        return self._rows[table][id]

    @cached_property
    def _rows(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {}

    def own(self, table: str) -> pd.DataFrame:
        """The rows of a table that the selection asks for, without those that only come with them
        (another home's agreement that an event names, an event of another time at which a plan was voiced)."""
        frame = self.tables[table]
        return frame[~frame[BY_NAME[table].key[0]].isin(self._context)]

    def name(self, id: str, language: str) -> str:
        """The name of a body, person or place in a language; raises KeyError where none is known."""
        return self._names[id, language]

    def has_name(self, id: str, language: str) -> bool:
        """Is there a name in that language?"""
        return (id, language) in self._names

    def label(self, vocabulary: str, code: str, language: str) -> str:
        """The word for a code in a language."""
        return self.vocabularies.label(vocabulary, code, language)

    def wording(self, text: str, language: str) -> str:
        """A text of ours in a language: itself where it is written in that language, else as the table of
        wordings has it; raises KeyError where that has none."""
        return wordings.word(self._wordings, text, language)

    @cached_property
    def _wordings(self) -> dict[tuple[str, str], str]:
        return wordings.index(self["wordings"].to_dict("records"))

    def show(self, id: str) -> Sheet:
        """One record of the slice whole, as text and as HTML; raises `UsageError` for an unknown id."""
        from workbench.records.view import show

        return show(self.tables, id)

    def revalued(self, tables: dict[str, pd.DataFrame]) -> Corpus:
        """The same records with other values in some tables; what is known of bodies and sources is taken over,
        so these tables must name the same parties and sources."""
        other = Corpus({**self.tables, **tables}, self.settings, self.vocabularies, self.selection, self._names,
                       self._context)  # fmt: skip
        kept = ("members", "abroad", "country_of", "takers", "_principals", "_sources", "_copies")
        other.__dict__.update({name: getattr(self, name) for name in kept})
        return other

    @cached_property
    def members(self) -> frozenset[str]:
        """The bodies of the home."""
        return frozenset(self.selection.home.members)

    @cached_property
    def abroad(self) -> dict[str, bool]:
        """For each body whether it counts as abroad. International bodies do; a body without
        a seat in the register has no entry."""
        organisations = self["organisations"].set_index("org_id")
        places = self["places"].set_index("place_id")
        found: dict[str, bool] = {}
        for id, row in organisations.iterrows():
            if row["kind"] == "international_body":
                found[str(id)] = True
            elif not pd.isna(row["place_id"]):
                found[str(id)] = self.counts_abroad(places.loc[row["place_id"], "country"])
        for id, row in organisations.iterrows():
            parent = "" if pd.isna(row["parent_id"]) else str(row["parent_id"])
            if row["kind"] in _REPRESENTING and parent in found:
                found[str(id)] = found[parent]  # an office or an embassy, wherever it stands
        return found

    @cached_property
    def country_of(self) -> dict[str, str]:
        """For each body with a seat the country or region it counts for (ISO 3166): an office or a mission
        counts for that of its parent, wherever it stands."""
        places = dict(zip(self["places"]["place_id"], self["places"]["country"], strict=True))
        rows = self["organisations"]
        seats = rows.set_index("org_id")["place_id"].map(places, na_action="ignore").dropna().to_dict()
        minor = rows[rows["kind"].isin(_REPRESENTING) & rows["parent_id"].isin(list(seats))]
        return seats | {org: seats[parent] for org, parent in zip(minor["org_id"], minor["parent_id"], strict=True)}

    def principal(self, org_id: str) -> str:
        """The body an office or branch belongs to; any other body itself."""
        return self._principals.get(org_id, org_id)

    @cached_property
    def _principals(self) -> dict[str, str]:
        rows = self["organisations"]
        minor = rows[rows["kind"].isin(_PART_OF_A_BODY) & rows["parent_id"].notna()]
        return dict(zip(minor["org_id"], minor["parent_id"], strict=True))

    def counts_abroad(self, country: str) -> bool:
        """Does a country or region count as abroad under the settings?"""
        if country in self.settings.regions:
            return self.settings.regions_count
        return country != self.settings.home_country

    @cached_property
    def takers(self) -> pd.DataFrame:
        """Parties that took part, with the body each stands for in ``org_id`` (may be missing)."""
        parties = self["parties"]
        present = parties[~parties["role"].isin(ABSENT_ROLES)].copy()
        own = present["party_id"].where(present["party"] == "org")
        present["org_id"] = own.fillna(present["for_org"])
        return present

    def sources_of(self, record: str, ids: Iterable[str]) -> list[str]:
        """The sources of some records of one table, in the order of their ids."""
        return sorted({source for id in ids for source in self._sources.get((record, id), ())})

    def witnesses_of(self, record: str, id: str) -> list[str]:
        """The sources of a record that are no copies of another (codebook §3, rule 9)."""
        return [source for source in self.sources_of(record, [id]) if source not in self._copies]

    @cached_property
    def _copies(self) -> frozenset[str]:
        return frozenset(self["sources"].loc[self["sources"]["copy_of"].notna(), "source_id"])

    @cached_property
    def _sources(self) -> dict[tuple[str, str], set[str]]:
        rows = self["assertions"]
        found: dict[tuple[str, str], set[str]] = {}
        for record, id, source in zip(rows["record"], rows["record_id"], rows["source_id"], strict=True):
            found.setdefault((record, id), set()).add(source)
        for record in REGISTER_TABLES:
            rows = self[record][self[record]["register_id"].notna()]
            for id, source in zip(rows[BY_NAME[record].key[0]], rows["register_id"], strict=True):
                found.setdefault((record, id), set()).add(source)
        steps = self["milestones"]
        for id, whole in zip(steps["milestone_id"], steps["agreement_id"], strict=True):
            if ("milestones", id) not in found:  # a step in a register stands in the row of its agreement
                found["milestones", id] = found.get(("agreements", whole), set())
        return found

    def register_rows(self, source: str, records: Iterable[tuple[str, str]]) -> list[int]:
        """The rows of a register in which some records (table and id) stand, in order."""
        return sorted({row for record in set(records) for row in self._register_rows.get((source, *record), ())})

    @cached_property
    def _register_rows(self) -> dict[tuple[str, str, str], tuple[int, ...]]:
        found: dict[tuple[str, str, str], tuple[int, ...]] = {}
        for record in REGISTER_TABLES:
            rows = self[record][self[record]["register_id"].notna()]
            for source, id, row in zip(
                rows["register_id"], rows[BY_NAME[record].key[0]], rows["register_row"], strict=True
            ):
                found[source, record, id] = (*found.get((source, record, id), ()), int(row))
        return found


def choose_home(settings: Settings, home: str) -> Home:
    """The home of that id; raises `UsageError` naming the near ones."""
    if home not in settings.homes:
        hint = did_you_mean(home, settings.homes)
        known = ", ".join(settings.homes)
        raise UsageError(
            f'home = "{home}" is not in workbench.toml. {hint or "Known are"} {"" if hint else known}'.strip()
        )
    return settings.homes[home]


def choose_partners(tables: dict[str, pd.DataFrame], partners: Iterable[str]) -> tuple[str, ...]:
    """The bodies of these ids or names (in any language); raises `UsageError` naming the near ones."""
    names = tables["names"]
    known = set(tables["organisations"]["org_id"])
    by_name = {row.text.casefold(): row.id for row in names[names["of"] == "organisations"].itertuples()}
    found = []
    for asked in partners:
        id = asked if asked in known else by_name.get(asked.casefold())
        if id is None:
            hint = did_you_mean(asked, known | set(by_name)) or "`workbench export --to xlsx` lists the register."
            raise UsageError(f'partner = "{asked}" is no body of the register. {hint}')
        found.append(id)
    return tuple(dict.fromkeys(found))


def choose_codes(vocabularies: Vocabularies, name: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Codes of a word list; raises `UsageError` naming the near ones for a code that it does not have."""
    chosen = tuple(dict.fromkeys(codes))
    for code in chosen:
        if code not in vocabularies[name]:
            listed, todo = vocabularies.explain(name, code)
            raise UsageError(f'"{code}" is not in the word list {name} ({listed}): {todo}')
    return chosen


def choose_day(text: str, default: dt.date) -> dt.date:
    """The day as of which is spoken; ``default`` where the text is empty. Raises `UsageError` for no day."""
    if not text:
        return default
    try:
        return dates.single_day(text)
    except dates.DateError as error:
        raise UsageError(f"as_of: {error}") from None


def choose_period(start: str, end: str) -> dates.EdtfDate | None:
    """The period from ``start`` to ``end`` (EDTF dates or empty); None for all time."""
    if not start and not end:
        return None
    try:
        return dates.parse(f"{start or '..'}/{end or '..'}")
    except dates.DateError as error:
        raise UsageError(f'start = "{start}", end = "{end}": {error}') from None


def select(
    tables: dict[str, pd.DataFrame], settings: Settings, vocabularies: Vocabularies, selection: Selection
) -> Corpus:
    """The slice of a selection: its records and all they lead to.

    Events: those in which the home takes part or is spoken about, if they can lie in the period.
    Agreements, plans and claims: those of the home, the ties of its cities, and what was raised
    at its events, if they can have stood, been voiced or been stated by the end of the period
    (plans and claims: within it). Partners and countries keep what such a body takes part in and the ties of the
    cities where they sit, kinds the
    exchanges of these kinds; an exchange is chosen whole, with all its parts. With them comes whatever
    they lead to: wholes and parts, the event that a step or a plan names, the group of an agreement.
    """
    members, period = set(selection.home.members), selection.period
    narrowing = _Narrowing(tables, selection)
    events = _within(tables, "events", narrowing.events(_events(tables, members)), period)
    agreements = _standing(tables, narrowing.agreements(_agreements(tables, members)), period)
    plans = _within(tables, "plans", narrowing.plans(_plans(tables, members, agreements, events), events), period)
    about = members | set(selection.partners)
    claims = _within(tables, "claims", narrowing.claims(_claims(tables, about, agreements, events), events), period)
    milestones = tables["milestones"]
    steps = set(milestones.loc[milestones["agreement_id"].isin(agreements), "milestone_id"])
    chosen = {"events": events, "agreements": agreements, "plans": plans, "claims": claims, "milestones": steps}
    asked = {id for ids in chosen.values() for id in ids}
    _follow(tables, chosen)
    context = frozenset(id for ids in chosen.values() for id in ids) - asked
    kept = {
        name: frame[frame[BY_NAME[name].key[0]].isin(chosen[name])] for name, frame in tables.items() if name in chosen
    }
    kept |= _attached(tables, chosen)
    kept |= _closure(tables, kept, members | set(selection.partners))
    kept["wordings"] = wordings.used(tables["wordings"], kept)
    result = {name: kept[name].reset_index(drop=True) for name in tables}
    return Corpus(result, settings, vocabularies, selection, preferred_names(result["names"]), context)


def _within(tables: dict[str, pd.DataFrame], table: str, ids: set[str], period: dates.EdtfDate | None) -> set[str]:
    """Those records that can lie in the period: by their own date (of events the reading, or what the
    source itself says, or any that an undecided contradiction has), else by that of the event at which they were
    voiced or of the text that promises them. What has no date can."""
    if period is None:
        return ids
    frame = tables[table]
    when = _dates(frame, "as_of" if table == "claims" else None)
    said = frame["edtf"] if table == "events" else when  # of an exchange can be said that it is outside
    if "raised_at" in frame:
        of_event = dict(zip(tables["events"]["event_id"], _dates(tables["events"]), strict=True))
        when = when.where(when.notna(), frame["raised_at"].map(of_event, na_action="ignore"))
    if "agreement_id" in frame:
        steps = tables["milestones"][tables["milestones"]["step"].isin(["signed", "approved"])]
        signed = dict(zip(steps["agreement_id"], _dates(steps), strict=True))
        when = when.where(when.notna(), frame["agreement_id"].map(signed, na_action="ignore"))
    contested = _contested(tables, table)
    can = [
        pd.isna(text)
        or any(dates.parse(one).overlaps(period) for one in (text, own, *contested.get(id, ())) if not pd.isna(one))
        for id, text, own in zip(frame[BY_NAME[table].key[0]], when, said, strict=True)
    ]
    return ids & set(frame.loc[can, BY_NAME[table].key[0]])


def _contested(tables: dict[str, pd.DataFrame], table: str) -> dict[str, tuple[str, ...]]:
    """For each record whose sources contradict each other on its date, with nobody's decision, every date told."""
    conflicts, told = tables["conflicts"], tables["assertions"]
    undecided = conflicts["relation"].eq("contradicting") & conflicts["rule"].ne("decision")
    ids = conflicts.loc[undecided & conflicts["record"].eq(table) & conflicts["field"].eq("edtf"), "record_id"]
    if ids.empty:
        return {}
    rows = told[told["record"].eq(table) & told["record_id"].isin(ids) & told["field"].eq("edtf")]
    return {str(id): tuple(group.dropna()) for id, group in rows.groupby("record_id")["value"]}


def _standing(tables: dict[str, pd.DataFrame], ids: set[str], period: dates.EdtfDate | None) -> set[str]:
    """Agreements that can have stood by the end of the period; those without a dated step can."""
    if period is None or period.latest is None:
        return ids
    steps = tables["milestones"]
    texts = _dates(steps)
    started: dict[str, dt.date] = {}
    for id, text in zip(steps["agreement_id"], texts, strict=True):
        if not pd.isna(text):
            earliest = dates.parse(text).earliest
            started[id] = min(started.get(id, dt.date.max), earliest or dt.date.min)
    return {id for id in ids if started.get(id, dt.date.min) <= period.latest}


def _dates(frame: pd.DataFrame, column: str | None = None) -> pd.Series:
    """The date in use of each row as EDTF: the reading, else what the source says."""
    return frame[column] if column else frame["reading"].fillna(frame["edtf"])


def _follow(tables: dict[str, pd.DataFrame], chosen: dict[str, set[str]]) -> None:
    """Add to the chosen records whatever their columns lead to, and the parts of events, until
    nothing is missing."""
    links = [
        (name, column.name, column.refers_to)
        for name in chosen
        for column in BY_NAME[name].fields
        if column.refers_to in chosen
    ]
    while True:
        before = sum(map(len, chosen.values()))
        for name, column, target in links:
            frame = tables[name]
            chosen[target] |= set(frame.loc[frame[BY_NAME[name].key[0]].isin(chosen[name]), column].dropna())
        events, milestones = tables["events"], tables["milestones"]
        chosen["events"] |= set(events.loc[events["part_of"].isin(chosen["events"]), "event_id"])
        of_agreements = milestones["agreement_id"].isin(chosen["agreements"])
        chosen["milestones"] |= set(milestones.loc[of_agreements, "milestone_id"])
        if sum(map(len, chosen.values())) == before:
            return


def preferred_names(names: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The preferred name for each id and language (readings of ours included)."""
    rows = names[names["kind"].isin(["preferred", "reading_of_ours"])]
    return {(row.id, row.language): row.text for row in rows.itertuples()}


def _events(tables: dict[str, pd.DataFrame], members: set[str]) -> set[str]:
    parties = tables["parties"]
    ours = parties["party_id"].isin(members) | parties["for_org"].isin(members)
    return set(parties.loc[(parties["record"] == "events") & ours, "record_id"])


def _agreements(tables: dict[str, pd.DataFrame], members: set[str]) -> set[str]:
    """Agreements of the home, and the ties of the cities whose libraries belong to it."""
    organisations, parties = tables["organisations"], tables["parties"]
    of_city = organisations["org_id"].isin(members) & (organisations["kind"] == "public_library")
    own_places = set(organisations.loc[of_city, "place_id"].dropna())
    in_place = organisations["place_id"].isin(own_places) & (organisations["kind"] == "government")
    cities = set(organisations.loc[in_place, "org_id"])
    of_agreements = parties[parties["record"] == "agreements"]
    agreements = tables["agreements"]
    city_level = set(agreements.loc[agreements["level"] == "city", "agreement_id"])
    own = set(of_agreements.loc[of_agreements["party_id"].isin(members), "record_id"])
    ties = set(of_agreements.loc[of_agreements["party_id"].isin(cities), "record_id"]) & city_level
    return own | ties


def _plans(tables: dict[str, pd.DataFrame], members: set[str], agreements: set[str], events: set[str]) -> set[str]:
    plans, parties = tables["plans"], tables["parties"]
    named = parties[
        (parties["record"] == "plans") & (parties["party_id"].isin(members) | parties["for_org"].isin(members))
    ]
    linked = plans["agreement_id"].isin(agreements) | plans["raised_at"].isin(events)
    return set(named["record_id"]) | set(plans.loc[linked, "plan_id"])


def _claims(tables: dict[str, pd.DataFrame], members: set[str], agreements: set[str], events: set[str]) -> set[str]:
    """Claims about the home or its partners in an agreement, and those made at its events."""
    claims, parties = tables["claims"], tables["parties"]
    bound = parties[(parties["record"] == "agreements") & parties["record_id"].isin(agreements)]
    about = claims["subject"].isin(members | set(bound["party_id"].dropna()))
    return set(claims.loc[about | claims["raised_at"].isin(events), "claim_id"])


class _Narrowing:
    """Keeps the records that concern certain partners, countries and kinds of event."""

    def __init__(self, tables: dict[str, pd.DataFrame], selection: Selection) -> None:
        self.tables, self.selection = tables, selection
        organisations, places = tables["organisations"], tables["places"]
        country = dict(zip(places["place_id"], places["country"], strict=True))
        seats = organisations["place_id"].map(country, na_action="ignore")
        wanted = organisations["org_id"].isin(selection.partners) | seats.isin(selection.countries)
        minor = organisations["kind"].isin(_PART_OF_A_BODY) & organisations["parent_id"].isin(selection.partners)
        self.bodies = set(organisations.loc[wanted | minor, "org_id"])
        self.abroad = set(organisations["org_id"]) - set(selection.home.members)
        self.places = {id for id, code in country.items() if code in selection.countries}

    def events(self, ids: set[str]) -> set[str]:
        """The events of whole exchanges (a topmost event of ``ids`` with all inside it) that are asked for."""
        if not (self.selection.narrowed or self.selection.kinds):
            return ids
        events = self.tables["events"].set_index("event_id")
        whole = events["part_of"].dropna().to_dict()

        def top(id: str) -> str:
            found, seen = id, id
            while seen in whole:
                seen = whole[seen]
                found = seen if seen in ids else found
            return found

        tops = {id: top(id) for id in events.index}
        kept = {id for id in set(tops.values()) & ids if not self.selection.kinds
                or events.loc[id, "type"] in self.selection.kinds}  # fmt: skip
        if self.selection.narrowed:
            with_them = self._with("events", self.bodies) | set(events.index[events["place_id"].isin(self.places)])
            kept &= {tops[id] for id in with_them}
        return {id for id in ids if tops[id] in kept}

    def agreements(self, ids: set[str]) -> set[str]:
        """The agreements that bind such a body or the city of its seat, groups and children with each other."""
        if not self.selection.narrowed:
            return ids
        table = self.tables["agreements"]
        own = (self._with("agreements", self.bodies) | self._of_their_cities()) & ids
        parents = set(table.loc[table["agreement_id"].isin(own), "parent_id"].dropna())
        return (own | set(table.loc[table["parent_id"].isin(own), "agreement_id"]) | parents) & ids

    def _of_their_cities(self) -> set[str]:
        """The ties of the cities in which such a body has its seat."""
        organisations, table = self.tables["organisations"], self.tables["agreements"]
        seats = set(organisations.loc[organisations["org_id"].isin(self.bodies), "place_id"].dropna())
        there = organisations["place_id"].isin(seats) & organisations["kind"].eq("government")
        with_them = self._with("agreements", set(organisations.loc[there, "org_id"]))
        return with_them & set(table.loc[table["level"] == "city", "agreement_id"])

    def plans(self, ids: set[str], events: set[str]) -> set[str]:
        """The plans with such a body; those that name nobody outside the home, if they were voiced at its events."""
        if not self.selection.narrowed:
            return ids
        table = self.tables["plans"]
        voiced = set(table.loc[table["raised_at"].isin(events), "plan_id"])
        return ids & (self._with("plans", self.bodies) | (voiced - self._with("plans", self.abroad)))

    def claims(self, ids: set[str], events: set[str]) -> set[str]:
        """The claims about such a body and those stated at its events."""
        if not self.selection.narrowed:
            return ids
        table = self.tables["claims"]
        wanted = table["subject"].isin(self.bodies) | table["raised_at"].isin(events)
        return ids & set(table.loc[wanted, "claim_id"])

    def _with(self, record: str, bodies: set[str]) -> set[str]:
        parties = self.tables["parties"]
        own = (parties["record"] == record) & ~parties["role"].isin(ABSENT_ROLES)
        named = parties["party_id"].isin(bodies) | parties["for_org"].isin(bodies)
        return set(parties.loc[own & named, "record_id"])


def _attached(tables: dict[str, pd.DataFrame], chosen: dict[str, set[str]]) -> dict[str, pd.DataFrame]:
    """The rows that hang on chosen records: parties, quantities, outputs, assertions, conflicts."""
    attached = {}
    for name in ("parties", "quantities", "assertions", "conflicts"):
        frame = tables[name]
        mask = pd.Series(False, index=frame.index)
        for record, ids in chosen.items():
            mask |= (frame["record"] == record) & frame["record_id"].isin(ids)
        attached[name] = frame[mask]
    outputs = tables["outputs"]
    attached["outputs"] = outputs[outputs["event_id"].isin(chosen["events"])]
    events = tables["events"][tables["events"]["event_id"].isin(chosen["events"])]
    for name, column in (("programmes", "programme"), ("series", "series")):
        frame = tables[name]
        attached[name] = frame[frame[BY_NAME[name].key[0]].isin(set(events[column].dropna()))]
    posts = tables["posts"]
    people = set(attached["parties"]["party_id"].dropna())
    attached["posts"] = posts[
        posts["person_id"].isin(people) & (posts["event_id"].isin(chosen["events"]) | posts["event_id"].isna())
    ]
    return attached


def _closure(
    tables: dict[str, pd.DataFrame], kept: dict[str, pd.DataFrame], asked: set[str]
) -> dict[str, pd.DataFrame]:
    """Registers, names and sources that the kept records lead to; the bodies asked for are there in any case."""
    parties = kept["parties"]
    bodies = asked | set(parties["party_id"].dropna()) | set(parties["for_org"].dropna())
    bodies |= set(kept["claims"]["subject"].dropna()) | set(kept["programmes"]["funder_id"].dropna())
    organisations = tables["organisations"]
    bodies |= set(organisations.loc[organisations["org_id"].isin(bodies), "parent_id"].dropna())
    kept_bodies = organisations[organisations["org_id"].isin(bodies)]
    places = set(kept_bodies["place_id"].dropna())
    places |= set(kept["events"]["place_id"].dropna()) | set(kept["plans"]["place_id"].dropna())
    names = tables["names"]
    cited = set(kept["assertions"]["source_id"].dropna())
    cited |= {id for name in REGISTER_TABLES for id in kept[name]["register_id"].dropna()}
    sources = tables["sources"][tables["sources"]["source_id"].isin(cited)]
    named = bodies | places | set(sources["publisher_id"].dropna())  # a publisher is named, though it is no party
    return {
        "organisations": kept_bodies,
        "people": tables["people"][tables["people"]["person_id"].isin(bodies)],
        "places": tables["places"][tables["places"]["place_id"].isin(places)],
        "names": names[names["id"].isin(named)],
        "sources": sources,
    }
