"""The facts of the overview's passages, gathered from the answers of `workbench.analysis`.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.analysis.agreements import of_the_home
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus

_LIST_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers an overview is written from; see the functions of `workbench.analysis`."""

    corpus: Corpus
    exchanges: pd.DataFrame
    partners: pd.DataFrame
    agreements: pd.DataFrame
    plans: pd.DataFrame
    claims: pd.DataFrame
    left_out: pd.DataFrame
    _by_event: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def home(self) -> Fact:
        return facts.name(self.corpus.selection.home.id)

    @property
    def counted(self) -> pd.DataFrame:
        return self.exchanges[self.exchanges["counted"]]

    @property
    def partner_plans(self) -> pd.DataFrame:
        """Open plans that somebody abroad shares."""
        return self.plans[self.plans["partners"].map(len) > 0]

    @property
    def own_agreements(self) -> pd.DataFrame:
        """Countable agreements of the home itself: its cities' are told, not counted."""
        return of_the_home(self.agreements, self.corpus)


def lead(answers: Answers) -> dict[str, Any]:
    """Facts of the headline paragraph and the four key figures."""
    counted = answers.counted
    ids = records("events", counted["event_id"])
    low = int(counted["in_period"].fillna(False).sum())

    def of(direction: str) -> Fact:
        rows = counted[counted["direction"] == direction]
        return facts.number(len(rows), records("events", rows["event_id"])) if len(rows) else facts.number(None)

    own = answers.own_agreements
    partners = tuple(dict.fromkeys(org for orgs in own["partners"] for org in orgs))
    agreement_ids = records("agreements", own["agreement_id"])
    plans = answers.partner_plans
    return {
        "home": answers.home,
        "exchanges": facts.number(_range(low, len(counted)), ids),
        "first": _first(counted),
        "last": _last(counted) if counted["latest"].notna().sum() > 1 else None,
        "inbound": of("inbound"),
        "outbound": of("outbound"),
        "online": of("mutual"),
        "elsewhere": of("unknown"),
        "assumed": facts.number(int(counted["assumed"].sum())),
        "agreements": facts.number(len(own), agreement_ids),
        "agreement_partners": facts.names(partners, agreement_ids),
        "plans": facts.number(len(plans), records("plans", plans["plan_id"])),
    }


def _range(low: int, high: int) -> int | tuple[int, int]:
    return high if low == high else (low, high)


def _first(counted: pd.DataFrame) -> Fact | None:
    """When the first exchange was: not before the earliest day of any, and not after the first
    day by which one surely was. In the words of one event where that event has both days."""
    rows = counted[counted["earliest"].notna() & counted["latest"].notna()]
    return _between(rows, rows["earliest"].min(), rows["latest"].min()) if len(rows) else None


def _last(counted: pd.DataFrame) -> Fact | None:
    """When the last exchange was, likewise."""
    rows = counted[counted["earliest"].notna() & counted["latest"].notna()]
    return _between(rows, rows["earliest"].max(), rows["latest"].max()) if len(rows) else None


def _between(rows: pd.DataFrame, first: Any, last: Any) -> Fact:
    one = rows[(rows["earliest"] == first) & (rows["latest"] == last)]
    if len(one):
        return facts.date(one.iloc[0]["date"], records("events", [one.iloc[0]["event_id"]]))
    if first.year == last.year:  # a year says it shorter, and no surer
        return facts.date(f"{first.year:04d}", records("events", rows.loc[rows["earliest"] == first, "event_id"]))
    either = rows[(rows["earliest"] == first) | (rows["latest"] == last)]
    return facts.date(f"[{first.isoformat()}..{last.isoformat()}]", records("events", either["event_id"]))


# --- one story a partner ------------------------------------------------------------------


