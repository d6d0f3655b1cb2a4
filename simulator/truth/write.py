"""The clean truth beside the exports: what was sold, returned, held, launched; where each row went.

Only tests may read these files. Money is in yuan as DECIMAL(18,2); dates are business dates.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports.files import Sink
from simulator.exports.stock import po_numbers
from simulator.papers import stock
from simulator.papers.comebacks import Comebacks
from simulator.papers.orders import NONE, Orders, platform_name
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.truth.launch import launches, stocked_changes
from simulator.truth.lines import names, return_lines, sale_lines, yuan
from simulator.truth.table import Table
from simulator.world.demand import PLATFORMS
from simulator.world.people import People
from simulator.world.windows import dates

PLACES_AT_ONCE = 16


def write_papers(
    history: History,
    people: People,
    receipts: Receipts,
    orders: Orders,
    back: Comebacks,
    sink: Sink,
) -> dict[str, int]:
    """Write the tables that follow from documents other than stock's; rows of each."""
    folder = history.settings.truth
    folder.mkdir(parents=True, exist_ok=True)
    sold = Table(folder / "sale_lines.parquet")
    for piece in sale_lines(history, receipts, orders, back, sink):
        sold.add(piece)
    tables = {
        "return_lines": return_lines(history, back, sink),
        "presale": presale(history, orders),
        "po": purchase(history),
        "people": persons(history, people),
        "refunds": refunds(history, back),
    }
    counts = {name: _write(history, name, frame) for name, frame in tables.items()}
    return {"sale_lines": sold.close(), **counts}


def write_stock(history: History, moves: pl.DataFrame) -> dict[str, int]:
    """Write the tables that follow from stock movements, some places at a time; rows of each.

    Raises:
        RuntimeError: units were made or lost between the day loop and the documents.
    """
    settings, places = history.settings, history.places
    table = Table(settings.truth / "stock_day.parquet")
    stocked: list[pl.DataFrame] = []
    wrong = 0
    for first in range(0, places.count, PLACES_AT_ONCE):
        some = range(first, min(first + PLACES_AT_ONCE, places.count))
        closing = stock.changes(moves, settings.days, some)
        wrong += wrong_cells(history, closing, some)
        table.add(stock_days(history, closing))
        stocked.append(stocked_changes(history, closing))
    if wrong:
        raise RuntimeError(
            f"{wrong} stock cells differ between documents and day loop: units were not conserved"
        )
    begun = launches(history, pl.concat(stocked))
    return {"stock_day": table.close(), "launches": _write(history, "launches", begun)}


def _write(history: History, name: str, frame: pl.DataFrame) -> int:
    path = history.settings.truth / f"{name}.parquet"
    frame.write_parquet(path, compression="zstd", compression_level=1)
    return frame.height


def wrong_cells(history: History, closing: pl.DataFrame, places: range) -> int:
    """Cells whose documents don't add up, to the piece, to the stock of the day loop."""
    last = closing.group_by("location", "sku").agg(
        pl.col("onhand").last(), pl.col("transit").last()
    )
    at = (last["location"].to_numpy() - places.start, last["sku"].to_numpy())
    wrong = 0
    for name in ("onhand", "transit"):
        state = getattr(history.world, name)[places.start : places.stop]
        books = np.zeros_like(state)
        books[at] = last[name].to_numpy()
        wrong += int((books != state).sum())
    return wrong


def stock_days(history: History, closing: pl.DataFrame) -> pl.DataFrame:
    """On-hand and transit at the close, as half-open intervals of days; a row a change."""
    settings, places = history.settings, history.places
    code, sku_ids, _ = names(history)
    frame = closing.with_columns(
        pl.col("day").shift(-1).over("location", "sku").fill_null(-1).alias("until")
    )
    visible = np.array([bool(p) or n >= places.stores for n, p in enumerate(places.has_pos)])
    return frame.select(
        code.gather(frame["location"]).alias("store_code"),
        sku_ids.gather(frame["sku"]).alias("sku_id"),
        dates(settings, frame["day"].to_numpy()).alias("valid_from"),
        dates(settings, frame["until"].to_numpy(), -1).alias("valid_to"),
        pl.col("onhand").cast(pl.Int64).alias("onhand_units"),
        pl.col("transit").cast(pl.Int64).alias("transit_units"),
        pl.Series(visible).gather(frame["location"]).alias("is_visible"),
    )


