"""The dose of mess: how a value gets ugly on its way into a file. Which file gets which mess.

Nothing here changes what is true; a row that can no longer be read is marked, so that the truth
knows it must end in quarantine.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.world import hashing

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DATE_STYLES = ("%Y/%-m/%-d", "%Y%m%d", "%Y年%-m月%-d日")
MONEY_FEEDS = ("erp_style", "erp_price", "pos_receipt", "pos_receipt_line", "ec_order", "erp_po")
DATE_FEEDS = (
    "erp_price",
    "erp_po",
    "pos_receipt",
    "pos_return",
    "erp_location",
    "crm_member",
    "ec_presale",
    "erp_stock_snap",
)
ID_COLUMNS = {
    "ec_order": "order_no",
    "ec_order_line": "order_no",
    "pos_receipt_line": "barcode",
    "ec_shipment": "tracking_no",
    "erp_sku": "gtin",
    "pos_receipt": "member_no",
    "erp_stock_move": "barcode",
}
MONEY_STYLES = ("comma", "sign", "wide", "unit")
ID_STYLES = ("formula", "quote", "point")


def money_text(column: str, style: str) -> pl.Expr:
    """A money column (yuan, floating) as somebody typed it."""
    cents = (pl.col(column) * 100).round().cast(pl.Int64)
    size = cents.abs()
    whole, rest = size // 100, (size % 100).cast(pl.String).str.zfill(2)
    grouped = (
        pl.when(whole >= 1000)
        .then(pl.format("{},{}", whole // 1000, (whole % 1000).cast(pl.String).str.zfill(3)))
        .otherwise(whole.cast(pl.String))
    )
    minus = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    if style == "comma":
        return pl.format("{}{}.{}", minus, grouped, rest).alias(column)
    if style == "sign":
        return pl.format("{}¥{}.{}", minus, grouped, rest).alias(column)
    plain = pl.format("{}{}.{}", minus, whole, rest)
    if style == "unit":
        return pl.format("{}元", plain).alias(column)
    return plain.str.replace_many(list("0123456789"), list("０１２３４５６７８９")).alias(column)


def id_text(column: str, style: str) -> pl.Expr:
    """An id that a spreadsheet has touched, still readable."""
    value = pl.col(column)
    if style == "formula":
        return pl.format('="{}"', value).alias(column)
    if style == "quote":
        return pl.format("'{}", value).alias(column)
    return pl.format("{}.0", value).alias(column)


def lost_id(column: str) -> pl.Expr:
    """Digits lost for good: 2.60901E+18."""
    value = pl.col(column)
    return pl.format(
        "{}.{}E+{}", value.str.slice(0, 1), value.str.slice(1, 5), value.str.len_chars() - 1
    ).alias(column)


def apply(seed: int, feed: str, window: int, part: int, frame: pl.DataFrame) -> pl.DataFrame:
    """Mess up one file's rows; ``_bad`` rows have lost their key."""
    draw = hashing.uniform(seed, f"mess {feed}", window, np.arange(4) + 10 * part)
    money = [n for n, t in frame.schema.items() if t == pl.Float64]
    if feed in MONEY_FEEDS and draw[0] < 0.3 and money:
        style = MONEY_STYLES[int(draw[0] / 0.3 * len(MONEY_STYLES))]
        rows = (pl.int_range(frame.height) % 4 != 1) if style == "wide" else pl.lit(True)
        frame = frame.with_columns(
            pl.when(rows).then(money_text(n, style)).otherwise(money_text(n, "comma")).alias(n)
            for n in money
        )
    if feed in DATE_FEEDS and draw[1] < 0.35:
        style = DATE_STYLES[int(draw[1] / 0.35 * len(DATE_STYLES))]
        frame = frame.with_columns(
            pl.col(n).dt.strftime(style).alias(n) for n, t in frame.schema.items() if t == pl.Date
        )
    if feed in ID_COLUMNS and draw[2] < 0.4:
        style = ID_STYLES[int(draw[2] / 0.4 * len(ID_STYLES))]
        column = ID_COLUMNS[feed]
        frame = frame.with_columns(
            pl.when((pl.int_range(frame.height) % 3 == 0) & ~pl.col("_bad"))
            .then(id_text(column, style))
            .otherwise(pl.col(column))
            .alias(column)
        )
    if frame["_bad"].any():
        column = ID_COLUMNS[feed]
        frame = frame.with_columns(
            pl.when("_bad").then(lost_id(column)).otherwise(pl.col(column)).alias(column)
        )
    return frame


def phone_text(seed: int, phone: np.ndarray, key: np.ndarray, masked_share: float) -> pl.Series:
    """Phones as guides, shops and spreadsheets write them."""
    style = hashing.choice(seed, "phone style", [60, 8, 6, 4, 4, 3], key)
    masked = hashing.uniform(seed, "phone mask", key) < masked_share
    text = pl.Series("t", phone).cast(pl.String)
    frame = pl.DataFrame({"t": text, "s": style, "m": masked})
    a, b, c = (pl.col("t").str.slice(o, n) for o, n in ((0, 3), (3, 4), (7, 4)))
    return frame.select(
        pl.when("m")
        .then(pl.format("{}****{}", a, c))
        .when(pl.col("s") == 1)
        .then(pl.format("+86 {}-{}-{}", a, b, c))
        .when(pl.col("s") == 2)
        .then(pl.format("{}.0", "t"))
        .when(pl.col("s") == 3)
        .then(pl.col("t").str.replace_many(list("0123456789"), list("０１２３４５６７８９")))
        .when(pl.col("s") == 4)
        .then(pl.format("86{}", "t"))
        .when(pl.col("s") == 5)
        .then(pl.format("{} {} {}", a, b, c))
        .otherwise("t")
        .alias("phone")
    ).to_series()
