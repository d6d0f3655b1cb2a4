"""Behaviour has causes: hits outsell, presale ships after launch, returns lag, prices fall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_retailer import END

from simulator import calendar, curves
from simulator.run import History, simulate
from simulator.settings import Settings

END_PATH = Path("unused")
Truth = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def history(settings: Settings) -> History:
    return simulate(replace(settings, scale=0.5, months=9), lambda text: None)


def test_planted_hits_sell_faster_than_the_rest(history: History) -> None:
    goods = history.goods
    age = history.settings.days - goods.launch
    ready = (age > 20) & (age < 200) & ~goods.carry & ~goods.initial
    pace = history.sales.sold / np.maximum(goods.first_buy, 1)
    hits, others = pace[ready & goods.planted_hit], pace[ready & ~goods.planted_hit]
    assert len(hits) >= 5
    assert np.median(hits) > 2 * np.median(others)


def test_hits_are_reordered_after_launch_with_a_lead_time(history: History) -> None:
    rows = history.supply.orders.arrays()
    again = rows["kind"] == 1
    assert again.sum() > 0
    assert (rows["arrive1"][again] > rows["ordered"][again] + 6).all()
    hits = history.goods.planted_hit[rows["skc"][again]].mean()
    assert hits > 2 * history.goods.planted_hit.mean()


def test_every_age_is_on_the_shelf_at_full_scale(settings: Settings) -> None:
    from simulator import goods, places

    full = replace(settings, scale=1.0, months=27)
    what = goods.build(full, places.build(full))
    ages = set((full.base_days - what.launch).tolist())
    assert set(range(1, 151)) <= ages
    assert 700 <= what.skcs <= 900 and what.carry.mean() > 0.03


def test_presale_ships_from_the_launch_on(truth: Truth) -> None:
    presale = truth("presale")
    ratio = presale.filter(pl.col("cancelled_date").is_null())
    assert ratio.height > 20
    launches = truth("launches").select("skc_id", "planned_launch")
    sent = presale.filter(pl.col("shipped_date").is_not_null()).join(launches, on="skc_id")
    assert (sent["shipped_date"] >= sent["planned_launch"]).all()
    assert (sent["shipped_date"] > sent["deposit_date"]).all()
    lines = truth("sale_lines").filter(pl.col("is_presale"))
    assert lines["sale_units"].sum() == presale["shipped_units"].sum()


def test_returns_lag_as_they_should(truth: Truth) -> None:
    back = truth("return_lines").with_columns(
        (pl.col("post_date") - pl.col("sale_date")).dt.total_days().alias("lag")
    )
    store = back.filter(pl.col("source") == "pos")
    online = back.filter(pl.col("source") == "ec")
    assert (store["lag"] >= 1).all() and (store["lag"] <= 7).mean() > 0.9
    assert (online["lag"] >= 3).all() and 7 <= (online["lag"].median() or 0) <= 14
    assert online["is_boris"].sum() > 0


def test_returns_point_to_their_sale(truth: Truth) -> None:
    sales = truth("sale_lines")
    back = truth("return_lines")
    assert back.join(sales, on="sale_key", how="anti").height == 0
    both = back.filter(~pl.col("is_presale")).join(sales, on="sale_key")
    assert (both["ret_units"] <= both["sale_units"]).all()
    assert (both["sku_id"] == both["sku_id_right"]).all()


def test_markdowns_come_with_age_and_lower_the_price(history: History) -> None:
    assert history.markdowns
    for skc, start, percent in history.markdowns:
        assert start > history.goods.launch[skc] + 40
        assert percent in (80, 65, 50)


def test_event_days_sell_more_online() -> None:
    assert calendar.trade_event(date(2025, 11, 11)) == "双11"
    assert calendar.trade_event(date(2025, 6, 18)) == "618"
    assert calendar.festival(date(2026, 2, 17)) == "春节"
    plan = calendar.build(Settings(END_PATH, END_PATH, 1, END, 1.0, 27))
    day = plan.days.index(date(2025, 11, 11))
    assert plan.online[day] > 3 * plan.online[day - 30]
    saturday = plan.days.index(date(2026, 8, 15))
    assert plan.store[saturday] > 1.5 * plan.store[saturday + 3]


def test_down_jackets_sell_earlier_in_the_north() -> None:
    plan = calendar.build(Settings(END_PATH, END_PATH, 1, END, 1.0, 27))
    cold = calendar.PROFILE_NAMES.index("cold")
    october = plan.days.index(date(2026, 10, 25))
    assert plan.climate[0, cold, october] > 2 * plan.climate[3, cold, october]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 1), (2026, "SS", 1)),
        (date(2026, 6, 20), (2026, "SS", 5)),
        (date(2026, 6, 21), (2026, "AW", 1)),
        (date(2026, 12, 31), (2026, "AW", 5)),
    ],
)
def test_season_of_a_day(day: date, expected: tuple[int, str, int]) -> None:
    assert calendar.season_of(day) == expected


def test_curves_sum_to_one() -> None:
    assert np.allclose(curves.tables().sum(axis=1), 1.0)


def test_launch_of_most_goods_is_the_day_they_reach_the_stores(truth: Truth) -> None:
    seen = truth("launches").filter(pl.col("launch_status") == "ok")
    assert seen.height > 15
    late = (seen["launch_date"] - seen["planned_launch"]).dt.total_days()
    assert (late >= 0).all() and late.max() <= 14
    assert END - timedelta(days=160) < seen["launch_date"].min()
