"""The edge-case matrix: each case enters its rows and states the values it must give, worked by hand.

What belongs here: one function a case, with its own SKC and stores, so that all run in one
warehouse. What does not: running the models (conftest), comparing (test_edges).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc, skc, store

Expected = dict[tuple[str, date], dict[str, Any]]
EDGES: dict[str, Callable[[Warehouse], Expected]] = {}


def edge(build: Callable[[Warehouse], Expected]) -> Callable[[Warehouse], Expected]:
    EDGES[build.__name__] = build
    return build


def launched(warehouse: Warehouse, name: str, age: int, stores: int = 1, **more: Any) -> Skc:
    """An SKC on day `age` at the last day, planned for its own stores <name>1, <name>2, ..."""
    it = skc(warehouse, f"{name}/01", warehouse.as_of - timedelta(days=age - 1), **more)
    it.plan(*[store(warehouse, f"{name}{n}") for n in range(1, stores + 1)])
    return it


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
            "weeks_of_supply": None, "weeks_of_supply_num": 19, "weeks_of_supply_status": "no_sales",
        }
    }  # fmt: skip


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
            "cum_net_units": 5, "return_rate": 0, "return_rate_den": 5, "discount_rate": Decimal("0.8"),
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
def same_receipt_number_in_two_stores(warehouse: Warehouse) -> Expected:
    it = launched(warehouse, "RN", 20, 2)
    it.sale(18, 1, "RN1", order="RN1|R001")
    it.sale(18, 1, "RN2", order="RN2|R001")
    return {(it.skc_id, it.day(20)): {"net_units_7d": 2, "units_per_store_day_den": 2}}


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
