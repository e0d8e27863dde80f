"""Would a headline figure change if an inferred date or an open contradiction were read otherwise?

Each reading of ours is put back, one at a time, to what else it can be: the other members of a set of
competing readings, or what the source itself says; each contradiction that nobody has decided, to the
values of its other sources. Then every headline figure is worked out again. Two readings changed at
once may move a figure further; that is not worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.analysis import flows, numbers, spread
from workbench.analysis._frames import frame, plain, remembered
from workbench.records import dates
from workbench.records.dossiers import dated_block
from workbench.records.merging import as_text
from workbench.records.model import BY_NAME
from workbench.records.selection import Corpus

_DATED = ("events", "milestones", "plans")
YEARS = ("first_year", "last_year", "busiest_year")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another value that a field of a record can have: ``used`` now, ``other`` instead (None: not known)."""

    table: str
    id: str
    field: str
    used: str | None
    other: str | None
    cause: str  # reading or conflict


def figures(corpus: Corpus) -> dict[str, tuple[int | None, int | None]]:
    """Every headline figure as (lowest, highest): the numbers of `numbers.MEASURES`, and the years of the
    first and last exchange and of the most; None where nothing has a date."""
    found: dict[str, tuple[int | None, int | None]] = {
        row.measure: (int(row.low), int(row.high)) for row in numbers.headline(corpus).itertuples()
    }
    exchanges = flows.exchanges(corpus)
    when = [dates.parse(text) for text in exchanges.loc[exchanges["counted"], "date"] if text]
    bounds = [(d.start_earliest.year, d.start_latest.year) for d in when if d.start_earliest and d.start_latest]
    for name, choose in (("first_year", min), ("last_year", max)):
        found[name] = (choose(b[0] for b in bounds), choose(b[1] for b in bounds)) if bounds else (None, None)
    years = spread.per_year(corpus)
    most = years[years["high"] == years["high"].max()]["year"] if len(years) else pd.Series(dtype="Int64")
    found["busiest_year"] = (int(most.min()), int(most.max())) if len(most) else (None, None)
    return found


def alternatives(corpus: Corpus) -> list[Alternative]:
    """Every other admissible reading of an inferred date and of an open contradiction, in order of their ids."""
    return sorted([*_readings(corpus), *_conflicts(corpus)], key=lambda one: (one.table, one.id, str(one.other)))


def _readings(corpus: Corpus) -> Iterator[Alternative]:
    for table in _DATED:
        key = BY_NAME[table].key[0]
        for row in corpus[table].itertuples():
            said, reading = plain(row.edtf), plain(row.reading)
            used = reading or said
            if used is None or (row.basis not in dates.OUR_READING and not dates.parse(used).assumed):
                continue
            others: list[str | None] = []
            if "," in used and ".." not in used:
                others += used.strip("[]").split(",")
            elif reading and reading != said:
                others.append(said)
            else:  # if the reading falls, nothing is known
                others.append(None)
            for other in others:
                yield Alternative(table, getattr(row, key), "date", used, other, "reading")


def _conflicts(corpus: Corpus) -> Iterator[Alternative]:
    table = corpus["conflicts"]
    undecided = table[table["relation"].eq("contradicting") & table["rule"].ne("decision")]
    told = corpus["assertions"].dropna(subset=["value"])
    for row in undecided.itertuples():
        mine = told[(told["record_id"] == row.record_id) & (told["field"] == row.field)]
        for value in sorted(set(mine["value"]) - {row.chosen}):
            yield Alternative(row.record, row.record_id, row.field, row.chosen, value, "conflict")


def read_otherwise(corpus: Corpus, one: Alternative) -> Corpus:
    """The same selection with one record read otherwise; nothing else changes."""
    column = "date" if one.field in ("date", "edtf", "reading") else one.field
    table = corpus[one.table].copy()
    if column != "date" and column not in table.columns:
        return corpus  # a number beside the record: no headline figure counts it
    changed = {one.table: _changed(table, BY_NAME[one.table].key[0], one.id, column, one.other)}
    if one.table == "events" and column == "date":
        steps = corpus["milestones"].copy()
        changed["milestones"] = _changed(steps, "event_id", one.id, column, one.other)
    return corpus.revalued(changed)


