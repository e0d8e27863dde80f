"""Questions 2, 16, 17 and 20: visits, contacts, our own staff, what came back; worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.answered import HPL, article, event, plan, rows, section
from workbench.analysis.questions import ask

GROUP = "zhejiang-libraries"
DAY = dt.date
CAME = "{{visitor: {}, host: hangzhou-public-library}}"
WENT = "{{visitor: {}, host: {}}}"
OURS = "{{party: librarians (group), for: hangzhou-public-library, headcount: {}}}"
PEOPLE = ("people_in_low", "people_in_high", "people_out_low", "people_out_high")


# --- 2: staff out, staff in, who owes a visit -------------------------------------------------
def test_q02_balances_by_hand(world) -> None:
    """Leeds came in 2018, four of them and Andrea Ellison, who may be of the four: 4 to 5; in 2019 nobody says how
    many: at least one; Hu Fang went in 2020: one. So 5 or more in, 1 out, and we owe. Milan was visited twice, by
    three and by two: it owes. The library of Heidelberg came once and was visited once: even. Neither a
    meeting online, nor a conference, nor what was cancelled, nor a visit of two partners at once balances."""
    leeds = CAME.format("[{party: librarians (group), for: leeds-libraries, headcount: 4}, Andrea Ellison @ "
                        "leeds-libraries]")  # fmt: skip
    both = "{visitor: [leeds-libraries, milan-public-libraries], host: hangzhou-public-library}"
    online = "{participant: [leeds-libraries, hangzhou-public-library]}"
    corpus = world.corpus(article(
        "a", section("events",
                     event("l1", "2018-05", who=leeds), event("l2", "2019-05"),
                     event("l3", "2020-05", "staff_exchange", "Leeds",
                           "{exchanged_staff: Hu Fang @ hangzhou-public-library, host: leeds-libraries}"),
                     event("m1", "2018", where="Milan", who=WENT.format(OURS.format(3), "milan-public-libraries")),
                     event("m2", "2019", where="Milan", who=WENT.format(OURS.format(2), "milan-public-libraries")),
                     event("h1", "2018", who=CAME.format("heidelberg-city-library")),
                     event("h2", "2019", where="Heidelberg",
                           who=WENT.format(OURS.format(2), "heidelberg-city-library")),
                     event("x1", "2020", "meeting", "online", online, "online"), event("x2", "2020", "conference"),
                     event("x3", "2020", factuality="cancelled"), event("x4", "2020", who=both)),
        section("plans", plan("answer", reciprocal_of="l1"), plan("answered", reciprocal_of="l2", status="realised",
                                                                   realised_by="l3")),
    ))  # fmt: skip
    assert rows(ask(corpus, 2), "partner", "inbound", "outbound", *PEOPLE, "balance", "last", "owes", "promised") == [
        ("milan-public-libraries", 0, 2, 0, 0, 5, 5, -2, DAY(2019, 12, 31), "partner", ()),
        ("leeds-libraries", 2, 1, 5, None, 1, 1, 1, DAY(2020, 5, 31), "home", ("answer",)),
        ("heidelberg-city-library", 1, 1, 1, None, 2, 2, 0, DAY(2019, 12, 31), "nobody", ()),
    ]  # fmt: skip


def test_q02_who_was_at_home_anyway_did_not_come(world) -> None:
    """Andrea Ellison came from Leeds; Du Shigen of Hangzhou's foreign affairs office, who took part, did not."""
    who = ("{visitor: Andrea Ellison @ leeds-libraries, participant: Du Shigen @ hangzhou-foreign-affairs-office, "
           "host: hangzhou-public-library}")  # fmt: skip
    corpus = world.corpus(article("a", section("events", event("e", "2019-05", who=who))))
    assert rows(ask(corpus, 2), *PEOPLE) == [(1, 1, 0, 0)]


