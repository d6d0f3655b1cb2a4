"""A small published version with the tables the dashboards read, for tests that have no pipeline.

Shapes follow the published contract; figures are plausible curves from a fixed seed, so that the
pictures can be judged. Not the simulator: no exports, no mess, nothing is computed from events.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

import duckdb

AS_OF = date(2026, 10, 31)
CATEGORIES = [
    ("上装", "外套", "风衣"),
    ("上装", "针织", "毛衣"),
    ("上装", "衬衫", "长袖衬衫"),
    ("下装", "裤装", "休闲裤"),
    ("下装", "牛仔", "直筒牛仔"),
    ("连身", "连衣裙", "针织连衣裙"),
]
COLORS = [("BLK", "黑色"), ("WHT", "米白"), ("NVY", "藏青"), ("CAM", "驼色")]
BANDS = ["AW1", "AW2", "AW3"]


def publish(published: Path, version: str = "20261031T220000000000Z-nightly", seed: int = 7) -> str:
    """Write ``published/<version>`` and its ops database, and point ``CURRENT`` and ``OPS`` there."""
    folder = published / version
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        _fill(con, random.Random(seed))
    ops = published / "ops" / version
    ops.mkdir(parents=True)
    with duckdb.connect(str(ops / "ops.duckdb")) as con:
        _fill_ops(con, version, random.Random(seed))
    (published / "OPS").write_text(version + "\n", "utf-8")
    (published / "CURRENT").write_text(version + "\n", "utf-8")
    return version


BOARD_DDL = """
create schema core; create schema hits;
create table core.dim_skc (
    skc_id varchar, style_id varchar, style_name varchar, color_code varchar, color_name varchar,
    brand varchar, season_name varchar, band varchar, category_l1 varchar, category_l2 varchar,
    category_l3 varchar, gender varchar, launch_date date);
create table hits.board (
    skc_id varchar, as_of_date date, {ratios},
    days_since_launch bigint, days_since_launch_status varchar,
    cum_net_units bigint, cum_net_units_status varchar,
    net_units_7d bigint, net_units_7d_status varchar,
    suggested_reorder_units bigint, coverage decimal(18,6), score decimal(18,2),
    level varchar, stage varchar, action varchar);
create table hits.daily (
    skc_id varchar, as_of_date date, days_since_launch bigint, cum_net_units bigint,
    net_units_7d bigint, sell_through_rate decimal(18,6), weeks_of_supply decimal(18,6));
"""
RATIOS = [
    "lifecycle_progress", "units_per_store_day", "store_active_rate", "same_age_index",
    "distribution_rate", "distribution_depth", "full_size_rate", "sell_through_rate",
    "weeks_of_supply", "presale_ratio", "reorder_rate", "discount_rate", "gross_margin_rate",
    "return_rate",
]  # fmt: skip


def _fill(con: duckdb.DuckDBPyConnection, rng: random.Random) -> None:
    ratios = ", ".join(
        f"{name} decimal(18,6), {name}_num decimal(18,2), {name}_den decimal(18,2),"
        f" {name}_status varchar"
        for name in RATIOS
    )
    con.execute(BOARD_DDL.format(ratios=ratios))
    skcs = [(style, color) for style in range(1, 61) for color in rng.sample(COLORS, 2)]
    for style, (code, color_name) in skcs:
        skc = f"K26{style:03d}/{code}"
        l1, l2, l3 = CATEGORIES[style % len(CATEGORIES)]
        band = BANDS[style % 3]
        age = 14 + 25 * (style % 3) + style % 7
        launch = AS_OF - timedelta(days=age - 1)
        con.execute(
            "insert into core.dim_skc values (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [skc, f"K26{style:03d}", f"{l3}{style:03d}", code, color_name, "卡宾", "2026AW", band,
             l1, l2, l3, "男" if style % 2 else "女", launch],
        )  # fmt: skip
        heat = rng.lognormvariate(0, 0.6)
        received = int(rng.uniform(1500, 4000))
        cum, days = 0.0, []
        for day in range(1, age + 1):
            sold = heat * 55 * math.exp(-(((day - 12) / 28) ** 2)) * rng.uniform(0.7, 1.3)
            cum = min(cum + sold, received * 0.97)
            days.append(cum)
            week = days[-1] - (days[-8] if day > 7 else 0)
            cover = (received - cum) / max(week, 1)
            con.execute(
                "insert into hits.daily values (?,?,?,?,?,?,?)",
                [skc, launch + timedelta(days=day - 1), day, int(cum), int(week),
                 round(cum / received, 6), round(cover, 6)],
            )  # fmt: skip
        _board_row(con, rng, skc, age, heat, received, days)


def _board_row(
    con: duckdb.DuckDBPyConnection,
    rng: random.Random,
    skc: str,
    age: int,
    heat: float,
    received: int,
    days: list[float],
) -> None:
    cum, week = days[-1], days[-1] - (days[-8] if len(days) > 7 else 0)
    score = max(0.0, min(100.0, 50 + 30 * math.log(heat) + rng.uniform(-8, 8)))
    level = "hit" if score > 85 else "strong" if score > 65 else "normal" if score > 30 else "slow"
    sell, wide, sizes = cum / received, rng.uniform(0.4, 0.95), rng.uniform(0.5, 0.98)
    cover = (received - cum) / max(week, 1)
    value = {
        "lifecycle_progress": age / 120,
        "units_per_store_day": heat * 0.35,
        "store_active_rate": min(0.98, 0.4 + heat * 0.25),
        "same_age_index": heat,
        "distribution_rate": wide,
        "distribution_depth": rng.uniform(2, 9),
        "full_size_rate": sizes,
        "sell_through_rate": sell,
        "weeks_of_supply": cover,
        "presale_ratio": rng.uniform(0.1, 0.8) if rng.random() < 0.4 else None,
        "reorder_rate": rng.uniform(0, 0.5),
        "discount_rate": rng.uniform(0.65, 0.95),
        "gross_margin_rate": rng.uniform(0.5, 0.68),
        "return_rate": rng.uniform(0.03, 0.3) if age > 25 else None,
    }
    action = None
    if level == "hit":
        action = "widen" if wide < 0.6 else "fill_sizes" if sizes < 0.75 else "reorder"
        action = action if cover < 6 or action != "reorder" else None
    elif level == "slow" and wide > 0.6:
        action = "pull_back"
    stage = "intro" if age < 18 else "growth" if age < 40 else "mature" if age < 60 else "decline"
    row: list[object] = [skc, AS_OF]
    for name in RATIOS:
        number = value[name]
        known = number is not None
        row += [round(number, 6) if known else None, round(number * 100, 2) if known else None,
                100 if known else None, "ok" if known else "immature"]  # fmt: skip
    row += [age, "ok", int(cum), "ok", int(week), "ok", int(max(0, week * 4 - (received - cum))),
            0.98, round(score, 2), level, stage, action]  # fmt: skip
    con.execute(f"insert into hits.board values ({','.join('?' * len(row))})", row)


def _fill_ops(con: duckdb.DuckDBPyConnection, version: str, rng: random.Random) -> None:
    con.execute("create table publications (version varchar, kind varchar, result varchar)")
    con.execute("insert into publications values (?, 'nightly', 'published')", [version])
