"""A warehouse made of given core rows, on which the real hit models run.

What belongs here: filling the core tables, the config tables and the run's clock from rows a test
enters, running the hit models through dbt, reading the result. What does not: expected values,
or any computation of an indicator.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
FOREVER = date(9999, 12, 31)
FEEDS = (
    "pos_receipt_line", "pos_receipt", "pos_return", "ec_order", "ec_order_line", "ec_refund",
    "ec_presale", "ec_event", "ec_shipment", "erp_style", "erp_skc", "erp_sku", "erp_price",
    "erp_cost", "erp_location", "erp_stock_move", "erp_stock_snap", "erp_po", "erp_assortment",
    "erp_supplier", "crm_member",
)  # fmt: skip
SEEDS = (
    "hit_needs core_runs core_run_zones hit_actions hit_levels hit_rules hit_store_states "
    "thresholds channels"
)
MODELS = (
    "path:models/intermediate/hits path:models/intermediate/decisions path:models/marts/hits "
    "int_changes__hits_now int_changes__hits_seen int_hits__touched "
    "int_config__threshold"
)
DEFAULTS: dict[str, dict[str, Any]] = {
    "dim_skc": {"launch_status": "ok", "cycle_no": 1, "is_carry_over": False, "is_stub": False},
    "dim_store": {"location_type": "store", "ownership": "own", "has_pos": True, "is_stub": False},
    "fct_sale_line": {
        "cancel_units": 0, "gift_units": 0, "coupon_amt": 0, "points_amt": 0, "is_gift": False,
        "is_presale": False, "is_staff": False, "is_reseller": False, "is_excluded": False,
        "is_member": False,
    },
    "fct_return_line": {
        "refund_only_amt": 0, "exch_units": 0, "boris_units": 0, "is_resalable": True,
        "is_presale": False, "is_orphan": False, "is_excluded": False,
    },
    "fct_stock_interval": {
        "valid_to": FOREVER, "onhand_units": 0, "reserved_units": 0, "locked_units": 0,
        "transit_units": 0,
    },
    "fct_po_line": {"cancelled_units": 0, "received_units": 0},
    "fct_stock_move": {
        "recv_units": 0, "alloc_units": 0, "repl_units": 0, "trf_in_units": 0, "trf_out_units": 0,
        "rtn_dc_units": 0, "adj_units": 0, "transit_units": 0, "units": 0,
    },
}  # fmt: skip
ARROW = {
    "hugeint": pa.int64(), "double": pa.float64(),
    "string": pa.string(), "varchar": pa.string(), "bigint": pa.int64(), "integer": pa.int64(),
    "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip


def core_schemas() -> dict[str, dict[str, str]]:
    """Columns and types of every core table, as its dbt contract states them."""
    schemas: dict[str, dict[str, str]] = {}
    for path in sorted((PROJECT / "models" / "core").glob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            schemas[model["name"]] = {
                column["name"]: column["data_type"].lower() for column in model["columns"]
            }
    return schemas


def arrow_type(name: str) -> pa.DataType:
    if name.startswith("decimal"):
        scale = int(name.split(",")[1].strip(" )"))
        return pa.decimal128(18, scale)
    return ARROW[name]


def plain(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_decimal(kind) and value is not None:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-kind.scale))
    return value


class Warehouse:
    """Rows of the core tables, gathered by a test, then written and run through the models."""

    def __init__(self, root: Path, as_of: date) -> None:
        self.root = root
        self.as_of = as_of
        self.schemas = core_schemas()
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in self.schemas}
        self.thresholds: dict[str, float] = {}
        self.unavailable: set[str] = set()
        self.held: set[str] = set()
        self.now = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
        self._found: dict[tuple[str, str, date], dict[str, Any]] = {}

    @property
    def path(self) -> Path:
        return self.root / "warehouse" / "warehouse.duckdb"

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        """One row of a core table; columns not given take the table's default, else NULL."""
        unknown = set(values) - set(self.schemas[table])
        if unknown:
            raise KeyError(f"core.{table} has no column {sorted(unknown)}")
        row = DEFAULTS.get(table, {}) | values
        self.tables[table].append(row)
        return row

    def write(self) -> None:
        """Write all rows to the warehouse file, replacing the core tables."""
        (self.root / "warehouse" / "tmp").mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(self.path)) as con:
            con.execute("create schema if not exists core; create schema if not exists bronze")
            for name, columns in self.schemas.items():
                kinds = {column: arrow_type(kind) for column, kind in columns.items()}
                data = pa.table(
                    {
                        column: pa.array(
                            [plain(row.get(column), kind) for row in self.tables[name]], kind
                        )
                        for column, kind in kinds.items()
                    }
                )
                con.register("given", data)
                con.execute(f"create or replace table core.{name} as select * from given")
                con.unregister("given")
            self._write_dates(con)
            self._write_bronze(con)

    def _write_dates(self, con: duckdb.DuckDBPyConnection) -> None:
        first, last = self.as_of - timedelta(days=1200), self.as_of + timedelta(days=400)
        con.execute("delete from core.dim_date")
        con.execute(
            "insert into core.dim_date (date_day) select cast(range as date) "
            "from range(cast(? as timestamp), cast(? as timestamp), interval 1 day)",
            [first, last],
        )

    def _write_bronze(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(
            "create or replace table bronze._run as select cast(? as timestamp) as now_at, "
            "cast(? as date) as as_of_date",
            [self.now, self.as_of],
        )
        con.execute(
            "create or replace table bronze._feed (feed varchar, files bigint, rows bigint, "
            "is_available boolean, is_held boolean)"
        )
        con.executemany(
            "insert into bronze._feed values (?, 1, 1, ?, ?)",
            [[feed, feed not in self.unavailable, feed in self.held] for feed in FEEDS],
        )
        con.execute(
            "create or replace table bronze._config_thresholds (name varchar, value varchar)"
        )
        for name, value in self.thresholds.items():
            con.execute("insert into bronze._config_thresholds values (?, ?)", [name, str(value)])

    def run(self, *, full_refresh: bool = False, select: str = MODELS) -> None:
        """Write the rows and run the hit models on them."""
        self._found.clear()
        self.write()
        args = ["build", "--resource-type", "model", "seed", "--select", SEEDS, select]
        dbt(self.root, [*args, "--full-refresh"] if full_refresh else args)

    def replace(self, model: str, where: str, rows: list[tuple[Any, ...]]) -> None:
        """Put given rows in the place of those an intermediate model computed."""
        with duckdb.connect(str(self.path)) as con:
            con.execute(f"delete from intermediate.{model} where {where}")
            if rows:
                marks = ", ".join("?" for _ in rows[0])
                con.executemany(f"insert into intermediate.{model} values ({marks})", rows)

    def run_after(self, *models: str) -> None:
        """Run again what depends on these models, not the models themselves."""
        self._found.clear()
        select = " ".join(f"{model}+" for model in models)
        dbt(
            self.root,
            [
                "run",
                "--full-refresh",
                "--select",
                select,
                "--exclude",
                "int_hits__touched",
                *models,
            ],
        )

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.path), read_only=True) as con:
            cursor = con.execute(sql)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, skc_id: str, day: date | None = None, table: str = "daily") -> dict[str, Any]:
        """The row of an SKC on a day (default: the last one).

        Raises:
            LookupError: there is no such row, or more than one.
        """
        day = day or self.as_of
        if (table, skc_id, day) not in self._found:
            found = self.rows(
                f"select * from hits.{table} where skc_id = '{skc_id}' "
                f"and as_of_date = date '{day}'"
            )
            if len(found) != 1:
                raise LookupError(f"hits.{table} has {len(found)} rows of {skc_id} on {day}")
            self._found[table, skc_id, day] = found[0]
        return self._found[table, skc_id, day]


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@cache
def project() -> Manifest:
    """The project as dbt reads it, once in a process: its text is the same for every warehouse."""
    with tempfile.TemporaryDirectory() as folder, environment(BAOKUAN_HOME=folder):
        result = dbtRunner().invoke(["parse", *options(Path(folder))])
    if not isinstance(result.result, Manifest):
        raise RuntimeError("dbt can't read the project") from result.exception
    return result.result


def options(home: Path) -> list[str]:
    return [
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
        "--target-path", str(home / "target"), "--log-path", str(home / "logs"),
        "--quiet", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip


def dbt(home: Path, args: list[str]) -> None:
    """Run dbt on the warehouse of a home.

    Raises:
        RuntimeError: a model failed; names it with the engine's message.
    """
    words = [word for arg in args for word in (arg.split() if " " in arg else [arg])]
    manifest = project()
    with environment(BAOKUAN_HOME=str(home)):
        result = dbtRunner(manifest=manifest).invoke([*words, *options(home)])
        DuckDBConnectionManager.close_all_connections()
    if result.success:
        return
    if result.exception:
        raise RuntimeError(f"dbt {args[0]} failed") from result.exception
    assert isinstance(result.result, RunExecutionResult)
    nodes = [one for one in result.result.results if one.status in ("error", "fail")]
    failed = [f"{one.node.name}: {one.message}" for one in nodes]
    raise RuntimeError("dbt models failed:\n" + "\n".join(failed))
