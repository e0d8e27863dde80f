"""What was agreed, promised and claimed: worked by hand from the five dossiers."""

import datetime as dt

import pytest

from analysis.answered import HOMES, HPL, ask, rows, tell

GROUP, LIBRARY = "zhejiang-libraries", "zhejiang-library"
MEETING_DAYS = "[2021-03-17,2022-03-17,2023-03-17]"  # 17 March, of which year the page does not say
LEEDS_DAYS = "[2019-03-22..2019-04-30]"

# Agreement, furthest step, its date, with whom, last exchange with that partner. By date, the undated last.
# - Heidelberg: the memorandum of 2016 is one of the cities; the "sister cities" of the same page are a
#   second tie without an instrument.
# - Milan: "approved" in July 2017, nowhere said to be signed. Discussed in October 2016, approved later: the
#   furthest step is the approval.
# - OCLC: eight agreements told as one on 6 December 2018, not said to be signed at the symposium of the day
#   before: at the latest the 6th. Three libraries cooperated before, the provincial library is said to have
#   joined: told, not counted, without a date.
# - Leeds: signed during the visit, so within the days of the visit. "Our partner city" is a tie of the cities.
OF_CITIES_HEIDELBERG = ("hangzhou-heidelberg-memorandum", "signed", "2016", ("heidelberg-city",))
MILAN = ("milan-hangzhou-libraries", "approved", "2017-07", ("milan-public-libraries",))
OCLC = ("zhejiang-oclc-2018", "signed", "[..2018-12-06]", ("oclc",))
LEEDS = ("leeds-hangzhou-libraries", "signed", LEEDS_DAYS, ("leeds-libraries",))
LOOSE_CITIES = [
    ("hangzhou-heidelberg-cities", None, None, ("heidelberg-city",)),
    ("leeds-hangzhou-cities", None, None, ("leeds-city",)),
]
LOOSE_OCLC = {
    name: (f"oclc-{name}", None, None, ("oclc",)) for name in (HPL, "jiaxing-library", "ningbo-library", LIBRARY)
}
AGREEMENTS = {
    GROUP: [OF_CITIES_HEIDELBERG, MILAN, OCLC, LEEDS, *LOOSE_CITIES, *LOOSE_OCLC.values()],
    HPL: [OF_CITIES_HEIDELBERG, MILAN, LEEDS, *LOOSE_CITIES, LOOSE_OCLC[HPL]],
    LIBRARY: [LOOSE_OCLC[LIBRARY]],
}
# Counted in the headline: those of a library of the home with an instrument. The group of eight is one.
OWN = {GROUP: [MILAN[0], OCLC[0], LEEDS[0]], HPL: [MILAN[0], LEEDS[0]], LIBRARY: []}

# Oldest first by the time planned for, else voiced; the firmer before the weaker, then by id.
MILAN_PLANS = ["milan-return-visit"]  # planned for 2018
OCLC_PLANS = ["zhejiang-culture-abroad", "zhejiang-documents-abroad"]  # 5 December 2018
LEEDS_PLANS = [  # voiced during the visit of spring 2019
    "leeds-communication", "leeds-information-exchange",  # committed: they stand in the memorandum
    "leeds-hangzhou-closer-work", "leeds-library-strategy",  # intended
]  # fmt: skip
HEIDELBERG_PLANS = [  # voiced at the meeting, which was in 2021 at the earliest
    "heidelberg-academic-exchange", "heidelberg-book-donation", "heidelberg-cultural-corner",
    "heidelberg-library-relation",  # proposed
    "heidelberg-project-talks", "hpl-deepen-friendship", "hpl-more-sister-libraries",
    "hpl-new-ways-of-cooperation",  # intended
    "heidelberg-anniversary",  # mentioned
]  # fmt: skip
LIBRARY_PLANS = [  # voiced at the sharing session, after the congress of August 2023
    "zjl-insights", "zjl-professional-training", "zjl-sustainable-plan", "zjl-wider-networks",
]  # fmt: skip
PLANS = {
    GROUP: MILAN_PLANS + OCLC_PLANS + LEEDS_PLANS + HEIDELBERG_PLANS + LIBRARY_PLANS,
    HPL: MILAN_PLANS + LEEDS_PLANS + HEIDELBERG_PLANS,
    LIBRARY: OCLC_PLANS + LIBRARY_PLANS,
}
# With nobody abroad: wishes of the home alone.
ALONE = {"hpl-deepen-friendship", "hpl-more-sister-libraries", "hpl-new-ways-of-cooperation", *LIBRARY_PLANS}


