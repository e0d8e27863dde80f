"""What the annual report says of a year, held against the five dossiers and invented ones."""

from __future__ import annotations

import pytest

from analysis.answered import HOMES, HPL, agreement, article, event, plan, section
from workbench.analysis import briefing, evidence, flows, reciprocity
from workbench.prose import annual
from workbench.prose.words import Words

GROUP, LEEDS, MILAN = "zhejiang-libraries", "leeds-libraries", "milan-public-libraries"
PASSAGES = ("lead", "partners", "agreements", "promises", "outputs", "funders", "online_share", "unsure")
BOTH = f"{{participant: [{LEEDS}, {HPL}]}}"


def asked_about(corpus, year):
    return annual.Answers(
        corpus, year, briefing.year_in_a_sentence(corpus, year), briefing.exchanges_of(corpus, year),
        briefing.steps_of(corpus, year), briefing.promises_of(corpus, year), flows.exchanges(corpus),
        reciprocity.outputs(corpus), evidence.funders(corpus), briefing.published_in(corpus, year),
    )  # fmt: skip


def says(corpus, passage, year, language="en"):
    facts = getattr(annual, passage.removesuffix("_share"))(asked_about(corpus, year))
    return [s.markup for s in Words(corpus, language).say(f"annual/{passage}", **facts)]


def note(corpus, passage, year, language="en"):
    answers = asked_about(corpus, year)
    facts = annual.silence(answers) if passage == "silence" else annual.lead(answers)
    return Words(corpus, language).phrase(f"annual/{passage}", **facts)


def told(corpus, year):
    """The groups of what happened, with the days of their exchanges."""
    return {
        name: [one.date.value for one in facts["events"]] for name, facts in annual.happened(asked_about(corpus, year))
    }


# --- the year in a sentence -------------------------------------------------------------------


def test_2023_of_the_five_articles(asked):
    """Moscow and Rotterdam for sure, Heidelberg perhaps."""
    corpus = asked(GROUP).corpus
    assert says(corpus, "lead", 2023) == [
        (
            "In 2023 the public libraries of Zhejiang had two or three exchanges by the records, with two or three "
            "bodies abroad; of the exchanges two led abroad and at most one was held online; two or three rest "
            "on a single source."
        )
    ]
    assert says(corpus, "lead", 2023, "zh") == [
        "据现有记录，2023年浙江省公共图书馆与2至3家国（境）外机构开展交流2至3次：赴国（境）外2次，线上至多1次；其中2至3次仅有单个来源。"
    ]
    assert told(corpus, 2023) == {"went": ["2023-07-24/2023-07-26", "2023-08-21/2023-08-25"]}
    assert says(corpus, "unsure", 2023)[0].startswith("On 17 March of 2021, 2022 or 2023 (our reading), ")
    figures = annual.key_figures(asked_about(corpus, 2023))
    assert [number for number, _, _ in figures] == ["2–3", "0 : 2 : 0–1", "2–3", "1"]


def test_a_year_that_rests_on_a_reading(asked):
    corpus = asked(HPL).corpus
    assert says(corpus, "lead", 2019) == [
        (
            "Whether Hangzhou Public Library had an exchange with a body abroad in 2019, the records leave open: one "
            "exchange may have begun in it."
        )
    ]
    assert told(corpus, 2019) == {}
    found = " ".join(says(corpus, "unsure", 2019))
    assert "Andrea Ellison of Leeds Libraries visited Hangzhou Public Library" in found
    assert "signed a memorandum" in found
    assert "May have been voiced in the year, with Leeds Libraries: " in found


