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
from workbench.errors import UsageError
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


_AGREEMENT = {"kind": "agreement_kind"}
_PLAN = {"kind": "plan_kind"}
QUESTIONS: Mapping[int, Question] = {
    question.number: question
    for question in (
        Question(1, activity.dormant, ("dormant", "assumed"), _AGREEMENT),
        Question(2, reciprocity.balance, ("people_in_low", "people_in_high", "people_out_low", "people_out_high")),
        Question(3, claims.verdicts, ("verdict", "missing_low", "missing_high")),
        Question(4, agreements.open_plans, ("overdue",), _PLAN),
        Question(5, activity.commitments, ("kept",), _PLAN),
        Question(6, spread.by_country, ("low", "high")),
        Question(7, spread.untied_sister_cities, ("sister",)),
        Question(8, spread.partners_outside_city_ties, ("outside",)),
        Question(
            9, activity.lead_times, ("to_agreement_low", "to_agreement_high", "to_exchange_low", "to_exchange_high")
        ),
        Question(10, spread.online_share, ("low", "high", "online_low", "online_high")),
        Question(11, evidence.changes_since, ("change",)),
        Question(12, activity.endings, ("ending",), _AGREEMENT),
        Question(13, evidence.witnesses, ("single", "own_word")),
        Question(14, evidence.disagreements, ("open",), {"reason": "text"}),
        Question(15, sensitivity.inferred_dates, ("years", "holds")),
        Question(16, reciprocity.contacts, ("last_earliest", "last_latest")),
        Question(17, reciprocity.staff_abroad, ("earliest", "latest", "headcount")),
        Question(18, evidence.funders, ("last",)),
        Question(19, spread.never_alone, ("multilateral",)),
        Question(20, reciprocity.outputs, ("low", "high"), {"kind": "output"}),
        Question(21, spread.kinds, ("low", "high")),
        Question(22, spread.members_covered, ("covered",)),
        Question(23, briefing.partner_page, ("assumed", "kept")),
        Question(24, briefing.year_in_a_sentence, ("low", "high", "single"), {"measure": "headline_figure"}),
        Question(25, evidence.completeness, ("score", "gaps")),
    )
}


def question(number: int) -> Question:
    """The question of that number; raises `UsageError` for another number."""
    if number not in QUESTIONS:
        raise UsageError(f"There is no question {number}: they are numbered from {min(QUESTIONS)} to {max(QUESTIONS)}.")
    return QUESTIONS[number]


def ask(corpus: Corpus, number: int, **parameters: Any) -> pd.DataFrame:
    """The answer to a question of that number; ``parameters`` are those of its function (months, partner, year …).

    Raises `UsageError` for a number or a parameter that there is none of.
    """
    asked = question(number)
    known = list(asked.answer.__annotations__)[1:-1]
    for name in parameters:
        if name not in known:
            listed = f"it takes {', '.join(known)}" if known else "it takes none"
            raise UsageError(f'Question {number} has no parameter "{name}": {listed}.')
    return asked.answer(corpus, **parameters)
