"""What the overview says, sentence by sentence, held against the five dossiers and invented ones."""

import re

import pytest

from analysis.answered import HOMES, HPL, ask, tell
from workbench.analysis import spread
from workbench.prose import overview

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"


def lead(told, language="en"):
    return [s.markup for s in told.words(language).say("overview/lead", **overview.lead(told.answers))]


def story(told, place):
    """The sentences of one partner's story."""
    words = told.words()
    for partner, values in overview.stories(told.answers):
        if partner.value == place:
            return [s.markup for s in words.say("overview/story", **values)]
    return []


def everything(told):
    words = told.words()
    said = lead(told)
    for _, values in overview.stories(told.answers):
        said += [s.markup for s in words.say("overview/story", **values)]
    for values in [overview.gatherings(told.answers)]:
        said += [s.markup for s in words.say("overview/gatherings", **values)]
    for _, values in overview.cards(told.answers)[0]:
        said += [s.markup for s in words.say("overview/card", main="en", **values)]
    countries, years = spread.by_country(told.corpus), spread.per_year(told.corpus)
    said += [s.markup for s in words.say("overview/spread", **overview.spread(told.answers, countries, years))]
    said += [s.markup for s in words.say("overview/beside", **overview.beside(told.answers))]
    counting = overview.counting(told.answers, words.left_out(told.left_out))
    return said + [s.markup for s in words.say("overview/counting", **counting)]


# --- the headline --------------------------------------------------------------------------------


def test_the_headline_of_each_home(asked):
    """Who the partners are, whether anything is alive as of 31 October 2026 (nothing since 2024), what sleeps, what is
    owed (Leeds and Milan came to Hangzhou, nobody went) and open (eleven plans with partners, Italy's of 2018 late)."""
    assert lead(asked(HPL)) == [
        (
            "Since 2016 the exchange of Hangzhou Public Library has reached three libraries and other bodies of three "
            "countries and regions, most often Milan Public Libraries; in the last 24 months it reached nobody."
        ),
        "Of its two agreements none has shown activity in these months.",
        (
            "Leeds Libraries and Milan Public Libraries came here, and no visit in return is on record; eleven "
            "promises, plans or wishes that involve partners are open, and the time of one has passed."
        ),
    ]
    first = {home: lead(asked(home))[0] for home in HOMES}
    assert first[GROUP].startswith("Since 2016 the exchange of the public libraries of Zhejiang has reached six")
    assert first[LIBRARY].startswith("Since 2017 the exchange of Zhejiang Library has reached four")


def test_the_chinese_headline(asked):
    said = lead(asked(HPL), "zh")
    assert said[0].startswith("自2016年以来，杭州图书馆与3个国家（地区）的3家图书馆及其他机构有过往来")
    assert "近24个月内未见往来记录" in said[0]
    assert "合作文件共2项" in said[1]
    assert "有11项未见落实记录，其中1项已逾期" in said[2]


def test_a_single_exchange_is_told_with_its_partner_and_its_day(asked):
    said = lead(asked(GROUP, "2018", "2018"))
    assert said[0].startswith("A single exchange of the public libraries of Zhejiang with OCLC is on record")
    assert said[0].count("5 December 2018") == 1


def test_a_single_partner_is_named_and_is_not_the_one_met_most_often(asked):
    assert lead(asked(HPL, "2016", "2017"))[0].endswith("of one country or region, Milan Public Libraries.")


def test_a_date_that_leaves_open_whether_it_is_of_late_is_not_nobody(asked):
    """As of June 2024 the meeting with Heidelberg (2021, 2022 or 2023) may lie in the 24 months or before them."""
    said = lead(asked(HPL, as_of="2024-06-01"))[0]
    assert said.endswith("whether any of it fell within the last 24 months, the dates leave open.")


def test_nobody_is_the_only_one_of_late_where_dates_leave_others_open(asked):
    """As of April 2021 the visit from Leeds (22 March to 30 April 2019) may lie in the months, Heidelberg does."""
    english, chinese = (lead(asked(HPL, as_of="2021-04-15"), language)[0] for language in ("en", "zh"))
    assert english.endswith("in the last 24 months it reached the City of Heidelberg for certain, and perhaps others.")
    assert "近24个月内可以确定与海德堡市" in chinese
    assert "无法判断" in chinese


