"""Extra feeds of the ERP: orders behind shipments, counts behind corrections, sales targets.

Every row has its cause in a stock movement or in what a store sold. What happens before goods
arrive does not belong here.
"""

from __future__ import annotations

import polars as pl

from simulator.exports.workbook import Book
from simulator.more.base import Past, keys
from simulator.more.files import Writer

ALLOCATED = {"首配": "首配", "配货": "补货", "返仓": "返仓", "调拨出": "调拨", "调拨": "调拨"}


def export(past: Past, writer: Writer) -> None:
    """Write the three feeds."""
    moves = past.frames["erp_stock_move"].unique(
        ["doc_no", "line_no"], keep="first", maintain_order=True
    )
    writer.delta("erp/erp_alloc", _allocations(past, moves))
    writer.delta("erp/erp_count", _counts(past, moves))
    for day in writer.full_days():
        _targets(past, writer, day)


def _allocations(past: Past, moves: pl.DataFrame) -> pl.DataFrame:
    """The order behind each shipment to a store: now and then more was proposed than was there."""
    rows = moves.filter(pl.col("move_type").is_in(list(ALLOCATED)))
    short = past.luck("short", *keys(rows, "doc_no", "barcode")) < 0.12
    wish = pl.col("sent_units") + pl.Series(short).cast(pl.Int64)
    return rows.select(
        "_win",
        pl.col("doc_no").alias("单号"),
        pl.col("line_no").alias("行号"),
        pl.col("move_type").replace_strict(ALLOCATED).alias("类型"),
        wish.alias("计划数"),
        pl.col("from_store").alias("发出店仓"),
        pl.col("to_store").alias("接收店仓"),
        pl.col("barcode").alias("条码"),
        wish.alias("建议数"),
        pl.col("sent_units").alias("实发数"),
        pl.col("sent_at").alias("时间"),
        pl.col("modified_at").alias("修改时间"),
    )


def _counts(past: Past, moves: pl.DataFrame) -> pl.DataFrame:
    """The count behind each correction of the books."""
    rows = moves.filter(pl.col("move_type") == "盘点")
    book = past.whole("book", 5, 30, *keys(rows, "doc_no", "barcode"))
    gone = pl.col("from_store").is_not_null()
    change = pl.when(gone).then(-pl.col("sent_units")).otherwise(pl.col("received_units"))
    return rows.select(
        "_win",
        pl.col("doc_no").alias("盘点单"),
        pl.coalesce("from_store", "to_store").alias("店仓"),
        pl.col("barcode").alias("条码"),
        pl.Series("账面", book),
        (pl.Series(book) + change).alias("实盘"),
        change.alias("差异"),
        pl.coalesce("sent_at", "received_at").alias("时间"),
    )


def _targets(past: Past, writer: Writer, day: int) -> None:
    """A workbook with a sheet in yuan for own stores and one in ten thousands for the others.

    The planners hit what a store sells in a month, give or take a tenth.
    """
    settings, places = past.settings, past.history.places
    sold = (
        past.receipts.heads.filter(pl.col("day") <= day)
        .with_columns(
            pl.col("day").map_elements(
                lambda n: f"{settings.day(n):%Y-%m}", return_dtype=pl.String
            ).alias("month")
        )
        .group_by("store", "month")
        .agg(pl.col("paid").sum(), pl.col("head_units").sum())
        .sort("store", "month")
    )  # fmt: skip
    month = keys(sold, "month")[0]
    near = pl.Series(0.9 + 0.25 * past.luck("target", sold["store"].to_numpy(), month))
    hundreds = (pl.col("paid") / 10_000 * near).round().cast(pl.Int64)  # of yuan
    own = pl.Series([o == "直营" for o in places.ownership]).gather(sold["store"])
    store = pl.Series(places.codes).gather(sold["store"]).alias("店仓")
    units = (pl.col("head_units") * near).round().cast(pl.Int64).alias("目标件")
    yuan = sold.select(
        store, pl.col("month").alias("月份"), (hundreds * 100).alias("目标额"), units
    )
    wan = sold.select(store, pl.col("month").alias("月份"), (hundreds / 100).alias("目标额"), units)
    file = writer.file(f"erp/erp_target_sheets_full_{settings.day(day):%Y%m%d}_1.xlsx")
    with Book(file) as book:
        book.table("直营（元）", "门店销售目标 单位：元", yuan.filter(own))
        book.table("加盟联营（万元）", "门店销售目标 单位：万元", wan.filter(~own))
    writer.note("sheets/erp_target", file, sold.height)
    writer.sink.progress(f"erp_target: {sold.height:,} rows")
