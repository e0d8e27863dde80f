"""The catalogue: every mistake is one clear problem, all at once, before anything runs."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from runs import tiny
from workbench import settings as settings_module
from workbench.errors import Problem, RecordsError
from workbench.paths import Project
from workbench.records import load
from workbench.runs import catalogue, engine
from workbench.runs.lists import Lists

DECLARED = """
home: str = ""  # whose exchange
as_of: str = ""  # the day
language: str = "en"  # language of the report
top: int = 3  # how many partners
share: float = 0.5  # smallest share
draft: bool = True  # is it a draft?
""".strip()
GOOD = 'id = "one"\nnotebook = "alpha.ipynb"'


@pytest.fixture
def place(tmp_path: Path) -> Project:
    """A project with one notebook that knows every type of parameter, and no records."""
    project = tiny.bare_project(tmp_path / "project")
    tiny.write_notebook(project, "alpha.ipynb", tiny.CLOSE, parameters=DECLARED)
    return project


def problems(project: Project, text: str) -> list[Problem]:
    """What is wrong with a catalogue of this text."""
    project.catalogue_file.write_text(text, encoding="utf-8")
    with pytest.raises(RecordsError) as caught:
        catalogue.read(project, settings_module.read(project))
    return caught.value.problems


def only(project: Project, row: str) -> Problem:
    """The one problem of a catalogue with one row; it names the line of its field, else of the row."""
    lines = ["# one row", "", "[[report]]", *row.splitlines()]
    found = problems(project, "\n".join(lines) + "\n")
    assert len(found) == 1, [str(problem) for problem in found]
    holding = [number for number, line in enumerate(lines, 1) if re.search(rf"\b{found[0].field} =", line)]
    assert (found[0].file, found[0].line) == ("reports.toml", holding[0] if holding else 3), str(found[0])
    assert all([found[0].what, found[0].expected, found[0].todo]), "what, what was expected, what to do"
    assert "Traceback" not in str(found[0])
    assert "0x" not in str(found[0])
    assert str(project.root) not in str(found[0])
    return found[0]


def read(project: Project, *rows: str, as_of: str = "") -> list[catalogue.Run]:
    tiny.write_catalogue(project, *rows)
    return catalogue.read(project, settings_module.read(project), as_of)


# --- parameters -----------------------------------------------------------------------------


def test_unknown_parameter(place: Project) -> None:
    found = only(place, f'{GOOD}\nparameters = {{ budget = "7" }}')
    assert found.field == "budget"
    assert 'no parameter "budget"' in found.what
    assert "home" in found.expected
    assert "language" in found.expected


def test_misspelt_parameter_is_told_the_right_one(place: Project) -> None:
    assert only(place, f'{GOOD}\nparameters = {{ langauge = "en" }}').todo == "did you mean language?"


@pytest.mark.parametrize(
    ("given", "name", "type"),
    [
        ("top = 'three'", "top", "int"),
        ("top = true", "top", "int"),
        ("top = 2.5", "top", "int"),
        ("share = '1'", "share", "float"),
        ("share = false", "share", "float"),
        ("draft = 1", "draft", "bool"),
        ("draft = 'yes'", "draft", "bool"),
        ("home = 7", "home", "str"),
        ("home = ['zhejiang-library']", "home", "str"),
        ("as_of = 2026-10-31", "as_of", "str"),
        ("language = 7", "language", "str"),
    ],
)
def test_ill_typed_parameter(place: Project, given: str, name: str, type: str) -> None:
    found = only(place, f"{GOOD}\nparameters = {{ {given} }}")
    assert found.field == name
    assert found.what.endswith(f"is not {type}")
    assert found.expected == type
    assert found.todo, "the parameter's comment says what to write"


def test_a_whole_number_will_do_for_a_float(place: Project) -> None:
    assert dict(read(place, f"{GOOD}\nparameters = {{ share = 1 }}")[0].parameters)["share"] == 1


@pytest.mark.parametrize("given", ["years = 'all'", "years = 2019-01-01", "years = 3"])
def test_a_type_that_cannot_be_checked_lets_nothing_through(place: Project, given: str) -> None:
    tiny.write_notebook(place, "alpha.ipynb", tiny.CLOSE, parameters="years: list[int] = []  # which years")
    only(place, f"{GOOD}\nparameters = {{ {given} }}")


def test_parameters_that_are_no_table(place: Project) -> None:
    assert only(place, f'{GOOD}\nparameters = "home"').field == "parameters"


def test_unknown_home_names_the_near_one(place: Project) -> None:
    found = only(place, f'{GOOD}\nparameters = {{ home = "hangzhou-publik-library" }}')
    assert found.field == "home"
    assert "zhejiang-libraries" in found.expected
    assert found.todo.startswith("did you mean hangzhou-public-library")


def test_unknown_language(place: Project) -> None:
    found = only(place, f'{GOOD}\nparameters = {{ language = "fr" }}')
    assert found.field == "language"
    assert '"fr"' in found.what
    assert "en" in found.expected


@pytest.mark.parametrize("day", ["2026-13-01", "2026-10", "yesterday", ".."])
def test_as_of_that_is_no_day_is_refused_before_anything_runs(place: Project, day: str) -> None:
    assert only(place, f'{GOOD}\nparameters = {{ as_of = "{day}" }}').field == "as_of"


# --- notebooks ------------------------------------------------------------------------------


def test_missing_notebook_names_the_near_one(place: Project) -> None:
    found = only(place, 'id = "one"\nnotebook = "alfa.ipynb"')
    assert found.field == "notebook"
    assert '"alfa.ipynb" is not in notebooks/' in found.what
    assert found.todo == "did you mean alpha.ipynb?"


def test_no_notebook_named(place: Project) -> None:
    assert only(place, 'id = "one"').field == "notebook"


def test_a_notebook_outside_the_folder_is_not_taken(place: Project) -> None:
    shutil.copy(place.notebooks / "alpha.ipynb", place.root / "outside.ipynb")
    assert only(place, 'id = "one"\nnotebook = "../outside.ipynb"').field == "notebook"


def test_no_parameters_cell(place: Project) -> None:
    tiny.write_notebook(place, "bare.ipynb", tiny.CLOSE, parameters=None)
    found = only(place, 'id = "one"\nnotebook = "bare.ipynb"')
    assert "bare.ipynb" in found.what
    assert "0 cells" in found.what
    assert "parameters" in found.expected


def test_two_parameters_cells(place: Project) -> None:
    cells = tiny.notebook("", "")
    cells["cells"][2]["metadata"] = {"tags": ["parameters"]}
    (place.notebooks / "two.ipynb").write_text(json.dumps(cells), encoding="utf-8")
    assert "2 cells" in only(place, 'id = "one"\nnotebook = "two.ipynb"').what


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [1]}', b"\xff\xfe", b'{"cells": [{}]}']
)
def test_a_file_that_is_no_notebook(place: Project, content: bytes) -> None:
    (place.notebooks / "broken.ipynb").write_bytes(content)
    found = only(place, 'id = "one"\nnotebook = "broken.ipynb"')
    assert found.field == "notebook"
    assert "broken.ipynb" in found.what


@pytest.mark.parametrize("source", ["home: str = ", "home: str = other", "top: int = 2 * 3", "home: str = str()"])
def test_parameters_that_are_no_plain_values(place: Project, source: str) -> None:
    tiny.write_notebook(place, "broken.ipynb", parameters=source)
    found = only(place, 'id = "one"\nnotebook = "broken.ipynb"')
    assert "broken.ipynb" in found.what
    assert "malformed node" not in found.what


# --- ids and rows ---------------------------------------------------------------------------


def test_duplicate_id_is_reported_at_the_second_row(place: Project) -> None:
    found = problems(place, f"[[report]]\n{GOOD}\n\n[[report]]\n{GOOD}\n")
    assert [(problem.line, problem.field) for problem in found] == [(6, "id")]
    assert '"one"' in found[0].what


@pytest.mark.parametrize("id", ["''", "'One'", "'a b'", "'../up'", "'a/b'", "'中文'", "3", "'-a'", "'a--b'"])
def test_what_is_no_id(place: Project, id: str) -> None:
    assert only(place, f'id = {id}\nnotebook = "alpha.ipynb"').field == "id"


def test_no_id(place: Project) -> None:
    assert only(place, 'notebook = "alpha.ipynb"').field == "id"


def test_the_id_of_the_list_of_reports_is_taken(place: Project) -> None:
    """The page would be reports/index.html, which is the list."""
    assert only(place, 'id = "index"\nnotebook = "alpha.ipynb"').field == "id"


def test_unknown_key_of_a_row(place: Project) -> None:
    found = only(place, f'{GOOD}\nparametres = {{ home = "" }}')
    assert found.field == "parametres"
    assert found.todo == "did you mean parameters?"


@pytest.mark.parametrize(
    "text", ["[report]\nid = 'one'\nnotebook = 'alpha.ipynb'\n", "report = 'one'\n", "report = 3\n"]
)
def test_report_that_is_no_list_of_rows_is_refused(place: Project, text: str) -> None:
    """An empty catalogue would take every built report away."""
    found = problems(place, text)
    assert len(found) == 1
    assert "[[report]]" in found[0].expected


@pytest.mark.parametrize("text", ["report = ['one']\n", "report = [1, 2]\n"])
def test_rows_that_are_no_tables(place: Project, text: str) -> None:
    assert all("[[report]]" in found.expected for found in problems(place, text))


def test_misspelt_report(place: Project) -> None:
    found = problems(place, f"[[reports]]\n{GOOD}\n")
    assert len(found) == 1
    assert found[0].todo == "did you mean report?"


def test_not_toml_names_the_line(place: Project) -> None:
    found = problems(place, f"[[report]]\n{GOOD}\n\n[[report]]\nid = two\n")
    assert len(found) == 1
    assert "not TOML" in found[0].what
    assert found[0].line == 6
    assert "line 6" not in found[0].what, "the line is said once"


def test_not_utf8(place: Project) -> None:
    place.catalogue_file.write_bytes("# 报告\n".encode("gb18030"))
    with pytest.raises(RecordsError) as caught:
        catalogue.read(place, settings_module.read(place))
    assert "UTF-8" in str(caught.value)


def test_no_catalogue(place: Project) -> None:
    place.catalogue_file.unlink(missing_ok=True)
    with pytest.raises(RecordsError) as caught:
        catalogue.read(place, settings_module.read(place))
    assert [problem.file for problem in caught.value.problems] == ["reports.toml"]


# --- all at once, before anything runs ------------------------------------------------------

BROKEN = """
[[report]]
id = "one"
notebook = "alpha.ipynb"
parameters = { hom = "x", top = "3" }

