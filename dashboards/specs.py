"""Reads the specs below ``dashboards/spec`` into plain objects, and says what is wrong with them.

The shape of specs belongs here; how they become Superset assets is in ``bundle.py`` and
``charts.py``, whether their columns exist in the dbt project is in ``check.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from baokuan.home import PROJECT

FOLDER = Path(__file__).parent / "spec"
CONTRACTS = PROJECT / "ingest" / "contracts"
SEEDS = PROJECT / "dbt_project" / "seeds"
LANGUAGES = ("zh", "en")
TYPES = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIMESTAMP",
    "flag": "BOOLEAN",
}
FORMATS = {
    "integer": ",d",
    "decimal1": ",.1f",
    "decimal2": ",.2f",
    "percent": ".1%",
    "seconds": ",.1f",
}
KINDS = ("number", "table", "bars", "lines", "bubble", "areas", "pie")
AGGREGATES = ("count", "count_distinct", "max", "min", "sum")
TEXT = "_text"


class SpecError(ValueError):
    """A spec that says something it may not, with file and place."""


@dataclass(frozen=True)
class Words:
    """One text in each language."""

    zh: str
    en: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.zh, self.en))

    def __getitem__(self, language: str) -> str:
        return {"zh": self.zh, "en": self.en}[language]

    @classmethod
    def of(cls, value: Any, where: str) -> Words:
        if not (isinstance(value, list) and len(value) == 2 and all(_text(v) for v in value)):
            raise SpecError(f"{where}: write [中文, English], not {value!r}")
        return cls(*value)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True)
class Column:
    """A column's label, type, format and meaning, wherever it is shown."""

    name: str
    label: Words
    type: str
    format: str | None = None
    about: Words | None = None


