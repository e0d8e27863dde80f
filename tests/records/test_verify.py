"""Phrases looked up in invented articles: found, ambiguous, missing, not held; and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_records import head, invent, material_of

from workbench.errors import UsageError
from workbench.paths import Project
from workbench.records import load, verify
from workbench.records.text import article_digest
from workbench.records.verify import Outcome

TITLE = "An invented article"
ARTICLE = f"""Home >> News >> {TITLE}

{TITLE}

Updated: Sep 8, 2021

The invented tour began in Elsewhere.\u00a0It lasted three days.

Ann Invented, “keeper” of the
Yonder Library, came along. The end.

The end of the tour was a talk.
"""
TOUR = """events:
- id: tour
  type: visit
  says: {says}
  when: {{edtf: 2019-04, says: {when}}}
  where: {{place: elsewhere, says: {where}}}
  who:
    host: elsewhere-library
    visitor: {{party: Ann Invented, for: yonder-library, says: {who}}}
  quantities: {{days: {{value: 3, says: {days}}}}}
"""
RIGHT = {
    "says": "The invented tour began",
    "when": "It lasted three days",
    "where": "tour began in Elsewhere",
    "who": 'keeper" of the Yonder Library',
    "days": "three days",
}


def told(**changed: str) -> str:
    phrases = RIGHT | changed
    return TOUR.format(**{name: "'" + text.replace("'", "''") + "'" for name, text in phrases.items()})


def with_digest(text: str, article: str = ARTICLE, id: str = "a", published: str = "2025-06-01") -> str:
    lines = head(id, published)
    return lines.replace("  audience", f"  sha256: {article_digest(article)}\n  audience") + text


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A folder of articles with the invented one, in a folder below and among others."""
    folder = tmp_path / "held"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "any name.txt").write_bytes(b"\xef\xbb\xbf" + ARTICLE.replace("\n", "\r\n").encode())
    (folder / "other.txt").write_text("Another invented article\n\nOf no use.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\xff\x00")
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    return folder


def look_up(project: Project, held: Path, **dossiers: str) -> Outcome:
    return verify.verify(material_of(invent(project, **dossiers)), held)


def lines_of(project: Project, text: str, id: str = "a") -> list[int]:
    lines = (project.dossiers / f"{id}.yaml").read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if text in line]


