"""The papermill engine ``inprocess``: the cells of a notebook run in this process, by ipykernel's own shell.

papermill's ordinary engine starts a kernel in a process of its own and speaks to it over sockets. Here the same
kernel class runs the cells where papermill runs, and the messages that it sends go straight to nbclient's own
handling of outputs: what comes out is the same, and the start of a process is saved. Used in a child that was forked
for one notebook (`runs.prefork`) nothing leaks to the next one; used elsewhere, working folder, environment, search
path and streams are put back.

``papermill notebook.ipynb out.ipynb --engine inprocess`` works in any environment that has this package.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import contextvars
import importlib
import io
import json
import math
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import BackgroundSocket, OutStream
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session, extract_header
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.log import logger
from tornado.ioloop import IOLoop

Message = dict[str, Any]
_INLINE = "module://matplotlib_inline.backend_inline"
_PACKAGES = ("site-packages", "dist-packages")
# Imported by a kernel when it starts, or by its first figure or table.
_LATE = (
    "IPython.core.application", "IPython.core.completerlib", "IPython.core.pylabtools", "ipykernel.debugger",
    "matplotlib.backends.backend_agg", "pandas.io.formats.html", "pandas.io.formats.string", "sqlite3",
    "tornado.platform.asyncio",
)  # fmt: skip
_READ = 65_536  # bytes at a time from a stream of the operating system


def warm() -> None:
    """Do once in a process what its first notebook would wait for, each child of it anew: late imports, the compiled
    schema of notebooks, the glyphs of a figure. Nothing of a shell is made."""
    import nbformat
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in _LATE:
        importlib.import_module(name)
    nbformat.validate(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]
    figure = Figure()
    figure.add_subplot().set_title("A figure")
    FigureCanvasAgg(figure).print_png(io.BytesIO())  # type: ignore[no-untyped-call]


class InProcessEngine(Engine):
    """Runs notebooks of this Python in this process; takes the arguments of papermill's ordinary engine."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, log_output: bool = False, stdout_file: Any = None, stderr_file: Any = None,
        start_timeout: int = 60, execution_timeout: int | None = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Run the cells of ``nb_man.nb`` until one raises; outputs are written into it.

        ``execution_timeout`` is that of one cell in seconds. Raises `CellTimeoutError` when one takes longer;
        an error in a cell is left in the notebook, as papermill expects it. ``kernel_name`` and
        ``start_timeout`` are for other engines: the kernel is this process.
        """
        options = {name: value for name, value in kwargs.items() if name not in ("input_path", "startup_timeout")}
        timeout = execution_timeout or options.pop("timeout", None)
        options |= {"timeout": timeout, "kernel_name": kernel_name, "log": logger, "log_output": log_output}
        client = _Client(nb_man, stdout_file=stdout_file, stderr_file=stderr_file, **options)
        return client.execute()


class _Client(PapermillNotebookClient):
    """nbclient's client, whose kernel is in this process."""

    kernel: _Kernel

    def execute(self, **kwargs: Any) -> Any:
        """Run all cells."""
        self.reset_execution_trackers()
        with _as_before(), _kernel() as self.kernel:
            self.kc = self.kernel.front
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = json.loads(json.dumps(self.kernel.language_info))
            self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:  # type: ignore[override]
        """Run one cell, as nbclient does (`NotebookClient.async_execute_cell`)."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self._to_log: list[Any] = []
        self.code_cells_executed += 1
        may_raise = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        with _deadline(self._get_timeout(cell)) as passed:
            reply = self.kernel.run(cell.source, lambda msg: self._take(msg, cell, cell_index), not may_raise)
        if self.record_timing:
            cell["metadata"]["execution"]["shell.execute_reply"] = timestamp(reply)
        for output in self._to_log:
            super().log_output_message(output)
        if passed():
            raise CellTimeoutError.error_from_timeout_and_cell("The cell took too long", self._get_timeout(cell), cell)
        asyncio.run(self._check_raise_for_error(cell, cell_index, reply))
        self.nb["cells"][cell_index] = cell
        return cell

    def _take(self, msg: Message, cell: Any, cell_index: int) -> None:
        """Add what a message holds to a cell; text that follows text of the same stream joins it."""
        last: Any = cell.outputs[-1] if cell.outputs else None
        count = len(cell.outputs)
        added: Any = None
        with contextlib.suppress(CellExecutionComplete):  # said by a kernel that is idle again
            added = self.process_message(msg, cell, cell_index)
        joins = added is not None and last is not None and len(cell.outputs) == count + 1
        if joins and _stream(added) == _stream(last) != "":
            last["text"] += added["text"]
            cell.outputs.pop()

    def log_output_message(self, output: Any) -> None:
        """Log an output, once the cell has ended: until then whatever is written belongs to the cell."""
        self._to_log.append(output)


def _stream(output: Any) -> str:
    """The stream of an output; empty for another kind."""
    return str(output["name"]) if output["output_type"] == "stream" else ""


# --- the kernel ------------------------------------------------------------------------------


class _Recorder(Session):
    """A session that hands each message over instead of sending it; as it would arrive, for it is JSON in between."""

    take: Callable[[Message], None] = staticmethod(lambda msg: None)

    def send(  # type: ignore[override]
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, ident: Any = None,
        buffers: Any = None, track: bool = False, header: Any = None, metadata: Any = None,
    ) -> Message:  # fmt: skip
        """Hand a message over."""
        msg: Message = msg_or_type
        if not isinstance(msg, dict):
            msg = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        plain = json.loads(json.dumps(msg, default=json_default, ensure_ascii=False))
        plain["buffers"] = [memoryview(one) for one in buffers or ()]
        self.take(plain)
        return plain


_Base: Any = InProcessKernel  # whose traits are declared with types that they do not have


class _Front:
    """What nbclient takes for the kernel's client, where it stands in for a page: its messages to widgets wait here
    until the cell has ended, as they do in the queue of a kernel."""

    def __init__(self, session: _Recorder) -> None:
        self.session = session
        self.shell_channel = self
        self.waiting: list[Message] = []

    def send(self, msg: Message) -> None:
        """Send a message to the kernel."""
        self.waiting.append(msg)


class _Kernel(_Base):  # type: ignore[misc]
    """ipykernel's kernel for one's own process, without its thread and sockets."""

    front: _Front

    def _redirected_io(self) -> contextlib.AbstractContextManager[None]:
        """The streams are those of the kernel as long as it lives."""
        return contextlib.nullcontext()

    def run(self, code: str, take: Callable[[Message], None], stop_on_error: bool) -> Message:
        """Execute a cell; ``take`` gets each message that belongs to it. The reply, as nbclient expects it."""
        request = self.session.msg("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": stop_on_error})  # fmt: skip
        id, reply = request["header"]["msg_id"], {}

        def taken(msg: Message) -> None:
            if msg["msg_type"] == "execute_reply":
                reply.update(msg)
            elif msg["parent_header"].get("msg_id") == id:  # what a cell of before still says is nobody's
                take(msg)

        self.session.take = taken
        self.set_parent([], request)
        for stream in (self.stdout, self.stderr):
            stream.set_parent(request)
        try:
            with self.stdout.catching(), self.stderr.catching():
                self.session.send(None, "status", {"execution_state": "busy"}, parent=request)
                self.loop.run_until_complete(self.execute_request(None, [], request))
        finally:
            for stream in (self.stdout, self.stderr):
                stream.flush()
            self.session.send(None, "status", {"execution_state": "idle"}, parent=request)
            self.session.take = lambda msg: None
        while self.front.waiting:
            msg = self.front.waiting.pop(0)
            self.set_parent([], msg)
            self.shell_handlers[msg["msg_type"]](None, [], msg)
        return reply


@contextlib.contextmanager
def _kernel() -> Iterator[_Kernel]:
    """A fresh kernel with its shell; both are gone afterwards."""
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.interactiveshell import InteractiveShell

    for kind in (_Kernel, ZMQInteractiveShell, InteractiveShell):
        kind.clear_instance()
    os.environ.setdefault("MPLBACKEND", _INLINE)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # or the debugger, which nobody uses, gives advice
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    session = _Recorder(key=b"in this process", username="")
    kernel = _Kernel.instance(session=session, iopub_socket=BackgroundSocket(None))  # type: ignore[no-untyped-call]
    kernel.front, kernel.loop, kernel.io_loop = _Front(session), loop, IOLoop.current()
    kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=threading.current_thread())
    kernel.shell.history_manager.enabled = False
    _show_figures(kernel.shell)
    _show_frames()
    lock = threading.RLock()
    with _Stream("stdout", session, lock) as out, _Stream("stderr", session, lock) as err:
        out._both = err._both = (out, err)
        sys.stdout, sys.stderr = kernel.stdout, kernel.stderr = out, err  # until a cell takes others
        try:
            yield kernel
        finally:
            kernel.shell.atexit_operations()
            atexit.unregister(kernel.shell.atexit_operations)
            for kind in (_Kernel, type(kernel.shell), InteractiveShell):
                kind.clear_instance()
            loop.close()
            asyncio.set_event_loop(None)


def _show_figures(shell: Any) -> None:
    """Show figures at the end of their cell, also where pyplot was imported before there was a shell."""
    if os.environ["MPLBACKEND"] == _INLINE and "matplotlib.pyplot" in sys.modules:
        from IPython.core.pylabtools import activate_matplotlib
        from matplotlib_inline.backend_inline import configure_inline_support
        from matplotlib_inline.config import InlineBackend

        activate_matplotlib(_INLINE)  # type: ignore[no-untyped-call]
        InlineBackend.clear_instance()
        vars(configure_inline_support).pop("current_backend", None)
        configure_inline_support(shell, "inline")  # type: ignore[no-untyped-call]


def _show_frames() -> None:
    """Show as many columns as in a notebook, also where pandas was imported before there was a shell: it then takes the
    process for a terminal."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and pandas.get_option("display.max_columns") == 0:
        pandas.set_option("display.max_columns", 20)


