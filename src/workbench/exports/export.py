"""Handing the tables out: all formats are made first, then each file is replaced in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import RecordsError
from workbench.exports import database, datapackage, spatial, workbook
from workbench.exports.holdings import Holdings, collect
from workbench.paths import Project, write_atomic

WRITERS: dict[str, Callable[[Holdings], dict[str, bytes]]] = {
    "datapackage": datapackage.write,
    "geoparquet": spatial.write_geoparquet,
    "geojson": spatial.write_geojson,
    "xlsx": workbook.write,
    "sqlite": database.write,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files of an export, whether each changed, and how many rows of each table were left out."""

    files: dict[Path, bool]
    left_out: dict[str, int]


def export(project: Project, formats: Iterable[str], folder: Path, audience: str) -> Outcome:
    """Write the tables in some formats (keys of `WRITERS`) to a folder.

    Raises `RecordsError` with all that does not fit a format; nothing is written then.
    """
    holdings = collect(project, audience)
    contents: dict[str, bytes] = {}
    problems = []
    for name in dict.fromkeys(formats):
        try:
            contents |= WRITERS[name](holdings)
        except RecordsError as error:
            problems += error.problems
    if problems:
        raise RecordsError(problems)
    files = {folder / name: write_atomic(folder / name, content) for name, content in contents.items()}
    return Outcome(files, holdings.left_out)
