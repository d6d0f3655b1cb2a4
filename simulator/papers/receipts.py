"""Store sale lines become receipts: tills, numbers, people, prices. Amounts in cents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.papers import prices
from simulator.trade.run import History
from simulator.trade.selling import EXCHANGE, GIFT
from simulator.world import hashing
from simulator.world.people import GUIDES_PER_STORE, People, pick, staff_code

STAFF_PRICE = 50
MANUAL_LINE, MANUAL_PRICE = 10**9, 9900
COUPON, COUPON_FROM = 2000, 20000


@dataclass
class Receipts:
    """``lines``: one row a store sale line, by its line number; ``heads``: one row a receipt.

    lines has: line (number in the log), receipt, line_no, sku, units, tag, amount, coupon, gift,
    flag; heads has: receipt, store, day, seconds, till, number, person, guide, staff, units, …
    """

    lines: pl.DataFrame
    heads: pl.DataFrame


def build(history: History, people: People) -> Receipts:
    """Baskets of one or more lines; gifts join a basket; exchanges are made with the returns."""
    seed = history.settings.seed
    rows = history.store_lines
    line = np.flatnonzero(rows["flag"] != EXCHANGE)
    day, store, gift = rows["day"][line], rows["store"][line], rows["flag"][line] == GIFT
    mixed = hashing.uniform(seed, "basket", line) * 0.5 + gift
    by = np.lexsort((mixed, store, day))
    line, day, store, gift = line[by], day[by], store[by], gift[by]
    begins = (hashing.uniform(seed, "begin", line) < 0.62) & ~gift
    begins |= np.r_[True, (day[1:] != day[:-1]) | (store[1:] != store[:-1])]
    receipt = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    heads = _heads(history, people, day[first], store[first])
    person, staff = heads["person"].to_numpy(), heads["staff"].to_numpy()
    sku, units = rows["sku"][line], rows["units"][line]
    skc = history.goods.sku_skc[sku]
    tag = prices.tag_cents(history, skc, day)
    asked = prices.retail_cents(tag, rows["percent"][line])
    old = day - history.goods.launch[skc] > 30
    factor = np.where(old, history.calendar.store_promo[day], 1.0)
    member = (person >= 0)[receipt] & (hashing.uniform(seed, "member day", receipt) < 0.4)
    factor = factor * np.where(member, 0.97, 1.0)
    due = np.round(asked * factor / 10).astype(np.int64) * 10 * units
    due = np.where(staff[receipt], tag * STAFF_PRICE // 100 * units, due)
    due = np.where(gift, 0, due)
    total = np.bincount(receipt, due, len(first)).astype(np.int64)
    number = np.arange(len(first))
    has_coupon = (hashing.uniform(seed, "coupon", number) < 0.1) & (total >= COUPON_FROM) & ~staff
    has_points = (hashing.uniform(seed, "points", number) < 0.05) & (person >= 0) & (total > 10000)
    coupon = apportion(np.where(has_coupon, COUPON, 0), receipt, due, total)
    points = apportion(np.where(has_points & ~staff, 500, 0), receipt, due, total)
    lines = pl.DataFrame(
        {
            "line": line,
            "receipt": receipt,
            "line_no": np.arange(len(line)) - first[receipt] + 1,
            "day": day,
            "store": store,
            "sku": sku,
            "units": units,
            "tag": tag,
            "amount": due - coupon - points,
            "coupon": coupon,
            "points": points,
            "gift": gift,
            "promo": np.where(factor < 1.0, 1, 0),
            "flag": rows["flag"][line],
        }
    )
    lines = _with_manual_items(seed, lines, heads)
    sums = (
        lines.group_by("receipt")
        .agg(
            pl.col("units").sum().alias("head_units"),
            (pl.col("tag") * pl.col("units")).sum().alias("head_tag"),
            pl.col("amount").sum().alias("paid"),
            pl.col("coupon").sum(),
            pl.col("points").sum(),
        )
        .sort("receipt")
    )
    return Receipts(lines, pl.concat([heads, sums.drop("receipt")], how="horizontal"))


def _with_manual_items(seed: int, lines: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """A few receipts hold an item without a known barcode: typed by hand (-1) or unknown (-2)."""
    number = heads["receipt"].to_numpy()
    draw = hashing.uniform(seed, "manual item", number)
    chosen = heads.filter(pl.Series(draw < 0.0012) & ~pl.col("staff")).select("receipt")
    size = lines.group_by("receipt").agg(
        pl.col("line_no").max(), pl.col("day").first(), pl.col("store").first()
    )
    extra = chosen.join(size, on="receipt", maintain_order="left").with_columns(
        pl.col("line_no") + 1,
        (pl.col("receipt") + MANUAL_LINE).alias("line"),
        pl.when(pl.col("receipt") % 2 == 0).then(-1).otherwise(-2).cast(pl.Int64).alias("sku"),
        pl.lit(1, pl.Int64).alias("units"),
        pl.lit(MANUAL_PRICE, pl.Int64).alias("tag"),
        pl.lit(MANUAL_PRICE, pl.Int64).alias("amount"),
        pl.lit(False).alias("gift"),
        *(pl.lit(0, lines.schema[n]).alias(n) for n in ("coupon", "points", "promo", "flag")),
    )
    return pl.concat([lines, extra.select(lines.columns)]).sort(
        "receipt", "line_no", maintain_order=True
    )


def apportion(value: NDArray, group: NDArray, weight: NDArray, total: NDArray) -> NDArray:
    """Split whole cents of each group over its rows by weight; the rest goes to the first row."""
    share = value[group] * weight // np.maximum(total[group], 1)
    rest = value - np.bincount(group, share, len(value)).astype(np.int64)
    heaviest = np.lexsort((-weight, group))
    top = heaviest[np.r_[True, group[heaviest][1:] != group[heaviest][:-1]]]
    share[top] += rest[group[top]]
    return share


def _heads(history: History, people: People, day: NDArray, store: NDArray) -> pl.DataFrame:
    seed = history.settings.seed
    number = np.arange(len(day))
    person = pick(people.by_store, store, hashing.uniform(seed, "who", number))
    known = hashing.uniform(seed, "known", number) < 0.68
    person = np.where(known & (person >= 0), person, -1)
    staff = hashing.uniform(seed, "staff", number) < 0.004
    person = np.where(staff, people.staff[store], person)
    person = np.where((person >= 0) & (people.joined[np.maximum(person, 0)] < day), person, -1)
    staff = staff & (person >= 0)
    late_night = hashing.uniform(seed, "night", number) < 0.003
    clock = hashing.uniform(seed, "clock", number)
    seconds = np.where(late_night, 86400 + 300 + (clock * 5000), 36000 + clock * 43000)
    seconds = seconds.astype(np.int64)
    till = hashing.whole(seed, "till", 1, 2, number)
    by = np.lexsort((number, seconds, till, store, day))
    group = np.r_[
        True, (np.diff(day[by]) != 0) | (np.diff(store[by]) != 0) | (np.diff(till[by]) != 0)
    ]
    start = np.flatnonzero(group)
    place = np.empty(len(day), np.int64)
    place[by] = np.arange(len(day)) - start[np.cumsum(group) - 1] + 1
    guide = staff_code(store, hashing.whole(seed, "guide", 0, GUIDES_PER_STORE - 1, number))
    frame = pl.DataFrame(
        {
            "receipt": number,
            "day": day,
            "store": store,
            "seconds": seconds,
            "till": till,
            "place": place,
            "person": person,
            "staff": staff,
            "guide": guide,
        }
    )
    return frame.with_columns(
        pl.format(
            "{}{}",
            pl.col("till").cast(pl.String).str.zfill(2),
            pl.col("place").cast(pl.String).str.zfill(4),
        ).alias("number")
    )
