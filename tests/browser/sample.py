"""A small published version with the tables the dashboards read, for tests that have no pipeline.

Shapes follow the published contract; figures are plausible curves from a fixed seed, so that the
pictures can be judged. Not the simulator: no exports, no mess, nothing is computed from events.
"""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from baokuan.home import Home
from dashboards.reader import load
from serving import ops
from tests.browser import sample_products, sample_weeks
from tests.browser.rows import Rows

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


def publish(home: Home, version: str = "20261031T220000000000Z-nightly", seed: int = 7) -> str:
    """Write ``published/<version>``, point ``CURRENT`` there, and make the ops database."""
    folder = home.published / version
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.begin()
        _fill(con, random.Random(seed))
        sample_weeks.create(con, random.Random(seed), AS_OF)
        con.commit()
    (home.published / "CURRENT").write_text(version + "\n", "utf-8")
    _record(home, version, random.Random(seed))
    ops.renew(home)
    return version


BOARD_DDL = """
create schema hits; create schema core;
create table core.dim_skc (skc_id varchar, style_name varchar, color_name varchar,
    category_l2 varchar);
create table core.dim_sku (sku_id varchar, size_name varchar);
create table core.dim_store (store_code varchar, store_name varchar, region varchar,
    location_type varchar);
create table core.fct_sale_line (skc_id varchar, sku_id varchar, sale_date date, region varchar,
    store_code varchar, channel_group varchar, sale_units bigint, sale_amt decimal(18,2),
    is_excluded boolean);
create table hits.board (
    skc_id varchar, as_of_date date, style_id varchar, style_name varchar, color_name varchar,
    season_name varchar, band varchar, category_l1 varchar, category_l2 varchar,
    category_l3 varchar, gender varchar, launch_date date, {ratios},
    days_since_launch bigint, days_since_launch_status varchar,
    cum_net_units bigint, cum_net_units_status varchar,
    net_units_7d bigint, net_units_7d_status varchar,
    reorder_open_units bigint, coverage decimal(18,6), score decimal(18,2),
    forecast_w3_lo decimal(18,2), forecast_w3_hi decimal(18,2), actual_w3 bigint,
    forecast_w4_lo decimal(18,2), forecast_w4_hi decimal(18,2), actual_w4 bigint,
    suggested_reorder_units bigint,
    level varchar, level_zh varchar, level_en varchar, stage varchar,
    action varchar, action_zh varchar, action_en varchar,
    action_reason_zh varchar, action_reason_en varchar);
create table hits.region_board (
    skc_id varchar, as_of_date date, region varchar, style_name varchar, color_name varchar,
    season_name varchar, band varchar, category_l2 varchar, cum_net_units bigint,
    net_units_7d bigint, units_per_store_day decimal(18,6), store_active_rate decimal(18,6),
    distribution_rate decimal(18,6), distribution_depth decimal(18,6),
    full_size_rate decimal(18,6), weeks_of_supply decimal(18,6), eligible_stores bigint,
    avail_units bigint, transit_units bigint);
create table hits.store_map (skc_id varchar, region varchar, state varchar, state_zh varchar,
    state_en varchar, stores bigint, net_units_14d bigint);
create table hits.daily (
    skc_id varchar, as_of_date date, days_since_launch bigint, cum_net_units bigint,
    net_units_7d bigint, sell_through_rate decimal(18,6), weeks_of_supply decimal(18,6),
    same_age_index_num bigint, same_age_index_den decimal(18,2), recv_units bigint,
    avail_units bigint);
"""
LABELS = {
    code: tuple(text)
    for column in ("level", "action")
    for code, text in load().words[column].items()
}
STATES = load().words["state"]
RATIOS = [
    "lifecycle_progress", "units_per_store_day", "store_active_rate", "same_age_index",
    "distribution_rate", "distribution_depth", "full_size_rate", "sell_through_rate",
    "weeks_of_supply", "presale_ratio", "reorder_rate", "discount_rate", "gross_margin_rate",
    "return_rate", "wow_growth", "repurchase_rate", "view_to_cart_rate", "lost_units_7d",
    "forecast_w3", "forecast_w4",
]  # fmt: skip


