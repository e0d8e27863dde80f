"""What is different from an edition, in words: held against invented changes of the five articles."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from analysis.answered import HPL
from workbench.analysis import evidence, numbers, questions
from workbench.prose import changes
from workbench.prose.frames import readable
from workbench.prose.words import Words
from workbench.records import editions
from workbench.records.editions import BY_NAME, RECORDED, Change, Comparison, Edition, Entry, Records
from workbench.records.selection import Corpus

GROUP = "zhejiang-libraries"
MILAN, LEEDS = ("events", "milan-stay-2017"), ("events", "leeds-visit-2019")
MEMORANDUM = ("agreements", "leeds-hangzhou-libraries")


def altered(entry: Entry, **values: Any) -> Entry:
    """An entry with other values; None takes one away."""
    kept = {name: value for name, value in {**entry.values, **values}.items() if value is not None}
    return dataclasses.replace(entry, values=kept)


def against(corpus: Corpus, old: Records, cited: tuple[tuple[str, str], ...] = (), figures: Any = None) -> Corpus:
    """The slice beside an edition that held these records."""
    report = {"id": "told", "records": [f"{table}:{id}" for table, id in cited]}
    about = ("2026-11-01", "Wang Mei", "2026-11-01", "2026-10-31", "public", {}, {})
    one = Edition(*about, tuple(figures or ()), (report,), old)
    now = editions.snapshot(corpus.tables, corpus.settings)
    found = Comparison(one, editions.compare(old, now, one.cited))
    return dataclasses.replace(corpus, _compare=lambda: found)


def said(corpus: Corpus, language: str = "en", most: int | None = None) -> str:
    return "\n".join("".join(f"{s}\n" for s in part) for part in changes.told(corpus, Words(corpus, language), most))


@pytest.fixture(scope="module")
def group(asked: Any) -> Corpus:
    found: Corpus = asked(GROUP).corpus
    return found


@pytest.fixture(scope="module")
def now(group: Corpus) -> Records:
    return editions.snapshot(group.tables, group.settings)


def without(records: Records, *gone: tuple[str, str]) -> Records:
    """As if these and what hangs on them had not been there."""
    ids = {id for _, id in gone}
    return {
        record: entry for record, entry in records.items()
        if record[1] not in ids and not ids & {entry.values.get(name) for name in ("part_of", "agreement_id")}
    }  # fmt: skip


# --- nothing to say ---------------------------------------------------------------------------


def test_the_first_edition(group: Corpus) -> None:
    assert changes.section(group, "en").note == ("changes/first_edition", {})
    assert said(group) == "This is the first edition; there is nothing to compare it with.\n"
    assert said(group, "zh") == "本版为首次发布，无可比较的前版。\n"


def test_nothing_has_changed(group: Corpus, now: Records) -> None:
    same = against(group, now)
    assert said(same) == "Nothing has changed since the edition of 1 November 2026, released by Wang Mei.\n"
    assert said(same, "zh") == "与2026年11月1日版（Wang Mei发布）相比，没有变化。\n"
    assert evidence.changes_since(same).empty


# --- one change each --------------------------------------------------------------------------


def test_a_new_event(group: Corpus, now: Records) -> None:
    """With its parts, which are told with it; the edition's figures are those of before."""
    figures = [{**row, "low": row["low"] - 1, "high": row["high"] - 1,
                "records": [id for id in row["records"] if id != LEEDS[1]]}
               for row in evidence.figures([group]) if row["measure"] == "exchanges"]  # fmt: skip
    text = said(against(group, without(now, LEEDS), figures=figures))
    visit = "a visit of Leeds Libraries between 22 March and 30 April 2019 (our reading)"
    assert f"New: {visit}, told by Global Leeds.\n" in text
    count = len(numbers.number(group, "exchanges").records)
    before, after = (str(Words(group, "en").grammar.number(n)) for n in (count - 1, count))
    assert f"The number of exchanges counted went from {before} to {after}; now counted: {visit}.\n" in text
    assert text.count("New:") == 1
    chinese = said(against(group, without(now, LEEDS), figures=figures), "zh")
    assert "新增：2019年3月22日至4月30日之间（日期为推断）利兹图书馆来访（来源：Global Leeds）。\n" in chinese


def test_a_new_agreement_comes_with_its_steps_and_promises(group: Corpus, now: Records) -> None:
    text = said(against(group, without(now, MEMORANDUM)))
    assert "New: a memorandum with Leeds Libraries, signed between 22 March and 30 April 2019" in text
    assert text.count("New:") == 1


def test_a_new_step_of_an_older_agreement(group: Corpus, now: Records) -> None:
    step = next(record for record, entry in now.items() if record[0] == "milestones"
                and entry.values["agreement_id"] == MEMORANDUM[1] and entry.values["step"] == "signed")  # fmt: skip
    text = said(against(group, {record: entry for record, entry in now.items() if record != step}))
    assert "New: a step “signed” of the memorandum with Leeds Libraries between 22 March and 30 April 2019" in text


