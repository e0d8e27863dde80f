"""The facts of the overview's passages, gathered from the answers of `workbench.analysis`.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis import activity, briefing, numbers
from workbench.analysis.agreements import of_the_home
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.frames import span
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus
from workbench.records.text import capital

_NAMED = 3  # as many bodies are named in the headline, more are counted
_IN_FULL = 12  # partners whose story is told, the others stand in a table
_ROWS = 20  # rows of a table, the others are counted
_CARDS = 6  # claims that have a card, the others are counted


@dataclass(frozen=True)
class Answers:
    """The answers an overview is written from; see the functions of `workbench.analysis`."""

    corpus: Corpus
    exchanges: pd.DataFrame
    partners: pd.DataFrame
    agreements: pd.DataFrame
    plans: pd.DataFrame
    left_out: pd.DataFrame
    dormant: pd.DataFrame
    balance: pd.DataFrame
    verdicts: pd.DataFrame

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

    @property
    def today(self) -> bool:
        """Does the selection reach up to the as-of day? Only then can be said what has gone quiet."""
        return self.corpus.selection.period is None

    @property
    def limit(self) -> dt.date:
        """The first day of the months that count as of late (`activity.WINDOW`)."""
        return activity.months_before(self.corpus.selection.as_of, activity.WINDOW)


WINDOW = facts.number(activity.WINDOW)


# --- the headline -------------------------------------------------------------------------


def lead(answers: Answers) -> dict[str, Any]:
    """Facts of the headline: who the partners are, how alive it is, what is owed and open."""
    counted = answers.counted
    certain = counted["earliest"].map(lambda day: bool(day and day >= answers.limit)).astype(bool)
    possible = counted["latest"].map(lambda day: not day or day >= answers.limit).astype(bool)
    of_late = counted[certain]
    perhaps = set(_bodies(counted[possible]).value) - set(_bodies(of_late).value)
    met = _bodies(counted)
    period = answers.corpus.selection.period
    return {
        "home": answers.home,
        "window": WINDOW,
        "exchanges": facts.number(_range(counted), records("events", counted["event_id"])),
        "first": _first(counted),
        "since": _year_of_the_first(counted),
        "with_whom": met,
        "partners": facts.counted(numbers.number(answers.corpus, "partners")),
        "countries": facts.counted(numbers.number(answers.corpus, "countries")),
        "sole": met if len(met.value) == 1 else None,
        "often": _most_often(answers.partners),
        "period": facts.date(period.text) if period and not answers.today else None,
        "late": _bodies(of_late),
        "perhaps_late": bool(perhaps) or (possible.any() and of_late.empty),
        "late_number": facts.number(len(_bodies(of_late)), records("events", of_late["event_id"])),
        "named": _NAMED,
        **_agreed(answers),
        **_owed(answers),
        **_open(answers),
    }


def _bodies(rows: pd.DataFrame) -> Fact:
    orgs = dict.fromkeys(org for orgs in rows["partners"] for org in orgs)
    return facts.names(orgs, records("events", rows["event_id"]))


def _most_often(partners: pd.DataFrame) -> Fact:
    """The bodies met most often, where that is more than once and they are few."""
    met = partners["events"].map(len)
    top = partners[met.eq(met.max()) & met.gt(1)]
    ids = dict.fromkeys(id for ids in top["events"] for id in ids)
    return facts.names(tuple(top["org_id"]) if len(top) <= _NAMED else (), records("events", ids))


def _agreed(answers: Answers) -> dict[str, Any]:
    """The agreements of the home, and which of them sleep."""
    own = answers.own_agreements
    state = answers.dormant.set_index("agreement_id")["dormant"]
    asleep = own["agreement_id"].map(lambda id: state.get(id, pd.NA)).astype("boolean")
    sleeping, awake = own[asleep.fillna(False)], own[(~asleep).fillna(False)]

    def of(rows: pd.DataFrame) -> tuple[Fact, Fact]:
        ids = records("agreements", rows["agreement_id"])
        orgs = dict.fromkeys(org for orgs in rows["partners"] for org in orgs)
        known = all(map(len, rows["partners"])) and 0 < len(orgs) <= _NAMED + 1
        return facts.number(len(rows), ids), facts.names(orgs if known else (), ids)

    unsure = own[~own["agreement_id"].isin([*sleeping["agreement_id"], *awake["agreement_id"]])]
    return {"agreements": of(own), "sleeping": of(sleeping), "awake": of(awake), "unsure": of(unsure)}


def _owed(answers: Answers) -> dict[str, Any]:
    """Who came and was not visited: no visit of ours is on record, not even in passing."""
    table = answers.balance
    told = _returned_in_passing(answers)
    owed = table[(table["inbound"] > 0) & (table["outbound"] == 0) & ~table["partner"].isin(told)]
    most = owed[owed["inbound"] == owed["inbound"].max()]
    own = records("events", (id for ids in owed["records"] for id in ids if id in set(answers.exchanges["event_id"])))
    often = most.iloc[0] if len(most) == 1 and most["inbound"].iloc[0] > 1 and len(owed) > 1 else None
    return {
        "owed": facts.number(len(owed), own),
        "owed_to": facts.names(tuple(owed["partner"]) if len(owed) <= _NAMED else (), own),
        "owed_most": None if often is None else facts.name(often["partner"], own),
        "owed_times": None if often is None else facts.number(int(often["inbound"]), own),
    }


def _returned_in_passing(answers: Answers) -> dict[str, tuple[str, ...]]:
    """For each partner our journeys to it that are told and not counted."""
    rows = answers.exchanges
    rows = rows[~rows["counted"] & rows["direction"].eq("outbound") & ~rows["left_out"].isin(["cancelled", "domestic"])]
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.itertuples():
        for org in row.partners:
            found[org] = (*found.get(org, ()), row.event_id)
    return found


def _open(answers: Answers) -> dict[str, Any]:
    plans = answers.partner_plans
    late = plans[plans["overdue"].fillna(False)]
    return {
        "plans": facts.number(len(plans), records("plans", plans["plan_id"])),
        "overdue": facts.number(len(late), records("plans", late["plan_id"])),
    }


def _range(counted: pd.DataFrame) -> int | tuple[int, int]:
    low = int(counted["in_period"].fillna(False).sum())
    return len(counted) if low == len(counted) else (low, len(counted))


def _year_of_the_first(counted: pd.DataFrame) -> Fact | None:
    """The year of the first exchange, where it is known."""
    first = _first(counted)
    date = dates.parse(first.value) if first else None
    if date is None or date.earliest is None or date.latest is None or len(date.start_years) != 1:
        return None
    return facts.date(f"{date.start_years[0]:04d}", first.records if first else ())


def _first(counted: pd.DataFrame) -> Fact | None:
    """When the first exchange was: not before the earliest day of any, and not after the first
    day by which one surely was. In the words of one event where that event has both days."""
    rows = counted[counted["earliest"].notna() & counted["latest"].notna()]
    return _between(rows, rows["earliest"].min(), rows["latest"].min()) if len(rows) else None


def _between(rows: pd.DataFrame, first: Any, last: Any) -> Fact:
    one = rows[(rows["earliest"] == first) & (rows["latest"] == last)]
    if len(one):
        return facts.date(one.iloc[0]["date"], records("events", [one.iloc[0]["event_id"]]))
    if first.year == last.year:  # a year says it shorter, and no surer
        return facts.date(f"{first.year:04d}", records("events", rows.loc[rows["earliest"] == first, "event_id"]))
    either = rows[(rows["earliest"] == first) | (rows["latest"] == last)]
    return facts.date(f"[{first.isoformat()}..{last.isoformat()}]", records("events", either["event_id"]))


def key_figures(answers: Answers) -> list[tuple[str, str, dict[str, Any]]]:
    """The four key figures: the number as printed, its passage, and the passage's facts."""
    counted = answers.counted
    count = _range(counted)
    ways = counted["direction"].value_counts()
    single = numbers.number(answers.corpus, "single_source")
    plans = answers.partner_plans
    return [
        (span(*count) if isinstance(count, tuple) else str(count), "figure_exchanges",
         {"single_source": facts.number(single.high), "assumed": facts.number(int(counted["assumed"].sum()))}),
        (f"{ways.get('inbound', 0)} : {ways.get('outbound', 0)}", "figure_balance",
         {"online": facts.number(int(ways.get("mutual", 0)))}),
        (str(len(answers.own_agreements)), "figure_agreements", _claimed_agreements(answers)),
        (str(len(plans)), "figure_plans", {"overdue": _open(answers)["overdue"]}),
    ]  # fmt: skip


