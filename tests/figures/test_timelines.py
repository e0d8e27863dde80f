"""The timeline: each kind of date has its mark, and a mark never says more than the date."""

import dataclasses
import itertools
import re

import matplotlib.dates as mdates
import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from analysis.answered import HOMES, HPL, ask, tell
from figures import drawn
from workbench.errors import UsageError
from workbench.figures import style, timelines
from workbench.prose.words import Words

NO_EXCHANGES, NO_AGREEMENTS, NO_PLANS = drawn.exchanges(), drawn.agreements(), drawn.plans()
AS_OF = 2026.83


@pytest.fixture(scope="module")
def draw(asked):
    corpus = drawn.with_cities(asked(HPL).corpus)
    words = Words(corpus, "en")

    def picture(exchanges=NO_EXCHANGES, agreements=NO_AGREEMENTS, plans=NO_PLANS, language="en", **more):
        told = words if language == "en" else Words(corpus, language)
        return timelines.timeline(exchanges, agreements, plans, corpus, told, **more)

    return picture


@pytest.fixture(scope="module")
def real(asked):
    known = {}

    def picture(home):
        if home not in known:
            told = asked(home)
            known[home] = timelines.timeline(
                told.exchanges, told.agreements, told.answers.partner_plans, told.corpus, told.words()
            )
        return known[home]

    return picture


def event(draw, date, assumed=False):
    return draw(drawn.exchanges(("london", date, "inbound", assumed)))


def bars(figure):
    """The bars of a timeline as (first year, last year), in years with fractions; a bar and its pale ends are one."""
    found = {}
    for patch in figure.axes[0].patches:
        if isinstance(patch, Rectangle):
            x, width = patch.get_x(), patch.get_width()
            years = [1970 + day / 365.25 for day in (x, x + width)]
            mark = patch.get_gid().removesuffix("-under")
            one = found.get(mark, years)
            found[mark] = (min(one[0], years[0]), max(one[1], years[1]))
    return list(found.values())


def arrows(figure):
    """The arrows of a timeline, as the way they point: -1 to the past, 1 to what comes."""
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    ends = [patch.get_path().vertices[[0, -1], 0] for patch in found]
    return [1 if end > start else -1 for start, end in ends]


# --- a mark for each kind of date ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "assumed", "mark"),
    [
        ("2019-04-02", False, "event, day known"),
        ("2019-04-02", True, "event, day inferred"),
        ("2019-04-02?", True, "event, day inferred"),
        ("2019-04", False, "event, within this time"),
        ("2019", False, "event, within this time"),
        ("2019-22", False, "event, within this time"),
        ("201X", False, "event, within this time"),
        ("[2019-03-22..2019-04-30]", False, "event, within this time"),
        ("[2019-03-22..2019-04-30]", True, "event, within, inferred"),
        ("2019-04", True, "event, within, inferred"),
        ("2023-08-21/2023-08-25", False, "event, lasted"),
        ("2019-01/2020-06", False, "event, lasted; pale: first or last day not sure"),
        ("2023-08-21/2023-08-25", True, "event, lasted, inferred"),
        ("2019-05/2019-05", False, "event, within this time"),  # no day on which it surely was
        ("2020/..", False, "goes on"),
        ("2020/", False, "only a first or a last day known"),
        ("[2020..]", False, "only a first or a last day known"),
        ("[..2018-12-06]", False, "only a first or a last day known"),
    ],
)
def test_marks_of_events(draw, date, assumed, mark):
    assert drawn.legend_words(event(draw, date, assumed).figure) == [mark]


def test_admissible_days_are_single_marks_joined(draw):
    figure = event(draw, "[2021-03-17,2022-03-17,2023-03-17]", True).figure
    [words] = drawn.legend_words(figure)
    assert "inferred" in words
    [dots] = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [mdates.num2date(day).date().isoformat() for day in dots.get_xdata()] == [
        "2021-03-17", "2022-03-17", "2023-03-17",
    ]  # fmt: skip
    assert dots.get_markerfacecolor() == style.PAPER
    assert bars(figure) == []  # no bar: not the days between


