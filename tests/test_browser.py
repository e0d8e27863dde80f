"""Built reports and their list in a real browser: no request, no complaint, accessible, and nothing in a record runs.

Whatever kinds the catalogue has are built once, for one home; the words of the records of a second project try to
break out of the page.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publish import hostile
from publish.listed import put, speak
from runs import tiny
from workbench import settings as settings_module
from workbench.paths import Project
from workbench.publish import site
from workbench.records import load
from workbench.runs import catalogue, engine
from workbench.runs.catalogue import Run

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
ROOT = Path(__file__).parents[1]
# Where .ci/run puts axe-core; `npm install --no-save axe-core` in the checkout does as well.
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules" / "axe-core")) / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="Chromium is missing"),
]
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is missing: npm install --no-save axe-core")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND"]  # fmt: skip
WIDE, PHONE, NARROWEST = 1400, 390, 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page that does all that a report must not, to show that it would be noticed.
BAD = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>bad</title></head><body>
<img src="http://canary.invalid/a.png"><script>console.error("a complaint"); nothing.at.all()</script>
<p style="width: 900px; color: #aaa; font-size: 9px">wide</p><a href="javascript:x" onclick="y" tabindex="-1">z</a>
</body></html>"""
# What sticks out of the window or is too small to read; a figure or table may scroll in its own frame.
MEASURE = """() => {
  const scrolled = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(p).overflowX)) return true; return false; };
  const shown = (e) => e.checkVisibility() && getComputedStyle(e).clipPath === "none" && !e.closest("svg svg, .alt");
  const all = [...document.body.querySelectorAll("*")].filter((e) => shown(e) && !scrolled(e));
  const box = (e) => e.getBoundingClientRect(), width = document.documentElement.clientWidth;
  const sticksOut = (e) => box(e).right > width + 0.5 || (box(e).left < -0.5 && box(e).right > 0);
  const text = "p, li, td, th, dt, dd, h1, h2, h3, caption, a, button";
  const texts = all.filter((e) => e.matches(text) && !e.closest("sup, svg"));
  return { page: document.documentElement.scrollWidth,
    wide: all.filter(sticksOut).map((e) => e.outerHTML.slice(0, 90)),
    small: texts.filter((e) => parseFloat(getComputedStyle(e).fontSize) < 11).map((e) => e.outerHTML.slice(0, 90)) };
}"""
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((e) => e.checkVisibility() && !e.disabled)"""

MARKUP = """() => {
  const all = [...document.querySelectorAll("*")], names = all.flatMap((e) => e.getAttributeNames());
  const links = all.flatMap((e) => [e.getAttribute("href"), e.getAttribute("xlink:href")]).filter(Boolean);
  const schemes = links.map((link) => (link.match(/^([a-z][a-z0-9+.-]*):/i) || [])[1]).filter(Boolean);
  return { handlers: names.filter((name) => name.startsWith("on")), schemes: [...new Set(schemes)].sort(),
    strange: names.filter((name) => !/^[a-z][a-z:-]*$/i.test(name)),
    foreign: document.querySelectorAll("img, iframe, object, embed, base, body style:not(svg style)").length };
}"""


@dataclass
class Shown:
    """A page in the browser, what it asked for, and what it complained of."""

    page: Any
    own: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("dialog", self.refuse)

    def asked(self, url: str) -> None:
        if url.partition("#")[0] != self.own and url != "data:,":
            self.requests.append(url)

    def refuse(self, dialog: Any) -> None:
        self.complaints.append(f"dialogue: {dialog.message}")
        dialog.dismiss()


Open = Callable[..., Shown]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Any) -> Iterator[Open]:
    """Opens a file at a width, light or dark, with or without its policy, with or without scripts."""
    contexts = []

    def opened(page: Path, width: int = WIDE, *, part: str = "", **options: Any) -> Shown:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        shown = Shown(contexts[-1].new_page(), page.as_uri())
        shown.page.goto(page.as_uri() + part, wait_until="load")
        return shown

    yield opened
    for context in contexts:
        context.close()


# --- what is opened -------------------------------------------------------------------------


def built(project: Project, runs: list[Run]) -> list[Path]:
    """The pages of the first run of each notebook and language, and their list."""
    rows: dict[tuple[str, Any], str] = {}
    for run in runs:
        given = {name: value for name, value in run.parameters if name != "as_of"}
        rows.setdefault((run.notebook.name, given.get("language")), tiny.row(run.id, run.notebook.name, **given))
    tiny.write_catalogue(project, *rows.values())
    result = engine.build(project)
    assert {outcome.id: outcome.message for outcome in result.outcomes if outcome.state != "done"} == {}
    found = sorted(project.reports.glob("*.html"))
    assert len(found) == len(rows) + 1
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One report of each kind and language of the catalogue, and their list: of all homes the last one's."""
    project = Project(tmp_path_factory.mktemp("browser") / "project")
    for name in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / name, project.root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("workbench.toml", "reports.toml"):
        shutil.copy(ROOT / name, project.root / name)
    tables, settings = load.ensure_tables(project)
    return built(project, catalogue.read(project, settings, tables=tables)[::-1])


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same of the spoilt project, of the first home; and the answers to all questions."""
    project = speak(hostile.copy(tmp_path_factory.mktemp("attacked") / "project"), "en", "zh")
    shutil.copy(ROOT / "reports.toml", project.catalogue_file)
    tables, settings = load.ensure_tables(project)
    answers = Run("questions", project.notebooks / "questions.ipynb", (("language", "en"),))
    return built(project, [*catalogue.read(project, settings, tables=tables), answers])


LEEDS = {"kind": "partner", "partner": "leeds-libraries", "partner_name": "Leeds Libraries"}
SAID = {
    "leeds-en": ("Leeds Libraries", "en", ["A memorandum was signed in 2019.", "Wrocław and Łódź were visited."]),
    "leeds-zh": ("利兹图书馆", "zh", ["双方于2019年签署合作备忘录。", "（约）三次来访。"]),
    "year-2019": ("The year 2019", "en", ["A memorandum was signed in 2019.", "The Stadtbücherei resigned ﬁnally."]),
    "year-2020": ("The year 2020", "en", [hostile.ATTACK, f"{hostile.LONG} needle {hostile.LONG}"]),
}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list of a few invented reports."""
    project = speak(tiny.bare_project(tmp_path_factory.mktemp("listed") / "project"), "en", "zh")
    runs = []
    for id, (title, language, sentences) in SAID.items():
        partner = LEEDS | {"partner_name": title} if id.startswith("leeds") else {"kind": "annual", "period": id[-4:]}
        told = [{"text": text, "records": []} for text in sentences]
        runs.append(put(project, id, title=title, language=language, lead=sentences[0], sentences=told, **partner))
    runs.append(put(project, "year-2018", page=False, failed=True))
    content = site.index(project, settings_module.read(project), runs, {"year-2018", "year-2020"})
    (project.reports / "index.html").write_bytes(content)
    return project.reports / "index.html"