def _claimed_agreements(answers: Answers) -> dict[str, Any]:
    """How many agreements a source says that the home has, where that is more than are on record; what is said of one
    of several libraries is not laid on all."""
    table = answers.verdicts
    more = table[table["measure"].eq("agreements") & table["missing_low"].fillna(0).gt(0)]
    more = more[more["subject"].eq(answers.home.value)].sort_values("missing_low", ascending=False)
    if more.empty:
        return {"claimed": None}
    row = more.iloc[0]
    own = records("claims", [row["claim_id"]])
    claimed = int(row["on_record"] + row["missing_low"])
    told_by = telling.publisher(answers.corpus, row["claim_id"], row["publisher"])
    return {"claimed": facts.number(claimed, own), "publisher": told_by}


# --- one story a partner ------------------------------------------------------------------


@dataclass
class _Partner:
    """What is on record with the bodies of one place abroad, or with a body without a seat."""

    key: str
    ties: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    shared: list[Any] = field(default_factory=list)  # events with partners from many places
    plans: list[Any] = field(default_factory=list)

    @property
    def met(self) -> list[Any]:
        return [*self.events, *self.shared]

    @property
    def last(self) -> dt.date | None:
        """The latest possible day of the last exchange or step of a tie; None where an exchange has no last day."""
        days = [row.latest for row in self.met]
        return None if None in days else max([*days, *(row.latest for row in self.ties if row.latest)], default=None)

    def weight(self, own: frozenset[str]) -> int:
        """How much the relation weighs: exchanges and agreements of the home's own twice."""
        agreed = sum(row.agreement_id in own for row in self.ties)
        others = [len(self.ties) - agreed, len(self.shared), len(self.plans)]
        return 2 * (len(self.events) + agreed) + sum(min(number, 2) for number in others)


