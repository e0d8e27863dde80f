"""Questions 1, 4, 5, 9 and 12: agreements, promises and time, worked by hand.

The five articles are those of `tests/five_articles`, as of 31 October 2026; where they have nothing to
say the records are invented. Each docstring names the records and counts.
"""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.answered import HPL, agreement, article, event, plan, rows, section
from workbench.analysis.questions import ask

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
DAY = dt.date


# --- 1: agreements without recorded activity --------------------------------------------------
@pytest.mark.parametrize(
    ("months", "leeds", "heidelberg"),
    [(24, True, True), (89, True, False), (90, None, False), (91, None, False), (92, False, False)],
)
def test_q01_the_window_decides_by_bounds(asked, months, leeds, heidelberg) -> None:
    """Leeds: visit and signing some day from 22 March to 30 April 2019. The window of 89 months begins on 31 May
    2019, after the last of these days: dormant. Those of 90 and 91 months begin on 30 April and on 31 March,
    between the first and the last: nobody can say. That of 92 months begins on 28 February: active, by a
    reading of ours. Heidelberg: 17 March of 2021, 2022 or 2023. Milan: October 2017, before all of these windows."""
    found = {row[0]: row[1:] for row in rows(ask(asked(HPL).corpus, 1, months=months), "agreement_id", "dormant",
                                             "assumed")}  # fmt: skip
    assert found["leeds-hangzhou-libraries"] == (leeds, leeds is not None)
    assert found["hangzhou-heidelberg-memorandum"] == (heidelberg, True)
    assert found["milan-hangzhou-libraries"] == (True, False)


@pytest.mark.parametrize(
    ("act", "dormant"),
    [
        ("", True),  # signed in 2010 and nothing since
        (event("e", "2025-03"), False),  # surely in the window, which begins on 31 October 2024
        (event("e", "2024"), None),  # before or after that day
        (event("e", "2024-10-31"), False),  # its first day
        (event("e", "2024-10-30"), True),
        (event("e", "2025-05/..", type="exhibition"), False),  # still going on: surely in the window
        (event("e", "2012/", type="exhibition"), None),  # its end is not known
        (event("e"), None),  # met, nobody tells when
    ],
)
def test_q01_one_more_act(world, act, dormant) -> None:
    """A memorandum of 2010 and one exchange: the latest possible day decides (codebook, rule 2); an end that is
    not known has no latest day (rule 1)."""
    told = [section("agreements", agreement("m", "signed 2010"))] + ([section("events", act)] if act else [])
    assert rows(ask(world.corpus(article("a", *told)), 1), "agreement_id", "dormant") == [("m", dormant)]


def test_q01_a_signing_by_a_certain_day(world) -> None:
    """Signed in 2010 at the latest: even its latest day lies before the window, though it has no first day."""
    corpus = world.corpus(article("a", section("agreements", agreement("m", "signed [..2010]"))))
    assert rows(ask(corpus, 1), "dormant", "last_earliest", "last_latest") == [(True, None, DAY(2010, 12, 31))]


def test_q01_nothing_dated_says_nothing(world) -> None:
    """A memorandum without a date, and no exchange: cannot say. A tie without an instrument is not asked about."""
    loose = agreement("loose", "signed 2010", kind="unspecified_cooperation")
    corpus = world.corpus(article("a", section("agreements", agreement("m"), loose)))
    assert rows(ask(corpus, 1), "agreement_id", "dormant", "assumed") == [("m", None, False)]


def test_q01_a_tie_of_cities_lives_by_any_body_of_the_city(world) -> None:
    """The cities of Hangzhou and Leeds signed in 2010; a visit from the libraries of Leeds in 2025 is activity. For a
    memorandum with the library of Heidelberg it is none."""
    cities = agreement("cities", "signed 2010", kind="sister_city", parties="[leeds-city, hangzhou-city]", level="city")
    other = agreement("other", "signed 2010", parties=f"[heidelberg-city-library, {HPL}]")
    corpus = world.corpus(article("a", section("agreements", cities, other), section("events", event("e", "2025-05"))))
    assert rows(ask(corpus, 1), "agreement_id", "dormant", "events") == [
        ("cities", False, ("e",)), ("other", True, ()),
    ]  # fmt: skip


# --- 4: planned, without evidence of happening ------------------------------------------------
def test_q04_what_zhejiang_library_meant_to_do(asked) -> None:
    """Two hopes of the symposium of 5 December 2018 with OCLC, of the group agreement; then four wishes
    of the sharing session, which was some day from 25 August to 29 December 2023, with nobody abroad. None
    has a time, so none can be overdue; only the plan for the sustainable library does not recur."""
    found = rows(ask(asked(LIBRARY).corpus, 4), "plan_id", "strength", "recurring", "date", "raised", "raised_basis",
                 "partners", "overdue")  # fmt: skip
    symposium = ("mentioned", True, None, "2018-12-05", "stated", ("oclc",), None)
    session = (None, "[2023-08-25..2023-12-29]", "bounded", (), None)
    assert found == [
        ("zhejiang-culture-abroad", *symposium), ("zhejiang-documents-abroad", *symposium),
        *((id, "intended", id != "zjl-sustainable-plan", *session) for id in
          ("zjl-insights", "zjl-professional-training", "zjl-sustainable-plan", "zjl-wider-networks")),
    ]  # fmt: skip


