"""What there is before trade: calendar, climate, seasons, curves, an assortment of every age."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulator.world import calendar, curves, goods, places
from simulator.world.settings import Settings
from tests.unit.simulator.small_retailer import END

END_PATH = Path("unused")


def test_every_age_is_on_the_shelf_at_full_scale(settings: Settings) -> None:

    full = replace(settings, scale=1.0, months=27)
    what = goods.build(full, places.build(full))
    ages = set((full.base_days - what.launch).tolist())
    assert set(range(1, 151)) <= ages
    assert 700 <= what.skcs <= 900 and what.carry.mean() > 0.03


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