def _fill(con: duckdb.DuckDBPyConnection, rng: random.Random) -> None:
    ratios = ", ".join(
        f"{name} decimal(18,6), {name}_num decimal(18,2), {name}_den decimal(18,2),"
        f" {name}_status varchar"
        for name in RATIOS
    )
    con.execute(BOARD_DDL.format(ratios=ratios))
    sample_products.prepare(con)
    rows = Rows()
    stores = [(f"S{n:03d}", f"{city}{n}店", region, "store") for n, (city, region) in
              enumerate([("广州", "华南"), ("深圳", "华南"), ("上海", "华东"), ("杭州", "华东"),
                         ("北京", "华北"), ("天津", "华北")], start=1)]  # fmt: skip
    stores.append(("DC1", "总仓", "华南", "dc"))
    con.executemany("insert into core.dim_store values (?,?,?,?)", stores)
    skcs = [(style, color) for style in range(1, 61) for color in rng.sample(COLORS, 2)]
    for style, (code, color_name) in skcs:
        skc = f"K26{style:03d}/{code}"
        l1, l2, l3 = CATEGORIES[style % len(CATEGORIES)]
        band = BANDS[style % 3]
        age = 14 + 25 * (style % 3) + style % 7
        launch = AS_OF - timedelta(days=age - 1)
        who = [f"K26{style:03d}", f"{l3}{style:03d}", color_name, "2026AW", band, l1, l2, l3,
               "男" if style % 2 else "女", launch]  # fmt: skip
        heat = rng.lognormvariate(0, 0.6)
        received = int(rng.uniform(1500, 4000))
        cum, days = 0.0, []
        for day in range(1, age + 1):
            sold = heat * 55 * math.exp(-(((day - 12) / 28) ** 2)) * rng.uniform(0.7, 1.3)
            cum = min(cum + sold, received * 0.97)
            days.append(cum)
            week = days[-1] - (days[-8] if day > 7 else 0)
            cover = (received - cum) / max(week, 1)
            rows.add(
                "hits.daily", skc_id=skc, days_since_launch=day, cum_net_units=int(cum),
                as_of_date=launch + timedelta(days=day - 1), net_units_7d=int(week),
                sell_through_rate=round(cum / received, 6), weeks_of_supply=round(cover, 6),
                same_age_index_num=int(cum * 1.05), same_age_index_den=round(cum / heat, 2),
                recv_units=received, avail_units=received - int(cum),
            )  # fmt: skip
        sample_products.create(rows, rng, [skc, f"{l3}{style:03d}", color_name], age, AS_OF)
        _sold(rows, rng, skc, [f"{l3}{style:03d}", color_name, l2], stores, heat)
        _board_row(con, rng, [skc, AS_OF, *who], age, heat, received, days)
    rows.write(con)


def _sold(
    rows: Rows,
    rng: random.Random,
    skc: str,
    names: list[str],
    stores: list[tuple[str, str, str, str]],
    heat: float,
) -> None:
    style_name, color_name, category = names
    named = {"skc_id": skc, "style_name": style_name, "color_name": color_name}
    rows.add("core.dim_skc", **named, category_l2=category)
    sizes = ["S", "M", "L", "XL"]
    for size in sizes:
        rows.add("core.dim_sku", sku_id=f"{skc}/{size}", size_name=size)
    for _ in range(int(25 * heat)):
        code, _, region, _ = rng.choice(stores[:-1])
        units, online = rng.randint(1, 2), rng.random() < 0.2
        rows.add(
            "core.fct_sale_line", skc_id=skc, sku_id=f"{skc}/{rng.choice(sizes)}",
            sale_date=AS_OF - timedelta(days=rng.randint(0, 40)),
            region=None if online else region, store_code=None if online else code,
            channel_group="online" if online else "store", sale_units=units,
            sale_amt=units * 199.5, is_excluded=rng.random() < 0.02,
        )  # fmt: skip
    for region in ("华南", "华东", "华北"):
        rows.add(
            "hits.region_board", **named, as_of_date=AS_OF, region=region, season_name="2026AW",
            band="AW1", category_l2=category, cum_net_units=rng.randint(50, 900),
            net_units_7d=rng.randint(0, 90), units_per_store_day=heat * 0.3,
            store_active_rate=rng.random(), distribution_rate=rng.random(),
            distribution_depth=rng.uniform(2, 9), full_size_rate=rng.random(),
            weeks_of_supply=rng.uniform(0.5, 20), eligible_stores=2, avail_units=40,
            transit_units=4,
        )  # fmt: skip
        for state, (zh, en) in STATES.items():
            rows.add(
                "hits.store_map", skc_id=skc, region=region, state=state, state_zh=zh, state_en=en,
                stores=rng.randint(0, 3), net_units_14d=rng.randint(0, 20),
            )  # fmt: skip


def _board_row(
    con: duckdb.DuckDBPyConnection,
    rng: random.Random,
    who: list[object],
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
        "wow_growth": rng.uniform(-0.5, 0.6) if age > 14 else None,
        "repurchase_rate": rng.uniform(0.2, 0.5) if age > 31 else None,
        "view_to_cart_rate": rng.uniform(0.04, 0.15),
        "lost_units_7d": float(rng.randint(0, 60)),
        "forecast_w3": heat * 300.0,
        "forecast_w4": heat * 240.0,
    }
    action = "none"
    if level == "hit":
        action = "widen" if wide < 0.6 else "move_sizes" if sizes < 0.75 else "reorder"
        action = action if cover < 6 or action != "reorder" else "none"
    elif level == "slow" and wide > 0.6:
        action = "pull_back"
    stage = "intro" if age < 18 else "growth" if age < 40 else "mature" if age < 60 else None
    row = list(who)
    for name in RATIOS:
        number = value[name]
        if number is None:
            row += [None, None, None, "immature"]
        else:
            row += [round(number, 6), round(number * 100, 2), 100, "ok"]
    row += [age, "ok", int(cum), "ok", int(week), "ok", int(max(0, week * 4 - (received - cum))),
            0.98, round(score, 2), heat * 250, heat * 350, int(heat * 290), heat * 200, heat * 290,
            None, int(max(0, week * 4 - (received - cum))), level,
            *LABELS[level], stage, action, *LABELS[action],
            *(f"{text}：{cover:.1f}" for text in LABELS[action])]  # fmt: skip
    con.execute(f"insert into hits.board values ({','.join('?' * len(row))})", row)


