"""One record whole: what stands on its sheet, in the terminal and in a notebook."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner
from invented_records import build, decide, invent

from workbench.cli import main
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.records.view import show

TOUR = """events:
- id: tour
  type: visit
  says: an invented tour
  when: {when}
  where: elsewhere
  who: {{host: elsewhere-library, visitor: [yonder-library, "A <b>Bold</b> Library (open)"]}}
  quantities: {{audience: ~50}}
  outputs: {{talk: an invented talk}}
"""
PLAN = """plans:
- {id: wish, kind: visit, strength: intended, raised_at: tour, what: to come again, says: ¶4}
"""


@pytest.fixture
def tables(project: Project) -> dict[str, pd.DataFrame]:
    invent(project, a=TOUR.format(when="2019-04") + PLAN, b=TOUR.format(when="2020-04"))
    signed = "value: 2019-04, why: asked the keeper, by: A. N. Other, on: 2026-01-02"
    decide(project, f"record: events, id: tour, field: edtf, {signed}")
    return build(project)


@pytest.mark.parametrize(
    "words",
    ["tour", "elsewhere (Elsewhere)", "2019-04-01 to 2019-04-30", "host, org elsewhere-library (",
     "A <b>Bold</b> Library (not in the register)", "50 (approximately)", "an invented talk",
     "“an invented tour”", "edtf = 2020-04", "contradicting: 2019-04 (a); 2020-04 (b)",
     "in use: 2019-04 (by decision: asked the keeper (A. N. Other, 2026-01-02))", "wish (raised_at)"],
)  # fmt: skip
def test_a_sheet_holds_all_that_is_known(tables: dict[str, pd.DataFrame], words: str) -> None:
    assert words in " ".join(str(show(tables, "tour")).split())


def test_a_paragraph_without_a_phrase_is_named(tables: dict[str, pd.DataFrame]) -> None:
    assert "a paragraph 4" in " ".join(str(show(tables, "wish")).split())


def test_a_body_tells_where_it_takes_part(tables: dict[str, pd.DataFrame]) -> None:
    assert "events tour (host)" in " ".join(str(show(tables, "elsewhere-library")).split())


def test_html_shows_the_same_and_takes_no_markup_from_records(tables: dict[str, pd.DataFrame]) -> None:
    html = show(tables, "tour")._repr_html_()
    assert "<b>Bold</b>" not in html
    assert "&lt;b&gt;Bold" in html
    assert html.count("<table>") == len(show(tables, "tour").sections)


def test_an_unknown_id_names_the_near_ones(tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(UsageError, match="did you mean tour"):
        show(tables, "tuor")


def test_the_program_prints_several_and_needs_one(project: Project) -> None:
    result = CliRunner().invoke(main, ["show", "leeds-visit-2019", "leeds", "--project", str(project.root)])
    assert result.exit_code == 0
    assert "Andrea Ellison" in result.output
    assert "利兹" in result.output
    assert CliRunner().invoke(main, ["show"]).exit_code == 2
