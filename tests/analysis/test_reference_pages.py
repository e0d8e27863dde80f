"""Questions 23 and 24: one page on a partner, one sentence on a year; worked by hand."""

from __future__ import annotations

from analysis.answered import HPL, agreement, article, event, plan, rows, section
from workbench.analysis import briefing, claims, numbers
from workbench.analysis.questions import ask

GROUP, LEEDS = "zhejiang-libraries", "leeds-libraries"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"


# --- 23: one page on a partner ----------------------------------------------------------------
def test_q23_milan_from_the_five_articles(asked) -> None:
    """The agreement of July 2017; the conference of 2016 and the stay of 2017; the plan for 2018, which stands in
    no signed text; the director of 2016 before the two librarians of 2017; the stay was the last contact."""
    found = rows(ask(asked(HPL).corpus, 23, partner="milan-public-libraries"), "part", "about", "date", "assumed",
                 "text", "like")  # fmt: skip
    october = ("2017-10", False, "librarian", ())
    stay = ("milan-stay-2017", "2017-10", False, "services, digital resources and branch libraries", ())
    assert found[:5] == [
        ("agreement", "milan-hangzhou-libraries", "2017-07", False, "the exchange of staff", ()),
        ("exchange", "chinese-library-conference-2016", "2016-10", False,
         "public libraries and social cooperation in Milan", ()),
        ("exchange", *stay),
        ("promise", "milan-return-visit", "2018", False, "two librarians of Hangzhou Public Library in Italy", ()),
        ("contact", "stefano-parise", "2016-10", False, "director", ()),
    ]  # fmt: skip
    assert sorted(found[5:7]) == [("contact", "guido-rosci", *october),
                                  ("contact", "matteo-maria-colombo", *october)]  # fmt: skip
    assert found[7:] == [("last_contact", *stay)]
    assert found == rows(ask(asked(HPL).corpus, 23), "part", "about", "date", "assumed", "text", "like"), (
        "Milan was met most often: it is the page that is made unless another is asked for"
    )


def test_q23_leeds_from_the_five_articles(asked) -> None:
    """All of it hangs on the visit, whose date is a reading of ours: the signing, the promises and the wishes of
    that day are assumed too. The two promises of the memorandum are not kept by anything on record."""
    found = rows(ask(asked(HPL).corpus, 23, partner="leeds-libraries"), "part", "about", "assumed", "like")
    assert found == [
        ("agreement", "leeds-hangzhou-libraries", True, ()), ("exchange", "leeds-visit-2019", True, ()),
        ("promise", "leeds-communication", True, ()), ("promise", "leeds-information-exchange", True, ()),
        ("promise", "leeds-hangzhou-closer-work", True, ()), ("promise", "leeds-library-strategy", True, ()),
        ("contact", "andrea-ellison", True, ()), ("last_contact", "leeds-visit-2019", True, ()),
    ]  # fmt: skip


def test_q23_the_last_contact_as_far_as_dates_tell(world) -> None:
    """Of two visits of one month and one undated the later dated one is the last; another partner's are not told."""
    corpus = world.corpus(article("a", section(
        "events", event("undated"), event("one", "2020-05"), event("two", "2020-05-10"),
        event("late", "2020-06-01"), event("other", "2021", who=CAME.format("milan-public-libraries")),
    ), section("plans", plan("p", strength="proposed"), plan("others", who="{host: milan-public-libraries, "
                                                             "visitor: " + HPL
                                                             + "}"))))  # fmt: skip
    found = rows(ask(corpus, 23, partner="leeds-libraries"), "part", "about")
    assert [about for part, about in found if part == "last_contact"] == ["late"]
    assert [about for part, about in found if part == "promise"] == ["p"]
    assert "other" not in {about for _, about in found}


def test_q23_a_partner_by_agreement_alone_and_nobody(world) -> None:
    told = article("a", section("agreements", agreement("m", "signed 2019")))
    assert rows(ask(world.corpus(told), 23, partner="leeds-libraries"), "part", "about") == [("agreement", "m")]
    assert ask(world.corpus(told), 23).empty, "nobody was met"


def test_q23_what_is_like_a_promise(world) -> None:
    """A signed text promises visits; one came after it, which no source calls the promise kept."""
    told = article("a", section("agreements", agreement("m", "signed 2019")),
                   section("plans", plan("p", strength="committed", agreement="m")),
                   section("events", event("e", "2020-05")))  # fmt: skip
    found = rows(ask(world.corpus(told), 23, partner="leeds-libraries"), "part", "like")
    assert dict(found)["promise"] == ("e",)


# --- 24: what can be said of a year -----------------------------------------------------------
def test_q24_2023_of_the_five_articles(asked) -> None:
    """Moscow and Rotterdam surely, Heidelberg perhaps: 2 to 3 exchanges, both journeys outbound, the meeting online.
    Partners: the Russian State Library, IFLA, perhaps the city of Heidelberg. Countries: Russia, perhaps Germany; IFLA
    is of none. No agreement of the home is of 2023. One source alone tells each; one was published in 2023."""
    found = ask(asked(GROUP).corpus, 24, year=2023)
    assert rows(found, "measure", "low", "high", "single") == [
        ("exchanges", 2, 3, 3), ("inbound", 0, 0, 0), ("outbound", 2, 2, 2), ("online", 0, 1, 1), ("partners", 2, 3, 3),
        ("countries", 1, 2, 2), ("agreements", 0, 0, 0), ("single_source", 2, 3, 3),
    ]  # fmt: skip
    assert set(found["sources"]) == {1}


