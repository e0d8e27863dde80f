"""Files as they come: each broken, odd or hostile one ends in one clear error or a right result."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner
from invented_records import build
from invented_registers import TWINS, VISITS, bring, brought, errors, told, write

from workbench.cli import main
from workbench.errors import RecordsError
from workbench.paths import Project
from workbench.records.imports import sheets

HEAD = "Who,City,Country,State,Day,Heads\n"
ROW = "Änn,Leeds,GB,,2001-02-03,5\n"
COLUMNS = ["Who", "City", "Country", "State", "Day", "Heads"]


def workbook(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None], **options: object) -> bytes:
    """An XLSX file with the header in its first row."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("List")
        sheet.write_row(0, 0, COLUMNS)
        fill(book, sheet)
    return buffer.getvalue()


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def said(project: Project, table: str | bytes, mapping: str = VISITS, suffix: str = ".csv") -> str:
    """What an import that must fail says; nothing was written."""
    try:
        outcome = bring(project, table, mapping, suffix)
    except RecordsError as error:
        return str(error)
    assert errors(outcome)
    assert not project.tables.exists()
    return told(outcome)


def event(project: Project) -> dict[str, object]:
    """The one event that was brought in, with who took part."""
    tables = brought(project)
    assert len(tables["events"]) == 1
    found = tables["events"].iloc[0].to_dict()
    parties = tables["parties"][tables["parties"]["record_id"] == found["event_id"]]
    return found | {"who": list(parties["text"])}


# --- text ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "mapping"),
    [
        ((HEAD + ROW).encode(), VISITS),
        (b"\xef\xbb\xbf" + (HEAD + ROW).encode(), VISITS),
        ((HEAD + ROW).encode("utf-16"), VISITS),
        ((HEAD + ROW).replace("\n", "\r\n").encode(), VISITS),
        ((HEAD + ROW).encode("cp1252"), 'encoding = "cp1252"\n' + VISITS),
        ((HEAD + ROW).replace(",", ";").encode(), 'delimiter = ";"\n' + VISITS),
        (("A title\n\n" + HEAD + ROW).encode(), "header_row = 3\n" + VISITS),
        ((HEAD + ",,,,,\n" + ROW.replace("Änn", "\u200fÄnn\u200b ")).encode(), VISITS),
    ],
    ids=["utf-8", "mark", "utf-16", "crlf", "cp1252", "semicolon", "title above", "unseen marks"],
)
def test_the_same_table_in_many_forms(project: Project, content: bytes, mapping: str) -> None:
    bring(project, content, mapping)
    found = event(project)
    assert (found["who"], found["place_id"], found["edtf"]) == (["Änn"], "leeds", "2001-02-03")


@pytest.mark.parametrize(
    ("content", "mapping", "says"),
    [
        ((HEAD + ROW).encode("cp1252"), VISITS, ":2 · byte 0xc4 is not utf-8"),
        ((HEAD + ROW).encode() + b"\xc4nn,,,,,\n", VISITS, ":3 · byte 0xc4 is not utf-8"),
        ((HEAD + ROW).encode(), 'encoding = "cp1252"\n' + VISITS, "the file is in UTF-8, not in cp1252"),
        ((HEAD + ROW).encode("utf-16"), 'encoding = "gb18030"\n' + VISITS, "by its first bytes that it is UTF-16"),
        ((HEAD + ROW).encode(), 'encoding = "utf-ate"\n' + VISITS, 'no encoding "utf-ate"'),
        ((HEAD + ROW).replace(",", ";").encode(), VISITS, "state `delimiter`"),
        ((HEAD + '"Ann,Leeds').encode(), VISITS, "a quotation mark that is not closed"),
        ((HEAD + ROW + "Bo,Leeds\n").encode(), VISITS, ":3 · a row has more or fewer cells"),
        ((HEAD + ROW.strip() + ",x\n").encode(), VISITS, ":2 · a row has more or fewer cells"),
        (b"", VISITS, "there is no header in row 1"),
        (("Who,Who,City,Country,State,Day,Heads\nA," + ROW).encode(), VISITS, 'the header "Who" stands there 2 times'),
        ((HEAD.replace("Day", "Days") + ROW).encode(), VISITS, 'no column "Day" · Who, City, Country, State, Days'),
        ((HEAD + ROW.replace("Leeds", "Le\x07eds")).encode(), VISITS, "a character that is no text in 1 rows"),
        ((HEAD + ROW.replace("5", "#REF!")).encode(), VISITS, '"#REF!" (a formula that failed) in row 2'),
        ((HEAD + ROW.replace("5", "five")).encode(), VISITS, '"five" (is not a number we accept) in row 2'),
    ],
    ids=["cp1252", "mixed", "not cp1252", "not gb18030", "no encoding", "delimiter", "open quote", "short row",
         "long row", "empty", "two headers", "no column", "control", "formula", "number"],
)  # fmt: skip
def test_what_cannot_be_read_surely_is_refused(project: Project, content: bytes, mapping: str, says: str) -> None:
    assert says in said(project, content, mapping)


