"""The data package, opened by frictionless."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from workbench.exports import datapackage
from workbench.exports.holdings import Holdings
from workbench.records.model import TABLES

frictionless = pytest.importorskip("frictionless")


def unpack(holdings: Holdings, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(datapackage.write(holdings)["datapackage.zip"])) as archive:
        archive.extractall(folder)
    return folder / "datapackage.json"


def validate(path: Path) -> list[tuple[str, str]]:
    report = frictionless.validate(str(path))
    return [(error.type, error.message) for task in report.tasks for error in task.errors] + [
        (error.type, error.message) for error in report.errors
    ]


@pytest.mark.parametrize("which", ["inside", "outside", "empty"])
def test_frictionless_finds_no_error(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    holdings = request.getfixturevalue(which)
    path = tmp_path / "package.zip"
    path.write_bytes(datapackage.write(holdings)["datapackage.zip"])
    assert validate(path) == []
    package = frictionless.Package(str(path))
    rows = {name: len(package.get_resource(name).read_rows()) for name in package.resource_names}
    assert rows == {**{name: len(f) for name, f in holdings.tables.items()}, "vocabularies": rows["vocabularies"]}


def test_values_come_back_as_they_are(inside: Holdings, tmp_path: Path) -> None:
    package = frictionless.Package(str(unpack(inside, tmp_path)))
    for table in TABLES:
        frame = inside.tables[table.name]
        rows = package.get_resource(table.name).read_rows()
        for column in table.fields:
            expected = [None if pd.isna(value) else value for value in frame[column.name]]
            found = [float(v) if column.type == "number" and v is not None else v
                     for v in (row[column.name] for row in rows)]  # fmt: skip
            assert found == expected, f"{table.name}.{column.name}"


SPOILT: dict[str, tuple[str, str, str, str]] = {
    "a code outside its list": ("events.csv", ",visit,", ",stroll,", "constraint-error"),
    "a reference into nothing": ("outputs.csv", "tour", "tournament", "foreign-key"),
    "a key twice": ("people.csv", "bo-invented", "ann-invented", "primary-key"),
    "a word for a number": ("places.csv", "45.5", "north", "type-error"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_the_description_is_strict_enough_to_notice(inside: Holdings, tmp_path: Path, what: str) -> None:
    file, old, new, error = SPOILT[what]
    path = unpack(inside, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8", newline="")
    assert error in {type for type, _ in validate(path)}


def test_the_description_tells_what_it_is(inside: Holdings, tmp_path: Path) -> None:
    description: dict[str, Any] = json.loads(unpack(inside, tmp_path).read_text(encoding="utf-8"))
    assert description["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert description["licenses"][0]["name"] == "CC-BY-4.0"
    assert "inside the house only" in description["description"]
    for resource in description["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert "彼处图书馆" in (tmp_path / "names.csv").read_text(encoding="utf-8")
