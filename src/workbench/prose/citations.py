"""From a sentence to its sources: note marks, the notes behind them, the records and the numbered sources.

Every sentence and row of a report rests on records, every record on places of sources. A `Citations` gives each
mark its note, numbers the sources in the order in which they are first used, and words the record cards and the
list of sources that a report ends with. What it says is HTML; `facts` has the same as values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from workbench.prose import facts
from workbench.prose.facts import RecordId
from workbench.prose.words import Words
from workbench.records.text import capital

MOST = 6  # records named in a note; a sentence that counts more has them counted
Place = tuple[int, str]  # paragraph (-1: not looked up, 0: headline) and phrase


class Citations:
    """The marks, notes, records and sources of one report, in the words of its language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.corpus = words.corpus
        self.notes: dict[int, str] = {}
        self._numbers: dict[str, int] = {}  # of sources
        self._cited: dict[str, dict[RecordId, None]] = {}

    @property
    def sources(self) -> list[str]:
        """The ids of the sources, in the order of their numbers."""
        return list(self._numbers)

    # --- marks and notes ------------------------------------------------------------------

    def mark(self, records: Sequence[RecordId]) -> Markup:
        """The superscript numbers of the sources of some records, and a new note that says where in them; nothing
        where the records have no source."""
        numbers = sorted({self._number(source, record) for record in records for source in self._sources_of(record)})
        if not numbers:
            return Markup("")
        note = len(self.notes) + 1
        self.notes[note] = self._note(records, numbers)
        links = ", ".join("–".join(f'<a href="#source-{n}">{n}</a>' for n in ends) for ends in runs(numbers))
        return Markup(f'<sup class="marks" data-note="{note}">{links}</sup>')

    def _note(self, records: Sequence[RecordId], numbers: list[int]) -> str:
        """Which records a mark stands for, and where in which source each is told."""
        known = [record for record in dict.fromkeys(records) if self._sources_of(record)]
        if len(known) > MOST:
            listed = self.words.phrase("common/note_many", number=facts.number(len(known)))
            return f"{escape(listed)}{self._where(numbers)}"
        told = [f"{escape(self._title(record))}{self._places_of(record)}" for record in known]
        return self._mark("note_join").join(told)

    def _where(self, numbers: list[int]) -> str:
        links = ", ".join("–".join(_link(n) for n in ends) for ends in runs(numbers))
        return f"{self._mark('note_in')}{links}"

    def _places_of(self, record: RecordId) -> str:
        told = []
        for source in self._sources_of(record):
            paragraphs = sorted({number for number, _ in self.places(source, [record]) if number >= 0})
            named = [self._paragraph(number) for number in paragraphs]
            told.append(self._mark("comma").join([_link(self._numbers[source]), *map(str, map(escape, named))]))
        return f"{self._mark('note_in')}{self._mark('note_join').join(told)}"

    def _mark(self, name: str) -> str:
        """A punctuation mark of the language, with the space that follows it."""
        return self.words.phrase(f"common/{name}") + str(self.words.grammar.SPACE)

    def _paragraph(self, number: int) -> str:
        if number == 0:
            return self.words.phrase("common/headline")
        return self.words.phrase("common/paragraph_number", number=facts.number(number))

    def _title(self, record: RecordId) -> str:
        title = self.words.record_title(record[1]) if self.words.is_record(record[1]) else ""
        return capital(title)

    def _sources_of(self, record: RecordId) -> list[str]:
        return self.corpus.sources_of(record[0], [record[1]])

    def _number(self, source: str, record: RecordId) -> int:
        self._cited.setdefault(source, {})[record] = None
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    # --- places ---------------------------------------------------------------------------

    def places(self, source: str, records: Iterable[RecordId]) -> list[Place]:
        """Paragraph and phrase of each record in a source, in reading order."""
        wanted = set(records)
        return sorted({place for record in wanted for place in self._located.get((source, *record), ())})

    @cached_property
    def _located(self) -> dict[tuple[str, str, str], list[Place]]:
        assertions = self.corpus["assertions"]
        rows = assertions[assertions["phrase"].notna() | assertions["paragraph"].notna()]
        found: dict[tuple[str, str, str], list[Place]] = {}
        keys = zip(rows["source_id"], rows["record"], rows["record_id"], strict=True)
        values = zip(rows["paragraph"].fillna(-1), rows["phrase"].fillna(""), strict=True)
        for key, (number, phrase) in zip(keys, values, strict=True):
            found.setdefault(key, []).append((int(number), phrase))
        return found

    def _place(self, language: str, paragraph: int, phrase: str) -> str:
        where = self._paragraph(paragraph) if paragraph >= 0 else ""
        quoted = f'<q lang="{escape(language)}">{escape(phrase)}</q>' if phrase else ""
        return self._mark("note_in").join(part for part in (str(escape(where)), quoted) if part)

    def _rows(self, source: str, records: Iterable[RecordId]) -> str:
        """The rows of a register that were used, three and more in a row as first and last."""
        rows = self.corpus.register_rows(source, records)
        if not rows:
            return ""
        word = self.words.phrase("common/row" if len(rows) == 1 else "common/rows")
        return f"{escape(word)} {', '.join('–'.join(str(n) for n in ends) for ends in runs(rows))}"

    def _told(self, source: str, records: Iterable[RecordId]) -> list[str]:
        """The places of some records in a source, worded."""
        language = self.corpus.row("sources", source)["language"]
        records = list(records)
        told = [self._place(language, *place) for place in self.places(source, records)]
        return [text for text in (*told, self._rows(source, records)) if text]

    # --- records --------------------------------------------------------------------------

    def record_cards(self) -> str:
        """A card for each record that a mark stands for: what it is, when and how surely, where it is told."""
        cited = dict.fromkeys(record for records in self._cited.values() for record in records)
        return "".join(self._card(record) for record in cited)

    def _card(self, record: RecordId) -> str:
        table, id = record
        dated = self._dated(record)
        items = [
            f'<li><a href="#source-{self._numbers[source]}">{self._numbers[source]}</a> '
            f"{escape(self.corpus.row('sources', source)['publisher'])}{self._quoted(source, record)}"
            f"{self._address(source)}</li>"
            for source in self._sources_of(record)
        ]
        when = f'<p class="dated">{dated}</p>' if dated else ""
        return (
            f'<article class="record" id="record-{escape(table)}-{escape(id)}"><h3>{escape(self._title(record))} '
            f'<span class="id">{escape(id)}</span></h3>{when}<ul>{"".join(items)}</ul></article>'
        )  # fmt: skip

    def _quoted(self, source: str, record: RecordId) -> str:
        told = self._mark("note_join").join(self._told(source, [record]))
        return f"{self._mark('comma')}{told}" if told else ""

    def _dated(self, record: RecordId) -> str:
        """The date of a record in words with its basis, and as it is printed."""
        row = self.corpus.row(*record)
        text = next((row[name] for name in ("reading", "edtf", "as_of") if isinstance(row.get(name), str)), None)
        basis = row.get("basis")
        if text is None and not isinstance(basis, str):
            return ""
        date = self.words.phrase("common/record_date", day=facts.date(text))
        parts = [capital(date)]
        if isinstance(basis, str) and text is not None:
            parts.append(self.words.label("date_basis", basis))
        if isinstance(row.get("printed"), str):
            parts.append(self.words.phrase("common/as_printed", text=facts.printed(row["printed"])))
        return str(escape(self._mark("comma").join(parts)))

    # --- sources --------------------------------------------------------------------------

    def source_list(self) -> str:
        """The items of the numbered list of sources, each with the places of it that were used."""
        return "".join(self._source(id, number) for id, number in self._numbers.items())

    def _source(self, id: str, number: int) -> str:
        row = self.corpus.row("sources", id)
        parts = [f'<cite lang="{escape(row["language"])}">{escape(row["title"])}</cite>', escape(row["publisher"]),
                 escape(self.words.label("source_kind", row["kind"])), self._dating(row)]  # fmt: skip
        if row["publisher_is_party"]:
            parts.append(escape(self.words.phrase("common/party_note")))
        if isinstance(row["licence"], str):
            parts.append(escape(row["licence"]))
        citation = f"<br>{escape(row['citation'])}" if isinstance(row["citation"], str) else ""
        places = "".join(f"<li>{told}</li>" for told in self._told(id, self._cited[id]))
        about = self._mark("comma").join(str(part) for part in parts)
        listed = f"<ul>{places}</ul>" if places else ""
        return f'<li id="source-{number}"><p>{about}.{citation}{self._address(id, "<br>")}</p>{listed}</li>'

    def _address(self, id: str, before: str = " ") -> str:
        """The address of a source; a link only if it is one of the web."""
        url = self.corpus.row("sources", id)["url"]
        if not isinstance(url, str):
            return ""
        if not re.match(r"https?://", url):
            return f'{before}<span class="address">{escape(url)}</span>'
        return f'{before}<a class="address" href="{escape(url)}">{escape(url)}</a>'

    def _dating(self, row: Any) -> str:
        if isinstance(row["published"], str):
            return str(escape(self.words.phrase("common/published", day=facts.date(row["published"]))))
        undated = self.words.phrase("common/undated")
        if isinstance(row["updated"], dt.date):
            updated = self.words.phrase("common/updated", day=facts.date(row["updated"].isoformat()))
            undated = f"{undated}{self._mark('comma')}{updated}"
        return str(escape(undated))

    # --- the same as values ---------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Notes, records and sources for machines: ``notes`` (HTML by number), ``records`` (table, id, title, date as
        EDTF, basis, and per source its number and places), ``sources`` (id, number, title, publisher, kind, language,
        published, url)."""
        cited = dict.fromkeys(record for records in self._cited.values() for record in records)
        return {
            "notes": {str(number): note for number, note in self.notes.items()},
            "records": [self._record_facts(record) for record in cited],
            "sources": [
                {"id": id, "number": number}
                | {name: _plain(self.corpus.row("sources", id)[name])
                   for name in ("title", "publisher", "kind", "language", "published", "url")}
                for id, number in self._numbers.items()
            ],
        }  # fmt: skip

    def _record_facts(self, record: RecordId) -> dict[str, Any]:
        table, id = record
        row = self.corpus.row(table, id)
        date = next((row[name] for name in ("reading", "edtf", "as_of") if isinstance(row.get(name), str)), None)
        told = [
            {"source": source, "places": [{"paragraph": n if n >= 0 else None, "phrase": phrase}
                                          for n, phrase in self.places(source, [record])]}
            for source in self._sources_of(record)
        ]  # fmt: skip
        return {"table": table, "id": id, "title": self._title(record), "date": date,
                "basis": _plain(row.get("basis")), "told": told}  # fmt: skip


class FigureLinks:
    """What the marks of a figure say when pointed at, and the report on a partner that they lead to.

    Called with the records of a mark it gives the opening tag of an ``a`` and a ``title``. A mark of which all records
    are of one partner leads to the report on it, if publishing knows one; only the first such mark is a stop of the
    keyboard.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self._stops: set[str] = set()

    def __call__(self, records: list[RecordId]) -> str:
        bodies = [id for table, id in records if table == "organisations"]
        ids = [id for table, id in records if table != "organisations"]
        titles = [self.words.name(id) for id in bodies] + [self.words.record_title(id) for id in ids[:MOST]]
        if len(ids) > MOST:
            titles.append(self.words.phrase("common/note_many", number=facts.number(len(ids))))
        told = f"{self.words.phrase('common/note_join')} ".join(capital(text) for text in titles)
        title = f"<title>{escape(told)}</title>"
        partner = bodies[0] if bodies else self._common(ids)
        if not partner:
            return f"<a>{title}"
        stop = "" if partner not in self._stops else ' tabindex="-1"'
        self._stops.add(partner)
        return f'<a data-report="partner:{escape(partner)}"{stop}>{title}'

    def _common(self, ids: list[str]) -> str:
        """The partner of all of some records; empty where there is none, or several."""
        own = [self._partners.get(id, set()) for id in ids]
        shared = set.intersection(*own) if own else set()
        return shared.pop() if len(shared) == 1 else ""

    @cached_property
    def _partners(self) -> dict[str, set[str]]:
        corpus = self.words.corpus
        takers = corpus.takers.dropna(subset=["org_id"])
        found: dict[str, set[str]] = {}
        for id, org in zip(takers["record_id"], takers["org_id"], strict=True):
            if corpus.abroad.get(org):
                found.setdefault(id, set()).add(corpus.principal(org))
        return found


def _link(number: int) -> str:
    return f'<a href="#source-{number}">[{number}]</a>'


def _plain(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, dt.date)) else None


def runs(numbers: list[int]) -> list[tuple[int, ...]]:
    """Three and more in a row as (first, last), others alone: 1–3, 5."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [part for run in found for part in ([(run[0], run[-1])] if len(run) > 2 else [(n,) for n in run])]
