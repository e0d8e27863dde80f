"""Tasks in children of a warm process: their results and errors, their limits, and nothing left of them."""

from __future__ import annotations

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from runs import processes
from runs.processes import alive, gone, until
from workbench.runs import prefork
from workbench.runs.prefork import Died, ForkPool
from workbench.settings import Limits

pytestmark = pytest.mark.skipif(not prefork.AVAILABLE, reason="children are forked on Linux alone")
HERE = ("runs.test_prefork",)
MB = 1 << 20


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A variable by which every process that a pool starts is known; none may be there at the end."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(processes.VARIABLE, mark)
    yield mark
    assert gone(mark) == []


@pytest.fixture
def pool(mark: str) -> Iterator[ForkPool]:
    with ForkPool(2, HERE) as pool:
        yield pool


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def noted(file: Path) -> list[int]:
    """The process numbers in a file, once they are all there."""
    assert until(lambda: file.exists() and file.read_text().endswith("]")), "the task wrote no numbers"
    found: list[int] = json.loads(file.read_text())
    return found


def left(owner: int | None = None) -> list[str]:
    """The temporary folders of the tasks of a program."""
    return [path.name for path in prefork._left() if path.name.startswith(f"{prefork._FOLDER}{owner or os.getpid()}-")]


# --- tasks ----------------------------------------------------------------------------------

WARMED: list[int] = []


def warm() -> None:
    WARMED.append(os.getpid())


def warmed() -> list[int]:
    return WARMED


def test_a_function_is_called_before_tasks_are_forked(mark: str) -> None:
    with ForkPool(1, (f"{__name__}:warm",)) as pool:
        first, second = (pool.submit(warmed).result() for _ in range(2))
    assert first == second
    assert len(first) == 1
    assert os.getpid() not in first


class Unsendable(Exception):
    def __init__(self) -> None:
        super().__init__("not to be pickled", lambda: None)


class Needy(Exception):
    """Pickled without complaint, never unpickled."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)


def raises(kind: str) -> None:
    raise {"value": ValueError("莫斯科"), "unsendable": Unsendable(), "needy": Needy("one", "two"),
           "exit": SystemExit(5), "memory": MemoryError()}[kind]  # fmt: skip


def ends(how: str) -> None:
    if how == "exit":
        os._exit(7)
    if how == "nothing":
        os._exit(0)
    os.kill(os.getpid(), getattr(signal, how))
    time.sleep(600)


def crash() -> None:
    import ctypes

    ctypes.string_at(0)


def hang(file: Path | None = None, deaf: bool = False) -> None:
    if deaf:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
    if file:
        file.write_text(json.dumps([os.getpid()]))
    time.sleep(600)


def spin() -> None:
    """Never comes back from one call into C."""
    sum(range(10**15))


def eat(count: int, inside: bool) -> int:
    """Use so many MB, in this process or in one that it starts."""
    if not inside:
        return subprocess.run(
            [sys.executable, "-c", f"import time; x = b'x' * {count * MB}; time.sleep(600)"]
        ).returncode
    held = b"x" * (count * MB)
    time.sleep(600)
    return len(held)


def start(file: Path, how: str, stay: bool) -> str:
    """Start a process in some way, note both, and either stay or come back."""
    if how == "subprocess":
        pid = subprocess.Popen(["sleep", "600"]).pid
    elif how == "shell":
        pid = subprocess.Popen("sleep 600 & sleep 600", shell=True, start_new_session=True).pid
    elif how == "fork":
        pid = os.fork()
        if pid == 0:
            time.sleep(600)
    else:
        pid = daemon()
    file.write_text(json.dumps([os.getpid(), pid]))
    if stay:
        time.sleep(600)
    return "done"


def daemon() -> int:
    """A process that left its family, as daemons do: two forks, a session, other streams."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(3):
                os.dup2(os.open(os.devnull, os.O_RDWR), number)
            os.chdir("/")
            os.write(writing, str(os.getpid()).encode())
            os.closerange(3, 64)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
    return int(os.read(reading, 20))


