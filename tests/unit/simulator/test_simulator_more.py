"""Feeds written on request: they load whole, follow from the others, and change none of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from small_retailer import content

from baokuan.home import Home
from ingest import warehouse
from ingest.run import ingest_landing
from simulator.__main__ import generate
from simulator.settings import Settings

MORE = {
    "pos_payment", "pos_shift", "crm_points", "erp_alloc", "erp_count", "ec_item_day",
    "ext_weather",
}  # fmt: skip
BASE = {"pos_receipt", "erp_stock_move"}


@pytest.fixture(scope="module")
def bronze(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, retailer: Settings
) -> duckdb.DuckDBPyConnection:
    """The small retailer once more with all its feeds; those and what they follow from, loaded."""
    root = tmp_path_factory.mktemp("more")
    home = Home(root / "home").make()
    wanted = replace(settings, out=home.landing, truth=root / "truth", config=None, more=True)
    generate(wanted, quiet=True)
    written = content(home.landing)
    base = content(retailer.out)
    assert {name: written[name] for name in base} == base
    found = {Path(name).name.rsplit("_", 3)[0] for name in set(written) - set(base)}
    assert found == MORE
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAOKUAN_CONFIG", str(root / "config"))
        patch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
        patch.delenv("BAOKUAN_CONTRACTS", raising=False)
        for outcome in ingest_landing(home, feeds=MORE | BASE):
            if outcome.feed in MORE:
                assert (outcome.status, outcome.rows_quarantined) == ("loaded", 0), outcome
                assert not outcome.values_rejected
        con = duckdb.connect(":memory:")
        warehouse.register(home, con)
    return con


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("payments add up to their receipts",
         "select receipt.store_code from (select store_code, biz_date, receipt_no, "
         "arg_min(paid_amt, uploaded_at) as paid_amt from bronze.pos_receipt "
         "where not is_void group by all) as receipt left join (select store_code, biz_date, "
         "receipt_no, sum(paid_amt) as paid_amt from bronze.pos_payment group by all) as payment "
         "using (store_code, biz_date, receipt_no) "
         "where receipt.paid_amt <> coalesce(payment.paid_amt, 0)"),
        ("whoever sold was there",
         "select * from bronze.pos_receipt as sale left join bronze.pos_shift as shift on "
         "shift.staff_code = sale.staff_code and shift.work_date = sale.biz_date "
         "where sale.staff_code is not null and shift.staff_code is null"),
        ("nothing is shipped that was not planned",
         "select * from bronze.erp_alloc where shipped_units > planned_units"),
        ("counts explain the corrections",
         "select * from bronze.erp_count where counted_units - book_units <> diff_units "
         "or diff_units = 0"),
        ("a day's low is below its high", "select * from bronze.ext_weather where low >= high"),
    ],
    ids=lambda value: value if " " in value and "select" not in value else "",
)  # fmt: skip
def test_they_follow_from_what_happened(
    bronze: duckdb.DuckDBPyConnection, what: str, sql: str
) -> None:
    assert bronze.execute(sql).fetchall() == [], what
