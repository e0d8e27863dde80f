"""The words of charts: what each finds, what it shows, what it leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.analysis import flows
from workbench.prose.facts import Fact
from workbench.prose.words import Words
from workbench.records.selection import Corpus

Texts = tuple[str, str, str, str]  # title, subtitle, alternative text, note


def _texts(words: Words, chart: str, corpus: Corpus, **facts: Any) -> Texts:
    always = {
        "home": Fact("name", corpus.selection.home.id),
        "as_of": Fact("date", corpus.selection.as_of.isoformat()),
    }
    return words.figure_texts(chart, template="charts", **always, **facts)


def _number(value: Any) -> Fact:
    return Fact("number", int(value))


def _range(row: Any) -> Fact:
    return Fact("number", (int(row.low), int(row.high)))


def _best(table: pd.DataFrame, column: str, vocabulary: str) -> dict[str, Any]:
    """The row that surely stands first, with its number; none where another may be as high."""
    ordered = table.sort_values("low", ascending=False, kind="stable")
    rest = ordered["high"].iloc[1:]
    if ordered.empty or (len(rest) and rest.max() >= ordered["low"].iloc[0]):
        return {"best": None, "number": None}
    first = next(ordered.head(1).itertuples())
    return {"best": Fact("code", (vocabulary, getattr(first, column))), "number": _range(first)}


def per_year(words: Words, frame: pd.DataFrame, corpus: Corpus, marked: int = 0) -> Texts:
    """Of `analysis.spread.per_year`: the year with surely the most exchanges, if there is one, and the one marked."""
    exchanges = flows.exchanges(corpus)
    drawn = {id for ids in frame["records"] for id in ids}
    undated = set(exchanges.loc[exchanges["counted"], "event_id"]) - drawn
    years = frame.set_index("year")
    best = years["low"].idxmax()
    sure = bool((years["high"].drop(best) < years.loc[best, "low"]).all()) and len(years) > 1
    facts = {
        "sure": sure,
        "year": Fact("date", f"{int(best):04d}"),
        "number": Fact("number", (int(years.loc[best, "low"]), int(years.loc[best, "high"]))),
        "first": Fact("date", f"{int(frame['year'].min()):04d}"),
        "last": Fact("date", f"{int(frame['year'].max()):04d}"),
        "drawn": _number(len(drawn)),
        "undated": _number(len(undated)),
        "sources": _number(frame["sources"].sum()),
        "empty": _number((frame["high"] == 0).sum()),
        "doubtful": bool((frame["low"] < frame["high"]).any()),
        "marked": Fact("date", f"{marked:04d}") if marked else None,
    }
    return _texts(words, "per_year", corpus, **facts)


def by_kind(words: Words, total: pd.DataFrame, others: int, corpus: Corpus) -> Texts:
    """Of `analysis.spread.kinds`, all partners together: the most frequent kind, and those never tried."""
    tried = total[total["high"] > 0]
    facts = {
        **_best(tried, "type", "event_type"),
        "all": _number(len({id for ids in tried["records"] for id in ids})),
        "kinds": [(Fact("code", ("event_type", row.type)), _range(row)) for row in tried.itertuples()],
        "tried": _number(len(tried)),
        "never": [Fact("code", ("event_type", code)) for code in total.loc[total["high"] == 0, "type"]],
        "others": _number(others),
    }
    return _texts(words, "by_kind", corpus, **facts)


def by_country(words: Words, total: pd.DataFrame, others: int, corpus: Corpus) -> Texts:
    """Of `analysis.spread.by_country`, all years together: the country or region met most often."""
    known = total[total["country"].notna()]
    facts = {
        **_best(known, "country", "country"),
        "countries": _number(len(known)),
        "rows": [(Fact("code", ("country", row.country)), _range(row)) for row in known.itertuples()],
        "many": _number(total.loc[total["country"].isna(), "high"].sum()),
        "others": _number(others),
    }
    return _texts(words, "by_country", corpus, **facts)


def staff_balance(words: Words, frame: pd.DataFrame, others: int, corpus: Corpus) -> Texts:
    """Of `analysis.reciprocity.balance`: to how many partners the home owes a visit."""
    facts = {
        "owed": _number((frame["owes"] == "home").sum()),
        "due": _number((frame["owes"] == "partner").sum()),
        "partners": _number(len(frame)),
        "inbound": _number(frame["inbound"].sum()),
        "outbound": _number(frame["outbound"].sum()),
        "names": Fact("names", tuple(frame.loc[frame["owes"] == "home", "partner"])),
        "due_names": Fact("names", tuple(frame.loc[frame["owes"] == "partner", "partner"])),
        "others": _number(others),
    }
    return _texts(words, "staff_balance", corpus, **facts)


def agreement_lives(
    words: Words, dormant: pd.DataFrame, hidden: int, undated: int, months: int, corpus: Corpus
) -> Texts:
    """Of `analysis.activity.dormant`: how many agreements sleep, and of how many nobody can say."""
    facts = {
        "agreements": _number(len(dormant)),
        "dormant": _number(dormant["dormant"].fillna(False).sum()),
        "perhaps": _number(dormant["dormant"].isna().sum()),
        "active": _number((dormant["dormant"] == False).fillna(False).sum()),  # noqa: E712
        "months": _number(months),
        "hidden": _number(hidden),
        "undated": _number(undated),
    }
    return _texts(words, "agreement_lives", corpus, **facts)


def sources_per_record(words: Words, frame: pd.DataFrame, corpus: Corpus) -> Texts:
    """Of `analysis.evidence.witnesses`: how many records rest on one source, and on the home's own word."""
    facts = {
        "records": _number(len(frame)),
        "single": _number((frame["witnesses"] == 1).sum()),
        "own": _number(frame["own_word"].sum()),
        "most": _number(frame["witnesses"].max()),
    }
    return _texts(words, "sources_per_record", corpus, **facts)


def claims_against_records(words: Words, frame: pd.DataFrame, hidden: int, corpus: Corpus) -> Texts:
    """Of `analysis.claims.verdicts`: how many of the claims that can be counted may be said."""
    counted = frame[frame["on_record"].notna()]
    numbers = {verdict: _number((counted["verdict"] == verdict).sum()) for verdict in
               ("say", "say_with_caveat", "do_not_say")}  # fmt: skip
    facts = {
        **numbers,
        "claims": _number(len(counted)),
        "drawn": _number(len(counted) - hidden),
        "fewer": _number((counted["missing_low"] > 0).fillna(False).sum()),
        "all_fewer": bool((counted["missing_low"] > 0).fillna(False).all()),
        "uncounted": _number(len(frame) - len(counted)),
        "hidden": _number(hidden),
    }
    return _texts(words, "claims", corpus, **facts)
