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
