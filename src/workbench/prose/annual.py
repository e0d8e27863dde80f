"""The facts of the annual report: one year of a home, with what nobody can say of it kept apart.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.frames import span
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus

MOST_EVENTS, MOST_NAMES = 12, 8
SEVERAL = 2  # an event with more partners than these is told by its name and who was there
_STANDING = ("approved", "signed", "in_force", "renewed")
_ONLINE = ("online", "hybrid")
GROUPS = {"inbound": "came", "outbound": "went", "mutual": "online"}  # by direction; anything else is "other"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers an annual report is written from: of `workbench.analysis.briefing` those of the year, the others of
    all time."""

    corpus: Corpus
    year: int
    said: pd.DataFrame
    of_year: pd.DataFrame
    steps: pd.DataFrame
    promises: pd.DataFrame
    exchanges: pd.DataFrame
    outputs: pd.DataFrame
    funders: pd.DataFrame
    sources: pd.DataFrame

    @property
    def known(self) -> dict[str, Fact]:
        """What every passage may name."""
        return {"home": facts.name(self.corpus.selection.home.id), "year": facts.date(f"{self.year:04d}")}

    def rows(self, sure: bool) -> list[Any]:
        """The exchanges that surely, or that only may, belong to the year."""
        return list(self.of_year[self.of_year["sure"] == sure].itertuples(index=False))

    @property
    def counted(self) -> list[Any]:
        """All counted exchanges, of any year."""
        return list(self.exchanges[self.exchanges["counted"]].itertuples(index=False))

    @property
    def before(self) -> list[Any]:
        """Those that surely began in an earlier year."""
        starts = ((row, dates.parse(row.date).start_latest) for row in self.counted if row.date)
        return [row for row, start in starts if start and start.year < self.year]


# --- the year in a sentence ---------------------------------------------------------------------


def lead(answers: Answers) -> dict[str, Any]:
    """Facts of what can be said truthfully about the year, and of the caveats that belong to it."""
    measures = {row.measure: row for row in answers.said.itertuples(index=False)}
    signed = [row for row in answers.steps.itertuples(index=False)
              if row.sure and row.step in _STANDING and set(row.home_parties) & answers.corpus.members
              and (row.partners or row.as_printed)]  # fmt: skip
    maybe = [row for row in answers.rows(sure=False) if _tellable(row.date, answers.year)]
    sure = bool(answers.of_year["sure"].any())
    last = max((row for row in answers.before if row.latest), key=lambda row: row.latest, default=None)
    ways = {name: _direction(answers, ways) for ways, name in GROUPS.items()}
    ways["other"] = _direction(answers, "")
    return answers.known | ways | {
        "exchanges": _range(measures, "exchanges") if sure else None,
        "perhaps": None if sure else _number("events", [row.event_id for row in maybe]),
        "partners": _range(measures, "partners"),
        "countries": _range(measures, "countries"),
        "told_once": _range(measures, "single_source"),
        "agreements": _number("agreements", [row.agreement_id for row in signed]),
        "last_before": facts.date(last.date, records("events", [last.event_id])) if last else None,
        "last_inferred": last is not None and last.basis in dates.OUR_READING,
        "as_of": facts.date(answers.corpus.selection.as_of.isoformat()) if _running(answers) else None,
    }  # fmt: skip


def _running(answers: Answers) -> bool:
    """Is the year not over on the as-of day?"""
    day = answers.corpus.selection.as_of
    return day.year == answers.year and (day.month, day.day) != (12, 31)


def _range(measures: dict[str, Any], measure: str) -> Fact | None:
    """A headline number of the year with its doubt; None where it is none."""
    row = measures.get(measure)
    if row is None or not row.high:
        return None
    low, high = int(row.low), int(row.high)
    return facts.number(high if low == high else (low, high), records("events", row.records))


def _direction(answers: Answers, direction: str) -> Fact | None:
    """How many exchanges went one way; the empty one stands for all that are not in `GROUPS`."""
    rows = [row for row in answers.of_year.itertuples(index=False)
            if (row.direction == direction if direction else row.direction not in GROUPS)]  # fmt: skip
    sure = sum(row.sure for row in rows)
    number = len(rows) if sure == len(rows) else (sure, len(rows))
    return facts.number(number, records("events", [row.event_id for row in rows])) if rows else None


def _number(table: str, ids: list[str]) -> Fact | None:
    return facts.number(len(ids), records(table, ids)) if ids else None


def key_figures(answers: Answers) -> list[tuple[str, str, dict[str, Any]]]:
    """The key figures: the number as printed, its passage, and the passage's facts. None for a year with nothing."""
    measures = {row.measure: row for row in answers.said.itertuples(index=False)}
    if not any(row.sure or _tellable(row.date, answers.year) for row in answers.of_year.itertuples()):
        return []
    printed = {name: span(row.low, row.high) for name, row in measures.items()}
    balance = " : ".join(printed[way] for way in ("inbound", "outbound", "online"))
    return [
        (printed["exchanges"], "figure_exchanges", {"told_once": _range(measures, "single_source")}),
        (balance, "figure_balance", {}),
        (printed["partners"], "figure_partners", {"countries": _range(measures, "countries")}),
        (str(len(answers.sources)), "figure_sources", {}),
    ]


