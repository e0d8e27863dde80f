"""What the records rest on: witnesses, disagreements, inferred dates, gaps.

Copies are no second witness (codebook §3, rule 9). A source of the home's own is named as such:
what only the home says of itself is worth knowing before it is said again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.analysis import agreements as agreed
from workbench.analysis import flows
from workbench.analysis._frames import frame, plain, remembered
from workbench.records import wordings
from workbench.records.editions import RECORDED, Change
from workbench.records.model import BY_NAME
from workbench.records.selection import Corpus, select

_COUNTED = ("events", "agreements", "plans", "claims")
WHOLE = "*"  # of a disagreement about no single field


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


@dataclass(frozen=True, slots=True)
class Stated:
    """A value of one field of a table, as a source has it; of a disagreement about a record as a whole (``field`` is
    ``*``) all that was told, in our words, without a source."""

    table: str
    field: str
    value: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.source})" if self.source else self.value


def disagreements(corpus: Corpus) -> pd.DataFrame:
    """Question 14: where sources disagree, which value was chosen, by which rule and why.

    Columns: record, record_ids (one, or the several that a judgement is about), field (code of record_field),
    relation (finer, overlapping, contradicting, judged), stated (`Stated`, one a source), chosen (`Stated`), rule (code
    of conflict_rule), reason (in words of ours; may be missing), by, on (who decided and the day, as EDTF; may be
    missing), open (a contradiction that nobody has decided), records. What is open first, then decisions.
    """
    known = set(corpus["sources"]["source_id"])
    found: dict[Any, dict[str, Any]] = {}
    for row in corpus["conflicts"].itertuples():
        judged = row.relation == "judged"
        key = (row.values, row.chosen, row.reason) if judged else (row.record_id, row.field)
        if key in found:
            found[key]["record_ids"] += (row.record_id,)
            continue
        why, by = wordings.why(plain(row.reason) or "")
        one = {"record": row.record, "record_ids": (row.record_id,), "field": row.field, "relation": row.relation}
        found[key] = one | {
            "stated": (Stated(row.record, WHOLE, row.values),) if judged else tuple(_stated(row, known)),
            "chosen": Stated(row.record, row.field, row.chosen),
            "rule": row.rule,
            "reason": why or None,
            "by": by.rpartition(", ")[0] or None,
            "on": by.rpartition(", ")[2] or None,
            "open": row.relation == "contradicting" and row.rule != "decision",
        }
    rows = [one | {"records": one["record_ids"]} for one in found.values()]
    rows.sort(key=lambda row: (not row["open"], row["rule"] != "decision", _COUNTED.index(row["record"])))
    columns = ["record", "record_ids", "field", "relation", "stated", "chosen", "rule", "reason", "by", "on", "open",
               "records"]  # fmt: skip
    return frame(rows, columns).astype({"open": bool})


def _stated(row: Any, known: set[str]) -> Iterator[Stated]:
    """The values of a conflict, each with its source, from the text that lists them."""
    rest = row.values
    while rest:
        ends = [(found.start(), found.end(), found[1]) for found in re.finditer(r" \(([^()\s]+)\)(?:; |\Z)", rest)]
        start, end, source = next((one for one in ends if one[2] in known), (len(rest), len(rest), ""))
        yield Stated(row.record, row.field, rest[:start], source)
        rest = rest[end:]


def funders(corpus: Corpus) -> pd.DataFrame:
    """Question 18: which programmes paid for exchanges, and what happened after.

    Columns: programme_id, name, funder (as printed; may be missing), funder_id, events (counted
    exchanges that belong to it), last (latest possible day of the last one), last_date (EDTF of that one), partners
    (met in them), after (counted exchanges with one of those partners that surely lie later), records. Programmes
    without a counted exchange stand last.
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
             "last_date": flows.last_date(own), "partners": tuple(sorted(partners)), "after": after,
             "records": (*own["event_id"], *after)}
        )  # fmt: skip
    columns = ["programme_id", "name", "funder", "funder_id", "events", "last", "last_date", "partners", "after",
               "records"]  # fmt: skip
    return frame(sorted(rows, key=lambda row: not row["events"]), columns)


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


def gaps(corpus: Corpus) -> pd.DataFrame:
    """What is missing most often, and how much closing it would add: the work list in short (for question 25).

    Columns: gap (code of record_gap), events, agreements, plans, claims (numbers of records that lack it), gain (by how
    much the mean score of all records would rise, 0 to 1), records. What helps most first.
    """
    scored = completeness(corpus)
    asked = {"events": 4, "agreements": 5, "plans": 2, "claims": 2}
    missing: dict[str, Counter[str]] = {}
    behind: dict[str, list[str]] = {}
    for row in scored.itertuples():
        for gap in row.gaps:
            missing.setdefault(gap, Counter())[row.record] += 1
            behind.setdefault(gap, []).append(row.record_id)
    rows: list[dict[str, Any]] = [
        {"gap": gap, **{table: count[table] for table in _COUNTED}, "records": tuple(behind[gap]),
         "gain": sum(number / asked[table] for table, number in count.items()) / len(scored)}
        for gap, count in missing.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["gain"], row["gap"]))
    return frame(rows, ["gap", *_COUNTED, "gain", "records"]).astype(dict.fromkeys(_COUNTED, "Int64") | {"gain": float})


