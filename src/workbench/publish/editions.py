"""Signing an edition off: reports that are whole and good, marked as released, with a manifest of what they say.

An edition is all or nothing. Everything is checked and made before anything is written; files appear in one step
each, the manifest, which makes it an edition, last; what was written before a step that fails is taken away again.

What does not belong here: what a manifest holds (`records.editions`), and words (given by the caller, who speaks
both stacks).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.errors import MachineryFailed, UsageError, did_you_mean
from workbench.paths import Project, sha256, write_atomic
from workbench.records import audience as audiences
from workbench.records import dates, editions
from workbench.records.editions import Edition
from workbench.runs import engine, publication
from workbench.runs.catalogue import Run
from workbench.runs.execute import failure
from workbench.runs.versions import versions

LONGEST_NAME = 100
_SOME = 8  # reports named in a message
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip: it has none of its own


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an edition: what it says of itself, and the names of its files."""

    run: Run
    about: Mapping[str, Any]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """An edition that can be released: everything about it but its figures and the words on its pages."""

    project: Project
    edition: Edition
    reports: tuple[Report, ...]
    made: engine.Built = field(repr=False)

    @property
    def listed(self) -> list[dict[str, Any]]:
        """Its reports as a letter lists them: title, language, files."""
        return [_listed(report) for report in self.reports]

    @property
    def names(self) -> list[str]:
        """The names of all its files."""
        return [name for report in self.reports for name in report.files]


def plan(
    project: Project, by: str, on: str, *, audience: str = audiences.PUBLIC, only: Sequence[str] = (), as_of: str = ""
) -> Plan:
    """The edition that somebody (``by``) would release on a day.

    ``only`` keeps some reports (ids, patterns as ``partner-*``, or kinds); ``as_of`` as for the build. Raises
    `UsageError` when the build is not whole and good, when a report for this audience rests on internal sources, and
    for a name or a day that is none; `RecordsError` while records or the newest manifest have errors.
    """
    audience, day = audiences.choose_audience(audience), _day(on)
    name = _name(by)
    newest = editions.newest(project, audience)
    if newest and day.isoformat() < newest.on:
        raise UsageError(f"--on {day.isoformat()} is before the newest edition, that of {newest.on}: editions follow "
                         "each other. Give that day or a later one.")  # fmt: skip
    made = engine.built(project, as_of)
    _check_whole(made)
    frames, settings = audiences.ensure_tables(project, audience)
    whole, _ = audiences.ensure_tables(project, audiences.INTERNAL)
    hidden = audiences.hidden_sources(whole) if audience == audiences.PUBLIC else set()
    abouts = {run.id: made.about(run) for run in made.runs}
    reports = [_report(run, abouts[run.id], made) for run in _chosen(made.runs, abouts, audience, only)]
    _check_open(reports, hidden)
    edition = Edition(
        editions.next_id(project, day, audience), name, day.isoformat(), as_of or settings.as_of.isoformat(),
        audience, dict(settings.title), {"workbench": __version__, **versions()}, (), (),
        editions.snapshot(frames, settings),
    )  # fmt: skip
    return Plan(project, edition, tuple(reports), made)


def release(
    planned: Plan, figures: Sequence[Mapping[str, Any]], days: Mapping[str, str], mails: Mapping[str, str],
    to: Path | None = None, archive: Path | None = None,
) -> list[Path]:  # fmt: skip
    """Release a planned edition; returns what was written, the manifest last.

    ``figures`` are the headline figures of each home, ``days`` and ``mails`` the day of the edition and the text of
    the mail by language; ``to`` is a folder that does not exist or is empty, ``archive`` a zip that does not exist.
    Raises `UsageError` for a place where something is already and `MachineryFailed` when one cannot be written;
    nothing has been written then.
    """
    _check_places(to, archive)
    files = _render(planned, days)
    rows = tuple(_row(report, files) for report in planned.reports)
    edition = replace(planned.edition, figures=tuple(figures), reports=rows)
    letters = {f"mail-{language}.txt": text.encode() for language, text in mails.items()}
    folder = planned.project.editions
    written: list[Path] = []
    with _undone(written):
        if to is not None:
            _write_folder(to, files | letters)
            written.append(to)
        if archive is not None:
            _write_new(archive, _zipped(files), written)
        for name, content in letters.items():
            _write_new(folder / f"{edition.id}-{name}", content, written)
        _write_new(folder / f"{edition.id}.json", editions.write(edition), written)
    return written


def listed(project: Project, audience: str) -> list[dict[str, Any]]:
    """The reports for an audience as they were last built, drafts, as a letter lists them: title, language, files."""
    made = engine.built(project)
    there = [run for run in made.runs if made.notebook(run.id).is_file()]
    reports = [_report(run, made.about(run), made) for run in there]
    return [_listed(report) for report in reports if report.about.get("audience") == audience]


# --- what may be released -------------------------------------------------------------------


def _name(by: str) -> str:
    name = by.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        wrong = "empty" if not name else f"longer than {LONGEST_NAME} letters" if name.isprintable() else (
            "not one line of plain text")  # fmt: skip
        raise UsageError(f"--by: the name of who releases the edition is {wrong}. Write it as it is to be printed.")
    return name


def _day(on: str) -> dt.date:
    try:
        return dates.single_day(on)
    except dates.DateError as error:
        raise UsageError(f"--on: {error}") from None


