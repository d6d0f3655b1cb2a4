"""Online lines become orders, buyers, amounts and parcels. Amounts in cents, times in seconds.

One table of parts serves everything: a part is what one parcel carries of one order line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.papers import prices
from simulator.papers.receipts import apportion
from simulator.trade.run import History
from simulator.trade.selling import MODE_DC, MODE_PICKUP, RESELLER
from simulator.world import hashing
from simulator.world.demand import PLATFORMS
from simulator.world.people import People, pick
from simulator.world.windows import moment

PRESALE_OFFSET, UNPAID_OFFSET = 50_000_000, 80_000_000
PRESALE_PERCENT = 92
DEPOSIT = 5000
DONE_AFTER = 9
NONE = -1


@dataclass
class Orders:
    """heads: one row an order; lines: one row an order line; parts: one row a parcel's part."""

    heads: pl.DataFrame
    lines: pl.DataFrame
    parts: pl.DataFrame


def order_number(
    platform: NDArray, day: NDArray, order: NDArray, text_days: pl.Series
) -> pl.Series:
    """18 or 19 digits, as the platforms number their orders."""
    prefix = pl.Series(["2", "3", ""])
    tail = hashing.whole(1, "order tail", 0, 9999, order)
    frame = pl.DataFrame({"p": platform, "o": order, "t": tail, "d": text_days})
    return frame.select(
        pl.concat_str(
            pl.lit(prefix).gather(pl.col("p")),
            "d",
            pl.col("o").cast(pl.String).str.zfill(8),
            pl.col("t").cast(pl.String).str.zfill(4),
        )
    ).to_series()


def build(history: History, people: People) -> Orders:
    """Ordinary, presale and never-paid orders together."""
    ordinary = _ordinary(history, people)
    presale = _presale(history, people)
    unpaid = _unpaid(history, ordinary)
    return Orders(
        *(
            pl.concat(
                [getattr(o, name) for o in (ordinary, presale, unpaid)], how="diagonal_relaxed"
            )
            for name in ("heads", "lines", "parts")
        )
    )


def _days_text(history: History, day: NDArray) -> pl.Series:
    return moment(history.settings, day, 0, -(10**6)).dt.strftime("%y%m%d")


