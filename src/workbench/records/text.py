"""Articles as text: normalising, the digest of an article, and the published paragraph rule.

**Normalising.** Unicode NFKC; every kind of white space, no-break spaces included, becomes one
space; typographic quotation marks, apostrophes and dashes become the plain ones; invisible
characters and soft hyphens go. Case stays. The digest of an article is the SHA-256 of its
normalised text.

**Paragraphs** (rule 15 of the codebook). A block is a run of lines between empty lines. Lines
that are navigation, date stamps or counters are taken out first. The headline (the line that
equals the dossier's title; without one the first line that is left) is paragraph 0; what stands
before it is navigation and does not count. Then every block counts, captions and headings
inside the body included: 1, 2, 3 … in reading order. A text without any empty line after its
headline counts each line as a block.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from workbench.paths import sha256

_PLAIN = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", ""),
}
_NOT_PLAIN = re.compile(f"[{re.escape(''.join(_PLAIN))}]")
_CJK = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_WORDS = (
    rf"(?:{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {_MONTH},? \d{{4}}"
    r"|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?: \d\d:\d\d(?::\d\d)?)?)"
)
_STAMP_WORDS = r"(?:(?:last )?updated|published|posted|date|time|发布时间|发布日期|更新时间)(?: on| at)?"
_NOT_BODY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r".*(?: >> | > ).* (?:>>|>) .*",  # a breadcrumb
        r"(?:top|bottom) of page|back to top|skip to (?:main )?content|comments|share|print",
        rf"{_STAMP_WORDS}\s*[::]?\s*{_DATE_WORDS}",
        rf"by .{{1,60}} [|·•-] {_DATE_WORDS}",
        rf"{_DATE_WORDS}(?: [|·•-] .{{1,60}})?",
        r"(?:\d+ (?:views?|comments?|likes?|shares?)[ ,·|]*)+(?:comments)?",
        r"(?:浏览|点击|阅读)(?:次数|量|数)?\s*[::]?\s*\d+",
    )
)


def capital(text: str) -> str:
    """A text as a sentence or heading begins: its first letter large, behind an opening quotation mark too."""
    at = 1 if text.startswith("“") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def normalise(text: str) -> str:
    """Text as it is compared: see the module's first paragraph."""
    return " ".join(_NOT_PLAIN.sub(lambda found: _PLAIN[found[0]], unicodedata.normalize("NFKC", text)).split())


def article_digest(text: str) -> str:
    """The digest by which a dossier knows its article."""
    return sha256(normalise(text).encode("utf-8"))


def phrase_length(phrase: str) -> tuple[int, int]:
    """How long a phrase is: words of scripts that divide them, and Chinese, Japanese, Korean
    characters."""
    plain = normalise(phrase)
    characters = re.findall(_CJK, plain)
    words = re.findall(r"[^\W_]+(?:['&.\-/][^\W_]+)*", re.sub(_CJK, " ", plain))
    return len(words), len(characters)


def paragraphs(text: str, title: str) -> list[str]:
    """The normalised paragraphs of an article by the published rule; the headline is number 0."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = [normalise(line) for line in lines]
    headline, rest = _after_headline(plain, normalise(title))
    while rest and not rest[-1]:
        rest.pop()
    while rest and not rest[0]:
        rest.pop(0)
    body = ["\n" if _is_not_body(line) else line for line in rest]
    blocks: list[list[str]] = [[]]
    for line in body:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    joined = [" ".join(block) for block in blocks if block]
    if len(joined) == 1 and "" not in rest:
        joined = [line for line in body if line.strip()]
    return [headline, *joined]


def _after_headline(lines: list[str], title: str) -> tuple[str, list[str]]:
    for number, line in enumerate(lines):
        if line == title:
            return line, lines[number + 1 :]
    for number, line in enumerate(lines):
        if line and not _is_not_body(line):
            return line, lines[number + 1 :]
    return "", []


def _is_not_body(line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in _NOT_BODY)


def paragraph_only(says: str) -> int | None:
    """The paragraph that evidence written as ¶4 names; None for a phrase as printed."""
    found = re.fullmatch(r"¶ ?(\d{1,4})", says)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase stands: the paragraphs that hold it."""

    paragraphs: tuple[int, ...]

    @property
    def outcome(self) -> str:
        """found (one paragraph), ambiguous (several) or missing."""
        return {0: "missing", 1: "found"}.get(len(self.paragraphs), "ambiguous")


def locate(phrase: str, numbered: list[str]) -> Place:
    """The paragraphs in which a phrase stands, white space and quotation marks normalised.

    The headline is searched only when the body does not hold the phrase.
    """
    wanted = normalise(phrase)
    body = tuple(n for n, paragraph in enumerate(numbered) if n and wanted in paragraph)
    return Place(body or ((0,) if numbered and wanted in numbered[0] else ()))