def spoil() -> None:
    """Change what can be changed of a process."""
    os.environ["SPOILT"] = "yes"
    os.chdir("/")
    os.umask(0)
    sys.path.insert(0, "/nowhere")
    sys.modules["__main__"].spoilt = True  # type: ignore[attr-defined]
    prefork.spoilt = True  # type: ignore[attr-defined]
    random.seed(99)
    Path(tempfile.gettempdir(), "spoilt").touch()
    tempfile.mkdtemp()


def look() -> dict[str, Any]:
    """What another task may have left behind."""
    umask = os.umask(0o22)
    return {
        "environment": os.environ.get("SPOILT"), "cwd": os.getcwd(), "umask": umask, "path": "/nowhere" in sys.path,
        "main": hasattr(sys.modules["__main__"], "spoilt"), "module": hasattr(prefork, "spoilt"),
        "random": random.random(), "temporary": os.listdir(tempfile.gettempdir()), "inside": prefork.inside(),
        "descriptors": len(os.listdir("/proc/self/fd")), "session": os.getsid(0) == os.getpid(),
        "modules": "runs.test_prefork" in sys.modules,
    }  # fmt: skip


def place() -> str:
    """The task's own temporary folder, with something in it."""
    folder = tempfile.gettempdir()
    Path(folder, "a", "b").mkdir(parents=True)
    Path(folder, "a", "b", "c").write_bytes(b"x")
    return folder


# --- results and errors ---------------------------------------------------------------------


def test_a_task_returns_what_it_returns(pool: ForkPool) -> None:
    assert pool.submit(divmod, 7, 2).result() == (3, 1)
    assert pool.submit(sorted, [1, 3, 2], reverse=True).result() == [3, 2, 1]
    assert pool.submit(print, end="").result() is None


def test_many_small_tasks(mark: str) -> None:
    with ForkPool(4) as pool:
        assert list(pool.map(abs, range(0, -300, -1))) == list(range(300))
    assert left() == []


def test_tasks_larger_than_any_buffer(pool: ForkPool) -> None:
    content = random.Random(1).randbytes(30 * MB)
    assert pool.submit(bytes.__add__, content, b"end").result() == content + b"end"


def test_what_a_task_raises_is_raised(pool: ForkPool) -> None:
    with pytest.raises(ValueError, match="莫斯科"):
        pool.submit(raises, "value").result()
    with pytest.raises(MemoryError):
        pool.submit(raises, "memory").result()
    with pytest.raises(SystemExit):
        pool.submit(raises, "exit").result()


@pytest.mark.parametrize("kind", ["unsendable", "needy"])
def test_an_error_that_cannot_be_sent_is_told_in_words(pool: ForkPool, kind: str) -> None:
    with pytest.raises(RuntimeError, match=r"Unsendable: .*not to be pickled|Needy: one"):
        pool.submit(raises, kind).result()


def test_a_result_or_a_task_that_cannot_be_sent_is_an_error(pool: ForkPool) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, RuntimeError), match=r"lambda|local object"):
        pool.submit(eval, "lambda: None").result()
    with pytest.raises((pickle.PicklingError, AttributeError), match=r"lambda|local object"):
        pool.submit(lambda: None).result()
    assert pool.submit(abs, -1).result() == 1


def test_a_module_that_is_not_there_is_the_task_s_to_miss(mark: str) -> None:
    with ForkPool(1, ("no_such_module", *HERE)) as pool:
        assert pool.submit(look).result()["modules"]


# --- isolation ------------------------------------------------------------------------------


def test_nothing_leaks_from_task_to_task(pool: ForkPool) -> None:
    before = pool.submit(look).result()
    pool.submit(spoil).result()
    assert pool.submit(look).result() == before
    assert (before["inside"], before["session"], before["temporary"], before["modules"]) == (True, True, [], True)
    assert not prefork.inside()