[[report]]
id = "Two"
notebook = "alpha.ipynb"

[[report]]
id = "three"
notebook = "none.ipynb"

[[report]]
id = "four"
notebook = "alpha.ipynb"
parameters = { home = "nowhere", language = "fr" }
""".lstrip()


def test_all_problems_at_once_sorted_by_line(place: Project) -> None:
    found = problems(place, BROKEN)
    expected = [(4, "hom"), (4, "top"), (7, "id"), (12, "notebook"), (17, "home"), (17, "language")]
    assert [(problem.line, problem.field) for problem in found] == expected
    text = str(found[0])
    assert text.startswith("reports.toml:4 · hom · ")
    assert text.count(" · ") == 4, "where · field · what · expected · what to do"


@pytest.mark.usefixtures("no_notebook_runs")
def test_nothing_is_run_or_written_while_the_catalogue_has_errors(built: Project) -> None:
    tiny.replace(built.catalogue_file, 'home = "zhejiang-library"', 'home = "nowhere"')
    before = tiny.snapshot(built.root)
    with pytest.raises(RecordsError):
        engine.build(built, force=True)
    assert tiny.snapshot(built.root) == before


@pytest.mark.usefixtures("no_notebook_runs")
def test_mistakes_in_settings_and_records_are_told_together(built: Project) -> None:
    tiny.replace(built.settings_file, 'default_home = "', 'default_home = "no-')
    path = built.dossiers / "globalleeds-hangzhou-mou.yaml"
    tiny.replace(path, "type: visit", "type: vist")
    with pytest.raises(RecordsError) as caught:
        engine.build(built)
    found = [(problem.file, problem.field) for problem in caught.value.problems]
    assert len(found) == len(set(found)), "each once"
    assert {("workbench.toml", "default_home"), (built.relative(path), "type")} <= set(found)


# --- what is read ---------------------------------------------------------------------------


def test_runs_in_the_order_of_the_catalogue(place: Project) -> None:
    runs = read(place, tiny.row("b"), tiny.row("a", top=5), tiny.row("c"))
    assert [run.id for run in runs] == ["b", "a", "c"]
    assert dict(runs[1].parameters)["top"] == 5


def test_as_of_comes_from_the_settings_unless_given(place: Project) -> None:
    day = settings_module.read(place).as_of
    assert isinstance(day, dt.date)
    assert dict(read(place, tiny.row("a"))[0].parameters)["as_of"] == day.isoformat()
    assert dict(read(place, tiny.row("a"), as_of="2020-01-02")[0].parameters)["as_of"] == "2020-01-02"
    assert dict(read(place, tiny.row("a", as_of="2019-01-01"))[0].parameters)["as_of"] == "2019-01-01"


def test_parameters_of_a_notebook(place: Project) -> None:
    found = catalogue.parameters(place.notebooks / "alpha.ipynb")
    assert list(found) == ["home", "as_of", "language", "top", "share", "draft"]
    assert (found["top"].type, found["top"].default, found["top"].comment) == ("int", 3, "how many partners")


def test_a_hash_in_a_default_does_not_start_the_comment(place: Project) -> None:
    tiny.write_notebook(place, "alpha.ipynb", parameters='colour: str = "#fff"  # of the page')
    assert catalogue.parameters(place.notebooks / "alpha.ipynb")["colour"].comment == "of the page"


def test_the_catalogue_of_this_project_is_good(project: Project) -> None:
    assert catalogue.read(project, settings_module.read(project))


# --- rows that make many reports ------------------------------------------------------------

MANY = 'id = "{home}-{language}"\nnotebook = "alpha.ipynb"\nfor_each = { home = "homes", language = "languages" }'
OF_PARTNERS = 'id = "p-{partner}"\nnotebook = "beta.ipynb"\nfor_each = { partner = "partners" }'
OF_YEARS = 'id = "y-{year}"\nnotebook = "beta.ipynb"\nfor_each = { year = "years" }'
OF_COUNTRIES = 'id = "c-{country}"\nnotebook = "beta.ipynb"\nfor_each = { country = "countries" }'
OF_RECORDS = f'{DECLARED}\npartner: str = ""  # a body\nyear: int = 0  # a year\ncountry: str = ""  # a code'


@pytest.fixture
def told(project: Project) -> Project:
    """The project of the five articles, with notebooks that take a partner and a year."""
    tiny.write_notebook(project, "alpha.ipynb", tiny.CLOSE, parameters=DECLARED)
    tiny.write_notebook(project, "beta.ipynb", tiny.CLOSE, parameters=OF_RECORDS)
    return project


def made(project: Project, *rows: str, as_of: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Ids and parameters of the runs, once the records are read."""
    frames, settings = load.ensure_tables(project)
    tiny.write_catalogue(project, *rows)
    return [(run.id, dict(run.parameters)) for run in catalogue.read(project, settings, as_of, frames)]


