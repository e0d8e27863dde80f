"""Questions 23 and 24: one page on a partner, one sentence on a year; worked by hand."""

from __future__ import annotations

from analysis.answered import HPL, agreement, article, event, plan, rows, section
from workbench.analysis.questions import ask

GROUP = "zhejiang-libraries"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"


# --- 23: one page on a partner ----------------------------------------------------------------
def test_q23_milan_from_the_five_articles(asked) -> None:
    """The agreement of July 2017; the conference of 2016 and the stay of 2017; the plan for 2018, which stands in
    no signed text; the director of 2016 before the two librarians of 2017; the stay was the last contact."""
    found = rows(ask(asked(HPL).corpus, 23, partner="milan-public-libraries"), "part", "about", "date", "assumed",
                 "text", "kept")  # fmt: skip
    october = ("2017-10", False, "librarian", None)
    stay = ("milan-stay-2017", "2017-10", False, "services, digital resources and branch libraries", None)
    assert found[:5] == [
        ("agreement", "milan-hangzhou-libraries", "2017-07", False, "the exchange of staff", None),
        ("exchange", "chinese-library-conference-2016", "2016-10", False,
         "public libraries and social cooperation in Milan", None),
        ("exchange", *stay),
        ("promise", "milan-return-visit", "2018", False, "two librarians of Hangzhou Public Library in Italy", None),
        ("contact", "stefano-parise", "2016-10", False, "director", None),
    ]  # fmt: skip
    assert sorted(found[5:7]) == [("contact", "guido-rosci", *october),
                                  ("contact", "matteo-maria-colombo", *october)]  # fmt: skip
    assert found[7:] == [("last_contact", *stay)]
    assert found == rows(ask(asked(HPL).corpus, 23), "part", "about", "date", "assumed", "text", "kept"), (
        "Milan was met most often: it is the page that is made unless another is asked for"
    )


def test_q23_leeds_from_the_five_articles(asked) -> None:
    """All of it hangs on the visit, whose date is a reading of ours: the signing, the promises and the wishes of
    that day are assumed too. The two promises of the memorandum are not kept by anything on record."""
    found = rows(ask(asked(HPL).corpus, 23, partner="leeds-libraries"), "part", "about", "assumed", "kept")
    assert found == [
        ("agreement", "leeds-hangzhou-libraries", True, None), ("exchange", "leeds-visit-2019", True, None),
        ("promise", "leeds-communication", True, False), ("promise", "leeds-information-exchange", True, False),
        ("promise", "leeds-hangzhou-closer-work", True, None), ("promise", "leeds-library-strategy", True, None),
        ("contact", "andrea-ellison", True, None), ("last_contact", "leeds-visit-2019", True, None),
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
    assert set(rows(ask(asked(HPL).corpus, 24), "low", "high", "sources")) == {(0, 0, 0)}
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
