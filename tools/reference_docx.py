"""Make the Word file whose styles, header and footer the reports take: ``publish/templates/docx/reference.docx``.

It is pandoc's own reference document with the styles below, A4 pages, and a header and footer in which
``{office}``, ``{title}`` and ``{standing}`` are filled in for each report. An office that wants another look copies
the file, changes its styles in Word, and names it in ``workbench.toml``.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pypandoc

TARGET = Path(__file__).parents[1] / "src" / "workbench" / "publish" / "templates" / "docx" / "reference.docx"
SERIF, SANS, EAST = "Georgia", "Arial", "Microsoft YaHei"
INK, QUIET, RULE, ACCENT = "1B2733", "5B6672", "D5D3CC", "0F6E74"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WIDTH = 9354  # of the text, in twentieths of a point: A4 less margins of 2.25 cm


def fonts(face: str) -> str:
    """The Latin face beside the Chinese one."""
    return f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{EAST}" w:cs="{face}"/>'


def run(size: float, colour: str = INK, face: str = SERIF, more: str = "") -> str:
    """How letters look: size in points."""
    return (f"{fonts(face)}{more}<w:color w:val=\"{colour}\"/>"
            f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>')  # fmt: skip


def space(before: float, after: float, line: int = 0, more: str = "") -> str:
    """Room around a paragraph in points, and its line height in 240ths of a line."""
    height = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'{more}<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"{height}/>'


def border(side: str, colour: str, width: int = 4, gap: int = 4) -> str:
    """A line at one side of a paragraph."""
    return f'<w:pBdr><w:{side} w:val="single" w:sz="{width}" w:space="{gap}" w:color="{colour}"/></w:pBdr>'


BOLD, KEEP = "<w:b/>", "<w:keepNext/><w:keepLines/>"
# Each paragraph style: id, name, the one it is based on, paragraph, letters. Chinese headings are set apart by size
# and colour as well as by weight, which Word makes itself.
PARAGRAPHS = [
    ("Normal", "Normal", "", space(0, 0), run(10.5)),
    ("BodyText", "Body Text", "Normal", space(0, 6, 288), ""),
    ("FirstParagraph", "First Paragraph", "BodyText", "", ""),
    ("Compact", "Compact", "Normal", space(2, 2, 252), run(8.5, face=SANS)),
    ("Title", "Title", "Normal", KEEP + space(4, 4, 252), run(22, face=SANS, more=BOLD)),
    ("Subtitle", "Subtitle", "Normal", KEEP + space(0, 2), run(10, QUIET, SANS)),
    ("Standing", "Standing", "Subtitle", border("bottom", ACCENT, 12, 8) + space(0, 14), ""),
    ("Heading1", "heading 1", "Normal", KEEP + space(20, 6) + '<w:outlineLvl w:val="0"/>', run(15, ACCENT, SANS, BOLD)),
    ("Heading2", "heading 2", "Normal", KEEP + space(13, 4) + '<w:outlineLvl w:val="1"/>', run(11.5, INK, SANS, BOLD)),
    ("Heading3", "heading 3", "Normal", KEEP + space(10, 3) + '<w:outlineLvl w:val="2"/>', run(10, INK, SANS, BOLD)),
    ("Lead", "Lead", "BodyText", space(0, 8, 300), run(12)),
    ("Remark", "Remark", "BodyText", "", run(9.5, QUIET, SANS)),
    ("Caption", "caption", "Normal", KEEP + space(10, 3), run(9, QUIET, SANS)),
    ("TableCaption", "Table Caption", "Caption", "", ""),
    ("TableNote", "Table Note", "Normal", space(3, 10, 252), run(8, QUIET)),
    ("ImageCaption", "Image Caption", "Caption", space(14, 1), run(11, INK, SANS, BOLD)),
    ("FigureSubtitle", "Figure Subtitle", "Caption", space(0, 5), ""),
    ("Figure", "Figure", "Normal", "<w:keepNext/>" + space(0, 2), ""),
    ("FigureNote", "Figure Note", "Normal", space(2, 12, 252), run(8, QUIET, SANS)),
    ("KeyFigure", "Key Figure", "Normal", "<w:keepNext/>" + space(5, 0), run(18, INK, SANS, BOLD)),
    ("KeyWords", "Key Words", "Normal", space(0, 5), run(8, QUIET, SANS)),
    ("Verdict", "Verdict", "BodyText", border("left", ACCENT, 18, 8) + space(0, 6, 288), ""),
    (
        "VerdictWord",
        "Verdict Word",
        "Verdict",
        "<w:keepNext/>" + border("left", ACCENT, 18, 8) + space(10, 3),
        run(10, ACCENT, SANS, BOLD),
    ),
    ("SourceText", "Source Text", "Normal", space(3, 0, 252), run(9)),
    ("Places", "Places", "SourceText", space(0, 2, 252), run(8.5, QUIET)),
    ("FootnoteText", "footnote text", "Normal", space(0, 1), run(8.5)),
    ("Header", "header", "Normal", border("bottom", RULE) + space(0, 0), run(8, QUIET, SANS)),
    ("Footer", "footer", "Normal", space(0, 0), run(8, QUIET, SANS)),
]
TABLE = f"""<w:style xmlns:w="{W}" w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/>
<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>
<w:bottom w:val="single" w:sz="4" w:color="{RULE}"/><w:insideH w:val="single" w:sz="4" w:color="{RULE}"/></w:tblBorders>
<w:tblCellMar><w:top w:w="20" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="20" w:type="dxa"/>
<w:right w:w="140" w:type="dxa"/></w:tblCellMar></w:tblPr><w:trPr><w:cantSplit/></w:trPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="{QUIET}"/></w:rPr><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="8" w:color="{INK}"/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>
</w:style>"""
CARDS = f"""<w:style xmlns:w="{W}" w:type="table" w:customStyle="1" w:styleId="KeyFigures"><w:name w:val="Key Figures"/>
<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>
<w:top w:val="single" w:sz="12" w:color="{ACCENT}"/><w:bottom w:val="single" w:sz="4" w:color="{RULE}"/></w:tblBorders>
<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="200" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"""
SECTION = """<w:sectPr><w:headerReference w:type="default" r:id="rId40"/>
<w:footerReference w:type="default" r:id="rId41"/><w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="1418" w:right="1276" w:bottom="1304" w:left="1276" w:header="680" w:footer="624" w:gutter="0"/>
</w:sectPr>"""
PART = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:{tag} xmlns:w="{w}"><w:p><w:pPr><w:pStyle w:val="{style}"/><w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>
</w:pPr><w:r><w:t xml:space="preserve">{left}</w:t></w:r><w:r><w:tab/></w:r>{right}</w:p></w:{tag}>
"""
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
PAGE = '<w:r><w:t xml:space="preserve"> / </w:t></w:r>'.join(FIELD.format(name=name) for name in ("PAGE", "NUMPAGES"))
NAME = "<w:r><w:t>{title}</w:t></w:r>"
HEADER = PART.format(tag="hdr", style="Header", w=W, width=WIDTH, left="{office}", right=NAME)
FOOTER = PART.format(tag="ftr", style="Footer", w=W, width=WIDTH, left="{standing}", right=PAGE)


