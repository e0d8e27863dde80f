"""What no single field can show: two records kept apart, one event told twice under two ids."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_records import build, invent, row

from workbench.paths import Project
from workbench.records import check, dates, load

TALK = """events:
- id: {id}
  type: {type}
  says: an invented talk
  when: {when}
  who: {{host: elsewhere-library, speaker: {who}}}
"""


def talk(id: str, when: str, who: str = "yonder-library", type: str = "public_talk") -> str:
    return TALK.format(id=id, when=when, who=who, type=type)


def judge(project: Project, about: str) -> None:
    said = "what: two talks, chosen: two records, why: told apart, by: A, on: 2026-01-02"
    text = f"judgements:\n- {{about: {about}, {said}}}\n"
    project.decisions_file.write_text(text, encoding="utf-8")


def warned(project: Project) -> list[str]:
    return [p.what for p in load.read_material(project)[1] if "may be" in p.what]


@pytest.mark.parametrize(
    ("other", "proposed"),
    [(talk("second", "2019-04-02"), True), (talk("second", "2019"), True), (talk("second", "2019-05"), False),
     (talk("second", "2019-04", type="visit"), False), (talk("second", "2019-04", who="farther-library"), False)],
)  # fmt: skip
def test_two_alike_are_proposed_and_never_merged(project: Project, other: str, proposed: bool) -> None:
    invent(project, a=talk("first", "2019-04"), b=other)
    assert bool(warned(project)) is proposed
    assert set(build(project)["events"]["event_id"]) == {"first", "second"}


def test_a_judgement_keeps_two_apart_and_is_told_with_both(project: Project) -> None:
    invent(project, a=talk("first", "2019-04"), b=talk("second", "2019-04-02"))
    judge(project, "[first, second]")
    assert warned(project) == []
    conflicts = build(project)["conflicts"]
    assert set(conflicts["record_id"]) == {"first", "second"}
    assert row(conflicts, record_id="first")["reason"] == "told apart (A, 2026-01-02)"


def test_a_judgement_about_nothing_is_named(project: Project) -> None:
    invent(project, a=talk("first", "2019-04"))
    judge(project, "[first, secnd]")
    problems = load.read_material(project)[1]
    assert [(p.field, p.line) for p in problems if p.severity == "error"] == [("about", 2)]


DAYS = ("2019", "2019-04", "2019-04-02", "2019-05/2020", "../2019-04", "2020/..", "2019-04-02/2019-04-02", "XXXX-04-02",
        "[2018..2021]")  # fmt: skip


@given(st.lists(st.one_of(st.none(), st.sampled_from(DAYS)), max_size=9))
def test_every_pair_that_may_share_a_day_is_found(days: list[str | None]) -> None:
    dated: list[Any] = [(n, dates.parse(day) if day else None) for n, day in enumerate(days)]
    pairs = [(one[0], other[0]) for one, other in check._overlapping(dated)]
    assert pairs == [(m, n) for (m, one), (n, other) in combinations(dated, 2) if one and other and one.overlaps(other)]
