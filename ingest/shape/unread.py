"""Texts of which an expression makes no value because ``as_number`` and the like cannot read them.

Belongs here: finding those texts row by row. What becomes of the rows does not.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from ingest.contract import expressions, grammar
from ingest.contract.model import Contract
from ingest.personal.normalise import mask_text
from ingest.read.table import Unread
from ingest.sql import listed

Query = Callable[..., pa.Table]
_NOTHING = (*grammar.NULL_TEXTS, *grammar.NULL_MARKS, *grammar.PLACEHOLDER_DATES)


class Finder:
    """Finds them in one table; knows which raw columns may be personal."""

    def __init__(self, contract: Contract) -> None:
        self.secret: set[str] = set()
        self.nulls = {column.name: column.nulls for column in contract.columns}
        for column in contract.columns:
            if column.is_personal:
                self.secret |= {name.lower() for name in column.sources}
                self.secret |= _names(column.expr or "''")

    def find(
        self, query: Query, name: str, expression: str, arguments: list[tuple[str, str]],
        empty: pa.ChunkedArray,
    ) -> list[Unread]:  # fmt: skip
        """Texts that the expression's grammars cannot read in rows where it gives no value; in all
        rows where it looks at others, for there a value may lack one of its parts.

        Args:
            query: runs SQL over the raw rows ``raw_rows_in`` and tables of its own.
            arguments: grammars and what they read, as SQL.
            empty: ``_row_no`` of the rows without a value.
        """
        if _names(expression) & self.secret:
            self.secret.add(name.lower())  # made from personal columns
        found: list[Unread] = []
        is_wide = expressions.needs_all_rows(expression)
        if not is_wide and not len(empty):
            return found
        value = "null" if is_wide else tried(expression)
        kept = "true" if is_wide else "_row_no in (select _row_no from empty_rows)"
        nothing = listed(["", *_NOTHING, *self.nulls.get(name, ())])
        for function, argument in arguments:
            rows = query(
                f"with said as (select _row_no, trim({tried(argument)}::varchar) as t, "
                f"{value} as v from raw_rows_in where {kept}), "
                f"asked as (select distinct t from said where v is null and t not in ({nothing})), "
                f"odd as (select t from asked where {function}(t) is null) "
                "select _row_no, t from said join odd using (t) where v is null order by _row_no",
                ("empty_rows", pa.table({"_row_no": empty})),
            )
            hidden = name.lower() in self.secret or bool(_names(argument) & self.secret)
            found += [
                Unread(row["_row_no"], name, function, None if hidden else mask_text(row["t"]))
                for row in rows.to_pylist()
            ]
        return found


def readings(expression: str) -> list[tuple[str, str]]:
    """Grammars that an expression reads texts with, and the texts as SQL."""
    found = dict.fromkeys(expressions.readings(expression))
    return [pair for pair in found if not expressions.needs_all_rows(pair[1])]


def tried(expression: str) -> str:
    """An expression that fails on a row gives no value there; one over several rows cannot."""
    return f"try({expression})" if expressions.can_try(expression) else f"({expression})"


def _names(expression: str) -> set[str]:
    return {".".join(path).lower() for path in expressions.columns(expression)}
