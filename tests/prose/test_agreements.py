"""What the report on agreements says, held against the five articles and invented dossiers."""

import re

from analysis.answered import HPL, agreement, article, event, plan, section
from workbench import analysis
from workbench.prose import agreements as told
from workbench.prose.words import Words

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
CAME = "{visitor: milan-public-libraries, host: hangzhou-public-library}"
MILAN = "[milan-public-libraries, hangzhou-public-library]"


def answers(corpus, months=24):
    exchanges = analysis.flows.exchanges(corpus)
    return told.Answers(
        corpus, exchanges, analysis.agreements.agreements(corpus, exchanges), analysis.activity.lives(corpus, months),
        analysis.activity.commitments(corpus), analysis.agreements.open_plans(corpus), months,
    )  # fmt: skip


def say(corpus, passage, language="en", **facts):
    return [s.markup for s in Words(corpus, language).say(f"agreements/{passage}", **facts)]


def lives(corpus, language="en", months=24):
    return say(corpus, "lives", language, **told.states(answers(corpus, months)))


def lead(corpus, language="en", months=24):
    return say(corpus, "lead", language, **told.lead(answers(corpus, months)))


# --- the five articles ------------------------------------------------------------------------


def test_the_headline_of_the_five_articles(asked):
    """Four agreements, all of them dormant; of the two promises of the memorandum with Leeds neither was kept."""
    said = lead(asked(GROUP).corpus)
    assert said[0] == (
        "Of four agreements of the public libraries of Zhejiang with bodies abroad, ties between cities included, none "
        "shows activity in the 24 months to 31 October 2026."
    )
    assert said[1] == "Four agreements are dormant: the records tell of nothing under them in that time."
    assert said[2] == "No record says that any of two promises in agreed texts was kept."


def test_the_headline_in_chinese(asked):
    said = "".join(lead(asked(GROUP).corpus, "zh"))
    assert "共4份（含城市之间的文件和关系）" in said
    assert "另有4份" in said
    assert "承诺共2项，均未见履行记录" in said


def test_what_was_never_followed_and_what_fell_silent(asked):
    """Heidelberg's cities met online after their memorandum, Milan's librarians came after theirs; the visit from
    Leeds is the one at which the memorandum was signed."""
    silent, followed = lives(asked(GROUP).corpus)
    assert silent.startswith("No later exchange is tied by the records to the ")
    assert "the memorandum with Leeds Libraries (signed between 22 March and 30 April 2019, by our reading)" in silent
    assert "Milan" not in silent
    assert (
        "the cooperation agreement with Milan Public Libraries (last: the staff exchange in October 2017)" in followed
    )
    assert "(last: the meeting on 17 March of 2021, 2022 or 2023, our reading)" in followed
    assert "Leeds" not in followed


def test_which_date_decides(asked):
    """A window from October 2021 cuts through the three readings of the meeting with Heidelberg."""
    said = lives(asked(GROUP).corpus, months=60)[-1]
    assert said.startswith(
        "Whether the memorandum with the City of Heidelberg is dormant depends on the meeting on 17 M"
    )
    assert lead(asked(GROUP).corpus, months=60)[2].startswith(
        "Of the memorandum with the City of Heidelberg nobody can"
    )
    assert "取决于2021、2022或2023年3月17日（日期为推断）的会谈" in lives(asked(GROUP).corpus, "zh", months=60)[-1]


def test_ties_without_a_text_are_told_and_not_counted(asked):
    corpus = asked(LIBRARY).corpus
    said = say(corpus, "loose", **told.loose(answers(corpus)))
    assert said == ["Zhejiang Library is said to have joined OCLC; the source names no date."]
    assert lead(corpus)[0].startswith(
        "The records hold no agreement of Zhejiang Library with a body abroad; a tie with"
    )


def test_no_end_is_said_once(asked):
    corpus = asked(GROUP).corpus
    said = say(corpus, "ends", **told.endings(answers(corpus), analysis.activity.endings(corpus), 12))
    assert len(said) == 1
    assert said[0].startswith("No source says when any of the four agreements ends or has to be renewed; that stands")


def test_promises_by_the_text_that_makes_them(asked):
    corpus = asked(HPL).corpus
    said = say(corpus, "promises", **told.promises(answers(corpus)))
    assert len(said) == 1
    assert said[0].startswith("The memorandum with Leeds Libraries promises ongoing communication between the two")
    assert said[0].endswith("no record says that any of this was done.")


