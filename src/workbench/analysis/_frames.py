"""Small helps for building answer tables."""

from __future__ import annotations

from typing import Any

import pandas as pd


def frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows as a table that keeps each value as it is: None stays None, tuples stay tuples."""
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in columns}, columns=columns
    )


def plain(value: Any) -> Any:
    """A cell's value, with None for every kind of missing."""
    return None if value is None or value is pd.NA or value != value else value
