"""Charts: how many, of which kind, with which countries, who owes a visit, what the records rest on.

Each function draws the table of one function of `workbench.analysis` and returns None where there is
nothing to draw. Bars carry their numbers, so that a legend is needed only where two looks of a bar are
told apart: full is sure, hatched is doubt. Lengths here are inches; the unit of an axis is a bar's own.

There is no network of partners: a home's partners are known to it one by one, and who met whom among
them is not on record, so a network would be a star and say what map and bars say better.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from workbench.analysis.activity import WINDOW
from workbench.figures import datemarks, style, timescale
from workbench.figures.texts import measure, wrapped
from workbench.prose.captions import charts as captions
from workbench.prose.facts import Fact
from workbench.prose.frames import readable, span
from workbench.prose.words import Words
from workbench.records.selection import Corpus
from workbench.records.text import capital

BAR_COLOUR = "#4f6d7a"  # of bars that tell no direction
_TALL = 0.17  # of a bar
_GAP = 0.09  # between rows
_MOST = 40  # rows on a page that scrolls
_FEWEST = 3
_MANY_SOURCES = 5  # so many sources and more share a bar
_HATCH = "//////"
_LIFE = 0.26  # of an agreement's line and the marks above it
_WIDEST = 1.1  # inches of one unit: a bar of one is no beam


# --- rows of bars ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a chart: its name left, its bar, what stands right of it; a heading has neither bar nor end.

    A row without a mark is of others taken together: it has a number and no bar, which would dwarf the rest.
    """

    name: str
    value: float = 0.0
    low: float | None = None  # what is sure of the value; None: all of it
    mark: str = ""  # what its bar is called in the drawing; empty for others taken together
    end: str = ""
    heading: bool = False
    more: Any = None
    about: tuple[tuple[str, str], ...] = ()  # what its bar stands for: a body, or records (table and id)

    @property
    def number(self) -> str:
        return span(self.value if self.low is None else self.low, self.value)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of a chart stand: axes whose y is inches from the top and whose x is inches too."""

    axes: Axes
    middles: tuple[float, ...]
    width: float
    height: float


def _room(figure: Figure, rows_of: Callable[[int], list[Row]], number: int, size: style.Size, around: float,
          share: float = 0.27, least: float = _TALL) -> int:  # fmt: skip
    """How many of so many rows a size has room for, beside so many inches of other things.

    ``rows_of`` makes the rows of a chart that shows at most so many.
    """
    most = min(number, _MOST)
    while most > _FEWEST:
        tall = _heights(figure, rows_of(most), size, share, least)
        over = around + sum(tall) - size.height
        if over <= 0:
            break
        most = max(_FEWEST, most - max(1, int(over / max(tall))))
    return most


def _heights(figure: Figure, rows: Sequence[Row], size: style.Size, share: float, least: float) -> list[float]:
    """The height of each row, after what stands in it."""
    found = []
    for row in rows:
        texts = [text for text in (wrapped(row.name, size, share), row.end) if text]
        tall = max([least * size.text, *(measure(figure, text, size.points(9))[1] for text in texts)])
        found.append(tall + (_GAP + 0.08 * row.heading) * size.text)
    return found


def _margins(figure: Figure, rows: Sequence[Row], size: style.Size, share: float) -> tuple[float, float]:
    """The room left of bars, for the names, and right of them, for the ends."""
    points = size.points(9)
    names = [measure(figure, wrapped(row.name, size, share), points)[0] for row in rows if not row.heading]
    ends = [measure(figure, row.end, points)[0] for row in rows if row.end]
    return 0.2 + max(names), max(ends) + 0.2 if ends else 0.1


def _lay(
    figure: Figure, rows: Sequence[Row], size: style.Size, above: float = 0.0, below: float = 0.0, share: float = 0.27,
    least: float = _TALL,
) -> Rows:  # fmt: skip
    """Lay rows out: names left, as wide as they are, ends right; the figure gets its height."""
    k, points = size.text, size.points(9)
    names = [wrapped(row.name, size, share) for row in rows]
    left, right = _margins(figure, rows, size, share)
    middles, y = [], 0.0
    for row, tall in zip(rows, _heights(figure, rows, size, share, least), strict=True):
        middles.append(y + tall / 2 + 0.04 * k * row.heading)
        y += tall
    height = above + y + below
    figure.set_size_inches(size.width, height)
    width = size.width - left - right
    axes = figure.add_axes((left / size.width, below / height, width / size.width, y / height))
    axes.set(xlim=(0, width), ylim=(y, 0))
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xticks([])
    plain = [(middle, name) for middle, name, row in zip(middles, names, rows, strict=True) if not row.heading]
    axes.set_yticks([m for m, _ in plain], [style.plain(n) for _, n in plain], fontsize=points, linespacing=1.15)
    axes.tick_params(axis="y", length=0, pad=5, labelcolor=style.INK)
    for middle, row in zip(middles, rows, strict=True):
        if row.heading:
            axes.text(0.012 * size.width - left, middle, style.plain(row.name), fontsize=points, color=style.QUIET,
                      va="center", fontweight=style.bold(row.name))  # fmt: skip
        if row.end:
            axes.text(width + 0.12, middle, style.plain(row.end), fontsize=points, color=style.INK, va="center",
                      linespacing=1.15)  # fmt: skip
    return Rows(axes, tuple(middles), width, y)


def _bar(axes: Axes, begins: float, ends: float, y: float, tall: float, **look: Any) -> None:
    axes.add_patch(Rectangle((begins, y - tall / 2), ends - begins, tall, **{"linewidth": 0.8, "zorder": 3} | look))


def _number(axes: Axes, x: float, y: float, text: str, size: style.Size, side: str = "left") -> None:
    """A number beside the end of a bar."""
    shift = 0.05 if side == "left" else -0.05
    axes.text(x + shift, y, text, fontsize=size.points(8.5), color=style.INK, ha=side, va="center_baseline", zorder=4)


def _sized(rows: Sequence[Row], figure: Figure, width: float, size: style.Size) -> float:
    """Inches a unit, so that the longest bar and its number fit."""
    widest = max(measure(figure, row.number, size.points(8.5))[0] for row in rows)
    return min(_WIDEST * size.text, (width - widest - 0.15) / max([1.0, *(row.value for row in rows if row.mark)]))


def _key(figure: Figure, entries: Sequence[tuple[str, Any]], size: style.Size, y: float) -> Legend:
    """A legend of bars, its upper edge so many inches above the foot of the figure."""
    for columns in range(len(entries), 0, -1):
        legend = figure.legend(
            [handle for _, handle in entries], [label for label, _ in entries], loc="upper left",
            bbox_to_anchor=(0.012, y / figure.get_figheight()), bbox_transform=figure.transFigure, ncols=columns,
            frameon=False, fontsize=size.points(8.5), handlelength=2.0, handletextpad=0.7, columnspacing=1.8,
            borderpad=0.0, borderaxespad=0.0,
        )  # fmt: skip
        if columns == 1 or legend.get_window_extent().width / figure.dpi <= size.width - 0.25:
            break
        legend.remove()
    return legend


def _hatched(colour: str) -> dict[str, Any]:
    return {"facecolor": style.PAPER, "edgecolor": colour, "hatch": _HATCH}


def _others(rest: pd.DataFrame, words: Words) -> list[Row]:
    """The row of what has no row of its own; records that several of them share count once."""
    if rest.empty:
        return []
    return [Row(_number_of_others(len(rest), words), float(len(_ids(rest))))]


def _number_of_others(number: int, words: Words) -> str:
    return capital(words.phrase("figures/lane_others", n=Fact("number", number)))


def _kept(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows that have a row of their own where there is room for ``most``, the others taking one."""
    return frame if len(frame) <= most else frame.head(most - 1)


