"""English as it is read aloud: every form of date, numbers, plurals, articles and lists."""

import pytest

from workbench.prose import english
from workbench.records import vocabularies

# How each date is said in a sentence, and how it stands in a table (where that differs).
DATES = {
    # a day, a month, a year, a season, a decade, a century
    "2018-12-05": ("on 5 December 2018", "5 December 2018"),
    "2019-04-02T10:30:00Z": ("on 2 April 2019", "2 April 2019"),
    "2017-10": ("in October 2017", "October 2017"),
    "2019": ("in 2019", "2019"),
    "2019-21": ("in spring 2019", "spring 2019"),
    "2019-22": ("in summer 2019", "summer 2019"),
    "2019-23": ("in autumn 2019", "autumn 2019"),
    "2019-24": ("in winter 2019/20", "winter 2019/20"),  # December to February: two years
    "201X": ("in the 2010s", "the 2010s"),
    "19XX": ("between 1900 and 1999",),
    # digits that are not known
    "XXXX-03-17": ("on 17 March of a year not given", "17 March of a year not given"),
    "XXXX-03": ("in March of a year not given", "March of a year not given"),
    "XXXX-21": ("in spring of a year not given", "spring of a year not given"),
    "XXXX": ("at a time the source does not give",),
    "201X-06-28": ("on 28 June of a year in the 2010s", "28 June of a year in the 2010s"),
    "201X-06": ("in June of a year in the 2010s", "June of a year in the 2010s"),
    "2019-XX": ("in 2019", "2019"),
    "2019-XX-XX": ("in 2019", "2019"),
    "2019-03-XX": ("in March 2019", "March 2019"),
    # marks of doubt
    "2018?": ("probably in 2018", "probably 2018"),
    "2018~": ("in 2018 or thereabouts", "2018 or thereabouts"),
    "2018%": ("probably in 2018 or thereabouts", "probably 2018 or thereabouts"),
    "2019-04-02?": ("probably on 2 April 2019", "probably 2 April 2019"),
    "2017-10~": ("in October 2017 or thereabouts", "October 2017 or thereabouts"),
    "?2021-03-17": ("probably on 17 March 2021", "probably 17 March 2021"),
    "2022?-03-17": ("probably on 17 March 2022", "probably 17 March 2022"),
    "XXXX-03-17?": ("probably on 17 March of a year not given", "probably 17 March of a year not given"),
    # it lasted
    "2023-08-21/2023-08-25": ("from 21 to 25 August 2023", "21 to 25 August 2023"),
    "2023-07-30/2023-08-02": ("from 30 July to 2 August 2023", "30 July to 2 August 2023"),
    "2023-12-30/2024-01-02": ("from 30 December 2023 to 2 January 2024", "30 December 2023 to 2 January 2024"),
    "2018-12-05/2018-12-05": ("on 5 December 2018", "5 December 2018"),
    "2017/2019": ("from 2017 to 2019", "2017 to 2019"),
    "2019-03/2019-05": ("from March to May 2019", "March to May 2019"),
    "2019-11/2020-02": ("from November 2019 to February 2020", "November 2019 to February 2020"),
    "2019-21/2019-23": ("from spring to autumn 2019", "spring to autumn 2019"),
    "2019-21/2020-22": ("from spring 2019 to summer 2020", "spring 2019 to summer 2020"),
    "2017/2019-03": ("from 2017 to March 2019", "2017 to March 2019"),
    "2019-03-02?/2019-03-05": ("probably from 2 to 5 March 2019", "probably 2 to 5 March 2019"),
    "2019~/2021~": ("from 2019 to 2021 or thereabouts", "2019 to 2021 or thereabouts"),
    "XXXX-07-24/XXXX-07-26": ("from 24 to 26 July of a year not given", "24 to 26 July of a year not given"),
    # no end, or none that is known: two different things
    "2019/..": ("since 2019",),
    "2019-04-02/..": ("since 2 April 2019",),
    "../2019": ("until 2019",),
    "../2019-04-02": ("until 2 April 2019",),
    "2019/": ("from 2019, until when is not known",),
    "2017-10/": ("from October 2017, until when is not known",),
    "/2019": ("until 2019, since when is not known",),
    # one of these
    "[2021-03-17,2022-03-17,2023-03-17]": ("on 17 March of 2021, 2022 or 2023", "17 March of 2021, 2022 or 2023"),
    "[2021-03-17,2022-03-17]": ("on 17 March of 2021 or 2022", "17 March of 2021 or 2022"),
    "[2016,2018]": ("in 2016 or 2018", "2016 or 2018"),
    "[2016,2017,2018]": ("in 2016, 2017 or 2018", "2016, 2017 or 2018"),
    "[2017-10,2017-12]": ("in October or December 2017", "October or December 2017"),
    "[2019-04-02,2019-04-03]": ("on 2 or 3 April 2019", "2 or 3 April 2019"),
    "[2019-04-02,2019-05-03]": ("on 2 April or 3 May 2019", "2 April or 3 May 2019"),
    "[2018]": ("in 2018", "2018"),
    "[2016,2018..2020]": ("in 2016 or between 2018 and 2020", "2016 or between 2018 and 2020"),
    # some time within
    "[2016..2018]": ("between 2016 and 2018",),
    "[2016..2016]": ("in 2016", "2016"),
    "[2019-01-01..2019-12-31]": ("in 2019", "2019"),
    "[2019-03-01..2019-03-31]": ("in March 2019", "March 2019"),
    "[2017-10..2017-12]": ("between October and December 2017",),
    "[2017-10..2018-02]": ("between October 2017 and February 2018",),
    "[2019-21..2019-23]": ("between spring and autumn 2019",),
    "[2019-03-22..2019-04-30]": ("between 22 March and 30 April 2019",),
    "[2019-12-22..2020-01-30]": ("between 22 December 2019 and 30 January 2020",),
    "[2018?..2020]": ("probably between 2018 and 2020",),
    # thirds of a month
    "[2019-03-01..2019-03-10]": ("at the beginning of March 2019", "the beginning of March 2019"),
    "[2019-03-11..2019-03-20]": ("in the middle of March 2019", "the middle of March 2019"),
    "[2019-03-21..2019-03-31]": ("at the end of March 2019", "the end of March 2019"),
    "[2019-04-21..2019-04-30]": ("at the end of April 2019", "the end of April 2019"),
    "[2019-02-21..2019-02-28]": ("at the end of February 2019", "the end of February 2019"),
    "[2020-02-21..2020-02-29]": ("at the end of February 2020", "the end of February 2020"),
    "[2020-02-21..2020-02-28]": ("between 21 and 28 February 2020",),  # a leap year: not its end
    # one limit only
    "[..2018-12-06]": ("by 6 December 2018",),
    "[..2018]": ("by 2018",),
    "[2019..]": ("in 2019 or later", "2019 or later"),
    "[2019-04-02..]": ("on 2 April 2019 or later", "2 April 2019 or later"),
}


