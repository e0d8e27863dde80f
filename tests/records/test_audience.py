"""What the public may have, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import letter
from exports.conftest import AFTER, OPEN, SHUT, inside, internal, outside, told
from records.invented_records import decide, head, invent
from runs import tiny
from workbench.errors import UsageError
from workbench.exports.holdings import Holdings, collect
from workbench.paths import Project
from workbench.records import audience, load
from workbench.report import open_report

__all__ = ["inside", "outside", "told"]


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


# --- reports ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The same project without and with an internal letter; not to be changed."""
    folder = tmp_path_factory.mktemp("pair")
    plain, telling = (letter.prepare(tiny.copy_project(folder / name)) for name in ("plain", "telling"))
    letter.slip_in(telling)
    return plain, telling


def test_the_letter_tells_something(pair: tuple[Project, Project]) -> None:
    """Else the tests below would hold of anything."""
    frames, _ = audience.ensure_tables(pair[1], audience.INTERNAL)
    whole = "".join(frame.to_csv() for frame in frames.values()).encode()
    assert {"hushed", "whispered", "2019-04-02", "Hidden Office"} <= set(letter.betrayals(whole))


def test_the_public_tables_are_those_of_a_project_without_the_letter(pair: tuple[Project, Project]) -> None:
    """Apart from register rows: what the letter alone names is left out, and no other table leads to it."""
    (plain, _), (telling, _) = (audience.ensure_tables(project, audience.PUBLIC) for project in pair)
    for name in set(plain) - {"organisations", "people", "places", "names"}:
        pd.testing.assert_frame_equal(telling[name], plain[name])


@pytest.mark.parametrize("home", ["hangzhou-public-library", "zhejiang-libraries"])
def test_a_public_report_has_the_same_bytes_with_and_without_an_internal_source(
    pair: tuple[Project, Project], tmp_path: Path, home: str
) -> None:
    notebooks = [
        tiny.executed(project, project.notebooks / "overview.ipynb", tmp_path / f"{n}.ipynb", home=home).read_bytes()
        for n, project in enumerate(pair)
    ]
    assert notebooks[0] == notebooks[1]
    assert letter.betrayals(notebooks[1]) == []


def test_an_internal_report_reads_the_letter(pair: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PROJECT", str(pair[1].root))
    slices = [open_report("overview", audience=name).corpus for name in audience.AUDIENCES]
    assert ["hushed-visit" in set(corpus["events"]["event_id"]) for corpus in slices] == [False, True]
    assert [corpus.withheld for corpus in slices] == [True, False]


def test_a_public_slice_does_not_know_whether_there_is_a_letter(
    pair: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PROJECT", str(pair[0].root))
    assert open_report("overview").corpus.withheld


def test_an_audience_that_is_not_known_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PROJECT", str(project.root))
    with pytest.raises(UsageError, match="did you mean internal"):
        open_report("overview", audience="internals")


# --- what it costs ----------------------------------------------------------------------------


def test_nothing_is_made_where_no_source_is_internal(
    pair: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames, settings = load.ensure_tables(pair[0])
    monkeypatch.setattr(load, "read_material", lambda project: pytest.fail("the dossiers were read again"))
    assert audience.public(pair[0], frames, settings) is frames
    assert not (pair[0].processed / "public").exists()


def test_the_dossiers_are_read_once_for_the_public(
    pair: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = audience.ensure_tables(pair[1], audience.PUBLIC)
    monkeypatch.setattr(load, "read_material", lambda project: pytest.fail("the dossiers were read again"))
    again, _ = audience.ensure_tables(pair[1], audience.PUBLIC)
    for name, frame in first.items():
        pd.testing.assert_frame_equal(again[name], frame)


def test_what_is_kept_for_the_public_follows_the_dossiers(project: Project) -> None:
    path = letter.slip_in(letter.prepare(project))

    def titles() -> str:
        return str(audience.ensure_tables(project, audience.PUBLIC)[0]["sources"]["title"].str.cat())

    assert "closed doors" not in titles()
    tiny.replace(project.dossiers / "zjlib-oclc-2018.yaml", "A Collective Cooperation", "Another Cooperation")
    assert "Another Cooperation" in titles()
    tiny.replace(path, "audience: internal", "audience: public")
    assert "closed doors" in titles()
