"""Dates: what is refused and what to write instead, then bounds, answers, properties, second opinions.

FAILS NOW marks a row or a test that shows a fault of the module; the mark goes when the fault does.
"""

import dataclasses
import datetime as dt
import itertools
import pickle
import re
import time

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.records import dates
from workbench.records.dates import BOUNDS, Answer, DateError, EdtfDate, as_date, parse, parse_many

STEADY = settings(deadline=None, derandomize=True, database=None)  # the same examples every time
EXAMPLES = "1923, 1923-05, 1923-05-17, 192X, 1923~ or 1923/1925"
AS_MONTHS = "a month from 01 to 12, a season from 21 to 24, or 2021, 2021-05, 2021-05-17, 2021~"
NOT_EDTF = "it is not written as EDTF"
YEARS_RUN = "years run from 0001 to 9999"
IN_A_NOTE = "such a date in a note, not as a date"
DAYS_OF_SET = "the earliest and the latest day, as in [1814-09-12..1814-09-15]"


def refusal(text: object) -> DateError:
    with pytest.raises(DateError) as caught:
        parse(text)
    return caught.value


def accepted(text: str) -> bool:
    try:
        parse(text)
    except DateError:
        return False
    return True


# --- what is refused, why, and what to write instead ----------------------------------------

REFUSED = [
    # the calendar does not hold it
    ("2021-02-29", "February 2021 has no day 29", "2021-02"),
    ("1900-02-29", "February 1900 has no day 29", "1900-02"),
    ("2021-04-31", "April 2021 has no day 31", "2021-04"),
    ("2021-02-3X", "February 2021 has no day 3X", "2021-02"),
    ("XXXX-02-30", "February has no day 30", "XXXX-02"),
    ("XXX1-02-29", "February XXX1 has no day 29", "XXX1-02"),
    ("2021-02-30T10:30:00Z", "February 2021 has no day 30", "2021-02"),
    ("2021-XX-32", "there is no day 32", "2021-XX"),
    ("2021-05-00", "there is no day 00", "2021-05"),
    ("2021-13", "there is no month 13", AS_MONTHS),
    ("2021-00", "there is no month 00", AS_MONTHS),
    ("2021-2X", "there is no month 2X", AS_MONTHS),
    ("2021-42", "there is no month 42", AS_MONTHS),
    ("0000", "there is no year 0000", "a year from 0001 to 9999"),
    ("0000-XX", "there is no year 0000", "a year from 0001 to 9999"),
    ("9999-24", "its end lies beyond the year 9999", "a year from 0001 to 9998"),
    ("999X-24", "its end lies beyond the year 9999", "a year from 0001 to 9998"),
    ("2021-21-05", "a season (21) has no days", "2021-21"),
    # FAILS NOW: the advice for one part must keep the mark and the other part
    ("2021-02-30~", "February 2021 has no day 30", "2021-02~"),
    ("2021-02-30/2021-03-05", "February 2021 has no day 30", "2021-02/2021-03-05"),
    ("[2021-02-30,2021-03-05]", "February 2021 has no day 30", "[2021-02,2021-03-05]"),
    # outside the profile
    ("-0100", YEARS_RUN, IN_A_NOTE),
    ("12019", YEARS_RUN, IN_A_NOTE),
    ("Y17E7", YEARS_RUN, IN_A_NOTE),
    ("Y-17000S3", YEARS_RUN, IN_A_NOTE),
    ("2021-33", "groupings such as 33 (quarters, halves, other seasons) are outside the profile",
     "a season 2021-21 to 2021-24, or the months, as in 2021-01/2021-03"),
    # intervals
    ("2017/2016", "its end 2016 lies before its start 2017", "2016/2017"),
    ("2019-12/2019-03?", "its end 2019-03? lies before its start 2019-12", "2019-03?/2019-12"),
    ("2020-21/2019-24", "its end 2019-24 lies before its start 2020-21", "2019-24/2020-21"),
    ("2019/2020/2021", "an interval has one slash", EXAMPLES),
    *[(text, "neither side of it is a date", "one side at least, as in 1923/ or 1923/..")
      for text in ("/", "../", "/..", "../..")],
    ("2019/[2020,2021]", NOT_EDTF, EXAMPLES),
    ("2019-04-02T10:30:00/2020", NOT_EDTF, EXAMPLES),
    # sets
    ("[2021..2020]", "2020 lies before 2021", "[2020..2021]"),
    ("[1999,2021-06..2020]", "2020 lies before 2021-06", "[1999,2020..2021-06]"),
    # FAILS NOW: the advice swaps text, not the item, and so spoils its neighbour: [2019..2020,2019..2020-05]
    ("[2020..2019,2020..2019-05]", "2019 lies before 2020", "[2019..2020,2019-05..2020]"),
    ("[2019/2020]", "a set holds single dates, no intervals and no other sets", DAYS_OF_SET),
    ("[2019,[2020]]", "a set holds single dates, no intervals and no other sets", DAYS_OF_SET),
    ("[2019", "the set is not closed with ]", EXAMPLES),
    ("[2019]?", "the set is not closed with ]", EXAMPLES),
    ("[]", '"" in the set is not a date', EXAMPLES),
    ("[..]", '".." in the set is not a date', EXAMPLES),
    ("[2019,]", '"" in the set is not a date', EXAMPLES),
    ("[2019..,2021]", '"2019.." in the set is not a date', EXAMPLES),
    ("[2019,..2021]", '"..2021" in the set is not a date', EXAMPLES),
    ("[2018..2019..2020]", NOT_EDTF, EXAMPLES),
    # not written as EDTF
    *[(text, NOT_EDTF, EXAMPLES) for text in (
        "2019??", "2019?~", "2019-?", "2019--05", "2019-05-", "?", "X", "192", "2019-W05", "2019-092",
        "2019-04-02T10:30", "2019-04-02T24:00:00", "2019-04-02T10:60:00", "2019-04T10:30:00")],
    ("19", "the year has not four digits", f"the year in full, as in {EXAMPLES}"),
    ("3/4/19", "the year has not four digits", f"the year in full, as in {EXAMPLES}"),
    *[(text, "it is empty", f"a date, or leave the field out; dates look like {EXAMPLES}")
      for text in ("", " ", "\t\n")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "why", "write"), REFUSED)
