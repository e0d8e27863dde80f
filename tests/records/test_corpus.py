"""From dossiers to tables: what several sources say of one record, what follows, what order changes."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_records import build, decide, head, invent, row

import five
from workbench.paths import Project
from workbench.records import corpus, load
from workbench.records.model import TABLES

STEADY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow],
)
TOUR = """events:
- id: tour
  type: {type}
  mode: {mode}
  says: an invented tour
  when: {when}
  where: {where}
  who: {{host: elsewhere-library, visitor: yonder-library}}
"""


def tour(
    when: str = "2019-04",
    type: str = "visit",
    where: str = "elsewhere",
    mode: str = "in_person",
    more: str = "",
) -> str:
    return TOUR.format(when=when, type=type, where=where, mode=mode) + more


Row = dict[str, object]


def merged(project: Project, a: str, b: str, *decisions: str) -> tuple[Row, list[Row]]:
    """The tour as told by two sources, and the conflicts between them."""
    frames = build(told(project, a, b, *decisions))
    return row(frames["events"], event_id="tour"), frames["conflicts"].to_dict("records")


def told(project: Project, a: str, b: str, *decisions: str) -> Project:
    invent(project, a=a, b=b)
    if decisions:
        decide(project, *decisions)
    return project


def days(event: dict[str, object]) -> tuple[object, ...]:
    return tuple(event[name] for name in ("start_earliest", "start_latest", "end_earliest", "end_latest"))


# --- several sources, one date ----------------------------------------------------------------
# what one says, what the other says, relation, date in use
READINGS = "2021-03-17: one reason, 2022-03-17: another"
SET = f"{{edtf: XXXX-03-17, readings: {{{READINGS}}}, basis: inferred, why: no year}}"
DATES = [
    ("2019-04", "2019-04", "equal", "2019-04"),
    ("2019-04", "2019-04-02", "finer", "2019-04-02"),
    ("2019", "2019-04", "finer", "2019-04"),
    ("2019-04-02/2019-04-04", "2019-04", "finer", "2019-04-02/2019-04-04"),
    ("2019-04-01/2019-04-30", "2019-04", "finer", "2019-04-01/2019-04-30"),  # it lasted: more than a doubt
    ('"[2019-04-01..2019-04-10]"', "2019-04-05", "finer", "2019-04-05"),
    ("XXXX-04-02", "2019-04-02", "finer", "2019-04-02"),
    (SET, "2022-03-17", "finer", "2022-03-17"),
    ('"[..2019-04]"', "2019-03", "finer", "2019-03"),
    ('"[2019-04-01..2019-04-10]"', '"[2019-04-05..2019-04-20]"', "overlapping", "[2019-04-01..2019-04-20]"),
    ('"[2019-03..2019-05]"', '"[2019-04..2019-06]"', "overlapping", "[2019-03-01..2019-06-30]"),
    ("2019-03", "2020-03", "contradicting", "2019-03"),
    ("2019-04-02", "2019-04-03", "contradicting", "2019-04-02"),
    ("XXXX-04-02", "2019-05-02", "contradicting", "XXXX-04-02"),
    ("XXXX-04-02", "XXXX-05-02", "contradicting", "XXXX-04-02"),
    (SET, "2021-09-09", "contradicting", "[2021-03-17,2022-03-17]"),  # between the readings is none of them
    ("2019-04-01/2019-04-03", "2019-04-02", "contradicting", "2019-04-01/2019-04-03"),  # three days, one day
]  # fmt: skip


@pytest.mark.parametrize("dates", DATES, ids=[f"{d[0][:26]} & {d[1][:26]}" for d in DATES])
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_dates_of_two_sources(project: Project, dates: tuple[str, ...], turned: bool) -> None:
    """A party to the event tells the first; which file comes first changes nothing."""
    one, other, relation, used = dates
    party, press = head("b" if turned else "a", is_party="yes") + tour(one), tour(other)
    event, conflicts = merged(project, *((press, party) if turned else (party, press)))
    assert (event["reading"] or event["edtf"]) == used
    if relation == "equal":
        assert conflicts == []
    else:
        assert [(c["record"], c["record_id"], c["field"]) for c in conflicts] == [("events", "tour", "edtf")]
        assert (conflicts[0]["relation"], conflicts[0]["chosen"]) == (relation, used)
        assert "(a)" in conflicts[0]["values"]
        assert "(b)" in conflicts[0]["values"]


def test_a_hull_says_what_it_is_and_has_the_outer_bounds(project: Project) -> None:
    event, _ = merged(project, tour('"[2019-04-01..2019-04-10]"'), tour('"[2019-04-05..2019-04-20]"'))
    assert (event["earliest"], event["latest"]) == (dt.date(2019, 4, 1), dt.date(2019, 4, 20))
    assert event["basis"] == "inferred"
    assert "several sources" in event["why"]


def test_the_block_of_the_chosen_date_comes_whole(project: Project) -> None:
    block = "{printed: in the spring, edtf: 2019-21, reading: 2019-04, basis: inferred, why: a reason}"
    event, _ = merged(project, tour("2019"), tour(block))
    assert [event[name] for name in ("printed", "edtf", "reading", "basis", "why")] == [
        "in the spring", "2019-21", "2019-04", "inferred", "a reason",
    ]  # fmt: skip


# --- who is the better witness ----------------------------------------------------------------
def test_a_party_to_the_event_is_the_better_witness(project: Project) -> None:
    event, conflicts = merged(project, tour("2019-03"), head("b", is_party="yes") + tour("2020-03"))
    assert event["edtf"] == "2020-03"
    assert conflicts[0]["rule"] == "better-placed witness"


def test_then_the_source_nearest_in_time(project: Project) -> None:
    late, near = head("a", published="2025-01-01"), head("b", published="2020-04-01")
    event, _ = merged(project, late + tour("2019-03"), near + tour("2020-03"))
    assert event["edtf"] == "2020-03"


def test_then_the_more_precise(project: Project) -> None:
    event, _ = merged(project, tour("2019"), tour("2020-03-05"))
    assert event["edtf"] == "2020-03-05"


@pytest.mark.parametrize("status", ["withdrawn", "draft", "in_review"])
def test_a_source_not_reviewed_changes_no_reviewed_record(project: Project, status: str) -> None:
    """Only what is reviewed counts: a date that was taken back is not in use."""
    unread = head("a", status=status, is_party="yes")
    event, _ = merged(project, unread + tour("2018-04", type="meeting", where="yonder"), tour("2019"))
    assert (event["edtf"], event["type"], event["place_id"], event["curation"]) == (
        "2019",
        "visit",
        "elsewhere",
        "reviewed",
    )


def test_a_copy_is_no_second_witness(project: Project) -> None:
    copy = head("a", is_party="yes").replace("  audience", "  copy_of: b\n  audience")
    event, conflicts = merged(project, copy + tour("2018-04"), tour("2019-04"))
    assert event["edtf"] == "2019-04"
    assert len(conflicts) == 1


# --- other fields -----------------------------------------------------------------------------
def test_codes_that_differ_are_listed(project: Project) -> None:
    event, conflicts = merged(project, tour(type="meeting"), tour(type="visit"))
    assert event["type"] == "meeting"
    assert [(c["field"], c["relation"]) for c in conflicts] == [("type", "contradicting")]


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_a_finer_code_is_taken(project: Project, turned: bool) -> None:
    tie = """agreements:
