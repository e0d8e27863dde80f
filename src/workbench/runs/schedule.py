"""Ready files with which a scheduler builds a project every day: a crontab, or a service and a timer of systemd."""

from __future__ import annotations

import re
import shlex
import sys
import zoneinfo
from pathlib import Path

from workbench.errors import UsageError, did_you_mean
from workbench.paths import Project, sha256

KINDS = ("cron", "systemd")
_BUILD = "build --keep-going --wait 0"
_BAD = r"[\x00-\x1f\x7f\\]"  # in the name of a folder
_BAD_PROGRAM = r"[\x00-\x1f\x7f\\\"']"  # in that of a program, as systemd has it
_ENVIRONMENT = ("LANG=C.UTF-8", "PYTHONUTF8=1")  # names are Chinese; what schedulers give a program is not

_CRONTAB = """\
# Builds {root} every day at {at}.
# Set up with: crontab -l | cat - {name}.crontab | crontab -
# - One build runs at a time: while one does, the next ends at once with code 4 (the build's own lock).
# - What a build did stands in reports/_log/build.log (rotated), why one could not begin in reports/_log/cron.log.
# - After a bad build one line is printed, which cron mails.
# - CRON_TZ is for cronie; a cron that does not know it goes by the time zone of the machine.
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
{environment}
{minute} {hour} * * * {command}
"""

_SERVICE = """\
# Builds {root}.
# Set up, with the timer of the same name, in /etc/systemd/system: systemctl enable --now {name}.timer
# - One build runs at a time: a timer does not start a service that runs, and a build has its own lock.
# - What a build did: reports/_log/build.log (rotated), and journalctl -u {name}
[Unit]
Description=Exchange Workbench: build {name}

[Service]
Type=oneshot
User={user}
Environment={environment}
ExecStart=:{command}
Nice=10
NoNewPrivileges=yes
TimeoutStartSec=12h
KillMode=control-group
"""

_TIMER = """\
[Unit]
Description=Exchange Workbench: build {name} every day

[Timer]
OnCalendar=*-*-* {at}:00{zone}
Persistent=true

[Install]
WantedBy=timers.target
"""


def files(project: Project, kind: str, at: str = "06:00", zone: str = "") -> dict[str, str]:
    """The files for a scheduler (`KINDS`), by name: their text.

    ``at`` is the time of day, HH:MM, in ``zone`` (as Europe/London; empty: that of the machine). In a zone that moves
    its clocks a time between 1:00 and 3:00 may come twice or not at all. Raises `UsageError` for a time or zone that
    there is none of, and for a folder whose name schedulers do not bear.
    """
    hour, minute = _time(at)
    if zone and zone not in zoneinfo.available_timezones():
        hint = did_you_mean(zone, zoneinfo.available_timezones()) or "write it as Europe/London."
        raise UsageError(f'There is no time zone "{zone}": {hint}')
    program, root = _program(), str(project.root.resolve())
    for path, bad in ((root, _BAD), *((word, _BAD_PROGRAM) for word in program)):
        if found := re.search(bad, path):
            raise UsageError(f"{path} has {found[0]!r} in its name, which schedulers do not bear: rename or move it.")
    name = f"workbench-{_slug(project.root)}"
    told = {"root": root, "name": name, "at": f"{hour:02}:{minute:02}"}
    if kind == "cron":
        environment = [*_ENVIRONMENT, *((f"CRON_TZ={zone}", f"TZ={zone}") if zone else ())]
        text = _CRONTAB.format(**told, environment="\n".join(environment), minute=minute, hour=hour,
                               command=_in_cron(program, root))  # fmt: skip
        return {f"{name}.crontab": text}
    environment = [*_ENVIRONMENT, *([f"TZ={zone}"] if zone else ())]
    command = " ".join([*map(_in_unit, program), _BUILD, "--project", _in_unit(root)])
    service = _SERVICE.format(**told, environment=" ".join(environment), command=command, user=_owner(project.root))
    timer = _TIMER.format(**told, zone=zone and f" {zone}")
    return {f"{name}.service": service, f"{name}.timer": timer}


def _time(at: str) -> tuple[int, int]:
    """Hour and minute."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if not found:
        raise UsageError(f'"{at}" is no time of day: write HH:MM, as 06:30.')
    return int(found[1]), int(found[2])


def _program() -> tuple[str, ...]:
    """The words that start the program of this installation, wherever they are said."""
    beside = Path(sys.executable).with_name("workbench")
    return (str(beside),) if beside.is_file() else (sys.executable, "-m", "workbench.cli")


def _slug(root: Path) -> str:
    """A name for files made of a folder's: schedulers take few letters."""
    plain = re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-")
    return plain if plain else sha256(bytes(root.resolve()))[:8]


def _owner(root: Path) -> str:
    """Whose the project is: the account that may write its reports."""
    try:
        return root.owner()
    except (KeyError, NotImplementedError):
        return str(root.stat().st_uid)


def _in_cron(program: tuple[str, ...], root: str) -> str:
    """A command of a crontab: the shell's, with ``\\%`` for ``%``, which would end it."""
    start = shlex.join(program)
    command = (f"cd {shlex.quote(root)} && mkdir -p reports/_log && "
               f"{start} {_BUILD} >/dev/null 2>>reports/_log/cron.log || {start} status")  # fmt: skip
    return command.replace("%", r"\%")


def _in_unit(word: str) -> str:
    """A word of a unit's command: quoted, with ``%%`` for ``%``. ``$`` is left alone after ``ExecStart=:``."""
    return '"' + word.replace('"', '\\"').replace("%", "%%") + '"'
