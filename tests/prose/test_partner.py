"""What the page on a partner says, held against the five dossiers and invented ones."""

from __future__ import annotations

import pytest

from analysis.answered import HOMES, HPL, agreement, article, event, plan, section
from workbench.analysis import activity, agreements, briefing, claims, evidence, flows, reciprocity
from workbench.errors import UsageError
from workbench.prose import partner
from workbench.prose.words import Words
from workbench.records.selection import select

LEEDS, MILAN = "leeds-libraries", "milan-public-libraries"
PASSAGES = ("lead", "ties", "history", "balance", "people", "plans", "cautions")
CAME = "{{visitor: {}, host: hangzhou-public-library}}"
WENT = "{visitor: hangzhou-public-library, host: leeds-libraries}"


def asked_about(corpus, body=LEEDS):
    exchanges = flows.exchanges(corpus)
    return partner.Answers(
        corpus, exchanges, agreements.agreements(corpus, exchanges), agreements.open_plans(corpus),
        briefing.partner_page(corpus, body), reciprocity.balance(corpus), activity.lead_times(corpus),
        claims.verdicts(corpus), evidence.witnesses(corpus),
    )  # fmt: skip


def says(corpus, passage, body=LEEDS, language="en"):
    facts = getattr(partner, passage)(asked_about(corpus, body))
    return [s.markup for s in Words(corpus, language).say(f"partner/{passage}", **facts)]


def narrowed(corpus, held, body):
    """The same selection of one partner alone, as a report has it."""
    from workbench.records import load
    from workbench.records.selection import Selection

    chosen = Selection(corpus.selection.home, None, corpus.selection.as_of, (body,))
    return select(load.ensure_tables(held)[0], corpus.settings, corpus.vocabularies, chosen)


# --- the five articles ------------------------------------------------------------------------


def test_leeds(asked, held):
    """The memorandum and everything promised hang on a visit whose days are our reading; the cities are told too."""
    corpus = narrowed(asked(HPL).corpus, held, LEEDS)
    assert says(corpus, "lead") == [
        (
            "Hangzhou Public Library and Leeds Libraries, a public library in Leeds, United Kingdom, have one "
            "exchange on "
            "record, between 22 March and 30 April 2019 (our reading)."
        ),
        "Four promises, plans or wishes are open.",
    ]
    assert (
        says(corpus, "ties")[-1]
        == "No exchange with Leeds Libraries that surely came after the agreement is on record."
    )
    assert says(corpus, "balance") == [
        (
            "Of the visits between the sides alone, Hangzhou Public Library received one and made none: by that "
            "count, the "
            "next is for Hangzhou Public Library to make."
        )
    ]
    assert says(corpus, "people") == [
        "Andrea Ellison, Chief Librarian (between 22 March and 30 April 2019, our reading)."
    ]
    theirs, both = says(corpus, "plans")
    assert theirs.startswith("For Leeds Libraries to do: ")
    assert both.startswith("For both sides: ")
    assert both.count("committed, probably 2019") == 2, "voiced in a year that is our reading"


def test_milan(asked):
    corpus = asked(HPL).corpus
    assert says(corpus, "lead", MILAN)[1] == "One promise, plan or wish is open, and its time has passed."
    assert says(corpus, "ties", MILAN)[2:] == [
        "From the first contact on record to the agreement it took between eight and ten months.",
        "From the agreement to the next exchange it took between two and four months.",
    ]
    told = says(corpus, "history", MILAN)
    assert [s[:16] for s in told if s.startswith("In October")] == ["In October 2017,", "In October 2016,"], (
        "last first"
    )
    assert says(corpus, "balance", MILAN)[0].endswith("to make, and it is among the plans below.")
    assert says(corpus, "plans", MILAN)[0].startswith("Overdue: ")


def test_heidelberg_of_an_unknown_year(asked):
    corpus = asked(HPL).corpus
    assert "on 17 March of 2021, 2022 or 2023 (our reading)" in says(corpus, "lead", "heidelberg-city")[0]
    assert says(corpus, "balance", "heidelberg-city") == [], "nobody moved"
    stated = says(corpus, "cautions", "heidelberg-city")
    assert any(": say with the caveat, for the statement " in sentence for sentence in stated)


