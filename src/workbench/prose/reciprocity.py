"""The facts of the report on give and take: visits, people, programmes, ways of meeting, what came back.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis import activity, flows
from workbench.analysis._frames import plain
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.dossiers import UNKNOWN
from workbench.records.selection import Corpus
from workbench.records.text import capital

_LISTED = 3  # debts listed in a sentence; the table has all
_OFTEN = 2  # so many exchanges of a kind with a partner are a habit
Row = tuple[list[str], tuple[RecordId, ...]]
Passage = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The answers the report is written from; see the functions of `workbench.analysis`."""

    corpus: Corpus
    balance: pd.DataFrame  # reciprocity.balance
    contacts: pd.DataFrame  # reciprocity.contacts
    staff: pd.DataFrame  # reciprocity.staff_abroad
    outputs: pd.DataFrame  # reciprocity.outputs
    kinds: pd.DataFrame  # spread.kinds

    @property
    def home(self) -> Fact:
        return facts.name(self.corpus.selection.home.id)

    @cached_property
    def in_passing(self) -> dict[str, list[str]]:
        """For each partner our journeys to it that are told and not counted."""
        rows = flows.exchanges(self.corpus)
        rows = rows[~rows["counted"] & rows["direction"].eq("outbound")]
        found: dict[str, list[str]] = {}
        for row in rows[~rows["left_out"].isin(["cancelled", "domestic"])].itertuples():
            for org in row.partners:
                found.setdefault(org, []).append(row.event_id)
        return found

    @cached_property
    def _events(self) -> pd.DataFrame:
        return self.corpus["events"].set_index("event_id")

    def act(self, id: str) -> SimpleNamespace:
        """What an event is, when and where it was."""
        return telling.act(id, self.corpus)

    def date(self, text: str | None, ids: Iterable[str]) -> SimpleNamespace:
        """A date of some events with its doubt: a reading of ours where the event of that date has one."""
        own = [id for id in ids if id in self._events.index]
        rows = self._events.loc[own]
        same = rows[rows["reading"].fillna(rows["edtf"]) == text]
        inferred = bool(same["basis"].isin(dates.OUR_READING).any())
        return SimpleNamespace(date=facts.date(text, records("events", own)), inferred=inferred)


# --- visits ---------------------------------------------------------------------------------------


def lead(answers: Answers) -> Passage:
    """Facts of the headline paragraph: to whom a visit is owed, by whom, and how it stands with most."""
    debts = {owes: [_debt(row, answers) for row in answers.balance.itertuples() if row.owes == owes]
             for owes in ("home", "partner", "nobody")}  # fmt: skip
    waiting = debts["home"]
    ahead = len(waiting) > 1 and waiting[0].surplus > waiting[1].surplus
    counts = {owes: facts.number(len(rows), _cited(rows)) for owes, rows in debts.items()}
    return {
        "home": answers.home,
        "all": facts.number(len(answers.balance), _cited([row for rows in debts.values() for row in rows])),
        "counts": counts,
        "most": waiting[0] if ahead else None,
        "home_owes": waiting,
        **_by_age(waiting),
        "partner": debts["partner"],
        "nobody": debts["nobody"],
    }


def _by_age(waiting: list[SimpleNamespace]) -> Passage:
    """Of more debts than one sentence should list, those of the earliest and of the latest year, by their dates."""
    dated = sorted((one for one in waiting if one.day), key=lambda one: one.day)
    if len(waiting) <= _LISTED or len(dated) < len(waiting):
        return {"few": waiting, "longest": [], "latest": []}
    years = [one.day.year for one in dated]
    longest = [one for one in dated if one.day.year == years[0]]
    latest = [one for one in dated if one.day.year == years[-1] != years[0]]
    return {"few": [], "longest": longest, "latest": latest}


def _cited(rows: Iterable[SimpleNamespace]) -> tuple[RecordId, ...]:
    return tuple(dict.fromkeys(record for row in rows for record in row.record))


