"""The program: its verbs, its exit codes, and what it says to people who made a mistake."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from runs import tiny
from workbench import __version__, cli
from workbench.cli import main
from workbench.paths import Project

RAISE = 'raise ValueError("none of that name")'
# Those that take more than options have tests of their own: test_starter.py, records/test_view.py.
VERBS = sorted(set(main.commands) - {"init", "show", "import"})


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def said(result: Result) -> str:
    """What was said; the program ended by itself, without a traceback."""
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its tables and two small notebooks; not to be changed."""
    project = tiny.copy_project(tmp_path_factory.mktemp("cli") / "project")
    tiny.write_notebook(project, "alpha.ipynb", tiny.CLOSE)
    tiny.write_notebook(project, "raises.ipynb", RAISE)
    tiny.write_catalogue(project, tiny.row("alpha"))
    assert call("data", "--project", project.root).exit_code == 0
    return project.root


@pytest.fixture
def place(tables: Path, tmp_path: Path) -> Project:
    """A copy of it, to be spoilt."""
    import shutil

    shutil.copytree(tables, tmp_path / "place", symlinks=True)
    return Project(tmp_path / "place")


# --- help -----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_project_and_help(verb: str) -> None:
    command = main.commands[verb]
    options = [name for parameter in command.params for name in parameter.opts]
    assert "--project" in options
    result = call(verb, "--help")
    assert result.exit_code == 0
    assert "--project DIR" in result.output
    assert command.help
    assert command.help.strip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            about = {"import": ["table"], "questions": ["numbers"], "why": ["measure"], "new": ["what", "name"],
                     "changes": ["old", "new"]}  # fmt: skip
            assert parameter.name in about.get(verb, []), "an argument only for what a verb is about"
        else:
            assert parameter.help, f"{verb}: {parameter.name} is explained"


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_help_lists_the_verbs_and_exit_codes(words: list[str]) -> None:
    output = call(*words).output
    assert all(f"  {verb} " in output for verb in VERBS)
    assert "0 good, 1 errors in records, 2 usage, 3 a notebook raised, 4 the machinery failed" in " ".join(
        output.split()
    )


def test_version() -> None:
    assert said(call("--version")).strip().endswith(__version__)


LOADED = """
import sys, time
start = time.perf_counter()
from workbench.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(round(time.perf_counter() - start, 2), *sorted(name.partition(".")[0] for name in sys.modules))
"""


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["check", "-h"], ["--version"]])
def test_help_is_quick_and_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    seconds, *modules = done.stdout.splitlines()[-1].split()
    heavy = {"pandas", "numpy", "pyarrow", "matplotlib", "geopandas", "shapely", "papermill", "nbformat", "nbconvert",
             "IPython", "jupyter_client", "jinja2", "babel", "yaml", "asyncio"}  # fmt: skip
    assert heavy & set(modules) == set()
    assert float(seconds) < 3, "a slow machine has time"


# --- exit codes -----------------------------------------------------------------------------


def test_0_good(place: Project) -> None:
    result = call("check", "--project", place.root)
    assert (result.exit_code, result.stdout[:10]) == (0, "No errors.") or "warning" in said(result)
    assert "data/processed is up to date" in said(call("data", "--project", place.root))


def test_1_errors_in_records(place: Project) -> None:
    tiny.replace(place.dossiers / "zjlib-oclc-2018.yaml", "type: symposium", "type: symposion")
    tiny.replace(place.catalogue_file, 'notebook = "alpha.ipynb"', 'notebook = "alfa.ipynb"')
    tiny.replace(place.settings_file, 'show = "names"', 'show = "name"')
    before = tiny.snapshot(place.root)
    result = call("check", "--project", place.root)
    assert result.exit_code == 1
    assert "symposion" in result.stderr
    assert "show" in result.stderr
    assert result.stdout == "", "problems go to the other stream"
    for verb in ("build", "data"):
        found = call(verb, "--project", place.root)
        assert found.exit_code == 1
        assert said(found)
    assert tiny.snapshot(place.root) == before


def test_check_names_errors_of_records_and_catalogue_together(place: Project) -> None:
    tiny.replace(place.dossiers / "zjlib-oclc-2018.yaml", "type: symposium", "type: symposion")
    tiny.replace(place.catalogue_file, 'notebook = "alpha.ipynb"', 'notebook = "alfa.ipynb"')
    found = said(call("check", "--project", place.root))
    assert "symposion" in found
    assert "reports.toml:3" in found
    assert "2 errors" in found


def test_build_names_errors_of_records_and_catalogue_together(place: Project) -> None:
    tiny.replace(place.dossiers / "zjlib-oclc-2018.yaml", "type: symposium", "type: symposion")
    tiny.replace(place.catalogue_file, 'notebook = "alpha.ipynb"', 'notebook = "alfa.ipynb"')
    found = said(call("build", "--project", place.root))
    assert "symposion" in found
    assert "reports.toml:3" in found


