"""Real exports loaded by contracts alone give the figures that others published for them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from ingest.outcomes import Outcome
from tests.acceptance.conftest import Shop


def land(shop: Shop, source: Path, folder: str) -> None:
    paths = sorted(source.iterdir()) if source.is_dir() else [source]
    for path in paths:
        shop.land(f"{folder}/{path.name}", path.read_bytes())


def ingest(shop: Shop) -> dict[str, Outcome]:
    """Outcomes by contract; every row of every file is accounted for."""
    done = shop.ingest()
    for outcome in done:
        assert outcome.status in ("loaded", "lookup"), (outcome.source, outcome.reason)
        assert not outcome.values_rejected
        left = sum(outcome.rows_skipped.values()) + outcome.rows_quarantined + outcome.rows_held
        assert outcome.rows_kept + left == outcome.rows_in_file
    return {outcome.contract: outcome for outcome in done}


def test_online_retail(shop: Shop, data: Path) -> None:
    """The published rule: customer known, quantity and price above 0."""
    land(shop, data / "online_retail" / "online_retail.csv.gz", "online_retail")
    result = ingest(shop)
    assert result["online_retail/ec_order_line"].rows_in_file == 541_909
    assert {k: v for k, v in result["online_retail/ec_order_line"].rows_skipped.items() if v} == {
        "cancellation": 9_288, "write_off": 1_336, "bad_debt": 3,
    }  # fmt: skip
    known = "buyer_id_key is not null and unit_price > 0"
    joined = "bronze.ec_order_line join bronze.ec_order using (order_no)"
    assert shop.rows(
        "select count(*), count(distinct buyer_id_key), count(distinct order_no), "
        "count(distinct barcode), sum(qty), sum(qty * unit_price), "
        f"count(distinct (order_no, line_no)) from {joined} where {known}"
    ) == [(397_884, 4_338, 18_532, 3_665, 5_167_812, Decimal("8911407.904"), 397_884)]
    assert shop.rows(
        f"select province, sum(qty * unit_price) from {joined} where {known} "
        "group by province order by 2 desc limit 3"
    ) == [
        ("United Kingdom", Decimal("7308391.554")), ("Netherlands", Decimal("285446.34")),
        ("EIRE", Decimal("265545.90")),
    ]  # fmt: skip
    lag = "epoch(r.done_at - o.paid_at) / 86400"
    assert shop.rows(
        "select count(*), count(o.order_no), count(l.line_no), "
        f"round(median({lag}), 2), count(*) filter ({lag} >= 7), sum(r.refund_amt) "
        "from bronze.ec_refund r left join bronze.ec_order o using (order_no) "
        "left join bronze.ec_order_line l on l.order_no = r.order_no and l.line_no = r.line_no"
    ) == [(9_288, 7_260, 7_260, 9.19, 4_392, Decimal("896812.49"))]


def test_adventureworks(shop: Shop, data: Path) -> None:
    land(shop, data / "adventureworks", "adventureworks")
    result = ingest(shop)
    assert result["adventureworks/crm_member"].rows_kept == 18_148
    assert shop.rows(
        "select count(distinct receipt_no), count(distinct member_no), sum(sale_amt), sum(qty), "
        "count(*), count(distinct (receipt_no, line_no)), min(biz_date)::varchar "
        "from bronze.pos_receipt_line"
    ) == [(25_164, 17_416, Decimal("24914567.18"), 84_174, 56_046, 56_046, "2015-01-01")]
    orphan = result["adventureworks/pos_receipt_line"]
    assert orphan.source.endswith("2017.csv")
    assert orphan.warnings == ["look-up 'product': 1 of 29482 rows have no match"]
    lines = shop.quarantine(orphan)
    assert [line[2:4] for line in lines] == [("missing required value", "sale_amt")]
    assert shop.rows("select count(*), sum(qty) from bronze.pos_return") == [(1_809, 1_828)]
    assert shop.rows("select count(*), count(category_l1) from bronze.erp_style") == [(119, 119)]
    assert shop.rows(
        "select count(*) from bronze.pos_receipt_line anti join bronze.erp_sku using (barcode)"
    ) == [(0,)]


def test_shopify_tables(shop: Shop, data: Path) -> None:
    """Shapes only: five to ten rows a table, keys that do not meet. REST and GraphQL names."""
    names = ("order", "order_line", "refund", "order_line_refund", "customer", "product",
             "product_variant", "inventory_level")  # fmt: skip
    for api in ("shopify", "shopify_gql"):
        for name in names:
            land(shop, data / "shopify_seeds" / f"{api}_{name}_data.csv", "shopify")
    done: dict[str, int] = {}
    for outcome in shop.ingest():
        assert outcome.status in ("loaded", "lookup"), (outcome.source, outcome.reason)
        assert (outcome.rows_quarantined, outcome.values_rejected) == (0, {})
        done[outcome.feed] = done.get(outcome.feed, 0) + outcome.rows_kept
    assert done == {
        "": 0, "ec_order": 17, "ec_order_line": 13, "ec_refund": 15, "crm_member": 14,
        "erp_style": 18, "erp_skc": 18, "erp_sku": 18, "erp_stock_snap": 15,
    }  # fmt: skip
    assert shop.rows(
        "select status, count(*), sum(paid_amt), count(buyer_id_key) from bronze.ec_order "
        "group by 1 order by 1"
    ) == [
        ("closed", 8, Decimal("2061.99"), 8), ("done", 2, Decimal("9.18"), 2),
        ("paid", 7, Decimal("672.83"), 7),
    ]  # fmt: skip
    assert shop.rows(
        "select qty, unit_price, sale_amt from bronze.ec_order_line where order_no = '5002'"
    ) == [(2, Decimal("14.9950"), Decimal("24.99"))]


def test_cdnow(shop: Shop, data: Path) -> None:
    land(shop, data / "cdnow" / "CDNOW_master.txt", "cdnow")
    ingest(shop)
    assert shop.rows(
        "select count(*), count(distinct member_no), count(*) filter (sale_amt = 0), "
        "count(distinct (receipt_no, line_no)), count(*) - "
        "count(distinct (member_no, biz_date, qty, sale_amt)) from bronze.pos_receipt_line"
    ) == [(69_659, 23_570, 80, 69_659, 255)]
