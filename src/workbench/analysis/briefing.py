"""What a person must know before a visit and before a speech: one partner, one year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis import activity, evidence, flows, numbers, reciprocity
from workbench.analysis import agreements as agreed
from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

PARTS = ("agreement", "exchange", "promise", "contact", "last_contact")  # the word list page_part
_OF_THE_YEAR = ("exchanges", "inbound", "outbound", "online", "partners", "countries", "agreements", "single_source")


def partner_page(corpus: Corpus, partner: str = "") -> pd.DataFrame:
    """Question 23: one page on a partner for tomorrow's visit: agreements, history, promises, people, last contact.

    ``partner`` is a body abroad (empty: the one met most often). Columns: part (code of page_part), partner,
    about (the record; a person for contacts), date (EDTF; may be missing), assumed (the date is a
    reading of ours or marked as unsure), text (what it was about, what was promised, the post; may
    be missing), kept (of promises in signed texts: as in `activity.commitments`), records. In the order of
    `PARTS`, each part oldest first; *last_contact* is the exchange that ended last, as far as dates tell.
    """
    exchanges = flows.exchanges(corpus)
    met = flows.partners(exchanges, corpus)
    partner = partner or (met.iloc[0]["org_id"] if len(met) else "")
    own = exchanges[exchanges["counted"] & exchanges["partners"].map(lambda orgs: partner in orgs).astype(bool)]
    rows = [*_ties(corpus, exchanges, partner), *_history(own, "exchange"), *_promises(corpus, partner)]
    rows += _people(corpus, partner)
    dated = own[own["latest"].notna()]
    rows += _history(dated[dated["latest"] == dated["latest"].max()].tail(1), "last_contact") if len(dated) else []
    columns = ["part", "partner", "about", "date", "assumed", "text", "kept", "records"]
    return frame([row | {"partner": partner} for row in rows], columns).astype({"assumed": bool, "kept": "boolean"})


def _row(
    part: str, title: str, date: str | None, inferred: bool, text: Any, records: tuple[str, ...]
) -> dict[str, Any]:
    assumed = inferred or bool(date and dates.parse(date).assumed)
    return {"part": part, "about": title, "date": date, "assumed": assumed, "text": plain(text), "kept": None,
            "records": records}  # fmt: skip


def _ties(corpus: Corpus, exchanges: pd.DataFrame, partner: str) -> list[dict[str, Any]]:
    table = agreed.agreements(corpus, exchanges)
    return [
        _row("agreement", row.agreement_id, row.date, row.basis in dates.OUR_READING, row.scope,
             (row.agreement_id,))
        for row in table.itertuples() if partner in row.partners
    ]  # fmt: skip


def _history(rows: pd.DataFrame, part: str) -> list[dict[str, Any]]:
    return [_row(part, r.event_id, r.date, r.assumed, r.topic, (r.event_id,)) for r in rows.itertuples()]


def _promises(corpus: Corpus, partner: str) -> list[dict[str, Any]]:
    kept = activity.commitments(corpus).set_index("plan_id")["kept"]
    rows = []
    for row in agreed.open_plans(corpus).itertuples():
        if partner in row.partners:
            inferred = row.date is None and row.raised_basis in dates.OUR_READING
            told = _row("promise", row.plan_id, row.date or row.raised, inferred, row.what, row.records)
            rows.append(told | {"kept": plain(kept.get(row.plan_id))})
    return rows


def _people(corpus: Corpus, partner: str) -> list[dict[str, Any]]:
    table = reciprocity.contacts(corpus)
    events = corpus["events"].set_index("event_id")
    rows = []
    for row in table[table["partner"] == partner][::-1].itertuples():
        last = events.loc[row.events[-1]] if row.events else None
        date = None if last is None else plain(last["reading"]) or plain(last["edtf"])
        inferred = last is not None and last["basis"] in dates.OUR_READING
        rows.append(_row("contact", row.person_id, date, inferred, row.post, row.records))
    return rows


def year_in_a_sentence(corpus: Corpus, year: int = 0) -> pd.DataFrame:
    """Question 24: what can be said truthfully about a year, with the caveats of the numbers.

    ``year`` is that of the as-of day unless given. Columns: measure (code of headline_figure), low, high (what
    surely, what possibly belongs to the year), single (how many of them rest on records that one source
    alone tells each), sources
    (published in that year, as far as dated: codebook §3, rule 14), records. *single_source* counts exchanges.
    """
    year = year or corpus.selection.as_of.year
    seen = evidence.witnesses(corpus)
    single = set(seen.loc[seen["single"], "record_id"])
    published = sum(
        bool(date.earliest and date.latest and date.earliest.year == date.latest.year == year)
        for date in map(dates.parse, corpus["sources"]["published"].dropna())
    )
    rows = []
    for measure in _OF_THE_YEAR:
        found = numbers.number(corpus, measure, year=year)
        alone = sum(one.counts is not False and set(one.behind or (one.id,)) <= single for one in found.candidates)
        rows.append(
            {"measure": measure, "low": found.low, "high": found.high, "single": alone, "sources": published,
             "records": tuple(dict.fromkeys(found.records))}
        )  # fmt: skip
    columns = ["measure", "low", "high", "single", "sources", "records"]
    return frame(rows, columns).astype(dict.fromkeys(("low", "high", "single", "sources"), "Int64"))