@dataclass(frozen=True)
class Source:
    """Columns taken from one table; ``key`` joins it to the dataset's first table.

    ``words``: codes that also come in words, as ``<column>_text``; ``localized``: the same where
    the table has ``<column>_zh`` and ``<column>_en``; ``utc``: times to be shown in local time;
    ``renamed``: our name of a column and the table's.
    """

    table: str
    columns: tuple[str, ...]
    words: tuple[str, ...] = ()
    key: str | None = None
    utc: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    localized: tuple[str, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """Columns that come in words of one language."""
        return self.words + self.localized

    def real(self, column: str) -> str:
        """What the table calls a column."""
        return dict(self.renamed).get(column, column)


@dataclass(frozen=True)
class Dataset:
    key: str
    name: Words
    sources: tuple[Source, ...]

    def columns(self) -> Iterator[str]:
        """Every column a chart may use, coded ones in words included."""
        for source in self.sources:
            yield from source.columns
            yield from (f"{column}{TEXT}" for column in source.texts())

    def table_of(self, column: str) -> str:
        """The published table a column comes from."""
        plain = column.removesuffix(TEXT)
        for source in self.sources:
            if column in source.columns or (column != plain and plain in source.texts()):
                return source.table
        raise SpecError(f"datasets.yml: {self.key} has no column {column}")


@dataclass(frozen=True)
class Metric:
    aggregate: str
    column: str

    @classmethod
    def of(cls, value: Any, where: str) -> Metric:
        if not (isinstance(value, dict) and len(value) == 1):
            raise SpecError(f"{where}: write one aggregate and its column, like {{max: score}}")
        aggregate, column = next(iter(value.items()))
        if aggregate not in AGGREGATES:
            raise SpecError(
                f"{where}: {aggregate} is not one of {', '.join(AGGREGATES)}; "
                "whatever computes more belongs in dbt"
            )
        return cls(aggregate, column)


@dataclass(frozen=True)
class Chart:
    """One chart; ``options`` holds what only its kind knows (axes, limits, bounds)."""

    key: str
    kind: str
    dataset: Dataset
    title: Words
    about: Words | None
    unit: Words
    where: dict[str, Any]
    options: dict[str, Any]

    def metrics(self) -> dict[str, Metric]:
        found = {
            name: Metric.of(self.options[name], f"chart {self.key}, {name}")
            for name in ("metric", "x", "y", "size")
            if isinstance(self.options.get(name), dict)
        }
        for number, value in enumerate(self.options.get("metrics", [])):
            found[f"metrics {number + 1}"] = Metric.of(value, f"chart {self.key}, metrics")
        if "top" in self.options:
            found["top"] = Metric.of(self.options["top"]["metric"], f"chart {self.key}, top")
        return found

    def columns(self) -> set[str]:
        """Every dataset column this chart reads."""
        used = {m.column for m in self.metrics().values()} | set(self.where)
        used |= set(self.options.get("columns", [])) | set(self.options.get("order", {}))
        used |= set(self.options.get("colours", []))
        for name in ("x", "by", "split", "entity", "sort"):
            if isinstance(self.options.get(name), str):
                used.add(self.options[name])
        return used


@dataclass(frozen=True)
class Filter:
    dataset: Dataset
    column: str
    default: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    height: int
    widths: dict[str, int]


@dataclass(frozen=True)
class Dashboard:
    key: str
    title: Words
    about: Words
    roles: tuple[str, ...]
    filters: tuple[Filter, ...]
    charts: dict[str, Chart]
    layout: tuple[Row, ...]

    def slug(self, language: str) -> str:
        return f"{self.key.replace('_', '-')}-{language}"


@dataclass(frozen=True)
class Spec:
    columns: dict[str, Column]
    words: dict[str, dict[str, Words]]
    datasets: dict[str, Dataset]
    dashboards: dict[str, Dashboard]
    cells: dict[str, list[dict[str, Any]]]
    series: dict[str, dict[str, str]]
    retired: list[str] = field(default_factory=list)

    def column(self, name: str) -> Column:
        """The label of a column; one in words takes that of its code.

        Raises:
            SpecError: labels.yml knows no such column.
        """
        plain = name if name in self.columns else name.removesuffix(TEXT)
        if plain not in self.columns:
            raise SpecError(f"labels.yml: no label for column {name}; add one in both languages")
        return self.columns[plain]


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
    for column in ("level", "action"):
        words[column] = _seed(seeds / f"hit_{column}s.csv", column)
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
        retired=[
            line
            for line in (folder / "retired.txt").read_text("utf-8").split("\n")
            if line and not line.startswith("#")
        ],
    )


def _yaml(path: Path) -> dict[str, Any]:
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
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


def _seed(path: Path, column: str) -> dict[str, Words]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row[column]: Words.of([row["name_zh"], row["name_en"]], f"{path.name}: {row[column]}")
            for row in csv.DictReader(file)
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
    dataset = Dataset(key, Words.of(value["name"], f"datasets.yml: {key}"), sources)
    names = list(dataset.columns())
    if doubled := {name for name in names if names.count(name) > 1}:
        raise SpecError(f"datasets.yml: {key} has {', '.join(sorted(doubled))} twice")
    return dataset


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
    about = rest.pop("about", None)
    chart = Chart(
        name,
        kind,
        datasets[dataset],
        title,
        Words.of(about, f"{where}: chart {name}, about") if about else None,
        Words.of(rest.pop("unit", list(title)), f"{where}: chart {name}, unit"),
        rest.pop("where", {}),
        rest,
    )
    known = set(chart.dataset.columns())
    if missing := chart.columns() - known:
        raise SpecError(
            f"{where}: chart {name}: dataset {dataset} has no {', '.join(sorted(missing))}"
        )
    return chart


def _filter(value: dict[str, Any], datasets: dict[str, Dataset], where: str) -> Filter:
    dataset, column = datasets.get(value["dataset"]), value["column"]
    if dataset is None or column not in set(dataset.columns()):
        raise SpecError(f"{where}: filter: no column {column} in dataset {value['dataset']}")
    return Filter(dataset, column, tuple(value.get("default", ())))


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
