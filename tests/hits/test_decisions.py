"""Reorder proposals, alerts and the running day: core facts in, rows of the marts out.

Expected figures are worked by hand beside each case.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc

AS_OF = date(2026, 10, 31)
TODAY = AS_OF + timedelta(days=1)
STORES = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10")


def launched(warehouse: Warehouse, name: str, age: int, **more: Any) -> Skc:
    """An SKC on day ``age`` of its life at the as-of date, in season 2026AW."""
    launch = AS_OF - timedelta(days=age - 1)
    style, color = name.split("/")
    plan = {"planned_pull_off": launch + timedelta(days=119), "season_year": 2026,
            "season_code": "AW", "category_l3": "T", "category_l2": "U", "band": "1"}  # fmt: skip
    warehouse.add(
        "dim_skc", skc_id=name, style_id=style, color_code=color, size_count=4,
        **({"launch_date": launch, "launch_source": "first_sale"} | plan | more),
    )  # fmt: skip
    warehouse.add("dim_style", style_id=style, style_name=f"款{style}", category_l3="T")
    for n, size in enumerate(("S", "M", "L", "XL"), 1):
        warehouse.add("dim_sku", sku_id=f"{name}/{size}", skc_id=name, style_id=style,
                      size_code=size, size_order=n)  # fmt: skip
    return Skc(warehouse, name, launch)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("decisions"), AS_OF)
    for store in STORES:
        made.add("dim_store", store_code=store, store_name=store, region="华东")
    made.add("dim_store", store_code="DC", location_type="dc", has_pos=False)
    for channel, group in (("store", "store"), ("tmall", "online")):
        made.add("dim_channel", channel_id=channel, channel_group=group,
                 name_zh=channel, name_en=channel)  # fmt: skip
    made.add("dim_supplier", supplier_code="V1", supplier_name="织造一厂", lead_days=14, moq=50)
    presales(made)
    bursts(made)
    running_day(made)
    made.run()
    return made


def presales(made: Warehouse) -> None:
    """Ten earlier launches sold 2 organic pieces in 21 days (14 + 7) for each piece presold."""
    for n in range(10):
        skc = launched(made, f"P{n}/1", 60, season_year=2026)
        skc.order(-30, 500)
        for _ in range(10):
            presold(made, skc, -20, 1, balance=-10)
        skc.sale(5, 20, "A1")
        skc.stock("A1", "M", 5, 1)
    waiting = made.add(
        "dim_skc", skc_id="W/1", style_id="W", color_code="1", size_count=4,
        launch_status="pre_launch", planned_launch=TODAY, season_year=2026, season_code="AW",
        category_l3="T", category_l2="U", band="1", supplier_code="V1",
    )  # fmt: skip
    made.add("dim_style", style_id="W", style_name="款W", category_l3="T")
    skc = Skc(made, waiting["skc_id"], TODAY)
    skc.order(-30, 500)
    for _ in range(300):
        presold(made, skc, -10, 1, balance=-2)
    # 60 % exactly: 300 of 500. Demand of 21 days 300 x 2 = 600, due 300, open order 500 → 400.
    weak = made.add(
        "dim_skc", skc_id="V/1", style_id="V", color_code="1", size_count=4,
        launch_status="pre_launch", planned_launch=TODAY, category_l3="T", category_l2="U",
    )  # fmt: skip
    made.add("dim_style", style_id="V", style_name="款V", category_l3="T")
    skc = Skc(made, weak["skc_id"], TODAY)
    skc.order(-30, 500)
    for _ in range(299):
        presold(made, skc, -10, 1, balance=-2)


def presold(made: Warehouse, skc: Skc, day: int, units: int, balance: int | None) -> None:
    skc.lines += 1
    made.add(
        "fct_presale", presale_id=f"{skc.skc_id}#{skc.lines}", skc_id=skc.skc_id,
        sku_id=skc.sku("M"), presale_units=units, deposit_date=skc.day(day),
        balance_date=None if balance is None else skc.day(balance),
    )  # fmt: skip


def bursts(made: Warehouse) -> None:
    """Half a day ends with the order that makes it; three days against the three before."""
    burst = launched(made, "B50/1", 100)
    for n in range(50):  # 50 orders from 01:00 to 12:59 of the last closed day
        moment = at(AS_OF, 1) + timedelta(minutes=n * 719 / 49)
        burst.sale(100, 1, price=Decimal(80), sold_at=moment, order=f"b{n}")
    short = launched(made, "B49/1", 100)
    for n in range(50):  # the 50th comes exactly twelve hours after the first: 49 within
        moment = at(AS_OF, 1) + timedelta(minutes=n * 720 / 49)
        short.sale(100, 1, sold_at=moment, order=f"s{n}")
    tripled = launched(made, "T3/1", 100)
    tripled.sale(96, 10, "A1")
    tripled.sale(99, 30, "A1")
    nearly = launched(made, "T2/1", 100)
    nearly.sale(96, 10, "A1")
    nearly.sale(99, 29, "A1")
    fresh = launched(made, "T0/1", 3)
    fresh.sale(2, 90, "A1")


def running_day(made: Warehouse) -> None:
    """Sizes that the day's receipts sell out; yesterday and a week ago up to the same hour."""
    skc = launched(made, "R/1", 100)
    skc.stock("A1", "M", 2, 1)
    skc.stock("A2", "M", 3, 1)
    skc.stock("A2", "L", 1, 1)
    skc.sale(101, 2, "A1", sold_at=at(TODAY, 10), ship_store_code="A1")
    skc.sale(101, 1, "A2", sold_at=at(TODAY, 11), ship_store_code="A2", size="L")
    skc.sale(101, 4, sold_at=at(TODAY, 12))
    skc.sale(100, 5, "A1", sold_at=at(AS_OF, 9), ship_store_code="A1")
    skc.sale(100, 7, "A1", sold_at=at(AS_OF, 21), ship_store_code="A1")
    skc.sale(94, 3, "A1", sold_at=at(TODAY - timedelta(days=7), 13), ship_store_code="A1")
    old = skc.sale(90, 1, "A1", sold_at=at(AS_OF, 9))
    skc.back(old, 101, 1, return_store_code="A2")
    made.now = at(TODAY, 13)


