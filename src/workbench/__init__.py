"""Exchange Workbench: records of international library exchange, with evidence and doubt.

>>> import workbench
>>> corpus = workbench.open()  # doctest: +SKIP
>>> corpus.exchanges  # doctest: +SKIP

See `workbench.explore.workspace` for what a corpus can do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.explore.workspace import Workspace

__version__ = "0.1.0"


def open(home: str = "", *, as_of: str = "", language: str = "en", project: str | Path | None = None) -> Workspace:
    """Open the records of a home to explore them: see `workbench.explore.workspace.open_workspace`."""
    from workbench.explore.workspace import open_workspace

    return open_workspace(home, as_of=as_of, language=language, project=project)
