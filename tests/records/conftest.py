"""Shared by the tests of the records layer."""

from __future__ import annotations

import pytest

from workbench.records import load


@pytest.fixture(autouse=True)
def _outlines_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each copied project leads to the same basemap: read its outlines once for all tests."""
    read = load._outlines
    monkeypatch.setattr(load, "_outlines", lambda path: read(path.resolve()))
