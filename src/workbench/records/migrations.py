"""Dossiers of an older form, brought forward: their text is rewritten, comments and order stay.

A step rewrites the text of a dossier from one version of the form to the next; the version it
names is set here. Version 0 is a dossier that names none. To change the form, raise
`model.SCHEMA`, add a step to `STEPS`, and let the step find its lines through the tree.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import Problem, RecordsError
from workbench.paths import Project, write_atomic
from workbench.records import dossiers, registers, vocabularies, yamltext
from workbench.records.yamltext import Mapping, Scalar

Step = Callable[[str, Mapping], str]  # the text and its tree → the text in the next version
_BOM = b"\xef\xbb\xbf"


class UnfitError(Exception):
    """A line is written in a way that a step cannot rewrite. Args: line, what stands there."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One dossier before and after; ``version`` is the one it is of now."""

    path: Path
    file: str
    version: int
    before: bytes
    after: bytes

    def diff(self) -> str:
        """What changes, as a unified diff with a line of context."""
        old, new = (content.decode("utf-8-sig").splitlines() for content in (self.before, self.after))
        return "\n".join(difflib.unified_diff(old, new, self.file, self.file, n=1, lineterm=""))


@dataclass(slots=True)
class Plan:
    """What there is to do: rewrites, dossiers up to date (their number), warnings of newer ones."""

    version: int
    rewrites: list[Rewrite] = field(default_factory=list)
    current: int = 0
    newer: list[Problem] = field(default_factory=list)

    def carry_out(self) -> None:
        """Write every rewrite, or none: what was written is put back if one cannot be."""
        written: list[Rewrite] = []
        try:
            for rewrite in self.rewrites:
                write_atomic(rewrite.path, rewrite.after)
                written.append(rewrite)
        except BaseException:
            for rewrite in written:
                write_atomic(rewrite.path, rewrite.before)
            raise


def _as_it_is(text: str, tree: Mapping) -> str:
    return text


# From version → what brings a dossier to the next.
STEPS: dict[int, Step] = {0: _as_it_is}


def plan(project: Project, steps: dict[int, Step] = STEPS) -> Plan:
    """What brings every dossier of a project to the version after the last step. Writes nothing.

    Raises `RecordsError` with everything that hinders: a file that cannot be read or rewritten,
    and every error that a rewritten dossier has.
    """
    found = Plan(max(steps) + 1)
    wanted = f"schema: {found.version}"
    problems: list[Problem] = []
    for path in sorted(path for path in project.dossiers.glob("*.y*ml") if path.is_file()):
        file, before = project.relative(path), path.read_bytes()
        tree, wrong = yamltext.read(before, file)
        if tree is None or wrong:
            problems += wrong
            continue
        version = version_of(tree)
        if version is None:
            problems.append(Problem(file, tree.lines["schema"], "schema", "this is no version of the form", wanted,
                                    "write the one it was written in"))  # fmt: skip
        elif version > found.version:
            found.newer.append(Problem(file, tree.lines["schema"], "schema", f"it is of schema {version}", wanted,
                                       "it needs a newer workbench; left as it is", "warning"))  # fmt: skip
        elif version == found.version:
            found.current += 1
        else:
            after, wrong = _rewritten(before, file, version, steps)
            problems += wrong
            found.rewrites.append(Rewrite(path, file, version, before, after))
    if found.rewrites and not problems:
        problems = _validate(project, found.rewrites)
    if problems:
        raise RecordsError(problems)
    return found


def version_of(tree: Mapping) -> int | None:
    """The version a dossier names; 0 where it names none, None where what it names is no number."""
    schema = tree.items.get("schema")
    if schema is None:
        return 0
    if isinstance(schema, Scalar) and re.fullmatch(r"0|[1-9]\d{0,5}", schema.text, re.ASCII):
        return int(schema.text)
    return None


def _rewritten(before: bytes, file: str, version: int, steps: dict[int, Step]) -> tuple[bytes, list[Problem]]:
    """The bytes of a dossier in the newest version, or what hinders."""
    mark = _BOM if before.startswith(_BOM) else b""
    text = before.decode("utf-8-sig")
    for number in range(version, max(steps) + 1):
        try:
            text = steps[number](text, _tree(text))
            text = _with_version(text, _tree(text), number + 1)
            _tree(text)
        except UnfitError as unfit:
            line, what = unfit.args
            return before, [
                Problem(file, line, "", f"{what}: the step from schema {number} cannot rewrite it",
                        "one key a line", "write it so, or rewrite it by hand after docs/codebook.md")
            ]  # fmt: skip
    return mark + text.encode(), []


def _tree(text: str) -> Mapping:
    tree, problems = yamltext.read(text.encode(), "")
    if tree is None or problems:
        raise UnfitError(1, "it cannot be read once rewritten")
    return tree


def _with_version(text: str, tree: Mapping, version: int) -> str:
    """The text with its version set: where it stands, else before its first key."""
    if "schema" not in tree.lines:
        return insert_line(text, min(tree.lines.values(), default=1), f"schema: {version}")
    lines = text.splitlines(keepends=True)
    at = tree.lines["schema"] - 1
    lines[at], count = re.subn(r"(schema[\"']?\s*:\s*[\"']?)\d+", rf"\g<1>{version}", lines[at], count=1)
    if not count:
        raise UnfitError(at + 1, "the version is not on the line of its key")
    return "".join(lines)


def _validate(project: Project, rewrites: list[Rewrite]) -> list[Problem]:
    """The errors of the rewritten dossiers; those that they have already, with their present line."""
    words, problems = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    bodies, wrong = registers.read(project, words)
    problems += wrong
    for rewrite in rewrites:
        lines: dict[tuple[str, str], list[int]] = defaultdict(list)
        for problem in dossiers.read(rewrite.before, rewrite.file, bodies, words)[1]:
            lines[problem.field, problem.what].append(problem.line)
        for problem in dossiers.read(rewrite.after, rewrite.file, bodies, words)[1]:
            known = lines[problem.field, problem.what]
            line = known.pop(0) if known else problem.line
            problems.append(Problem(problem.file, line, problem.field, problem.what, problem.expected, problem.todo,
                                    problem.severity))  # fmt: skip
    return [problem for problem in problems if problem.severity == "error"]


# --- what steps are made of -----------------------------------------------------------------


def insert_line(text: str, line: int, new: str) -> str:
    """A line of its own before ``line`` (counted from 1), ended as the others are."""
    lines = text.splitlines(keepends=True)
    lines.insert(line - 1, new + ("\r\n" if lines[0].endswith("\r\n") else "\n"))
    return "".join(lines)


def rename_key(text: str, lines: Iterable[int], old: str, new: str) -> str:
    """A key renamed where it stands: ``lines`` has the line of each, as `Mapping.lines` gives it.

    Raises `UnfitError` where the key cannot be told from text that looks like it.
    """
    rows = text.splitlines(keepends=True)
    for line, wanted in Counter(lines).items():
        pattern = rf"(?<![^\s{{,])(?P<quote>[\"']?){re.escape(old)}(?P=quote)(?=\s*:(?:\s|$))"
        rows[line - 1], count = re.subn(pattern, lambda found: f"{found['quote']}{new}{found['quote']}", rows[line - 1])
        if count != wanted:
            raise UnfitError(line, f"{old} stands {count} times in this line, {wanted} times as a key")
    return "".join(rows)
