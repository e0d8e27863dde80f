"""How long the board takes to draw, and how large its chart is: with 50, 2,000 and 50,000 invented rows.

    python benchmarks/board.py

The rows are those of the records, repeated over invented partners, places and days; nothing is written.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from itertools import pairwise

import pandas as pd

import workbench
from workbench.explore import linked
from workbench.explore.board import Choice, narrow
from workbench.explore.workspace import Workspace

SIZES = (50, 2_000, 50_000)
PARTNERS, YEARS = 200, 20


def invented(corpus: Workspace, count: int) -> pd.DataFrame:
    """So many rows like those of the records, over invented partners and days."""
    rows = linked.located(corpus.exchanges, corpus)
    rows = rows[rows["counted"] & rows["partner_lat"].notna() & rows["earliest"].notna()]
    many = pd.concat([rows] * (count // len(rows) + 1), ignore_index=True)[:count]
    number = pd.Series(range(count))
    days = [dt.date(2005 + n % YEARS, 1 + n * 7 % 12, 1 + n * 11 % 28) for n in number]
    partner = "partner-" + (number % PARTNERS).astype(str)
    return many.assign(
        event_id="event-" + number.astype(str), partner=partner, partner_name=partner, partner_city=partner,
        partner_lon=(number % PARTNERS) * 1.7 - 165, partner_lat=(number * 13 % PARTNERS) * 0.55 - 45, weight=1.0,
        earliest=days, latest=days, date=[day.isoformat() for day in days], assumed=False,
    )  # fmt: skip


def main() -> None:
    """Print a line for each size."""
    corpus = workbench.open()
    small = linked.marks(invented(corpus, SIZES[0]), corpus.words)
    linked.chart(small, corpus.words, corpus.project.basemap, "")  # imports and the land are read once
    print(f"{'rows':>7} {'marks':>7} {'choose':>9} {'prepare':>9} {'chart':>9} {'size':>9}")
    for count in SIZES:
        rows = invented(corpus, count)
        times = [time.perf_counter()]
        chosen = narrow(rows, Choice(years=(2005, 2024)))
        times.append(time.perf_counter())
        marks = linked.marks(chosen, corpus.words)
        times.append(time.perf_counter())
        spec = linked.chart(marks, corpus.words, corpus.project.basemap, "").spec
        times.append(time.perf_counter())
        took = [f"{(end - start) * 1000:6.0f} ms" for start, end in pairwise(times)]
        size = len(json.dumps(spec, ensure_ascii=False).encode()) / 1000
        print(f"{count:>7,} {len(marks):>7,} {' '.join(took)} {size:6.0f} kB")


if __name__ == "__main__":
    main()
