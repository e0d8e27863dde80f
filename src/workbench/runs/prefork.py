"""A pool whose tasks each run in a child of their own, forked from a warm process (Linux).

A *template* process, started clean, imports what the tasks will need and then does nothing but fork; it has one
thread, so forking it is safe. For each task it forks a *keeper*, which forks the *runner* that runs the task. The
keeper holds the runner to its deadline and memory, and when the task ends, ends everything that is left of it:
it is the subreaper of all its descendants, so nobody gets away, not even a child that made itself a daemon. If the
program that asked for the task dies, the keeper notices (its socket closes) and does the same. If a keeper is killed,
the template ends what it leaves.

`ForkPool` is an ordinary `concurrent.futures.Executor`. What a task changes of its process (variables, working
folder, environment, random state, temporary files) is gone with it.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import gc
import importlib
import json
import os
import pickle
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from workbench.settings import Limits

AVAILABLE = sys.platform == "linux" and hasattr(os, "pidfd_open")
_LENGTH = struct.Struct("!Q")
_LOOK = 0.1  # seconds between two looks at a task's memory
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_FOLDER = "workbench-task-"  # and the number of the process that asked: its temporary files
# One thread each: the children share the processors among them, and a template must have no thread but its own.
_SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
           "JE_ARROW_MALLOC_CONF": "background_thread:false"}  # fmt: skip


UNLIMITED = Limits()
_inside = False


def inside() -> bool:
    """Is this process a child that was forked for one task, with nobody to leak to?"""
    return _inside


class Died(Exception):
    """A task ended without a result: killed, crashed, or out of time or memory. Says which."""


class ForkPool(Executor):
    """Runs tasks in children forked from a process that has the modules ``preload`` imported (or, as
    ``module:function``, has called a function of one).

    ``workers`` run at a time; each is held to ``limits``. A function and its arguments are pickled, as is what it
    returns or raises; `Died` is raised where there is no result. Use it in a ``with`` statement.
    """

    def __init__(self, workers: int, preload: Sequence[str] = (), limits: Limits = UNLIMITED) -> None:
        self._threads = ThreadPoolExecutor(max(1, workers), "task")
        self._preload = tuple(preload)
        self._limits = limits
        self._template: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cancelled = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn`` in a child; the future has what it returned or raised."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks. With ``cancel_futures`` those that wait are dropped and those that run are ended."""
        if cancel_futures:
            with self._lock:
                self._cancelled = True
                for one in self._open:
                    one.shutdown(socket.SHUT_RDWR)
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        if wait:  # else what was given is still to be done
            with self._lock:
                self._close()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _close(self) -> None:
        if self._template:
            process, control = self._template
            control.close()
            process.wait()
            self._template = None

    def _run(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have a task run: send it to a keeper, and wait for what becomes of it."""
        task = pickle.dumps((fn, args, kwargs))
        own, other = socket.socketpair()
        with own:
            with other:
                self._ask(other)
            with self._lock:
                self._open.add(own)
                if self._cancelled:
                    own.shutdown(socket.SHUT_RDWR)
            try:
                _send(own, pickle.dumps((self._limits, dict(os.environ), os.getpid())))
                _send(own, task)
                answer = _receive(own)
            except OSError:
                answer = None
            finally:
                with self._lock:
                    self._open.discard(own)
        if answer is None:
            raise Died("its process was killed")
        result, told = pickle.loads(answer)
        if result is None:
            raise Died(told)
        value, error = pickle.loads(result)
        if error is not None:
            raise error
        return value

    def _ask(self, other: socket.socket) -> None:
        """Hand the keeper's end of a socket to the template; a template that is gone is started again."""
        with self._lock:
            for _ in range(3):
                if self._template is None:
                    self._template = _started(self._preload)
                control = self._template[1]
                try:
                    socket.send_fds(control, [b"t"], [other.fileno()])
                    return
                except OSError:
                    self._close()
        raise Died("the process that starts tasks cannot be kept alive")


def _started(preload: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A template process and the socket on which it is asked for keepers."""
    own, other = socket.socketpair()
    code = (
        "import json, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['path']; "
        f"from workbench.runs import prefork; prefork._template({other.fileno()}, asked['preload'])"
    )
    asked = json.dumps({"preload": preload, "path": sys.path})
    # A Ctrl-C in the terminal is for the program that asks, which ends its tasks in order.
    process = subprocess.Popen([sys.executable, "-c", code, asked], pass_fds=[other.fileno()], stdin=subprocess.DEVNULL,
                               env=_SINGLE | os.environ, start_new_session=True)  # fmt: skip
    other.close()
    return process, own


# --- the template ------------------------------------------------------------------------------


def _template(number: int, preload: Sequence[str]) -> None:
    """Import what tasks need, then fork a keeper for each socket that comes in, until the other side is gone."""
    sys.argv[:] = [""]
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    for name in preload:  # pandas asks, when it is imported, whether it is in a notebook
        with contextlib.suppress(ImportError):  # the task that needs it will say so
            module, _, function = name.partition(":")
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)()
    del builtins.get_ipython  # type: ignore[attr-defined]
    if len(os.listdir("/proc/self/task")) > 1:
        print("Something that was imported has started a thread: tasks may hang.", file=sys.stderr)
    for name in _SINGLE:
        os.environ.pop(name, None)
    _control(_PR_SET_CHILD_SUBREAPER, 1)
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=number))
    os._exit(0)


def _serve(control: socket.socket) -> None:
    """Fork keepers until nobody asks for one any more, and see all of them end."""
    keepers: dict[int, int] = {}  # by the descriptor that tells of their end
    poll, asked = select.poll(), control.fileno()
    poll.register(asked, select.POLLIN)
    while asked >= 0 or keepers:
        for ready, _ in poll.poll():
            if ready != asked:
                poll.unregister(ready)
                os.close(ready)
                if os.waitpid(keepers.pop(ready), 0)[1]:
                    _end_all(keepers.values())  # it was killed: what it kept has become ours
            elif numbers := socket.recv_fds(control, 1, 1)[1]:
                keeper = _fork()
                if keeper == 0:
                    for one in (asked, *keepers):
                        os.close(one)
                    _keep(socket.socket(fileno=numbers[0]))
                os.close(numbers[0])
                watched = os.pidfd_open(keeper)
                keepers[watched] = keeper
                poll.register(watched, select.POLLIN)
            else:
                poll.unregister(asked)
                asked = -1


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, of which there is none
        return os.fork()


def _control(option: int, value: int) -> None:
    """prctl(2)."""
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


# --- the keeper --------------------------------------------------------------------------------


def _keep(asker: socket.socket) -> None:
    """Run one task and tell its result, or why it has none; never returns."""
    status = 1
    try:
        _control(_PR_SET_CHILD_SUBREAPER, 1)
        head, task = _receive(asker), _receive(asker)
        if head is not None and task is not None:
            _perform(head, task, asker)
        status = 0
    finally:
        os._exit(status)


def _perform(head: bytes, task: bytes, asker: socket.socket) -> None:
    """Run one task and tell its result, or why it has none; when this ends nothing of the task is left."""
    limits, environment, owner = pickle.loads(head)
    folder, result, told = "", None, ""
    try:
        folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{owner}-")
        ours, theirs = os.pipe()
        runner = _fork()
        if runner == 0:
            os.close(ours)
            asker.close()
            _work(task, environment, folder, theirs)
        os.close(theirs)
        result, told = _watch(runner, ours, asker, limits)
    except OSError as error:  # a full disk, too many processes
        told = f"it could not be started: {error}"
    finally:
        _end_all()
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            _send(asker, pickle.dumps((result, told)))


def _watch(runner: int, pipe: int, asker: socket.socket, limits: Limits) -> tuple[bytes | None, str]:
    """Wait for a runner's result; (None, why) where it has none."""
    begun, found = time.monotonic(), bytearray()
    watched = os.pidfd_open(runner)
    free = _resident([runner])
    poll = select.poll()
    for one in (pipe, watched, asker.fileno()):
        poll.register(one, select.POLLIN)
    while True:
        left = limits.seconds - (time.monotonic() - begun) if limits.seconds else None
        if left is not None and left <= 0:
            return None, f"it was stopped after {limits.seconds:g} s, the time it may take"
        waits = [one for one in (left, _LOOK if limits.memory else None) if one is not None]
        ready = {number for number, _ in poll.poll(min(waits) * 1000 if waits else None)}
        if pipe in ready:
            more = os.read(pipe, 1 << 20)
            found += more
            if not more:
                poll.unregister(pipe)
            if len(found) >= _LENGTH.size and len(found) - _LENGTH.size >= _LENGTH.unpack_from(found)[0]:
                signal.pidfd_send_signal(watched, signal.SIGKILL)  # it has nothing more to say
                os.waitpid(runner, 0)
                return bytes(found[_LENGTH.size :]), ""
        elif watched in ready:
            return None, _ended(os.waitpid(runner, 0)[1])
        if asker.fileno() in ready:
            return None, "nobody waits for it"
        if limits.memory and (used := _resident(_descendants()) - free) > limits.memory:
            return None, f"it was stopped with {used >> 20} MB of memory; it may use {limits.memory >> 20} MB"


def _ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"its process was ended by {signal.Signals(number).name}"
    return f"its process ended itself with code {os.WEXITSTATUS(status)}"


def _end_all(spared: Collection[int] = ()) -> None:
    """Kill all descendants but some children and theirs, and wait until there is none. What loses its parent becomes
    a child of this process."""
    while not _childless() and (found := _descendants(spared)):
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.001)


def _childless() -> bool:
    """Has this process no child, not even one that waits to be buried? Known without a look at all processes."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def _descendants(spared: Collection[int] = ()) -> list[int]:
    """The processes below this one; without some children and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                told = Path(entry.path, "stat").read_text(errors="replace")
                parents.setdefault(int(told.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found = [pid for pid in parents.get(os.getpid(), ()) if pid not in spared]
    for pid in found:
        found += parents.get(pid, ())
    return found


def _resident(pids: Sequence[int]) -> int:
    """The memory of some processes in bytes: resident, without what is shared with files."""
    pages = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
            pages += int(resident) - int(shared)
    return pages * os.sysconf("SC_PAGE_SIZE")


# --- the runner --------------------------------------------------------------------------------


def _work(task: bytes, environment: dict[str, str], folder: str, pipe: int) -> None:
    """Run a task and write its result; never returns."""
    global _inside
    _inside, status = True, 1
    try:
        _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        os.environ.clear()
        os.environ.update(environment | {"TMPDIR": folder})
        tempfile.tempdir = None
        random.seed(0)
        if "numpy" in sys.modules:  # or all children would draw what the template would have drawn
            sys.modules["numpy"].random.seed(0)
        try:
            fn, args, kwargs = pickle.loads(task)
            result = pickle.dumps((fn(*args, **kwargs), None))
        except BaseException as error:
            result = _pickled(error)
        os.write(pipe, _LENGTH.pack(len(result)))
        with open(pipe, "wb", closefd=False) as stream:
            stream.write(result)
        status = 0
    finally:
        os._exit(status)


def _pickled(error: BaseException) -> bytes:
    """An error that can be sent, with what it says."""
    try:
        pickle.loads(found := pickle.dumps((None, error)))
        return found
    except Exception:
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))


# --- messages, and what is left over -----------------------------------------------------------


def _send(to: socket.socket, message: bytes) -> None:
    to.sendall(_LENGTH.pack(len(message)) + message)


def _receive(source: socket.socket) -> bytes | None:
    """A message; None when the other side is gone."""
    head = _exactly(source, _LENGTH.size)
    return None if head is None else _exactly(source, _LENGTH.unpack(head)[0])


def _exactly(source: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        more = source.recv(min(size - len(found), 1 << 20))
        if not more:
            return None
        found += more
    return bytes(found)


def sweep() -> list[Path]:
    """Take away temporary files of tasks whose program is gone and whose keeper was killed; where they were."""
    gone = []
    for path in _left():
        owner = path.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(path, ignore_errors=True)
            gone.append(path)
    return gone


def _left() -> Iterator[Path]:
    yield from Path(tempfile.gettempdir()).glob(f"{_FOLDER}*")
