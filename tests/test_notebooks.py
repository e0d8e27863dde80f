"""The committed notebooks: they call, show and say; nothing is computed, typed or kept in them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from workbench.runs import catalogue

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 12
WIDEST = 120

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def cells(path: Path, kind: str = "") -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if not kind or cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def trees(path: Path) -> list[ast.Module]:
    return [ast.parse(source(cell)) for cell in cells(path, "code")]


def nodes(path: Path) -> list[ast.AST]:
    return [node for tree in trees(path) for node in ast.walk(tree)]


def tagged(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]


def test_it_is_a_valid_notebook(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"


def test_no_outputs_and_no_counts(path: Path) -> None:
    for cell in cells(path, "code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None), cell["id"]
    assert set(json.loads(path.read_text(encoding="utf-8"))["metadata"]) <= {"kernelspec", "language_info"}


def test_cells_hold_no_traces_of_an_editor(path: Path) -> None:
    assert [cell["id"] for cell in cells(path) if set(cell["metadata"]) - {"tags"}] == []
    assert [cell["id"] for cell in cells(path) if not source(cell).strip()] == []
    ids = [cell["id"] for cell in cells(path)]
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id) for id in ids), "ids are words, and stay"
    assert len(ids) == len(set(ids))


def test_the_first_cell_is_its_heading(path: Path) -> None:
    first = cells(path)[0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# \S", source(first))
    headings = [line for cell in cells(path, "markdown") for line in source(cell).splitlines() if re.match(r"# ", line)]
    assert len(headings) == 1


def test_one_cell_of_parameters_each_with_a_type_a_value_and_a_comment(path: Path) -> None:
    assert len(tagged(path)) == 1
    cell = tagged(path)[0]
    assert cell is not None
    assert cell["cell_type"] == "code"
    assert cells(path, "code")[0]["id"] == cell["id"], "it is the first cell of code"
    statements = ast.parse(source(cell)).body
    assert all(isinstance(node, ast.AnnAssign) and node.value is not None for node in statements)
    declared = catalogue.parameters(path)
    assert len(declared) == len(statements)
    assert [name for name, parameter in declared.items() if not parameter.comment] == []
    assert {parameter.type for parameter in declared.values()} <= {"str", "int", "float", "bool"}
    for parameter in declared.values():
        assert type(parameter.default).__name__ == parameter.type, parameter.name


def test_every_parameter_is_used(path: Path) -> None:
    used = {node.id for node in nodes(path) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert set(catalogue.parameters(path)) <= used


def test_it_imports_from_the_workbench_only(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] == "workbench"
            assert node.names[0].name != "*"
        elif isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} == {"workbench"}


def test_it_defines_nothing(path: Path) -> None:
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [ast.unparse(node) for node in nodes(path) if isinstance(node, defining)] == []


def test_it_asks_no_shell_and_hides_no_error(path: Path) -> None:
    assert not [cell["id"] for cell in cells(path, "code") if re.search(r"^\s*[!%]", source(cell), re.MULTILINE)]
    assert not [node for node in nodes(path) if isinstance(node, (ast.Try, ast.With, ast.While, ast.Global))]
    called = {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    assert called.isdisjoint({"print", "open", "eval", "exec", "input", "display"})


def test_it_names_no_file(path: Path) -> None:
    texts = [node.value for node in nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    pattern = re.compile(r"[/\\]|\.(csv|ya?ml|toml|json|parquet|geojson|xlsx|html|pdf|docx|png|svg|ipynb|txt|md)\b")
    assert [text for text in texts if pattern.search(text)] == []


def test_cells_are_short(path: Path) -> None:
    for cell in cells(path, "code"):
        lines = source(cell).splitlines()
        assert len(lines) <= LONGEST_CELL, cell["id"]
        assert max(map(len, lines)) <= WIDEST, cell["id"]


def test_no_number_is_typed(path: Path) -> None:
    """Neither in what it says to readers nor in what it asks for."""
    first = tagged(path)[0]["id"]
    for cell in cells(path, "code"):
        if cell["id"] != first:
            found = [
                n
                for n in ast.walk(ast.parse(source(cell)))
                if isinstance(n, ast.Constant) and isinstance(n.value, int | float)
            ]
            assert [ast.unparse(node) for node in found if not isinstance(node.value, bool)] == [], cell["id"]


def test_the_last_cell_closes_the_report(path: Path) -> None:
    opened = any("open_report" in source(cell) for cell in cells(path, "code"))
    assert not opened or source(cells(path, "code")[-1]).rstrip().endswith("report.close()")


def test_it_reads_as_an_analysis(path: Path) -> None:
    """Headings between the cells say what is asked."""
    run = 0
    for cell in cells(path):
        run = 0 if cell["cell_type"] == "markdown" else run + 1
        assert run <= 12, f"{cell['id']}: too many cells without a heading"
