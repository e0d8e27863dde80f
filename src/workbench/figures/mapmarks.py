"""The marks of a map: lines with their arrows, dots, names, and the legend that explains them.

Takes places and curves in metres; where they stand is decided in `figures.maps`.
"""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch

from workbench.figures import style
from workbench.figures.labels import MANY, Box, place
from workbench.figures.projection import Points
from workbench.prose.facts import Fact
from workbench.prose.words import Words

KINDS = ("inbound", "outbound", "online", "planned", "tie")
_STILL = ("online", "tie")  # nobody moves: no arrow
_PALE = 0.28


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one kind between two places, taken together."""

    kind: str
    home: str
    other: str
    records: tuple[str, ...]

    @property
    def of_tables(self) -> list[tuple[str, str]]:
        """The records with their tables."""
        table = {"planned": "plans", "tie": "agreements"}.get(self.kind, "events")
        return [(table, id) for id in self.records]

    @property
    def gid(self) -> str:
        """What the line is called in the drawing."""
        return f"flow-{self.kind}-{self.home}-{self.other}"


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map: of which place (metres), how much it stands out (0 to 2), and whether its mark
    is larger than a dot, by how much if that is known (points); those without a text come last."""

    id: str
    text: str
    at: Points
    weight: int
    large: bool
    gap: float = 0.0


_ALIKE = 1.25  # numbers that differ by less than this factor are drawn alike: the eye would see no difference


class Widths:
    """The width of a line by its number of records, in points; the scale has room for the most there are."""

    def __init__(self, numbers: list[int], factor: float) -> None:
        self.most = max(numbers, default=1)
        self.factor = max(factor, 0.9)
        found = sorted(set(numbers))
        self.alike = self.most > 6 and self.most <= found[0] * _ALIKE
        middle = min(found[1:-1], key=lambda n: abs(n - (found[0] * found[-1]) ** 0.5), default=None)
        told = found if len(found) < 4 or middle is None else [found[0], middle, found[-1]]
        self.shown = [] if self.alike else told

    def __call__(self, number: int) -> float:
        if self.alike:
            return 2.0 * self.factor
        if self.most <= 6:
            return (1.3 + 0.7 * (number - 1)) * self.factor
        return (1.0 + 3.6 * (number**0.5 - 1) / (self.most**0.5 - 1)) * self.factor


# --- lines and dots -----------------------------------------------------------------------


def draw_flows(axes: Axes, flows: list[Flow], pale: list[Flow], curves: list[list[Points]], widths: Widths) -> None:
    """Draw each flow along its curve (those of ``flows``, then those of ``pale``): the heaviest first, so
    that no thin line is hidden; the pale ones below all, thin and without arrows."""
    for kind in KINDS:
        faint = [piece for flow, curve in zip(pale, curves[len(flows) :], strict=True) if flow.kind == kind
                 for piece in curve]  # fmt: skip
        if faint:
            axes.add_collection(
                LineCollection(faint, colors=style.COLOURS[kind], linestyles=[style.LINES[kind]], alpha=_PALE,
                               linewidths=0.5 * widths.factor, zorder=2, gid=f"pale-{kind}"), autolim=False,
            )  # fmt: skip
    order = sorted(range(len(flows)), key=lambda n: -len(flows[n].records))
    for n in order:
        _draw_flow(axes, flows[n], curves[n], widths(len(flows[n].records)))


def _draw_flow(axes: Axes, flow: Flow, curve: list[Points], width: float) -> None:
    colour, line = style.COLOURS[flow.kind], style.LINES[flow.kind]
    for number, piece in enumerate(curve):
        axes.plot(
            piece[:, 0], piece[:, 1], color=colour, linestyle=line, linewidth=width, zorder=3, scalex=False,
            scaley=False, solid_capstyle="round", dash_capstyle="butt",
            gid=flow.gid + (f"-piece-{number + 1}" if number else ""), url=style.about(flow.of_tables),
        )  # fmt: skip
    if flow.kind in _STILL:
        return
    piece = max(curve, key=len)
    middle = int(len(piece) * 0.62)
    ends = tuple(piece[middle]), tuple(piece[min(middle + 1, len(piece) - 1)])
    head = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=8 + 4.6 * width, color=colour, linewidth=0,
                           shrinkA=0, shrinkB=0, zorder=4)  # fmt: skip
    axes.add_patch(head)


