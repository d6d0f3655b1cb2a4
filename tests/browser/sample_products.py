"""The product tables of the sample version: weeks, sizes, stores, channels, proposals, today."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import duckdb

from tests.browser.rows import Rows, make_tables

SIZES = ("S", "M", "L", "XL")
CHANNELS = (("store", "门店", "Stores"), ("tmall", "天猫", "Tmall"))
STATES = ("sale_full", "sale_broken", "no_sale_full", None)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The tables, empty."""
    make_tables(con, "metrics", {"skc_week", "skc_size"})
    make_tables(con, "hits", {"store_board", "channel_board", "proposals", "intraday"})


def create(rows: Rows, rng: random.Random, who: list[str], age: int, as_of: date) -> None:
    """Rows of one product (its SKC, style name and colour name) that is so many days old."""
    skc, style_name, color_name = who
    named = {"skc_id": skc, "style_name": style_name, "color_name": color_name}
    _weeks(rows, rng, skc, age)
    for order, size in enumerate(SIZES, start=1):
        rows.add("metrics.skc_size", **{
            "skc_id": skc, "sku_id": f"{skc}/{size}", "size_name": size, "size_order": order,
            "cum_net_units": rng.randint(10, 200), "sale_units_28d": rng.randint(0, 40),
            "store_avail_units": rng.randint(0, 60), "central_avail_units": rng.randint(0, 99),
            "transit_units": rng.randint(0, 5),
        })  # fmt: skip
    for number, state in enumerate(STATES, start=1):
        rows.add("hits.store_board", **{
            **named, "as_of_date": as_of, "region": "华南" if number < 3 else "华东",
            "store_code": f"S{number:03d}", "store_name": f"门店{number}", "state": state,
            "net_units_7d": rng.randint(0, 9), "cum_net_units": rng.randint(0, 60),
            "store_sell_through": rng.random(), "weeks_of_supply": rng.uniform(0, 12),
            "avail_units": rng.randint(0, 12), "transit_units": rng.randint(0, 3),
        })  # fmt: skip
    for channel, zh, en in CHANNELS:
        rows.add("hits.channel_board", **{
            **named, "channel_id": channel, "channel_zh": zh, "channel_en": en,
            "cum_net_units": rng.randint(50, 500), "net_units_7d": rng.randint(0, 80),
            "discount_rate": rng.uniform(0.6, 1), "gross_margin_rate": rng.uniform(0.4, 0.7),
            "return_rate": rng.uniform(0, 0.4),
        })  # fmt: skip
    sold = rng.randint(0, 12)
    if sold:
        is_alert = sold > 10
        rows.add("hits.intraday", **{
            **named, "business_date": as_of + timedelta(days=1), "as_of_date": as_of,
            "data_until": datetime.combine(as_of + timedelta(days=1), time(14, 30)),
            "season_name": "2026AW", "category_l1": "上装", "level": "hit", "units": sold,
            "units_yesterday": rng.randint(0, 12), "units_week_ago": rng.randint(0, 12),
            "sale_amt": sold * 199, "store_units": sold, "online_units": 0, "selling_stores": 2,
            "last_sold_at": datetime.combine(as_of + timedelta(days=1), time(14, 12)),
            "ret_units": 0, "avail_units": 80, "sold_out_stores": 0, "alerts": int(is_alert),
            "alert_zh": "半日热销" if is_alert else None,
            "alert_en": "Half-day burst" if is_alert else None,
        })  # fmt: skip
    if rng.random() < 0.2:
        rows.add("hits.proposals", **{
            **named, "proposal_id": f"reorder/{skc}", "rule": "reorder", "kind": "proposal",
            "priority": 2, "rule_zh": "爆款追单", "rule_en": "Reorder a hit", "level": "hit",
            "season_name": "2026AW", "as_of_date": as_of, "trigger_date": as_of,
            "expires_on": as_of + timedelta(days=7), "proposed_units": rng.randint(50, 400),
            "supplier_name": "S01", "lead_days": 18, "eta_date": as_of + timedelta(days=18),
            "reason_zh": "可销1.2周，短于交期",
            "reason_en": "1.2 weeks of supply, less than the lead time",
        })  # fmt: skip


def _weeks(rows: Rows, rng: random.Random, skc: str, age: int) -> None:
    for week in range(1, max(age // 7, 4) + 1):
        units = rng.randint(80, 120)
        band = {"forecast_units": units, "forecast_lo": units - 40, "forecast_hi": units + 60}
        is_over = week <= age // 7
        rows.add("metrics.skc_week", **{
            "skc_id": skc, "week_no": week,
            "net_units": rng.randint(30, 160) if is_over else None,
            "peer_units": rng.randint(20, 60) if is_over else None,
            **(band if week in (3, 4) else {}),
        })  # fmt: skip
