"""A slice for one report: what is refused, what it must not hold, what it holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from invented_records import build, invent, material_of

from workbench import settings as settings_module
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.records import dates, load, selection, slicing
from workbench.records.model import BY_NAME, TABLES
from workbench.records.selection import Corpus, Selection, choose_home, choose_period, digest_of, select
from workbench.settings import Home

SETTINGS = """title = { en = "A title", zh = "标题" }
as_of = 2026-01-31

[homes.elsewhere-library]
members = ["elsewhere-library", "elsewhere-branch"]

[homes.farther-library]

[abroad]
country = "IT"
"""
# A visit with a stop at a third library, an earlier fair, and a meeting that concerns neither home.
DOSSIER = """events:
- id: fair
  type: exhibition
  says: an invented fair
  when: "2017"
  where: yonder
  who: {host: yonder-library, visitor: elsewhere-library}
- id: tour
  type: visit
  follows: fair
  series: tours
  programme: exchange
  agreement: pact
  says: an invented tour
  when: 2019-04-01/2019-04-03
  where: elsewhere
  who: {host: elsewhere-branch, visitor: Ann Invented @ yonder-library}
  parts:
  - id: stop
    type: visit
    where: yonder
    who: {visited: farther-library}
- id: meeting
  type: meeting
  says: an invented meeting
  when: 2020-05
  where: yonder
  who: {participant: [farther-library, Bo Invented @ farther-library]}
  quantities: {people: 3}
  outputs: {paper: an invented paper}
series:
- {id: tours, name: Invented tours, says: invented tours}
- {id: meetings, name: Invented meetings, says: invented meetings}
programmes:
- {id: exchange, name: Invented exchange, funder: city, funder_id: yonder-city, says: an invented exchange}
agreements:
- id: pact
  kind: memorandum
  parties: [elsewhere-library, yonder-library]
  says: an invented pact
  milestones: {signed: {part_of: tour}, approved: {event: fair}}
  promises: [{kind: communication, recurring: yes, says: an invented promise}]
- id: other-pact
  kind: memorandum
  parties: [farther-library, yonder-city]
  says: another invented pact
plans:
- {id: return, kind: visit, strength: intended, raised_at: tour, reciprocal_of: tour, says: invented return,
   who: {visitor: elsewhere-library}}
- {id: other-plan, kind: visit, strength: intended, raised_at: meeting, says: another invented plan,
   who: {visitor: farther-library}}
claims:
- {subject: elsewhere-library, measure: agreements, value: 9, raised_at: tour, says: nine invented agreements}
- {id: other-claim, subject: farther-library, measure: agreements, value: 8, says: eight invented agreements}
posts:
- {person: Ann Invented, post: keeper, org: yonder-library, at: tour, says: an invented keeper}
- {person: Bo Invented, post: keeper, org: farther-library, at: meeting, says: another invented keeper}
"""
APART = """events:
- id: far-off
  type: visit
  says: an invented journey of others
  when: 2019
  who: {host: oclc, visitor: farther-library}
"""
ENDLESS = """- id: some-day
  type: visit
  says: an invented visit of no date
  who: {host: elsewhere-library, visitor: yonder-library}