# --- what happened ------------------------------------------------------------------------------


def happened(answers: Answers) -> list[tuple[str, dict[str, Any]]]:
    """What surely happened, by who came, where we went, online and otherwise: the name of the group and its facts,
    each in order of time."""
    found: dict[str, list[Any]] = {name: [] for name in (*GROUPS.values(), "other")}
    for row in answers.rows(sure=True):
        found[GROUPS.get(row.direction, "other")].append(row)
    told = []
    for name, rows in found.items():
        one_by_one, rest = telling.chosen(rows, MOST_EVENTS)
        if rows:
            events = [_event(row, answers) for row in one_by_one]
            told.append((name, answers.known | {"events": events, "rest": telling.summed(rest)}))
    return told


def heading(group: str, words: Words) -> str:
    """What a group of `happened` is called."""
    return words.phrase(f"annual/{group}")


def _event(row: Any, answers: Answers) -> SimpleNamespace:
    """Facts of an exchange; what came of it is told in a section of its own."""
    event = telling.event(row, answers.corpus)
    event.outputs, event.crowd = [], len(row.partners) > SEVERAL
    return event


def partners(answers: Answers) -> dict[str, Any]:
    """Facts of whom the home met: in which countries they sit, who is new, whom it met again."""
    rows = answers.rows(sure=True)
    met = {org: [row.event_id for row in rows if org in row.partners] for row in rows for org in row.partners}
    earlier = {org for row in answers.before for org in row.partners}
    now = {row.event_id for row in answers.of_year.itertuples()}
    perhaps = {org for row in answers.counted if row.event_id not in now and _may_be_before(row, answers.year)
               for org in row.partners}  # fmt: skip
    new = [org for org in met if org not in earlier | perhaps]
    again = [org for org in met if org in earlier]
    seats: dict[str, list[str]] = defaultdict(list)
    for org, ids in met.items():
        if org in answers.corpus.country_of:
            seats[answers.corpus.country_of[org]] += ids
    return answers.known | {
        "countries": [facts.code("country", code, records("events", ids)) for code, ids in sorted(seats.items())],
        "new": _names(new, met),
        "again": _names(again, met),
        "new_number": facts.number(len(new), _of(new, met)),
        "again_number": facts.number(len(again), _of(again, met)),
    }


def _may_be_before(row: Any, year: int) -> bool:
    start = dates.parse(row.date).start_earliest if row.date else None
    return start is None or start.year < year


def _of(orgs: list[str], met: dict[str, list[str]]) -> tuple[RecordId, ...]:
    return records("events", dict.fromkeys(id for org in orgs for id in met[org]))


def _names(orgs: list[str], met: dict[str, list[str]]) -> Fact | None:
    """Bodies by name, as long as they are few."""
    return facts.names(orgs, _of(orgs, met)) if 0 < len(orgs) <= MOST_NAMES else None


# --- what was agreed, promised, brought back, paid for ------------------------------------------


def agreements(answers: Answers) -> dict[str, Any]:
    """Facts of the steps of agreements that surely fall into the year."""
    return answers.known | {"ties": telling.ties([row for row in _steps(answers) if row.sure])}


def _steps(answers: Answers) -> list[Any]:
    """The steps of agreements with somebody of the register abroad."""
    return [row for row in answers.steps.itertuples(index=False) if row.partners]


def promises(answers: Answers) -> dict[str, Any]:
    """Facts of what was promised or planned in the year, and of what fell due in it: done, or without a record."""
    rows = [row for row in answers.promises.itertuples(index=False) if row.sure]
    due = [row for row in rows if row.moment == "due"]
    return answers.known | {
        "made": _doings([row for row in rows if row.moment == "made"]),
        "due": _doings([row for row in due if not row.realised_by]),
        "kept": _doings([row for row in due if row.realised_by]),
    }


def _doings(rows: list[Any]) -> list[SimpleNamespace]:
    """Plans, those with the same partners together, or of the same body of the home where nobody abroad is named."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.partners, () if row.partners else row.home_parties].append(row)
    return [
        SimpleNamespace(
            partners=facts.names(partners, own) if partners else None,
            home=facts.names(home, own) if home else None,
            plans=[_doing(row) for row in group],
        )
        for (partners, home), group in groups.items()
        for own in [records("plans", [row.plan_id for row in group])]
    ]


def _doing(row: Any) -> SimpleNamespace:
    strength = facts.code("plan_strength", row.strength, records("plans", [row.plan_id]))
    return SimpleNamespace(what=telling.what(row), strength=strength, planned=None, raised=None)


def outputs(answers: Answers) -> dict[str, Any]:
    """Facts of what came of the year's exchanges, by kind."""
    sure = {row.event_id for row in answers.rows(sure=True)}
    whole = _wholes(answers.corpus)
    found: dict[str, list[Any]] = defaultdict(list)
    for row in answers.outputs.itertuples(index=False):
        if sure & set(_upwards(row.event_id, whole)):
            found[row.kind].append(row)
    return answers.known | {"kinds": [_outputs(kind, rows, answers) for kind, rows in found.items()]}


