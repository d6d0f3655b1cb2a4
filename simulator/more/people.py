"""Extra feeds in which members act: friends of guides, tickets, answers to questions.

Every row has its cause in a receipt, a refund or a late parcel. What is sent to members does not
belong here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.more.base import Past
from simulator.more.files import Writer
from simulator.papers.comebacks import ONLINE_DEFECT
from simulator.papers.orders import NONE
from simulator.world import mess
from simulator.world.windows import moment, versions

FRIEND_SHARE, LEFT_SHARE, AGAIN_SHARE, ASKED_SHARE = 0.4, 0.12, 0.3, 0.06
LATE_DAYS = 5
REASONS = ("款式", "价格", "面料", "导购推荐", "朋友推荐")
WISHES = ("希望多出小码", "活动规则简单一点", "无", "试衣间太少，等了20分钟")


def export(past: Past, writer: Writer) -> None:
    """Write the three feeds."""
    writer.delta("crm/crm_wecom", _friends(past))
    writer.delta("crm/crm_ticket", _tickets(past))
    writer.delta("crm/crm_survey", _answers(past))


def _buyers(past: Past) -> pl.DataFrame:
    """First receipt of each member."""
    heads = past.receipts.heads.filter((pl.col("person") >= 0) & ~pl.col("staff"))
    carded = past.people.member_no.is_not_null().gather(heads["person"])
    return heads.filter(carded).sort("day", "seconds", "receipt")


def _friends(past: Past) -> pl.DataFrame:
    """Who bought with a card adds the guide; some leave, and few of them come back."""
    settings = past.settings
    first = _buyers(past).unique("person", keep="first", maintain_order=True)
    first = first.filter(pl.Series(past.luck("friend", first["person"].to_numpy()) < FRIEND_SHARE))
    person, day = first["person"].to_numpy(), first["day"].to_numpy()
    second = np.minimum(first["seconds"].to_numpy() + 300, 86_000)
    left = day + past.whole("friend for", 20, 200, person)
    gone = np.where(past.luck("leaves friend", person) < LEFT_SHARE, left, NONE)
    back = (gone != NONE) & (past.luck("friend again", person) < AGAIN_SHARE)
    base = first.select("person", "guide")
    rows = pl.concat(
        [
            base.with_columns(
                moment(settings, day, second).alias("added_at"),
                moment(settings, gone, 75_000).alias("deleted_at"),
                pl.lit("扫描门店二维码").alias("origin"),
            ),
            base.filter(pl.Series(back)).with_columns(
                moment(settings, left[back] + 10, 50_000).alias("added_at"),
                pl.lit(None, pl.Datetime("us")).alias("deleted_at"),
                pl.lit("搜索手机号").alias("origin"),
            ),
        ]
    )
    frame = versions(rows, ["added_at", "deleted_at"], past.windows)
    app = pl.Series(past.people.accounts[2]).gather(frame["person"])
    return frame.select(
        "_win",
        pl.format("wmDemo{}", pl.col("person").cast(pl.String).str.zfill(8)).alias("外部联系人ID"),
        pl.col("guide").str.to_lowercase().alias("员工ID"),
        pl.col("guide").alias("导购工号"),
        pl.when(app).then(pl.format("uDemo{}", "person")).alias("unionid"),
        pl.col("added_at").alias("添加时间"),
        pl.col("origin").alias("来源"),
        pl.col("deleted_at").alias("删除时间"),
    )


def _tickets(past: Past) -> pl.DataFrame:
    """Broken goods, withdrawn requests and late parcels bring people to the telephone."""
    settings = past.settings
    heads = past.orders.heads.select("order", "order_no", "person", "day", "presale")
    refunds = past.back.refunds.join(heads.drop("order_no"), on="order", maintain_order="left")
    broken = refunds.filter(pl.col("reason_text") == ONLINE_DEFECT).select(
        "order", "order_no", "person", pl.col("requested_at").alias("at"),
        pl.lit("质量").alias("kind"), pl.lit("有线头开线，要求退货").alias("text"),
    )  # fmt: skip
    cheaper = refunds.filter(pl.col("refund_type") == "仅退款", pl.col("units").is_null()).select(
        "order", "order_no", "person", pl.col("requested_at").alias("at"),
        pl.lit("价保").alias("kind"), pl.lit("刚买就降价,申请补差").alias("text"),
    )  # fmt: skip
    parcels = past.orders.parts.filter(pl.col("ship") != NONE).unique(
        "order", keep="last", maintain_order=True
    )
    late = (
        parcels.join(heads.select("order", "day", "presale"), on="order", maintain_order="left")
        .filter((pl.col("deliver") - pl.col("day") >= LATE_DAYS) & ~pl.col("presale"))
        .select("order", "order_no", "person", pl.col("day") + LATE_DAYS)
    )
    waiting = late.select(
        "order", "order_no", "person",
        moment(settings, late["day"].to_numpy(), 52_000).alias("at"),
        pl.lit("物流").alias("kind"), pl.lit("还没收到货，急用").alias("text"),
    )  # fmt: skip
    rows = pl.concat([broken, cheaper, waiting]).filter(pl.col("at").is_not_null())
    rows = rows.unique(["order", "kind"], keep="first", maintain_order=True).sort(
        "at", "order", "kind"
    )
    order, person = rows["order"].to_numpy(), rows["person"].to_numpy()
    key = [order, rows["kind"].str.len_bytes().to_numpy()]
    phone = mess.phone_text(settings.seed, past.people.phone[person], order, 0.0)
    calls = pl.Series(past.luck("leaves phone", *key) < 0.5)
    wait = pl.lit(pl.Series(past.whole("ticket hours", 2, 71, *key)))
    frame = rows.with_columns(
        pl.when(calls)
        .then(pl.format("{}，请回电{}", "text", phone))
        .otherwise("text")
        .alias("text"),
        (pl.col("at") + pl.duration(hours=1)).alias("opened_at"),
        (pl.col("at") + pl.duration(hours=wait)).alias("closed_at"),
        pl.Series("points", past.whole("satisfied", 1, 5, *key)),
        past.member(person).alias("member_no"),
    )
    frame = versions(frame, ["opened_at", "closed_at"], past.windows)
    letter = {"质量": "Z", "价保": "J", "物流": "W"}
    return frame.select(
        "_win",
        pl.format("GD{}{}", pl.col("kind").replace_strict(letter), "order").alias("工单号"),
        pl.col("member_no").alias("会员号"),
        pl.col("order_no").alias("订单号"),
        pl.col("kind").alias("类型"),
        pl.when(pl.col("kind") == "物流").then(pl.lit("紧急")).otherwise(pl.lit("普通"))
        .alias("等级"),
        pl.col("opened_at").alias("开单时间"),
        pl.col("closed_at").alias("关闭时间"),
        pl.when(pl.col("closed_at").is_not_null()).then("points").alias("满意度"),
        pl.col("text").alias("文本"),
    )  # fmt: skip


def _answers(past: Past) -> pl.DataFrame:
    """A few buyers of each quarter are asked on the evening of their first receipt in it."""
    settings = past.settings
    rows = _buyers(past)
    at = moment(settings, rows["day"].to_numpy(), 72_000)
    quarter = pl.DataFrame({"at": at}).select(
        pl.format("WJ{}Q{}", pl.col("at").dt.year(), pl.col("at").dt.quarter())
    )
    rows = rows.with_columns(quarter.to_series().alias("survey"), at.alias("at"))
    rows = rows.unique(["survey", "person"], keep="first", maintain_order=True)
    rows = rows.filter(
        pl.Series(past.luck("asked", rows["receipt"].to_numpy()) < ASKED_SHARE)
    ).sort("receipt")
    number = rows["receipt"].to_numpy()
    one, two = past.pick("reason", REASONS, number), past.pick("reason too", REASONS, number)
    both = pl.select(pl.when(one == two).then(one).otherwise(one + ";" + two)).to_series()
    answers = {
        "Q1满意度": pl.Series(past.whole("score", 5, 10, number)).cast(pl.String),
        "Q2购买原因(多选)": both,
        "Q3建议": past.pick("wish", WISHES, number),
    }
    parts = [
        rows.select(
            past.window_of(rows["day"].to_numpy()),
            pl.col("survey").alias("问卷"),
            past.member(rows["person"].to_numpy()).alias("会员"),
            pl.lit(question).alias("题"),
            answer.alias("答案"),
            pl.col("at").alias("时间"),
        )
        for question, answer in answers.items()
    ]
    return pl.concat(parts).sort("时间", "会员", "题")