def test_a_total_of_all_is_not_judged_by_one_partner(asked, held):
    """At the meeting Hangzhou spoke of nine agreements: the slice of Heidelberg alone cannot count them."""
    corpus = narrowed(asked(HPL).corpus, held, "heidelberg-city")
    found = claims.verdicts(corpus).set_index("measure")
    assert set(found.loc[["agreements", "partner_libraries"], "verdict"]) == {"say_with_caveat"}
    assert found.loc["agreements", "caveats"][0] == "not_countable"
    assert claims.verdicts(asked(HPL).corpus).set_index("measure").loc["agreements", "caveats"][0] == "fewer"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("home", HOMES)
def test_every_page_of_the_five_articles_can_be_written(asked, held, home, language):
    """For each partner, alone as a report has it; each is short enough for a page."""
    whole = asked(home).corpus
    bodies = {org for table in (flows.exchanges(whole), agreements.agreements(whole, flows.exchanges(whole)))
              for orgs in table["partners"] for org in orgs}  # fmt: skip
    assert bodies
    for body in sorted(bodies):
        corpus = narrowed(whole, held, body)
        answers, words = asked_about(corpus, body), Words(corpus, language)
        told = [s.markup for one in PASSAGES for s in words.say(f"partner/{one}", **getattr(partner, one)(answers))]
        assert told, body
        text = "".join(told)
        assert "zhejiang-library" not in text.lower(), "who states a claim is named, not given by an id"
        assert (len(text.split()) <= 450) if language == "en" else (len(text) <= 1000), body
        assert words.phrase("partner/title", partner=partner.facts.name(body)) == words.name(body)


def test_by_post_where_names_are_not_wanted(asked):
    corpus = asked(HPL, people="posts").corpus
    assert says(corpus, "people") == ["The Chief Librarian (between 22 March and 30 April 2019, our reading)."]


# --- none, one, many --------------------------------------------------------------------------


def test_nothing_on_record_is_a_note(world):
    corpus = world.corpus(article("a", section("events", event("e", "2020"))), partner=MILAN)
    facts = partner.lead(asked_about(corpus, MILAN))
    words = Words(corpus, "en")
    assert words.say("partner/lead", **facts) == []
    assert words.phrase("partner/no_record", **facts).startswith("The records hold nothing of Hangzhou Public Library")
    assert "杭州图书馆" in Words(corpus, "zh").phrase("partner/no_record", **facts)
    assert says(corpus, "history", MILAN) == says(corpus, "people", MILAN) == says(corpus, "cautions", MILAN) == []


def test_nobody_at_all_is_an_error_of_use(world):
    with pytest.raises(UsageError, match="name a partner"):
        asked_about(world.corpus(article("a", section("agreements", agreement("m", "signed 2019")))), "").partner  # noqa: B018


def test_an_agreement_alone_a_plan_alone_something_told_in_passing(world):
    bound = world.corpus(article("a", section("agreements", agreement("m", "signed 2019"))))
    assert says(bound, "lead")[0].endswith("is on record, only a memorandum of Hangzhou Public Library.")
    planned = world.corpus(article("a", section("plans", plan("p", strength="proposed", what="a visit"))))
    assert says(planned, "lead") == [
        (
            "No exchange of Hangzhou Public Library with Leeds Libraries, a public library in Leeds, United "
            "Kingdom, is on "
            "record; one plan names it."
        )
    ]
    passing = world.corpus(article("a", section("events", event("e", factuality="reported_only"))))
    assert says(passing, "lead")[0].endswith("can be counted; the sources tell in passing of a visit.")
    assert says(passing, "cautions") == [], "it is said once"


def test_many_exchanges_are_told_in_part(world):
    """Of six visits the last four are told, the last first; a conference with others gives way to a visit."""
    visits = [event(f"v{n}", f"20{10 + n}-05") for n in range(6)]
    forum = event("forum", "2020-06", "conference", who=CAME.format(f"[{LEEDS}, {MILAN}]"))
    corpus = world.corpus(article("a", section("events", *visits, forum)))
    told = says(corpus, "history")
    assert [sentence[3:11] for sentence in told[:4]] == ["May 2015", "May 2014", "May 2013", "May 2012"]
    assert told[4:] == [("Three more exchanges are on record and not told here, the first in May 2010: two visits and "
                        "a conference.")]  # fmt: skip
    assert says(corpus, "history", language="zh")[4] == "另有3次交流未在此逐次叙述，最早为2010年5月：访问2次和会议1次。"


