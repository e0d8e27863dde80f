"""What builds did: the last one as JSON for monitoring, and a log of all of them that does not grow without end."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from workbench.errors import MachineryFailed, RecordsError
from workbench.paths import Project, write_atomic
from workbench.runs import lock
from workbench.runs.outcome import Build

_BYTES, _KEPT = 1_000_000, 5  # of a log file; older ones that stay
_LATE = 48  # hours after which no build is worth a word


def folder(project: Project) -> Path:
    """Where the log and the summary of the last build lie."""
    return project.reports / "_log"


def keep(project: Project, summary: dict[str, Any]) -> None:
    """Note what a build did. A disk that is full does not spoil the build: the reports are there."""
    told = {"finished": _now().isoformat(), **summary}
    with contextlib.suppress(OSError):
        folder(project).mkdir(parents=True, exist_ok=True)
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        write_atomic(folder(project) / "last-build.json", text.encode())
        _log(project, told)


@contextlib.contextmanager
def stops(project: Project) -> Iterator[None]:
    """Note the error with which a build ends inside, where builds are noted; the reports are those of before."""
    try:
        yield
    except (RecordsError, MachineryFailed, OSError) as error:
        if folder(project).is_dir() and not isinstance(error, lock.Busy):
            keep(project, {**Build().summary(), "exit_code": getattr(error, "exit_code", 4), "stopped": str(error)})
        raise


def last(project: Project) -> dict[str, Any]:
    """What the last build did; empty where there was none."""
    try:
        found = json.loads((folder(project) / "last-build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_news(project: Project, language: str, letter: str) -> bool:
    """Does a letter say other things than the last one in its language (subject, status and day apart)? It is kept."""
    path = folder(project) / f"mail-{language}.txt"
    try:
        if _body(path.read_text(encoding="utf-8")) == _body(letter):
            return False
    except OSError:
        pass  # there was none
    with contextlib.suppress(OSError):
        write_atomic(path, letter.encode())
    return True


def _body(letter: str) -> str:
    """A letter without its first two paragraphs."""
    return letter.split("\n\n", 2)[-1]


def status(project: Project, hours: float = _LATE) -> tuple[int, str]:
    """How things are, for monitoring: an exit code and a line.

    0: the last build was good and not more than ``hours`` ago, 4: there was none or it is too long ago, else the code
    of the last build.
    """
    running, told = lock.owner(project), last(project)
    if not told:
        return (0, f"{running} It is the first.") if running else (4, "Nothing was built yet.")
    finished = dt.datetime.fromisoformat(told["finished"])
    age = (_now() - finished).total_seconds() / 3600
    code = int(told["exit_code"])
    if told.get("stopped"):
        return code, f"The last build stopped {_ago(age)}: {told['stopped'].splitlines()[0]}"
    words = [f"{told['reports']} reports as of {told['as_of']}", f"built {_ago(age)}"]
    words += [f"{told[state]} {state}" for state in ("raised", "failed") if told[state]]
    held = len(told["held"])
    words += [f"{held} dossier{'' if held == 1 else 's'} held at the last good version"] if held else []
    if code == 0 and hours and age > hours:
        code, words = 4, [*words, f"too long ago: {hours:g} hours are allowed"]
    return code, ", ".join(words) + "." + (f" {running}" if running else "")


def _ago(hours: float) -> str:
    if hours < 1:
        return f"{max(hours, 0) * 60:.0f} minutes ago"
    return f"{hours:.0f} hours ago" if hours < _LATE else f"{hours / 24:.0f} days ago"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _log(project: Project, told: dict[str, Any]) -> None:
    handler = RotatingFileHandler(folder(project) / "build.log", maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    counts = ", ".join(f"{told[name]} {name}" for name in ("done", "published", "fresh", "raised", "failed"))
    lines = [f"{told['finished']} exit {told['exit_code']} in {told['seconds']} s: {counts}, as of {told['as_of']}"]
    lines += [f"  stopped {line}" for line in told.get("stopped", "").splitlines()]
    lines += [f"  held {file}" for file in told["held"]]
    lines += [f"  {one['state']} {one['id']}: {one['message']}" for one in told["unwell"]]
    with contextlib.closing(handler):
        handler.emit(logging.LogRecord("build", logging.INFO, "", 0, "\n".join(lines), None, None))
