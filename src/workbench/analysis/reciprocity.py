"""Who went to whom, who came, whom we know there, and what came back.

Movement is counted where two sides alone met: an event with several partners balances nothing
(codebook §3, rule 4). A group without a headcount has at least one person and no upper limit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbench.analysis import flows
from workbench.analysis._frames import frame, plain
from workbench.records.dossiers import UNKNOWN
from workbench.records.selection import Corpus

VISITS = ("visit", "delegation", "staff_exchange", "training", "meeting")
# Kinds of event that are something handed over or shown, and as what.
_YIELDS = {"exhibition": "exhibition", "public_talk": "talk", "book_donation": "books", "book_exchange": "books"}
_TRAVELLING = ("visitor", "exchanged_staff", "participant", "speaker", "sender")


def balance(corpus: Corpus) -> pd.DataFrame:
    """Question 2: for each partner staff in and out, the balance, the last year, who owes a visit.

    Counts counted exchanges of the kinds in ``VISITS`` at which the home met this partner alone and
    somebody moved. Columns: partner, inbound, outbound (numbers of events), people_in_low,
    people_in_high, people_out_low, people_out_high (people who travelled; high missing where a
    group has no headcount), balance (inbound minus outbound), last (latest possible day of the
    last one), last_date (EDTF of that one), owes (home: they came more often than we went; partner; nobody),
    promised (open plans that answer a visit), records. Ordered by what is owed, then partner.

    Rule: who was visited more often owes a visit; a plan to return one is told, not counted.
    """
    exchanges = flows.exchanges(corpus)
    moved = exchanges[
        exchanges["counted"]
        & exchanges["type"].isin(VISITS)
        & exchanges["direction"].isin(["inbound", "outbound"])
        & exchanges["partners"].map(len).eq(1)
    ]
    plans = corpus.own("plans")
    waiting = plans[plans["reciprocal_of"].notna() & plans["realised_by"].isna()]
    travellers = _travellers(corpus)
    rows = []
    for partner in sorted({orgs[0] for orgs in moved["partners"]}):
        own = moved[moved["partners"].map(lambda orgs, partner=partner: orgs[0] == partner)]
        by = {way: own[own["direction"] == way] for way in ("inbound", "outbound")}
        low, high = zip(*(_people(by[way], travellers, way == "outbound") for way in by), strict=True)
        saldo = len(by["inbound"]) - len(by["outbound"])
        promised = tuple(waiting.loc[waiting["reciprocal_of"].isin(own["event_id"]), "plan_id"])
        rows.append(
            {
                "partner": partner,
                "inbound": len(by["inbound"]),
                "outbound": len(by["outbound"]),
                "people_in_low": low[0],
                "people_in_high": high[0],
                "people_out_low": low[1],
                "people_out_high": high[1],
                "balance": saldo,
                "last": max((day for day in own["latest"] if day), default=None),
                "last_date": flows.last_date(own),
                "owes": "home" if saldo > 0 else "partner" if saldo < 0 else "nobody",
                "promised": promised,
                "records": (*own["event_id"], *promised),
            }
        )
    rows.sort(key=lambda row: (-abs(row["balance"]), row["partner"]))
    numbers = ["people_in_low", "people_in_high", "people_out_low", "people_out_high"]
    columns = ["partner", "inbound", "outbound", *numbers, "balance", "last", "last_date", "owes", "promised",
               "records"]  # fmt: skip
    whole = ["inbound", "outbound", *numbers, "balance"]
    return frame(rows, columns).astype(dict.fromkeys(whole, "Int64"))


def _travellers(corpus: Corpus) -> dict[str, list[tuple[bool, str | None, int | None, str | None]]]:
    """For each event those who may have travelled: of the home?, person, headcount, body."""
    takers = corpus.takers
    own = takers[(takers["record"] == "events") & takers["role"].isin(_TRAVELLING)]
    found: dict[str, list[tuple[bool, str | None, int | None, str | None]]] = {}
    for row in own.itertuples():
        person = row.party_id if row.party == "person" else None
        count = plain(row.headcount)
        known = 1 if row.party == "person" else None if count is None else int(count)
        org = plain(row.org_id)
        if row.party in ("person", "group"):
            home = org in corpus.members
            if home or org is None or corpus.abroad.get(org):  # others at home did not travel
                found.setdefault(row.record_id, []).append((home, person, known, org))
    return found


def _people(rows: pd.DataFrame, travellers: dict[str, list[Any]], of_home: bool) -> tuple[int, int | None]:
    """The fewest and the most people of one side who travelled to some exchanges; what only may lie in the
    period adds to the most."""
    low, high = 0, 0
    open_ended = False
    for event, sure in zip(rows["event_id"], rows["in_period"].notna(), strict=True):
        side = [one for one in travellers.get(event, []) if one[0] is of_home]
        named = sum(one[1] is not None for one in side)
        groups = [one[2] for one in side if one[1] is None]
        told = max([named, *(count for count in groups if count), 1])
        low += told if sure else 0  # named people may belong to the group; at least one travelled
        high += named + sum(count or 0 for count in groups) if groups else told
        open_ended |= not side or any(count is None for count in groups)
    return low, None if open_ended else high


def staff_abroad(corpus: Corpus) -> pd.DataFrame:
    """Question 17: which of our own staff have been abroad, where and when.

    Columns: person_id (missing for a group or somebody not named), who (the person's id, else as written), headcount,
    org_id, event_id, type, place_id, date (EDTF), earliest, latest, role, records. Oldest first.
    """
    exchanges = flows.exchanges(corpus)
    abroad = exchanges[exchanges["counted"] & exchanges["direction"].eq("outbound")].set_index("event_id")
    takers = corpus.takers
    parts = flows.own_parts(corpus).set_index("event_id")["part_of"]
    parts = parts[parts.isin(abroad.index)]
    whole = {id: id for id in abroad.index} | parts.to_dict()
    own = takers[
        (takers["record"] == "events")
        & takers["record_id"].isin(whole)
        & takers["org_id"].isin(corpus.members)
        & takers["party"].isin(["person", "group"])
    ]
    own = own.assign(top=own["record_id"].map(whole), inner=own["record_id"].isin(parts.index)).sort_values("inner")
    own = own[~(own["inner"] & own["text"].eq(UNKNOWN))]  # who signed is not told: nobody beside those who travelled
    own = own.drop_duplicates(["top", "text"])  # told of the journey, and again of a part of it
    rows = [
        {
            "person_id": plain(row.party_id) if row.party == "person" else None,
            "who": plain(row.party_id) if row.party == "person" and plain(row.party_id) else row.text,
            "headcount": plain(row.headcount),
            "org_id": row.org_id,
            "event_id": row.top,
            "type": event["type"],
            "place_id": plain(event["place_id"]),
            "date": event["date"],
            "earliest": event["earliest"],
            "latest": event["latest"],
            "role": row.role,
            "records": tuple(dict.fromkeys([row.top, row.record_id])),
        }
        for row in own.sort_values("text", kind="stable").itertuples()
        for event in [abroad.loc[row.top]]
    ]
    rows.sort(key=lambda row: (str(row["earliest"]), row["event_id"]))
    columns = ["person_id", "who", "headcount", "org_id", "event_id", "type", "place_id", "date", "earliest",
               "latest", "role", "records"]  # fmt: skip
    return frame(rows, columns).astype({"headcount": "Int64"})


def contacts(corpus: Corpus) -> pd.DataFrame:
    """Question 16: whom we have met of each partner, in which post, last attested when.

    One row per person and body abroad, from posts and from taking part in an event of the home.
    Columns: partner (the body, an office's or branch's principal), person_id, post (as printed at
    the last attestation that has one; may be missing), last_earliest, last_latest (days of the
    last attestation; may be missing), last_date (EDTF of it), events, records. Ordered by partner, the last attested
    first.
    A post is attested at a time: whether it is still held, nobody knows.
    """
    takers = corpus.takers
    events = corpus["events"].set_index("event_id")
    found: dict[tuple[str, str], list[tuple[Any, Any, str, str | None, str | None]]] = {}
    people = takers[(takers["record"] == "events") & (takers["party"] == "person") & takers["party_id"].notna()]
    for row in people.itertuples():
        if not pd.isna(row.org_id) and corpus.abroad.get(row.org_id):
            event = events.loc[row.record_id]
            key = (corpus.principal(row.org_id), row.party_id)
            date = plain(event["reading"]) or plain(event["edtf"])
            found.setdefault(key, []).append((event["earliest"], event["latest"], row.record_id, None, date))
    for row in corpus["posts"].itertuples():
        if not pd.isna(row.person_id) and corpus.abroad.get(row.org_id):
            key = (corpus.principal(row.org_id), row.person_id)
            date = plain(row.reading) or plain(row.edtf)
            found.setdefault(key, []).append((row.earliest, row.latest, plain(row.event_id), row.post, date))
    rows = []
    for (partner, person), attested in found.items():
        attested.sort(key=lambda one: (one[1] is not None, str(one[1])))
        posts = [one[3] for one in attested if one[3]]
        ids = tuple(dict.fromkeys(one[2] for one in attested if one[2]))
        rows.append(
            {
                "partner": partner,
                "person_id": person,
                "post": posts[-1] if posts else None,
                "last_earliest": max((one[0] for one in attested if one[0]), default=None),
                "last_latest": attested[-1][1],
                "last_date": attested[-1][4],
                "events": ids,
                "records": ids,
            }
        )
    rows.sort(key=lambda row: row["person_id"])
    rows.sort(key=lambda row: row["last_latest"] or dt.date.min, reverse=True)
    rows.sort(key=lambda row: row["partner"])
    columns = ["partner", "person_id", "post", "last_earliest", "last_latest", "last_date", "events", "records"]
    return frame(rows, columns)


def outputs(corpus: Corpus) -> pd.DataFrame:
    """Question 20: what came back: papers, posters, talks, exhibitions, books sent and received.

    Columns: event_id, kind (output kind or measure of books), title (in our words; may be missing),
    low, high (number, both missing where none is told), way (given by the home, received, both; missing where nobody
    says whose it was), date (EDTF), partners, records. Counted exchanges with their parts: outputs and numbers of
    books as told; an exhibition, talk, donation or exchange of books of which neither is told is one by itself,
    unless its parts tell it. Partners are the bodies abroad that spoke or gave, else those named for that part, else
    those of the whole.
    """
    exchanges = flows.exchanges(corpus)
    counted = exchanges[exchanges["counted"]]
    top_of = {id: id for id in counted["event_id"]}
    events = corpus["events"]
    held = events[events["factuality"].eq("realised")]
    for _ in range(4):  # parts of parts
        inside = held[held["part_of"].isin(top_of) & ~held["event_id"].isin(top_of)]
        top_of |= {row.event_id: top_of[row.part_of] for row in inside.itertuples()}
    ways, named = _Ways(corpus), flows.bodies_abroad(corpus)
    dated = dict(zip(counted["event_id"], counted["date"], strict=True))
    whole = dict(zip(counted["event_id"], counted["partners"], strict=True))
    rows = []

    def add(event_id: str, kind: str, title: str | None = None, low: Any = None, high: Any = None) -> None:
        top = top_of[event_id]
        partners = tuple(sorted(ways.givers(event_id) or named.get(event_id, frozenset()))) or whole[top]
        rows.append({"event_id": event_id, "kind": kind, "title": title, "low": low, "high": high,
                     "way": ways.of(event_id), "date": dated[top], "partners": partners, "records": (event_id,)}
        )  # fmt: skip

    for row in corpus["outputs"].itertuples():
        if row.event_id in top_of:
            add(row.event_id, row.kind, row.title)
    books = corpus["quantities"]
    books = books[(books["record"] == "events") & books["measure"].isin(["books", "titles", "volumes", "works"])]
    for row in books.itertuples():
        if row.record_id in top_of:
            low, best, high = plain(row.low), plain(row.best), plain(row.high)
            low = best if low is None else low
            high = best if high is None and row.qualifier not in ("more_than", "at_least") else high
            add(row.record_id, row.measure, None, low, high)
    told = {row["event_id"] for row in rows}
    told |= set(held.loc[held["event_id"].isin(told) | held["type"].isin(_YIELDS), "part_of"].dropna())
    for row in held[held["event_id"].isin(set(top_of) - told)].itertuples():
        if row.type in _YIELDS:
            add(row.event_id, _YIELDS[row.type], plain(row.topic))
    rows.sort(key=lambda row: (flows.date_key(row["date"]), row["event_id"], row["kind"], row["title"] or ""))
    columns = ["event_id", "kind", "title", "low", "high", "way", "date", "partners", "records"]
    return frame(rows, columns).astype({"low": "Float64", "high": "Float64"})


class _Ways:
    """Did the home give, receive, or both? Books by who gave them; talks, posters and exhibitions by who spoke, else
    by who organised or, where one side alone is named, took part."""

    def __init__(self, corpus: Corpus) -> None:
        takers = corpus.takers
        rows = takers[(takers["record"] == "events") & takers["org_id"].notna()]
        self.roles: dict[str, dict[bool, set[str]]] = {}
        self._givers: dict[str, set[str]] = {}
        for id, org, role in zip(rows["record_id"], rows["org_id"], rows["role"], strict=True):
            if org in corpus.members or corpus.abroad.get(org):
                sides = self.roles.setdefault(id, {True: set(), False: set()})
                sides[org in corpus.members].add(role)
            if corpus.abroad.get(org) and org not in corpus.members and role in ("speaker", "donor"):
                self._givers.setdefault(id, set()).add(corpus.principal(org))

    def givers(self, event_id: str) -> set[str]:
        """The bodies abroad that spoke or gave."""
        return self._givers.get(event_id, set())

    def of(self, event_id: str) -> str | None:
        """The code of an event, None where nobody says."""
        sides = self.roles.get(event_id, {True: set(), False: set()})
        home, partner = sides[True], sides[False]
        if "donor" in home | partner or "recipient" in home | partner:
            gave = "donor" in home or ("recipient" in partner and "donor" not in partner)
            got = "recipient" in home or ("donor" in partner and "recipient" not in partner)
        else:
            role = next((role for role in ("speaker", "organiser", "participant") if role in home | partner), None)
            gave, got = role in home, role in partner
            if role == "participant" and (home and partner):
                return None  # both were there; whose it was is not told
        return "both" if gave and got else "given" if gave else "received" if got else None