@pytest.mark.parametrize("text", DATES)
def test_a_date_in_a_sentence(text):
    assert english.when(text) == DATES[text][0]


@pytest.mark.parametrize("text", DATES)
def test_a_date_in_a_table(text):
    assert english.date(text) == DATES[text][-1]


def test_a_date_that_is_not_there():
    assert english.when(None) == "at a time the source does not give"
    assert english.date(None) == "not given"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "no"), (1, "one"), (12, "twelve"), (20, "twenty"), (21, "21"), (999, "999"), (1000, "1,000"),
        (20001, "20,001"), (2.5, "two and a half"), (1.5, "one and a half"), (2.25, "2.25"), (2.0, "two"),
        ((3, 5), "between three and five"), ((4, 4), "four"), ((19, 25), "between 19 and 25"),
    ],
)  # fmt: skip
def test_numbers(value, words):
    assert english.number(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "no visits"),
        (1, "one visit"),
        (2, "two visits"),
        (1.5, "one and a half visits"),
        ((3, 5), "between three and five visits"),
        ((1, 1), "one visit"),
        ((1, 2), "one or two visits"),
        ((0, 1), "at most one visit"),
        ((0, 3), "at most three visits"),
    ],
)
def test_numbers_with_their_noun(value, words):
    assert english.counted(value, "visit", "visits") == words


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("visit", "visits"), ("library", "libraries"), ("survey", "surveys"), ("church", "churches"), ("box", "boxes"),
        ("address", "addresses"), ("wish", "wishes"), ("staff exchange", "staff exchanges"),
    ],
)  # fmt: skip
def test_plurals(one, many):
    assert english.plural(one) == many


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("visit", "a visit"), ("agreement", "an agreement"), ("exhibition", "an exhibition"), ("award", "an award"),
        ("university visit", "a university visit"), ("European day", "a European day"), ("hour", "an hour"),
        ("other event", "another event"),
    ],
)  # fmt: skip
def test_articles(phrase, words):
    assert english.article(phrase) == words


def test_every_code_that_takes_an_article_can_take_one(held):
    words, _ = vocabularies.read(held.vocabularies, "vocabularies")
    said = [
        english.article(words.label(name, code, "en"))
        for name in ("agreement_kind", "event_type", "output_kind")
        for code in words[name]
    ]
    wrong = [phrase for phrase in said if phrase in ("an other event", "a books", "a press")]
    assert wrong == []


def test_lists():
    assert english.listed([]) == ""
    assert english.listed(["Milan"]) == "Milan"
    assert english.listed(["Milan", "Leeds"]) == "Milan and Leeds"
    assert english.listed(["Milan", "Leeds", "OCLC"]) == "Milan, Leeds and OCLC"
