"""A report of one's own: it builds at once, and a name that is taken leaves everything as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import five
from workbench.cli import main
from workbench.paths import Project


def call(*words: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


@pytest.fixture
def project(tmp_path: Path) -> Project:
    place = five.copy(tmp_path / "project")
    place.catalogue_file.write_text("# What we make.\n", encoding="utf-8")
    return place


def contents(project: Project) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def test_it_builds_at_once(project: Project) -> None:
    made = call("new", "report", "city-ties", "--project", project.root)
    assert made.exit_code == 0
    assert "notebooks/city-ties.ipynb written." in made.output
    assert "workbench build makes reports/city-ties.html" in made.output
    built = call("build", "--project", project.root)
    assert (built.exit_code, "city-ties: done" in built.output) == (0, True), built.output
    page = (project.reports / "city-ties.html").read_text(encoding="utf-8")
    assert "The records hold seven exchanges of the public libraries of Zhejiang." in page
    assert "for each partner" in page.lower()
    assert call("build", "--project", project.root).output.startswith("Nothing changed")


def test_its_own_words_are_part_of_its_key(project: Project) -> None:
    call("new", "report", "mine", "--project", project.root)
    call("build", "--project", project.root)
    words = project.templates / "en" / "mine.j2"
    words.write_text(words.read_text(encoding="utf-8").replace("a first look", "another look"), encoding="utf-8")
    assert "mine: done" in call("build", "--project", project.root).output
    assert "another look" in (project.reports / "mine.html").read_text(encoding="utf-8")


def test_in_chinese_too(project: Project) -> None:
    call("new", "report", "mine", "--project", project.root)
    settings = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(
        settings.replace('languages = ["en"]', 'languages = ["en", "zh"]'), encoding="utf-8"
    )
    catalogue = project.catalogue_file.read_text(encoding="utf-8")
    project.catalogue_file.write_text(catalogue.replace('language = "en"', 'language = "zh"'), encoding="utf-8")
    built = call("build", "--project", project.root)
    assert "mine: done" in built.output, built.output
    page = (project.reports / "mine.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in page
    assert "共有交流7次" in page


@pytest.mark.parametrize("name", ["overview", "City-Ties", "a b", "index", "../x", "templates", "common", "好"])
def test_a_name_that_cannot_be_is_refused_and_nothing_written(project: Project, name: str) -> None:
    before = contents(project)
    result = call("new", "report", name, "--project", project.root)
    assert result.exit_code == 2
    assert "name" in result.output
    assert contents(project) == before


def test_twice_is_refused_with_all_that_is_taken(project: Project) -> None:
    call("new", "report", "mine", "--project", project.root)
    before = contents(project)
    result = call("new", "report", "mine", "--project", project.root)
    assert result.exit_code == 2
    for taken in ("notebooks/mine.ipynb", "notebooks/templates/zh/mine.j2", "reports.toml"):
        assert taken in result.output
    assert contents(project) == before


def test_the_notebook_has_no_outputs(project: Project) -> None:
    call("new", "report", "mine", "--project", project.root)
    cells = json.loads((project.notebooks / "mine.ipynb").read_text(encoding="utf-8"))["cells"]
    assert all(cell.get("outputs", []) == [] for cell in cells)
    assert 'open_report("mine"' in "".join(cells[2]["source"])
