"""Draw every figure for ``docs/gallery.md``: of one partner, of a home, and of large invented data, in both languages.

The invented data is made by the tests' own helps (`tests/figures/drawn.py`). To add a figure, add it to `FIGURES`
and, with its data, to `large`.
"""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from figures import drawn  # noqa: E402
from workbench.explore.workspace import Workspace, open_workspace  # noqa: E402
from workbench.figures import charts, maps, style, timelines  # noqa: E402
from workbench.paths import write_atomic  # noqa: E402
from workbench.prose.words import Words  # noqa: E402

PICTURES = "docs/images/gallery"
REPORTS = "docs/images/reports"  # taken by tools/report_pictures.py
LANGUAGES = ("en", "zh")
PARTNER = "leeds-libraries"
DPI, COLOURS = 66, 96  # small files: a picture of a page's width in few colours
FIGURES: dict[str, tuple[Callable[..., style.Drawing | None], str]] = {
    "exchange_map": (maps.exchange_map, "corpus.map()"),
    "home_map": (maps.home_map, 'corpus.map(region="home")'),
    "timeline": (timelines.timeline, "corpus.timeline()"),
    **{
        name: (getattr(charts, name), f'corpus.chart("{name}")')
        for name in ("per_year", "by_kind", "by_country", "staff_balance", "agreement_lives", "sources_per_record",
                     "claims_against_records")
    },
}  # fmt: skip
CASES = {
    "small": "one partner",
    "real": "the public libraries of Zhejiang",
    "large": "invented, large",
    "a4": "the width of a printed page",
    "slide": "a slide",
}
EXTRA = ("a4", "slide")  # shown of some only
SHOWN_IN_ALL_SIZES = ("exchange_map", "timeline")


def draw(name: str, case: str, corpus: Workspace) -> style.Drawing | None:
    """A figure of one partner (small), a home (real; also in the sizes a4 and slide), or of invented data (large)."""
    if case == "large":
        return large(name, corpus)
    chosen = corpus.select(partner=PARTNER) if case == "small" else corpus
    size = case if case in EXTRA else "screen"
    if name == "timeline":
        return chosen.timeline(size)
    if name.endswith("_map"):
        return chosen.map(size, "home" if name == "home_map" else "auto")
    return chosen.chart(name, size)


def large(name: str, corpus: Workspace) -> style.Drawing | None:
    """The same figure of much invented data: 50,000 flows, 300 events, 200 partners, 80 years."""
    plain = drawn.with_cities(corpus)
    cities = list(drawn.CITIES)
    words = Words(plain, corpus.language)
    basemap = corpus.project.basemap
    if name == "exchange_map":
        return maps.exchange_map(drawn.many(cities, 50_000), drawn.NOTHING_MISSING, plain, words, basemap)
    if name == "home_map":
        return maps.home_map(drawn.many(cities, 300), plain, words, basemap)
    days = [f"{1985 + n % 40}-{n % 12 + 1:02}-{n % 27 + 1:02}" for n in range(300)]
    ways = ("inbound", "outbound", "mutual")
    met = drawn.exchanges(*((cities[n * 7 % 25], day, ways[n % 3], n % 5 == 0) for n, day in enumerate(days)))
    agreed = drawn.agreements(*((city, f"{1990 + n}", "stated") for n, city in enumerate(cities[:30])))
    if name == "timeline":
        return timelines.timeline(met, agreed, drawn.plans((cities[0], "2027"), (cities[1], "2028")), plain, words)
    vocabulary = plain.vocabularies
    countries = [(code, term.maps_to, 40 - n) for n, (code, term) in enumerate(vocabulary["country"].items())]
    frames = {
        "per_year": [drawn.per_year(*((1945 + n, n % 13, n % 13 + n % 3, n % 5) for n in range(80)))],
        "by_kind": [drawn.kinds(*((kind, 180 - 8 * n, 190 - 8 * n)
                                  for n, kind in enumerate(vocabulary["event_type"])))],
        "by_country": [drawn.countries(*countries, (None, None, 17))],
        "staff_balance": [drawn.balance(*((cities[n % 60], n % 9, n % 4 + 20) for n in range(200)))],
        "agreement_lives": [drawn.lives(agreed, met, *((True, False, None)[n % 3] for n in range(30))), agreed, met],
        "sources_per_record": [drawn.witnesses(*((("events", "agreements")[n % 2], n % 7, n % 3 == 0)
                                                 for n in range(200)))],
        "claims_against_records": [drawn.verdicts(*((15 + n, 15 + n, "exact", n, "say_with_caveat")
                                                    for n in range(200)))],
    }  # fmt: skip
    return getattr(charts, name)(*frames[name], plain, words)


def small_png(drawing: style.Drawing) -> bytes:
    """The figure with its words as a small PNG of few colours."""
    with style.titled(drawing):
        picture = Image.open(io.BytesIO(style.png(drawing.figure, 2 * DPI))).convert("RGB").reduce(2)
    out = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def gallery(root: Path) -> dict[str, bytes]:
    """Every file of the gallery by its path in the project: the page and its pictures."""
    files: dict[str, bytes] = {}
    lines = [
        "# Gallery",
        "",
        "Every figure of the workbench (`make gallery` draws it again): of one partner, of a home, and of large",
        "invented data, in English and Chinese. Each carries its title, note, alternative text and a data table, and",
        "saves as SVG, PNG or PDF: `corpus.map().save(\"map.pdf\")`.",
    ]  # fmt: skip
    workspaces = {language: open_workspace(project=root, language=language) for language in LANGUAGES}
    for name, (function, call) in FIGURES.items():
        first = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        module = function.__module__.rpartition(".")[2]
        lines += ["", f"## {name}", "", f"`{call}`, `figures.{module}.{name}`. {first}"]
        for case, about in CASES.items():
            if case in EXTRA and name not in SHOWN_IN_ALL_SIZES:
                continue
            pictures = []
            for language, corpus in workspaces.items():
                drawing = draw(name, case, corpus)
                if drawing is not None:
                    path = f"{PICTURES}/{name}-{case}-{language}.png"
                    files[path] = small_png(drawing)
                    pictures.append(f"![{_alt(drawing)}]({path.removeprefix('docs/')})")
            lines += ["", f"*{about}*", "", *(pictures or ["Nothing to draw: the function returns None."])]
    lines += _reports(root)
    files["docs/gallery.md"] = ("\n".join(lines) + "\n").encode()
    return files


def _reports(root: Path) -> list[str]:
    """The lines that show the pictures of reports there are."""
    pictures = sorted((root / REPORTS).glob("*.png"))
    if not pictures:
        return []
    about = "One report of each kind and language: page, wide and on a phone, PDF, Word (`make pictures`)."
    lines = ["", "## Reports", "", about]
    for path in pictures:
        kind, _, language = path.stem.partition("-")
        name = f"{kind}, {'Chinese' if language == 'zh' else 'English'}"
        lines += ["", f"*{name}*", "", f"![The report {name}]({path.relative_to(root / 'docs').as_posix()})"]
    return lines


def _alt(drawing: style.Drawing) -> str:
    return drawing.alt.replace("[", "(").replace("]", ")").replace("\n", " ")


def main(root: Path = ROOT) -> None:
    """Bring the gallery up to date; a picture of a figure that there is no more goes."""
    files = gallery(root)
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(root / path, content)
    for path in (root / PICTURES).glob("*.png"):
        if path.relative_to(root).as_posix() not in files:
            path.unlink()


if __name__ == "__main__":
    main()
