"""Dossiers: what one source says, in a form a curator can bear, read into typed records.

One YAML file per source under ``data/raw/dossiers``, named after the source's id. The keys
of each record follow from `workbench.records.model`; this module knows only the shapes that
are more than one value (a date, a list of parties, parts inside an event).

What does not belong here: rules between records (`check`), and anything that needs a second
dossier (`corpus`): a part without a date, for one, gets it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import Problem, did_you_mean
from workbench.records import dates, yamltext
from workbench.records.model import (
    BY_NAME,
    BY_SECTION,
    CLAIMS,
    EVENTS,
    MAX_CJK,
    MAX_WORDS,
    MILESTONES,
    PLANS,
    SCHEMA,
    SOURCES,
    TOP_LEVEL_KEYS,
    Table,
)
from workbench.records.registers import Registers
from workbench.records.text import paragraph_only, phrase_length
from workbench.records.values import SLUG, Complaint, read_amount, read_code, read_edtf, read_value
from workbench.records.vocabularies import Vocabularies
from workbench.records.yamltext import Mapping, Scalar, Sequence, Tree

# The event that a milestone makes when it is said to be part of another event.
STEP_EVENTS = {
    "discussed": ("discussion", "meeting"),
    "approved": ("approval", "agreement_approval"),
    "signed": ("signing", "agreement_signing"),
    "renewed": ("renewal", "agreement_signing"),
    "in_force": ("entry", "other"),
    "ended": ("end", "other"),
}
SUFFIXES = (".yaml", ".yml")
ONLINE = "online"
UNKNOWN = "unknown"
_PARTY = re.compile(r"(?P<name>.+?)(?: \((?P<mark>group|endpoint|open)\))?(?: @ (?P<org>.+))?", re.DOTALL)


@dataclass(slots=True)
class Record:
    """One record as one source has it: its values by column, and where they stand.

    A merged record has those of its sources in ``told``, the better-placed witness first.
    """

    table: str
    id: str
    source_id: str
    file: str
    line: int
    values: dict[str, Any]
    says: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    parties: list[dict[str, Any]] = field(default_factory=list)
    quantities: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    told: list[Record] = field(default_factory=list)

    def line_of(self, column: str) -> int:
        """The line a field is written in, or that of the record."""
        return self.lines.get(column, self.line)


@dataclass(slots=True)
class Dossier:
    """One source and its records."""

    file: str
    source: Record
    records: list[Record]
    printed_names: dict[str, str]
    left_out: list[str]


def read_all(
    folder: Path, relative: str, registers: Registers, vocabularies: Vocabularies
) -> tuple[list[Dossier], list[Problem]]:
    """Every dossier of a folder, in the order of their names, and all that is wrong with them."""
    found: list[Dossier] = []
    problems: list[Problem] = []
    if not folder.is_dir():
        problems.append(Problem(relative, 0, "", "the folder of dossiers is missing", "one YAML file a source",
                                "make it, or see `workbench init`", "warning"))  # fmt: skip
    for path in sorted(folder.rglob("*")):
        file = f"{relative}/{path.relative_to(folder).as_posix()}"
        if not _is_dossier(path, folder):
            if path.suffix.lower() in SUFFIXES:
                problems.append(Problem(file, 0, "", "this is not read", f"a file ending in .yaml in {relative}",
                                        "move it there, or give it that ending"))  # fmt: skip
            continue
        dossier, wrong = read(path.read_bytes(), file, registers, vocabularies)
        problems += wrong
        if dossier:
            found.append(dossier)
    return found, problems


def _is_dossier(path: Path, folder: Path) -> bool:
    return path.is_file() and path.parent == folder and path.suffix in SUFFIXES


def read(
    content: bytes, file: str, registers: Registers, vocabularies: Vocabularies
) -> tuple[Dossier | None, list[Problem]]:
    """One dossier from the bytes of its file. None when it cannot be read at all."""
    tree, problems = yamltext.read(content, file)
    if tree is None:
        return None, problems
    reader = _Reader(file, registers, vocabularies, problems)
    return reader.dossier(tree), problems


class _Reader:
    """Turns the tree of one file into records, collecting every problem on the way."""

    def __init__(self, file: str, registers: Registers, vocabularies: Vocabularies, problems: list[Problem]) -> None:
        self.file = file
        self.registers = registers
        self.vocabularies = vocabularies
        self.problems = problems
        self.source_id = Path(file).stem
        self.printed_names: dict[str, str] = {}
        self.records: list[Record] = []

    # --- the file -------------------------------------------------------------------------

    def dossier(self, tree: Mapping) -> Dossier | None:
        self.known_keys(tree, TOP_LEVEL_KEYS, "")
        schema = tree.items.get("schema")
        if not isinstance(schema, Scalar) or schema.text != SCHEMA:
            self.add(
                schema.line if schema else 1, "schema", "the version of the form is missing or not ours",
                f"schema: {SCHEMA}", "run `workbench migrate`; a newer form needs a newer workbench",
            )  # fmt: skip
        source = self.source(tree)
        self.names(tree.items.get("names"))
        for section, table in BY_SECTION.items():
            for item in self.items(tree.items.get(section), section):
                self.record(table, item)
        left_out = [text for text, _ in self.texts(tree.items.get("left_out"), "left_out")]
        self.texts(tree.items.get("mentioned_sources"), "mentioned_sources")
        self.repeated_ids()
        if source is None:
            return None
        return Dossier(self.file, source, self.records, self.printed_names, left_out)

    def source(self, tree: Mapping) -> Record | None:
        section = tree.items.get("source")
        if not isinstance(section, Mapping):
            self.add(
                section.line if section else 1, "source", "the source is missing", "source: {id, title, publisher …}",
                "say which article this is",
            )  # fmt: skip
            return None
        record = self.fields(SOURCES, section)
        record.id = record.values["source_id"] or self.source_id
        if record.id != self.source_id:
            self.add(
                record.line_of("source_id"), "id", f'the source is "{record.id}", its file {Path(self.file).name}',
                "a file named after its source", f"rename the file to {record.id}.yaml, or the source",
            )  # fmt: skip
            record.id = self.source_id
        record.values["source_id"] = self.source_id
        self.publisher(section.items.get("publisher"), record)
        for column in ("status", "coder", "coded_on"):
            self.value(SOURCES, column, tree.items.get(column), record, required=column == "status", line=1)
        return record

    def publisher(self, tree: Tree | None, record: Record) -> None:
        if not isinstance(tree, Mapping):
            line = tree.line if tree else record.line
            self.add(line, "publisher", "the publisher is missing or not in the right form",
                     "publisher: {name, kind, is_party, id}", "say who published it")  # fmt: skip
            return
        self.known_keys(tree, ("name", "kind", "is_party", "id"), "publisher")
        pairs = (("name", "publisher"), ("kind", "kind"), ("is_party", "publisher_is_party"), ("id", "publisher_id"))
        for key, column in pairs:
            required = key in ("name", "kind", "is_party")
            self.value(SOURCES, column, tree.items.get(key), record, required=required, line=tree.line, key=key)

    def names(self, tree: Tree | None) -> None:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.add(tree.line, "names", "this is not a list of names", "name as printed: id", "write one line a name")
            return
        for printed, target in tree.items.items():
            text = self.text(target, "names")
            if text is None:
                continue
            tables = [table for table in self.registers.rows if text in self.registers.rows[table]]
            if not tables:
                self.unknown_name(text, target.line, "names", tuple(self.registers.rows))
                continue
            self.printed_names[printed] = text

    # --- a record -------------------------------------------------------------------------

    def record(self, table: Table, tree: Mapping, whole: Record | None = None, **given: Any) -> Record | None:
        """Read one record of a section with all that is nested in it."""
        record = self.fields(table, tree, given)
        id_column = table.key[0]
        record.id = record.values[id_column] or self.computed_id(table, record, tree, whole)
        if not record.id:
            return None
        record.values[id_column] = record.id
        record.says = self.phrase(tree.items.get("says"), record, "") or (whole.says if whole else "")
        self.records.append(record)
        readers = {
            "dated": self.dated, "place": self.place, "parties": self.parties, "bodies": self.bodies,
            "quantities": self.quantities, "outputs": self.outputs, "amount": self.amount, "parts": self.parts,
            "milestones": self.milestones, "promises": self.promises, "signers": self.signers,
        }  # fmt: skip
        for key in table.keys:
            nested = tree.items.get(key.name)
            if nested is None:
                if key.required:
                    self.add(record.line, key.name, f"{key.name} is missing", key.description, "add it")
            elif key.shape in readers:
                record.lines[key.name] = tree.lines[key.name]
                readers[key.shape](nested, record, key.name)
        return record

    def fields(self, table: Table, tree: Mapping, given: dict[str, Any] | None = None) -> Record:
        """The plain values of a record, typed; ``given`` holds what its place already says."""
        record = Record(table.name, "", self.source_id, self.file, tree.line, dict.fromkeys(table.columns))
        self.known_keys(tree, (*table.written, *(key.name for key in table.keys)), table.name)
        record.values.update(given or {})
        for key, column in table.written.items():
            if column.name in (given or {}) and key not in tree.items:
                continue
            if key not in tree.items and column.default:
                record.values[column.name] = self.default(column.default)
                continue
            self.value(table, column.name, tree.items.get(key), record, column.required, tree.line, key)
            if key in tree.lines:
                record.lines[column.name] = tree.lines[key]
        return record

    @staticmethod
    def default(text: str) -> str | None:
        return None if text == UNKNOWN else text

    def value(
        self, table: Table, name: str, tree: Tree | None, record: Record, required: bool = False, line: int = 0,
        key: str = "",
    ) -> None:  # fmt: skip
        """Read one field into the record; complain if it is required and missing."""
        column = table.field(name)
        if tree is None:
            if required:
                self.add(line, key or name, f"{key or name} is missing", column.description, "add it")
            return
        record.lines.setdefault(name, tree.line)
        written = self.evidenced(tree, key or name, record, name)
        if written is None:
            return
        if written == UNKNOWN and column.type != "code" and not column.required:
            return
        try:
            if column.type == "ref" and column.refers_to in self.registers.rows:
                record.values[name] = self.resolve(written, tree.line, key or name, (column.refers_to,))
            else:
                record.values[name] = read_value(column, written, self.vocabularies)
        except Complaint as complaint:
            self.add(tree.line, key or name, complaint.what, complaint.expected, complaint.todo)

    def evidenced(self, tree: Tree, key: str, record: Record, column: str) -> str | None:
        """The text of a value, plain or as {value, says}; its own phrase goes to the record."""
        if isinstance(tree, Mapping) and "value" in tree.items:
            self.known_keys(tree, ("value", "says"), key)
            phrase = self.phrase(tree.items.get("says"), record, column)
            if phrase:
                record.evidence[column] = phrase
            return self.text(tree.items["value"], key)
        return self.text(tree, key)

    def computed_id(self, table: Table, record: Record, tree: Mapping, whole: Record | None) -> str:
        """The id of a record that has none of its own: its whole's id and its kind."""
        stem = ""
        if whole is not None:
            stem = f"{whole.id}-{record.values.get('type') or record.values.get('kind') or ''}"
        elif table is CLAIMS:
            stem = f"{self.source_id}-{record.values.get('measure') or ''}"
        elif table.name == "posts":
            person = record.values.get("person_id") or "unknown"
            stem = f"{self.source_id}-{person}-{record.values.get('org_id') or ''}"
        id = stem.replace("_", "-").strip("-")
        if not SLUG.fullmatch(id):
            if not any(problem.line == tree.line for problem in self.problems):
                self.add(tree.line, "id", "the record has no id", "a short id of its own", "add id: …")
            return ""
        return id

    def repeated_ids(self) -> None:
        seen: dict[tuple[str, str], Record] = {}
        for record in self.records:
            first = seen.setdefault((record.table, record.id), record)
            if first is not record and not (record.table == "posts" and self.registers.unread):
                self.add(
                    record.line_of(BY_NAME[record.table].key[0]), "id",
                    f'the id "{record.id}" stands here twice (first in line {first.line})', "each id once in a dossier",
                    "give this one an id of its own",
                )  # fmt: skip

    # --- shapes ---------------------------------------------------------------------------

    def phrase(self, tree: Tree | None, record: Record, column: str) -> str:
        if tree is None:
            return ""
        text = self.text(tree, "says")
        if text is None:
            return ""
        record.lines[f"says:{column}"] = tree.line
        if paragraph_only(text) is not None:
            return text
        words, characters = phrase_length(text)
        if words > MAX_WORDS or characters > MAX_CJK:
            self.add(
                tree.line, "says", f"the phrase has {words} words and {characters} Chinese characters",
                f"at most {MAX_WORDS} words or {MAX_CJK} characters", "keep the few that find the place",
            )  # fmt: skip
        if not words and not characters:
            self.add(tree.line, "says", "the phrase has no words", "a phrase as printed", "copy a few words")
        return text

    def dated(self, tree: Tree, record: Record, key: str = "when") -> None:
        """Fill the dated block of a record, and ``days`` where the record has them."""
        if isinstance(tree, Scalar):
            unknown = tree.text.strip() == UNKNOWN
            parts: dict[str, Tree] = {"basis": tree} if unknown else {"edtf": tree}
        elif isinstance(tree, Mapping):
            parts = tree.items
            allowed = ("printed", "edtf", "reading", "readings", "basis", "why", "days", "says")
            self.known_keys(tree, allowed, key)
        else:
            self.add(tree.line, key, "a list is not a date", "an EDTF date", "one of several days: [a,b] in quotes")
            return
        phrase = self.phrase(parts.get("says"), record, "edtf")
        if phrase:
            record.evidence["edtf"] = phrase
        printed = self.text(parts["printed"], "printed") if "printed" in parts else None
        edtf = self.edtf(parts.get("edtf"), "edtf")
        reading, reasons = self.reading(parts)
        basis = self.code("date_basis", parts.get("basis"), "basis") or ("inferred" if reading else "stated")
        why = "; ".join(filter(None, [self.optional(parts.get("why"), "why"), reasons]))
        said = "readings" in parts or ("edtf" in parts and self.said(parts["edtf"]))
        at = parts["basis"].line if "basis" in parts else tree.line
        self.check_basis(tree.line, at, key, said, edtf, reading, basis, why)
        record.lines[key] = tree.line
        record.values.update(dated_block(printed=printed, edtf=edtf, reading=reading, basis=basis, why=why or None))
        if "days" in parts:
            self.days(parts["days"], record)

    def check_basis(
        self, line: int, at: int, key: str, written: bool, edtf: str | None, reading: str | None, basis: str, why: str
    ) -> None:
        if basis == "stated" and reading:
            self.add(at, key, "a stated date needs no reading", "basis: inferred, or another", "say on what it rests")
        if basis == "unknown" and (edtf or reading):
            self.add(at, "basis", f"the date is {edtf or reading}, and its basis unknown", "a basis that fits",
                     "say on what the date rests, or leave the date out")  # fmt: skip
        if basis not in ("stated", "unknown") and not why:
            self.add(line, "why", f"the date is {basis} and no reason is given", "why: …", "say why it is read so")
        if not written and not reading and basis != "unknown":
            self.add(line, "edtf", "the date is missing", "edtf: …, or basis: unknown", "add it")

    def reading(self, parts: dict[str, Tree]) -> tuple[str | None, str]:
        """One reading, or several as a set; each of several with its reason."""
        several = parts.get("readings")
        if "reading" in parts:
            if several is not None:
                self.add(parts["reading"].line, "reading", "one reading and several stand together", "one of the two",
                         "put all of them under readings, each with its reason")  # fmt: skip
            return self.edtf(parts["reading"], "reading"), ""
        if several is None:
            return None, ""
        if not isinstance(several, Mapping) or len(several.items) < 2:
            self.add(
                several.line, "readings", "these are not several readings", "date: reason, at least two",
                "write {2021-03-17: reason, 2022-03-17: reason}; a single one as `reading`",
            )  # fmt: skip
            return None, ""
        valid: list[dates.EdtfDate] = []
        reasons = []
        for text, reason in several.items.items():
            try:
                one = read_edtf(text)
                if one.kind != "date":
                    raise Complaint(f'"{text}" is not a single date', "one date a reading", "write each day by itself")
                valid.append(one)
            except Complaint as complaint:
                self.add(several.lines[text], "readings", complaint.what, complaint.expected, complaint.todo)
                continue
            why = self.text(reason, "readings")
            if why:
                reasons.append(f"{text}: {why}")
        if len(valid) < len(several.items):
            return None, ""
        return "[" + ",".join(value.text for value in sorted(valid)) + "]", "; ".join(sorted(reasons))

    @staticmethod
    def said(tree: Tree) -> bool:
        """Is a date written, right or wrong? `unknown` says that there is none."""
        return not (isinstance(tree, Scalar) and tree.text.strip() == UNKNOWN)

    def edtf(self, tree: Tree | None, key: str) -> str | None:
        text = self.optional(tree, key)
        if text is None or tree is None or text == UNKNOWN:
            return None
        try:
            return read_edtf(text).text
        except Complaint as complaint:
            self.add(tree.line, key, complaint.what, complaint.expected, complaint.todo)
            return None

    def days(self, tree: Tree, record: Record) -> None:
        text = self.text(tree, "days")
        if text is None:
            return
        record.lines["days"] = tree.line
        if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) or float(text) == 0:
            self.add(tree.line, "days", f'"{text}" is not a number of days', "a number above 0", "write digits only")
        elif "days" not in record.values:
            self.add(tree.line, "days", f"{record.table} have no days", "days only in events", "move it to a quantity")
        else:
            record.values["days"] = float(text)

    def place(self, tree: Tree, record: Record, key: str = "where") -> None:
        printed = None
        if isinstance(tree, Mapping) and "value" not in tree.items:
            self.known_keys(tree, ("place", "printed", "says"), key)
            printed = self.optional(tree.items.get("printed"), "printed")
            phrase = self.phrase(tree.items.get("says"), record, "place_id")
            if phrase:
                record.evidence["place_id"] = phrase
            name = self.optional(tree.items.get("place"), "place") or UNKNOWN
        else:
            name = self.evidenced(tree, key, record, "place_id") or UNKNOWN
        record.lines["place_id"] = tree.line
        record.values["place_printed"] = printed
        if name in (ONLINE, UNKNOWN):
            record.values["place_precision"] = name
            if name == ONLINE and record.values.get("mode") is None and "mode" in record.values:
                record.values["mode"] = ONLINE
            return
        place_id = self.resolve(name, tree.line, key, ("places",))
        if place_id:
            record.values["place_id"] = place_id
            record.values["place_precision"] = self.registers.rows["places"][place_id]["kind"]

    def parties(self, tree: Tree, record: Record, key: str = "who") -> None:
        if not isinstance(tree, Mapping):
            self.add(tree.line, key, "this is not a list of roles", "role: party", "write {host: …, visitor: …}")
            return
        for role, who in tree.items.items():
            try:
                read_code("role", role, self.vocabularies)
            except Complaint as complaint:
                self.add(tree.lines[role], key, complaint.what, complaint.expected, complaint.todo)
                continue
            for item in who.items if isinstance(who, Sequence) else (who,):
                self.party(item, role, record)

    def party(self, tree: Tree, role: str, record: Record) -> None:
        party: dict[str, Any] = {"role": role, "headcount": None, "line": tree.line}
        if isinstance(tree, Mapping):
            self.known_keys(tree, ("party", "for", "headcount", "says"), "who")
            same = sum(known["role"] == role for known in record.parties)
            column = f"party:{role}:{same + 1}" if same else f"party:{role}"
            phrase = self.phrase(tree.items.get("says"), record, column)
            if phrase:
                record.evidence[column] = phrase
            text = self.optional(tree.items.get("party"), "party")
            if "party" not in tree.items:
                self.add(tree.line, "party", "this does not say who", "party: a name or an id", "add party: …")
            for_org = self.optional(tree.items.get("for"), "for")
            party["headcount"] = self.headcount(tree.items.get("headcount"))
        else:
            text, for_org = self.text(tree, "who"), None
        if not text:
            return
        if "\n" in text:
            self.add(tree.line, "who", "a line break stands in the name", "one line", "write the name in one line")
            return
        found = _PARTY.fullmatch(text)
        assert found is not None  # .+? takes any text that is not empty
        for_org = found["org"] or for_org
        party["for_org"] = self.resolve(for_org, tree.line, "for", ("organisations",)) if for_org else None
        party["text"] = found["name"]
        self.identify(party, found["name"], found["mark"], bool(for_org), tree.line)
        record.parties.append(party)

    def identify(self, party: dict[str, Any], name: str, mark: str | None, is_person: bool, line: int) -> None:
        party["party"], party["party_id"] = mark or "org", None
        if mark == "open":
            party["party"] = "person" if is_person else "org"
        if mark or name == UNKNOWN:
            if name == UNKNOWN and is_person:
                party["party"] = "person"
            return
        tables = ("people",) if is_person else ("organisations", "people")
        party["party_id"] = self.resolve(name, line, "who", tables)
        if party["party_id"] in self.registers.rows["people"]:
            party["party"] = "person"

    def headcount(self, tree: Tree | None) -> int | None:
        text = self.optional(tree, "headcount")
        if text is None or tree is None:
            return None
        if not re.fullmatch(r"\d+", text, re.ASCII):
            self.add(
                tree.line, "headcount", f'"{text}" is not a number of people', "a whole number", "leave out if unknown"
            )
            return None
        return int(text)

    def bodies(self, tree: Tree, record: Record, key: str) -> None:
        if key == "one_each_with":
            self.children(tree, record)
            return
        for text, line in self.texts(tree, key):
            name, is_open = _without_mark(text)
            org = None if is_open else self.resolve(text, line, key, ("organisations",))
            record.parties.append(
                {"role": "signatory", "party": "org", "party_id": org, "text": name, "for_org": None,
                 "headcount": None, "line": line}
            )  # fmt: skip

    def children(self, tree: Tree, group: Record) -> None:
        """One child agreement of a group's parties with each body listed."""
        group.values["form"] = "group"
        listed = [
            (self.resolve(t, n, "one_each_with", ("organisations",)), t, n)
            for t, n in self.texts(tree, "one_each_with")
        ]
        common = [party for party in group.parties if party["role"] == "signatory"]
        for org, text, line in listed:
            party = {"role": "signatory", "party": "org", "party_id": org, "text": text, "for_org": None,
                     "headcount": None, "line": line}  # fmt: skip
            group.parties.append(party)
            if not org:
                continue
            values = {**group.values, "agreement_id": f"{group.id}-{org}", "form": "child", "parent_id": group.id,
                      "countable": None, "note": None}  # fmt: skip
            child = Record(
                "agreements", f"{group.id}-{org}", self.source_id, self.file, line, values, says=group.says,
                parties=[*common, party],
            )  # fmt: skip
            self.records.append(child)

    def quantities(self, tree: Tree, record: Record, key: str = "quantities") -> None:
        if not isinstance(tree, Mapping):
            self.add(tree.line, key, "this is not a list of numbers", "measure: number", "write {audience: ~50}")
            return
        for measure, number in tree.items.items():
            try:
                read_code("measure", measure, self.vocabularies)
            except Complaint as complaint:
                self.add(tree.lines[measure], key, complaint.what, complaint.expected, complaint.todo)
                continue
            written = self.evidenced(number, key, record, f"quantity:{measure}")
            amount = self.read_amount(written, number.line, key)
            if amount:
                record.quantities.append({"measure": measure, **amount})

    def amount(self, tree: Tree, record: Record, key: str = "value") -> None:
        written = self.evidenced(tree, key, record, "low")
        amount = self.read_amount(written, tree.line, key)
        if amount:
            record.values.update({k: v for k, v in amount.items() if k in record.values})

    def read_amount(self, text: str | None, line: int, key: str) -> dict[str, Any] | None:
        if text is None:
            return None
        try:
            amount = read_amount(text)
        except Complaint as complaint:
            self.add(line, key, complaint.what, complaint.expected, complaint.todo)
            return None
        return {"low": amount.low, "best": amount.best, "high": amount.high, "qualifier": amount.qualifier,
                "unit": amount.unit or None}  # fmt: skip

    def outputs(self, tree: Tree, record: Record, key: str = "outputs") -> None:
        if not isinstance(tree, Mapping):
            self.add(tree.line, key, "this is not a list of outputs", "kind: title in our words", "write {poster: …}")
            return
        for kind, titles in tree.items.items():
            try:
                read_code("output_kind", kind, self.vocabularies)
            except Complaint as complaint:
                self.add(tree.lines[kind], key, complaint.what, complaint.expected, complaint.todo)
                continue
            record.outputs += [{"kind": kind, "title": title} for title, _ in self.texts(titles, key)]

    def parts(self, tree: Tree, record: Record, key: str) -> None:
        for item in self.items(tree, key):
            self.record(EVENTS, item, whole=record, part_of=record.id)

    def promises(self, tree: Tree, record: Record, key: str) -> None:
        for item in self.items(tree, key):
            plan = self.record(PLANS, item, whole=record, strength="committed", agreement_id=record.id)
            if plan and not plan.parties:
                plan.parties = [{**party, "role": "participant"} for party in record.parties if party["party_id"]]

    def signers(self, tree: Tree, record: Record, key: str) -> None:
        if not isinstance(tree, Mapping):
            self.add(
                tree.line, key, "this is not a list of signers", "body: person or unknown", "write {leeds-libraries: …}"
            )
            return
        parties = {party["party_id"] for party in record.parties}
        for body, person in tree.items.items():
            line = tree.lines[body]
            org = self.resolve(body, line, key, ("organisations",))
            if org and org not in parties:
                self.add(line, key, f'"{body}" signs but is no party', "one of the parties", "add it to parties")
            name = self.text(person, key)
            if not org or not name:
                continue
            party: dict[str, Any] = {"role": "signatory", "for_org": org, "headcount": None, "line": person.line}
            party["text"], is_open = _without_mark(name)
            self.identify(party, party["text"], "open" if is_open else None, True, person.line)
            record.parties.append(party)

    def milestones(self, tree: Tree, record: Record, key: str) -> None:
        if not isinstance(tree, Mapping):
            self.add(tree.line, key, "this is not a list of steps", "step: date", "write {signed: 2019-04-02}")
            return
        for step, when in tree.items.items():
            try:
                read_code("milestone_step", step, self.vocabularies)
            except Complaint as complaint:
                self.add(tree.lines[step], key, complaint.what, complaint.expected, complaint.todo)
                continue
            self.milestone(step, when, record)

    def milestone(self, step: str, tree: Tree, agreement: Record) -> None:
        id = f"{agreement.id}-{step}".replace("_", "-")
        values = dict.fromkeys(MILESTONES.columns) | {
            "milestone_id": id, "agreement_id": agreement.id, "step": step,
        }  # fmt: skip
        milestone = Record("milestones", id, self.source_id, self.file, tree.line, values, says=agreement.says)
        keys = set(tree.items) if isinstance(tree, Mapping) else set()
        if isinstance(tree, Mapping) and {"event", "part_of"} <= keys:
            self.add(tree.line, "milestones", "event and part_of stand side by side", "event or part_of",
                     "event names the step's own event, part_of makes one inside another: keep one")  # fmt: skip
        if isinstance(tree, Mapping) and keys & {"event", "part_of"}:
            self.known_keys(tree, ("event", "part_of", "says"), "milestones")
            milestone.says = self.phrase(tree.items.get("says"), milestone, "") or agreement.says
            link = "event" if "event" in keys else "part_of"
            target = self.optional(tree.items[link], link)
            milestone.lines["event_id"] = tree.items[link].line
            if target and link == "event":
                milestone.values["event_id"] = target
            elif target:
                milestone.values["event_id"] = self.step_event(step, target, agreement, milestone)
        else:
            self.dated(tree, milestone, "milestones")
            milestone.says = milestone.evidence.pop("edtf", "") or agreement.says
            milestone.lines["says:"] = milestone.lines.get("says:edtf", milestone.line)
        self.records.append(milestone)

    def step_event(self, step: str, whole: str, agreement: Record, milestone: Record) -> str:
        """The event of a step that happened inside another event; no date is typed twice."""
        suffix, kind = STEP_EVENTS[step]
        id = f"{agreement.id}-{suffix}"
        values = dict.fromkeys(EVENTS.columns) | {
            "event_id": id, "type": kind, "part_of": whole, "agreement_id": agreement.id,
            "clarity": "single", "factuality": "realised",
        }  # fmt: skip
        event = Record(
            "events", id, self.source_id, self.file, milestone.line, values, says=milestone.says,
            lines=dict(milestone.lines) | {"part_of": milestone.lines["event_id"]},
            parties=agreement.parties,  # the same list: signers are read after milestones
        )  # fmt: skip
        self.records.append(event)
        return id

    # --- small helps ----------------------------------------------------------------------

    def add(self, line: int, field: str, what: str, expected: str, todo: str) -> None:
        self.problems.append(Problem(self.file, line, field, what, expected, todo))

    def known_keys(self, tree: Mapping, known: Any, field: str) -> None:
        for key, line in tree.lines.items():
            if key not in known:
                self.add(
                    line, field or key, f'there is no key "{key}" here', ", ".join(known),
                    did_you_mean(key, known) or "delete it, or put the text in a note",
                )  # fmt: skip

    def text(self, tree: Tree, key: str) -> str | None:
        if not isinstance(tree, Scalar):
            kind = "list" if isinstance(tree, Sequence) else "block of keys"
            self.add(tree.line, key, f"a {kind} stands where a single value belongs", "one value",
                     "if the text begins with [ or {, or holds `: `, put it in quotes")  # fmt: skip
            return None
        if not tree.text.strip():
            self.add(tree.line, key, f"{key} is empty", "a value", "fill it, or leave the key out")
            return None
        return tree.text.strip()

    def optional(self, tree: Tree | None, key: str) -> str | None:
        return None if tree is None else self.text(tree, key)

    def code(self, vocabulary: str, tree: Tree | None, key: str) -> str | None:
        text = self.optional(tree, key)
        if text is None or tree is None:
            return None
        try:
            return read_code(vocabulary, text, self.vocabularies)
        except Complaint as complaint:
            self.add(tree.line, key, complaint.what, complaint.expected, complaint.todo)
            return None

    def texts(self, tree: Tree | None, key: str) -> list[tuple[str, int]]:
        if tree is None:
            return []
        items = tree.items if isinstance(tree, Sequence) else (tree,)
        read = [(self.text(item, key), item.line) for item in items]
        return [(text, line) for text, line in read if text is not None]

    def items(self, tree: Tree | None, section: str) -> Iterator[Mapping]:
        if tree is None or (isinstance(tree, Scalar) and not tree.text):
            return
        if not isinstance(tree, Sequence):
            self.add(tree.line, section, f"{section} is not a list", "a list", "begin each record with `- `")
            return
        for item in tree.items:
            if isinstance(item, Mapping):
                yield item
            else:
                self.add(item.line, section, "this is not a record", "keys and values", "write `- key: value`")

    def resolve(self, name: str, line: int, field: str, tables: tuple[str, ...]) -> str | None:
        """The id in a register for an id or a name as printed. Ambiguity is asked, never guessed."""
        known = self.printed_names.get(name)
        if known and any(known in self.registers.rows[table] for table in tables):
            return known
        found = set().union(*(self.registers.find(table, name) for table in tables))
        if len(found) == 1:
            return found.pop()
        if found:
            self.add(
                line, field, f'"{name}" names {len(found)} of the register', " or ".join(sorted(found)),
                "write the id, or say under names: which one it is",
            )  # fmt: skip
            return None
        self.unknown_name(name, line, field, tables)
        return None

    def unknown_name(self, name: str, line: int, field: str, tables: tuple[str, ...]) -> None:
        if self.registers.unread & set(tables):
            return  # the register itself is reported; what it would have held nobody knows
        proposed = [candidate for table in tables for candidate in self.registers.candidates(table, name)]
        files = " or ".join(f"{table}.csv" for table in tables)
        hint = f"did you mean {' or '.join(proposed[:3])}? Else add it there" if proposed else "add it there"
        if field in ("who", "parties", "signers"):
            hint += f', or mark it "{name} (open)"'
        self.add(line, field, f'"{name}" is not known', f"an id or a name of {files}", hint)


def _without_mark(text: str) -> tuple[str, bool]:
    """A name without its mark (open), and whether it had it."""
    name = text.removesuffix(" (open)")
    return name, name != text


def dated_block(
    printed: str | None = None, edtf: str | None = None, reading: str | None = None,
    basis: str | None = None, why: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The columns of a dated block; the bounds are those of the reading, else of the source's date."""
    text = reading or edtf
    block: dict[str, Any] = {"printed": printed, "edtf": edtf, "reading": reading, "basis": basis, "why": why}
    value = dates.parse(text) if text else None
    for bound in dates.BOUNDS:
        block[bound] = getattr(value, bound) if value else None
    block["earliest"], block["latest"] = block["start_earliest"], block["end_latest"]
    block["earliest_missing"] = (value.start_earliest_missing if value else "unknown") or None
    block["latest_missing"] = (value.end_latest_missing if value else "unknown") or None
    block["uncertain"] = value.uncertain if value else None
    block["approximate"] = value.approximate if value else None
    block["precision"] = value.precision if value else "unknown"
    return block
