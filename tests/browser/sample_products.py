"""The product tables of the sample version: weeks since launch, sizes."""

from __future__ import annotations

import random

import duckdb

from tests.browser.sample_weeks import insert

SIZES = ("S", "M", "L", "XL")


def create(con: duckdb.DuckDBPyConnection, rng: random.Random, skc: str, age: int) -> None:
    """Rows of one product that is so many days old."""
    for week in range(1, max(age // 7, 4) + 1):
        forecast = rng.randint(80, 120)
        band = {
            "forecast_units": forecast,
            "forecast_lo": forecast - 40,
            "forecast_hi": forecast + 60,
        }
        is_over = week <= age // 7
        insert(con, "skc_week", {
            "skc_id": skc, "week_no": week,
            "net_units": rng.randint(30, 160) if is_over else None,
            "peer_units": rng.randint(20, 60) if is_over else None,
            **(band if week in (3, 4) else {}),
        })  # fmt: skip
    for order, size in enumerate(SIZES, start=1):
        insert(con, "skc_size", {
            "skc_id": skc, "sku_id": f"{skc}/{size}", "size_name": size, "size_order": order,
            "cum_net_units": rng.randint(10, 200), "sale_units_28d": rng.randint(0, 40),
            "store_avail_units": rng.randint(0, 60), "central_avail_units": rng.randint(0, 99),
            "transit_units": rng.randint(0, 5),
        })  # fmt: skip