@pytest.mark.parametrize(
    ("date", "basis", "mark"),
    [
        ("2019-04-02", "stated", "agreement"),
        ("2017-07", "stated", "agreement"),  # a month is narrower than the diamond
        ("2016", "stated", "agreement, within this time"),
        ("[2019-03-22..2019-04-30]", "inferred", "agreement, date inferred or bounded"),
        ("[..2018-12-06]", "bounded", "agreement, date inferred or bounded"),
    ],
)
def test_marks_of_agreements(draw, date, basis, mark):
    figure = draw(agreements=drawn.agreements(("london", date, basis))).figure
    assert mark in drawn.legend_words(figure)
    assert drawn.legend_words(figure)[-1] == "agreement, end not stated"
    assert arrows(figure) == ([-1] if date.startswith("[..") else [])  # an arrow to the left: at the latest then


def test_marks_of_plans(draw):
    figure = draw(plans=drawn.plans(("london", "2018"))).figure
    assert drawn.legend_words(figure) == ["planned, no record"]
    [(first, last)] = bars(figure)
    assert (round(first, 1), round(last, 1)) == (2018.0, 2019.0)


def test_a_bar_runs_from_the_first_to_the_last_possible_day(draw):
    [(first, last)] = bars(event(draw, "[2019-03-22..2020-04-30]").figure)
    assert (round(first, 2), round(last, 2)) == (2019.22, 2020.33)


# --- a mark never says more than the date --------------------------------------------------------


@pytest.mark.parametrize("date", ["2020/..", "2020-05-01/.."])
def test_what_goes_on_reaches_the_as_of_day(draw, date):
    [(first, last)] = bars(event(draw, date).figure)
    assert first < 2020.5
    assert last > AS_OF - 0.1


@pytest.mark.parametrize("date", ["[2020..]", "[..2018-12-06]", "2020/", "/2018-12-06"])
def test_a_date_with_one_limit_is_no_short_bar(draw, date):
    # Only one limit is known: a bar of two weeks there would claim the other.
    figure = event(draw, date).figure
    short = [bar for bar in bars(figure) if bar[1] - bar[0] < 0.1]
    assert short or date == "2020/"
    assert arrows(figure) == ([1] if date in ("[2020..]", "2020/") else [-1])


def test_an_inferred_duration_does_not_look_stated(draw):
    stated, inferred = (event(draw, "2019-01/2020-06", assumed) for assumed in (False, True))
    assert drawn.legend_words(stated.figure) != drawn.legend_words(inferred.figure)


def test_the_doubtful_ends_of_a_duration_are_pale(draw):
    # From some day of 2018 to some day of 2021: sure is 2019 and 2020.
    figure = event(draw, "2018/2021").figure
    faces = {patch.get_facecolor()[3] for patch in figure.axes[0].patches if isinstance(patch, Rectangle)}
    assert len(faces) > 1


def test_the_title_is_not_surer_than_the_date(real):
    # The last exchange of Hangzhou Public Library was on 17 March of 2021, 2022 or 2023.
    assert real(HPL).title != "The last exchange on record is of 2023"


@pytest.mark.parametrize("date", ["[2019..2023]", "201X", "[2021-03-17,2022-03-17,2023-03-17]"])
def test_the_title_of_a_doubtful_last_exchange(draw, date):
    assert not re.search(r"is of \d{4}$", event(draw, date).title)


def test_the_title_of_a_sure_last_exchange(real):
    assert real("zhejiang-library").title == "The last exchange on record is of 2023"


# --- legend, lanes, notes ------------------------------------------------------------------------


def test_the_legend_has_only_the_marks_used(draw):
    figure = draw(
        drawn.exchanges(("london", "2019-04-02"), ("rome", "2019-04", "outbound")),
        drawn.agreements(("rome", "2016", "stated")),
        drawn.plans(("gifu", "2018")),
    ).figure
    assert drawn.legend_words(figure) == [
        "event, day known",
        "event, within this time",
        "agreement, within this time",
        "agreement, end not stated",
        "planned, no record",
    ]


def test_nothing_dated_no_timeline(draw):
    assert draw() is None
    assert draw(drawn.exchanges(("london", None))) is None
    assert draw(drawn.exchanges(("london", "XXXX-03-17"))) is None
    assert draw(plans=drawn.plans(("london", None))) is None


