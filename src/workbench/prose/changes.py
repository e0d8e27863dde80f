"""What is different from the newest released edition, as facts for the passages of the template *changes*.

`section` gives the paragraphs with which an overview or an annual report begins; `told` the same as plain text, for
the program and for mail. Records that are gone have no row in the slice any more: what is said of them comes from
the edition, and their names are texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd
from markupsafe import Markup

from workbench.analysis import agreements, evidence, flows
from workbench.prose import facts
from workbench.prose.facts import Fact, RecordId
from workbench.prose.words import ProseError, Words
from workbench.records import dates
from workbench.records.editions import ALTERED, NEW, RECORDED, WITHDRAWN, Change, Edition, amount
from workbench.records.model import BY_NAME
from workbench.records.selection import Corpus
from workbench.records.values import Amount, write_amount

MOST = 12  # records told one by one in a report
_PARTNERS = 2  # bodies named of one record
_NAMED = 2  # records named behind a figure
_TOLD = ("events", "agreements", "milestones", "plans", "claims")
# What a new or withdrawn record is part of: with that it is told.
_WHOLES = {"events": ("part_of",), "agreements": ("parent_id",), "milestones": ("agreement_id",),
           "plans": ("agreement_id",)}  # fmt: skip
_SIGNINGS = ("agreement_signing", "agreement_approval")  # told with the agreement
# Figures that count records which can be named.
_OF_RECORDS = ("exchanges", "agreements", "dormant", "open_plans", "overdue_plans")

Passage = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs as passage and facts; or a note (passage and facts of a phrase) where there is nothing to say."""

    paragraphs: tuple[Passage, ...] = ()
    note: Passage | None = None


def section(corpus: Corpus, language: str, most: int | None = MOST) -> Section:
    """What differs from the earlier edition, the corrections first; ``most`` records one by one (None: all).

    Passages: changes/summary, changes/corrections, changes/news; the note is changes/first_edition or
    changes/unchanged.
    """
    if corpus.since is None:
        return Section(note=("changes/first_edition", {}))
    teller = _Teller(corpus, language)
    edition = _edition(corpus.since.edition)
    if not teller.changes and not teller.moved:
        return Section(note=("changes/unchanged", {"edition": edition}))
    chosen, rest = teller.chosen(most)
    corrections = [item for item in map(teller.correction, chosen) if item]
    news = [item for item in map(teller.news, chosen) if item]
    found: list[Passage] = [("changes/summary", {"edition": edition, **teller.summary()})]
    if corrections:
        found.append(("changes/corrections", {"edition": edition, "corrections": corrections}))
    if news or rest:
        number = facts.number(len(rest), teller.cited(rest)) if rest else None
        found.append(("changes/news", {"news": news, "rest": number}))
    return Section(tuple(found))


def told(corpus: Corpus, words: Words, most: int | None = None) -> list[list[str]]:
    """The section as plain text: a list of sentences each paragraph."""
    about = section(corpus, words.language, most)
    if about.note:
        return [[words.phrase(about.note[0], **about.note[1])]]
    said = [words.say(passage, **values) for passage, values in about.paragraphs]
    return [[str(Markup(sentence.markup).unescape()) for sentence in sentences] for sentences in said]


def _edition(edition: Edition) -> SimpleNamespace:
    number = edition.id.removeprefix(edition.on).removeprefix("-internal")
    return SimpleNamespace(
        day=facts.date(edition.on), by=facts.text(edition.by), id=facts.text(edition.id) if number else None
    )


