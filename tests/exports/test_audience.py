"""What the public may have, and what it must not."""

from __future__ import annotations

import pandas as pd

from exports.conftest import AFTER, OPEN, SHUT, internal
from records.invented_records import decide, head, invent
from workbench.exports.holdings import Holdings, collect
from workbench.paths import Project


def ids(holdings: Holdings, table: str) -> set[str]:
    return set(holdings.tables[table].iloc[:, 0])


def test_the_public_gets_nothing_that_only_internal_sources_tell(inside: Holdings, outside: Holdings) -> None:
    assert ids(inside, "sources") - ids(outside, "sources") == {"shut-source"}
    assert ids(inside, "events") - ids(outside, "events") == {"whispered"}
    for name, frame in outside.tables.items():
        text = frame.to_csv()
        for secret in ("shut-source", "whispered", "behind doors", "only for the house", "Secret Reading", "2019-04-03",
                       "bo-invented"):  # fmt: skip
            assert secret not in text, f"{name} tells {secret}"


def test_a_record_that_both_tell_has_the_values_of_the_public_source(inside: Holdings, outside: Holdings) -> None:
    dates = [h.tables["events"].set_index("event_id").loc["tour", "edtf"] for h in (inside, outside)]
    assert dates == ["2019-04-03", "2019-04"]


def test_a_reference_to_what_is_left_out_is_empty(inside: Holdings, outside: Holdings) -> None:
    found = [h.tables["events"].set_index("event_id").loc["after", "follows"] for h in (inside, outside)]
    assert found[0] == "whispered"
    assert pd.isna(found[1])


def test_bodies_of_the_register_that_nobody_mentions_stay(inside: Holdings, outside: Holdings) -> None:
    assert ids(inside, "organisations") - ids(outside, "organisations") == {"leeds-libraries", "leeds-city"}
    assert "british-library" in ids(outside, "organisations")
    assert "zhejiang-library" in ids(outside, "organisations"), "a member of a home"


def test_without_internal_sources_nothing_is_left_out(project: Project) -> None:
    assert collect(project, "public").left_out == {}


def test_a_judgement_that_weighed_an_internal_source_is_not_told(project: Project) -> None:
    """Two public sources and an internal one give a date; the judgement follows the last."""
    other = head("other-source") + OPEN.partition("- id: call")[0].replace("2019-04", "2018").replace("names:", "#")
    invent(project, open_source=OPEN, after_source=AFTER, shut_source=internal("shut-source", SHUT), other_source=other)
    decide(project, "record: events, id: tour, field: edtf, value: 2019-04-03, why: seen inside, by: N, on: 2026-01-02")
    assert "seen inside" in collect(project, "internal").tables["conflicts"].to_csv()
    tables = collect(project, "public").tables
    assert "seen inside" not in tables["conflicts"].to_csv()
    assert "2019-04-03" not in tables["events"].to_csv()


def test_a_judgement_about_what_an_internal_source_tells_is_not_told(project: Project) -> None:
    """Of records told inside alone, and of one that both tell; what is about public records stays."""
    invent(project, open_source=OPEN, after_source=AFTER, shut_source=internal("shut-source", SHUT))
    said = "what: invented, chosen: two, by: N, on: 2026-01-02"
    told = {"whispered": "heard inside", "tour": "seen inside", "call": "read by all"}
    lines = "".join(f"- {{about: [{id}], why: {why}, {said}}}\n" for id, why in told.items())
    project.decisions_file.write_text(f"judgements:\n{lines}", encoding="utf-8")
    reasons = {
        audience: collect(project, audience).tables["conflicts"]["reason"].str.cat()
        for audience in ("internal", "public")
    }
    assert {why for why in told.values() if why in reasons["internal"]} == set(told.values())
    assert {why for why in told.values() if why in reasons["public"]} == {"read by all"}
