"""Every table and every field, defined once.

From these definitions follow: what a dossier and a register may hold (`dossiers`,
`registers`), what is checked (`check`), the columns and types of ``data/processed``
(`tables`), ``datapackage.json`` and ``docs/codebook.md`` (`codebook`).

To add a field, add one `Field` to its table. ``written`` is the key a person writes; a field
without one is computed and must be filled in `corpus`. To add a word to a list, add a row to
its file under ``data/raw/registers/vocabularies``; nothing here changes.

What does not belong here: rules between records (`check`) and how files are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA = "1"
MAX_WORDS = 12
MAX_CJK = 20

Type = Literal["id", "ref", "text", "code", "date", "edtf", "integer", "number", "boolean"]
Shape = Literal[
    "phrase", "dated", "place", "parties", "bodies", "signers", "quantities", "outputs",
    "parts", "milestones", "promises", "amount", "texts", "publisher",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``vocabulary`` names its word list, ``refers_to`` the table of its ids; ``ours`` marks a text in
    words of ours, which `wordings` has in each language (of parties: the groups)."""

    name: str
    type: Type
    description: str
    written: str = ""
    vocabulary: str = ""
    refers_to: str = ""
    required: bool = False
    default: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a dossier's record that is more than one value: a party list, a date, parts."""

    name: str
    shape: Shape
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, its key, and the section of a dossier that fills it."""

    name: str
    description: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    section: str = ""
    keys: tuple[Key, ...] = ()

    def field(self, name: str) -> Field:
        """The column of that name. Raises KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def columns(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def written(self) -> dict[str, Field]:
        """The columns that a person writes, by the key they are written under."""
        return {field.written: field for field in self.fields if field.written}


def _text(name: str, description: str, written: str = "", **more: object) -> Field:
    return Field(name, "text", description, written=written, **more)  # type: ignore[arg-type]


def _code(
    name: str, vocabulary: str, description: str, written: str = "", required: bool = False, default: str = ""
) -> Field:
    return Field(name, "code", description, written=written, vocabulary=vocabulary, required=required, default=default)


def _ref(name: str, table: str, description: str, written: str = "", required: bool = False) -> Field:
    return Field(name, "ref", description, written=written, refers_to=table, required=required)


DATED_BLOCK: tuple[Field, ...] = (
    _text("printed", "the date as the source prints it, when that is not plain"),
    Field("edtf", "edtf", "what the source says, as EDTF"),
    Field("reading", "edtf", "the date after judgement, as EDTF; empty when the source's own stands"),
    _code("basis", "date_basis", "on what the date rests"),
    _text("why", "the reason of a date that is not stated, and of each competing reading"),
    Field("start_earliest", "date", "the first day on which it can have begun"),
    Field("start_latest", "date", "the last day on which it can have begun"),
    Field("end_earliest", "date", "the first day on which it can have ended"),
    Field("end_latest", "date", "the last day on which it can have ended"),
    Field("earliest", "date", "the same as start_earliest"),
    Field("latest", "date", "the same as end_latest"),
    _text("earliest_missing", "why there is no earliest day: open or unknown"),
    _text("latest_missing", "why there is no latest day: open or unknown"),
    Field("uncertain", "boolean", "the date carries a question mark"),
    Field("approximate", "boolean", "the date carries a tilde"),
    _text("precision", "the coarsest unit in which the date is given (computed)"),
)

_NOTE = _text("note", "what a later reader should know, in our words", written="note")
_REGISTER = (
    _ref("register_id", "sources", "the register (a table nobody here wrote) it comes from; empty for dossiers"),
    Field("register_row", "integer", "its row in that register's file, as a spreadsheet counts"),
)
_CURATION = _code("curation", "curation_status", "how far its best source is checked (computed)")
_RECORD = (
    _text("record", "the table of the record it belongs to"),
    Field("record_id", "ref", "the record it belongs to"),
)
_AMOUNT = (
    Field("low", "number", "the lowest number the words allow"),
    Field("best", "number", "the number as given; empty where only a bound is given"),
    Field("high", "number", "the highest number the words allow; empty where there is no limit"),
    _code("qualifier", "qualifier", "how exact the source is"),
)
SAYS = Key(
    "says",
    "phrase",
    f"the phrase of the source it rests on: at most {MAX_WORDS} words or {MAX_CJK} "
    "Chinese characters, as printed, standing in exactly one paragraph; or the paragraph alone, as ¶4",
)
WHEN = Key(
    "when",
    "dated",
    "an EDTF date, or {printed, edtf, reading, readings, basis, why, days, says}; `basis` is stated unless given",
)
WHERE = Key("where", "place", "a place of the register, online or unknown, or {place, printed, says}")
WHO = Key(
    "who",
    "parties",
    "role: party or list of parties. A party is a body's id or printed name, a person "
    "(`Name @ body`), a group (`words (group) @ body`), or {party, for, headcount, says}",
)
QUANTITIES = Key("quantities", "quantities", "measure: number, as 50, ~50, >3000, >=15, 2..3, hundreds")

SOURCES = Table(
    "sources",
    "One article or register.",
    ("source_id",),
    (
        Field("source_id", "id", "its id, also the name of its dossier", written="id", required=True),
        _text("title", "the headline as printed", written="title", required=True),
        _text("publisher", "who published it, as printed"),
        _ref("publisher_id", "organisations", "the publisher in the register, where it is there"),
        Field("publisher_is_party", "boolean", "the publisher takes part in what it tells"),
        _code("kind", "source_kind", "what kind of source it is"),
        _code("language", "language", "the language it is written in", written="language", required=True),
        _text("url", "its address", written="url"),
        Field("published", "edtf", "when it was published", written="published", default="unknown"),
        _code("published_basis", "date_basis", "on what that date rests", written="published_basis"),
        Field("updated", "date", "the day on which the page says it was updated", written="updated"),
        _text("licence", "under what licence it may be used again", written="licence"),
        _text("citation", "how it asks to be cited", written="citation"),
        _code(
            "audience",
            "audience",
            "who may read what rests on it",
            written="audience",
            required=True,
            default="public",
        ),
        _text("sha256", "digest of the article's normalised text", written="sha256"),
        _ref("copy_of", "sources", "the article it copies: a copy is no second witness", written="copy_of"),
        _code("extent", "source_extent", "how much of the article was read", written="extent"),
        _code("status", "curation_status", "how far the coding is", required=True),
        _text("coder", "who coded it"),
        Field("coded_on", "date", "when it was coded"),
        _NOTE,
    ),
    section="source",
    keys=(Key("publisher", "publisher", "{name, kind, is_party, id}", required=True),),
)

ORGANISATIONS = Table(
    "organisations",
    "One body: a library, a city government, an association.",
    ("org_id",),
    (
        Field("org_id", "id", "its id", written="org_id", required=True),
        _code("kind", "organisation_kind", "what kind of body it is", written="kind", required=True),
        _ref("place_id", "places", "where its seat is", written="place_id"),
        _ref("parent_id", "organisations", "the body it belongs to", written="parent_id"),
        Field(
            "takes_the",
            "boolean",
            "its English name has `the` in running text",
            written="takes_the",
        ),
        Field("valid_from", "edtf", "since when it exists under this id", written="valid_from"),
        Field("valid_to", "edtf", "until when", written="valid_to"),
        _NOTE,
    ),
)
PEOPLE = Table(
    "people",
    "One person.",
    ("person_id",),
    (
        Field("person_id", "id", "their id", written="person_id", required=True),
        _code(
            "name_order",
            "name_order",
            "which part of the name is printed first",
            written="name_order",
            required=True,
        ),
        _NOTE,
    ),
)
PLACES = Table(
    "places",
    "One place, with the precision at which it is known.",
    ("place_id",),
    (
        Field("place_id", "id", "its id", written="place_id", required=True),
        _code("kind", "place_precision", "what it is: building, city … country", written="kind", required=True),
        _code("country", "country", "ISO 3166 code of the country or region", written="country", required=True),
        _text("admin1", "the first division below: province, state", written="admin1"),
        Field("lat", "number", "latitude in degrees north (WGS 84)", written="lat"),
        Field("lon", "number", "longitude in degrees east (WGS 84)", written="lon"),
        Field("geonames_id", "integer", "its number at GeoNames, where known", written="geonames_id"),
        _NOTE,
    ),
)
NAMES = Table(
    "names",
    "One name of a body, person or place.",
    ("of", "id", "text", "language", "kind", "source_id"),
    (
        _text("of", "the table of what is named"),
        Field("id", "ref", "what is named"),
        _text("text", "the name"),
        _code("language", "language", "the language of the name"),
        _code("kind", "name_kind", "what kind of name it is"),
        _ref("source_id", "sources", "the source that prints it; empty for the register's own"),
    ),
)
WORDINGS = Table(
    "wordings",
    "One text of ours in each language of reports.",
    ("en",),
    (
        _text("en", "the text in English", written="en", required=True),
        _text("zh", "the text in Chinese", written="zh", required=True),
    ),
)
POSTS = Table(
    "posts",
    "A post as attested at one time.",
    ("post_id",),
    (
        Field("post_id", "id", "its id", written="id"),
        _ref("person_id", "people", "who held it; empty when the source does not name them", written="person"),
        _text("post", "the post as printed, in English or Chinese", written="post", required=True, ours=True),
        _ref("org_id", "organisations", "at which body", written="org", required=True),
        _ref("event_id", "events", "the event that dates it", written="at"),
        *DATED_BLOCK,
        _NOTE,
    ),
    section="posts",
    keys=(SAYS, WHEN),
)
PROGRAMMES = Table(
    "programmes",
    "A programme that paid for or held together several events.",
    ("programme_id",),
    (
        Field("programme_id", "id", "its id", written="id", required=True),
        _text("name", "its name as printed", written="name", required=True, ours=True),
        _text("funder", "who paid, as printed", written="funder", ours=True),
        _ref("funder_id", "organisations", "who paid, in the register", written="funder_id"),
        _text("period", "how long it ran, as told", written="period", ours=True),
        _NOTE,
    ),
    section="programmes",
    keys=(SAYS,),
)
SERIES = Table(
    "series",
    "Events that recur under one name.",
    ("series_id",),
    (
        Field("series_id", "id", "its id", written="id", required=True),
        _text("name", "its name", written="name", required=True, ours=True),
        _NOTE,
    ),
    section="series",
    keys=(SAYS,),
)
AGREEMENTS = Table(
    "agreements",
    "A standing tie between bodies, with or without an instrument.",
    ("agreement_id",),
    (
        Field("agreement_id", "id", "its id", written="id", required=True),
        _code("kind", "agreement_kind", "what kind of tie it is", written="kind", required=True),
        _code("level", "agreement_level", "between whom it stands", written="level", default="institution"),
        _code(
            "form",
            "agreement_form",
            "one agreement, a group of several, or one of such a group",
            written="form",
            default="single",
        ),
        _ref("parent_id", "agreements", "the group it belongs to", written="parent"),
        _text("scope", "what it is about, in our words", written="scope", ours=True),
        Field("ends", "edtf", "when it ends, if the source says so", written="ends"),
        Field(
            "countable",
            "boolean",
            "counted in headlines: a group once, its children not, a tie without an instrument not",
            written="countable",
        ),
        *_REGISTER,
        _CURATION,
        _NOTE,
    ),
    section="agreements",
    keys=(
        SAYS,
        Key("parties", "bodies", "the bodies it binds", required=True),
        Key("one_each_with", "bodies", "a group: one child agreement of the parties with each of these"),
        Key("milestones", "milestones", "step: date, {part_of: event} (makes the event of the step), {event: event}"),
        Key("signers", "signers", "body: who signed for it, or unknown"),
        Key("promises", "promises", "what the text commits to: plans of strength committed"),
    ),
)  # fmt: skip
MILESTONES = Table(
    "milestones",
    "A dated step of an agreement.",
    ("milestone_id",),
    (
        Field("milestone_id", "id", "its id: the agreement's and the step"),
        _ref("agreement_id", "agreements", "the agreement"),
        _code("step", "milestone_step", "which step"),
        _ref("event_id", "events", "the event in which it happened", written="event"),
        *DATED_BLOCK,
    ),
)
EVENTS = Table(
    "events",
    "Something that happened.",
    ("event_id",),
    (
        Field("event_id", "id", "its id; a part may leave it out", written="id"),
        _code("type", "event_type", "what kind of event it was", written="type", required=True),
        _code("mode", "mode", "in person, online …", written="mode", default="unknown"),
        *DATED_BLOCK,
        Field("days", "number", "how many days it lasted, as told"),
        _ref("place_id", "places", "where it was"),
        _code("place_precision", "place_precision", "how precisely the place is known"),
        _text("place_printed", "the place as printed, when it is not in the register"),
        _ref("part_of", "events", "the event it is part of", written="part_of"),
        _ref("follows", "events", "the event it followed on the same journey", written="follows"),
        _ref("series", "series", "the series it belongs to", written="series"),
        _ref("programme", "programmes", "the programme it belongs to", written="programme"),
        _ref("agreement_id", "agreements", "the agreement it serves", written="agreement"),
        _code("clarity", "clarity", "one event, or several told as one", written="clarity", default="single"),
        _code("factuality", "factuality", "whether it took place", written="factuality", default="realised"),
        _text("topic", "what it was about, in our words", written="topic", ours=True),
        _text("outcome", "what came of it, in our words", written="outcome", ours=True),
        Field("countable", "boolean", "may be counted in headlines (computed unless given)", written="countable"),
        *_REGISTER,
        _CURATION,
        _NOTE,
    ),
    section="events",
    keys=(
        SAYS,
        WHEN,
        WHERE,
        WHO,
        QUANTITIES,
        Key("outputs", "outputs", "kind: title in our words, or list of them"),
        Key("parts", "parts", "events inside it; they take date, place, host and phrase from it"),
    ),
)  # fmt: skip
PLANS = Table(
    "plans",
    "Something intended. Planned is not done.",
    ("plan_id",),
    (
        Field("plan_id", "id", "its id; a promise may leave it out", written="id"),
        _code("kind", "plan_kind", "what is intended", written="kind", required=True),
        _text("what", "what is intended, in our words", written="what", ours=True),
        _code("strength", "plan_strength", "how firmly", written="strength", required=True),
        *DATED_BLOCK,
        Field("recurring", "boolean", "it never ends; kept while matching activity goes on", written="recurring"),
        _ref("place_id", "places", "where it is to be"),
        _code("place_precision", "place_precision", "how precisely the place is known"),
        _text("place_printed", "the place as printed, when it is not in the register"),
        _ref("agreement_id", "agreements", "the agreement it follows from", written="agreement"),
        _ref("raised_at", "events", "the event at which it was voiced", written="raised_at"),
        _ref("reciprocal_of", "events", "the event it is to answer", written="reciprocal_of"),
        _ref("realised_by", "events", "the event that did it", written="realised_by"),
        _code("status", "plan_status", "its status as stated", written="status", default="open"),
        *_REGISTER,
        _CURATION,
        _NOTE,
    ),
    section="plans",
    keys=(SAYS, WHEN, WHERE, WHO, QUANTITIES),
)  # fmt: skip
PARTIES = Table(
    "parties",
    "One taking part in one record.",
    ("record", "record_id", "n"),
    (
        *_RECORD,
        Field("n", "integer", "its place in the list, from 1"),
        _code("party", "party_kind", "a body, a person, a group or an endpoint"),
        Field("party_id", "ref", "the body or person in the register; empty where not known"),
        _text("text", "the party as written", ours=True),
        _code("role", "role", "what it did"),
        _ref("for_org", "organisations", "the body for which a person or group took part"),
        Field("headcount", "integer", "how many people a group had, as told"),
    ),
)
QUANTITIES_TABLE = Table(
    "quantities",
    "One number about one record.",
    ("record", "record_id", "measure"),
    (*_RECORD, _code("measure", "measure", "what is counted"), *_AMOUNT, _text("unit", "the unit")),
)
OUTPUTS = Table(
    "outputs",
    "What came of an event: papers, posters, exhibitions, books.",
    ("event_id", "kind", "title"),
    (
        _ref("event_id", "events", "the event"),
        _code("kind", "output_kind", "what it is"),
        _text("title", "what it is about, in our words", ours=True),
    ),
)
CLAIMS = Table(
    "claims",
    "A total that a source states; never so many records.",
    ("claim_id",),
    (
        Field("claim_id", "id", "its id: the source's and the measure, unless given", written="id"),
        _ref("subject", "organisations", "about whom", written="subject", required=True),
        _code("measure", "claim_measure", "what is counted", written="measure", required=True),
        _text("what", "the claim in our words", written="what", ours=True),
        *_AMOUNT,
        Field("as_of", "edtf", "for which time it is stated", written="as_of"),
        _code("scope", "claim_scope", "whether the source gives the whole list", written="scope", default="open"),
        _ref("raised_at", "events", "the event at which it was stated", written="raised_at"),
        *_REGISTER,
        _CURATION,
        _NOTE,
    ),
    section="claims",
    keys=(SAYS, Key("value", "amount", "the number, as 15, ~15, >20000", required=True)),
)  # fmt: skip
ASSERTIONS = Table(
    "assertions",
    "One value of one field of one record, from one source. The field * stands for the record.",
    ("record", "record_id", "field", "source_id"),
    (
        *_RECORD,
        _text("field", "the field; * for the record as a whole"),
        _text("value", "the value as text"),
        _ref("source_id", "sources", "the source"),
        Field("paragraph", "integer", "the paragraph of the article; empty until verified"),
        _text("phrase", "the phrase as printed"),
        _code("stance", "stance", "whether the source states, implies or contradicts it"),
    ),
)
CONFLICTS = Table(
    "conflicts",
    "Fields whose values differ between sources.",
    ("record", "record_id", "field"),
    (
        *_RECORD,
        _text("field", "the field"),
        _text("relation", "finer, overlapping or contradicting"),
        _text("values", "the values with their sources"),
        _text("chosen", "the value in use"),
        _text("rule", "decision, finer, hull, or the rule for open contradictions"),
        _text("reason", "why, in words"),
    ),
)

TABLES: tuple[Table, ...] = (
    SOURCES,
    ORGANISATIONS,
    PEOPLE,
    PLACES,
    NAMES,
    WORDINGS,
    POSTS,
    PROGRAMMES,
    SERIES,
    AGREEMENTS,
    MILESTONES,
    EVENTS,
    PLANS,
    PARTIES,
    QUANTITIES_TABLE,
    OUTPUTS,
    CLAIMS,
    ASSERTIONS,
    CONFLICTS,
)
BY_NAME = {table.name: table for table in TABLES}
BY_SECTION = {table.section: table for table in TABLES if table.section and table.section != "source"}

# What a register's row holds beside the table's own columns: its names.
NAME_COLUMNS = ("name_en", "name_zh", "name_local", "local_language", "variants", "our_reading")
REGISTERS: dict[str, Table] = {
    "organisations.csv": ORGANISATIONS,
    "people.csv": PEOPLE,
    "places.csv": PLACES,
}

VOCABULARY_COLUMNS = ("code", "en", "zh", "definition")
VOCABULARY_EXTRAS = ("en_plural", "broader", "maps_to")
COMPUTED_VOCABULARIES = (  # used by analysis, stored in no table
    "agreement_status", "claim_caveat", "claim_verdict", "conflict_rule", "direction", "flip", "headline_figure",
    "left_out_reason", "page_part", "pandemic_phase", "record_change", "record_field", "record_gap", "record_kind",
    "visit_owed", "world_region",
)  # fmt: skip
VOCABULARIES = tuple(
    sorted({f.vocabulary for table in TABLES for f in table.fields if f.vocabulary} | {*COMPUTED_VOCABULARIES})
)

TOP_LEVEL_KEYS: dict[str, str] = {
    "schema": f"the version of this form: {SCHEMA}",
    "source": "the article itself",
    "status": "draft, in_review, reviewed or withdrawn",
    "coder": "who coded it",
    "coded_on": "the day it was coded",
    "names": "names as printed: id in the register",
    **{section: table.description for section, table in BY_SECTION.items()},
    "left_out": "what is told and is no exchange, in our words",
    "mentioned_sources": "newspapers and sites that reported, a reading list",
}
