"""One record told by several sources: where they agree, refine each other, or contradict.

Identity is a shared id. For each field the values of all sources are compared: equal, finer
(inside the other), overlapping, or contradicting. A person's judgement in
``data/raw/decisions.yaml`` decides; without one the finer value stands, overlapping doubts
become their hull, and an open contradiction takes the value of the better-placed witness: a
party to what it tells, then the source nearest in time, then the more precise, then the
first id. Copies come last, and what is not reviewed changes nothing that is. The order of
files, records and keys changes nothing.

What does not belong here: anything that follows from a second record (`corpus`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.records import dates
from workbench.records.dossiers import ONLINE, Record, dated_block
from workbench.records.model import BY_NAME, DATED_BLOCK, Field
from workbench.records.registers import Registers
from workbench.records.values import Amount, read_amount, read_edtf, read_value, write_amount
from workbench.records.vocabularies import Vocabularies

DATED_COLUMNS = tuple(field.name for field in DATED_BLOCK)
PLACE_COLUMNS = ("place_id", "place_precision", "place_printed")
CURATION_ORDER = ("reviewed", "in_review", "draft", "withdrawn")
# Words of ours and words as printed may differ from source to source.
UNCOMPARED = frozenset(
    {"note", "topic", "outcome", "scope", "what", "name", "funder", "period", "post", "curation", *DATED_COLUMNS,
     *PLACE_COLUMNS}
)  # fmt: skip
# Left out, these say something all the same: told as having happened, told as one event.
_TELLING_DEFAULTS = ("factuality", "clarity")
_RULES = {"finer": "finer", "overlapping": "hull", "contradicting": "better-placed witness"}
Told = list[tuple[str, Any]]  # source id, value


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's judgement about one field of one record."""

    record: str
    id: str
    field: str
    value: str
    why: str
    by: str
    on: str
    lines: dict[str, int] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def reason(self) -> str:
        return f"{self.why} ({self.by}, {self.on})"

    def read(self, vocabularies: Vocabularies) -> Any:
        """The value typed by its field; raises `Complaint` when it does not fit.

        A date comes as its text, a number as an `Amount`. Raises KeyError for a field that the
        table does not have.
        """
        if self.field.startswith("quantity:"):
            return read_amount(self.value)
        column = BY_NAME[self.record].field(self.field)
        if column.name == "edtf":
            return read_edtf(self.value).text
        return read_value(column, self.value, vocabularies)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about records where no single field can show it: that two events are
    two, which of a text's own versions is taken."""

    about: tuple[str, ...]
    what: str
    chosen: str
    why: str
    by: str
    on: str
    lines: dict[str, int] = dataclasses.field(default_factory=dict, compare=False)


def merge_all(
    records: Sequence[Record],
    sources: dict[str, dict[str, Any]],
    decisions: Sequence[Decision],
    registers: Registers,
    vocabularies: Vocabularies,
) -> tuple[dict[tuple[str, str], Record], list[dict[str, Any]]]:
    """Every record once, by table and id, and the rows of the table of conflicts."""
    told: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        told[record.table, record.id].append(record)
    merger = _Merger(sources, {(d.record, d.id, d.field): d for d in decisions}, registers, vocabularies)
    return {key: merger.merge(told[key]) for key in sorted(told)}, merger.conflicts


