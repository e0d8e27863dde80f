"""The board as one HTML page that works with the cable pulled: its chart, its choices and its table.

The page carries Vega inside (through vl-convert) and asks for nothing: its policy forbids every request, and
expressions are interpreted, not compiled, so that no code is made from text. The table is there without
JavaScript as well, and holds all that the chart shows.

What does not belong here: the chart (`linked`), what is in it (`board`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup, escape

from workbench.explore import linked
from workbench.prose import facts
from workbench.prose.words import Words

if TYPE_CHECKING:
    from workbench.explore.board import Board

# Embeds the chart, then keeps choices, chart and table together: a choice becomes a param of the chart, and
# whatever is brushed, clicked or chosen hides the rows of the table that it does not concern.
_SCRIPT = """
const data = JSON.parse(document.getElementById("chart-data").textContent);
const picked = Object.fromEntries(["partner", "kind", "way", "first", "last"].map(
  (name) => [name, document.getElementById("only-" + name)]));
const rows = [...document.querySelectorAll("tbody tr")];
const shown = document.getElementById("shown");
vegaEmbed("#chart", data, { actions: false, renderer: "svg", ast: true, logLevel: 1 }).then(({ view }) => {
  const has = (name) => data.params.concat(...data.vconcat.flatMap((part) => part.params ?? [])).some(
    (param) => param.name === name);
  const points = (name, field) => has(name) ? (view.signal(name) ?? {})[field] ?? [] : [];
  const follow = () => {
    const brushed = (view.signal("period") ?? {}).begins;
    const from = Number(picked.first.value), to = Number(picked.last.value) + 1;
    const limits = brushed ? [[from, to], brushed] : [[from, to]];
    const clicked = Object.fromEntries(["partner", "place", "way"].map((name) => [name, points(name, name)]));
    let count = 0;
    for (const row of rows) {
      const its = row.dataset;
      const begins = its.begins === "" ? -Infinity : Number(its.begins);
      const ends = its.ends === "" ? Infinity : Number(its.ends);
      const dated = its.begins !== "" || its.ends !== "";
      row.hidden = !(["partner", "kind", "way"].every((name) => !picked[name].value || its[name] === picked[name].value)
        && Object.entries(clicked).every(([name, values]) => !values.length || values.includes(its[name]))
        && (dated || !brushed) && limits.every(([start, end]) => ends >= start && begins <= end));
      count += !row.hidden;
    }
    shown.textContent = count;
  };
  const choose = () => {
    for (const name of ["partner", "kind", "way"]) view.signal("only_" + name, picked[name].value);
    view.signal("first_year", Number(picked.first.value)).signal("last_year", Number(picked.last.value) + 1);
    view.runAsync().then(follow);
  };
  for (const field of Object.values(picked)) field.addEventListener("change", choose);
  for (const name of ["period", "partner", "place", "way"]) if (has(name)) view.addSignalListener(name, follow);
  document.getElementById("again").addEventListener("click", () => location.reload());
  follow();
  document.documentElement.dataset.ready = "yes";
});
"""
_CSS = """
:root { --ink: #1b2733; --quiet: #5b6672; --rule: #d5d3cc; --ground: #f4f3ef; --link: #0f6e74; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 1.4rem 2rem 3rem; background: #fff; color: var(--ink);
  font: 16px/1.55 "Helvetica Neue", Arial, "Noto Sans", "DejaVu Sans", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }
html { background: var(--ground); } h1 { font-size: 1.6rem; line-height: 1.25; margin: .4rem 0; }
.quiet { color: var(--quiet); font-size: .85rem; } p { margin: .4rem 0; }
.choices { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; border-top: 1px solid var(--rule);
  border-bottom: 1px solid var(--rule); padding: .7rem 0; margin: .8rem 0; }