def test_a_refusal_says_why_and_what_to_write(text, why, write):
    error = refusal(text)
    assert (error.text, error.why, error.write) == (text, why, write)


PROPOSED = {
    "2019-3": "2019-03", "2019/03/04": "2019-03-04", "20190402": "2019-04-02", "2019.4.2": "2019-04-02",
    "04.03.2019": "2019-03-04 or 2019-04-03", "31/12/2019": "2019-12-31", "1/1/2019": "2019-01-01",
    "17 March 2019": "2019-03-17", "March 17, 2019": "2019-03-17", "17 Mar. 2019": "2019-03-17",
    "MARCH 2019": "2019-03", "17 March": "XXXX-03-17", "March 17": "XXXX-03-17", "May, 2019": "2019-05",
    "spring 2019": "2019-21", "Fall 2019": "2019-23", "1920s": "192X", "19uu": "19XX", "19xx": "19XX",
    "c. 1923": "1923~", "c1923": "1923~", "circa 1923": "1923~", "约1923": "1923~",
    "before 1923": "[..1922]", "after 1923": "[1924..]", "by 1923-05": "[..1923-05]",
    "until 1923": "[..1923]", "not after 1923": "[..1923]", "not before 1923": "[1923..]",
    "since 1923": "1923/..", "1923/unknown": "1923/", "?/1923": "/1923", "1923 / now": "1923/..",
    "1814-09-12/15": "1814-09-12/1814-09-15", "1814-09-28/10-02": "1814-09-28/1814-10-02",
    "1923 - 1925": "1923/1925", "1923–1925": "1923/1925", "1923 to 1925": "1923/1925",
    "1923年5月17日": "1923-05-17", "1923年5月": "1923-05", "1923年": "1923", "２０１９": "2019",
    " 2019 ": "2019", "2019\n": "2019", "2019\u00a0/\u00a02020": "2019/2020", "[2019, 2020]": "[2019,2020]",
    "2019‐05‐17": "2019-05-17", "2019-04-02t10:30:00z": "2019-04-02T10:30:00Z",
    # FAILS NOW: the shortened second year is read as a winter (1923-24), in silence
    "1923/24": "1923/1924", "1923–24": "1923/1924",
    # FAILS NOW: the commonest ways to write a range, "about" and September get no proposal
    "1923-1925": "1923/1925", "ca.1923": "1923~", "Sept 2019": "2019-09",
    # FAILS NOW: KeyError, as a pattern that ignores case takes ı and İ for i
    "Aprıl 2019": "2019-04", "APRİL 2019": "2019-04", "wınter 2019": "2019-24",
}  # fmt: skip


@pytest.mark.parametrize(("text", "write"), PROPOSED.items())
def test_what_the_writer_meant_is_proposed(text, write):
    assert refusal(text).write == write


@pytest.mark.parametrize("text", ["before 0001", "after 9999", "31 February 2019", "2019-05-17/19-05"])
def test_nothing_outside_the_profile_is_proposed(text):
    assert refusal(text).write == EXAMPLES


@pytest.mark.parametrize("text", [row[0] for row in REFUSED])
def test_a_proposed_expression_is_accepted(text):
    # FAILS NOW: a set with two faults; see the next test for the faults that stand alone
    write = refusal(text).write
    if re.fullmatch(r"[0-9X?~%\[\]/.,-]+", write):
        assert accepted(write)


def test_a_proposal_for_a_set_with_two_faults_is_accepted_or_not_made():
    # FAILS NOW: proposes [2019..2020,1999-13]
    write = refusal("[2020..2019,1999-13]").write
    assert accepted(write) or write == EXAMPLES


# FAILS NOW: these are EDTF, only not of this profile, and the reason must not deny it
@pytest.mark.parametrize("text", ["{2019,2020}", "{2019..2021}", "1950S2", "-0100-05", "-0100~", "-0100/2019"])
def test_edtf_outside_the_profile_is_not_called_misspelt(text):
    assert refusal(text).why != NOT_EDTF


