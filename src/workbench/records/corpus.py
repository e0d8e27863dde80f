"""From dossiers to tables: the same record from several sources becomes one row.

Identity is a shared id. For each field the values of all sources are compared: equal, finer
(one inside the other), overlapping, or contradicting. A person's judgement in
``data/raw/decisions.yaml`` decides; without one the finer value stands, overlapping dates
become their hull, and an open contradiction takes the value of the better-placed witness (a
party to what it tells, then the more precise, then the first id) and is listed.

Inside, a corpus is pandas tables. What depends on a home or an as-of date is not stored.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.records import dates
from workbench.records.dossiers import ONLINE, UNKNOWN, Dossier, Record, dated_block
from workbench.records.model import BY_NAME, DATED_BLOCK, TABLES, Table
from workbench.records.registers import Registers
from workbench.records.vocabularies import Vocabularies

DATED_COLUMNS = tuple(field.name for field in DATED_BLOCK)
_UNCOMPARED = {"note", "topic", "outcome", "scope", "what", "printed", "why", "place_printed", "basis"}
_NO_INSTRUMENT = ("unspecified_cooperation", "city_tie_unspecified")
_CURATION_ORDER = ("reviewed", "in_review", "draft", "withdrawn")
DTYPES = {
    "id": "string", "ref": "string", "text": "string", "code": "string", "edtf": "string", "date": "object",
    "integer": "Int64", "number": "Float64", "boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's judgement about one field of one record."""

    record: str
    id: str
    field: str
    value: str
    why: str
    by: str
    on: str
    line: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The paragraph in which a phrase of a source was found."""

    source_id: str
    phrase: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Material:
    """All that people wrote, read and typed, before it is merged."""

    vocabularies: Vocabularies
    registers: Registers
    dossiers: list[Dossier]
    decisions: list[Decision]
    anchors: dict[tuple[str, str], int]
    imported: dict[str, pd.DataFrame] = field(default_factory=dict)  # what registers add to each table

    @property
    def records(self) -> list[Record]:
        """Every record of every dossier, in the order of sources."""
        return [record for dossier in self.dossiers for record in dossier.records]


def build(material: Material) -> dict[str, pd.DataFrame]:
    """All tables of the codebook from checked material, sorted by their keys."""
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    _add_registers(material, rows)
    rows["sources"] = [dict(dossier.source.values) for dossier in material.dossiers]
    merged = _merge_all(material, rows)
    _inherit(merged, material)
    for record in merged.values():
        _add_record(record, rows)
    _add_assertions(material, rows)
    frames = {table.name: _frame(table, rows[table.name]) for table in TABLES}
    return frames | {name: _append(BY_NAME[name], frames[name], more) for name, more in material.imported.items()}


# --- merging ------------------------------------------------------------------------------


def _merge_all(material: Material, rows: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, str], Record]:
    told: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in material.records:
        told[record.table, record.id].append(record)
    sources = {dossier.source.id: dossier.source.values for dossier in material.dossiers}
    decisions = {(d.record, d.id, d.field): d for d in material.decisions}
    merger = _Merger(sources, decisions, material.vocabularies, rows["conflicts"])
    return {key: merger.merge(told[key]) for key in sorted(told)}


class _Merger:
    """Joins what several sources say of one record, and lists where they differ."""

    def __init__(
        self,
        sources: dict[str, dict[str, Any]],
        decisions: dict[tuple[str, str, str], Decision],
        vocabularies: Vocabularies,
        conflicts: list[dict[str, Any]],
    ) -> None:
        self.sources = sources
        self.decisions = decisions
        self.vocabularies = vocabularies
        self.conflicts = conflicts

    def merge(self, told: list[Record]) -> Record:
        told = sorted(told, key=self.rank)
        first = told[0]
        table = BY_NAME[first.table]
        record = Record(first.table, first.id, first.source_id, first.file, first.line, dict(first.values), first.says)
        record.parties = _union([r.parties for r in told], ("party", "party_id", "text", "role", "for_org"))
        record.quantities = self.quantities(told)
        record.outputs = _union([r.outputs for r in told], ("kind", "title"))
        if len(told) > 1:
            self.fields(table, told, record)
        if "curation" in record.values:
            states = [self.sources[r.source_id]["status"] for r in told]
            record.values["curation"] = min(states, key=lambda s: _CURATION_ORDER.index(s or "draft"))
        return record

    def rank(self, record: Record) -> tuple[int, bool, bool, str]:
        """The better-placed witness first: reviewed, no copy, a party to what it tells, then by id."""
        source = self.sources[record.source_id]
        state = _CURATION_ORDER.index(source["status"] or "draft")
        return state, bool(source["copy_of"]), not source["publisher_is_party"], record.source_id

    def fields(self, table: Table, told: list[Record], record: Record) -> None:
        for column in table.fields:
            if column.name in DATED_COLUMNS or column.name == table.key[0]:
                continue
            values = [(r.source_id, r.values[column.name]) for r in told if r.values[column.name] is not None]
            if not values:
                continue
            record.values[column.name] = values[0][1]
            if column.name not in _UNCOMPARED and len({value for _, value in values}) > 1:
                finer = self.finer_code(column.vocabulary, [value for _, value in values])
                relation = "finer" if finer else "contradicting"
                chosen = finer or values[0][1]
                record.values[column.name] = self.decide(record, column.name, relation, values, chosen)
        if "edtf" in record.values:
            self.dates(told, record)

    def finer_code(self, vocabulary: str, codes: list[Any]) -> str | None:
        if not vocabulary:
            return None
        return next(
            (
                code
                for code in codes
                if all(c == code or self.vocabularies.narrower(vocabulary, code, c) for c in codes)
            ),
            None,
        )

    def dates(self, told: list[Record], record: Record) -> None:
        blocks = [(r.source_id, r.values) for r in told if r.values["reading"] or r.values["edtf"]]
        if not blocks:
            return
        texts = [(source, values["reading"] or values["edtf"]) for source, values in blocks]
        by_text = {text: values for (_, text), (_, values) in zip(texts, blocks, strict=True)}
        parsed = sorted({text: dates.parse(text) for _, text in texts}.values())
        relation, chosen = _relate(parsed, texts[0][1])
        if len(parsed) > 1:
            chosen = self.decide(record, "edtf", relation, texts, chosen)
        values = by_text.get(chosen) or dated_block(
            edtf=chosen, basis="inferred", why="taken together from several sources"
        )
        record.values.update({name: values[name] for name in DATED_COLUMNS})

    def quantities(self, told: list[Record]) -> list[dict[str, Any]]:
        by_measure: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for record in told:
            for quantity in record.quantities:
                by_measure[quantity["measure"]].append((record.source_id, quantity))
        for measure, values in by_measure.items():
            bounds = [(source, f"{q['low']}..{q['high']} ({q['qualifier']})") for source, q in values]
            if len({text for _, text in bounds}) > 1:
                self.decide(told[0], f"quantity:{measure}", "contradicting", bounds, bounds[0][1])
        return [values[0][1] for _, values in sorted(by_measure.items())]

    def decide(self, record: Record, field: str, relation: str, values: list[tuple[str, Any]], chosen: Any) -> Any:
        """List the difference and return the value to use: a person's, if there is one."""
        decision = self.decisions.get((record.table, record.id, field))
        rules = {"finer": "finer", "overlapping": "hull", "contradicting": "better-placed witness"}
        if decision:
            chosen = next((v for _, v in values if str(v) == decision.value), decision.value)
        self.conflicts.append(
            {
                "record": record.table,
                "record_id": record.id,
                "field": field,
                "relation": relation,
                "values": "; ".join(f"{value} ({source})" for source, value in values),
                "chosen": str(chosen),
                "rule": "decision" if decision else rules[relation],
                "reason": f"{decision.why} ({decision.by}, {decision.on})" if decision else None,
            }
        )
        return chosen


