"""What is handed out: the tables for an audience, whole and in order, with the words that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.errors import Problem, RecordsError
from workbench.paths import Project
from workbench.records import audience as audiences
from workbench.records import load, vocabularies
from workbench.records.model import TABLES, Field, Table
from workbench.records.vocabularies import Vocabularies
from workbench.settings import Settings

# To which table a party, and the owner of a row, points: `parties.party_id` and the like name it in another column.
POINTERS = {
    "record_id": ("record", {table.name: table.name for table in TABLES}),
    "id": ("of", {table.name: table.name for table in TABLES}),
    "party_id": ("party", {"org": "organisations", "person": "people"}),
}


@dataclass(frozen=True, slots=True)
class Holdings:
    """The tables with their words, and what was left out (rows by table)."""

    tables: dict[str, pd.DataFrame]
    vocabularies: Vocabularies
    settings: Settings
    audience: str
    left_out: dict[str, int]

    @property
    def description(self) -> str:
        """What it is, for whom, as of when: one sentence each."""
        told = "They rest on internal sources too and are for use inside the house only."
        return f"Records of international library exchange, as of {self.settings.as_of.isoformat()}. " + (
            told if self.audience == audiences.INTERNAL else "What only internal sources tell is left out."
        )


def collect(project: Project, audience: str) -> Holdings:
    """The tables of a project for an audience (public or internal).

    Empty texts are missing values here and lines end with a line feed. Raises `RecordsError`
    when records have errors, or when keys and references of the tables do not hold.
    """
    frames, settings = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    chosen = frames if audience == audiences.INTERNAL else audiences.public(project, frames, settings)
    left_out = {name: len(frames[name]) - len(chosen[name]) for name in frames}
    tables = {table.name: _tidied(chosen[table.name], table) for table in TABLES}
    problems = [problem for table in TABLES for problem in _unsound(table, tables, words)]
    if problems:
        raise RecordsError(problems)
    return Holdings(tables, words, settings, audience, {name: count for name, count in left_out.items() if count})


def values(frame: pd.DataFrame, column: Field) -> list[Any]:
    """A column as plain Python values, None where there is none."""
    series = frame[column.name].astype(object)
    return series.where(series.notna(), None).tolist()


def preferred(holdings: Holdings, table: str, language: str) -> pd.Series:
    """The preferred names of a register in a language, by id."""
    names = holdings.tables["names"]
    named = (names["of"] == table) & (names["language"] == language)
    rows = names[named & names["kind"].isin(["preferred", "reading_of_ours"])]
    return rows.drop_duplicates("id", keep="last").set_index("id")["text"]


def _tidied(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    texts = {}
    for column in table.fields:
        if column.type not in ("date", "integer", "number", "boolean"):
            text = frame[column.name].replace("", pd.NA)
            if text.str.contains("\r", regex=False).any():
                text = text.str.replace("\r\n?", "\n", regex=True)
            texts[column.name] = text
    return frame.assign(**texts)


def _unsound(table: Table, tables: dict[str, pd.DataFrame], words: Vocabularies) -> Iterator[Problem]:
    """Keys that stand twice, references that lead nowhere, codes outside their list."""
    file, frame = f"data/processed/{table.name}.parquet", tables[table.name]
    for row in frame.loc[frame.duplicated(list(table.key)), list(table.key)].head(5).itertuples(index=False):
        key = ", ".join("" if pd.isna(value) else str(value) for value in row)
        yield Problem(file, 0, ", ".join(table.key), f'"{key}" stands here twice', "each key once",
                      "look for what is written twice in the records")  # fmt: skip
    for column in table.fields:
        if column.refers_to:
            target = next(other for other in TABLES if other.name == column.refers_to)
            known, where = set(tables[target.name][target.key[0]]), f"the table {target.name}"
        elif column.vocabulary:
            known, where = set(words[column.vocabulary]), f"the list {column.vocabulary}"
        else:
            continue
        found = frame[column.name].dropna()
        for value in sorted(found[~found.isin(known)].unique())[:5]:
            yield Problem(file, 0, column.name, f'"{value}" is not in {where}', f"one of {where}",
                          "run `workbench check`")  # fmt: skip
