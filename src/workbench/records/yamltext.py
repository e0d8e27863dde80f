"""YAML read as text with line numbers: every scalar a string, nothing guessed, nothing lost.

PyYAML composes the tree; its resolver (which would turn ``NO`` into False and ``2019-03-01``
into a date) is never asked. Duplicate keys, aliases, anchors, tags, several documents and
keys that are not plain text are refused, each with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from workbench.errors import Problem

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


MAX_DEPTH = 40  # dossiers need eight; far below what would end the interpreter
_DEPTH = {
    yaml.MappingStartEvent: 1, yaml.SequenceStartEvent: 1, yaml.MappingEndEvent: -1, yaml.SequenceEndEvent: -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as text, with its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, with its line."""

    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, with the line of each key."""

    items: dict[str, Tree]
    lines: dict[str, int]
    line: int


Tree = Scalar | Sequence | Mapping


def read(content: bytes, file: str) -> tuple[Mapping | None, list[Problem]]:
    """The tree of a YAML file and what is wrong with it; no tree if it cannot be read at all."""
    text, problems = decode(content, file)
    if text is None:
        return None, problems
    refused = _refused_constructs(text, file)
    if refused:
        return None, refused
    try:
        nodes = list(yaml.compose_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        return None, [_syntax_problem(error, file, text)]
    if len(nodes) != 1 or not isinstance(nodes[0], yaml.MappingNode):
        what = "the file is empty" if not nodes else "the file is not one list of `key: value`"
        return None, [Problem(file, 1, "", what, "one YAML document of keys and values", "see docs/codebook.md")]
    tree = _convert(nodes[0], file, problems)
    return (tree if isinstance(tree, Mapping) else None), problems


def decode(content: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """UTF-8 text (a byte order mark is dropped), or the problem with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [
            Problem(
                file, line, "", f"byte {content[error.start]:#04x} is not UTF-8", "a file in UTF-8",
                "save the file again with the encoding UTF-8",
            )
        ]  # fmt: skip
    problems = []
    for pattern, name in ((_CONTROL, "a control character"), (_INVISIBLE, "an invisible character")):
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            problems.append(
                Problem(
                    file, line, "", f"{name} (U+{ord(found[0]):04X}) in the text", "text that can be seen",
                    "delete it: it is not shown but changes names and phrases",
                )
            )  # fmt: skip
    return (None if problems else text), problems


def _refused_constructs(text: str, file: str) -> list[Problem]:
    problems = []
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                return [Problem(file, line, "", "a second document begins here", "one document a file",
                                "take out the line ---, or make it a file of its own")]  # fmt: skip
            depth += _DEPTH.get(type(event), 0)
            if depth > MAX_DEPTH:
                return [_refuse(file, line, f"a list more than {MAX_DEPTH} deep")]
            if isinstance(event, yaml.AliasEvent):
                problems.append(_refuse(file, line, f"the alias *{event.anchor}"))
            elif getattr(event, "anchor", None):
                problems.append(_refuse(file, line, f"the anchor &{event.anchor}"))
            elif getattr(event, "tag", None) and getattr(event, "tag", "!") != "!":
                problems.append(_refuse(file, line, f"the tag {event.tag}"))
    except yaml.YAMLError as error:
        return [_syntax_problem(error, file, text)]
    return problems


def _refuse(file: str, line: int, what: str) -> Problem:
    return Problem(
        file, line, "", f"{what} is not accepted", "plain values, written where they belong",
        "write the value itself, in quotes if it begins with & * or !",
    )  # fmt: skip


def _syntax_problem(error: yaml.YAMLError, file: str, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    lines = text.splitlines()
    if "cannot start any token" in what and line <= len(lines) and "\t" in lines[line - 1]:
        what = "a tab where spaces are needed"
    return Problem(
        file, line, "", f"this is not YAML: {what}", "indentation by spaces, `key: value`, - for lists",
        "look at this line and the one above; put text with : # [ ] { } or quotes in it in \"double quotes\"",
    )  # fmt: skip


def _convert(node: Any, file: str, problems: list[Problem]) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, line)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_convert(child, file, problems) for child in node.value), line)
    items: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(
                Problem(file, key_line, "", "a key is not plain text", "key: value", "put the key in quotes")
            )
            continue
        key = key_node.value
        value = _convert(value_node, file, problems)
        if key in items:
            problems.append(
                Problem(
                    file, key_line, key, f'the key "{key}" stands here twice (first in line {lines[key]})',
                    "each key once", "join the two or delete one",
                )
            )  # fmt: skip
            continue
        items[key], lines[key] = value, key_line
    return Mapping(items, lines, line)
