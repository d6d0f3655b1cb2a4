"""Places charts and filters on a dashboard: Superset's position tree, filters, colours, style.

No chart's contents: those are in ``charts.py``.
"""

from __future__ import annotations

from typing import Any

from dashboards import ids
from dashboards.specs import RANK, TEXT, Dashboard, Filter, Spec

POSITION_VERSION = "v2"
CSS = """
.dt-is-null { font-size: 0; }
.dt-is-null::after { content: "–"; font-size: 12px; color: #9aa5b1; }
.slice_container table td { white-space: nowrap; }
.slice_container table th { white-space: normal; word-break: keep-all; vertical-align: bottom; }
@media (max-width: 600px) {
  .slice_container table td { white-space: normal; }
  [data-test="metadata-bar"] { display: none; }
  .header-with-actions .title-panel .ant-tag { display: none !important; }
  #main-menu, .header-with-actions .right-button-panel { display: none; }
}
"""


def dashboard(spec: Spec, board: Dashboard, language: str) -> dict[str, Any]:
    """One dashboard in one language, as an asset."""
    return {
        "dashboard_title": board.title[language],
        "description": board.about[language],
        "css": CSS,
        "slug": board.slug(language),
        "uuid": ids.dashboard_id(board, language),
        "position": position(board, language),
        "metadata": metadata(spec, board, language),
        "version": ids.VERSION,
        "published": True,
        "is_managed_externally": False,
    }


def position(board: Dashboard, language: str) -> dict[str, Any]:
    """The tree of rows and charts."""
    tree: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": POSITION_VERSION,
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": board.title[language]}},
    }
    numbers = {key: number for number, key in enumerate(board.charts, start=1)}
    for index, row in enumerate(board.layout, start=1):
        row_id = f"ROW-{board.key}-{index}"
        tree["GRID_ID"]["children"].append(row_id)
        tree[row_id] = {
            "type": "ROW",
            "id": row_id,
            "children": [f"CHART-{key}" for key in row.widths],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for key, width in row.widths.items():
            chart = board.charts[key]
            tree[f"CHART-{key}"] = {
                "type": "CHART",
                "id": f"CHART-{key}",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", row_id],
                "meta": {
                    "chartId": numbers[key],
                    "uuid": ids.chart_id(board, chart, language),
                    "sliceName": chart.title[language],
                    "width": width,
                    "height": row.height,
                },
            }
    return tree


def metadata(spec: Spec, board: Dashboard, language: str) -> dict[str, Any]:
    """Filters, colours and refresh of a dashboard."""
    colours = {
        spec.words[column][code][language]: colour
        for column, codes in spec.series.items()
        for code, colour in codes.items()
    } | spec.lines  # Superset colours a metric that is called like a column by the column's name
    return {
        "color_scheme": "supersetColors",
        "label_colors": colours,
        "shared_label_colors": [],
        "map_label_colors": {},
        "color_scheme_domain": [],
        "expanded_slices": {},
        "timed_refresh_immune_slices": [],
        "refresh_frequency": 0,
        "cross_filters_enabled": True,
        "default_filters": "{}",
        "chart_configuration": {},
        "filter_bar_orientation": "HORIZONTAL",
        "native_filter_configuration": [
            _filter(spec, board, one, language) for one in board.filters
        ],
    }


def _filter(spec: Spec, board: Dashboard, one: Filter, language: str) -> dict[str, Any]:
    chosen = list(one.default)
    if chosen and one.column.endswith(TEXT):
        words = spec.words[one.column.removesuffix(TEXT)]
        chosen = [words[code][language] for code in chosen]
    mask: dict[str, Any] = {"extraFormData": {}, "filterState": {}, "ownState": {}}
    if chosen:
        mask["extraFormData"] = {"filters": [{"col": one.column, "op": "IN", "val": chosen}]}
        mask["filterState"] = {"value": chosen}
    return {
        "id": f"NATIVE_FILTER-{board.key}-{one.column}",
        "name": spec.column(one.dataset, one.column).label[language],
        "description": "",
        "filterType": "filter_select",
        "type": "NATIVE_FILTER",
        "targets": [
            {
                "datasetUuid": ids.dataset_id(one.dataset, language),
                "column": {"name": one.column},
            }
        ],
        "controlValues": {
            "enableEmptyFilter": one.single,
            "defaultToFirstItem": one.single,
            "multiSelect": not one.single,
            "searchAllOptions": False,
            "inverseSelection": False,
            **({"sortAscending": False} if one.single and one.dataset.rank else {}),
        },
        **({"sortMetric": RANK} if one.single and one.dataset.rank else {}),
        "defaultDataMask": mask,
        "cascadeParentIds": [],
        "requiredFirst": one.single,
        "scope": {
            "rootPath": ["ROOT_ID"],
            # Charts without the column; the import puts Superset's numbers in place of ours.
            "excluded": [
                number
                for number, chart in enumerate(board.charts.values(), start=1)
                if one.column not in set(chart.dataset.columns())
            ],
        },
    }
