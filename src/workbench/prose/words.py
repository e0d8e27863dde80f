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
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, cast

import jinja2
import pandas as pd
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from workbench.errors import WorkbenchError
from workbench.prose import chinese, english
from workbench.prose.facts import Fact, RecordId
from workbench.records import wordings
from workbench.records.dossiers import UNKNOWN
from workbench.records.model import BY_NAME
from workbench.records.selection import Corpus
from workbench.records.text import capital

# The word list and column that say what kind of record a row is.
_TITLED = {
    "events": ("event_type", "type"), "agreements": ("agreement_kind", "kind"), "plans": ("plan_kind", "kind"),
    "claims": ("claim_measure", "measure"), "milestones": ("milestone_step", "step"),
}  # fmt: skip
# Stands behind a name in a sentence until it is known whether it is the first mention.
_MENTION = re.compile("\ue000(.*?)\ue001")
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


class _Compiled(jinja2.BytecodeCache):
    """The templates compiled in this process, by name and content: compiling takes longer than wording a report."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class Words:
    """The words of one language for one selection.

    ``templates`` is a folder with a project's own templates, one folder a language in it.
    """

    def __init__(self, corpus: Corpus, language: str, templates: Path | None = None) -> None:
        self.corpus = corpus
        self.templates = templates
        self.language = language
        self.grammar = GRAMMARS[language]
        self._noted: list[list[Fact]] = [[]]
        self._sentences: list[Sentence] = []
        self._introduced: set[str] = set()

    # --- passages -------------------------------------------------------------------------

    def say(self, passage: str, **facts: Any) -> list[Sentence]:
        """The sentences of a passage, in order."""
        self._sentences = []
        self._render(passage, facts)
        return self._sentences

    def phrase(self, passage: str, **facts: Any) -> str:
        """A passage that is no sentence (a heading, a caption) as plain text."""
        return _MENTION.sub("", str(Markup(self._render(passage, facts)).unescape())) if passage else ""

    def has(self, passage: str) -> bool:
        """Is there such a passage in the language?"""
        filename, _, block = passage.partition("/")
        try:
            return block in self._environment.get_template(f"{self.language}/{filename}.j2").blocks
        except jinja2.TemplateNotFound:
            return False

    def all_of(self, template: str) -> dict[str, str]:
        """Every passage of a template by name, as plain text: words that need no facts."""
        blocks = self._environment.get_template(f"{self.language}/{template}.j2").blocks
        return {name: self.phrase(f"{template}/{name}") for name in sorted(blocks)}

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
            loader=jinja2.ChoiceLoader(
                [jinja2.PackageLoader("workbench.prose")]
                + ([jinja2.FileSystemLoader(self.templates)] if self.templates else [])
            ),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters: dict[str, Callable[..., str]] = {
            "number": lambda n: self.grammar.number(n),
            "digits": lambda n: f"{n:,}",
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
            "text": self.text,
            "printed": str,
        }
        environment.filters.update({name: self._noting(name, word) for name, word in filters.items()})
        environment.filters["listed"] = lambda items: Markup(self.grammar.listed([str(item) for item in items]))
        environment.globals.update(sentence=self._sentence, single=Fact("number", 1), nothing=Fact("number", 0))
        for shared in ("telling", "changing"):
            environment.globals[shared] = environment.get_template(f"{self.language}/{shared}.j2").module
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
        text = _MENTION.sub(lambda found: str(escape(self._original(found[1]))), text)
        facts = tuple(self._noted.pop())
        sentence = Sentence(capital(text), facts)
        if not sentence.records:
            raise ProseError(f"a sentence rests on no record: {text}")
        self._sentences.append(sentence)
        return Markup(sentence.markup)

    # --- names ----------------------------------------------------------------------------

    def name(self, id: str) -> str:
        """The name of a body, a place, the home itself, or a person.

        A person without a name in the language is printed as the sources print them, in every language: nobody
        is given a Chinese name that they do not bear. A body or a place without one is a `ProseError`.
        """
        home = self.corpus.selection.home
        if id == home.id and home.name:
            return home.name[self.language]
        language = self.language
        if id in self._people and not self.corpus.has_name(id, language):
            language = "en"
        try:
            return self.corpus.name(id, language)
        except KeyError:
            raise ProseError(f"the register has no name for {id} in {self.language}") from None

    def running(self, id: str) -> str:
        """A name in running text: English puts "the" before some; Chinese gives the original in brackets at the
        first mention of a body abroad in a report's sentences."""
        name = self.name(id)
        if self.language == "en":
            return f"the {name}" if id in self._with_the else name
        inside = len(self._noted) > 1 and self.corpus.abroad.get(id)
        return f"{name}\ue000{id}\ue001" if inside else name

    def _original(self, id: str) -> str:
        """The name of a body in its own script, in brackets, where it has not been given yet."""
        if id in self._introduced:
            return ""
        self._introduced.add(id)
        kind = "local" if self.corpus.has_name(id, "local") else "en"
        if not self.corpus.has_name(id, kind) or self.corpus.name(id, kind) in self.name(id):
            return ""
        return str(self.phrase("common/original", name=Fact("printed", self.corpus.name(id, kind))))

    @cached_property
    def _people(self) -> frozenset[str]:
        return frozenset(self.corpus["people"]["person_id"])

    @cached_property
    def _with_the(self) -> frozenset[str]:
        rows = self.corpus["organisations"]
        return frozenset(rows.loc[rows["takes_the"].fillna(False), "org_id"])

    def person(self, id: str, org_id: str) -> str:
        """A person by name (see `name`), or by their post at a body where the settings ask for it."""
        if self.corpus.settings.people == "names":
            return self.name(id)
        posts = self.corpus["posts"]
        held = posts[(posts["person_id"] == id) & (posts["org_id"] == org_id)]
        if held.empty:
            return self.phrase("common/somebody")
        return self.phrase("common/by_post", post=Fact("text", held.iloc[-1]["post"]))

    def text(self, text: str) -> str:
        """Our own words from a record, in the language (`Corpus.wording`).

        Raises `ProseError` naming the text, its record and the file to add it to, where it has no wording.
        """
        try:
            return self.corpus.wording(text, self.language)
        except KeyError:
            id, column = wordings.texts(self.corpus.tables).get(text, ("", ""))
            where = f" ({column} of {id})" if id else ""
            todo = f"add a row to data/raw/registers/{wordings.FILE}"
            raise ProseError(f'"{text}"{where} has no wording in {self.language}: {todo}') from None

    def told(self, text: str) -> str:
        """A text of a column that mixes ours with others': a group or a judgement in the language, the name of a
        person or a value of a source as printed, what is not known by its word."""
        if text == UNKNOWN:
            return self.phrase("common/not_given")
        return self.text(text) if text in self._ours else text

    def reason(self, text: str) -> str:
        """Why something was judged so, in the language, with who judged and when in brackets."""
        why, by = wordings.why(text)
        return self.phrase("common/reason", why=Fact("text", why), by=Fact("printed", by)) if by else self.text(why)

    @cached_property
    def _ours(self) -> frozenset[str]:
        return frozenset(wordings.texts(self.corpus.tables))

    def label(self, vocabulary: str, code: str) -> str:
        """The word for a code."""
        return self.corpus.label(vocabulary, code, self.language)

    def plural_label(self, vocabulary: str, code: str) -> str:
        """The plural of the word for a code; the word list has the irregular ones."""
        term = self.corpus.vocabularies[vocabulary][code]
        return (self.language == "en" and term.en_plural) or self.grammar.plural(self.label(vocabulary, code))

    def record_title(self, id: str) -> str:
        """What a record is called where its id means nothing: kind and date, kind and parties, plan, title."""
        table = self._tables.get(id)
        if table is None:
            return self.name(id)
        row = self.corpus.row(table, id)
        if table == "sources":
            return str(row["title"])
        if table in ("plans", "claims") and not pd.isna(row["what"]):
            return self.text(str(row["what"]))
        vocabulary, column = _TITLED[table]
        text = row.get("reading") if not pd.isna(row.get("reading")) else row.get("edtf")
        kind = Fact("code", (vocabulary, row[column]))
        if table == "agreements":
            bodies = self.corpus["parties"].loc[lambda t: (t["record_id"] == id) & t["party_id"].notna(), "party_id"]
            partners = [org for org in dict.fromkeys(bodies) if self.corpus.abroad.get(org)] or list(bodies)
            return self.phrase("common/agreement_title", kind=kind, partners=Fact("names", tuple(partners)))
        return self.phrase("common/dated_title", kind=kind, date=Fact("date", text if isinstance(text, str) else None))

    def is_record(self, id: str) -> bool:
        """Is it the id of a record that can be titled, not of a body, person or place?"""
        return id in self._tables

    @cached_property
    def _tables(self) -> dict[str, str]:
        """The table of each record that can be titled."""
        return {id: table for table in (*_TITLED, "sources") for id in self.corpus[table][BY_NAME[table].key[0]]}

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

    def figure_texts(self, figure: str, template: str = "figures", **facts: Any) -> tuple[str, str, str, str]:
        """Title, subtitle, alternative text and note of a figure: passages of a template."""
        texts = [self.phrase(f"{template}/{figure}_{part}", **facts) for part in ("title", "subtitle", "alt", "note")]
        title, subtitle, alt, note = (capital(text) for text in texts)
        narrowed = self._narrowed()
        if narrowed:
            about = Fact("printed", self.grammar.listed(narrowed))
            subtitle = self.phrase("figures/narrowed", subtitle=Fact("printed", subtitle), about=about)
        return title, subtitle, alt, note

    def _narrowed(self) -> list[str]:
        """What a selection is narrowed to beside its home: partners, kinds, countries, period."""
        chosen = self.corpus.selection
        return [
            *(self.name(org) for org in chosen.partners),
            *(self.label("event_type", code) for code in chosen.kinds),
            *(self.label("country", code) for code in chosen.countries),
            *([self.grammar.date(chosen.period.text)] if chosen.period else []),
        ]


def compile_templates() -> None:
    """Compile the package's templates, so that a process forked from this one need not."""
    for language in GRAMMARS:
        environment = Words(cast(Corpus, None), language)._environment
        for name in environment.list_templates(filter_func=lambda name, of=f"{language}/": name.startswith(of)):  # type: ignore[misc]
            environment.get_template(name)