def _ids(frame: pd.DataFrame) -> tuple[str, ...]:
    """The records behind some rows, each once."""
    return tuple(dict.fromkeys(id for ids in frame["records"] for id in ids))


# --- by year ---------------------------------------------------------------------------------------


@style.house()
def per_year(
    frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN, year: int = 0
) -> style.Drawing | None:
    """Draw `analysis.spread.per_year`: exchanges by year, and below them the sources published in each.

    ``year`` is the one that a report is about: a band marks it.

    A full bar is what surely began in the year, the hatched part on top what may have. Both panels
    stand on the same years; a year without anything is an empty place. None without any exchange.
    """
    if frame.empty or not frame["high"].sum():
        return None
    k, years = size.text, [int(year) for year in frame["year"]]
    low, high, sources = ([int(n) for n in frame[column]] for column in ("low", "high", "sources"))
    doubt = any(a < b for a, b in zip(low, high, strict=True))
    upper, lower, foot = 2.0 * k, 0.75 * k, (0.55 if doubt else 0.3) * k
    heads = 0.3 * k
    height = heads + upper + heads + lower + foot
    figure = style.new_figure(size.width, height)
    margin = 0.12 if len(years) < 20 else 0.3  # half a year's number stands left of its column
    left, width = margin / size.width, 1 - 2 * margin / size.width
    top = figure.add_axes((left, (foot + lower + heads) / height, width, upper / height))
    below = figure.add_axes((left, foot / height, width, lower / height), sharex=top)
    _columns(figure, top, "exchanges", {"facecolor": BAR_COLOUR, "edgecolor": BAR_COLOUR}, years, low, high, size)
    pale = {"facecolor": style.RULE, "edgecolor": style.QUIET}
    _columns(figure, below, "sources", pale, years, sources, sources, size)
    for axes, label in ((top, "per_year_events"), (below, "per_year_sources")):
        axes.text(0.0, 1.0, words.phrase(f"charts/{label}"), transform=axes.transAxes, fontsize=size.points(9),
                  color=style.QUIET, ha="left", va="bottom")  # fmt: skip
        axes.tick_params(axis="x", length=0, labelbottom=axes is below)
        if year in years:
            band: dict[str, Any] = {"color": style.RULE, "alpha": 0.45, "linewidth": 0, "zorder": -1}
            axes.axvspan(year - 0.5, year + 0.5, **band, gid=f"year-{year}" if axes is top else None)
    shown = _year_ticks(figure, years, size)
    below.set_xticks(shown, [str(year) for year in shown], fontsize=size.points(8.5), color=style.QUIET)
    if doubt:
        _key(figure, _doubt_key("sure", "possible", words), size, foot - 0.3 * k)
    texts = captions.per_year(words, frame, corpus, year if year in years else 0)
    table = frame[["year", "low", "high", "sources"]].assign(year=[str(year) for year in years])
    drawn = tuple(("events", id) for id in _ids(frame))
    return style.Drawing(figure, *texts, drawn=drawn, table=readable(table, words, {"year": "printed"}))


