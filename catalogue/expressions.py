"""Which columns and reasons the SQL of an indicator uses, and that they exist.

Parses the expressions; runs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp

from catalogue.model import Catalogue, Expression
from catalogue.read import Problem, meant, shown


def problems(catalogue: Catalogue, folder: Path) -> Iterator[Problem]:
    """Expressions that can't be read, use an unknown column or give an unknown reason."""
    file = shown(folder / f"{Expression.FILE}.csv")
    thresholds = {name for name, row in catalogue.thresholds.items() if row.hits}
    for row in catalogue.hit_expressions.values():
        inputs = {i.input for i in catalogue.hit_inputs.values() if row.grain in i.grains}
        for column in ("numerator", "denominator", "reason"):
            try:
                tree = parsed(getattr(row, column))
            except sqlglot.errors.ParseError as error:
                said = str(error).splitlines()[0]
                yield Problem(file, row.line, f"{column} is no SQL: {said}", "correct it")
                continue
            for name in sorted(columns(tree) - inputs - thresholds):
                remedy = meant(name, inputs | thresholds)
                remedy += f"use a column that hit_inputs.csv has for {row.grain}, or add it there"
                yield Problem(file, row.line, f"{column} uses the unknown column {name}", remedy)
            if column == "reason":
                for code in sorted(results(tree) - set(catalogue.reasons)):
                    remedy = f"{meant(code, catalogue.reasons)}use a code of reasons.csv"
                    yield Problem(file, row.line, f"unknown reason {code!r}", remedy)


def reasons(catalogue: Catalogue, indicator: str) -> set[str]:
    """Every reason that an indicator's expressions can give, at any grain."""
    found: set[str] = set()
    for row in catalogue.hit_expressions.values():
        if row.indicator == indicator:
            tree = parsed(row.reason)
            found |= results(tree)
            for name in columns(tree) & set(catalogue.hit_inputs):
                found |= set(catalogue.hit_inputs[name].gives)
    return found


def parsed(sql: str) -> exp.Expr:
    """An expression as a tree; an empty one is NULL."""
    return sqlglot.parse_one(sql or "null", dialect="duckdb")


def columns(tree: exp.Expr) -> set[str]:
    """Names of the columns that an expression uses."""
    return {column.name for column in tree.find_all(exp.Column)}


def results(tree: exp.Expr) -> set[str]:
    """Texts that an expression can give: those behind then, else and within coalesce."""
    ends = [case.args.get("default") for case in tree.find_all(exp.Case)]
    ends += [branch.args.get("true") for branch in tree.find_all(exp.If)]
    for one in tree.find_all(exp.Coalesce):
        ends += [one.this, *one.expressions]
    return {end.name for end in [tree, *ends] if isinstance(end, exp.Literal) and end.is_string}