def test_q04_oldest_first_and_what_is_done_is_gone(world) -> None:
    """As of 31 October 2026. Planned for 2024: past. Voiced in March 2025, no time. Planned for October 2026:
    its last day is the as-of day, so nobody can say. For December: not yet. Each year from 2020: recurring, never
    overdue. Without any time: last. Partly done stays open; done, cancelled and superseded are not."""
    done = {"status": "realised", "realised_by": "e"}
    corpus = world.corpus(article(
        "a", section("events", event("e", "2025-03")),
        section("plans", plan("undated"), plan("december", "2026-12"), plan("october", "2026-10"),
                plan("voiced", strength="proposed", raised_at="e"), plan("of-2024", "2024"),
                plan("yearly", "2020", recurring="yes"), plan("partly", "2025-06", status="partly_realised",
                                                              realised_by="e"),
                plan("done", "2025-02", **done), plan("cancelled", "2025", status="cancelled"),
                plan("superseded", "2025", status="superseded")),
    ))  # fmt: skip
    assert rows(ask(corpus, 4), "plan_id", "overdue") == [
        ("yearly", None), ("of-2024", True), ("voiced", None), ("partly", True), ("october", None),
        ("december", False), ("undated", None),
    ]  # fmt: skip


# --- 5: commitments of signed texts -----------------------------------------------------------
PROMISES = """\
agreements:
- id: m
  kind: memorandum
  parties: [leeds-libraries, hangzhou-public-library]
  says: some words
  milestones: {signed: {edtf: '2019-05-01', says: some words}}
  promises:
  - {id: visits, kind: visit, what: visits, recurring: yes, says: some words}
  - {id: books, kind: book_donation, what: books, realised_by: gift, status: realised, says: some words}
  - {id: courses, kind: training, what: courses, says: some words}
"""


def test_q05_kept_alike_and_nothing(world) -> None:
    """Signed on 1 May 2019. Visits: that of 2018 lies before; that of 2020 is alike, and no source calls the promise
    kept: cannot say. Books: the gift of 2021 is named. Courses: a training in 2020 was Milan's: no. What was only
    planned is no commitment."""
    milan = "{participant: milan-public-libraries, host: hangzhou-public-library}"
    corpus = world.corpus(article(
        "a", PROMISES,
        section("events", event("before", "2018"), event("after", "2020"),
                event("course", "2020", "training", who=milan),
                event("gift", "2021", "book_donation",
                      who="{donor: leeds-libraries, recipient: hangzhou-public-library}")),
        section("plans", plan("only-planned", "2020")),
    ))  # fmt: skip
    assert rows(ask(corpus, 5), "plan_id", "realised_by", "like", "kept") == [
        ("books", "gift", ("gift",), True), ("courses", None, (), False), ("visits", None, ("after",), None),
    ]  # fmt: skip
    assert [set(ids) for (ids,) in rows(ask(corpus, 5), "records")] == [
        {"books", "gift"}, {"courses"}, {"visits", "after"},
    ]  # fmt: skip


def test_q05_the_day_of_the_promise_does_not_keep_it(world) -> None:
    """The memorandum was signed during a visit of 2 May 2019 and promises visits. That visit is not one since."""
    signed = PROMISES.replace("{edtf: '2019-05-01', says: some words}", "{part_of: e, says: some words}")
    only = signed[: signed.index("  - {id: books")]
    corpus = world.corpus(article("a", only, section("events", event("e", "2019-05-02"))))
    assert rows(ask(corpus, 5), "plan_id", "like", "kept") == [("visits", (), False)]


def test_q05_the_five_articles(asked) -> None:
    """The memorandum with Leeds promises two things of which no event type tells; the other homes have none."""
    found = rows(ask(asked(HPL).corpus, 5), "plan_id", "agreement_id", "partners", "kept")
    assert found == [
        (id, "leeds-hangzhou-libraries", ("leeds-libraries",), False)
        for id in ("leeds-communication", "leeds-information-exchange")
    ]  # fmt: skip
    assert ask(asked(LIBRARY).corpus, 5).empty


# --- 9: from first contact to agreement to exchange -------------------------------------------
LEAD = ("partner", "contact", "agreement_id", "exchange", "to_agreement_low", "to_agreement_high", "to_exchange_low",
        "to_exchange_high")  # fmt: skip