def _relate(parsed: list[dates.EdtfDate], witness: str) -> tuple[str, str]:
    """How dates of several sources stand to each other, and the one to use without a decision."""
    if len(parsed) == 1:
        return "equal", parsed[0].text
    for date in parsed:
        if all(_inside(date, other) for other in parsed):
            return "finer", date.text
    if all(one.overlaps(other) for one in parsed for other in parsed):
        known = all(date.earliest and date.latest for date in parsed)
        if known:
            first = min(date.earliest for date in parsed if date.earliest)
            last = max(date.latest for date in parsed if date.latest)
            return "overlapping", f"[{first.isoformat()}..{last.isoformat()}]"
        return "overlapping", witness
    return "contradicting", witness


def _inside(one: dates.EdtfDate, other: dates.EdtfDate) -> bool:
    if one.text == other.text:
        return True
    if one.earliest is None or one.latest is None:
        return False
    starts = other.earliest is None or one.earliest >= other.earliest
    return starts and (other.latest is None or one.latest <= other.latest)


def _union(lists: Iterable[list[dict[str, Any]]], key: tuple[str, ...]) -> list[dict[str, Any]]:
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for items in lists:
        for item in items:
            seen.setdefault(tuple(item.get(name) for name in key), item)
    return list(seen.values())


