"""Every sample export in data/samples is read, and gives the rows that data/README.md speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest

from baokuan.home import PROJECT, Home
from ingest.contract import Contract, load_all
from ingest.explain.check import check

SAMPLES = PROJECT / "data" / "samples"
# file: for each contract (rows kept, rows made of them by splitting, quarantined, skipped)
EXPECTED = {
    "cdnow/purchases.txt": {"cdnow/pos_receipt_line": (4, 0, 0, 0)},
    "complete_journey/transactions.parquet": {"complete_journey/pos_receipt_line": (3, 0, 0, 0)},
    "crm/crm_member_full_20261031_1.csv": {"crm_member": (3, 0, 0, 0)},
    "ec/ec_event_delta_20261031_1.jsonl": {"ec_event": (3, 0, 0, 0)},
    "ec/ec_order_delta_20261031_1.csv": {"ec_order": (2, 0, 0, 0)},
    "ec/ec_order_line_delta_20261031_1.csv": {"ec_order_line": (2, 0, 0, 0)},
    "ec/ec_refund_delta_20261031_1.csv": {"ec_refund": (2, 0, 0, 0)},
    "erp/erp_futures_matrix_20260401_1.xlsx": {"matrix/erp_futures": (4, 7, 0, 2)},
    "erp/erp_location_full_20261031_1.xlsx": {"erp_location": (3, 0, 0, 3)},
    "erp/erp_price_full_20261031_1.csv": {"erp_price": (4, 0, 0, 0)},
    "erp/erp_production_supplier_202610_1.xlsx": {"supplier/erp_production": (3, 0, 0, 2)},
    "erp/erp_skc_full_20261031_1.csv": {"erp_skc": (4, 0, 0, 0)},
    "erp/erp_sku_full_20261031_1.csv": {"erp_sku": (6, 0, 0, 0)},
    "erp/erp_stock_move_delta_20261031_1.csv": {"erp_stock_move": (3, 0, 0, 0)},
    "erp/erp_stock_snap_snap_20261031_1.csv": {"erp_stock_snap": (5, 0, 0, 1)},
    "erp/erp_style_full_20261031_1.csv": {"erp_style": (3, 0, 0, 0)},
    "erp/erp_target_sheets_20261001_1.xlsx": {"sheets/erp_target": (4, 0, 0, 1)},
    "generic_pos/sales_20261030.csv": {"generic_pos/pos_receipt_line": (2, 0, 0, 2)},
    "generic_pos/sales_20261031.tsv": {"generic_pos/pos_receipt_line": (3, 0, 0, 0)},
    "jd/orders_20261031.csv": {"jd/ec_order": (2, 0, 0, 1), "jd/ec_order_line": (3, 0, 0, 0)},
    "pos/pos_receipt_delta_20261031_1.csv": {"pos_receipt": (3, 0, 0, 0)},
    "pos/pos_receipt_line_delta_20261031_1.csv": {"pos_receipt_line": (4, 0, 1, 0)},
    "pos/pos_traffic_snap_20261031_1.json": {"pos_traffic": (4, 0, 0, 0)},
    "taobao/tmall/ExportOrderList202610310930.csv": {"taobao/ec_order": (2, 0, 0, 0)},
}


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_all()


def test_every_sample_is_expected_and_every_expected_one_is_there() -> None:
    found = {p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.is_file()}
    assert found == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_would_load(
    name: str, contracts: list[Contract], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path / "config"))
    outcomes = [one.outcome for one in check(Home(tmp_path), SAMPLES / name, contracts)]
    found = {
        str(o.contract): (
            o.rows_kept, o.rows_derived, o.rows_quarantined, sum(o.rows_skipped.values())
        )
        for o in outcomes if o.status == "loaded"
    }  # fmt: skip
    assert found == EXPECTED[name]
    assert len(found) == len(outcomes), [(o.status, o.reason) for o in outcomes]