def test_q02_what_may_lie_outside_the_period_is_not_sure(world) -> None:
    """Andrea Ellison came on some day of May 2019; asked from 15 May on, at most one person came, surely none."""
    who = CAME.format("Andrea Ellison @ leeds-libraries")
    corpus = world.corpus(
        article("a", section("events", event("e", "2019-05", who=who))), start="2019-05-15", end="2020"
    )
    assert rows(ask(corpus, 2), "people_in_low", "people_in_high") == [(0, 1)]


# --- 16: contacts -----------------------------------------------------------------------------
def test_q16_the_five_articles(asked) -> None:
    """Christian Scholl spoke for the city of Heidelberg on 17 March of 2021, 2022 or 2023. Andrea Ellison came from
    Leeds in spring 2019. Of Milan, the two librarians of October 2017 were met later than their director of October
    2016. Chu Shuqing, Hu Fang and Du Shigen are of Hangzhou."""
    found = rows(ask(asked(HPL).corpus, 16), "partner", "person_id", "post", "last_earliest", "last_latest")
    assert found[:2] == [
        ("heidelberg-city", "christian-scholl", "head of the International Department", DAY(2021, 3, 17),
         DAY(2023, 3, 17)),
        ("leeds-libraries", "andrea-ellison", "Chief Librarian", DAY(2019, 3, 22), DAY(2019, 4, 30)),
    ]  # fmt: skip
    october = ("librarian", DAY(2017, 10, 1), DAY(2017, 10, 31))
    milan = "milan-public-libraries"
    assert sorted(found[2:4]) == [(milan, "guido-rosci", *october), (milan, "matteo-maria-colombo", *october)]
    assert found[4:] == [(milan, "stefano-parise", "director", DAY(2016, 10, 1), DAY(2016, 10, 31))]


def test_q16_an_office_is_its_body(asked) -> None:
    """Qiu Dongjiang is of OCLC's office in Beijing, and a contact of OCLC."""
    found = rows(ask(asked("zhejiang-library").corpus, 16), "partner", "person_id", "post")
    assert ("oclc", "qiu-dongjiang", "Chief Representative") in found
    assert ("oclc", "andrew-h-wang", "Vice President") in found


def test_q16_the_post_last_attested(world) -> None:
    """Andrea Ellison was a librarian in 2015 and the director in 2018, and came again in 2020, when no post is told:
    the director, last seen in May 2020. Guido Rosci of the same library was seen in 2021, so before her. Somebody
    spoken about was not met."""
    who = "{{visitor: {} @ leeds-libraries, host: hangzhou-public-library}}"
    posts = "posts:\n" + "".join(
        f"- {{id: post-{at}, person: Andrea Ellison, post: {post}, org: leeds-libraries, at: {at}, says: some words}}\n"
        for post, at in (("director", "two"), ("librarian", "one"))
    )
    absent = ("{visitor: Guido Rosci @ leeds-libraries, subject: Stefano Parise @ leeds-libraries, host: "
              "hangzhou-public-library}")  # fmt: skip
    corpus = world.corpus(article("a", section(
        "events", event("one", "2015-05", who=who.format("Andrea Ellison")),
        event("two", "2018-05", who=who.format("Andrea Ellison")),
        event("three", "2020-05", who=who.format("Andrea Ellison")), event("four", "2021-05", who=absent),
    ), posts))  # fmt: skip
    assert rows(ask(corpus, 16), "person_id", "post", "last_latest") == [
        ("guido-rosci", None, DAY(2021, 5, 31)), ("andrea-ellison", "director", DAY(2020, 5, 31)),
    ]  # fmt: skip


