"""The facts of the partner page: what to know, on one page, before tomorrow's visit.

No words here: only which values a passage needs and which records they come from. What finds no room on
the page is counted, and said to be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis import briefing
from workbench.errors import UsageError
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, records
from workbench.records import dates
from workbench.records.selection import Corpus

MOST_EVENTS, MOST_PLANS, MOST_PEOPLE, MOST_CLAIMS, MOST_CAVEATS = 4, 6, 5, 2, 2
_SETTLED = 30  # days: a shorter lead time tells nothing


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers a page is written from: see the functions of `workbench.analysis`. ``page`` says which partner it
    is on."""

    corpus: Corpus
    exchanges: pd.DataFrame
    agreements: pd.DataFrame
    plans: pd.DataFrame
    page: pd.DataFrame
    balance: pd.DataFrame
    lead_times: pd.DataFrame
    claims: pd.DataFrame
    witnesses: pd.DataFrame

    def theirs(self, table: pd.DataFrame) -> list[Any]:
        """The rows of an answer that concern the partner."""
        column = "partners" if "partners" in table else "partner"
        mine = [self.partner == one or self.partner in one for one in table[column]]
        return list(table.loc[mine].itertuples(index=False))

    @property
    def partner(self) -> str:
        """The body that the page is on. Raises `UsageError` where none is asked for and none was met."""
        if not self.page.attrs["partner"]:
            raise UsageError('partner = "": the records hold no exchange with a body abroad; name a partner.')
        return str(self.page.attrs["partner"])

    @property
    def met(self) -> list[Any]:
        """The counted exchanges with the partner, the last one first; those without a date at the end."""
        rows = [row for row in self.theirs(self.exchanges) if row.counted]
        return sorted(rows, key=lambda row: (row.latest is None, -row.latest.toordinal() if row.latest else 0))

    @property
    def ties(self) -> list[Any]:
        """What binds home and partner, with the ties of their cities, in order of time."""
        seats = self.corpus["organisations"].set_index("org_id")["place_id"].dropna()
        city = {org for org in seats.index if seats[org] == seats.get(self.partner)}
        return [row for row in self.agreements.itertuples(index=False)
                if self.partner in row.partners or (row.level == "city" and city & set(row.partners))]  # fmt: skip

    @property
    def known(self) -> dict[str, Fact]:
        """What every passage may name."""
        return {"home": facts.name(self.corpus.selection.home.id), "partner": facts.name(self.partner)}


# --- who they are, and where things stand -----------------------------------------------------


def lead(answers: Answers) -> dict[str, Any]:
    """Facts of the headline: who the partner is, how often and when last met, what is open."""
    met, plans = answers.met, answers.theirs(answers.plans)
    own = [row for row in answers.ties if answers.partner in row.partners]
    named = [row for row in answers.theirs(answers.exchanges) if not row.counted]
    overdue = [row for row in plans if telling.yes(row.overdue)]
    last = met[0] if met and met[0].latest else None
    return answers.known | _identity(answers) | {
        "exchanges": facts.number(len(met), records("events", [row.event_id for row in met])) if met else None,
        "last": _dated(last) if last else None,
        "ties": telling.ties(own)[-1:] if not met else [],
        "named": telling.kinds(named),
        "open": _number("plans", [row.plan_id for row in plans]),
        "overdue": _number("plans", [row.plan_id for row in overdue]),
    }  # fmt: skip


def _identity(answers: Answers) -> dict[str, Any]:
    """Kind, city and country of the partner, as far as the register has them."""
    corpus = answers.corpus
    body = corpus["organisations"].set_index("org_id").loc[answers.partner]
    place, country = body["place_id"], corpus.country_of.get(answers.partner)
    seat = corpus["places"].set_index("place_id").loc[place] if not pd.isna(place) else None
    alone = seat is None or body["kind"] == "government" or _is_land(corpus, place, seat["country"])
    if seat is not None and seat["country"] != country:  # a mission stands elsewhere than in its country
        country = None
    return {
        "kind": facts.code("organisation_kind", body["kind"]),
        "city": None if alone else facts.name(place),
        "country": facts.code("country", country) if country else None,
    }


