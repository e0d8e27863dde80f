"""What was said, and when: the manifests of released editions, and what differs between two states of the records.

A manifest (``data/editions/EDITION.json``) holds what reports of an edition could say: every record with its values
and sources, one a line, the headline figures, and which report cited which record. So an edition can be compared
with the records as they are now, or with another one, and can be asked like tables (`frames_of`).

To let reports say one more field nothing is needed: all fields of the model are kept but those in `_UNSAID`. What
does not belong here: words (`prose.changes`), and how an edition is made (`publish.editions`).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import Problem, RecordsError, UsageError, did_you_mean
from workbench.paths import Project, file_digest, sha256
from workbench.records import dates
from workbench.records.audience import AUDIENCES, INTERNAL
from workbench.records.corpus import DTYPES
from workbench.records.dossiers import dated_block
from workbench.records.merging import DATED_COLUMNS, as_text
from workbench.records.model import BY_NAME, TABLES
from workbench.records.values import Amount
from workbench.settings import Settings

NEW, ALTERED, WITHDRAWN = "new", "altered", "withdrawn"
# Records with ids of their own, in the order in which they are told.
RECORDED = ("events", "agreements", "milestones", "plans", "claims", "posts", "programmes", "series", "sources",
            "organisations", "people", "places")  # fmt: skip
_REGISTERS = ("organisations", "people", "places")
# Rows that belong to a record: the columns that name it.
_ATTACHED = {"parties": ("record", "record_id"), "quantities": ("record", "record_id"), "outputs": ("", "event_id"),
             "names": ("of", "id")}  # fmt: skip
_PREFERRED = ("preferred", "reading_of_ours")
_WRITTEN_DATES = ("printed", "edtf", "reading", "basis")  # the other columns of a date follow from them
_UNSAID = {"note", "register_row", *DATED_COLUMNS} - {*_WRITTEN_DATES}
_OF_THE_FILE = {"coder", "coded_on", "status", "audience"}  # what a source says of its own dossier
# What changes with another field, or says nothing by itself.
_UNCOMPARED = {"printed", "edtf", "reading", "register_id", "place_precision", "place_printed"}
_AMOUNT = ("low", "best", "high", "qualifier")
# Words of ours, which are written anew without being set right; what a source is, what became of a plan.
_NO_CORRECTION = {"topic", "outcome", "scope", "what", "name", "title", "funder", "period", "post", "outputs",
                  "sources", "curation", "basis", "status", "realised_by"}  # fmt: skip
_EDITION_ID = re.compile(r"(\d{4}-\d{2}-\d{2})(-internal)?(?:-([2-9]|[1-9]\d+))?")
_HEAD = ("id", "by", "on", "as_of", "audience", "title", "versions")

RecordId = tuple[str, str]  # (table, id)
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as reports could say it: plain values by field, its sources, what hangs on it (parties,
    quantities, outputs, names), and the decisions about it by field (what, chosen, reason).

    ``told`` (value by field and source) is known of tables, not of editions.
    """

    values: Mapping[str, Any]
    sources: tuple[str, ...] = ()
    attached: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def date(self) -> str | None:
        """The date in use: the reading, else what the source says."""
        return self.values.get("reading") or self.values.get("edtf")

    def aspects(self) -> dict[str, Any]:
        """What can differ between two states of a record, by name: fields, ``date``, ``place``, parties by role,
        quantities by measure, outputs, names by language, sources."""
        found = {name: value for name, value in self.values.items() if name not in (*_UNCOMPARED, *_AMOUNT)}
        if "qualifier" in self.values:
            found["amount"] = amount(self.values)
        found |= {"date": self.date, "sources": self.sources}
        if "place_id" in found or "place_printed" in self.values:
            found["place_id"] = self.values.get("place_id") or self.values.get("place_printed")
        parties = defaultdict(list)
        for row in self.attached.get("parties", ()):
            named = row.get("party_id") or row.get("for_org") or row.get("text")
            parties[f"party:{row['role']}"].append(named)
            if row.get("headcount") is not None:
                found[f"headcount:{row['role']}"] = row["headcount"]
        found |= {name: tuple(dict.fromkeys(rows)) for name, rows in sorted(parties.items())}
        for row in self.attached.get("quantities", ()):
            found[f"quantity:{row['measure']}"] = amount(row)
        if self.attached.get("outputs"):
            found["outputs"] = tuple(row["title"] for row in self.attached["outputs"])
        found |= {f"name:{row['language']}": row["text"] for row in self.attached.get("names", ())}
        return {name: value for name, value in found.items() if value not in (None, ())}


