"""The facts of the report on coverage: claims against records, witnesses, disagreements, readings, the work list.

No words here: only which values a passage needs and which records they come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.analysis import evidence, sensitivity
from workbench.prose import facts, telling
from workbench.prose.facts import Fact, RecordId, records
from workbench.prose.frames import readable, span
from workbench.prose.words import Words
from workbench.records import dates, wordings
from workbench.records.selection import Corpus
from workbench.records.text import capital

_ROWS = 20  # rows of a table, the others are counted
_YEARS = 3  # as many years are named, more are counted
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

Row = tuple[list[str], tuple[RecordId, ...]]


@dataclass(frozen=True)
class Answers:
    """The answers this report is written from; see the functions of `workbench.analysis`."""

    corpus: Corpus
    verdicts: pd.DataFrame
    witnesses: pd.DataFrame
    disagreements: pd.DataFrame
    inferred: pd.DataFrame
    sensitivity: pd.DataFrame
    completeness: pd.DataFrame
    gaps: pd.DataFrame
    years: pd.DataFrame

    @property
    def home(self) -> Fact:
        return facts.name(self.corpus.selection.home.id)

    @property
    def tables(self) -> dict[str, str]:
        """The table of each record that the completeness is asked of."""
        return dict(zip(self.completeness["record_id"], self.completeness["record"], strict=True))

    def told(self, ids: Iterable[str]) -> tuple[RecordId, ...]:
        """Records with their tables."""
        return tuple((self.tables[id], id) for id in ids if id in self.tables)

    @property
    def countable(self) -> pd.DataFrame:
        """The claims whose measure the records can count."""
        return self.verdicts[self.verdicts["on_record"].notna()]


# --- the finding --------------------------------------------------------------------------


def lead(answers: Answers) -> dict[str, Any]:
    """Facts of the finding: what rests on one source, what is borne out, what would help most."""
    seen = answers.witnesses
    single, party = seen[seen["single"]], seen[seen["party_word"]]
    claims = answers.countable
    borne = claims[claims["missing_low"].eq(0).fillna(False)]
    top = answers.gaps.head(1)
    return {
        "home": answers.home,
        "held": facts.number(len(seen), answers.told(seen["record_id"])),
        "alone": facts.number(len(single), answers.told(single["record_id"])),
        "party": facts.number(len(party), answers.told(party["record_id"])),
        "claims": facts.number(len(claims), records("claims", claims["claim_id"])),
        "borne": facts.number(len(borne), records("claims", borne["claim_id"])),
        "score": _percent(answers),
        "gap": [_gap(row, answers) for row in top.itertuples()],
    }


def _percent(answers: Answers) -> Fact | None:
    if answers.completeness.empty:
        return None
    mean = round(100 * float(answers.completeness["score"].mean()))
    return facts.number(mean, answers.told(answers.completeness["record_id"]))


def _gap(row: Any, answers: Answers) -> tuple[Fact, Fact]:
    own = answers.told(row.records)
    return facts.number(len(row.records), own), facts.code("record_gap", row.gap, own)


def key_figures(answers: Answers) -> list[tuple[str, str, dict[str, Any]]]:
    """The four key figures: the number as printed, its passage, and the passage's facts."""
    seen, claims = answers.witnesses, answers.countable
    found = lead(answers)
    undecided = int(answers.disagreements["open"].sum())
    moved = len(_beyond(answers.sensitivity))
    return [
        (f"{int(seen['single'].sum())} / {len(seen)}", "figure_single", {}),
        (f"{found['borne'].value} / {len(claims)}", "figure_claims",
         {"others": facts.number(len(answers.verdicts) - len(claims))}),
        (str(len(answers.disagreements)), "figure_disagreements", {"open": facts.number(undecided)}),
        (str(len(answers.inferred)), "figure_inferred", {"moved": facts.number(moved)}),
    ]  # fmt: skip


# --- claims against records ---------------------------------------------------------------


def claims(answers: Answers, words: Words) -> list[dict[str, Any]]:
    """Facts of one passage for each claim that can be counted: what is on record by name, what is missing."""
    return [_claim(row, answers, words) for row in answers.countable.itertuples(index=False)]


