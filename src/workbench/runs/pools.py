"""Where reports are made: a pool is any `concurrent.futures.Executor`. `local` is that of this machine."""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.paths import file_digest, sha256
from workbench.runs import prefork
from workbench.runs.prefork import ForkPool
from workbench.runs.versions import COMPUTING, CONVERTING, versions
from workbench.settings import Limits

# What runs a notebook and publishes it; what the notebook itself imports is read from its cells.
_MACHINE = ("papermill", "workbench.runs.inprocess", "workbench.runs.execute", "workbench.runs.publication")
# What takes seconds, and is worth them where it is then not done again for each of many reports.
_WARM = (
    "matplotlib.pyplot", "workbench.runs.inprocess:warm", "pyarrow.parquet", "workbench.publish.html",
    "workbench.publish.pdf", "workbench.publish.docx",
)  # fmt: skip
_FEW = 3
_WORDING = ("workbench.prose.words:compile_templates",)  # of reports that are worded: it takes a second or two
_PATIENCE = "10s"  # until a scheduler answers


def local(workers: int, notebooks: Iterable[Path], limits: Limits, runs: int = _FEW + 1) -> Executor:
    """A pool of this machine that makes ``runs`` reports of these notebooks, ``workers`` at a time (0: one for each
    processor): in children forked from a warm process where the system can, in threads that start kernels elsewhere.
    """
    workers = workers or processors()
    if not prefork.AVAILABLE:
        return ThreadPoolExecutor(workers)
    return ForkPool(workers, preloaded(notebooks, runs), limits)


def processors() -> int:
    """How many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def preloaded(notebooks: Iterable[Path], runs: int = _FEW + 1) -> tuple[str, ...]:
    """What a warm process has ready before so many runs of some notebooks are forked from it (`ForkPool`)."""
    own = imported(notebooks)
    if runs <= _FEW:
        return (*own, *_MACHINE)
    return (*own, *_MACHINE, *_WARM, *(_WORDING if "workbench.report" in own else ()))


def imported(notebooks: Iterable[Path]) -> tuple[str, ...]:
    """The modules that the cells of some notebooks import, sorted; a cell that is not plain Python is passed over."""
    found: set[str] = set()
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found |= _imported("".join(cell["source"]))
    return tuple(sorted(found))


def _imported(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# --- beyond one machine ------------------------------------------------------------------------


@contextlib.contextmanager
def cluster(address: str, notebooks: Iterable[Path], limits: Limits) -> Iterator[Executor]:
    """A pool of the workers of a Dask cluster (``tcp://host:port``), which see the project under the same path.

    Each worker has a warm process of its own, from which it forks a child for each report. What a lost worker was
    making is made again by another. Raises `UsageError` where the cluster cannot be reached, or its workers have
    another code or other versions than this program: they would make other bytes.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise UsageError("Dask is not installed: pip install 'exchange-workbench[dask]'.") from None
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"There is no Dask scheduler at {address}: {error}") from None
    with client:
        _check_alike(client.run(fingerprint), fingerprint())
        yield _Cluster(client.get_executor(pure=False), preloaded(notebooks), limits)


class _Cluster(Executor):
    """Hands tasks to the workers of a cluster, each to be run in a child of its worker."""

    def __init__(self, executor: Any, preload: tuple[str, ...], limits: Limits) -> None:
        self.executor = executor
        self.preload = preload
        self.limits = limits

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn`` in a child of a worker, with the variables of this program's."""
        own = {name: value for name, value in os.environ.items() if name.startswith("WORKBENCH_")}
        found: Future[Any] = self.executor.submit(_there, self.preload, self.limits, own, fn, args, kwargs)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks."""
        self.executor.shutdown(wait=wait)


def _there(
    preload: tuple[str, ...], limits: Limits, environment: dict[str, str], fn: Callable[..., Any],
    args: tuple[Any, ...], kwargs: dict[str, Any],
) -> Any:  # fmt: skip
    """On a worker: run a task in a child of its warm process."""
    return _warm(preload, limits).submit(_in_environment, environment, fn, args, kwargs).result()


@lru_cache(maxsize=1)
def _warm(preload: tuple[str, ...], limits: Limits) -> ForkPool:
    return ForkPool(processors(), preload, limits)


def _in_environment(
    environment: dict[str, str], fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    os.environ.update(environment)
    return fn(*args, **kwargs)


def fingerprint() -> dict[str, str]:
    """What must be the same on each worker: this package's code, and the versions of the others."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    code = sha256("".join(f"{path.relative_to(package)}:{file_digest(path)}\n" for path in files).encode())
    return {"code of workbench": code, **versions((*COMPUTING, *CONVERTING))}


def _check_alike(workers: dict[str, dict[str, str]], ours: dict[str, str]) -> None:
    if not workers:
        raise UsageError("The Dask cluster has no workers: start some (dask worker ADDRESS).")
    other = [
        f"{worker}: {name} is {theirs.get(name, 'missing')[:12]}, here {ours[name][:12]}"
        for worker, theirs in sorted(workers.items()) for name in ours if theirs.get(name) != ours[name]
    ]  # fmt: skip
    if other:
        raise UsageError("The workers would make other bytes; install the same lock on each:\n" + "\n".join(other))
