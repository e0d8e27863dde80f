"""A mapping: what the columns of a register mean, in about ten lines of TOML or YAML.

Both forms are read into one tree with lines and then typed by the model: see docs/registers.md
for every key. What does not belong here: the table itself (`sheets`), its names (`resolve`).
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import Problem, did_you_mean
from workbench.records import yamltext
from workbench.records.dossiers import UNKNOWN
from workbench.records.imports.datings import EMPTY, Dating, read_format
from workbench.records.imports.sheets import Layout
from workbench.records.model import AGREEMENTS, CLAIMS, EVENTS, PLANS, SOURCES, Table
from workbench.records.values import Complaint, read_code, read_value
from workbench.records.vocabularies import Vocabularies
from workbench.records.yamltext import Mapping as Block
from workbench.records.yamltext import Scalar, Sequence, Tree
from workbench.settings import toml_problem

RECORDS: dict[str, Table] = {table.name: table for table in (EVENTS, AGREEMENTS, PLANS, CLAIMS)}
SOURCE_KEYS = (
    "id", "title", "publisher", "is_party", "kind", "language", "url", "published", "licence", "citation", "audience",
    "status", "coder", "coded_on", "note",
)  # fmt: skip
_NEEDED = ("id", "title", "publisher", "kind", "language", "licence", "citation")
KEYS = (
    "source", "record", "sheet", "header_row", "encoding", "delimiter", "fill_merged",
    "fill_short", "id", "constants", "columns",
    "values", "dates", "parties", "place", "skip", "quantities",
)  # fmt: skip
_LAYOUT_KEYS = ("sheet", "header_row", "encoding", "delimiter")
_DATE_KEYS = ("column", "until", "formats", "pivot", "empty", "until_empty")
_PARTY_KEYS = ("role", "column", "body", "named_by", "kind", "city", "country", "in_country", "admin1", "optional")
_PLACE_KEYS = ("column", "country", "in_country", "admin1")
_SKIP_KEYS = ("column", "equals", "empty", "matches", "reason")
AMOUNT_COLUMN = "value"  # of claims


@dataclass(frozen=True, slots=True)
class Named:
    """A column of names and what narrows them. ``body`` instead of a column is one body for all rows.

    ``named_by`` place: the column names a place, and the body is the one of that kind there.
    """

    table: str
    column: str = ""
    role: str = ""
    body: str = ""
    named_by: str = "name"
    kinds: tuple[str, ...] = ()
    city: str = ""
    country: str = ""
    in_country: str = ""
    admin1: str = ""
    optional: bool = False
    line: int = 0

    @property
    def columns(self) -> list[str]:
        return [name for name in (self.column, self.city, self.country, self.admin1) if name]


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are left out, and why: a column equals a text, matches a pattern or is empty."""

    column: str
    reason: str
    equals: tuple[str, ...] = ()
    matches: re.Pattern[str] | None = None
    empty: bool = False


@dataclass(slots=True)
class Mapping:
    """A mapping, typed. ``values`` holds, for a field, what a printed value means."""

    file: str
    source: dict[str, Any] = field(default_factory=dict)
    record: Table = EVENTS
    layout: Layout = field(default_factory=Layout)
    id_column: str = ""
    constants: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    dates: dict[str, Dating] = field(default_factory=dict)
    parties: list[Named] = field(default_factory=list)
    place: Named | None = None
    skip: list[Skip] = field(default_factory=list)
    quantities: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def source_id(self) -> str:
        return str(self.source["source_id"])

    @property
    def named(self) -> list[Named]:
        """Every column of names: parties, the place, and the subject of a claim."""
        subject = [Named("organisations", self.columns["subject"])] if "subject" in self.columns else []
        return [*self.parties, *([self.place] if self.place else []), *subject]

    @property
    def used_columns(self) -> list[str]:
        """Every column of the table that the mapping reads, each once."""
        used = [self.id_column, *self.columns.values(), *self.quantities.values(), *(s.column for s in self.skip)]
        used += [name for dating in self.dates.values() for name in (dating.column, dating.until)]
        used += [name for named in self.named for name in named.columns]
        return [name for name in dict.fromkeys(used) if name]