def test_none_or_one_is_said_in_english(asked):
    # In 2021 the Heidelberg meeting may or may not have taken place: nobody says "between no and one".
    said = lead(asked(GROUP, "2021", "2021"))
    assert "between no" not in said[0]
    assert "months" not in said[0]  # of a period nobody says what happened since


def test_an_agreement_with_activity_is_not_said_to_sleep(asked):
    """As of May 2019 the visit from Leeds and the signing are recent; Milan's exchange was in October 2017."""
    said = lead(asked(HPL, as_of="2019-05-01"))
    assert "in the last 24 months" in said[0]
    assert said[1] == "Of its two agreements all have shown activity in these months."
    assert "Italy" not in " ".join(said)


def test_what_has_gone_quiet_is_said_with_its_year(asked):
    """The last that is on record with Leeds is of April 2019, of Milan October 2017: no day is claimed."""
    said = story(asked(HPL), "leeds")
    assert "After 2019 the records tell of no further exchange, under the agreement or otherwise." in said
    assert "One visit here is on record, and none in return." in said
    milan = story(asked(HPL), "milan")
    assert "After 2017 the records tell of no further exchange, under the agreement or otherwise." in milan
    assert not any("no further exchange" in s for s in story(asked(HPL, "2019", "2019"), "leeds"))
    assert not any("no further exchange" in s for s in story(asked(HPL, as_of="2019-05-01"), "leeds"))


def test_the_weightiest_partners_come_first(asked):
    """Leeds: an exchange and an agreement of its own, twice each, a tie of cities, plans (at most two): 7. Milan: two
    exchanges and an agreement, a plan: 7, met earlier. Heidelberg: an exchange, two ties of cities, plans: 6. OCLC:
    one tie."""
    order = [partner.value for partner, _ in overview.stories(asked(HPL).answers)]
    assert order == ["leeds", "milan", "heidelberg", "oclc"]


def test_at_most_a_dozen_partners_are_told_in_full(asked, monkeypatch):
    monkeypatch.setattr(overview, "_IN_FULL", 2)
    told = asked(HPL)
    kept = [partner.value for partner, _ in overview.stories(told.answers)]
    rows = overview.rest_rows(told.answers, told.words())
    assert len(kept) == 2
    assert [cells[0] for cells, _ in rows] == ["Heidelberg", "OCLC"]
    assert rows[0][0][1:] == ["1", "17 March of 2021, 2022 or 2023 (our reading)", "6"]


# --- the card ----------------------------------------------------------------------------------------


def test_a_claim_is_said_with_its_caveats(asked):
    """Fifteen libraries claimed, two on record: the safe sentence names both numbers, the caveats follow."""
    told = asked(HPL)
    cards, rest = overview.cards(told.answers)
    said = [[s.markup for s in told.words().say("overview/card", main="en", **values)] for _, values in cards]
    libraries = next(one for one in said if "15 libraries" in one[0])
    assert libraries[0].endswith("two are on public record.”")
    assert libraries[1] == ("What Hangzhou Public Library states goes beyond what is on record, is the word of a party "
                            "alone, speaks of an earlier time and is dated by our reading.")  # fmt: skip
    assert rest["more"].value == 0
    other = told.words("zh").say("overview/card", main="en", **cards[0][1])
    assert len(other) == 1, "in the other language the safe sentence alone"
    assert other[0].markup.startswith("“据杭州图书馆介绍")


def test_what_the_records_do_not_bear_out_is_not_called_safe(asked):
    told = asked(HPL)
    row = next(told.answers.verdicts.itertuples())._replace(verdict="do_not_say", on_record=0, caveats=("nothing",))
    said = [s.markup for s in told.words().say("overview/card", main="en", **overview.claim(row, told.answers))]
    assert "nothing on record bears it out" in said[0]
    assert "“" not in said[0]


