"""Running reports: this program beside papermill and other engines, and beside the bare cells.

    make bench            (or: python benchmarks/runs.py)

Each figure is the median of five repeats, side by side in one go, told as ratios: real reports of three kinds; a
small report (pandas, geopandas, one figure); a build in which nothing has changed, with 50, 500 and 2,000 reports,
beside make, Snakemake and DVC on as many targets; page, PDF and Word file of one report beside nbconvert. What is not
installed (``benchmarks/requirements.txt``) is left out by name. Writes its sections of ``docs/benchmarks.md`` and
nothing else outside a temporary folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import _page
import papermill

from workbench import settings
from workbench.paths import PROJECT_VARIABLE, Project
from workbench.records import load
from workbench.runs import catalogue, engine, pools
from workbench.runs.catalogue import Run
from workbench.runs.execute import execute
from workbench.runs.publication import publish

ROOT = Path(__file__).parents[1]
REPEATS = 5
COUNTS = (50, 500, 2000)
KINDS = ("overview", "agreements", "partner")  # the one that computes most, and two small ones
_OF_DVC = 500  # more stages take it minutes to record
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SMALL = (
    "import geopandas as gpd\nimport matplotlib.pyplot as plt\nimport pandas as pd",
    "frame = pd.DataFrame({'year': range(2000, 2020), 'visits': [n % 7 for n in range(20)]})\nframe.describe()",
    "points = gpd.GeoSeries.from_xy(frame['year'] - 2000, frame['visits'], crs='EPSG:4326')\npoints.to_frame().head()",
    "figure, axes = plt.subplots(figsize=(6, 3))\naxes.bar(frame['year'], frame['visits'])\naxes.set_title(name);",
)


def main() -> None:
    """Measure and write the page."""
    os.environ[PROJECT_VARIABLE] = str(ROOT)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    about = f"`python benchmarks/runs.py`, medians of {REPEATS}, {_page.machine()}."
    with tempfile.TemporaryDirectory() as folder:
        _page.write(
            "Real reports", [f"{about} One report each of {', '.join(KINDS)}.", "", *_table(_real(Path(folder)))]
        )
        _page.write("A small report", [f"{about} pandas, geopandas, one figure.", "", *_table(_small(Path(folder)))])
        _page.write("Page, PDF and Word file", [about, *_published(Path(folder))])
        _page.write("Nothing has changed", [about, *_nothing(Path(folder))])


# --- running ---------------------------------------------------------------------------------


def _real(folder: Path) -> dict[str, float]:
    """Seconds a report, over one report each of some kinds."""
    project = Project(ROOT)
    found = settings.read(project)
    frames, _ = load.ensure_tables(project)
    first = {run.notebook.stem: run for run in reversed(catalogue.read(project, found, "", frames))}
    return _ways([first[kind] for kind in KINDS], folder)


def _small(folder: Path) -> dict[str, float]:
    path = folder / "small.ipynb"
    cells = [("name: str = 'a'  # title", ["parameters"]), *((source, []) for source in SMALL), (_CLOSE, [])]
    path.write_text(json.dumps({
        "cells": [{"cell_type": "code", "id": f"c{n}", "metadata": {"tags": tags} if tags else {}, "outputs": [],
                   "execution_count": None, "source": source} for n, (source, tags) in enumerate(cells)],
        "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")  # fmt: skip
    return _ways([Run("small", path, (("name", "b"),))] * 4, folder)


_CLOSE = "from IPython.display import display\ndisplay({'application/vnd.workbench.report+json': {}}, raw=True)"


def _ways(runs: list[Run], folder: Path) -> dict[str, float]:
    """Seconds a report in each way of running these."""
    project, out = Project(ROOT), folder / "out.ipynb"
    with (
        pools.local(1, {run.notebook for run in runs}, settings.Limits()) as one,
        pools.local(2, {run.notebook for run in runs}, settings.Limits()) as two,
    ):

        def ours(pool: Executor) -> None:
            done = [pool.submit(execute, run, folder / f"{n}.ipynb", project) for n, run in enumerate(runs)]
            for future in done:
                future.result()

        def commands() -> None:
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(_command, runs, [folder / f"{n}-out.ipynb" for n in range(len(runs))]))

        ways: dict[str, Callable[[], None]] = {
            "papermill's command": lambda: [_command(run, out) for run in runs] and None,
            "papermill's command, two at a time": commands,
            "papermill in one process": lambda: [_papermill(run, out) for run in runs] and None,
            **_others(runs, folder),
            "bare cells in a warm process": lambda: [_bare(run) for run in runs] and None,
            "this program": lambda: ours(one),
            "this program, two at a time": lambda: ours(two),
        }
        ours(one), ours(two), _bare(runs[0])  # warm
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, way in ways.items():
                begun = time.perf_counter()
                way()
                took[name].append((time.perf_counter() - begun) / len(runs))
    return {name: statistics.median(times) for name, times in took.items()}


def _command(run: Run, out: Path) -> None:
    given = [word for name, value in run.parameters for word in ("-p", name, str(value))]
    subprocess.run([sys.executable, "-m", "papermill", str(run.notebook), str(out), *given, "--no-progress-bar"],
                   check=True, capture_output=True, cwd=run.notebook.parent)  # fmt: skip


def _papermill(run: Run, out: Path) -> None:
    papermill.execute_notebook(str(run.notebook), str(out), parameters=dict(run.parameters), progress_bar=False,
                               cwd=str(run.notebook.parent), kernel_name="python3")  # fmt: skip


def _others(runs: list[Run], folder: Path) -> dict[str, Callable[[], None]]:
    """Other engines that are installed. ploomber-engine runs the cells in this process; jupyter-cache takes no
    parameters: it runs the notebooks with their defaults."""
    found: dict[str, Callable[[], None]] = {}
    if _installed("ploomber_engine"):
        from ploomber_engine import execute_notebook

        def ploomber() -> None:
            for run in runs:
                execute_notebook(str(run.notebook), str(folder / "p.ipynb"), parameters=dict(run.parameters),
                                 progress_bar=False, cwd=str(run.notebook.parent))  # fmt: skip

        found["ploomber-engine"] = ploomber
    if _installed("jupyter_cache"):
        from jupyter_cache import get_cache
        from jupyter_cache.executors import load_executor

        def cached() -> None:
            with tempfile.TemporaryDirectory() as place:
                cache = get_cache(place)
                for path in {run.notebook for run in runs}:
                    cache.add_nb_to_project(str(path))
                load_executor("local-serial", cache).run_and_cache(timeout=600, allow_errors=True)

        if len({run.notebook for run in runs}) == len(runs):  # it runs each notebook once
            found["jupyter-cache"] = cached
    return found


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _bare(run: Run) -> None:
    """The cells as a script, in an IPython shell of this process, outputs thrown away."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    class Shell(InteractiveShell):
        def enable_gui(self, gui: str | None = None) -> None:
            """There is none; ploomber-engine asks."""

    shell = InteractiveShell._instance or Shell.instance()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with capture_output():
        for cell in json.loads(run.notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            shell.run_cell("".join(cell["source"])).raise_error()
            if "parameters" in cell["metadata"].get("tags", []):
                shell.push(dict(run.parameters))


# --- nothing changed -------------------------------------------------------------------------


def _nothing(folder: Path) -> list[str]:
    """A build with nothing to do, beside make, Snakemake and DVC on as many targets."""
    told = (
        "Seconds from the command to its end, and beside this program. The others look at one rule for so many files "
        "that are there; DVC at so many stages. Small reports (one cell) were made before, two at a time."
    )
    rows = [told, "",
            "| reports | this program | make | Snakemake | DVC | made, s | peak of one process, MB |",
            "| --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for count in COUNTS:
        project = _many(folder / f"many-{count}", count)
        ways = {"this program": [sys.executable, "-m", "workbench.cli", "build", "--project", str(project)],
                "make": _make(project, count), "Snakemake": _snakemake(project, count),
                "DVC": _dvc(project, count)}  # fmt: skip
        told: dict[str, float] = {}
        cold = _seconds(ways["this program"], project)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        for command in filter(None, ways.values()):
            subprocess.run(command, check=True, capture_output=True, cwd=project)
        took: dict[str, list[float]] = {name: [] for name, command in ways.items() if command}
        for _ in range(REPEATS):
            for name in took:
                took[name].append(_seconds(ways[name], project))
        told = {name: statistics.median(times) for name, times in took.items()}
        ours = told["this program"]
        rows.append(f"| {count:,} | {ours:.2f} | " + " | ".join(
            f"{told[name]:.2f} ({told[name] / ours:.1f})" if name in told else "not measured"
            for name in list(ways)[1:]) + f" | {cold:.0f} | {peak:.0f} |")  # fmt: skip
    return rows


def _make(project: Path, count: int) -> list[str]:
    (project / "Makefile").write_text(
        f"all: $(patsubst %,made/%.html,$(shell seq {count}))\nmade/%.html: notebooks/tiny.ipynb\n\ttouch $@\n",
        encoding="utf-8")  # fmt: skip
    (project / "made").mkdir()
    return ["make", "-s"]


def _snakemake(project: Path, count: int) -> list[str]:
    """A Snakefile for as many files as make has made."""
    if not _installed("snakemake"):
        return []
    (project / "Snakefile").write_text(
        f"rule all:\n    input: expand('snake/{{n}}.html', n=range({count}))\n"
        "rule one:\n    input: 'notebooks/tiny.ipynb'\n    output: 'snake/{n}.html'\n    shell: 'touch {output}'\n",
        encoding="utf-8")  # fmt: skip
    (project / "snake").mkdir()
    for number in range(count):  # made beforehand: Snakemake takes long to start so many commands
        (project / "snake" / f"{number}.html").touch()
    return [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all", "--rerun-triggers", "mtime"]


def _dvc(project: Path, count: int) -> list[str]:
    """A stage for each of as many files, recorded as made."""
    if not _installed("dvc") or count > _OF_DVC:
        return []
    (project / "dvced").mkdir()
    for number in range(count):
        (project / "dvced" / f"{number}.html").write_text("made", encoding="utf-8")
    lines = "".join(f"  s{n}:\n    cmd: echo {n}\n    deps: [notebooks/tiny.ipynb]\n    outs: [dvced/{n}.html]\n"
                    for n in range(count))  # fmt: skip
    (project / "dvc.yaml").write_text(f"stages:\n{lines}", encoding="utf-8")
    dvc = [sys.executable, "-m", "dvc"]
    subprocess.run([*dvc, "init", "--no-scm", "-q"], check=True, capture_output=True, cwd=project)
    subprocess.run([*dvc, "commit", "-q", "-f"], check=True, capture_output=True, cwd=project)
    return [*dvc, "repro", "-q"]


def _seconds(command: list[str], folder: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return time.perf_counter() - begun


def _many(folder: Path, count: int) -> Path:
    """A project of so many small reports on the records of this project."""
    (folder / "notebooks").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copy(ROOT / "workbench.toml", folder)
    path = folder / "notebooks" / "tiny.ipynb"
    close = ("from IPython.display import display\n"
             "facts = {'kind': 'tiny', 'title': text, 'home': '', 'home_name': '', "
             "'language': 'en', 'period': '', 'as_of': '', 'as_of_words': '', 'draft_words': '', 'period_words': '', "
             "'lead': '', 'sentences': [], 'sources': []}\n"
             "display({'text/html': '<h1>' + text + '</h1>'}, raw=True, metadata={'workbench': {'role': 'title'}})\n"
             "display({'application/vnd.workbench.report+json': facts}, raw=True)")  # fmt: skip
    cells = [("text: str = 'a'  # what the page says", ["parameters"]), (close, [])]
    path.write_text(json.dumps({
        "cells": [{"cell_type": "code", "id": f"c{n}", "metadata": {"tags": tags} if tags else {}, "outputs": [],
                   "execution_count": None, "source": source} for n, (source, tags) in enumerate(cells)],
        "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")  # fmt: skip
    rows = [f'[[report]]\nid = "r{n}"\nnotebook = "tiny.ipynb"\nparameters = {{ text = "report {n}" }}\n'
            for n in range(count)]  # fmt: skip
    (folder / "reports.toml").write_text("\n".join(rows), encoding="utf-8")
    return folder


# --- publishing ------------------------------------------------------------------------------


def _published(folder: Path) -> list[str]:
    """Page, PDF and Word file of one report, beside nbconvert's command, which makes the page alone here."""
    project = Project(ROOT)
    built = engine.built(project)
    run = next(run for run in built.runs if run.id.startswith("overview-"))
    if not built.notebook(run.id).is_file():
        return ["Not measured: build the reports first (`make reports`)."]
    target = {name: folder / f"published.{name}" for name in ("html", "pdf", "docx")}

    def ours(names: tuple[str, ...]) -> None:
        pool.submit(publish, built.publication(run), {name: target[name] for name in names}).result()

    convert = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input", "--output",
               str(folder / "nbconvert.html"), str(built.notebook(run.id))]  # fmt: skip
    with pools.local(1, {run.notebook}, settings.Limits()) as pool:
        ours(("html", "pdf", "docx"))
        ways: dict[str, Callable[[], object]] = {
            "this program: page, PDF and Word file": lambda: ours(("html", "pdf", "docx")),
            "this program: page": lambda: ours(("html",)),
            "nbconvert's command: page": lambda: subprocess.run(convert, check=True, capture_output=True),
        }
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, way in ways.items():
                begun = time.perf_counter()
                way()
                took[name].append(time.perf_counter() - begun)
    first = statistics.median(next(iter(took.values())))
    rows = [f"| {name} | {statistics.median(times):.2f} | {statistics.median(times) / first:.1f} |"
            for name, times in took.items()]  # fmt: skip
    about = f"Of {run.id}. nbconvert makes PDF by LaTeX or a browser, and no Word file."
    return [about, "", "| way | seconds | beside all three of this program |", "| --- | --- | --- |", *rows]


def _table(found: dict[str, float]) -> list[str]:
    best, bare = found["this program"], found["bare cells in a warm process"]
    rows = [
        f"| {name} | {seconds:.2f} | {seconds / best:.1f} | {seconds / bare:.1f} |" for name, seconds in found.items()
    ]
    return [
        "| way | a report, seconds | beside this program | beside the bare cells |",
        "| --- | --- | --- | --- |",
        *rows,
    ]


if __name__ == "__main__":
    main()
