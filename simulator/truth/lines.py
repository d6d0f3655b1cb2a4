"""The truth of sales and returns, line by line, as known on the last simulated day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from simulator.exports.files import Sink
from simulator.exports.pos import lines_frame, upload_days
from simulator.papers import prices
from simulator.papers.comebacks import Comebacks
from simulator.papers.orders import NONE, Orders, platform_name
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.trade.selling import EARLY, EXCHANGE, RESELLER
from simulator.world.windows import dates

MONEY = pl.Decimal(18, 2)


def yuan(cents: pl.Expr) -> pl.Expr:
    """Cents as exact yuan."""
    return (cents.cast(pl.Decimal(18, 0)) * pl.lit("0.01").cast(pl.Decimal(3, 2))).cast(MONEY)


def names(history: History) -> tuple[pl.Series, pl.Series, pl.Series]:
    return (
        pl.Series(history.places.codes),
        pl.Series(history.goods.sku_ids),
        pl.Series(history.goods.skc_ids),
    )


def sale_lines(
    history: History, receipts: Receipts, orders: Orders, back: Comebacks, sink: Sink
) -> Iterator[pl.DataFrame]:
    """One row a sale line (presale: a row a parcel's part), as known on the last day."""
    yield _store_lines(history, receipts, back, sink)
    yield _online_lines(history, orders)


def store_fate(history: History, sink: Sink, store: np.ndarray, day: np.ndarray) -> pl.Series:
    """Whether a store day's file has been sent by the last day."""
    late = upload_days(history, store, day) >= history.settings.days
    held = np.zeros(len(day), bool)
    for code, stamp in sink.held:
        number = history.places.codes.index(code)
        date_text = np.array(
            [f"{history.settings.day(d):%Y%m%d}" == stamp for d in range(history.settings.days)]
        )
        held |= (store == number) & date_text[day]
    return pl.select(
        pl.when(pl.Series(late | held)).then(pl.lit("not_yet_sent")).otherwise(pl.lit("published"))
    ).to_series()


def _store_lines(history: History, receipts: Receipts, back: Comebacks, sink: Sink) -> pl.DataFrame:
    settings, goods = history.settings, history.goods
    code, sku_ids, skc_ids = names(history)
    lines = lines_frame(history, receipts, back).filter(pl.col("units") > 0)
    sku, day = lines["sku"].to_numpy(), lines["day"].to_numpy()
    skc = goods.sku_skc[np.maximum(sku, 0)]
    cost = np.where(sku >= 0, prices.cost_known(history, skc, day), 0)
    staff = receipts.heads.select("store", "day", pl.col("number").alias("receipt_no"), "staff")
    staff_flag = lines.select("store", "day", "receipt_no").join(
        staff, on=["store", "day", "receipt_no"], how="left", maintain_order="left"
    )["staff"]
    wrong = (pl.col("again") >= settings.days) & (pl.col("line_no") == 1)
    strange = pl.format("?/69099{}", (pl.col("line") % 10**8).cast(pl.String).str.zfill(8))
    at = pl.Series(np.maximum(sku, 0))
    unknown = (
        pl.when(pl.col("sku") == -1).then(pl.lit("?/0000")).when(pl.col("sku") == -2).then(strange)
    )
    date = dates(settings, day)
    store = code.gather(lines["store"])
    return lines.with_columns(pl.Series("cost", cost)).select(
        pl.concat_str(
            store, date.dt.strftime("%Y-%m-%d"), "receipt_no", "line_no", separator="|"
        ).alias("sale_key"),
        pl.lit("pos").alias("source"),
        pl.lit("store").alias("channel"),
        store.alias("store_code"),
        store.alias("ship_store_code"),
        pl.col("receipt_no").alias("order_id"),
        pl.col("line_no").cast(pl.String),
        pl.lit(1, pl.Int64).alias("part"),
        unknown.otherwise(sku_ids.gather(at)).alias("sku_id"),
        unknown.otherwise(skc_ids.gather(pl.Series(skc))).alias("skc_id"),
        date.alias("sale_date"),
        pl.col("units").alias("sale_units"),
        yuan(pl.col("amount") + pl.when(wrong).then(1000).otherwise(0)).alias("sale_amt"),
        yuan(pl.col("tag") * pl.col("units")).alias("tag_amt"),
        pl.when(pl.col("cost") > 0).then(yuan(pl.col("cost"))).alias("unit_cost"),
        pl.lit(False).alias("is_presale"),
        pl.col("gift").alias("is_gift"),
        staff_flag.fill_null(False).alias("is_staff"),
        pl.lit(False).alias("is_reseller"),
        (pl.col("flag") == EXCHANGE).alias("is_exchange"),
        (pl.col("flag") == EARLY).alias("is_before_posting"),
        pl.lit(None, pl.Date).alias("cancelled_date"),
        date.alias("delivered_date"),
        pl.col("person").alias("person_id"),
        store_fate(history, sink, lines["store"].to_numpy(), day).alias("fate"),
    )


def _online_lines(history: History, orders: Orders) -> pl.DataFrame:
    settings, goods = history.settings, history.goods
    code, sku_ids, skc_ids = names(history)
    heads = orders.heads.select("order", "day", "cancel_day", "presale")
    parts = orders.parts.join(heads, on="order", maintain_order="left")
    shipped = (pl.col("ship") != NONE) & (pl.col("ship") < settings.days)
    parts = (
        parts.filter(shipped | ~pl.col("presale"))
        .group_by("order", "line_no", "location", "ship", maintain_order=True)
        .agg(pl.col("units", "amount").sum(), pl.exclude("units", "amount").first())
    )
    part = pl.col("ship").rank("dense").over("order", "line_no").cast(pl.Int64)
    presale = parts["presale"].to_numpy()
    sale_day = np.where(presale, parts["ship"].to_numpy(), parts["day"].to_numpy())
    sku = parts["sku"].to_numpy()
    skc = goods.sku_skc[sku]
    tag, cost = prices.tag_cents(history, skc, sale_day), prices.cost_known(history, skc, sale_day)
    cancel = parts["cancel_day"].to_numpy()
    cancel = np.where((cancel != NONE) & (cancel < settings.days), cancel, NONE)
    deliver = parts["deliver"].to_numpy()
    deliver = np.where((deliver != NONE) & (deliver < settings.days), deliver, NONE)
    platform = platform_name(parts["platform"].to_numpy())
    location = code.gather(parts["location"])
    money = pl.DataFrame({"tag": tag, "cost": cost})
    return parts.with_columns(money["tag"], money["cost"]).select(
        pl.concat_str(platform, "order_no", "line_no", separator="|").alias("sale_key"),
        pl.lit("ec").alias("source"),
        platform.alias("channel"),
        pl.lit(None, pl.String).alias("store_code"),
        pl.when(shipped).then(location).alias("ship_store_code"),
        pl.col("order_no").alias("order_id"),
        pl.col("line_no").cast(pl.String),
        part.alias("part"),
        sku_ids.gather(parts["sku"]).alias("sku_id"),
        skc_ids.gather(pl.Series(skc)).alias("skc_id"),
        dates(settings, sale_day).alias("sale_date"),
        pl.col("units").alias("sale_units"),
        yuan(pl.col("amount")).alias("sale_amt"),
        yuan(pl.col("tag") * pl.col("units")).alias("tag_amt"),
        pl.when(pl.col("cost") > 0).then(yuan(pl.col("cost"))).alias("unit_cost"),
        pl.col("presale").alias("is_presale"),
        pl.lit(False).alias("is_gift"),
        pl.lit(False).alias("is_staff"),
        (pl.col("flag") == RESELLER).alias("is_reseller"),
        pl.lit(False).alias("is_exchange"),
        pl.lit(False).alias("is_before_posting"),
        dates(settings, cancel, NONE).alias("cancelled_date"),
        dates(settings, deliver, NONE).alias("delivered_date"),
        pl.col("person").alias("person_id"),
        pl.lit("published").alias("fate"),
    )


def return_lines(history: History, back: Comebacks, sink: Sink) -> pl.DataFrame:
    """One row a returned line, by posting date; ``sale_key`` points into sale_lines."""
    settings = history.settings
    code, sku_ids, _ = names(history)
    store = back.store.filter(pl.col("day") < settings.days)
    post = dates(settings, store["day"].to_numpy())
    place = code.gather(store["location"])
    come = store.select(
        pl.concat_str(place, "slip", pl.lit("1"), separator="|").alias("return_key"),
        pl.lit("pos").alias("source"),
        pl.concat_str(
            code.gather(store["sale_store"]),
            dates(settings, store["sale_day"].to_numpy()).dt.strftime("%Y-%m-%d"),
            "receipt_no",
            "line_no",
            separator="|",
        ).alias("sale_key"),
        post.alias("post_date"),
        dates(settings, store["sale_day"].to_numpy()).alias("sale_date"),
        sku_ids.gather(store["sku"]).alias("sku_id"),
        pl.col("units").alias("ret_units"),
        yuan(pl.col("amount")).alias("ret_amt"),
        place.alias("return_store_code"),
        pl.lit(False).alias("is_boris"),
        pl.col("exchange").alias("is_exchange"),
        pl.col("resalable").alias("is_resalable"),
        pl.col("orphan").alias("is_orphan"),
        pl.lit(False).alias("is_presale"),
        store_fate(history, sink, store["location"].to_numpy(), store["day"].to_numpy()).alias(
            "fate"
        ),
    )
    online = back.online.filter(pl.col("day") < settings.days)
    platform = platform_name(online["platform"].to_numpy())
    sold = np.where(
        online["source"].to_numpy() == 2, online["ship"].to_numpy(), online["sold"].to_numpy()
    )
    sent = online.select(
        pl.format(
            "{}|R{}{}", platform.alias("p"), "source", pl.col("id").cast(pl.String).str.zfill(9)
        ).alias("return_key"),
        pl.lit("ec").alias("source"),
        pl.concat_str(platform, "order_no", "line_no", separator="|").alias("sale_key"),
        dates(settings, online["day"].to_numpy()).alias("post_date"),
        dates(settings, sold).alias("sale_date"),
        sku_ids.gather(online["sku"]).alias("sku_id"),
        pl.col("units").alias("ret_units"),
        yuan(pl.col("amount")).alias("ret_amt"),
        code.gather(online["location"]).alias("return_store_code"),
        pl.col("boris").alias("is_boris"),
        pl.lit(False).alias("is_exchange"),
        pl.col("resalable").alias("is_resalable"),
        pl.lit(False).alias("is_orphan"),
        (pl.col("source") == 2).alias("is_presale"),
        pl.lit("published").alias("fate"),
    )
    return pl.concat([come, sent], how="vertical_relaxed")