def test_the_oldest_plan_and_those_whose_time_has_passed(asked):
    corpus = asked(HPL).corpus
    said = say(corpus, "plans", **told.plans(answers(corpus)))
    overdue = [text for text in said if text.startswith("Planned for")]
    assert overdue[0].startswith(
        "Planned for 2018 with Milan Public Libraries: two librarians of Hangzhou Public Library"
    )
    assert not [text for text in said if "ongoing communication" in text], "a promise stands among the promises"


def test_lead_times_of_the_five_articles(asked):
    corpus = asked(HPL).corpus
    said = say(corpus, "lead_times", **told.lead_times(answers(corpus), analysis.activity.lead_times(corpus)))
    assert said[0] == (
        "With Milan Public Libraries the first contact on record, the conference in October 2016, "
        "came between eight and "
        "ten months before the cooperation agreement."
    )
    assert said[1].startswith("With Leeds Libraries the agreement was made at the first meeting on record")


def test_who_is_covered(asked):
    corpus = asked(GROUP).corpus
    table = analysis.spread.members_covered(corpus)
    said = say(corpus, "covered", **told.covered(table))
    assert said[0].startswith("Nine of fifteen libraries and branches are party")
    assert "Hangzhou Public Library has agreements with Leeds Libraries and Milan Public Libraries." in said
    assert said[-1].startswith("Jiaxing Library, Ningbo Library and Zhejiang Library are said to work with OCLC")
    assert len(told.uncovered(table)[0]["bare"]) == 3
    assert told.uncovered(analysis.spread.members_covered(asked(LIBRARY).corpus)) == []


def test_cities(asked):
    corpus = asked(HPL).corpus
    facts = told.cities(answers(corpus), analysis.spread.untied_sister_cities(corpus),
                        analysis.spread.partners_outside_city_ties(corpus))  # fmt: skip
    said = say(corpus, "cities", **facts)
    assert said[0].startswith(
        "With Heidelberg a tie of the cities is on record, but not whether they are sister cities"
    )
    assert "Agreements reach beyond the sister cities too, to Milan Public Libraries in Milan." in said


# --- invented cases ---------------------------------------------------------------------------


def test_one_agreement_alive_and_one_only_signed(world):
    """As of 31 October 2026: Leeds came in May 2026, five years after the memorandum; the agreement with Milan was
    signed in 2026 and nothing followed."""
    made = section(
        "agreements", agreement("m-leeds", "signed 2021-03"), agreement("m-milan", "signed 2026-03", parties=MILAN)
    )
    corpus = world.corpus(article("a", made, section("events", event("e", "2026-05"))))
    assert lives(corpus) == [
        "The memorandum with Leeds Libraries is alive: the last on record under it is the visit in May 2026.",
        (
            "The memorandum with Milan Public Libraries counts as active only because it was signed in "
            "March 2026; the records "
            "tell of no exchange since."
        ),
    ]


def test_the_only_agreement(world):
    corpus = world.corpus(article("a", section("agreements", agreement("m-leeds", "signed 2021-03"))))
    assert lead(corpus) == [
        (
            "The records hold one agreement of Hangzhou Public Library with a body abroad: the memorandum with Leeds "
            "Libraries, dormant, without any activity on record in the 24 months to 31 October 2026."
        )
    ]
    assert "处于沉寂" in lead(corpus, "zh")[0]


def test_nothing_at_all(world):
    corpus = world.corpus(article("a", section("events", event("e", "2026-05"))))
    asked = answers(corpus)
    assert lead(corpus) == []
    assert told.life_rows(asked, Words(corpus, "en")) == []
    assert [number for number, _, _ in told.key_figures(asked)] == ["0", "0"]


def test_an_undated_exchange_decides(world):
    """A visit without a date may be the latest: nobody can say, and the report says which."""
    made = section("agreements", agreement("m-leeds", "signed 2015"))
    corpus = world.corpus(article("a", made, section("events", event("e"))))
    assert lives(corpus)[0].startswith("Whether the memorandum with Leeds Libraries is dormant depends on the visit")
    state = told.life_rows(answers(corpus), Words(corpus, "en"))[0][0][-1]
    assert state == "possibly dormant"


