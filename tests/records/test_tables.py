"""The tables on disk: damage noticed and healed, nothing half written; then columns, types and bytes."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented_records import build, invent

from workbench import paths
from workbench.paths import Project
from workbench.records import load, tables
from workbench.records.model import BY_NAME, TABLES

# The codebook's tables with their main columns.
CODEBOOK = {
    "sources": "source_id title publisher publisher_is_party kind language url published published_basis "
    "updated audience sha256 status coder coded_on",
    "organisations": "org_id kind place_id parent_id valid_from valid_to",
    "people": "person_id name_order",
    "places": "place_id country admin1 lat lon geonames_id",
    "names": "id of text language kind source_id",
    "wordings": "en zh",
    "posts": "person_id post org_id",
    "programmes": "programme_id name funder period",
    "series": "series_id name",
    "agreements": "agreement_id kind level form parent_id scope ends countable",
    "milestones": "agreement_id step event_id",
    "events": "event_id type mode days place_id place_precision part_of follows series programme "
    "agreement_id clarity topic outcome countable",
    "plans": "plan_id kind strength recurring agreement_id raised_at reciprocal_of realised_by status",
    "parties": "record record_id party party_id text role for_org headcount",
    "quantities": "record record_id measure low best high qualifier unit",
    "outputs": "event_id kind title",
    "claims": "subject measure low best high qualifier as_of scope",
    "assertions": "record record_id field value source_id paragraph phrase stance",
    "conflicts": "record record_id field values relation chosen reason",
}
DATED = [
    "printed",
    "edtf",
    "reading",
    "basis",
    "why",
    "start_earliest",
    "start_latest",
    "end_earliest",
    "end_latest",
    "earliest",
    "latest",
    "earliest_missing",
    "latest_missing",
    "precision",
]
INVENTED = """events:
- id: tour
  type: visit
  says: an invented tour
  when: 2019-04/..
  where: elsewhere
  who: {host: elsewhere-library, visitor: yonder-library}
  quantities: {audience: hundreds}
