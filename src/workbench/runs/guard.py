"""A run reads the records of its selection, and nothing of the project behind its back.

What a report rests on is known without running it (`runs.keys`), so a notebook that opens tables, dossiers or other
reports by itself would be left as it is when they change. In a child that was forked for one run such an opening is
an error that says what to do; what `open_report` and the figures read for the notebook is theirs.

It keeps honest notebooks honest: whoever wants to cheat, with C code or a process of another program, can.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workbench.paths import SELECTION_VARIABLE, Project

_PACKAGE = str(Path(__file__).parents[1]) + os.sep
# Opened only below these: the report's own slice, and the edition with which it compares.
_OPENERS = tuple(_PACKAGE + name for name in ("report.py", os.path.join("records", "editions.py")))
_CELL = re.compile(r"[/\\]ipykernel_\d+[/\\]|^<ipython-input")  # where code of a notebook says it stands
_EVENTS = ("open", "os.listdir", "os.scandir", "sqlite3.connect", "os.system", "subprocess.Popen")
_WATCHED = ("data", "reports", "workbench.toml", "reports.toml")
# Read by the package for any report, and part of what all reports share: words, outlines, settings.
_SHARED = ("data/raw/registers/vocabularies", "data/raw/basemap", "workbench.toml")


class ReadBehindItsBack(BaseException):
    """A notebook opened a file of the project that is not in its selection. Not an Exception: a notebook that goes on
    after any error does not go on after this one."""


def watch(project: Project, records: str) -> None:
    """Watch this process for the rest of its life. ``records`` is the digest of the selection that it may open."""
    os.environ[SELECTION_VARIABLE] = records
    roots = tuple(dict.fromkeys((os.path.abspath(project.root), os.path.realpath(project.root))))
    watched, shared = (
        tuple(os.path.join(root, *name.split("/")) for root in roots for name in names) for names in (_WATCHED, _SHARED)
    )

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS:
            return
        for named in _named(event, arguments):
            for path in dict.fromkeys((os.path.abspath(named), os.path.realpath(named))):
                if _below(path, watched) and not _allowed(_below(path, shared)):
                    root = next(root for root in roots if _below(path, (root,)))
                    raise ReadBehindItsBack(
                        f"{os.path.relpath(path, root)} was opened by the notebook itself. A report reads what "
                        "open_report gives it (report.corpus): then it is made again when that changes."
                    )

    sys.addaudithook(look)
    _tell_of_arrow()
    _tell_of_commands()


def _named(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    """What an event names that may be a path."""
    if event == "subprocess.Popen":
        words = arguments[1] if isinstance(arguments[1], list | tuple) else [arguments[1]]
        told = " ".join(os.fsdecode(word) for word in words if isinstance(word, str | bytes | os.PathLike))
        yield from _words(told)
    elif event == "os.system":
        yield from _words(os.fsdecode(arguments[0]))
    elif isinstance(arguments[0], str | bytes | os.PathLike):
        yield os.fsdecode(arguments[0])


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quotation that does not end
        return command.split()


def _below(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(root + os.sep) for root in roots)


def _allowed(shared: bool) -> bool:
    """Is a file being opened by the package for the notebook, or by the machine, and not by a cell?"""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name in _OPENERS or (shared and name.startswith(_PACKAGE)):
            return True
        if _CELL.search(name):
            return False
        frame = frame.f_back
    return threading.current_thread() is threading.main_thread()  # other threads are of cells


def _tell_of_arrow() -> None:
    """Have Arrow, which opens files without telling Python, tell of it."""
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.dataset as dataset
    import pyarrow.feather as feather
    import pyarrow.parquet as parquet

    def told(function: Callable[..., Any]) -> Callable[..., Any]:
        def opening(*arguments: Any, **named: Any) -> Any:
            for source in (*arguments, *named.values()):
                for one in source if isinstance(source, list | tuple) else [source]:
                    if isinstance(one, str | os.PathLike):
                        sys.audit("open", os.fspath(one), "r", 0)
            return function(*arguments, **named)

        return opening

    for module, name in (
        (parquet, "read_table"), (parquet.ParquetDataset, "__init__"), (parquet.ParquetFile, "__init__"),
        (dataset, "dataset"), (csv, "read_csv"), (csv, "open_csv"), (feather, "read_table"), (pa, "memory_map"),
    ):  # fmt: skip
        setattr(module, name, told(getattr(module, name)))


def _tell_of_commands() -> None:
    """Have IPython, which runs `!commands` in a terminal of its own, tell of them."""
    zmqshell: Any = importlib.import_module("ipykernel.zmqshell")
    run = zmqshell.system

    def told(command: str) -> Any:
        sys.audit("os.system", command)
        return run(command)

    zmqshell.system = told
