"""Figures: maps, timelines and charts of a selection, drawn the same way every time.

`style` is the one place that turns a figure into bytes. To add a figure, add a function that
returns a `style.Drawing`, and its test. Words come from `workbench.prose`, answers from
`workbench.analysis`.
"""

from workbench.figures import charts, maps, style, timelines

__all__ = ["charts", "maps", "style", "timelines"]