def _columns(
    figure: Figure, axes: Axes, name: str, look: dict[str, Any], years: list[int], low: list[int], high: list[int],
    size: style.Size,
) -> None:  # fmt: skip
    """Columns over years, each with its number where there is room for it."""
    tallest = max(1, *high)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(style.QUIET)
    axes.set_yticks([])
    inches = figure.get_size_inches() * axes.get_position().size
    span_of = max(years[-1] - years[0] + 1.2, inches[0] / _WIDEST)  # a few columns are no walls
    axes.set_xlim(years[0] - 0.6, years[0] - 0.6 + span_of)
    points = size.points(8.5)
    axes.set_ylim(0, tallest / (1 - (points / 72 * 1.5 + 0.25 * size.text) / inches[1]))
    texts = [span(a, b) for a, b in zip(low, high, strict=True)]
    roomy = max(measure(figure, text, points)[0] for text in texts) < inches[0] / span_of
    for year, a, b, text in zip(years, low, high, texts, strict=True):
        if a:
            axes.add_patch(Rectangle((year - 0.36, 0), 0.72, a, **look, linewidth=0.8, zorder=3, gid=f"{name}-{year}"))
        if b > a:
            axes.add_patch(Rectangle((year - 0.36, a), 0.72, b - a, **_hatched(BAR_COLOUR), linewidth=0.8, zorder=3,
                                     gid=f"{name}-doubt-{year}"))  # fmt: skip
        if b and roomy:
            axes.annotate(text, (year, b), (0, 2), textcoords="offset points", ha="center", va="bottom",
                          fontsize=points)  # fmt: skip
    if not roomy:  # then a scale instead of numbers
        axes.axhline(tallest, color=style.RULE, linewidth=0.6, zorder=0)
        axes.annotate(f"{tallest:,}", (1, tallest), (0, 2), xycoords=("axes fraction", "data"), ha="right",
                      textcoords="offset points", va="bottom", fontsize=points, color=style.QUIET)  # fmt: skip


def _year_ticks(figure: Figure, years: list[int], size: style.Size) -> list[int]:
    width = measure(figure, "2000", size.points(8.5))[0] + 0.12
    yearly = (size.width - 0.6) / (years[-1] - years[0] + 1.2)
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if step * yearly >= width), 200)
    return [year for year in years if year % step == 0] or years[:1]


# --- by kind and by country ------------------------------------------------------------------------


@style.house()
def by_kind(frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN) -> style.Drawing | None:
    """Draw `analysis.spread.kinds` for all partners together: a bar a kind, the most frequent on top.

    Kinds never tried have no bar; the note names them. None where nothing was tried.
    """
    total = frame[frame["partner"].isna()].sort_values(["high", "type"], ascending=[False, True], kind="stable")
    tried = total[total["high"] > 0]
    if tried.empty:
        return None

    def rows_of(most: int) -> list[Row]:
        kept = _kept(tried, most)
        named = [(capital(words.label("event_type", row.type)), row) for row in kept.itertuples()]
        rows = [Row(name, float(row.high), low=float(row.low), mark=row.type) for name, row in named]
        return rows + _others(tried.iloc[len(kept) :], words)

    figure = style.new_figure(size.width, 1.0)
    most = _room(figure, rows_of, len(tried), size, 0.45 * size.text)
    _simple(figure, rows_of(most), words, size)
    others = len(tried) - len(_kept(tried, most))
    texts = captions.by_kind(words, total, others, corpus)
    drawn = tuple(("events", id) for id in _ids(tried))
    return style.Drawing(figure, *texts, drawn=drawn, table=readable(total[["type", "low", "high"]], words))


