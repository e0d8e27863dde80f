"""Reports as the list of reports sees them, without records or a kernel."""

from __future__ import annotations

import json
import re
from typing import Any

from runs import tiny
from workbench.paths import Project
from workbench.publish import content
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


def speak(project: Project, *languages: str) -> Project:
    """The same project with other languages, the first one first."""
    text = project.settings_file.read_text(encoding="utf-8")
    told, number = re.subn(r"^languages = .*$", f"languages = {json.dumps(languages)}", text, flags=re.MULTILINE)
    assert number == 1
    project.settings_file.write_text(told, encoding="utf-8")
    return project


def put(project: Project, id: str, *, page: bool = True, failed: bool = False, **facts: Any) -> Run:
    """A report that has been built, has failed, or both; its page has the anchors of its sentences."""
    about = ABOUT | facts
    output = {"output_type": "display_data", "data": {content.REPORT_MIME: about}, "metadata": {}}
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
