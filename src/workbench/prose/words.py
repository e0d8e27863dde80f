"""Putting facts into words: one Jinja environment a language, filters that remember.

A passage is a block of a template (``overview/lead`` is the block *lead* of ``overview.j2``).
Inside, ``{% call sentence() %}…{% endcall %}`` marks one sentence; every filter notes the fact
it words, so a sentence knows its facts and their records. A sentence without a record, a
name the register does not have in that language, a fact without a filter: each is a
`ProseError`, never a fallback.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from workbench.errors import WorkbenchError
from workbench.prose import chinese, english
from workbench.prose.facts import Fact, RecordId
from workbench.records import dates
from workbench.records.selection import Corpus

GRAMMARS: dict[str, ModuleType] = {"en": english, "zh": chinese}


class ProseError(WorkbenchError):
    """A sentence that cannot be published as it is."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as markup, with the facts it uses and the records they come from."""

    markup: str
    facts: tuple[Fact, ...]

    @property
    def records(self) -> tuple[RecordId, ...]:
        return tuple(dict.fromkeys(record for fact in self.facts for record in fact.records))


class Words:
    """The words of one language for one selection."""

    def __init__(self, corpus: Corpus, language: str) -> None:
        self.corpus = corpus
        self.language = language
        self.grammar = GRAMMARS[language]
        self._noted: list[list[Fact]] = [[]]
        self._sentences: list[Sentence] = []

    # --- passages -------------------------------------------------------------------------

    def say(self, passage: str, **facts: Any) -> list[Sentence]:
        """The sentences of a passage, in order."""
        self._sentences = []
        self._render(passage, facts)
        return self._sentences

    def phrase(self, passage: str, **facts: Any) -> str:
        """A passage that is no sentence (a heading, a caption) as plain text."""
        return str(Markup(self._render(passage, facts)).unescape()) if passage else ""

    def _render(self, passage: str, facts: dict[str, Any]) -> str:
        filename, _, block = passage.partition("/")
        try:
            template = self._environment.get_template(f"{self.language}/{filename}.j2")
            render = template.blocks[block]
        except (jinja2.TemplateNotFound, KeyError):
            raise ProseError(f"there is no passage {passage} in {self.language}") from None
        outer, self._noted = self._noted, [[]]
        try:
            text = "".join(render(template.new_context(facts)))
        except (jinja2.UndefinedError, TypeError, KeyError, ValueError) as error:
            raise ProseError(f"{self.language}/{passage}: {error}") from error
        finally:
            self._noted = outer
        return " ".join(text.split())

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("workbench.prose"),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters: dict[str, Callable[..., str]] = {
            "number": lambda n: self.grammar.number(n),
            "count": lambda n, one, many: self.grammar.counted(n, one, many),
            "when": lambda d: self.grammar.when(d),
            "date": lambda d: self.grammar.date(d),
            "name": self.running,
            "names": lambda ids: self.grammar.listed([self.running(id) for id in ids]),
            "heading": self.name,
            "people": lambda pairs: self.grammar.listed([self.person(*pair) for pair in pairs]),
            "label": lambda pair: self.label(*pair),
            "plural": lambda pair: self.plural_label(*pair),
            "a": lambda pair: self.grammar.article(self.label(*pair)),
            "text": lambda words: words,
        }
        environment.filters.update({name: self._noting(name, word) for name, word in filters.items()})
        environment.filters["listed"] = lambda items: Markup(self.grammar.listed([str(item) for item in items]))
        environment.globals.update(sentence=self._sentence)
        return environment

    def _noting(self, name: str, word: Callable[..., str]) -> Callable[..., Markup]:
        def note(fact: Fact, *args: str) -> Markup:
            if not isinstance(fact, Fact):
                raise TypeError(f"the filter {name} words facts, not {fact!r}")
            if fact.value in (None, "", ()) and name not in ("when", "date"):
                raise ProseError(f"the filter {name} has nothing to word: the {fact.kind} is missing")
            self._noted[-1].append(fact)
            return Markup(escape(word(fact.value, *args)))

        return note

    def _sentence(self, caller: Callable[[], str]) -> Markup:
        self._noted.append([])
        text = re.sub(r"\s+([,.;:!?，。；：])", r"\1", " ".join(str(caller()).split()))
        facts = tuple(self._noted.pop())
        sentence = Sentence(text[:1].upper() + text[1:], facts)
        if not sentence.records:
            raise ProseError(f"a sentence rests on no record: {text}")
        self._sentences.append(sentence)
        return Markup(sentence.markup)

    # --- names ----------------------------------------------------------------------------

    def name(self, id: str) -> str:
        """The name of a body, place, or the home itself."""
        home = self.corpus.selection.home
        if id == home.id and home.name:
            return home.name[self.language]
        try:
            return self.corpus.name(id, self.language)
        except KeyError:
            raise ProseError(f"the register has no name for {id} in {self.language}") from None

    def running(self, id: str) -> str:
        """A name in running text: English puts "the" before some."""
        name = self.name(id)
        return f"the {name}" if self.language == "en" and id in self._with_the else name

    @cached_property
    def _with_the(self) -> frozenset[str]:
        rows = self.corpus["organisations"]
        return frozenset(rows.loc[rows["takes_the"].fillna(False), "org_id"])

    def person(self, id: str, org_id: str) -> str:
        """A person by name, or by their post at a body where the settings ask for it."""
        if self.corpus.settings.people == "names":
            return self.name(id)
        posts = self.corpus["posts"]
        held = posts[(posts["person_id"] == id) & (posts["org_id"] == org_id)]
        if held.empty:
            return self.phrase("common/somebody")
        return self.phrase("common/by_post", post=Fact("text", held.iloc[-1]["post"]))

    def label(self, vocabulary: str, code: str) -> str:
        """The word for a code."""
        return self.corpus.label(vocabulary, code, self.language)

    def plural_label(self, vocabulary: str, code: str) -> str:
        """The plural of the word for a code; the word list has the irregular ones."""
        term = self.corpus.vocabularies[vocabulary][code]
        return (self.language == "en" and term.en_plural) or self.grammar.plural(self.label(vocabulary, code))

    # --- words in figures -----------------------------------------------------------------

    def legend(self, kind: str) -> str:
        """The words for a kind of mark or line."""
        return self.phrase(f"figures/{kind}")

    def place_label(self, id: str, precision: str) -> str:
        """A place on a map; a country says that its city is not known."""
        if precision == "country":
            return self.phrase("figures/country_label", place=Fact("name", id))
        return self.name(id)

    def left_out(self, missing: pd.DataFrame) -> list[tuple[int, Fact]]:
        """How many records were left out for each reason, the most frequent first."""
        counts = missing.groupby("reason")["record_id"].agg(list)
        ordered = sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
        return [(len(ids), Fact("code", ("left_out_reason", reason))) for reason, ids in ordered]

    def map_texts(self, lines: pd.DataFrame, missing: pd.DataFrame, corpus: Corpus) -> tuple[str, str, str, str]:
        """Title, subtitle, alternative text and note of the map, computed from what it shows."""
        tally = {kind: set(rows["record_id"]) for kind, rows in lines.groupby("kind")}
        numbers = {kind: len(tally.get(kind, ())) for kind in ("inbound", "outbound", "online", "planned")}
        facts: dict[str, Any] = {kind: Fact("number", n) for kind, n in numbers.items()}
        facts |= {
            "home": Fact("name", corpus.selection.home.id),
            "as_of": Fact("date", corpus.selection.as_of.isoformat()),
            "drawn": Fact("number", lines["record_id"].nunique()),
            "places": Fact("names", sorted(set(lines["other_place"]), key=self.name)),
            "reasons": [
                (Fact("number", n), reason) for n, reason in self.left_out(missing)
            ],
            "review": Fact("text", corpus.settings.review_number),
            "balance": _balance(numbers),
        }  # fmt: skip
        return self._figure_texts("map", facts)

    def timeline_texts(
        self, drawn: int, undated: int, lanes: list[str], exchanges: pd.DataFrame, corpus: Corpus
    ) -> tuple[str, str, str, str]:
        """Title, subtitle, alternative text and note of the timeline."""
        counted = exchanges[exchanges["counted"]]
        dated = [(row.latest, row.date) for row in counted.itertuples() if row.latest]
        last, last_date = max(dated, default=(None, None))
        first = dates.parse(last_date).earliest if last_date else None
        one_year = bool(first and last and first.year == last.year)  # else its own words: doubt stays
        facts: dict[str, Any] = {
            "home": Fact("name", corpus.selection.home.id),
            "as_of": Fact("date", corpus.selection.as_of.isoformat()),
            "drawn": Fact("number", drawn),
            "undated": Fact("number", undated),
            "partners": Fact("names", lanes),
            "last": Fact("date", f"{last.year:04d}" if last and one_year else last_date),
            "one_year": one_year,
            "quiet": bool(last and (corpus.selection.as_of - last).days > 365),
        }
        return self._figure_texts("timeline", facts)

    def _figure_texts(self, figure: str, facts: dict[str, Any]) -> tuple[str, str, str, str]:
        texts = [self.phrase(f"figures/{figure}_{part}", **facts) for part in ("title", "subtitle", "alt", "note")]
        title, subtitle, alt, note = (text[:1].upper() + text[1:] for text in texts)
        return title, subtitle, alt, note


def _balance(numbers: dict[str, int]) -> str:
    """Which way the lines run, if one way clearly: more than half as many again."""
    inbound, outbound = numbers["inbound"], numbers["outbound"]
    if inbound > outbound * 1.5 and inbound - outbound > 1:
        return "inbound"
    return "outbound" if outbound > inbound * 1.5 and outbound - inbound > 1 else "even"
