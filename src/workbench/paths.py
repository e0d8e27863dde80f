"""Where things stand in a project, and how a file is replaced without ever being half there."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import UsageError

SETTINGS_FILE = "workbench.toml"
REPORT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # also the name of its files
PROJECT_VARIABLE = "WORKBENCH_PROJECT"  # names the project to a notebook
SELECTION_VARIABLE = "WORKBENCH_SELECTION"  # the digest of the records that a run may read


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a ``workbench.toml`` and what belongs to it."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def catalogue_file(self) -> Path:
        return self.root / "reports.toml"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def templates(self) -> Path:
        """The words of the project's own reports; those of the house come with the package."""
        return self.notebooks / "templates"

    @property
    def dossiers(self) -> Path:
        return self.root / "data" / "raw" / "dossiers"

    @property
    def registers(self) -> Path:
        return self.root / "data" / "raw" / "registers"

    @property
    def tables(self) -> Path:
        return self.root / "data" / "raw" / "tables"

    @property
    def vocabularies(self) -> Path:
        return self.registers / "vocabularies"

    @property
    def decisions_file(self) -> Path:
        return self.root / "data" / "raw" / "decisions.yaml"

    @property
    def anchors_file(self) -> Path:
        return self.root / "data" / "raw" / "anchors.csv"

    @property
    def basemap(self) -> Path:
        return self.root / "data" / "raw" / "basemap"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed"

    @property
    def exports(self) -> Path:
        return self.root / "data" / "exports"

    @property
    def editions(self) -> Path:
        """What released editions said: written by `workbench release`, kept for ever."""
        return self.root / "data" / "editions"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def relative(self, path: Path) -> str:
        """The path as a person of the project writes it: from its folder, with slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


def find_project(start: Path | None = None) -> Project:
    """The project at or above ``start`` (default: the current folder).

    Raises `UsageError` when there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Project(folder)
    raise UsageError(
        f"No {SETTINGS_FILE} in {start} or above it. Go to a project's folder, or name one with --project DIR."
    )


def write_atomic(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` in one step; the old file stays whole until then.

    Returns False, and touches nothing, when the file holds these bytes already.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def sweep(folder: Path) -> None:
    """Take away what `write_atomic` left below a folder where it was killed. Nobody may be writing there."""
    for path in folder.rglob(".*.part"):
        path.unlink(missing_ok=True)


def sha256(content: bytes) -> str:
    """The hexadecimal SHA-256 digest of some bytes."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 digest of a file; empty when there is no such file."""
    return sha256(path.read_bytes()) if path.is_file() else ""
