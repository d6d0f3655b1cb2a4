"""What the YAML files below ``dashboards/spec`` may say, key by key.

Only that: ``reader.py`` puts the parts together, ``specs.py`` says what comes of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from baokuan.spec import Spec, Texts, wrong
from dashboards.specs import AGGREGATES, RATIO, Metric, Recent, Source, Words


def _words(value: Any) -> Any:
    pair = isinstance(value, list) and len(value) == 2
    if not pair or not all(isinstance(text, str) and text.strip() for text in value):
        raise wrong(f"write [中文, English], not {value!r}")
    return Words(*value)


def _metric(value: Any) -> Any:
    if not (isinstance(value, dict) and len(value) == 1):
        raise wrong("write one aggregate and its column, like {max: score}")
    aggregate, column = next(iter(value.items()))
    if aggregate not in (*AGGREGATES, RATIO):
        known = f"{', '.join(AGGREGATES)} or {RATIO}"
        raise wrong(f"{aggregate} is not one of {known}; whatever computes more belongs in dbt")
    return Metric(aggregate, column)


def _axis(value: Any) -> Any:
    return _metric(value) if isinstance(value, dict) else value


def _widths(value: Any) -> Any:
    """Charts of a row share it evenly unless their widths are given."""
    if isinstance(value, list) and value:
        share, more = divmod(12, len(value))
        value = {name: share + (i < more) for i, name in enumerate(value)}
    if isinstance(value, dict) and sum(v for v in value.values() if isinstance(v, int)) != 12:
        raise wrong(f"a row's widths must make 12, not {value}")
    return value


Label = Annotated[Words, BeforeValidator(_words)]
Measure = Annotated[Metric, BeforeValidator(_metric)]
Axis = Annotated[Metric | str, BeforeValidator(_axis)]
Kind = Literal["number", "table", "ranking", "bars", "lines", "bubble", "areas", "pie"]


class Dataset(Source):
    """An entry of datasets.yml."""

    name: Label
    joins: tuple[Source, ...] = ()
    recent: Recent | None = None
    sheet: Texts = ()
    rank: str | None = None
    ratios: Texts = ()


class Top(Spec):
    """Only the series with the highest values."""

    limit: int
    metric: Measure


class Chart(Spec):
    """A chart: what all kinds know, then what only some do."""

    kind: Kind
    dataset: str
    title: Label
    about: Label | None = None
    unit: Label | None = None
    where: dict[str, Any] = Field(default={})

    metric: Measure | None = None
    metrics: tuple[Measure, ...] = ()
    x: Axis | None = None
    y: Measure | None = None
    size: Measure | None = None
    x_step: int | float | None = None
    by: str | None = None
    split: Texts = ()
    entity: str | None = None
    top: Top | None = None
    columns: Texts = ()
    groups: Texts = ()
    order: dict[str, Literal["asc", "desc"]] = Field(default={})
    colours: Texts = ()
    search: bool = False
    lying: bool = False
    markers: bool = False
    limit: int | None = None
    page: int = 0


# Keys of every kind of chart; the others are its options.
CHART_KEYS = ("kind", "dataset", "title", "about", "unit", "where")


class Filter(Spec):
    """A filter of a dashboard."""

    dataset: str
    column: str
    default: Texts = ()
    single: bool = False


class Row(Spec):
    """Charts side by side; widths make 12."""

    height: int
    charts: Annotated[dict[str, int], BeforeValidator(_widths)]


class Dashboard(Spec):
    """A file of ``dashboards/``."""

    title: Label
    about: Label
    roles: Texts
    filters: tuple[Filter, ...] = ()
    charts: dict[str, Chart]
    layout: tuple[Row, ...]


class Query(Spec):
    """An entry of queries.yml."""

    title: Label
    about: Label
    sql: str


class Colours(Spec):
    """colours.yml: names of colours, and where they are used."""

    palette: dict[str, str]
    cells: dict[str, list[dict[str, Any]]]
    series: dict[str, dict[str, str]]
    lines: dict[str, str]
