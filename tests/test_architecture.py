"""The plan of the house: who may import whom, nothing done on import, nothing of a machine in the files."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 85
LARGEST = 3_000_000

GROUND = ("paths", "errors", "settings")
SCIENCE = ("analysis", "figures", "prose", "report", "explore", "intake")
MACHINE = ("runs", "publish")
# What each part of the package may import of it, besides itself and the ground.
MAY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(GROUND, ()),
    "records": (),
    **dict.fromkeys(SCIENCE, ("records", *SCIENCE)),
    **dict.fromkeys(MACHINE, ("records", *MACHINE)),
    "exports": ("records",),
    "starter": ("records",),
    "cli": ("records", *SCIENCE, *MACHINE, "exports", "starter"),
    "__init__": ("explore",),
}


def part_of(path: Path) -> str:
    """The part of the package a module belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(node: ast.AST) -> list[str]:
    """The parts of the package that an import statement names."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name the whole path"
        names = [node.module or ""]
        if node.module == "workbench":
            names = [f"workbench.{alias.name}" for alias in node.names]
    else:
        return []
    parts = [name.split(".")[1] for name in names if name.startswith("workbench.")]
    return [part for part in parts if not part.startswith("__")]


def at_top(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that are carried out on import, those for the type checker left out."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node


# --- directions -----------------------------------------------------------------------------


def test_every_part_has_a_place() -> None:
    assert {part_of(path) for path in MODULES} <= set(MAY), "a new part is entered in MAY, after some thought"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    part = part_of(path)
    allowed = {part, *GROUND, *MAY[part]}
    found = {name: node.lineno for node in ast.walk(tree_of(path)) for name in imported(node)}
    assert {name: line for name, line in found.items() if name not in allowed} == {}


def test_the_program_imports_only_the_ground_before_a_verb_is_called() -> None:
    found = {name for node in at_top(tree_of(PACKAGE / "cli.py")) for name in imported(node)}
    assert found <= set(GROUND)


def module_name(path: Path) -> str:
    """The name of a module inside the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    known = {module_name(path) for path in MODULES}
    edges: dict[str, set[str]] = {name: set() for name in known}
    for path in MODULES:
        for node in at_top(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbench"):
                module = (node.module or "").removeprefix("workbench").lstrip(".")
                full = [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
                edges[module_name(path)] |= {name if name in known else module for name in full} & known
    for _ in known:
        for targets in edges.values():
            targets |= {far for near in list(targets) for far in edges[near]}
    assert [name for name, targets in edges.items() if name in targets] == []


# --- on import ------------------------------------------------------------------------------

DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def test_nothing_is_done_on_import() -> None:
    """Modules define; they open, read, draw, register and print nothing."""
    found = []
    for path in MODULES:
        for number, node in enumerate(at_top(tree_of(path))):
            docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            main = isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
            choice = isinstance(node, ast.Try) and all(isinstance(part, DEFINING) for part in node.body)
            if not (docstring or main or choice or isinstance(node, DEFINING)):
                found.append(f"{name_of(path)}:{node.lineno}: {ast.unparse(node).splitlines()[0]}")
    assert found == []


def test_values_at_the_top_are_made_without_reading_anything() -> None:
    reading = re.compile(
        r"\b(open|read_text|read_bytes|read_csv|getenv|environ|now|today|urlopen|run|glob|iterdir|stat)$"
    )
    found = []
    for path in MODULES:
        for node in at_top(tree_of(path)):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                calls = [call for call in ast.walk(node.value) if isinstance(call, ast.Call)]
                names = [ast.unparse(call.func) for call in calls] + [
                    ast.unparse(other) for other in ast.walk(node.value) if isinstance(other, ast.Attribute)
                ]
                found += [f"{name_of(path)}:{node.lineno}: {name}" for name in names if reading.search(name)]
    assert found == []


# --- functions ------------------------------------------------------------------------------


def definitions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef, bool]]:
    """Every function and class with its full name, and whether it is public."""

    def walk(
        body: list[ast.stmt], prefix: str, public: bool
    ) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef, bool]]:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                shown = public and not node.name.startswith("_")
                yield f"{prefix}{node.name}", node, shown
                inner_public = shown and isinstance(node, ast.ClassDef)
                yield from walk(node.body, f"{prefix}{node.name}.", inner_public)

    yield from walk(tree_of(path).body, "", True)


def is_small(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """A property or method of one statement says by its name what it is."""
    return isinstance(node, ast.FunctionDef) and len(node.body) == 1


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_is_public_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(tree_of(path)) is not None, "the module says what belongs there"
    missing = [
        f"{name} (line {node.lineno})"
        for name, node, public in definitions(path)
        if public and not ast.get_docstring(node) and not ("." in name and is_small(node))
    ]
    assert missing == []


def test_no_function_is_too_long() -> None:
    found = {}
    for path in MODULES:
        for name, node, _ in definitions(path):
            length = (node.end_lineno or 0) - node.lineno + 1
            if isinstance(node, ast.FunctionDef) and length > LONGEST:
                found[f"{name_of(path)}:{name}"] = length
    assert found == {}


def test_every_function_says_what_it_takes_and_gives() -> None:
    found = []
    for path in MODULES:
        for name, node, _ in definitions(path):
            if isinstance(node, ast.FunctionDef):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [arg.arg for arg in given if arg.annotation is None and arg.arg not in ("self", "cls")]
                if bare or node.returns is None:
                    found.append(f"{name_of(path)}:{name}")
    assert found == []


# --- files ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files under version control; skipped where that cannot be told."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is missing")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    files = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    if done.returncode or not files:
        pytest.skip("this is no checkout")
    return [path for path in files if path.is_file()]


# Written in two parts, so that this file does not hold what it looks for.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "ana" + "conda.org", "ana" + "conda.com", "npm" + "js.org",
         "npm" + "js.com", "jsdeli" + "vr.net", "unp" + "kg.com", "docker" + ".io", "crates" + ".io"]  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.~$}>/-])/(?:work|root|home|tmp|Users|private|mnt)/[\w.]")


def texts(files: list[Path]) -> Iterator[tuple[str, int, str]]:
    """Every line of every text file."""
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield name_of(path), number, line


def test_no_file_names_a_registry(tracked: list[Path]) -> None:
    pattern = re.compile("|".join(re.escape(host) for host in HOSTS), re.IGNORECASE)
    assert [f"{file}:{number}" for file, number, line in texts(tracked) if pattern.search(line)] == []


def test_no_file_names_a_folder_of_a_machine(tracked: list[Path]) -> None:
    found = [
        f"{file}:{number}: {line.strip()[:80]}" for file, number, line in texts(tracked) if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_no_file_is_large(tracked: list[Path]) -> None:
    assert {name_of(path): size for path in tracked if (size := path.stat().st_size) > LARGEST} == {}


def test_nothing_built_or_borrowed_is_committed(tracked: list[Path]) -> None:
    built = re.compile(
        r"(^|/)(__pycache__|\.ipynb_checkpoints|[^/]+\.egg-info|\.venv)/|\.(pyc|parquet|part)$"
        r"|^reports/(?!README\.md$)|^data/processed/(?!README\.md$)|^data/raw/articles/"
    )
    assert [name_of(path) for path in tracked if built.search(name_of(path))] == []


def test_lines_end_as_everywhere(tracked: list[Path]) -> None:
    text = {".py", ".md", ".toml", ".yaml", ".yml", ".csv", ".j2", ".css", ".ipynb", ".lock"}
    assert [name_of(path) for path in tracked if path.suffix in text and b"\r" in path.read_bytes()] == []
