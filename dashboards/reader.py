"""Reads the specs below ``dashboards/spec`` and says what is wrong with them, with file and place.

Texts that other rooms own are taken from there: feeds from their contracts, names of columns and
codes from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from baokuan.home import PROJECT
from catalogue import read
from catalogue.labels import Labels
from catalogue.model import Catalogue
from dashboards.specs import (
    KINDS,
    Chart,
    Dashboard,
    Dataset,
    Filter,
    Ratio,
    Recent,
    Row,
    SavedQuery,
    Source,
    Spec,
    SpecError,
    Words,
)

FOLDER = Path(__file__).parent / "spec"
CONTRACTS = PROJECT / "ingest" / "contracts"
OWN_CODES = ("level", "stage", "action", "state", "reason_code")
INDICATORS = "$hit_indicators"  # in a list of columns: every indicator of the hit board
MARTS = PROJECT / "dbt_project" / "models" / "marts"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(
    folder: Path = FOLDER, contracts: Path = CONTRACTS, catalogue: Catalogue | None = None
) -> Spec:
    """Read all specs; feeds are called as in their contracts, all else as in the catalogue.

    Raises:
        SpecError: something is missing or misspelt.
    """
    rows = catalogue or read.project()
    words = {
        column: {code: Words(row.name_zh, row.name_en) for code, row in rows.codes(column).items()}
        for column in (*OWN_CODES, *(word.column for word in rows.words.values()))
    }
    words["feed"] = _feeds(contracts)
    indicators = [one.indicator for one in rows.at("company")]
    datasets = {
        key: _dataset(key, value, indicators)
        for key, value in _yaml(folder / "datasets.yml").items()
    }
    colours = _yaml(folder / "colours.yml")
    palette = colours["palette"]
    dashboards = {
        path.stem: _dashboard(path.stem, _yaml(path), datasets, indicators)
        for path in sorted((folder / "dashboards").glob("*.yml"))
    }
    return Spec(
        labels=Labels(rows),
        words=words,
        datasets=datasets,
        dashboards=dashboards,
        cells={
            column: [rule | {"colour": palette[rule["colour"]]} for rule in rules]
            for column, rules in colours["cells"].items()
        },
        series={
            column: {code: palette[name] for code, name in codes.items()}
            for column, codes in colours["series"].items()
        },
        lines={column: palette[name] for column, name in colours["lines"].items()},
        queries={
            key: SavedQuery(
                key,
                Words.of(value["title"], f"queries.yml: {key}"),
                Words.of(value["about"], f"queries.yml: {key}, about"),
                value["sql"],
            )
            for key, value in _yaml(folder / "queries.yml").items()
        },
        retired=[
            line
            for line in (folder / "retired.txt").read_text("utf-8").split("\n")
            if line and not line.startswith("#")
        ],
    )


def _yaml(path: Path) -> dict[str, Any]:
    try:
        value = yaml.load(path.read_text("utf-8"), Loader=LOADER)
    except yaml.YAMLError as error:
        raise SpecError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(value, dict):
        raise SpecError(f"{path.name}: expected names and values, found {type(value).__name__}")
    return value


def _feeds(folder: Path) -> dict[str, Words]:
    found = {path.stem: _yaml(path).get("title", {}) for path in sorted(folder.glob("*.yml"))}
    return {
        feed: Words.of([title.get("zh"), title.get("en")], f"{feed}.yml: title")
        for feed, title in found.items()
    }


def _dataset(key: str, value: dict[str, Any], indicators: list[str]) -> Dataset:
    parts = [value, *value.get("joins", [])]
    sources = tuple(
        Source(
            p["table"],
            _spelled(p["columns"], indicators),
            tuple(p.get("words", ())),
            p.get("key"),
            tuple(p.get("utc", ())),
            tuple(p.get("renamed", {}).items()),
            tuple(p.get("localized", ())),
        )
        for p in parts
    )
    recent = Recent(**value["recent"]) if "recent" in value else None
    name = Words.of(value["name"], f"datasets.yml: {key}")
    dataset = Dataset(
        key,
        name,
        sources,
        recent,
        _spelled(value.get("sheet", ()), indicators),
        value.get("rank"),
        _ratios(key, value["table"], value.get("ratios", [])),
    )
    names = list(dataset.columns())
    if doubled := {name for name in names if names.count(name) > 1}:
        raise SpecError(f"datasets.yml: {key} has {', '.join(sorted(doubled))} twice")
    return dataset


def _spelled(names: Iterable[str], indicators: list[str]) -> tuple[str, ...]:
    """A list of columns with the indicators in the place of their mark."""
    return tuple(one for name in names for one in (indicators if name == INDICATORS else [name]))


def _ratios(key: str, table: str, wanted: list[str]) -> dict[str, Ratio]:
    """Ratios as the table's dbt YAML defines them under ``config.meta.ratios``."""
    if not wanted:
        return {}
    schema, _, name = table.partition(".")
    defined: dict[str, dict[str, str]] = {}
    for path in sorted((MARTS / schema).glob("*.yml")):
        for model in _yaml(path).get("models", []):
            if model["name"] == name:
                defined = model.get("config", {}).get("meta", {}).get("ratios", {})
    if missing := set(wanted) - set(defined):
        raise SpecError(
            f"datasets.yml: {key}: dbt defines no ratio {', '.join(sorted(missing))} of {table}; "
            "define it in the model's YAML under config, meta, ratios"
        )
    return {one: Ratio(defined[one]["num"], defined[one]["den"]) for one in wanted}


