"""A project in which everything that people write tries to break out of the page."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

import five
from workbench.paths import Project

# Each part would change the title of the page, open a dialogue, ask for a file or add an element, if it could.
ATTACK = (
    """<script>document.title="owned"</script><img src=x onerror="alert(1)">"><svg onload=alert(2)> '">"""
    """<a href="javascript:alert(3)">x</a> {{ 7*7 }} {% raw %} {# gone #} **bold** [y](javascript:alert(4)) `code` """
    """</script></style></title><!-- &lt;b&gt; &amp; #emph[typst] $x$ العربية עברית \\u003cscript\\u003e"""
)
PHRASE = """</script><img src=x onerror="alert(5)"> {{ 7*7 }}"""  # of few words, as a phrase must be
FACES = "😀👩\u200d👧"  # not in names: no font of ours draws them, and a figure with one stops
LONG = "long " * 999 + "words"
# What is written in words of one's own; ids, codes and dates stay.
FREE = ("title", "name", "topic", "scope", "what", "wording", "printed", "paper", "talk", "poster", "outcome", "post",
        "funder", "note", "licence", "citation")  # fmt: skip


def copy(target: Path) -> Project:
    """The project of the five articles, spoilt: the attack in every text, and one topic of 5,000 characters."""
    project = five.copy(target)
    for file in sorted(project.dossiers.glob("*.yaml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        text = yaml.safe_dump(_spoilt(content), allow_unicode=True, sort_keys=False, width=10_000)
        file.write_text(text, encoding="utf-8")
    _spoil_wordings(project.registers / "wordings.csv")
    for file in (project.dossiers / "globalleeds-hangzhou-mou.yaml", project.registers / "wordings.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("British life and culture", LONG), encoding="utf-8")
    for name in ("organisations", "people"):
        _spoil_names(project.registers / f"{name}.csv")
    return project


def _spoilt(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _spoilt(inner, "" if name == "names" else name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spoilt(inner, key) for inner in value]
    if key == "says":
        return f"{' '.join(value.split()[:2])} {PHRASE}"
    return f"{value} {ATTACK} {FACES}" if key in FREE and value not in ("open", "closed") else value


def _spoil_wordings(file: Path) -> None:
    """What the spoilt texts are in Chinese: spoilt as well."""
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    spoilt = [{language: f"{text} {ATTACK} {FACES}" for language, text in row.items()} for row in rows]
    _write(file, [*rows, *spoilt])


def _spoil_names(file: Path) -> None:
    """Each body and person is called by the attack; under the old name they are still known."""
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        for language in ("name_en", "name_zh"):
            row[language] = row[language] or row["name_en"]  # all have a Chinese name: their reports are made
            if row[language]:
                row["variants"] = " | ".join(filter(None, [row["variants"], row[language]]))
                row[language] = f"{row[language]} {ATTACK}"
    _write(file, rows)


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
