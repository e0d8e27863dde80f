"""JupyterLab in a real browser: `explore.ipynb` runs, a brush changes the map, nothing leaves the machine.

And the exported page: its choices work with the cable pulled. What a server or kernel tries to reach is noted by an
audit hook (`SITE`), what a page asks for by the browser; the browser can look up no name.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import workbench
from workbench.explore.board import Board

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_browser = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="Chromium is missing"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
           "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")  # fmt: skip
HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:|file:")
# Read by every Python that is started here: writes down whatever is looked up or called outside the machine.
SITE = """
import os, sys
def note(event, args):
    where = str(args[0] if event == "socket.getaddrinfo" else args[1][0] if isinstance(args[1], tuple) else "")
    if where not in ("", "None", "127.0.0.1", "::1", "localhost", "0.0.0.0", "::"):
        with open(os.environ["REACHED"], "a") as handle:
            handle.write(f"{event} {where}\\n")
sys.addaudithook(lambda event, args: note(event, args) if event in ("socket.connect", "socket.getaddrinfo") else None)
"""


@dataclass
class Shown:
    """A page in the browser, what it asked for outside the machine, and what it complained of."""

    page: Any
    asked: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.note(request.url))
        self.page.on("websocket", lambda opened: self.note(opened.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))

    def note(self, url: str) -> None:
        self.asked.append(url)
        if not HERE.match(url):
            self.outside.append(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as in a clean clone: nothing built."""
    target = tmp_path_factory.mktemp("lab") / "project"
    for name in ("data/raw", "notebooks"):
        shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("workbench.toml", "reports.toml"):
        shutil.copy(root / name, target / name)
    return target


# --- the notebook without a browser ---------------------------------------------------------


