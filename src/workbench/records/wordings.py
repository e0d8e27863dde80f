"""Our own words in each language of reports: ``data/raw/registers/wordings.csv``, one row a text.

Records hold short texts in words of ours: what an event was about, what is planned, a post (fields marked
``ours`` in `model`; of parties the groups), and what was judged and why (``decisions.yaml``). A row has such
a text in English and in Chinese, so a dossier may be written in either. A text without a row is in the
language of its script, and has no other: what a report cannot say in its language is an error there, and a
warning here for each language of the settings. A project with one language needs no such file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import Problem, did_you_mean
from workbench.paths import Project
from workbench.records import csvtext
from workbench.records.model import BY_NAME, CONFLICTS, OUTPUTS, PARTIES, TABLES, Table
from workbench.records.text import phrase_length
from workbench.records.vocabularies import LANGUAGES

if TYPE_CHECKING:
    from workbench.records.corpus import Material

FILE = "wordings.csv"
GROUP = "group"
BY_THE_WHOLE = "some time within "  # begins the reason of a part dated by its whole; the id follows
_DATED = ("events", "milestones", "plans")
_DECISIONS = "data/raw/decisions.yaml"
_REASON = re.compile(r"(.*) \(([^()]*, \d{4}-\d\d-\d\d)\)", re.DOTALL)
Index = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Wordings:
    """The rows of the file by their English text, and the line of each."""

    file: str = FILE
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """A text of ours where somebody wrote it: in which field of which record."""

    text: str
    id: str
    column: str
    file: str
    line: int


def read(project: Project) -> tuple[Wordings, list[Problem]]:
    """The wordings of a project (none where it has no such file) and what is wrong with their form."""
    path = project.registers / FILE
    found = Wordings(project.relative(path))
    if not path.is_file():
        return found, []
    rows, problems = csvtext.read(path, found.file, LANGUAGES)
    for row in rows:
        empty = [language for language in LANGUAGES if not row[language]]
        problems += [Problem(found.file, row.line, language, "the cell is empty", "the text in that language",
                             "fill the cell, or delete the row") for language in empty]  # fmt: skip
        text = row["en"]
        if text in found.rows:
            problems.append(Problem(found.file, row.line, "en", f'"{text}" stands here twice (first in line '
                                    f"{found.lines[text]})", "each text once", "delete one of the two"))  # fmt: skip
        elif not empty:
            found.rows[text] = {language: row[language] for language in LANGUAGES}
            found.lines[text] = row.line
    return found, problems


# --- a text in a language -----------------------------------------------------------------


def index(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """What each text of the rows is in each language; of several rows that share a text the first."""
    rows = list(rows)
    found = {(row[language], language): row[language] for row in rows for language in LANGUAGES}
    for row in rows:
        for own in LANGUAGES:
            for other in LANGUAGES:
                found.setdefault((row[own], other), row[other])
    return found


def word(known: Index, text: str, language: str) -> str:
    """A text in a language, by an `index`; raises KeyError where nobody knows it.

    A text without a row is Chinese if it has Chinese characters, else English.
    """
    if (text, language) in known:
        return known[text, language]
    if language == ("zh" if phrase_length(text)[1] else "en"):
        return text
    raise KeyError(f"{text} has no wording in {language}")


# --- which texts there are ----------------------------------------------------------------


def texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, str]]:
    """Every text of ours in some tables, with the record and the field that has it first."""
    found: dict[str, tuple[str, str]] = {}
    for _, _, id, column, text in _texts(tables):
        found.setdefault(text, (id, column))
    return found


def texts_by_row(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[tuple[str, ...]]]:
    """For each table with texts of ours those of each row."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for table, n, _, _, text in _texts(tables):
        rows = found.setdefault(table, [()] * len(tables[table]))
        rows[n] = (*rows[n], text)
    return found


def _texts(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, int, str, str, str]]:
    """Every text of ours: table, number of its row, id of the record, field, text."""
    for table, column in _columns():
        if table.name not in tables:
            continue
        rows = tables[table.name]
        wanted = rows[column].notna()
        if table is PARTIES:
            wanted &= rows["party"] == GROUP
        numbers = np.flatnonzero(wanted.to_numpy(dtype=bool))
        owners = rows["record_id" if table is PARTIES else table.key[0]].array[numbers]
        for n, id, text in zip(numbers.tolist(), owners, rows[column].array[numbers], strict=True):
            yield table.name, n, id, column, text
    for n, row in enumerate(tables[CONFLICTS.name].itertuples()) if CONFLICTS.name in tables else ():
        judged = {"values": row.values, "chosen": row.chosen} if row.relation == "judged" else {}
        reason = {} if pd.isna(row.reason) else {"reason": why(row.reason)[0]}
        for column, text in (judged | reason).items():
            yield CONFLICTS.name, n, row.record_id, column, text
    for name in _DATED:  # why a date is read as it is
        for n, (id, text) in enumerate(tables[name][[BY_NAME[name].key[0], "why"]].values) if name in tables else ():
            if not pd.isna(text) and not text.startswith(BY_THE_WHOLE):
                yield name, n, id, "why", text


