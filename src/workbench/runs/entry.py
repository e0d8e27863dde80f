"""What papermill finds under the name ``inprocess``, through the entry point ``papermill.engine``.

papermill imports it while it is itself being imported: so it imports neither papermill nor a kernel before it is used.
"""

from __future__ import annotations

from typing import Any


class _Later:
    def __getattr__(self, name: str) -> Any:
        """Whatever is asked of the engine (`runs.inprocess.InProcessEngine`)."""
        from workbench.runs.inprocess import InProcessEngine

        return getattr(InProcessEngine, name)


engine = _Later()
