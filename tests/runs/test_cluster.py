"""Reports made by the workers of a Dask cluster: the same outcomes, the same bytes, also when a worker is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runs import tiny
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.runs import engine, pools, prefork

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'exchange-workbench[dask]'")
pytestmark = pytest.mark.skipif(not prefork.AVAILABLE, reason="children are forked on Linux only")

SLOW_CELL = "import time\ntime.sleep(0.5)"


def made(project: Project) -> dict[str, bytes]:
    """Every report file by name."""
    return {path.name: path.read_bytes() for path in project.reports.glob("r*.*")}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Eight small reports, of which one raises."""
    found = tiny.copy_project(tmp_path / "project")
    tiny.write_notebook(found, "alpha.ipynb", SLOW_CELL, tiny.CLOSE)
    tiny.write_notebook(found, "raises.ipynb", "1 / 0")
    rows = [tiny.row(f"r{n}", text=f"report {n}") for n in range(8)]
    tiny.write_catalogue(found, *rows, tiny.row("wrong", "raises.ipynb"))
    return found


class Cluster:
    """A scheduler and two worker processes on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.address = self.start("dask_scheduler", r"(tcp://127\.0\.0\.1:\d+)", "--port", "0", "--no-show")
        for _ in range(2):
            self.start("dask_worker", r"(Registered to)", self.address, "--nthreads", "1", "--no-nanny",
                       "--local-directory", str(folder))  # fmt: skip

    def start(self, program: str, says: str, *arguments: str) -> str:
        """Start a process; what it says when it is ready."""
        log = self.folder / f"{len(self.processes)}.log"
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.{program}",
            *arguments,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        with log.open("wb") as stream:
            self.processes.append(subprocess.Popen(command, stderr=stream, stdout=stream, cwd=self.folder))
        for _ in range(600):
            if found := re.search(says, log.read_text(encoding="utf-8")):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(log.read_text(encoding="utf-8"))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    yield found
    found.stop()


def test_the_same_outcomes_and_bytes(project: Project, cluster: Cluster) -> None:
    here = engine.build(project)
    states = [(one.id, one.state) for one in here.outcomes]
    files = made(project)
    again = engine.build(project, force=True, dask=cluster.address)
    assert [(one.id, one.state) for one in again.outcomes] == states
    assert [one.message for one in again.outcomes] == [one.message for one in here.outcomes]
    assert made(project) == files
    assert len(files) >= 16


def test_the_runs_of_a_lost_worker_are_made_again(project: Project, cluster: Cluster) -> None:
    engine.build(project)
    files = made(project)
    for path in project.reports.glob("r*.*"):
        path.unlink()
    told: list[str] = []

    def tell(line: str) -> None:
        if not told:  # the first report is there, and both workers are at work
            os.kill(cluster.processes[1].pid, signal.SIGKILL)
        told.append(line)

    found = engine.build(project, force=True, dask=cluster.address, jobs=4, tell=tell)
    assert cluster.processes[1].wait() == -signal.SIGKILL
    assert found.count("done") == 8
    assert made(project) == files


def test_nobody_there_is_said(project: Project) -> None:
    with pytest.raises(UsageError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:1"):
        engine.build(project, dask="tcp://127.0.0.1:1")


def test_other_versions_are_said() -> None:
    ours = {"pandas": "3.1", "typst": "0.14"}
    pools._check_alike({"tcp://a": dict(ours)}, ours)
    with pytest.raises(UsageError, match=r"tcp://b: pandas is 3\.0, here 3\.1"):
        pools._check_alike({"tcp://a": dict(ours), "tcp://b": {"pandas": "3.0", "typst": "0.14"}}, ours)
    with pytest.raises(UsageError, match="no workers"):
        pools._check_alike({}, ours)
