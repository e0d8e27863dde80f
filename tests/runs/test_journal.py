"""What is noted of builds: the status line, a build that could not begin, the letter that is sent once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from runs import tiny
from workbench.errors import MachineryFailed, Problem, RecordsError, UsageError
from workbench.paths import Project
from workbench.runs import journal, lock
from workbench.runs.outcome import Build, Outcome

LETTER = "Subject: exchange\n\nA draft.\nRecords as of {day}\n\nOne record was added.\n\nThe reports:\n- a.html\n"


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A project of which nothing was built."""
    return tiny.bare_project(tmp_path / "项目")


def noted(project: Project, *states: str, held: tuple[str, ...] = ()) -> None:
    """Note a build that came to this."""
    outcomes = [Outcome(f"r{n}", state, "what it said") for n, state in enumerate(states)]  # type: ignore[arg-type]
    journal.keep(project, Build(outcomes, held=list(held), as_of="2026-10-31").summary())


def stop(project: Project, error: Exception) -> None:
    with pytest.raises(type(error)), journal.stops(project):
        raise error


PROBLEM = Problem("data/raw/dossiers/图.yaml", 3, "type", '"symposion" is not known', "a code", "write symposium")


def test_the_status_is_a_line_and_the_code_of_the_last_build(bare: Project) -> None:
    assert journal.status(bare) == (4, "Nothing was built yet.")
    noted(bare, "done", "fresh")
    code, line = journal.status(bare)
    assert (code, line) == (0, "2 reports as of 2026-10-31, built 0 minutes ago.")
    noted(bare, "done", "raised", "raised")
    code, line = journal.status(bare)
    assert (code, "2 raised" in line) == (3, True)
    noted(bare, "failed", "raised")
    assert journal.status(bare)[0] == 4
    noted(bare, "done", held=("a.yaml",))
    code, line = journal.status(bare)
    assert (code, "1 dossier held" in line) == (1, True)


def test_a_build_that_is_too_long_ago_is_a_failure(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(bare, "fresh")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=50)
    monkeypatch.setattr(journal, "_now", lambda: later)
    code, line = journal.status(bare)
    assert (code, "too long ago: 48 hours are allowed" in line) == (4, True)
    assert journal.status(bare, hours=51)[0] == 0
    assert journal.status(bare, hours=0)[0] == 0


def test_a_build_that_could_not_begin_is_told_by_the_status(bare: Project) -> None:
    noted(bare, "done")
    stop(bare, RecordsError([PROBLEM]))
    code, line = journal.status(bare)
    assert code == 1
    assert line.startswith("The last build stopped 0 minutes ago: data/raw/dossiers/图.yaml:3 · type")
    assert "图.yaml:3" in (journal.folder(bare) / "build.log").read_text(encoding="utf-8")
    noted(bare, "fresh")
    assert journal.status(bare)[0] == 0


@pytest.mark.parametrize("error", [lock.Busy("process 1 is building"), UsageError("no such report")])
def test_a_build_that_was_refused_is_none(bare: Project, error: Exception) -> None:
    noted(bare, "done")
    stop(bare, error)
    assert journal.status(bare)[0] == 0


@pytest.mark.parametrize("error", [RecordsError([PROBLEM]), MachineryFailed("the disk is full")])
def test_where_nothing_was_built_nothing_is_written(bare: Project, error: Exception) -> None:
    stop(bare, error)
    assert not bare.reports.exists()


def test_the_log_keeps_the_newest_and_has_an_end(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_BYTES", 400)
    for _ in range(40):
        noted(bare, "raised")
    files = sorted(journal.folder(bare).glob("build.log*"))
    assert len(files) == 1 + journal._KEPT
    assert sum(path.stat().st_size for path in files) <= 400 * (1 + journal._KEPT)
    assert "raised r0: what it said" in files[0].read_text(encoding="utf-8")


def test_a_letter_is_news_once_and_on_another_day_it_is_the_same(bare: Project) -> None:
    noted(bare, "done")
    first, second = (LETTER.format(day=day) for day in ("1 May", "2 May"))
    assert [journal.is_news(bare, "en", letter) for letter in (first, first, second)] == [True, False, False]
    assert journal.is_news(bare, "zh", first), "each language has its own"
    assert journal.is_news(bare, "en", first.replace("One record", "Two records"))
    assert not journal.is_news(bare, "en", first.replace("One record", "Two records"))
