"""What may never change a number, whatever is added to the records."""

import pytest

from analysis.answered import HOMES, HPL, ask, ask_each, rows, tell

PLAN_KINDS = ("visit", "delegation", "staff_exchange", "agreement_signing", "partnership")
PARTS = {
    "chinese-library-conference-2016": (HPL, "milan-public-libraries"),
    "milan-stay-2017": (HPL, "milan-public-libraries"),
    "oclc-symposium-2018": ("zhejiang-library", "oclc"),
    "leeds-visit-2019": (HPL, "leeds-libraries"),
    "heidelberg-online-meeting": (HPL, "heidelberg-city"),
    "sino-russia-forum-2023": ("zhejiang-library", "russian-state-library"),
    "wlic-2023": ("zhejiang-library", "ifla"),
}


def headlines(project):
    """Every number of every home that a plan or a part must leave alone."""
    return {
        home: (
            told.count,
            rows(told.exchanges, "event_id", "direction", "counted", "left_out"),
            rows(told.partners, "org_id", "events", "inbound", "outbound", "online", "last"),
            rows(told.agreements, "agreement_id", "countable", "step", "children", "last_event"),
            rows(told.claims, "claim_id", "on_record"),
        )
        for home, told in ask_each(project).items()
    }


def left_out(project):
    return {home: rows(told.left_out, "record_id", "reason") for home, told in ask_each(project).items()}


def test_adding_plans_never_changes_a_counted_number(project):
    before = headlines(project)
    left_before = left_out(project)
    tell(
        project,
        "plans:\n"
        + "".join(
            f"""
- id: plan-{n}
  kind: {kind}
  strength: planned
  when: {{edtf: {2020 + n}}}
  where: Leeds
  raised_at: leeds-visit-2019
  agreement: leeds-hangzhou-libraries
  says: some words
  who: {{visitor: {body}, host: leeds-libraries}}
"""
            for n, (kind, body) in enumerate((kind, body) for kind in PLAN_KINDS for body in (HPL, "zhejiang-library"))
        ),
    )
    assert headlines(project) == before
    assert left_out(project) == left_before


def test_adding_parts_never_changes_the_headline(project):
    before = headlines(project)
    added = "events:\n"
    for whole, (ours, theirs) in PARTS.items():
        online = "\n  where: online\n  mode: online" if whole == "heidelberg-online-meeting" else ""
        added += f"""
- id: part-of-{whole}
  type: award
  part_of: {whole}{online}
  says: some words
  who: {{participant: [{ours}, {theirs}, british-library]}}
- id: part-of-part-of-{whole}
  type: exhibition
  part_of: part-of-{whole}{online}
  says: some words
  who: {{participant: [{ours}, {theirs}]}}
"""
    tell(project, added)
    assert headlines(project) == before
    for home, left in left_out(project).items():
        for whole in set(PARTS) & {record for record, *_ in before[home][1]}:
            assert {(f"part-of-{whole}", "part"), (f"part-of-part-of-{whole}", "part")} <= set(left)


def test_splitting_a_source_never_changes_event_counts(project):
    # The article of 2023 tells of two journeys and a session: told by two articles they are as many.
    before = headlines(project)
    path = project.dossiers / "zjlib-2023-academic-exchange.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("- id: wlic-2023\n"), text.index("- id: sharing-session-2023")
    journey = text[start:end]
    series = text[text.index("- id: ifla-wlic") : text.index("events:")]
    path.write_text(text.replace(journey, "").replace(series, ""), encoding="utf-8")
    tell(project, f"series:\n{series}\nevents:\n{journey}", id="second-half")
    after = headlines(project)
    assert after == before


def test_a_second_source_for_the_same_event_never_changes_event_counts(project):
    before = headlines(project)
    tell(
        project,
        """
events:
- id: wlic-2023
  type: conference
  mode: in_person
  says: some words
  when: {edtf: 2023-08-21/2023-08-25}
  where: Rotterdam
  who: {organiser: ifla, participant: {party: colleagues (group), for: zhejiang-library, headcount: 4}}
- id: leeds-visit-2019
  type: visit
  mode: in_person
  says: some words
  when: {edtf: 2019-04}
  where: Hangzhou
  who: {visitor: leeds-libraries, host: hangzhou-public-library}
""",
    )
    after = headlines(project)
    assert {home: after[home][0] for home in HOMES} == {home: before[home][0] for home in HOMES}
    assert {home: after[home][1] for home in HOMES} == {home: before[home][1] for home in HOMES}


