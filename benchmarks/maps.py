"""How long a map takes: from a handful of flows to fifty thousand, as ratios to the smallest.

Run as ``python benchmarks/maps.py`` from the folder of the project; prints a table. Times are medians
of several repeats; the ratios hold on any machine, the seconds on this one only.
"""

from __future__ import annotations

import dataclasses
import itertools
import statistics
import time
from pathlib import Path

import pandas as pd

from workbench.figures import maps, style
from workbench.paths import Project
from workbench.prose.words import Words
from workbench.records import load, vocabularies
from workbench.records.selection import Corpus, Selection, choose_home, select

HOME, SEAT = "hangzhou-public-library", "hangzhou"
SIZES = ((5, 5), (60, 60), (900, 200), (50_000, 200), (50_000, 2_000))  # flows, places
REPEATS = 3
KINDS = ("inbound", "outbound", "online", "planned")


def corpus_with(project: Project, number: int) -> Corpus:
    """The selection of a home with so many invented places in a grid over land and sea."""
    tables, settings = load.ensure_tables(project)
    lists, _ = vocabularies.read(project.vocabularies, "vocabularies")
    corpus = select(tables, settings, lists, Selection(choose_home(settings, HOME), None, settings.as_of))
    places = corpus["places"]
    rows = [
        {"place_id": f"p{n}", "kind": "city", "country": "IT", "lat": 60 - (n * 7 % 113), "lon": (n * 37 % 359) - 179.5}
        for n in range(number)
    ]
    new = pd.DataFrame(rows).reindex(columns=places.columns).astype(places.dtypes.to_dict())
    names = {(row["place_id"], "en"): f"Place {n}" for n, row in enumerate(rows)}
    tables = {**corpus.tables, "places": pd.concat([places, new], ignore_index=True)}
    return dataclasses.replace(corpus, tables=tables, _names=names | corpus._names)


def flows(number: int, places: int) -> pd.DataFrame:
    """So many flows to those places: the first ones have most."""
    ends = itertools.islice(itertools.cycle([n for k in range(1, 9) for n in range(max(places // k, 1))]), number)
    rows = [("events", f"e{n}", KINDS[(n + n // 4) % 4], SEAT, f"p{end}") for n, end in enumerate(ends)]
    return pd.DataFrame(rows, columns=["record", "record_id", "kind", "home_place", "other_place"])


def main() -> None:
    project = Project(Path.cwd())
    missing = pd.DataFrame({"record_id": [], "reason": []})
    first = 0.0
    print(f"{'flows':>7} {'places':>7} {'lines':>7} {'draw s':>8} {'SVG s':>8} {'ratio':>7} {'SVG kB':>8}")
    for number, places in SIZES:
        corpus, lines = corpus_with(project, places), flows(number, places)
        drawing_times, saving_times, size, shown = [], [], 0, 0
        for _ in range(REPEATS):
            start = time.perf_counter()
            drawing = maps.exchange_map(lines, missing, corpus, Words(corpus, "en"), project.basemap)
            assert drawing is not None
            drawn = time.perf_counter()
            size, shown = len(style.svg(drawing.figure)), len(drawing.table)
            drawing_times.append(drawn - start)
            saving_times.append(time.perf_counter() - drawn)
        draw, save = statistics.median(drawing_times), statistics.median(saving_times)
        first = first or draw + save
        ratio = (draw + save) / first
        print(f"{number:7,} {places:7,} {shown:7,} {draw:8.2f} {save:8.2f} {ratio:7.1f} {size / 1000:8,.0f}")


if __name__ == "__main__":
    main()
