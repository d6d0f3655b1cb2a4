"""All stock movements as one table: the ledger of the day loop plus the postings of sales."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.papers.orders import NONE, Orders
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
from simulator.world import hashing

LETTERS = {
    PURCHASE: "RK",
    ALLOCATION: "SP",
    REPLENISHMENT: "PH",
    TRANSFER: "DB",
    RETURN_TO_DC: "FC",
    COUNT: "PD",
    SALE_OUT: "XS",
    SALE_RETURN: "XT",
}
# Seconds of the day at which a kind is sent, and received.
SENT = {
    PURCHASE: 36_000,
    ALLOCATION: 61_200,
    REPLENISHMENT: 64_800,
    TRANSFER: 66_600,
    RETURN_TO_DC: 75_600,
    COUNT: 79_200,
    SALE_OUT: 82_200,
    SALE_RETURN: 80_400,
}
ONLINE_SENT = 82_800
MORNING, SAME_DAY = 30_600, 900


def build(history: History, orders: Orders) -> pl.DataFrame:
    """Columns: kind, source, target, sku, units, sent, received, ref, doc, line_no, reverses_doc,
    sent_second, received_second, locked. Locations and SKUs by index, -1 = none."""
    moves = history.world.moves.arrays()
    rows = np.arange(len(moves["kind"]))
    ledger = pl.DataFrame(moves).with_columns(
        pl.Series("row", rows), pl.lit(0, pl.Int64).alias("online"), pl.lit(False).alias("locked")
    )
    ledger = ledger.with_columns(pl.col("sku", "units", "sent", "received").cast(pl.Int64))
    both = pl.concat([ledger, *_sales(history, orders)], how="diagonal_relaxed")
    both = both.with_columns(
        pl.col("row").fill_null(-1), pl.col("ref").fill_null(-1), pl.col("reverses").fill_null(-1)
    )
    group = ["kind", "sent", "source", "target", "received", "online", "reverse"]
    both = both.with_columns((pl.col("reverses") >= 0).cast(pl.Int64).alias("reverse"))
    both = both.sort(*group, "sku", "row", maintain_order=True).with_columns(
        pl.col("sku").cum_count().over(group).cast(pl.Int64).alias("line_no")
    )
    return _numbered(history, both)


def _sales(history: History, orders: Orders) -> list[pl.DataFrame]:
    settings, rows = history.settings, history.store_lines
    store = pl.DataFrame(
        {"sent": rows["day"], "source": rows["store"], "sku": rows["sku"], "units": rows["units"]}
    ).with_columns(pl.lit(0, pl.Int64).alias("online"))
    parcels = orders.parts.filter(pl.col("ship") != NONE, pl.col("ship") < settings.days).select(
        pl.col("ship").alias("sent"),
        pl.col("location").alias("source"),
        "sku",
        "units",
        pl.lit(1, pl.Int64).alias("online"),
    )
    out = (
        pl.concat([store, parcels], how="vertical_relaxed")
        .group_by("sent", "source", "sku", "online")
        .agg(pl.col("units").sum())
        .with_columns(
            pl.lit(SALE_OUT, pl.Int64).alias("kind"),
            pl.lit(-1, pl.Int64).alias("target"),
            pl.col("sent").alias("received"),
            pl.lit(False).alias("locked"),
        )
    )
    back = pl.DataFrame(history.returns.rows.arrays()).filter(pl.col("day") < settings.days)
    come = (
        back.group_by(
            pl.col("day").alias("sent"),
            pl.col("location").alias("target"),
            "sku",
            (~pl.col("resalable")).alias("locked"),
        )
        .agg(pl.col("units").sum())
        .with_columns(
            pl.lit(SALE_RETURN, pl.Int64).alias("kind"),
            pl.lit(-1, pl.Int64).alias("source"),
            pl.col("sent").alias("received"),
            pl.lit(0, pl.Int64).alias("online"),
        )
    )
    return [
        out.sort("sent", "source", "sku", "online"),
        come.sort("sent", "target", "sku", "locked"),
    ]


def _numbered(history: History, moves: pl.DataFrame) -> pl.DataFrame:
    settings = history.settings
    code = pl.Series([*history.places.codes, ""])
    text = pl.Series([f"{settings.day(d):%y%m%d}" for d in range(settings.days)])
    source = code.gather(
        pl.select(
            pl.when(moves["source"] < 0).then(len(code) - 1).otherwise(moves["source"])
        ).to_series()
    )
    target = code.gather(
        pl.select(
            pl.when(moves["target"] < 0).then(len(code) - 1).otherwise(moves["target"])
        ).to_series()
    )
    lag = (pl.col("received") - pl.col("sent")).cast(pl.String)
    letters = pl.col("kind").replace_strict(LETTERS, return_dtype=pl.String)
    tail = (
        pl.when(pl.col("reverse") == 1)
        .then(pl.lit("R"))
        .when(pl.col("online") == 1)
        .then(pl.lit("E"))
        .otherwise(lag)
    )
    moves = moves.with_columns(
        pl.concat_str(letters, text.gather(moves["sent"]), source, target, pl.lit("-"), tail).alias(
            "doc"
        ),
        pl.when(pl.col("online") == 1)
        .then(ONLINE_SENT)
        .otherwise(pl.col("kind").replace_strict(SENT, return_dtype=pl.Int64))
        .alias("sent_second"),
    )
    moves = moves.with_columns(
        pl.when(pl.col("reverse") == 1)
        .then(MORNING - 1800)
        .otherwise(pl.col("sent_second"))
        .alias("sent_second")
    )
    direct = moves["kind"].is_in([PURCHASE, COUNT, SALE_OUT, SALE_RETURN])
    moves = moves.with_columns(
        pl.when(direct)
        .then(pl.col("sent_second"))
        .when(pl.col("received") == pl.col("sent"))
        .then(pl.col("sent_second") + SAME_DAY)
        .otherwise(MORNING)
        .alias("received_second")
    )
    known = moves.filter(pl.col("row") >= 0).select(
        pl.col("row").alias("reverses"), pl.col("doc").alias("reverses_doc")
    )
    return moves.join(known, on="reverses", how="left", maintain_order="left")


def changes(moves: pl.DataFrame, days: int) -> pl.DataFrame:
    """(location, sku, day, onhand, transit) at the close, a row a change, up to the last day."""
    out = moves.filter(pl.col("source") >= 0).select(
        pl.col("source").alias("location"),
        "sku",
        pl.col("sent").alias("day"),
        (-pl.col("units")).alias("onhand"),
        pl.lit(0, pl.Int64).alias("transit"),
    )
    into = moves.filter(pl.col("target") >= 0, pl.col("received") < days).select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("received").alias("day"),
        pl.col("units").alias("onhand"),
        pl.lit(0, pl.Int64).alias("transit"),
    )
    moving = moves.filter(pl.col("target") >= 0, pl.col("received") > pl.col("sent"))
    begin = moving.select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("sent").alias("day"),
        pl.lit(0, pl.Int64).alias("onhand"),
        pl.col("units").alias("transit"),
    )
    end = moving.filter(pl.col("received") < days).select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("received").alias("day"),
        pl.lit(0, pl.Int64).alias("onhand"),
        (-pl.col("units")).alias("transit"),
    )
    daily = (
        pl.concat([out, into, begin, end])
        .group_by("location", "sku", "day")
        .agg(pl.col("onhand").sum(), pl.col("transit").sum())
        .filter((pl.col("onhand") != 0) | (pl.col("transit") != 0))
        .sort("location", "sku", "day")
    )
    return daily.with_columns(
        pl.col("onhand").cum_sum().over("location", "sku"),
        pl.col("transit").cum_sum().over("location", "sku"),
    )


def shake(history: History, moves: pl.DataFrame) -> pl.Series:
    """Minutes by which documents of a day differ, so that times don't all look alike."""
    key = moves["sent"].to_numpy() * 1000 + np.maximum(moves["target"].to_numpy(), 0)
    return pl.Series(hashing.whole(history.settings.seed, "minute", 0, 14, key) * 60)
