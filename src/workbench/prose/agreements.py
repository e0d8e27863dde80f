"""The facts of the report on agreements: which live and which sleep, what they promise, what they cover.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis import activity
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus
from workbench.records.text import capital

Row = tuple[list[str], tuple[RecordId, ...]]
Passage = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The answers the report is written from; see the functions of `workbench.analysis`."""

    corpus: Corpus
    exchanges: pd.DataFrame  # flows.exchanges
    agreements: pd.DataFrame  # agreements.agreements
    lives: pd.DataFrame  # activity.lives
    commitments: pd.DataFrame  # activity.commitments
    plans: pd.DataFrame  # agreements.open_plans
    months: int = activity.WINDOW

    @property
    def home(self) -> Fact:
        return facts.name(self.corpus.selection.home.id)

    @cached_property
    def countable(self) -> pd.DataFrame:
        """The rows of ``lives`` that count."""
        return self.lives[self.lives["countable"]]

    @cached_property
    def ties(self) -> dict[str, SimpleNamespace]:
        """Each agreement and tie by id: what `telling.ties` tells of it, and its last activity."""
        rows = {row.agreement_id: row for row in self.agreements.itertuples(index=False)}
        return {life.agreement_id: self._tie(rows[life.agreement_id], life) for life in self.lives.itertuples()}

    def _tie(self, row: Any, life: Any) -> SimpleNamespace:
        tie = telling.ties([row])[0]
        own = records("agreements", [row.agreement_id])
        tie.record = own
        tie.printed = [facts.printed(name, own) for name in row.as_printed]
        tie.between_cities = row.level == "city"
        tie.last = self.act(life.last_record) if life.last_record in self._events else None
        tie.followed = len(life.after) > 0
        tie.doubts = [self.act(id) for id in life.in_doubt if id in self._events]
        tie.own_date_decides = row.agreement_id in life.in_doubt
        tie.assumed = bool(life.assumed)
        tie.state = "perhaps" if pd.isna(life.dormant) else "dormant" if life.dormant else "active"
        return tie

    @cached_property
    def _events(self) -> frozenset[str]:
        return frozenset(self.corpus["events"]["event_id"])

    def act(self, id: str) -> SimpleNamespace:
        """What an event is and when it was."""
        return telling.act(id, self.corpus)

    def cited(self, ids: Iterable[str]) -> tuple[RecordId, ...]:
        """Events and agreements by id, with their tables."""
        return tuple(("events" if id in self._events else "agreements", id) for id in ids)

    def of(self, state: str) -> list[SimpleNamespace]:
        """The agreements that count, of one state (active, dormant, perhaps), in order of their dates."""
        return [tie for id in self.countable["agreement_id"] for tie in [self.ties[id]] if tie.state == state]


def _number(ids: Iterable[str], table: str = "agreements") -> Fact:
    found = tuple(ids)
    return facts.number(len(found), records(table, found))


def lead(answers: Answers) -> Passage:
    """Facts of the headline paragraph."""
    total = answers.countable
    kept = answers.commitments
    loose = answers.lives[~answers.lives["countable"]]
    told = dict.fromkeys(org for orgs in loose["partners"] for org in orgs)
    return {
        "home": answers.home,
        "total": _number(total["agreement_id"]),
        "cities": any(answers.ties[id].between_cities for id in total["agreement_id"]),
        "months": facts.number(answers.months),
        "as_of": facts.date(answers.corpus.selection.as_of.isoformat()),
        "active": answers.of("active"),
        "dormant": answers.of("dormant"),
        "perhaps": answers.of("perhaps"),
        "counts": {state: _number(id for ns in answers.of(state) for _, id in ns.record)
                   for state in ("active", "dormant", "perhaps")},
        "promises": _number(kept["plan_id"], "plans"),
        "kept": _number(kept.loc[kept["kept"].fillna(False), "plan_id"], "plans"),
        "told": facts.names(told, records("agreements", loose["agreement_id"])),
    }  # fmt: skip