- id: tie
  kind: {}
  level: city
  parties: [yonder-city, hangzhou-city]
  says: an invented tie
"""
    pair = [tie.format("city_tie_unspecified"), tie.format("sister_city")]
    frames = build(told(project, *(reversed(pair) if turned else pair)))
    assert row(frames["agreements"], agreement_id="tie")["kind"] == "sister_city"
    assert row(frames["conflicts"], record_id="tie")["relation"] == "finer"


def test_friendly_exchange_and_sister_city_are_never_one(project: Project) -> None:
    tie = "agreements:\n- {{id: tie, kind: {}, parties: [yonder-city, oclc], says: an invented tie}}\n"
    frames = build(told(project, tie.format("friendly_exchange_city"), tie.format("sister_city")))
    assert row(frames["conflicts"], record_id="tie")["relation"] == "contradicting"


def place(event: dict[str, object]) -> tuple[object, object]:
    return event["place_id"], event["place_precision"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("unknown", "elsewhere", ("elsewhere", "city")), ("elsewhere", "unknown", ("elsewhere", "city")),
     ("italy", "elsewhere", ("elsewhere", "city")), ("elsewhere", "italy", ("elsewhere", "city")),
     ("yonder", "elsewhere", ("yonder", "city")), ("online", "elsewhere", (None, "online"))],
)  # fmt: skip
def test_a_place_and_its_precision_come_from_one_source(
    project: Project, one: str, other: str, expected: tuple
) -> None:
    """Not known is no statement; a city of a country is finer than the country."""
    modes = ["online" if where == "online" else "in_person" for where in (one, other)]
    event, _ = merged(project, tour(where=one, mode=modes[0]), tour(where=other, mode=modes[1]))
    assert place(event) == expected


def test_what_only_one_source_tells_is_taken_without_a_conflict(project: Project) -> None:
    a, b = tour(more="  topic: an invented topic\n"), tour(more="  countable: no\n")
    event, conflicts = merged(project, a, b)
    assert (event["topic"], event["countable"]) == ("an invented topic", False)
    assert conflicts == []


def test_words_of_ours_may_differ(project: Project) -> None:
    a, b = (tour(more=f"  topic: {word}\n  note: {word}\n") for word in ("one", "two"))
    _, conflicts = merged(project, a, b)
    assert conflicts == []


def parties(project: Project) -> list[tuple[object, ...]]:
    rows = build(project)["parties"]
    columns = ["n", "party", "party_id", "role", "for_org"]
    return [tuple(None if pd.isna(v) else v for v in r) for r in rows[columns].to_numpy().tolist()]


def test_a_body_under_two_names_is_one_party(project: Project) -> None:
    told(project, tour(), tour().replace("host: elsewhere-library", "host: Library of Elsewhere"))
    assert parties(project) == [
        (1, "org", "elsewhere-library", "host", None), (2, "org", "yonder-library", "visitor", None),
    ]  # fmt: skip


def test_a_person_with_and_without_their_body_is_one_party(project: Project) -> None:
    plain, named = (
        tour().replace("visitor: yonder-library", f"visitor: {who}")
        for who in ("Ann Invented", "Ann Invented @ yonder-library")
    )
    told(project, named, plain)
    assert parties(project) == [
        (1, "org", "elsewhere-library", "host", None),
        (2, "person", "ann-invented", "visitor", "yonder-library"),
    ]  # fmt: skip


def test_parties_of_both_sources_take_part(project: Project) -> None:
    told(project, tour(), tour().replace("visitor: yonder-library", "visitor: farther-library"))
    assert [party[2] for party in parties(project)] == [
        "elsewhere-library",
        "yonder-library",
        "farther-library",
    ]


# --- numbers ----------------------------------------------------------------------------------
def numbers(
    project: Project, one: str, other: str, *decisions: str
) -> tuple[dict[str, object], list[dict[str, object]]]:
    more = "  quantities: {{audience: {}}}\n"
    frames = build(told(project, tour(more=more.format(one)), tour(more=more.format(other)), *decisions))
    return row(frames["quantities"], record_id="tour"), frames["conflicts"].to_dict("records")


@pytest.mark.parametrize(("one", "other"), [("50", "60"), ("~50", "~60"), ("~50", "50"), ("50", "hundreds")])
def test_numbers_that_differ_are_listed(project: Project, one: str, other: str) -> None:
    quantity, conflicts = numbers(project, one, other)
    assert [c["field"] for c in conflicts] == ["quantity:audience"]
    assert (quantity["best"] or quantity["low"]) in (50, 51)


def test_numbers_that_agree_stand_once(project: Project) -> None:
    quantity, conflicts = numbers(project, "50", "50 people")
    assert quantity["best"] == 50
    assert conflicts == []


@pytest.mark.parametrize(("one", "other", "low"), [("hundreds", "250", 250), ('">50"', '">60"', 61), ("~50", "50", 50)])
def test_a_number_inside_the_other_is_finer(project: Project, one: str, other: str, low: float) -> None:
    quantity, conflicts = numbers(project, one, other)
    assert (quantity["low"], conflicts[0]["relation"]) == (low, "finer")


# --- a person's judgement ---------------------------------------------------------------------
def judged(field: str, value: str) -> str:
    signed = "why: asked the keeper, by: A. N. Other, on: 2026-01-02"
    return f"record: events, id: tour, field: '{field}', value: {value}, {signed}"


def test_a_decision_is_used_and_told(project: Project) -> None:
    event, conflicts = merged(project, tour("2019"), tour("2020-03"), judged("edtf", "2020-03"))
    assert (event["edtf"], event["earliest"]) == ("2020-03", dt.date(2020, 3, 1))
    assert conflicts[0]["rule"] == "decision"
    assert conflicts[0]["chosen"] == "2020-03"
    assert conflicts[0]["reason"] == "asked the keeper (A. N. Other, 2026-01-02)"
    assert conflicts[0]["relation"] == "contradicting"


def test_a_decision_may_name_a_date_of_no_source_and_gives_its_reason(project: Project) -> None:
    event, _ = merged(project, tour("2019"), tour("2020"), judged("edtf", "2019-12-31"))
    assert event["edtf"] == "2019-12-31"
    assert days(event) == (dt.date(2019, 12, 31),) * 4
    assert "asked the keeper" in event["why"]


def test_a_decision_about_another_field_decides_nothing(project: Project) -> None:
    event, conflicts = merged(
        project, tour("2019", type="meeting"), tour("2020", type="visit"), judged("type", "visit")
    )
    assert event["type"] == "visit"
    assert {c["field"]: c["rule"] for c in conflicts} == {"type": "decision", "edtf": "better-placed witness"}


def test_a_decision_about_a_number_is_used(project: Project) -> None:
    quantity, conflicts = numbers(project, "50", "60", judged("quantity:audience", "60"))
    assert conflicts[0]["rule"] == "decision"
    assert quantity["best"] == 60


def test_a_decision_about_yes_or_no_is_used(project: Project) -> None:
    event, _ = merged(
        project, tour(more="  countable: yes\n"), tour(more="  countable: no\n"), judged("countable", "no")
    )
    assert event["countable"] is False


def test_a_decision_about_the_place_brings_its_precision(project: Project) -> None:
    event, _ = merged(project, tour(where="italy"), tour(where="elsewhere"), judged("place_id", "elsewhere"))
    assert place(event) == ("elsewhere", "city")


# --- what follows from other records ----------------------------------------------------------
PARTS = """  programme: exchange
  parts:
  - id: talk
    type: public_talk
    who: {speaker: Ann Invented}
  - id: second-day
    type: meeting
    mode: online
    when: 2019-04-02
    where: yonder
    who: {host: farther-library, participant: Ann Invented}
    parts:
    - id: break
      type: other
      topic: an invented break
      who: {participant: Bo Invented @ farther-library}
