"""Invented flows and dates between real cities, and what can be measured of a picture."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.figures.labels import Box
from workbench.records import dates
from workbench.records.selection import Corpus

HOME = "hangzhou"
KINDS = ("inbound", "outbound", "online", "planned")
NEAR = """
gifu|JP|35.423|136.761  tokyo|JP|35.690|139.692  seoul|KR|37.567|126.978  manila|PH|14.600|120.984
hanoi|VN|21.028|105.834  bangkok|TH|13.756|100.502  singapore|SG|1.352|103.820  jakarta|ID|-6.209|106.846
dhaka|BD|23.811|90.412  delhi|IN|28.614|77.209  mumbai|IN|19.076|72.878  colombo|LK|6.927|79.861
dubai|AE|25.205|55.271  tehran|IR|35.689|51.389  tbilisi|GE|41.715|44.827  istanbul|TR|41.008|28.978
athens|GR|37.984|23.728  sofia|BG|42.698|23.322  skopje|MK|41.998|21.425  belgrade|RS|44.787|20.457
budapest|HU|47.498|19.040  vienna|AT|48.208|16.374  prague|CZ|50.076|14.437  wroclaw|PL|51.108|17.039
warsaw|PL|52.230|21.012  berlin|DE|52.520|13.405  hamburg|DE|53.551|9.994  dresden|DE|51.050|13.737
munich|DE|48.135|11.582  rome|IT|41.903|12.496  aarhus|DK|56.163|10.204  copenhagen|DK|55.676|12.568
oslo|NO|59.914|10.752  stockholm|SE|59.329|18.069  helsinki|FI|60.170|24.938  edinburgh|GB|55.953|-3.188
dublin|IE|53.350|-6.260  london|GB|51.507|-0.128  paris|FR|48.857|2.352  madrid|ES|40.417|-3.703
lisbon|PT|38.722|-9.139  cairo|EG|30.044|31.236  vladivostok|RU|43.116|131.882  ulaanbaatar|MN|47.886|106.906
"""
FAR = """
sydney|AU|-33.869|151.209  los-angeles|US|34.052|-118.244  buenos-aires|AR|-34.604|-58.382
auckland|NZ|-36.848|174.763  honolulu|US|21.307|-157.858  new-york|US|40.713|-74.006  lima|PE|-12.046|-77.043
chicago|US|41.878|-87.630  toronto|CA|43.653|-79.383  vancouver|CA|49.283|-123.121  sao-paulo|BR|-23.550|-46.633
mexico-city|MX|19.433|-99.133  dakar|SN|14.693|-17.447  lagos|NG|6.455|3.394  nairobi|KE|-1.286|36.817
cape-town|ZA|-33.925|18.424
"""
CITIES = {fields[0]: fields[1:] for fields in (entry.split("|") for entry in (NEAR + FAR).split())}
NEAR_IDS, FAR_IDS = ([entry.split("|")[0] for entry in text.split()] for text in (NEAR, FAR))


def with_cities(corpus: Corpus) -> Corpus:
    """The selection with all invented cities (and two countries) in its register of places."""
    places = corpus["places"]
    rows = [
        {"place_id": id, "kind": "city", "country": country, "lat": float(lat), "lon": float(lon)}
        for id, (country, lat, lon) in CITIES.items()
    ]
    rows += [
        {"place_id": "italy", "kind": "country", "country": "IT"},
        {"place_id": "china", "kind": "country", "country": "CN"},
    ]
    new = pd.DataFrame([row for row in rows if row["place_id"] not in set(places["place_id"])])
    joined = pd.concat([places, new.reindex(columns=places.columns).astype(places.dtypes.to_dict())], ignore_index=True)
    names = {
        (id, language): id.replace("-", " ").title() for id in (*CITIES, "italy", "china") for language in ("en", "zh")
    }
    return dataclasses.replace(corpus, tables={**corpus.tables, "places": joined}, _names=names | corpus._names)


def lines(*flows: tuple[str, str] | tuple[str, str, str]) -> pd.DataFrame:
    """Lines of a map: (kind, other place), or (kind, home place, other place)."""
    full = [flow if len(flow) == 3 else (flow[0], HOME, flow[1]) for flow in flows]
    rows = [("plans" if k == "planned" else "events", f"r{n}", k, h, o) for n, (k, h, o) in enumerate(full)]
    return pd.DataFrame(rows, columns=["record", "record_id", "kind", "home_place", "other_place"])


def many(ids: list[str], number: int) -> pd.DataFrame:
    """So many flows to the places in turn, of all kinds."""
    return lines(*((KINDS[n % 4], ids[n % len(ids)]) for n in range(number)))


def with_more(corpus: Corpus) -> tuple[Corpus, list[str]]:
    """The selection with four invented places round each near city, and the ids of those."""
    more = {}
    for id in NEAR_IDS:
        country, lat, lon = CITIES[id]
        for n, (north, east) in enumerate([(1.6, 2.1), (-1.7, 1.2), (0.9, -2.3), (-2.4, -1.1)]):
            more[f"{id}-{'abcd'[n]}"] = (country, f"{float(lat) + north:.3f}", f"{float(lon) + east:.3f}")
    places = corpus["places"]
    rows = [
        {"place_id": id, "kind": "city", "country": country, "lat": float(lat), "lon": float(lon)}
        for id, (country, lat, lon) in more.items()
    ]
    new = pd.DataFrame(rows).reindex(columns=places.columns).astype(places.dtypes.to_dict())
    names = {(id, language): id.replace("-", " ").title() for id in more for language in ("en", "zh")}
    tables = {**corpus.tables, "places": pd.concat([places, new], ignore_index=True)}
    return dataclasses.replace(corpus, tables=tables, _names=names | corpus._names), list(more)


NOTHING_MISSING = pd.DataFrame({"record_id": [], "reason": []})


def exchanges(*events: tuple[Any, ...]) -> pd.DataFrame:
    """Counted exchanges: (partner or partners, date, direction, assumed)."""
    rows = []
    for n, (partners, date, *more) in enumerate(events):
        direction, assumed = (*more, "inbound", False)[:2] if len(more) != 1 else (more[0], False)
        read = dates.parse(date) if date else None
        rows.append(
            {
                "event_id": f"e{n}", "date": date, "direction": direction, "assumed": assumed, "counted": True,
                "partners": (partners,) if isinstance(partners, str) else partners,
                "earliest": read and read.earliest, "latest": read and read.latest, "basis": "stated", "type": "visit",
            }
        )  # fmt: skip
    columns = ["event_id", "date", "direction", "assumed", "counted", "partners", "earliest", "latest", "basis",
               "type"]  # fmt: skip
    return frame(rows, columns).astype({"counted": bool, "assumed": bool})


def agreements(*told: tuple[str, str | None, str]) -> pd.DataFrame:
    """Agreements: (partner, date, basis)."""
    rows = [
        {"agreement_id": f"a{n}", "partners": (partner,), "countable": True, "date": date, "basis": basis,
         "kind": "memorandum", "step": "signed"}
        for n, (partner, date, basis) in enumerate(told)
    ]  # fmt: skip
    columns = ["agreement_id", "partners", "countable", "date", "basis", "kind", "step"]
    return frame(rows, columns).astype({"countable": bool})


def plans(*told: tuple[str, str | None]) -> pd.DataFrame:
    """Open plans: (partner, date)."""
    rows = [
        {"plan_id": f"p{n}", "partners": (partner,), "date": date, "kind": "visit"}
        for n, (partner, date) in enumerate(told)
    ]
    return frame(rows, ["plan_id", "partners", "date", "kind"])


def per_year(*told: tuple[int, int, int, int]) -> pd.DataFrame:
    """Exchanges by year: (year, low, high, sources)."""
    rows = [
        {"year": year, "low": low, "high": high, "sources": sources,
         "records": tuple(f"y{year}-{n}" for n in range(high))}
        for year, low, high, sources in told
    ]  # fmt: skip
    whole = dict.fromkeys(("year", "low", "high", "sources"), "Int64")
    return frame(rows, ["year", "low", "high", "sources", "records"]).astype(whole)


def kinds(*told: tuple[str, int, int]) -> pd.DataFrame:
    """Kinds of exchange with all partners: (kind, low, high)."""
    rows = [
        {"partner": None, "type": kind, "low": low, "high": high, "records": tuple(f"{kind}-{n}" for n in range(high))}
        for kind, low, high in told
    ]
    whole = {"low": "Int64", "high": "Int64"}
    return frame(rows, ["partner", "type", "low", "high", "records"]).astype(whole)


def countries(*told: tuple[str | None, str | None, int]) -> pd.DataFrame:
    """Countries with their part of the world, all years together: (country, part, number)."""
    rows = [
        {"country": country, "region": part, "year": None, "low": number, "high": number, "partners": (),
         "events": ids, "records": ids}
        for country, part, number in told
        for ids in [tuple(f"{country}-{n}" for n in range(number))]
    ]  # fmt: skip
    whole = {"year": "Int64", "low": "Int64", "high": "Int64"}
    return frame(rows, ["country", "region", "year", "low", "high", "partners", "events", "records"]).astype(whole)


def balance(*told: tuple[str, int, int]) -> pd.DataFrame:
    """Visits by partner: (partner, came, went)."""
    rows = [
        {"partner": partner, "inbound": came, "outbound": went, "people_in_low": came, "people_in_high": None,
         "people_out_low": went, "people_out_high": went, "balance": came - went, "last": None,
         "owes": "home" if came > went else "partner" if went > came else "nobody",
         "promised": ("a-plan",) if came > went + 1 else (), "records": (f"v-{partner}",)}
        for partner, came, went in told
    ]  # fmt: skip
    numbers = ["people_in_low", "people_in_high", "people_out_low", "people_out_high"]
    columns = ["partner", "inbound", "outbound", *numbers, "balance", "last", "owes", "promised", "records"]
    return frame(rows, columns).astype(dict.fromkeys(("inbound", "outbound", *numbers, "balance"), "Int64"))


def lives(agreed: pd.DataFrame, met: pd.DataFrame, *states: bool | None) -> pd.DataFrame:
    """How each agreement sleeps, with the exchanges of its partner."""
    rows = []
    for row, state in zip(agreed.itertuples(), states, strict=True):
        own = met[met["partners"].map(lambda orgs, row=row: bool(set(orgs) & set(row.partners))).astype(bool)]
        days = [day for day in (*own["latest"], row.date and dates.parse(row.date).latest) if day]
        rows.append(
            {"agreement_id": row.agreement_id, "kind": row.kind, "partners": row.partners,
             "last_earliest": max(days, default=None), "last_latest": max(days, default=None), "dormant": state,
             "assumed": False, "events": tuple(own["event_id"]), "records": (row.agreement_id, *own["event_id"])}
        )  # fmt: skip
    columns = ["agreement_id", "kind", "partners", "last_earliest", "last_latest", "dormant", "assumed", "events",
               "records"]  # fmt: skip
    return frame(rows, columns).astype({"dormant": "boolean", "assumed": bool})


def witnesses(*told: tuple[str, int, bool]) -> pd.DataFrame:
    """Records with their witnesses: (table, number, own word alone)."""
    rows = [
        {"record": table, "record_id": f"w{n}", "witnesses": number, "sources": (), "single": number < 2,
         "own_word": own, "records": (f"w{n}",)}
        for n, (table, number, own) in enumerate(told)
    ]  # fmt: skip
    columns = ["record", "record_id", "witnesses", "sources", "single", "own_word", "records"]
    return frame(rows, columns).astype({"witnesses": "Int64", "single": bool, "own_word": bool})


def verdicts(*told: tuple[float | None, float | None, str, int | None, str]) -> pd.DataFrame:
    """Claims of the home: (low, high, qualifier, on record, verdict)."""
    rows = []
    for n, (low, high, qualifier, found, verdict) in enumerate(told):
        missing = None if found is None or low is None else max(0, int(low) - found)
        rows.append(
            {"claim_id": f"c{n}", "subject": "london", "measure": "partner_libraries", "what": "a donation of books",
             "low": low, "best": low, "high": high, "qualifier": qualifier, "as_of": "2022", "publisher": "The Press",
             "party": True, "on_record": found, "missing_low": missing, "missing_high": missing, "verdict": verdict,
             "caveats": ("fewer",) if missing else (), "safe": found, "records": (f"c{n}",)}
        )  # fmt: skip
    columns = ["claim_id", "subject", "measure", "what", "low", "best", "high", "qualifier", "as_of", "publisher",
               "party", "on_record", "missing_low", "missing_high", "verdict", "caveats", "safe",
               "records"]  # fmt: skip
    return frame(rows, columns).astype(dict.fromkeys(("on_record", "missing_low", "missing_high", "safe"), "Int64"))


def frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in columns})


# --- measuring -----------------------------------------------------------------------------------


def texts(figure: Figure) -> dict[str, Box]:
    """The texts in the drawing (labels of places), with their boxes in pixels."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    found = {}
    for text in figure.axes[0].texts:
        extent = text.get_window_extent(renderer)
        found[text.get_text()] = Box(extent.x0, extent.y0, extent.x1, extent.y1)
    return found


