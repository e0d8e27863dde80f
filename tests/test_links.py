"""Every link of every built report leads somewhere, and every page has what a page must have.

Asked of the reports folder of this project as it is built; `.ci/run` builds it first.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from publish.listed import put
from runs import tiny
from workbench import settings as settings_module
from workbench.publish import site

pytestmark = pytest.mark.slow

LINKS = ("href", "xlink:href", "src", "action", "poster", "srcset", "data", "formaction")
NAMED = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")


class Parts(HTMLParser):
    """What a check of links needs of a page: addresses, ids, what refers to ids, and how often each element stands."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.named: set[str] = set()
        self.language = ""
        self.count: dict[str, int] = {}
        self.title = ""
        self.index = ""
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.count[tag] = self.count.get(tag, 0) + 1
        self.links += [
            (tag, found[name]) for name in LINKS if name in found and not (tag == "link" and found[name] == "data:,")
        ]
        self.ids += [found["id"]] if "id" in found else []
        self.named |= {id for name in NAMED for id in found.get(name, "").split()}
        if tag == "html":
            self.language = found.get("lang", "")
        self._open = tag if tag == "title" and self.count[tag] == 1 else ""
        if tag == "script" and found.get("id") == "data":
            self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data
        elif self._open == "script":
            self.index += data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    @cached_property
    def places(self) -> frozenset[str]:
        return frozenset(self.ids)

    @cached_property
    def has_sentences(self) -> bool:
        return any(id.startswith("s-") for id in self.ids)


def faults(folder: Path) -> list[str]:
    """What is wrong with the pages below a folder: one line each."""
    folder = folder.resolve()
    pages = {page: Parts(page.read_text(encoding="utf-8")) for page in sorted(folder.rglob("*.html"))}
    found = []
    for page, parts in pages.items():
        name = page.relative_to(folder).as_posix()
        found += [f"{name}: {fault}" for fault in _of_the_page(parts)]
        for tag, address in parts.links:
            fault = _of_the_link(page, address, folder, pages)
            found += [f"{name}: <{tag}> {address!r} {fault}"] if fault else []
        found += [f"{name}: {fault}" for fault in _of_the_search(parts, page, pages)]
    return found


def _of_the_page(parts: Parts) -> list[str]:
    twice = sorted({id for id in parts.ids if parts.ids.count(id) > 1}) if len(parts.ids) > len(set(parts.ids)) else []
    return [
        *(["no language"] if parts.language not in ("en", "zh") else []),
        *(["no title"] if not parts.title.strip() else []),
        *(f"{parts.count.get(tag, 0)} <{tag}>" for tag in ("h1", "main") if parts.count.get(tag) != 1),
        *(f"the id {id!r} stands twice" for id in twice),
        *(f"nothing has the id {id!r}" for id in sorted(parts.named - set(parts.ids))),
    ]


def _of_the_link(page: Path, address: str, folder: Path, pages: dict[Path, Parts]) -> str:
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return "" if parts.netloc else "names no host"
    if parts.scheme or parts.netloc:
        return "is neither of this folder nor of the web"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not address or not target.is_file() or not target.is_relative_to(folder):
        return "leads to no file of this folder"
    anchor = unquote(parts.fragment)
    known = pages.get(target)
    return "leads to no place of the page" if anchor and (known is None or anchor not in known.places) else ""


def _of_the_search(parts: Parts, page: Path, pages: dict[Path, Parts]) -> list[str]:
    """Where the search of the list of reports would lead: the anchors of sentences."""
    if not parts.index:
        return []
    data = json.loads(parts.index)
    found = []
    for _, *flat in data["sentences"]:
        for number, position in zip(flat[::2], flat[1::2], strict=True):
            report = pages.get(page.with_name(f"{data['reports'][number]}.html"))
            if report is None:
                found.append(f"the search leads to {data['reports'][number]}, which is not there")
            elif position and report.has_sentences and f"s-{position}" not in report.places:
                found.append(
                    f"the search leads to sentence {position} of {data['reports'][number]}, which is not there"
                )
    return found


def test_every_link_of_the_built_reports_leads_somewhere(root: Path) -> None:
    if not (root / "reports" / "index.html").is_file():
        pytest.skip("no reports are built here")
    assert faults(root / "reports") == []


def test_what_is_built_is_what_is_listed(root: Path) -> None:
    if not (root / "reports" / "index.html").is_file():
        pytest.skip("no reports are built here")
    listed = {address for _, address in Parts((root / "reports" / "index.html").read_text(encoding="utf-8")).links}
    built = {
        path.name for path in (root / "reports").glob("*.*") if re.search(r"\.(html|pdf|docx|facts\.json)$", path.name)
    }
    assert built - listed == {"index.html"}


def test_a_good_folder_has_no_faults(tmp_path: Path) -> None:
    project = tiny.bare_project(tmp_path / "project")
    runs = [put(project, "a"), put(project, "b", failed=True), put(project, "c", page=False, failed=True)]
    content = site.index(project, settings_module.read(project), runs, {"b", "c"})
    (project.reports / "index.html").write_bytes(content)
    assert faults(project.reports) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="b.html">', "leads to no file"),
        ('<a href="../outside.html">', "leads to no file"),
        ('<a href="">', "leads to no file"),
        ('<a href="a.html#none">', "leads to no place"),
        ('<a href="#none">', "leads to no place"),
        ('<svg><a xlink:href="c.html"></a></svg>', "leads to no file"),
        ('<a href="javascript:alert(1)">', "neither of this folder"),
        ('<a href="//host/x">', "neither of this folder"),
        ('<a href="file:///etc/passwd">', "neither of this folder"),
        ('<img src="data:image/png,x" alt="">', "neither of this folder"),
        ('<a href="http:x">', "names no host"),
        ('<p id="x"><p id="x">', "stands twice"),
        ('<p aria-labelledby="y">', "nothing has the id 'y'"),
        ("<h1>Again</h1>", "2 <h1>"),
        ("</main><main>", "2 <main>"),
        (
            '<script type="application/json" id="data">{"reports": ["z"], "sentences": [["t", 0, 1]]}</script>',
            "leads to z,",
        ),
        ('<p id="s-1"><script id="data">{"reports": ["a"], "sentences": [["t", 0, 2]]}</script>', "sentence 2 of a"),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, body: str, fault: str) -> None:
    good = '<!DOCTYPE html><html lang="en"><title>T</title><body><main><h1>H</h1>{}</main></body></html>'
    (tmp_path / "outside.html").write_text("", encoding="utf-8")
    folder = tmp_path / "reports"
    folder.mkdir()
    page = folder / "a.html"
    page.write_text(good.format('<a href="https://example.org/x"></a><a href="a.html"></a>'), encoding="utf-8")
    assert faults(folder) == []
    page.write_text(good.format(body), encoding="utf-8")
    assert len(faults(folder)) == 1
    assert fault in faults(folder)[0]


def test_a_page_without_language_or_title_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><title> </title><main><h1>H</h1></main></html>", encoding="utf-8")
    assert faults(tmp_path) == ["a.html: no language", "a.html: no title"]
