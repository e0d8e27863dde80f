"""Invented registers for these tests. No such towns' ties, gifts or lists exist."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.paths import Project
from workbench.records import registers, vocabularies
from workbench.records.imports import store
from workbench.records.imports.store import Outcome

SOURCE = """
[source]
id = "invented-list"
title = "An invented list"
publisher = "Invented Association"
kind = "association"
language = "en"
published = "2024-05"
licence = "CC BY 4.0"
citation = "Invented Association (2024), An invented list"
"""
TWINS = (
    """\
record = "agreements"
constants = { kind = "sister_city", level = "city" }
parties = [
  { column = "Town", country = "Country", admin1 = "State", named_by = "place", kind = "government" },
  { body = "hangzhou-city" },
]
dates.signed = { column = "Since", formats = ["YYYY", "DD/MM/YYYY"], empty = "unknown" }
"""
    + SOURCE
)
VISITS = (
    """\
record = "events"
constants = { type = "visit" }
parties = [{ role = "visitor", column = "Who" }]
place = { column = "City", country = "Country", admin1 = "State" }
dates.when = { column = "Day", formats = ["YYYY-MM-DD", "Excel date"], empty = "unknown" }
quantities = { people = "Heads" }
"""
    + SOURCE
)


def write(folder: Path, table: str | bytes, mapping: str, suffix: str = ".csv") -> tuple[Path, Path]:
    """A table and its mapping in a folder outside the project."""
    file, how = folder / f"list{suffix}", folder / "list.toml"
    file.write_bytes(table.encode() if isinstance(table, str) else table)
    how.write_text(mapping, encoding="utf-8")
    return file, how


def bring(project: Project, table: str | bytes, mapping: str, suffix: str = ".csv", dry_run: bool = False) -> Outcome:
    """Import a table from beside the project."""
    return store.bring_in(project, *write(project.root.parent, table, mapping, suffix), dry_run)


def brought(project: Project) -> dict[str, pd.DataFrame]:
    """The rows that the registers of a project add to each table."""
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    bodies, _ = registers.read(project, words)
    frames, problems = store.read_all(project, words, bodies, [])
    assert [problem for problem in problems if problem.severity == "error"] == []
    return frames


def told(outcome: Outcome) -> str:
    """All problems of an import as text."""
    return "\n".join(str(problem) for problem in outcome.problems)


def errors(outcome: Outcome) -> list[str]:
    return [str(problem) for problem in outcome.problems if problem.severity == "error"]
