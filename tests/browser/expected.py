"""What a chart ought to show, by a query of its own on the published tables.

Written from the spec, not from the bundle: a second way to the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from dashboards.charts import answered, conditions
from dashboards.specs import NONE, RATIO, TEXT, Chart, Metric, Spec


def answer(
    con: duckdb.DuckDBPyConnection,
    spec: Spec,
    chart: Chart,
    language: str,
    chosen: dict[str, list],
) -> list[dict]:
    """Rows as the chart's answer should hold them, in the answer's own names.

    ``chosen``: what the dashboard's single-choice filters were set to.
    """
    rows = _rows(con, spec, chart, language)
    rows = [row for row in rows if all(row[c] in values for c, values in chosen.items())]
    ratios = chart.dataset.ratios
    rows = [
        row
        for row in rows
        if all(_fits(row, c, one) for c, w in chart.where.items() for one in conditions(w))
    ]
    if chart.kind == "table":
        return _ordered(rows, chart)
    for row in rows:
        row |= {name: (row[one.num], row[one.den]) for name, one in ratios.items()}
    return _KINDS[chart.kind](spec, chart, language, rows)


def _rows(con: duckdb.DuckDBPyConnection, spec: Spec, chart: Chart, lang: str) -> list[dict]:
    """The dataset's rows, joined and put in words in Python."""
    first, *others = chart.dataset.sources
    if chart.dataset.sheet:
        return _sheet(con, spec, chart, lang)
    rows = _table(con, spec, first, lang, set(chart.dataset.ends()))
    if recent := chart.dataset.recent:
        ((last,),) = con.execute("select max(as_of_date) from hits.board").fetchall()
        after = last - timedelta(days=recent.days)
        rows = [row for row in rows if row[recent.column] > after]
    for source in others:
        found = {row[source.key]: row for row in _table(con, spec, source, lang, set())}
        empty = dict.fromkeys(next(iter(found.values())))
        rows = [found.get(row[source.key], empty) | row for row in rows]
    return rows


def _sheet(con: duckdb.DuckDBPyConnection, spec: Spec, chart: Chart, lang: str) -> list[dict]:
    """Indicators of each product below each other, formatted as doubles, like the board's cells."""
    rows = []
    forms = {
        "integer": "{:,.0f}", "decimal1": "{:.1f}", "decimal2": "{:.2f}", "percent1": "{:.1%}",
        "change1": "{:+.1%}",
    }  # fmt: skip
    for number, name in enumerate(chart.dataset.sheet, start=1):
        column = spec.column(chart.dataset, name)
        form = forms[column.format.format if column.format else ""]
        found = con.execute(f"select skc_id, {name}, {name}_status from hits.board").fetchall()
        for skc, value, status in found:
            reason = spec.words["reason_code"].get(status)
            rows.append({
                "skc_id": skc,
                "position": number,
                "indicator": column.label[lang],
                "shown": form.format(float(value)) if value is not None
                else reason[lang] if reason else status,
                "definition": (column.about or column.label)[lang],
            })  # fmt: skip
    return rows


def _table(
    con: duckdb.DuckDBPyConnection, spec: Spec, source: Any, lang: str, more: set[str]
) -> list[dict]:
    wanted = {c: source.real(c) for c in (*source.columns, *more)}
    wanted |= {f"{c}{TEXT}": f"{c}_{lang}" for c in source.localized}
    if source.key:
        wanted[source.key] = source.key
    names = ", ".join(f'"{real}"' for real in wanted.values())
    found = con.execute(f"select {names} from {source.table}").fetchall()
    rows = [dict(zip(wanted, row, strict=True)) for row in found]
    for row in rows:
        for column in source.utc:
            row[column] = row[column] and row[column] + timedelta(hours=8)
        for column in source.words:
            code = NONE if row[column] is None else row[column]
            word = spec.words[column].get(code)
            row[f"{column}{TEXT}"] = word[lang] if word else row[column]
        for column in set(source.columns) - set(source.texts()):
            if row[column] is None and NONE in spec.words.get(column, {}):
                row[column] = spec.words[column][NONE][lang]
    return rows


def _fits(row: dict, column: str, wanted: Any) -> bool:
    value = row[column]
    if wanted == "present":
        return value is not None
    if isinstance(wanted, dict) and "not" not in wanted:
        ((how, limit),) = wanted.items()
        return value is not None and (value <= limit if how == "at_most" else value >= limit)
    if isinstance(wanted, dict):
        return value is not None and value not in wanted["not"]
    return value in wanted or (isinstance(value, date) and value.isoformat() in wanted)


def _ordered(rows: list[dict], chart: Chart) -> list[dict]:
    for column, way in reversed(chart.options.get("order", {}).items()):
        known = [row for row in rows if row[column] is not None]
        known.sort(key=lambda row: row[column], reverse=way == "desc")
        rows = known + [row for row in rows if row[column] is None]
    rows = rows[: chart.options.get("limit", 10_000)]
    return [{c: plain(row[c]) for c in chart.options["columns"]} for row in rows]


_AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {"max": max, "min": min, "sum": sum}


def _aggregate(value: Metric, rows: list[dict]) -> Any:
    if value.aggregate == RATIO:
        ends = list(zip(*(row[value.column] for row in rows), strict=True)) or [(), ()]
        num, den = (sum(v for v in end if v is not None) for end in ends)
        return float(num) / float(den) if den else None
    found = [row[value.column] for row in rows if row[value.column] is not None]
    if value.aggregate == "count":
        return len(found)
    if value.aggregate == "count_distinct":
        return len(set(found))
    if not found:
        return None
    return plain(_AGGREGATES[value.aggregate](found))


def _label(spec: Spec, chart: Chart, value: Metric, language: str) -> str:
    return answered(spec, chart, value, language)


def _ranking(spec: Spec, chart: Chart, language: str, rows: list[dict]) -> list[dict]:
    keys = chart.options["groups"]
    values = chart.shown_metrics()
    made = [
        dict(zip(keys, key, strict=True))
        | {_label(spec, chart, v, language): _aggregate(v, group) for v in values}
        for key, group in _groups(rows, keys).items()
    ]
    first = _label(spec, chart, values[0], language)
    made.sort(key=lambda row: row[first], reverse=True)
    return made[: chart.options.get("limit", 10_000)]


def _number(spec: Spec, chart: Chart, language: str, rows: list[dict]) -> list[dict]:
    value = chart.metrics()["metric"]
    return [{_label(spec, chart, value, language): _aggregate(value, rows)}]


def _groups(rows: list[dict], columns: list[str]) -> dict[tuple, list[dict]]:
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[c] for c in columns), []).append(row)
    return groups


def _pie(spec: Spec, chart: Chart, language: str, rows: list[dict]) -> list[dict]:
    by, value = chart.options["by"], chart.metrics()["metric"]
    label = _label(spec, chart, value, language)
    return [
        {by: key, label: _aggregate(value, group)} for (key,), group in _groups(rows, [by]).items()
    ]


def _bubble(spec: Spec, chart: Chart, language: str, rows: list[dict]) -> list[dict]:
    keys = [chart.options["entity"], chart.options["split"]]
    values = {_label(spec, chart, v, language): v for v in chart.metrics().values()}
    return [
        dict(zip(keys, key, strict=True)) | {n: _aggregate(v, group) for n, v in values.items()}
        for key, group in _groups(rows, keys).items()
    ]


def _series(spec: Spec, chart: Chart, language: str, rows: list[dict]) -> list[dict]:
    """Cells (x, series, value), not pivoted: as ``unpivoted`` makes of the answer."""
    x = chart.options.get("x") or chart.options["by"]
    split = chart.splits()
    if top := chart.options.get("top"):
        by = chart.metrics()["top"]
        scores = {key: _aggregate(by, group) for key, group in _groups(rows, split).items()}
        best = sorted((s for s in scores.values() if s is not None), reverse=True)[: top["limit"]]
        rows = [row for row in rows if (scores[tuple(row[c] for c in split)] or -1) >= best[-1]]
    keys = [x, *split]
    return [
        {
            "x": plain(_day(key[0])),
            "series": ", ".join(key[1:]) if split else _label(spec, chart, value, language),
            "value": number,
        }
        for key, group in _groups(rows, keys).items()
        for value in chart.shown_metrics()
        if (number := _aggregate(value, group)) is not None
    ]


def _day(value: Any) -> Any:
    """Time axes are drawn by day."""
    return value.date() if isinstance(value, datetime) else value


def unpivoted(chart: Chart, rows: list[dict]) -> list[dict]:
    """A time series answer as cells; empty cells left out."""
    x = chart.options.get("x") or chart.options["by"]
    return [
        {"x": row[x], "series": name, "value": value}
        for row in rows
        for name, value in row.items()
        if name != x and value is not None
    ]


def plain(value: Any) -> Any:
    """As JSON carries it: Superset sends decimals as floats, dates as milliseconds."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return int((value - datetime(1970, 1, 1)).total_seconds() * 1000)
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days * 86_400_000
    return value


_KINDS = {
    "number": _number,
    "pie": _pie,
    "ranking": _ranking,
    "bubble": _bubble,
    "bars": _series,
    "lines": _series,
    "areas": _series,
}