NEVER = {
    "cancelled": ("visit", "factuality: cancelled"),
    "postponed": ("visit", "factuality: postponed"),
    "reported_only": ("visit", "factuality: reported_only"),
    "aggregate": ("visit", "clarity: aggregate"),
    "domestic": ("visit", "topic: nobody came from abroad"),
    "internal": ("internal_session", "topic: a follow-up in the house"),
}


def test_what_is_never_counted(project):
    before = headlines(project)
    body = "events:\n"
    for reason, (kind, field) in NEVER.items():
        partner, place = ("shanghai-library", "Shanghai") if reason == "domestic" else ("leeds-libraries", "Hangzhou")
        body += f"""
- id: {reason.replace("_", "-")}
  type: {kind}
  mode: in_person
  says: some words
  when: {{edtf: 2020-05-04}}
  where: {place}
  who: {{visitor: {partner}, host: [hangzhou-public-library, zhejiang-library]}}
  {field}
"""
    tell(project, body)
    for home, told in ask_each(project).items():
        assert told.count == before[home][0]
        assert rows(told.partners, "org_id") == [row[:1] for row in before[home][2]]
        left = rows(told.left_out, "record_id", "reason")
        assert {(reason.replace("_", "-"), reason) for reason in NEVER} <= set(left)


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_what_is_not_reviewed_is_listed_and_not_counted(project, status):
    before = ask(project).count
    tell(
        project,
        """
events:
- id: not-yet-read
  type: visit
  mode: in_person
  says: some words
  when: {edtf: 2020-05-04}
  where: Hangzhou
  who: {visitor: leeds-libraries, host: hangzhou-public-library}
agreements:
- id: not-yet-read-agreement
  kind: memorandum
  parties: [leeds-libraries, hangzhou-public-library]
  says: some words
  milestones: {signed: {edtf: 2020-05-04, says: some words}}
""",
        status=status,
    )
    told = ask(project)
    assert told.count == before
    assert ("not-yet-read", "not_reviewed") in rows(told.left_out, "record_id", "reason")
    assert "not-yet-read-agreement" not in set(told.answers.own_agreements["agreement_id"])


def test_every_event_of_the_home_is_counted_or_left_out(asked):
    for home in HOMES:
        told = asked(home)
        takers = told.corpus.takers
        ours = takers[(takers["record"] == "events") & takers["org_id"].isin(told.corpus.members)]
        assert sorted(set(ours["record_id"])) == sorted([*told.counted, *told.left_out["record_id"]])


def test_a_region_counts_as_abroad_by_the_setting_alone(project):
    # Codebook, rule 16: whether it counts is an explicit setting.
    places = project.registers / "places.csv"
    places.write_text(places.read_text(encoding="utf-8") + "macao,city,MO,,22.198,113.549,,Macao,澳门,,,,\n", "utf-8")
    bodies = project.registers / "organisations.csv"
    row = "macao-library,public_library,macao,,Macao Public Library,,澳门公共图书馆,,,,,,,\n"
    bodies.write_text(bodies.read_text(encoding="utf-8") + row, encoding="utf-8")
    tell(
        project,
        """
events:
- id: macao-visit
  type: visit
  mode: in_person
  says: some words
  when: {edtf: 2020-05-04}
  where: Macao
  who: {visitor: {party: colleagues (group), for: hangzhou-public-library}, host: macao-library}
""",
    )
    told = ask(project)
    assert told.exchange("macao-visit")["partners"] == ("macao-library",)
    assert told.exchange("macao-visit")["direction"] == "outbound"
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(text.replace("regions_count = true", "regions_count = false"), encoding="utf-8")
    assert "macao-visit" not in ask(project).counted
    assert ("macao-visit", "domestic") in rows(ask(project).left_out, "record_id", "reason")
