"""A published page: no code, no request to anywhere, in order, and every mark leads to its source."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from pathlib import Path

import nbformat
import pytest

from publish.conftest import NAME, PHRASE, PUBLISHER, SCOPE, TITLE, Page
from runs import tiny
from workbench.errors import RecordsError
from workbench.paths import Project
from workbench.publish import content, html

FETCHING = ("src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest")


def render(tmp_path: Path, *sources: str, **facts: str) -> Page:
    """The page of a notebook made by hand."""
    return Page(html.render(content.read(written(tmp_path, *sources, **facts)), content.Context()).decode())


def written(tmp_path: Path, *htmls: str, closed: bool = True, **facts: str) -> Path:
    """An executed notebook that shows pieces of HTML, the report's own and others."""
    about = {
        "title": "A title", "language": "en", "home_name": "a library", "as_of_words": "As of a day",
        "draft_words": "Draft", "period_words": "",
    } | facts  # fmt: skip
    outputs = [
        {"output_type": "display_data", "data": {"text/html": text}, "metadata": {"workbench": {"role": "paragraph"}}}
        for text in htmls
    ]
    if closed:
        outputs.append({"output_type": "display_data", "data": {content.REPORT_MIME: about}, "metadata": {}})
    notebook = tiny.notebook("secret_name = 1")
    notebook["cells"][2]["outputs"] = outputs
    path = tmp_path / "executed.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


# --- the whole page -------------------------------------------------------------------------


