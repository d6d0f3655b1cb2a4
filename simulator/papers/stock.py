"""All stock movements as one table: the ledger of the day loop plus the postings of sales."""

from __future__ import annotations

from collections.abc import Callable

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
    """Columns: kind, source, target, sku, units, sent, received, ref, line_no, reverse, online,
    locked, reverses_doc. Locations and SKUs by index, -1 = none; in few bytes, they are millions.
    """
    ledger = pl.DataFrame(history.world.moves.arrays()).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("row"),
        pl.lit(0, pl.Int8).alias("online"),
        pl.lit(False).alias("locked"),
    )
    given = {name: dtype for name, dtype in ledger.schema.items() if name != "row"}
    columns = [
        pl.lit(-1, pl.Int32).alias("row"),
        *(
            pl.lit(-1, t).alias(n) if n in ("ref", "reverses") else pl.col(n).cast(t)
            for n, t in given.items()
        ),
    ]
    sales = [rows.select(columns).select(ledger.columns) for rows in _sales(history, orders)]
    both = pl.concat([ledger, *sales]).with_columns(
        (pl.col("reverses") >= 0).cast(pl.Int8).alias("reverse")
    )
    kinds = [_lines(both.filter(pl.col("kind") == kind)) for kind in sorted(LETTERS)]
    return _reversed(history, pl.concat(kinds))


def _lines(moves: pl.DataFrame) -> pl.DataFrame:
    """The moves of one kind, numbered within their documents."""
    group = ["sent", "source", "target", "received", "online", "reverse"]
    return moves.sort(*group, "sku", "row", maintain_order=True).with_columns(
        pl.col("sku").cum_count().over(group).cast(pl.Int32).alias("line_no")
    )


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


def documents(history: History) -> Callable[[pl.DataFrame], pl.Series]:
    """What names the documents of moves; millions of names are not to be kept."""
    settings = history.settings
    code = pl.Series([*history.places.codes, ""])
    text = pl.Series([f"{settings.day(d):%y%m%d}" for d in range(settings.days)])

    def place(index: pl.Series) -> pl.Series:
        at = pl.when(index < 0).then(len(code) - 1).otherwise(index.cast(pl.Int32))
        return code.gather(pl.select(at).to_series())

    def names(moves: pl.DataFrame) -> pl.Series:
        lag = (pl.col("received") - pl.col("sent")).cast(pl.String)
        letters = pl.col("kind").replace_strict(LETTERS, return_dtype=pl.String)
        tail = (
            pl.when(pl.col("reverse") == 1)
            .then(pl.lit("R"))
            .when(pl.col("online") == 1)
            .then(pl.lit("E"))
            .otherwise(lag)
        )
        return moves.select(
            pl.concat_str(
                letters,
                text.gather(moves["sent"]),
                place(moves["source"]),
                place(moves["target"]),
                pl.lit("-"),
                tail,
            ).alias("doc")
        ).to_series()

    return names


def _reversed(history: History, moves: pl.DataFrame) -> pl.DataFrame:
    """Moves that take back others, with the document that they reverse."""
    taken = moves.filter(pl.col("reverses") >= 0).select("reverses")
    first = moves.filter(pl.col("row") >= 0).join(
        taken, left_on="row", right_on="reverses", how="semi"
    )
    known = first.select(
        pl.col("row").alias("reverses"), documents(history)(first).alias("reverses_doc")
    )
    return moves.drop("row").join(known, on="reverses", how="left", maintain_order="left")


def second(moves: pl.DataFrame, what: str) -> pl.Series:
    """Second of the day at which moves are ``sent`` or ``received``."""
    sent = (
        pl.when(pl.col("reverse") == 1)
        .then(MORNING - 1800)
        .when(pl.col("online") == 1)
        .then(ONLINE_SENT)
        .otherwise(pl.col("kind").replace_strict(SENT, return_dtype=pl.Int32))
    )
    received = (
        pl.when(pl.col("kind").is_in([PURCHASE, COUNT, SALE_OUT, SALE_RETURN]))
        .then(sent)
        .when(pl.col("received") == pl.col("sent"))
        .then(sent + SAME_DAY)
        .otherwise(MORNING)
    )
    return moves.select((sent if what == "sent" else received).alias("second")).to_series()


def changes(moves: pl.DataFrame, days: int, places: range) -> pl.DataFrame:
    """(location, sku, day, onhand, transit) of some places at the close, a row a change, up to the
    last day."""
    ours = pl.col("target").is_between(places.start, places.stop - 1)
    arriving = moves.filter(ours)
    out = moves.filter(pl.col("source").is_between(places.start, places.stop - 1)).select(
        pl.col("source").alias("location"),
        "sku",
        pl.col("sent").alias("day"),
        (-pl.col("units")).alias("onhand"),
        pl.lit(0, pl.Int32).alias("transit"),
    )
    into = arriving.filter(pl.col("received") < days).select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("received").alias("day"),
        pl.col("units").alias("onhand"),
        pl.lit(0, pl.Int32).alias("transit"),
    )
    moving = arriving.filter(pl.col("received") > pl.col("sent"))
    begin = moving.select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("sent").alias("day"),
        pl.lit(0, pl.Int32).alias("onhand"),
        pl.col("units").alias("transit"),
    )
    end = moving.filter(pl.col("received") < days).select(
        pl.col("target").alias("location"),
        "sku",
        pl.col("received").alias("day"),
        pl.lit(0, pl.Int32).alias("onhand"),
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
    key = moves["sent"].to_numpy() * np.int64(1000) + np.maximum(moves["target"].to_numpy(), 0)
    return pl.Series(hashing.whole(history.settings.seed, "minute", 0, 14, key) * 60)
