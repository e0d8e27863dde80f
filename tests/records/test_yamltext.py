"""YAML as text: what is refused, with its line; then that nothing is guessed and nothing lost."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import Problem
from workbench.records import yamltext
from workbench.records.yamltext import Mapping, Scalar, Sequence

STEADY = settings(deadline=None, derandomize=True, database=None)


def refused(text: str | bytes) -> list[Problem]:
    tree, problems = yamltext.read(text if isinstance(text, bytes) else text.encode(), "a.yaml")
    assert tree is None
    return problems


def one_refusal(text: str | bytes) -> tuple[int, str]:
    problems = refused(text)
    assert len(problems) == 1, problems
    return problems[0].line, problems[0].what


def plain(tree: object) -> object:
    if isinstance(tree, Scalar):
        return tree.text
    if isinstance(tree, Sequence):
        return [plain(item) for item in tree.items]
    assert isinstance(tree, Mapping)
    return {key: plain(value) for key, value in tree.items.items()}


def read(text: str) -> Mapping:
    tree, problems = yamltext.read(text.encode(), "a.yaml")
    assert tree is not None
    assert problems == []
    return tree


# --- refused ----------------------------------------------------------------------------------
# what is refused, the line, words of the message
REFUSED = [
    ("a: 1\nb: *x\n", 2, "alias *x"),
    ("a: 1\nb: &x 1\n", 2, "anchor &x"),
    ("a: 1\nb:\n- &x\n  c: 1\n", 3, "anchor &x"),
    ("a: 1\nb: !t 1\n", 2, "tag !t"),
    ("a: 1\nb: !!binary aGk=\n", 2, "tag"),
    ("a: 1\nb: !<tag:yaml.org,2002:python/object:os.system> x\n", 2, "tag"),
    ("", 1, "empty"),
    ("\n\n", 1, "empty"),
    ("# nothing\n", 1, "empty"),
    ("---\n...\n", 1, ""),
    ("- a\n", 1, "not one list"),
    ("a\n", 1, "not one list"),
    ("a: [1\nb: 2\n", 2, "not YAML"),
    ("a: 1\n\tb: 2\n", 2, "not YAML"),
    ("a: 1\n b: 2\n", 2, "not YAML"),
    ("a: x: y\n", 1, "not YAML"),
    ("a: @x\n", 1, "not YAML"),
    ("a: 'x\n", 2, "not YAML"),
    ("%YAML 9.9\n---\na: 1\n", 1, "not YAML"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_what_is_not_plain_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    at, what = one_refusal(text)
    assert (at, words in what) == (line, True), (at, what)


def test_a_second_document_is_refused_in_the_line_where_it_begins() -> None:
    line, what = one_refusal("a: 1\nb: 2\n---\na: 3\n")
    assert line == 3
    assert "document" in what


def test_all_aliases_anchors_and_tags_come_at_once() -> None:
    problems = refused("a: &x 1\nb: *x\nc: !t 1\n")
    assert [problem.line for problem in problems] == [1, 2, 3]


def test_two_keys_alike_are_reported_wherever_they_stand() -> None:
    text = "a: 1\nb:\n  c: 1\n  d: {e: 1, e: 2}\n  c: 2\na: 3\n"
    _, problems = yamltext.read(text.encode(), "a.yaml")
    assert sorted((p.line, p.field) for p in problems) == [(4, "e"), (5, "c"), (6, "a")]
    assert "first in line 3" in next(p for p in problems if p.field == "c").what


def test_keys_alike_but_for_quotes_are_alike() -> None:
    _, problems = yamltext.read(b"a: 1\n'a': 2\n", "a.yaml")
    assert [problem.line for problem in problems] == [2]


def test_a_key_that_is_no_text_is_reported() -> None:
    _, problems = yamltext.read(b"a: 1\n? [b, c]\n: 2\n? {d: e}\n: 3\n", "a.yaml")
    assert [problem.line for problem in problems] == [2, 4]


CHARACTERS = ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x80", "\x85", "\x9f", "\u2028", "\u2029", "\ufffe"]
INVISIBLE = [
    "\u00ad",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
]


@pytest.mark.parametrize("character", CHARACTERS, ids=lambda c: f"U+{ord(c):04X}")
def test_a_control_character_is_refused_with_its_line_and_name(character: str) -> None:
    line, what = one_refusal(f"a: 1\nb: 2\nc: x{character}y\nd: 4\n")
    assert line == 3
    assert f"U+{ord(character):04X}" in what


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda c: f"U+{ord(c):04X}")
def test_a_character_that_is_not_seen_is_refused_with_its_line_and_name(character: str) -> None:
    line, what = one_refusal(f"a: 1\nb: 2\nc: x{character}y\nd: 4\n")
    assert line == 3
    assert f"U+{ord(character):04X}" in what


def test_every_character_that_is_not_seen_is_reported() -> None:
    problems = refused("a: x\u200by\u202e\nb: \x07\n")
    assert sorted(problem.line for problem in problems) == [1, 1, 2]


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_lines_are_counted_alike_whatever_ends_them(ending: str) -> None:
    """A problem of encoding, of a character, of syntax and of a key, each in line 3."""
    for third in (b"c: \xff", b"c: \x07", b"c: x: y", b"a: 2"):
        content = ending.encode().join([b"a: 1", b"b: 2", third, b"d: 4"])
        _, problems = yamltext.read(content, "a.yaml")
        assert [problem.line for problem in problems] == [3], (third, problems)


@pytest.mark.parametrize("text", ["a: " + "[" * 5000 + "]" * 5000, "a: " + "{b: " * 5000 + "1" + "}" * 5000])
def test_a_file_nested_without_end_is_refused(text: str) -> None:
    assert one_refusal(text)[0] == 1


def test_not_utf8_names_byte_and_line() -> None:
    line, what = one_refusal(b"a: 1\nb: caf\xe9\n")
    assert line == 2
    assert "0xe9" in what


def test_a_byte_order_mark_at_the_start_is_no_fault() -> None:
    assert plain(read("\ufeffa: 1\n")) == {"a": "1"}


# --- nothing guessed --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["NO", "no", "yes", "on", "null", "~", "2019-03-01", "2019-03-01T10:00:00Z", "0o17", "017", "0x1F",
     "1_000",
     "1e3", ".inf", ".nan", "1.10", "12:30:45", "+1", "=", "<<", "true"],
)  # fmt: skip
def test_a_plain_scalar_stays_text(text: str) -> None:
    assert plain(read(f"a: {text}\n")) == {"a": text}


def test_an_empty_value_is_an_empty_text() -> None:
    assert plain(read("a:\nb: ''\nc: []\nd: {}\n")) == {"a": "", "b": "", "c": [], "d": {}}


def test_lines_of_keys_values_and_lists() -> None:
    tree = read("# a remark\na: 1\nb:\n- x\n- y: 1\n  z: 2\nc: >-\n  folded\n  text\nd: {e: 1,\n  f: 2}\n")
    assert tree.lines == {"a": 2, "b": 3, "c": 7, "d": 10}
    items = tree.items["b"]
    assert isinstance(items, Sequence)
    assert [item.line for item in items.items] == [4, 5]
    second, last = items.items[1], tree.items["d"]
    assert isinstance(second, Mapping)
    assert second.lines == {"y": 5, "z": 6}
    assert isinstance(last, Mapping)
    assert last.lines == {"e": 10, "f": 11}
    assert tree.items["c"] == Scalar("folded text", 7)


TEXTS = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" \n"), max_size=30)
TREES = st.recursive(TEXTS, lambda t: st.lists(t) | st.dictionaries(TEXTS, t), max_leaves=12)


@STEADY
@given(st.dictionaries(TEXTS, TREES, min_size=1, max_size=5), st.booleans())
def test_whatever_texts_are_written_the_same_are_read(data: dict[str, object], flow: bool) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    assert plain(read(text)) == data
