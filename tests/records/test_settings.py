"""The settings: what is refused, with its line and all at once; then what is read."""

from __future__ import annotations

import datetime as dt

import pytest

from workbench import settings
from workbench.errors import Problem, RecordsError
from workbench.paths import Project

GOOD = """title = { en = "A title", zh = "标题" }
as_of = 2026-01-31

[homes.elsewhere-library]

[homes.both]
name = { en = "both", zh = "两馆" }
members = ["elsewhere-library", "yonder-library"]

[abroad]
country = "IT"
"""


def read(project: Project, text: str) -> settings.Settings:
    project.settings_file.write_text(text, encoding="utf-8")
    return settings.read(project)


def problems(project: Project, text: str) -> list[Problem]:
    with pytest.raises(RecordsError) as caught:
        read(project, text)
    for problem in caught.value.problems:
        assert problem.file == "workbench.toml"
        assert problem.what
        assert problem.expected
        assert problem.todo
    return caught.value.problems


def refused(project: Project, old: str, new: str) -> list[tuple[int, str]]:
    assert GOOD.count(old) == 1
    return [(problem.line, problem.field) for problem in problems(project, GOOD.replace(old, new))]


# what stands there, what is planted, line and field of the problem
REFUSED = [
    ("as_of = 2026-01-31", 'as_of = "2026-01-31"', 2, "as_of"),
    ("as_of = 2026-01-31", "as_of = 2026", 2, "as_of"),
    ("as_of = 2026-01-31", "as_of = 2026-01-31T00:00:00Z", 2, "as_of"),
    ("as_of = 2026-01-31", "asof = 2026-01-31", 2, "asof"),
    ('title = { en = "A title", zh = "标题" }', 'title = "A title"', 1, "title"),
    ('title = { en = "A title", zh = "标题" }', 'title = { en = "A title" }', 1, "title"),
    ('title = { en = "A title", zh = "标题" }', 'title = { en = "A title", zh = "" }', 1, "title"),
    ("[abroad]", "[abroad]\nregions = [1]", 11, "regions"),
    ("[abroad]", '[abroad]\nregions = "HK"', 11, "regions"),
    ("[abroad]", '[abroad]\nregoins = ["HK"]', 11, "regoins"),
    ("[abroad]", '[abroad]\nregions_count = "yes"', 11, "regions_count"),
    ('country = "IT"', "country = 39", 11, "country"),
    ('country = "IT"', 'country = ""', 11, "country"),
    ('[abroad]\ncountry = "IT"', 'abroad = "IT"', 10, "abroad"),
    ("[abroad]", '[people]\nshow = "initials"\n[abroad]', 11, "show"),
    ("[abroad]", '[map]\nbasemap = "world"\n[abroad]', 11, "basemap"),
    ("[abroad]", '[abroud]\ncountry = "IT"\n[abroad]', 10, "abroud"),
    ('members = ["elsewhere-library", "yonder-library"]', "members = []", 8, "members"),
    ('members = ["elsewhere-library", "yonder-library"]', 'members = "both"', 8, "members"),
    ('members = ["elsewhere-library", "yonder-library"]', 'membres = ["elsewhere-library"]', 8, "membres"),
    ("[homes.elsewhere-library]", '[homes]\nelsewhere-library = "yes"', 5, "elsewhere-library"),
    ('name = { en = "both", zh = "两馆" }', 'name = "both"', 7, "name"),
    ("as_of = 2026-01-31", 'as_of = 2026-01-31\nlanguages = ["en", "fr"]', 3, "languages"),
    ("as_of = 2026-01-31", "as_of = 2026-01-31\nlanguages = []", 3, "languages"),
    ("as_of = 2026-01-31", 'as_of = 2026-01-31\nlanguages = ["en", "en"]', 3, "languages"),
    ("as_of = 2026-01-31", "as_of = 2026-01-31\nlanguages = [1]", 3, "languages"),
    ("as_of = 2026-01-31", 'as_of = 2026-01-31\ndefault_home = "neither"', 3, "default_home"),
    ("as_of = 2026-01-31", "as_of = 2026-01-31\ndefault_home = 1", 3, "default_home"),
]  # fmt: skip


NAMES = [f"{row[3]}: {row[1]}"[:60] for row in REFUSED]


