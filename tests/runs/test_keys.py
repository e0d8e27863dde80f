"""Keys: everything a report rests on changes its key, and nothing else does."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

import letter
from runs import tiny
from workbench import settings
from workbench.paths import Project, file_digest
from workbench.records import audience, load, vocabularies
from workbench.records.selection import Selection, select
from workbench.runs import keys, versions
from workbench.runs.catalogue import Run


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's code that the keys look at."""
    target = tmp_path / "workbench"
    shutil.copytree(tiny.ROOT / "src" / "workbench", target, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "_PACKAGE", target)
    return target


@pytest.fixture
def place(built: Project) -> Project:
    """A built project with a basemap of its own."""
    files = sorted(built.basemap.resolve().iterdir())
    built.basemap.unlink()
    built.basemap.mkdir()
    for file in files:
        shutil.copy(file, built.basemap)
    return built


def run_of(project: Project, **parameters: str) -> Run:
    given = {"home": "zhejiang-library", "text": "second"} | parameters
    return Run("beta", project.notebooks / "beta.ipynb", tuple(sorted(given.items())))


def key(project: Project, run: Run | None = None) -> str:
    """The execute key after the tables have been brought up to date, as a build does it."""
    return inputs(project).key(run or run_of(project))


def inputs(project: Project) -> keys.Inputs:
    """What reports rest on, read anew."""
    load.ensure_tables(project)
    return keys.Inputs(project, settings.read(project))


def publish(project: Project, **links: str) -> str:
    shared = keys.digest(keys.publishing(project, settings.read(project)))
    return keys.publish_key(file_digest(project.reports / "notebooks" / "beta.ipynb"), links, shared)


def touch_up(file: Path) -> None:
    """Change a file by an empty line."""
    with file.open("a", encoding="utf-8") as handle:
        handle.write("\n")


# --- what changes the execute key -----------------------------------------------------------


def change_notebook(project: Project) -> None:
    tiny.write_notebook(project, "beta.ipynb", "text.lower()", tiny.CLOSE)


def change_record(project: Project) -> None:
    tiny.replace(project.dossiers / "zjlib-oclc-2018.yaml", "  title: ", "  title: A new title of ")


def change_setting(project: Project) -> None:
    tiny.replace(project.settings_file, 'show = "names"', 'show = "posts"')


def change_as_of(project: Project) -> None:
    tiny.replace(project.settings_file, "as_of = 2026-10-31", "as_of = 2026-11-30")


def change_edition(project: Project) -> None:
    """An edition is released: what is new since then is told against it."""
    folder = project.root / "data" / "editions"
    folder.mkdir()
    (folder / "2026-01-31.json").write_text("{}", encoding="utf-8")


def change_label(project: Project) -> None:
    tiny.replace(project.vocabularies / "event_type.csv", "conference,conference,", "conference,congress,")


def change_place(project: Project) -> None:
    tiny.replace(project.registers / "places.csv", "30.274", "30.275")


def change_basemap_size(project: Project) -> None:
    (project.basemap / "land_110m.geojson").write_text("{}", encoding="utf-8")


def change_basemap_digit(project: Project) -> None:
    """A coordinate moves; the file is as long as before."""
    path = project.basemap / "lakes_50m.geojson"
    text = path.read_text(encoding="utf-8")
    at = text.index('"coordinates"')
    at = next(n for n in range(at, len(text)) if text[n] in "12345678")
    path.write_text(text[:at] + str(int(text[at]) + 1) + text[at + 1 :], encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        change_notebook,
        change_record,
        change_setting,
        change_as_of,
        change_edition,
        change_label,
        change_place,
        change_basemap_size,
        change_basemap_digit,
    ],
)
def test_what_a_report_rests_on_changes_the_key(place: Project, change: Callable[[Project], None]) -> None:
    before = key(place)
    assert key(place) == before
    change(place)
    assert key(place) != before


