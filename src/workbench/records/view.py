"""One record whole, for a person: values, bounds, sources, conflicts, judgements, what refers to it.

`show` works on the tables, so records from dossiers and from registers look alike. A `Sheet`
prints as text in a terminal and as HTML in a notebook.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from workbench.errors import UsageError, did_you_mean
from workbench.records.merging import as_text
from workbench.records.model import BY_NAME, DATED_BLOCK, TABLES
from workbench.records.selection import preferred_names

MOST = 40  # of a long list; the rest is counted
_BOUNDS = ("start_earliest", "start_latest", "end_earliest", "end_latest")
_HIDDEN = {"earliest", "latest"}  # the same as the outer bounds
_ATTACHED = ("parties", "quantities", "assertions", "conflicts")
_WIDTH = 100

Line = tuple[str, str]  # label, text


@dataclass(frozen=True, repr=False)
class Listing:
    """A title and sections of labelled lines: prints as text in a terminal, as tables in a notebook."""

    title: str
    sections: dict[str, list[Line]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return "\n".join([self.title, *self._lines()])

    def _lines(self) -> Iterator[str]:
        for heading, lines in self.sections.items():
            yield f"\n{heading}"
            width = min(max(len(label) for label, _ in lines), 28)
            for label, text in lines:
                first = f"{label:<{width}}  {text}".rstrip()
                if len(label) > width:  # a long label has its own line
                    yield f"  {label}"
                    first = " " * (width + 2) + text
                yield from textwrap.wrap(
                    first, _WIDTH, initial_indent="  ", subsequent_indent=" " * (width + 4),
                    break_long_words=False, break_on_hyphens=False,
                )  # fmt: skip

    def _repr_html_(self) -> str:
        parts = [f"<h4>{escape(self.title)}</h4>"]
        for heading, lines in self.sections.items():
            rows = "".join(
                f'<tr><th scope="row" style="text-align:left;vertical-align:top">{escape(label)}</th>'
                f'<td style="text-align:left">{escape(text)}</td></tr>'
                for label, text in lines
            )
            parts.append(f"<table><caption style='text-align:left'><b>{escape(heading)}</b></caption>{rows}</table>")
        return f'<div class="workbench-record">{"".join(parts)}</div>'


@dataclass(frozen=True, repr=False)
class Sheet(Listing):
    """One record: its sections, those with nothing left out."""

    id: str = ""
    table: str = ""


def show(tables: dict[str, pd.DataFrame], id: str) -> Sheet:
    """The sheet of the record, body, person, place or source of that id.

    Raises `UsageError` naming the near ones when there is none.
    """
    for table in TABLES:
        key = table.key[0]
        if table.field(key).type != "id":
            continue
        ids = tables[table.name][key]
        rows = tables[table.name][ids.eq(id) | ids.eq(id.lower())]
        if len(rows):
            return _sheet(tables, table.name, rows.iloc[0][key], rows.iloc[0])
    known = {i for t in TABLES if t.field(t.key[0]).type == "id" for i in tables[t.name][t.key[0]].dropna()}
    raise UsageError(f'No record has the id "{id}". {did_you_mean(id, known) or "`workbench data` lists the tables."}')


def _sheet(tables: dict[str, pd.DataFrame], table: str, id: str, row: pd.Series) -> Sheet:
    names = preferred_names(tables["names"])
    sections = {
        "Values": _values(table, row, names),
        "Dates": _dates(row),
        "Names": _names(tables, id),
        "Parties": _parties(tables, table, id, names),
        "Numbers": _numbers(tables, table, id),
        "Outputs": _outputs(tables, table, id),
        "Sources": _sources(tables, table, id, row),
        "Where sources differ, and judgements": _conflicts(tables, table, id),
        "What refers to it": _references(tables, id),
    }
    own = names.get((id, "en")) or next((str(row[c]) for c in ("title", "name", "what", "post") if _has(row, c)), "")
    kind = BY_NAME[table].description.rstrip(".")
    title = f"{id} · {own} · {kind}" if own else f"{id} · {kind}"
    return Sheet(title, {heading: lines for heading, lines in sections.items() if lines}, id, table)


def _has(row: pd.Series, column: str) -> bool:
    return column in row.index and not pd.isna(row[column])


def _plain(value: Any) -> str:
    return as_text(value.item() if hasattr(value, "item") else value)


def _named(id: str, names: dict[tuple[str, str], str]) -> str:
    name = names.get((id, "en"))
    return f"{id} ({name})" if name else id


def _values(table: str, row: pd.Series, names: dict[tuple[str, str], str]) -> list[Line]:
    dated = {column.name for column in DATED_BLOCK}
    lines = []
    for column in BY_NAME[table].fields:
        if column.name in dated or column.name == BY_NAME[table].key[0] or not _has(row, column.name):
            continue
        text = _plain(row[column.name])
        lines.append((column.name, _named(text, names) if column.type == "ref" else text))
    return lines


def _dates(row: pd.Series) -> list[Line]:
    lines = [
        (column.name, _plain(row[column.name]))
        for column in DATED_BLOCK
        if _has(row, column.name) and column.name not in (*_BOUNDS, *_HIDDEN)
    ]
    if "start_earliest" in row.index:
        begins, ends = (
            " to ".join(_plain(row[b]) if _has(row, b) else "not known" for b in pair)
            for pair in (_BOUNDS[:2], _BOUNDS[2:])
        )
        lines += [("begins between", begins), ("ends between", ends)] if lines else []
    return lines


def _names(tables: dict[str, pd.DataFrame], id: str) -> list[Line]:
    rows = tables["names"][tables["names"]["id"] == id]
    return [
        (f"{row.kind}, {row.language}", row.text + ("" if pd.isna(row.source_id) or not row.source_id else
                                                    f" (as printed in {row.source_id})"))
        for row in rows.itertuples()
    ]  # fmt: skip


def _of(tables: dict[str, pd.DataFrame], attached: str, table: str, id: str) -> pd.DataFrame:
    frame = tables[attached]
    return frame[(frame["record"] == table) & (frame["record_id"] == id)]


def _parties(tables: dict[str, pd.DataFrame], table: str, id: str, names: dict[tuple[str, str], str]) -> list[Line]:
    lines = []
    for row in _of(tables, "parties", table, id).itertuples():
        text = row.text if pd.isna(row.party_id) else _named(row.party_id, names)
        if pd.isna(row.party_id) and row.party != "group":
            text += " (not in the register)"
        if not pd.isna(row.for_org):
            text += f" for {_named(row.for_org, names)}"
        if not pd.isna(row.headcount):
            text += f", {row.headcount} people"
        lines.append((f"{row.role}, {row.party}", text))
    return lines


def _numbers(tables: dict[str, pd.DataFrame], table: str, id: str) -> list[Line]:
    lines = []
    for row in _of(tables, "quantities", table, id).itertuples():
        low, best, high = (None if pd.isna(n) else f"{n:g}" for n in (row.low, row.best, row.high))
        text = best or (f"{low} to {high}" if low and high else f"{low} or more" if low else f"up to {high}")
        lines.append((row.measure, f"{text} ({row.qualifier})"))
    return lines


def _outputs(tables: dict[str, pd.DataFrame], table: str, id: str) -> list[Line]:
    if table != "events":
        return []
    rows = tables["outputs"][tables["outputs"]["event_id"] == id]
    return [(row.kind, row.title) for row in rows.itertuples()]


def _sources(tables: dict[str, pd.DataFrame], table: str, id: str, row: pd.Series) -> list[Line]:
    """Each source with the paragraphs and phrases it rests on and what it says itself."""
    told = _of(tables, "assertions", table, id)
    lines: list[Line] = []
    for source, rows in told.groupby("source_id", sort=True):
        places = rows[["paragraph", "phrase"]].drop_duplicates()
        where = [
            ("" if pd.isna(p) else "headline" if p == 0 else f"paragraph {p}") + ("" if pd.isna(f) else f" “{f}”")
            for p, f in places.itertuples(index=False)
        ]
        lines.append((str(source), "; ".join(text.strip() for text in where if text) or "no place noted"))
        said = rows[(rows["field"] != "*") & rows["value"].notna()]
        if len(said):
            listed = "; ".join(f"{f} = {v}" for f, v in said[["field", "value"]].itertuples(index=False))
            lines.append(("", f"says {listed}"))
    if _has(row, "register_id"):
        lines.append((str(row["register_id"]), f"row {row['register_row']}"))
    return lines


def _conflicts(tables: dict[str, pd.DataFrame], table: str, id: str) -> list[Line]:
    lines: list[Line] = []
    for row in _of(tables, "conflicts", table, id).itertuples():
        lines.append((row.field, f"{row.relation}: {row.values}"))
        reason = "" if pd.isna(row.reason) else f": {row.reason}"
        lines.append(("", f"in use: {row.chosen} (by {row.rule}{reason})"))
    return lines


def _references(tables: dict[str, pd.DataFrame], id: str) -> list[Line]:
    lines: list[Line] = []
    for table in TABLES:
        frame = tables[table.name]
        for column in table.fields:
            if column.type != "ref" or table.name in ("assertions", "names") or column.name == "record_id":
                continue
            for row in frame[frame[column.name] == id].to_dict("records"):
                if table.name in _ATTACHED:
                    lines.append((f"{row['record']}", f"{row['record_id']} ({row['role']})"))
                elif table.name != "outputs":
                    when = row.get("reading") if not pd.isna(row.get("reading")) else row.get("edtf")
                    dated = f", {when}" if isinstance(when, str) else ""
                    lines.append((table.name, f"{row[table.key[0]]}{dated} ({column.name})"))
    lines = list(dict.fromkeys(lines))
    rest = len(lines) - MOST
    return lines if rest <= 0 else [*lines[:MOST], ("…", f"and {rest} more")]