# --- 17: our own staff abroad -----------------------------------------------------------------
def test_q17_the_five_articles(asked) -> None:
    """Moscow, 24 to 26 July 2023: Zhang Qun and a delegation of unknown size. Rotterdam, 21 to 25 August 2023: four
    colleagues. Chu Shuqing and Hu Fang stayed at home; Hangzhou Public Library sent nobody."""
    moscow = ("moscow", DAY(2023, 7, 24), DAY(2023, 7, 26))
    found = rows(ask(asked(GROUP).corpus, 17), "person_id", "headcount", "org_id", "place_id", "earliest", "latest")
    assert found == [
        ("zhang-qun", None, "zhejiang-library", *moscow), (None, None, "zhejiang-library", *moscow),
        (None, 4, "zhejiang-library", "rotterdam", DAY(2023, 8, 21), DAY(2023, 8, 25)),
    ]  # fmt: skip
    assert ask(asked(HPL).corpus, 17).empty


def test_q17_only_our_own_only_abroad_only_counted(world) -> None:
    """Hu Fang in Leeds in 2020. Not: Andrea Ellison, who was visited; Hu Fang at home in 2019, in a journey that was
    cancelled, and as a mere subject of a talk in Milan."""
    visited = "{visitor: Hu Fang @ hangzhou-public-library, host: Andrea Ellison @ leeds-libraries}"
    spoken = ("{visitor: {party: librarians (group), for: hangzhou-public-library, headcount: 2}, subject: Hu Fang @ "
              "hangzhou-public-library, host: milan-public-libraries}")  # fmt: skip
    corpus = world.corpus(article("a", section(
        "events", event("went", "2020", where="Leeds", who=visited), event("came", "2019", who=visited.replace(
            "visitor", "guest_").replace("host", "visitor").replace("guest_", "host")),
        event("off", "2021", where="Leeds", who=visited, factuality="cancelled"),
        event("talk", "2022", where="Milan", who=spoken),
    )))  # fmt: skip
    assert rows(ask(corpus, 17), "person_id", "headcount", "event_id") == [
        ("hu-fang", None, "went"), (None, 2, "talk"),
    ]  # fmt: skip


# --- 20: what came back -----------------------------------------------------------------------
def test_q20_the_five_articles(asked) -> None:
    """Milan's talk at the conference of 2016, OCLC's at the symposium of 2018, Andrea Ellison's before readers in
    Hangzhou, which no output tells; our own at the forum of 2023, and two posters of ours at the congress of 2023. The
    paper of Chengdu was read where no library of the home took part."""
    found = rows(ask(asked(GROUP).corpus, 20), "event_id", "kind", "low", "high", "way", "date")
    poster = ("wlic-2023-posters", "poster", None, None, "given", "2023-08-21/2023-08-25")
    assert found == [
        ("chinese-library-conference-2016", "talk", None, None, "received", "2016-10"),
        ("oclc-report-2018", "talk", None, None, "received", "2018-12-05"),
        ("leeds-2019-public-talk", "talk", None, None, "received", "[2019-03-22..2019-04-30]"),
        ("sino-russia-forum-2023", "talk", None, None, "given", "2023-07-24/2023-07-26"), poster, poster,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "low", "high"),
    [("120", 120, 120), ("'>=20'", 20, None), ("'>20'", 21, None), ("2..3", 2, 3), ("hundreds", 200, 999),
     ("~500", 500, 500), ("'<=20'", 0, 20)],
)  # fmt: skip
def test_q20_books_as_they_are_told(world, told, low, high) -> None:
    """A number keeps its lowest and highest (codebook, rule 10); about 500 is no *500 or more*."""
    who = "{donor: hangzhou-public-library, recipient: leeds-libraries}"
    gift = event("gift", "2018", "book_donation", "Leeds", who, "post", quantities=f"{{books: {told}}}")
    found = rows(ask(world.corpus(article("a", section("events", gift))), 20), "kind", "low", "high", "way")
    assert found == [("books", low, high, "given")]


