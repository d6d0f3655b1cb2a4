"""Compares every dataset and chart with the dbt project, without Superset and without data.

A column that a chart shows must be described in the dbt YAML of its table with a fitting type, its
codes must all have words, labels must exist in both languages, and no SQL may compute a metric.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from baokuan.home import PROJECT
from dashboards import bundle
from dashboards.reader import load
from dashboards.specs import Dataset, Source, Spec, SpecError, Words
from serving import ops

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DBT = PROJECT / "dbt_project"
HAN = re.compile(r"[\u4e00-\u9fff]")
TYPES = {
    "text": {"string", "varchar", "text"},
    "number": {"bigint", "integer", "int", "smallint", "double", "decimal"},
    "date": {"date"},
    "time": {"timestamp"},
    "flag": {"boolean"},
}


@dataclass(frozen=True)
class Known:
    """What the dbt project says of one column; ``type`` is None where the YAML leaves it out."""

    type: str | None
    accepted: frozenset[str] = frozenset()


Tables = dict[str, dict[str, Known]]


def main() -> int:
    """Print findings; returns 1 when there are any."""
    try:
        spec = load()
    except SpecError as error:
        print(f"dashboards: {error}", file=sys.stderr)
        return 1
    found = findings(spec, tables(DBT))
    for finding in found:
        print(f"dashboards: {finding}", file=sys.stderr)
    if not found:
        charts = sum(len(board.charts) for board in spec.dashboards.values())
        print(f"dashboards: {len(spec.dashboards)} dashboards, {charts} charts, columns as in dbt")
    return 1 if found else 0


def tables(project: Path) -> Tables:
    """Tables described in the dbt project's model YAML, and those of the ops database."""
    found: Tables = {
        f"ops.{name}": {column: Known(kind) for column, kind in columns.items()}
        for name, (_, columns) in ops.TABLES.items()
    }
    for path in sorted((project / "models").rglob("*.yml")):
        described = yaml.load(path.read_text("utf-8"), Loader=LOADER) or {}
        for model in described.get("models", []):
            alias = (model.get("config") or {}).get("alias", model["name"])
            found[f"{path.parent.name}.{alias}"] = {
                column["name"]: _known(column) for column in model.get("columns", [])
            }
    return found


def _known(column: dict[str, Any]) -> Known:
    accepted: set[str] = set()
    for test in column.get("data_tests", column.get("tests", [])):
        if isinstance(test, dict) and "accepted_values" in test:
            body = test["accepted_values"]
            accepted |= {str(v) for v in (body.get("arguments") or body)["values"]}
    kind = column.get("data_type")
    return Known(str(kind).split("(")[0].strip().lower() if kind else None, frozenset(accepted))


def findings(spec: Spec, known: Tables) -> list[str]:
    """Everything that is wrong, one line each."""
    found: list[str] = []
    for dataset in spec.datasets.values():
        for source in dataset.sources:
            found += _source(spec, known, dataset, source)
    found += _labels(spec)
    found += _bundle(spec)
    return found


def _source(spec: Spec, known: Tables, dataset: Dataset, source: Source) -> Iterator[str]:
    where = f"datasets.yml: {dataset.key}"
    table = known.get(source.table)
    if table is None:
        yield f"{where}: dbt describes no table {source.table}; describe it in its folder's YAML"
        return
    wanted = {column: source.real(column) for column in source.columns}
    wanted |= {f"{c}_{lang}": f"{c}_{lang}" for c in source.localized for lang in ("zh", "en")}
    if source.key:
        wanted.setdefault(source.key, source.key)
    for indicator in dataset.sheet:
        wanted |= {indicator: indicator, f"{indicator}_status": f"{indicator}_status"}
    if source is dataset.sources[0]:
        wanted |= {end: end for end in dataset.ends()}
    if dataset.recent and source is dataset.sources[0]:
        wanted.setdefault(dataset.recent.column, dataset.recent.column)
    for name, real in wanted.items():
        if real not in table:
            yield f"{where}: {source.table} has no column {real} in the dbt YAML"
            continue
        if name in source.columns:
            yield from _typed(spec, dataset, where, source, name, table[real])
    for column in source.words:
        if missing := table.get(source.real(column), Known(None)).accepted - set(
            spec.words[column]
        ):
            yield f"catalogue: words of {column} lack {', '.join(sorted(missing))}"


def _typed(
    spec: Spec, data: Dataset, where: str, source: Source, name: str, column: Known
) -> Iterator[str]:
    expected = TYPES[spec.column(data, name).type]
    if column.type is None:
        yield f"{where}: {source.table}.{name} has no data_type in the dbt YAML"
    elif column.type not in expected:
        yield (
            f"{where}: {source.table}.{name} is {column.type} in dbt "
            f"but {spec.column(data, name).type} in the catalogue"
        )


def _labels(spec: Spec) -> Iterator[str]:
    texts: dict[str, Words] = {}
    for name, codes in spec.words.items():
        texts |= {f"{name}={code}": text for code, text in codes.items()}
    for dataset in spec.datasets.values():
        texts[f"name of dataset {dataset.key}"] = dataset.name
    for board in spec.dashboards.values():
        texts |= {f"title of {board.key}": board.title, f"about {board.key}": board.about}
        for chart in board.charts.values():
            texts[f"title of {board.key}.{chart.key}"] = chart.title
            if chart.about:
                texts[f"about {board.key}.{chart.key}"] = chart.about
    for where, text in texts.items():
        if not HAN.search(text.zh):
            yield f"{where}: the Chinese text {text.zh!r} has no Chinese in it"
        if HAN.search(text.en):
            yield f"{where}: the English text {text.en!r} has Chinese in it"


def _bundle(spec: Spec) -> Iterator[str]:
    assets: dict[str, Any] = {}
    for name, text in bundle.build(spec).items():
        assets[name] = yaml.load(text, Loader=LOADER)
        if name.startswith(("charts/", "dashboards/")):
            yield from (f"{name}: {one}" for one in _computes(assets[name]))
    ids = [asset["uuid"] for asset in assets.values() if "uuid" in asset]
    if len(set(ids)) != len(ids):
        yield "two assets have one uuid"
    if back := set(ids) & set(spec.retired):
        yield f"retired.txt names assets that exist: {', '.join(sorted(back))}"
    for name, asset in assets.items():
        for uuid in _references(asset):
            if uuid not in ids:
                yield f"{name}: refers to {uuid}, which is not in the bundle"


def _computes(value: Any) -> Iterator[str]:
    """SQL written into an asset: only aggregates of one column may be asked for."""
    if isinstance(value, dict):
        if value.get("expressionType") == "SQL" or value.get("sqlExpression"):
            yield f"SQL in a chart: {value.get('sqlExpression')!r}; metrics are defined in dbt"
        for part in value.values():
            yield from _computes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _computes(part)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("dataset_uuid", "database_uuid", "datasetUuid"):
                yield part
            elif key == "meta" and isinstance(part, dict) and "uuid" in part:
                yield part["uuid"]
            else:
                yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
