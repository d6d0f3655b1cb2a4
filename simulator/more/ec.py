"""Extra feeds of the platforms: daily figures, reviews, stock shown, listings, bundles, options.

Every row has its cause in an online order, a delivery, a stock snapshot or a markdown. Orders,
parcels and refunds do not belong here.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.exports.files import PLATFORM_TEXT
from simulator.more.base import Past, latest
from simulator.more.files import Writer
from simulator.papers.orders import NONE, platform_name
from simulator.world.windows import dates, moment, versions

REVIEW_SHARE, SILENT_SHARE, DELETED_SHARE, ADDED_SHARE = 0.28, 0.35, 0.03, 0.08
SILENT = "此用户没有填写评价。"
GONE = "该评价已被用户删除"
GOOD = (
    "很喜欢，版型好👍",
    '面料舒服,穿着"显瘦"😊',
    "第二次买了\n质量一直不错",
    "颜色正，发货快🚚",
    "",
)
FAIR = ("还可以吧", "尺码偏大一点", "颜色和图片有点差别🤔")
POOR = ("物流太慢了😡", "有线头，做工一般", "收到就起球，失望💔")
GIFT_NOTE = "送人的，别放小票"
EMBROIDERED = ("卫衣", "针织衫", "T恤")


def export(past: Past, writer: Writer) -> None:
    """Write the six feeds."""
    writer.delta("ec/ec_item_day", _item_days(past), kind="snap")
    writer.delta("ec/ec_review", _reviews(past), ext="jsonl")
    writer.delta("ec/ec_channel_stock", _channel_stock(past), kind="snap")
    writer.delta("ec/ec_custom_option", _options(past))
    writer.full("ec/ec_item_map", lambda day: _listings(past, day))
    writer.full("ec/ec_bundle", lambda day: _bundles(past, day), ext="xlsx")


def _platform(rows: pl.DataFrame) -> pl.Series:
    return platform_name(rows["platform"].to_numpy()).replace(PLATFORM_TEXT).alias("平台")


def _item(sku: pl.Expr) -> pl.Expr:
    """The platform's number of what is sold under a SKU, as order lines have it."""
    return pl.format("6{}", sku + 10**10)


def _item_days(past: Past) -> pl.DataFrame:
    """The platform's own figures of a day, from its paid lines."""
    orders = latest(past.frames["ec_order"], "platform", "order_no")
    lines = latest(past.frames["ec_order_line"], "platform", "order_no", "line_no")
    paid = orders.filter(pl.col("paid_at").is_not_null()).select(
        "platform", "order_no", "buyer_id", pl.col("paid_at").dt.date().alias("day"), "_win"
    )
    return (
        lines.drop("_win")
        .join(paid, on=["platform", "order_no"])
        .group_by("platform", "day", "item_id")
        .agg(
            pl.col("_win").min(),
            pl.col("buyer_id").n_unique().alias("buyers"),
            pl.col("qty").sum(),
            pl.col("sale_amt").sum(),
            pl.col("sale_amt").filter(pl.col("refund_status") == "退款成功").sum().alias("back"),
        )
        .sort("platform", "day", "item_id")
        .select(
            "_win",
            pl.col("platform").replace(PLATFORM_TEXT).alias("平台"),
            pl.col("day").alias("日期"),
            pl.col("item_id").alias("商品ID"),
            pl.col("buyers").alias("下单买家"),
            pl.col("buyers").alias("支付买家"),
            pl.col("qty").alias("支付件数"),
            pl.col("sale_amt").alias("支付金额"),
            pl.col("back").alias("退款额"),
        )
    )


