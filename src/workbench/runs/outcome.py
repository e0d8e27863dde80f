"""What a build did, as values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["fresh", "published", "done", "raised", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run: fresh (nothing to do), published (files made again from the
    executed notebook), done (run and published), raised (the notebook stopped with an error),
    failed (the machinery did)."""

    id: str
    state: State
    message: str = ""


@dataclass(slots=True)
class Build:
    """What a build did, in the order of the catalogue. ``files``: how many files of each format there are now, and
    their bytes. ``held``: dossiers with errors, used in their last good version."""

    outcomes: list[Outcome] = field(default_factory=list)
    tables_written: list[str] = field(default_factory=list)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    as_of: str = ""
    seconds: float = 0

    @property
    def exit_code(self) -> int:
        """4 if the machinery failed, 3 if a notebook raised, 1 if a dossier was held, else 0."""
        states = {outcome.state for outcome in self.outcomes}
        return 4 if "failed" in states else 3 if "raised" in states else 1 if self.held else 0

    def count(self, state: State) -> int:
        """How many reports came to this."""
        return sum(outcome.state == state for outcome in self.outcomes)

    def summary(self) -> dict[str, Any]:
        """The same for machines: JSON values."""
        counts = Counter(outcome.state for outcome in self.outcomes)
        unwell = [outcome for outcome in self.outcomes if outcome.state in ("raised", "failed")]
        return {
            "exit_code": self.exit_code, "as_of": self.as_of, "seconds": round(self.seconds, 1),
            "reports": len(self.outcomes),
            **{state: counts[state] for state in ("done", "published", "fresh", "raised", "failed")},
            "held": self.held, "tables_written": bool(self.tables_written),
            "files": {name: {"count": count, "bytes": size} for name, (count, size) in self.files.items()},
            "unwell": [{"id": one.id, "state": one.state, "message": one.message} for one in unwell],
            "made": [one.id for one in self.outcomes if one.state in ("done", "published")],
        }  # fmt: skip
