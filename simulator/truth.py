"""The clean truth beside the exports: what was sold, returned, held, launched; where each row went.

Only tests may read these files. Money is in yuan as DECIMAL(18,2); dates are business dates.
"""

from __future__ import annotations


import numpy as np
import polars as pl

from simulator import curves, prices, stock
from simulator.comebacks import Comebacks
from simulator.demand import PLATFORMS
from simulator.export_pos import lines_frame, upload_days
from simulator.export_stock import po_numbers
from simulator.files import Sink
from simulator.orders import NONE, Orders, platform_name
from simulator.people import People
from simulator.receipts import Receipts
from simulator.run import History
from simulator.selling import EARLY, EXCHANGE, RESELLER
from simulator.windows import dates

UNKNOWN_LAUNCH_DAYS = 28
MONEY = pl.Decimal(18, 2)


def yuan(cents: pl.Expr) -> pl.Expr:
    """Cents as exact yuan."""
    return (cents.cast(pl.Decimal(18, 0)) * pl.lit("0.01").cast(pl.Decimal(3, 2))).cast(MONEY)


def write(history: History, people: People, receipts: Receipts, orders: Orders, back: Comebacks,
          moves: pl.DataFrame, sink: Sink) -> dict[str, int]:
    """Write every truth table; returns the number of rows of each."""
    folder = history.settings.truth
    folder.mkdir(parents=True, exist_ok=True)
    closing = stock.changes(moves, history.settings.days)
    check_units(history, closing)
    tables = {
        "rows": rows(sink), "sale_lines": sale_lines(history, receipts, orders, back, sink),
        "return_lines": return_lines(history, back, sink),
        "stock_day": stock_days(history, closing), "presale": presale(history, orders),
        "launches": launches(history, closing, orders), "po": purchase(history),
        "people": persons(history, people), "refunds": refunds(history, back),
    }
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd",
                            compression_level=1)
    return {name: frame.height for name, frame in tables.items()}


def check_units(history: History, closing: pl.DataFrame) -> None:
    """The documents must add up to the stock of the day loop, to the piece.

    Raises:
        RuntimeError: units were made or lost between the loop and the documents.
    """
    last = closing.group_by("location", "sku").agg(pl.col("onhand").last(), pl.col("transit").last())
    books = np.zeros_like(history.world.onhand)
    moving = np.zeros_like(history.world.transit)
    at = (last["location"].to_numpy(), last["sku"].to_numpy())
    books[at], moving[at] = last["onhand"].to_numpy(), last["transit"].to_numpy()
    wrong = int((books != history.world.onhand).sum() + (moving != history.world.transit).sum())
    if wrong:
        raise RuntimeError(
            f"{wrong} stock cells differ between documents and day loop: units were not conserved")


def rows(sink: Sink) -> pl.DataFrame:
    """Each physical row: feed, key, file, row number in the file, and what must become of it."""
    frame = pl.concat(sink.rows).with_columns(pl.col("key").hash(7).alias("h"))
    fate = (pl.when("held").then(pl.lit("not_yet_sent")).when("bad").then(pl.lit("quarantined")))
    able = ~pl.col("held") & ~pl.col("bad")
    place = pl.when(able).then(pl.col("order").cast(pl.Int64) * 10**7 - pl.col("row_no")
                               ).otherwise(-1)
    frame = frame.with_columns(place.alias("place"))
    frame = frame.with_columns(pl.col("place").max().over("feed", "h").alias("best"))
    return frame.select("feed", "key", "file", "row_no", fate.when(
        pl.col("place") == pl.col("best")).then(pl.lit("published")).otherwise(
        pl.lit("superseded")).alias("fate"))


def _names(history: History) -> tuple[pl.Series, pl.Series, pl.Series]:
    return (pl.Series(history.places.codes), pl.Series(history.goods.sku_ids),
            pl.Series(history.goods.skc_ids))


def sale_lines(history: History, receipts: Receipts, orders: Orders, back: Comebacks,
               sink: Sink) -> pl.DataFrame:
    """One row a sale line (presale: a row a parcel's part), as known on the last day."""
    return pl.concat([_store_lines(history, receipts, back, sink),
                      _online_lines(history, orders)], how="diagonal_relaxed")


