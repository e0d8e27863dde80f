"""``reports/index.html``: the list of all reports, from the executed notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from workbench.paths import Project
from workbench.publish import content, html
from workbench.runs.catalogue import Run
from workbench.settings import Settings


def index(project: Project, settings: Settings, runs: list[Run], failed: set[str], as_of: str = "") -> bytes:
    """The page that lists the reports, in the order of the catalogue; failed ones are marked.

    ``as_of`` is the day as of which the build spoke (default: that of the settings).
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(html.TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    entries: list[dict[str, Any]] = []
    for run in runs:
        notebook = project.reports / "notebooks" / f"{run.id}.ipynb"
        about = _about(notebook) if (project.reports / f"{run.id}.html").is_file() else {}
        error = (project.reports / "_failed" / f"{run.id}.ipynb").is_file()
        entries.append({"id": run.id, "about": about, "failed": run.id in failed, "error": error})
    css = (html.TEMPLATES / "page.css").read_text(encoding="utf-8")
    text = environment.get_template("index.html.j2").render(
        entries=entries, title=settings.title, as_of=as_of or settings.as_of.isoformat(), css=css
    )
    return text.encode()


def _about(notebook: Path) -> dict[str, Any]:
    """What a report says of itself; nothing where its notebook is missing or damaged."""
    try:
        return content.facts_of(notebook)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
