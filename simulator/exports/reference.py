"""Master data of places and people as rows: locations, suppliers, staff, members, calendar."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from simulator.trade.run import History
from simulator.world import hashing, mess
from simulator.world.calendar import ZONES, festival, season_of, trade_event
from simulator.world.catalogue import SUPPLIERS
from simulator.world.people import GUIDES_PER_STORE, People
from simulator.world.places import CITIES, NEVER
from simulator.world.windows import dates, moment


def locations(history: History, day: int) -> pl.DataFrame:
    places, settings = history.places, history.settings
    rows = []
    for n, code in enumerate(places.codes):
        if places.opens[n] - 5 > day and n != places.new_store:
            continue
        if n == places.new_store and day < settings.base_days:
            continue
        city = CITIES[places.city[n]]
        dc, closed = n >= places.stores, places.closes[n] < min(day + 1, NEVER)
        rows.append(
            {
                "store_code": code,
                "store_name": places.names[n],
                "location_type": places.kind[n],
                "ownership": places.ownership[n],
                "region": city[2],
                "area": city[3],
                "city": city[0],
                "province": city[1],
                "city_tier": city[4],
                "floor_area": int(places.floor_area[n]) * (30 if dc else 1),
                "open": int(places.opens[n]),
                "close_date": f"{settings.day(int(places.closes[n]))}"
                if closed
                else (None if n % 3 else "9999-12-31"),
                "status": "闭店" if closed else "营业",
                "price_zone": "全国",
                "customer_code": f"KH{n + 1:04d}" if places.ownership[n] == "加盟" else None,
                "climate_zone": ZONES[places.zone[n]],
                "longitude": f"{city[6]:.2f}",
                "latitude": f"{city[7]:.2f}",
                "can_pick_up": bool(places.can_pick_up[n]) and not dc,
                "can_ship": bool(places.can_ship[n]) or dc,
                "pos_installed": bool(places.has_pos[n]) if not dc else False,
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(dates(settings, frame["open"].to_numpy()).alias("open_date"))


def suppliers(history: History, day: int) -> pl.DataFrame:
    names = (
        "supplier_code",
        "supplier_name",
        "supplier_type",
        "grade",
        "region",
        "main_category",
        "monthly_capacity",
        "moq",
        "lead_days",
    )
    frame = pl.DataFrame([dict(zip(names, s, strict=True)) for s in SUPPLIERS])
    end = history.settings.end.replace(month=12, day=31)
    return frame.with_columns(
        pl.lit(end + timedelta(days=365)).alias("contract_end"), pl.lit("合作中").alias("status")
    )


def staff(history: History, day: int) -> pl.DataFrame:
    places, settings = history.places, history.settings
    rows = []
    for store in range(places.stores):
        if not places.has_pos[store] or places.opens[store] > day + 5:
            continue
        for guide in range(GUIDES_PER_STORE):
            rows.append(
                {
                    "staff_code": f"G{store + 1:03d}{guide + 1}",
                    "staff_name": f"导购{store + 1:02d}{'甲乙丙丁戊'[guide]}",
                    "store_code": places.codes[store],
                    "job": "店长" if guide == 0 else "导购",
                    "joined": int(max(places.opens[store], -900)) - 5,
                }
            )
    frame = pl.DataFrame(rows)
    return frame.with_columns(
        dates(settings, frame["joined"].to_numpy()).alias("joined_on"),
        pl.lit(None, pl.Date).alias("left_on"),
    )


def members(history: History, people: People, day: int) -> pl.DataFrame:
    settings, seed = history.settings, history.settings.seed
    number = np.flatnonzero(people.joined <= day)
    code = pl.Series(history.places.codes)
    index = pl.Series(number)

    def account(platform: int) -> pl.Expr:
        return pl.when(pl.Series(people.accounts[platform][number])).then(
            people.account_names[platform].gather(index)
        )

    two = hashing.uniform(seed, "two phones", number) < 0.006
    none = hashing.uniform(seed, "no phone", number) < 0.02
    phone = mess.phone_text(seed, people.phone[number], number, 0.01)
    born = moment(settings, -8000 - hashing.whole(seed, "born", 0, 11_000, number), 0, 10**6)
    tier = hashing.choice(seed, "tier", [60, 25, 12, 3], number)
    joined = people.joined[number]
    frame = pl.DataFrame({"i": number, "phone": phone, "two": two, "none": none})
    cards = frame.select(
        people.member_no.gather(index).alias("member_no"),
        pl.format("示例会员{}", pl.col("i") + 1).alias("member_name"),
        pl.when("none")
        .then(None)
        .when("two")
        .then(pl.format("{} / 19900000000", "phone"))
        .otherwise("phone")
        .alias("phone"),
        pl.when(pl.Series(hashing.uniform(seed, "sex", number) < 0.68))
        .then(pl.lit("女"))
        .otherwise(pl.lit("男"))
        .alias("gender"),
        born.cast(pl.Date).alias("birthday"),
        pl.Series(["普卡", "银卡", "金卡", "黑金"]).gather(pl.Series(tier)).alias("tier"),
        pl.lit(settings.end.replace(month=12, day=31)).alias("tier_until"),
        pl.Series("points", hashing.whole(seed, "balance", 0, 5000, number)),
        pl.lit(0.0).alias("stored_value_amt"),
        code.gather(pl.Series(people.home[number])).alias("open_store"),
        code.gather(pl.Series(people.home[number])).alias("service_store"),
        moment(settings, joined, 40_000, 10**6).alias("joined_at"),
        pl.Series(["门店", "小程序", "天猫"]).gather(pl.Series(number % 3)).alias("channel"),
        account(2).alias("openid"),
        pl.when(pl.Series(people.accounts[2][number]))
        .then(pl.format("uDemo{}", "i"))
        .alias("unionid"),
        account(0).alias("platform_nick"),
        pl.lit("正常").alias("status"),
        pl.lit(None, pl.String).alias("merged_into"),
        moment(settings, joined, 40_060, 10**6).alias("modified_at"),
    )
    # Few people had a second card; it was merged into the one they use.
    old = hashing.uniform(seed, "second card", number) < 0.008
    second = cards.filter(pl.Series(old)).with_columns(
        pl.col("member_no").alias("merged_into"),
        pl.col("member_no").str.replace("^8", "7"),
        pl.lit("已合并").alias("status"),
        pl.lit(None, pl.String).alias("openid"),
        pl.lit(None, pl.String).alias("unionid"),
        pl.lit(None, pl.String).alias("platform_nick"),
    )
    return pl.concat([cards, second])


def calendar(history: History, day: int) -> pl.DataFrame:
    settings = history.settings
    rows = []
    for n in range((settings.end.replace(month=12, day=31) - settings.start).days + 1):
        today = settings.day(n)
        year, week, _ = today.isocalendar()
        product_year, season, _ = season_of(today)
        rows.append(
            {
                "calendar_date": today,
                "retail_week": f"{year}{week:02d}",
                "season": f"{product_year}{season}",
                "holiday": festival(today) or None,
                "event": trade_event(today) or None,
                "lunar": None,
            }
        )
    return pl.DataFrame(
        rows,
        schema={
            "calendar_date": pl.Date,
            "retail_week": pl.String,
            "season": pl.String,
            "holiday": pl.String,
            "event": pl.String,
            "lunar": pl.String,
        },
    )
