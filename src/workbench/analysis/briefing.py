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
    be missing), like (of promises in signed texts: what alike is on record since, as in
    `activity.commitments`), records; ``attrs["partner"]`` is the body's id. In the order of `PARTS`, each part
    oldest first; *last_contact* is the exchange that ended last, as far as dates tell.
    """
    exchanges = flows.exchanges(corpus)
    met = flows.partners(exchanges, corpus)
    partner = partner or (met.iloc[0]["org_id"] if len(met) else "")
    own = exchanges[exchanges["counted"] & exchanges["partners"].map(lambda orgs: partner in orgs).astype(bool)]
    rows = [*_ties(corpus, exchanges, partner), *_history(own, "exchange"), *_promises(corpus, partner)]
    rows += _people(corpus, partner)
    dated = own[own["latest"].notna()]
    rows += _history(dated[dated["latest"] == dated["latest"].max()].tail(1), "last_contact") if len(dated) else []
    columns = ["part", "partner", "about", "date", "assumed", "text", "like", "records"]
    found = frame([row | {"partner": partner} for row in rows], columns).astype({"assumed": bool})
    found.attrs["partner"] = partner
    return found


def _row(
    part: str, about: str, date: str | None, inferred: bool, text: Any, records: tuple[str, ...]
) -> dict[str, Any]:
    assumed = inferred or bool(date and dates.parse(date).assumed)
    return {"part": part, "about": about, "date": date, "assumed": assumed, "text": plain(text), "like": (),
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
    like = activity.commitments(corpus).set_index("plan_id")["like"]
    rows = []
    for row in agreed.open_plans(corpus).itertuples():
        if partner in row.partners:
            inferred = row.date is None and row.raised_basis in dates.OUR_READING
            told = _row("promise", row.plan_id, row.date or row.raised, inferred, row.what, row.records)
            rows.append(told | {"like": like.get(row.plan_id, ())})
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


_DOING = ("donor", "sender", "visitor", "exchanged_staff", "organiser", "speaker")


def whose(corpus: Corpus) -> dict[str, str]:
    """Whose each plan is to carry out: home (or somebody else in its country), partner, or both.

    Who gives, goes, sends or speaks is to do it; without such a role all who are named are.
    """
    parties = corpus["parties"]
    rows = parties[(parties["record"] == "plans") & parties["party"].isin(["org", "person", "group"])]
    rows = rows.assign(org=rows["party_id"].where(rows["party"] == "org").fillna(rows["for_org"])).dropna(subset="org")
    found = {}
    for id, of_plan in rows.groupby("record_id"):
        doing = of_plan[of_plan["role"].isin(_DOING)]
        named = doing if len(doing) else of_plan
        sides = {bool(corpus.abroad.get(org)) and org not in corpus.members for org in named["org"]}
        found[str(id)] = "both" if len(sides) == 2 else "partner" if sides == {True} else "home"
    return found


# --- one year -----------------------------------------------------------------------------


def year_in_a_sentence(corpus: Corpus, year: int = 0) -> pd.DataFrame:
    """Question 24: what can be said truthfully about a year, with the caveats of the numbers.

    ``year`` is that of the as-of day unless given. Columns: measure (code of headline_figure), low, high (what
    surely, what possibly belongs to the year), single (how many of them rest on records that one source
    alone tells each), sources
    (published in that year, as far as dated: codebook §3, rule 14), records. *single_source* counts exchanges.
    No rows where nothing can belong to the year.
    """
    year = year or corpus.selection.as_of.year
    seen = evidence.witnesses(corpus)
    single = set(seen.loc[seen["single"], "record_id"])
    published = len(published_in(corpus, year))
    rows = []
    for measure in _OF_THE_YEAR:
        found = numbers.number(corpus, measure, year=year)
        alone = sum(one.counts is not False and set(one.behind or (one.id,)) <= single for one in found.candidates)
        rows.append(
            {"measure": measure, "low": found.low, "high": found.high, "single": alone, "sources": published,
             "records": tuple(dict.fromkeys(found.records))}
        )  # fmt: skip
    columns = ["measure", "low", "high", "single", "sources", "records"]
    told = rows if any(row["high"] for row in rows) else []
    return frame(told, columns).astype(dict.fromkeys(("low", "high", "single", "sources"), "Int64"))


def published_in(corpus: Corpus, year: int) -> pd.DataFrame:
    """The sources of the selection that were surely published in a year: the rows of the table of sources."""
    sources = corpus["sources"]
    known = (dates.parse(text) if plain(text) else None for text in sources["published"])
    spans = [(day.earliest, day.latest) if day else (None, None) for day in known]
    return sources.loc[[bool(a and b and a.year == b.year == year) for a, b in spans]]


def exchanges_of(corpus: Corpus, year: int) -> pd.DataFrame:
    """The counted exchanges that began in a year: the rows of `flows.exchanges`, with ``sure`` (False: they may have
    begun in it, and nobody can say). Oldest first; what has no date at all may belong to any year."""
    verdicts = {one.id: one.counts for one in numbers.number(corpus, "exchanges", year=year).candidates}
    found = flows.exchanges(corpus)
    found = found.loc[[verdicts.get(id, False) is not False for id in found["event_id"]]]
    return found.assign(sure=[verdicts[id] is True for id in found["event_id"]]).reset_index(drop=True)


def steps_of(corpus: Corpus, year: int) -> pd.DataFrame:
    """What was agreed in a year: the rows of `agreements.agreements`, one for each step of an agreement (talks,
    approval, signing …) that began in it.

    Step, date, basis, earliest and latest are those of the step; ``sure``: it began in the year by a date that is no
    reading of ours. Oldest first.
    """
    table = agreed.agreements(corpus, flows.exchanges(corpus))
    steps = corpus["milestones"].copy()
    steps["date"] = steps["reading"].fillna(steps["edtf"])
    began = [_began(date, basis, year) for date, basis in zip(steps["date"], steps["basis"], strict=True)]
    steps["sure"] = [answer is True for answer in began]
    steps = steps.loc[[answer is not False for answer in began]]
    told = ["agreement_id", "step", "date", "basis", "earliest", "latest", "sure"]
    found = table.drop(columns=told[1:-1]).merge(steps[told], on="agreement_id")
    return found.sort_values(["latest", "agreement_id"], kind="stable", ignore_index=True)


def promises_of(corpus: Corpus, year: int) -> pd.DataFrame:
    """What was promised, planned or wished in a year, and what fell due in it.

    Columns: moment (made: voiced in the year; due: the time planned for ended in it, as far as it is past), plan_id,
    kind, what, strength, partners, home_parties, date (EDTF of the moment), inferred (it is a reading of ours), sure,
    realised_by (the event that did it; missing: none on record), records. Made first, each in order of time.
    """
    plans = corpus.own("plans")
    plans = plans[plans["curation"].eq("reviewed")]
    raised, bodies = agreed.Raised(corpus), agreed.bodies_of(corpus, "plans")
    rows = []
    for row in plans.itertuples(index=False):
        voiced, basis = raised.of(row)
        date = plain(row.reading) or plain(row.edtf)
        moments = {"made": (voiced, basis, _began(voiced, basis, year)), "due": (date, row.basis, None)}
        past = dates.parse(date).before(corpus.selection.as_of).value if date and not plain(row.recurring) else None
        moments["due"] = (date, row.basis, _ended(date, row.basis, year) if past else False)
        rows += [
            {"moment": moment, "plan_id": row.plan_id, "kind": row.kind, "what": plain(row.what),
             "strength": row.strength, "date": text, "inferred": how in dates.OUR_READING, "sure": answer is True,
             "partners": tuple(org for org in bodies.get(row.plan_id, []) if corpus.abroad.get(org)),
             "home_parties": tuple(org for org in bodies.get(row.plan_id, []) if org in corpus.members),
             "realised_by": plain(row.realised_by), "records": (row.plan_id, *filter(None, [plain(row.realised_by)]))}
            for moment, (text, how, answer) in moments.items()
            if answer is not False
        ]  # fmt: skip
    rows.sort(key=lambda row: (row["moment"] != "made", dates.parse(row["date"]).sort_key, row["plan_id"]))
    columns = ["moment", "plan_id", "kind", "what", "strength", "partners", "home_parties", "date", "inferred", "sure",
               "realised_by", "records"]  # fmt: skip
    return frame(rows, columns).astype({"sure": bool, "inferred": bool})


def _began(text: Any, basis: Any, year: int) -> bool | None:
    """Did it begin in the year? What has no date tells of no year."""
    text = plain(text)
    if not text:
        return False
    return numbers.began(text, basis in dates.OUR_READING or dates.parse(text).assumed, year)


def _ended(text: str, basis: Any, year: int) -> bool | None:
    """Did the time end in the year: yes, no, None where nobody can say or it is assumed only?"""
    date = dates.parse(text)
    first, last = date.end_earliest, date.end_latest
    if first is None or last is None or not first.year <= year <= last.year:
        return False
    return True if first.year == last.year and not date.assumed and basis not in dates.OUR_READING else None