def test_the_lane_of_the_latest_record_is_on_top(real):
    names = [
        label.get_text().replace("\n", " ") for label in real("zhejiang-libraries").figure.axes[0].get_yticklabels()
    ]
    assert names == [
        "International Federation of Library Associations and Institutions", "Russian State Library",
        "City of Heidelberg", "Leeds Libraries", "OCLC", "Milan Public Libraries",
    ]  # fmt: skip


def test_an_event_with_two_partners_is_one_event(draw):
    drawing = draw(drawn.exchanges((("london", "rome"), "2019-04-02")))
    assert len(drawing.figure.axes[0].get_yticks()) == 2
    assert drawing.drawn == (("events", "e0"),)
    assert drawing.notes.startswith("One ")


def test_what_has_no_date_is_said_to_be_left_out(draw):
    drawing = draw(drawn.exchanges((("london", "rome"), "2019-04-02"), ("gifu", None)))
    assert "one counted exchange without a date" in drawing.notes


def test_undated_agreements_and_plans_are_said_to_be_left_out(draw):
    # Number drawn and number left out, with the reason, under every figure.
    drawing = draw(
        drawn.exchanges(("london", "2019-04-02")),
        drawn.agreements(("rome", None, "unknown")),
        drawn.plans(("gifu", None)),
    )
    assert re.search(r"agreement.* without a date", drawing.notes)
    assert re.search(r"(plan|promise).* without a date", drawing.notes)


def test_a_single_lane_is_said_in_english(draw):
    assert "each of London" not in event(draw, "2019-04-02").alt


def test_the_words_of_the_timeline(real):
    drawing = real(HPL)
    for partner in ("the City of Heidelberg", "Milan Public Libraries", "Leeds Libraries"):
        assert partner in drawing.alt
    assert drawing.notes.endswith("As of 31 October 2026.")
    assert drawing.subtitle.startswith("Hangzhou Public Library")


# --- nothing is cut off --------------------------------------------------------------------------


@pytest.fixture(params=[*HOMES, "one", "seven", "sixty"])
def picture(request, draw, real):
    if request.param in HOMES:
        return real(request.param)
    if request.param == "one":
        return event(draw, "2019-04-02")
    if request.param == "seven":
        forms = ["2019-04-02", "2019-04", "2019", "2017/2019", "[2019-03-22..2019-04-30]", "201X", "2026-10"]
        return draw(
            drawn.exchanges(*((id, form) for id, form in zip(drawn.NEAR_IDS, forms, strict=False))),
            drawn.agreements((drawn.NEAR_IDS[0], "[..2018-12-06]", "bounded"), (drawn.NEAR_IDS[1], "2016", "stated")),
            drawn.plans((drawn.NEAR_IDS[2], "2030"), (drawn.NEAR_IDS[3], "2024-05-01")),
        )
    ids = list(drawn.CITIES)
    days = [f"{1990 + n * 7 % 36}-0{1 + n % 9}-0{1 + n % 9}" for n in range(180)]
    return draw(drawn.exchanges(*((ids[n % 60], day) for n, day in enumerate(days))))


def years_shown(axes):
    """The labels of the ticks that lie within the axis."""
    first, last = axes.get_xlim()
    ticks = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    return [label for tick, label in ticks if first <= tick <= last]


def test_names_and_years_are_not_cut_off(picture):
    figure = picture.figure
    figure.draw_without_rendering()  # puts the legends in their place
    renderer = figure.canvas.get_renderer()
    frame = drawn.canvas(figure)
    axes = figure.axes[0]
    for label in (
        *axes.get_yticklabels(),
        *years_shown(axes),
        *(text for legend in figure.legends for text in legend.get_texts()),
    ):
        extent = label.get_window_extent(renderer)
        assert extent.x0 >= 0, label.get_text()
        assert extent.x1 <= frame.right, label.get_text()
        assert extent.y0 >= 0, label.get_text()
        assert extent.y1 <= frame.top, label.get_text()