@pytest.mark.slow
def test_the_notebook_runs_without_a_browser(copy: Path) -> None:
    """As papermill runs it: the board shows itself as text, and no cell fails."""
    notebook = nbformat.read(copy / "notebooks" / "explore.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": copy / "notebooks"}}).execute()
    cells = {cell["id"]: cell for cell in notebook["cells"] if cell["cell_type"] == "code"}
    shown = cells["board"]["outputs"][-1]["data"]
    assert "In view:" in shown["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert all(cell["outputs"] for id, cell in cells.items() if id not in ("parameters", "open"))
    assert not [cell for cell in cells.values() for output in cell["outputs"] if output.get("name") == "stderr"]


# --- what `make lab` opens ------------------------------------------------------------------


def test_the_overrides_name_settings_that_jupyterlab_has(root: Path) -> None:
    """A setting that a new version does not know would be passed over in silence."""
    import jupyterlab

    schemas = Path(jupyterlab.__file__).parent / "schemas"
    overrides = json.loads((root / "docs" / "jupyterlab-overrides.json").read_text(encoding="utf-8"))
    for plugin, settings in overrides.items():
        package, _, name = plugin.partition(":")
        known = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))["properties"]
        for setting, value in settings.items():
            kind = {str: "string", bool: "boolean"}[type(value)]
            assert known[setting]["type"] == kind, (plugin, setting)
            assert value in [choice["const"] for choice in known[setting].get("oneOf", [{"const": value}])]
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_make_lab_uses_the_environment_of_the_project(root: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is missing")
    command = [make, "--dry-run", "--always-make", "lab"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert "docs/jupyterlab-overrides.json .venv/share/jupyter/lab/settings/overrides.json" in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert ".venv/bin/python -m jupyterlab" in last, "not whichever is found first"
    assert last.endswith("notebooks")


# --- JupyterLab -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Lab:
    address: str
    reached: Path


@pytest.fixture(scope="module")
def lab(copy: Path, root: Path) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine, with the settings that `make lab` gives it."""
    own = copy.parent / "jupyter"
    (own / "settings").mkdir(parents=True)
    shutil.copy(root / "docs" / "jupyterlab-overrides.json", own / "settings" / "overrides.json")
    (own / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    folders = {name: str(own / name.lower()) for name in FOLDERS}
    environment = {**os.environ, **folders, "PYTHONPATH": str(own), "REACHED": str(own / "reached.txt")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
               "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
               f"--LabApp.app_settings_dir={own / 'settings'}", "notebooks"]  # fmt: skip
    log = (own / "log.txt").open("w", encoding="utf-8")
    server = subprocess.Popen(
        command, cwd=copy, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, own / "log.txt")
        yield Lab(f"http://127.0.0.1:{port}/lab/tree/explore.ipynb?token={token}", own / "reached.txt")
    finally:
        end(server)
        log.close()


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path, seconds: int = 120) -> None:
    limit = time.monotonic() + seconds
    while True:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < limit, log.read_text(encoding="utf-8")
            time.sleep(0.3)


def end(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, which ends its kernels; then whatever it left of its own."""
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def run_all(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=120_000)  # the kernel is there, without being asked for
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector(".wb-board svg.marks", timeout=180_000)
    page.wait_for_function("() => !document.querySelector('.jp-Notebook').innerText.includes('[*]')", timeout=180_000)


def lines_on_the_map(page: Any) -> int:
    """The lines of the map: strokes of geoshapes that have a path."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".wb-board svg .mark-shape path")]
          .filter((path) => path.getAttribute("stroke") && path.getAttribute("d")).length"""
    )


def brush(page: Any, svg: str, start: float, end_at: float) -> None:
    """Drag across the timeline, from one part of its width to another, where no mark stands."""
    page.locator(f"{svg} .mark-text.role-axis-label >> nth=-1").scroll_into_view_if_needed()
    labels = page.locator(f"{svg} .role-axis-label text").evaluate_all(
        "(all) => all.map((text) => [text.textContent, text.getBoundingClientRect().toJSON()])"
    )
    years = [box for text, box in labels if re.fullmatch(r"\d{4}", text)]
    left, right = years[0]["x"] + years[0]["width"] / 2, years[-1]["x"] + years[-1]["width"] / 2
    y = years[0]["y"] - 14  # above the axis
    page.mouse.move(left + (right - left) * start, y)
    page.mouse.down()
    page.mouse.move(left + (right - left) * end_at, y, steps=10)
    page.mouse.up()


class TestLab:
    pytestmark = needs_browser

    def test_a_brush_changes_the_map_and_a_partner_opens_its_page(
        self, lab: Lab, browser: Any, copy: Path, tmp_path: Path
    ) -> None:
        page = browser.new_page(viewport={"width": 1400, "height": 1500})
        shown = Shown(page)
        run_all(page, lab.address)
        status = page.locator(".wb-status")
        whole, lines = status.inner_text(), lines_on_the_map(page)
        assert "In view:" in whole
        assert lines > 3
        rows = page.locator(".wb-board tbody tr").count()

        brush(page, ".wb-board svg", 0.02, 0.3)
        fewer = "(rows) => document.querySelectorAll('.wb-board tbody tr').length < rows"
        page.wait_for_function(fewer, arg=rows)  # the table hears of it through the kernel
        assert page.locator(".wb-board tbody tr").count() > 0
        assert status.inner_text() != whole
        assert 0 < lines_on_the_map(page) < lines, "the map follows the timeline"

        partners = page.get_by_label("Partner", exact=True)
        partners.select_option(index=2)
        page.wait_for_selector(".wb-board .partner h3", timeout=60_000)
        name = partners.locator("option").nth(2).inner_text().replace("\xa0", " ")
        assert page.locator(".wb-board .partner h3").inner_text() == name
        assert page.locator('.wb-board .partner a[href^="http"]').count() > 0, "with the addresses of its sources"

        page.get_by_role("button", name="Table file").click()
        page.wait_for_function("() => document.querySelector('.wb-news').innerText.includes('data/exports')")
        assert len(list((copy / "data" / "exports").glob("*.csv"))) == 1
        page.screenshot(path=tmp_path / "lab.png")

        assert shown.outside == []
        assert not [url for url in shown.asked if re.search(r"/lab/api/(news|update|extensions)", url)]
        assert not lab.reached.exists(), lab.reached.read_text()
        page.close()

    def test_a_request_would_be_noticed(self, lab: Lab, browser: Any) -> None:
        page = browser.new_page()
        shown = Shown(page)
        page.set_content('<img src="http://canary.invalid/a.png">')
        assert shown.outside == ["http://canary.invalid/a.png"]
        page.close()
        noted = lab.reached.with_name("noticed.txt")
        environment = {**os.environ, "PYTHONPATH": str(lab.reached.parent), "REACHED": str(noted)}
        code = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.getaddrinfo('canary.invalid', 80)"
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        assert noted.read_text() == "socket.getaddrinfo canary.invalid\n"


# --- the exported page ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(copy: Path) -> dict[str, Path]:
    """The page of the whole board, in both languages."""
    found = {}
    for language in ("en", "zh"):
        corpus = workbench.open("hangzhou-public-library", project=copy, language=language)
        found[language] = Board(corpus).save(copy / f"board_{language}.html")
    return found


class TestPage:
    pytestmark = needs_browser

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_choices_and_brush_filter_chart_and_table(
        self, exported: dict[str, Path], browser: Any, language: str, tmp_path: Path
    ) -> None:
        page = browser.new_page(viewport={"width": 1000, "height": 1800})
        shown = Shown(page)
        page.goto(exported[language].as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        page.screenshot(path=tmp_path / f"page_{language}.png", full_page=True)

        def visible() -> int:
            count = page.locator("tbody tr:not([hidden])").count()
            assert page.inner_text("#shown") == str(count)
            return count

        def marks() -> int:
            return page.locator("#chart svg .mark-symbol.role-mark path").count()

        rows, drawn = visible(), marks()
        assert rows > 5
        page.select_option("#only-kind", index=1)
        assert 0 < visible() < rows
        assert marks() < drawn, "the chart follows"
        page.select_option("#only-kind", index=0)
        assert (visible(), marks()) == (rows, drawn)
        brush(page, "#chart svg", 0.02, 0.3)
        page.wait_for_function("(rows) => document.getElementById('shown').textContent != rows", arg=str(rows))
        assert 0 < visible() < rows
        assert (shown.outside, shown.complaints) == ([], [])
        page.close()

    def test_its_policy_forbids_requests(self, exported: dict[str, Path], browser: Any) -> None:
        """And there would be none to forbid."""
        text = exported["en"].read_text(encoding="utf-8")
        bare = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", text)
        assert bare != text
        path = exported["en"].with_name("bare.html")
        path.write_text(bare, encoding="utf-8")
        page = browser.new_page()
        shown = Shown(page)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        assert shown.outside == []
        page.close()

    def test_on_a_telephone_only_the_chart_scrolls_sideways(self, exported: dict[str, Path], browser: Any) -> None:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(exported["zh"].as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
