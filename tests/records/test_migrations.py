"""Bringing dossiers forward: comments, order and quoting stay; all or none; twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runs import tiny
from workbench.cli import main
from workbench.errors import RecordsError
from workbench.paths import Project
from workbench.records import dossiers, load, migrations, model, yamltext
from workbench.records.yamltext import Mapping, Sequence

LEEDS = "globalleeds-hangzhou-mou.yaml"
OCLC = "zjlib-oclc-2018.yaml"


def call(project: Project, *words: str) -> Result:
    result = CliRunner().invoke(main, [*words, "--project", str(project.root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def old(project: Project, *names: str) -> dict[str, bytes]:
    """Take the version out of some dossiers (default: all); what they were."""
    was = {}
    for path in sorted(project.dossiers.iterdir()):
        if not names or path.name in names:
            was[path.name] = path.read_bytes()
            tiny.replace(path, "schema: 1\n", "")
    return was


def mappings(tree: object) -> list[Mapping]:
    """Every list of keys in a tree."""
    children = tree.items.values() if isinstance(tree, Mapping) else tree.items if isinstance(tree, Sequence) else ()
    own = [tree] if isinstance(tree, Mapping) else []
    return own + [found for child in children for found in mappings(child)]


def topic_is_outcome(text: str, tree: Mapping) -> str:
    """An invented step: a key renamed, in events and in their parts."""
    return migrations.rename_key(
        text, (m.lines["topic"] for m in mappings(tree) if "topic" in m.lines), "topic", "outcome"
    )


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> dict[int, migrations.Step]:
    """The steps as they would be were there a second version."""
    monkeypatch.setattr(dossiers, "SCHEMA", "2")
    return {**migrations.STEPS, 1: topic_is_outcome}


def test_a_step_leads_from_every_version_to_the_next() -> None:
    assert sorted(migrations.STEPS) == list(range(int(model.SCHEMA)))


# --- from no version to the first -----------------------------------------------------------


def test_a_dossier_without_a_version_gets_it_as_it_was(project: Project) -> None:
    was = old(project)
    assert "run `workbench migrate`" in call(project, "check").stderr
    result = call(project, "migrate")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"data/raw/dossiers/{LEEDS}: schema 0 → 1" in result.stdout
    assert "5 dossiers brought to schema 1." in result.stdout
    assert {path.name: path.read_bytes() for path in project.dossiers.iterdir()} == was
    assert call(project, "check").exit_code == 0


def test_nothing_to_do_is_said(project: Project) -> None:
    before = tiny.snapshot(project.root)
    for words in (["migrate"], ["migrate", "--dry-run"]):
        assert call(project, *words).output == "5 dossiers are of schema 1 already.\n"
    assert tiny.snapshot(project.root) == before


def test_a_dry_run_shows_each_change_and_writes_nothing(project: Project) -> None:
    old(project, LEEDS, OCLC)
    before = tiny.snapshot(project.root)
    shown = call(project, "migrate", "--dry-run").stdout
    for name in (LEEDS, OCLC):
        assert f"+++ data/raw/dossiers/{name}" in shown
    assert shown.count("\n+schema: 1") == 2
    assert "2 dossiers would be brought to schema 1." in shown
    assert "3 dossiers are of schema 1 already." in shown
    assert tiny.snapshot(project.root) == before


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("# A remark\n\nsource:", "# A remark\n\nschema: 1\nsource:"),
        ("---\nsource:", "---\nschema: 1\nsource:"),
        ("\ufeffsource:", "\ufeffschema: 1\nsource:"),
        ("schema: 0  # old\nsource:", "schema: 1  # old\nsource:"),
        ("'schema' : \"0\"\nsource:", "'schema' : \"1\"\nsource:"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_version_is_written_where_it_belongs(project: Project, first: str, expected: str, end: str) -> None:
    path = project.dossiers / LEEDS
    body = path.read_text(encoding="utf-8").removeprefix("schema: 1\nsource:")
    path.write_bytes((first + body).replace("\n", end).encode())
    assert call(project, "migrate").exit_code == 0
    assert path.read_bytes() == (expected + body).replace("\n", end).encode()


# --- all or none ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "line", "said"),
    [
        (("  days: 2\n", "\tdays: 2\n"), 0, "a tab where spaces are needed"),
        (("type: conference", "type: conferense"), 30, "did you mean conference?"),
        (("status: reviewed", "status: reviewed\nstatus: draft"), 12, "stands here twice"),
    ],
)
def test_one_that_would_have_an_error_keeps_all_as_they_are(
    project: Project, spoil: tuple[str, str], line: int, said: str
) -> None:
    old(project, LEEDS, OCLC)
    tiny.replace(project.dossiers / LEEDS, *spoil)
    before = tiny.snapshot(project.root)
    result = call(project, "migrate")
    assert result.exit_code == 1
    assert said in result.stderr
    assert f"{LEEDS}:{line}" in result.stderr or not line, "the line is that of the file as it stands"
    assert tiny.snapshot(project.root) == before


@pytest.mark.parametrize("text", ["{source: {id: flow}, status: draft}\n", "{}"])
def test_a_file_that_no_step_can_rewrite_is_named(project: Project, text: str) -> None:
    old(project, OCLC)
    (project.dossiers / "flow.yaml").write_text(text, encoding="utf-8")
    before = tiny.snapshot(project.root)
    result = call(project, "migrate")
    assert result.exit_code == 1
    assert "flow.yaml:1" in result.stderr
    assert "the step from schema 0 cannot rewrite it" in result.stderr
    assert tiny.snapshot(project.root) == before


def test_a_full_disk_half_way_puts_back_what_was_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    old(project)
    before = tiny.snapshot(project.root)
    write = migrations.write_atomic

    def full(path: Path, content: bytes) -> bool:
        if path.name == OCLC and b"schema" in content:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(migrations, "write_atomic", full)
    result = call(project, "migrate")
    assert result.exit_code == 4
    assert tiny.snapshot(project.root) == before


def test_a_newer_dossier_is_left_and_said_to_need_a_newer_program(project: Project) -> None:
    old(project, LEEDS)
    tiny.replace(project.dossiers / OCLC, "schema: 1", "schema: 7")
    newer = (project.dossiers / OCLC).read_bytes()
    result = call(project, "migrate")
    assert result.exit_code == 0
    assert f"{OCLC}:1 · schema · it is of schema 7" in result.stderr
    assert "needs a newer workbench" in result.stderr
    assert (project.dossiers / OCLC).read_bytes() == newer
    assert "1 dossier brought to schema 1.\n3 dossiers are of schema 1 already.\n" in result.stdout


@pytest.mark.parametrize("version", ["one", "1.0", "01", "-1", "[1]", "{a: 1}", "٢"])
def test_a_version_that_is_none_is_asked_about(project: Project, version: str) -> None:
    tiny.replace(project.dossiers / LEEDS, "schema: 1", f"schema: {version}")
    result = call(project, "migrate")
    assert result.exit_code == 1
    assert "this is no version of the form" in result.stderr


# --- a further step, invented ---------------------------------------------------------------


def test_a_renamed_key_keeps_comments_order_and_quoting(project: Project, second: dict[int, migrations.Step]) -> None:
    path = project.dossiers / LEEDS
    tiny.replace(
        path,
        "topic: library work and culture in both countries",
        "# a topic: none\n    'topic':   \"a: topic\"  # kept",
    )
    was = path.read_text(encoding="utf-8")
    migrations.plan(project, second).carry_out()
    kept = was.replace("# a topic: none", "%").replace("a: topic", "&")
    wanted = kept.replace("topic", "outcome").replace("schema: 1", "schema: 2")
    assert path.read_text(encoding="utf-8") == wanted.replace("%", "# a topic: none").replace("&", "a: topic")


@pytest.mark.parametrize("form", ["as they are", "without version", "mixed", "dos"])
def test_migrating_twice_is_migrating_once(project: Project, second: dict[int, migrations.Step], form: str) -> None:
    if form != "as they are":
        old(project, *([LEEDS, OCLC] if form == "mixed" else []))
    if form == "dos":
        for path in project.dossiers.iterdir():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    first = migrations.plan(project, second)
    assert (len(first.rewrites), first.current) == (5, 0)
    first.carry_out()
    once = tiny.snapshot(project.root)
    again = migrations.plan(project, second)
    assert (again.rewrites, again.current) == ([], 5)
    again.carry_out()
    assert tiny.snapshot(project.root) == once
    assert load.read_material(project)[1] == []
    for path in project.dossiers.iterdir():
        tree, _ = yamltext.read(path.read_bytes(), path.name)
        assert tree is not None
        assert not any("topic" in found.items for found in mappings(tree))


def test_a_step_that_breaks_a_dossier_is_found_before_anything_is_written(
    project: Project, second: dict[int, migrations.Step]
) -> None:
    before = tiny.snapshot(project.root)
    second[1] = lambda text, tree: migrations.rename_key(text, [tree.lines["status"]], "status", "state")
    with pytest.raises(RecordsError) as caught:
        migrations.plan(project, second)
    assert len({problem.file for problem in caught.value.problems}) == 5
    assert tiny.snapshot(project.root) == before


def test_a_key_is_renamed_wherever_it_is_one(project: Project) -> None:
    text = (project.dossiers / "hzlib-milan-exchange.yaml").read_text(encoding="utf-8")
    tree, _ = yamltext.read(text.encode(), "milan")
    lines = [found.lines["says"] for found in mappings(tree) if "says" in found.lines]
    renamed = migrations.rename_key(text, lines, "says", "phrase")
    assert renamed == text.replace(" says: ", " phrase: ")
    assert len(lines) > 20


@pytest.mark.parametrize("text", ['a: {says: x, note: "and says: y"}', "a: {says: 1} # says: no", 'a: {"says":1}'])
def test_a_key_that_cannot_be_told_from_text_is_not_renamed(text: str) -> None:
    with pytest.raises(migrations.UnfitError):
        migrations.rename_key(text, [1], "says", "phrase")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- says: x  # says", "- phrase: x  # says"),
        ("{'says': x, no-says: y}", "{'phrase': x, no-says: y}"),
        ("says:", "phrase:"),
        ("{a: 1,says: x:says}", "{a: 1,phrase: x:says}"),
    ],
)
def test_a_key_is_told_from_text_that_looks_like_it(text: str, expected: str) -> None:
    assert migrations.rename_key(text, [1], "says", "phrase") == expected
