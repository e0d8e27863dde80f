"""Questions and answers: each a function over a selection that returns a documented table.

One module per family of questions. Functions take a `records.selection.Corpus` and return
frames; they hold no words for readers (`workbench.prose`) and draw nothing
(`workbench.figures`). To add a question, add a function here, its test, and the templates
that use it.
"""

from workbench.analysis import (
    activity,
    agreements,
    briefing,
    claims,
    evidence,
    flows,
    numbers,
    questions,
    reciprocity,
    sensitivity,
    spread,
    wide,
)

__all__ = [
    "activity",
    "agreements",
    "briefing",
    "claims",
    "evidence",
    "flows",
    "numbers",
    "questions",
    "reciprocity",
    "sensitivity",
    "spread",
    "wide",
]