def _partners(answers: Answers) -> list[_Partner]:
    """The partners, the weightiest first; of equal weight the one met last."""
    seats = _seats(answers.corpus)
    found: dict[str, _Partner] = {}

    def at(orgs: Iterable[str]) -> list[_Partner]:
        return [found.setdefault(key, _Partner(key)) for key in sorted({seats.get(org, org) for org in orgs})]

    for row in answers.agreements.itertuples(index=False):
        for one in at(row.partners):
            one.ties.append(row)
    for row in answers.counted.itertuples(index=False):
        for one in at(row.partners or [row.place_id]):
            (one.shared if _is_gathering(row, seats) else one.events).append(row)
    for row in answers.partner_plans.itertuples(index=False):
        for one in at(row.partners):
            one.plans.append(row)
    own = frozenset(answers.own_agreements["agreement_id"])
    return sorted(found.values(), key=lambda one: (-one.weight(own), -(one.last or dt.date.min).toordinal(), one.key))


def stories(answers: Answers) -> list[tuple[Fact, dict[str, Any]]]:
    """For each of the weightiest partner cities (or bodies without a seat) its heading and the facts of its story."""
    return [(facts.name(one.key), _story(answers, one)) for one in _told_in_full(answers)]


def _told_in_full(answers: Answers) -> list[_Partner]:
    return [one for one in _partners(answers) if one.ties or one.events or one.plans][:_IN_FULL]


