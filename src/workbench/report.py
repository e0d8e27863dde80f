"""What a notebook holds of its report: the declared slice of the corpus, and ways to say things.

A report's notebook opens a report, asks named questions of ``report.corpus``, and says, shows
and tabulates the answers. Each call displays what a reader will see and marks it, so the page
can be made from the executed notebook alone. ``close`` writes down what was said.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display
from markupsafe import Markup, escape

from workbench.analysis.questions import question
from workbench.errors import UsageError, did_you_mean
from workbench.figures import style
from workbench.paths import PROJECT_VARIABLE, Project, find_project
from workbench.prose import facts
from workbench.prose.facts import RecordId
from workbench.prose.frames import readable
from workbench.prose.words import Sentence, Words
from workbench.records import load, vocabularies
from workbench.records.model import BY_NAME
from workbench.records.selection import Corpus, Selection, choose_day, choose_home, choose_period, select
from workbench.settings import KNOWN_LANGUAGES

REPORT_MIME = "application/vnd.workbench.report+json"


def open_report(
    kind: str, *, home: str = "", start: str = "", end: str = "", as_of: str = "", language: str = "en"
) -> Report:
    """Open a report on what its parameters select, and nothing else.

    ``kind`` names its templates (``overview``). ``home`` is a home of ``workbench.toml`` (empty:
    the default one), ``start`` and ``end`` EDTF dates (empty: all time), ``as_of`` a day (empty:
    that of the settings). Raises `UsageError` for a parameter that is not understood and
    `RecordsError` while the records have errors.
    """
    if language not in KNOWN_LANGUAGES:
        hint = did_you_mean(language, KNOWN_LANGUAGES) or f"known: {', '.join(KNOWN_LANGUAGES)}"
        raise UsageError(f'language = "{language}": reports are not written in it; {hint}')
    named = os.environ.get(PROJECT_VARIABLE)
    project = find_project(Path(named) if named else None)
    tables, settings = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    chosen = Selection(
        choose_home(settings, home or settings.default_home),
        choose_period(start, end),
        choose_day(as_of, settings.as_of),
    )
    report = Report(kind, select(tables, settings, words, chosen), language, project)
    if not report.words.has(f"{kind}/title"):
        raise UsageError(f'The report "{kind}" is not written in the language "{language}" yet.')
    return report


class Report:
    """One report while it is written. ``corpus`` is the slice it may read."""

    def __init__(self, kind: str, corpus: Corpus, language: str, project: Project) -> None:
        self.kind = kind
        self.corpus = corpus
        self.language = language
        self.basemap = project.basemap
        self.words = Words(corpus, language, project.templates)
        self._words = {language: self.words}
        self._numbers: dict[str, int] = {}
        self._cited: dict[str, dict[RecordId, None]] = {}
        self._said: list[dict[str, Any]] = []
        self._figures = 0
        self._title = ""
        self._pending = ""

    # --- saying ---------------------------------------------------------------------------

    def title(self, **values: Any) -> None:
        """The report's title, from the passage *title* of its templates."""
        title = self.words.phrase(f"{self.kind}/title", **values)
        self._title = title[:1].upper() + title[1:]
        self._emit("title", f"<h1>{escape(self._title)}</h1>", self._title)

    def heading(self, name: str) -> None:
        """A heading, from the passage *heading_name*. It stands only if something follows."""
        self._pending = name

    def say(self, passage: str, *, under: str = "", language: str = "", otherwise: str = "", **values: Any) -> None:
        """A paragraph: the sentences of a passage, each with the numbers of its sources.

        ``under`` is a small heading above it; ``language`` another one than the report's;
        ``otherwise`` the passage for when there is nothing to say.
        """
        language = language or self.language
        words = self._words.setdefault(language, Words(self.corpus, language, self.words.templates))
        sentences = words.say(f"{self.kind}/{passage}", **values)
        if not sentences:
            if otherwise:
                self.note(otherwise, **values)
            return
        space = "" if language == "zh" else " "
        body = space.join(self._sentence(sentence) for sentence in sentences)
        attribute = f' lang="{language}"' if language != self.language else ""
        heading = f"<h3>{escape(under)}</h3>" if under else ""
        self._emit("paragraph", f'{heading}<p class="{passage}"{attribute}>{body}</p>', _plain(body))

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
        svg = _own_ids(style.svg(drawing.figure), prefix)
        svg = svg.replace("<svg ", f'<svg role="img" aria-labelledby="{prefix}-title {prefix}-alt" ', 1)
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
        table = _table(escape(drawing.title), list(drawing.table.columns), self._cells(drawing.table.columns, rows))
        return f'<details class="data"><summary>{summary}</summary>{table}</details>'

    def table(
        self, caption: str, columns: Sequence[str], rows: Sequence[tuple[list[str], tuple[RecordId, ...]]]
    ) -> None:
        """A table: the passages of its caption and column heads, and rows with their records."""
        if not rows:
            return
        heads = [self.words.phrase(f"{self.kind}/{column}") for column in columns]
        html = _table(escape(self.words.phrase(f"{self.kind}/{caption}")), heads, self._cells(heads, rows))
        self._emit("table", html, "\n".join(" | ".join(cells) for cells, _ in rows))

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
        first = frame.head(most)
        table = readable(first, self.words, asked.kinds)
        table = table.loc[:, [bool(any(table[column])) for column in table.columns]]
        rows = [([*map(str, cells)], self._records(ids))
                for cells, ids in zip(table.itertuples(index=False), first["records"], strict=True)]  # fmt: skip
        html = _table("", list(table.columns), self._cells(table.columns, rows))
        self._emit("table", html, "\n".join(" | ".join(cells) for cells, _ in rows))
        if len(frame) > most:
            more = {"number": facts.number(len(frame) - most), "name": facts.text(asked.name)}
            self._note(self.words.phrase("questions/more", **more))

    def _note(self, text: str) -> None:
        self._emit("note", f'<p class="note">{escape(text)}</p>', text)

    def _records(self, ids: tuple[str, ...]) -> tuple[RecordId, ...]:
        """Ids of records with their tables."""
        return tuple((self._tables[id], id) for id in ids if id in self._tables)

    @cached_property
    def _tables(self) -> dict[str, str]:
        tables = ("events", "agreements", "milestones", "plans", "claims")
        return {id: table for table in tables for id in self.corpus[table][BY_NAME[table].key[0]]}

    def _cells(
        self, heads: Sequence[str], rows: Sequence[tuple[list[str], tuple[RecordId, ...]]]
    ) -> list[list[tuple[str, str]]]:
        """Each row's cells as (head, markup); the last one carries the numbers of the row's sources."""
        found = []
        for cells, own in rows:
            inner = [str(escape(cell)) for cell in cells]
            inner[-1] += self._marks(own)
            found.append(list(zip(heads, inner, strict=True)))
        return found

    # --- sources --------------------------------------------------------------------------

    def sources(self) -> None:
        """The numbered sources, each with the places of it that were used."""
        self._pending = ""
        if not self._numbers:
            return
        heading = self.words.phrase("common/sources_heading")
        items = [self._source(id, number) for id, number in self._numbers.items()]
        html = f'<section class="sources"><h2 id="sources">{escape(heading)}</h2><ol>{"".join(items)}</ol></section>'
        self._emit("sources", html, "\n".join(f"[{n}] {id}" for id, n in self._numbers.items()))

    def close(self) -> None:
        """Write down what the report is and what it said. The last call of a notebook."""
        selection = self.corpus.selection
        period = selection.period.text if selection.period else ""
        facts_said = {
            "kind": self.kind,
            "title": self._title,
            "home": selection.home.id,
            "home_name": self.words.name(selection.home.id),
            "language": self.language,
            "period": period,
            "as_of": selection.as_of.isoformat(),
            "as_of_words": self.words.phrase("common/as_of", day=facts.date(selection.as_of.isoformat())),
            "draft_words": self.words.phrase("common/draft"),
            "lead": self._said[0]["text"] if self._said else "",
            "sentences": self._said,
            "sources": list(self._numbers),
        }
        plain = f"{self._title}: {len(self._said)} sentences, {len(self._numbers)} sources"
        display({REPORT_MIME: facts_said, "text/plain": plain}, raw=True)

    # --- helps ----------------------------------------------------------------------------

    def _sentence(self, sentence: Sentence) -> str:
        self._said.append({"text": _plain(sentence.markup), "records": [list(r) for r in sentence.records]})
        ids = " ".join(f"{table}:{id}" for table, id in sentence.records)
        marked = sentence.markup + self._marks(sentence.records)
        return f'<span class="sentence" data-records="{escape(ids)}">{marked}</span>'

    def _marks(self, records: tuple[RecordId, ...]) -> str:
        """The superscript numbers of the sources of some records; new sources get the next."""
        numbers = sorted({self._number(source, record) for record in records for source in self._sources_of(record)})
        links = ", ".join("–".join(f'<a href="#source-{n}">{n}</a>' for n in ends) for ends in _runs(numbers))
        return f'<sup class="marks">{links}</sup>' if links else ""

    def _sources_of(self, record: RecordId) -> list[str]:
        return self.corpus.sources_of(record[0], [record[1]])

    def _number(self, source: str, record: RecordId) -> int:
        self._cited.setdefault(source, {})[record] = None
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def _source(self, id: str, number: int) -> str:
        row = self.corpus["sources"].set_index("source_id").loc[id]
        kind = self.words.label("source_kind", row["kind"])
        parts = [f"<cite>{escape(row['title'])}</cite>", escape(row["publisher"]), escape(kind), self._dating(row)]
        if row["publisher_is_party"]:
            parts.append(escape(self.words.phrase("common/party_note")))
        address = ""
        if isinstance(row["url"], str) and re.match(r"https?://", row["url"]):
            address = f'<br><a class="address" href="{escape(row["url"])}">{escape(row["url"])}</a>'
        places = "".join(self._place(row["language"], *key) for key in self._places(id)) + self._rows(id)
        if isinstance(row["licence"], str):
            parts.append(escape(row["licence"]))
        if isinstance(row["citation"], str):
            address = f"<br>{escape(row['citation'])}{address}"
        return (
            f'<li id="source-{number}"><p>{", ".join(str(part) for part in parts)}.{address}</p><ul>{places}</ul></li>'
        )

    def _dating(self, row: Any) -> Markup:
        if isinstance(row["published"], str):
            return escape(self.words.phrase("common/published", day=facts.date(row["published"])))
        undated = self.words.phrase("common/undated")
        if isinstance(row["updated"], dt.date):
            updated = self.words.phrase("common/updated", day=facts.date(row["updated"].isoformat()))
            return escape(f"{undated}, {updated}")
        return escape(undated)

    def _places(self, source: str) -> list[tuple[int, str]]:
        """Paragraph (-1 if not looked up) and phrase of every cited record of a source, in
        reading order."""
        assertions = self.corpus["assertions"]
        located = assertions["phrase"].notna() | assertions["paragraph"].notna()
        rows = assertions[(assertions["source_id"] == source) & located]
        cited = self._cited[source]
        phrases = rows["phrase"].fillna("")
        keys = zip(rows["record"], rows["record_id"], rows["paragraph"].fillna(-1), phrases, strict=True)
        return sorted({(int(number), phrase) for table, id, number, phrase in keys if (table, id) in cited})

    def _rows(self, source: str) -> str:
        """The rows of a register that were used, three and more in a row as first and last."""
        rows = self.corpus.register_rows(source, self._cited[source])
        if not rows:
            return ""
        word = self.words.phrase("common/row" if len(rows) == 1 else "common/rows")
        return f"<li>{escape(word)} {', '.join('–'.join(str(n) for n in ends) for ends in _runs(rows))}</li>"

    def _place(self, language: str, paragraph: int, phrase: str) -> str:
        word = self.words.phrase("common/headline") if paragraph == 0 else self.words.phrase("common/paragraph")
        number = f" {paragraph}" if paragraph > 0 else ""
        quoted = f': <q lang="{language}">{escape(phrase)}</q>' if phrase else ""
        return f"<li>{escape(word)}{number}{quoted}</li>"

    def _emit(self, role: str, html: str, plain: str) -> None:
        if self._pending:
            name, self._pending = self._pending, ""
            heading = self.words.phrase(f"{self.kind}/heading_{name}")
            self._emit("heading", f'<h2 id="{name}">{escape(heading)}</h2>', heading)
        bundle = {"text/html": str(html), "text/plain": plain}
        display(bundle, raw=True, metadata={"workbench": {"role": role}})


def _table(caption: str, heads: Sequence[str], rows: list[list[tuple[str, str]]]) -> str:
    """A table as HTML; each cell names its column, for a narrow screen."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(f'<td data-label="{escape(h)}">{cell}</td>' for h, cell in row) + "</tr>" for row in rows
    )
    above = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plain(markup: str) -> str:
    without_marks = re.sub(r'<sup class="marks">.*?</sup>', "", markup)
    return str(Markup(re.sub(r"<[^>]+>", "", without_marks)).unescape())


def _runs(numbers: list[int]) -> list[tuple[int, ...]]:
    """Three and more in a row as (first, last), others alone: 1–3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in ([(run[0], run[-1])] if len(run) > 2 else [(n,) for n in run])]


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other figure of the page uses."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}-\2"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