@pytest.mark.parametrize("value", [None, 2021, 20.5, True, b"2021", dt.date(2021, 3, 17), pd.NA, ["2021"]])
def test_what_is_not_text_is_no_date(value):
    error = refusal(value)
    assert error.why == "a date is text"
    assert error.write.startswith("it in quotes, as in ")


@pytest.mark.parametrize(("text", "message"), [
    ("2021-02-30", '"2021-02-30" is not a date we accept: February 2021 has no day 30. Write 2021-02.'),
    ("since 2021", f'"since 2021" is not a date we accept: {NOT_EDTF}. Write 2021/..'),
    ("2021\n", f'"2021\\n" is not a date we accept: {NOT_EDTF}. Write 2021.'),
])  # fmt: skip
def test_the_message_is_one_plain_sentence_and_an_order(text, message):
    error = refusal(text)
    assert str(error) == message
    assert isinstance(error, ValueError)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_refusal_crosses_process_boundaries():
    # FAILS NOW: TypeError; the default pickling of an exception keeps its message only
    error = pickle.loads(pickle.dumps(refusal("2021-13")))
    assert (error.text, error.why) == ("2021-13", "there is no month 13")


# --- bounds, the reasons of missing ones, precision -----------------------------------------

# expression, start_earliest, start_latest, end_earliest, end_latest, precision; with two bounds
# only, the end has those of the start; in place of a day: why there is none.
LEVEL_0 = """
2021-03-17                2021-03-17 2021-03-17                        day
2000-02-29                2000-02-29 2000-02-29                        day
0001-01-01                0001-01-01 0001-01-01                        day
9999-12-31                9999-12-31 9999-12-31                        day
1582-10-10                1582-10-10 1582-10-10                        day
2021-02                   2021-02-01 2021-02-28                        month
2020-02                   2020-02-01 2020-02-29                        month
2021                      2021-01-01 2021-12-31                        year
0001                      0001-01-01 0001-12-31                        year
9999                      9999-01-01 9999-12-31                        year
2019-04-02T10:30:00       2019-04-02 2019-04-02                        day
2019-04-02T00:00:00Z      2019-04-02 2019-04-02                        day
2019-04-02T23:59:59-05    2019-04-02 2019-04-02                        day
2019-04-02T10:30:00+04:30 2019-04-02 2019-04-02                        day
2019-04-02/2019-04-05     2019-04-02 2019-04-02  2019-04-05 2019-04-05 day
2019-04/2019-06-15        2019-04-01 2019-04-30  2019-06-15 2019-06-15 month
2019/2021                 2019-01-01 2019-12-31  2021-01-01 2021-12-31 year
2019/2019                 2019-01-01 2019-12-31  2019-01-01 2019-12-31 year
2019/2019-03              2019-01-01 2019-03-31  2019-03-01 2019-03-31 year
2019-03/2019              2019-03-01 2019-03-31  2019-03-01 2019-12-31 year
2019-03-31/2019-03        2019-03-31 2019-03-31  2019-03-31 2019-03-31 month
"""
LEVEL_1 = """
2021-21                   2021-03-01 2021-05-31                        season
2021-22                   2021-06-01 2021-08-31                        season
2021-23                   2021-09-01 2021-11-30                        season
2021-24                   2021-12-01 2022-02-28                        season
2019-24                   2019-12-01 2020-02-29                        season
9998-24                   9998-12-01 9999-02-28                        season
2021~                     2021-01-01 2021-12-31                        year
2021-03-17%               2021-03-17 2021-03-17                        day
201X                      2010-01-01 2019-12-31                        decade
19XX                      1900-01-01 1999-12-31                        century
000X                      0001-01-01 0009-12-31                        decade
2021-XX                   2021-01-01 2021-12-31                        year
2021-XX-XX                2021-01-01 2021-12-31                        year
2020-02-XX                2020-02-01 2020-02-29                        month
2019/                     2019-01-01 2019-12-31  2019-01-01 unknown    year
/2019                     unknown    2019-12-31  2019-01-01 2019-12-31 year
2019-03-17/               2019-03-17 2019-03-17  2019-03-17 unknown    day
2019/..                   2019-01-01 2019-12-31  open       open       year
../2019                   open       open        2019-01-01 2019-12-31 year
2019-21/2019-22?          2019-03-01 2019-05-31  2019-06-01 2019-08-31 season
2019-24/2020-01           2019-12-01 2020-01-31  2020-01-01 2020-01-31 season
201X/2010                 2010-01-01 2010-12-31  2010-01-01 2010-12-31 decade
"""
LEVEL_2 = """
[2019]                    2019-01-01 2019-12-31                        year
[2021,2019-05]            2019-05-01 2021-12-31                        year
[2016..2018,2020]         2016-01-01 2020-12-31                        year
[2019-03-21..2019-03-31]  2019-03-21 2019-03-31                        day
[2019..2020-05]           2019-01-01 2020-05-31                        year
[2019-21,2019-24]         2019-03-01 2020-02-29                        season
[..2019]                  open       2019-12-31                        year
[2019..]                  2019-01-01 open                              year
[..2015,2019-05..]        open       open                              year
[XXXX-03-17,2019-03-17]   unknown    unknown                           day
[XXXX-03-17,2019..]       unknown    open                              year
?2021-03-17               2021-03-17 2021-03-17                        day
2022?-03-17               2022-03-17 2022-03-17                        day
2021-%03                  2021-03-01 2021-03-31                        month
1XXX                      1000-01-01 1999-12-31                        millennium
XXXX                      unknown    unknown                           unknown
XXXX-XX                   unknown    unknown                           unknown
XXXX-21                   unknown    unknown                           season
XXXX-03                   unknown    unknown                           month
XXXX-03-17                unknown    unknown                           day
XXXX-XX-31                unknown    unknown                           day
XXXX-02-29                unknown    unknown                           day
XXXX-03-17/2019           unknown    2019-12-31  2019-01-01 2019-12-31 year
2019-12-25/XXXX-01-05     2019-12-25 2019-12-25  2019-12-25 unknown    day
201X-06-28                2010-06-28 2019-06-28                        day
19XX-02-29                1904-02-29 1996-02-29                        day
XX00-02-29                0400-02-29 9600-02-29                        day
201X-21                   2010-03-01 2019-05-31                        season
201X-24                   2010-12-01 2020-02-29                        season
201X-03-1X                2010-03-10 2019-03-19                        month
2021-1X                   2021-10-01 2021-12-31                        year
2021-0X-XX                2021-01-01 2021-09-30                        year
2021-XX-31                2021-01-31 2021-12-31                        day      # FAILS NOW: as XXXX-XX-31
2021-X2-30                2021-12-30 2021-12-30                        day      # FAILS NOW: likewise
19X5                      1905-01-01 1995-12-31                        century  # FAILS NOW: year
X999                      0999-01-01 9999-12-31                        unknown  # FAILS NOW: year
"""