@pytest.mark.parametrize(
    ("who", "way"),
    [("{donor: leeds-libraries, recipient: hangzhou-public-library}", "received"),
     ("{donor: [leeds-libraries, hangzhou-public-library], recipient: [hangzhou-public-library, leeds-libraries]}",
      "both"),
     ("{participant: [leeds-libraries, hangzhou-public-library]}", None)],
)  # fmt: skip
def test_q20_given_received_both(world, who, way) -> None:
    gift = event("gift", "2018", "book_exchange", who=who, mode="post", quantities="{titles: 12}")
    assert rows(ask(world.corpus(article("a", section("events", gift))), 20), "kind", "way") == [("titles", way)]


def test_q20_parts_belong_to_it_what_did_not_happen_does_not(world) -> None:
    """A visit with a talk in one part and a part that was called off; a visit that was cancelled."""
    parts = """  parts:
  - {id: talk, type: public_talk, says: some words, who: {speaker: leeds-libraries}, outputs: {talk: books}}
  - id: never
    type: exhibition
    says: some words
    factuality: cancelled
    who: {organiser: leeds-libraries}
    outputs: {exhibition: photographs}
"""
    off = event("off", "2019", factuality="cancelled", outputs="{paper: reading}")
    corpus = world.corpus(article("a", section("events", event("e", "2018") + parts, off)))
    assert rows(ask(corpus, 20), "event_id", "kind", "title", "date", "partners") == [
        ("talk", "talk", "books", "2018", ("leeds-libraries",)),
    ]  # fmt: skip


BOOKS = """  parts:
  - id: swap
    type: book_exchange
    says: some words
    who: {participant: [hangzhou-public-library, leeds-libraries]}
    parts:
    - id: ours
      type: book_donation
      says: some words
      who: {donor: hangzhou-public-library, recipient: leeds-libraries}
    - {id: theirs, type: book_donation, says: some words, who: {donor: leeds-libraries}}
  - id: session
    type: exhibition
    says: some words
    who: {participant: hangzhou-public-library}
    outputs: {poster: [a, b]}
"""


def test_q20_what_no_output_tells(world) -> None:
    """On a journey to Leeds and Milan books were exchanged with Leeds, told by who gave: no third row for the exchange,
    and nothing of Milan. Posters were shown in a session that is not told again as an exhibition. An exhibition that
    both organised is of both; of one at which both were present nobody says whose it was."""
    who = "{visitor: hangzhou-public-library, visited: [leeds-libraries, milan-public-libraries]}"
    shown = event("shown", "2020", "exhibition", who="{organiser: [leeds-libraries, hangzhou-public-library]}")
    seen = event("seen", "2021", "exhibition", who="{participant: hangzhou-public-library, host: leeds-libraries}")
    corpus = world.corpus(
        article("a", section("events", event("tour", "2019", "delegation", "Leeds", who) + BOOKS, shown, seen))
    )
    leeds, both = ("leeds-libraries",), ("leeds-libraries", "milan-public-libraries")
    assert rows(ask(corpus, 20), "event_id", "kind", "way", "partners") == [
        ("ours", "books", "given", leeds), ("session", "poster", "given", both), ("session", "poster", "given", both),
        ("theirs", "books", "received", leeds), ("shown", "exhibition", "both", leeds),
        ("seen", "exhibition", None, leeds),
    ]  # fmt: skip


def test_q16_the_date_keeps_its_doubt(asked, world) -> None:
    """Christian Scholl was last seen on 17 March of one of three years; a post that no source dates has no date."""
    found = dict(rows(ask(asked(HPL).corpus, 16), "person_id", "last_date"))
    assert found["christian-scholl"] == "[2021-03-17,2022-03-17,2023-03-17]"


def test_q17_a_person_is_known_by_the_register(asked) -> None:
    """Zhang Qun by id, which has a Chinese name; the delegation and the colleagues as they are written."""
    found = rows(ask(asked(GROUP).corpus, 17), "who")
    assert found == [("zhang-qun",), ("delegation",), ("colleagues",)]
