"""Extra feeds of the tills: payments, shifts, receipts that stores without network sent by mail.

Every row has its cause in a receipt. What the tills upload themselves does not belong here.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from simulator.exports.workbook import Book
from simulator.more.base import Past, keys
from simulator.more.files import Writer

SPLIT_SHARE = 0.15  # of receipts are paid by two means
MAIL_BEFORE = timedelta(minutes=15)  # before the till's own upload
CUT_OFF_SHARE = 0.015  # of store days on which the till could upload in the night after all
RECEIPT = {
    "store_code": "店仓代码", "receipt_no": "小票号", "register_no": "收银机", "biz_date": "业务日",
    "sold_at": "销售时间", "receipt_type": "类型", "member_no": "会员卡号", "phone": "会员手机",
    "staff_code": "导购工号", "units": "件数", "tag_amt": "吊牌额", "discount_amt": "折扣",
    "paid_amt": "实收", "pay_method": "支付方式", "uploaded_at": "上传时间",
}  # fmt: skip
LINE = {
    "store_code": "店仓代码", "biz_date": "业务日", "sold_at": "销售时间", "receipt_no": "小票号",
    "line_no": "行号", "barcode": "条码", "style_code": "款号", "color_code": "颜色",
    "size_code": "尺码", "qty": "数量", "tag_price": "吊牌价", "unit_price": "成交价",
    "sale_amt": "成交额", "staff_code": "导购工号", "uploaded_at": "上传时间",
}  # fmt: skip


def export(past: Past, writer: Writer) -> None:
    """Write the three feeds."""
    first = past.frames["pos_receipt"].unique(
        ["store_code", "biz_date", "receipt_no"], keep="first", maintain_order=True
    )
    writer.delta("pos/pos_payment", _payments(past, first))
    writer.delta("pos/pos_shift", _shifts(first))
    _offline(past, first, writer)


def _payments(past: Past, receipts: pl.DataFrame) -> pl.DataFrame:
    """One or two means a receipt; they add up to what was paid, and to what was paid back."""
    paid = receipts.filter((pl.col("paid_amt") != 0) & ~pl.col("is_void"))
    luck = past.luck("split tender", *keys(paid, "store_code", "biz_date", "receipt_no"))
    paid = paid.with_columns(
        pl.when(pl.Series(luck) < SPLIT_SHARE)
        .then((pl.col("paid_amt") * 0.4).round(2))
        .otherwise(0.0)
        .alias("cash")
    )
    base = pl.col("_win", "store_code", "biz_date", "receipt_no", "pay_method")
    one = paid.select(base, (pl.col("paid_amt") - pl.col("cash")).round(2).alias("amt"), seq=1)
    two = paid.filter(pl.col("cash") != 0).select(base, pl.col("cash").alias("amt"), seq=2)
    return (
        pl.concat([one, two.with_columns(pay_method=pl.lit("现金"))])
        .sort("store_code", "biz_date", "receipt_no", "seq")
        .select(
            "_win",
            pl.col("store_code").alias("店仓"),
            pl.col("biz_date").alias("业务日"),
            pl.col("receipt_no").alias("小票号"),
            pl.col("seq").alias("序"),
            pl.col("pay_method").alias("方式"),
            pl.col("amt").alias("金额"),
        )
    )


def _shifts(receipts: pl.DataFrame) -> pl.DataFrame:
    """Whoever sold on a day was there from half an hour before until a quarter after."""
    return (
        receipts.filter(pl.col("staff_code").is_not_null())
        .group_by("staff_code", "biz_date")
        .agg(
            pl.col("_win").min(),
            pl.col("store_code").min(),
            pl.col("sold_at").min().alias("from"),
            pl.col("sold_at").max().alias("to"),
        )
        .sort("staff_code", "biz_date")
        .select(
            "_win",
            pl.col("staff_code").alias("工号"),
            pl.col("biz_date").alias("日期"),
            pl.col("store_code").alias("店仓"),
            (pl.col("from") - timedelta(minutes=30)).alias("上班"),
            (pl.col("to") + timedelta(minutes=15)).alias("下班"),
        )
    )


def _offline(past: Past, first: pl.DataFrame, writer: Writer) -> None:
    """A store without network, be it until the night, sends its receipts by mail, and later again.

    The workbook lands with the till's own upload and is older than it, so that nothing counts
    twice and no day is complete sooner than without the mail.
    """
    cut_off = past.luck("no network", *keys(first, "store_code", "biz_date")) < CUT_OFF_SHARE
    days_late = pl.col("uploaded_at").dt.date() - pl.col("biz_date") > timedelta(days=1)
    late = first.filter((days_late | pl.Series(cut_off)) & (pl.col("_win") >= 0))
    late = late.with_columns(pl.col("uploaded_at") - MAIL_BEFORE)
    lines = past.frames["pos_receipt_line"].unique(
        ["store_code", "biz_date", "receipt_no", "line_no"], keep="first", maintain_order=True
    )
    lines = lines.drop("uploaded_at", "_win").join(
        late.select("store_code", "biz_date", "receipt_no", "uploaded_at"),
        on=["store_code", "biz_date", "receipt_no"],
        maintain_order="left",
    )
    details = lines.partition_by("store_code", "biz_date", as_dict=True, maintain_order=True)
    batches = late.partition_by("_win", "store_code", "biz_date", as_dict=True, maintain_order=True)
    numbers: dict[int, int] = {}
    for (window, store, day), heads in sorted(batches.items()):
        number = int(str(window))
        if not writer.sink.wanted(number):
            continue
        numbers[number] = numbers.get(number, 0) + 1
        stamp = writer.windows.all[number].stamp
        file = writer.file(f"pos/pos_offline_delta_{stamp}_{numbers[number]}.xlsx")
        detail = details[store, day]
        with Book(file) as book:
            for name, rows, columns in (("小票", heads, RECEIPT), ("明细", detail, LINE)):
                shown = rows.select(pl.col(c).alias(h) for c, h in columns.items())
                book.table(name, f"{store} {day} 断网补录", shown)
        writer.note("offline/pos_receipt", file, heads.height)
        writer.note("offline/pos_receipt_line", file, detail.height)
    writer.sink.progress(f"pos_offline: {late.height:,} receipts")