def store_fate(history: History, sink: Sink, store: np.ndarray, day: np.ndarray) -> pl.Series:
    """Whether a store day's file has been sent by the last day."""
    late = upload_days(history, store, day) >= history.settings.days
    held = np.zeros(len(day), bool)
    for code, stamp in sink.held:
        number = history.places.codes.index(code)
        date_text = np.array([f"{history.settings.day(d):%Y%m%d}" == stamp for d in
                              range(history.settings.days)])
        held |= (store == number) & date_text[day]
    return pl.select(pl.when(pl.Series(late | held)).then(pl.lit("not_yet_sent")).otherwise(
        pl.lit("published"))).to_series()


def _store_lines(history: History, receipts: Receipts, back: Comebacks, sink: Sink) -> pl.DataFrame:
    settings, goods = history.settings, history.goods
    code, sku_ids, skc_ids = _names(history)
    lines = lines_frame(history, receipts, back).filter(pl.col("units") > 0)
    sku, day = lines["sku"].to_numpy(), lines["day"].to_numpy()
    skc = goods.sku_skc[np.maximum(sku, 0)]
    cost = np.where(sku >= 0, prices.cost_known(history, skc, day), 0)
    staff = receipts.heads.select("store", "day", pl.col("number").alias("receipt_no"), "staff")
    staff_flag = lines.select("store", "day", "receipt_no").join(
        staff, on=["store", "day", "receipt_no"], how="left", maintain_order="left")["staff"]
    wrong = (pl.col("again") >= settings.days) & (pl.col("line_no") == 1)
    strange = pl.format("?/69099{}", (pl.col("line") % 10**8).cast(pl.String).str.zfill(8))
    at = pl.Series(np.maximum(sku, 0))
    unknown = pl.when(pl.col("sku") == -1).then(pl.lit("?/0000")).when(pl.col("sku") == -2).then(
        strange)
    date = dates(settings, day)
    store = code.gather(lines["store"])
    return lines.with_columns(pl.Series("cost", cost)).select(
        pl.concat_str(store, date.dt.strftime("%Y-%m-%d"), "receipt_no", "line_no", separator="|"
                      ).alias("sale_key"),
        pl.lit("pos").alias("source"), pl.lit("store").alias("channel"),
        store.alias("store_code"), store.alias("ship_store_code"),
        pl.col("receipt_no").alias("order_id"), pl.col("line_no").cast(pl.String),
        pl.lit(1, pl.Int64).alias("part"),
        unknown.otherwise(sku_ids.gather(at)).alias("sku_id"),
        unknown.otherwise(skc_ids.gather(pl.Series(skc))).alias("skc_id"),
        date.alias("sale_date"), pl.col("units").alias("sale_units"),
        yuan(pl.col("amount") + pl.when(wrong).then(1000).otherwise(0)).alias("sale_amt"),
        yuan(pl.col("tag") * pl.col("units")).alias("tag_amt"),
        pl.when(pl.col("cost") > 0).then(yuan(pl.col("cost"))).alias("unit_cost"),
        pl.lit(False).alias("is_presale"), pl.col("gift").alias("is_gift"),
        staff_flag.fill_null(False).alias("is_staff"), pl.lit(False).alias("is_reseller"),
        (pl.col("flag") == EXCHANGE).alias("is_exchange"),
        (pl.col("flag") == EARLY).alias("is_before_posting"),
        pl.lit(None, pl.Date).alias("cancelled_date"), date.alias("delivered_date"),
        pl.col("person").alias("person_id"),
        store_fate(history, sink, lines["store"].to_numpy(), day).alias("fate"))


