"""What may go wrong during a build: killed at any moment, no room, no end. The last good reports stay whole, the next
build heals, and nothing is left running."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from runs import processes, tiny
from workbench.paths import Project
from workbench.runs import engine, journal, lock, prefork

pytestmark = pytest.mark.skipif(not prefork.AVAILABLE, reason="reports are made in forked children on Linux alone")
ROOT = Path(__file__).parents[2]
LEEDS = "globalleeds-hangzhou-mou.yaml"
KILLS = 100
# What tells of builds and of moments, and is no report.
NOT_COMPARED = ("_log/", ".building", ".seal.json", ".mark", "_built/")
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({file!r}, "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
while not os.path.exists({file!r}):
    time.sleep(0.01)
"""


@dataclass(frozen=True)
class Site:
    """A project, and how programs that work in it are known and where they put temporary files."""

    project: Project
    mark: str
    temporary: Path

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """``workbench build`` in a process of its own."""
        environment = os.environ | {processes.VARIABLE: self.mark, "TMPDIR": str(self.temporary),
                                    "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
        command = [sys.executable, "-m", "workbench.cli", "build", "--project", str(self.project.root), *arguments]
        return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                **options)  # type: ignore[call-overload,no-any-return]  # fmt: skip

    def build(self, *arguments: str, **options: object) -> tuple[int, str]:
        """Build, to the end: its exit code and what it said."""
        program = self.start(*arguments, **options)
        out, err = program.communicate()
        return program.returncode, out + err

    def made(self) -> dict[str, bytes]:
        """What was built: tables and reports, by their paths."""
        found = {}
        for folder in (self.project.reports, self.project.processed):
            for name, content in tiny.snapshot(folder).items():
                if not name.startswith(NOT_COMPARED):
                    found[f"{folder.name}/{name}"] = content
        return found

    def left(self) -> list[str]:
        """What is left that should not be: processes, temporary files, halves of files."""
        until_gone = [str(pid) for pid in processes.gone(self.mark)]
        parts = [path.name for path in self.project.root.rglob("*.part")]
        return until_gone + [path.name for path in self.temporary.iterdir()] + parts


def prepared(folder: Path) -> Site:
    """A site with two small reports, of which nothing was built."""
    project = tiny.copy_project(folder / "project")
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    tiny.write_notebook(project, "alpha.ipynb", tiny.CLOSE)
    tiny.write_notebook(project, "beta.ipynb", "text.upper()", tiny.CLOSE)
    (folder / "tmp").mkdir()
    site = Site(project, uuid.uuid4().hex, folder / "tmp")
    write(site, 0)
    return site


