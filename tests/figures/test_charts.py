"""The charts: their bars are what the tables say, their words stay apart and inside, the same each time."""

import itertools
import re

import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.text import Annotation

from analysis.answered import HOMES, HPL
from figures import drawn
from workbench.analysis import activity, claims, evidence, reciprocity, spread
from workbench.figures import charts, style
from workbench.prose.words import Words

CHARTS = (
    "per_year", "by_kind", "by_country", "staff_balance", "agreement_lives", "sources_per_record",
    "claims_against_records",
)  # fmt: skip
MET = drawn.exchanges(
    ("london", "2019-04-02"), ("rome", "2021-05", "outbound"), ("london", "[2020-01-01..2024-12-31]", "mutual"),
    ("gifu", "2026-01-10"),
)  # fmt: skip
AGREED = drawn.agreements(("london", "2016", "stated"), ("rome", "2020-03-04", "inferred"), ("gifu", None, "unknown"))


@pytest.fixture(scope="module")
def corpus(asked):
    return drawn.with_cities(asked(HPL).corpus)


@pytest.fixture(scope="module")
def made(corpus):
    """Each chart from invented tables: small, large, and with doubt."""
    vocabulary = corpus.vocabularies
    kinds = list(vocabulary["event_type"])
    countries = [(code, term.maps_to, 40 - n) for n, (code, term) in enumerate(vocabulary["country"].items())]
    cities = list(drawn.CITIES)
    many_agreed = drawn.agreements(*((city, f"{1995 + n}", "stated") for n, city in enumerate(cities[:30])))
    states = [(True, False, None)[n % 3] for n in range(30)]
    frames = {
        ("per_year", "small"): [drawn.per_year((2019, 1, 1, 0))],
        ("per_year", "doubt"): [drawn.per_year((2018, 1, 3, 2), (2019, 0, 0, 1), (2020, 4, 4, 0))],
        ("per_year", "large"): [drawn.per_year(*((1945 + n, n % 13, n % 13 + n % 3, n % 5) for n in range(80)))],
        ("by_kind", "small"): [drawn.kinds(("visit", 1, 1))],
        ("by_kind", "doubt"): [drawn.kinds(("visit", 3, 5), ("meeting", 0, 1), ("training", 0, 0))],
        ("by_kind", "large"): [drawn.kinds(*((kind, 200 - 9 * n, 203 - 9 * n) for n, kind in enumerate(kinds)))],
        ("by_country", "small"): [drawn.countries(("GB", "europe", 3))],
        ("by_country", "doubt"): [drawn.countries(("GB", "europe", 3), (None, None, 7), ("JP", "asia", 4))],
        ("by_country", "large"): [drawn.countries(*countries, (None, None, 17))],
        ("staff_balance", "small"): [drawn.balance(("london", 0, 2))],
        ("staff_balance", "doubt"): [drawn.balance(("london", 3, 0), ("rome", 0, 2), ("gifu", 1, 1))],
        ("staff_balance", "large"): [drawn.balance(*((cities[n % 60], n % 9, n % 4 + 20) for n in range(200)))],
        ("agreement_lives", "small"): [drawn.lives(AGREED.head(1), MET, None), AGREED.head(1), MET],
        ("agreement_lives", "doubt"): [drawn.lives(AGREED, MET, True, None, False), AGREED, MET],
        ("agreement_lives", "large"): [drawn.lives(many_agreed, MET, *states), many_agreed, MET],
        ("sources_per_record", "small"): [drawn.witnesses(("events", 1, False))],
        ("sources_per_record", "doubt"): [drawn.witnesses(
            ("events", 1, True), ("events", 1, False), ("agreements", 2, False))],
        ("sources_per_record", "large"): [drawn.witnesses(
            *((("events", "agreements")[n % 2], n % 7, n % 3 == 0) for n in range(200)))],
        ("claims_against_records", "small"): [drawn.verdicts((15, 15, "exact", 13, "say_with_caveat"))],
        ("claims_against_records", "doubt"): [drawn.verdicts(
            (15, 15, "exact", 13, "say_with_caveat"), (200, 999, "hundreds", 40, "do_not_say"),
            (20, None, "at_least", 25, "say"), (9, 9, "exact", 0, "do_not_say"), (5, 5, "exact", None, "say"))],
        ("claims_against_records", "large"): [drawn.verdicts(
            *((15 + n, 15 + n, "exact", n, "say_with_caveat") for n in range(200)))],
    }  # fmt: skip
    known = {}

    def make(chart, which, size=style.SCREEN, language="en"):
        key = (chart, which, size.name, language)
        if key not in known:
            known[key] = getattr(charts, chart)(*frames[chart, which], corpus, Words(corpus, language), size=size)
        return known[key]

    return make


