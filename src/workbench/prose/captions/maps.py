"""The words of maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.prose.facts import Fact
from workbench.prose.words import Words
from workbench.records.selection import Corpus

NAMED = 12  # places that an alternative text names
_KINDS = ("inbound", "outbound", "online", "planned", "tie")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a map shows and leaves out: numbers of places beyond the frame, of those among them that are
    not marked at its edge, of places without a name, of lines drawn pale; whether countries are shaded,
    widths differ, and the home's cities have a panel."""

    beyond: int
    unmarked: int
    unnamed: int
    pale: int
    shaded: bool
    widths: bool
    panel: bool


def exchange_map(
    words: Words, lines: pd.DataFrame, missing: pd.DataFrame, corpus: Corpus, shown: Shown
) -> tuple[str, str, str, str]:
    """Title, subtitle, alternative text and note of the map, computed from what it shows.

    The title speaks of all counted exchanges, those that the map cannot draw included.
    """
    numbers = {kind: lines.loc[lines["kind"] == kind, "record_id"].nunique() for kind in _KINDS}
    weights = lines.groupby("other_place")["record_id"].nunique()
    heaviest = sorted(weights.index, key=lambda id: (-weights[id], id))
    facts: dict[str, Any] = {
        **_common(corpus, lines["record_id"].nunique(), shown.shaded, words),
        "places": Fact("names", sorted(heaviest[:NAMED], key=words.name)),
        "more": Fact("number", max(len(heaviest) - NAMED, 0)),
        "parts": [{"kind": kind, "n": Fact("number", n)} for kind, n in numbers.items() if n],
        "reasons": [(Fact("number", n), reason) for n, reason in words.left_out(missing)],
        "balance": _balance(numbers, missing),
        "ties": bool(numbers["tie"]),
        "widths": shown.widths,
        "panel": shown.panel,
        **{name: Fact("number", getattr(shown, name)) for name in ("beyond", "unmarked", "unnamed", "pale")},
    }
    return words.figure_texts("map", **facts)


def home_map(words: Words, numbers: Mapping[str, int], drawn: int, corpus: Corpus) -> tuple[str, str, str, str]:
    """Title, subtitle, alternative text and note of the map of the home's cities, from their numbers of records."""
    order = sorted(numbers, key=lambda id: (-numbers[id], id))
    told = [id for id in order if numbers[id]]
    facts: dict[str, Any] = {
        **_common(corpus, drawn, False, words),
        "cities": [(Fact("name", id), Fact("number", numbers[id])) for id in told[:NAMED]],
        "more": Fact("number", max(len(told) - NAMED, 0)),
        "silent": Fact("number", len(order) - len(told)),
        "first": Fact("name", order[0]),
        "outstanding": len(told) > 1 and numbers[order[0]] * 2 > sum(numbers.values()),
    }
    return words.figure_texts("home_map", **facts)


def _common(corpus: Corpus, drawn: int, shaded: bool, words: Words) -> dict[str, Any]:
    settings = corpus.settings
    return {
        "home": Fact("name", corpus.selection.home.id),
        "as_of": Fact("date", corpus.selection.as_of.isoformat()),
        "drawn": Fact("number", drawn),
        "review": Fact("printed", settings.review_number),
        "shaded": shaded,
        "point_of_view": Fact("printed", settings.point_of_view.get(words.language, "")),
    }


def _balance(numbers: Mapping[str, int], missing: pd.DataFrame) -> str:
    """Which way the exchanges run, if one way clearly: more than half as many again."""
    untold = missing["direction"].value_counts() if "direction" in missing else {}
    inbound, outbound = (numbers[way] + int(untold.get(way, 0)) for way in ("inbound", "outbound"))
    if inbound > outbound * 1.5 and inbound - outbound > 1:
        return "inbound"
    return "outbound" if outbound > inbound * 1.5 and outbound - inbound > 1 else "even"
