"""Files for schedulers: read as cron and systemd read them, and the command really run as cron would."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from runs import tiny
from workbench.cli import main
from workbench.errors import UsageError
from workbench.paths import Project
from workbench.runs import schedule

HARD = '项目 50% of "ours"; it\'s $HOME'
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
SYSTEMD = shutil.which("systemd-analyze")


@pytest.fixture
def hard(tmp_path: Path) -> Project:
    """A project without records in a folder of a hard name."""
    return tiny.bare_project(tmp_path / HARD)


def read_by_cron(text: str) -> tuple[dict[str, str], list[str], str]:
    """Environment, five fields and the command of a crontab of one line, as cron's own code reads them: a ``%`` ends
    the command unless there is a backslash before it, which is taken away."""
    environment: dict[str, str] = {}
    entries: list[list[str]] = []
    assert text.endswith("\n"), "cron passes over a last line without an end"
    for line in text.splitlines():
        if setting := re.fullmatch(r"([A-Za-z_]\w*)\s*=\s*(.*)", line):
            assert not entries, "an environment is that of the lines below it"
            environment[setting[1]] = setting[2].strip()
        elif line and not line.startswith("#"):
            assert len(line) < 1000, "what an older cron takes"
            entries.append(line.split(None, 5))
    (*fields, command), *more = entries
    assert more == []
    read, escaped = "", False
    for letter in command:
        if letter == "%" and not escaped:
            break
        read = read[:-1] + letter if letter == "%" else read + letter
        escaped = letter == "\\" and not escaped
    return environment, fields, read


def words_of_unit(text: str) -> list[str]:
    """The words of a unit's command, as systemd reads them: quotes, backslashes, specifiers; no variables after ':'."""
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    command = line.removeprefix("ExecStart=")
    assert command.startswith(":"), "or $ would be a variable"
    words = [quoted or plain for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', command[1:])]
    for word in words:
        assert re.fullmatch(r"(?:[^%]|%%)*", word), f"a specifier: {word}"
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


def test_the_line_of_cron_is_five_fields_and_a_command_for_the_shell(hard: Project) -> None:
    ((name, text),) = schedule.files(hard, "cron", "6:05", "Europe/London").items()
    assert re.fullmatch(r"workbench-[a-z0-9-]+\.crontab", name)
    environment, fields, command = read_by_cron(text)
    assert fields == ["5", "6", "*", "*", "*"]
    for field, (first, last) in zip(fields, RANGES, strict=True):
        assert field == "*" or first <= int(field) <= last
    assert environment["CRON_TZ"] == environment["TZ"] == "Europe/London"
    assert environment["SHELL"] == "/bin/sh"
    assert environment["PYTHONUTF8"] == "1"
    words = shlex.split(command)
    assert words[:3] == ["cd", str(hard.root), "&&"]
    assert words[words.index("build") :][:4] == ["build", "--keep-going", "--wait", "0"]
    assert Path(words[words.index("build") - 1]).is_absolute() or words[words.index("build") - 1] == "workbench.cli"


def test_without_a_zone_none_is_named(hard: Project) -> None:
    environment, _, _ = read_by_cron(next(iter(schedule.files(hard, "cron").values())))
    assert environment.keys().isdisjoint({"TZ", "CRON_TZ"})
    service, timer = schedule.files(hard, "systemd").values()
    assert "TZ=" not in service
    assert "OnCalendar=*-*-* 06:00:00\n" in timer


def test_the_line_runs_as_cron_runs_it(tmp_path: Path) -> None:
    project = tiny.copy_project(tmp_path / HARD)
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    tiny.write_notebook(project, "alpha.ipynb", "text = text + chr(0x56FE)", tiny.CLOSE)
    tiny.write_catalogue(project, tiny.row("alpha", text="丽兹图书馆"), tiny.row("beta", text="second"))
    home = tmp_path / "home"
    home.mkdir()
    environment, _, command = read_by_cron(schedule.files(project, "cron", zone="Asia/Shanghai").popitem()[1])
    given = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C", "LOGNAME": "x"} | environment
    given |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}  # where nothing is installed

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([environment["SHELL"], "-c", command], env=given, cwd=home, encoding="utf-8",
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300)  # fmt: skip

    done, log = run(), project.reports / "_log"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "cron mails what is printed"
    assert "丽兹图书馆图" in (project.reports / "alpha.html").read_text(encoding="utf-8")
    assert (log / "cron.log").read_text(encoding="utf-8") == ""
    assert "exit 0" in (log / "build.log").read_text(encoding="utf-8")

    tiny.write_notebook(project, "alpha.ipynb", 'raise ValueError("没有图书馆")')
    done = run()
    assert done.returncode == 3, "the code is that of the build"
    assert done.stdout.count("\n") == 1, "one line, which cron mails"
    assert "没有图书馆" in (log / "cron.log").read_text(encoding="utf-8")


