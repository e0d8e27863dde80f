"""Planted mistakes: each is found, in its file and line, with words that help; and nothing else is.

A ``»`` in planted text marks the line of the mistake and is taken out before the text is written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from invented_records import decide, head, invent

from workbench.errors import Problem, RecordsError
from workbench.paths import Project
from workbench.records import load

MARK = "»"
DOSSIERS = "data/raw/dossiers/"
FILES = {
    "leeds": DOSSIERS + "globalleeds-hangzhou-mou.yaml",
    "heidelberg": DOSSIERS + "hzlib-heidelberg-online-meeting.yaml",
    "milan": DOSSIERS + "hzlib-milan-exchange.yaml",
    "sharing": DOSSIERS + "zjlib-2023-academic-exchange.yaml",
    "oclc": DOSSIERS + "zjlib-oclc-2018.yaml",
    "organisations": "data/raw/registers/organisations.csv",
    "people": "data/raw/registers/people.csv",
    "places": "data/raw/registers/places.csv",
    "decisions": "data/raw/decisions.yaml",
    "anchors": "data/raw/anchors.csv",
    "settings": "workbench.toml",
    "basemap": "data/raw/basemap",
    "dossiers": "data/raw/dossiers",
}
Change = str | bytes | Callable[[Path], None]


@dataclass(frozen=True)
class Mistake:
    """What is planted where, and what must be reported: words of the message, severity, line."""

    name: str
    file: str
    old: str  # "" appends
    new: Change
    words: str  # parts divided by |, all of which the message holds
    line: int | None = -1  # -1: that of the mark; None: any
    severity: str = "error"  # "": either
    reported: str = ""  # the file reported, when it is another


def words(name: str) -> str:
    return f"data/raw/registers/vocabularies/{name}.csv"


def path_of(project: Project, file: str) -> Path:
    return project.root / FILES.get(file, file)


def plant(project: Project, mistake: Mistake) -> tuple[str, int | None]:
    """Plant it; returns the file and the line in which it must be reported."""
    path = path_of(project, mistake.file)
    line = mistake.line
    if callable(mistake.new):
        mistake.new(path)
    else:
        mark = MARK.encode()
        new = mistake.new.encode() if isinstance(mistake.new, str) else mistake.new
        content, old = path.read_bytes(), mistake.old.encode()
        assert not old or content.count(old) == 1, f"{content.count(old)} times: {mistake.old}"
        content = content.replace(old, new) if old else content + new
        if line == -1:
            assert content.count(mark) == 1
            line = content[: content.index(mark)].count(b"\n") + 1
        path.write_bytes(content.replace(mark, b""))
    reported = mistake.reported or mistake.file
    return FILES.get(reported, reported), line


def found(project: Project) -> list[Problem]:
    return load.check_project(project)[2]


def described(problems: list[Problem]) -> str:
    return "\n".join(f"{p.severity} {p}" for p in problems) or "nothing was reported"


THIRTEEN = "a b c d e f g h i j k l m"
M = Mistake


# --- how a file is written --------------------------------------------------------------------
def rewrite(change: Callable[[bytes], bytes]) -> Change:
    return lambda path: path.write_bytes(change(path.read_bytes())) and None


def unlink(path: Path) -> None:
    path.unlink()


def into_folder_below(path: Path) -> None:
    (path.parent / "old").mkdir()
    path.rename(path.parent / "old" / path.name)


def renamed(name: str) -> Change:
    return lambda path: path.rename(path.with_name(name)) and None


# fmt: off
YAML = [
    M("key twice", "leeds", "  language: en\n", "  language: en\n  »language: zh\n", "language|twice|line 7"),
    M("key of a record twice", "leeds", "    topic: library work", "    topic: x\n    »topic: y",
      "topic|twice|line 87"),
    M("name twice", "leeds", "names:\n", "names:\n  Hangzhou Library: huzhou-library\n»", "twice|line 16"),
    M("measure twice", "leeds", "{audience: ~50}", "»{audience: ~50, audience: 60}", "audience|twice"),
    M("alias", "leeds", "where: Chengdu", "where: »*place", "alias *place|in quotes"),
    M("anchor", "leeds", "where: Chengdu", "where: »&place Chengdu", "anchor &place"),
    M("tag", "leeds", "where: Chengdu", "where: »!Chengdu", "tag !Chengdu"),
    M("tag of YAML's own", "leeds", "where: Chengdu", "where: »!!str Chengdu", "the tag"),
    M("merge key", "leeds", "  where: Chengdu", "  »<<: {where: Chengdu}", "<<"),
    M("tab", "leeds", "  where: Chengdu", "»\twhere: Chengdu", "tab"),
    M("not UTF-8", "leeds", "where: Chengdu", "where: »Z".encode() + b"\xfcrich", "0xfc|UTF-8"),
    M("UTF-16", "leeds", "", rewrite(lambda b: b.decode().encode("utf-16")), "UTF-8", 1),
    M("control character", "leeds", "where: Chengdu", "where: »Cheng\x07du", "U+0007"),
    M("NUL", "leeds", "where: Chengdu", "where: »Cheng\x00du", "U+0000"),
    M("control character of the second block", "leeds", "where: Chengdu", "where: »Cheng\u0090du", "U+0090"),
    M("next-line character", "leeds", "where: Chengdu", "where: »Cheng\u0085du", "U+0085"),
    M("line separator", "leeds", "where: Chengdu", "where: »Cheng\u2028du", "U+2028"),
    M("right-to-left mark", "leeds", "where: Chengdu", "where: »\u200fChengdu", "invisible|U+200F"),
    M("right-to-left override", "leeds", "name: Global Leeds", "»name: \u202eGlobal Leeds", "U+202E"),
    M("zero-width space", "leeds", "where: Chengdu", "where: »Cheng\u200bdu", "U+200B"),
    M("byte order mark inside", "leeds", "where: Chengdu", "where: »\ufeffChengdu", "U+FEFF"),
    M("two documents", "leeds", "", "»---\nschema: 1\n", "document"),
    M("empty file", "leeds", "", rewrite(lambda b: b""), "the file is empty", 1),
    M("only a remark", "leeds", "", rewrite(lambda b: b"# later\n"), "the file is empty", 1),
    M("a list", "leeds", "", rewrite(lambda b: b"- a\n"), "not one list of `key: value`", 1),
    M("schema of another day", "leeds", "schema: 1", "»schema: 2", "schema|schema: 1"),
    M("no schema", "leeds", "schema: 1\n", "", "schema|schema: 1", 1),
    M("bracket not closed", "leeds", "Chinese librarians (group)]", "Chinese librarians (group)", "not YAML",
      43),
    M("colon in a text", "leeds", "topic: library work and", "»topic: library: work and", "not YAML|quotes"),
    M("brackets without quotes", "leeds", '"[2019-03-21..2019-03-31]"', "»[2019-03-21..2019-03-31]",
      "edtf|list|in quotes"),
    M("wrong indentation", "leeds", "  mode: in_person\n  programme: uk",
      "   »mode: in_person\n  programme: uk", "not YAML|indentation"),
    M("key that is a list", "leeds", "  programme: uk-", "  »? [a, b]\n  : x\n  programme: uk-",
      "a key is not plain text"),
    M("nested without end", "leeds", "topic: library work and culture in both countries",
      f"»topic: {'[' * 2000}{']' * 2000}", "nested"),
    M("file named otherwise", "leeds", "", renamed("another-name.yaml"), "id|another-name.yaml", 3,
      reported=DOSSIERS + "another-name.yaml"),
    M("source named otherwise", "leeds", "  id: globalleeds-hangzhou-mou", "  »id: globalleeds-mou",
      "globalleeds-mou.yaml"),
    M("two files about one source", "leeds", "",
      lambda path: shutil.copy(path, path.with_suffix(".yml")) and None,
      "globalleeds-hangzhou-mou.yaml|same source", 1, reported=DOSSIERS + "globalleeds-hangzhou-mou.yml"),
    M("dossier with an ending in capitals", "leeds", "", renamed("globalleeds-hangzhou-mou.YAML"), "read",
      None, "", DOSSIERS + "globalleeds-hangzhou-mou.YAML"),
    M("dossier in a folder below", "leeds", "",
      into_folder_below,
      "read", None, "", DOSSIERS + "old/globalleeds-hangzhou-mou.yaml"),
    M("a folder named like a dossier", "dossiers", "", lambda path: (path / "a.yaml").mkdir(), "file", None,
      reported=DOSSIERS + "a.yaml"),
    M("no source", "leeds", "schema: 1\nsource:", "schema: 1\n»sources:", "did you mean source"),
]
# fmt: on

# --- ids --------------------------------------------------------------------------------------
SUCH_AS = "  raised_at: heidelberg-online-meeting\n  says: such as book donation"
# fmt: off
IDS = [
    M("event twice", "heidelberg", "- id: hangzhou-heidelberg-cloud-contacts",
      "- »id: heidelberg-online-meeting", "twice|first in line 15"),
    M("plan twice", "heidelberg", "- id: hpl-deepen-friendship", "- »id: heidelberg-anniversary", "id|twice"),
    M("part twice", "leeds", "  - id: leeds-2019-radio\n", "  - »id: leeds-2019-public-talk\n", "id|twice"),
    M("child of a group twice", "oclc", "  - quzhou-library\n", "  - quzhou-library\n  - »quzhou-library\n",
      "twice"),
    M("one id in two sections", "heidelberg", "- id: hpl-deepen-friendship",
      "- »id: hangzhou-heidelberg-cities", "used for one of the agreements too"),
    M("one id in two dossiers, of two kinds", "milan", "- id: milan-return-visit", "- »id: leeds-visit-2019",
      "used for one of the events too"),
    M("id of a register", "heidelberg", "- id: hpl-deepen-friendship", "- »id: hangzhou-city",
      "organisations.csv"),
    M("person twice", "people", "", "»hu-fang,family_first,Hu Fang,,,\n", "person_id|twice|line 8"),
    M("body twice", "organisations", "", "»oclc,office,,,Another,,,,,,,,,\n", "org_id|twice|line 20"),
    M("place twice", "places", "", "»leeds,city,GB,,53.8,-1.5,,Leeds,,,,,\n", "place_id|twice|line 11"),
    M("one id in two registers", "people", "", "»leeds-city,given_first,Ann Invented,,,\n",
      "leeds-city|organisations.csv"),
    M("code twice", words("mode"), "", "»online,on the line,网上,again\n", "code|twice"),
    M("code that is no id", words("mode"), "", "»On Line!,on the line,网上,again\n", "code|On Line!"),
    M("broader code unknown", words("agreement_kind"), ",,city_tie_unspecified\nfriendly",
      ",,»city_tie\nfriendly", "broader|did you mean city_tie_unspecified"),
    M("broader codes in a circle", words("agreement_kind"), "city ties of unstated kind,\n",
      "city ties of unstated kind,»sister_city\n", "broader|itself"),
    M("word missing", words("mode"), "online,online,线上", "»online,online,", "zh|no zh"),
    M("definition missing", words("mode"), ",people met online", ",»", "definition"),
    M("list nobody uses", words("mode"), "",
      lambda path: path.with_name("modes.csv").write_text("code,en,zh,definition\n") and None,
      "did you mean mode", 1, "warning", words("modes")),
    M("id with capitals", "leeds", "- id: leeds-visit-2019\n", "- »id: Leeds_Visit 2019\n",
      "id|write leeds-visit-2019"),
    M("id in Chinese", "leeds", "- id: chengdu-2019\n", "- »id: 成都\n", "id|Latin letters"),
    M("id empty", "leeds", "- id: chengdu-2019\n", "- »id:\n", "id|empty"),
    M("no id", "leeds", "- id: chengdu-2019\n  type: c", "- »type: c", "no id"),
    M("id of a register empty", "people", "hu-fang,family_first", "»,family_first", "person_id|empty"),
    M("id of a register badly formed", "people", "hu-fang,family_first", "»Hu Fang,family_first",
      "write hu-fang"),
    # every reference column
    M("event.programme", "leeds", "programme: bl-in-china", "»programme: bl-in-chine",
      "did you mean bl-in-china"),
    M("event.series", "milan", "series: chinese-library-annual-conference",
      "»series: chinese-library-conference", "series|did you mean chinese-library-annual-conference"),
    M("event.follows", "leeds", "follows: chengdu-2019", "»follows: chengdu-2018",
      "did you mean chengdu-2019"),
    M("event.part_of", "sharing", "  mode: unknown\n", "  mode: unknown\n  »part_of: wlic-2022\n",
      "part_of|did you mean wlic-2023"),
    M("event.agreement", "milan", "  agreement: milan-hangzhou-libraries\n  says: were",
      "  »agreement: milan-hangzhou\n  says: were", "· agreement ·|did you mean milan-hangzhou-libraries"),
    M("plan.agreement", "milan", "  agreement: milan-hangzhou-libraries\n  reciprocal",
      "  »agreement: milan-hangzhou\n  reciprocal", "did you mean milan-hangzhou-libraries"),
    M("plan.raised_at", "heidelberg", SUCH_AS,
      SUCH_AS.replace("  raised_at: heidelberg", "  »raised_at: heidelburg"),
      "did you mean heidelberg-online-meeting"),
    M("plan.reciprocal_of", "milan", "reciprocal_of: milan-stay-2017", "»reciprocal_of: milan-stay-2018",
      "did you mean milan-stay-2017"),
    M("plan.realised_by", "milan", "  reciprocal_of: milan-stay-2017",
      "  reciprocal_of: milan-stay-2017\n  »realised_by: return-2018", "realised_by|not among the events"),
    M("agreement.parent", "leeds", "  kind: city_tie_unspecified",
      "  »parent: no-such\n  kind: city_tie_unspecified", "not among the agreements"),
    M("milestone.event", "milan", "{event: milan-first-talk-2016", "»{event: milan-talk-2016",
      "did you mean milan-first-talk-2016"),
    M("milestone.part_of", "leeds", "{part_of: leeds-visit-2019", "»{part_of: leeds-visit-2018",
      "did you mean leeds-visit-2019"),
    M("claim.raised_at", "heidelberg", "  raised_at: heidelberg-online-meeting\n  says: maintained",
      "  »raised_at: heidelberg-meeting\n  says: maintained", "did you mean heidelberg-online-meeting"),
    M("claim.subject", "oclc", "- subject: oclc\n  measure: countries",
      "- »subject: oclk\n  measure: countries", "subject|did you mean oclc"),
    M("post.at", "leeds", 'at: leeds-visit-2019, says: "Andrea', '»at: leeds-visit-2018, says: "Andrea',
      "· at ·|did you mean leeds-visit-2019"),
    M("post.person", "leeds", "{person: Andrea Ellison", "{»person: Andrea Elison",
      "did you mean andrea-ellison"),
    M("post.org", "leeds", "org: leeds-libraries,", "»org: leeds-library,", "did you mean leeds-libraries"),
    M("programme.funder_id", "leeds", "funder_id: british-library", "»funder_id: brittish-library",
      "did you mean british-library"),
    M("source.copy_of", "leeds", "  audience: public\n", "  audience: public\n  »copy_of: zjlib-oclc-2017\n",
      "copy_of|did you mean zjlib-oclc-2018"),
    M("publisher.id", "heidelberg", "id: hangzhou-public-library, kind", "»id: hangzhou-public-librari, kind",
      "did you mean hangzhou-public-library"),
    M("organisation.place_id", "organisations", "british-library,national_library,london",
      "british-library,national_library,»londn", "did you mean london"),
    M("organisation.parent_id", "organisations", "leeds-libraries,public_library,leeds,leeds-city",
      "leeds-libraries,public_library,leeds,»leeds-cty", "did you mean leeds-city"),
    M("decision.id", "decisions", "decisions: []",
      "decisions:\n- »{record: events, id: leeds-visit-2018, field: edtf, value: 2019, why: asked, by: "
      "A. N. Other, on: 2026-11-21}", "did you mean leeds-visit-2019"),
    M("event id where an agreement belongs", "milan", "  agreement: milan-hangzhou-libraries\n  says: were",
      "  »agreement: milan-stay-2017\n  says: were", "one of the events"),
]
# fmt: on

# --- names ------------------------------------------------------------------------------------
# fmt: off
NAMES = [
    M("body", "heidelberg", "    - heidelberg-city\n", "    - »heidelburg-city\n",
      "who|did you mean heidelberg-city|(open)"),
    M("body behind @", "heidelberg", "Du Shigen @ hangzhou-foreign-affairs-office",
      "»Du Shigen @ hangzhou-foreign-office", "did you mean hangzhou-foreign-affairs-office"),
    M("person", "heidelberg", "- Hu Fang @ ", "- »Hu Fan @ ", "who|did you mean hu-fang"),
    M("body of a group", "leeds", "for: hangzhou-public-library, says", "»for: hangzhou-public-librari, says",
      "did you mean hangzhou-public-library"),
    M("place", "leeds", "where: Chengdu", "»where: Chengdou", "where|did you mean chengdu"),
    M("place in a block", "milan", "place: china", "»place: chine", "did you mean china"),
    M("party of an agreement", "leeds", "parties: [leeds-city", "»parties: [leeds-citty",
      "parties|did you mean leeds-city"),
    M("party of a group", "oclc", "  - quzhou-library\n", "  - »quzou-library\n",
      "one_each_with|did you mean quzhou-library"),
    M("signer's body", "leeds", "signers: {leeds-libraries", "»signers: {leeds-librarie",
      "did you mean leeds-libraries"),
    M("signer", "leeds", "{leeds-libraries: Andrea Ellison,", "»{leeds-libraries: Andrea Elison,",
      "did you mean andrea-ellison"),
    M("name as printed", "leeds", "Hangzhou Library: hangzhou-public-library",
      "»Hangzhou Library: hangzou-public-library", "names|did you mean hangzhou-public-library"),
    M("name given to another body", "leeds", "names:\n", "names:\n  »Leeds Libraries: huzhou-library\n",
      "Leeds Libraries|leeds-libraries"),
    M("name of two places", "leeds", "where: Chengdu", "where: »Elsewhere",
      "where|names 2|elsewhere-one or elsewhere-two|write the id"),
    M("mark nobody knows", "leeds", "UK librarians (group)", "»UK librarians (grup)", "(grup)"),
    M("@ without a person", "heidelberg", "- Hu Fang @ hangzhou-public-library",
      '- »"@ hangzhou-public-library"', "who"),
    M("line break in a name", "heidelberg", "- Hu Fang @ hangzhou-public-library",
      '- »"Hu\\nFang @ hangzhou-public-library"', "who"),
    M("a party without a party", "sharing",
      "{party: colleagues (group), for: zhejiang-library, headcount: 4}\n  topic: the world",
      "»{for: zhejiang-library, headcount: 4}\n  topic: the world", "party"),
    M("two bodies of one name", "organisations", "",
      "»leeds-libraries-two,public_library,leeds,,Leeds Libraries,,,,,,,,,\n",
      "Leeds Libraries|leeds-libraries and leeds-libraries-two", severity="warning"),
]
# fmt: on

# --- word lists -------------------------------------------------------------------------------
# code as it stands, code planted (which the message must hold), what is proposed
# fmt: off
CODES = [
    ("event.type", "leeds", "type: conference", "type: conferense", "conference"),
    ("event.type in capitals", "leeds", "type: conference", "type: Conference", "conference"),
    ("event.mode", "leeds", "mode: broadcast", "mode: brodcast", "broadcast"),
    ("event.clarity", "heidelberg", "type: other\n  mode: online\n  clarity: aggregate",
      "type: other\n  mode: online\n  clarity: agregate", "aggregate"),
    ("event.factuality", "sharing", "  mode: unknown\n", "  mode: unknown\n  factuality: realized\n",
      "realised"),
    ("agreement.kind", "leeds", "kind: memorandum", "kind: memorandom", "memorandum"),
    ("agreement.level", "leeds", "level: city", "level: cities", "city"),
    ("agreement.form", "leeds", "kind: memorandum\n", "kind: memorandum\n  form: singel\n", "single"),
    ("milestone step", "leeds", "signed: {part", "sign: {part", "signed"),
    ("plan.kind", "milan", "kind: staff_exchange", "kind: staff_exchang", "staff_exchange"),
    ("plan.strength", "milan", "strength: planned", "strength: planed", "planned"),
    ("plan.status", "milan", "strength: planned", "strength: planned\n  status: opened", "open"),
    ("claim.measure", "heidelberg", "measure: partner_libraries", "measure: partner_library",
      "partner_libraries"),
    ("claim.scope", "oclc", "scope: closed", "scope: close", "closed"),
    ("role", "leeds", "speaker: Andrea Ellison @", "speakr: Andrea Ellison @", "speaker"),
    ("measure", "leeds", "{audience: ~50}", "{audiense: ~50}", "audience"),
    ("output", "leeds", "{paper: the", "{papers: the", "paper"),
    ("source kind", "leeds", "kind: partner_website", "kind: partner website", "partner_website"),
    ("audience", "leeds", "audience: public\n", "audience: publik\n", "public"),
    ("status", "leeds", "status: reviewed", "status: reviewd", "reviewed"),
    ("published_basis", "oclc", "published_basis: stated", "published_basis: state", "stated"),
    ("basis", "leeds", "basis: inferred", "basis: infered", "inferred"),
    ("organisation.kind", "organisations", "british-library,national_library",
      "british-library,nationl_library", "national_library"),
    ("place.kind", "places", "beijing,city", "beijing,citty", "city"),
    ("place.country", "places", "leeds,city,GB", "leeds,city,gb", "GB"),
    ("person.name_order", "people", "hu-fang,family_first", "hu-fang,familyfirst", "family_first"),
]
# fmt: on


def code_mistakes() -> list[Mistake]:
    planted = []
    for name, file, old, new, near in CODES:
        begin, _, last = new.rpartition("\n") if not new.endswith("\n") else new[:-1].rpartition("\n")
        marked = f"{begin}\n{MARK}{last}" if begin else MARK + last
        marked += "\n" if new.endswith("\n") else ""
        planted.append(M(f"list: {name}", file, old, marked, f"not in the list|did you mean {near}"))
    return planted


# fmt: off
LISTS = [
    *code_mistakes(),
    M("list: far from every code", "leeds", "type: conference", "»type: xyzzy",
      "event_type|use a listed code"),
    M("our_reading", "organisations", "Stadtbücherei Heidelberg,de,,zh", "Stadtbücherei Heidelberg,»de,,chn",
      "our_reading|chn"),
    M("local language", "organisations", "Stadt Heidelberg,de", "Stadt Heidelberg,»ger",
      "local_language|ger"),
    M("local name without language", "organisations", "Stadt Heidelberg,de", "Stadt Heidelberg,»",
      "go together"),
    M("no English name", "organisations", "leeds-city,Leeds Libraries,", "leeds-city,»,", "name_en|missing"),
    M("neither yes nor no", "leeds", "is_party: yes", "»is_party: maybe", "is_party|maybe|yes or no"),
    M("neither yes nor no, register", "organisations", "British Library,yes", "British Library,»ja",
      "takes_the|ja"),
    M("neither yes nor no, event", "heidelberg", "countable: no", "»countable: 0", "countable|yes or no"),
    M("status that is computed", "milan", "  strength: planned", "  strength: planned\n  »status: overdue",
      "computed"),
]
# fmt: on

# --- keys -------------------------------------------------------------------------------------
# fmt: off
KEYS = [
    M("of the file", "leeds", "coder: Exch", "»codr: Exch", "did you mean coder"),
    M("of a section", "leeds", "programmes:\n", "»programs:\n", "did you mean programmes"),
    M("of the source", "leeds", "  language: en", "  »langage: en", "did you mean language"),
    M("of the publisher", "leeds", "is_party: yes", "»isparty: yes", "publisher|did you mean is_party"),
    M("of an event", "leeds", "  topic: libraries in", "  »topics: libraries in", "did you mean topic"),
    M("of a part", "leeds", "    topic: library work", "    »tpoic: library work", "did you mean topic"),
    M("of a date", "leeds", "    printed: at the end", "    »prinetd: at the end",
      "when|did you mean printed"),
    M("of a place", "milan", "{place: china", "»{plcae: china", "where|did you mean place"),
    M("of a party", "leeds", "for: hangzhou-public-library, says", "»fro: hangzhou-public-library, says",
      "did you mean for"),
    M("of a number", "sharing", '{value: ">3000", says', '»{value: ">3000", say',
      "quantities|did you mean says"),
    M("of an agreement", "leeds", "  scope: the aims", "  »scop: the aims", "did you mean scope"),
    M("of a milestone", "leeds", "{part_of: leeds-visit-2019, says", "»{part_of: leeds-visit-2019, say",
      "did you mean says"),
    M("of a promise", "leeds", "    what: a regular", "    »waht: a regular", "did you mean what"),
    M("of a plan", "milan", "  strength: planned", "  »strenght: planned", "did you mean strength"),
    M("of a claim", "oclc", "  scope: closed", "  »scoop: closed", "did you mean scope"),
    M("of a post", "leeds", "post: Chief", "»pst: Chief", "did you mean post"),
    M("of a programme", "leeds", "  funder: government", "  »founder: government", "did you mean funder"),
    M("of a series", "milan", "  name: Chinese Library Annual", "  »nmae: Chinese Library Annual",
      "did you mean name"),
    M("of a decision", "decisions", "decisions: []",
      "decisions:\n- record: events\n  id: leeds-visit-2019\n  field: edtf\n  value: 2019\n  why: asked\n"
      "  by: A\n  on: 2026-11-21\n  »whi: asked", "whi|did you mean why"),
    M("of the decisions", "decisions", "decisions: []", "»decision: []", "did you mean decisions"),
    M("computed by the tool", "leeds", "  programme: bl-in", "  »earliest: 2019-03-21\n  programme: bl-in",
      "earliest"),
    M("record for a list", "leeds", "left_out: [state", "»series: none\nleft_out: [state",
      "series|not a list"),
    M("text for a record", "leeds", "- id: bl-in-china\n", "- »text\n- id: bl-in-china\n", "not a record"),
    M("text for roles", "leeds",
      "who: {speaker: Andrea Ellison}\n    topic: British life and culture\n    quant",
      "»who: Andrea Ellison\n    topic: British life and culture\n    quant", "who|role: party"),
    M("list for numbers", "leeds", "{audience: ~50}", "»[~50]", "quantities|measure: number"),
    M("list for outputs", "leeds", "{paper: the role of libraries in shaping a place}", "»[the role]",
      "outputs"),
    M("list for signers", "leeds", "{leeds-libraries: Andrea Ellison, hangzhou-public-library: unknown}",
      "»[a]", "signers"),
    M("list for names", "leeds", "  Hangzhou Library: hangzhou-public-library", "  »[Hangzhou Library]",
      "names"),
    M("no publisher", "leeds", "  publisher: {name: Global Leeds, kind: partner_website, is_party: yes}\n",
      "", "publisher|missing", 3),
    M("text for the publisher", "leeds",
      "publisher: {name: Global Leeds, kind: partner_website, is_party: yes}", "»publisher: Global Leeds",
      "publisher|name"),
    M("publisher empty", "leeds", "publisher: {name: Global Leeds, kind: partner_website, is_party: yes}",
      "»publisher:", "publisher"),
    M("no title", "leeds", "  title: Leeds and", "  »note: Leeds and", "title|missing", 3),
    M("no type", "leeds", "- id: chengdu-2019\n  type: conference\n", "- »id: chengdu-2019\n",
      "type|missing"),
    M("no value", "heidelberg",
      "- subject: hangzhou-public-library\n  measure: partner_libraries\n  value: 15\n",
      "- »subject: hangzhou-public-library\n  measure: partner_libraries\n", "value|missing"),
    M("milestone in an event and part of another", "leeds", "signed: {part_of: leeds-visit-2019",
      "signed: »{event: leeds-2019-radio, part_of: leeds-visit-2019", "event|part_of"),
    M("part of another whole than it stands in", "leeds", "  - id: leeds-2019-radio\n",
      "  - id: leeds-2019-radio\n    »part_of: chengdu-2019\n", "part_of|leeds-visit-2019"),
]
# fmt: on

# --- phrases and evidence ---------------------------------------------------------------------
# fmt: off
EVIDENCE = [
    M("13 words", "leeds", "says: three day visit to Hangzhou", f"»says: {THIRTEEN}",
      "says|13 words|at most 12"),
    M("21 characters", "leeds", "says: three day visit to Hangzhou", f"»says: {'图' * 21}",
      "21 Chinese|20 characters"),
    M("too long for a date", "leeds", "says: Earlier this month Leeds Libraries", f"»says: {THIRTEEN}",
      "13 words"),
    M("too long for a place", "sharing", 'says: "journey to Rotterdam, Netherlands"', f"»says: {THIRTEEN}",
      "13 words"),
    M("too long for a number", "sharing", "says: more than 3000 librarians and officers",
      f"»says: {THIRTEEN}", "13 words"),
    M("too long for a party", "oclc",
      'for: zhejiang-library, says: "hosted by Chu Shuqing, Director of Zhejiang Library"',
      f"for: zhejiang-library, »says: {THIRTEEN}", "13 words"),
    M("too long for a milestone", "leeds", "says: and the MOU signing ceremony", f"»says: {THIRTEEN}",
      "13 words"),
    M("too long for a promise", "leeds", "says: ongoing communication between our two cities",
      f"»says: {THIRTEEN}", "13 words"),
    M("no words in it", "leeds", "says: three day visit to Hangzhou", '»says: "!!!"', "no words"),
    M("phrase empty", "leeds", "says: three day visit to Hangzhou", "»says:", "says is empty"),
    M("list of phrases", "leeds", "says: three day visit to Hangzhou", "»says: [a, b]", "single value"),
    M("reviewed without a phrase", "leeds",
      "- id: leeds-visit-2019\n  type: visit\n  mode: in_person\n  programme: bl-in-china\n  follows: "
      "chengdu-2019\n  says: three day visit to Hangzhou\n",
      "- »id: leeds-visit-2019\n  type: visit\n  mode: in_person\n  programme: bl-in-china\n  follows: "
      "chengdu-2019\n", "leeds-visit-2019|no phrase"),
    M("reviewed without a coder", "leeds", "coder: Exchange Workbench\n", "", "coder|missing", 1),
    M("reviewed by nobody", "leeds", "coder: Exchange Workbench\n", "»coder:\n", "coder"),
    M("reviewed on no day", "leeds", "coded_on: 2026-11-21\n", "", "coded_on|missing", 1),
    M("no status", "leeds", "status: reviewed\n", "", "status|missing", 1),
    M("phrase not looked up", "leeds", "says: three day visit to Hangzhou", "»says: an invented phrase",
      "not been looked up|workbench verify", severity="warning"),
    M("phrase of a date not looked up", "leeds", "says: Earlier this month Leeds Libraries",
      "»says: an invented phrase", "not been looked up", severity="warning"),
    M("paragraph that is no number", "anchors", "globalleeds-hangzhou-mou,1,Earlier",
      "»globalleeds-hangzhou-mou,one,Earlier", "paragraph|one"),
    M("no anchors", "anchors", "", unlink, "not been looked up", 50, "warning", "leeds"),
]
# fmt: on

# --- dates ------------------------------------------------------------------------------------
FORUM = "edtf: 2018-12-05, says"


def dated(text: str, advice: str) -> Mistake:
    return M(f"date {text}", "oclc", FORUM, f"»edtf: {text}, says", f"edtf|{text.strip(chr(34))}|{advice}")


# fmt: off
DATES = [
    dated("2018-02-29", "February 2018 has no day 29"),
    dated("2018-13-01", "no month 13"),
    dated("2018-12-32", "no day 32"),
    dated("0000-12-05", "no year 0000"),
    dated("05/12/2018", "write 2018-05-12 or 2018-12-05"),
    dated("2018/12/05", "write 2018-12-05"),
    dated("5 December 2018", "write 2018-12-05"),
    dated("2018年12月5日", "write 2018-12-05"),
    dated("２０１８-12-05", "write 2018-12-05"),
    dated("yesterday", "not written as EDTF"),
    dated("null", "not written as EDTF"),
    dated("12018-12-05", "not written as EDTF"),
    dated('"{2018,2019}"', "[a,b] for one of them"),
    dated("2018-12-05/2018-12-04", "its end 2018-12-04 lies before its start"),
    dated('"[2018-12-05..2018-12-04]"', "lies before 2018-12-05"),
    M("no date", "oclc", FORUM, "»edtf: unknown, says", "the date is missing|basis: unknown"),
    M("a list is no date", "milan", '  when: {printed: in 2018, edtf: "2018"}', "  »when: [2018, 2019]",
      "when|in quotes"),
    M("date empty", "milan", '  when: {printed: in 2018, edtf: "2018"}', "  »when:", "empty"),
    M("date of no day", "leeds", "updated: 2021-09-08", "»updated: 2021-09", "updated|single day"),
    M("published in words", "oclc", "published: 2018-12-06", "»published: 6 Dec 2018",
      "published|write 2018-12-06"),
    M("coded on in points", "leeds", "coded_on: 2026-11-21", "»coded_on: 21.11.2026", "write 2026-11-21"),
    M("as_of in words", "oclc", "  as_of: 2018-12\n  scope", "  »as_of: end of 2018\n  scope",
      "as_of|not a date"),
    M("life of a body", "organisations", "Leeds City Council,,,,", "Leeds City Council,,»2000,1990,",
      "valid_to|before it begins"),
    M("birth of a body", "organisations", "Leeds City Council,,,,", "Leeds City Council,,»1990s,,",
      "valid_from|write 199X"),
    M("inferred without a reason", "sharing",
      '    edtf: "[2023-08-25..2023-12-29]"\n    basis: bounded\n    why: after the congress it reports on '
      "had ended, by the day of publication\n",
      '    »edtf: "[2023-08-25..2023-12-29]"\n    basis: bounded\n', "why|no reason"),
    M("stated, and yet a reading", "sharing", "    basis: stated_year_from_context", "    »basis: stated",
      "needs no reading"),
    M("unknown, and yet a date", "oclc", FORUM, "»edtf: 2018-12-05, basis: unknown, says", "basis"),
    M("reading impossible", "sharing", "reading: 2023-07-24/2023-07-26", "»reading: 2023-07-24/2023-06-26",
      "before its start"),
    M("reading against the source", "sharing", "reading: 2023-07-24/2023-07-26",
      "»reading: 2023-05-24/2023-05-26", "reading|XXXX-07-24"),
    M("one of several readings impossible", "heidelberg", "      2021-03-17: the", "      »2021-02-30: the",
      "February 2021"),
    M("one of several readings lasting", "heidelberg", "      2021-03-17: the",
      "      »2021-03-17/2021-03-18: the", "readings"),
    M("one of several readings a set", "heidelberg", "      2021-03-17: the",
      '      »"[2021-03-17,2021-03-18]": the', "readings"),
    M("a reading without a reason", "heidelberg",
      "      2021-03-17: the pandemic is the present, and 2021 is the fifth year after the memorandum of "
      "2016", "      »2021-03-17:", "readings"),
    M("readings in a list", "heidelberg", "    printed: On March 17\n    edtf: XXXX-03-17\n    readings:\n",
      "    printed: On March 17\n    edtf: XXXX-03-17\n    »readings: [2021-03-17]\n    note:\n", "readings"),
    M("one reading and several", "heidelberg", "    readings:\n", "    »reading: 2021-03-17\n    readings:\n",
      "reading"),
    M("too many days", "sharing", "2023-08-21/2023-08-25, days: 5", "»2023-08-21/2023-08-25, days: 6",
      "days|6 days do not fit"),
    M("too few days", "sharing", "2023-08-21/2023-08-25, days: 5", "»2023-08-21/2023-08-25, days: 4",
      "days|lasts 5", severity="warning"),
    *(
        M(f"days: {days}", "leeds", "    days: 2\n", f"    »days: {days}\n", "days")
        for days in ("0", "-1", "two", "1e3", "²", "")
    ),
    M("days of a plan", "milan", 'edtf: "2018"}', '»edtf: "2018", days: 3}', "plans have no days"),
    M("part after its whole", "sharing", "when: {edtf: 2023-08-21/2023-08-25, basis",
      "»when: {edtf: 2023-08-26/2023-08-27, basis", "outside wlic-2023"),
    M("part before its whole", "sharing", "when: {edtf: 2023-08-21/2023-08-25, basis",
      "»when: {edtf: 2023-08-01, basis", "outside wlic-2023"),
    M("part longer than its whole", "sharing", "when: {edtf: 2023-08-21/2023-08-25, basis",
      "»when: {edtf: 2023-08-20/2023-08-26, basis", "outside wlic-2023"),
    M("part of a whole in another dossier", "oclc", '  when: {edtf: 2018-12-05, says: "was',
      '  part_of: sharing-session-2023\n  »when: {edtf: 2018-12-05, says: "was',
      "outside sharing-session-2023"),
    M("event after publication", "oclc", FORUM, "»edtf: 2018-12-07, says",
      "after the source was published|planned is not done"),
    M("event after the page was updated", "leeds", 'edtf: "[2019-03-22..2019-04-30]"',
      '»edtf: "[2022-03-22..2022-04-30]"', "after the source"),
    M("event after it was coded", "milan", "when: {edtf: 2017-10, says", "»when: {edtf: 2027-10, says",
      "after the source was coded"),
    M("milestone after publication", "oclc", '      edtf: "[..2018-12-06]"', '      »edtf: "[2018-12-07..]"',
      "after the source"),
    M("claim for a time to come", "oclc", "  as_of: 2018-12\n  scope", "  »as_of: 2031\n  scope",
      "as_of|after the source"),
    M("updated before it was published", "oclc", "  audience: public",
      "  »updated: 2017-01-01\n  audience: public", "updated|before"),
    M("coded before it was published", "oclc", "coded_on: 2026-11-21", "»coded_on: 2018-11-21",
      "coded_on|before"),
    M("follows what came later", "leeds", "follows: chengdu-2019", "»follows: wlic-2023",
      "lies before wlic-2023"),
    M("answers what came later", "milan",
      'edtf: "2018"}\n  where: Italy\n  agreement: milan-hangzhou-libraries\n  reciprocal',
      'edtf: "2015"}\n  where: Italy\n  agreement: milan-hangzhou-libraries\n  »reciprocal',
      "before milan-stay-2017"),
    M("planned before it was voiced", "heidelberg", SUCH_AS, '  when: "2015"\n  »' + SUCH_AS.strip(),
      "before heidelberg-online-meeting"),
    M("approved before it was talked of", "milan", "    approved: {edtf: 2017-07,",
      "    »approved: {edtf: 2015-07,", "approved 2015-07 lies before discussed"),
    M("signed before it was approved", "milan", "    approved: {edtf: 2017-07,",
      "    »signed: {edtf: 2016-12, says: a cooperation agreement was finally approved}\n    approved: "
      "{edtf: 2017-07,", "signed 2016-12 lies before approved"),
    M("ends before it was approved", "milan", "  scope: the exchange of staff", '  »ends: "2015"',
      "ends|before"),
]
# fmt: on

# --- what does not go together ----------------------------------------------------------------
REALISED = "  reciprocal_of: milan-stay-2017\n"
# fmt: off
TOGETHER = [
    M("realised by a plan", "heidelberg", SUCH_AS, f"  »realised_by: heidelberg-anniversary\n{SUCH_AS}",
      "is a plan itself"),
    M("realised by itself", "heidelberg", SUCH_AS, f"  »realised_by: heidelberg-book-donation\n{SUCH_AS}",
      "is a plan itself"),
    M("realised by an agreement", "heidelberg", SUCH_AS,
      f"  »realised_by: hangzhou-heidelberg-cities\n{SUCH_AS}", "one of the agreements"),
    M("realised before it was voiced", "heidelberg", SUCH_AS, f"  »realised_by: milan-stay-2017\n{SUCH_AS}",
      "where it was raised"),
    M("realised before what it answers", "milan", REALISED,
      f"{REALISED}  »realised_by: chinese-library-conference-2016\n", "realised_by|before"),
    M("realised by what it answers", "milan", REALISED, f"{REALISED}  »realised_by: milan-stay-2017\n",
      "realised_by"),
    M("realised by a cancelled event", "sharing", "- id: zjl-insights\n",
      "- id: zjl-insights\n  »realised_by: cancelled-visit\n", "was cancelled"),
    M("realised by nothing", "milan", "  strength: planned", "  strength: planned\n  »status: realised",
      "names no event"),
    M("cancelled, and yet realised", "milan", "  strength: planned",
      "  strength: planned\n  »status: cancelled\n  realised_by: wlic-2023", "status|realised_by"),
    M("online, and yet in a place", "leeds", "  mode: in_person\n  programme: uk",
      "  »mode: online\n  programme: uk", "online", None, ""),
    M("in person, and yet online", "leeds", "where: Chengdu", "»where: online", "online", None, ""),
    M("part of its own part", "leeds", "- id: leeds-visit-2019\n",
      "- id: leeds-visit-2019\n  »part_of: leeds-2019-radio\n", "back to itself"),
    M("part of itself", "leeds", "- id: chengdu-2019\n", "- id: chengdu-2019\n  »part_of: chengdu-2019\n",
      "back to itself"),
    M("follows what follows it", "leeds", "- id: chengdu-2019\n",
      "- id: chengdu-2019\n  »follows: leeds-visit-2019\n", "back to itself"),
    M("copy of itself", "leeds", "  audience: public\n",
      "  audience: public\n  »copy_of: globalleeds-hangzhou-mou\n", "back to itself"),
    M("group in itself", "oclc", "- id: zhejiang-oclc-2018\n",
      "- id: zhejiang-oclc-2018\n  »parent: zhejiang-oclc-2018\n", "back to itself"),
    M("body of its own branch", "organisations", "leeds-city,government,leeds,,",
      "leeds-city,government,leeds,»leeds-libraries,", "parent_id|back to itself"),
    M("agreement with one party", "leeds", "parties: [leeds-city, hangzhou-city]", "»parties: [leeds-city]",
      "fewer than two"),
    M("agreement with itself", "leeds", "parties: [leeds-city, hangzhou-city]",
      "»parties: [leeds-city, City of Leeds]", "twice"),
    M("agreement without parties", "leeds", "- id: leeds-hangzhou-cities\n", "- »id: leeds-hangzhou-cities\n",
      "parties|missing"),
    M("child without a group", "oclc", "- id: oclc-ningbo-library\n",
      "- id: oclc-ningbo-library\n  »form: child\n", "no parent"),
    M("child of no group", "oclc", "- id: oclc-ningbo-library\n",
      "- id: oclc-ningbo-library\n  form: child\n  »parent: oclc-zhejiang-library\n", "is not a group"),
    M("signer who is no party", "leeds", "signers: {leeds-libraries:", "»signers: {leeds-city:",
      "is no party"),
    M("nobody takes part", "sharing", "- id: sharing-session-2023\n", "- »id: sharing-session-2023\n",
      "nobody takes part", severity="warning"),
    M("headcount in words", "leeds", "for: hangzhou-public-library, says",
      "»for: hangzhou-public-library, headcount: two, says", "headcount"),
    # numbers
    *(
        M(
            f"number {text}",
            "leeds",
            "{audience: ~50}",
            f"»{{audience: {text}}}",
            f"{text.strip(chr(34))}|50, ~50, >3000",
        )
        for text in (
            "fifty",
            '"50+"',
            "50-60",
            "50 - 60",
            "1 000",
            '"1,000"',
            "2 million",
            "3 万",
            "-5",
            '"≥15"',
            "1e3",
            "NaN",
            "50 or 60",
        )
    ),
    M("number from high to low", "leeds", "{audience: ~50}", "»{audience: 60..50}",
      "high to low|write 50..60"),
    M("number in words, claim", "oclc", "value: 123", "»value: about 123", "value|about 123"),
    # addresses
    M("address without http", "leeds", "url: https://www", "»url: www", "url|http"),
    M("address of a file", "leeds", "url: https://", "»url: file://", "url|http"),
    M("address with a blank", "leeds", "agree-to-work-closer-together\n  publisher", "»agree to\n  publisher",
      "url"),
    M("one address twice", "milan", "http://en.hzlib.net/InternationalExchange/461.htm",
      "»https://en.hzlib.net/InternationalExchange/864.htm", "same url|copy_of"),
    M("digest too short", "leeds", "sha256: c9d5", "»sha256: 9d5", "sha256|64"),
    M("digest in capitals", "leeds", "sha256: c9d5", "»sha256: C9D5", "sha256|64"),
    M("one digest twice", "sharing",
      "sha256: 73631c84dce3b9aea04d8ac0bf7a330e1a1c00265a38f42acf7399347f6129fe",
      "»sha256: d752b0bcfce6ff1f73c39759778f7f484b4375d7c45d5e5cb46f81b0f4bf2fa1", "same sha256"),
]
# fmt: on

# --- places -----------------------------------------------------------------------------------
BEIJING = "beijing,city,CN,Beijing,39.904,116.407"
# fmt: off
PLACES = [
    M("another country", "places", BEIJING, "»beijing,city,CN,Beijing,48.85,2.35", "not in CN"),
    M("the sign forgotten", "places", "53.801,-1.549", "»53.801,31.549", "not in GB"),
    M("exchanged", "places", "49.399,8.672", "»8.672,49.399", "exchanged"),
    M("exchanged, off the globe", "places", BEIJING, "»beijing,city,CN,Beijing,116.407,39.904", "exchanged"),
    M("half", "places", BEIJING, "»beijing,city,CN,Beijing,39.904,", "lon|half"),
    M("the other half", "places", BEIJING, "»beijing,city,CN,Beijing,,116.407", "lat|half"),
    M("off the globe", "places", BEIJING, "»beijing,city,CN,Beijing,39.904,216.407", "not on the globe"),
    M("in the sea of zeros", "places", BEIJING, "»beijing,city,CN,Beijing,0,0", "not in CN"),
    M("decimal comma", "places", BEIJING, '»beijing,city,CN,Beijing,"39,904",116.407', "lat|39,904|point"),
    M("degrees and minutes", "places", BEIJING, "»beijing,city,CN,Beijing,39°54′N,116.407",
      "lat|not a number"),
    M("not a number", "places", BEIJING, "»beijing,city,CN,Beijing,n/a,116.407", "lat|not a number"),
    M("none for a city", "places", BEIJING, "»beijing,city,CN,Beijing,,", "without coordinates",
      severity="warning"),
    M("geonames in letters", "places", BEIJING + ",,", f"»{BEIJING},x,", "geonames_id|whole number"),
    M("kind that is no place", "places", "beijing,city", "»beijing,online", "kind|online", severity=""),
]
# fmt: on

# --- CSV --------------------------------------------------------------------------------------
HU_FANG = "hu-fang,family_first,Hu Fang,,,"
# fmt: off
TABLES = [
    M("column misspelt", "people", "person_id,name_order", "»person_id,name_ordr",
      "name_ordr|did you mean name_order"),
    M("column missing", "people", "person_id,name_order", "»person_id,name_ordr",
      'the column "name_order" is missing'),
    M("column twice", "people", "name_en,name_zh", "»name_en,name_en", "name_en|twice"),
    M("column too many", "places", "variants,note\n", "»variants,colour\n", "colour"),
    M("cell missing", "people", HU_FANG, "»hu-fang,family_first,Hu Fang,,", "5 cells|6"),
    M("cell too many", "people", HU_FANG, "»hu-fang,family_first,Hu Fang,,,,", "7 cells|6"),
    M("comma without quotes", "people", HU_FANG, "»hu-fang,family_first,Hu, Fang,,,", "7 cells|quotes"),
    M("quote not closed", "people", HU_FANG, '»hu-fang,family_first,"Hu Fang,,,', "quotation mark"),
    M("text behind a quote", "people", HU_FANG, '»hu-fang,family_first,"Hu" Fang,,,', "not CSV"),
    M("line after a cell of two lines", "people", HU_FANG + "\nmatteo-maria-colombo,given_first",
      'hu-fang,family_first,Hu Fang,,,"a\nb"\n»matteo-maria-colombo,givn_first', "did you mean given_first"),
    M("line after empty lines", "people", "hu-fang,family_first", "\n\n»hu-fang,famly_first",
      "did you mean family_first"),
    M("semicolons", "people", "", rewrite(lambda b: b.replace(b",", b";")), "the column|missing", 1),
    M("empty file", "people", "", rewrite(lambda b: b""), "the column|missing", 1),
    M("not UTF-8", "people", "Hu Fang", "»H".encode() + b"\xfc Fang", "0xfc"),
    M("GB 18030", "people", "", rewrite(lambda b: b.decode().encode("gb18030")), "UTF-8", 3),
    M("right-to-left override", "people", "Hu Fang", "»\u202eHu Fang", "U+202E"),
    M("NUL", "people", "Hu Fang", "»Hu\x00Fang", "U+0000"),
    M("no register", "people", "", unlink, "the file is missing|person_id", 0),
    M("no word list", words("stance"), "", unlink, "the file is missing|code", 0),
    M("code in use taken out", words("event_type"),
      "symposium,symposium,座谈会,a symposium or small professional meeting,symposia\n", "",
      "symposium|not in the list", 17, reported="oclc"),
    M("no outlines of countries", "basemap", "", unlink, "missing", None, "",
      "data/raw/basemap/countries_50m.geojson"),
    M("no dossiers", "dossiers", "", lambda path: shutil.rmtree(path), "missing", None, ""),
]
# fmt: on

# --- decisions --------------------------------------------------------------------------------
WHAT = "record: events, id: leeds-visit-2019, field: edtf, value: 2019-04-02"
JUDGED = f"{WHAT}, why: asked, by: Ann, on: 2026-11-21"


def judged(name: str, entry: str, what: str, severity: str = "error") -> Mistake:
    return M(
        f"decision {name}",
        "decisions",
        "decisions: []",
        f"decisions:\n- »{{{entry}}}",
        what,
        severity=severity,
    )


# fmt: off
DECISIONS = [
    judged("about nothing that differs", JUDGED, "leeds-visit-2019", ""),
    M("decision twice", "decisions", "decisions: []", f"decisions:\n- {{{JUDGED}}}\n- »{{{JUDGED}}}",
      "decided twice"),
    judged("without a reason", JUDGED.replace("why: asked, ", ""), "lacks why"),
    judged("with an empty reason", JUDGED.replace("asked", ""), "why"),
    judged("by nobody", JUDGED.replace("by: Ann, ", ""), "lacks by"),
    judged("on no day", JUDGED.replace("2026-11-21", "lately"), "on|lately"),
    judged("in no table", JUDGED.replace("events", "event"), "did you mean events"),
    judged("on no field", JUDGED.replace("edtf", "editf"), "did you mean edtf"),
    judged("on a number nobody gives", JUDGED.replace("edtf", '"quantity:audiense"'), "audiense"),
    judged("for no date", JUDGED.replace("2019-04-02", "in spring"), "value|in spring"),
    judged("for no code", JUDGED.replace("edtf", "mode").replace("2019-04-02", "onlin"),
      "value|did you mean online"),
    M("decision, line of its field", "decisions", "decisions: []",
      "decisions:\n- record: events\n  id: leeds-visit-2019\n  »field: editf\n  value: x\n  why: y\n  "
      "by: z\n  on: 2026-11-21", "did you mean edtf"),
    M("decisions that are a word", "decisions", "decisions: []", "»decisions: none", "decisions|list"),
    M("decision that is a word", "decisions", "decisions: []", "decisions:\n- »later", "decision"),
]
# fmt: on

# --- settings ---------------------------------------------------------------------------------
# fmt: off
SETTINGS = [
    M("as_of in quotes", "settings", "as_of = 2026-10-31", '»as_of = "2026-10-31"', "as_of|without quotes"),
    M("as_of impossible", "settings", "as_of = 2026-10-31", "»as_of = 2026-02-31", "date"),
    M("as_of with a time", "settings", "as_of = 2026-10-31", "»as_of = 2026-10-31T10:00:00", "as_of|no day"),
    M("no as_of", "settings", "as_of = 2026-10-31\n", "", "as_of", 0),
    M("language nobody writes", "settings", 'languages = ["en"]', '»languages = ["en", "fr"]',
      "languages|fr|en, zh"),
    M("no language", "settings", 'languages = ["en"]', "»languages = []", "languages"),
    M("language twice", "settings", 'languages = ["en"]', '»languages = ["en", "en"]', "languages|twice",
      severity=""),
    M("text for a list", "settings", 'languages = ["en"]', '»languages = "en"', "languages|list"),
    M("key misspelt", "settings", "default_home =", "»defualt_home =", "did you mean default_home"),
    M("section misspelt", "settings", "[abroad]", "»[abrod]", "did you mean abroad"),
    M("key of a section misspelt", "settings", "regions = [", "»regoins = [", "did you mean regions"),
    M("key of a home misspelt", "settings", "[homes.zhejiang-library]",
      '[homes.zhejiang-library]\n»member = ["oclc"]', "did you mean members"),
    M("home unknown", "settings", 'default_home = "zhejiang-libraries"', '»default_home = "zhejiang"',
      "did you mean"),
    M("home that is no body", "settings", "[homes.zhejiang-library]", "»[homes.zhejiang-libary]",
      "did you mean zhejiang-library"),
    M("member unknown", "settings", '    "jiaxing-library",', '    »"jiaxin-library",',
      "did you mean jiaxing-library"),
    M("member twice", "settings", '    "jiaxing-library",', '    "jiaxing-library",\n    »"jiaxing-library",',
      "twice", severity=""),
    M("home without members", "settings", "[homes.zhejiang-library]",
      "[homes.zhejiang-library]\n»members = []", "members"),
    M("members of the second home no list", "settings", "[homes.zhejiang-library]",
      '[homes.zhejiang-library]\n»members = "zhejiang-library"', "members|list"),
    M("name of the second home half", "settings", "[homes.zhejiang-library]",
      '[homes.zhejiang-library]\n»name = { en = "the library" }', "name|language"),
    M("group without a name", "settings",
      'name = { en = "the public libraries of Zhejiang", zh = "浙江省公共图书馆" }\n', "", "name", 14),
    M("title in one language", "settings", ', zh = "浙江省公共图书馆国际交流" }', " }»",
      "title|each language"),
    M("country by its name", "settings", 'country = "CN"', '»country = "China"', "China|did you mean CN"),
    M("people neither names nor posts", "settings", 'show = "names"', '»show = "name"',
      "show|did you mean names"),
    M("list for a word", "settings", 'show = "names"', '»show = ["names"]', "show"),
    M("basemap unknown", "settings", 'basemap = "land"', '»basemap = "borders"', "basemap|land"),
    M("key twice", "settings", "default_home =", 'title = "x"»\ndefault_home =', "TOML"),
    M("section twice", "settings", "[map]\n", '»[people]\nshow = "posts"\n[map]\n', "TOML|people"),
    M("bracket not closed", "settings", 'languages = ["en"]', 'languages = ["en"', "TOML", None),
    M("no quotes", "settings", 'languages = ["en"]', "»languages = en", "TOML|quotes"),
    M("not UTF-8", "settings", "# Whose exchange", "# »".encode() + b"\xff", "0xff"),
    M("no settings", "settings", "", unlink, "missing", 0),
]
# fmt: on

# fmt: off
ALL = {
    "yaml": YAML, "ids": IDS, "names": NAMES, "lists": LISTS, "keys": KEYS, "evidence": EVIDENCE,
    "dates": DATES, "together": TOGETHER, "places": PLACES, "csv": TABLES, "decisions": DECISIONS,
    "settings": SETTINGS,
}
# fmt: on
MISTAKES = [replace(one, name=f"{group}: {one.name}") for group, table in ALL.items() for one in table]
CANCELLED = """- id: cancelled-visit
  type: visit
  factuality: cancelled
  says: enhancing professional trainings
  who: {visitor: oclc}
