"""A tiny bronze and a tiny candidate, right in every expectation; tests break one thing each."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from ingest.bronze.schema import columns as bronze_columns
from ingest.contract import load_all

AS_OF = "2026-10-31"
META = "_file_date date, _file_seq varchar, _file_hash varchar, _batch bigint"

ROWS: dict[str, dict[str, str]] = {
    "erp_style": {
        "style_code": "'S' || i",
        "category_l1": "'衣'",
        "tag_price": "599",
        "year": "2026",
    },
    "erp_sku": {
        "barcode": "'690' || i",
        "style_code": "'S' || i",
        "color_code": "'01'",
        "size_code": "'M'",
        "size_order": "2",
    },
    "erp_location": {
        "store_code": "'ST' || i",
        "location_type": "'store'",
        "ownership": "'own'",
        "open_date": "date '2020-01-01'",
    },
    "pos_receipt_line": {
        "store_code": "'ST' || i % 10",
        "biz_date": f"date '{AS_OF}'",
        "receipt_no": "'R' || i",
        "line_no": "1",
        "barcode": "'690' || i",
        "qty": "1",
        "sale_amt": "500",
        "unit_price": "500",
    },
}


class Bronze:
    """A warehouse with bronze tables; feeds without rows are empty and not available."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def fill(
        self, rows: int = 100, batch: int = 1, change: dict[str, dict[str, str]] | None = None
    ) -> None:
        """Write every feed; ``change`` replaces expressions of a feed's columns."""
        self.home.warehouse.unlink(missing_ok=True)
        with duckdb.connect(str(self.home.warehouse)) as con:
            con.execute("create schema bronze; create schema intermediate")
            con.execute("create table bronze._feed (feed varchar, is_available boolean)")
            con.execute("create table bronze._file (file_id varchar, feed varchar, batch bigint)")
            con.execute(f"create table bronze._run as select date '{AS_OF}' as as_of_date")
            for contract in (c for c in load_all() if c.source is None):
                self._feed(con, contract, rows, batch, (change or {}).get(contract.feed, {}))

    def _feed(self, con, contract, rows: int, batch: int, change: dict[str, str]) -> None:
        declared = ", ".join(f"{name} {kind}" for name, kind in bronze_columns(contract))
        con.execute(f"create table bronze.{contract.feed} ({declared}, {META})")
        values = ROWS.get(contract.feed)
        con.execute("insert into bronze._feed values (?, ?)", [contract.feed, values is not None])
        if values is None:
            return
        file_id = f"{contract.feed}-{batch}"
        con.execute("insert into bronze._file values (?, ?, ?)", [file_id, contract.feed, batch])
        values = {
            **values,
            **change,
            "_file_id": f"'{file_id}'",
            "_file_date": f"date '{AS_OF}'",
            "_batch": str(batch),
        }
        con.execute(
            f"insert into bronze.{contract.feed} ({', '.join(values)}) "
            f"select {', '.join(values.values())} from range({rows}) as r(i)"
        )

    def absorbed(self, batch: int) -> None:
        """The warehouse has built everything up to this batch."""
        with duckdb.connect(str(self.home.warehouse)) as con:
            con.execute(
                "create or replace table intermediate.int_build__watermark as "
                f"select {batch}::bigint as last_batch"
            )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    return Home(tmp_path / "home").make()


@pytest.fixture
def bronze(home: Home) -> Bronze:
    return Bronze(home)