def test_a_row_for_each_home_and_language(place: Project) -> None:
    runs = read(place, MANY)
    homes = list(settings_module.read(place).homes)
    assert [run.id for run in runs] == [f"{home}-{language}" for home in homes for language in ("en", "zh")]
    assert dict(runs[1].parameters) == {"as_of": "2026-10-31", "home": homes[0], "language": "zh"}


def test_values_may_be_listed_and_keep_their_type(place: Project) -> None:
    runs = read(place, 'id = "top-{top}"\nnotebook = "alpha.ipynb"\nfor_each = { top = [3, 5] }')
    assert [(run.id, dict(run.parameters)["top"]) for run in runs] == [("top-3", 3), ("top-5", 5)]


def test_a_parameter_may_use_a_loop_that_is_none(place: Project) -> None:
    row = """id = "{n}"\nnotebook = "alpha.ipynb"\nfor_each = { n = [1, 2] }
             parameters = { top = "{n}", as_of = "200{n}-01-01" }"""
    assert [dict(run.parameters) for run in read(place, row)] == [
        {"as_of": f"200{n}-01-01", "top": n} for n in (1, 2)
    ]  # fmt: skip


def test_partners_of_a_home_with_enough_records(told: Project) -> None:
    everyone = dict(made(told, f'{OF_PARTNERS}\nparameters = {{ home = "hangzhou-public-library" }}'))
    some = dict(made(told, f'{OF_PARTNERS}\nleast = 2\nparameters = {{ home = "hangzhou-public-library" }}'))
    assert everyone["p-leeds-libraries"]["partner"] == "leeds-libraries"
    assert set() < set(some) < set(everyone)
    assert "p-russian-state-library" not in everyone, "a partner of another home"
    assert not set(everyone) & {"p-hangzhou-public-library", "p-zhejiang-library"}, "nobody at home"


