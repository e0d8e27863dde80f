"""A report as one HTML page: no code, no request to anywhere, readable on a phone and on paper.

Made by nbconvert with a template of our own on ``basic``. Only what the notebook said with
`workbench.report` goes in; frames an analyst looks at stay in the notebook.
"""

from __future__ import annotations

from pathlib import Path

from workbench.publish.content import REPORT_MIME as REPORT_MIME
from workbench.publish.content import facts as facts
from workbench.publish.content import facts_of as facts_of

TEMPLATES = Path(__file__).parent / "templates"


def render(notebook: Path) -> bytes:
    """The page of an executed notebook. Raises ValueError when it never closed its report."""
    import nbformat
    from nbconvert import HTMLExporter

    content = nbformat.read(notebook, as_version=4)
    about = facts(content)
    exporter = HTMLExporter(
        template_name="report", extra_template_basedirs=[str(TEMPLATES)], exclude_input=True, embed_images=False
    )
    css = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    body, _ = exporter.from_notebook_node(content, resources={"report": about, "css": css})
    lines = (line.rstrip() for line in body.splitlines())
    return ("\n".join(line for line in lines if line) + "\n").encode()