def to_ask(corpus: Corpus) -> pd.DataFrame:
    """Whom to ask for what: the gaps of events, agreements and plans by the body abroad that takes part (for
    question 25).

    Columns: partner (missing: nobody abroad is named, so only the home itself can tell), lacking (number of records
    that lack something), gaps (codes of record_gap, the most frequent first), records. Those who can tell most
    come first.
    """
    bodies = {table: agreed.bodies_of(corpus, table) for table in ("events", "agreements", "plans")}
    found: dict[str | None, tuple[list[str], Counter[str]]] = {}
    for row in completeness(corpus).itertuples():
        if not row.gaps or row.record == "claims":
            continue
        mine = [corpus.principal(org) for org in bodies[row.record].get(row.record_id, ()) if corpus.abroad.get(org)]
        for partner in dict.fromkeys(mine) or [None]:
            ids, lacking = found.setdefault(partner, ([], Counter()))
            ids.append(row.record_id)
            lacking.update(row.gaps)
    rows: list[dict[str, Any]] = [
        {"partner": partner, "lacking": len(ids), "records": tuple(ids),
         "gaps": tuple(gap for gap, _ in sorted(lacking.items(), key=lambda item: (-item[1], item[0])))}
        for partner, (ids, lacking) in found.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["partner"] is None, -row["lacking"], str(row["partner"])))
    return frame(rows, ["partner", "lacking", "gaps", "records"]).astype({"lacking": "Int64"})


def _scored(table: str, id: str, looked: dict[str, bool]) -> dict[str, Any]:
    return {"record": table, "record_id": id, "score": round(sum(looked.values()) / len(looked), 2),
            "gaps": tuple(name for name, there in looked.items() if not there), "records": (id,)}  # fmt: skip


# --- since an earlier edition ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A headline figure that an edition gave otherwise: lowest and highest then and now, and the records that make
    the difference: counted only now, counted only then."""

    measure: str
    old: tuple[int, int]
    new: tuple[int, int]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    records: tuple[str, ...]


def changes_since(corpus: Corpus) -> pd.DataFrame:
    """Question 11: what changed since the newest earlier edition: records new, altered and withdrawn, and headline
    figures. No rows where there is no earlier edition.

    Columns: record, record_id, change (new, altered, withdrawn), fields (what differs, of altered ones), old and new
    (their values), sources (that give the new ones; of withdrawn records those they had), corrects (something that a
    released report could say), records. A headline figure (``record`` is headline_figure) has its old and new value
    as fields.
    """
    found: dict[tuple[str, str, str], list[Change]] = {}
    for one in changed(corpus):
        found.setdefault((one.table, one.id, one.change), []).append(one)
    rows = [
        {"record": table, "record_id": id, "change": change, "fields": tuple(one.field for one in own if one.field),
         "old": tuple(one.old for one in own if one.field), "new": tuple(one.new for one in own if one.field),
         "sources": tuple(sorted({source for one in own for source in one.sources})),
         "corrects": any(one.corrects for one in own), "records": (id,)}
        for (table, id, change), own in found.items()
    ]  # fmt: skip
    for figure in moved_figures(corpus):
        old, new = (str(low) if low == high else f"{low}–{high}" for low, high in (figure.old, figure.new))
        rows.append({"record": "headline_figure", "record_id": figure.measure, "change": "altered",
                     "fields": (old, new), "old": (old,), "new": (new,), "sources": (), "corrects": False,
                     "records": figure.records})  # fmt: skip
    columns = ["record", "record_id", "change", "fields", "old", "new", "sources", "corrects", "records"]
    return frame(rows, columns).astype({"corrects": bool})


def changed(corpus: Corpus) -> list[Change]:
    """What differs from the earlier edition in the slice, as it is or as it was then: see `records.editions`."""
    if corpus.since is None:
        return []
    own = _own_ids(corpus) | _own_ids(earlier(corpus))
    return [one for one in corpus.since.changes if (one.table, one.id) in own]


@remembered
def earlier(corpus: Corpus) -> Corpus:
    """The same selection of what the earlier edition held. Raises ValueError where there is none."""
    if corpus.since is None:
        raise ValueError("there is no earlier edition")
    return select(corpus.since.edition.frames, corpus.settings, corpus.vocabularies, corpus.selection)


def _own_ids(corpus: Corpus) -> set[tuple[str, str]]:
    return {(table, id) for table in RECORDED for id in corpus.own(table)[BY_NAME[table].key[0]]}


def figures(corpora: Iterable[Corpus]) -> list[dict[str, Any]]:
    """The headline figures of some homes as an edition keeps them: home, measure, low, high, records."""
    from workbench.analysis import numbers  # it builds on this module

    return [
        {"home": corpus.selection.home.id, "measure": measure, "low": number.low, "high": number.high,
         "records": list(dict.fromkeys(number.records))}
        for corpus in corpora
        for measure in numbers.MEASURES
        for number in [numbers.number(corpus, measure)]
    ]  # fmt: skip


def moved_figures(corpus: Corpus) -> list[Moved]:
    """The headline figures that the earlier edition gave otherwise. It gave them for homes as a whole: a narrower
    selection, or one of some years, has none."""
    if corpus.since is None or not corpus.selection.unbounded:
        return []
    home = corpus.selection.home.id
    said = {row["measure"]: row for row in corpus.since.edition.figures if row["home"] == home}
    later = corpus.since.later
    found = []
    for row in [one for one in later.figures if one["home"] == home] if later else figures([corpus]):
        then = said.get(row["measure"])
        if then is None or (then["low"], then["high"]) == (row["low"], row["high"]):
            continue
        before, after = then["records"], row["records"]
        gained, lost = (tuple(id for id in one if id not in other) for one, other in
                        ((after, before), (before, after)))  # fmt: skip
        behind = (*gained, *lost) or (*after, *before)
        old, new = ((one["low"], one["high"]) for one in (then, row))
        found.append(Moved(row["measure"], old, new, gained, lost, tuple(dict.fromkeys(behind))))
    return found
