"""A project of one's own: whole or not there, without errors, and the same from a package as from a checkout."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runs import tiny
from workbench import settings, starter
from workbench.cli import main
from workbench.errors import MachineryFailed
from workbench.paths import Project, sha256
from workbench.records import load, verify

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "src" / "workbench" / "starter" / "project"
SHARED = sorted(path for pattern in starter.GATHERED for path in ROOT.glob(pattern))


def call(*words: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project just started; not to be changed."""
    target = tmp_path_factory.mktemp("starter") / "mine"
    starter.start(target)
    return Project(target)


# --- what is there --------------------------------------------------------------------------


def test_init_then_check_finds_nothing_wrong(tmp_path: Path) -> None:
    result = call("init", tmp_path / "my exchange")
    assert result.exit_code == 0
    assert f'workbench build --project "{tmp_path / "my exchange"}"' in result.stdout
    assert f'workbench check --project "{tmp_path / "my exchange"}"' in result.stdout
    checked = call("check", "--project", tmp_path / "my exchange")
    assert (checked.exit_code, checked.output) == (0, "No errors.\n")


def test_what_is_announced_is_there(fresh: Project) -> None:
    assert [path for path in starter.CONTENTS if not (fresh.root / path).exists()] == []
    for path in ("data/processed/README.md", "reports/README.md", ".gitignore", "data/raw/decisions.yaml"):
        assert (fresh.root / path).is_file(), path


def test_what_is_shared_is_the_same_and_stored_once(fresh: Project) -> None:
    assert len(SHARED) > 30
    for path in SHARED:
        assert (fresh.root / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path
    shared = {sha256(path.read_bytes()) for path in SHARED}
    assert [path for path in EXAMPLE.rglob("*") if path.is_file() and sha256(path.read_bytes()) in shared] == []


def test_every_kind_of_report_is_in_the_example() -> None:
    def kinds(folder: Path) -> set[str]:
        return {
            row["notebook"] for row in tomllib.loads((folder / "reports.toml").read_text(encoding="utf-8"))["report"]
        }

    assert kinds(EXAMPLE) == kinds(ROOT)


def test_every_setting_is_written_and_explained(fresh: Project) -> None:
    text = fresh.settings_file.read_text(encoding="utf-8")
    for section, keys in settings._SECTIONS.items():
        for key in keys:
            assert re.search(rf"(?m)^(\[{key}[\].]|(# )?{key} = )", text), f"{section} {key}"
    blocks = [block.strip() for block in text.split("\n\n")]
    assert [block for block in blocks if "#" not in block] == []


def test_the_example_shows_what_a_dossier_can_say(fresh: Project) -> None:
    material, problems = load.read_material(fresh)
    assert problems == []
    [dossier] = material.dossiers
    by_table = {table: [r for r in dossier.records if r.table == table] for table in {r.table for r in dossier.records}}
    assert {"agreements", "milestones", "events", "plans", "claims", "posts"} <= set(by_table)
    assert any(event.values["part_of"] for event in by_table["events"])
    assert any(event.values["reading"] and event.values["why"] for event in by_table["events"])


def test_its_phrases_stand_in_its_article_as_noted(fresh: Project) -> None:
    material, _ = load.read_material(fresh)
    outcome = verify.verify(material, fresh.root / "data" / "raw" / "articles")
    assert (outcome.missing, outcome.ambiguous, outcome.not_held, outcome.problems) == (0, 0, [], [])
    assert outcome.anchors == material.anchors


def test_what_is_invented_says_so_and_has_a_chinese_name(fresh: Project) -> None:
    material, _ = load.read_material(fresh)
    for table in ("organisations", "people"):
        assert {row["note"] for row in material.registers.rows[table].values()} == {"invented for the example"}
    for rows in material.registers.rows.values():
        assert all(material.registers.name(id, "zh") for id in rows)
    for path in [*fresh.dossiers.iterdir(), *(fresh.root / "data" / "raw" / "articles").iterdir()]:
        assert "invented" in path.read_text(encoding="utf-8").lower()


# --- name, day, notebooks -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Ours", 'The "Old" \\ Library', "杭州图书馆国际交流", "a \\1 b # c"])
def test_a_name_becomes_the_title(tmp_path: Path, name: str) -> None:
    call("init", tmp_path / "mine", "--name", name)
    read = settings.read(Project(tmp_path / "mine"))
    assert read.title == {"en": name, "zh": name}
    assert read.as_of == dt.date.today()


@pytest.mark.parametrize("name", ["  ", "two\nlines", "a\x7fb"])
def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    result = call("init", tmp_path / "mine", "--name", name)
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "name" in result.stderr


def test_a_notebook_that_was_run_comes_without_outputs() -> None:
    path = ROOT / "notebooks" / "overview.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["seen"]}]
    assert starter._without_outputs(json.dumps(notebook).encode()) == path.read_bytes()


# --- whole or not there ---------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "workbench.toml").write_text("mine", encoding="utf-8")
    before = tiny.snapshot(tmp_path)
    result = call("init", tmp_path)
    assert result.exit_code == 2
    assert "is not empty: nothing was written" in result.stderr
    assert tiny.snapshot(tmp_path) == before


def test_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    result = call("init", tmp_path / "mine")
    assert result.exit_code == 2
    assert "is a file" in result.stderr
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


def test_in_an_empty_folder_one_can_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: Project) -> None:
    monkeypatch.chdir(tmp_path)
    before = os.stat(tmp_path).st_ino
    assert call("init", ".").exit_code == 0
    assert os.stat(tmp_path).st_ino == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in fresh.root.iterdir())
    assert call("check").exit_code == 0


