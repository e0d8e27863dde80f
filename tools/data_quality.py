"""Writes ``docs/data-quality.md``: what the records cover, and how far two readings of a text agree.

Every number is computed from the tables and from the two codings under ``data/raw/recoding``
(`make quality`); a test fails when the page is out of date. Krippendorff's alpha is that of the
package krippendorff (nominal; Krippendorff 2018, *Content Analysis*, ch. 12). Both codings were
made within the project, so it is called self-consistency.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import krippendorff
import pandas as pd

from workbench.errors import RecordsError
from workbench.paths import Project, find_project, write_atomic
from workbench.records import dates, dossiers, load, registers, vocabularies
from workbench.records.dossiers import Record

ENOUGH = 0.3  # two records are the same one when they are at least this alike
EXEMPLARS = ("globalleeds-hangzhou-mou",)  # coded as an example in the codebook the second reader had
PAIRED = ("events", "agreements", "plans", "claims")


# --- what is covered ----------------------------------------------------------------------


def coverage(tables: dict[str, pd.DataFrame], words: vocabularies.Vocabularies) -> list[str]:
    """The tables of the page about sources and records, as Markdown."""
    sources, events = tables["sources"], tables["events"]
    copies = int(sources["copy_of"].notna().sum())
    whole = int(sources["extent"].isin(["whole"]).sum())
    tops = events[events["part_of"].isna()]
    counts = {name: len(tables[name]) for name in ("events", "agreements", "plans", "claims", "posts")}
    listed = ", ".join(f"{n} {name}" for name, n in counts.items())
    lines = [
        _sentences(
            f"{len(sources)} sources, {copies} of them copies of another; {whole} were read whole as files, the others",
            "by paraphrase of what could be seen of them.",
        ),
        f"Records: {listed}. Of the events {len(tops)} stand by themselves and {len(events) - len(tops)} are parts.",
        "## Sources",
        _counted(sources["kind"], words, "source_kind", "kind of source"),
        _counted(sources["extent"].fillna("whole"), words, "source_extent", "how much was read"),
        _counted(sources["language"], words, "language", "language"),
        "## Years",
        _sentences(
            "A year counts the events that can have begun in it, lowest (surely in it) to highest (perhaps), told as",
            "having happened and not as parts; beside it the sources published in it. A rise in both says as much",
            "about the sources as about the exchange.",
        ),
        _years(tops[tops["factuality"] == "realised"], sources),
        "## Places",
        _places(tables),
        "## Doubt",
        _doubt(tables, words),
    ]
    return lines


def _sentences(*lines: str) -> str:
    return " ".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in cells)


def _counted(column: pd.Series, words: vocabularies.Vocabularies, vocabulary: str, head: str) -> str:
    counts = Counter(column.fillna("not stated"))
    label = {code: term.en for code, term in words[vocabulary].items()}
    rows = [(label.get(code, code), n) for code, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return _table((head, "sources"), rows)


def _years(events: pd.DataFrame, sources: pd.DataFrame) -> str:
    low: Counter[int] = Counter()
    high: Counter[int] = Counter()
    undated = 0
    for row in events.itertuples():
        if row.start_earliest is None or row.start_latest is None:
            undated += 1
            continue
        first, last = row.start_earliest.year, row.start_latest.year
        if first == last:
            low[first] += 1
        high.update(range(first, last + 1))
    published: Counter[int] = Counter()
    unknown = 0
    for text in sources["published"]:
        date = dates.parse(text) if isinstance(text, str) else None
        if date and date.earliest and date.latest and date.earliest.year == date.latest.year:
            published[date.earliest.year] += 1
        else:
            unknown += 1
    rows = [(year, f"{low[year]}–{high[year]}" if low[year] != high[year] else low[year], published[year])
            for year in sorted({*high, *published})]  # fmt: skip
    return _table(("year", "events", "sources"), [*rows, ("no year with bounds", undated, unknown)])


def _places(tables: dict[str, pd.DataFrame]) -> str:
    events, places, names = tables["events"], tables["places"], tables["names"]
    country = dict(zip(places["place_id"], places["country"], strict=True))
    tops = events[events["part_of"].isna()]
    counts = Counter(country.get(place, "—") if isinstance(place, str) else None for place in tops["place_id"])
    precision = Counter(tops["place_precision"])
    rows = [(code, n) for code, n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))) if code]
    told = ", ".join(f"{code}: {n}" for code, n in rows)
    listed = ", ".join(f"{kind} {n}" for kind, n in sorted(precision.items(), key=lambda item: -item[1]))
    ours = names["kind"].eq("reading_of_ours").sum()
    return (
        f"Events that stand by themselves, by country or region of their place (ISO 3166): {told}. "
        f"How precisely the place is known: {listed}. {len(places)} places are in the register; {ours} names of "
        "bodies, people and places are readings of ours that no source prints."
    )


def _doubt(tables: dict[str, pd.DataFrame], words: vocabularies.Vocabularies) -> str:
    events, told = tables["events"], tables["assertions"]
    copies = set(tables["sources"].loc[tables["sources"]["copy_of"].notna(), "source_id"])
    witnesses = told[(told["record"] == "events") & (told["field"] == "*") & ~told["source_id"].isin(copies)]
    per_event = witnesses.groupby("record_id")["source_id"].nunique()
    tops = events.loc[events["part_of"].isna(), "event_id"]
    single = int((per_event.reindex(tops).fillna(0) <= 1).sum())
    label = {code: term.en for code, term in words["date_basis"].items()}
    basis = Counter(events["basis"])
    listed = ", ".join(f"{label[code]} {n}" for code, n in sorted(basis.items(), key=lambda item: -item[1]))
    relations = Counter(tables["conflicts"]["relation"])
    rules = Counter(tables["conflicts"]["rule"])
    placed = told[told["field"] == "*"]
    found = int(placed["paragraph"].notna().sum())
    return (
        f"Dates of events rest on: {listed}. {single} of {len(tops)} events that stand by themselves have one witness "
        f"(copies are none). Differences between sources and judgements: "
        + ", ".join(f"{relation} {n}" for relation, n in sorted(relations.items()))
        + "; settled by " + ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items()))
        + f". {found} of {len(placed)} tellings of a record name the paragraph they rest on."
    )  # fmt: skip


# --- how far two codings agree ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """The same record in two codings."""

    source: str
    first: Record
    second: Record


def read_coding(project: Project, which: str) -> dict[str, list[Record]]:
    """The records of one coding by source. Raises `RecordsError` when a dossier cannot be read."""
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    bodies, _ = registers.read(project, words)
    folder = project.root / "data" / "raw" / "recoding" / which
    told, problems = dossiers.read_all(folder, f"data/raw/recoding/{which}", bodies, words)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise RecordsError(errors)
    return {dossier.source.id: dossier.records for dossier in told}


def pair(first: dict[str, list[Record]], second: dict[str, list[Record]], table: str) -> tuple[list[Pair], int, int]:
    """Records of a table that both codings hold, and how many each holds in all.

    Within a source the pairs most alike are joined first, each record once, as long as they are
    at least ``ENOUGH`` alike (`likeness`).
    """
    pairs: list[Pair] = []
    totals = [sum(r.table == table for records in one.values() for r in records) for one in (first, second)]
    for source in sorted(first.keys() & second.keys()):
        ours = [record for record in first[source] if record.table == table]
        theirs = [record for record in second[source] if record.table == table]
        scored = sorted(
            ((likeness(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)),
            key=lambda item: (-item[0], item[1], item[2]),
        )
        used: tuple[set[int], set[int]] = (set(), set())
        for score, i, j in scored:
            if score >= ENOUGH and i not in used[0] and j not in used[1]:
                used[0].add(i)
                used[1].add(j)
                pairs.append(Pair(source, ours[i], theirs[j]))
    return pairs, totals[0], totals[1]


def likeness(one: Record, other: Record) -> float:
    """How alike two records are, 0 to 1: the mean of kind, date, parties and words, where known."""
    scores = [float(_kind(one) == _kind(other))]
    first, second = _date(one), _date(other)
    if first and second:
        scores.append(1.0 if first.text == second.text else 0.5 * first.overlaps(second))
    bodies, others = _bodies(one), _bodies(other)
    if bodies or others:
        scores.append(len(bodies & others) / len(bodies | others))
    words, more = _words(one), _words(other)
    if words and more:
        scores.append(len(words & more) / min(len(words), len(more)))
    if one.table == "claims":
        scores.append(float(one.values["low"] == other.values["low"]))
    return sum(scores) / len(scores)


def _kind(record: Record) -> object:
    return next((record.values[name] for name in ("type", "kind", "measure") if name in record.values), None)


def _date(record: Record) -> dates.EdtfDate | None:
    text = record.values.get("reading") or record.values.get("edtf") or record.values.get("as_of")
    return dates.parse(text) if text else None


def _bodies(record: Record) -> set[str]:
    return {body for p in record.parties for body in (p["party_id"], p["for_org"]) if body}


def _words(record: Record) -> set[str]:
    text = " ".join(str(record.values.get(name) or "") for name in ("topic", "what", "scope"))
    return {word for word in text.casefold().split() if len(word) > 3}


def _bounds(record: Record) -> str | None:
    date = _date(record)
    return f"{date.earliest}/{date.latest}" if date else None


Field = Callable[[Record], Any]


def _value(name: str) -> Field:
    return lambda record: record.values.get(name)


FIELDS: dict[str, dict[str, Field]] = {
    "events": {
        "type": _value("type"), "mode": _value("mode"), "bounds of the date": _bounds,
        "basis of the date": _value("basis"),
        "place": _value("place_id"), "factuality": _value("factuality"), "clarity": _value("clarity"),
    },
    "agreements": {"kind": _value("kind"), "level": _value("level"), "form": _value("form")},
    "plans": {"kind": _value("kind"), "strength": _value("strength"), "bounds of the date": _bounds,
              "recurring": _value("recurring")},
    "claims": {"measure": _value("measure"), "value": _value("low"), "time": _bounds, "subject": _value("subject")},
}  # fmt: skip


def alpha(values: Sequence[tuple[Any, Any]]) -> float | None:
    """Krippendorff's alpha, nominal, of pairs of values; None where all values are one.

    Not coded is a value of its own: to leave a field out is a decision too.
    """
    codes = [tuple("not coded" if value is None else str(value) for value in pair) for pair in values]
    domain = sorted({value for pair in codes for value in pair})
    if len(domain) < 2:
        return None
    data = [[domain.index(pair[coder]) for pair in codes] for coder in (0, 1)]
    return float(
        krippendorff.alpha(reliability_data=data, level_of_measurement="nominal", value_domain=range(len(domain)))
    )


def _values(value: Field, pairs: list[Pair]) -> list[tuple[Any, Any]]:
    return [(value(one.first), value(one.second)) for one in pairs]


def _shown(values: list[tuple[Any, Any]]) -> str:
    result = alpha(values)
    return "one value only" if result is None else f"{result:.2f}"


def roles(pairs: list[Pair]) -> list[tuple[Any, Any]]:
    """The roles of each body or person that either coding has in a record both hold."""
    found: list[tuple[Any, Any]] = []
    for one in pairs:
        told = [
            {p["party_id"]: p["role"] for p in record.parties if p["party_id"]} for record in (one.first, one.second)
        ]
        found += [(told[0].get(who), told[1].get(who)) for who in sorted(told[0].keys() | told[1].keys())]
    return found


def consistency(project: Project) -> list[str]:
    """The part of the page about the second coding, as Markdown; a sentence where there is none."""
    folder = project.root / "data" / "raw" / "recoding"
    if not (folder / "second").is_dir():
        return ["No second coding is on record."]
    first, second = read_coding(project, "first"), read_coding(project, "second")
    found: list[tuple[object, ...]] = []
    measured: list[tuple[object, ...]] = []
    for table in PAIRED:
        pairs, ours, theirs = pair(first, second, table)
        found.append(
            (table, ours, theirs, len(pairs), f"{2 * len(pairs) / (ours + theirs):.2f}" if ours + theirs else "—")
        )
        strict = [one for one in pairs if one.source not in EXEMPLARS]
        fields = {name: [_values(value, some) for some in (pairs, strict)] for name, value in FIELDS[table].items()}
        if table == "events":
            fields["role of a party"] = [roles(pairs), roles(strict)]
        for name, (values, without) in fields.items():
            equal = sum(a == b for a, b in values)
            measured.append((table, name, len(values), f"{equal / len(values):.0%}" if values else "—",
                             _shown(values), _shown(without)))  # fmt: skip
    return [
        _sentences(
            f"{len(first.keys() & second.keys())} articles were coded a second time by a reader who saw only the text",
            "(five articles whole, ten as paraphrases) and the codebook, not the first coding. Both codings stand as",
            "they were made under `data/raw/recoding`. Records of both are joined by likeness of kind, date, parties",
            "and words; what is not joined was found by one reading only.",
        ),
        _table(("table", "first coding", "second coding", "in both", "share in both (Dice)"), found),
        _sentences(
            "Agreement on the fields of records in both, as Krippendorff's alpha (nominal). Alpha is 1 where the",
            "readings never differ and 0 where they agree as chance would; it is low where nearly all values are one,",
            "even if they agree. Both readings were made within the project: this is self-consistency, not agreement",
            "of strangers; and as records are joined by kind and date among others, alpha of these is rather too high",
            "than too low. The codebook names the traps of the first five articles and shows a coding of one of them",
            "as its example; the last column leaves that one out.",
        ),
        _table(("table", "field", "values compared", "equal", "alpha", "alpha without the example"), measured),
        "### What was changed after\n\n" + (folder / "changes.md").read_text(encoding="utf-8").strip(),
    ]  # fmt: skip


def page(project: Project) -> str:
    """The whole page. Raises `RecordsError` while the records have errors."""
    tables, _ = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    head = ["# Data quality", "Computed from the records and the two codings (`make quality`); not written by hand."]
    parts = [*head, *coverage(tables, words), "## A second reading", *consistency(project)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    here = find_project(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    write_atomic(here.root / "docs" / "data-quality.md", page(here).encode())
