"""Projects of many records: what one edited dossier costs before the first notebook runs.

Run as ``python benchmarks/records.py`` (`make bench`); writes its section of ``docs/benchmarks.md``. The records are
invented: visits of fifty invented libraries, ten in a dossier. Each size is measured in a process of its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _page

from workbench import settings as settings_module
from workbench.paths import Project
from workbench.records import corpus, load, tables
from workbench.runs import keys
from workbench.runs.catalogue import Run

ROOT = Path(__file__).parents[1]
SIZES = ((1_000, 5), (10_000, 5), (100_000, 1))  # records, repeats
PARTNERS, YEARS = 50, range(1980, 2020)  # 2,000 reports: one for each partner and year
ASKED = 40  # of which the keys of so many are made, and the time told for all
HOME = "hangzhou-public-library"


def main() -> None:
    """Measure and write the section."""
    rows = []
    for size, repeats in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            project = _project(Path(folder) / "project", size)
            found = [_one(project) for _ in range(repeats)]
            told = {part: statistics.median(one[part] for one in found) for part in found[0]}
        rows.append(
            f"| {size:,} | {told['check']:.1f} | {told['tables']:.1f} | {told['writing']:.1f} | {told['keys']:.0f} | "
            f"{told['peak']:.0f} |"
        )
    about = (
        f"`python benchmarks/records.py`, medians of 5 (100,000: once), {_page.machine()}. Seconds after a dossier of "
        f"ten records has been edited, before the first notebook runs. The keys of {PARTNERS * len(YEARS):,} reports, "
        f"one for each of {PARTNERS} partners and {len(YEARS)} years, are reckoned from {ASKED} of them."
    )
    head = "| records | read and check | tables | write | keys of 2,000 reports | peak, MB |"
    _page.write("One record of many edited", [about, "", head, "| --- " * 6 + "|", *rows])


def _one(project: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, str(project)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(folder: Path) -> dict[str, float]:
    project = Project(folder)
    path = next(project.dossiers.iterdir())
    path.write_text(path.read_text(encoding="utf-8").replace("An invented", "Another invented"), encoding="utf-8")
    took: dict[str, float] = {}

    def timed(what: str, do: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        found = do()
        took[what] = time.perf_counter() - begun
        return found

    material, problems = timed("check", lambda: load.read_material(project))
    assert not [problem for problem in problems if problem.severity == "error"], problems[:3]
    frames = timed("tables", lambda: corpus.build(material))
    timed("writing", lambda: tables.write(frames, project.processed, load.raw_digest(project)))
    inputs = keys.Inputs(project, settings_module.read(project))
    runs = [
        Run(f"r{n}-{year}", ROOT / "notebooks" / "partner.ipynb",
            (("end", str(year)), ("home", HOME), ("partner", f"invented-{n}"), ("start", str(year))))
        for year in YEARS for n in range(PARTNERS)
    ]  # fmt: skip
    inputs.key(runs[0])  # the tables are read once
    timed("keys", lambda: [inputs.key(run) for run in runs[1 :: len(runs) // ASKED]])
    took["keys"] *= len(runs) / ASKED
    return took | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _project(folder: Path, size: int) -> Path:
    """A project of so many invented visits and no other record."""
    for name in ("registers", "basemap"):
        shutil.copytree(ROOT / "data" / "raw" / name, folder / "data" / "raw" / name)
    shutil.copy(ROOT / "workbench.toml", folder)
    (folder / "data" / "raw" / "registers" / "wordings.csv").unlink()
    with (folder / "data" / "raw" / "registers" / "organisations.csv").open("a", encoding="utf-8") as register:
        for n in range(PARTNERS):
            register.write(f"invented-{n},public_library,leeds,,Invented Library {n},,虚构图书馆{n},,,,zh,,,invented\n")
    dossiers = folder / "data" / "raw" / "dossiers"
    dossiers.mkdir()
    for number in range(size // 10):
        visits = "".join(_visit(number, n) for n in range(10))
        (dossiers / f"invented-{number}.yaml").write_text(_HEAD.format(number=number) + visits, encoding="utf-8")
    return folder


_HEAD = """\
schema: 1
source:
  id: invented-{number}
  title: An invented article {number}
  publisher: {{name: Invented Press, kind: press, is_party: no}}
  language: en
  published: 2025-06-01
  audience: public
status: reviewed
coder: A Tester
coded_on: 2026-01-02
events:
"""


def _visit(number: int, n: int) -> str:
    day = f"{YEARS[(number * 7 + n) % len(YEARS)]}-{1 + (number + n) % 12:02d}-{1 + (number * 3 + n) % 28:02d}"
    return f"""\
- id: visit-{number}-{n}
  type: visit
  mode: in_person
  says: ¶{n + 1}
  when: "{day}"
  where: hangzhou
  who: {{visitor: invented-{(number + n) % PARTNERS}, host: {HOME}}}
"""


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(_measure(Path(sys.argv[1]))))
    else:
        main()