@style.house()
def by_country(
    frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN
) -> style.Drawing | None:
    """Draw `analysis.spread.by_country` for all years together: a bar a country or region, by part of the world.

    Bodies of many countries stand at the foot. None where there is no partner.
    """
    total = frame[frame["year"].isna() & (frame["high"] > 0)].sort_values(["high", "country"], ascending=[False, True])
    if total.empty:
        return None
    world = "world_region"
    parts = total.dropna(subset=["country"]).groupby("region", sort=False)["high"].sum()
    order = sorted(parts.index, key=lambda part: (-int(parts[part]), part))
    many = words.phrase("charts/many_countries")

    def rows_of(most: int) -> list[Row]:
        kept = _kept(total, most)
        rows: list[Row] = []
        for part in order:
            own = kept[(kept["region"] == part) & kept["country"].notna()]
            rows += [Row(capital(words.label(world, part)), heading=True)] if len(own) else []
            rows += [_country(words.label("country", row.country), row.country, row) for row in own.itertuples()]
        foot = [_country(many, "many", row) for row in kept[kept["country"].isna()].itertuples()]
        foot += _others(total.iloc[len(kept) :], words)
        return [*rows, Row("", heading=True), *foot] if foot and rows else rows + foot

    figure = style.new_figure(size.width, 1.0)
    most = _room(figure, rows_of, len(total), size, 0.45 * size.text)
    _simple(figure, rows_of(most), words, size)
    others = len(total) - len(_kept(total, most))
    texts = captions.by_country(words, total, others, corpus)
    drawn = tuple(("events", id) for id in _ids(total))
    table = total[["country", "region", "low", "high", "partners"]].assign(
        country=[many if pd.isna(code) else words.label("country", code) for code in total["country"]]
    )
    kinds = {"country": "printed", "region": world}
    return style.Drawing(figure, *texts, drawn=drawn, table=readable(table, words, kinds))


def _country(name: str, mark: str, row: Any) -> Row:
    return Row(name, float(row.high), low=float(row.low), mark=mark, about=tuple(("events", id) for id in row.events))


def _simple(figure: Figure, rows: Sequence[Row], words: Words, size: style.Size) -> None:
    """Draw bars with their numbers; hatched is what may lie outside the period."""
    doubt = any(row.low is not None and row.low < row.value for row in rows)
    laid = _lay(figure, rows, size, above=0.03, below=0.4 * size.text if doubt else 0.08)
    unit = _sized(rows, figure, laid.width, size)
    tall = _TALL * size.text
    for row, y in zip(rows, laid.middles, strict=True):
        if row.heading:
            continue
        sure = (row.value if row.low is None else row.low) * unit
        if sure and row.mark:
            _bar(laid.axes, 0, sure, y, tall, facecolor=BAR_COLOUR, edgecolor=BAR_COLOUR, gid=f"bar-{row.mark}",
                 url=style.about(row.about))  # fmt: skip
        if row.mark and row.value * unit > sure:
            _bar(laid.axes, sure, row.value * unit, y, tall, **_hatched(BAR_COLOUR), gid=f"doubt-{row.mark}")
        _end(laid.axes, row, y, unit, size)
    if doubt:
        _key(figure, _doubt_key("in_period", "perhaps_in_period", words), size, 0.3 * size.text)


def _end(axes: Axes, row: Row, y: float, unit: float, size: style.Size) -> None:
    """The line at which a bar begins, and the number at its end."""
    reach = (_TALL + _GAP) / 2 * size.text
    axes.plot([0, 0], [y - reach, y + reach], color=style.QUIET, linewidth=0.8, zorder=4)
    _number(axes, row.value * unit if row.mark else 0.0, y, row.number, size)


def _doubt_key(sure: str, doubt: str, words: Words) -> list[tuple[str, Any]]:
    return [(words.phrase(f"charts/{sure}"), Patch(facecolor=BAR_COLOUR, edgecolor=BAR_COLOUR)),
            (words.phrase(f"charts/{doubt}"), Patch(**_hatched(BAR_COLOUR)))]  # fmt: skip


# --- who owes a visit ------------------------------------------------------------------------------


