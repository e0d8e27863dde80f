"""A notebook run by papermill with one engine or another, and what came of it without what varies by nature."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

# What differs between two runs of any engine: where a cell's code is kept, addresses, process numbers in folders.
_PLACES = (
    (r"<dc:date>[^<]+", "<dc:date>"),
    (r"\(\d+ times\)", "(many times)"),
    (r'(?<![^\s"\\\'(])[^\s"\\\'(]*/ipykernel_\d+/', "<cells>/"),
    (r"0x[0-9a-f]{6,}", "0x"),
)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Ran:
    """What a run left: each cell's number and outputs (as JSON), the notebook's metadata, and what was raised."""

    cells: tuple[tuple[int | None, str], ...]
    metadata: str
    raised: str

    @property
    def text(self) -> str:
        """All outputs in one text."""
        return "\n".join(outputs for _, outputs in self.cells)

    def differs(self, other: Ran) -> str:
        """The first difference to another run, short enough to be read; empty where there is none."""
        pairs = [*zip(self.cells, other.cells, strict=False), (len(self.cells), len(other.cells)),
                 (self.metadata, other.metadata), (self.raised, other.raised)]  # fmt: skip
        return next((_apart(str(one), str(two)) for one, two in pairs if one != two), "")


def _apart(one: str, two: str) -> str:
    """The places where two texts part."""
    same = next(
        (n for n, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), min(len(one), len(two))
    )
    begin = max(same - 200, 0)
    return f"{one[begin : same + 400]}\n{two[begin : same + 400]}"


def write(folder: Path, *cells: str | tuple[str, str]) -> Path:
    """A notebook of code cells; a pair is a cell and its tag."""
    pairs = [(cell, "") if isinstance(cell, str) else cell for cell in cells]
    made = [new_code_cell(source, id=f"c{n}", metadata={"tags": [tag] if tag else []})
            for n, (source, tag) in enumerate(pairs)]  # fmt: skip
    path = folder / "in.ipynb"
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": _KERNEL}), path)
    return path


def run(notebook: Path, engine: str, options: dict[str, Any]) -> Ran:
    """Run a notebook in its folder by papermill's ``nbclient`` or by ``inprocess``."""
    import papermill
    from papermill.engines import papermill_engines

    from workbench.runs.execute import _kernel_config
    from workbench.runs.inprocess import InProcessEngine

    os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel leaves the descriptors alone where it sees it
    papermill_engines.register("inprocess", InProcessEngine)
    if engine == "nbclient":
        options = {"config": _kernel_config(str(notebook.parent)), **options}
    output, raised = notebook.with_name(f"{engine}-{os.getpid()}.ipynb"), ""
    try:
        papermill.execute_notebook(str(notebook), str(output), engine_name=engine, progress_bar=False,
                                   cwd=str(notebook.parent), **{"request_save_on_cell_execute": False, **options})  # fmt: skip
    except Exception as error:
        raised = re.sub(r"\x1b\[[0-9;]*m", "", f"{type(error).__name__}: {error}")
    if not output.exists():
        return Ran((), "", _same(raised))
    content = json.loads(output.read_text(encoding="utf-8"))
    output.unlink()
    content["metadata"].pop("papermill")
    for widgets in content["metadata"].get("widgets", {}).values():  # known by chance, and told in that order
        widgets["state"] = sorted(_same(one) for one in widgets["state"].values())
    cells = [(cell.get("execution_count"), _same(_joined(cell.get("outputs", [])))) for cell in content["cells"]]
    return Ran(tuple(cells), _same(content["metadata"]), _same(raised))


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same outputs, with texts of one stream that follow each other in one: how many there are is a matter of
    time."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream" and found and found[-1].get("name") == output["name"]:
            found[-1]["text"] += output["text"]
        else:
            found.append(output)
    return [one | {"text": "".join(one["text"])} if "text" in one else one for one in found]


def _same(found: Any) -> str:
    text = json.dumps(found, ensure_ascii=False, sort_keys=True)
    for pattern, written in _PLACES:
        text = re.sub(pattern, written, text)
    for number, id in enumerate(dict.fromkeys(re.findall(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", text))):
        text = text.replace(id, f"<id {number}>")  # of a widget
    return text


def timed(notebook: Path, engine: str) -> list[str]:
    """The names of the times that are kept of a cell."""
    import papermill

    run(notebook, engine, {})  # registers it
    made = papermill.execute_notebook(str(notebook), None, engine_name=engine, progress_bar=False)
    return sorted(made["cells"][0]["metadata"]["execution"])


def state() -> dict[str, Any]:
    """What a notebook may change of its process."""
    import builtins
    import random

    import matplotlib as mpl
    import numpy as np
    import pandas as pd

    main = sys.modules["__main__"]
    return {
        "cwd": os.getcwd(), "environment": {n: v for n, v in os.environ.items() if n != "TMPDIR"}, "path": list(sys.path), "argv": list(sys.argv),
        "main": id(main), "main's names": sorted(vars(main)), "builtins": sorted(vars(builtins)),
        "hooks": [id(getattr(sys, name)) for name in ("stdout", "stderr", "displayhook", "excepthook")],
        "rcParams": str(dict(mpl.rcParams)), "random": hash(random.getstate()),
        "numpy": hash(np.random.get_state()[1].tobytes()), "pandas": pd.options.display.max_rows,
        "descriptors": sorted(os.listdir("/proc/self/fd")),
    }  # fmt: skip