def _record(home: Home, version: str, rng: random.Random) -> None:
    """The records of a week of nightly runs: arrivals, checks, one refused version."""
    feeds = ["pos_receipt_line", "ec_order_line", "erp_stock_move", "crm_member", "pos_traffic"]
    for day in range(7):
        at = datetime(2026, 10, 25, 21, 40, tzinfo=UTC) + timedelta(days=day)
        run, as_of = f"run-{day}", (at + timedelta(hours=8)).date() - timedelta(days=1)
        refused = day == 3
        done = at + timedelta(seconds=rng.randint(95, 160))
        _write(home.ops_records / "runs" / f"{run}.json", {
            "run_id": run, "job": "nightly", "status": "refused" if refused else "success",
            "started_at": at.isoformat(), "finished_at": done.isoformat(),
            "as_of_date": as_of.isoformat(), "version": None if refused else version,
            "reason": "hits.board: 12 rows without launch date" if refused else None,
        })  # fmt: skip
        _write(home.ops_records / "publications" / f"{run}.json", {
            "at": done.isoformat(), "action": "refused" if refused else "published",
            "version": None if refused else version, "kind": "nightly", "run_id": run,
            "reason": "hits.board: 12 rows without launch date" if refused else None,
            "as_of_date": as_of.isoformat(), "tables": 30, "rows": 1_200_000 + day * 900,
            "bytes": 88_000_000, "seconds": round(rng.uniform(1, 3), 2),
        })  # fmt: skip
        for feed in feeds:
            blocked = feed == "pos_traffic" and day == 5
            rows, bad = rng.randint(800, 4000), rng.randint(0, 12)
            _write(home.outcomes / f"{feed}-{day}.json", {
                "file_id": f"{feed}-{day}", "feed": feed, "contract": feed,
                "source": f"{feed.split('_')[0]}/{feed}_delta_{as_of:%Y%m%d}_1.csv",
                "content_hash": f"{rng.getrandbits(64):x}", "bytes": rows * 80,
                "file_date": as_of.isoformat(), "file_seq": "1", "encoding": "gb18030",
                "status": "blocked" if blocked else "loaded",
                "reason": "column 进店人数 is missing" if blocked else None,
                "remedy": "export the file again with its header" if blocked else None,
                "rows_in_file": rows, "rows_kept": 0 if blocked else rows - bad,
                "rows_quarantined": 0 if blocked else bad, "rows_held": rows if blocked else 0,
                "rows_skipped": {"blank": 0}, "rows_derived": 0, "values_rejected": 0,
                "batch": day + 1, "contract_version": "1", "ingested_at": at.isoformat(),
            })  # fmt: skip
        results = [
            {
                "run_id": run, "suite": suite, "target": target, "expectation": name,
                "column": column, "severity": severity, "status": "failed" if bad else "passed",
                "success": not bad, "observed": "12" if bad else "0", "details": "",
                "checked_at": done.isoformat(),
            }
            for suite, target, name, column, severity, bad in [
                ("bronze", "pos_receipt_line", "not_null", "store_code", "block_feed", False),
                ("bronze", "pos_traffic", "fresh", None, "warn", day == 5),
                ("candidate", "hits.board", "unique", "skc_id", "block_version", False),
                ("candidate", "hits.board", "not_null", "as_of_date", "block_version",
                 refused),
            ]
        ]  # fmt: skip
        path = home.ops_records / "quality" / f"{run}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(one) + "\n" for one in results), "utf-8")


def _write(path: Path, record: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")


def settings(folder: Path) -> None:
    """A settings folder with a roster of users and their regions."""
    folder.mkdir(parents=True, exist_ok=True)
    roster = ["user_name,display_name,role", "wang,王店长,viewer", "li,李区经,regional",
              "zhao,赵区经,regional", "chen,陈分析,analyst", "sun,孙运维,operator",
              "wu,吴运维,operator"]  # fmt: skip
    (folder / "users.csv").write_text("\n".join(roster) + "\n", "utf-8")
    (folder / "region_users.csv").write_text("user_name,region\nli,华南\nzhao,华东\n", "utf-8")