def test_the_page_says_what_it_is(page: Page) -> None:
    assert page.source.startswith("<!DOCTYPE html>")
    assert page.source.lower().count("<!doctype") == 1
    assert "<?xml" not in page.source
    assert page.of("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.of("meta")
    viewport = [meta["content"] for meta in page.of("meta") if meta.get("name") == "viewport"]
    assert viewport == ["width=device-width, initial-scale=1"]
    assert next(title.strip() for title in page.inner("title")) == "International exchange of Hangzhou Public Library"
    assert len(page.of("main")) == 1
    assert "Draft, not released" in page.source


def test_the_page_is_well_formed(page: Page) -> None:
    assert page.unclosed == []
    ids = list(page.attributes("id"))
    assert len(ids) == len(set(ids)), "each id once"


def test_one_script_of_our_own_and_no_code(page: Page, real: Path) -> None:
    script = (html.TEMPLATES / "report.js").read_text(encoding="utf-8")
    assert page.of("script") == [{}]
    assert (
        f"<script>{script.strip()}".split()
        == page.source[page.source.index("<script>") : page.source.index("</script>")].split()
    )
    assert re.search(r"fetch|XMLHttp|import\(|innerHTML|eval|https?:", script) is None
    for tag in ("iframe", "object", "embed", "form", "input", "base", "pre", "code"):
        assert page.of(tag) == [], tag
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    notebook = nbformat.read(real, as_version=4)
    lines = {line for cell in notebook.cells if cell.cell_type == "code" for line in cell.source.splitlines()}
    assert not [line for line in lines if len(line) > 12 and line in page.source]
    assert "dataframe" not in page.source, "frames an analyst looks at stay in the notebook"
    assert "Run it as it is" not in page.source, "so does what the notebook tells an analyst"


def test_no_reference_to_anywhere(page: Page) -> None:
    assert [value for value in page.attributes(*FETCHING) if not value.startswith("data:")] == []
    assert [link["href"] for link in page.of("link")] == ["data:,"]
    assert [value for value in page.attributes("xlink:href") if not value.startswith("#")] == []
    assert "@import" not in page.source
    assert "@font-face" not in page.source
    assert re.findall(r"url\((?!['\"]?#)[^)]*\)", page.source) == []
    for tag in ("image", "use", "feimage"):
        assert [a for a in page.of(tag) if not a.get("href", a.get("xlink:href", "#")).startswith(("#", "data:"))] == []
    policy = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    assert policy[0].startswith("default-src 'none'")


def test_links_lead_to_sources_or_inside_the_page(page: Page) -> None:
    ids = set(page.attributes("id"))
    for link in page.of("a"):
        if "href" not in link:  # it would lead to a report that is not there
            continue
        href = link["href"]
        if href.startswith("#"):
            assert href[1:] in ids, href
        else:
            assert re.match(r"https?://", href) or href == "index.html", href
            assert link.get("class") == "address" or href == "index.html", href


def test_what_names_an_element_names_one_that_is_there(page: Page) -> None:
    ids = set(page.attributes("id"))
    for value in page.attributes("aria-labelledby", "aria-describedby", "headers", "for"):
        assert set(value.split()) <= ids, value
    assert set(re.findall(r"url\(#([^)]+)\)", page.source)) <= ids
    assert {value[1:] for value in page.attributes("xlink:href")} <= ids


def test_one_main_heading_and_no_step_left_out(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels
    assert all(text.strip() for level in (1, 2, 3) for text in page.inner(f"h{level}")), "no heading is empty"


def test_every_mark_leads_to_a_source_that_is_there(page: Page) -> None:
    sources = [item["id"] for item in page.of("li") if item.get("id", "").startswith("source-")]
    assert sources == [f"source-{number}" for number in range(1, len(sources) + 1)]
    assert sources
    marks = re.findall(r'<sup class="marks" data-note="\d+">(.*?)</sup>', page.source)
    targets = re.findall(r'href="#(source-\d+)">(\d+)<', "".join(marks))
    assert targets
    assert all(target == f"source-{number}" for target, number in targets)
    assert {target for target, _ in targets} <= set(sources)
    assert all(marks), "no mark is empty"


def test_every_sentence_names_its_records_and_its_sources(page: Page) -> None:
    sentences = [span for span in page.of("span") if span.get("class") == "sentence"]
    assert len(sentences) > 10
    assert all(re.match(r"[a-z]+:\S+", span["data-records"]) for span in sentences)
    for part in page.source.split('<span class="sentence" ')[1:]:
        if 'data-records="settings:' not in part.partition(">")[0]:  # a choice of the project, not of a source
            assert '<sup class="marks"' in part, part[:200]


def test_chinese_is_marked_as_chinese(page: Page) -> None:
    """A text of Chinese characters stands in an element that says so."""
    for tag, attributes in page.elements:
        if tag in ("p", "q") and attributes.get("lang"):
            assert attributes["lang"] in ("zh", "en", "de", "it", "ru", "fr", "ja"), attributes
    chinese = re.compile(r"[\u4e00-\u9fff]{4,}")
    plain = [text for text in page.inner("p") if chinese.search(text)]
    marked = "".join(page.inner("p", lang="zh") + page.inner("q", lang="zh") + page.inner("cite", lang="zh"))
    assert all(chinese.search(text).group() in marked for text in plain)  # type: ignore[union-attr]


def test_figures_have_a_name_and_words_instead(page: Page) -> None:
    figures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert len(figures) >= 2
    for number, figure in enumerate(figures, 1):
        assert figure["role"] in ("img", "group"), "an image, or a group where links are inside"
        assert figure["aria-labelledby"] == f"figure-{number}-title figure-{number}-alt"
        assert len(page.inner("p", id=f"figure-{number}-alt")[0]) > 40
    assert len(page.inner("figcaption")) == len(figures)


def test_tables_have_a_caption_and_heads(page: Page) -> None:
    assert len(page.of("table")) == len(page.of("caption")) > 0
    assert all(head.get("scope") == "col" for head in page.of("th"))
    assert all(text.strip() for text in page.inner("caption") + page.inner("th"))
    assert all(cell.get("data-label") for cell in page.of("td")), "on a phone each cell says what it is"


def test_the_page_tells_nothing_of_the_machine(page: Page) -> None:
    for place in (tiny.ROOT, Path.home(), Path("/tmp")):
        assert f"{place}/" not in page.source
    assert "0x7f" not in page.source
    assert len(page.source.encode()) < 3_000_000, "small enough to be sent"


def test_the_same_bytes_twice(real: Path, page: Page) -> None:
    assert html.render(content.read(real), content.Context()).decode() == page.source


# --- what goes into a page ------------------------------------------------------------------


def test_only_what_the_report_said_goes_in(tmp_path: Path) -> None:
    path = written(tmp_path, "<p>said</p>")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][2]["outputs"][:0] = [
        {"output_type": "stream", "name": "stdout", "text": "printed"},
        {"output_type": "display_data", "data": {"text/html": "<p>a frame</p>"}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "raised", "traceback": ["trace"]},
    ]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    text = html.render(content.read(path), content.Context()).decode()
    assert "<p>said</p>" in text
    for word in ("printed", "a frame", "raised", "trace", "secret_name", "A small report", "what the page says"):
        assert word not in text


def test_a_notebook_that_never_closed_its_report_has_no_page(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="never closed its report"):
        html.render(content.read(written(tmp_path, "<p>said</p>", closed=False)), content.Context())


def test_the_language_of_the_report_is_that_of_the_page(tmp_path: Path) -> None:
    assert render(tmp_path, language="zh", title="杭州图书馆的国际交流").of("html") == [{"lang": "zh"}]


def test_an_empty_report_is_a_page(tmp_path: Path) -> None:
    page = render(tmp_path)
    assert page.unclosed == []
    assert page.inner("title") == ["A title"]


@pytest.mark.parametrize("text", ["<b>Bold</b> & <i>so", "\"quoted\" 'twice'", "{{ 7 * 7 }} {% raw %}", "& co", "élan"])
def test_facts_of_a_report_are_shown_as_text(tmp_path: Path, text: str) -> None:
    page = render(tmp_path, title=text, home_name=text, as_of_words=text, draft_words=text)
    body = page.source.partition("</head>")[2]
    assert page.inner("title") == [text]
    header = page.inner("header")[0].strip()
    assert header.startswith(text[:1].upper() + text[1:])
    assert header.count(text) >= 2
    assert page.inner("span", class_="draft") == [text]
    assert not re.search(r"<(b|i)\b", body), "no markup of a fact becomes markup of the page"


# --- what people write is shown as text -----------------------------------------------------


@pytest.fixture(scope="module")
def dangerous(spoilt: tuple[Project, Path]) -> Page:
    return Page(html.render(content.read(spoilt[1]), content.Context()).decode())


def test_markup_in_records_is_shown_as_text(dangerous: Page) -> None:
    assert dangerous.of("script") == [{}], "our own"
    assert dangerous.of("img") == []
    assert dangerous.of("b") == []
    assert dangerous.of("i") == []
    assert not [name for _, attributes in dangerous.elements for name in attributes if name.startswith("on")]
    assert len(dangerous.of("style")) == dangerous.source.count("</style>")
    assert dangerous.unclosed == []


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("cite", TITLE),
        ("p", PUBLISHER),
        ("span", SCOPE),
        ("h1", NAME),
        ("title", NAME),
        ("q", PHRASE),
        ("header", NAME),
    ],
)
def test_each_text_is_there_as_it_was_written(dangerous: Page, tag: str, text: str) -> None:
    assert any(text in inner for inner in dangerous.inner(tag)), dangerous.inner(tag)[:3]


