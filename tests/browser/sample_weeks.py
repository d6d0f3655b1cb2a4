"""The weekly tables of the sample version: columns as in their dbt YAML, plausible figures."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb

from tests.browser.rows import Rows, make_tables

WEEKS = 56
REGIONS = ("华南", "华东", "华北")
CHANNELS = (("store", "门店", "Stores"), ("tmall", "天猫", "Tmall"), ("jd", "京东", "JD"))
CATEGORIES = ("上装", "下装", "连身", None)


def create(con: duckdb.DuckDBPyConnection, rng: random.Random, as_of: date) -> None:
    """Make and fill the weekly tables up to the week of the as-of date."""
    rows = Rows()
    make_tables(con, "metrics", {"sales_week", "stock_week"})
    for ago in range(WEEKS):
        start = as_of - timedelta(days=as_of.weekday() + 7 * ago)
        year, week, _ = start.isocalendar()
        last = min(start + timedelta(days=6), as_of)
        common = {
            "retail_week": f"{year}{week:02d}", "week_start": start, "last_day": last,
            "weeks_ago": ago,
        }  # fmt: skip
        for category in CATEGORIES:
            for channel, zh, en in CHANNELS:
                for region in REGIONS if channel == "store" else (None,):
                    row = common | {
                        "channel_id": channel, "channel_zh": zh, "channel_en": en,
                        "channel_group": "store" if channel == "store" else "online",
                        "region": region, "category_l1": category,
                        "days_passed": (last - start).days + 1,
                        "last_year_week": f"{year - 1}{week:02d}" if ago < WEEKS - 52 else None,
                    }  # fmt: skip
                    rows.add("metrics.sales_week", **row, **_sold(rng, ago, row))
            for region in (*REGIONS, None):
                supply, weekly = rng.randint(500, 2000), rng.randint(20, 90)
                row = common | {
                    "location_group": "store" if region else "central", "region": region,
                    "category_l1": category, "onhand_units": supply, "avail_units": supply - 20,
                    "transit_units": 20, "supply_units": supply, "net_units_28d": weekly * 4,
                    "weekly_net_units": weekly,
                }  # fmt: skip
                rows.add("metrics.stock_week", **row)

    rows.write(con)


def _sold(rng: random.Random, ago: int, row: dict) -> dict[str, object]:
    units = rng.randint(30, 90)
    amount, back = units * 200, rng.randint(0, 9)
    later = back if ago > 4 else back // 2
    found: dict[str, object] = {
        "closed_units": units if ago > 4 else 0, "closed_ret_units": later if ago > 4 else 0
    }  # fmt: skip
    for basis, returned in (("post", back), ("coh", later)):
        exvat = (amount - returned * 200) / 1.13
        found |= {
            f"sale_units_{basis}": units, f"sale_amt_{basis}": amount,
            f"ret_units_{basis}": returned, f"ret_amt_{basis}": returned * 200,
            f"refund_only_amt_{basis}": 0, f"net_units_{basis}": units - returned,
            f"net_amt_{basis}": amount - returned * 200, f"exvat_amt_{basis}": round(exvat, 2),
            f"margin_amt_{basis}": round(exvat * 0.6, 2),
        }  # fmt: skip
    if row["last_year_week"]:
        before = amount * 0.9
        found |= {
            "sale_units_ly": units, "ret_units_ly": 3, "net_amt_ly": before,
            "exvat_amt_ly": round(before / 1.13, 2), "margin_amt_ly": round(before / 2, 2),
            "net_amt_growth": amount - back * 200 - before,
        }  # fmt: skip
    return found
