"""The list of reports: all of them, what failed beside its last good edition, and none at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from publish.conftest import Page
from runs import tiny
from workbench import settings as settings_module
from workbench.paths import Project
from workbench.publish import content, site
from workbench.runs.catalogue import Run

ABOUT = {
    "title": "A title",
    "lead": "A lead.",
    "as_of_words": "Records as of a day",
    "sources": ["a", "b"],
    "language": "en",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without records."""
    return tiny.bare_project(tmp_path / "project")


def put(project: Project, id: str, *, page: bool = True, failed: bool = False, **facts: Any) -> Run:
    """A report that has been built, has failed, or both."""
    output = {"output_type": "display_data", "data": {content.REPORT_MIME: ABOUT | facts}, "metadata": {}}
    notebook = tiny.notebook("1")
    notebook["cells"][2]["outputs"] = [output]
    if page:
        (project.reports / "notebooks").mkdir(parents=True, exist_ok=True)
        (project.reports / "notebooks" / f"{id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        (project.reports / f"{id}.html").write_text("<p>", encoding="utf-8")
    if failed:
        (project.reports / "_failed").mkdir(parents=True, exist_ok=True)
        (project.reports / "_failed" / f"{id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return Run(id, project.notebooks / "alpha.ipynb", ())


def index(project: Project, runs: list[Run], failed: set[str] = frozenset()) -> Page:  # type: ignore[assignment]
    return Page(site.index(project, settings_module.read(project), runs, set(failed)).decode())


def targets(page: Page) -> list[str]:
    return [link["href"] for link in page.of("a")]


def test_every_report_in_the_order_of_the_catalogue(project: Project) -> None:
    runs = [put(project, id, title=f"The title of {id}", lead=f"The lead of {id}.") for id in ("b", "a", "c")]
    page = index(project, runs)
    assert [text.strip() for text in page.inner("h2")] == ["The title of b", "The title of a", "The title of c"]
    assert [target for target in targets(page) if target.endswith(".html")] == ["b.html", "a.html", "c.html"]
    assert "The lead of a." in page.source
    assert "2 sources" in page.source
    assert "failed" not in page.source.partition("<main>")[2]
    assert all((project.reports / target).is_file() for target in targets(page))


def test_a_failed_report_is_marked_beside_its_last_good_edition(project: Project) -> None:
    runs = [put(project, "a"), put(project, "b", failed=True)]
    page = index(project, runs, {"b"})
    assert page.source.count("The last run failed") == 1
    assert "this is the last good report" in page.source
    assert "b.html" in targets(page)
    assert "_failed/b.ipynb" in targets(page)
    assert all((project.reports / target).is_file() for target in targets(page))


def test_a_report_that_has_never_been_good(project: Project) -> None:
    page = index(project, [put(project, "a", page=False, failed=True)], {"a"})
    assert "There is no good edition of this report yet" in page.source
    assert "The last run failed" in page.source
    assert "a.html" not in targets(page)
    assert "_failed/a.ipynb" in targets(page)


def test_a_failure_without_a_notebook_has_no_link_to_one(project: Project) -> None:
    page = index(project, [put(project, "a")], {"a"})
    assert "The last run failed" in page.source
    assert all((project.reports / target).is_file() for target in targets(page))


def test_no_reports(project: Project) -> None:
    page = index(project, [])
    assert "The catalogue has no reports yet" in page.source
    assert page.unclosed == []
    assert targets(page) == []
    assert page.of("li") == []


@pytest.mark.parametrize("content", [b"not a notebook", b"{}", b'{"cells": []}'])
def test_a_damaged_notebook_does_not_stop_the_list(project: Project, content: bytes) -> None:
    runs = [put(project, "a"), put(project, "b")]
    (project.reports / "notebooks" / "a.ipynb").write_bytes(content)
    page = index(project, runs)
    assert "b.html" in targets(page)


def test_the_list_is_a_proper_page(project: Project) -> None:
    page = index(project, [put(project, "a"), put(project, "b", page=False)])
    assert page.source.startswith("<!DOCTYPE html>")
    assert page.of("html") == [{"lang": "en"}]
    assert any(meta.get("name") == "viewport" for meta in page.of("meta"))
    assert len(page.of("h1")) == len(page.of("title")) == 1
    assert page.of("script") == []
    assert page.unclosed == []
    assert [link["href"] for link in page.of("link")] == ["data:,"]
    assert "http" not in page.source.replace("http-equiv", "")
    assert page.inner("p", lang="zh"), "the Chinese title is marked as Chinese"


def test_a_chinese_report_is_marked_in_the_list(project: Project) -> None:
    page = index(project, [put(project, "a", title="浙江图书馆的国际交流", lead="据现有记录。", language="zh")])
    assert [lang for lang in page.attributes("lang") if lang == "zh"][1:], "besides the title of the project"


def test_texts_are_shown_as_text(project: Project) -> None:
    text = """<script>alert("1")</script> & {{ 7 * 7 }} {% raw %} 'x'"""
    tiny.replace(project.settings_file, 'title = { en = "', 'title = { en = "<i>All</i> & ')
    page = index(project, [put(project, "a", title=text, lead=text, as_of_words=text)])
    assert page.of("script") == []
    assert page.of("i") == []
    assert page.inner("h2")[0].strip() == text
    assert page.inner("h1")[0].startswith("<i>All</i> & ")
    assert any(inner == text for inner in page.inner("p"))


def test_one_source_is_one_source(project: Project) -> None:
    page = index(project, [put(project, "a", sources=["a"])])
    assert "1 source " in page.source
    assert "1 sources" not in page.source


def test_the_same_bytes_wherever_the_project_lies(project: Project) -> None:
    runs = [put(project, "a")]
    first = index(project, runs).source
    moved = Project(project.root.rename(Path(f"{project.root} moved")))
    assert index(moved, runs).source == first
