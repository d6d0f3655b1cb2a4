"""POS exports: receipts, lines, return slips; with late and restated rows."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.exports.files import Sink
from simulator.papers.comebacks import Comebacks
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.world import hashing, mess
from simulator.world.people import GUIDES_PER_STORE, People, staff_code
from simulator.world.windows import Sending, dates, moment

WRONG_CENTS = 1000


def upload_days(history: History, store: NDArray, day: NDArray) -> NDArray[np.int64]:
    """Day whose file holds a store's business day: usually the same, now and then 1 to 3 later.

    The last days before the base end are on time; on the first day after it one store is late.
    """
    settings = history.settings
    late = hashing.uniform(settings.seed, "late upload", store, day) < 0.008
    late &= (day < settings.base_days - 4) | (day >= settings.base_days)
    lag = hashing.whole(settings.seed, "upload lag", 1, 3, store, day)
    lag = np.where(late, lag, 0)
    planted = (store == 0) & (day == settings.base_days)
    return day + np.where(planted, 2, lag)


def expected_files(history: History, sink: Sink) -> dict[int, set[str]]:
    """Stores that send a file on a day, be it without a receipt; by daily window."""
    places = history.places
    found: dict[int, set[str]] = {}
    for number, window in enumerate(sink.windows.all):
        if not window.daily:
            continue
        open_ = np.flatnonzero(places.open_on(window.first) & places.has_pos[: places.stores])
        on_time = upload_days(history, open_, np.full(len(open_), window.first)) == window.first
        found[number] = {places.codes[n] for n in open_[on_time]}
    return found


def restated_on(history: History, receipts: Receipts) -> NDArray[np.int64]:
    """Day on which a receipt is sent again with a corrected price, by receipt; -1 = never."""
    settings, heads = history.settings, receipts.heads
    number, day = heads["receipt"].to_numpy(), heads["day"].to_numpy()
    chosen = hashing.uniform(settings.seed, "restated", number) < 0.003
    chosen &= ~heads["staff"].to_numpy()
    near = day >= settings.base_days - 16
    lag = np.where(near, hashing.whole(settings.seed, "restate lag", 1, 3, number), 35)
    planted = np.flatnonzero((day == settings.base_days - 2) & ~heads["staff"].to_numpy())[:1]
    chosen[planted] = True
    lag[planted] = 3
    return np.where(chosen, day + lag, -1)


def heads_frame(
    history: History, people: People, receipts: Receipts, back: Comebacks
) -> pl.DataFrame:
    """Receipt rows of sales, returns and exchanges, before windows; ``again`` = restatement day."""
    settings = history.settings
    heads = receipts.heads
    again = restated_on(history, receipts)
    sale = heads.select(
        "store",
        "day",
        pl.col("number").alias("receipt_no"),
        pl.col("till"),
        "seconds",
        pl.lit("销售").alias("receipt_type"),
        "person",
        pl.col("guide").alias("staff_code"),
        pl.col("head_units").alias("units"),
        pl.col("head_tag").alias("tag"),
        (pl.col("paid") + pl.col("coupon") + pl.col("points")).alias("due"),
        "coupon",
        "points",
        "paid",
        pl.lit(None, pl.String).alias("original_receipt_no"),
        pl.Series("again", again),
        pl.col("receipt").alias("number"),
    )
    posted = back.store.filter(pl.col("day") < settings.days)
    come = posted.select(
        pl.col("location").alias("store"),
        "day",
        pl.col("slip").alias("receipt_no"),
        pl.lit(1, pl.Int64).alias("till"),
        pl.col("second").alias("seconds"),
        pl.when("exchange").then(pl.lit("换货")).otherwise(pl.lit("退货")).alias("receipt_type"),
        pl.when("orphan").then(-1).otherwise(pl.col("person")).alias("person"),
        staff_code(posted["location"].to_numpy(), posted["id"].to_numpy() % GUIDES_PER_STORE).alias(
            "staff_code"
        ),
        pl.when("exchange").then(0).otherwise(-pl.col("units")).alias("units"),
        pl.when("exchange").then(0).otherwise(-pl.col("tag") * pl.col("units")).alias("tag"),
        pl.when("exchange").then(0).otherwise(-pl.col("amount")).alias("due"),
        pl.lit(0, pl.Int64).alias("coupon"),
        pl.lit(0, pl.Int64).alias("points"),
        pl.when("exchange").then(0).otherwise(-pl.col("amount")).alias("paid"),
        pl.when(~pl.col("orphan")).then(pl.col("receipt_no")).alias("original_receipt_no"),
        pl.lit(-1, pl.Int64).alias("again"),
        (pl.col("id") + 10**9).alias("number"),
    )
    return pl.concat([sale, come])


def lines_frame(history: History, receipts: Receipts, back: Comebacks) -> pl.DataFrame:
    """Receipt lines of sales, returns and exchanges, before windows."""
    settings, rows = history.settings, history.store_lines
    heads = receipts.heads.select("receipt", "number", "guide", "seconds", "person")
    again = pl.DataFrame(
        {"receipt": receipts.heads["receipt"], "again": restated_on(history, receipts)}
    )
    sale = (
        receipts.lines.join(heads, on="receipt", maintain_order="left")
        .join(again, on="receipt", maintain_order="left")
        .select(
            "store",
            "day",
            pl.col("number").alias("receipt_no"),
            "line_no",
            "sku",
            "units",
            "tag",
            "amount",
            "coupon",
            "gift",
            "promo",
            "guide",
            "seconds",
            "person",
            pl.lit(None, pl.Int64).alias("original_line_no"),
            "again",
            "line",
            "flag",
        )
    )
    posted = back.store.filter(pl.col("day") < settings.days)
    guide = staff_code(posted["location"].to_numpy(), posted["id"].to_numpy() % GUIDES_PER_STORE)
    common: list[pl.Expr] = [
        pl.col("location").alias("store"),
        pl.col("day"),
        pl.col("slip").alias("receipt_no"),
    ]
    rest: list[pl.Expr | pl.Series] = [
        pl.lit(0, pl.Int64).alias("coupon"),
        pl.lit(False).alias("gift"),
        pl.lit(0).cast(pl.Int64).alias("promo"),
        guide.alias("guide"),
        pl.col("second").alias("seconds"),
        pl.when("orphan").then(-1).otherwise(pl.col("person")).alias("person"),
    ]
    minus = posted.select(
        *common,
        pl.lit(1, pl.Int64).alias("line_no"),
        "sku",
        (-pl.col("units")).alias("units"),
        "tag",
        (-pl.col("amount")).alias("amount"),
        *rest,
        pl.when(~pl.col("orphan")).then(pl.col("line_no")).alias("original_line_no"),
        pl.lit(-1, pl.Int64).alias("again"),
        (-1 - pl.col("id")).alias("line"),
        pl.lit(0, pl.Int64).alias("flag"),
    )
    swap = np.flatnonzero(rows["link"] >= 0)
    other = pl.DataFrame({"id": rows["link"][swap], "new": rows["sku"][swap], "line": swap})
    plus = (
        posted.with_columns(guide.alias("g"))
        .drop("line")
        .join(other, on="id", maintain_order="left")
        .select(
            *common,
            pl.lit(2, pl.Int64).alias("line_no"),
            pl.col("new").alias("sku"),
            "units",
            "tag",
            "amount",
            *rest[:3],
            pl.col("g").alias("guide"),
            *rest[4:],
            pl.lit(None, pl.Int64).alias("original_line_no"),
            pl.lit(-1, pl.Int64).alias("again"),
            pl.col("line").cast(pl.Int64),
            pl.lit(2, pl.Int64).alias("flag"),
        )
    )
    return pl.concat([sale, minus, plus])


def with_windows(history: History, sink: Sink, frame: pl.DataFrame) -> Sending:
    """First sending and, where corrected, the second one; only what differs in window."""
    settings = history.settings
    store, day = frame["store"].to_numpy(), frame["day"].to_numpy()
    upload = upload_days(history, store, day)
    window = sink.windows.index(upload)
    again = frame["again"].to_numpy()
    second = np.where(again >= 0, sink.windows.index(np.maximum(again, 0)), -1)
    twice = (again >= 0) & (second > window) & (window >= 0)
    hidden = (again >= settings.days) & (window >= 0)
    later = np.flatnonzero(twice)
    source = np.r_[np.arange(len(store)), later]
    when = np.r_[window, second[later]]
    sent, late = np.r_[upload, again[later]], np.arange(len(source)) >= len(store)
    wrong = np.r_[twice | hidden, np.zeros(len(later), bool)]

    def rows(at: NDArray[np.int64]) -> pl.DataFrame:
        return frame[source[at]].with_columns(
            pl.Series("_win", when[at]),
            moment(settings, sent[at], 86400 + np.where(late[at], 1860, 1800)).alias("uploaded_at"),
            pl.Series("wrong", wrong[at]),
        )

    return Sending(when, rows)


def export(
    history: History, people: People, receipts: Receipts, back: Comebacks, sink: Sink
) -> None:
    """Write receipts, lines and return slips."""
    settings, seed, codes = history.settings, history.settings.seed, pl.Series(history.places.codes)
    rows = with_windows(history, sink, heads_frame(history, people, receipts, back))

    def shape(heads: pl.DataFrame) -> pl.DataFrame:
        person = heads["person"].to_numpy()
        shows = (person >= 0) & (
            hashing.uniform(seed, "shows phone", heads["number"].to_numpy()) < 0.4
        )
        phone = mess.phone_text(
            seed, people.phone[np.maximum(person, 0)], heads["number"].to_numpy(), 0.04
        )
        extra = pl.when("wrong").then(WRONG_CENTS).otherwise(0)
        money = {
            "tag_amt": pl.col("tag"),
            "due_amt": pl.col("due") + extra,
            "discount_amt": pl.col("tag") - pl.col("due") - extra,
            "coupon_amt": pl.col("coupon"),
            "points_amt": pl.col("points"),
            "paid_amt": pl.col("paid") + extra,
        }
        return heads.select(
            codes.gather(heads["store"]).alias("store_code"),
            "receipt_no",
            pl.format("POS{}", "till").alias("register_no"),
            dates(settings, heads["day"].to_numpy()).alias("biz_date"),
            moment(settings, heads["day"].to_numpy(), heads["seconds"].to_numpy()).alias("sold_at"),
            "receipt_type",
            _member(people, person),
            pl.when(pl.Series(shows)).then(phone).alias("phone"),
            "staff_code",
            "units",
            *((e / 100).alias(n) for n, e in money.items()),
            pl.when(pl.col("number") % 5 == 0)
            .then(pl.lit("现金"))
            .otherwise(pl.lit("移动支付"))
            .alias("pay_method"),
            "original_receipt_no",
            pl.lit(False).alias("is_void"),
            "uploaded_at",
            "_win",
            codes.gather(heads["store"]).alias("_store"),
        )

    expected = expected_files(history, sink)
    sink.emit("pos_receipt", rows.shaped(shape), by_store=True, expected=expected)
    lines = with_windows(history, sink, lines_frame(history, receipts, back))
    _lines(history, people, lines, sink, codes)
    _returns(history, back, sink, codes)


def _member(people: People, person: NDArray) -> pl.Expr:
    number = people.member_no.gather(pl.Series(np.maximum(person, 0)))
    return pl.when(pl.Series(person >= 0)).then(number).alias("member_no")


def _lines(history: History, people: People, rows: Sending, sink: Sink, codes: pl.Series) -> None:
    goods, settings = history.goods, history.settings
    part = (
        pl.DataFrame({"sku": goods.sku_ids})
        .select(pl.col("sku").str.split_exact("/", 2).struct.rename_fields(["a", "b", "c"]))
        .unnest("sku")
    )

    def shape(lines: pl.DataFrame) -> pl.DataFrame:
        sku = lines["sku"].to_numpy()
        known = pl.Series(sku >= 0)
        at = pl.Series(np.maximum(sku, 0))
        strange = pl.format("69099{}", (pl.col("line") % 10**8).cast(pl.String).str.zfill(8))
        extra = pl.when(pl.col("wrong") & (pl.col("line_no") == 1)).then(WRONG_CENTS).otherwise(0)
        amount = (pl.col("amount") + extra) / 100
        return lines.select(
            codes.gather(lines["store"]).alias("store_code"),
            dates(settings, lines["day"].to_numpy()).alias("biz_date"),
            "receipt_no",
            "line_no",
            pl.when(known)
            .then(pl.Series(goods.barcodes).gather(at))
            .when(pl.col("sku") == -1)
            .then(pl.lit("0000"))
            .otherwise(strange)
            .alias("barcode"),
            *(
                pl.when(known).then(part[c].gather(at)).alias(n)
                for c, n in (("a", "style_code"), ("b", "color_code"), ("c", "size_code"))
            ),
            pl.col("units").alias("qty"),
            (pl.col("tag") / 100).alias("tag_price"),
            (amount / pl.col("units")).round(2).alias("unit_price"),
            amount.alias("sale_amt"),
            (pl.col("coupon") / 100).alias("coupon_amt"),
            pl.when(pl.col("promo") == 1).then(pl.lit("P0001")).alias("promo_code"),
            pl.col("gift").alias("is_gift"),
            pl.col("guide").alias("staff_code"),
            "original_line_no",
            _member(people, lines["person"].to_numpy()),
            moment(settings, lines["day"].to_numpy(), lines["seconds"].to_numpy()).alias("sold_at"),
            "uploaded_at",
            "_win",
            codes.gather(lines["store"]).alias("_store"),
        )

    expected = expected_files(history, sink)
    sink.emit("pos_receipt_line", rows.shaped(shape), by_store=True, expected=expected)


def _returns(history: History, back: Comebacks, sink: Sink, codes: pl.Series) -> None:
    settings = history.settings
    barcodes = pl.Series(history.goods.barcodes)
    store = back.store.filter(pl.col("day") < settings.days)
    known = ~pl.col("orphan")
    slips = store.select(
        "location",
        "day",
        pl.col("slip").alias("return_no"),
        pl.when(known).then(codes.gather(store["sale_store"])).alias("original_store"),
        pl.when(known).then(dates(settings, store["sale_day"].to_numpy())).alias("original_date"),
        pl.when(known).then(pl.col("receipt_no")).alias("original_receipt_no"),
        pl.when(known).then(pl.col("line_no")).alias("original_line_no"),
        "sku",
        "units",
        "amount",
        "reason_text",
        "returned_at",
        pl.lit(None, pl.String).alias("online_order_no"),
    )
    boris = back.online.filter(pl.col("boris"), pl.col("day") < settings.days)
    slips = pl.concat(
        [
            slips,
            boris.select(
                "location",
                "day",
                pl.col("slip").alias("return_no"),
                *(pl.lit(None, slips.schema[n]).alias(n) for n in slips.columns[3:7]),
                "sku",
                "units",
                "amount",
                "reason_text",
                "returned_at",
                pl.col("order_no").alias("online_order_no"),
            ),
        ]
    )
    sink.emit(
        "pos_return",
        slips.select(
            codes.gather(slips["location"]).alias("store_code"),
            "return_no",
            pl.lit(1, pl.Int64).alias("line_no"),
            "original_store",
            "original_date",
            "original_receipt_no",
            "original_line_no",
            barcodes.gather(slips["sku"]).alias("barcode"),
            pl.col("units").alias("qty"),
            (pl.col("amount") / 100).alias("refund_amt"),
            pl.col("reason_text").alias("reason_code"),
            "returned_at",
            "online_order_no",
            moment(settings, slips["day"].to_numpy(), 86_000).alias("uploaded_at"),
            pl.Series("_win", sink.windows.index(slips["day"].to_numpy())),
        ),
    )
