"""The tables on disk: Parquet with the columns of the model, and a ``datapackage.json``.

Each file is replaced in one step, the description last. It holds the digest of every table
and of what they were made from, so a set that is incomplete, damaged or out of date is known.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.paths import file_digest, sha256, write_atomic
from workbench.records.corpus import DTYPES
from workbench.records.model import TABLES, Field, Table

DESCRIPTION = "datapackage.json"
LICENSES = [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
             "title": "Creative Commons Attribution 4.0"}]  # fmt: skip
_ARROW = {
    "id": pa.string(), "ref": pa.string(), "text": pa.string(), "code": pa.string(), "edtf": pa.string(),
    "date": pa.date32(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
}  # fmt: skip
_FRICTIONLESS = {
    "id": "string", "ref": "string", "text": "string", "code": "string", "edtf": "string", "date": "date",
    "integer": "integer", "number": "number", "boolean": "boolean",
}  # fmt: skip


def write(frames: dict[str, pd.DataFrame], folder: Path, made_from: str, held: Sequence[str] = ()) -> list[str]:
    """Write all tables and their description; returns the names of the files that changed.

    ``held`` are the dossiers that stand in them in an earlier version (`records.held`).
    """
    contents = {f"{table.name}.parquet": _parquet(table, frames[table.name]) for table in TABLES}
    contents[DESCRIPTION] = _describe(frames, contents, made_from, held)
    for stale in folder.glob("*.parquet"):
        if stale.name not in contents:
            stale.unlink()
    return [name for name, content in contents.items() if write_atomic(folder / name, content)]


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """All tables, with the column types of the model (dates as `datetime.date`)."""
    return {table.name: _read_table(folder / f"{table.name}.parquet", table) for table in TABLES}


def intact(folder: Path, made_from: str) -> bool:
    """Are all tables there, undamaged, and made from just this?"""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        own = description.pop("digest")
        resources = {resource["path"]: resource["hash"] for resource in description["resources"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    if own != sha256(_json(description)) or description.get("made_from") != made_from:
        return False
    expected = {f"{table.name}.parquet" for table in TABLES}
    if set(resources) != expected:
        return False
    return all(f"sha256:{file_digest(folder / path)}" == digest for path, digest in resources.items())


def held(folder: Path) -> list[str]:
    """The dossiers that stand in the tables in an earlier version: their present one has errors."""
    try:
        return list(json.loads((folder / DESCRIPTION).read_text(encoding="utf-8")).get("held", ()))
    except (OSError, ValueError, AttributeError):
        return []


def _parquet(table: Table, frame: pd.DataFrame) -> bytes:
    schema = pa.schema([pa.field(column.name, _ARROW[column.type]) for column in table.fields])
    arrow = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd")
    return buffer.getvalue()


def _read_table(path: Path, table: Table) -> pd.DataFrame:
    frame = pq.read_table(path).to_pandas(date_as_object=True, ignore_metadata=True)
    return frame.astype({column.name: DTYPES[column.type] for column in table.fields})


def _describe(
    frames: dict[str, pd.DataFrame], contents: dict[str, bytes], made_from: str, held: Sequence[str]
) -> bytes:
    description: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "exchange-workbench",
        "title": "Records of international library exchange",
        "licenses": LICENSES,
        "made_from": made_from,
        **({"held": list(held)} if held else {}),
        "resources": [_resource(table, frames[table.name], contents[f"{table.name}.parquet"]) for table in TABLES],
    }
    return _json(description | {"digest": sha256(_json(description))})


def _resource(table: Table, frame: pd.DataFrame, content: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": table.description,
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
        "rows": len(frame),
        "schema": schema(table),
    }


def schema(table: Table) -> dict[str, Any]:
    """Fields, key and references of a table, as the Table Schema standard writes them."""
    names = {other.name: other for other in TABLES}
    return {
        "fields": [_field(column) for column in table.fields],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": [column.name],
                "reference": {
                    "resource": "" if column.refers_to == table.name else column.refers_to,
                    "fields": [names[column.refers_to].key[0]],
                },
            }
            for column in table.fields
            if column.refers_to
        ],
    }


def _field(column: Field) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS[column.type],
        "description": column.description,
    }
    if column.vocabulary:
        field["vocabulary"] = f"data/raw/registers/vocabularies/{column.vocabulary}.csv"
    if column.required:
        field["constraints"] = {"required": True}
    return field


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
