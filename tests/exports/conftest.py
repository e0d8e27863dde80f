"""A small project with names in Chinese, texts that look like formulas, and a source for internal use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from records.invented_records import head, invent
from runs import tiny
from workbench.exports.export import WRITERS
from workbench.exports.holdings import Holdings, collect
from workbench.paths import Project
from workbench.records import load

OPEN = """\
names: {Mill Library: elsewhere-library}
events:
- id: tour
  type: visit
  mode: in_person
  says: an invented tour
  when: 2019-04
  where: elsewhere
  who:
    host: elsewhere-library
    visitor: [yonder-library, Ann Invented @ farther-library, "teachers (group) @ yonder-library"]
    participant: ifla
    subject: yonder-city
  topic: "=1+1"
  outcome: "+86 571, 浙江图书馆 “第一”"
  quantities: {audience: ~50}
  note: "@SUM(A1)\\nsecond line, with \\"quotes\\" and 汉字"
  outputs: {talk: "-2 degrees"}
- id: call
  type: meeting
  mode: online
  says: an invented call
  when: 1899-05-04
  where: online
  who: {participant: [elsewhere-library, yonder-library]}
- id: never
  type: visit
  mode: in_person
  says: an invented visit that was not
  factuality: cancelled
  when: 2020
  where: elsewhere
  who: {host: elsewhere-library, visitor: yonder-library}
"""
SHUT = """\
names: {the Secret Reading Room: farther-library}
events:
- id: tour
  type: visit
  mode: in_person
  says: an invented tour seen from inside
  when: 2019-04-03
  where: elsewhere
  who: {host: elsewhere-library, visitor: [yonder-library, Bo Invented @ yonder-city]}
  outcome: only for the house
- id: whispered
  type: meeting
  mode: in_person
  says: an invented meeting behind doors
  when: 2021-02-03
  where: leeds
  who: {participant: [leeds-libraries, elsewhere-library]}
  follows: tour
"""
AFTER = """\
events:
- id: after
  type: visit
  mode: in_person
  says: an invented visit that followed
  when: 2022
  where: yonder
  follows: whispered
  who: {host: yonder-library, visitor: elsewhere-library}
"""


def internal(id: str, text: str) -> str:
    """A dossier about a source that only the house may read."""
    return head(id).replace("audience: public", "audience: internal") + text


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with two public sources and one for internal use; not to be changed."""
    project = tiny.copy_project(tmp_path_factory.mktemp("exports") / "project")
    invent(project, open_source=OPEN, after_source=AFTER, shut_source=internal("shut-source", SHUT))
    load.ensure_tables(project)
    return project


@pytest.fixture(scope="session")
def inside(told: Project) -> Holdings:
    """All that was told."""
    return collect(told, "internal")


@pytest.fixture(scope="session")
def outside(told: Project) -> Holdings:
    """What the public may have."""
    return collect(told, "public")


@pytest.fixture(scope="session")
def written(outside: Holdings) -> dict[str, bytes]:
    """Every file of an export for the public."""
    return {name: content for write in WRITERS.values() for name, content in write(outside).items()}


@pytest.fixture(scope="session")
def empty(inside: Holdings) -> Holdings:
    """A new project: tables without rows."""
    return replace(inside, tables={name: frame.iloc[:0] for name, frame in inside.tables.items()})