def _claim(row: Any, answers: Answers, words: Words) -> dict[str, Any]:
    corpus = answers.corpus
    own = records("claims", [row.claim_id])
    behind = [id for id in row.records if id != row.claim_id]
    found, lacking = _evidence(row, behind, corpus)
    cited = own + tuple(_cited(corpus, behind))
    titles = [facts.printed(_titled(id, corpus, words), cited) for id in behind] if row.measure == "delegations" else []
    low, high = (None if pd.isna(number) else int(number) for number in (row.missing_low, row.missing_high))
    return {
        "publisher": telling.publisher(corpus, row.claim_id, row.publisher),
        "what": facts.text(row.what, own),
        "measure": facts.code("claim_measure", row.measure, own),
        "as_of": facts.date(row.as_of, own) if row.as_of else None,
        "found": facts.names(found, cited),
        "titles": titles,
        "on_record": facts.number(int(row.on_record), cited),
        "missing": facts.number(low if low == high else (low, high), own) if high else None,
        "at_least": facts.number(low, own) if low and high is None else None,
        "lacking": facts.names(lacking, own),
        "verdict": facts.code("claim_verdict", row.verdict, own),
    }


def _evidence(row: Any, behind: list[str], corpus: Corpus) -> tuple[list[str], list[str]]:
    """The bodies that bear a claim out, and those of the home that do not where it speaks of them all."""
    parties = corpus["parties"]
    agreed = parties[(parties["record"] == "agreements") & parties["record_id"].isin(behind)]["party_id"].dropna()
    if row.measure == "partner_libraries":
        return behind, []
    if row.measure == "agreements":
        return [org for org in dict.fromkeys(agreed) if corpus.abroad.get(org)], []
    if row.measure == "libraries_joined":
        joined = [org for org in dict.fromkeys(agreed) if org in corpus.members]
        whole = set(corpus["organisations"].loc[corpus["organisations"]["kind"].ne("branch_library"), "org_id"])
        named = len(joined) + len((corpus.members & whole) - set(joined)) == row.on_record + row.missing_low
        return joined, sorted((corpus.members & whole) - set(joined)) if named else []
    return [], []


def _cited(corpus: Corpus, ids: Iterable[str]) -> Iterable[RecordId]:
    for table, key in (("events", "event_id"), ("agreements", "agreement_id")):
        known = set(corpus[table][key])
        yield from records(table, (id for id in ids if id in known))


CLAIM_COLUMNS = ("column_claim", "column_by", "column_for", "column_verdict")


def uncounted_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of claims that no rule counts (what, who says so, for when, verdict), and records."""
    rows: list[Row] = []
    for row in answers.verdicts[answers.verdicts["on_record"].isna()].head(_ROWS).itertuples():
        by = telling.publisher(answers.corpus, row.claim_id, row.publisher)
        cells = [
            capital(words.text(row.what)),
            words.name(by.value) if by.kind == "name" else row.publisher,
            words.phrase("common/day", day=facts.date(row.as_of)) if row.as_of else "",
            words.label("claim_verdict", row.verdict),
        ]
        rows.append((cells, records("claims", [row.claim_id])))
    return rows


def uncounted(answers: Answers) -> dict[str, Any]:
    """Facts about the claims that no rule counts."""
    ids = answers.verdicts.loc[answers.verdicts["on_record"].isna(), "claim_id"]
    return {"uncounted": facts.number(len(ids), records("claims", ids))}


# --- what rests on one source -------------------------------------------------------------


def witnesses(answers: Answers) -> dict[str, Any]:
    """Facts about records with one source, and about those told by one side alone."""
    seen = answers.witnesses

    def of(rows: pd.DataFrame) -> Fact:
        return facts.number(len(rows), answers.told(rows["record_id"]))

    return {
        "home": answers.home,
        "held": of(seen),
        "alone": of(seen[seen["single"]]),
        "own": of(seen[seen["own_word"]]),
        "party": of(seen[seen["party_word"]]),
        "firm": of(seen[~seen["single"] & ~seen["party_word"]]),
    }


WEAK_COLUMNS = ("column_record", "column_witnesses", "column_whose")


def _weak(answers: Answers) -> pd.DataFrame:
    """The records to look at first: one source, and that of a party; the home's own word before others'."""
    seen = answers.witnesses
    weak = seen[seen["single"] | seen["party_word"]]
    order = ["single", "own_word", "party_word", "record"]
    return weak.sort_values(order, ascending=[False, False, False, True], kind="stable")


def weak_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of records to look at first (record, sources, whose word), and records."""
    rows: list[Row] = []
    for row in _weak(answers).head(_ROWS).itertuples():
        event = row.record == "events"
        title = _titled(row.record_id, answers.corpus, words) if event else words.record_title(row.record_id)
        whose = "own" if row.own_word else "party" if row.party_word else "other" if row.witnesses else "register"
        cells = [capital(title), str(row.witnesses), words.phrase(f"coverage/whose_{whose}")]
        rows.append((cells, answers.told([row.record_id])))
    return rows


