"""A report as a Word file, by pandoc, in the styles of a reference document.

The reference document is that of the house (``templates/docx/reference.docx``, made by ``tools/reference_docx.py``) or
the office's own; in its header and footer ``{office}``, ``{title}`` and ``{standing}`` are filled in. Marks become real
footnotes; figures pictures of 200 dots per inch, since not every Word shows SVG.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.publish import documents
from workbench.publish.content import Content, Context
from workbench.publish.documents import Element, attribute, div, has_class
from workbench.publish.pdf import compiled
from workbench.settings import COLOUR

TEMPLATES = Path(__file__).parent / "templates" / "docx"
WIDTH, TALLEST = 16.4, 21.0  # of a figure, in centimetres
DPI = 200
_EAST_ASIAN = {"zh": "zh-CN", "ja": "ja-JP", "ko": "ko-KR"}
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
_STYLES = {  # class of a paragraph's division → style of the reference document
    "lead": "Lead", "note": "Remark", "figure-title": "Image Caption", "figure-subtitle": "Figure Subtitle",
    "canvas": "Figure", "figure-note": "Figure Note", "verdict-word": "Verdict Word", "verdict": "Verdict",
    "places": "Places", "sources": "Source Text",
}  # fmt: skip


def render(content: Content, context: Context) -> bytes:
    """The Word file of a report: the same bytes for the same content and context.

    Raises `MachineryFailed` when pandoc fails, and `UsageError` when the office's reference document is none.
    """
    document = documents.read(content)
    about = documents.about_report(content, context)
    logo = context.office.logo
    files = _rastered({name: figure.svg.encode() for name, figure in document.figures.items()})
    if logo:
        files |= _rastered({about["logo"]: logo.read_bytes()})
    pictures = {name: _picture(name, figure) for name, figure in document.figures.items()}
    notes = {key: _without_marks(note) for key, note in document.notes.items()}
    blocks = documents.changed(document.blocks, lambda element: _word(element, notes, pictures))
    front = [div("", [_paragraph([_image(about["logo"], about["office"], "height", "1.4cm")])],
                 custom_style="Subtitle")] if logo else []  # fmt: skip
    for style, text in _front(about):
        front.append(div("", [_paragraph([_text(text)])], custom_style=style))
    meta = {"title": about["title"], "author": about["office"], "lang": LANGUAGES.get(about["lang"], about["lang"])}
    tree = json.loads(documents.written([*front, *blocks]))
    tree["meta"] = {name: {"t": "MetaInlines", "c": [_text(text)]} for name, text in meta.items() if text}
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in files.items():
            (Path(folder) / name).write_bytes(picture)
        (Path(folder) / "reference.docx").write_bytes(_reference(about, context))
        made = documents.pandoc(
            json.dumps(tree).encode(), "-f", "json", "-t", "docx", "-o", "-",
            "--reference-doc=reference.docx", f"--template={TEMPLATES / 'document.xml'}",
            folder=folder, SOURCE_DATE_EPOCH=str(documents.midnight(content)),
        )  # fmt: skip
    return _filled(io.BytesIO(made), {"word/(document|footnotes).xml": _mended})


def _front(about: dict[str, Any]) -> list[tuple[str, str]]:
    """The lines above the report, each with its style."""
    return [("Title", about["title"]), *(("Subtitle", line) for line in about["scope"]),
            ("Standing", about["standing"])]  # fmt: skip


def _without_marks(note: list[Element]) -> list[Element]:
    """A note in paragraphs; a footnote holds no other."""
    blocks = documents.changed(note, lambda element: [] if has_class(element, "marks") else [element])
    return [{"t": "Para", "c": block["c"]} if block["t"] == "Plain" else block for block in blocks]


def _word(element: Element, notes: dict[str, list[Element]], pictures: dict[str, Element]) -> list[Element]:
    """An element as the Word file has it: marks as footnotes, figures as pictures, looks as styles."""
    kind = element["t"]
    if kind == "Image":
        return [pictures[element["c"][2][0]]]
    if kind == "DefinitionList":
        return [_cards(element["c"])]
    if kind == "Table":
        return _with_notes(element)
    if kind == "Span" and has_class(element, "marks"):
        note = notes.get(attribute(element, "note"))
        return [{"t": "Note", "c": note} if note else {"t": "Superscript", "c": element["c"][1]}]
    if kind == "Div":
        (id, classes, attributes), blocks = element["c"]
        style = next((_STYLES[name] for name in classes if name in _STYLES), "")
        kept = [[name, value] for name, value in attributes if name == "lang"]
        return [{"t": "Div", "c": [[id, [], [*kept, *([["custom-style", style]] if style else [])]], blocks]}]
    return [element]


def _with_notes(table: Element) -> list[Element]:
    """A table with its notes below it, by letters: at the foot of a page they would tear a long table apart."""
    told: dict[str, list[Element]] = {}

    def letter(element: Element) -> list[Element]:
        if element["t"] != "Note":
            return [element]
        same = json.dumps(element["c"])
        told.setdefault(same, documents.inlines(element["c"]))
        return [{"t": "Superscript", "c": [_text(_letters(list(told).index(same)))]}]

    bare = documents.changed([table], letter)
    notes = [[{"t": "Strong", "c": [_text(_letters(number))]}, _text("\u00a0"), *note, {"t": "Space"}]
             for number, note in enumerate(told.values())]  # fmt: skip
    below = div("", [_paragraph([inline for note in notes for inline in note])], custom_style="Table Note")
    return [*bare, below] if notes else list(bare)


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …"""
    return (_letters(number // 26 - 1) if number > 25 else "") + chr(ord("a") + number % 26)


def _cards(cards: list[Any]) -> Element:
    """Key figures as a table of one row: each number above its words."""
    share = {"t": "ColWidth", "c": 1 / len(cards)}
    cells = [[["", [], []], {"t": "AlignDefault"}, 1, 1, _card(documents.inlines(number), words)]
             for words, (number, *_) in cards]  # fmt: skip
    empty: list[Any] = [["", [], []], []]
    return {"t": "Table", "c": [["", [], [["custom-style", "KeyFigures"]]], [None, []],
                                [[{"t": "AlignDefault"}, share]] * len(cards), empty,
                                [[["", [], []], 0, [], [[["", [], []], cells]]]], empty]}  # fmt: skip


def _card(number: list[Element], words: list[Element]) -> list[Element]:
    return [div("", [_paragraph(number)], custom_style="Key Figure"),
            div("", [_paragraph(words)], custom_style="Key Words")]  # fmt: skip


# --- pictures -------------------------------------------------------------------------------


def _picture(name: str, figure: documents.Figure) -> Element:
    """A figure as wide as the text, or as tall as the page lets it be."""
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', figure.svg)
    tall = box is not None and float(box[2]) / float(box[1]) * WIDTH > TALLEST
    return _image(name, figure.alt, *(("height", f"{TALLEST}cm") if tall else ("width", f"{WIDTH}cm")))


def _image(name: str, alt: str, side: str, length: str) -> Element:
    file = Path(name).with_suffix(".png").name if name.endswith(".svg") else name
    return {"t": "Image", "c": [["", [], [[side, length]]], [_text(alt)], [file, ""]]}


def _rastered(pictures: dict[str, bytes]) -> dict[str, bytes]:
    """SVG files as PNG files of the text's width, drawn by typst; other pictures as they are."""
    vectors = {name: content for name, content in pictures.items() if name.endswith(".svg")}
    others = {name: content for name, content in pictures.items() if name not in vectors}
    if not vectors:
        return others
    pages = "".join(f'#page(image("{name}", width: {WIDTH}cm))\n' for name in vectors)
    code = f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}"
    drawn = compiled({"main.typ": code.encode(), **vectors}, format="png", ppi=DPI)
    return others | {Path(name).with_suffix(".png").name: png for name, png in zip(vectors, drawn, strict=True)}


# --- the file -------------------------------------------------------------------------------


def _reference(about: dict[str, Any], context: Context) -> bytes:
    """The reference document with the words of its header and footer filled in, and the office's colour."""
    own = context.office.reference_docx
    words = {"office": about["office"], "title": about["title"], "standing": about["standing"]}
    house, colour = (c.lstrip("#").upper() for c in (COLOUR, context.office.colour or COLOUR))

    def fill(text: str) -> str:
        return re.sub(r"\{(office|title|standing)\}", lambda name: escape(words[name[1]]), text)

    changes: dict[str, Callable[[str], str]] = {"word/(header|footer)\\d*.xml": fill}
    if own is None:
        hint = '<w:rFonts w:hint="eastAsia"' if about["lang"] == "zh" else "<w:rFonts"  # for quotation marks and dashes
        changes["word/styles.xml"] = lambda text: text.replace(house, colour).replace("<w:rFonts", hint)
    try:
        return _filled(own or TEMPLATES / "reference.docx", changes)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        what = f"{own}: this is no Word file whose styles could be taken ({error})"
        raise UsageError(f"{what}; name a .docx file under [office] reference_docx, or delete the line") from None


def _mended(document: str) -> str:
    """What pandoc leaves open: rows stay whole, no program puts room of its own beside a picture, and a footnote looks
    like one wherever its mark stands."""
    for language, region in _EAST_ASIAN.items():  # pandoc would have Latin words of such a text broken anywhere
        document = re.sub(rf'<w:lang w:val="{language}[^"]*" />', f'<w:lang w:eastAsia="{region}" />', document)
    if "<w:footnotes" in document:
        return re.sub(r'(?<=<w:pStyle w:val=")(Compact|BodyText|FirstParagraph)(?=")', "FootnoteText", document)
    document = document.replace("<w:trPr>", "<w:trPr><w:cantSplit />").replace(
        "<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit /></w:trPr><w:tc>")  # fmt: skip
    return document.replace("<wp:inline>", '<wp:inline distT="0" distB="0" distL="0" distR="0">')


def _filled(file: Path | io.BytesIO, changes: dict[str, Callable[[str], str]]) -> bytes:
    """A Word file, some of whose parts, named by a pattern, are changed; its times stay."""
    target = io.BytesIO()
    with zipfile.ZipFile(file) as given, zipfile.ZipFile(target, "w") as made:
        for part in given.infolist():
            content = given.read(part)
            for pattern, change in changes.items():
                if re.fullmatch(pattern, part.filename):
                    content = change(content.decode()).encode()
            made.writestr(part, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _paragraph(inlines: list[Element]) -> Element:
    return {"t": "Para", "c": inlines}


def _text(text: str) -> Element:
    return {"t": "Str", "c": text}
