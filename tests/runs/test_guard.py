"""A notebook reads its selection: what it reads behind its back is caught, what is read for it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import five
from runs import tiny
from workbench import settings
from workbench.paths import PROJECT_VARIABLE, Project
from workbench.records import editions, load
from workbench.runs import keys, prefork
from workbench.runs.catalogue import Run
from workbench.runs.execute import Raised, execute
from workbench.runs.prefork import ForkPool

pytestmark = pytest.mark.skipif(not prefork.AVAILABLE, reason="runs are forked on Linux alone")
PARAMETERS = 'home: str = ""  # whose exchange\npartner: str = ""  # the body abroad'
HANGZHOU = "hangzhou-public-library"
OPEN = """
from workbench.report import open_report
report = open_report("overview", home=home, partner=partner)
corpus = report.corpus
""".strip()
CLOSE = """
from workbench.prose.facts import Fact
report.title(home=Fact("name", corpus.selection.home.id))
report.close()
""".strip()
LEEDS = "data/raw/dossiers/globalleeds-hangzhou-mou.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with its tables, a released edition and another report."""
    project = five.copy(tmp_path_factory.mktemp("guarded") / "project")
    frames, found = load.ensure_tables(project)
    records = dict(list(editions.snapshot(frames, found).items())[5:])
    about: dict[str, Any] = {"id": "2026-11-21", "by": "N", "on": "2026-11-21", "as_of": "2026-10-31",
                             "audience": "public", "title": {}, "versions": {}, "figures": (), "reports": ()}  # fmt: skip
    project.editions.mkdir()
    (project.editions / "2026-11-21.json").write_bytes(editions.write(editions.Edition(**about, records=records)))
    (project.reports / "notebooks").mkdir(parents=True)
    (project.reports / "notebooks" / "other.ipynb").write_text("{}", encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def pool() -> Iterator[ForkPool]:
    preload = ("papermill", "workbench.runs.inprocess", "workbench.runs.execute", "workbench.report",
               "pyarrow.parquet", "matplotlib.pyplot")  # fmt: skip
    with ForkPool(1, preload) as found:
        yield found


def run(pool: ForkPool, project: Project, notebook: Path, **parameters: str) -> dict[str, Any]:
    """Run a notebook in a child as a build does; as it was executed."""
    one = Run(notebook.stem, notebook, tuple(sorted(parameters.items())))
    records = keys.Inputs(project, settings.read(project)).records(one)
    target = project.root / "executed.ipynb"
    target.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(PROJECT_VARIABLE, str(project.root))
        pool.submit(execute, one, target, project, records).result()
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


# --- behind its back --------------------------------------------------------------------------

CHEATS = {
    "pandas": 'import pandas as pd\npd.read_parquet("../data/processed/events.parquet")',
    "pandas, some columns": 'import pandas\npandas.read_parquet("../data/processed/events.parquet", columns=["type"])',
    "arrow": 'import pyarrow.parquet as pq\npq.read_table("../data/processed/events.parquet")',
    "arrow by name": 'import pyarrow.parquet as pq\npq.read_table(source="../data/processed/events.parquet")',
    "arrow, imported so": (
        'from pyarrow.parquet import ParquetFile\nParquetFile("../data/processed/events.parquet").read()'
    ),
    "a data set": 'import pyarrow.dataset as ds\nds.dataset(["../data/processed/events.parquet"]).to_table()',
    "memory": 'import pyarrow as pa\npa.memory_map("../data/processed/events.parquet").read()',
    "open": f'open("../{LEEDS}").read()',
    "a path": f'from pathlib import Path\nPath("../{LEEDS}").read_text(encoding="utf-8")',
    "bytes": f'import os\nos.open(b"../{LEEDS}", os.O_RDONLY)',
    "a register": 'import pandas as pd\npd.read_csv("../data/raw/registers/people.csv")',
    "a link": (
        'import os, tempfile\nlink = os.path.join(tempfile.mkdtemp(), "data")\n'
        f'os.symlink(os.path.abspath("../data"), link)\nopen(os.path.join(link, "{LEEDS.removeprefix("data/")}"))'
    ),
    "a list of files": 'from pathlib import Path\nlen(list(Path("../data/raw/dossiers").glob("*.yaml")))',
    "a walk": 'import os\nnext(os.walk("../data/raw/dossiers"))',
    "tables": (
        "from workbench.paths import find_project\nfrom workbench.records import load\n"
        "load.ensure_tables(find_project())"
    ),
    "the workspace": "import workbench\nworkbench.open()",
    "another report": 'open("../reports/notebooks/other.ipynb").read()',
    "settings": 'open("../workbench.toml").read()',
    "the catalogue": 'open("../reports.toml").read()',
    "a thread": (
        "import pandas as pd\nfrom concurrent.futures import ThreadPoolExecutor\n"
        'ThreadPoolExecutor(1).submit(pd.read_parquet, "../data/processed/events.parquet").result()'
    ),
    "a command": f"!cat ../{LEEDS}",
    "a process": f'import subprocess\nsubprocess.run(["cat", "../{LEEDS}"])',
    "caught": f'try:\n    open("../{LEEDS}")\nexcept Exception:\n    pass',
}


@pytest.mark.parametrize("name", CHEATS)
@pytest.mark.parametrize("opened", [False, True], ids=["at first", "after open_report"])
def test_a_notebook_that_reads_behind_its_selections_back_is_caught(
    pool: ForkPool, place: Project, name: str, opened: bool
) -> None:
    cells = [OPEN, CHEATS[name]] if opened else [CHEATS[name], OPEN]
    notebook = tiny.write_notebook(place, "cheat.ipynb", *cells, CLOSE, parameters=PARAMETERS)
    with pytest.raises(Raised, match=r"raised ReadBehindItsBack: \S+ was opened by the notebook itself") as caught:
        run(pool, place, notebook, home=HANGZHOU)
    assert "open_report" in str(caught.value), "it says what to do"
    assert str(place.root) not in str(caught.value)


@pytest.mark.parametrize(
    "call", ['home="zhejiang-library"', "", "home=home", 'home=home, partner=partner, end="2016"', "partner=partner"]
)
def test_records_of_another_selection_than_the_parameters_declare(pool: ForkPool, place: Project, call: str) -> None:
    source = OPEN.replace("home=home, partner=partner", call).replace(", )", ")")
    notebook = tiny.write_notebook(place, "cheat.ipynb", source, CLOSE, parameters=PARAMETERS)
    with pytest.raises(Raised, match="opens other records than the parameters of this run declare"):
        run(pool, place, notebook, home=HANGZHOU, partner="leeds-libraries")


def test_another_selection_beside_its_own(pool: ForkPool, place: Project) -> None:
    cell = 'open_report("overview", home="zhejiang-library")'
    notebook = tiny.write_notebook(place, "cheat.ipynb", OPEN, cell, CLOSE, parameters=PARAMETERS)
    with pytest.raises(Raised, match="opens other records"):
        run(pool, place, notebook, home=HANGZHOU)


# --- honest -----------------------------------------------------------------------------------

# Everything that is read for a notebook after its report was opened, and what is its own to read.
HONEST = """
import tempfile
from pathlib import Path
import pandas as pd
report.title(home=Fact("name", corpus.selection.home.id))
report.changes()
assert corpus.since is not None
report.show(maps.exchange_map(corpus, report.basemap, language))
own = Path(tempfile.mkdtemp()) / "own.parquet"
pd.DataFrame({"a": [1]}).to_parquet(own)
assert len(pd.read_parquet(own)) == 1
assert len(list(Path(".").glob("*.ipynb")))
report.sources()
report.close()
""".strip()


@pytest.mark.parametrize("home", ["", HANGZHOU])
def test_an_honest_notebook_is_left_alone(pool: ForkPool, place: Project, home: str) -> None:
    """A real one: figures on the basemap, templates, tables, the section on what has changed since an edition."""
    found = run(pool, place, place.notebooks / "overview.ipynb", home=home)
    text = json.dumps(found, ensure_ascii=False)
    assert 'id=\\"changes\\"' in text
    assert "<figure" in text


def test_a_notebook_may_use_files_that_are_its_own(pool: ForkPool, place: Project) -> None:
    own = """
import tempfile
from pathlib import Path
import pandas as pd
path = Path(tempfile.mkdtemp()) / "own.parquet"
pd.DataFrame({"a": [1]}).to_parquet(path)
assert len(pd.read_parquet(path)) == 1
assert list(Path(".").glob("*.ipynb"))
!echo {len(corpus["events"])}
""".strip()
    notebook = tiny.write_notebook(place, "own.ipynb", OPEN, own, CLOSE, parameters=PARAMETERS)
    run(pool, place, notebook, home=HANGZHOU)


def test_a_folder_whose_name_only_begins_like_ours_is_not_watched(pool: ForkPool, place: Project) -> None:
    (place.root / "database.csv").write_text("a\n1\n", encoding="utf-8")
    cell = 'import pandas as pd\npd.read_csv("../database.csv")'
    notebook = tiny.write_notebook(place, "own.ipynb", OPEN, cell, CLOSE, parameters=PARAMETERS)
    run(pool, place, notebook, home=HANGZHOU)
