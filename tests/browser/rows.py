"""Rows of the sample version, gathered first and written table by table: thousands at a time."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import yaml

from dashboards.reader import MARTS


class Rows:
    """Rows by table; columns that a row doesn't give stay empty."""

    def __init__(self) -> None:
        self._tables: dict[str, list[dict[str, object]]] = {}

    def add(self, table: str, **values: object) -> None:
        self._tables.setdefault(table, []).append(values)

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        for table, rows in self._tables.items():
            names = list(dict.fromkeys(name for row in rows for name in row))
            data = pa.table({name: [row.get(name) for row in rows] for name in names})
            con.register("given", data)
            con.execute(f"insert into {table} by name select * from given")
            con.unregister("given")


def make_tables(con: duckdb.DuckDBPyConnection, schema: str, names: set[str]) -> None:
    """Make tables of a schema, empty, with the columns of their dbt YAML."""
    con.execute(f"create schema if not exists {schema}")
    for path in sorted((MARTS / schema).glob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8"))["models"]:
            if model["name"] in names:
                columns = ", ".join(f"{c['name']} {c['data_type']}" for c in model["columns"])
                con.execute(f"create table {schema}.{model['name']} ({columns})")
