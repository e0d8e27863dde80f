"""One SQLite database: tables with keys and references, the word lists, and a view of exchanges for readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import astuple, fields
from typing import Any

from workbench.exports.holdings import POINTERS, Holdings, values
from workbench.records.model import BY_NAME, TABLES, Field, Table
from workbench.records.vocabularies import Term

FILE = "records.sqlite"
_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_NAME = """(SELECT text FROM names WHERE "of" = '{table}' AND id = {id} AND language = '{language}'
            AND kind IN ('preferred', 'reading_of_ours'))"""
# One row for each event and body that took part in it, itself or through people who came for it.
_EXCHANGES = """
CREATE VIEW exchanges AS
SELECT events.event_id, event_type.en AS type, mode.en AS mode, coalesce(reading, edtf) AS date, earliest, latest,
       {place_en} AS place, {place_zh} AS place_zh, places.country, places.lat AS latitude, places.lon AS longitude,
       came.org_id, {org_en} AS body, {org_zh} AS body_zh, organisation_kind.en AS body_kind, came.roles,
       events.topic, events.outcome, factuality.en AS factuality, events.countable, events.curation,
       events.part_of
FROM (SELECT record_id, CASE party WHEN 'org' THEN party_id ELSE for_org END AS org_id,
             group_concat(DISTINCT role) AS roles
      FROM parties WHERE record = 'events' AND role <> 'subject' GROUP BY 1, 2) AS came
JOIN events ON events.event_id = came.record_id
JOIN organisations USING (org_id)
LEFT JOIN places ON places.place_id = events.place_id
LEFT JOIN vocabulary_event_type AS event_type ON event_type.code = events.type
LEFT JOIN vocabulary_mode AS mode ON mode.code = events.mode
LEFT JOIN vocabulary_factuality AS factuality ON factuality.code = events.factuality
LEFT JOIN vocabulary_organisation_kind AS organisation_kind ON organisation_kind.code = organisations.kind
"""


def write(holdings: Holdings) -> dict[str, bytes]:
    """The database: name of the file and its bytes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("BEGIN")
        for name, terms in holdings.vocabularies.lists.items():
            database.execute(_create_words(name))
            _fill(database, f"vocabulary_{name}", [astuple(term) for term in terms.values()])
        for table in TABLES:
            database.execute(_create(table))
            columns = [_plain(holdings, table, column) for column in table.fields]
            _fill(database, table.name, list(zip(*columns, strict=True)))
            for columns_of_index in _indexes(table):
                name = f"{table.name}_{'_'.join(columns_of_index)}"
                database.execute(f'CREATE INDEX "{name}" ON "{table.name}" ({_list(columns_of_index)})')
        database.execute(_view())
        database.execute("COMMIT")
        database.execute("ANALYZE")
        database.execute("VACUUM")
        return {FILE: _unversioned(database.serialize())}


def _create(table: Table) -> str:
    """The statement that makes a table; what a column holds stands beside it, as in the codebook."""
    lines = [f"{_column(column)}, -- {column.description}" for column in table.fields]
    rules = [f"PRIMARY KEY ({_list(table.key)})"]
    for column in table.fields:
        if column.refers_to:
            rules.append(_reference(column.name, column.refers_to, BY_NAME[column.refers_to].key[0]))
        elif column.vocabulary:
            rules.append(_reference(column.name, f"vocabulary_{column.vocabulary}", "code"))
    body = "\n  ".join([*lines, ",\n  ".join(rules)])
    return f'CREATE TABLE "{table.name}" ( -- {table.description}\n  {body}\n)'


def _column(column: Field) -> str:
    rule = f' CHECK ("{column.name}" IN (0, 1))' if column.type == "boolean" else ""
    needed = " NOT NULL" if column.required else ""
    return f'"{column.name}" {_TYPES.get(column.type, "TEXT")}{needed}{rule}'


def _reference(column: str, table: str, key: str) -> str:
    return f'FOREIGN KEY ("{column}") REFERENCES "{table}" ("{key}")'


def _create_words(name: str) -> str:
    columns = ", ".join(f'"{field.name}" TEXT' for field in fields(Term))
    return f'CREATE TABLE "vocabulary_{name}" ({columns}, PRIMARY KEY ("code"))'


def _indexes(table: Table) -> list[tuple[str, ...]]:
    """An index for each reference that the primary key does not begin with."""
    found: list[tuple[str, ...]] = []
    for column in table.fields:
        if column.refers_to or column.vocabulary or column.name == "party_id":
            found.append((column.name,))
        elif column.name in POINTERS and column.type == "ref":
            found.append((POINTERS[column.name][0], column.name))
    return [columns for columns in found if table.key[: len(columns)] != columns]


def _fill(database: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        database.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


def _plain(holdings: Holdings, table: Table, column: Field) -> list[Any]:
    found = values(holdings.tables[table.name], column)
    if column.type == "date":
        return [day and day.isoformat() for day in found]
    return found


def _view() -> str:
    ids = {"place": ("places", "events.place_id"), "org": ("organisations", "came.org_id")}
    names = {
        f"{name}_{language}": _NAME.format(table=table, id=id, language=language)
        for name, (table, id) in ids.items() for language in ("en", "zh")
    }  # fmt: skip
    return _EXCHANGES.format(**names)


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _unversioned(content: bytes) -> bytes:
    """The database with the counters of its header at one, and no version of the program that wrote it."""
    one = (1).to_bytes(4, "big")
    return content[:24] + one + content[28:92] + one + bytes(4) + content[100:] if len(content) >= 100 else content
