"""From a report's markup to pandoc's document tree, which `pdf` and `docx` both write from.

pandoc's reader drops what HTML says about paragraphs, marks and quotations, so the markup is first put into
elements whose class, language and id it keeps (`_Tidy`). Only elements known to be text go in: no script, no image
but the report's own figures, no link but to the web or inside the report. After one call of pandoc for the whole
report, the tree is changed in plain Python: marks become notes, figures files, headings one level higher.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from workbench.errors import MachineryFailed
from workbench.publish.content import Content, Context
from workbench.publish.html import status
from workbench.records.text import capital
from workbench.settings import COLOUR

_NAMES = {"LC_ALL": "C.UTF-8"}  # or pandoc, started by a scheduler, finds no file whose name is Chinese
Element = dict[str, Any]  # one block or inline of pandoc's tree: {"t": its kind, "c": what it holds}
LEFT_OUT = frozenset(["title", "records"])  # roles of parts that only a page shows, or that the title page replaces
_DROPPED = frozenset(["script", "style", "details", "template", "iframe", "object", "noscript", "head", "title"])
_KEPT = frozenset(
    ["h2", "h3", "h4", "p", "div", "span", "section", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead",
     "tbody", "tr", "th", "td", "strong", "em", "b", "i", "sub", "sup"]
)  # fmt: skip
_ATTRIBUTES = ("id", "class", "lang", "dir", "data-note", "rowspan", "colspan")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_FIGURE = re.compile(r"figure-\d+\.svg")
_SAFE_LINK = re.compile(r"#\S+|https?://\S+")
_EAST_ASIAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_WORD = re.compile(rf"{_EAST_ASIAN.pattern}|(?:(?!{_EAST_ASIAN.pattern})\S)+")  # what no line breaks
_PANDOC_SECONDS = 120
_LETTERS = 100.0  # of a table's text, from margin to margin
BRIEF = ("partner",)  # kinds that fit one printed page, besides notes and sources


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing: its SVG and its alternative text."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Document:
    """A report as a tree: its ``blocks``; the blocks of each note that a mark calls for, by its key and in the order
    of the marks; and its ``figures`` by file name."""

    blocks: list[Element]
    notes: dict[str, list[Element]]
    figures: dict[str, Figure]


@lru_cache(maxsize=1)
def read(content: Content) -> Document:
    """The tree of a report, read once for both formats; nobody changes it.

    A mark is a ``Span`` of class *marks*; if ``notes`` has its key (attribute *note*), that note stands for it, else
    it keeps its links to the sources. A figure is a ``Div`` of class *drawing* that holds ``Div`` of class
    *figure-title*, *figure-subtitle*, *canvas* (one ``Image``) and *figure-note*. Raises `MachineryFailed` when
    pandoc fails.
    """
    drawings: dict[str, str] = {}
    texts = [_tidy(part.html, drawings) for part in content.parts if part.role not in LEFT_OUT]
    told = {str(key): str(text) for key, text in dict(content.facts.get("notes") or {}).items()}
    texts += [f'<div class="note-text" id="{html.escape(key)}">{_tidy(text, {})}</div>' for key, text in told.items()]
    read_by = "html-auto_identifiers-smart-tex_math_dollars-raw_html"
    tree = json.loads(pandoc("\n".join(texts).encode(), "-f", read_by, "-t", "json"))
    blocks: list[Element] = _joined(tree["blocks"])
    bodies = [block for block in blocks if not has_class(block, "note-text")]
    notes = {block["c"][0][0]: block["c"][1] for block in blocks if has_class(block, "note-text")}
    figures = {file: Figure(drawings[file], alt) for file, alt in _alternatives(bodies)}
    bodies = changed(bodies, _settled)
    used = {key: notes[key] for key in dict.fromkeys(_note_keys(bodies)) if key in notes}
    everything = [bodies, *used.values()]
    held = {id for element in elements(everything) if (id := _attributes(element)[0])}
    linked = {element["c"][2][0][1:] for element in elements(everything) if element["t"] == "Link"} & held

    def anchor(element: Element) -> list[Element]:
        return _anchored(element, linked)

    return Document(changed(bodies, anchor), {key: changed(note, anchor) for key, note in used.items()}, figures)


def pandoc(text: bytes, *arguments: str, folder: str = "", **variables: str) -> bytes:
    """What pandoc makes of ``text``, with some environment variables; it reads nothing but ``folder``, if one is given.

    Raises `MachineryFailed` with pandoc's words when it fails.
    """
    import pypandoc

    confined = [] if folder else ["--sandbox"]  # which would also hide the time it is told
    command = [pypandoc.get_pandoc_path(), *confined, "--wrap=none", *arguments]
    try:
        done = subprocess.run(command, input=text, capture_output=True, check=False, timeout=_PANDOC_SECONDS,
                              cwd=folder or None, env={**os.environ, **_NAMES, **variables})  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineryFailed(f"pandoc could not be run: {error}") from None
    if done.returncode:
        raise MachineryFailed(f"pandoc failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def written(blocks: list[Element]) -> bytes:
    """A tree as pandoc reads it (``-f json``)."""
    return json.dumps({"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}).encode()


def about_report(content: Content, context: Context) -> dict[str, Any]:
    """What stands on the pages around the body, in the report's language."""
    facts = content.facts
    words = dict(facts.get("words") or {})
    lang = str(facts.get("language", "en"))
    brief = facts.get("kind") in BRIEF
    home = str(facts.get("home_name", ""))
    home = capital(home)
    office = context.office.name.get(lang) or home
    period = str(facts.get("period_words") or facts.get("period") or "")
    scope = [home if home != office else "", period, str(facts.get("as_of_words", ""))]
    return {
        "title": str(facts.get("title", "")), "lang": lang, "office": office,
        "author": office, "scope": [line for line in scope if line], "standing": status(content, context),
        "draft": context.edition is None,
        "contents": str(words.get("contents", "")), "notes": str(words.get("notes", "")), "brief": brief,
        "colour": context.office.colour or COLOUR,
        "logo": f"logo{context.office.logo.suffix}" if context.office.logo else None,
    }  # fmt: skip


