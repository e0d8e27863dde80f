"""Handing out: for whom, the same bytes, all or nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from records.invented_records import invent
from workbench import cli
from workbench.errors import RecordsError
from workbench.exports import export as exporter
from workbench.exports import workbook
from workbench.exports.holdings import Holdings, _tidied, collect
from workbench.paths import Project
from workbench.records import load
from workbench.records.model import PLACES

FILES = {
    "datapackage.zip", "places.parquet", "flows.parquet", "places.geojson", "flows.geojson", "records.xlsx",
    "records.sqlite",
}  # fmt: skip


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["export", *map(str, words)])


# --- the program ----------------------------------------------------------------------------


def test_the_program_says_what_it_left_out(told: Project, tmp_path: Path) -> None:
    result = run("--project", told.root, "--to", "geojson", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Left out, because internal sources alone tell it: sources 1," in result.output
    assert "events 1" in result.output
    result = run("--project", told.root, "--to", "geojson", "--out", tmp_path, "--audience", "internal")
    assert "Left out" not in result.output
    assert {path.name for path in tmp_path.iterdir()} == {"places.geojson", "flows.geojson"}


# --- the same bytes -------------------------------------------------------------------------


def test_the_same_tables_are_the_same_bytes(
    written: dict[str, bytes], outside: Holdings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later, and in another time zone."""
    assert set(written) == FILES
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    try:
        again = {name: content for write in exporter.WRITERS.values() for name, content in write(outside).items()}
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [name for name in written if written[name] != again[name]] == []


def test_exporting_again_touches_nothing(told: Project, tmp_path: Path) -> None:
    words = ["--project", told.root, "--to", "sqlite", "--to", "datapackage", "--out", tmp_path]
    assert run(*words).output.count("written") == 2
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert run(*words).output.count("is up to date") == 2
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_no_file_names_the_machine_or_its_programs(told: Project, written: dict[str, bytes]) -> None:
    for name, content in written.items():
        for word in (str(told.root), "geopandas", "pandas_version", "xlsxwriter"):
            assert word.encode() not in content, f"{name} names {word}"


# --- all or nothing -------------------------------------------------------------------------


def test_a_format_that_cannot_hold_it_stops_all(told: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LONGEST_TEXT", 20)
    monkeypatch.setattr(workbook, "MOST_ROWS", 30)
    result = run("--project", told.root, "--out", tmp_path / "new")
    assert result.exit_code == 1
    assert "data/processed/events.parquet · note · the text of tour has" in result.stderr
    assert "data/processed/assertions.parquet" in result.stderr, "all problems at once"
    assert not (tmp_path / "new").exists()


def test_errors_in_records_are_told_and_nothing_is_written(project: Project) -> None:
    invent(project, bad_source="events:\n- {id: a, type: visitt, says: an invented slip}\n")
    result = run("--project", project.root)
    assert result.exit_code == 1
    assert "did you mean visit" in result.stderr
    assert not project.exports.exists()


def test_tables_whose_keys_do_not_hold_are_named(told: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    frames, settings = load.ensure_tables(told)
    broken = dict(frames)
    broken["people"] = pd.concat([frames["people"], frames["people"].iloc[:1]])
    broken["places"] = frames["places"].assign(kind=frames["places"]["kind"].mask(frames["places"].index == 0, "hut"))
    monkeypatch.setattr(load, "ensure_tables", lambda project: (broken, settings))
    with pytest.raises(RecordsError) as caught:
        collect(told, "internal")
    told_problems = [str(problem) for problem in caught.value.problems]
    assert any("people.parquet · person_id" in problem and "stands here twice" in problem for problem in told_problems)
    assert any('"hut" is not in the list place_precision' in problem for problem in told_problems)


@pytest.mark.parametrize("words", [["--to", "shapefile"], ["--audience", "friends"]])
def test_a_word_it_does_not_know_is_a_mistake_of_use(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_an_out_that_is_a_file_is_a_mistake_of_use(told: Project, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("kept", encoding="utf-8")
    assert run("--project", told.root, "--out", tmp_path / "taken").exit_code == 2
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "kept"


def test_the_program_offers_the_formats_there_are() -> None:
    assert tuple(exporter.WRITERS) == cli.EXPORTS


def test_a_line_ends_with_a_line_feed(inside: Holdings) -> None:
    """Whatever a register brought; an empty text is no text."""
    frame = inside.tables["places"].iloc[:2].assign(note=pd.Series(["one\r\ntwo\rthree", ""], dtype="string"))
    tidy = _tidied(frame.reset_index(drop=True), PLACES)["note"]
    assert tidy[0] == "one\ntwo\nthree"
    assert pd.isna(tidy[1])
