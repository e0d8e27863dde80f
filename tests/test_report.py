"""The overview as a reader gets it: its notebook run in this process, every display call kept."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import pytest

import workbench.report as report_module
from analysis.answered import HOMES, HPL, asked, held, tell
from workbench.analysis import numbers
from workbench.prose.words import Words
from workbench.records import load

__all__ = ["asked", "held"]

EMPTY = {"start": "1950", "end": "1960"}
CASES = [(home, {}) for home in HOMES] + [(HPL, EMPTY), ("zhejiang-libraries", {"start": "2021", "end": "2022"})]


@dataclass
class Told:
    """What a run displayed: the pieces of the page, the sentences with their facts, the closing facts."""

    pieces: list[tuple[str, str, str]]  # role, HTML, plain text
    sentences: list[tuple[Words, object]]  # with the words that said it
    closed: dict
    variables: dict

    def of(self, role):
        return [html for kind, html, _ in self.pieces if kind == role]

    @property
    def page(self):
        return "\n".join(html for _, html, _ in self.pieces)

    @property
    def text(self):
        return plain(self.page)


def plain(html):
    """What a reader sees of some HTML, drawings aside."""
    without = re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).split())


def run(project, monkeypatch, **parameters):
    """Run the cells of the overview one after another, as the machine does, in this process."""
    shown, said = [], []
    say = Words.say
    monkeypatch.setenv(report_module.PROJECT_VARIABLE, str(project.root))
    monkeypatch.setattr(report_module, "display", lambda bundle, **more: shown.append((bundle, more)))

    def remember(self, passage, **values):
        sentences = say(self, passage, **values)
        said.extend((self, sentence) for sentence in sentences)
        return sentences

    monkeypatch.setattr(Words, "say", remember)
    notebook = json.loads((project.notebooks / "overview.ipynb").read_text(encoding="utf-8"))
    variables: dict = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {cell['id']}", "exec"), variables)
            if "parameters" in cell["metadata"].get("tags", []):
                variables |= parameters
    closed = shown.pop()[0][report_module.REPORT_MIME]
    pieces = [(more["metadata"]["workbench"]["role"], b["text/html"], b["text/plain"]) for b, more in shown]
    return Told(pieces, said, closed, variables)


@pytest.fixture(scope="module")
def told(held):
    known = {}

    def about(home, **parameters):
        key = (home, *sorted(parameters.items()))
        if key not in known:
            with pytest.MonkeyPatch.context() as monkeypatch:
                known[key] = run(held, monkeypatch, home=home, **parameters)
        return known[key]

    return about


@pytest.fixture(params=CASES, ids=[f"{home}{'-' + '-'.join(p.values()) if p else ''}" for home, p in CASES])
def case(request, told):
    home, parameters = request.param
    return told(home, **parameters)


# --- every sentence can be traced ----------------------------------------------------------------

SENTENCE = re.compile(r'<span class="sentence" id="[^"]*" data-records="([^"]*)">(.*?)</span>(?=[ <]|$)', re.DOTALL)


def test_every_sentence_has_records_and_marks(case):
    told = (*case.of("paragraph"), *case.of("verdict"))
    assert len(case.closed["sentences"]) == len(case.sentences) == sum(len(SENTENCE.findall(h)) for h in told)
    for html in told:
        for records, body in SENTENCE.findall(html):
            assert records, body
            tables = {record.partition(":")[0] for record in records.split()}
            if tables != {"settings"}:  # what a setting says has no source
                assert re.search(r'<sup class="marks" data-note="\d+"><a href="#source-\d+">', body), body


def test_every_record_named_is_a_record(case, held):
    tables, _ = load.ensure_tables(held)
    keys = {"events": "event_id", "agreements": "agreement_id", "plans": "plan_id", "claims": "claim_id",
            "milestones": "milestone_id"}  # fmt: skip
    known = {(table, id) for table, key in keys.items() for id in tables[table][key]} | {("settings", "abroad")}
    for said in case.closed["sentences"]:
        assert {tuple(record) for record in said["records"]} <= known


def test_every_mark_leads_to_a_source_and_every_source_is_marked(case):
    marks = {int(n) for n in re.findall(r'href="#source-(\d+)"', case.page)}
    listed = [int(n) for n in re.findall(r'<li id="source-(\d+)"', case.page)]
    assert listed == list(range(1, len(listed) + 1))
    assert marks <= set(listed)
    assert len(listed) == len(case.closed["sources"])
    assert all(re.search(r"<li>(paragraph \d+|paragraph|headline): <q", item) for item in
               re.findall(r'<li id="source-.*?</ul></li>', case.page, re.DOTALL))  # fmt: skip


def test_the_key_figures_are_those_of_the_headline(told):
    for home in HOMES:
        [html] = told(home).of("key-figures")
        figures = re.findall(r"<dd>([^<]*)</dd>", html)
        corpus = told(home).variables["corpus"]
        exchanges, inbound, outbound, agreed = (
            numbers.number(corpus, measure) for measure in ("exchanges", "inbound", "outbound", "agreements")
        )
        plans = str(len(told(home).variables["answers"].partner_plans))
        assert figures == [str(exchanges), f"{inbound} : {outbound}", str(agreed), plans]


def test_the_key_figures_can_be_traced(case):
    # A number in a report names the records it was computed from, a large one no less.
    [html] = case.of("key-figures")
    assert html.count("data-records") == html.count("<dd")


def test_the_key_figures_as_text_are_words(case):
    [text] = [text for kind, _, text in case.pieces if kind == "key-figures"]
    assert "figure_" not in text


def test_a_source_about_one_library_is_not_laid_on_all(told):
    # "Signed agreements with 9 libraries" is said of Hangzhou Public Library, not of the province.
    [html] = told("zhejiang-libraries").of("key-figures")
    assert "speaks of nine" not in html
    [html] = told(HPL).of("key-figures")
    assert "speaks of nine" in html


# --- the page ------------------------------------------------------------------------------------


class Ids(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.references, self.open = [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        for key in ("aria-labelledby", "aria-describedby"):
            self.references += (found.get(key) or "").split()
        for key in ("href", "xlink:href"):
            if (found.get(key) or "").startswith("#"):
                self.references.append(found[key][1:])
        if tag not in ("br", "path", "use", "meta", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("br", "path", "use", "meta", "hr", "img"):
            assert self.open, tag
            assert self.open.pop() == tag


def test_ids_are_unique_references_lead_somewhere_and_tags_are_closed(case):
    parser = Ids()
    parser.feed(case.page)
    parser.close()
    assert [id for id, n in Counter(parser.ids).items() if n > 1] == []
    assert set(parser.references) <= set(parser.ids)
    assert parser.open == []


def test_clip_paths_lead_somewhere(case):
    used = set(re.findall(r"url\(#([^)]+)\)", case.page))
    assert used <= set(re.findall(r'\bid="([^"]+)"', case.page))


def test_no_heading_stands_over_nothing(case):
    roles = [role for role, _, _ in case.pieces]
    assert roles[0] == "title"
    for role, following in zip(roles, [*roles[1:], "end"], strict=True):
        if role == "heading":
            assert following not in ("heading", "sources", "end")
    for html in case.of("paragraph"):
        if "<h3>" in html:
            assert SENTENCE.search(html)


def test_headings_go_down_one_step_at_a_time(case):
    levels = [int(n) for n in re.findall(r"<h(\d)", case.page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_figure_has_alternative_text_and_a_title(case):
    for html in case.of("figure"):
        parser = Ids()
        parser.feed(html)
        assert re.search(r'<svg role="(?:img|group)" aria-labelledby="\S+-title \S+-alt"', html)
        alt = re.search(r'<p class="alt" id="[^"]+">([^<]+)</p>', html)[1]
        assert len(alt) > 40
        assert alt.endswith(".")
        assert re.search(r"<strong id=\"[^\"]+\">[^<]+</strong>", html)
        assert "As of 31 October 2026" in html


def test_tables_have_rows_heads_and_marks(case):
    for html in case.of("table"):
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
        assert len(rows) > 1
        heads = re.findall(r'<th scope="col">', rows[0])
        for row in rows[1:]:
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            assert len(cells) == len(heads)
            assert all(plain(cell) for cell in cells)
            assert "#source-" in row


def test_chinese_is_marked_as_chinese(case):
    for html in (*case.of("paragraph"), *case.of("note"), *case.of("table"), *case.of("heading")):
        if re.search("[\u4e00-\u9fff]", plain(html)):
            assert 'lang="zh"' in html


def test_nothing_is_fetched_from_anywhere(case):
    assert not re.search(r'\b(src|srcset|data|poster)="https?:', case.page)
    assert not re.search(r"<(script|iframe|link|img)\b", case.page)


def test_running_again_says_the_same(held, told, monkeypatch):
    again = run(held, monkeypatch, home=HPL)
    assert again.page == told(HPL).page
    assert again.closed == told(HPL).closed


def test_the_report_closes_with_what_it_is(told):
    closed = told(HPL).closed
    assert closed["home"] == HPL
    assert closed["home_name"] == "Hangzhou Public Library"
    assert closed["as_of"] == "2026-10-31"
    assert closed["as_of_words"] == "Records as of 31 October 2026"
    assert closed["lead"].startswith("Since 2016 the exchange of Hangzhou Public Library has reached three libraries")
    assert closed["title"] == "International exchange of Hangzhou Public Library"


def test_only_the_home_is_told(told):
    # A report reads its slice alone: nothing of the other library's journeys.
    text = told(HPL).text
    for stranger in ("Moscow", "Rotterdam", "Zhang Qun", "symposium", "Wenzhou"):
        assert stranger not in text
    assert "Leeds" not in told("zhejiang-library").text


# --- an empty selection, a period ------------------------------------------------------------------


def test_an_empty_selection_says_so_in_plain_words(told):
    case = told(HPL, **EMPTY)
    assert "The records hold no exchange of Hangzhou Public Library with a body abroad" in case.text
    opening = next(plain(html) for role, html, _ in case.pieces if role in ("paragraph", "note"))
    assert "no exchange" in opening  # first of all


def test_an_empty_selection_has_no_broken_sentence(told):
    case = told(HPL, **EMPTY)
    assert not re.search(r"\bno (is|are)\b|\bNone\b|between no", case.text)


def test_an_empty_selection_has_no_empty_table_or_chart(told):
    case = told(HPL, **EMPTY)
    for html in case.of("figure"):
        assert not re.search(r"\b(No|Zero) (records?|items?) drawn", html)
    assert not re.search(r"<(tbody|dl|ul|ol)[^>]*></", case.page)


def test_a_period_without_exchanges_shows_no_later_ones(told):
    # The plan of 2018 and the agreements of 2016 to 2019 are not of the years 1950 to 1960.
    case = told(HPL, **EMPTY)
    assert case.of("figure") == []


def test_a_report_on_a_period_names_it(told):
    for parameters in (EMPTY, {"start": "2021", "end": "2022"}):
        case = told(HPL, **parameters)
        seen = [plain(html) for role, html, _ in case.pieces if role in ("title", "paragraph", "note", "key-figures")]
        assert any(parameters["start"] in text and parameters["end"] in text for text in seen)


def test_a_home_without_agreements_says_so(told):
    assert "No agreement" in told("zhejiang-library").text


def test_a_home_of_which_nothing_is_known(project, monkeypatch):
    bare = "\n[homes.shanghai-library]\n"
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(
        text.replace("[homes.zhejiang-library]", f"{bare}\n[homes.zhejiang-library]"), "utf-8"
    )
    for path in project.dossiers.glob("*.yaml"):
        if "shanghai-library" in path.read_text(encoding="utf-8"):
            path.unlink()
    case = run(project, monkeypatch, home="shanghai-library")
    assert "no exchange of Shanghai Library" in case.text
    assert case.of("figure") == []
    assert case.of("table") == []
    assert case.of("sources") == []
    assert not re.search(r"\bno (is|are)\b|\bNone\b", case.text)


# --- settings --------------------------------------------------------------------------------------


def test_by_post_no_name_of_a_person_stands_anywhere(project, monkeypatch):
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(text.replace('show = "names"', 'show = "posts"'), encoding="utf-8")
    tables, _ = load.ensure_tables(project)
    names = tables["names"]
    people = {name for name in names.loc[names["of"] == "people", "text"] if len(name) > 1}
    assert "Stefano Parise" in people
    for home in HOMES:
        case = run(project, monkeypatch, home=home)
        printed = case.page.lower() + json.dumps(case.closed, ensure_ascii=False).lower()
        assert {name for name in people if name.lower() in printed} == set()


def test_what_counts_as_abroad_is_said(told):
    for home in HOMES:
        assert "Hong Kong, Macao and Taiwan count as abroad" in told(home).text


def test_markup_in_a_record_does_no_harm(project, monkeypatch):
    tell(project, """
events:
- id: odd-topic
  type: meeting
  mode: online
  says: "<b>bold</b> & <script>alert(1)</script>"
  when: {edtf: 2020-05}
  where: online
  topic: "books <script>alert(1)</script> & tea"
  who: {participant: [Andrea Ellison @ leeds-libraries, Hu Fang @ hangzhou-public-library]}
""")  # fmt: skip
    case = run(project, monkeypatch, home=HPL)
    assert "<script" not in case.page
    assert "books &lt;script&gt;" in case.page
