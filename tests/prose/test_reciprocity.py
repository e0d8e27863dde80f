"""What the report on give and take says, held against the five articles and invented dossiers."""

from analysis.answered import HPL, agreement, article, event, plan, section
from workbench import analysis
from workbench.prose import reciprocity as told
from workbench.prose.words import Words

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
LEEDS, MILAN = "leeds-libraries", "milan-public-libraries"
CAME = "{{visitor: {}, host: hangzhou-public-library}}"
WENT = "{{visitor: hangzhou-public-library, host: {}}}"


def answers(corpus):
    return told.Answers(
        corpus, analysis.reciprocity.balance(corpus), analysis.reciprocity.contacts(corpus),
        analysis.reciprocity.staff_abroad(corpus), analysis.reciprocity.outputs(corpus), analysis.spread.kinds(corpus),
    )  # fmt: skip


def say(corpus, passage, language="en", **facts):
    return [s.markup for s in Words(corpus, language).say(f"reciprocity/{passage}", **facts)]


def visits(corpus, language="en"):
    return say(corpus, "visits", language, **told.lead(answers(corpus)))


def online(corpus, language="en"):
    facts = told.online(analysis.spread.online_share(corpus), analysis.spread.partners_by_way(corpus),
                        analysis.spread.PANDEMIC)  # fmt: skip
    return say(corpus, "online", language, **facts)


# --- visits -----------------------------------------------------------------------------------


def test_who_owes_in_the_five_articles(asked):
    corpus = asked(HPL).corpus
    assert say(corpus, "lead", **told.lead(answers(corpus))) == [
        (
            "Of two partners with whom Hangzhou Public Library exchanged visits directly, two came here more often "
            "than they were visited, so that by this count a return visit is owed."
        )
    ]
    owed, planned = visits(corpus)
    assert "Leeds Libraries (between 22 March and 30 April 2019, our reading)" in owed
    assert planned.startswith("In return for the visit of Milan Public Libraries this was planned: two librarians")
    assert (
        "利兹图书馆（Leeds Libraries），来访1次，时间为2019年3月22日至4月30日之间（日期为推断）"
        in visits(corpus, "zh")[0]
    )


def test_more_debts_than_a_sentence_lists(world):
    """Four partners wait: Leeds since 2012, Heidelberg and the City of Leeds since 2015, Milan, which came again, since
    2020."""
    told_of = [("2012", LEEDS), ("2015", "heidelberg-city-library"), ("2015", "leeds-city"), ("2019", MILAN),
               ("2020", MILAN)]  # fmt: skip
    came = [event(f"e{n}", year, who=CAME.format(org)) for n, (year, org) in enumerate(told_of)]
    corpus = world.corpus(article("a", section("events", *came)))
    first, second = say(corpus, "lead", **told.lead(answers(corpus)))
    assert first.startswith("Of four partners")
    assert second.startswith(
        "Most is owed to Milan Public Libraries, which came two times, the last time in 2020; no visit"
    )
    assert visits(corpus) == [
        "The visit that has waited longest for its return is that of Leeds Libraries (in 2012).",
        "The most recent is that of Milan Public Libraries (in 2020).",
    ]


def test_even_and_owed_by_the_partner(world):
    went = event("there", "2021", where="Milan", who=WENT.format(MILAN))
    both = [event("in", "2019"), event("out", "2020", where="Leeds", who=WENT.format(LEEDS))]
    corpus = world.corpus(article("a", section("events", went, *both)))
    assert say(corpus, "lead", **told.lead(answers(corpus)))[0].endswith("one owes a return visit.")
    assert visits(corpus) == ["A visit is due from Milan Public Libraries (visited in 2021).",
                              "With Leeds Libraries visits are even."]  # fmt: skip


def test_nobody_moved(world):
    corpus = world.corpus(article("a", section("events", event("e", "2021", mode="online"))))
    assert say(corpus, "lead", **told.lead(answers(corpus))) == []
    assert told.balance_rows(answers(corpus), Words(corpus, "en")) == []


# --- people -----------------------------------------------------------------------------------


