"""Dates: what is refused and what to write instead; then bounds, answers, properties, second opinions."""

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

from workbench.records.dates import BOUNDS, Answer, DateError, EdtfDate, as_date, parse, parse_many

STEADY = settings(deadline=None, derandomize=True, database=None)  # the same examples every time
words = str.split


def refusal(text: object) -> DateError:
    with pytest.raises(DateError) as caught:
        parse(text)
    return caught.value


def accepted(text: str) -> bool:
    try:
        return parse(text).text == text
    except DateError:
        return False


def rows(text: str) -> list[list[str]]:
    """The rows of a table in which | parts two rows on one line and # begins a remark."""
    return [words(row) for line in text.strip().splitlines() for row in line.partition("#")[0].split("|")]


# --- what is refused, why, and what to write instead ----------------------------------------
EXAMPLES = "1923, 1923-05, 1923-05-17, 192X, 1923~ or 1923/1925"
AS_MONTHS = "a month from 01 to 12, a season from 21 to 24, or 2021, 2021-05, 2021-05-17, 2021~"
DAYS_OF_SET = "the earliest and the latest day, as in [1814-09-12..1814-09-15]"
NOT_EDTF = "it is not written as EDTF"
REFUSED = [  # why, what to write instead, of which texts
    ("February 1900 has no day 29", "1900-02", "1900-02-29"),
    ("February 2021 has no day 30", "2021-02", "2021-02-30 2021-02-30T10:30:00Z"),
    ("February has no day 30", "XXXX-02", "XXXX-02-30"),
    ("February XXX1 has no day 29", "XXX1-02", "XXX1-02-29"),
    # advice for one part keeps its mark and the other part
    ("February 2021 has no day 30", "2021-02~", "2021-02-30~"),
    ("February 2021 has no day 30", "2021-02/2021-03-05", "2021-02-30/2021-03-05"),
    *[(f"there is no month {month}", AS_MONTHS, f"2021-{month}") for month in ("00", "13", "42", "2X")],
    ("there is no year 0000", "a year from 0001 to 9999", "0000 0000-XX 0000-21"),
    ("its end lies beyond the year 9999", "a year from 0001 to 9998", "9999-24 999X-24"),
    ("a season (21) has no days", "2021-21", "2021-21-05"),
    ("years run from 0001 to 9999", "such a date in a note, not as a date", "-0100 12019 Y12019 Y-17E3S3"),
    ("groupings such as 33 (quarters, halves, other seasons) are outside the profile",
     "a season 2021-21 to 2021-24, or the months, as in 2021-01/2021-03", "2021-33"),
    ("its end 2019-03? lies before its start 2019-12", "2019-03?/2019-12", "2019-12/2019-03?"),
    ("an interval has one slash", EXAMPLES, "2019/2020/2021"),
    ("neither side of it is a date", "one side at least, as in 1923/ or 1923/..", "/ ../ /.. ../.."),
    ("2020 lies before 2021-06", "[1999,2020..2021-06]", "[1999,2021-06..2020]"),
    # advice for a set turns its items, not its text
    ("2019 lies before 2020", "[2019..2020,2019-05..2020]", "[2020..2019,2020..2019-05]"),
    ("2019 lies before 2020", EXAMPLES, "[2020..2019,1999-13]"),
    ("a set holds single dates, no intervals and no other sets", DAYS_OF_SET, "[2019/2020] [2019,[2020]]"),
    ("the set is not closed with ]", EXAMPLES, "[2019 [2019]? [2019]/2020"),
    ('"" in the set is not a date', EXAMPLES, "[] [,2019] [2019,]"),
    (NOT_EDTF, EXAMPLES, "2019?? 2019?~ 2019-? 2019--05 2019-05- ? X 192 2019-W05 2019-092 2019-04-02T10:30"),
    (NOT_EDTF, EXAMPLES, "2019-04-02T25:00:00 2019-04T10:30:00 2019-04-02T10:30:00/2020 2019/[2020,2021]"),
    ("the year has not four digits", f"the year in full, as in {EXAMPLES}", "19 3/4/19"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why", "write"), [
    (text, why, write) for why, write, texts in REFUSED for text in words(texts)])  # fmt: skip
def test_a_refusal_says_why_and_what_to_write(text, why, write):
    error = refusal(text)
    assert (error.text, error.why, error.write) == (text, why, write)
    assert accepted(write) or " " in write  # an expression that we propose is one that we accept


