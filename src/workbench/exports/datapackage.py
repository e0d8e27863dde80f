"""One zip after the Data Package standard: tables and word lists as CSV, described in ``datapackage.json``."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import astuple, fields
from typing import Any

import pandas as pd

from workbench.exports.holdings import Holdings
from workbench.paths import sha256
from workbench.records import tables
from workbench.records.model import TABLES, Table
from workbench.records.vocabularies import Term

FILE = "datapackage.zip"
DESCRIPTION = "datapackage.json"
WORDS = "vocabularies"
_PROFILES = "https://datapackage.org/profiles/2.0/"
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WORD_COLUMNS = {
    "list": "the word list", "code": "the code", "en": "the English word", "zh": "the Chinese word",
    "definition": "what it means", "en_plural": "the English plural, where it does not only add an s",
    "broader": "the code of the same list that this one refines", "maps_to": "a term of another standard",
}  # fmt: skip


def write(holdings: Holdings) -> dict[str, bytes]:
    """The package: name of the file and its bytes."""
    resources, contents = [], {}
    for table in TABLES:
        content = _csv(holdings.tables[table.name])
        contents[f"{table.name}.csv"] = content
        resources.append(_resource(table.name, table.description, content, _schema(table, holdings)))
    content = _csv(word_rows(holdings))
    contents[f"{WORDS}.csv"] = content
    resources.append(_resource(WORDS, "The words for the codes, list by list.", content, _word_schema()))
    description = {
        "$schema": f"{_PROFILES}datapackage.json",
        "name": "exchange-records",
        "title": holdings.settings.title["en"],
        "description": holdings.description,
        "licenses": tables.LICENSES,
        "resources": resources,
    }
    text = (json.dumps(description, ensure_ascii=False, indent=1) + "\n").encode()
    return {FILE: _zip({DESCRIPTION: text, **contents})}


def word_rows(holdings: Holdings) -> pd.DataFrame:
    """All word lists in one table: list, code, en, zh, definition, en_plural, broader, maps_to."""
    rows = [(name, *astuple(term)) for name, terms in holdings.vocabularies.lists.items() for term in terms.values()]
    return pd.DataFrame(rows, columns=["list", *(field.name for field in fields(Term))], dtype="string")


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _resource(name: str, text: str, content: bytes, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "type": "table", "path": f"{name}.csv", "description": text,
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": len(content), "hash": f"sha256:{sha256(content)}", "schema": schema,
    }  # fmt: skip


def _schema(table: Table, holdings: Holdings) -> dict[str, Any]:
    schema = tables.schema(table)
    for column, field in zip(table.fields, schema["fields"], strict=True):
        constraints = field.setdefault("constraints", {})
        if table.key == (column.name,):
            constraints |= {"required": True, "unique": True}
        if column.vocabulary:
            field["vocabulary"] = column.vocabulary
            constraints["enum"] = list(holdings.vocabularies[column.vocabulary])
        if column.type == "edtf":
            field["rdfType"] = _EDTF
        if not constraints:
            del field["constraints"]
    return {"$schema": f"{_PROFILES}tableschema.json", **schema}


def _word_schema() -> dict[str, Any]:
    columns = [{"name": name, "type": "string", "description": text} for name, text in _WORD_COLUMNS.items()]
    return {"$schema": f"{_PROFILES}tableschema.json", "fields": columns, "primaryKey": ["list", "code"]}


def _zip(contents: dict[str, bytes]) -> bytes:
    """A zip whose bytes follow from its contents: fixed time, order, permissions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
