"""What an import would do, for a person: the first records in words, and what became of each row."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import Any

import pandas as pd

from workbench.records.imports.convert import Converted
from workbench.records.imports.mapping import Mapping
from workbench.records.imports.resolve import Resolver
from workbench.records.merging import DATED_COLUMNS

_SHOWN = 3
_COUNTED = {"taken": "taken", "waiting": "with a name that needs a decision", "error": "in error"}
_UNTOLD = {"register_id", "register_row", "curation", "countable", "place_precision", "edtf", *DATED_COLUMNS}


def counts(converted: Converted) -> dict[str, int]:
    """The number of rows by outcome; they add up to the rows of the file below its header."""
    found = Counter(converted.outcome)
    named = {_COUNTED.get(outcome, outcome): found[outcome] for outcome in sorted(found, key=_order)}
    return named | ({"skipped: empty row": converted.empty_rows} if converted.empty_rows else {})


def _order(outcome: str) -> tuple[bool, bool, str]:
    return outcome.startswith("skipped"), outcome == "error", outcome


def tell(mapping: Mapping, converted: Converted, resolver: Resolver) -> list[str]:
    """The preview, line by line."""
    lines = [f"{mapping.source_id}: {mapping.record.name}"]
    frame = converted.frames.get(mapping.record.name)
    if frame is not None:
        lines += [_record(row, mapping, converted, resolver) for row in frame.head(_SHOWN).to_dict("records")]
    found = counts(converted)
    lines += [f"{count:>8}  {outcome}" for outcome, count in found.items()]
    lines.append(f"{sum(found.values()):>8}  rows in all")
    if converted.waiting:
        some = heapq.nsmallest(5, converted.waiting.items(), key=lambda item: (-item[1], item[0]))
        names = ", ".join(f'"{name.printed}" ({rows})' for name, rows in some)
        lines.append(f"{len(converted.waiting)} names to decide, the most frequent: {names}")
        reasons = Counter(resolver.why.get(name, "").partition(" at ")[0] for name in converted.waiting)
        lines += [f"{count:>8}  {why}" for why, count in reasons.most_common()]
    return lines


def _record(row: dict[str, Any], mapping: Mapping, converted: Converted, resolver: Resolver) -> str:
    table = mapping.record
    id = row[table.key[0]]
    parts = []
    for column in table.fields:
        value = row[column.name]
        if column.name in _UNTOLD or column.name == table.key[0] or pd.isna(value) or value == column.default:
            continue
        text = resolver.words.label(column.vocabulary, value, "en") if column.vocabulary else str(value)
        text = resolver.told([text]) if column.refers_to in resolver.registers.rows else text
        parts.append(f"{column.name.removesuffix('_id').replace('_', ' ')} {text}")
    if "edtf" in row:
        parts.append(f"when {row['edtf'] or 'unknown'}")
    steps = converted.frames.get("milestones")
    for step in [] if steps is None else steps[steps["agreement_id"] == id].to_dict("records"):
        parts.append(f"{resolver.words.label('milestone_step', step['step'], 'en')} {step['edtf'] or 'unknown'}")
    parties = converted.frames.get("parties")
    for party in [] if parties is None else parties[parties["record_id"] == id].to_dict("records"):
        who = f"{party['text']} ({party['party_id'] or 'open'})"
        parts.append(f"{resolver.words.label('role', party['role'], 'en')} {who}")
    return f"row {row['register_row']}: {'; '.join(parts)}"
