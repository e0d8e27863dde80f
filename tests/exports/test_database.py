"""The database, opened by SQLite itself and served by Datasette."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from workbench.exports import database
from workbench.exports.holdings import Holdings
from workbench.records.model import BY_NAME, TABLES


def save(holdings: Holdings, folder: Path) -> Path:
    path = folder / "records.sqlite"
    path.write_bytes(database.write(holdings)["records.sqlite"])
    return path


@pytest.fixture(scope="module")
def path(inside: Holdings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(inside, tmp_path_factory.mktemp("database"))


@pytest.fixture
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_keys_and_references_hold(opened: sqlite3.Connection) -> None:
    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    assert [row[0] for row in opened.execute("PRAGMA integrity_check")] == ["ok"]
    for table in TABLES:
        rows = opened.execute(f'PRAGMA table_info("{table.name}")').fetchall()
        keys = [row["name"] for row in sorted(rows, key=lambda row: row["pk"]) if row["pk"]]
        assert tuple(keys) == table.key
        links = {row["from"]: row["table"] for row in opened.execute(f'PRAGMA foreign_key_list("{table.name}")')}
        assert links == {
            column.name: column.refers_to or f"vocabulary_{column.vocabulary}"
            for column in table.fields if column.refers_to or column.vocabulary
        }  # fmt: skip


def test_every_reference_has_an_index(opened: sqlite3.Connection) -> None:
    for table in TABLES:
        found = set()
        for index in opened.execute(f'PRAGMA index_list("{table.name}")').fetchall():
            columns = [row["name"] for row in opened.execute(f'PRAGMA index_info("{index["name"]}")')]
            found |= {tuple(columns[:n]) for n in range(1, len(columns) + 1)}
        wanted = {(c.name,) for c in table.fields if c.refers_to or c.vocabulary}
        wanted |= {("record", "record_id")} if "record" in table.columns else set()
        assert wanted <= found, table.name


def test_values_come_back_as_they_are(inside: Holdings, opened: sqlite3.Connection) -> None:
    kinds = {"integer": int, "number": float, "boolean": int}
    for table in TABLES:
        rows = opened.execute(f'SELECT * FROM "{table.name}" ORDER BY rowid').fetchall()
        for column in table.fields:
            found = [row[column.name] for row in rows]
            expected = [None if pd.isna(value) else value for value in inside.tables[table.name][column.name]]
            if column.type == "date":
                expected = [day and day.isoformat() for day in expected]
            assert found == expected, f"{table.name}.{column.name}"
            assert all(type(value) is kinds.get(column.type, str) for value in found if value is not None)


def test_a_wrong_value_is_refused(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in (
            "UPDATE events SET type = 'stroll'", "UPDATE events SET place_id = 'nowhere'",
            "UPDATE events SET countable = 7", "UPDATE organisations SET kind = NULL",
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_the_view_tells_who_took_part(opened: sqlite3.Connection) -> None:
    rows = {row["org_id"]: dict(row) for row in opened.execute("SELECT * FROM exchanges WHERE event_id = 'tour'")}
    # farther-library by a person of its own, yonder-library itself and by a group, yonder-city by the inner source
    assert set(rows) == {"elsewhere-library", "yonder-library", "farther-library", "ifla", "yonder-city"}
    row = rows["yonder-library"]
    assert (row["body"], row["body_zh"], row["place_zh"], row["roles"]) == (
        "Yonder Library",
        "彼处图书馆",
        "别处",
        "visitor",
    )
    assert (row["type"], row["mode"], row["country"], row["topic"]) == ("visit", "in person", "IT", "=1+1")


def test_an_empty_database_has_all_tables(empty: Holdings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(save(empty, tmp_path))) as connection:
        for name in BY_NAME:
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM exchanges").fetchone() == (0,)


def test_datasette_serves_it(path: Path, inside: Holdings) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Datasette's own
        app = pytest.importorskip("datasette.app")

        async def ask() -> list[Any]:
            served = app.Datasette([str(path)], crossdb=False)
            answers = []
            for address in ("/records.json", "/records/exchanges.json?org_id=yonder-library&_shape=array",
                            "/records/events/tour", "/records/events", "/records/exchanges"):  # fmt: skip
                answers.append(await served.client.get(address))
            return answers

        answers = asyncio.run(ask())
    assert [answer.status_code for answer in answers] == [200] * 5
    tables = {table["name"]: table["count"] for table in answers[0].json()["tables"]}
    assert {name: tables[name] for name in BY_NAME} == {name: len(frame) for name, frame in inside.tables.items()}
    assert "exchanges" in [view["name"] for view in answers[0].json()["views"]]
    assert {row["event_id"] for row in answers[1].json()} >= {"tour", "call", "after"}
    assert "/records/vocabulary_event_type/visit" in answers[3].text, "codes lead to their words"
    assert "彼处图书馆" in answers[4].text