# --- every page -----------------------------------------------------------------------------


def axe(shown: Shown) -> list[str]:
    """Where a page breaks a rule of accessibility: rule and element."""
    shown.page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = shown.page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:90]}" for rule in found for node in rule["nodes"]]


def reached(shown: Shown) -> tuple[int, list[str], list[str]]:
    """How many elements a keyboard must reach, which of them it does not, and which do not show that it is there."""
    page = shown.page
    number = page.evaluate(f"() => (window.stops = ({STOPS})()).length")
    page.evaluate("() => { window.seen = new Set(); window.dim = []; }")
    for _ in range(number):
        page.keyboard.press("Tab")
        page.evaluate("""() => { const e = document.activeElement; seen.add(e);
            if (getComputedStyle(e).outlineStyle === "none") dim.push(e.outerHTML.slice(0, 90)); }""")
    missed = page.evaluate("() => stops.filter((e) => !seen.has(e)).map((e) => e.outerHTML.slice(0, 90))")
    return number, missed, page.evaluate("() => dim")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.html"
    path.write_text(BAD, encoding="utf-8")
    return path


def test_the_tests_notice_what_is_wrong(bad: Path, show: Open) -> None:
    shown = show(bad, PHONE)
    assert shown.requests == ["http://canary.invalid/a.png"]
    assert [text for text in shown.complaints if "a complaint" in text or "nothing is not defined" in text][1:]
    found = shown.page.evaluate(MEASURE)
    assert found["page"] >= 900
    assert len(found["wide"]) == len(found["small"]) == 1
    number, missed, _ = reached(shown)
    assert (number, len(missed)) == (1, 1)


