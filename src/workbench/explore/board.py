"""The board: choices, a map and a timeline that move together, a table, the page of a partner; and ways out.

``board.Board(corpus)`` as the last line of a cell shows it. Choices are made in Python (`narrow`); brushing
and clicking happen in the browser (`linked`) and are heard here, so that table, page and what is saved follow.
Nothing is asked of any network.

What does not belong here: the widgets (`panel`), the chart (`linked`), the pages (`partner_page`, `board_html`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import UsageError
from workbench.explore import linked
from workbench.explore.workspace import Workspace
from workbench.paths import write_atomic
from workbench.prose import facts, frames
from workbench.prose.words import Words
from workbench.records import dates
from workbench.records.selection import choose_partners
from workbench.records.text import capital

if TYPE_CHECKING:
    from workbench.explore.panel import Panel

TABLE = ("date", "partner", "type", "direction", "place_id", "topic")


class NothingSelected(UsageError):
    """Nothing is there to be saved; in a notebook it is told as a sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """What has been chosen; what is empty limits nothing.

    ``years``: first and last year; ``brushed``: first and last day chosen on the timeline;
    ``place``, ``partners`` and ``ways``: what was clicked (a key of `linked.marks`, ids, words of the legend).
    """

    partner: str = ""
    kind: str = ""
    country: str = ""
    years: tuple[int, int] | None = None
    left_out: bool = False
    brushed: tuple[dt.date, dt.date] | None = None
    place: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()

    @property
    def period(self) -> tuple[str, str]:
        """Start and end as EDTF: the brushed days, else the years; empty for all time."""
        if self.brushed:
            return self.brushed[0].isoformat(), self.brushed[1].isoformat()
        return (f"{self.years[0]:04d}", f"{self.years[1]:04d}") if self.years else ("", "")