@pytest.mark.parametrize("home", HOMES)
def test_agreements_in_order_of_date(asked, home):
    assert rows(asked(home).agreements, "agreement_id", "step", "date", "partners") == AGREEMENTS[home]


@pytest.mark.parametrize("home", HOMES)
def test_agreements_counted_in_the_headline(asked, home):
    assert list(asked(home).answers.own_agreements["agreement_id"]) == OWN[home]


def test_a_group_of_eight_is_one_agreement(asked):
    group = asked(GROUP).agreements.set_index("agreement_id").loc[OCLC[0]]
    assert (group["form"], group["children"]) == ("group", 8)
    municipal = ["wenzhou", "huzhou", "shaoxing", "jinhua", "quzhou", "zhoushan", "taizhou", "lishui"]
    assert group["home_parties"] == tuple(f"{city}-library" for city in municipal)
    assert (group["earliest"], group["latest"]) == (None, dt.date(2018, 12, 6))
    children = [id for id in asked(GROUP).agreements["agreement_id"] if id.startswith("zhejiang-oclc-2018-")]
    assert children == []


@pytest.mark.parametrize("home", HOMES)
def test_a_tie_without_an_instrument_is_not_countable(asked, home):
    # "Sister cities", "our partner city", "had previously cooperated", "have joined": no instrument is named.
    table = asked(home).agreements
    assert set(table.loc[table["countable"], "agreement_id"]) <= {OF_CITIES_HEIDELBERG[0], MILAN[0], OCLC[0], LEEDS[0]}


def test_the_last_exchange_with_each_partner(asked):
    # A city and its library are two bodies: nobody met the City of Leeds.
    last = dict(rows(asked(HPL).agreements, "agreement_id", "last_event"))
    assert last == {
        "hangzhou-heidelberg-memorandum": "heidelberg-online-meeting",
        "hangzhou-heidelberg-cities": "heidelberg-online-meeting",
        "milan-hangzhou-libraries": "milan-stay-2017",
        "leeds-hangzhou-libraries": "leeds-visit-2019",
        "leeds-hangzhou-cities": None,
        "oclc-hangzhou-public-library": None,  # at the symposium Hangzhou Public Library is not named
    }


@pytest.mark.parametrize("home", HOMES)
def test_open_plans_oldest_first(asked, home):
    assert list(asked(home).plans["plan_id"]) == PLANS[home]
    alone = asked(home).plans["partners"].map(len) == 0
    assert set(asked(home).plans.loc[alone, "plan_id"]) == ALONE & set(PLANS[home])


@pytest.mark.parametrize("home", HOMES)
def test_only_the_plan_of_2018_is_overdue(asked, home):
    # All others have no time at all: whether their time is past cannot be asked.
    told = dict(rows(asked(home).plans, "plan_id", "overdue"))
    assert told == {id: True if id == "milan-return-visit" else None for id in PLANS[home]}


@pytest.mark.parametrize(
    ("as_of", "overdue"),
    [("2017-12-31", False), ("2018-01-01", False), ("2018-07-01", None), ("2018-12-31", None), ("2019-01-01", True)],
)
def test_overdue_depends_on_the_as_of_day(asked, as_of, overdue):
    # "In 2018": past once 2018 is over; within the year nobody can say.
    plans = dict(rows(asked(HPL, as_of=as_of).plans, "plan_id", "overdue"))
    assert plans["milan-return-visit"] is overdue


def test_when_a_plan_was_voiced(asked):
    raised = dict(rows(asked(GROUP).plans, "plan_id", "raised"))
    assert raised["zhejiang-culture-abroad"] == "2018-12-05"
    assert raised["leeds-information-exchange"] == LEEDS_DAYS
    assert raised["heidelberg-book-donation"] == MEETING_DAYS
    assert raised["zjl-insights"] == "[2023-08-25..2023-12-29]"


def test_when_a_plan_was_voiced_is_known_in_any_period(asked):
    # The period chooses exchanges; a plan that is told all the same keeps the day on which it was voiced.
    raised = dict(rows(asked(HPL, "1950", "1960").plans, "plan_id", "raised"))
    assert raised["heidelberg-book-donation"] == MEETING_DAYS