def _dashboard(
    key: str, value: dict[str, Any], datasets: dict[str, Dataset], indicators: list[str]
) -> Dashboard:
    where = f"dashboards/{key}.yml"
    charts = {
        name: _chart(name, chart, datasets, where, indicators)
        for name, chart in value["charts"].items()
    }
    rows = tuple(_row(row, charts, where) for row in value["layout"])
    placed = [name for row in rows for name in row.widths]
    if sorted(placed) != sorted(charts):
        raise SpecError(f"{where}: layout must place every chart once; placed {placed}")
    filters = tuple(_filter(f, datasets, where) for f in value.get("filters", []))
    return Dashboard(
        key,
        Words.of(value["title"], f"{where}: title"),
        Words.of(value["about"], f"{where}: about"),
        tuple(value["roles"]),
        filters,
        charts,
        rows,
    )


def _chart(
    name: str,
    value: dict[str, Any],
    datasets: dict[str, Dataset],
    where: str,
    indicators: list[str],
) -> Chart:
    rest = dict(value)
    if "columns" in rest:
        rest["columns"] = list(_spelled(rest["columns"], indicators))
    kind, dataset = rest.pop("kind", None), rest.pop("dataset", None)
    if kind not in KINDS:
        raise SpecError(f"{where}: chart {name}: kind {kind!r} is not one of {', '.join(KINDS)}")
    if dataset not in datasets:
        raise SpecError(f"{where}: chart {name}: no dataset {dataset!r} in datasets.yml")
    title = Words.of(rest.pop("title", None), f"{where}: chart {name}")
    about, unit = rest.pop("about", None), rest.pop("unit", None)
    chart = Chart(
        name,
        kind,
        datasets[dataset],
        title,
        Words.of(about, f"{where}: chart {name}, about") if about else None,
        Words.of(unit, f"{where}: chart {name}, unit") if unit else None,
        rest.pop("where", {}),
        rest,
    )
    missing = chart.columns() - set(chart.dataset.columns())
    if missing := missing | (chart.ratios() - set(chart.dataset.ratios)):
        raise SpecError(
            f"{where}: chart {name}: dataset {dataset} has no {', '.join(sorted(missing))}"
        )
    return chart


def _filter(value: dict[str, Any], datasets: dict[str, Dataset], where: str) -> Filter:
    dataset, column = datasets.get(value["dataset"]), value["column"]
    if dataset is None or column not in set(dataset.columns()):
        raise SpecError(f"{where}: filter: no column {column} in dataset {value['dataset']}")
    return Filter(dataset, column, tuple(value.get("default", ())), bool(value.get("single")))


def _row(value: dict[str, Any], charts: dict[str, Chart], where: str) -> Row:
    names = value["charts"]
    if isinstance(names, list):
        share, more = divmod(12, len(names))
        names = {name: share + (i < more) for i, name in enumerate(names)}
    if unknown := set(names) - set(charts):
        raise SpecError(f"{where}: layout names no chart: {', '.join(sorted(unknown))}")
    if sum(names.values()) != 12:
        raise SpecError(f"{where}: a row's widths must make 12, not {sum(names.values())}")
    return Row(int(value["height"]), dict(names))