def test_the_last_year_with_an_exchange_may_be_spoken_of(asked):
    """2023: two journeys of Zhejiang Library, told by its own page alone. Of 2026 nothing is on record."""
    told = asked(LIBRARY)
    years = spread.per_year(told.corpus)
    ((code, values),) = overview.year_card(told.answers, years)
    said = [s.markup for s in told.words().say("overview/card_year", main="en", **values)]
    assert code == "say_with_caveat"
    assert said[0].startswith("“In 2023, two exchanges of Zhejiang Library abroad with ")
    assert said[0].endswith("are on public record.”")
    silent = overview.silent_year(told.answers)
    assert told.words().phrase("overview/silent_year", **silent) == (
        "For 2026, up to 31 October 2026, the records hold no exchange of Zhejiang Library."
    )
    assert overview.silent_year(asked(LIBRARY, as_of="2023-12-31").answers) == {}


# --- tables ------------------------------------------------------------------------------------------


def test_plans_of_one_occasion_share_a_row(asked):
    """Six wishes of the meeting with Heidelberg are one row; Italy in 2018 has a time of its own."""
    told = asked(HPL)
    rows = [cells for cells, _ in overview.plan_rows(told.answers, told.words())]
    assert [row[0] for row in rows if "Heidelberg" in row[2]] == ["17 March of 2021, 2022 or 2023 (our reading)"]
    assert [row[0] for row in rows if "Milan" in row[2]] == ["for 2018"]
    assert sum(len(ids) for _, ids in overview.plan_rows(told.answers, told.words())) == 11


def test_agreements_are_said_to_sleep_up_to_the_day_only(asked):
    told = asked(HPL)
    rows = [cells for cells, _ in overview.agreement_rows(told.answers, told.words())]
    assert [row[-1] for row in rows] == ["no activity", "no activity"]
    period = asked(HPL, "2018", "2019")
    assert len(overview.agreement_columns(period.answers)) == 4
    assert all(len(cells) == 4 for cells, _ in overview.agreement_rows(period.answers, period.words()))


def test_no_exchange_is_said_in_english(asked):
    told = asked(HPL, "1950", "1960")
    counting = overview.counting(told.answers, told.words().left_out(told.left_out))
    said = " ".join(s.markup for s in told.words().say("overview/counting", **counting))
    assert "no are" not in said
    assert "no is" not in said


def test_an_exchange_of_an_unknown_year_is_not_called_the_first(project):
    tell(
        project,
        """
events:
- id: some-march
  type: visit
  mode: in_person
  says: some words
  when: {edtf: XXXX-03-17}
  where: Hangzhou
  who: {visitor: Andrea Ellison @ leeds-libraries, host: hangzhou-public-library}
""",
    )
    told = ask(project)
    assert lead(told)[0].startswith("Since 2016 ")
    assert not any("no further exchange" in s for s in story(told, "leeds")), "it may have been last month"


# --- what the five articles say and do not say ------------------------------------------------------


def test_milan(asked):
    said = story(asked(HPL), "milan")
    assert any(s.startswith("A cooperation agreement between Hangzhou Public Library and Milan Public Libraries was "
                            "approved") for s in said)  # fmt: skip
    assert not any("signed a cooperation agreement" in s for s in said)
    conference = next(s for s in said if "Stefano Parise" in s)
    assert "Chinese Library Annual Conference" in conference
    assert "a city that the source does not name" in conference
    assert "Chu Shuqing of Hangzhou Public Library" in conference
    stay = next(s for s in said if "Guido Rosci" in s)
    assert "Matteo Maria Colombo" in stay
    assert "two and a half weeks" in stay
    plan = next(s for s in said if "2018" in s)
    assert "no record says that it happened" in plan


def test_heidelberg(asked):
    said = story(asked(HPL), "heidelberg")
    meeting = next(s for s in said if "Hu Fang" in s)
    assert meeting.startswith("On 17 March of 2021, 2022 or 2023 (our reading)")
    assert "Christian Scholl" in meeting
    assert "Heidelberg City Library" not in meeting  # spoken about, not there
    assert any("Heidelberg City Library" in s and "does not name among those present" in s for s in said)


def test_the_heidelberg_memorandum_is_called_what_the_source_calls_it(asked):
    # "A memorandum of friendly exchanges and cooperation": nowhere one "of understanding".
    said = story(asked(HPL), "heidelberg")
    assert "memorandum" in said[0]  # the oldest of all
    assert "of understanding" not in said[0]