"""


@pytest.fixture
def told(project: Project) -> Project:
    project.settings_file.write_text(SETTINGS, encoding="utf-8")
    return invent(project, a=DOSSIER, b=APART)


def slice_of(project: Project, home: str = "elsewhere-library", start: str = "", end: str = "") -> Corpus:
    settings = settings_module.read(project)
    chosen = Selection(choose_home(settings, home), choose_period(start, end), settings.as_of)
    return select(build(project), settings, material_of(project).vocabularies, chosen)


def ids(corpus: Corpus, table: str) -> set[str]:
    return set(corpus[table][BY_NAME[table].key[0]])


def dangling(corpus: Corpus) -> set[tuple[str, str, str]]:
    """References of the slice that lead to nothing in it."""
    found = set()
    for table in TABLES:
        for column in table.fields:
            if column.refers_to:
                values = set(corpus[table.name][column.name].dropna()) - {""} - ids(corpus, column.refers_to)
                found |= {(table.name, column.name, value) for value in values}
    for table in ("parties", "quantities", "assertions", "conflicts"):
        rows = corpus[table]
        owners = zip(rows["record"], rows["record_id"], strict=True)
        found |= {(table, record, id) for record, id in owners if id not in ids(corpus, record)}
    return found


# --- what is refused --------------------------------------------------------------------------
def test_an_unknown_home_is_an_error_of_use_that_names_the_near_ones(told: Project) -> None:
    settings = settings_module.read(told)
    with pytest.raises(UsageError, match="did you mean elsewhere-library") as caught:
        choose_home(settings, "elsewhere-libary")
    assert caught.value.exit_code == 2
    assert 'home = "elsewhere-libary" is not in workbench.toml' in str(caught.value)
    with pytest.raises(UsageError, match="elsewhere-library, farther-library"):
        choose_home(settings, "zzz")
    with pytest.raises(UsageError):
        choose_home(settings, "")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020", "2019"),
        ("2019-13", ""),
        ("", "2019-02-30"),
        ("last year", ""),
        ("..", ".."),
        ("2019/2020", ""),
        ("[2019,2020]", ""),
    ],
)
def test_a_period_that_is_none_is_an_error_of_use(start: str, end: str) -> None:
    with pytest.raises(UsageError, match="is not a date we accept"):
        choose_period(start, end)


def test_a_table_or_name_that_is_not_there_is_an_error(told: Project) -> None:
    corpus = slice_of(told)
    with pytest.raises(KeyError):
        corpus["flows"]
    with pytest.raises(KeyError):
        corpus.name("elsewhere-library", "de")
    with pytest.raises(KeyError):
        corpus.name("nobody", "en")
    with pytest.raises(KeyError):
        corpus.label("mode", "on_foot", "en")


# --- what a slice must not hold ---------------------------------------------------------------
def test_what_does_not_concern_the_home_is_not_there(told: Project) -> None:
    corpus = slice_of(told)
    foreign = {
        "meeting",
        "far-off",
        "other-pact",
        "other-plan",
        "other-claim",
        "meetings",
        "bo-invented",
        "b",
        "oclc",
        "hangzhou",
    }
    for table, frame in corpus.tables.items():
        for column in frame.columns:
            assert not foreign & set(frame[column].dropna().astype(str)), (table, column)


def test_no_word_of_another_source_is_there(told: Project) -> None:
    assert ids(slice_of(told), "sources") == {"a"}
    assert not slice_of(told)["assertions"]["phrase"].str.contains("others|another", na=False).any()


def test_the_slice_of_another_home_is_another(told: Project) -> None:
    corpus = slice_of(told, "farther-library")
    assert ids(corpus, "events") == {"tour", "stop", "meeting", "far-off", "fair", "pact-signing"}
    assert set(corpus.own("agreements")["agreement_id"]) == {"other-pact"}
    assert ids(corpus, "plans") >= {"other-plan"}
    assert ids(corpus, "claims") >= {"other-claim"}


def test_choosing_does_not_change_the_tables(told: Project) -> None:
    settings = settings_module.read(told)
    frames = build(told)
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    corpus = select(
        frames, settings, material_of(told).vocabularies,
        Selection(settings.homes["elsewhere-library"], choose_period("2019", "2019"), settings.as_of),
    )  # fmt: skip
    corpus["events"].loc[:, "topic"] = "changed"
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_home_of_nobody_has_an_empty_slice(told: Project) -> None:
    chosen = Selection(Home("none", (), {}), None, dt.date(2026, 1, 31))
    corpus = select(build(told), settings_module.read(told), material_of(told).vocabularies, chosen)
    assert {name: len(frame) for name, frame in corpus.tables.items() if len(frame)} == {}
    assert list(corpus.tables) == [table.name for table in TABLES]
    assert all(corpus[table.name].columns.to_list() == table.columns for table in TABLES)


# --- what it holds ----------------------------------------------------------------------------
def test_the_home_has_its_events_with_wholes_parts_and_where_they_came_from(told: Project) -> None:
    corpus = slice_of(told)
    assert ids(corpus, "events") == {"fair", "tour", "stop", "pact-signing"}
    assert ids(corpus, "agreements") == {"pact"}
    assert ids(corpus, "milestones") == {"pact-signed", "pact-approved"}
    assert ids(corpus, "plans") == {"return", "pact-communication"}
    assert ids(corpus, "claims") == {"a-agreements"}
    assert ids(corpus, "series") == {"tours"}
    assert ids(corpus, "programmes") == {"exchange"}
    assert ids(corpus, "people") == {"ann-invented"}
    assert set(corpus["posts"]["person_id"]) == {"ann-invented"}
    assert corpus.name("farther-library", "en") == "Farther Library"  # at a stop of the tour
    assert corpus.name("elsewhere", "zh") == "别处"


@pytest.mark.parametrize(("home", "start", "end"), [
    ("elsewhere-library", "", ""), ("farther-library", "", ""), ("elsewhere-library", "2019", "2019"),
    ("elsewhere-library", "2017", "2017"), ("farther-library", "2020", ""),
    ("elsewhere-library", "1900", "1901"),
])  # fmt: skip
def test_whatever_a_slice_leads_to_is_in_it(told: Project, home: str, start: str, end: str) -> None:
    assert dangling(slice_of(told, home, start, end)) == set()


def test_whatever_the_slices_of_this_project_lead_to_is_in_them(project: Project) -> None:
    settings = settings_module.read(project)
    frames, vocabularies = build(project), material_of(project).vocabularies
    missing = {
        home: found
        for home in settings.homes
        if (
            found := dangling(
                select(frames, settings, vocabularies, Selection(settings.homes[home], None, settings.as_of))
            )
        )
    }
    assert missing == {}


@pytest.mark.parametrize(("start", "end", "events"), [
    ("2019", "2019", {"tour", "stop", "pact-signing", "fair"}),  # the fair: the tour followed it
    ("2017", "2017", {"fair"}), ("2017", "2019", {"fair", "tour", "stop", "pact-signing"}),
    ("2018", "2018", set()),
    ("", "2018", {"fair"}), ("2019-04-03", "", {"tour", "stop", "pact-signing", "fair"}),
    ("2019-04-04", "", set()),
    ("2017-06", "2017-07", {"fair"}),  # within the year it may have been then
])  # fmt: skip
def test_a_period_keeps_what_can_lie_in_it(told: Project, start: str, end: str, events: set[str]) -> None:
    corpus = slice_of(told, start=start, end=end)
    own = set(corpus.own("events")["event_id"])
    assert own <= events <= ids(corpus, "events")
    assert events - own <= {"fair", "stop", "pact-signing"}, "they come with the tour"


def test_an_event_of_no_date_can_lie_in_any_period(project: Project) -> None:
    project.settings_file.write_text(SETTINGS, encoding="utf-8")
    invent(project, a="events:\n" + ENDLESS)
    assert ids(slice_of(project, start="1900", end="1901"), "events") == {"some-day"}


def test_a_period_does_not_thin_standing_ties(told: Project) -> None:
    corpus = slice_of(told, start="2018", end="2018")
    assert ids(corpus, "agreements") == {"pact"}
    assert ids(slice_of(told, start="2019", end="2019"), "claims") == {"a-agreements"}


def test_a_period_leaves_out_what_was_voiced_or_stated_at_another_time(told: Project) -> None:
    corpus = slice_of(told, start="2018", end="2018")
    assert (ids(corpus, "claims"), set(corpus.own("events")["event_id"])) == (set(), set())


def test_what_only_comes_with_a_selection_is_not_its_own(told: Project) -> None:
    """Another home's agreement that an event names is there to be read, and not counted."""
    corpus = slice_of(told, "farther-library")
    assert "pact" in ids(corpus, "agreements")
    assert "pact" not in set(corpus.own("agreements")["agreement_id"])


