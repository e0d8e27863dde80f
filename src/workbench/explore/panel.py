"""The widgets of the board: choices, chart, buttons, page and table, and what is heard from them.

Texts of the reader's reach her through `Board.words`; what a button cannot do it says in a sentence. What does
not belong here: what is chosen and saved (`board`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from markupsafe import escape

from workbench.errors import WorkbenchError
from workbench.explore import linked, partner_page
from workbench.explore.board import Board, years_of
from workbench.prose import facts
from workbench.prose.words import GRAMMARS
from workbench.records.selection import preferred_names

LISTED = 200  # rows of the table that are shown; a file has all of them
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
_OUT = ("table", "map", "timeline", "page", "parameters")
NARROWEST = 420  # pixels of the chart
_EDGE = 24  # pixels around the chart, and the least change worth drawing again
_RULER = """
export default { render({ model, el }) {
  let wait;
  const measure = () => {
    if (el.clientWidth) { model.set("width", Math.round(el.clientWidth)); model.save_changes(); }
  };
  const observer = new ResizeObserver(() => { clearTimeout(wait); wait = setTimeout(measure, 300); });
  el.style.width = "100%";
  observer.observe(el);
  return () => observer.disconnect();
} };
"""
_GAP = "2px 18px 2px 0"
# The choices and their widths.
_WIDTHS = {"home": "280px", "partner": "340px", "kind": "240px", "country": "330px", "language": "180px"}
_STYLE = """<style>
.wb-board, .wb-board .widget-label, .wb-board .widget-html-content { color: #1b2733; line-height: 1.45; }
.wb-board h2 { font-size: 20px; margin: 0; } .wb-board h3 { font-size: 16px; margin: 10px 0 2px; }
.wb-board h4 { font-size: 13px; margin: 10px 0 2px; } .wb-board p, .wb-board ul { margin: 2px 0 4px; }
.wb-board table { border-collapse: collapse; font-size: 12.5px; width: 100%; }
.wb-board th { text-align: left; border-bottom: 1.5px solid #1b2733; padding: 3px 12px 3px 0; color: #5b6672; }
.wb-board td { text-align: left; border-bottom: 1px solid #d5d3cc; padding: 3px 12px 3px 0; vertical-align: top;
  min-width: 3.2em; }
.wb-board .quiet { color: #5b6672; } .wb-board pre { background: #f4f3ef; padding: 8px; margin: 4px 0; }
.wb-board svg { user-select: none; } .wb-board .scroll { max-height: 420px; overflow: auto; }
.wb-board a { color: #0f6e74; text-decoration: underline; }
</style>"""


class Panel:
    """The widgets of a board. ``fill`` puts in what is chosen, ``follow`` what is brushed and clicked."""

    def __init__(self, board: Board) -> None:
        import altair as alt
        import ipywidgets as widgets  # type: ignore[import-untyped]

        alt.JupyterChart.enable_offline()
        self.board = board
        self.still = False  # while the widgets are set from Python, they are not listened to
        layouts = {name: widgets.Layout(width=width, margin=_GAP) for name, width in _WIDTHS.items()}
        drop = {name: widgets.Dropdown(layout=layout) for name, layout in layouts.items()}
        self.years = widgets.IntRangeSlider(continuous_update=False, layout=widgets.Layout(width="330px", margin=_GAP))
        self.left_out = widgets.Checkbox(indent=False, layout=widgets.Layout(width="auto", margin=_GAP))
        self.drop = drop
        self.head, self.told, self.table, self.page, self.news = (widgets.HTML() for _ in range(5))
        self.news.add_class("wb-news")
        self.told.add_class("wb-status")
        self.chart: Any = None
        self.has_map = False
        self.frame = widgets.Box(layout=widgets.Layout(overflow="auto", width="100%"))
        self.buttons = {name: widgets.Button(layout=widgets.Layout(width="auto")) for name in _OUT}
        choices = [*list(drop.values())[:-1], self.years, self.left_out, drop["language"]]
        self.ruler = _ruler()
        flow = widgets.Layout(flex_flow="row wrap", width="100%")
        self.box: Any = widgets.VBox(
            [self.ruler, self.head, widgets.Box(choices, layout=flow), self.told, self.frame,
             widgets.Box(list(self.buttons.values()), layout=flow), self.news, self.page, self.table]
        )  # fmt: skip
        self.box.add_class("wb-board")
        self.fill()
        for name, widget in drop.items():
            widget.observe(self._heard(name), names="value")
        self.years.observe(self._heard("years"), names="value")
        self.left_out.observe(self._heard("left_out"), names="value")
        for name, button in self.buttons.items():
            button.on_click(self._saver(name))
        self.ruler.observe(self._measured, names="width")

    # --- what is shown --------------------------------------------------------------------

    def fill(self) -> None:
        """Choices, chart, table and page of what is chosen."""
        with self._quietly():
            self._fill_choices()
        self._fill_chart()
        self.news.value = ""
        self.follow()

    def follow(self) -> None:
        """Status, table and page of what is in view."""
        board, words = self.board, self.board.words
        self.head.value = f"{_STYLE}<h2>{escape(board.title())}</h2>"
        self.told.value = f'<p role="status">{escape(board.status())}</p>'
        self.table.value = _table(board)
        asked = [board.choice.partner] if board.choice.partner else [p for p in board.clicked() if p]
        told = partner_page.page(board.corpus, asked) if asked else ""
        self.page.value = told or f'<p class="quiet">{escape(words.phrase("board/partner_choose"))}</p>'

    def _fill_choices(self) -> None:
        board, words, rows = self.board, self.board.words, self.board.whole
        for name, widget in self.drop.items():
            widget.description = words.phrase(f"board/choose_{name}")
            widget.style.description_width = "initial"
        self.drop["home"].options = list(_homes(board).items())
        self.drop["home"].value = board.corpus.selection.home.id
        self.drop["language"].options = [(LANGUAGE_NAMES[language], language) for language in GRAMMARS]
        self.drop["language"].value = board.corpus.language
        labels: dict[str, tuple[str, Callable[[str], str]]] = {
            "partner": ("partner", words.name),
            "kind": ("type", lambda code: words.label("event_type", code)),
            "country": ("partner_country", lambda code: words.label("country", code)),
        }
        for name, (column, label) in labels.items():
            known = sorted((label(value), value) for value in rows[column].dropna().unique())
            self.drop[name].options = [(words.phrase(f"board/every_{name}"), ""), *known]
            asked = getattr(board.choice, name)
            self.drop[name].value = asked if asked in {value for _, value in known} else ""
        first, last = years_of(rows)
        self.years.style.description_width = "initial"
        self.years.description = words.phrase("board/choose_years")
        self.years.min, self.years.max = min(first, self.years.min), max(last, self.years.max)  # never empty between
        self.years.min, self.years.max = first, last
        self.years.value = board.choice.years or (first, last)
        self.left_out.description = words.phrase("board/choose_left_out")
        self.left_out.value = board.choice.left_out
        for name, button in self.buttons.items():
            button.description = words.phrase(f"board/save_{name}")

    def _fill_chart(self) -> None:
        import altair as alt

        linked_chart = self.board.chart()
        if linked_chart is None:
            self.frame.children = ()
            return
        chart = linked_chart.chart
        if self.chart is None:
            self.chart = alt.JupyterChart(chart, debounce_wait=150, max_wait=False,
                                          embed_options={"actions": False, "renderer": "svg"})  # fmt: skip
            self.chart.observe(self._brushed, names="_vl_selections")
        elif linked_chart.has_map != self.has_map:  # other params: altair must hear of them
            self.chart.chart = chart
        self.has_map = linked_chart.has_map
        self.chart.spec = linked_chart.spec
        self.frame.children = (self.chart,)

    # --- what is heard --------------------------------------------------------------------

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self.still = True
        try:
            yield
        finally:
            self.still = False

    def _heard(self, name: str) -> Callable[[Any], None]:
        def hear(change: Any) -> None:
            if not self.still:
                value = change["new"]
                if name == "years":
                    value = None if tuple(value) == years_of(self.board.whole) else tuple(value)
                self.board.choose(**{name: value})

        return hear

    def _measured(self, change: Any) -> None:
        """Draw the chart as wide as there is room, within limits."""
        width = max(NARROWEST, min(linked.WIDTH, int(change["new"]) - _EDGE))
        if abs(width - self.board.width) >= _EDGE:
            self.board.width = width
            self._fill_chart()

    def _brushed(self, change: Any) -> None:
        """The chart's selections as they come from the browser: ``{name: {value, store}}``."""
        touched = heard(change["new"])
        before = {name: getattr(self.board.choice, name) for name in touched}
        if touched != before:
            self.board.touch(**touched)

    def _saver(self, name: str) -> Callable[[Any], None]:
        def save(_button: Any) -> None:
            self.news.value = f'<div role="status">{_saved(self.board, name)}</div>'

        return save


def _ruler() -> Any:
    """A widget without height that says how wide the board stands in the browser; 0 until it has been shown."""
    import anywidget
    import traitlets

    body = {"_esm": _RULER, "width": traitlets.Int(0).tag(sync=True)}
    return type("Ruler", (anywidget.AnyWidget,), body)()


def heard(selections: dict[str, Any]) -> dict[str, Any]:
    """The chart's selections as choices: ``brushed``, ``place``, ``partners``, ``ways`` of `Choice`."""

    def points(name: str, field: str) -> tuple[str, ...]:
        store = (selections.get(name) or {}).get("store") or []
        return tuple(dict.fromkeys(str(value) for row in store for value in row.get("values", [])))

    period = ((selections.get(linked.PERIOD) or {}).get("value") or {}).get("begins")
    days = (linked.day_of(period[0]), linked.day_of(period[1])) if period else None
    return {
        "brushed": days,
        "place": points(linked.PLACE, "place"),
        "partners": points(linked.PARTNER, "partner"),
        "ways": points(linked.WAY, "way"),
    }


def _saved(board: Board, name: str) -> str:
    """Save one thing and say where it went; what went wrong is a sentence as well."""
    words = board.words
    try:
        if name == "parameters":
            note = escape(words.phrase("board/not_in_report"))
            return f"<p>{note}</p><pre>{escape(board.parameters())}</pre>"
        makers: dict[str, Callable[[], Path]] = {"table": board.csv, "page": board.save}
        path = makers[name]() if name in makers else board.figure(what=name)
    except (WorkbenchError, OSError) as error:
        return f"<p>{escape(error)}</p>"
    told = words.phrase("board/written", file=facts.printed(board.corpus.project.relative(path)))
    whole = words.phrase("board/whole_exchanges") if name in ("map", "timeline") else ""
    return f"<p>{escape(told)} {escape(whole)}</p>"


def _table(board: Board) -> str:
    """The table in view as HTML, at most `LISTED` rows."""
    table, words = board.table(LISTED), board.words
    if table.empty:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.to_numpy())
    more = len(board.rows) - len(table)
    rest = f'<p class="quiet">{escape(words.phrase("board/more", more=facts.number(more)))}</p>' if more else ""
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<h3>{escape(words.phrase("board/table"))}</h3><div class="scroll">{whole}</div>{rest}'


def _homes(board: Board) -> dict[str, str]:
    """The homes of the settings by name: their own, else that of the register."""
    names, language = preferred_names(board.corpus.whole["names"]), board.corpus.language
    homes = board.corpus.settings.homes.values()
    return {home.name[language] if home.name else names[home.id, language]: home.id for home in homes}
