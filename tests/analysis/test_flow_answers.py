"""Who exchanged with whom: the answers for each home, worked by hand from the five dossiers."""

import datetime as dt

import pytest

from analysis.answered import HOMES, HPL, ask, rows, tell
from workbench.analysis import flows, numbers

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"

# Event, direction, partners. Reasons, by dossier:
# - Milan: in October 2016 the director of Milan's libraries spoke at a conference in China, invited by
#   the director of Hangzhou Public Library: he came, so inbound; the city is not printed. The stay of
#   October 2017 is one event with six parts. One of these parts, the talks with Zhejiang Library, is the
#   topmost event in which Zhejiang Library takes part: it counts for that home alone, and since no place
#   is told its direction is unknown.
# - OCLC: the symposium of 5 December 2018 was hosted by the director of Zhejiang Library. The man from
#   the Beijing office stands for OCLC, so there is one partner. Directors of the province's libraries were
#   there, but none is named: for Hangzhou Public Library nothing is on record.
# - Leeds: one visit with six parts (tour, branch, talk, radio, staff, signing). The conference in Chengdu
#   came before it and no library of the home took part.
# - Heidelberg: an online meeting with the city hall. The city library is spoken about, it is no partner.
#   Neither side moved.
# - 2023: two journeys of Zhejiang Library, to Moscow (forum in the Russian State Library) and Rotterdam
#   (congress of IFLA).
CONFERENCE = ("chinese-library-conference-2016", "inbound", ("milan-public-libraries",))
STAY = ("milan-stay-2017", "inbound", ("milan-public-libraries",))
TALKS = ("milan-2017-zhejiang-library", "unknown", ("milan-public-libraries",))
SYMPOSIUM = ("oclc-symposium-2018", "inbound", ("oclc",))
LEEDS = ("leeds-visit-2019", "inbound", ("leeds-libraries",))
HEIDELBERG = ("heidelberg-online-meeting", "mutual", ("heidelberg-city",))
MOSCOW = ("sino-russia-forum-2023", "outbound", ("russian-state-library",))
ROTTERDAM = ("wlic-2023", "outbound", ("ifla",))
COUNTED = {
    GROUP: [CONFERENCE, STAY, SYMPOSIUM, LEEDS, HEIDELBERG, MOSCOW, ROTTERDAM],
    HPL: [CONFERENCE, STAY, LEEDS, HEIDELBERG],
    LIBRARY: [TALKS, SYMPOSIUM, MOSCOW, ROTTERDAM],
}

# The sharing session of 2023 is a follow-up in the house. The contacts with German libraries "in the
# past ten years" are told in passing, without a case. The contacts of the two cities "in the cloud" are
# those of the cities: no library of a home takes part, so they are not even left out.
INTERNAL = ("sharing-session-2023", "internal")
IN_PASSING = ("hpl-german-libraries-contacts", "reported_only")
LEEDS_PARTS = {
    "leeds-2019-library-tour", "leeds-2019-buddhism-branch", "leeds-2019-public-talk", "leeds-2019-radio",
    "leeds-2019-staff-meeting", "leeds-hangzhou-libraries-signing",
}  # fmt: skip
# Shanghai Library received the guests from Milan by itself: not an event of any home here.
MILAN_PARTS = {
    "milan-first-talk-2016", "milan-2017-interviews", "milan-2017-branches", "milan-2017-sports-branch",
    "milan-2017-environment-branch",
}  # fmt: skip
JOURNEY_PARTS = {"oclc-report-2018", "wlic-2023-sessions", "wlic-2023-posters"}
LEFT_OUT = {
    GROUP: {INTERNAL, IN_PASSING} | {
        (id, "part") for id in LEEDS_PARTS | MILAN_PARTS | JOURNEY_PARTS | {"milan-2017-zhejiang-library"}
    },
    HPL: {IN_PASSING} | {(id, "part") for id in LEEDS_PARTS | MILAN_PARTS},
    LIBRARY: {INTERNAL} | {(id, "part") for id in JOURNEY_PARTS},
}  # fmt: skip

# Body, is it a library, inbound, outbound, online: whoever was met most stands first, then by id.
MILAN_TWICE = ("milan-public-libraries", True, 2, 0, 0)
PARTNERS = {
    GROUP: [
        MILAN_TWICE, ("heidelberg-city", False, 0, 0, 1), ("ifla", False, 0, 1, 0), ("leeds-libraries", True, 1, 0, 0),
        ("oclc", False, 1, 0, 0), ("russian-state-library", True, 0, 1, 0),
    ],
    HPL: [MILAN_TWICE, ("heidelberg-city", False, 0, 0, 1), ("leeds-libraries", True, 1, 0, 0)],
    LIBRARY: [
        ("ifla", False, 0, 1, 0), ("milan-public-libraries", True, 0, 0, 0), ("oclc", False, 1, 0, 0),
        ("russian-state-library", True, 0, 1, 0),
    ],
}  # fmt: skip