def test_the_source_does_say_what_kind_of_tie_heidelberg_is(asked):
    # It says "sister cities"; only of Leeds, "our Chinese partner city", the kind is not said.
    assert not any("does not say" in s for s in story(asked(HPL), "heidelberg") if "of what kind" in s)
    assert any(re.search("does not say|leave open", s) for s in story(asked(HPL), "leeds"))


def test_oclc(asked):
    said = story(asked(GROUP), "oclc")
    signed = next(s for s in said if "the eight are" in s)
    assert "by 6 December 2018" in signed  # told on the 6th, not said to be signed at the symposium
    assert not any("signed" in s for s in said if s != signed)
    symposium = next(s for s in said if "symposium" in s)
    assert "Andrew H. Wang and Qiu Dongjiang" in symposium
    assert "Chu Shuqing of Zhejiang Library" in symposium  # in 2018 no longer of Hangzhou Public Library
    assert not any("Beijing" in s for s in said)


def test_what_was_before_is_not_said_to_go_on(asked):
    # "Had previously cooperated with OCLC": not that they work with it now.
    for home in (GROUP, HPL):
        told = next(s for s in story(asked(home), "oclc") if "cooperation between" in s)
        assert "past or present cooperation" in told


def test_leeds(asked):
    said = story(asked(HPL), "leeds")
    visit = next(s for s in said if "Andrea Ellison" in s)
    assert visit.startswith("Between 22 March and 30 April 2019 (our reading)")
    assert "2021" not in " ".join(said)  # the day the page was changed dates nothing in it
    assert "for three days" in visit
    assert "Chengdu" not in visit


def test_moscow_and_rotterdam(asked):
    # The congress in Rotterdam is told with the federation that held it.
    moscow, rotterdam = story(asked(LIBRARY), "moscow"), story(asked(LIBRARY), "ifla")
    assert "a delegation whose size the source does not give" in moscow[0]
    assert "four members of staff" in rotterdam[0]
    assert any("wo posters" in s for s in rotterdam)
    assert "Zhijiang" not in " ".join(rotterdam)


def test_zhejiang_library_met_the_guests_from_milan(asked):
    said = story(asked(LIBRARY), "milan")
    assert said[1:] == ["After 2017 the records tell of no further exchange."]
    assert "October 2017" in said[0]
    assert "Zhejiang Library" in said[0]
    assert "Hangzhou" not in said[0]


def test_plans_told_as_shared_are_shared(asked):
    # The five-year strategy is the plan of Leeds alone; the anniversary one of the two cities.
    told = asked(HPL)
    plans = told.answers.partner_plans
    lonely = set(plans.loc[plans["home_parties"].map(len) == 0, "plan_id"])
    assert lonely == {"leeds-library-strategy", "heidelberg-anniversary"}
    assert "shared with partners" not in " ".join(lead(told))


@pytest.mark.parametrize("home", HOMES)
def test_an_example_fits_its_sentence(asked, home):
    told = asked(home)
    counting = overview.counting(told.answers, told.words().left_out(told.left_out))
    said = " ".join(s.markup for s in told.words().say("overview/counting", **counting))
    assert not re.search(r"such as (learn|improve|work|be|have)\b", said)  # "such as learning from …"


@pytest.mark.parametrize("home", HOMES)
def test_good_english(asked, home):
    said = everything(asked(home))
    wrong = re.compile(
        r"  |\bof of\b|\bno (is|are)\b|^[a-z]|\ban other\b|\ba books\b| ,|\bNone\b|took place the records|"
        r"\bwith as\b|^,|: [^:;]*: |[^.”]$|\b([A-Z][\w ]+?) of (the )?\2\b"
    )
    assert [sentence for sentence in said if wrong.search(sentence)] == []


# --- events that the five articles do not have ------------------------------------------------------


def one_event(project, body):
    tell(
        project,
        f"""
events:
- id: invented-event
  says: some words
  when: {{edtf: 2020-05-04}}
{body}
""",
    )
    told = ask(project)
    words = told.words()
    for partner, values in overview.stories(told.answers):
        for said in words.say("overview/story", **values):
            if ("events", "invented-event") in said.records:
                return said.markup, partner.value
    raise AssertionError("the event is not told")


