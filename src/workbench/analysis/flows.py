"""Who exchanged with whom, where and when: the events of a home, counted and left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbench.analysis._frames import frame, plain, remembered
from workbench.records import dates
from workbench.records.selection import Corpus

# What keeps an event out of headline counts, in the order in which it is asked.
REASONS = (
    "not_reviewed", "outside_period", "cancelled", "postponed", "reported_only", "aggregate", "internal", "domestic",
)  # fmt: skip
_UNMOVED = ("post", "broadcast")
_UNMOVED_KINDS = ("book_donation", "book_exchange", "award")  # nobody moves, unless told to have been there
LIBRARY_KINDS = (
    "public_library", "provincial_library", "national_library", "branch_library", "university_library",
    "special_library",
)  # fmt: skip
_STANDING = ("signed", "in_force", "renewed", None)  # steps of an agreement; a tie without an instrument has none
_LINE = ["record", "record_id", "kind", "home_place", "other_place"]
_BODY_COLUMNS = ("event_id", "type", "mode", "place_id", "place_precision", "topic", "programme", "earliest", "latest")


@remembered
def exchanges(corpus: Corpus) -> pd.DataFrame:
    """The topmost events in which the home takes part, one row each, oldest first.

    Columns: event_id, type, mode, place_id, place_precision, topic, programme, earliest,
    latest (days, None where not known), date (EDTF in use, may be missing), basis, assumed
    (the date is marked or inferred), partners (ids of bodies abroad that took part, sorted),
    direction (inbound, outbound, mutual, unknown), in_period (yes, no, missing: cannot say, or a
    yes that rests on an assumption),
    counted, left_out (code of left_out_reason; empty where counted), records.

    Rule (codebook §3, rule 4): headline counts for a home count the topmost event in which
    that home takes part; planned, cancelled, aggregate, reported-only and domestic records
    are left out and listed. Plans are a table of their own. A part of an event of the home
    never stands here.
    """
    takers = corpus.takers
    of_events = takers[takers["record"] == "events"]
    ours = set(of_events.loc[of_events["org_id"].isin(corpus.members), "record_id"])
    events = corpus["events"]
    own = set(corpus.own("events")["event_id"]) & ours
    top = events[events["event_id"].isin(own) & ~_has_whole_in(events, ours)]
    bodies = {id: set(group["org_id"].dropna()) for id, group in of_events.groupby("record_id")}
    stops = _stops(events)
    rows = [
        _exchange(row, bodies.get(row.event_id, set()), stops.get(row.event_id, ()), corpus)
        for row in top.itertuples(index=False)
    ]
    columns = [*_BODY_COLUMNS, "date", "basis", "assumed", "partners", "direction", "in_period", "counted", "left_out",
               "records"]  # fmt: skip
    rows.sort(key=lambda row: (date_key(row["date"]), row["event_id"]))
    return frame(rows, columns).astype({"in_period": "boolean", "counted": bool, "assumed": bool})


def _has_whole_in(events: pd.DataFrame, ours: set[str]) -> pd.Series:
    whole_of = dict(zip(events["event_id"], events["part_of"], strict=True))

    def inside(id: str) -> bool:
        whole = whole_of.get(id)
        while not pd.isna(whole):
            if whole in ours:
                return True
            whole = whole_of.get(whole)
        return False

    return events["event_id"].map(inside).astype(bool)


def date_key(text: str | None) -> tuple[bool, dt.date, dt.date, str]:
    """By what records are put in order of time: EDTF, those without a date last."""
    return dates.parse(text).sort_key if text else (True, dt.date.max, dt.date.max, "")


def _stops(events: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """For each event that has no place of its own the places of its parts: the stops of a tour."""
    placed = events[events["place_id"].notna() & events["part_of"].notna()]
    return {whole: tuple(dict.fromkeys(group)) for whole, group in placed.groupby("part_of")["place_id"]}


def _exchange(row: Any, bodies: set[str], stops: tuple[str, ...], corpus: Corpus) -> dict[str, Any]:
    text = _date_text(row)
    date = dates.parse(text) if text else None
    inferred = row.basis in dates.OUR_READING
    partners = tuple(sorted({corpus.principal(id) for id in bodies - corpus.members if corpus.abroad.get(id)}))
    within: bool | None = True
    if corpus.selection.period is not None:
        answer = date.within(corpus.selection.period, inferred=inferred) if date else dates.Answer(None)
        within = None if answer.value and answer.assumed else answer.value
    reason = _reason(row, partners, within, corpus)
    values = {name: plain(getattr(row, name)) for name in _BODY_COLUMNS}
    return values | {
        "date": text,
        "basis": row.basis,
        "assumed": inferred or bool(date and date.assumed),
        "partners": partners,
        "direction": _direction(row, partners, stops, corpus),
        "in_period": within,
        "counted": reason == "",
        "left_out": reason,
        "records": (row.event_id,),
    }


def _date_text(row: Any) -> str | None:
    """The date in use: the reading, else what the source says."""
    return plain(row.reading) or plain(row.edtf)


def _reason(row: Any, partners: tuple[str, ...], within: bool | None, corpus: Corpus) -> str:
    abroad = bool(partners) or _place_abroad(row.place_id, corpus)
    holds = {
        "not_reviewed": row.curation != "reviewed",
        "outside_period": within is False,
        "cancelled": row.factuality == "cancelled",
        "postponed": row.factuality == "postponed",
        "reported_only": row.factuality == "reported_only",
        "aggregate": row.clarity == "aggregate",
        "internal": row.type == "internal_session",
        "domestic": not abroad,
    }
    found = next((reason for reason in REASONS if holds[reason]), "")
    return found or ("" if row.countable else "internal")


def _place_abroad(place_id: object, corpus: Corpus) -> bool:
    if pd.isna(place_id):
        return False
    country = corpus.row("places", str(place_id))["country"]
    return corpus.counts_abroad(country)


def _direction(row: Any, partners: tuple[str, ...], stops: tuple[str, ...], corpus: Corpus) -> str:
    """Who moved: at a place abroad the home did, at home the partners; online both or neither. A tour
    without a place of its own went where all its stops were, if they were all on one side."""
    if row.mode == "online" or row.place_precision == "online":
        return "mutual"
    if row.type in _UNMOVED_KINDS and row.mode != "in_person":
        return "unknown"
    places = (row.place_id,) if not pd.isna(row.place_id) else stops
    abroad = {_place_abroad(place, corpus) for place in places}
    if len(abroad) != 1:
        return "unknown"
    if abroad == {True}:
        return "outbound"
    return "inbound" if partners else "domestic"


def partners(exchanges: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The bodies abroad met in counted exchanges, the most often met first.

    Columns: org_id, kind, library (is it a library), events (ids, oldest first), inbound,
    outbound, online (numbers of events), last (latest possible day of the last one).
    """
    counted = exchanges[exchanges["counted"]]
    kinds = dict(zip(corpus["organisations"]["org_id"], corpus["organisations"]["kind"], strict=True))
    rows = []
    for org in sorted({org for orgs in counted["partners"] for org in orgs}):
        met = counted[[org in orgs for orgs in counted["partners"]]]
        directions = met["direction"].value_counts()
        rows.append(
            {
                "org_id": org,
                "kind": kinds[org],
                "library": kinds[org] in LIBRARY_KINDS,
                "events": tuple(met["event_id"]),
                "inbound": int(directions.get("inbound", 0)),
                "outbound": int(directions.get("outbound", 0)),
                "online": int(directions.get("mutual", 0)),
                "last": max((day for day in met["latest"] if day), default=None),
            }
        )
    columns = ["org_id", "kind", "library", "events", "inbound", "outbound", "online", "last"]
    rows.sort(key=lambda row: (-len(row["events"]), row["org_id"]))
    return frame(rows, columns).astype({"library": bool})