class _Merger:
    def __init__(
        self,
        sources: dict[str, dict[str, Any]],
        decisions: dict[tuple[str, str, str], Decision],
        registers: Registers,
        vocabularies: Vocabularies,
    ) -> None:
        self.sources = sources
        self.decisions = decisions
        self.registers = registers
        self.vocabularies = vocabularies
        self.conflicts: list[dict[str, Any]] = []

    def merge(self, told: list[Record]) -> Record:
        state = min(self.state(record) for record in told)
        told = sorted((record for record in told if self.state(record) == state), key=self.rank)
        first = told[0]
        record = Record(first.table, first.id, first.source_id, first.file, first.line, dict(first.values), first.says)
        record.lines = dict(first.lines)
        record.told = told
        record.parties = join_parties([r.parties for r in told])
        record.quantities = self.quantities(told, record)
        outputs: dict[tuple[str, str], dict[str, Any]] = {}
        for output in (output for one in told for output in one.outputs):
            outputs.setdefault((output["kind"], output["title"]), output)
        record.outputs = list(outputs.values())
        if len(told) > 1:
            for column in BY_NAME[first.table].fields:
                if column.name not in UNCOMPARED and column.name != BY_NAME[first.table].key[0]:
                    record.values[column.name] = self.field(column, told, record)
                elif column.name not in (*DATED_COLUMNS, *PLACE_COLUMNS):
                    known = (r.values[column.name] for r in told if r.values[column.name] is not None)
                    record.values[column.name] = next(known, None)
            if "edtf" in record.values:
                self.dates(told, record)
            if "place_id" in record.values:
                self.place(told, record)
        if "curation" in record.values:
            record.values["curation"] = CURATION_ORDER[state]
        return record

    # --- who is the better witness --------------------------------------------------------

    def state(self, record: Record) -> int:
        """How far its source is checked: 0 is reviewed."""
        return CURATION_ORDER.index(self.sources[record.source_id]["status"] or "draft")

    def rank(self, record: Record) -> tuple[Any, ...]:
        source = self.sources[record.source_id]
        date = _date_of(record)
        published = dates.parse(source["published"]) if source["published"] else None
        away = abs((published.latest - date.latest).days) if _dated(published) and _dated(date) else None  # type: ignore[union-attr,operator]
        width = (date.latest - date.earliest).days if date and date.latest and date.earliest else None
        return (
            bool(source["copy_of"]), not source["publisher_is_party"], away is None, away or 0, width is None,
            width or 0, record.source_id,
        )  # fmt: skip

    def decide(
        self, record: Record, field: str, relation: str, values: Told, chosen: Any, text: Callable[[Any], str] = str
    ) -> Any:
        """List the difference; the value to use is a person's, if there is one."""
        decision = self.decisions.get((record.table, record.id, field))
        if decision:
            chosen = decision.read(self.vocabularies)
        self.conflicts.append(
            {
                "record": record.table,
                "record_id": record.id,
                "field": field,
                "relation": relation,
                "values": "; ".join(f"{text(value)} ({source})" for source, value in sorted(values, key=_by_source)),
                "chosen": text(chosen),
                "rule": "decision" if decision else self.rule(relation, values, chosen),
                "reason": decision.reason if decision else None,
            }
        )
        return chosen

    @staticmethod
    def rule(relation: str, values: Told, chosen: Any) -> str:
        """Overlapping dates that cannot be joined in one hull take the witness's."""
        is_told = relation == "overlapping" and any(value == chosen for _, value in values)
        return _RULES["contradicting" if is_told else relation]

    # --- fields of each kind --------------------------------------------------------------

    def field(self, column: Field, told: list[Record], record: Record) -> Any:
        """The value of a plain field. A default that nobody wrote is no statement."""
        name = column.name
        everything = [(r.source_id, r.values[name]) for r in told if r.values[name] is not None]
        silent = {
            r.source_id
            for r in told
            if r.values[name] == column.default and name not in r.lines and name not in _TELLING_DEFAULTS
        }
        values = [(source, value) for source, value in everything if source not in silent] or everything
        if len({value for _, value in values}) < 2:
            return values[0][1] if values else None
        finer = self.finer_code(column.vocabulary, [value for _, value in values])
        relation = "finer" if finer else "contradicting"
        return self.decide(record, name, relation, values, finer or values[0][1], as_text)

    def finer_code(self, vocabulary: str, codes: list[str]) -> str | None:
        """The code that refines all others, by the word list."""
        if not vocabulary:
            return None
        narrower = self.vocabularies.narrower
        return next((one for one in codes if all(c == one or narrower(vocabulary, one, c) for c in codes)), None)

    def dates(self, told: list[Record], record: Record) -> None:
        blocks = [(r.source_id, r.values) for r in told if r.values["reading"] or r.values["edtf"]]
        if not blocks:
            return
        texts = [(source, values["reading"] or values["edtf"]) for source, values in blocks]
        relation, chosen = relate_dates([text for _, text in texts])
        decision = None
        if relation != "equal":
            decision = self.decisions.get((record.table, record.id, "edtf"))
            chosen = self.decide(record, "edtf", relation, texts, chosen)
        values = next((v for (_, v), (_, text) in zip(blocks, texts, strict=True) if text == chosen), None)
        if values is None:
            why = decision.reason if decision else "taken together from several sources"
            values = dated_block(edtf=chosen, basis="inferred", why=why)
        record.values.update({name: values[name] for name in DATED_COLUMNS})

    def place(self, told: list[Record], record: Record) -> None:
        """Place, precision and printed place come from one source: a city is finer than its country."""
        blocks = [(r.source_id, r.values) for r in told if r.values["place_precision"] not in (None, "unknown")]
        blocks = blocks or [(r.source_id, r.values) for r in told if r.values["place_precision"] is not None]
        if not blocks:
            return
        values = [(source, _place_of(block)) for source, block in blocks]
        chosen = values[0][1]
        if len({value for _, value in values}) > 1:
            finer = next((one for _, one in values if all(self.lies_in(one, other) for _, other in values)), None)
            chosen = self.decide(record, "place_id", "finer" if finer else "contradicting", values, finer or chosen)
        block = next((block for _, block in blocks if _place_of(block) == chosen), None)
        if block is None:
            kind = self.registers.rows["places"].get(chosen, {}).get("kind")
            block = {"place_id": chosen, "place_precision": kind, "place_printed": None}
        record.values.update({name: block[name] for name in PLACE_COLUMNS})

    def lies_in(self, one: str, other: str) -> bool:
        """Is a place the other, or inside it: a city in its province or country?"""
        rows = self.registers.rows["places"]
        if one == other:
            return True
        inner, outer = rows.get(one), rows.get(other)
        if not inner or not outer or inner["country"] != outer["country"]:
            return False
        if outer["kind"] == "country":
            return inner["kind"] != "country"
        return outer["kind"] == "province" and inner["admin1"] == outer["admin1"] and inner["kind"] != "province"

    def quantities(self, told: list[Record], record: Record) -> list[dict[str, Any]]:
        by_measure: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for one in told:
            for quantity in one.quantities:
                by_measure[quantity["measure"]].append((one.source_id, quantity))
        return [self.quantity(measure, told, record) for measure, told in sorted(by_measure.items())]

    def quantity(self, measure: str, told: list[tuple[str, dict[str, Any]]], record: Record) -> dict[str, Any]:
        unit = next((q["unit"] for _, q in told if q["unit"]), None)
        values = [(source, _amount(quantity)) for source, quantity in told]
        chosen = values[0][1]
        if len({value for _, value in values}) > 1:
            finer = next((one for _, one in values if all(_number_inside(one, other) for _, other in values)), None)
            relation = "finer" if finer else "contradicting"
            chosen = self.decide(record, f"quantity:{measure}", relation, values, finer or chosen, write_amount)
        return {"measure": measure, "low": chosen.low, "best": chosen.best, "high": chosen.high,
                "qualifier": chosen.qualifier, "unit": unit}  # fmt: skip


