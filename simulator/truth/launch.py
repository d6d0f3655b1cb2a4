"""The truth of launches: what was planned, and the date that rule D6 gives for what happened."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.papers.orders import NONE
from simulator.trade.run import History
from simulator.world import curves
from simulator.world.windows import dates

UNKNOWN_LAUNCH_DAYS = 28


def stocked_changes(history: History, closing: pl.DataFrame) -> pl.DataFrame:
    """(skc, day, step): by how many the shops that have an SKC in stock become more or fewer."""
    goods, places = history.goods, history.places
    shops = np.flatnonzero(places.has_pos[: places.stores])
    skc_of = pl.Series(goods.sku_skc)
    frame = closing.filter(pl.col("location").is_in(shops.tolist()))
    frame = frame.with_columns(skc_of.gather(frame["sku"]).alias("skc")).with_columns(
        (
            pl.col("onhand").clip(0)
            - pl.col("onhand").clip(0).shift(1, fill_value=0).over("location", "sku")
        ).alias("delta")
    )
    cells = (
        frame.group_by("location", "skc", "day")
        .agg(pl.col("delta").sum())
        .sort("location", "skc", "day")
        .with_columns(
            (pl.col("delta").cum_sum().over("location", "skc") > 0).cast(pl.Int64).alias("has")
        )
    )
    cells = cells.with_columns(
        (pl.col("has") - pl.col("has").shift(1, fill_value=0).over("location", "skc")).alias("step")
    )
    return cells.group_by("skc", "day").agg(pl.col("step").sum())


def launches(history: History, stocked: pl.DataFrame) -> pl.DataFrame:
    """Planted shape of each SKC and its launch by rule D6 as it really came out."""
    settings, goods, places = history.settings, history.goods, history.places
    shops = np.flatnonzero(places.has_pos[: places.stores])
    skc_of = pl.Series(goods.sku_skc)
    count = (
        stocked.group_by("skc", "day")
        .agg(pl.col("step").sum())
        .sort("skc", "day")
        .with_columns(pl.col("step").cum_sum().over("skc").alias("stores"))
    )
    planned = goods.planned[shops].sum(axis=0)
    need = np.maximum(5, np.ceil(planned * 0.1)).astype(np.int64)
    by_stock = (
        count.filter(pl.col("stores") >= pl.Series(need).gather(count["skc"]))
        .group_by("skc")
        .agg(pl.col("day").min().alias("by_stock"))
    )
    sold = pl.concat(
        [
            pl.DataFrame({"sku": rows_["sku"], "day": rows_["day"]})
            for rows_ in (history.store_lines, history.online_lines)
        ]
    )
    sold = (
        sold.with_columns(skc_of.gather(sold["sku"]).alias("skc"))
        .group_by("skc")
        .agg(pl.col("day").min().alias("by_sale"))
    )
    base = (
        pl.DataFrame({"skc": np.arange(goods.skcs)})
        .join(by_stock, on="skc", how="left", maintain_order="left")
        .join(sold, on="skc", how="left", maintain_order="left")
    )
    base = base.with_columns(pl.coalesce("by_stock", "by_sale").fill_null(NONE).alias("launch"))
    day = base["launch"].to_numpy()
    status = np.where(
        day == NONE, "pre_launch", np.where(day < UNKNOWN_LAUNCH_DAYS, "launch_unknown", "ok")
    )
    return pl.DataFrame(
        {
            "skc_id": goods.skc_ids,
            "shape": [curves.NAMES[c] for c in goods.curve],
            "planted_hit": goods.planted_hit,
            "is_carry_over": goods.carry,
            "launch_date": dates(settings, day, NONE),
            "launch_status": status,
            "first_sale_date": dates(settings, base["by_sale"].fill_null(NONE).to_numpy(), NONE),
            "planned_launch": dates(settings, np.maximum(goods.planned_launch, -900)),
            "planned_stores": planned,
            "first_order_units": np.where(goods.carry | goods.initial, 0, goods.first_buy),
            "potential": goods.potential.round(1),
            "local_region": goods.local_region,
        }
    )
