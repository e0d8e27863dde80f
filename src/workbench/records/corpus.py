"""From dossiers to tables: records merged, completed from each other, written as rows.

Merging is in `merging`. Here stands what follows from a second record: a part takes date and
place from its whole, a step from its event, a person the body they came for. Inside, a corpus
is pandas tables. What depends on a home or an as-of date is not stored.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.records import dates
from workbench.records.dossiers import ONLINE, UNKNOWN, Dossier, Record, dated_block
from workbench.records.merging import DATED_COLUMNS, Decision, Judgement, as_text, merge_all
from workbench.records.model import BY_NAME, TABLES, Table
from workbench.records.registers import Registers
from workbench.records.text import paragraph_only
from workbench.records.vocabularies import Vocabularies
from workbench.records.wordings import BY_THE_WHOLE, Wordings

_NO_INSTRUMENT = ("unspecified_cooperation", "city_tie_unspecified")
DTYPES = {
    "id": "string", "ref": "string", "text": "string", "code": "string", "edtf": "string", "date": "object",
    "integer": "Int64", "number": "Float64", "boolean": "boolean",
}  # fmt: skip


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
    judgements: list[Judgement] = field(default_factory=list)
    imported: dict[str, pd.DataFrame] = field(default_factory=dict)  # what registers add to each table
    wordings: Wordings = field(default_factory=Wordings)

    @property
    def records(self) -> list[Record]:
        """Every record of every dossier, in the order of sources."""
        return [record for dossier in self.dossiers for record in dossier.records]


def build(material: Material) -> dict[str, pd.DataFrame]:
    """All tables of the codebook from checked material, sorted by their keys."""
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    _add_registers(material, rows)
    rows["sources"] = [dict(dossier.source.values) for dossier in material.dossiers]
    merged, rows["conflicts"] = merge(material)
    rows["conflicts"] += _judged(material, merged)
    _inherit(merged, material)
    for record in merged.values():
        _add_record(record, rows)
    _add_assertions(material, rows)
    frames = {table.name: _frame(table, rows[table.name]) for table in TABLES}
    return frames | {name: _append(BY_NAME[name], frames[name], more) for name, more in material.imported.items()}


def merge(material: Material) -> tuple[dict[tuple[str, str], Record], list[dict[str, Any]]]:
    """Every record once, by table and id, and the rows of the table of conflicts."""
    sources = {dossier.source.id: dossier.source.values for dossier in material.dossiers}
    return merge_all(material.records, sources, material.decisions, material.registers, material.vocabularies)


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
    return dated_block(edtf=within, basis="bounded", why=f"{BY_THE_WHOLE}{whole.id}")


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
    rows["wordings"] = list(material.wordings.rows.values())
    tables = {id: name for name, by_id in material.registers.rows.items() for id in by_id}
    known = {(row["id"], row["text"]) for row in rows["names"]}
    for dossier in material.dossiers:
        for printed, id in dossier.printed_names.items():
            if (id, printed) not in known:
                rows["names"].append(
                    {"of": tables[id], "id": id, "text": printed, "kind": "variant",
                     "language": dossier.source.values["language"], "source_id": dossier.source.id}
                )  # fmt: skip


def _judged(material: Material, merged: dict[tuple[str, str], Record]) -> list[dict[str, Any]]:
    """A row of the table of conflicts for each record that a judgement is about."""
    tables = {id: table for table, id in merged}
    judged = [(id, judgement) for judgement in material.judgements for id in judgement.about]
    seen: dict[str, int] = defaultdict(int)
    rows = []
    for id, one in sorted(judged, key=lambda pair: (pair[0], pair[1].what)):
        seen[id] += 1
        rows.append(
            {"record": tables[id], "record_id": id, "field": "*" if seen[id] == 1 else f"* {seen[id]}",
             "relation": "judged", "values": one.what, "chosen": one.chosen, "rule": "decision",
             "reason": f"{one.why} ({one.by}, {one.on})"}
        )  # fmt: skip
    return rows


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
            evidence = _evidence(record.evidence.get(name) or record.says, record.source_id, material)
            text = None if value is None else as_text(value)
            rows["assertions"].append({**row, "field": name, "value": text, **evidence})
        for name, phrase in record.evidence.items():
            if name not in written:
                evidence = _evidence(phrase, record.source_id, material)
                rows["assertions"].append({**row, "field": name, "value": None, **evidence})


def _evidence(says: str, source_id: str, material: Material) -> dict[str, Any]:
    """Phrase and paragraph of some evidence: a phrase that was looked up, or a paragraph alone."""
    number = paragraph_only(says)
    if number is not None:
        return {"phrase": None, "paragraph": number}
    return {"phrase": says or None, "paragraph": material.anchors.get((source_id, says))}


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