def _ordinary(history: History, people: People) -> Orders:
    settings, seed, rows = history.settings, history.settings.seed, history.online_lines
    order, first, at = np.unique(rows["order"], return_index=True, return_inverse=True)
    day, platform = rows["day"][first], rows["platform"][first]
    person = pick(people.by_platform, platform, hashing.uniform(seed, "buyer", order))
    reseller = rows["flag"][first] == RESELLER
    person = np.where(reseller, people.resellers[order % len(people.resellers)], person)
    paid_second = (30_000 + 56_000 * hashing.uniform(seed, "pay", order)).astype(np.int64)
    created_second = paid_second - hashing.whole(seed, "think", 10, 900, order)
    skc = history.goods.sku_skc[rows["sku"]]
    tag = prices.tag_cents(history, skc, rows["day"])
    asked = prices.retail_cents(tag, rows["percent"])
    old = rows["day"] - history.goods.launch[skc] > 21
    factor = np.where(old, history.calendar.promo[rows["day"]], 1.0)
    factor = np.where(rows["flag"] == RESELLER, 0.9, factor)
    due = np.round(asked * factor / 10).astype(np.int64) * 10 * rows["units"]
    total = np.bincount(at, due, len(order)).astype(np.int64)
    cut = (hashing.uniform(seed, "shop cut", order) < 0.12) & (total > 30_000)
    due = due - apportion(np.where(cut, 3000, 0), at, due, total)
    total = np.bincount(at, due, len(order)).astype(np.int64)
    gives = (hashing.uniform(seed, "subsidy", order) < 0.06) & (platform == 1) & (total > 9900)
    cancel_day = rows["cancel"][first]
    late = (28_000 + 50_000 * hashing.uniform(seed, "cancel time", order)).astype(np.int64)
    cancel_second = np.where(cancel_day == day, np.minimum(paid_second + 240, 86_395), late)
    ship = rows["ship"]
    draw = hashing.uniform(seed, "ship time", order[at], rows["location"])
    ship_second = np.where(
        ship == rows["day"],
        np.clip(54_000 + (30_000 * draw).astype(np.int64), paid_second[at] + 300, 86_390),
        (32_400 + 45_000 * draw).astype(np.int64),
    )
    deliver_second = (33_000 + 40_000 * hashing.uniform(seed, "door", order[at])).astype(np.int64)
    picked = rows["mode"] == MODE_PICKUP
    ready = moment(
        settings, np.where(picked & (ship != NONE), rows["day"], NONE), paid_second[at] + 3 * 3600
    )
    shipped = moment(settings, ship, ship_second)
    number = order_number(platform, day, order, _days_text(history, day))
    arrived = np.zeros(len(order), np.int64)
    np.maximum.at(arrived, at, rows["deliver"])
    done = np.where(cancel_day == NONE, arrived + DONE_AFTER, NONE)
    line_no = np.arange(len(at)) - first[at] + 1
    parts = pl.DataFrame(
        {
            "source": np.full(len(at), 1),
            "row": np.arange(len(at)),
            "order": order[at],
            "order_no": number[at],
            "platform": platform[at],
            "line_no": line_no,
            "sku": rows["sku"],
            "units": rows["units"],
            "amount": due,
            "location": rows["location"],
            "mode": rows["mode"],
            "ship": ship,
            "deliver": rows["deliver"],
            "flag": rows["flag"],
            "person": person[at],
            "shipped_at": shipped,
            "ready_at": ready,
        }
    ).with_columns(
        delivered_at=pl.when(pl.Series(picked))
        .then(pl.col("shipped_at"))
        .otherwise(moment(settings, rows["deliver"], deliver_second)),
    )
    heads = pl.DataFrame(
        {
            "order": order,
            "order_no": number,
            "platform": platform,
            "person": person,
            "day": day,
            "presale": False,
            "deposit": 0,
            "amount": total,
            "list_amount": np.bincount(at, asked * rows["units"], len(order)).astype(np.int64),
            "subsidy": np.where(gives, 1000, 0),
            "cancel_day": cancel_day,
            "pickup": np.where(picked[first], rows["location"][first], NONE),
            "created_at": moment(settings, day, created_second),
            "paid_at": moment(settings, day, paid_second),
            "closed_at": moment(settings, cancel_day, cancel_second),
            "done_at": moment(settings, done, 36_000 + order % 20_000),
            "promised_at": moment(settings, day + 3, paid_second),
        }
    )
    lines = pl.DataFrame(
        {
            "order": order[at],
            "order_no": number[at],
            "platform": platform[at],
            "line_no": line_no,
            "sku": rows["sku"],
            "units": rows["units"],
            "amount": due,
            "unit_price": asked,
        }
    )
    return Orders(_with_shipping(heads, parts), lines, parts)