def _debt(row: Any, answers: Answers) -> SimpleNamespace:
    events = [id for id in row.records if id not in row.promised]
    own = records("events", events)
    waiting = answers.corpus["plans"].set_index("plan_id")
    told = answers.in_passing.get(row.partner, [])
    return SimpleNamespace(
        record=own,
        surplus=int(row.inbound) - int(row.outbound),
        day=row.last,
        partner=facts.name(row.partner, own),
        came=facts.number(int(row.inbound), own),
        went=facts.number(int(row.outbound), own),
        last=answers.date(row.last_date, events),
        passing=facts.number(len(told), records("events", told)) if told else None,
        promised=[_promised(id, waiting.loc[id]) for id in row.promised],
    )


def _promised(id: str, plan: pd.Series) -> SimpleNamespace:
    own = records("plans", [id])
    date = plain(plan["reading"]) or plain(plan["edtf"])
    what = plain(plan["what"])
    return SimpleNamespace(
        what=facts.text(what, own) if what else facts.code("plan_kind", plan["kind"], own),
        date=facts.date(date, own) if date else None,
    )


def key_figures(answers: Answers) -> list[tuple[str, str, Passage]]:
    """The key figures, at most four: the number as printed, its passage, and the passage's facts."""
    table = answers.balance
    ways = f"{int(table['inbound'].sum())} : {int(table['outbound'].sum())}"
    given, received = (int(answers.outputs["way"].isin([way, "both"]).sum()) for way in ("given", "received"))
    cards: list[tuple[str, str, Passage]] = [(ways, "figure_visits", {})] if len(table) else []
    cards += [(str(int((table["owes"] == "home").sum())), "figure_owed", {})] if len(table) else []
    cards += [(f"{received} : {given}", "figure_outputs", {})] if given or received else []
    people = answers.contacts["person_id"].nunique()
    return cards + ([(str(people), "figure_people", {})] if people else [])


# --- people ---------------------------------------------------------------------------------------


def people(answers: Answers, months: int = activity.WINDOW) -> Passage:
    """Facts of the passage about contacts: how many at how many partners, whom the records show in the last months
    (surely), at which partners nobody since."""
    table = answers.contacts
    limit = activity.months_before(answers.corpus.selection.as_of, months)
    recent = [row for row in table.itertuples() if row.last_earliest and row.last_earliest >= limit]
    stale = table[~table["partner"].isin({row.partner for row in recent})]
    dated = table[table["last_latest"].notna()]
    newest = dated[dated["last_latest"] == dated["last_latest"].max()] if len(dated) else dated
    silent = stale["partner"].nunique()
    ids = records("events", _flat(table["records"]))
    return {
        "people": facts.number(table["person_id"].nunique(), ids),
        "partners": facts.number(table["partner"].nunique(), ids),
        "several": table["partner"].nunique() > 1,
        "months": facts.number(months),
        "as_of": facts.date(answers.corpus.selection.as_of.isoformat()),
        "recent": _by_partner(table[table["person_id"].isin({row.person_id for row in recent})
                                    & table["partner"].isin({row.partner for row in recent})], answers),
        "newest": [] if recent else _by_partner(newest, answers),
        "last": _contact(next(newest.itertuples()), answers).last if len(newest) else None,
        "stale": facts.number(silent, records("events", _flat(stale["records"]))),
        "everywhere": silent == table["partner"].nunique(),
    }  # fmt: skip


def _by_partner(table: pd.DataFrame, answers: Answers) -> list[SimpleNamespace]:
    """People of each partner together."""
    return [
        SimpleNamespace(people=facts.people([(id, partner) for id in rows["person_id"]], own),
                        partner=facts.name(partner, own))
        for partner, rows in table.groupby("partner", sort=True) for own in [records("events", _flat(rows["records"]))]
    ]  # fmt: skip