def test_an_altered_value_that_nobody_said(group: Corpus, now: Records) -> None:
    old = {**now, MILAN: altered(now[MILAN], edtf="2017-09")}
    dated = "the date is now October 2017 (before: September 2017), by Hangzhou Public Library.\n"
    assert f"The staff exchange with Milan Public Libraries: {dated}" in said(against(group, old))
    chinese = said(against(group, old), "zh")
    assert "修改：与米兰公共图书馆系统（Milan Public Libraries）的馆员交流，日期由2017年9月改为2017年10月" in chinese


def test_a_correction_of_what_an_edition_said(group: Corpus, now: Records) -> None:
    old = {**now, MILAN: altered(now[MILAN], edtf="2017-09", place_id="beijing")}
    text = said(against(group, old, cited=(MILAN,)))
    stay, by = "the staff exchange with Milan Public Libraries", "by Hangzhou Public Library.\n"
    assert (
        f"Correction: the edition of 1 November 2026 gave Beijing as the place of {stay}; it is Hangzhou, {by}" in text
    )
    assert f"It also gave September 2017 as the date of {stay}; it is October 2017, {by}" in text
    chinese = said(against(group, old, cited=(MILAN,)), "zh")
    assert "更正：2026年11月1日版将与米兰公共图书馆系统" in chinese
    assert "的日期记为2017年9月，应为2017年10月（据杭州图书馆）。" in chinese


def test_what_is_finer_is_told_as_finer(group: Corpus, now: Records) -> None:
    old = {**now, MILAN: altered(now[MILAN], edtf="2017")}
    text = said(against(group, old, cited=(MILAN,)))
    assert "the date is now known more closely, October 2017 (before: 2017)" in text
    assert "Correction" not in text


def test_what_is_gone_is_told_from_the_edition(group: Corpus, now: Records) -> None:
    """Its partner is in no record any more either; it is named all the same."""
    entry = now[MILAN]
    parties = tuple(
        {**row, "for_org": "lost-library"} if row.get("for_org") else row for row in entry.attached["parties"]
    )
    lost = dataclasses.replace(entry, attached={**entry.attached, "parties": parties}, sources=("lost-source",))
    body = Entry({"kind": "public_library", "place_id": "milan", "takes_the": True},
                 attached={"names": ({"text": "Lost Library", "language": "en", "kind": "preferred"},)})  # fmt: skip
    source = Entry({"title": "An article", "publisher": "Lost Press", "language": "en"})
    old = {
        **now,
        ("events", "lost-stay"): lost,
        ("organisations", "lost-library"): body,
        ("sources", "lost-source"): source,
    }
    one = against(group, old, cited=(("events", "lost-stay"),))
    text = said(one)
    stay = "a staff exchange with the Lost Library in October 2017"
    why = "Lost Press, which told of it, is no longer among the sources"
    assert f"Correction: the edition of 1 November 2026 told of {stay}; this has been withdrawn; {why}.\n" in text
    assert "Lost Library" in said(one, "zh")
    assert f"Withdrawn: {stay}; {why}." in said(against(group, old))


def test_the_reason_of_a_decision_is_given(group: Corpus, now: Records) -> None:
    judged = dataclasses.replace(
        now[LEEDS], decisions={"*": {"what": "x", "chosen": "y", "reason": "read twice (N, 2026-01-02)"}}
    )
    change = Change(*LEEDS, "altered", "date", "2019-03", "2019-04", (), judged.decisions["*"]["reason"])
    gone = Change("events", "gone", "withdrawn", reason="the same as another (N, 2026-01-02)")
    one = against(group, {**now, ("events", "gone"): now[MILAN]})
    found = dataclasses.replace(one.since, changes=(change, gone))  # type: ignore[type-var]
    text = said(dataclasses.replace(group, _compare=lambda: found))
    assert "as was decided: read twice (N, 2026-01-02)" in text
    assert "the decision says: the same as another (N, 2026-01-02)" in text


def test_parties_sources_and_counting(group: Corpus, now: Records) -> None:
    entry = now[MILAN]
    fewer = dataclasses.replace(altered(entry, countable=False), sources=("other-source",), attached={
        **entry.attached, "parties": (*[row for row in entry.attached["parties"] if row["role"] != "host"],
                                      {"party": "org", "party_id": "ifla", "role": "host"})})  # fmt: skip
    text = said(against(group, {**now, MILAN: fewer}))
    assert "Hangzhou Public Library now named as host; the International Federation" in text
    assert "no longer named as host" in text
    assert "now counted" in text
    assert "now told by Hangzhou Public Library as well" in text


def test_words_of_ours_are_said_to_be_revised_not_quoted(group: Corpus, now: Records) -> None:
    old = {**now, MILAN: altered(now[MILAN], topic="x" * 5000, outcome="of old")}
    text = said(against(group, old))
    assert "the topic has been revised" in text
    assert "the outcome is no longer given" in text
    assert "xxx" not in text