def draw_dots(
    axes: Axes, dots: dict[str, Points], beyond: dict[str, Points], hollow: set[str], seats: set[str], main: str,
    factor: float,
) -> None:  # fmt: skip
    """Draw the places: a dot, larger for the home's seats and most for the main one; hollow where the city is
    not stated; a triangle where a place lies beyond the frame."""
    small = 5.0 if len(dots) <= MANY else 3.4 if len(dots) <= 5 * MANY else 2.4
    factor = max(factor, 0.85)
    for id, (x, y) in dots.items():
        if id in hollow:
            axes.plot(x, y, "o", markersize=9 * factor, markerfacecolor=style.PAPER, markeredgecolor=style.INK,
                      markeredgewidth=1.1, zorder=5, gid=f"country-{id}", scalex=False, scaley=False)  # fmt: skip
        else:
            size = 8 if id == main else 6.5 if id in seats else small
            axes.plot(x, y, "o", markersize=size * factor, markerfacecolor=style.INK, markeredgecolor=style.PAPER,
                      markeredgewidth=0.8, zorder=6, gid=f"place-{id}", scalex=False, scaley=False)  # fmt: skip
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for id, (x, y) in beyond.items():
        gaps = {"<": x - left, ">": right - x, "v": y - bottom, "^": top - y}
        way = min(gaps, key=lambda way: (round(float(gaps[way]), 3), way))
        axes.plot(x, y, way, markersize=8 * factor, markerfacecolor=style.PAPER, markeredgecolor=style.INK,
                  markeredgewidth=1.1, zorder=6, gid=f"beyond-{id}", scalex=False, scaley=False)  # fmt: skip


def sized(number: int, most: int, factor: float) -> float:
    """The diameter of a dot for a number of records, in points: its area grows with the number."""
    return (4.0 + 12.0 * (number / max(most, 1)) ** 0.5) * factor if number else 4.0 * factor


def draw_sized(axes: Axes, dots: dict[str, Points], numbers: dict[str, int], factor: float) -> None:
    """Draw the cities of the home, larger for more records, pale where there is none."""
    most = max(numbers.values(), default=0)
    for id in sorted(dots, key=lambda id: (-numbers[id], id)):
        colour = style.INK if numbers[id] else style.QUIET
        axes.plot(*dots[id], "o", markersize=sized(numbers[id], most, factor), zorder=5, gid=f"home-place-{id}",
                  markerfacecolor=colour if numbers[id] else style.PAPER, markeredgecolor=colour if not numbers[id]
                  else style.PAPER, markeredgewidth=0.9, scalex=False, scaley=False)  # fmt: skip


# --- names --------------------------------------------------------------------------------