# What the map draws: kind, end at home, other end. The conference of 2016 leads to China as a country,
# never to a capital; the plan of 2018 to Italy as a country; OCLC has no seat in the register, and its
# Beijing office is no point of departure; the talks with Zhejiang Library have no place.
CHINA_LINE = ("chinese-library-conference-2016", "inbound", "china", "milan")
STAY_LINE = ("milan-stay-2017", "inbound", "hangzhou", "milan")
LEEDS_LINE = ("leeds-visit-2019", "inbound", "hangzhou", "leeds")
ONLINE_LINE = ("heidelberg-online-meeting", "online", "hangzhou", "heidelberg")
MOSCOW_LINE = ("sino-russia-forum-2023", "outbound", "hangzhou", "moscow")
ROTTERDAM_LINE = ("wlic-2023", "outbound", "hangzhou", "rotterdam")
PLAN_LINE = ("milan-return-visit", "planned", "hangzhou", "italy")
LINES = {
    GROUP: [CHINA_LINE, STAY_LINE, LEEDS_LINE, ONLINE_LINE, MOSCOW_LINE, ROTTERDAM_LINE, PLAN_LINE],
    HPL: [CHINA_LINE, STAY_LINE, LEEDS_LINE, ONLINE_LINE, PLAN_LINE],
    LIBRARY: [MOSCOW_LINE, ROTTERDAM_LINE],
}
NOT_DRAWN = {
    GROUP: {"no_seat": 1, "ongoing": 12},
    HPL: {"ongoing": 10},
    LIBRARY: {"no_place": 1, "no_seat": 1, "ongoing": 2},
}


@pytest.mark.parametrize("home", HOMES)
def test_counted_exchanges_oldest_first(asked, home):
    frame = asked(home).exchanges
    assert rows(frame[frame["counted"]], "event_id", "direction", "partners") == COUNTED[home]
    assert asked(home).count == (len(COUNTED[home]), len(COUNTED[home]), tuple(row[0] for row in COUNTED[home]))


@pytest.mark.parametrize("home", HOMES)
def test_left_out_with_the_reason(asked, home):
    assert set(rows(asked(home).left_out, "record_id", "reason")) == LEFT_OUT[home]
    assert not set(asked(home).left_out["record_id"]) & set(asked(home).counted)


@pytest.mark.parametrize("home", HOMES)
def test_partners_most_often_met_first(asked, home):
    assert rows(asked(home).partners, "org_id", "library", "inbound", "outbound", "online") == PARTNERS[home]


@pytest.mark.parametrize("home", HOMES)
def test_what_a_map_draws_and_what_not(asked, home):
    told = asked(home)
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    assert rows(lines, "record_id", "kind", "home_place", "other_place") == LINES[home]
    assert missing["reason"].value_counts().to_dict() == NOT_DRAWN[home]
    both = [*lines["record_id"], *missing["record_id"]]
    assert sorted(both) == sorted([*told.counted, *told.answers.partner_plans["plan_id"]])  # nothing falls silent


def test_dates_and_their_doubt(asked):
    told = asked(GROUP)
    # Only the two readings are ours: the year of the Heidelberg meeting and the month of the Leeds visit.
    # The year of the forum follows from the paragraph before: stated, not assumed.
    assert set(told.exchanges.loc[told.exchanges["assumed"], "event_id"]) == {LEEDS[0], HEIDELBERG[0]}
    meeting = told.exchange(HEIDELBERG[0])
    assert (meeting["earliest"], meeting["latest"]) == (dt.date(2021, 3, 17), dt.date(2023, 3, 17))
    last_met = dict(rows(told.partners, "org_id", "last"))
    assert last_met["leeds-libraries"] == dt.date(2019, 4, 30)
    assert last_met["milan-public-libraries"] == dt.date(2017, 10, 31)


@pytest.mark.parametrize(
    ("start", "end", "low", "high"),
    [
        ("2016", "2017", 2, 2),  # the conference and the stay lie in it whole
        ("2016-10-15", "2018", 2, 3),  # the conference was some day of October 2016: cannot say
        ("2018-12-05", "2018-12-05", 1, 1),
        ("2021", "2021", 0, 1),  # Heidelberg may have been in 2022 or 2023
        ("2022", "2023", 2, 3),
        ("2023", "", 2, 3),
        ("2024", "", 0, 0),
        ("", "2016-09", 0, 0),
        ("1950", "1960", 0, 0),
    ],
)
def test_a_period_gives_lowest_and_highest(asked, start, end, low, high):
    count = asked(GROUP, start, end).count
    assert (count.low, count.high) == (low, high)
    assert len(count.records) == high


