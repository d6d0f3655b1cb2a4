"""Extra feeds of the CRM that speak to members: points, consents, campaigns, coupons, messages.

Every row has its cause in a card, a receipt or a campaign of the month. What members say in return
does not belong here.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from simulator.more.base import Past
from simulator.more.files import Writer
from simulator.papers.receipts import COUPON, COUPON_FROM
from simulator.world.people import GUIDES_PER_STORE, staff_code
from simulator.world.windows import moment, versions

CONSENTS = (("短信", 0.85), ("个性化推荐", 0.6))
WITHDRAWN_SHARE, BOTH_SHARE = 0.05, 0.01
GIVEN_SHARE, TWICE_SHARE = 0.04, 0.03
NEVER = -(10**6)


def export(past: Past, writer: Writer) -> None:
    """Write the five feeds."""
    first = past.frames["pos_receipt"].unique(
        ["store_code", "biz_date", "receipt_no"], keep="first", maintain_order=True
    )
    coupons = _issued(past)
    writer.delta("crm/crm_points", _points(first))
    writer.delta("crm/crm_consent", _consents(past))
    writer.delta("crm/crm_coupon", _coupons(past, coupons))
    writer.delta("crm/crm_touch", _messages(past, coupons))
    writer.full("crm/crm_campaign", lambda day: _campaigns(past, day))


def _points(receipts: pl.DataFrame) -> pl.DataFrame:
    """A point for each yuan that a card paid; what comes back takes its points with it."""
    return (
        receipts.filter(pl.col("member_no").is_not_null() & (pl.col("paid_amt").abs() >= 1))
        .sort("store_code", "biz_date", "receipt_no")
        .select(
            "_win",
            pl.concat_str(
                "store_code", pl.col("biz_date").dt.strftime("%y%m%d"), "receipt_no"
            ).alias("流水号"),
            pl.col("member_no").alias("会员号"),
            pl.when(pl.col("paid_amt") > 0).then(pl.lit("得")).otherwise(pl.lit("冲销"))
            .alias("类型"),
            pl.col("paid_amt").cast(pl.Int64).alias("积分"),
            pl.col("receipt_no").alias("订单号"),
            pl.col("uploaded_at").alias("时间"),
        )
    )  # fmt: skip


def _consents(past: Past) -> pl.DataFrame:
    """Asked when the card is opened; some withdraw later, few said both in one minute."""
    settings = past.settings
    person = np.flatnonzero(past.people.joined < settings.days)
    joined = past.people.joined[person]
    parts = []
    for place, (kind, share) in enumerate(CONSENTS):
        gives = past.luck("consent", person, place) < share
        both = past.luck("both", person, place) < BOTH_SHARE
        leave = gives & (past.luck("leaves", person, place) < WITHDRAWN_SHARE)
        later = joined + past.whole("leaves on", 30, 400, person, place)
        for some, day, value in (
            (np.ones(len(person), bool), joined, gives),
            (both, joined, ~gives),
            (leave & (later < settings.days), later, ~gives),
        ):
            parts.append(
                pl.DataFrame({"person": person[some], "day": day[some], "value": value[some]})
                .with_columns(pl.lit(kind).alias("kind"), (pl.col("person") % 3).alias("where"))
            )  # fmt: skip
    rows = pl.concat(parts).sort("day", "person", "kind", "value")
    day = rows["day"].to_numpy()
    return rows.select(
        past.window_of(day),
        past.member(rows["person"].to_numpy()).alias("会员号"),
        pl.col("kind").alias("类型"),
        moment(settings, day, 40_000, NEVER).alias("时间"),
        pl.when("value").then(pl.lit("是")).otherwise(pl.lit("否")).alias("值"),
        pl.Series(["门店", "小程序", "天猫"]).gather(rows["where"]).alias("来源"),
        pl.when(pl.Series(day < 0)).then(pl.lit("V1")).otherwise(pl.lit("V2")).alias("版本"),
    )


def _issued(past: Past) -> pl.DataFrame:
    """Coupons: those that receipts were paid with, and those that nobody used.

    Now and then a photograph of a coupon is taken a second time, in the same store.
    """
    settings = past.settings
    used = past.receipts.heads.filter(pl.col("coupon") > 0).sort("store", "receipt")
    number, day = used["receipt"].to_numpy(), used["day"].to_numpy()
    again = past.luck("coupon twice", number) < TWICE_SHARE
    again &= np.r_[False, np.diff(used["store"].to_numpy()) == 0]
    code = number.copy()
    for row in np.flatnonzero(again):
        code[row] = code[row - 1]
    start = np.array([settings.number(settings.day(int(d)).replace(day=1)) for d in day])
    given = np.maximum(start, day - past.whole("waits", 1, 20, number))
    taken = used.select(
        pl.Series("code", code),
        "person",
        pl.Series("given", given),
        moment(settings, day, used["seconds"].to_numpy()).alias("used_at"),
        pl.concat_str(
            pl.Series(past.history.places.codes).gather(used["store"]),
            moment(settings, day, 0).dt.strftime("%y%m%d"),
            "number",
        ).alias("order"),
    )
    parts = [taken.with_columns(pl.lit(False).alias("spare"))]
    for month, first in enumerate(_months(past)):
        members = np.flatnonzero(past.people.joined < first)
        some = members[past.luck("given", members, month) < GIVEN_SHARE]
        gift_day = first + past.whole("gift day", 0, 4, some, month)
        parts.append(
            pl.DataFrame({"code": some + (month + 1) * 10**6, "person": some, "given": gift_day})
            .with_columns(
                pl.lit(None, pl.Datetime("us")).alias("used_at"),
                pl.lit(None, pl.String).alias("order"),
                pl.lit(True).alias("spare"),
            )
        )  # fmt: skip
    rows = pl.concat(parts).filter(pl.col("given") < settings.days)
    given = rows["given"].to_numpy()
    return rows.with_columns(
        pl.format(
            "{}{}",
            pl.when("spare").then(pl.lit("YHJ")).otherwise(pl.lit("YHQ")),
            pl.col("code").cast(pl.String).str.zfill(9),
        ).alias("code"),
        past.member(rows["person"].to_numpy()).alias("member_no"),
        moment(settings, given, 36_000).alias("issued_at"),
        moment(settings, given, 0).dt.strftime("C%Y%m").alias("campaign"),
    )


def _months(past: Past) -> list[int]:
    """First days of the months, by number."""
    settings = past.settings
    return [day for day in range(settings.days) if settings.day(day).day == 1]


def _coupons(past: Past, coupons: pl.DataFrame) -> pl.DataFrame:
    frame = versions(coupons, ["issued_at", "used_at"], past.windows)
    return frame.select(
        "_win",
        pl.col("code").alias("券码"),
        pl.lit(f"满{COUPON_FROM // 100}减{COUPON // 100}").alias("模板"),
        pl.col("campaign").alias("活动ID"),
        pl.col("member_no").alias("会员号"),
        pl.lit(f"{COUPON // 100}元").alias("面额"),
        pl.lit(COUPON_FROM / 100).alias("门槛"),
        pl.col("issued_at").alias("发放时间"),
        pl.col("issued_at").alias("生效时间"),
        (pl.col("issued_at") + timedelta(days=30)).alias("失效时间"),
        pl.col("used_at").alias("使用时间"),
        pl.when(pl.col("used_at").is_not_null()).then("order").alias("使用订单"),
        pl.lit("门店").alias("渠道"),
    )


def _messages(past: Past, coupons: pl.DataFrame) -> pl.DataFrame:
    """Each coupon was announced to its member; channels often do not tell whether it arrived."""
    rows = coupons.filter(pl.col("member_no").is_not_null()).unique(
        "code", keep="first", maintain_order=True
    )
    person = rows["person"].to_numpy()
    key = [person, rows["given"].to_numpy()]
    wecom = pl.Series(past.luck("by wecom", *key) < 0.4)
    told = pl.Series(past.luck("told", *key) < 0.7)
    looks = pl.Series(past.luck("looks", *key) < 0.2) | pl.col("used_at").is_not_null()
    answers = pl.Series(past.luck("answers", *key) < 0.08) & wecom
    guide = staff_code(past.people.home[person], person % GUIDES_PER_STORE)
    frame = rows.with_columns(
        wecom.alias("wecom"),
        guide.alias("guide"),
        pl.when(told).then(pl.col("issued_at") + timedelta(seconds=20)).alias("delivered_at"),
        pl.when(looks).then(pl.col("issued_at") + timedelta(hours=3)).alias("clicked_at"),
        pl.when(answers).then(pl.col("issued_at") + timedelta(hours=30)).alias("replied_at"),
    )
    stamps = ["issued_at", "delivered_at", "clicked_at", "replied_at"]
    frame = versions(frame, stamps, past.windows)
    return frame.select(
        "_win",
        pl.format("M{}", "code").alias("消息ID"),
        pl.col("member_no").alias("会员号"),
        pl.col("campaign").alias("活动ID"),
        pl.when("wecom").then(pl.lit("企微")).otherwise(pl.lit("短信")).alias("渠道"),
        pl.lit("发券提醒").alias("模板"),
        pl.col("issued_at").alias("发送时间"),
        pl.col("delivered_at").alias("送达时间"),
        pl.col("clicked_at").alias("点击时间"),
        pl.col("replied_at").alias("回复时间"),
        pl.when("wecom").then("guide").alias("导购工号"),
    )


def _campaigns(past: Past, day: int) -> pl.DataFrame:
    """One campaign a month, planned for the members there are; every third is edited later."""
    settings = past.settings
    rows = []
    for month, first in enumerate(_months(past)):
        if first > day:
            continue
        start, members = settings.day(first), int((past.people.joined < first).sum())
        budget = members * GIVEN_SHARE * COUPON / 100
        edited = month % 3 == 1 and first + 3 <= day
        last = settings.day(first + (40 if edited else 27))
        rows.append(
            (f"C{start:%Y%m}", f"{start.month}月会员回馈", "发券", f"{start} 00:00:00",
             f"{last} 23:59:59", "全部会员", "短信+企微",
             f"{budget / 10_000:.4f}万" if month % 2 else f"{budget:,.2f}",
             f"{settings.day(first + 3 if edited else first - 2)} 18:00:00")
        )  # fmt: skip
    names = ["活动ID", "名称", "类型", "开始", "结束", "人群", "渠道", "预算", "修改时间"]
    return pl.DataFrame(rows, schema=names, orient="row")
