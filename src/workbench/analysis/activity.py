"""Agreements and time: what came of them, which sleep, which end, how long things took.

A question of time has three answers. Something is *dormant* only if the latest possible day of
its last activity lies before the window; if only the earliest does, nobody can say (codebook
§3, rule 2). Every row names the records it rests on.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbench.analysis import agreements as agreed
from workbench.analysis import flows
from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

WINDOW = 24  # months without activity after which an agreement is dormant


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day some months earlier, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def dormant(corpus: Corpus, months: int = WINDOW) -> pd.DataFrame:
    """Question 1: countable agreements and when each last showed activity.

    The rows of `lives` that count, with its columns: agreement_id, kind, partners, last_earliest, last_latest,
    last_record, dormant, assumed, in_doubt, after, events, records.
    """
    table = lives(corpus, months)
    return table[table.pop("countable")].reset_index(drop=True)


def lives(corpus: Corpus, months: int = WINDOW) -> pd.DataFrame:
    """Every agreement and tie and when it last showed activity, in the order of `agreements.agreements`.

    Activity is the furthest step of the agreement and every counted exchange with one of its
    partners (for a tie of cities: with any body of the partner's city); what has no date may be the
    latest. Columns: agreement_id, kind, countable, partners, last_earliest, last_latest (days between which the last
    activity ended; None where nobody can say), last_record (the exchange, or the agreement itself for its step, that
    ended last as far as dates tell; may be missing), dormant (yes, no, missing: cannot say), assumed (the
    answer rests on an inferred or marked date), in_doubt (where nobody can say: exchanges whose date decides, and the
    agreement itself where the date of its step does), after (counted exchanges that can lie after its furthest
    step, the occasion of a step left out), events (ids, oldest first), records. ``months`` is the window before the
    as-of day.
    """
    exchanges = flows.exchanges(corpus)
    counted = exchanges[exchanges["counted"]]
    limit = months_before(corpus.selection.as_of, months)
    rows = []
    for row in agreed.agreements(corpus, exchanges).itertuples(index=False):
        met = counted[_with(counted, _circle(row, corpus))]
        acts = [(r.earliest, r.latest, r.assumed, r.event_id) for r in met.itertuples()]
        acts += [(row.earliest, row.latest, row.basis in dates.OUR_READING, row.agreement_id)] if row.date else []
        there = occasions(row.agreement_id, None, corpus)
        after = [r.event_id for r in met.itertuples()
                 if row.latest and (r.latest is None or r.latest > row.latest) and r.event_id not in there]  # fmt: skip
        base = {name: getattr(row, name) for name in ("agreement_id", "kind", "countable", "partners")}
        own = {"after": tuple(after), "events": tuple(met["event_id"]), "records": (row.agreement_id, *met["event_id"])}
        rows.append(base | _life(acts, limit) | own)
    columns = [
        "agreement_id", "kind", "countable", "partners", "last_earliest", "last_latest", "last_record", "dormant",
        "assumed", "in_doubt", "after", "events", "records",
    ]  # fmt: skip
    return frame(rows, columns).astype({"countable": bool, "dormant": "boolean", "assumed": bool})


Act = tuple[dt.date | None, dt.date | None, bool, str]  # earliest, latest, assumed, record


def _life(acts: list[Act], limit: dt.date) -> dict[str, Any]:
    """When the last of some activities ended, and whether all of them lie before a day."""
    first = max((act[0] for act in acts if act[0]), default=None)
    ends = [act[1] for act in acts]
    last = max((end for end in ends if end), default=None) if ends and None not in ends else None
    answer = True if last and last < limit else False if first and first >= limit else None
    decisive = [act for act in acts if (act[1] == last if answer else act[0] == first)]
    dated = [act for act in acts if act[1]]
    doubt = [act[3] for act in acts if not act[1] or act[1] >= limit]
    return {
        "last_earliest": first,
        "last_latest": last,  # one without a last day may be going on
        "last_record": max(dated, key=lambda act: (act[1], act[0] or dt.date.min))[3] if dated else None,
        "dormant": answer,
        "assumed": answer is not None and any(act[2] for act in decisive),
        "in_doubt": tuple(doubt) if answer is None else (),
    }


def _circle(agreement: Any, corpus: Corpus) -> set[str]:
    """The bodies whose exchanges are activity of an agreement."""
    partners = set(agreement.partners)
    if agreement.level != "city":
        return partners
    seats = corpus["organisations"].set_index("org_id")["place_id"].dropna()
    places = {seats[org] for org in partners if org in seats.index}
    return partners | set(seats[seats.isin(places)].index)


def _with(exchanges: pd.DataFrame, bodies: set[str]) -> pd.Series:
    return exchanges["partners"].map(lambda orgs: bool(bodies & set(orgs))).astype(bool)


def endings(corpus: Corpus, months: int = 12) -> pd.DataFrame:
    """Question 12: which agreements end in the months after the as-of day, and which have no end.

    Columns: agreement_id, kind, partners, ends (EDTF of the end, or of the step that ended it; missing where no
    source gives one), no_end (no source says that or when it ends), ending (yes, no, missing: cannot say), records.
    """
    exchanges = flows.exchanges(corpus)
    table = agreed.agreements(corpus, exchanges)
    ends = dict(zip(corpus["agreements"]["agreement_id"], corpus["agreements"]["ends"], strict=True))
    over = corpus["milestones"][corpus["milestones"]["step"] == "ended"]
    ended = dict(zip(over["agreement_id"], over["reading"].fillna(over["edtf"]), strict=True))
    start = corpus.selection.as_of
    until = months_before(start, -months)
    window = dates.parse(f"{start.isoformat()}/{until.isoformat()}")
    rows = []
    for row in table[table["countable"]].itertuples(index=False):
        text = plain(ended.get(row.agreement_id)) or plain(ends[row.agreement_id])
        rows.append(
            {
                "agreement_id": row.agreement_id,
                "kind": row.kind,
                "partners": row.partners,
                "ends": text,
                "no_end": text is None and row.agreement_id not in ended,
                "ending": dates.parse(text).within(window).value if text else None,
                "records": (row.agreement_id,),
            }
        )
    columns = ["agreement_id", "kind", "partners", "ends", "no_end", "ending", "records"]
    return frame(rows, columns).astype({"no_end": bool, "ending": "boolean"})


def commitments(corpus: Corpus) -> pd.DataFrame:
    """Question 5: what signed texts promise, and whether anything like it is on record since.

    Columns: plan_id, what, kind, agreement_id, partners, raised (EDTF of the day of the promise; may be
    missing), raised_basis, realised_by (the event that did it, may
    be missing), like (counted exchanges with a partner, of the promised kind, that can lie after
    the promise, the occasion itself left out), kept (yes: an event is named; no: nothing alike; missing:
    something alike that no source calls the promise kept), records.
    """
    exchanges = flows.exchanges(corpus)
    counted = exchanges[exchanges["counted"]]
    plans = corpus.own("plans")
    raised = agreed.Raised(corpus)
    bodies = agreed.bodies_of(corpus, "plans")
    rows = []
    for row in plans[plans["strength"] == "committed"].itertuples(index=False):
        partners = tuple(org for org in bodies.get(row.plan_id, []) if corpus.abroad.get(org))
        voiced, basis = raised.of(row)
        since = dates.parse(voiced).earliest if voiced else None
        met = counted[_with(counted, set(partners)) & (counted["type"] == row.kind)]
        met = met[~met["event_id"].isin(occasions(plain(row.agreement_id), plain(row.raised_at), corpus))]
        like = tuple(r.event_id for r in met.itertuples() if since is None or r.latest is None or r.latest >= since)
        done = plain(row.realised_by)
        rows.append(
            {
                "plan_id": row.plan_id,
                "what": plain(row.what),
                "kind": row.kind,
                "agreement_id": plain(row.agreement_id),
                "partners": partners,
                "raised": voiced,
                "raised_basis": basis,
                "realised_by": done,
                "like": like,
                "kept": True if done else None if like else False,
                "records": (row.plan_id, *filter(None, (done,)), *like),
            }
        )
    columns = ["plan_id", "what", "kind", "agreement_id", "partners", "raised", "raised_basis", "realised_by", "like",
               "kept", "records"]  # fmt: skip
    return frame(rows, columns).astype({"kept": "boolean"})


def occasions(agreement_id: str | None, raised_at: str | None, corpus: Corpus) -> set[str]:
    """The events at which an agreement was made or a promise voiced, with the events they are part of: none of them
    keeps it."""
    steps = corpus["milestones"]
    found = set(steps.loc[steps["agreement_id"].eq(agreement_id).fillna(False), "event_id"].dropna())
    found |= {raised_at} if raised_at else set()
    whole = dict(zip(corpus["events"]["event_id"], corpus["events"]["part_of"], strict=True))
    queue = list(found)
    while queue:
        above = whole.get(queue.pop())
        if above is not None and not pd.isna(above) and above not in found:
            found.add(above)
            queue.append(above)
    return found


def lead_times(corpus: Corpus) -> pd.DataFrame:
    """Question 9: per partner, from first contact to agreement, and from agreement to exchange.

    First contact is the earliest counted exchange or dated step (talks included) of an agreement with the
    partner; the agreement is the first countable one that was signed, approved or in force, at its first such
    step. Columns: partner, contact (record id), agreement_id, exchange (first counted exchange that surely lies
    after that step; may be missing), to_agreement_low, to_agreement_high, to_exchange_low,
    to_exchange_high (days, nullable; a lead time has both ends because dates have), records. Partners
    without such an agreement are left out.
    """
    exchanges = flows.exchanges(corpus)
    counted = exchanges[exchanges["counted"] & exchanges["earliest"].notna() & exchanges["latest"].notna()]
    table = agreed.agreements(corpus, exchanges)
    steps = corpus["milestones"]
    steps = steps[steps["earliest"].notna() & steps["latest"].notna()]
    rows = []
    for partner in sorted({org for orgs in table.loc[table["countable"], "partners"] for org in orgs}):
        own = table[table["partners"].map(lambda orgs, partner=partner: partner in orgs).astype(bool)]
        marks = [_mark(r, r.agreement_id) for r in steps[steps["agreement_id"].isin(own["agreement_id"])].itertuples()]
        standing = steps[steps["agreement_id"].isin(own.loc[own["countable"], "agreement_id"])]
        standing = standing[standing["step"].isin(["approved", "signed", "in_force"])]
        first = min((_mark(r, r.agreement_id) for r in standing.itertuples()), key=_when, default=None)
        if first is None:
            continue
        with_them = counted[counted["partners"].map(lambda orgs, partner=partner: partner in orgs).astype(bool)]
        met = sorted((_mark(r, r.event_id) for r in with_them.itertuples()), key=_when)
        contact = min([*met, *marks], key=lambda mark: (mark[0], mark[1], mark[2] == first[2], mark[2]))
        after = next((mark for mark in met if mark[0] > first[1]), None)
        to_agreement = (0, 0) if contact == first else _days(contact, first)
        to_exchange = _days(first, after) if after else (None, None)
        rows.append(
            {"partner": partner, "contact": contact[2], "agreement_id": first[2],
             "exchange": after[2] if after else None,
             "to_agreement_low": to_agreement[0], "to_agreement_high": to_agreement[1],
             "to_exchange_low": to_exchange[0], "to_exchange_high": to_exchange[1],
             "records": tuple(dict.fromkeys([contact[2], first[2], *([after[2]] if after else [])]))}
        )  # fmt: skip
    numbers = ["to_agreement_low", "to_agreement_high", "to_exchange_low", "to_exchange_high"]
    return frame(rows, ["partner", "contact", "agreement_id", "exchange", *numbers, "records"]).astype(
        dict.fromkeys(numbers, "Int64")
    )


Mark = tuple[dt.date, dt.date, str]  # the days between which something was, and its record


def _mark(row: Any, id: str) -> Mark:
    return row.earliest, row.latest, id


def _when(mark: Mark) -> tuple[dt.date, dt.date, str]:
    """What was over first comes first."""
    return mark[1], mark[0], mark[2]


def _days(one: Mark, other: Mark) -> tuple[int, int]:
    """The fewest and the most days from one record to another."""
    return max(0, (other[0] - one[1]).days), max(0, (other[1] - one[0]).days)