"""
# Planted first, where a mistake needs more than one place.
PREPARED: dict[str, list[tuple[str, str, str]]] = {
    "names: name of two places": [
        ("places", "", "elsewhere-one,city,IT,,45.5,9.2,,Elsewhere,,,,,\n"),
        ("places", "", "elsewhere-two,city,DE,,48.1,11.6,,Elsewhere,,,,,\n"),
    ],
    "together: realised by a cancelled event": [
        ("sharing", "- id: sharing-session-2023\n", f"{CANCELLED}- id: sharing-session-2023\n"),
    ],
    "together: agreement without parties": [("leeds", "  parties: [leeds-city, hangzhou-city]\n", "")],
    "together: nobody takes part": [("sharing", "  who: {organiser: zhejiang-library}\n", "")],
}


def prepare(project: Project, mistake: Mistake) -> tuple[str, int | None]:
    for file, old, new in PREPARED.get(mistake.name, []):
        change(project, file, old, new)
    return plant(project, mistake)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_reported_where_it_stands(project: Project, mistake: Mistake) -> None:
    file, line = prepare(project, mistake)
    problems = found(project)
    fitting = [
        problem
        for problem in problems
        if problem.file == file
        and line in (problem.line, None)
        and mistake.severity in (problem.severity, "")
        and all(word in str(problem) for word in mistake.words.split("|"))
    ]
    expected = f"{mistake.severity} in {file}:{line}: {mistake.words}"
    assert fitting, f"expected {expected}; came:\n{described(problems)}"
    assert_told_to_a_person(problems)


# Fields cannot be named where a file or a row cannot be read.
UNREADABLE = re.compile(
    "UTF-8|character|not YAML|not CSV|not TOML|not accepted|cells|file|a key|document|word list|nested"
)
PYTHON = re.compile(
    r"Traceback|object at 0x|<class |datetime\.|\[['\"]\w+['\"],|\['|\('|\{'|\bNone\b|\bnan\b"
    r"|\\x\w\w|\\u\w{4}|[a-z]Error\b"
)


def assert_told_to_a_person(problems: list[Problem]) -> None:
    """File, field, what, expected and what to do; a field may lack only where none can be read."""
    for problem in problems:
        parts = (problem.file, problem.what, problem.expected, problem.todo)
        assert all(part.strip() for part in parts), f"a part is empty: {problem!r}"
        assert problem.field or UNREADABLE.search(problem.what), f"no field: {problem}"
        told = " · ".join([problem.field, problem.what, problem.expected, problem.todo])
        assert not PYTHON.search(told), f"Python shows: {problem}"
        assert told.isprintable(), f"not printable: {problem!r}"


def test_there_are_many_planted_mistakes() -> None:
    names = [mistake.name for mistake in MISTAKES]
    assert len(names) == len(set(names)) >= 70
    assert set(PREPARED) <= set(names)


def test_the_clean_project_gives_no_problem(project: Project) -> None:
    material, settings, problems = load.check_project(project)
    assert problems == []
    assert len(material.dossiers) == 5
    assert settings is not None


# --- one mistake, one message -----------------------------------------------------------------
# fmt: off
ALONE = [
    "yaml: brackets without quotes", "yaml: two documents", "names: place", "lists: list: event.type",
    "keys: of an event", "evidence: 13 words", "evidence: phrase empty", "dates: date 2018-02-29",
    "dates: event after publication", "dates: coded on in points", "places: exchanged", "places: half",
    "csv: column misspelt", "csv: no register", "settings: member unknown",
    "together: agreement without parties",
]
# fmt: on


@pytest.mark.parametrize("name", ALONE)
def test_one_mistake_makes_one_message_not_a_flood(project: Project, name: str) -> None:
    """What follows from a mistake is not reported as so many more: at most one message beside it."""
    prepare(project, next(mistake for mistake in MISTAKES if mistake.name == name))
    errors = [problem for problem in found(project) if problem.severity == "error"]
    assert len(errors) <= 2, described(errors[:6])


@pytest.mark.parametrize("name", ["dates: date 2018-02-29", "places: decimal comma"])
def test_what_is_wrong_is_not_called_missing_too(project: Project, name: str) -> None:
    prepare(project, next(mistake for mistake in MISTAKES if mistake.name == name))
    problems = found(project)
    assert not [p for p in problems if re.search("missing|half|without", p.what)], described(problems)


# --- advice that works ------------------------------------------------------------------------
def change(project: Project, file: str, old: str, new: str) -> None:
    plant(project, M("", file, old, new, "", line=0))


def errors_of(project: Project) -> list[str]:
    return [str(problem) for problem in found(project) if problem.severity == "error"]


def test_the_other_side_may_be_open_as_the_message_says(project: Project) -> None:
    change(
        project,
        "leeds",
        "parties: [leeds-city, hangzhou-city]",
        "parties: [leeds-city, Nowhere Council (open)]",
    )
    assert errors_of(project) == []


def test_a_signer_may_be_open(project: Project) -> None:
    change(project, "leeds", "{leeds-libraries: Andrea Ellison,", "{leeds-libraries: Ann Invented (open),")
    assert errors_of(project) == []


def test_a_body_of_a_group_may_sign(project: Project) -> None:
    change(
        project,
        "oclc",
        "  says: signed cooperation",
        "  signers: {wenzhou-library: unknown}\n  says: signed cooperation",
    )
    assert errors_of(project) == []


def test_open_is_proposed_only_where_it_may_stand(project: Project) -> None:
    """Behind @ a body cannot be marked open, so the message does not say so."""
    change(project, "heidelberg", "Du Shigen @ hangzhou-foreign-affairs-office", "Du Shigen @ nowhere-office")
    messages = errors_of(project)
    assert len(messages) == 1
    assert "(open)" not in messages[0]


def test_a_file_with_a_byte_order_mark_is_read(project: Project) -> None:
    for file in ("leeds", "people", "decisions", "settings"):
        path = path_of(project, file)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert found(project) == []


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_endings_of_other_systems_change_nothing(project: Project, ending: bytes) -> None:
    for file in ("leeds", "people", "decisions"):
        path = path_of(project, file)
        path.write_bytes(path.read_bytes().replace(b"\n", ending))
    assert found(project) == []
    path = path_of(project, "leeds")
    path.write_bytes(path.read_bytes().replace(b"type: conference", b"type: conferense"))
    assert [problem.line for problem in found(project)] == [31]


# --- sources that disagree are both kept ------------------------------------------------------
PACT = """agreements:
- id: pact
  kind: memorandum
  parties: [elsewhere-library, yonder-library]
  says: an invented pact
  milestones: {%s}
