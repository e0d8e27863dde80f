"""The headline numbers, each with its doubt, and why it is what it is.

`number` counts one of `MEASURES` over a selection; `Number.why` says what was counted, what was left out
and for which reason, and what would flip it. A measure is a function that looks at every record which
could be counted and gives its verdict: it counts, it may, or it does not, with a reason.

To add a measure, add a function that returns candidates, enter it in `MEASURES`, and add its word to
the word list *headline_figure*; a new reason goes into *left_out_reason* and `_FLIPS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import activity, evidence, flows
from workbench.analysis import agreements as agreed
from workbench.analysis._frames import frame, plain, remembered
from workbench.errors import UsageError, did_you_mean
from workbench.records import dates
from workbench.records.selection import Corpus

if TYPE_CHECKING:
    from workbench.prose.why import Explanation

# What would bring a record in that is left out for a reason; reasons without an entry are final.
_FLIPS = {
    "not_reviewed": "review", "outside_period": "reading", "postponed": "happened", "reported_only": "happened",
    "aggregate": "separate", "domestic": "abroad", "direction_unknown": "place", "no_instrument": "instrument",
    "not_met": "partner", "no_partner": "abroad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that could be counted. ``counts``: yes, no, None where nobody can say."""

    table: str
    id: str
    counts: bool | None
    reason: str = ""
    date: str | None = None
    partners: tuple[str, ...] = ()
    kind: str = ""
    assumed: bool = False
    behind: tuple[str, ...] = ()  # the records that make it count, where it is not one itself


@dataclass(frozen=True, repr=False)
class Number:
    """A count with its doubt: ``low`` is sure, ``high`` adds what nobody can say; ``records`` are behind ``high``."""

    measure: str
    candidates: tuple[Candidate, ...] = field(repr=False)
    corpus: Corpus = field(repr=False, compare=False)
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def low(self) -> int:
        return sum(one.counts is True for one in self.candidates)

    @property
    def high(self) -> int:
        return sum(one.counts is not False for one in self.candidates)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def records(self) -> tuple[str, ...]:
        return tuple(r for one in self.candidates if one.counts is not False for r in (one.behind or (one.id,)))

    def frame(self) -> pd.DataFrame:
        """Every candidate: table, id, counts (yes, no, missing: cannot say), reason, date, flips, records.

        ``flips`` are codes of the word list *flip*: what would change the verdict. Those that count come
        first, then those that may, then those left out by reason.
        """
        rows = [
            {"table": one.table, "id": one.id, "counts": one.counts, "reason": one.reason, "date": one.date,
             "flips": _flips(one, self.corpus), "records": one.behind or (one.id,)}
            for one in sorted(self.candidates, key=_order)
        ]  # fmt: skip
        columns = ["table", "id", "counts", "reason", "date", "flips", "records"]
        return frame(rows, columns).astype({"counts": "boolean"})

    def why(self, language: str = "en") -> Explanation:
        """What was counted, what was left out and why, and what would flip it: prints, and shows in a notebook."""
        from workbench.prose.why import explain

        return explain(self, language)

    def __repr__(self) -> str:
        return f"{self.measure}: {self}"

    def __str__(self) -> str:
        return str(self.low) if self.exact else f"{self.low}–{self.high}"