Records = dict[RecordId, Entry]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a record new or withdrawn as a whole (``field`` empty), or one aspect of it altered.

    ``sources`` are those that give the new value (of a withdrawn record: those it had); ``reason`` is that of the
    decision behind it, if there is one; ``cited`` are the released reports that cited the record.
    """

    table: str
    id: str
    change: str
    field: str = ""
    old: Any = None
    new: Any = None
    sources: tuple[str, ...] = ()
    reason: str = ""
    cited: tuple[str, ...] = ()

    @property
    def corrects(self) -> bool:
        """Does it set right what a released report could say? What only adds to it, makes it finer or words it anew
        does not."""
        if not self.cited or self.change == NEW or self.field in _NO_CORRECTION:
            return False
        return self.change == WITHDRAWN or (self.old is not None and not self.finer)

    @property
    def finer(self) -> bool:
        """Is the new value inside the old one: a date within the earlier one, parties beside the earlier ones?"""
        if isinstance(self.old, tuple) and isinstance(self.new, tuple):
            return set(self.old) < set(self.new)
        if self.field not in ("date", "ends", "as_of", "published") or not (self.old and self.new):
            return False
        old, new = dates.parse(self.old), dates.parse(self.new)
        if not (old.earliest and old.latest and new.earliest and new.latest):
            return False
        return old.earliest <= new.earliest and new.latest <= old.latest and (old.earliest, old.latest) != (
            new.earliest, new.latest)  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """One released edition. ``figures`` are rows of home, measure, low, high, records; ``reports`` rows of id, title,
    kind, language, home, files (digest by name) and records (as table:id)."""

    id: str
    by: str
    on: str
    as_of: str
    audience: str
    title: Mapping[str, str]
    versions: Mapping[str, str]
    figures: tuple[Mapping[str, Any], ...]
    reports: tuple[Mapping[str, Any], ...]
    records: Records = field(repr=False)

    @cached_property
    def cited(self) -> dict[RecordId, tuple[str, ...]]:
        """For each record that a report cited the ids of these reports."""
        found: dict[RecordId, list[str]] = defaultdict(list)
        for report in self.reports:
            for name in report["records"]:
                table, _, id = name.partition(":")
                found[table, id].append(report["id"])
        return {record: tuple(ids) for record, ids in found.items()}

    @cached_property
    def frames(self) -> Frames:
        """The edition's records as tables: see `frames_of`."""
        return frames_of(self.records)


@dataclass(frozen=True)
class Comparison:
    """What is different from an earlier edition, over the whole project: in the records as they are, or in a later
    edition."""

    edition: Edition
    changes: tuple[Change, ...]
    later: Edition | None = None


# --- from tables and back -----------------------------------------------------------------


def snapshot(frames: Frames, settings: Settings) -> Records:
    """The records of some tables as reports could say them, in the order of `RECORDED` and of ids.

    Bodies, people and places that no record leads to are left out, those of a home never; so are records and sources
    that were withdrawn.
    """
    attached = {name: _attached(frames[name], *columns) for name, columns in _ATTACHED.items()}
    sources, told = _told(frames)
    decisions = _decisions(frames["conflicts"])
    wanted = _led_to(frames, {member for home in settings.homes.values() for member in home.members})
    found: Records = {}
    for name in RECORDED:
        table, key = BY_NAME[name], BY_NAME[name].key[0]
        unsaid = _UNSAID | (_OF_THE_FILE if name == "sources" else set())
        kept = [column for column in table.columns if column not in {*unsaid, key}]
        for row in _rows(frames[name], [key, *kept]):
            id = row.pop(key)
            record = (name, id)
            if row.get("curation") == WITHDRAWN or (name in _REGISTERS and id not in wanted):
                continue
            own = {kind: rows[record] for kind, rows in attached.items() if record in rows}
            given = tuple(sorted({*sources.get(record, ()), *filter(None, [row.get("register_id")])}))
            found[record] = Entry(row, given, own, decisions.get(record, {}), told.get(record, {}))
    gone = set(frames["sources"].loc[frames["sources"]["status"] == WITHDRAWN, "source_id"])
    return {record: entry for record, entry in sorted(found.items(), key=_told_order) if record[1] not in gone}


