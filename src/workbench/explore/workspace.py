"""What an analyst holds: the records of a home, to narrow, ask, draw and hand on.

``corpus = workbench.open()`` in a notebook or a Python session; then ``corpus.exchanges``,
``corpus.select(partner=…, years=…)``, ``corpus.ask(2)``, ``corpus.why("exchanges")``,
``corpus.map()``, ``corpus.show(id)``. Everything a report is made of is there too: a `Workspace` is a
`Corpus`, so every function of `workbench.analysis` takes it.

What does not belong here: answers (`workbench.analysis`), pictures (`workbench.figures`), words
(`workbench.prose`). This module only puts them within reach.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UsageError, did_you_mean
from workbench.paths import PROJECT_VARIABLE, Project, find_project
from workbench.prose.facts import Fact
from workbench.prose.words import GRAMMARS, Words
from workbench.records import load, vocabularies
from workbench.records.selection import (
    Corpus,
    Selection,
    choose_codes,
    choose_day,
    choose_home,
    choose_partners,
    choose_period,
    select,
)

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.numbers import Number
    from workbench.figures.style import Drawing, Size
    from workbench.prose.why import Explanation

Several = str | Iterable[str]
Years = int | str | tuple[int | None, ...] | list[int] | range | None


def open_workspace(
    home: str = "", *, as_of: str = "", language: str = "en", project: str | Path | None = None
) -> Workspace:
    """Open the records of a home; brings the tables up to date first, if anything has changed.

    ``home`` is a home of ``workbench.toml`` (empty: the default one), ``as_of`` a day as 2026-10-31
    (empty: that of the settings), ``language`` en or zh, ``project`` a folder (empty: the one with
    ``workbench.toml`` here or above). Raises `UsageError` for what is not understood and
    `RecordsError` while the records have errors.
    """
    if language not in GRAMMARS:
        hint = did_you_mean(language, GRAMMARS) or f"known: {', '.join(GRAMMARS)}"
        raise UsageError(f'language = "{language}": there are no words in it; {hint}')
    named = project or os.environ.get(PROJECT_VARIABLE)
    place = find_project(Path(named) if named else None)
    tables, settings = load.ensure_tables(place)
    words, _ = vocabularies.read(place.vocabularies, place.relative(place.vocabularies))
    day = choose_day(as_of, settings.as_of)
    chosen = Selection(choose_home(settings, home or settings.default_home), None, day)
    corpus = select(tables, settings, words, chosen)
    values = {field.name: getattr(corpus, field.name) for field in dataclasses.fields(Corpus)}
    return Workspace(**values, project=place, language=language, whole=tables)


@dataclass(frozen=True, repr=False)
class Workspace(Corpus):
    """The records of a home within reach: a `Corpus` that can be narrowed, asked and drawn."""

    project: Project = dataclasses.field(kw_only=True, repr=False)
    language: str = dataclasses.field(kw_only=True)
    whole: dict[str, pd.DataFrame] = dataclasses.field(kw_only=True, repr=False)

    def __repr__(self) -> str:
        counted = {name: len(self.own(name)) for name in ("events", "agreements", "plans", "claims")}
        held = ", ".join(f"{number} {name}" for name, number in counted.items())
        about = self.words.phrase("common/as_of", day=Fact("date", self.selection.as_of.isoformat()))
        return f"{self.words.name(self.selection.home.id)} · {about} · {held}"

    def select(
        self,
        *,
        home: str = "",
        partner: Several = (),
        kind: Several = (),
        country: Several = (),
        years: Years = None,
        start: str = "",
        end: str = "",
    ) -> Workspace:
        """The same records narrowed; what is left empty stays as it is.

        ``partner``: ids or names of bodies; ``kind``: codes of event_type; ``country``: ISO 3166 codes;
        ``years``: a year, or the first and last year (None: no limit), or a range; ``start`` and ``end``: EDTF
        dates instead. Exchanges that can lie in the period are kept, and marked where nobody can say; agreements
        that can have stood by its end. Raises `UsageError` naming the near ones for what is not known.

        >>> corpus.select(partner="Leeds Libraries", years=(2017, 2019)).exchanges  # doctest: +SKIP
        """
        if years is not None:
            start, end = _years(years)
        before = self.selection
        chosen = Selection(
            choose_home(self.settings, home) if home else before.home,
            choose_period(start, end) or before.period,
            before.as_of,
            choose_partners(self.whole, _several(partner)) or before.partners,
            choose_codes(self.vocabularies, "event_type", _several(kind)) or before.kinds,
            choose_codes(self.vocabularies, "country", _several(country)) or before.countries,
        )
        corpus = select(self.whole, self.settings, self.vocabularies, chosen)
        values = {field.name: getattr(corpus, field.name) for field in dataclasses.fields(Corpus)}
        return dataclasses.replace(self, **values)

    @cached_property
    def exchanges(self) -> pd.DataFrame:
        """Event by partner in one wide table: see `workbench.analysis.wide`, whose `COLUMNS` explain it."""
        from workbench.analysis import wide

        return wide.exchanges(self, self.language)

    @cached_property
    def words(self) -> Words:
        """The words of the workspace's language: names, labels, sentences."""
        return Words(self, self.language)

    def readable(self, frame: pd.DataFrame, **kinds: str) -> pd.DataFrame:
        """An answer table in words: names for ids, words for codes (`workbench.prose.frames.readable`)."""
        from workbench.prose import frames

        for name in kinds:
            if name not in frame.columns:
                hint = did_you_mean(name, map(str, frame.columns))
                raise UsageError(f'The table has no column "{name}". {hint}'.strip())
        return frames.readable(frame, self.words, kinds, strict=False)

    # --- asking ---------------------------------------------------------------------------

    def ask(self, which: int | str, **parameters: Any) -> pd.DataFrame:
        """The answer to one of the twenty-five questions, by number or function: see `workbench.analysis.questions`.

        >>> corpus.readable(corpus.ask(2))  # doctest: +SKIP
        """
        from workbench.analysis import questions

        return questions.ask(self, which, **parameters)

    def number(
        self, measure: str, *, partner: str = "", year: int | None = None, kind: str = "", country: str = ""
    ) -> Number:
        """A headline number with its doubt, perhaps for a partner, year, kind or country.

        See `workbench.analysis.numbers`, whose ``MEASURES`` are the numbers there are.
        """
        from workbench.analysis import numbers

        body = choose_partners(self.whole, [partner])[0] if partner else ""
        choose_codes(self.vocabularies, numbers.KINDS.get(measure, "event_type"), [kind] if kind else [])
        choose_codes(self.vocabularies, "country", [country] if country else [])
        return numbers.number(self, measure, partner=body, year=year, kind=kind, country=country)

    def why(
        self, measure: str, *, partner: str = "", year: int | None = None, kind: str = "", country: str = ""
    ) -> Explanation:
        """Why a headline number is what it is: counted, left out and for which reason, what would flip it."""
        return self.number(measure, partner=partner, year=year, kind=kind, country=country).why(self.language)

    # --- figures --------------------------------------------------------------------------

    def map(self, size: str = "screen", region: str = "auto") -> Drawing | None:
        """The map of what is selected: exchanges, open plans with a place, ties; None when there is nothing to draw.

        ``size`` is screen, a4 or slide; ``region`` auto, world, region, or home (the home's own cities).
        """
        from workbench.analysis import agreements, flows
        from workbench.figures import maps

        counted = flows.exchanges(self)
        table = agreements.agreements(self, counted)
        lines, missing = flows.for_map(counted, self._shared_plans, table, self)
        if region == "home":
            return maps.home_map(lines, self, self.words, self.project.basemap, _size(size))
        return maps.exchange_map(lines, missing, self, self.words, self.project.basemap, _size(size), region)

    def timeline(self, size: str = "screen", lanes: Literal["partner", "kind"] = "partner") -> Drawing | None:
        """The timeline of what is selected, a lane a partner or kind. None when nothing has a date."""
        from workbench.analysis import agreements, flows
        from workbench.figures import timelines

        counted = flows.exchanges(self)
        table = agreements.agreements(self, counted)
        return timelines.timeline(counted, table, self._shared_plans, self, self.words, _size(size), lanes)

    def chart(self, name: str, size: str = "screen") -> Drawing | None:
        """A chart of what is selected: per_year, by_kind, by_country, staff_balance, agreement_lives,
        sources_per_record or claims_against_records. None when there is nothing to draw."""
        from workbench.analysis import activity, agreements, claims, evidence, flows, reciprocity, spread
        from workbench.figures import charts

        answers = {
            "per_year": spread.per_year, "by_kind": spread.kinds, "by_country": spread.by_country,
            "staff_balance": reciprocity.balance, "agreement_lives": activity.dormant,
            "sources_per_record": evidence.witnesses, "claims_against_records": claims.verdicts,
        }  # fmt: skip
        if name not in answers:
            raise UsageError(
                f'There is no chart "{name}". {did_you_mean(name, answers) or "known: " + ", ".join(answers)}'
            )
        frame = answers[name](self)
        if name == "agreement_lives":
            counted = flows.exchanges(self)
            table = agreements.agreements(self, counted)
            return charts.agreement_lives(frame, table, counted, self, self.words, _size(size))
        return getattr(charts, name)(frame, self, self.words, _size(size))

    @property
    def _shared_plans(self) -> pd.DataFrame:
        """Open plans that somebody abroad shares."""
        from workbench.analysis import agreements

        plans = agreements.open_plans(self)
        return plans[plans["partners"].map(len) > 0]

    def parameters(self) -> dict[str, Any]:
        """The selection as parameters of a report: home, start, end, as_of, language."""
        period = self.selection.period
        start, _, end = period.text.partition("/") if period else ("", "", "")
        return {
            "home": self.selection.home.id,
            "start": start.strip("."),
            "end": end.strip("."),
            "as_of": self.selection.as_of.isoformat(),
            "language": self.language,
        }


def _years(years: Years) -> tuple[str, str]:
    """The first and the last year as EDTF; raises `UsageError` for what are no years."""
    ends: list[Any] = [years.start, years.stop - 1] if isinstance(years, range) else [years, years]
    if isinstance(years, (tuple, list)):
        ends = [years[0], years[-1]] if years else []
    texts = ["" if end is None else str(end) for end in ends]
    if len(ends) != 2 or not all(text == "" or (text.isdigit() and len(text) <= 4) for text in texts):
        raise UsageError(f"years = {years!r}: write a year, as 2017, or the first and last one, as (2017, 2019)")
    first, last = (text.zfill(4) if text else "" for text in texts)
    return first, last


def _size(name: str) -> Size:
    from workbench.figures import style

    if name not in style.SIZES:
        hint = did_you_mean(name, style.SIZES) or f"known: {', '.join(style.SIZES)}"
        raise UsageError(f'size = "{name}": {hint}')
    return style.SIZES[name]


def _several(value: Several) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
