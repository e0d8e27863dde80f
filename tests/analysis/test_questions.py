"""Activity, reciprocity, spread and evidence: answers worked by hand from the five dossiers."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from analysis.answered import HPL, rows
from workbench.analysis import activity, evidence, reciprocity, sensitivity, spread
from workbench.records import editions

GROUP = "zhejiang-libraries"
DAY = dt.date


@pytest.fixture
def group(asked):
    return asked(GROUP).corpus


# --- agreements and time ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "months", "before"),
    [(DAY(2026, 10, 31), 24, DAY(2024, 10, 31)), (DAY(2026, 3, 31), 1, DAY(2026, 2, 28)),
     (DAY(2024, 2, 29), 12, DAY(2023, 2, 28)), (DAY(2026, 1, 15), 1, DAY(2025, 12, 15)),
     (DAY(2026, 10, 31), -12, DAY(2027, 10, 31)), (DAY(2025, 12, 31), 6, DAY(2025, 6, 30))],
)  # fmt: skip
def test_months_before(day: DAY, months: int, before: DAY) -> None:
    assert activity.months_before(day, months) == before


def test_agreements_that_sleep(group) -> None:
    """As of 31 October 2026 with a window of two years. The memorandum of the cities of Hangzhou and
    Heidelberg: the meeting was on 17 March of 2021, 2022 or 2023, so even its latest day lies before
    the window. Milan: the stay of October 2017. OCLC: the symposium of 5 December 2018 is activity;
    the signing has no first day and was over by the 6th. Leeds: visit and signing of spring 2019, by an inferred
    year."""
    found = activity.dormant(group)
    assert rows(found, "agreement_id", "last_earliest", "last_latest", "dormant", "assumed") == [
        ("hangzhou-heidelberg-memorandum", DAY(2021, 3, 17), DAY(2023, 3, 17), True, True),
        ("milan-hangzhou-libraries", DAY(2017, 10, 1), DAY(2017, 10, 31), True, False),
        ("zhejiang-oclc-2018", DAY(2018, 12, 5), DAY(2018, 12, 6), True, False),
        ("leeds-hangzhou-libraries", DAY(2019, 3, 22), DAY(2019, 4, 30), True, True),
    ]


def test_possibly_asleep_is_neither_yes_nor_no(group) -> None:
    """A window from October 2021 cuts through the three readings of the meeting with Heidelberg."""
    found = {row[0]: row[1] for row in rows(activity.dormant(group, months=60), "agreement_id", "dormant")}
    assert found["hangzhou-heidelberg-memorandum"] is None
    assert found["milan-hangzhou-libraries"] is True
    assert set(dict(rows(activity.dormant(group, months=200), "agreement_id", "dormant")).values()) == {False}


def test_no_agreement_says_when_it_ends(group) -> None:
    assert set(rows(activity.endings(group), "no_end", "ending")) == {(True, None)}


def test_promises_of_signed_texts(group) -> None:
    """The memorandum with Leeds promises exchange of information and communication; nothing since is
    of that kind. What was only wished for is no commitment."""
    assert rows(activity.commitments(group), "plan_id", "kept", "like") == [
        ("leeds-communication", False, ()), ("leeds-information-exchange", False, ()),
    ]  # fmt: skip


def test_lead_times(group) -> None:
    """Milan: the conference of October 2016, the approval of July 2017, the stay of October 2017. From
    31 October to 1 July are 243 days, from 1 October to 31 July 303; from 31 July to 1 October 62."""
    found = {row[0]: row[1:] for row in rows(
        activity.lead_times(group), "partner", "contact", "exchange", "to_agreement_low", "to_agreement_high",
        "to_exchange_low", "to_exchange_high")}  # fmt: skip
    assert found["milan-public-libraries"] == (
        "chinese-library-conference-2016", "milan-stay-2017", 243, 303, 62, 122,
    )  # fmt: skip
    assert found["leeds-libraries"][1] is None, "nothing is on record after the signing"
    assert "oclc" not in found, "the first day of the signing is not known"


# --- who owes whom ----------------------------------------------------------------------------
def test_who_owes_a_visit(group) -> None:
    """Leeds came once (one person), Milan once (two); neither was visited. The plan to go to Italy is
    told and not counted. The conference of 2016 is no visit of Milan's to us, Moscow and Rotterdam
    are none of ours to one partner."""
    found = reciprocity.balance(group)
    assert rows(found, "partner", "inbound", "outbound", "people_in_low", "people_in_high", "owes", "promised") == [
        ("leeds-libraries", 1, 0, 1, 1, "home", ()),
        ("milan-public-libraries", 1, 0, 2, 2, "home", ("milan-return-visit",)),
    ]


def test_our_own_staff_abroad(group) -> None:
    found = rows(reciprocity.staff_abroad(group), "person_id", "headcount", "event_id", "place_id")
    assert found == [
        ("zhang-qun", None, "sino-russia-forum-2023", "moscow"),
        (None, None, "sino-russia-forum-2023", "moscow"),  # the delegation, of a size nobody tells
        (None, 4, "wlic-2023", "rotterdam"),
    ]


def test_contacts_in_the_post_last_attested(asked) -> None:
    found = rows(reciprocity.contacts(asked(HPL).corpus), "partner", "person_id", "post")
    assert ("leeds-libraries", "andrea-ellison", "Chief Librarian") in found
    assert ("milan-public-libraries", "stefano-parise", "director") in found
    assert "chu-shuqing" not in {row[1] for row in found}, "our own are no contacts"


def test_what_came_back(group) -> None:
    found = rows(reciprocity.outputs(group), "event_id", "kind", "way")
    assert found.count(("wlic-2023-posters", "poster", "given")) == 2
    assert {row[1] for row in found} == {"talk", "poster"}


# --- how it is spread -------------------------------------------------------------------------
def test_years_have_a_lowest_and_a_highest(group) -> None:
    """The meeting with Heidelberg can lie in each of three years and surely lies in none of them; that the visit
    from Leeds was in 2019 is a reading of ours. A year without exchange has a row; two sources have a
    year of publication."""
    found = rows(spread.per_year(group), "year", "low", "high", "sources")
    assert found == [
        (2016, 1, 1, 0), (2017, 1, 1, 0), (2018, 1, 1, 1), (2019, 0, 1, 0), (2020, 0, 0, 0), (2021, 0, 1, 0),
        (2022, 0, 1, 0), (2023, 2, 3, 1),
    ]  # fmt: skip


def test_countries_of_the_partners(group) -> None:
    whole = [row for row in rows(spread.by_country(group), "country", "region", "year", "high") if row[2] is None]
    assert whole == [
        ("DE", "europe", None, 1), ("GB", "europe", None, 1), ("IT", "europe", None, 2), ("RU", "europe", None, 1),
        (None, None, None, 2),  # OCLC and IFLA have no seat on a country's map
    ]  # fmt: skip


def test_online_before_during_and_after(group) -> None:
    """That the visit from Leeds and the meeting with Heidelberg were when we think is a reading: nothing is sure."""
    found = rows(spread.online_share(group), "phase", "low", "high", "online_low", "online_high")
    assert found == [("before", 3, 4, 0, 0), ("during", 0, 1, 0, 1), ("after", 2, 2, 0, 0), (None, 7, 7, 1, 1)]


def test_partners_met_in_one_way_only(group) -> None:
    found = spread.partners_by_way(group).set_index("partner")
    assert found.index[found["only_online"]].tolist() == ["heidelberg-city"]
    assert found.index[found["only_multilateral"]].tolist() == ["ifla", "russian-state-library"]


def test_what_was_never_tried(group) -> None:
    found = spread.kinds(group)
    together = dict(rows(found[found["partner"].isna()], "type", "high"))
    assert together["book_donation"] == 0
    assert together["staff_exchange"] == 1
    assert "internal_session" not in together


def test_cities_and_libraries(group) -> None:
    """Heidelberg's city is tied, its library is not; Milan's and Moscow's libraries have no tie of cities."""
    assert rows(spread.city_ties(group), "place_id", "missing") == [
        ("heidelberg", "library"), ("leeds", ""), ("milan", "city"), ("moscow", "city"),
    ]  # fmt: skip