def test_q09_the_five_articles(asked) -> None:
    """Heidelberg: the first thing on record is the memorandum of 2016 itself; from 31 December 2016 to 17 March
    2021 are 1537 days, from 1 January 2016 to 17 March 2023 are 2632. Leeds: visit and signing some day from 22 March
    to 30 April 2019: 0 to 39 days, and nothing since. Milan: October 2016, July 2017, October 2017."""
    assert rows(ask(asked(GROUP).corpus, 9), *LEAD) == [
        ("heidelberg-city", "hangzhou-heidelberg-memorandum", "hangzhou-heidelberg-memorandum",
         "heidelberg-online-meeting", 0, 0, 1537, 2632),
        ("leeds-libraries", "leeds-visit-2019", "leeds-hangzhou-libraries", None, 0, 39, None, None),
        ("milan-public-libraries", "chinese-library-conference-2016", "milan-hangzhou-libraries", "milan-stay-2017",
         243, 303, 62, 122),
    ]  # fmt: skip


def test_q09_a_renewal_is_not_the_agreement(world) -> None:
    """Met on 1 May 2014, signed on 1 May 2015, met again on 1 May 2016 (366 days, a leap year), renewed in 2020."""
    corpus = world.corpus(article(
        "a", section("agreements", agreement("m", "signed 2015-05-01", "renewed 2020-05-01")),
        section("events", event("one", "2014-05-01"), event("two", "2016-05-01")),
    ))  # fmt: skip
    assert rows(ask(corpus, 9), *LEAD) == [("leeds-libraries", "one", "m", "two", 365, 365, 366, 366)]


def test_q09_talks_are_contact(world) -> None:
    """Discussed on 1 May 2015, signed on 1 May 2017 (731 days, 2016 being a leap year), met on 1 May 2018."""
    corpus = world.corpus(article(
        "a", section("agreements", agreement("m", "discussed 2015-05-01", "signed 2017-05-01")),
        section("events", event("e", "2018-05-01")),
    ))  # fmt: skip
    found = rows(ask(corpus, 9), "exchange", "to_agreement_low", "to_agreement_high", "to_exchange_low")
    assert found == [("e", 731, 731, 365)]


def test_q09_the_first_of_two_agreements(world) -> None:
    """Of two memoranda the first counts; a tie without an instrument is none, and the first exchange surely
    after it is that of March 2012: that of 2011 may lie before the signing of some day of 2011."""
    corpus = world.corpus(article(
        "a", section("agreements", agreement("second", "signed 2013"), agreement("first", "signed 2011"),
                     agreement("loose", "signed 2009", kind="unspecified_cooperation")),
        section("events", event("same-year", "2011"), event("after", "2012-03-01")),
    ))  # fmt: skip
    found = rows(ask(corpus, 9), "agreement_id", "exchange", "to_exchange_low", "to_exchange_high")
    assert found == [("first", "after", 61, 425)], "31 December 2011 and 1 January 2011 to 1 March 2012"


# --- 12: endings ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ends", "ending"),
    [("2026-10-15", False), ("2026-10-31", True), ("2027-03", True), ("2027-10-31", True), ("2027-11-01", False),
     ("2027", None), ("2026", None), ("2030", False)],
)  # fmt: skip
def test_q12_within_the_year_to_come(world, ends, ending) -> None:
    """From 31 October 2026 to 31 October 2027: what ended before, and what ends later, is a no; *in 2027* can be
    either, and so can *in 2026*."""
    corpus = world.corpus(article("a", section("agreements", agreement("m", "signed 2010", ends=f"'{ends}'"))))
    assert rows(ask(corpus, 12), "ends", "no_end", "ending") == [(ends, False, ending)]


def test_q12_the_window_is_a_parameter_and_silence_no_answer(world) -> None:
    """Six months lead to 30 April 2027: March is inside, May is not. An agreement of which no source says when it
    ends has no end and no answer; of one that has ended nobody says that it has no end."""
    table = section("agreements", agreement("silent", "signed 2010"), agreement("march", "signed 2011", ends="2027-03"),
                    agreement("may", "signed 2012", ends="2027-05"))  # fmt: skip
    found = rows(ask(world.corpus(article("a", table)), 12, months=6), "agreement_id", "no_end", "ending")
    assert found == [("silent", True, None), ("march", False, True), ("may", False, False)]


def test_q12_what_has_ended_is_not_without_an_end(world) -> None:
    """Signed in 2010, ended in 2020 as a step of its own: it has an end, and none in the year to come."""
    corpus = world.corpus(article("a", section("agreements", agreement("m", "signed 2010", "ended 2020"))))
    assert rows(ask(corpus, 12), "no_end", "ending") == [(False, False)]


def test_q12_the_five_articles_tell_no_end(asked) -> None:
    found = rows(ask(asked(HPL).corpus, 12), "agreement_id", "ends", "no_end", "ending")
    assert found == [
        (id, None, True, None)
        for id in ("hangzhou-heidelberg-memorandum", "milan-hangzhou-libraries", "leeds-hangzhou-libraries")
    ]  # fmt: skip
