"""Names of a register: exact or asked, never guessed; what a person decided is kept."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from invented_records import build, row
from invented_registers import SOURCE, TWINS, VISITS, bring, brought, errors

from workbench.paths import Project
from workbench.records import load

HEAD = "Town,Country,State,Since\n"
VISIT = "Who,City,Country,State,Day,Heads\n"
NAMES = "data/raw/tables/invented-list.names.csv"


def worksheet(project: Project) -> list[dict[str, str]]:
    path = project.root / NAMES
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())) if path.is_file() else []


def decide(project: Project, printed: str, decision: str) -> None:
    """Fill the line of a name, as a person would."""
    path = project.root / NAMES
    rows = worksheet(project)
    for line in rows:
        if line["printed"] == printed:
            line.update(decision=decision, why="", by="A Tester", on="2026-01-02")
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def place_of(project: Project, line: str) -> dict[str, object]:
    """The event made of one row; Ann is nobody of the register."""
    us = "US,United States,美国,ISO 3166-1,north_america\n"
    assert us in (project.vocabularies / "country.csv").read_text(encoding="utf-8-sig")
    outcome = bring(project, VISIT + line + "\n", VISITS)
    assert errors(outcome) == []
    return row(brought(project)["events"], register_id="invented-list")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Ann,Springfield,US,,,", None),
        ("Ann,Springfield,US,IL,,", "geonames-4250542"),
        ("Ann,Springfield,United States,Illinois,,", "geonames-4250542"),
        ("Ann,Springfield,US,Alaska,,", None),
        ("Ann,Taizhou,CN,,,", None),
        ("Ann,Taizhou,CN,Zhejiang,,", "taizhou-zhejiang"),
        ("Ann,Taizhou,CN,Jiangsu,,", None),  # the gazetteer has no name for the province
        ("Ann,泰州,CN,,,", "geonames-1793505"),
        ("Ann,Hangzhou,,,,", "hangzhou"),
        ("Ann,Springfeild,US,IL,,", None),
        ("Ann,Leeds,,,,", None),  # there is one in Alabama
    ],
)
def test_a_place_is_taken_only_when_one_is_left(project: Project, line: str, place: str | None) -> None:
    event = place_of(project, line)
    assert event["place_id"] == place
    assert event["place_printed"] == (None if place else line.split(",")[1])
    assert event["place_precision"] == ("city" if place else "unknown")
    assert bool([name for name in worksheet(project) if name["table"] == "places"]) == (place is None)


def test_what_is_ambiguous_is_listed_with_all_that_bear_the_name(project: Project) -> None:
    place_of(project, "Ann,Taizhou,CN,,,")
    line = next(line for line in worksheet(project) if line["table"] == "places")
    assert "taizhou-zhejiang" in line["candidates"]
    assert "geonames-1793505 (Taizhou, CN 04; 32.49, 119.91)" in line["candidates"]
    assert "geonames-8400694" not in line["candidates"]  # the same place as ours


def test_a_city_of_the_gazetteer_becomes_a_place_with_its_name(project: Project) -> None:
    place_of(project, "Ann,Springfield,US,IL,,")
    tables = build(project)
    place = row(tables["places"], place_id="geonames-4250542")
    assert (place["country"], place["admin1"], place["geonames_id"]) == ("US", "Illinois", 4250542)
    assert row(tables["names"], id="geonames-4250542")["text"] == "Springfield"


def test_a_country_outside_the_list_is_asked_for_with_its_row(project: Project) -> None:
    outcome = bring(project, VISIT + "Ann,Moroni,Comoros,,,\n", VISITS)
    assert any("add KM,Comoros,科摩罗,ISO 3166-1,africa" in error for error in errors(outcome))


def test_a_decision_is_obeyed_remembered_and_never_lost(project: Project) -> None:
    table = HEAD + "Loiner Town,GB,,1988\nLoiner Town,GB,,1990\nUpper Nowhere,,,1991\n"
    bring(project, table, TWINS)
    assert [(line["printed"], line["rows"]) for line in worksheet(project)] == [
        ("Loiner Town", "2"),
        ("Upper Nowhere", "1"),
    ]
    decide(project, "Loiner Town", "leeds-city")
    decide(project, "Upper Nowhere", "open")
    tables = build(project)
    assert row(tables["parties"], record_id="invented-list-2", n=1)["party_id"] == "leeds-city"
    variant = row(tables["names"], text="Loiner Town")
    assert (variant["id"], variant["kind"], variant["source_id"]) == ("leeds-city", "variant", "invented-list")
    before = (project.root / NAMES).read_bytes()
    assert bring(project, table, TWINS).written == []
    assert (project.root / NAMES).read_bytes() == before
    bring(project, HEAD + "Leeds,GB,,1988\n", TWINS)  # the name has gone from the table
    assert {(line["printed"], line["rows"], line["decision"]) for line in worksheet(project)} == {
        ("Loiner Town", "0", "leeds-city"), ("Upper Nowhere", "0", "open"),
    }  # fmt: skip


def test_a_decision_for_an_unknown_id_is_told_with_its_line(project: Project) -> None:
    bring(project, HEAD + "Smallville,,,1988\nTinytown,,,1989\n", TWINS)
    decide(project, "Tinytown", "leeds-citi")
    problems = [str(problem) for problem in load.read_material(project)[1] if problem.severity == "error"]
    assert len(problems) == 1
    assert problems[0].startswith(f"{NAMES}:3 · decision")
    assert "did you mean leeds-city" in problems[0]


def test_a_name_that_a_spreadsheet_would_compute_is_kept_harmless(project: Project) -> None:
    table = HEAD + '"=HYPERLINK(""x"")",,,1988\n'
    bring(project, table, TWINS)
    assert worksheet(project)[0]["printed"].startswith("'=")
    decide(project, worksheet(project)[0]["printed"], "leeds-city")
    assert row(build(project)["parties"], record_id="invented-list-2", n=1)["party_id"] == "leeds-city"


def test_a_body_elsewhere_with_the_same_name_is_not_taken(project: Project) -> None:
    mapping = 'record = "events"\nconstants = { type = "book_donation" }\n'
    mapping += (
        'parties = [{ role = "recipient", column = "Library", country = "Land", kind = "public_library" }]\n' + SOURCE
    )
    bring(project, "Library,Land\nLeeds Libraries,GB\nLeeds Libraries,US\nCity of Leeds,GB\n", mapping)
    parties = build(project)["parties"]
    found = parties[parties["record_id"].str.startswith("invented-list")]
    assert list(found["party_id"].fillna("")) == ["leeds-libraries", "", ""]


def test_a_source_is_a_dossier_or_a_register(project: Project) -> None:
    taken = TWINS.replace('id = "invented-list"', 'id = "globalleeds-hangzhou-mou"')
    assert any("is the source of data/raw/dossiers" in error for error in errors(bring(project, HEAD, taken)))


def test_a_table_without_its_mapping_is_told(project: Project) -> None:
    project.tables.mkdir(parents=True)
    Path(project.tables / "lonely.csv").write_text("a\n1\n", encoding="utf-8")
    assert "no mapping belongs to this file" in "\n".join(map(str, load.read_material(project)[1]))


def test_a_city_that_has_a_namesake_does_not_stand_for_the_body_of_ours(project: Project) -> None:
    path = project.registers / "organisations.csv"
    added = "taizhou-city,government,taizhou-zhejiang,,City of Taizhou,yes,台州市,,,,,,,\n"
    path.write_text(path.read_text(encoding="utf-8-sig") + added, encoding="utf-8")
    bring(project, HEAD + "Taizhou,CN,,1988\nTaizhou,CN,Zhejiang,1988\nTaizhou,CN,Jiangsu,1988\n", TWINS)
    parties = build(project)["parties"]
    found = parties[parties["record_id"].str.startswith("invented-list") & (parties["n"] == 1)]
    assert list(found["party_id"].fillna("")) == ["", "taizhou-city", ""]
    assert {line["candidates"] for line in worksheet(project)} == {"taizhou-city (City of Taizhou)"}


def test_what_was_decided_in_one_register_holds_in_the_next(project: Project) -> None:
    """A decision is remembered: the same name with the same things beside it is not asked again."""
    place_of(project, "Ann,Springfield,US,,,")
    sheet = project.root / NAMES
    text = sheet.read_text(encoding="utf-8-sig")
    decided = [f"{line.rsplit(',', 3)[0]},geonames-4250542,A. N. Other,2026-01-02" if ",Springfield," in line else line
               for line in text.splitlines()]  # fmt: skip
    sheet.with_name("another.names.csv").write_text("\n".join(decided) + "\n", encoding="utf-8")
    assert place_of(project, "Ann,Springfield,US,,,")["place_id"] == "geonames-4250542"