def test_marks_are_not_cut_off(picture):
    axes = picture.figure.axes[0]
    view = axes.get_window_extent(picture.figure.canvas.get_renderer())
    for line in axes.lines:
        if line.get_marker() in ("o", "D") and line.get_clip_on():
            radius = line.get_markersize() * picture.figure.dpi / 72 / 2
            x = axes.transData.transform(line.get_xydata())[:, 0]
            assert x.min() - radius >= view.x0, line.get_gid()
            assert x.max() + radius <= view.x1, line.get_gid()


def test_every_mark_can_be_seen(picture):
    axes = picture.figure.axes[0]
    renderer = picture.figure.canvas.get_renderer()
    for patch in axes.patches:
        assert patch.get_window_extent(renderer).width >= 3, patch.get_gid()


def test_years_do_not_run_into_each_other(picture):
    renderer = picture.figure.canvas.get_renderer()
    boxes = [label.get_window_extent(renderer) for label in years_shown(picture.figure.axes[0])]
    assert all(one.x1 < two.x0 for one, two in itertools.pairwise(boxes))


def test_a_timeline_needs_no_font_and_its_ids_are_unique(picture):
    text = style.svg(picture.figure)
    assert "<text" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))


def test_ids_are_unique_where_an_event_has_two_partners(draw):
    text = style.svg(draw(drawn.exchanges((("london", "rome"), "2019-04-02"))).figure)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))


def test_the_same_timeline_is_the_same_bytes(asked):
    told = asked("zhejiang-libraries")

    def picture():
        return timelines.timeline(
            told.exchanges, told.agreements, told.answers.partner_plans, told.corpus, told.words()
        )

    assert style.svg(picture().figure) == style.svg(picture().figure)


def test_an_agreement_does_not_hide_the_event_at_which_it_was_signed(real):
    # The memorandum was signed during the visit from Leeds: both must be seen.
    axes = real(HPL).figure.axes[0]
    renderer = axes.figure.canvas.get_renderer()
    signed = next(line for line in axes.lines if line.get_gid() == "agreements-leeds-hangzhou-libraries")
    visit = next(patch for patch in axes.patches if patch.get_gid() == "events-leeds-visit-2019")
    diamond, bar = signed.get_window_extent(renderer), visit.get_window_extent(renderer)
    assert bar.x0 < diamond.x0 - 3 or bar.x1 > diamond.x1 + 3 or bar.y0 > diamond.y1 or bar.y1 < diamond.y0


def test_a_name_that_no_font_can_draw_is_an_error(asked):
    corpus = drawn.with_cities(asked(HPL).corpus)
    corpus._names["london", "en"] = "\u4f26\u6566 \U0001f4da"  # beyond the font of the figures
    with pytest.raises(UsageError, match="no font has a character"):
        timelines.timeline(
            drawn.exchanges(("london", "2019-04-02")), NO_AGREEMENTS, NO_PLANS, corpus, Words(corpus, "en")
        )


def test_a_png_is_a_png(project):
    tell(project, "plans: []\n")
    told = ask(project)
    drawing = timelines.timeline(told.exchanges, told.agreements, told.plans, told.corpus, told.words())
    first = style.png(drawing.figure, 80)
    assert first.startswith(b"\x89PNG")
    assert first == style.png(drawing.figure, 80)


# --- lanes ---------------------------------------------------------------------------------------


def lanes_of(drawing):
    return [label.get_text().replace("\n", " ") for label in drawing.figure.axes[0].get_yticklabels()]


def crowd(number, partners=60):
    """Many events of all kinds of date with many partners."""
    ids = list(drawn.CITIES)[:partners]
    forms = (
        "{y}-0{m}-1{m}",
        "{y}-0{m}",
        "{y}",
        "{y}-03-0{m}/{y}-03-2{m}",
        "[{y}-0{m}-01..{y}-12-01]",
        "{y}-0{m}-1{m}?",
    )
    days = (forms[n % 6].format(y=2008 + n * 7 % 18, m=1 + n % 9) for n in range(number))
    ways = ("inbound", "outbound", "mutual", "unknown")
    return drawn.exchanges(*((ids[n * 7 % len(ids)], day, ways[n % 4], n % 5 == 0) for n, day in enumerate(days)))