def frames_of(records: Records) -> Frames:
    """Records as tables with the columns and types of the model, to be selected from and asked.

    What an edition does not keep is empty: notes, differences between sources, places in sources.
    """
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    for (name, id), entry in records.items():
        table = BY_NAME[name]
        values = {**entry.values, table.key[0]: id}
        if "edtf" in table.columns:
            values |= dated_block(**{column: entry.values.get(column) for column in _WRITTEN_DATES})
        rows[name].append(values)
        for kind, owned in entry.attached.items():
            owner, key = _ATTACHED[kind]
            own = {key: id, owner: name} if owner else {key: id}
            rows[kind] += [{"n": n, **row, **own} for n, row in enumerate(owned, 1)]
        told = {"record": name, "record_id": id, "field": "*", "stance": "states"}
        rows["assertions"] += [{**told, "source_id": source} for source in entry.sources]
    frames = {}
    for table in TABLES:
        columns = {
            column.name: pd.Series([_typed(row.get(column.name), column.type) for row in rows[table.name]],
                                   dtype=DTYPES[column.type])
            for column in table.fields
        }  # fmt: skip
        frame = pd.DataFrame(columns, columns=table.columns)
        order = frame[list(table.key)].fillna("") if len(frame) else frame
        frames[table.name] = frame.loc[order.sort_values(list(table.key), kind="stable").index].reset_index(drop=True)
    return frames


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a table as plain values, without what is missing."""
    listed = {name: frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in columns}
    return [
        {name: _plain(value) for name, value in zip(listed, values, strict=True) if value is not None}
        for values in zip(*listed.values(), strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _typed(value: Any, kind: str) -> Any:
    return dt.date.fromisoformat(value) if kind == "date" and isinstance(value, str) else value


def _attached(frame: pd.DataFrame, owner: str, key: str) -> dict[RecordId, tuple[dict[str, Any], ...]]:
    if owner == "of":  # names as printed are said by nobody
        frame = frame[frame["kind"].isin(_PREFERRED)]
    found: dict[RecordId, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(frame, frame.columns):
        record = (row.pop(owner) if owner else "events", row.pop(key))
        dropped = {"n", "source_id"} | ({"text"} if "party_id" in row else set())  # named by the register
        found[record].append({name: value for name, value in row.items() if name not in dropped})
    return {record: tuple(rows) for record, rows in found.items()}


def _told(frames: Frames) -> tuple[dict[RecordId, set[str]], dict[RecordId, dict[str, dict[str, str]]]]:
    """For each record its sources, and the value that each source gives of each field."""
    sources: dict[RecordId, set[str]] = defaultdict(set)
    told: dict[RecordId, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    table = frames["assertions"]
    columns = [table[name].astype(object) for name in ("record", "record_id", "field", "source_id", "value")]
    for record, id, name, source, value in zip(*columns, strict=True):
        sources[record, id].add(source)
        if not pd.isna(value):
            told[record, id][name][source] = value
    return sources, told


def _decisions(conflicts: pd.DataFrame) -> dict[RecordId, dict[str, dict[str, str]]]:
    found: dict[RecordId, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in _rows(conflicts[conflicts["rule"] == "decision"], conflicts.columns):
        about = {"what": row.get("values", ""), "chosen": row.get("chosen", ""), "reason": row.get("reason", "")}
        found[row["record"], row["record_id"]][row["field"]] = about
    return found


def _led_to(frames: Frames, members: set[str]) -> set[str]:
    """The bodies, people and places that records lead to, with the homes' own: register rows not used stay unsaid."""
    found = set(members) | set(frames["parties"]["party_id"].dropna())
    for table in TABLES:
        if table.name not in (*_REGISTERS, "names", "assertions", "conflicts"):
            for column in table.fields:
                if column.refers_to in _REGISTERS:
                    found |= set(frames[table.name][column.name].dropna())
    bodies = frames["organisations"]
    while True:
        own = bodies[bodies["org_id"].isin(found)]
        more = set(own["parent_id"].dropna()) | set(own["place_id"].dropna())
        if more <= found:
            return found
        found |= more


