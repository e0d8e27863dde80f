"""What an edition keeps, what differs from it, and manifests that are not as they were written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import letter
from records.invented_records import build, decide, head, invent
from runs import tiny
from workbench import settings
from workbench.errors import RecordsError, UsageError
from workbench.paths import Project
from workbench.records import audience, editions, load
from workbench.records.editions import Change, Edition, Records
from workbench.records.model import BY_NAME

TOUR = """\
events:
- id: tour
  type: visit
  mode: in_person
  says: an invented tour
  when: {when}
  where: elsewhere
  who: {{host: elsewhere-library, visitor: yonder-library}}
  topic: {topic}
"""
CALL = """\
events:
- id: call
  type: meeting
  mode: online
  says: an invented call
  when: 2020-05
  where: online
  who: {participant: [elsewhere-library, yonder-library]}
"""
CITED = {("events", "tour"): ("overview",), ("events", "call"): ("overview",)}


def told(when: str = "2019-04", topic: str = "books") -> str:
    return TOUR.format(when=when, topic=topic)


def records_of(project: Project, **dossiers: str) -> Records:
    """What an edition of a project with these dossiers would keep."""
    return editions.snapshot(build(invent(project, **dossiers)), settings.read(project))


def edition(records: Records, id: str = "2026-11-22", **values: Any) -> Edition:
    """An edition that somebody released."""
    about = {"id": id, "by": "A Director", "on": id[:10], "as_of": "2026-10-31", "audience": "public",
             "title": {"en": "Exchange", "zh": "交流"}, "versions": {}, "figures": (), "reports": ()}  # fmt: skip
    return Edition(**{**about, **values}, records=records)


def put(project: Project, one: Edition) -> Path:
    """Write the manifest of an edition."""
    project.editions.mkdir(parents=True, exist_ok=True)
    path = project.editions / f"{one.id}.json"
    path.write_bytes(editions.write(one))
    return path


def only(changes: tuple[Change, ...], **about: str) -> Change:
    """The one change of this kind."""
    found = [c for c in changes if all(getattr(c, name) == value for name, value in about.items())]
    assert len(found) == 1, changes
    return found[0]


# --- what is kept -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pd.DataFrame], Edition, Edition]:
    """The tables of the five articles, their edition, and that read from its manifest."""
    project = tiny.copy_project(tmp_path_factory.mktemp("kept") / "project")
    frames, chosen = load.ensure_tables(project)
    one = edition(editions.snapshot(frames, chosen))
    path = put(project, one)
    return frames, one, editions.read(path, path.name)


def test_an_edition_is_read_as_it_was_written(kept: tuple[Any, Edition, Edition]) -> None:
    _, one, again = kept
    assert editions.write(again) == editions.write(one)
    assert editions.compare(one.records, again.records) == ()


def test_an_edition_can_be_asked_like_tables(kept: tuple[Any, Edition, Edition]) -> None:
    """All columns but notes and the like, with the types of the model."""
    frames, _, again = kept
    for name in ("events", "agreements", "milestones", "plans", "claims", "parties", "quantities", "outputs", "posts"):
        unsaid = [c for c in ("note", "why", "register_row", "text") if c in frames[name]]
        pd.testing.assert_frame_equal(again.frames[name].drop(columns=unsaid), frames[name].drop(columns=unsaid))
    assert {name: list(frame.columns) for name, frame in again.frames.items()} == {
        name: list(frame.columns) for name, frame in frames.items()
    }


def test_a_manifest_has_a_record_a_line_and_stays_small(kept: tuple[Any, Edition, Edition]) -> None:
    content = editions.write(kept[1]).decode()
    assert sum(line.startswith('{"table"') for line in content.splitlines()) == len(kept[1].records)
    assert len(content) < 600 * len(kept[1].records)


def test_rows_of_the_registers_that_no_record_leads_to_are_not_kept(project: Project) -> None:
    """Who is entered for the house alone leaves no trace: the edition is that of a project without the letter."""
    letter.prepare(project)
    states = []
    for _ in range(2):
        frames, chosen = audience.ensure_tables(project, audience.PUBLIC)
        states.append(editions.write(edition(editions.snapshot(frames, chosen))))
        letter.slip_in(project)
    assert states[0] == states[1]
    assert letter.betrayals(states[1]) == []


def test_what_was_withdrawn_is_not_kept(project: Project) -> None:
    found = records_of(project, open_source=told(), gone_source=head("gone-source", status="withdrawn") + CALL)
    assert ("events", "tour") in found
    assert ("events", "call") not in found
    assert ("sources", "gone-source") not in found


# --- what differs -----------------------------------------------------------------------------


def test_new_and_withdrawn_records_with_their_sources(project: Project) -> None:
    old = records_of(project, open_source=told())
    new = records_of(project, call_source=CALL)
    found = editions.compare(old, new, CITED)
    assert only(found, table="events", change="new") == Change("events", "call", "new", sources=("call-source",),
                                                               cited=("overview",))  # fmt: skip
    gone = only(found, table="events", change="withdrawn")
    assert (gone.id, gone.sources, gone.corrects) == ("tour", ("open-source",), True)
    assert only(found, table="sources", change="withdrawn").id == "open-source"


def test_a_value_that_differs_sets_right_what_was_said(project: Project) -> None:
    old, new = (records_of(project, open_source=told(when)) for when in ("2019-04", "2019-05"))
    found = only(editions.compare(old, new, CITED), field="date")
    assert (found.old, found.new, found.sources, found.cited) == ("2019-04", "2019-05", ("open-source",), ("overview",))
    assert found.corrects
    assert not only(editions.compare(old, new), field="date").corrects, "nobody cited it"


@pytest.mark.parametrize(("when", "finer"), [("2019-04-03", True), ("2019", False), ("2019-04/2019-05", False)])
def test_what_is_finer_is_no_correction(project: Project, when: str, finer: bool) -> None:
    old, new = (records_of(project, open_source=told(text)) for text in ("2019-04", when))
    found = only(editions.compare(old, new, CITED), field="date")
    assert (found.finer, found.corrects) == (finer, not finer)


def test_words_of_ours_written_anew_are_no_correction(project: Project) -> None:
    old, new = (records_of(project, open_source=told(topic=topic)) for topic in ("books", "books and more"))
    found = only(editions.compare(old, new, CITED), change="altered")
    assert (found.field, found.corrects) == ("topic", False)


def test_a_second_source_is_told_and_named_for_the_value_it_gives(project: Project) -> None:
    old = records_of(project, open_source=told())
    new = records_of(project, open_source=told(), other_source=told("2019-04-03").replace("an invented", "the"))
    found = editions.compare(old, new, CITED)
    assert only(found, field="sources").new == ("open-source", "other-source")
    assert only(found, field="date").sources == ("other-source",)


def test_a_party_that_comes_or_goes(project: Project) -> None:
    fewer = told().replace("visitor: yonder-library", "visitor: [yonder-library, ifla]")
    old, new = records_of(project, open_source=told()), records_of(project, open_source=fewer)
    came, went = (
        only(editions.compare(*pair, CITED), table="events", change="altered") for pair in ((old, new), (new, old))
    )
    assert (came.field, came.new, came.corrects) == ("party:visitor", ("yonder-library", "ifla"), False)
    assert went.corrects


def test_the_decision_behind_a_value_is_named(project: Project) -> None:
    dossiers = {"open_source": told("2018"), "other_source": told("2019-04").replace("an invented", "the")}
    old = records_of(project, **dossiers)
    entry = "record: events, id: tour, field: edtf, value: '2018', why: seen in print, by: N, on: 2026-01-02"
    decide(project, entry)
    found = only(editions.compare(old, records_of(project, **dossiers), CITED), field="date")
    assert (found.new, found.reason) == ("2018", "seen in print (N, 2026-01-02)")
    decided = records_of(project, **dossiers)
    dossiers = {id: text.replace("topic: books", "topic: maps") for id, text in dossiers.items()}
    assert only(editions.compare(decided, records_of(project, **dossiers)), field="topic").reason == ""


def test_a_judgement_that_names_a_record_says_why_it_is_gone(project: Project) -> None:
    old = records_of(project, open_source=told(), call_source=CALL)
    one = "about: [tour], what: call and tour are one, chosen: tour, why: the same day, by: N, on: 2026-01-02"
    project.decisions_file.write_text(f"judgements:\n- {{{one}}}\n", encoding="utf-8")
    found = only(editions.compare(old, records_of(project, open_source=told())), table="events", change="withdrawn")
    assert found.reason == "the same day (N, 2026-01-02)"


def test_the_number_of_a_claim_is_one_thing(project: Project) -> None:
    about = "id: total, subject: yonder-library, measure: agreements, what: so many, says: x"
    claim = f"claims:\n- {{{{{about}, value: {{value}}}}}}\n"
    old, new = (records_of(project, open_source=claim.format(value=value)) for value in ('">15"', "17"))
    found = only(editions.compare(old, new), table="claims")
    assert (found.field, found.old.low, found.new.best) == ("amount", 16, 17)


def test_each_field_of_the_model_is_compared_or_left_out_on_purpose() -> None:
    """A new field takes part by itself: only those named here do not."""
    left = {column for table in editions.RECORDED for column in BY_NAME[table].columns} & editions._UNCOMPARED
    assert left == {"printed", "edtf", "reading", "register_id", "place_precision", "place_printed"}


# --- manifests --------------------------------------------------------------------------------


def test_the_newest_edition_of_an_audience(project: Project) -> None:
    for id in ("2026-11-22-2", "2026-11-22", "2026-11-22-10", "2025-12-31", "2026-11-22-9"):
        put(project, edition({}, id))
    put(project, edition({}, "2026-11-23-internal", audience="internal"))
    found = [editions.newest(project, name) for name in audience.AUDIENCES]
    assert [one.id if one else "" for one in found] == ["2026-11-22-10", "2026-11-23-internal"]
    assert editions.newest_digest(project, "public") != editions.newest_digest(project, "internal")


def test_numbers_of_the_house_leave_no_gap(project: Project) -> None:
    day = dt.date(2026, 11, 22)
    put(project, edition({}, "2026-11-22-internal", audience="internal"))
    assert editions.next_id(project, day, "public") == "2026-11-22"
    assert editions.next_id(project, day, "internal") == "2026-11-22-internal-2"
    put(project, edition({}, "2026-11-22"))
    assert editions.next_id(project, day, "public") == "2026-11-22-2"


def test_without_an_edition_there_is_nothing_to_compare_with(project: Project) -> None:
    frames, chosen = load.ensure_tables(project)
    assert editions.since(project, frames, chosen, "public") is None
    assert editions.newest_digest(project, "public") == ""
    with pytest.raises(UsageError, match="None has been released yet"):
        editions.named(project, "2026-11-22")


def test_an_edition_that_is_not_there_is_named_with_those_that_are(project: Project) -> None:
    put(project, edition({}))
    with pytest.raises(UsageError, match="did you mean 2026-11-22"):
        editions.named(project, "2026-11-23")


@pytest.mark.parametrize("harm", ["cut", "value", "name", "list", "binary", "digest", "empty"])
def test_a_manifest_that_is_damaged_is_one_clear_problem(project: Project, harm: str) -> None:
    path = put(project, edition(records_of(project, open_source=told())))
    text = path.read_text(encoding="utf-8")
    spoilt = {"cut": text[:-40], "value": text.replace("books", "maps"), "list": "[]", "empty": "", "name": text,
              "binary": "\x00", "digest": json.dumps(dict(list(json.loads(text).items())[:-1]))}  # fmt: skip
    path.write_text(spoilt[harm], encoding="utf-8")
    if harm == "name":
        path = path.rename(path.with_stem("2026-11-21"))
    with pytest.raises(RecordsError) as error:
        editions.newest(project, "public")
    (problem,) = error.value.problems
    assert problem.file == f"data/editions/{path.name}"
    assert "damaged" in problem.what
    assert editions.check(project) == [problem]


def test_line_ends_of_another_system_do_no_harm(project: Project) -> None:
    path = put(project, edition(records_of(project, open_source=told())))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert editions.check(project) == []


def test_other_files_beside_the_manifests_are_left_alone(project: Project) -> None:
    put(project, edition({}))
    (project.editions / "README.md").write_text("what stands here", encoding="utf-8")
    assert editions.check(project) == []
    assert [path.name for path in editions.files(project, "public")] == ["2026-11-22.json"]


def test_entries_know_what_they_were_told_by_only_of_tables(kept: tuple[Any, Edition, Edition]) -> None:
    _, one, again = kept
    record = ("events", "leeds-visit-2019")
    assert one.records[record].told["type"]
    assert dataclasses.replace(one.records[record], told={}) == again.records[record]