def test_contacts_old_and_recent(world):
    """Andrea Ellison came in May 2026, Guido Rosci in 2015: as of 31 October 2026 one of them is recent."""
    who = "{{visitor: {} @ {}, host: hangzhou-public-library}}"
    corpus = world.corpus(article("a", section(
        "events", event("new", "2026-05", who=who.format("Andrea Ellison", LEEDS)),
        event("old", "2015", who=who.format("Guido Rosci", MILAN)),
    )))  # fmt: skip
    said = say(corpus, "people", **told.people(answers(corpus)))
    assert said[1] == "Seen in the 24 months to 31 October 2026: Andrea Ellison of Leeds Libraries."
    assert said[2].startswith("At one partner nobody is on record in that time")


def test_no_contact_is_recent(asked):
    corpus = asked(HPL).corpus
    said = say(corpus, "people", **told.people(answers(corpus)))
    assert said[1] == (
        "No record surely shows any of them in the 24 months to 31 October 2026; the last shown, on "
        "17 March of 2021, 2022 "
        "or 2023, our reading: Christian Scholl of the City of Heidelberg."
    )
    assert said[2].startswith("Who at the three partners still holds the post named")


def test_people_by_post_where_the_settings_ask_for_it(asked):
    corpus = asked(HPL, people="posts").corpus
    cells = " ".join(cell for row, _ in told.contact_rows(answers(corpus), Words(corpus, "en")) for cell in row)
    assert "Ellison" not in cells
    said = " ".join(say(corpus, "people", **told.people(answers(corpus))))
    assert "Scholl" not in said


def test_our_own_staff(asked):
    corpus = asked(GROUP).corpus
    said = say(corpus, "staff", **told.staff(answers(corpus)))
    assert said == [
        (
            "Staff of the public libraries of Zhejiang are on record at two exchanges abroad, the last "
            "of them the conference in "
            "Rotterdam from 21 to 25 August 2023."
        ),
        "The sources name Zhang Qun.",
    ]
    rows = told.staff_rows(answers(corpus).staff, Words(corpus, "en"))
    assert [cells[1] for cells, _ in rows] == ["Zhang Qun and delegation", "Colleagues (four)"]


def test_nobody_went(asked):
    assert say(asked(HPL).corpus, "staff", **told.staff(answers(asked(HPL).corpus))) == []


# --- programmes, ways of meeting --------------------------------------------------------------


def test_a_programme_and_what_came_after(asked, world):
    corpus = asked(HPL).corpus
    found = told.programmes(answers(corpus), analysis.evidence.funders(corpus))
    said = [say(corpus, "programme", **facts) for facts in found]
    leeds = next(one for one in said if "Leeds" in one[0])
    assert leeds[0].endswith("the government (as printed; which one is not said) is given as its funder.")
    assert leeds[1] == "No later exchange with Leeds Libraries is on record."
    assert len(found) == 2, "the third paid for nothing of ours"
    paid = "programmes:\n- {id: paid, name: The programme, says: some words, funder: A Fund}\n"
    corpus = world.corpus(
        article("a", paid, section("events", event("one", "2018", programme="paid"), event("two", "2021")))
    )
    said = say(corpus, "programme", **told.programmes(answers(corpus), analysis.evidence.funders(corpus))[0])
    assert said[1] == "Afterwards exchange with Leeds Libraries went on: the visit in 2021."


def test_met_in_company_with_an_agreement_all_the_same(world):
    met = event("meeting", "2020", "conference", who="{participant: [hangzhou-public-library, leeds-libraries]}")
    corpus = world.corpus(article("a", section("agreements", agreement("m", "signed 2020")), section("events", met)))
    agreed = analysis.agreements.agreements(corpus, analysis.flows.exchanges(corpus))
    said = say(corpus, "together", **told.together(analysis.spread.never_alone(corpus), agreed))
    assert said == ["One partner has been met only at conferences or on occasions shared with others: Leeds Libraries.",
                    "There is an agreement all the same with Leeds Libraries."]  # fmt: skip


def test_online_with_its_definition(asked, world):
    corpus = asked(HPL).corpus
    said = online(corpus)
    assert "from 30 January 2020 to 5 May 2023" in said[2]
    assert said[3] == "Met online and never in person: the City of Heidelberg."
    assert "2020年1月30日至2023年5月5日" in "".join(online(corpus, "zh"))
    corpus = world.corpus(article("a", section("events", event("e", "2019"))))
    assert online(corpus)[0] == "No exchange is known to have been held online (one on record)."


# --- what came back ---------------------------------------------------------------------------


