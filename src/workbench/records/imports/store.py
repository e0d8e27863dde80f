"""Registers kept in a project: ``data/raw/tables`` holds each table, its mapping and its worksheet.

`bring_in` is the verb ``import``; `read_all` reads what was brought in, for every build. A
register is ``<source>.<csv|tsv|xlsx|parquet>``, ``<source>.mapping.<toml|yaml>`` and, where names
wait for a person, ``<source>.names.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from babel import Locale

from workbench.errors import Problem, RecordsError, UsageError, did_you_mean
from workbench.paths import Project, write_atomic
from workbench.records import dossiers, registers, vocabularies
from workbench.records.dossiers import Dossier
from workbench.records.imports import gazetteer, preview, sheets, worksheet
from workbench.records.imports import mapping as mappings
from workbench.records.imports.convert import Converted, convert
from workbench.records.imports.mapping import Mapping
from workbench.records.imports.resolve import Resolver
from workbench.records.imports.worksheet import Judgement, Name
from workbench.records.model import BY_NAME
from workbench.records.registers import Registers
from workbench.records.vocabularies import Vocabularies

_MAPPINGS = (".mapping.toml", ".mapping.yaml", ".mapping.yml")
_LIKENED = 100  # names, the most frequent, for which like ones are looked for


@dataclass(slots=True)
class Register:
    """One register, read: its mapping, what became of its rows, and the decisions about its names."""

    mapping: Mapping
    converted: Converted
    resolver: Resolver
    decisions: dict[Name, Judgement]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What an import did: what to tell, what is wrong, and the files that changed."""

    lines: list[str]
    problems: list[Problem]
    written: list[str] = field(default_factory=list)


