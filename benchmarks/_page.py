"""docs/benchmarks.md, a section for each script that measures."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

What `make bench` measured last: medians of several repeats, side by side in one go. Seconds are those of a shared
machine and differ from day to day; the ratios are what counts.
"""


def write(section: str, lines: list[str]) -> None:
    """Put a section (its title and its lines) in the place of what it was before, and print it."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else HEAD
    own = "\n".join([f"## {section}", "", *lines]).rstrip() + "\n"
    sections = [part for part in re.split(r"(?m)^(?=## )", text)[1:] if not part.startswith(f"## {section}\n")]
    parts = sorted([*(part.rstrip() + "\n" for part in sections), own])
    PAGE.write_text("\n".join([HEAD, *parts]), encoding="utf-8")
    print(own)


def machine() -> str:
    """On what it was measured."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