def _check_whole(made: engine.Built) -> None:
    """Every report of the catalogue is there, made from what it rests on now, and its last run did not fail."""
    failed = [run.id for run in made.runs if failure(made.project, run.id).is_file()]
    stale = [run.id for run in made.runs if run.id not in failed and not made.is_fresh(run)]
    told = [f"{what}: {_some(ids)}" for what, ids in (("failed", failed), ("not up to date", stale)) if ids]
    if told:
        raise UsageError(f"An edition is released from a build that is whole, and this one is not ({'; '.join(told)}). "
                         "Run `workbench build` until all reports are up to date, then release again.")  # fmt: skip
    if not made.runs:
        raise UsageError("The catalogue has no reports: there is nothing to release.")


def _some(ids: Sequence[str]) -> str:
    rest = len(ids) - _SOME
    return ", ".join(ids[:_SOME]) + (f" and {rest} more" if rest > 0 else "")


def _chosen(
    runs: Sequence[Run], abouts: Mapping[str, Mapping[str, Any]], audience: str, only: Sequence[str]
) -> list[Run]:
    """The reports for an audience that are asked for."""
    unsaid = [run.id for run in runs if abouts[run.id].get("audience") not in audiences.AUDIENCES]
    if unsaid:
        raise UsageError(f"These reports do not say for whom they are: {_some(unsaid)}. Their notebooks close their "
                         "report with `report.close()` of `open_report`.")  # fmt: skip
    own = [run for run in runs if abouts[run.id]["audience"] == audience]
    kinds = {str(abouts[run.id].get("kind")) for run in own}
    for asked in only:
        if asked not in kinds and not any(fnmatchcase(run.id, asked) for run in own):
            hint = did_you_mean(asked, {*kinds, *(run.id for run in own)}) or f"kinds: {', '.join(sorted(kinds))}"
            raise UsageError(f'--only {asked}: there is no such report for the audience "{audience}"; {hint}')
    chosen = [
        run for run in own
        if not only or any(asked == abouts[run.id].get("kind") or fnmatchcase(run.id, asked) for asked in only)
    ]  # fmt: skip
    if not chosen:
        raise UsageError(f'No report of the catalogue is for the audience "{audience}": there is nothing to release. '
                         f'A row of reports.toml says so: parameters = {{ audience = "{audience}" }}.')  # fmt: skip
    return chosen


def _check_open(reports: Sequence[Report], hidden: set[str]) -> None:
    """No report for the public cites an internal source, whatever its notebook did."""
    for report in reports:
        cited = {source["id"] if isinstance(source, dict) else source for source in report.about.get("sources", [])}
        if cited & hidden:
            raise UsageError(f"{report.run.id} says it is for the public and cites internal sources "
                             f"({_some(sorted(cited & hidden))}). Its notebook reads more than `open_report` gives it: "
                             "mend it.")  # fmt: skip


def _check_places(to: Path | None, archive: Path | None) -> None:
    if to is not None and to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(f"--to {to}: there is something already. Name a folder that is empty or not there yet.")
    if archive is not None and archive.exists():
        raise UsageError(f"--zip {archive}: there is a file already. Name another, or take it away.")
    if archive is not None and to is not None and to.resolve() in archive.resolve().parents:
        raise UsageError(f"--zip {archive} lies in the folder of --to. Name a place outside it.")


# --- files ----------------------------------------------------------------------------------


def _report(run: Run, about: Mapping[str, Any], made: engine.Built) -> Report:
    return Report(run, about, tuple(made.file(run.id, name).name for name in made.wanted(run)))


def _listed(report: Report) -> dict[str, Any]:
    files = [name for name in report.files if not name.endswith(publication.FACTS)]  # those that people read
    return {"title": report.about.get("title"), "language": report.about.get("language"), "files": files}


def _render(planned: Plan, days: Mapping[str, str]) -> dict[str, bytes]:
    """Every file of an edition, made again from the executed notebooks with the mark of the edition."""
    from workbench.publish.content import Edition as Mark

    names = set(planned.names)
    files = {}
    for report in planned.reports:
        mark = Mark(days[str(report.about["language"])], planned.edition.by)
        for file, name in zip(report.files, planned.made.wanted(report.run), strict=True):
            files[file] = planned.made.publication(report.run, mark, names).render(name)
    return files


def _row(report: Report, files: Mapping[str, bytes]) -> dict[str, Any]:
    """A report's line in the manifest."""
    about = report.about
    told = {name: str(about.get(name) or "") for name in ("title", "kind", "language", "home", "period", "partner")}
    cited = {f"{table}:{id}" for said in about.get("sentences", []) for table, id in said.get("records", [])}
    cited |= {f"{row['table']}:{row['id']}" for row in about.get("records", []) if isinstance(row, dict)}
    own = {name: sha256(files[name]) for name in report.files}
    row = {"id": report.run.id, **told, "files": own, "records": sorted(cited)}
    return {name: value for name, value in row.items() if value != "" or name == "title"}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip that is the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _write_folder(to: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files, there in one step."""
    with _writing(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=f".{to.name}.") as place:
            made = Path(place) / to.name
            made.mkdir()
            for name, content in files.items():
                (made / name).write_bytes(content)
            if to.is_dir():
                to.rmdir()  # it is empty
            made.rename(to)


def _write_new(path: Path, content: bytes, written: list[Path]) -> None:
    with _writing(path):
        write_atomic(path, content)
    written.append(path)


@contextlib.contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MachineryFailed(f"{place} cannot be written ({error.strerror or error}); nothing was released.") from None


@contextlib.contextmanager
def _undone(written: list[Path]) -> Iterator[None]:
    """What was written is taken away when a later step fails."""
    try:
        yield
    except BaseException:
        for path in written:
            remove: Callable[[Path], object] = shutil.rmtree if path.is_dir() else Path.unlink
            with contextlib.suppress(OSError):
                remove(path)
        raise