@needs_axe
def test_axe_notices_what_is_wrong(bad: Path, show: Open) -> None:
    rules = {line.partition(":")[0] for line in axe(show(bad))}
    assert {"html-has-lang", "image-alt", "color-contrast", "landmark-one-main"} <= rules


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without"])
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    pages: list[Path], listed: Path, policy: bool, show: Open
) -> None:
    """The policy in the page forbids requests; there are none to forbid."""
    for page in (*pages, listed):
        shown = show(page, bypass_csp=not policy)
        assert (page.name, shown.requests, shown.complaints) == (page.name, [], [])
        assert shown.page.title()


@pytest.mark.parametrize("width", [WIDE, PHONE, NARROWEST])
def test_nothing_is_wider_than_the_window(pages: list[Path], listed: Path, width: int, show: Open) -> None:
    for page in (*pages, listed):
        found = show(page, width).page.evaluate(MEASURE)
        assert (page.name, found["wide"], found["small"]) == (page.name, [], [])
        assert found["page"] <= width


@needs_axe
@pytest.mark.parametrize(("scheme", "width"), [("light", WIDE), ("dark", PHONE)])
def test_no_rule_of_accessibility_is_broken(
    pages: list[Path], listed: Path, scheme: str, width: int, show: Open
) -> None:
    found = {page.name: axe(show(page, width, color_scheme=scheme, bypass_csp=True)) for page in (*pages, listed)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_keyboard_reaches_everything_and_shows_where_it_is(pages: list[Path], listed: Path, show: Open) -> None:
    for page in (*pages, listed):
        number, missed, dim = reached(show(page))
        assert (page.name, missed, dim) == (page.name, [], [])
        assert number > 3


def test_it_can_be_read_without_scripts(pages: list[Path], listed: Path, show: Open) -> None:
    for page in (*pages, listed):
        shown, bare = show(page), show(page, java_script_enabled=False)
        without = bare.page.locator("main").inner_text()
        assert bare.page.locator("form, button").filter(visible=True).count() == 0
        said = shown.page.locator("main h1, main h2, main h3, main p.lead, main .sentence").filter(visible=True)
        for text in said.all_inner_texts():
            assert text in without, page.name


def test_it_prints(pages: list[Path], listed: Path, show: Open) -> None:
    for page in (*pages, listed):
        shown = show(page, 700)
        shown.page.emulate_media(media="print")
        assert (page.name, shown.page.evaluate(MEASURE)["wide"]) == (page.name, [])
        assert shown.page.locator("form, button, nav").filter(visible=True).count() == 0, page.name
        assert shown.page.pdf(format="A4").startswith(b"%PDF")


# --- what records try -----------------------------------------------------------------------


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without"])
def test_nothing_in_a_record_runs(attacked: list[Path], listed: Path, policy: bool, show: Open) -> None:
    for page in (*attacked, listed):
        shown = show(page, bypass_csp=not policy)
        if page.name == "index.html":
            for query in ("onerror", "needle", "<script>", "7*7"):
                shown.page.locator("#search").fill(query)
        else:
            for summary in shown.page.locator("summary").all():
                summary.click()
        shown.page.wait_for_timeout(100)
        assert (page.name, shown.requests, shown.complaints) == (page.name, [], [])
        assert shown.page.title() != "owned"


def test_texts_of_records_are_shown_as_they_are(attacked: list[Path], show: Open) -> None:
    for page in attacked:
        shown = show(page)
        text = re.sub(r"\s+", " ", shown.page.locator("main").inner_text())
        assert re.sub(r"\s+", " ", hostile.ATTACK) in text, page.name
        assert "49" not in re.findall(r"bold\*\*|49 \{%", text)
        if page.name != "index.html":
            assert hostile.PHRASE in text, page.name
            assert hostile.FACES in text, page.name


def test_no_text_of_a_record_becomes_markup(attacked: list[Path], listed: Path, show: Open) -> None:
    for page in (*attacked, listed):
        found = show(page).page.evaluate(MARKUP)
        schemes = found.pop("schemes")
        assert found == {"handlers": [], "strange": [], "foreign": 0}, page.name
        assert set(schemes) <= {"http", "https", "data"}, page.name


def test_long_texts_do_not_widen_the_page(attacked: list[Path], show: Open) -> None:
    for page in attacked:
        assert (page.name, show(page, PHONE).page.evaluate(MEASURE)["wide"]) == (page.name, [])


# --- the list: search, choices, language ----------------------------------------------------


def search(shown: Shown, query: str) -> list[str]:
    """What is found: the places that the list leads to, in its order."""
    shown.page.locator("#search").fill(query)
    return shown.page.locator(".found .step").evaluate_all("(links) => links.map((e) => e.getAttribute('href'))")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("memorandum", ["leeds-en.html#s-1"]),
        ("MEMO sign", ["leeds-en.html#s-1"]),
        ("signed memorandum", ["leeds-en.html#s-1"]),
        ("emorandum", []),
        ("sign", ["leeds-en.html#s-1"]),
        ("wroclaw lodz", ["leeds-en.html#s-2"]),
        ("WROCŁAW", ["leeds-en.html#s-2"]),
        ("stadtbucherei", ["year-2019.html#s-2"]),
        ("finally", ["year-2019.html#s-2"]),
        ("备忘", ["leeds-zh.html#s-1"]),
        ("2019年签署", ["leeds-zh.html#s-1"]),
        ("约", ["leeds-zh.html#s-2"]),
        ("利兹", ["leeds-en.html", "leeds-zh.html"]),
        ("leeds", ["leeds-en.html", "leeds-zh.html"]),
        ("year 2019", ["year-2019.html"]),
        ("needle", ["year-2020.html#s-2"]),
        ("?!", []),
        ("😀", []),
        ("   ", []),
    ],
)
def test_what_a_search_finds(listed: Path, query: str, found: list[str], show: Open) -> None:
    shown = show(listed)
    assert search(shown, query) == found
    assert shown.page.locator("#reports").is_visible() == (not query.strip())


