"""The map: which projection, what is drawn and how, and that nothing covers or leaves anything."""

import itertools
import json
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch
from pyproj import Geod

from analysis.answered import HOMES, HPL, ask, tell
from figures import drawn
from workbench.analysis import agreements, flows
from workbench.errors import RecordsError, UsageError
from workbench.figures import mapmarks, maps, style
from workbench.figures.labels import Box, place
from workbench.figures.projection import choose_projection
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
    "far": drawn.lines(
        *(("inbound", id) for id in drawn.NEAR_IDS[20:32]), *(("outbound", "chicago"),) * 2, ("inbound", "chicago"),
        ("online", "sydney"), ("tie", "oslo"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def draw(asked, root):
    """Draw lines between invented cities, once."""
    told = asked(HPL)
    corpus = drawn.with_cities(told.corpus)
    words = Words(corpus, "en")
    known = {}

    def picture(lines, missing=drawn.NOTHING_MISSING, again=False, **how):
        key = (tuple(lines.itertuples(index=False)), len(missing), *how.items())
        if again or key not in known:
            known[key] = maps.exchange_map(lines, missing, corpus, words, root / "data" / "raw" / "basemap", **how)
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
        assert choose_projection(places, HANGZHOU)[0].kind == "regional"


def test_partners_all_round_get_the_world():
    places = np.vstack([HANGZHOU, lonlat("sydney", "los-angeles", "buenos-aires", "london")])
    assert choose_projection(places, HANGZHOU)[0].kind == "world"


def test_the_region_lies_across_the_date_line_as_anywhere():
    places = np.vstack([HANGZHOU, lonlat("honolulu", "auckland")])
    projection = choose_projection(places, HANGZHOU)[0]
    assert projection.kind == "regional"
    assert 120 < projection.lon % 360 < 202  # between home and Honolulu, over the Pacific
    points = projection(places)
    assert points[0, 0] < points[2, 0] < points[1, 0]  # Hangzhou, Auckland, Honolulu from west to east


def test_the_region_is_centred_between_home_and_its_partners():
    places = np.vstack([HANGZHOU, lonlat("london", "rome")])
    projection = choose_projection(places, HANGZHOU)[0]
    assert lonlat("rome")[0, 0] < projection.lon < HANGZHOU[0, 0]
    assert abs(projection.lon - 120.155) < abs(projection.lon - (-0.128))  # nearer to home


def test_the_projection_keeps_areas():
    # Squares of one degree by one degree of equal size on the globe stay equal on the map.
    projection = choose_projection(np.vstack([HANGZHOU, lonlat("london")]), HANGZHOU)[0]

    def area(lon, lat):
        corners = projection(np.array([[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat + 1]]))
        x, y = corners.T
        return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 / np.cos(np.radians(lat + 0.5))

    assert area(10, 50) == pytest.approx(area(110, 25), rel=0.01)


def test_a_line_over_the_date_line_is_split_at_the_edge(draw):
    figure = draw(drawn.lines(("outbound", "los-angeles"), ("inbound", "sao-paulo"), ("inbound", "lagos"))).figure
    pieces = drawn.flow_paths(figure)
    assert len(pieces["flow-inbound-hangzhou-sao-paulo"]) == 2
    assert len(pieces["flow-outbound-hangzhou-los-angeles"]) == 1  # the map ends in the Atlantic: fewer are split
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
    heads = {}  # in points
    for arrow in (patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)):
        colour = to_hex(arrow.get_facecolor())
        heads[colour] = max(heads.get(colour, 0), 0.4 * arrow.get_mutation_scale())
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
        own = re.sub(r" \(.*|\n.*", "", name).lower().replace(" ", "-")
        leader = drawn.leaders(picture.figure).get(own)
        ends = [dots[own]] if leader is None else leader
        assert np.hypot(*(np.array(dots[own]) - ends[0])) < 8, name
        x, y = ends[-1]
        away = np.hypot(max(box.left - x, 0, x - box.right), max(box.bottom - y, 0, y - box.top))
        assert away < (30 if leader is None else 1), name


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
    [spot] = place([(100, 50)], [(40, 10)], [7], frame, nothing, [])
    assert (spot.box.left, spot.leader) == (107, None)  # on the right, where nothing is
    [at_edge] = place([(190, 50)], [(40, 10)], [7], frame, nothing, [])
    assert at_edge.box.right <= 200
    [freed] = place([(100, 50)], [(40, 10)], [7], frame, nothing, [Box(104, 40, 160, 60)])
    assert freed.box.overlap(Box(104, 40, 160, 60)) == 0
    crowd = place([(100, 50), (102, 50), (100, 54)], [(40, 10)] * 3, [7] * 3, frame, nothing, [])
    assert all(a.box.overlap(b.box) == 0 for a, b in itertools.combinations(crowd, 2))
    assert crowd == place([(100, 50), (102, 50), (100, 54)], [(40, 10)] * 3, [7] * 3, frame, nothing, [])


def test_the_last_label_is_dropped_where_none_fits():
    frame = Box(0, 0, 90, 14)
    spots = place([(6, 7), (42, 7), (84, 7)], [(20, 10)] * 3, [4] * 3, frame, np.empty((0, 2)), [])
    assert [spot is None for spot in spots] == [False, False, True]


def test_a_label_moves_aside_for_one_that_has_no_other_place():
    # The first would stand on its right; the second can stand nowhere else, the first on its left as well.
    spots = place([(50, 10), (104, 10)], [(30, 10), (30, 10)], [4, 4], Box(0, 4, 108, 16), np.empty((0, 2)), [])
    assert None not in spots
    assert spots[0].box.overlap(spots[1].box) == 0
    assert spots[0].box.right < 50


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


def test_the_alternative_text_names_a_dozen_and_counts_the_others(draw):
    alt = draw(SETS["sixty"]).alt
    assert sum(id.replace("-", " ").title() in alt for id in drawn.NEAR_IDS) == 12
    assert "and 32 more places" in alt
    assert "more place" not in draw(SEVEN).alt


# --- near and far --------------------------------------------------------------------------------


def marked(figure, start):
    return {line.get_gid() for line in figure.axes[0].lines if str(line.get_gid()).startswith(start)}


def test_few_far_places_stand_at_the_edge_with_numbers_and_distance(draw):
    drawing = draw(SETS["far"])
    ways = [Geod(ellps="WGS84").inv(*HANGZHOU[0], *lonlat(id)[0])[2] / 1000 for id in ("chicago", "sydney")]
    america, australia = (f"{round(way / 100) * 100:,}" for way in ways)
    assert marked(drawing.figure, "beyond-") == {"beyond-chicago", "beyond-sydney"}
    labels = drawn.texts(drawing.figure)
    assert f"Chicago\n1 in, 2 out · {america} km" in labels  # over the globe, to the hundred
    assert f"Sydney\n1 online · {australia} km" in labels
    assert "Beyond the frame, marked at its edge: two places." in drawing.notes
    assert "beyond the frame" in drawn.legend_words(drawing.figure)
    frame, dots = drawn.canvas(drawing.figure), drawn.dots(drawing.figure)
    assert dots["beyond-chicago"][0] > frame.right * 0.9  # where America is looked for: in the east
    assert dots["beyond-sydney"][1] < drawn.canvas(drawing.figure).top * 0.3
    assert {"Chicago", "Sydney"} <= set(drawing.table["Abroad"])


def test_the_frame_is_cropped_to_those_that_are_near(draw):
    near = draw(drawn.lines(*(("inbound", id) for id in drawn.NEAR_IDS[20:32])))
    far = draw(SETS["far"])

    def span(drawing):
        dots = drawn.dots(drawing.figure)
        return np.hypot(*(np.array(dots["place-hangzhou"]) - dots["place-dresden"]))

    assert span(far) > 0.75 * span(near)


@pytest.mark.parametrize(("far", "kind"), [(2, "regional"), (4, "world")])
def test_the_world_is_drawn_where_more_than_a_fifth_lie_far_away(far, kind):
    places = np.vstack([HANGZHOU, lonlat(*drawn.NEAR_IDS[20:30], *drawn.FAR_IDS[4 : 4 + far])])
    assert choose_projection(places, HANGZHOU)[0].kind == kind


def test_region_and_world_can_be_asked_for(draw):
    world = draw(SEVEN, region="world").figure
    (left, right), size = world.axes[0].get_xlim(), 2 * np.pi * 6.37e6
    assert right - left > 0.8 * size
    region = draw(WORLD, region="region").figure
    assert marked(region, "beyond-")
    assert np.diff(region.axes[0].get_xlim())[0] < 0.6 * size
    with pytest.raises(UsageError, match=r'"regoin" is not known.*region'):
        draw(WORLD, region="regoin")


def test_more_far_places_than_an_edge_has_room_for_are_counted(draw):
    lines = drawn.lines(
        ("inbound", "gifu"), *(("inbound", id) for id in drawn.FAR_IDS), *(("inbound", id) for id in drawn.NEAR_IDS)
    )
    drawing = draw(lines, region="region", size=style.A4)
    dots = np.array([at for id, at in drawn.dots(drawing.figure).items() if id.startswith("beyond-")])
    apart = [np.hypot(*(a - b)) for a, b in itertools.combinations(dots, 2)]
    assert min(apart) > 20
    assert set(drawing.table["Abroad"]) >= {"Cape Town", "Lima"}


# --- ties ----------------------------------------------------------------------------------------


def all_lines(told):
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    agreed = agreements.agreements(told.corpus, told.exchanges)
    return lines, flows.ties(agreed, lines, told.corpus), missing


AGREED = """
agreements:
- id: {id}
  kind: {kind}
  level: institution
  says: some words
  parties: [zhejiang-library, {partner}]
  {more}
"""


def test_an_agreement_without_movement_is_a_tie(asked):
    told = asked(HPL)
    lines, ties, _ = all_lines(told)
    pairs = set(zip(ties["home_place"], ties["other_place"], strict=True))
    met = lines[lines["kind"] != "planned"]
    assert not pairs & set(zip(met["home_place"], met["other_place"], strict=True))
    seats = told.corpus["organisations"].set_index("org_id")["place_id"]
    agreed = told.agreements.set_index("agreement_id")
    for row in ties.itertuples():
        assert row.kind == "tie"
        assert agreed.loc[row.record_id, "level"] != "city"
        assert row.other_place in {seats[org] for org in agreed.loc[row.record_id, "partners"]}
        assert agreed.loc[row.record_id, "step"] not in ("approved", "discussed", "ended")
    assert list(ties.columns) == list(lines.columns)


def test_a_tie_has_a_line_of_its_own_and_no_arrow(draw):
    figure = draw(drawn.lines(("tie", "london"), ("inbound", "rome"))).figure
    assert "tie without movement" in drawn.legend_words(figure)
    colours = [to_hex(patch.get_facecolor()) for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    assert colours == [style.COLOURS["inbound"]]
    [line] = [line for line in figure.axes[0].lines if line.get_gid() == "flow-tie-hangzhou-london"]
    assert to_hex(line.get_color()) == style.COLOURS["tie"]
    assert style.LINES["tie"] not in [style.LINES[kind] for kind in drawn.KINDS]


# --- weights -------------------------------------------------------------------------------------


def test_the_legend_shows_widths_that_occur(draw):
    figure = draw(drawn.lines(*(("inbound", "london"),) * 6, *(("inbound", "rome"),) * 3, ("inbound", "paris"))).figure
    assert drawn.legend_words(figure)[-3:] == ["1 record", "3 records", "6 records"]
    shown = {text.get_text(): line.get_linewidth() for text, line in
             zip(figure.legends[0].get_texts(), figure.legends[0].get_lines(), strict=True)}  # fmt: skip
    drawn_widths = {line.get_gid(): line.get_linewidth() for line in figure.axes[0].lines}
    for number, city in ((1, "paris"), (3, "rome"), (6, "london")):
        word = "record" if number == 1 else "records"
        assert shown[f"{number} {word}"] == drawn_widths[f"flow-inbound-hangzhou-{city}"]


def test_many_flows_keep_the_heaviest_and_say_so(asked, root):
    corpus, ids = drawn.with_more(drawn.with_cities(asked(HPL).corpus))
    rows = [(drawn.KINDS[(n + k) % 4], id) for n, id in enumerate(ids) for k in range(1 + 12 // (n + 1))]
    lines = drawn.lines(*rows)
    lines = pd.concat([lines] * 150, ignore_index=True).assign(record_id=lambda t: [f"e{n}" for n in range(len(t))])
    assert len(lines) > 30_000
    drawing = maps.exchange_map(lines, drawn.NOTHING_MISSING, corpus, Words(corpus, "en"), root / "data/raw/basemap")
    flows_drawn = set(drawn.flow_paths(drawing.figure))
    assert 0 < len(flows_drawn) <= maps.HEAVIEST
    pairs = lines.groupby(["kind", "other_place"]).size()
    assert len(drawing.table) == len(pairs)
    assert sum(int(number.replace(",", "")) for number in drawing.table["Number"]) == len(lines)
    assert f"being many and light: {len(pairs) - len(flows_drawn)} lines" in drawing.notes
    pale = [part for part in drawing.figure.axes[0].collections if str(part.get_gid()).startswith("pale-")]
    assert sum(len(part.get_paths()) for part in pale) == len(pairs) - len(flows_drawn)


def test_where_many_flows_weigh_the_same_none_is_picked_by_chance(asked, root):
    corpus, ids = drawn.with_more(drawn.with_cities(asked(HPL).corpus))
    words = Words(corpus, "en")

    def picture(number):
        lines = drawn.lines(*itertools.islice(((kind, id) for kind in drawn.KINDS for id in ids), number))
        return maps.exchange_map(lines, drawn.NOTHING_MISSING, corpus, words, root / "data/raw/basemap")

    few, many = picture(100), picture(maps.EQUAL + 1)
    assert len(drawn.flow_paths(few.figure)) == 100
    assert "pale" not in few.notes
    assert len(drawn.flow_paths(many.figure)) == 0
    assert f"{maps.EQUAL + 1} lines" in many.notes


@pytest.mark.parametrize("size", style.SIZES.values(), ids=style.SIZES)
def test_two_hundred_places_are_readable(asked, root, size):
    corpus, ids = drawn.with_more(drawn.with_cities(asked(HPL).corpus))
    lines = drawn.lines(*((drawn.KINDS[n % 4], id) for n, id in enumerate([*ids, *drawn.NEAR_IDS])))
    drawing = maps.exchange_map(
        lines, drawn.NOTHING_MISSING, corpus, Words(corpus, "en"), root / "data/raw/basemap", size
    )
    labels = list(drawn.texts(drawing.figure).values())
    dots = np.array(list(drawn.dots(drawing.figure).values()))
    frame = drawn.canvas(drawing.figure)
    assert len(labels) > 60
    assert all(a.overlap(b) <= 1 for a, b in itertools.combinations(labels, 2))
    assert all(box.holds(dots) == 0 for box in labels)
    assert all(frame.overlap(box) == pytest.approx((box.right - box.left) * (box.top - box.bottom)) for box in labels)
    assert len(dots) == len(ids) + len(drawn.NEAR_IDS) + 1
    assert f"for want of room: {len(dots) - len(labels)} places" in drawing.notes


# --- sizes, languages ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", style.SIZES.values(), ids=style.SIZES)
@pytest.mark.parametrize("home", HOMES)
def test_every_size_holds_the_real_homes(asked, root, home, size, language):
    told = asked(home)
    lines, ties, missing = all_lines(told)
    words = told.words(language)
    whole = pd.concat([lines, ties], ignore_index=True)
    drawing = maps.exchange_map(whole, missing, told.corpus, words, root / "data/raw/basemap", size)
    figure = drawing.figure
    width, height = figure.get_size_inches()
    assert (width, height) <= (size.width, size.height + 1e-6)
    frame, legend = drawn.canvas(figure), drawn.legend_box(figure)
    assert legend.left >= 0
    assert legend.bottom >= 0
    assert legend.right <= frame.right
    labels = drawn.texts(figure)
    assert all(box.overlap(legend) == 0 for box in labels.values())
    assert all(a.overlap(b) <= 1 for a, b in itertools.combinations(labels.values(), 2))
    assert all(box.left >= 0 and box.right <= frame.right and box.top <= frame.top for box in labels.values())
    assert len(drawing.table) == len(whole.drop_duplicates(["kind", "home_place", "other_place"]))


# --- the cities of the home ----------------------------------------------------------------------

GROUP = "zhejiang-libraries"


def boxes(axes, figure):
    renderer = figure.canvas.get_renderer()
    found = {}
    for text in axes.texts:
        extent = text.get_window_extent(renderer)
        found[text.get_text()] = Box(extent.x0, extent.y0, extent.x1, extent.y1)
    return found


def test_a_home_with_several_seats_has_a_panel_of_its_cities(real, asked):
    figure = real(GROUP).figure
    assert len(figure.axes) == 2
    inset = figure.axes[1]
    corpus = asked(GROUP).corpus
    organisations = corpus["organisations"]
    seats = set(organisations.loc[organisations["org_id"].isin(corpus.members), "place_id"].dropna())
    assert {line.get_gid() for line in inset.lines} >= {f"home-place-{id}" for id in seats}
    names = boxes(inset, figure)
    assert all(any(corpus.name(id, "en") in text for text in names) for id in seats)
    assert all(a.overlap(b) <= 1 for a, b in itertools.combinations(names.values(), 2))
    extent = inset.get_window_extent()
    panel = Box(extent.x0, extent.y0, extent.x1, extent.y1)
    assert all(panel.left <= box.left and box.right <= panel.right and box.top <= panel.top for box in names.values())
    dots = np.array(list(drawn.dots(figure).values()))
    lines = np.vstack([piece for pieces in drawn.flow_paths(figure).values() for piece in pieces])
    assert panel.holds(dots) == panel.holds(lines) == 0
    assert [name for name, box in drawn.texts(figure).items() if box.overlap(panel) > 0] == []


def test_a_home_with_one_seat_has_none(real):
    assert len(real(HPL).figure.axes) == len(real("zhejiang-library").figure.axes) == 1


def test_the_cities_of_the_home_as_a_map(asked, root):
    told = asked(GROUP)
    lines, _, missing = all_lines(told)
    ways = (
        maps.home_map(lines, told.corpus, told.words(), root / "data/raw/basemap"),
        maps.exchange_map(lines, missing, told.corpus, told.words(), root / "data/raw/basemap", region="home"),
    )
    for drawing in ways:
        numbers = lines.groupby("home_place")["record_id"].nunique()
        names = boxes(drawing.figure.axes[0], drawing.figure)
        assert f"Hangzhou {numbers['hangzhou']}" in names
        sizes = {line.get_gid(): line.get_markersize() for line in drawing.figure.axes[0].lines}
        assert max(sizes, key=sizes.get) == "home-place-hangzhou"
        assert "Ningbo" in names  # of which nothing is drawn
        rows = drawing.table[drawing.table["Place"] == "Hangzhou"]
        assert len(rows) == lines[lines["home_place"] == "hangzhou"]["kind"].nunique()
        assert drawing.table.set_index("Place").loc["Ningbo", "Number"] == "0"
        assert drawing.alt.startswith("Map of the cities of the public libraries of Zhejiang: Hangzhou with")
        assert drawing.notes.endswith("As of 31 October 2026.")


# --- the ground ----------------------------------------------------------------------------------


def with_map(project, settings):
    text = project.settings_file.read_text(encoding="utf-8")
    start = text.index("[map]")
    project.settings_file.write_text(f"{text[:start]}[map]\n{settings}", "utf-8")
    return ask(project)


def layers(figure):
    return [patch.get_gid() for patch in figure.axes[0].patches if not isinstance(patch, FancyArrowPatch)]


def test_countries_are_shaded_only_where_the_settings_ask(project, root, real):
    assert layers(real(HPL).figure) == ["land", "lakes"]
    assert "borders are not drawn" in real(HPL).notes
    told = with_map(
        project,
        """
basemap = "countries"
point_of_view = { en = "an invented one", zh = "虚构" }
review_number = "GS(2026)0000"
""",
    )
    lines, _, missing = all_lines(told)
    drawing = maps.exchange_map(lines, missing, told.corpus, told.words(), root / "data/raw/basemap")
    assert layers(drawing.figure) == ["land", "countries", "lakes"]
    assert "point of view: an invented one. Review number GS(2026)0000." in drawing.notes
    assert "borders are not drawn" not in drawing.notes
    assert "country of a partner" in drawn.legend_words(drawing.figure)
    [shaded] = [patch for patch in drawing.figure.axes[0].patches if patch.get_gid() == "countries"]
    assert to_hex(shaded.get_facecolor()) == style.SHADE
    assert shaded.get_edgecolor()[3] == 0  # no border line
    assert style.SHADE not in [*style.COLOURS.values(), style.LAND, style.PAPER]
    chinese = maps.exchange_map(lines, missing, told.corpus, told.words("zh"), root / "data/raw/basemap")
    assert "所据立场：虚构。审图号：GS(2026)0000。" in chinese.notes


def test_a_finer_ground_is_taken_where_it_holds_the_frame(asked, root, tmp_path):
    told = asked(GROUP)
    lines, _, _ = all_lines(told)
    for path in (root / "data/raw/basemap").glob("*[05]m.geojson"):
        (tmp_path / path.name).symlink_to(path)
    ring = [[112, 24], [126, 24], [126, 36], [112, 36], [112, 24]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "land_10m_part.geojson").write_text(json.dumps({"features": [feature]}), encoding="utf-8")

    def area(drawing, inset):
        axes = drawing.figure.axes[inset]
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        [land] = [patch for patch in axes.patches if str(patch.get_gid()).endswith("land")]
        return sum(polygon_area(part) for part in land.get_path().to_polygons()) / ((right - left) * (top - bottom))

    def polygon_area(points):
        x, y = points.T
        return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2

    fine = maps.exchange_map(lines, drawn.NOTHING_MISSING, told.corpus, told.words(), tmp_path)
    assert area(fine, 1) == pytest.approx(1, abs=0.01)  # the panel lies in the invented part, which is all land
    assert area(fine, 0) < 0.9  # the map does not


def test_lines_are_seen_on_the_shade():
    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for kind in mapmarks.KINDS:
        assert (light(style.SHADE) + 0.05) / (light(style.COLOURS[kind]) + 0.05) >= 3, kind


@pytest.mark.parametrize(
    ("planted", "field", "needed"),
    [
        ('basemap = "world"', "basemap", "land, countries"),
        ('basemap = "countries"', "basemap", "point_of_view"),  # the caption could not say whose outlines
        ('basemap = "countries"\npoint_of_view = "ours"', "point_of_view", "point_of_view"),
        ('basemap = "land"\npoint_of_veiw = "ours"', "point_of_veiw", "point_of_view"),
    ],
)
def test_a_map_setting_that_cannot_be_used_is_one_clear_error(project, planted, field, needed):
    with pytest.raises(RecordsError) as caught:
        with_map(project, planted + "\n")
    [problem] = caught.value.problems
    assert (problem.file, problem.field) == ("workbench.toml", field)
    assert needed in problem.expected
    lines = project.settings_file.read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1].startswith(field)
