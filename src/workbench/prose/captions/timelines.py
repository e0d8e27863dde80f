"""The words of timelines."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.prose.facts import Fact
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus


def timeline(
    words: Words, drawn: int, undated: int, lanes: list[str], exchanges: pd.DataFrame, corpus: Corpus
) -> tuple[str, str, str, str]:
    """Title, subtitle, alternative text and note of the timeline."""
    counted = exchanges[exchanges["counted"]]
    dated = [(row.latest, row.date) for row in counted.itertuples() if row.latest]
    last, last_date = max(dated, default=(None, None))
    first = dates.parse(last_date).earliest if last_date else None
    one_year = bool(first and last and first.year == last.year)  # else its own words: doubt stays
    facts: dict[str, Any] = {
        "home": Fact("name", corpus.selection.home.id),
        "as_of": Fact("date", corpus.selection.as_of.isoformat()),
        "drawn": Fact("number", drawn),
        "undated": Fact("number", undated),
        "partners": Fact("names", lanes),
        "last": Fact("date", f"{last.year:04d}" if last and one_year else last_date),
        "one_year": one_year,
        "quiet": bool(last and (corpus.selection.as_of - last).days > 365),
    }
    return words.figure_texts("timeline", **facts)