def _told_order(item: tuple[RecordId, Entry]) -> tuple[int, str]:
    (table, id), _ = item
    return RECORDED.index(table), id


def amount(row: Mapping[str, Any]) -> Amount:
    """The number of a claim's or a quantity's plain values."""
    low, best, high = (None if row.get(name) is None else float(row[name]) for name in _AMOUNT[:3])
    return Amount(low, best, high, row["qualifier"])


# --- comparing ----------------------------------------------------------------------------


def compare(old: Records, new: Records, cited: Mapping[RecordId, tuple[str, ...]] | None = None) -> tuple[Change, ...]:
    """What differs between two states of the records, in the order of `RECORDED`, ids and fields.

    ``cited`` are the released reports that cited a record of the older state.
    """
    known = cited or {}
    order = sorted({**old, **new}.items(), key=_told_order)
    found: list[Change] = []
    for (table, id), _ in order:
        record, before, after = (table, id), old.get((table, id)), new.get((table, id))
        reports = known.get(record, ())
        if before is None and after is not None:
            found.append(Change(table, id, NEW, sources=after.sources, cited=reports))
        elif after is None and before is not None:
            why = _why_gone(id, new)
            found.append(Change(table, id, WITHDRAWN, sources=before.sources, reason=why, cited=reports))
        elif before is not None and after is not None and (before.values, before.attached, before.sources) != (
            after.values, after.attached, after.sources):  # fmt: skip
            found += _altered(record, before, after, reports)
    return tuple(found)


def _altered(record: RecordId, before: Entry, after: Entry, reports: tuple[str, ...]) -> list[Change]:
    old, new = before.aspects(), after.aspects()
    found = []
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            sources, reason = _behind(name, new.get(name), before, after)
            found.append(Change(*record, ALTERED, name, old.get(name), new.get(name), sources, reason, reports))
    return found


def _behind(name: str, value: Any, before: Entry, after: Entry) -> tuple[tuple[str, ...], str]:
    """The sources that give a new value, and the reason of the decision for it.

    Where the records do not tell which source gives it: those that are new to the record, else all it has.
    """
    added = tuple(source for source in after.sources if source not in before.sources)
    if name == "sources":
        return added or after.sources, ""
    fields = ("reading", "edtf") if name == "date" else (name,)
    decided = next((after.decisions[one]["reason"] for one in (*fields, "*") if one in after.decisions), "")
    if decided and before.decisions == after.decisions:
        decided = ""  # it was decided then as now: something else moved the value
    giving = tuple(source for one in fields for source, told in after.told.get(one, {}).items()
                   if value is not None and told == as_text(value))  # fmt: skip
    return tuple(sorted(set(giving))) or added or after.sources, decided


def _why_gone(id: str, new: Records) -> str:
    """The reason of a decision that names a record which is no longer there: that it is the same as another, say."""
    naming = re.compile(rf"(?<![\w-]){re.escape(id)}(?![\w-])")
    for entry in new.values():
        for decision in entry.decisions.values():
            if naming.search(decision["what"]) or naming.search(decision["chosen"]):
                return decision["reason"]
    return ""


def since(project: Project, frames: Frames, settings: Settings, audience: str) -> Comparison | None:
    """What differs from the newest edition for an audience; None where there is none.

    ``frames`` are the tables for that audience. Raises `RecordsError` when its manifest is damaged.
    """
    edition = newest(project, audience)
    if edition is None:
        return None
    return Comparison(edition, compare(edition.records, snapshot(frames, settings), edition.cited))


# --- manifests ----------------------------------------------------------------------------