def _reviews(past: Past) -> pl.DataFrame:
    """Of some delivered lines: fewer stars for what came late or went back; few are deleted."""
    settings = past.settings
    returned = past.back.online.group_by("order", "line_no").agg(
        (~pl.col("resalable")).any().alias("broken")
    )
    placed = past.orders.heads.select("order", "day")
    lines = (
        past.orders.parts.filter((pl.col("ship") != NONE) & (pl.col("deliver") < settings.days))
        .unique(["order", "line_no"], keep="last", maintain_order=True)
        .join(placed, on="order", maintain_order="left")
        .join(returned, on=["order", "line_no"], how="left", maintain_order="left")
    )
    key = [lines["order"].to_numpy(), lines["line_no"].to_numpy()]
    lines = lines.filter(pl.Series(past.luck("review", *key) < REVIEW_SHARE))
    key = [lines["order"].to_numpy(), lines["line_no"].to_numpy()]
    deliver = lines["deliver"].to_numpy()
    late = deliver - np.maximum(lines["day"].to_numpy(), lines["ship"].to_numpy() - 2) > 5
    taste = past.luck("taste", *key)
    stars = np.where(taste < 0.68, 5, np.where(taste < 0.9, 4, 3)) - late
    came_back, broken = lines["broken"].is_not_null(), lines["broken"].fill_null(False)
    stars = np.where(broken, 1, np.where(came_back, np.minimum(stars, 3), stars))
    day = deliver + past.whole("review day", 1, 10, *key)
    add = np.where(past.luck("adds", *key) < ADDED_SHARE, day + 12, NONE)
    gone = np.where(past.luck("deletes", *key) < DELETED_SHARE, day + 20, NONE)
    second = past.whole("review time", 36_000, 82_000, *key)
    silent = pl.Series(past.luck("silent", *key) < SILENT_SHARE)
    words = pl.select(
        pl.when(pl.Series(stars >= 4)).then(past.pick("good", GOOD, *key))
        .when(pl.Series(stars == 3)).then(past.pick("fair", FAIR, *key))
        .otherwise(past.pick("poor", POOR, *key))
    ).to_series()  # fmt: skip
    frame = lines.with_columns(
        moment(settings, day, second).alias("reviewed_at"),
        moment(settings, add, second).alias("added_at"),
        moment(settings, gone, second).alias("gone_at"),
        pl.Series("stars", stars),
        pl.select(pl.when(silent).then(pl.lit(SILENT)).otherwise(words)).to_series().alias("text"),
        pl.Series("pictures", np.where(taste < 0.2, past.whole("pictures", 1, 6, *key), 0)),
    )
    frame = versions(frame, ["reviewed_at", "added_at", "gone_at"], past.windows)
    ids = pl.Series(past.history.goods.sku_ids).gather(frame["sku"]).str.split("/")
    kept = pl.col("gone_at").is_null()
    return frame.select(
        "_win",
        pl.format("PJ{}{}", pl.col("order").cast(pl.String).str.zfill(8), "line_no").alias(
            "评价ID"
        ),
        _platform(frame),
        pl.col("order_no").alias("订单号"),
        _item(pl.col("sku")).alias("商品ID"),
        pl.format("颜色分类:{};尺码:{}", ids.list.get(1), ids.list.get(2)).alias("规格"),
        pl.when(kept).then("stars").alias("星级"),
        pl.when(kept).then("text").otherwise(pl.lit(GONE)).alias("文本"),
        pl.col("pictures").alias("图数"),
        pl.col("reviewed_at").alias("时间"),
        pl.when(kept & pl.col("added_at").is_not_null())
        .then(pl.lit("洗过一次，没有变形👌"))
        .alias("追评文本"),
    )


def _channel_stock(past: Past) -> pl.DataFrame:
    """At ten in the morning platforms still show what was free at the first DC last night."""
    settings, dc = past.settings, past.history.places.stores
    snap = pl.DataFrame(past.history.snapshots).cast(pl.Int64)
    snap = snap.filter(
        (pl.col("location") == dc)
        & (pl.col("day") >= settings.base_days - 14)
        & (pl.col("day") + 1 < settings.days)
    )
    names = pl.DataFrame({"平台": list(PLATFORM_TEXT.values())})
    rows = snap.join(names, how="cross", maintain_order="left")
    day = rows["day"].to_numpy() + 1
    held = pl.col("reserved") + pl.col("locked")
    return rows.select(
        past.window_of(day),
        "平台",
        pl.Series(past.history.goods.barcodes).gather(rows["sku"]).alias("SKU"),
        moment(settings, day, 36_000).alias("时间"),
        pl.max_horizontal(pl.col("onhand") - held, 0).alias("平台可售"),
        pl.col("reserved").alias("预留"),
    )


