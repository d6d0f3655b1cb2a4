"""Mini-program events: who looked at what, and who put it into the cart; UTC milliseconds."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.exports.files import Sink
from simulator.trade.run import History
from simulator.world import hashing
from simulator.world.people import People
from simulator.world.windows import Sending, moment

CART_RATE = 0.075
LIMIT = 400_000


def build(history: History, people: People) -> pl.DataFrame:
    """One row an event, in order of day; numbers are stable when the run is longer."""
    seed, goods = history.settings.seed, history.goods
    views = history.looks["views"].astype(np.int64)
    skc = np.repeat(history.looks["skc"], views)
    day = np.repeat(history.looks["day"], views)
    number = np.arange(len(skc))
    wish = np.where(goods.planted_hit, 1.5, 1.0) * (
        0.6 + 0.8 * hashing.uniform(seed, "cart taste", np.arange(goods.skcs))
    )
    draw = hashing.uniform(seed, "view kind", number)
    cart = draw < CART_RATE * wish[skc]
    before = day < goods.launch[skc]
    pool = people.by_platform[2]
    signed = hashing.uniform(seed, "signed in", number) < 0.55
    person = pool[(np.power(hashing.uniform(seed, "visitor", number), 1.4) * len(pool)).astype(int)]
    stranger = hashing.whole(seed, "stranger", 0, 4 * len(pool), number)
    bot = hashing.uniform(seed, "bot", number) < 0.004
    staff = ~bot & (hashing.uniform(seed, "shop phone", number) < 0.004)
    seconds = (25_200 + 60_000 * hashing.uniform(seed, "view time", number)).astype(np.int64)
    pick = hashing.uniform(seed, "view size", number)
    sku = goods.sku_first[skc] + (pick * goods.sku_count[skc]).astype(np.int64)
    base = pl.DataFrame(
        {
            "number": number,
            "skc": skc,
            "sku": sku,
            "day": day,
            "seconds": seconds,
            "milli": number % 1000,
            "person": np.where(signed & ~bot, person, -1),
            "visitor": np.where(bot, -1 - number % 5, np.where(signed, person, 10**6 + stranger)),
            "device": np.where(
                bot, "bot", np.where(staff, "staff", np.where(number % 4 == 0, "android", "ios"))
            ),
            "event": np.where(before, "presale_view", "pdp_view"),
            "qty": np.zeros(len(skc), np.int64),
        }
    )
    carts = base.filter(pl.Series(cart & ~before & ~bot)).with_columns(
        pl.lit("add_cart").alias("event"), pl.lit(1, pl.Int64).alias("qty"), pl.col("seconds") + 90
    )
    likes = base.filter(pl.Series((draw > 0.975) & ~bot)).with_columns(
        pl.lit("favourite").alias("event"), pl.col("seconds") + 45
    )
    return pl.concat([base, carts, likes])


def export(history: History, people: People, sink: Sink) -> pl.DataFrame:
    """Write the event feed: some lines twice, some up to three days late. Returns what is true."""
    settings, seed, goods = history.settings, history.settings.seed, history.goods
    events = build(history, people)
    number = events["number"].to_numpy()
    late = hashing.uniform(seed, "event late", number) < 0.01
    day = events["day"].to_numpy() + np.where(
        late, hashing.whole(seed, "event lag", 1, 3, number), 0
    )
    again = hashing.uniform(seed, "event again", number) < 0.003
    source = np.r_[np.arange(len(number)), np.flatnonzero(again)]
    window = sink.windows.index(day)[source]
    parts = pl.Series(goods.skc_ids).str.split("/")
    style, colour = parts.list.get(0), parts.list.get(1)

    def rows(at: NDArray[np.int64]) -> pl.DataFrame:
        return shape(events[source[at]]).with_columns(pl.Series("_win", window[at]))

    def shape(part: pl.DataFrame) -> pl.DataFrame:
        stamp = moment(settings, part["day"].to_numpy(), part["seconds"].to_numpy())
        return part.select(
            pl.format("{}{}", pl.col("event").str.slice(0, 1), (pl.col("number") + 10**9)).alias(
                "event_id"
            ),
            (stamp - pl.duration(hours=8) + pl.duration(milliseconds=pl.col("milli")))
            .dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
            .alias("event_at"),
            pl.format("anon{}", "visitor").alias("anon_id"),
            pl.when(pl.col("person") >= 0)
            .then(people.account_names[2].gather(part["person"].clip(0)))
            .alias("user_id"),
            "event",
            pl.lit("miniapp").alias("platform"),
            pl.lit("pages/goods/detail").alias("page"),
            style.gather(part["skc"]).alias("style_code"),
            colour.gather(part["skc"]).alias("color_code"),
            pl.when(pl.col("event") == "add_cart")
            .then(pl.Series(goods.barcodes).gather(part["sku"]))
            .alias("barcode"),
            pl.when(pl.col("qty") > 0).then(pl.col("qty")).alias("qty"),
            pl.when(pl.col("number") % 6 == 0)
            .then(pl.lit("share"))
            .otherwise(pl.lit("search"))
            .alias("traffic_source"),
            "device",
            pl.format("s{}-{}", "day", "visitor").alias("session_id"),
        )

    sink.emit("ec_event", Sending(window, rows), mode="delta", ext="jsonl")
    return events
