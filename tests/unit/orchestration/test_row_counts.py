"""Rows touched by an incremental model are those whose key stands in its list of touched keys."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration import row_counts


def node(name: str, schema: str, **config) -> dict:
    return {
        "resource_type": "model",
        "name": name,
        "schema": schema,
        "alias": name,
        "config": {"materialized": "table"} | config,
    }


def test_touched_rows_go_by_the_key_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema intermediate")
        con.execute("create table intermediate.touched as select 'R2' as order_id")
        con.execute("create table core.sale as select unnest(['R1', 'R2', 'R2']) as order_id")
        con.execute("create table core.back as select unnest(['R1', 'R2']) as return_doc_id")
        con.execute("create table core.store as select 1 as code")
    incremental = {"materialized": "incremental"}
    manifest = {
        "nodes": {
            "m.touched": node("touched", "intermediate"),
            "m.sale": node(
                "sale", "core", unique_key="order_id", meta={"touched": "touched"}, **incremental
            ),
            "m.back": node(
                "back",
                "core",
                unique_key="return_doc_id",
                meta={"touched": "touched", "touched_key": "order_id"},
                **incremental,
            ),
            "m.store": node("store", "core"),
        }
    }
    counts = row_counts.count(path, manifest, ["m.sale", "m.back", "m.store"])
    assert [(c.table, c.rows, c.rows_touched) for c in counts] == [
        ("core.sale", 3, 2),
        ("core.back", 2, 1),
        ("core.store", 1, 1),
    ]
