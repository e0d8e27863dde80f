"""Texts of figures: how much room they take, and in how many lines they stand."""

from __future__ import annotations

from matplotlib.figure import Figure

from workbench.figures import style


def measure(figure: Figure, text: str, points: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height of a text in inches."""
    artist = figure.text(0, 0, style.plain(text), fontsize=points, fontweight=weight, linespacing=1.15)
    box = artist.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    artist.remove()
    return box.width / figure.dpi, box.height / figure.dpi


def wrapped(text: str, size: style.Size, share: float = 0.27) -> str:
    """A text in as few lines as fit into a share of the width of a size, and these about equally long."""
    widest = int(share * size.width * 72 / size.points(9) / 0.58)
    lines = style.wrap(text, widest).count("\n")
    while lines and style.wrap(text, widest - 1).count("\n") == lines:
        widest -= 1
    return style.wrap(text, widest)