def test_a_year_with_nothing_says_so(asked):
    """In the running year the day is named; before everything there is nothing to go back to."""
    corpus = asked(GROUP).corpus
    assert says(corpus, "lead", 2026) == [
        (
            "The records hold no exchange of the public libraries of Zhejiang with a body abroad in 2026, up to "
            "31 October "
            "2026; the last before it took place from 21 to 25 August 2023."
        )
    ]
    assert says(corpus, "lead", 1990) == []
    assert note(corpus, "nothing_held", 1990).endswith("in 1990, and none before it.")
    assert annual.key_figures(asked_about(corpus, 1990)) == []
    assert all(says(corpus, passage, 1990) == [] for passage in PASSAGES)
    assert note(corpus, "silence", 1990) == (
        "Of 1990 the records hold no agreement; no promise or plan; and no paper, talk, exhibition or book."
    )
    assert note(corpus, "silence", 1990, "zh") == "1990年未见合作文件、承诺或计划、论文、报告、展览或赠书的记录。"


def test_one_exchange_is_no_list(world):
    corpus = world.corpus(article("a", section("events", event("e", "2020-05"))))
    assert says(corpus, "lead", 2020) == [
        (
            "In 2020 Hangzhou Public Library had one exchange by the records, with guests here; it rests on a single "
            "source."
        )
    ]
    assert note(corpus, "silence", 2020).startswith("Of 2020 the records hold no agreement; no promise")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("home", HOMES)
def test_every_year_of_the_five_articles_can_be_written(asked, home, language):
    corpus = asked(home).corpus
    words = Words(corpus, language)
    for year in (2003, *range(2016, 2025)):
        answers = asked_about(corpus, year)
        for passage in PASSAGES:
            words.say(f"annual/{passage}", **getattr(annual, passage.removesuffix("_share"))(answers))
        for group, facts in annual.happened(answers):
            assert words.say("annual/happened", **facts), annual.heading(group, words)
        for number, passage, facts in annual.key_figures(answers):
            assert number, words.phrase(f"annual/{passage}", **facts)


# --- what happened, with whom -----------------------------------------------------------------


def test_who_came_where_we_went_online_and_otherwise(world):
    corpus = world.corpus(article("a", section(
        "events", event("in", "2020-05"), event("late", "2020-03"),
        event("out", "2020-02", where="Leeds", who="{visitor: hangzhou-public-library, host: leeds-libraries}"),
        event("on", "2020-06", "meeting", "online", BOTH, "online"),
        event("books", "2020-07", "book_donation", who=f"{{donor: {LEEDS}, recipient: {HPL}}}", mode="post"),
        event("next", "2021"),
    )))  # fmt: skip
    assert told(corpus, 2020) == {
        "came": ["2020-03", "2020-05"], "went": ["2020-02"], "online": ["2020-06"], "other": ["2020-07"],
    }  # fmt: skip
    assert "one was held online and one tells of no journey" in says(corpus, "lead", 2020)[0]


def test_more_than_can_be_told_is_summed_up(world):
    days = [event(f"e{n:02d}", f"2020-05-{n:02d}") for n in range(1, 16)]
    corpus = world.corpus(article("a", section("events", *days)))
    [(_, facts)] = annual.happened(asked_about(corpus, 2020))
    said = [s.markup for s in Words(corpus, "en").say("annual/happened", **facts)]
    assert len(said) == annual.MOST_EVENTS + 1
    assert said[-1].startswith("Three more exchanges are on record and not told here, the first on 13 May 2020: ")


def test_who_is_new_and_who_was_met_again(world):
    """Leeds was met before; Milan perhaps, by a date that is a reading; Heidelberg not."""
    came = "{{visitor: {}, host: hangzhou-public-library}}"
    corpus = world.corpus(article("a", section(
        "events", event("before", "2018"), event("doubt", "[2019,2021]", who=came.format(MILAN)), event("e", "2020"),
        event("m", "2020", who=came.format(MILAN)), event("h", "2020", who=came.format("heidelberg-city")),
    )))  # fmt: skip
    assert says(corpus, "partners", 2020) == [
        "Those met are based in Germany, United Kingdom and Italy.",
        "Met for the first time on record: the City of Heidelberg.",
        "Met again after earlier years: Leeds Libraries.",
    ]


