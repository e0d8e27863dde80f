"""What was agreed, what was promised, and what is on record since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbench.analysis._frames import frame, plain
from workbench.records import dates
from workbench.records.selection import Corpus

_STEPS = ("ended", "renewed", "in_force", "signed", "approved", "discussed")


def agreements(corpus: Corpus, exchanges: pd.DataFrame) -> pd.DataFrame:
    """The agreements of the home, one row each (children of a group in their group's row).

    Columns: agreement_id, kind, level, form, countable, scope, partners (bodies that are not
    of the home), home_parties, children (number of agreements in a group), step (the furthest
    on record; may be missing), date (EDTF of that step), basis, earliest, latest, last_event
    (the last counted exchange with a partner; may be missing), last_day (its latest possible
    day). Ordered by date, then id. A tie without an instrument is not countable (rule 5 and
    the word list agreement_kind).
    """
    table = corpus["agreements"]
    rows = [_agreement(row, corpus, exchanges) for row in table[table["form"] != "child"].itertuples(index=False)]
    columns = [
        "agreement_id", "kind", "level", "form", "countable", "scope", "partners", "home_parties", "children",
        "step", "date", "basis", "earliest", "latest", "last_event", "last_day",
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["latest"] or dt.date.max, row["agreement_id"]))
    return frame(rows, columns).astype({"countable": bool})


def _agreement(row: Any, corpus: Corpus, exchanges: pd.DataFrame) -> dict[str, Any]:
    parties = corpus["parties"]
    own = parties[(parties["record"] == "agreements") & (parties["record_id"] == row.agreement_id)]
    bodies = list(dict.fromkeys(own.loc[own["party"] == "org", "party_id"].dropna()))
    home = [org for org in bodies if org in corpus.members or not corpus.abroad.get(org, True)]
    partners = [org for org in bodies if org not in home]
    children = corpus["agreements"]
    step = _furthest_step(row.agreement_id, corpus)
    last = _last_exchange(partners, exchanges)
    return {
        "agreement_id": row.agreement_id,
        "kind": row.kind,
        "level": row.level,
        "form": row.form,
        "countable": bool(row.countable) and row.curation == "reviewed",
        "scope": plain(row.scope),
        "partners": tuple(partners),
        "home_parties": tuple(home),
        "children": int((children["parent_id"] == row.agreement_id).sum()),
        **step,
        "last_event": last[0],
        "last_day": last[1],
    }


def _furthest_step(agreement_id: str, corpus: Corpus) -> dict[str, Any]:
    milestones = corpus["milestones"]
    own = milestones[milestones["agreement_id"] == agreement_id]
    for step in _STEPS:
        for row in own[own["step"] == step].itertuples(index=False):
            return {
                "step": step,
                "date": plain(row.reading) or plain(row.edtf),
                "basis": row.basis,
                "earliest": row.earliest,
                "latest": row.latest,
            }
    return {"step": None, "date": None, "basis": None, "earliest": None, "latest": None}


def _last_exchange(partners: list[str], exchanges: pd.DataFrame) -> tuple[str | None, object]:
    met = exchanges["partners"].map(lambda orgs: bool(set(orgs) & set(partners))).astype(bool)
    rows = exchanges[exchanges["counted"] & met]
    known = [(row.latest, row.event_id) for row in rows.itertuples() if row.latest]
    return (max(known)[1], max(known)[0]) if known else (None, None)


def open_plans(corpus: Corpus) -> pd.DataFrame:
    """What was planned, promised or wished for and has no event that did it, oldest first.

    Columns: plan_id, kind, what, strength, recurring, date (EDTF for which it is planned; may
    be missing), raised (EDTF of the event or step at which it was voiced; may be missing),
    raised_basis, agreement_id, partners, home_parties, place_id, overdue (its time is past the
    as-of day: yes, no, missing where no time is given). Order: by the time planned for, else
    raised; firmer plans before weaker ones at the same time.

    Rule (codebook §3, rule 3): a plan becomes realised only by naming the event that did it;
    a plan whose time is past is overdue. Recurring plans have no end.
    """
    plans = corpus["plans"]
    waiting = plans[plans["realised_by"].isna() & plans["status"].isin(["open", "overdue", "partly_realised"])]
    rows = [_plan(row, corpus) for row in waiting.itertuples(index=False)]
    columns = [
        "plan_id", "kind", "what", "strength", "recurring", "date", "raised", "raised_basis", "agreement_id",
        "partners", "home_parties", "place_id", "overdue",
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


def _plan(row: Any, corpus: Corpus) -> dict[str, Any]:
    parties = corpus["parties"]
    own = parties[(parties["record"] == "plans") & (parties["record_id"] == row.plan_id)]
    bodies = list(dict.fromkeys(own["party_id"].where(own["party"] == "org").fillna(own["for_org"]).dropna()))
    date = plain(row.reading) or plain(row.edtf)
    overdue = None
    if date and not plain(row.recurring):
        overdue = dates.parse(date).before(corpus.selection.as_of).value
    raised, basis = _raised(row, corpus)
    home = [org for org in bodies if org in corpus.members]
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
        "home_parties": tuple(home),
        "place_id": plain(row.place_id),
        "overdue": overdue,
    }


def _raised(row: Any, corpus: Corpus) -> tuple[str | None, str | None]:
    """When a plan was voiced: the date of the event, else of the agreement's step."""
    events, milestones = corpus["events"], corpus["milestones"]
    for table, mask in (
        (events, events["event_id"] == plain(row.raised_at)),
        (
            milestones,
            (milestones["agreement_id"] == plain(row.agreement_id)) & milestones["step"].isin(["signed", "approved"]),
        ),
    ):
        for found in table[mask.fillna(False)].itertuples(index=False):
            return plain(found.reading) or plain(found.edtf), found.basis
    return None, None
