"""The lists that a row of the catalogue can go over: homes and languages of the settings, partners, countries and
years of the records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.paths import Project
from workbench.records import vocabularies
from workbench.records.selection import Corpus, Selection, select
from workbench.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

# Each list with a value that stands for its own as long as the records are not read.
SAMPLES: dict[str, str | int] = {
    "homes": "home", "languages": "en", "partners": "partner", "countries": "DE", "years": 2000,
}  # fmt: skip
OF_RECORDS = ("partners", "countries", "years")


class Lists:
    """The lists of a project. Those of the records need its ``tables`` and are made once for each home and day."""

    def __init__(self, project: Project, settings: Settings, tables: dict[str, pd.DataFrame] | None) -> None:
        self.project = project
        self.settings = settings
        self.tables = tables
        self._corpora: dict[tuple[str, dt.date], Corpus] = {}

    def values(self, name: str, home: str, as_of: dt.date, least: int) -> list[str] | list[int] | None:
        """The values of a list (a name of `SAMPLES`); None where the tables it follows from are not given.

        ``home`` (a home of the settings), ``as_of`` and ``least`` are those of the lists that follow from records.
        """
        if name == "homes":
            return list(self.settings.homes)
        if name == "languages":
            return list(self.settings.languages)
        if self.tables is None:
            return None
        corpus = self._corpora.get((home, as_of)) or self._corpus(self.tables, home, as_of)
        of_records: dict[str, Callable[[Corpus, int], list[str] | list[int]]] = {
            "partners": partners, "countries": countries, "years": years,
        }  # fmt: skip
        return of_records[name](corpus, least)

    @cached_property
    def words(self) -> vocabularies.Vocabularies:
        """The word lists of the project."""
        return vocabularies.read(self.project.vocabularies, self.project.relative(self.project.vocabularies))[0]

    def _corpus(self, tables: dict[str, pd.DataFrame], home: str, as_of: dt.date) -> Corpus:
        chosen = Selection(self.settings.homes[home], None, as_of)
        self._corpora[home, as_of] = select(tables, self.settings, self.words, chosen)
        return self._corpora[home, as_of]


def partners(corpus: Corpus, least: int) -> list[str]:
    """The bodies abroad (an office or branch as its principal) with at least ``least`` records, most records first.

    Records: events of the home that took place (`_events`) in which the body takes part, and agreements that bind it.
    """
    return _most(((record, corpus.principal(org)) for record, org in _met(corpus)), least)


def countries(corpus: Corpus, least: int) -> list[str]:
    """The countries and regions (ISO 3166 codes) of bodies abroad that have at least ``least`` records together, most
    records first; the records as for `partners`. An office abroad of a body abroad may stand at home: home is none."""
    of = {org: code for org, code in corpus.country_of.items() if corpus.counts_abroad(code)}
    return _most(((record, of[org]) for record, org in _met(corpus) if org in of), least)


def _met(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Each record of the home that counts here with each body abroad that takes part in it or is bound by it."""
    takers = corpus.takers
    happened = (takers["record"] == "events") & takers["record_id"].isin(_events(corpus)["event_id"])
    agreed = (takers["record"] == "agreements") & takers["record_id"].isin(corpus.own("agreements")["agreement_id"])
    rows = takers[(happened | agreed) & takers["org_id"].notna()]
    for record, org in zip(rows["record_id"], rows["org_id"], strict=True):
        if org not in corpus.members and corpus.abroad.get(org):
            yield record, org


def _most(pairs: Iterable[tuple[str, str]], least: int) -> list[str]:
    """What at least ``least`` records are of, most records first."""
    counts = Counter(what for _, what in set(pairs))
    return sorted((what for what, count in counts.items() if count >= least), key=lambda what: (-counts[what], what))


def years(corpus: Corpus, least: int) -> list[int]:
    """The years, oldest first, in which at least ``least`` events of the home certainly began, by the as-of day."""
    events = _events(corpus)
    bounds = zip(events["start_earliest"], events["start_latest"], strict=True)
    began = Counter(
        first.year
        for first, last in bounds
        if isinstance(first, dt.date) and isinstance(last, dt.date)
        and first.year == last.year and last <= corpus.selection.as_of
    )  # fmt: skip
    return sorted(year for year, count in began.items() if count >= least)


def _events(corpus: Corpus) -> pd.DataFrame:
    """The topmost events of the home that are reviewed, took place and are told one by one."""
    takers = corpus.takers
    ours = set(takers.loc[(takers["record"] == "events") & takers["org_id"].isin(corpus.members), "record_id"])
    events = corpus.own("events")
    whole_of = dict(zip(corpus["events"]["event_id"], corpus["events"]["part_of"], strict=True))

    def topmost(id: str) -> bool:
        whole = whole_of.get(id)
        while isinstance(whole, str):
            if whole in ours:
                return False
            whole = whole_of.get(whole)
        return True

    told = events["curation"].eq("reviewed") & events["factuality"].eq("realised") & events["clarity"].ne("aggregate")
    kept = told & events["event_id"].isin(ours)
    return events[kept & events["event_id"].map(topmost).astype(bool)]
