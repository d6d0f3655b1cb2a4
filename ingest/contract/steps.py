"""What a contract's steps are: changes to a file's raw rows before columns are taken from them.

Only the shapes belong here; ``load_steps`` reads them from YAML, ``shape.reshape`` runs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PICKS = ("one", "first", "last", "all")


@dataclass(frozen=True)
class FillDown:
    """Blank cells take the last value above them, within rows that share ``within``."""

    columns: tuple[str, ...]
    within: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Split:
    """One row becomes as many as its cells have parts; parts may have fields of their own."""

    columns: tuple[str, ...]
    by: str  # the text between parts, or json for a JSON array
    fields: tuple[str, ...] = ()
    fields_by: str = "|"  # the text between the fields of a part, or json for an object
    pair: str | None = None  # between name and value of a field; without it the place counts


@dataclass(frozen=True)
class Unpivot:
    """One row becomes one for each filled cell of some columns."""

    columns: tuple[str, ...]  # headers, or
    pattern: str | None  # a regular expression for headers; its named groups become columns
    name: str
    value: str
    drop: tuple[str, ...] = ()  # values that make no row, besides blank


@dataclass(frozen=True)
class Lookup:
    """The columns of another table, found by key, under the look-up's name."""

    name: str
    on: tuple[tuple[str, str], ...]  # (its column, column of this file)
    pattern: str | None = None  # another landed file, or
    csv: str | None = None  # a CSV beside the contract, as an absolute path, or
    pairs: tuple[tuple[str, str], ...] = ()  # key and value written in the contract
    pick: str = "one"
    every: bool = False  # all landed files of the pattern, not only the latest
    unmatched: str = "keep"  # or a reason under which rows without a match are skipped
    fields: tuple[str, ...] = ()  # its columns that the contract uses


@dataclass(frozen=True)
class OnePer:
    """Of the rows that share some columns, one stays."""

    columns: tuple[str, ...]
    keep: str = "first"


Step = Alias | FillDown | Let | Where | Split | Unpivot | Lookup | OnePer


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
