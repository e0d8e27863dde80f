"""One wide table of exchange, event by partner, so that most work needs no join."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis import flows
from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

COLUMNS = {
    "event_id": "the exchange",
    "partner": "the body abroad (id); missing where none is named",
    "partner_name": "its name",
    "partner_kind": "what kind of body it is (organisation_kind)",
    "partner_city": "where its seat is, by name; missing where no source names one",
    "partner_country": "the country or region for which it counts (ISO 3166): a consulate for its own",
    "partner_lat": "latitude of that place in degrees north",
    "partner_lon": "longitude in degrees east",
    "weight": "one divided by the number of partners: the weights of an event add up to one",
    "type": "kind of exchange (event_type)",
    "topic": "what it was about",
    "mode": "way of meeting (mode)",
    "direction": "who moved (direction)",
    "date": "the date in use, as EDTF",
    "basis": "on what it rests (date_basis)",
    "assumed": "the date is inferred or marked as unsure",
    "earliest": "the first day on which it can have begun",
    "latest": "the last day on which it can have ended",
    "year": "the year in which it began; missing where it can be several",
    "years": "the years in which it can have begun; empty where they have no bounds",
    "place_id": "where it was; missing where not known",
    "place": "its name",
    "place_precision": "how precisely the place is known (place_precision)",
    "place_country": "the country or region of the place (ISO 3166)",
    "in_period": "lies in the selected period: yes, no, missing: cannot say",
    "counted": "counts in headlines",
    "left_out": "why not (left_out_reason); empty where it counts",
    "witnesses": "sources that are no copies",
    "sources": "the ids of its sources",
}


def exchanges(corpus: Corpus, language: str = "en") -> pd.DataFrame:
    """The exchanges of the home, a row for each event and partner, oldest first.

    The columns are those of `COLUMNS`. What surely lies outside the period of the selection is not there. An event
    with three partners has three rows of weight a third; one without a named partner abroad has one row. To
    count events, add up ``weight`` where ``counted``; to count meetings with a partner, count rows. Names are
    in ``language``.
    """
    places = corpus["places"].set_index("place_id")
    bodies = corpus["organisations"].set_index("org_id")
    rows: list[dict[str, Any]] = []
    counted = flows.exchanges(corpus)
    for row in counted[counted["in_period"].fillna(True)].itertuples(index=False):
        told = corpus.sources_of("events", [row.event_id])
        shared = _event(row, places, corpus, language) | {
            "witnesses": len(corpus.witnesses_of("events", row.event_id)),
            "sources": tuple(told),
            "weight": 1 / max(1, len(row.partners)),
        }
        rows += [shared | _partner(org, bodies, places, corpus, language) for org in row.partners or (None,)]
    types = {"assumed": bool, "counted": bool, "in_period": "boolean", "year": "Int64", "weight": float,
             "partner_lat": float, "partner_lon": float, "witnesses": "Int64"}  # fmt: skip
    return frame(rows, list(COLUMNS)).astype(types)


def _event(row: Any, places: pd.DataFrame, corpus: Corpus, language: str) -> dict[str, Any]:
    years = dates.parse(row.date).start_years if row.date else ()
    kept = ("event_id", "type", "topic", "mode", "direction", "date", "basis", "assumed", "earliest", "latest",
            "place_id", "place_precision", "in_period", "counted", "left_out")  # fmt: skip
    return {name: getattr(row, name) for name in kept} | {
        "year": years[0] if len(years) == 1 else None,
        "years": years,
        "place": corpus.name(row.place_id, language) if row.place_id else None,
        "place_country": plain(places.loc[row.place_id, "country"]) if row.place_id else None,
    }


def _partner(
    org: str | None, bodies: pd.DataFrame, places: pd.DataFrame, corpus: Corpus, language: str
) -> dict[str, Any]:
    place = plain(bodies.loc[org, "place_id"]) if org else None
    return {
        "partner": org,
        "partner_name": corpus.name(org, language) if org else None,
        "partner_kind": bodies.loc[org, "kind"] if org else None,
        "partner_city": corpus.name(place, language) if place else None,
        "partner_country": corpus.country_of.get(org) if org else None,
        "partner_lat": plain(places.loc[place, "lat"]) if place else None,
        "partner_lon": plain(places.loc[place, "lon"]) if place else None,
    }