@pytest.mark.parametrize("home", ["hangzhou-public-library", "zhejiang-library"])
def test_countries_of_a_home_with_enough_records(told: Project, home: str) -> None:
    row = f'{OF_COUNTRIES}\nparameters = {{ home = "{home}" }}\nleast = '
    found = [[values["country"] for _, values in made(told, f"{row}{least}")] for least in range(1, 9)]
    assert ({"GB", "IT", "DE"} <= set(found[0])) == (home == "hangzhou-public-library"), "each home its own"
    assert ("RU" in found[0]) == (home == "zhejiang-library")
    assert not any("CN" in codes for codes in found), "nobody at home"
    for more, fewer in itertools.pairwise(found):
        assert fewer == more[: len(fewer)], "most records first"
    assert found[-1] == []


def test_a_country_must_be_in_the_word_list(told: Project) -> None:
    frames, settings = load.ensure_tables(told)
    tiny.write_catalogue(told, 'id = "c"\nnotebook = "beta.ipynb"\nparameters = { country = "XX" }')
    with pytest.raises(RecordsError) as caught:
        catalogue.read(told, settings, "", frames)
    (problem,) = caught.value.problems
    assert (problem.field, problem.line > 0) == ("country", True)
    assert '"XX"' in problem.what


def test_partners_are_those_of_the_home_the_loop_has_reached(told: Project) -> None:
    row = 'id = "{partner}-of-{home}"\nnotebook = "beta.ipynb"\nfor_each = { partner = "partners", home = "homes" }'
    ids = [id for id, _ in made(told, row)]
    assert "leeds-libraries-of-hangzhou-public-library" in ids
    assert "russian-state-library-of-zhejiang-library" in ids
    assert "russian-state-library-of-hangzhou-public-library" not in ids


