"""One palette, one font chain, one saver: the only place that turns a figure into bytes.

SVG text is drawn as outlines: labels fitted with one font would overlap in another. The reader
of a screen reader gets the computed alternative text and the data table instead. A character
that no font of the chain has is an error, never a box.

To change a colour, a size or a font, change it here. What does not belong here: anything that
knows what is drawn.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from workbench.errors import UsageError

INK = "#1b2733"
QUIET = "#5b6672"
LAND = "#e8e6df"
RULE = "#d5d3cc"
SHADE = "#cfdcc0"  # of partner countries; every colour of a line has a contrast of 3:1 on it
PAPER = "#ffffff"
# Told apart by colour-blind readers and in grey; line style and mark differ too. Each has a
# contrast of at least 3:1 on white and on land.
COLOURS = {
    "inbound": "#c4501b",
    "outbound": "#0f6e74",
    "online": "#6f4a94",
    "planned": "#6b6b6b",
    "agreement": INK,
    "tie": "#8a6d1f",
}
LINES: dict[str, str | tuple[int, tuple[float, ...]]] = {
    "inbound": "solid",
    "outbound": "solid",
    "online": (0, (6.0, 3.0)),
    "planned": (0, (1.0, 2.2)),
    "tie": (0, (8.0, 2.0, 1.5, 2.0)),
}
LATIN, CJK = "DejaVu Sans", "Noto Sans SC"  # of matplotlib and of pylopdf-fonts-zh-cn; glyph by glyph, in this order
RC = {
    "font.family": [LATIN, CJK],
    "font.size": 9.5,
    "axes.edgecolor": RULE,
    "text.color": INK,
    "hatch.linewidth": 0.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "exchange-workbench",
    "figure.dpi": 100,
    "text.hinting": "none",  # else letters grow as dots get larger, and names leave a small picture
    "path.simplify": False,
}
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Size:
    """Where a figure is to stand: width and greatest height in inches, and the size of its text
    as a factor of the house's."""

    name: str
    width: float
    height: float
    text: float

    def points(self, size: float) -> float:
        """A text size of the house, in points of this size."""
        return size * self.text


SCREEN = Size("screen", 9.4, 60.0, 1.0)  # the page's column; it scrolls
A4 = Size("a4", 6.5, 9.2, 0.82)  # the text column of a printed page
SLIDE = Size("slide", 12.6, 5.6, 1.3)  # 16:9, with room for its title
SIZES = {size.name: size for size in (SCREEN, A4, SLIDE)}
WIDTH = SCREEN.width


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with the words that belong to it, all computed from what it shows.

    ``drawn`` are the records that the figure shows, ``alt`` its alternative text, ``notes``
    the lines below it (what was drawn, what was left out and why, basemap, as-of date), and
    ``table`` what it shows as a table in words, one row a mark or line (`prose.frames.readable`).
    """

    figure: Figure
    title: str
    subtitle: str
    alt: str
    notes: str
    drawn: tuple[tuple[str, str], ...] = field(default=())
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _repr_svg_(self) -> str:
        """What JupyterLab shows of it."""
        with titled(self):
            return svg(self.figure)

    def save(self, path: str | Path, dpi: int = 300, words: bool = True) -> Path:
        """Write the figure to an SVG, PNG or PDF file, after the file's ending; the same bytes every time.

        ``dpi`` is for PNG; ``words`` puts title, subtitle and note into the picture, as a page has them
        around it. Raises `UsageError` for another ending. Returns the path.
        """
        path = Path(path)
        makers = {".svg": lambda: svg(self.figure).encode(), ".png": lambda: png(self.figure, dpi),
                  ".pdf": lambda: pdf(self.figure)}  # fmt: skip
        if path.suffix not in makers:
            raise UsageError(f'"{path.name}": a figure is saved as {", ".join(makers)}; end the name with one of them')
        if not path.parent.is_dir():
            raise UsageError(f'"{path}": there is no folder {path.parent}; make it, or name another')
        with ExitStack() as stack:
            if words:
                stack.enter_context(titled(self))
            content = makers[path.suffix]()
        path.write_bytes(content)
        return path


@cache
def load_fonts() -> None:
    """Make the font chain known to matplotlib, whatever its cache remembers."""
    import pylopdf_fonts_zh_cn

    known = {font.name for font in font_manager.fontManager.ttflist}
    if CJK not in known:
        font_manager.fontManager.addfont(str(pylopdf_fonts_zh_cn.sans_path()))
        face = font_manager.fontManager.ttflist[-1]
        font_manager.fontManager.ttflist.append(replace(face, weight=700))  # the one weight it has: no false bold


@contextmanager
def house() -> Iterator[None]:
    """The house style, for as long as this lasts; also a decorator: every drawing function is ``@style.house()``.

    matplotlib looks fonts up when a text is made, so texts must be made in here. A character that no
    font of the chain has raises `UsageError`.
    """
    load_fonts()
    with mpl.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        try:
            yield
        except UserWarning as warning:
            raise UsageError(f"A figure cannot be drawn: no font has a character of it. {warning}") from None


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches, in the house style, outside pyplot's state."""
    with house():
        figure = Figure(figsize=(width, height), facecolor=PAPER)
        FigureCanvasAgg(figure)  # measures text; nothing is shown
        return figure


