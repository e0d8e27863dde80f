"""What the records rest on: witnesses, disagreements, inferred dates, gaps.

Copies are no second witness (codebook §3, rule 9). A source of the home's own is named as such:
what only the home says of itself is worth knowing before it is said again.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis import flows
from workbench.analysis._frames import frame, plain, remembered
from workbench.records.selection import Corpus, select

_COUNTED = ("events", "agreements", "plans", "claims")


@remembered
def witnesses(corpus: Corpus) -> pd.DataFrame:
    """Question 13: which events and agreements rest on one source, or on the home's own word alone.

    Columns: record, record_id, witnesses (sources that are no copies of another), sources (ids,
    copies included), single (one witness or none but a register), own_word (every witness is published by
    a member of the home), party_word (by a body that takes part in what
    it tells), records. Parts, children of groups and what only comes with the selection are left out.
    """
    sources = corpus["sources"].set_index("source_id")
    rows = []
    for table, key in (("events", "event_id"), ("agreements", "agreement_id")):
        frame_ = corpus.own(table)
        whole = frame_["form"].ne("child") if table == "agreements" else _topmost(frame_, corpus)
        for id in frame_.loc[whole, key]:
            told = corpus.sources_of(table, [id])
            real = corpus.witnesses_of(table, id)
            own = [plain(sources.loc[source, "publisher_id"]) in corpus.members for source in real]
            rows.append(
                {"record": table, "record_id": id, "witnesses": len(real), "sources": tuple(told),
                 "single": len(real) <= 1, "own_word": bool(real) and all(own),
                 "party_word": bool(real) and all(sources.loc[real, "publisher_is_party"].fillna(False)),
                 "records": (id,)}
            )  # fmt: skip
    columns = ["record", "record_id", "witnesses", "sources", "single", "own_word", "party_word", "records"]
    return frame(rows, columns).astype({"witnesses": "Int64", "single": bool, "own_word": bool, "party_word": bool})


def _topmost(events: pd.DataFrame, corpus: Corpus) -> pd.Series:
    """Which events are no part of another, or the home's own part of a journey of others."""
    return events["part_of"].isna() | events["event_id"].isin(flows.exchanges(corpus)["event_id"])


def disagreements(corpus: Corpus) -> pd.DataFrame:
    """Question 14: where sources disagree, which value was chosen, by which rule and why.

    Columns: record, record_id, field (``*`` for the record as a whole), relation (finer,
    overlapping, contradicting, judged), values (each with its source), chosen, rule, reason
    (may be missing), open (a contradiction that nobody has decided), records.
    """
    table = corpus["conflicts"].copy()
    table["open"] = table["relation"].eq("contradicting") & table["rule"].ne("decision")
    table["records"] = [(id,) for id in table["record_id"]]
    return table.reset_index(drop=True)


def funders(corpus: Corpus) -> pd.DataFrame:
    """Question 18: which programmes paid for exchanges, and what happened after.

    Columns: programme_id, name, funder (as printed; may be missing), funder_id, events (counted
    exchanges that belong to it), last (latest possible day of the last one), partners (met in them), after
    (counted exchanges with one of those partners that surely lie later), records.
    """
    exchanges = flows.exchanges(corpus)
    counted = exchanges[exchanges["counted"]]
    rows = []
    for row in corpus["programmes"].itertuples():
        own = counted[counted["programme"] == row.programme_id]
        partners = {org for orgs in own["partners"] for org in orgs}
        last = max((day for day in own["latest"] if day), default=None)
        after = tuple(
            r.event_id for r in counted.itertuples()
            if last and r.earliest and r.earliest > last and partners & set(r.partners)
        )  # fmt: skip
        rows.append(
            {"programme_id": row.programme_id, "name": row.name, "funder": plain(row.funder),
             "funder_id": plain(row.funder_id), "events": tuple(own["event_id"]), "last": last,
             "partners": tuple(sorted(partners)), "after": after, "records": (*own["event_id"], *after)}
        )  # fmt: skip
    columns = ["programme_id", "name", "funder", "funder_id", "events", "last", "partners", "after", "records"]
    return frame(rows, columns)


