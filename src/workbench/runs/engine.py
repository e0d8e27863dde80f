"""Building: run what changed, publish what changed, leave the rest, harm nothing.

A notebook runs by papermill in a temporary place; what comes out is normalised (no timings, no
random ids), checked, and moved into place in one step. A notebook that raises leaves the last
good report as it is and its own state under ``reports/_failed/``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workbench.errors import MachineryFailed, RecordsError
from workbench.paths import PROJECT_VARIABLE, REPORT_ID, Project, file_digest, write_atomic
from workbench.records import load, tables
from workbench.runs import catalogue, keys
from workbench.runs.catalogue import Run
from workbench.settings import Settings

MANIFEST = "manifest.json"
REPORT_MIME = "application/vnd.workbench.report+json"
# Where a kernel keeps a cell's code, and where a package is installed: named in warnings.
_CODE_PLACE = re.compile(r"[^\s\"]*(?:/ipykernel_\d+/\d+\.py|/site-packages(?=/))")
State = Literal["fresh", "published", "done", "raised", "failed"]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run: fresh (nothing to do), published (page made again from the
    executed notebook), done (run and published), raised (the notebook stopped with an error),
    failed (the machinery did)."""

    id: str
    state: State
    message: str = ""


@dataclass(slots=True)
class Build:
    """What a build did."""

    outcomes: list[Outcome] = field(default_factory=list)
    tables_written: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """3 if a notebook raised, 4 if the machinery failed, else 0."""
        states = {outcome.state for outcome in self.outcomes}
        return 4 if "failed" in states else 3 if "raised" in states else 0

    def count(self, state: State) -> int:
        return sum(outcome.state == state for outcome in self.outcomes)


def build(project: Project, *, as_of: str = "", force: bool = False, tell: Tell = lambda line: None) -> Build:
    """Bring all reports of the catalogue up to date.

    ``as_of`` overrides the settings' day, ``force`` runs everything, ``tell`` gets a line for
    each thing done. Raises `RecordsError` before anything is written if records, settings or
    catalogue have errors.
    """
    from workbench import settings as settings_module

    settings = settings_module.read(project)
    _check_catalogue(project, settings, as_of)
    before = file_digest(project.processed / tables.DESCRIPTION)
    frames, _ = load.ensure_tables(project)
    runs = catalogue.read(project, settings, as_of, frames)
    corpus_digest = file_digest(project.processed / tables.DESCRIPTION)
    result = Build(tables_written=[] if before == corpus_digest else ["tables"])
    manifest = _read_manifest(project)
    entries: dict[str, dict[str, Any]] = {}
    for run in runs:
        known = {} if force else manifest.get(run.id, {})
        outcome, entry = _one(run, known, project, corpus_digest, tell)
        result.outcomes.append(outcome)
        if entry:
            entries[run.id] = entry
        elif run.id in manifest:
            entries[run.id] = manifest[run.id]
    _sweep(project, {run.id for run in runs})
    unwell = {outcome.id for outcome in result.outcomes if outcome.state in ("raised", "failed")}
    _finish(project, settings, runs, entries, unwell, as_of or settings.as_of.isoformat())
    return result


def _check_catalogue(project: Project, settings: Settings, as_of: str) -> None:
    """The catalogue's errors are told together with those of the records, before anything is written."""
    try:
        catalogue.read(project, settings, as_of)
    except RecordsError as error:
        _, _, problems = load.check_project(project)
        errors = [problem for problem in problems if problem.severity == "error"]
        raise RecordsError([*error.problems, *errors]) from None


def _one(
    run: Run, known: dict[str, Any], project: Project, corpus_digest: str, tell: Tell
) -> tuple[Outcome, dict[str, Any]]:
    """Bring one report up to date; returns what happened and its new manifest entry."""
    notebook = project.reports / "notebooks" / f"{run.id}.ipynb"
    key = keys.execute_key(run, project, corpus_digest)
    executed = known.get("execute_key") == key and file_digest(notebook) == known.get("notebook")
    state: State = "fresh"
    if not executed:
        tell(f"{run.id}: running")
        try:
            outcome = _execute(run, notebook, project)
        except OSError as error:
            outcome = Outcome(run.id, "failed", f"the notebook could not be written: {error}")
        if outcome is not None:
            return outcome, {}
        state = "done"
    digest = file_digest(notebook)
    page = project.reports / f"{run.id}.html"
    publish = keys.publish_key(digest)
    (project.reports / "_failed" / f"{run.id}.ipynb").unlink(missing_ok=True)
    if known.get("publish_key") != publish or file_digest(page) != known.get("page"):
        from workbench.publish import content, html

        try:
            made = html.render(content.read(notebook), content.Context())
        except Exception as error:
            return Outcome(run.id, "failed", f"the page could not be made: {error}"), {}
        try:
            write_atomic(page, made)
        except OSError as error:
            return Outcome(run.id, "failed", f"the page could not be written: {error}"), {}
        state = state if state == "done" else "published"
        tell(f"{run.id}: {'done' if state == 'done' else 'page made again'}")
    entry = {
        "execute_key": key,
        "notebook": digest,
        "publish_key": publish,
        "page": file_digest(page),
        "parameters": dict(run.parameters),
    }
    return Outcome(run.id, state), entry


