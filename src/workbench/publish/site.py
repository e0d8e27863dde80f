"""``reports/index.html``: the list of all reports and the search over their sentences, from what each says of itself.

One file without a request: it works from a file share. Without its script everything is listed, in the first language
of the settings; the script adds choices, search and the other language. Its words stand in ``templates/index.*.toml``.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from babel.dates import format_date
from markupsafe import Markup

from workbench.paths import Project
from workbench.publish import content, html
from workbench.records import dates
from workbench.records.text import capital
from workbench.runs.catalogue import Run
from workbench.settings import KNOWN_LANGUAGES, Settings

FORMATS = ("html", "pdf", "docx", "facts.json")
_CHOICES = ("kind", "partner", "year", "language", "home")
_LINE = 220  # characters that a report is given to say what it is about
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)”\"][.!?])\s+(?=[A-Z“\"])|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the list; ``title`` is empty when there is no good edition of it.

    ``age`` counts the days from its as-of day to that of the build, ``files`` has name, address and size in bytes.
    """

    id: str
    kind: str
    home: str
    partner: str
    year: str
    language: str
    names: tuple[str, ...]
    title: str
    lead: str
    changed: str
    day: dt.date | None
    age: int
    records: int
    sources: int
    files: tuple[tuple[str, str, int], ...]
    sentences: tuple[str, ...]
    failed: bool
    error: str