def stories(answers: Answers) -> list[tuple[Fact, dict[str, Any]]]:
    """For each partner city (or body without a seat) its heading and the facts of its story.

    The partner met or agreed with first comes first; partners of plans only come last.
    """
    seats = _seats(answers.corpus)
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {"ties": [], "events": [], "plans": []})

    def keys(orgs: tuple[str, ...]) -> list[str]:
        return sorted({seats.get(org, org) for org in orgs})

    for row in answers.agreements.itertuples(index=False):
        for key in keys(row.partners):
            found[key]["ties"].append(row)
    for row in answers.counted.itertuples(index=False):
        if _is_gathering(row, seats):
            continue
        for key in [row.place_id] if row.direction == "outbound" else keys(row.partners) or [row.place_id]:
            found[key]["events"].append(row)
    for row in answers.partner_plans.itertuples(index=False):
        for key in keys(row.partners):
            found[key]["plans"].append(row)
    ordered = sorted(found, key=lambda key: (_first_seen(found[key]), key))
    return [(facts.name(key), _story(answers, found[key])) for key in ordered]


SEVERAL = 2  # an event with partners from more places is told once, not under each of them


def _is_gathering(row: Any, seats: dict[str, str]) -> bool:
    return len({seats.get(org, org) for org in row.partners}) > SEVERAL


def gatherings(answers: Answers, words: Words) -> list[tuple[str, dict[str, Any]]]:
    """Heading and facts of the passage about events with partners from many places, if there are any."""
    seats = _seats(answers.corpus)
    rows = [row for row in answers.counted.itertuples(index=False) if _is_gathering(row, seats)]
    events = [telling.event(row, answers.corpus) for row in rows]
    heading = words.phrase("overview/heading_gatherings")
    return [(heading, {"events": events})] if events else []


def _seats(corpus: Corpus) -> dict[str, str]:
    """The place abroad under which a body is told; a consulate in our own country goes by its name."""
    rows = corpus["organisations"].dropna(subset=["place_id"])
    country = dict(zip(corpus["places"]["place_id"], corpus["places"]["country"], strict=True))
    seats = dict(zip(rows["org_id"], rows["place_id"], strict=True))
    return {org: place for org, place in seats.items() if corpus.counts_abroad(country[place])}


def _first_seen(material: dict[str, list[Any]]) -> tuple[bool, str]:
    days = [row.latest.isoformat() for row in (*material["events"], *material["ties"]) if row.latest]
    return not days, min(days, default="")


def _story(answers: Answers, material: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        "ties": telling.ties(material["ties"]),
        "events": [telling.event(row, answers.corpus) for row in material["events"]],
        "plans": telling.plans(material["plans"]),
    }


# --- claims and counting ------------------------------------------------------------------


def claims(answers: Answers) -> list[dict[str, Any]]:
    """Facts of one passage a claim."""
    return [_claim(row, answers) for row in answers.claims.itertuples(index=False)]


def _claim(row: Any, answers: Answers) -> dict[str, Any]:
    own = records("claims", [row.claim_id])
    counted = None if pd.isna(row.on_record) else facts.number(int(row.on_record), own)
    inferred = bool(row.as_of and row.as_of.startswith("["))
    told_by = set(answers.corpus.sources_of("claims", [row.claim_id]))
    evidence = {
        source for table in ("events", "agreements") for source in answers.corpus.sources_of(table, row.records)
    }
    return {
        "publisher": facts.text(row.publisher, own),
        "own": row.party,
        "what": facts.text(row.what, own),
        "as_of": facts.date(row.as_of, own) if row.as_of else None,
        "as_of_inferred": inferred,
        "on_record": counted,
        "same": counted is not None and counted.value == row.best,
        "same_source": evidence <= told_by,
    }


def counting(answers: Answers, left_out: list[tuple[int, Fact]]) -> dict[str, Any]:
    """Facts of the paragraph that says how was counted and what was left out."""
    settings = answers.corpus.settings
    ids = records("events", answers.counted["event_id"])
    setting = (("settings", "abroad"),)
    by_reason = answers.left_out.groupby("reason")["record_id"].agg(list)
    reasons = [(facts.number(n, records("events", by_reason[reason.value[1]])), reason) for n, reason in left_out]
    general = answers.plans[answers.plans["partners"].map(len) == 0]
    general_ids = records("plans", general["plan_id"])
    return {
        "home": answers.home,
        "exchanges": facts.number(len(answers.counted), ids),
        "reasons": reasons,
        "regions": [facts.code("country", code, setting) for code in settings.regions],
        "regions_count": settings.regions_count,
        "country": facts.code("country", settings.home_country, setting),
        "general": facts.number(len(general), general_ids) if len(general) else None,
        "example": facts.text(general.iloc[0]["what"], general_ids) if len(general) else None,
    }


