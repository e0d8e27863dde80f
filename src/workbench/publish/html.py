"""A report as one HTML page: no code, no request to anywhere, readable on a phone and on paper.

The page is what the notebook said with `workbench.report`, between a header and a list of contents; frames an
analyst looks at stay in the notebook. It reads without a script; a short one, allowed by its hash, opens a sentence
to the records behind it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from workbench.publish.content import Content, Context, Part

TEMPLATES = Path(__file__).parent / "templates"
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_LINK = re.compile(r' data-report="([^"]*)"')
_LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of contents: where it leads to, and its words (markup)."""

    id: str
    text: Markup


def render(content: Content, context: Context) -> bytes:
    """The page of a report, in UTF-8; the same bytes for the same content and context."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    title, rest = _parted(content.parts)
    page = environment.get_template("report.html.j2").render(
        about=content.facts,
        words=content.facts.get("words", {}),
        office=context.office.name.get(content.facts["language"], ""),
        colour=context.office.colour,
        logo=_data_uri(context.office.logo),
        status=status(content, context),
        draft=context.edition is None,
        contents=contents(content.parts),
        title=_joined(title, context),
        body=_joined(rest, context),
        css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    lines = (line.rstrip() for line in page.splitlines())
    return ("\n".join(line for line in lines if line) + "\n").encode()


def contents(parts: tuple[Part, ...]) -> list[Entry]:
    """The headings of a report, for its list of contents."""
    return [Entry(id, Markup(text)) for part in parts for id, text in _HEADING.findall(part.html)]


def status(content: Content, context: Context) -> str:
    """Draft, or the edition the report belongs to, in the report's words."""
    words = content.facts.get("words", {})
    if context.edition is None:
        return str(content.facts.get("draft_words", words.get("draft", "")))
    return str(words["edition"].format(day=context.edition.name, name=context.edition.by))


def _parted(parts: tuple[Part, ...]) -> tuple[list[Part], list[Part]]:
    """The parts up to the first paragraph, which stand above the list of contents, and the others."""
    first = next((n for n, part in enumerate(parts) if part.role in ("paragraph", "note")), -1)
    return list(parts[: first + 1]), list(parts[first + 1 :])


def _joined(parts: list[Part], context: Context) -> Markup:
    """The markup of parts, with links to the reports that there are."""
    text = "\n".join(part.html for part in parts)

    def href(found: re.Match[str]) -> str:
        return f' href="{context.links[found[1]]}"' if found[1] in context.links else ""

    return Markup(_LINK.sub(href, text))


def _data_uri(logo: Path | None) -> str:
    """A logo as part of the page; nothing where there is none."""
    if logo is None:
        return ""
    return f"data:{_LOGOS[logo.suffix.lower()]};base64,{base64.b64encode(logo.read_bytes()).decode()}"
