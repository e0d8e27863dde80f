"""A report as PDF: pandoc writes its tree as typst, and typst sets it with the template ``templates/pdf``.

Texts reach typst as string literals and as JSON, never as its code. The file is tagged (PDF/UA-1), has vector
figures and embedded fonts: those that typst carries, DejaVu Sans of matplotlib's files, and Noto of
pylopdf-fonts-zh-cn; a character that none has shows the sign of its block (Last Resort), its text is kept.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import MachineryFailed
from workbench.publish import documents
from workbench.publish.content import Content, Context
from workbench.publish.documents import Element, attribute, has_class

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parent / "templates" / "pdf" / "report.typ"
PRELUDE = b'#import "report.typ": *\n#show: report\n'
SIZES = {False: (10.5,), True: (10.0, 9.6, 9.2, 8.8, 8.4)}  # of reading text, in points: the largest that fits


def render(content: Content, context: Context) -> bytes:
    """The PDF of a report: the same bytes for the same content and context.

    A report of a brief kind is set in the largest size in which it fits one page. Raises `MachineryFailed` when pandoc
    or typst fails.
    """
    document = documents.read(content)
    about = documents.about_report(content, context)
    about["alts"] = {name: figure.alt for name, figure in document.figures.items()}
    files = {"report.typ": TEMPLATE.read_bytes(), "main.typ": PRELUDE + body(document, about["notes"])}
    files |= {name: figure.svg.encode() for name, figure in document.figures.items()}
    if context.office.logo:
        files[about["logo"]] = context.office.logo.read_bytes()
    sizes = SIZES[about["brief"]]
    for size in sizes:
        files["about.json"] = json.dumps({**about, "size": size}, ensure_ascii=False).encode()
        if size == sizes[-1] or _pages(files) == 1:
            break
    return compiled(files, format="pdf", pdf_standards=["ua-1"], timestamp=documents.midnight(content))[0]


def compiled(files: dict[str, bytes], **options: Any) -> list[bytes]:
    """What typst makes of ``main.typ`` among some files, with the options of its compiler: one file, or one a page.

    Raises `MachineryFailed` with typst's words when it fails.
    """
    import typst

    given: Any = files
    try:
        made: Any = typst.Compiler(given, font_paths=fonts()).compile(**options)
    except (typst.TypstError, RuntimeError) as error:
        raise MachineryFailed(f"typst failed: {error}") from None
    return [made] if isinstance(made, bytes) else list(made)


def _pages(files: dict[str, bytes]) -> int:
    """How many pages the body takes, without notes and sources."""
    import typst

    given: Any = files
    try:
        found = typst.Compiler(given, font_paths=fonts()).query("<body-ends>", field="value", one=True)
    except (typst.TypstError, RuntimeError) as error:
        raise MachineryFailed(f"typst failed: {error}") from None
    return int(json.loads(found))


@cache
def fonts() -> typst.Fonts:
    """The fonts of every document, read once a process; none of the machine's."""
    import pylopdf_fonts_zh_cn
    import typst

    matplotlib = importlib.util.find_spec("matplotlib")
    if matplotlib is None or matplotlib.origin is None:
        raise MachineryFailed("matplotlib and its font DejaVu Sans are missing; install the project again")
    latin = Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf"
    chinese = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    return typst.Fonts(include_system_fonts=False, font_paths=[str(latin), str(chinese)])


# --- the body -------------------------------------------------------------------------------


def body(document: documents.Document, heading: str) -> bytes:
    """The typst code of a document: functions of the template, and string literals. ``heading`` stands above the
    notes. Raises `MachineryFailed` when pandoc fails."""
    told: dict[str, list[Element]] = {}  # notes that say the same are one
    numbers = {}
    for key, note in document.notes.items():
        same = json.dumps(note)
        told.setdefault(same, note)
        numbers[key] = list(told).index(same) + 1

    def change(element: Element) -> list[Element]:
        return _typst(element, numbers)

    blocks = document.blocks
    at = next((n for n, block in enumerate(blocks) if has_class(block, "sources")), len(blocks))
    tree = [*blocks[:at], _raw("#body-ends")]
    if document.notes:
        title: Element = {"t": "Header", "c": [1, ["", [], []], [{"t": "Str", "c": heading}]]}
        tree += [title, *_call("notes", "", *told.values())]
    tree = documents.changed([*tree, *blocks[at:]], change)
    return documents.pandoc(documents.written(tree), "-f", "json", "-t", "typst")


