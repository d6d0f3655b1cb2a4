"""What is supply and what is missed: goods too long on their way, sizes not to be had online.

Expected figures are worked by hand beside each case.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc
from tests.hits.test_decisions import launched

AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("supply"), AS_OF)
    made.add("dim_store", store_code="A1", store_name="A1", region="华东")
    made.add("dim_store", store_code="DC", location_type="dc", has_pos=False)
    made.add("dim_channel", channel_id="tmall", channel_group="online", name_zh="天猫", name_en="T")
    goods = launched(made, "H/1", 150)
    for n in range(25):  # in the quarter before, 24 of 25 journeys took 3 days and one took 9
        travel(made, goods, f"D{n}", date(2026, 8, 1) + timedelta(days=n), 9 if n == 7 else 3)
    for name, days in (("T3/1", 3), ("T4/1", 4)):
        skc = launched(made, name, 100)
        travel(made, skc, name, AS_OF - timedelta(days=days), None)
        skc.stock("A1", "M", 0, 100 - days, transit_units=5)
    views(made)
    made.run()
    return made


def travel(made: Warehouse, skc: Skc, doc: str, sent: date, days: int | None) -> None:
    """Five pieces from the DC to A1; on their way still without ``days``."""
    row = {"doc_no": doc, "line_no": 1, "move_type": "replenishment", "store_code": "A1",
           "counter_store_code": "DC", "sku_id": skc.sku("M"), "skc_id": skc.skc_id}  # fmt: skip
    made.add(
        "fct_stock_move", move_id=f"{doc}|w", leg="way", move_date=sent, transit_units=5, **row
    )
    if days is not None:
        made.add(
            "fct_stock_move", move_id=f"{doc}|i", leg="in", units=5, transit_units=-5,
            move_date=sent + timedelta(days=days), **row,
        )  # fmt: skip


def views(made: Warehouse) -> None:
    """30 visitors, 10 of them at a size that the DC has not; 6 pieces sold online in 14 days."""
    skc = launched(made, "V/1", 60, category_l3="only")
    skc.stock("DC", "M", 9, 1)
    skc.sale(59, 6, closes=None)
    for n in range(30):
        size = "XL" if n < 10 else "M"
        made.add(
            "fct_event", event_id=f"e{n}", event_date=AS_OF, platform="tmall", event="pdp_view",
            event_at=datetime(2026, 10, 31, 12), visitor_key=f"v{n}", style_id="V", skc_id="V/1",
            sku_id=skc.sku(size), is_bot=False, is_staff=False,
        )  # fmt: skip


def test_goods_longer_on_their_way_than_usual_are_no_distribution(warehouse) -> None:
    """24 of 25 journeys are 96 %: the lane's P95 is 3 days."""
    assert warehouse.row("T3/1")["distribution_rate"] == 1
    assert warehouse.row("T4/1")["distribution_rate"] == 0
    before = warehouse.row("T4/1", AS_OF - timedelta(days=1))
    assert (before["distribution_rate"], before["distribution_depth"]) == (1, 5)
    assert warehouse.row("T4/1")["transit_units"] == 5  # still ours


def test_views_of_missing_sizes_are_lost_pieces(warehouse) -> None:
    """10 views x 6 pieces / 30 visitors = 2 missed; half of them buy something else."""
    row = warehouse.row("V/1")
    assert row["size_oos_views"] == 10
    assert row["lost_units_7d"] == Decimal("1.00")
    assert (row["lost_units_7d_lo"], row["lost_units_7d_hi"]) == (Decimal("0.60"), Decimal("1.40"))
    assert row["view_to_cart_rate_den"] == 30