def test_a_hit_is_marked_and_leads_to_each_report_that_says_it(listed: Path, show: Open) -> None:
    shown = show(listed)
    search(shown, "wroclaw visit")
    assert shown.page.locator("#by_sentence mark").all_inner_texts() == ["Wrocław", "visit"]
    assert shown.page.locator("#by_sentence .sentence").inner_text() == "Wrocław and Łódź were visited."
    search(shown, "memorandum")
    links = shown.page.locator("#by_sentence .where a")
    assert links.all_inner_texts() == ["Leeds Libraries", "The year 2019"]
    links.nth(1).click()
    assert shown.page.url.endswith("/year-2019.html#s-1")
    shown.page.go_back()
    assert shown.page.locator("#search").input_value() == "memorandum"
    assert shown.page.locator("#by_sentence mark").count() == 1
    search(shown, "needle")
    assert len(shown.page.locator("#by_sentence .sentence").inner_text()) < 600, (
        "a long sentence is shown around the hit"
    )


def test_the_number_found_is_told_and_so_is_nothing(listed: Path, show: Open) -> None:
    shown = show(listed)
    status = shown.page.get_by_role("status")
    assert status.inner_text() == "5 reports"
    search(shown, "signed")
    assert status.inner_text() == "Found: 0 reports, 1 sentence"
    search(shown, "<b>nothing</b>")
    assert status.inner_text().startswith("Nothing found for “<b>nothing</b>”. Try ")
    shown.page.get_by_role("button", name="Show everything again").click()
    assert (status.inner_text(), shown.page.locator("#search").input_value()) == ("5 reports", "")


def test_keys_lead_through_the_list(listed: Path, show: Open) -> None:
    page = show(listed).page
    focus = "() => document.activeElement.getAttribute('href') || document.activeElement.id"
    page.keyboard.press("/")
    page.keyboard.type("2019/l")
    assert page.locator("#search").input_value() == "2019/l", "in the search the key writes itself"
    page.locator("#search").fill("leeds")
    stops = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        stops.append(page.evaluate(focus))
    assert stops == ["leeds-en.html", "leeds-zh.html", "leeds-zh.html", "leeds-en.html", "search"]
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "leeds-en.html"
    page.keyboard.press("/")
    assert page.evaluate(focus) == "search"
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == ""
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focus) == "year-2019.html", "without a search, through the reports"
    page.locator("#slash").uncheck()
    page.keyboard.press("/")
    assert page.evaluate(focus) == "slash", "a key of one character can be switched off (WCAG 2.1.4)"


