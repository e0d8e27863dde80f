"""A dossier with errors is held at its last good version: the rest goes on, and nothing of what was good is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_records import head, invent

from workbench.errors import RecordsError
from workbench.paths import Project
from workbench.records import held, load, tables

VISIT = """events:
- id: {id}
  type: visit
  says: an invented visit
  when: "{when}"
  who: {{host: elsewhere-library, visitor: yonder-library}}
"""


def visit(id: str, when: str, more: str = "") -> str:
    return VISIT.format(id=id, when=when) + more


def path(project: Project, name: str) -> Path:
    return project.dossiers / f"{name}.yaml"


def write(project: Project, name: str, text: str) -> None:
    path(project, name).write_text(head(name) + text, encoding="utf-8")


def dates(project: Project, keep_going: bool = True) -> dict[str, str]:
    """The date of each event in the tables, brought up to date."""
    events = load.ensure_tables(project, keep_going)[0]["events"]
    return dict(zip(events["event_id"], events["edtf"], strict=True))


@pytest.fixture
def good(project: Project) -> Project:
    """Two invented dossiers without errors, in the tables."""
    invent(project, a=visit("first", "2019"), b=visit("second", "2020"))
    assert dates(project) == {"first": "2019", "second": "2020"}
    return project


def test_a_bad_dossier_is_held_and_the_others_go_on(good: Project) -> None:
    write(good, "a", visit("first", "2019-13"))
    write(good, "b", visit("second", "2021"))
    assert dates(good) == {"first": "2019", "second": "2021"}
    assert tables.held(good.processed) == [good.relative(path(good, "a"))]
    assert held.sources(good) == {"a"}
    assert {record.id for record in held.material(good).records} == {"first", "second"}


def test_what_is_held_is_an_error_for_whoever_does_not_go_on(good: Project) -> None:
    write(good, "a", visit("first", "2019-13"))
    dates(good)
    with pytest.raises(RecordsError, match="2019-13"):
        dates(good, keep_going=False)
    assert dates(good) == {"first": "2019", "second": "2020"}, "and what was made stays"


def test_a_mended_dossier_is_held_no_longer(good: Project) -> None:
    write(good, "a", visit("first", "2019-13"))
    dates(good)
    write(good, "a", visit("first", "2019-12"))
    assert dates(good)["first"] == "2019-12"
    assert held.sources(good) == frozenset()
    write(good, "a", visit("first", "2019-13"))
    assert dates(good)["first"] == "2019-12", "the last good version is the mended one"


def test_a_dossier_that_changes_while_it_is_bad_stays_held(good: Project) -> None:
    for text in (visit("first", "2019-13"), visit("first", "2019-14"), "events: ["):
        write(good, "a", text)
        assert dates(good)["first"] == "2019"


def test_a_dossier_that_was_never_good_is_left_out(good: Project) -> None:
    write(good, "c", visit("third", "never"))
    assert dates(good) == {"first": "2019", "second": "2020"}
    assert held.sources(good) == {"c"}


def test_a_deleted_dossier_does_not_come_back(good: Project) -> None:
    path(good, "a").unlink()
    assert dates(good) == {"second": "2020"}
    write(good, "a", visit("first", "2019-13"))
    assert dates(good) == {"second": "2020"}, "it was not good since it was made again"


def test_a_dossier_that_needs_what_is_held_back_is_held_with_it(good: Project) -> None:
    write(good, "a", visit("first", "2019-13") + visit("new", "2019").removeprefix("events:\n"))
    write(good, "b", visit("second", "2021", "  part_of: new\n"))
    assert dates(good) == {"first": "2019", "second": "2020"}
    assert held.sources(good) == {"a", "b"}


@pytest.mark.parametrize("file", ["data/raw/registers/places.csv", "workbench.toml", "data/raw/decisions.yaml"])
def test_errors_elsewhere_stop_it_and_what_was_made_stays(good: Project, file: str) -> None:
    before = {one.name: one.read_bytes() for one in good.processed.glob("*.parquet")}
    write(good, "a", visit("first", "2019-13"))
    bad = good.root / file
    bad.write_text(bad.read_text(encoding="utf-8") + "\n???,\n", encoding="utf-8")
    with pytest.raises(RecordsError) as caught:
        dates(good)
    assert file in {problem.file for problem in caught.value.problems}
    assert {one.name: one.read_bytes() for one in good.processed.glob("*.parquet")} == before


def test_a_good_copy_that_is_gone_leaves_the_dossier_out(good: Project) -> None:
    for copy in (good.processed / held.GOOD).iterdir():
        copy.unlink()
    write(good, "a", visit("first", "2019-13"))
    assert dates(good) == {"second": "2020"}