def _wholes(corpus: Corpus) -> dict[str, Any]:
    """What each event is part of."""
    events = corpus["events"]
    return dict(zip(events["event_id"], events["part_of"], strict=True))


def _upwards(id: Any, whole: dict[str, Any]) -> list[str]:
    """An event and what it is part of."""
    found: list[str] = []
    while not pd.isna(id) and id not in found:
        found.append(id)
        id = whole.get(id)
    return found


def _outputs(kind: str, rows: list[Any], answers: Answers) -> SimpleNamespace:
    own = records("events", [row.event_id for row in rows])
    vocabulary = "output_kind" if kind in answers.corpus.vocabularies["output_kind"] else "measure"
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.partners, row.way, row.event_id if row.title is None else ""].append(row)
    return SimpleNamespace(
        kind=facts.code(vocabulary, kind, own),
        groups=[
            SimpleNamespace(
                titles=[facts.text(row.title, records("events", row.records)) for row in group if row.title],
                number=facts.number(_bounds(group[0]), told) if not pd.isna(group[0].low) else None,
                way=way,
                partners=facts.names(bodies, told) if 0 < len(bodies) <= SEVERAL else None,
            )
            for (bodies, way, _), group in groups.items()
            for told in [records("events", [row.event_id for row in group])]
        ],
    )


def _bounds(row: Any) -> float | tuple[float, float]:
    return float(row.low) if pd.isna(row.high) or row.low == row.high else (float(row.low), float(row.high))


def funders(answers: Answers) -> dict[str, Any]:
    """Facts of the programmes behind the year's exchanges, and of what followed."""
    now = {row.event_id for row in answers.rows(sure=True)}
    told = []
    for row in answers.funders.itertuples(index=False):
        ids = [id for id in row.events if id in now]
        if ids:
            own = records("events", ids)
            told.append(SimpleNamespace(
                name=facts.text(row.name, own), funder=facts.text(row.funder, own),
                partners=facts.names(row.partners, own), events=telling.kinds(
                    [one for one in answers.rows(sure=True) if one.event_id in ids]),
                after=_number("events", list(row.after)),
            ))  # fmt: skip
    return answers.known | {"programmes": told}


def online(answers: Answers) -> dict[str, Any]:
    """Facts of what was held online, in the year and in the years before."""
    now = list(answers.of_year.itertuples(index=False))
    held = [row for row in now if row.mode in _ONLINE]
    sure = sum(row.sure for row in held)
    earlier = [row for row in answers.before if row.mode in _ONLINE]
    number = len(held) if sure == len(held) else (sure, len(held))
    return answers.known | {
        "any": bool(held or earlier) and bool(now),
        "online": facts.number(number, records("events", [row.event_id for row in held or now])),
        "earlier": facts.number(len(earlier), records("events", [row.event_id for row in earlier])),
    }


# --- what nobody can say ------------------------------------------------------------------------


def unsure(answers: Answers) -> dict[str, Any]:
    """Facts of what may belong to the year. What is known by its last day only is told in the year of that day, in
    earlier ones counted."""
    rows = answers.rows(sure=False)
    vague = [row.event_id for row in rows if not _tellable(row.date, answers.year)]
    promises = [row for row in answers.promises.itertuples(index=False)
                if not row.sure and row.moment == "made" and _tellable(row.date, answers.year)]  # fmt: skip
    steps = [row for row in _steps(answers) if not row.sure and _tellable(row.date, answers.year)]
    return answers.known | {
        "events": [_event(row, answers) for row in rows if row.event_id not in vague],
        "vague": _number("events", vague),
        "ties": telling.ties(steps),
        "made": _doings(promises),
    }


def _tellable(text: str | None, year: int) -> bool:
    date = dates.parse(text) if text else None
    return bool(date and date.latest and (date.earliest or date.latest.year == year))


def silence(answers: Answers) -> dict[str, Any]:
    """Which of the things asked for the year has none of, not even in doubt."""
    possible = {row.event_id for row in answers.of_year.itertuples() if row.sure or _tellable(row.date, answers.year)}
    whole = _wholes(answers.corpus)
    return answers.known | {
        "agreements": not any(row.sure or _tellable(row.date, answers.year) for row in _steps(answers)),
        "promises": not any(row.sure or _tellable(row.date, answers.year) for row in answers.promises.itertuples()),
        "outputs": not any(possible & set(_upwards(row.event_id, whole)) for row in answers.outputs.itertuples()),
    }
