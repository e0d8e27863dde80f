"""The map: which projection, what is drawn and how, and that nothing covers or leaves anything."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from analysis.answered import HOMES, HPL, ask, tell
from figures import drawn
from workbench.analysis import flows
from workbench.figures import maps, style
from workbench.figures.labels import Box, place
from workbench.prose.words import Words

WORLD = drawn.lines(
    ("inbound", "sydney"),
    ("outbound", "los-angeles"),
    ("online", "buenos-aires"),
    ("planned", "italy"),
    ("inbound", "tokyo"),
    ("outbound", "auckland"),
    ("outbound", "honolulu"),
)
SEVEN = drawn.lines(
    ("inbound", "london"),
    ("outbound", "london"),
    ("online", "rome"),
    ("planned", "italy"),
    ("inbound", "wroclaw"),
    ("outbound", "aarhus"),
    ("inbound", "gifu"),
)
SETS = {
    "one": drawn.lines(("inbound", "london")),
    "one-near": drawn.lines(("inbound", "gifu")),
    "seven": SEVEN,
    "seven-world": WORLD,
    "sixty": drawn.many(drawn.NEAR_IDS, 60),
    "sixty-world": drawn.many([*drawn.NEAR_IDS, *drawn.FAR_IDS], 60),
}


@pytest.fixture(scope="module")
def draw(asked, root):
    """Draw lines between invented cities, once."""
    told = asked(HPL)
    corpus = drawn.with_cities(told.corpus)
    words = Words(corpus, "en")
    known = {}

    def picture(lines, missing=drawn.NOTHING_MISSING, again=False):
        key = (tuple(lines.itertuples(index=False)), len(missing))
        if again or key not in known:
            known[key] = maps.exchange_map(lines, missing, corpus, words, root / "data" / "raw" / "basemap")
        return known[key]

    return picture


@pytest.fixture(scope="module")
def real(asked, root):
    """The map of a home from the real records."""
    known = {}

    def picture(home):
        if home not in known:
            told = asked(home)
            lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
            known[home] = maps.exchange_map(lines, missing, told.corpus, told.words(), root / "data/raw/basemap")
        return known[home]

    return picture


@pytest.fixture(params=[*SETS, *HOMES])
def picture(request, draw, real):
    """Every map of this page in turn."""
    return draw(SETS[request.param]) if request.param in SETS else real(request.param)


# --- projection ----------------------------------------------------------------------------------


def lonlat(*ids):
    return np.array([[float(drawn.CITIES[id][2]), float(drawn.CITIES[id][1])] for id in ids])


HANGZHOU = np.array([[120.155, 30.274]])


def test_a_region_gets_a_regional_projection():
    for others in (["london"], ["gifu"], ["london", "aarhus", "rome", "gifu"], ["cairo", "delhi"]):
        places = np.vstack([HANGZHOU, lonlat(*others)])
        assert maps.choose_projection(places, HANGZHOU).kind == "regional"


def test_partners_all_round_get_the_world():
    places = np.vstack([HANGZHOU, lonlat("sydney", "los-angeles", "buenos-aires", "london")])
    assert maps.choose_projection(places, HANGZHOU).kind == "world"


def test_the_region_lies_across_the_date_line_as_anywhere():
    places = np.vstack([HANGZHOU, lonlat("honolulu", "auckland")])
    projection = maps.choose_projection(places, HANGZHOU)
    assert projection.kind == "regional"
    assert 120 < projection.lon % 360 < 202  # between home and Honolulu, over the Pacific
    points = projection(places)
    assert points[0, 0] < points[2, 0] < points[1, 0]  # Hangzhou, Auckland, Honolulu from west to east


def test_the_region_is_centred_between_home_and_its_partners():
    places = np.vstack([HANGZHOU, lonlat("london", "rome")])
    projection = maps.choose_projection(places, HANGZHOU)
    assert lonlat("rome")[0, 0] < projection.lon < HANGZHOU[0, 0]
    assert abs(projection.lon - 120.155) < abs(projection.lon - (-0.128))  # nearer to home


def test_the_projection_keeps_areas():
    # Squares of one degree by one degree of equal size on the globe stay equal on the map.
    projection = maps.choose_projection(np.vstack([HANGZHOU, lonlat("london")]), HANGZHOU)

    def area(lon, lat):
        corners = projection(np.array([[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat + 1]]))
        x, y = corners.T
        return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 / np.cos(np.radians(lat + 0.5))

    assert area(10, 50) == pytest.approx(area(110, 25), rel=0.01)


def test_a_line_over_the_date_line_is_split_at_the_edge(draw):
    figure = draw(drawn.lines(("outbound", "los-angeles"), ("inbound", "sao-paulo"), ("inbound", "lagos"))).figure
    pieces = drawn.flow_paths(figure)["flow-outbound-hangzhou-los-angeles"]
    assert len(pieces) == 2
    width = drawn.canvas(figure).right
    for piece in itertools.chain.from_iterable(drawn.flow_paths(figure).values()):
        assert np.abs(np.diff(piece[:, 0])).max() < width / 4  # never straight across the map


# --- what is drawn -------------------------------------------------------------------------------


def test_no_lines_no_map(draw):
    assert draw(drawn.lines()) is None


@pytest.mark.parametrize("kinds", [("inbound",), ("outbound", "online"), drawn.KINDS])
def test_the_legend_has_just_the_kinds_drawn(draw, kinds):
    said = {
        "inbound": "came to us", "outbound": "we went", "online": "met online",
        "planned": "planned, no record that it happened",
    }  # fmt: skip
    figure = draw(drawn.lines(*((kind, "london") for kind in kinds))).figure
    assert drawn.legend_words(figure) == [said[kind] for kind in kinds]
    hollow = draw(drawn.lines(*((kind, "italy") for kind in kinds))).figure
    assert drawn.legend_words(hollow) == [*(said[kind] for kind in kinds), "city not stated"]


def test_a_country_is_hollow_and_says_that_its_city_is_not_known(real):
    figure = real("zhejiang-libraries").figure
    marks = {line.get_gid(): line for line in figure.axes[0].lines if re.match("place|country", line.get_gid() or "")}
    assert {id for id in marks if id.startswith("country")} == {"country-china", "country-italy"}
    for id, line in marks.items():
        hollow = to_hex(line.get_markerfacecolor()) == style.PAPER
        assert hollow == id.startswith("country")
    labels = drawn.texts(figure)
    assert "China (city not stated)" in labels
    assert "Italy (city not stated)" in labels
    assert "Beijing" not in labels


def test_a_country_stands_inside_its_land_and_not_at_its_capital(real):
    figure = real("zhejiang-libraries").figure
    dots = drawn.dots(figure)
    china, hangzhou = np.array(dots["country-china"]), np.array(dots["place-hangzhou"])
    assert np.hypot(*(china - hangzhou)) > 100
    assert china[0] < hangzhou[0]


def test_only_journeys_and_plans_have_arrows(draw):
    figure = draw(drawn.lines(*((kind, city) for kind in drawn.KINDS for city in ("london", "rome")))).figure
    colours = sorted(
        to_hex(patch.get_facecolor()) for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)
    )
    assert colours == sorted(style.COLOURS[kind] for kind in ("inbound", "outbound", "planned") for _ in range(2))


def test_line_styles_differ_by_kind(draw):
    figure = draw(drawn.lines(*((kind, "london") for kind in drawn.KINDS))).figure
    styles = {
        line.get_gid().split("-")[1]: line.get_linestyle()
        for line in figure.axes[0].lines
        if "flow" in (line.get_gid() or "")
    }
    assert styles["inbound"] == styles["outbound"] == "-"
    assert styles["online"] == styles["planned"] == "--"  # dashes of their own, see the palette
    assert style.LINES["online"] != style.LINES["planned"]


def arrows(figure):
    return {to_hex(p.get_facecolor()): p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)}


def test_arrows_point_the_way_people_went(draw):
    figure = draw(drawn.lines(("inbound", "london"), ("outbound", "rome"))).figure
    home = np.array(drawn.dots(figure)["place-hangzhou"])
    to_pixels = figure.axes[0].transData.transform
    nearer = {}
    for colour, arrow in arrows(figure).items():
        start, end = (np.hypot(*(to_pixels(point) - home)) for point in arrow._posA_posB)
        nearer[colour] = bool(end < start)
    assert nearer == {style.COLOURS["inbound"]: True, style.COLOURS["outbound"]: False}


def test_both_directions_show(draw):
    # Lines bow apart: who came and who went must not lie on each other.
    paths = drawn.flow_paths(draw(drawn.lines(("inbound", "london"), ("outbound", "london"))).figure)
    came, went = (paths[f"flow-{kind}-hangzhou-london"][0] for kind in ("inbound", "outbound"))
    apart = np.min(np.hypot(*(came[len(came) // 2] - went).T))
    assert apart > 8  # pixels


def test_all_four_kinds_between_two_places_lie_apart(draw):
    paths = drawn.flow_paths(draw(drawn.lines(*((kind, "london") for kind in drawn.KINDS))).figure)
    middles = {kind: paths[f"flow-{kind}-hangzhou-london"][0] for kind in drawn.KINDS}
    for one, other in itertools.combinations(drawn.KINDS, 2):
        apart = np.min(np.hypot(*(middles[one][30] - middles[other]).T))
        assert apart > 6, (one, other)


def test_both_directions_show_on_the_world(draw):
    paths = drawn.flow_paths(draw(drawn.lines(*((k, c) for k in drawn.KINDS for c in drawn.FAR_IDS[:3]))).figure)
    came, went = (paths[f"flow-{kind}-hangzhou-sydney"][0] for kind in ("inbound", "outbound"))
    assert np.min(np.hypot(*(came[len(came) // 2] - went).T)) > 4


def test_more_events_make_a_wider_line_and_its_arrow_is_seen(draw):
    rows = [("inbound", "aarhus")] + [("outbound", "rome")] * 3 + [("inbound", "london")] * 12
    figure = draw(drawn.lines(*rows)).figure
    widths = {line.get_gid(): line.get_linewidth() for line in figure.axes[0].lines if "flow" in (line.get_gid() or "")}
    assert (
        widths["flow-inbound-hangzhou-london"]
        > widths["flow-outbound-hangzhou-rome"]
        > widths["flow-inbound-hangzhou-aarhus"]
    )
    heads = {colour: 0.4 * arrow.get_mutation_scale() for colour, arrow in arrows(figure).items()}  # in points
    assert heads[style.COLOURS["outbound"]] >= 2 * widths["flow-outbound-hangzhou-rome"]
    assert max(heads.values()) >= 2 * max(widths.values())


def test_flows_begin_and_end_at_their_dots(picture):
    dots = {id.partition("-")[2]: np.array(at) for id, at in drawn.dots(picture.figure).items()}
    for mark, pieces in drawn.flow_paths(picture.figure).items():
        ends = np.array([pieces[0][0], pieces[-1][-1]])
        near = [id for id, at in dots.items() if np.hypot(*(ends - at).T).min() < 1]
        assert len(near) >= 2, mark
        assert all(any(id in mark for id in near) for _ in ends)


# --- nothing covers or leaves anything -----------------------------------------------------------


def test_labels_do_not_overlap(picture):
    labels = drawn.texts(picture.figure)
    pairs = [(a, b) for (a, one), (b, two) in itertools.combinations(labels.items(), 2) if one.overlap(two) > 1]
    assert pairs == []


def test_labels_stay_inside_the_frame(picture):
    frame = drawn.canvas(picture.figure)
    for name, box in drawn.texts(picture.figure).items():
        assert box.left >= 0, name
        assert box.bottom >= 0, name
        assert box.right <= frame.right, name
        assert box.top <= frame.top, name


def test_labels_cover_no_dot(picture):
    dots = np.array(list(drawn.dots(picture.figure).values()))
    assert [name for name, box in drawn.texts(picture.figure).items() if box.holds(dots)] == []


def test_labels_stand_beside_their_own_dot(picture):
    dots = {id.partition("-")[2]: at for id, at in drawn.dots(picture.figure).items()}
    for name, box in drawn.texts(picture.figure).items():
        own = re.sub(r" \(.*", "", name).lower().replace(" ", "-")
        x, y = dots[own]
        away = np.hypot(max(box.left - x, 0, x - box.right), max(box.bottom - y, 0, y - box.top))
        assert away < 30, name


def test_the_legend_covers_no_dot_and_no_label(picture):
    legend = drawn.legend_box(picture.figure)
    assert legend.holds(np.array(list(drawn.dots(picture.figure).values()))) == 0
    assert [name for name, box in drawn.texts(picture.figure).items() if box.overlap(legend) > 1] == []


def test_lines_and_dots_stay_inside_the_frame(picture):
    frame = drawn.canvas(picture.figure)
    outside = Box(frame.left - 1, frame.bottom - 1, frame.right + 1, frame.top + 1)
    for id, at in drawn.dots(picture.figure).items():
        assert outside.holds(np.array([at])) == 1, id
    cut = {
        mark
        for mark, pieces in drawn.flow_paths(picture.figure).items()
        for piece in pieces
        if outside.holds(piece) < len(piece)
    }
    assert cut == set()


def test_labels_choose_the_free_spot():
    frame = Box(0, 0, 200, 100)
    nothing = np.empty((0, 2))
    [(spot, box)] = place([(100, 50)], [(40, 10)], [7], frame, nothing, [])
    assert (spot, box.left) == (0, 107)  # on the right, where nothing is
    [(_, at_edge)] = place([(190, 50)], [(40, 10)], [7], frame, nothing, [])
    assert at_edge.right <= 200
    [(_, freed)] = place([(100, 50)], [(40, 10)], [7], frame, nothing, [Box(104, 40, 160, 60)])
    assert freed.overlap(Box(104, 40, 160, 60)) == 0
    crowd = place([(100, 50), (102, 50), (100, 54)], [(40, 10)] * 3, [7] * 3, frame, nothing, [])
    assert all(a[1].overlap(b[1]) == 0 for a, b in itertools.combinations(crowd, 2))
    assert crowd == place([(100, 50), (102, 50), (100, 54)], [(40, 10)] * 3, [7] * 3, frame, nothing, [])


# --- bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["seven", "seven-world"])
def test_the_same_map_is_the_same_bytes(draw, name):
    first, second = style.svg(draw(SETS[name]).figure), style.svg(draw(SETS[name], again=True).figure)
    assert first == second
    assert first == style.svg(draw(SETS[name]).figure)  # drawing it twice changes nothing


def test_a_map_needs_no_font_and_no_network(picture):
    text = style.svg(picture.figure)
    assert text.startswith("<svg")
    assert "<text" not in text
    assert "font-family" not in text
    assert "<image" not in text
    addresses = set(re.findall(r'https?://[^"\s<]+', text))
    assert all("www.w3.org" in address for address in addresses)


def test_ids_are_unique_within_a_map(picture):
    ids = re.findall(r'\bid="([^"]+)"', style.svg(picture.figure))
    assert sorted(ids) == sorted(set(ids))


def test_a_map_is_light(picture):
    assert len(style.svg(picture.figure)) < 600_000


# --- words ---------------------------------------------------------------------------------------


def test_the_words_under_the_map(real):
    drawing = real("zhejiang-libraries")
    assert drawing.notes.startswith("Seven records drawn. Left out:")
    assert "twelve promises or wishes" in drawing.notes
    assert "international body without a seat" in drawing.notes
    assert "borders are not drawn" in drawing.notes
    assert drawing.notes.endswith("As of 31 October 2026.")
    assert len(drawing.drawn) == 7
    assert ("plans", "milan-return-visit") in drawing.drawn
    for place_name in ("Heidelberg", "Italy", "Leeds", "Milan", "Moscow", "Rotterdam"):
        assert place_name in drawing.alt
    for number in ("three events", "two events", "one online meeting", "one plan"):
        assert number in drawing.alt


def test_the_title_is_the_finding(real):
    assert real(HPL).title == "More exchanges of Hangzhou Public Library brought partners here than led abroad"


def test_the_title_is_true_of_all_exchanges_not_only_of_those_drawn(project, root):
    # OCLC has no seat: its visits are not drawn. Four came and three went, whatever the map can show.
    events = "events:\n"
    for n in range(4):
        events += f"""
