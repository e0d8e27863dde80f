"""What can go wrong, told to a person: where, what, what was expected, what to do.

Exit codes of the program: 0 good, 1 errors in records, 2 usage, 3 a notebook raised,
4 the machinery failed. A mistake of the user's never shows a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place. Sorts by file and line."""

    file: str
    line: int
    field: str
    what: str
    expected: str
    todo: str
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return " · ".join(part for part in (where, self.field, self.what, self.expected, self.todo) if part)


class WorkbenchError(Exception):
    """An error with a message for the user and an exit code for the caller."""

    exit_code = 4


class RecordsError(WorkbenchError):
    """Errors in what people wrote (records, settings, catalogue): all of them at once."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(WorkbenchError):
    """The program or a function was called in a way it does not understand."""

    exit_code = 2


class NotebookRaised(WorkbenchError):
    """A report's notebook stopped with an error of its own."""

    exit_code = 3


class MachineryFailed(WorkbenchError):
    """The workbench could not do its work (disk, process, installation)."""

    exit_code = 4


def near(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words most like ``word``, best first; without regard to case."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    found = difflib.get_close_matches(word.lower(), by_lower, n=count, cutoff=0.55)
    return [by_lower[lower] for lower in found]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A clause for the *what to do* part of a problem; empty when nothing is near."""
    candidates = near(word, known)
    return f"did you mean {' or '.join(candidates)}?" if candidates else ""
