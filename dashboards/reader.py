"""Reads the specs below ``dashboards/spec`` and says what is wrong with them, with file and place.

Texts that other rooms own are taken from there: feeds from their contracts, levels and actions from
dbt's seeds.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

from baokuan.home import PROJECT
from dashboards.specs import (
    FORMATS,
    KINDS,
    TYPES,
    Chart,
    Column,
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
SEEDS = PROJECT / "dbt_project" / "seeds"
MARTS = PROJECT / "dbt_project" / "models" / "marts"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(folder: Path = FOLDER, contracts: Path = CONTRACTS, seeds: Path = SEEDS) -> Spec:
    """Read all specs; feeds are called as in their contracts, levels and actions as in dbt's seeds.

    Raises:
        SpecError: something is missing or misspelt.
    """
    labels = _yaml(folder / "labels.yml")
    columns = {name: _column(name, value) for name, value in labels["columns"].items()}
    words = {
        column: {
            code: Words.of(text, f"labels.yml: {column}={code}") for code, text in codes.items()
        }
        for column, codes in labels["words"].items()
    }
    words["feed"] = _feeds(contracts)
    for column in ("level", "action", "store_state"):
        words[column.removeprefix("store_")] = _seed(seeds / f"hit_{column}s.csv")
    datasets = {key: _dataset(key, v) for key, v in _yaml(folder / "datasets.yml").items()}
    colours = _yaml(folder / "colours.yml")
    palette = colours["palette"]
    dashboards = {
        path.stem: _dashboard(path.stem, _yaml(path), datasets)
        for path in sorted((folder / "dashboards").glob("*.yml"))
    }
    return Spec(
        columns=columns,
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


def _seed(path: Path) -> dict[str, Words]:
    """The names of codes; the code is the seed's first column."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        code = (rows.fieldnames or [""])[0]
        return {
            row[code]: Words.of([row["name_zh"], row["name_en"]], f"{path.name}: {row[code]}")
            for row in rows
        }


def _column(name: str, value: dict[str, Any]) -> Column:
    where = f"labels.yml: {name}"
    if value.get("type") not in TYPES:
        raise SpecError(f"{where}: type {value.get('type')!r} is not one of {', '.join(TYPES)}")
    shown = value.get("format")
    if shown is not None and shown not in FORMATS:
        raise SpecError(f"{where}: format {shown!r} is not one of {', '.join(FORMATS)}")
    if value["type"] == "number" and shown is None:
        raise SpecError(f"{where}: a number needs a format, one of {', '.join(FORMATS)}")
    about = Words.of(value["about"], f"{where}, about") if "about" in value else None
    return Column(name, Words.of(value.get("label"), where), value["type"], shown, about)


def _dataset(key: str, value: dict[str, Any]) -> Dataset:
    parts = [value, *value.get("joins", [])]
    sources = tuple(
        Source(
            p["table"],
            tuple(p["columns"]),
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
        tuple(value.get("sheet", ())),
        value.get("rank"),
        _ratios(key, value["table"], value.get("ratios", [])),
    )
    names = list(dataset.columns())
    if doubled := {name for name in names if names.count(name) > 1}:
        raise SpecError(f"datasets.yml: {key} has {', '.join(sorted(doubled))} twice")
    return dataset


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


def _dashboard(key: str, value: dict[str, Any], datasets: dict[str, Dataset]) -> Dashboard:
    where = f"dashboards/{key}.yml"
    charts = {name: _chart(name, chart, datasets, where) for name, chart in value["charts"].items()}
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


def _chart(name: str, value: dict[str, Any], datasets: dict[str, Dataset], where: str) -> Chart:
    rest = dict(value)
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
