"""Edge cases of sales, returns and presales: rows in, values worked by hand out."""

from __future__ import annotations

from decimal import Decimal

from tests.hits.edges.registry import Expected, edge, launched
from tests.hits.harness import Warehouse


@edge
def first_day(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "FD", 1, 1)
    it.receive(-5, 30)
    it.stock("FD1", "M", 5, 0)
    it.sale(1, 2, "FD1")
    return {
        (it.skc_id, it.day(1)): {
            "days_since_launch": 1, "cum_net_units": 2, "net_units_7d": 2, "days_in_window": 1,
            "units_per_store_day": 2, "units_per_store_day_den": 1,
            "store_active_rate": None, "store_active_rate_status": "immature",
            "weeks_of_supply": Decimal("2.5"), "return_rate_status": "immature",
            "discount_rate": Decimal("0.8"), "same_age_index_status": "small_base",
        }
    }  # fmt: skip


@edge
def day_14_15_16(warehouse: Warehouse) -> Expected:
    """One piece a day in one store: windows of 7 and 14 days fill, then slide."""
    it = launched(warehouse, "DB", 16, 1)
    it.receive(-5, 40)
    it.stock("DB1", "M", 9, 0)
    for n in range(1, 17):
        it.sale(n, 1, "DB1")
    return {
        (it.skc_id, it.day(n)): {
            "days_since_launch": n, "cum_net_units": n, "net_units_7d": 7,
            "units_per_store_day_num": 14, "units_per_store_day_den": 14, "store_active_rate": 1,
            "return_rate": 0, "return_rate_den": n - 7,
        } for n in (14, 15, 16)
    }  # fmt: skip


@edge
def return_before_its_sale_arrived(warehouse: Warehouse) -> Expected:
    """No sale is found: the return stands on its posting day and is counted apart."""
    it = launched(warehouse, "OR", 20, 1)
    it.sale(5, 10, "OR1")
    it.back(None, 18, 2, store_code="OR1")
    return {
        (it.skc_id, it.day(17)): {"cum_net_units": 10, "orphan_return_units": 0},
        (it.skc_id, it.day(20)): {
            "cum_net_units": 8, "net_units_7d": -2, "orphan_return_units": 2,
            "return_rate": 0, "return_rate_den": 10,
        },
    }  # fmt: skip


@edge
def return_8_and_40_days_later(warehouse: Warehouse) -> Expected:
    """Cohort: each leaves the sale day's window, on the day it is known, not before."""
    it = launched(warehouse, "LR", 60, 1)
    first = it.sale(10, 10, "LR1")
    it.back(first, 18, 1)
    it.back(first, 50, 1)
    return {
        (it.skc_id, it.day(16)): {"cum_net_units": 10, "net_units_7d": 10},
        (it.skc_id, it.day(17)): {"return_rate": 0, "return_rate_den": 10, "net_units_7d": 0},
        (it.skc_id, it.day(18)): {"cum_net_units": 9, "return_rate": Decimal("0.1")},
        (it.skc_id, it.day(44)): {"return_rate": Decimal("0.1")},
        (it.skc_id, it.day(45)): {"return_rate_status": "no_sales", "cum_net_units": 9},
        (it.skc_id, it.day(50)): {"cum_net_units": 8, "net_units_7d": 0},
    }


@edge
def return_in_another_channel(warehouse: Warehouse) -> Expected:
    """BORIS: bought online, brought to a store; the online sale loses it, the store nothing."""
    it = launched(warehouse, "BR", 20, 1)
    it.sale(15, 4, "BR1")
    online = it.sale(15, 6)
    it.back(online, 18, 1, return_store_code="BR1", return_channel_id="store", boris_units=1)
    return {
        (it.skc_id, it.day(20)): {
            "cum_net_units": 9,
            "store_units_14d": 4,
            "online_units_14d": 5,
            "units_per_store_day_num": 4,
        }
    }


@edge
def exchange_same_price(warehouse: Warehouse) -> Expected:
    """A size swapped: one back, one sold; net unchanged, no return in the return rate."""
    it = launched(warehouse, "EX", 20, 1)
    first = it.sale(5, 5, "EX1")
    it.back(first, 8, 1, exch_units=1)
    it.sale(8, 1, "EX1", size="L")
    return {
        (it.skc_id, it.day(20)): {
            "cum_net_units": 5,
            "return_rate": 0,
            "return_rate_num": 0,
            "return_rate_den": 6,
            "exchange_units": 1,
        }
    }


