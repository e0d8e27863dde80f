"""A real report in a real browser: it asks for nothing, complains of nothing, and fits a telephone."""

from __future__ import annotations

import html as html_text
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runs import tiny
from workbench import settings as settings_module
from workbench.publish import content, html, site
from workbench.runs.catalogue import Run

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="Chromium is missing"),
]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
]
NARROW = 390
# A page that does all that a report must not, to show that it would be noticed.
BAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>bad</title></head><body>
<img src="http://canary.invalid/a.png" alt=""><script>console.error("a complaint"); nothing.at.all()</script>
<p style="width: 900px">wide</p></body></html>"""
# Shows a page in a frame as wide as a telephone and writes down what sticks out.
FRAME = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>waiting</title></head><body style="margin: 0">
<iframe width="%(width)d" height="844" style="border: 0" srcdoc="%(page)s"></iframe><script>
addEventListener("load", () => {
  const inner = document.querySelector("iframe").contentDocument, width = inner.documentElement.clientWidth;
  const hidden = (element) => element.closest(".canvas, .alt, thead") && !element.matches(".canvas");
  const wide = [...inner.body.querySelectorAll("*")].filter((element) => !hidden(element)
    && (element.getBoundingClientRect().right > width + 0.5 || element.getBoundingClientRect().left < -0.5));
  const texts = [...inner.body.querySelectorAll("p, li, td, dt, dd, h1, h2, h3, caption")];
  const size = (element) => parseFloat(inner.defaultView.getComputedStyle(element).fontSize);
  const small = texts.filter((element) => !hidden(element) && element.textContent.trim() && size(element) < 11);
  document.title = JSON.stringify({ window: inner.defaultView.innerWidth, page: inner.documentElement.scrollWidth,
    wide: wide.map((element) => element.outerHTML.slice(0, 120)), small: small.map((element) => element.className) });
});
</script></body></html>"""


@dataclass(frozen=True)
class Visit:
    """What the browser showed, what it complained of, and what the page made it ask for."""

    title: str
    dom: str
    complaints: list[str]
    requests: list[str]


def visit(page: Path, folder: Path) -> Visit:
    """Open a file in the browser; no name is looked up, whatever asks for it."""
    folder.mkdir()
    log = folder / "net.json"
    command = [BROWSER, *FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}",
               f"--log-net-log={log}", "--dump-dom", page.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    dom = done.stdout.decode()
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    complaints = re.findall(r":CONSOLE[:(]\d+\)?\] (.*)", done.stderr.decode(errors="replace"))
    return Visit(html_text.unescape(title[1]) if title else "", dom, complaints, asked_by_pages(log))


def asked_by_pages(log: Path) -> list[str]:
    """The addresses that pages asked for; what the browser wants for itself has no origin."""
    record = json.loads(log.read_text(encoding="utf-8"))
    start = record["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    started = [event.get("params", {}) for event in record["events"] if event["type"] == start]
    return [params["url"] for params in started if params.get("initiator", "not an origin") != "not an origin"]


def measured(page: str, folder: Path, width: int = NARROW) -> dict[str, Any]:
    """How wide a page is in a window of some width."""
    folder.mkdir()
    frame = folder / "frame.html"
    frame.write_text(FRAME % {"width": width, "page": html_text.escape(page)}, encoding="utf-8")
    shown = visit(frame, folder / "visit")
    assert shown.title.startswith("{"), shown.complaints
    return json.loads(shown.title)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overview of one library, with the list of reports beside it."""
    project = tiny.copy_project(tmp_path_factory.mktemp("browser") / "project")
    source = project.notebooks / "overview.ipynb"
    executed = tiny.executed(
        project, source, project.reports / "notebooks" / "overview.ipynb", home="hangzhou-public-library"
    )
    target = project.reports / "overview.html"
    target.write_bytes(html.render(content.read(executed), content.Context()))
    runs = [Run("overview", source, ()), Run("missing", source, ())]
    (project.reports / "index.html").write_bytes(site.index(project, settings_module.read(project), runs, {"missing"}))
    return target


def test_the_test_notices_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(BAD, encoding="utf-8")
    shown = visit(bad, tmp_path / "visit")
    assert shown.requests == ["http://canary.invalid/a.png"]
    assert len([text for text in shown.complaints if "a complaint" in text or "nothing is not defined" in text]) == 2
    found = measured(BAD, tmp_path / "narrow")
    assert found["window"] == NARROW
    assert found["page"] >= 900
    assert len(found["wide"]) == 1


@pytest.mark.parametrize("name", ["overview.html", "index.html"])
def test_a_page_asks_for_nothing_and_complains_of_nothing(page: Path, name: str, tmp_path: Path) -> None:
    shown = visit(page.with_name(name), tmp_path / "visit")
    assert shown.title.startswith("International exchange of ")
    assert (shown.requests, shown.complaints) == ([], [])


def test_it_asks_for_nothing_even_without_its_policy(page: Path, tmp_path: Path) -> None:
    """The policy in the page forbids requests; there are none to forbid."""
    text = page.read_text(encoding="utf-8")
    bare = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", text)
    assert bare != text
    copy = tmp_path / "bare.html"
    copy.write_text(bare, encoding="utf-8")
    shown = visit(copy, tmp_path / "visit")
    assert (shown.requests, shown.complaints) == ([], [])


@pytest.mark.parametrize("width", [NARROW, 320])
@pytest.mark.parametrize("name", ["overview.html", "index.html"])
def test_nothing_is_wider_than_a_telephone(page: Path, name: str, width: int, tmp_path: Path) -> None:
    found = measured(page.with_name(name).read_text(encoding="utf-8"), tmp_path / "narrow", width)
    assert found["window"] == width
    assert found["wide"] == []
    assert found["page"] <= width
    assert found["small"] == [], "letters can be read"
