"""ERP exports that move: stock documents, snapshots, purchase orders, monthly costs."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from simulator.exports.files import Sink, key_text
from simulator.papers import prices
from simulator.papers.stock import documents, second, shake
from simulator.trade.run import History
from simulator.trade.state import (
    ALLOCATION,
    COUNT,
    PURCHASE,
    REPLENISHMENT,
    RETURN_TO_DC,
    SALE_OUT,
    SALE_RETURN,
    TRANSFER,
)
from simulator.world.catalogue import SUPPLIERS
from simulator.world.windows import dates, moment, versioned

MOVE_TEXT = {
    PURCHASE: "采购入",
    ALLOCATION: "首配",
    REPLENISHMENT: "配货",
    TRANSFER: "调拨",
    RETURN_TO_DC: "返仓",
    COUNT: "盘点",
    SALE_OUT: "销售出",
    SALE_RETURN: "销退",
}
PO_TEXT = ("期货首单", "追单", "常青补货")


def export(history: History, moves: pl.DataFrame, sink: Sink) -> None:
    """Write the four feeds."""
    _moves(history, moves, sink)
    _snapshots(history, sink)
    _purchase(history, sink)
    _costs(history, sink)


def po_numbers(history: History) -> pl.DataFrame:
    """Purchase order number and line number, by row of the order log."""
    rows = history.supply.orders.arrays()
    day = dates(history.settings, np.maximum(rows["ordered"], -900))
    frame = pl.DataFrame({"n": rows["number"], "d": day, "sku": rows["sku"]})
    return frame.select(
        pl.format(
            "PO{}{}", pl.col("d").dt.strftime("%y%m%d"), pl.col("n").cast(pl.String).str.zfill(5)
        ).alias("po_no"),
        pl.col("sku").cum_count().over("n").cast(pl.Int64).alias("line_no"),
    )


def _moves(history: History, moves: pl.DataFrame, sink: Sink) -> None:
    settings, goods = history.settings, history.goods
    code = pl.Series([*history.places.codes, None])
    none = len(code) - 1
    po = pl.concat([po_numbers(history)["po_no"], pl.Series("po_no", [None], dtype=pl.String)])
    minute = shake(history, moves)

    def stamp(what: str) -> pl.Series:
        seconds = second(moves, what) + minute
        return moment(settings, moves[what].to_numpy(), seconds.to_numpy()).alias(f"{what}_at")

    frame = moves.with_columns(stamp("sent"), stamp("received"))
    names = documents(history)

    def place(index: pl.Series) -> pl.Series:
        return code.gather(pl.select(pl.when(index < 0).then(none).otherwise(index)).to_series())

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        arrived = pl.col("received_at").is_not_null()
        reference = frame.select(pl.when(pl.col("ref") < 0).then(len(po) - 1).otherwise("ref"))
        return frame.select(
            names(frame).alias("doc_no"),
            pl.col("line_no").cast(pl.Int64),
            pl.col("kind").replace_strict(MOVE_TEXT, return_dtype=pl.String).alias("move_type"),
            place(frame["source"].cast(pl.Int32)).alias("from_store"),
            place(frame["target"].cast(pl.Int32)).alias("to_store"),
            pl.Series(goods.barcodes).gather(frame["sku"]).alias("barcode"),
            pl.col("units").cast(pl.Int64).alias("sent_units"),
            "sent_at",
            pl.when(arrived).then(pl.col("units")).cast(pl.Int64).alias("received_units"),
            "received_at",
            pl.when("locked")
            .then(pl.lit("次品"))
            .when(arrived)
            .then(pl.lit("已完成"))
            .otherwise(pl.lit("在途"))
            .alias("status"),
            "reverses_doc",
            po.gather(reference.to_series()).alias("source_doc"),
            "modified_at",
            "_win",
        )

    rows = versioned(frame, ["sent_at", "received_at"], sink.windows)
    sink.emit("erp_stock_move", rows.shaped(shape))


def _snapshots(history: History, sink: Sink) -> None:
    """A file for each photographed day."""
    settings, goods = history.settings, history.goods
    snap = history.snapshots
    starts = np.flatnonzero(np.diff(snap["day"], prepend=-1))
    codes, barcodes = pl.Series(history.places.codes), pl.Series(goods.barcodes)
    for first, end in zip(starts, [*starts[1:], len(snap["day"])], strict=True):
        rows = pl.DataFrame({n: a[first:end] for n, a in snap.items()}).cast(pl.Int64)
        day = rows["day"].to_numpy()
        month = prices.months(settings, day)
        skc = goods.sku_skc[rows["sku"].to_numpy()]
        cost = prices.style_cost(settings, goods, goods.style[skc], month)
        frame = rows.select(
            dates(settings, day).alias("snap_date"),
            codes.gather(rows["location"]).alias("store_code"),
            barcodes.gather(rows["sku"]).alias("barcode"),
            pl.col("onhand").alias("onhand_units"),
            pl.col("reserved").alias("reserved_units"),
            pl.col("locked").alias("locked_units"),
            pl.max_horizontal(pl.col("onhand") - pl.col("reserved") - pl.col("locked"), 0).alias(
                "avail_units"
            ),
            pl.col("transit").alias("transit_units"),
            (pl.Series(cost) * pl.col("onhand") / 100).alias("cost_amt"),
            pl.lit(False).alias("_bad"),
        )
        frame = frame.with_columns(key_text("erp_stock_snap", frame).alias("_key"))
        window = int(sink.windows.of_day[day[0]])
        stamp = f"{settings.day(day[0]):%Y%m%d}"
        sink.put("erp_stock_snap", "snap", "csv", window, "1", frame, 0, stamp=stamp)
    sink.progress(f"erp_stock_snap: {len(snap['day']):,} rows")
    sink.tell()


def _purchase(history: History, sink: Sink) -> None:
    settings, goods = history.settings, history.goods
    rows = pl.DataFrame(history.supply.orders.arrays()).cast(pl.Int64)
    never = -(10**6)

    def at(name: str, second: int, used: pl.Series | None = None) -> pl.Series:
        days = rows[name].to_numpy()
        if used is not None:
            days = np.where(used.to_numpy(), days, never)
        return moment(settings, np.where(days < -900, never, days), second, never)

    frame = rows.with_columns(
        po_numbers(history)["po_no"],
        po_numbers(history)["line_no"],
        at("ordered", 36_000).alias("ordered_at"),
        at("moved", 39_600).alias("moved_at"),
        at("arrive1", 40_000).alias("first_at"),
        at("arrive2", 40_000, rows["units2"] > 0).alias("second_at"),
        at("cancel_day", 50_000).alias("cancelled_at"),
    )
    going = versioned(
        frame, ["ordered_at", "moved_at", "first_at", "second_at", "cancelled_at"], sink.windows
    )

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        got = pl.when(pl.col("first_at").is_not_null()).then(pl.col("units1")).otherwise(
            0
        ) + pl.when(pl.col("second_at").is_not_null()).then(pl.col("units2")).otherwise(0)
        moved = pl.col("moved_at").is_not_null()
        cut = pl.when(pl.col("cancelled_at").is_not_null()).then(pl.col("cancelled")).otherwise(0)
        skc = goods.sku_skc[frame["sku"].to_numpy()]
        promised = dates(settings, frame["promised"].to_numpy())
        latest = dates(settings, frame["latest"].to_numpy())
        # Half of the buyers overwrite the promise when a supplier is late.
        overwrite = moved & (pl.col("number") % 2 == 0)
        return frame.select(
            "po_no",
            "line_no",
            pl.Series(PO_TEXT).gather(frame["kind"]).alias("po_type"),
            pl.Series([s[0] for s in SUPPLIERS])
            .gather(pl.Series(goods.supplier[skc]))
            .alias("supplier_code"),
            pl.Series(goods.barcodes).gather(frame["sku"]).alias("barcode"),
            pl.col("units").alias("ordered_units"),
            pl.Series(goods.cost[skc] / 100).alias("unit_price"),
            dates(settings, frame["ordered"].to_numpy()).alias("order_date"),
            pl.when(overwrite).then(latest).otherwise(promised).alias("promised_date"),
            pl.when(moved).then(latest).otherwise(promised).alias("latest_date"),
            got.alias("received_units"),
            cut.alias("cancelled_units"),
            pl.when(got + cut >= pl.col("units"))
            .then(pl.lit("已完成"))
            .when(got > 0)
            .then(pl.lit("部分到货"))
            .otherwise(pl.lit("执行中"))
            .alias("status"),
            "modified_at",
            "_win",
        )

    sink.emit("erp_po", going.shaped(shape))


def _costs(history: History, sink: Sink) -> None:
    """A row for each style and month, issued on the month's first day; few are corrected later."""
    settings, goods = history.settings, history.goods
    count = len(goods.styles)
    first = prices.months(settings, np.array([0]))[0]
    last = prices.months(settings, np.array([settings.days - 1]))[0]
    month, style = (
        a.ravel() for a in np.meshgrid(np.arange(first, last + 1), np.arange(count), indexing="ij")
    )
    planned = np.array([int(str(s["planned"])) for s in goods.styles])
    begins = prices.months(settings, np.maximum(planned - 125, -900))
    keep = month >= begins[style]
    month, style = month[keep], style[keep]
    actual = prices.style_cost(settings, goods, style, month)
    redo = prices.cost_restated(settings, goods, style, month)
    base = np.array([int(str(s["cost"])) for s in goods.styles])
    standard = np.where(actual == 0, 0, base[style])
    starts = np.array([settings.number(_first_day(m)) for m in range(first, last + 2)])
    issue, again = starts[month - first], starts[month - first + 1]
    again = np.where(redo & (again < settings.days), again, -1)
    frame = pl.DataFrame(
        {
            "style_code": pl.Series([str(s["code"]) for s in goods.styles]).gather(
                pl.Series(style)
            ),
            "color_code": pl.Series([None], dtype=pl.String).new_from_index(0, len(style)),
            "period": [f"{m // 12}{m % 12 + 1:02d}" for m in month],
            "standard_cost": standard / 100,
            "actual_cost": np.where(redo, actual * 103 // 100, actual) / 100,
            "currency": "CNY",
            "modified_at": moment(settings, issue, 28_800),
            "_win": sink.windows.index(issue),
        }
    )
    fixed = frame.with_columns(
        pl.Series("actual_cost", actual / 100),
        moment(settings, again, 28_900).alias("modified_at"),
        pl.Series("_win", sink.windows.index(np.maximum(again, 0))),
    ).filter(pl.Series(again >= 0))
    sink.emit("erp_cost", pl.concat([frame, fixed]))


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
