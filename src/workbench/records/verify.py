"""Is every phrase in its article? And in which paragraph?

Articles are other people's texts and stay outside the project. Where a folder of them is at
hand, each dossier finds its article by the digest of its normalised text, each phrase is
looked for in its paragraphs, and ``data/raw/anchors.csv`` keeps where it was found.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import Problem, UsageError
from workbench.paths import Project, write_atomic
from workbench.records.corpus import Material
from workbench.records.dossiers import Dossier
from workbench.records.load import ANCHOR_COLUMNS
from workbench.records.text import article_digest, locate, normalise, paragraph_only, paragraphs

SUFFIXES = (".txt", ".md")


@dataclass(slots=True)
class Outcome:
    """Counts of phrases by outcome, and what is wrong."""

    found: int = 0
    ambiguous: int = 0
    missing: int = 0
    not_held: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[tuple[str, str], int] = field(default_factory=dict)


def verify(material: Material, articles: Path) -> Outcome:
    """Look every phrase of every dossier up in the article it comes from."""
    if not articles.is_dir():
        raise UsageError(f"{articles} is no folder. Name the folder that holds the articles as .txt files.")
    texts = {}
    for path in sorted(articles.rglob("*")):
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            text = path.read_bytes().decode("utf-8-sig", errors="replace")
            texts[article_digest(text)] = text
    outcome = Outcome()
    for dossier in material.dossiers:
        text_of = texts.get(dossier.source.values["sha256"] or "")
        if text_of is None:
            outcome.not_held.append(dossier.source.id)
            outcome.problems += _propose_digest(dossier, texts)
        else:
            _verify_dossier(dossier, paragraphs(text_of, dossier.source.values["title"] or ""), outcome)
    outcome.problems.sort()
    return outcome


def _propose_digest(dossier: Dossier, texts: dict[str, str]) -> list[Problem]:
    """An article that bears the title of a dossier but not its digest."""
    source = dossier.source
    title = normalise(source.values["title"] or "")
    found = [digest for digest, text in texts.items() if title and title in map(normalise, text.splitlines())]
    return [
        Problem(dossier.file, source.line_of("sha256"), "sha256", "an article with this title has another digest",
                source.values["sha256"] or "a digest", f"if it is the one that was coded, write sha256: {digest}",
                "warning")
        for digest in found
    ]  # fmt: skip


def phrases(dossier: Dossier) -> dict[str, tuple[str, int]]:
    """Every phrase of a dossier with the field and line of its first use; a paragraph named
    without a phrase (¶4) is none."""
    found: dict[str, tuple[str, int]] = {}
    for record in [dossier.source, *dossier.records]:
        for column, phrase in [("", record.says), *record.evidence.items()]:
            if phrase and paragraph_only(phrase) is None:
                line = record.lines.get(f"says:{column}", record.line)
                found.setdefault(phrase, (f"{record.id} {column}".strip(), line))
    return found


def _verify_dossier(dossier: Dossier, numbered: list[str], outcome: Outcome) -> None:
    for phrase, (field_name, line) in phrases(dossier).items():
        place = locate(phrase, numbered)
        setattr(outcome, place.outcome, getattr(outcome, place.outcome) + 1)
        if place.outcome == "found":
            outcome.anchors[dossier.source.id, phrase] = place.paragraphs[0]
        elif place.outcome == "ambiguous":
            listed = " and ".join(str(n) for n in place.paragraphs)
            outcome.problems.append(
                Problem(dossier.file, line, field_name, f'"{phrase}" stands in paragraphs {listed}',
                        "a phrase of one paragraph only", "take a word more", "warning")
            )  # fmt: skip
        else:
            outcome.problems.append(
                Problem(dossier.file, line, field_name, f'"{phrase}" is not in the article', "a phrase as printed",
                        "copy it again; it must not run over two paragraphs")
            )  # fmt: skip


def record_anchors(project: Project, material: Material, outcome: Outcome) -> bool:
    """Write where phrases were found to ``anchors.csv``; keep what is known of articles not
    held. Returns whether the file changed."""
    wanted = {(dossier.source.id, phrase) for dossier in material.dossiers for phrase in phrases(dossier)}
    kept = {
        key: n for key, n in material.anchors.items() if key in wanted and key[0] in outcome.not_held
    } | outcome.anchors
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(ANCHOR_COLUMNS)
    for (source_id, phrase), number in sorted(kept.items(), key=lambda item: (item[0][0], item[1], item[0][1])):
        writer.writerow([source_id, number, phrase])
    return write_atomic(project.anchors_file, buffer.getvalue().encode())
