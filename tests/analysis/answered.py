"""All answers about a home at once, and invented dossiers beside the real ones.

The fixtures here are taken into the conftest of each folder that needs them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

import five
from workbench import settings
from workbench.analysis import activity, agreements, claims, flows, numbers, reciprocity
from workbench.paths import Project
from workbench.prose.overview import Answers
from workbench.prose.words import Words
from workbench.records import corpus as records_corpus
from workbench.records import load, vocabularies
from workbench.records.corpus import Material
from workbench.records.selection import Corpus, Selection, choose_home, choose_period, select
from workbench.settings import Settings

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


class Count(NamedTuple):
    """How many exchanges are counted: surely, possibly, and which."""

    low: int
    high: int
    records: tuple[str, ...]

    @property
    def exact(self) -> bool:
        return self.low == self.high


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
            self.corpus, self.exchanges, self.partners, self.agreements, self.plans, self.left_out,
            activity.dormant(self.corpus), reciprocity.balance(self.corpus), claims.verdicts(self.corpus),
        )  # fmt: skip

    @property
    def count(self) -> Count:
        counted = numbers.number(self.corpus, "exchanges")
        return Count(counted.low, counted.high, counted.records)

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
    tables, set_up = load.ensure_tables(project)
    if people:
        set_up = dataclasses.replace(set_up, people=people)  # type: ignore[arg-type]
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    day = dt.date.fromisoformat(as_of) if as_of else set_up.as_of
    period = choose_period(start, end)
    chosen = {home: Selection(choose_home(set_up, home), period, day) for home in homes}
    return {home: answer(select(tables, set_up, words, selection)) for home, selection in chosen.items()}


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


# --- invented records alone ---------------------------------------------------------------------
ARTICLE = """\
schema: 1
source:
  id: {id}
  title: An invented article
  publisher: {{name: {publisher}, kind: {kind}, is_party: {party}{body}}}
  language: en
  published: {published}
  audience: {audience}
{copy}status: {status}
coder: A Tester
coded_on: 2026-11-21
"""


def article(
    id: str, *sections: str, published: str = "unknown", publisher: str = "", party: str = "no", copy_of: str = "",
    status: str = "reviewed", audience: str = "public",
) -> str:  # fmt: skip
    """A dossier about an invented article. ``sections`` are YAML (`events`, `agreements` …); ``publisher`` is a
    body of the register, which makes its website a party's own."""
    given = {
        "id": id, "publisher": publisher or "Invented Press", "kind": "own_website" if publisher else "press",
        "party": "yes" if publisher else party, "body": f", id: {publisher}" if publisher else "",
        "published": published, "audience": audience, "copy": f"  copy_of: {copy_of}\n" if copy_of else "",
        "status": status,
    }  # fmt: skip
    return ARTICLE.format(**given) + "".join(sections)


def section(name: str, *records: str) -> str:
    """A section of a dossier with its records."""
    return f"{name}:\n" + "".join(records)


def event(
    id: str, when: str = "", type: str = "visit", where: str = "Hangzhou",
    who: str = "{visitor: leeds-libraries, host: hangzhou-public-library}", mode: str = "in_person", **more: str,
) -> str:  # fmt: skip
    """One invented event: unless told otherwise the libraries of Leeds came to Hangzhou. ``when`` is an EDTF
    date or a flow mapping; ``more`` are further keys (parts with their own indentation)."""
    dated = f"  when: {when if when.startswith('{') else '{edtf: ' + repr(when) + '}'}\n" if when else ""
    rest = "".join(f"  {key}: {value}\n" for key, value in more.items())
    head = f"- id: {id}\n  type: {type}\n  mode: {mode}\n  says: some words\n"
    return f"{head}{dated}  where: {where}\n  who: {who}\n{rest}"


def agreement(
    id: str, *steps: str, kind: str = "memorandum", parties: str = "[leeds-libraries, hangzhou-public-library]",
    **more: str,
) -> str:  # fmt: skip
    """One invented agreement. ``steps`` are written as *signed 2019-05*."""
    told = ", ".join(f"{name}: {{edtf: '{day}', says: some words}}" for name, day in (step.split() for step in steps))
    rest = "".join(f"  {key}: {value}\n" for key, value in more.items())
    milestones = f"  milestones: {{{told}}}\n" if told else ""
    return f"- id: {id}\n  kind: {kind}\n  parties: {parties}\n  says: some words\n{milestones}{rest}"


def plan(
    id: str, when: str = "", kind: str = "visit", strength: str = "planned",
    who: str = "{visitor: hangzhou-public-library, host: leeds-libraries}", **more: str,
) -> str:  # fmt: skip
    """One invented plan: unless told otherwise Hangzhou is to go to Leeds."""
    dated = f"  when: {{edtf: '{when}'}}\n" if when else ""
    rest = "".join(f"  {key}: {value}\n" for key, value in more.items())
    return f"- id: {id}\n  kind: {kind}\n  strength: {strength}\n  says: some words\n{dated}  who: {who}\n{rest}"


@dataclass
class World:
    """A project whose dossiers are replaced for each question; registers and word lists are those of the five
    articles. Nothing is written but the dossiers: tables are built in memory."""

    project: Project

    def material(self, *articles: str, decisions: str = "") -> Material:
        """What these articles alone say, read and checked."""
        for path in self.project.dossiers.iterdir():
            path.unlink()
        for text in articles:
            id = text.partition("  id: ")[2].partition("\n")[0]
            (self.project.dossiers / f"{id}.yaml").write_text(text, encoding="utf-8")
        self.project.anchors_file.write_text("source_id,paragraph,phrase\n", encoding="utf-8")
        self.project.decisions_file.write_text(f"decisions:{decisions or ' []'}\n", encoding="utf-8")
        material, problems = load.read_material(self.project)
        errors = [str(problem) for problem in problems if problem.severity == "error"]
        assert not errors, "\n".join(errors)
        return material

    def tables(self, *articles: str, decisions: str = "") -> dict[str, pd.DataFrame]:
        """The tables of these articles alone."""
        return records_corpus.build(self.material(*articles, decisions=decisions))

    def corpus(
        self, *articles: str, home: str = HPL, start: str = "", end: str = "", as_of: str = "", decisions: str = "",
        partner: str = "",
    ) -> Corpus:  # fmt: skip
        """The selection of a home, and of a partner if one is asked for, from these articles alone."""
        return self.chosen(self.tables(*articles, decisions=decisions), home, start, end, as_of, partner)

    def chosen(
        self, tables: dict[str, pd.DataFrame], home: str = HPL, start: str = "", end: str = "", as_of: str = "",
        partner: str = "",
    ) -> Corpus:  # fmt: skip
        """The selection of a home from some tables."""
        set_up, words = self._fixed
        day = dt.date.fromisoformat(as_of) if as_of else set_up.as_of
        partners = (partner,) if partner else ()
        chosen = Selection(choose_home(set_up, home), choose_period(start, end), day, partners)
        return select(tables, set_up, words, chosen)

    @cached_property
    def _fixed(self) -> tuple[Settings, vocabularies.Vocabularies]:
        words, _ = vocabularies.read(self.project.vocabularies, "vocabularies")
        return settings.read(self.project), words


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Invented articles in the place of the real ones."""
    return World(five.copy(tmp_path_factory.mktemp("world") / "project"))
