"""The notebooks run unchanged by programs of others: papermill's command, and the way of jupyter-scheduler."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from workbench.paths import PROJECT_VARIABLE, Project
from workbench.runs.execute import REPORT_MIME

pytestmark = pytest.mark.slow

NOTEBOOK = "partner.ipynb"
PARTNER = "leeds-libraries"


def facts(path: Path) -> dict[str, Any]:
    """What a report says of itself in its executed notebook; no cell has an error."""
    outputs = [one for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] for one in cell.get("outputs", [])]
    assert [one for one in outputs if one["output_type"] == "error"] == []
    (found,) = [one["data"][REPORT_MIME] for one in outputs if REPORT_MIME in one.get("data", {})]
    return dict(found)


def test_by_the_command_of_papermill(project: Project, tmp_path: Path) -> None:
    before = (project.notebooks / NOTEBOOK).read_bytes()
    words = [f"notebooks/{NOTEBOOK}", str(tmp_path / "out.ipynb"), "-p", "partner", PARTNER]
    done = subprocess.run([sys.executable, "-m", "papermill", *words], cwd=project.root, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = facts(tmp_path / "out.ipynb")
    assert (told["kind"], "Leeds Libraries" in told["title"]) == ("partner", True)
    assert (project.notebooks / NOTEBOOK).read_bytes() == before


def test_in_the_way_of_jupyter_scheduler(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It copies a notebook to a folder of its own, writes ``name = value`` below the cell of parameters and runs it by
    nbclient; its server is told of the project by the environment (docs/operations.md)."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(project.root))
    staged = tmp_path / "staged"
    staged.mkdir()
    shutil.copy(project.notebooks / NOTEBOOK, staged)
    notebook = nbformat.read(staged / NOTEBOOK, as_version=4)
    tagged = next(n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    notebook.cells.insert(tagged + 1, nbformat.v4.new_code_cell(f'partner = "{PARTNER}"'))
    kernel, place = notebook.metadata.kernelspec["name"], {"metadata": {"path": str(staged)}}
    NotebookClient(notebook, kernel_name=kernel, store_widget_state=True, resources=place).execute()
    nbformat.write(notebook, staged / "out.ipynb")
    assert "Leeds Libraries" in facts(staged / "out.ipynb")["title"]
    assert sorted(os.listdir(staged)) == ["out.ipynb", NOTEBOOK]
