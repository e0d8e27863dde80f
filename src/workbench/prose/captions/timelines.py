"""The words of timelines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.analysis.activity import WINDOW, months_before
from workbench.prose.facts import Fact
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus


@dataclass(frozen=True, slots=True)
class Shown:
    """What a timeline shows and what it leaves out, for its words."""

    drawn: int
    undated: dict[str, int]  # table: records without a date
    lanes: tuple[str, ...]
    several: int  # events in the lane of gatherings
    others: int  # partners that share a lane
    gaps: tuple[tuple[int, int], ...]
    crowded: bool
    doubt: bool
    by_kind: bool


def timeline(words: Words, shown: Shown, exchanges: pd.DataFrame, corpus: Corpus) -> tuple[str, str, str, str]:
    """Title, subtitle, alternative text and note of the timeline."""
    counted = exchanges[exchanges["counted"]]
    dated = [(row.latest, row.date) for row in counted.itertuples() if row.latest]
    last, last_date = max(dated, default=(None, None))
    first = dates.parse(last_date).earliest if last_date else None
    one_year = bool(first and last and first.year == last.year)  # else its own words: doubt stays
    met, silent, since = _silent(counted, corpus.selection.as_of)
    special = ("several", "unnamed", "others")
    lanes = [lane for lane in shown.lanes if lane not in special]
    facts: dict[str, Any] = {
        "home": Fact("name", corpus.selection.home.id),
        "as_of": Fact("date", corpus.selection.as_of.isoformat()),
        "drawn": Fact("number", shown.drawn),
        "undated_events": Fact("number", shown.undated["events"]),
        "undated_agreements": Fact("number", shown.undated["agreements"]),
        "undated_plans": Fact("number", shown.undated["plans"]),
        "by_kind": shown.by_kind,
        "lanes": Fact("number", len(lanes)),
        "named": bool(lanes),
        "partners": Fact("names", () if shown.by_kind else lanes),
        "codes": [Fact("code", tuple(lane.split("/"))) for lane in lanes] if shown.by_kind else [],
        "several": Fact("number", shown.several),
        "others": Fact("number", shown.others),
        "unnamed": "unnamed" in shown.lanes,
        "gaps": [Fact("date", f"{a:04d}/{b:04d}") for a, b in shown.gaps],
        "crowded": shown.crowded,
        "doubt": shown.doubt,
        "last": Fact("date", f"{last.year:04d}" if last and one_year else last_date),
        "one_year": one_year,
        "quiet": bool(last and (corpus.selection.as_of - last).days > 365) and corpus.selection.unbounded,
        "met": Fact("number", met),
        "silent": Fact("number", silent if corpus.selection.unbounded else 0),
        "silent_most": met > 2 and silent * 2 >= met,
        "since": Fact("date", since.isoformat()),
    }
    return words.figure_texts("timeline", **facts)


def _silent(counted: pd.DataFrame, as_of: dt.date) -> tuple[int, int, dt.date]:
    """How many partners were met, how many surely not in the months before the as-of day, and since when."""
    since = months_before(as_of, WINDOW)
    last: dict[str, dt.date] = {}
    for row in counted.itertuples():
        for org in row.partners:
            last[org] = max(last.get(org, dt.date.min), row.latest or dt.date.max)
    return len(last), sum(day < since for day in last.values()), since
