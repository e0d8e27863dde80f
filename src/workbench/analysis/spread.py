"""How exchange is spread: over countries, years, kinds, ways of meeting, cities and libraries.

Counts of years have a lowest (the event surely began in that year) and a highest (it can have);
beside them stand the sources published in the year, for a rise in sources looks like a rise in
exchange (codebook §3, rule 14).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from workbench.analysis import agreements as agreed
from workbench.analysis import flows
from workbench.analysis._frames import frame
from workbench.analysis.flows import LIBRARY_KINDS
from workbench.records import dates
from workbench.records.selection import Corpus

PANDEMIC = "2020-01-30/2023-05-05"  # WHO: declaration and end of the emergency of international concern
CITY_TIES = ("sister_city", "friendly_exchange_city", "city_tie_unspecified")


def per_year(corpus: Corpus) -> pd.DataFrame:
    """Counted exchanges by year of beginning, with the sources published in each year.

    Columns: year, low, high (exchanges), events (ids that ``high`` counts), sources (number
    published surely in that year), records (the same as events). From the first to the last year
    without a gap; exchanges whose year has no bounds are in no row.
    """
    counted = _counted(corpus)
    low, high = _years(counted)
    published = _published(corpus)
    years = range(min(high, default=0), max(high, default=-1) + 1)
    rows = [
        {"year": year, "low": len(low.get(year, ())), "high": len(high.get(year, ())),
         "events": tuple(high.get(year, ())), "sources": published[year], "records": tuple(high.get(year, ()))}
        for year in years
    ]  # fmt: skip
    columns = ["year", "low", "high", "events", "sources", "records"]
    return frame(rows, columns).astype(dict.fromkeys(("year", "low", "high", "sources"), "Int64"))


def by_country(corpus: Corpus) -> pd.DataFrame:
    """Question 6: counted exchanges by country or region of the partners, and year.

    Columns: country (ISO 3166), region (the term that the word list maps it to), year (missing:
    all years together), low, high, sources (number published surely in that year, of any country), partners
    (bodies met), events, records. An exchange with partners of several countries stands under each, so rows
    do not add up. Bodies without a seat (those of many countries) stand under the country missing.
    """
    counted, published = _counted(corpus), _published(corpus)
    country = corpus.country_of
    region = {code: term.maps_to for code, term in corpus.vocabularies["country"].items()}
    rows: list[dict[str, Any]] = []
    codes = {code for orgs in counted["partners"] for code in {country.get(org) for org in orgs}}
    for code in sorted(codes, key=lambda code: (code is None, str(code))):
        own = counted[counted["partners"].map(lambda orgs, code=code: any(country.get(o) == code for o in orgs))]
        bodies = sorted({org for orgs in own["partners"] for org in orgs if country.get(org) == code})
        base: dict[str, Any] = {"country": code, "region": region.get(code or ""), "partners": tuple(bodies)}
        met = tuple(own["event_id"])
        base |= {"sources": None}
        rows.append(base | {"year": None, "low": _sure(own), "high": len(own), "events": met, "records": met})
        low, high = _years(own)
        rows += [
            base | {"year": year, "low": len(low.get(year, ())), "high": len(ids), "sources": published[year],
                    "events": tuple(ids), "records": tuple(ids)}
            for year, ids in sorted(high.items())
        ]  # fmt: skip
    columns = ["country", "region", "year", "low", "high", "sources", "partners", "events", "records"]
    return frame(rows, columns).astype(dict.fromkeys(("year", "low", "high", "sources"), "Int64"))


def online_share(corpus: Corpus, pandemic: str = PANDEMIC) -> pd.DataFrame:
    """Question 10: how many exchanges were online before, during and after the pandemic; who was met online only.

    Columns: phase (before, during, after; missing: all time), low, high (exchanges that surely lie, that
    can lie in it), online_low, online_high, only_online (bodies met in it, and online alone), records. Modes
    online and hybrid count as online, hybrid as in person too. ``pandemic`` is an EDTF interval.
    """
    span = dates.parse(pandemic)
    counted = _counted(corpus)
    rows = []
    for phase in ("before", "during", "after", None):
        sure, can = [], []
        for row in counted.itertuples():
            date = dates.parse(row.date) if row.date else None
            answer = _phase(date, span, phase, row.assumed) if phase else True
            sure += [row] if answer is True and not pd.isna(row.in_period) else []
            can += [row] if answer is not False else []
        person = {org for row in can if row.mode != "online" for org in row.partners}
        only = {org for row in can if row.mode == "online" for org in row.partners} - person
        rows.append(
            {"phase": phase, "low": len(sure), "high": len(can), "online_low": sum(map(_online, sure)),
             "online_high": sum(map(_online, can)), "only_online": tuple(sorted(only)),
             "records": tuple(row.event_id for row in can)}
        )  # fmt: skip
    return frame(rows, ["phase", "low", "high", "online_low", "online_high", "only_online", "records"]).astype(
        dict.fromkeys(("low", "high", "online_low", "online_high"), "Int64")
    )


def _phase(date: dates.EdtfDate | None, span: dates.EdtfDate, phase: str, assumed: bool) -> bool | None:
    """Does a date lie before, during or after a span? A yes that rests on an assumption is no sure one."""
    if date is None:
        return None
    ask = {"before": date.before, "during": date.within, "after": date.after}[phase]
    answer = ask(span, inferred=assumed)
    return None if answer.value and answer.assumed else answer.value


def _online(row: Any) -> bool:
    return row.mode in ("online", "hybrid")


def partners_by_way(corpus: Corpus) -> pd.DataFrame:
    """In which ways each partner was met, and in which alone (for questions 10 and 19).

    Multilateral is a conference, whoever else was there, and any event with another partner too.
    Columns: partner, bilateral, multilateral (numbers of counted exchanges), online, in_person (by
    mode; hybrid counts as both), only_online, only_multilateral, records.
    """
    counted = _counted(corpus)
    rows = []
    for partner in sorted({org for orgs in counted["partners"] for org in orgs}):
        own = counted[counted["partners"].map(lambda orgs, partner=partner: partner in orgs)]
        alone = int((own["partners"].map(len).eq(1) & own["type"].ne("conference")).sum())
        online = int(own["mode"].isin(["online", "hybrid"]).sum())
        person = int((~own["mode"].isin(["online", "broadcast", "post"])).sum())
        rows.append(
            {"partner": partner, "bilateral": alone, "multilateral": len(own) - alone, "online": online,
             "in_person": person, "only_online": person == 0 and online > 0, "only_multilateral": alone == 0,
             "records": tuple(own["event_id"])}
        )  # fmt: skip
    columns = ["partner", "bilateral", "multilateral", "online", "in_person", "only_online", "only_multilateral",
               "records"]  # fmt: skip
    return frame(rows, columns).astype(
        dict.fromkeys(("bilateral", "multilateral", "online", "in_person"), "Int64")
        | {"only_online": bool, "only_multilateral": bool}
    )


def kinds(corpus: Corpus) -> pd.DataFrame:
    """Question 21: which kinds of exchange were had with which partner, and which never.

    Columns: partner (missing: with all partners together), type, low, high (exchanges that surely lie, that
    can lie in the period, and their parts), topics (what they were about, in our words), records. A part that names
    bodies abroad is had with them alone. For all partners
    together every kind of the word list has a row, those never tried with high 0; the kinds that are
    no exchange by themselves (follow-ups in the house, approvals) are left out.
    """
    counted = _counted(corpus)
    inside = _with_parts(counted, corpus)
    unsure = counted.loc[counted["in_period"].isna(), "event_id"]
    doubtful = {id for whole in unsure for id, *_ in inside[whole]}
    about = corpus["events"].dropna(subset=["topic"])
    topics = dict(zip(about["event_id"], about["topic"], strict=True))
    rows: list[dict[str, Any]] = []
    tried: dict[str, list[str]] = {code: [] for code in corpus.vocabularies["event_type"]}
    for partner in sorted({org for orgs in counted["partners"] for org in orgs}):
        own: dict[str, list[str]] = {}
        for row in counted[counted["partners"].map(lambda orgs, partner=partner: partner in orgs)].itertuples():
            for id, kind, bodies in inside[row.event_id]:
                if not bodies or partner in bodies:
                    own.setdefault(kind, []).append(id)
        for kind, ids in sorted(own.items()):
            rows.append(_tried(partner, kind, ids, doubtful, topics))
            tried[kind] = sorted({*tried[kind], *ids})
    for kind, ids in tried.items():
        if kind not in ("internal_session", "agreement_approval", "other"):
            rows.append(_tried(None, kind, ids, doubtful, topics))
    return frame(rows, ["partner", "type", "low", "high", "topics", "records"]).astype(
        {"low": "Int64", "high": "Int64"}
    )


def _tried(
    partner: str | None, kind: str, ids: list[str], doubtful: set[str], topics: dict[str, str]
) -> dict[str, Any]:
    sure = sum(id not in doubtful for id in ids)
    told = tuple(dict.fromkeys(topics[id] for id in ids if id in topics))
    return {"partner": partner, "type": kind, "low": sure, "high": len(ids), "topics": told, "records": tuple(ids)}


Inside = tuple[str, str, frozenset[str]]  # an event, its kind, the bodies abroad it names (none: those of its whole)


def _with_parts(counted: pd.DataFrame, corpus: Corpus) -> dict[str, list[Inside]]:
    """Each exchange with the events inside it in which the home took part, itself first."""
    named = flows.bodies_abroad(corpus)
    parts: dict[str, list[Inside]] = {}
    for row in flows.own_parts(corpus).itertuples():
        parts.setdefault(row.part_of, []).append((row.event_id, row.type, named.get(row.event_id, frozenset())))
    found = {}
    for row in counted.itertuples():
        listed: list[Inside] = [(row.event_id, row.type, frozenset())]
        queue = [row.event_id]
        while queue:
            inner = parts.get(queue.pop(), [])
            listed += inner
            queue += [id for id, *_ in inner]
        found[row.event_id] = listed
    return found


def city_ties(corpus: Corpus) -> pd.DataFrame:
    """Sister cities without a library tie, and library partners outside any (for questions 7 and 8).

    Columns: place_id, city_ties (agreements between cities with it), library_ties (countable
    agreements of libraries there with the home), libraries (libraries there that the home met or
    agreed with), missing (library: the city is tied, no library there is; city: a library is, the
    city is not; empty where both are), records. A tie of a kind that the source does not state is
    a tie of the city here.
    """
    exchanges = flows.exchanges(corpus)
    table = agreed.agreements(corpus, exchanges)
    reviewed = corpus["agreements"].loc[corpus["agreements"]["curation"] == "reviewed", "agreement_id"]
    table = table[table["agreement_id"].isin(reviewed)]
    organisations = corpus["organisations"].set_index("org_id")
    seats = organisations["place_id"].dropna()
    libraries = {id for id, kind in organisations["kind"].items() if kind in LIBRARY_KINDS}
    found: dict[str, dict[str, set[str]]] = {}

    def at(org: str) -> dict[str, set[str]] | None:
        if org not in seats.index:
            return None
        return found.setdefault(seats[org], {"city": set(), "tie": set(), "library": set(), "events": set()})

    for row in table.itertuples():
        for org in row.partners:
            place = at(org)
            if (place is not None and row.kind in CITY_TIES) or (place is not None and row.level == "city"):
                place["city"].add(row.agreement_id)
            elif place is not None and org in libraries and row.countable:
                place["tie"].add(row.agreement_id)
                place["library"].add(org)
    for row in exchanges[exchanges["counted"]].itertuples():
        for org in set(row.partners) & libraries:
            place = at(org)
            if place is not None:
                place["library"].add(org)
                place["events"].add(row.event_id)
    rows = []
    for id, place in sorted(found.items()):
        if not place["city"] and not place["library"]:
            continue
        missing = "library" if place["city"] and not place["tie"] else "city" if not place["city"] else ""
        rows.append(
            {"place_id": id, "city_ties": tuple(sorted(place["city"])), "library_ties": tuple(sorted(place["tie"])),
             "libraries": tuple(sorted(place["library"])), "missing": missing,
             "records": tuple(sorted(place["city"] | place["tie"] | place["events"]))}
        )  # fmt: skip
    return frame(rows, ["place_id", "city_ties", "library_ties", "libraries", "missing", "records"])


def members_covered(corpus: Corpus) -> pd.DataFrame:
    """Question 22: which libraries of the home an agreement covers, with which foreign body.

    Columns: org_id, partners (of agreements that count), told (further bodies abroad with which it is told to
    cooperate or of which it is a member, no instrument being named), countable (number of agreements that count in
    headlines, a group once), covered (yes: by one that counts; no: nothing on record; missing: told alone), records
    (agreements, children of a group included). One row per member of the home.
    """
    table = corpus["agreements"]
    parties = corpus["parties"]
    own = parties[(parties["record"] == "agreements") & (parties["party"] == "org")]
    bodies = own.groupby("record_id")["party_id"].agg(lambda ids: set(ids.dropna()))
    whole = table[table["form"].ne("group") & table["curation"].eq("reviewed")]
    rows = []
    for member in sorted(corpus.members):
        mine = [row for row in whole.itertuples() if member in bodies.get(row.agreement_id, set())
                and any(corpus.abroad.get(org) for org in bodies[row.agreement_id])]  # fmt: skip
        firm = [row for row in mine if row.form == "child" or row.countable]
        partners, all_ = ({org for row in some for org in bodies[row.agreement_id] if corpus.abroad.get(org)}
                          for some in (firm, mine))  # fmt: skip
        counts = {row.parent_id if row.form == "child" else row.agreement_id for row in firm}
        rows.append(
            {"org_id": member, "partners": tuple(sorted(partners)), "told": tuple(sorted(all_ - partners)),
             "countable": len(counts),
             "covered": True if counts else None if mine else False,
             "records": tuple(row.agreement_id for row in mine)}
        )  # fmt: skip
    return frame(rows, ["org_id", "partners", "told", "countable", "covered", "records"]).astype(
        {"countable": "Int64", "covered": "boolean"}
    )


def untied_sister_cities(corpus: Corpus) -> pd.DataFrame:
    """Question 7: which sister cities of the home's city have no library tie yet.

    Columns: place_id, sister (yes: a sister-city tie; no: friendly exchange between cities, which is not one;
    missing: the source does not state the kind), met (libraries there that the home has met without an
    agreement), records. A library tie is a countable agreement of the home with a library there;
    what no source tells is not on record, which does not prove that there is none.
    """
    kinds_of = corpus["agreements"].set_index("agreement_id")["kind"]
    rows = []
    for row in city_ties(corpus).itertuples():
        if row.missing == "library":
            found = {kinds_of[id] for id in row.city_ties}
            sister = True if "sister_city" in found else None if found - {"friendly_exchange_city"} else False
            rows.append({"place_id": row.place_id, "sister": sister, "met": row.libraries, "records": row.records})
    return frame(rows, ["place_id", "sister", "met", "records"]).astype({"sister": "boolean"})


def partners_outside_city_ties(corpus: Corpus) -> pd.DataFrame:
    """Question 8: which library partners lie outside any sister-city tie.

    Library partners are libraries that the home has met in a counted exchange or agreed with. Columns:
    partner, place_id (missing where no source names a seat), outside (yes: its city has no tie of
    cities with ours, or one of friendly exchange only; no: a sister-city tie; missing: the kind of the
    tie, or the seat, is not stated), agreements (number of countable ones), records.
    """
    exchanges = flows.exchanges(corpus)
    met = flows.partners(exchanges, corpus)
    table = agreed.agreements(corpus, exchanges)
    table = table[table["countable"]]
    bodies = corpus["organisations"].set_index("org_id")
    library = {org for org, kind in bodies["kind"].items() if kind in LIBRARY_KINDS}
    ties = {row.place_id: row.city_ties for row in city_ties(corpus).itertuples()}
    kinds_of = corpus["agreements"].set_index("agreement_id")["kind"]
    events = dict(zip(met["org_id"], met["events"], strict=True))
    rows = []
    for org in sorted(library & ({org for orgs in table["partners"] for org in orgs} | set(events))):
        if not corpus.abroad.get(org):
            continue
        own = tuple(row.agreement_id for row in table.itertuples() if org in row.partners)
        place = bodies.loc[org, "place_id"]
        found = {kinds_of[id] for id in ties.get(place, ())} if not pd.isna(place) else {""}
        outside = False if "sister_city" in found else None if found - {"friendly_exchange_city"} else True
        rows.append(
            {"partner": org, "place_id": None if pd.isna(place) else place, "outside": outside, "agreements": len(own),
             "records": (*own, *ties.get(place, ()), *events.get(org, ()))}
        )  # fmt: skip
    columns = ["partner", "place_id", "outside", "agreements", "records"]
    return frame(rows, columns).astype({"outside": "boolean", "agreements": "Int64"})


def never_alone(corpus: Corpus) -> pd.DataFrame:
    """Question 19: which partners meet us at multilateral events but never bilaterally.

    The rows of `partners_by_way` with no meeting at which the partner was the only one. Columns: partner,
    multilateral, online, in_person (numbers of counted exchanges), records.
    """
    table = partners_by_way(corpus)
    kept = ["partner", "multilateral", "online", "in_person", "records"]
    return table.loc[table["only_multilateral"], kept].reset_index(drop=True)


# --- helps --------------------------------------------------------------------------------


def _counted(corpus: Corpus) -> pd.DataFrame:
    exchanges = flows.exchanges(corpus)
    return exchanges[exchanges["counted"]]


def _sure(rows: pd.DataFrame) -> int:
    """How many exchanges surely lie in the period."""
    return int(rows["in_period"].fillna(False).sum())


def _years(counted: pd.DataFrame) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """By year the exchanges that surely began in it, and those that can have or are assumed to have."""
    low: dict[int, list[str]] = {}
    high: dict[int, list[str]] = {}
    for row in counted.itertuples():
        years = dates.parse(row.date).start_years if row.date else ()
        for year in years:
            high.setdefault(year, []).append(row.event_id)
        if len(years) == 1 and not row.assumed and row.in_period is not pd.NA:
            low.setdefault(years[0], []).append(row.event_id)
    return low, high


def _published(corpus: Corpus) -> Counter[int]:
    found: Counter[int] = Counter()
    for text in corpus["sources"]["published"].dropna():
        date = dates.parse(text)
        if date.earliest and date.latest and date.earliest.year == date.latest.year:
            found[date.earliest.year] += 1
    return found
