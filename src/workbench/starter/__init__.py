"""A project of one's own: the invented example in ``project/``, and what every project shares.

Word lists, notebooks and basemap are stored once, in the folders of this repository.
A checkout reads them there; a built package holds a copy beside the example (see ``setup.py``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
from pathlib import Path

from workbench.errors import MachineryFailed, UsageError
from workbench.paths import SETTINGS_FILE
from workbench.records import codebook, vocabularies

# The same files as in setup.py.
GATHERED = ("notebooks/*.ipynb", "data/raw/basemap/*", "data/raw/registers/vocabularies/*.csv")
CONTENTS = {
    "workbench.toml": "whose exchange, as of when, what counts as abroad",
    "reports.toml": "which reports are made",
    "data/raw/dossiers/": "one file a source: an invented example",
    "data/raw/articles/": "the article of the example; articles stay out of the project's history",
    "data/raw/registers/": "bodies, people, places; our words in Chinese; the word lists",
    "notebooks/": "one a kind of report",
    "docs/codebook.md": "every key a dossier may have",
    "README.md": "what comes next",
}
_RENAMED = {"gitignore": ".gitignore"}  # under its own name it would hide files of the example here


def start(target: Path, name: str = "", as_of: dt.date | None = None) -> list[str]:
    """Make a project in ``target``, which must not exist or be empty; the names of its files.

    ``name`` is its title (empty: that of the example), ``as_of`` the day as of which its reports
    speak. It is put together in a temporary folder, so it is whole or not there. Raises
    `UsageError` for a folder with something in it and a name that cannot be shown, and
    `MachineryFailed` when this installation lacks what projects share.
    """
    target = target.absolute()
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{target} is not empty: nothing was written. Name a new or an empty folder.")
    if (target.exists() or target.is_symlink()) and not target.is_dir():
        raise UsageError(f"{target} is a file: nothing was written. Name a new or an empty folder.")
    if name and not (name.strip() and name.isprintable()):
        raise UsageError("The name is empty or holds characters that cannot be seen. Write it in one line.")
    files = _files()
    existed = target.is_dir()
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = (target if existed else target.parent) / f".{target.name}.{secrets.token_hex(4)}.part"
    try:
        for path, source in files.items():
            destination = temporary / path
            destination.parent.mkdir(parents=True, exist_ok=True)
            destination.write_bytes(_content(path, source, name, as_of))
        page = temporary / "docs" / "codebook.md"
        page.parent.mkdir()
        words, _ = vocabularies.read(temporary / "data" / "raw" / "registers" / "vocabularies", "vocabularies")
        page.write_text(codebook.render(words), encoding="utf-8")
        if existed:  # keep the folder itself: somebody may stand in it
            for entry in sorted(temporary.iterdir(), key=lambda entry: entry.name == SETTINGS_FILE):
                entry.rename(target / entry.name)
        else:
            temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return sorted([*files, "docs/codebook.md"])


def _files() -> dict[str, Path]:
    """Every file of a new project by its path there, with the file it comes from."""
    example = Path(__file__).parent / "project"
    checkout = Path(__file__).parents[3]
    found = {path.relative_to(example): path for path in example.rglob("*") if path.is_file()}
    for pattern in GATHERED:
        if not any(example.glob(pattern)):  # not a built package
            shared = {path.relative_to(checkout): path for path in checkout.glob(pattern)}
            if not shared:
                raise MachineryFailed(f"This installation of the workbench lacks {pattern}. Install it again.")
            found |= shared
    return {path.with_name(_RENAMED.get(path.name, path.name)).as_posix(): found[path] for path in sorted(found)}


def _content(path: str, source: Path, name: str, as_of: dt.date | None) -> bytes:
    """The bytes of a file in the new project: settings with its name and day, notebooks without outputs."""
    content = source.read_bytes()
    if path == SETTINGS_FILE:
        text = content.decode()
        if name:
            quoted = json.dumps(name.strip(), ensure_ascii=False)  # a string of JSON is one of TOML
            text = re.sub(r"(?m)^title = .*$", lambda _: f"title = {{ en = {quoted}, zh = {quoted} }}", text)
        if as_of:
            text = re.sub(r"(?m)^as_of = .*$", f"as_of = {as_of.isoformat()}", text)
        return text.encode()
    return _without_outputs(content) if path.endswith(".ipynb") else content


def _without_outputs(content: bytes) -> bytes:
    """A notebook as it is committed, should somebody have run it where it stands."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