# --- tables -------------------------------------------------------------------------------


def agreement_rows(answers: Answers, words: Words) -> list[tuple[list[str], tuple[RecordId, ...]]]:
    """Cells of the table of agreements (what, with, on record, last exchange), and records."""
    rows = []
    for row in answers.agreements.itertuples(index=False):
        own = records("agreements", [row.agreement_id])
        kind = facts.code("agreement_kind", row.kind)
        what = words.label("agreement_kind", row.kind)
        if row.children:
            what = words.phrase("overview/agreement_group", kind=kind, children=facts.number(row.children))
        step = words.phrase("overview/agreement_undated")
        if row.step:
            inferred = row.basis in dates.OUR_READING
            code = facts.code("milestone_step", row.step)
            step = words.phrase("overview/agreement_step", step=code, date=facts.date(row.date), inferred=inferred)
        last = words.phrase("overview/no_partner")
        if row.last_event:
            event = answers.exchanges.set_index("event_id").loc[row.last_event]
            last = _when(event["date"], event["basis"], words)
            own += records("events", [row.last_event])
        parties = [words.name(org) for org in (*row.home_parties[:1], *row.partners)]
        if len(row.home_parties) > 1:
            parties = [words.name(org) for org in row.partners or row.home_parties]
        parties += row.as_printed
        rows.append(([what[:1].upper() + what[1:], words.grammar.listed(parties), step, last], own))
    return rows


def plan_rows(answers: Answers, words: Words) -> list[tuple[list[str], tuple[RecordId, ...]]]:
    """Cells of the table of open plans (voiced, what, with, how firmly, since then), and records."""
    rows = []
    for row in answers.partner_plans.itertuples(index=False):
        own = records("plans", [row.plan_id])
        if row.date:
            voiced = words.phrase("overview/plan_for", date=facts.date(row.date))
        else:
            voiced = _when(row.raised, row.raised_basis, words)
        state = words.phrase("overview/state_overdue" if telling.yes(row.overdue) else "overview/state_open")
        what = row.what or words.label("plan_kind", row.kind)
        partners = words.grammar.listed([words.name(org) for org in row.partners])
        rows.append(
            ([voiced, what[:1].upper() + what[1:], partners, words.label("plan_strength", row.strength), state], own)
        )
    return rows


def _when(text: str | None, basis: str | None, words: Words) -> str:
    if basis in dates.OUR_READING:
        return words.phrase("overview/plan_inferred", date=facts.date(text))
    return str(words.grammar.date(text))


AGREEMENT_COLUMNS = ("column_what", "column_with", "column_since", "column_last")
PLAN_COLUMNS = ("column_when", "column_what", "column_with", "column_strength", "column_state")


def key_figures(answers: Answers, words: Words) -> list[tuple[str, str, dict[str, Any]]]:
    """The four key figures: the number as printed, its passage, and the passage's facts."""
    counted = answers.counted
    low = int(counted["in_period"].fillna(False).sum())
    inbound, outbound = (int((counted["direction"] == way).sum()) for way in ("inbound", "outbound"))
    total = str(len(counted)) if low == len(counted) else f"{low}–{len(counted)}"
    assumed = facts.number(int(counted["assumed"].sum()))
    return [
        (total, "figure_exchanges", {"assumed": assumed}),
        (f"{inbound} : {outbound}", "figure_balance", {}),
        (str(len(answers.own_agreements)), "figure_agreements", {}),
        (str(len(answers.partner_plans)), "figure_plans", {}),
    ]
