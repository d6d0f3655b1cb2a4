"""The worked example of the definitions, entered as rows of the core facts.

What belongs here: the rows of the example. What does not: its expected values (golden.csv).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc, skc, store

SKC_ID = "K25A-07/BLK"
STORES = [f"G{n:03d}" for n in range(1, 201)]
SELLING = STORES[:119]
PEER_UNITS = (310, 420, 515, 600, 740, 780, 905, 1010, 1300, 1900)  # median 760


def build(warehouse: Warehouse) -> Skc:
    """Enter the example: day 15 is the last day; returns its SKC."""
    launch = warehouse.as_of - timedelta(days=14)
    it = skc(
        warehouse, SKC_ID, launch, tag=Decimal(599), price=Decimal("521.13"), cost=Decimal(180),
        planned_pull_off=launch + timedelta(days=120), category_l3="卫衣", supplier_code="V19",
    )  # fmt: skip
    warehouse.add("dim_supplier", supplier_code="V19", lead_days=19, moq=1)
    for code in STORES:
        store(warehouse, code)
    it.plan(*STORES)
    _supply(it)
    _presale(it)
    _stock(it)
    _sales(it)
    _peers(warehouse, launch)
    return it


def _supply(it: Skc) -> None:
    it.order(-120, 5000, po_no="PO-FIRST")
    it.receive(-10, 5000, po_no="PO-FIRST")
    it.order(5, 1500, "reorder", po_no="PO-AGAIN", latest_date=it.day(24))


def _presale(it: Skc) -> None:
    """3,150 pieces ordered, 150 cancelled before launch, 2,600 sent on day 1, 170 of them back."""
    for n in range(315):
        it.presale(-20, 10, cancelled_date=it.day(-5) if n < 15 else None)
    parcel = it.sale(1, 2600, is_presale=True)
    it.back(parcel, 12, 150, is_presale=True)
    it.back(parcel, 12, 20, is_presale=True, is_resalable=False)


def _stock(it: Skc) -> None:
    """DC 650 (400 reserved, 20 locked), stores 700, on the way to stores 70, at the close of D15.

    The 140 carrying stores are stocked from the close of day 2, so at opening on 13 of 14 days.
    """
    it.stock("DC", "M", 650, -10, reserved_units=400, locked_units=20)
    for n, code in enumerate(STORES[:138]):
        sizes = {"S": 1, "M": 3 if n < 10 else 2, "L": 2} if n < 97 else {"S": 2, "XL": 3}
        for size, units in sizes.items():
            it.stock(code, size, units, 2)
        if 97 <= n < 117:  # a core run once what is on the way has come
            it.stock(code, "M", 0, 14, transit_units=2)
            it.stock(code, "L", 0, 14, transit_units=1)
    for code in STORES[138:140]:  # sold out on the last day, five on the way
        it.stock(code, "M", 1, 2, 15, transit_units=0)
        it.stock(code, "M", 0, 15, transit_units=5)


def _spread(it: Skc, day: int, units: int) -> list[str]:
    """Sell units over the 119 selling stores as evenly as whole pieces allow."""
    each, more = divmod(units, len(SELLING))
    return [
        it.sale(day, each + (n < more), code) for n, code in enumerate(SELLING) if each + (n < more)
    ]


def _sales(it: Skc) -> None:
    """Organic gross 95 + 545 + 590, net 90 + 500 + 560, day 15 net 78; stores net 700."""
    first = it.sale(1, 95)
    it.back(first, 6, 5)
    online_2 = it.sale(6, 195)
    it.back(online_2, 13, 15)
    for line in _spread(it, 5, 350)[:30]:
        it.back(line, 9, 1)
    for line in _spread(it, 10, 350)[:20]:
        it.back(line, 14, 1)
    _spread(it, 15, 50)
    online_3 = it.sale(11, 160)
    it.back(online_3, 15, 8)
    online_15 = it.sale(15, 30)
    it.back(online_15, 15, 2)


def _peers(warehouse: Warehouse, launch: object) -> None:
    """Ten SKCs of the season before whose organic units at day 15 have the median 760."""
    for n, units in enumerate(PEER_UNITS):
        peer = skc(
            warehouse, f"PEER-{n}/01", warehouse.as_of - timedelta(days=400), category_l3="卫衣",
            season_year=2025, season_name="2025AW",
        )  # fmt: skip
        peer.sale(4, units)
        peer.sale(16, 50)  # later than the age compared