def used(wordings: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of the table of wordings whose text, in any language, stands in some tables."""
    known = set(texts(tables))
    return wordings[wordings[list(LANGUAGES)].isin(known).any(axis=1)]


def why(reason: str) -> tuple[str, str]:
    """The reason of a judgement without who judged and when, and these ("A Curator, 2026-11-21")."""
    parts = _REASON.fullmatch(reason)
    return (parts[1], parts[2]) if parts else (reason, "")


def _columns() -> Iterator[tuple[Table, str]]:
    return ((table, column.name) for table in TABLES for column in table.fields if column.ours)


def _told(material: Material) -> Iterator[Use]:
    """Every text of ours in dossiers and judgements, where it is written."""
    for record in material.records:
        for column in BY_NAME[record.table].fields:
            text = record.values.get(column.name)
            reading = column.name == "why" and not str(text).startswith(BY_THE_WHOLE)
            if text and (column.ours or reading):
                yield Use(text, record.id, column.name, record.file, record.line_of(column.name))
        for output in record.outputs:
            yield Use(output["title"], record.id, OUTPUTS.name, record.file, record.line_of(OUTPUTS.name))
        for party in record.parties:
            if party["party"] == GROUP:
                yield Use(party["text"], record.id, "who", record.file, record.line_of("who"))
    for decision in material.decisions:
        valued = any((table.name, column) == (decision.record, decision.field) for table, column in _columns())
        for key in ("value", "why") if valued else ("why",):
            yield Use(getattr(decision, key), decision.id, key, _DECISIONS, decision.lines[key])
    for judgement in material.judgements:
        for key in ("what", "chosen", "why"):
            yield Use(getattr(judgement, key), judgement.about[0], key, _DECISIONS, judgement.lines[key])


# --- what is wrong with them --------------------------------------------------------------


def misplaced(material: Material) -> Iterator[Problem]:
    """Rows of texts that no record has, and texts in Chinese that are those of several rows."""
    told = {use.text: use for use in _told(material)}
    known = {*told, *texts(material.imported)}
    sharing: dict[str, list[str]] = {}
    for text, row in material.wordings.rows.items():
        sharing.setdefault(row["zh"], []).append(text)
        if known.isdisjoint(row.values()):
            yield Problem(material.wordings.file, material.wordings.lines[text], "en", f'no record has "{text}"',
                          "a text as a record has it", did_you_mean(text, known) or "correct or delete it",
                          "warning")  # fmt: skip
    for text, use in told.items():
        if len(sharing.get(text, ())) > 1 and text not in material.wordings.rows:
            yield Problem(use.file, use.line, use.column, f'"{text}" is the wording of {len(sharing[text])} texts',
                          " or ".join(sharing[text]), f"write one of these, or change {FILE}")  # fmt: skip


def missing(material: Material, languages: Iterable[str]) -> list[Problem]:
    """A warning for each text that no report in one of the languages can print; one for all of a register."""
    known = index(material.wordings.rows.values())
    problems: list[Problem] = []
    first: dict[str, Use] = {}
    for use in _told(material):
        first.setdefault(use.text, use)
    for language in languages:
        problems += [
            Problem(use.file, use.line, use.column, f'"{text}" of {use.id} has no wording in {language}',
                    f"a row of {FILE}", f"add it to {material.wordings.file}, or no report in {language} can print it",
                    "warning")
            for text, use in first.items() if not _worded(known, text, language)
        ]  # fmt: skip
        problems += _missing_of_registers(material, known, language)
    return problems


def _missing_of_registers(material: Material, known: Index, language: str) -> Iterator[Problem]:
    for table, column in _columns():
        frame = material.imported.get(table.name)
        if frame is None or "register_id" not in frame:
            continue
        for register, rows in frame.groupby("register_id", sort=True):
            without = [text for text in rows[column].dropna().unique() if not _worded(known, text, language)]
            if without:
                what = (
                    f'{len(without)} texts of the register {register} have no wording in {language}, as "{without[0]}"'
                )
                yield Problem(material.wordings.file, 0, column, what, "a row for each",
                              f"add them, or no report in {language} can print them", "warning")  # fmt: skip


def _worded(known: Index, text: str, language: str) -> bool:
    try:
        word(known, text, language)
    except KeyError:
        return False
    return True