def key_figures(answers: Answers) -> list[tuple[str, str, Passage]]:
    """The key figures, at most four: the number as printed, its passage, and the passage's facts."""
    states = [len(answers.of(state)) for state in ("active", "perhaps", "dormant")]
    kept = answers.commitments["kept"].fillna(False)
    shared = answers.plans[(answers.plans["partners"].map(len) > 0) & (answers.plans["strength"] != "committed")]
    values = {"months": facts.number(answers.months), "perhaps": states[1] > 0}
    told = " : ".join(map(str, states if states[1] else states[::2]))
    cards: list[tuple[str, str, Passage]] = [(str(len(answers.countable)), "figure_agreements", {})]
    cards += [(told, "figure_states", values)] if any(states) else []
    cards += [(f"{int(kept.sum())} : {int((~kept).sum())}", "figure_promises", {})] if len(kept) else []
    return [*cards, (str(len(shared)), "figure_plans", {})]


def states(answers: Answers) -> Passage:
    """Facts of the passages about which agreements live: active, fallen silent, never followed, in doubt.

    Those fallen silent are in the order of their last activity, the others in that of their dates."""
    asleep = answers.of("dormant")
    order = {id: n for n, id in enumerate(answers.countable.sort_values("last_latest")["agreement_id"])}
    followed = sorted((tie for tie in asleep if tie.followed), key=lambda tie: order[tie.record[0][1]])
    return {
        "active": answers.of("active"),
        "followed": followed,
        "silent": [tie for tie in asleep if not tie.followed],
        "perhaps": answers.of("perhaps"),
    }


def loose(answers: Answers) -> Passage:
    """Facts of the passage about ties that do not count: told or joined, with no instrument named."""
    ids = set(answers.lives.loc[~answers.lives["countable"], "agreement_id"])
    return {
        "ties": telling.ties([row for row in answers.agreements.itertuples(index=False) if row.agreement_id in ids])
    }


def endings(answers: Answers, table: pd.DataFrame, months: int) -> Passage:
    """Facts of the passage about ends, from `activity.endings` asked with so many months."""
    rows = list(table.itertuples(index=False))
    open_ended = [answers.ties[row.agreement_id] for row in rows if row.no_end]
    return {
        "ends": [
            SimpleNamespace(
                tie=answers.ties[row.agreement_id],
                date=facts.date(row.ends, records("agreements", [row.agreement_id])),
                ending=None if pd.isna(row.ending) else bool(row.ending),
                past=bool(row.ends) and telling.yes(dates.parse(row.ends).before(answers.corpus.selection.as_of).value),
            )
            for row in rows if not row.no_end
        ],
        "open_ended": open_ended,
        "all": len(open_ended) == len(rows),
        "number": _number(row.agreement_id for row in rows if row.no_end),
        "months": facts.number(months),
    }  # fmt: skip


# --- promises and plans ---------------------------------------------------------------------------


def promises(answers: Answers) -> Passage:
    """Facts of the passage about what agreed texts promise: kept, something alike since, nothing since."""
    found: dict[str, list[SimpleNamespace]] = {"kept": [], "alike": [], "open": []}
    for row in answers.commitments.itertuples(index=False):
        state = "alike" if pd.isna(row.kept) else "kept" if row.kept else "open"
        found[state].append(_promise(row, answers))
    by_text: dict[str, list[SimpleNamespace]] = defaultdict(list)
    for one in found.pop("open"):
        by_text[one.agreement_id].append(one)
    grouped = [SimpleNamespace(tie=answers.ties.get(id), promises=group) for id, group in by_text.items()]
    return {"home": answers.home, "number": _number(answers.commitments["plan_id"], "plans"), "open": grouped, **found}


def _promise(row: Any, answers: Answers) -> SimpleNamespace:
    own = records("plans", [row.plan_id])
    return SimpleNamespace(
        agreement_id=row.agreement_id or "",
        what=telling.what(row),
        partners=facts.names(row.partners, own),
        date=facts.date(row.raised, own),
        inferred=row.raised_basis in dates.OUR_READING,
        by=answers.act(row.realised_by) if row.realised_by else None,
        like=[answers.act(id) for id in row.like],
    )


def other_plans(answers: Answers) -> pd.DataFrame:
    """The open plans that no agreed text promises, oldest first."""
    return answers.plans[answers.plans["strength"] != "committed"]


