"""Whole registers in: every row accounted for, dates as stated, records beside those of dossiers."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pandas as pd
import pytest
from invented_records import build, material_of, row
from invented_registers import SOURCE, TWINS, VISITS, bring, brought, errors, told

from workbench.errors import RecordsError
from workbench.paths import Project
from workbench.records import audience, corpus, load, vocabularies
from workbench.records.selection import Selection, choose_home, select
from workbench.report import Report

HEAD = "Town,Country,State,Since\n"


def counted(lines: list[str]) -> dict[str, int]:
    """The rows by outcome, as the preview tells them."""
    found = [re.fullmatch(r" *(\d+)  (.+)", line) for line in lines]
    return {match[2]: int(match[1]) for match in found if match}


def test_25_000_rows_are_all_accounted_for_and_stand_in_every_build(project: Project) -> None:
    """Counts add up and each is what the table was made of."""
    chance = random.Random(7)
    towns = [("Leeds", "United Kingdom"), ("Nowhere-on-Sea", "GB"), ("Heidelberg", "德国"), ("Smallville", "")]
    lines, made = ["No,Town,Country,State,Since,Status"], dict.fromkeys(("taken", "waiting", "ended", "empty"), 0)
    for number in range(25_000):
        if number % 250 == 0:
            lines.append(",,,,,")
            made["empty"] += 1
            continue
        town, country = chance.choice(towns)
        ended = number % 10 == 3
        since = chance.choice(["1988", "12/05/1994", ""])
        lines.append(f"{number},{town},{country},,{since},{'ended' if ended else 'stands'}")
        made["ended" if ended else "taken" if town in ("Leeds", "Heidelberg") else "waiting"] += 1
    skip = 'skip = [{ column = "Status", equals = "ended", reason = "it ended" }]\nid = "No"\n'
    outcome = bring(project, "\n".join(lines), skip + TWINS)
    assert errors(outcome) == []
    assert counted(outcome.lines) == {
        "taken": made["taken"], "with a name that needs a decision": made["waiting"],
        "skipped: it ended": made["ended"], "skipped: empty row": made["empty"], "rows in all": 25_000,
        "no such place known": 2,  # of the names to decide
    }  # fmt: skip
    assert sum(made.values()) == 25_000
    tables = build(project)
    ours = tables["agreements"][tables["agreements"]["register_id"] == "invented-list"]
    assert len(ours) == made["taken"] + made["waiting"]
    parties = tables["parties"][tables["parties"]["record_id"].isin(ours["agreement_id"])]
    assert parties["party_id"].isna().sum() == made["waiting"]
    assert set(parties.loc[parties["party_id"].isna(), "text"]) == {"Nowhere-on-Sea", "Smallville"}
    assert len(tables["milestones"]) - len(ours) == len(build_without(project)["milestones"])


def build_without(project: Project) -> dict[str, pd.DataFrame]:
    material = material_of(project)
    material.imported.clear()
    return corpus.build(material)


def test_a_record_of_a_register_names_its_row_and_its_source(project: Project) -> None:
    bring(project, HEAD + '\n"Leeds",GB,,12/05/1994\n"Heidel\nberg",DE,,\nHeidelberg,DE,,\n', TWINS)
    tables = build(project)
    record = row(tables["agreements"], agreement_id="invented-list-3")
    assert (record["register_id"], record["register_row"], record["curation"]) == ("invented-list", 3, "draft")
    assert record["countable"] is True
    step = row(tables["milestones"], milestone_id="invented-list-3-signed")
    assert (step["printed"], step["edtf"], step["basis"]) == ("12/05/1994", "1994-05-12", "stated")
    later = row(tables["milestones"], milestone_id="invented-list-5-signed")
    assert (later["edtf"], later["basis"], later["latest_missing"]) == (None, "unknown", "unknown")
    source = row(tables["sources"], source_id="invented-list")
    assert (source["licence"], source["publisher"]) == ("CC BY 4.0", "Invented Association")
    assert tables["agreements"]["register_id"].notna().sum() == 3


def test_a_report_finds_the_rows_a_record_rests_on(project: Project) -> None:
    reviewed = SOURCE + 'status = "reviewed"\ncoder = "A Tester"\ncoded_on = "2026-01-02"\n'
    bring(project, HEAD + "Leeds,GB,,1988\nHeidelberg,DE,,1989\n", TWINS.replace(SOURCE, reviewed))
    tables, settings = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    chosen = select(
        tables, settings, words, Selection(choose_home(settings, "zhejiang-libraries"), None, settings.as_of)
    )
    assert chosen.sources_of("agreements", ["invented-list-2"]) == ["invented-list"]
    assert chosen.sources_of("milestones", ["invented-list-2-signed"]) == ["invented-list"]
    assert "invented-list" in set(chosen["sources"]["source_id"])
    report = Report("overview", chosen, "en", project)
    report.citations.mark((("agreements", "invented-list-2"), ("milestones", "invented-list-3-signed")))
    listed = report.citations.source_list()
    assert "<li>row 2</li>" in listed
    assert "CC BY 4.0" in listed
    assert chosen.register_rows("invented-list", [("agreements", "invented-list-3"), ("events", "x")]) == [3]


def test_the_order_of_rows_does_not_matter_where_there_is_an_id(project: Project) -> None:
    lines = ["A 1,Leeds,GB,,1988", "B 2,Heidelberg,DE,,1989", "C 3,Leeds,GB,,"]
    found = []
    for order in (lines, lines[::-1]):
        bring(project, "No," + HEAD + "\n".join(order), 'id = "No"\n' + TWINS)
        table = build(project)["agreements"]
        found.append(table[table["register_id"].notna()].drop(columns="register_row"))
    pd.testing.assert_frame_equal(*found)
    assert list(found[0]["agreement_id"]) == ["invented-list-a-1", "invented-list-b-2", "invented-list-c-3"]


def test_importing_again_changes_nothing_and_a_dry_run_writes_nothing(project: Project) -> None:
    table = HEAD + "Leeds,GB,,1988\nSmallville,,,1989\n"
    assert bring(project, table, TWINS, dry_run=True).written == []
    assert not project.tables.exists()
    assert len(bring(project, table, TWINS).written) == 3
    before = load.raw_digest(project)
    assert bring(project, table, TWINS).written == []
    assert load.raw_digest(project) == before


def test_with_errors_nothing_is_written_and_each_value_is_told_once(project: Project) -> None:
    lines = ["Leeds,GB,,c. 1988"] * 30 + ["Leeds,GB,,31/02/1990", "Leeds,Neverland,,1988"]
    outcome = bring(project, HEAD + "\n".join(lines), TWINS)
    assert not project.tables.exists()
    assert len(errors(outcome)) == 3
    assert '"c. 1988" (it has none of the stated formats) in 30 rows, first in row 2' in told(outcome)
    assert "Neverland" in told(outcome)
    assert counted(outcome.lines) == {"in error": 32, "rows in all": 32, "several places": 1}
    mended = TWINS + '[values.signed]\n"c. 1988" = "1988~"\n"31/02/1990" = "1990"\n[values.country]\nNeverland = "GB"\n'
    assert errors(bring(project, HEAD + "\n".join(lines), mended)) == []


@pytest.mark.parametrize(
    ("dates", "printed", "edtf"),
    [
        ('formats = ["MM/DD/YY"], pivot = 1930', "02/03/29", "2029-02-03"),
        ('formats = ["MM/DD/YY"], pivot = 1930', "02/03/30", "1930-02-03"),
        ('formats = ["D MON YYYY"]', "3 Sept 1999", "1999-09-03"),
        ('formats = ["YYYY"]', "2019.0", "2019"),
        ('formats = ["EDTF"]', "1999~", "1999~"),
    ],
)
def test_a_date_is_read_by_its_stated_form(project: Project, dates: str, printed: str, edtf: str) -> None:
    mapping = VISITS.replace('formats = ["YYYY-MM-DD", "Excel date"]', dates).replace('published = "2024-05"\n', "")
    bring(project, f"Who,City,Country,State,Day,Heads\nAnn,Leeds,GB,,{printed},\n", mapping)
    assert row(brought(project)["events"], register_id="invented-list")["edtf"] == edtf


@pytest.mark.parametrize(
    ("dates", "printed", "says"),
    [
        ('formats = ["MM/DD/YY"]', "02/03/29", "years of two digits"),
        ('formats = ["DD/MM/YYYY", "MM/DD/YYYY"]', "02/03/1999", "can be 1999-03-02 (DD/MM/YYYY) and 1999-02-03"),
        ('formats = ["YYYY-MM-DD"]', "03.02.1999", "none of the stated formats"),
        ('formats = ["YYYY"]', "2031", "after the register was published"),
        ('formats = ["DAY YYYY"]', "1999", "is no format of dates"),
    ],
)
def test_a_date_is_never_guessed(project: Project, dates: str, printed: str, says: str) -> None:
    mapping = VISITS.replace('formats = ["YYYY-MM-DD", "Excel date"]', dates)
    try:
        text = told(bring(project, f"Who,City,Country,State,Day,Heads\nAnn,Leeds,GB,,{printed},\n", mapping))
    except RecordsError as error:
        text = str(error)
    assert says in text


def test_empty_cells_mean_what_is_stated(project: Project) -> None:
    table = "Who,From,To\nAnn,1990,1992\nBo,1990,\nCy,,\n"
    start = 'record = "events"\nconstants = { type = "visit" }\nparties = [{ role = "visitor", column = "Who" }]\n'
    dates = 'dates.when = { column = "From", until = "To", formats = ["YYYY"]'
    assert len(errors(bring(project, table, f"{start}{dates} }}\n{SOURCE}"))) == 2
    bring(project, table, f'{start}{dates}, empty = "unknown", until_empty = "open" }}\n{SOURCE}')
    assert list(brought(project)["events"]["edtf"].fillna("")) == ["1990/1992", "1990/..", ""]


def test_numbers_of_a_register_become_quantities_and_claims(project: Project) -> None:
    bring(project, "Who,City,Country,State,Day,Heads\nAnn,Leeds,GB,,2001-02-03,~50\nAnn,,,,,\n", VISITS)
    quantity = row(brought(project)["quantities"], record_id="invented-list-2")
    assert (quantity["measure"], quantity["best"], quantity["qualifier"]) == ("people", 50, "approximately")
    claims = (
        'record = "claims"\nconstants = { measure = "agreements" }\ncolumns = { subject = "Library", value = "Ties" }\n'
    )
    outcome = bring(project, "Library,Ties\nZhejiang Library,>20\nNo Such Library,3\n", claims + SOURCE)
    assert counted(outcome.lines)["with a name that needs a decision"] == 1
    claim = row(build(project)["claims"], register_id="invented-list")
    assert (claim["subject"], claim["low"], claim["register_row"]) == ("zhejiang-library", 21, 2)


def test_the_example_of_the_guide_is_what_the_program_says(project: Project, root: Path) -> None:
    blocks = re.findall(r"```\w*\n(.*?)```", (root / "docs" / "registers.md").read_text(encoding="utf-8"), re.DOTALL)
    table, mapping, says = blocks[1:4]
    outcome = bring(project, table, mapping)
    assert errors(outcome) == []
    assert outcome.lines == says.splitlines()


def test_a_dossier_may_name_a_record_of_a_register(project: Project) -> None:
    bring(project, HEAD + "Leeds,GB,,1988\n", TWINS)
    plan = '- {id: invented-plan, kind: visit, strength: intended, agreement: %s, says: "formal signing"}\nposts:'
    path = project.dossiers / "globalleeds-hangzhou-mou.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("posts:", plan % "invented-list-2"), encoding="utf-8")
    assert row(build(project)["plans"], plan_id="invented-plan")["agreement_id"] == "invented-list-2"
    path.write_text(text.replace("posts:", plan % "invented-list-3"), encoding="utf-8")
    assert '"invented-list-3" is not among the agreements' in "\n".join(map(str, load.read_material(project)[1]))


def test_what_was_cancelled_may_lie_after_the_register(project: Project) -> None:
    table = "Who,City,Country,State,Day,Heads,Fate\nAnn,Leeds,GB,,2031-02-03,,%s\n"
    mapping = 'columns = { factuality = "Fate" }\n' + VISITS
    assert len(errors(bring(project, table % "realised", mapping))) == 1
    assert errors(bring(project, table % "cancelled", mapping)) == []


def test_the_public_gets_nothing_of_an_internal_register(project: Project) -> None:
    table = "Who,City,Country,State,Day,Heads\nAnn Inside,Springfield,US,IL,2001-02-03,5\n"
    bring(project, table, VISITS + 'audience = "internal"\n')
    tables, settings = load.ensure_tables(project)
    assert "Ann Inside" in set(tables["parties"]["text"])
    outside = "".join(frame.to_csv() for frame in audience.public(project, tables, settings).values())
    assert not [text for text in ("invented-list", "Ann Inside", "geonames-4250542") if text in outside]