def _by_source(value: tuple[str, Any]) -> str:
    return value[0]


def _date_of(record: Record) -> dates.EdtfDate | None:
    text = record.values.get("reading") or record.values.get("edtf")
    return dates.parse(text) if text else None


def _dated(date: dates.EdtfDate | None) -> bool:
    return date is not None and date.latest is not None


def _place_of(values: dict[str, Any]) -> str:
    """A place as one value: its id, else as printed, else how far it is known (online)."""
    if values["place_precision"] == ONLINE:
        return ONLINE
    return values["place_id"] or values["place_printed"] or values["place_precision"]


def _amount(quantity: dict[str, Any]) -> Amount:
    return Amount(quantity["low"], quantity["best"], quantity["high"], quantity["qualifier"])


def _number_inside(one: Amount, other: Amount) -> bool:
    """Is a number inside another? About 50 holds 50 itself; how far it reaches nobody knows."""
    if one == other:
        return True
    if other.qualifier == "approximately":
        return one.qualifier != "approximately" and one.best == other.best
    if one.qualifier == "approximately":
        return False
    low = other.low is None or (one.low is not None and one.low >= other.low)
    high = other.high is None or (one.high is not None and one.high <= other.high)
    return low and high


def as_text(value: Any) -> str:
    """A typed value as a curator writes it: yes, 2, 2019-04-02."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# --- parties ------------------------------------------------------------------------------


def join_parties(lists: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The parties of several sources, each once.

    A body under two names is one, a person with and without their body is one, and a group of
    one body in one role is the same group in another source. Within one source all stand.
    """
    joined: list[dict[str, Any]] = []
    for number, parties in enumerate(lists):
        before = list(joined) if number else []
        for party in parties:
            same = next((known for known in before if _same_party(known, party)), None)
            if same is None and not any(_written_alike(known, party) for known in joined):
                joined.append(party)
            elif same is not None:
                better = {k: same[k] if same.get(k) is not None else party.get(k) for k in {**same, **party}}
                position = next(i for i, known in enumerate(joined) if known is same)
                joined[position] = better
                before[before.index(same)] = better
    return joined


def _written_alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("party", "party_id", "text", "role", "for_org"))


