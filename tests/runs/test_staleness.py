"""What makes which report stale: one thing is changed at a time, and the right reports are to be made again, no others.

The reports are made once, by the engine's own means, with something else in the place of notebooks and converters:
what a report rests on is known without running it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import five
import letter
from runs import tiny
from workbench.paths import Project
from workbench.runs import engine, keys, pools, versions, why
from workbench.runs.catalogue import Run
from workbench.runs.publication import Publication

PARAMETERS = """
home: str = ""  # whose exchange
partner: str = ""  # the body abroad
start: str = ""  # first day of the period
end: str = ""  # last day of the period
as_of: str = ""  # the day
language: str = "en"  # language of the report
audience: str = "public"  # who may read it
""".strip()
HANGZHOU, ZHEJIANG = "hangzhou-public-library", "zhejiang-library"
# Each report of the catalogue: its notebook and parameters. The homes share little, the partners nothing.
REPORTS: dict[str, tuple[str, dict[str, str]]] = {
    "all": ("report.ipynb", {}),
    "hangzhou": ("report.ipynb", {"home": HANGZHOU}),
    "hangzhou-zh": ("report.ipynb", {"home": HANGZHOU, "language": "zh"}),
    "zhejiang": ("other.ipynb", {"home": ZHEJIANG}),
    "leeds": ("partner.ipynb", {"home": HANGZHOU, "partner": "leeds-libraries"}),
    "oclc": ("report.ipynb", {"home": ZHEJIANG, "partner": "oclc"}),
    "early": ("report.ipynb", {"home": HANGZHOU, "end": "2016"}),
    "late": ("report.ipynb", {"home": ZHEJIANG, "start": "2019", "as_of": "2026-06-30"}),
    "internal": ("report.ipynb", {"home": HANGZHOU, "audience": "internal"}),
}
EVERY = set(REPORTS)
PUBLIC = EVERY - {"internal"}
OF_HANGZHOU = {"all", "hangzhou", "hangzhou-zh", "internal"}
OF_LEEDS = OF_HANGZHOU | {"leeds"}
OF_ZHEJIANG = {"all", "zhejiang", "late"}
WITHOUT_DAY = EVERY - {"late"}  # they speak as of the settings' day


def rows(**changed: dict[str, str]) -> list[str]:
    """The rows of the catalogue, with some parameters of some reports."""
    return [tiny.row(id, book, **given | changed.get(id, {})) for id, (book, given) in REPORTS.items()]


def make(project: Project, monkeypatch: pytest.MonkeyPatch) -> engine.Build:
    """Build, with texts in the place of executed notebooks and of pages."""

    def execute(run: Run, target: Path, *rest: Any) -> None:
        linked = 'data-report=\\"partner:leeds-libraries\\"' if run.id == "hangzhou" else ""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"cells": [], "run": run.id}) + linked, encoding="utf-8")

    def publish(what: Publication, files: dict[str, Path]) -> None:
        for path in files.values():
            path.write_text(what.notebook.stem, encoding="utf-8")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "execute", execute)
        patched.setattr(engine, "publish", publish)
        patched.setattr(pools, "local", lambda *given: ThreadPoolExecutor(1))
        return engine.build(project)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose reports are all made; not to be changed."""
    project = five.copy(tmp_path_factory.mktemp("made") / "project")
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    for name in {book for book, _ in REPORTS.values()}:
        tiny.write_notebook(project, name, tiny.CLOSE, parameters=PARAMETERS)
    tiny.replace(project.settings_file, 'languages = ["en"]', 'languages = ["en", "zh"]')
    outlines = project.basemap.resolve()
    project.basemap.unlink()
    project.basemap.mkdir()
    for name in ("land_110m", "lakes_50m"):
        shutil.copy(outlines / f"{name}.geojson", project.basemap)
    letter.prepare(project)
    tiny.write_catalogue(project, *rows())
    with pytest.MonkeyPatch.context() as monkeypatch:
        result = make(project, monkeypatch)
    assert result.exit_code == 0, result.outcomes
    return project