@edge
def refund_only(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "RO", 20, 1)
    line = it.sale(5, 5)
    it.back(line, 8, 0, refund_only_amt=Decimal(40))
    return {
        (it.skc_id, it.day(20)): {
            "cum_net_units": 5, "return_rate": 0, "return_rate_den": 5,
            "discount_rate": Decimal("0.8"),
        }
    }  # fmt: skip


@edge
def cancelled_presale_after_launch(warehouse: Warehouse) -> Expected:
    """The ratio is frozen at launch; what is still due is not."""
    it = launched(warehouse, "CP", 10, 1)
    it.order(-90, 100)
    for n in range(5):
        it.presale(-10, 10, cancelled_date=it.day(4) if n == 0 else None)
    return {
        (it.skc_id, it.day(-3)): {
            "presale_ratio": Decimal("0.5"), "cum_net_units_status": "pre_launch",
            "days_since_launch_status": "pre_launch", "net_units_7d_status": "pre_launch",
        },
        (it.skc_id, it.day(3)): {"presale_ratio": Decimal("0.5"), "presale_due_units": 50},
        (it.skc_id, it.day(10)): {"presale_ratio": Decimal("0.5"), "presale_due_units": 40},
    }  # fmt: skip


@edge
def deposits_and_bulk_presales(warehouse: Warehouse) -> Expected:
    """A deposit counts at the balance-payment rate (0.9 without history), a bulk order as 20."""
    it = launched(warehouse, "DP", 10, 1)
    it.order(-90, 100)
    it.presale(-10, 10, balance_date=None)
    it.presale(-9, 50)
    return {
        (it.skc_id, it.day(10)): {
            "presale_ratio_num": 29,
            "presale_ratio": Decimal("0.29"),
            "presale_deposit_units": 10,
            "presale_due_units": 60,
        }
    }


@edge
def presale_shipped_in_two_parcels(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "TP", 10, 1)
    it.order(-90, 100)
    it.presale(-10, 15)
    it.sale(2, 9, is_presale=True, order="TP-A")
    it.sale(6, 6, is_presale=True, order="TP-A")
    it.sale(6, 3)
    return {
        (it.skc_id, it.day(1)): {"cum_net_units": 0, "presale_due_units": 15},
        (it.skc_id, it.day(5)): {"cum_net_units": 9, "net_units_7d": 0, "presale_due_units": 6},
        (it.skc_id, it.day(10)): {"cum_net_units": 18, "net_units_7d": 3, "presale_due_units": 0},
    }


@edge
def same_receipt_number_in_two_stores(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "RN", 20, 2)
    it.sale(18, 1, "RN1", order="RN1|R001")
    it.sale(18, 1, "RN2", order="RN2|R001")
    return {(it.skc_id, it.day(20)): {"net_units_7d": 2, "units_per_store_day_den": 2}}


@edge
def gift_line(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "GI", 20, 1)
    it.sale(18, 2, "GI1")
    it.sale(18, 0, "GI1", is_gift=True, gift_units=1, is_excluded=True)
    return {(it.skc_id, it.day(20)): {"cum_net_units": 2, "discount_rate": Decimal("0.8")}}


@edge
def staff_purchase(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "SP", 20, 1)
    it.sale(18, 2, "SP1")
    staff = it.sale(18, 3, "SP1", is_staff=True, is_excluded=True, price=Decimal(40))
    it.back(staff, 19, 1, is_excluded=True)
    return {(it.skc_id, it.day(20)): {"cum_net_units": 2, "discount_rate": Decimal("0.8")}}


@edge
def reseller_order(warehouse: Warehouse) -> Expected:
    """More than 20 pieces in one order: flagged at the fact, still sold."""
    it = launched(warehouse, "RS", 20, 1)
    it.sale(18, 35, "RS1", is_reseller=True)
    return {(it.skc_id, it.day(20)): {"cum_net_units": 35, "net_units_7d": 35}}
