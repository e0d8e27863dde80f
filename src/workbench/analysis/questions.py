"""The twenty-five questions the workbench answers: each a function over a selection, here by number.

`ask` answers one; the docstring of its function says what the columns hold and by which rule. To add a
question, write its function and its hand-worked test, enter it here, and word it in the template *questions*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.analysis import activity, agreements, briefing, claims, evidence, reciprocity, sensitivity, spread
from workbench.errors import UsageError, did_you_mean
from workbench.records.selection import Corpus


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the function that answers it, the columns that say how sure the answer is, and what
    columns hold whose name alone does not tell (for `prose.frames.readable`)."""

    number: int
    answer: Callable[..., pd.DataFrame]
    sure: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Where the function stands: module and name, as reciprocity.balance."""
        return f"{self.answer.__module__.rpartition('.')[2]}.{self.answer.__name__}"


def _but(*hidden: str, **kinds: str) -> Mapping[str, str]:
    """What columns hold, and which a reader does without."""
    return {**kinds, **dict.fromkeys(hidden, "hidden")}


_BY_PARTNER = ("to_agreement_low", "to_agreement_high", "to_exchange_low", "to_exchange_high")
_DAYS = ("last_earliest", "last_latest")  # their dates say it better
_CLAIM = ("subject", "measure", "best", "qualifier", "publisher", "party", "safe")
_PAID = ("funder_id", "last")
_TRAVEL = ("person_id", "event_id", "earliest", "latest", "role")
QUESTIONS: Mapping[int, Question] = {
    question.number: question
    for question in (
        Question(1, activity.dormant, ("dormant", "assumed"), _but(*_DAYS, kind="agreement_kind")),
        Question(2, reciprocity.balance, ("people_in_low", "people_in_high"), _but("balance", "last")),
        Question(3, claims.verdicts, ("verdict", "missing_low", "missing_high"), _but(*_CLAIM)),
        Question(4, agreements.open_plans, ("overdue",), _but("kind", "recurring", "home_parties", "place_id")),
        Question(5, activity.commitments, ("kept",), _but("kind")),
        Question(6, spread.by_country, ("low", "high"), _but(year="total_year")),
        Question(7, spread.untied_sister_cities, ("sister",)),
        Question(8, spread.partners_outside_city_ties, ("outside",)),
        Question(9, activity.lead_times, _BY_PARTNER),
        Question(10, spread.online_share, ("low", "high", "online_low", "online_high")),
        Question(11, evidence.changes_since, ("change", "corrects"), _but("old", "new", "sources")),
        Question(12, activity.endings, ("ending",), _but(kind="agreement_kind")),
        Question(13, evidence.witnesses, ("single", "own_word"), _but("sources")),
        Question(14, evidence.disagreements, ("open",), _but("record", "relation", reason="text")),
        Question(15, sensitivity.inferred_dates, ("years", "holds"), _but("type", "basis", "years")),
        Question(16, reciprocity.contacts, ("last_date",), _but(*_DAYS)),
        Question(17, reciprocity.staff_abroad, ("earliest", "latest", "headcount"), _but(*_TRAVEL, who="who")),
        Question(18, evidence.funders, ("last_date",), _but(*_PAID, events="record", name="text", funder="text")),
        Question(19, spread.never_alone, ("multilateral",)),
        Question(20, reciprocity.outputs, ("low", "high"), _but("event_id", kind="output", title="text", way="way")),
        Question(21, spread.kinds, ("low", "high")),
        Question(22, spread.members_covered, ("covered",)),
        Question(23, briefing.partner_page, ("assumed", "like")),
        Question(24, briefing.year_in_a_sentence, ("low", "high", "single"), _but(measure="headline_figure")),
        Question(25, evidence.completeness, ("score", "gaps")),
    )
}


def question(which: int | str) -> Question:
    """The question of that number or function (``balance``); raises `UsageError` for another."""
    for one in QUESTIONS.values():
        if which in (one.number, one.answer.__name__):
            return one
    names = [one.answer.__name__ for one in QUESTIONS.values()]
    hint = did_you_mean(str(which), names) or f"they are numbered from {min(QUESTIONS)} to {max(QUESTIONS)}."
    raise UsageError(f"There is no question {which}: {hint}")


def ask(corpus: Corpus, which: int | str, **parameters: Any) -> pd.DataFrame:
    """The answer to a question, by number or function; ``parameters`` are those of the function (months, year …).

    Raises `UsageError` for a question or a parameter that there is none of.
    """
    asked = question(which)
    known = list(asked.answer.__annotations__)[1:-1]
    for name in parameters:
        if name not in known:
            listed = f"it takes {', '.join(known)}" if known else "it takes none"
            raise UsageError(f'Question {which} has no parameter "{name}": {listed}.')
    answer = asked.answer(corpus, **parameters)
    answer.attrs["kinds"] = dict(asked.kinds)  # how to word it: `prose.frames.readable`
    return answer