def test_years_in_which_events_certainly_began(told: Project) -> None:
    found = [values["year"] for _, values in made(told, OF_YEARS)]
    assert found == sorted(found)
    assert {2017, 2019} <= set(found)
    assert [values["year"] for _, values in made(told, f"{OF_YEARS}\nleast = 99")] == []
    earlier = [values["year"] for _, values in made(told, OF_YEARS, as_of="2018-01-01")]
    assert earlier == [year for year in found if year < 2018], "none that lies ahead of the day"


def test_a_body_that_does_not_count_as_abroad_is_no_partner(told: Project) -> None:
    frames, settings = load.ensure_tables(told)
    assert "leeds-libraries" in Lists(told, settings, frames).values(
        "partners", "zhejiang-libraries", settings.as_of, 1
    )
    bodies = frames["organisations"]
    seats = bodies.set_index("org_id")["place_id"]
    bodies.loc[bodies["org_id"] == "leeds-libraries", "place_id"] = seats["hangzhou-public-library"]
    found = Lists(told, settings, frames).values("partners", "zhejiang-libraries", settings.as_of, 1)
    assert "leeds-libraries" not in found


def test_an_event_that_may_have_begun_in_either_of_two_years_is_of_neither(told: Project) -> None:
    frames, settings = load.ensure_tables(told)
    events = frames["events"]
    events["start_earliest"] = [day and day.replace(year=day.year - 1) for day in events["start_earliest"]]
    assert Lists(told, settings, frames).values("years", "zhejiang-libraries", settings.as_of, 1) == []


