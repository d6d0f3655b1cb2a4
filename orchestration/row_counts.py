"""Rows of each model after a build, and how many of them the build wrote.

A full table is written whole. An incremental model with ``replace_touched`` wrote the rows whose
key stands in its relation of touched keys; that relation is still there after the build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from serving.records import RowCount


def count(warehouse: Path, manifest: Mapping[str, Any], built: Iterable[str]) -> list[RowCount]:
    """Row counts of the built tables (views have none), in run order.

    Args:
        warehouse: the closed warehouse file; it is opened read-only.
        manifest: dbt's manifest.
        built: unique ids of the nodes that were built.
    """
    nodes = manifest["nodes"]
    con = duckdb.connect(str(warehouse), read_only=True)
    try:
        tables = {
            (schema, name): rows
            for schema, name, rows in con.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        }
        found = []
        for unique_id in built:
            node = nodes.get(unique_id, {})
            if node.get("resource_type") != "model":
                continue
            if (node["schema"], node["alias"]) not in tables:
                continue
            relation = f'"{node["schema"]}"."{node["alias"]}"'
            rows = _number(con, f"select count(*) from {relation}")
            touched = _touched(con, node, nodes, relation, tables)
            found.append(
                RowCount(
                    f"{node['schema']}.{node['alias']}", rows, rows if touched is None else touched
                )
            )
        return found
    finally:
        con.close()


def _touched(
    con: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    nodes: Mapping[str, Any],
    relation: str,
    tables: Mapping[tuple[str, str], int],
) -> int | None:
    config = node["config"]
    meta = config.get("meta") or {}
    name, key = meta.get("touched"), config.get("unique_key")
    if config.get("materialized") != "incremental" or not name or not isinstance(key, str):
        return None
    keys = next((n for n in nodes.values() if n["name"] == name), None)
    if keys is None or (keys["schema"], keys["alias"]) not in tables:
        return None
    # Qualified: a bare name that the list of keys lacks would silently mean the table's own column.
    return _number(
        con,
        f"select count(*) from {relation} where {key} in "
        f"(select touched.{meta.get('touched_key', key)} "
        f'from "{keys["schema"]}"."{keys["alias"]}" as touched)',
    )


def _number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return con.execute(sql).fetchall()[0][0]