PROPOSED = {
    "2019-3": "2019-03", "2019/03/04": "2019-03-04", "20190402": "2019-04-02", "1/1/2019": "2019-01-01",
    "04.03.2019": "2019-03-04 or 2019-04-03", "31/12/2019": "2019-12-31", "17 Mar. 2019": "2019-03-17",
    "March 17, 2019": "2019-03-17", "MAY 2019": "2019-05", "17 March": "XXXX-03-17", "March 17": "XXXX-03-17",
    "spring 2019": "2019-21", "Fall 2019": "2019-23", "1920s": "192X", "19uu": "19XX", "19xx": "19XX",
    "c. 1923": "1923~", "c1923": "1923~", "circa 1923": "1923~", "约1923": "1923~", "1923 ?": "1923?",
    "before 1923": "[..1922]", "after 1923": "[1924..]", "by 1923-05": "[..1923-05]", "since 1923": "1923/..",
    "not after 1923": "[..1923]", "not before 1923": "[1923..]", "1923/unknown": "1923/", "?/1923": "/1923",
    "1814-09-12/15": "1814-09-12/1814-09-15", "1814-09-28/10-02": "1814-09-28/1814-10-02",
    "1923 - 1925": "1923/1925", "1923–1925": "1923/1925", "1923 to 1925": "1923/1925", "1923/now": "1923/..",
    "1923年5月17日": "1923-05-17", "1923年5月": "1923-05", "1923年": "1923", "２０１９": "2019",
    "2019\n": "2019", "2019\u00a0/\u00a02020": "2019/2020", "[2019, 2020]": "[2019,2020]",
    "2019‐05‐17": "2019-05-17", "31 February 2019": EXAMPLES, "before 0001": EXAMPLES, "after 9999": EXAMPLES,
    **dict.fromkeys(["", " \t"], f"a date, or leave the field out; dates look like {EXAMPLES}"),
    # a shortened second year is no winter, 1923-24
    "1923/24": "1923/1924", "1923–24": "1923/1924",
    # the commonest range, "about" and September
    "1923-1925": "1923/1925", "ca.1923": "1923~", "Sept 2019": "2019-09",
}  # fmt: skip


@pytest.mark.parametrize(("text", "write"), PROPOSED.items())
def test_what_the_writer_meant_is_proposed(text, write):
    assert refusal(text).write == write


# these are EDTF, only not of this profile; the reason must not deny it
@pytest.mark.parametrize("text", words("{2019,2020} {2019..2021} 1950S2 -0100-05 -0100~ -0100/2019"))
def test_edtf_outside_the_profile_is_not_called_miswritten(text):
    assert refusal(text).why != NOT_EDTF


@pytest.mark.parametrize("value", [None, 2021, 20.5, True, b"2021", pd.NA, ["2021"], pd.NaT])
def test_what_is_not_text_is_no_date(value):
    assert (refusal(value).why, refusal(value).write[:12]) == ("a date is text", "it in quotes")
    with pytest.raises(DateError):
        parse("2019").overlaps(value)


@pytest.mark.parametrize(("text", "message"), [
    ("since 2021", f'"since 2021" is not a date we accept: {NOT_EDTF}. Write 2021/..'),
    ("2021\n", f'"2021\\n" is not a date we accept: {NOT_EDTF}. Write 2021.'),
])  # fmt: skip
def test_the_message_is_a_plain_sentence_and_an_order(text, message):
    assert str(refusal(text)) == message


def test_a_refusal_can_be_handed_between_processes():
    assert vars(pickle.loads(pickle.dumps(refusal("2021-13")))) == vars(refusal("2021-13"))