def _story(answers: Answers, one: _Partner) -> dict[str, Any]:
    return {
        "history": _history(answers, one),
        "shared": _shared(one, answers.corpus),
        "standing": _standing(answers, one),
        "plans": telling.plans(one.plans),
    }


def _history(answers: Answers, one: _Partner) -> list[tuple[SimpleNamespace | None, SimpleNamespace | None]]:
    """Ties and events, each as (tie, nothing) or (nothing, event), in order of date, what has none last."""
    told: list[tuple[SimpleNamespace | None, SimpleNamespace | None]] = []
    told += [(tie, None) for tie in telling.ties(one.ties)]
    told += [(None, telling.event(row, answers.corpus)) for row in one.events]
    told.sort(key=lambda pair: _order((pair[0] or pair[1]).date.value))  # type: ignore[union-attr]
    for before, (tie, _) in itertools.pairwise([(None, None), *told]):
        if tie:  # "they" are those of the sentence before
            tie.again = before[0] is not None and telling.same_bodies(before[0], tie)
    return told


def _order(text: str | None) -> tuple[bool, Any]:
    return (False, dates.parse(text).sort_key) if text else (True, ())


def _shared(one: _Partner, corpus: Corpus) -> list[SimpleNamespace]:
    """Events with partners from many places, those of one series with the same bodies from here together."""
    seats = _seats(corpus)
    found: dict[Any, list[SimpleNamespace]] = defaultdict(list)
    for row in one.shared:
        mine = tuple(org for org in row.partners if seats.get(org, org) == one.key)
        event = telling.event(row, corpus)
        found[mine, event.series.value or event.type.value, event.home_moved].append(event)
    return [
        SimpleNamespace(
            event=events[0],
            who=facts.names(mine, [id for event in events for id in event.record]),
            dates=[event.date for event in events],
        )
        for (mine, *_), events in found.items()
    ]


def _standing(answers: Answers, one: _Partner) -> SimpleNamespace:
    """What the records come to: who visited whom, whether it has gone quiet."""
    seats = _seats(answers.corpus)
    here = answers.balance["partner"].map(lambda org: seats.get(org, org) == one.key).astype(bool)
    mine = answers.balance[here]
    told = _returned_in_passing(answers)
    passing = [id for org in mine["partner"] for id in told.get(org, ())]
    moved = records("events", (row.event_id for row in one.events if row.direction in ("inbound", "outbound")))
    met = records("events", (row.event_id for row in one.met))
    own = {row.agreement_id for row in answers.own_agreements.itertuples()}
    everything = records("agreements", (row.agreement_id for row in one.ties)) + records(
        "plans", (row.plan_id for row in one.plans)
    )
    last = one.last
    quiet = answers.today and bool(one.met) and last is not None and last < answers.limit
    return SimpleNamespace(
        inbound=facts.number(int(mine["inbound"].sum()), moved),
        outbound=facts.number(int(mine["outbound"].sum()), moved),
        passing=facts.number(len(passing), records("events", passing)) if passing else None,
        quiet=facts.date(f"{last.year:04d}", met) if quiet and last else None,
        agreed=any(row.agreement_id in own for row in one.ties),
        late=facts.number(activity.WINDOW, met)
        if answers.today and any(row.earliest and row.earliest >= answers.limit for row in one.met)
        else None,
        never=facts.name(one.key, everything) if answers.today and not one.met else None,
    )


REST_COLUMNS = ("column_partner", "column_exchanges", "column_last", "column_open")


def rest_rows(answers: Answers, words: Words) -> list[tuple[list[str], tuple[RecordId, ...]]]:
    """Cells of the table of partners whose story is not told: who, exchanges, the last one, open plans; and records."""
    told = {one.key for one in _told_in_full(answers)}
    rows = []
    for one in [one for one in _partners(answers) if one.key not in told and not _only_shared(one)][:_ROWS]:
        dated = max((row for row in one.met if row.latest), key=lambda row: row.latest, default=None)
        last = _when(dated.date, dated.basis, words) if dated else words.phrase("overview/no_partner")
        own = (
            *records("events", (row.event_id for row in one.met)),
            *records("agreements", (row.agreement_id for row in one.ties)),
            *records("plans", (row.plan_id for row in one.plans)),
        )
        rows.append(([words.name(one.key), str(len(one.met)), last, str(len(one.plans))], own))
    return rows