@pytest.mark.parametrize(("old", "new", "line", "field"), REFUSED, ids=NAMES)
def test_a_wrong_setting_is_refused(project: Project, old: str, new: str, line: int, field: str) -> None:
    assert (line, field) in refused(project, old, new)


def test_the_line_is_that_of_the_section_meant(project: Project) -> None:
    """The same key in two homes: the problem stands in the one that has it."""
    text = GOOD.replace(
        "[homes.elsewhere-library]\n",
        '[homes.elsewhere-library]\nname = { en = "one", zh = "一" }\nmembers = ["elsewhere-library"]\n',
    )
    for old, new in (('name = { en = "both", zh = "两馆" }', 'name = "both"'),
                     ('members = ["elsewhere-library", "yonder-library"]', "members = 1")):  # fmt: skip
        planted = text.replace(old, new)
        line = planted.splitlines().index(new) + 1
        assert [problem.line for problem in problems(project, planted)] == [line]


def test_a_key_in_a_remark_or_a_text_is_not_taken_for_the_setting(project: Project) -> None:
    text = "# as_of = 2020-01-01\n" + GOOD.replace("as_of = 2026-01-31", 'as_of = "x"')
    assert [(p.line, p.field) for p in problems(project, text)] == [(3, "as_of")]


@pytest.mark.parametrize(
    ("text", "line"),
    [("as_of = \n" + GOOD, 1), (GOOD.replace("2026-01-31", "2026-02-30"), 2), (GOOD + "\n[abroad]\n", 13),
     (GOOD + 'country = "DE"\n', 12), ("\x00" + GOOD, 1)],
)  # fmt: skip
def test_what_is_no_toml_is_refused_with_its_line(project: Project, text: str, line: int) -> None:
    (problem,) = problems(project, text)
    assert "not TOML" in problem.what
    assert line <= problem.line <= line + 1
    assert "('" not in problem.what


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_what_is_not_utf8_is_refused_with_its_line(project: Project, encoding: str) -> None:
    project.settings_file.write_bytes(b"# caf\xe9\n" if encoding == "latin-1" else GOOD.encode(encoding))
    with pytest.raises(RecordsError) as caught:
        settings.read(project)
    assert [problem.line for problem in caught.value.problems] == [1]
    assert "UTF-8" in str(caught.value)


def test_all_problems_come_at_once_in_order(project: Project) -> None:
    text = GOOD.replace("2026-01-31", '"x"').replace('"IT"', "1").replace('zh = "标题"', 'zh = ""')
    found = problems(project, text)
    assert [problem.field for problem in found] == ["title", "as_of", "country"]


def test_a_list_is_not_shown_as_code(project: Project) -> None:
    found = problems(project, GOOD + '[people]\nshow = ["names"]\n')
    assert "['" not in str(found[0])


def test_an_empty_file_asks_for_everything_needed(project: Project) -> None:
    assert {p.field for p in problems(project, "")} == {"title", "as_of", "default_home", "homes", "country"}


# --- what is read -----------------------------------------------------------------------------
def test_what_is_left_out_has_its_default(project: Project) -> None:
    found = read(project, GOOD)
    assert found.as_of == dt.date(2026, 1, 31)
    assert found.languages == ("en",)
    assert found.default_home == "elsewhere-library"
    assert (found.home_country, found.regions, found.regions_count) == ("IT", (), True)
    assert (found.people, found.basemap, found.review_number) == ("names", "land", "")
    assert found.title == {"en": "A title", "zh": "标题"}


def test_a_home_is_a_body_or_a_named_group(project: Project) -> None:
    homes = read(project, GOOD).homes
    assert list(homes) == ["elsewhere-library", "both"]
    assert homes["elsewhere-library"].members == ("elsewhere-library",)
    assert homes["elsewhere-library"].name == {}
    assert homes["both"].members == ("elsewhere-library", "yonder-library")
    assert homes["both"].name == {"en": "both", "zh": "两馆"}


def test_a_byte_order_mark_and_other_line_endings_change_nothing(project: Project) -> None:
    plain = read(project, GOOD)
    for content in (b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()):
        project.settings_file.write_bytes(content)
        assert settings.read(project) == plain


def test_the_settings_of_this_project_are_good(project: Project) -> None:
    found = settings.read(project)
    assert found.default_home in found.homes
    assert found.regions == ("HK", "MO", "TW")


# --- the office -------------------------------------------------------------------------------

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n"