def found(warehouse: Warehouse, rule: str, skc: str) -> dict[str, Any] | None:
    rows = warehouse.rows(
        f"select * from hits.proposals where rule = '{rule}' and skc_id = '{skc}'"
    )
    assert len(rows) <= 1
    return rows[0] if rows else None


def test_a_presale_of_three_fifths_proposes_a_reorder(warehouse) -> None:
    row = found(warehouse, "presale_reorder", "W/1")
    assert row is not None
    assert row["proposed_units"] == 400
    assert (row["quantity_basis"], row["supplier_code"]) == ("presale_peers", "V1")
    assert row["eta_date"] == AS_OF + timedelta(days=14)
    assert row["expires_on"] == AS_OF + timedelta(days=7)
    assert not row["is_undated"]
    inputs = json.loads(row["inputs"])
    assert (inputs["presale_units"], inputs["first_order"], inputs["presale_ratio"]) == (
        300,
        500,
        0.6,
    )
    assert (inputs["demand_units"], inputs["sellable_units"]) == (600, 500)
    assert "300" in row["reason_zh"] and "60.0%" in row["reason_en"]
    assert "{" not in row["reason_zh"] + row["reason_en"]


def test_a_presale_below_the_line_proposes_nothing(warehouse) -> None:
    assert found(warehouse, "presale_reorder", "V/1") is None


def test_fifty_orders_within_half_a_day(warehouse) -> None:
    row = found(warehouse, "half_day_burst", "B50/1")
    assert row is not None and json.loads(row["inputs"])["orders"] == 50
    assert (row["trigger_date"], row["expires_on"]) == (AS_OF, TODAY)
    assert found(warehouse, "half_day_burst", "B49/1") is None


def test_three_days_are_three_times_the_three_before(warehouse) -> None:
    row = found(warehouse, "three_day_spike", "T3/1")
    assert row is not None and row["trigger_date"] == AS_OF - timedelta(days=1)
    assert json.loads(row["inputs"])["units_3d"] == 30
    assert found(warehouse, "three_day_spike", "T2/1") is None


def test_a_launch_is_no_spike(warehouse) -> None:
    assert found(warehouse, "three_day_spike", "T0/1") is None


def test_the_running_day(warehouse) -> None:
    (row,) = warehouse.rows("select * from hits.intraday where skc_id = 'R/1'")
    assert row["business_date"] == TODAY
    assert (row["units"], row["store_units"], row["online_units"]) == (7, 3, 4)
    assert (row["units_yesterday"], row["units_week_ago"]) == (5, 3)
    assert (row["sale_amt"], row["orders"], row["selling_stores"]) == (560, 3, 2)
    assert (row["ret_units"], row["ret_amt"]) == (1, 80)
    # 2 + 3 + 1 at opening; A1/M and A2/L sold out; the return puts one M back to A2.
    assert (row["opening_units"], row["avail_units"]) == (6, 4)
    assert (row["sold_out_store_sizes"], row["sold_out_stores"]) == (2, 1)
    assert row["last_sold_at"] == at(TODAY, 12)


def test_the_board_does_not_count_the_running_day(warehouse) -> None:
    assert warehouse.row("R/1")["net_units_7d"] == 5 + 7 + 3 + 0
    assert warehouse.row("R/1")["as_of_date"] == AS_OF


def test_store_and_channel_boards_sum_up_to_the_board(warehouse) -> None:
    (row,) = warehouse.rows(
        "select (select sum(cum_net_units) from hits.channel_board where skc_id = 'B50/1')"
        " as channels,"
        " (select sum(cum_net_units) from hits.store_board where skc_id = 'T3/1') as stores"
    )
    assert (row["channels"], row["stores"]) == (50, 40)
