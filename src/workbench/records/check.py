"""Rules between records: what no single value can show to be wrong.

Values are checked where they are read (`registers`, `dossiers`); here stand the rules that
need two of them: ids that lead nowhere, a part outside its whole, a plan realised by a plan.
Every rule yields all its problems; none stops at the first. To add a rule, write a generator
of problems and list it in ``RULES``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

from workbench.errors import Problem, Severity, did_you_mean
from workbench.records import dates, wordings
from workbench.records.corpus import Material, merge, wholes
from workbench.records.dossiers import ONLINE, Record
from workbench.records.merging import relate_dates
from workbench.records.model import BY_NAME, REGISTERS
from workbench.records.registers import name_key
from workbench.records.text import paragraph_only

Dated = tuple[Record, dates.EdtfDate]
_STEP_ORDER = ("discussed", "approved", "signed", "in_force", "renewed", "ended")


class Checker:
    """The material with what several rules look up."""

    def __init__(self, material: Material, registers_folder: str, outlines: dict[str, Any]) -> None:
        self.material = material
        self.registers_folder = registers_folder
        self.outlines = outlines

    @cached_property
    def records(self) -> list[Record]:
        return self.material.records

    @cached_property
    def merging(self) -> tuple[dict[tuple[str, str], Record], list[dict[str, Any]]]:
        """The records as all their sources together have them, and where those differ."""
        return merge(self.material)

    @cached_property
    def by_id(self) -> dict[str, dict[str, Record]]:
        """For each table the merged records by id."""
        found: dict[str, dict[str, Record]] = defaultdict(dict)
        for (table, id), record in self.merging[0].items():
            found[table][id] = record
        found["sources"] = {dossier.source.id: dossier.source for dossier in self.material.dossiers}
        return found

    @cached_property
    def table_of(self) -> dict[str, str]:
        """The table in which an id stands, whatever table that is."""
        tables = {id: table for table, by_id in self.by_id.items() for id in by_id}
        for table, rows in self.material.registers.rows.items():
            tables.update(dict.fromkeys(rows, table))
        return tables

    @cached_property
    def imported(self) -> dict[str, set[str]]:
        """The ids that registers bring, by table."""
        return {name: set(frame[BY_NAME[name].key[0]]) for name, frame in self.material.imported.items()}

    def of(self, table: str) -> list[Record]:
        """The records of a table, each once."""
        return list(self.by_id[table].values())


def check(material: Material, registers_folder: str, outlines: dict[str, Any]) -> list[Problem]:
    """Every problem between records. ``outlines`` maps country codes to their land areas."""
    checker = Checker(material, registers_folder, outlines)
    return [problem for rule in RULES for problem in rule(checker)]


def _problem(record: Record, column: str, what: str, expected: str, todo: str, severity: Severity = "error") -> Problem:
    told = (one for one in record.told if one.values.get(column) == record.values.get(column) and column in one.lines)
    at = next(told, record)
    return Problem(at.file, at.line_of(column), column, what, expected, todo, severity)


def _disputed(*records: Record) -> Severity:
    """What several sources tell differently is listed; it is not an error of one of them."""
    return "warning" if any(len(record.told) > 1 for record in records) else "error"


def date_of(record: Record) -> dates.EdtfDate | None:
    """The date in use: the reading, else what the source says."""
    text = record.values.get("reading") or record.values.get("edtf")
    return dates.parse(text) if text else None


# --- ids ----------------------------------------------------------------------------------


def dangling_ids(checker: Checker) -> Iterator[Problem]:
    """Each reference leads to a record of the table it should."""
    sources = [dossier.source for dossier in checker.material.dossiers]
    for record in [*checker.records, *sources]:
        for column in BY_NAME[record.table].fields:
            target = record.values.get(column.name)
            if column.type != "ref" or target is None or column.refers_to in checker.material.registers.rows:
                continue
            known = checker.by_id[column.refers_to]
            if target in known or target in checker.imported.get(column.refers_to, ()):
                continue
            elsewhere = checker.table_of.get(target)
            what = f'"{target}" is not among the {column.refers_to}'
            if elsewhere:
                what += f"; it is one of the {elsewhere}"
            hint = did_you_mean(target, known) or f"describe it under {column.refers_to}, or correct the id"
            if column.name == "realised_by" and elsewhere == "plans":
                what, hint = f'"{target}" is a plan itself', "name the event that did it, or leave the plan open"
            yield _problem(record, column.name, what, f"the id of one of the {column.refers_to}", hint)


def one_id_one_table(checker: Checker) -> Iterator[Problem]:
    """An id means one thing: records of two tables never share one, nor records and registers."""
    tables: dict[str, Record] = {}
    for record in checker.records:
        if record.table == "milestones":
            continue
        first = tables.setdefault(record.id, record)
        if first.table != record.table:
            yield _problem(
                record, BY_NAME[record.table].key[0],
                f'the id "{record.id}" is used for one of the {first.table} too ({first.file}:{first.line})',
                "an id of its own", "rename one of the two",
            )  # fmt: skip
        for table, rows in checker.material.registers.rows.items():
            if record.id in rows:
                yield _problem(
                    record, BY_NAME[record.table].key[0], f'the id "{record.id}" stands in {table}.csv too',
                    "an id of its own", "rename the record",
                )  # fmt: skip


def one_id_one_register(checker: Checker) -> Iterator[Problem]:
    """An id stands in one register only: names are found by the id alone."""
    seen: dict[str, str] = {}
    for table, rows in checker.material.registers.rows.items():
        for id in rows:
            if seen.setdefault(id, table) != table:
                file, line = checker.material.registers.where[table, id]
                yield Problem(file, line, "id", f'the id "{id}" stands in {seen[id]}.csv too', "an id of its own",
                              "rename one of the two")  # fmt: skip


def circles(checker: Checker) -> Iterator[Problem]:
    """Nothing is part of itself, follows itself or belongs to itself, even round about."""
    links = (("events", "part_of"), ("events", "follows"), ("agreements", "parent_id"), ("sources", "copy_of"))
    for table, column in links:
        by_id = checker.by_id[table]
        for id, record in by_id.items():
            path = [id]
            target = record.values.get(column)
            while target in by_id and target not in path:
                path.append(target)
                target = by_id[target].values.get(column)
            if target == id:
                yield _problem(record, column, f"it leads back to itself: {' → '.join([*path, id])}",
                               "a chain that ends", "correct one of the links")  # fmt: skip


def register_circles(checker: Checker) -> Iterator[Problem]:
    """No body of the register belongs to itself, even round about."""
    rows = checker.material.registers.rows["organisations"]
    for id, row in rows.items():
        path = [id]
        target = row["parent_id"]
        while target in rows and target not in path:
            path.append(target)
            target = rows[target]["parent_id"]
        if target == id:
            file, line = checker.material.registers.where["organisations", id]
            yield Problem(file, line, "parent_id", f"it leads back to itself: {' → '.join([*path, id])}",
                          "a chain that ends", "correct one of the parents")  # fmt: skip


# --- dates --------------------------------------------------------------------------------


def parts_inside_wholes(checker: Checker) -> Iterator[Problem]:
    """A part cannot begin before its whole or end after it."""
    events = checker.by_id["events"]
    for record in checker.of("events"):
        whole = events.get(record.values["part_of"] or "")
        part_date, whole_date = date_of(record), date_of(whole) if whole else None
        if whole is None or part_date is None or whole_date is None:
            continue
        begins = (part_date.start_latest, whole_date.start_earliest)
        ends = (part_date.end_earliest, whole_date.end_latest)
        too_early = begins[0] is not None and begins[1] is not None and begins[0] < begins[1]
        too_late = ends[0] is not None and ends[1] is not None and ends[0] > ends[1]
        if too_early or too_late:
            yield _problem(
                record, "when", f"{part_date.text} lies outside {whole.id}, of which it is part ({whole_date.text})",
                "a date inside that of its whole", "correct one of the dates, or take out part_of",
                _disputed(record, whole),
            )  # fmt: skip


def order_in_time(checker: Checker) -> Iterator[Problem]:
    """What follows an event, answers it or realises a plan does not lie before it."""
    events = checker.by_id["events"]
    for table, column, verb in (
        ("events", "follows", "follows"),
        ("plans", "raised_at", "was raised at"),
        ("plans", "reciprocal_of", "answers"),
    ):
        for record in checker.of(table):
            other = events.get(record.values[column] or "")
            own, earlier = date_of(record), date_of(other) if other else None
            if own and earlier and other and own.latest and earlier.earliest and own.latest < earlier.earliest:
                yield _problem(
                    record, column, f"{own.text} lies before {other.id} ({earlier.text}), which it {verb}",
                    "a later date", "correct one of the dates or the id", _disputed(record, other),
                )  # fmt: skip


def milestones_in_order(checker: Checker) -> Iterator[Problem]:
    """An agreement is not signed before it is talked of, nor ends before it is signed."""
    by_agreement: dict[str, list[Record]] = defaultdict(list)
    for record in checker.of("milestones"):
        by_agreement[record.values["agreement_id"]].append(record)
    for steps in by_agreement.values():
        steps.sort(key=lambda record: _STEP_ORDER.index(record.values["step"]))
        for index, late in enumerate(steps):
            for early in steps[:index]:
                first, last = _step_date(early, checker), _step_date(late, checker)
                if first and last and last.latest and first.earliest and last.latest < first.earliest:
                    yield _problem(
                        late, "when",
                        f"{late.values['step']} {last.text} lies before {early.values['step']} {first.text}",
                        " → ".join(_STEP_ORDER), "correct one of the two dates",
                        _disputed(early, late) if early.source_id == late.source_id else "warning",
                    )  # fmt: skip


def _step_date(record: Record, checker: Checker) -> dates.EdtfDate | None:
    """The date of a step: its own, that of its event, or of the nearest whole that has one."""
    events = checker.by_id["events"]
    event = events.get(record.values["event_id"] or "")
    above = [events[id] for id in wholes(event.id, events)] if event else []
    dated = (date_of(one) for one in (record, event, *above) if one is not None)
    return next((date for date in dated if date is not None), None)


def online_has_no_place(checker: Checker) -> Iterator[Problem]:
    """An event online has no place, and what has a place was not online."""
    for record in checker.records:
        if record.table != "events":
            continue
        online = record.values["place_precision"] == ONLINE
        if record.values["mode"] == ONLINE and record.values["place_id"]:
            yield _problem(record, "place_id", "the event was online, and yet in a place", "online, or a place",
                           "where: online, or mode: hybrid", "warning")  # fmt: skip
        elif online and record.values["mode"] == "in_person":
            yield _problem(record, "place_id", "the event was in person, and yet online", "online, or a place",
                           "correct mode or where", "warning")  # fmt: skip


def days_that_fit(checker: Checker) -> Iterator[Problem]:
    """An event does not last longer than the days between which it lies."""
    for record in checker.of("events"):
        days, date = record.values["days"], date_of(record)
        if not days or date is None or date.earliest is None or date.latest is None:
            continue
        room = (date.latest - date.earliest).days + 1
        if days > room:
            yield _problem(record, "days", f"{days:g} days do not fit into {date.text} ({room} days)",
                           f"at most {room}", "correct the days or the date", _disputed(record))  # fmt: skip
        exact = date.start_earliest == date.start_latest and date.end_earliest == date.end_latest
        if exact and date.kind == "interval" and days < room:
            yield _problem(record, "days", f"{days:g} days, but {date.text} lasts {room}",
                           f"{room}, or a date in doubt", "correct the days or the date", "warning")  # fmt: skip


def readings_of_what_is_said(checker: Checker) -> Iterator[Problem]:
    """A reading fills in what the source leaves open, and keeps what it says: XXXX-07-24 is some 24 July."""
    for record in checker.records:
        said, reading = record.values.get("edtf"), record.values.get("reading")
        if said and reading and "X" in said and relate_dates([said, reading])[0] == "contradicting":
            yield _problem(record, "when", f"the reading {reading} is not what the source says ({said})",
                           "a reading that fits", "correct one of the two")  # fmt: skip


def told_after_it_happened(checker: Checker) -> Iterator[Problem]:
    """A source tells of what has happened by the time it is published, and read."""
    for dossier in checker.material.dossiers:
        source = dossier.source.values
        limit, name = _last_telling_day(source)
        if limit is None:
            continue
        for record in dossier.records:
            date = date_of(record)
            if record.table not in ("events", "milestones") or date is None or date.earliest is None:
                continue
            if date.earliest > limit and record.values.get("factuality") not in ("cancelled", "postponed"):
                yield _problem(
                    record, "when", f"{date.text} lies after the source was {name} ({limit.isoformat()})",
                    "something that had happened by then", "correct the date, or make it a plan: planned is not done",
                )  # fmt: skip


def _last_telling_day(source: dict[str, Any]) -> tuple[dt.date | None, str]:
    published = dates.parse(source["published"]).latest if source["published"] else None
    later = max((day for day in (published, source["updated"]) if day), default=None)
    return (later, "published or updated") if later else (source["coded_on"], "coded")


def source_days_in_order(checker: Checker) -> Iterator[Problem]:
    """A page is published, then updated, then coded."""
    for dossier in checker.material.dossiers:
        source = dossier.source
        published = dates.parse(source.values["published"]) if source.values["published"] else None
        updated, coded = source.values["updated"], source.values["coded_on"]
        if published and updated and published.earliest and updated < published.earliest:
            yield _problem(source, "updated", f"updated {updated} before it was published ({published.text})",
                           "a later day", "correct one of the two")  # fmt: skip
        first = max((day for day in (published.earliest if published else None, updated) if day), default=None)
        if coded and first and coded < first:
            yield _problem(source, "coded_on", f"coded {coded} before the page was there ({first})", "a later day",
                           "correct one of the two")  # fmt: skip


def lives_in_order(checker: Checker) -> Iterator[Problem]:
    """A body does not end before it begins."""
    for id, row in checker.material.registers.rows["organisations"].items():
        since, until = row["valid_from"], row["valid_to"]
        if since and until:
            first, last = dates.parse(since).earliest, dates.parse(until).latest
            if first and last and last < first:
                file, line = checker.material.registers.where["organisations", id]
                yield Problem(file, line, "valid_to", f"it ends ({until}) before it begins ({since})", "a later date",
                              "correct one of the two")  # fmt: skip


# --- what is claimed to be done -----------------------------------------------------------


def plans_realised_by_events(checker: Checker) -> Iterator[Problem]:
    """Only an event that took place realises a plan; a realised plan names it."""
    events = checker.by_id["events"]
    for record in checker.of("plans"):
        event = events.get(record.values["realised_by"] or "")
        if event and event.values["factuality"] in ("cancelled", "postponed"):
            yield _problem(
                record, "realised_by", f'"{event.id}" was {event.values["factuality"]}', "an event that took place",
                "name another, or leave the plan open",
            )  # fmt: skip
        answered = events.get(record.values["reciprocal_of"] or "")
        if event and answered and event.id == answered.id:
            yield _problem(record, "realised_by", f'"{event.id}" is what the plan is to answer', "another event",
                           "name another, or leave the plan open")  # fmt: skip
        if event and record.values["status"] == "cancelled":
            yield _problem(record, "status", "the plan is cancelled and yet realised", "one of the two",
                           "correct the status, or take out realised_by")  # fmt: skip
        raised = events.get(record.values["raised_at"] or "")
        if event and raised and event.id != raised.id:
            done, asked = date_of(event), date_of(raised)
            if done and asked and done.latest and asked.earliest and done.latest < asked.earliest:
                yield _problem(
                    record, "realised_by",
                    f"{event.id} ({done.text}) lies before {raised.id} ({asked.text}), where it was raised",
                    "a later event", "name another, or leave the plan open",
                )  # fmt: skip
        if record.values["status"] in ("realised", "partly_realised") and not record.values["realised_by"]:
            yield _problem(record, "status", f"the plan is {record.values['status']} and names no event",
                           "realised_by: the event", "name the event that did it, or leave the plan open")  # fmt: skip


def reviewed_with_evidence(checker: Checker) -> Iterator[Problem]:
    """A reviewed dossier has a phrase for every record."""
    for dossier in checker.material.dossiers:
        if dossier.source.values["status"] != "reviewed":
            continue
        for column in ("coder", "coded_on"):
            if dossier.source.values[column] is None:
                yield Problem(dossier.file, 1, column, f"{column} is missing", "who read it, and when",
                              "a reviewed dossier is signed: add it")  # fmt: skip
        for record in dossier.records:
            if not record.says:
                yield _problem(record, "says", f"{record.id} is reviewed and has no phrase", "a phrase, or ¶4",
                               "copy a few words, or set the dossier to in_review")  # fmt: skip


def parties_enough(checker: Checker) -> Iterator[Problem]:
    """An agreement binds two at least, each once; an event that counts has somebody in it."""
    for record in checker.of("agreements"):
        bodies = [p["party_id"] or p["text"] for p in record.parties if p["party"] == "org"]
        for body in sorted({body for body in bodies if bodies.count(body) > 1}):
            yield _problem(
                record, "parties", f'"{body}" stands among the parties twice', "each party once", "delete one"
            )
        if len(set(bodies)) < 2:
            yield _problem(record, "parties", "the agreement has fewer than two parties", "two or more",
                           "add the other side; `name (open)` if the register has none")  # fmt: skip
    for record in checker.of("events"):
        if not record.parties and not record.values["part_of"]:
            yield _problem(record, "who", "nobody takes part", "who: {role: party}", "say who, or `unknown`", "warning")


def groups_and_children(checker: Checker) -> Iterator[Problem]:
    """A child of a group names its group, and that is one."""
    known = checker.by_id["agreements"]
    for record in checker.of("agreements"):
        form, parent = record.values["form"], record.values["parent_id"]
        if form == "child" and not parent:
            yield _problem(record, "form", "a child of a group names no parent", "parent: the group", "add it")
        if parent in known and known[parent].values["form"] != "group":
            yield _problem(record, "parent", f'"{parent}" is not a group', "an agreement of form group", "set its form")


def decisions_lead_somewhere(checker: Checker) -> Iterator[Problem]:
    """A judgement is about a field of a record that is there, and is given once."""
    file = "data/raw/decisions.yaml"
    seen: Counter[tuple[str, str, str]] = Counter()
    for decision in checker.material.decisions:
        seen[decision.record, decision.id, decision.field] += 1
        if seen[decision.record, decision.id, decision.field] > 1:
            yield Problem(
                file,
                decision.lines["id"],
                "id",
                f"{decision.id} {decision.field} is decided twice",
                "once",
                "delete one",
            )
        known = checker.by_id.get(decision.record, {})
        if decision.id not in known:
            yield Problem(file, decision.lines["id"], "id", f'"{decision.id}" is not among the {decision.record}',
                          "the id of a record", did_you_mean(decision.id, known) or "correct or delete it")  # fmt: skip
            continue
        record = (decision.record, decision.id)
        differing = {row["field"] for row in checker.merging[1] if (row["record"], row["record_id"]) == record}
        if decision.field not in differing:
            listed = ", ".join(sorted(differing)) or "nothing: its sources agree"
            yield Problem(
                file, decision.lines["field"], "field",
                f"the sources of {decision.id} do not differ in {decision.field}", listed,
                did_you_mean(decision.field, differing) or "correct the field, or delete the judgement",
            )  # fmt: skip


def judgements_lead_somewhere(checker: Checker) -> Iterator[Problem]:
    """A judgement is about records that are there."""
    known = {id for by_id in checker.by_id.values() for id in by_id}
    for judgement in checker.material.judgements:
        for id in judgement.about:
            if id not in known:
                yield Problem("data/raw/decisions.yaml", judgement.lines["about"], "about", f'"{id}" is no record',
                              "ids of records", did_you_mean(id, known) or "correct or delete it")  # fmt: skip


def perhaps_one_event(checker: Checker) -> Iterator[Problem]:
    """Two events of one kind between the same bodies at overlapping times may be one: a person
    says so by giving them one id, or says that they are two in a judgement. Never merged by machine."""
    settled = [set(judgement.about) for judgement in checker.material.judgements]
    alike: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in checker.of("events"):
        if record.values["part_of"] or record.values["clarity"] != "single":
            continue
        bodies = sorted({p["party_id"] if p["party"] == "org" else p["for_org"] for p in record.parties} - {None})
        for pair in combinations(bodies, 2):
            alike[record.values["type"], *pair].append(record)
    told: set[tuple[str, str]] = set()
    for (kind, *_), records in alike.items():
        for (one, first), (other, second) in _overlapping([(record, date_of(record)) for record in records]):
            if (one.id, other.id) in told:
                continue
            if any({one.id, other.id} <= about for about in settled):
                continue
            told.add((one.id, other.id))
            yield _problem(
                other, "id", f"{other.id} may be {one.id}: {kind}, the same bodies, {second.text} and {first.text}",
                "one id, or a judgement that they are two",
                "give both the same id, or list both under judgements in decisions.yaml", "warning",
            )  # fmt: skip


def _overlapping(dated: Sequence[tuple[Record, dates.EdtfDate | None]]) -> list[tuple[Dated, Dated]]:
    """The pairs of dated records that may share a day, in the order of the records; no pair is looked at that cannot.
    The records are gone through by their first possible day, with those at hand whose last has not passed."""
    found: list[Dated] = [(record, date) for record, date in dated if date is not None]
    at_hand: list[int] = []
    pairs: list[tuple[int, int]] = []
    for n in sorted(range(len(found)), key=lambda n: found[n][1].earliest or dt.date.min):
        at_hand = [m for m in at_hand if found[m][1].overlaps(found[n][1])]
        pairs += [(min(m, n), max(m, n)) for m in at_hand]
        at_hand.append(n)
    return [(found[m], found[n]) for m, n in sorted(pairs)]


# --- the registers and the articles -------------------------------------------------------


def coordinates_in_their_country(checker: Checker) -> Iterator[Problem]:
    """A place lies in the country or region it is given for (0.3° allowed for coasts)."""
    from shapely import Point

    for id, row in checker.material.registers.rows["places"].items():
        lat, lon = row["lat"], row["lon"]
        file, line = checker.material.registers.where["places", id]
        if (lat is None) != (lon is None):
            yield Problem(file, line, "lat" if lat is None else "lon", "half a coordinate", "both or neither", "add it")
            continue
        if lat is None or lon is None:
            if row["kind"] in ("building", "city", "near_city", "county"):
                yield Problem(file, line, "lat", f"{id} is a {row['kind']} without coordinates", "lat and lon",
                              "add them, or it is left off the map", "warning")  # fmt: skip
            continue
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            swapped = -90 <= lon <= 90 and -180 <= lat <= 180
            yield Problem(
                file, line, "lat", f"{lat}, {lon} is not on the globe", "lat -90..90, lon -180..180",
                "latitude and longitude are exchanged" if swapped else "correct it",
            )  # fmt: skip
            continue
        outline = checker.outlines.get(row["country"] or "")
        if outline is None or outline.distance(Point(lon, lat)) <= 0.3:
            continue
        swapped = -90 <= lon <= 90 and outline.distance(Point(lat, lon)) <= 0.3
        yield Problem(
            file, line, "lat", f"{lat}, {lon} is not in {row['country']}", f"a point in {row['country']}",
            "latitude and longitude are exchanged" if swapped else "correct the coordinates or the country",
        )  # fmt: skip


def names_tell_apart(checker: Checker) -> Iterator[Problem]:
    """A name that two rows of a register share cannot be resolved; rows that all carry a note are
    known to share it."""
    registers = checker.material.registers
    for table in (table.name for table in REGISTERS.values()):
        for row in registers.names:
            sharing = registers.index[table].get(name_key(row["text"]), set()) if row["of"] == table else set()
            told_apart = all(registers.rows[table][id].get("note") for id in sharing)
            if len(sharing) > 1 and row["id"] == max(sharing) and not told_apart:
                file, line = registers.where[table, row["id"]]
                yield Problem(file, line, "name_en", f'"{row["text"]}" names {" and ".join(sorted(sharing))}',
                              "names that tell apart", "add the city to one of them, or a note to each",
                              "warning")  # fmt: skip


def addresses(checker: Checker) -> Iterator[Problem]:
    """Addresses are http(s), digests are digests, and no two dossiers hold one article."""
    seen: dict[tuple[str, str], Record] = {}
    for dossier in checker.material.dossiers:
        source = dossier.source
        url, digest = source.values["url"], source.values["sha256"]
        if url and not re.fullmatch(r"https?://[^\s<>\"]+", url):
            yield _problem(source, "url", f'"{url}" is no web address', "http:// or https://", "copy the address again")
        if digest and not re.fullmatch(r"[0-9a-f]{64}", digest):
            yield _problem(
                source, "sha256", "this is no digest", "64 digits 0-9 a-f", "let `workbench verify` print it"
            )
        for column in ("url", "sha256"):
            value = source.values[column]
            first = seen.setdefault((column, value), source) if value else source
            if first is not source and source.values["copy_of"] != first.id:
                yield _problem(source, column, f"{first.file} has the same {column}", "one dossier an article",
                               "join the two, or say copy_of")  # fmt: skip


def phrases_located(checker: Checker) -> Iterator[Problem]:
    """A phrase whose paragraph nobody has looked up yet is listed."""
    for dossier in checker.material.dossiers:
        waiting = {
            phrase: record.lines.get(f"says:{column}", record.line)
            for record in reversed(dossier.records)
            for column, phrase in [("", record.says), *record.evidence.items()]
            if phrase and paragraph_only(phrase) is None and (dossier.source.id, phrase) not in checker.material.anchors
        }
        for line in waiting.values():
            yield Problem(
                dossier.file, line, "says", "the paragraph of its phrase has not been looked up",
                "a phrase found in its article", "run `workbench verify --articles DIR` with the folder of articles",
                "warning",
            )  # fmt: skip


def wordings_used(checker: Checker) -> Iterator[Problem]:
    """Each row of the wordings is of a text that some record has; a text in Chinese leads to one row."""
    yield from wordings.misplaced(checker.material)


RULES = (
    dangling_ids,
    one_id_one_table,
    one_id_one_register,
    circles,
    register_circles,
    parts_inside_wholes,
    order_in_time,
    milestones_in_order,
    online_has_no_place,
    days_that_fit,
    readings_of_what_is_said,
    told_after_it_happened,
    source_days_in_order,
    lives_in_order,
    plans_realised_by_events,
    reviewed_with_evidence,
    parties_enough,
    groups_and_children,
    decisions_lead_somewhere,
    judgements_lead_somewhere,
    perhaps_one_event,
    coordinates_in_their_country,
    names_tell_apart,
    addresses,
    phrases_located,
    wordings_used,
)
