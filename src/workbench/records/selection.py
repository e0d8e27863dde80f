"""What one report may read: a slice of the corpus, declared by parameters, with its closure.

A `Selection` says whose exchange, in which period, as of which day. `select` gives the
records that belong to it and all they lead to (wholes and parts, parties, places, names,
sources), and nothing else. Analysis, figures and prose see only such a slice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import UsageError, did_you_mean
from workbench.records import dates, slicing, wordings
from workbench.records.audience import INTERNAL, PUBLIC
from workbench.records.model import BY_NAME
from workbench.records.slicing import ABSENT_ROLES, PART_OF_A_BODY, REGISTER_TABLES, index_of
from workbench.records.vocabularies import Vocabularies
from workbench.settings import Home, Settings

if TYPE_CHECKING:
    from workbench.records.editions import Comparison
    from workbench.records.view import Sheet

_REPRESENTING = ("office", "mission")  # kinds of body that stand for their parent


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
    held: frozenset[str] = frozenset()  # sources whose dossier has errors: told as it last had none (`records.held`)
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
        other = Corpus({**self.tables, **tables}, self.settings, self.vocabularies, self.selection, self.held,
                       self._names, self._context)  # fmt: skip
        kept = ("members", "abroad", "country_of", "takers", "_principals", "_sources", "_copies")
        other.__dict__.update({name: getattr(self, name) for name in kept})
        return other

    @cached_property
    def digest(self) -> str:
        """A digest of all rows of the slice, and of which of its sources are held: another one where any differs."""
        return _digest(slicing.digest(self.tables), self._context, self.held & {*self["sources"]["source_id"]})

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
        minor = rows[rows["kind"].isin(PART_OF_A_BODY) & rows["parent_id"].notna()]
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


# Parameters of a report that decide which records it may read.
DECLARING = ("home", "start", "end", "partner", "country", "as_of")


def declared(
    tables: dict[str, pd.DataFrame],
    settings: Settings,
    vocabularies: Vocabularies,
    parameters: Mapping[str, Any],
    audience: str,
) -> Selection:
    """The selection that the parameters of a report declare (`DECLARING`); others do not narrow it.

    Raises `UsageError` for one that is not understood.
    """
    given = {name: str(parameters.get(name) or "") for name in DECLARING}
    return Selection(
        choose_home(settings, given["home"] or settings.default_home),
        choose_period(given["start"], given["end"]),
        choose_day(given["as_of"], settings.as_of),
        choose_partners(tables, [given["partner"]] if given["partner"] else []),
        countries=choose_codes(vocabularies, "country", [given["country"]] if given["country"] else []),
        audience=audience,
    )


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
    tables: dict[str, pd.DataFrame], settings: Settings, vocabularies: Vocabularies, selection: Selection,
    held: frozenset[str] = frozenset(),
) -> Corpus:  # fmt: skip
    """The slice of a selection: its records and all they lead to. ``held`` are sources of which only the last good
    version is known.

    Events: those in which the home takes part or is spoken about, if they can lie in the period.
    Agreements, plans and claims: those of the home, the ties of its cities, and what was raised
    at its events, if they can have stood, been voiced or been stated by the end of the period
    (plans and claims: within it). Partners and countries keep what such a body takes part in and the ties of the
    cities where they sit, kinds the
    exchanges of these kinds; an exchange is chosen whole, with all its parts. With them comes whatever
    they lead to: wholes and parts, the event that a step or a plan names, the group of an agreement.
    """
    rows, context = index_of(tables).slice(selection)
    result = {name: frame.take(rows[name]).reset_index(drop=True) for name, frame in tables.items()}
    return Corpus(result, settings, vocabularies, selection, held, preferred_names(result["names"]), context)


def digest_of(tables: dict[str, pd.DataFrame], selection: Selection, held: frozenset[str] = frozenset()) -> str:
    """The digest (`Corpus.digest`) of the slice of a selection, without making it."""
    index = index_of(tables)
    rows, context = index.slice(selection)
    sources = index.ids("sources")
    return _digest(index.digest(rows), context, held & {sources[n] for n in rows["sources"]})


def _digest(rows: bytes, context: frozenset[str], held: frozenset[str]) -> str:
    return hashlib.sha256(rows + json.dumps([sorted(context), sorted(held)]).encode()).hexdigest()


def preferred_names(names: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The preferred name for each id and language (readings of ours included)."""
    rows = names[names["kind"].isin(["preferred", "reading_of_ours"])]
    return {(row.id, row.language): row.text for row in rows.itertuples()}
