"""The catalogue ``reports.toml``: notebook × parameters, checked before anything runs.

Parameters are read from the notebook's cell tagged ``parameters``: annotated assignments, each
with a comment. Unknown, missing and ill-typed values are errors here (papermill only warns).
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import Problem, RecordsError, did_you_mean
from workbench.paths import REPORT_ID, Project
from workbench.records import dates
from workbench.settings import Settings, toml_problem

_KEYS = ("id", "notebook", "parameters")
_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook: its type, whether it has a default, and its comment."""

    name: str
    type: str
    default: Any
    comment: str


@dataclass(frozen=True, slots=True)
class Run:
    """One report to be made."""

    id: str
    notebook: Path
    parameters: tuple[tuple[str, Any], ...]


def read(project: Project, settings: Settings, as_of: str = "") -> list[Run]:
    """The runs of a project's catalogue, in its order.

    ``as_of`` overrides the settings' day. Raises `RecordsError` with everything wrong with the
    catalogue and the notebooks' parameter cells.
    """
    reader = _Reader(project, settings, as_of)
    runs = reader.runs()
    if reader.problems:
        raise RecordsError(reader.problems)
    return runs


def parameters(notebook: Path) -> dict[str, Parameter]:
    """The parameters of a notebook, from its cell tagged ``parameters``.

    Raises ValueError when the notebook cannot be read or has no such cell.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not a notebook ({type(error).__name__})") from None
    if len(tagged) != 1:
        raise ValueError(f"{len(tagged)} cells are tagged `parameters`, not one")
    source = "".join(tagged[0]["source"])
    lines = source.splitlines()
    found = {}
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"its parameters are not Python: {error.msg} (line {error.lineno} of the cell)") from None
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            name = node.target.id
            try:
                default = ast.literal_eval(node.value)
            except ValueError:
                raise ValueError(f"the default of {name} is not a plain value") from None
            _, _, comment = lines[node.value.end_lineno - 1][node.value.end_col_offset :].partition("#")  # type: ignore[index, operator]
            found[name] = Parameter(name, ast.unparse(node.annotation), default, comment.strip())
    return found


class _Reader:
    def __init__(self, project: Project, settings: Settings, as_of: str) -> None:
        self.project = project
        self.settings = settings
        self.as_of = as_of or settings.as_of.isoformat()
        self.file = project.relative(project.catalogue_file)
        self.problems: list[Problem] = []
        self.starts: list[int] = []
        self.text: list[str] = []

    def runs(self) -> list[Run]:
        rows = self.rows()
        runs: dict[str, Run] = {}
        for number, row in enumerate(rows):
            line = self.starts[number] if number < len(self.starts) else 0
            run = self.run(row, line)
            if run is None:
                continue
            if run.id in runs:
                self.add(line, "id", f'the id "{run.id}" stands here twice', "each id once", "rename one")
            runs[run.id] = run
        return list(runs.values())

    def rows(self) -> list[Any]:
        try:
            text = self.project.catalogue_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.add(0, "", "the catalogue is missing", "[[report]] rows", "add the file")
            return []
        except UnicodeDecodeError:
            self.add(0, "", "the file is not UTF-8", "a file in UTF-8", "save it again with the encoding UTF-8")
            return []
        self.text = text.splitlines()
        self.starts = [n for n, line in enumerate(self.text, 1) if line.strip().startswith("[[report]]")]
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(toml_problem(error, self.file))
            return []
        for key in data:
            if key != "report":
                self.add(
                    0, key, f'there is no "{key}" here', "[[report]] rows", did_you_mean(key, ["report"]) or "delete it"
                )
        rows = data.get("report", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.add(
                0, "report", "report is not a list of tables", "[[report]] rows", "write each report as [[report]]"
            )
            return []
        return rows

    def run(self, row: dict[str, Any], line: int) -> Run | None:
        for key in row:
            if key not in _KEYS:
                self.add(
                    line, key, f'a report has no "{key}"', ", ".join(_KEYS), did_you_mean(key, _KEYS) or "delete it"
                )
        id, notebook = row.get("id"), row.get("notebook")
        if not isinstance(id, str) or not REPORT_ID.fullmatch(id):
            self.add(line, "id", f"{id!r} is no id", "small letters, digits and hyphens", "write one")
            return None
        if id == "index":
            self.add(line, "id", '"index" is the list of reports itself', "another id", "rename the report")
            return None
        path = self.project.notebooks / str(notebook)
        known = sorted(p.name for p in self.project.notebooks.glob("*.ipynb"))
        if not isinstance(notebook, str) or notebook not in known:
            self.add(line, "notebook", f'"{notebook}" is not in notebooks/', ", ".join(known),
                     did_you_mean(str(notebook), known) or "name one of them")  # fmt: skip
            return None
        try:
            declared = parameters(path)
        except ValueError as error:
            self.add(line, "notebook", f"{notebook}: {error}", "one cell tagged `parameters`", "mend the notebook")
            return None
        given = row.get("parameters", {})
        if not isinstance(given, dict):
            self.add(line, "parameters", "parameters are not a table", '{ home = "…" }', "write them so")
            return None
        self.check_parameters(given, declared, id, line)
        self.check_day(given.get("as_of"), id, line)
        if "as_of" in declared:
            given = {"as_of": self.as_of} | given
        return Run(id, path, tuple(sorted(given.items())))

    def check_parameters(self, given: dict[str, Any], declared: dict[str, Parameter], id: str, line: int) -> None:
        for name, value in given.items():
            if name not in declared:
                self.add(line, name, f'{id}: the notebook has no parameter "{name}"', ", ".join(declared),
                         did_you_mean(name, declared) or "delete it")  # fmt: skip
                continue
            wanted = _TYPES.get(declared[name].type)
            if wanted is None:
                self.add(line, name, f"{id}: {name} is annotated {declared[name].type}, which cannot be checked",
                         ", ".join(_TYPES), "annotate it with one of them in the notebook")  # fmt: skip
            elif not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
                self.add(line, name, f"{id}: {name} = {value!r} is not {declared[name].type}", declared[name].type,
                         declared[name].comment or "correct it")  # fmt: skip
        home = given.get("home", "")
        if "home" in declared and isinstance(home, str) and home and home not in self.settings.homes:
            self.add(line, "home", f'{id}: "{home}" is no home', ", ".join(self.settings.homes),
                     did_you_mean(home, self.settings.homes) or "add it to workbench.toml")  # fmt: skip
        language = given.get("language", "en")
        if "language" in declared and isinstance(language, str) and language not in self.settings.languages:
            known = ", ".join(self.settings.languages)
            self.add(line, "language", f'{id}: "{language}" is not among the languages', known,
                     "add it to workbench.toml, or use one of them")  # fmt: skip

    def check_day(self, text: Any, id: str, line: int) -> None:
        if not isinstance(text, str) or not text:
            return
        try:
            dates.single_day(text)
        except dates.DateError as error:
            self.add(line, "as_of", f"{id}: {error.why}", "a single day", f"write {error.write}")

    def add(self, line: int, field: str, what: str, expected: str, todo: str) -> None:
        """Note a problem, at the line of the row that holds the field if one does."""
        end = next((n for n in self.starts if n > line), len(self.text) + 1)
        line = (
            next((n for n in range(line or 1, end) if re.search(rf"\b{re.escape(field)}\s*=", self.text[n - 1])), line)
            if field
            else line
        )
        self.problems.append(Problem(self.file, line, field, what, expected, todo))
