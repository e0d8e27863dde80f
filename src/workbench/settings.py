"""The settings of a project: ``workbench.toml``, read and checked as a whole."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from xml.etree import ElementTree

from workbench.errors import Problem, RecordsError, did_you_mean
from workbench.paths import SETTINGS_FILE, Project

KNOWN_LANGUAGES = ("en", "zh")
BASEMAPS = ("land", "countries")
_SECTIONS: dict[str, tuple[str, ...]] = {
    "": ("title", "languages", "as_of", "default_home", "homes", "abroad", "people", "map", "office", "runs"),
    "abroad": ("country", "regions", "regions_count"),
    "people": ("show",),
    "map": ("basemap", "point_of_view", "review_number"),
    "office": ("name", "logo", "colour", "reference_docx"),
    "runs": ("minutes", "memory_mb"),
}
_HOME_KEYS = ("name", "members")
COLOUR = "#0f6e74"  # of headings and rules, where the office names none
CONTRAST = 4.5  # of a colour in which is written on white (WCAG 2.2, 1.4.3)
LARGEST_LOGO = 200_000  # bytes: it stands in every report


@dataclass(frozen=True, slots=True)
class Home:
    """Whose exchange a report tells of: one institution or a named group.

    ``name`` is empty for an institution: the register has its names.
    """

    id: str
    members: tuple[str, ...]
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Office:
    """Who sends the reports: its name by language, its logo (an SVG or PNG file; None: none), its colour
    (``#rrggbb``) and the Word file whose styles its documents take (None: those of the house)."""

    name: Mapping[str, str] = field(default_factory=dict)
    logo: Path | None = None
    colour: str = COLOUR
    reference_docx: Path | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use: seconds of wall time, bytes of memory beyond what a fresh process has (0: any)."""

    seconds: float = 0
    memory: int = 0


def _before(day: dt.date, month: int) -> dt.date:
    """The day before the first of a month of the same year."""
    return dt.date(day.year, month, 1) - dt.timedelta(days=1)


# Days that a schedule moves on: each rule gives the day for a day on which reports are built. A report itself never
# asks the clock; the day is written into it.
ROLLING: dict[str, Callable[[dt.date], dt.date]] = {
    "today": lambda day: day,
    "yesterday": lambda day: day - dt.timedelta(days=1),
    "last-week-end": lambda day: day - dt.timedelta(days=day.isoweekday()),
    "last-month-end": lambda day: _before(day, day.month),
    "last-quarter-end": lambda day: _before(day, day.month - (day.month - 1) % 3),
    "last-year-end": lambda day: _before(day, 1),
}
LIMITS = Limits(15 * 60, 4_000_000_000)  # of a run, where the settings say nothing


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a project, checked for form. Ids are checked with the records."""

    title: Mapping[str, str]
    languages: tuple[str, ...]
    as_of: dt.date
    default_home: str
    homes: Mapping[str, Home]
    home_country: str
    regions: tuple[str, ...]
    regions_count: bool
    people: Literal["names", "posts"]
    basemap: Literal["land", "countries"]
    point_of_view: Mapping[str, str]
    review_number: str
    office: Office
    limits: Limits = LIMITS


def read(project: Project) -> Settings:
    """The settings of a project; raises `RecordsError` with all that is wrong with them."""
    try:
        content = project.settings_file.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        what, todo = "the file is missing", "see `workbench init`"
        raise RecordsError([Problem(SETTINGS_FILE, 0, "", what, "the settings of the project", todo)]) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what, todo = f"byte {content[error.start]:#04x} is not UTF-8", "save the file again with the encoding UTF-8"
        raise RecordsError([Problem(SETTINGS_FILE, line, "", what, "a file in UTF-8", todo)]) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecordsError([toml_problem(error, SETTINGS_FILE)]) from None
    reader = _Reader(text, data, project.root)
    settings = reader.settings()
    if reader.problems:
        raise RecordsError(reader.problems)
    return settings


def toml_problem(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    """What is wrong with the form of a TOML file, with its line."""
    found = re.search(r"\(at line (\d+), column \d+\)", str(error))
    what = re.sub(r" \(at .*\)", "", str(error))
    what = re.sub(r"\('([^)]*?)',?\)", lambda name: "[" + name[1].replace("', '", ".") + "]", what)
    return Problem(file, int(found[1]) if found else 0, "", f"this is not TOML: {what}", "key = value",
                   "put text in quotes, close brackets")  # fmt: skip


def line_with(lines: list[str], text: str, start: int = 1) -> int:
    """The first line from ``start`` on (counted from 1) that holds a text; 0 if none does."""
    return next((n for n, line in enumerate(lines, 1) if n >= start and text in line), 0)


class _Reader:
    def __init__(self, text: str, data: dict[str, Any], root: Path) -> None:
        self.lines = text.splitlines()
        self.data = data
        self.root = root
        self.problems: list[Problem] = []

    def settings(self) -> Settings:
        self.unknown_keys()
        abroad = self.table("abroad")
        homes = self.homes()
        default = self.default_home(homes)
        title = self.words(self.data.get("title"), "title")
        languages = tuple(self.texts(self.data.get("languages", ["en"]), "languages"))
        for home in homes.values():
            if not home.members:
                self.add(home.id, f"the home {home.id} has no members", "members = [ids of the register]", "name one")
        if not languages:
            self.add("languages", "no language is given", 'languages = ["en"]', "name one at least")
        for language in languages:
            self.among("languages", language, KNOWN_LANGUAGES)
        return Settings(
            title=title,
            languages=languages,
            as_of=self.day(self.data.get("as_of")),
            default_home=default,
            homes=homes,
            home_country=self.text(abroad.get("country"), "country"),
            regions=tuple(self.texts(abroad.get("regions", []), "regions")),
            regions_count=self.flag(abroad.get("regions_count", True), "regions_count"),
            people=self.among("show", self.table("people").get("show", "names"), ("names", "posts")),  # type: ignore[arg-type]
            basemap=self.among("basemap", self.table("map").get("basemap", "land"), BASEMAPS),  # type: ignore[arg-type]
            point_of_view=self.point_of_view(),
            review_number=str(self.table("map").get("review_number", "")),
            office=self.office(title),
            limits=self.limits(),
        )

    def unknown_keys(self) -> None:
        for section, known in _SECTIONS.items():
            table = self.data if not section else self.table(section)
            for key in table:
                if key not in known:
                    self.add(
                        key, f'there is no setting "{key}"', ", ".join(known), did_you_mean(key, known) or "delete it"
                    )

    def homes(self) -> dict[str, Home]:
        homes = {}
        for id, body in self.table("homes").items():
            if not isinstance(body, dict):
                self.add(id, "a home is a table", f"[homes.{id}]", "write it so")
                continue
            for key in body:
                if key not in _HOME_KEYS:
                    self.add(
                        key,
                        f'a home has no "{key}"',
                        ", ".join(_HOME_KEYS),
                        did_you_mean(key, _HOME_KEYS) or "delete it",
                    )
            members = tuple(self.texts(body.get("members", [id]), "members"))
            name = self.words(body["name"], "name") if "name" in body else {}
            homes[id] = Home(id, members, name)
        if not homes:
            self.add("homes", "no home is given", "[homes.ID] with an id of the register", "say whose exchange is told")
        return homes

    def default_home(self, homes: dict[str, Home]) -> str:
        default = self.text(self.data.get("default_home", next(iter(homes), "")), "default_home")
        if homes and default not in homes:
            self.add(
                "default_home", f'"{default}" is no home', ", ".join(homes), did_you_mean(default, homes) or "name one"
            )
        return default

    def point_of_view(self) -> dict[str, str]:
        """Whose outlines of countries the map draws; needed where it draws them."""
        told = self.table("map").get("point_of_view", "")
        if told:
            return self.words(told, "point_of_view")
        if self.table("map").get("basemap") == "countries":
            what = 'basemap = "countries" draws outlines of countries, and nothing says whose point of view they are'
            self.add("basemap", what, 'point_of_view = { en = "…", zh = "…" }', "add it: the caption prints it")
        return {}

    def office(self, title: dict[str, str]) -> Office:
        """Who sends the reports; what is not said is that of the house."""
        office = self.table("office")
        name = self.words(office["name"], "name", "office") if "name" in office else title
        logo = self.file("logo", office.get("logo"), (".svg", ".png"))
        document = self.file("reference_docx", office.get("reference_docx"), (".docx",))
        return Office(name, logo, self.colour(office.get("colour", COLOUR)), document)

    def limits(self) -> Limits:
        """What one run may use."""
        runs = self.table("runs")
        minutes = self.amount("minutes", runs.get("minutes", LIMITS.seconds / 60))
        return Limits(minutes * 60, int(self.amount("memory_mb", runs.get("memory_mb", LIMITS.memory / 1e6)) * 1e6))

    def amount(self, key: str, value: Any) -> float:
        """A number that is not negative; 0 stands for no limit."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            self.add(key, f"{key} = {value!r} is no limit", f"{key} = 15, or 0 for none", "write a number", "runs")
            return 0
        return float(value)

    def file(self, key: str, value: Any, endings: tuple[str, ...]) -> Path | None:
        """A file of the project that the office names; None where it names none, or one that will not do."""
        if value is None or value == "":
            return None
        expected = f"a {' or '.join(endings)} file inside the project"
        path = PurePosixPath(str(value).replace("\\", "/"))
        if not isinstance(value, str) or path.is_absolute() or ".." in path.parts or ":" in value:
            self.add(key, f'{key} = "{value}" is no path inside the project', expected,
                     "copy the file into the project and write its path from there", "office")  # fmt: skip
            return None
        file = self.root / path
        what = ""
        if path.suffix.lower() not in endings:
            what = f'"{path}" does not end in {" or ".join(endings)}'
        elif not file.is_file():
            what = f'"{path}" is not there'
        elif not file.resolve().is_relative_to(self.root.resolve()):
            what = f'"{path}" leads out of the project'
        elif not _is_what_it_says(file):
            what = f'"{path}" is no {path.suffix.lower().lstrip(".").upper()} file'
        elif key == "logo" and (size := file.stat().st_size) > LARGEST_LOGO:
            what = f'"{path}" has {size // 1000} kB, and stands in every report'
            expected = f"at most {LARGEST_LOGO // 1000} kB"
        if what:
            self.add(key, what, expected, "correct the path, or the file", "office")
            return None
        return file

    def colour(self, value: Any) -> str:
        """The colour in which headings are written on white."""
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            self.add("colour", f'colour = "{value}" is no colour', f'colour = "{COLOUR}"',
                     "write red, green and blue as two digits each, 0-9 and a-f", "office")  # fmt: skip
            return COLOUR
        contrast = contrast_on_white(value)
        if contrast < CONTRAST:
            self.add("colour", f"{value} is too pale to be read on white: its contrast is {contrast:.1f}",
                     f"{CONTRAST} or more", "use a darker one", "office")  # fmt: skip
            return COLOUR
        return value.lower()

    def table(self, name: str) -> dict[str, Any]:
        value = self.data.get(name, {})
        if isinstance(value, dict):
            return value
        self.add(name, f"{name} is not a table", f"[{name}]", "write it so")
        return {}

    def words(self, value: Any, key: str, section: str = "") -> dict[str, str]:
        wanted = f'{key} = {{ en = "…", zh = "…" }}'
        if not isinstance(value, dict) or not all(isinstance(value.get(language), str) for language in KNOWN_LANGUAGES):
            self.add(key, f"{key} does not have a text for each language", wanted, "add it", section)
            return dict.fromkeys(KNOWN_LANGUAGES, "")
        return {language: value[language] for language in KNOWN_LANGUAGES}

    def text(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not value:
            self.add(key, f"{key} is missing or is no text", f'{key} = "…"', "add it, in quotes")
            return ""
        return value

    def texts(self, value: Any, key: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.add(key, f"{key} is not a list of texts", f'{key} = ["…"]', "write it so")
            return []
        return value

    def flag(self, value: Any, key: str) -> bool:
        if not isinstance(value, bool):
            self.add(key, f"{key} is neither true nor false", f"{key} = true", "write one of them, without quotes")
        return value is True

    def day(self, value: Any) -> dt.date:
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        if value in ROLLING:
            return ROLLING[value](dt.date.today())
        self.add("as_of", f"as_of = {value!r} is no day and no rule" if isinstance(value, str) else "as_of is no day",
                 f"as_of = 2026-10-31, or in quotes one of: {', '.join(ROLLING)}",
                 did_you_mean(str(value), ROLLING) or "write a day without quotes, or a rule in quotes")  # fmt: skip
        return dt.date(1, 1, 1)

    def among(self, key: str, value: Any, known: tuple[str, ...]) -> str:
        if value not in known:
            self.add(
                key, f'"{value}" is not known', ", ".join(known), did_you_mean(str(value), known) or "use one of them"
            )
        return str(value)

    def add(self, key: str, what: str, expected: str, todo: str, section: str = "") -> None:
        """Note a problem at the line of its key: the first one, or the first below the head of its section."""
        start = line_with(self.lines, f"[{section}]") if section else 0
        pattern = re.compile(rf"\s*(\[?[\w.\"-]*\.)?\"?{re.escape(key)}\"?\s*[=\]]|\[{re.escape(key)}[\].]")
        line = next((n for n, line in enumerate(self.lines, 1) if n > start and pattern.match(line)), 0)
        self.problems.append(Problem(SETTINGS_FILE, line, key, what, expected, todo))


def contrast_on_white(colour: str) -> float:
    """The contrast of a colour (``#rrggbb``) on white, 1 to 21 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _is_what_it_says(file: Path) -> bool:
    """Does a file begin as its ending says? An SVG is read whole: a damaged one would stop every report."""
    content = file.read_bytes()
    if file.suffix.lower() == ".svg":
        try:
            return b"<!ENTITY" not in content and ElementTree.fromstring(content).tag.endswith("svg")
        except ElementTree.ParseError:
            return False
    return content.startswith(b"\x89PNG\r\n\x1a\n" if file.suffix.lower() == ".png" else b"PK")
