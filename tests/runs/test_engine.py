"""Building: what changed is run, the rest is left, and a failure harms nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from runs import tiny
from workbench.errors import RecordsError
from workbench.paths import Project, write_atomic
from workbench.publish import html
from workbench.publish.content import REPORT_MIME, Content, Context
from workbench.runs import engine

LEEDS = "globalleeds-hangzhou-mou.yaml"
RAISE = 'print("so far")\nraise ValueError("no partner of that name: 莫斯科")'


def states(result: engine.Build) -> dict[str, str]:
    return {outcome.id: outcome.state for outcome in result.outcomes}


def message(result: engine.Build, id: str = "alpha") -> str:
    return next(outcome.message for outcome in result.outcomes if outcome.id == id)


def times(folder: Path) -> dict[str, int]:
    found = [path for path in folder.rglob("*") if path.is_file() and not tiny.OF_BUILDS & set(path.parts)]
    return {path.as_posix(): path.stat().st_mtime_ns for path in found}


def page(project: Project, id: str = "alpha") -> str:
    return (project.reports / f"{id}.html").read_text(encoding="utf-8")


def index(project: Project) -> str:
    return (project.reports / "index.html").read_text(encoding="utf-8")


def break_notebook(project: Project, source: str = RAISE) -> None:
    tiny.write_notebook(project, "alpha.ipynb", "1 + 1", source, tiny.CLOSE)


# --- building, and building again -----------------------------------------------------------


def test_a_build_writes_reports_and_nothing_else(built_once: Project) -> None:
    assert sorted(tiny.snapshot(built_once.reports)) == [
        "alpha.facts.json", "alpha.html", "beta.facts.json", "beta.html", "index.html", "inputs.json", "manifest.json",
        "notebooks/alpha.ipynb", "notebooks/beta.ipynb",
    ]  # fmt: skip
    assert sorted(path.name for path in built_once.root.iterdir()) == [
        "data", "notebooks", "reports", "reports.toml", "workbench.toml",
    ]  # fmt: skip
    assert sorted(path.name for path in built_once.notebooks.iterdir()) == ["alpha.ipynb", "beta.ipynb"]
    assert "<h1>first</h1>" in page(built_once)
    assert "<h1>second</h1>" in page(built_once, "beta")


@pytest.mark.usefixtures("no_notebook_runs")
def test_the_second_build_runs_and_writes_nothing(built: Project) -> None:
    before, told = times(built.root), list[str]()
    result = engine.build(built, tell=told.append)
    assert states(result) == {"alpha": "fresh", "beta": "fresh"}
    assert (result.exit_code, result.tables_written, told) == (0, [], [])
    assert times(built.root) == before


def test_force_runs_and_gives_the_same_bytes(single: Project) -> None:
    before = tiny.snapshot(single.reports)
    assert states(engine.build(single, force=True)) == {"alpha": "done"}
    assert tiny.snapshot(single.reports) == before


@pytest.mark.usefixtures("canned")
def test_a_changed_parameter_runs_its_report_and_no_other(built: Project) -> None:
    tiny.replace(built.catalogue_file, 'text = "first"', 'text = "其一"')
    told: list[str] = []
    assert states(engine.build(built, tell=told.append)) == {"alpha": "done", "beta": "fresh"}
    assert "<h1>其一</h1>" in page(built)
    assert [re.sub(r"\d+\.\d", "0.0", line) for line in told] == ["[1/1] alpha: done 0.0 s"]


@pytest.mark.usefixtures("quick")
def test_a_changed_notebook_runs_its_reports_and_no_other(built: Project) -> None:
    tiny.write_notebook(built, "beta.ipynb", "text = text.upper()", tiny.CLOSE)
    assert states(engine.build(built)) == {"alpha": "fresh", "beta": "done"}
    assert "<h1>SECOND</h1>" in page(built, "beta")


def test_an_edited_record_is_told_by_the_report(single: Project) -> None:
    """The one quick test that goes through `workbench.report`; the others leave its imports out."""
    tiny.write_notebook(single, "alpha.ipynb", tiny.OPEN, tiny.REAL)
    tiny.replace(single.dossiers / LEEDS, "title: Leeds and", "title: A new title of Leeds and")
    result = engine.build(single)
    assert (states(result), result.tables_written) == ({"alpha": "done"}, ["tables"])
    assert "A new title of Leeds and Hangzhou" in page(single)
    assert states(engine.build(single)) == {"alpha": "fresh"}


@pytest.mark.usefixtures("canned")
def test_an_edited_record_runs_again(single: Project) -> None:
    tiny.replace(single.dossiers / LEEDS, "title: Leeds and", "title: A new title of Leeds and")
    assert states(engine.build(single)) == {"alpha": "done"}
    assert states(engine.build(single)) == {"alpha": "fresh"}


@pytest.mark.usefixtures("canned")
def test_an_edited_record_leaves_the_reports_alone_that_do_not_use_it(built: Project) -> None:
    """The Leeds dossier says nothing of the home of beta (test_keys has the proof)."""
    tiny.replace(built.dossiers / LEEDS, "title: Leeds and", "title: A new title of Leeds and")
    assert states(engine.build(built)) == {"alpha": "done", "beta": "fresh"}


@pytest.mark.usefixtures("quick")
def test_another_day_runs_again_and_is_shown(single: Project) -> None:
    tiny.write_notebook(single, "alpha.ipynb", tiny.CLOSE, parameters=f'{tiny.PARAMETERS}\nas_of: str = ""  # day')
    assert states(engine.build(single, as_of="2025-12-31")) == {"alpha": "done"}
    assert "31 December 2025" in index(single), "the list of reports speaks of the same day as the reports"


def test_chinese_parameters_in_a_folder_with_spaces_and_chinese(single: Project) -> None:
    place = Project(single.root.rename(single.root.with_name("工作台 of the library's")))
    tiny.replace(place.catalogue_file, 'text = "first"', 'text = "莫斯科"')
    assert states(engine.build(place)) == {"alpha": "done"}
    assert "<h1>莫斯科</h1>" in page(place)
    assert "莫斯科" in (place.reports / "notebooks" / "alpha.ipynb").read_text(encoding="utf-8")


# --- what is missing or damaged heals -------------------------------------------------------


@pytest.mark.usefixtures("no_notebook_runs")
@pytest.mark.parametrize("content", [None, b"", b"<html>other</html>"])
def test_a_page_is_restored_without_running_its_notebook(built: Project, content: bytes | None) -> None:
    before = tiny.snapshot(built.reports)
    target = built.reports / "alpha.html"
    target.unlink() if content is None else target.write_bytes(content)
    result = engine.build(built)
    assert (states(result), result.exit_code) == ({"alpha": "published", "beta": "fresh"}, 0)
    assert tiny.snapshot(built.reports) == before


@pytest.mark.usefixtures("no_notebook_runs")
@pytest.mark.parametrize("content", [None, b"", b"<html>other</html>"])
def test_the_list_of_reports_is_restored(built: Project, content: bytes | None) -> None:
    before = tiny.snapshot(built.reports)
    target = built.reports / "index.html"
    target.unlink() if content is None else target.write_bytes(content)
    assert states(engine.build(built)) == {"alpha": "fresh", "beta": "fresh"}
    assert tiny.snapshot(built.reports) == before


@pytest.mark.usefixtures("canned")
@pytest.mark.parametrize("content", [None, b"{}"])
def test_an_executed_notebook_heals(built: Project, content: bytes | None) -> None:
    before = tiny.snapshot(built.reports)
    target = built.reports / "notebooks" / "alpha.ipynb"
    target.unlink() if content is None else target.write_bytes(content)
    assert states(engine.build(built)) == {"alpha": "done", "beta": "fresh"}
    assert tiny.snapshot(built.reports) == before


@pytest.mark.usefixtures("canned")
@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff\xfe", b"[]", b'{"alpha": 3}', b'{"alpha": {"execute_key": 3, "files": []}}'],
    ids=["deleted", "empty", "not text", "a list", "a number", "other types"],
)
def test_a_manifest_heals(single: Project, content: bytes | None) -> None:
    before = tiny.snapshot(single.reports)
    target = single.reports / "manifest.json"
    target.unlink() if content is None else target.write_bytes(content)
    assert engine.build(single).exit_code == 0
    assert tiny.snapshot(single.reports) == before


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_manifest_cannot_make_the_build_delete_other_files(single: Project) -> None:
    """Its names become paths; only names that a catalogue can have are looked at."""
    manifest = json.loads((single.reports / "manifest.json").read_text(encoding="utf-8"))
    (single.reports / "manifest.json").write_text(json.dumps(manifest | {"../../kept": {}}), encoding="utf-8")
    kept = single.root.parent / "kept.html"
    kept.write_text("kept", encoding="utf-8")
    engine.build(single)
    assert kept.is_file()


@pytest.mark.usefixtures("no_notebook_runs")
def test_tables_that_are_deleted_are_made_again_and_no_notebook_runs(built: Project) -> None:
    before = tiny.snapshot(built.processed)
    shutil.rmtree(built.processed)
    assert states(engine.build(built)) == {"alpha": "fresh", "beta": "fresh"}
    assert tiny.snapshot(built.processed) == before


# --- a notebook that raises -----------------------------------------------------------------


def test_a_raising_notebook_keeps_the_last_good_report(built: Project) -> None:
    good = page(built), (built.reports / "notebooks" / "alpha.ipynb").read_bytes()
    break_notebook(built)
    tiny.replace(built.catalogue_file, 'text = "second"', 'text = "changed"')
    result = engine.build(built)

    assert (states(result), result.exit_code) == ({"alpha": "raised", "beta": "done"}, 3)
    assert (page(built), (built.reports / "notebooks" / "alpha.ipynb").read_bytes()) == good
    assert "<h1>changed</h1>" in page(built, "beta"), "the other report is still made"
    assert (
        message(result) == "cell 4 raised ValueError: no partner of that name: 莫斯科 (see reports/_failed/alpha.ipynb)"
    )

    assert [path.name for path in (built.reports / "_failed").iterdir()] == ["alpha.ipynb"]
    failed = nbformat.read(built.reports / "_failed" / "alpha.ipynb", as_version=4)
    nbformat.validate(failed)
    assert leaks(built, (built.reports / "_failed" / "alpha.ipynb").read_text(encoding="utf-8")) == []
    outputs = [output for cell in failed.cells for output in cell.get("outputs", [])]
    assert any(output.output_type == "error" and output.ename == "ValueError" for output in outputs)
    assert any("so far" in output.get("text", "") for output in outputs), "what it printed before is there"

    assert "The last run failed" in index(built)
    assert "_failed/alpha.ipynb" in index(built)
    assert "first" in index(built), "the last good report stays in the list"
    assert "_failed/beta.ipynb" not in index(built)


@pytest.mark.usefixtures("quick")
def test_a_raising_notebook_is_run_again_until_it_is_mended(single: Project) -> None:
    good = sorted(tiny.snapshot(single.reports))
    break_notebook(single)
    assert engine.build(single).exit_code == 3
    assert engine.build(single).exit_code == 3
    tiny.write_notebook(single, "alpha.ipynb", "2 + 2", tiny.CLOSE)
    assert states(engine.build(single)) == {"alpha": "done"}
    assert engine.build(single).exit_code == 0
    assert not list(single.reports.glob("_failed/*"))
    assert "failed" not in index(single).partition("<main>")[2]
    assert sorted(tiny.snapshot(single.reports)) == good


def test_the_same_failure_leaves_the_same_bytes(single: Project) -> None:
    break_notebook(single)
    assert engine.build(single).exit_code == 3
    failed = (single.reports / "_failed" / "alpha.ipynb").read_bytes()
    assert engine.build(single).exit_code == 3
    assert (single.reports / "_failed" / "alpha.ipynb").read_bytes() == failed, "the same failure, the same bytes"


@pytest.mark.usefixtures("quick")
def test_the_mark_of_a_failure_goes_when_the_notebook_is_put_back(single: Project) -> None:
    """The report is up to date then, without a run."""
    good, source = tiny.snapshot(single.reports), (single.notebooks / "alpha.ipynb").read_bytes()
    break_notebook(single)
    assert engine.build(single).exit_code == 3
    (single.notebooks / "alpha.ipynb").write_bytes(source)
    assert engine.build(single).exit_code == 0
    assert "The last run failed" not in index(single)
    assert tiny.snapshot(single.reports) == good


@pytest.mark.usefixtures("quick")
def test_a_notebook_that_raises_before_there_is_a_good_report(single: Project) -> None:
    shutil.rmtree(single.reports)
    break_notebook(single)
    assert engine.build(single).exit_code == 3
    assert not (single.reports / "alpha.html").exists()
    assert "there is no good edition of this report yet" in index(single)
    assert "_failed/alpha.ipynb" in index(single)


@pytest.mark.usefixtures("quick")
def test_a_notebook_that_raises_while_the_last_good_one_is_damaged(single: Project) -> None:
    break_notebook(single)
    (single.reports / "notebooks" / "alpha.ipynb").write_bytes(b"not a notebook")
    result = engine.build(single)
    assert (states(result), result.exit_code) == ({"alpha": "raised"}, 3)
    assert (single.reports / "_failed" / "alpha.ipynb").is_file()


@pytest.mark.usefixtures("quick")
def test_a_notebook_that_never_closes_its_report(single: Project) -> None:
    good = page(single)
    tiny.write_notebook(single, "alpha.ipynb", "1 + 1")
    result = engine.build(single)
    assert (states(result), result.exit_code) == ({"alpha": "raised"}, 3)
    assert message(result) == "it never closed its report (see reports/_failed/alpha.ipynb)"
    assert (single.reports / "_failed" / "alpha.ipynb").is_file()
    assert page(single) == good


@pytest.mark.usefixtures("quick")
def test_a_notebook_that_only_speaks_of_closing_does_not_close(single: Project) -> None:
    good = page(single)
    tiny.write_notebook(single, "alpha.ipynb", f'wanted = "{REPORT_MIME}"\nwanted')
    result = engine.build(single)
    assert (states(result), result.exit_code) == ({"alpha": "raised"}, 3), message(result)
    assert page(single) == good


def test_a_kernel_that_dies_is_a_failure_of_the_machinery(built: Project) -> None:
    good = page(built)
    break_notebook(built, "import os\nos._exit(9)")
    tiny.replace(built.catalogue_file, 'text = "second"', 'text = "changed"')
    result = engine.build(built)
    assert (states(result), result.exit_code) == ({"alpha": "failed", "beta": "done"}, 4)
    assert page(built) == good
    assert "ended itself with code 9" in message(result) or "could not be run" in message(result), "forked, or a kernel"
    assert "\n" not in message(result)
    assert "The last run failed" in index(built), "the list of reports says so"
    for target in re.findall(r'href="(_failed/[^"]+)"', index(built)):
        assert (built.reports / target).is_file(), "a link leads somewhere"


@pytest.mark.usefixtures("canned")
def test_a_page_that_cannot_be_made_keeps_the_last_good_one(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    good = page(built)
    tiny.replace(built.catalogue_file, 'text = "first"', 'text = "changed"')
    real = html.render

    def render(content: Content, context: Context) -> bytes:
        if content.facts["title"] == "changed":
            raise RuntimeError("no paper")
        return real(content, context)

    monkeypatch.setattr(html, "render", render)
    result = engine.build(built)
    assert (states(result), result.exit_code) == ({"alpha": "failed", "beta": "fresh"}, 4)
    assert "no paper" in message(result)
    assert page(built) == good
    listed = index(built)
    monkeypatch.setattr(html, "render", real)
    assert states(engine.build(built))["alpha"] in ("done", "published")
    assert "<h1>changed</h1>" in page(built)
    assert "The last run failed" in listed, "the list of reports says so"


@pytest.mark.usefixtures("canned")
def test_a_report_whose_file_cannot_be_written_leaves_the_others_alone(built: Project) -> None:
    (built.reports / "alpha.html").unlink()
    (built.reports / "alpha.html").mkdir()
    tiny.replace(built.catalogue_file, 'text = "second"', 'text = "changed"')
    result = engine.build(built)
    assert (states(result), result.exit_code) == ({"alpha": "failed", "beta": "done"}, 4)


# --- errors in what people wrote ------------------------------------------------------------


@pytest.mark.usefixtures("no_notebook_runs")
def test_errors_in_records_stop_the_build_and_nothing_is_written(built: Project) -> None:
    tiny.replace(built.dossiers / "zjlib-oclc-2018.yaml", "type: symposium", "type: symposion")
    tiny.replace(built.catalogue_file, 'text = "first"', 'text = "changed"')
    before = tiny.snapshot(built.root)
    with pytest.raises(RecordsError) as caught:
        engine.build(built)
    assert caught.value.exit_code == 1
    assert "symposion" in str(caught.value)
    assert tiny.snapshot(built.root) == before


@pytest.mark.usefixtures("no_notebook_runs")
def test_errors_in_settings_stop_the_build_and_nothing_is_written(built: Project) -> None:
    tiny.replace(built.settings_file, "default_home = ", "default_hone = ")
    before = tiny.snapshot(built.root)
    with pytest.raises(RecordsError):
        engine.build(built, force=True)
    assert tiny.snapshot(built.root) == before


# --- what is no longer wanted ---------------------------------------------------------------


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_report_taken_out_is_swept_and_other_peoples_files_are_not(built: Project) -> None:
    foreign = ["README.md", "letter.html", "notebooks/mine.ipynb", "2025/alpha.html", "beta.txt", ".keep"]
    for name in foreign:
        (built.reports / name).parent.mkdir(exist_ok=True)
        (built.reports / name).write_text("mine", encoding="utf-8")
    tiny.write_catalogue(built, tiny.row("alpha", text="first", home="hangzhou-public-library"))
    assert states(engine.build(built)) == {"alpha": "fresh"}
    ours = ["alpha.facts.json", "alpha.html", "index.html", "inputs.json", "manifest.json", "notebooks/alpha.ipynb"]
    assert sorted(tiny.snapshot(built.reports)) == sorted(foreign + ours)
    assert "beta.html" not in index(built)


@pytest.mark.usefixtures("quick")
def test_a_report_that_never_succeeded_is_swept_too(single: Project) -> None:
    row = tiny.row("alpha", text="first", home="hangzhou-public-library")
    tiny.write_notebook(single, "bad.ipynb", RAISE)
    tiny.write_catalogue(single, row, tiny.row("bad", "bad.ipynb"))
    assert engine.build(single).exit_code == 3
    tiny.write_catalogue(single, row)
    assert engine.build(single).exit_code == 0
    assert not (single.reports / "_failed" / "bad.ipynb").exists()


def test_sweeping_needs_no_luck_twice(built: Project) -> None:
    tiny.write_catalogue(built, tiny.row("alpha", text="first", home="hangzhou-public-library"))
    engine.build(built)
    after = times(built.root)
    engine.build(built)
    assert times(built.root) == after


# --- the same bytes -------------------------------------------------------------------------

DIRTY = """
import sys, time, warnings, datetime
print("computed")
print("a remark", file=sys.stderr)
warnings.warn("something is doubtful")
""".strip()
CLOCK = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d|\b\d\d:\d\d:\d\d\b")


def leaks(project: Project, content: str) -> list[str]:
    """What in an executed notebook tells of the machine, the time or chance."""
    places = [project.root, tiny.ROOT, Path(sys.prefix), Path.home(), Path("/tmp")]
    found = [str(place) for place in places if f"{place}/" in content]
    return found + CLOCK.findall(content)


def test_an_executed_notebook_holds_no_time_path_or_chance(built_once: Project) -> None:
    content = (built_once.reports / "notebooks" / "alpha.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(content, as_version=4)
    nbformat.validate(notebook)
    assert leaks(built_once, content) == []
    assert "papermill" not in notebook.metadata
    assert [cell.id for cell in notebook.cells] == ["title", "c0", "injected-parameters", "c1"]
    assert all(set(cell.metadata) <= {"tags", "jupyter"} for cell in notebook.cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.metadata.jupyter == {"source_hidden": True} for cell in code), "folded, for readers"
    assert 'text = "first"' in notebook.cells[2].source, "it says what it was run with"


def test_warnings_and_remarks_are_the_same_each_time(single: Project) -> None:
    """A warning names the cell by a file of the kernel's process."""
    tiny.write_notebook(single, "alpha.ipynb", DIRTY, tiny.CLOSE)
    engine.build(single)
    first = tiny.snapshot(single.reports)
    assert "something is doubtful" in first["notebooks/alpha.ipynb"].decode()
    assert leaks(single, first["notebooks/alpha.ipynb"].decode()) == []
    engine.build(single, force=True)
    assert tiny.snapshot(single.reports) == first