def number(
    corpus: Corpus, measure: str, *, partner: str = "", year: int | None = None, kind: str = "", country: str = ""
) -> Number:
    """One of the `MEASURES` of a selection, narrowed by a partner (id), year, kind of event or country (ISO 3166).

    ``year`` asks for what began in it (an agreement: its furthest step; a plan: the time planned for), whereas
    a selection of years also holds the agreements that stood then. What has no bounds may belong to
    any year. A date that nobody can place inside the year, or only on an assumption, makes the difference
    between ``low`` and ``high`` (codebook §3, rule 2). Raises `UsageError` for a measure or partner not known.
    """
    if measure not in MEASURES:
        hint = did_you_mean(measure, MEASURES) or "known: " + ", ".join(MEASURES)
        raise UsageError(f'There is no number "{measure}". {hint}')
    if partner and partner not in set(corpus["organisations"]["org_id"]):
        hint = did_you_mean(partner, set(corpus["organisations"]["org_id"])) or "it is in none of these records"
        raise UsageError(f'partner = "{partner}" is no body of this selection. {hint}')
    seats = corpus.country_of
    asked = {"partner": partner, "year": str(year or ""), "kind": kind, "country": country}
    told = tuple((k, v) for k, v in asked.items() if v)
    if measure in _GATHERED and told:  # what was met is gathered from the exchanges that are asked for
        exchanges = number(corpus, "exchanges", partner=partner, year=year, kind=kind, country=country)
        return Number(measure, tuple(_GATHERED[measure](corpus, list(exchanges.candidates))), corpus, told)
    kept = []
    for one in MEASURES[measure](corpus):
        with_them = not partner or partner in one.partners or one.id == partner
        there = not country or country in {seats.get(org) for org in (*one.partners, one.id)}
        if with_them and there and (not kind or one.kind == kind):
            kept.append(_in_year(one, year) if year else one)
    return Number(measure, tuple(one for one in kept if one.reason != "other_year"), corpus, told)


def headline(corpus: Corpus) -> pd.DataFrame:
    """All headline numbers of a selection: measure, low, high, records."""
    counted = [number(corpus, measure) for measure in MEASURES]
    rows = [{"measure": n.measure, "low": n.low, "high": n.high, "records": n.records} for n in counted]
    return frame(rows, ["measure", "low", "high", "records"]).astype({"low": "Int64", "high": "Int64"})


def _in_year(one: Candidate, year: int) -> Candidate:
    """The verdict on a candidate when only a year is asked for: it must have begun in it."""
    answer = began(one.date, one.assumed, year)
    if answer is False:
        return _with(one, False, "other_year")
    return _with(one, None, one.reason) if one.counts and answer is None else one


def began(text: str | None, assumed: bool, year: int) -> bool | None:
    """Did what has this date (EDTF) begin in the year: yes, no, None where nobody can say or it is assumed only."""
    date = dates.parse(text) if text else None
    years = date.start_years if date else ()
    first = date.start_earliest.year if date and date.start_earliest else year
    last = date.start_latest.year if date and date.start_latest else year
    if not first <= year <= last or (years and year not in years):
        return False
    return True if years == (year,) and not assumed else None


def _with(one: Candidate, counts: bool | None, reason: str) -> Candidate:
    return Candidate(one.table, one.id, counts, reason, one.date, one.partners, one.kind, one.assumed, one.behind)


def _order(one: Candidate) -> tuple[int, str, tuple[Any, ...], str]:
    rank = 0 if one.counts else 1 if one.counts is None else 2
    when = dates.parse(one.date).sort_key if one.date else (True, dt.date.max, dt.date.max, "")
    return rank, one.reason, when, one.id


def _flips(one: Candidate, corpus: Corpus) -> tuple[str, ...]:
    """What would change the verdict on a candidate."""
    if one.counts is None:
        return ("inside",)
    if one.counts is False:
        return (_FLIPS[one.reason],) if one.reason in _FLIPS else ()
    conflicts = corpus["conflicts"]
    own = conflicts[(conflicts["record_id"] == one.id) & conflicts["relation"].eq("contradicting")]
    real = corpus.witnesses_of(one.table, one.id)
    flips = {
        "outside": one.assumed and corpus.selection.period is not None,
        "realised": one.table == "plans",
        "activity": one.reason == "dormant",
        "decision": len(own) > 0,
        "witness": len(real) == 1 and one.table != "organisations",
    }
    return tuple(code for code, holds in flips.items() if holds)


# --- measures -----------------------------------------------------------------------------


