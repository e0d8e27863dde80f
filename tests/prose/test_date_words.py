"""Every form of date that the records accept can be said, in both languages, without a slip."""

import itertools
import re

import pytest

from workbench.prose import chinese, english
from workbench.records import dates

YEARS = ("2019", "2020", "201X", "XXXX")
MONTHS = ("", "-03", "-11", "-24")
DAYS = ("", "-05", "-17")
ODD = ("19XX", "2XXX", "19X5", "2019-1X", "2019-03-2X", "2019-XX-12", "XXXX-XX-17", "201X-XX", "20XX-24", "19X5-03-05")


def accepted(texts):
    found = []
    for text in texts:
        try:
            found.append(dates.parse(text).text)
        except dates.DateError:
            continue
    return found


def forms():
    singles = accepted(y + m + d for y, m, d in itertools.product(YEARS, MONTHS, DAYS) if m or not d)
    sure = [text for text in singles if "X" not in text]
    texts = [*singles, *(f"{one}{mark}" for one in singles if one != "XXXX" for mark in "?~%")]
    texts += [f"{one}/{two}" for one, two in itertools.product([*sure, "", ".."], [*sure, "", ".."])]
    texts += [f"[{one},{two}]" for one, two in itertools.combinations(sure, 2)]
    texts += [f"[{one}..{two}]" for one, two in itertools.combinations(sure, 2)]
    texts += [f"[..{one}]" for one in sure] + [f"[{one}..]" for one in sure]
    return accepted(texts)


FORMS = forms()


def test_there_are_many():
    assert len(FORMS) > 500


@pytest.mark.parametrize("say", [english.when, english.date, chinese.when], ids=["when", "date", "zh"])
def test_every_form_has_words(say):
    every = [*FORMS, *ODD, *(f"{one}/{two}" for one in ODD for two in ("", "..")), *(f"[{one}..]" for one in ODD)]
    assert [text for text in accepted(every) if not say(text).strip() or "None" in say(text)] == []


def test_english_never_slips():
    slips = re.compile(r"  |\bfrom (.+) to \1$|\bbetween (.+) and \2$|\b(in|on) (in|on|at|between|by|from)\b|X")
    assert [text for text in FORMS if slips.search(english.when(text))] == []


def test_an_english_date_in_a_table_has_no_preposition_left():
    slips = re.compile(r"^(on|in|at|from) (?!a time|.*until when)|^probably (on|in|at|from)\b|\bor (in|on) ")
    assert [text for text in FORMS if slips.search(english.date(text)) and ".." not in text] == []


def test_chinese_never_slips():
    slips = re.compile(r" |X|约可能|可能约|(.+)至\1(之间|$)|之间至|至.*之间至|（年份未注明）.+（年份未注明）")
    assert [text for text in FORMS if slips.search(chinese.when(text))] == []


def test_chinese_has_no_latin_letters():
    assert [text for text in FORMS if re.search("[A-Za-z]", chinese.when(text))] == []
