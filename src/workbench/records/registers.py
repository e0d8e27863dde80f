"""The registers: bodies, people and places with one id each and names in several languages.

One CSV row per body, person or place under ``data/raw/registers``. A row holds its own names:
``name_en`` and ``name_zh`` (preferred), ``name_local`` with ``local_language``, ``variants``
divided by ``|``; ``our_reading`` lists the languages whose name is a reading of ours that no
source prints. Nothing is ever matched on similarity; similar names are only proposed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import Problem, near
from workbench.paths import Project
from workbench.records import csvtext
from workbench.records.model import NAME_COLUMNS, PLACES, REGISTERS, Field, Table
from workbench.records.text import normalise
from workbench.records.values import Complaint, read_value
from workbench.records.vocabularies import LANGUAGES, Vocabularies


def name_key(text: str) -> str:
    """A name as it is compared: normalised, without regard to case."""
    return normalise(text).casefold()


@dataclass(frozen=True, slots=True)
class Registers:
    """All register rows by table and id, their names, and where each stands.

    ``unread`` are the tables whose file could not be read.
    """

    rows: dict[str, dict[str, dict[str, Any]]]
    names: list[dict[str, str]]
    where: dict[tuple[str, str], tuple[str, int]]
    index: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def find(self, table: str, name: str) -> set[str]:
        """The ids in a table that an id or a name stands for; several if it is ambiguous."""
        if name in self.rows[table]:
            return {name}
        return self.index[table].get(name_key(name), set())

    def name(self, id: str, language: str) -> str:
        """The preferred name in a language; raises KeyError where the register has none."""
        for row in self.names:
            if row["id"] == id and row["language"] == language and row["kind"] in _PREFERRED:
                return row["text"]
        raise KeyError(f"{id} has no name in {language}")

    def candidates(self, table: str, name: str) -> list[str]:
        """Ids whose name or id is like ``name``: to propose to a person, never to match."""
        keys = self.index[table]
        by_name = [min(keys[key]) for key in near(name_key(name), keys)]
        return list(dict.fromkeys([*near(name, self.rows[table]), *by_name]))[:4]


_NO_PLACE = ("online", "unknown")
_PREFERRED = ("preferred", "reading_of_ours")


def read(project: Project, vocabularies: Vocabularies) -> tuple[Registers, list[Problem]]:
    """All registers of a project and what is wrong with them."""
    registers = Registers({}, [], {}, {})
    problems: list[Problem] = []
    for filename, table in REGISTERS.items():
        path = project.registers / filename
        file = project.relative(path)
        required = tuple(f.written for f in table.fields if f.required)
        optional = tuple(f.written for f in table.fields if f.written and not f.required)
        rows, found = csvtext.read(path, file, (*required, "name_en"), (*optional, *NAME_COLUMNS))
        problems += found
        if found and not rows:
            registers.unread.add(table.name)
        registers.rows[table.name] = {}
        for row in rows:
            problems += _take(row, file, table, registers, vocabularies)
        registers.index[table.name] = _index(registers, table)
    problems += _check_references(registers)
    return registers, problems


def _take(row: csvtext.Row, file: str, table: Table, registers: Registers, vocabularies: Vocabularies) -> list[Problem]:
    values: dict[str, Any] = {}
    problems = []
    for column in table.fields:
        try:
            values[column.name] = _cell(column, row, vocabularies)
        except Complaint as complaint:
            values[column.name] = None
            problems.append(Problem(file, row.line, column.name, complaint.what, complaint.expected, complaint.todo))
    if {"lat", "lon"} & {problem.field for problem in problems}:
        values["lat"] = values["lon"] = None  # half a coordinate is no second mistake
    if values.get("kind") in _NO_PLACE and table is PLACES:
        problems.append(Problem(file, row.line, "kind", f"a place of kind {values['kind']} is none",
                                "building, city, near_city, county, province, region or country",
                                "delete the row: dossiers write online and unknown"))  # fmt: skip
    key = values[table.key[0]]
    if key is None:
        return problems
    if key in registers.rows[table.name]:
        first = registers.where[table.name, key][1]
        problems.append(
            Problem(file, row.line, table.key[0], f'the id "{key}" stands here twice (first in line {first})',
                    "each id once", "give the second another id, or delete it")
        )  # fmt: skip
        return problems
    registers.rows[table.name][key] = values
    registers.where[table.name, key] = (file, row.line)
    problems += _take_names(row, file, table, key, registers, vocabularies)
    return problems


def _cell(column: Field, row: csvtext.Row, vocabularies: Vocabularies) -> Any:
    text = row[column.written]
    if not text:
        if column.required:
            raise Complaint("the cell is empty", column.description, "fill it")
        return None
    return read_value(column, text, vocabularies)


def _take_names(
    row: csvtext.Row, file: str, table: Table, key: str, registers: Registers, vocabularies: Vocabularies
) -> list[Problem]:
    problems = []
    ours = [part.strip() for part in row["our_reading"].split("|") if part.strip()]
    local = row["local_language"]
    if not row["name_en"]:
        problems.append(Problem(file, row.line, "name_en", "the name is missing", "a name in English", "fill the cell"))
    if bool(row["name_local"]) != bool(local):
        problems.append(
            Problem(file, row.line, "local_language", "a local name and its language go together",
                    "both or neither", "fill the other cell")
        )  # fmt: skip
    for code in [*ours, *([local] if local else [])]:
        if code not in vocabularies["language"]:
            expected, todo = vocabularies.explain("language", code)
            problems.append(Problem(file, row.line, "local_language", f'"{code}" is no language', expected, todo))
    preferred = [*((language, row[f"name_{language}"]) for language in LANGUAGES), (local, row["name_local"])]
    for language, text in preferred:
        if text:
            kind = "reading_of_ours" if language in ours else "preferred"
            registers.names.append(_name(table, key, text, language, kind))
    for variant in row["variants"].split("|"):
        if variant.strip():
            registers.names.append(_name(table, key, variant.strip(), "und", "variant"))
    return problems


def _name(table: Table, key: str, text: str, language: str, kind: str) -> dict[str, str]:
    return {"of": table.name, "id": key, "text": text, "language": language, "kind": kind, "source_id": ""}


def _index(registers: Registers, table: Table) -> dict[str, set[str]]:
    index: dict[str, set[str]] = defaultdict(set)
    for row in registers.names:
        if row["of"] == table.name:
            index[name_key(row["text"])].add(row["id"])
    return dict(index)


def _check_references(registers: Registers) -> list[Problem]:
    problems = []
    for table in REGISTERS.values():
        for key, values in registers.rows[table.name].items():
            file, line = registers.where[table.name, key]
            for column in table.fields:
                target = values[column.name]
                if column.type != "ref" or target is None:
                    continue
                if target not in registers.rows[column.refers_to]:
                    proposed = registers.candidates(column.refers_to, target)
                    problems.append(
                        Problem(file, line, column.name, f'"{target}" is not in {column.refers_to}.csv',
                                "an id of that register",
                                f"did you mean {' or '.join(proposed)}?" if proposed else "add it there")
                    )  # fmt: skip
    return problems