def _changed(table: pd.DataFrame, key: str, id: str, column: str, value: str | None) -> pd.DataFrame:
    rows = table[key].eq(id).fillna(False)
    if column != "date":
        table.loc[rows, column] = _typed(value, table[column])
        return table
    block: dict[str, Any] = dated_block(None, value, None, "inferred" if value else "unknown", None)
    for name in set(block) & set(table.columns):
        table.loc[rows, name] = block[name]
    return table


def _typed(text: str | None, column: pd.Series) -> Any:
    """A value as sources are quoted with it, as its column holds it."""
    if text is None or not (pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column)):
        return text
    if pd.api.types.is_bool_dtype(column):
        return text == as_text(True)
    return float(text)


@remembered
def readings(corpus: Corpus) -> pd.DataFrame:
    """Every other reading that moves a headline figure, one row a figure it moves.

    Columns: figure (code of headline_figure), low, high (as it is), other_low, other_high (read otherwise),
    record, record_id, field, used, other (EDTF or value; missing: not known), cause (reading or
    conflict), records.
    """
    base = figures(corpus)
    rows = []
    for one in alternatives(corpus):
        for name, values in figures(read_otherwise(corpus, one)).items():
            if values != base[name]:
                rows.append(
                    {"figure": name, "low": base[name][0], "high": base[name][1], "other_low": values[0],
                     "other_high": values[1], "record": one.table, "record_id": one.id, "field": one.field,
                     "used": one.used, "other": one.other, "cause": one.cause, "records": (one.id,)}
                )  # fmt: skip
    columns = ["figure", "low", "high", "other_low", "other_high", "record", "record_id", "field", "used", "other",
               "cause", "records"]  # fmt: skip
    types = dict.fromkeys(("low", "high", "other_low", "other_high"), "Int64")
    return frame(rows, columns).astype(types)


def sensitivity(corpus: Corpus) -> pd.DataFrame:
    """How far each headline figure moves under another admissible reading of one date or contradiction.

    Columns: figure (code of headline_figure), low, high (as it is), lowest, highest (over all other readings,
    one at a time), holds (no other reading moves it), readings (number of those that do), records (whose
    reading moves it).
    """
    moved = readings(corpus)
    rows = []
    for name, (low, high) in figures(corpus).items():
        mine = moved[moved["figure"] == name]
        ends = [n for n in (low, high, *mine["other_low"].dropna(), *mine["other_high"].dropna()) if n is not None]
        rows.append(
            {"figure": name, "low": low, "high": high, "lowest": min(ends, default=None),
             "highest": max(ends, default=None), "holds": mine.empty, "readings": len(mine),
             "records": tuple(dict.fromkeys(mine["record_id"]))}
        )  # fmt: skip
    columns = ["figure", "low", "high", "lowest", "highest", "holds", "readings", "records"]
    types = dict.fromkeys(("low", "high", "lowest", "highest", "readings"), "Int64")
    return frame(rows, columns).astype(types | {"holds": bool})


def inferred_dates(corpus: Corpus) -> pd.DataFrame:
    """Question 15: which dates are inferred, and would any headline figure change under the other reading?

    The counted exchanges whose date is a reading of ours or marked as unsure, oldest first. Columns:
    event_id, type, said (EDTF as the source has it; may be missing), date (in use), basis, why, years
    (those in which it can have begun; empty where they have no bounds), moves (codes of the headline
    figures that another reading of it changes), holds (none does), records.
    """
    moved = readings(corpus)
    exchanges = flows.exchanges(corpus)
    events = corpus["events"].set_index("event_id")
    rows = []
    for row in exchanges[exchanges["counted"]].itertuples():
        event = events.loc[row.event_id]
        date = dates.parse(row.date) if row.date else None
        if event["basis"] not in (*dates.OUR_READING, "bounded") and not (date and date.assumed):
            continue
        moves = tuple(dict.fromkeys(moved.loc[moved["record_id"] == row.event_id, "figure"]))
        rows.append(
            {"event_id": row.event_id, "type": row.type, "said": plain(event["edtf"]), "date": row.date,
             "basis": event["basis"], "why": plain(event["why"]),
             "years": date.start_years if date else (), "moves": moves, "holds": not moves, "records": (row.event_id,)}
        )  # fmt: skip
    columns = ["event_id", "type", "said", "date", "basis", "why", "years", "moves", "holds", "records"]
    return frame(rows, columns).astype({"holds": bool})