class _Stream(io.TextIOBase):
    """Standard output or error of the kernel: what Python writes, and what is written to the file descriptor by
    others (C code, subprocesses). It is told when it is flushed, or has waited, as by ipykernel's `OutStream`."""

    encoding = "UTF-8"  # type: ignore[assignment]
    errors = "replace"

    def __init__(self, name: str, session: _Recorder, lock: threading.RLock) -> None:  # type: ignore[valid-type]
        self.name = name
        self._session = session
        self._lock = lock  # of both streams: their texts are told apart, not interleaved
        self._own: contextvars.ContextVar[Message] = contextvars.ContextVar("parent")
        self._latest: Message = {}
        self._pid = os.getpid()
        self._kept: list[str] = []
        self._since = math.inf  # when the oldest text that is kept came, in seconds
        self._both: tuple[_Stream, ...] = (self,)

    def __enter__(self) -> _Stream:
        self._number = 1 if self.name == "stdout" else 2
        getattr(sys, f"__{self.name}__").flush()
        self._pipe, self._end = os.pipe()
        os.set_blocking(self._pipe, False)
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._watching, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *failed: object) -> None:
        self._closing.set()
        self.drain()
        os.close(self._end)  # which wakes the one that watches
        self._watch.join()
        os.close(self._pipe)

    @contextlib.contextmanager
    def catching(self) -> Iterator[None]:
        """Inside, the descriptor leads here, too: between cells papermill writes its log and its progress there."""
        before = os.dup(self._number)
        os.dup2(self._end, self._number)
        try:
            yield
        finally:
            self.drain()
            os.dup2(before, self._number)
            os.close(before)

    def _watching(self) -> None:
        """Take what others write, so that they never have to wait."""
        import select

        while not self._closing.is_set():
            if select.select([self._pipe], [], [], 0.05)[0]:
                self.drain()

    def drain(self) -> None:
        """Take what the descriptor holds now."""
        with self._lock:
            found = b""
            with contextlib.suppress(BlockingIOError):
                while more := os.read(self._pipe, _READ):
                    found += more
            if found:
                self._keep(found.decode(errors="replace"))

    def write(self, text: str) -> int:
        """Take a text, after what others have written before."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._pid or self._closing.is_set():  # in a child that a cell forked; after the end
            return os.write(self._number, text.encode(errors="replace"))
        with self._lock:
            self.drain()
            self._keep(text)
        return len(text)

    def _keep(self, text: str) -> None:
        """Keep a text until it is asked for, or has waited as long as ipykernel lets it wait."""
        now = time.monotonic()
        for stream in sorted(self._both, key=lambda one: one._since):
            if stream._since + OutStream.flush_interval <= now:
                stream._say()
        if not self._kept:
            self._since = now
        self._kept.append(text)

    def flush(self) -> None:
        """Say what was written."""
        if os.getpid() == self._pid and not self._closing.is_set():
            with self._lock:
                self.drain()
                self._say()

    def _say(self) -> None:
        kept, self._kept, self._since = "".join(self._kept), [], math.inf
        if kept:
            parent = self._own.get(self._latest)
            self._session.send(None, "stream", {"name": self.name, "text": kept}, parent=parent)

    def set_parent(self, parent: Message) -> None:
        """Whatever is written from now on belongs to this request."""
        header = extract_header(parent)
        self._own.set(header)
        self._latest = header

    @property
    def parent_header(self) -> Message:
        """The header of the request to which a text would belong."""
        return self._own.get(self._latest)

    def fileno(self) -> int:
        """The descriptor, for those who hand it to a subprocess."""
        return self._number

    def writable(self) -> bool:
        """It is."""
        return True


# --- around it ---------------------------------------------------------------------------------


@contextlib.contextmanager
def _deadline(seconds: int | None) -> Iterator[Callable[[], bool]]:
    """Interrupt what runs after so many seconds; whether that happened. Only the main thread can be interrupted."""
    happened: list[int] = []
    if not seconds or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield lambda: False
        return

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        happened.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield lambda: bool(happened)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Put back what a notebook may have changed of the process: folder, environment, search path, streams, main
    module, hooks. What it did to modules stays: fork for each notebook where that matters."""
    folder, environment, path, argv = os.getcwd(), dict(os.environ), list(sys.path), list(sys.argv)
    names = ("stdout", "stderr", "displayhook", "excepthook", "breakpointhook")
    kept = {name: getattr(sys, name) for name in names}
    main, builtin = sys.modules["__main__"], dict(vars(__import__("builtins")))
    if "" not in sys.path:  # as by IPython's `InteractiveShellApp.init_path`: after the standard library
        names_of = (os.path.basename(one) for one in sys.path)
        sys.path.insert(next((n for n, name in enumerate(names_of) if name in _PACKAGES), 0), "")
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:], sys.argv[:] = path, argv
        for name, value in kept.items():
            setattr(sys, name, value)
        sys.modules["__main__"] = main
        own = vars(__import__("builtins"))
        for name in own.keys() - builtin.keys():
            del own[name]
