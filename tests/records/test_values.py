"""Written values: what is refused and what to write instead; then what each form says."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.records.model import Field
from workbench.records.values import Amount, Complaint, read_amount, read_value
from workbench.records.vocabularies import Term, Vocabularies

STEADY = settings(deadline=None, derandomize=True, database=None)
MODES = {code: Term(code, code, "词", "what it is") for code in ("online", "in_person")}
WORDS = Vocabularies({"mode": MODES})


def complaint(call: Callable[..., object], *arguments: object) -> Complaint:
    with pytest.raises(Complaint) as caught:
        call(*arguments)
    assert all([caught.value.what, caught.value.expected, caught.value.todo])
    return caught.value


def value(type: str, text: str) -> object:
    return read_value(Field("a", type, "a field", vocabulary="mode"), text, WORDS)


# --- amounts ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["", " ", "fifty", "50+", "50-60", "50–60", "50 - 60", "50 – 60", "50 to 60", "50 or 60", "2 .. 3",
    "1 000",
     "1,000", "1 000 books", "-5", "+5", "~", ">", "=", "..", "5..", "..5", "5...6", "1..2..3", ".5", "5.",
     "1e3",
     "NaN", "inf", "≥15", "≈50", "~~50", ">=15..20", "~2..3", "50%", "hundred", "dozens", "=>3", "==3",
     "> -3",
     "~50 ~60", "50 (about)", "2 million", "2.5 thousand books", "3 万", "3 万册", "half", "９９９９9x",
     "9" * 400],
)  # fmt: skip
def test_a_number_that_could_be_misread_is_refused(text: str) -> None:
    assert complaint(read_amount, text).what.startswith(f'"{text}"')


TURNED = [("60..50", "50..60"), ("2.5..2", "2..2.5"), ("60..50 people", "50..60")]


@pytest.mark.parametrize(("text", "instead"), TURNED)
def test_from_high_to_low_is_turned_round(text: str, instead: str) -> None:
    assert instead in complaint(read_amount, text).todo


# what is written: lowest, best, highest, how exact, unit
AMOUNTS = [
    ("50", 50, 50, 50, "exact", ""),
    ("0", 0, 0, 0, "exact", ""),
    ("2.5", 2.5, 2.5, 2.5, "exact", ""),
    ("50 books", 50, 50, 50, "exact", "books"),
    ("50 picture books", 50, 50, 50, "exact", "picture books"),
    ("50 册", 50, 50, 50, "exact", "册"),
    ("~50", None, 50, None, "approximately", ""),
    ("~ 50 people", None, 50, None, "approximately", "people"),
    (">3000", 3001, None, None, "more_than", ""),
    ("> 3000 people", 3001, None, None, "more_than", "people"),
    (">2.5", 2.5, None, None, "more_than", ""),
    (">=15", 15, None, None, "at_least", ""),
    (">= 15", 15, None, None, "at_least", ""),
    ("<=20", 0, None, 20, "up_to", ""),
    ("=12", 12, 12, 12, "derived", ""),
    ("2..3", 2, None, 3, "exact", ""),
    ("2..3 weeks", 2, None, 3, "exact", "weeks"),
    ("2..2", 2, None, 2, "exact", ""),
    ("hundreds", 200, None, 999, "hundreds", ""),
]


@pytest.mark.parametrize("row", AMOUNTS, ids=[row[0] for row in AMOUNTS])
def test_a_number_says_its_doubt(row: tuple) -> None:
    text, *parts = row
    assert read_amount(text) == Amount(*parts)


NUMBERS = st.integers(0, 10**9) | st.decimals("0.1", "9999.9", places=1)


@STEADY
@given(NUMBERS, st.sampled_from(["", "~", ">", ">=", "<=", "="]))
def test_bounds_hold_what_is_written(number: object, mark: str) -> None:
    amount = read_amount(f"{mark}{number}")
    given_number = float(str(number))
    assert amount.best in (None, given_number)
    assert amount.low is None or amount.low <= given_number + (mark == ">")
    assert amount.high is None or amount.high >= given_number
    assert amount.low is None or amount.high is None or amount.low <= amount.high


@STEADY
@given(NUMBERS, NUMBERS)
def test_a_range_runs_upwards_or_is_refused(low: object, high: object) -> None:
    if float(str(low)) <= float(str(high)):
        amount = read_amount(f"{low}..{high}")
        assert (amount.low, amount.best, amount.high) == (float(str(low)), None, float(str(high)))
    else:
        complaint(read_amount, f"{low}..{high}")


@STEADY
@given(st.text(max_size=12))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Complaint):
        read_amount(text)


def test_a_complaint_passes_through_a_with_block() -> None:
    """As any exception does; a complaint that cannot be given its traceback would not."""

    @contextlib.contextmanager
    def block():
        yield

    with pytest.raises(Complaint), block():
        read_amount("fifty")


# --- the other types --------------------------------------------------------------------------
# type, what is written, words of what to do
REFUSED = [
    ("id", "Leeds Visit_2019", "write leeds-visit-2019"),
    ("id", "a--b", "write a-b"),
    ("id", "-a", "write a"),
    ("id", "成都", "Latin letters"),
    ("id", "é", "Latin letters"),
    ("id", "a\n", "write a"),
    ("ref", "Leeds", "write leeds"),
    ("code", "onlin", "did you mean online?"),
    ("code", "Online", "did you mean online?"),
    ("code", "xyz", "mode.csv"),
    ("edtf", "5 May 2019", "write 2019-05-05"),
    ("edtf", "2019-02-30", "write 2019-02"),
    ("date", "2019-05", "YYYY-MM-DD|the day"),
    ("date", "2019-05-05?", "the day"),
    ("date", "2019-05-05/2019-05-06", "the day"),
    ("date", "[2019-05-05]", "the day"),
    ("date", "XXXX-05-05", "the day"),
    ("boolean", "maybe", "write one of them"),
    ("boolean", "1", "write one of them"),
    ("boolean", "", "write one of them"),
    ("integer", "2.5", "digits"),
    ("integer", "2 ", "digits"),
    ("integer", "２", "digits"),
    ("number", "1,5", "point"),
    ("number", "1e5", "digits"),
    ("number", "nan", "digits"),
    ("number", "5.", "digits"),
]


@pytest.mark.parametrize(("type", "text", "words"), REFUSED, ids=[f"{r[0]} {r[1]}" for r in REFUSED])
def test_a_value_of_the_wrong_form_is_refused(type: str, text: str, words: str) -> None:
    found = complaint(value, type, text)
    assert text.strip() in found.what
    assert all(word in f"{found.expected} {found.todo}" for word in words.split("|"))


@pytest.mark.parametrize(
    ("type", "text", "read"),
    [
        ("id", "a-2-b", "a-2-b"), ("code", "online", "online"), ("edtf", "2019-05~", "2019-05~"),
        ("edtf", "unknown", None),
        ("date", "2019-05-05", dt.date(2019, 5, 5)), ("date", "unknown", None), ("boolean", "yes", True),
        ("boolean", "No", False), ("boolean", "TRUE", True), ("integer", "-12", -12),
        ("number", "-1.549", -1.549),
        ("text", "any, text", "any, text"),
    ],
)  # fmt: skip
def test_a_value_of_the_right_form_is_read(type: str, text: str, read: object) -> None:
    assert value(type, text) == read


def test_a_code_names_its_list_and_the_codes() -> None:
    found = complaint(value, "code", "onlin")
    assert found.what == '"onlin" is not in the list mode'
    assert found.expected == "online, in_person"


def test_advice_is_whole_sentences() -> None:
    """What to do reads on: one piece of advice does not run into the next."""
    assert "code A new" not in complaint(value, "code", "xyz").todo