def test_a_service_and_its_timer(hard: Project) -> None:
    written = schedule.files(hard, "systemd", "23:59", "Asia/Shanghai")
    (service, text), (timer, timing) = written.items()
    assert (Path(service).stem, Path(service).suffix, Path(timer).suffix) == (Path(timer).stem, ".service", ".timer")
    words = words_of_unit(text)
    assert words[-5:] == ["--keep-going", "--wait", "0", "--project", str(hard.root)]
    assert words[: -len(words_of_unit("ExecStart=:build --keep-going --wait 0 --project x"))] == list(
        schedule._program()
    )
    lines = text.splitlines()
    assert {"Type=oneshot", "NoNewPrivileges=yes", "KillMode=control-group"} <= set(lines)
    assert f"User={hard.root.owner()}" in lines
    assert any(re.fullmatch(r"Environment=.*\bPYTHONUTF8=1 TZ=Asia/Shanghai", line) for line in lines)
    assert {"OnCalendar=*-*-* 23:59:00 Asia/Shanghai", "Persistent=true"} <= set(timing.splitlines())


@pytest.mark.skipif(not SYSTEMD, reason="systemd-analyze is not here")
@pytest.mark.parametrize("zone", ["", "Europe/London"])
def test_systemd_finds_nothing_wrong(hard: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    program = tmp_path / "环境 100%" / "bin" / "workbench"
    program.parent.mkdir(parents=True)
    program.symlink_to("/bin/true")
    monkeypatch.setattr(sys, "executable", str(program.with_name("python")))
    units = tmp_path / "units"
    done = CliRunner().invoke(main, ["schedule", "--as", "systemd", "--zone", zone, "--to", str(units),
                                     "--project", str(hard.root)])  # fmt: skip
    assert (done.exit_code, len(list(units.iterdir()))) == (0, 2)
    assert SYSTEMD
    found = subprocess.run([SYSTEMD, "verify", *units.iterdir()], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_printed_it_is_what_is_written(hard: Project, tmp_path: Path) -> None:
    words = ["schedule", "--as", "cron", "--at", "06:30", "--project", str(hard.root)]
    printed = CliRunner().invoke(main, words)
    assert printed.exit_code == 0
    written = CliRunner().invoke(main, [*words, "--to", str(tmp_path / "to")])
    (file,) = (tmp_path / "to").iterdir()
    assert str(file) in written.output
    assert file.read_text(encoding="utf-8") in printed.output


@pytest.mark.parametrize(
    ("at", "zone", "named"),
    [
        ("24:00", "", "HH:MM"),
        ("6.30", "", "HH:MM"),
        ("06:30:00", "", "HH:MM"),
        ("06:30", "Europe/Lodnon", "Europe/London"),
        ("06:30", "../../etc/passwd", "no time zone"),
        ("06:30", "UTC\nPATH=/tmp", "no time zone"),
    ],
)
@pytest.mark.parametrize("kind", schedule.KINDS)
def test_a_time_or_zone_that_there_is_none_of(hard: Project, kind: str, at: str, zone: str, named: str) -> None:
    with pytest.raises(UsageError, match=re.escape(named)):
        schedule.files(hard, kind, at, zone)


@pytest.mark.parametrize("name", ["a\nb", "a\\b"])
def test_a_folder_that_no_scheduler_could_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="rename or move it"):
        schedule.files(tiny.bare_project(tmp_path / name), "cron")


def test_a_program_that_systemd_could_not_name(hard: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "it's" / "python"))
    with pytest.raises(UsageError, match="rename or move it"):
        schedule.files(hard, "systemd")