def test_both_ends_of_a_period_may_be_open() -> None:
    assert choose_period("", "") is None
    period = choose_period("2019", "")
    assert period is not None
    assert (period.earliest, period.latest) == (dt.date(2019, 1, 1), None)
    until = choose_period("", "2019-05")
    assert until is not None
    assert (until.earliest, until.latest) == (None, dt.date(2019, 5, 31))


# --- what is asked of a slice -----------------------------------------------------------------
def test_a_branch_belongs_to_its_library_and_a_city_to_nobody(told: Project) -> None:
    corpus = slice_of(told)
    assert corpus.principal("elsewhere-branch") == "elsewhere-library"
    assert corpus.principal("yonder-library") == "yonder-library"
    assert corpus.principal("nobody") == "nobody"


def test_abroad_is_what_the_settings_say(project: Project) -> None:
    home = settings_module.read(project).default_home
    corpus = slice_of(project, home)
    assert not corpus.counts_abroad("CN")
    assert corpus.counts_abroad("HK")
    assert corpus.counts_abroad("IT")
    assert corpus.abroad["leeds-libraries"]
    assert not corpus.abroad["hangzhou-public-library"]
    assert corpus.abroad["oclc"]  # a body of many countries
    assert corpus.abroad["oclc-beijing"]  # its office, wherever it stands


def test_regions_count_abroad_or_not_as_the_settings_say(project: Project) -> None:
    text = project.settings_file.read_text(encoding="utf-8").replace("count = true", "count = false")
    project.settings_file.write_text(text, encoding="utf-8")
    corpus = slice_of(project, settings_module.read(project).default_home)
    assert not corpus.counts_abroad("HK")
    assert corpus.counts_abroad("IT")


def test_somebody_spoken_about_does_not_take_part(project: Project) -> None:
    corpus = slice_of(project, "hangzhou-public-library")
    there = corpus.takers[corpus.takers["record_id"] == "heidelberg-online-meeting"]
    assert "heidelberg-city" in set(there["org_id"])
    assert "heidelberg-city-library" not in set(there["org_id"])
    assert "hangzhou-public-library" in set(there.loc[there["party_id"] == "hu-fang", "org_id"])


