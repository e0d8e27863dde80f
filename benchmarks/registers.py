"""Registers of many rows: checked, resolved and written, beside pandas that only reads and writes the same file.

Run as ``python benchmarks/registers.py`` (`make bench`); writes its section of ``docs/benchmarks.md``. The register is
invented: ties of towns with a city, a date in two forms, a country in several spellings, a name to be resolved, a
reason to be left out. Every figure is taken in a process of its own, whose peak memory is told with it.
"""

from __future__ import annotations

import importlib.util
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _page
import pandas as pd

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
REPEATS = 5
HOME = "hangzhou-public-library"
TOWNS = (
    ("Leeds", "United Kingdom"), ("Nowhere-on-Sea", "GB"), ("Heidelberg", "德国"), ("Milan", "IT"), ("Boston", "US"),
    ("Nice", "France"),
)  # fmt: skip
COUNTRIES = {"United Kingdom": "GB", "GB": "GB", "德国": "DE", "IT": "IT", "US": "US", "France": "FR"}
MAPPING = """\
record = "agreements"
id = "No"
constants = { kind = "sister_city", level = "city" }
skip = [{ column = "Status", equals = "ended", reason = "it ended" }]
parties = [
  { column = "Town", country = "Country", admin1 = "State", named_by = "place", kind = "government" },
  { body = "hangzhou-city" },
]
dates.signed = { column = "Since", formats = ["YYYY", "DD/MM/YYYY"], empty = "unknown" }

[source]
id = "invented-list"
title = "An invented list"
publisher = "Invented Association"
kind = "association"
language = "en"
published = "2024-05"
licence = "CC BY 4.0"
citation = "Invented Association (2024), An invented list"
"""


def main() -> None:
    """Measure and write the section."""
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for size in SIZES:
            project = _project(Path(folder) / str(size), size)
            _one("ours", project)  # the names of the gazetteer are made once
            ways = [way for way in WAYS if way != "pandera" or importlib.util.find_spec("pandera")]
            found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
            for _ in range(REPEATS):
                for way in ways:
                    found[way].append(_one(way, project))
            rows.append((size, found))
            shutil.rmtree(project)
    _page.write("Registers of many rows", _told(rows))


def _told(rows: list[tuple[int, dict[str, list[dict[str, float]]]]]) -> list[str]:
    def median(found: list[dict[str, float]], part: str) -> float:
        return statistics.median(one[part] for one in found)

    about = (
        f"`python benchmarks/registers.py`, medians of {REPEATS}, {_page.machine()}. This program reads, checks and "
        "resolves every row and writes all tables; pandas reads the file and writes it as Parquet; pandera checks the "
        "same columns with pandas (id, status, country, date, town), puts a code and a date in their place and writes "
        "one table."
    )
    head = (
        "| rows | pandas reads and writes, s | this program, s | beside pandas | of it check, tables, writing | "
        "pandera, s | reading and selecting, s | peak of this program, MB |"
    )
    lines = [about, "", head, "| --- " * 8 + "|"]
    for size, found in rows:
        plain, ours = median(found["plain"], "seconds"), median(found["ours"], "seconds")
        parts = ", ".join(f"{median(found['ours'], part):.1f}" for part in ("check", "tables", "writing"))
        pandera = f"{median(found['pandera'], 'seconds'):.2f}" if "pandera" in found else "not measured"
        lines.append(
            f"| {size:,} | {plain:.2f} | {ours:.2f} | {ours / plain:.1f} | {parts} | {pandera} | "
            f"{median(found['ours'], 'selecting'):.2f} | {median(found['ours'], 'peak'):.0f} |"
        )
    return lines


