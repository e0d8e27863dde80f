"""The notebooks for analysts run from the first cell to the last, about records that nobody changes."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

import five
from workbench.paths import PROJECT_VARIABLE, Project

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return five.copy(tmp_path_factory.mktemp("analyst") / "project")


def run(name: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the cells of a notebook show, as text by the cell's id."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(project.root))
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(project.notebooks))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {
        cell["id"]: "\n".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])
        for cell in cells
    }


def test_the_tutorial(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run("tutorial.ipynb", project, monkeypatch)
    assert "leeds-visit-2019" in shown["open"]
    assert shown["number"] == "exchanges: 0–1", "that the visit from Leeds was in 2019 is a reading"
    assert "leeds-visit-2019" in shown["why"]
    assert "Leeds Libraries" in shown["readable"]
    assert set(shown) > {"map", "timeline", "data", "parameters-out"}


def test_the_twenty_five_questions(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run("questions.ipynb", project, monkeypatch)
    assert sum(id.startswith("question-") for id in shown) == 25
    assert "May we say it" in shown["question-verdicts"] or "may we say it" in shown["question-verdicts"]
    assert "Leeds Libraries" in shown["question-balance"]