@style.house()
def staff_balance(
    frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN
) -> style.Drawing | None:
    """Draw `analysis.reciprocity.balance`: a row a partner, those who came left, our own visits right.

    At the end of a row stands who owes a visit, and whether one is promised. None where nobody moved.
    """
    if frame.empty:
        return None

    def rows_of(most: int) -> list[Row]:
        kept = _kept(frame, most)
        rows = []
        for row in kept.itertuples():
            end = words.label("visit_owed", row.owes)
            if len(row.promised):
                end += "\n" + words.phrase("charts/promised")
            rows.append(
                Row(
                    words.name(row.partner),
                    end=end,
                    mark=row.partner,
                    more=(int(row.inbound), int(row.outbound)),
                    about=(("organisations", row.partner),),
                )
            )
        rest = frame.iloc[len(kept) :]
        if len(rest):
            numbers = (int(rest["inbound"].sum()), int(rest["outbound"].sum()))
            rows.append(Row(_number_of_others(len(rest), words), more=numbers))
        return rows

    figure = style.new_figure(size.width, 1.0)
    most = _room(figure, rows_of, len(frame), size, 0.3 * size.text + 0.08)
    rows = rows_of(most)
    laid = _lay(figure, rows, size, above=0.3 * size.text, below=0.08)
    _diverge(figure, laid, rows, words, size)
    texts = captions.staff_balance(words, frame, len(frame) - len(_kept(frame, most)), corpus)
    plans = {id for ids in frame["promised"] for id in ids}
    drawn = tuple(("plans" if id in plans else "events", id) for id in _ids(frame))
    table = frame.assign(promised=frame["promised"].map(len)).drop(columns=["records", "balance"])
    return style.Drawing(figure, *texts, drawn=drawn, table=readable(table, words, {"owes": "visit_owed"}))


def _diverge(figure: Figure, laid: Rows, rows: Sequence[Row], words: Words, size: style.Size) -> None:
    """Draw bars to both sides of a line: those who came left, our own visits right."""
    most_in, most_out = (max(row.more[n] for row in rows if row.mark) for n in (0, 1))
    room = max(measure(figure, str(number), size.points(8.5))[0] for row in rows for number in row.more) + 0.12
    heads = [measure(figure, words.legend(way), size.points(9))[0] + 0.08 for way in ("inbound", "outbound")]
    unit = (laid.width - 2 * room) / max(1, most_in + most_out)
    zero = min(max(room + most_in * unit, heads[0]), laid.width - heads[1])
    unit = min((zero - room) / max(1, most_in), (laid.width - zero - room) / max(1, most_out), _WIDEST * size.text)
    for row, y in zip(rows, laid.middles, strict=True):
        for way, number, side in (("inbound", row.more[0], -1), ("outbound", row.more[1], 1)):
            if number:
                look = {"facecolor": style.COLOURS[way], "edgecolor": style.COLOURS[way], "gid": f"{way}-{row.mark}",
                        "url": style.about(row.about)}  # fmt: skip
                begins, ends = sorted((zero, zero + side * number * unit * bool(row.mark)))
                if row.mark:
                    _bar(laid.axes, begins, ends, y, _TALL * size.text, **look)
                _number(laid.axes, ends if side > 0 else begins, y, str(number), size, "left" if side > 0 else "right")
    laid.axes.axvline(zero, color=style.QUIET, linewidth=0.8, zorder=4)
    for way, side, align in (("inbound", -1, "right"), ("outbound", 1, "left")):
        laid.axes.text(zero + side * 0.06, -0.06, words.legend(way), fontsize=size.points(9), ha=align, va="bottom",
                       color=style.COLOURS[way], fontweight=style.bold(words.legend(way)))  # fmt: skip


# --- agreements and time ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Life:
    """An agreement in time: what it is, its start, what happened under it, when it last showed activity."""

    id: str
    row: Row
    item: datemarks.Item | None  # its start; None where no step has a date
    acts: tuple[datemarks.Item, ...]
    first: dt.date | None  # the last activity ended between these days
    last: dt.date | None
    state: str  # active, dormant, perhaps