class _Teller:
    """The changes of one slice with the two states of it: as it is now, and as the edition had it."""

    def __init__(self, corpus: Corpus, language: str) -> None:
        self.corpus = corpus
        self.changes = evidence.changed(corpus)
        self.moved = evidence.moved_figures(corpus)
        self.now = _State(corpus, language, named=True)
        self.then = _State(evidence.earlier(corpus), language, named=False)
        self.language = language

    @cached_property
    def by_record(self) -> dict[RecordId, list[Change]]:
        """The changes of each record together, in their order."""
        found: dict[RecordId, list[Change]] = {}
        for one in self.changes:
            found.setdefault((one.table, one.id), []).append(one)
        return found

    def cited(self, records: Iterable[RecordId]) -> list[RecordId]:
        """The records that a sentence about some of them cites: those that are told, else the edition itself."""
        found = [record for record in records if record[0] in _TOLD]
        since = self.corpus.since
        return found or [("editions", since.edition.id if since else "")]

    def state_of(self, record: RecordId) -> _State:
        return self.now if self.now.has(record) else self.then

    # --- which --------------------------------------------------------------------------------

    def chosen(self, most: int | None) -> tuple[list[list[Change]], list[RecordId]]:
        """The records told one by one, the most telling first, and those that are left.

        What comes with another (the parts of a new event, the people and sources of a new record) is told with it.
        """
        ranked = sorted((self._rank(own), record) for record, own in self.by_record.items() if not self._comes(own[0]))
        tellable = [record for _, record in ranked if record[0] in _TOLD]
        chosen = tellable[:most]
        rest = [record for _, record in ranked if record not in set(chosen)]
        return [self.by_record[record] for record in chosen], rest

    def _rank(self, own: list[Change]) -> tuple[bool, bool, int, int, tuple[bool, int], str]:
        """Corrections first, then what counts, then what is new, altered, withdrawn; of each the latest first."""
        first = own[0]
        order = (NEW, ALTERED, WITHDRAWN).index(first.change)
        table = _TOLD.index(first.table) if first.table in _TOLD else len(_TOLD)
        minor = not self.state_of((first.table, first.id)).counts((first.table, first.id))
        text = self.state_of((first.table, first.id)).date((first.table, first.id))
        latest = dates.parse(text).latest if text else None
        when = (latest is None, -latest.toordinal() if latest else 0)
        return not any(one.corrects for one in own), minor, order, table, when, first.id

    def _comes(self, one: Change) -> bool:
        """Does it come or go with another record?"""
        if one.change == ALTERED:
            return False
        if one.table not in _TOLD:
            return True
        row = self.state_of((one.table, one.id)).row((one.table, one.id))
        columns = _WHOLES.get(one.table, ()) + (("agreement_id",) if row.get("type") in _SIGNINGS else ())
        wholes = {row[column] for column in columns if row.get(column)}
        return any(self._moved_as_well(id, one.change) for id in wholes)

    def _moved_as_well(self, id: str, change: str) -> bool:
        return any((table, id) in self.by_record and self.by_record[table, id][0].change == change
                   for table in ("events", "agreements"))  # fmt: skip

    # --- facts --------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """How many records are new, altered and withdrawn, of which kinds, and which headline figures moved."""
        found: dict[str, Any] = {}
        for change in (NEW, ALTERED, WITHDRAWN):
            own = [record for record, ones in self.by_record.items() if ones[0].change == change]
            found[change] = SimpleNamespace(
                number=facts.number(len(own), self.cited(own)),
                kinds=[(facts.number(len(ids), self.cited(ids)), facts.code("record_kind", table, self.cited(ids)))
                       for table in RECORDED if (ids := [record for record in own if record[0] == table])],
            ) if own else None  # fmt: skip
        figures = [self._figure(one) for one in self.moved]
        return found | {"figures": [one for one in figures if one.named], "others": [
            one for one in figures if not one.named]}  # fmt: skip

    def _figure(self, one: evidence.Moved) -> SimpleNamespace:
        behind = self.cited(record for id in one.records if (record := self._record(id)))
        old, new = (facts.number(pair[0] if pair[0] == pair[1] else pair, behind) for pair in (one.old, one.new))
        named = one.measure in _OF_RECORDS
        gained, lost = (
            [self.state_of(record).noun(record) for id in ids if (record := self._record(id))]
            if named and len(ids) <= _NAMED else []
            for ids in (one.gained, one.lost)
        )  # fmt: skip
        label = facts.code("headline_figure", one.measure)
        return SimpleNamespace(label=label, old=old, new=new, gained=gained, lost=lost, named=bool(gained or lost))

    def _record(self, id: str) -> RecordId | None:
        return next(((table, id) for table in _TOLD for state in (self.now, self.then) if state.has((table, id))), None)

    def correction(self, own: list[Change]) -> SimpleNamespace | None:
        """What an edition said of a record and what is so: a withdrawal, or its details."""
        wrong = [one for one in own if one.corrects]
        if not wrong:
            return None
        record = (wrong[0].table, wrong[0].id)
        details = [self._detail(one) for one in wrong if one.change == ALTERED]
        gone = self._gone(wrong[0]) if wrong[0].change == WITHDRAWN else None
        return SimpleNamespace(noun=self._noun(record, wrong), details=details, gone=gone)

    def news(self, own: list[Change]) -> SimpleNamespace | None:
        """What is new of a record, apart from corrections."""
        other = [one for one in own if not one.corrects]
        if not other:
            return None
        first = other[0]
        record = (first.table, first.id)
        return SimpleNamespace(
            noun=self._noun(record, own),
            change=first.change,
            details=[self._detail(one) for one in other if one.change == ALTERED],
            gone=self._gone(first) if first.change == WITHDRAWN else None,
            told_by=self._publishers(first.sources, record) if first.change == NEW else [],
        )

    def _noun(self, record: RecordId, own: list[Change]) -> SimpleNamespace:
        """What a record is called; without its date where that is what changed."""
        noun = self.state_of(record).noun(record)
        noun.dated = noun.date and not any(one.field == "date" for one in own)
        return noun

    def _gone(self, one: Change) -> SimpleNamespace:
        """Why a record was withdrawn, as far as anything says so: a decision, or sources that are no longer used."""
        record = (one.table, one.id)
        since = self.corpus.since
        gone = {other.id for other in since.changes if (other.table, other.change) == ("sources", WITHDRAWN)
                } if since else set()  # fmt: skip
        lost = [source for source in one.sources if source in gone]
        return SimpleNamespace(
            reason=facts.text(one.reason, [record]) if one.reason else None,
            lost=self._publishers(lost, record) if lost and not one.reason else [],
        )

    def _publishers(self, sources: Iterable[str], record: RecordId) -> list[Fact]:
        found = [self.now.publisher(id, record) or self.then.publisher(id, record) for id in sources]
        return list(dict.fromkeys(one for one in found if one))

    def _detail(self, one: Change) -> SimpleNamespace:
        """One aspect: its name, its old and new value where they can be said, who tells the new one."""
        record = (one.table, one.id)
        name, _, code = one.field.partition(":")
        detail = SimpleNamespace(
            field=name, code=None, old=None, new=None, added=None, removed=None, finer=one.finer,
            told_by=self._publishers(one.sources, record), reason=facts.text(one.reason or None, [record]),
            counted=bool(one.new), came=one.old is None, went=one.new is None,
        )  # fmt: skip
        if code and name in ("party", "headcount", "quantity"):
            detail.code = facts.code("measure" if name == "quantity" else "role", code, [record])
        if name == "party":
            old, new = one.old or (), one.new or ()
            detail.added = self.now.bodies([id for id in new if id not in old], record)
            detail.removed = self.then.bodies([id for id in old if id not in new], record)
        elif name == "sources":
            detail.told_by = self._publishers([id for id in one.new or () if id not in (one.old or ())], record)
            detail.removed = self._publishers([id for id in one.old or () if id not in (one.new or ())], record)
        else:
            detail.old, detail.new = self.then.value(one, one.old), self.now.value(one, one.new)
        return detail