@pytest.fixture
def place(made: Project, tmp_path: Path) -> Project:
    """A copy of it, to be changed."""
    shutil.copytree(made.root, tmp_path / "place", symlinks=True)
    return Project(tmp_path / "place")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's code that the keys look at."""
    target = tmp_path / "workbench"
    shutil.copytree(tiny.ROOT / "src" / "workbench", target, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "_PACKAGE", target)
    return target


def stale(project: Project) -> dict[str, tuple[str, ...]]:
    """The reports that are not fresh, each with its reasons."""
    found = why.standings(engine.built(project), why=True)
    assert [one.id for one in found] == list(REPORTS)
    return {one.id: one.reasons for one in found if one.state != "fresh"}


def expect(project: Project, ids: set[str], *reasons: str) -> None:
    """Just these reports are stale, all for these reasons."""
    assert stale(project) == dict.fromkeys([id for id in REPORTS if id in ids], reasons)


def edit(path: Path) -> None:
    """Change a file by an empty line."""
    with path.open("a", encoding="utf-8") as handle:
        handle.write("\n")


# --- records: just the reports whose selection holds them -------------------------------------


def dossier(source: str, old: str, new: str) -> Callable[[Project], None]:
    return lambda project: tiny.replace(project.dossiers / f"{source}.yaml", old, new)


def register(name: str, old: str, new: str) -> Callable[[Project], None]:
    return lambda project: tiny.replace(project.registers / f"{name}.csv", old, new)


def judge(project: Project) -> None:
    said = "what: a remark, chosen: nothing, why: invented, by: N, on: 2026-01-02"
    text = f"judgements:\n- {{about: [leeds-visit-2019, chengdu-2019], {said}}}\n"
    project.decisions_file.write_text(text, encoding="utf-8")