def test_q24_2019_rests_on_a_reading(asked) -> None:
    """That Leeds came and signed in 2019 is our reading: perhaps one exchange, one partner, one agreement.
    No source was published in it."""
    found = rows(ask(asked(HPL).corpus, 24, year=2019), "measure", "low", "high", "sources")
    expected = dict.fromkeys(
        ("exchanges", "inbound", "partners", "countries", "agreements", "single_source"), (0, 1, 0)
    )
    assert {row[0]: row[1:] for row in found} == expected | {"outbound": (0, 0, 0), "online": (0, 0, 0)}


def test_q24_the_year_of_the_as_of_day(asked) -> None:
    assert ask(asked(HPL).corpus, 24).empty, "2026: nothing is on record"
    told = rows(ask(asked(HPL, as_of="2017-12-31").corpus, 24), "measure", "low", "high")
    assert ("exchanges", 1, 1) in told
    assert ("agreements", 1, 1) in told, "Milan's, approved in July 2017"


def test_q24_single_counts_what_is_counted(world) -> None:
    """Leeds and Milan came together in 2020 and Leeds once more, told by one source each: 2 exchanges, 2 partners, 2
    countries. Never more of them can rest on one source than there are. With a second source for both visits none
    does."""
    told = section("events", event("both", "2020-05", who=CAME.format("[leeds-libraries, milan-public-libraries]")),
                   event("once", "2020-07"))  # fmt: skip
    once = rows(ask(world.corpus(article("a", told)), 24, year=2020), "measure", "high", "single")
    assert {measure: single for measure, high, single in once if high} == {
        "exchanges": 2, "inbound": 2, "partners": 2, "countries": 2, "single_source": 2,
    }  # fmt: skip
    twice = rows(ask(world.corpus(article("a", told), article("b", told)), 24, year=2020), "measure", "high", "single")
    assert {measure: single for measure, high, single in twice if high} == {
        "exchanges": 0, "inbound": 0, "partners": 0, "countries": 0,
    }  # fmt: skip


# --- what a year is written from --------------------------------------------------------------
def test_the_exchanges_of_a_year(world) -> None:
    """Surely of 2020 what is dated in it; perhaps what is of 2019 or 2020, what is a reading of ours, what is known by
    its last day only, and what has no date."""
    corpus = world.corpus(article("a", section(
        "events", event("sure", "2020-05"), event("either", "[2019-12,2020-01]"), event("other", "2021"),
        event("read", "{says: in May, edtf: XXXX-05, reading: 2020-05, basis: inferred, why: a test}"),
        event("by", "[..2022]"), event("undated"), event("off", "2020", factuality="cancelled"),
    )))  # fmt: skip
    found = rows(briefing.exchanges_of(corpus, 2020), "event_id", "sure")
    assert sorted(found) == [("by", False), ("either", False), ("read", False), ("sure", True), ("undated", False)]
    counted = numbers.number(corpus, "exchanges", year=2020)
    assert (counted.low, counted.high) == (1, 5), "the number says the same"


def test_what_was_voiced_and_what_fell_due(world) -> None:
    """Voiced at the visit of May 2020; due when its time ends, if that is past on the as-of day (31 October 2026)."""
    corpus = world.corpus(article(
        "a", section("events", event("e", "2020-05")),
        section("plans", plan("voiced", raised_at="e"), plan("due", "2019/2020"), plan("doubt", "[2020,2021]"),
                plan("running", "2026"), plan("loose"))))  # fmt: skip
    assert rows(briefing.promises_of(corpus, 2020), "moment", "plan_id", "date", "sure") == [
        ("made", "voiced", "2020-05", True), ("due", "due", "2019/2020", True), ("due", "doubt", "[2020,2021]", False),
    ]  # fmt: skip
    assert briefing.promises_of(corpus, 2019).empty
    assert briefing.promises_of(corpus, 2026).empty


def test_the_sources_of_a_year(world) -> None:
    first = article("a", section("events", event("e", "2020")), published="2020-05")
    other = article("b", section("events", event("e", "2020")), published="2020/2021")
    assert list(briefing.published_in(world.corpus(first, other), 2020)["source_id"]) == ["a"]


def test_claims_about_the_partner_that_is_asked_for(world) -> None:
    """Of its own numbers nothing is counted; the home's totals need all partners, so one partner's slice does not
    judge them."""
    told = "- id: {}\n  subject: {}\n  measure: {}\n  value: 3\n  what: that there are three\n  says: some words\n"
    text = article("a", section("events", event("e", "2020")), section(
        "claims", told.format("ours", HPL, "partner_libraries"), told.format("theirs", LEEDS, "partner_libraries"),
    ))  # fmt: skip
    whole = rows(claims.verdicts(world.corpus(text)), "claim_id", "on_record")
    assert whole == [("ours", 1)]
    assert rows(claims.verdicts(world.corpus(text, partner="leeds-libraries")), "claim_id", "on_record") == [
        ("theirs", None)
    ]