def _only_shared(one: _Partner) -> bool:
    """Is it known from events with many partners alone, which are told as such?"""
    return not (one.ties or one.events or one.plans)


SEVERAL = 2  # an event with partners from more places is told once, not under each of them


def _is_gathering(row: Any, seats: dict[str, str]) -> bool:
    return len({seats.get(org, org) for org in row.partners}) > SEVERAL


def gatherings(answers: Answers) -> dict[str, Any]:
    """Facts of the passage about events with partners from many places: the latest of them, and how many more."""
    seats = _seats(answers.corpus)
    rows = [row for row in answers.counted.itertuples(index=False) if _is_gathering(row, seats)]
    kept, earlier = rows[-_CARDS:], rows[:-_CARDS]
    more = facts.number(len(earlier), records("events", (row.event_id for row in earlier))) if earlier else None
    return {"events": [telling.event(row, answers.corpus) for row in kept], "more": more}


def _seats(corpus: Corpus) -> dict[str, str]:
    """The place abroad under which a body is told; a consulate in our own country goes by its name."""
    rows = corpus["organisations"].dropna(subset=["place_id"])
    country = dict(zip(corpus["places"]["place_id"], corpus["places"]["country"], strict=True))
    seats = dict(zip(rows["org_id"], rows["place_id"], strict=True))
    return {org: place for org, place in seats.items() if corpus.counts_abroad(country[place])}


# --- spread over countries and years ------------------------------------------------------


def spread(answers: Answers, countries: pd.DataFrame, years: pd.DataFrame) -> dict[str, Any]:
    """Facts of the passage beside the charts by country (`spread.by_country`) and by year (`spread.per_year`)."""
    total = countries[countries["year"].isna() & countries["country"].notna() & countries["high"].gt(0)]
    many = countries[countries["year"].isna() & countries["country"].isna() & countries["high"].gt(0)]
    top = total[total["high"] == total["high"].max()]
    busiest = years[years["high"] == years["high"].max()]
    empty = years[years["high"] == 0]
    all_of_them = records("events", answers.counted["event_id"])
    return {
        "countries": [
            facts.code("country", row.country, records("events", row.events)) for row in top.itertuples()
        ] if 0 < len(top) <= _NAMED and len(total) > len(top) else [],
        "most": facts.number(_pair(top), records("events", _ids(top))) if len(top) else None,
        "regions": _regions(total),
        "in_all": facts.number(len(total), records("events", _ids(total))),
        "many": facts.number(_pair(many), records("events", _ids(many))) if len(many) else None,
        "year": facts.date(f"{int(busiest['year'].iloc[0]):04d}", records("events", _ids(busiest)))
        if len(busiest) == 1 and len(years) > 1 else None,
        "in_year": facts.number(_pair(busiest), records("events", _ids(busiest))) if len(busiest) == 1 else None,
        "sources": facts.number(int(busiest["sources"].sum())) if len(busiest) == 1 else None,
        "empty": [facts.date(f"{int(year):04d}", all_of_them) for year in empty["year"]]
        if len(empty) <= _NAMED else [],
        "gaps": facts.number(len(empty), all_of_them) if len(empty) else None,
    }  # fmt: skip


def _pair(rows: pd.DataFrame) -> int | tuple[int, int]:
    low, high = int(rows["low"].iloc[0]), int(rows["high"].iloc[0])
    return high if low == high else (low, high)


def _ids(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for ids in rows["events"] for id in ids))


