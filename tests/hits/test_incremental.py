"""Hit rows built upon what is there are those of a full refresh, and the same night twice is once.

What belongs here: small cases in which a row once depended on how it came about. The whole pipeline
over days is in tests/integration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.hits.edges.registry import launched
from tests.hits.harness import Warehouse

AS_OF = date(2026, 10, 31)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, AS_OF)


def daily(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.rows("select * from hits.daily order by skc_id, as_of_date")


def equals_full_refresh(warehouse: Warehouse) -> list[dict[str, Any]]:
    ours = daily(warehouse)
    warehouse.run(full_refresh=True)
    assert ours == daily(warehouse)
    return ours


def morning_after(warehouse: Warehouse, day: date) -> None:
    warehouse.as_of = day
    warehouse.now = datetime.combine(day + timedelta(days=1), datetime.min.time())


def arrivals(warehouse: Warehouse, store: str, came: Callable[[date], bool]) -> None:
    """One row a day of the last 40: expected, and arrived or not."""
    rows = warehouse.tables["fct_arrival"]
    rows[:] = [row for row in rows if row["store_code"] != store]
    for back in range(-1, 40):
        day = AS_OF - timedelta(days=back)
        warehouse.add(
            "fct_arrival", store_code=store, biz_date=day, is_expected=True, is_arrived=came(day)
        )


def test_the_same_night_twice_changes_no_last_good_value(warehouse: Warehouse) -> None:
    """The only good value lies one day before the days that are kept of goods without a launch."""
    it = launched(warehouse, "CARRY", 400, is_carry_over=True)
    it.stock("CARRY1", "M", 5, 0)
    it.sale(370, 4, "CARRY1")
    good = AS_OF - timedelta(days=27)
    arrivals(warehouse, "CARRY1", lambda day: day <= good)
    warehouse.run()
    morning_after(warehouse, AS_OF + timedelta(days=1))
    warehouse.run()
    once = daily(warehouse)
    assert once[-1]["net_units_7d_status"] == "dq_blocked"
    warehouse.run()
    assert daily(warehouse) == once
    equals_full_refresh(warehouse)


def test_a_late_file_of_a_store_outside_the_plan_counts_its_days(warehouse: Warehouse) -> None:
    it = launched(warehouse, "LATE", 30, 2)
    plan = warehouse.tables["fct_store_plan"]
    plan[:] = [row for row in plan if row["store_code"] != "LATE2"]
    for store in ("LATE1", "LATE2"):
        it.stock(store, "M", 5, 0)
    it.sale(25, 1, "LATE1")
    arrivals(warehouse, "LATE2", lambda day: day != it.day(28))
    warehouse.run()
    (before,) = [row for row in daily(warehouse) if row["as_of_date"] == AS_OF]
    arrivals(warehouse, "LATE2", lambda day: True)
    warehouse.run()
    (after,) = [row for row in equals_full_refresh(warehouse) if row["as_of_date"] == AS_OF]
    assert after["units_per_store_day_den"] == before["units_per_store_day_den"] + 1