def last_date(rows: pd.DataFrame) -> str | None:
    """The date of the exchange that ended last, as far as dates tell, in its own words (EDTF)."""
    dated = rows[rows["latest"].notna()].sort_values("latest", kind="stable")
    return str(dated.iloc[-1]["date"]) if len(dated) else None


def left_out(exchanges: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Everything of the home that headline counts leave out: record_id, reason, one row each.

    Parts of the home's own events are among them with the reason *part*.
    """
    rows = [(row.event_id, row.left_out) for row in exchanges[~exchanges["counted"]].itertuples()]
    top = set(exchanges["event_id"])
    events = corpus["events"]
    takers = corpus.takers
    ours = set(takers.loc[(takers["record"] == "events") & takers["org_id"].isin(corpus.members), "record_id"])
    rows += [(id, "part") for id in events["event_id"] if id in ours - top]
    return pd.DataFrame(rows, columns=["record_id", "reason"]).sort_values(["reason", "record_id"], ignore_index=True)


def bodies_abroad(corpus: Corpus) -> dict[str, frozenset[str]]:
    """For each event the bodies abroad that took part in it, an office's or branch's principal for it."""
    takers = corpus.takers
    rows = takers[(takers["record"] == "events") & takers["org_id"].notna()]
    rows = rows[rows["org_id"].map(lambda org: bool(corpus.abroad.get(org))).astype(bool)]
    return {
        id: frozenset(map(corpus.principal, orgs)) - corpus.members for id, orgs in rows.groupby("record_id")["org_id"]
    }


def own_parts(corpus: Corpus) -> pd.DataFrame:
    """The rows of the table of events that are parts of others, took place, and in which the home took part or for
    which nobody is named: what may be told of the inside of an exchange."""
    events = corpus["events"]
    takers = corpus.takers
    bodies = takers[(takers["record"] == "events") & takers["org_id"].notna()]
    ours = set(bodies.loc[bodies["org_id"].isin(corpus.members), "record_id"])
    silent = ~events["event_id"].isin(set(bodies["record_id"]))
    held = events["part_of"].notna() & events["clarity"].eq("single") & events["factuality"].eq("realised")
    return events[held & events["curation"].eq("reviewed") & (events["event_id"].isin(ours) | silent)]


def movements(exchanges: pd.DataFrame, plans: pd.DataFrame, corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a map may draw of the counted exchanges and the open plans, and what it may not.

    Returns two tables. Lines: record, record_id, kind (inbound, outbound, online, planned),
    home_place, other_place (ids). Left out: record_id, reason (code of left_out_reason), direction
    (of the exchange; planned for a plan).

    Rules (codebook §3, rules 7 and 18): movement is drawn only where someone moved, from the
    seat of their body to the place of the event; an online event joins two seats; a country
    stays a country; a seat that no source names is no point of departure, so an
    international body has none. Promises and wishes without a place are not drawn.
    """
    places, stops, at_home = _seats(corpus), _stops(corpus["events"]), _home_seats(corpus)
    lines: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for row in exchanges[exchanges["counted"]].itertuples(index=False):
        ends = _ends(row, at_home.get(row.event_id, []), places, stops.get(row.event_id, ()))
        lines += [{"record": "events", "record_id": row.event_id, **end} for end in ends]
        if not ends:
            bodies = [org for org in row.partners if corpus.abroad.get(org) and not places.get(org)]
            reason = "no_movement" if row.mode in _UNMOVED else "no_seat" if bodies else "no_place"
            missing.append({"record_id": row.event_id, "reason": reason, "direction": row.direction})
    for plan in plans.itertuples(index=False):
        planned = _plan_ends(plan, places)
        if planned:
            lines.append({"record": "plans", "record_id": plan.plan_id, "kind": "planned", **planned})
        else:
            missing.append({"record_id": plan.plan_id, "reason": "ongoing", "direction": "planned"})
    return frame(lines, _LINE), frame(missing, ["record_id", "reason", "direction"])


def ties(agreements: pd.DataFrame, lines: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Cooperation that no counted exchange of a map shows: lines of kind *tie*, as `movements` has them.

    ``agreements`` is `analysis.agreements.agreements`, ``lines`` the lines of `movements`. A tie joins
    the seat of a body of the home with that of a partner abroad, once for each agreement.

    Rules (codebook §3, rules 5 and 18): what is signed, renewed or in force, and cooperation that a
    source tells without naming an instrument; not what is only discussed or approved, what has ended,
    the ties of cities (they are not the home's own), nor a place between which and home somebody came,
    went or was met online. A body without a seat in the register has no tie.
    """
    seats = _seats(corpus)
    met = lines[lines["kind"] != "planned"]
    shown = set(zip(met["home_place"], met["other_place"], strict=True))
    told = corpus["agreements"]
    reviewed = set(told.loc[told["curation"] == "reviewed", "agreement_id"])
    standing = agreements[agreements["step"].map(lambda step: plain(step) in _STANDING).astype(bool)]
    standing = standing[standing["agreement_id"].isin(reviewed)]
    found: list[dict[str, Any]] = []
    for row in standing.itertuples(index=False):
        homes = {seats[org] for org in row.home_parties if org in corpus.members and org in seats}
        others = {seats[org] for org in row.partners if corpus.abroad.get(org) and org in seats}
        pairs = sorted((home, other) for home in homes for other in others - homes)
        found += [
            {"record": "agreements", "record_id": row.agreement_id, "kind": "tie", "home_place": home,
             "other_place": other}
            for home, other in pairs
            if (home, other) not in shown
        ]  # fmt: skip
    return frame(found, _LINE)


def _plan_ends(plan: Any, seats: dict[str, str]) -> dict[str, str]:
    """The home's seat and the place planned for; for a visit to the home, the partner's seat."""
    homes = [seats[org] for org in plan.home_parties if org in seats]
    others = [seats[org] for org in plan.partners if org in seats]
    if not plan.place_id or not homes:
        return {}
    if plan.place_id not in homes:
        return {"home_place": homes[0], "other_place": plan.place_id}
    return {"home_place": plan.place_id, "other_place": others[0]} if others else {}


def _seats(corpus: Corpus) -> dict[str, str]:
    rows = corpus["organisations"].dropna(subset=["place_id"])
    return dict(zip(rows["org_id"], rows["place_id"], strict=True))


def _home_seats(corpus: Corpus) -> dict[str, list[str]]:
    """For each event the seats of the bodies of the home that took part, sorted."""
    seats, takers = _seats(corpus), corpus.takers
    own = takers[(takers["record"] == "events") & takers["org_id"].isin(corpus.members & set(seats))]
    return {id: sorted({seats[org] for org in group}) for id, group in own.groupby("record_id")["org_id"]}


def _ends(row: Any, home_seats: list[str], seats: dict[str, str], stops: tuple[str, ...]) -> list[dict[str, str]]:
    partner_seats = sorted({seats[org] for org in row.partners if org in seats})
    if row.mode in _UNMOVED:
        pairs = []
    elif row.direction == "mutual":
        pairs = [("online", home, other) for home in home_seats for other in partner_seats]
    elif row.direction == "inbound" and row.place_id:
        pairs = [("inbound", row.place_id, other) for other in partner_seats]
    elif row.direction == "outbound":
        pairs = [
            ("outbound", home, place) for home in home_seats for place in ((row.place_id,) if row.place_id else stops)
        ]
    else:
        pairs = []
    return [{"kind": kind, "home_place": home, "other_place": other} for kind, home, other in pairs if home != other]


def for_map(
    exchanges: pd.DataFrame, plans: pd.DataFrame, agreements: pd.DataFrame, corpus: Corpus
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All that a map may draw: the lines of `movements` with the `ties` behind them, and what it may not draw."""
    lines, missing = movements(exchanges, plans, corpus)
    return pd.concat([lines, ties(agreements, lines, corpus)], ignore_index=True), missing
