"""The page of a partner: what was agreed, when one met, what is open, who, and where it is written.

In words, ids hidden; every source with its address. What does not belong here: what is asked
(`workbench.analysis`) and where the page stands (`board`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from workbench.analysis import agreements, flows
from workbench.analysis._frames import plain
from workbench.explore import linked
from workbench.explore.workspace import Workspace
from workbench.prose import facts
from workbench.prose.words import Words
from workbench.records import dates

_ASKED = ("events", "agreements", "plans")


def page(corpus: Workspace, partners: Iterable[str]) -> str:
    """The pages of some partners (ids) as HTML, in the workspace's language, of all its time."""
    exchanges = flows.exchanges(corpus)
    asked = (exchanges, agreements.agreements(corpus, exchanges), agreements.open_plans(corpus))
    return "".join(_page(corpus, partner, *(_with(partner, table) for table in asked)) for partner in partners)


def _page(corpus: Workspace, partner: str, met: pd.DataFrame, ties: pd.DataFrame, plans: pd.DataFrame) -> str:
    words = corpus.words
    ids = dict(zip(_ASKED, (met["event_id"], ties["agreement_id"], plans["plan_id"]), strict=True))
    sections = {
        "agreed": [_tie(row, partner, words) for row in ties.itertuples(index=False)],
        "met": [_meeting(row, partner, words) for row in met.itertuples(index=False)],
        "open": [_plan(row, words) for row in plans.itertuples(index=False)],
        "contacts": _contacts(corpus, partner, ids, words),
        "sources": _sources(corpus, ids, words),
    }
    parts = [f'<section class="partner"><h3>{escape(words.name(partner))}</h3><p>{_where(corpus, partner, words)}</p>']
    for name, lines in sections.items():
        items = "".join(f"<li>{line}</li>" for line in lines)
        told = f"<ul>{items}</ul>" if items else f"<p>{escape(words.phrase('board/partner_nothing'))}</p>"
        parts.append(f"<h4>{escape(words.phrase(f'board/partner_{name}'))}</h4>{told}")
    return "".join([*parts, "</section>"])


def _with(partner: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["partners"].map(lambda bodies: partner in bodies).astype(bool)]


def _joined(parts: Iterable[str | Markup | None]) -> Markup:
    """Parts that are there, with a middle dot between them."""
    return Markup(" · ").join(escape(part) for part in parts if part)


def _where(corpus: Workspace, partner: str, words: Words) -> Markup:
    """What kind of body it is, and where its seat is."""
    body = corpus["organisations"].set_index("org_id").loc[partner]
    place = plain(body["place_id"])
    if not place:
        return _joined([words.label("organisation_kind", body["kind"])])
    country = words.label("country", corpus["places"].set_index("place_id").loc[place, "country"])
    city = words.name(place)
    return _joined([words.label("organisation_kind", body["kind"]), city if city != country else None, country])


def _date(text: str | None, basis: str | None, words: Words) -> str:
    if not text:
        return words.phrase("board/partner_undated")
    day = words.phrase("common/day", day=facts.date(text))
    inferred = words.phrase("board/partner_inferred") if basis in dates.OUR_READING else ""
    opened, closed = ("（", "）") if words.language == "zh" else (" (", ")")
    return f"{day}{opened}{inferred}{closed}" if inferred else day


def _others(bodies: Iterable[str], partner: str, words: Words) -> str | None:
    others = tuple(org for org in bodies if org != partner)
    return words.phrase("board/partner_with", others=facts.names(others)) if others else None


def _tie(row: Any, partner: str, words: Words) -> Markup:
    step = words.label("milestone_step", row.step) if row.step else None
    dated = f"{step} {_date(row.date, row.basis, words)}".strip() if step else words.phrase("board/partner_undated")
    return _joined([
        words.label("agreement_kind", row.kind), dated, _ours(row.scope, words), _others(row.partners, partner, words)
    ])  # fmt: skip


def _meeting(row: Any, partner: str, words: Words) -> Markup:
    left_out = facts.code("left_out_reason", row.left_out) if row.left_out else None
    return _joined([
        _date(row.date, row.basis, words),
        words.label("event_type", row.type),
        words.legend(linked.DIRECTIONS[row.direction]) if row.direction in linked.DIRECTIONS else None,
        words.name(row.place_id) if row.place_id else None,
        _ours(row.topic, words),
        words.phrase("board/partner_not_counted", reason=left_out) if left_out else None,
        _others(row.partners, partner, words),
    ])  # fmt: skip


def _plan(row: Any, words: Words) -> Markup:
    return _joined([
        _ours(row.what, words) or words.label("plan_kind", row.kind),
        words.label("plan_strength", row.strength),
        words.phrase("board/partner_planned", date=facts.date(row.date)) if row.date else None,
        words.phrase("board/partner_overdue") if plain(row.overdue) else None,
        words.phrase("board/partner_raised", date=facts.date(row.raised)) if row.raised else None,
    ])  # fmt: skip


def _ours(text: str | None, words: Words) -> str | None:
    """Our own words from a record, in the language."""
    return words.text(text) if text and plain(text) else None


def _contacts(corpus: Workspace, partner: str, ids: dict[str, pd.Series], words: Words) -> list[Markup]:
    """The people of the partner in these records, each with the post last on record; by post only where the
    settings ask for it."""
    takers, posts = corpus.takers, corpus["posts"]
    of_records = pd.Series(False, index=takers.index)
    for record, found in ids.items():
        of_records |= (takers["record"] == record) & takers["record_id"].isin(found)
    own = takers["org_id"].map(lambda org: corpus.principal(org) == partner, na_action="ignore").fillna(False)
    people = takers[of_records & own.astype(bool) & (takers["party"] == "person") & takers["party_id"].notna()]
    told: dict[str, Markup] = {}
    for row in people.drop_duplicates(["party_id", "org_id"]).itertuples(index=False):
        held = posts[(posts["person_id"] == row.party_id) & (posts["org_id"] == row.org_id)]["post"].dropna()
        name = words.person(row.party_id, row.org_id)
        post = _ours(held.iloc[-1], words) if len(held) else None
        post = post if post and post not in name else None
        told.setdefault(name, _joined([name, post]))
    return [told[name] for name in sorted(told)]


def _sources(corpus: Workspace, ids: dict[str, pd.Series], words: Words) -> list[Markup]:
    """The sources of these records with publisher, date and address, by title."""
    cited = {source for record, found in ids.items() for source in corpus.sources_of(record, found)}
    rows = corpus["sources"][corpus["sources"]["source_id"].isin(cited)].sort_values(["title", "source_id"])
    return [_source(row, words) for row in rows.itertuples(index=False)]


def _source(row: Any, words: Words) -> Markup:
    title = Markup("<cite>{}</cite>").format(row.title)
    if isinstance(row.url, str) and re.match(r"https?://", row.url):
        title = Markup('<a href="{}" target="_blank" rel="noreferrer">{}</a>').format(row.url, title)
    published = row.published if isinstance(row.published, str) else None
    day = words.phrase("common/day", day=facts.date(published)) if published else words.phrase("common/undated")
    return _joined([title, row.publisher, words.label("source_kind", row.kind), day])
