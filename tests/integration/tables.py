"""Comparing whole tables: the same rows, however they are ordered."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from baokuan.home import Home
from serving.connect import connect
from serving.tables import SCHEMAS

# Which run brought a row last: a run id, not a fact.
RUN_COLUMNS = ("_batch",)


def hashes(file: Path, schemas: Iterable[str] = SCHEMAS) -> dict[str, tuple[int, int]]:
    """``{"hits.board": (rows, sum of row hashes)}`` of all tables, columns that name runs aside."""
    with duckdb.connect(str(file), read_only=True) as con:
        columns: dict[str, list[str]] = {}
        for schema, table, column in con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where list_contains(?, schema_name) order by all",
            [list(schemas)],
        ).fetchall():
            if column not in RUN_COLUMNS:
                columns.setdefault(f"{schema}.{table}", []).append(f'"{column}"')
        return {
            table: con.execute(
                f"select count(*), coalesce(sum(hash({', '.join(names)})), 0) from {table}"
            ).fetchall()[0]
            for table, names in columns.items()
        }


def published_file(home: Home) -> Path:
    version = (home.published / "CURRENT").read_text().strip()
    return home.published / version / "warehouse.duckdb"


def published_hashes(home: Home) -> dict[str, tuple[int, int]]:
    return hashes(published_file(home))


def differing(ours: dict, theirs: dict) -> dict[str, tuple]:
    """Tables that are not the same, with both sides."""
    names = ours.keys() | theirs.keys()
    return {n: (ours.get(n), theirs.get(n)) for n in names if ours.get(n) != theirs.get(n)}


def ask(home: Home, sql: str) -> list[tuple]:
    """A question through the connection everyone uses."""
    con = connect(home)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def row_difference(left: Path, right: Path, table: str, limit: int = 5) -> str:
    """A few rows that only one side has, for the message of a failing test."""
    with duckdb.connect() as con:
        con.execute(f"attach '{left}' as a (read_only); attach '{right}' as b (read_only)")
        names = [
            f'"{name}"'
            for (name,) in con.execute(
                "select column_name from duckdb_columns() where database_name = 'a' "
                "and schema_name || '.' || table_name = ? order by column_index",
                [table],
            ).fetchall()
            if name not in RUN_COLUMNS
        ]
        listed = ", ".join(names)
        found = []
        for one, other in (("a", "b"), ("b", "a")):
            rows = con.execute(
                f"select {listed} from {one}.{table} except all "
                f"select {listed} from {other}.{table} limit {limit}"
            ).fetchall()
            found += [f"only in {one}: {dict(zip(names, row, strict=True))}" for row in rows]
        return "\n".join(found)