def test_a_parameter_changes_the_key(built: Project) -> None:
    before = key(built)
    assert key(built, run_of(built, text="other")) != before
    assert key(built, run_of(built, as_of="2026-01-01")) != before
    assert key(built, replace(run_of(built), parameters=())) != before


SCIENCE = [
    "report.py",
    "settings.py",
    "records/selection.py",
    "analysis/flows.py",
    "figures/style.py",
    "prose/english.py",
    "prose/templates/en/overview.j2",
    "prose/templates/zh/overview.j2",
]


def test_science_code_and_templates_change_the_key(built: Project, package: Path) -> None:
    seen = {key(built)}
    for file in SCIENCE:
        touch_up(package / file)
        found = key(built)
        assert found not in seen, file
        seen.add(found)


def test_a_new_science_module_changes_the_key(built: Project, package: Path) -> None:
    before = key(built)
    (package / "analysis" / "more.py").write_text("", encoding="utf-8")
    assert key(built) != before


def test_a_version_changes_both_keys(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = (key(built), publish(built)), metadata.version
    for name in ("pandas", "matplotlib", "jinja2", "pyproj", "shapely"):
        monkeypatch.setattr(versions.metadata, "version", lambda of, name=name: "99.0" if of == name else real(of))
        assert (key(built) == before[0], publish(built) == before[1]) == (False, False), name


@pytest.mark.parametrize("name", ["typst", "pypandoc-binary"])
def test_the_version_of_a_converter_changes_the_publish_key_alone(
    built: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before, real = (key(built), publish(built)), metadata.version
    monkeypatch.setattr(versions.metadata, "version", lambda of: "99.0" if of == name else real(of))
    assert (key(built) == before[0], publish(built) == before[1]) == (True, False)


def test_the_version_of_python_changes_both_keys(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(built), publish(built)
    monkeypatch.setattr(versions.platform, "python_version", lambda: "3.99.0")
    assert (key(built) != before[0], publish(built) != before[1]) == (True, True)


# --- what does not --------------------------------------------------------------------------

MACHINE = ["runs/engine.py", "publish/html.py", "publish/templates/page.css", "cli.py"]


def test_code_that_makes_and_publishes_does_not_change_the_execute_key(built: Project, package: Path) -> None:
    before = key(built)
    for file in MACHINE:
        touch_up(package / file)
        assert key(built) == before, file


def test_code_that_publishes_changes_the_publish_key(built: Project, package: Path) -> None:
    seen = {publish(built)}
    for file in [file for file in MACHINE if file.startswith("publish/")]:
        touch_up(package / file)
        assert publish(built) not in seen, file
        seen.add(publish(built))


def test_science_code_does_not_change_the_publish_key(built: Project, package: Path) -> None:
    before = publish(built)
    touch_up(package / "analysis" / "flows.py")
    assert publish(built) == before


def test_the_executed_notebook_changes_the_publish_key(built: Project) -> None:
    before = publish(built)
    touch_up(built.reports / "notebooks" / "beta.ipynb")
    assert publish(built) != before


def change_office(project: Project, line: str) -> None:
    """The settings of an office, with this line in place of another of its key."""
    (project.root / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    text = project.settings_file.read_text(encoding="utf-8").partition("[office]")[0]
    project.settings_file.write_text(f"{text}[office]\n{line}\n", encoding="utf-8")


def test_the_office_changes_the_publish_key_and_not_the_execute_key(built: Project) -> None:
    before, seen = key(built), {publish(built)}
    for line in ('colour = "#7a1f2b"', 'name = { en = "Office", zh = "办公室" }', 'logo = "logo.svg"'):
        change_office(built, line)
        assert key(built) == before, line
        assert publish(built) not in seen, line
        seen.add(publish(built))
    touch_up(built.root / "logo.svg")
    assert publish(built) not in seen, "another logo in the same place"


def test_a_link_to_another_report_changes_the_publish_key(built: Project) -> None:
    assert len({publish(built), publish(built, a="a.html"), publish(built, a="b.html")}) == 3


def test_compiled_code_does_not_change_the_key(built: Project, package: Path) -> None:
    before = key(built)
    (package / "records" / "__pycache__").mkdir()
    (package / "records" / "__pycache__" / "dates.cpython-311.pyc").write_bytes(b"0")
    assert key(built) == before


def test_the_folder_of_the_project_does_not_change_the_key(built: Project) -> None:
    before = key(built)
    moved = Project(built.root.rename(built.root.with_name("moved 项目")))
    assert key(moved) == before


def test_touching_a_file_does_not_change_the_key(built: Project) -> None:
    before = key(built)
    for path in (*built.dossiers.glob("*"), built.settings_file, built.notebooks / "beta.ipynb"):
        path.touch()
    assert key(built) == before


def test_keys_are_written_down_by_the_build(built: Project) -> None:
    manifest = json.loads((built.reports / "manifest.json").read_text(encoding="utf-8"))
    load.ensure_tables(built)
    assert manifest["beta"]["publish_key"] == publish(built)
    assert len({entry["execute_key"] for entry in manifest.values()}) == 2


# --- one record, its reports and no others --------------------------------------------------


def slice_of(project: Project, home: str) -> list[str]:
    """The records that the report of a home may read, as text."""
    frames, found = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, "")
    chosen = Selection(found.homes[home], None, found.as_of)
    return [frame.to_csv() for frame in select(frames, found, words, chosen).tables.values()]


def test_a_record_of_another_home_does_not_change_the_key(built: Project) -> None:
    ours = run_of(built, home="hangzhou-public-library")
    before = key(built), key(built, ours), slice_of(built, "zhejiang-library")
    tiny.replace(built.dossiers / "globalleeds-hangzhou-mou.yaml", "  title: ", "  title: A new title of ")
    assert key(built, ours) != before[1], "the report on the library of that record"
    assert slice_of(built, "zhejiang-library") == before[2], "the other report reads what it read before"
    assert key(built) == before[0], "so it needs no new run"


def test_a_remark_in_a_dossier_does_not_change_the_key(built: Project) -> None:
    before = key(built)
    with (built.dossiers / "zjlib-oclc-2018.yaml").open("a", encoding="utf-8") as handle:
        handle.write("# read again, nothing to add\n")
    assert key(built) == before


# --- audiences and editions -----------------------------------------------------------------


def put_edition(project: Project, id: str) -> None:
    """A manifest as far as keys look at it."""
    project.editions.mkdir(parents=True, exist_ok=True)
    (project.editions / f"{id}.json").write_text(id, encoding="utf-8")


def test_a_report_rests_on_the_newest_edition_for_its_audience(place: Project) -> None:
    found = []
    for id in ("", "2026-11-21", "2026-11-22-internal", "2026-11-22", "2026-11-20"):
        if id:
            put_edition(place, id)
        runs = [run_of(place, audience=audience) for audience in ("public", "internal")]
        found.append([inputs(place).of(run)["edition"] for run in runs])
    public, internal = zip(*found, strict=True)
    assert [one == other for one, other in itertools.pairwise(public)] == [False, True, False, True]
    assert [one == other for one, other in itertools.pairwise(internal)] == [True, False, True, True]


def test_what_only_the_house_reads_is_no_input_of_a_public_report(place: Project) -> None:
    """What `facts.json` tells is the same with and without an internal source."""
    letter.prepare(place)
    told = []
    for _ in range(2):
        runs = [run_of(place, home="hangzhou-public-library", audience=name) for name in audience.AUDIENCES]
        told.append([inputs(place).of(run) for run in runs])
        letter.slip_in(place)
    (public, internal), (public_after, internal_after) = told
    assert public == public_after
    assert internal["records"] != internal_after["records"]
