"""The word lists: codes with their English and Chinese words and definitions.

One CSV per list under ``data/raw/registers/vocabularies``; the file's name is the list's.
Columns: code, en, zh, definition; where needed en_plural (English plural), broader (the code
that this one refines) and maps_to (a term of another standard).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import Problem, did_you_mean
from workbench.records import csvtext
from workbench.records.model import VOCABULARIES, VOCABULARY_COLUMNS, VOCABULARY_EXTRAS

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a list. ``en_plural`` is empty where the plural only adds an s."""

    code: str
    en: str
    zh: str
    definition: str
    en_plural: str = ""
    broader: str = ""
    maps_to: str = ""

    def label(self, language: str) -> str:
        """Its word in a language. Raises KeyError when the list has none: never a fallback."""
        text = {"en": self.en, "zh": self.zh}.get(language)
        if not text:
            raise KeyError(f"the code {self.code} has no word in {language}")
        return text


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """All lists, by name and code."""

    lists: dict[str, dict[str, Term]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> dict[str, Term]:
        return self.lists[name]

    def label(self, name: str, code: str, language: str) -> str:
        """The word for a code of a list in a language."""
        return self.lists[name][code].label(language)

    def narrower(self, name: str, code: str, broad: str) -> bool:
        """Is ``code`` a refinement of ``broad`` in the list?"""
        seen: set[str] = set()
        while code and code not in seen:
            seen.add(code)
            code = self.lists[name][code].broader if code in self.lists[name] else ""
            if code == broad:
                return True
        return False

    def explain(self, name: str, code: str) -> tuple[str, str]:
        """What was expected and what to do, for a code outside its list."""
        known = self.lists[name]
        listed = ", ".join(known) if len(known) <= 12 else f"one of the {len(known)} codes of {name}.csv"
        by_word = next((c for c, term in known.items() if code.casefold() in (term.en.casefold(), term.zh)), "")
        hint = f"did you mean {by_word}?" if by_word else did_you_mean(code, known) or "use a listed code;"
        return listed, f"{hint} a new code needs a row in {name}.csv"


def read(folder: Path, relative: str) -> tuple[Vocabularies, list[Problem]]:
    """All word lists of a project, and what is wrong with them. ``relative`` names the folder."""
    lists: dict[str, dict[str, Term]] = {}
    problems: list[Problem] = []
    for name in VOCABULARIES:
        file = f"{relative}/{name}.csv"
        rows, found = csvtext.read(folder / f"{name}.csv", file, VOCABULARY_COLUMNS, VOCABULARY_EXTRAS)
        problems += found
        lists[name] = {}
        for row in rows:
            problems += _check_row(row, file, lists[name])
            lists[name].setdefault(row["code"], Term(**row.cells))
        for code, term in lists[name].items():
            if term.broader and term.broader not in lists[name]:
                line = next(row.line for row in rows if row["code"] == code)
                problems.append(
                    Problem(file, line, "broader", f'"{term.broader}" is not in the list', "a code of the same list",
                            did_you_mean(term.broader, lists[name]) or "add it or leave it empty")
                )  # fmt: skip
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in VOCABULARIES:
            problems.append(
                Problem(f"{relative}/{path.name}", 1, "", f'no field uses a word list "{path.stem}"',
                        "one of " + ", ".join(VOCABULARIES),
                        did_you_mean(path.stem, VOCABULARIES) or "remove the file", "warning")
            )  # fmt: skip
    return Vocabularies(lists), problems


def _check_row(row: csvtext.Row, file: str, known: dict[str, Term]) -> list[Problem]:
    problems = []
    if row["code"] in known:
        problems.append(
            Problem(file, row.line, "code", f'the code "{row["code"]}" stands here twice', "each code once",
                    "delete one of the two")
        )  # fmt: skip
    for column in VOCABULARY_COLUMNS:
        if not row[column]:
            problems.append(
                Problem(file, row.line, column, f'"{row["code"]}" has no {column}', "code, words and definition",
                        "fill the cell")
            )  # fmt: skip
    return problems
