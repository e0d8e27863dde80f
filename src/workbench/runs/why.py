"""Why a report is to be made again, in words: what it rests on now beside what it rested on when it was made."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.paths import Project
from workbench.records import audience as audiences
from workbench.records import tables
from workbench.records.merging import DATED_COLUMNS
from workbench.records.model import BY_NAME
from workbench.runs import journal
from workbench.runs.catalogue import Run
from workbench.runs.execute import failure
from workbench.runs.keys import Shared

if TYPE_CHECKING:
    import pandas as pd

    from workbench.records.selection import Corpus
    from workbench.runs.engine import Built, Entry

FRESH, STALE, NEVER, FAILED = STATES = ("fresh", "stale", "never run", "failed")
BUILT = "_built"  # in reports: the tables as they were when reports were last made
_MOST = 8  # reasons that are told; of the others how many
# Rows that are told as a part of their record: how they are called.
_PARTS = {"parties": "parties", "outputs": "outputs", "quantities": "quantities", "names": "name"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a report stands: ``state`` is one of `STATES`; ``reasons`` say why it is not fresh."""

    id: str
    state: str
    reasons: tuple[str, ...] = ()


def remember(project: Project) -> None:
    """Keep the tables as they are, with which reports were just made."""
    for folder in (project.processed, project.processed / audiences.PUBLIC):
        target = project.reports / BUILT / folder.relative_to(project.processed)
        for path in (*folder.glob("*.parquet"), *folder.glob(tables.DESCRIPTION)):
            target.mkdir(parents=True, exist_ok=True)
            (target / path.name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a link where that can be: tables are replaced, never altered
                os.link(path, target / path.name)
                continue
            shutil.copyfile(path, target / path.name)


def standings(built: Built, why: bool = False) -> list[Standing]:
    """How each report of a catalogue stands, in its order; with ``why`` the reasons in words."""
    reasons = Reasons(built)
    last = journal.last(built.project).get("unwell", ())
    unwell = {one["id"]: one["message"] for one in last if isinstance(one, dict)}
    found = []
    for run in built.runs:
        if built.is_fresh(run):
            found.append(Standing(run.id, FRESH))
            continue
        entry, failed = built.entries.get(run.id), failure(built.project, run.id)
        state = FAILED if failed.is_file() or run.id in unwell else STALE if entry else NEVER
        told: list[str] = []
        if why and state == FAILED:
            told.append(unwell.get(run.id) or f"its last run failed (see {built.project.relative(failed)})")
        if why and entry:
            told += reasons.of(run, entry)
        found.append(Standing(run.id, state, tuple(_some(told))))
    return found


class Reasons:
    """Why reports that were made are not what they would be now. Tables are read once for all of them."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self._before: dict[str, dict[str, pd.DataFrame] | None] = {}
        self._told: dict[tuple[str, str], list[str]] = {}

    def of(self, run: Run, entry: Entry) -> Iterator[str]:
        """The reasons of one report, each a line of words; ``entry`` is what the manifest has of it."""
        built = self.built
        before, now = entry.get("inputs", {}), built.inputs.of(run)
        given, old = dict(run.parameters), dict(entry.get("parameters", {}))
        yield from _parameters(old, given)
        if before.get("as_of") != now["as_of"] and old.get("as_of") == given.get("as_of"):
            yield f"as-of day: {before.get('as_of', 'none')} → {now['as_of']}"
        if before.get("notebook") != now["notebook"]:
            yield f"notebook {run.notebook.name} changed"
        if before.get("edition") != now["edition"]:
            yield "the edition it is compared with changed" if now["edition"] else "no edition to compare with any more"
        if before.get("shared") != now["shared"]:
            yield from self._shared(before.get("shared"), built.inputs.shared, "what all reports share changed")
        if before.get("records") != now["records"]:
            yield from self._records(run, before.get("records", ""), now["records"]) or ["its records changed"]
        yield from self._files(run, entry)

    def _files(self, run: Run, entry: Entry) -> Iterator[str]:
        """What is the matter with its files, where it would not have to be run again for anything else."""
        built = self.built
        if entry.get("execute_key") != built.inputs.key(run):
            return
        if not built.is_executed(run):
            yield "its executed notebook is missing or was altered"
            return
        if entry.get("publishing") != built.publishing_digest:
            yield from self._shared(entry.get("publishing"), built.publishing, "what publishes changed")
        yield from _links(entry.get("links", {}), built.used_links(run))
        for name in built.wanted(run):
            if name not in entry.get("files", {}):
                yield f"format {name} was not made yet"
            elif not built.file(run.id, name).is_file():
                yield f"{run.id}.{name} is missing"
            elif not built.holds(run, name):
                yield f"{run.id}.{name} was altered"

    def _shared(self, before: Any, now: Shared, otherwise: str) -> Iterator[str]:
        old = self.built.noted["shared"].get(before)
        if old is None:
            yield otherwise
            return
        for kind in dict.fromkeys([*now, *old]):
            yield from _of_kind(kind, old.get(kind, {}), now.get(kind, {}))

    # --- records ----------------------------------------------------------------------------

    def _records(self, run: Run, before: str, now: str) -> list[str]:
        """Which records of its selection differ, and in what; nothing where that is not known."""
        if (before, now) not in self._told:
            self._told[before, now] = self._compared(run)
        return self._told[before, now]

    def _compared(self, run: Run) -> list[str]:
        inputs, then = self.built.inputs, self._then(self.built.inputs.audience(run))
        if then is None:
            return []
        try:
            old, new = inputs.slice(run, then), inputs.slice(run, inputs.frames(inputs.audience(run)))
        except (UsageError, KeyError):  # a partner, or a column, that there was not
            return []
        return [*_held(self._held_then, old, inputs.held, new), *_differences(old.tables, new.tables)]

    def _then(self, audience: str) -> dict[str, pd.DataFrame] | None:
        """The tables for an audience as they were when reports were last made."""
        if audience not in self._before:
            public = self._kept / audiences.PUBLIC
            folder = public if audience == audiences.PUBLIC and public.is_dir() else self._kept
            try:
                self._before[audience] = tables.read(folder)
            except (OSError, KeyError, ValueError):  # none, or of another version of this program
                self._before[audience] = None
        return self._before[audience]

    @property
    def _kept(self) -> Path:
        return self.built.project.reports / BUILT

    @cached_property
    def _held_then(self) -> frozenset[str]:
        return frozenset(Path(file).stem for file in tables.held(self._kept))


# --- words -----------------------------------------------------------------------------------


def _parameters(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield f"parameter {name}: {_value(before.get(name))} → {_value(now.get(name))}"


def _value(value: Any) -> str:
    return "none" if value in (None, "") else str(value)


def _links(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            yield f"its link to {key} {'leads elsewhere' if key in before and key in now else _came(before, key)}"


def _of_kind(kind: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *now}):
        if before.get(name) == now.get(name):
            continue
        if kind == "package":
            yield f"{name} {before.get(name, 'none')} → {now.get(name, 'none')}"
        else:
            both = name in before and name in now
            yield f"{kind} {_plain(name)} {'changed' if both else _came(before, name)}"


def _came(before: Mapping[str, str], name: str) -> str:
    return "is gone" if name in before else "is new"


def _plain(name: str) -> str:
    """The name of a file as people know it: zh/partner for prose/templates/zh/partner.j2."""
    return name.removeprefix("prose/templates/").removesuffix(".j2").removesuffix(".csv").removesuffix(".geojson")


def _held(before: frozenset[str], old: Corpus, now: frozenset[str], new: Corpus) -> Iterator[str]:
    """Which sources of a slice are held at their last good version that were not, or are no more."""
    then, here = before & {*old["sources"]["source_id"]}, now & {*new["sources"]["source_id"]}
    for source in sorted(then ^ here):
        yield f"source {source} is {'held at its last good version' if source in here else 'held no more'}"


def _differences(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """The records that differ between two states of a slice, each with what of it differs."""
    whole: dict[str, str] = {}
    changed: dict[str, dict[str, None]] = defaultdict(dict)
    for name in new:
        own = len(BY_NAME[name].key) == 1
        for row, aspects in _rows(old[name], new[name], BY_NAME[name].key):
            owner = _owner(name, row)
            if own and isinstance(aspects, str):
                whole[owner] = aspects
            else:
                told = aspects if own else _part(name, row, aspects)
                changed[owner].update(dict.fromkeys("date" if one in DATED_COLUMNS else one for one in told))
    yield from (f"{owner} {how}" for owner, how in whole.items())
    yield from (f"{owner} changed: {', '.join(told)}" for owner, told in changed.items() if owner not in whole)


def _rows(old: pd.DataFrame, new: pd.DataFrame, key: tuple[str, ...]) -> Iterator[tuple[Any, str | list[str]]]:
    """The rows that differ, by key: is new, is gone, or the columns in which they do."""
    before, after = (frame.astype("string").fillna("").set_index(list(key)) for frame in (old, new))
    before, after = (frame[~frame.index.duplicated()] for frame in (before, after))
    yield from ((row, "is new") for row in after.index.difference(before.index))
    yield from ((row, "is gone") for row in before.index.difference(after.index))
    both = before.index.intersection(after.index)
    differs = after.loc[both].ne(before.loc[both])
    for row in differs.index[differs.any(axis=1)]:
        yield row, [column for column in differs.columns if differs.loc[row, column]]


def _owner(table: str, row: Any) -> str:
    """The record to which a row belongs, as people know it."""
    if table == "wordings":
        return f"wording “{row}”"
    if not isinstance(row, tuple):
        return f"record {row}"
    return f"record {row[0] if table == 'outputs' else row[1]}"


def _part(table: str, row: tuple[str, ...], aspects: str | Iterable[str]) -> list[str]:
    """What differs of a record by a row that belongs to it: what a source says of a field, how that was decided."""
    if table in _PARTS:
        return [_PARTS[table]]
    field = "date" if row[2] in DATED_COLUMNS else row[2]
    if table == "conflicts":
        return [f"decision on {field}"]
    if isinstance(aspects, str):
        return ["sources"]
    return [field if aspect == "value" else aspect for aspect in aspects]


def _some(reasons: list[str]) -> list[str]:
    kept = list(dict.fromkeys(reasons))
    return kept if len(kept) <= _MOST else [*kept[:_MOST], f"and {len(kept) - _MOST} more"]
