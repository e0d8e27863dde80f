"""The records as they are: what must hold of the whole set, whoever edits it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
import pytest
import yaml
from test_corpus import same, shuffled

from workbench.paths import Project
from workbench.records import corpus, load
from workbench.records.corpus import Material

FACTS = Path(__file__).parents[3] / "shared" / "facts"


@pytest.fixture(scope="module")
def material(root: Path) -> Material:
    material, problems = load.read_material(Project(root))
    assert [problem for problem in problems if problem.severity == "error"] == []
    return material


@pytest.fixture(scope="module")
def tables(material: Material) -> dict[str, pd.DataFrame]:
    return corpus.build(material)


def told_by(tables: dict[str, pd.DataFrame], id: str) -> int:
    rows = tables["assertions"]
    return rows.loc[(rows["record_id"] == id) & (rows["field"] == "*"), "source_id"].nunique()


def test_every_article_of_the_facts_has_a_dossier(tables: dict[str, pd.DataFrame]) -> None:
    if not FACTS.is_dir():
        pytest.skip("the facts are not held here")
    articles = json.loads((FACTS / "articles.json").read_text(encoding="utf-8"))
    missing = {article["url"] for article in articles} - set(tables["sources"]["url"])
    assert missing == set()


@pytest.mark.parametrize(
    ("id", "sources"),
    [("ceec-forum-2018", 6), ("ceec-forum-2021", 3), ("leeds-visit-2019", 2), ("sino-russia-forum-2023", 3)],
)  # fmt: skip
def test_one_event_told_by_several_articles_is_one_record(
    tables: dict[str, pd.DataFrame], id: str, sources: int
) -> None:
    assert (tables["events"]["event_id"] == id).sum() == 1
    assert told_by(tables, id) == sources


def test_two_of_one_name_stay_two_and_one_in_two_posts_is_one(tables: dict[str, pd.DataFrame]) -> None:
    names = tables["names"]
    assert set(names.loc[names["text"] == "Zhang Xu", "id"]) == {"zhang-xu-ministry", "zhang-xu-nlc"}
    assert {"bitola-university-library", "national-library-north-macedonia"} <= set(tables["organisations"]["org_id"])
    posts = tables["posts"]
    held = set(posts.loc[posts["person_id"] == "chu-shuqing", "org_id"])
    assert {"hangzhou-public-library", "zhejiang-library"} <= held


@pytest.mark.parametrize(
    ("record", "field", "relation", "chosen"),
    [("leeds-hangzhou-libraries", "kind", "contradicting", "memorandum"),
     ("leeds-visit-2019", "edtf", "overlapping", "[2019-03-22..2019-04-30]"),
     ("ceec-forum-2018", "edtf", "finer", "2018-10-19/2018-10-22"),
     ("ceec-forum-2018", "quantity:people", "contradicting", "160"),
     ("sino-russia-forum-2023", "edtf", "contradicting", "2023-07-24/2023-07-26"),
     ("toyama-800-books", "status", "contradicting", "partly_realised"),
     ("warsaw-books-first-delivery", "quantity:works", "finer", "200"),
     ("nlc-korea-2017-sejong", "edtf", "overlapping", "2017?-XX-09"),
     ("oclc-hangzhou-public-library", "kind", "finer", "membership")],
)  # fmt: skip
def test_known_disagreements_are_listed_and_settled(
    tables: dict[str, pd.DataFrame], record: str, field: str, relation: str, chosen: str
) -> None:
    rows = tables["conflicts"]
    row = rows[(rows["record_id"] == record) & (rows["field"] == field)].iloc[0]
    assert (row["relation"], row["chosen"]) == (relation, chosen)


def test_every_contradiction_is_settled_with_a_reason(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["conflicts"]
    open_ones = rows[(rows["relation"] == "contradicting") & (rows["rule"] != "decision")]
    assert open_ones["record_id"].tolist() == []
    assert rows.loc[rows["rule"] == "decision", "reason"].notna().all()


def test_planned_is_not_done(tables: dict[str, pd.DataFrame]) -> None:
    """The return visit to Italy, the study room in Prato and the Window of Hangzhou are no events."""
    plans = tables["plans"]
    for id in ("milan-return-visit", "prato-study-room-renewal"):
        assert id in set(plans["plan_id"])
        assert id not in set(tables["events"]["event_id"])


def test_no_phrase_is_longer_than_a_phrase_and_every_telling_has_its_place(tables: dict[str, pd.DataFrame]) -> None:
    told = tables["assertions"]
    assert told.loc[told["field"] == "*", "paragraph"].notna().all()


@pytest.mark.parametrize("seed", [1, 2])
def test_order_changes_nothing(root: Path, tables: dict[str, pd.DataFrame], tmp_path: Path, seed: int) -> None:
    """The dossiers, their keys and their records in another order give the same tables."""
    chance = random.Random(seed)
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    source = root / "data" / "raw"
    for name in ("registers", "basemap", "decisions.yaml", "anchors.csv"):
        (raw / name).symlink_to(source / name)
    (tmp_path / "workbench.toml").symlink_to(root / "workbench.toml")
    (raw / "dossiers").mkdir()
    for path in sorted((source / "dossiers").glob("*.yaml")):
        tree = shuffled(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader), chance)
        (raw / "dossiers" / path.name).write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")
    material, problems = load.read_material(Project(tmp_path))
    assert [problem for problem in problems if problem.severity == "error"] == []
    chance.shuffle(material.dossiers)
    same(corpus.build(material), tables)


def test_cities_stand_where_the_gazetteer_has_them(tables: dict[str, pd.DataFrame]) -> None:
    from workbench.records.imports import gazetteer

    rows = tables["places"].dropna(subset=["geonames_id"])
    assert len(rows) > 90
    for row in rows.itertuples():
        city = gazetteer.city(f"geonames-{row.geonames_id}")
        assert city is not None, row.place_id
        assert (city.country, round(city.lat, 2), round(city.lon, 2)) == (
            row.country, pytest.approx(row.lat, abs=0.011), pytest.approx(row.lon, abs=0.011),
        ), row.place_id  # fmt: skip


def test_what_no_source_prints_is_marked_as_our_reading(tables: dict[str, pd.DataFrame]) -> None:
    """A Chinese name is the body's own, or a reading of ours that says so; every body has one."""
    names = tables["names"]
    chinese = names[(names["language"] == "zh") & (names["of"] == "organisations")]
    assert set(tables["organisations"]["org_id"]) - set(chinese["id"]) <= {
        "hpl-buddhism-branch", "hpl-environment-branch", "hpl-sports-branch",
    }  # fmt: skip
    abroad = chinese[chinese["id"].isin(["leeds-libraries", "gifu-city-library", "skopje-city-library"])]
    assert set(abroad["kind"]) == {"reading_of_ours"}
