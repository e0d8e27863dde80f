"""Release the sample edition in ``docs/sample/``: overview, one year and one partner, in both languages, page and PDF.

Built in a temporary copy of the project without its editions, so that the sample is always a first edition, dated as
of the settings' day: the same records give the same bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from workbench.paths import Project
from workbench.records import editions

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "sample"
BY = "the maintainers of Exchange Workbench"
YEAR, PARTNER = 2017, "leeds-libraries"
INPUTS = ("workbench.toml", "data/raw", "notebooks")
KEPT = {".html", ".pdf"}
LANGUAGES = {"en": "English", "zh": "Chinese"}
CATALOGUE = f"""
[[report]]
id = "overview-{{language}}"
notebook = "overview.ipynb"
for_each = {{ language = "languages" }}
formats = ["html", "pdf"]

[[report]]
id = "annual-{YEAR}-{{language}}"
notebook = "annual.ipynb"
for_each = {{ language = "languages" }}
parameters = {{ year = {YEAR} }}
formats = ["html", "pdf"]

[[report]]
id = "partner-{PARTNER}-{{language}}"
notebook = "partner.ipynb"
for_each = {{ language = "languages" }}
parameters = {{ partner = "{PARTNER}" }}
formats = ["html", "pdf"]
"""


def run(*arguments: str) -> None:
    """One verb of the program, in this environment."""
    subprocess.run([sys.executable, "-m", "workbench.cli", *arguments], check=True)


def readme(folder: Path) -> str:
    """The page that leads a visitor to the files."""
    edition = editions.newest(Project(folder), "public")
    if edition is None:
        raise SystemExit("Nothing was released.")
    lines = [
        "# A released edition",
        "",
        f"Made by `make sample` from the records as of {edition.as_of}. Download a page, open it in",
        "a browser: it asks for nothing, and a click on a sentence shows its source.",
        "",
        "| report | language | page | PDF |",
        "| --- | --- | --- | --- |",
    ]
    for report in sorted(edition.reports, key=lambda row: row["id"]):
        links = " | ".join(f"[{suffix[1:]}]({report['id']}{suffix})" for suffix in sorted(KEPT))
        lines.append(f"| {report['title']} | {LANGUAGES[report['language']]} | {links} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Bring the sample up to date; nothing of the old one stays."""
    day = tomllib.loads((ROOT / "workbench.toml").read_text(encoding="utf-8"))["as_of"].isoformat()
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "project"
        for name in INPUTS:
            source, target = ROOT / name, project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        (project / "reports.toml").write_text(CATALOGUE, encoding="utf-8")
        os.chdir(project)
        run("build")
        run("release", "--by", BY, "--on", day, "--to", str(project / "out"))
        if TARGET.is_dir():
            shutil.rmtree(TARGET)
        TARGET.mkdir(parents=True)
        for path in sorted((project / "out").iterdir()):
            if path.suffix in KEPT:
                shutil.copy(path, TARGET / path.name)
        (TARGET / "README.md").write_text(readme(project), encoding="utf-8")


if __name__ == "__main__":
    main()
