"""Releasing an edition through the program: all or nothing, the same bytes, and nothing of the house's outside."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import letter
from runs import tiny
from workbench import cli
from workbench.paths import Project
from workbench.records import editions
from workbench.runs import engine, pools

HOME = "hangzhou-public-library"
# A report that begins with what has changed and lists the events and agreements of the home with their sources.
TOLD = """
from workbench import analysis
from workbench.prose.facts import Fact
from workbench.report import open_report
report = open_report("questions", home=home, language=language, audience=audience)
report.title(home=Fact("name", home))
report.changes()
report.tabulate("", analysis.evidence.witnesses(report.corpus), {"sources": "hidden"}, most=100)
report.sources()
report.close()
""".strip()
PARAMETERS = f'home: str = "{HOME}"  # whose\nlanguage: str = "en"  # of the report\naudience: str = ""  # for whom'
DAY = "2026-11-22"


def run(project: Project, *words: object) -> Result:
    return CliRunner().invoke(cli.main, [*map(str, words), "--project", str(project.root)])


def release(project: Project, *words: object, by: str = "Wang Mei", on: str = DAY) -> Result:
    return run(project, "release", "--by", by, "--on", on, *words)


def good(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def refused(result: Result, *said: str) -> None:
    """One clear message, no traceback."""
    assert result.exit_code in (1, 2, 4), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert len(result.output.strip().splitlines()) <= 4, result.output
    for text in said:
        assert text in result.output


def manifest(project: Project, id: str = DAY) -> editions.Edition:
    return editions.named(project, id)


@pytest.fixture(scope="session")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a report for the public in both languages and one for the house, which reads an internal letter;
    built, not to be changed."""
    project = letter.prepare(tiny.copy_project(tmp_path_factory.mktemp("release") / "project"))
    letter.slip_in(project)
    tiny.replace(project.settings_file, 'languages = ["en"]', 'languages = ["en", "zh"]')
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    tiny.write_notebook(project, "told.ipynb", TOLD, parameters=PARAMETERS)
    rows = [tiny.row("told-en", "told.ipynb"), tiny.row("told-zh", "told.ipynb", language="zh"),
            tiny.row("inside", "told.ipynb", audience="internal")]  # fmt: skip
    tiny.write_catalogue(project, *rows)
    assert engine.build(project).exit_code == 0
    return project


