"""``reports/ID.facts.json``: what a report says and what it rests on, for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# What stands in a place of its own, or is there for pages only.
_APART = ("kind", "title", "sentences", "records", "sources", "words", "notes", "draft_words", "as_of_words")


def render(
    about: Mapping[str, Any], parameters: Mapping[str, Any], inputs: Mapping[str, Any], versions: Mapping[str, str]
) -> bytes:
    """The facts of a report as JSON, keys sorted.

    ``about`` is what the executed notebook says of itself: each sentence with its records, the facts of the records
    and the sources cited. ``inputs`` are digests of what the report was made from, ``versions`` those of the packages.
    """
    content = {
        "kind": about["kind"],
        "title": about["title"],
        "parameters": dict(parameters),
        "facts": {name: value for name, value in about.items() if name not in _APART},
        "sentences": [{name: value for name, value in said.items() if name != "note"} for said in about["sentences"]],
        "records": about.get("records", []),
        "sources": about.get("sources", []),
        "inputs": dict(inputs),
        "versions": dict(versions),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
