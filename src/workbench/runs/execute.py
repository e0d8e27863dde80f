"""Running one notebook: by papermill, in a temporary place, made alike on every machine, then moved into place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.paths import Project, write_atomic
from workbench.runs import guard, prefork
from workbench.runs.catalogue import Run

REPORT_MIME = "application/vnd.workbench.report+json"
# Where a kernel keeps a cell's code, and where a package is installed: named in warnings. Looked for at the beginnings
# of words alone, or a picture of one long word would take minutes.
_CODE_PLACE = re.compile(r"(?<![^\s\"])[^\s\"]*(?:/ipykernel_\d+/\d+\.py|/site-packages(?=/))")


class Raised(Exception):
    """A notebook stopped with an error, or never closed its report."""


class NotRun(Exception):
    """The machinery could not run a notebook."""


def execute(run: Run, target: Path, project: Project, records: str = "") -> None:
    """Run one notebook into ``target``; WORKBENCH_PROJECT names the project to it, ``records`` is the digest of those
    that it may open (`runs.guard`).

    Raises `Raised`, having put the notebook as it stopped under ``reports/_failed/``, `NotRun`, or OSError when
    a file cannot be written; ``target`` stays as it was then.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    failed = failure(project, run.id)
    if prefork.inside() and records:
        guard.watch(project, records)
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder, _event_loop():
        output = Path(folder) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(run.notebook), str(output), parameters=dict(run.parameters), kernel_name="python3",
                cwd=str(run.notebook.parent), progress_bar=False, request_save_on_cell_execute=False,
                log_output=False, **_engine(folder),
            )  # fmt: skip
        except PapermillExecutionError as error:
            write_atomic(failed, _normalised(output.read_bytes(), folded=False))
            message = f"cell {error.exec_count} raised {error.ename}: {error.evalue}"
            raise Raised(f"{message} (see {project.relative(failed)})") from None
        except Exception as error:
            raise NotRun(f"the notebook could not be run: {type(error).__name__}: {error}") from error
        content = output.read_bytes()
    if not _closed(content):
        write_atomic(failed, _normalised(content, folded=False))
        raise Raised(f"it never closed its report (see {project.relative(failed)})")
    write_atomic(target, _normalised(content, folded=True))


def failure(project: Project, id: str) -> Path:
    """Where the notebook of a failed run is kept."""
    return project.reports / "_failed" / f"{id}.ipynb"


@contextlib.contextmanager
def _event_loop() -> Iterator[None]:
    """Close the event loop that nbclient opens for the thread in which it runs, and leaves open."""
    from nbclient.util import run_sync

    async def running() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    loop = run_sync(running)()
    try:
        yield
    finally:
        loop.close()


def _closed(content: bytes) -> bool:
    """Did the notebook close its report? Then an output says what the report is."""
    cells = json.loads(content)["cells"]
    return any(REPORT_MIME in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))


def _engine(folder: str) -> dict[str, Any]:
    """In a child of one's own the cells run right there; elsewhere a kernel is started for them."""
    if not prefork.inside():
        return {"config": _kernel_config(folder)}
    from papermill.engines import papermill_engines

    from workbench.runs.inprocess import InProcessEngine

    papermill_engines.register("inprocess", InProcessEngine)
    return {"engine_name": "inprocess", "record_timing": False}


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


def _normalised(content: bytes, folded: bool) -> bytes:
    """A notebook without what differs from run to run (timings, random ids, places of code); its code folded away
    for readers, open where something failed."""
    notebook = _without_places(json.loads(content))
    notebook["metadata"] = {
        name: notebook["metadata"][name] for name in ("kernelspec",) if name in notebook["metadata"]
    }
    for number, cell in enumerate(notebook["cells"]):
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if folded and cell["cell_type"] == "code":
            cell["metadata"]["jupyter"] = {"source_hidden": True}
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
