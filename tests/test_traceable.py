"""Every number and name that a published sentence says is among the facts of that sentence.

Read from ``reports/*.facts.json`` as `make reports` leaves them, so it holds for what is sent and not for a sample;
`.ci/run` builds them first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workbench.paths import Project, find_project
from workbench.prose import english
from workbench.records import load, vocabularies

ROOT = Path(__file__).parents[1]
REPORTS = sorted((ROOT / "reports").glob("*.facts.json"))
WORDS = {word: number for number, word in enumerate(english._SMALL) if number}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\b(?:" + "|".join(WORDS) + r")\b", re.IGNORECASE)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not REPORTS, reason="no reports are built")]


@cache
def project() -> Project:
    return find_project(ROOT)


@cache
def names() -> dict[str, frozenset[str]]:
    """For each name of the registers the ids that bear it, in any language."""
    tables, settings = load.ensure_tables(project())
    found: dict[str, set[str]] = {}
    for id, text in zip(tables["names"]["id"], tables["names"]["text"], strict=True):
        found.setdefault(text, set()).add(id)
    for home in settings.homes.values():
        for text in home.name.values():
            found.setdefault(text, set()).add(home.id)
    return {text: frozenset(ids) for text, ids in found.items() if len(text) > 2 or not text.isascii()}


@cache
def labels(vocabulary: str, code: str) -> tuple[str, ...]:
    words, _ = vocabularies.read(project().vocabularies, "vocabularies")
    term = words[vocabulary][code]
    return tuple(filter(None, (term.en, term.zh, term.en_plural)))


@cache
def wordings() -> dict[str, tuple[str, str]]:
    tables, _ = load.ensure_tables(project())
    rows = tables["wordings"]
    both = list(zip(rows["en"], rows["zh"], strict=True))
    return {text: pair for pair in both for text in pair}


def numbers(text: str) -> set[float]:
    return {WORDS.get(word.lower()) or float(word.replace(",", "")) for word in NUMBER.findall(text)}


def texts(facts: Iterable[dict[str, Any]]) -> list[str]:
    """What facts may bring into a sentence as text: our own words in both languages, labels, names, what is printed."""
    found: list[str] = []
    known = names()
    for fact in facts:
        value = fact["value"]
        if fact["kind"] == "code" and value:
            found += labels(*value)
        elif fact["kind"] in ("text", "printed") and value:
            found += (*wordings().get(value, (value,)), value)
        elif fact["kind"] in ("name", "names", "people") and value:
            ids = {value} if isinstance(value, str) else {i for v in value for i in ([v] if isinstance(v, str) else v)}
            found += [text for text, own in known.items() if own & ids]
    return found


def allowed(facts: list[dict[str, Any]]) -> set[float]:
    """The numbers that facts may bring: their own, those of dates, those inside texts and names."""
    found: set[float] = set()
    for fact in facts:
        value = fact["value"]
        if fact["kind"] == "number" and value is not None:
            found |= {float(n) for n in (value if isinstance(value, list) else [value])}
            found |= {float(int(n)) for n in found}  # two and a half
        elif fact["kind"] == "date" and value:
            found |= {float(n) for n in re.findall(r"\d+", value)}
            found |= {float(f"{n[:3]}0") for n in re.findall(r"\d{3}X", value)}
            found |= {n + 1 for n in numbers(value) if n > 999}  # the winter that ends in the next year
    return found.union(*(numbers(text) for text in texts(facts)))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name.removesuffix(".facts.json"))
def test_every_number_and_name_of_a_sentence_is_a_fact_of_it(path: Path) -> None:
    strange = []
    for sentence in json.loads(path.read_text(encoding="utf-8"))["sentences"]:
        text, facts = sentence["text"], sentence["facts"]
        strange += [f"{sentence['id']}: {n:g} in “{text}”" for n in sorted(numbers(text) - allowed(facts))]
        rest = text
        for own in sorted(texts(facts), key=len, reverse=True):
            rest = re.sub(re.escape(own), "·", rest, flags=re.IGNORECASE)
        strange += [f"{sentence['id']}: {name} in “{text}”" for name in names() if holds(rest, name)]
    assert strange == []


def holds(text: str, name: str) -> bool:
    """Is a name in a text: as whole words where its letters are Latin?"""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)) if name.isascii() else name in text


def test_the_search_sees_what_it_must() -> None:
    assert numbers("Nine visits in 2019, 1,200 books; two and 2.5") == {9, 2019, 1200, 2, 2.5}
    assert allowed([{"kind": "date", "value": "2019-04~"}, {"kind": "number", "value": [3, 5]}]) == {
        2019,
        4,
        3,
        5,
        2020,
    }
    assert holds("a visit of Leeds Libraries", "Leeds Libraries")
    assert not holds("a visit of Leedsman", "Leeds")