def completeness(corpus: Corpus) -> pd.DataFrame:
    """Question 25: how complete each record is, and what would make it better: the work list.

    Score from 0 to 1: the share of what was looked for that is there. For events a date that is
    stated, a place, a party on each side by name, a second witness; for agreements a stated date of a step,
    an instrument, a scope, an end, a second witness; for plans a time, a partner; for claims a time, a
    measure that can be counted. Which years and sources are covered: `spread.per_year`. Columns: record,
    record_id, score, gaps (codes of record_gap), records. Worst first.
    """
    seen = {(row.record, row.record_id): row for row in witnesses(corpus).itertuples()}
    exchanges = flows.exchanges(corpus).set_index("event_id")
    steps = corpus["milestones"]
    stated = set(steps.loc[steps["basis"].isin(["stated", "stated_year_from_context"]), "agreement_id"])
    parties = corpus["parties"]
    abroad = {org for org, is_abroad in corpus.abroad.items() if is_abroad}
    named = parties["party_id"].isin(abroad) | parties["for_org"].isin(abroad)
    partnered = set(parties.loc[(parties["record"] == "plans") & named, "record_id"])
    rows = []
    for row in corpus.own("events")[lambda t: _topmost(t, corpus)].itertuples():
        exchange = exchanges.loc[row.event_id] if row.event_id in exchanges.index else None
        looked = {
            "date": row.basis in ("stated", "stated_year_from_context"),
            "place": row.place_precision in ("building", "city", "online"),
            "partner": exchange is None or bool(exchange["partners"]),
            "witness": not seen["events", row.event_id].single,
        }
        rows.append(_scored("events", row.event_id, looked))
    for row in corpus.own("agreements")[lambda t: t["form"] != "child"].itertuples():
        looked = {
            "date": row.agreement_id in stated,
            "instrument": row.kind not in ("unspecified_cooperation", "city_tie_unspecified"),
            "scope": not pd.isna(row.scope),
            "end": not pd.isna(row.ends),
            "witness": not seen["agreements", row.agreement_id].single,
        }
        rows.append(_scored("agreements", row.agreement_id, looked))
    for row in corpus.own("plans").itertuples():
        looked = {"date": not pd.isna(row.edtf) or not pd.isna(row.reading), "partner": row.plan_id in partnered}
        rows.append(_scored("plans", row.plan_id, looked))
    for row in corpus.own("claims").itertuples():
        looked = {"date": not pd.isna(row.as_of), "measure": row.measure != "other"}
        rows.append(_scored("claims", row.claim_id, looked))
    rows.sort(key=lambda row: (row["score"], _COUNTED.index(row["record"]), row["record_id"]))
    return frame(rows, ["record", "record_id", "score", "gaps", "records"]).astype({"score": float})


def _scored(table: str, id: str, looked: dict[str, bool]) -> dict[str, Any]:
    return {"record": table, "record_id": id, "score": round(sum(looked.values()) / len(looked), 2),
            "gaps": tuple(name for name, there in looked.items() if not there), "records": (id,)}  # fmt: skip


def changes(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Which records are new, altered or withdrawn between two sets of tables.

    Columns: record, record_id, change (new, altered, withdrawn), fields (those whose value differs,
    for altered ones), records. Tables with ids of their own are compared: events, agreements,
    milestones, plans, claims, sources, bodies, people, places.
    """
    from workbench.records.model import BY_NAME

    rows = []
    for table in ("events", "agreements", "milestones", "plans", "claims", "sources", "organisations", "people",
                  "places"):  # fmt: skip
        key = BY_NAME[table].key[0]
        old, new = (tables[table].set_index(key) for tables in (before, after))
        told = [(id, "new", ()) for id in new.index.difference(old.index)]
        told += [(id, "withdrawn", ()) for id in old.index.difference(new.index)]
        both = new.index.intersection(old.index)
        shared = [column for column in new.columns if column in old.columns]
        for id in both:
            fields = tuple(c for c in shared if plain(old.loc[id, c]) != plain(new.loc[id, c]))
            told += [(id, "altered", fields)] if fields else []
        rows += [
            {"record": table, "record_id": id, "change": change, "fields": fields, "records": (id,)}
            for id, change, fields in sorted(told)
        ]
    return frame(rows, ["record", "record_id", "change", "fields", "records"])


def changes_since(corpus: Corpus, before: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Question 11: what changed since an earlier edition: new, altered and withdrawn records, and headline figures.

    ``before`` are the whole tables of that time (as `records.tables.read` gives them); the same selection is made of
    them and compared with this one. None: there is no earlier edition, and the answer has no rows.
    Columns: those of `changes`; a headline figure (``record`` is headline_figure) has its old and new value as
    fields, and the records behind the new one.
    """
    from workbench.analysis import numbers  # it builds on this module

    if before is None:
        return changes(corpus.tables, corpus.tables)
    earlier = select(before, corpus.settings, corpus.vocabularies, corpus.selection)
    rows = changes(earlier.tables, corpus.tables).to_dict("records")
    for measure in numbers.MEASURES:
        old, new = (str(numbers.number(one, measure)) for one in (earlier, corpus))
        if old != new:
            rows.append({"record": "headline_figure", "record_id": measure, "change": "altered", "fields": (old, new),
                         "records": numbers.number(corpus, measure).records})  # fmt: skip
    return frame(rows, ["record", "record_id", "change", "fields", "records"])
