"""The PDF of a report: tagged, with bookmarks and embedded fonts; what is in it is what the report says, as text."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from publish import written
from publish.written import ELSEWHERE, NASTY
from workbench.errors import MachineryFailed
from workbench.publish import documents, pdf
from workbench.publish.content import Content, Context, Edition, Office, Part

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def rendered(content: Content, context: Context | None = None) -> bytes:
    return pdf.render(content, context or Context())


def opened(content: bytes) -> bytes:
    """A PDF with what its streams hold."""
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def code(content: Content) -> str:
    """The typst code of a report's body."""
    return pdf.body(documents.read(content), "Notes").decode()


def words(code: str) -> str:
    """What the string literals of typst code say."""
    return "".join(re.sub(r"\\(.)", r"\1", text) for text in LITERAL.findall(code))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", opened(content)))


def about(content: Content, **facts: Any) -> Content:
    return replace(content, facts={**content.facts, **facts})


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_tagged_and_says_what_it_is(language: str) -> None:
    content = opened(rendered(written.report(language)))
    assert content.startswith(b"%PDF-1.7")
    for part in (b"/MarkInfo", b"/StructTreeRoot", b"/Outlines", b"<pdfuaid:part>1", b"<dc:title>"):
        assert part in content, part
    assert re.search(rb"/Lang ?\((en-GB|zh-CN)\)", content)
    assert written.TEXTS[language]["title"].encode() in content, "its title, in what it says of itself"


def test_figures_are_vectors_and_fonts_are_embedded() -> None:
    content = opened(rendered(written.report("zh")))
    assert not re.search(rb"/Subtype ?/Image", content)
    fonts = set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z]+)", content))
    assert {b"LibertinusSerif", b"NotoSansSC", b"NotoSerifSC"} <= fonts
    assert len(re.findall(rb"/FontFile\d? ", content)) == len(re.findall(rb"/Type ?/FontDescriptor", content)) > 2


def test_the_same_bytes_twice() -> None:
    first = rendered(written.report())
    documents.read.cache_clear()
    pdf.fonts.cache_clear()
    assert rendered(written.report()) == first


