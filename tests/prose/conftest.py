"""The real records, asked once for each home."""

from analysis.answered import asked, held

__all__ = ["asked", "held"]