def _with_shipping(heads: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    first = parts.group_by("order").agg(
        pl.col("shipped_at").min(), pl.col("shipped_at").max().alias("last_shipped_at")
    )
    return heads.join(first, on="order", how="left", maintain_order="left")


def _presale(history: History, people: People) -> Orders:
    settings, seed = history.settings, history.settings.seed
    rows = history.presale.parts.arrays()
    many = history.presale.parts.count
    ship, deliver, cancel = (np.full(many, NONE) for _ in range(3))
    for name, values in (("day", ship), ("deliver", deliver)):
        if history.presale.shipped["part"]:
            values[np.concatenate(history.presale.shipped["part"])] = np.concatenate(
                history.presale.shipped[name]
            )
    if history.presale.cancelled["part"]:
        cancel[np.concatenate(history.presale.cancelled["part"])] = np.concatenate(
            history.presale.cancelled["day"]
        )
    order, first, at = np.unique(rows["order"], return_index=True, return_inverse=True)
    skc, platform, day = rows["skc"][first], rows["platform"][first], rows["deposit"][first]
    ident = order + PRESALE_OFFSET
    person = pick(people.by_platform, platform, hashing.uniform(seed, "presale buyer", order))
    units = np.bincount(at, rows["units"], len(order)).astype(np.int64)
    tag = prices.tag_cents(history, skc, day)
    price = prices.retail_cents(tag, np.full(len(order), PRESALE_PERCENT))
    amount = price * units
    balance = rows["balance"][first]
    launch = history.goods.launch[skc]
    deposit_second = (30_000 + 50_000 * hashing.uniform(seed, "deposit", order)).astype(np.int64)
    pay_second = np.where(
        balance == day,
        np.minimum(deposit_second + 1800, 86_000),
        (30_000 + 55_000 * hashing.uniform(seed, "balance", order)).astype(int),
    )
    # An order whose balance never came is closed on the eve of the launch.
    close_day = np.where(balance == NONE, launch - 1, cancel[first])
    close_second = np.where(
        balance == NONE,
        86_000,
        np.where(close_day == balance, pay_second + 240, 40_000 + order % 30_000),
    )
    number = order_number(platform, day, ident, _days_text(history, day))
    arrived = np.zeros(len(order), np.int64)
    np.maximum.at(arrived, at, deliver)
    waits = np.zeros(len(order), bool)
    np.logical_or.at(waits, at, ship == NONE)
    done = np.where(waits, NONE, arrived + DONE_AFTER)
    draw = hashing.uniform(seed, "presale parcel", rows["order"], rows["part"])
    parts = pl.DataFrame(
        {
            "source": np.full(many, 2),
            "row": np.arange(many),
            "order": ident[at],
            "order_no": number[at],
            "platform": platform[at],
            "line_no": np.ones(many, np.int64),
            "sku": rows["sku"],
            "units": rows["units"],
            "amount": price[at] * rows["units"],
            "location": np.full(many, history.places.stores),
            "mode": np.full(many, MODE_DC),
            "ship": ship,
            "deliver": deliver,
            "flag": np.zeros(many, np.int64),
            "person": person[at],
            "shipped_at": moment(settings, ship, (32_400 + 45_000 * draw).astype(np.int64)),
            "delivered_at": moment(settings, deliver, (33_000 + 40_000 * draw).astype(np.int64)),
        }
    )
    heads = pl.DataFrame(
        {
            "order": ident,
            "order_no": number,
            "platform": platform,
            "person": person,
            "day": day,
            "presale": True,
            "deposit": DEPOSIT * units,
            "amount": amount,
            "list_amount": tag * units,
            "subsidy": np.zeros(len(order), np.int64),
            "cancel_day": np.where(balance == NONE, NONE, cancel[first]),
            "pickup": np.full(len(order), NONE),
            "created_at": moment(settings, day, deposit_second),
            "paid_at": moment(settings, balance, pay_second),
            "closed_at": moment(settings, close_day, close_second),
            "done_at": moment(settings, done, 36_000 + order % 20_000),
            "promised_at": moment(settings, launch + 3, 64_800),
            "launch": launch,
            "skc": skc,
            "sku": rows["sku"][first],
            "units": units,
        }
    )
    lines = pl.DataFrame(
        {
            "order": ident,
            "order_no": number,
            "platform": platform,
            "line_no": np.ones(len(order), np.int64),
            "sku": rows["sku"][first],
            "units": units,
            "amount": amount,
            "unit_price": tag,
        }
    )
    return Orders(_with_shipping(heads, parts), lines, parts)


def _unpaid(history: History, ordinary: Orders) -> Orders:
    """Baskets that were ordered, never paid, and closed by the platform a day later."""
    settings, seed = history.settings, history.settings.seed
    chosen = ordinary.heads.filter(
        pl.Series(hashing.uniform(seed, "unpaid", ordinary.heads["order"].to_numpy()) < 0.03)
        & (pl.col("cancel_day") == NONE)
    )
    day = chosen["day"].to_numpy()
    ident = chosen["order"].to_numpy() + UNPAID_OFFSET
    number = order_number(chosen["platform"].to_numpy(), day, ident, _days_text(history, day))
    second = 29_000 + chosen["order"].to_numpy() % 900
    heads = chosen.with_columns(
        pl.Series("old", chosen["order"]),
        pl.Series("order", ident),
        number.alias("order_no"),
        moment(settings, day, second).alias("created_at"),
        moment(settings, day + 1, second).alias("closed_at"),
        *(
            pl.lit(None, pl.Datetime("us")).alias(c)
            for c in ("paid_at", "done_at", "shipped_at", "last_shipped_at")
        ),
        pl.lit(0, pl.Int64).alias("subsidy"),
    )
    lines = ordinary.lines.join(
        heads.select(pl.col("old"), pl.col("order").alias("new"), pl.col("order_no").alias("no")),
        left_on="order",
        right_on="old",
        how="inner",
        maintain_order="left",
    )
    lines = lines.with_columns(pl.col("new").alias("order"), pl.col("no").alias("order_no"))
    return Orders(heads.drop("old"), lines.drop("new", "no"), ordinary.parts.head(0))


def platform_name(platform: NDArray) -> pl.Series:
    return pl.Series(PLATFORMS).gather(pl.Series(platform))
