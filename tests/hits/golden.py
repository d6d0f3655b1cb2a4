"""The worked example of the definitions, entered as rows of the core facts.

What belongs here: the rows of the example. What does not: its expected values (golden.csv).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc, skc, store

SKC_ID = "K25A-07/BLK"
NO_REORDER = "K25A-08/BLK"  # the same without the reorder, for the other suggestion
STORES = [f"G{n:03d}" for n in range(1, 201)]
SELLING = STORES[:119]
PEER_UNITS = (310, 420, 515, 600, 740, 780, 905, 1010, 1300, 1900)  # median 760
SHARES = (Decimal("0.18"), Decimal("0.17"), Decimal("0.13"), Decimal("0.10"), Decimal("0.08"),
          Decimal("0.07"))  # fmt: skip
VIEWERS, CARTERS = 41_000, 4_860


def build(warehouse: Warehouse) -> Skc:
    """Enter the example: day 15 is the last day; returns its SKC."""
    warehouse.add("dim_supplier", supplier_code="V19", lead_days=19, moq=1)
    for code in STORES:
        store(warehouse, code)
    example = _example(warehouse, SKC_ID)
    example.order(5, 1500, "reorder", po_no="PO-AGAIN", latest_date=example.day(24))
    _example(warehouse, NO_REORDER)
    _events(example)
    _peers(warehouse)
    return example


def given(warehouse: Warehouse) -> None:
    """What the example gives, as rows of the models that compute it: units lost, demand curve."""
    launch = warehouse.as_of - timedelta(days=14)
    rows = [(SKC_ID, launch + timedelta(days=n - 1), 40) for n in range(9, 16)]
    rows.append((SKC_ID, launch + timedelta(days=7), 120))  # half of it recovered: 60 and 140
    warehouse.replace("int_hits__lost_online", f"skc_id = '{SKC_ID}'", rows)
    warehouse.replace("int_hits__lost_change", f"skc_id = '{SKC_ID}'", [])
    group = "group_name = '卫衣 / 1'"
    spread = warehouse.rows(
        "select day_no, lo_w3, hi_w3, lo_w4, hi_w4 from intermediate.int_hits__curve_day "
        f"where {group}"
    )
    bands = {row.pop("day_no"): tuple(row.values()) for row in spread}
    curve = []
    for week, share in enumerate(SHARES):
        for day in range(1, 8):
            reached = sum(SHARES[:week]) + share * day / 7
            day_no = 7 * week + day
            shares = (round(reached, 12), SHARES[2], SHARES[3], 10)
            curve.append(("AW", 2026, 1, "卫衣 / 1", day_no, *shares, *bands[day_no]))
    warehouse.replace("int_hits__curve_day", group, curve)


def _example(warehouse: Warehouse, skc_id: str) -> Skc:
    launch = warehouse.as_of - timedelta(days=14)
    it = skc(
        warehouse, skc_id, launch, tag=Decimal(599), price=Decimal("521.13"), cost=Decimal(180),
        planned_pull_off=launch + timedelta(days=120), category_l3="卫衣", supplier_code="V19",
    )  # fmt: skip
    it.plan(*STORES)
    _supply(it)
    _presale(it)
    _stock(it)
    _sales(it)
    return it


def _supply(it: Skc) -> None:
    po_no = f"PO-{it.skc_id}"
    it.order(-120, 5000, po_no=po_no)
    it.receive(-10, 5000, po_no=po_no)


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
        if n < 97:  # 595 pieces with a core run
            sizes = {"S": 2, "M": 3 if n < 13 else 2, "L": 2}
        else:  # 105 stranded pieces, 15 % of 700
            sizes = {"S": 1, "XL": 2 if n < 97 + 23 else 1}
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


def _events(it: Skc) -> None:
    """41,000 visitors of the page in the last 7 days, 4,860 of them with the SKC in the cart."""
    for n in range(VIEWERS):
        seen = {"event_date": it.day(9 + n % 7), "visitor_key": f"v{n}", "skc_id": it.skc_id}
        kinds = ("pdp_view", "add_cart") if n < CARTERS else ("pdp_view",)
        for kind in kinds:
            it.warehouse.add(
                "fct_event",
                event_id=f"e{n}{kind}",
                event=kind,
                is_bot=False,
                is_staff=False,
                **seen,
            )


def _peers(warehouse: Warehouse) -> None:
    """Ten SKCs of the season before with the median 760 at day 15, sold about as the shares say."""
    for n, units in enumerate(PEER_UNITS):
        peer = skc(
            warehouse, f"PEER-{n}/01", warehouse.as_of - timedelta(days=400), category_l3="卫衣",
            season_year=2025, season_name="2025AW",
        )  # fmt: skip
        life = units / (0.18 + 0.17 + 0.13 / 7)
        first, second = round(life * 0.18), round(life * 0.17)
        peer.sale(4, first)
        peer.sale(11, second)
        peer.sale(15, units - first - second)
        peer.sale(18, round(life * 0.13 * 6 / 7))
        for week, share in enumerate(SHARES[3:], 4):
            peer.sale(7 * week - 3, round(life * float(share)))
        peer.sale(60, round(life * 0.27))
