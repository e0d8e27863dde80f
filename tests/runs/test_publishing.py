"""Formats, facts and links of reports; a part of the catalogue alone; several reports at a time."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import papermill
import pytest

from runs import tiny
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.runs import catalogue, engine

ALPHA = tiny.row("alpha", text="first", home="hangzhou-public-library")
BETA = tiny.row("beta", "beta.ipynb", text="second", home="zhejiang-library")


def states(result: engine.Build) -> dict[str, str]:
    return {outcome.id: outcome.state for outcome in result.outcomes}


def files(project: Project, id: str = "alpha") -> set[str]:
    """The endings of a report's files."""
    return {path.name.removeprefix(f"{id}.") for path in project.reports.glob(f"{id}.*")}


def facts(project: Project, id: str = "alpha") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.reports / f"{id}.facts.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def formats(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Converters that write down the title; which reports each was asked for."""
    asked: dict[str, list[str]] = {"pdf": [], "docx": []}
    for name, seen in asked.items():
        module = ModuleType(f"workbench.publish.{name}")

        def render(content: Any, context: Any, name: str = name, seen: list[str] = seen) -> bytes:
            seen.append(content.facts["title"])
            return f"{name} of {content.facts['title']} in {context.office.colour}".encode()

        module.render = render  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for module in (catalogue, engine):
        monkeypatch.setattr(module, "FORMATS", ("html", *asked))
    return asked


@pytest.fixture
def three(built: Project, formats: dict[str, list[str]]) -> Project:
    """Alpha as page and PDF, made without a run; beta as a page."""
    tiny.write_catalogue(built, f'{ALPHA}\nformats = ["html", "pdf"]', BETA)
    assert states(engine.build(built)) == {"alpha": "published", "beta": "fresh"}
    assert formats == {"pdf": ["first"], "docx": []}
    formats["pdf"].clear()
    return built


# --- formats --------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_format_is_made_from_the_executed_notebook(three: Project) -> None:
    assert files(three) == {"html", "pdf", "facts.json"}
    assert files(three, "beta") == {"html", "facts.json"}
    assert (three.reports / "alpha.pdf").read_bytes() == b"pdf of first in #0f6e74"
    result = engine.build(three)
    assert states(result) == {"alpha": "fresh", "beta": "fresh"}
    sizes = {name: sum(path.stat().st_size for path in three.reports.glob(f"[ab]*.{name}")) for name in ("html", "pdf")}
    assert result.files == {"html": (2, sizes["html"]), "pdf": (1, sizes["pdf"]), "docx": (0, 0)}


@pytest.mark.usefixtures("no_notebook_runs")
@pytest.mark.parametrize("ending", ["pdf", "html", "facts.json"])
@pytest.mark.parametrize("content", [None, b"", b"other"])
def test_the_file_that_is_missing_or_altered_is_made_again_and_no_other(
    three: Project, formats: dict[str, list[str]], ending: str, content: bytes | None
) -> None:
    before = tiny.snapshot(three.reports)
    target = three.reports / f"alpha.{ending}"
    target.unlink() if content is None else target.write_bytes(content)
    assert states(engine.build(three)) == {"alpha": "published", "beta": "fresh"}
    assert tiny.snapshot(three.reports) == before
    assert formats["pdf"] == (["first"] if ending == "pdf" else [])


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_format_no_longer_wanted_is_swept_and_other_peoples_files_are_not(three: Project) -> None:
    for name in ("letter.pdf", "beta.txt"):
        (three.reports / name).write_bytes(b"mine")
    tiny.write_catalogue(three, ALPHA, BETA)
    engine.build(three)
    assert files(three) == {"html", "facts.json"}
    assert {"letter.pdf", "beta.txt"} <= set(tiny.snapshot(three.reports))


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_report_taken_out_leaves_in_every_format(three: Project) -> None:
    tiny.write_catalogue(three, BETA)
    engine.build(three)
    assert files(three) == set()
    assert not (three.reports / "notebooks" / "alpha.ipynb").exists()


@pytest.mark.usefixtures("no_notebook_runs")
def test_all_formats_for_once(three: Project) -> None:
    assert states(engine.build(three, all_formats=True)) == {"alpha": "published", "beta": "published"}
    assert files(three) == files(three, "beta") == {"html", "pdf", "docx", "facts.json"}
    assert states(engine.build(three, all_formats=True)) == {"alpha": "fresh", "beta": "fresh"}
    engine.build(three)
    assert (files(three), files(three, "beta")) == ({"html", "pdf", "facts.json"}, {"html", "facts.json"})