def presale(history: History, orders: Orders) -> pl.DataFrame:
    """One row a presale order as known on the last day."""
    settings = history.settings
    _, sku_ids, skc_ids = names(history)
    heads = orders.heads.filter(pl.col("presale"))
    parts = orders.parts.filter(pl.col("source") == 2)
    sent = (
        parts.filter(pl.col("ship") != NONE, pl.col("ship") < settings.days)
        .group_by("order")
        .agg(pl.col("units").sum().alias("shipped_units"), pl.col("ship").min())
    )
    heads = heads.join(sent, on="order", how="left", maintain_order="left")
    unpaid = pl.col("paid_at").is_null()
    known = pl.col("closed_at").dt.date() < settings.day(settings.days)
    paid = pl.col("paid_at").dt.date() < settings.day(settings.days)
    return heads.select(
        "order_no",
        platform_name(heads["platform"].to_numpy()).alias("platform"),
        sku_ids.gather(heads["sku"]).alias("sku_id"),
        skc_ids.gather(heads["skc"]).alias("skc_id"),
        pl.col("units").alias("presale_units"),
        pl.col("created_at").dt.date().alias("deposit_date"),
        pl.when(paid).then(pl.col("paid_at").dt.date()).alias("balance_date"),
        pl.when(known & ~(unpaid & (pl.col("order") % 2 == 0)))
        .then(pl.col("closed_at").dt.date())
        .alias("cancelled_date"),
        pl.col("shipped_units").fill_null(0),
        dates(settings, heads["ship"].fill_null(NONE).to_numpy(), NONE).alias("shipped_date"),
        pl.col("person").alias("person_id"),
    )


def purchase(history: History) -> pl.DataFrame:
    """Purchase order lines as known on the last day."""
    settings = history.settings
    rows_ = pl.DataFrame(history.supply.orders.arrays()).cast(pl.Int64)
    rows_ = pl.concat([po_numbers(history), rows_], how="horizontal").filter(
        pl.col("ordered") < settings.days
    )
    got = pl.when(pl.col("arrive1") < settings.days).then(pl.col("units1")).otherwise(0) + pl.when(
        pl.col("arrive2") < settings.days
    ).then(pl.col("units2")).otherwise(0)
    cut = (pl.col("cancel_day") > -1000) & (pl.col("cancel_day") < settings.days)
    return rows_.select(
        "po_no",
        "line_no",
        pl.Series(["first", "reorder", "carry_over"]).gather(rows_["kind"]).alias("po_type"),
        pl.Series(history.goods.sku_ids).gather(rows_["sku"]).alias("sku_id"),
        pl.col("units").alias("ordered_units"),
        got.alias("received_units"),
        pl.when(cut).then(pl.col("cancelled")).otherwise(0).alias("cancelled_units"),
        dates(settings, np.maximum(rows_["ordered"].to_numpy(), -900)).alias("order_date"),
        dates(settings, rows_["promised"].to_numpy()).alias("first_promised_date"),
    )


def persons(history: History, people: People) -> pl.DataFrame:
    """Who has which card, phone and accounts; who is staff, who resells."""
    number = np.arange(people.count)
    return pl.DataFrame(
        {
            "person_id": number,
            "member_no": people.member_no,
            "phone": people.phone,
            "joined_date": dates(history.settings, people.joined, 10**6),
            "is_staff": np.isin(number, people.staff),
            "is_reseller": np.isin(number, people.resellers),
            **{
                p: pl.select(pl.when(pl.Series(has)).then(names)).to_series()
                for p, has, names in zip(
                    PLATFORMS, people.accounts, people.account_names, strict=True
                )
            },
        }
    )


def refunds(history: History, back: Comebacks) -> pl.DataFrame:
    """Money given back without goods, and paid orders cancelled before shipping."""
    frame = back.refunds.filter(
        pl.col("refund_type") == "仅退款",
        pl.col("done_at").is_not_null(),
        pl.col("done_at").dt.date() < history.settings.day(history.settings.days),
    )
    return frame.select(
        platform_name(frame["platform"].to_numpy()).alias("platform"),
        "refund_no",
        "order_no",
        pl.col("line_no").cast(pl.String),
        yuan(pl.col("amount")).alias("refund_amt"),
        pl.col("done_at").dt.date().alias("post_date"),
        pl.col("refund_no").str.starts_with("C").alias("is_cancellation"),
    )