def rows(text: str) -> list[tuple[str, list[str], str]]:
    split = [line.partition("#")[0].split() for line in text.strip().splitlines()]
    return [(first, cells if len(cells) == 4 else cells * 2, last) for first, *cells, last in split]


TABLE = rows(LEVEL_0 + LEVEL_1.lstrip() + LEVEL_2.lstrip())


@pytest.mark.parametrize(("text", "bounds", "_"), TABLE)
def test_bounds_and_why_one_is_missing(text, bounds, _):
    date = parse(text)
    found = [getattr(date, bound) for bound in BOUNDS]
    assert [day.isoformat() if day else date.missing[bound]
            for bound, day in zip(BOUNDS, found, strict=True)] == bounds  # fmt: skip
    assert set(date.missing) == {bound for bound, day in zip(BOUNDS, found, strict=True) if day is None}
    assert (date.earliest, date.latest) == (date.start_earliest, date.end_latest)


@pytest.mark.parametrize(("text", "_", "precision"), TABLE)
def test_precision_is_the_finest_unit_of_which_every_digit_is_known(text, _, precision):
    assert parse(text).precision == precision


@pytest.mark.parametrize(("text", "kind"), [
    ("2021", "date"), ("2021-21", "date"), ("2019-04-02T10:30:00", "date"), ("XXXX-03-17", "date"),
    ("2019/2020", "interval"), ("2019/..", "interval"), ("[2019]", "set"), ("[..2019]", "set"),
])  # fmt: skip
def test_the_slash_lasted_and_the_bracket_doubts(text, kind):
    assert parse(text).kind == kind
    assert str(parse(text)) == parse(text).text == text


MARKS = {
    "2021": (False, False), "2021?": (True, False), "2021~": (False, True), "2021%": (True, True),
    "?2021-03-17": (True, False), "2022?-03-17": (True, False), "2021-~03-17": (False, True),
    "2021-03-%17": (True, True), "2021?-~03": (True, True), "2021-21~": (False, True), "201X?": (True, False),
    "2019?/2020": (True, False), "2019/2020~": (False, True), "2019?/2020~": (True, True),
    "../2019%": (True, True), "[2019?,2020]": (True, False), "[2019..2020~]": (False, True),
}  # fmt: skip


@pytest.mark.parametrize(("text", "marks"), MARKS.items())
def test_marks_mark_and_widen_nothing(text, marks):
    date, plain = parse(text), parse(re.sub("[?~%]", "", text))
    assert (date.uncertain, date.approximate) == marks
    assert date.assumed is any(marks)
    assert [getattr(date, bound) for bound in BOUNDS] == [getattr(plain, bound) for bound in BOUNDS]


