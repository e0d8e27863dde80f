"""Small helps for building answer tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import pandas as pd

from workbench.records.selection import Corpus

Answer = TypeVar("Answer")


def frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows as a table that keeps each value as it is: None stays None, tuples stay tuples."""
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in columns}, columns=columns
    )


def plain(value: Any) -> Any:
    """A cell's value, with None for every kind of missing."""
    return None if value is None or value is pd.NA or value != value else value


def remembered(answer: Callable[[Corpus], Answer]) -> Callable[[Corpus], Answer]:
    """An answer that many others build on is worked out once a corpus; each caller gets a copy of a table."""

    @wraps(answer)
    def remember(corpus: Corpus) -> Answer:
        known = corpus.__dict__.setdefault("_answers", {})
        if answer not in known:
            known[answer] = answer(corpus)
        found = known[answer]
        return found.copy() if isinstance(found, pd.DataFrame) else found

    return remember
