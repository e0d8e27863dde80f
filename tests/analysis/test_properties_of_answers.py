"""What no answer may do, whatever the records: properties over invented ones.

Small worlds of visits, agreements and plans of Hangzhou Public Library are drawn; the answers to them and to
a slightly changed world are compared.
"""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.answered import HPL, World, agreement, article, event, plan, rows, section
from workbench.analysis import activity, evidence, numbers, reciprocity, spread
from workbench.records import corpus as records_corpus
from workbench.records.selection import Corpus

pytestmark = pytest.mark.slow  # many small record sets
# A failing example is shown as drawn: to shrink it takes minutes.
few = settings(max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
REALISED = [measure for measure in numbers.MEASURES if not measure.endswith("_plans")]
PARTNERS = ("leeds-libraries", "milan-public-libraries", "heidelberg-city-library", "heidelberg-city", "oclc",
            "shanghai-library")  # fmt: skip
DATES = ("2016", "2018-05", "2018-05-04", "[2018..2020]", "201X", "2019-03/2019-05", "[..2017]", "2024?", "2025-02",
         "2025-03/..", "XXXX-03-17", "")  # fmt: skip
PERIODS = (("", ""), ("2018", "2018"), ("2018-05-10", "2020"), ("2019", ""))
# A date and one inside it: what the narrower admits the wider admits too.
NARROWER = (
    ("201X", "2018"), ("2018", "2018-05"), ("2018-05", "2018-05-10"), ("[2018..2020]", "2019"), ("[..2017]", "2016-02"),
    ("[2018-05-04,2020-05-04]", "2018-05-04"), ("", "2018"), ("", "2025-02"), ("[2024..2026]", "2024"),
    ("[2024..2026]", "2025-07"), ("[2018..]", "2025"), ("2024", "2024-11"), ("2024", "2024-03"),
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Visit:
    """One drawn event, as text and in parts."""

    id: str
    partner: str
    when: str
    more: tuple[tuple[str, str], ...]
    type: str
    outward: bool

    def text(self, when: str | None = None, inside: str = "") -> str:
        ours, theirs = HPL, self.partner
        who = f"{{visitor: {theirs}, host: {ours}}}" if not self.outward else f"{{visitor: {ours}, host: {theirs}}}"
        where = {"leeds-libraries": "Leeds", "milan-public-libraries": "Milan"}.get(self.partner, "unknown")
        told = self.when if when is None else when
        return event(self.id, told, self.type, where if self.outward else "Hangzhou", who, **dict(self.more)) + inside


@st.composite
def visits(draw: st.DrawFn) -> list[Visit]:
    more = st.sampled_from([(), (), (), (("factuality", "cancelled"),), (("factuality", "reported_only"),),
                            (("clarity", "aggregate"),), (("quantities", "{books: 20}"),)])  # fmt: skip
    types = st.sampled_from(["visit", "delegation", "conference", "exhibition", "internal_session"])
    return [
        Visit(f"e{n}", draw(st.sampled_from(PARTNERS)), draw(st.sampled_from(DATES)), draw(more), draw(types),
              draw(st.booleans()))
        for n in range(draw(st.integers(3, 8)))
    ]  # fmt: skip


AGREEMENTS = section("agreements", agreement("m1", "signed 2010"),
                     agreement("m2", "signed 2017", parties=f"[milan-public-libraries, {HPL}]", ends="'2027'"),
                     agreement("m3", kind="unspecified_cooperation", parties=f"[oclc, {HPL}]"))  # fmt: skip


def told(drawn: list[Visit]) -> str:
    return section("events", *(visit.text() for visit in drawn))


def headlines(corpus: Corpus) -> dict[str, tuple[int, int]]:
    """Lowest and highest of every number that a plan must leave alone."""
    return {measure: (n.low, n.high) for measure in REALISED for n in [numbers.number(corpus, measure)]}


def realised(corpus: Corpus) -> dict[str, object]:
    """Every answer about what happened."""
    years = rows(spread.per_year(corpus), "year", "low", "high", "events")
    lands = rows(spread.by_country(corpus), "country", "year", "low", "high")
    return {
        **headlines(corpus), "years": years, "lands": lands,
        "balance": rows(reciprocity.balance(corpus), "partner", "inbound", "outbound", "balance", "owes"),
        "kinds": rows(spread.kinds(corpus), "partner", "type", "low", "high"),
        "online": rows(spread.online_share(corpus), "phase", "low", "high", "only_online"),
        "dormant": rows(activity.dormant(corpus), "agreement_id", "dormant"),
        "outputs": rows(reciprocity.outputs(corpus), "event_id", "kind", "low"),
        "witnesses": rows(evidence.witnesses(corpus), "record_id", "witnesses"),
    }  # fmt: skip


@few
@given(drawn=visits(), period=st.sampled_from(PERIODS), kind=st.sampled_from(["visit", "delegation", "book_donation"]),
       when=st.sampled_from(["", "2018", "2030"]), partner=st.sampled_from(PARTNERS))  # fmt: skip
def test_planned_is_not_done(world: World, drawn, period, kind, when, partner) -> None:
    """Adding plans of any kind, time and partner changes no count of what happened (codebook, rule 3)."""
    plans = section("plans", plan("p", when, kind, who=f"{{visitor: {partner}, host: {HPL}}}"),
                    plan("q", when, kind, "proposed", raised_at="e0", agreement="m1"))  # fmt: skip
    start, end = period
    before = world.corpus(article("a", told(drawn), AGREEMENTS), start=start, end=end)
    after = world.corpus(
        article("a", told(drawn), AGREEMENTS), article("b", told(drawn[:1]), plans), start=start, end=end
    )
    one, other = realised(before), realised(after)
    for known in (one, other):  # the second article is a second witness of the first event
        known.pop("witnesses"), known.pop("single_source")
    assert other == one


PART = """\
  - id: {id}-part{n}
    type: {type}
    says: some words
    who: {{participant: [{partner}, hangzhou-public-library]}}
    {more}
"""


@few
@given(drawn=visits(), period=st.sampled_from(PERIODS), partner=st.sampled_from(PARTNERS),
       type=st.sampled_from(["award", "visit", "public_talk"]),
       more=st.sampled_from(["topic: a part", "factuality: cancelled", "clarity: aggregate", "where: Leeds"]),
       number=st.integers(1, 2))  # fmt: skip
def test_a_part_never_changes_its_whole_s_headline(world: World, drawn, period, partner, type, more, number) -> None:
    """A stop, a talk, a ceremony inside an event of the home is in no headline number (codebook, rule 4)."""
    parts = "  parts:\n" + "".join(
        PART.format(id=drawn[0].id, n=n, type=type, partner=partner, more=more) for n in range(number)
    )
    start, end = period
    before = world.corpus(article("a", told(drawn), AGREEMENTS), start=start, end=end)
    inside = section("events", drawn[0].text(inside=parts), *(visit.text() for visit in drawn[1:]))
    after = world.corpus(article("a", inside, AGREEMENTS), start=start, end=end)
    assert headlines(after) == headlines(before)
    assert rows(spread.per_year(after), "year", "low", "high") == rows(spread.per_year(before), "year", "low", "high")
    if len(after.own("events")) > len(before.own("events")):
        listed = numbers.number(after, "exchanges").frame()
        assert f"{drawn[0].id}-part0" in set(listed.loc[listed["reason"] == "part", "id"])


@few
@given(drawn=visits(), cut=st.integers(0, 5), period=st.sampled_from(PERIODS))
def test_splitting_a_source_changes_no_count(world: World, drawn, cut, period) -> None:
    """The same records told by two articles, each by one of them, are as many; each has one witness as before."""
    start, end = period
    one = world.corpus(article("a", told(drawn), AGREEMENTS), start=start, end=end)
    first, second = drawn[:cut], drawn[cut:]
    two = world.corpus(article("a", *([told(first)] if first else []), AGREEMENTS),
                       article("b", *([told(second)] if second else [])), start=start, end=end)  # fmt: skip
    assert realised(two) == realised(one)


@few
@given(drawn=visits(), copied=st.booleans(), period=st.sampled_from(PERIODS))
def test_telling_it_twice_changes_no_count(world: World, drawn, copied, period) -> None:
    """Told once more by a copy nothing changes; by a witness of its own only how many rest on one source."""
    start, end = period
    text = (told(drawn), AGREEMENTS)
    once, twice = (
        realised(world.corpus(*articles, start=start, end=end))
        for articles in (
            [article("a", *text)],
            [article("a", *text), article("b", *text, copy_of="a" if copied else "")],
        )
    )
    if not copied:
        assert twice.pop("single_source") == (0, 0)
        assert all(number == 2 for _, number in twice.pop("witnesses"))  # type: ignore[attr-defined]
        once.pop("single_source"), once.pop("witnesses")
    assert twice == once


@few
@given(
    outward=st.lists(st.booleans(), min_size=len(NARROWER), max_size=len(NARROWER)),
    months=st.sampled_from([24, 12, 60, 120]),
    period=st.sampled_from(PERIODS[::-1]),
    year=st.sampled_from([2018, 2016, 2019, 2025]),
)
def test_narrowing_a_date_only_resolves(world: World, outward, months, period, year) -> None:
    """A visit for each pair of dates: a sure yes stays yes, a sure no stays no; only what nobody could say is
    resolved (codebook, rule 2)."""
    start, end = period
    drawn = [Visit(f"e{n}", PARTNERS[n % 4], "", (), "visit", out) for n, out in enumerate(outward)]
    texts = [[v.text(pair[n]) for v, pair in zip(drawn, NARROWER, strict=True)] for n in (0, 1)]
    wide, narrow = (world.corpus(article("a", section("events", *t), AGREEMENTS), start=start, end=end) for t in texts)
    for name, before, after in (
        ("dormant", *(dict(rows(activity.dormant(c, months), "agreement_id", "dormant")) for c in (wide, narrow))),
        *((measure, verdicts(wide, measure), verdicts(narrow, measure)) for measure in REALISED),
        *((f"{measure} of a year", verdicts(wide, measure, year), verdicts(narrow, measure, year))
          for measure in ("exchanges", "inbound", "partners", "countries")),
    ):  # fmt: skip
        for id in {*before, *after}:
            was, now = before.get(id, False), after.get(id, False)
            assert was is None or now is was, (name, id, was, now)


def verdicts(corpus: Corpus, measure: str, year: int | None = None) -> dict[str, bool | None]:
    """For each record whether it counts: what is no candidate does not."""
    return dict(rows(numbers.number(corpus, measure, year=year).frame(), "id", "counts"))


ENDS = (("203X", "2031"), ("[2026..2030]", "2029"), ("[2026..2030]", "2027-03"), ("[2026-12..]", "2040"),
        ("2027", "2027-02"),
        ("2027", "2027-12"), ("[..2027]", "2020"), ("[2026-12-01,2030-01-01]", "2030-01-01"))  # fmt: skip


@pytest.mark.parametrize("pair", ENDS)
def test_narrowing_the_end_of_an_agreement_only_resolves(world: World, pair: tuple[str, str]) -> None:
    """The same of the answers about endings, with the windows of one year and of ten."""
    wide, narrow = (
        world.corpus(article("a", section("agreements", agreement("m", "signed 2010", ends=f"'{when}'"))))
        for when in pair
    )
    for months in (12, 120):
        was, now = (rows(activity.endings(corpus, months=months), "ending") for corpus in (wide, narrow))
        assert was == [(None,)] or now == was


@few
@given(drawn=visits(), data=st.data())
def test_the_order_of_dossiers_and_records_does_not_matter(world: World, drawn, data) -> None:
    """The same dossiers read in another order, and the same records written in another, are the same corpus."""
    material = world.material(article("a", told(drawn), AGREEMENTS), article("b", told(drawn[:1])), article("c"))
    order = data.draw(st.permutations(material.dossiers))
    shuffled = dataclasses.replace(material, dossiers=list(order))
    one, other = (world.chosen(records_corpus.build(m)) for m in (material, shuffled))
    assert all(one[name].reset_index(drop=True).equals(other[name].reset_index(drop=True)) for name in one.tables)
    written = world.corpus(article("a", AGREEMENTS, told(data.draw(st.permutations(drawn)))),
                           article("b", told(drawn[:1])), article("c"))  # fmt: skip
    assert realised(written) == realised(one)


@few
@given(drawn=visits(), period=st.sampled_from(PERIODS))
def test_low_is_never_above_high(world: World, drawn, period) -> None:
    start, end = period
    corpus = world.corpus(article("a", told(drawn), AGREEMENTS), start=start, end=end)
    for frame in (
        spread.per_year(corpus),
        spread.by_country(corpus),
        spread.online_share(corpus),
        spread.kinds(corpus),
    ):
        assert (frame["low"] <= frame["high"]).all()
    share = spread.online_share(corpus)
    assert (share["online_high"] <= share["high"]).all()
    assert share.iloc[-1]["high"] == numbers.number(corpus, "exchanges").high