def test_our_visit_to_a_partner_is_told_as_ours(project):
    said, _ = one_event(
        project,
        """
  type: visit
  mode: in_person
  where: Leeds
  who: {visitor: Hu Fang @ hangzhou-public-library, host: leeds-libraries}
""",
    )
    assert "Hu Fang of Hangzhou Public Library visited" in said
    assert "Leeds Libraries visited" not in said


def test_our_staff_at_a_partner_are_told_as_ours(project):
    said, _ = one_event(
        project,
        """
  type: staff_exchange
  mode: in_person
  where: Milan
  who:
    exchanged_staff: {party: librarians (group), for: hangzhou-public-library, headcount: 2}
    host: milan-public-libraries
""",
    )
    assert "stayed with Milan Public Libraries" in said
    assert "of Hangzhou Public Library stayed" in said


def test_a_partner_of_whom_no_person_is_named_is_named_once(project):
    kinds = ("visit", "meeting", "staff_exchange", "conference", "book_donation")
    body = "events:\n"
    for kind in kinds:
        for place, mode in (("Hangzhou", "in_person"), ("Leeds", "in_person"), ("online", "online")):
            body += f"""
- id: {kind.replace("_", "-")}-{place.lower()}
  type: {kind}
  mode: {mode}
  says: some words
  when: {{edtf: 2020-05-04}}
  where: {place}
  who: {{participant: [leeds-libraries, hangzhou-public-library]}}
"""
    tell(project, body)
    said = [sentence for sentence in story(ask(project), "leeds") if "4 May 2020" in sentence]
    assert len(said) == 3 * len(kinds)
    broken = re.compile(r"Leeds Libraries of|, of |^of | of of | with as | by of |Leeds Libraries.*Leeds Libraries")
    assert [sentence for sentence in said if broken.search(sentence) or "Hangzhou" not in sentence] == []


def test_whoever_spoke_is_said_to_have_spoken(project):
    said, _ = one_event(
        project,
        """
  type: conference
  mode: in_person
  where: Hangzhou
  who:
    participant: Andrea Ellison @ leeds-libraries
    speaker: Hu Fang @ hangzhou-public-library
    host: hangzhou-public-library
""",
    )
    assert not re.search(r"Andrea Ellison[^,]* spoke", said)


def test_an_event_of_another_kind_is_told_by_its_topic(project):
    said, _ = one_event(
        project,
        """
  type: other
  topic: a quiz about tea
  mode: in_person
  where: Hangzhou
  who: {participant: [Andrea Ellison @ leeds-libraries, hangzhou-public-library]}
""",
    )
    assert "an other event" not in said
    assert "a quiz about tea" in said


def test_a_donation_is_given_not_attended(project):
    said, _ = one_event(
        project,
        """
  type: book_donation
  mode: in_person
  where: Leeds
  who: {donor: hangzhou-public-library, recipient: leeds-libraries}
""",
    )
    assert "attended a book donation" not in said


# --- people ------------------------------------------------------------------------------------------


def test_by_post_no_name_of_a_person_is_printed(asked):
    people = asked(GROUP).corpus["people"]
    names = {asked(GROUP).corpus.name(id, "en") for id in people["person_id"]}
    assert "Chu Shuqing" in names
    for home in HOMES:
        text = " ".join(everything(asked(home, people="posts")))
        assert not [name for name in names if name in text]


def test_by_post_each_person_holds_the_post_of_that_time(asked):
    # One person, two posts: in 2016 director of Hangzhou Public Library, in 2018 of Zhejiang Library.
    told = asked(GROUP, people="posts")
    conference = next(s for s in story(told, "milan") if "Annual Conference" in s)
    assert "Zhejiang Library" not in conference
    symposium = next(s for s in story(told, "oclc") if "symposium" in s)
    assert "Hangzhou Public Library" not in symposium


def test_by_post_reads_well(asked):
    for home in HOMES:
        text = " ".join(everything(asked(home, people="posts")))
        assert not re.search(r"\(([^()]+)\) of (the )?\1", text)  # "director (Milan Public Libraries) of Milan …"
        assert not re.search(r"librarian \([^()]+\) and librarian", text)  # "two librarians"
        assert not re.search(r"(, |^|by |and )(deputy )?director\b", text)  # "the director"
