"""What an executed notebook holds for its readers, and what surrounds it when it is published.

Every format (`html`, `pdf`, `docx`) is a function ``render(content, context) -> bytes`` of these two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.settings import Office

REPORT_MIME = "application/vnd.workbench.report+json"


@dataclass(frozen=True, slots=True)
class Part:
    """One output that a report marked for its readers: what it is (``role``) and its markup."""

    role: str
    html: str


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """A report as its notebook left it: the facts about it, and its parts in order. Equal to itself alone."""

    facts: Mapping[str, Any]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What a released report belongs to: the edition's name (its day) and who signed it."""

    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for all reports of a build. ``links`` leads from ``partner:ORG_ID`` to the file of that report
    in the same language; without an ``edition`` the report is a draft."""

    office: Office = field(default_factory=Office)
    links: Mapping[str, str] = field(default_factory=dict)
    edition: Edition | None = None


def read(path: Path) -> Content:
    """The content of an executed notebook. Raises ValueError when it never closed its report."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return Content(facts(notebook), tuple(_parts(notebook)))


def facts(notebook: Any) -> dict[str, Any]:
    """What an executed notebook says about its report. Raises ValueError when it never closed it."""
    for cell in reversed(notebook["cells"]):
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(REPORT_MIME)
            if found:
                return dict(found)
    raise ValueError("the notebook never closed its report")


def facts_of(path: Path) -> dict[str, Any]:
    """The same, from the file; no validation, for the list of reports."""
    return facts(json.loads(path.read_text(encoding="utf-8")))


def _parts(notebook: Any) -> list[Part]:
    """The outputs that say what they are; what an analyst looked at beside them stays out."""
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            role = output.get("metadata", {}).get("workbench", {}).get("role")
            html = output.get("data", {}).get("text/html")
            if role and html:
                found.append(Part(role, "".join(html)))
    return found
