"""The codebook as a page, from the model, the word lists and the records: ``docs/codebook.md``.

``python -m workbench.records.codebook`` writes it for the project here (`make codebook`); a
test fails when it is out of date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from workbench.paths import Project, find_project, write_atomic
from workbench.records import vocabularies
from workbench.records.model import (
    COMPUTED_VOCABULARIES,
    MAX_CJK,
    MAX_WORDS,
    NAME_COLUMNS,
    REGISTERS,
    TABLES,
    TOP_LEVEL_KEYS,
    Field,
    Table,
)
from workbench.records.values import AMOUNT_FORMS
from workbench.records.vocabularies import Vocabularies
from workbench.records.wordings import FILE

_HEAD = f"""# Codebook

What a record is, and how it is written. This page is generated from the code and the word
lists; change those, not the page (`make codebook`).

- A **dossier** says what one source says: one YAML file under `data/raw/dossiers`, named after
  the source. Everything is read as text and typed by the tables below. Duplicate keys, aliases
  and tags are refused. What can be computed is never typed.
- `says` is a short phrase as printed (at most {MAX_WORDS} words or {MAX_CJK} Chinese characters),
  standing in exactly one paragraph. It is inherited by the fields of its record and by parts; a
  field with evidence of its own is written `{{value: …, says: …}}`.
- A **date** is EDTF: level 0 and 1, sets `[a,b]` `[a..b]`, marks on components, unspecified
  digits anywhere. `/` means that it lasted, `[..]` that we do not know which. Bounds are hard.
  Seasons are northern and by whole months: spring March to May, summer June to August, autumn
  September to November, winter December to the end of February of the year after. "End of March"
  is `[2019-03-21..2019-03-31]`; beginning and middle likewise by thirds.
- `basis` of a date is stated unless given; any other needs `why`. What the source says (`edtf`)
  and the reading made of it (`reading`, or several `readings: {{date: reason}}`) stay apart.
- A **number** is written {AMOUNT_FORMS}; a unit after a space.
- A **name** is an id of a register or a name as printed; `names:` says which id a printed name
  means; `name (open)` leaves it open, `words (group)` is a group, `Name @ body` a person.
- **Paragraphs** are the non-empty blocks of the body in reading order, captions and headings
  included, navigation, date stamps and counters not; the headline is 0.
"""


Counts = dict[tuple[str, str], int]


def render(words: Vocabularies, counts: Counts | None = None) -> str:
    """The whole page as Markdown; ``counts`` tells how often each code of each list is used."""
    parts = [_HEAD, "## A dossier\n", _pairs(("key", "holds"), TOP_LEVEL_KEYS)]
    parts += [_table(table) for table in TABLES]
    parts.append(
        "## Registers\n\nOne CSV row a body, person or place under `data/raw/registers`, with the columns "
        "written in their tables above and its names: " + ", ".join(f"`{name}`" for name in NAME_COLUMNS)
        + " (variants and languages divided by `|`). Files: " + ", ".join(f"`{name}`" for name in REGISTERS) + ".\n\n"
        f"`{FILE}` beside them has the table wordings: each text in words of ours (*text, in each language* above; of "
        "parties the groups) in English and Chinese. A dossier may be written in either. A project whose reports "
        "are in one language does without.\n"
    )  # fmt: skip
    parts.append("## Word lists\n\nUnder `data/raw/registers/vocabularies`. To add a word, add a row.\n")
    parts += [_word_list(name, words, counts) for name in sorted(words.lists)]
    return "\n".join(parts).rstrip() + "\n"


def _table(table: Table) -> str:
    section = f" Section `{table.section}` of a dossier." if table.section else ""
    lines = [f"## {table.name}\n", f"{table.description}{section} Key: {', '.join(table.key)}.\n"]
    lines.append(_rows(("column", "written as", "type", "holds"), [_field(field) for field in table.fields]))
    if table.keys:
        lines.append("Written in it besides:\n")
        lines.append(_pairs(("key", "holds"), {key.name: key.description for key in table.keys}))
    return "\n".join(lines)


def _field(field: Field) -> tuple[str, str, str, str]:
    kind = field.vocabulary and f"[{field.vocabulary}](#{field.vocabulary})"
    kind = kind or (field.refers_to and f"id of {field.refers_to}") or field.type
    kind += ", in each language" if field.ours else ""
    written = f"`{field.written}`" if field.written else ""
    if field.required:
        written += " (required)"
    return f"`{field.name}`", written, kind, field.description


def _word_list(name: str, words: Vocabularies, counts: Counts | None) -> str:
    head: tuple[str, ...] = ("code", "English", "中文", "definition")
    rows: list[tuple[str, ...]] = [(f"`{t.code}`", t.en, t.zh, t.definition) for t in words[name].values()]
    if counts is not None and name not in COMPUTED_VOCABULARIES:
        head = (*head, "used")
        rows = [(*row, str(counts.get((name, code), 0))) for row, code in zip(rows, words[name], strict=True)]
    return f"### {name}\n\n" + _rows(head, rows)


def count(tables: dict[str, pd.DataFrame]) -> Counts:
    """How often each code stands in the tables, by word list and code."""
    counts: Counter[tuple[str, str]] = Counter()
    for table in TABLES:
        for column in table.fields:
            if column.vocabulary:
                counts.update((column.vocabulary, code) for code in tables[table.name][column.name].dropna())
    return dict(counts)


def _pairs(head: tuple[str, str], pairs: dict[str, str]) -> str:
    return _rows(head, [(f"`{key}`", text) for key, text in pairs.items()])


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells) + "\n"


def page(project: Project) -> str:
    """The page of a project with the counts of its records. Raises `RecordsError`."""
    from workbench.records import load

    tables, _ = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, project.relative(project.vocabularies))
    return render(words, count(tables))


if __name__ == "__main__":
    here = find_project()
    write_atomic(here.root / "docs" / "codebook.md", page(here).encode())
