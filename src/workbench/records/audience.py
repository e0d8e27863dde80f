"""What an audience may have: the public gets the tables as they would be if internal sources had never been read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from workbench.errors import UsageError, did_you_mean
from workbench.paths import Project, file_digest
from workbench.records import corpus, held, load, wordings
from workbench.records import tables as stored
from workbench.records.model import BY_NAME, TABLES
from workbench.settings import Settings

PUBLIC, INTERNAL = AUDIENCES = ("public", "internal")
_REGISTERS = ("organisations", "people", "places")
_PARTY_TABLES = {"org": "organisations", "person": "people"}
# Rows that are nothing without the record they belong to.
_OWNERS = {"milestones": "agreement_id", "outputs": "event_id"}

Frames = dict[str, pd.DataFrame]


def choose_audience(text: str) -> str:
    """One of `AUDIENCES`, the public where nothing is said; raises `UsageError` for another word."""
    if text and text not in AUDIENCES:
        hint = did_you_mean(text, AUDIENCES) or f"known: {', '.join(AUDIENCES)}"
        raise UsageError(f'audience = "{text}": {hint}')
    return text or PUBLIC


def ensure_tables(project: Project, audience: str) -> tuple[Frames, Settings]:
    """The tables of a project for an audience, remade if anything they rest on has changed.

    Raises `RecordsError` when the records have errors and `UsageError` for an audience that is not known.
    """
    audience = choose_audience(audience)
    frames, settings = load.ensure_tables(project)
    return (frames if audience == INTERNAL else public(project, frames, settings)), settings


def public(project: Project, frames: Frames, settings: Settings) -> Frames:
    """The tables without internal sources and without what rests on them alone.

    A record that public sources tell too has the values those sources give it. References to
    what is left out are empty; bodies, people and places that only left-out records name are
    left out as well, those of a home of the settings never.

    ``frames`` are those of `load.ensure_tables`. They are the answer where no source is internal; else the
    answer is kept in ``data/processed/public`` for the next time.
    """
    hidden = hidden_sources(frames)
    if not hidden:
        return frames
    folder, made_from = project.processed / PUBLIC, file_digest(project.processed / stored.DESCRIPTION)
    if not stored.intact(folder, made_from):
        stored.write(_made_public(project, frames, settings, hidden), folder, made_from)
    return stored.read(folder)


def folder_of(project: Project, audience: str) -> Path:
    """Where the tables for an audience are kept: the public has its own where a source is internal, once they were
    asked for."""
    own = project.processed / PUBLIC
    made = audience == PUBLIC and stored.intact(own, file_digest(project.processed / stored.DESCRIPTION))
    return own if made else project.processed


def hidden_sources(frames: Frames) -> set[str]:
    """The ids of the sources that the public does not get to see."""
    sources = frames["sources"]
    return set(sources.loc[sources["audience"] == INTERNAL, "source_id"])


def _made_public(project: Project, frames: Frames, settings: Settings, hidden: set[str]) -> Frames:
    material = held.material(project)
    told = [dossier for dossier in material.dossiers if dossier.source.id not in hidden]
    assertions = frames["assertions"][frames["assertions"]["source_id"].isin(hidden)]
    weighed = set(assertions[["record", "record_id", "field"]].itertuples(index=False, name=None))
    touched = set(assertions["record_id"])
    # A judgement between sources of which one is internal may repeat what it says.
    decisions = [d for d in material.decisions if (d.record, d.id, d.field) not in weighed]
    judgements = [judgement for judgement in material.judgements if touched.isdisjoint(judgement.about)]
    opened = corpus.build(replace(material, dossiers=told, decisions=decisions, judgements=judgements))
    kept = _loosened(_without(opened, hidden))
    members = {member for home in settings.homes.values() for member in home.members}
    mentioned = _mentioned(frames)
    while True:
        gone = {name: mentioned[name] - _mentioned(kept)[name] - members for name in _REGISTERS}
        keys = {name: BY_NAME[name].key[0] for name in _REGISTERS}
        if not any(kept[name][keys[name]].isin(gone[name]).any() for name in _REGISTERS):
            return kept | {"wordings": wordings.used(frames["wordings"], kept)}
        kept |= {name: kept[name][~kept[name][keys[name]].isin(gone[name])] for name in _REGISTERS}
        kept = _loosened(kept)


def _without(frames: Frames, hidden: set[str]) -> Frames:
    """The tables without some sources and without records that only they assert."""
    assertions = frames["assertions"]
    whose = pd.MultiIndex.from_frame(assertions[["record", "record_id"]])
    open_ = ~assertions["source_id"].isin(hidden)
    gone = whose[~open_].difference(whose[open_])
    result = dict(frames)
    for name in ("sources", "names", "assertions"):
        result[name] = frames[name][~frames[name]["source_id"].isin(hidden)]
    for table in TABLES:  # records of registers stand by themselves
        if "register_id" in table.columns:
            result[table.name] = frames[table.name][~frames[table.name]["register_id"].isin(hidden)]
    for name in gone.get_level_values(0).unique():
        ids = gone[gone.get_level_values(0) == name].get_level_values(1)
        result[name] = result[name][~result[name][BY_NAME[name].key[0]].isin(ids)]
    return result


def _loosened(frames: Frames) -> Frames:
    """The tables without references to rows that are not there, and without what hangs on such rows."""
    before, result = -1, dict(frames)
    while before != (before := sum(map(len, result.values()))):
        known = {table.name: set(result[table.name][table.key[0]]) for table in TABLES if len(table.key) == 1}
        for table in TABLES:
            frame = result[table.name]
            for owner, id in (("record", "record_id"), ("of", "id")):
                if owner in table.columns:
                    here = [frame[id].isin(known[name]) & (frame[owner] == name) for name in frame[owner].unique()]
                    frame = frame[pd.concat(here, axis=1).any(axis=1)] if here else frame
            for column in table.fields:
                if column.refers_to:
                    known_or_none = known[column.refers_to] | {""}  # names of a register have no source
                    lost = frame[column.name].notna() & ~frame[column.name].isin(known_or_none)
                    if column.required or column.name == _OWNERS.get(table.name):
                        frame = frame[~lost]
                    elif lost.any():
                        frame = frame.assign(**{column.name: frame[column.name].mask(lost)})
            result[table.name] = frame
    result["assertions"] = _asserted(result["assertions"], known)
    return {name: frame.reset_index(drop=True) for name, frame in result.items()}


def _asserted(assertions: pd.DataFrame, known: dict[str, set[str]]) -> pd.DataFrame:
    """The assertions without those that a record refers to what is not there."""
    lost = pd.Series(False, index=assertions.index)
    for table in TABLES:
        for column in table.fields:
            if column.refers_to:
                about = (assertions["record"] == table.name) & (assertions["field"] == column.name)
                lost |= about & assertions["value"].notna() & ~assertions["value"].isin(known[column.refers_to])
    return assertions[~lost]


def _mentioned(frames: Frames) -> dict[str, set[str]]:
    """The ids of bodies, people and places that some row refers to, their names left aside."""
    found: dict[str, set[str]] = {name: set() for name in _REGISTERS}
    for table in TABLES:
        for column in table.fields:
            if column.refers_to in found:
                found[column.refers_to] |= set(frames[table.name][column.name].dropna())
    parties = frames["parties"]
    for kind, name in _PARTY_TABLES.items():
        found[name] |= set(parties.loc[parties["party"] == kind, "party_id"].dropna())
    return found
