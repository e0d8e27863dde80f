"""What happened, was agreed and is promised, as facts for the sentences that every report shares.

The words are macros of the template *telling* (``{{ telling.event(event) }}``): one sentence a tie, an
event, a plan, written once for all kinds of reports.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis._frames import plain
from workbench.prose import facts
from workbench.prose.facts import Fact, RecordId, records
from workbench.records import dates
from workbench.records.selection import Corpus


def plans(rows: list[Any]) -> SimpleNamespace:
    """Facts of plans (rows of `analysis.agreements.open_plans`) for the macro *plans*: those with a time of their
    own one by one, the others together by how firmly they were voiced."""
    loose = [row for row in rows if not row.date]
    return SimpleNamespace(
        dated=[_dated(row) for row in rows if row.date],
        promised=[what(row) for row in loose if row.strength == "committed"],
        by_agreement=all(row.agreement_id for row in loose if row.strength == "committed"),
        planned=[what(row) for row in loose if row.strength == "planned"],
        spoken=[what(row) for row in loose if row.strength not in ("committed", "planned")],
    )


def what(plan: Any) -> Fact:
    """What a plan is: in our own words where there are any, else its kind."""
    own = records("plans", [plan.plan_id])
    return facts.text(plan.what, own) if plan.what else facts.code("plan_kind", plan.kind, own)


def _dated(plan: Any) -> SimpleNamespace:
    own = records("plans", [plan.plan_id])
    return SimpleNamespace(what=what(plan), date=facts.date(plan.date, own), overdue=yes(plan.overdue))


def ties(rows: list[Any]) -> list[SimpleNamespace]:
    """Facts of rows of `analysis.agreements.agreements` for the macro *tie*: one entry a tie; ties without a step to
    one partner are told together. ``again`` marks a tie between the same bodies as the one told before it."""
    ties = [_tie([row]) for row in rows if row.step]
    loose: dict[tuple[str, tuple[str, ...]], list[Any]] = defaultdict(list)
    for row in rows:
        if not row.step:
            loose[row.kind, row.partners].append(row)
    ties += [_tie(group) for group in loose.values()]
    for before, one in itertools.pairwise(ties):
        one.again = same_bodies(before, one)
    return ties


def same_bodies(one: SimpleNamespace, other: SimpleNamespace) -> bool:
    """Are two ties (of `ties`) between the same bodies?"""
    return (one.home.value, one.partners.value) == (other.home.value, other.partners.value)


def yes(value: Any) -> bool:
    """A sure yes; neither no nor *cannot say*."""
    return not pd.isna(value) and bool(value)


def _tie(rows: list[Any]) -> SimpleNamespace:
    first = rows[0]
    own = records("agreements", [row.agreement_id for row in rows])
    dated = own + tuple(("milestones", f"{row.agreement_id}-{row.step}".replace("_", "-")) for row in rows if row.step)
    home = tuple(dict.fromkeys(org for row in rows for org in row.home_parties))
    return SimpleNamespace(
        kind=facts.code("agreement_kind", first.kind, own),
        step=facts.code("milestone_step", first.step, own) if first.step else None,
        date=facts.date(first.date, dated),
        inferred=first.basis in dates.OUR_READING,
        again=False,
        home=facts.names(home, own),
        several=len(home) > 1,
        partners=facts.names(first.partners, own),
        scope=facts.text(first.scope, own),
        children=facts.number(first.children, own) if first.children else None,
        first_home=facts.name(home[0], own) if home else facts.name(None),
    )


def act(event_id: str, corpus: Corpus) -> SimpleNamespace:
    """What an event is, when and where it was: facts for the macro *act*, and for lists and tables."""
    row = corpus["events"].set_index("event_id").loc[event_id]
    own = records("events", [event_id])
    return SimpleNamespace(
        kind=facts.code("event_type", row["type"], own),
        date=facts.date(plain(row["reading"]) or plain(row["edtf"]), own),
        inferred=row["basis"] in dates.OUR_READING,
        place=facts.name(plain(row["place_id"]), own),
    )


def narrowed(corpus: Corpus) -> list[dict[str, Fact]]:
    """Facts of the note that the report looks at a period alone, if it does."""
    period = corpus.selection.period
    return [{"period": facts.date(period.text)}] if period else []


def publisher(corpus: Corpus, claim_id: str, printed: str) -> Fact:
    """Who states a claim: by the register where it is a body of it, else as printed."""
    own = records("claims", [claim_id])
    rows = corpus["sources"].set_index("source_id")["publisher_id"]
    org = rows.get(corpus.sources_of("claims", [claim_id])[0])
    return facts.printed(printed, own) if pd.isna(org) else facts.name(org, own)


_MOVING = ("visitor", "exchanged_staff", "sender")


def event(row: Any, corpus: Corpus) -> SimpleNamespace:
    """Facts of one row of `analysis.flows.exchanges` for the macros *event* and *parts*."""
    own = records("events", [row.event_id])
    takers = corpus.takers
    mine = takers[(takers["record"] == "events") & (takers["record_id"] == row.event_id)]
    people = mine[(mine["party"] == "person") & mine["party_id"].notna()]
    ours = people[people["org_id"].isin(corpus.members)]
    known = people[people["org_id"].notna()]
    theirs = known[known["org_id"].map(lambda org: corpus.principal(org) in row.partners).astype(bool)]
    groups = mine[(mine["party"] == "group") & mine["org_id"].isin(corpus.members)]
    headcount = groups["headcount"].dropna()
    home = list(dict.fromkeys(mine.loc[mine["org_id"].isin(corpus.members), "org_id"]))

    def of(*roles: str) -> Fact:
        return facts.names(_unique(mine.loc[mine["role"].isin(roles), "org_id"]), own)

    return SimpleNamespace(
        record=own,
        type=facts.code("event_type", row.type, own),
        direction=row.direction,
        date=facts.date(row.date, own),
        inferred=row.basis in dates.OUR_READING,
        place=facts.name(row.place_id, own),
        country_only=row.place_precision == "country",
        topic=facts.text(row.topic, own),
        home=facts.names(home, own),
        partners=facts.names(_bodies(theirs, row), own),
        abroad=facts.names(row.partners, own),
        bodies=facts.number(len(row.partners), own),
        home_moved=bool(mine.loc[mine["org_id"].isin(corpus.members), "role"].isin(_MOVING).any()),
        outcome=facts.text(_outcome(row.event_id, corpus), own),
        donors=of("donor"),
        recipients=of("recipient"),
        home_people=facts.people(_pairs(ours), own),
        partner_people=facts.people(_pairs(theirs), own),
        seen=facts.names(
            _unique(mine.loc[mine["role"].eq("visited") & mine["org_id"].isin(corpus.members), "org_id"]), own
        ),
        visited=facts.names(
            _unique(mine.loc[mine["role"].isin(["host", "visited"]) & mine["org_id"].isin(row.partners), "org_id"]), own
        ),
        host=facts.names(
            _unique(mine.loc[(mine["role"] == "host") & mine["org_id"].isin(corpus.members), "org_id"]), own
        ),
        host_people=facts.people(_pairs(ours[ours["role"] == "host"]), own),
        inviter=facts.people(_pairs(ours[ours["role"] == "inviter"]), own),
        home_held=bool(mine.loc[mine["org_id"].isin(corpus.members), "role"].isin(["host", "organiser"]).any()),
        home_spoke=bool((ours["role"] == "speaker").any()),
        partner_spoke=bool((theirs["role"] == "speaker").any()),
        headcount=facts.number(int(headcount.iloc[0]), own) if len(headcount) else None,
        delegation=len(groups) > 0 and headcount.empty,
        series=facts.text(_series(row.event_id, corpus), own),
        days=_quantity(row.event_id, "days", corpus, own),
        weeks=_quantity(row.event_id, "weeks", corpus, own),
        subjects=facts.names(_subjects(row.event_id, corpus), own),
        parts=_parts(row.event_id, corpus),
        outputs=_outputs(row.event_id, corpus),
    )


def _outcome(event_id: str, corpus: Corpus) -> str | None:
    outcome = corpus.row("events", event_id)["outcome"]
    return None if pd.isna(outcome) else str(outcome)


def _bodies(theirs: pd.DataFrame, row: Any) -> tuple[str, ...]:
    named = tuple(org for org in row.partners if org in set(theirs["org_id"]))
    return named or row.partners


def _pairs(people: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """People with the body each came for, once each."""
    return tuple(dict.fromkeys(zip(people["party_id"], people["org_id"], strict=True)))


def _unique(column: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.dropna()))


def _series(event_id: str, corpus: Corpus) -> str | None:
    series = corpus.row("events", event_id)["series"]
    if pd.isna(series):
        return None
    return str(corpus.row("series", series)["name"])


def _quantity(event_id: str, measure: str, corpus: Corpus, own: tuple[RecordId, ...]) -> Fact | None:
    if measure == "days":
        days = corpus.row("events", event_id)["days"]
        return None if pd.isna(days) else facts.number(float(days), own)
    table = corpus["quantities"]
    rows = table[(table["record"] == "events") & (table["record_id"] == event_id) & (table["measure"] == measure)]
    return None if rows.empty else facts.number(float(rows.iloc[0]["best"]), own)


def _subjects(event_id: str, corpus: Corpus) -> tuple[str, ...]:
    parties = corpus["parties"]
    rows = parties[
        (parties["record"] == "events") & (parties["record_id"] == event_id) & (parties["role"] == "subject")
    ]
    return _unique(rows["party_id"])


def _parts(event_id: str, corpus: Corpus) -> list[tuple[Fact, Fact]]:
    """The kinds of part with their numbers; a kind told as several counts as two or more is
    left to its plural."""
    events = corpus["events"]
    told = set(corpus["outputs"]["event_id"])  # told by what came of them
    plain = (events["clarity"] == "single") & (events["type"] != "other") & ~events["event_id"].isin(told)
    rows = events[(events["part_of"] == event_id) & plain]
    order = list(corpus.vocabularies["event_type"])
    counts = Counter(rows["type"])
    return [
        (facts.number(counts[kind], own), facts.code("event_type", kind, own))
        for kind in sorted(counts, key=order.index)
        for own in [records("events", rows.loc[rows["type"] == kind, "event_id"])]
    ]


def _outputs(event_id: str, corpus: Corpus) -> list[SimpleNamespace]:
    events, outputs = corpus["events"], corpus["outputs"]
    inside = {event_id, *events.loc[events["part_of"] == event_id, "event_id"]}
    rows = outputs[outputs["event_id"].isin(inside)]
    return [
        SimpleNamespace(
            number=facts.number(len(of_kind), own),
            kind=facts.code("output_kind", kind, own),
            titles=[facts.text(title, own) for title in of_kind["title"]],
            donors=_donors(_unique(of_kind["event_id"]), corpus) if kind == "books" else None,
        )
        for kind, of_kind in rows.groupby("kind", sort=True)
        for own in [records("events", _unique(of_kind["event_id"]))]
    ]


def _donors(event_ids: tuple[str, ...], corpus: Corpus) -> Fact | None:
    """Who gave, at an only event; None where several events would mix givers up, or nobody is told."""
    takers = corpus.takers
    rows = takers[(takers["record"] == "events") & takers["record_id"].isin(event_ids) & takers["role"].eq("donor")]
    givers = _unique(rows["org_id"])
    return facts.names(givers, records("events", event_ids)) if len(event_ids) == 1 and givers else None


def kinds(rows: list[Any]) -> list[tuple[Fact, Fact]]:
    """Kinds of some exchanges with their numbers, the most frequent first."""
    counts = Counter(row.type for row in rows)
    return [
        (facts.number(number, own), facts.code("event_type", kind, own))
        for kind, number in counts.most_common()
        for own in [records("events", [row.event_id for row in rows if row.type == kind])]
    ]


_UNITS = (("day", 1.0, 92), ("month", 30.44, 1100), ("year", 365.25, 0))  # name, days, up to how many days


def span(low: Any, high: Any, own: tuple[RecordId, ...]) -> SimpleNamespace | None:
    """A time from so many to so many days in the unit that suits it, rounded outwards, for the macro *span*; None
    where an end is missing. Months and years differ in length: a day more or less makes none of them."""
    if pd.isna(low) or pd.isna(high):
        return None
    unit, days, _ = next(one for one in _UNITS if high <= one[2] or not one[2])
    slack = 1 if days > 1 else 0
    ends = (int((low + slack) // days), int(-(-(high - slack) // days)))
    return SimpleNamespace(unit=unit, number=facts.number(ends[0] if ends[0] == ends[1] else ends, own))


def chosen(rows: list[Any], most: int) -> tuple[list[Any], list[Any]]:
    """The exchanges to be told one by one, in their order, and the rest: those with one partner go before those in
    company, else the first before the later."""
    first = sorted(rows, key=lambda row: len(row.partners) > 1)[:most]
    told = {row.event_id for row in first}
    return [row for row in rows if row.event_id in told], [row for row in rows if row.event_id not in told]


def summed(rows: list[Any]) -> SimpleNamespace | None:
    """Facts of exchanges that are not told one by one, for the macro *summed*: how many, since when, of which kinds."""
    if not rows:
        return None
    dated = [row for row in rows if row.earliest]
    first = min(dated, key=lambda row: row.earliest, default=None)
    return SimpleNamespace(
        number=facts.number(len(rows), records("events", [row.event_id for row in rows])),
        first=facts.date(first.date, records("events", [first.event_id])) if first and len(rows) > 1 else None,
        kinds=kinds(rows),
    )
