"""The gallery shows every figure there is, and every picture it names is there. That the pictures are those that
would be drawn now is looked at by `.ci/run`, which draws them again."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from workbench.figures import charts, maps, style, timelines

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"!\[(.*?)\]\((.*?)\)", PAGE)


def drawing_functions(module: ModuleType) -> list[str]:
    """The functions of a module that draw a figure."""
    return [
        name for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        and "Drawing" in str(inspect.signature(function).return_annotation)
    ]  # fmt: skip


@pytest.mark.parametrize("module", [maps, timelines, charts], ids=lambda module: module.__name__)
def test_every_figure_is_shown(module: ModuleType) -> None:
    names = drawing_functions(module)
    assert names
    assert [name for name in names if f"## {name}\n" not in PAGE] == []


def test_every_picture_is_there_with_its_words_and_no_other() -> None:
    shown = {path for _, path in PICTURES}
    assert len(shown) == len(PICTURES) > 40
    folders = (ROOT / "docs/images/gallery", ROOT / "docs/images/reports")
    assert shown == {path.relative_to(ROOT / "docs").as_posix() for folder in folders for path in folder.glob("*")}
    assert [path for alt, path in PICTURES if len(alt) < 12] == []


def test_both_languages_and_the_three_amounts_of_data() -> None:
    shown = {path for _, path in PICTURES}
    for path in shown:
        assert path.replace("-en.png", "-zh.png") in shown
    for case in ("real", "large"):
        assert sum(f"-{case}-" in path for path in shown) == 20


@pytest.mark.slow
def test_a_picture_drawn_now_is_the_one_kept() -> None:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "tools" / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    corpus = gallery.open_workspace(project=ROOT)
    drawing = gallery.draw("per_year", "real", corpus)
    assert isinstance(drawing, style.Drawing)
    kept = (ROOT / "docs/images/gallery/per_year-real-en.png").read_bytes()
    assert gallery.small_png(drawing) == kept, "make gallery"