# --- what follows from other records ------------------------------------------------------


def _inherit(merged: dict[tuple[str, str], Record], material: Material) -> None:
    """Give parts the date, place, mode and host of their whole; steps and posts the date of
    their event; people the body they came for. Fill what can be computed."""
    events = {id: record for (table, id), record in merged.items() if table == "events"}
    for id in sorted(events, key=lambda id: (len(wholes(id, events)), id)):
        _inherit_part(events[id], events)
    for (table, _), record in merged.items():
        if table in ("milestones", "posts"):
            event = events.get(record.values["event_id"] or "")
            if event and not (record.values["edtf"] or record.values["reading"] or record.values["basis"]):
                record.values.update({name: event.values[name] for name in DATED_COLUMNS})
        _complete(record)
    _fill_bodies(merged, events)


def wholes(id: str, events: dict[str, Record]) -> list[str]:
    """The events an event is part of, nearest first. A circle ends where it closes."""
    found: list[str] = []
    whole = events[id].values["part_of"]
    while whole in events and whole not in found and whole != id:
        found.append(whole)
        whole = events[whole].values["part_of"]
    return found


def _inherit_part(part: Record, events: dict[str, Record]) -> None:
    whole = events.get(part.values["part_of"] or "")
    if whole is None:
        return
    if not (part.values["edtf"] or part.values["reading"] or part.values["basis"]):
        part.values.update(_date_within(whole))
    if part.values["place_precision"] is None:
        for name in ("place_id", "place_precision", "place_printed"):
            part.values[name] = whole.values[name]
        if not any(party["role"] == "host" for party in part.parties):
            hosts = [party for party in whole.parties if party["role"] == "host" and party["party_id"]]
            part.parties = part.parties + hosts
    for name in ("mode", "programme"):
        part.values[name] = part.values[name] or whole.values[name]


def _date_within(whole: Record) -> dict[str, Any]:
    """The date of a part that has none: some time within its whole, not as long as that."""
    block = {name: whole.values[name] for name in DATED_COLUMNS}
    text = block["reading"] or block["edtf"]
    date = dates.parse(text) if text else None
    if date is None or date.kind != "interval" or not (date.earliest and date.latest):
        return block
    within = f"[{date.earliest.isoformat()}..{date.latest.isoformat()}]"
    return dated_block(edtf=within, basis="bounded", why=f"some time within {whole.id}")


def _complete(record: Record) -> None:
    values = record.values
    if "basis" in values and values["basis"] is None:
        values.update(dated_block(basis=UNKNOWN))
    if "place_precision" in values and values["place_precision"] is None:
        values["place_precision"] = ONLINE if values.get("mode") == ONLINE else UNKNOWN
    if record.table == "events":
        values["mode"] = values["mode"] or UNKNOWN
        if values["countable"] is None:
            values["countable"] = (
                values["factuality"] == "realised"
                and values["clarity"] == "single"
                and values["type"] != "internal_session"
            )
    if record.table == "agreements" and values["countable"] is None:
        values["countable"] = values["form"] != "child" and values["kind"] not in _NO_INSTRUMENT