def _regions(total: pd.DataFrame) -> list[tuple[Fact, Fact]]:
    """Parts of the world with the number of countries met there, the most first; none where all lie in one."""
    found = []
    for region, rows in total.groupby("region", sort=True):
        own = records("events", _ids(rows))
        found.append((facts.number(len(rows), own), facts.code("world_region", str(region), own)))
    found.sort(key=lambda pair: -pair[0].value)
    return found if len(found) > 1 else []


# --- may we say it? -----------------------------------------------------------------------


def cards(answers: Answers) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any]]:
    """The verdict and the facts of a card for each of the most useful claims, and the facts about the others.

    Useful first: what the home says of itself and the records can count; then the latest.
    """
    rows = list(answers.verdicts.itertuples(index=False))
    rows.sort(key=lambda row: _usefulness(row, answers.corpus))
    rest = records("claims", (row.claim_id for row in rows[_CARDS:]))
    return [(row.verdict, claim(row, answers)) for row in rows[:_CARDS]], {"more": facts.number(len(rest), rest)}


def _usefulness(row: Any, corpus: Corpus) -> tuple[bool, bool, int, str]:
    last = dates.parse(row.as_of).latest if row.as_of else None
    return pd.isna(row.on_record), row.subject not in corpus.members, -(last or dt.date.min).toordinal(), row.claim_id


def claim(row: Any, answers: Answers) -> dict[str, Any]:
    """Facts about one row of `analysis.claims.verdicts`."""
    own = records("claims", [row.claim_id])
    behind = own + tuple(_tabled(answers.corpus, row.records))
    known = not pd.isna(row.on_record)
    return {
        "home": answers.home,
        "subject": facts.name(row.subject, own),
        "measure": facts.code("claim_measure", row.measure, own),
        "publisher": telling.publisher(answers.corpus, own[0][1], row.publisher),
        "what": facts.text(row.what, own),
        "as_of": facts.date(row.as_of, own) if row.as_of else None,
        "on_record": facts.number(int(row.on_record), behind) if known else None,
        "as_many": known and row.missing_low == 0,
        "caveats": list(row.caveats),
        "verdict": row.verdict,
    }


def _tabled(corpus: Corpus, ids: Iterable[str]) -> Iterable[RecordId]:
    """Those of some ids that are events or agreements, with their tables."""
    for table, key in (("events", "event_id"), ("agreements", "agreement_id")):
        known = set(corpus[table][key])
        yield from records(table, (id for id in ids if id in known))


def year_card(answers: Answers, years: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """The verdict and the facts of what may be said of the last year that surely had an exchange (question 24)."""
    held = years[(years["low"] > 0) & (years["year"] <= answers.corpus.selection.as_of.year)]
    if held.empty:
        return []
    year = int(held["year"].max())
    said = briefing.year_in_a_sentence(answers.corpus, year).set_index("measure")
    own = records("events", said.loc["exchanges", "records"])

    def of(measure: str) -> Fact:
        low, high = int(said.loc[measure, "low"]), int(said.loc[measure, "high"])
        return facts.number(high if low == high else (low, high), own)

    single = int(said.loc["exchanges", "single"])
    firm = said.loc["exchanges", "low"] == said.loc["exchanges", "high"]
    values = {
        "home": answers.home,
        "year": facts.date(f"{year:04d}", own),
        **{measure: of(measure) for measure in ("exchanges", "inbound", "outbound", "online", "partners", "countries")},
        "with_whom": _bodies(answers.counted[answers.counted["event_id"].isin(said.loc["exchanges", "records"])]),
        "single_source": facts.number(single, own),
        "firm": firm,
        "named": _NAMED,
    }
    return [("say" if firm and not single else "say_with_caveat", values)]


def silent_year(answers: Answers) -> dict[str, Any]:
    """Facts for the note on a year of the as-of day without any exchange; empty where there is one, or where the
    selection does not reach up to that day."""
    day = answers.corpus.selection.as_of
    if not answers.today or numbers.number(answers.corpus, "exchanges", year=day.year).high:
        return {}
    return {"home": answers.home, "year": facts.date(f"{day.year:04d}"), "day": facts.date(day.isoformat())}


# --- how it was counted -------------------------------------------------------------------


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
        "example": telling.what(next(general.itertuples())) if len(general) else None,
    }