def plans(answers: Answers) -> Passage:
    """Facts of the passage about open plans: how many, the one voiced first (where nobody says when, meant for the
    earliest time), and those whose time has passed."""
    rows = list(other_plans(answers).itertuples(index=False))
    overdue = [row for row in rows if telling.yes(row.overdue)]
    voiced = sorted((row for row in rows if row.raised or row.date),
                    key=lambda row: dates.parse(row.raised or row.date).sort_key)  # fmt: skip
    return {
        "number": _number((row.plan_id for row in rows), "plans"),
        "promised": len(answers.commitments) > 0,
        "alone": _number((row.plan_id for row in rows if not row.partners), "plans"),
        "oldest": _plan(voiced[0]) if voiced else None,
        "overdue": [_plan(row) for row in overdue],
    }


def _plan(row: Any) -> SimpleNamespace:
    own = records("plans", [row.plan_id])
    return SimpleNamespace(
        what=telling.what(row),
        partners=facts.names(row.partners, own),
        date=facts.date(row.date, own) if row.date else None,
        raised=facts.date(row.raised, own) if row.raised else None,
        inferred=row.raised_basis in dates.OUR_READING,
        strength=facts.code("plan_strength", row.strength, own),
    )


# --- lead times -----------------------------------------------------------------------------------


def lead_times(answers: Answers, table: pd.DataFrame) -> Passage:
    """Facts of the passage about lead times, from `activity.lead_times`: those that had met before they agreed, those
    that agreed when they first met, those that had not met as far as records tell, those that met later, and those
    that did not."""
    rows = [_lead_time(row, answers) for row in table.itertuples(index=False)]
    return {
        "met_before": [row for row in rows if row.contact and not row.at_once],
        "at_once": [row for row in rows if row.at_once],
        "unmet": [row for row in rows if not row.contact],
        "later": [row for row in rows if row.exchange],
        "never": [row for row in rows if not row.exchange],
    }


def _lead_time(row: Any, answers: Answers) -> SimpleNamespace:
    own, corpus = records("agreements", [row.agreement_id]), answers.corpus
    met = row.contact != row.agreement_id
    contact = answers.cited([row.contact])
    first = row.contact if met and contact[0][0] == "events" else None
    later = answers.cited([row.exchange]) if row.exchange else ()
    return SimpleNamespace(
        partner=facts.name(row.partner, own),
        tie=answers.ties[row.agreement_id],
        at_once=bool(
            first and not row.to_agreement_low and first in activity.occasions(row.agreement_id, None, corpus)
        ),
        contact=SimpleNamespace(first=answers.act(first) if first else None) if met else None,
        wait=telling.span(row.to_agreement_low, row.to_agreement_high, (*own, *contact)),
        exchange=answers.act(row.exchange) if row.exchange else None,
        then=telling.span(row.to_exchange_low, row.to_exchange_high, (*own, *later)),
    )


# --- what is covered ------------------------------------------------------------------------------


def covered(table: pd.DataFrame) -> Passage:
    """Facts of the passage about the libraries of the home, from `spread.members_covered`: those covered and those told
    of alone, together where they share the bodies abroad."""
    firm = _together(table[table["countable"] > 0], "partners")
    told = _together(table[(table["countable"] == 0) & (table["told"].map(len) > 0)], "told")
    covered = int((table["countable"] > 0).sum())
    return {
        "firm": firm,
        "told": told,
        "covered": facts.number(covered, records("agreements", _flat(table.loc[table["countable"] > 0, "records"]))),
        "members": facts.number(len(table)),
        "several": len(table) > 1,
    }


def uncovered(table: pd.DataFrame) -> list[Passage]:
    """Facts of the note about libraries of the home without any agreement or tie, if there are some among others."""
    bare = table.loc[(table["countable"] == 0) & (table["told"].map(len) == 0), "org_id"]
    return [{"bare": facts.names(bare)}] if 0 < len(bare) < len(table) else []


def _together(table: pd.DataFrame, column: str) -> list[SimpleNamespace]:
    groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in table.itertuples(index=False):
        groups[getattr(row, column)].append(row)
    found = []
    for partners, rows in groups.items():
        own = records("agreements", _flat(row.records for row in rows))
        members = facts.names([row.org_id for row in rows], own)
        found.append(SimpleNamespace(members=members, partners=facts.names(partners, own), several=len(rows) > 1))
    return found


def _flat(ids: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for own in ids for id in own))


