"""Articles as text: normalising, the length of phrases, and the rule of paragraphs, on invented pages."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.records.text import article_digest, locate, normalise, paragraphs, phrase_length

STEADY = settings(deadline=None, derandomize=True, database=None)


# --- normalising ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\u00a0b", "a b"), ("a\u3000b", "a b"), ("a\u2009\u202fb", "a b"), (" a \t\r\n b ", "a b"),
        ("a\u2028b\u0085c", "a b c"),
        ("‘a’ ‚b‛ ′c", "'a' 'b' 'c"), ("“a” „b‟ «c»", '"a" "b" "c"'), ("a‐b‑c‒d–e—f―g−h", "a-b-c-d-e-f-g-h"),
        ("don\u00b4t", "don't"), ("don`t", "don't"), ("5\u2033", '5"'),
        ("a\u00adb\u200bc\u200dd\u2060e\ufefff", "abcdef"), ("\u200ea\u200f", "a"),
        ("\u202aa\u202c \u2066b\u2069", "a b"),
        ("ＡＢＣ，１２３（中）", "ABC,123(中)"), ("ﬁne … ½", "fine ... 1⁄2"), ("cafe\u0301", "café"),
        ("Straße İ", "Straße İ"),
        ("", ""), (" \u200b ", ""),
    ],
)  # fmt: skip
def test_texts_are_compared_in_one_form(text: str, plain: str) -> None:
    assert normalise(text) == plain


@STEADY
@given(st.text(max_size=40))
@example("e\u200d\u0301")  # a mark joins its letter only when what stood between is gone
@example("\u00b4\u2033")
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@STEADY
@given(st.text(st.characters(categories=("L", "N")), max_size=40))
def test_a_digest_does_not_mind_white_space_nor_line_endings(text: str) -> None:
    digest = article_digest(f"A title\n\n{text} end")
    assert digest == article_digest(f"\ufeffA title\r\n\r\n  {text}\u00a0end\r\n\n")
    assert digest != article_digest(f"A title\n\n{text} END")


# --- how long a phrase is ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("phrase", "length"),
    [
        ("", (0, 0)), ("… — !!!", (0, 0)), ("one two three", (3, 0)), ("don’t stop", (2, 0)),
        ("well-known text", (2, 0)),
        ("2.5 weeks", (2, 0)), ("A&B and/or U.S.", (3, 0)), ("one—two—three", (3, 0)), ("one – two", (2, 0)),
        ("snake_case words", (3, 0)), ("图书馆", (0, 3)), ("图书馆 library 馆员", (1, 5)),
        ("《图书》，“馆”。", (0, 3)),
        ("カタカナ かな 한글", (0, 8)), ("㐀䶿豈", (0, 3)), ("𠀀𠀁𪜀", (0, 3)), ("第10届", (1, 2)),
        ("caf\u0065\u0301 bar", (2, 0)),
        ("Российская библиотека", (2, 0)), ("３００ books", (2, 0)), ("a\u00a0b\u2028c", (3, 0)),
    ],
)  # fmt: skip
def test_a_phrase_is_measured_in_words_and_characters(phrase: str, length: tuple[int, int]) -> None:
    assert phrase_length(phrase) == length


@STEADY
@given(
    st.lists(st.sampled_from(["word", "two-part", "it's", "2.5"]), max_size=20),
    st.sampled_from([" ", "\u00a0", "\n", ", ", " – "]),
)
def test_words_are_counted_whatever_stands_between(words: list[str], between: str) -> None:
    assert phrase_length(between.join(words)) == (len(words), 0)


# --- paragraphs: each page with its title and its paragraphs ----------------------------------
TITLE = "Librarians of Elsewhere visit Yonder"
PAGES = {
    "plain": f"{TITLE}\n\nFirst.\n\nSecond.\n",
    "windows": f"\ufeff{TITLE}\r\n\r\nFirst.\r\n\r\nSecond.\r\n",
    "old mac": f"{TITLE}\r\rFirst.\r\rSecond.\r",
    "many empty lines": f"\n\n\n{TITLE}\n\n\n\nFirst.\n\n \n\t\n\nSecond.\n\n\n",
    "empty lines of no-break spaces": f"{TITLE}\n\u00a0\nFirst.\n\u3000\n\u200b\nSecond.\n",
    "broken lines": f"{TITLE}\n\nFirst.\n\nSec-\nond.\n".replace("Sec-\nond", "Second"),
    "no empty line": f"{TITLE}\nFirst.\nSecond.",
    "no empty line, ended": f"{TITLE}\nFirst.\nSecond.\n",
    "no empty line, a date and a counter": f"{TITLE}\n2021-09-08\n12 views\nFirst.\nSecond.\n",
    "breadcrumb": f"Home >> News >> {TITLE[:20]}...\n\n{TITLE}\n\nFirst.\n\nSecond.\n",
    "breadcrumb, menu and search": (
        f"top of page\n  • Elsewhere\n\nSearch\n\nNews > All > {TITLE}\n\n{TITLE}\n\nFirst.\n\nSecond.\n"
    ),
    "date below the headline": f"{TITLE}\n\nUpdated: Sep 8, 2021\n\nFirst.\n\nSecond.\n",
    "date with a time": f"{TITLE}\n\nUpdated: Sep 8, 2021 10:30\n\nFirst.\n\nSecond.\n",
    "author and date": f"{TITLE}\nBy Elsewhere Library | December 29, 2023\n\nFirst.\n\nSecond.\n",
    "date in numbers": f"{TITLE}\n2021-09-08 10:30:05\n\nFirst.\n\nSecond.\n",
    "day first": f"{TITLE}\n\n8 September 2021\n\nFirst.\n\nSecond.\n",
    "counters": f"{TITLE}\n\n120 views\n\nFirst.\n\nSecond.\n\n3 comments\n\n5 likes, 2 shares\n",
    "buttons": (
        f"Skip to main content\n\n{TITLE}\n\nShare\n\nPrint\n\nFirst.\n\nSecond.\n\nBack to top\n"
    ),
    "quotes and spaces of the headline": f"“{TITLE}”\u00a0\n\nFirst.\n\nSecond.\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_body_of_a_page_is_numbered_from_one(name: str) -> None:
    title = f'"{TITLE}"' if "quotes" in name else TITLE
    assert paragraphs(PAGES[name], title) == [title, "First.", "Second."]


ZH_TITLE = "别处图书馆代表团访问彼处"
ZH_PAGES = {
    "plain": f"{ZH_TITLE}\n\n第一段。\n\n第二段。\n",
    "indented": f"{ZH_TITLE}\n\n　　第一段。\n\n　　第二段。\n",
    "indented, no empty line": f"{ZH_TITLE}\n　　第一段。\n　　第二段。\n",
    "breadcrumb": f"当前位置：首页 > 新闻 > 正文\n\n{ZH_TITLE}\n\n第一段。\n\n第二段。\n",
    "date": f"{ZH_TITLE}\n\n发布时间：2021-09-08 10:30\n\n第一段。\n\n第二段。\n",
    "date in Chinese": f"{ZH_TITLE}\n\n发布日期：2021年9月8日\n\n第一段。\n\n第二段。\n",
    "counter": f"{ZH_TITLE}\n\n浏览次数：1234\n\n第一段。\n\n第二段。\n",
    "date and counter": f"{ZH_TITLE}\n\n发布时间：2021-09-08  浏览次数：1234\n\n第一段。\n\n第二段。\n",
    "date, source, counter": f"{ZH_TITLE}\n\n2021-09-08 来源：别处馆 点击量：1\n\n第一段。\n\n第二段。\n",
}


@pytest.mark.parametrize("name", ZH_PAGES)
def test_the_body_of_a_chinese_page_is_numbered_from_one(name: str) -> None:
    assert paragraphs(ZH_PAGES[name], ZH_TITLE) == [ZH_TITLE, "第一段。", "第二段。"]


def test_captions_and_headings_inside_the_body_count() -> None:
    page = f"{TITLE}\n\nFirst.\n\nPhoto: a hall\n\nHow it went\n\nSecond.\n\nA: said one. B: said another.\n"
    assert paragraphs(page, TITLE)[1:] == [
        "First.",
        "Photo: a hall",
        "How it went",
        "Second.",
        "A: said one. B: said another.",
    ]


def test_a_sentence_that_only_looks_like_a_date_or_a_way_counts() -> None:
    body = ["On 8 September 2021 they met.", "Sizes: large > middle > small, in this order.",
    "3 views of the hall were shown.",
            "Share it with us", "Time: one hour"]  # fmt: skip
    assert paragraphs("\n\n".join([TITLE, *body]), TITLE)[1:] == body


def test_broken_lines_of_a_paragraph_are_joined() -> None:
    assert paragraphs(f"{TITLE}\n\nThe first of\nthe two.\n\nSecond.\n", TITLE)[1:] == [
        "The first of the two.",
        "Second.",
    ]


def test_the_headline_is_the_line_of_the_title_not_of_the_menu() -> None:
    page = f"Elsewhere\n\n{TITLE} and more\n\n{TITLE}\n\nFirst.\n"
    assert paragraphs(page, TITLE) == [TITLE, "First."]


@pytest.mark.parametrize("title", ["", "Another title"])
def test_without_its_title_the_first_line_left_is_the_headline(title: str) -> None:
    page = f"Home >> News >> Elsewhere\n\n2021-09-08\n\n{TITLE}\n\nFirst.\n"
    assert paragraphs(page, title) == [TITLE, "First."]


def test_a_page_of_nothing_has_no_paragraphs() -> None:
    for page in ("", "\n\n", TITLE, f"{TITLE}\n", f"{TITLE}\n\n12 views\n"):
        assert paragraphs(page, TITLE)[1:] == []


@STEADY
@given(
    st.lists(st.sampled_from(["One.", "Two two.", "三。", "A heading"]), max_size=6),
    st.sampled_from(["\n\n", "\r\n\r\n", "\n \n\n"]),
)
def test_blocks_keep_their_number_and_order(blocks: list[str], between: str) -> None:
    assert paragraphs(between.join([TITLE, *blocks, ""]), TITLE) == [TITLE, *blocks]


# --- where a phrase stands --------------------------------------------------------------------
NUMBERED = [
    TITLE,
    "The hall of Elsewhere.",
    "The hall was full; they signed the “pact”.",
    "Librarians of Elsewhere left.",
]


@pytest.mark.parametrize(
    ("phrase", "places", "outcome"),
    [
        ("hall was full", (2,), "found"), ("The hall", (1, 2), "ambiguous"), ("the hall", (), "missing"),
        ("full;\u00a0they", (2,), "found"),
        ("visit Yonder", (0,), "found"), ("Librarians of Elsewhere", (3,), "found"), ("Elsewhere. The hall",
        (), "missing"),
        ('the "pact"', (2,), "found"), ("signed\n  the", (2,), "found"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_where_it_stands(phrase: str, places: tuple[int, ...], outcome: str) -> None:
    numbered = [normalise(paragraph) for paragraph in NUMBERED]
    place = locate(phrase, numbered)
    assert (place.paragraphs, place.outcome) == (places, outcome)


def test_in_no_text_nothing_stands() -> None:
    assert locate("a", []).outcome == "missing"
    assert locate("a", [""]).outcome == "missing"