def test_an_event_with_many_partners_stands_once(draw):
    drawing = draw(drawn.exchanges((("london", "rome", "oslo"), "2018-10-19"), ("gifu", "2019-04-02")))
    assert lanes_of(drawing) == ["Gifu", "Events with several partners"]
    assert "in a lane of their own (one)" in drawing.notes
    assert len(drawing.table) == 2
    assert drawing.table["Partners"].iloc[1] == "London, Rome and Oslo"


def test_a_partner_without_a_name_has_a_lane(draw):
    assert lanes_of(draw(drawn.exchanges(((), "2019-04-02")))) == ["Partner not named"]


def test_the_least_active_of_many_partners_share_a_lane(draw):
    drawing = draw(crowd(300), size=style.A4)
    [others] = [name for name in lanes_of(drawing) if "others" in name]
    assert f"share a lane ({others.split()[0].lower()})" in drawing.notes
    assert len(drawing.table) == 300
    assert len(drawing.drawn) == 300


def test_lanes_by_kind(draw):
    drawing = draw(
        drawn.exchanges((("london", "rome", "oslo"), "2018-10-19"), ("gifu", "2019-04-02")),
        drawn.agreements(("rome", "2016", "stated")),
        drawn.plans(("gifu", "2030")),
        lanes="kind",
    )
    assert lanes_of(drawing) == ["Visit", "Memorandum"]
    assert "by kind" in drawing.subtitle


@pytest.mark.parametrize("size", style.SIZES.values(), ids=lambda size: size.name)
@pytest.mark.parametrize("number", [10, 300])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_timeline_is_readable_in_every_size(draw, size, number, language):
    agreed = drawn.agreements(("oslo", "1988", "stated"), ("rome", "2016", "stated"), ("london", "[..2018]", "bounded"))
    drawing = draw(crowd(number), agreed, drawn.plans(("rome", "2027")), language=language, size=size)
    figure = drawing.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    frame = drawn.canvas(figure)
    assert figure.get_figwidth() == size.width
    assert figure.get_figheight() <= size.height + 0.01
    axes = figure.axes[0]
    labels = [*axes.get_yticklabels(), *years_shown(axes), *axes.texts]
    labels += [text for legend in figure.legends for text in legend.get_texts()]
    assert min(label.get_fontsize() for label in labels) >= 6
    boxes = [(label.get_text(), label.get_window_extent(renderer)) for label in labels]
    for text, box in boxes:
        assert box.x0 >= 0, text
        assert box.x1 <= frame.right, text
        assert box.y0 >= 0, text
        assert box.y1 <= frame.top, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1, (one, other)


@pytest.mark.parametrize("number", [10, 300])
def test_marks_of_a_lane_stand_apart(draw, number):
    # Bars and dots of one lane are stacked where they would touch; none lies on another.
    axes = draw(crowd(number)).figure.axes[0]
    renderer = axes.figure.canvas.get_renderer()
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_gid().endswith("-under")]
    found += [line for line in axes.lines if (line.get_gid() or "").startswith("events-")]
    boxes = [(mark.get_gid(), mark.get_window_extent(renderer)) for mark in found]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1, (one, other)


# --- the axis ------------------------------------------------------------------------------------


def gaps(drawing):
    return [text.get_text() for text in drawing.figure.axes[0].texts if (text.get_gid() or "").startswith("gap-")]


def test_a_run_of_empty_years_is_cut_out_and_said(draw):
    drawing = draw(drawn.exchanges(("london", "1988-04-02"), ("rome", "2016-05-01")))
    assert gaps(drawing) == ["1989–\n2015"]  # not 2017 to 2025, which lead up to the as-of day
    assert "1989 to 2015" in drawing.notes
    assert "years cut out, nothing dated in them" in drawn.legend_words(drawing.figure)
    shown = [label.get_text() for label in years_shown(drawing.figure.axes[0])]
    assert "1988" in shown
    assert not {str(year) for year in range(1989, 2016)} & set(shown)


def test_the_years_before_the_as_of_day_are_never_cut(draw):
    drawing = draw(drawn.exchanges(("london", "1988-04-02"), ("rome", "1989-04-02")))
    assert gaps(drawing) == []
    assert drawing.title == "The last exchange on record is of 1989"


def test_a_doubt_of_many_years_is_no_gap(draw):
    drawing = draw(drawn.exchanges(("london", "1988-04-02"), ("rome", "[1989..2015]")))
    assert gaps(drawing) == []