def test_an_address_that_is_no_web_address_is_no_link(tmp_path: Path, project: Project) -> None:
    """Refused as a record, or shown as text."""
    dossier = project.dossiers / "globalleeds-hangzhou-mou.yaml"
    tiny.replace(dossier, "url: https://www.globalleeds.com/", "url: javascript:alert(1)//www.globalleeds.com/")
    source, target = project.notebooks / "overview.ipynb", tmp_path / "executed.ipynb"
    with contextlib.suppress(RecordsError):
        page = Page(
            html.render(
                content.read(tiny.executed(project, source, target, home="hangzhou-public-library")), content.Context()
            ).decode()
        )
        assert [value for value in page.attributes("href") if "javascript" in value] == []


def test_a_dollar_sign_in_a_name_is_drawn_as_it_is(tmp_path: Path, project: Project) -> None:
    """Between two of them the figures must not look for a formula."""
    tiny.replace(
        project.registers / "organisations.csv", "leeds-city,Leeds Libraries,,利兹图书馆,,,",
        "leeds-city,Leeds $a^b^c$ Libraries,,利兹图书馆,,,Leeds Libraries",
    )  # fmt: skip
    path = tiny.executed(
        project, project.notebooks / "overview.ipynb", tmp_path / "executed.ipynb", home="hangzhou-public-library"
    )
    assert "Leeds $a^b^c$ Libraries" in html.render(content.read(path), content.Context()).decode()
