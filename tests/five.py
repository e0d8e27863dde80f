"""The project of the first five articles: small, known by heart, and not changed by curators.

Tests that expect certain records use it; what must hold for the records as they are now is
asked of the project itself. Word lists, notebooks and basemap are those of the project.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from workbench.paths import Project

ROOT = Path(__file__).parents[1]
HELD = Path(__file__).with_name("five_articles")


def copy(target: Path) -> Project:
    """Records, settings, catalogue and notebooks at ``target``; nothing built."""
    shutil.copytree(HELD, target, dirs_exist_ok=True)
    raw = target / "data" / "raw"
    shutil.copytree(ROOT / "data" / "raw" / "registers" / "vocabularies", raw / "registers" / "vocabularies")
    (raw / "basemap").symlink_to(ROOT / "data" / "raw" / "basemap")
    shutil.copytree(ROOT / "notebooks", target / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return Project(target)
