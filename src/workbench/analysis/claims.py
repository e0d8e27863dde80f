"""Totals that sources state, set beside what the records hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis import agreements as agreed
from workbench.analysis import flows
from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

_STANDING = ("signed", "renewed", "in_force")
CHECKABLE = ("partner_libraries", "agreements", "delegations", "libraries_joined")
_LOOSE = ("approximately", "hundreds")  # numbers without hard bounds
STALE = 365  # days after which a total is one of an earlier time


def claims(corpus: Corpus, exchanges: pd.DataFrame, agreements: pd.DataFrame, partners: pd.DataFrame) -> pd.DataFrame:
    """Claims about the home and the partners that are asked for, each with the number of records that bear it out.

    Columns: claim_id, subject, measure, what, low, best, high, qualifier, as_of (EDTF), publisher
    (of the source that states it), party (that publisher takes part), on_record (number of
    records of that measure with the subject, missing where the measure cannot be counted),
    records (their ids).

    Measures: partner_libraries counts libraries abroad in counted exchanges or countable
    agreements of the subject; agreements its countable agreements between institutions that are
    said to be signed or to stand;
    delegations its counted exchanges abroad that can lie in the claim's time; libraries_joined
    the bodies of the home with a membership or an agreement (cooperation without an instrument is
    no joining), by one agreement each. Nothing of a partner's own is counted, nor, where partners are chosen, a
    total of the home: the others are not there to be counted. A claim is never turned into records
    (codebook §3, promise 2). Only what surely was by the time of the claim is counted.
    """
    table = corpus.own("claims")
    about = table["subject"].isin(corpus.members)
    if corpus.selection.home.name:  # of a group, how many of it have joined can be counted
        about |= table["measure"] == "libraries_joined"
    about |= table["subject"].isin(corpus.selection.partners)
    rows = [_claim(row, corpus, exchanges, agreements, partners) for row in table[about].itertuples(index=False)]
    columns = [
        "claim_id", "subject", "measure", "what", "low", "best", "high", "qualifier", "as_of", "publisher", "party",
        "on_record", "records",
    ]  # fmt: skip
    rows.sort(key=lambda row: row["claim_id"])
    return frame(rows, columns).astype({"on_record": "Int64"})


def verdicts(corpus: Corpus) -> pd.DataFrame:
    """Question 3: what sources claim in all, what the records bear out, what is missing: may we say it?

    Columns: claim_id, subject, measure, what, low, best, high, qualifier, as_of, publisher, party, on_record
    (number that the records bear out; missing where no rule of ours counts the measure), missing_low,
    missing_high (how many are claimed and not on record, at least and at most; high missing where
    the claim has no upper limit), verdict (code of claim_verdict), caveats (codes of claim_caveat), safe
    (the number that may be said of the records; missing where there is none), records.

    Rule: *say* what the records bear out in full, by a source other than the claim's own, and what
    speaks of the present; *do not say* what nothing on record bears out, or what the records
    exceed though it is exact; all else is said with its caveats, and as the source's word. A measure
    that cannot be counted is never more than the source's word (design, promise 2).
    """
    exchanges = flows.exchanges(corpus)
    table = claims(corpus, exchanges, agreed.agreements(corpus, exchanges), flows.partners(exchanges, corpus))
    rows = [_verdict(row, corpus) for row in table.to_dict("records")]
    numbers = ("on_record", "missing_low", "missing_high", "safe")
    columns = [*(c for c in table.columns if c != "records"), "missing_low", "missing_high", "verdict", "caveats",
               "safe", "records"]  # fmt: skip
    return frame(rows, columns).astype(dict.fromkeys(numbers, "Int64"))


def _verdict(row: dict[str, Any], corpus: Corpus) -> dict[str, Any]:
    found = plain(row["on_record"])
    low, high = (row["low"], row["high"]) if row["best"] is None else (row["low"] or row["best"], row["high"])
    caveats = _caveats(row, found, corpus)
    hard = {"nothing", "more"} & set(caveats)
    verdict = "do_not_say" if hard else "say_with_caveat" if caveats else "say"
    # An approximate number has no bounds: it is set beside the records as it is given.
    high = high if high is not None or row["qualifier"] in ("more_than", "at_least") else row["best"]
    return row | {
        "missing_low": None if found is None or low is None else max(0, int(low) - found),
        "missing_high": None if found is None or high is None else max(0, int(high) - found),
        "verdict": verdict,
        "caveats": caveats,
        "safe": found or None,
        "records": (row["claim_id"], *row["records"]),
    }


def _caveats(row: dict[str, Any], found: int | None, corpus: Corpus) -> tuple[str, ...]:
    """What must be said with a claim, the gravest first."""
    low = row["low"] if row["low"] is not None else row["best"]
    told_by = set(corpus.sources_of("claims", [row["claim_id"]]))
    evidence = _evidence(row["records"], corpus)
    as_of = dates.parse(row["as_of"]) if row["as_of"] else None
    last = as_of.latest if as_of else None
    holds = {
        "not_countable": found is None,
        "nothing": found == 0 and bool(low),
        "more": bool(found) and row["high"] is not None and row["qualifier"] not in _LOOSE and found > row["high"],
        "fewer": bool(found) and low is not None and found < low,
        "same_source": bool(evidence) and evidence <= told_by,
        "own_word": row["party"],
        "past": last is not None and (corpus.selection.as_of - last).days > STALE,
        "undated": as_of is None,
        "inferred_time": bool(as_of and (as_of.assumed or as_of.kind == "set")),
        "approximate": row["qualifier"] in _LOOSE,
    }
    return tuple(code for code, true in holds.items() if true)


def _evidence(records: tuple[str, ...], corpus: Corpus) -> set[str]:
    """The sources of events and agreements, and of those in which bodies took part."""
    parties = corpus["parties"]
    mine = parties[parties["party_id"].isin(records) | parties["for_org"].isin(records)]
    found = set()
    for table in ("events", "agreements"):
        ids = {*records, *mine.loc[mine["record"] == table, "record_id"]}
        found |= set(corpus.sources_of(table, ids))
    return found


def _claim(
    row: Any, corpus: Corpus, exchanges: pd.DataFrame, agreements: pd.DataFrame, partners: pd.DataFrame
) -> dict[str, Any]:
    source_ids = corpus.sources_of("claims", [row.claim_id])
    source = corpus.row("sources", source_ids[0])
    found = _on_record(row, corpus, exchanges, agreements, partners)
    values = {name: plain(getattr(row, name)) for name in
              ("claim_id", "subject", "measure", "what", "low", "best", "high", "qualifier", "as_of")}  # fmt: skip
    return values | {
        "publisher": source["publisher"],
        "party": bool(source["publisher_is_party"]),
        "on_record": None if found is None else len(found),
        "records": tuple(found or ()),
    }


def _on_record(
    row: Any, corpus: Corpus, exchanges: pd.DataFrame, agreements: pd.DataFrame, partners: pd.DataFrame
) -> list[str] | None:
    subject = row.subject
    everything = agreements
    exchanges = exchanges[_by_then(exchanges["date"], row.as_of)]
    agreements = agreements[_by_then(agreements["date"], row.as_of)]
    with_subject = _events_of(subject, corpus) & set(exchanges["event_id"])
    if row.measure != "libraries_joined" and (corpus.selection.narrowed or subject not in corpus.members):
        return None
    if row.measure == "partner_libraries":
        met = [r.org_id for r in partners.itertuples() if r.library and set(r.events) & with_subject]
        agreed = {
            org for r in agreements.itertuples() if r.countable and subject in r.home_parties for org in r.partners
        }
        libraries = set(partners.loc[partners["library"], "org_id"])
        kinds = dict(zip(corpus["organisations"]["org_id"], corpus["organisations"]["kind"], strict=True))
        return sorted(set(met) | {org for org in agreed if org in libraries or kinds[org].endswith("_library")})
    if row.measure == "agreements":
        return [
            r.agreement_id for r in agreements.itertuples()
            if r.countable and r.level == "institution" and r.step in _STANDING and subject in r.home_parties
        ]  # fmt: skip
    if row.measure == "delegations":
        period = dates.parse(row.as_of) if plain(row.as_of) else None
        return [
            r.event_id for r in exchanges.itertuples()
            if r.counted and r.direction == "outbound" and r.event_id in with_subject
            and (period is None or (r.date and dates.parse(r.date).overlaps(period)))
        ]  # fmt: skip
    if row.measure == "libraries_joined":
        return _ties(subject, everything, corpus)
    return None


def _ties(subject: str, agreements: pd.DataFrame, corpus: Corpus) -> list[str]:
    """For each body of the home that is tied to the subject one agreement that says so."""
    found: dict[str, str] = {}
    for row in agreements.itertuples():
        if subject in row.partners and row.kind != "unspecified_cooperation":
            for org in set(row.home_parties) & corpus.members:
                children = corpus["agreements"]
                own = children[children["parent_id"] == row.agreement_id]["agreement_id"]
                found.setdefault(org, next((id for id in own if id.endswith(org)), row.agreement_id))
    return sorted(found.values())


def _by_then(column: pd.Series, as_of: Any) -> pd.Series:
    """Which dates surely lie before the end of a claim's time; a record without a date may not."""
    until = dates.parse(as_of).latest if plain(as_of) else None

    def surely(text: Any) -> bool:
        last = dates.parse(text).latest if plain(text) else None
        return until is None or (last is not None and last <= until)

    return column.map(surely).astype(bool)


def _events_of(subject: str, corpus: Corpus) -> set[str]:
    takers = corpus.takers
    return set(takers.loc[(takers["record"] == "events") & (takers["org_id"] == subject), "record_id"])
