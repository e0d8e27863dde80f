"""What a notebook holds of its report: the declared slice of the corpus, and ways to say things.

A report's notebook opens a report, asks named questions of ``report.corpus``, and says, shows
and tabulates the answers. Each call displays what a reader will see and marks it, so the page
can be made from the executed notebook alone. ``close`` writes down what was said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display
from markupsafe import Markup, escape

from workbench.analysis.questions import question
from workbench.errors import UsageError, did_you_mean
from workbench.figures import style
from workbench.paths import PROJECT_VARIABLE, SELECTION_VARIABLE, Project, find_project
from workbench.prose import changes, facts
from workbench.prose.citations import Citations, FigureLinks
from workbench.prose.facts import Fact, RecordId
from workbench.prose.frames import readable
from workbench.prose.words import Sentence, Words
from workbench.records import audience as audiences
from workbench.records import editions, held, vocabularies
from workbench.records.model import BY_NAME
from workbench.records.selection import (
    Corpus,
    declared,
    select,
)
from workbench.records.text import capital
from workbench.settings import KNOWN_LANGUAGES

REPORT_MIME = "application/vnd.workbench.report+json"


def open_report(
    kind: str,
    *,
    home: str = "",
    start: str = "",
    end: str = "",
    year: int | None = None,
    partner: str = "",
    country: str = "",
    as_of: str = "",
    language: str = "en",
    audience: str = audiences.PUBLIC,
) -> Report:
    """Open a report on what its parameters select, and nothing else.

    ``kind`` names its templates (``overview``). ``home`` is a home of ``workbench.toml`` (empty: the default one),
    ``start`` and ``end`` EDTF dates (empty: all time), ``year`` the one that the report is about (0: that of the
    as-of day; the other years are there to be set beside it), ``partner`` a body by id or name (empty: all of them),
    ``country`` a country or region by its ISO 3166 code (empty: all of them),
    ``as_of`` a day (empty: that of the settings). What internal sources tell is read only for the ``audience``
    internal. Raises `UsageError` for a parameter that is not understood and `RecordsError` while the records have
    errors.
    """
    if language not in KNOWN_LANGUAGES:
        hint = did_you_mean(language, KNOWN_LANGUAGES) or f"known: {', '.join(KNOWN_LANGUAGES)}"
        raise UsageError(f'language = "{language}": reports are not written in it; {hint}')
    named = os.environ.get(PROJECT_VARIABLE)
    project = find_project(Path(named) if named else None)
    audience = audiences.choose_audience(audience)
    tables, settings = audiences.ensure_tables(project, audience)
    words, _ = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    asked = {"home": home, "start": start, "end": end, "partner": partner, "country": country, "as_of": as_of}
    chosen = declared(tables, settings, words, asked, audience)
    corpus = select(tables, settings, words, chosen, held.sources(project))
    expected = os.environ.get(SELECTION_VARIABLE)
    if expected and corpus.digest != expected:
        raise UsageError(
            "open_report opens other records than the parameters of this run declare: hand over those of home, start, "
            "end, partner, country, as_of and audience that the notebook has, as they are (open_report(…, home=home))."
        )
    compare = partial(editions.since, project, tables, settings, audience)
    report = Report(kind, replace(corpus, _compare=compare), language, project)
    report.year = (year or chosen.as_of.year) if year is not None else 0
    if not report.words.has(f"{kind}/title"):
        raise UsageError(f'The report "{kind}" is not written in the language "{language}" yet.')
    return report


class Report:
    """One report while it is written. ``corpus`` is the slice it may read, ``year`` the one it is about (0: none)."""

    def __init__(self, kind: str, corpus: Corpus, language: str, project: Project) -> None:
        self.kind = kind
        self.corpus = corpus
        self.language = language
        self.year = 0
        self.basemap = project.basemap
        self.words = Words(corpus, language, project.templates)
        self.citations = Citations(self.words)
        self._words = {language: self.words}
        self._said: list[dict[str, Any]] = []
        self._figures = 0
        self._title = ""
        self._lead = ""  # what is said first
        self._pending = ""

    # --- saying ---------------------------------------------------------------------------

    def title(self, **values: Any) -> None:
        """The report's title, from the passage *title* of its templates."""
        title = self.words.phrase(f"{self.kind}/title", **values)
        self._title = capital(title)
        self._emit("title", f"<h1>{escape(self._title)}</h1>", self._title)

    def heading(self, name: str) -> None:
        """A heading, from the passage *heading_name*. It stands only if something follows."""
        self._pending = name

    def say(self, passage: str, *, under: str = "", language: str = "", otherwise: str = "", **values: Any) -> None:
        """A paragraph: the sentences of a passage, each with the numbers of its sources.

        A passage of another template is named with it (``changes/news``). ``under`` is a small heading above it;
        ``language`` another one than the report's; ``otherwise`` the passage for when there is nothing to say.
        """
        language = language or self.language
        body = self._sentences(passage, language, values)
        if not body:
            if otherwise:
                self.note(otherwise, **values)
            return
        attribute = f' lang="{language}"' if language != self.language else ""
        heading = f"<h3>{escape(under)}</h3>" if under else ""
        name = passage.rpartition("/")[2]
        self._emit("paragraph", f'{heading}<p class="{name}"{attribute}>{body}</p>', _plain(body))

    def changes(self) -> None:
        """The section that says what differs from the newest released edition, with its heading (`prose.changes`)."""
        told = changes.section(self.corpus, self.language)
        heading = self.words.phrase("changes/heading")
        self.heading("")
        self._emit("heading", f'<h2 id="changes">{escape(heading)}</h2>', heading)
        if told.note:
            self._note(self.words.phrase(told.note[0], **told.note[1]))
        for passage, values in told.paragraphs:
            self.say(passage, **values)

    def verdict(self, code: str, passage: str, *, languages: Sequence[str] = (), **values: Any) -> None:
        """A card of what may be said of a claim: the word for the verdict (``code`` of claim_verdict) over the
        sentences of a passage, in the report's language and, where ``languages`` name more, in those too."""
        word = self.words.label("claim_verdict", code)
        parts = [f'<p class="verdict-word">{escape(capital(word))}</p>']
        for language in dict.fromkeys((self.language, *languages)):
            attribute = f' lang="{language}"' if language != self.language else ""
            body = self._sentences(passage, language, values)
            parts += [f"<p{attribute}>{body}</p>"] if body else []
        html = f'<div class="verdict {escape(code)}">{"".join(parts)}</div>'
        self._emit("verdict", html, "\n".join(_plain(part) for part in parts))

    def note(self, passage: str, **values: Any) -> None:
        """A sentence about what the records do not hold: it cites nothing."""
        self._note(self.words.phrase(f"{self.kind}/{passage}", **values))

    def key_figures(self, cards: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
        """Numbers large, each with the words that keep it honest: (number, passage, facts)."""
        parts = []
        for number, passage, values in cards:
            words = self.words.phrase(f"{self.kind}/{passage}", **values)
            parts.append(f"<div><dt>{escape(words)}</dt><dd>{escape(number)}</dd></div>")
        told = [(number, self.words.phrase(f"{self.kind}/{passage}", **values)) for number, passage, values in cards]
        plain = "\n".join(f"{number}  {words}" for number, words in told)
        self._emit("key-figures", f'<dl class="key-figures">{"".join(parts)}</dl>', plain)

    def show(self, drawing: style.Drawing | None) -> None:
        """A figure with its title, note and alternative text. Nothing to draw shows nothing."""
        if drawing is None:
            return
        self._figures += 1
        prefix = f"figure-{self._figures}"
        svg = _own_ids(style.svg(drawing.figure, FigureLinks(self.words)), prefix)
        role = "group" if "data-report=" in svg else "img"  # an image has no links inside
        svg = svg.replace("<svg ", f'<svg role="{role}" aria-labelledby="{prefix}-title {prefix}-alt" ', 1)
        html = (
            f'<figure class="drawing"><figcaption><strong id="{prefix}-title">{escape(drawing.title)}</strong>'
            f"<span>{escape(drawing.subtitle)}</span></figcaption>"
            f'<div class="canvas" tabindex="0" role="group" aria-label="{escape(drawing.title)}">{svg}</div>'
            f'<p class="alt" id="{prefix}-alt">{escape(drawing.alt)}</p>'
            f'<p class="figure-note">{escape(drawing.notes)}</p>{self._data_of(drawing)}</figure>'
        )
        self._emit("figure", html, drawing.alt)

    def _data_of(self, drawing: style.Drawing) -> str:
        """What a figure shows as a table, folded away."""
        if drawing.table.empty:
            return ""
        rows = [([*map(str, row)], ()) for row in drawing.table.itertuples(index=False)]
        summary = escape(self.words.phrase("common/data_summary"))
        table = self._table(drawing.title, list(drawing.table.columns), rows)
        return f'<details class="data"><summary>{summary}</summary>{table}</details>'

    def table(
        self, caption: str, columns: Sequence[str], rows: Sequence[tuple[list[str], tuple[RecordId, ...]]]
    ) -> None:
        """A table: the passages of its caption and column heads (of this kind's template, or ``TEMPLATE/PASSAGE``), and
        rows with their records; no rows, no table."""
        if not rows:
            return
        heads = [self.words.phrase(column if "/" in column else f"{self.kind}/{column}") for column in columns]
        html = self._table(self.words.phrase(f"{self.kind}/{caption}"), heads, rows)
        self._emit("table", html, "\n".join(" | ".join(cells) for cells, _ in rows))

    def tabulate(
        self, caption: str, frame: pd.DataFrame, kinds: Mapping[str, str] | None = None, *, most: int = 20
    ) -> None:
        """A frame of `workbench.analysis` in words, the sources of each row beside it; no rows, no table.

        ``caption`` is a passage (empty: none), ``kinds`` what columns hold whose name alone does not tell (see
        `prose.frames.readable`). Of more than ``most`` rows the first stand here, and a sentence says how many more.
        """
        if frame.empty:
            return
        first = frame.head(most)
        table = readable(first, self.words, kinds)
        table = table.loc[:, [bool(any(table[column])) for column in table.columns]]
        rows = [([*map(str, cells)], self._records(ids))
                for cells, ids in zip(table.itertuples(index=False), first["records"], strict=True)]  # fmt: skip
        above = self.words.phrase(f"{self.kind}/{caption}") if caption else ""
        html = self._table(above, list(table.columns), rows)
        self._emit("table", html, "\n".join(" | ".join(cells) for cells, _ in rows))
        if len(frame) > most:
            self._note(self.words.phrase("common/more_rows", number=facts.number(len(frame) - most)))

    def answer(self, name: str, frame: pd.DataFrame, *, most: int = 12) -> None:
        """The answer to one of the questions (`workbench.analysis.questions`, by its function): the question as a
        heading, the first ``most`` rows of its frame in words with their sources, and how many more there are."""
        self.heading("")
        asked = question(name)
        text = f"{asked.number}. {self.words.phrase(f'questions/q{asked.number}')}"
        self._emit("heading", f'<h2 id="question-{asked.number}">{escape(text)}</h2>', text)
        if frame.empty:
            self._note(self.words.phrase("questions/nothing"))
            return
        self.tabulate("", frame, asked.kinds, most=most)

    def _note(self, text: str) -> None:
        if not text:
            return
        self._lead = self._lead or text
        self._emit("note", f'<p class="note">{escape(text)}</p>', text)

    def _records(self, ids: tuple[str, ...]) -> tuple[RecordId, ...]:
        """Ids of records with their tables."""
        return tuple((self._tables[id], id) for id in ids if id in self._tables)

    @cached_property
    def _tables(self) -> dict[str, str]:
        tables = ("events", "agreements", "milestones", "plans", "claims")
        return {id: table for table in tables for id in self.corpus[table][BY_NAME[table].key[0]]}

    def _table(self, caption: str, heads: Sequence[str], rows: Sequence[tuple[list[str], tuple[RecordId, ...]]]) -> str:
        """A table as HTML. Each cell names its column, for a narrow screen; the last one of a row that is not empty
        carries the row's marks."""
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
        body = []
        for cells, own in rows:
            inner = [str(escape(cell)) for cell in cells]
            inner[max((n for n, cell in enumerate(inner) if cell), default=-1)] += str(self.citations.mark(own))
            told = "".join(f'<td data-label="{escape(h)}">{cell}</td>' for h, cell in zip(heads, inner, strict=True))
            body.append(f"<tr{_data_records(own)}>{told}</tr>")
        above = f"<caption>{escape(caption)}</caption>" if caption else ""
        return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"

    # --- sources --------------------------------------------------------------------------

    def sources(self) -> None:
        """The numbered sources, each with the places of it that were used, and the records behind the sentences; in a
        report for the public first that there may be more than these tell, and which of them are held."""
        self._pending = ""
        if self.corpus.withheld:
            self._note(self.words.phrase("common/withheld"))
        cited = self.citations
        if not cited.sources:
            return
        for source in sorted(self.corpus.held & set(cited.sources)):
            row = self.corpus.row("sources", source)
            title, publisher = facts.printed(row["title"]), facts.printed(row["publisher"])
            self._note(self.words.phrase("common/held", title=title, publisher=publisher))
        heading = escape(self.words.phrase("common/sources_heading"))
        html = f'<section class="sources"><h2 id="sources">{heading}</h2><ol>{cited.source_list()}</ol></section>'
        self._emit("sources", html, "\n".join(f"[{n}] {id}" for n, id in enumerate(cited.sources, 1)))
        summary = escape(self.words.phrase("common/records_summary"))
        html = (
            f'<section class="records"><details><summary>{summary}</summary>{cited.record_cards()}</details></section>'
        )
        self._emit("records", html, str(Markup(summary).unescape()))

    def close(self) -> None:
        """Write down what the report is and what it said. The last call of a notebook."""
        selection = self.corpus.selection
        period = f"{self.year:04d}" if self.year else selection.period.text if selection.period else ""
        about = {
            "kind": self.kind,
            "title": self._title,
            "home": selection.home.id,
            "home_name": self.words.name(selection.home.id),
            "language": self.language,
            "period": period,
            "period_words": self.words.grammar.date(period) if period else "",
            "partner": selection.partners[0] if len(selection.partners) == 1 else "",
            "partner_name": self.words.name(selection.partners[0]) if len(selection.partners) == 1 else "",
            "audience": selection.audience,
            "as_of": selection.as_of.isoformat(),
            "as_of_words": self.words.phrase("common/as_of", day=facts.date(selection.as_of.isoformat())),
            "draft_words": self.words.phrase("common/draft"),
            "words": self.words.all_of("publishing"),
            "lead": self._lead,
            "sentences": self._said,
            **self.citations.facts(),
        }
        plain = f"{self._title}: {len(self._said)} sentences, {len(self.citations.sources)} sources"
        display({REPORT_MIME: about, "text/plain": plain}, raw=True)

    # --- helps ----------------------------------------------------------------------------

    def _sentences(self, passage: str, language: str, values: dict[str, Any]) -> str:
        """The sentences of a passage as markup; empty where there is nothing to say."""
        words = self._words.setdefault(language, Words(self.corpus, language, self.words.templates))
        sentences = words.say(passage if "/" in passage else f"{self.kind}/{passage}", **values)
        return str(words.grammar.SPACE).join(self._sentence(sentence) for sentence in sentences)

    def _sentence(self, sentence: Sentence) -> str:
        id = f"s-{len(self._said) + 1}"
        mark = self.citations.mark(sentence.records)
        note = re.search(r'data-note="(\d+)"', mark)
        self._lead = self._lead or _plain(sentence.markup)
        self._said.append(
            {"id": id, "text": _plain(sentence.markup), "records": [list(r) for r in sentence.records],
             "note": note[1] if note else "", "facts": [_fact(fact) for fact in sentence.facts]}
        )  # fmt: skip
        return f'<span class="sentence" id="{id}"{_data_records(sentence.records)}>{sentence.markup}{mark}</span>'

    def _emit(self, role: str, html: str, plain: str) -> None:
        if self._pending:
            name, self._pending = self._pending, ""
            heading = self.words.phrase(f"{self.kind}/heading_{name}")
            self._emit("heading", f'<h2 id="{name}">{escape(heading)}</h2>', heading)
        bundle = {"text/html": str(html), "text/plain": plain}
        display(bundle, raw=True, metadata={"workbench": {"role": role}})


def _data_records(records: Sequence[RecordId]) -> str:
    """The attribute that names the records behind a sentence or a row; none where there are none."""
    ids = " ".join(f"{table}:{id}" for table, id in records)
    return f' data-records="{escape(ids)}"' if ids else ""


def _plain(markup: str) -> str:
    without_marks = re.sub(r'<sup class="marks">.*?</sup>', "", markup)
    return str(Markup(re.sub(r"<[^>]+>", "", without_marks)).unescape())


def _fact(fact: Fact) -> dict[str, Any]:
    """A fact for machines: its kind, its value and its records."""
    value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    return {"kind": fact.kind, "value": value, "records": [list(record) for record in fact.records]}


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other figure of the page uses."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}-\2"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