# --- what is not as it should be --------------------------------------------------------------
def test_a_folder_that_is_none_is_an_error_of_use(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        verify.verify(material_of(invent(project, a=with_digest(told()))), tmp_path / "none")


WRONG = [
    "The invented tour ended",
    "the invented tour began",
    "three days. Ann",
    "Updated: Sep 8, 2021",
    "News >> An",
]


@pytest.mark.parametrize("phrase", WRONG)
def test_a_phrase_that_is_not_in_one_paragraph_is_missing(project: Project, held: Path, phrase: str) -> None:
    """Not there, in another case, over two paragraphs, outside the body."""
    outcome = look_up(project, held, a=with_digest(told(says=phrase)))
    assert (outcome.found, outcome.ambiguous, outcome.missing) == (4, 0, 1)
    (problem,) = outcome.problems
    assert (problem.severity, problem.line) == ("error", lines_of(project, phrase)[0])
    assert f'"{phrase}" is not in the article' in problem.what
    assert problem.file == "data/raw/dossiers/a.yaml"


@pytest.mark.parametrize("field", ["says", "when", "where", "who", "days"])
def test_the_line_of_every_kind_of_phrase_is_told(project: Project, held: Path, field: str) -> None:
    outcome = look_up(project, held, a=with_digest(told(**{field: "nowhere printed"})))
    assert [problem.line for problem in outcome.problems] == lines_of(project, "nowhere printed")
    assert all(p.field and p.expected and p.todo for p in outcome.problems)


def test_a_phrase_of_two_paragraphs_is_ambiguous(project: Project, held: Path) -> None:
    outcome = look_up(project, held, a=with_digest(told(says="end")))
    assert (outcome.found, outcome.ambiguous, outcome.missing) == (4, 1, 0)
    (problem,) = outcome.problems
    assert (problem.severity, problem.what) == ("warning", '"end" stands in paragraphs 2 and 3')
    assert ("a", "end") not in outcome.anchors


def test_two_parties_of_one_role_have_each_their_phrase(project: Project, held: Path) -> None:
    text = told().replace(
        "    host: elsewhere-library\n",
        "    host:\n    - {party: elsewhere-library, says: printed nowhere}\n"
        "    - {party: yonder-library, says: Yonder Library}\n",
    )
    outcome = look_up(project, held, a=with_digest(text))
    assert [problem.line for problem in outcome.problems] == lines_of(project, "printed nowhere")
    assert (outcome.found, outcome.missing) == (6, 1)


def test_the_phrase_of_a_value_of_the_source_is_looked_up_too(project: Project, held: Path) -> None:
    text = with_digest(told()).replace("language: en", "language: {value: en, says: printed nowhere}")
    outcome = look_up(project, held, a=text)
    assert [problem.line for problem in outcome.problems] == lines_of(project, "printed nowhere")


def test_the_phrase_of_a_milestone_has_its_own_line(project: Project, held: Path) -> None:
    pact = """agreements:
- id: pact
  kind: memorandum
  parties: [elsewhere-library, yonder-library]
  says: The invented tour began
  milestones:
    signed:
      edtf: 2019-04-05
      says: printed nowhere
"""
    outcome = look_up(project, held, a=with_digest(pact))
    assert [problem.line for problem in outcome.problems] == lines_of(project, "printed nowhere")


def test_an_article_that_has_changed_is_not_held(project: Project, held: Path) -> None:
    outcome = look_up(project, held, a=with_digest(told(), ARTICLE.replace("three days", "four days")))
    assert outcome.not_held == ["a"]
    assert (outcome.found, outcome.ambiguous, outcome.missing, outcome.anchors) == (0, 0, 0, {})
    assert [problem.severity for problem in outcome.problems] == ["warning"]
    assert article_digest(ARTICLE) in str(outcome.problems[0])


def test_a_line_that_is_the_title_in_the_text_of_another_is_no_claim(project: Project, held: Path) -> None:
    """Only the article of a dossier without one is proposed, not one that another dossier has."""
    outcome = look_up(project, held, a=with_digest(told()), b=told().replace("tour\n", "fair\n"))
    assert outcome.not_held == ["b"]
    assert not [problem for problem in outcome.problems if problem.severity == "error"]


def test_without_a_digest_nothing_is_held(project: Project, held: Path) -> None:
    assert look_up(project, held, a=told(), b=told().replace("tour", "fair")).not_held == ["a", "b"]


def test_a_title_that_is_not_in_the_article_is_told(project: Project, held: Path) -> None:
    """The headline divides menu and body: without it every number is in doubt."""
    text = with_digest(told()).replace(f"title: {TITLE}", "title: An invented artcle")
    assert any("title" in str(problem) for problem in look_up(project, held, a=text).problems)


# --- what is found ----------------------------------------------------------------------------
def test_every_phrase_is_found_with_its_paragraph(project: Project, held: Path) -> None:
    outcome = look_up(project, held, a=with_digest(told()))
    assert (outcome.found, outcome.ambiguous, outcome.missing, outcome.not_held) == (5, 0, 0, [])
    assert outcome.anchors == {
        ("a", RIGHT["says"]): 1, ("a", RIGHT["when"]): 1, ("a", RIGHT["where"]): 1, ("a", RIGHT["who"]): 2,
        ("a", "three days"): 1,
    }  # fmt: skip
    assert outcome.problems == []


def test_one_phrase_used_twice_counts_once(project: Project, held: Path) -> None:
    outcome = look_up(project, held, a=with_digest(told(days=RIGHT["says"])))
    assert outcome.found == 4


def test_paragraphs_come_with_the_assertions(project: Project, held: Path) -> None:
    material = material_of(invent(project, a=with_digest(told())))
    assert verify.record_anchors(project, material, verify.verify(material, held))
    rows = load.ensure_tables(project)[0]["assertions"].set_index(["record_id", "field"])
    assert rows.loc[("tour", "edtf"), ["paragraph", "phrase"]].to_list() == [1, RIGHT["when"]]
    assert rows.loc[("tour", "party:visitor"), ["paragraph", "phrase"]].to_list() == [2, RIGHT["who"]]
    assert rows.loc[("tour", "type"), ["paragraph", "phrase"]].to_list() == [1, RIGHT["says"]]
    assert load.check_project(project)[2] == []


def test_what_was_looked_up_is_not_said_to_wait(project: Project, held: Path) -> None:
    """A phrase found in two paragraphs has been looked up; the advice is not to look again."""
    material = material_of(invent(project, a=with_digest(told(says="end"))))
    verify.record_anchors(project, material, verify.verify(material, held))
    assert not [p for p in load.check_project(project)[2] if "not been looked up" in p.what]


# --- what is written --------------------------------------------------------------------------
def test_anchors_are_written_once_and_alike(project: Project, held: Path) -> None:
    material = material_of(invent(project, a=with_digest(told())))
    outcome = verify.verify(material, held)
    assert verify.record_anchors(project, material, outcome)
    first = project.anchors_file.read_bytes()
    assert not verify.record_anchors(project, load.read_material(project)[0], outcome)
    assert project.anchors_file.read_bytes() == first
    assert first.decode().splitlines()[0] == "source_id,paragraph,phrase"
    assert load.read_anchors(project) == (outcome.anchors, [])


def test_anchors_of_articles_not_held_are_kept_the_others_cleared(project: Project, held: Path) -> None:
    project_ = invent(project, a=with_digest(told()), b=told().replace("tour\n", "fair\n"))
    project_.anchors_file.write_text(
        f"source_id,paragraph,phrase\nb,7,{RIGHT['says']}\nb,8,a phrase of no use\ngone,1,x\na,9,three days\n"
    )
    material = material_of(project_)
    verify.record_anchors(project_, material, verify.verify(material, held))
    anchors, _ = load.read_anchors(project_)
    assert anchors["b", RIGHT["says"]] == 7
    assert anchors["a", "three days"] == 1
    assert {source for source, _ in anchors} == {"a", "b"}
    assert ("b", "a phrase of no use") not in anchors


def test_phrases_with_commas_quotes_and_breaks_survive_the_file(project: Project, held: Path) -> None:
    text = told(says="Ann Invented, “keeper” of the").replace("  when:", '  note: "x"\n  when:')
    material = material_of(invent(project, a=with_digest(text)))
    outcome = verify.verify(material, held)
    verify.record_anchors(project, material, outcome)
    assert load.read_anchors(project)[0] == outcome.anchors


@pytest.mark.shared
def test_every_phrase_of_the_five_dossiers_is_found(project: Project, articles: Path) -> None:
    material = load.read_material(project)[0]
    outcome = verify.verify(material, articles)
    assert (outcome.missing, outcome.ambiguous, outcome.not_held, outcome.problems) == (0, 0, [], [])
    assert outcome.found == len(outcome.anchors) == sum(len(verify.phrases(d)) for d in material.dossiers)
    assert outcome.anchors == material.anchors
    assert not verify.record_anchors(project, material, outcome)