def _contact(row: Any, answers: Answers) -> SimpleNamespace:
    own = records("events", row.records)
    return SimpleNamespace(
        person=facts.people([(row.person_id, row.partner)], own),
        partner=facts.name(row.partner, own),
        post=facts.text(row.post, own) if row.post else None,
        last=answers.date(row.last_date, row.records),
    )


def staff(answers: Answers) -> Passage:
    """Facts of the passage about our own staff abroad: how many journeys, who is named, the last one, and those of
    which nobody says who or how many went."""
    table = answers.staff
    journeys = list(dict.fromkeys(table["event_id"]))
    own = records("events", journeys)
    named = table[table["person_id"].notna()]
    pairs = dict.fromkeys(zip(named["person_id"], named["org_id"], strict=True))
    known = set(named["event_id"]) | set(table.loc[table["headcount"].notna(), "event_id"])
    dated = table[table["latest"].notna()]
    last = dated.loc[dated["latest"].map(lambda day: day.toordinal()).idxmax(), "event_id"] if len(dated) else None
    bare = [id for id in journeys if id not in known]
    return {
        "home": answers.home,
        "journeys": facts.number(len(journeys), own),
        "people": facts.people(pairs, records("events", dict.fromkeys(named["event_id"]))),
        "last": answers.act(last) if last else None,
        "bare": [answers.act(id) for id in bare],
    }


# --- programmes, ways of meeting ------------------------------------------------------------------


def programmes(answers: Answers, table: pd.DataFrame) -> list[Passage]:
    """Facts of one passage a programme under which an exchange took place, from `evidence.funders`."""
    found = []
    for row in table[table["events"].map(len) > 0].itertuples():
        own = records("events", row.events)
        funder = row.funder or row.funder_id
        found.append(
            {
                "name": facts.text(row.name, own),
                "funder": facts.text(row.funder, own) if row.funder else None,
                "payer": facts.name(row.funder_id, own) if row.funder_id else None,
                "told": bool(funder),
                "acts": [answers.act(id) for id in row.events],
                "partners": facts.names(row.partners, own),
                "after": [answers.act(id) for id in row.after],
            }
        )
    return found


def together(table: pd.DataFrame, agreements: pd.DataFrame) -> Passage:
    """Facts of the passage about partners met only where others were, from `spread.never_alone`, and those among them
    with whom there is an agreement all the same (of `agreements.agreements`)."""
    ids = records("events", _flat(table["records"]))
    among = set(table["partner"])
    own = agreements[agreements["countable"] & agreements["partners"].map(lambda orgs: bool(among & set(orgs)))]
    bound = dict.fromkeys(org for orgs in own["partners"] for org in orgs if org in among)
    return {
        "number": facts.number(len(table), ids),
        "partners": facts.names(table["partner"], ids),
        "bound": facts.names(bound, records("agreements", own["agreement_id"])),
    }


def online(table: pd.DataFrame, ways: pd.DataFrame, pandemic: str) -> Passage:
    """Facts of the passage about exchanges online, from `spread.online_share` asked with that span of time, and from
    `spread.partners_by_way`."""
    start, end = pandemic.split("/")
    rows = {plain(row.phase) or "all": row for row in table.itertuples()}

    def of(row: Any) -> SimpleNamespace:
        own = records("events", row.records)
        return SimpleNamespace(
            all=facts.number(_pair(row.low, row.high), own),
            online=facts.number(_pair(row.online_low, row.online_high), own),
        )

    whole = rows.pop("all")
    met = ways[ways["partner"].isin(whole.only_online)]
    return {
        "whole": of(whole) if whole.high else None,
        "some": bool(whole.online_high),
        "phases": [SimpleNamespace(phase=facts.code("pandemic_phase", phase), **vars(of(row)))
                   for phase, row in rows.items() if row.high],
        "start": facts.date(start),
        "end": facts.date(end),
        "only": facts.names(whole.only_online, records("events", _flat(met["records"]))),
    }  # fmt: skip


def _pair(low: Any, high: Any) -> int | tuple[int, int]:
    return int(high) if low == high else (int(low), int(high))