def narrow(rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The rows (of `analysis.wide`) that a choice keeps, clicks on the chart left aside.

    A partner or country keeps the rows of that partner or in that country; a time keeps what can lie in it, and
    ``in_period`` says whether it surely does; without ``left_out`` only what counts is kept.
    """
    kept = pd.Series(True, index=rows.index)
    if not choice.left_out:
        kept &= rows["counted"]
    if choice.partner:
        kept &= rows["partner"] == choice.partner
    if choice.kind:
        kept &= rows["type"] == choice.kind
    if choice.country:
        kept &= (rows["partner_country"] == choice.country) | (rows["place_country"] == choice.country)
    rows = rows[kept]
    if not any(choice.period):
        return rows
    within = _within(rows, "/".join(choice.period))
    return rows.assign(in_period=within)[within.fillna(True)]


def _within(rows: pd.DataFrame, period: str) -> pd.Series:
    """Whether each row lies in a period: yes, no, missing (nobody can say); each distinct date is read once."""
    limits, found = dates.parse(period), {}
    for text, basis in set(zip(rows["date"], rows["basis"], strict=True)):
        if not pd.isna(text):
            answer = dates.parse(text).within(limits, inferred=basis in dates.OUR_READING)
            found[text, basis] = None if answer.value and answer.assumed else answer.value
    keys = zip(rows["date"], rows["basis"], strict=True)
    return pd.Series([found.get(key) for key in keys], index=rows.index, dtype="boolean")


def years_of(rows: pd.DataFrame) -> tuple[int, int]:
    """The first and last year in which any of the rows can lie."""
    years = [day.year for name in ("earliest", "latest") for day in rows[name].dropna()]
    return (min(years), max(years)) if years else (2000, 2001)


def worded(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Rows (of `analysis.wide`) as a table in words; the reason beside what does not count, if there is any such."""
    columns = [*TABLE, "left_out"] if (~rows["counted"]).any() else list(TABLE)
    told = rows[columns].assign(direction=linked.ways(rows, words))
    heads = {"topic": "what", "left_out": "reason"}
    return frames.readable(told.rename(columns=heads), words, {"direction": "printed"})


class Board:
    """The board of a workspace: shown by being the last line of a cell.

    ``corpus`` is what `workbench.open` gives, narrowed or not. ``choice`` is what is chosen now, ``whole`` all
    rows of the home, ``chosen`` those chosen, ``rows`` those in view after brushing and clicking; ``choose`` chooses
    from Python. `csv`, `figure`, `save` and `parameters` hand the selection on.
    """

    def __init__(self, corpus: Workspace, width: int = linked.WIDTH) -> None:
        self.corpus = corpus
        self.width = width
        self.choice = Choice()
        self.panel: Panel | None = None
        self._open()

    def _open(self) -> None:
        self.whole = linked.located(self.corpus.exchanges, self.corpus, self.corpus.language)
        self.chosen = narrow(self.whole, self.choice)

    @property
    def words(self) -> Words:
        return self.corpus.words

    @property
    def rows(self) -> pd.DataFrame:
        """The rows in view: event × partner, columns of `workbench.analysis.wide.COLUMNS`."""
        rows = narrow(self.whole, self.choice) if self.choice.brushed else self.chosen
        if self.choice.brushed:
            rows = rows[rows["date"].notna()]  # what has no date is not on the timeline
        if self.choice.place:
            rows = rows[linked.place_keys(rows, self.words).isin(self.choice.place)]
        if self.choice.partners:
            rows = rows[rows["partner"].fillna("").isin(self.choice.partners)]
        if self.choice.ways:
            rows = rows[linked.ways(rows, self.words).isin(self.choice.ways)]
        return rows

    @property
    def selected(self) -> Workspace:
        """The workspace narrowed to what is chosen: exchanges whole, with everybody who took part."""
        start, end = self.choice.period
        partners = self.choice.partner or tuple(filter(None, self.clicked()))
        return self.corpus.select(
            partner=partners, kind=self.choice.kind or (), country=self.choice.country or (), start=start, end=end
        )

    def clicked(self) -> tuple[str, ...]:
        """The partners that were clicked, by themselves or by their place."""
        if not self.choice.place:
            return self.choice.partners
        return tuple(sorted(set(self.rows["partner"].dropna())))

    # --- choosing -------------------------------------------------------------------------

    def begin(self, *, partner: str = "", first_year: int = 0, last_year: int = 0) -> Board:
        """The board with a partner (name or id) and years to begin with; empty and 0 limit nothing.

        Raises `UsageError` naming the near ones for a partner that the register does not have.
        """
        found = choose_partners(self.corpus.whole, [partner] if partner else [])
        first, last = years_of(self.whole)
        years = (first_year or first, last_year or last) if first_year or last_year else None
        return self.choose(partner="".join(found), years=years)

    def choose(self, **choices: Any) -> Board:
        """Choose from Python: fields of `Choice`, ``home`` (an id), ``language`` (en, zh). Returns the board.

        What was brushed or clicked is let go.
        """
        home, language = choices.pop("home", ""), choices.pop("language", "")
        loose: dict[str, Any] = {"brushed": None, "place": (), "partners": (), "ways": ()}
        self.choice = dataclasses.replace(self.choice, **{**loose, **choices})
        if home and home != self.corpus.selection.home.id:
            self.corpus = self.corpus.select(home=home)
            self.choice = Choice(left_out=self.choice.left_out)
        if language and language != self.corpus.language:
            self.corpus = dataclasses.replace(self.corpus, language=language)
        self._open()
        if self.panel:
            self.panel.fill()
        return self

    def touch(self, **touched: Any) -> None:
        """What was brushed or clicked on the chart: ``brushed``, ``place``, ``partners``, ``ways`` of `Choice`."""
        self.choice = dataclasses.replace(self.choice, **touched)
        if self.panel:
            self.panel.follow()

    # --- what is told ---------------------------------------------------------------------

    def status(self) -> str:
        """What is in view, in a few sentences; where nothing is, what to widen."""
        return self.told(self.rows)

    def told(self, rows: pd.DataFrame) -> str:
        """The same for some of the rows."""
        words = self.words
        if rows.empty:
            return f"{words.phrase('board/empty')} {words.phrase('board/widen', ways=self._ways_out())}"
        counted = rows[rows["counted"]]
        sure = counted[counted["in_period"].fillna(False)]["event_id"].nunique()
        high = counted["event_id"].nunique()
        start, end = self.choice.period

        def events(mask: pd.Series) -> facts.Fact | None:
            number = rows.loc[mask, "event_id"].nunique()
            return facts.number(number) if number else None

        told = {
            "view": {"exchanges": facts.number(high if sure == high else (sure, high)),
                     "partners": facts.number(rows["partner"].nunique()),
                     "period": facts.date(f"{start}/{end}") if start else None},
            "others": events(~rows["counted"]),
            "undated": events(rows["date"].isna()),
            "unplaced": events(rows["partner_lat"].isna() & rows["partner"].notna()),
            "together": facts.number(linked.MOST) if len(self.chosen) > linked.MOST else None,
        }  # fmt: skip
        sentences = [
            words.phrase(f"board/status_{name}", **(value if isinstance(value, dict) else {"number": value}))
            for name, value in told.items() if value
        ]  # fmt: skip
        return ("" if words.language == "zh" else " ").join(capital(text) for text in sentences)

    def _ways_out(self) -> list[str]:
        choice = self.choice
        limits = {"partner": choice.partner or choice.partners or choice.place, "kind": choice.kind,
                  "country": choice.country, "years": any(choice.period), "left_out": not choice.left_out}  # fmt: skip
        named = [name for name, limited in limits.items() if limited] or ["home"]
        return [self.words.phrase(f"board/widen_{name}") for name in named]

    def table(self, most: int | None = None) -> pd.DataFrame:
        """The rows in view (at most ``most``) as a table in words; what does not count with its reason."""
        return worded(self.rows[:most], self.words)

    def description(self) -> str:
        """The chart in words, for those who cannot see it."""
        counted = self.chosen[self.chosen["counted"]]
        numbers = counted.groupby("direction")["event_id"].nunique()
        days = [day.isoformat() for name in ("earliest", "latest") for day in counted[name].dropna()]
        return self.words.phrase(
            "board/page_alt",
            home=facts.name(self.corpus.selection.home.id),
            exchanges=facts.number(counted["event_id"].nunique()),
            partners=facts.number(counted["partner"].nunique()),
            first=facts.date(min(days)[:4]) if days else None,
            last=facts.date(max(days)[:4]) if days else None,
            inbound=facts.number(int(numbers.get("inbound", 0))),
            outbound=facts.number(int(numbers.get("outbound", 0))),
            online=facts.number(int(numbers.get("mutual", 0))),
        )

    def title(self) -> str:
        """The heading of the board."""
        return self.words.phrase("board/title", home=facts.name(self.corpus.selection.home.id))

    def chart(self) -> linked.Linked | None:
        """The linked chart of what is chosen (`linked.chart`); None where nothing is."""
        if self.chosen.empty:
            return None
        marks = linked.marks(self.chosen, self.words)
        return linked.chart(marks, self.words, self.corpus.project.basemap, self.description(), self.width)

    # --- ways out -------------------------------------------------------------------------

    def csv(self, path: str | Path | None = None) -> Path:
        """Write the rows in view to a CSV file (UTF-8 with mark, so that spreadsheets read Chinese); returns its path.

        Columns are those of `analysis.wide.COLUMNS`; several values in a cell stand with semicolons between.
        Without a path it goes to ``data/exports``. Raises `NothingSelected` where nothing is in view.
        """
        rows = self._some().drop(columns=["home_city", "home_lon", "home_lat"])
        for name in ("years", "sources"):
            rows[name] = rows[name].map(lambda values: "; ".join(str(value) for value in values))
        text = rows.to_csv(index=False, lineterminator="\n")
        return self._write(path, "csv", text.encode("utf-8-sig"))

    def figure(self, path: str | Path | None = None, what: str = "map", size: str = "screen") -> Path:
        """Write the map (or ``what="timeline"``) to print, as SVG, PNG or PDF after the path's ending.

        It shows the chosen exchanges whole, in the house style; ``size`` is screen, a4 or slide. Returns
        the path. Raises `NothingSelected` where nothing can be drawn and `UsageError` for another figure.
        """
        self._some()
        makers = {"map": self.selected.map, "timeline": self.selected.timeline}
        if what not in makers:
            raise UsageError(f'what = "{what}": there are {", ".join(makers)}')
        drawing = makers[what](size)
        if drawing is None:
            raise NothingSelected(self.words.phrase("board/nothing_to_draw"))
        target = self._target(path, f"{what}.svg")
        target.parent.mkdir(parents=True, exist_ok=True)
        return drawing.save(target)

    def save(self, path: str | Path | None = None) -> Path:
        """Write the board as one HTML page that works offline, with its choices; returns its path.

        It holds what is chosen (brushes and clicks are the reader's). Raises `NothingSelected` where nothing is.
        """
        from workbench.explore import board_html

        self._some()
        return self._write(path, "html", board_html.page(self).encode())

    def parameters(self) -> str:
        """The row of ``reports.toml`` for an overview of the chosen home and time.

        Raises `NothingSelected` where nothing is in view.
        """
        self._some()
        given = {name: value for name, value in self.selected.parameters().items() if value}
        if given.get("as_of") == self.corpus.settings.as_of.isoformat():
            given.pop("as_of")
        values = ", ".join(f'{name} = "{value}"' for name, value in given.items())
        id = "-".join(["overview", self.corpus.selection.home.id, *filter(None, self.choice.period)])
        return f'[[report]]\nid = "{id}"\nnotebook = "overview.ipynb"\nparameters = {{ {values} }}\n'

    def _some(self) -> pd.DataFrame:
        rows = self.rows
        if rows.empty:
            raise NothingSelected(self.words.phrase("board/nothing_to_save"))
        return rows.copy()

    def _target(self, path: str | Path | None, ending: str) -> Path:
        choice = self.choice
        told = [self.corpus.selection.home.id, choice.partner or "-".join(self.clicked()[:1]), choice.kind,
                choice.country.lower(), *choice.period]  # fmt: skip
        name = re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, told)))
        dot = "-" if "." in ending else "."
        return Path(path) if path else self.corpus.project.exports / f"exploration-{name}{dot}{ending}"

    def _write(self, path: str | Path | None, ending: str, content: bytes) -> Path:
        target = self._target(path, ending)
        write_atomic(target, content)
        return target

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a notebook shows: the widgets, and the status as text where there are none."""
        from workbench.explore.panel import Panel

        if self.panel is None:
            self.panel = Panel(self)
        bundle = self.panel.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": f"{self.title()}\n{self.status()}"}
