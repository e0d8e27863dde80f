"""Shared by all tests: a small project that a test may spoil."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import five
from workbench.paths import Project

ROOT = Path(__file__).parents[1]
ARTICLES = ROOT.parent / "shared" / "articles"

for name in ("WORKBENCH_PROJECT",):
    os.environ.pop(name, None)
# Whoever runs the tests may be deaf to these, as `nohup` and jobs in the background are; programs of the tests are not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project of the five articles, to be spoilt; nothing built."""
    return five.copy(tmp_path / "project")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of this project."""
    return ROOT


@pytest.fixture(scope="session")
def articles() -> Path:
    """The articles held beside the checkout; the test is skipped where they are not."""
    if not ARTICLES.is_dir():
        pytest.skip("the articles are not held here")
    return ARTICLES


# Whole rebuilds, many small projects, long properties: run by .ci/run with `-m slow`.
SLOW = (
    "exports/test_datapackage.py",
    "exports/test_export.py",
    "exports/test_workbook.py",
    "runs/test_cluster.py",
    "runs/test_engine.py",
    "runs/test_faults.py",
    "runs/test_guard.py",
    "runs/test_inprocess.py",
    "runs/test_elsewhere.py",
    "runs/test_keys.py",
    "runs/test_prefork.py",
    "runs/test_schedule.py::test_the_line_runs_as_cron_runs_it",
    "runs/test_staleness.py",
    "records/test_mistakes.py",
    "records/test_corpus.py",
    "records/test_record_set.py",
    "records/test_tables.py",
    "records/imports/test_register_files.py",
    "analysis/test_counting_properties.py",
    "analysis/test_agreement_answers.py",
    "explore/test_board.py",
    "figures/test_timelines.py",
    "figures/test_maps.py::test_every_size_holds_the_real_homes",
    "figures/test_maps.py::test_many_flows_keep_the_heaviest_and_say_so",
    "figures/test_maps.py::test_more_far_places_than_an_edge_has_room_for_are_counted",
    "figures/test_maps.py::test_two_hundred_places_are_readable",
    "figures/test_maps.py::test_where_many_flows_weigh_the_same_none_is_picked_by_chance",
    "prose/test_changes.py",
    "prose/test_stories.py",
    "prose/test_annual.py::test_every_year_of_the_five_articles_can_be_written",
    "prose/test_partner.py::test_every_page_of_the_five_articles_can_be_written",
    "test_release.py",
    "test_report.py",
    "test_browser.py",
    "records/test_audience.py::test_a_public_report_has_the_same_bytes_with_and_without_an_internal_source",
    "records/test_dates.py::test_a_second_opinion_differs_only_where_we_know_why",
    "test_analyst_notebooks.py",
    "test_new_report.py",
    "test_starter.py::test_the_example_becomes_an_overview",
    "test_starter.py::test_an_installed_package_starts_the_same_project",
)
GAPS = Path(__file__).with_name("known_gaps.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow suites, and what is known not to hold yet (docs/known-gaps.md)."""
    gaps = set(GAPS.read_text(encoding="utf-8").splitlines()) if GAPS.is_file() else set()
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if item.nodeid in gaps:
            item.add_marker(pytest.mark.xfail(reason="a known gap: docs/known-gaps.md", strict=False))