def test_the_number_of_a_claim(group: Corpus, now: Records) -> None:
    claim = next(
        record for record, entry in now.items() if record[0] == "claims" and entry.values["qualifier"] == "exact"
    )
    old = {**now, claim: altered(now[claim], low=5, best=None, high=None, qualifier="at_least")}
    assert "the number is now" in said(against(group, old))
    assert "(before: at least five)" in said(against(group, old))


# --- many -------------------------------------------------------------------------------------


def test_the_most_telling_dozen_and_the_number_of_the_rest(group: Corpus) -> None:
    one = against(group, {})
    sentences = changes.told(one, Words(one, "en"), changes.MOST)[-1]
    assert len(sentences) == changes.MOST + 1
    rest = len(changes.told(one, Words(one, "en"), None)[-1]) - changes.MOST
    number = Words(one, "en").grammar.counted(rest, "further record has", "further records have")
    assert sentences[-1] == f"{number} changed.".capitalize()
    assert all(sentence.startswith("New: ") for sentence in sentences[:-1])


def test_corrections_come_first(group: Corpus, now: Records) -> None:
    claim = next(record for record in now if record[0] == "claims")
    old = {record: entry for record, entry in now.items() if record[0] not in ("events", "agreements")}
    old[claim] = altered(now[claim], subject="ifla")
    parts = changes.told(against(group, old, cited=(claim,)), Words(group, "en"), 1)
    assert parts[1][0].startswith("Correction: ")


def test_a_narrower_slice_tells_its_own_changes(asked: Any, group: Corpus, now: Records) -> None:
    """What moved out of the year is told; what never was in it is not."""
    year = asked(GROUP, start="2017", end="2017").corpus
    old = {**now, MILAN: altered(now[MILAN], edtf="2018-10"), LEEDS: altered(now[LEEDS], type="meeting")}
    one = against(group, old)
    text = said(dataclasses.replace(year, _compare=lambda: one.since))
    assert "October 2018" in text
    assert "Leeds" not in text
    assert "The number of" not in text, "an edition gives figures for all time"


# --- what every sentence rests on -------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_cites_records_and_needs_no_digit_of_its_own(group: Corpus, language: str) -> None:
    one = against(group, {}, figures=[{**row, "low": 0, "high": 0, "records": []} for row in evidence.figures([group])])
    words = Words(one, language)
    about = changes.section(one, language, None)
    for passage, values in about.paragraphs:
        for sentence in words.say(passage, **values):
            assert sentence.records
            assert not re.search(r"\b(None|nan)\b|\{|  | [,.;)]|（）|。。", sentence.markup), sentence.markup


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("table", ["events", "agreements", "milestones", "plans", "claims"])
def test_each_field_that_can_change_has_a_word(group: Corpus, language: str, table: str) -> None:
    """Every column of the model that is compared, and what hangs on records."""
    words = Words(group, language)
    left = {*editions._UNSAID, *editions._UNCOMPARED, *editions._AMOUNT}
    compared = {column for column in BY_NAME[table].columns[1:] if column not in left}
    names = compared - {"countable"} | {"date"} | ({"amount"} if table == "claims" else set())
    id = group[table][BY_NAME[table].key[0]].iloc[0]
    teller = changes._Teller(against(group, {}), language)
    for name in (*sorted(names), "quantity:people", "headcount:visitor", "outputs"):
        detail = teller._detail(Change(table, id, "altered", name, None, None))
        field = words._environment.globals["changing"].field(detail)
        assert str(field).strip(), name


def test_the_answer_reads(group: Corpus, now: Records) -> None:
    """Question 11 in both languages: what is new has a title, a figure its word."""
    one = against(group, without(now, LEEDS), figures=[])
    asked_ = questions.ask(one, 11)
    assert set(asked_["change"]) == {"new"}
    assert LEEDS[1] in set(asked_["record_id"])
    for language in ("en", "zh"):
        assert len(readable(asked_, Words(one, language), questions.QUESTIONS[11].kinds)) == len(asked_)


def test_an_edition_asked_like_the_tables_gives_the_same_numbers(asked: Any) -> None:
    """For each home, all time and one year: what an edition keeps is enough to count again."""
    for home, given in ((GROUP, {}), (HPL, {}), (GROUP, {"start": "2017", "end": "2019"})):
        corpus = asked(home, **given).corpus
        whole = asked(GROUP).corpus
        one = against(whole, editions.snapshot(whole.tables, whole.settings))
        then = evidence.earlier(dataclasses.replace(corpus, _compare=lambda one=one: one.since))
        for measure in numbers.MEASURES:
            assert str(numbers.number(then, measure)) == str(numbers.number(corpus, measure)), (home, given, measure)
    assert set(RECORDED) <= set(BY_NAME)
