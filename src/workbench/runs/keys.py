"""What a report rests on, as digests: equal keys mean that making it again changes nothing.

What all reports of a build share is read once (`Inputs`, `publishing`); a key adds what is a report's own: its
notebook, its parameters and the records that they select, so that another record leaves it as it is.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.paths import Project, file_digest, sha256
from workbench.records import audience as audiences
from workbench.records import editions, held, tables, vocabularies
from workbench.records.selection import DECLARING, Corpus, Selection, declared, digest_of, select
from workbench.runs import catalogue
from workbench.runs.catalogue import Run
from workbench.runs.versions import COMPUTING, CONVERTING, versions
from workbench.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = Path(__file__).parents[1]
Shared = Mapping[str, Mapping[str, str]]  # digests or versions by kind and name
_OTHER = ("runs", "publish", "starter", "cli.py")  # they change how reports are made, not what they say


class Inputs:
    """What the notebooks of a build rest on, read once: the code, words and settings that all of them share
    (``shared``), and for each the records that its parameters select.

    ``known`` are digests of selections from an earlier build (`selections`), taken over where the tables are the same.
    """

    def __init__(self, project: Project, settings: Settings, known: Mapping[str, Any] | None = None) -> None:
        self.project = project
        self.settings = settings
        self.shared = shared(project)
        self.shared_digest = digest(self.shared)
        self._made_from = tables_digest(project, settings)
        self._known = dict(known.get("of", {})) if known and known.get("tables") == self._made_from else {}
        self._used: dict[str, str] = {}
        self._frames: dict[str, dict[str, pd.DataFrame]] = {}
        self._notebooks: dict[Path, tuple[str, dict[str, Any]]] = {}
        self._editions = {audience: editions.newest_digest(project, audience) for audience in audiences.AUDIENCES}

    @property
    def selections(self) -> dict[str, Any]:
        """The digests of the selections that were asked for, to be handed to the next build."""
        return {"tables": self._made_from, "of": dict(sorted(self._used.items()))}

    def key(self, run: Run) -> str:
        """The key of an executed notebook: everything it rests on."""
        return digest({**self.of(run), "parameters": run.parameters})

    def of(self, run: Run) -> dict[str, str]:
        """Digests of what an executed notebook rests on, by name, and the day as of which it speaks; its parameters
        apart. Nothing in them follows from what its audience may not read."""
        notebook, _ = self._notebook(run)
        day = str(self.parameters(run).get("as_of") or self.settings.as_of)
        return {"shared": self.shared_digest, "notebook": notebook, "records": self.records(run), "as_of": day,
                "edition": self._editions.get(self.audience(run), "")}  # fmt: skip

    def parameters(self, run: Run) -> dict[str, Any]:
        """The parameters of a run: those given, and the notebook's own for the others."""
        return self._notebook(run)[1] | dict(run.parameters)

    def _given(self, run: Run) -> dict[str, Any]:
        """The parameters of a run that say something."""
        return {name: value for name, value in self.parameters(run).items() if value}

    def audience(self, run: Run) -> str:
        """For whom a report is, by its parameters; for the public where they do not say."""
        return str(self.parameters(run).get("audience") or audiences.PUBLIC)

    def records(self, run: Run) -> str:
        """The digest of the records that a run may read: those its parameters declare (`selection.declared`); of all
        records where the parameters declare none that there are."""
        asked, audience = {"as_of": self.settings.as_of} | self._given(run), self.audience(run)
        name = json.dumps([audience, *(str(asked.get(one) or "") for one in DECLARING)], ensure_ascii=False)
        if name not in self._used:
            self._used[name] = self._known.get(name) or self._select(run)
        return self._used[name]

    def _select(self, run: Run) -> str:
        audience = self.audience(run)
        if audience not in audiences.AUDIENCES:
            return self._made_from
        try:
            frames = self.frames(audience)
            return digest_of(frames, self.declared(run, frames), self.held)
        except UsageError:
            return self._made_from

    def frames(self, audience: str) -> dict[str, pd.DataFrame]:
        """The tables for an audience."""
        if audience not in self._frames:
            self._frames[audience], _ = audiences.ensure_tables(self.project, audience)
        return self._frames[audience]

    def slice(self, run: Run, frames: dict[str, pd.DataFrame]) -> Corpus:
        """What a run may read of some tables. Raises `UsageError` where its parameters are not understood."""
        return select(frames, self.settings, self.vocabularies, self.declared(run, frames), self.held)

    def declared(self, run: Run, frames: dict[str, pd.DataFrame]) -> Selection:
        """The selection that a run's parameters declare. Raises `UsageError` where they are not understood."""
        return declared(frames, self.settings, self.vocabularies, self.parameters(run), self.audience(run))

    @cached_property
    def vocabularies(self) -> vocabularies.Vocabularies:
        """The word lists of the project."""
        return vocabularies.read(self.project.vocabularies, self.project.relative(self.project.vocabularies))[0]

    @cached_property
    def held(self) -> frozenset[str]:
        """The sources whose dossiers are held at their last good version."""
        return held.sources(self.project)

    def _notebook(self, run: Run) -> tuple[str, dict[str, Any]]:
        """The digest of a run's notebook, and the defaults of its parameters."""
        if run.notebook not in self._notebooks:
            own = catalogue.parameters(run.notebook)
            defaults = {name: one.default for name, one in own.items() if not one.required}
            self._notebooks[run.notebook] = file_digest(run.notebook), defaults
        return self._notebooks[run.notebook]


