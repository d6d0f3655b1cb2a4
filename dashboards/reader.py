"""Reads the specs below ``dashboards/spec`` and says what is wrong with them, with file and place.

Texts that other rooms own are taken from there: feeds from their contracts, names of columns and
codes from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from baokuan import spec, yaml_lines
from baokuan.home import PROJECT
from catalogue import read
from catalogue.labels import Labels
from catalogue.model import Catalogue
from dashboards import written
from dashboards.specs import (
    Chart,
    Dashboard,
    Dataset,
    Filter,
    Ratio,
    Row,
    SavedQuery,
    Spec,
    SpecError,
    Words,
)
from dashboards.written import CHART_KEYS

FOLDER = Path(__file__).parent / "spec"
CONTRACTS = PROJECT / "ingest" / "contracts"
OWN_CODES = ("level", "stage", "action", "state", "reason_code")
INDICATORS = "$hit_indicators"  # in a list of columns: every indicator of the hit board
T = TypeVar("T", bound=spec.Spec)
MARTS = PROJECT / "dbt_project" / "models" / "marts"


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
    given, document = _named(folder / "datasets.yml", written.Dataset)
    datasets = {
        key: _dataset(key, value, indicators, document.where(key)) for key, value in given.items()
    }
    colours, _ = _whole(folder / "colours.yml", written.Colours)
    palette = colours.palette
    dashboards = {
        path.stem: _dashboard(path, datasets, indicators)
        for path in sorted((folder / "dashboards").glob("*.yml"))
    }
    return Spec(
        labels=Labels(rows),
        words=words,
        datasets=datasets,
        dashboards=dashboards,
        cells={
            column: [rule | {"colour": palette[rule["colour"]]} for rule in rules]
            for column, rules in colours.cells.items()
        },
        series={
            column: {code: palette[name] for code, name in codes.items()}
            for column, codes in colours.series.items()
        },
        lines={column: palette[name] for column, name in colours.lines.items()},
        queries={
            key: SavedQuery(key, value.title, value.about, value.sql)
            for key, value in _named(folder / "queries.yml", written.Query)[0].items()
        },
        retired=[
            line
            for line in (folder / "retired.txt").read_text("utf-8").split("\n")
            if line and not line.startswith("#")
        ],
    )


def _yaml(path: Path) -> yaml_lines.Document:
    try:
        return yaml_lines.read(path)
    except yaml_lines.YamlError as error:
        raise SpecError(str(error)) from error


def _whole(path: Path, kind: type[T]) -> tuple[T, yaml_lines.Document]:
    """A file that is one spec."""
    document = _yaml(path)
    return _checked(document, kind, kind), document


def _named(path: Path, kind: type[T]) -> tuple[dict[str, T], yaml_lines.Document]:
    """A file that names several specs of a kind."""
    document = _yaml(path)
    return _checked(document, kind, dict[str, kind]), document  # type: ignore[valid-type]


def _checked(document: yaml_lines.Document, kind: type[spec.Spec], shape: Any) -> Any:
    try:
        return TypeAdapter(shape).validate_python(document.data)
    except ValidationError as error:
        told = [f"{document.where(*at)}: {what}" for what, at in spec.problems(error, kind)]
        raise SpecError("\n".join(told)) from error


def _feeds(folder: Path) -> dict[str, Words]:
    found = {path.stem: _yaml(path).data.get("title", {}) for path in sorted(folder.glob("*.yml"))}
    return {
        feed: Words.of([title.get("zh"), title.get("en")], f"{feed}.yml: title")
        for feed, title in found.items()
    }


def _dataset(key: str, value: written.Dataset, indicators: list[str], where: str) -> Dataset:
    parts = (value, *value.joins)
    sources = tuple(
        part.model_copy(update={"columns": _spelled(part.columns, indicators)}) for part in parts
    )
    sheet, ratios = _spelled(value.sheet, indicators), _ratios(value, where)
    dataset = Dataset(key, value.name, sources, value.recent, sheet, value.rank, ratios)
    names = list(dataset.columns())
    if doubled := {name for name in names if names.count(name) > 1}:
        raise SpecError(f"{where}: {key} has {', '.join(sorted(doubled))} twice")
    return dataset


def _spelled(names: Iterable[str], indicators: list[str]) -> tuple[str, ...]:
    """A list of columns with the indicators in the place of their mark."""
    return tuple(one for name in names for one in (indicators if name == INDICATORS else [name]))


def _ratios(dataset: written.Dataset, where: str) -> dict[str, Ratio]:
    """Ratios as the table's dbt YAML defines them under ``config.meta.ratios``."""
    if not dataset.ratios:
        return {}
    schema, _, name = dataset.table.partition(".")
    defined: dict[str, dict[str, str]] = {}
    for path in sorted((MARTS / schema).glob("*.yml")):
        for model in _yaml(path).data.get("models", []):
            if model["name"] == name:
                defined = model.get("config", {}).get("meta", {}).get("ratios", {})
    if missing := set(dataset.ratios) - set(defined):
        raise SpecError(
            f"{where}: dbt defines no ratio {', '.join(sorted(missing))} of {dataset.table}; "
            "define it in the model's YAML under config, meta, ratios"
        )
    return {one: Ratio(defined[one]["num"], defined[one]["den"]) for one in dataset.ratios}


def _dashboard(path: Path, datasets: dict[str, Dataset], indicators: list[str]) -> Dashboard:
    value, document = _whole(path, written.Dashboard)
    charts = {
        name: _chart(name, chart, document, datasets, indicators)
        for name, chart in value.charts.items()
    }
    placed = [name for row in value.layout for name in row.charts]
    if sorted(placed) != sorted(charts):
        raise SpecError(
            f"{document.where('layout')}: layout must place every chart once; placed {placed}"
        )
    filters = tuple(
        _filter(one, datasets, document.where("filters", str(number)))
        for number, one in enumerate(value.filters)
    )
    rows = tuple(Row(row.height, row.charts) for row in value.layout)
    return Dashboard(path.stem, value.title, value.about, value.roles, filters, charts, rows)


def _chart(
    name: str, value: written.Chart, document: yaml_lines.Document,
    datasets: dict[str, Dataset], indicators: list[str],
) -> Chart:  # fmt: skip
    where = document.where("charts", name)
    if value.dataset not in datasets:
        raise SpecError(f"{where}: chart {name}: no dataset {value.dataset!r} in datasets.yml")
    options = document.data["charts"][name]
    options = {key: given for key, given in options.items() if key not in CHART_KEYS}
    if value.columns:
        options["columns"] = list(_spelled(value.columns, indicators))
    dataset = datasets[value.dataset]
    chart = Chart(
        name, value.kind, dataset, value.title, value.about, value.unit, value.where, options
    )
    missing = chart.columns() - set(dataset.columns())
    if missing := missing | (chart.ratios() - set(dataset.ratios)):
        raise SpecError(
            f"{where}: chart {name}: dataset {value.dataset} has no {', '.join(sorted(missing))}"
        )
    return chart


def _filter(value: written.Filter, datasets: dict[str, Dataset], where: str) -> Filter:
    dataset = datasets.get(value.dataset)
    if dataset is None or value.column not in set(dataset.columns()):
        raise SpecError(f"{where}: filter: no column {value.column} in dataset {value.dataset}")
    return Filter(dataset, value.column, value.default, value.single)
