"""Makes the bundle that Superset imports (type ``assets``) from the specs, in both languages.

A dataset is a plain select of named columns; coded columns are put in words here. Charts' own
parameters are in ``charts.py``, places and filters in ``layout.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import yaml

from baokuan.clock import ZONE
from dashboards import charts, ids, layout, sheet
from dashboards.specs import (
    LANGUAGES,
    NONE,
    RANK,
    TEXT,
    TYPES,
    Chart,
    Dashboard,
    Dataset,
    Ratio,
    Source,
    Spec,
    Words,
)

DATABASE = "published"
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
OFFSET = datetime(2026, 1, 1, tzinfo=ZONE).utcoffset() or timedelta()  # no summer time here


def build(spec: Spec) -> dict[str, str]:
    """File name → YAML text, as the import wants it."""
    files: dict[str, Any] = {
        "metadata.yaml": {
            "version": ids.VERSION,
            "type": "assets",
            "timestamp": "2026-01-01T00:00:00+00:00",
        },
        f"databases/{DATABASE}.yaml": database(),
    }
    for language in LANGUAGES:
        for data in spec.datasets.values():
            name = f"datasets/{DATABASE}/{data.key}_{language}.yaml"
            files[name] = dataset(spec, data, language)
        for board in spec.dashboards.values():
            for one in board.charts.values():
                name = f"charts/{board.key}_{one.key}_{language}.yaml"
                files[name] = chart(spec, board, one, language)
            files[f"dashboards/{board.key}_{language}.yaml"] = layout.dashboard(
                spec, board, language
            )
    return {
        name: yaml.dump(value, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
        for name, value in files.items()
    }


def database() -> dict[str, Any]:
    """The published version; the URI is a name only, the connection is made by the mutator."""
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": "duckdb:////published/warehouse.duckdb",
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "impersonate_user": False,
        "extra": {
            "metadata_params": {},
            "engine_params": {},
            "metadata_cache_timeout": {},
            "schemas_allowed_for_csv_upload": [],
            "allows_virtual_table_explore": True,
            "disable_drill_to_detail": False,
        },
        "uuid": ids.asset_id("database", DATABASE),
        "version": ids.VERSION,
    }


def dataset(spec: Spec, data: Dataset, language: str) -> dict[str, Any]:
    return {
        "table_name": f"{data.name[language]}",
        "main_dttm_col": None,
        "description": ", ".join(source.table for source in data.sources),
        "schema": data.sources[0].table.split(".")[0],
        "sql": select(spec, data, language),
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": ids.dataset_id(data, language),
        "metrics": [
            {
                "metric_name": "count",
                "verbose_name": Words("行数", "Rows")[language],
                "metric_type": "count",
                "expression": "count(*)",
                "d3format": ",d",
            },
            *([_rank(spec, data, data.rank, language)] if data.rank else []),
            *(_ratio(spec, data, name, ratio, language) for name, ratio in data.ratios.items()),
        ],
        "columns": [_column(spec, data, name, language) for name in data.columns()],
        "version": ids.VERSION,
        "database_uuid": ids.asset_id("database", DATABASE),
    }


def select(spec: Spec, data: Dataset, language: str) -> str:
    """The dataset's SQL: named columns of one table and of those joined by key, codes in words."""
    if data.sheet:
        return sheet.select(spec, data, language)
    lines, tables = [], []
    for number, source in enumerate(data.sources):
        alias = f"t{number}"
        lines += [_plain(spec, source, alias, column, language) for column in source.columns]
        lines += [_in_words(spec, source, alias, column, language) for column in source.words]
        lines += [f'{alias}."{c}_{language}" as "{c}{TEXT}"' for c in source.localized]
        if number == 0:
            lines += [f'{alias}."{column}"' for column in data.ends()]
            tables.append(f"from {source.table} as {alias}")
        else:
            join = f"{alias}.{source.key} = t0.{source.key}"
            tables.append(f"left join {source.table} as {alias} on {join}")
    if data.recent:
        tables.append(
            f'where t0."{data.recent.column}" > (select max(as_of_date) from hits.board)'
            f" - interval {data.recent.days} day"
        )
    return "select\n    " + ",\n    ".join(lines) + "\n" + "\n".join(tables)


def _plain(spec: Spec, source: Source, alias: str, column: str, language: str) -> str:
    value = f'{alias}."{source.real(column)}"'
    if column in source.utc:
        hours = round(OFFSET.total_seconds() / 3600)
        value = f"{value} + interval {hours} hour"
    elif NONE in spec.words.get(column, {}) and column not in source.texts():
        value = f"coalesce({value}, '{spec.words[column][NONE][language]}')"
    elif source.real(column) == column:
        return value
    return f'{value} as "{column}"'


def _in_words(spec: Spec, source: Source, alias: str, column: str, language: str) -> str:
    value = f'{alias}."{source.real(column)}"'
    cases = " ".join(
        f"when '{code}' then '{text[language]}'" for code, text in spec.words[column].items()
    )
    known = f"coalesce({value}, '{NONE}')" if NONE in spec.words[column] else value
    return f"case {known} {cases} else {value} end as {column}{TEXT}"


def _rank(spec: Spec, data: Dataset, column: str, language: str) -> dict[str, Any]:
    return {
        "metric_name": RANK,
        "verbose_name": spec.column(data, column).label[language],
        "metric_type": "max",
        "expression": f"max({column})",
    }


def _ratio(spec: Spec, data: Dataset, name: str, ratio: Ratio, language: str) -> dict[str, Any]:
    """A ratio of sums as dbt defines it: sums first, so that it holds for any choice of rows."""
    column = spec.column(data, name)
    return {
        "metric_name": name,
        "verbose_name": column.label[language],
        "description": column.about[language] if column.about else None,
        "metric_type": None,
        "expression": f"sum({ratio.num}) / nullif(sum({ratio.den}), 0)",
        "d3format": column.d3,
    }


def _column(spec: Spec, data: Dataset, name: str, language: str) -> dict[str, Any]:
    column = spec.column(data, name)
    return {
        "column_name": name,
        "verbose_name": column.label[language],
        "description": column.about[language] if column.about else None,
        "is_dttm": column.type in ("date", "time"),
        "is_active": True,
        "type": TYPES[column.type],
        "groupby": True,
        "filterable": True,
    }


def chart(spec: Spec, board: Dashboard, one: Chart, language: str) -> dict[str, Any]:
    return {
        "slice_name": one.title[language],
        "description": one.about[language] if one.about else None,
        "viz_type": charts.VIZ[one.kind],
        "params": charts.form_data(spec, one, language),
        "cache_timeout": None,
        "uuid": ids.chart_id(board, one, language),
        "version": ids.VERSION,
        "dataset_uuid": ids.dataset_id(one.dataset, language),
    }
