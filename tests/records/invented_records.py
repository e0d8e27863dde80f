"""Invented records for these tests. No such libraries, people, journeys or articles exist."""

from __future__ import annotations

import pandas as pd

from workbench.paths import Project
from workbench.records import corpus, load
from workbench.records.corpus import Material

PLACES = """\
elsewhere,city,IT,Lombardy,45.5,9.2,,Elsewhere,别处,,,,invented
yonder,city,DE,Bavaria,48.1,11.6,,Yonder,彼处,,,,invented
"""
ORGANISATIONS = """\
elsewhere-library,public_library,elsewhere,,Elsewhere Library,,别处图书馆,,,Library of Elsewhere,zh,,,invented
elsewhere-branch,branch_library,elsewhere,elsewhere-library,"Elsewhere Library, Mill Branch",,,,,,,,,invented
yonder-library,public_library,yonder,,Yonder Library,,彼处图书馆,,,,zh,,,invented
yonder-city,government,yonder,,City of Yonder,yes,彼处市,,,,zh,,,invented
farther-library,public_library,yonder,,Farther Library,,更远图书馆,,,,zh,,,invented
"""
PEOPLE = """\
ann-invented,given_first,Ann Invented,,,invented
bo-invented,given_first,Bo Invented,,,invented
"""
HEAD = """\
schema: 1
source:
  id: {id}
  title: {title}
  publisher: {{name: {publisher}, kind: own_website, is_party: {is_party}}}
  language: en
  published: {published}
  audience: public
status: {status}
coder: A Tester
coded_on: 2026-01-02
"""


def head(
    id: str, published: str = "2025-06-01", is_party: str = "no", status: str = "reviewed",
    title: str = "An invented article", publisher: str = "Invented Press",
) -> str:  # fmt: skip
    """The first lines of a dossier about an invented article."""
    given = {"id": id, "title": title, "publisher": publisher, "is_party": is_party, "published": published}
    return HEAD.format(**given, status=status)


def invent(project: Project, **dossiers: str) -> Project:
    """Put invented dossiers (``source_id=text``, with ``_`` for ``-``) in the place of the real ones.

    A text that does not begin with ``schema`` gets the usual first lines.
    """
    for path in project.dossiers.iterdir():
        path.unlink()
    project.anchors_file.write_text("source_id,paragraph,phrase\n", encoding="utf-8")
    (project.registers / "wordings.csv").unlink(missing_ok=True)
    rows = {"places.csv": PLACES, "organisations.csv": ORGANISATIONS, "people.csv": PEOPLE}
    for name, text in rows.items():
        path = project.registers / name
        if text not in path.read_text(encoding="utf-8"):
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    for name, text in dossiers.items():
        id = name.replace("_", "-")
        content = text if text.startswith("schema") else head(id) + text
        (project.dossiers / f"{id}.yaml").write_text(content, encoding="utf-8")
    return project


def decide(project: Project, *entries: str) -> None:
    """Write the decisions of the project: each entry the inside of a flow mapping."""
    lines = "".join(f"- {{{entry}}}\n" for entry in entries)
    project.decisions_file.write_text(f"decisions:\n{lines}", encoding="utf-8")


def material_of(project: Project) -> Material:
    """The material of a project without errors (what is not looked up yet may be listed)."""
    material, problems = load.read_material(project)
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert not errors, "\n".join(errors)
    return material


def build(project: Project) -> dict[str, pd.DataFrame]:
    """All tables of a project."""
    return corpus.build(material_of(project))


def row(frame: pd.DataFrame, **where: object) -> dict[str, object]:
    """The one row with these values; missing values as None."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, f"{len(frame)} rows with {where}"
    found = frame.iloc[0].to_dict()
    return {name: None if pd.isna(value) else value for name, value in found.items()}
