"""Returns, cancellations and refunds as documents: slips, refunds, amounts. Amounts in cents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.papers.orders import NONE, Orders
from simulator.papers.receipts import Receipts
from simulator.trade.returns import STORE
from simulator.trade.run import History
from simulator.world import hashing
from simulator.world.windows import moment

REASONS = ("01 尺码不合适", "02 不喜欢", "03 与图片不符", "04 其他")
DEFECT = "09 质量问题"
ONLINE_REASONS = ("尺码不合适", "不喜欢/不想要", "与描述不符", "七天无理由")
ONLINE_DEFECT = "质量问题"


@dataclass
class Comebacks:
    """store: goods handed in at a till; online: goods sent back or handed in for an online order
    (``boris``); refunds: platform refund documents of every kind."""

    store: pl.DataFrame
    online: pl.DataFrame
    refunds: pl.DataFrame


def build(history: History, receipts: Receipts, orders: Orders) -> Comebacks:
    """Documents for every return that is known, booked or still to come."""
    settings, seed = history.settings, history.settings.seed
    rows = (
        pl.DataFrame(history.returns.rows.arrays())
        .with_row_index("id")
        .with_columns(pl.col("id").cast(pl.Int64))
    )
    number = rows["id"].to_numpy()
    exchanged = np.zeros(len(rows), bool)
    exchanged[history.returns.exchanged] = True
    second = (36_000 + 40_000 * hashing.uniform(seed, "return time", number)).astype(np.int64)
    reason = hashing.whole(seed, "reason", 0, 3, number)
    rows = rows.with_columns(
        pl.Series("exchange", exchanged),
        pl.Series("second", second),
        pl.Series("reason", reason),
        moment(settings, rows["day"].to_numpy(), second).alias("returned_at"),
    )
    store = _store(history, receipts, rows.filter(pl.col("source") == STORE))
    online = _online(orders, rows.filter(pl.col("source") != STORE))
    online = _numbered(online, "B", pl.col("boris"))
    refunds = pl.concat(
        [
            _goods_refunds(history, online),
            _cancellations(orders),
            _money_only(history, orders, online),
        ],
        how="diagonal_relaxed",
    )
    return Comebacks(store, online, refunds)


def _numbered(frame: pl.DataFrame, letter: str, counted: pl.Expr) -> pl.DataFrame:
    """Slip numbers that restart each day and store but carry the date."""
    rank = counted.cast(pl.Int64).cum_sum().over("location", "day")
    return frame.sort("day", "location", "id").with_columns(
        pl.format(
            "{}{}{}",
            pl.lit(letter),
            pl.col("returned_at").dt.strftime("%y%m%d"),
            rank.cast(pl.String).str.zfill(3),
        ).alias("slip")
    )


def _store(history: History, receipts: Receipts, rows: pl.DataFrame) -> pl.DataFrame:
    lines = receipts.lines.select(
        "line",
        "receipt",
        "line_no",
        pl.col("day").alias("sale_day"),
        pl.col("store").alias("sale_store"),
        pl.col("units").alias("line_units"),
        pl.col("amount").alias("line_amount"),
        pl.col("tag"),
    )
    heads = receipts.heads.select(
        "receipt", pl.col("number").alias("receipt_no"), "person", "staff"
    )
    out = rows.join(lines, on="line", how="left", maintain_order="left").join(
        heads, on="receipt", how="left", maintain_order="left"
    )
    lost = hashing.uniform(history.settings.seed, "no receipt", out["id"].to_numpy()) < 0.02
    out = out.with_columns(
        (pl.col("line_amount") * pl.col("units") // pl.col("line_units")).alias("amount"),
        (pl.Series(lost) & ~pl.col("exchange")).alias("orphan"),
        pl.when(pl.col("resalable"))
        .then(pl.lit(pl.Series(REASONS)).gather(pl.col("reason")))
        .otherwise(pl.lit(DEFECT))
        .alias("reason_text"),
    )
    return _numbered(out, "T", pl.col("id") >= 0)


def _online(orders: Orders, rows: pl.DataFrame) -> pl.DataFrame:
    parts = orders.parts.select(
        "source",
        pl.col("row").alias("line"),
        "order",
        "order_no",
        "platform",
        "line_no",
        pl.col("units").alias("part_units"),
        pl.col("amount").alias("part_amount"),
        "person",
        "ship",
        "deliver",
        "delivered_at",
    )
    out = rows.join(parts, on=["source", "line"], how="left", maintain_order="left")
    return out.with_columns(
        (pl.col("part_amount") * pl.col("units") // pl.col("part_units")).alias("amount"),
        pl.when(pl.col("resalable"))
        .then(pl.lit(pl.Series(ONLINE_REASONS)).gather(pl.col("reason")))
        .otherwise(pl.lit(ONLINE_DEFECT))
        .alias("reason_text"),
    )


def _goods_refunds(history: History, online: pl.DataFrame) -> pl.DataFrame:
    """退货退款: asked after delivery, agreed, sent back, received and refunded."""
    settings, seed = history.settings, history.settings.seed
    number, day = online["id"].to_numpy(), online["day"].to_numpy()
    before = hashing.whole(seed, "asked before", 2, 5, number)
    asked = np.maximum(online["arrived"].to_numpy(), day - before)
    door = (
        (online["delivered_at"] - online["delivered_at"].dt.truncate("1d"))
        .dt.total_seconds()
        .to_numpy()
    )
    asked_second = np.where(
        asked == online["arrived"].to_numpy(), np.minimum(door + 3600, 86_000), 40_000
    )
    return online.select(
        pl.format("R{}{}", "source", pl.col("id").cast(pl.String).str.zfill(9)).alias("refund_no"),
        "id",
        "order",
        "order_no",
        "platform",
        "line_no",
        pl.lit("退货退款").alias("refund_type"),
        "units",
        "amount",
        pl.col("amount").alias("asked"),
        "location",
        "boris",
        "reason_text",
        moment(settings, asked, asked_second).alias("requested_at"),
        (moment(settings, asked, asked_second) + pl.duration(minutes=40)).alias("agreed_at"),
        moment(settings, np.maximum(day - 2, asked), np.minimum(asked_second + 7200, 86_390)).alias(
            "sent_back_at"
        ),
        pl.col("returned_at").alias("received_at"),
        (pl.col("returned_at") + pl.duration(minutes=20)).alias("done_at"),
    )


def _cancellations(orders: Orders) -> pl.DataFrame:
    """仅退款 before shipping: one for each line of a paid order that was cancelled."""
    heads = orders.heads.filter(pl.col("cancel_day") != NONE).select(
        "order", "closed_at", "cancel_day"
    )
    lines = orders.lines.join(heads, on="order", how="inner", maintain_order="left")
    return lines.select(
        pl.format("C{}{}", "order", "line_no").alias("refund_no"),
        "order",
        "order_no",
        "platform",
        "line_no",
        pl.lit("仅退款").alias("refund_type"),
        "units",
        "amount",
        pl.col("amount").alias("asked"),
        pl.lit(ONLINE_REASONS[1]).alias("reason_text"),
        pl.col("closed_at").alias("requested_at"),
        pl.col("closed_at").alias("agreed_at"),
        pl.col("closed_at").alias("done_at"),
    )


def _money_only(history: History, orders: Orders, online: pl.DataFrame) -> pl.DataFrame:
    """仅退款 after delivery, without goods; and requests that the buyer withdrew."""
    seed, settings = history.settings.seed, history.settings
    done = orders.parts.filter(pl.col("source") == 1, pl.col("deliver") != NONE).join(
        online.select("source", pl.col("line").alias("row")),
        on=["source", "row"],
        how="anti",
        maintain_order="left",
    )
    draw = hashing.uniform(seed, "money only", done["row"].to_numpy())
    out = done.filter(pl.Series(draw < 0.012)).with_columns(
        pl.Series("withdrawn", draw[draw < 0.012] < 0.004)
    )
    row, deliver = out["row"].to_numpy(), out["deliver"].to_numpy()
    share = hashing.whole(seed, "money share", 1, 3, row) * 10
    after = hashing.whole(seed, "money lag", 1, 6, row)
    part = np.maximum(out["amount"].to_numpy() * share // 1000 * 10, 100)
    gone: NDArray = out["withdrawn"].to_numpy()
    end = moment(settings, deliver + after + 1, 50_000 + row % 20_000)
    return out.select(
        pl.format("M{}", "row").alias("refund_no"),
        "order",
        "order_no",
        "platform",
        "line_no",
        pl.lit("仅退款").alias("refund_type"),
        pl.lit(None, pl.Int64).alias("units"),
        pl.Series("amount", np.where(gone, 0, part)),
        pl.Series("asked", part),
        "withdrawn",
        pl.lit("商品降价补差").alias("reason_text"),
        moment(settings, deliver + after, 50_000).alias("requested_at"),
        pl.select(pl.when(~pl.Series(gone)).then(end)).to_series().alias("done_at"),
        pl.select(pl.when(pl.Series(gone)).then(end)).to_series().alias("withdrawn_at"),
    )