def test_an_error_line_says_where_what_expected_and_what_to_do(place: Project) -> None:
    tiny.replace(place.dossiers / "zjlib-oclc-2018.yaml", "type: symposium", "type: symposion")
    line = next(line for line in said(call("check", "--project", place.root)).splitlines() if "symposion" in line)
    assert line.startswith("error    data/raw/dossiers/zjlib-oclc-2018.yaml:")
    assert line.count(" · ") == 4
    assert "did you mean symposium" in line


@pytest.mark.parametrize(
    "words",
    [
        ["bild"],
        ["build", "--forse"],
        ["verify"],
        ["build", "--as-of"],
        ["build", "extra"],
        ["check", "--project"],
        ["schedule"],
        ["schedule", "--as", "anacron"],
        ["build", "--mail", "fr"],
        ["build", "--mail", "en", "--json"],
        ["status", "--hours", "-1"],
    ],
)
def test_2_usage(words: list[str]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "Error" in said(result)


@pytest.mark.parametrize(
    "day", ["tomorrow", "2026-13-01", "2026-02-30", "2026", "2026-10", "2026-10-31/2026-11-01", "..", "2026~"]
)
@pytest.mark.parametrize("verb", ["build", "list"])
def test_2_an_as_of_that_is_no_day(place: Project, verb: str, day: str) -> None:
    result = call(verb, "--as-of", day, "--project", place.root)
    assert result.exit_code == 2
    assert "--as-of" in said(result)
    assert not place.reports.exists(), "nothing was run"


def test_2_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in VERBS:
        words = {
            "verify": ["--articles", "."],
            "import": ["list.csv", "--mapping", "list.toml"],
            "why": ["exchanges"],
            "new": ["report", "mine"],
            "release": ["--by", "A Name"],
            "schedule": ["--as", "cron"],
        }.get(verb, [])
        result = call(verb, *words)
        assert result.exit_code == 2
        assert "No workbench.toml in" in said(result)
        assert "--project DIR" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nowhere", "a file", "不存在"])
def test_2_a_project_that_is_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    result = call("check", "--project", tmp_path / name)
    assert result.exit_code == 2
    assert name in said(result)


def test_2_articles_that_are_no_folder(place: Project) -> None:
    result = call("verify", "--articles", place.root / "nowhere", "--project", place.root)
    assert result.exit_code == 2
    assert "nowhere" in said(result)


def test_3_a_notebook_raised_and_0_when_it_is_mended(place: Project) -> None:
    tiny.write_catalogue(place, tiny.row("alpha"), tiny.row("bad", "raises.ipynb"))
    result = call("build", "--project", place.root)
    assert result.exit_code == 3
    assert "bad: cell 2 raised ValueError: none of that name (see reports/_failed/bad.ipynb)" in result.stderr
    assert re.search(r"^2 reports: 1 run, 1 raised in \d+\.\d s; 1 HTML \(\d+ kB\)\.$", said(result), re.MULTILINE)
    assert re.search(r"^\[2/2\] (alpha|bad): (done|raised) \d+\.\d s$", said(result), re.MULTILINE)
    assert str(place.root) not in result.output

    tiny.write_catalogue(place, tiny.row("alpha"))
    result = call("build", "--project", place.root)
    assert result.exit_code == 0
    assert "Nothing changed: 1 report up to date, no notebook was run." in said(result)
    assert "Open reports/index.html" in result.stdout


def test_2_only_a_report_that_is_not_in_the_catalogue(place: Project) -> None:
    result = call("build", "--only", "alpha", "--only", "alfa", "--project", place.root)
    assert result.exit_code == 2
    assert 'No report of the catalogue is called "alfa": did you mean alpha?' in said(result)
    assert not (place.reports / "notebooks").exists(), "nothing was run"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (59.4, "59.4 s"), (59.6, "1 min 0 s"), (130.2, "2 min 10 s")]
)
def test_a_time_as_people_say_it(seconds: float, words: str) -> None:
    assert cli._duration(seconds) == words


@pytest.mark.parametrize(("size", "words"), [(12_345, "12 kB"), (3_400_000, "3.4 MB"), (31_200_000, "31 MB")])
def test_a_size_as_people_say_it(size: int, words: str) -> None:
    assert cli._size(size) == words


def test_4_the_machinery_failed(place: Project) -> None:
    place.reports.write_text("a file where the folder should be", encoding="utf-8")
    result = call("build", "--project", place.root)
    assert result.exit_code == 4
    assert "reports" in said(result)


# --- where it works -------------------------------------------------------------------------


def test_a_folder_inside_the_project_will_do(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.dossiers)
    assert call("check").exit_code == 0
    assert call("data").exit_code == 0


def test_check_writes_nothing(place: Project) -> None:
    before = tiny.snapshot(place.root)
    call("check", "--project", place.root)
    assert tiny.snapshot(place.root) == before


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_chinese_is_said_in_any_locale(place: Project, encoding: str) -> None:
    """Without a UTF-8 locale the names come out as UTF-8 all the same."""
    tiny.replace(place.dossiers / "zjlib-oclc-2018.yaml", "where: Shaoxing", "where: 绍兴城")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-m", "workbench.cli", "check"],
        cwd=place.root,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert "绍兴城" in done.stderr.decode("utf-8")
    assert b"Traceback" not in done.stderr


