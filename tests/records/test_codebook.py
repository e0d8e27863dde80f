"""The page of the codebook is that of the model, the word lists and the records as they are."""

from __future__ import annotations

from pathlib import Path

from workbench.paths import Project
from workbench.records import codebook, vocabularies


def test_the_page_is_up_to_date(root: Path) -> None:
    """When this fails: make codebook."""
    assert (root / "docs" / "codebook.md").read_text(encoding="utf-8") == codebook.page(Project(root))


def test_counts_are_those_of_the_tables(project: Project) -> None:
    page = codebook.page(project)
    assert "| `agreement_kind` |" not in page
    row = next(line for line in page.splitlines() if line.startswith("| `staff_exchange` |"))
    assert row.endswith("| 1 |"), "one staff exchange happened; the one planned is counted in its own list"


def test_a_page_without_records_has_no_counts(project: Project) -> None:
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    assert "| used |" not in codebook.render(words)