def _is_land(corpus: Corpus, place: str, country: str) -> bool:
    """Is a place a country or region itself, with the same name?"""
    return bool(corpus.name(place, "en") == corpus.label("country", country, "en"))


def _number(table: str, ids: list[str]) -> Fact | None:
    return facts.number(len(ids), records(table, ids)) if ids else None


def _dated(row: Any) -> SimpleNamespace:
    return SimpleNamespace(
        date=facts.date(row.date, records("events", [row.event_id])), inferred=row.basis in dates.OUR_READING
    )


# --- what binds, what happened, whose turn ------------------------------------------------------


def ties(answers: Answers) -> dict[str, Any]:
    """Facts of what binds the two, and of how long it took where that tells something."""
    times = {row.agreement_id: row for row in answers.theirs(answers.lead_times)}
    row = next(iter(times.values()), None)
    own = records("agreements", [row.agreement_id]) if row else ()
    before, after = None, None
    if row and row.to_agreement_low > _SETTLED:
        before = telling.span(row.to_agreement_low, row.to_agreement_high, own + _of(answers, row.contact))
    if row and not pd.isna(row.to_exchange_low) and row.to_exchange_low > _SETTLED:
        after = telling.span(row.to_exchange_low, row.to_exchange_high, own + records("events", [row.exchange]))
    met = any(row.counted for row in answers.theirs(answers.exchanges))
    return answers.known | {
        "ties": telling.ties(answers.ties),
        "before": before,
        "after": after,
        "nothing_since": facts.name(answers.partner, own) if row and row.exchange is None and met else None,
    }


def _of(answers: Answers, id: str) -> tuple[tuple[str, str], ...]:
    """The reference of a record that is an event or an agreement."""
    return records("events" if id in set(answers.exchanges["event_id"]) else "agreements", [id])


def history(answers: Answers) -> dict[str, Any]:
    """Facts of what happened: the exchanges worth telling, the last one first, and what came before in sum.

    Told are those with the partner alone before those in company, each the latest first.
    """
    met = answers.met
    chosen, rest = telling.chosen(met, MOST_EVENTS)
    events = [_event(row, answers) for row in chosen]
    alone = [row for row in met if len(row.partners) == 1 and row.type != "conference"]
    return answers.known | {
        "events": events,
        "rest": telling.summed(rest),
        "never_alone": facts.name(answers.partner, records("events", [row.event_id for row in met]))
        if met and not alone
        else None,
    }


def _event(row: Any, answers: Answers) -> SimpleNamespace:
    """Facts of an exchange as one partner's, and of how many others were there."""
    event = telling.event(row._replace(partners=(answers.partner,)), answers.corpus)
    others = len(row.partners) - 1
    event.company = facts.number(others, records("events", [row.event_id])) if others else None
    return event


def balance(answers: Answers) -> dict[str, Any]:
    """Facts of who came, who went, and whose turn it is."""
    row = next(iter(answers.theirs(answers.balance)), None)
    if row is None:
        return answers.known | {"inbound": None}
    own = records("events", [id for id in row.records if id not in row.promised])
    return answers.known | {
        "inbound": facts.number(int(row.inbound), own),
        "outbound": facts.number(int(row.outbound), own),
        "owes": row.owes,
        "promised": facts.number(len(row.promised), records("plans", row.promised)) if row.promised else None,
    }


# --- people and plans ---------------------------------------------------------------------------


def people(answers: Answers) -> dict[str, Any]:
    """Facts of the people on their side, the last attested first."""
    rows = [row for row in answers.theirs(answers.page) if row.part == "contact"][::-1]
    by_name = answers.corpus.settings.people == "names"
    told = [
        SimpleNamespace(
            person=facts.people([(row.about, answers.partner)], own),
            post=facts.text(row.text, own) if by_name and row.text else None,
            date=facts.date(row.date, own),
            inferred=row.assumed and not dates.parse(row.date).assumed,
        )
        for row in rows[:MOST_PEOPLE]
        for own in [records("events", row.records) or records("people", [row.about])]
    ]
    rest = [id for row in rows[MOST_PEOPLE:] for id in row.records]
    more = facts.number(len(rows) - MOST_PEOPLE, records("events", rest)) if rest else None
    return answers.known | {"people": told, "more": more}


