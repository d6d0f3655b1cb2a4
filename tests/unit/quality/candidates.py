"""A candidate file made from the dbt contracts: published columns and types, a few right rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import yaml

from baokuan.home import PROJECT
from tests.unit.quality.conftest import AS_OF

MODELS = PROJECT / "dbt_project" / "models"
TABLES = {
    "core.dim_price": MODELS / "core/dim_price.yml",
    "core.dim_skc": MODELS / "core/dim_skc.yml",
    "core.dim_sku": MODELS / "core/dim_sku.yml",
    "core.dim_store": MODELS / "core/dim_store.yml",
    "core.fct_return_line": MODELS / "core/fct_return_line.yml",
    "core.fct_sale_line": MODELS / "core/fct_sale_line.yml",
    "core.fct_stock_check": MODELS / "core/fct_stock_check.yml",
    "core.fct_stock_interval": MODELS / "core/fct_stock_interval.yml",
    "core.fct_stock_move": MODELS / "core/fct_stock_move.yml",
    "hits.board": MODELS / "marts/hits/board.yml",
    "hits.daily": MODELS / "marts/hits/daily.yml",
}


def columns(table: str) -> dict[str, str]:
    """Columns and DuckDB types of a published table, from its dbt YAML."""
    models = yaml.safe_load(TABLES[table].read_text(encoding="utf-8"))["models"]
    model = next(m for m in models if m["name"] == table.partition(".")[2])
    return {c["name"]: str(c["data_type"]).replace("string", "varchar") for c in model["columns"]}


def write(file: Path, rows: int = 20, without: tuple[str, ...] = ()) -> None:
    """One SKC, SKU, sale, return and stock interval for each ``i``; all expectations hold."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as con:
        con.execute("create schema core; create schema hits")
        for table in TABLES:
            if table not in without:
                declared = ", ".join(f'"{n}" {kind}' for n, kind in columns(table).items())
                con.execute(f"create table {table} ({declared})")
                _fill(con, table, rows)


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
    values = dict(_VALUES[table])
    if table.startswith("hits."):
        values |= _indicators(table)
    con.execute(
        f"insert into {table} ({', '.join(values)}) "
        f"select {', '.join(values.values())} from range({rows}) as r(i)"
    )


def _indicators(table: str) -> dict[str, str]:
    """Every second row has values; the others are NULL and say why."""
    names = columns(table)
    values = {}
    for name in names:
        if name.endswith("_status") and name.removesuffix("_status") in names:
            values[name] = "case when i % 2 = 0 then 'ok' else 'no_sales' end"
            values[name.removesuffix("_status")] = "case when i % 2 = 0 then 0.5 end"
        if name.endswith(("_num", "_den")):
            values[name] = "i + 1"
    return values


_DAY = f"date '{AS_OF}'"
_GOODS = {"skc_id": "'K' || i", "sku_id": "'K' || i || '/M'"}
_VALUES: dict[str, dict[str, str]] = {
    "core.dim_price": {
        "skc_id": "'K' || i",
        "valid_from": "date '2026-01-01'",
        "valid_to": "date '9999-12-31'",
        "tag_price": "599",
    },
    "core.dim_skc": {"skc_id": "'K' || i", "is_stub": "false"},
    "core.dim_sku": {**_GOODS, "is_stub": "false"},
    "core.dim_store": {"store_code": "'ST' || i", "is_stub": "false"},
    "core.fct_sale_line": {
        **_GOODS,
        "sale_line_id": "'L' || i",
        "sale_date": f"{_DAY} - cast(i % 3 as int)",
        "store_code": "'ST' || i",
        "sale_units": "2",
        "cancel_units": "0",
        "sale_amt": "800",
    },
    "core.fct_return_line": {
        **_GOODS,
        "return_line_id": "'T' || i",
        "sale_line_id": "'L' || i",
        "sale_date": f"{_DAY} - cast(i % 3 as int)",
        "post_date": _DAY,
        "ret_units": "1",
        "is_orphan": "false",
    },
    "core.fct_stock_check": {
        "store_code": "'ST' || i",
        "snap_date": _DAY,
        "ledger_units": "5",
        "snap_units": "5",
        "unexplained_units": "0",
    },
    "core.fct_stock_interval": {
        **_GOODS,
        "stock_key": "'ST' || i || '|K' || i || '/M'",
        "store_code": "'ST' || i",
        "valid_from": "date '2026-09-01'",
        "valid_to": "date '9999-12-31'",
        "onhand_units": "5",
        "reserved_units": "1",
        "locked_units": "0",
        "avail_units": "4",
        "transit_units": "0",
    },
    "core.fct_stock_move": {
        **_GOODS,
        "move_id": "'M' || i",
        "store_code": "'ST' || i",
        "move_date": "date '2026-09-01'",
        "units": "5",
        "transit_units": "0",
    },
    "hits.board": {
        "skc_id": "'K' || i",
        "as_of_date": _DAY,
        "level": "'normal'",
        "stage": "'growth'",
        "score": "50",
        "coverage": "1",
    },
    "hits.daily": {
        "skc_id": "'K' || i",
        "as_of_date": _DAY,
        "level": "'normal'",
        "stage": "'growth'",
        "score": "50",
        "coverage": "1",
    },
}