def weak_left(answers: Answers) -> dict[str, Any]:
    """Facts about the records to look at that the table has no room for."""
    left = _weak(answers)["record_id"].iloc[_ROWS:]
    return {"more": facts.number(len(left), answers.told(left))}


# --- where sources disagree ---------------------------------------------------------------

DISAGREEMENT_COLUMNS = ("column_record", "column_matter", "column_told", "column_chosen", "column_why")


def disagreements(answers: Answers) -> dict[str, Any]:
    """Facts about how often sources disagree and how that was settled."""
    table = answers.disagreements

    def of(rows: pd.DataFrame) -> Fact:
        return facts.number(len(rows), tuple(id for ids in rows["records"] for id in _tabled(answers.corpus, ids)))

    return {
        "all": of(table),
        "decided": of(table[table["rule"] == "decision"]),
        "finer": of(table[table["rule"] == "finer"]),
        "open": of(table[table["open"]]),
    }


def disagreement_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of disagreements (record, matter, told, in use, why), and records."""
    first = answers.disagreements.head(_ROWS)
    worded = readable(first[["field", "stated", "chosen", "rule"]], words)
    rows: list[Row] = []
    for cells, row in zip(worded.itertuples(index=False), first.itertuples(), strict=True):
        titles = f"{words.phrase('common/note_join')}{words.grammar.SPACE}".join(
            capital(words.record_title(id)) for id in row.record_ids
        )
        why = capital(row_reason(row, words)) if row.reason else capital(cells[3])
        rows.append(([titles, cells[0], cells[1], cells[2], why], _tabled(answers.corpus, row.records)))
    return rows


def row_reason(row: Any, words: Words) -> str:
    """Why a value was chosen, who decided and when, in words."""
    why = facts.printed(_dated(words.text(row.reason), words))
    if not row.by:
        return str(why.value)
    return words.phrase("coverage/decided", why=why, by=facts.printed(row.by), on=facts.date(row.on))


def _dated(text: str, words: Words) -> str:
    """A reason with the days in it as days are written."""
    return _DAY.sub(lambda found: str(words.grammar.date(found[0])), text)


def _tabled(corpus: Corpus, ids: Iterable[str]) -> tuple[RecordId, ...]:
    found = []
    for table, key in (("events", "event_id"), ("agreements", "agreement_id"), ("plans", "plan_id"),
                       ("claims", "claim_id")):  # fmt: skip
        known = set(corpus[table][key])
        found += [(table, id) for id in ids if id in known]
    return tuple(found)


# --- dates that are our reading -----------------------------------------------------------

DATE_COLUMNS = ("column_event", "column_printed", "column_read", "column_because")


def readings(answers: Answers, words: Words) -> dict[str, Any]:
    """Facts about inferred dates, and one entry for each headline figure that another reading moves."""
    moved = _beyond(answers.sensitivity)
    ids = records("events", answers.inferred["event_id"])
    return {
        "inferred": facts.number(len(answers.inferred), ids),
        "moved": [_moved(row, answers, words) for row in moved.itertuples()],
    }


def _beyond(table: pd.DataFrame) -> pd.DataFrame:
    """The headline figures that another reading takes beyond the range that is printed for them."""
    return table[table["lowest"].ne(table["low"]).fillna(False) | table["highest"].ne(table["high"]).fillna(False)]


def _moved(row: Any, answers: Answers, words: Words) -> SimpleNamespace:
    own = _behind(answers.corpus, row.records)
    year = row.figure.endswith("_year")
    steps = answers.corpus["milestones"].set_index("milestone_id")["agreement_id"]
    titles = dict.fromkeys(words.record_title(steps.get(id, id)) for id in row.records)

    def value(low: Any, high: Any) -> Fact:
        low, high = (None if pd.isna(number) else int(number) for number in (low, high))
        if year:
            return facts.printed(span(low, high), own)
        return facts.number(low if low == high else (low, high), own)

    others = sensitivity.readings(answers.corpus)
    others = others[others["figure"] == row.figure]
    return SimpleNamespace(
        figure=facts.code("headline_figure", row.figure, own),
        year=year,
        now=value(row.low, row.high),
        other=value(others["other_low"].min(), others["other_high"].max()),
        titles=[facts.printed(title, own) for title in titles],
    )


def _behind(corpus: Corpus, ids: Iterable[str]) -> tuple[RecordId, ...]:
    """Records with their tables; a step of an agreement by the agreement."""
    steps = corpus["milestones"].set_index("milestone_id")["agreement_id"]
    return _tabled(corpus, dict.fromkeys(steps.get(id, id) for id in ids))


def date_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of inferred dates (event, as printed, our reading, why), and records."""
    rows: list[Row] = []
    for row in answers.inferred.head(_ROWS).itertuples():
        cells = [
            capital(_titled(row.event_id, answers.corpus, words, dated=False)),
            str(words.grammar.date(row.said)),
            str(words.grammar.date(row.date)),
            capital(_why(row, words)),
        ]
        rows.append((cells, records("events", [row.event_id])))
    return rows


