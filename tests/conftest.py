"""Shared by all tests: a copy of this project that a test may spoil."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from workbench.paths import Project

ROOT = Path(__file__).parents[1]
ARTICLES = ROOT.parent / "shared" / "articles"

for name in ("WORKBENCH_PROJECT",):
    os.environ.pop(name, None)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """This project's records, settings, catalogue and notebooks, copied; nothing built."""
    target = tmp_path / "project"
    shutil.copytree(ROOT / "data" / "raw", target / "data" / "raw", ignore=shutil.ignore_patterns("basemap"))
    (target / "data" / "raw" / "basemap").symlink_to(ROOT / "data" / "raw" / "basemap")
    shutil.copytree(ROOT / "notebooks", target / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for file in ("workbench.toml", "reports.toml"):
        shutil.copy(ROOT / file, target / file)
    return Project(target)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of this project."""
    return ROOT


@pytest.fixture(scope="session")
def articles() -> Path:
    """The articles held beside the checkout; the test is skipped where they are not."""
    if not ARTICLES.is_dir():
        pytest.skip("the articles are not held here")
    return ARTICLES