"""


def files(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(project.processed.glob("*.*"))}


@pytest.fixture
def built(project: Project) -> Project:
    load.ensure_tables(project)
    return project


# --- damage -----------------------------------------------------------------------------------
def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def describe(**changed: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        description = path.with_name("datapackage.json")
        description.write_text(json.dumps(json.loads(description.read_text(encoding="utf-8")) | changed))

    return change


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "one bit": flip,
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "another table": lambda path: path.write_bytes((path.parent / "places.parquet").read_bytes()),
    "no description": lambda path: path.with_name("datapackage.json").unlink(),
    "description cut": lambda path: path.with_name("datapackage.json").write_bytes(b'{"resources": ['),
    "description a list": lambda path: path.with_name("datapackage.json").write_bytes(b"[]"),
    "description not UTF-8": lambda path: path.with_name("datapackage.json").write_bytes(b"\xff"),
    "description of another day": describe(made_from="0" * 64),
    "description renamed": describe(title="Another title"),
    "description without tables": describe(resources=[]),
    "description with odd tables": describe(resources=["events"]),
    "everything deleted": lambda path: [file.unlink() for file in path.parent.glob("*.*")],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_noticed_and_healed(built: Project, damage: str) -> None:
    before = files(built)
    DAMAGE[damage](built.processed / "events.parquet")
    assert not tables.intact(built.processed, load.raw_digest(built))
    frames, _ = load.ensure_tables(built)
    assert files(built) == before
    assert tables.intact(built.processed, load.raw_digest(built))
    assert len(frames["events"])


def test_the_loss_of_any_table_is_healed(built: Project) -> None:
    before = files(built)
    for name in before:
        (built.processed / name).unlink()
        load.ensure_tables(built)
        assert files(built) == before, name


def test_a_folder_in_the_place_of_a_table_is_noticed(built: Project) -> None:
    (built.processed / "events.parquet").unlink()
    (built.processed / "events.parquet").mkdir()
    assert not tables.intact(built.processed, load.raw_digest(built))


def test_a_table_of_other_days_is_cleared_when_tables_are_made(built: Project) -> None:
    (built.processed / "flows.parquet").write_bytes(b"of another version")
    (built.processed / "events.parquet").unlink()
    load.ensure_tables(built)
    assert not (built.processed / "flows.parquet").exists()


# --- nothing half written ---------------------------------------------------------------------
def test_a_build_that_breaks_off_is_known_and_healed(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(built)
    invent(built, a=INVENTED)
    write, count = tables.write_atomic, 0

    def breaks_off(path: Path, content: bytes) -> bool:
        nonlocal count
        count += 1
        if count == 8:
            raise OSError("no space left")
        return write(path, content)

    monkeypatch.setattr(tables, "write_atomic", breaks_off)
    with pytest.raises(OSError, match="no space"):
        load.ensure_tables(built)
    assert not tables.intact(built.processed, load.raw_digest(built))
    assert files(built)["datapackage.json"] == before["datapackage.json"]
    assert all(name.endswith((".parquet", ".json", ".md")) for name in files(built))
    monkeypatch.undo()
    frames, _ = load.ensure_tables(built)
    assert frames["events"]["event_id"].to_list() == ["tour"]


def test_the_description_is_written_last(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = tables.write_atomic
    monkeypatch.setattr(
        tables, "write_atomic", lambda path, content: (written.append(path.name), write(path, content))[1]
    )
    load.ensure_tables(project)
    assert written[-1] == "datapackage.json"
    assert len(written) == len(TABLES) + 1


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_file_is_replaced_in_one_step_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "a.bin"
    assert paths.write_atomic(path, b"old")

    def fails(*arguments: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(*((paths.os, "fsync", fails) if broken == "fsync" else (Path, "replace", fails)))
    with pytest.raises(OSError, match="gone"):
        paths.write_atomic(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_a_file_that_holds_the_bytes_already_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "below" / "a.bin"
    assert paths.write_atomic(path, b"content")
    os.utime(path, (1, 1))
    assert not paths.write_atomic(path, b"content")
    assert path.stat().st_mtime == 1


# --- remade when, and only when, something changed --------------------------------------------
def touched(project: Project) -> set[str]:
    """The files that are written anew by another call."""
    for path in project.processed.glob("*.*"):
        os.utime(path, (1, 1))
    load.ensure_tables(project)
    return {path.name for path in project.processed.glob("*.*") if path.stat().st_mtime != 1}


def test_without_a_change_nothing_is_made_again(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "read_material", lambda project: pytest.fail("the records were read again"))
    assert touched(built) == set()


def test_a_remark_changes_the_description_only(built: Project) -> None:
    path = built.dossiers / "zjlib-oclc-2018.yaml"
    path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert touched(built) == {"datapackage.json"}


CHANGES: dict[str, tuple[str, str, str]] = {
    "dossier": ("data/raw/dossiers/zjlib-oclc-2018.yaml", "where: Shaoxing", "where: Hangzhou"),
    "register": ("data/raw/registers/places.csv", "30.000,120.582", "30.001,120.582"),
    "name": ("data/raw/registers/people.csv", "Hu Fang,", "Hu Fang,胡方"),
    "anchors": ("data/raw/anchors.csv", "mou,1,Earlier", "mou,2,Earlier"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_input_is_taken_up(built: Project, name: str) -> None:
    file, old, new = CHANGES[name]
    path = built.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert touched(built) - {"datapackage.json"}


def test_a_new_and_a_lost_dossier_are_taken_up(built: Project) -> None:
    (built.dossiers / "zjlib-oclc-2018.yaml").rename(built.root / "aside.yaml")
    frames, _ = load.ensure_tables(built)
    assert "zjlib-oclc-2018" not in set(frames["sources"]["source_id"])
    (built.root / "aside.yaml").rename(built.dossiers / "zjlib-oclc-2018.yaml")
    frames, _ = load.ensure_tables(built)
    assert "zjlib-oclc-2018" in set(frames["sources"]["source_id"])


# --- columns and types ------------------------------------------------------------------------
def test_the_tables_and_columns_are_those_of_the_codebook() -> None:
    assert {table.name for table in TABLES} == set(CODEBOOK)
    for name, columns in CODEBOOK.items():
        assert set(columns.split()) <= set(BY_NAME[name].columns), name
    for name in ("posts", "milestones", "events", "plans"):
        assert set(DATED) <= set(BY_NAME[name].columns), name


def test_nothing_that_depends_on_home_or_day_is_stored() -> None:
    stored = {(table.name, column) for table in TABLES for column in table.columns}
    assert not {column for _, column in stored} & {
        "direction",
        "partner",
        "as_of_date",
        "home",
        "overdue",
        "dormant",
    }


ARROW = {"id": pa.string(), "ref": pa.string(), "text": pa.string(), "code": pa.string(), "edtf": pa.string(),
         "date": pa.date32(),
         "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}  # fmt: skip


def test_files_have_the_columns_and_types_of_the_model(built: Project) -> None:
    for table in TABLES:
        schema = pq.read_schema(built.processed / f"{table.name}.parquet")
        assert schema.names == table.columns
        assert schema.types == [ARROW[column.type] for column in table.fields]
        assert not schema.metadata


def test_days_are_days_in_memory_too(built: Project) -> None:
    frames = tables.read(built.processed)
    event = frames["events"].set_index("event_id").loc["oclc-symposium-2018"]
    assert (event["earliest"], type(event["earliest"])) == (dt.date(2018, 12, 5), dt.date)
    assert frames["events"]["days"].dtype == "Float64"
    assert frames["events"]["countable"].dtype == "boolean"
    assert frames["parties"]["headcount"].dtype == "Int64"
    assert frames["events"]["type"].dtype == "string"


def test_days_far_from_today_survive(project: Project) -> None:
    far = INVENTED.replace("2019-04/..", "0001-01-01/1814-09-12")
    frames, _ = load.ensure_tables(invent(project, a=far))
    assert frames["events"]["earliest"].to_list() == [dt.date(1, 1, 1)]
    assert frames["events"]["latest"].to_list() == [dt.date(1814, 9, 12)]


def test_what_is_written_is_what_is_read(project: Project) -> None:
    for name in ("the project", "an invented dossier", "nothing at all"):
        if name != "the project":
            invent(project, **({"a": INVENTED} if "invented" in name else {}))
        made = build(project)
        tables.write(made, project.processed, "digest")
        read = tables.read(project.processed)
        assert list(read) == [table.name for table in TABLES]
        for table in TABLES:
            pd.testing.assert_frame_equal(read[table.name], made[table.name], obj=f"{name}: {table.name}")


def test_rows_are_sorted_by_their_key(built: Project) -> None:
    for name, frame in tables.read(built.processed).items():
        keys = frame[list(BY_NAME[name].key)].fillna("").to_numpy().tolist()
        assert keys == sorted(keys), name


# --- the description --------------------------------------------------------------------------
def test_the_description_tells_every_file_column_and_link(built: Project) -> None:
    description = json.loads((built.processed / "datapackage.json").read_text(encoding="utf-8"))
    assert description["made_from"] == load.raw_digest(built)
    assert [resource["name"] for resource in description["resources"]] == [table.name for table in TABLES]
    for table, resource in zip(TABLES, description["resources"], strict=True):
        content = (built.processed / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{paths.sha256(content)}"
        assert resource["bytes"] == len(content)
        assert resource["rows"] == pq.read_metadata(built.processed / resource["path"]).num_rows
        assert [field["name"] for field in resource["schema"]["fields"]] == table.columns
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert resource["schema"]["primaryKey"] == list(table.key)
        linked = {link["fields"][0] for link in resource["schema"]["foreignKeys"]}
        assert linked == {column.name for column in table.fields if column.refers_to}


def test_every_link_of_the_description_leads_to_a_row(built: Project) -> None:
    frames = tables.read(built.processed)
    description = json.loads((built.processed / "datapackage.json").read_text(encoding="utf-8"))
    for resource in description["resources"]:
        for link in resource["schema"]["foreignKeys"]:
            target = link["reference"]["resource"] or resource["name"]
            values = set(frames[resource["name"]][link["fields"][0]].dropna())
            known = set(frames[target][link["reference"]["fields"][0]])
            assert values <= known, (resource["name"], link["fields"], sorted(values - known))


# --- the same bytes ---------------------------------------------------------------------------
def test_the_same_records_give_the_same_bytes(built: Project, tmp_path: Path) -> None:
    before = files(built)
    for file in built.processed.glob("*.*"):
        file.unlink()
    load.ensure_tables(built)
    assert files(built) == before
    assert tables.write(build(built), built.processed, load.raw_digest(built)) == []


SCRIPT = """
import sys
from pathlib import Path
from workbench.paths import Project
from workbench.records import load
load.ensure_tables(Project(Path(sys.argv[1])))
"""


def test_another_machine_and_place_give_the_same_bytes(built: Project, tmp_path: Path) -> None:
    """Another process, folder, hash seed, time zone, language and umask."""
    before = files(built)
    moved = tmp_path / "elsewhere" / "项目 two"
    moved.parent.mkdir()
    built.root.rename(moved)
    for file in (moved / "data" / "processed").glob("*.*"):
        file.unlink()
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(moved)]
    subprocess.run(command, env=environment, check=True, umask=0o077)
    assert files(Project(moved)) == before