def plans(answers: Answers) -> dict[str, Any]:
    """Facts of what is open, by whose it is to do: what is overdue first, then the firmest, the oldest first."""
    strengths = list(answers.corpus.vocabularies["plan_strength"])
    rows = answers.theirs(answers.plans)
    rows.sort(key=lambda row: (not telling.yes(row.overdue), strengths.index(row.strength)))
    sides = briefing.whose(answers.corpus)
    rest = [row.plan_id for row in rows[MOST_PLANS:]]
    told: dict[str, list[SimpleNamespace]] = {"overdue": [], "home": [], "partner": [], "both": []}
    for row in rows[:MOST_PLANS]:
        told["overdue" if telling.yes(row.overdue) else sides.get(row.plan_id, "both")].append(_plan(row))
    return answers.known | {
        "overdue": told["overdue"],
        "home_side": told["home"],
        "partner_side": told["partner"],
        "both_sides": told["both"],
        "more": _number("plans", rest),
    }


def _plan(row: Any) -> SimpleNamespace:
    own = records("plans", [row.plan_id])
    return SimpleNamespace(
        what=telling.what(row),
        strength=facts.code("plan_strength", row.strength, own),
        planned=facts.date(row.date, own) if row.date else None,
        raised=facts.date(_year(row), own) if row.raised else None,
    )


def _year(row: Any) -> str:
    """When a plan was voiced, by its year or years: on one page the day would be told too often."""
    date = dates.parse(row.raised)
    years = [f"{year:04d}" for year in date.start_years]
    if not years or len(years) > 2:
        return str(row.raised)
    if len(years) == 2:
        return f"[{','.join(years)}]"
    return f"{years[0]}{'?' if row.raised_basis in dates.OUR_READING or date.assumed else ''}"


# --- what to be careful with --------------------------------------------------------------------


def cautions(answers: Answers) -> dict[str, Any]:
    """Facts of what must not be said without care: claims with their verdict, what sources tell in passing, and how
    much rests on a single source."""
    told = answers.theirs(answers.exchanges)
    passing = [row for row in told if row.left_out == "reported_only"]
    single = set(answers.witnesses.loc[answers.witnesses["single"], "record_id"])
    alone = [row.event_id for row in told if row.counted and row.event_id in single]
    standing = any(row.counted for row in told) or any(answers.partner in row.partners for row in answers.ties)
    claims = _about(answers)
    return answers.known | {
        "claims": [_claim(row, answers.corpus) for row in claims[:MOST_CLAIMS]],
        "more": _number("claims", [row.claim_id for row in claims[MOST_CLAIMS:]]),
        "passing": _passing(passing) if standing else [],
        "single_source": _number("events", alone),
    }


def _about(answers: Answers) -> list[Any]:
    """The claims about the partner, and those stated when the two met; what must not be said first."""
    with_them = {row.event_id for row in answers.theirs(answers.exchanges)}
    stated = answers.corpus["claims"].set_index("claim_id")["raised_at"]
    about = [row for row in answers.claims.itertuples(index=False)
             if row.subject == answers.partner or stated[row.claim_id] in with_them]  # fmt: skip
    verdicts = list(answers.corpus.vocabularies["claim_verdict"])
    return sorted(about, key=lambda row: (-verdicts.index(row.verdict), row.subject == answers.partner))


def _passing(rows: list[Any]) -> list[Fact]:
    """What is told in passing, each once: its kind, or what it was about where the kind tells nothing."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        key = ("text", row.topic) if row.type == "other" and row.topic else ("kind", row.type)
        found.setdefault(key, []).append(row.event_id)
    return [facts.text(value, own) if kind == "text" else facts.code("event_type", value, own)
            for (kind, value), ids in found.items() for own in [records("events", ids)]]  # fmt: skip


def _claim(row: Any, corpus: Corpus) -> SimpleNamespace:
    own = records("claims", [row.claim_id])
    return SimpleNamespace(
        publisher=telling.publisher(corpus, row.claim_id, row.publisher),
        what=facts.text(row.what, own),
        as_of=facts.date(row.as_of, own) if row.as_of else None,
        verdict=facts.code("claim_verdict", row.verdict, own),
        caveats=[facts.code("claim_caveat", code, own) for code in row.caveats[:MOST_CAVEATS]],
    )