def read(content: bytes, file: str, words: Vocabularies) -> tuple[Mapping | None, list[Problem]]:
    """A mapping from the bytes of its file, and all that is wrong with it; None when it has errors."""
    tree, problems = _toml(content, file) if file.endswith(".toml") else yamltext.read(content, file)
    if tree is None:
        return None, problems
    reader = _Reader(file, words, problems)
    mapping = reader.mapping(tree)
    return (None if problems else mapping), problems


def _toml(content: bytes, file: str) -> tuple[Block | None, list[Problem]]:
    text, problems = yamltext.decode(content, file)
    if text is None:
        return None, problems
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [toml_problem(error, file)]
    tree = _tree(data, text.splitlines(), 1)
    assert isinstance(tree, Block)
    return tree, []


def _tree(value: Any, lines: list[str], line: int) -> Tree:
    """TOML as the tree that YAML gives: texts with lines (the first line that holds the key)."""
    if isinstance(value, dict):
        found = {key: _line_of(str(key), lines, line) for key in value}
        return Block({key: _tree(child, lines, found[key]) for key, child in value.items()}, found, line)
    if isinstance(value, list):
        return Sequence(tuple(_tree(child, lines, line) for child in value), line)
    if isinstance(value, bool):
        return Scalar("yes" if value else "no", line)
    return Scalar(value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value), line)


def _line_of(key: str, lines: list[str], start: int) -> int:
    pattern = re.compile(rf"(?:^|[\s{{,.\[\"']){re.escape(key)}[\"']?\s*[=.\]]")
    return next((n for n, line in enumerate(lines, 1) if n >= start and pattern.search(line)), start)


