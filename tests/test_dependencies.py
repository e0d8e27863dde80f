"""pyproject.toml, environment.yml and requirements.lock name the same packages, and nothing else does."""

from __future__ import annotations

import ast
import csv
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
ALWAYS = {"python", "pip"}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared() -> dict[str, Requirement]:
    """Every dependency of pyproject.toml, those for development too."""
    lines = project()["dependencies"] + project()["optional-dependencies"]["dev"]
    requirements = [Requirement(line) for line in lines]
    found = {canonicalize_name(requirement.name): requirement for requirement in requirements}
    assert len(found) == len(requirements), "each is named once"
    return found


def lower(specifiers: SpecifierSet) -> str:
    """The lower bound, the only bound there is."""
    assert [s.operator for s in specifiers] == [">="], f"{specifiers}: one lower bound, nothing else"
    return next(iter(specifiers)).version


def names() -> dict[str, str]:
    """The name on the package index for each name of conda; empty for tools that are not there."""
    with (ROOT / "docs" / "conda-pypi.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ["conda", "pypi"]
    assert len({row["conda"] for row in rows}) == len(rows), "each name once"
    return {row["conda"]: canonicalize_name(row["pypi"]) if row["pypi"] else "" for row in rows}


def environment() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def split(line: str) -> tuple[str, str]:
    """A line of environment.yml as a name and its bounds."""
    found = re.fullmatch(r"([A-Za-z0-9][\w.-]*)\s*(.*)", line)
    assert found is not None, line
    return found[1], found[2]


def listed() -> dict[str, str]:
    """Every package of environment.yml under its name on the index, with its bounds; tools left out."""
    table, found = names(), {}
    for entry in environment()["dependencies"]:
        for line in entry["pip"] if isinstance(entry, dict) else [entry]:
            name, bounds = split(line)
            if name in ALWAYS:
                continue
            known = canonicalize_name(name) if isinstance(entry, dict) else table.get(name)
            assert known is not None, f"{name} is missing in docs/conda-pypi.csv"
            if known:
                assert known not in found, f"{name} stands there twice"
                found[known] = bounds
    return found


def locked() -> dict[str, list[tuple[str, str, int]]]:
    """Every entry of requirements.lock: versions, markers and numbers of hashes by name."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, list[tuple[str, str, int]]] = {}
    for line in lines:
        entry = re.match(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;]+)\s*(?:;\s*(.*?))?\s*(?=--hash|#|$)", line)
        assert entry is not None, f"{line[:80]}: each line is one exact version"
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line)
        found.setdefault(canonicalize_name(entry[1]), []).append((entry[2], entry[3] or "", len(hashes)))
    return found


# --- environment.yml ------------------------------------------------------------------------


def test_the_environment_lists_what_the_project_declares_and_nothing_else() -> None:
    assert set(listed()) == set(declared())


def test_the_environment_has_the_same_bounds() -> None:
    expected = {name: f">={lower(requirement.specifier)}" for name, requirement in declared().items()}
    assert {name: bounds.replace(" ", "") for name, bounds in listed().items()} == expected


def test_the_environment_has_the_same_python() -> None:
    lines = [line for line in environment()["dependencies"] if isinstance(line, str) and split(line)[0] == "python"]
    assert [split(line)[1].replace(" ", "") for line in lines] == [project()["requires-python"]]


def test_the_environment_comes_from_conda_forge_alone() -> None:
    assert environment()["channels"] in (["conda-forge"], ["conda-forge", "nodefaults"])
    assert environment()["name"]


def test_pip_is_there_for_what_conda_lacks() -> None:
    entries = environment()["dependencies"]
    if any(isinstance(entry, dict) for entry in entries):
        assert "pip" in [split(entry)[0] for entry in entries if isinstance(entry, str)]


def test_the_table_of_names_has_no_row_too_many() -> None:
    lines = [
        line
        for entry in environment()["dependencies"]
        for line in (entry["pip"] if isinstance(entry, dict) else [entry])
    ]
    assert set(names()) <= {split(line)[0] for line in lines}


# --- requirements.lock ----------------------------------------------------------------------


def test_every_dependency_is_locked_within_its_bounds() -> None:
    versions = locked()
    assert set(declared()) <= set(versions)
    for name, requirement in declared().items():
        for version, _, _ in versions[name]:
            assert requirement.specifier.contains(Version(version)), f"{name} {version}"


def test_every_package_is_locked_by_its_hash() -> None:
    assert [name for name, entries in locked().items() for _, _, hashes in entries if not hashes] == []


def test_a_package_has_two_versions_only_for_two_kinds_of_machine() -> None:
    for name, entries in locked().items():
        assert len({marker for _, marker, _ in entries}) == len(entries), name


def test_the_lock_names_no_index_and_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert set(re.findall(r"(?:^|\s)--([a-z-]+)", text)) == {"hash"}, "no option says where packages come from"
    for word in ("file:", " @ "):
        assert word not in text, word
    assert not re.search(r"\b[\w-]+\.(org|com|net|io)\b", text)


def test_the_lock_is_closed() -> None:
    """What the locked packages need, where they are installed, is locked as well."""
    versions, waiting = locked(), list(declared())
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        assert name in versions, f"{name} is needed and not locked"
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for requirement in map(Requirement, needs):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(requirement.name))


# --- what is used ---------------------------------------------------------------------------


def imports(folder: Path) -> set[str]:
    """The packages that the code in a folder imports, the standard library and its own left out."""
    found: set[str] = set()
    own = {path.stem for path in folder.rglob("*.py")} | {path.name for path in folder.rglob("*") if path.is_dir()}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - own - {"workbench"}


@pytest.fixture(scope="module")
def distributions() -> dict[str, set[str]]:
    return {name: set(map(canonicalize_name, found)) for name, found in metadata.packages_distributions().items()}


def test_what_the_code_imports_is_declared(distributions: dict[str, set[str]]) -> None:
    runtime = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    missing = {name for name in imports(ROOT / "src") if not distributions.get(name, set()) & runtime}
    assert missing == set()


def test_what_the_tests_import_is_declared(distributions: dict[str, set[str]]) -> None:
    missing = {name for name in imports(ROOT / "tests") if not distributions.get(name, set()) & set(declared())}
    assert missing <= {"packaging"}, "pytest brings packaging with it"


def test_versions_in_the_keys_are_of_declared_packages() -> None:
    from workbench.runs import keys

    runtime = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    both = keys.versions((*keys.COMPUTING, *keys.CONVERTING))
    used = {canonicalize_name(name) for name in both} - {"python"}
    assert used <= runtime
    exploring = {"altair", "anywidget", "ipywidgets", "vl-convert-python"}  # no report uses them
    rest = {"click", "jupyterlab", "pyogrio", "tornado", "xlsxwriter"} | exploring
    assert runtime - used <= rest, "what computes or draws is in the keys"