# --- what came back, and what was tried -----------------------------------------------------------


def outputs(answers: Answers) -> Passage:
    """Facts of the passage about what came to the home, what it gave, what both made, and what nobody says."""
    return {way or "unsaid": _handed(answers.outputs, way) for way in ("received", "given", "both", None)}


def _handed(table: pd.DataFrame, way: str | None) -> list[SimpleNamespace]:
    """For each kind of thing how many there are and whose or for whom."""
    rows = table[table["way"].isna() if way is None else table["way"].eq(way)]
    found = []
    for kind, group in rows.groupby("kind", sort=True):
        own = records("events", _flat(group["records"]))
        partners = dict.fromkeys(org for orgs in group["partners"] for org in orgs)
        books = kind in ("books", "titles", "volumes", "works")
        found.append(
            SimpleNamespace(
                kind=facts.code("output_kind", "books" if books else kind, own),
                number=None if books else facts.number(len(group), own),
                partners=facts.names(partners, own),
            )
        )
    return found


def habits(answers: Answers) -> Passage:
    """Facts of the passage about which kinds of exchange dominate: with whom a kind is a habit, with whom it is all."""
    table = answers.kinds[answers.kinds["partner"].notna()]
    found = []
    for partner, rows in table.groupby("partner", sort=True):
        best = rows[rows["high"] == rows["high"].max()]
        if len(best) == 1 and best.iloc[0]["low"] >= _OFTEN:
            top = best.iloc[0]
            own = records("events", top["records"])
            times = facts.number(_pair(top["low"], top["high"]), own)
            kind = facts.code("event_type", top["type"], own)
            found.append(SimpleNamespace(partner=facts.name(partner, own), kind=kind, times=times))
    found.sort(key=lambda one: -len(one.times.records))
    return {"habits": found}


def untried(answers: Answers) -> list[Passage]:
    """Facts of the note about kinds of exchange of which nothing is on record, if there are some."""
    whole = answers.kinds[answers.kinds["partner"].isna()]
    kinds = [facts.code("event_type", code) for code in whole.loc[whole["high"] == 0, "type"]]
    return [{"kinds": kinds}] if kinds and len(kinds) < len(whole) else []


def _flat(ids: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for own in ids for id in own))


# --- tables ---------------------------------------------------------------------------------------

BALANCE_COLUMNS = ("column_partner", "column_came", "column_went", "column_people", "column_last", "column_owes")
CONTACT_COLUMNS = ("column_partner", "column_who", "column_post", "column_attested")
STAFF_COLUMNS = tuple(f"reciprocity/column_{name}" for name in ("when", "who", "of", "what", "where"))  # of two reports
OUTPUT_COLUMNS = ("column_when", "column_what", "column_about", "column_way", "column_partner")
KIND_COLUMNS = ("column_partner", "column_kinds", "column_topics")


def balance_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of visits (partner, came, went, people, last, who owes), and records."""
    rows = []
    for row in answers.balance.itertuples():
        debt = _debt(row, answers)
        numbers = {"came": _people(row.people_in_low, row.people_in_high, row.inbound),
                   "went": _people(row.people_out_low, row.people_out_high, row.outbound)}  # fmt: skip
        owes = words.label("visit_owed", row.owes)
        if debt.promised:
            owes = words.phrase("reciprocity/cell_promised", owes=facts.code("visit_owed", row.owes))
        cells = [words.name(row.partner), str(row.inbound), str(row.outbound),
                 words.phrase("reciprocity/cell_people", **numbers), _when(debt.last, words), owes]  # fmt: skip
        rows.append((cells, (*debt.record, *records("plans", row.promised))))
    return rows


def _people(low: Any, high: Any, events: Any) -> SimpleNamespace | None:
    if not events:
        return None
    known = not pd.isna(high)
    return SimpleNamespace(number=facts.number(_pair(low, high) if known else int(low)), more=not known)


def contact_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of contacts (partner, who, post, last attested), and records."""
    rows = []
    for row in answers.contacts.itertuples():
        one = _contact(row, answers)
        post = words.phrase("reciprocity/cell_text", text=one.post) if one.post else ""
        cells = [words.name(row.partner), words.person(row.person_id, row.partner), post, _when(one.last, words)]
        rows.append((cells, records("events", row.records)))
    return rows


