"""What was agreed, what was promised, and what is on record since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

_STEPS = ("ended", "renewed", "in_force", "signed", "approved", "discussed")
_NO_STEP: dict[str, Any] = {"step": None, "date": None, "basis": None, "earliest": None, "latest": None}


def agreements(corpus: Corpus, exchanges: pd.DataFrame) -> pd.DataFrame:
    """The agreements of the home, one row each (children of a group in their group's row).

    Columns: agreement_id, kind, level, form, countable, scope, partners (bodies that are not of
    the home), as_printed (names of parties that are not in the register), home_parties, children
    (number of agreements in a group), step (the furthest on record; may be missing), date (EDTF
    of that step), basis, earliest, latest, last_event (the last counted exchange with a partner;
    may be missing), last_day (its latest possible day), records. Ordered by date, then id. A tie without
    an instrument is not countable (rule 5 and the word list agreement_kind).
    """
    table = corpus.own("agreements")
    bodies, printed = bodies_of(corpus, "agreements"), _as_printed(corpus)
    children = corpus["agreements"]["parent_id"].value_counts()
    steps = _furthest_steps(corpus)
    last = _last_exchanges(exchanges)
    rows = [
        _agreement(row, corpus, bodies.get(row.agreement_id, []), steps.get(row.agreement_id, _NO_STEP), last)
        | {"children": int(children.get(row.agreement_id, 0)), "as_printed": printed.get(row.agreement_id, ())}
        for row in table[table["form"] != "child"].itertuples(index=False)
    ]
    columns = [
        "agreement_id", "kind", "level", "form", "countable", "scope", "partners", "as_printed", "home_parties",
        "children", "step", "date", "basis", "earliest", "latest", "last_event", "last_day", "records",
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["latest"] or dt.date.max, row["agreement_id"]))
    return frame(rows, columns).astype({"countable": bool})


def of_the_home(table: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The rows of `agreements` that headlines count: countable, of the home itself, with somebody abroad.

    The ties of its cities are told, not counted.
    """
    own = table["home_parties"].map(lambda bodies: bool(set(bodies) & corpus.members)).astype(bool)
    abroad = (table["partners"].map(len) + table["as_printed"].map(len)) > 0
    return table[table["countable"] & own & abroad]


def _agreement(
    row: Any, corpus: Corpus, bodies: list[str], step: dict[str, Any], last: dict[str, tuple[dt.date, str]]
) -> dict[str, Any]:
    home = [org for org in bodies if org in corpus.members or not corpus.abroad.get(org, True)]
    partners = [org for org in bodies if org not in home]
    met = max((last[org] for org in partners if org in last), default=(None, None))
    return {
        "agreement_id": row.agreement_id,
        "kind": row.kind,
        "level": row.level,
        "form": row.form,
        "countable": bool(row.countable) and row.curation == "reviewed",
        "scope": plain(row.scope),
        "partners": tuple(partners),
        "home_parties": tuple(home),
        **step,
        "last_event": met[1],
        "last_day": met[0],
        "records": (row.agreement_id, *filter(None, (met[1],))),
    }


def bodies_of(corpus: Corpus, record: str) -> dict[str, list[str]]:
    """For each record of a table its bodies in the register, those for which people came included."""
    parties = corpus["parties"]
    own = parties[parties["record"] == record]
    body = own["party_id"].where(own["party"] == "org")
    if record != "agreements":
        body = body.fillna(own["for_org"])
    found: dict[str, dict[str, None]] = {}
    for id, org in zip(own["record_id"], body, strict=True):
        if not pd.isna(org):
            found.setdefault(id, {})[org] = None
    return {id: list(orgs) for id, orgs in found.items()}


def _as_printed(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """For each agreement the bodies that the register does not have, by the name they are given."""
    parties = corpus["parties"]
    own = parties[(parties["record"] == "agreements") & (parties["party"] == "org") & parties["party_id"].isna()]
    return {id: tuple(dict.fromkeys(group)) for id, group in own.groupby("record_id")["text"]}


def _furthest_steps(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """The furthest step on record of each agreement that has one."""
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in corpus["milestones"].itertuples(index=False):
        rank = _STEPS.index(row.step)
        if row.agreement_id not in found or rank < found[row.agreement_id][0]:
            step = {
                "step": row.step,
                "date": plain(row.reading) or plain(row.edtf),
                "basis": row.basis,
                "earliest": row.earliest,
                "latest": row.latest,
            }
            found[row.agreement_id] = (rank, step)
    return {id: step for id, (_, step) in found.items()}


def _last_exchanges(exchanges: pd.DataFrame) -> dict[str, tuple[dt.date, str]]:
    """For each partner the latest possible day and the id of the last counted exchange."""
    last: dict[str, tuple[dt.date, str]] = {}
    for row in exchanges[exchanges["counted"]].itertuples():
        for org in row.partners if row.latest else ():
            last[org] = max(last.get(org, (dt.date.min, "")), (row.latest, row.event_id))
    return last


def open_plans(corpus: Corpus) -> pd.DataFrame:
    """Question 4: what was planned, promised or proposed and has no event that did it, oldest first.

    Columns: plan_id, kind, what, strength, recurring, date (EDTF for which it is planned; may
    be missing), raised (EDTF of the event or step at which it was voiced; may be missing),
    raised_basis, agreement_id, partners, home_parties, place_id, overdue (its time is past the
    as-of day: yes, no, missing where no time is given), records. Order: by the time planned for, else
    raised; firmer plans before weaker ones at the same time.

    Rule (codebook §3, rule 3): a plan becomes realised only by naming the event that did it;
    a plan whose time is past is overdue. Recurring plans have no end.
    """
    plans = corpus.own("plans")
    waiting = plans[plans["realised_by"].isna() | plans["status"].eq("partly_realised")]
    waiting = waiting[waiting["status"].isin(["open", "overdue", "partly_realised"])]
    bodies, raised = bodies_of(corpus, "plans"), Raised(corpus)
    rows = [_plan(row, corpus, bodies.get(row.plan_id, []), raised) for row in waiting.itertuples(index=False)]
    columns = [
        "plan_id", "kind", "what", "strength", "recurring", "date", "raised", "raised_basis", "agreement_id",
        "partners", "home_parties", "place_id", "overdue", "records",
    ]  # fmt: skip
    strengths = list(corpus.vocabularies["plan_strength"])
    rows.sort(
        key=lambda row: (_first_day(row["date"], row["raised"]), strengths.index(row["strength"]), row["plan_id"])
    )
    return frame(rows, columns).astype({"overdue": "boolean", "recurring": bool})


def _first_day(*texts: str | None) -> dt.date:
    for text in texts:
        if text:
            return dates.parse(text).sort_key[1]
    return dt.date.max


def _plan(row: Any, corpus: Corpus, bodies: list[str], voiced: Raised) -> dict[str, Any]:
    date = plain(row.reading) or plain(row.edtf)
    overdue = None
    if date and not plain(row.recurring):
        overdue = dates.parse(date).before(corpus.selection.as_of).value
    raised, basis = voiced.of(row)
    return {
        "plan_id": row.plan_id,
        "kind": row.kind,
        "what": plain(row.what),
        "strength": row.strength,
        "recurring": bool(plain(row.recurring)),
        "date": date,
        "raised": raised,
        "raised_basis": basis,
        "agreement_id": plain(row.agreement_id),
        "partners": tuple(org for org in bodies if corpus.abroad.get(org)),
        "home_parties": tuple(org for org in bodies if org in corpus.members),
        "place_id": plain(row.place_id),
        "overdue": overdue,
        "records": (row.plan_id, *filter(None, (plain(row.raised_at), plain(row.agreement_id)))),
    }


class Raised:
    """When a plan was voiced: the date of the event, else of the agreement's step."""

    def __init__(self, corpus: Corpus) -> None:
        self.events = _dated(corpus["events"], "event_id")
        steps = corpus["milestones"]
        self.steps = _dated(steps[steps["step"].isin(["signed", "approved"])], "agreement_id")

    def of(self, plan: Any) -> tuple[str | None, str | None]:
        """EDTF and basis for a row of the table of plans; both None where nothing tells."""
        return self.events.get(plain(plan.raised_at)) or self.steps.get(plain(plan.agreement_id)) or (None, None)


def _dated(table: pd.DataFrame, key: str) -> dict[Any, tuple[str | None, str | None]]:
    found: dict[Any, tuple[str | None, str | None]] = {}
    for id, reading, edtf, basis in zip(table[key], table["reading"], table["edtf"], table["basis"], strict=True):
        found.setdefault(id, (plain(reading) or plain(edtf), basis))
    return found
