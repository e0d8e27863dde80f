"""docs/data-quality.md: computed, up to date, and its alpha that of the textbook."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.paths import Project
from workbench.records.dossiers import Record, dated_block


@pytest.fixture(scope="module")
def quality(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("data_quality", root / "tools" / "data_quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault("data_quality", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(quality: ModuleType, root: Path) -> None:
    """When this fails: make quality."""
    assert (root / "docs" / "data-quality.md").read_text(encoding="utf-8") == quality.page(Project(root))


def event(id: str, type: str, when: str, *bodies: str, topic: str = "") -> Record:
    values: dict[str, Any] = {"type": type, "topic": topic, **dated_block(edtf=when, basis="stated")}
    parties = [{"party_id": body, "for_org": None, "role": "host"} for body in bodies]
    return Record("events", id, "a", "a.yaml", 1, values, parties=parties)


def test_the_most_alike_are_joined_each_once(quality: ModuleType) -> None:
    visit, talk = event("v", "visit", "2019-04", "x", "y"), event("t", "public_talk", "2019-04-02", "x")
    same, other = event("1", "visit", "2019-04-03", "x", "y"), event("2", "award", "1999", "z")
    pairs, ours, theirs = quality.pair({"a": [visit, talk]}, {"a": [other, same]}, "events")
    assert [(p.first.id, p.second.id) for p in pairs] == [("v", "1")]
    assert (ours, theirs) == (2, 2)


def test_alpha_is_that_of_the_textbook(quality: ModuleType) -> None:
    """Krippendorff, Computing Krippendorff's alpha-reliability (2011), example B: two observers, nominal, 0.095."""
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert quality.alpha(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=0.001)


def test_what_never_varies_has_no_alpha(quality: ModuleType) -> None:
    assert quality.alpha([("a", "a"), ("a", "a")]) is None


def test_not_coded_is_a_value(quality: ModuleType) -> None:
    assert quality.alpha([(None, "a"), ("a", None)]) < 0
