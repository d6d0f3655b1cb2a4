"""The gate on bronze: what passes, what blocks, what can't be judged, and what is recorded."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from quality import gates, results, scratch
from quality.results import blocking


def by_status(found, suite):
    return {r.status for r in found if r.suite == suite}


def test_right_rows_pass_and_missing_feeds_are_not_available(home, bronze):
    bronze.fill()
    found = gates.check_bronze(home, "r1")
    assert [r for r in found if r.success is False] == []
    assert {r.suite for r in found if r.status == "passed"} == {
        "erp_style",
        "erp_sku",
        "erp_location",
        "pos_receipt_line",
    }
    for feed in ("erp_stock_snap", "erp_stock_move", "ec_order", "ec_refund", "erp_price"):
        assert by_status(found, feed) == {"not_available"}
    lacking = next(r for r in found if r.expectation == "receipt_known")
    assert (lacking.status, lacking.success) == ("not_available", None)
    assert "needs pos_receipt" in lacking.details
    assert results.read(results.path_of(home, "r1")) == [
        {k: v for k, v in r.__dict__.items() if k != "file_ids"} for r in found
    ]


BROKEN = {
    "pos_receipt_line": {
        "qty": "case when i < 20 then null else 1 end",
        "receipt_no": "'R' || i % 10",
        "store_code": "case when i < 90 then 'unknown' || i % 10 else 'ST1' end",
        "barcode": "case when i < 40 then 'x' || i else '690' || i end",
        "biz_date": "case when i < 10 then date '2027-01-01' else date '2026-10-31' end",
        "sale_amt": "case when i < 20 then null else -500 end",
    },
    "erp_sku": {"barcode": "case when i < 20 then '6.9' || i % 2 || 'E+12' else '690' || i end"},
    "erp_location": {"location_type": "case when i < 60 then 'x' else 'store' end"},
    "erp_style": {"tag_price": "case when i < 60 then -1 else 599 end"},
}
BLOCKED = {
    "pos_receipt_line": {
        "qty_given",
        "amount_given",
        "key_once",
        "store_known",
        "barcode_known",
        "not_in_future",
        "signs_agree",
    },
    "erp_sku": {"barcode_once", "barcode_whole"},
    "erp_location": {"type_mostly_known"},
    "erp_style": {"tag_price_range"},
}


def test_broken_feeds_are_blocked_with_their_files_and_the_version_is_not(home, bronze):
    bronze.fill(change=BROKEN)
    found = gates.check_bronze(home, "r1")
    blocked = blocking(found, "block_feed")
    assert {feed: {r.expectation for r in blocked if r.suite == feed} for feed in BROKEN} == BLOCKED
    assert all(r.file_ids == (f"{r.suite}-1",) for r in blocked)
    assert blocking(found, "block_version") == []


def test_a_small_share_only_warns_and_the_files_with_most_bad_rows_are_named(home, bronze):
    change = {"barcode": "case when i < 2 then 'x' || i else '690' || i end"}
    bronze.fill(change={"pos_receipt_line": change})
    (home.outcomes / "pos_receipt_line-1.json").write_text('{"source": "pos/lines_S01.csv"}')
    found = [r for r in gates.check_bronze(home, "r1") if r.success is False]
    assert [(r.expectation, r.severity) for r in found] == [("barcode_known", "warn")]
    assert found[0].observed == "bad_rows 2, all_rows 100"
    assert found[0].details.endswith("pos/lines_S01.csv: 2")


def test_grocery_data_passes_quantity_0_and_volume_goods_only_warn(home, bronze):
    lines = {
        "qty": "case when i < 3 then 0 when i < 6 then 14055 else 1 end",
        "sale_amt": "case when i < 3 then 0 else 3 end",
        "unit_price": "null",
        "barcode": "case when i = 7 then 'gone' else '690' || i end",
    }
    bronze.fill(rows=1000, change={"pos_receipt_line": lines, "erp_style": {"tag_price": "null"}})
    found = [r for r in gates.check_bronze(home, "r1") if r.success is False]
    assert {r.severity for r in found} == {"warn"}
    assert {r.expectation for r in found} == {"qty_not_zero", "qty_range"}


def test_only_what_the_warehouse_has_not_absorbed_is_judged(home, bronze):
    bronze.fill(batch=3, change={"erp_style": {"style_code": "null"}})
    bronze.absorbed(3)
    assert by_status(gates.check_bronze(home, "r1"), "erp_style") == {"nothing_new"}
    assert by_status(gates.check_bronze(home, "r2", everything=True), "erp_style") >= {"failed"}
    bronze.fill(batch=4, change={"erp_style": {"style_code": "null"}})
    bronze.absorbed(3)
    found = gates.check_bronze(home, "r3")
    assert "style_given" in {r.expectation for r in blocking(found, "block_feed")}


def test_what_the_retailer_accepts_only_warns(home, bronze, tmp_path):
    bronze.fill(change={"erp_style": {"tag_price": "-1"}})
    accepted = tmp_path / "config" / "quality_accepted.csv"
    accepted.write_text(
        "suite,expectation,reason\nerp_style,tag_price_range,samples cost nothing\n"
    )
    found = [r for r in gates.check_bronze(home, "r1") if r.success is False]
    assert {r.severity for r in found} == {"warn"}
    assert any("samples cost nothing" in r.details for r in found)


def test_no_value_of_a_row_reaches_the_records_or_the_validations(home, bronze):
    secret = {"receipt_no": "'13800138000'", "store_code": "'13800138000'"}
    bronze.fill(change={"pos_receipt_line": secret})
    gates.check_bronze(home, "r1")
    files = [p for p in (home.state).rglob("*") if p.is_file()]
    assert any(p.suffix == ".jsonl" for p in files)
    assert any(p.name == "pos_receipt_line.json" for p in files)
    for path in files:
        assert b"13800138000" not in path.read_bytes(), path


def test_afterwards_nobody_holds_the_warehouse_and_the_scratch_file_is_gone(home, bronze):
    bronze.fill()
    gates.check_bronze(home, "r1")
    done = subprocess.run(
        [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", home.warehouse],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    duckdb.connect(str(home.warehouse)).close()
    assert [p.name for p in (home.state / "quality").iterdir()] == ["validations"]


def test_without_a_warehouse_or_views_the_remedy_is_named(home):
    with pytest.raises(scratch.NoWarehouse, match="ingest run"):
        gates.check_bronze(home, "r1")
    duckdb.connect(str(home.warehouse)).close()
    with pytest.raises(scratch.NoWarehouse, match="ingest views"):
        gates.check_bronze(home, "r1")