- id: oclc-came-{n}
  type: meeting
  mode: in_person
  says: some words
  when: {{edtf: 2020-0{n + 1}}}
  where: Hangzhou
  who: {{participant: [Andrew H. Wang @ oclc, zhejiang-library]}}
- id: we-went-{n}
  type: visit
  mode: in_person
  says: some words
  when: {{edtf: 2021-0{n + 1}}}
  where: Leeds
  who: {{visitor: {{party: colleagues (group), for: zhejiang-library}}, visited: leeds-libraries}}
"""
    tell(project, events)
    told = ask(project, "zhejiang-library")
    ways = told.exchanges.loc[told.exchanges["counted"], "direction"].value_counts()
    assert abs(ways["inbound"] - ways["outbound"]) == 1  # five came, six went: nothing stands out
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    drawing = maps.exchange_map(lines, missing, told.corpus, told.words(), root / "data/raw/basemap")
    assert not drawing.title.startswith("More exchanges")


def test_nothing_is_said_of_kinds_that_are_not_there(draw):
    alt = draw(drawn.lines(("inbound", "london"))).alt
    assert not re.search(r"\bno (events|online|plans)", alt)


def test_the_review_number_stands_in_the_note(project, root):
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(text.replace('review_number = ""', 'review_number = "GS(2026)0000"'), "utf-8")
    told = ask(project)
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    drawing = maps.exchange_map(lines, missing, told.corpus, told.words(), root / "data/raw/basemap")
    assert "Review number GS(2026)0000." in drawing.notes


def test_each_reason_is_said_once_with_its_number(draw):
    missing = pd.DataFrame({"record_id": ["a", "b", "c"], "reason": ["no_place", "no_place", "no_seat"]})
    notes = draw(drawn.lines(("inbound", "london")), missing).notes
    assert "Left out: two events without a known place, one event with an international body" in notes