def _same_party(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["role"] != other["role"] or one["party"] != other["party"]:
        return False
    bodies = {one.get("for_org"), other.get("for_org")} - {None}
    if one.get("party_id") or other.get("party_id"):
        return one.get("party_id") == other.get("party_id") and len(bodies) < 2
    if one["party"] == "group" and bodies:
        return one.get("for_org") == other.get("for_org")
    return one["text"] == other["text"] and len(bodies) < 2


# --- dates --------------------------------------------------------------------------------


def relate_dates(texts: list[str]) -> tuple[str, str]:
    """How dates of several sources stand to each other, and the one to use without a decision.

    ``texts`` are EDTF, the better-placed witness first. Finer: whatever the one admits the
    others admit too, beginning and end alike (so three days are not refined by one of them).
    Overlapping: they admit something in common; the hull has the outer days of all.
    """
    distinct = sorted({text: dates.parse(text) for text in texts}.values())
    if len(distinct) == 1:
        return "equal", texts[0]
    choices = {date.text: _choices(date.text) for date in distinct}
    for date in distinct:
        if all(_all_inside(choices[date.text], choices[other.text]) for other in distinct):
            return "finer", date.text
    if not all(_any_meet(choices[one.text], choices[other.text]) for one in distinct for other in distinct):
        return "contradicting", texts[0]
    if any(date.kind == "interval" or not (date.earliest and date.latest) for date in distinct):
        return "overlapping", texts[0]
    first = min(date.earliest for date in distinct if date.earliest)
    last = max(date.latest for date in distinct if date.latest)
    return "overlapping", f"[{first.isoformat()}..{last.isoformat()}]"


@dataclass(frozen=True, slots=True)
class _Span:
    """The days on which something can have begun, or ended. None: no limit. ``pattern`` is a
    month and day of a year nobody knows, as XXXX-04-02; it has no other limits."""

    first: dt.date | None
    last: dt.date | None
    pattern: str = ""

    def inside(self, other: _Span) -> bool:
        if other.pattern:
            return self == other or (not self.pattern and self.days_like(other.pattern))
        if self.pattern:
            return other.first is None and other.last is None
        begins = other.first is None or (self.first is not None and self.first >= other.first)
        return begins and (other.last is None or (self.last is not None and self.last <= other.last))

    def meets(self, other: _Span) -> bool:
        if self.pattern and other.pattern:
            return all(a == b or "X" in (a, b) for a, b in zip(self.pattern, other.pattern, strict=False))
        if self.pattern or other.pattern:
            known, like = (other, self.pattern) if self.pattern else (self, other.pattern)
            return known.has_day_like(like)
        apart = (self.last and other.first and self.last < other.first) or (
            other.last and self.first and other.last < self.first
        )
        return not apart

    def days_like(self, pattern: str) -> bool:
        """Is every day of the span a day of the pattern?"""
        if self.first is None or self.last is None or (self.last - self.first).days > 31:
            return False
        days = (self.first + dt.timedelta(n) for n in range((self.last - self.first).days + 1))
        return all(_like(day, pattern) for day in days)

    def has_day_like(self, pattern: str) -> bool:
        if self.first is None or self.last is None or (self.last - self.first).days >= 366 * 4:
            return True
        days = (self.first + dt.timedelta(n) for n in range((self.last - self.first).days + 1))
        return any(_like(day, pattern) for day in days)


def _like(day: dt.date, pattern: str) -> bool:
    return all(a == b or b == "X" for a, b in zip(day.isoformat(), pattern, strict=False))


def _choices(text: str) -> list[tuple[_Span, _Span]]:
    """What a date admits: for each member of a set the days of its beginning and of its end."""
    if text.startswith("[") and "," in text:
        return [choice for part in text[1:-1].split(",") for choice in _choices(_member(part.strip()))]
    date = dates.parse(text)
    begins = _Span(date.start_earliest, date.start_latest)
    ends = _Span(date.end_earliest, date.end_latest)
    if "X" in text and date.kind != "set":
        sides = [side.translate(_MARKS) for side in text.split("/")]
        begins, ends = (
            _Span(None, None, side) if side.startswith("XXXX") and len(side) > 4 else span
            for side, span in ((sides[0], begins), (sides[-1], ends))
        )
    return [(begins, ends)]


_MARKS = str.maketrans("", "", "?~%")


def _member(part: str) -> str:
    return f"[{part}]" if ".." in part else part


def _all_inside(one: list[tuple[_Span, _Span]], other: list[tuple[_Span, _Span]]) -> bool:
    return all(any(a.inside(c) and b.inside(d) for c, d in other) for a, b in one)


def _any_meet(one: list[tuple[_Span, _Span]], other: list[tuple[_Span, _Span]]) -> bool:
    return any(a.meets(c) and b.meets(d) for a, b in one for c, d in other)