def test_received_given_and_not_said(world):
    """Leeds gave a talk, we gave books, and of a publication nobody says whose it is."""
    talk = event("talk", "2019", "public_talk", who="{speaker: leeds-libraries, host: hangzhou-public-library}")
    gave = "{donor: hangzhou-public-library, recipient: leeds-libraries}"
    books = event("books", "2020", "book_donation", "Leeds", gave, "post", quantities="{books: '>=20'}")
    paper = event("paper", "2021", outputs="{publication: a visit}")
    corpus = world.corpus(article("a", section("events", talk, books, paper)))
    assert say(corpus, "outputs", **told.outputs(answers(corpus))) == [
        "One talk came from Leeds Libraries.", "Books of ours went to Leeds Libraries.",
        "Which side made or gave it, the sources do not say: one publication with Leeds Libraries.",
    ]  # fmt: skip
    cells = [cells for cells, _ in told.output_rows(answers(corpus), Words(corpus, "en"))]
    assert cells[1][1] == "At least 20 books"
    assert [row[3] for row in cells] == ["received", "given", "not said"]


def test_habits_and_what_was_never_tried(world):
    corpus = world.corpus(article("a", section("events", event("a", "2018"), event("b", "2019"),
                                               event("c", "2020", who=CAME.format(MILAN)))))  # fmt: skip
    said = say(corpus, "habits", **told.habits(answers(corpus)))
    assert said[0].endswith("these kinds recur with the same partner: visits with Leeds Libraries (two).")
    note = Words(corpus, "en").phrase("reciprocity/untried", **told.untried(answers(corpus))[0])
    assert note.startswith("Not on record with any partner: meeting, ")
    assert [cells[0] for cells, _ in told.kind_rows(answers(corpus), Words(corpus, "en"))] == ["Leeds Libraries"]


def test_a_part_belongs_to_the_partner_it_names(world):
    """On a journey to Leeds and Milan a talk was given in Milan: Leeds had a delegation and no talk."""
    took = "{host: milan-public-libraries, speaker: hangzhou-public-library}"
    part = f"  parts:\n  - {{id: talk, type: public_talk, says: some words, who: {took}}}\n"
    who = "{visitor: hangzhou-public-library, visited: [leeds-libraries, milan-public-libraries]}"
    corpus = world.corpus(article("a", section("events", event("tour", "2019", "delegation", "Leeds", who) + part)))
    table = analysis.spread.kinds(corpus)
    assert set(table.loc[table["partner"].eq(LEEDS), "type"]) == {"delegation"}
    assert set(table.loc[table["partner"].eq(MILAN), "type"]) == {"delegation", "public_talk"}


def test_every_cell_in_both_languages(asked):
    corpus = asked(GROUP).corpus
    known = answers(corpus)
    for language in ("en", "zh"):
        words = Words(corpus, language)
        for columns, rows in ((told.BALANCE_COLUMNS, told.balance_rows(known, words)),
                              (told.CONTACT_COLUMNS, told.contact_rows(known, words)),
                              (told.STAFF_COLUMNS, told.staff_rows(known.staff, words)),
                              (told.OUTPUT_COLUMNS, told.output_rows(known, words)),
                              (told.KIND_COLUMNS, told.kind_rows(known, words))):  # fmt: skip
            assert rows
            assert {len(cells) for cells, _ in rows} == {len(columns)}
            assert all(records for _, records in rows)


def test_a_planned_return_by_its_kind(world):
    """A plan without words of its own is told by its kind."""
    back = plan("back", "2021", reciprocal_of="e")
    corpus = world.corpus(article("a", section("events", event("e", "2019")), section("plans", back)))
    assert "To Leeds Libraries a visit was planned in return (2021); no record says that it came about." in visits(
        corpus
    )


def test_a_talk_is_of_the_body_that_spoke(world):
    """At a conference with Leeds and Milan somebody of Leeds spoke: the talk is of Leeds, not of Milan."""
    who = "{speaker: Andrea Ellison @ leeds-libraries, participant: [milan-public-libraries, hangzhou-public-library]}"
    met = event("met", "2019", "conference", who=who, outputs="{talk: reading}")
    corpus = world.corpus(article("a", section("events", met)))
    assert say(corpus, "outputs", **told.outputs(answers(corpus))) == ["One talk came from Leeds Libraries."]