LEEDS, OCLC, ABROAD = "globalleeds-hangzhou-mou", "zjlib-oclc-2018", "zjlib-2023-academic-exchange"
RECORDS: dict[str, tuple[Callable[[Project], None], set[str], str]] = {
    "a topic": (
        dossier(ABROAD, "topic: the world congress of libraries", "topic: a congress"),
        OF_ZHEJIANG, "record wlic-2023 changed: topic",
    ),
    "a date of a partner's event": (
        dossier(LEEDS, "[2019-03-21..2019-03-31]", "[2019-03-22..2019-03-31]"),
        OF_LEEDS, "record chengdu-2019 changed: date",
    ),
    "a date of another partner's event": (
        dossier(OCLC, "when: {edtf: 2018-12-05", "when: {edtf: 2018-12-04"),
        {"all", "zhejiang", "oclc"}, "record oclc-symposium-2018 changed: date",
    ),
    "a name": (
        register("organisations", "Leeds Libraries,,利兹图书馆", "Leeds Libraries,,利兹市图书馆"),
        OF_LEEDS, "record leeds-libraries changed: name",
    ),
    "a place": (register("places", "55.752,37.618", "55.751,37.618"), OF_ZHEJIANG, "record moscow changed: lat"),
    "a judgement": (judge, OF_LEEDS, "record leeds-visit-2019 changed: decision on *"),
    "a paragraph": (
        lambda project: tiny.replace(project.anchors_file, f"{LEEDS},1,our Chinese partner city",
                                     f"{LEEDS},2,our Chinese partner city"),
        OF_LEEDS | {"early"}, "record leeds-hangzhou-cities changed: paragraph",
    ),
    "a title": (
        dossier(ABROAD, "  title: ", "  title: A new title of "),
        OF_ZHEJIANG, f"record {ABROAD} changed: title",
    ),
    "a headcount": (
        dossier(ABROAD, "for: zhejiang-library, headcount: 4", "for: zhejiang-library, headcount: 5"),
        OF_ZHEJIANG, "record wlic-2023 changed: parties",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_makes_just_the_reports_stale_that_may_read_it(place: Project, name: str) -> None:
    change, ids, reason = RECORDS[name]
    change(place)
    found = stale(place)
    assert set(found) == ids
    assert [id for id, reasons in found.items() if reason not in reasons] == [], found


def test_a_record_that_is_new_and_one_that_is_gone(place: Project) -> None:
    path = place.dossiers / f"{ABROAD}.yaml"
    path.rename(path.with_name("kept.txt"))
    found = stale(place)
    assert set(found) == OF_ZHEJIANG
    assert f"record {ABROAD} is gone" in found["late"]
    assert "and" in found["late"][-1], "of many reasons the first are told, and how many more there are"
    path.with_name("kept.txt").rename(path)
    assert stale(place) == {}, "put back, nothing is stale"


def test_an_internal_source_touches_internal_reports_alone(place: Project) -> None:
    letter.slip_in(place)
    found = stale(place)
    assert set(found) == {"internal"}
    assert f"record {letter.ID} is new" in found["internal"]


def test_a_remark_touches_nothing(place: Project) -> None:
    with (place.dossiers / f"{OCLC}.yaml").open("a", encoding="utf-8") as handle:
        handle.write("# read again\n")
    assert stale(place) == {}


# --- what all reports share ------------------------------------------------------------------


def label(project: Project) -> None:
    tiny.replace(project.vocabularies / "event_type.csv", "conference,conference,", "conference,congress,")


def own_template(project: Project) -> None:
    (project.templates / "en").mkdir(parents=True)
    (project.templates / "en" / "mine.j2").write_text("{% block title %}Mine{% endblock %}", encoding="utf-8")


def outline(project: Project) -> None:
    (project.basemap / "land_110m.geojson").write_text("{}", encoding="utf-8")


def people(project: Project) -> None:
    tiny.replace(project.settings_file, 'show = "names"', 'show = "posts"')


SHARED = {
    label: "word list event_type changed",
    own_template: "template en/mine is new",
    outline: "basemap land_110m changed",
    people: "setting people changed",
}


@pytest.mark.parametrize("change", SHARED)
def test_what_all_share_makes_all_stale(place: Project, change: Callable[[Project], None]) -> None:
    change(place)
    expect(place, EVERY, SHARED[change])


CODE = {
    "prose/templates/zh/partner.j2": "template zh/partner changed",
    "analysis/flows.py": "code analysis/flows.py changed",
    "figures/style.py": "code figures/style.py changed",
    "report.py": "code report.py changed",
}


@pytest.mark.parametrize("file", CODE)
def test_shared_code_makes_all_stale(place: Project, package: Path, file: str) -> None:
    edit(package / file)
    expect(place, EVERY, CODE[file])


@pytest.mark.parametrize("name", ["pandas", "matplotlib", "pylopdf-fonts-zh-cn", "pyproj"])
def test_another_version_of_a_package_makes_all_stale(
    place: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = versions.metadata.version
    monkeypatch.setattr(versions.metadata, "version", lambda of: "99.0" if of == name else real(of))
    expect(place, EVERY, f"{name} {real(name)} → 99.0")


def test_the_machine_that_makes_reports_touches_none(place: Project, package: Path) -> None:
    for file in ("runs/engine.py", "cli.py", "starter/project/reports.toml"):
        edit(package / file)
    assert stale(place) == {}


# --- what is a report's own --------------------------------------------------------------------


def test_a_cell_of_a_notebook(place: Project) -> None:
    tiny.write_notebook(place, "other.ipynb", "1 + 1", tiny.CLOSE, parameters=PARAMETERS)
    expect(place, {"zhejiang"}, "notebook other.ipynb changed")


def test_a_parameter(place: Project) -> None:
    tiny.write_catalogue(place, *rows(early={"end": "2015"}))
    found = stale(place)
    assert set(found) == {"early"}
    assert found["early"][0] == "parameter end: 2016 → 2015"


def test_the_language(place: Project) -> None:
    tiny.write_catalogue(place, *rows(hangzhou={"language": "zh"}))
    expect(place, {"hangzhou"}, "parameter language: none → zh")


def test_a_default_of_the_notebook_decides_where_the_catalogue_is_silent(place: Project) -> None:
    """What a report may read follows from the value in force, wherever it stands."""
    before = {run.id: engine.built(place).inputs.records(run) for run in engine.built(place).runs}
    text = PARAMETERS.replace('home: str = ""', f'home: str = "{ZHEJIANG}"')
    tiny.write_notebook(place, "report.ipynb", tiny.CLOSE, parameters=text)
    built = engine.built(place)
    after = {run.id: built.inputs.records(run) for run in built.runs}
    assert {id for id in after if after[id] != before[id]} == {"all"}
    assert after["all"] == before["zhejiang"]


def test_the_day(place: Project) -> None:
    tiny.replace(place.settings_file, "as_of = 2026-10-31", "as_of = 2026-11-30")
    expect(place, WITHOUT_DAY, "parameter as_of: 2026-10-31 → 2026-11-30")


def test_the_day_of_a_notebook_that_is_not_told_it(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write_notebook(place, "other.ipynb", parameters=PARAMETERS.replace('as_of: str = ""  # the day\n', ""))
    make(place, monkeypatch)
    tiny.replace(place.settings_file, "as_of = 2026-10-31", "as_of = 2026-11-30")
    assert stale(place)["zhejiang"] == ("as-of day: 2026-10-31 → 2026-11-30",)


def test_an_edition(place: Project) -> None:
    place.editions.mkdir(parents=True)
    (place.editions / "2026-11-21.json").write_text("{}", encoding="utf-8")
    expect(place, PUBLIC, "the edition it is compared with changed")


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["publish/html.py", "publish/templates/page.css"])
def test_what_publishes(place: Project, package: Path, file: str) -> None:
    edit(package / file)
    expect(place, EVERY, f"publishing code {file.removeprefix('publish/')} changed")


def test_a_converter(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = versions.metadata.version
    monkeypatch.setattr(versions.metadata, "version", lambda of: "99.0" if of == "typst" else real(of))
    expect(place, EVERY, f"typst {real('typst')} → 99.0")


def test_the_office(place: Project) -> None:
    with place.settings_file.open("a", encoding="utf-8") as handle:
        handle.write('\n[office]\ncolour = "#7a1f2b"\n')
    expect(place, EVERY, "setting office changed")


def test_files_that_are_missing_or_altered(place: Project) -> None:
    (place.reports / "early.html").unlink()
    (place.reports / "late.facts.json").write_text("{}", encoding="utf-8")
    (place.reports / "notebooks" / "oclc.ipynb").write_text("{}", encoding="utf-8")
    assert stale(place) == {
        "early": ("early.html is missing",),
        "late": ("late.facts.json was altered",),
        "oclc": ("its executed notebook is missing or was altered",),
    }


def test_a_format_more(place: Project) -> None:
    tiny.replace(place.catalogue_file, 'id = "all"', 'id = "all"\nformats = ["html", "pdf"]')
    expect(place, {"all"}, "format pdf was not made yet")


# --- several builds later ------------------------------------------------------------------------


def test_made_again_it_is_fresh_and_the_reason_is_the_next_change(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(place)
    assert {outcome.state for outcome in make(place, monkeypatch).outcomes} == {"done"}
    assert stale(place) == {}
    label(place)
    expect(place, EVERY, SHARED[label])


def test_without_a_memory_it_says_what_it_knows(place: Project) -> None:
    """The tables as they were, and the notes, are for people; what is stale does not hang on them."""
    shutil.rmtree(place.reports / why.BUILT)
    (place.reports / engine.NOTED).write_text('{"shared": 3, "selections": []}', encoding="utf-8")
    people(place)
    register("places", "55.752,37.618", "55.751,37.618")(place)
    found = stale(place)
    assert set(found) == EVERY
    assert found["late"] == ("what all reports share changed", "its records changed")


def test_never_run_and_failed(place: Project) -> None:
    rows_ = [*rows(), tiny.row("more", "report.ipynb")]
    tiny.write_catalogue(place, *rows_)
    tiny.write_notebook(place, "other.ipynb", "1 + 1", parameters=PARAMETERS)
    failed = place.reports / "_failed" / "zhejiang.ipynb"
    failed.parent.mkdir()
    failed.write_text("{}", encoding="utf-8")
    found = {one.id: one for one in why.standings(engine.built(place), why=True) if one.state != "fresh"}
    assert {id: one.state for id, one in found.items()} == {"zhejiang": "failed", "more": "never run"}
    assert found["zhejiang"].reasons == (
        "its last run failed (see reports/_failed/zhejiang.ipynb)", "notebook other.ipynb changed",
    )  # fmt: skip
