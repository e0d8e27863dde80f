"""Days on paper: an axis of time from which runs of empty years are cut, visibly.

Most records lie in a few years; a city tie of long before would press them into a corner. A run
of years in which nothing lies is therefore cut out, and a strip with its years stands in its place.
The years before the as-of day are never cut: that nothing happened lately is what a reader wants to see.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from workbench.figures import style
from workbench.figures.texts import measure

SHORTEST_GAP = 6  # whole years
MOST_GAPS = 3
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
STRIP = "#eeebe3"

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a day stands. The unit is a day; ``gaps`` (first and last year) take ``strip`` days each.

    After the last gap a position is the day's own number (`matplotlib.dates.date2num`).
    """

    first: int  # years
    last: int
    gaps: tuple[tuple[int, int], ...]
    strip: float
    inch: float  # days an inch

    def at(self, day: dt.date) -> float:
        """The position of a day."""
        position = number = float(date2num(day))
        for first, last in self.gaps:
            begins, ends = _new_year(first), _new_year(last + 1)
            if number < begins:
                position += ends - begins - self.strip
            elif number < ends:
                position += (ends - number) * (1 - self.strip / (ends - begins))
        return position

    def strip_of(self, gap: tuple[int, int]) -> tuple[float, float]:
        """Where the strip of a gap begins and ends."""
        return self.at(dt.date(gap[0], 1, 1)), self.at(dt.date(gap[1] + 1, 1, 1))

    @property
    def years(self) -> list[int]:
        """The years that are shown."""
        cut = {year for first, last in self.gaps for year in range(first, last + 1)}
        return [year for year in range(self.first, self.last + 1) if year not in cut]


def _new_year(year: int) -> float:
    return float(date2num(dt.date(year, 1, 1)))


def scale(spans: Iterable[Span], as_of: dt.date, inches: float, strip: float) -> Scale:
    """The scale on which days between the limits of ``spans`` and the as-of day fill so many inches.

    ``strip`` is the width of a gap in inches.
    """
    occupied = {as_of.year}
    for begins, ends in spans:
        occupied |= set(range(begins.year, min(ends.year, 9998) + 1))
    runs = sorted(_runs(occupied, as_of.year), key=lambda run: (run[0] - run[1], run))[:MOST_GAPS]
    gaps: list[tuple[int, int]] = []
    first, last = min(occupied), max(occupied)
    for run in runs:  # the longest first; each must save more than its strip takes
        tried = [*gaps, run]
        shown = _new_year(last + 1) - _new_year(first) - sum(_new_year(b + 1) - _new_year(a) for a, b in tried)
        if strip * shown / (inches - strip * len(tried)) < 0.6 * (_new_year(run[1] + 1) - _new_year(run[0])):
            gaps = tried
    cut = sum(_new_year(b + 1) - _new_year(a) for a, b in gaps)
    inch = (_new_year(last + 1) - _new_year(first) - cut) / (inches - strip * len(gaps))
    return Scale(first, last, tuple(sorted(gaps)), strip * inch, inch)


def _runs(occupied: set[int], as_of: int) -> list[tuple[int, int]]:
    """Runs of years between occupied ones, long enough to cut, that do not lead up to the as-of day."""
    years = sorted(occupied)
    pairs = itertools.pairwise(years)
    return [(a + 1, b - 1) for a, b in pairs if b - a > SHORTEST_GAP and b != as_of]


def gap_words(gap: tuple[int, int]) -> str:
    """What stands below a gap: its first and last year."""
    return f"{gap[0]}–\n{gap[1]}"


def room(scale: Scale, size: style.Size) -> float:
    """The inches that the years take below an axis."""
    return (0.44 if scale.gaps else 0.24) * size.text + 0.06


def frame(figure: Figure, axes: Axes, scale: Scale, height: float, size: style.Size) -> None:
    """Draw the axis of years below, with a strip for each gap, on axes whose y runs from ``height`` up to 0."""
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    points = size.points(8.5)
    left, right = axes.get_xlim()
    starts = [scale.at(dt.date(year, 1, 1)) for year in scale.years]
    edges = [left, *(edge for gap in scale.gaps for edge in scale.strip_of(gap)), right]
    for begins, ends in zip(edges[::2], edges[1::2], strict=True):
        axes.plot([begins, ends], [height, height], color=style.QUIET, linewidth=0.8, clip_on=False, zorder=1)
    slant = 0.035 * scale.inch
    for gap in scale.gaps:
        begins, ends = scale.strip_of(gap)
        axes.fill_betweenx([0, height], begins, ends, color=STRIP, linewidth=0, zorder=0.5)
        for edge in (begins, ends):  # the mark of a broken axis
            axes.plot([edge - slant, edge + slant], [height + 0.06, height - 0.06], color=style.QUIET, linewidth=1.0,
                      clip_on=False, zorder=3)  # fmt: skip
        axes.text((begins + ends) / 2, height + points * 1.08 / 72 + 0.055, gap_words(gap), fontsize=size.points(7.5),
                  color=style.QUIET, ha="center", va="top", linespacing=1.25, gid=f"gap-{gap[0]}")  # fmt: skip
    width = measure(figure, "2000", points)[0] + 0.12
    shown = _labelled(scale, width)
    middles = [(scale.at(dt.date(year, 1, 1)) + scale.at(dt.date(year, 12, 31))) / 2 for year in shown]
    axes.set_xticks(middles, [str(year) for year in shown], fontsize=points, color=style.QUIET)
    axes.set_xticks(starts if len(starts) <= 60 else [], minor=True)
    axes.tick_params(axis="x", which="major", length=0, pad=4)
    axes.tick_params(axis="x", which="minor", length=3.5, width=0.6, color=style.QUIET)


def _labelled(scale: Scale, width: float) -> list[int]:
    """The years whose labels have room: every one, every second, every fifth and so on; a year alone always."""
    yearly = 365.25 / scale.inch
    step = next((step for step in _STEPS if step * yearly >= width), _STEPS[-1])
    taken: list[int] = []
    for year in sorted(scale.years, key=lambda year: (not _alone(year, scale), year % step != 0, year)):
        if not _alone(year, scale) and year % step:
            continue
        if all(abs(scale.at(dt.date(year, 7, 1)) - scale.at(dt.date(t, 7, 1))) >= width * scale.inch for t in taken):
            taken.append(year)
    return sorted(taken)


def _alone(year: int, scale: Scale) -> bool:
    """The first year after a gap or before one: without its label nobody could tell where they are."""
    return any(year in (a - 1, b + 1) for a, b in scale.gaps)