def midnight(content: Content) -> int:
    """The day the report speaks of, as seconds since 1970: the only time that its files carry."""
    day = dt.date.fromisoformat(str(content.facts.get("as_of") or "1980-01-01"))
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


# --- the tree -------------------------------------------------------------------------------


def changed(tree: Any, change: Callable[[Element], list[Element]]) -> Any:
    """A copy of a tree in which each element, inner ones first, is replaced by what ``change`` makes of it."""
    if isinstance(tree, dict):
        inner = tree.get("c")
        return {**tree, "c": changed(inner, change)} if isinstance(inner, (list, dict)) else tree
    if not isinstance(tree, list):
        return tree
    found: list[Any] = []
    for item in tree:
        if isinstance(item, dict):
            new = changed(item, change)
            found.extend(change(new) if "t" in new else [new])
        else:
            found.append(changed(item, change) if isinstance(item, list) else item)
    return found


def plain(tree: Any) -> str:
    """The words of a tree, marks and notes left out."""
    if isinstance(tree, list):
        return "".join(plain(item) for item in tree)
    if not isinstance(tree, dict) or tree.get("t") == "Note" or has_class(tree, "marks"):
        return ""
    if tree["t"] == "Str":
        return str(tree["c"])
    return " " if tree["t"] in ("Space", "SoftBreak", "LineBreak") else plain(tree.get("c", []))


def inlines(blocks: list[Element]) -> list[Element]:
    """What stands in some paragraphs, as one."""
    return [inline for block in blocks if block["t"] in ("Plain", "Para") for inline in block["c"]]


def has_class(element: Element, name: str) -> bool:
    """Whether a Div or Span is of a class."""
    return name in _attributes(element)[1]


def attribute(element: Element, name: str) -> str:
    """An attribute of a Div or Span; empty when it has none of that name."""
    return dict(_attributes(element)[2]).get(name, "")


def div(name: str, blocks: list[Element], **attributes: str) -> Element:
    """A Div of a class."""
    return {"t": "Div", "c": [["", [name] if name else [], [[k.replace("_", "-"), v] for k, v in attributes.items()]],
                              blocks]}  # fmt: skip