REALISED = """
events:
- id: books-came
  type: book_donation
  mode: in_person
  says: some words
  when: {{edtf: 2024-05}}
  where: Hangzhou
  who: {{donor: heidelberg-city, recipient: hangzhou-public-library}}
plans:
- id: books-planned
  kind: book_donation
  strength: planned
  when: {{edtf: 2024}}
  realised_by: books-came
  status: {status}
  says: some words
  who: {{donor: heidelberg-city, recipient: hangzhou-public-library}}
"""


@pytest.mark.parametrize(("status", "waiting"), [("realised", False), ("partly_realised", True)])
def test_a_plan_is_done_only_by_the_event_it_names(project, status, waiting):
    # "An event did part of it": the other part is still open.
    tell(project, REALISED.format(status=status))
    assert ("books-planned" in set(ask(project).plans["plan_id"])) is waiting


@pytest.mark.parametrize("status", ["cancelled", "superseded"])
def test_a_plan_given_up_is_not_open(project, status):
    tell(project, REALISED.format(status=status).replace("  realised_by: books-came\n", ""))
    assert "books-planned" not in set(ask(project).plans["plan_id"])


# --- claims beside records -----------------------------------------------------------------------

# Claim, measure, number stated, number on record.
# - "15 foreign libraries": on record are the two libraries met or agreed with, Milan's and Leeds'. The library
#   of Heidelberg is spoken of only, its city is no library, OCLC is none.
# - "9 libraries" with signed agreements: Milan's (approved) and Leeds'. City ties are not the library's.
# - "past ten years": nothing that could be counted.
# - two delegations in 2023: Moscow and Rotterdam.
# - all libraries of the province have joined OCLC: the eight that signed and the provincial one, said to be a
#   member. The three before them are only said to have cooperated: twelve in the claim, nine on record.
# - nine agreements: Leeds alone is said to be signed; that with Milan was approved.
HANGZHOU_CLAIMS = [
    ("hzlib-heidelberg-online-meeting-agreements", 9, 1),
    ("hzlib-heidelberg-online-meeting-partner-libraries", 15, 2),
    ("hzlib-heidelberg-online-meeting-years-of-contact", 10, None),
]
DELEGATIONS = ("zjlib-2023-academic-exchange-delegations", 2, 2)
JOINED = ("zjlib-oclc-2018-libraries-joined", 12, 9)


def test_claims_of_the_group_beside_its_records(asked):
    found = rows(asked(GROUP).claims, "claim_id", "best", "on_record")
    assert found == [*HANGZHOU_CLAIMS, DELEGATIONS, JOINED]
    records = dict(rows(asked(GROUP).claims, "claim_id", "records"))
    assert records[HANGZHOU_CLAIMS[0][0]] == ("leeds-hangzhou-libraries",)
    assert records[HANGZHOU_CLAIMS[1][0]] == ("leeds-libraries", "milan-public-libraries")
    assert records[DELEGATIONS[0]] == ("sino-russia-forum-2023", "wlic-2023")
    assert len(records[JOINED[0]]) == 9
    assert "oclc-zhejiang-library" in records[JOINED[0]]


@pytest.mark.parametrize(("home", "own"), [(HPL, HANGZHOU_CLAIMS), (LIBRARY, [DELEGATIONS])])
def test_claims_of_one_library_beside_its_records(asked, home, own):
    found = [row for row in rows(asked(home).claims, "claim_id", "best", "on_record") if row[0] != JOINED[0]]
    assert found == own


@pytest.mark.parametrize("home", [HPL, LIBRARY])
def test_a_claim_about_a_province_is_not_held_against_one_library(asked, home):
    # "All provincial and municipal libraries have joined": that one library's records show one of them is no
    # answer. Either the claim is not told here, or it is counted over all of them, or not counted at all.
    found = dict(rows(asked(home).claims, "claim_id", "on_record"))
    assert found.get(JOINED[0]) in (None, 12)


def test_what_others_count_is_no_claim_of_the_home(asked):
    measures = {measure for home in HOMES for (measure,) in rows(asked(home).claims, "measure")}
    assert measures == {"agreements", "partner_libraries", "years_of_contact", "delegations", "libraries_joined"}


def test_a_claim_never_becomes_records(project):
    before = ask(project).count
    tell(
        project,
        """
claims:
- subject: hangzhou-public-library
  measure: partner_libraries
  value: ">=40"
  what: that it knows many
  says: some words
""",
    )
    after = ask(project)
    assert after.count == before
    assert ("invented-partner-libraries", None, 2) in rows(after.claims, "claim_id", "best", "on_record")
