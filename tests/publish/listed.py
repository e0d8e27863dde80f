"""Reports as the list of reports sees them, without records or a kernel."""

from __future__ import annotations

import json
from typing import Any

from runs import tiny
from workbench.paths import Project
from workbench.publish import html
from workbench.runs.catalogue import Run

ABOUT = {
    "kind": "overview",
    "title": "A title",
    "home": "zhejiang-library",
    "home_name": "Zhejiang Library",
    "lead": "A lead.",
    "as_of": "2026-10-31",
    "sentences": [{"text": "A lead.", "records": [["events", "a"], ["events", "b"]]}],
    "sources": ["a", "b"],
    "language": "en",
}
PAGE = '<!DOCTYPE html><html lang="en"><title>A report</title><body><main><h1>A report</h1>{}</main></body></html>'


def put(project: Project, id: str, *, page: bool = True, failed: bool = False, **facts: Any) -> Run:
    """A report that has been built, has failed, or both; its page has the anchors of its sentences."""
    about = ABOUT | facts
    output = {"output_type": "display_data", "data": {html.REPORT_MIME: about}, "metadata": {}}
    notebook = tiny.notebook("1")
    notebook["cells"][2]["outputs"] = [output]
    if page:
        (project.reports / "notebooks").mkdir(parents=True, exist_ok=True)
        (project.reports / "notebooks" / f"{id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        anchors = "".join(f'<p id="s-{number}">.</p>' for number, _ in enumerate(about["sentences"], 1))
        (project.reports / f"{id}.html").write_text(PAGE.format(anchors), encoding="utf-8")
    if failed:
        (project.reports / "_failed").mkdir(parents=True, exist_ok=True)
        (project.reports / "_failed" / f"{id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return Run(id, project.notebooks / "overview.ipynb", ())