def write(site: Site, version: int) -> None:
    """Bring records and catalogue to one of two versions."""
    dossier = site.project.dossiers / LEEDS
    text = dossier.read_text(encoding="utf-8").replace("title: Again and", "title: Leeds and")
    if version:
        text = text.replace("title: Leeds and", "title: Again and")
    dossier.write_text(text, encoding="utf-8")
    word = ("first", "second")[version]
    tiny.write_catalogue(
        site.project,
        tiny.row("alpha", text=word, home="hangzhou-public-library"),
        tiny.row("beta", "beta.ipynb", text=word, home="zhejiang-library"),
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that was built in its first version; not to be changed."""
    site = prepared(tmp_path_factory.mktemp("first"))
    assert site.build()[0] == 0
    assert site.left() == []
    return site


def copied(site: Site, folder: Path) -> Site:
    """A copy with a mark of its own."""
    shutil.copytree(site.project.root, folder / "project", symlinks=True)
    (folder / "tmp").mkdir()
    return Site(Project(folder / "project"), uuid.uuid4().hex, folder / "tmp")


@pytest.fixture
def site(first: Site, tmp_path: Path) -> Iterator[Site]:
    """A copy of the built site, to be spoilt. When the test has ended nothing may be left of its programs."""
    site = copied(first, tmp_path)
    yield site
    assert site.left() == []


@pytest.fixture
def folder_of_little_room(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; skipped where this program may not mount one."""
    folder = tmp_path / "little"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("file systems may not be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def digests(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def says(text: str, *words: str) -> bool:
    """Is all of it said, and no traceback shown?"""
    return all(word in text for word in words) and "Traceback" not in text


# --- killed ---------------------------------------------------------------------------------


def versions(site: Site, folder: Path) -> tuple[list[dict[str, bytes]], float]:
    """The files of both versions as undisturbed builds make them, and the seconds that a build takes."""
    other = copied(site, folder)
    found, seconds = [], 0.0
    for version in (0, 1):
        write(other, version)
        begun = time.monotonic()
        code, text = other.build("--force")
        seconds = max(seconds, time.monotonic() - begun)
        assert code == 0, text
        found.append(other.made())
    return found, seconds


def killed(site: Site, good: list[dict[str, bytes]], seconds: float, moments: list[float]) -> int:
    """Build one version and the other, killed at each of some moments (parts of a build's time); how many builds
    had not ended then. After each, every file that is there is whole."""
    known = [digests(files) for files in good]
    struck = 0
    for number, moment in enumerate(moments):
        write(site, number % 2)
        program = site.start("--force")
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(moment * seconds)
        struck += program.poll() is None
        program.kill()
        program.communicate()
        assert processes.gone(site.mark) == []
        for name, digest in digests(site.made()).items():
            if name.endswith(".part"):
                continue
            if name.endswith(("manifest.json", "inputs.json")):
                json.loads((site.project.root / name).read_text(encoding="utf-8"))
            else:
                assert digest in {one.get(name) for one in known}, f"{name} is not whole after kill {number}"
    return struck


def test_killed_at_any_moment_a_build_harms_nothing_and_the_next_one_heals(first: Site, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:  # as they are killed: two at a time
        found = list(threads.map(lambda n: versions(first, tmp_path / f"good-{n}"), range(2)))
    (good, _), seconds = found[0], max(seconds for _, seconds in found)
    draw = random.Random(20261122)
    moments = [draw.uniform(0.1, 1) for _ in range(KILLS)]
    sites = [copied(first, tmp_path / str(n)) for n in range(2)]
    with ThreadPoolExecutor(len(sites)) as threads:
        halves = [threads.submit(killed, site, good, seconds, moments[n::2]) for n, site in enumerate(sites)]
        struck = sum(half.result() for half in halves)
    assert struck > KILLS * 0.7, "most of the kills came before the build had ended"
    for site in sites:
        write(site, 1)
        code, text = site.build()
        assert code == 0, text
        assert site.made() == good[1]
        assert site.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_told_to_stop_leaves_nothing_running(site: Site, tmp_path: Path, number: int) -> None:
    before = site.made()
    tiny.write_notebook(site.project, "beta.ipynb", f"open({str(tmp_path / 'begun')!r}, 'w')", "while True:\n    pass")
    program = site.start()
    assert processes.until((tmp_path / "begun").exists)
    program.send_signal(number)
    _, text = program.communicate()
    assert program.returncode != 0
    assert "Traceback" not in text
    assert processes.gone(site.mark) == []
    after = site.made()
    assert {name: after[name] for name in before if "beta" in name} == {n: before[n] for n in before if "beta" in n}
    tiny.write_notebook(site.project, "beta.ipynb", "text.upper()", tiny.CLOSE)
    assert site.build()[0] == 0
    assert site.made() == before


# --- notebooks that do not behave -----------------------------------------------------------


def misbehaves(site: Site, *cells: str, code: int = 4, **options: object) -> str:
    """Have beta misbehave: its last good files stay, alpha is made again, and with the cells of before all is well.
    What the build said."""
    before = site.made()
    tiny.write_notebook(site.project, "beta.ipynb", *cells, tiny.CLOSE)
    found, text = site.build("--force", **options)
    assert (found, "1 run" in text, says(text, "beta: ")) == (code, True, True), text
    after = site.made()
    for name in ("reports/beta.html", "reports/beta.facts.json", "reports/notebooks/beta.ipynb", "reports/alpha.html"):
        assert after[name] == before[name]
    assert (journal.status(site.project)[0], processes.gone(site.mark)) == (code, [])
    tiny.write_notebook(site.project, "beta.ipynb", "text.upper()", tiny.CLOSE)
    assert site.build()[0] == 0
    assert site.made() == before
    return text


def limited(site: Site, line: str) -> None:
    """Give the runs of a site a limit, and build with it."""
    path = site.project.settings_file
    path.write_text(path.read_text(encoding="utf-8") + f"\n[runs]\n{line}\n", encoding="utf-8")
    assert site.build()[0] == 0


def test_a_cell_that_hangs_is_stopped(site: Site) -> None:
    limited(site, "minutes = 0.1")
    text = misbehaves(site, "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)")
    assert "stopped after 6 s, the time it may take" in text


def test_a_notebook_that_eats_memory_is_stopped(site: Site) -> None:
    limited(site, "memory_mb = 300")
    assert "it may use 286 MB" in misbehaves(site, "held = []\nwhile True:\n    held.append(b'x' * 20_000_000)")


@pytest.mark.parametrize(("cell", "told"), [
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
    ("import ctypes\nctypes.string_at(0)", "ended by SIGSEGV"),
    ("import os\nos._exit(0)", "ended itself with code 0"),
    ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(600)", "its process was killed"),
])  # fmt: skip
def test_a_child_that_is_killed_fails_alone(site: Site, cell: str, told: str) -> None:
    """The last of them kills the one that keeps it."""
    assert told in misbehaves(site, cell)


def test_an_error_of_a_notebook_is_its_own(site: Site) -> None:
    assert "莫斯科" in misbehaves(site, "raise ValueError('莫斯科')", code=3)


@pytest.mark.parametrize("then", ["", "1 / 0", "time.sleep(600)"])
def test_a_child_that_makes_itself_a_daemon_ends_with_its_report(site: Site, tmp_path: Path, then: str) -> None:
    cell = DAEMON.format(file=str(tmp_path / "pid"))
    if then:
        limited(site, "minutes = 0.1")
        misbehaves(site, cell + then, code=3 if then == "1 / 0" else 4)
    else:
        tiny.write_notebook(site.project, "beta.ipynb", cell, tiny.CLOSE)
        assert site.build()[0] == 0
    assert not processes.alive(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("spoilt", ["alpha.html", "alpha.facts.json", "notebooks/alpha.ipynb", "beta.html",
                                    "notebooks/beta.ipynb", "manifest.json", ".building", "index.html", ""])  # fmt: skip
def test_what_a_notebook_deletes_is_made_again(site: Site, spoilt: str) -> None:
    """In the same build or in the next; the empty name is the whole folder. The notebook has another program do it:
    what it opens itself among the reports is refused (`runs.guard`)."""
    path = site.project.reports / spoilt
    code = f"import os, shutil; p = {str(path)!r}; shutil.rmtree(p, ignore_errors=True); os.path.exists(p) and os.remove(p)"
    hidden = base64.b64encode(code.encode()).decode()
    other = f"import base64; exec(base64.b64decode('{hidden}'))"
    tiny.write_notebook(site.project, "beta.ipynb", f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {other!r}])",
                        tiny.CLOSE)  # fmt: skip
    for _ in range(2):
        code, text = site.build("--jobs", "1")
        assert "Traceback" not in text
    assert (code, text) == (0, text)
    before = site.made()
    assert {f"reports/{id}.{ending}" for id in ("alpha", "beta") for ending in ("html", "facts.json")} <= set(before)
    assert site.build()[0] == 0
    assert site.made() == before


# --- no room, no leave ----------------------------------------------------------------------


def onto(site: Site, folder: Path) -> None:
    """Have the reports of a site lie elsewhere."""
    shutil.copytree(site.project.reports, folder, dirs_exist_ok=True)
    shutil.rmtree(site.project.reports)
    site.project.reports.symlink_to(folder)


def test_on_a_full_disk_the_last_good_reports_stay(site: Site, first: Site, folder_of_little_room: Path) -> None:
    """The reports lie on a small file system that is filled up."""
    onto(site, folder_of_little_room)
    before = tiny.snapshot(folder_of_little_room)
    ballast = folder_of_little_room / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    write(site, 1)
    code, text = site.build()
    assert (code, says(text, "No space left on device")) == (4, True), text
    ballast.unlink()
    after = tiny.snapshot(folder_of_little_room)
    assert {name: after[name] for name in before if name.endswith((".html", ".ipynb", ".json"))
            and not name.startswith(NOT_COMPARED)} == {name: content for name, content in before.items()
            if name.endswith((".html", ".ipynb", ".json")) and not name.startswith(NOT_COMPARED)}  # fmt: skip
    heals(site)


def test_where_no_file_may_grow_the_last_good_reports_stay(site: Site) -> None:
    """As a full disk, for those who may not mount one: files may have 2,000 bytes (RLIMIT_FSIZE)."""
    before = site.made()
    write(site, 1)
    code, text = site.build(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
    )
    assert (code, says(text, "File too large")) == (4, True), text
    after = site.made()
    assert {name: after[name] for name in before if name.endswith((".html", ".ipynb", ".parquet"))} == {
        name: before[name] for name in before if name.endswith((".html", ".ipynb", ".parquet"))
    }
    heals(site)


def test_a_reports_folder_that_may_only_be_read_is_told(site: Site, folder_of_little_room: Path) -> None:
    """A file system that was mounted for reading: that holds for root as well."""
    onto(site, folder_of_little_room)
    before = site.made()
    subprocess.run(["mount", "-o", "remount,ro", folder_of_little_room], check=True)
    write(site, 1)
    code, text = site.build()
    assert (code, says(text, "the reports folder cannot be written", "Read-only file system")) == (4, True), text
    assert site.made() == before
    assert journal.status(site.project)[0] == 0
    subprocess.run(["mount", "-o", "remount,rw", folder_of_little_room], check=True)
    heals(site)


def test_a_file_in_the_place_of_the_reports_folder_is_told(site: Site) -> None:
    shutil.rmtree(site.project.reports)
    site.project.reports.write_text("mine", encoding="utf-8")
    code, text = site.build()
    assert (code, says(text, "the reports folder cannot be written")) == (4, True), text
    assert site.project.reports.read_text(encoding="utf-8") == "mine"
    site.project.reports.unlink()
    write(site, 1)
    heals(site)


def heals(site: Site) -> None:
    """The next build makes everything good: the bytes are those of a build from nothing."""
    code, text = site.build()
    assert code == 0, text
    made = site.made() if not site.project.reports.is_symlink() else tiny.snapshot(site.project.reports.resolve())
    for name in ("alpha", "beta"):
        text = made.get(f"reports/{name}.html", made.get(f"{name}.html", b"")).decode()
        assert "second" in text
    assert site.build()[0] == 0
    assert site.left() == []


# --- the clock ------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [2_500_000_000, 100_000_000], ids=["2049", "1973"])
def test_the_clock_decides_nothing(site: Site, moment: int) -> None:
    """Everything made and written bears another time, and what is changed then an older one."""
    before = site.made()
    for path in site.project.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (moment, moment))
    told = site.build()
    assert (told[0], site.made()) == (0, before)
    write(site, 1)
    for path in (site.project.dossiers / LEEDS, site.project.catalogue_file):
        os.utime(path, (0, 0))
    code, text = site.build()
    assert (code, "2 run" in text) == (0, True), text
    assert "second" in (site.project.reports / "alpha.html").read_text(encoding="utf-8")


def test_a_build_of_tomorrow_is_no_riddle(site: Site) -> None:
    """The clock was put back after a build, or while one is running."""
    path = journal.folder(site.project) / "last-build.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"finished": "2100-01-01T00:00:00+00:00"}), encoding="utf-8")
    code, line = journal.status(site.project)
    assert (code, "built 0 minutes ago" in line) == (0, True)
    with lock.building(site.project):
        held = site.project.reports / lock.FILE
        held.write_text(json.dumps(json.loads(held.read_text()) | {"since": "2100-01-01T00:00:00+00:00"}))
        assert "has been building for 0 s" in lock.owner(site.project)


# --- two at once ----------------------------------------------------------------------------


def waiting(site: Site, tmp_path: Path) -> subprocess.Popen[str]:
    """A build whose notebook beta waits until it is let go by a file."""
    tiny.write_notebook(site.project, "beta.ipynb", f"import os, time\nopen({str(tmp_path / 'begun')!r}, 'w')\n"
                        f"while not os.path.exists({str(tmp_path / 'go')!r}):\n    time.sleep(0.02)", tiny.CLOSE)  # fmt: skip
    program = site.start()
    assert processes.until((tmp_path / "begun").exists)
    return program


def test_of_two_builds_the_second_says_who_builds(site: Site, tmp_path: Path) -> None:
    program = waiting(site, tmp_path)
    code, text = site.build()
    assert (code, says(text, f"Process {program.pid} on ", "has been building for", "--wait")) == (4, True), text
    assert f"Process {program.pid}" in journal.status(site.project)[1]
    (tmp_path / "go").touch()
    program.communicate()
    assert program.returncode == 0
    assert lock.owner(site.project) == ""
    assert site.build()[0] == 0


def test_a_build_that_may_wait_waits_for_the_other(site: Site, tmp_path: Path) -> None:
    program = waiting(site, tmp_path)
    second = site.start("--wait", "300")
    assert second.stdout is not None
    assert "Waiting for it." in second.stdout.readline()
    (tmp_path / "go").touch()
    program.communicate()
    out, err = second.communicate()
    assert (program.returncode, second.returncode, "Nothing changed: 2 reports" in out) == (0, 0, True), out + err


def test_a_lock_is_gone_with_its_owner(site: Site, tmp_path: Path) -> None:
    program = waiting(site, tmp_path)
    program.kill()
    program.communicate()
    (tmp_path / "go").touch()
    assert lock.owner(site.project) == ""
    assert site.build()[0] == 0


def test_who_only_looks_at_the_lock_stops_no_build(site: Site) -> None:
    """The status is asked at the moment in which a build begins."""
    import fcntl
    import threading

    file = (site.project.reports / lock.FILE).open("a+")
    fcntl.flock(file, fcntl.LOCK_EX)
    threading.Timer(0.1, file.close).start()
    assert engine.build(site.project).exit_code == 0
