"""Answer tables for reading: names for ids, words for codes, one column for lowest and highest.

`readable` turns a table of `workbench.analysis` into one that a person reads, in the words of a
language: each column is worded by what its name says it holds (`COLUMNS`), its head is a passage of
the template *columns*. Ids of records and the records behind a row are left out.

To add a column, name it as others of its kind are named, enter it in `COLUMNS` and write its head
in each language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from workbench.analysis._frames import plain
from workbench.analysis.evidence import WHOLE, Stated
from workbench.prose import facts
from workbench.prose.words import GRAMMARS, Words
from workbench.records.model import BY_NAME
from workbench.records.text import capital
from workbench.records.values import read_amount

# What a column holds: name, names, date (EDTF), day, number, flag (yes, no, cannot say), text (our own words, put
# into the language), told (ours or a source's: a group, a person), who (the same, or a person's id), reason (of a
# judgement), way (given, received, both), printed (as it is, as any column not named here), record (an id worded as
# what it stands for), stated (a value as a source has it), years, hidden, or the word list of its codes.
COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("partner", "org_id", "place_id", "home_place", "other_place", "subject", "person_id"), "name"),
    **dict.fromkeys(("partners", "home_parties", "libraries", "met", "told", "only_online", "funder_id"), "name"),
    **dict.fromkeys(("date", "raised", "as_of", "ends", "said", "last_date", "on"), "date"),
    **dict.fromkeys(("earliest", "latest", "last", "last_earliest", "last_latest", "last_day"), "day"),
    **dict.fromkeys(("contact", "exchange", "last_event", "realised_by", "like", "promised", "after"), "record"),
    **dict.fromkeys(("last_record", "in_doubt"), "record"),
    **dict.fromkeys(("event_id", "record_id", "record_ids", "about", "sources"), "record"),
    **dict.fromkeys(("agreement_id", "plan_id", "claim_id", "milestone_id", "programme_id"), "hidden"),
    **dict.fromkeys(("records", "events", "raised_basis", "what_code", "in_period", "counted", "home"), "hidden"),
    **dict.fromkeys(("fields", "years", "year"), "plain"),
    **dict.fromkeys(("topic", "topics", "what", "scope", "outcome", "post", "text"), "text"),
    "type": "event_type",
    "mode": "mode",
    "direction": "direction",
    "basis": "date_basis",
    "place_precision": "place_precision",
    "left_out": "left_out_reason",
    "reason": "left_out_reason",
    "step": "milestone_step",
    "level": "agreement_level",
    "form": "agreement_form",
    "strength": "plan_strength",
    "country": "country",
    "region": "world_region",
    "role": "role",
    "measure": "claim_measure",
    "qualifier": "qualifier",
    "verdict": "claim_verdict",
    "caveats": "claim_caveat",
    "figure": "headline_figure",
    "moves": "headline_figure",
    "owes": "visit_owed",
    "phase": "pandemic_phase",
    "change": "record_change",
    "record": "record_kind",
    "gap": "record_gap",
    "gaps": "record_gap",
    "field": "record_field",
    "rule": "conflict_rule",
    "stated": "stated",
    "chosen": "stated",
    "part": "page_part",
}


def readable(
    frame: pd.DataFrame, words: Words, kinds: Mapping[str, str] | None = None, *, strict: bool = True
) -> pd.DataFrame:
    """An answer table in words: the same rows, the columns worth reading, every cell a text.

    ``kinds`` says of columns what they hold where their name alone does not (``{"kind":
    "agreement_kind"}``). A pair of columns ``x_low`` and ``x_high`` (or ``low`` and ``high``) becomes one.
    Raises `ProseError` for a name, word or column head that a language does not have; unless ``strict``, a column
    without a head keeps its name: for tables of an analyst's own.
    """

    def head(column: str) -> str:
        text = words.phrase(f"columns/{column}") if strict or words.has(f"columns/{column}") else column
        return capital(text)

    known = {**COLUMNS, **frame.attrs.get("kinds", {}), **(kinds or {})}
    columns: dict[str, list[str]] = {}
    for column in frame.columns:
        stem, _, end = column.rpartition("_")
        if end == "high" and f"{stem}_low".lstrip("_") in frame.columns:
            continue
        if end == "low" and f"{stem}_high".lstrip("_") in frame.columns:
            low, high = frame[column], frame[f"{stem}_high".lstrip("_")]
            columns[head(stem or "number")] = [span(*pair) for pair in zip(low, high, strict=True)]
            continue
        kind = _kind(frame[column], known.get(column, ""))
        if kind != "hidden":
            columns[head(column)] = [_cell(value, kind, words) for value in frame[column]]
    return pd.DataFrame(columns, index=frame.index, dtype=object)


def span(low: Any, high: Any) -> str:
    """Lowest and highest as a text: 3, 3–5, 3+ where there is no upper limit, empty where nothing is known."""
    low, high = plain(low), plain(high)
    if low is None and high is None:
        return ""
    if high is None:
        return f"{_grouped(low)}+"
    return _grouped(high) if low is None or low == high else f"{_grouped(low)}–{_grouped(high)}"


def _grouped(value: Any) -> str:
    """A number in digits, grouped by thousands from five digits on: years are left whole."""
    return f"{value:,.10g}" if value >= 10_000 else f"{value:g}"


def _kind(column: pd.Series, named: str) -> str:
    """What a column holds: by its type where that tells, else by its name, else what is printed as it is."""
    if named == "hidden":
        return named
    if pd.api.types.is_bool_dtype(column.dtype):
        return "flag"
    if named in ("plain", "total_year"):
        return named
    return "number" if pd.api.types.is_numeric_dtype(column.dtype) else named or "printed"


def _cell(value: Any, kind: str, words: Words) -> str:
    if isinstance(value, (tuple, list)):
        listed = [_cell(one, kind, words) for one in value]
        return words.grammar.listed([text for text in listed if text])
    value = plain(value)
    if isinstance(value, bool):
        kind = "flag"
    if isinstance(value, float) and kind == "printed":
        kind = "number"
    if kind == "flag":
        return words.phrase(f"common/{'cannot_say' if value is None else 'yes' if value else 'no'}")
    if value is None or value == "":
        return words.phrase("common/all_time") if kind in ("total_year", "pandemic_phase") else ""
    if kind not in _WORDINGS:
        return words.label(kind, str(value))
    return _WORDINGS[kind](value, words)


def _number(value: Any, words: Words) -> str:
    return _grouped(value) if not isinstance(value, str) else value


def _day(value: Any, words: Words) -> str:
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return words.phrase("common/day", day=facts.date(text))


def _record(id: str, words: Words) -> str:
    """What a record is called; a person or body by name, a headline figure by its word. What is no longer in the
    records keeps its id."""
    if words.is_record(id):
        return words.record_title(id)
    if id in words.corpus.vocabularies["headline_figure"]:
        return words.label("headline_figure", id)
    known = any(words.corpus.has_name(id, language) for language in GRAMMARS)
    return words.name(id) if known or id == words.corpus.selection.home.id else id


def _output(code: str, words: Words) -> str:
    """What came of an event: a kind of output, or what books are counted in."""
    return words.label("output_kind" if code in words.corpus.vocabularies["output_kind"] else "measure", code)


def _who(value: str, words: Words) -> str:
    """A person of the register by name, else who it was as the record has it."""
    return words.name(value) if value in set(words.corpus["people"]["person_id"]) else words.told(value)


def _way(code: str, words: Words) -> str:
    """Was it given by the home, received, or both?"""
    return words.phrase(f"columns/way_{code}")


def _field(name: str, words: Words) -> str:
    """What a field is called; numbers beside a record by what they count."""
    kind, _, measure = name.partition(":")
    return words.label("measure", measure) if measure else words.label("record_field", kind)


def _stated(stated: Stated, words: Words) -> str:
    """A value in words, and the source that has it by publisher and title."""
    value = _value(stated, words)
    if not stated.source:
        return value
    source = words.corpus["sources"].set_index("source_id").loc[stated.source]
    printed = {"value": value, "publisher": source["publisher"], "title": source["title"]}
    return words.phrase("common/stated", **{name: facts.printed(text) for name, text in printed.items()})


def _value(stated: Stated, words: Words) -> str:
    """A value as `records.merging` lists it, in words by what its field holds."""
    if stated.field == WHOLE:
        return words.text(stated.value)
    if stated.field.startswith("quantity:"):
        how, number = read_amount(stated.value).qualifier, stated.value.lstrip("~<>= ").replace("..", "–")
        if how in ("exact", "derived", "hundreds"):
            return words.label("qualifier", how) if how == "hundreds" else number
        return words.phrase("common/about", how=facts.code("qualifier", how), number=facts.printed(number))
    column = BY_NAME[stated.table].field(stated.field)
    if column.vocabulary:
        return words.label(column.vocabulary, stated.value)
    if column.type in ("edtf", "boolean"):
        return _day(stated.value, words) if column.type == "edtf" else words.phrase(f"common/{stated.value}")
    return _record(stated.value, words) if column.type in ("ref", "id") else stated.value


_WORDINGS: dict[str, Callable[[Any, Words], str]] = {
    "name": lambda value, words: words.name(str(value)),
    "date": _day,
    "day": _day,
    "number": _number,
    "text": lambda value, words: words.text(str(value)),
    "told": lambda value, words: words.told(str(value)),
    "reason": lambda value, words: words.reason(str(value)),
    "stated": _stated,
    "record_field": lambda value, words: _field(str(value), words),
    "printed": lambda value, words: str(value),
    "plain": lambda value, words: str(value),
    "total_year": lambda value, words: str(value),
    "output": lambda value, words: _output(str(value), words),
    "record": lambda value, words: _record(str(value), words),
    "who": lambda value, words: _who(str(value), words),
    "way": lambda value, words: _way(str(value), words),
}
