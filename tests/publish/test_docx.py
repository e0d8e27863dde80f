"""The Word file of a report: real headings, tables, footnotes and styles; what people write stays text."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from publish import written
from publish.written import ELSEWHERE, NASTY
from workbench.errors import UsageError
from workbench.publish import documents, docx
from workbench.publish.content import Content, Context, Edition, Office, Part

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"


class Word:
    """The parts of a Word file."""

    def __init__(self, content: Content, context: Context | None = None) -> None:
        self.bytes = docx.render(content, context or Context())
        self.archive = zipfile.ZipFile(io.BytesIO(self.bytes))
        self.body = self.part("word/document.xml")

    def part(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.archive.read(name))

    def styled(self, style: str) -> list[str]:
        """The text of each paragraph of a style."""
        return [text(p) for p in self.body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None
                and s.get(f"{W}val") == style]  # fmt: skip

    def footnotes(self) -> list[str]:
        notes = self.part("word/footnotes.xml").iter(f"{W}footnote")
        return [text(note) for note in notes if note.get(f"{W}type") is None]

    def links(self) -> list[str]:
        """Where the file leads to outside itself, notes included."""
        found = []
        for name in self.archive.namelist():
            if name.endswith(".rels"):
                found += [r.get("Target", "") for r in self.part(name) if r.get("TargetMode") == "External"]
        return found


def text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{W}t"))


@pytest.fixture(scope="module")
def english() -> Word:
    return Word(written.report())


@pytest.fixture(scope="module")
def chinese() -> Word:
    return Word(written.report("zh"))


def about(content: Content, **facts: Any) -> Content:
    return replace(content, facts={**content.facts, **facts})


# --- the file -------------------------------------------------------------------------------


def test_the_same_bytes_twice_and_no_time_but_the_day_it_speaks_of(english: Word) -> None:
    documents.read.cache_clear()
    assert docx.render(written.report(), Context()) == english.bytes
    times = {info.date_time for info in english.archive.infolist()}
    assert times == {(2026, 10, 31, 0, 0, 0), (1980, 1, 1, 0, 0, 0)}, "and none for parts of the reference document"
    core = english.archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"20\d\d-\d\d-\d\dT[\d:]+Z", core)) == {"2026-10-31T00:00:00Z"}
    assert "<TotalTime>0</TotalTime>" in english.archive.read("docProps/app.xml").decode()


def test_it_says_what_it_is(english: Word, chinese: Word) -> None:
    for word, language in ((english, "en"), (chinese, "zh")):
        core = word.archive.read("docProps/core.xml").decode()
        title, home = (written.TEXTS[language][key] for key in ("title", "home"))
        assert f"<dc:title>{title}</dc:title>" in core
        assert f"<dc:creator>{home}</dc:creator>" in core
        assert f"<dc:language>{docx.LANGUAGES[language]}</dc:language>" in core
        assert word.styled("Title") == [title]
        assert word.styled("Standing") == [written.WORDS[language]["draft"]]
    signed = Word(written.report(), Context(edition=Edition("2026-11-22", "A. Person")))
    assert signed.styled("Standing") == ["Edition of 2026-11-22, released by A. Person"]


def test_header_and_footer_name_the_office_and_the_page(chinese: Word) -> None:
    office = Office({"en": "Foreign & <Affairs>", "zh": "对外交流处"})
    word = Word(written.report(), Context(office))
    assert text(word.part("word/header1.xml")) == "Foreign & <Affairs>Leeds Libraries and Hangzhou Public Library"
    footer = word.part("word/footer1.xml")
    assert text(footer) == "Draft, not released1 / 1"
    assert [field.text for field in footer.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]
    assert text(chinese.part("word/header1.xml")).startswith("杭州图书馆"), "without an office, the institution"


def test_chinese_has_its_fonts_and_language(chinese: Word, english: Word) -> None:
    for word in (chinese, english):
        defaults = word.part("word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        assert defaults is not None
        fonts, language = defaults.find(f"{W}rFonts"), defaults.find(f"{W}lang")
        assert fonts is not None
        assert language is not None
        assert fonts.get(f"{W}eastAsia") == "Microsoft YaHei"
        assert fonts.get(f"{W}ascii") == "Georgia"
        assert language.get(f"{W}eastAsia") == "zh-CN"
        assert fonts.get(f"{W}hint") == ("eastAsia" if word is chinese else None)
    runs = [r for r in english.body.iter(f"{W}r") if "利兹" in text(r)]
    assert runs
    for run in runs:
        language = run.find(f"{W}rPr/{W}lang")
        assert language is not None, "a Chinese sentence of an English report says so"
        assert (language.get(f"{W}val"), language.get(f"{W}eastAsia")) == (None, "zh-CN"), "its Latin words stay whole"


# --- what is in it --------------------------------------------------------------------------


def test_headings_are_headings(english: Word) -> None:
    assert english.styled("Heading1") == ["What has happened", "Sources"]
    assert english.styled("Heading2") == ["Visits"]


def test_marks_are_footnotes_and_lead_to_the_source(english: Word) -> None:
    notes = english.footnotes()
    references = list(english.body.iter(f"{W}footnoteReference"))
    assert len(notes) == len(references) == 4, "one each"
    assert [note.strip() for note in notes] == ["Visit of 2019: source [1], paragraph 4"] * 2 + [
        "Visit of 2019: source [2], paragraph 4", "Visit of 2019: source [2], paragraph 4–6"]  # fmt: skip
    places = {mark.get(f"{W}name") for mark in english.body.iter(f"{W}bookmarkStart")}
    anchors = [link.get(f"{W}anchor") for link in english.part("word/footnotes.xml").iter(f"{W}hyperlink")]
    assert len(anchors) == 4
    assert set(anchors) <= places
    styles = {s.get(f"{W}val") for s in english.part("word/footnotes.xml").iter(f"{W}pStyle")}
    assert styles == {"FootnoteText"}


def test_the_notes_of_a_table_stand_below_it(english: Word) -> None:
    raised = [text(cell) for cell in english.body.iter(f"{W}tc") if "our reading" in text(cell)]
    assert raised == ["signed 2 April 2019 (our reading)a"] * 3, "rows with the same note have the same letter"
    assert [note.strip() for note in english.styled("TableNote")] == ["a\u00a0Visit of 2019: source [2], paragraph 4"]
    assert [docx._letters(number) for number in (0, 25, 26, 701, 702)] == ["a", "z", "aa", "zz", "aaa"]


def test_without_notes_marks_are_superscripts() -> None:
    word = Word(about(written.report(), notes=None))
    assert word.footnotes() == []
    raised = [r for r in word.body.iter(f"{W}r") if r.find(f"{W}rPr/{W}vertAlign") is not None]
    assert "".join(map(text, raised)) == "1122222"


def test_tables_repeat_their_head_and_keep_rows_whole(english: Word) -> None:
    tables = list(english.body.iter(f"{W}tbl"))
    assert len(tables) == 2, "key figures and the table; the data of a figure stays on the page"
    rows = list(tables[1].iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert [text(cell) for cell in rows[0].iter(f"{W}tc")] == ["What", "With", "On record"]
    widths = [int(column.get(f"{W}w", "0")) for column in tables[1].iter(f"{W}gridCol")]
    assert max(widths) == widths[2], "wide where texts are long"
    assert english.styled("TableCaption") == ["Agreements, in order of date"]
    assert english.styled("KeyFigure") == ["2", "1 : 0", "1"]


def test_a_figure_is_a_picture_with_words(english: Word) -> None:
    pictures = [e for e in english.body.iter() if e.tag.endswith("}docPr")]
    assert [picture.get("descr") for picture in pictures] == ["Map of two visits from Leeds to Hangzhou."]
    files = [name for name in english.archive.namelist() if name.startswith("word/media/")]
    assert len(files) == 1
    png = english.archive.read(files[0])
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == round(docx.WIDTH / 2.54 * docx.DPI)
    assert english.styled("ImageCaption") == ["Two visits led here"]
    assert english.styled("FigureNote") == ["Two records drawn. As of 31 October 2026."]


def test_a_tall_figure_fits_its_page() -> None:
    content = written.report()
    longer = {'viewBox="0 0 470 200"': 'viewBox="0 0 470 2000"', 'height="200pt"': 'height="2000pt"'}
    parts = content.parts
    for old, new in longer.items():
        parts = tuple(replace(part, html=part.html.replace(old, new)) for part in parts)
    word = Word(replace(content, parts=parts))
    extent = next(e for e in word.body.iter() if e.tag.endswith("}extent"))
    assert int(extent.get("cy", "0")) / 360000 == pytest.approx(docx.TALLEST, abs=0.1)


def test_nothing_is_left_out_that_was_said(chinese: Word) -> None:
    texts = written.TEXTS["zh"]
    told = text(chinese.body)
    wanted = [texts[key] for key in ("title", "as_of", "lead", "said", "remark", "figure", "sub", "note", "verdict",
                                     "safe", "source", "publisher")] + texts["row"]  # fmt: skip
    assert [part for part in wanted if part not in told] == []
    assert texts["card"] not in told.replace(texts["told"], "")
    assert "as a table" not in told


# --- the office's own -----------------------------------------------------------------------


def test_the_office_puts_its_own_styles(tmp_path: Path) -> None:
    own = tmp_path / "own.docx"
    with zipfile.ZipFile(docx.TEMPLATES / "reference.docx") as given, zipfile.ZipFile(own, "w") as made:
        for part in given.infolist():
            content = given.read(part)
            if part.filename == "word/styles.xml":
                content = content.replace(b"Georgia", b"FangSong")
            made.writestr(part, content)
    word = Word(written.report(), Context(Office({"en": "Office"}, colour="#884422", reference_docx=own)))
    styles = word.archive.read("word/styles.xml")
    assert b"FangSong" in styles
    assert b"0F6E74" in styles, "its colours are its own"
    assert text(word.part("word/header1.xml")).startswith("Office")


def test_the_offices_colour_and_logo(tmp_path: Path) -> None:
    logo = tmp_path / "our logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><path d="M0 0H30V20z"/></svg>')
    word = Word(written.report(), Context(Office({"en": "Office"}, logo, "#884422")))
    styles = word.archive.read("word/styles.xml")
    assert b"884422" in styles
    assert b"0F6E74" not in styles
    assert next(e.get("descr") for e in word.body.iter() if e.tag.endswith("}docPr")) == "Office"


@pytest.mark.parametrize("content", [None, b"not a Word file"])
def test_a_reference_document_that_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    own = tmp_path / "own.docx"
    if content is not None:
        own.write_bytes(content)
    with pytest.raises(UsageError, match=r"own\.docx: .*reference_docx"):
        docx.render(written.report(), Context(Office(reference_docx=own)))


# --- what people write ----------------------------------------------------------------------


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
def test_texts_are_texts(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    content = written.report(said=escaped, caption=escaped, heading=escaped, verdict=escaped, source=escaped,
                             figure=escaped, alt=escaped, told=escaped, row=[escaped] * 3)  # fmt: skip
    word = Word(about(content, title=words, home_name=words, draft_words=words, as_of_words=words))
    squeezed = re.sub(r"\s+", "", words)
    assert re.sub(r"\s+", "", text(word.body)).count(squeezed) >= 12
    assert all(squeezed in re.sub(r"\s+", "", note) for note in word.footnotes())
    assert squeezed in re.sub(r"\s+", "", text(word.part("word/header1.xml")))
    assert {link for link in word.links() if "example.org" not in link} == set()
    fields = [e.text for e in word.body.iter(f"{W}instrText")]
    assert fields == [], "no field is made of a text"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_only_the_web_is_linked(address: str) -> None:
    content = written.report()
    part = Part("paragraph", f'<p><a href="{address}">there</a> <img src="https://example.org/a.png"></p>')
    word = Word(replace(content, parts=(*content.parts, part)))
    assert set(word.links()) == {"https://example.org/1", "https://example.org/2"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice Writer is missing")
def test_libreoffice_opens_it(tmp_path: Path, english: Word) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(english.bytes)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "txt:Text",
               "--outdir", tmp_path, path]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if not (tmp_path / "report.txt").is_file():
        pytest.skip(f"LibreOffice here has no Writer: {done.stderr.strip()[:80]}")
    found = (tmp_path / "report.txt").read_text(encoding="utf-8-sig")
    assert "On 2 April 2019 both libraries signed a memorandum; Wrocław, Köln, Café and Київ" in found


def test_styles_in_a_folder_of_a_chinese_name_are_found_in_any_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler gives a program the locale C."""
    for name, value in {"LC_ALL": "C", "LANG": "C"}.items():
        monkeypatch.setenv(name, value)
    template = tmp_path / "项目" / "模板.html"
    template.parent.mkdir()
    template.write_text("<i>$body$</i>", encoding="utf-8")
    made = documents.pandoc(b"a", "-f", "markdown", "-t", "html", "-s", "--template", str(template))
    assert made.startswith(b"<i>")