@pytest.fixture(scope="module")
def real(asked):
    """Each chart of a home, from its records."""
    known = {}

    def make(chart, home, size=style.SCREEN, language="en"):
        key = (chart, home, size.name, language)
        if key not in known:
            told = asked(home)
            c = told.corpus
            tables = {
                "per_year": lambda: [spread.per_year(c)],
                "by_kind": lambda: [spread.kinds(c)],
                "by_country": lambda: [spread.by_country(c)],
                "staff_balance": lambda: [reciprocity.balance(c)],
                "agreement_lives": lambda: [activity.dormant(c), told.agreements, told.exchanges],
                "sources_per_record": lambda: [evidence.witnesses(c)],
                "claims_against_records": lambda: [claims.verdicts(c)],
            }
            known[key] = getattr(charts, chart)(*tables[chart](), c, told.words(language), size=size)
        return known[key]

    return make


def marks(drawing):
    """The bars of a chart by their name in the drawing."""
    found = {}
    for axes in drawing.figure.axes:
        for patch in axes.patches:
            if isinstance(patch, Rectangle) and patch.get_gid():
                found[patch.get_gid()] = patch
    return found


def words_of(figure):
    """The texts that a reader sees, with their boxes in pixels."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    texts = [text for legend in figure.legends for text in legend.get_texts()]
    for axes in figure.axes:
        if axes.xaxis.get_tick_params().get("labelbottom", True):
            first, last = axes.get_xlim()
            ticks = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            texts += [label for at, label in ticks if first <= at <= last]
        texts += [*axes.texts, *axes.get_yticklabels()]
    shown = [text for text in texts if text.get_text().strip() and text.get_visible()]
    # An annotation's window holds its anchor too: the text alone is meant.
    return [(text.get_text(), _box(text, renderer)) for text in shown]


def _box(text, renderer):
    if isinstance(text, Annotation):
        text.update_positions(renderer)
        return super(Annotation, text).get_window_extent(renderer)
    return text.get_window_extent(renderer)


# --- bars are what the table says ----------------------------------------------------------------


def test_a_column_is_full_up_to_the_lowest_and_hatched_up_to_the_highest(made):
    bars = marks(made("per_year", "doubt"))
    assert {mark: (bar.get_y(), bar.get_height()) for mark, bar in bars.items() if mark.startswith("exch")} == {
        "exchanges-2018": (0, 1), "exchanges-doubt-2018": (1, 2), "exchanges-2020": (0, 4),
    }  # fmt: skip
    assert bars["exchanges-doubt-2018"].get_hatch()
    assert not bars["exchanges-2018"].get_hatch()
    assert {mark: bar.get_height() for mark, bar in bars.items() if mark.startswith("sources")} == {
        "sources-2018": 2, "sources-2019": 1,
    }  # fmt: skip


def test_a_year_without_anything_is_an_empty_place(made):
    drawing = made("per_year", "doubt")
    first, last = drawing.figure.axes[0].get_xlim()
    assert first < 2019 < last
    assert "exchanges-2019" not in marks(drawing)


def test_both_panels_stand_on_the_same_years(made):
    above, below = made("per_year", "large").figure.axes
    assert above.get_xlim() == below.get_xlim()
    assert above.get_position().x0 == below.get_position().x0


def test_bars_of_kinds_are_as_long_as_their_numbers(made):
    drawing = made("by_kind", "doubt")
    bars = marks(drawing)
    assert set(bars) == {"bar-visit", "doubt-visit", "doubt-meeting"}  # no bar for what was never tried
    assert bars["doubt-visit"].get_width() / bars["bar-visit"].get_width() == pytest.approx(2 / 3)
    assert bars["doubt-visit"].get_hatch()
    assert "training" in drawing.notes
    assert [text for text, _ in words_of(drawing.figure) if re.fullmatch(r"[\d–]+", text)] == ["3–5", "0–1"]


def test_the_most_frequent_kind_stands_on_top_and_in_the_title(made):
    drawing = made("by_kind", "doubt")
    assert drawing.title == "The most frequent kind of exchange: visit (between three and five)"
    assert [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()] == ["Visit", "Meeting"]


def test_what_stands_first_by_doubt_alone_is_no_headline(corpus):
    frame = drawn.kinds(("visit", 3, 5), ("meeting", 2, 4))
    assert charts.by_kind(frame, corpus, Words(corpus, "en")).title == "Exchanges by kind"


def test_countries_stand_under_their_part_of_the_world(made):
    drawing = made("by_country", "doubt")
    assert set(marks(drawing)) == {"bar-GB", "bar-JP", "bar-many"}
    order = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert order == ["Japan", "United Kingdom", "Bodies of many countries"]
    texts = [text for text, _ in words_of(drawing.figure)]
    assert "Europe" in texts
    assert "Asia" in texts
    assert drawing.title == "Most exchanges by country or region: Japan (four)"  # not the bodies of many


def test_visits_received_run_left_and_visits_made_right(made):
    drawing = made("staff_balance", "doubt")
    bars = marks(drawing)
    assert set(bars) == {"inbound-london", "outbound-rome", "inbound-gifu", "outbound-gifu"}
    zero = bars["outbound-rome"].get_x()
    assert bars["inbound-london"].get_x() + bars["inbound-london"].get_width() == pytest.approx(zero)
    assert bars["inbound-london"].get_width() / bars["outbound-rome"].get_width() == pytest.approx(1.5)
    ends = [text for text, _ in words_of(drawing.figure) if "owe" in text or text == "even"]
    assert ends == ["we owe a visit\nreturn visit promised", "they owe a visit", "even"]
    assert "London" in drawing.title


def test_an_agreement_is_full_to_its_last_activity_then_pale_or_hatched(made):
    drawing = made("agreement_lives", "doubt")
    bars = marks(drawing)
    assert bars["dormant-a0"].get_x() == pytest.approx(bars["life-a0"].get_x() + bars["life-a0"].get_width())
    assert not bars["dormant-a0"].get_hatch()
    assert bars["perhaps-a1"].get_hatch()
    assert "active-a2" not in bars  # full to the as-of day
    ends = [text for text, _ in words_of(drawing.figure) if text in ("active", "dormant", "possibly dormant")]
    assert sorted(ends) == ["active", "dormant", "possibly dormant"]
    acts = {id for table, id in drawing.drawn if table == "events"}
    assert acts == {"e0", "e1", "e2", "e3"}


def test_an_agreement_without_a_date_has_no_diamond(made):
    axes = made("agreement_lives", "doubt").figure.axes[0]
    diamonds = {line.get_gid() for line in axes.lines if line.get_marker() == "D"}
    assert diamonds == {"agreements-a0", "agreements-a1"}


def test_undated_agreements_without_activity_are_said_to_be_left_out(corpus):
    agreed = drawn.agreements(("london", "2016", "stated"), ("oslo", None, "unknown"))
    drawing = charts.agreement_lives(drawn.lives(agreed, MET, True, None), agreed, MET, corpus, Words(corpus, "en"))
    assert "one agreement without any date left out" in drawing.notes.lower()
    assert len(drawing.table) == 2


def test_records_on_the_own_word_alone_are_hatched(made):
    bars = marks(made("sources_per_record", "doubt"))
    assert set(bars) == {"events-1", "events-1-own", "agreements-2"}
    assert bars["events-1-own"].get_hatch()
    assert bars["events-1-own"].get_width() == pytest.approx(bars["events-1"].get_width())


def test_a_claim_is_an_outline_and_what_is_on_record_a_full_bar(made):
    drawing = made("claims_against_records", "doubt")
    bars = marks(drawing)
    assert set(bars) == {
        "claim-c0", "found-c0", "claim-c1", "range-c1", "found-c1", "claim-c2", "found-c2", "claim-c3",
    }  # fmt: skip
    assert bars["found-c0"].get_width() / bars["claim-c0"].get_width() == pytest.approx(13 / 15)
    assert bars["found-c2"].get_width() > bars["claim-c2"].get_width()
    assert not bars["claim-c0"].get_fill()
    assert [line.get_gid() for line in drawing.figure.axes[0].lines if line.get_gid()] == ["open-c2"]
    assert "one claim that cannot be counted" in drawing.notes
    assert drawn.legend_words(drawing.figure) == ["claimed", "on record", "claimed, and more", "claimed at most"]


def test_the_verdict_stands_at_the_end_of_the_row(made):
    texts = [text for text, _ in words_of(made("claims_against_records", "doubt").figure)]
    assert "13 of 15\nsay with the caveat" in texts
    assert "40 of 200–999\ndo not say" in texts
    assert "25 of 20+\nsay" in texts


# --- nothing to draw, one row, too many ----------------------------------------------------------


@pytest.mark.parametrize(
    ("chart", "frame"),
    [
        ("per_year", drawn.per_year()),
        ("per_year", drawn.per_year((2019, 0, 0, 3))),
        ("by_kind", drawn.kinds(("training", 0, 0))),
        ("by_country", drawn.countries()),
        ("staff_balance", drawn.balance()),
        ("sources_per_record", drawn.witnesses()),
        ("claims_against_records", drawn.verdicts((5, 5, "exact", None, "say"))),
    ],
)
def test_nothing_to_draw_no_chart(corpus, chart, frame):
    assert getattr(charts, chart)(frame, corpus, Words(corpus, "en")) is None


def test_no_dated_agreement_no_chart(corpus):
    agreed = drawn.agreements(("oslo", None, "unknown"))
    nobody = drawn.exchanges()
    assert (
        charts.agreement_lives(drawn.lives(agreed, nobody, None), agreed, nobody, corpus, Words(corpus, "en")) is None
    )


@pytest.mark.parametrize("chart", ["by_kind", "by_country", "staff_balance"])
def test_others_have_a_number_and_no_bar(made, chart):
    drawing = made(chart, "large", style.SLIDE)
    names = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert "others" in names[-1]
    assert "share a" in drawing.notes
    rows = {mark.partition("-")[2] for mark in marks(drawing)}
    assert len(rows) <= len(names) - 1
    assert len(drawing.table) > len(names)  # the table has every row


def test_what_had_no_room_is_said_to_be_left_out(made):
    drawing = made("claims_against_records", "large", style.SLIDE)
    shown = sum(mark.startswith("claim-") for mark in marks(drawing))
    assert shown < 200
    assert f"{200 - shown} left out for want of room" in drawing.notes
    assert len(drawing.table) == 200
    assert len(drawing.drawn) == shown


# --- every chart, every size, both languages -----------------------------------------------------


@pytest.fixture(params=["en", "zh"])
def language(request):
    return request.param


SHOWN = [
    (style.SCREEN, "en", "small"), (style.SCREEN, "en", "doubt"), (style.SCREEN, "en", "large"),
    (style.A4, "zh", "doubt"), (style.A4, "zh", "large"), (style.SLIDE, "en", "large"), (style.SLIDE, "zh", "doubt"),
]  # fmt: skip


@pytest.fixture(params=itertools.product(CHARTS, SHOWN), ids=lambda p: f"{p[0]}-{p[1][0].name}-{p[1][1]}-{p[1][2]}")
def case(request):
    return request.param


@pytest.fixture
def drawing(made, case):
    chart, (size, language, which) = case
    return made(chart, which, size, language)


def test_a_chart_keeps_its_size(drawing, case):
    size = case[1][0]
    width, height = drawing.figure.get_size_inches()
    assert width == size.width
    assert height <= size.height + 0.01


def test_words_do_not_run_into_each_other_or_out_of_the_figure(drawing):
    frame = drawn.canvas(drawing.figure)
    found = words_of(drawing.figure)
    for text, box in found:
        assert box.x0 >= -0.5, text
        assert box.x1 <= frame.right + 0.5, text
        assert box.y0 >= -0.5, text
        assert box.y1 <= frame.top + 0.5, text
    for (one, a), (other, b) in itertools.combinations(found, 2):
        apart = a.x1 <= b.x0 + 0.5 or b.x1 <= a.x0 + 0.5 or a.y1 <= b.y0 + 1.5 or b.y1 <= a.y0 + 1.5
        assert apart, (one, other)


def test_bars_stay_inside_the_frame_and_can_be_seen(drawing):
    for axes in drawing.figure.axes:
        view = axes.get_window_extent()
        for patch in axes.patches:
            if isinstance(patch, FancyArrowPatch) or not patch.get_gid():
                continue
            box = patch.get_window_extent()
            assert box.x0 >= view.x0 - 4, patch.get_gid()
            assert box.x1 <= view.x1 + 4, patch.get_gid()
            assert box.height >= 1, patch.get_gid()


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_needs_no_font_and_its_ids_are_unique(made, chart):
    text = style.svg(made(chart, "doubt", language="zh").figure)
    assert "<text" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))


def test_a_chart_has_all_its_words_and_a_table(drawing, case):
    for text in (drawing.title, drawing.subtitle, drawing.alt, drawing.notes):
        assert text
        assert "  " not in text
        assert not re.search(r"[,.;:][A-Za-z]", text)
    assert len(drawing.table)
    assert drawing.drawn
    if case[1][1] == "zh":
        for text in (drawing.title, drawing.subtitle, drawing.alt, drawing.notes):
            assert not re.search(r"[\u4e00-\u9fff，。；：] [\u4e00-\u9fff]", text), text


@pytest.mark.parametrize("chart", CHARTS)
def test_the_legend_names_what_occurs_and_nothing_else(made, chart):
    hatched = any(patch.get_hatch() for patch in marks(made(chart, "doubt")).values())
    legends = made(chart, "small").figure.legends
    if chart in ("per_year", "by_kind", "sources_per_record"):
        assert hatched
        assert len(drawn.legend_words(made(chart, "doubt").figure)) == 2
    if chart in ("by_kind", "by_country", "staff_balance", "sources_per_record", "per_year"):
        assert not legends  # bars carry their numbers and words


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("chart", CHARTS)
def test_the_charts_of_the_real_records(real, chart, home, language):
    drawing = real(chart, home, language=language)
    if drawing is None:
        pytest.skip("nothing of it on record")
    found = words_of(drawing.figure)
    frame = drawn.canvas(drawing.figure)
    assert all(box.x0 >= 0 and box.x1 <= frame.right + 0.5 for _, box in found)
    assert drawing.table.notna().all().all()


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_chart_is_the_same_bytes(made, corpus, chart, tmp_path):
    first = made(chart, "doubt").save(tmp_path / "first.png", dpi=60).read_bytes()
    again = made(chart, "doubt").save(tmp_path / "again.png", dpi=60).read_bytes()
    assert first == again