@pytest.mark.usefixtures("no_notebook_runs")
def test_another_office_publishes_again_and_runs_nothing(three: Project) -> None:
    with three.settings_file.open("a", encoding="utf-8") as handle:
        handle.write('\n[office]\ncolour = "#7a1f2b"\n')
    assert states(engine.build(three)) == {"alpha": "published", "beta": "published"}
    assert (three.reports / "alpha.pdf").read_bytes() == b"pdf of first in #7a1f2b"


@pytest.mark.usefixtures("canned")
def test_a_format_that_cannot_be_made_leaves_all_files_as_they_are(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page and PDF of a report say the same."""
    before = {name: (three.reports / name).read_bytes() for name in ("alpha.html", "alpha.pdf", "alpha.facts.json")}
    tiny.replace(three.catalogue_file, 'text = "first"', 'text = "changed"')
    real = sys.modules["workbench.publish.pdf"].render

    def refuse(content: Any, context: Any) -> bytes:
        raise RuntimeError("no paper")

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["workbench.publish.pdf"], "render", refuse)
        result = engine.build(three)
    assert (states(result), result.exit_code) == ({"alpha": "failed", "beta": "fresh"}, 4)
    assert "no paper" in result.outcomes[0].message
    assert {name: (three.reports / name).read_bytes() for name in before} == before
    assert real is sys.modules["workbench.publish.pdf"].render
    monkeypatch.setattr(papermill, "execute_notebook", None)
    assert states(engine.build(three))["alpha"] == "published", "what was run is not run again"
    assert "<h1>changed</h1>" in (three.reports / "alpha.html").read_text(encoding="utf-8")


# --- facts ----------------------------------------------------------------------------------


def test_facts_for_machines(built: Project) -> None:
    found = facts(built)
    assert (found["kind"], found["title"], found["sentences"], found["sources"]) == ("tiny", "first", [], [])
    assert found["parameters"] == {"home": "hangzhou-public-library", "text": "first"}
    assert found["facts"]["lead"] == "Lead of first."
    assert {"shared", "notebook", "records", "as_of"} <= set(found["inputs"])
    assert found["versions"]["pandas"]
    text = (built.reports / "alpha.facts.json").read_text(encoding="utf-8")
    assert text == json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert str(built.root) not in text


@pytest.mark.usefixtures("canned")
def test_facts_name_what_the_notebook_was_last_run_with(built: Project) -> None:
    """Also where nothing else changed by it."""
    before, page = facts(built), (built.reports / "alpha.html").read_bytes()
    tiny.replace(built.notebooks / "alpha.ipynb", "# A small report", "# A small report, with a remark")
    assert states(engine.build(built)) == {"alpha": "done", "beta": "fresh"}
    assert (built.reports / "alpha.html").read_bytes() == page
    assert facts(built)["inputs"] != before["inputs"]
    assert facts(built)["inputs"] | {"notebook": ""} == before["inputs"] | {"notebook": ""}


# --- links ----------------------------------------------------------------------------------

LEADING = """
from IPython.display import display
text = f'<p>{text} <a data-report="partner:leeds-libraries">Leeds</a> <a data-report="partner:oclc">OCLC</a></p>'
display({"text/html": text}, raw=True, metadata={"workbench": {"role": "paragraph"}})
""".strip()
PARTNER = 'id = "partner-{partner}"\nnotebook = "partner.ipynb"\nfor_each = { partner = ["leeds-libraries", "oclc"] }'


@pytest.fixture
def linked(built: Project, quick: None) -> Project:
    """Alpha leads to two reports, and so does each of these to itself and the other; all made."""
    declared = f'{tiny.PARAMETERS}\npartner: str = ""  # a body\nlanguage: str = "en"  # the language'
    tiny.write_notebook(built, "alpha.ipynb", tiny.CLOSE, LEADING)
    tiny.write_notebook(built, "partner.ipynb", tiny.CLOSE, LEADING, parameters=declared)
    tiny.write_catalogue(built, ALPHA, f'{PARTNER}\nparameters = {{ home = "hangzhou-public-library" }}')
    assert set(states(engine.build(built)).values()) == {"done"}
    return built


def targets(project: Project, id: str = "alpha") -> list[str]:
    return re.findall(r'<a href="(partner-[^"]*)"', (project.reports / f"{id}.html").read_text(encoding="utf-8"))


def test_reports_lead_to_those_on_partners(linked: Project) -> None:
    assert targets(linked) == ["partner-leeds-libraries.html", "partner-oclc.html"]
    assert targets(linked, "partner-leeds-libraries") == ["partner-oclc.html"], "not to itself"


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_link_goes_with_the_report_and_nothing_is_run(linked: Project) -> None:
    tiny.replace(linked.catalogue_file, '["leeds-libraries", "oclc"]', '["leeds-libraries"]')
    assert states(engine.build(linked)) == {"alpha": "published", "partner-leeds-libraries": "published"}
    assert targets(linked) == ["partner-leeds-libraries.html"]
    assert "<a>OCLC</a>" in (linked.reports / "alpha.html").read_text(encoding="utf-8"), "its words stay"


def test_nothing_leads_to_a_report_that_could_not_be_made(linked: Project) -> None:
    tiny.write_notebook(linked, "partner.ipynb", "1 / 0", parameters=tiny.PARAMETERS + '\npartner: str = ""')
    assert engine.build(linked).exit_code == 3
    assert targets(linked) == ["partner-leeds-libraries.html", "partner-oclc.html"], "their last good pages are there"
    for path in linked.reports.glob("partner-*"):
        path.unlink()
    result = engine.build(linked)
    assert states(result) == {"alpha": "published", "partner-leeds-libraries": "raised", "partner-oclc": "raised"}
    assert targets(linked) == []
    assert states(engine.build(linked))["alpha"] == "fresh"


@pytest.mark.parametrize(
    ("parameters", "leads"),
    [('home = "zhejiang-libraries"', True), ('home = "zhejiang-library"', False), ("", True),
     ('home = "hangzhou-public-library", language = "zh"', False)],
)  # fmt: skip
def test_links_are_to_the_home_or_else_the_default_home_in_the_same_language(
    linked: Project, parameters: str, leads: bool
) -> None:
    tiny.replace(linked.settings_file, 'languages = ["en"]', 'languages = ["en", "zh"]')
    tiny.write_catalogue(linked, ALPHA, f"{PARTNER}\nparameters = {{ {parameters} }}")
    engine.build(linked)
    assert bool(targets(linked)) == leads


# --- a part of the catalogue ----------------------------------------------------------------


@pytest.mark.usefixtures("canned")
def test_only_what_is_asked_for_is_made(three: Project) -> None:
    before = tiny.snapshot(three.reports)
    tiny.replace(three.catalogue_file, 'text = "first"', 'text = "changed"')
    tiny.replace(three.catalogue_file, 'text = "second"', 'text = "changed"')
    (three.reports / "alpha.pdf").unlink()
    assert states(engine.build(three, only=["b*"])) == {"beta": "done"}
    after = tiny.snapshot(three.reports)
    assert after["alpha.html"] == before["alpha.html"]
    assert "alpha.pdf" not in after
    assert b"first" in after["index.html"], "the others stay in the list"
    assert states(engine.build(three)) == {"alpha": "done", "beta": "fresh"}


@pytest.mark.usefixtures("no_notebook_runs")
def test_a_pattern_without_a_report_is_told_before_anything_runs(built: Project) -> None:
    with pytest.raises(UsageError, match="did you mean alpha"):
        engine.build(built, only=["alfa"], force=True)


@pytest.mark.usefixtures("quick")
def test_a_report_that_failed_is_marked_while_another_is_made(built: Project) -> None:
    tiny.write_notebook(built, "alpha.ipynb", "1 / 0", tiny.CLOSE)
    engine.build(built)
    engine.build(built, only=["beta"])
    assert "The last run failed" in (built.reports / "index.html").read_text(encoding="utf-8")


# --- several at a time ----------------------------------------------------------------------


def test_reports_are_made_side_by_side_and_told_as_they_are_done(built: Project, tmp_path: Path) -> None:
    """Alpha waits for the line of beta; the outcomes are in the order of the catalogue."""
    seen, told = tmp_path / "seen", list[str]()
    wait = f"import os, time\nwhile not os.path.exists({str(seen)!r}):\n    time.sleep(0.02)"
    tiny.write_notebook(built, "alpha.ipynb", wait, tiny.CLOSE)

    def tell(line: str) -> None:
        told.append(re.sub(r"\d+\.\d", "0.0", line))
        seen.touch()

    result = engine.build(built, force=True, jobs=2, tell=tell)
    assert told == ["[1/2] beta: done 0.0 s", "[2/2] alpha: done 0.0 s"]
    assert [outcome.id for outcome in result.outcomes] == ["alpha", "beta"]


def test_what_was_done_before_an_interruption_stays_done(
    built: Project, canned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    tiny.replace(built.catalogue_file, 'text = "first"', 'text = "changed"')
    tiny.replace(built.catalogue_file, 'text = "second"', 'text = "changed"')
    with pytest.raises(KeyboardInterrupt):
        engine.build(built, jobs=1, tell=interrupt)
    made = states(engine.build(built))
    assert made["alpha"] == "fresh"
    assert made["beta"] in ("done", "published", "fresh"), "as far as it had come"