def test_choices_narrow_list_and_search(listed: Path, show: Open) -> None:
    shown = show(listed)
    titles = shown.page.locator("#reports h3").filter(visible=True)
    shown.page.get_by_label("Partner", exact=True).select_option(label="Leeds Libraries")
    assert titles.all_inner_texts() == ["Leeds Libraries", "利兹图书馆"]
    assert shown.page.locator("#reports h2").filter(visible=True).all_inner_texts() == ["Partner by partner"]
    assert shown.page.locator(".kinds li").filter(visible=True).count() == 1
    assert search(shown, "memorandum") == ["leeds-en.html#s-1"]
    assert shown.page.locator("#by_sentence .where a").count() == 1
    search(shown, "")
    shown.page.get_by_label("Year", exact=True).select_option("2019")
    assert titles.count() == 0
    assert shown.page.get_by_role("status").inner_text().startswith("There is no such report.")
    assert search(shown, "memorandum") == []
    assert "among the reports chosen" in shown.page.get_by_role("status").inner_text()
    again = show(Path(listed), part="#" + shown.page.url.partition("#")[2])
    assert again.page.get_by_label("Year", exact=True).input_value() == "2019"
    assert again.page.locator("#search").input_value() == "memorandum"


def test_the_page_speaks_the_other_language_and_back(listed: Path, show: Open) -> None:
    shown = show(listed)
    before = shown.page.locator("body").inner_text()
    search(shown, "签署")
    shown.page.get_by_role("button", name="中文").click()
    assert shown.page.evaluate("() => document.documentElement.lang") == "zh"
    assert shown.page.title() == shown.page.locator("h1").inner_text() == "浙江省公共图书馆国际交流"
    assert shown.page.get_by_role("status").inner_text() == "找到0份报告，1句"
    assert shown.page.get_by_label("伙伴", exact=True).locator("option").all_inner_texts() == ["全部", "利兹图书馆"]
    search(shown, "")
    own = "#switch, h3, .says, .alarm a, .formats a, #choose-home option, [data-names]"
    shown.page.locator(own).evaluate_all("(parts) => parts.forEach((e) => e.dataset.names ?? e.remove())")
    words = shown.page.locator("body").inner_text()
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"year-2018|Word", "", words)) == [], "no word of the first is left"
    fresh = show(listed)
    fresh.page.get_by_role("button", name="中文").click()
    fresh.page.get_by_role("button", name="English").click()
    assert fresh.page.locator("body").inner_text() == before


def test_failures_stand_out_and_lead_to_their_notebooks(listed: Path, show: Open) -> None:
    page = show(listed).page
    assert page.locator(".alarm").inner_text().startswith("2 reports failed in the last build: ")
    links = page.locator(".failed a").evaluate_all("(links) => links.map((e) => e.getAttribute('href'))")
    assert links == ["_failed/year-2018.ipynb"]
    page.locator(".alarm a").first.click()
    assert page.locator(".entry:target").count() == 1


def test_five_hundred_reports(tmp_path: Path, show: Open) -> None:
    """Quick to open and to search, and not much larger for sentences that many reports share."""
    project = tiny.bare_project(tmp_path / "project")
    shared = [{"text": f"Sentence {n} of what all reports of the year say together."} for n in range(40)]
    runs = []
    for number in range(500):
        own = [{"text": f"Report {number} alone says {word}."} for word in ("alpha", "beta", "gamma", "delta")]
        runs.append(put(project, f"r-{number}", title=f"Report {number}", lead="A lead.", sentences=[*shared, *own]))
    page = project.reports / "index.html"
    page.write_bytes(site.index(project, settings_module.read(project), runs, set()))
    assert page.stat().st_size < 1_500_000
    shown = show(page)
    assert search(shown, "499 gamma") == ["r-499.html#s-43"]
    taken = shown.page.evaluate("""() => { const field = document.getElementById("search"), start = performance.now();
        field.value = "together"; field.dispatchEvent(new Event("input")); return performance.now() - start; }""")
    assert taken < 1000
    assert shown.page.locator("#by_sentence li").count() == 30
    shown.page.locator("#by_sentence > p button").click()
    assert shown.page.locator("#by_sentence li").count() == 40


def test_the_empty_list_is_a_page(tmp_path: Path, show: Open) -> None:
    project = Project(tiny.bare_project(tmp_path / "project").root)
    page = project.reports / "index.html"
    page.parent.mkdir()
    page.write_bytes(site.index(project, settings_module.read(project), [], set()))
    shown = show(page)
    assert "There are no reports yet" in shown.page.locator("main").inner_text()
    assert (shown.requests, shown.complaints) == ([], [])