@style.house()
def agreement_lives(
    dormant: pd.DataFrame,
    agreements: pd.DataFrame,
    exchanges: pd.DataFrame,
    corpus: Corpus,
    words: Words,
    size: style.Size = style.SCREEN,
    months: int = WINDOW,
) -> style.Drawing | None:
    """Draw `analysis.activity.dormant`: a line an agreement, from its date on, with what happened under it.

    Takes `analysis.agreements.agreements` and `analysis.flows.exchanges` as well, and the window in months
    that ``dormant`` was asked with. The line is full up to the last activity, pale where the agreement is dormant
    and hatched where nobody can say. The latest activity stands on top. None where nothing is dated.
    """
    lives = _lives(dormant, agreements, exchanges, corpus, words)
    if not lives:
        return None
    figure = style.new_figure(size.width, 1.0)
    most = _room(figure, lambda most: [life.row for life in lives[:most]], len(lives), size, 1.15 * size.text + 0.1,
                 least=_LIFE)  # fmt: skip
    kept = lives[:most]
    rows, as_of = [life.row for life in kept], corpus.selection.as_of
    left, right = _margins(figure, rows, size, 0.27)
    items = [item for life in kept for item in (life.item, *life.acts) if item]
    inches = size.width - left - right - 0.24
    scale = timescale.scale((item.span for item in items), as_of, inches, 0.4 * size.text)
    shapes = {item.record: datemarks.shape_of(item, scale, as_of, size.text) for item in items}
    legends = _life_legends(figure, items, list(shapes.values()), scale, words, size)
    tall = [legend.get_window_extent().height / figure.dpi + 0.08 for legend in legends]
    years = timescale.room(scale, size)
    laid = _lay(figure, rows, size, above=0.05, below=years + sum(tall), least=_LIFE)
    y, height = sum(tall), figure.get_figheight()
    for legend, room in zip(legends, tall, strict=True):
        legend.set_bbox_to_anchor((0.012, y / height), transform=figure.transFigure)
        y -= room
    _draw_lives(figure, laid, kept, shapes, scale, as_of, size)
    texts = captions.agreement_lives(words, dormant, len(lives) - len(kept), len(dormant) - len(lives), months, corpus)
    drawn = [("agreements", life.id) for life in kept] + [act.record for life in kept for act in life.acts]
    return style.Drawing(figure, *texts, drawn=tuple(dict.fromkeys(drawn)), table=_life_table(dormant, lives, words))


def _lives(
    dormant: pd.DataFrame, agreements: pd.DataFrame, exchanges: pd.DataFrame, corpus: Corpus, words: Words
) -> list[Life]:
    begun, ends = datemarks.signed(corpus), datemarks.ended(corpus)
    of, events = agreements.set_index("agreement_id"), exchanges.set_index("event_id")
    found = []
    for row in dormant.itertuples():
        agreement = of.loc[row.agreement_id]
        text, basis = begun.get(row.agreement_id, (agreement["date"], agreement["basis"]))
        record = ("agreements", row.agreement_id)
        start = datemarks.dated(record, text, basis in datemarks.INFERRED, ends=ends.get(row.agreement_id))
        acts = []
        for id in row.events:
            event = events.loc[id]
            way = datemarks.WAYS.get(event["direction"], "other")
            act = datemarks.dated(("events", id), event["date"], bool(event["assumed"]), way=way)
            acts += [act] if act else []
        if start is None and not acts:
            continue
        state = "perhaps" if pd.isna(row.dormant) else "dormant" if row.dormant else "active"
        name = words.label("agreement_kind", row.kind)
        others = [words.name(org) for org in row.partners] or list(agreement.get("as_printed", ()))
        if others:
            partners = words.grammar.listed(others[:2])
            name = words.phrase("charts/agreement_name", kind=Fact("printed", name), partner=Fact("printed", partners))
        found.append(Life(row.agreement_id, Row(capital(name), end=words.phrase(f"charts/{state}")), start, tuple(acts),
                          row.last_earliest, row.last_latest, state))  # fmt: skip
    return sorted(found, key=lambda life: (-(life.last or dt.date.min).toordinal(), life.id))


def _life_legends(
    figure: Figure, items: list[datemarks.Item], shapes: list[datemarks.Shape], scale: timescale.Scale, words: Words,
    size: style.Size,
) -> list[Legend]:  # fmt: skip
    """The marks that occur, and what their colours mean."""
    used = {name for shape in shapes for name in shape.names} | ({"gap"} if scale.gaps else set())
    marks = [mark for mark in datemarks.MARKS if mark in used]
    ways = [way for way in datemarks.COLOURS if any(item.way == way for item in items)]
    found = [datemarks.legend(figure, marks, [words.legend(f"mark_{mark}") for mark in marks], size)]
    return found + ([datemarks.legend(figure, ways, [words.legend(way) for way in ways], size)] if ways else [])


