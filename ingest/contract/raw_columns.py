"""Which raw columns of a file the steps and expressions of a contract name.

Only looking through a contract belongs here.
"""

from __future__ import annotations

from ingest.contract import expressions
from ingest.contract.model import Column
from ingest.contract.steps import Alias, FillDown, Let, Lookup, OnePer, Split, Step, Unpivot, Where


def _expressions(steps: tuple[Step, ...], columns: list[Column]) -> list[str]:
    """Every expression over raw columns."""
    found = [column.expr for column in columns if column.expr]
    for step in steps:
        if isinstance(step, Let):
            found += [expression for _, expression in step.columns]
        elif isinstance(step, Where):
            found.append(step.condition)
    return found


def _paths(steps: tuple[Step, ...], columns: list[Column]) -> set[tuple[str, ...]]:
    """Every raw column that steps, expressions and sources name, as name or (look-up, column)."""
    found = {path for text in _expressions(steps, columns) for path in expressions.columns(text)}
    for step in steps:
        names: tuple[str, ...] = ()
        if isinstance(step, Lookup):
            names = tuple(mine for _, mine in step.on)
        elif isinstance(step, Alias):
            names = tuple(name for _, sources in step.columns for name in sources)
        elif isinstance(step, FillDown):
            names = step.columns + step.within
        elif isinstance(step, Split | OnePer | Unpivot):
            names = step.columns
        found |= {tuple(name.split(".", 1)) if "." in name else (name,) for name in names}
    return found


def mentioned(steps: tuple[Step, ...], columns: list[Column]) -> frozenset[str]:
    return frozenset(path[0] for path in _paths(steps, columns))


def with_fields(steps: tuple[Step, ...], columns: list[Column]) -> tuple[Step, ...]:
    """The steps, each look-up with the columns of it that are used."""
    paths = _paths(steps, columns)
    paths |= {tuple(s.split(".", 1)) for c in columns for s in c.sources if "." in s}
    return tuple(
        step.model_copy(update={"fields": _of(step.name, paths)})
        if isinstance(step, Lookup)
        else step
        for step in steps
    )


def _of(name: str, paths: set[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(path[1] for path in paths if len(path) > 1 and path[0] == name))


def needs_all_rows(steps: tuple[Step, ...], columns: list[Column]) -> bool:
    windows = any(map(expressions.needs_all_rows, _expressions(steps, columns)))
    return windows or any(isinstance(step, FillDown | OnePer) for step in steps)
