"""Facts: values with the records they come from, before any words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.analysis.numbers import Number

RecordId = tuple[str, str]  # (table, id)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value a sentence may use. ``kind`` decides which filters accept it:

    number (int, float or (low, high)), date (EDTF text or None), name (id), names (ids),
    people ((id, body) pairs), code ((vocabulary, code)), text (our own words, put into the language), printed
    (what stays as it is: a publisher, the title of a source, a number already in digits).
    """

    kind: str
    value: Any
    records: tuple[RecordId, ...] = ()

    @property
    def code(self) -> str:
        """The code itself, of a fact that is one; empty for any other."""
        return str(self.value[1]) if self.kind == "code" and self.value else ""

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return self.value not in (None, (), "")

    def __str__(self) -> str:
        raise TypeError(f"a fact needs a filter that puts it into words: {self.kind} {self.value!r}")


def records(table: str, ids: Iterable[str]) -> tuple[RecordId, ...]:
    """Record references of one table."""
    return tuple((table, id) for id in ids)


def number(value: Any, records: Iterable[RecordId] = ()) -> Fact:
    """A number, or (low, high) where the records leave room."""
    return Fact("number", value, tuple(records))


def counted(number: Number) -> Fact:
    """A headline number with its doubt, and the records behind it."""
    own = {one.id: one.table for one in number.candidates}
    value = number.low if number.exact else (number.low, number.high)
    return Fact("number", value, tuple((own.get(id, "events"), id) for id in number.records))


def date(text: str | None, records: Iterable[RecordId] = ()) -> Fact:
    """An EDTF date; None where the source gives none."""
    return Fact("date", text, tuple(records))


def name(id: str | None, records: Iterable[RecordId] = ()) -> Fact:
    """A body or place of the register."""
    return Fact("name", id, tuple(records))


def names(ids: Iterable[str], records: Iterable[RecordId] = ()) -> Fact:
    """Several bodies or places."""
    return Fact("names", tuple(ids), tuple(records))


def people(pairs: Iterable[tuple[str, str]], records: Iterable[RecordId] = ()) -> Fact:
    """Several people, each with the body they came for; printed by name or by post."""
    return Fact("people", tuple(pairs), tuple(records))


def code(vocabulary: str, code: str | None, records: Iterable[RecordId] = ()) -> Fact:
    """A code of a word list."""
    return Fact("code", (vocabulary, code) if code else None, tuple(records))


def text(words: str | None, records: Iterable[RecordId] = ()) -> Fact:
    """Our own words from a record (a topic, a plan)."""
    return Fact("text", words, tuple(records))


def printed(value: str | None, records: Iterable[RecordId] = ()) -> Fact:
    """What is the same in every language: a publisher or the title of a source as printed, words already put
    into the language."""
    return Fact("printed", value, tuple(records))