@remembered
def _seen(corpus: Corpus) -> tuple[tuple[Candidate, str], ...]:
    """The topmost events of the home with their direction, and its parts of them."""
    found = []
    exchanges = flows.exchanges(corpus)
    for row in exchanges.itertuples():
        counts = (None if pd.isna(row.in_period) else True) if row.counted else False
        one = Candidate("events", row.event_id, counts, row.left_out, row.date, row.partners, row.type, row.assumed)
        found.append((one, row.direction))
    events = corpus["events"].set_index("event_id")
    left = flows.left_out(exchanges, corpus)
    for id in left.loc[left["reason"] == "part", "record_id"]:
        event = events.loc[id]
        date = plain(event["reading"]) or plain(event["edtf"])
        found.append((Candidate("events", id, False, "part", date, (), event["type"]), "part"))
    return tuple(found)


def _exchanges(corpus: Corpus) -> list[Candidate]:
    """The topmost events of the home, and its parts of them."""
    return [one for one, _ in _seen(corpus)]


def _moved(corpus: Corpus, direction: str) -> list[Candidate]:
    """The exchanges that went in a direction; those of which nobody knows who moved are left out."""
    kept = []
    for one, way in _seen(corpus):
        if way == "unknown" and one.counts is not False:
            kept.append(_with(one, False, "direction_unknown"))
        elif way == direction:
            kept.append(one)
    return kept


def _bodies(corpus: Corpus, exchanges: list[Candidate], libraries: bool = False) -> list[Candidate]:
    """The bodies abroad of some events: met in one that counts, in one that may, or in none that does."""
    kinds = dict(zip(corpus["organisations"]["org_id"], corpus["organisations"]["kind"], strict=True))
    verdicts: dict[str, list[Candidate]] = {}
    for one in exchanges:
        for org in one.partners:
            if not libraries or kinds.get(org) in flows.LIBRARY_KINDS:
                verdicts.setdefault(org, []).append(one)
    return [met("organisations", org, (org,), ones) for org, ones in sorted(verdicts.items())]


def _lands(corpus: Corpus, exchanges: list[Candidate]) -> list[Candidate]:
    """The countries and regions of the seats of bodies met."""
    country = corpus.country_of
    verdicts: dict[str, list[Candidate]] = {}
    for one in exchanges:
        for code in sorted({country[org] for org in one.partners if org in country}):
            verdicts.setdefault(code, []).append(one)
    return [met("country", code, (), ones) for code, ones in sorted(verdicts.items())]


def met(table: str, id: str, partners: tuple[str, ...], exchanges: list[Candidate]) -> Candidate:
    """A body or country counts as met if one of its exchanges counts, may if one may."""
    ranks = [one.counts for one in exchanges]
    counts = True if True in ranks else None if None in ranks else False
    behind = tuple(one.id for one in exchanges if one.counts is not False) if counts is not False else ()
    return Candidate(table, id, counts, "" if counts is not False else "not_met", None, partners, "", False,
                     behind or tuple(one.id for one in exchanges))  # fmt: skip


@remembered
def _agreements(corpus: Corpus) -> list[Candidate]:
    """The agreements of the home with bodies abroad: countable ones count (codebook §3, rules 5 and 18)."""
    exchanges = flows.exchanges(corpus)
    table = agreed.agreements(corpus, exchanges)
    own = set(agreed.of_the_home(table, corpus)["agreement_id"])
    reviewed = dict(zip(corpus["agreements"]["agreement_id"], corpus["agreements"]["curation"], strict=True))
    found = []
    for row in table.itertuples():
        inferred = row.basis in dates.OUR_READING
        reason = (
            "" if row.agreement_id in own
            else "not_reviewed" if reviewed[row.agreement_id] != "reviewed"
            else "tie_of_cities" if not set(row.home_parties) & corpus.members
            else "no_partner" if not row.partners and not row.as_printed
            else "no_instrument"
        )  # fmt: skip
        found.append(
            Candidate("agreements", row.agreement_id, not reason, reason, row.date, row.partners, row.kind, inferred)
        )
    children = corpus["agreements"][corpus["agreements"]["form"] == "child"]
    found += [Candidate("agreements", id, False, "child", None, (), "") for id in children["agreement_id"]]
    return found