"""
TOUR = """events:
- id: tour
  type: visit
  says: an invented tour
  when: %s
  where: elsewhere
  who: {host: elsewhere-library, visitor: yonder-library}
"""
STOP = """  parts:
  - id: stop
    type: visit
    says: an invented stop
    when: 2019-05-03
"""


def test_two_sources_may_disagree_about_a_signing(project: Project) -> None:
    invent(project, a=PACT % 'signed: "2017"', b=PACT % 'signed: "2016"')
    assert errors_of(project) == []


def test_steps_of_two_sources_in_the_wrong_order_are_no_error(project: Project) -> None:
    invent(project, a=PACT % 'signed: "2016"', b=PACT % 'discussed: "2017"')
    assert errors_of(project) == []


def test_a_part_is_measured_by_the_whole_of_its_own_source(project: Project) -> None:
    invent(project, a=TOUR % "2019-04", b=TOUR % "2019-05" + STOP)
    assert errors_of(project) == []


def test_a_circle_over_two_dossiers_is_found(project: Project) -> None:
    big = TOUR.replace("tour", "big")
    invent(
        project,
        a=TOUR % "2019-04" + "  part_of: big\n",
        b=big % "2019-04",
        c=(big % "2019-04") + "  part_of: tour\n",
    )
    assert any("back to itself" in message for message in errors_of(project))


# --- all at once, in order; nothing written ---------------------------------------------------
# fmt: off
SEVERAL = [
    "settings: country by its name", "places: exchanged", "dates: date 2018-02-29", "keys: of a plan",
    "lists: list: event.type", "ids: event.programme", "decisions: decision without a reason",
    "ids: code twice", "evidence: paragraph that is no number", "csv: cell missing",
]
# fmt: on


def test_mistakes_of_all_files_come_at_once_sorted_by_file_and_line(project: Project) -> None:
    planted = [prepare(project, next(m for m in MISTAKES if m.name == name)) for name in SEVERAL]
    problems = found(project)
    assert len({file for file, _ in planted}) == 9
    assert {(p.file, p.line) for p in problems} >= {place for place in planted if "toml" not in place[0]}
    assert any(p.file == "workbench.toml" and "China" in p.what for p in problems)
    assert [(p.file, p.line) for p in problems] == sorted((p.file, p.line) for p in problems)
    assert len(problems) == len(set(problems))


def test_settings_that_cannot_be_read_do_not_hide_the_records(project: Project) -> None:
    plant(project, next(m for m in SETTINGS if m.name == "no quotes"))
    plant(project, next(m for m in PLACES if m.name == "exchanged"))
    assert {problem.file for problem in found(project)} == {"workbench.toml", FILES["places"]}


def test_nothing_is_written_while_there_are_errors(project: Project) -> None:
    plant(project, next(m for m in PLACES if m.name == "exchanged"))
    with pytest.raises(RecordsError) as caught:
        load.ensure_tables(project)
    assert [problem.file for problem in caught.value.problems] == [FILES["places"]]
    assert caught.value.exit_code == 1
    assert "exchanged" in str(caught.value)
    assert not project.processed.exists()


def test_tables_that_are_there_stay_as_they_are_while_there_are_errors(project: Project) -> None:
    load.ensure_tables(project)
    before = {path.name: path.read_bytes() for path in project.processed.glob("*.*")}
    plant(project, next(m for m in PLACES if m.name == "exchanged"))
    with pytest.raises(RecordsError):
        load.ensure_tables(project)
    assert {path.name: path.read_bytes() for path in project.processed.glob("*.*")} == before


def test_warnings_do_not_stop_the_tables(project: Project) -> None:
    plant(project, next(m for m in EVIDENCE if m.name == "phrase not looked up"))
    frames, _ = load.ensure_tables(project)
    assert "an invented phrase" in set(frames["assertions"]["phrase"].dropna())


def test_a_decision_about_what_differs_gives_no_problem(project: Project) -> None:
    invent(project, a=head("a", is_party="yes") + TOUR % "2019-04", b=TOUR % "2018-04")
    decide(
        project,
        "record: events, id: tour, field: edtf, value: 2018-04, why: asked, by: A. N. Other, on: 2026-01-02",
    )
    assert [str(problem) for problem in found(project) if "looked up" not in problem.what] == []
