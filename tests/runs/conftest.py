"""Projects with two quick reports, built once and copied for each test."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from runs import tiny
from workbench.paths import Project
from workbench.runs import engine, pools


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose reports alpha and beta have been built; not to be changed."""
    project = tiny.copy_project(tmp_path_factory.mktemp("built") / "project")
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    tiny.write_notebook(project, "alpha.ipynb", tiny.CLOSE)
    tiny.write_notebook(project, "beta.ipynb", "text.upper()", tiny.CLOSE)
    tiny.write_catalogue(
        project,
        tiny.row("alpha", text="first", home="hangzhou-public-library"),
        tiny.row("beta", "beta.ipynb", text="second", home="zhejiang-library"),
    )
    result = engine.build(project)
    assert [(outcome.id, outcome.state) for outcome in result.outcomes] == [("alpha", "done"), ("beta", "done")]
    return project


@pytest.fixture
def built(built_once: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to be spoilt."""
    shutil.copytree(built_once.root, tmp_path / "built", symlinks=True)
    return Project(tmp_path / "built")


@pytest.fixture
def single(built: Project) -> Project:
    """The same with alpha alone in its catalogue."""
    tiny.write_catalogue(built, tiny.row("alpha", text="first", home="hangzhou-public-library"))
    engine.build(built)
    return built


@pytest.fixture
def unbuilt(built: Project) -> Project:
    """The same with its tables, but no report made yet."""
    shutil.rmtree(built.reports)
    return built


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are made in this process, one at a time, where what a test puts in the place of papermill holds."""
    monkeypatch.setattr(pools, "local", lambda *given: ThreadPoolExecutor(1))


@pytest.fixture
def no_notebook_runs(here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Running a notebook fails the test."""
    import papermill

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError(f"a notebook was run: {args}")

    monkeypatch.setattr(papermill, "execute_notebook", refuse)


@pytest.fixture
def canned(here: None, built_once: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kernel is started: alpha and beta come out as they did, with the text they are given."""
    import papermill

    def execute(source: str, target: str, parameters: dict[str, str], **options: object) -> None:
        id = Path(source).stem
        text = (built_once.reports / "notebooks" / f"{id}.ipynb").read_text(encoding="utf-8")
        old = {"alpha": "first", "beta": "second"}[id]
        Path(target).write_text(text.replace(old, parameters["text"]), encoding="utf-8")

    monkeypatch.setattr(papermill, "execute_notebook", execute)


@pytest.fixture
def quick(here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notebooks run in this process, with what papermill does to them, and no kernel is started."""
    import IPython.display
    import papermill
    from papermill.exceptions import PapermillExecutionError

    alone = threading.Lock()  # there is one `display`

    def execute(source: str, target: str, parameters: dict[str, Any], **options: object) -> None:
        with alone:
            run(source, target, parameters)

    def run(source: str, target: str, parameters: dict[str, Any]) -> None:
        content, names = json.loads(Path(source).read_text(encoding="utf-8")), dict[str, Any]()
        given = "".join(f"{name} = {value!r}\n" for name, value in parameters.items())
        injected = tiny.notebook(given, parameters=None)["cells"][1]
        content["cells"].insert(2, injected | {"id": "0000", "metadata": {"tags": ["injected-parameters"]}})
        outputs: list[dict[str, Any]] = []
        monkeypatch.setattr(IPython.display, "display", lambda bundle, raw=True, metadata=None: outputs.append(
            {"output_type": "display_data", "data": bundle, "metadata": metadata or {}}))  # fmt: skip
        for number, cell in enumerate(content["cells"]):
            if cell["cell_type"] == "code":
                try:
                    exec(compile(cell["source"], "cell", "exec"), names)
                except Exception as error:
                    told = {"ename": type(error).__name__, "evalue": str(error), "traceback": ["traceback"]}
                    cell["outputs"] = [{"output_type": "error", **told}]
                    Path(target).write_text(json.dumps(content), encoding="utf-8")
                    raise PapermillExecutionError(number, number, cell["source"], **told) from None
                cell["outputs"] = outputs.copy()
                outputs.clear()
        Path(target).write_text(json.dumps(content), encoding="utf-8")

    monkeypatch.setattr(papermill, "execute_notebook", execute)