def test_which_libraries_an_agreement_covers(group) -> None:
    found = {row[0]: row[1:] for row in rows(spread.members_covered(group), "org_id", "countable", "covered")}
    assert found["hangzhou-public-library"] == (2, True)
    assert found["wenzhou-library"] == (1, True), "by its place in the group of eight"
    assert found["ningbo-library"][0] == 0, "cooperation without an instrument covers nobody"
    assert found["ningbo-library"][1] is None, "nor can anybody say that there is none"


# --- what it rests on -------------------------------------------------------------------------
def test_each_of_the_five_articles_is_alone(group) -> None:
    found = evidence.witnesses(group).set_index("record_id")
    assert found["single"].all()
    assert found.loc["milan-stay-2017", "own_word"]
    assert not found.loc["leeds-visit-2019", "own_word"], "Leeds tells it"


def test_dates_that_are_readings(group) -> None:
    assert rows(sensitivity.inferred_dates(group), "event_id", "years") == [
        ("leeds-visit-2019", (2019,)), ("heidelberg-online-meeting", (2021, 2022, 2023)),
    ]  # fmt: skip


def test_what_a_programme_led_to(group) -> None:
    found = rows(evidence.funders(group), "programme_id", "events", "after")
    assert ("bl-in-china", ("leeds-visit-2019",), ()) in found


def test_the_work_list_begins_with_the_worst(group) -> None:
    found = evidence.completeness(group)
    assert found["score"].is_monotonic_increasing
    assert found["score"].between(0, 1).all()
    row = found.set_index("record_id").loc["heidelberg-online-meeting"]
    assert row["gaps"] == ("date", "witness")


def test_what_changed_since_an_edition(group) -> None:
    """Of what an edition held a topic was another; a plan is new, and the place to which only it leads."""
    before = {name: frame.copy() for name, frame in group.tables.items()}
    before["events"].loc[before["events"]["event_id"] == "milan-stay-2017", "topic"] = "another"
    before["plans"] = before["plans"][before["plans"]["plan_id"] != "milan-return-visit"]
    old, new = (editions.snapshot(tables, group.settings) for tables in (before, group.tables))
    edition = editions.Edition("2026-11-01", "N", "2026-11-01", "2026-10-31", "public", {}, {}, (), (), old)
    comparison = editions.Comparison(edition, editions.compare(old, new))
    compared = dataclasses.replace(group, _compare=lambda: comparison)
    found = evidence.changes_since(compared)
    assert rows(found, "record_id", "change", "fields", "old", "corrects") == [
        ("milan-stay-2017", "altered", ("topic",), ("another",), False), ("milan-return-visit", "new", (), (), False),
        ("italy", "new", (), (), False),
    ]  # fmt: skip
    assert evidence.changes_since(group).empty, "there is no edition to compare with"


def test_a_home_of_nobody_has_no_answers(asked) -> None:
    """Every question of an empty selection has an empty answer, not an error."""
    corpus = asked(HPL, start="1800", end="1801").corpus
    for question in (activity.dormant, activity.commitments, activity.lead_times, reciprocity.balance,
                     reciprocity.staff_abroad, reciprocity.outputs, spread.per_year, spread.by_country,
                     spread.partners_by_way, sensitivity.inferred_dates):  # fmt: skip
        assert question(corpus).empty, question.__name__
