"""Platform exports: orders, lines, parcels, refunds, presale; each row in every state sent."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports.files import Sink
from simulator.papers.comebacks import Comebacks
from simulator.papers.orders import NONE, Orders, platform_name
from simulator.trade.run import History
from simulator.world import hashing, mess
from simulator.world.people import GUIDES_PER_STORE, People, staff_code
from simulator.world.places import CITIES
from simulator.world.windows import moment, versioned

SHOPS = {"tmall": "青禾天猫旗舰店", "jd": "青禾京东旗舰店", "miniapp": "青禾小程序商城"}
STATES = {
    "unpaid": {"tmall": "等待买家付款", "jd": "待付款", "miniapp": "待付款"},
    "paid": {"tmall": "买家已付款", "jd": "待发货", "miniapp": "已付款"},
    "shipped": {"tmall": "卖家已发货", "jd": "已发货", "miniapp": "已发货"},
    "done": {"tmall": "交易成功", "jd": "已完成", "miniapp": "已完成"},
    "closed": {"tmall": "交易关闭", "jd": "已关闭", "miniapp": "已取消"},
}
CARRIERS = ("顺丰速运", "中通快递", "京东物流")
LOST_SHARE = 0.03


def _state(platform: pl.Expr) -> pl.Expr:
    """Status text from the stamps that are known."""

    def text(state: str) -> pl.Expr:
        return platform.replace_strict(STATES[state], return_dtype=pl.String)

    return (
        pl.when(pl.col("closed_at").is_not_null())
        .then(text("closed"))
        .when(pl.col("done_at").is_not_null())
        .then(text("done"))
        .when(pl.col("shipped_at").is_not_null())
        .then(text("shipped"))
        .when(pl.col("paid_at").is_not_null())
        .then(text("paid"))
        .otherwise(text("unpaid"))
        .alias("status")
    )


def export(history: History, people: People, orders: Orders, back: Comebacks, sink: Sink) -> None:
    """Write the five platform feeds."""
    _orders(history, people, orders, sink)
    _lines(history, orders, back, sink)
    _parcels(history, orders, sink)
    _refunds(history, back, sink)
    _presale(history, orders, sink)


def _orders(history: History, people: People, orders: Orders, sink: Sink) -> None:
    seed = history.settings.seed
    rows = versioned(
        orders.heads.with_columns(platform_name(orders.heads["platform"].to_numpy()).alias("p")),
        ["created_at", "paid_at", "shipped_at", "done_at", "closed_at"],
        sink.windows,
    )

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        order, person = frame["order"].to_numpy(), frame["person"].to_numpy()
        platform = frame["platform"].to_numpy()
        city = people.city[person]
        account = np.stack([platform, person])
        names = pl.concat(people.account_names)
        buyer = names.gather(pl.Series(account[0] * people.count + account[1]))
        phone = mess.phone_text(seed, people.phone[person], order, 0.35)
        code = pl.Series(history.places.codes)
        pickup = frame["pickup"].to_numpy()
        guided = hashing.uniform(seed, "guide link", order) < 0.08
        guide = staff_code(people.home[person], order % GUIDES_PER_STORE)
        source = pl.Series(["搜索", "直播", "分享", "小程序"]).gather(
            pl.Series(np.where(platform == 2, 3, hashing.choice(seed, "source", [6, 3, 1], order)))
        )
        never = frame["paid_at"].is_null() & frame["closed_at"].is_not_null() & ~frame["presale"]
        lost = never & pl.Series(hashing.uniform(seed, "lost id", order) < LOST_SHARE)
        presale = pl.col("presale")
        note = pl.Series(
            [None, "请尽快发货", "送人的，别放小票", "周末送货", "电话19900000000联系"]
        )
        return frame.select(
            pl.col("p").alias("platform"),
            "order_no",
            pl.col("p").replace_strict(SHOPS).alias("shop"),
            _state(pl.col("p")),
            "created_at",
            "paid_at",
            "shipped_at",
            "done_at",
            "closed_at",
            (pl.col("amount") / 100).alias("due_amt"),
            pl.when(pl.col("paid_at").is_not_null())
            .then((pl.col("amount") - pl.col("subsidy")) / 100)
            .when(presale)
            .then(pl.col("deposit") / 100)
            .otherwise(0.0)
            .alias("paid_amt"),
            pl.lit(0.0).alias("freight_amt"),
            (pl.col("subsidy") / 100).alias("platform_subsidy_amt"),
            ((pl.col("list_amount") - pl.col("amount")) / 100).alias("shop_discount_amt"),
            presale.alias("is_presale"),
            pl.when(presale).then(pl.col("deposit") / 100).alias("deposit_amt"),
            pl.when(presale)
            .then((pl.col("amount") - pl.col("deposit")) / 100)
            .alias("balance_amt"),
            buyer.alias("buyer_id"),
            pl.format("示例{}", pl.col("person") % 997).alias("receiver"),
            phone.alias("phone"),
            pl.format("示例路{}号", pl.col("person") % 300 + 1).alias("address"),
            pl.Series([c[1] for c in CITIES]).gather(pl.Series(city)).alias("province"),
            pl.Series([c[0] for c in CITIES]).gather(pl.Series(city)).alias("city"),
            pl.lit("示例区").alias("district"),
            note.gather(pl.Series(hashing.choice(seed, "note", [90, 3, 2, 2, 0.3], order))).alias(
                "remark"
            ),
            source.alias("traffic_source"),
            pl.when(pl.Series(guided)).then(guide).alias("guide_code"),
            pl.when(pl.col("pickup") != NONE)
            .then(code.gather(pl.Series(np.maximum(pickup, 0))))
            .alias("pickup_store"),
            pl.col("promised_at").alias("promised_ship_at"),
            "modified_at",
            "_win",
            lost.alias("_bad"),
        )

    sink.emit("ec_order", rows.shaped(shape), overlap=True)


def _lines(history: History, orders: Orders, back: Comebacks, sink: Sink) -> None:
    goods = history.goods
    heads = orders.heads.select("order", "created_at", "paid_at", "shipped_at", "closed_at")
    refunds = back.refunds.group_by("order", "line_no").agg(
        pl.col("requested_at").min(), pl.col("done_at").max().alias("refunded_at")
    )
    frame = orders.lines.join(heads, on="order", maintain_order="left").join(
        refunds, on=["order", "line_no"], how="left", maintain_order="left"
    )
    rows = versioned(
        frame,
        ["created_at", "paid_at", "shipped_at", "closed_at", "requested_at", "refunded_at"],
        sink.windows,
    )

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        sku = frame["sku"]
        size = pl.Series([s[1] for s in goods.sku_size])
        return frame.select(
            platform_name(frame["platform"].to_numpy()).alias("platform"),
            "order_no",
            pl.col("line_no").cast(pl.String),
            pl.format("6{}", (sku + 10**10).alias("i")).alias("item_id"),
            pl.Series(goods.barcodes).gather(sku).alias("barcode"),
            pl.format(
                "颜色分类:{};尺码:{}",
                pl.Series(goods.skc_ids)
                .gather(pl.Series(goods.sku_skc).gather(sku))
                .str.split("/")
                .list.get(1),
                size.gather(sku),
            ).alias("spec_text"),
            pl.col("units").alias("qty"),
            (pl.col("unit_price") / 100).alias("unit_price"),
            (pl.col("amount") / 100).alias("sale_amt"),
            pl.when(pl.col("refunded_at").is_not_null())
            .then(pl.lit("退款成功"))
            .when(pl.col("requested_at").is_not_null())
            .then(pl.lit("退款中"))
            .otherwise(pl.lit("无退款"))
            .alias("refund_status"),
            pl.when(pl.col("shipped_at").is_not_null())
            .then(pl.lit("已发货"))
            .otherwise(pl.lit("未发货"))
            .alias("ship_status"),
            "modified_at",
            "_win",
        )

    sink.emit("ec_order_line", rows.shaped(shape))


def _parcels(history: History, orders: Orders, sink: Sink) -> None:
    code = pl.Series(history.places.codes)
    # Two parts of a presale line that leave on the same day travel together after all.
    parts = (
        orders.parts.filter(pl.col("ship") != NONE)
        .group_by("order", "line_no", "location", "ship", maintain_order=True)
        .agg(pl.col("units").sum(), pl.exclude("units").first())
    )
    parts = parts.with_columns(
        pl.when(pl.col("mode") == 2).then(pl.col("shipped_at")).alias("picked_up_at")
    )
    rows = versioned(parts, ["shipped_at", "delivered_at"], sink.windows)

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        location = code.gather(frame["location"])
        return frame.select(
            pl.format(
                "P{}{}{}",
                pl.col("shipped_at").dt.strftime("%y%m%d"),
                location,
                pl.col("order").cast(pl.String).str.zfill(8),
            ).alias("parcel_no"),
            platform_name(frame["platform"].to_numpy()).alias("platform"),
            "order_no",
            pl.col("line_no").cast(pl.String),
            pl.col("units").alias("qty"),
            location.alias("ship_from"),
            pl.Series(CARRIERS).gather((frame["order"] % 3).cast(pl.UInt32)).alias("carrier"),
            pl.format("SF{}{}", pl.col("order") + 10**11, pl.col("location")).alias("tracking_no"),
            "shipped_at",
            "delivered_at",
            pl.col("ready_at").alias("pickup_ready_at"),
            "picked_up_at",
            pl.col("mode")
            .replace_strict({0: "DC", 1: "门店", 2: "自提"}, return_dtype=pl.String)
            .alias("ship_mode"),
            pl.lit(None, pl.String).alias("reject_reason"),
            "modified_at",
            "_win",
        )

    sink.emit("ec_shipment", rows.shaped(shape))


def _refunds(history: History, back: Comebacks, sink: Sink) -> None:
    code = pl.Series(history.places.codes)
    rows = versioned(
        back.refunds,
        ["requested_at", "agreed_at", "sent_back_at", "received_at", "done_at", "withdrawn_at"],
        sink.windows,
    )

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        done, gone = pl.col("done_at").is_not_null(), pl.col("withdrawn_at").is_not_null()
        goods_back = pl.col("received_at").is_not_null()
        return frame.select(
            platform_name(frame["platform"].to_numpy()).alias("platform"),
            "refund_no",
            "order_no",
            pl.col("line_no").cast(pl.String),
            "refund_type",
            pl.col("units").alias("qty"),
            "requested_at",
            "agreed_at",
            "sent_back_at",
            "received_at",
            "done_at",
            (pl.col("asked") / 100).alias("asked_amt"),
            pl.when(done)
            .then((pl.col("amount") / 100).round(2).cast(pl.Decimal(18, 2)).cast(pl.String))
            .when(gone)
            .then(pl.lit("无退款申请"))
            .alias("refund_amt"),
            pl.col("reason_text").alias("reason"),
            pl.when(done)
            .then(pl.lit("退款成功"))
            .when(gone)
            .then(pl.lit("退款关闭"))
            .otherwise(pl.lit("退款中"))
            .alias("status"),
            pl.when(goods_back & pl.col("location").is_not_null())
            .then(code.gather(frame["location"].fill_null(0)))
            .alias("return_to"),
            "modified_at",
            "_win",
        )

    sink.emit("ec_refund", rows.shaped(shape))


def _presale(history: History, orders: Orders, sink: Sink) -> None:
    settings, goods = history.settings, history.goods
    heads = orders.heads.filter(pl.col("presale"))
    order = heads["order"].to_numpy()
    # Half of the orders without a balance are closed in this system too, half keep their deposit.
    open_end = heads["paid_at"].is_null() & pl.Series(order % 2 == 0)
    heads = heads.with_columns(
        pl.when(open_end).then(None).otherwise(pl.col("closed_at")).alias("cancelled_at"),
        pl.col("created_at").alias("deposit_at"),
        pl.col("paid_at").alias("balance_at"),
    )
    rows = versioned(
        heads, ["deposit_at", "balance_at", "cancelled_at", "shipped_at"], sink.windows
    )

    def shape(frame: pl.DataFrame) -> pl.DataFrame:
        season = pl.Series(
            [f"{str(goods.styles[s]['year'])[2:]}{goods.styles[s]['season']}" for s in goods.style]
        )
        return frame.select(
            pl.format("预售{}", season.gather(frame["skc"])).alias("campaign"),
            platform_name(frame["platform"].to_numpy()).alias("platform"),
            "order_no",
            pl.Series(goods.barcodes).gather(frame["sku"]).alias("barcode"),
            "deposit_at",
            "balance_at",
            pl.col("units").alias("qty"),
            pl.when(pl.col("cancelled_at").is_not_null())
            .then(pl.lit("已取消"))
            .when(pl.col("shipped_at").is_not_null())
            .then(pl.lit("已发货"))
            .when(pl.col("balance_at").is_not_null())
            .then(pl.lit("已付尾款"))
            .otherwise(pl.lit("已付定金"))
            .alias("status"),
            "cancelled_at",
            moment(settings, frame["launch"].to_numpy() + 3, 0, 10**6)
            .cast(pl.Date)
            .alias("promised_ship_date"),
            "modified_at",
            "_win",
        )

    sink.emit("ec_presale", rows.shaped(shape))