def _online_lines(history: History, orders: Orders) -> pl.DataFrame:
    settings, goods = history.settings, history.goods
    code, sku_ids, skc_ids = _names(history)
    heads = orders.heads.select("order", "day", "cancel_day", "presale")
    parts = orders.parts.join(heads, on="order", maintain_order="left")
    shipped = (pl.col("ship") != NONE) & (pl.col("ship") < settings.days)
    parts = parts.filter(shipped | ~pl.col("presale")).group_by(
        "order", "line_no", "location", "ship", maintain_order=True).agg(
        pl.col("units", "amount").sum(), pl.exclude("units", "amount").first())
    part = pl.col("ship").rank("dense").over("order", "line_no").cast(pl.Int64)
    presale = parts["presale"].to_numpy()
    sale_day = np.where(presale, parts["ship"].to_numpy(), parts["day"].to_numpy())
    sku = parts["sku"].to_numpy()
    skc = goods.sku_skc[sku]
    tag, cost = prices.tag_cents(history, skc, sale_day), prices.cost_known(history, skc, sale_day)
    cancel = parts["cancel_day"].to_numpy()
    cancel = np.where((cancel != NONE) & (cancel < settings.days), cancel, NONE)
    deliver = parts["deliver"].to_numpy()
    deliver = np.where((deliver != NONE) & (deliver < settings.days), deliver, NONE)
    platform = platform_name(parts["platform"].to_numpy())
    location = code.gather(parts["location"])
    money = pl.DataFrame({"tag": tag, "cost": cost})
    return parts.with_columns(money["tag"], money["cost"]).select(
        pl.concat_str(platform, "order_no", "line_no", separator="|").alias("sale_key"),
        pl.lit("ec").alias("source"), platform.alias("channel"),
        pl.lit(None, pl.String).alias("store_code"),
        pl.when(shipped).then(location).alias("ship_store_code"),
        pl.col("order_no").alias("order_id"), pl.col("line_no").cast(pl.String),
        part.alias("part"),
        sku_ids.gather(parts["sku"]).alias("sku_id"),
        skc_ids.gather(pl.Series(skc)).alias("skc_id"),
        dates(settings, sale_day).alias("sale_date"), pl.col("units").alias("sale_units"),
        yuan(pl.col("amount")).alias("sale_amt"), yuan(pl.col("tag") * pl.col("units")
                                                       ).alias("tag_amt"),
        pl.when(pl.col("cost") > 0).then(yuan(pl.col("cost"))).alias("unit_cost"),
        pl.col("presale").alias("is_presale"), pl.lit(False).alias("is_gift"),
        pl.lit(False).alias("is_staff"), (pl.col("flag") == RESELLER).alias("is_reseller"),
        pl.lit(False).alias("is_exchange"), pl.lit(False).alias("is_before_posting"),
        dates(settings, cancel, NONE).alias("cancelled_date"),
        dates(settings, deliver, NONE).alias("delivered_date"),
        pl.col("person").alias("person_id"), pl.lit("published").alias("fate"))


def return_lines(history: History, back: Comebacks, sink: Sink) -> pl.DataFrame:
    """One row a returned line, by posting date; ``sale_key`` points into sale_lines."""
    settings = history.settings
    code, sku_ids, _ = _names(history)
    store = back.store.filter(pl.col("day") < settings.days)
    post = dates(settings, store["day"].to_numpy())
    place = code.gather(store["location"])
    come = store.select(
        pl.concat_str(place, "slip", pl.lit("1"), separator="|").alias("return_key"),
        pl.lit("pos").alias("source"),
        pl.concat_str(code.gather(store["sale_store"]),
                      dates(settings, store["sale_day"].to_numpy()).dt.strftime("%Y-%m-%d"),
                      "receipt_no", "line_no", separator="|").alias("sale_key"),
        post.alias("post_date"), dates(settings, store["sale_day"].to_numpy()).alias("sale_date"),
        sku_ids.gather(store["sku"]).alias("sku_id"), pl.col("units").alias("ret_units"),
        yuan(pl.col("amount")).alias("ret_amt"), place.alias("return_store_code"),
        pl.lit(False).alias("is_boris"), pl.col("exchange").alias("is_exchange"),
        pl.col("resalable").alias("is_resalable"), pl.col("orphan").alias("is_orphan"),
        pl.lit(False).alias("is_presale"),
        store_fate(history, sink, store["location"].to_numpy(), store["day"].to_numpy()
                   ).alias("fate"))
    online = back.online.filter(pl.col("day") < settings.days)
    platform = platform_name(online["platform"].to_numpy())
    sold = np.where(online["source"].to_numpy() == 2, online["ship"].to_numpy(),
                    online["sold"].to_numpy())
    sent = online.select(
        pl.format("{}|R{}{}", platform.alias("p"), "source",
                  pl.col("id").cast(pl.String).str.zfill(9)).alias("return_key"),
        pl.lit("ec").alias("source"),
        pl.concat_str(platform, "order_no", "line_no", separator="|").alias("sale_key"),
        dates(settings, online["day"].to_numpy()).alias("post_date"),
        dates(settings, sold).alias("sale_date"),
        sku_ids.gather(online["sku"]).alias("sku_id"), pl.col("units").alias("ret_units"),
        yuan(pl.col("amount")).alias("ret_amt"),
        code.gather(online["location"]).alias("return_store_code"),
        pl.col("boris").alias("is_boris"), pl.lit(False).alias("is_exchange"),
        pl.col("resalable").alias("is_resalable"), pl.lit(False).alias("is_orphan"),
        (pl.col("source") == 2).alias("is_presale"), pl.lit("published").alias("fate"))
    return pl.concat([come, sent], how="vertical_relaxed")


