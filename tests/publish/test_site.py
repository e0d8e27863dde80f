"""The list of reports: all of them by kind, what failed beside its last good edition, what its script is given."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from publish.conftest import Page
from publish.listed import put, speak
from runs import tiny
from workbench import settings as settings_module
from workbench.paths import Project
from workbench.publish import html, site
from workbench.runs.catalogue import Run

WORDS = {
    language: tomllib.loads((html.TEMPLATES / f"index.{language}.toml").read_text(encoding="utf-8"))
    for language in ("en", "zh")
}
HOSTILE = (
    """<script>alert("1")</script> & {{ 7 * 7 }} {% raw %} </script><!-- 'x' \u2028 "><img src=x onerror=alert(2)>"""
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without records."""
    return tiny.bare_project(tmp_path / "project")


def index(project: Project, runs: list[Run], *failed: str, as_of: str = "") -> Page:
    return Page(site.index(project, settings_module.read(project), runs, set(failed), as_of).decode())


def targets(page: Page) -> list[str]:
    return [link["href"] for link in page.of("a") if not link["href"].startswith("#")]


def reports(page: Page) -> list[str]:
    """The pages of reports, each once: the title leads there, and so does the name of the format."""
    return [*dict.fromkeys(target for target in targets(page) if target.endswith(".html"))]


def data(page: Page) -> dict[str, Any]:
    return json.loads(page.inner("script", id="data")[0])


def cards(page: Page) -> dict[str, dict[str, str]]:
    return {item["id"].removeprefix("report-"): item for item in page.of("li") if item.get("class") == "entry"}


# --- what is listed -------------------------------------------------------------------------


def test_every_report_by_kind_in_the_order_of_the_catalogue(project: Project) -> None:
    kinds = {"b": "partner", "a": "overview", "c": "of-ours", "d": "overview", "e": "annual"}
    runs = [put(project, id, kind=kind, title=f"The title of {id}", lead=f"Of {id}.") for id, kind in kinds.items()]
    page = index(project, runs)
    assert reports(page) == ["a.html", "d.html", "e.html", "b.html", "c.html"]
    assert page.inner("h2")[-4:] == ["Overview", "Year by year", "Partner by partner", "Other reports"]
    assert page.inner("h3") == [f"The title of {id}" for id in "adebc"]
    assert "Of a." in page.inner("p")
    assert "2 sources" in page.inner("span")
    assert "2 records" in page.inner("span")
    assert "failed" not in page.source.partition("<main>")[2].partition("<script")[0]
    assert all((project.reports / target).is_file() for target in targets(page))


def test_each_format_with_its_size_and_no_other(project: Project) -> None:
    run = put(project, "a")
    for name, size in {"a.pdf": 1_234_567, "a.docx": 45_600, "a.facts.json": 10}.items():
        (project.reports / name).write_bytes(b"x" * size)
    page = index(project, [run, put(project, "b")])
    found = dict(zip(targets(page), page.inner("a"), strict=True))
    assert [name for name in found if "a." in name] == [
        "a.html",
        "a.pdf",
        "a.docx",
        "a.facts.json",
        "notebooks/a.ipynb",
    ]
    assert (found["a.pdf"], found["a.docx"], found["a.facts.json"]) == ("PDF 1.2 MB", "Word 46 kB", "Facts (JSON) 1 kB")
    assert "b.pdf" not in found


@pytest.mark.parametrize(
    ("own", "as_of", "words"),
    [
        ("2026-10-31", "", "up to date"),
        ("2026-10-30", "", "1 day old"),
        ("2026-10-31", "2026-12-01", "31 days old"),
        ("2026-10-31", "2026-10-30", None),
    ],
)
def test_a_report_is_as_old_as_the_days_between_its_day_and_that_of_the_build(
    project: Project, own: str, as_of: str, words: str | None
) -> None:
    page = index(project, [put(project, "a", as_of=own)], as_of=as_of)
    told = [text for text in page.inner("span") if "old" in text or "up to date" in text]
    assert told == ([words] if words else [])


def test_a_failed_report_is_marked_beside_its_last_good_edition(project: Project) -> None:
    runs = [put(project, "a"), put(project, "b", failed=True, as_of="2026-09-30")]
    page = index(project, runs, "b")
    assert "1 report failed in the last build: " in page.inner("span")
    assert [link["href"] for link in page.of("a") if link["href"].startswith("#r")] == ["#report-b"]
    assert "The last run failed; this is the last good report, 31 days old. " in page.inner("span")
    assert "b.html" in targets(page)
    assert "_failed/b.ipynb" in targets(page)
    assert all((project.reports / target).is_file() for target in targets(page))


def test_a_failed_report_of_the_same_day_is_not_called_up_to_date(project: Project) -> None:
    page = index(project, [put(project, "b", failed=True)], "b")
    assert "up to date" not in page.source.partition("<main>")[2]
    assert "this is the last good report, as of the same day." in page.source


def test_a_report_that_has_never_been_good(project: Project) -> None:
    run = put(project, "a", page=False, failed=True)
    page = index(project, [Run("a", run.notebook, (("home", "zhejiang-library"), ("language", "zh")))], "a")
    assert "there is no good edition of this report yet" in page.source
    assert cards(page)["a"] | {"data-language": "zh", "data-kind": "overview"} == cards(page)["a"]
    assert targets(page) == ["_failed/a.ipynb"]


def test_a_failure_without_a_notebook_has_no_link_to_one(project: Project) -> None:
    page = index(project, [put(project, "a")], "a")
    assert "The last run failed" in page.source
    assert all((project.reports / target).is_file() for target in targets(page))


def test_no_reports(project: Project) -> None:
    page = index(project, [])
    assert "There are no reports yet" in page.source
    assert page.unclosed == []
    assert (targets(page), page.of("li"), page.of("form"), page.of("script")) == ([], [], [], [])


@pytest.mark.parametrize(
    "content", [b"not a notebook", b"{}", b'{"cells": []}', b'{"cells": [{"outputs": [{"data": []}]}]}']
)
def test_a_damaged_notebook_does_not_stop_the_list(project: Project, content: bytes) -> None:
    runs = [put(project, "a"), put(project, "b")]
    (project.reports / "notebooks" / "a.ipynb").write_bytes(content)
    page = index(project, runs)
    assert reports(page) == ["b.html"]
    assert "There is no good edition of this report yet." in page.source


def test_what_changed_is_told_in_the_words_of_the_report(project: Project) -> None:
    page = index(project, [put(project, "a", changed="Agreements 13 → 14."), put(project, "b")])
    assert page.inner("span", lang="en") == ["Agreements 13 → 14."]


@pytest.mark.parametrize(
    ("lead", "line"),
    [
        ("Short. And short.", "Short. And short."),
        ("A " * 80 + "first. The second " + "b " * 80 + "ends.", "A " * 80 + "first."),
        ("甲" * 150 + "。" + "乙" * 150 + "。", "甲" * 150 + "。"),
        ("甲" * 20 + "。" + "乙" * 20 + "。", "甲" * 20 + "。" + "乙" * 20 + "。"),
        ("word " * 1000, "word " * 87 + "word…"),
        ("Signed in St. Petersburg. " + "C " * 120 + ".", "Signed in St. Petersburg."),
    ],
)
def test_a_report_says_in_one_line_what_it_says(project: Project, lead: str, line: str) -> None:
    page = index(project, [put(project, "a", lead=lead)])
    assert page.inner("p", class_="says") == [line.strip()]


# --- choices --------------------------------------------------------------------------------


def options(page: Page) -> dict[str, list[str]]:
    """The values of each choice."""
    found: dict[str, list[str]] = {}
    for tag, attributes in page.elements:
        if tag == "select":
            found[attributes["name"]] = []
        if tag == "option" and attributes["value"]:
            [*found.values()][-1].append(attributes["value"])
    return found


def test_the_list_is_narrowed_by_what_the_reports_differ_in(project: Project) -> None:
    leeds = {"kind": "partner", "partner": "leeds", "partner_name": "Leeds Libraries"}
    runs = [
        put(project, "a", kind="annual", period="2024"),
        put(
            project, "b", kind="annual", year=2025, home="hangzhou-public-library", home_name="Hangzhou Public Library"
        ),
        put(project, "c", **leeds),
        put(project, "d", **leeds | {"partner_name": "利兹图书馆", "language": "zh"}),
        put(project, "e", **leeds | {"partner": "milan", "partner_name": "Milan"}),
    ]
    page = index(project, runs)
    assert options(page) == {
        "kind": ["annual", "partner"],
        "partner": ["leeds", "milan"],
        "year": ["2025", "2024"],
        "language": ["zh", "en"],
        "home": ["hangzhou-public-library", "zhejiang-library"],
    }
    assert [(option["data-other"], text) for option, text in zip(page.of("option"), page.inner("option"), strict=True)
            if option["value"] == "leeds"] == [("利兹图书馆", "Leeds Libraries")]  # fmt: skip
    assert cards(page)["b"]["data-year"] == "2025"
    assert cards(page)["c"]["data-names"] == "Leeds Libraries · 利兹图书馆", "found under its name in either script"


def test_where_nothing_differs_there_is_nothing_to_choose(project: Project) -> None:
    page = index(project, [put(project, "a"), put(project, "b")])
    assert options(page) == {}
    assert len(page.of("input")) == 2


# --- the script and what it is given --------------------------------------------------------


def test_each_distinct_sentence_once_with_wherever_it_stands(project: Project) -> None:
    said = [{"text": "One.", "records": []}, {"text": "Two.", "records": []}]
    runs = [
        put(project, "a", lead="One.", sentences=[*said, *said]),
        put(project, "b", lead="Apart.", sentences=said[::-1]),
    ]
    found = data(index(project, runs))
    assert found["reports"] == ["a", "b"]
    assert found["sentences"] == [["One.", 0, 1, 1, 2], ["Two.", 0, 2, 1, 1], ["Apart.", 1, 0]]
    assert found["words"]["zh"] == WORDS["zh"]["script"]


def test_reports_are_numbered_as_in_the_list(project: Project) -> None:
    runs = [put(project, "b", kind="partner"), put(project, "a", kind="overview", sentences=[{"text": "Mine."}])]
    page = index(project, runs)
    ((number, position),) = [where for text, *where in data(page)["sentences"] if text == "Mine."]
    assert (data(page)["reports"][number], position) == ("a", 1)


def test_both_languages_have_the_same_words() -> None:
    for part in ("page", "kinds", "script"):
        assert list(WORDS["en"][part]) == list(WORDS["zh"][part])
        for key, english in WORDS["en"][part].items():
            forms = [english if isinstance(english, list) else [english], WORDS["zh"][part][key]]
            names = [{*re.findall(r"\{(\w+)\}", "".join(form))} for form in forms]
            assert names[0] == names[1], key
    assert len(WORDS["en"]["kinds"]) == 8


def test_every_word_is_used() -> None:
    template = (html.TEMPLATES / "index.html.j2").read_text(encoding="utf-8")
    used = template + (html.TEMPLATES / "index.js").read_text(encoding="utf-8")
    used += Path(site.__file__).read_text(encoding="utf-8")
    known = [*WORDS["en"]["page"], *WORDS["en"]["script"]]
    unused = [key for key in known if f'"{key}"' not in used and f"(key, {key}" not in used]
    assert unused == ["language_en", "language_zh"], "these are put together"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_language_of_the_settings_is_that_of_the_page(project: Project, language: str) -> None:
    other = "zh" if language == "en" else "en"
    speak(project, language, other)
    page = index(project, [put(project, "a")])
    assert page.of("html") == [{"lang": language}]
    title = {"en": "International exchange of the public libraries of Zhejiang", "zh": "浙江省公共图书馆国际交流"}
    assert page.inner("h1") == page.inner("title") == [title[language]]
    assert page.of("h1") == page.of("title") == [{"data-other": title[other]}]
    assert page.of("button")[0]["lang"] == other
    day = {"en": "Records as of 31 October 2026", "zh": "记录截至2026年10月31日"}
    assert page.inner("span", **{"data-other": day[other]})[0] == day[language]


def test_the_policy_names_this_script_and_this_style_and_nothing_else(project: Project) -> None:
    page = index(project, [put(project, "a")])
    policy = next(meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    script, style = page.inner("script")[-1], page.inner("style")[0]
    assert policy == (
        f"default-src 'none'; style-src '{site._hash(style)}'; script-src '{site._hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert page.of("script") == [{"type": "application/json", "id": "data"}, {}]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in page.elements if "style" in attributes or "src" in attributes]


def test_the_list_is_a_proper_page(project: Project) -> None:
    page = index(project, [put(project, "a"), put(project, "b", page=False)])
    assert page.source.startswith("<!DOCTYPE html>")
    assert any(meta.get("name") == "viewport" for meta in page.of("meta"))
    assert len(page.of("h1")) == len(page.of("title")) == len(page.of("main")) == 1
    assert page.unclosed == []
    assert [link["href"] for link in page.of("link")] == ["data:,"]
    assert "http" not in page.source.replace("http-equiv", "")
    ids = list(page.attributes("id"))
    assert len(ids) == len(set(ids))
    assert {label["for"] for label in page.of("label") if "for" in label} < set(ids)


def test_without_its_script_the_list_has_no_tools_that_do_nothing(project: Project) -> None:
    page = index(project, [put(project, "a")])
    assert [form for form in page.of("form") if "hidden" not in form] == []
    assert [attributes["id"] for attributes in page.of("section") if "hidden" in attributes] == [
        "by_title",
        "by_sentence",
    ]
    assert "hidden" in page.of("button")[0]
    assert "hidden" not in cards(page)["a"]


def test_texts_are_shown_as_text(project: Project) -> None:
    tiny.replace(project.settings_file, 'title = { en = "', 'title = { en = "<i>All</i> & ')
    names = {"home_name": HOSTILE, "partner": 'p"><b>', "partner_name": HOSTILE, "changed": HOSTILE}
    sentences = [{"text": HOSTILE, "records": []}]
    runs = [put(project, "a", title=HOSTILE, lead=HOSTILE, sentences=sentences, **names), put(project, "b")]
    page = index(project, runs)
    assert (len(page.of("script")), page.of("i"), page.of("img"), page.of("b")) == (2, [], [], [])
    assert page.inner("h3")[0] == HOSTILE
    assert page.inner("h1")[0].startswith("<i>All</i> & ")
    assert cards(page)["a"]["data-partner"] == 'p"><b>'
    assert cards(page)["a"]["data-names"] == HOSTILE
    assert data(page)["sentences"][0] == [HOSTILE, 0, 1]
    assert "\u2028" not in page.inner("script", id="data")[0]
    assert page.unclosed == []


def test_one_source_is_one_source(project: Project) -> None:
    page = index(project, [put(project, "a", sources=["a"])])
    assert "1 source" in page.inner("span")
    assert page.inner("span", **{"data-other": "1个来源"})


def test_the_same_bytes_wherever_the_project_lies(project: Project) -> None:
    runs = [put(project, "a"), put(project, "b", language="zh", home="x", partner="y", period="2020")]
    first = index(project, runs).source
    moved = Project(project.root.rename(Path(f"{project.root} moved")))
    assert index(moved, runs).source == first