@pytest.fixture
def told(told_once: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to be spoilt."""
    shutil.copytree(told_once.root, tmp_path / "told", symlinks=True)
    return Project(tmp_path / "told")


@pytest.fixture
def rebuild(monkeypatch: pytest.MonkeyPatch) -> Callable[[Project], None]:
    """Build again in this process: no kernel is started."""

    def execute(run: engine.Run, target: Path, project: Project, records: str) -> None:
        given = {name: value for name, value in run.parameters if name != "as_of"}
        tiny.executed(project, run.notebook, target, **given)

    def again(project: Project) -> None:
        monkeypatch.setattr(engine, "execute", execute)
        monkeypatch.setattr(pools, "local", lambda *given: ThreadPoolExecutor(1))
        result = engine.build(project, jobs=1)
        assert result.exit_code == 0, result.outcomes

    return again


# --- what an edition is -----------------------------------------------------------------------


def test_a_release_signs_off_what_was_built(told: Project, tmp_path: Path) -> None:
    output = good(release(told, "--to", tmp_path / "out", "--zip", tmp_path / "out.zip"))
    assert f"Edition {DAY}: 2 reports released by Wang Mei." in output
    names = ["mail-en.txt", "mail-zh.txt", "told-en.facts.json", "told-en.html", "told-zh.facts.json", "told-zh.html"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    page = (tmp_path / "out" / "told-en.html").read_text(encoding="utf-8")
    assert "Edition of 22 November 2026, released by Wang Mei" in page
    assert "Draft" not in page
    assert "2026年11月22日版，发布人：Wang Mei" in (tmp_path / "out" / "told-zh.html").read_text(encoding="utf-8")
    one = manifest(told)
    assert (one.by, one.on, one.as_of, one.audience) == ("Wang Mei", DAY, "2026-10-31", "public")
    report = one.reports[0]
    assert (report["id"], report["kind"], report["language"], report["home"]) == ("told-en", "questions", "en", HOME)
    assert "events:leeds-visit-2019" in report["records"]
    assert {row["home"] for row in one.figures} == {"zhejiang-libraries", HOME, "zhejiang-library"}
    assert (HOME, "exchanges") in {(row["home"], row["measure"]) for row in one.figures}


def test_the_drafts_stay_drafts(told: Project, tmp_path: Path) -> None:
    before = tiny.snapshot(told.reports)
    good(release(told, "--to", tmp_path / "out"))
    assert tiny.snapshot(told.reports) == before


def test_the_same_release_has_the_same_bytes(told: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name in ("one", "two"):
        project = Project(Path(shutil.copytree(told.root, tmp_path / name, symlinks=True)))
        good(release(project, "--to", tmp_path / f"{name}-out", "--zip", tmp_path / f"{name}.zip"))
        found.append((tiny.snapshot(tmp_path / f"{name}-out"), (tmp_path / f"{name}.zip").read_bytes(),
                      tiny.snapshot(project.editions)))  # fmt: skip
        monkeypatch.setenv("TZ", "Pacific/Apia")
    assert found[0] == found[1]


def test_the_zip_holds_the_reports(told: Project, tmp_path: Path) -> None:
    good(release(told, "--zip", tmp_path / "deep" / "out.zip"))
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "deep" / "out.zip").read_bytes()))
    assert archive.testzip() is None
    assert archive.namelist() == ["told-en.facts.json", "told-en.html", "told-zh.facts.json", "told-zh.html"]


def test_without_a_day_it_is_today(told: Project) -> None:
    good(run(told, "release", "--by", "Wang Mei"))
    assert (told.editions / f"{dt.date.today().isoformat()}.json").is_file()


def test_only_some_reports(told: Project, tmp_path: Path) -> None:
    refused(release(told, "--only", "told-fr"), "--only told-fr", "did you mean told-")
    good(release(told, "--only", "*-zh", "--to", tmp_path / "out"))
    assert [report["id"] for report in manifest(told).reports] == ["told-zh"]


def test_a_release_makes_the_next_build_compare_with_it(
    told: Project, tmp_path: Path, rebuild: Callable[[Project], None]
) -> None:
    """And nothing else: twice against the same edition gives the same bytes, and a second edition its own number."""
    first = (told.reports / "told-en.html").read_text(encoding="utf-8")
    assert "This is the first edition" in first
    good(release(told))
    refused(release(told), "not up to date: told-en, told-zh", "workbench build")
    rebuild(told)
    second = (told.reports / "told-en.html").read_text(encoding="utf-8")
    unchanged = "Nothing has changed since the edition of 22 November 2026, released by Wang Mei."
    assert second == first.replace("This is the first edition; there is nothing to compare it with.", unchanged)
    found = []
    for _ in range(2):
        shutil.rmtree(told.reports)
        rebuild(told)
        found.append(tiny.snapshot(told.reports))
    assert found[0] == found[1]
    assert "Edition 2026-11-22-2:" in good(release(told, "--to", tmp_path / "out"))
    assert (tmp_path / "out" / "mail-en.txt").read_text(encoding="utf-8") == "Unchanged: nothing to send.\n"
    assert (tmp_path / "out" / "mail-zh.txt").read_text(encoding="utf-8") == "无变化，无需发送。\n"


def test_a_correction_is_named(told: Project, tmp_path: Path, rebuild: Callable[[Project], None]) -> None:
    """In the report, by the program and in the mail, in both languages."""
    good(release(told))
    tiny.replace(
        told.dossiers / "hzlib-milan-exchange.yaml", "when: {edtf: 2017-10, says", "when: {edtf: 2017-11, says"
    )
    rebuild(told)
    wrong = (
        "the edition of 22 November 2026 gave October 2017 as the date of the staff exchange with Milan Public "
        "Libraries"
    )
    right = "it is November 2017, by Hangzhou Public Library"
    page = (told.reports / "told-en.html").read_text(encoding="utf-8")
    assert wrong in page
    assert right in page
    assert "将与米兰公共图书馆系统" in (told.reports / "told-zh.html").read_text(encoding="utf-8")
    output = good(run(told, "changes"))
    assert f"Correction: {wrong}; {right}." in output
    assert "2017年10月，应为2017年11月（据杭州图书馆）" in good(run(told, "changes", "--language", "zh"))
    assert "- " in good(run(told, "changes", "--mail"))
    good(release(told, "--to", tmp_path / "out", on="2026-12-01"))
    mail = (tmp_path / "out" / "mail-en.txt").read_text(encoding="utf-8")
    assert mail.startswith(
        "Subject: International exchange of the public libraries of Zhejiang, edition of 1 December 2026\n"
    )
    assert right in mail
    assert "told-en.html" in mail
    between = good(run(told, "changes", DAY, "2026-12-01"))
    assert right in between
    assert "Nothing has changed" in good(run(told, "changes"))
    refused(run(told, "changes", "2026-11-23"), "There is no edition", "did you mean 2026-11-22")


def test_a_build_prints_a_mail_when_there_is_something_to_tell_and_once(
    told: Project, rebuild: Callable[[Project], None]
) -> None:
    def built(language: str = "en") -> str:
        result = run(told, "build", "--mail", language)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "This is the first edition" in built()
    assert built() == "", "the last one told it"
    assert built("zh").startswith("主题：")
    good(release(told))
    assert built() == "", "nothing has changed since the edition"

    tiny.replace(told.dossiers / "globalleeds-hangzhou-mou.yaml", "days: 3", "days: 4")
    rebuild(told)
    assert "Leeds" in built(), "somebody else has built, and nobody was told"
    assert built() == ""
    tiny.replace(told.dossiers / "globalleeds-hangzhou-mou.yaml", "days: 4", "days: 3")
    rebuild(told)
    assert built() == ""


def test_a_mail_tells_what_went_wrong(told: Project) -> None:
    good(release(told))
    tiny.replace(told.dossiers / "globalleeds-hangzhou-mou.yaml", "type: visit", "type: visti")
    result = run(told, "build", "--keep-going", "--mail", "zh", "--only", "told-zh")
    assert result.exit_code == 1
    assert "- data/raw/dossiers/globalleeds-hangzhou-mou.yaml: has errors" in result.stdout
    assert "以下有误" in result.stdout
    again = run(told, "build", "--keep-going", "--mail", "zh", "--only", "told-zh")
    assert (again.exit_code, again.stdout) == (1, ""), "the code says it, the mail is not sent twice"


def test_without_an_edition_there_is_nothing_to_say(told: Project) -> None:
    assert good(run(told, "changes")) == "This is the first edition; there is nothing to compare it with.\n"
    assert good(run(told, "changes", "--language", "zh")) == "本版为首次发布，无可比较的前版。\n"


# --- the house and the public -----------------------------------------------------------------


def test_nothing_internal_leaks(told: Project, tmp_path: Path) -> None:
    """The reports for the public as built and as released, their notebooks, the zip, the manifest, the mail."""
    good(release(told, "--to", tmp_path / "out", "--zip", tmp_path / "out.zip"))
    written = tiny.snapshot(tmp_path / "out") | tiny.snapshot(told.editions)
    written |= {name: content for name, content in tiny.snapshot(told.reports).items() if "told-" in name}
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        written |= {f"zip/{name}": archive.read(name) for name in archive.namelist()}
    written["changes"] = good(run(told, "changes")).encode()
    written["draft mail"] = good(run(told, "changes", "--mail")).encode()
    assert {name: marks for name, content in written.items() if (marks := letter.betrayals(content))} == {}
    assert letter.betrayals(tiny.snapshot(told.reports)["inside.html"]), "the house reads it"


def test_the_public_edition_is_the_same_without_the_letter(
    told: Project, tmp_path: Path, rebuild: Callable[[Project], None]
) -> None:
    found = []
    for name in ("with", "without"):
        project = Project(Path(shutil.copytree(told.root, tmp_path / name, symlinks=True)))
        if name == "without":
            (project.dossiers / f"{letter.ID}.yaml").unlink()
        rebuild(project)
        good(release(project, "--to", tmp_path / f"{name}-out", "--zip", tmp_path / f"{name}.zip"))
        found.append((tiny.snapshot(tmp_path / f"{name}-out"), tiny.snapshot(project.editions)))
    assert found[0] == found[1]
    assert b"drawn from public sources and are not complete" in found[1][0]["told-en.html"]
    assert "取自公开来源，并不完整".encode() in found[1][0]["told-zh.html"]


def test_an_edition_for_the_house_is_marked_and_numbered_apart(
    told: Project, tmp_path: Path, rebuild: Callable[[Project], None]
) -> None:
    good(release(told, "--audience", "internal", "--to", tmp_path / "inside"))
    assert sorted(path.suffix for path in (tmp_path / "inside").iterdir()) == [".html", ".json", ".txt", ".txt"]
    one = manifest(told, f"{DAY}-internal")
    assert (one.audience, [report["id"] for report in one.reports]) == ("internal", ["inside"])
    assert ("events", "hushed-visit") in one.records
    assert "For internal use" in (tmp_path / "inside" / "mail-en.txt").read_text(encoding="utf-8")
    rebuild(told)
    assert f"Edition {DAY}:" in good(release(told)), "the public's number does not tell of the other"


def test_a_report_that_reads_more_than_it_may_is_not_released(
    told: Project, rebuild: Callable[[Project], None]
) -> None:
    """Its notebook goes past `open_report`, and says that it is for the public."""
    sly = TOLD.replace("audience=audience)", 'audience="internal")').replace(
        "report.close()", 'import dataclasses\nreport.corpus = dataclasses.replace(report.corpus, '
        'selection=dataclasses.replace(report.corpus.selection, audience="public"))\nreport.close()',
    )  # fmt: skip
    tiny.write_notebook(told, "told.ipynb", sly, parameters=PARAMETERS)
    rebuild(told)
    refused(release(told), "told-en says it is for the public and cites internal sources (letter-behind-doors)")
    assert not told.editions.exists()


# --- all or nothing ---------------------------------------------------------------------------


def nothing_was_written(project: Project, *places: Path) -> None:
    assert not list(project.editions.glob("*")) if project.editions.exists() else True
    for place in places:
        assert not place.exists() or not list(place.iterdir())
        assert not [path for path in place.parent.iterdir() if path.name.startswith(".")]


def test_a_report_that_is_stale_stops_the_release(told: Project, tmp_path: Path) -> None:
    tiny.replace(told.dossiers / "zjlib-oclc-2018.yaml", "title: A Coll", "title: Another Coll")
    refused(release(told, "--to", tmp_path / "out"), "not up to date: told-en, told-zh, inside", "`workbench build`")
    nothing_was_written(told, tmp_path / "out")


@pytest.mark.parametrize("harm", ["page", "notebook", "failed", "manifest"])
def test_a_build_that_is_not_whole_stops_the_release(told: Project, tmp_path: Path, harm: str) -> None:
    """A page that somebody edited, a notebook that is gone, a run that failed, a build that was never made."""
    if harm == "page":
        tiny.replace(told.reports / "told-zh.html", "<html", "<html ")
    elif harm == "notebook":
        (told.reports / "notebooks" / "told-zh.ipynb").unlink()
    elif harm == "manifest":
        (told.reports / "manifest.json").unlink()
    else:
        (told.reports / "_failed").mkdir()
        (told.reports / "_failed" / "told-zh.ipynb").write_text("{}", encoding="utf-8")
    refused(release(told, "--to", tmp_path / "out"), "failed: told-zh" if harm == "failed" else "told-zh")
    nothing_was_written(told, tmp_path / "out")


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("Wang\nMei", "not one line"),
        ("a\u202egnaW", "not one line"),
        ("x" * 5000, "longer than"),
    ],
)  # fmt: skip
def test_a_name_that_is_none(told: Project, by: str, said: str) -> None:
    refused(release(told, by=by), "--by", said)
    nothing_was_written(told)


def test_a_name_is_printed_as_it_is_and_carried_out_nowhere(told: Project, tmp_path: Path) -> None:
    by = "<script>alert(1)</script> {day} & “王梅”"
    good(release(told, "--to", tmp_path / "out", by=by))
    page = (tmp_path / "out" / "told-en.html").read_text(encoding="utf-8")
    assert "released by &lt;script&gt;alert(1)&lt;/script&gt; {day} &amp; “王梅”" in page
    assert manifest(told).by == by


@pytest.mark.parametrize(("on", "said"), [("2026-11", "--on"), ("tomorrow", "--on"), ("2026-02-30", "--on")])
def test_a_day_that_is_none(told: Project, on: str, said: str) -> None:
    refused(release(told, on=on), said)


def test_editions_follow_each_other(told: Project, rebuild: Callable[[Project], None]) -> None:
    good(release(told))
    rebuild(told)
    refused(release(told, on="2026-11-21"), "before the newest edition, that of 2026-11-22")


def test_places_where_something_is_already(told: Project, tmp_path: Path) -> None:
    folder, archive = tmp_path / "out", tmp_path / "out.zip"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    archive.write_text("mine", encoding="utf-8")
    refused(release(told, "--to", folder), f"--to {folder}: there is something already")
    refused(release(told, "--to", archive), "there is something already")
    refused(release(told, "--zip", archive), f"--zip {archive}: there is a file already")
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert archive.read_text(encoding="utf-8") == "mine"
    nothing_was_written(told)
    (folder / "mine.txt").unlink()
    good(release(told, "--to", folder))


@pytest.mark.parametrize("last", ["zip", "mail", "manifest"])
def test_a_step_that_fails_takes_back_what_was_written(
    told: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """The disk is full when the zip, the text of the mail or the manifest is written."""
    from workbench.publish import editions as releasing

    write = releasing.write_atomic

    def full(path: Path, content: bytes) -> bool:
        if {"zip": ".zip", "mail": ".txt", "manifest": ".json"}[last] == path.suffix:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(releasing, "write_atomic", full)
    refused(
        release(told, "--to", tmp_path / "out", "--zip", tmp_path / "out.zip"), "No space left", "nothing was released"
    )
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.zip").exists()
    nothing_was_written(told)


def test_a_folder_that_cannot_be_written(told: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused(release(told, "--to", tmp_path / "file" / "out"), "cannot be written")
    nothing_was_written(told)


def test_a_damaged_manifest_is_one_clear_problem(told: Project) -> None:
    good(release(told))
    path = told.editions / f"{DAY}.json"
    path.write_text(path.read_text(encoding="utf-8")[:-50], encoding="utf-8")
    for result in (release(told, on="2026-12-01"), run(told, "changes")):
        refused(result, f"data/editions/{DAY}.json", "damaged")
    checked = run(told, "check")
    assert checked.exit_code == 1
    assert f"error    data/editions/{DAY}.json · the manifest of this edition is damaged" in checked.output


def test_a_project_without_reports_for_an_audience(told: Project, rebuild: Callable[[Project], None]) -> None:
    tiny.write_catalogue(told, tiny.row("told-en", "told.ipynb"))
    rebuild(told)
    refused(release(told, "--audience", "internal"), 'is for the audience "internal": there is nothing to release')


def test_a_notebook_that_does_not_say_for_whom_it_is(told: Project, rebuild: Callable[[Project], None]) -> None:
    own = tiny.CLOSE.replace("from IPython.display import", "from workbench.report import")
    tiny.write_notebook(told, "own.ipynb", own)
    tiny.write_catalogue(told, tiny.row("own", "own.ipynb"))
    rebuild(told)
    refused(release(told), "These reports do not say for whom they are: own")