def test_company_is_counted_and_said(world):
    forum = event("forum", "2020-06", "conference", who=CAME.format(f"[{LEEDS}, {MILAN}, heidelberg-city]"))
    told = says(world.corpus(article("a", section("events", forum))), "history")
    assert "Milan" not in " ".join(told)
    assert told[1:] == [
        "Two other bodies from abroad are named there.",
        "Hangzhou Public Library and Leeds Libraries have met in the company of others only.",
    ]


def test_the_tie_of_the_cities_is_told_with_a_library(world):
    """Leeds is a sister city; a page on its libraries, or on Milan's, says so or does not."""
    cities = agreement("c", "in_force 1988", kind="sister_city", parties="[leeds-city, hangzhou-city]", level="city")
    both = event("e", "2020", who=CAME.format(f"[{LEEDS}, {MILAN}]"))
    told = article("a", section("agreements", cities), section("events", both))
    assert says(world.corpus(told, partner=LEEDS), "ties") == [
        "The City of Hangzhou and the City of Leeds have been sister cities since 1988."
    ]
    assert says(world.corpus(told, partner=MILAN), "ties", MILAN) == []
    assert says(world.corpus(told), "ties", MILAN) == [], "nor in a selection of all partners"


def test_visits_in_both_directions(world):
    back = event("back", "2021", where="Leeds", who=WENT)
    even = world.corpus(article("a", section("events", event("e", "2020"), back)))
    assert says(even, "balance") == [
        "Of the visits between the sides alone, Hangzhou Public Library received one and made one."
    ]
    owed = world.corpus(article("a", section("events", back)))
    assert says(owed, "balance")[0].endswith("received none and made one: by that count, the next is for Leeds "
                                             "Libraries to make.")  # fmt: skip


def test_plans_by_whose_they_are(world):
    """Hangzhou is to go; Leeds gives books; both are to meet; what is due comes first; the seventh is left out."""
    who = f"{{participant: [{LEEDS}, {HPL}]}}"
    gift = f"{{donor: {LEEDS}, recipient: {HPL}}}"
    rows = [
        plan("due", "2018", what="a visit in 2018", strength="proposed"), plan("go", what="a visit"),
        plan("gift", kind="book_donation", who=gift, what="some books"),
        *(plan(f"wish{n}", kind="meeting", who=who, strength="mentioned", what=f"wish {n}") for n in range(4)),
    ]  # fmt: skip
    corpus = world.corpus(article("a", section("plans", *rows)))
    assert briefing.whose(corpus) == {
        "due": "home",
        "go": "home",
        "gift": "partner",
        **{f"wish{n}": "both" for n in range(4)},
    }
    told = says(corpus, "plans")
    assert told[0] == "Overdue: a visit in 2018 (proposed, for 2018)."
    assert told[1] == "For Hangzhou Public Library to do: a visit (planned)."
    assert told[2] == "For Leeds Libraries to do: some books (planned)."
    assert told[3].count("(mentioned)") == 3
    assert told[4] == "One more, voiced less firmly, is left out here."


def test_people_without_a_date(world):
    who = "{visitor: Andrea Ellison @ leeds-libraries, host: hangzhou-public-library}"
    corpus = world.corpus(article("a", section("events", event("e", who=who))))
    assert says(corpus, "people") == ["Andrea Ellison (date not given)."]
    assert says(corpus, "people", language="zh") == ["Andrea Ellison（时间未注明）。"]
    assert says(corpus, "lead")[0].endswith("have one exchange on record.")


def test_single_sources_are_said(world):
    once = article("a", section("events", event("e", "2020"), event("f", "2021")))
    assert says(world.corpus(once), "cautions") == ["Two exchanges rest on a single source each."]
    twice = article("b", section("events", event("e", "2020"), event("f", "2021")))
    assert says(world.corpus(once, twice), "cautions") == []


@pytest.mark.parametrize(
    ("met", "unit"), [("2018-06", "months"), ("2010", "years"), ("2019-04-01", "")]
)  # fmt: skip
def test_how_long_it_took_in_months_or_years(world, met, unit):
    """What took a day or two tells nothing."""
    told = world.corpus(
        article("a", section("events", event("e", met)), section("agreements", agreement("m", "signed 2019-04-02")))
    )
    found = [sentence for sentence in says(told, "ties") if "it took" in sentence]
    assert bool(found) is bool(unit)
    assert unit in "".join(found)