def test_bounds_are_the_first_and_the_last_of_all_days_that_match():
    first = dt.date(2010, 1, 1)
    every_day = " ".join((first + dt.timedelta(days=n)).isoformat() for n in range(7305))  # to 2029
    for parts in itertools.product(
        "2019 2020 201X 202X".split(),
        "01 02 04 12 XX 0X 1X X1 X2 3X".split(),
        "01 28 29 30 31 32 XX 0X 2X 3X X1 X9".split(),
    ):
        text = "-".join(parts)
        days = re.findall(text.replace("X", "[0-9]"), every_day)
        assert accepted(text) == bool(days), text
        if days:
            assert [str(parse(text).earliest), str(parse(text).latest)] == [days[0], days[-1]], text


# --- order, overlap, and the three answers --------------------------------------------------


def test_order_is_by_first_known_day_then_last_then_text():
    ordered = ["1999", "2019-01-01", "2019-01", "2019", "2019?", "[2019]", "2019/", "2019/..", "2019-02-01",
               "../2019-03", "[..2019]", "2020", "9999-12-31", "?XXXX-03-17", "XXXX", "XXXX-03-17"]  # fmt: skip
    assert [date.text for date in sorted(map(parse, reversed(ordered)))] == ordered


@pytest.mark.parametrize("last_day", ["[9999-12-31]", "~9999-12-31"])
def test_a_date_without_any_known_day_comes_after_the_last_day_there_is(last_day):
    assert parse(last_day) < parse("XXXX")  # FAILS NOW: both have the key of the last day; the text decides


def test_dates_are_equal_when_written_alike():
    assert parse("2019") == parse("2019")
    assert parse("2019") != parse("[2019]")
    assert parse("2019") != "2019"
    assert len({parse("2019"), pickle.loads(pickle.dumps(parse("2019")))}) == 1
    assert parse("2019") <= parse("2019") < parse("2020")
    with pytest.raises(TypeError):
        parse("2019") < "2020"  # noqa: B015


@pytest.mark.parametrize(("one", "other", "shared"), [
    ("2019", "2019-12-31", True), ("2019", "2020", False), ("2019-12-31", "2020-01-01", False),
    ("2019-24", "2020-01", True), ("2019/2021", "2020", True), ("[..2019]", "2020", False),
    ("[2019..]", "9999", True), ("2019/", "2018", False), ("2019/..", "2500", True), ("/2019", "2020", False),
    ("../2019", "0001", True), ("XXXX-03-17", "2019-05", True), ("XXXX", "XXXX", True), ("2019?", "2020~", False),
])  # fmt: skip
def test_dates_overlap_unless_a_known_bound_keeps_them_apart(one, other, shared):
    assert parse(one).overlaps(other) is shared
    assert parse(other).overlaps(one) is shared


ANSWERS = """
date                     other      before          after           within
2019-12-31               2020       yes             no              no
2020-01-01               2020       no              no              yes
2020-12-31               2020       no              no              yes
2021-01-01               2020       no              yes             no
2020                     2020       no              no              yes
201X                     2020       yes             no              no
202X                     2020       no              cannot-say      cannot-say
2019/2020                2020       cannot-say      no              cannot-say
2019-24                  2019       no              cannot-say      cannot-say
1814-09-12/1814-09-15    1814       no              no              yes
[2019-03-21..2019-03-31] 2019-03    no              no              yes
[2019,2020]              2020       cannot-say      no              cannot-say
[..2019]                 2020       yes             no              no
[2021..]                 2020       no              yes             no
XXXX-03-17               2020       cannot-say      cannot-say      cannot-say
2020                     XXXX       cannot-say      cannot-say      cannot-say
2019/                    2020       cannot-say      cannot-say      cannot-say
2021/                    2020       no              yes             no
/2019                    2020       yes             no              no
2019/..                  2020/..    cannot-say      cannot-say      cannot-say
2021/                    2020/..    no              cannot-say      yes
2021                     2020/..    no              cannot-say      yes
2021                     2020/      no              cannot-say      cannot-say
2019                     ../2020    cannot-say      no              yes
2019                     /2020      cannot-say      no              cannot-say
2019~                    2020       yes(assumed)    no(assumed)     no(assumed)
2020                     2020?      no(assumed)     no(assumed)     yes(assumed)
?2021-03-17              2020       no(assumed)     yes(assumed)    no(assumed)
202X~                    2020       no(assumed)     cannot-say      cannot-say
"""


@pytest.mark.parametrize(("one", "other", "before", "after", "within"), [
    line.split() for line in ANSWERS.strip().splitlines()[1:]])  # fmt: skip
def test_answers_and_whether_they_are_assumed(one, other, before, after, within):
    date = parse(one)
    found = [str(answer) for answer in (date.before(other), date.after(other), date.within(other))]
    assert [word.replace(" (", "(").replace(" ", "-") for word in found] == [before, after, within]


@pytest.mark.parametrize(("date", "question", "other"), [
    ("2020", "before", "[2019,2021]"),  # the set may be 2021
    ("2020", "after", "[2019,2021]"),  # the set may be 2019
    ("2020-05", "within", "[2019,2021]"),  # inside neither
])  # fmt: skip
def test_doubt_on_the_other_side_is_doubt_too(date, question, other):
    # FAILS NOW: no, no, yes; a set is taken for all the days from its first to its last
    assert getattr(parse(date), question)(other).value is not (question == "within")


