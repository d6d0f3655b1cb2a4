"""Full exports of master data: goods, prices, places, suppliers, people's cards, plan, calendar."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from simulator import hashing, mess, prices
from simulator.calendar import ZONES, festival, season_of, trade_event
from simulator.catalogue import CATEGORIES, COLOURS, SUPPLIERS
from simulator.files import Sink, key_text
from simulator.people import GUIDES_PER_STORE, People
from simulator.places import CITIES, NEVER
from simulator.receipts import Receipts
from simulator.run import History
from simulator.windows import dates, moment

OPEN_ENDS = (None, "9999-12-31", "2099/12/31")
EXCEL_EPOCH = 25569  # day number of 1970-01-01 in a spreadsheet


def full_days(history: History) -> list[int]:
    """Days with full exports: two months and a week before the end, the end; later ones after."""
    settings = history.settings
    base = settings.base_days
    days = [base - 61, base - 8, base - 1, base] + list(range(base + 6, settings.days, 7))
    return sorted({max(0, d) for d in days if d < settings.days})


def export(history: History, people: People, receipts: Receipts, sink: Sink) -> None:
    """Write the ten master feeds on each of their days."""
    builders = {
        "erp_style": _styles, "erp_skc": _skcs, "erp_sku": _skus, "erp_price": _prices,
        "erp_location": _locations, "erp_supplier": _suppliers, "erp_assortment": _assortment,
        "pos_staff": _staff, "ops_calendar": _calendar}
    for day in full_days(history):
        for feed, build in builders.items():
            _put(sink, feed, day, build(history, day))
        _put(sink, "crm_member", day, _members(history, people, day))
    sink.progress("master data: 10 feeds")


def _put(sink: Sink, feed: str, day: int, frame: pl.DataFrame) -> None:
    ext = "xlsx" if feed in ("erp_supplier", "erp_assortment", "ops_calendar") else "csv"
    frame = frame.with_columns(pl.lit(False).alias("_bad"), key_text(feed, frame).alias("_key"))
    if feed == "erp_assortment":
        serial = pl.col("shelf_from").cast(pl.Int32) + EXCEL_EPOCH
        frame = frame.with_columns(serial.alias("shelf_from"))
    if ext == "xlsx":
        frame = frame.with_columns(
            pl.col(n).dt.strftime("%Y-%m-%d") for n, t in frame.schema.items() if t == pl.Date)
    stamp = f"{sink.settings.day(day):%Y%m%d}"
    sink.put(feed, "full", ext, int(sink.windows.of_day[day]), "1", frame, 0, stamp=stamp)


def _styles(history: History, day: int) -> pl.DataFrame:
    settings = history.settings
    rows = []
    for style in history.goods.styles:
        category = CATEGORIES[int(str(style["category"]))]
        planned, pull = int(str(style["planned"])), int(str(style["pull"]))
        carry = bool(style["carry"])
        tag = int(str(style["tag"]))
        if len(rows) == prices.raised_style(history.goods) and day >= prices.raise_day(settings):
            tag += prices.RAISE
        rows.append({
            "style_code": style["code"], "style_name": style["name"], "brand": "青禾",
            "year": style["year"], "season": style["season_text"], "band": style["band"],
            "category_l1": category.l1, "category_l2": category.l2, "category_l3": category.l3,
            "gender": category.gender, "series": style["series"], "look": style["look"],
            "fabric": style["fabric"], "composition": style["composition"], "fit": style["fit"],
            "tag_price": float(tag), "cost_price": int(str(style["cost"])) / 100,
            "size_group": category.size_group,
            "supplier_code": SUPPLIERS[int(str(style["supplier"]))][0],
            "designer": style["designer"], "planned": None if carry else planned,
            "pull": None if carry else pull, "is_carry_over": carry, "status": "启用",
            "made": max(planned - 140, -400)})
    frame = pl.DataFrame(rows, infer_schema_length=None)
    none = -(10**6)
    return frame.with_columns(
        dates(settings, frame["planned"].fill_null(none).to_numpy(), none).alias("planned_launch"),
        dates(settings, frame["pull"].fill_null(none).to_numpy(), none).alias("planned_pull_off"),
        moment(settings, frame["made"].to_numpy(), 36_000, none).alias("modified_at"))


def _skcs(history: History, day: int) -> pl.DataFrame:
    goods, settings = history.goods, history.settings
    ids = pl.DataFrame({"id": goods.skc_ids}).select(
        pl.col("id").str.split_exact("/", 1).struct.rename_fields(["style_code", "color_code"])
    ).unnest("id")
    colour = [COLOURS[c] for c in goods.colour]
    first = np.maximum(goods.planned_launch - 35, -380)
    return ids.with_columns(
        pl.Series("color_name", [c[1] + (" " if n % 37 == 5 else "")
                                 for n, c in enumerate(colour)]),
        pl.Series("color_family", [c[2] for c in colour]),
        pl.format("img/{}-{}.jpg", "style_code", "color_code").alias("image"),
        dates(settings, first).alias("first_image_date"), pl.lit("启用").alias("status"))


def _skus(history: History, day: int) -> pl.DataFrame:
    goods = history.goods
    ids = pl.DataFrame({"id": goods.sku_ids}).select(pl.col("id").str.split_exact("/", 2).struct
                                                     .rename_fields(["style_code", "color_code",
                                                                     "size_code"])).unnest("id")
    return ids.with_columns(
        pl.Series("barcode", goods.barcodes), pl.Series("size_name", [s[1] for s in goods.sku_size]),
        pl.Series("size_order", goods.sku_order),
        pl.Series("gtin", goods.barcodes).str.replace("^690", "693").alias("gtin"),
        pl.lit(True).alias("is_active"))


def price_rows(history: History, day: int) -> pl.DataFrame:
    """Price list as known on a day: skc, valid_from, valid_to (inclusive), tag, retail in cents."""
    goods, settings = history.goods, history.settings
    rows: list[tuple[int, int, int, int]] = []
    raised, change = prices.raised_style(goods), prices.raise_day(settings)
    cuts: dict[int, list[tuple[int, int]]] = {}
    for skc, start, value in history.markdowns:
        if start <= day + 1:
            cuts.setdefault(skc, []).append((start, value))
    for skc in range(goods.skcs):
        opens = max(int(goods.planned_launch[skc]) - 60, -380)
        steps = [(opens, 80 if goods.initial[skc] else 100), *cuts.get(skc, [])]
        if goods.carry[skc] and goods.style[skc] == raised and day >= change:
            steps.append((change, 100))
        for n, (start, percent) in enumerate(steps):
            end = steps[n + 1][0] - 1 if n + 1 < len(steps) else NEVER
            rows.append((skc, start, end, percent))
    frame = pl.DataFrame(rows, schema=["skc", "valid_from", "valid_to", "percent"], orient="row")
    skc, start = frame["skc"].to_numpy(), frame["valid_from"].to_numpy()
    tag = prices.tag_cents(history, skc, start)
    return frame.with_columns(pl.Series("tag", tag),
                              pl.Series("retail", prices.retail_cents(tag, frame["percent"].to_numpy())))


def _prices(history: History, day: int) -> pl.DataFrame:
    goods, settings = history.goods, history.settings
    frame = price_rows(history, day)
    # One row for all colours where the style never has a price of its own for a colour.
    carry = goods.carry[frame["skc"].to_numpy()]
    first = frame["skc"].to_numpy() == np.searchsorted(goods.style, goods.style[frame["skc"]])
    frame = frame.filter(pl.Series(~carry | first))
    skc = frame["skc"].to_numpy()
    ids = pl.Series(goods.skc_ids).gather(frame["skc"])
    end = dates(settings, frame["valid_to"].to_numpy(), NEVER).dt.strftime("%Y-%m-%d")
    return frame.select(
        pl.lit("标准").alias("price_list"), ids.str.split("/").list.get(0).alias("style_code"),
        pl.when(pl.Series(~goods.carry[skc])).then(ids.str.split("/").list.get(1)
                                                   ).alias("color_code"),
        dates(settings, frame["valid_from"].to_numpy()).alias("valid_from"),
        pl.when(end.is_not_null()).then(end).otherwise(
            pl.Series(OPEN_ENDS, dtype=pl.String).gather(pl.Series(skc % 3))).alias("valid_to"),
        (pl.col("tag") / 100).alias("tag_price"), (pl.col("retail") / 100).alias("retail_price"),
        pl.lit(None, pl.String).alias("region"), pl.lit(None, pl.String).alias("channel"),
        moment(settings, frame["valid_from"].to_numpy() - 1, 61_200, NEVER).alias("modified_at"))


def _locations(history: History, day: int) -> pl.DataFrame:
    places, settings = history.places, history.settings
    rows = []
    for n, code in enumerate(places.codes):
        if places.opens[n] - 5 > day and n != places.new_store:
            continue
        if n == places.new_store and day < settings.base_days:
            continue
        city = CITIES[places.city[n]]
        dc, closed = n >= places.stores, places.closes[n] < min(day + 1, NEVER)
        rows.append({
            "store_code": code, "store_name": places.names[n], "location_type": places.kind[n],
            "ownership": places.ownership[n], "region": city[2], "area": city[3], "city": city[0],
            "province": city[1], "city_tier": city[4],
            "floor_area": int(places.floor_area[n]) * (30 if dc else 1),
            "open": int(places.opens[n]),
            "close_date": f"{settings.day(int(places.closes[n]))}" if closed else
            (None if n % 3 else "9999-12-31"),
            "status": "闭店" if closed else "营业", "price_zone": "全国",
            "customer_code": f"KH{n + 1:04d}" if places.ownership[n] == "加盟" else None,
            "climate_zone": ZONES[places.zone[n]], "longitude": f"{city[6]:.2f}",
            "latitude": f"{city[7]:.2f}", "can_pick_up": bool(places.can_pick_up[n]) and not dc,
            "can_ship": bool(places.can_ship[n]) or dc,
            "pos_installed": bool(places.has_pos[n]) if not dc else False})
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(dates(settings, frame["open"].to_numpy()).alias("open_date"))


def _suppliers(history: History, day: int) -> pl.DataFrame:
    names = ("supplier_code", "supplier_name", "supplier_type", "grade", "region", "main_category",
             "monthly_capacity", "moq", "lead_days")
    frame = pl.DataFrame([dict(zip(names, s, strict=True)) for s in SUPPLIERS])
    end = history.settings.end.replace(month=12, day=31)
    return frame.with_columns(pl.lit(end + timedelta(days=365)).alias("contract_end"),
                              pl.lit("合作中").alias("status"))


def _assortment(history: History, day: int) -> pl.DataFrame:
    goods, places, settings = history.goods, history.places, history.settings
    known = (goods.planned_launch <= day + 90) & (goods.pull > -60)
    seen = np.arange(places.stores) != places.new_store
    if day >= settings.base_days:
        seen[:] = True
    store, skc = np.nonzero(goods.planned & known[None, :] & seen[:, None])
    by = np.lexsort((store, skc))
    store, skc = store[by], skc[by]
    per_sku = history.supply._opening_units(np.arange(places.stores), np.arange(goods.skcs), 0)
    first = np.add.reduceat(per_sku, goods.sku_first, axis=1)
    season = []
    for index in range(goods.skcs):
        style = goods.styles[goods.style[index]]
        season.append("常青" if goods.carry[index] else f"{style['year']}{style['season']}")
    targets = (goods.planned & seen[:, None]).sum(axis=0)
    ids = pl.Series(goods.skc_ids).gather(pl.Series(skc))
    carry = goods.carry[skc]
    none = -(10**6)
    return pl.DataFrame({
        "season": pl.Series(season).gather(pl.Series(skc)),
        "style_code": ids.str.split("/").list.get(0), "color_code": ids.str.split("/").list.get(1),
        "store_code": pl.Series(places.codes).gather(pl.Series(store)),
        "first_units": first[store, skc], "target_stores": targets[skc],
        "climate_zone": pl.Series(ZONES).gather(pl.Series(places.zone[store])),
        "shelf_from": dates(settings, np.where(carry, none, goods.planned_launch[skc]), none),
        "shelf_to": dates(settings, np.where(carry, none, goods.pull[skc]), none)})


def _staff(history: History, day: int) -> pl.DataFrame:
    places, settings = history.places, history.settings
    rows = []
    for store in range(places.stores):
        if not places.has_pos[store] or places.opens[store] > day + 5:
            continue
        for guide in range(GUIDES_PER_STORE):
            rows.append({"staff_code": f"G{store + 1:03d}{guide + 1}",
                         "staff_name": f"导购{store + 1:02d}{'甲乙丙丁戊'[guide]}",
                         "store_code": places.codes[store],
                         "job": "店长" if guide == 0 else "导购",
                         "joined": int(max(places.opens[store], -900)) - 5})
    frame = pl.DataFrame(rows)
    return frame.with_columns(dates(settings, frame["joined"].to_numpy()).alias("joined_on"),
                              pl.lit(None, pl.Date).alias("left_on"))


def _members(history: History, people: People, day: int) -> pl.DataFrame:
    settings, seed = history.settings, history.settings.seed
    number = np.flatnonzero(people.joined <= day)
    code = pl.Series(history.places.codes)
    index = pl.Series(number)

    def account(platform: int) -> pl.Expr:
        return pl.when(pl.Series(people.accounts[platform][number])).then(
            people.account_names[platform].gather(index))

    two = hashing.uniform(seed, "two phones", number) < 0.006
    none = hashing.uniform(seed, "no phone", number) < 0.02
    phone = mess.phone_text(seed, people.phone[number], number, 0.01)
    born = moment(settings, -8000 - hashing.whole(seed, "born", 0, 11_000, number), 0, 10**6)
    tier = hashing.choice(seed, "tier", [60, 25, 12, 3], number)
    joined = people.joined[number]
    frame = pl.DataFrame({"i": number, "phone": phone, "two": two, "none": none})
    return frame.select(
        people.member_no.gather(index).alias("member_no"),
        pl.format("示例会员{}", pl.col("i") + 1).alias("member_name"),
        pl.when("none").then(None).when("two").then(pl.format("{} / 19900000000", "phone"))
        .otherwise("phone").alias("phone"),
        pl.when(pl.Series(hashing.uniform(seed, "sex", number) < 0.68)).then(pl.lit("女"))
        .otherwise(pl.lit("男")).alias("gender"), born.cast(pl.Date).alias("birthday"),
        pl.Series(["普卡", "银卡", "金卡", "黑金"]).gather(pl.Series(tier)).alias("tier"),
        pl.lit(settings.end.replace(month=12, day=31)).alias("tier_until"),
        pl.Series("points", hashing.whole(seed, "balance", 0, 5000, number)),
        pl.lit(0.0).alias("stored_value_amt"),
        code.gather(pl.Series(people.home[number])).alias("open_store"),
        code.gather(pl.Series(people.home[number])).alias("service_store"),
        moment(settings, joined, 40_000, 10**6).alias("joined_at"),
        pl.Series(["门店", "小程序", "天猫"]).gather(pl.Series(number % 3)).alias("channel"),
        account(2).alias("openid"),
        pl.when(pl.Series(people.accounts[2][number])).then(pl.format("uDemo{}", "i")
                                                            ).alias("unionid"),
        account(0).alias("platform_nick"), pl.lit("正常").alias("status"),
        pl.lit(None, pl.String).alias("merged_into"),
        moment(settings, joined, 40_060, 10**6).alias("modified_at"))


def _calendar(history: History, day: int) -> pl.DataFrame:
    settings = history.settings
    rows = []
    for n in range((settings.end.replace(month=12, day=31) - settings.start).days + 1):
        today = settings.day(n)
        year, week, _ = today.isocalendar()
        product_year, season, _ = season_of(today)
        rows.append({"calendar_date": today, "retail_week": f"{year}{week:02d}",
                     "season": f"{product_year}{season}", "holiday": festival(today) or None,
                     "event": trade_event(today) or None, "lunar": None})
    return pl.DataFrame(rows, schema={
        "calendar_date": pl.Date, "retail_week": pl.String, "season": pl.String,
        "holiday": pl.String, "event": pl.String, "lunar": pl.String})