def staff_rows(staff: pd.DataFrame, words: Words) -> list[Row]:
    """Cells of the table of our staff abroad (when, who, of which library, for what, where), and records; ``staff`` are
    rows of `analysis.reciprocity.staff_abroad`."""
    rows = []
    for (event, org), group in staff.groupby(["event_id", "org_id"], sort=False):
        first, who = group.iloc[0], [_traveller(row, words) for row in group.itertuples()]
        people = words.grammar.listed(list(dict.fromkeys(who)))
        cells = [_when(telling.act(event, words.corpus), words), capital(people),
                 words.name(org), words.label("event_type", first["type"]),
                 words.name(first["place_id"]) if first["place_id"] else ""]  # fmt: skip
        rows.append((cells, records("events", _flat(group["records"]))))
    return rows


def _traveller(row: Any, words: Words) -> str:
    if row.person_id:
        return words.person(row.person_id, row.org_id)
    number = None if pd.isna(row.headcount) else facts.number(int(row.headcount))
    known = facts.printed(words.told(row.who)) if row.who != UNKNOWN else None
    return words.phrase("reciprocity/cell_group", text=known, number=number)


def output_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of what was handed over and shown (when, what, about, given or received, partner)."""
    rows = []
    lists = words.corpus.vocabularies
    for row in answers.outputs.itertuples():
        vocabulary = "output_kind" if row.kind in lists["output_kind"] else "measure"
        number = None if pd.isna(row.low) and pd.isna(row.high) else _span(row.low, row.high)
        kind = facts.code(vocabulary, row.kind)
        what = words.phrase("reciprocity/cell_thing", kind=kind, number=number)
        about = words.phrase("reciprocity/cell_text", text=facts.text(row.title)) if row.title else ""
        way = words.phrase(f"columns/way_{row.way}") if row.way else words.phrase("reciprocity/cell_unsaid")
        when = _when(answers.date(row.date, row.records), words)
        partners = words.grammar.listed([words.name(org) for org in row.partners])
        rows.append(([when, capital(what), capital(about), way, partners], records("events", row.records)))
    return rows


def _span(low: Any, high: Any) -> SimpleNamespace:
    known = not pd.isna(high)
    return SimpleNamespace(number=facts.number(_pair(low, high) if known else int(low)), more=not known)


def kind_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of what was had with each partner (partner, kinds with their numbers, what about), and
    records: partners with whom there was more than one thing, those with most first."""
    rows = []
    table = answers.kinds[answers.kinds["partner"].notna()]
    for partner, group in table.groupby("partner", sort=True):
        ordered = group.sort_values(["high", "type"], ascending=[False, True])
        pairs = [(facts.code("event_type", row.type), facts.number(_pair(row.low, row.high)))
                 for row in ordered.itertuples()]  # fmt: skip
        kinds = [words.phrase("reciprocity/cell_kind", kind=kind, number=number) for kind, number in pairs]
        topics = dict.fromkeys(topic for told in ordered["topics"] for topic in told)
        told = [words.phrase("reciprocity/cell_text", text=facts.text(topic)) for topic in topics]
        cells = [words.name(str(partner)), words.grammar.listed(kinds), " · ".join(map(capital, told))]
        if ordered["high"].sum() >= _OFTEN:
            rows.append((int(ordered["high"].sum()), cells, records("events", _flat(ordered["records"]))))
    rows.sort(key=lambda row: -row[0])
    return [row[1:] for row in rows]


def _when(one: SimpleNamespace, words: Words) -> str:
    return words.phrase("reciprocity/cell_date", one=one)