def with_office(project: Project, *lines: str) -> str:
    """The good settings with an office of these lines, which begins on line 13; and files to point at."""
    files = {"logo.svg": LOGO, "logo.PNG": PNG, "big.png": PNG + bytes(200_000), "fake.png": LOGO, "style.docx": b"PK",
             "broken.svg": LOGO[:-3], "page.svg": b"<html/>", "laughs.svg": b'<!DOCTYPE s [<!ENTITY a "b">]><svg/>',
             "fake.docx": LOGO}  # fmt: skip
    for name, content in files.items():
        (project.root / name).write_bytes(content)
    (project.root.parent / "outside.svg").write_bytes(LOGO)
    (project.root / "link.svg").unlink(missing_ok=True)
    (project.root / "link.svg").symlink_to(project.root.parent / "outside.svg")
    return "\n".join([GOOD, "[office]", *lines, ""])


def test_an_office_says_who_it_is(project: Project) -> None:
    name = 'name = { en = "The office", zh = "办公室" }'
    lines = (name, 'logo = "logo.svg"', 'colour = "#7A1F2B"', 'reference_docx = "style.docx"')
    office = read(project, with_office(project, *lines)).office
    assert office.name == {"en": "The office", "zh": "办公室"}
    assert (office.logo, office.reference_docx) == (project.root / "logo.svg", project.root / "style.docx")
    assert office.colour == "#7a1f2b"
    assert read(project, with_office(project, 'logo = "logo.PNG"')).office.logo == project.root / "logo.PNG"


def test_without_an_office_the_title_is_its_name(project: Project) -> None:
    found = read(project, GOOD)
    assert found.office == settings.Office(found.title, None, settings.COLOUR, None)


WRONG_OFFICE = [
    ('name = "The office"', "name", "for each language"),
    ('logo = "../outside.svg"', "logo", "no path inside"),
    ('logo = "data/../../outside.svg"', "logo", "no path inside"),
    ('logo = "/outside.svg"', "logo", "no path inside"),
    ("logo = 'C:\\outside.svg'", "logo", "no path inside"),
    ("logo = '..\\outside.svg'", "logo", "no path inside"),
    ('logo = "https://example.org/logo.svg"', "logo", "no path inside"),
    ('logo = "link.svg"', "logo", "leads out"),
    ("logo = 7", "logo", "no path inside"),
    ('logo = "none.svg"', "logo", "is not there"),
    ('logo = "style.docx"', "logo", "does not end in .svg or .png"),
    ('logo = "big.png"', "logo", "200 kB"),
    ('logo = "fake.png"', "logo", "is no PNG file"),
    ('logo = "broken.svg"', "logo", "is no SVG file"),
    ('logo = "page.svg"', "logo", "is no SVG file"),
    ('logo = "laughs.svg"', "logo", "is no SVG file"),
    ('reference_docx = "fake.docx"', "reference_docx", "is no DOCX file"),
    ('reference_docx = "logo.svg"', "reference_docx", "does not end in .docx"),
    ('colour = "teal"', "colour", "is no colour"),
    ('colour = "#0f6"', "colour", "is no colour"),
    ("colour = 7", "colour", "is no colour"),
    ('colour = "#ffcc00"', "colour", "contrast is 1.5"),
    ('color = "#0f6e74"', "color", "no setting"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "what"), WRONG_OFFICE, ids=[line for line, _, _ in WRONG_OFFICE])
def test_a_wrong_office_is_refused(project: Project, line: str, field: str, what: str) -> None:
    (problem,) = problems(project, with_office(project, "", line))
    assert (problem.line, problem.field) == (15, field), "not the line of a home's name"
    assert what in problem.what


def test_all_that_is_wrong_with_an_office_comes_at_once(project: Project) -> None:
    found = problems(project, with_office(project, 'name = "x"', 'logo = "none.svg"', 'colour = "teal"'))
    assert [(problem.line, problem.field) for problem in found] == [(14, "name"), (15, "logo"), (16, "colour")]


@pytest.mark.parametrize(("colour", "contrast"), [("#ffffff", 1), ("#000000", 21), ("#777777", 4.48), ("#ff0000", 4)])
def test_contrast_on_white(colour: str, contrast: float) -> None:
    """Values of the WCAG's own examples and of two other calculators."""
    assert settings.contrast_on_white(colour) == pytest.approx(contrast, abs=0.005)