def read_all(
    project: Project, words: Vocabularies, bodies: Registers, told: list[Dossier]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The rows that all registers of a project add to each table, and everything wrong with them."""
    problems: list[Problem] = []
    found: list[Register] = []
    for path, tables in _pairs(project):
        file = project.relative(path)
        if path.name.endswith(_MAPPINGS):
            source = path.name[: path.name.rindex(".mapping.")]
            if len(tables) != 1:
                problems.append(Problem(file, 0, "", f"{len(tables)} tables belong to this mapping",
                                        f"one {source}.csv (tsv, xlsx, parquet)", "import it again"))  # fmt: skip
                continue
            register, wrong = _read(project, tables[0], path, words, bodies)
            problems += wrong
            if register and register.mapping.source_id != source:
                problems.append(Problem(file, 1, "source.id", f'the register is "{register.mapping.source_id}"', source,
                                        "import it again, or rename its files"))  # fmt: skip
            elif register:
                found.append(register)
        else:
            problems.append(Problem(file, 0, "", "no mapping belongs to this file", f"{path.stem}.mapping.toml",
                                    "run `workbench import`, or remove it", "warning"))  # fmt: skip
    problems += _between(found, told, bodies, words)
    frames: dict[str, list[pd.DataFrame]] = {}
    for register in found:
        for name, frame in register.converted.frames.items():
            frames.setdefault(name, []).append(frame)
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()}
    for name in ("places", "names"):  # several registers may use one city
        if name in joined:
            joined[name] = joined[name].drop_duplicates(list(BY_NAME[name].key), ignore_index=True)
    return joined, problems


def _pairs(project: Project) -> list[tuple[Path, list[Path]]]:
    """Each mapping of a project with its tables, and each table without a mapping by itself."""
    paths = sorted(path for path in project.tables.glob("*") if path.is_file() and not path.name.startswith("."))
    mapped = {path: path.name[: path.name.rindex(".mapping.")] for path in paths if path.name.endswith(_MAPPINGS)}
    tables = [path for path in paths if path not in mapped and not path.name.endswith(".names.csv")]
    found = [
        (path, [p for p in tables if p.stem == stem and p.suffix in sheets.SUFFIXES]) for path, stem in mapped.items()
    ]
    return found + [(path, []) for path in tables if path.stem not in mapped.values()]


def bring_in(project: Project, table: Path, mapping: Path, dry_run: bool) -> Outcome:
    """Import a table through its mapping; nothing is written on a dry run or while there are errors.

    Raises `UsageError` where the files are not there and `RecordsError` when the table, the
    mapping or the project's own registers cannot be read at all.
    """
    for path in (table, mapping):
        if not path.is_file():
            raise UsageError(f"{path} is no file. Name the table, and its mapping with --mapping FILE.")
    if mapping.suffix not in (".toml", ".yaml", ".yml"):
        raise UsageError(f"{mapping} is no mapping: write it as TOML or YAML (docs/registers.md).")
    words, problems = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    bodies, found = registers.read(project, words)
    told, _ = dossiers.read_all(project.dossiers, project.relative(project.dossiers), bodies, words)
    _raise_errors(problems + found)
    register, found = _read(project, table, mapping, words, bodies)
    _raise_errors([] if register else found)
    assert register is not None
    others = _others(project, register.mapping.source_id, words, bodies) if _refers(register) else []
    problems = sorted({*found, *_between([*others, register], told, bodies, words)})
    lines = preview.tell(register.mapping, register.converted, register.resolver)
    outcome = Outcome(lines, problems)
    if not dry_run and not any(problem.severity == "error" for problem in problems):
        outcome.written = _keep(project, table, mapping, register)
    return outcome


def _raise_errors(problems: list[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise RecordsError(errors)


def _others(project: Project, source: str, words: Vocabularies, bodies: Registers) -> list[Register]:
    """The registers already there, the one brought in again left out."""
    pairs = [(path, tables[0]) for path, tables in _pairs(project) if len(tables) == 1 and tables[0].stem != source]
    read = [_read(project, table, path, words, bodies)[0] for path, table in pairs]
    return [register for register in read if register]


def _read(
    project: Project, table: Path, path: Path, words: Vocabularies, bodies: Registers
) -> tuple[Register | None, list[Problem]]:
    """One register, read and converted; None when table or mapping cannot be read."""
    gazetteer.keep_in(project.processed / "_gazetteer")
    mapping, problems = mappings.read(path.read_bytes(), project.relative(path), words)
    if mapping is None:
        return None, problems
    try:
        sheet = sheets.read(table, project.relative(table), mapping.layout, mapping.used_columns)
    except RecordsError as error:
        return None, [*problems, *error.problems]
    if set(mapping.used_columns) - set(sheet.frame.columns):
        return None, [*problems, *sheet.problems]
    names = project.tables / f"{mapping.source_id}.names.csv"
    decisions, wrong = worksheet.read(names, project.relative(names))
    resolver = Resolver(
        bodies, words, decisions, project.relative(names), mapping.values.get("country", {}),
        _remembered(project, names, bodies),
    )  # fmt: skip
    converted = convert(sheet, mapping, resolver)
    return Register(mapping, converted, resolver, decisions), [*problems, *sheet.problems, *wrong, *converted.problems]


def _remembered(project: Project, own: Path, bodies: Registers) -> dict[Name, str]:
    """What was decided about names in other registers, where they agree: ids only, never `open`."""
    found: dict[Name, set[str]] = {}
    for path in sorted(project.tables.glob("*.names.csv")) if project.tables.is_dir() else ():
        if path != own:
            for name, judgement in worksheet.read(path, project.relative(path))[0].items():
                found.setdefault(name, set()).add(judgement.decision)
    agreed = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
    return {name: id for name, id in agreed.items() if id in bodies.rows[name.table] or gazetteer.city(id)}


def _keep(project: Project, table: Path, mapping: Path, register: Register) -> list[str]:
    """Put table, mapping and worksheet in their place; what had another form before goes."""
    source = register.mapping.source_id
    names = project.tables / f"{source}.names.csv"
    ending = ".toml" if mapping.suffix == ".toml" else ".yaml"
    kept = {project.tables / f"{source}{table.suffix.lower()}": table.read_bytes(),
            project.tables / f"{source}.mapping{ending}": mapping.read_bytes()}  # fmt: skip
    sheet = _worksheet(register)
    if sheet is not None or names.is_file():
        kept[names] = sheet if sheet is not None else worksheet.write({}, {})
    written = [project.relative(path) for path, content in kept.items() if write_atomic(path, content)]
    for suffix in (*sheets.SUFFIXES, *_MAPPINGS):
        old = project.tables / f"{source}{suffix}"
        if old not in kept:
            old.unlink(missing_ok=True)
    return written


def _worksheet(register: Register) -> bytes | None:
    """The worksheet's bytes; None when no name waits and none was decided."""
    resolver, converted = register.resolver, register.converted
    waiting = {}
    by_rows = sorted(converted.waiting.items(), key=lambda item: (-item[1], item[0]))
    for n, (name, rows) in enumerate(by_rows):
        ids = resolver.waiting[name]
        if not ids and n < _LIKENED:
            ids = resolver.like(name)
        waiting[name] = (rows, resolver.why.get(name, ""), resolver.told(ids))
    decided = {name: (converted.used.get(name, 0), judgement) for name, judgement in register.decisions.items()}
    return worksheet.write(waiting, decided) if waiting or decided else None


# --- rules between registers and the rest -------------------------------------------------


def _between(found: list[Register], told: list[Dossier], bodies: Registers, words: Vocabularies) -> list[Problem]:
    problems: list[Problem] = []
    of_dossiers = {dossier.source.id: dossier.file for dossier in told}
    ids = {record.id: record.file for dossier in told for record in dossier.records}
    ids |= {id: f"{table}.csv" for table, rows in bodies.rows.items() for id in rows}
    seen: dict[str, str] = {}
    for register in found:
        mapping = register.mapping
        source = mapping.source_id
        line = mapping.lines.get("source", 1)
        other = of_dossiers.get(source) or seen.get(source)
        if other:
            problems.append(Problem(mapping.file, line, "source.id", f'"{source}" is the source of {other} too',
                                    "a dossier or a register, and each source once", "give it another id"))  # fmt: skip
        seen[source] = mapping.file
        table = mapping.record
        own = register.converted.frames.get(table.name, pd.DataFrame(columns=table.columns))[table.key[0]]
        for id in [id for id in own if id in ids][:3]:
            problems.append(Problem(mapping.file, line, "id", f'the id "{id}" is used in {ids[id]} too',
                                    "an id of its own", "give the source or the record another id"))  # fmt: skip
        ids |= dict.fromkeys(own, mapping.file)
        problems += _unknown_countries(register, words)
    problems += _dangling(found, told, bodies)
    return problems


def _unknown_countries(register: Register, words: Vocabularies) -> list[Problem]:
    """Cities of the gazetteer bring countries that the word list may not have."""
    places = register.converted.frames.get("places")
    if places is None:
        return []
    english, chinese = Locale("en").territories, Locale("zh").territories
    return [
        Problem(register.mapping.file, register.mapping.lines.get("place", 1), "place",
                f"the list country has no {code}, where places of this register lie", "a row in country.csv",
                f"add {code},{english.get(code, code)},{chinese.get(code, '')},ISO 3166-1,{gazetteer.continent(code)}")
        for code in sorted(set(places["country"]) - set(words["country"]))
    ]  # fmt: skip


def _refers(register: Register) -> bool:
    """Does a register name records that may stand in another one?"""
    mapping = register.mapping
    named = [
        mapping.record.field(name) for name in (*mapping.constants, *mapping.columns) if name in mapping.record.columns
    ]
    return any(column.refers_to and column.refers_to not in ("organisations", "people", "places") for column in named)


def _dangling(found: list[Register], told: list[Dossier], bodies: Registers) -> list[Problem]:
    """References of a register's records lead to records that are there."""
    known: dict[str, set[str]] = {name: set(rows) for name, rows in bodies.rows.items()}
    for dossier in told:
        for record in dossier.records:
            known.setdefault(record.table, set()).add(record.id)
    problems = []
    for register in found:
        table = register.mapping.record
        frame = register.converted.frames.get(table.name)
        for column in table.fields if frame is not None else ():
            if not column.refers_to or column.name in ("register_id", "place_id"):
                continue
            counts = frame[column.name].value_counts().to_dict()  # type: ignore[index]
            ids = known.setdefault(column.refers_to, set())
            for other in found if set(counts) - ids else ():
                if column.refers_to in other.converted.frames:
                    ids |= set(other.converted.frames[column.refers_to][BY_NAME[column.refers_to].key[0]])
            for id in sorted(set(counts) - ids):
                problems.append(
                    Problem(register.mapping.file, register.mapping.lines.get("columns", 1), column.name,
                            f'"{id}" in {counts[id]} rows is not among the {column.refers_to}',
                            f"the id of one of the {column.refers_to}",
                            did_you_mean(id, ids) or f"map it under values.{column.name}")
                )  # fmt: skip
    return problems