def index(project: Project, settings: Settings, runs: list[Run], failed: set[str], as_of: str = "") -> bytes:
    """The page that lists the reports by kind, in the order of the catalogue; failed ones are marked.

    ``as_of`` is the day as of which the build spoke (default: that of the settings); ages are told against it.
    A report that cannot be read is listed as one without a good edition.
    """
    day = dates.single_day(as_of) if as_of else settings.as_of
    abouts = [_about(project, run.id) for run in runs]
    names = _names(settings, abouts)
    entries = [
        _entry(project, run, about, run.id in failed, day, names, settings)
        for run, about in zip(runs, abouts, strict=True)
    ]
    words = _Words((settings.languages[0], *(other for other in KNOWN_LANGUAGES if other != settings.languages[0])))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(html.TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style, script = _text("page.css") + _text("index.css"), _text("index.js")
    text = environment.get_template("index.html.j2").render(
        words=words, title=settings.title, day=day, style=Markup(style), script=Markup(script),
        style_hash=_hash(style), script_hash=_hash(script), data=_json(_data(entries, words)), written=_size,
        groups=_groups(entries, words), choices=_choices(entries, names, words),
        failed=[entry for entry in entries if entry.failed],
    )  # fmt: skip
    return text.encode()


# --- what a report says of itself -----------------------------------------------------------


def _about(project: Project, id: str) -> dict[str, Any]:
    """What a report says of itself; nothing where its page is missing, or its facts are missing or damaged."""
    if not (project.reports / f"{id}.html").is_file():
        return {}
    try:
        about = content.facts_of(project.reports / "notebooks" / f"{id}.ipynb")
        return about if isinstance(about["title"], str) and about["title"] else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _names(settings: Settings, abouts: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The names of homes and partners by id and language, as the reports have them."""
    names: dict[str, dict[str, str]] = {id: dict(home.name) for id, home in settings.homes.items()}
    for about in abouts:
        for what in ("home", "partner"):
            id, name = about.get(what), about.get(f"{what}_name")
            if id and name:
                names.setdefault(str(id), {}).setdefault(str(about.get("language")), str(name))
    return names


def _entry(
    project: Project, run: Run, about: dict[str, Any], failed: bool, day: dt.date, names: dict[str, dict[str, str]],
    settings: Settings,
) -> Entry:  # fmt: skip
    told = {name: str(value) for name, value in (*run.parameters, *about.items()) if value}
    own = _day(about.get("as_of"))
    said = [sentence for sentence in about.get("sentences", []) if isinstance(sentence, dict)]
    records = about.get("records") or {json.dumps(r) for sentence in said for r in sentence.get("records", [])}
    error = project.reports / "_failed" / f"{run.id}.ipynb"
    period = told.get("period", "")
    return Entry(
        id=run.id,
        kind=told.get("kind", run.notebook.stem),
        home=told.get("home", settings.default_home),
        partner=told.get("partner", ""),
        year=told.get("year", period if re.fullmatch(r"\d{4}", period) else ""),
        language=told.get("language", settings.languages[0]),
        names=tuple(dict.fromkeys(names.get(told.get("partner", ""), {}).values())),
        title=str(about.get("title", "")),
        lead=_one_line(str(about.get("lead", ""))),
        changed=str(about.get("changed", "")),
        day=own,
        age=(day - own).days if own else 0,
        records=len(records),
        sources=len(about.get("sources", [])),
        files=tuple(_files(project, run.id)) if about else (),
        sentences=tuple(str(sentence.get("text", "")) for sentence in said),
        failed=failed,
        error=f"_failed/{run.id}.ipynb" if error.is_file() else "",
    )


def _day(text: Any) -> dt.date | None:
    try:
        return dates.single_day(str(text))
    except dates.DateError:
        return None


def _files(project: Project, id: str) -> Iterator[tuple[str, str, int]]:
    places = [(name, f"{id}.{name}") for name in FORMATS] + [("ipynb", f"notebooks/{id}.ipynb")]
    for name, place in places:
        file = project.reports / place
        if file.is_file():
            yield name, place, file.stat().st_size


def _one_line(text: str) -> str:
    """As many whole sentences as fit; the first one in any case, cut between words where it is very long."""
    line = ""
    for sentence in _SENTENCE_END.split(text):
        if line and len(line) + len(sentence) > _LINE:
            break
        line += (" " if line and line[-1].isascii() else "") + sentence
    if len(line) <= 2 * _LINE:
        return line
    return line[: 2 * _LINE].rsplit(" ", 1)[0] + "…"


# --- the page -------------------------------------------------------------------------------


class _Words:
    """The words of the page in two languages: the first is shown, the other stands beside it for the script."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.first, self.second = languages
        self.files = {language: tomllib.loads(_text(f"index.{language}.toml")) for language in languages}

    def __call__(self, key: str, language: str = "", **values: Any) -> str:
        """One text, in the first language unless another is named; ``n`` chooses between one and more."""
        language = language or self.first
        words = self.files[language]["page"][key]
        if isinstance(words, list):
            words = words[0 if values.get("n") == 1 else -1]
        told = {
            name: value(language) if callable(value) else self.date(value, language) if name == "day" else value
            for name, value in values.items()
        }
        return str(words).format(**told)

    def date(self, day: dt.date, language: str) -> str:
        """A day in a language, as 31 October 2026."""
        return format_date(day, self.files[language]["page"]["day"], locale=language)

    def say(self, tag: str, key: str, **values: Any) -> Markup:
        """An element with a text in both languages."""
        return self.both(tag, {language: self(key, language, **values) for language in (self.first, self.second)})

    def kind(self, tag: str, kind: str, **attributes: str) -> Markup:
        """An element with the name of a kind of report."""
        return self.both(tag, {language: words["kinds"][kind] for language, words in self.files.items()}, **attributes)

    def both(self, tag: str, texts: Mapping[str, str], **attributes: str) -> Markup:
        """An element whose text the script can change for the other language's."""
        first = texts.get(self.first) or texts.get(self.second, "")
        second = texts.get(self.second) or first
        if second != first:
            attributes["data-other"] = second
        told = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in attributes.items())
        return Markup("<{}{}>{}</{}>").format(Markup(tag), told, first, Markup(tag.split()[0]))

    def old(self, entry: Entry) -> Callable[[str], str]:
        """How old the last good edition of a failed report is, in a language."""
        return lambda language: self("age", language, n=entry.age) if entry.age > 0 else self("same_day", language)

    @property
    def kinds(self) -> list[str]:
        return list(self.files[self.first]["kinds"])


def _groups(entries: list[Entry], words: _Words) -> list[tuple[str, list[Entry]]]:
    """The reports of each kind, in the order of the words; what a project made of its own comes last."""
    of = {kind: [entry for entry in entries if _kind(entry, words) == kind] for kind in words.kinds}
    return [(kind, found) for kind, found in of.items() if found]


def _kind(entry: Entry, words: _Words) -> str:
    return entry.kind if entry.kind in words.kinds else "other"


def _choices(
    entries: list[Entry], names: dict[str, dict[str, str]], words: _Words
) -> list[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """What the list can be narrowed by: (field, [(value, its name in each language)]); only where there is a choice."""
    found = []
    for field in _CHOICES:
        values = {_kind(e, words) if field == "kind" else str(getattr(e, field)) for e in entries}
        options = [(value, _called(field, value, names, words)) for value in values - {""}]
        if field == "kind":
            options.sort(key=lambda option: words.kinds.index(option[0]))
        else:
            options.sort(key=lambda option: (option[1].get(words.first, "").casefold(), option[0]))
        if field == "year":
            options.reverse()
        if len(values) > 1:
            found.append((field, options))
    return found


def _called(field: str, value: str, names: dict[str, dict[str, str]], words: _Words) -> dict[str, str]:
    languages = (words.first, words.second)
    if field == "kind":
        return {language: words.files[language]["kinds"][value] for language in languages}
    if field == "language" and value in KNOWN_LANGUAGES:
        return {language: words(f"language_{value}", language) for language in languages}
    known = names.get(value, {})
    any_name = next(iter(known.values()), value)
    told = {language: known.get(language, any_name) for language in languages}
    return {language: capital(name) for language, name in told.items()}


def _data(entries: list[Entry], words: _Words) -> dict[str, Any]:
    """What the script searches: each distinct sentence once, with each report that says it and its first number there.

    Number 0 is what a report says in one line where that is not a sentence of its own.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        own = [*enumerate(entry.sentences, 1)]
        if entry.lead and entry.lead not in entry.sentences:
            own.insert(0, (0, entry.lead))
        for position, text in own:
            where = places.setdefault((text, entry.language), [])
            if text and where[-2:-1] != [number]:
                where.extend((number, position))
    return {
        "words": {language: file["script"] for language, file in words.files.items()},
        "reports": [entry.id for entry in entries],
        "sentences": [[text, *where] for (text, _), where in places.items() if where],
    }


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def _json(value: Any) -> Markup:
    """JSON that cannot end the element it stands in, nor begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _text(name: str) -> str:
    return (html.TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """How a content security policy names a script or style by its bytes."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
