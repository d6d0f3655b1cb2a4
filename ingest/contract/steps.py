"""What a contract's steps are: changes to a file's raw rows before columns are taken from them.

Belongs here: the shapes, and what a step may say in YAML. ``shape.reshape`` runs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic import model_validator as on_model

from baokuan.spec import TEXT, Spec, Texts, wrong
from ingest.contract.spec import MAP, Expression, Name, Pairs, Reason, Regular


@dataclass(frozen=True)
class Alias:
    """New raw columns, each the first filled one of some that a file may or may not have."""

    columns: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Let:
    """New raw columns by DuckDB expressions, one after the other."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Where:
    """Rows for which the condition holds stay; the others are skipped under ``reason``."""

    condition: str
    reason: str


class FillDown(Spec):
    """Blank cells take the last value above them, within rows that share ``within``."""

    columns: Texts
    within: Texts = ()


class Split(Spec):
    """One row becomes as many as its cells have parts; parts may have fields of their own."""

    columns: Texts
    by: str = Field(description="the text between parts, or json for a JSON array", min_length=1)
    fields: Texts = ()
    fields_by: str = Field(
        default="", description="between the fields of a part, or json for an object"
    )
    pair: str | None = Field(
        default=None, description="between name and value; else the place counts"
    )

    @on_model(mode="after")
    def _fits(self) -> Self:
        if self.fields and len(self.columns) != 1:
            raise wrong("'fields' need a single column in 'columns'")
        if self.pair and not self.fields:
            raise wrong("'pair' needs 'fields': the names to look for")
        return self

    @property
    def between(self) -> str:
        """What stands between the fields of a part."""
        return self.fields_by or ("json" if self.by == "json" else "|")


class Unpivot(Spec):
    """One row becomes one for each filled cell of some columns."""

    columns: Texts = ()
    pattern: Regular | None = Field(
        default=None, description="for headers; its named groups become columns"
    )
    name: Name = "name"
    value: Name
    drop: Texts = Field(default=(), description="values that make no row, besides blank")

    @on_model(mode="after")
    def _fits(self) -> Self:
        if bool(self.columns) == (self.pattern is not None):
            raise wrong("unpivot needs either 'columns' or 'pattern'")
        return self


def _beside(name: str, info: ValidationInfo) -> str:
    path = Path((info.context or {}).get("folder", ""), name)
    if not path.is_file():
        raise wrong(f"there is no file '{name}' beside the contract")
    return str(path)


Every = Annotated[
    bool,
    BeforeValidator(lambda value: {"latest": False, "all": True}.get(value, value)),
    WithJsonSchema({"enum": ["latest", "all"]}),
]


class LookupSpec(Spec):
    """The columns of another table, found by key, under the look-up's name."""

    name: Name
    on: Annotated[Pairs, WithJsonSchema({"anyOf": [TEXT, MAP]})] = Field(
        description="a column, or {its column: column of this file}"
    )
    pattern: str | None = Field(default=None, alias="file", description="another landed file")
    csv: Annotated[str, AfterValidator(_beside)] | None = Field(
        default=None, description="a CSV beside the contract"
    )
    pairs: Pairs = Field(default=(), alias="map", description="key and value written here")
    pick: Literal["one", "first", "last", "all"] = "one"
    every: Every = Field(default=False, alias="files")
    unmatched: Reason = "keep"

    @on_model(mode="before")
    @classmethod
    def _one_source(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if len({"file", "csv", "map"} & data.keys()) != 1:
            raise wrong("a look-up has one of 'file' (another landed file), 'csv' or 'map'")
        on = data.get("on")
        if "map" in data and isinstance(on, dict):
            raise wrong("a look-up with 'map' takes one column in 'on'")
        return {**data, "on": {"key" if "map" in data else on: on}} if isinstance(on, str) else data


class Lookup(LookupSpec):
    """A look-up and its columns that the contract uses."""

    fields: tuple[str, ...] = ()


def _or_short(schema: dict[str, Any]) -> None:
    """Columns alone will do."""
    long = dict(schema)
    schema.clear()
    schema["anyOf"] = [long, long["properties"]["columns"]]


class OnePer(Spec):
    """Of the rows that share some columns, one stays."""

    model_config = ConfigDict(json_schema_extra=_or_short)
    columns: Texts
    keep: Literal["first", "last"] = "first"

    @on_model(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"columns": data} if isinstance(data, str | list) else data


Step = Alias | FillDown | Let | Where | Split | Unpivot | Lookup | OnePer


class StepSpec(Spec):
    """One entry of ``steps``: one of these keys."""

    noun: ClassVar[str] = "step"
    alias: dict[Name, Texts] | None = None
    fill_down: FillDown | None = None
    let: dict[Name, Expression] | None = None
    where: Expression | None = None
    skip: dict[Reason, Expression] | None = None
    split: Split | None = None
    unpivot: Unpivot | None = None
    lookup: LookupSpec | None = None
    one_per: OnePer | None = None

    @on_model(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise wrong(f"a step has one key: {', '.join(type(self).model_fields)}")
        return self

    def steps(self) -> list[Step]:
        """What is to be done; ``skip`` may name several conditions."""
        if self.alias is not None:
            return [Alias(tuple(self.alias.items()))]
        if self.let is not None:
            return [Let(tuple(self.let.items()))]
        if self.where is not None:
            return [Where(self.where, "other_rows")]
        if self.skip is not None:
            return [Where(f"not coalesce(({c}), false)", name) for name, c in self.skip.items()]
        if self.lookup is not None:
            return [Lookup.model_construct(**vars(self.lookup))]
        given = (self.fill_down, self.split, self.unpivot, self.one_per)
        return [step for step in given if step is not None]


def derives(step: Step) -> bool:
    """Can the step make several rows out of one?"""
    return isinstance(step, Split | Unpivot) or (isinstance(step, Lookup) and step.pick == "all")


def produced(step: Step) -> set[str]:
    """Raw columns that the step adds; a look-up adds ``name.column``."""
    match step:
        case Let() | Alias():
            return {name for name, _ in step.columns}
        case Split():
            return set(step.fields)
        case Unpivot():
            groups = re.compile(step.pattern).groupindex if step.pattern else {}
            return {step.name, step.value, *groups}
        case Lookup():
            return {step.name}
        case _:
            return set()