def _dormant(corpus: Corpus) -> list[Candidate]:
    """The countable agreements of the home, dormant, possibly dormant, or active in the window."""
    own = {one.id: one for one in _agreements(corpus) if one.counts}
    rows = activity.dormant(corpus)
    others = [one for one in _agreements(corpus) if one.counts is False and one.id in set(rows["agreement_id"])]
    return others + [
        Candidate("agreements", row.agreement_id, None if pd.isna(row.dormant) else bool(row.dormant),
                  "active" if not pd.isna(row.dormant) and not row.dormant else "dormant",
                  own[row.agreement_id].date, row.partners, row.kind, bool(row.assumed))
        for row in rows.itertuples() if row.agreement_id in own
    ]  # fmt: skip


_waiting = remembered(agreed.open_plans)


def _plans(corpus: Corpus, overdue: bool = False) -> list[Candidate]:
    """The plans of the home with somebody abroad: open ones, or those whose time is past."""
    waiting = _waiting(corpus).set_index("plan_id")
    found = []
    for row in corpus.own("plans").itertuples():
        if row.plan_id not in waiting.index:
            reason = "realised" if not pd.isna(row.realised_by) or row.status == "realised" else "given_up"
            found.append(Candidate("plans", row.plan_id, False, reason, None, (), row.kind))
            continue
        plan = waiting.loc[row.plan_id]
        due: bool | None = True
        if overdue:
            timed = bool(plan["date"]) and not plan["recurring"]
            due = None if timed and pd.isna(plan["overdue"]) else timed and bool(plan["overdue"])
        counts = due if plan["partners"] else False
        reason = "not_due" if due is False else "" if plan["partners"] else "no_partner"
        found.append(Candidate("plans", row.plan_id, counts, reason, plan["date"], plan["partners"], row.kind))
    return found


def _single(corpus: Corpus) -> list[Candidate]:
    """The counted exchanges with one witness."""
    seen = evidence.witnesses(corpus)
    single = dict(zip(seen["record_id"], seen["single"], strict=True))
    return [
        one if single.get(one.id) else _with(one, False, "several_witnesses")
        for one in _exchanges(corpus) if one.counts is not False
    ]  # fmt: skip


MEASURES: dict[str, Callable[[Corpus], list[Candidate]]] = {
    "exchanges": _exchanges,
    "inbound": lambda corpus: _moved(corpus, "inbound"),
    "outbound": lambda corpus: _moved(corpus, "outbound"),
    "online": lambda corpus: _moved(corpus, "mutual"),
    "partners": lambda corpus: _bodies(corpus, _exchanges(corpus)),
    "partner_libraries": lambda corpus: _bodies(corpus, _exchanges(corpus), libraries=True),
    "countries": lambda corpus: _lands(corpus, _exchanges(corpus)),
    "agreements": _agreements,
    "dormant": _dormant,
    "open_plans": _plans,
    "overdue_plans": lambda corpus: _plans(corpus, overdue=True),
    "single_source": _single,
}
# Measures of what was met in exchanges: narrowed by narrowing these.
_GATHERED: dict[str, Callable[[Corpus, list[Candidate]], list[Candidate]]] = {
    "partners": _bodies,
    "partner_libraries": lambda corpus, exchanges: _bodies(corpus, exchanges, libraries=True),
    "countries": _lands,
}
# The word list of the kinds that a measure can be narrowed to.
KINDS = {"agreements": "agreement_kind", "dormant": "agreement_kind", "open_plans": "plan_kind",
         "overdue_plans": "plan_kind"}  # fmt: skip
