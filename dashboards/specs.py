"""What a spec is: labels, datasets, charts, filters and dashboards as plain objects.

Only shapes. They are read in ``reader.py``, become Superset assets in ``bundle.py`` and
``charts.py``, and are compared with the dbt project in ``check.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from baokuan.spec import Spec as Written
from baokuan.spec import Texts
from catalogue.labels import Labels
from catalogue.model import Format

LANGUAGES = ("zh", "en")
TYPES = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIMESTAMP",
    "flag": "BOOLEAN",
}
AGGREGATES = ("count", "count_distinct", "max", "min", "sum")
RATIO = "ratio"
TEXT = "_text"
RANK = "rank"
NONE = "none"  # among a column's words: what an empty value is called
SHEET = ("position", "indicator", "shown", "definition")


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
    """A column's label, type, format and meaning as the catalogue gives them."""

    name: str
    label: Words
    type: str
    format: Format | None = None
    about: Words | None = None

    @property
    def d3(self) -> str:
        """Its format as Superset writes numbers."""
        return self.format.superset if self.format else "~g"


class Source(Written):
    """Columns taken from one table; ``key`` joins it to the dataset's first table.

    ``words``: codes that also come in words, as ``<column>_text``; ``localized``: the same where
    the table has ``<column>_zh`` and ``<column>_en``; ``utc``: times to be shown in local time;
    ``renamed``: our name of a column and the table's.
    """

    table: str
    columns: Texts
    words: Texts = ()
    key: str | None = None
    utc: Texts = ()
    renamed: dict[str, str] = Field(default={})
    localized: Texts = ()

    def texts(self) -> tuple[str, ...]:
        """Columns that come in words of one language."""
        return self.words + self.localized

    def real(self, column: str) -> str:
        """What the table calls a column."""
        return self.renamed.get(column, column)


class Recent(Written):
    """Only the last ``days`` up to the board's as-of date, by a date column."""

    column: str
    days: int


@dataclass(frozen=True)
class Ratio:
    """A ratio of sums, defined by the dbt project; here only its columns' names."""

    num: str
    den: str


@dataclass(frozen=True)
class Dataset:
    """Named columns of tables; a ``sheet`` has its indicators below each other instead.

    ``rank``: the column by whose maximum a single-choice filter lists its values, highest first;
    ``ratios``: name → numerator and denominator, as the dbt YAML of the first table defines them.
    """

    key: str
    name: Words
    sources: tuple[Source, ...]
    recent: Recent | None = None
    sheet: tuple[str, ...] = ()
    rank: str | None = None
    ratios: dict[str, Ratio] = field(default_factory=dict)

    def columns(self) -> Iterator[str]:
        """Every column a chart may use, coded ones in words included."""
        for source in self.sources:
            yield from source.columns
            yield from (f"{column}{TEXT}" for column in source.texts())
        if self.sheet:
            yield from SHEET

    def ends(self) -> list[str]:
        """Numerators and denominators of the ratios that are no columns of the dataset."""
        used = {end for one in self.ratios.values() for end in (one.num, one.den)}
        return sorted(used - set(self.sources[0].columns))

    def scopes(self, column: str) -> tuple[str, ...]:
        """Where the catalogue may call a column differently: this dataset, then its table."""
        for source in self.sources:
            if column in {*source.columns, *source.texts()}:
                return f"superset.{self.key}", source.table
        return f"superset.{self.key}", self.sources[0].table

    def real(self, column: str) -> str:
        """What the column's table calls it."""
        return next((s.real(column) for s in self.sources if column in s.columns), column)

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
    def of(cls, value: dict[str, str]) -> Metric:
        """A metric as it is written: ``{max: score}``."""
        return cls(*next(iter(value.items())))


@dataclass(frozen=True)
class Chart:
    """One chart; ``options`` holds what only its kind knows (axes, limits, bounds)."""

    key: str
    kind: str
    dataset: Dataset
    title: Words
    about: Words | None
    unit: Words | None
    where: dict[str, Any]
    options: dict[str, Any]

    def metrics(self) -> dict[str, Metric]:
        found = {
            name: Metric.of(self.options[name])
            for name in ("metric", "x", "y", "size")
            if isinstance(self.options.get(name), dict)
        }
        for number, value in enumerate(self.options.get("metrics", [])):
            found[f"metrics {number + 1}"] = Metric.of(value)
        if "top" in self.options:
            found["top"] = Metric.of(self.options["top"]["metric"])
        return found

    def shown_metrics(self) -> list[Metric]:
        """What a chart with one or several values draws: ``metric`` or ``metrics``."""
        return [m for key, m in self.metrics().items() if key.startswith("metric")]

    def splits(self) -> list[str]:
        """The columns by which a chart has one series each."""
        split = self.options.get("split", [])
        return [split] if isinstance(split, str) else list(split)

    def ratios(self) -> set[str]:
        """Every ratio of the dataset that this chart shows."""
        return {m.column for m in self.metrics().values() if m.aggregate == RATIO}

    def columns(self) -> set[str]:
        """Every dataset column this chart reads."""
        metrics = self.metrics().values()
        used = {m.column for m in metrics if m.aggregate != RATIO} | set(self.where)
        used |= set(self.options.get("columns", [])) | set(self.options.get("order", {}))
        used |= set(self.options.get("colours", [])) - self.ratios()
        used |= set(self.options.get("groups", [])) | set(self.splits())
        for name in ("x", "by", "entity"):
            if isinstance(self.options.get(name), str):
                used.add(self.options[name])
        return used


@dataclass(frozen=True)
class Filter:
    dataset: Dataset
    column: str
    default: tuple[str, ...] = ()
    single: bool = False


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
class SavedQuery:
    """An example for analysts in SQL Lab."""

    key: str
    title: Words
    about: Words
    sql: str


@dataclass(frozen=True)
class Spec:
    labels: Labels
    words: dict[str, dict[str, Words]]
    datasets: dict[str, Dataset]
    dashboards: dict[str, Dashboard]
    cells: dict[str, list[dict[str, Any]]]
    series: dict[str, dict[str, str]]
    lines: dict[str, str]
    queries: dict[str, SavedQuery] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)

    def column(self, data: Dataset, name: str) -> Column:
        """The label of a dataset's column; one in words takes that of its code.

        Raises:
            SpecError: the catalogue has no such column.
        """
        for plain in dict.fromkeys((name, name.removesuffix(TEXT))):
            if label := self.labels.first(data.scopes(plain), data.real(plain)):
                about = Words(label.about_zh, label.about_en) if label.about_zh else None
                form = self.labels.c.formats[label.format] if label.format else None
                kind = "text" if plain != name else label.kind
                return Column(name, Words(label.zh, label.en), kind, form, about)
        raise SpecError(
            f"datasets.yml: {data.key}: no label for column {name}; add a row for "
            f"{data.scopes(name)[-1]} to dbt_project/seeds/catalogue/columns.csv"
        )