def test_sources_of_records_come_sorted_and_once(told: Project) -> None:
    corpus = slice_of(told)
    assert corpus.sources_of("events", ["tour", "stop", "fair", "tour"]) == ["a"]
    assert corpus.sources_of("events", []) == []
    assert corpus.sources_of("events", ["nothing"]) == []


def test_the_newest_preferred_names_are_used_never_a_variant(told: Project) -> None:
    names = selection.preferred_names(build(told)["names"])
    assert names["elsewhere-library", "en"] == "Elsewhere Library"
    assert names["elsewhere-library", "zh"] == "别处图书馆"
    assert ("elsewhere-branch", "zh") not in names


def test_the_slice_of_the_tables_on_disk_is_the_same(told: Project) -> None:
    settings = settings_module.read(told)
    frames, _ = load.ensure_tables(told)
    chosen = Selection(settings.homes["elsewhere-library"], choose_period("2019", ""), settings.as_of)
    vocabularies = material_of(told).vocabularies
    read, made = (select(source, settings, vocabularies, chosen) for source in (frames, build(told)))
    for table in TABLES:
        pd.testing.assert_frame_equal(read[table.name], made[table.name], obj=table.name)


def test_an_embassy_counts_for_the_country_it_represents(root: Path) -> None:
    """The Irish consulate in Shanghai is a body of Ireland, the Chinese embassy in Minsk one of China."""
    frames, vocabularies = build(Project(root)), material_of(Project(root)).vocabularies
    settings = settings_module.read(Project(root))
    home = Home("all", tuple(frames["organisations"]["org_id"]), {"en": "all", "zh": "全部"})
    corpus = select(frames, settings, vocabularies, Selection(home, None, settings.as_of))
    assert corpus.abroad["irish-consulate-shanghai"]
    assert not corpus.abroad["chinese-embassy-belarus"]


# --- digests --------------------------------------------------------------------------------

DECLARED = ({}, {"partners": ("farther-library",)}, {"countries": ("DE",)}, {"kinds": ("visit",)},
            {"partners": ("yonder-library", "nobody-known")})  # fmt: skip


@pytest.mark.parametrize("narrowed", DECLARED)
@pytest.mark.parametrize("period", [None, "2019", "../2017"])
def test_a_digest_is_that_of_the_slice(told: Project, period: str | None, narrowed: dict[str, tuple[str, ...]]) -> None:
    frames, settings = build(told), settings_module.read(told)
    chosen = Selection(choose_home(settings, "elsewhere-library"), dates.parse(period) if period else None,
                       settings.as_of, **narrowed)  # fmt: skip
    corpus = select(frames, settings, material_of(told).vocabularies, chosen)
    assert digest_of(frames, chosen) == corpus.digest


def test_every_value_of_a_row_is_in_its_digest(told: Project) -> None:
    frames = {name: frame for name, frame in build(told).items() if len(frame)}
    for name, frame in frames.items():
        frame = frame.iloc[:3]
        before = slicing.digest({name: frame})
        for column in frame.columns:
            other = frame.copy()
            value = other[column].iloc[0]
            other[column] = other[column].astype(object)
            other.loc[other.index[0], column] = "another" if pd.isna(value) else f"{value} "
            assert slicing.digest({name: other}) != before, (name, column)
        assert len(frame) < 2 or slicing.digest({name: frame.iloc[::-1]}) != before
        assert slicing.digest({name: frame.iloc[1:]}) != before


def test_each_table_is_in_the_digest(told: Project) -> None:
    frames = {name: frame for name, frame in build(told).items() if len(frame)}
    before = slicing.digest(frames)
    for name, frame in frames.items():
        assert slicing.digest({**frames, name: frame.iloc[1:]}) != before, name


def test_values_in_other_columns_are_another_digest() -> None:
    one, two = (pd.DataFrame(row, index=[0], dtype="string") for row in ({"a": "x", "b": ""}, {"a": "", "b": "x"}))
    assert slicing.digest({"t": one}) != slicing.digest({"t": two})
    missing = one.assign(b=pd.array([None], dtype="string"))
    assert slicing.digest({"t": one}) != slicing.digest({"t": missing})


def test_tables_with_other_rows_have_an_index_of_their_own(told: Project) -> None:
    frames, settings = build(told), settings_module.read(told)
    chosen = Selection(choose_home(settings, "elsewhere-library"), None, settings.as_of)
    before = digest_of(frames, chosen)
    frames["events"] = frames["events"].assign(topic="another")
    assert digest_of(frames, chosen) != before
