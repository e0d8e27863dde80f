"""Nothing has changed: known in a fraction of a second, however many reports and records there are.

A build that brought everything up to date seals what it read and what it wrote: name, size, times and number of each
file, as the file system has them, with the versions of the packages. As long as all of that is as it was, the next
build has nothing to do and reads no file. Whatever differs, if only in its time, breaks the seal; then the build looks
at contents (`runs.keys`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from workbench.paths import Project, sha256, write_atomic
from workbench.runs.outcome import Build, Outcome
from workbench.runs.versions import COMPUTING, CONVERTING, versions

FILE = ".seal.json"
_PACKAGE = Path(__file__).parents[1]
_NOT_READ = ("__pycache__", "articles", "drafts", ".ipynb_checkpoints", "_log", "_built", FILE, ".building")


def put(project: Project, as_of: str, all_formats: bool, build: Build) -> None:
    """Seal a build; one that left something undone leaves no seal."""
    path = project.reports / FILE
    if build.exit_code:
        path.unlink(missing_ok=True)
        return
    told = {
        "digest": _digest(project, as_of, all_formats),
        "reports": [one.id for one in build.outcomes],
        "files": build.files,
        "as_of": build.as_of,
    }
    write_atomic(path, json.dumps(told).encode())


def unbroken(project: Project, as_of: str, all_formats: bool) -> Build | None:
    """What a build would do that has nothing to do; None where that is not known."""
    try:
        told = json.loads((project.reports / FILE).read_text(encoding="utf-8"))
        if told["digest"] != _digest(project, as_of, all_formats):
            return None
        files = {name: (int(count), int(size)) for name, (count, size) in told["files"].items()}
        return Build([Outcome(id, "fresh") for id in told["reports"]], files=files, as_of=told["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(project: Project, as_of: str, all_formats: bool) -> str:
    """A digest of the marks of every file that a build reads or writes."""
    roots = (project.root / "data", project.notebooks, project.reports, _PACKAGE)
    marks = [mark for root in roots for mark in _marks(str(root))]
    marks += [_mark(path) for path in (project.settings_file, project.catalogue_file)]
    return sha256(json.dumps([versions((*COMPUTING, *CONVERTING)), as_of, all_formats, marks]).encode())


def _marks(folder: str) -> Iterator[tuple[str, int, int, int, int]]:
    with os.scandir(folder) as found:
        entries = sorted((entry for entry in found if entry.name not in _NOT_READ), key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            yield from _marks(entry.path)
        else:
            told = entry.stat()
            yield entry.path, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino


def _mark(path: Path) -> tuple[str, int, int, int, int]:
    told = path.stat()
    return str(path), told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino
