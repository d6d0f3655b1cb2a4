"""Turns a chart of the spec into the form data of Superset's plug-ins, one function a kind.

Labels and formats come from the spec; nothing here computes a metric beyond the aggregate of one
column that the spec asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dashboards.specs import RATIO, TEXT, Chart, Metric, Spec

VIZ = {
    "number": "big_number_total",
    "table": "table",
    "ranking": "table",
    "bars": "echarts_timeseries_bar",
    "lines": "echarts_timeseries_line",
    "areas": "echarts_area",
    "bubble": "bubble_v2",
    "pie": "pie",
}
ROWS = 10_000
COMPARISONS = {
    "at_most": ("<=", "LESS_THAN_OR_EQUAL"),
    "at_least": (">=", "GREATER_THAN_OR_EQUAL"),
}
INTEGER, PERCENT = ",d", ".1%"  # as the catalogue's formats say it to Superset
TIME_FORMATS = {"date": "%Y-%m-%d", "time": "%Y-%m-%d %H:%M"}


def form_data(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    """The ``params`` of a chart in one language."""
    base = {
        "viz_type": VIZ[chart.kind],
        "adhoc_filters": [
            _where(chart, column, one)
            for column, wanted in chart.where.items()
            for one in conditions(wanted)
        ],
        "time_range": "No filter",
        "extra_form_data": {},
        "row_limit": chart.options.get("limit", ROWS),
    }
    return base | _KINDS[chart.kind](spec, chart, language)


def metric(spec: Spec, chart: Chart, value: Metric, language: str) -> dict[str, Any] | str:
    """One aggregate of one column, labelled; a ratio is the dataset's, by its name."""
    if value.aggregate == RATIO:
        return value.column
    counted = chart.title if value.aggregate.startswith("count") else None
    alone = len(chart.shown_metrics()) == 1
    label = (
        (chart.unit if alone else None) or counted or spec.column(chart.dataset, value.column).label
    )
    return {
        "expressionType": "SIMPLE",
        "column": {"column_name": value.column},
        "aggregate": value.aggregate.upper(),
        "label": label[language],
        "hasCustomLabel": True,
        "optionName": f"metric_{chart.key}_{value.aggregate}_{value.column}",
    }


def answered(spec: Spec, chart: Chart, value: Metric, language: str) -> str:
    """The name under which a metric stands in the chart's answer."""
    made = metric(spec, chart, value, language)
    return made if isinstance(made, str) else str(made["label"])


def metric_format(spec: Spec, chart: Chart, value: Metric) -> str:
    """A count is a whole number, whatever it counts."""
    if value.aggregate.startswith("count"):
        return INTEGER
    return spec.column(chart.dataset, value.column).d3


def conditions(wanted: Any) -> list[Any]:
    """What is asked of a column, one by one: both ends of a range are two conditions."""
    if isinstance(wanted, dict):
        return [{how: limit} for how, limit in wanted.items()]
    return [wanted]


def _where(chart: Chart, column: str, wanted: Any) -> dict[str, Any]:
    simple = {"expressionType": "SIMPLE", "clause": "WHERE", "subject": column}
    name = f"filter_{chart.key}_{column}"
    if isinstance(wanted, dict):
        name += f"_{next(iter(wanted))}"
    if wanted == "present":
        return simple | {
            "operator": "IS NOT NULL",
            "operatorId": "IS_NOT_NULL",
            "filterOptionName": name,
        }
    if isinstance(wanted, dict) and "not" not in wanted:
        ((how, limit),) = wanted.items()
        sign, sign_id = COMPARISONS[how]
        compared = {"operator": sign, "operatorId": sign_id, "comparator": limit}
        return simple | compared | {"filterOptionName": name}
    negated = isinstance(wanted, dict)
    return simple | {
        "operator": "NOT IN" if negated else "IN",
        "operatorId": "NOT_IN" if negated else "IN",
        "comparator": wanted["not"] if negated else wanted,
        "filterOptionName": name,
    }


def _number(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    value = chart.metrics()["metric"]
    dated = (
        value.aggregate in ("max", "min")
        and spec.column(chart.dataset, value.column).type in TIME_FORMATS
    )
    return {
        "metric": metric(spec, chart, value, language),
        "header_font_size": 0.4 if dated else 0.6,
        "subheader_font_size": 0.15,
        "y_axis_format": metric_format(spec, chart, value),
        "time_format": TIME_FORMATS.get(
            spec.column(chart.dataset, value.column).type, "smart_date"
        ),
        "force_timestamp_formatting": dated,
    }


def _table(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    names = chart.options["columns"]
    return {
        "query_mode": "raw",
        "all_columns": names,
        "order_by_cols": [
            json.dumps([column, way == "asc"])
            for column, way in chart.options.get("order", {}).items()
        ],
        "include_search": bool(chart.options.get("search")),
        "page_length": chart.options.get("page", 0),
        "server_pagination": False,
        "table_timestamp_format": TIME_FORMATS["time"],
        "show_cell_bars": False,
        "color_pn": False,
        "allow_rearrange_columns": False,
        "column_config": {name: _cell(spec, chart, name) for name in names},
        "conditional_formatting": [
            rule
            for name in chart.options.get("colours", [])
            for rule in _colours(spec, name, language)
        ],
    }


def _ranking(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    """Aggregates by group, largest first metric on top."""
    names = chart.options["groups"]
    values = chart.shown_metrics()
    made = [metric(spec, chart, value, language) for value in values]
    shown = {
        answered(spec, chart, value, language): {
            "d3NumberFormat": metric_format(spec, chart, value),
            "horizontalAlign": "right",
            "showCellBars": value is values[0],
        }
        for value in values
    }
    return {
        "query_mode": "aggregate",
        "groupby": names,
        "metrics": made,
        "timeseries_limit_metric": made[0],
        "order_desc": True,
        "include_search": bool(chart.options.get("search")),
        "page_length": 0,
        "server_pagination": False,
        "show_cell_bars": True,
        "color_pn": False,
        "allow_rearrange_columns": False,
        "column_config": {name: _cell(spec, chart, name) for name in names} | shown,
        "conditional_formatting": [
            rule
            for name in chart.options.get("colours", [])
            for rule in _colours(spec, name, language)
        ],
    }


def _cell(spec: Spec, chart: Chart, name: str) -> dict[str, Any]:
    column = spec.column(chart.dataset, name)
    config: dict[str, Any] = {"truncateLongCells": False}
    if column.format is not None:
        config |= {"d3NumberFormat": column.d3, "horizontalAlign": "right"}
    if column.type in TIME_FORMATS:
        config["d3TimeFormat"] = TIME_FORMATS[column.type]
    return config


def _colours(spec: Spec, name: str, language: str) -> list[dict[str, Any]]:
    """The rules of one column. Superset lets the last fitting rule win, so ours go in reverse."""
    made = []
    for rule in reversed(spec.cells[name]):
        one: dict[str, Any] = {
            "column": name,
            "colorScheme": rule["colour"],
            "useGradient": False,
        }
        if "at_least" in rule:
            one |= {"operator": "≥", "targetValue": rule["at_least"]}
        elif "below" in rule:
            one |= {"operator": "<", "targetValue": rule["below"]}
        elif "between" in rule:
            low, high = rule["between"]
            one |= {"operator": "≤ x <", "targetValueLeft": low, "targetValueRight": high}
        else:
            word = spec.words[name.removesuffix(TEXT)][rule["equals"]][language]
            one |= {"operator": "=", "targetValue": word}
        made.append(one)
    return made


def _axes(spec: Spec, x: str, y: Metric, chart: Chart, language: str) -> dict[str, Any]:
    counted = chart.title if y.aggregate.startswith("count") else None
    return {
        "x_axis_title": spec.column(chart.dataset, x).label[language],
        "x_axis_title_margin": 30,
        "y_axis_title": (chart.unit or counted or spec.column(chart.dataset, y.column).label)[
            language
        ],
        "y_axis_title_margin": 75 if metric_format(spec, chart, y) == INTEGER else 60,
        "y_axis_title_position": "Left",
        "y_axis_format": metric_format(spec, chart, y),
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "tooltipTimeFormat": "%Y-%m-%d",
        "x_axis_time_format": "%m-%d",
        "truncate_metric": True,
        "show_empty_columns": True,
    }


def _series(spec: Spec, chart: Chart, x: str, language: str) -> dict[str, Any]:
    values = chart.shown_metrics()
    data = {
        "x_axis": x,
        "metrics": [metric(spec, chart, value, language) for value in values],
        "groupby": chart.splits(),
        "order_desc": True,
        "sort_series_type": "sum",
    } | _axes(spec, x, values[0], chart, language)
    if spec.column(chart.dataset, x).type in TIME_FORMATS:
        data["time_grain_sqla"] = "P1D"
        data["granularity_sqla"] = x
    if top := chart.options.get("top"):
        by = chart.metrics()["top"]
        data |= {
            "limit": top["limit"],
            "timeseries_limit_metric": metric(spec, chart, by, language),
        }
    return data


def _lines(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    marked = bool(chart.options.get("markers"))
    shown = {"seriesType": "line", "markerEnabled": marked, "opacity": 0.2}
    if marked:
        shown["xAxisForceCategorical"] = True
    return _series(spec, chart, chart.options["x"], language) | shown


def _areas(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    shown = {"seriesType": "line", "stack": "Stack", "opacity": 0.4}
    return _series(spec, chart, chart.options["x"], language) | shown


def _bars(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    by = chart.options["by"]
    data = _series(spec, chart, by, language)
    values = chart.shown_metrics()
    several = len(values) > 1
    lying = bool(chart.options.get("lying"))
    if spec.column(chart.dataset, by).type not in TIME_FORMATS:
        # Largest first; of several series, by their sum. Lying bars are drawn from below.
        first = answered(spec, chart, values[0], language)
        data |= {
            "x_axis_sort": "sum" if several or chart.splits() else first,
            "x_axis_sort_asc": lying,
        }
    if lying:
        data |= {"x_axis_title": "", "xAxisLabelInterval": "0", "y_axis_title_margin": 30}
    adds_up = not several and values[0].aggregate not in ("max", "min")
    return data | {
        "stack": "Stack" if adds_up else None,
        "show_value": not several,
        "only_total": True,
        "orientation": "horizontal" if lying else "vertical",
    }


def _pie(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    return {
        "groupby": [chart.options["by"]],
        "metric": metric(spec, chart, chart.metrics()["metric"], language),
        "sort_by_metric": True,
        "donut": True,
        "innerRadius": 35,
        "outerRadius": 65,
        "show_labels": True,
        "labels_outside": True,
        "label_type": "key_value",
        "number_format": ",d",
        "show_legend": False,
        "show_total": False,
    }


def _bubble(spec: Spec, chart: Chart, language: str) -> dict[str, Any]:
    values = chart.metrics()
    x, y, size = values["x"], values["y"], values["size"]
    return {
        "entity": chart.options["entity"],
        "series": chart.options["split"],
        "x": metric(spec, chart, x, language),
        "y": metric(spec, chart, y, language),
        "size": metric(spec, chart, size, language),
        "max_bubble_size": "15",
        "opacity": 0.7,
        "x_axis_label": spec.column(chart.dataset, x.column).label[language],
        "x_axis_title_margin": 30,
        "xAxisFormat": metric_format(spec, chart, x),
        "y_axis_label": spec.column(chart.dataset, y.column).label[language],
        "y_axis_title_margin": 50,
        "y_axis_format": ".0%" if spec.column(chart.dataset, y.column).d3 == PERCENT else ",d",
        "tooltipSizeFormat": metric_format(spec, chart, size),
        "show_legend": True,
        "legendOrientation": "top",
        "legendType": "scroll",
        "truncateXAxis": False,
        "xAxisLabelInterval": chart.options["x_step"],
    }


_KINDS: dict[str, Callable[[Spec, Chart, str], dict[str, Any]]] = {
    "number": _number,
    "table": _table,
    "ranking": _ranking,
    "bars": _bars,
    "lines": _lines,
    "areas": _areas,
    "bubble": _bubble,
    "pie": _pie,
}
