"""The engine ``inprocess`` gives the notebook that papermill's ordinary engine gives, and leaks nothing."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from runs import engines
from workbench.runs.prefork import Died, ForkPool
from workbench.settings import Limits

Cells = tuple[str | tuple[str, str], ...]
ROOT = Path(__file__).parents[2]
# As the pool of a build: what notebooks import is imported before they are forked.
PRELOAD = ("geopandas", "matplotlib.pyplot", "pandas", "papermill", "workbench.runs.inprocess", "runs.engines")
HELPER = """
def outer(value):
    return inner(value)


def inner(value):
    try:
        return 1 / value
    except ZeroDivisionError as error:
        raise KeyError("no such thing: 莫斯科") from error
"""
FRAME = "pd.DataFrame({'town': ['杭州', 'Leeds'], 'n': [1, None], 'day': pd.to_datetime(['2019-01-02', None])})"
CASES: dict[str, Cells] = {
    # what is shown
    "rich display": (
        "from IPython.display import *\ndisplay(HTML('<b>x</b>'), metadata={'a': {'role': 1}})",
        "display({'text/plain': 'x', 'application/json': {'a': [1, None]}}, raw=True, metadata={'workbench': {'r': 1}})",
        ("display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'), Markdown('*m*'), Latex('$x$'), JSON({'b': 2}), "
        "Javascript('1'))"),
        "display(Image(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(24)), metadata={'width': 3})\nGeoJSON({'type': 'Point'})",
        "display()\ndisplay(1, 'two', [3])\nfrom IPython.display import Pretty\nPretty('p')",
    ),
    "own display methods": (
        ("class R:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'p', 'text/html': '<i>'}, {'text/html': {'m': 1}}\nR()"),
        "class Bad:\n    def _repr_html_(self):\n        raise ValueError('no')\n    def __repr__(self):\n        return 'Bad'\nBad()",
        "class Own:\n    def _ipython_display_(self):\n        print('own')\nOwn()",
        "class Html:\n    def _repr_html_(self):\n        return '<p>', {'m': 2}\nHtml()",
        "get_ipython().display_formatter.formatters['text/html'].for_type(set, lambda s: '<u>set</u>')\n{1}",
    ),
    "display ids": (
        "h = display('one', display_id='d1')\ndisplay('also', display_id='d1')",
        "h.update('two')\nprint('between')",
        ("from IPython.display import update_display\nupdate_display({'text/plain': 'three'}, raw=True, "
        "metadata={'m': 1}, display_id='d1')\nupdate_display('x', display_id='nobody')"),
        "h2 = display(display_id=True)\nh2.display('later')\nh2.update('last')\nh.display('again')",
        "from IPython.display import clear_output\ndisplay('gone', display_id='d3')\nclear_output()\nh.update('four')",
    ),
    "results": ("1 + 1", "'x' * 10", "None", "[1];", "_", "__, _3", "In, Out", "a = b = 2; a", "...", "_exit_code = 1"),
    "display hook": (
        "import sys\nsys.displayhook(5)", "for x in range(2):\n    x",
        "get_ipython().ast_node_interactivity = 'all'\n1\n2", "3\n4",
    ),
    "pager and next input": ("?print", "get_ipython().set_next_input('y = 1')", "print??", "help(abs)"),
    # streams
    "streams": (
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
        "import sys\nfor i in range(3):\n    print(i, flush=True)\n    print('e', i, file=sys.stderr, flush=True)",
        "print('no end', end='')\n'result'",
        "print('before')\ndisplay('shown')\nprint('after')",
        "import sys\nsys.stdout.write('w\\n')\nsys.stdout.writelines(['x', 'y\\n'])\nsys.stdout.isatty(), sys.stdout.encoding",
        "print('\\ud800'.encode('utf-8', 'replace'), '莫斯科 🌏')",
        "import sys\ntry:\n    sys.stdout.write(b'bytes')\nexcept TypeError as error:\n    print(error)",
    ),
    "streams with sleeps": (
        ("import sys, time\nfor i in range(3):\n    print('out', i)\n    time.sleep(0.3)\n    print('err', i, file=sys.stderr)\n"
        "    time.sleep(0.3)"),
        "import time\nprint('x')\ntime.sleep(0.3)\ndisplay('y')\ntime.sleep(0.3)\nprint('z')",
    ),
    "descriptors": (
        "import os\nos.write(1, b'one\\n')\nNone", "import os\nos.write(2, b'two\\n')\nNone",
        "import sys\nprint(sys.stdout.fileno() > 0)", "import ctypes\nctypes.CDLL(None).puts(b'from C')\nctypes.CDLL(None).fflush(None)\nNone",
    ),
    "redirected": (
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text:\n    print('kept')\n    1 + 1\ntext.getvalue()",
        "import sys\nkept, sys.stdout = sys.stdout, io.StringIO()\nprint('hidden')\nsys.stdout = kept\nprint('seen')",
        "sys.stdout = io.StringIO()\nprint('lost')", "print('and now?')",
    ),
    "large output": ("line = 'x' * 999\nfor _ in range(50_000):\n    print(line)", "'y' * 1_000_000", "1"),
    "many outputs": ("for i in range(500):\n    display(i)",),
    # magics and shell
    "capture": (
        "%%capture out\nprint('hidden')\nimport sys; sys.stderr.write('he')\ndisplay('shown')\n1 + 1",
        "print(out.stdout, out.stderr, out.outputs)\nout.show()", "%%capture --no-stderr\nimport sys; sys.stderr.write('seen')",
        "from IPython.utils.capture import capture_output\nwith capture_output() as c:\n    print('x')\nc.stdout",
        "%%capture failed\n1 / 0", "print('never')",
    ),
    "shell": (
        "!echo hi; echo err >&2", "import os\nos.system('echo system')", "import subprocess\nsubprocess.run(['echo', 'sub']).returncode",
        "x = !echo one; echo two\nx", "!exit 3", "_exit_code", "!!echo both", "!printf '%s' \"$HOME\" | wc -l", "name = 'me'\n!echo {name}",
        "import subprocess\nsubprocess.run('echo a; echo b >&2; echo c', shell=True, stdout=subprocess.PIPE, text=True).stdout",
    ),
    "magics": (
        "%%bash\necho bash; echo err >&2", "%%writefile made.txt\ntext", "%cat made.txt", "!rm made.txt", "%pwd\n_ == __import__('os').getcwd()",
        "%who", "%alias say echo", "%env WORKBENCH_TRIAL=1", "%%python\nprint('other')", "%%javascript\n1", "%%html\n<b>",
        "%lsmagic\nNone", "%precision 3\n3.14159", "%nomagic", "print('never')",
    ),
    "run": ("%run script.py", "made", "%run -i script.py", "from helper import outer\nouter(4)", "%run missing.py"),
    "times": ("%timeit -n1 -r1 -q 1", "%%prun -q\n1"),
    # how cells end
    "error": ("x = 1", "def f():\n    return 1 / 0\nf()", "print('never')"),
    "error in a helper": ("from helper import outer", "def mine():\n    outer(0)\nmine()"),
    "chained errors": (
        "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error",
    ),
    "error while another": ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    int('x')",),
    "group": ("raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError('x')])])",),
    "syntax": ("a =",),
    "indentation": ("if True:\nx = 1",),
    "own error": ("class Odd(Exception):\n    def __str__(self):\n        return 'odd\\nlines 莫斯科'\n", "raise Odd()"),
    "usage error": ("from IPython.core.error import UsageError\nraise UsageError('as a magic says')",),
    "deep stop": ("assert 1 == 2, 'arithmetic'",),
    "notes": ("error = ValueError('v')\nerror.add_note('noted')\nraise error",),
    "sys.exit": ("print('before')\nimport sys\nsys.exit(3)", "print('after')"),
    "exit": ("exit", "print('x')"),
    "quit": ("quit()", "print('x')"),
    "exit with words": ("raise SystemExit('with words')",),
    "interrupt": ("raise KeyboardInterrupt", "print('never')"),
    "interrupted": (
        "import os, signal, time\nprint('so far')\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)", "print('never')",
    ),
    "expected error": (("1 / 0", "raises-exception"), ("raise KeyboardInterrupt", "raises-exception"), "print('goes on')"),
    "skipped": (("print('skipped')", "skip-execution"), "print('run')", "   ", "# a comment"),
    "input": ("input('question')", "print('never')"),
    "getpass": ("import getpass\ngetpass.getpass()",),
    "debugger": ("breakpoint()", "print('after')"),
    # code that does several things at a time
    "async": (
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')", "async def g():\n    return 5\nawait g()",
        "task = asyncio.ensure_future(g())", "await task", "[await g() for _ in range(2)]",
        "async with asyncio.timeout(5):\n    print('within')", "asyncio.get_running_loop().is_running()",
        "asyncio.run(g())",
    ),
    "async error": ("async def bad():\n    raise ValueError('later')\nawait bad()",),
    "threads": (
        "import threading\nt = threading.Thread(target=lambda: print('in thread'))\nt.start(); t.join()",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    found = list(pool.map(abs, [-1]))\nfound",
        "def fails():\n    raise ValueError('in a thread')\nt = threading.Thread(target=fails, name='T')\nt.start(); t.join()",
        "threading.current_thread() is threading.main_thread()",
    ),
    "processes": (
        ("import multiprocessing as mp\ncontext = mp.get_context('fork')\ndef f(x):\n    return x + 1\n"
        "with context.Pool(2) as pool:\n    found = pool.map(f, [1, 2])\nfound"),
        "import os\npid = os.fork()\nif pid == 0:\n    os._exit(7)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
        "import subprocess, sys\nsubprocess.check_output([sys.executable, '-c', 'print(1)'])",
    ),
    "pickle": ("import pickle\nclass A: pass\npickle.loads(pickle.dumps(A())).__class__.__name__", "__name__",
               "import __main__\n__main__.A is A, __import__('sys').modules['__main__'].__dict__ is globals()"),
    # clearing
    "clear": (
        "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)",
        "print(1)\nclear_output(wait=True)\nprint(3)", "print(1)\nclear_output(wait=True)", "print('next')",
        "for i in range(3):\n    clear_output(wait=True)\n    display(i)",
        "display('a', display_id='k')\nclear_output(wait=True)\ndisplay('b', display_id='k')", "update_display('c', display_id='k')",
    ),
    # what the libraries say
    "warnings": (
        "import warnings\nwarnings.warn('careful')", "for _ in range(2):\n    warnings.warn('once', DeprecationWarning)",
        "def f():\n    warnings.warn('above', stacklevel=2)\nf()", "warnings.simplefilter('error')\nwarnings.warn('now an error')",
    ),
    "logging": (
        "import logging\nlogging.warning('w')\nlogging.getLogger('x').error('y')",
        "logging.basicConfig(level='INFO')\nlogging.info('i')", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('failed')",
        "logging.basicConfig(level='INFO', force=True, format='%(message)s')\nlogging.info('again')",
    ),
    "figures": (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);", "fig, ax = plt.subplots()\nax.plot([1]);\nprint('text')",
        "plt.figure(); plt.figure(); None", "fig", "import matplotlib\nmatplotlib.get_backend(), plt.isinteractive()",
        ("%config InlineBackend.figure_formats = ['svg']\nmatplotlib.rcParams['svg.hashsalt'] = '1'\n"
        "matplotlib.rcParams['svg.fonttype'] = 'none'\nplt.plot([3]);"),
        "%config InlineBackend.print_figure_kwargs = {'metadata': {'Date': None}}\nplt.plot([3]);\nplt.show()\nprint('shown')",
        "%config InlineBackend.close_figures = False\nplt.plot([1]);", "len(plt.get_fignums())",
        "import warnings\nplt.figure().savefig('a.png')\nplt.close('all')",
    ),
    "figures unasked": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "plt.figure(figsize=(1, 1)); plt.close('all')",
        "plt.rcParams['figure.dpi'], plt.rcParams['savefig.dpi'], plt.rcParams['figure.figsize'], plt.rcParams['backend']",
        "import matplotlib as mpl\nsorted((k, str(v)) for k, v in mpl.rcParams.items())", "plt.plot([1])\n1 / 0",
    ),
    "figures without a screen": ("import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.plot([1]);\nplt.show()",
                                 "matplotlib.get_backend()"),
    "retina": ("%config InlineBackend.figure_format = 'retina'\nimport matplotlib.pyplot as plt\nplt.plot([2]);",),
    "frames": (
        "import pandas as pd\n" + FRAME, FRAME + ".style.set_uuid('u')", "print(" + FRAME + ")", FRAME + ".dtypes",
        ("pd.options.display.max_rows, pd.options.display.width, pd.options.display.max_colwidth, "
        "pd.get_option('display.notebook_repr_html')"),
        "pd.Series(range(100), name='n')", "pd.DataFrame({f'c{n}': range(80) for n in range(30)})",
        "pd.options.display.html.table_schema = True\n" + FRAME, "pd.DataFrame({'a': [1]})['b']",
    ),
    "geography": (
        "import geopandas\nfrom shapely import Point\ng = geopandas.GeoDataFrame({'n': [1]}, geometry=[Point(1, 2)], crs=4326)\ng",
        "g.crs", "g.geometry.iloc[0]", "ax = g.plot()", "g.to_crs(3857).total_bounds.round(3)",
    ),
    "frames from a file": (
        "import pandas as pd\npd.DataFrame({'a': [1, 2]}).to_parquet('t.parquet')\npd.read_parquet('t.parquet')",
        "import pyarrow.parquet as pq\npq.read_table('t.parquet')",
    ),
    "widgets": (
        "import ipywidgets as w\nbox = w.IntSlider(value=3, description='n')\nbox.model_id = 'a'\nprint(box.value)",
        "out = w.Output()\nwith out:\n    print('kept in the widget')\n    display('and this')",
        "out.clear_output()\nprint(len(out.outputs))", "with out:\n    print('anew')\nprint('outside')", "out.outputs",
        "with out:\n    1 / 0\nprint('goes on')",
    ),
    "shell and settings": (
        "import sys", "sys.path[0] in ('', __import__('os').getcwd())",
        "get_ipython().kernel.__class__.__mro__[-1]", "get_ipython().user_ns is globals()", "'get_ipython' in dir(__builtins__)",
        "get_ipython().events.register('post_run_cell', lambda result: print('after each'))", "1", "__builtins__.__name__",
        "get_ipython().execution_count", "get_ipython().history_manager.input_hist_raw[1][:10]",
        "import inspect\ndef source():\n    return 1\ninspect.getsource(source)", "try:\n    __file__\nexcept NameError as e:\n    print(e)",
        "sys.flags.optimize, sys.getrecursionlimit(), __name__, __doc__, sorted(n for n in dir() if n.startswith('_') and n[1] != 'i')",
    ),
    "custom handler": (
        ("def handler(shell, etype, evalue, tb, tb_offset=None):\n    print('handled', etype.__name__)\n"
        "get_ipython().set_custom_exc((ValueError,), handler)"), "raise ValueError('x')",
    ),
    "transformed": ("get_ipython().input_transformers_post.append(lambda lines: [l.replace('PLUS', '+') for l in lines])", "1 PLUS 1"),
}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {"errors allowed": {"allow_errors": True}}
CASES["errors allowed"] = ("1 / 0", "print('goes on')")


def prepared(folder: Path, cells: Cells) -> Path:
    """A folder with a notebook and what its cells import and run."""
    (folder / "helper.py").write_text(HELPER, encoding="utf-8")
    (folder / "script.py").write_text("print('script', __name__)\nmade = 5\n", encoding="utf-8")
    return engines.write(folder, *cells)


@pytest.fixture(scope="module")
def plain() -> Iterator[Executor]:
    """One ordinary process, in which one notebook is run after the other."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def fresh() -> Iterator[Executor]:
    """An ordinary process for each notebook."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def forking() -> Iterator[Executor]:
    """Children of a process that has everything imported, as in a build."""
    with ForkPool(1, PRELOAD, Limits(seconds=120)) as pool:
        yield pool


@pytest.mark.parametrize("case", CASES)
def test_both_engines_give_the_same_notebook(
    case: str, plain: Executor, fresh: Executor, forking: Executor, tmp_path: Path
) -> None:
    """In an ordinary process, and in a child of a warm one, where importing has been done before."""
    notebook, options = prepared(tmp_path, CASES[case]), OPTIONS.get(case, {})
    expected: engines.Ran = plain.submit(engines.run, notebook, "nbclient", options).result()
    found = {name: pool.submit(engines.run, notebook, "inprocess", options).result()
             for name, pool in (("child", forking), ("fresh", fresh))}  # fmt: skip
    assert {name: expected.differs(one) for name, one in found.items()} == {"child": "", "fresh": ""}


def test_a_recursion_without_end_ends(plain: Executor, forking: Executor, tmp_path: Path) -> None:
    """After how many calls depends on what stands below them."""
    for pool, engine in ((plain, "nbclient"), (plain, "inprocess"), (forking, "inprocess")):
        found = ran(
            pool,
            tmp_path,
            engine,
            "import sys\nsys.setrecursionlimit(600)\ndef f(n):\n    return f(n + 1)\nf(0)",
            "print('never')",
        )
        assert "RecursionError: maximum recursion depth exceeded" in found.raised
        assert "never" not in found.text


# --- how it may end, and its limits ----------------------------------------------------------


def ran(pool: Executor, folder: Path, engine: str, *cells: str, **options: Any) -> engines.Ran:
    found: engines.Ran = pool.submit(engines.run, prepared(folder, cells), engine, options).result()
    return found


@pytest.mark.parametrize("cell", ["while True:\n    pass", "import time\ntime.sleep(60)",
                                  "try:\n    __import__('time').sleep(60)\nexcept BaseException:\n    pass"])  # fmt: skip
def test_a_cell_that_takes_too_long_is_stopped_as_by_the_other_engine(
    plain: Executor, forking: Executor, tmp_path: Path, cell: str
) -> None:
    cells = ("print('before')", f"print('begun')\n{cell}", "print('never')")
    options = {"execution_timeout": 1, "request_save_on_cell_execute": True}  # or nothing is kept of the cell
    expected = ran(plain, tmp_path, "nbclient", *cells, **options)
    for pool in (plain, forking):
        found = ran(pool, tmp_path, "inprocess", *cells, **options)
        assert found.raised.startswith('"CellTimeoutError: ')
        assert expected.raised.startswith('"CellTimeoutError: ')
        assert [number for number, _ in found.cells] == [number for number, _ in expected.cells]
        assert ("begun" in found.text, "never" in found.text) == (True, False)


@pytest.mark.parametrize(("cell", "told"), [
    ("import os\nos._exit(9)", "its process ended itself with code 9"),
    ("import ctypes\nctypes.string_at(0)", "its process was ended by SIGSEGV"),
    ("import os\nos.abort()", "its process was ended by SIGABRT"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "its process was ended by SIGTERM"),
])  # fmt: skip
def test_a_cell_that_ends_the_process_is_told(forking: Executor, tmp_path: Path, cell: str, told: str) -> None:
    with pytest.raises(Died, match=told):
        ran(forking, tmp_path, "inprocess", "print('before')", cell, "print('after')")
    assert "'next'" in ran(forking, tmp_path, "inprocess", "'next'").text


def test_timings_are_kept_where_they_are_asked_for(plain: Executor, tmp_path: Path) -> None:
    notebook = prepared(tmp_path, ("1 + 1",))
    keys = [plain.submit(engines.timed, notebook, engine).result() for engine in ("nbclient", "inprocess")]
    assert keys[0] == keys[1] != []


# --- nothing leaks ---------------------------------------------------------------------------

SPOIL = """
import builtins, os, random, sys
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
builtins.leaked = globals()["leaked"] = __import__("__main__").leaked = 1
os.environ["LEAKED"] = "1"
os.environ.pop("HOME", None)
os.chdir("/")
sys.path.insert(0, "/nowhere")
sys.argv.append("leaked")
sys.stdout = sys.stderr
sys.excepthook = sys.displayhook = print
random.seed(1); np.random.seed(1)
mpl.rcParams["lines.linewidth"] = 9
pd.options.display.max_rows = 3
plt.plot([1])
"""
# What the engine does not put back: it says so, and that a child for each notebook does.
OF_MODULES = {"rcParams", "random", "numpy", "pandas"}


def test_in_one_process_nothing_leaks_but_what_was_done_to_modules(plain: Executor, tmp_path: Path) -> None:
    first = ran(plain, tmp_path, "inprocess", SPOIL)  # the modules are imported then
    before = plain.submit(engines.state).result()
    assert (first, ran(plain, tmp_path, "inprocess", SPOIL)) == (first, first)
    after = plain.submit(engines.state).result()
    assert {name for name in before if before[name] != after[name]} <= OF_MODULES
    names = ran(
        plain, tmp_path, "inprocess", "'leaked' in globals(), 'leaked' in dir(__builtins__)", "import sys\nsys.path"
    )
    assert "(False, False)" in names.text
    assert "/nowhere" not in names.text


def test_between_forked_children_nothing_leaks_at_all(forking: Executor, tmp_path: Path) -> None:
    before = forking.submit(engines.state).result()
    assert ran(forking, tmp_path, "inprocess", SPOIL).raised == '""'
    after = forking.submit(engines.state).result()
    assert {name for name in before if before[name] != after[name]} == set()


def test_random_numbers_are_the_same_in_each_child(forking: Executor, tmp_path: Path) -> None:
    """Or a report that draws at random would depend on the order in which reports are made."""
    cells = ("import random, numpy as np\nrandom.random(), np.random.rand()",)
    assert ran(forking, tmp_path, "inprocess", *cells) == ran(forking, tmp_path, "inprocess", *cells)


# --- as papermill finds it -------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that finds this package installed, with its entry points."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    folder = tmp_path / "installed" / "exchange_workbench-9.dist-info"
    folder.mkdir(parents=True)
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {to}\n" for name, to in found.items()) for group, found in points.items()
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: exchange-workbench\nVersion: 9\n", encoding="utf-8")
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder.parent), str(ROOT / "src")])}


@pytest.mark.parametrize(("first", "loaded"), [("papermill", False), ("workbench.runs.inprocess", True)])
def test_papermill_knows_the_engine_whatever_is_imported_first(
    first: str, loaded: bool, installed: dict[str, str]
) -> None:
    """And does not import it before it is asked for."""
    code = (
        f"import {first}\nimport sys, papermill.engines\n"
        "engine = papermill.engines.papermill_engines.get_engine('inprocess')\n"
        "print('workbench.runs.inprocess' in sys.modules, engine.nb_kernel_name.__qualname__)"
    )
    done = subprocess.run([sys.executable, "-W", "error::ImportWarning", "-c", code], env=installed, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.stdout.split(), done.stderr) == ([str(loaded), "Engine.nb_kernel_name"], "")


def test_papermill_s_own_command_runs_it(installed: dict[str, str], tmp_path: Path) -> None:
    notebook = engines.write(tmp_path, ("x = 1", "parameters"), "import sys\nprint(x, 'papermill' in sys.modules)")
    command = [sys.executable, "-m", "papermill", str(notebook), str(tmp_path / "out.ipynb"), "--engine", "inprocess",
               "-p", "x", "5", "--no-progress-bar", "--log-output"]  # fmt: skip
    done = subprocess.run(command, env=installed, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "5 True" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")
    assert "5 True" in done.stderr
    assert "Warning" not in done.stderr
    assert "unknown" not in done.stderr
