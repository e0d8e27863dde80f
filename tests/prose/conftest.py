"""The real records, asked once for each home."""

from analysis.answered import asked, held, world

__all__ = ["asked", "held", "world"]