programmes:
- {id: exchange, name: An invented exchange, says: an invented exchange}
"""


def test_a_part_takes_date_place_mode_host_and_phrase_from_its_whole(project: Project) -> None:
    whole = tour("2019-04-01/2019-04-03", more=PARTS).replace(
        "visitor: yonder-library", "visitor: Ann Invented @ yonder-library"
    )
    frames = build(invent(project, a=whole))
    talk = row(frames["events"], event_id="talk")
    assert talk["part_of"] == "tour"
    assert talk["edtf"] == "[2019-04-01..2019-04-03]"  # some time in it, not as long as that
    assert (talk["basis"], talk["why"]) == ("bounded", "some time within tour")
    assert (talk["place_id"], talk["place_precision"], talk["mode"], talk["programme"]) == (
        "elsewhere",
        "city",
        "in_person",
        "exchange",
    )
    assert (talk["clarity"], talk["factuality"], talk["countable"]) == ("single", "realised", True)
    taking_part = frames["parties"][frames["parties"]["record_id"] == "talk"]
    assert taking_part[["party_id", "role"]].to_numpy().tolist() == [
        ["ann-invented", "speaker"],
        ["elsewhere-library", "host"],
    ]
    assert taking_part["for_org"].to_list()[0] == "yonder-library"
    assert row(frames["assertions"], record_id="talk", field="*")["phrase"] == "an invented tour"


def test_a_part_keeps_what_it_has_and_hands_it_on(project: Project) -> None:
    frames = build(invent(project, a=tour("2019-04-01/2019-04-03", more=PARTS)))
    second, inner = (row(frames["events"], event_id=id) for id in ("second-day", "break"))
    assert (second["edtf"], second["place_id"], second["mode"]) == ("2019-04-02", "yonder", "online")
    assert (inner["edtf"], inner["place_id"], inner["mode"], inner["programme"]) == (
        "2019-04-02",
        "yonder",
        "online",
        "exchange",
    )
    hosts = frames["parties"][frames["parties"]["role"] == "host"].set_index("record_id")["party_id"]
    assert hosts["break"] == "farther-library"


def test_what_a_part_inherits_is_no_assertion_of_the_source(project: Project) -> None:
    frames = build(invent(project, a=tour("2019-04", more=PARTS)))
    fields = set(frames["assertions"].loc[frames["assertions"]["record_id"] == "talk", "field"])
    assert fields & {"edtf", "place_id", "mode", "programme"} == set()


def test_a_part_of_a_month_has_the_month(project: Project) -> None:
    frames = build(invent(project, a=tour("2019-04", more=PARTS)))
    assert row(frames["events"], event_id="talk")["edtf"] == "2019-04"


@pytest.mark.parametrize("where", ["unknown", "{place: unknown}"])
def test_a_part_said_to_be_nobody_knows_where_stays_so(project: Project, where: str) -> None:
    parts = PARTS.replace("    type: public_talk\n", f"    type: public_talk\n    where: {where}\n")
    frames = build(invent(project, a=tour(more=parts)))
    assert place(row(frames["events"], event_id="talk")) == (None, "unknown")


@pytest.mark.parametrize(
    ("more", "type", "countable"),
    [("", "visit", True), ("", "internal_session", False), ("  clarity: aggregate\n", "visit", False),
     ("  factuality: cancelled\n", "visit", False), ("  factuality: reported_only\n", "visit", False),
     ("  countable: no\n", "visit", False)],
)  # fmt: skip
def test_what_may_be_counted_is_computed(project: Project, more: str, type: str, countable: bool) -> None:
    frames = build(invent(project, a=tour(type=type, more=more)))
    assert row(frames["events"], event_id="tour")["countable"] is countable


def test_what_no_source_says_is_unknown_never_guessed(project: Project) -> None:
    bare = "events:\n- {id: tour, type: visit, says: an invented tour, who: {host: elsewhere-library}}\n"
    event = row(build(invent(project, a=bare))["events"], event_id="tour")
    assert (event["mode"], event["place_precision"], event["basis"], event["precision"]) == ("unknown",) * 4
    assert (event["edtf"], event["place_id"], event["earliest"], event["latest"]) == (None, None, None, None)
    assert (event["earliest_missing"], event["latest_missing"]) == ("unknown", "unknown")


PACT = """agreements:
- id: pact
  kind: memorandum
  parties: [elsewhere-library, yonder-library]
  says: an invented pact
  milestones:
    {}
  signers: {{elsewhere-library: unknown, yonder-library: Ann Invented}}
  promises:
  - {{kind: communication, recurring: yes, says: an invented promise}}