def test_the_same_bytes_after_deleting_everything(single: Project) -> None:
    before = tiny.snapshot(single.root)
    shutil.rmtree(single.reports)
    shutil.rmtree(single.processed)
    engine.build(single)
    assert tiny.snapshot(single.root) == before


BUILD = "import sys; from workbench.cli import main; sys.exit(main(['build']))"


@pytest.mark.slow
def test_the_same_bytes_in_another_folder_time_zone_and_order(project: Project) -> None:
    """One real report, built twice under different circumstances."""
    tiny.write_catalogue(project, tiny.row("overview", "overview.ipynb", home="hangzhou-public-library"))
    other = Project(project.root.parent / "another folder" / "项目")
    shutil.copytree(project.root, other.root, symlinks=True)
    circumstances = [
        (project, {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}, 0o022),
        (other, {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "C", "COLUMNS": "40"}, 0o077),
    ]
    for place, environment, umask in circumstances:
        done = subprocess.run(
            [sys.executable, "-c", BUILD], cwd=place.root, env=os.environ | environment, umask=umask,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
    assert tiny.snapshot(project.reports) == tiny.snapshot(other.reports)
    assert tiny.snapshot(project.processed) == tiny.snapshot(other.processed)


# --- replacing files ------------------------------------------------------------------------


def test_a_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "page.html"
    assert write_atomic(target, b"old")
    assert not write_atomic(target, b"old")

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"], "no half file is left behind"
