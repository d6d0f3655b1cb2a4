"""Feeds that no model of the demo reads, written on request: what follows from what happened.

Belongs here: payments of receipts, shifts of those who sold, points of members, counts and orders
behind stock movements, the platforms' own daily figures, the weather. Every row has its cause in a
row of another export or in the calendar; nothing is drawn anew but by hashes of names. Without
mess: these files serve to try contracts of one's own. What does not belong here: what the models
build on, and the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator import hashing
from simulator.calendar import ZONE_CLIMATE
from simulator.files import PLATFORM_TEXT, Sink
from simulator.places import CITIES, Places
from simulator.settings import Settings

Frames = dict[str, pl.DataFrame]
SPLIT_SHARE = 0.15  # of receipts are paid by two means
ALLOCATED = {"首配": "首配", "配货": "补货", "返仓": "返仓", "调拨出": "调拨", "调拨": "调拨"}
SKY = ("晴", "多云", "阴", "小雨", "大雨")


def export(places: Places, sink: Sink) -> None:
    """Write the extra feeds of every window that this run writes."""
    frames = sink.kept
    first = frames["pos_receipt"].unique(
        ["store_code", "biz_date", "receipt_no"], keep="first", maintain_order=True
    )
    made: dict[str, Callable[[], pl.DataFrame]] = {
        "pos/pos_payment": lambda: _payments(sink.settings, first),
        "pos/pos_shift": lambda: _shifts(first),
        "crm/crm_points": lambda: _points(first),
        "erp/erp_alloc": lambda: _allocations(sink.settings, frames["erp_stock_move"]),
        "erp/erp_count": lambda: _counts(sink.settings, frames["erp_stock_move"]),
        "ec/ec_item_day": lambda: _item_days(frames),
        "ext/ext_weather": lambda: _weather(sink.settings, places, sink),
    }
    for path, make in made.items():
        rows = make()
        for (window,), part in sorted(rows.partition_by("_win", as_dict=True).items()):
            number = int(str(window))
            if number >= 0 and sink.wanted(number):
                _write(sink, path, number, part.drop("_win"))
        sink.progress(f"{path.split('/')[1]}: {rows.height:,} rows")


def _write(sink: Sink, path: str, window: int, rows: pl.DataFrame) -> None:
    kind = "snap" if path.endswith(("item_day", "weather")) else "delta"
    file = sink.settings.out / f"{path}_{kind}_{sink.windows.all[window].stamp}_1.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows.write_csv(file, float_precision=2, datetime_format="%Y-%m-%d %H:%M:%S")
    sink.files += 1
    sink.bytes += file.stat().st_size


def _keys(rows: pl.DataFrame, *columns: str) -> list[NDArray[np.int64]]:
    """Numbers of each row by which its draws are made: digits of codes, day numbers."""
    digits = [
        pl.col(n).str.replace_all(r"\D", "").cast(pl.Int64, strict=False).fill_null(0)
        if rows.schema[n] == pl.String
        else pl.col(n).dt.epoch("d").cast(pl.Int64)
        for n in columns
    ]
    return [rows.select(one).to_series().to_numpy() for one in digits]


def _payments(settings: Settings, receipts: pl.DataFrame) -> pl.DataFrame:
    """One or two means a receipt; they add up to what was paid, and to what was paid back."""
    paid = receipts.filter((pl.col("paid_amt") != 0) & ~pl.col("is_void"))
    keys = _keys(paid, "store_code", "biz_date", "receipt_no")
    luck = hashing.uniform(settings.seed, "split tender", *keys)
    paid = paid.with_columns(
        pl.when(pl.Series(luck) < SPLIT_SHARE)
        .then((pl.col("paid_amt") * 0.4).round(2))
        .otherwise(0.0)
        .alias("cash")
    )
    base = pl.col("_win", "store_code", "biz_date", "receipt_no", "pay_method")
    one = paid.select(base, (pl.col("paid_amt") - pl.col("cash")).round(2).alias("amt"), seq=1)
    two = paid.filter(pl.col("cash") != 0).select(base, pl.col("cash").alias("amt"), seq=2)
    return (
        pl.concat([one, two.with_columns(pay_method=pl.lit("现金"))])
        .sort("store_code", "biz_date", "receipt_no", "seq")
        .select(
            "_win",
            pl.col("store_code").alias("店仓"),
            pl.col("biz_date").alias("业务日"),
            pl.col("receipt_no").alias("小票号"),
            pl.col("seq").alias("序"),
            pl.col("pay_method").alias("方式"),
            pl.col("amt").alias("金额"),
        )
    )


def _shifts(receipts: pl.DataFrame) -> pl.DataFrame:
    """Whoever sold on a day was there from half an hour before until a quarter after."""
    return (
        receipts.filter(pl.col("staff_code").is_not_null())
        .group_by("staff_code", "biz_date")
        .agg(
            pl.col("_win").min(),
            pl.col("store_code").min(),
            pl.col("sold_at").min().alias("from"),
            pl.col("sold_at").max().alias("to"),
        )
        .sort("staff_code", "biz_date")
        .select(
            "_win",
            pl.col("staff_code").alias("工号"),
            pl.col("biz_date").alias("日期"),
            pl.col("store_code").alias("店仓"),
            (pl.col("from") - timedelta(minutes=30)).alias("上班"),
            (pl.col("to") + timedelta(minutes=15)).alias("下班"),
        )
    )


def _points(receipts: pl.DataFrame) -> pl.DataFrame:
    """A point for each yuan that a card paid; what comes back takes its points with it."""
    return (
        receipts.filter(pl.col("member_no").is_not_null() & (pl.col("paid_amt").abs() >= 1))
        .sort("store_code", "biz_date", "receipt_no")
        .select(
            "_win",
            pl.concat_str(
                "store_code", pl.col("biz_date").dt.strftime("%y%m%d"), "receipt_no"
            ).alias("流水号"),
            pl.col("member_no").alias("会员号"),
            pl.when(pl.col("paid_amt") > 0).then(pl.lit("得")).otherwise(pl.lit("冲销"))
            .alias("类型"),
            pl.col("paid_amt").cast(pl.Int64).alias("积分"),
            pl.col("receipt_no").alias("订单号"),
            pl.col("uploaded_at").alias("时间"),
        )
    )  # fmt: skip


def _latest(moves: pl.DataFrame) -> pl.DataFrame:
    return moves.unique(["doc_no", "line_no"], keep="first", maintain_order=True)


def _allocations(settings: Settings, moves: pl.DataFrame) -> pl.DataFrame:
    """The order behind each shipment to a store: now and then more was proposed than was there."""
    rows = _latest(moves).filter(pl.col("move_type").is_in(list(ALLOCATED)))
    short = hashing.uniform(settings.seed, "short", *_keys(rows, "doc_no", "barcode")) < 0.12
    wish = pl.col("sent_units") + pl.Series(short).cast(pl.Int64)
    return rows.select(
        "_win",
        pl.col("doc_no").alias("单号"),
        pl.col("line_no").alias("行号"),
        pl.col("move_type").replace_strict(ALLOCATED).alias("类型"),
        wish.alias("计划数"),
        pl.col("from_store").alias("发出店仓"),
        pl.col("to_store").alias("接收店仓"),
        pl.col("barcode").alias("条码"),
        wish.alias("建议数"),
        pl.col("sent_units").alias("实发数"),
        pl.col("sent_at").alias("时间"),
        pl.col("modified_at").alias("修改时间"),
    )


def _counts(settings: Settings, moves: pl.DataFrame) -> pl.DataFrame:
    """The count behind each correction of the books."""
    rows = _latest(moves).filter(pl.col("move_type") == "盘点")
    book = hashing.whole(settings.seed, "book", 5, 30, *_keys(rows, "doc_no", "barcode"))
    gone = pl.col("from_store").is_not_null()
    change = pl.when(gone).then(-pl.col("sent_units")).otherwise(pl.col("received_units"))
    return rows.select(
        "_win",
        pl.col("doc_no").alias("盘点单"),
        pl.coalesce("from_store", "to_store").alias("店仓"),
        pl.col("barcode").alias("条码"),
        pl.Series("账面", book),
        (pl.Series(book) + change).alias("实盘"),
        change.alias("差异"),
        pl.coalesce("sent_at", "received_at").alias("时间"),
    )


def _item_days(frames: Frames) -> pl.DataFrame:
    """The platform's own figures of a day, from its paid lines and from the app's events."""
    orders = frames["ec_order"].unique(["platform", "order_no"], keep="last", maintain_order=True)
    lines = frames["ec_order_line"].unique(
        ["platform", "order_no", "line_no"], keep="last", maintain_order=True
    )
    paid = orders.filter(pl.col("paid_at").is_not_null()).select(
        "platform", "order_no", "buyer_id", pl.col("paid_at").dt.date().alias("day"), "_win"
    )
    return (
        lines.drop("_win")
        .join(paid, on=["platform", "order_no"])
        .group_by("platform", "day", "item_id")
        .agg(
            pl.col("_win").min(),
            pl.col("buyer_id").n_unique().alias("buyers"),
            pl.col("qty").sum(),
            pl.col("sale_amt").sum(),
            pl.col("sale_amt").filter(pl.col("refund_status") == "退款成功").sum().alias("back"),
        )
        .sort("platform", "day", "item_id")
        .select(
            "_win",
            pl.col("platform").replace(PLATFORM_TEXT).alias("平台"),
            pl.col("day").alias("日期"),
            pl.col("item_id").alias("商品ID"),
            pl.col("buyers").alias("下单买家"),
            pl.col("buyers").alias("支付买家"),
            pl.col("qty").alias("支付件数"),
            pl.col("sale_amt").alias("支付金额"),
            pl.col("back").alias("退款额"),
        )
    )


def _weather(settings: Settings, places: Places, sink: Sink) -> pl.DataFrame:
    """The climate that drives demand, and the day's luck with it, in every city with a store."""
    parts = []
    for city in sorted({int(city) for city in places.city}):
        mean, swing = ZONE_CLIMATE[CITIES[city][5]]
        for number, window in enumerate(sink.windows.all):
            days = np.arange(window.first, window.last + 1)
            dates = [settings.day(int(day)) for day in days]
            part = np.array([date.timetuple().tm_yday - 1 for date in dates]) / 365.25
            luck = hashing.uniform(settings.seed, "sky", np.full(len(days), city), days)
            warm = mean - swing * np.cos(2 * np.pi * (part - 20 / 365.25)) + (luck - 0.5) * 8
            sky = [SKY[-1 - int(share * len(SKY))] for share in luck]
            parts.append(
                pl.DataFrame(
                    {"_win": np.full(len(days), number), "城市": [CITIES[city][0]] * len(days),
                     "日期": dates, "最高": (warm + 4).round(1), "最低": (warm - 4).round(1),
                     "天气": sky}
                )
            )  # fmt: skip
    return pl.concat(parts)
