"""The questions as a list: text, function, first rows of the answer, the reports that show it."""

from __future__ import annotations

import ast
import json
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from workbench.analysis import questions
from workbench.explore.workspace import Workspace

_WIDTH = 118
_WIDEST = 34  # of a column


def listed(corpus: Workspace, numbers: Iterable[int] = (), rows: int = 3) -> Iterator[str]:
    """For each question (all, or those of some numbers) a text for the terminal."""
    shown = shown_in(corpus.project.notebooks)
    for number in numbers or questions.QUESTIONS:
        question = questions.question(number)
        reports = ", ".join(shown.get(question.name, ())) or "no report yet"
        answer = questions.ask(corpus, number)
        asked = corpus.words.phrase(f"questions/q{number}")
        yield f"{number}. {asked}\n   analysis.{question.name}(corpus) · shown in: {reports}\n"
        if answer.empty:
            yield "   No rows: the records hold nothing to answer it with.\n"
            continue
        readable = corpus.readable(answer.head(rows), **question.kinds)
        yield textwrap.indent(as_text(readable), "   ")
        rest = len(answer) - rows
        yield f"   … and {rest} more row{'' if rest == 1 else 's'}\n" if rest > 0 else ""


def shown_in(notebooks: Path) -> dict[str, tuple[str, ...]]:
    """For each function of `workbench.analysis` (module and name) the notebooks that call it."""
    found: dict[str, list[str]] = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        calls = [node.func for text in code for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        for name in dict.fromkeys(ast.unparse(call) for call in calls):
            found.setdefault(name.removeprefix("analysis."), []).append(path.stem)
    return {name: tuple(stems) for name, stems in found.items()}


def as_text(table: pd.DataFrame) -> str:
    """A table of texts in columns for a terminal: Chinese is double width, long cells are cut, columns that do
    not fit go below."""
    cells = [[str(head) for head in table.columns], *(map(str, row) for row in table.itertuples(index=False))]
    columns = [[_cut(text, _WIDEST) for text in column] for column in zip(*cells, strict=True)]
    blocks: list[list[list[str]]] = [[]]
    used = 0
    for column in columns:
        width = max(map(_width, column)) + 2
        if blocks[-1] and used + width > _WIDTH:
            blocks.append([])
            used = 0
        blocks[-1].append([text + " " * (width - _width(text)) for text in column])
        used += width
    return "\n".join("\n".join("".join(row).rstrip() for row in zip(*block, strict=True)) + "\n" for block in blocks)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"