def _why(row: Any, words: Words) -> str:
    """Why a date is read as it is: the reason given; of a part with the date of its whole, that; else its basis."""
    whole = str(row.why or "").removeprefix(wordings.BY_THE_WHOLE)
    if row.why and whole != row.why and words.is_record(whole):
        return words.phrase("coverage/within", whole=facts.printed(words.record_title(whole)))
    return _dated(words.text(row.why), words) if row.why else words.label("date_basis", row.basis)


def _titled(id: str, corpus: Corpus, words: Words, dated: bool = True) -> str:
    """What an event is called here: its kind, the bodies abroad and, unless a column has it, the date."""
    event = corpus["events"].set_index("event_id").loc[id]
    takers = corpus.takers
    bodies = takers.loc[(takers["record"] == "events") & (takers["record_id"] == id), "org_id"].dropna()
    abroad = dict.fromkeys(corpus.principal(org) for org in bodies if corpus.abroad.get(org))
    date = event["edtf"] if pd.isna(event["reading"]) else event["reading"]
    return words.phrase(
        "coverage/event",
        type=facts.code("event_type", event["type"]),
        topic=_topic(event),
        partners=facts.names(abroad),
        date=facts.date(None if pd.isna(date) else date) if dated else None,
    )


def _topic(event: pd.Series) -> Fact | None:
    """What an event of no listed kind was about: "other event" alone would say nothing."""
    told = event["type"] == "other" and not pd.isna(event["topic"])
    return facts.text(event["topic"]) if told else None


# --- years, sources, work list ------------------------------------------------------------


def years(answers: Answers) -> dict[str, Any]:
    """Facts about the years and the sources covered."""
    table, sources = answers.years, answers.corpus["sources"]
    events = records("events", dict.fromkeys(id for ids in table["events"] for id in ids))
    empty = table.loc[table["high"] == 0, "year"]
    cited = records("sources", sources["source_id"])
    dated = [found for text in sources["published"].dropna() if (found := dates.parse(text)).earliest and found.latest]
    first, last = (choose((d.earliest.year for d in dated if d.earliest), default=None) for choose in (min, max))
    kinds = sources["kind"].value_counts()
    order = sorted(kinds.index, key=lambda kind: (-int(kinds[kind]), kind))
    return {
        "first": facts.date(f"{int(table['year'].min()):04d}", events) if len(table) else None,
        "last": facts.date(f"{int(table['year'].max()):04d}", events) if len(table) > 1 else None,
        "empty": [facts.date(f"{int(year):04d}", events) for year in empty] if len(empty) <= _YEARS else [],
        "gaps": facts.number(len(empty), events) if len(empty) else None,
        "sources": facts.number(len(sources), events or answers.told(answers.tables)),
        "dated": facts.number(len(dated), cited),
        "published": [facts.date(f"{year:04d}", cited) for year in dict.fromkeys([first, last]) if year],
        "kinds": [(facts.number(int(kinds[kind]), cited), facts.code("source_kind", str(kind), cited))
                  for kind in order],
    }  # fmt: skip


def work(answers: Answers) -> dict[str, Any]:
    """Facts about how complete the records are and what would help most."""
    complete = answers.completeness[answers.completeness["gaps"].map(len) == 0]
    return {
        "home": answers.home,
        "records": facts.number(len(answers.completeness), answers.told(answers.completeness["record_id"])),
        "score": _percent(answers),
        "complete": facts.number(len(complete), answers.told(complete["record_id"])),
        "gaps": [_gap(row, answers) for row in answers.gaps.head(3).itertuples()],
    }


GAP_COLUMNS = ("column_gap", "column_events", "column_agreements", "column_plans", "column_claims")


def gap_rows(answers: Answers, words: Words) -> list[Row]:
    """Cells of the table of gaps: what is missing, and of how many records of each kind."""
    return [
        ([capital(words.label("record_gap", row.gap)), *(str(n) if n else "" for n in
          (row.events, row.agreements, row.plans, row.claims))], ())
        for row in answers.gaps.itertuples()
    ]  # fmt: skip


def ask_whom(answers: Answers) -> pd.DataFrame:
    """Whom to ask for what, where a body abroad can tell (`analysis.evidence.to_ask`)."""
    table = evidence.to_ask(answers.corpus)
    return table[table["partner"].notna()].reset_index(drop=True)
