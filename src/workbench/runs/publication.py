"""Publishing one report: the files of a report from its executed notebook, all of them or none."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.paths import file_digest, write_atomic
from workbench.settings import Office

FACTS = "facts.json"


@dataclass(frozen=True, slots=True)
class Publication:
    """What is needed to publish a report: its executed notebook, the parameters, inputs (digests by name) and
    versions of its run, the office that sends it, the files to which it leads (``links``, by report)."""

    notebook: Path
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    office: Office
    links: Mapping[str, str]
    edition: Any = None  # `publish.content.Edition`; None: a draft

    def render(self, name: str) -> bytes:
        """One file of the report, by its ending."""
        from workbench.publish import content, facts

        if name == FACTS:
            return facts.render(content.facts_of(self.notebook), dict(self.parameters), self.inputs, self.versions)
        context = content.Context(self.office, self.links, self.edition)
        return bytes(importlib.import_module(f"workbench.publish.{name}").render(content.read(self.notebook), context))


class NotMade(Exception):
    """The files of a report could not be made or written. Says why."""


def publish(what: Publication, files: Mapping[str, Path]) -> dict[str, str]:
    """Make the files of a report, named by their endings, and put each into its place; their digests by ending.
    Raises `NotMade` before a file is touched when one cannot be made."""
    doing = "made"
    try:
        made = {name: what.render(name) for name in files}
        doing = "written"
        for name, content in made.items():
            write_atomic(files[name], content)
    except Exception as error:
        raise NotMade(f"the files could not be {doing}: {error}") from None
    return {name: file_digest(path) for name, path in files.items()}
