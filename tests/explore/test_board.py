"""The board without a browser: what a choice keeps, what is drawn, told and handed on."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import workbench
from workbench.analysis import flows
from workbench.errors import UsageError
from workbench.explore import board as board_module
from workbench.explore import linked, panel, partner_page
from workbench.explore.board import Board, Choice, NothingSelected, narrow
from workbench.explore.workspace import Workspace
from workbench.runs import catalogue
from workbench.settings import read

HOME = "hangzhou-public-library"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def corpus(root: Path) -> Workspace:
    return workbench.open(HOME, project=root)


@pytest.fixture(scope="module", params=LANGUAGES)
def worded(request: pytest.FixtureRequest, root: Path) -> Workspace:
    return workbench.open(HOME, project=root, language=request.param)


@pytest.fixture
def board(corpus: Workspace) -> Board:
    return Board(corpus)


def spec_of(board: Board) -> dict[str, Any]:
    """The chart, checked against the schema of Vega-Lite."""
    found = board.chart()
    assert found is not None
    found.chart.to_dict(validate=True)
    return found.spec


def invented(corpus: Workspace, count: int) -> pd.DataFrame:
    """So many rows like those of the records, over sixty partners and twenty years."""
    rows = linked.located(corpus.exchanges, corpus)
    rows = rows[rows["counted"] & rows["partner_lat"].notna() & rows["earliest"].notna()]
    many = pd.concat([rows] * (count // len(rows) + 1), ignore_index=True)[:count]
    number = pd.Series(range(count))
    day = [dt.date(2000 + n % 20, 1 + n % 12, 1 + n % 28) for n in number]
    partner = "partner-" + (number % 60).astype(str)
    return many.assign(
        event_id="event-" + number.astype(str), partner=partner, partner_name=partner.str.title(), weight=1.0,
        earliest=day, latest=day, date=[one.isoformat() for one in day], assumed=False,
        partner_lon=(number % 60) * 5.0 - 150, partner_lat=(number % 60) * 2.0 - 50,
        partner_city=partner.str.upper(),
    )  # fmt: skip


# --- choosing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"years": (2017, 2018)},
        {"kind": "visit"},
        {"kind": "conference", "years": (2018, 2021)},
        {"years": (1990, 1991)},
    ],
    ids=str,
)
def test_a_choice_keeps_what_the_workspace_keeps(board: Board, choices: dict[str, Any]) -> None:
    """The board narrows its table, the figure and the report a corpus: both come to the same."""
    board.choose(**choices)
    counted = flows.exchanges(board.selected)
    counted = counted[counted["counted"]]
    assert set(board.rows["event_id"]) == set(counted["event_id"])
    said = dict(zip(board.rows["event_id"], board.rows["in_period"].astype(object), strict=True))
    expected = dict(zip(counted["event_id"], counted["in_period"].astype(object), strict=True))
    assert {id: None if pd.isna(value) else value for id, value in said.items()} == {
        id: None if pd.isna(value) else value for id, value in expected.items()
    }


def test_a_partner_keeps_its_rows_and_a_country_those_in_it(board: Board) -> None:
    whole = board.whole[board.whole["counted"]]
    partner = whole["partner"].dropna().iloc[0]
    assert len(board.choose(partner=partner).rows) == (whole["partner"] == partner).sum() > 0
    country = whole["partner_country"].dropna().iloc[0]
    found = board.choose(partner="", country=country).rows
    assert 0 < len(found) < len(whole)
    assert ((found["partner_country"] == country) | (found["place_country"] == country)).all()


def test_what_is_not_counted_comes_only_when_asked_for(board: Board) -> None:
    assert board.rows["counted"].all()
    assert not board.choose(left_out=True).rows["counted"].all()
    assert len(board.table().columns) == len(board.choose(left_out=False).table().columns) + 1, "with the reason"


def test_a_brush_leaves_out_what_has_no_date_and_what_cannot_lie_in_it(board: Board) -> None:
    board.choose(left_out=True)
    assert board.rows["date"].isna().any()
    board.touch(brushed=(dt.date(2017, 3, 1), dt.date(2018, 6, 30)))
    assert len(board.rows) > 0
    assert board.rows["date"].notna().all()
    sides = board.rows.dropna(subset=["earliest", "latest"])
    assert (sides["latest"] >= dt.date(2017, 3, 1)).all()
    assert (sides["earliest"] <= dt.date(2018, 6, 30)).all()


def test_a_place_and_a_direction_can_be_clicked(board: Board) -> None:
    marks = linked.marks(board.chosen, board.words)
    place = marks["place"].value_counts().index[0]
    board.touch(place=(place,))
    assert len(board.rows) == (marks["place"] == place).sum()
    assert set(board.clicked()) == set(marks.loc[marks["place"] == place, "partner"]) - {""}
    way = linked.way_words("inbound", board.words)
    board.touch(place=(), ways=(way,))
    assert len(board.rows) == (marks["way"] == way).sum() > 0


def test_a_new_choice_lets_go_of_brush_and_clicks(board: Board) -> None:
    board.touch(brushed=(dt.date(2017, 1, 1), dt.date(2017, 2, 1)), ways=("x",))
    board.choose(kind="visit")
    assert board.choice == Choice(kind="visit")


def test_the_home_and_the_language_can_be_changed(board: Board) -> None:
    english = board.title()
    board.choose(home="zhejiang-library", kind="visit")
    assert board.corpus.selection.home.id == "zhejiang-library"
    assert board.title() != english
    assert re.search(r"[\u4e00-\u9fff]", board.choose(language="zh").title())


def test_a_board_begins_where_it_is_told_to(board: Board) -> None:
    name = board.whole["partner_name"].dropna().iloc[0]
    board.begin(partner=name, first_year=2012, last_year=2014)
    assert set(board.rows["partner_name"]) == {name}
    assert board.choice.years == (2012, 2014)
    with pytest.raises(UsageError, match="no body of the register"):
        board.begin(partner="nowhere at all")


def test_selections_of_the_browser_become_choices() -> None:
    sent = {
        linked.PERIOD: {"value": {"begins": [2017.5, 2018.0]}, "store": [{}]},
        linked.PLACE: {"value": {}, "store": [{"values": ["Leeds|GB"]}]},
        linked.PARTNER: {"value": None, "store": []},
    }
    found = panel.heard(sent)
    assert found["brushed"] == (dt.date(2017, 7, 2), dt.date(2018, 1, 1))
    assert (found["place"], found["partners"], found["ways"]) == (("Leeds|GB",), (), ())
    assert panel.heard({})["brushed"] is None


def test_a_day_is_the_same_after_the_chart() -> None:
    for number in range(4 * 366):
        day = dt.date(2015, 1, 1) + dt.timedelta(days=number)
        assert linked.day_of(linked.decimal_year(day) or 0) == day


# --- the chart ------------------------------------------------------------------------------


def test_the_chart_draws_every_row_once(worded: Workspace) -> None:
    board = Board(worded)
    spec = spec_of(board)
    data = spec["datasets"]
    assert len(data["rows"]) == len(board.rows)
    placed = board.rows.dropna(subset=["partner_lon", "home_lon"])
    ends = ["home_lon", "home_lat", "partner_lon", "partner_lat"]
    ways = linked.ways(placed, board.words)
    assert len(data["arcs"]) == len(placed.assign(way=ways).drop_duplicates([*ends, "way"]))
    keys = {f"{row['home_lon']:g} {row['home_lat']:g} {row['lon']:g} {row['lat']:g} {row['way']}"
            for row in data["rows"] if row["lon"] is not None and row["home_lon"] is not None}  # fmt: skip
    assert {arc["arc"] for arc in data["arcs"]} == keys, "each line is found by its key"
    params = {param["name"] for param in spec["params"]}
    assert {linked.PERIOD, linked.PARTNER, linked.PLACE, linked.WAY} <= params
    assert spec["description"] == board.description()


def test_nothing_is_fetched_and_no_id_is_shown(board: Board) -> None:
    spec = spec_of(board)
    addresses = re.findall(r'"url"|https?://[^"]+', json.dumps(spec))
    assert [text for text in addresses if "schema/vega-lite" not in text] == []
    tips = re.findall(r'"tooltip": (\[.*?\])', json.dumps(spec))
    fields = {tip["field"] for text in tips for tip in json.loads(text)}
    assert fields
    assert fields.isdisjoint({"partner", "event_id", "place"}), "those are ids and keys"


def test_names_on_the_map_do_not_touch(worded: Workspace) -> None:
    rows = linked.marks(Board(worded).rows, worded.words).dropna(subset=["lon", "home_lon"])
    view = linked._View(rows.assign(bow=0.0), 700, 360)
    homes = rows[["home_city", "home_lon", "home_lat"]].drop_duplicates()
    named = linked._names(rows, homes, view)
    assert len(named) > 5
    spots = {row.place: (view.pixels(row.lon, row.lat), row.city) for row in rows.itertuples()}
    spots |= {row.home_city: (view.pixels(row.home_lon, row.home_lat), row.home_city) for row in homes.itertuples()}
    boxes = []
    for name in named:
        (x, y), city = spots[name["place"]]
        long = sum(2 if ord(letter) > 0x2E80 else 1 for letter in city) * 5.5
        left = x + name["dx"] - {"left": 0, "right": long, "center": long / 2}[name["align"]]
        boxes.append((left, y + name["dy"] - 6, left + long, y + name["dy"] + 6))
    assert not [
        (a, b) for n, a in enumerate(boxes) for b in boxes[:n]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]  # fmt: skip
    assert all(box[0] >= 0 and box[2] <= 700 and box[1] >= 0 and box[3] <= 360 for box in boxes)


def test_places_and_lines_stand_in_the_frame(corpus: Workspace) -> None:
    for rows in (corpus.exchanges, invented(corpus, 300)):
        located = rows if "home_lon" in rows else linked.located(rows, corpus)
        marks = linked.marks(located[located["counted"]], corpus.words).dropna(subset=["lon", "home_lon"])
        marks = marks.assign(bow=-0.12)
        view = linked._View(marks, 700, 360)
        points = [view.pixels(*point) for row in marks.itertuples()
                  for point in view.line(row.home_lon, row.home_lat, row.lon, row.lat, row.bow)]  # fmt: skip
        assert all(-1 <= x <= 701 and -1 <= y <= 361 for x, y in points)


@pytest.mark.slow
def test_the_projection_is_the_one_of_the_browser(corpus: Workspace) -> None:
    """Where Vega puts a circle, the names are placed beside."""
    import vl_convert

    board = Board(corpus)
    spec = spec_of(board)
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    circle = r'role="graphics-symbol"[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"'
    moved = [(float(x), float(y)) for x, y in re.findall(circle, svg)]
    assert moved
    marks = linked.marks(board.rows, board.words).dropna(subset=["lon"])
    bows = {linked.way_words(way, board.words): bow for way, bow in linked._BOW.items()}
    view = linked._View(marks.assign(bow=marks["way"].map(bows)), 700, 360)
    for row in marks.itertuples():
        x, y = view.pixels(row.lon, row.lat)
        assert min((x - a) ** 2 + (y - b) ** 2 for a, b in moved) < 1, row.city


def test_marks_say_how_surely_the_time_is_known(corpus: Workspace) -> None:
    rows = linked.located(corpus.exchanges, corpus)
    marks = linked.marks(rows, corpus.words)
    known = rows.reset_index(drop=True)
    forms = dict(zip(known["date"], marks["form"], strict=True))
    one_day = known[known["date"].str.fullmatch(r"\d{4}-\d\d-\d\d", na=False) & ~known["assumed"]]["date"]
    assert {forms[text] for text in one_day} == {"day"}
    years = known[known["date"].str.fullmatch(r"\d{4}", na=False) & ~known["assumed"]]["date"]
    assert {forms[text] for text in years} == {"within"}
    assert set(marks.loc[known["assumed"], "form"]) <= {"assumed", "assumed_day"}
    open_ends = marks[known["date"].str.startswith("[..", na=False)]
    assert open_ends["begins"].isna().all()
    assert set(open_ends["form"]) <= {"within", "assumed"}


def test_many_rows_are_drawn_together_and_that_is_said(corpus: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = invented(corpus, 5_000)
    together = linked.together(rows)
    assert len(together) < linked.MOST < len(rows)
    assert together["weight"].sum() == pytest.approx(rows["weight"].sum())
    assert together["meetings"].sum() == len(rows)
    months = [str(day)[:7] for day in rows["earliest"]]
    assert len(together) == len(set(zip(rows["partner"], rows["type"], rows["direction"], months, strict=True)))
    board = Board(corpus)
    monkeypatch.setattr(board, "chosen", rows)
    assert "2,000" in board.status()
    assert len(spec_of(board)["datasets"]["rows"]) == len(together)
    assert "2,000" not in Board(corpus).status()


def test_the_same_chart_on_each_run(corpus: Workspace) -> None:
    assert json.dumps(spec_of(Board(corpus))) == json.dumps(spec_of(Board(corpus)))


def test_lanes_become_coarser_where_there_are_many_partners(corpus: Workspace) -> None:
    marks = linked.marks(invented(corpus, 300), corpus.words)
    assert marks["name"].nunique() > linked.MOST_LANES
    lane, order = linked._lanes(marks)
    assert lane == "country"
    assert len(order) == marks["country"].nunique()


# --- what is told ---------------------------------------------------------------------------


def test_the_status_counts_events_and_not_rows(board: Board) -> None:
    counted = flows.exchanges(board.corpus)
    counted = counted[counted["counted"]]
    assert len(board.rows) > len(counted)
    assert board.status().startswith(f"In view: {len(counted)} counted exchanges")


def test_an_empty_selection_says_what_to_widen(worded: Workspace) -> None:
    board = Board(worded).choose(kind="award", years=(1990, 1991))
    assert board.chart() is None
    words = worded.words
    told = board.status()
    assert words.phrase("board/empty") in told
    for way in ("kind", "years", "left_out"):
        assert words.phrase(f"board/widen_{way}") in told
    assert words.phrase("board/widen_country") not in told


def test_the_page_of_every_partner_is_in_words(worded: Workspace) -> None:
    partners = sorted(set(worded.exchanges["partner"].dropna()))
    keys = {"events": "event_id", "agreements": "agreement_id", "plans": "plan_id", "sources": "source_id"}
    ids = {id for table, key in keys.items() for id in worded[table][key]}
    for partner in partners[:: max(1, len(partners) // 6)]:
        html = partner_page.page(worded, [partner])
        text = re.sub(r"<[^>]+>", " ", html)
        assert worded.words.name(partner) in text.replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")
        assert not {id for id in ids if re.search(rf"(?<![\w/-]){re.escape(id)}(?![\w/-])", text)}
        for name in ("agreed", "met", "open", "contacts", "sources"):
            assert worded.words.phrase(f"board/partner_{name}") in text
        cited = worded.sources_of("events", worded.exchanges.loc[worded.exchanges["partner"] == partner, "event_id"])
        urls = worded["sources"].set_index("source_id").loc[cited, "url"].dropna()
        assert all(str(url).replace("&", "&amp;") in html for url in urls)


def test_by_post_no_name_of_a_person_stands_on_a_page(worded: Workspace) -> None:
    by_post = dataclasses.replace(worded, settings=dataclasses.replace(worded.settings, people="posts"))
    takers = worded.takers
    names = set(takers.loc[(takers["party"] == "person") & takers["party_id"].notna(), "text"])
    partners = sorted(set(worded.exchanges["partner"].dropna()))
    heading = worded.words.phrase("board/partner_contacts")

    def contacts(corpus: Workspace) -> str:
        found = re.findall(rf"{heading}</h4>(.*?)<h4>", partner_page.page(corpus, partners))
        assert len(found) == len(partners)
        return " ".join(found)

    named, told = contacts(worded), contacts(by_post)
    assert [name for name in names if name in named], "by name they stand there"
    assert [name for name in names if name in told] == []


# --- ways out -------------------------------------------------------------------------------


def test_the_table_goes_out_as_it_is_in_view(board: Board, tmp_path: Path) -> None:
    board.touch(brushed=(dt.date(2017, 1, 1), dt.date(2018, 12, 31)))
    path = board.csv(tmp_path / "out.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["event_id"] for row in rows] == list(board.rows["event_id"])
    assert set(rows[0]) == set(workbench.analysis.wide.COLUMNS)
    assert all("(" not in row["sources"] for row in rows)


@pytest.mark.parametrize("what", ["map", "timeline"])
def test_the_figures_go_out(board: Board, what: str, tmp_path: Path) -> None:
    path = board.choose(years=(2017, 2018)).figure(tmp_path / "out.svg", what=what)
    assert path.read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(UsageError, match="map, timeline"):
        board.figure(tmp_path / "out.svg", what="pie")


def test_the_row_of_a_report_is_one_the_catalogue_takes(project: Any) -> None:
    corpus = workbench.open("hangzhou-public-library", project=project.root)
    board = Board(corpus).choose(years=(2017, 2018))
    project.catalogue_file.write_text(board.parameters(), encoding="utf-8")
    (run,) = catalogue.read(project, read(project))
    given = dict(run.parameters)
    assert (given["home"], given["start"], given["end"]) == ("hangzhou-public-library", "2017", "2018")
    board.touch(brushed=(dt.date(2017, 3, 1), dt.date(2018, 6, 30)))
    assert tomllib.loads(board.parameters())["report"][0]["parameters"]["start"] == "2017-03-01"


def test_without_a_path_it_goes_to_the_exports(project: Any) -> None:
    board = Board(workbench.open("hangzhou-public-library", project=project.root)).choose(years=(2017, 2018))
    path = board.csv()
    assert path.parent == project.exports
    assert path.name == "exploration-hangzhou-public-library-2017-2018.csv"
    told = panel._saved(board, "table")
    assert "data/exports/exploration-hangzhou-public-library-2017-2018.csv" in told


def test_nothing_selected_is_told_in_a_sentence(worded: Workspace, tmp_path: Path) -> None:
    board = Board(worded).choose(kind="award", years=(1990, 1991))
    sentence = worded.words.phrase("board/nothing_to_save")
    for save in (board.csv, board.figure, board.save):
        with pytest.raises(NothingSelected, match=re.escape(sentence)) as raised:
            save(tmp_path / "out.svg")
        assert raised.value._render_traceback_() == [sentence]
    assert list(tmp_path.iterdir()) == []
    for name in panel._OUT:
        assert sentence in panel._saved(board, name)


@pytest.mark.slow
def test_the_page_to_hand_on_holds_everything(worded: Workspace, tmp_path: Path) -> None:
    board = Board(worded)
    text = board.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert f'<html lang="{ {"en": "en", "zh": "zh-Hans"}[worded.language] }">' in text
    assert text.count("<tr data-partner=") == len(board.rows)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "http" not in policy[1]
    outside = re.findall(r'(?:src|href)="(?!#)([^"]*)"', text.split("<script>")[0])
    assert outside == []
    assert board.description() in text
    assert worded.words.phrase("common/as_of", day=board_module.facts.date(worded.selection.as_of.isoformat())) in text
    assert text.count("</script>") == 2, "no text ends a script before its time"
    assert (tmp_path / "page.html").read_bytes() == Board(worded).save(tmp_path / "again.html").read_bytes()


# --- the widgets ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_widgets_follow_a_choice_and_a_choice_follows_them(corpus: Workspace) -> None:
    board = Board(corpus)
    bundle = board._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith(board.title())
    shown = board.panel
    assert shown is not None
    before = shown.told.value
    partner = board.rows["partner"].dropna().iloc[0]
    shown.drop["partner"].value = partner
    assert board.choice.partner == partner
    assert shown.told.value != before
    assert 'class="partner"' in shown.page.value
    shown.drop["language"].value = "zh"
    assert board.words.language == "zh"
    assert shown.drop["partner"].value == partner
    shown.chart.set_trait("_vl_selections", {linked.PERIOD: {"value": {"begins": [1990.0, 1991.0]}, "store": []}})
    assert board.rows.empty
    assert board.words.phrase("board/empty") in shown.told.value
    shown.drop["partner"].value = ""
    assert len(board.rows) == len(Board(corpus).rows)


@pytest.mark.slow
def test_a_selection_without_a_place_has_a_timeline_only(corpus: Workspace) -> None:
    """And the widgets go from a chart with a map to one without, and back."""
    board = Board(corpus)
    board._repr_mimebundle_()
    nowhere = board.rows[board.rows["partner"].notna() & board.rows["partner_lat"].isna()]["partner"].iloc[0]
    assert len(spec_of(board.choose(partner=nowhere))["vconcat"]) == 1
    assert len(spec_of(board.choose(partner=""))["vconcat"]) == 2
    assert board.panel is not None
    assert len(board.panel.chart.spec["vconcat"]) == 2


def test_narrow_keeps_all_columns(corpus: Workspace) -> None:
    rows = linked.located(corpus.exchanges, corpus)
    assert list(narrow(rows, Choice(years=(2017, 2017))).columns) == list(rows.columns)