# --- mistakes of people: one clear message, never a traceback -------------------------------


def write(name: str, content: bytes | str) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        target = project.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def edit(name: str, old: str, new: str) -> Callable[[Project], None]:
    return lambda project: tiny.replace(project.root / name, old, new)


def gbk(name: str) -> Callable[[Project], None]:
    """The file as an editor under Chinese Windows may save it."""

    def change(project: Project) -> None:
        text = (project.root / name).read_text(encoding="utf-8")
        (project.root / name).write_bytes((text + "\n# 中文\n").encode("gb18030"))

    return change


def without(name: str) -> Callable[[Project], None]:
    return lambda project: (project.root / name).unlink()


MISTAKES: dict[str, tuple[Callable[[Project], None], str]] = {
    "settings not toml": (write("workbench.toml", "title = \n"), "workbench.toml:1"),
    "settings empty": (write("workbench.toml", ""), "workbench.toml"),
    "settings in gbk": (gbk("workbench.toml"), "workbench.toml"),
    "settings misspelt": (edit("workbench.toml", "default_home", "defualt_home"), "did you mean default_home"),
    "home unknown": (edit("workbench.toml", "[homes.zhejiang-library]", "[homes.zhejiang-libary]"), "zhejiang-libary"),
    "homes a number": (edit("workbench.toml", "[map]", "[map]\nbasemap = 3\n[other]"), "workbench.toml"),
    "as_of in quotes": (edit("workbench.toml", "as_of = 2026-10-31", 'as_of = "2026-10-31"'), "without quotes"),
    "languages a text": (edit("workbench.toml", 'languages = ["en"]', 'languages = "en"'), "languages"),
    "languages none": (edit("workbench.toml", 'languages = ["en"]', "languages = []"), "languages"),
    "catalogue not toml": (write("reports.toml", "[[report]\n"), "reports.toml"),
    "catalogue in gbk": (gbk("reports.toml"), "reports.toml"),
    "catalogue one table": (write("reports.toml", "[report]\nid = 'a'\n"), "reports.toml"),
    "catalogue a list of texts": (write("reports.toml", "report = ['a']\n"), "reports.toml"),
    "catalogue missing": (without("reports.toml"), "reports.toml"),
    "notebook empty": (write("notebooks/alpha.ipynb", ""), "alpha.ipynb"),
    "notebook a list": (write("notebooks/alpha.ipynb", "[1]"), "alpha.ipynb"),
    "notebook of other cells": (write("notebooks/alpha.ipynb", '{"cells": [1]}'), "alpha.ipynb"),
    "dossier empty": (write("data/raw/dossiers/zjlib-oclc-2018.yaml", ""), "zjlib-oclc-2018.yaml"),
    "dossier a list": (write("data/raw/dossiers/zjlib-oclc-2018.yaml", "- a\n"), "zjlib-oclc-2018.yaml"),
    "dossier not yaml": (write("data/raw/dossiers/zjlib-oclc-2018.yaml", "a: [\n"), "zjlib-oclc-2018.yaml"),
    "dossier in gbk": (gbk("data/raw/dossiers/zjlib-oclc-2018.yaml"), "zjlib-oclc-2018.yaml"),
    "register missing": (without("data/raw/registers/places.csv"), "places.csv"),
    "register empty": (write("data/raw/registers/places.csv", ""), "places.csv"),
    "register in gbk": (gbk("data/raw/registers/organisations.csv"), "organisations.csv"),
    "vocabulary missing": (without("data/raw/registers/vocabularies/event_type.csv"), "event_type"),
    "vocabulary empty": (write("data/raw/registers/vocabularies/mode.csv", ""), "mode.csv"),
    "decisions a list": (write("data/raw/decisions.yaml", "- a\n"), "decisions.yaml"),
    "decisions a text": (write("data/raw/decisions.yaml", "decisions: yes\n"), "decisions.yaml"),
    "anchors not csv": (write("data/raw/anchors.csv", "x\n1\n"), "anchors.csv"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message(place: Project, mistake: str) -> None:
    change, named = MISTAKES[mistake]
    change(place)
    verbs = ("check",) if named.endswith((".yaml", ".csv")) else ("check", "build")  # records are read the same way
    for verb in verbs:
        result = call(verb, "--project", place.root)
        assert result.exit_code == 1, (verb, result.exit_code, result.output, result.exception)
        assert named in said(result), f"{verb}: {result.output}"
        assert str(place.root) not in result.output, "files are named from the project's folder"
    assert not (place.reports / "notebooks").exists(), "nothing was run"


def test_a_folder_that_cannot_be_written(place: Project) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("the administrator can write everywhere")
    place.root.chmod(0o555)
    try:
        result = call("build", "--project", place.root)
    finally:
        place.root.chmod(0o755)
    assert result.exit_code == 4
    assert said(result)


def test_the_projects_own_check_is_clean(root: Path) -> None:
    result = call("check", "--project", root)
    assert result.exit_code == 0, said(result)