def test_the_only_time_in_it_is_the_day_it_speaks_of() -> None:
    content = opened(rendered(written.report()))
    assert set(re.findall(rb"(?:D:|Date>)(20\d\d)-?(\d\d)-?(\d\d)", content)) == {(b"2026", b"10", b"31")}
    assert rendered(about(written.report(), as_of="2025-01-02")) != content


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is missing")
def test_qpdf_finds_nothing(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        path = tmp_path / f"{language}.pdf"
        path.write_bytes(rendered(written.report(language, "partner")))
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


# --- what is in it --------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is missing")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_said_can_be_read(language: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(rendered(written.report(language)))
    found = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
    squeezed = re.sub(r"\s+|-\n", "", found)
    texts = written.TEXTS[language]
    told = [texts[key] for key in ("title", "home", "as_of", "lead", "heading", "under", "figure", "sub", "note",
                                   "caption", "verdict", "safe", "remark", "source", "publisher")]  # fmt: skip
    told += [*texts["heads"], *texts["row"], *(part for card in texts["cards"] for part in card)]
    told += [written.WORDS[language][key] for key in ("contents", "notes", "sources", "draft")]
    missing = [text for text in told if re.sub(r"\s+", "", text) not in squeezed]
    assert missing == []
    assert "as a table" not in found, "the data of a figure stays on the page"
    assert texts["card"] + "\n" not in found, "so do the cards of records"


def test_marks_are_numbers_of_notes_in_order() -> None:
    made = code(written.report())
    assert re.findall(r"#mark\((\d+)\)", made) == ["1", "1", "2", "2", "2", "2", "3"]
    assert "never called for" not in made
    assert "#link(<source-2>)" in made, "a note leads to the entry of its source"
    assert made.count("#link(<source-1>)") == 1, "notes that say the same are one"
    notes, sources = made.index("#notes("), made.index("<source-1>\n")
    assert made.index("#body-ends") < notes < sources
    told = ["Visit of 2019: source [1], paragraph 4", "Visit of 2019: source [2], paragraph 4", "Visit"]
    assert words(made[notes:]).startswith("".join(told))


def test_without_notes_marks_lead_to_the_sources() -> None:
    content = about(written.report(), notes=None)
    made = code(content)
    assert "#mark(" not in made
    assert "#notes(" not in made
    assert made.count("#marks[") == 7
    assert made.count("#link(<source-2>)") == 5
    assert rendered(content)


def test_a_mark_without_a_source_that_is_there_is_no_link() -> None:
    content = about(written.report(), notes=None)
    bare = replace(content, parts=tuple(part for part in content.parts if part.role != "sources"))
    assert "#link(" not in code(bare)
    assert rendered(bare)


def test_headings_start_at_the_top_level_and_leave_no_step_out() -> None:
    levels = re.findall(r"^(=+) ", code(written.report()), re.MULTILINE)
    assert levels == ["=", "==", "=", "="]


def test_a_table_repeats_its_head() -> None:
    made = code(written.report())
    assert made.count("table.header(") == 1
    few, many = (pages(rendered(written.report(rows=rows))) for rows in (3, 150))
    assert many > few + 1, "it breaks across pages"


def test_a_figure_has_a_name_even_without_alternative_text() -> None:
    for alt in ("", "  "):
        assert rendered(written.report(alt=alt))
    assert documents.read(written.report(alt="")).figures["figure-1.svg"].alt == "Two visits led here"


# --- the pages around it --------------------------------------------------------------------


def test_a_brief_report_fits_one_page_besides_its_sources() -> None:
    for language in ("en", "zh"):
        assert pages(rendered(written.report(language, "partner"))) == 2
    assert pages(rendered(written.report("en", "partner", rows=18))) == 2, "by smaller letters"
    assert pages(rendered(written.report("en", "partner", rows=100))) > 3, "what does not fit is not left out"
    assert pages(rendered(written.report("en", "overview"))) == 4, "title page, contents, report, notes and sources"


def test_a_draft_says_so_and_an_edition_who_signed_it() -> None:
    draft = documents.about_report(written.report(), Context())
    assert (draft["draft"], draft["standing"]) == (True, "Draft, not released")
    signed = documents.about_report(written.report(), Context(edition=Edition("2026-11-22", "A. Person")))
    assert (signed["draft"], signed["standing"]) == (False, "Edition of 2026-11-22, released by A. Person")


def test_the_office_gives_name_logo_and_colour(tmp_path: Path) -> None:
    logo = tmp_path / "our logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><path d="M0 0H30V20z"/></svg>')
    office = Office({"en": "Foreign Affairs Office", "zh": "对外交流处"}, logo, "#884422")
    content = rendered(written.report(), Context(office))
    assert b"Foreign Affairs Office" in opened(content), "as its author"
    for kind in ("overview", "partner"):
        assert rendered(written.report("zh", kind), Context(office)) != rendered(written.report("zh", kind))


# --- what people write ----------------------------------------------------------------------


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_texts_are_texts(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    content = written.report(said=escaped, caption=escaped, heading=escaped, verdict=escaped, source=escaped,
                             figure=escaped, told=escaped, row=[escaped] * 3)  # fmt: skip
    content = about(content, title=text, home_name=text, draft_words=text, as_of_words=text)
    made = code(content)
    said = re.sub(r"\s+", "", words(made))
    assert said.count(re.sub(r"\s+", "", text)) >= 9
    bare = code(
        written.report(said="", caption="", heading="", verdict="", source="", figure="", told="", row=[""] * 3)
    )
    assert set(re.findall(r"#[\w-]+", LITERAL.sub("", made))) <= set(re.findall(r"#[\w-]+", LITERAL.sub("", bare)))
    assert rendered(content).startswith(b"%PDF")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_only_the_web_is_linked(address: str) -> None:
    content = written.report()
    part = Part("paragraph", f'<p><a href="{address}">there</a> <a data-report="partner:x">here</a></p>')
    found = opened(rendered(replace(content, parts=(*content.parts, part))))
    assert set(re.findall(rb"/URI ?\(([^)]*)\)", found)) == {b"https://example.org/1", b"https://example.org/2"}


def test_nothing_is_fetched() -> None:
    """Pictures and files that a text asks for are not asked for."""
    html = '<p>before <img src="/etc/hosts"><img src="https://example.org/a.png"> after</p><iframe src="x">in</iframe>'
    made = code(replace(written.report(), parts=(Part("paragraph", html),)))
    assert re.sub(r"\s+", "", words(made)) == "beforeafter"
    assert "image(" not in made


def test_a_drawing_that_is_none_is_told() -> None:
    content = written.report()
    parts = [replace(p, html=p.html.replace("</svg>", "<g></svg>")) for p in content.parts]
    with pytest.raises(MachineryFailed, match="SVG"):
        rendered(replace(content, parts=tuple(parts)))
