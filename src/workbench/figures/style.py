"""One palette, one font chain, one way from a figure to bytes.

SVG text is drawn as outlines: labels fitted with one font would overlap in another. The
reader of a screen reader gets the computed alternative text instead.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, field

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK = "#1b2733"
QUIET = "#5b6672"
LAND = "#e8e6df"
RULE = "#d5d3cc"
PAPER = "#ffffff"
# Told apart by colour-blind readers and in grey; line style and mark differ too. Each has a
# contrast of at least 3:1 on white and on land.
COLOURS = {
    "inbound": "#c4501b",
    "outbound": "#0f6e74",
    "online": "#6f4a94",
    "planned": "#6b6b6b",
    "agreement": INK,
}
LINES: dict[str, str | tuple[int, tuple[float, ...]]] = {
    "inbound": "solid",
    "outbound": "solid",
    "online": (0, (6.0, 3.0)),
    "planned": (0, (1.0, 2.2)),
}
RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.edgecolor": RULE,
    "text.color": INK,
    "hatch.linewidth": 0.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "exchange-workbench",
    "figure.dpi": 100,
    "path.simplify": False,
}
WIDTH = 9.4  # inches; the page's column


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with the words that belong to it, all computed from what it shows.

    ``drawn`` are the records that the figure shows, ``alt`` its alternative text, ``notes``
    the lines below it: what was drawn, what was left out and why, basemap, as-of date.
    """

    figure: Figure
    title: str
    subtitle: str
    alt: str
    notes: str
    drawn: tuple[tuple[str, str], ...] = field(default=())

    def _repr_svg_(self) -> str:
        """What JupyterLab shows of it."""
        return svg(self.figure)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches, in the house style, outside pyplot's state."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(width, height), facecolor=PAPER)
        FigureCanvasAgg(figure)  # measures text; nothing is shown
        return figure


def plain(text: str) -> str:
    """A text for a figure, in which a dollar sign is a dollar sign and begins no formula."""
    return text.replace("$", r"\$")


def svg(figure: Figure) -> str:
    """The figure as SVG: the same bytes for the same figure. A missing glyph is an error."""
    buffer = io.StringIO()
    with mpl.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    return re.sub(r'(?<= d=")[^"]+', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), text)


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as PNG at some dots per inch."""
    buffer = io.BytesIO()
    with mpl.rc_context(RC):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()
