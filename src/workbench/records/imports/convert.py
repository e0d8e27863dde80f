"""From a register's table and its mapping to rows of our tables, a whole column at a time.

Each distinct printed value is read once. Every row of the file has one outcome: taken, skipped
with its reason, waiting for a decision about a name (taken with the name as printed; a claim
only once its subject is decided), or in error. Errors are told once for each distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import Problem, did_you_mean
from workbench.records import dates
from workbench.records.dossiers import ONLINE, UNKNOWN, dated_block
from workbench.records.imports import mapping as mappings
from workbench.records.imports.datings import Dating, join_interval, read_dates
from workbench.records.imports.mapping import Named
from workbench.records.imports.resolve import Resolver
from workbench.records.imports.sheets import ERRORS, Sheet
from workbench.records.imports.worksheet import Name
from workbench.records.merging import DATED_COLUMNS
from workbench.records.model import AGREEMENTS, BY_NAME, CLAIMS, EVENTS, PLANS
from workbench.records.values import DIVISIBLE, Amount, Complaint, read_amount, read_value
from workbench.records.vocabularies import Vocabularies

# Ties that are not counted, as in `corpus`.
NO_INSTRUMENT = ("unspecified_cooperation", "city_tie_unspecified")
_TOLD = 20  # distinct values of one column that are told one by one


@dataclass(slots=True)
class Converted:
    """What a register gives: rows by table (all columns of the model), and what became of each row.

    ``outcome`` holds, for each row that is not empty, taken, waiting, error or its reason to be skipped.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    outcome: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    empty_rows: int = 0
    waiting: dict[Name, int] = field(default_factory=dict)
    used: dict[Name, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def convert(sheet: Sheet, mapping: mappings.Mapping, resolver: Resolver) -> Converted:
    """The rows of our tables for one register. Errors are in ``problems``; rows in error make none."""
    return _Converter(sheet, mapping, resolver).all()


class _Converter:
    def __init__(self, sheet: Sheet, mapping: mappings.Mapping, resolver: Resolver) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.resolver = resolver
        self.words: Vocabularies = resolver.words
        self.result = Converted(empty_rows=sheet.empty_rows)
        self.outcome = pd.Series("taken", index=sheet.frame.index, dtype=object)
        self.frame = sheet.frame

    def all(self) -> Converted:
        self.skip()
        self.frame = self.frame[self.outcome == "taken"]
        self.broken_cells()
        main = self.main()
        blocks = {name: self.date(name, dating, main) for name, dating in self.mapping.dates.items()}
        parties = self.parties()
        if self.mapping.place is not None:
            self.place(main)
        if "subject" in self.mapping.columns:
            main["subject"] = self.subject()
        quantities = self.quantities()
        if self.mapping.record is CLAIMS:
            main = main.assign(
                **self.amount(mappings.AMOUNT_COLUMN, self.mapping.columns[mappings.AMOUNT_COLUMN], None)
            )
        if self.mapping.record in (EVENTS, PLANS):
            main = main.assign(**_block_columns(blocks.get("when"), main.index))
        good = (self.outcome.loc[self.frame.index] != "error") & ~self.without_subject(main)
        self.rows(main[good], {k: b[good] for k, b in blocks.items()}, parties[parties["row"].isin(main.index[good])],
                  quantities[quantities["row"].isin(main.index[good])])  # fmt: skip
        self.result.outcome = self.outcome
        self.result.problems += self.resolver.problems
        return self.result

    # --- telling --------------------------------------------------------------------------

    def tell(self, rows: pd.Index, column: str, what: str, expected: str, todo: str) -> None:
        """One problem for all the rows that share it; the rows are in error."""
        self.outcome.loc[rows] = "error"
        count = f"{len(rows)} rows, first in row {rows[0]}" if len(rows) > 1 else f"row {rows[0]}"
        self.result.problems.append(
            Problem(self.sheet.file, int(rows[0]), f"column {column}", f"{what} in {count}", expected, todo)
        )

    def tell_values(self, texts: pd.Series, column: str, wrong: Mapping[str, Complaint], field: str) -> None:
        """One problem for each distinct value that cannot be taken, the most frequent first."""
        hit = texts[texts.isin(list(wrong))]
        groups = sorted(hit.groupby(hit, sort=False), key=lambda group: (-len(group[1]), group[1].index[0]))
        for value, rows in groups[:_TOLD]:
            complaint = wrong[str(value)]
            what = complaint.what.removeprefix(f'"{value}"').lstrip(": ")
            self.tell(rows.index, column, f'"{value}" ({what})', complaint.expected,
                      f"{complaint.todo}; or say under values.{field} what it means, or skip it")  # fmt: skip
        rest = [rows.index for _, rows in groups[_TOLD:]]
        if rest:
            every = rest[0].append(rest[1:])
            self.tell(every, column, f"{len(rest)} further values", "values that can be read", "mend the first ones")

    # --- rows -----------------------------------------------------------------------------

    def skip(self) -> None:
        for rule in self.mapping.skip:
            texts = self.frame[rule.column]
            hit = texts == "" if rule.empty else texts.isin(rule.equals)
            if rule.matches is not None:
                hit = texts.isin([value for value in texts.unique() if rule.matches.search(value)])
            self.outcome[hit & (self.outcome == "taken")] = f"skipped: {rule.reason}"

    def broken_cells(self) -> None:
        for column in self.frame.columns:
            meanings = {text for name, source in self.mapping.columns.items() if source == column
                        for text in self.mapping.values.get(name, ())}  # fmt: skip
            failed = self.frame[column].isin(set(ERRORS) - meanings)
            for error in sorted(set(self.frame[column][failed])):
                rows = self.frame.index[self.frame[column] == error]
                self.tell(rows, column, f'"{error}" (a formula that failed)', "a value", "mend the file, or skip it")

    def main(self) -> pd.DataFrame:
        """The plain columns of the record, with its id and the row it comes from."""
        table, mapping = self.mapping.record, self.mapping
        main = pd.DataFrame({name: pd.Series(None, index=self.frame.index, dtype=object) for name in table.columns})
        for column in table.fields:
            if column.default and column.default != UNKNOWN:
                main[column.name] = column.default
        for name, value in mapping.constants.items():
            main[name] = value
        for name, source in mapping.columns.items():
            if name in table.columns and name != "subject":
                main[name] = self.field(name, source, main[name])
        if "curation" in main:
            main["curation"] = mapping.source["status"]
        main["register_id"] = mapping.source_id
        main["register_row"] = main.index
        main[table.key[0]] = self.ids()
        if table is EVENTS:
            main["mode"] = main["mode"].fillna(UNKNOWN)
        return main

    def field(self, name: str, column: str, default: pd.Series) -> pd.Series:
        """One column of the record, each distinct text read once."""
        table = self.mapping.record
        meanings = self.mapping.values.get(name, {})
        model = table.field(name)
        texts = self.frame[column]
        read, wrong = _read_each(texts, lambda text: read_value(model, meanings.get(text, text), self.words))
        if model.required and (texts == "").any():
            wrong[""] = Complaint("an empty cell", model.description, "fill it")
        self.tell_values(texts, column, wrong, name)
        values = _each(texts, read.get)
        return values.where(texts != "", default)

    def ids(self) -> pd.Series:
        source, column = self.mapping.source_id, self.mapping.id_column
        index = self.frame.index
        if not column:
            return pd.Series([f"{source}-{row}" for row in index], index=index, dtype=object)
        texts = self.frame[column]
        slugs = {text: _slug(text) for text in texts.unique()}
        wrong = {text: Complaint("no id can be made of it", "Latin letters or digits", "leave `id` out")
                 for text, slug in slugs.items() if not slug}  # fmt: skip
        self.tell_values(texts, column, wrong, "id")
        found = pd.Series([f"{source}-{slugs[text]}" for text in texts], index=index, dtype=object)
        if len(set(slugs.values())) < len(texts):
            again = found.duplicated(keep=False) & ~texts.isin(list(wrong))
            repeated = Complaint("the id stands there more than once", "each id once", "name another column, or none")
            self.tell_values(texts, column, dict.fromkeys(texts[again].unique(), repeated), "id")
        return found

    # --- dates ----------------------------------------------------------------------------

    def date(self, name: str, dating: Dating, main: pd.DataFrame) -> pd.DataFrame:
        """The dated block of each row, one for each distinct pair of printed texts."""
        meanings = self.mapping.values.get(name, {})
        starts = self.frame[dating.column]
        ends = self.frame[dating.until] if dating.until else pd.Series("", index=starts.index)
        for column, texts, empty, key in ((dating.column, starts, dating.empty, "empty"),
                                          (dating.until, ends, dating.until_empty, "until_empty")):  # fmt: skip
            if not column:
                continue
            read = read_dates(list(texts.unique()), dating, meanings)
            self.tell_values(texts, column, {t: v for t, v in read.items() if isinstance(v, Complaint)}, name)
            if not empty and (texts == "").any():
                self.tell(texts.index[texts == ""], column, "an empty cell", f"what it means: dates.{name}.{key}",
                          f'add {key} = "unknown", or another')  # fmt: skip
        read = read_dates([*starts.unique(), *ends.unique()], dating, meanings)
        pairs = pd.DataFrame({"first": starts, "last": ends}, index=starts.index)
        groups = pairs.groupby(["first", "last"], sort=False).ngroup()
        blocks = []
        for n, (first, last) in enumerate(pairs[~groups.duplicated()].itertuples(index=False)):
            edtf = _as_text(read.get(first))
            if dating.until:
                edtf = join_interval(edtf, _as_text(read.get(last)), dating, bool(first), bool(last))
            printed = " to ".join(filter(None, (first, last))) or None
            try:
                blocks.append(_block(edtf, printed))
            except dates.DateError as error:
                rows = groups.index[groups == n]
                self.tell(rows, dating.column, f'"{printed}" ({error.why})', "a date of the calendar", "mend it")
                blocks.append(_block("", printed))
        if self.mapping.record is not PLANS and name != "ends":
            undone = main.index[main["factuality"].isin(("cancelled", "postponed"))] if "factuality" in main else []
            self.later_than_told(dating, groups.drop(undone), blocks)
        block = pd.DataFrame(blocks, columns=DATED_COLUMNS, dtype=object)
        block = block.take(groups.to_numpy()).set_axis(groups.index)
        never = (starts == "") & (ends == "") & (dating.empty == "none")
        block["none"] = never | starts.map(meanings.get).eq("none")  # a printed mark may say so too
        return block

    def later_than_told(self, dating: Dating, groups: pd.Series, blocks: list[dict[str, Any]]) -> None:
        """A register tells of what has happened by the time it was published."""
        published = self.mapping.source["published"]
        limit = dates.parse(published).latest if published else None
        if limit is None:
            return
        late = [n for n, block in enumerate(blocks) if block["earliest"] and block["earliest"] > limit]
        rows = groups.index[groups.isin(late)]
        if len(rows):
            what = f"a date after the register was published ({limit})"
            self.tell(rows, dating.column, what, "something that had happened by then",
                      "look at formats and pivot, or skip these rows")  # fmt: skip

    # --- names ----------------------------------------------------------------------------

    def names(self, named: Named) -> tuple[pd.Series, pd.Series]:
        """The texts of a column of names and the ids they stand for (None: open)."""
        texts = self.frame[named.column]
        if named.in_country and not self.resolver.code(named.in_country):
            what = f'"{named.in_country}" is no country'
            self.result.problems.append(
                Problem(
                    self.mapping.file, named.line, "in_country", what, "an ISO code or a country's name", "correct it"
                )
            )
        if named.country:
            printed = self.frame[named.country]
            wrong = {text: Complaint("no country is known by this name", "an ISO code or a country's name",
                                     "correct it") for text in printed.unique()
                     if text and not self.resolver.code(text)
                     and self.mapping.values.get("country", {}).get(text) != UNKNOWN}  # fmt: skip
            if not named.in_country:
                self.tell_values(printed, named.country, wrong, "country")
        if not named.optional and (texts == "").any():
            self.tell(texts.index[texts == ""], named.column, "no name", "a name in each row",
                      "skip these rows" + (", or write optional = true" if named.role else ""))  # fmt: skip
        numbers, names, ids = self.resolver.resolve(named, self.frame)
        waits = np.array([name in self.resolver.waiting for name in names], dtype=bool)[numbers]
        rows = self.frame.index[waits]
        self.outcome.loc[rows] = self.outcome.loc[rows].where(self.outcome.loc[rows] == "error", "waiting")
        for name, count in zip(names, np.bincount(numbers, minlength=len(names)).tolist(), strict=True):
            if name is not None:
                counts = self.result.waiting if name in self.resolver.waiting else self.result.used
                counts[name] = counts.get(name, 0) + count
        return texts, pd.Series(np.array(ids, dtype=object)[numbers], index=texts.index, dtype=object)

    def parties(self) -> pd.DataFrame:
        """One row a party: ``row``, party_id, text, role; the same body twice in a record is told."""
        parts = []
        for n, named in enumerate(self.mapping.parties, 1):
            if named.body:
                known = self.resolver.registers.rows["organisations"]
                if named.body not in known:
                    what = f'"{named.body}" is not in organisations.csv'
                    hint = did_you_mean(named.body, known) or "correct it, or add a row there"
                    self.result.problems.append(
                        Problem(self.mapping.file, named.line, "parties.body", what, "an id of that register", hint)
                    )
                texts, ids = (pd.Series(named.body, index=self.frame.index, dtype=object) for _ in "ab")
            else:
                texts, ids = self.names(named)
            part = pd.DataFrame({"row": self.frame.index, "n": n, "role": named.role, "text": texts, "party_id": ids})
            parts.append(part[part["text"] != ""])
        if not parts:
            return pd.DataFrame(columns=["row", "n", "role", "text", "party_id"])
        every = pd.concat(parts, ignore_index=True)
        key = every["party_id"].fillna(every["text"])
        if self.mapping.record is AGREEMENTS:
            again = every.assign(key=key).duplicated(["row", "key"])
            if again.any():
                self.tell(pd.Index(every.loc[again, "row"].unique()), self.mapping.parties[0].column or "parties",
                          "one body is both parties", "two bodies", "mend these rows, or skip them")  # fmt: skip
        return every.sort_values(["row", "n"], kind="stable")

    def place(self, main: pd.DataFrame) -> None:
        assert self.mapping.place is not None
        place = Named(**{**_as_dict(self.mapping.place), "optional": True})
        texts, ids = self.names(place)
        rows = self.resolver.registers.rows["places"]
        kinds = {id: rows[id]["kind"] if id in rows else "city" for id in ids.dropna().unique()}
        main["place_id"] = ids
        main["place_precision"] = _each(ids, kinds.get)
        main["place_printed"] = texts.where(ids.isna() & (texts != ""), None)

    def subject(self) -> pd.Series:
        return self.names(Named("organisations", self.mapping.columns["subject"]))[1]

    def without_subject(self, main: pd.DataFrame) -> pd.Series:
        """Claims about nobody known yet: they wait for a decision and make no record."""
        if self.mapping.record is not CLAIMS:
            return pd.Series(False, index=main.index)
        return main["subject"].isna()

    # --- numbers --------------------------------------------------------------------------

    def amount(self, name: str, column: str, measure: str | None) -> dict[str, pd.Series]:
        meanings = self.mapping.values.get(name, {})
        texts = self.frame[column]
        read, wrong = _read_each(texts, lambda text: read_amount(meanings.get(text, text)))
        if measure is None and (texts == "").any():
            wrong[""] = Complaint("an empty cell", "a number", "fill it")
        self.tell_values(texts, column, wrong, name)
        parts = ("low", "best", "high", "qualifier", *(("unit",) if measure else ()))
        empty = Amount(None, None, None, "")

        def of(part: str) -> Callable[[str], Any]:
            return lambda text: None if (value := getattr(read.get(text) or empty, part)) == "" else value

        return {part: _each(texts, of(part)) for part in parts}

    def quantities(self) -> pd.DataFrame:
        parts = [pd.DataFrame(columns=["row", "measure", "low", "best", "high", "qualifier", "unit"])]
        for measure, column in self.mapping.quantities.items():
            part = pd.DataFrame(self.amount(measure, column, measure)).assign(row=self.frame.index, measure=measure)
            if measure not in DIVISIBLE:
                low = pd.to_numeric(part["low"].fillna(part["best"]), errors="coerce")
                broken = part["row"][(low % 1 > 0).to_numpy()]
                if len(broken):
                    hint = "mend it, or say under values what it means (1.200 is one and a fifth here)"
                    what = "a fraction of what is counted whole"
                    self.tell(pd.Index(broken), column, what, f"a whole number of {measure}", hint)
            parts.append(part[self.frame[column] != ""])
        return pd.concat(parts[1:] or parts, ignore_index=True)

    # --- rows of our tables ---------------------------------------------------------------

    def rows(
        self, main: pd.DataFrame, blocks: dict[str, pd.DataFrame], parties: pd.DataFrame, quantities: pd.DataFrame
    ) -> None:
        table = self.mapping.record
        ids = main[table.key[0]]
        if "place_precision" in main:
            online = main["mode"] == ONLINE if "mode" in main else False
            unplaced = main["place_precision"].isna()
            main.loc[unplaced, "place_precision"] = UNKNOWN
            main.loc[unplaced & online, "place_precision"] = ONLINE
        if "countable" in main:
            main["countable"] = main["countable"].where(main["countable"].notna(), _countable(main, table.name))
        for name in ("ends", "as_of"):
            if name in blocks:
                main[name] = blocks[name]["edtf"]
        frames = {table.name: main}
        owner = {"record": table.name}
        if len(parties):
            kept = parties.assign(**owner, record_id=parties["row"].map(ids), party="org", for_org=None, headcount=None)
            frames["parties"] = kept.assign(n=kept.groupby("row").cumcount() + 1)
        if len(quantities):
            frames["quantities"] = quantities.assign(**owner, record_id=quantities["row"].map(ids))
        steps = [
            self.steps(name, block, ids) for name, block in blocks.items() if table is AGREEMENTS and name != "ends"
        ]
        if steps:
            frames["milestones"] = pd.concat(steps, ignore_index=True)
        frames |= self.registers(main)
        self.result.frames = {name: frame.reindex(columns=BY_NAME[name].columns) for name, frame in frames.items()}

    def steps(self, step: str, block: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
        block = block[~block["none"].astype(bool)]
        own = ids.loc[block.index]
        return block.assign(milestone_id=own + "-" + step.replace("_", "-"), agreement_id=own, step=step, event_id=None)

    def registers(self, main: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """The source, the cities of the gazetteer in use, and the names that people decided."""
        language = self.mapping.source["language"]
        frames = {"sources": pd.DataFrame([self.mapping.source])}
        used = set(main["place_id"].dropna()) if "place_id" in main else set()
        cities = [city for id, city in sorted(self.resolver.cities.items()) if id in used]
        own = {"of": "places", "language": "en", "kind": "preferred", "source_id": ""}
        names = [{**own, "id": city.id, "text": city.name} for city in cities]
        if cities:
            frames["places"] = pd.DataFrame(
                [{"place_id": city.id, "kind": "city", "country": city.country, "admin1": city.admin1, "lat": city.lat,
                  "lon": city.lon, "geonames_id": city.number} for city in cities]
            )  # fmt: skip
        known = {(row["id"], row["text"]) for row in self.resolver.registers.names}
        for name in sorted(self.result.used):
            id = self.resolver.found[name]
            if name in self.resolver.decisions and id and (id, name.printed) not in known:
                known.add((id, name.printed))
                names.append({"of": name.table, "id": id, "text": name.printed, "language": language,
                              "kind": "variant", "source_id": self.mapping.source_id})  # fmt: skip
        if names:
            frames["names"] = pd.DataFrame(names)
        return frames


def _slug(text: str) -> str:
    small = text.lower()
    if small.isascii() and small.isalnum():
        return small
    return re.sub(r"[^a-z0-9]+", "-", small).strip("-")


def _read_each(texts: pd.Series, read: Callable[[str], Any]) -> tuple[dict[str, Any], dict[str, Complaint]]:
    """Each distinct text read once: what it means, and why some mean nothing."""
    values: dict[str, Any] = {"": None}
    wrong: dict[str, Complaint] = {}
    for text in texts.unique():
        if text:
            try:
                values[text] = read(text)
            except Complaint as complaint:
                wrong[text] = complaint
    return values, wrong


def _each(texts: pd.Series, read: Callable[[Any], Any]) -> pd.Series:
    """What each distinct value means, in place of it; values keep their own types."""
    codes, distinct = pd.factorize(texts, use_na_sentinel=False)
    values = np.empty(len(distinct), dtype=object)
    values[:] = [read(value) for value in distinct]
    return pd.Series(values[codes], index=texts.index, dtype=object)


def _as_text(edtf: str | Complaint | None) -> str:
    return edtf if isinstance(edtf, str) else ""


def _as_dict(named: Named) -> dict[str, Any]:
    return {name: getattr(named, name) for name in Named.__slots__}


def _block(edtf: str, printed: str | None) -> dict[str, Any]:
    return dated_block(printed if printed != edtf else None, edtf or None, basis="stated" if edtf else UNKNOWN)


def _block_columns(block: pd.DataFrame | None, index: pd.Index) -> dict[str, Any]:
    if block is not None:
        return {name: block[name] for name in DATED_COLUMNS}
    unknown = _block("", None)
    return {name: pd.Series([unknown[name]] * len(index), index=index, dtype=object) for name in DATED_COLUMNS}


def _countable(main: pd.DataFrame, table: str) -> pd.Series:
    if table == "agreements":
        return (main["form"] != "child") & ~main["kind"].isin(NO_INSTRUMENT)
    realised = (main["factuality"] == "realised") & (main["clarity"] == "single")
    return realised & (main["type"] != "internal_session")