# --- tables -------------------------------------------------------------------------------

Row = tuple[list[str], tuple[RecordId, ...]]
AGREEMENT_COLUMNS = ("column_with", "column_what", "column_since", "column_last", "column_activity")
PLAN_COLUMNS = ("column_when", "column_what", "column_with", "column_strength", "column_state")


def agreement_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of the home's own agreements (with, what, on record, last exchange, activity), and records."""
    state = answers.dormant.set_index("agreement_id")["dormant"]
    rows: list[Row] = []
    for row in answers.own_agreements.head(_ROWS).itertuples(index=False):
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
        asleep = state.get(row.agreement_id)
        code_of = "unsure" if pd.isna(asleep) else "dormant" if asleep else "active"
        parties = [*(words.name(org) for org in row.partners), *row.as_printed]
        cells = [words.grammar.listed(parties), capital(what), step, last, words.phrase(f"overview/activity_{code_of}")]
        rows.append((cells if answers.today else cells[:-1], own))
    return rows


def agreement_columns(answers: Answers) -> tuple[str, ...]:
    """The heads of the table of agreements; whether one sleeps is only said up to the as-of day."""
    return AGREEMENT_COLUMNS if answers.today else AGREEMENT_COLUMNS[:-1]


def beside(answers: Answers) -> dict[str, Any]:
    """Facts about the ties that are told and not counted, and about rows that the table has no room for."""
    own = answers.own_agreements
    others = answers.agreements[~answers.agreements["agreement_id"].isin(own["agreement_id"])]
    more = own.iloc[_ROWS:]
    cities = others[others["level"] == "city"]
    rest = others[others["level"] != "city"]

    def of(rows: pd.DataFrame) -> Fact:
        return facts.number(len(rows), records("agreements", rows["agreement_id"]))

    return {"cities": of(cities), "others": of(rest), "more": of(more), "window": WINDOW}


def plan_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of open plans, oldest first: voiced, what, with, how firmly, since then; and records.

    What was voiced with the same partners at the same time and has no time of its own shares a row.
    """
    return [_plan_row(group, words) for group in _plan_groups(answers)[:_ROWS]]


def plans_left(answers: Answers) -> dict[str, Any]:
    """Facts about the open plans that the table has no room for."""
    left = [row.plan_id for group in _plan_groups(answers)[_ROWS:] for row in group]
    return {"more": facts.number(len(left), records("plans", left))}


def _plan_groups(answers: Answers) -> list[list[Any]]:
    seats = _seats(answers.corpus)
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in answers.partner_plans.itertuples(index=False):
        where = tuple(sorted({seats.get(org, org) for org in row.partners}))
        groups[row.plan_id if row.date else (row.raised, row.raised_basis, where)].append(row)
    return list(groups.values())


def _plan_row(group: list[Any], words: Words) -> Row:
    first = group[0]
    own = records("plans", (row.plan_id for row in group))
    if first.date:
        voiced = words.phrase("overview/plan_for", date=facts.date(first.date))
    else:
        voiced = _when(first.raised, first.raised_basis, words)
    overdue = any(telling.yes(row.overdue) for row in group)
    state = words.phrase("overview/state_overdue" if overdue else "overview/state_open")
    what = [words.text(row.what) if row.what else words.label("plan_kind", row.kind) for row in group]
    partners = [words.name(org) for org in dict.fromkeys(org for row in group for org in row.partners)]
    firmly = [words.label("plan_strength", code) for code in dict.fromkeys(row.strength for row in group)]
    listed = words.grammar.listed
    return [voiced, capital(listed(what)), listed(partners), listed(firmly), state], own


def _when(text: str | None, basis: str | None, words: Words) -> str:
    if basis in dates.OUR_READING:
        return words.phrase("common/read_by_us", date=facts.date(text))
    return str(words.grammar.date(text))
