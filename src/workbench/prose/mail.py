"""What is different from an edition, for the program and for mail: the words of the section *changes* as plain text.

`compared` opens the records of a home beside an edition, `mail` writes the text with which reports are sent,
`for_release` all that a released edition needs in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.analysis import evidence
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.prose import changes, facts
from workbench.prose.words import GRAMMARS, Words
from workbench.records import audience as audiences
from workbench.records import dates, editions, vocabularies
from workbench.records.editions import Comparison, Edition
from workbench.records.selection import Corpus, Selection, choose_home, select

Listed = Sequence[Mapping[str, Any]]  # reports: title, language, files (names)


@dataclass(frozen=True, slots=True)
class Letter:
    """What an edition needs in words: the headline figures of each home, its day and its mail by language."""

    figures: list[dict[str, Any]]
    days: dict[str, str]
    mails: dict[str, str]


def compared(
    project: Project, old: str = "", new: str = "", home: str = "", audience: str = audiences.PUBLIC, as_of: str = ""
) -> Corpus:
    """The records of a home with what differs from an edition.

    ``old`` is an edition (empty: the newest for the audience), ``new`` a later one (empty: the records as they
    are, as of a day, by default that of the settings). Raises `UsageError` for an edition or a home that there is none
    of, and for editions of two audiences.
    """
    later = editions.named(project, new) if new else None
    earlier = editions.named(project, old) if old else None
    audience = next((one.audience for one in (later, earlier) if one), audience)
    earlier = earlier or editions.newest(project, audience)
    if earlier and earlier.audience != audience:
        raise UsageError(f"{earlier.id} and {new} are for two audiences: compare editions of one.")
    corpus = _corpus(project, home, audience, later, as_of)
    return replace(corpus, _compare=lambda: _comparison(project, earlier, later))


def text(corpus: Corpus, language: str, project: Project) -> str:
    """The section as plain text, a paragraph each with all changes."""
    words = Words(corpus, language, project.templates)
    space = words.grammar.SPACE
    return "\n\n".join(space.join(sentences) for sentences in changes.told(corpus, words))


def unchanged(corpus: Corpus) -> bool:
    """Is all as the edition says with which it is compared?"""
    return bool(corpus.since) and not evidence.changed(corpus) and not evidence.moved_figures(corpus)


def mail(
    corpus: Corpus, language: str, project: Project, reports: Listed, edition: Edition | None = None,
    unwell: Sequence[str] = (),
) -> str:  # fmt: skip
    """The text of a mail: a subject, what changed (a sentence a line), what went wrong (``unwell``, a line each), the
    reports with their files.

    ``edition`` is the one that is sent; without one it is a draft. One line where nothing changed or went wrong.
    """
    words = Words(corpus, language, project.templates)
    if unchanged(corpus) and not unwell:
        return words.phrase("changes/nothing_to_send") + "\n"
    about = {"title": facts.text(corpus.settings.title[language]), "edition": _facts_of(edition)}
    told = changes.told(corpus, words, changes.MOST)
    own = [report for report in reports if report["language"] == language] or list(reports)
    parts = [
        [words.phrase("changes/mail_subject", **about)],
        [words.phrase("changes/mail_status", **about), _as_of(corpus, words)],
        *told,
        [words.phrase("changes/mail_unwell"), *(f"- {line}" for line in unwell)] if unwell else [],
        [words.phrase("changes/mail_reports"), *(f"- {one['title']}: {', '.join(one['files'])}" for one in own)]
        if own else [],
        [words.phrase("common/withheld")] if corpus.withheld else [words.phrase("publishing/internal")],
    ]  # fmt: skip
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def for_release(project: Project, edition: Edition, reports: Listed) -> Letter:
    """The words and figures of an edition that is about to be released, against the newest before it."""
    earlier = editions.newest(project, edition.audience)
    corpora = [
        replace(corpus, _compare=lambda: _comparison(project, earlier, edition))
        for corpus in _homes(project, edition.audience, edition.as_of)
    ]
    settings = corpora[0].settings
    first = next(corpus for corpus in corpora if corpus.selection.home.id == settings.default_home)
    figures = evidence.figures(corpora)
    sent = replace(edition, figures=tuple(figures))
    first = replace(first, _compare=lambda: _comparison(project, earlier, sent))
    days = {language: str(grammar.date(edition.on)) for language, grammar in GRAMMARS.items()}
    mails = {language: mail(first, language, project, reports, edition) for language in settings.languages}
    return Letter(figures, days, mails)


def _facts_of(edition: Edition | None) -> dict[str, Any] | None:
    if edition is None:
        return None
    return {"day": facts.date(edition.on), "by": facts.text(edition.by)}


def _as_of(corpus: Corpus, words: Words) -> str:
    return words.phrase("common/as_of", day=facts.date(corpus.selection.as_of.isoformat()))


def _comparison(project: Project, earlier: Edition | None, later: Edition | None) -> Comparison | None:
    if earlier is None:
        return None
    if later is None:
        frames, settings = audiences.ensure_tables(project, earlier.audience)
        records = editions.snapshot(frames, settings)
    else:
        records = later.records
    return Comparison(earlier, editions.compare(earlier.records, records, earlier.cited), later)


def _corpus(project: Project, home: str, audience: str, later: Edition | None, as_of: str) -> Corpus:
    frames, settings = audiences.ensure_tables(project, audience)
    day = dates.single_day(later.as_of if later else as_of or settings.as_of.isoformat())
    chosen = Selection(choose_home(settings, home or settings.default_home), None, day, audience=audience)
    return select(later.frames if later else frames, settings, _words(project), chosen)


def _homes(project: Project, audience: str, as_of: str) -> list[Corpus]:
    """The records of each home of the settings."""
    frames, settings = audiences.ensure_tables(project, audience)
    words, day = _words(project), dates.single_day(as_of)
    return [select(frames, settings, words, Selection(home, None, day, audience=audience))
            for home in settings.homes.values()]  # fmt: skip


def _words(project: Project) -> vocabularies.Vocabularies:
    return vocabularies.read(project.vocabularies, project.relative(project.vocabularies))[0]
