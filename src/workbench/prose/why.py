"""Why a number is what it is, in words: counted, may count, left out, what would flip it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis.numbers import KINDS, Number
from workbench.prose import facts
from workbench.prose.frames import span
from workbench.prose.words import Words
from workbench.records.text import capital
from workbench.records.view import Line, Listing

MOST = 60  # lines of a section; the rest is counted


class Explanation(Listing):
    """The reasons of a number: prints as text in a terminal, as tables in a notebook."""


def explain(number: Number, language: str) -> Explanation:
    """The explanation of a number in a language; its records by title and id, reasons by their words."""
    words = Words(number.corpus, language)
    frame = number.frame()
    assumed = {one.id for one in number.candidates if one.assumed}
    left = frame[frame["counts"].eq(False).fillna(False)]
    sections = {
        "counted": _records(frame[frame["counts"].fillna(False)], set(), words),
        "may_count": _records(frame[frame["counts"].isna()], assumed, words),
        "left_out": _grouped(left, left["reason"].map(lambda code: ("left_out_reason", code)), words),
        "would_flip": _flips(frame, words),
    }
    headed = {words.phrase(f"why/{name}", number=facts.number(_size(name, frame))): lines
              for name, lines in sections.items() if lines}  # fmt: skip
    return Explanation(_title(number, words), headed)


def _title(number: Number, words: Words) -> str:
    corpus = number.corpus
    asked = dict(number.asked)
    told = [
        words.name(corpus.selection.home.id),
        *([words.name(asked["partner"])] if "partner" in asked else []),
        *([words.label(KINDS.get(number.measure, "event_type"), asked["kind"])] if "kind" in asked else []),
        *([words.label("country", asked["country"])] if "country" in asked else []),
        *([asked["year"]] if "year" in asked else []),
        words.phrase("common/as_of", day=facts.date(corpus.selection.as_of.isoformat())),
    ]
    what = words.label("headline_figure", number.measure)
    facts_told = {"what": capital(what), "number": span(number.low, number.high) or "0"}
    texts = {name: facts.printed(text) for name, text in {**facts_told, "about": " · ".join(told)}.items()}
    return words.phrase("why/title", **texts)


def _size(section: str, frame: pd.DataFrame) -> int:
    counts = frame["counts"]
    sizes = {"counted": counts.fillna(False), "may_count": counts.isna(), "left_out": counts.eq(False).fillna(False),
             "would_flip": frame["flips"].map(bool)}  # fmt: skip
    return int(sizes[section].astype(bool).sum())


def _doubted(row: Any, title: str, assumed: set[str], words: Words) -> str:
    return words.phrase("why/by_reading", title=facts.printed(title)) if row.id in assumed else title


def _records(rows: pd.DataFrame, assumed: set[str], words: Words) -> list[Line]:
    lines = [(row.id, _doubted(row, _titled(row, words), assumed, words)) for row in rows.itertuples()]
    return _cut(lines, words)


def _titled(row: Any, words: Words) -> str:
    if row.table == "country":
        return words.label("country", row.id)
    title = words.record_title(row.id)
    return capital(title)


def _grouped(rows: pd.DataFrame, codes: pd.Series, words: Words) -> list[Line]:
    """One line a reason, with the ids it holds for; the most frequent first."""
    lines: list[tuple[int, Line]] = []
    for code, group in rows.groupby(codes, sort=True):
        label = words.label(*code)
        ids = list(group["id"])
        listed = ", ".join(ids[:MOST]) + (f" … {len(ids)}" if len(ids) > MOST else "")
        count = f"（{len(ids)}）" if words.language == "zh" else f" ({len(ids)})"
        lines.append((-len(ids), (f"{label}{count}", listed)))
    return [line for _, line in sorted(lines)]


def _flips(frame: pd.DataFrame, words: Words) -> list[Line]:
    rows = frame.explode("flips").dropna(subset=["flips"])
    return _grouped(rows, rows["flips"].map(lambda code: ("flip", code)), words) if len(rows) else []


def _cut(lines: list[Line], words: Words) -> list[Line]:
    rest = len(lines) - MOST
    if rest <= 0:
        return lines
    return [*lines[:MOST], ("…", words.phrase("why/more", number=facts.number(rest)))]