label { display: flex; flex-direction: column; font-size: .75rem; color: var(--quiet); min-width: 0; max-width: 100%; }
select, button { font: inherit; font-size: .9rem; color: var(--ink); padding: .2rem .3rem; max-width: 14rem; }
.scroll { overflow-x: auto; margin: .6rem 0; user-select: none; }
table { border-collapse: collapse; width: 100%; font-size: .82rem; line-height: 1.4; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; font-size: 1.05rem; padding-bottom: .3rem; }
th { text-align: left; border-bottom: 1.5px solid var(--ink); color: var(--quiet); padding: .3rem .7rem .3rem 0; }
td { border-bottom: 1px solid var(--rule); padding: .35rem .7rem .35rem 0; vertical-align: top; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.alt { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 46rem) {
  body { padding: 1rem; } thead { display: none; } table, tbody, tr, td, caption { display: block; }
  tr[hidden] { display: none; } tr { border-bottom: 1px solid var(--rule); padding: .4rem 0; }
  td { border: 0; padding: .1rem 0; } }
@media print { .choices { display: none; } html { background: #fff; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_PAGE = Markup("""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{css}</style></head><body>
<header><p class="quiet">{as_of}</p><h1>{title}</h1><p>{status}</p></header>
<main><p class="quiet">{how}</p>
<form class="choices">{choices}</form><noscript><p>{no_script}</p></noscript>
<p class="alt" id="alt">{alt}</p>
<div class="scroll" role="figure" aria-labelledby="alt" tabindex="0"><div id="chart"></div></div>
<p class="quiet">{note}</p>
<p role="status">{shown_words} <span id="shown">{count}</span></p>
<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></main>
<script type="application/json" id="chart-data">{data}</script>
<script>{script}</script></body></html>
""")


def page(board: Board) -> str:
    """The page of what is chosen on a board, whole; the same text for the same records and choices."""
    words = board.words
    rows = linked.together(board.chosen)
    marks = linked.marks(rows, words)
    chart = linked.chart(marks, words, board.corpus.project.basemap, board.description(), board.width)
    return str(
        _PAGE.format(
            language="zh-Hans" if words.language == "zh" else words.language,
            policy=Markup(_POLICY),
            title=board.title(),
            css=Markup(_CSS),
            as_of=words.phrase("common/as_of", day=facts.date(board.corpus.selection.as_of.isoformat())),
            status=board.told(board.chosen),
            how=words.phrase("board/page_how"),
            choices=_choices(marks, words),
            no_script=words.phrase("board/page_no_script"),
            alt=board.description(),
            note=_note(board),
            shown_words=words.phrase("board/page_shown"),
            count=len(rows),
            caption=words.phrase("board/table"),
            head=_cells(_table(rows, words).columns, "th"),
            rows=Markup("").join(_rows(rows, marks, words)),
            data=Markup(_json(chart.spec)),
            script=Markup(_bundle()),
        )
    )


def _json(value: Any) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and the page's own script as one, without a line that would end its element early."""
    import vl_convert
    from altair.utils._importers import vl_version_for_vl_convert

    text: str = vl_convert.javascript_bundle(_SCRIPT, vl_version=vl_version_for_vl_convert())
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _cells(texts: Iterable[str], tag: str) -> Markup:
    opening = Markup('<th scope="col">' if tag == "th" else f"<{tag}>")
    return Markup("").join(opening + escape(text) + Markup(f"</{tag}>") for text in texts)


def _table(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    from workbench.explore.board import worded

    return worded(rows, words)


def _rows(rows: pd.DataFrame, marks: pd.DataFrame, words: Words) -> list[Markup]:
    """The rows of the table with what they are chosen by, oldest first."""
    told = []
    for cells, mark in zip(_table(rows, words).to_numpy(), marks.itertuples(index=False), strict=True):
        days = (("begins", mark.begins), ("ends", mark.ends))
        ends = {name: "" if pd.isna(value) else f"{value:.4f}" for name, value in days}
        chosen = {"partner": mark.partner, "kind": mark.kind, "way": mark.way, "place": mark.place, **ends}
        kept = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in chosen.items())
        told.append(Markup("<tr{}>{}</tr>").format(kept, _cells(cells, "td")))
    return told


def _choices(marks: pd.DataFrame, words: Words) -> Markup:
    """The choices of the page: partner, kind, direction, first and last year; and a way back."""
    partners = sorted({(row.name, row.partner) for row in marks[marks["partner"] != ""].itertuples(index=False)})
    kinds = [(kind, kind) for kind in sorted(set(marks["kind"]))]
    ways = [(way, way) for way in (linked.way_words(way, words) for way in linked.WAYS) if way in set(marks["way"])]
    first, last = linked.limits(marks)
    years = [(str(year), str(year)) for year in range(int(first), int(last))]
    every = {"partner": "every_partner", "kind": "every_kind", "way": "every_direction"}
    fields = {"partner": partners, "kind": kinds, "way": ways}
    parts = [
        _select(name, words.phrase(f"board/choose_{'direction' if name == 'way' else name}"),
                [(words.phrase(f"board/{every[name]}"), ""), *options])
        for name, options in fields.items()
    ]  # fmt: skip
    parts += [_select("first", words.phrase("board/from_year"), years)]
    parts += [_select("last", words.phrase("board/to_year"), years[::-1])]
    again = Markup('<button type="button" id="again">{}</button>').format(words.phrase("board/again"))
    return Markup("").join([*parts, again])


def _select(name: str, label: str, options: list[tuple[str, str]]) -> Markup:
    inner = Markup("").join(Markup('<option value="{}">{}</option>').format(value, text) for text, value in options)
    return Markup('<label>{}<select id="only-{}" autocomplete="off">{}</select></label>').format(label, name, inner)


def _note(board: Board) -> str:
    """What was left out and why, the basemap, the review number."""
    words = board.words
    left = board.whole[~board.whole["counted"]].drop_duplicates("event_id")
    reasons = [
        words.phrase("board/page_reason", reason=facts.code("left_out_reason", reason), number=facts.number(number))
        for reason, number in sorted(left["left_out"].value_counts().items())
    ]
    return words.phrase(
        "board/page_note",
        review=facts.printed(board.corpus.settings.review_number or None),
        left_out=facts.number(len(left)) if reasons and not board.choice.left_out else None,
        reasons=reasons,
    )