def _options(past: Past) -> pl.DataFrame:
    """Presents are wrapped, and the shop's own app embroiders letters; both free of charge."""
    goods = past.history.goods
    heads = past.orders.heads.filter(
        pl.col("paid_at").is_not_null() & (pl.col("paid_at") < _midnight(past, past.settings.days))
    )
    sent = past.frames["ec_order"].unique("order_no", keep="last")
    presents = heads.join(sent.filter(pl.col("remark") == GIFT_NOTE), on="order_no", how="semi")
    lines = past.orders.lines
    wrapped = lines.join(presents.select("order", "paid_at"), on="order").with_columns(
        group=pl.lit("包装"), value=pl.lit("礼盒"), cost=pl.lit(6.5)
    )
    kind = pl.Series([style["name"] for style in goods.styles]).gather(pl.Series(goods.style))
    soft = kind.str.contains("|".join(EMBROIDERED)).gather(
        pl.Series(goods.sku_skc).gather(lines["sku"])
    )
    wish = past.luck("letters", lines["order"].to_numpy(), lines["line_no"].to_numpy()) < 0.15
    stitched = (
        lines.filter(soft & pl.Series(wish) & (pl.col("platform") == 2))
        .join(heads.select("order", "paid_at"), on="order")
        .with_columns(
            group=pl.lit("刺绣"),
            value=pl.format("{}.{}.", _letter(pl.col("order")), _letter(pl.col("order") // 26)),
            cost=pl.lit(8.0),
        )
    )
    rows = pl.concat([wrapped, stitched]).sort("order", "line_no", "group")
    since = (pl.col("paid_at") - _midnight(past, 0)).dt.total_days()
    paid = rows.select(since).to_series().to_numpy()
    return rows.select(
        past.window_of(paid),
        _platform(rows),
        pl.format('="{}"', "order_no").alias("订单号"),
        pl.col("line_no").alias("子订单号"),
        pl.col("group").alias("选项组"),
        pl.col("value").alias("选项值"),
        pl.lit(0.0).alias("加价"),
        pl.col("cost").alias("加料成本"),
    )


def _letter(number: pl.Expr) -> pl.Expr:
    return pl.lit("ABCDEFGHIJKLMNOPQRSTUVWXYZ").str.slice(number % 26, 1)


def _midnight(past: Past, day: int) -> pl.Expr:
    """The start of a day, as a value to compare with."""
    return pl.lit(moment(past.settings, np.array([day]), 0)[0])


def _listings(past: Past, day: int) -> pl.DataFrame:
    """What each platform calls a SKU: listings of before, those sold under, and clearance links."""
    settings, goods = past.settings, past.history.goods
    sku = np.arange(goods.skus)
    skc = goods.sku_skc
    opens = np.maximum(goods.launch[skc] - np.where(goods.presale_ratio[skc] > 0, 32, 0), -380)
    listed = opens <= day
    cut = np.full(goods.skcs, NONE)
    for one, start, _ in reversed(past.history.markdowns):
        cut[one] = start
    cleared = (cut[skc] != NONE) & (cut[skc] <= day)
    again = listed & goods.carry[skc]
    parts = []
    for place, name in enumerate(PLATFORM_TEXT.values()):
        relisted = name == "京东"  # taken down once, and listed again under new numbers
        kinds: list[tuple[str, NDArray[np.bool_], NDArray, int | None]] = [
            ("6", listed, np.where(again & relisted, 0, opens), None)
        ]
        if relisted:
            kinds.append(("5", again, np.full(len(sku), -300), -1))
        if name == "天猫":  # a second link to the same goods, for the clearance
            kinds.append(("7", cleared, cut[skc], None))
        for letter, some, first, last in kinds:
            barcode = pl.Series(goods.barcodes).filter(pl.Series(some))
            typed = pl.Series(goods.sku_ids).filter(pl.Series(some)).str.replace_all("/", "-")
            number = (place * 10 + int(letter)) * 10**10
            end = "2099-12-31" if place == 1 else None
            parts.append(
                pl.DataFrame({"s": sku[some]}).select(
                    pl.lit(name).alias("平台"),
                    (pl.col("s") + number).cast(pl.String).alias("平台SKU ID"),
                    pl.format("{}{}", pl.lit(letter), pl.col("s") + 10**10).alias("平台商品ID"),
                    pl.when(pl.col("s") % 11 == 3)
                    .then(pl.lit(None, pl.String))
                    .when(pl.col("s") % 7 == 5)
                    .then(typed)
                    .otherwise(barcode)
                    .alias("商家编码"),
                    barcode.alias("条码"),
                    dates(settings, first[some]).alias("生效"),
                    pl.lit(end if last is None else f"{settings.day(last)}", pl.String).alias(
                        "失效"
                    ),
                )
            )
    return pl.concat(parts)


def _bundles(past: Past, day: int) -> pl.DataFrame:
    """Sets of two that people bought together, offered from now on; nobody has ordered one yet."""
    goods = past.history.goods
    planned = min(day, past.settings.base_days - 1)  # the list is not made anew every week
    heads = past.orders.heads.filter((pl.col("day") <= planned) & pl.col("paid_at").is_not_null())
    lines = past.orders.lines.join(heads.select("order"), on="order", how="semi")
    lines = lines.with_columns(pl.Series(goods.sku_skc).gather(lines["sku"]).alias("skc"))
    pairs = (
        lines.join(lines, on="order", suffix="_b")
        .filter(pl.col("skc") < pl.col("skc_b"))
        .group_by("skc", "skc_b")
        .agg(pl.len(), pl.col("sku").min(), pl.col("sku_b").min())
        .sort(["len", "skc", "skc_b"], descending=[True, False, False])
        .head(12)
    )
    rows = []
    for number, (one, other, _, *skus) in enumerate(pairs.iter_rows(), 1):
        tags = int(goods.tag[one]), int(goods.tag[other])
        share = round(100 * tags[0] / sum(tags))
        for sku, percent in zip(skus, (share, 100 - share), strict=True):
            rows.append((f"TZ{number:04d}", goods.barcodes[sku], 1, f"{percent}%"))
    return pl.DataFrame(rows, schema=["套餐编码", "条码", "件数", "分摊比例"], orient="row")
