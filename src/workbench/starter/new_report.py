"""A report of one's own: a notebook, its words in each language and a row of the catalogue, that build at once."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UsageError
from workbench.paths import REPORT_ID, Project, write_atomic

_PATTERNS = Path(__file__).parent / "report"
LANGUAGES = ("en", "zh")
_HOUSE = Path(__file__).parents[1] / "prose" / "templates"


def new_report(project: Project, name: str) -> list[str]:
    """Make ``notebooks/NAME.ipynb``, ``notebooks/templates/LANGUAGE/NAME.j2`` and a row in ``reports.toml``.

    ``name`` is an id: small letters, digits and hyphens. Returns the paths of the files, the catalogue last. Raises
    `UsageError` for a name that is none or is taken; nothing is written then.
    """
    if not REPORT_ID.fullmatch(name) or name in ("index", "templates"):
        raise UsageError(f'"{name}" is no name for a report: use small letters, digits and hyphens, as city-ties.')
    template = name.replace("-", "_")
    files = {project.notebooks / f"{name}.ipynb": _PATTERNS / "notebook.ipynb"}
    files |= {project.templates / code / f"{template}.j2": _PATTERNS / f"{code}.j2" for code in LANGUAGES}
    taken = [project.relative(path) for path in files if path.exists()]
    if (_HOUSE / LANGUAGES[0] / f"{template}.j2").exists():
        taken.append(f"the name {template} among the words of the house")
    catalogue = _catalogue(project)
    if f'id = "{name}"' in catalogue:
        taken.append(f'a row of reports.toml with the id "{name}"')
    if taken:
        raise UsageError(f"{', '.join(taken)}: taken already. Nothing was written; choose another name.")
    for path, pattern in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, pattern.read_bytes().replace(b"NAME", template.encode()))
    row = f'[[report]]\nid = "{name}"\nnotebook = "{name}.ipynb"\nparameters = {{ language = "en" }}\n'
    write_atomic(project.catalogue_file, (catalogue.rstrip("\n") + f"\n\n{row}").lstrip("\n").encode())
    return [project.relative(path) for path in (*files, project.catalogue_file)]


def _catalogue(project: Project) -> str:
    try:
        return project.catalogue_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise UsageError(f"{project.relative(project.catalogue_file)} is not UTF-8: save it again so.") from None
