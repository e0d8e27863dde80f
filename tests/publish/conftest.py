"""A real report, made once without a kernel, and the parts of its page."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runs import tiny
from workbench.paths import Project
from workbench.publish import content, html

TITLE = """<script>alert("1")</script> & {{ 7 * 7 }} {% raw %} <img src=x onerror='alert(2)'>"""
SCOPE = """the aims of <b>both</b> & "all" {{ settings }} {# gone #} </style><script>alert(3)</script>"""
PUBLISHER = """Global <i>Leeds</i> & {% include "x" %}"""
NAME = """<b>Hangzhou</b> & "Public" {{ 1 }} Library"""
PHRASE = """<b>formal</b> signing & "so on" {{ 1 }} of a Memorandum"""
DANGEROUS = {
    "says: formal signing of a Memorandum of Understanding": f"says: '{PHRASE}'",
    "title: Leeds and Hangzhou library services agree to work closer together": "title: '"
    + TITLE.replace("'", "''")
    + "'",
    "scope: the aims of both library services and relations between the United Kingdom and China": f"scope: '{SCOPE}'",
    "{name: Global Leeds,": f"{{name: '{PUBLISHER}',",
}

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Page(HTMLParser):
    """The elements of a page, in order, with their attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = text
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, int]] = []
        self.unclosed: list[str] = []
        self.texts: list[tuple[str, str]] = []  # (innermost element, text)
        self._inner: dict[int, list[str]] = {}
        self.feed(text)
        self.close()
        self.unclosed += [tag for tag, _ in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        else:
            self.unclosed.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1][0] if self.open else "", data))
        for _, number in self.open:
            self._inner.setdefault(number, []).append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def inner(self, tag: str, **wanted: str) -> list[str]:
        """The text inside every element of a kind that has some attributes."""
        return [
            "".join(self._inner.get(number, []))
            for number, (name, attributes) in enumerate(self.elements)
            if name == tag and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]

    def attributes(self, *names: str) -> Iterator[str]:
        """The values of some attributes, wherever they stand."""
        for _, attributes in self.elements:
            yield from (attributes[name] for name in names if name in attributes)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overview of one library: its executed notebook."""
    project = tiny.copy_project(tmp_path_factory.mktemp("real") / "project")
    target = project.reports / "notebooks" / "overview.ipynb"
    return tiny.executed(project, project.notebooks / "overview.ipynb", target, home="hangzhou-public-library")


@pytest.fixture(scope="session")
def page(real: Path) -> Page:
    """Its page."""
    return Page(html.render(content.read(real), content.Context()).decode())


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """A project in which everything that people write is full of markup, and its executed overview."""
    project = tiny.copy_project(tmp_path_factory.mktemp("spoilt") / "project")
    leeds = project.dossiers / "globalleeds-hangzhou-mou.yaml"
    for old, new in DANGEROUS.items():
        tiny.replace(leeds, old, new)
    row = "Hangzhou Public Library,,杭州图书馆,,,Hangzhou Library,"
    spoilt_row = f'"{NAME.replace(chr(34), chr(34) * 2)}",,杭州图书馆,,,Hangzhou Library | Hangzhou Public Library,'
    tiny.replace(project.registers / "organisations.csv", row, spoilt_row)
    target = project.reports / "notebooks" / "overview.ipynb"
    return project, tiny.executed(project, project.notebooks / "overview.ipynb", target, home="hangzhou-public-library")