def legend_box(figure: Figure) -> Box:
    legend = figure.legends[0] if figure.legends else figure.axes[0].get_legend()
    extent = legend.get_window_extent(figure.canvas.get_renderer())  # type: ignore[union-attr,attr-defined]
    return Box(extent.x0, extent.y0, extent.x1, extent.y1)


def canvas(figure: Figure) -> Box:
    return Box(0, 0, *(figure.get_size_inches() * figure.dpi))


def dots(figure: Figure) -> dict[str, tuple[float, float]]:
    """The dots of places, in pixels, by their mark in the drawing ("place-leeds", "country-italy")."""
    found = {}
    for line in figure.axes[0].lines:
        if re.match(r"(place|country|beyond)-", line.get_gid() or ""):
            found[line.get_gid()] = tuple(figure.axes[0].transData.transform(line.get_xydata())[0])
    return found


def flow_paths(figure: Figure) -> dict[str, list[np.ndarray]]:
    """The pieces of each flow's line, in pixels."""
    found: dict[str, list[np.ndarray]] = {}
    for line in figure.axes[0].lines:
        mark = line.get_gid() or ""
        if mark.startswith("flow-"):
            mark = re.sub(r"-piece-\d+$", "", mark)
            found.setdefault(mark, []).append(figure.axes[0].transData.transform(line.get_xydata()))
    return found


def leaders(figure: Figure) -> dict[str, np.ndarray]:
    """The leader of each label that has one, by the place's id: its two ends in pixels."""
    axes = figure.axes[0]
    return {
        str(line.get_gid()).removeprefix("leader-"): axes.transData.transform(line.get_xydata())
        for line in axes.lines
        if str(line.get_gid()).startswith("leader-")
    }


def legend_words(figure: Figure) -> list[str]:
    legend = figure.legends[0] if figure.legends else figure.axes[0].get_legend()
    return [text.get_text() for text in legend.get_texts()]