def test_the_share_online(world):
    """One of two was online, none before; of later years nothing is said."""
    corpus = world.corpus(article("a", section(
        "events", event("before", "2018"), event("e", "2020"),
        event("on", "2020-06", "meeting", "online", BOTH, "online"),
        event("later", "2022-06", "meeting", "online", BOTH, "online"),
    )))  # fmt: skip
    assert says(corpus, "online_share", 2020) == [
        "One exchange of the year was held online; in all the years before, none was."
    ]
    assert says(corpus, "online_share", 2020, "zh") == ["当年线上交流1次；此前各年没有线上交流。"]
    assert says(corpus, "online_share", 2018) == [], "nobody met online yet"


# --- agreed, promised, brought back -----------------------------------------------------------


def test_what_was_agreed_in_the_year(world):
    """Approved in 2019 and signed in 2020: each is told in its year; talks and a signing on a day that is a reading
    of ours are told as what they are."""
    corpus = world.corpus(article("a", section(
        "agreements", agreement("m", "approved 2019-05", "signed 2020-03"), agreement("n", "discussed 2020-04"),
        agreement("x", "signed 2020?-05", parties=f"[{MILAN}, {HPL}]"),
    )))  # fmt: skip
    assert [(row.agreement_id, row.step, row.sure) for row in briefing.steps_of(corpus, 2020).itertuples()] == [
        ("m", "signed", True), ("n", "discussed", True), ("x", "signed", False),
    ]  # fmt: skip
    assert says(corpus, "agreements", 2019)[0].startswith("A memorandum between Hangzhou Public Library and Leeds")
    assert len(says(corpus, "agreements", 2020)) == 2
    assert "Milan" in says(corpus, "unsure", 2020)[0]
    assert says(corpus, "lead", 2020)[-1] == "One agreement was signed, approved or renewed."


def test_what_was_promised_and_what_fell_due(world):
    """Of what was planned for 2020 one is done and one is not; what is planned for the end of the running year is not
    due yet; a yearly renewal never is."""
    corpus = world.corpus(article(
        "a", section("events", event("v", "2020-05"), event("talk", "2019-05")),
        section("plans", plan("done", "2020", realised_by="v", status="realised", what="a visit"),
                plan("open", "2019/2020", what="a second visit"), plan("later", "2026", what="a third visit"),
                plan("yearly", "2020", recurring="true", what="books"),
                plan("wish", raised_at="talk", strength="mentioned", what="some talks")),
    ))  # fmt: skip
    found = briefing.promises_of(corpus, 2020)
    assert list(zip(found["moment"], found["plan_id"], strict=True)) == [("due", "open"), ("due", "done")]
    assert says(corpus, "promises", 2020) == [
        "Fell due, with no record that it came about, with Leeds Libraries: a second visit (planned).",
        "Fell due and was carried out, with Leeds Libraries: a visit (planned).",
    ]
    assert says(corpus, "promises", 2019) == ["New in the year, with Leeds Libraries: some talks (mentioned)."]
    assert says(corpus, "promises", 2026) == []


def test_what_came_of_it(asked):
    """Two posters of Rotterdam together, with whom they were shown; nothing of another year."""
    found = says(asked(GROUP).corpus, "outputs", 2023)
    assert any(sentence.startswith("Posters: ") and sentence.count("with the International") == 1 for sentence in found)
    assert not any("Milan" in sentence for sentence in found)


def test_what_nobody_can_place_is_counted_not_told(world):
    """Known by its last day only, it is told in the year of that day and counted in earlier ones; without a date it
    is counted in any."""
    corpus = world.corpus(article("a", section("events", event("by", "[..2020-05-03]"), event("undated"))))
    assert says(corpus, "lead", 2010) == []
    assert says(corpus, "unsure", 2010) == [
        (
            "Of two further exchanges the sources give no more than a day by which it had taken place, or no date at "
            "all; this year is not ruled out."
        )
    ]
    assert says(corpus, "unsure", 2020)[0].startswith("By 3 May 2020, ")
    assert says(corpus, "lead", 2020)[0].endswith("the records leave open: one exchange may have begun in it.")
    assert annual.key_figures(asked_about(corpus, 2010)) == []