def _one(way: str, project: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run([sys.executable, __file__, way, str(project)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _project(folder: Path, size: int) -> Path:
    """A project with this register and no other record."""
    for name in ("registers", "basemap"):
        shutil.copytree(ROOT / "data" / "raw" / name, folder / "data" / "raw" / name)
    shutil.copy(ROOT / "workbench.toml", folder)
    for name in ("dossiers", "tables"):
        (folder / "data" / "raw" / name).mkdir()
    chance = random.Random(7)
    lines = ["No,Town,Country,State,Since,Status"]
    for n in range(size):
        town, country = chance.choice(TOWNS)
        since = chance.choice(["1988", f"{1 + n % 28:02d}/{1 + n % 12:02d}/{1980 + n % 40}", "", str(1950 + n % 70)])
        lines.append(f"{n},{town},{country},,{since},{'ended' if n % 10 == 3 else 'stands'}")
    tables = folder / "data" / "raw" / "tables"
    (tables / "invented-list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tables / "invented-list.mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder


# --- the ways, each in its own process --------------------------------------------------------


def _plain(project: Path) -> dict[str, float]:
    begun = time.perf_counter()
    frame = pd.read_csv(project / "data" / "raw" / "tables" / "invented-list.csv", dtype=str, keep_default_na=False)
    frame.to_parquet(project / "plain.parquet")
    return {"seconds": time.perf_counter() - begun}


def _ours(folder: Path) -> dict[str, float]:
    from workbench import settings as settings_module
    from workbench.paths import Project
    from workbench.records import corpus, load, tables
    from workbench.records.selection import Selection, choose_home, select

    project = Project(folder)
    begun = time.perf_counter()
    material, problems = load.read_material(project)
    checked = time.perf_counter()
    assert not [problem for problem in problems if problem.severity == "error"], problems[:3]
    frames = corpus.build(material)
    built = time.perf_counter()
    tables.write(frames, project.processed, load.raw_digest(project))
    written = time.perf_counter()
    settings = settings_module.read(project)
    read = tables.read(project.processed)
    chosen = select(read, settings, material.vocabularies,
                    Selection(choose_home(settings, HOME), None, settings.as_of))  # fmt: skip
    assert len(chosen["agreements"])
    return {"check": checked - begun, "tables": built - checked, "writing": written - built, "seconds": written - begun,
            "selecting": time.perf_counter() - written}  # fmt: skip


def _pandera(project: Path) -> dict[str, float]:
    import pandera.pandas as pa

    published = pd.Timestamp("2024-05-31")
    known = {town for town, _ in TOWNS}
    schema = pa.DataFrameSchema({
        "No": pa.Column(str, unique=True, checks=pa.Check.str_matches(r"^[a-zA-Z0-9-]+$")),
        "Town": pa.Column(str, pa.Check.isin(known)),
        "Country": pa.Column(str, pa.Check.isin(set(COUNTRIES))),
        "State": pa.Column(str),
        "Since": pa.Column(str, pa.Check.str_matches(r"^(|[0-9]{4}|[0-9]{2}/[0-9]{2}/[0-9]{4})$")),
        "Status": pa.Column(str, pa.Check.isin({"ended", "stands"})),
    })  # fmt: skip
    begun = time.perf_counter()
    frame = pd.read_csv(project / "data" / "raw" / "tables" / "invented-list.csv", dtype=str, keep_default_na=False)
    frame = schema.validate(frame, lazy=True)
    frame = frame[frame["Status"] != "ended"].copy()
    frame["country"] = frame["Country"].map(COUNTRIES)
    years = pd.to_datetime(frame["Since"], format="%Y", errors="coerce")
    frame["since"] = years.fillna(pd.to_datetime(frame["Since"], format="%d/%m/%Y", errors="coerce"))
    if (frame["since"] > published).any():
        raise ValueError("a date after the register was published")
    frame.to_parquet(project / "pandera.parquet")
    return {"seconds": time.perf_counter() - begun}


WAYS = {"plain": _plain, "ours": _ours, "pandera": _pandera}

if __name__ == "__main__":
    if len(sys.argv) == 3:
        told = WAYS[sys.argv[1]](Path(sys.argv[2]))
        print(json.dumps(told | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        main()