def test_marks_keep_their_order_across_a_gap(draw):
    axes = draw(drawn.exchanges(("london", "1988-04-02"), ("rome", "2016-05-01"), ("gifu", "2025-05-01"))).figure.axes[
        0
    ]
    at = {line.get_gid(): line.get_xdata()[0] for line in axes.lines if line.get_gid() != "as-of" and line.get_gid()}
    assert at["events-e0"] < at["events-e1"] < at["events-e2"]
    assert mdates.num2date(at["events-e2"]).date().isoformat() == "2025-05-01"
    assert at["events-e1"] - at["events-e0"] < 366 * 8  # the strip is narrower than the years it stands for


# --- agreements, colours, words ------------------------------------------------------------------


def test_an_agreement_runs_to_its_end_or_to_the_as_of_day(asked):
    corpus = drawn.with_cities(asked(HPL).corpus)
    agreed = drawn.agreements(("london", "2016-01-01", "stated"), ("rome", "2017-01-01", "stated"))
    known = corpus["agreements"].head(1).assign(agreement_id="a0", ends="2020-06-30")
    told = dataclasses.replace(corpus, tables={**corpus.tables, "agreements": known})
    drawing = timelines.timeline(NO_EXCHANGES, agreed, NO_PLANS, told, Words(told, "en"))
    assert drawn.legend_words(drawing.figure) == ["agreement", "agreement until its end", "agreement, end not stated"]
    lines = [
        line for line in drawing.figure.axes[0].lines if line.get_color() == style.INK and len(line.get_xdata()) == 2
    ]
    ends = sorted(1970 + max(line.get_xdata()) / 365.25 for line in lines)
    assert [round(end, 1) for end in ends] == [2020.5, 2026.8]
    assert "Ends" in drawing.table.columns


def test_the_colours_that_occur_are_explained(draw):
    figure = draw(drawn.exchanges(("london", "2019-04-02"), ("rome", "2019-05-02", "mutual"))).figure
    ways = figure.legends[1]
    assert [text.get_text() for text in ways.get_texts()] == ["came to us", "met online"]
    assert len(draw(plans=drawn.plans(("gifu", "2018"))).figure.legends) == 1


def test_the_legend_is_drawn_by_the_hand_that_draws_the_marks(draw):
    figure = draw(drawn.exchanges(("london", "2019"), ("rome", "[2019..2020]", "inbound", True))).figure
    samples = [
        patch for patch in figure.legends[0].findobj(Rectangle) if patch.get_hatch() or patch.get_facecolor()[3] == 0.32
    ]
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert sorted(str(bar.get_hatch()) for bar in bars) == sorted(str(sample.get_hatch()) for sample in samples)


def test_the_title_says_who_was_not_met_lately(draw):
    drawing = draw(
        drawn.exchanges(
            ("london", "2019-04-02"), ("rome", "2020-05-02"), ("oslo", "2021"), ("gifu", "2026-05-02", "mutual")
        )
    )
    assert drawing.title == "Of four partners, three were last met before 31 October 2024"


def test_the_table_tells_all_that_is_drawn(draw):
    drawing = draw(drawn.exchanges(("london", "2019-04")), drawn.agreements(("rome", "2016", "stated")))
    assert drawing.table.to_dict("list") == {
        "Partners": ["London", "Rome"],
        "Kind": ["visit", "memorandum"],
        "Date": ["April 2019", "2016"],
        "Direction": ["came to us", ""],
        "Mark": ["event, within this time", "agreement, within this time · agreement, end not stated"],
    }


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("lanes", ["partner", "kind"])
def test_the_chinese_timelines_are_chinese(asked, home, lanes):
    told = asked(home)
    drawing = timelines.timeline(
        told.exchanges, told.agreements, told.answers.partner_plans, told.corpus, told.words("zh"), lanes=lanes
    )
    for text in (drawing.title, drawing.subtitle, drawing.alt, drawing.notes):
        assert re.search(r"[\u4e00-\u9fff]", text)
        assert not re.search(r"[\u4e00-\u9fff，。；：] [\u4e00-\u9fff]", text), text