def plain(text: str) -> str:
    """A text for a figure, in which a dollar sign is a dollar sign and begins no formula."""
    return text.replace("$", r"\$")


def bold(text: str) -> str:
    """The weight in which a heading is set: the Chinese face has one weight, so Chinese stands out by size."""
    return "normal" if _WIDE.search(text) else "bold"


def columns(text: str) -> int:
    """The width of a text in half-width characters: a Chinese one takes two."""
    return sum(2 if _WIDE.match(character) else 1 for character in text)


def wrap(text: str, width: int) -> str:
    """A text in lines of at most so many half-width columns; Chinese breaks anywhere."""
    if not _WIDE.search(text):
        return textwrap.fill(text, width)
    lines, line = [], ""
    for word in re.findall(rf"{_WIDE.pattern}|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+", text):
        if line and columns(line + word.rstrip()) > width and word not in "，。；：、）》”":
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return "\n".join([*lines, line.rstrip()])


@contextmanager
def titled(drawing: Drawing) -> Iterator[None]:
    """The figure with its title and subtitle above and its note below, for as long as this lasts."""
    figure = drawing.figure
    width, height = figure.get_size_inches()
    scale = width / WIDTH
    added = []
    bounds = [0.0, height]
    with house():
        for text, size, colour, above in (
            (drawing.subtitle, 9.5, QUIET, True), (drawing.title, 13.0, INK, True), (drawing.notes, 8.5, QUIET, False)
        ):  # fmt: skip
            points = size * min(max(scale, 0.8), 1.35)
            lines = wrap(plain(text), int(width * 72 / (points * 0.62)))
            room = (lines.count("\n") + 1) * points * 1.35 / 72 + 0.06 if lines else 0.0
            y = bounds[1] + room if above else bounds[0] - 0.08
            weight = bold(text) if colour == INK else "normal"
            added.append(figure.text(0.012, y / height, lines, fontsize=points, color=colour, fontweight=weight,
                                     verticalalignment="top", linespacing=1.3))  # fmt: skip
            bounds = [bounds[0], y] if above else [y - room, bounds[1]]
    figure.__dict__["_workbench_bounds"] = Bbox([[0.0, bounds[0] - 0.05], [width, bounds[1] + 0.08]])
    try:
        yield
    finally:
        figure.__dict__.pop("_workbench_bounds")
        for text in added:
            text.remove()


def _bytes(figure: Figure, form: str, **more: object) -> bytes:
    """A figure as bytes; a character that no font has raises `UsageError`."""
    buffer = io.BytesIO()
    with house():
        figure.savefig(buffer, format=form, bbox_inches=figure.__dict__.get("_workbench_bounds"), **more)
    return buffer.getvalue()


_ABOUT = "records:"  # begins the url of a mark: the records it stands for


def about(records: Iterable[tuple[str, str]]) -> str:
    """The url of a mark that stands for some records (table and id); `svg` makes a hover title or a link of it."""
    return _ABOUT + " ".join(f"{table}/{id}" for table, id in records)


def svg(figure: Figure, link: Callable[[list[tuple[str, str]]], str] | None = None) -> str:
    """The figure as SVG: the same bytes for the same figure. A missing glyph is an error.

    ``link`` gives, for the records of a mark, the opening tag of an ``a`` and a ``title`` to put into it; without it
    the marks are bare.
    """
    text = _bytes(figure, "svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}).decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'(?<= d=")[^"]+', lambda path: _shorter(path[0]), text)
    text = re.sub(r">\s+<", "><", text)
    # A text with a halo is drawn twice, its outlines with a stroke and again without: once, the stroke below, will do.
    text = re.sub(r'<path( d="[^"]*") style="(fill: #\w+)([^"]*)"/><path\1 style="\2"/>',
                  r'<path\1 style="\2\3; paint-order: stroke"/>', text)  # fmt: skip
    if link is None:
        return re.sub(rf'<a xlink:href="{_ABOUT}[^"]*"[^>]*>\s*|</a>\s*', "", text)
    return re.sub(rf'<a xlink:href="{_ABOUT}([^"]*)"[^>]*>', lambda found: link(_records(found[1])), text)


def _shorter(path: str) -> str:
    """An outline with two decimals and without line breaks."""
    return re.sub(r"\s*\n\s*", "", re.sub(r"(\.\d\d)\d+", r"\1", path)).strip()


def _records(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition("/") for part in text.split())
    return [(table, id) for table, _, id in pairs]


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as PNG at some dots per inch. A missing glyph is an error."""
    return _bytes(figure, "png", dpi=dpi, metadata={"Software": None})


def pdf(figure: Figure) -> bytes:
    """The figure as PDF with embedded fonts. A missing glyph is an error."""
    return _bytes(figure, "pdf", metadata={"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None})
