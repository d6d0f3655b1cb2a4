"""Edge cases of stores: opening, closing, transfers, missing files."""

from __future__ import annotations

from decimal import Decimal

from tests.hits.edges.registry import Expected, edge, launched
from tests.hits.harness import Warehouse
from tests.hits.retail import store


@edge
def store_opened_mid_window(warehouse: Warehouse) -> Expected:
    """A store that opens on day 14 is eligible from then on and has 7 store-days at day 20."""
    it = launched(warehouse, "OM", 20, 1)
    store(warehouse, "OM2", open_date=it.day(14))
    it.plan("OM2")
    it.stock("OM1", "M", 5, 0)
    it.stock("OM2", "M", 5, 10)
    it.sale(18, 3, "OM2")
    return {
        (it.skc_id, it.day(13)): {"distribution_rate": 1, "distribution_rate_den": 1},
        (it.skc_id, it.day(14)): {"distribution_rate": 1, "distribution_rate_den": 2},
        (it.skc_id, it.day(20)): {
            "units_per_store_day_num": 3,
            "units_per_store_day_den": 14 + 7,
            "store_active_rate": Decimal("0.5"),
            "net_units_7d": 3,
        },
    }


@edge
def store_closed_mid_window(warehouse: Warehouse) -> Expected:
    """A store whose last day is day 15 leaves all counts of stores; its sales stay."""
    it = launched(warehouse, "CM", 20, 1)
    store(warehouse, "CM2", close_date=it.day(15))
    it.plan("CM2")
    it.stock("CM1", "M", 5, 0)
    it.stock("CM2", "M", 5, 0)
    it.sale(10, 2, "CM2")
    return {
        (it.skc_id, it.day(15)): {"distribution_rate_den": 2, "store_active_rate_den": 2},
        (it.skc_id, it.day(16)): {"distribution_rate_den": 1, "distribution_rate": 1},
        (it.skc_id, it.day(20)): {
            "units_per_store_day_num": 2,
            "units_per_store_day_den": 14 + 9,
            "store_active_rate": 0,
            "store_active_rate_den": 1,
            "cum_net_units": 2,
        },
    }


@edge
def transfer_in_transit_over_month_end(warehouse: Warehouse) -> Expected:
    """On its way the piece belongs to the destination for distribution, to nobody on hand."""
    it = launched(warehouse, "TT", 45, 2)
    out, back = it.day(30), it.day(33)
    assert out.month != back.month
    it.stock("TT1", "M", 3, 1, 30)
    it.stock("TT1", "M", 0, 30)
    it.stock("TT2", "M", 0, 30, 33, transit_units=3)
    it.stock("TT2", "M", 3, 33)
    return {
        (it.skc_id, it.day(29)): {"distribution_rate": Decimal("0.5"), "onhand_units": 3},
        (it.skc_id, it.day(31)): {
            "distribution_rate": Decimal("0.5"),
            "distribution_depth": 3,
            "onhand_units": 0,
            "transit_units": 3,
            "full_size_rate_status": "no_stock",
        },
        (it.skc_id, it.day(33)): {"onhand_units": 3, "transit_units": 0, "full_size_rate": 0},
    }


@edge
def franchise_store_without_pos(warehouse: Warehouse) -> Expected:
    """Its stock and its place in the plan count nowhere."""
    it = launched(warehouse, "FR", 20, 1)
    store(warehouse, "FR2", ownership="franchise", has_pos=False)
    it.plan("FR2")
    it.stock("FR1", "M", 5, 0)
    it.stock("FR2", "M", 50, 0)
    it.sale(18, 1, "FR1")
    return {
        (it.skc_id, it.day(20)): {
            "distribution_rate": 1,
            "distribution_rate_den": 1,
            "avail_units": 5,
            "weeks_of_supply": 5,
            "units_per_store_day_den": 14,
        }
    }


@edge
def missing_store_file(warehouse: Warehouse) -> Expected:
    """One of 10 stores sent nothing on the last day: below 95 %, company values are blocked."""
    it = launched(warehouse, "MF", 20, 10)
    it.receive(-5, 200)
    for n in range(1, 11):
        it.stock(f"MF{n}", "M", 5, 0)
        it.sale(19, 1, f"MF{n}")
        warehouse.add(
            "fct_arrival", store_code=f"MF{n}", biz_date=it.day(20), is_expected=True,
            is_arrived=n != 10,
        )  # fmt: skip
    return {
        (it.skc_id, it.day(19)): {"coverage": 1, "net_units_7d": 10, "net_units_7d_last": None},
        (it.skc_id, it.day(20)): {
            "coverage": Decimal("0.9"),
            "net_units_7d": None,
            "net_units_7d_status": "dq_blocked",
            "net_units_7d_last": 10,
            "net_units_7d_last_date": it.day(19),
            "distribution_rate_status": "dq_blocked",
            "distribution_rate_last": 1,
            "days_since_launch": 20,
            "level": "unjudged",
        },
    }


@edge
def one_of_forty_store_files_missing(warehouse: Warehouse) -> Expected:
    """At 97.5 % the value of the covered stores is shown with the coverage."""
    it = launched(warehouse, "MC", 20, 40)
    for n in range(1, 41):
        it.stock(f"MC{n}", "M", 5, 0)
        it.sale(19, 1, f"MC{n}")
        warehouse.add(
            "fct_arrival", store_code=f"MC{n}", biz_date=it.day(20), is_expected=True,
            is_arrived=n != 40,
        )  # fmt: skip
    return {
        (it.skc_id, it.day(20)): {
            "coverage": Decimal("0.975"),
            "net_units_7d": 40,
            "distribution_rate": 1,
            "distribution_rate_den": 39,
            "store_active_rate_num": 39,
            "store_active_rate_den": 39,
            "units_per_store_day_den": 14 * 40 - 1,
        }
    }
