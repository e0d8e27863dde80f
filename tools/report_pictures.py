"""Take a picture of one report of each kind and language for ``docs/gallery.md``: page wide and on a phone, PDF, Word.

They show what people will see: Chromium draws the page, poppler the PDF, LibreOffice the Word file, so the bytes
depend on the machine; `make gallery` only lists the pictures there are. Needs chromium, pdftoppm and soffice, and
reports made with ``workbench build --all-formats``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images" / "reports"
KINDS = ("overview", "annual", "partner", "agreements", "reciprocity", "coverage")
PAGES = 3  # of a PDF and of a Word file
HEIGHT, GAP, COLOURS = 620, 14, 64
WIDE, PHONE = (1280, 1600), (390, 1000)


def pages_of(pdf: Path, folder: Path) -> list[Image.Image]:
    """The first pages of a PDF."""
    subprocess.run(["pdftoppm", "-r", "60", "-l", str(PAGES), "-png", pdf, folder / pdf.stem], check=True)
    return [Image.open(path) for path in sorted(folder.glob(f"{pdf.stem}-*.png"))]


def of_word(docx: Path, folder: Path) -> list[Image.Image]:
    """The first pages of a Word file, as LibreOffice sets it."""
    out = folder / "word"
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", out, docx], check=True,
                   capture_output=True)  # fmt: skip
    return pages_of(out / f"{docx.stem}.pdf", out)


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Pictures side by side at one height, in few colours."""
    scaled = [one.convert("RGB").resize((round(one.width * HEIGHT / one.height), HEIGHT)) for one in pictures]
    whole = Image.new("RGB", (sum(one.width + GAP for one in scaled) + GAP, HEIGHT + 2 * GAP), "#d9d7d0")
    left = GAP
    for one in scaled:
        whole.paste(one, (left, GAP))
        left += one.width + GAP
    return whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def chosen() -> dict[str, Path]:
    """One page of each kind and language: that of the default home with the most sentences."""
    found: dict[str, tuple[int, Path]] = {}
    for path in sorted((ROOT / "reports").glob("*.facts.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        name = f"{told['kind']}-{told['facts']['language']}"
        page = path.with_name(path.name.replace(".facts.json", ".html"))
        if len(told["sentences"]) > found.get(name, (-1, page))[0]:
            found[name] = (len(told["sentences"]), page)
    return {name: page for name, (_, page) in found.items() if name.partition("-")[0] in KINDS}


def main() -> None:
    """Take the pictures anew."""
    from playwright.sync_api import sync_playwright

    pages = chosen()
    if not pages:
        sys.exit("There are no reports: run `workbench build --all-formats` first.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started, tempfile.TemporaryDirectory() as temporary:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page in pages.items():
            folder = Path(temporary) / name
            folder.mkdir()
            shots = []
            for width, height in (WIDE, PHONE):
                view = browser.new_page(viewport={"width": width, "height": height})
                view.goto(page.as_uri())
                shots.append(folder / f"{width}.png")
                view.screenshot(path=shots[-1])
                view.close()
            pictures = [Image.open(shot) for shot in shots]
            pictures += pages_of(page.with_suffix(".pdf"), folder) if page.with_suffix(".pdf").is_file() else []
            pictures += of_word(page.with_suffix(".docx"), folder) if page.with_suffix(".docx").is_file() else []
            sheet(pictures).save(PICTURES / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
