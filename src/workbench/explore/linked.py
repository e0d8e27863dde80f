"""The linked chart of the board: a map and a timeline of the same exchanges, in one Vega-Lite chart.

What the reader brushes on the timeline, clicks on the map or picks in the legend narrows the other
view inside the browser; Python hears of it through the chart's selections. The same chart stands in
JupyterLab and in the exported page.

Rows are those of `analysis.wide` (event × partner). Above `MOST` of them marks stand for partner and month
together. Time is in decimal years, so that no time zone moves a day. Only land is drawn: no borders
and no name of the basemap's own.

What does not belong here: choices and buttons (`board`), pages (`partner_page`, `board_html`).
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from workbench.figures import style
from workbench.prose import facts
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import Corpus

if TYPE_CHECKING:
    import altair as alt

MOST = 2_000  # rows drawn each by itself
MOST_LANES = 40
WIDTH, MAP_HEIGHT, LANE = 700, 360, 17  # pixels
PERIOD, PARTNER, PLACE, WAY, KIND = "period", "partner", "place", "way", "kind"  # what can be chosen in the chart
YEARS = ("first_year", "last_year")  # params of pages with controls of their own, as the next two
DIRECTIONS = {"inbound": "inbound", "outbound": "outbound", "mutual": "online"}  # all others tell of no journey
WAYS = ("inbound", "outbound", "online", "untold")
COLOURS = {**{way: style.COLOURS[way] for way in WAYS[:3]}, "untold": style.COLOURS["planned"]}
DASHES = {"inbound": [1, 0], "outbound": [1, 0], "online": [6, 3], "untold": [1, 3]}
FONT = '"Noto Sans", "DejaVu Sans", Arial, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
_BOW = {"inbound": -0.12, "outbound": -0.12, "online": 0.03, "untold": 0.1}
_REACH = 75.0  # degrees from the middle of the places: beyond it the whole world is drawn
_EARTH = 6_371_008.8  # metres
_DAYS = 365.2425
_POINT = 10 / _DAYS  # years: what lasts no longer is a dot
_MARGIN = 0.1  # radians around the places, so that a single one is not a map of one street
_PIECES = 14  # of a line
_CROWD = 150  # lines on a map
_DOTS = 400  # above it names keep clear of each other only
_LABEL = 215  # pixels for the names of the lanes
_ENDS = ["home_lon", "home_lat", "lon", "lat", "bow"]
_ARC = "datum.home_lon + ' ' + datum.home_lat + ' ' + datum.lon + ' ' + datum.lat + ' ' + datum.way"
_SIDES = (("left", 11, 0), ("right", -11, 0), ("center", 0, 16), ("center", 0, -16), ("left", 9, 11), ("left", 9, -11))
_DOT = "datum.form == 'day' || datum.form == 'assumed_day'"


def located(exchanges: pd.DataFrame, corpus: Corpus, language: str = "en") -> pd.DataFrame:
    """The wide table with ``home_city``, ``home_lon``, ``home_lat``: the seat of the body of the home that took part.

    Missing where no source names a seat. Of several bodies the first by id is taken.
    """
    takers = corpus.takers
    ours = takers[(takers["record"] == "events") & takers["org_id"].isin(corpus.members)]
    bodies = corpus["organisations"].set_index("org_id")["place_id"]
    places = corpus["places"].set_index("place_id")
    first = ours.sort_values("org_id").drop_duplicates("record_id").set_index("record_id")["org_id"]
    seat = exchanges["event_id"].map(first).map(bodies)
    names = {id: corpus.name(id, language) for id in seat.dropna().unique()}
    return exchanges.assign(
        home_city=seat.map(names), home_lon=seat.map(places["lon"]), home_lat=seat.map(places["lat"])
    )


def decimal_year(day: dt.date | None) -> float | None:
    """A day as a decimal year: 2017-07-02 is 2017.499."""
    if day is None or pd.isna(day):
        return None
    return round(day.year + (day.timetuple().tm_yday - 1) / _DAYS, 4)


def day_of(year: float) -> dt.date:
    """The day of a decimal year, the reverse of `decimal_year`."""
    whole = math.floor(year)
    return dt.date(whole, 1, 1) + dt.timedelta(days=min(365, math.floor((year - whole) * _DAYS + 0.05)))


# --- rows for the chart -------------------------------------------------------------------


def marks(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """What the chart draws, a row a mark: ids, words for the tooltip, place, time in decimal years.

    Takes rows of `located`. Columns: partner, place (keys), name, city, kind, way, when, where (words),
    begins, ends (missing: no date), form (day, assumed_day, known, within, assumed), lon, lat, home_city,
    home_lon, home_lat, weight, meetings. Above `MOST` rows those of a partner, direction, kind and month
    (of first and last day) are one mark.
    """
    rows = together(rows)
    found = pd.DataFrame(index=rows.index)
    nobody = words.phrase("board/nobody")
    found["partner"] = _text(rows["partner"])
    found["name"] = _text(rows["partner_name"], nobody)
    found["city"] = _text(rows["partner_city"], found["name"])
    found["country"] = _labels(rows["partner_country"], "country", words).replace("", words.phrase("board/no_seat"))
    found["place"] = place_keys(rows, words)
    found["kind"] = _labels(rows["type"], "event_type", words)
    found["way"] = ways(rows, words)
    found["where"] = _text(rows["place"])
    found["home_city"] = _text(rows["home_city"])
    when = {text: words.phrase("common/day", day=facts.date(text)) for text in rows["date"].dropna().unique()}
    found["when"] = _text(rows["date"].map(when), words.phrase("board/no_date"))
    for name, column in (("begins", "earliest"), ("ends", "latest")):
        known = {day: decimal_year(day) for day in rows[column].dropna().unique()}
        found[name] = rows[column].map(known).astype(float)
    found["ends"] = found["ends"] + 1 / _DAYS  # the end of the last day
    found["form"] = _forms(rows, found)
    for name, column in (("lon", "partner_lon"), ("lat", "partner_lat"), ("home_lon", "home_lon"),
                         ("home_lat", "home_lat"), ("weight", "weight")):  # fmt: skip
        found[name] = rows[column].astype(float).round(4)
    found["meetings"] = rows.get("meetings", 1)
    return found.reset_index(drop=True)


def place_keys(rows: pd.DataFrame, words: Words) -> pd.Series:
    """What the chart knows a place by: the name of the seat (of the partner where no seat is named) and its country."""
    named = _text(rows["partner_city"], _text(rows["partner_name"], words.phrase("board/nobody")))
    return named + "|" + _text(rows["partner_country"])


def ways(rows: pd.DataFrame, words: Words) -> pd.Series:
    """The words of the legend for the direction of each row."""
    return rows["direction"].map(DIRECTIONS).fillna("untold").map({way: way_words(way, words) for way in WAYS})


def way_words(way: str, words: Words) -> str:
    """The words for a direction on the map: those of the figures, and of no journey told."""
    return words.phrase("board/untold") if way == "untold" else words.legend(way)


def _text(column: pd.Series, otherwise: str | pd.Series = "") -> pd.Series:
    """A column of texts with something in place of what is missing; a column may be missing whole."""
    return column.astype(object).where(column.notna(), otherwise)


def _labels(codes: pd.Series, vocabulary: str, words: Words) -> pd.Series:
    return _text(codes.map({code: words.label(vocabulary, code) for code in codes.dropna().unique()}))


def together(rows: pd.DataFrame) -> pd.DataFrame:
    """Above `MOST` rows those of one partner, direction, kind and month as one: weights and meetings added up.

    Fewer are given back as they are. Columns: those taken, and ``meetings`` (number of rows).
    """
    if len(rows) <= MOST:
        return rows
    keyed = rows.assign(
        first=[None if pd.isna(day) else f"{day.year:04d}-{day.month:02d}" for day in rows["earliest"]],
        final=[None if pd.isna(day) else f"{day.year:04d}-{day.month:02d}" for day in rows["latest"]],
        meetings=1,
    )
    by = ["partner", "type", "direction", "first", "final"]
    told = {name: "first" for name in rows.columns if name not in (*by, "weight", "earliest", "latest")}
    groups = keyed.groupby(by, dropna=False, sort=True)
    added = groups.agg({**told, "weight": "sum", "meetings": "sum", "earliest": "min", "latest": "max"}).reset_index()
    same = added["first"].notna() & (added["first"] == added["final"])
    added["date"] = added["first"].where(same, added["first"] + "/" + added["final"])
    single = added["meetings"] == 1
    for name in ("place", "place_id", "topic"):
        added[name] = added[name].where(single)
    return added.drop(columns=["first", "final"])


def _forms(rows: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """How surely the time of each row is known: day, known (several days), within, assumed."""
    certain = {text: _is_certain(text) for text in rows["date"].dropna().unique()}
    sure = rows["date"].map(certain).eq(True)
    short = (found["ends"] - found["begins"]) <= _POINT
    form = np.where(sure, np.where(short, "day", "known"), "within")
    return pd.Series(np.where(rows["assumed"], np.where(short, "assumed_day", "assumed"), form), index=rows.index)


def _is_certain(text: str) -> bool:
    value = dates.parse(text)
    ends = (value.start_earliest, value.end_latest)
    return None not in ends and ends == (value.start_latest, value.end_earliest)


# --- the chart ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """The linked chart and the rows, places and lines it draws, by the names under which it draws them."""

    chart: alt.VConcatChart
    data: dict[str, Any]

    @property
    def has_map(self) -> bool:
        return "land" in self.data

    @property
    def spec(self) -> dict[str, Any]:
        """The whole as Vega-Lite. It is not checked against the schema: that takes longer than drawing."""
        return {**self.chart.to_dict(validate=False), "datasets": self.data}


def chart(found: pd.DataFrame, words: Words, basemap: Path, description: str, width: int = WIDTH) -> Linked:
    """The map above the timeline, linked. ``found``: rows of `marks`, at least one.

    ``basemap`` is the folder of the land; ``description`` what a screen reader says of the whole;
    ``width`` in pixels. The chart's params are `PERIOD` (an interval of ``begins``), `PARTNER`, `PLACE` and
    `WAY` (points), and ``only_partner``, ``only_kind``, ``only_way`` (empty: all) for pages with controls of
    their own, as are ``first_year`` and ``last_year`` (decimal). Without a place there is no map.
    """
    from altair.utils.schemapi import debug_mode

    drawn = found.dropna(subset=["lon", "lat"])
    data: dict[str, Any] = {"rows": json.loads(found.to_json(orient="records", double_precision=4))}
    with debug_mode(False):  # altair would check each part as it is made
        parts = [_timeline(found, words, width, beside=not drawn.empty)]
        if not drawn.empty:
            bowed = drawn.assign(bow=drawn["way"].map({way_words(way, words): bow for way, bow in _BOW.items()}))
            view = _View(bowed, width, min(MAP_HEIGHT, max(270, round(width * 0.6))))
            data |= _map_data(bowed, view, basemap)
            parts.insert(0, _map(words, view, crowded=len(data["arcs"]) > _CROWD))
        return Linked(_styled(parts, limits(found), description), data)


def _map_data(drawn: pd.DataFrame, view: _View, basemap: Path) -> dict[str, Any]:
    homes = drawn.dropna(subset=["home_lon"])[["home_city", "home_lon", "home_lat"]].drop_duplicates()
    names = _names(drawn, homes, view)
    sides = pd.DataFrame(names, columns=["place", "align", "dx", "dy"])
    placed = homes.merge(sides, how="left", left_on="home_city", right_on="place")
    return {
        "land": _land(basemap),
        "arcs": _arcs(drawn, view),
        "names": names,
        "homes": json.loads(placed.to_json(orient="records")),
    }


def _styled(parts: list[Any], years: list[float], description: str) -> Any:
    import altair as alt

    params = [alt.param(name=f"only_{name}", value="") for name in (PARTNER, KIND, WAY)]
    params += [alt.param(name=name, value=value) for name, value in zip(YEARS, years, strict=True)]
    axis: Any = {"labelColor": style.INK, "labelFontSize": 11, "gridColor": style.RULE, "domainColor": style.RULE}
    title: Any = {"color": style.INK, "subtitleColor": style.QUIET, "fontSize": 14, "subtitleFontSize": 11}
    looks = {
        "axis": alt.AxisConfig(**axis, tickColor=style.RULE),
        "title": alt.TitleConfig(**title, anchor="start", frame="group"),
        "legend": alt.LegendConfig(labelColor=style.INK, labelFontSize=12, symbolStrokeWidth=3),
        "view": alt.ViewConfig(stroke=None),
    }
    whole = alt.vconcat(*parts, spacing=18, description=description)
    own = whole.add_params(*params).resolve_scale(color="independent", strokeDash="independent")
    return own.configure(font=FONT, background=style.PAPER, **looks)


def _only() -> str:
    """Keeps what the controls of a page ask for."""
    wanted = [f"(only_{name} == '' || datum.{name} == only_{name})" for name in (PARTNER, KIND, WAY)]
    start, end = (f"(!isValid(datum.{name}) || datum.{name} {sign} {year})"
                  for name, sign, year in zip(("ends", "begins"), (">=", "<="), YEARS, strict=True))  # fmt: skip
    return " && ".join([*wanted, start, end])


def _in_period() -> str:
    """Keeps what can lie in the brushed time and has a date; everything while nothing is brushed."""
    brushed = f"{PERIOD}.begins"
    after = f"(!isValid(datum.ends) || datum.ends >= {brushed}[0])"
    before = f"(!isValid(datum.begins) || datum.begins <= {brushed}[1])"
    return f"!isValid({brushed}) || ((isValid(datum.begins) || isValid(datum.ends)) && {after} && {before})"


def _colour(words: Words, legend: bool) -> alt.Color:
    import altair as alt

    domain = [way_words(way, words) for way in WAYS]
    scale = alt.Scale(domain=domain, range=[COLOURS[way] for way in WAYS])
    return alt.Color("way:N", scale=scale, legend=_legend() if legend else None)


def _rows(source: str) -> alt.Chart:
    import altair as alt

    return alt.Chart(alt.NamedData(source))


def _chosen(name: str) -> str:
    """True of what is chosen under a name, and of everything while nothing is."""
    return f"(!length(data('{name}_store')) || vlSelectionTest('{name}_store', datum))"


def _legend() -> Any:
    import altair as alt

    return alt.Legend(title=None, orient="top", symbolType="stroke")


def _map(words: Words, view: _View, crowded: bool) -> Any:
    """``crowded``: so many lines that each is drawn thinner and its places smaller."""
    import altair as alt

    widths, sizes = ([0.4, 2.5], [18, 130]) if crowded else ([1.2, 6], [45, 320])
    place = alt.selection_point(name=PLACE, fields=["place"], on="click", clear="dblclick")
    way = alt.selection_point(name=WAY, fields=["way"], bind="legend")
    rows = _rows("rows").transform_filter(f"isValid(datum.lon) && {_only()}").transform_filter(_in_period())
    rows = rows.transform_filter(_chosen(PARTNER))
    told = [alt.Tooltip("city:N", title=words.phrase("board/tip_place")),
            alt.Tooltip("way:N", title=words.phrase("columns/direction")),
            alt.Tooltip("meetings:Q", title=words.phrase("board/tip_meetings"))]  # fmt: skip
    lines = (
        rows.transform_filter("isValid(datum.home_lon)")
        .transform_calculate(arc=_ARC)
        .transform_aggregate(weight="sum(weight)", meetings="sum(meetings)", groupby=["arc", "way", "city", "place"])
        .transform_lookup("arc", alt.LookupData(alt.NamedData("arcs"), "arc", ["type", "geometry"]))
        .mark_geoshape(filled=False, aria=False)
        .encode(
            color=_colour(words, legend=True),
            strokeWidth=alt.StrokeWidth("weight:Q", scale=alt.Scale(type="sqrt", range=widths), legend=None),
            strokeDash=alt.StrokeDash("way:N", legend=_legend(), scale=alt.Scale(
                domain=[way_words(name, words) for name in WAYS], range=[DASHES[name] for name in WAYS])),
            opacity=alt.when(way).then(alt.value(0.6 if crowded else 0.85)).otherwise(alt.value(0.06)),
            tooltip=told,
        )
    )  # fmt: skip
    together: Any = {"weight": "sum(weight)", "meetings": "sum(meetings)"}
    grouped = rows.transform_filter(way).transform_aggregate(**together, groupby=["place", "city", "lon", "lat"])
    dots = (
        grouped.mark_circle(stroke=style.INK, strokeWidth=1.0 if crowded else 1.4, cursor="pointer")
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size("weight:Q", scale=alt.Scale(type="sqrt", range=sizes), legend=None),
            fill=alt.when(place).then(alt.value(style.PAPER)).otherwise(alt.value(style.RULE)),
            opacity=alt.when(place).then(alt.value(1)).otherwise(alt.value(0.55)),
            tooltip=told[::2],
        )
        .add_params(place, way)
    )
    side: Any = {name: alt.expr(f"datum.{name}") for name in ("align", "dx", "dy")}
    names = (
        grouped.transform_lookup("place", alt.LookupData(alt.NamedData("names"), "place", list(side)))
        .transform_filter("isValid(datum.align)")
        .encode(longitude="lon:Q", latitude="lat:Q", text="city:N")
    )
    home = _rows("homes").encode(longitude="home_lon:Q", latitude="home_lat:Q")
    land = _rows("land").mark_geoshape(fill=style.LAND, aria=False)
    plain: Any = {**side, "fontSize": 11.5, "aria": False}
    bold: Any = {**plain, "fontSize": 13, "fontWeight": "bold"}
    halo: Any = {"stroke": style.PAPER, "strokeWidth": 3, "strokeJoin": "round"}
    layers = [land, lines, home.mark_circle(size=110, color=style.INK, opacity=1, aria=False), dots]
    layers += [names.mark_text(**plain, **halo), names.mark_text(**plain, color=style.INK)]
    named = home.encode(text="home_city:N")
    layers += [named.mark_text(**bold, **halo), named.mark_text(**bold, color=style.INK)]
    heading = _heading("map", words, view.width)
    return alt.layer(*layers).project(**view.vega).properties(width=view.width, height=view.height, title=heading)


def _timeline(found: pd.DataFrame, words: Words, width: int, beside: bool) -> Any:
    """``beside`` a map: what is chosen there stands out here."""
    import altair as alt

    dated = found.dropna(subset=["begins", "ends"], how="all")
    first, last = limits(found)
    lane, order = _lanes(dated)
    period = alt.selection_interval(name=PERIOD, encodings=["x"])
    partner = alt.selection_point(name=PARTNER, fields=[PARTNER], on="click", clear="dblclick")
    rows = _rows("rows").transform_filter(f"(isValid(datum.begins) || isValid(datum.ends)) && {_only()}")
    rows = rows.transform_calculate(begins=f"isValid(datum.begins) ? datum.begins : {first}",
                                    ends=f"isValid(datum.ends) ? datum.ends : {last}")  # fmt: skip
    label = min(_LABEL, round(width * 0.42))
    step = LANE if len(order) <= MOST_LANES / 2 else LANE - 2
    years = alt.Axis(format="d", tickMinStep=1, tickCount=min(12, math.ceil(last - first)), labelFlush=False)
    lanes = alt.Axis(labelLimit=label - 8, labelAlign="left", labelPadding=0, ticks=False, domain=False, grid=True)
    tests = [_chosen(name) for name in ((PARTNER, PLACE, WAY) if beside else (PARTNER,))]
    tips = {"name": "board/tip_partner", "when": "board/tip_when", "kind": "board/tip_what", "way": "columns/direction",
            "where": "columns/place_id", "meetings": "board/tip_meetings"}  # fmt: skip
    shared: Any = {
        "x": alt.X("begins:Q", title=None, axis=years,
                   scale=alt.Scale(domain=[first, last], range=[label, width], nice=False)),
        "y": alt.Y(f"{lane}:N", sort=order, title=None, axis=lanes),
        "color": _colour(words, legend=not beside),
        "opacity": alt.when(" && ".join(tests)).then(alt.value(1)).otherwise(alt.value(0.12)),
        "tooltip": [alt.Tooltip(f"{field}:{'Q' if field == 'meetings' else 'N'}", title=words.phrase(passage))
                    for field, passage in tips.items()],
    }  # fmt: skip
    pale = alt.when("datum.form == 'known'").then(alt.value(0.9)).when("datum.form == 'within'").then(alt.value(0.35))
    bars = (
        rows.transform_filter(f"!({_DOT})")
        .mark_bar(height=step * 0.55, strokeWidth=1, cursor="pointer")
        .encode(
            **shared, x2="ends:Q", stroke=_colour(words, legend=False), fillOpacity=pale.otherwise(alt.value(0.08)),
            strokeDash=alt.when("datum.form == 'assumed'").then(alt.value([3, 2])).otherwise(alt.value([1, 0])),
        )
    )  # fmt: skip
    days = (
        rows.transform_filter(_DOT)
        .mark_point(size=step * 4, filled=True, strokeWidth=1.8, cursor="pointer")
        .encode(**shared, stroke=_colour(words, legend=False),
                fillOpacity=alt.when("datum.form == 'day'").then(alt.value(1)).otherwise(alt.value(0)))
    )  # fmt: skip
    height = max(40, step * len(order))
    layers = alt.layer(bars.add_params(period, partner), days)
    return layers.properties(width=width, height=height, title=_heading("timeline", words, width))


def _heading(name: str, words: Words, width: int) -> alt.TitleParams:
    import altair as alt

    lines = style.wrap(words.phrase(f"board/{name}_how"), width // 6).splitlines()
    return alt.TitleParams(words.phrase(f"board/{name}"), subtitle=lines)


def limits(marks: pd.DataFrame) -> list[float]:
    """First and last year shown, whole years that hold every bound."""
    known = pd.concat([marks["begins"], marks["ends"] - 2 / _DAYS]).dropna()  # the last day, not the one after
    if known.empty:
        return [2000.0, 2001.0]
    return [float(math.floor(known.min())), float(max(math.ceil(known.max()), math.floor(known.min()) + 1))]


def _lanes(dated: pd.DataFrame) -> tuple[str, list[str]]:
    """The finest way to divide the timeline into at most `MOST_LANES` lanes, and their order: the one
    met last comes first."""
    for lane in ("name", "country", "kind"):
        last = dated.groupby(lane)["ends"].max().fillna(math.inf)
        if len(last) <= MOST_LANES:
            break
    return lane, [str(name) for name in sorted(last.index, key=lambda name: (-last[name], name))]


# --- places -------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _land(basemap: Path) -> list[dict[str, Any]]:
    """The coarse outlines of the land to a tenth of a degree, without Antarctica, as d3 wants them: outer
    rings clockwise."""
    features = json.loads((basemap / "land_110m.geojson").read_text(encoding="utf-8"))["features"]
    found = []
    for feature in features:
        kind, parts = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        polygons = [parts] if kind == "Polygon" else parts
        turned = [[[[round(x, 1), round(y, 1)] for x, y in reversed(ring)] for ring in rings] for rings in polygons]
        kept = [rings for rings in turned if max(y for _, y in rings[0]) > -60]
        if kept:
            found.append({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": kept}})
    return found


class _View:
    """The projection for the places drawn, and the pixels in which they stand.

    Equal-area azimuthal around their middle where none lies far off, else Equal Earth, turned so that no
    line from home crosses its edge; scaled and moved so that all places and lines are in the frame.
    """

    def __init__(self, drawn: pd.DataFrame, width: int, height: int) -> None:
        self.width, self.height = width, height
        ends = drawn[["home_lon", "home_lat"]].set_axis(["lon", "lat"], axis=1).dropna()
        points = pd.concat([drawn[["lon", "lat"]], ends]).drop_duplicates()
        self.lon, self.lat, self.regional = _middle(points, ends)
        shape = f"+proj=laea +lat_0={self.lat}" if self.regional else "+proj=eqearth"
        crs = f"{shape} +lon_0={self.lon} +R={_EARTH} +units=m"
        self._forward = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        shown = [self.plane(*point) for point in points.itertuples(index=False)]
        shown += [point for line in drawn.dropna(subset=["home_lon"])[_ENDS].drop_duplicates().itertuples(index=False)
                  for point in self.curve(*line)]  # fmt: skip
        x, y = np.array(shown).T
        left, right, low, high = x.min() - _MARGIN, x.max() + _MARGIN, y.min() - _MARGIN, y.max() + _MARGIN
        self.scale = round(min(width / (right - left), height / (high - low)), 2)
        self.shift = [round(width / 2 - (left + right) / 2 * self.scale, 2),
                      round(height / 2 + (low + high) / 2 * self.scale, 2)]  # fmt: skip

    @property
    def vega(self) -> dict[str, Any]:
        return {
            "type": "azimuthalEqualArea" if self.regional else "equalEarth",
            "rotate": [-self.lon, -self.lat if self.regional else 0, 0],
            "scale": self.scale,
            "translate": self.shift,
            "clipExtent": [[0, 0], [self.width, self.height]],
        }

    def plane(self, lon: float, lat: float) -> tuple[float, float]:
        """A place in radians of the projection's plane."""
        x, y = self._forward.transform(lon, lat)
        return x / _EARTH, y / _EARTH

    def pixels(self, lon: float, lat: float) -> tuple[float, float]:
        """A place in pixels of the frame, from its upper left corner."""
        x, y = self.plane(lon, lat)
        return self.shift[0] + x * self.scale, self.shift[1] - y * self.scale

    def curve(self, home_lon: float, home_lat: float, lon: float, lat: float, bow: float) -> list[tuple[float, float]]:
        """The line from home to a place in the plane, pushed to one side by a part of its length."""
        (x0, y0), (x1, y1) = self.plane(home_lon, home_lat), self.plane(lon, lat)
        across = (-(y1 - y0) * bow, (x1 - x0) * bow)
        return [(x0 + t * (x1 - x0) + 4 * t * (1 - t) * across[0], y0 + t * (y1 - y0) + 4 * t * (1 - t) * across[1])
                for t in (step / _PIECES for step in range(_PIECES + 1))]  # fmt: skip

    def line(self, *ends: float) -> list[list[float]]:
        """That line in degrees."""
        back = self._forward.transform(*(np.array(self.curve(*ends)) * _EARTH).T, direction="INVERSE")
        return [[round(float(x), 2), round(float(y), 2)] for x, y in zip(*back, strict=True)]


