"""The timeline: each kind of date has its mark, and a mark never says more than the date."""

import itertools
import re

import matplotlib.dates as mdates
import pytest
from matplotlib.patches import Rectangle

from analysis.answered import HOMES, HPL, ask, tell
from figures import drawn
from workbench.figures import style, timelines
from workbench.prose.words import Words

NO_EXCHANGES, NO_AGREEMENTS, NO_PLANS = drawn.exchanges(), drawn.agreements(), drawn.plans()
AS_OF = 2026.83


@pytest.fixture(scope="module")
def draw(asked):
    corpus = drawn.with_cities(asked(HPL).corpus)
    words = Words(corpus, "en")

    def picture(exchanges=NO_EXCHANGES, agreements=NO_AGREEMENTS, plans=NO_PLANS):
        return timelines.timeline(exchanges, agreements, plans, corpus, words)

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
    """The bars of a timeline as (first year, last year), in years with fractions."""
    found = []
    for patch in figure.axes[0].patches:
        if isinstance(patch, Rectangle):
            x, width = patch.get_x(), patch.get_width()
            found.append(tuple(1970 + day / 365.25 for day in (x, x + width)))
    return found


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
        ("2019-01/2020-06", False, "event, lasted"),
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
        ("2017-07", "stated", "agreement"),
        ("2016", "stated", "agreement"),
        ("[2019-03-22..2019-04-30]", "inferred", "agreement, date inferred or bounded"),
        ("[..2018-12-06]", "bounded", "agreement, date inferred or bounded"),
    ],
)
def test_marks_of_agreements(draw, date, basis, mark):
    figure = draw(agreements=drawn.agreements(("london", date, basis))).figure
    assert drawn.legend_words(figure) == [mark]
    arrows = [a for a in figure.axes[0].texts if getattr(a, "arrow_patch", None) is not None]
    assert bool(arrows) == date.startswith("[..")  # an arrow to the left: at the latest then


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
    arrows = [a for a in figure.axes[0].texts if getattr(a, "arrow_patch", None) is not None]
    assert arrows or not short


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
        "agreement",
        "planned, no record",
    ]


def test_nothing_dated_no_timeline(draw):
    assert draw() is None
    assert draw(drawn.exchanges(("london", None))) is None
    assert draw(drawn.exchanges(("london", "XXXX-03-17"))) is None
    assert draw(plans=drawn.plans(("london", None))) is None


def test_the_lanes_run_down_like_a_stair(real):
    names = [
        label.get_text().replace("\n", " ") for label in real("zhejiang-libraries").figure.axes[0].get_yticklabels()
    ]
    assert names == [
        "City of Heidelberg", "Milan Public Libraries", "OCLC", "Leeds Libraries", "Russian State Library",
        "International Federation of Library Associations and Institutions",
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
    renderer = figure.canvas.get_renderer()
    frame = drawn.canvas(figure)
    axes = figure.axes[0]
    for label in (*axes.get_yticklabels(), *years_shown(axes), *figure.legends[0].get_texts()):
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
    drawing = timelines.timeline(
        drawn.exchanges(("london", "2019-04-02")), NO_AGREEMENTS, NO_PLANS, corpus, Words(corpus, "en")
    )
    with pytest.raises(Warning, match="missing"):
        style.svg(drawing.figure)


def test_a_png_is_a_png(project):
    tell(project, "plans: []\n")
    told = ask(project)
    drawing = timelines.timeline(told.exchanges, told.agreements, told.plans, told.corpus, told.words())
    first = style.png(drawing.figure, 80)
    assert first.startswith(b"\x89PNG")
    assert first == style.png(drawing.figure, 80)