def stock_days(history: History, closing: pl.DataFrame) -> pl.DataFrame:
    """On-hand and transit at the close, as half-open intervals of days; a row a change."""
    settings, places = history.settings, history.places
    code, sku_ids, _ = _names(history)
    frame = closing.with_columns(
        pl.col("day").shift(-1).over("location", "sku").fill_null(-1).alias("until"))
    visible = np.array([bool(p) or n >= places.stores for n, p in enumerate(places.has_pos)])
    return frame.select(
        code.gather(frame["location"]).alias("store_code"),
        sku_ids.gather(frame["sku"]).alias("sku_id"),
        dates(settings, frame["day"].to_numpy()).alias("valid_from"),
        dates(settings, frame["until"].to_numpy(), -1).alias("valid_to"),
        pl.col("onhand").alias("onhand_units"), pl.col("transit").alias("transit_units"),
        pl.Series(visible).gather(frame["location"]).alias("is_visible"))


def presale(history: History, orders: Orders) -> pl.DataFrame:
    """One row a presale order as known on the last day."""
    settings = history.settings
    _, sku_ids, skc_ids = _names(history)
    heads = orders.heads.filter(pl.col("presale"))
    parts = orders.parts.filter(pl.col("source") == 2)
    sent = parts.filter(pl.col("ship") != NONE, pl.col("ship") < settings.days).group_by(
        "order").agg(pl.col("units").sum().alias("shipped_units"), pl.col("ship").min())
    heads = heads.join(sent, on="order", how="left", maintain_order="left")
    unpaid = pl.col("paid_at").is_null()
    known = pl.col("closed_at").dt.date() < settings.day(settings.days)
    paid = pl.col("paid_at").dt.date() < settings.day(settings.days)
    return heads.select(
        "order_no", platform_name(heads["platform"].to_numpy()).alias("platform"),
        sku_ids.gather(heads["sku"]).alias("sku_id"), skc_ids.gather(heads["skc"]).alias("skc_id"),
        pl.col("units").alias("presale_units"), pl.col("created_at").dt.date().alias("deposit_date"),
        pl.when(paid).then(pl.col("paid_at").dt.date()).alias("balance_date"),
        pl.when(known & ~(unpaid & (pl.col("order") % 2 == 0))).then(
            pl.col("closed_at").dt.date()).alias("cancelled_date"),
        pl.col("shipped_units").fill_null(0),
        dates(settings, heads["ship"].fill_null(NONE).to_numpy(), NONE).alias("shipped_date"),
        pl.col("person").alias("person_id"))


