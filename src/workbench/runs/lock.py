"""One build of a project at a time."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from workbench.errors import MachineryFailed
from workbench.paths import Project

FILE = ".building"
_LOOK = 0.5  # seconds that somebody who only looks at the lock may have it


class Busy(MachineryFailed):
    """Another build is running."""


@contextlib.contextmanager
def building(project: Project, wait: float = 0, tell: Callable[[str], None] = lambda line: None) -> Iterator[None]:
    """Build inside; nobody else does meanwhile. Raises `Busy` naming the other build and its age, if it
    has not ended after ``wait`` seconds.

    The operating system holds the lock and lets go of it when the process ends, however it ends: a lock that was left
    behind is none. The file says who holds it, for people.
    """
    until, told = time.monotonic() + max(wait, _LOOK), not wait
    try:
        project.reports.mkdir(parents=True, exist_ok=True)
        file = (project.reports / FILE).open("a+", encoding="utf-8")
    except OSError as error:
        raise MachineryFailed(f"the reports folder cannot be written: {error}") from error
    with file:
        while not _taken(file.fileno()):
            if time.monotonic() >= until:
                raise Busy(f"{owner(project)} Nothing was done; wait for it, or build with --wait.")
            if not told:
                tell(owner(project) + " Waiting for it.")
                told = True
            time.sleep(0.1)
        file.truncate(0)
        file.write(json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": _now().isoformat()}))
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # while it is still ours
                file.truncate(0)


def owner(project: Project) -> str:
    """Who is building, and since when, in a sentence; empty where nobody is."""
    path = project.reports / FILE
    try:
        with path.open("r+", encoding="utf-8") as file:
            if _taken(file.fileno()):
                return ""
            text = file.read()
    except OSError:
        return ""
    try:
        told: dict[str, Any] = json.loads(text)
        age = _now() - dt.datetime.fromisoformat(told["since"])
    except (ValueError, KeyError):  # it is just being written
        return "Another build is running."
    return f"Process {told['process']} on {told['host']} has been building for {_age(age.total_seconds())}."


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _age(seconds: float) -> str:
    return f"{max(seconds, 0):.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _taken(number: int) -> bool:
    """Take the lock of an open file, if nobody has it; where the system has no such locks everybody gets it."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
