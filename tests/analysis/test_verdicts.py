"""Question 3: claims beside records; each verdict and each caveat with an invented claim, worked by hand.

The base of the invented ones: an article of nobody's own claims, for June 2026, so many agreements of
Hangzhou Public Library; another article tells one, signed in 2019. As of 31 October 2026.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.answered import HPL, agreement, article, event, rows, section
from workbench.analysis.questions import ask

GROUP = "zhejiang-libraries"
SIGNED = section("agreements", agreement("m", "signed 2019"))
TWO = SIGNED + agreement("n", "signed 2020", parties=f"[milan-public-libraries, {HPL}]")
COLUMNS = ("on_record", "missing_low", "missing_high", "verdict", "caveats", "safe")


def claim(value: str = "1", measure: str = "agreements", as_of: str = "2026-06", **more: str) -> str:
    when = f"  as_of: '{as_of}'\n" if as_of else ""
    rest = "".join(f"  {key}: {told}\n" for key, told in more.items())
    about = f"- subject: {HPL}\n  measure: {measure}\n  value: '{value}'\n  says: some words\n"
    return section("claims", about + when + rest)


def verdict(world, told: str, evidence: str = SIGNED, publisher: str = "", columns=COLUMNS):
    """The row about the one claim: told by one article, borne out by another."""
    articles = [article("claims", told, publisher=publisher)]
    corpus = world.corpus(*articles, *([article("evidence", evidence)] if evidence else []))
    (found,) = rows(ask(corpus, 3), *columns)
    return found


# --- the three verdicts -----------------------------------------------------------------------
def test_q03_what_the_records_bear_out_may_be_said(world) -> None:
    """One agreement claimed, one on record by another source, of the present: nothing to add."""
    assert verdict(world, claim("1")) == (1, 0, 0, "say", (), 1)


@pytest.mark.parametrize(
    ("value", "evidence", "found"),
    [
        ("2", "", (0, 2, 2, "do_not_say", ("nothing",), None)),  # nothing on record
        ("1", TWO, (2, 0, 0, "do_not_say", ("more",), 2)),  # more than an exact number allows
        ("3", SIGNED, (1, 2, 2, "say_with_caveat", ("fewer",), 1)),
        (">=1", TWO, (2, 0, None, "say", (), 2)),  # at least one: two are not too many
        (">2", TWO, (2, 1, None, "say_with_caveat", ("fewer",), 2)),  # more than two: at least three
        ("2..5", TWO, (2, 0, 3, "say", (), 2)),
        ("~1", SIGNED, (1, 0, 0, "say_with_caveat", ("approximate",), 1)),
        ("~3", SIGNED, (1, 2, 2, "say_with_caveat", ("fewer", "approximate"), 1)),
        ("hundreds", TWO, (2, 198, 997, "say_with_caveat", ("fewer", "approximate"), 2)),
    ],
)
def test_q03_numbers_against_records(world, value, evidence, found) -> None:
    assert verdict(world, claim(value), evidence) == found


def test_q03_more_than_up_to(world) -> None:
    """*Up to one*, and two on record: what the records exceed is not to be said as it stands."""
    assert verdict(world, claim("<=1"), TWO, columns=("verdict",)) != ("say",)


# --- each caveat alone ------------------------------------------------------------------------
def test_q03_its_own_source_is_no_second(world) -> None:
    """The article that claims one agreement is the only one that tells it; with a second, the caveat goes."""
    alone = world.corpus(article("claims", SIGNED + claim()))
    assert rows(ask(alone, 3), "verdict", "caveats") == [("say_with_caveat", ("same_source",))]
    second = world.corpus(article("claims", SIGNED + claim()), article("evidence", SIGNED))
    assert rows(ask(second, 3), "verdict", "caveats") == [("say", ())]


def test_q03_a_party_s_own_word(world) -> None:
    assert verdict(world, claim(), publisher=HPL)[3:5] == ("say_with_caveat", ("own_word",))


@pytest.mark.parametrize(
    ("as_of", "caveats"),
    [("2024", ("past",)), ("", ("undated",)), ("2026-06?", ("inferred_time",)), ("2026-06~", ("inferred_time",)),
     ("[2026-03,2026-06]", ("inferred_time",)), ("2025-10-31", ()), ("2025-10-30", ("past",))],
)  # fmt: skip
def test_q03_of_which_time_it_speaks(world, as_of, caveats) -> None:
    """A total that ended more than 365 days before the as-of day, 31 October 2026, is one of an earlier time."""
    assert verdict(world, claim(as_of=as_of))[3:5] == ("say_with_caveat" if caveats else "say", caveats)


def test_q03_what_no_rule_counts_is_the_source_s_word(world) -> None:
    """Visitors are counted by no rule: nothing on record, nothing missing, nothing safe to say instead."""
    assert verdict(world, claim("500", "visitors")) == (None, None, None, "say_with_caveat", ("not_countable",), None)


def test_q03_caveats_stand_together_the_gravest_first(world) -> None:
    found = verdict(world, claim("~3", as_of="2020?"), publisher=HPL)
    assert found[4] == ("fewer", "own_word", "past", "inferred_time", "approximate")


# --- what counts as evidence ------------------------------------------------------------------
def test_q03_only_what_was_by_then(world) -> None:
    """Of the agreements of 2019 and 2020, one was surely signed by the end of 2019; one without a date may not be."""
    told = TWO + agreement("undated", parties=f"[heidelberg-city-library, {HPL}]")
    assert verdict(world, claim(as_of="2019"), told)[0] == 1
    assert verdict(world, claim(as_of=""), TWO)[0] == 2


def test_q03_which_agreements_count(world) -> None:
    """Not those approved only, of cities, or without an instrument; nor those nobody has reviewed."""
    told = section("agreements", agreement("approved", "approved 2019"),
                   agreement("city", "signed 2019", parties="[leeds-city, hangzhou-city]", level="city"),
                   agreement("loose", "signed 2019", kind="unspecified_cooperation"),
                   agreement("signed", "signed 2019"),
                   agreement("stands", "in_force 2019", parties=f"[oclc, {HPL}]"))  # fmt: skip
    corpus = world.corpus(article("claims", claim("2")), article("evidence", told),
                          article("draft", TWO.replace("id: ", "id: draft-"), status="draft"))  # fmt: skip
    assert rows(ask(corpus, 3), "on_record", "records") == [(2, ("claims-agreements", "signed", "stands"))]


def test_q03_libraries_met_or_agreed_with(world) -> None:
    """Leeds met, Milan agreed with; the city of Heidelberg is no library; the library of Heidelberg came with a visit
    that was cancelled."""
    who = "{{visitor: {}, host: hangzhou-public-library}}"
    told = section("events", event("l", "2019"), event("h", "2019", who=who.format("heidelberg-city")),
                   event("x", "2019", who=who.format("heidelberg-city-library"), factuality="cancelled"))  # fmt: skip
    told += section("agreements", agreement("n", "signed 2020", parties=f"[milan-public-libraries, {HPL}]"))
    found = verdict(world, claim("2", "partner_libraries"), told, columns=("on_record", "records", "verdict"))
    assert found == (2, ("claims-partner-libraries", "leeds-libraries", "milan-public-libraries"), "say")


def test_q03_delegations_of_the_claim_s_time(world) -> None:
    """Two went to Leeds in 2019 and one in 2020; Leeds came once. Of 2019 two are claimed."""
    out = "{visitor: {party: librarians (group), for: hangzhou-public-library}, host: leeds-libraries}"
    told = section("events", *(event(f"e{n}", when, where="Leeds", who=out) for n, when in enumerate(
        ("2019-03", "2019-09", "2020"))), event("in", "2019"))  # fmt: skip
    found = verdict(world, claim("2", "delegations", "2019", scope="closed"), told, columns=("on_record", "caveats"))
    assert found == (2, ("past",))


# --- the five articles ------------------------------------------------------------------------
def test_q03_the_five_articles(asked) -> None:
    """As of 31 October 2026. Hangzhou's three claims are told at the meeting of 17 March 2021, 2022 or 2023: of an
    earlier time, by a reading of ours, by Hangzhou itself. 9 agreements: Leeds is said to be signed, 8 are missing. 15
    libraries: Leeds and Milan, 13 are missing. About ten years: no rule counts them. Zhejiang Library's two
    delegations of 2023: both on record, told by the same page. Twelve joined OCLC: nine on record, by the same page."""
    found = rows(ask(asked(GROUP).corpus, 3), "measure", *COLUMNS)
    past = ("own_word", "past", "inferred_time")
    caveat = "say_with_caveat"
    assert found == [
        ("agreements", 1, 8, 8, caveat, ("fewer", *past), 1),
        ("partner_libraries", 2, 13, 13, caveat, ("fewer", *past), 2),
        ("years_of_contact", None, None, None, caveat, ("not_countable", *past, "approximate"), None),
        ("delegations", 2, 0, 0, caveat, ("same_source", "own_word", "past"), 2),
        ("libraries_joined", 9, 3, 3, caveat, ("fewer", "same_source", "own_word", "past"), 9),
    ]  # fmt: skip
    records = dict(rows(ask(asked(GROUP).corpus, 3), "measure", "records"))
    assert records["delegations"] == (
        "zjlib-2023-academic-exchange-delegations", "sino-russia-forum-2023", "wlic-2023",
    )  # fmt: skip


def test_q03_every_caveat_and_verdict_has_its_claim(asked) -> None:
    """The tests above name each code of the two word lists."""
    text = Path(__file__).read_text(encoding="utf-8")
    for name in ("claim_caveat", "claim_verdict"):
        for code in asked(HPL).corpus.vocabularies[name]:
            assert f'"{code}"' in text, code