def launches(history: History, closing: pl.DataFrame, orders: Orders) -> pl.DataFrame:
    """Planted shape of each SKC and its launch by rule D6 as it really came out."""
    settings, goods, places = history.settings, history.goods, history.places
    shops = np.flatnonzero(places.has_pos[: places.stores])
    skc_of = pl.Series(goods.sku_skc)
    frame = closing.filter(pl.col("location").is_in(shops.tolist()))
    frame = frame.with_columns(skc_of.gather(frame["sku"]).alias("skc")).with_columns(
        (pl.col("onhand").clip(0) - pl.col("onhand").clip(0).shift(1, fill_value=0).over(
            "location", "sku")).alias("delta"))
    cells = frame.group_by("location", "skc", "day").agg(pl.col("delta").sum()).sort(
        "location", "skc", "day").with_columns(
        (pl.col("delta").cum_sum().over("location", "skc") > 0).cast(pl.Int64).alias("has"))
    cells = cells.with_columns(
        (pl.col("has") - pl.col("has").shift(1, fill_value=0).over("location", "skc")).alias("step"))
    count = cells.group_by("skc", "day").agg(pl.col("step").sum()).sort("skc", "day").with_columns(
        pl.col("step").cum_sum().over("skc").alias("stores"))
    planned = goods.planned[shops].sum(axis=0)
    need = np.maximum(5, np.ceil(planned * 0.1)).astype(np.int64)
    by_stock = count.filter(pl.col("stores") >= pl.Series(need).gather(count["skc"])).group_by(
        "skc").agg(pl.col("day").min().alias("by_stock"))
    sold = pl.concat([
        pl.DataFrame({"sku": rows_["sku"], "day": rows_["day"]})
        for rows_ in (history.store_lines, history.online_lines)])
    sold = sold.with_columns(skc_of.gather(sold["sku"]).alias("skc")).group_by("skc").agg(
        pl.col("day").min().alias("by_sale"))
    base = pl.DataFrame({"skc": np.arange(goods.skcs)}).join(
        by_stock, on="skc", how="left", maintain_order="left").join(
        sold, on="skc", how="left", maintain_order="left")
    base = base.with_columns(pl.coalesce("by_stock", "by_sale").fill_null(NONE).alias("launch"))
    day = base["launch"].to_numpy()
    status = np.where(day == NONE, "pre_launch", np.where(
        day < UNKNOWN_LAUNCH_DAYS, "launch_unknown", "ok"))
    return pl.DataFrame({
        "skc_id": goods.skc_ids, "shape": [curves.NAMES[c] for c in goods.curve],
        "planted_hit": goods.planted_hit, "is_carry_over": goods.carry,
        "launch_date": dates(settings, day, NONE), "launch_status": status,
        "first_sale_date": dates(settings, base["by_sale"].fill_null(NONE).to_numpy(), NONE),
        "planned_launch": dates(settings, np.maximum(goods.planned_launch, -900)),
        "planned_stores": planned, "first_order_units": np.where(
            goods.carry | goods.initial, 0, goods.first_buy),
        "potential": goods.potential.round(1),
        "local_region": goods.local_region})


def purchase(history: History) -> pl.DataFrame:
    """Purchase order lines as known on the last day."""
    settings = history.settings
    rows_ = pl.DataFrame(history.supply.orders.arrays()).cast(pl.Int64)
    rows_ = pl.concat([po_numbers(history), rows_], how="horizontal").filter(
        pl.col("ordered") < settings.days)
    got = (pl.when(pl.col("arrive1") < settings.days).then(pl.col("units1")).otherwise(0)
           + pl.when(pl.col("arrive2") < settings.days).then(pl.col("units2")).otherwise(0))
    cut = (pl.col("cancel_day") > -1000) & (pl.col("cancel_day") < settings.days)
    return rows_.select(
        "po_no", "line_no",
        pl.Series(["first", "reorder", "carry_over"]).gather(rows_["kind"]).alias("po_type"),
        pl.Series(history.goods.sku_ids).gather(rows_["sku"]).alias("sku_id"),
        pl.col("units").alias("ordered_units"), got.alias("received_units"),
        pl.when(cut).then(pl.col("cancelled")).otherwise(0).alias("cancelled_units"),
        dates(settings, np.maximum(rows_["ordered"].to_numpy(), -900)).alias("order_date"),
        dates(settings, rows_["promised"].to_numpy()).alias("first_promised_date"))


def persons(history: History, people: People) -> pl.DataFrame:
    """Who has which card, phone and accounts; who is staff, who resells."""
    number = np.arange(people.count)
    return pl.DataFrame({
        "person_id": number, "member_no": people.member_no, "phone": people.phone,
        "joined_date": dates(history.settings, people.joined, 10**6),
        "is_staff": np.isin(number, people.staff), "is_reseller": np.isin(number, people.resellers),
        **{p: pl.select(pl.when(pl.Series(has)).then(names)).to_series() for p, has, names in
           zip(PLATFORMS, people.accounts, people.account_names, strict=True)}})


def refunds(history: History, back: Comebacks) -> pl.DataFrame:
    """Money given back without goods, and paid orders cancelled before shipping."""
    frame = back.refunds.filter(pl.col("refund_type") == "仅退款", pl.col("done_at").is_not_null(),
                                pl.col("done_at").dt.date() < history.settings.day(
                                    history.settings.days))
    return frame.select(
        platform_name(frame["platform"].to_numpy()).alias("platform"), "refund_no", "order_no",
        pl.col("line_no").cast(pl.String), yuan(pl.col("amount")).alias("refund_amt"),
        pl.col("done_at").dt.date().alias("post_date"),
        pl.col("refund_no").str.starts_with("C").alias("is_cancellation"))