def shared(project: Project) -> Shared:
    """Digests and versions of what every executed notebook rests on, by name: settings, word lists, basemap, words
    of the project's own reports, science code with its templates, packages."""
    settings = tomllib.loads(project.settings_file.read_text(encoding="utf-8-sig"))
    for name in ("office", "runs", "as_of"):  # who sends a report and how it is run; the day is a parameter
        settings.pop(name, None)
    code = {name: found for name, found in _tree(_PACKAGE, "*") if name.split("/")[0] not in _OTHER}
    own = {name: found for name, found in code.items() if name.endswith(".j2")}
    return {
        "setting": {name: digest(value) for name, value in settings.items()},
        "word list": dict(_tree(project.vocabularies, "*.csv")),
        "template": own | dict(_tree(project.templates, "*.j2")),
        "basemap": dict(_tree(project.basemap, "*.geojson")),
        "code": {name: found for name, found in code.items() if name not in own},
        "package": versions(),
    }


def tables_digest(project: Project, settings: Settings) -> str:
    """A digest of all tables and of the settings that selections follow from."""
    folders = (project.processed, project.processed / audiences.PUBLIC)
    homes = [[home.id, home.members, dict(home.name)] for home in settings.homes.values()]
    return digest([[file_digest(folder / tables.DESCRIPTION) for folder in folders], homes])


def publishing(project: Project, settings: Settings) -> Shared:
    """Digests and versions of what every published file rests on, by name: the office, publishing code with its page
    templates, versions, converters."""
    office = settings.office
    files = {"logo": office.logo, "reference_docx": office.reference_docx}
    return {
        "setting": {"office": digest([dict(office.name), office.colour])},
        "file of the office": {name: file_digest(path) for name, path in files.items() if path},
        "publishing code": dict(_tree(_PACKAGE / "publish", "*")),
        "package": versions((*COMPUTING, *CONVERTING)),
    }


def publish_key(notebook_digest: str, links: Mapping[str, str], shared: str) -> str:
    """The key of a report's published files: the executed notebook, the reports it leads to, and the digest of what
    all published files rest on (`publishing`)."""
    return digest({"shared": shared, "notebook": notebook_digest, "links": dict(links)})


def _tree(folder: Path, pattern: str) -> list[tuple[str, str]]:
    paths = sorted(p for p in folder.rglob(pattern) if p.is_file() and "__pycache__" not in p.parts)
    return [(p.relative_to(folder).as_posix(), file_digest(p)) for p in paths]


def digest(value: object) -> str:
    """A digest of plain values."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode())
