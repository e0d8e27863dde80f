"""Small projects for tests: notebooks that run in about a second, and reports made without a kernel."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

import five
from workbench import report as report_module
from workbench.paths import Project
from workbench.runs import catalogue

ROOT = Path(__file__).parents[2]
PARAMETERS = 'text: str = "good"  # what the page says\nhome: str = ""  # whose exchange'
# What `Report.close` writes down, without the cost of importing the science stack.
CLOSE = """
from IPython.display import display
display({"text/html": f"<h1>{text}</h1>", "text/plain": text}, raw=True, metadata={"workbench": {"role": "title"}})
facts = {"kind": "tiny", "title": text, "home": home, "home_name": "a library", "language": "en", "period": "",
    "as_of": "2026-10-31", "as_of_words": "as of a day", "draft_words": "Draft", "period_words": "",
    "lead": f"Lead of {text}.", "sentences": [], "sources": []}
display({"application/vnd.workbench.report+json": facts, "text/plain": text}, raw=True)
""".strip()
OPEN = 'from workbench.report import open_report\nreport = open_report("overview", home=home)\ncorpus = report.corpus'
# A report that prints the titles of its sources, through `workbench.report`.
REAL = """
from workbench.prose.facts import Fact
report.title(home=Fact("name", corpus.selection.home.id))
report._emit("paragraph", "<p>" + "; ".join(corpus["sources"]["title"]) + "</p>", "")
report.close()
""".strip()


def notebook(*sources: str, parameters: str | None = PARAMETERS, tag: str = "parameters") -> dict[str, Any]:
    """A notebook: a heading, the parameters, and cells of code."""
    cells = [] if parameters is None else [(parameters, [tag])]
    cells += [(source, []) for source in sources]
    return {
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A small report"},
            *(
                {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": tags} if tags else {},
                 "execution_count": None, "outputs": [], "source": source}
                for number, (source, tags) in enumerate(cells)
            ),
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip


def write_notebook(project: Project, name: str, *sources: str, **options: Any) -> Path:
    """Put a notebook into a project."""
    path = project.notebooks / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*sources, **options), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def write_catalogue(project: Project, *rows: str) -> None:
    """Put a catalogue into a project; each row is the text below a ``[[report]]``."""
    text = "".join(f"[[report]]\n{row.strip()}\n\n" for row in rows)
    project.catalogue_file.write_text(text, encoding="utf-8")


def row(id: str, notebook: str = "alpha.ipynb", **parameters: Any) -> str:
    """A row of the catalogue."""
    given = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in parameters.items())
    return f'id = "{id}"\nnotebook = "{notebook}"\nparameters = {{ {given} }}'


def copy_project(target: Path) -> Project:
    """The project of the five articles; nothing built."""
    return five.copy(target)


def bare_project(target: Path) -> Project:
    """The settings of this project and nothing else; no records, no notebooks."""
    (target / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "workbench.toml", target / "workbench.toml")
    return Project(target)


def replace(path: Path, old: str, new: str) -> None:
    """Edit a file; the text to be replaced must stand in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What tells of builds and of moments, and is no report.
OF_BUILDS = {"_log", "_built", ".building", ".seal.json"}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, without what tells of builds and of moments; links are not followed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(parent.is_symlink() for parent in (path, *path.parents))
        and not OF_BUILDS & set(path.relative_to(folder).parts)
    }


@contextlib.contextmanager
def _caught(project: Project) -> Iterator[list[dict[str, Any]]]:
    """Collects what a report displays, as outputs of a notebook's cell."""
    outputs: list[dict[str, Any]] = []

    def display(bundle: dict[str, Any], raw: bool = False, metadata: dict[str, Any] | None = None) -> None:
        outputs.append({"output_type": "display_data", "data": bundle, "metadata": metadata or {}})

    before, report_module.display = report_module.display, display
    variable = os.environ.get(report_module.PROJECT_VARIABLE)
    os.environ[report_module.PROJECT_VARIABLE] = str(project.root)
    try:
        yield outputs
    finally:
        report_module.display = before
        if variable is None:
            del os.environ[report_module.PROJECT_VARIABLE]
        else:
            os.environ[report_module.PROJECT_VARIABLE] = variable


def executed(project: Project, source: Path, target: Path, **given: Any) -> Path:
    """Run a notebook's cells in this process and write it down as executed."""
    content = nbformat.read(source, as_version=4)
    names: dict[str, Any] = {p.name: p.default for p in catalogue.parameters(source).values()} | given
    with _caught(project) as outputs:
        for cell in content["cells"]:
            if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
                exec(compile(cell["source"], str(source.name), "exec"), names)
                cell["outputs"] = [nbformat.from_dict(output) for output in outputs]
                outputs.clear()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return target