class _Reader:
    """Types the tree of one mapping, collecting every problem on the way."""

    def __init__(self, file: str, words: Vocabularies, problems: list[Problem]) -> None:
        self.file = file
        self.words = words
        self.problems = problems

    def add(self, line: int, field: str, what: str, expected: str, todo: str) -> None:
        self.problems.append(Problem(self.file, line, field, what, expected, todo))

    def mapping(self, tree: Block) -> Mapping:
        self.known(tree, KEYS, "")
        result = Mapping(self.file, self.source(tree), lines=dict(tree.lines))
        name = self.text(tree.items.get("record"), "record", tree.line, required=True)
        if name and name not in RECORDS:
            self.add(tree.lines["record"], "record", f'"{name}" is no kind of record', ", ".join(RECORDS),
                     did_you_mean(name, RECORDS) or "choose one")  # fmt: skip
        result.record = RECORDS.get(name, EVENTS)
        result.layout = self.layout(tree)
        result.id_column = self.text(tree.items.get("id"), "id", tree.line)
        if name in RECORDS:
            self.fields(tree, result)
            result.dates = self.dates(tree, result.record)
            self.names(tree, result)
            result.quantities = self.quantities(tree, result.record)
            result.values = self.values(tree, result)
            self.needed(tree, result)
        result.skip = [skip for item in self.blocks(tree, "skip") if (skip := self.skip(item))]
        return result

    # --- parts ----------------------------------------------------------------------------

    def source(self, tree: Block) -> dict[str, Any]:
        block = self.block(tree, "source")
        self.known(block, SOURCE_KEYS, "source")
        values: dict[str, Any] = dict.fromkeys(SOURCES.columns)
        values |= {"audience": "public", "status": "draft", "publisher_is_party": False}
        columns = {"id": "source_id", "is_party": "publisher_is_party"}
        for key in SOURCE_KEYS:
            if key not in block.items:
                if key in _NEEDED:
                    self.add(block.line, f"source.{key}", f"{key} is missing", ", ".join(_NEEDED), "add it")
                continue
            column = columns.get(key, key)
            text = self.text(block.items[key], f"source.{key}", block.line, required=True)
            values[column] = self.value(SOURCES, column, text, block.lines[key], f"source.{key}")
        if values["status"] == "reviewed":
            for key in ("coder", "coded_on"):
                if not values[key]:
                    self.add(block.line, f"source.{key}", f"{key} is missing", "who read the mapping, and when",
                             "a reviewed register is signed: add it")  # fmt: skip
        return values

    def layout(self, tree: Block) -> Layout:
        texts = {key: self.text(tree.items.get(key), key, tree.line) for key in _LAYOUT_KEYS}
        row = texts["header_row"] or "1"
        if not re.fullmatch(r"[1-9][0-9]{0,6}", row):
            self.add(tree.lines["header_row"], "header_row", f'"{row}" is no row', "a number from 1", "correct it")
            row = "1"
        delimiter = {"tab": "\t", "\\t": "\t"}.get(texts["delimiter"], texts["delimiter"])
        if len(delimiter) > 1:
            self.add(tree.lines["delimiter"], "delimiter", f'"{delimiter}" is no delimiter', "one character, or tab",
                     "correct it")  # fmt: skip
            delimiter = ""
        merged = self.flag(tree.items.get("fill_merged"), "fill_merged")
        short = self.flag(tree.items.get("fill_short"), "fill_short")
        return Layout(texts["sheet"], int(row), texts["encoding"], delimiter, merged, short)

    def fields(self, tree: Block, result: Mapping) -> None:
        """Constants and columns: fields of the record that are one value."""
        table = result.record
        known = [
            column.name for key, column in table.written.items()
            if column.type not in ("edtf", "date") and column.name not in (table.key[0], "event_id")
        ]  # fmt: skip
        extra = [AMOUNT_COLUMN] if table is CLAIMS else []
        for section in ("constants", "columns"):
            block = self.block(tree, section, required=False)
            self.known(block, [*known, *extra], section)
            for name, node in block.items.items():
                text = self.text(node, f"{section}.{name}", block.line, required=True)
                if not text or name not in (*known, *extra):
                    continue
                if section == "columns":
                    result.columns[name] = text
                elif name in result.record.columns:
                    result.constants[name] = self.value(table, name, text, block.lines[name], f"constants.{name}")

    def dates(self, tree: Block, table: Table) -> dict[str, Dating]:
        known: list[str] = {"claims": ["as_of"], "agreements": ["ends", *self.words["milestone_step"]]}.get(
            table.name, ["when"]
        )
        block = self.block(tree, "dates", required=False)
        self.known(block, known, "dates")
        found = {}
        for name, node in block.items.items():
            where = f"dates.{name}"
            if not isinstance(node, Block):
                self.add(block.lines[name], where, "this is not a block", "{column, formats, empty}", "write it so")
                continue
            self.known(node, _DATE_KEYS, where)
            texts = {key: self.text(node.items.get(key), where, node.line, key == "column") for key in _DATE_KEYS
                     if key != "formats"}  # fmt: skip
            for key in ("empty", "until_empty"):
                allowed = EMPTY[key if texts["until"] or key != "empty" else "single"]
                if texts[key] and texts[key] not in allowed:
                    self.add(node.lines[key], f"{where}.{key}", f'"{texts[key]}" is no meaning of an empty cell',
                             ", ".join(allowed), did_you_mean(texts[key], allowed) or "choose one")  # fmt: skip
            pivot = texts["pivot"]
            if pivot and not re.fullmatch(r"[0-9]{4}", pivot):
                self.add(node.lines["pivot"], f"{where}.pivot", f'"{pivot}" is no year', "the first of a hundred years",
                         "write 1930 for the years 1930 to 2029")  # fmt: skip
                pivot = ""
            formats = self.texts(node.items.get("formats"), f"{where}.formats", node.line)
            for text in formats:
                try:
                    read_format(text, bool(pivot))
                except Complaint as complaint:
                    self.add(node.line, f"{where}.formats", complaint.what, complaint.expected, complaint.todo)
            found[name] = Dating(texts["column"], texts["until"], tuple(formats), int(pivot or 0), texts["empty"],
                                 texts["until_empty"], node.line)  # fmt: skip
        return found

    def names(self, tree: Block, result: Mapping) -> None:
        table = result.record
        if "parties" in tree.items and table is CLAIMS:
            self.add(tree.lines["parties"], "parties", "claims have no parties", "columns.subject", "take it out")
        for item in self.blocks(tree, "parties"):
            self.known(item, _PARTY_KEYS, "parties")
            texts = {key: self.text(item.items.get(key), f"parties.{key}", item.line) for key in _PARTY_KEYS
                     if key not in ("kind", "optional")}  # fmt: skip
            role = texts["role"] or ("signatory" if table is AGREEMENTS else "")
            self.code("role", role, item.lines.get("role", item.line), "parties.role")
            kinds = self.texts(item.items.get("kind"), "parties.kind", item.line, required=False)
            for kind in kinds:
                self.code("organisation_kind", kind, item.lines["kind"], "parties.kind")
            if bool(texts["column"]) == bool(texts["body"]):
                self.add(item.line, "parties", "a party is a column or one body", "column or body", "write one of them")
            if (texts["named_by"] or "name") not in ("name", "place"):
                self.add(item.line, "parties.named_by", f'"{texts["named_by"]}"', "name or place", "choose one")
            if texts["named_by"] == "place" and not kinds:
                self.add(item.line, "parties.kind", "a body named by its place needs its kind",
                         "kind = \"government\"", "add it")  # fmt: skip
            texts |= {"role": role, "named_by": texts["named_by"] or "name"}
            optional = self.flag(item.items.get("optional"), "parties.optional")
            result.parties.append(
                Named("organisations", kinds=tuple(kinds), optional=optional, line=item.line, **texts)
            )
        place = tree.items.get("place")
        if place is not None:
            if table not in (EVENTS, PLANS) or not isinstance(place, Block):
                self.add(place.line, "place", "events and plans have a place, as a block", ", ".join(_PLACE_KEYS),
                         "correct or delete it")  # fmt: skip
                return
            self.known(place, _PLACE_KEYS, "place")
            column, country, in_country, admin1 = (
                self.text(place.items.get(key), f"place.{key}", place.line, key == "column") for key in _PLACE_KEYS
            )
            result.place = Named(
                "places", column, country=country, in_country=in_country, admin1=admin1, line=place.line
            )

    def skip(self, item: Block) -> Skip | None:
        self.known(item, _SKIP_KEYS, "skip")
        column = self.text(item.items.get("column"), "skip.column", item.line, required=True)
        reason = self.text(item.items.get("reason"), "skip.reason", item.line, required=True)
        equals = self.texts(item.items.get("equals"), "skip.equals", item.line, required=False)
        pattern = self.text(item.items.get("matches"), "skip.matches", item.line)
        empty = self.flag(item.items.get("empty"), "skip.empty")
        if sum((bool(equals), bool(pattern), empty)) != 1:
            self.add(item.line, "skip", "one condition is needed", "equals, matches or empty", "write one of them")
            return None
        try:
            return Skip(column, reason, tuple(equals), re.compile(pattern) if pattern else None, empty)
        except re.error as error:
            self.add(item.line, "skip.matches", f'"{pattern}" is no pattern: {error}', "a regular expression",
                     "correct it")  # fmt: skip
            return None

    def quantities(self, tree: Block, table: Table) -> dict[str, str]:
        block = self.block(tree, "quantities", required=False)
        if block.items and table not in (EVENTS, PLANS):
            self.add(block.line, "quantities", f"{table.name} have no quantities", "events or plans", "take it out")
        found = {}
        for measure, node in block.items.items():
            if self.code("measure", measure, block.lines[measure], "quantities"):
                found[measure] = self.text(node, f"quantities.{measure}", block.line, required=True)
        return found

    def values(self, tree: Block, result: Mapping) -> dict[str, dict[str, str]]:
        block = self.block(tree, "values", required=False)
        known = {*result.columns, *result.quantities, *result.dates} - {"subject"}
        if any(named.country for named in result.named):
            known.add("country")
        self.known(block, sorted(known), "values")
        found = {}
        for name in block.items:
            inner = self.block(block, name)
            found[name] = {" ".join(printed.split()): self.text(node, f"values.{name}", inner.line, required=True)
                           for printed, node in inner.items.items()}  # fmt: skip
            for printed, text in found[name].items():
                self.meaning(result, name, text, inner.lines.get(printed, inner.line))
        return found

    def meaning(self, result: Mapping, name: str, text: str, line: int) -> None:
        """Is what a printed value is said to mean a value of its field?"""
        if name in result.dates and text not in (UNKNOWN, "none"):
            self.value(SOURCES, "published", text, line, f"values.{name}")
        elif name in result.columns and name in result.record.columns and name != "subject":
            self.value(result.record, name, text, line, f"values.{name}")

    def needed(self, tree: Block, result: Mapping) -> None:
        """What a record of this kind cannot be without."""
        table = result.record
        for column in table.fields:
            if column.required and column.name not in (table.key[0], *result.constants, *result.columns):
                self.add(tree.line, column.name, f"{column.name} is missing", column.description,
                         f"add it under constants or columns: {column.name}")  # fmt: skip
        if table is CLAIMS and AMOUNT_COLUMN not in result.columns:
            self.add(tree.line, "columns.value", "the number of the claim is missing", "a column", "add value = …")
        if table is AGREEMENTS and len(result.parties) < 2:
            self.add(tree.line, "parties", "an agreement binds two at least", "two parties", "add the other")
        for name in sorted({*result.constants} & {*result.columns}):
            self.add(tree.line, name, f"{name} is a constant and a column", "one of the two", "delete one")

    # --- small helps ----------------------------------------------------------------------

    def known(self, tree: Block, known: Any, where: str) -> None:
        for key, line in tree.lines.items():
            if key not in known:
                self.add(line, f"{where}.{key}" if where else key, f'there is no key "{key}" here',
                         ", ".join(known), did_you_mean(key, known) or "delete it")  # fmt: skip

    def value(self, table: Table, column: str, text: str, line: int, where: str) -> Any:
        try:
            return read_value(table.field(column), text, self.words) if text else None
        except Complaint as complaint:
            self.add(line, where, complaint.what, complaint.expected, complaint.todo)
            return None

    def code(self, vocabulary: str, text: str, line: int, where: str) -> bool:
        try:
            read_code(vocabulary, text, self.words)
        except Complaint as complaint:
            self.add(line, where, complaint.what, complaint.expected, complaint.todo)
            return False
        return True

    def text(self, node: Tree | None, where: str, line: int, required: bool = False) -> str:
        if isinstance(node, Scalar) and (node.text.strip() or node.text == "\t"):
            return node.text.strip() or node.text
        if node is not None and not isinstance(node, Scalar):
            self.add(node.line, where, "a list or block stands where a single value belongs", "one value", "write one")
        elif required or node is not None:
            self.add(node.line if node else line, where, "the value is missing", "a text", "fill it")
        return ""

    def texts(self, node: Tree | None, where: str, line: int, required: bool = True) -> list[str]:
        if node is None and not required:
            return []
        items = node.items if isinstance(node, Sequence) else (node,)
        return [text for item in items if (text := self.text(item, where, line, required=True))]

    def flag(self, node: Tree | None, where: str) -> bool:
        text = self.text(node, where, 0)
        if text.lower() not in ("", "yes", "no", "true", "false"):
            self.add(node.line if node else 0, where, f'"{text}" is neither yes nor no', "yes or no", "write one")
        return text.lower() in ("yes", "true")

    def block(self, tree: Block, key: str, required: bool = True) -> Block:
        node = tree.items.get(key)
        if isinstance(node, Block):
            return node
        if required or node is not None:
            self.add(node.line if node else tree.line, key, f"{key} is missing or no block", "keys and values",
                     "write it as a block of keys")  # fmt: skip
        return Block({}, {}, node.line if node else tree.line)

    def blocks(self, tree: Block, key: str) -> list[Block]:
        node = tree.items.get(key)
        items = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        for item in items:
            if not isinstance(item, Block):
                self.add(item.line, key, "this is not a block of keys", "a list of blocks", "write it so")
        return [item for item in items if isinstance(item, Block)]


def is_mapping(path: Path) -> bool:
    """Does a file's name say that it is a mapping?"""
    return path.name.endswith((".mapping.toml", ".mapping.yaml", ".mapping.yml"))
