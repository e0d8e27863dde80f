"""Building: run what changed, publish what changed, leave the rest, harm nothing.

Reports are made side by side, each in one go: its notebook is run (`runs.execute`), then published in the formats
of its row. A report that cannot be made leaves its last good files as they are.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import MachineryFailed, RecordsError, UsageError, did_you_mean
from workbench.paths import PROJECT_VARIABLE, REPORT_ID, Project, file_digest, sweep, write_atomic
from workbench.records import audience as audiences
from workbench.records import held, load, tables
from workbench.runs import catalogue, journal, keys, lock, pools, prefork, seal, why
from workbench.runs.catalogue import FORMATS, Run
from workbench.runs.execute import NotRun, Raised, execute, failure
from workbench.runs.outcome import Build, Outcome
from workbench.runs.prefork import Died
from workbench.runs.publication import FACTS, NotMade, Publication, publish
from workbench.runs.versions import versions
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.publish.content import Edition

MANIFEST = "manifest.json"
NOTED = "inputs.json"  # what the reports rest on, for the next build and for people who ask why
PARTNER = "partner"  # the kind of report to which others lead
_LINK = re.compile(rb'data-report=\\?"([^"\\]+)')  # in a notebook's JSON
Tell = Callable[[str], None]
Entry = dict[str, Any]


def build(
    project: Project, *, as_of: str = "", force: bool = False, only: Sequence[str] = (), all_formats: bool = False,
    jobs: int = 0, keep_going: bool = False, wait: float = 0, dask: str = "", tell: Tell = lambda line: None,
) -> Build:  # fmt: skip
    """Bring the reports of the catalogue up to date.

    ``as_of`` overrides the settings' day, ``force`` runs everything, ``only`` (ids, or patterns as ``partner-*``)
    leaves the other reports as they are, ``all_formats`` makes every format of each, ``jobs`` is how many are made
    at a time (0: one for each processor), ``tell`` gets a line for each report that was made. ``keep_going`` holds
    dossiers with errors at their last good version. ``dask`` is the address of a cluster whose workers make the reports
    (`pools.cluster`). One build runs at a time: another waits ``wait`` seconds for it.

    Raises `RecordsError` before anything is written if records, settings or catalogue have errors, `UsageError` for
    a pattern without a report, `MachineryFailed` while another build is running.
    """
    begun = time.monotonic()
    with lock.building(project, wait, tell), held.going_on(keep_going):
        settings = _settings(project, as_of)
        result = _build(project, settings, as_of, force, only, all_formats, jobs, dask, tell)
        result.seconds = time.monotonic() - begun
        if not only:
            with _writing():
                seal.put(project, as_of or settings.as_of.isoformat(), all_formats, result)
        journal.keep(project, result.summary())
    return result


def _build(
    project: Project, settings: Settings, as_of: str, force: bool, only: Sequence[str], all_formats: bool, jobs: int,
    dask: str, tell: Tell,
) -> Build:  # fmt: skip
    prefork.sweep()
    for folder in (project.reports, project.processed):
        sweep(folder)
    before = file_digest(project.processed / tables.DESCRIPTION)
    frames, _ = load.ensure_tables(project)
    audiences.public(project, frames, settings)  # made once, before reports are made side by side
    runs = catalogue.read(project, settings, as_of, frames)
    after = file_digest(project.processed / tables.DESCRIPTION)
    chosen = _chosen([run.id for run in runs], only)
    maker = Built(project, settings, runs, chosen, force, all_formats)
    try:
        workers = jobs or pools.processors()
        notebooks = {run.notebook for run in runs}
        with (
            pools.cluster(dask, notebooks, settings.limits)
            if dask
            else pools.local(workers, notebooks, settings.limits, len(chosen)) as pool
        ):
            outcomes = maker.make(pool, workers, tell)
    finally:
        maker.sweep()
        maker.write_manifest()
    with contextlib.suppress(OSError):
        why.remember(project)
    unwell = {id for id, outcome in outcomes.items() if outcome.state in ("raised", "failed")}
    unwell |= {run.id for run in runs if run.id not in chosen and failure(project, run.id).is_file()}
    _write_index(project, settings, runs, unwell, as_of)
    own = [outcomes[run.id] for run in runs if run.id in chosen]
    return Build(own, [] if before == after else ["tables"], _sizes(project, runs), tables.held(project.processed),
                 as_of or settings.as_of.isoformat())  # fmt: skip


def _chosen(ids: list[str], only: Sequence[str]) -> set[str]:
    """The ids that a pattern asks for; all of them without one. Raises `UsageError` for a pattern without any."""
    for pattern in only:
        if not any(fnmatchcase(id, pattern) for id in ids):
            hint = did_you_mean(pattern, ids) or "see reports.toml, or leave it out for all reports."
            raise UsageError(f'No report of the catalogue is called "{pattern}": {hint}')
    return {id for id in ids if not only or any(fnmatchcase(id, pattern) for pattern in only)}


def _settings(project: Project, as_of: str) -> Settings:
    """The settings. Errors in them or in the catalogue are told together with those of the records, before anything is
    written."""
    from workbench import settings as settings_module

    try:
        settings = settings_module.read(project)
        catalogue.read(project, settings, as_of)
    except RecordsError as error:
        _, _, problems = load.check_project(project)
        errors = [problem for problem in problems if problem.severity == "error"]
        raise RecordsError(list(dict.fromkeys([*error.problems, *errors]))) from None
    return settings


class Built:
    """The reports of a catalogue as they are built: makes the chosen ones; ``entries`` is the manifest as it grows."""

    def __init__(
        self, project: Project, settings: Settings, runs: Sequence[Run], chosen: set[str], force: bool,
        all_formats: bool,
    ) -> None:  # fmt: skip
        self.project = project
        self.settings = settings
        self.runs = runs
        self.chosen = [run for run in runs if run.id in chosen]
        self.all_formats = all_formats
        self.known = _read_manifest(project)
        self.entries = {run.id: self.known[run.id] for run in runs if run.id in self.known}
        if force:
            self.entries |= {id: {**self.entries[id], "execute_key": ""} for id in chosen & set(self.entries)}
        self.noted = _read_notes(project)
        self.inputs = keys.Inputs(project, settings, self.noted["selections"])
        self.publishing = keys.publishing(project, settings)
        self.publishing_digest = keys.digest(self.publishing)
        self.versions = versions()
        self.links = self._links()

    def make(self, pool: Executor, jobs: int, tell: Tell) -> dict[str, Outcome]:
        """The outcomes by id, made ``jobs`` at a time in a pool. A line is told for each report that was made, as
        they are made."""
        self.pool = pool
        with _writing():
            self.project.reports.mkdir(parents=True, exist_ok=True)
        outcomes: dict[str, Outcome] = {}
        work = []
        for run in self.chosen:
            if self.is_fresh(run):
                outcomes[run.id] = Outcome(run.id, "fresh")
                failure(self.project, run.id).unlink(missing_ok=True)
            else:
                work.append(run)
        # Those to which others lead come first, so that it is known which of them there are.
        for wave in ([run for run in work if _is_target(run)], [run for run in work if not _is_target(run)]):
            self.links = self._links()
            for outcome, seconds in self._side_by_side(wave, jobs):
                outcomes[outcome.id] = outcome
                told = sum(run.id in outcomes for run in work)
                tell(f"[{told}/{len(work)}] {outcome.id}: {outcome.state} {seconds:.1f} s")
        with _named(self.project):
            self._mend_links(outcomes)
        return outcomes

    def _mend_links(self, outcomes: dict[str, Outcome]) -> None:
        """Publish again what leads to a report that was not there before, or is there no more; make again what
        another run has spoilt."""
        self.links = self._links()
        for run in self.chosen:
            if outcomes[run.id].state not in ("raised", "failed") and not self.is_fresh(run):
                again, _ = self.one(run)
                if again.state == "failed" or outcomes[run.id].state == "fresh":
                    outcomes[run.id] = again

    def _side_by_side(self, runs: list[Run], jobs: int) -> Iterator[tuple[Outcome, float]]:
        """Make reports, several at a time; as each is done what became of it and how long it took."""
        with _named(self.project), ThreadPoolExecutor(min(jobs, len(runs)) or 1) as threads:
            futures = [threads.submit(self.one, run) for run in runs]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                self.pool.shutdown(wait=False, cancel_futures=True)
                threads.shutdown(cancel_futures=True)
                raise

    def one(self, run: Run) -> tuple[Outcome, float]:
        """Bring one report up to date: what became of it, and the seconds it took."""
        begun = time.perf_counter()
        ran = not self.is_executed(run)
        try:
            outcome = (self._run(run) if ran else None) or self.publish(run, ran)
        except OSError as error:
            outcome = Outcome(run.id, "failed", f"its files could not be read or written: {error}")
        return outcome, time.perf_counter() - begun

    def _run(self, run: Run) -> Outcome | None:
        """Run a notebook; an outcome only if that did not succeed."""
        key = self._key(run)
        try:
            self.pool.submit(execute, run, self.notebook(run.id), self.project, self.inputs.records(run)).result()
        except Raised as error:
            return Outcome(run.id, "raised", str(error))
        except (NotRun, Died) as error:
            return Outcome(run.id, "failed", str(error))
        except OSError as error:
            return Outcome(run.id, "failed", f"the notebook could not be written: {error}")
        files = self._files(run)
        files.pop(FACTS, None)  # they name what the notebook was run with
        before = self.entries.get(run.id, {})
        self.entries[run.id] = {
            "execute_key": key,
            "inputs": self.inputs.of(run),
            "notebook": file_digest(self.notebook(run.id)),
            "parameters": dict(run.parameters),
            "publish_key": before.get("publish_key", ""),
            "publishing": before.get("publishing", ""),
            "links": before.get("links", {}),
            "files": files,
        }
        return None

    def publish(self, run: Run, ran: bool = False) -> Outcome:
        """Make those files of a report that are missing, altered or out of date from its executed notebook."""
        key = self._publish_key(run)
        stale = [name for name in self.wanted(run) if not self.holds(run, name, key)]
        try:
            self.pool.submit(publish, self.publication(run), {name: self.file(run.id, name) for name in stale}).result()
        except NotMade as error:
            return Outcome(run.id, "failed", str(error))
        except Died as error:
            return Outcome(run.id, "failed", f"the files could not be made: {error}")
        files = {name: file_digest(self.file(run.id, name)) for name in self.wanted(run)}
        self.entries[run.id] |= {"publish_key": key, "publishing": self.publishing_digest, "files": files,
                                 "links": self.used_links(run)}  # fmt: skip
        failure(self.project, run.id).unlink(missing_ok=True)
        return Outcome(run.id, "done" if ran else "published" if stale else "fresh")

    def publication(self, run: Run, edition: Edition | None = None, among: Container[str] | None = None) -> Publication:
        """What is needed to publish a report; for an ``edition`` not as a draft. ``among`` are the files to which it
        may lead (None: all there are)."""
        links = {to: file for to, file in self.used_links(run).items() if among is None or file in among}
        given, inputs = dict(run.parameters), self.inputs.of(run)
        return Publication(self.notebook(run.id), given, inputs, self.versions, self.settings.office, links, edition)

    # --- what is there ----------------------------------------------------------------------

    def is_fresh(self, run: Run) -> bool:
        """Is the report there, undamaged, and made from just what it rests on now?"""
        if not self.is_executed(run):
            return False
        key = self._publish_key(run)
        return all(self.holds(run, name, key) for name in self.wanted(run))

    def is_executed(self, run: Run) -> bool:
        """Is the executed notebook there, undamaged, and run with just what it rests on now?"""
        entry = self.entries.get(run.id, {})
        executed = file_digest(self.notebook(run.id))
        return bool(executed) and entry.get("notebook") == executed and entry.get("execute_key") == self._key(run)

    def holds(self, run: Run, name: str, key: str = "") -> bool:
        """Is a file of a report there as it was made, under this publish key (empty: any)?"""
        digest = file_digest(self.file(run.id, name))
        made = not key or self.entries.get(run.id, {}).get("publish_key") == key
        return made and bool(digest) and self._files(run).get(name) == digest

    def _files(self, run: Run) -> dict[str, Any]:
        """The digests of a report's files as they were made, by ending."""
        files = self.entries.get(run.id, {}).get("files")
        return dict(files) if isinstance(files, dict) else {}

    def wanted(self, run: Run) -> tuple[str, ...]:
        """The endings of a report's files: its formats, and the facts."""
        return (*(FORMATS if self.all_formats else run.formats), FACTS)

    def notebook(self, id: str) -> Path:
        """Where an executed notebook is kept."""
        return self.project.reports / "notebooks" / f"{id}.ipynb"

    def about(self, run: Run) -> dict[str, Any]:
        """What a report's executed notebook says of it."""
        from workbench.publish import content

        return content.facts_of(self.notebook(run.id))

    def file(self, id: str, name: str) -> Path:
        """Where a file of a report is kept."""
        return self.project.reports / f"{id}.{name}"

    def _page(self, run: Run) -> Path:
        return self.file(run.id, FORMATS[0])

    def _key(self, run: Run) -> str:
        return self.inputs.key(run)

    def _publish_key(self, run: Run) -> str:
        return keys.publish_key(file_digest(self.notebook(run.id)), self.used_links(run), self.publishing_digest)

    # --- links ------------------------------------------------------------------------------

    def _links(self) -> dict[tuple[str, str], dict[str, str]]:
        """For each home and language the pages there are on partners, by ``partner:ORG_ID``."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for run in self.runs:
            if _is_target(run) and self._page(run).is_file():
                key = f"{PARTNER}:{dict(run.parameters)[PARTNER]}"
                found.setdefault(self._scope(run), {}).setdefault(key, self._page(run).name)
        return found

    def _scope(self, run: Run) -> tuple[str, str]:
        given = dict(run.parameters)
        return given.get("home") or self.settings.default_home, given.get("language") or "en"

    def used_links(self, run: Run) -> dict[str, str]:
        """The links that a report has, as far as they lead to a report: for its home, else for the default home."""
        used = sorted({key.decode() for key in _LINK.findall(self.notebook(run.id).read_bytes())})
        home, language = self._scope(run)
        known = self.links.get((self.settings.default_home, language), {}) | self.links.get((home, language), {})
        return {key: known[key] for key in used if known.get(key, self._page(run).name) != self._page(run).name}

    # --- afterwards -------------------------------------------------------------------------

    def sweep(self) -> None:
        """Take away what was built for reports that are no longer in the catalogue, and formats no longer wanted;
        nothing else."""
        kept = {run.id for run in self.runs}
        failed = {path.stem for path in (self.project.reports / "_failed").glob("*.ipynb")}
        for id in ({*self.known} | failed) - kept:
            if not REPORT_ID.fullmatch(id):
                continue  # not a name this program gives
            for path in (*(self.file(id, name) for name in (*FORMATS, FACTS)), self.notebook(id)):
                path.unlink(missing_ok=True)
            failure(self.project, id).unlink(missing_ok=True)
        for run in self.chosen:
            for name in FORMATS:
                if name not in self.wanted(run):
                    self.file(run.id, name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.project.reports / "_failed").rmdir()  # only when nothing is in it

    def write_manifest(self) -> None:
        """Write down what was made from what. Raises `MachineryFailed` when the folder cannot be written."""
        text = json.dumps(self.entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        with _writing():
            write_atomic(self.project.reports / MANIFEST, text.encode())
            write_atomic(self.project.reports / NOTED, (json.dumps(self._notes(), indent=1) + "\n").encode())

    def _notes(self) -> dict[str, Any]:
        """What reports rest on, in the words of `runs.why`: what they share, once for all that share it."""
        entries = self.entries.values()
        used = {entry.get("inputs", {}).get("shared") for entry in entries} | {one.get("publishing") for one in entries}
        kept = {digest: told for digest, told in self.noted["shared"].items() if digest in used}
        now = {self.inputs.shared_digest: self.inputs.shared, self.publishing_digest: self.publishing}
        return {"selections": self.inputs.selections, "shared": kept | now}


def built(project: Project, as_of: str = "") -> Built:
    """The reports of the catalogue as they were last built, to be looked at: what is fresh, where its files are, and
    `render` for a file made otherwise. Nothing is run and no report is written. Raises `RecordsError` as `build`."""
    settings = _settings(project, as_of)
    frames, _ = load.ensure_tables(project)
    audiences.public(project, frames, settings)
    runs = catalogue.read(project, settings, as_of, frames)
    return Built(project, settings, runs, {run.id for run in runs}, force=False, all_formats=False)


def _is_target(run: Run) -> bool:
    """Is it a report on a partner, to which others lead?"""
    return run.notebook.stem == PARTNER and bool(dict(run.parameters).get(PARTNER))


@contextlib.contextmanager
def _named(project: Project) -> Iterator[None]:
    """The project is named to the notebooks that are run inside."""
    os.environ[PROJECT_VARIABLE] = str(project.root)
    try:
        yield
    finally:
        os.environ.pop(PROJECT_VARIABLE, None)


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MachineryFailed(f"the reports folder cannot be written: {error}") from error


def _write_index(project: Project, settings: Settings, runs: list[Run], failed: set[str], as_of: str) -> None:
    from workbench.publish import site

    content = site.index(project, settings, runs, failed, as_of or settings.as_of.isoformat())
    with _writing():
        write_atomic(project.reports / "index.html", content)


def _sizes(project: Project, runs: list[Run]) -> dict[str, tuple[int, int]]:
    """How many files of each format the reports have, and their bytes."""
    found = {}
    for name in FORMATS:
        sizes = [path.stat().st_size for run in runs if (path := project.reports / f"{run.id}.{name}").is_file()]
        found[name] = (len(sizes), sum(sizes))
    return found


def _read_manifest(project: Project) -> dict[str, Entry]:
    """The last build's manifest; empty if there is none or it cannot be read."""
    manifest = _read_json(project.reports / MANIFEST)
    return manifest if all(map(_is_entry, manifest.values())) else {}


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(name, {}), dict) for name in ("inputs", "parameters", "links")
    )


def _read_notes(project: Project) -> dict[str, dict[str, Any]]:
    """What reports rested on, by the last build; nothing where that cannot be read."""
    noted = _read_json(project.reports / NOTED)
    return {name: noted[name] if isinstance(noted.get(name), dict) else {} for name in ("selections", "shared")}


def _read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty if there is none or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