@pytest.mark.parametrize("question", ["before", "after", "within"])
def test_an_inferred_date_gives_assumed_answers(question):
    assert getattr(parse("2019"), question)("2020", inferred=True).assumed
    assert getattr(parse("XXXX"), question)("2020", inferred=True) == Answer(None, assumed=False)


def test_cannot_say_is_never_taken_for_no():
    assert bool(Answer(True))
    assert not bool(Answer(False, assumed=True))
    with pytest.raises(ValueError, match=r"the dates cannot say; test `\.value is True` instead"):
        bool(Answer(None))


@pytest.mark.parametrize("day", [
    dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 10), pd.Timestamp("2020-01-01T10"), "2020-01-01",
    parse("2020-01-01"),
])  # fmt: skip
def test_a_day_may_stand_for_a_date(day):
    assert as_date(day) == parse("2020-01-01")
    assert parse("2019").before(day) == Answer(True)
    assert as_date(dt.date(5, 1, 1)).text == "0005-01-01"


@pytest.mark.parametrize("value", ["March 2019", 2019, None, pd.NaT])  # FAILS NOW: NaT is a bare ValueError
def test_what_is_no_date_cannot_be_asked_about(value):
    with pytest.raises(DateError):
        parse("2019").overlaps(value)


# --- whole columns ---------------------------------------------------------------------------


def test_a_column_keeps_its_index_and_its_gaps_and_is_read_once_per_text(monkeypatch):
    asked = []
    monkeypatch.setattr(dates, "parse", lambda text: asked.append(text) or parse(text))
    column = pd.Series(["2019", None, "2020?", "2019", pd.NA, float("nan")], index=[5, 5, 1, 0, 2, 9], name="edtf")
    read = parse_many(column)
    assert asked == ["2019", "2020?"]
    assert list(read) == [parse("2019"), None, parse("2020?"), parse("2019"), None, None]
    assert read.index.equals(column.index)
    assert (read.name, read.dtype) == ("edtf", object)


@pytest.mark.parametrize("dtype", [object, "string", "str", "category"])
def test_a_column_may_be_of_any_type_of_text_and_empty(dtype):
    assert list(parse_many(pd.Series(["2019", None], dtype=dtype))) == [parse("2019"), None]
    assert parse_many(pd.Series([], dtype=dtype)).empty


def test_one_bad_text_in_a_column_is_refused_as_if_alone():
    with pytest.raises(DateError) as caught:
        parse_many(pd.Series(["2019", "2021-13", None, "2021-13"]))
    assert str(caught.value) == str(refusal("2021-13"))


@pytest.mark.parametrize("part", [
    '"2021-13": there is no month 13', '"March 2019": it is not written as EDTF', '"2020": a date is text',
    AS_MONTHS, "2019-03.",  # FAILS NOW: what to write instead is lost when two texts are wrong
])  # fmt: skip
def test_all_bad_texts_of_a_column_are_named_at_once(part):
    with pytest.raises(DateError) as caught:
        parse_many(pd.Series(["2021-13", "2019", "March 2019", 2020, "2021-13"], dtype=object))
    assert str(caught.value).count(part) == 1


# --- properties ------------------------------------------------------------------------------

YEARS = "0001 1582 1900 1904 1999 2000 2019 2020 9998 9999 201X 19XX 1XXX 19X5 XXXX".split()
MONTHS = "01 02 04 12 XX 0X 1X X2 21 22 23 24".split()
DAYS = "01 15 28 29 30 31 XX 0X 3X".split()


def marked(components: list[str]) -> st.SearchStrategy[str]:
    forms = st.sampled_from(["{}", "{}", "{}", "{}?", "{}~", "%{}", "~{}"])
    return st.builds(str.format, forms, st.sampled_from(components))


PARTS = (marked(YEARS), marked(MONTHS), marked(DAYS))
SINGLES = st.one_of(*(st.tuples(*PARTS[:n]).map("-".join) for n in (1, 2, 3))).filter(accepted)
SIDES = SINGLES | st.sampled_from(["", ".."])
INTERVALS = st.tuples(SIDES, SIDES).map("/".join).filter(accepted)
MEMBERS = st.lists(SINGLES | st.tuples(SINGLES, SINGLES).map("..".join), min_size=1, max_size=4).map(",".join)
SETS = st.builds(str.format, st.sampled_from(["[{}]", "[{}]", "[..{}]", "[{}..]"]), MEMBERS).filter(accepted)
DATES = st.one_of(SINGLES, INTERVALS, SETS).map(parse)


@STEADY
@given(DATES)
def test_known_bounds_are_ordered(date):
    for lower, upper in (BOUNDS[0:2], BOUNDS[2:4], BOUNDS[0::2], BOUNDS[1::2], BOUNDS[0::3]):
        low, high = getattr(date, lower), getattr(date, upper)
        assert low is None or high is None or low <= high, (lower, upper)
    assert set(date.missing) == {bound for bound in BOUNDS if getattr(date, bound) is None}
    assert date.overlaps(date)