def test_ends(world):
    """One has ended in 2024, one ends in March 2027, within twelve months; the third says nothing."""
    made = section(
        "agreements", agreement("over", "signed 2015", ends="2024"),
        agreement("soon", "signed 2016", ends="2027-03", parties=MILAN),
        agreement("open", "signed 2017", parties="[heidelberg-city-library, hangzhou-public-library]"),
    )  # fmt: skip
    corpus = world.corpus(article("a", made))
    said = say(corpus, "ends", **told.endings(answers(corpus), analysis.activity.endings(corpus), 12))
    assert said == [
        "The memorandum with Leeds Libraries ended in 2024.",
        (
            "The memorandum with Milan Public Libraries ends in March 2027, within the twelve months "
            "after the day of this "
            "report."
        ),
        "No source says when the memorandum with the Heidelberg City Library ends or has to be renewed.",
    ]


def test_kept_and_something_alike(world):
    """Of two promised visits one names the event that did it; a visit of Milan is like what Milan was promised."""
    made = section(
        "agreements", agreement("m-leeds", "signed 2019"), agreement("m-milan", "signed 2019", parties=MILAN)
    )
    plans = section(
        "plans", plan("kept", strength="committed", agreement="m-leeds", realised_by="went"),
        plan("alike", strength="committed", agreement="m-milan",
             who="{visitor: milan-public-libraries, host: hangzhou-public-library}"),
    )  # fmt: skip
    went = event("went", "2021", where="Leeds", who="{visitor: hangzhou-public-library, host: leeds-libraries}")
    corpus = world.corpus(article("a", made, plans, section("events", went, event("came", "2020", who=CAME))))
    kept, alike = say(corpus, "promises", **told.promises(answers(corpus)))
    assert kept == "Kept, in the judgement of the curators: visit, promised in 2019, came about with the visit in 2021."
    assert alike.startswith("Something like visit with Milan Public Libraries has happened since (the visit in 202")
    states = [cells[-1] for cells, _ in told.promise_rows(answers(corpus), Words(corpus, "en"))]
    assert states == ["something alike: visit, 2020", "kept: visit, 2021"]


def test_every_cell_in_both_languages(asked):
    """Tables have as many cells as heads, in both languages, and Chinese has no half-width punctuation of ours."""
    corpus = asked(GROUP).corpus
    known = answers(corpus)
    for language in ("en", "zh"):
        words = Words(corpus, language)
        for columns, rows in ((told.LIFE_COLUMNS, told.life_rows(known, words)),
                              (told.PROMISE_COLUMNS, told.promise_rows(known, words)),
                              (told.PLAN_COLUMNS, told.plan_rows(known, words))):  # fmt: skip
            assert rows
            assert {len(cells) for cells, _ in rows} == {len(columns)}
            assert all(records for _, records in rows)
            assert language == "en" or not [c for cells, _ in rows for c in cells if re.search(r"[一-鿿][,;:(]", c)]


def test_voiced_first_is_not_planned_for_the_earliest_time(world):
    """A visit for 2030 was spoken of in 2018, one for 2020 in 2019."""
    met = [event("early", "2018"), event("late", "2019")]
    plans = section("plans", plan("far", "2030", raised_at="early", what="'a far visit'"),
                    plan("near", "2020", raised_at="late", what="'a near visit'"))  # fmt: skip
    corpus = world.corpus(article("a", section("events", *met), plans))
    said = say(corpus, "plans", **told.plans(answers(corpus)))
    assert said[1] == "The oldest of them, with Leeds Libraries, is of 2018: a far visit (planned)."
    assert said[2].startswith("Planned for 2020 with Leeds Libraries: a near visit; that time has passed")


def test_the_occasion_of_a_signing_follows_it_not(world):
    """A visit from March to May 2019 at which the memorandum was signed on 2 April ended after the signing, and is no
    exchange that followed."""
    part = "  parts:\n  - {id: signing, type: agreement_signing, says: some words, when: {edtf: 2019-04-02}}\n"
    made = agreement("m", milestones="{signed: {event: signing, says: some words}}")
    stay = event("stay", "2019-03/2019-05") + part
    corpus = world.corpus(article("a", section("agreements", made), section("events", stay)))
    assert lives(corpus)[0].startswith(
        "No later exchange is tied by the records to the memorandum with Leeds Libraries (signed on 2 April 2019)."
    )
    later = event("later", "2020")
    corpus = world.corpus(article("a", section("agreements", made), section("events", stay, later)))
    assert lives(corpus)[0].startswith("Exchange followed, and has ceased as far as the records tell, under ")