def _attributes(element: Element) -> tuple[str, list[str], list[list[str]]]:
    """Id, classes and attributes of an element that may have them."""
    place = {"Div": 0, "Span": 0, "Header": 1, "Table": 0, "Link": 0}.get(element.get("t", ""))
    return element["c"][place] if place is not None else ("", [], [])


def elements(tree: Any) -> Iterable[Element]:
    """Every element of a tree, outer ones first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if "t" in node:
                yield node
            waiting.append(node.get("c"))


def _joined(tree: Any) -> Any:
    """A tree in which words that follow each other are one text: a fifth of the elements."""
    if isinstance(tree, dict):
        return {**tree, "c": _joined(tree["c"])} if isinstance(tree.get("c"), list) else tree
    found: list[Any] = []
    for item in tree:
        kind = item.get("t") if isinstance(item, dict) else ""
        if kind in ("Str", "Space", "SoftBreak"):
            text = item["c"] if kind == "Str" else " "
            if found and isinstance(found[-1], dict) and found[-1].get("t") == "Str":
                text = found.pop()["c"] + text
            found.append({"t": "Str", "c": text})
        else:
            found.append(_joined(item) if isinstance(item, (dict, list)) else item)
    return found


def _note_keys(tree: Any) -> list[str]:
    return [attribute(element, "note") for element in elements(tree) if has_class(element, "marks")]


def _alternatives(tree: Any) -> Iterable[tuple[str, str]]:
    """Each picture's file and alternative text; what has none is called after its title."""
    for element in elements(tree):
        if has_class(element, "drawing"):
            blocks = element["c"][1]
            words = [plain([block for block in blocks if has_class(block, name)]) for name in ("alt", "figure-title")]
            for inner in elements(blocks):
                if inner["t"] == "Image":
                    yield inner["c"][2][0], next((text for text in words if text.strip()), "–")


def _settled(element: Element) -> list[Element]:
    """What both formats want: headings one level higher, columns after what they hold, titles of sources
    slanted, places of a source in a line."""
    if element["t"] == "Header":
        level, attributes, inlines = element["c"]
        return [{"t": "Header", "c": [max(level - 1, 1), attributes, inlines]}]
    if has_class(element, "alt"):
        return []
    if element["t"] == "Table":
        return [_shared_out(element)]
    if has_class(element, "cite"):  # Chinese is never slanted
        inlines = element["c"][1]
        return inlines if _EAST_ASIAN.search(plain(inlines)) else [{"t": "Emph", "c": inlines}]
    if has_class(element, "sources"):
        return [{**element, "c": [element["c"][0], changed(element["c"][1], _in_a_line)]}]
    return [element]


def _in_a_line(element: Element) -> list[Element]:
    """A list of short items as one paragraph, with points between them."""
    if element["t"] != "BulletList" or any(len(item) != 1 or item[0]["t"] != "Plain" for item in element["c"]):
        return [element]
    between: list[Element] = [{"t": "Space"}, {"t": "Str", "c": "·"}, {"t": "Space"}]
    inlines = [inline for item in element["c"] for inline in [*between, *item[0]["c"]]]
    return [div("places", [{"t": "Para", "c": inlines[len(between) :]}])] if inlines else []


def _anchored(element: Element, linked: set[str]) -> list[Element]:
    """Ids stand only where a link leads, and links inside the report lead only to what is there."""
    if element["t"] == "Link":
        target = element["c"][2][0]
        if target.startswith("#") and target[1:] not in linked:
            return list(element["c"][1])
    attributes = _attributes(element)
    if attributes[0] and attributes[0] not in linked:
        place = 1 if element["t"] == "Header" else 0
        content = list(element["c"])
        content[place] = ["", *attributes[1:]]
        return [{**element, "c": content}]
    return [element]