@pytest.mark.parametrize("empty", [True, False])
def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: bool) -> None:
    target = tmp_path / "mine"
    if empty:
        target.mkdir()
    before = sorted(tmp_path.rglob("*"))
    written = starter._content

    def full(path: str, *rest: object) -> bytes:
        if path == "reports.toml":
            raise OSError(28, "No space left on device")
        return written(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(starter, "_content", full)
    result = call("init", target)
    assert result.exit_code == 4
    assert "No space left" in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_an_installation_that_lacks_something_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "GATHERED", ("notebooks/*.ipynb", "data/raw/nowhere/*.csv"))
    with pytest.raises(MachineryFailed, match="lacks data/raw/nowhere"):
        starter.start(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


# --- slow: the whole way --------------------------------------------------------------------


def test_the_example_becomes_an_overview(tmp_path: Path) -> None:
    call("init", tmp_path / "mine")
    result = call("build", "--as-of", "2026-10-31", "--project", tmp_path / "mine")
    assert (result.exit_code, result.stderr) == (0, "")
    page = (tmp_path / "mine" / "reports" / "overview-moonbridge-library-en.html").read_text(encoding="utf-8")
    text = re.sub(r"<sup.*?</sup>|<[^>]+>", "", page)
    for words in (
        "has reached one library or other body of one country or region, the Northlight Example Library; whether any",
        "of it fell within the last 24 months, the dates leave open.",
        "On 12 June 2024, the Moonbridge Example Library and the Northlight Example Library met online",
        "One agreement of its own is on record, with the Northlight Example Library;",
        "“The Moonbridge Example Library states, for 8 November 2024,",
        "月桥示例图书馆",
        "the Northlight Example Library signed a memorandum at the end of October 2024",
        "Planned for spring 2025",
        "it keeps friendly contact with more than 12 libraries abroad",
        "an Invented Visit to Moonbridge",
    ):
        assert words.lower() in text.lower(), words
    assert page.count('<figure class="drawing">') == 4, "a map, a timeline, countries and years"


PACK = "from setuptools import build_meta; build_meta.build_sdist('dist')"


def test_an_installed_package_starts_the_same_project(tmp_path: Path, fresh: Project) -> None:
    """Source archive, wheel, a folder of its own: no checkout is needed."""
    source = tmp_path / "source"
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
    for folder in ("src", "notebooks", "data", "docs"):
        shutil.copytree(ROOT / folder, source / folder, ignore=unwanted)
    for file in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)

    def run(*words: str | Path, at: Path = tmp_path, **more: str) -> str:
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | more
        done = subprocess.run(
            [sys.executable, *words], cwd=at, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    run("-c", PACK, at=source)
    [archive] = (source / "dist").glob("*.tar.gz")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", "wheels", archive)
    shutil.rmtree(source)
    [wheel] = (tmp_path / "wheels").glob("*.whl")
    run(*pip, "install", "--no-deps", "--no-index", "--target", "installed", wheel)
    installed = {"PYTHONPATH": str(tmp_path / "installed")}
    where = run("-c", "import workbench; print(workbench.__file__)", **installed)
    assert Path(where.strip()).is_relative_to(tmp_path / "installed")
    run("-m", "workbench.cli", "init", "mine", **installed)
    assert run("-m", "workbench.cli", "check", "--project", "mine", **installed) == "No errors.\n"
    (tmp_path / "mine" / "workbench.toml").write_bytes(fresh.settings_file.read_bytes())  # but for the day
    assert tiny.snapshot(tmp_path / "mine") == tiny.snapshot(fresh.root)