def test_a_task_has_the_variables_of_the_program_as_they_are_now(
    pool: ForkPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.submit(abs, 1).result()
    monkeypatch.setenv("LATER", "set")
    assert pool.submit(os.getenv, "LATER").result() == "set"
    monkeypatch.delenv("LATER")
    assert pool.submit(os.getenv, "LATER").result() is None
    assert pool.submit(os.getenv, "OMP_NUM_THREADS").result() == os.getenv("OMP_NUM_THREADS")


def test_temporary_files_are_gone(pool: ForkPool) -> None:
    folder = pool.submit(place).result()
    assert Path(folder).name.startswith(f"{prefork._FOLDER}{os.getpid()}-")
    assert not Path(folder).exists()


# --- tasks that do not end well -------------------------------------------------------------


@pytest.mark.parametrize(("how", "told"), [
    ("exit", "ended itself with code 7"), ("nothing", "ended itself with code 0"), ("SIGKILL", "ended by SIGKILL"),
    ("SIGTERM", "ended by SIGTERM"), ("SIGABRT", "ended by SIGABRT"),
])  # fmt: skip
def test_a_task_that_ends_without_a_result_died(pool: ForkPool, how: str, told: str) -> None:
    with pytest.raises(Died, match=told):
        pool.submit(ends, how).result()
    assert pool.submit(abs, -1).result() == 1
    assert left() == []


def test_a_crash_in_c_is_told(pool: ForkPool) -> None:
    with pytest.raises(Died, match="ended by SIGSEGV"):
        pool.submit(crash).result()


@pytest.mark.parametrize(("task", "given"), [(hang, (None, False)), (hang, (None, True)), (spin, ())])
def test_a_task_is_held_to_its_deadline(mark: str, task: Callable[..., Any], given: tuple[Any, ...]) -> None:
    with ForkPool(1, HERE, Limits(seconds=0.5)) as pool:
        with pytest.raises(Died, match=r"stopped after 0\.5 s, the time it may take"):
            pool.submit(task, *given).result()
        assert left() == []


@pytest.mark.parametrize("inside", [True, False])
def test_a_task_is_held_to_its_memory(mark: str, inside: bool) -> None:
    """Its own, or that of a process that it started."""
    with ForkPool(1, HERE, Limits(seconds=120, memory=100 * MB)) as pool:
        with pytest.raises(Died, match=r"stopped with \d+ MB of memory; it may use 100 MB"):
            pool.submit(eat, 300, inside).result()
        assert pool.submit(len, b"x" * (20 * MB)).result() == 20 * MB


@pytest.mark.parametrize("how", ["subprocess", "shell", "fork", "daemon"])
def test_when_a_task_is_done_nothing_of_it_runs(pool: ForkPool, tmp_path: Path, how: str) -> None:
    assert pool.submit(start, tmp_path / "pids", how, False).result() == "done"
    assert [alive(pid) for pid in noted(tmp_path / "pids")] == [False, False]


@pytest.mark.parametrize("how", ["subprocess", "fork", "daemon"])
def test_when_a_task_is_stopped_nothing_of_it_runs(mark: str, tmp_path: Path, how: str) -> None:
    with ForkPool(1, HERE, Limits(seconds=3)) as pool:
        with pytest.raises(Died, match="stopped after 3 s"):
            pool.submit(start, tmp_path / "pids", how, True).result()
        assert [alive(pid) for pid in noted(tmp_path / "pids")] == [False, False]
        assert left() == []


# --- processes that are killed --------------------------------------------------------------


@pytest.mark.parametrize("how", ["subprocess", "daemon"])
def test_a_runner_that_is_killed(pool: ForkPool, tmp_path: Path, how: str) -> None:
    future = pool.submit(start, tmp_path / "pids", how, True)
    runner, other = noted(tmp_path / "pids")
    os.kill(runner, signal.SIGKILL)
    with pytest.raises(Died, match="ended by SIGKILL"):
        future.result()
    assert not alive(other)
    assert left() == []


@pytest.mark.parametrize("how", ["subprocess", "daemon"])
def test_a_keeper_that_is_killed(mark: str, tmp_path: Path, how: str) -> None:
    """The runner ends with it, and so does what the runner started; its temporary files are swept away later."""
    with ForkPool(1, HERE) as pool:
        future = pool.submit(start, tmp_path / "pids", how, True)
        runner, other = noted(tmp_path / "pids")
        os.kill(parent(runner), signal.SIGKILL)
        with pytest.raises(Died, match="killed"):
            future.result()
        assert until(lambda: not alive(runner) and not alive(other))
        assert pool.submit(abs, -1).result() == 1
    assert len(left()) == 1
    for folder in prefork._left():
        if folder.name in left():
            folder.rename(folder.with_name(f"{prefork._FOLDER}{2**22 + 1}-x"))  # of a program that is no more
    prefork.sweep()
    assert left(2**22 + 1) == []


def test_a_template_that_is_killed_is_started_again(pool: ForkPool, tmp_path: Path) -> None:
    """What runs already goes on, and is still kept."""
    future = pool.submit(start, tmp_path / "pids", "daemon", True)
    runner, other = noted(tmp_path / "pids")
    assert pool._template is not None
    template = pool._template[0]
    template.kill()
    template.wait()
    assert pool.submit(abs, -1).result() == 1
    assert alive(runner)
    os.kill(runner, signal.SIGKILL)
    with pytest.raises(Died, match="ended by SIGKILL"):
        future.result()
    assert not alive(other)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_program_that_is_killed_takes_everything_with_it(mark: str, tmp_path: Path, number: int) -> None:
    code = (
        "import sys; from pathlib import Path; from runs import test_prefork as t; from workbench.runs import prefork\n"
        "pool = prefork.ForkPool(2, t.HERE)\n"
        f"for n in range(2): pool.submit(t.start, Path({str(tmp_path)!r}, str(n)), 'daemon', True)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    program = subprocess.Popen([sys.executable, "-c", code], env=environment)
    pids = [pid for n in range(2) for pid in noted(tmp_path / str(n))]
    assert len(left(program.pid)) == 2
    program.send_signal(number)
    program.wait()
    assert gone(mark) == []
    assert not any(alive(pid) for pid in pids)
    assert left(program.pid) == []


# --- shutting down --------------------------------------------------------------------------


def test_shutdown_waits_for_what_was_given(mark: str) -> None:
    pool = ForkPool(2)
    futures = [pool.submit(abs, -n) for n in range(20)]
    pool.shutdown()
    assert [future.result() for future in futures] == list(range(20))
    with pytest.raises(RuntimeError):
        pool.submit(abs, 1)


def test_shutdown_without_waiting_still_does_what_was_given(mark: str) -> None:
    pool = ForkPool(1)
    futures = [pool.submit(abs, -n) for n in range(20)]
    pool.shutdown(wait=False)
    assert [future.result() for future in futures] == list(range(20))
    pool.shutdown()


def test_cancelling_ends_what_runs_and_drops_what_waits(mark: str, tmp_path: Path) -> None:
    pool = ForkPool(2, HERE)
    futures = [pool.submit(hang, tmp_path / str(n)) for n in range(6)]
    pids = [*noted(tmp_path / "0"), *noted(tmp_path / "1")]
    pool.shutdown(cancel_futures=True)
    assert [type(future.exception()) for future in futures[:2]] == [Died, Died]
    assert all(future.cancelled() for future in futures[2:])
    assert not any(alive(pid) for pid in pids)
    assert left() == []


def test_an_error_in_a_with_statement_cancels(mark: str, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), ForkPool(1, HERE) as pool:  # noqa: PT012 - the block is what is tested
        futures = [pool.submit(hang, tmp_path / str(n)) for n in range(2)]
        noted(tmp_path / "0")
        raise ZeroDivisionError
    with pytest.raises(Died):
        futures[0].result()
    with pytest.raises(CancelledError):
        futures[1].result()


def test_a_task_that_is_just_being_handed_over_is_cancelled_too(mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, ask, asked, go = ForkPool(1, HERE), ForkPool._ask, threading.Event(), threading.Event()

    def slowly(self: ForkPool, other: Any) -> None:
        ask(self, other)
        asked.set()
        go.wait()

    monkeypatch.setattr(ForkPool, "_ask", slowly)
    future = pool.submit(hang)
    asked.wait()
    pool.shutdown(wait=False, cancel_futures=True)
    go.set()
    with pytest.raises(Died):
        future.result(60)
    pool.shutdown()


# --- sweeping -------------------------------------------------------------------------------


def test_only_what_nobody_needs_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = {f"{prefork._FOLDER}{2**22 + 1}-a", f"{prefork._FOLDER}{os.getpid()}-b", f"{prefork._FOLDER}other", "else"}
    for name in names:
        (tmp_path / name / "inner").mkdir(parents=True)
    assert prefork.sweep() == [tmp_path / f"{prefork._FOLDER}{2**22 + 1}-a"]
    assert {path.name for path in tmp_path.iterdir()} == names - {f"{prefork._FOLDER}{2**22 + 1}-a"}
