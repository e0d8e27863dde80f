"""The program ``workbench``: each verb translates its words and calls one function.

Exit codes: 0 good, 1 errors in records, 2 usage, 3 a notebook raised, 4 the machinery failed.
Heavy imports happen inside the verbs, so ``--help`` is instant.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench import __version__
from workbench.errors import Problem, RecordsError, WorkbenchError
from workbench.paths import Project, find_project

if TYPE_CHECKING:
    from workbench.runs.outcome import Build
    from workbench.runs.why import Standing

EXIT_CODES = "Exit codes: 0 good, 1 errors in records, 2 usage, 3 a notebook raised, 4 the machinery failed."
_SEVERAL = 3  # stale reports with the same reason: it is said once
EXPORTS = ("datapackage", "geoparquet", "geojson", "xlsx", "sqlite")

project_option = click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="The project's folder (default: the one with workbench.toml here or above).",
)


class _Group(click.Group):
    """Shows errors meant for people without a traceback, with their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RecordsError as error:
            _show(error.problems)
            ctx.exit(error.exit_code)
        except WorkbenchError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            click.echo(f"The files could not be read or written: {error}", err=True)
            ctx.exit(4)


@click.group(cls=_Group, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workbench")
def main() -> None:
    """Records of international library exchange: check them, build reports from them."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # names are Chinese; C locales are not


def _project(folder: Path | None) -> Project:
    if folder is not None and not folder.is_dir():
        raise click.BadParameter(f"{folder} is no folder", param_hint="--project")
    return find_project(folder)


def _verb(function: Callable[..., None]) -> click.Command:
    return main.command(function.__name__.strip("_"))(project_option(function))


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", default="", metavar="NAME", help="What the project is called, above its reports.")
def init(folder: Path, name: str) -> None:
    """Start a project of one's own in DIR: settings, word lists, notebooks and an invented example.

    DIR must not exist yet, or be empty.
    """
    import datetime as dt

    from workbench import starter

    files = starter.start(folder, name, as_of=dt.date.today())
    click.echo(f"Made a project of {len(files)} files in {folder}:")
    for path, what in starter.CONTENTS.items():
        click.echo(f"  {path:<20}  {what}")
    quoted = f'"{folder}"' if " " in str(folder) else str(folder)
    click.echo(f"Next:\n  workbench build --project {quoted}\n  workbench check --project {quoted}")
    click.echo(f"The first makes {folder / 'reports' / 'index.html'}; README.md says how to replace the example.")


@main.command()
@click.argument("what", type=click.Choice(["report"]))
@click.argument("name", metavar="NAME")
@project_option
def new(what: str, name: str, folder: Path | None) -> None:
    """Make a report of one's own that builds at once: notebook, words and a row of the catalogue.

    NAME: small letters, digits and hyphens, as city-ties.
    """
    from workbench.starter import new_report

    project = _project(folder)
    files = new_report.new_report(project, name)
    for path in files[:-1]:
        click.echo(f"{path} written.")
    click.echo(f"{files[-1]} has a row for it.")
    click.echo(
        f"Next: workbench build makes {project.relative(project.reports / f'{name}.html')}; then change its words."
    )


@_verb
def check(folder: Path | None) -> None:
    """Name everything wrong with records, settings, catalogue and editions; write nothing."""
    from workbench.records import corpus, editions, load
    from workbench.runs import catalogue

    project = _project(folder)
    material, settings, problems = load.check_project(project)
    problems = sorted({*problems, *editions.check(project)})
    if settings is not None:
        sound = material is not None and all(problem.severity != "error" for problem in problems)
        try:
            catalogue.read(project, settings, tables=corpus.build(material) if material and sound else None)
        except RecordsError as error:
            problems = sorted({*problems, *error.problems})
    errors = _show(problems)
    if errors:
        raise SystemExit(1)
    click.echo(f"No errors{_warnings(problems)}.")


@_verb
@click.option(
    "--articles", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder of articles."
)
def verify(folder: Path | None, articles: Path) -> None:
    """Look every phrase up in the article it comes from, and note its paragraph."""
    from workbench.records import load
    from workbench.records import verify as verifier

    project = _project(folder)
    material, problems = load.read_material(project)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise RecordsError(errors)
    outcome = verifier.verify(material, articles)
    _show(outcome.problems)
    click.echo(
        f"{outcome.found} found, {outcome.ambiguous} ambiguous, {outcome.missing} missing; "
        f"{len(outcome.not_held)} articles not held{_some(outcome.not_held)}"
    )
    if outcome.missing:
        raise SystemExit(1)
    if verifier.record_anchors(project, material, outcome):
        click.echo(f"{project.relative(project.anchors_file)} brought up to date.")


@_verb
@click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--mapping", required=True, type=click.Path(path_type=Path), metavar="FILE", help="What its columns mean."
)
@click.option("--dry-run", is_flag=True, help="Show what would come of it; write nothing.")
def import_(folder: Path | None, table: Path, mapping: Path, dry_run: bool) -> None:
    """Take a whole table of somebody else's into the project, through a mapping."""
    from workbench.records.imports import store

    outcome = store.bring_in(_project(folder), table, mapping, dry_run)
    for line in outcome.lines:
        click.echo(line)
    if _show(outcome.problems):
        raise SystemExit(1)
    for file in outcome.written:
        click.echo(f"{file} written.")
    if not outcome.written:
        click.echo("Nothing was written." if dry_run else "Nothing changed.")


@_verb
def data(folder: Path | None) -> None:
    """Build the tables in data/processed, if anything they rest on has changed."""
    from workbench.records import load

    project = _project(folder)
    frames, _ = load.ensure_tables(project)
    rows = ", ".join(f"{name} {len(frame)}" for name, frame in frames.items() if len(frame))
    click.echo(f"{project.relative(project.processed)} is up to date: {rows}.")


@_verb
@click.option("--dry-run", is_flag=True, help="Show what would change, file by file, and write nothing.")
def migrate(folder: Path | None, dry_run: bool) -> None:
    """Bring dossiers of an older form forward: all of them or none; comments stay."""
    from workbench.records import migrations

    plan = migrations.plan(_project(folder))
    _show(plan.newer)
    for rewrite in plan.rewrites:
        click.echo(rewrite.diff() if dry_run else f"{rewrite.file}: schema {rewrite.version} → {plan.version}")
    if not dry_run:
        plan.carry_out()
    if plan.rewrites:
        done = "would be brought" if dry_run else "brought"
        click.echo(f"{_plural(len(plan.rewrites), 'dossier')} {done} to schema {plan.version}.")
    if plan.current or not plan.rewrites:
        are = "is" if plan.current == 1 else "are"
        click.echo(f"{_plural(plan.current, 'dossier')} {are} of schema {plan.version} already.")


@_verb
@click.option("--as-of", default="", metavar="DAY", help="The day as of which reports speak, instead of the settings'.")
@click.option("--force", is_flag=True, help="Run everything, changed or not.")
@click.option("--only", multiple=True, metavar="ID", help="Only this report; partner-* for all whose id begins so. "
              "May be given several times.")  # fmt: skip
@click.option("--all-formats", is_flag=True, help="Every report in every format, not only those of its row.")
@click.option("--jobs", type=click.IntRange(min=0), default=0, metavar="N",
              help="How many reports are made at a time (0, the default: one for each processor).")  # fmt: skip
@click.option("--keep-going", is_flag=True, help="Unattended: hold a dossier with errors at its last good version.")
@click.option("--wait", type=click.FloatRange(min=0), default=0, metavar="SECONDS",
              help="Wait so long for another build to end.")  # fmt: skip
@click.option("--dask", default="", metavar="ADDRESS", help="Have the workers of a Dask cluster make the reports "
              "(tcp://host:port); --jobs is how many are asked for at a time.")  # fmt: skip
@click.option("--mail", "language", type=click.Choice(["en", "zh"]), default=None,
              help="Print a mail's text and nothing else: none if it would tell what the last one told.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON; progress goes to the error stream.")
def build(folder: Path | None, as_of: str, language: str | None, as_json: bool, **options: Any) -> None:
    """Bring the reports up to date: run what changed, and nothing else."""
    from workbench.runs import journal

    if language and as_json:
        raise click.UsageError("--mail and --json each want the output for themselves: give one of them.")
    as_of = _day(as_of)
    progress = _Progress(as_json or bool(language))
    project = _project(folder)
    with journal.stops(project):
        result = _unchanged(project, as_of, **options) or _built(project, as_of, progress, **options)
    progress.done()
    if as_json:
        click.echo(json.dumps(result.summary(), ensure_ascii=False, indent=1))
        raise SystemExit(result.exit_code)
    unwell = _unwell(result)
    for line in unwell:
        click.echo(line, err=True)
    if language:
        click.echo(_letter(project, as_of, language, unwell, options["keep_going"]), nl=False)
        raise SystemExit(result.exit_code)
    files = ", ".join(f"{count} {name.upper()} ({_size(size)})" for name, (count, size) in result.files.items()
                      if count)  # fmt: skip
    click.echo(f"{_counted(result)} {_duration(result.seconds)}{files and '; '}{files}.")
    click.echo(f"Open {project.relative(project.reports / 'index.html')}")
    raise SystemExit(result.exit_code)


def _unwell(result: Build) -> list[str]:
    """What went wrong, a line each."""
    held = [f"{file}: has errors (see workbench check); reports rest on its last good version." for file in result.held]
    return held + [f"{outcome.id}: {outcome.message}" for outcome in result.outcomes if outcome.message]


def _letter(project: Project, as_of: str, language: str, unwell: list[str], keep_going: bool) -> str:
    """The mail after a build; empty if there is nothing to tell that was not in the last one."""
    from workbench.prose import mail
    from workbench.publish import editions
    from workbench.records import held
    from workbench.runs import journal

    with held.going_on(keep_going):
        corpus = mail.compared(project, as_of=as_of)
        if mail.unchanged(corpus) and not unwell:
            return ""
        listed = editions.listed(project, corpus.selection.audience)
        text = mail.mail(corpus, language, project, listed, unwell=unwell)
    return text if journal.is_news(project, language, text) else ""


def _built(project: Project, as_of: str, progress: _Progress, **options: Any) -> Build:
    from workbench.runs import engine

    return engine.build(project, as_of=as_of, tell=progress, **options)


def _unchanged(project: Project, as_of: str, **options: Any) -> Build | None:
    """What there is to say if nothing has changed; None if something may have, or all is to be made again."""
    import time

    from workbench import settings
    from workbench.runs import journal, seal

    if options["force"] or options["only"]:
        return None
    begun = time.monotonic()
    day = as_of or settings.read(project).as_of.isoformat()
    result = seal.unbroken(project, day, options["all_formats"])
    if result:
        result.seconds = time.monotonic() - begun
        journal.keep(project, result.summary())
    return result


class _Progress:
    """A line for each report that was made; in a terminal they take turns on the last line, and failures stay."""

    def __init__(self, to_stderr: bool) -> None:
        self.stream = sys.stderr if to_stderr else sys.stdout
        self.live = self.stream.isatty()

    def __call__(self, line: str) -> None:
        """Show a line."""
        stays = not self.live or ": raised " in line or ": failed " in line
        start = "\r\x1b[K" if self.live else ""
        click.echo(f"{start}{line}", file=self.stream, nl=stays)

    def done(self) -> None:
        """Clear the line."""
        if self.live:
            click.echo("\r\x1b[K", file=self.stream, nl=False)


def _day(text: str) -> str:
    """A day as it is written, or that of a rule (last-month-end)."""
    import datetime as dt

    from workbench import settings
    from workbench.records import dates

    if text in settings.ROLLING:
        return settings.ROLLING[text](dt.date.today()).isoformat()
    try:
        if text:
            dates.single_day(text)
    except dates.DateError as error:
        raise click.BadParameter(f"{error}; or one of {', '.join(settings.ROLLING)}", param_hint="--as-of") from None
    return text


@_verb
@click.option("--hours", type=click.FloatRange(min=0), default=48, metavar="N",
              help="How old the last build may be (0: as old as it likes).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="What the last build did, as JSON.")
def status(folder: Path | None, hours: float, as_json: bool) -> None:
    """Say in one line how the reports are, with an exit code, for monitoring."""
    from workbench.runs import journal

    project = _project(folder)
    code, line = journal.status(project, hours)
    click.echo(json.dumps(journal.last(project), ensure_ascii=False, indent=1) if as_json else line)
    raise SystemExit(code)


@_verb
@click.option("--as", "kind", type=click.Choice(["cron", "systemd"]), required=True, help="For which scheduler.")
@click.option("--at", default="06:00", metavar="HH:MM", help="The time of day (06:00).")
@click.option("--zone", default="", metavar="ZONE",
              help="Its time zone, as Europe/London (default: that of the machine).")  # fmt: skip
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="Write the files there instead of printing them.")  # fmt: skip
def schedule(folder: Path | None, kind: str, at: str, zone: str, to: Path | None) -> None:
    """Make the files with which cron or systemd builds this project every day."""
    from workbench.paths import write_atomic
    from workbench.runs import schedule as schedules

    for name, text in schedules.files(_project(folder), kind, at, zone).items():
        if to:
            write_atomic(to / name, text.encode())
            click.echo(f"{to / name} written; its first lines say how to set it up.")
        else:
            click.echo(f"# --- {name}\n{text}")


@main.command("list")
@click.option("--why", is_flag=True, help="Why a report is not fresh, in words.")
@click.option("--as-of", default="", metavar="DAY", help="The day as of which reports speak, instead of the settings'.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@project_option
def list_(why: bool, as_of: str, as_json: bool, folder: Path | None) -> None:
    """List the reports of the catalogue, each as fresh, stale, never run or failed."""
    from workbench.runs import engine
    from workbench.runs import why as whys

    project = _project(folder)
    found = whys.standings(engine.built(project, _day(as_of)), why)
    if as_json:
        told = [{"id": one.id, "state": one.state, "reasons": list(one.reasons)} for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    shared = _shared_reasons(found)
    for one in found:
        click.echo(f"{one.state:<10} {one.id}")
        for reason in one.reasons:
            if one.state != whys.STALE or reason not in shared:
                click.echo(f"{'':<10}   {reason}")
    for reason in shared:
        click.echo(f"All that are stale: {reason}")
    if not found:
        click.echo(f"There is no report in {project.relative(project.catalogue_file)} yet: see workbench new report.")
        return
    counts = Counter(one.state for one in found)
    told_of = [f"{'all' if counts[state] == len(found) else counts[state]} {state}" for state in whys.STATES
               if counts[state]]  # fmt: skip
    click.echo(f"{_plural(len(found), 'report')}: {', '.join(told_of)}.")


def _shared_reasons(found: Sequence[Standing]) -> list[str]:
    """The reasons that all stale reports share; said once where there are several reports."""
    reasons = [one.reasons for one in found if one.state == "stale"]
    if len(reasons) < _SEVERAL:
        return []
    return [reason for reason in reasons[0] if all(reason in others for others in reasons)]


def _counted(result: Build) -> str:
    """How many reports, and what became of them."""
    fresh, total = result.count("fresh"), len(result.outcomes)
    if fresh == total:
        return f"Nothing changed: {_plural(fresh, 'report')} up to date, no notebook was run."
    counts = {"run": result.count("done"), "published again": result.count("published"), "up to date": fresh,
              "raised": result.count("raised"), "failed": result.count("failed")}  # fmt: skip
    return f"{_plural(total, 'report')}: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n) + " in"


def _duration(seconds: float) -> str:
    """A time as people say it: 3.1 s, 2 min 10 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _size(size: int) -> str:
    """A number of bytes as people say it: 12 kB, 3.4 MB, 31 MB."""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB" if size < 1e7 else f"{size / 1e6:.0f} MB"


@_verb
@click.option("--by", required=True, metavar="NAME", help="Who releases it: printed on every report.")
@click.option("--on", default="", metavar="DAY", help="The day of the edition (default: today).")
@click.option("--to", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="A folder for the reports and the text of the mail; new or empty.")  # fmt: skip
@click.option("--zip", "archive", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="A zip of the reports, for mail; must not be there yet.")  # fmt: skip
@click.option("--only", multiple=True, metavar="ID", help="Only this report, as overview-en, or partner-* or a kind. "
              "May be given several times.")  # fmt: skip
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public",
              help="For whom: reports that rest on internal sources are released for the house only.")  # fmt: skip
@click.option("--as-of", default="", metavar="DAY", help="The day as of which the reports were built.")
def release(folder: Path | None, by: str, on: str, to: Path | None, archive: Path | None, **asked: Any) -> None:
    """Sign an edition off: all reports, or nothing; with a manifest of what they say in data/editions."""
    import datetime as dt

    from workbench.prose import mail
    from workbench.publish import editions

    project = _project(folder)
    planned = editions.plan(project, by, on or dt.date.today().isoformat(), **asked)
    letter = mail.for_release(project, planned.edition, planned.listed)
    for path in editions.release(planned, letter.figures, letter.days, letter.mails, to, archive):
        click.echo(f"{project.relative(path)} written.")
    click.echo(
        f"Edition {planned.edition.id}: {_plural(len(planned.reports), 'report')} released by {planned.edition.by}."
    )


@main.command()
@click.argument("old", default="", metavar="[OLD]")
@click.argument("new", default="", metavar="[NEW]")
@click.option("--home", default="", metavar="HOME", help="Whose exchange (default: the default home).")
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public",
              help="Whose newest edition, where none is named.")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="The language of the text.")
@click.option("--mail", "as_mail", is_flag=True, help="As the text of a mail, with the list of reports.")
@project_option
def changes(
    old: str, new: str, home: str, audience: str, language: str, as_mail: bool, folder: Path | None
) -> None:  # fmt: skip
    """Say in words what is new, altered and withdrawn since an edition, and what it corrects.

    OLD: an edition, as 2026-11-22 (default: the newest). NEW: a later one (default: the records as they are).
    """
    from workbench.prose import mail
    from workbench.publish import editions

    project = _project(folder)
    corpus = mail.compared(project, old, new, home, audience)
    if as_mail:
        listed = editions.listed(project, corpus.selection.audience)
        click.echo(mail.mail(corpus, language, project, listed), nl=False)
    else:
        click.echo(mail.text(corpus, language, project))


@_verb
@click.option("--port", type=click.IntRange(0, 65535), default=8765, metavar="N",
              help="Where to listen (8765); the next free one if it is taken, 0 for any.")  # fmt: skip
@click.option("--open/--no-open", "browse", default=False, help="Open the reports in the browser.")
def serve(folder: Path | None, port: int, browse: bool) -> None:
    """Show the reports in the browser of this machine, until Ctrl-C."""
    from workbench.publish import serve as server

    server.serve(_project(folder), port, browse, click.echo)


@main.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@project_option
def show(ids: tuple[str, ...], folder: Path | None) -> None:
    """Print a record whole: values, bounds, sources, conflicts, what refers to it."""
    from workbench.records import load, view

    frames, _ = load.ensure_tables(_project(folder))
    for number, id in enumerate(ids):
        sheet = view.show(frames, id)
        click.echo(f"\n{sheet}" if number else str(sheet))


@main.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]…")
@click.option("--home", default="", metavar="HOME", help="Whose exchange (default: the default home).")
@click.option("--as-of", default="", metavar="DAY", help="The day as of which is spoken.")
@click.option("--rows", type=click.IntRange(min=0), default=3, metavar="N", help="How many rows of each answer (3).")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="The language of the answers.")
@project_option
def questions(numbers: tuple[int, ...], home: str, as_of: str, rows: int, language: str, folder: Path | None) -> None:
    """List the questions with function, first rows of the answer, and the report that shows it.

    NUMBER: only these questions.
    """
    from workbench.explore import listing, workspace

    project = _project(folder)
    corpus = workspace.open_workspace(home, as_of=as_of, language=language, project=project.root)
    for part in listing.listed(corpus, numbers, rows):
        click.echo(part)


@main.command()
@click.argument("measure", metavar="NUMBER")
@click.option("--home", default="", metavar="HOME", help="Whose exchange (default: the default home).")
@click.option("--partner", default="", metavar="BODY", help="Only what this body takes part in: id or name.")
@click.option("--year", type=int, default=None, metavar="YEAR", help="Only what began in this year.")
@click.option("--kind", default="", metavar="KIND", help="Only exchanges of this kind, as visit.")
@click.option("--country", default="", metavar="CODE", help="Only with this country or region, as IT.")
@click.option("--as-of", default="", metavar="DAY", help="The day as of which is spoken.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="The language of the answer.")
@project_option
def why(measure: str, home: str, as_of: str, language: str, folder: Path | None, **asked: Any) -> None:
    """Say why a headline number is what it is: counted, left out and why, what would change it.

    NUMBER is one of exchanges, inbound, outbound, online, partners, partner_libraries, countries,
    agreements, dormant, open_plans, overdue_plans, single_source.
    """
    from workbench.explore import workspace

    corpus = workspace.open_workspace(home, as_of=as_of, language=language, project=_project(folder).root)
    click.echo(str(corpus.why(measure, **asked)))


@_verb
@click.option("--to", "formats", type=click.Choice(EXPORTS), multiple=True, default=EXPORTS,
              help="A format; may be given several times (default: all).")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="The folder to write to (default: data/exports).")  # fmt: skip
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public",
              help="For whom: public leaves out what rests on internal sources only.")  # fmt: skip
def export(folder: Path | None, formats: tuple[str, ...], out: Path | None, audience: str) -> None:
    """Write the tables in formats that other programs open."""
    from workbench.exports import export as exporter

    project = _project(folder)
    outcome = exporter.export(project, formats, out or project.exports, audience)
    for path, changed in outcome.files.items():
        click.echo(f"{project.relative(path)} {'written' if changed else 'is up to date'}.")
    if outcome.left_out:
        rows = ", ".join(f"{name} {count}" for name, count in outcome.left_out.items())
        click.echo(f"Left out, because internal sources alone tell it: {rows}. With --audience internal it goes out.")


def _some(names: list[str], most: int = 8) -> str:
    """A list that fits on a line: the first few, and how many more."""
    if not names:
        return ""
    rest = len(names) - most
    return f": {', '.join(names[:most])}" + (f" and {rest} more" if rest > 0 else "")


def _show(problems: list[Problem]) -> int:
    """Print problems, errors before warnings; returns the number of errors."""
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    for problem in errors:
        click.echo(f"error    {problem}", err=True)
    for problem in warnings:
        click.echo(f"warning  {problem}", err=True)
    if errors:
        click.echo(f"{_plural(len(errors), 'error')}{_warnings(warnings)}.", err=True)
    return len(errors)


def _warnings(problems: list[Problem]) -> str:
    count = sum(problem.severity == "warning" for problem in problems)
    return f", {_plural(count, 'warning')}" if count else ""


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


if __name__ == "__main__":
    main()