@pytest.mark.parametrize(("start", "end", "low", "high"), [("2019", "2019", 0, 1), ("2021", "2023", 2, 3)])
def test_a_yes_by_our_own_reading_is_not_sure(asked, start, end, low, high):
    # Codebook, rule 2: a yes that rests on an inferred reading is assumed, counted from lowest to highest.
    # The visit from Leeds lies in 2019, and the Heidelberg meeting in 2021 to 2023, by our reading alone.
    count = asked(GROUP, start, end).count
    assert (count.low, count.high) == (low, high)


def test_a_cannot_say_is_neither_yes_nor_no(asked):
    exchanges = asked(GROUP, "2021", "2021").exchanges.set_index("event_id")
    assert exchanges.loc[HEIDELBERG[0], "in_period"] is not False
    assert exchanges["in_period"].isna()[HEIDELBERG[0]]
    assert exchanges.loc[HEIDELBERG[0], "counted"]
    assert not asked(GROUP, "2021", "2021").count.exact


def test_counts_can_be_narrowed(asked):
    corpus = asked(GROUP).corpus
    assert numbers.number(corpus, "inbound").high == 4
    assert numbers.number(corpus, "outbound").records == (MOSCOW[0], ROTTERDAM[0])
    assert numbers.number(corpus, "online", kind="meeting").high == 1
    assert numbers.number(corpus, "exchanges", kind="award").records == ()


# --- places and journeys that the five dossiers do not have --------------------------------------


def test_books_sent_by_post_are_no_journey(project):
    # Codebook, rule 18: movement is drawn only where someone moved.
    tell(
        project,
        """
events:
- id: books-to-leeds
  type: book_donation
  mode: post
  says: some words
  when: {edtf: 2020-05}
  where: Leeds
  who: {donor: hangzhou-public-library, recipient: leeds-libraries}
""",
    )
    told = ask(project)
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    assert "books-to-leeds" in told.counted
    assert "books-to-leeds" not in set(lines["record_id"])
    assert "books-to-leeds" in set(missing["record_id"])


def test_a_planned_visit_to_the_home_is_drawn(project):
    # It has a place and a partner with a seat: it is no "promise or wish without a journey".
    tell(
        project,
        """
plans:
- id: leeds-to-come
  kind: visit
  strength: planned
  when: {edtf: "2027"}
  where: Hangzhou
  says: some words
  who: {visitor: leeds-libraries, host: hangzhou-public-library}
""",
    )
    told = ask(project)
    lines, missing = flows.movements(told.exchanges, told.answers.partner_plans, told.corpus)
    drawn = lines[lines["record_id"] == "leeds-to-come"]
    assert rows(drawn, "kind", "home_place", "other_place") == [("planned", "hangzhou", "leeds")]
    assert "leeds-to-come" not in set(missing["record_id"])


def test_a_journey_to_a_partner_is_outbound_and_its_stop_counts_once(project):
    tell(
        project,
        """
events:
- id: tour-2020
  type: delegation
  mode: in_person
  says: some words
  when: {edtf: 2020-05-04/2020-05-20}
  where: {place: unknown}
  who: {visitor: {party: colleagues (group), for: zhejiang-library, headcount: 3}, visited: milan-public-libraries}
  parts:
  - id: tour-2020-leeds
    type: visit
    says: some words
    when: {edtf: 2020-05-06}
    where: Leeds
    who: {visitor: {party: colleagues (group), for: zhejiang-library, headcount: 3}, visited: leeds-libraries}
""",
    )
    told = ask(project, LIBRARY)
    assert told.counted.count("tour-2020") == 1
    assert "tour-2020-leeds" not in told.counted
    assert ("tour-2020-leeds", "part") in rows(told.left_out, "record_id", "reason")


def test_a_stop_of_somebody_elses_tour_counts_for_its_host(project):
    tell(
        project,
        """
events:
- id: tour-of-china
  type: delegation
  mode: in_person
  says: some words
  when: {edtf: 2020-05-04/2020-05-20}
  where: China
  who: {visitor: leeds-libraries, visited: shanghai-library}
  parts:
  - id: tour-of-china-hangzhou
    type: visit
    says: some words
    where: Hangzhou
    who: {visitor: leeds-libraries, visited: hangzhou-public-library}
""",
    )
    told = ask(project)
    assert "tour-of-china" not in told.counted
    assert told.exchange("tour-of-china-hangzhou")["direction"] == "inbound"
    assert "tour-of-china-hangzhou" in told.counted


def test_somebody_spoken_about_took_no_part(project):
    tell(
        project,
        """
events:
- id: talk-of-hangzhou
  type: meeting
  mode: online
  says: some words
  when: {edtf: 2020-05}
  where: online
  who: {participant: [leeds-libraries, zhejiang-library], subject: hangzhou-public-library}
""",
    )
    assert "talk-of-hangzhou" not in set(ask(project).exchanges["event_id"])
    assert "talk-of-hangzhou" in ask(project, LIBRARY).counted