def _draw_lives(
    figure: Figure, laid: Rows, lives: Sequence[Life], shapes: dict[tuple[str, str], datemarks.Shape],
    scale: timescale.Scale, as_of: dt.date, size: style.Size,
) -> None:  # fmt: skip
    axes, k = laid.axes, size.text
    first = scale.at(dt.date(scale.first, 1, 1)) - 0.12 * scale.inch
    axes.set_xlim(first, first + laid.width * scale.inch)
    for text in axes.texts:  # the ends of the rows were placed in inches
        text.set_x(first + float(text.get_position()[0]) * scale.inch)
    timescale.frame(figure, axes, scale, laid.height, size)
    now, thin = scale.at(as_of), 0.05 * k
    axes.plot([now, now], [0, laid.height], color=style.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    for life, middle in zip(lives, laid.middles, strict=True):
        y, above = middle + 0.05 * k, middle - 0.08 * k
        start = scale.at(min(act.first for act in life.acts)) if life.acts else now
        if life.item:
            step = shapes[life.item.record]
            start = step.dots[0]
            for artist in datemarks.artists(step, y, thin, k, None, f"agreements-{life.id}"):
                axes.add_artist(artist)
        ends = scale.at(life.item.span[1]) if life.item and life.item.ends else now
        day = {"active": as_of, "dormant": life.last, "perhaps": life.first}[life.state]
        until = min(max(scale.at(day), start), ends) if day else start
        _bar(axes, start, until, y, thin, facecolor=style.INK, edgecolor="none", linewidth=0, zorder=2,
             gid=f"life-{life.id}")  # fmt: skip
        if until < ends:
            look = {"facecolor": "#dcdfe2"} if life.state == "dormant" else {"facecolor": style.PAPER, "hatch": _HATCH}
            _bar(axes, until, ends, y, 2 * thin, edgecolor=style.QUIET, linewidth=0.5, zorder=1.8,
                 gid=f"{life.state}-{life.id}", **look)  # fmt: skip
        for act in life.acts:
            mark = f"{act.record[0]}-{act.record[1]}-{life.id}"
            for artist in datemarks.artists(shapes[act.record], above, 0.1 * k, k, None, mark):
                axes.add_artist(artist)


def _life_table(dormant: pd.DataFrame, lives: Sequence[Life], words: Words) -> pd.DataFrame:
    known = {life.id: life for life in lives}
    rows = dormant.sort_values("agreement_id", key=lambda ids: ids.map({id: n for n, id in enumerate(known)}))
    starts = [known[id].item if id in known else None for id in rows["agreement_id"]]
    table = pd.DataFrame(
        {
            "partners": list(rows["partners"]),
            "kind": list(rows["kind"]),
            "date": [start.date.text if start else None for start in starts],
            "last": list(rows["last_latest"]),
            "events": [len(ids) for ids in rows["events"]],
            "dormant": pd.array(rows["dormant"], dtype="boolean"),
        }
    )
    return readable(table, words, {"kind": "agreement_kind", "date": "date", "last": "day"})


# --- sources ---------------------------------------------------------------------------------------


@style.house()
def sources_per_record(
    frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN
) -> style.Drawing | None:
    """Draw `analysis.evidence.witnesses`: how many records rest on one source, on two, and so on.

    A part that rests on the home's own word alone is hatched. Events and agreements stand apart. None
    without records.
    """
    if frame.empty:
        return None
    many = frame["witnesses"].clip(upper=_MANY_SOURCES)
    tally = frame.groupby(["record", many])["own_word"].agg(number="size", own_word="sum").reset_index()
    rows = []
    for record in [record for record in ("events", "agreements") if (tally["record"] == record).any()]:
        rows.append(Row(capital(words.plural_label("record_kind", record)), heading=True))
        for row in tally[tally["record"] == record].sort_values("witnesses").itertuples():
            name = capital(_witnesses(int(row.witnesses), words))
            mark, own = f"{record}-{row.witnesses}", float(row.own_word)
            rows.append(Row(name, float(row.number), mark=mark, more=own))
    figure = style.new_figure(size.width, 1.0)
    own_word = any(row.more for row in rows)
    laid = _lay(figure, rows, size, above=0.03, below=0.4 * size.text if own_word else 0.08)
    unit = _sized(rows, figure, laid.width, size)
    for row, y in zip(rows, laid.middles, strict=True):
        if row.heading:
            continue
        own, tall = row.more, _TALL * size.text
        _bar(laid.axes, 0, (row.value - own) * unit, y, tall, facecolor=BAR_COLOUR, edgecolor=BAR_COLOUR, gid=row.mark)
        if own:
            _bar(laid.axes, (row.value - own) * unit, row.value * unit, y, tall, **_hatched(BAR_COLOUR),
                 gid=f"{row.mark}-own")  # fmt: skip
        _end(laid.axes, row, y, unit, size)
    if own_word:
        _key(figure, _doubt_key("others_word", "own_word", words), size, 0.3 * size.text)
    texts = captions.sources_per_record(words, frame, corpus)
    drawn = tuple(zip(frame["record"], frame["record_id"], strict=True))
    table = tally.rename(columns={"record": "kind"})
    return style.Drawing(figure, *texts, drawn=drawn, table=readable(table, words, {"kind": "record_kind"}))


def _witnesses(number: int, words: Words) -> str:
    passage = "register_only" if not number else "witnesses_more" if number == _MANY_SOURCES else "witnesses"
    return words.phrase(f"charts/{passage}", n=Fact("number", number))


# --- claims ----------------------------------------------------------------------------------------


@style.house()
def claims_against_records(
    frame: pd.DataFrame, corpus: Corpus, words: Words, size: style.Size = style.SCREEN
) -> style.Drawing | None:
    """Draw `analysis.claims.verdicts`: for each claim that can be counted what it claims and what is on record.

    The outline is the claim, dotted up to its highest and open where it has none; the bar inside is what the
    records bear out. Each row has a scale of its own, for libraries and delegations do not compare. At its end
    stands whether it may be said. None where no claim can be counted.
    """
    counted = frame[frame["on_record"].notna()]
    if counted.empty:
        return None
    figure = style.new_figure(size.width, 1.0)
    every = [_claim_row(row, words) for row in counted.itertuples()]
    most = _room(figure, lambda most: every[:most], len(every), size, 0.45 * size.text, share=0.34)
    kept, rows = counted.head(most), every[:most]
    laid = _lay(figure, rows, size, above=0.03, below=0.42 * size.text, share=0.34)
    for row, y in zip(rows, laid.middles, strict=True):
        _claim(laid, row, y, size)
    colour = style.INK
    entries = [(words.phrase("charts/claimed"), Patch(facecolor="none", edgecolor=colour, linewidth=1.2)),
               (words.phrase("charts/on_record"), Patch(facecolor=BAR_COLOUR, edgecolor=BAR_COLOUR))]  # fmt: skip
    if any(row.more[2] is None for row in rows):
        entries.append((words.phrase("charts/no_upper"), Line2D([], [], color=colour, marker=5, linestyle="-")))
    if any(row.more[2] is not None and row.more[2] > row.more[1] for row in rows):
        dotted = Patch(facecolor="none", edgecolor=colour, linestyle=(0, (1, 1.6)))
        entries.append((words.phrase("charts/up_to"), dotted))
    _key(figure, entries, size, 0.3 * size.text)
    texts = captions.claims_against_records(words, frame, len(counted) - len(kept), corpus)
    drawn = tuple(("claims", id) for id in kept["claim_id"])
    return style.Drawing(figure, *texts, drawn=drawn, table=_claim_table(frame, words))


def _claim_row(row: Any, words: Words) -> Row:
    """A claim with what it claims and what is on record in words."""
    name = words.phrase("charts/claim_name", measure=Fact("code", ("claim_measure", row.measure)),
                        subject=Fact("name", row.subject), as_of=Fact("date", row.as_of or None))  # fmt: skip
    low, high = _claimed(row)
    found, claimed = Fact("printed", f"{int(row.on_record):,}"), Fact("printed", span(low, high))
    numbers = words.phrase("charts/of_claimed", found=found, claimed=claimed)
    return Row(name, end=f"{numbers}\n{words.label('claim_verdict', row.verdict)}", more=(row, low, high))


def _claimed(row: Any) -> tuple[float, float | None]:
    """The lowest and the highest number that a claim can mean; no highest for "more than" and "at least"."""
    low, best, high = (None if pd.isna(value) else float(value) for value in (row.low, row.best, row.high))
    if high is None and row.qualifier not in ("more_than", "at_least"):
        high = best
    return (low if low is not None else best or 0.0), high


def _claim(laid: Rows, row: Row, y: float, size: style.Size) -> None:
    """The outline of one claim and the bar of what is on record, on a scale of their own."""
    claim, low, high = row.more
    found, k = float(claim.on_record), size.text
    room = laid.width - 0.3
    unit = room / max(low, high or low, found, 1.0)
    tall = 0.24 * k
    if high is not None and high > low:
        _bar(laid.axes, low * unit, high * unit, y, tall, fill=False, edgecolor=style.INK, linestyle=(0, (1, 1.6)),
             linewidth=1.1, gid=f"range-{claim.claim_id}")  # fmt: skip
    outline = {"fill": False, "edgecolor": style.INK, "linewidth": 1.2}
    _bar(laid.axes, 0, low * unit, y, tall, gid=f"claim-{claim.claim_id}", **outline)
    if high is None:
        laid.axes.plot([low * unit, low * unit + 0.18 * k], [y, y], color=style.INK, linewidth=1.2, marker=5,
                       markevery=[1], markersize=5 * k, zorder=3, gid=f"open-{claim.claim_id}")  # fmt: skip
    if found:
        _bar(laid.axes, 0, found * unit, y, 0.11 * k, facecolor=BAR_COLOUR, edgecolor=BAR_COLOUR, zorder=3.5,
             gid=f"found-{claim.claim_id}")  # fmt: skip


def _claim_table(frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    table = frame[["subject", "measure", "what", "qualifier", "as_of", "publisher", "on_record", "verdict", "caveats"]]
    claimed = [span(*_claimed(row)) for row in frame.itertuples()]
    table = table.assign(claimed=claimed)[[*table.columns[:3], "claimed", *table.columns[3:]]]
    return readable(table, words, {"verdict": "claim_verdict", "caveats": "claim_caveat"})