def cities(answers: Answers, untied: pd.DataFrame, outside: pd.DataFrame) -> Passage:
    """Facts of the passage about cities and libraries, from `spread.untied_sister_cities` and
    `spread.partners_outside_city_ties`."""
    kinds = {True: "sister", False: "friendly"}
    tied: dict[str, list[SimpleNamespace]] = {"sister": [], "friendly": [], "unstated": []}
    for row in untied.itertuples(index=False):
        own = answers.cited(row.records)
        kind = "unstated" if pd.isna(row.sister) else kinds[bool(row.sister)]
        tied[kind].append(SimpleNamespace(place=facts.name(row.place_id, own), met=facts.names(row.met, own)))
    beyond = outside[outside["outside"].fillna(False)]
    bound = beyond[beyond["agreements"] > 0]
    rest = beyond[beyond["agreements"] == 0]
    named = answers.cited(_flat(untied["records"]))
    return {
        **tied,
        "named": facts.number(len(untied), named) if len(untied) else None,
        "bound": [SimpleNamespace(partner=facts.name(row.partner, own), place=facts.name(row.place_id, own))
                  for row in bound.itertuples() for own in [answers.cited(row.records)]],
        "rest": _libraries(rest, answers),
    }  # fmt: skip


def _libraries(table: pd.DataFrame, answers: Answers) -> Fact:
    return facts.number(len(table), answers.cited(_flat(table["records"])))


# --- tables ---------------------------------------------------------------------------------------

LIFE_COLUMNS = ("column_what", "column_between", "column_step", "column_last", "column_state")
PROMISE_COLUMNS = ("column_promise", "column_with", "column_promised", "column_since")
PLAN_COLUMNS = ("column_when", "column_plan", "column_with", "column_strength", "column_since")


def life_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of agreements and ties (what, with, step, last activity, state), and records; those that
    count first."""
    table = answers.lives.sort_values("countable", ascending=False, kind="stable")
    return [_life_row(answers.ties[row.agreement_id], row, words) for row in table.itertuples(index=False)]


def _life_row(tie: SimpleNamespace, life: Any, words: Words) -> Row:
    step = words.phrase("agreements/cell_step", tie=tie) if tie.step else words.phrase("agreements/cell_no_step")
    last = words.phrase("agreements/cell_act", act=tie.last) if tie.last else words.phrase("agreements/cell_own_step")
    if not tie.last and not tie.step:
        last = words.phrase("agreements/cell_nothing")
    home = () if tie.children else tie.home.value
    printed = [words.phrase("agreements/cell_printed", text=name) for name in tie.printed]
    names = words.grammar.listed([words.name(org) for org in (*home, *tie.partners.value)] + printed)
    cells = [capital(words.phrase("agreements/cell_kind", tie=tie)), names, step, last,
             words.phrase("agreements/cell_state", tie=tie)]  # fmt: skip
    return cells, (*tie.record, *records("events", [life.last_record] if tie.last else []))


def promise_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of promises (what, with, when promised, what came of it), and records."""
    rows = []
    for row in answers.commitments.itertuples(index=False):
        one = _promise(row, answers)
        with_ = _names(row.partners, words)
        state = "cell_alike" if pd.isna(row.kept) else "cell_kept" if row.kept else "cell_nothing"
        cells = [capital(_what(one.what, words)), with_, words.phrase("agreements/cell_date", act=one),
                 words.phrase(f"agreements/{state}", promise=one)]  # fmt: skip
        events = [id for id in (row.realised_by, *row.like) if id]
        rows.append((cells, (*records("plans", [row.plan_id]), *records("events", events))))
    return rows


def plan_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of open plans (voiced or planned for, what, with, how firmly, since then), and records."""
    rows = []
    for row in other_plans(answers).itertuples(index=False):
        one = _plan(row)
        when = words.phrase("agreements/cell_when", plan=one)
        state = words.phrase("agreements/cell_overdue" if telling.yes(row.overdue) else "agreements/cell_nothing")
        rows.append(
            ([when, capital(_what(one.what, words)), _names(row.partners, words),
              words.label("plan_strength", row.strength), state], records("plans", [row.plan_id]))
        )  # fmt: skip
    return rows


def _what(what: Fact, words: Words) -> str:
    return words.phrase("agreements/cell_what", what=what)


def _names(orgs: Iterable[str], words: Words) -> str:
    found = [words.name(org) for org in orgs]
    return words.grammar.listed(found) if found else words.phrase("agreements/cell_nobody")