def _typst(element: Element, numbers: dict[str, int]) -> list[Element]:
    """An element as typst needs it: text as literals, what has a look of its own as a call of the template."""
    kind = element["t"]
    if kind == "Str":
        return [_inline(f"#{_literal(element['c'])};")]
    if kind == "Span":
        return _span(element, numbers)
    if kind == "Div":
        return _div(element)
    if kind == "DefinitionList":
        cards = ((number, [{"t": "Plain", "c": words}]) for words, (number, *_) in element["c"])
        return _call("key-figures", "", *(part for card in cards for part in card))
    return [element]


def _span(element: Element, numbers: dict[str, int]) -> list[Element]:
    """A mark as the number of its note, a text of another language as such, anything else as it is."""
    inlines: list[Element] = element["c"][1]
    if has_class(element, "marks"):
        number = numbers.get(attribute(element, "note"))
        return [_inline(f"#mark({number});")] if number else [_inline("#marks["), *inlines, _inline("];")]
    lang = attribute(element, "lang")
    return [_inline(f"#tongue({_literal(lang)})["), *inlines, _inline("];")] if lang else inlines


def _div(element: Element) -> list[Element]:
    """A division as a call of the template, if it has one; those of a figure wait for the figure."""
    (id, classes, _), blocks = element["c"]
    found: list[Element] = blocks
    if {"figure-title", "figure-subtitle", "figure-note", "canvas", "verdict-word"} & {*classes}:
        return [element]
    if "drawing" in classes:
        found = _drawing(blocks)
    elif "verdict" in classes:
        word = [block for block in blocks if has_class(block, "verdict-word")]
        kind = next((name for name in classes if name != "verdict"), "")
        found = _call("verdict", f"{_literal(kind)}, ", _inside(word), [block for block in blocks if block not in word])
    elif "lead" in classes:
        found = _call("lead", "", blocks)
    elif "note" in classes:
        found = _call("remark", "", blocks)
    elif "sources" in classes:
        found = [*blocks[:1], *_call("smaller", "", blocks[1:])]
    if lang := attribute(element, "lang"):
        found = _call("within", f"{_literal(lang)}, ", found)
    return [{"t": "Div", "c": [[id, [], []], found]}] if id else found


def _drawing(blocks: list[Element]) -> list[Element]:
    """A figure: the name of its file, and its words as content."""
    image = next((e for e in documents.elements(blocks) if e["t"] == "Image"), None)
    words = [_inside([b for b in blocks if has_class(b, f"figure-{name}")]) for name in ("title", "subtitle", "note")]
    if image is None:
        return [block for part in words for block in part]
    return _call("drawing", f"{_literal(image['c'][2][0])}, ", *words)


def _call(name: str, literals: str, *contents: list[Element]) -> list[Element]:
    """A call of a function of the template with literals and then pieces of content, in typst's code."""
    found = [_raw(f"#{name}({literals}")]
    for content in contents:
        found += [_raw("["), *content, _raw("],")]
    return [*found, _raw(")")]


def _inside(divisions: list[Element]) -> list[Element]:
    return [block for division in divisions for block in division["c"][1]]


def _literal(text: str) -> str:
    """A text as a string literal of typst, in which only a quotation mark and a backslash mean anything."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _raw(code: str) -> Element:
    return {"t": "RawBlock", "c": ["typst", code]}


def _inline(code: str) -> Element:
    return {"t": "RawInline", "c": ["typst", code]}