def main() -> None:
    """Write the file; the same bytes every time for one version of pandoc."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    given = subprocess.run(command, capture_output=True, check=True).stdout
    with zipfile.ZipFile(io.BytesIO(given)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["word/styles.xml"] = styles(parts["word/styles.xml"])
    body = parts["word/document.xml"]
    parts["word/document.xml"] = re.sub(r"<w:sectPr>.*</w:sectPr>", SECTION, body, flags=re.DOTALL)
    parts |= {"word/header1.xml": HEADER, "word/footer1.xml": FOOTER}
    relations, types = "", ""
    for id, name in (("rId40", "header"), ("rId41", "footer")):
        relations += f'<Relationship Type="{R}/{name}" Id="{id}" Target="{name}1.xml"/>'
        form = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"
        types += f'<Override PartName="/word/{name}1.xml" ContentType="{form}"/>'
    links = "word/_rels/document.xml.rels"
    parts[links] = parts[links].replace("</Relationships>", f"{relations}</Relationships>")
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{types}</Types>")
    parts["docProps/app.xml"] = re.sub(
        r"<TotalTime>\d+</TotalTime>", "<TotalTime>0</TotalTime>", parts["docProps/app.xml"]
    )
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED, 9)


def styles(text: str) -> str:
    """Pandoc's styles with those of the house in their place."""
    defaults = (f"<w:rPrDefault><w:rPr>{run(10.5)}"
                '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>')  # fmt: skip
    text = re.sub(r"<w:rPrDefault>.*?</w:rPrDefault>", defaults, text, flags=re.DOTALL)
    for id, name, based, paragraph, letters in PARAGRAPHS:
        default = ' w:default="1"' if id == "Normal" else ""
        above = f'<w:basedOn w:val="{based}"/>' if based else ""
        style = (f'<w:style w:type="paragraph"{default} w:styleId="{id}"><w:name w:val="{name}"/>{above}<w:qFormat/>'
                 f"<w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>")  # fmt: skip
        text = put(text, id, style)
    text = put(text, "Table", TABLE)
    text = put(text, "KeyFigures", CARDS)
    return put(text, "Hyperlink", '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
               f'<w:rPr><w:color w:val="{ACCENT}"/></w:rPr></w:style>')  # fmt: skip


def put(text: str, id: str, style: str) -> str:
    """Styles with one of them put in place of that of its id, or at the end."""
    style = re.sub(r' xmlns:w="[^"]+"', "", style).replace("\n", "")
    pattern = rf'<w:style\b[^>]*w:styleId="{id}"[^>]*>.*?</w:style>'
    if re.search(pattern, text, flags=re.DOTALL):
        return re.sub(pattern, lambda _: style, text, flags=re.DOTALL)
    return text.replace("</w:styles>", f"{style}</w:styles>")


if __name__ == "__main__":
    main()
