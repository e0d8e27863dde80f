"""Going on with a bad dossier: it is held at its last good version until it is mended (design.md, records).

A copy of each dossier is kept when the tables are made without errors. `hold` makes the tables of the records as they
are, but for the dossiers with errors: those as they were then, or not at all if they were never good.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from workbench.errors import Problem, RecordsError
from workbench.paths import Project, write_atomic
from workbench.records import corpus, load, tables
from workbench.records.corpus import Material

GOOD = "last-good"  # in data/processed
VARIABLE = "WORKBENCH_KEEP_GOING"  # set for the notebooks of a build that goes on


@contextlib.contextmanager
def going_on(keep_going: bool) -> Iterator[None]:
    """Inside, this program and the notebooks that it runs go on with bad dossiers, if ``keep_going``."""
    if keep_going:
        os.environ[VARIABLE] = "yes"
    try:
        yield
    finally:
        if keep_going:
            os.environ.pop(VARIABLE, None)


def remember(project: Project, held: Collection[str] = ()) -> None:
    """Keep a copy of each dossier as it is, but for those that are ``held`` (files): there are no errors in it."""
    folder = project.processed / GOOD
    folder.mkdir(parents=True, exist_ok=True)
    now = {path.name: path for path in project.dossiers.glob("*.yaml")}
    for path in folder.glob("*.yaml"):
        if path.name not in now:
            path.unlink()
    for name, path in now.items():
        if project.relative(path) not in held:
            write_atomic(folder / name, path.read_bytes())


def sources(project: Project) -> frozenset[str]:
    """The ids of the sources whose dossiers stand in the tables as they last had no errors; each is its file's name."""
    return frozenset(Path(file).stem for file in tables.held(project.processed))


def material(project: Project) -> Material:
    """What the tables are made of: the records as they are, but for dossiers that are held."""
    files = tables.held(project.processed)
    if not files:
        return load.read_material(project)[0]
    with _shadow(project, {Path(file).name for file in files}) as shadow:
        return load.read_material(shadow)[0]


def hold(project: Project, problems: list[Problem]) -> list[str]:
    """Make the tables with the dossiers that have errors as they were when they last had none; their files, sorted.

    Raises `RecordsError` with the errors where that is not enough: other files have errors, or the older version does
    not go with the rest.
    """
    root = project.relative(project.dossiers)
    held: set[str] = set()
    digest = load.raw_digest(project)
    told = errors = [problem for problem in problems if problem.severity == "error"]
    while errors:
        bad = {problem.file for problem in errors}
        if not all(file.startswith(f"{root}/") for file in bad) or bad <= held:
            raise RecordsError(told)
        held |= bad
        with _shadow(project, {Path(file).name for file in held}) as shadow:
            made_of, _, found = load.check_project(shadow)
        errors = [problem for problem in found if problem.severity == "error"]
    if made_of is None:
        raise RecordsError(told)
    tables.write(corpus.build(made_of), project.processed, digest, held=sorted(held))
    remember(project, held)
    return sorted(held)


@contextlib.contextmanager
def _shadow(project: Project, held: set[str]) -> Iterator[Project]:
    """The project by links, with some dossiers (names of files) in their last good version."""
    with tempfile.TemporaryDirectory(prefix="workbench-held-") as folder:
        shadow = Project(Path(folder))
        shadow.dossiers.mkdir(parents=True)
        for path in (*project.dossiers.parent.iterdir(), project.settings_file):
            if path != project.dossiers:
                (shadow.root / path.relative_to(project.root)).symlink_to(path.resolve())
        for path in project.dossiers.iterdir():
            if path.name not in held:
                (shadow.dossiers / path.name).symlink_to(path.resolve())
        for name in held:
            good = project.processed / GOOD / name
            if good.is_file():
                (shadow.dossiers / name).symlink_to(good.resolve())
        yield shadow
