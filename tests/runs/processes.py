"""Processes of a test, known by a mark in their environment; those that were forked have that of their origin."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VARIABLE = "WORKBENCH_TRIAL"


def marked(mark: str) -> list[int]:
    """The processes that have a mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"{VARIABLE}={mark}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until something holds; what it was in the end."""
    end = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def gone(mark: str) -> list[int]:
    """The marked processes that do not go away."""
    until(lambda: not marked(mark))
    return marked(mark)


def alive(pid: int) -> bool:
    """Is it running, and not just waiting to be buried?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
