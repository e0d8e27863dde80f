"""The words of maps."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.prose.facts import Fact
from workbench.prose.words import Words
from workbench.records.selection import Corpus


def exchange_map(words: Words, lines: pd.DataFrame, missing: pd.DataFrame, corpus: Corpus) -> tuple[str, str, str, str]:
    """Title, subtitle, alternative text and note of the map, computed from what it shows."""
    tally = {kind: set(rows["record_id"]) for kind, rows in lines.groupby("kind")}
    numbers = {kind: len(tally.get(kind, ())) for kind in ("inbound", "outbound", "online", "planned")}
    facts: dict[str, Any] = {kind: Fact("number", n) for kind, n in numbers.items()}
    facts |= {
        "home": Fact("name", corpus.selection.home.id),
        "as_of": Fact("date", corpus.selection.as_of.isoformat()),
        "drawn": Fact("number", lines["record_id"].nunique()),
        "places": Fact("names", sorted(set(lines["other_place"]), key=words.name)),
        "reasons": [(Fact("number", n), reason) for n, reason in words.left_out(missing)],
        "review": Fact("text", corpus.settings.review_number),
        "balance": _balance(numbers),
    }
    return words.figure_texts("map", **facts)


def _balance(numbers: dict[str, int]) -> str:
    """Which way the lines run, if one way clearly: more than half as many again."""
    inbound, outbound = numbers["inbound"], numbers["outbound"]
    if inbound > outbound * 1.5 and inbound - outbound > 1:
        return "inbound"
    return "outbound" if outbound > inbound * 1.5 and outbound - inbound > 1 else "even"
