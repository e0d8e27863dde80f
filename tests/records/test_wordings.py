"""Our own words in each language: what the file may hold, what is listed as missing, what a selection and a public
export keep of it."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from invented_records import build, head, invent, material_of

from workbench.errors import Problem
from workbench.paths import Project
from workbench.records import audience, load, vocabularies, wordings
from workbench.records.selection import Corpus, Selection, choose_home, select

FILE = "data/raw/registers/wordings.csv"
TOUR = """events:
- id: tour
  type: visit
  says: an invented tour
  when: 2024-05-01
  where: elsewhere
  who: {{host: elsewhere-library, visitor: [yonder-library, {{party: gardeners (group), for: yonder-library}}]}}
  topic: {topic}
  outputs: {{poster: bees}}
posts:
- {{person: Ann Invented, post: keeper of bees, org: yonder-library, at: tour, says: an invented tour}}
"""
ROWS = {"a walk": "散步", "bees": "蜜蜂", "gardeners": "园丁", "keeper of bees": "养蜂人"}


def write(project: Project, *lines: str) -> None:
    text = "".join(f"{line}\n" for line in ("en,zh", *lines))
    (project.registers / "wordings.csv").write_text(text, encoding="utf-8")


def told(project: Project, topic: str = "a walk", languages: str = '["en", "zh"]', **rows: str) -> list[Problem]:
    """What is wrong with the wordings of one invented tour and these rows."""
    invent(project, a=TOUR.format(topic=topic))
    write(project, *(f"{en},{zh}" for en, zh in rows.items()))
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(re.sub(r"(?m)^languages = .*$", f"languages = {languages}", text), "utf-8")
    return [p for p in load.check_project(project)[2] if "looked up" not in p.what]


def corpus_of(project: Project, home: str = "hangzhou-public-library") -> Corpus:
    tables, settings = load.ensure_tables(project)
    words, _ = vocabularies.read(project.vocabularies, "vocabularies")
    return select(tables, settings, words, Selection(choose_home(settings, home), None, settings.as_of))


# --- the file ---------------------------------------------------------------------------------
def test_what_has_a_wording_is_not_told_of(project: Project) -> None:
    assert told(project, **ROWS) == []


@pytest.mark.parametrize(
    ("lines", "line", "field", "words"),
    [(["bees,蜜蜂", "bees,蜂"], 3, "en", '"bees" stands here twice (first in line 2)'),
     (["bees,"], 2, "zh", "the cell is empty"), ([",蜜蜂"], 2, "en", "the cell is empty"),
     (["bees,蜜蜂,miel"], 2, "", "3 cells in this row")],
    ids=["twice", "no-chinese", "no-english", "a-cell-too-many"],
)  # fmt: skip
def test_a_mistake_in_the_file_is_one_problem(project: Project, lines, line, field, words) -> None:
    invent(project, a=TOUR.format(topic="a walk"))
    write(project, *lines)
    wrong = [p for p in load.read_material(project)[1] if p.severity == "error"]
    assert [(p.file, p.line, p.field) for p in wrong] == [(FILE, line, field)]
    assert words in wrong[0].what
    assert wrong[0].todo


def test_a_row_that_no_record_uses_is_listed_with_what_is_near(project: Project) -> None:
    [problem] = told(project, languages='["en"]', **ROWS | {"a walkk": "走"})
    assert (problem.file, problem.line, problem.severity) == (FILE, 6, "warning")
    assert problem.what == 'no record has "a walkk"'
    assert "a walk" in problem.todo


def test_a_project_without_the_file_lacks_nothing_in_one_language(project: Project) -> None:
    assert told(project, languages='["en"]') == []
    (project.registers / "wordings.csv").unlink()
    assert told(project, languages='["en"]') == []
    assert build(project)["wordings"].empty


def test_each_text_without_a_wording_is_listed_once_with_record_and_field(project: Project) -> None:
    found = told(project)
    assert {(p.field, p.severity) for p in found} == {
        ("topic", "warning"), ("outputs", "warning"), ("who", "warning"), ("post", "warning")
    }  # fmt: skip
    topic = next(p for p in found if p.field == "topic")
    assert (topic.file, topic.line) == ("data/raw/dossiers/a.yaml", head("a").count("\n") + 8)
    assert topic.what == '"a walk" of tour has no wording in zh'
    assert FILE in topic.todo
    assert len(told(project, languages='["zh", "en"]', bees="蜜蜂")) == 3


def test_a_text_that_a_judgement_chooses_needs_a_wording_too(project: Project) -> None:
    both = {"a": TOUR.format(topic="a walk"), "b": TOUR.format(topic="a ride").partition("posts:")[0]}
    invent(project, **both)
    project.decisions_file.write_text(
        "decisions:\n"
        "- {record: events, id: tour, field: topic, value: a drive, why: it fits, by: me, on: 2026-01-02}\n",
        "utf-8",
    )
    material, _ = load.read_material(project)
    missing = {p.what.partition('"')[2].partition('"')[0]: p for p in wordings.missing(material, ["zh"])}
    assert {"a walk", "a ride", "a drive", "it fits"} <= set(missing)
    assert (missing["a drive"].file, missing["it fits"].field) == ("data/raw/decisions.yaml", "why")


def test_judgements_need_wordings_and_are_kept_with_their_records(project: Project) -> None:
    invent(project, a=TOUR.format(topic="a walk"))
    project.decisions_file.write_text(
        "decisions: []\njudgements:\n"
        "- {about: [tour], what: two tours, chosen: one tour, why: they rhyme (nearly), by: me, on: 2026-01-01}\n",
        "utf-8",
    )
    texts = ("two tours", "one tour", "they rhyme (nearly)")
    material, _ = load.read_material(project)
    assert [p.field for p in wordings.missing(material, ["zh"])][-3:] == ["what", "chosen", "why"]
    write(project, *(f"{text},话{n}" for n, text in enumerate(texts)), *(f"{en},{zh}" for en, zh in ROWS.items()))
    material, problems = load.read_material(project)
    assert wordings.missing(material, ["zh"]) == []
    assert [p for p in problems if p.file == FILE] == []
    frames = build(project)
    assert set(texts) <= set(wordings.texts(frames))
    assert set(wordings.used(frames["wordings"], frames)["en"]) == {*texts, *ROWS}


# --- both ways --------------------------------------------------------------------------------
def test_a_dossier_may_be_written_in_either_language(project: Project) -> None:
    assert told(project, topic="散步", **ROWS) == []
    write(project, *(f"{en},{zh}" for en, zh in ROWS.items() if en != "a walk"))
    [problem] = wordings.missing(load.read_material(project)[0], ["en", "zh"])
    assert problem.what == '"散步" of tour has no wording in en'


def test_a_text_in_chinese_leads_to_one_row(project: Project) -> None:
    """Two English texts may be one in Chinese, unless a record is written in that Chinese."""
    rows = ROWS | {"keeper of bees": "园丁"}
    assert told(project, **rows) == []
    problems = told(project, topic="园丁", **rows | {"a walk": "园丁"})
    [problem] = [p for p in problems if p.severity == "error"]
    assert (problem.file, problem.field) == ("data/raw/dossiers/a.yaml", "topic")
    assert problem.what == '"园丁" is the wording of 3 texts'


def test_a_text_in_a_language() -> None:
    known = wordings.index([{"en": "tea", "zh": "茶"}, {"en": "a tea", "zh": "茶"}, {"en": "茶 (tea)", "zh": "好茶"}])
    assert wordings.word(known, "tea", "zh") == wordings.word(known, "a tea", "zh") == "茶"
    assert wordings.word(known, "茶", "en") == "tea"
    assert wordings.word(known, "茶", "zh") == "茶"
    assert wordings.word(known, "tea", "en") == "tea"
    assert wordings.word(known, "茶 (tea)", "en") == "茶 (tea)"
    assert wordings.word(known, "coffee", "en") == "coffee"
    assert wordings.word(known, "咖啡", "zh") == "咖啡"
    for text, language in (("coffee", "zh"), ("咖啡", "en")):
        with pytest.raises(KeyError, match=f"has no wording in {language}"):
            wordings.word(known, text, language)


# --- where they go ----------------------------------------------------------------------------
def test_a_selection_keeps_the_rows_it_uses(project: Project) -> None:
    whole = build(project)["wordings"]
    kept = corpus_of(project)
    assert "a donation of books" in set(kept["wordings"]["en"])
    assert "wider networks" in set(whole["en"]) - set(kept["wordings"]["en"])  # a plan of Zhejiang Library
    assert kept.wording("a donation of books", "zh") == "赠书"
    assert kept.wording("赠书", "en") == "a donation of books"
    with pytest.raises(KeyError):
        kept.wording("wider networks", "zh")
    assert set(wordings.texts(kept.tables)) <= set(kept["wordings"]["en"])


def test_a_public_export_has_no_words_of_internal_records(project: Project) -> None:
    secret = head("b").replace("audience: public", "audience: internal") + TOUR.format(topic="a secret walk").replace(
        "id: tour", "id: other-tour"
    ).replace("at: tour", "at: other-tour")
    invent(project, a=TOUR.format(topic="a walk"), b=secret)
    write(project, *(f"{en},{zh}" for en, zh in (ROWS | {"a secret walk": "密行"}).items()))
    material_of(project)
    frames, settings = load.ensure_tables(project)
    assert "a secret walk" in set(frames["wordings"]["en"])
    assert set(audience.public(project, frames, settings)["wordings"]["en"]) == set(ROWS)


def test_a_register_without_wordings_is_one_warning(project: Project) -> None:
    material = material_of(project)
    column = {
        "register_id": ["r", "r", "r"],
        "topic": ["tea", "coffee", None],
        "outcome": [None, "a donation of books", None],
    }
    material.imported["events"] = pd.DataFrame(column, dtype="string")
    told = [p for p in wordings.missing(material, ["en", "zh"]) if "register" in p.what]
    assert [p.what for p in told] == ['2 texts of the register r have no wording in zh, as "tea"']


# --- the real ones ----------------------------------------------------------------------------
NUMBERS = {"a": 1, "an": 1, "each": 1, "once": 1, "first": 1, "one": 1, "two": 2, "second": 2, "three": 3, "third": 3,
           "four": 4, "fourth": 4, "five": 5, "fifth": 5, "six": 6, "seven": 7, "eight": 8, "eighth": 8, "ten": 10,
           "thirty": 30, "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
           "august": 8, "september": 9, "october": 10, "november": 11, "december": 12}  # fmt: skip


def test_every_text_of_the_records_has_a_wording(root) -> None:
    material, problems = load.read_material(Project(root))
    assert wordings.missing(material, vocabularies.LANGUAGES) == []
    assert [p for p in problems if p.file == FILE] == []


def test_the_real_file_is_sorted_and_says_in_chinese_what_it_says_in_english(root) -> None:
    """Every number in digits stands on both sides (Chinese by ten thousands, English also in words), and Chinese is
    written with its own punctuation, without a full stop."""
    with (root / FILE).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["en"] for row in rows] == sorted(row["en"] for row in rows)
    for row in rows:
        english = {
            int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", row["en"].replace("3.41 million", "3,410,000"))
        }
        words = {NUMBERS[word] for word in re.findall(r"[a-z]+", row["en"].lower()) if word in NUMBERS}
        chinese = {int(n.replace(",", "")) * (10_000 if unit else 1)
                   for n, unit in re.findall(r"(\d[\d,]*)(万)?", row["zh"])}  # fmt: skip
        assert english <= chinese, row
        assert chinese <= english | words, row
        assert re.search(r"[一-鿿]", row["zh"]), row
        assert not re.search(r"。$|[一-鿿][,;:()]|[,;:()][一-鿿]", row["zh"]), row
