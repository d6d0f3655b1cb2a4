"""Texts of which an expression makes no value because ``as_number`` and the like cannot read them.

Belongs here: finding those texts row by row. What becomes of the rows does not.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from ingest import grammar
from ingest.contracts import expressions
from ingest.contracts.model import Contract
from ingest.personal.normalise import mask_text
from ingest.read.table import Unread

_NOTHING = (*grammar.NULL_TEXTS, *grammar.NULL_MARKS, *grammar.PLACEHOLDER_DATES)


class Finder:
    """Finds them in one table; knows which raw columns may be personal."""

    def __init__(self, contract: Contract) -> None:
        self.secret: set[str] = set()
        for column in contract.columns:
            if column.is_personal:
                self.secret |= {name.lower() for name in column.sources}
                self.secret |= _names(column.expr or "''")

    def made(self, name: str, expression: str) -> None:
        """A step has made a raw column; from personal ones it is personal."""
        if _names(expression) & self.secret:
            self.secret.add(name.lower())

    def find(
        self,
        query: Callable[[str], pa.Table],
        absent: Callable[[str], list[str]],
        name: str,
        expression: str,
        nulls: tuple[str, ...] = (),
    ) -> list[Unread]:
        """Texts that the expression's grammars cannot read in rows where it gives no value; all of
        them where it looks at other rows, for there a value may lack one of its parts.

        Args:
            query: runs SQL over the relation ``raw_rows_in``.
            absent: columns of an expression that are not there.
        """
        found: list[Unread] = []
        for function, argument in dict.fromkeys(expressions.readings(expression)):
            if absent(argument) or expressions.needs_all_rows(argument):
                continue
            value = "null" if expressions.needs_all_rows(expression) else tried(expression)
            listed = grammar.listed([*_NOTHING, *nulls])
            rows = query(
                f"select _row_no, t from (select _row_no, trim({tried(argument)}::varchar) as t, "
                f"{value} as v from raw_rows_in) where v is null and t <> '' and t not in "
                f"({listed}) and case when regexp_full_match(t, '-?[0-9]+([.][0-9]+)?') "
                f"and '{function}' = 'as_number' then false else {function}(t) is null end"
            )
            hidden = name.lower() in self.secret or bool(_names(argument) & self.secret)
            found += [
                Unread(row["_row_no"], name, function, None if hidden else mask_text(row["t"]))
                for row in rows.to_pylist()
            ]
        return found


def tried(expression: str) -> str:
    """An expression that fails on a row gives no value there; one over several rows cannot."""
    return f"try({expression})" if expressions.can_try(expression) else f"({expression})"


def _names(expression: str) -> set[str]:
    return {".".join(path).lower() for path in expressions.columns(expression)}