class _State:
    """A slice as it is or was, and what its records are called. ``named``: the report has names for its ids."""

    def __init__(self, corpus: Corpus, language: str, named: bool) -> None:
        self.corpus, self.language, self.named = corpus, language, named
        self.words = Words(corpus, language)

    @cached_property
    def _rows(self) -> dict[RecordId, dict[str, Any]]:
        found = {}
        for table in _TOLD:
            frame = self.corpus[table].astype(object)
            for row in frame.where(frame.notna(), None).to_dict("records"):
                found[table, row[BY_NAME[table].key[0]]] = row
        return found

    @cached_property
    def _bodies(self) -> dict[RecordId, list[str]]:
        """For each record the bodies that take part in it."""
        found: dict[RecordId, dict[str, None]] = defaultdict(dict)
        takers = self.corpus.takers
        for table, id, org in zip(takers["record"], takers["record_id"], takers["org_id"], strict=True):
            if not pd.isna(org):
                found[table, id][self.corpus.principal(org)] = None
        return {record: list(orgs) for record, orgs in found.items()}

    @cached_property
    def _exchanges(self) -> dict[str, Any]:
        return {row.event_id: row for row in flows.exchanges(self.corpus).itertuples(index=False)}

    @cached_property
    def _ties(self) -> dict[str, Any]:
        table = agreements.agreements(self.corpus, flows.exchanges(self.corpus))
        return {row.agreement_id: row for row in table.itertuples(index=False)}

    @cached_property
    def _published(self) -> dict[str, tuple[str | None, str]]:
        """For each source its publisher in the register (None: not there) and as printed, else its title."""
        sources = self.corpus["sources"].astype(object)
        known = sources["publisher_id"].where(sources["publisher_id"].notna(), None)
        printed = sources["publisher"].fillna(sources["title"])
        return dict(zip(sources["source_id"], zip(known, printed, strict=True), strict=True))

    def has(self, record: RecordId) -> bool:
        """Is there such an event, agreement, step, plan or claim?"""
        return record in self._rows

    def row(self, record: RecordId) -> dict[str, Any]:
        """Its values; empty for another record."""
        return self._rows.get(record, {})

    def counts(self, record: RecordId) -> bool:
        """Is it a counted exchange, a countable agreement, a step or a plan?"""
        table, id = record
        if table == "events":
            return id in self._exchanges and bool(self._exchanges[id].counted)
        return bool(self.row(record).get("countable")) if table == "agreements" else table in ("milestones", "plans")

    def date(self, record: RecordId) -> str | None:
        """Its date in use."""
        row = self.row(record)
        return row.get("reading") or row.get("edtf") or row.get("as_of")

    def publisher(self, source: str, record: RecordId) -> Fact | None:
        """Who published a source: its name in the register, else as printed; None for a source of another state."""
        if source not in self._published:
            return None
        known, printed = self._published[source]
        named = known and self.corpus.has_name(known, self.language)
        return self.bodies([known], record) if known and named else facts.text(printed, [record])

    # --- what a record is called ----------------------------------------------------------------

    def noun(self, record: RecordId) -> SimpleNamespace:
        """The facts by which a record is called: kind, partners, date, place, by table."""
        table, id = record
        row = self.row(record)
        noun = SimpleNamespace(
            table=table, way="", kind=None, step=None, place=None, publisher=None, amount=None, dated=True,
            partners=None, date=self._date(self.date(record), row.get("basis"), record),
            inferred=row.get("basis") in dates.OUR_READING, several=False, own=False,
        )  # fmt: skip
        self._with(noun, record)
        if table == "events":
            noun.kind = facts.code("event_type", row["type"], [record])
            noun.way = self._exchanges[id].direction if id in self._exchanges else ""
            noun.place = self.bodies([row["place_id"]], record) if row["place_id"] else None
        elif table == "agreements":
            self._tie(noun, record)
        elif table == "milestones":
            whole = ("agreements", row["agreement_id"])
            noun.kind = facts.code("agreement_kind", self.row(whole)["kind"], [record])
            self._with(noun, whole, record)
            noun.step = facts.code("milestone_step", row["step"], [record])
        elif table == "plans":
            noun.kind = facts.code("plan_kind", row["kind"], [record])
        else:
            noun.kind = facts.code("claim_measure", row["measure"], [record])
            told = [self.publisher(source, record) for source in self.corpus.sources_of(table, [id])]
            noun.publisher = next(filter(None, told), None)
            noun.amount = _amount(amount(row), [record])
        return noun

    def _tie(self, noun: SimpleNamespace, record: RecordId) -> None:
        """The furthest step of an agreement stands for its date."""
        noun.kind = facts.code("agreement_kind", self.row(record)["kind"], [record])
        tie = self._ties.get(record[1])
        if tie is not None and tie.step:
            noun.step = facts.code("milestone_step", tie.step, [record])
            noun.date, noun.inferred = self._date(tie.date, tie.basis, record), tie.basis in dates.OUR_READING

    def _date(self, text: str | None, basis: str | None, record: RecordId) -> Fact | None:
        return facts.date(text, [record]) if text else None

    def _partner_ids(self, record: RecordId) -> list[str]:
        """The bodies abroad of a record; where there are none, others than the home; else the home's own."""
        exchange = self._exchanges.get(record[1]) if record[0] == "events" else None
        if exchange is not None and exchange.partners:
            return list(exchange.partners)
        bodies = self._bodies.get(record, [])
        others = [org for org in bodies if org not in self.corpus.members]
        return [org for org in others if self.corpus.abroad.get(org)] or others or bodies

    def _with(self, noun: SimpleNamespace, whole: RecordId, record: RecordId | None = None) -> None:
        """Who shares a record (of a step: its agreement): the first few, whether there are more, and whether they
        are the home itself."""
        ids = self._partner_ids(whole)
        noun.partners, noun.several = self.bodies(ids[:_PARTNERS], record or whole), len(ids) > _PARTNERS
        noun.own = set(ids) <= self.corpus.members

    def bodies(self, ids: Iterable[str], record: RecordId) -> Fact | None:
        """Bodies, people or places by name: ids where the report has their names, else the names themselves."""
        kept = tuple(ids)
        if not kept:
            return None
        if self.named and all(self.corpus.has_name(id, self.language) for id in kept):
            return facts.names(kept, [record])
        return facts.text(self.words.grammar.listed([self._printed(id) for id in kept]), [record])

    def _printed(self, id: str) -> str:
        """A name in the language, else as the register has it; what is in no register is given as it is written."""
        if self.corpus.has_name(id, self.language):
            return self.words.running(id)
        return next((self.corpus.name(id, other) for other in ("en", "local") if self.corpus.has_name(id, other)), id)

    # --- values ---------------------------------------------------------------------------------

    def value(self, one: Change, value: Any) -> SimpleNamespace | None:
        """A value as a fact; None for one that is missing or is not said in words."""
        record = (one.table, one.id)
        if value is None:
            return None
        if isinstance(value, Amount):
            return _amount(value, [record])
        fact = self._fact(one, value, record)
        return SimpleNamespace(fact=fact, how=None) if fact else None

    def _title(self, id: str, record: RecordId) -> Fact | None:
        """What a record that another one names is called; None where the slice does not have it or its names."""
        try:
            return facts.text(self.words.record_title(id), [record]) if self.words.is_record(id) else None
        except ProseError:
            return None

    def _fact(self, one: Change, value: Any, record: RecordId) -> Fact | None:
        if one.field in ("date", "ends", "as_of"):
            return facts.date(value, [record])
        if isinstance(value, (bool, tuple)):
            return None
        if isinstance(value, (int, float)):
            return facts.number(value, [record])
        table = BY_NAME[one.table]
        column = table.field(one.field) if one.field in table.columns else None
        if column and column.vocabulary:
            known = value in self.corpus.vocabularies[column.vocabulary]
            return facts.code(column.vocabulary, value, [record]) if known else None
        if column and column.refers_to in ("organisations", "people", "places"):
            return self.bodies([value], record)
        if column and column.refers_to:
            return self._title(value, record)
        return None  # words of ours: that they were written anew is enough


def _amount(value: Amount, own: Iterable[RecordId]) -> SimpleNamespace:
    """A number with the word for how exact it is."""
    how = facts.code("qualifier", value.qualifier, own) if value.qualifier not in ("exact", "derived") else None
    written = write_amount(value).lstrip("~<>=")
    low, _, high = written.partition("..")
    number = None if written == "hundreds" else (float(low), float(high)) if high else float(low)
    return SimpleNamespace(fact=facts.number(number, own) if number is not None else None, how=how)