def draw_labels(
    axes: Axes, labels: list[Label], curves: list[list[Points]], taken: list[Box], size: style.Size, home: bool = False
) -> list[str]:
    """Write the names where they lie on nothing (`figures.labels`), with a leader where they stand apart
    from their dot; the places for whose names there is no room are returned. ``home``: the cities of the home, whose
    map has a heading at its top and ids of their own."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    halo = [effects.withStroke(linewidth=2.6, foreground=style.PAPER)]
    many = len(labels) > MANY
    prefix = "home-" if home else ""
    texts = []
    for label in (label for label in labels if label.text):
        points = size.points((9, 9, 11)[label.weight] - (1.5 if many and not label.weight else 0))
        weight = style.bold(label.text) if label.weight else "normal"
        texts.append(
            axes.text(0, 0, style.plain(label.text), fontsize=points, fontweight=weight, zorder=7, path_effects=halo,
                      gid=f"{prefix}name-{label.id}", linespacing=1.15, ha="left", va="bottom")
        )  # fmt: skip
    to_display = axes.transData.transform
    pixels = figure.dpi / 72
    anchors = [tuple(map(float, to_display(label.at))) for label in labels]
    extents = [text.get_window_extent(renderer) for text in texts]
    gaps = [(label.gap + 3.5 if label.gap else 6.5 if label.large or label.weight == 2 else 5.0) * pixels
            for label in labels]  # fmt: skip
    view = axes.get_window_extent(renderer)
    frame = Box(view.x0 + 4, view.y0 + 4, view.x1 - 4, view.y1 - (size.points(8.5) * 2.6 if home else 4))
    drawn = _along([to_display(piece) for curve in curves for piece in curve])
    spots = place(anchors, [(box.width, box.height) for box in extents], gaps, frame, drawn, taken)  # type: ignore[arg-type]
    to_data = axes.transData.inverted().transform
    unnamed = [label.id for label in labels[len(texts) :]]
    for label, text, spot in zip(labels, texts, spots, strict=False):
        if spot is None:
            text.remove()
            unnamed.append(label.id)
            continue
        text.set_position(to_data((spot.box.left, spot.box.bottom)))
        if spot.leader is not None:
            ends = to_data(np.array(spot.leader))
            axes.plot(ends[:, 0], ends[:, 1], color=style.QUIET, linewidth=0.6, zorder=6.5, scalex=False,
                      scaley=False, gid=f"{prefix}leader-{label.id}")  # fmt: skip
    return unnamed


def _along(pieces: list[Points]) -> Points:
    """Points along lines, at most some pixels apart: what a label had better not cover."""
    found = [np.empty((0, 2))]
    for piece in pieces:
        steps = np.hypot(*np.diff(piece, axis=0).T)
        way = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.linspace(0, way[-1], max(int(way[-1] / 3), 2))
        found.append(np.column_stack([np.interp(at, way, piece[:, axis]) for axis in (0, 1)]))
    return np.vstack(found)


# --- the legend ---------------------------------------------------------------------------


def handles(kinds: list[str], widths: Widths, marks: list[str], shaded: bool, words: Words) -> list[Artist]:
    """What the legend explains: kinds of line, marks, the shading, and widths where they differ."""
    found: list[Artist] = [
        Line2D([], [], color=style.COLOURS[kind], linestyle=style.LINES[kind], linewidth=1.8, label=words.legend(kind))
        for kind in kinds
    ]
    found += [
        Line2D([], [], linestyle="none", marker="o" if mark == "country" else ">", markersize=7, color=style.INK,
               markerfacecolor=style.PAPER, label=words.legend(mark))
        for mark in marks
    ]  # fmt: skip
    if shaded:
        found.append(Patch(facecolor=style.SHADE, edgecolor="none", label=words.legend("shaded")))
    if len(widths.shown) > 1:
        found += [
            Line2D([], [], color=style.QUIET, linewidth=widths(n), solid_capstyle="butt",
                   label=words.phrase("figures/width", n=Fact("printed", f"{n:,}"), one=n == 1))
            for n in widths.shown
        ]  # fmt: skip
    return found


def draw_legend(figure: Figure, found: list[Artist], size: style.Size) -> float:
    """Draw the legend below the map, in as few rows as the width allows; returns the height it takes (inches)."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    rows = 0
    while True:
        rows += 1
        legend = figure.legend(
            handles=found, loc="lower left", bbox_to_anchor=(0.004, 0.0), bbox_transform=figure.transFigure,
            ncols=-(-len(found) // rows), frameon=False, fontsize=size.points(8.5), handlelength=2.6,
            columnspacing=1.6, borderpad=0.5, borderaxespad=0.0, labelspacing=0.4,
        )  # fmt: skip
        extent = legend.get_window_extent(renderer)
        if extent.width <= size.width * figure.dpi or rows >= len(found):
            return float(extent.height / figure.dpi)
        legend.remove()
