"""Edge cases of goods: stock, cost, sizes, carry-over, unknown launch."""

from __future__ import annotations

from decimal import Decimal

from tests.hits.edges.registry import Expected, edge, launched
from tests.hits.harness import Warehouse


@edge
def zero_stock_all_window(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "ZS", 20, 2)
    it.order(-60, 50)
    it.receive(-5, 0)
    return {
        (it.skc_id, it.day(20)): {
            "cum_net_units": 0, "net_units_7d": 0,
            "units_per_store_day_status": "no_stock", "store_active_rate_status": "no_stock",
            "distribution_rate": 0, "distribution_depth_status": "no_stock",
            "full_size_rate_status": "no_stock", "sell_through_rate_status": "no_stock",
            "weeks_of_supply_status": "no_sales", "discount_rate_status": "no_sales",
            "gross_margin_rate_status": "no_sales", "return_rate_status": "no_sales",
            "presale_ratio": 0, "reorder_rate": 0,
        }
    }  # fmt: skip


@edge
def stock_but_no_sales(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "NS", 20, 2)
    it.receive(-5, 30)
    for size in ("S", "M", "L"):
        it.stock("NS1", size, 5, 1)
    it.stock("NS2", "S", 4, 1)
    return {
        (it.skc_id, it.day(20)): {
            "units_per_store_day": 0, "units_per_store_day_den": 28,
            "store_active_rate": 0, "store_active_rate_den": 2,
            "distribution_rate": 1, "distribution_depth": Decimal("9.5"),
            "full_size_rate": Decimal("0.5"), "sell_through_rate": 0,
            "weeks_of_supply_num": 19, "weeks_of_supply_status": "no_sales",
        }
    }  # fmt: skip


@edge
def negative_stock(warehouse: Warehouse) -> Expected:
    """Negative on hand is shown as it is and is 0 in ratios; selling so counts as stocked."""
    it = launched(warehouse, "NG", 20, 1)
    it.receive(-5, 10)
    it.stock("NG1", "M", -2, 1)
    it.sale(12, 1, "NG1")
    it.sale(19, 1, "NG1")
    return {
        (it.skc_id, it.day(20)): {
            "onhand_units": -2,
            "avail_units": 0,
            "distribution_rate": 0,
            "units_per_store_day": 1,
            "units_per_store_day_den": 2,
            "store_active_rate": 1,
            "weeks_of_supply": 0,
        }
    }


@edge
def cost_missing(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "CO", 20, 1, cost=None)
    it.sale(18, 1, "CO1")
    return {
        (it.skc_id, it.day(20)): {
            "gross_margin_rate": None,
            "gross_margin_rate_status": "no_cost",
            "discount_rate": Decimal("0.8"),
        }
    }


@edge
def one_size_skc(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "OS", 20, 1, sizes=("F",))
    it.stock("OS1", "F", 5, 0)
    return {
        (it.skc_id, it.day(20)): {
            "full_size_rate": None,
            "full_size_rate_status": "not_judged",
            "full_size_rate_transit": None,
            "distribution_rate": 1,
        }
    }


@edge
def carry_over_skc(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "CA", 400, 1, is_carry_over=True)
    it.receive(2, 100)
    it.stock("CA1", "M", 5, 0)
    it.sale(398, 4, "CA1")
    return {
        (it.skc_id, it.day(400)): {
            "days_since_launch_status": "not_judged", "cum_net_units_status": "not_judged",
            "lifecycle_progress_status": "not_judged", "sell_through_rate_status": "not_judged",
            "stage": "evergreen", "level": "unjudged", "net_units_7d": 4,
            "weeks_of_supply": 5, "units_per_store_day_den": 14,
        }
    }  # fmt: skip


@edge
def launch_unknown_skc(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "LU", 700, 1, launch_status="launch_unknown")
    warehouse.tables["dim_skc"][-1]["launch_date"] = None
    it.stock("LU1", "M", 5, 0)
    it.sale(698, 4, "LU1")
    return {
        (it.skc_id, it.day(700)): {
            "days_since_launch_status": "launch_unknown",
            "discount_rate_status": "launch_unknown",
            "stage": None,
            "level": "unjudged",
            "net_units_7d": 4,
        }
    }