def _middle(points: pd.DataFrame, ends: pd.DataFrame) -> tuple[float, float, bool]:
    """Longitude and latitude of the middle of some places, and whether they fit on one side of the globe."""
    lon, lat = np.radians(points["lon"].to_numpy(float)), np.radians(points["lat"].to_numpy(float))
    vectors = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    mean = vectors.mean(axis=0)
    mean = mean / (np.linalg.norm(mean) or 1.0)
    if np.degrees(np.arccos(np.clip(vectors @ mean, -1, 1))).max() <= _REACH:
        return (round(math.degrees(math.atan2(mean[1], mean[0])), 1), round(math.degrees(math.asin(mean[2])), 1), True)
    own = float(ends["lon"].iloc[0]) if len(ends) else 0.0
    turned = (points["lon"].to_numpy(float) - own + 180) % 360 - 180
    return round((own + (turned.min() + turned.max()) / 2 + 180) % 360 - 180, 1), 0.0, False


def _arcs(drawn: pd.DataFrame, view: _View) -> list[dict[str, Any]]:
    """For each home, place and direction its line as a feature, under the key that `_ARC` makes."""
    lines = drawn.dropna(subset=["home_lon"]).drop_duplicates([*_ENDS, "way"])
    return [
        {"arc": f"{row.home_lon:g} {row.home_lat:g} {row.lon:g} {row.lat:g} {row.way}", "type": "Feature",
         "geometry": {"type": "LineString", "coordinates": view.line(*(getattr(row, name) for name in _ENDS))}}
        for row in lines.itertuples(index=False)
    ]  # fmt: skip


def _names(drawn: pd.DataFrame, homes: pd.DataFrame, view: _View) -> list[dict[str, Any]]:
    """The places that can be named without touching another name or dot, homes and the weightiest first; each
    with its side of the dot."""
    weights = drawn.groupby(["place", "city", "lon", "lat"], as_index=False)["weight"].sum()
    ordered = weights.sort_values(["weight", "place"], ascending=[False, True])
    own = [(row.home_city, row.home_city, view.pixels(row.home_lon, row.home_lat)) for row in homes.itertuples()]
    others = [(row.place, row.city, view.pixels(row.lon, row.lat)) for row in ordered.itertuples()]
    taken = [(x - 8, y - 8, x + 8, y + 8) for _, _, (x, y) in own + others][:_DOTS]
    found = []
    for key, city, (x, y) in own + others:
        long = style.columns(city) * (7.6 if (key, city) == (city, city) else 6.4) + 4
        for align, dx, dy in _SIDES:
            left = x + dx - {"left": 0.0, "right": long, "center": long / 2}[align]
            box = (left, y + dy - 7, left + long, y + dy + 7)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= view.width and box[3] <= view.height
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                found.append({"place": key, "align": align, "dx": dx, "dy": dy})
                break
    return found


def _touch(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