"""


def test_a_milestone_that_is_part_of_an_event_makes_the_event_of_the_step(project: Project) -> None:
    frames = build(
        invent(
            project,
            a=tour("2019-04-01/2019-04-03") + PACT.format("signed: {part_of: tour, says: signed by both}"),
        )
    )
    signing = row(frames["events"], event_id="pact-signing")
    assert (signing["type"], signing["part_of"], signing["agreement_id"], signing["place_id"]) == (
        "agreement_signing",
        "tour",
        "pact",
        "elsewhere",
    )
    milestone = row(frames["milestones"], milestone_id="pact-signed")
    assert (milestone["event_id"], milestone["step"], milestone["edtf"]) == (
        "pact-signing",
        "signed",
        signing["edtf"],
    )
    assert days(milestone) == days(signing) == (dt.date(2019, 4, 1), dt.date(2019, 4, 3)) * 2
    there = frames["parties"][frames["parties"]["record_id"] == "pact-signing"]
    assert set(there["party_id"].dropna()) >= {"elsewhere-library", "yonder-library", "ann-invented"}
    assert row(frames["assertions"], record_id="pact-signed", field="event_id")["phrase"] == "signed by both"


def test_a_milestone_in_an_event_has_its_date(project: Project) -> None:
    frames = build(invent(project, a=tour("2019-04-02") + PACT.format("approved: {event: tour}")))
    milestone = row(frames["milestones"], milestone_id="pact-approved")
    assert (milestone["event_id"], milestone["edtf"]) == ("tour", "2019-04-02")
    assert set(frames["events"]["event_id"]) == {"tour"}


def test_a_promise_is_a_plan_committed_by_the_parties(project: Project) -> None:
    frames = build(invent(project, a=PACT.format('signed: "2019"')))
    plan = row(frames["plans"], plan_id="pact-communication")
    assert (plan["strength"], plan["agreement_id"], plan["recurring"], plan["status"]) == (
        "committed",
        "pact",
        True,
        "open",
    )
    there = frames["parties"][frames["parties"]["record_id"] == "pact-communication"]
    assert there[["party_id", "role"]].to_numpy().tolist()[:2] == [
        ["elsewhere-library", "participant"], ["yonder-library", "participant"],
    ]  # fmt: skip


GROUP = """agreements:
- id: pact
  kind: cooperation_agreement
  parties: [yonder-city]
  one_each_with: [elsewhere-library, yonder-library, farther-library]
  says: an invented pact of all
  scope: an invented scope
  note: of the group
  milestones: {signed: 2019-04-05}