def test_unseen_marks_are_told(project: Project) -> None:
    outcome = bring(project, HEAD + ROW.replace("Änn", "\u202eÄnn"), VISITS)
    assert "an invisible mark in 1 rows" in told(outcome)
    assert errors(outcome) == []


def test_a_file_beyond_the_limit_is_refused_by_its_size(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 20)
    assert "at most 0 MB" in said(project, HEAD + ROW)


# --- workbooks ----------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
def test_a_workbook_keeps_days_numbers_and_truths(project: Project, options: dict[str, object]) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(1, 0, ["Ann", "Leeds", "GB", ""])
        sheet.write_datetime(1, 4, dt.datetime(2001, 2, 3), book.add_format({"num_format": "d.m.yy"}))
        sheet.write_number(1, 5, 5.0)

    bring(project, workbook(fill, **options), VISITS, ".xlsx")
    found = event(project)
    assert (found["edtf"], found["register_row"]) == ("2001-02-03", 2)
    assert list(brought(project)["quantities"]["best"]) == [5]


def broken(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write_row(1, 0, ["Ann", "Leeds", "GB", "", "2001-02-03"])
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")


def merged_header(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.merge_range("A1:B1", "Who")


def merged(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.merge_range("A2:A3", "Ann")
    sheet.write_row(2, 1, ["Leeds", "GB", "", "2001-02-03", 5])


def far_out(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write("XFD1048576", "x")


def two_sheets(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    book.add_worksheet("Notes")


@pytest.mark.parametrize(
    ("fill", "says"),
    [
        (broken, '"#DIV/0!" (a formula that failed) in row 2'),
        (merged_header, "the cells A1:B1 of the header are merged"),
        (merged, "the cells A2:A3 are merged"),
        (far_out, "reaches to column 16384 and row 1048576"),
        (two_sheets, "state `sheet`: List, Notes"),
    ],
)
def test_a_workbook_that_would_lose_something_is_refused(project: Project, fill: Callable, says: str) -> None:
    assert says in said(project, workbook(fill), VISITS, ".xlsx")


def test_merged_cells_are_filled_where_the_mapping_says_so(project: Project) -> None:
    bring(project, workbook(merged), "fill_merged = true\n" + VISITS.replace('"unknown"', '"unknown"'), ".xlsx")
    assert list(brought(project)["parties"]["text"]) == ["Ann", "Ann"]


def bomb() -> bytes:
    buffer = io.BytesIO(workbook(two_sheets))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/large.bin", b"\0" * (sheets.LARGEST + 1))
    return buffer.getvalue()


def archive_of(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "locked with a password"),
        (b"Who,City\n", "this is no XLSX workbook"),
        (workbook(two_sheets)[:-900], "no XLSX workbook"),
        (archive_of("word/document.xml"), "an archive, but no XLSX workbook"),
        (archive_of("xl/workbook.xml"), "the workbook is damaged"),
    ],
    ids=["encrypted", "csv", "cut off", "a document", "hollow"],
)
def test_what_is_no_workbook_is_told(project: Project, content: bytes, says: str) -> None:
    assert says in said(project, content, VISITS, ".xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(project: Project) -> None:
    content = bomb()
    assert len(content) < 1_000_000
    assert "unpacks to more than 100 MB" in said(project, content, VISITS, ".xlsx")


# --- parquet ------------------------------------------------------------------------------------
def test_parquet_with_days_and_nested_columns(project: Project) -> None:
    plain = {"Who": ["Ann"], "City": ["Leeds"], "Country": ["GB"], "State": [None], "Heads": [5.0],
             "Day": [dt.datetime(2001, 2, 3)], "unused": [{"a": 1}]}  # fmt: skip
    assert "the column holds list" in said(project, parquet(**plain | {"Heads": [[1]]}), VISITS, ".parquet")
    bring(project, parquet(**plain), VISITS, ".parquet")
    assert event(project)["edtf"] == "2001-02-03"


# --- mappings -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("place = ", "places = ", ':4 · places · there is no key "places" here'),
        ('column = "Who"', 'colunm = "Who"', "did you mean column"),
        ('"visit"', '"vist"', "did you mean visit"),
        ('role = "visitor"', 'role = "guest"', "not in the list role"),
        ("[source]", "[source", "this is not TOML"),
        ('record = "events"', 'record = "evnts"', "did you mean events?"),
        ('licence = "CC BY 4.0"\n', "", "source.licence · licence is missing"),
        ('empty = "unknown"', 'empty = "unknwon"', "did you mean unknown?"),
        ('"Heads" }', '"Heads" }\nskip = [{ column = "City", matches = "(", reason = "x" }]', "is no pattern"),
        ('{ role = "visitor", column = "Who" }', '{ role = "visitor", body = "leeds-librarie" }', "leeds-libraries"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_with_what_is_near(project: Project, old: str, new: str, says: str) -> None:
    assert old in VISITS
    assert says in said(project, HEAD + ROW, VISITS.replace(old, new, 1))


YAML = """\
record: events
constants: {type: visit}
parties:
- {role: visitor, column: Who}
place: {column: City, country: Country}
dates: {when: {column: Day, formats: [YYYY-MM-DD], empty: unknown}}
source:
  {id: invented-list, title: An invented list, publisher: Invented Association, kind: association, language: en,
   licence: CC BY 4.0, citation: Invented}
"""


def test_a_mapping_in_yaml_says_the_same(project: Project) -> None:
    table, how = write(project.root.parent, HEAD + ROW, YAML)
    how = how.rename(how.with_suffix(".yaml"))
    words = ["import", str(table), "--mapping", str(how), "--project", str(project.root)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "row 2: type visit; place leeds (Leeds)" in result.output
    assert event(project)["place_id"] == "leeds"
    how.write_text(YAML.replace("{type: visit}", "&a {type: visit}"), encoding="utf-8")
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "the anchor &a is not accepted" in result.output) == (1, True)


def test_a_table_in_another_form_takes_the_place_of_the_old_one(project: Project) -> None:
    bring(project, "Town,Country,State,Since\nLeeds,GB,,1988\n", TWINS)
    bring(project, "Town\tCountry\tState\tSince\nLeeds\tGB\t\t1988\n", TWINS, ".tsv")
    assert sorted(path.name for path in project.tables.iterdir()) == ["invented-list.mapping.toml", "invented-list.tsv"]


def test_a_file_that_is_not_there_is_a_matter_of_use(project: Project, tmp_path: Path) -> None:
    words = ["import", str(tmp_path / "none.csv"), "--mapping", str(tmp_path / "none.toml"), "--project"]
    assert CliRunner().invoke(main, [*words, str(project.root)]).exit_code == 2


def test_a_table_without_rows_is_no_mistake(project: Project) -> None:
    outcome = bring(project, HEAD, VISITS)
    assert outcome.lines[-1].split() == ["0", "rows", "in", "all"]
    assert errors(outcome) == []
    build(project)


def test_rows_cut_short_are_filled_where_the_mapping_says_so(project: Project) -> None:
    bring(project, HEAD + "Ann,Leeds,GB\n", "fill_short = true\n" + VISITS)
    assert event(project)["place_id"] == "leeds"


def test_a_formula_nobody_computed_is_not_read_as_empty(project: Project) -> None:
    """openpyxl writes formulas without their results."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    book.active.append(["Ann", "Leeds", "GB", "", "2001-02-03", "=5+6"])
    buffer = io.BytesIO()
    book.save(buffer)
    text = said(project, buffer.getvalue(), suffix=".xlsx")
    assert "formulas without a stored result: 1, the first in F2" in text


def test_moments_with_a_zone_are_no_days(project: Project) -> None:
    zoned = pa.array([dt.datetime(2015, 1, 1, 20)], pa.timestamp("us", tz="UTC"))
    table = parquet(Who=["Ann"], City=["Leeds"], Country=["GB"], State=[""], Day=zoned, Heads=["5"])
    assert "moments of the time zone UTC" in said(project, table, suffix=".parquet")


@pytest.mark.parametrize("number", ["1.200", "35.5"])
def test_a_fraction_of_people_is_asked_about(project: Project, number: str) -> None:
    """1.200 is twelve hundred in half of Europe and one and a fifth here: nobody guesses."""
    assert "a fraction of what is counted whole" in said(project, HEAD + f"Ann,Leeds,GB,,2001-02-03,{number}\n")