# --- bounds, the reasons of missing ones, precision, marks ----------------------------------
# Level by level: expression, start_earliest, start_latest, end_earliest, end_latest, precision.
# With two bounds only, the end has those of the start. In place of a missing day stands why.
TABLE = [(first, bounds * (4 // len(bounds)), last) for first, *bounds, last in rows("""
2021-03-17           2021-03-17 2021-03-17 day     | 2000-02-29            2000-02-29 2000-02-29 day
2021-02              2021-02-01 2021-02-28 month   | 2020-02               2020-02-01 2020-02-29 month
0001                 0001-01-01 0001-12-31 year    | 9999                  9999-01-01 9999-12-31 year
2019-04-02T00:00:00Z 2019-04-02 2019-04-02 day     | 2019-04-02T10:30:00+04:30 2019-04-02 2019-04-02 day
2019-04/2019-06-15        2019-04-01 2019-04-30  2019-06-15 2019-06-15  month
2019/2019-03              2019-01-01 2019-03-31  2019-03-01 2019-03-31  year
2019-03/2019              2019-03-01 2019-03-31  2019-03-01 2019-12-31  year
2021-21              2021-03-01 2021-05-31 season  | 2021-22               2021-06-01 2021-08-31 season
2021-23              2021-09-01 2021-11-30 season  | 2021-24               2021-12-01 2022-02-28 season
2019-24              2019-12-01 2020-02-29 season  | 9998-24               9998-12-01 9999-02-28 season
201X                 2010-01-01 2019-12-31 decade  | 19XX                  1900-01-01 1999-12-31 century
2021-XX-XX           2021-01-01 2021-12-31 year    | 2020-02-XX            2020-02-01 2020-02-29 month
2019/                     2019-01-01 2019-12-31  2019-01-01 unknown     year
/2019                     unknown    2019-12-31  2019-01-01 2019-12-31  year
2019/..                   2019-01-01 2019-12-31  open       open        year
../2019                   open       open        2019-01-01 2019-12-31  year
[2019]               2019-01-01 2019-12-31 year    | [2021,2019-05]        2019-05-01 2021-12-31 year
[2016..2018,2020]    2016-01-01 2020-12-31 year    | [2019..2020-05]       2019-01-01 2020-05-31 year
[2019-21,2019-24]    2019-03-01 2020-02-29 season  | [2019-03-21..2019-03-31] 2019-03-21 2019-03-31 day
[..2019]             open       2019-12-31 year    | [2019..]              2019-01-01 open       year
[..2015,2019-05..]   open       open       year    | [XXXX-03-17,2019..]   unknown    open       year
1XXX                 1000-01-01 1999-12-31 millennium | XXXX               unknown    unknown    unknown
XXXX-21              unknown    unknown    season  | XXXX-03-17            unknown    unknown    day
XXXX-XX-31           unknown    unknown    day     | XXXX-02-29            unknown    unknown    day
201X-06-28           2010-06-28 2019-06-28 day     | 19XX-02-29            1904-02-29 1996-02-29 day
XX00-02-29           0400-02-29 9600-02-29 day     | 201X-03-1X            2010-03-10 2019-03-19 month
201X-24              2010-12-01 2020-02-29 season  | 2021-1X               2021-10-01 2021-12-31 year
2021-XX-31           2021-01-31 2021-12-31 day
19X5                 1905-01-01 1995-12-31 century
XXXX-03-17/2019           unknown    2019-12-31  2019-01-01 2019-12-31  year
2019-12-25/XXXX-01-05     2019-12-25 2019-12-25  2019-12-25 unknown     day
""")]  # fmt: skip


@pytest.mark.parametrize(("text", "bounds", "precision"), TABLE)
def test_bounds_why_one_is_missing_and_precision(text, bounds, precision):
    date = parse(text)
    days = {bound: getattr(date, bound) for bound in BOUNDS}
    assert [str(day or date.missing[bound]) for bound, day in days.items()] == bounds
    assert (date.earliest, date.latest, str(date)) == (date.start_earliest, date.end_latest, text)
    assert date.kind == ("set" if text[0] == "[" else "interval" if "/" in text else "date")
    assert date.precision == precision  # the finest unit of which every digit is known


@pytest.mark.parametrize(("text", "uncertain", "approximate"), rows("""
    2021         no  no  | 2021?       yes no  | 2021~        no  yes | 2021%        yes yes
    ?2021-03-17  yes no  | 2022?-03    yes no  | 2021-~03-17  no  yes | 2021-03-%17  yes yes
    2021?-~03    yes yes | 2021-21~    no  yes | 201X?        yes no  | ../2019%     yes yes
    2019?/2020   yes no  | [2019,2020~] no yes | 2019?/~2020  yes yes | [2019..2020?] yes no
"""))  # fmt: skip
def test_marks_mark_and_widen_nothing(text, uncertain, approximate):
    date, plain = parse(text), parse(re.sub("[?~%]", "", text))
    assert (date.uncertain, date.approximate) == (uncertain == "yes", approximate == "yes")
    assert date.assumed is (date.uncertain or date.approximate)
    assert [getattr(date, bound) for bound in BOUNDS] == [getattr(plain, bound) for bound in BOUNDS]


def test_bounds_are_the_first_and_the_last_of_all_days_that_match():
    every_day = " ".join(str(dt.date(2010, 1, 1) + dt.timedelta(days)) for days in range(7305))  # to 2029
    years, months = words("2019 2020 201X 202X"), words("01 02 04 12 XX 0X 1X X1 X2 3X")
    for parts in itertools.product(years, months, words("01 28 29 30 31 32 XX 0X 2X 3X X1 X9")):
        text = "-".join(parts)
        days = re.findall(text.replace("X", "[0-9]"), every_day)
        assert accepted(text) == bool(days), text
        assert not days or [str(parse(text).earliest), str(parse(text).latest)] == [days[0], days[-1]], text


# --- order, overlap, and the three answers --------------------------------------------------
def test_order_is_by_first_known_day_then_last_then_text_and_equality_by_text():
    ordered = words("1999 2019-01-01 2019-01 2019 2019? [2019] 2019/ 2019/.. 2019-02-01 ../2019-03 [..2019] "
                    "2020 9999-12-31 ?XXXX-03-17 XXXX XXXX-03-17")  # fmt: skip
    assert list(map(str, sorted(map(parse, reversed(ordered))))) == ordered
    assert {parse("2019"), pickle.loads(pickle.dumps(parse("2019")))} == {parse("2019")}
    assert [parse("2019") == other for other in (parse("[2019]"), "2019")] == [False, False]


def test_a_date_without_any_known_day_comes_after_the_last_day_there_is():
    assert parse("[9999-12-31]") < parse("XXXX")


@pytest.mark.parametrize(("one", "other", "shared"), rows("""
    2019      2019-12-31 yes | 2019    2020 no  | 2019-12-31 2020-01-01 no  | 2019-24    2020-01 yes
    2019/2021 2020       yes | 2019/   2018 no  | 2019/..    2500       yes | XXXX-03-17 2019-05 yes
    /2019     2020       no  | ../2019 0001 yes | [..2019]   2020       no  | [2019..]   9999    yes
"""))  # fmt: skip
def test_dates_overlap_unless_known_bounds_keep_them_apart(one, other, shared):
    assert parse(one).overlaps(other) is parse(other).overlaps(one) is (shared == "yes")


# Before, after, within; ? is "cannot say", * is "assumed".
@pytest.mark.parametrize(("one", "other", "answers"), [(row[0], row[1], row[2:]) for row in rows("""
    2019-12-31               2020     yes  no  no   | 2020-01-01            2020     no   no   yes
    2021-01-01               2020     no   yes no   | 2019-24               2019     no   ?    ?
    201X                     2020     yes  no  no   | 202X                  2020     no   ?    ?
    1814-09-12/1814-09-15    1814     no   no  yes  | 2019/2020             2020     ?    no   ?
    [2019-03-21..2019-03-31] 2019-03  no   no  yes  | [2019,2020]           2020     ?    no   ?
    [..2019]                 2020     yes  no  no   | [2021..]              2020     no   yes  no
    XXXX-03-17               2020     ?    ?   ?    | 2020                  XXXX     ?    ?    ?
    2019/                    2020     ?    ?   ?    | 2021/                 2020     no   yes  no
    /2019                    2020     yes  no  no   | 2019/..               2020/..  ?    ?    ?
    2021/                    2020/..  no   ?   yes  | 2021                  2020/..  no   ?    yes
    2021                     2020/    no   ?   ?    | 2019                  ../2020  ?    no   yes
    2019                     /2020    ?    no  ?    | 2019~                 2020     yes* no*  no*
    2020                     2020?    no*  no* yes* | ?2021-03-17           2020     no*  yes* no*
    202X~                    2020     no*  ?   ?    | [2019?,2020]          2020     ?    no*  ?
""")])  # fmt: skip
def test_answers_and_whether_they_are_assumed(one, other, answers):
    found = [str(getattr(parse(one), question)(other)) for question in ("before", "after", "within")]
    assert [answer.replace("cannot say", "?").replace(" (assumed)", "*") for answer in found] == answers


# a set on the other side is doubt, not all the days from its first to its last
@pytest.mark.parametrize(("date", "question", "wrong"), [
    ("2020", "before", False), ("2020", "after", False), ("2020-05", "within", True)])  # fmt: skip
def test_doubt_on_the_other_side_is_doubt_too(date, question, wrong):
    assert getattr(parse(date), question)("[2019,2021]").value is not wrong


def test_what_is_inferred_is_assumed_and_cannot_say_is_never_taken_for_no():
    for question in ("before", "after", "within"):
        assert getattr(parse("2019"), question)("2020", inferred=True).assumed
        assert getattr(parse("XXXX"), question)("2020", inferred=True) == Answer(None, assumed=False)
    assert [bool(Answer(True)), bool(Answer(False, assumed=True))] == [True, False]
    with pytest.raises(ValueError, match=r"the dates cannot say; test `\.value is True` instead"):
        bool(Answer(None))


def test_a_day_may_stand_for_a_date():
    for day in ("2020-01-01", dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 10), pd.Timestamp(2020, 1, 1, 10)):
        assert as_date(day) == as_date(as_date(day)) == parse("2020-01-01")
        assert parse("2019").before(day) == Answer(True)


# --- whole columns ---------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", [object, "string", "str", "category"])
def test_a_column_keeps_its_index_and_its_gaps_and_is_read_once_per_text(monkeypatch, dtype):
    asked = []
    monkeypatch.setattr("workbench.records.dates.parse", lambda text: asked.append(text) or parse(text))
    column = pd.Series(["2019", None, "2020?", "2019", pd.NA], [5, 5, 1, 0, 2], dtype, name="edtf")
    expected = [parse("2019"), None, parse("2020?"), parse("2019"), None]
    pd.testing.assert_series_equal(parse_many(column), pd.Series(expected, column.index, object, "edtf"))
    assert asked == ["2019", "2020?"]
    assert parse_many(column[:0]).empty


@pytest.mark.parametrize(("column", "part"), [
    (["2019", "2021-13", None, "2021-13"], str(DateError("2021-13", "there is no month 13", AS_MONTHS))),
    *((["2021-13", "2019", "March 2019", 2020, "2021-13"], part) for part in (
        '"2021-13": there is no month 13', f'"March 2019": {NOT_EDTF}', '"2020": a date is text',
        AS_MONTHS, "2019-03")),
])  # fmt: skip
def test_all_bad_texts_of_a_column_are_refused_at_once(column, part):
    with pytest.raises(DateError) as caught:
        parse_many(pd.Series(column, dtype=object))
    assert str(caught.value).count(part) == 1


# --- properties ------------------------------------------------------------------------------
def marked(components: str) -> st.SearchStrategy[str]:
    forms = st.sampled_from(["{}", "{}", "{}", "{}?", "{}~", "%{}", "~{}"])
    return st.builds(str.format, forms, st.sampled_from(words(components)))


YEARS = marked("0001 1582 1900 1904 1999 2000 2019 2020 9998 9999 201X 19XX 1XXX 19X5 XXXX")
PARTS = (YEARS, marked("01 02 04 12 XX 0X 1X X2 21 22 23 24"), marked("01 15 28 29 30 31 XX 0X 3X"))
SINGLES = st.one_of(*(st.tuples(*PARTS[:n]).map("-".join) for n in (1, 2, 3))).filter(accepted)
INTERVALS = st.lists(SINGLES | st.sampled_from(["", ".."]), min_size=2, max_size=2).map("/".join)
MEMBERS = st.lists(SINGLES | st.tuples(SINGLES, SINGLES).map("..".join), min_size=1, max_size=4).map(",".join)
SETS = st.builds(str.format, st.sampled_from(["[{}]", "[..{}]", "[{}..]"]), MEMBERS).filter(accepted)
DATES = st.one_of(SINGLES, INTERVALS.filter(accepted), SETS).map(parse)


@STEADY
@given(DATES)
def test_known_bounds_are_ordered_and_missing_ones_have_a_reason(date):
    for pair in (BOUNDS[:2], BOUNDS[2:], BOUNDS[::2], BOUNDS[1::2], ("earliest", "latest")):
        known = [getattr(date, bound) for bound in pair if getattr(date, bound)]
        assert known == sorted(known), pair
    assert set(date.missing) == {bound for bound in BOUNDS if getattr(date, bound) is None}
    assert date.overlaps(date)


@STEADY
@given(SETS)
def test_a_set_has_the_hull_of_its_members(text):
    date, members = parse(text), [parse(part) for part in re.split(r",|\.\.", text[1:-1]) if part]
    lows = [None if text.startswith("[..") else member.earliest for member in members]
    highs = [None if text.endswith("..]") else member.latest for member in members]
    assert date.start_earliest == date.end_earliest == (None if None in lows else min(lows))
    assert date.start_latest == date.end_latest == (None if None in highs else max(highs))


def mirrored(date: EdtfDate) -> EdtfDate:
    """The same date were time to run backwards: the first day there is becomes the last."""
    changes = {}
    for here, there in zip(BOUNDS, reversed(BOUNDS), strict=True):
        day, changes[f"{here}_missing"] = getattr(date, there), getattr(date, f"{there}_missing")
        changes[here] = day and dt.date.min + (dt.date.max - day)
    return dataclasses.replace(date, **changes)


@STEADY
@given(DATES, DATES)
def test_before_and_after_mirror_each_other(one, other):
    assert one.before(other) == mirrored(one).after(mirrored(other))
    assert one.within(other) == mirrored(one).within(mirrored(other))
    assert (one.before(other).value is True) == (other.after(one).value is True)
    assert one.before(other).value is not True or not one.overlaps(other)


@STEADY
@given(DATES, DATES, st.sampled_from(["{}", "{}/{}", "[{}..{}]", "[{},{}]"]), st.data())
def test_narrowing_a_date_turns_no_answer_round(date, other, form, data):
    inside = st.dates(date.earliest or dt.date.min, date.latest or dt.date.max)
    narrower = parse(form.format(*sorted([data.draw(inside), data.draw(inside)])))
    for question in ("before", "after", "within"):
        answer = getattr(date, question)(other).value
        assert answer in (None, getattr(narrower, question)(other).value), question
    assert date.overlaps(other) or not narrower.overlaps(other)


TOKENS = [*"0123456789X?~%-/.,[]{} T:Z+ES'\n\u00a0\u0000٣²年月日约", "..", "2019", "2020-02", "30", "March ",
          "sept", "AprİL ", "sprıng ", "c. ", "ca", "before ", "since ", " to ", "unknown"]  # fmt: skip


@settings(STEADY, max_examples=300)
@given(st.text() | st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
@example("APRİL 2019")  # İ is no I, whatever a pattern without case says
@example("\ud800")
def test_any_text_is_read_or_refused_with_advice_and_nothing_else(text):
    assert accepted(text) or (refusal(text).why and refusal(text).write)


@pytest.mark.parametrize("text", [
    "9" * 100_000, "1/" * 50_000, "c. " * 30_000, "\u0315\u0300" * 10_000, f"[{'1999,' * 10_000}]",
    # years not met before cost no more than others
    f"[{','.join(map(str, range(3001, 3101)))}]", f"[{','.join(f'{year}X' for year in range(301, 401))}]",
], ids=lambda text: text[:12])  # fmt: skip
def test_no_text_takes_long(text):
    start = time.process_time()
    accepted(text)
    assert time.process_time() - start < 1


# --- second opinions on syntax ---------------------------------------------------------------
def expressions() -> list[str]:
    """A few hundred expressions of the profile and of its borders."""
    years = words("0000 0001 1900 2021 201X 19XX XXXX 19X5")
    months, days = words("02 04 12 13 XX 1X X2 21 00 24 25 41"), words("00 01 29 30 31 32 XX 3X X9")
    full = ["-".join(parts) for parts in itertools.product(years, months[:8], days)][::7]  # a fair seventh
    marks = words("{}~ {}-02~ {}?-02-03 {}-02?-03 {}-02-03? ?{}-02-03 {}-?02-03 {}-02-?03 ?{} ?{}? {}?? "
                  "{}?-~02-%03 {}-02~?-03 {}-21~ {}?-21 {}-?21")  # fmt: skip
    sides = ["", "..", *words("2019 2020-02 2020-02-29 2021-24~ 2020-XX 201X ?2020-02 2020-02-30")]
    others = """2017/2016 2019-21/2019-22 2019-22/2019-21 2019/2020/2021 2019-03-17/18 [2019] [2019,2020] []
        [201X] [2019..] [2016..2018,2020] [2020..2019] [2019-03-21..2019-03-31] [2019..2020-05] [2019?,2020]
        [2019,2020-XX] [2019-21,2020] [..2019,2021..] [2019..,2021] [2019,..2021] [2019,] [2019/2020] [..]
        [2019?..2021] [..2019?] [XXXX-03-17,2019-03-17] [2019} [..2019] {2019,2020} {2019..2021} 1900-02-29
        [1900-02-29,2000] 2019-04-02T25:00:00 2019-04-02T10:60:00 2019-04-02T10:30 2019T10:30:00 201u 12019
        2019-04T10:30:00 2019-02-30T10:30:00 -0100-05 Y12019 Y17E7 1950S2 192 20190402 2019-W05 2019-092"""
    return [
        *(*years, *map("-".join, itertools.product(years, months)), *full, *words(others), " 2019", "2019\n"),
        *(mark.format(year) for mark in marks for year in ("2021", "201X")),
        *map("/".join, itertools.product(sides, sides)),
        *(f"2019-04-02T10:30:00{zone}" for zone in ("", *words("Z +08 +08:00 -05:30 +00:00 +15:00"))),
    ]


EDTF, VALIDATE = "edtf.parser.grammar", "edtf_validate.valid_edtf"
BOTH = EDTF + VALIDATE
KNOWN_DIFFERENCES = [  # who differs from us, whether we accept it, which expressions, why
    (BOTH, True, r"^[^/\[]*X.*-\W?2[1-4]", "we let a season stand in a year with unspecified digits"),
    (BOTH, True, r"^(?=.*X)[^/\[]*[?~%]", "we let a mark stand beside unspecified digits"),
    (BOTH, True, r"^\?2021\?$", "we let a mark stand before and after one component"),
    (BOTH, True, r"^[^/\[]*(\W-2|-\W2)[1-4]", "we let a part of a season be marked"),
    (BOTH, True, r"^(\.\.)?/.*[X?]|[X?].*/(\.\.)?$", "they want level 0 or 1 opposite an open, unknown end"),
    (EDTF, True, r"^(201X/|\?2020-02/)?2021-2[14]~$", "it takes a marked season only opposite level 0 or 1"),
    (VALIDATE, True, r"^2020-02-29/\??2020-02$", "it compares first days; the month may end after the day"),
    (EDTF, True, r"-(1X|X2|XX)", "it stops with an AttributeError on some unspecified months"),
    (BOTH, True, r"^\[[^,.]+\]$", "they want two members in a set"),
    (BOTH, True, r"^\[.*\.\.|^\[2019-21,", "they take no season, mark or mixed precision beside .."),
    (BOTH, True, r"\+(00:00|15:00)$", "they take offsets from 00:01 to 14:00; we keep the offset unread"),
    (BOTH, False, r"X.*-(0[24]|XX|1X|X2)-(3\d|3X|00)", "they do not look at the calendar of a date with X"),
    (BOTH, False, r"^\[?1900-02-29|^\[2020\.\.2019", "they take 29 February in any year, and sets backwards"),
    (BOTH, False, r"^(\.\.)?/(\.\.)?$", "for us an interval has a date on one side at least"),
    (EDTF, False, r"^\S+/\S+$", "it takes intervals that end before they begin"),
    (BOTH, False, r"^\d{4}(-\d\d)?T", "we take no time of day without a day"),
    (BOTH, False, r"^0000|^-|^Y|S2$|-(25|41)$|^\{", "such years, digits, groupings, sets are outside"),
    (BOTH, False, r"\s", "they take white space, the one anywhere, the other at the end"),
]


@pytest.mark.filterwarnings(r"ignore:.* deprecated - use:DeprecationWarning:edtf_validate\.valid_edtf")
@pytest.mark.parametrize(("package", "verdict"), [(EDTF, "is_valid_edtf"), (VALIDATE, "is_valid")])
def test_a_second_opinion_differs_only_where_we_know_why(package, verdict):
    ask = getattr(pytest.importorskip(package), verdict)
    known = [row[1:] for row in KNOWN_DIFFERENCES if package in row[0]]
    used = set()
    for text in expressions():
        try:
            theirs = ask(text)
        except (AttributeError, TypeError):  # edtf fails on some of its own forms: a refusal
            theirs = False
        if theirs != (ours := accepted(text)):
            reasons = {reason for side, pattern, reason in known if side is ours and re.search(pattern, text)}
            used |= reasons or {f"no reason known: we {'accept' if ours else 'refuse'} {text}"}
    assert used == {reason for *_, reason in known}  # no difference is unexplained, no reason is idle