def _execute(run: Run, target: Path, project: Project) -> Outcome | None:
    """Run one notebook into place. Returns an outcome only if that did not succeed."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    failed = project.reports / "_failed" / f"{run.id}.ipynb"
    os.environ[PROJECT_VARIABLE] = str(project.root)
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        output = Path(folder) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(run.notebook), str(output), parameters=dict(run.parameters), kernel_name="python3",
                cwd=str(run.notebook.parent), progress_bar=False, request_save_on_cell_execute=False,
                log_output=False, config=_kernel_config(folder),
            )  # fmt: skip
        except PapermillExecutionError as error:
            write_atomic(failed, _normalise(output.read_bytes()))
            message = f"cell {error.exec_count} raised {error.ename}: {error.evalue}"
            return Outcome(run.id, "raised", f"{message} (see {project.relative(failed)})")
        except Exception as error:
            return Outcome(run.id, "failed", f"the notebook could not be run: {type(error).__name__}: {error}")
        finally:
            os.environ.pop(PROJECT_VARIABLE, None)
        content = _normalise(output.read_bytes())
    if not _closed(content):
        write_atomic(failed, content)
        return Outcome(run.id, "raised", f"it never closed its report (see {project.relative(failed)})")
    write_atomic(target, content)
    failed.unlink(missing_ok=True)
    return None


def _closed(content: bytes) -> bool:
    """Did the notebook close its report? Then an output says what the report is."""
    cells = json.loads(content)["cells"]
    return any(REPORT_MIME in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))


def _kernel_config(folder: str) -> Any:
    """Speak to the kernel over sockets of the file system where there are any: no port is
    opened, none can clash."""
    from traitlets.config import Config

    config = Config()
    if os.name == "posix" and len(folder) < 90:  # a socket's path has at most 104 bytes
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = str(Path(folder) / "k")
    config.NotebookClient.shutdown_kernel = "immediate"
    config.NotebookClient.record_timing = False
    return config


def _normalise(content: bytes) -> bytes:
    """A notebook without what differs from run to run: timings, random ids, places of code."""
    notebook = _without_places(json.loads(content))
    notebook["metadata"] = {
        name: notebook["metadata"][name] for name in ("kernelspec",) if name in notebook["metadata"]
    }
    for number, cell in enumerate(notebook["cells"]):
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        if tags == ["papermill-error-cell-tag"]:
            cell["id"] = f"error-{number}"
        cell.setdefault("id", f"cell-{number}")
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _without_places(value: Any) -> Any:
    """The same notebook with the paths of code in its texts replaced: they differ by machine."""
    if isinstance(value, str):
        return _CODE_PLACE.sub("<cell>", value)
    if isinstance(value, list):
        return [_without_places(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_places(item) for key, item in value.items()}
    return value


def _sweep(project: Project, wanted: set[str]) -> None:
    """Take away what was built for reports that are no longer in the catalogue, and nothing else."""
    failed = {path.stem for path in (project.reports / "_failed").glob("*.ipynb")}
    for id in ({*_read_manifest(project)} | failed) - wanted:
        if not REPORT_ID.fullmatch(id):
            continue  # not a name this program gives
        (project.reports / f"{id}.html").unlink(missing_ok=True)
        for folder in ("notebooks", "_failed"):
            (project.reports / folder / f"{id}.ipynb").unlink(missing_ok=True)


def _finish(
    project: Project, settings: Any, runs: list[Run], entries: dict[str, dict[str, Any]], failed: set[str], as_of: str
) -> None:
    from workbench.publish import site

    with contextlib.suppress(OSError):
        (project.reports / "_failed").rmdir()  # only when nothing is in it
    try:
        write_atomic(project.reports / "index.html", site.index(project, settings, runs, failed, as_of))
        text = json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_atomic(project.reports / MANIFEST, text.encode())
    except OSError as error:
        raise MachineryFailed(f"the reports folder cannot be written: {error}") from error


def _read_manifest(project: Project) -> dict[str, dict[str, Any]]:
    """The last build's manifest; empty if there is none or it cannot be read."""
    try:
        manifest = json.loads((project.reports / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) and all(isinstance(v, dict) for v in manifest.values()) else {}