def test_parts_of_an_event_are_not_counted_beside_it(told: Project) -> None:
    frames, settings = load.ensure_tables(told)
    before = Lists(told, settings, frames).values("partners", "zhejiang-libraries", settings.as_of, 2)
    events = frames["events"]
    events.loc[events["event_id"] != "leeds-visit-2019", "part_of"] = "leeds-visit-2019"
    after = Lists(told, settings, frames).values("partners", "zhejiang-libraries", settings.as_of, 2)
    assert "milan-public-libraries" in before
    assert "milan-public-libraries" not in after
    assert Lists(told, settings, frames).values("years", "zhejiang-libraries", settings.as_of, 1) == [2019]


def test_loops_over_records_are_checked_before_the_records_are_read(place: Project) -> None:
    tiny.write_notebook(place, "beta.ipynb", tiny.CLOSE, parameters=OF_RECORDS)
    assert read(place, OF_PARTNERS, OF_YEARS) == []
    found = only(place, 'id = "y-{top}"\nnotebook = "alpha.ipynb"\nfor_each = { top = "partners" }')
    assert (found.field, found.expected) == ("top", "int")


WRONG = [
    ('for_each = { home = "hoems" }', "for_each", "did you mean homes?"),
    ("for_each = { home = 3 }", "for_each", "list plain values"),
    ("for_each = { home = [] }", "for_each", "list plain values"),
    ("for_each = { home = [[1]] }", "for_each", "list plain values"),
    ('for_each = "homes"', "for_each", "write it so"),
    ('for_each = { hoem = ["zhejiang-library"] }\nid = "{hoem}"', "for_each", "did you mean home?"),
    ('for_each = { home = "homes" }\nid = "one"', "id", "add {home} to the id"),
    ('for_each = { home = "homes" }\nid = "{home}-{langage}"', "id", "add it to for_each"),
    ('for_each = { home = "homes" }\nparameters = { as_of = "{day}" }', "parameters", "add it to for_each"),
    ('for_each = { home = ["nowhere"] }', "home", "add it to workbench.toml"),
    ('for_each = { language = ["en", "fr"] }\nid = "{language}"', "language", "use one of them"),
    ('for_each = { language = ["EN"] }\nid = "a-{language}"', "id", "write one"),
    ('for_each = { home = "homes" }\nleast = 2', "least", "delete it"),
    ("least = 2\nid = 'one'", "least", "delete it"),
    ('for_each = { home = "partners" }\nleast = 0', "least", "write a whole number"),
    ('for_each = { home = "partners" }\nleast = true', "least", "write a whole number"),
    ('for_each = { home = "homes" }\nformats = ["html", "dox"]', "formats", "did you mean docx?"),
    ('for_each = { home = "homes" }\nformats = "html"', "formats", "write it so"),
    ('for_each = { home = "homes" }\nformats = []', "formats", "write it so"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "field", "todo"), WRONG, ids=[line for line, _, _ in WRONG])
def test_a_mistake_in_a_row_of_many_is_told_once(place: Project, lines: str, field: str, todo: str) -> None:
    id = "" if "id = " in lines else 'id = "{home}"\n'
    found = only(place, f'{id}notebook = "alpha.ipynb"\n{lines}')
    assert found.field == field
    assert todo in found.todo


def test_two_rows_whose_loops_meet(place: Project) -> None:
    rows = "".join(f"[[report]]\n{row}\n\n" for row in (MANY, MANY))
    assert {(found.line, found.field) for found in problems(place, rows)} == {(7, "id")}


def test_formats_of_a_row(place: Project) -> None:
    assert read(place, GOOD)[0].formats == ("html",)
    assert read(place, f'{GOOD}\nformats = ["ipynb"]')[0].formats == ("html",), "page and notebook are always made"
    assert read(place, f'{GOOD}\nformats = ["docx", "pdf"]')[0].formats == ("html", "pdf", "docx")
