"""The catalogue ``reports.toml``: notebook × parameters, checked before anything runs.

Parameters are read from the notebook's cell tagged ``parameters``: annotated assignments, each
with a comment. Unknown, missing and ill-typed values are errors here (papermill only warns).

A row makes one report, or one for each value of what its ``for_each`` goes over (`runs.lists`): a
value stands for ``{name}`` in the row's id and parameters, and is the parameter of that name.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import Problem, RecordsError, UsageError, did_you_mean
from workbench.paths import REPORT_ID, Project
from workbench.records import dates
from workbench.records.audience import AUDIENCES
from workbench.records.selection import choose_codes, choose_partners, choose_period
from workbench.runs.lists import OF_RECORDS, SAMPLES, Lists
from workbench.settings import Settings, toml_problem

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("html", "pdf", "docx")  # each is the module of `workbench.publish` that makes it
NOTEBOOK = "ipynb"  # the executed notebook, which is always kept
_KEYS = ("id", "notebook", "parameters", "for_each", "least", "formats")
_NAMED = re.compile(r"\{(\w+)\}")
_PLAIN = (str, int, float, bool)
_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook: its type, its default and its comment. One that is ``required`` (annotated without
    a value) has no default."""

    name: str
    type: str
    default: Any
    comment: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One report to be made, in these formats."""

    id: str
    notebook: Path
    parameters: tuple[tuple[str, Any], ...]
    formats: tuple[str, ...] = FORMATS[:1]


def read(
    project: Project, settings: Settings, as_of: str = "", tables: dict[str, pd.DataFrame] | None = None
) -> list[Run]:
    """The runs of a project's catalogue, in its order.

    ``as_of`` overrides the settings' day; ``tables`` are those of the project: without them all rows are
    checked, and those whose loops follow from the records give no runs. Raises `RecordsError` with
    everything wrong with the catalogue and the notebooks' parameter cells.
    """
    reader = _Reader(project, settings, as_of, tables)
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
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
            try:
                default = ast.literal_eval(node.value) if node.value else None
            except ValueError:
                raise ValueError(f"the default of {name} is not a plain value") from None
            _, _, comment = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode().partition("#")  # type: ignore[operator]
            found[name] = Parameter(name, ast.unparse(node.annotation), default, comment.strip(), node.value is None)
    return found


class _Reader:
    def __init__(
        self, project: Project, settings: Settings, as_of: str, tables: dict[str, pd.DataFrame] | None
    ) -> None:
        self.project = project
        self.settings = settings
        self.as_of = as_of or settings.as_of.isoformat()
        self.tables = tables
        self.partners: set[str] = set()  # known to be in the register
        self.lists = Lists(project, settings, tables)
        self.declared: dict[Path, dict[str, Parameter]] = {}
        self.file = project.relative(project.catalogue_file)
        self.problems: list[Problem] = []
        self.starts: list[int] = []
        self.text: list[str] = []

    def runs(self) -> list[Run]:
        rows = self.rows()
        runs: dict[str, Run] = {}
        for number, row in enumerate(rows):
            line = self.starts[number] if number < len(self.starts) else 0
            for run in self.runs_of(row, line):
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

    def runs_of(self, row: dict[str, Any], line: int) -> list[Run]:
        """The runs of a row: one, or one for each combination of the values of its loops."""
        for key in row:
            if key not in _KEYS:
                self.add(
                    line, key, f'a report has no "{key}"', ", ".join(_KEYS), did_you_mean(key, _KEYS) or "delete it"
                )
        pattern, given = row.get("id"), row.get("parameters", {})
        loops, formats = self.loops(row, line), self.formats(row.get("formats", [FORMATS[0]]), line)
        if not isinstance(pattern, str):
            self.add(line, "id", f"{pattern!r} is no id", "small letters, digits and hyphens", "write one")
            return []
        path, declared = self.notebook(row.get("notebook"), line)
        if not isinstance(given, dict):
            self.add(line, "parameters", "parameters are not a table", '{ home = "…" }', "write them so")
            return []
        if loops is None or not self.stand_for_something(pattern, given, loops, declared, line):
            return []
        runs = []
        for values, known in self.combinations(loops, given, row.get("least", 1)):
            id = self.id(pattern, values, line)
            if id is None or path is None:
                return []
            own = {name: value for name, value in values.items() if name in declared}
            own |= {name: _filled(value, values) for name, value in given.items()}
            if "as_of" in declared:
                own = {"as_of": self.as_of} | own
            self.check_parameters(own, declared, pattern, line)
            self.check_values({name: own[name] for name in own if name in declared}, pattern, line, known)
            if known:
                runs.append(Run(id, path, tuple(sorted(own.items())), formats))
        return runs

    def id(self, pattern: str, values: dict[str, Any], line: int) -> str | None:
        """The id of a run; the code of a country stands in it in small letters."""
        small = {name: value.lower() if name == "country" else value for name, value in values.items()}
        id = str(_filled(pattern, small))
        if not REPORT_ID.fullmatch(id):
            self.add(line, "id", f"{id!r} is no id", "small letters, digits and hyphens", "write one")
            return None
        if id == "index":
            self.add(line, "id", '"index" is the list of reports itself', "another id", "rename the report")
            return None
        return id

    def notebook(self, name: Any, line: int) -> tuple[Path | None, dict[str, Parameter]]:
        """The notebook of a row with its parameters; None and no parameters where something is wrong with it."""
        known = sorted(p.name for p in self.project.notebooks.glob("*.ipynb"))
        if not isinstance(name, str) or name not in known:
            self.add(line, "notebook", f'"{name}" is not in notebooks/', ", ".join(known),
                     did_you_mean(str(name), known) or "name one of them")  # fmt: skip
            return None, {}
        path = self.project.notebooks / name
        if path not in self.declared:
            try:
                self.declared[path] = parameters(path)
            except ValueError as error:
                self.add(line, "notebook", f"{name}: {error}", "one cell tagged `parameters`", "mend the notebook")
                return None, {}
        return path, self.declared[path]

    def formats(self, asked: Any, line: int) -> tuple[str, ...]:
        """The formats of a row in the order of `FORMATS`; HTML, to which the list of reports leads, always."""
        known = (*FORMATS, NOTEBOOK)
        if not isinstance(asked, list) or not asked or not all(isinstance(name, str) for name in asked):
            self.add(line, "formats", "formats is not a list of formats", 'formats = ["html"]', "write it so")
            return ()
        for name in asked:
            if name not in known:
                self.add(line, "formats", f'"{name}" is no format', ", ".join(known),
                         did_you_mean(name, known) or "use one of them")  # fmt: skip
        return tuple(name for name in FORMATS if name in asked or name == FORMATS[0])

    def loops(self, row: dict[str, Any], line: int) -> dict[str, str | list[Any]] | None:
        """What a row goes over: for each name a list of `SAMPLES` or values; None where that is not understood."""
        loops, least = row.get("for_each", {}), row.get("least")
        if not isinstance(loops, dict):
            self.add(line, "for_each", "for_each is not a table", '{ home = "homes" }', "write it so")
            return None
        wrong = False
        for name, asked in loops.items():
            if isinstance(asked, str) and asked in SAMPLES:
                continue
            if isinstance(asked, list) and asked and all(isinstance(value, _PLAIN) for value in asked):
                continue
            wrong = True
            if isinstance(asked, str):
                self.add(line, "for_each", f'{name}: there is no list "{asked}"', ", ".join(SAMPLES),
                         did_you_mean(asked, SAMPLES) or "use one of them, or list the values")  # fmt: skip
            else:
                self.add(line, "for_each", f"{name}: these are no values", f"{', '.join(SAMPLES)}, or [values]",
                         "name a list, or list plain values")  # fmt: skip
        if least is not None and (isinstance(least, bool) or not isinstance(least, int) or least < 1):
            self.add(line, "least", f"least = {least!r} is no number of records", "1 or more", "write a whole number")
            wrong = True
        elif least is not None and not any(asked in OF_RECORDS for asked in loops.values() if isinstance(asked, str)):
            self.add(line, "least", "least is the fewest records of a partner, country or year, and none is gone over",
                     f"for_each over {' or '.join(OF_RECORDS)}", "delete it")  # fmt: skip
            wrong = True
        return None if wrong else loops

    def stand_for_something(
        self, pattern: str, given: dict[str, Any], loops: dict[str, Any], declared: dict[str, Parameter], line: int
    ) -> bool:
        """Is every loop used, each in the id, and does every name in braces come from a loop?"""
        before = len(self.problems)
        used = {name for value in given.values() if isinstance(value, str) for name in _NAMED.findall(value)}
        in_id = _NAMED.findall(pattern)
        for name in loops:
            if name not in in_id:
                self.add(line, "id", f"{pattern}: the reports of one {name} and the next have the same id",
                         f"an id with {{{name}}}", f"add {{{name}}} to the id")  # fmt: skip
            if declared and name not in declared and name not in used:
                self.add(line, "for_each", f'{pattern}: the notebook has no parameter "{name}", and no parameter '
                         f"here uses {{{name}}}", ", ".join(declared),
                         did_you_mean(name, declared) or "go over a parameter")  # fmt: skip
        for field, names in (("id", in_id), ("parameters", sorted(used) if loops else [])):
            for name in names:
                if name not in loops:
                    self.add(line, field, f"{pattern}: {{{name}}} stands for nothing",
                             ", ".join(f"{{{one}}}" for one in loops) or "a name of for_each",
                             did_you_mean(name, loops) or "add it to for_each")  # fmt: skip
        return len(self.problems) == before

    def combinations(
        self, loops: dict[str, Any], given: dict[str, Any], least: int
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every combination of the loops' values, and whether the records were asked for them."""
        found: list[tuple[dict[str, Any], bool]] = [({}, True)]
        for name in sorted(loops, key=lambda name: name != "home"):  # partners and years are those of a home
            longer = []
            for values, known in found:
                listed = loops[name]
                if isinstance(listed, str):
                    listed = self.listed(listed, {**given, **values}.get("home"), given.get("as_of"), least)
                if listed is None:
                    listed, known = [SAMPLES[loops[name]]], False
                longer += [({**values, name: value}, known) for value in listed]
            found = longer
        yield from found

    def listed(self, name: str, home: Any, as_of: Any, least: int) -> list[Any] | None:
        """The values of a list; None where they are not known, or home or day are mistaken and told as such."""
        home = home or self.settings.default_home
        try:
            day = dates.single_day(as_of or self.as_of)
        except (dates.DateError, TypeError):
            return None
        known = isinstance(home, str) and home in self.settings.homes
        return self.lists.values(name, home, day, least) if known or name not in OF_RECORDS else None

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
        for name, parameter in declared.items():
            if parameter.required and name not in given:
                self.add(line, "parameters", f"{id}: the notebook needs a value for {name}", f"{name} = …",
                         parameter.comment or "write one")  # fmt: skip

    def check_values(self, given: dict[str, Any], id: str, line: int, known: bool) -> None:
        """Are values that decide what a report reads (`open_report`) among those there are? ``known``: they are no
        samples."""
        lists = {"home": list(self.settings.homes), "language": list(self.settings.languages),
                 "audience": list(AUDIENCES)}  # fmt: skip
        texts = {name: value for name, value in given.items() if isinstance(value, str) and value}
        for name, listed in lists.items():
            if name in texts and texts[name] not in listed:
                todo = did_you_mean(texts[name], listed) or (
                    "use one of them" if name == "audience" else "add it to workbench.toml, or use one of them"
                )
                self.add(line, name, f'{id}: "{texts[name]}" is no {name}', ", ".join(listed), todo)  # fmt: skip
        if "partner" in texts and known and self.tables is not None:
            self.check_partner(texts["partner"], id, line)
        if "country" in texts:
            self.check_country(texts["country"], id, line)
        self.check_dates(texts, id, line)
        year = given.get("year")
        if isinstance(year, int) and not isinstance(year, bool) and year != 0 and not 1000 <= year <= 9999:
            self.add(line, "year", f"{id}: {year} is no year", "four digits, or 0 for the year of the as-of day",
                     "correct it")  # fmt: skip

    def check_partner(self, text: str, id: str, line: int) -> None:
        """Is it a body of the register, by id or name?"""
        if text in self.partners:
            return
        try:
            choose_partners(self.tables or {}, [text])
            self.partners.add(text)
        except UsageError as error:
            what, _, todo = str(error).partition(". ")
            self.add(line, "partner", f"{id}: {what}", "an id or a name of the register", todo)

    def check_country(self, text: str, id: str, line: int) -> None:
        """Is it a code of the word list of countries and regions?"""
        try:
            choose_codes(self.lists.words, "country", [text])
        except UsageError as error:
            what, _, todo = str(error).partition(": ")
            self.add(line, "country", f"{id}: {what}", "a code of the word list country", todo or "correct it")

    def check_dates(self, texts: dict[str, str], id: str, line: int) -> None:
        """Can the as-of day be read, and the first and last day of the period?"""
        readers: dict[str, tuple[Callable[[str], Any], str]] = {
            "as_of": (dates.single_day, "a single day"),
            "start": (dates.parse, "a date"), "end": (dates.parse, "a date"),
        }  # fmt: skip
        before = len(self.problems)
        for name, (read, expected) in readers.items():
            try:
                read(texts.get(name, "2000-01-01"))
            except dates.DateError as error:
                self.add(line, name, f'{id}: {name} = "{texts[name]}": {error.why}', expected, f"write {error.write}")
        if len(self.problems) == before:
            try:
                choose_period(texts.get("start", ""), texts.get("end", ""))
            except UsageError as error:
                self.add(line, "end", f"{id}: {error}", "a period that ends after it starts", "correct start or end")

    def add(self, line: int, field: str, what: str, expected: str, todo: str) -> None:
        """Note a problem, at the line of the row that holds the field if one does."""
        end = next((n for n in self.starts if n > line), len(self.text) + 1)
        line = (
            next((n for n in range(line or 1, end) if re.search(rf"\b{re.escape(field)}\s*=", self.text[n - 1])), line)
            if field
            else line
        )
        problem = Problem(self.file, line, field, what, expected, todo)
        if problem not in self.problems:  # the runs of a row share their mistakes
            self.problems.append(problem)


def _filled(value: Any, values: dict[str, Any]) -> Any:
    """A value with the names in braces replaced; one that is such a name alone keeps the type of its value."""
    if not isinstance(value, str):
        return value
    alone = _NAMED.fullmatch(value)
    if alone and alone[1] in values:
        return values[alone[1]]
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), value)
