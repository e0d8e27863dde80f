"""All answers about a home at once, and invented dossiers beside the real ones.

The fixtures here are taken into the conftest of each folder that needs them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import five
from workbench.analysis import agreements, claims, flows
from workbench.paths import Project
from workbench.prose.overview import Answers
from workbench.prose.words import Words
from workbench.records import load, vocabularies
from workbench.records.selection import Corpus, Selection, choose_home, choose_period, select

HOMES = ("zhejiang-libraries", "hangzhou-public-library", "zhejiang-library")
HPL = "hangzhou-public-library"
HEAD = """\
schema: 1
source:
  id: {id}
  title: An invented article
  publisher: {{name: Invented Press, kind: press, is_party: no}}
  language: en
  published: unknown
  audience: public
status: {status}
coder: A Tester
coded_on: 2026-11-21
"""


@dataclass(frozen=True)
class Asked:
    """A selection and every table of answers about it."""

    corpus: Corpus
    exchanges: pd.DataFrame
    partners: pd.DataFrame
    left_out: pd.DataFrame
    agreements: pd.DataFrame
    plans: pd.DataFrame
    claims: pd.DataFrame

    @property
    def answers(self) -> Answers:
        """The same as `workbench.prose` takes them."""
        return Answers(
            self.corpus, self.exchanges, self.partners, self.agreements, self.plans, self.claims, self.left_out
        )

    @property
    def count(self) -> flows.Count:
        return flows.count(self.exchanges)

    @property
    def counted(self) -> list[str]:
        return list(self.exchanges.loc[self.exchanges["counted"], "event_id"])

    def words(self, language: str = "en") -> Words:
        return Words(self.corpus, language)

    def exchange(self, id: str) -> Any:
        """One row of the exchanges."""
        return self.exchanges.set_index("event_id").loc[id]


def ask(project: Project, home: str = HPL, start: str = "", end: str = "", as_of: str = "", people: str = "") -> Asked:
    """Everything the overview asks, about a home."""
    return ask_each(project, [home], start, end, as_of, people)[home]


def ask_each(
    project: Project, homes: Iterable[str] = HOMES, start: str = "", end: str = "", as_of: str = "", people: str = ""
) -> dict[str, Asked]:
    """The same about several homes; the records are read once."""
    tables, settings = load.ensure_tables(project)
    if people:
        settings = dataclasses.replace(settings, people=people)  # type: ignore[arg-type]
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    day = dt.date.fromisoformat(as_of) if as_of else settings.as_of
    period = choose_period(start, end)
    chosen = {home: Selection(choose_home(settings, home), period, day) for home in homes}
    return {home: answer(select(tables, settings, words, selection)) for home, selection in chosen.items()}


def answer(corpus: Corpus) -> Asked:
    """Everything the overview asks, of a selection."""
    exchanges = flows.exchanges(corpus)
    partners = flows.partners(exchanges, corpus)
    agreed = agreements.agreements(corpus, exchanges)
    return Asked(
        corpus,
        exchanges,
        partners,
        flows.left_out(exchanges, corpus),
        agreed,
        agreements.open_plans(corpus),
        claims.claims(corpus, exchanges, agreed, partners),
    )


def tell(project: Project, body: str, id: str = "invented", status: str = "reviewed") -> None:
    """Add a dossier about an invented article. ``body`` is its YAML below the head."""
    path: Path = project.dossiers / f"{id}.yaml"
    path.write_text(HEAD.format(id=id, status=status) + body, encoding="utf-8")


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The values of some columns, with None for every kind of missing."""
    table: Iterable[tuple[Any, ...]] = frame[list(columns)].itertuples(index=False, name=None)
    return [tuple(_plain(value) for value in row) for row in table]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA:
        return None
    return value.item() if hasattr(value, "item") else value


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of the five articles, which nobody changes."""
    return five.copy(tmp_path_factory.mktemp("held") / "project")


@pytest.fixture(scope="session")
def asked(held: Project) -> Callable[..., Asked]:
    """The answers about a home, from the real records; each question is asked once."""
    known: dict[tuple[object, ...], Asked] = {}

    def about(home: str, start: str = "", end: str = "", as_of: str = "", people: str = "") -> Asked:
        key = (home, start, end, as_of, people)
        if key not in known:
            known[key] = ask(held, home, start, end, as_of, people)
        return known[key]

    return about