def files(project: Project, audience: str) -> list[Path]:
    """The manifests for an audience, the oldest first: their names say day, audience and number."""
    found = []
    for path in project.editions.glob("*.json"):
        named = _EDITION_ID.fullmatch(path.stem)
        if named and bool(named[2]) == (audience == INTERNAL):
            found.append((named[1], int(named[3] or 1), path))
    return [path for *_, path in sorted(found)]


def newest(project: Project, audience: str) -> Edition | None:
    """The newest edition for an audience; None where there is none. Raises `RecordsError` when it is damaged."""
    found = files(project, audience)
    return read(found[-1], project.relative(found[-1])) if found else None


def newest_digest(project: Project, audience: str) -> str:
    """The digest of the manifest with which a build compares; empty where there is none. A report that says what
    changed is stale when this is another."""
    found = files(project, audience)
    return file_digest(found[-1]) if found else ""


def next_id(project: Project, on: dt.date, audience: str) -> str:
    """The id of an edition released on a day: 2026-11-22, a second one 2026-11-22-2; those for the house have their
    own numbers, so that none is missing where the public sees them."""
    stem = on.isoformat() + ("-internal" if audience == INTERNAL else "")
    taken = {path.stem for path in files(project, audience)}
    return stem if stem not in taken else next(id for n in range(2, 10**6) if (id := f"{stem}-{n}") not in taken)


def named(project: Project, id: str) -> Edition:
    """The edition of an id; raises `UsageError` naming the near ones when there is none."""
    known = {path.stem: path for audience in AUDIENCES for path in files(project, audience)}
    if id not in known:
        hint = did_you_mean(id, known) or (f"Known: {', '.join(known)}." if known else "None has been released yet.")
        raise UsageError(f'There is no edition "{id}". {hint}')
    return read(known[id], project.relative(known[id]))


def check(project: Project) -> list[Problem]:
    """What is wrong with the manifests, one problem a damaged file."""
    problems: list[Problem] = []
    for path in sorted(project.editions.glob("*.json")):
        try:
            read(path, project.relative(path))
        except RecordsError as error:
            problems += error.problems
    return problems


def read(path: Path, file: str) -> Edition:
    """An edition from its manifest; ``file`` names it in messages. Raises `RecordsError` when it is not as it was
    written."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        head, digest = content["edition"], content.pop("digest")
        if digest != _digest(content) or head["id"] != path.stem:
            raise ValueError("it is not as it was written")
        records = {(row["table"], row["id"]): _entry(row) for row in content["records"]}
        return Edition(**head, figures=tuple(content["figures"]), reports=tuple(content["reports"]), records=records)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"the manifest of this edition is damaged ({type(error).__name__}: {error})"
        raise RecordsError([Problem(file, 0, "", what, "the file that `workbench release` wrote",
                                    "restore it from version control, or take it away")]) from None  # fmt: skip


def write(edition: Edition) -> bytes:
    """The manifest of an edition: one record a line, so that versions of it compare well."""
    content = _content(edition)
    parts = [f'"edition": {json.dumps(content["edition"], ensure_ascii=False)}']
    for name in ("figures", "reports", "records"):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in content[name])
        parts.append(f'"{name}": [\n{lines}\n]' if lines else f'"{name}": []')
    parts.append(f'"digest": "{_digest(content)}"')
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _content(edition: Edition) -> dict[str, Any]:
    return {
        "edition": {name: getattr(edition, name) for name in _HEAD},
        "figures": list(edition.figures),
        "reports": list(edition.reports),
        "records": [_line(record, entry) for record, entry in edition.records.items()],
    }


def _line(record: RecordId, entry: Entry) -> dict[str, Any]:
    row = {"table": record[0], "id": record[1], "values": entry.values, "sources": entry.sources,
           "decisions": entry.decisions, **entry.attached}  # fmt: skip
    return {name: value for name, value in row.items() if value}


def _entry(row: dict[str, Any]) -> Entry:
    attached = {name: tuple(row[name]) for name in _ATTACHED if name in row}
    return Entry(row.get("values", {}), tuple(row.get("sources", ())), attached, row.get("decisions", {}))


def _digest(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