def _shared_out(table: Element) -> Element:
    """A table as wide as the text. Each column has room for its longest word; what is left goes where texts are long,
    since Word would make all columns equal."""
    attributes, caption, columns, head, bodies, foot = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    least, wanted = [], []
    for number in range(len(columns)):
        texts = [plain(row[1][number][4]) for row in rows if number < len(row[1])]
        cells = [_columns(text) for text in texts]
        words = [_columns(word) for text in texts for word in _WORD.findall(text)]
        least.append(min(max([*words, 6.0]) + 3, 22.0))
        wanted.append(max(sum(cells) / max(len(cells), 1) + max(cells, default=0.0) / 3 - least[-1], 1.0))
    left = max(_LETTERS - sum(least), 0.0)
    widths = [own + left * more / sum(wanted) for own, more in zip(least, wanted, strict=True)]
    shared = [[column[0], {"t": "ColWidth", "c": width / sum(widths)}]
              for column, width in zip(columns, widths, strict=True)]  # fmt: skip
    return {"t": "Table", "c": [attributes, caption, shared, head, bodies, foot]}


def _columns(text: str) -> float:
    """The width of a text in Latin letters: a Chinese one takes two."""
    return sum(2.0 if ord(letter) > 0x2E80 else 1.0 for letter in text)


# --- markup ---------------------------------------------------------------------------------


def _tidy(markup: str, figures: dict[str, str]) -> str:
    """Markup whose classes, languages and ids pandoc keeps; its drawings go into ``figures``."""

    def put(found: re.Match[str]) -> str:
        name = f"figure-{len(figures) + 1}.svg"
        figures[name] = found[0]
        return f'<img src="{name}">'

    tidy = _Tidy()
    tidy.feed(_SVG.sub(put, markup))
    tidy.close()
    return "".join(tidy.parts)


class _Tidy(HTMLParser):
    """Markup put into elements whose class, language and id pandoc's reader keeps; anything else is text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[tuple[str, str]] = []  # each open element, and what closes it
        self._dropped = 0  # how many of the open elements are left out with all they hold

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("br", "img"):
            own = tag == "br" or _FIGURE.fullmatch(given.get("src", ""))
            self._put((f'<img src="{given["src"]}">' if tag == "img" else "<br>") if own else "")
            return
        dropped = tag in _DROPPED or "records" in given.get("class", "").split()
        opening, closing = ("", "") if dropped else self._element(tag, given)
        self._open.append((tag, "dropped" if dropped else closing))
        self._dropped += dropped
        self._put(opening)

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, closing = self._open.pop()
            if closing == "dropped":
                self._dropped -= 1
            else:
                self._put(closing)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        self._put(html.escape(data))

    def _close_up(self) -> None:
        """A mark stands at its word, without a space between."""
        if self.parts:
            self.parts[-1] = self.parts[-1].rstrip(" ")

    def _put(self, text: str) -> None:
        if not self._dropped:
            self.parts.append(text)

    def _element(self, tag: str, given: dict[str, str]) -> tuple[str, str]:
        """What opens and what closes an element, in words that pandoc keeps."""
        inside = self._open[-1][0] if self._open else ""
        wanted = "".join(f' {name}="{html.escape(given[name])}"' for name in _ATTRIBUTES if given.get(name))
        if tag == "a":
            href = given.get("href", "")
            return (f'<a href="{html.escape(href)}">', "</a>") if _SAFE_LINK.fullmatch(href) else ("", "")
        if inside == "figcaption":
            return f'<div class="figure-{"title" if tag == "strong" else "subtitle"}"{_only_language(given)}>', "</div>"
        if tag == "figure":
            return '<div class="drawing">', "</div>"
        if tag == "q":
            return f"<span{_only_language(given)}>“", "”</span>"
        if tag == "cite":
            return f'<span class="cite"{_only_language(given)}>', "</span>"
        if tag == "sup" and "marks" in given.get("class", ""):
            self._close_up()
            return f"<span{wanted}>", "</span>"
        if tag in ("p", "dl") and wanted:
            return f"<div{wanted}><{tag}>", f"</{tag}></div>"
        return (f"<{tag}{wanted}>", f"</{tag}>") if tag in _KEPT else ("", "")


def _only_language(given: dict[str, str]) -> str:
    return f' lang="{html.escape(given["lang"])}"' if given.get("lang") else ""
