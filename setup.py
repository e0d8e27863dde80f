"""Puts what every project shares into the built package; all else stands in pyproject.toml.

Word lists, notebooks and basemap are stored once, in this repository's own folders. A checkout
reads them there; a wheel and a source archive get a copy beside the example.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

GATHERED = ("notebooks/*.ipynb", "data/raw/basemap/*", "data/raw/registers/vocabularies/*.csv")


def gathered() -> list[str]:
    return sorted(path.as_posix() for pattern in GATHERED for path in Path().glob(pattern))


class Gather(build_py):
    """The usual build, then the shared files into ``workbench/starter/project``."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for file in gathered():
                target = Path(self.build_lib, "workbench", "starter", "project", file)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *gathered()]


setup(cmdclass={"build_py": Gather})