"""


def test_a_group_has_a_child_for_each_and_counts_once(project: Project) -> None:
    frames = build(invent(project, a=GROUP))
    agreements = frames["agreements"].set_index("agreement_id")
    assert agreements["form"].to_dict() == {
        "pact": "group", "pact-elsewhere-library": "child", "pact-farther-library": "child",
        "pact-yonder-library": "child",
    }  # fmt: skip
    assert agreements.index[agreements["countable"]].to_list() == ["pact"]
    assert set(agreements["parent_id"].dropna()) == {"pact"}
    assert set(agreements["scope"]) == {"an invented scope"}
    assert agreements["note"].dropna().to_dict() == {"pact": "of the group"}
    pairs = frames["parties"].groupby("record_id")["party_id"].apply(list).to_dict()
    assert pairs["pact"] == ["yonder-city", "elsewhere-library", "yonder-library", "farther-library"]
    assert pairs["pact-farther-library"] == ["yonder-city", "farther-library"]


def test_a_tie_without_an_instrument_does_not_count(project: Project) -> None:
    tie = PACT.format('signed: "2019"').replace("kind: memorandum", "kind: unspecified_cooperation")
    assert row(build(invent(project, a=tie))["agreements"], agreement_id="pact")["countable"] is False


VISITOR = tour().replace("visitor: yonder-library", "visitor: Ann Invented")
POSTS = """posts:
- {id: one, person: Ann Invented, post: keeper, org: yonder-library, at: tour, says: an invented keeper}
- {id: two, person: Ann Invented, post: keeper, org: farther-library, at: tour, says: an invented keeper}
"""


def test_somebody_named_without_a_body_came_for_the_one_of_their_post(project: Project) -> None:
    frames = build(invent(project, a=VISITOR + POSTS.splitlines(keepends=True)[0] + POSTS.splitlines()[1]))
    assert row(frames["parties"], party_id="ann-invented")["for_org"] == "yonder-library"
    assert row(frames["posts"], person_id="ann-invented")["edtf"] == "2019-04"


def test_of_two_posts_none_is_chosen(project: Project) -> None:
    frames = build(invent(project, a=VISITOR + POSTS))
    assert row(frames["parties"], party_id="ann-invented")["for_org"] is None


# --- whose word it is -------------------------------------------------------------------------
def test_every_source_keeps_its_own_value(project: Project) -> None:
    frames = build(told(project, tour("2019-04"), tour("2018")))
    rows = frames["assertions"].query("record_id == 'tour' and field == 'edtf'")
    values = rows.set_index("source_id")["value"]
    assert values.to_dict() == {"a": "2019-04", "b": "2018"}


def test_what_differs_is_written_as_in_the_dossier(project: Project) -> None:
    frames = build(
        told(
            project,
            tour("{edtf: 2019-04, days: 2}", more="  countable: yes\n"),
            tour("{edtf: 2019-04, days: 3}"),
        )
    )
    rows = frames["assertions"].query("record_id == 'tour' and source_id == 'a'")
    values = rows.set_index("field")["value"]
    assert (values["days"], values["countable"]) == ("2", "yes")
    assert row(frames["conflicts"], field="days")["values"] == "2 (a); 3 (b)"


@pytest.mark.parametrize("which", ["the project", "two sources"])
def test_every_row_has_its_key_and_no_two_have_one(project: Project, which: str) -> None:
    if which == "two sources":
        told(
            project,
            tour(more=PARTS) + PACT.format('signed: "2019"'),
            tour("2019", more=PARTS) + GROUP.replace("id: pact", "id: league"),
        )
    frames = build(project)
    for table in TABLES:
        keys = frames[table.name][list(table.key)]
        assert not keys.duplicated().any(), table.name
        assert frames[table.name][table.key[0]].notna().all(), table.name


# --- order changes nothing --------------------------------------------------------------------
def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for table in TABLES:
        pd.testing.assert_frame_equal(one[table.name], other[table.name], obj=table.name)


PAIR = {
    "one-more": tour("2018", more="  quantities: {audience: ~50, people: 3}\n"),
    "another": tour("2019-04-02", type="meeting", where="yonder"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, pd.DataFrame]]:
    """The project with two invented dossiers that disagree, and its tables."""
    folder = tmp_path_factory.mktemp("order") / "project"
    five.copy(folder)
    real = {path.name: path.read_bytes() for path in (folder / "data" / "raw" / "dossiers").iterdir()}
    anchors = (folder / "data" / "raw" / "anchors.csv").read_bytes()
    project = invent(Project(folder), **{name.replace("-", "_"): text for name, text in PAIR.items()})
    for name, content in real.items():
        (project.dossiers / name).write_bytes(content)
    project.anchors_file.write_bytes(anchors)
    return folder, build(project)


def shuffled(tree: object, chance: random.Random, path: tuple[str, ...] = ()) -> object:
    """The same dossier with its keys, and the records of its sections, in another order.

    The order of parties, of readings and of one_each_with is what the source gives.
    """
    if isinstance(tree, dict):
        items = list(tree.items())
        if path[-1:] not in (("who",), ("readings",), ("signers",)):
            chance.shuffle(items)
        return {key: shuffled(value, chance, (*path, key)) for key, value in items}
    if isinstance(tree, list):
        items = [shuffled(item, chance, path) for item in tree]
        if all(isinstance(item, dict) for item in items) and path[-1] not in ("who", *ROLES):
            chance.shuffle(items)
        return items
    return tree


ROLES = ("host", "visitor", "participant", "speaker", "exchanged_staff", "visited", "organiser", "inviter")


@STEADY
@given(st.integers(0, 2**32))
def test_the_order_of_keys_records_rows_and_files_changes_nothing(
    written: tuple[Path, dict[str, pd.DataFrame]], tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder, expected = written
    chance = random.Random(seed)
    copy = tmp_path_factory.mktemp("shuffled")
    files = [path for path in sorted((folder / "data").rglob("*")) if path.is_file()]
    chance.shuffle(files)
    for path in files:
        target = copy / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "dossiers":
            tree = shuffled(yaml.load(text, yaml.BaseLoader), chance)
            text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
        elif path.suffix == ".csv":
            first, *rows = text.splitlines()
            chance.shuffle(rows)
            text = "\n".join([first, *rows]) + "\n"
        target.write_text(text, encoding="utf-8")
    same(build(Project(copy)), expected)


@STEADY
@given(st.randoms(use_true_random=False))
def test_the_order_of_dossiers_changes_nothing(
    written: tuple[Path, dict[str, pd.DataFrame]], chance: random.Random
) -> None:
    folder, expected = written
    material, _ = load.read_material(Project(folder))
    chance.shuffle(material.dossiers)
    same(corpus.build(material), expected)


def test_the_order_of_readings_changes_nothing(project: Project) -> None:
    turned = SET.replace(READINGS, ", ".join(reversed(READINGS.split(", "))))
    one, other = (build(invent(project, a=tour(when))) for when in (SET, turned))
    same(one, other)


def test_building_leaves_the_material_as_it_was(project: Project) -> None:
    """Building twice gives the same, for nothing is inherited a second time."""
    material, _ = load.read_material(told(project, tour(more=PARTS) + GROUP, tour("2018")))
    same(corpus.build(material), corpus.build(material))