@STEADY
@given(SETS)
def test_a_set_has_the_hull_of_its_members(text):
    members = [parse(part) for part in re.split(r",|\.\.", text[1:-1]) if part]
    lows = [None if text.startswith("[..") else member.earliest for member in members]
    highs = [None if text.endswith("..]") else member.latest for member in members]
    date = parse(text)
    assert date.start_earliest == date.end_earliest == (None if None in lows else min(lows))
    assert date.start_latest == date.end_latest == (None if None in highs else max(highs))


def mirrored(date: EdtfDate) -> EdtfDate:
    """The same date were time to run backwards: the first day there is becomes the last."""
    ends = dt.date.min.toordinal() + dt.date.max.toordinal()
    changes = {}
    for here, there in zip(BOUNDS, reversed(BOUNDS), strict=True):
        day = getattr(date, there)
        changes[here] = day and dt.date.fromordinal(ends - day.toordinal())
        changes[f"{here}_missing"] = getattr(date, f"{there}_missing")
    return dataclasses.replace(date, **changes)


@STEADY
@given(DATES, DATES)
def test_before_and_after_mirror_each_other(one, other):
    assert one.before(other) == mirrored(one).after(mirrored(other))
    assert one.within(other) == mirrored(one).within(mirrored(other))
    assert (one.before(other).value is True) == (other.after(one).value is True)
    assert not (one.before(other).value and one.overlaps(other))
    assert one.overlaps(other) is other.overlaps(one)


@st.composite
def nested(draw):
    """A date, and another that lies inside it."""
    outer = draw(DATES)
    inside = st.dates(outer.earliest or dt.date.min, outer.latest or dt.date.max)
    days = sorted([draw(inside), draw(inside)])
    return outer, parse(draw(st.sampled_from(["{}", "{}/{}", "[{}..{}]", "[{},{}]"])).format(*days))


@STEADY
@given(nested(), DATES)
def test_narrowing_a_date_turns_no_answer_round(pair, other):
    outer, inner = pair
    for question in ("before", "after", "within"):
        first, second = (getattr(date, question)(other).value for date in (outer, inner))
        assert first in (None, second), question
    assert outer.overlaps(other) or not inner.overlaps(other)


TOKENS = [*"0123456789X?~%-/.,[]{} T:Z+ES'\n\u00a0\u0000٣²年月日约", "..", "2019", "2020-02", "30", "00", "XX",
          "March ", "sept", "AprİL ", "sprıng ", "c. ", "ca", "before ", "since ", " to ", "unknown"]  # fmt: skip