def _fill_bodies(merged: dict[tuple[str, str], Record], events: dict[str, Record]) -> None:
    """A person named without a body came for the one given for them in the whole, else for
    the only one at which the same source attests them a post."""
    posts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (table, _), record in merged.items():
        if table == "posts" and record.values["person_id"]:
            posts[record.source_id, record.values["person_id"]].add(record.values["org_id"])
    for (table, id), record in merged.items():
        for index, party in enumerate(record.parties):
            if party["party"] != "person" or party["for_org"] or not party["party_id"]:
                continue
            above = wholes(id, events) if table == "events" else []
            bodies = {p["for_org"] for w in above for p in events[w].parties if p["party_id"] == party["party_id"]} - {
                None
            } or posts[record.source_id, party["party_id"]]
            if len(bodies) == 1:
                record.parties[index] = {**party, "for_org": next(iter(bodies))}


# --- rows ---------------------------------------------------------------------------------


def _add_registers(material: Material, rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, by_id in material.registers.rows.items():
        rows[name] = list(by_id.values())
    rows["names"] = list(material.registers.names)
    tables = {id: name for name, by_id in material.registers.rows.items() for id in by_id}
    known = {(row["id"], row["text"]) for row in rows["names"]}
    for dossier in material.dossiers:
        for printed, id in dossier.printed_names.items():
            if (id, printed) not in known:
                rows["names"].append(
                    {"of": tables[id], "id": id, "text": printed, "kind": "variant",
                     "language": dossier.source.values["language"], "source_id": dossier.source.id}
                )  # fmt: skip


def _add_record(record: Record, rows: dict[str, list[dict[str, Any]]]) -> None:
    rows[record.table].append(record.values)
    owner = {"record": record.table, "record_id": record.id}
    for n, party in enumerate(record.parties, 1):
        rows["parties"].append({**owner, "n": n, **party})
    for quantity in record.quantities:
        rows["quantities"].append({**owner, **quantity})
    for output in record.outputs:
        rows["outputs"].append({"event_id": record.id, **output})


def _add_assertions(material: Material, rows: dict[str, list[dict[str, Any]]]) -> None:
    for record in material.records:
        row = {"record": record.table, "record_id": record.id, "source_id": record.source_id, "stance": "states"}
        own_id = BY_NAME[record.table].key[0]
        written = {
            name: value for name, value in record.values.items()
            if value is not None and name not in (own_id, *DATED_COLUMNS[5:])
        }  # fmt: skip
        for name, value in {"*": None, **written}.items():
            phrase = record.evidence.get(name) or record.says
            rows["assertions"].append(
                {**row, "field": name, "value": None if value is None else _as_text(value), "phrase": phrase or None,
                 "paragraph": material.anchors.get((record.source_id, phrase))}
            )  # fmt: skip
        for name, phrase in record.evidence.items():
            if name not in written:
                rows["assertions"].append(
                    {**row, "field": name, "value": None, "phrase": phrase,
                     "paragraph": material.anchors.get((record.source_id, phrase))}
                )  # fmt: skip


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a frame with the table's columns and types, sorted by its key."""
    columns: dict[str, pd.Series] = {}
    for column in table.fields:
        values = [row.get(column.name) for row in rows]
        columns[column.name] = pd.Series(values, dtype=DTYPES[column.type], name=column.name)
    frame = pd.DataFrame(columns, columns=table.columns)
    return frame.sort_values(list(table.key), key=_without_gaps, kind="stable", ignore_index=True)


def _append(table: Table, frame: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """A table with the rows that registers add to it, sorted by its key."""
    typed = more.astype({column.name: DTYPES[column.type] for column in table.fields})
    parts = [part for part in (frame, typed[table.columns]) if len(part)]
    both = pd.concat(parts, ignore_index=True) if parts else frame
    return both.sort_values(list(table.key), key=_without_gaps, kind="stable", ignore_index=True)


def _without_gaps(column: pd.Series) -> pd.Series:
    """Missing texts sort first, whatever pandas does with missing values."""
    return column.fillna("") if column.dtype == "string" else column
