"""Full exports of master data: goods, prices, places, suppliers, people's cards, plan, calendar."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports import reference
from simulator.exports.files import Sink, key_text
from simulator.papers import prices
from simulator.trade.run import History
from simulator.world.calendar import ZONES
from simulator.world.catalogue import CATEGORIES, COLOURS, SUPPLIERS
from simulator.world.people import People
from simulator.world.places import NEVER
from simulator.world.windows import dates, moment

OPEN_ENDS = (None, "9999-12-31", "2099/12/31")
WORKBOOKS = ("erp_supplier", "erp_assortment", "ops_calendar")
SHEET_ROWS = 1_000_000  # a sheet ends at 1,048,576; what is larger is not exported as a workbook
EXCEL_EPOCH = 25569  # day number of 1970-01-01 in a spreadsheet


def full_days(history: History) -> list[int]:
    """Days with full exports: two months and a week before the end, the end; later ones after."""
    settings = history.settings
    base = settings.base_days
    days = [base - 61, base - 8, base - 1, base, *range(base + 6, settings.days, 7)]
    return sorted({max(0, d) for d in days if d < settings.days})


def export(history: History, people: People, sink: Sink) -> None:
    """Write the ten master feeds on each of their days."""
    builders = {
        "erp_style": _styles,
        "erp_skc": _skcs,
        "erp_sku": _skus,
        "erp_price": _prices,
        "erp_location": reference.locations,
        "erp_supplier": reference.suppliers,
        "erp_assortment": _assortment,
        "pos_staff": reference.staff,
        "ops_calendar": reference.calendar,
    }
    for day in full_days(history):
        for feed, build in builders.items():
            _put(sink, feed, day, build(history, day))
        _put(sink, "crm_member", day, reference.members(history, people, day))
    sink.progress("master data: 10 feeds")
    sink.tell()


def _put(sink: Sink, feed: str, day: int, frame: pl.DataFrame) -> None:
    ext = "xlsx" if feed in WORKBOOKS and frame.height <= SHEET_ROWS else "csv"
    frame = frame.with_columns(pl.lit(False).alias("_bad"), key_text(feed, frame).alias("_key"))
    if feed == "erp_assortment":
        serial = pl.col("shelf_from").cast(pl.Int32) + EXCEL_EPOCH
        frame = frame.with_columns(serial.alias("shelf_from"))
    if ext == "xlsx":
        frame = frame.with_columns(
            pl.col(n).dt.strftime("%Y-%m-%d") for n, t in frame.schema.items() if t == pl.Date
        )
    stamp = f"{sink.settings.day(day):%Y%m%d}"
    sink.put(feed, "full", ext, int(sink.windows.of_day[day]), "1", frame, 0, stamp=stamp)


def _styles(history: History, day: int) -> pl.DataFrame:
    settings = history.settings
    rows: list[dict[str, object]] = []
    for style in history.goods.styles:
        category = CATEGORIES[int(str(style["category"]))]
        planned, pull = int(str(style["planned"])), int(str(style["pull"]))
        carry = bool(style["carry"])
        tag = int(str(style["tag"]))
        if len(rows) == prices.raised_style(history.goods) and day >= prices.raise_day(settings):
            tag += prices.RAISE
        rows.append(
            {
                "style_code": style["code"],
                "style_name": style["name"],
                "brand": "青禾",
                "year": style["year"],
                "season": style["season_text"],
                "band": style["band"],
                "category_l1": category.l1,
                "category_l2": category.l2,
                "category_l3": category.l3,
                "gender": category.gender,
                "series": style["series"],
                "look": style["look"],
                "fabric": style["fabric"],
                "composition": style["composition"],
                "fit": style["fit"],
                "tag_price": float(tag),
                "cost_price": int(str(style["cost"])) / 100,
                "size_group": category.size_group,
                "supplier_code": SUPPLIERS[int(str(style["supplier"]))][0],
                "designer": style["designer"],
                "planned": None if carry else planned,
                "pull": None if carry else pull,
                "is_carry_over": carry,
                "status": "启用",
                "made": max(planned - 140, -400),
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    none = -(10**6)
    return frame.with_columns(
        dates(settings, frame["planned"].fill_null(none).to_numpy(), none).alias("planned_launch"),
        dates(settings, frame["pull"].fill_null(none).to_numpy(), none).alias("planned_pull_off"),
        moment(settings, frame["made"].to_numpy(), 36_000, none).alias("modified_at"),
    )


def _skcs(history: History, day: int) -> pl.DataFrame:
    goods, settings = history.goods, history.settings
    ids = (
        pl.DataFrame({"id": goods.skc_ids})
        .select(
            pl.col("id").str.split_exact("/", 1).struct.rename_fields(["style_code", "color_code"])
        )
        .unnest("id")
    )
    colour = [COLOURS[c] for c in goods.colour]
    first = np.maximum(goods.planned_launch - 35, -380)
    return ids.with_columns(
        pl.Series(
            "color_name", [c[1] + (" " if n % 37 == 5 else "") for n, c in enumerate(colour)]
        ),
        pl.Series("color_family", [c[2] for c in colour]),
        pl.format("img/{}-{}.jpg", "style_code", "color_code").alias("image"),
        dates(settings, first).alias("first_image_date"),
        pl.lit("启用").alias("status"),
    )


def _skus(history: History, day: int) -> pl.DataFrame:
    goods = history.goods
    ids = (
        pl.DataFrame({"id": goods.sku_ids})
        .select(
            pl.col("id")
            .str.split_exact("/", 2)
            .struct.rename_fields(["style_code", "color_code", "size_code"])
        )
        .unnest("id")
    )
    return ids.with_columns(
        pl.Series("barcode", goods.barcodes),
        pl.Series("size_name", [s[1] for s in goods.sku_size]),
        pl.Series("size_order", goods.sku_order),
        pl.Series("gtin", goods.barcodes).str.replace("^690", "693").alias("gtin"),
        pl.lit(True).alias("is_active"),
    )


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
    tag = prices.tag_cents(history, frame["skc"].to_numpy(), frame["valid_from"].to_numpy())
    return frame.with_columns(
        pl.Series("tag", tag),
        pl.Series("retail", prices.retail_cents(tag, frame["percent"].to_numpy())),
    )


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
        pl.lit("标准").alias("price_list"),
        ids.str.split("/").list.get(0).alias("style_code"),
        pl.when(pl.Series(~goods.carry[skc]))
        .then(ids.str.split("/").list.get(1))
        .alias("color_code"),
        dates(settings, frame["valid_from"].to_numpy()).alias("valid_from"),
        pl.when(end.is_not_null())
        .then(end)
        .otherwise(pl.Series(OPEN_ENDS, dtype=pl.String).gather(pl.Series(skc % 3)))
        .alias("valid_to"),
        (pl.col("tag") / 100).alias("tag_price"),
        (pl.col("retail") / 100).alias("retail_price"),
        pl.lit(None, pl.String).alias("region"),
        pl.lit(None, pl.String).alias("channel"),
        moment(settings, frame["valid_from"].to_numpy() - 1, 61_200, NEVER).alias("modified_at"),
    )


def _assortment(history: History, day: int) -> pl.DataFrame:
    goods, places, settings = history.goods, history.places, history.settings
    known = (goods.planned_launch <= day + 90) & (goods.pull > -60)
    seen = np.arange(places.stores) != places.new_store
    if day >= settings.base_days:
        seen[:] = True
    store, skc = np.nonzero(goods.planned & known[None, :] & seen[:, None])
    by = np.lexsort((store, skc))
    store, skc = store[by], skc[by]
    per_sku = history.distribution.opening_units(np.arange(places.stores), np.arange(goods.skcs), 0)
    first = np.add.reduceat(per_sku, goods.sku_first, axis=1)
    season = []
    for index in range(goods.skcs):
        style = goods.styles[goods.style[index]]
        season.append("常青" if goods.carry[index] else f"{style['year']}{style['season']}")
    targets = (goods.planned & seen[:, None]).sum(axis=0)
    ids = pl.Series(goods.skc_ids).gather(pl.Series(skc))
    carry = goods.carry[skc]
    none = -(10**6)
    return pl.DataFrame(
        {
            "season": pl.Series(season).gather(pl.Series(skc)),
            "style_code": ids.str.split("/").list.get(0),
            "color_code": ids.str.split("/").list.get(1),
            "store_code": pl.Series(places.codes).gather(pl.Series(store)),
            "first_units": first[store, skc],
            "target_stores": targets[skc],
            "climate_zone": pl.Series(ZONES).gather(pl.Series(places.zone[store])),
            "shelf_from": dates(settings, np.where(carry, none, goods.planned_launch[skc]), none),
            "shelf_to": dates(settings, np.where(carry, none, goods.pull[skc]), none),
        }
    )