@settings(STEADY, max_examples=300)
@given(st.text() | st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
@example("APRİL 2019")  # FAILS NOW: KeyError
@example("²")
@example("\ud800")
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        date = parse(text)
    except DateError as error:
        assert error.text == text
        assert error.why
        assert error.write
    else:
        assert date.text == text


@pytest.mark.parametrize("text", [
    "a" * 100_000, "9" * 100_000, "1/" * 50_000, "[" * 100_000, "c. " * 30_000, "a" + "\u0315\u0300" * 10_000,
    "[" + "1999," * 10_000 + "1999-13]",
    # FAILS NOW: 45 ms for each year or mask not met before, as 9999 years are tried one by one
    "[" + ",".join(f"{year:04d}" for year in range(3001, 3101)) + "]",
    "[" + ",".join(f"{year:03d}X" for year in range(301, 401)) + "]",
], ids=lambda text: text[:12])  # fmt: skip
def test_no_text_takes_long(text):
    start = time.process_time()
    accepted(text)
    assert time.process_time() - start < 1


# --- second opinions on syntax ---------------------------------------------------------------


def expressions() -> list[str]:
    """A few hundred expressions of the profile and of its borders."""
    years = "0000 0001 1900 2021 201X 19XX XXXX 19X5".split()
    months = "02 04 12 13 00 XX 1X X2 21 24 25 41".split()
    full = ["-".join(parts) for parts in itertools.product(
        years, "02 04 12 13 XX 1X X2 21".split(), "00 01 29 30 31 32 XX 3X X9".split())]  # fmt: skip
    found = [*years, *map("-".join, itertools.product(years, months)), *full[::7], "1900-02-29", "1900-02-29~"]
    marks = ("{}~ {}-02~ {}?-02-03 {}-02?-03 {}-02-03? ?{}-02-03 {}-?02-03 {}-02-?03 ?{} ?{}? {}?? {}?-~02-%03 "
             "{}-02~?-03 {}-21~ {}?-21 {}-?21").split()  # fmt: skip
    found += [mark.format(year) for mark in marks for year in ("2021", "201X")]
    sides = ["", "..", "2019", "2020-02", "2020-02-29", "2021-24~", "2020-XX", "201X", "?2020-02", "2020-02-30"]
    found += ["/".join(pair) for pair in itertools.product(sides, sides)]
    found += "2017/2016 2019-21/2019-22 2019-22/2019-21 2019/2020/2021 2019-03-17/18".split()
    found += ("[2019] [2019,2020] [2016..2018,2020] [..2019] [2019..] [2020..2019] [2019-03-21..2019-03-31] "
              "[2019..2020-05] [2019?,2020] [2019,2020-XX] [2019-21,2020] [..2019,2021..] [2019..,2021] [] [..] "
              "[2019,..2021] [2019,] [2019/2020] [2019?..2021] [..2019?] [201X] [XXXX-03-17,2019-03-17] [2019} "
              "[2019-02-30,2020] [1900-02-29,2000] {2019,2020} {2019..2021}").split()  # fmt: skip
    found += [f"2019-04-02T10:30:00{zone}" for zone in ("", "Z", "+08", "+08:00", "-05:30", "+00:00", "+15:00")]
    found += ("2019-04-02T24:00:00 2019-04-02T10:60:00 2019-04-02T10:30 2019T10:30:00 2019-04T10:30:00 -0100-05 "
              "2019-02-30T10:30:00 Y12019 Y17E7 1950S2 12019 192 20190402 2019-W05 2019-092 201u").split()
    return list(dict.fromkeys([*found, " 2019", "2019\n", "2019 / 2020", "[2019, 2020]", "２０１９"]))


BOTH, EDTF, VALIDATE = ("edtf", "edtf_validate"), ("edtf",), ("edtf_validate",)
# who differs from us, whether we accept it, which expressions, why
KNOWN_DIFFERENCES = [
    (BOTH, True, r"^[^/\[]*X.*-\W?2[1-4]", "we let a season stand in a year with unspecified digits"),
    (BOTH, True, r"^(?=.*X)[^/\[]*[?~%]", "we let a mark stand beside unspecified digits"),
    (BOTH, True, r"^\?2021\?$", "we let both a mark before and a mark after one component stand"),
    (BOTH, True, r"^[^/\[]*(\W-2|-\W2)[1-4]", "we let a part of a season be marked"),
    (EDTF, True, r"^2021-21~$", "it marks no season outside an interval"),
    (BOTH, True, r"^(\.\.)?/.*[X?]|[X?].*/(\.\.)?$", "they take no level 2 date opposite an open or unknown end"),
    (EDTF, True, r"^(201X|\?2020-02)/2021-24~$", "it takes no level 2 date opposite a marked season"),
    (VALIDATE, True, r"^2020-02-29/\??2020-02$", "it compares first days; the month may end after the day"),
    (EDTF, True, r"-(1X|X2|XX)", "it stops with an AttributeError on some unspecified months"),
    (BOTH, True, r"^\[[^,.]+\]$", "they want two members in a set"),
    (BOTH, True, r"^\[.*(-21|\?)?\.\.|^\[2019-21,", "they take no season, mark or mixed precision beside .."),
    (BOTH, True, r"\+(00:00|15:00)$", "they take offsets from 00:01 to 14:00; we do not look at the offset"),
    (BOTH, False, r"^0000", "for us there is no year 0000"),
    (BOTH, False, r"-(25|41)$", "groupings below the year are outside the profile"),
    (EDTF, False, r"X.*-(0[24]|XX|1X|X2)-(3\d|3X|00)", "it does not look at the calendar of a date with X"),
    (BOTH, False, r"^\[?1900-02-29", "they take 29 February in every year"),
    (BOTH, False, r"^(\.\.)?/(\.\.)?$", "for us an interval has a date on one side at least"),
    (EDTF, False, r"^\S+/\S+$", "it takes intervals that end before they begin, and days that do not exist"),
    (BOTH, False, r"^\[2020\.\.2019\]$", "they take sets that run backwards"),
    (BOTH, False, r"T24:00:00$", "we take no hour 24"),
    (BOTH, False, r"^\d{4}(-\d\d)?T", "they take a time of day without a day"),
    (BOTH, False, r"^-|^Y|S2$|^\{", "years beyond 9999, before 0001, digits that count and {} are outside"),
    (EDTF, False, r" ", "it takes white space around and inside"),
    (BOTH, False, r"\n$", "they take a line break at the end"),
]


@pytest.mark.filterwarnings("ignore:.* deprecated - use:DeprecationWarning:edtf_validate")
@pytest.mark.parametrize("package", BOTH)
def test_a_second_opinion_differs_only_where_we_know_why(package):
    if package == "edtf":
        ask = pytest.importorskip("edtf.parser.grammar").is_valid_edtf
    else:
        ask = pytest.importorskip("edtf_validate.valid_edtf").is_valid

    def accepts(text: str) -> bool:
        try:
            return ask(text)
        except (AttributeError, TypeError):  # known of edtf: listed above as a difference
            return False

    known = [row[1:] for row in KNOWN_DIFFERENCES if package in row[0]]
    used, unexplained = set(), []
    for text in expressions():
        ours = accepted(text)
        if ours == accepts(text):
            continue
        reasons = {reason for side, pattern, reason in known if side is ours and re.search(pattern, text)}
        used |= reasons
        if not reasons:
            unexplained.append((text, "accepted" if ours else "refused"))
    assert unexplained == []
    assert [reason for *_, reason in known if reason not in used] == []  # nothing is listed in vain
