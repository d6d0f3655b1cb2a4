"""Extra feeds before goods arrive: order fairs, production, bills of material, supplier documents.

Every row has its cause in a purchase order or in a style that was bought. Purchase orders
themselves, and what happens to goods after their arrival, do not belong here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports.stock import po_numbers
from simulator.exports.workbook import Book, write_row
from simulator.more.base import Past
from simulator.more.files import Writer
from simulator.trade.supply import FIRST
from simulator.world.catalogue import SIZES, SUPPLIERS
from simulator.world.windows import moment, versions

SIZE_COLUMNS = list(dict.fromkeys(size[0] for run in SIZES.values() for size in run))
GRADES = ("A", "B", "C")
DAMAGED_SHARE, UNREADABLE_SHARE = 0.03, 0.03
YARD = 0.9144  # metres
MATERIALS = (  # code, unit, usage, loss, price
    ("纽扣", "个", 6.0, "2%", 0.35),
    ("主唛洗水唛", "套", 1.0, "1%", 0.28),
)


def export(past: Past, writer: Writer) -> None:
    """Write the four feeds."""
    for day in writer.full_days():
        _futures(past, writer, day)
    bought = _bought(past)
    _production(past, writer, bought)
    writer.full("erp/erp_bom", lambda day: _materials(past, day))
    writer.delta("scm/scm_doc", _documents(past, bought))


def _ids(past: Past, skc: pl.Series) -> list[pl.Series]:
    """Style and colour code of each SKC."""
    parts = pl.Series(past.history.goods.skc_ids).gather(skc).str.split("/")
    return [parts.list.get(0).alias("style"), parts.list.get(1).alias("colour")]


def _futures(past: Past, writer: Writer, day: int) -> None:
    """A workbook for each fair: the first orders by customer, sizes across the columns.

    What the franchisees ordered and the rest, for own stores, add up to the purchase order.
    """
    goods, places = past.history.goods, past.history.places
    orders = pl.DataFrame(past.history.supply.orders.arrays())
    first = orders.filter((pl.col("kind") == FIRST) & (pl.col("ordered") <= day))
    fairs: dict[str, list[int]] = {}
    for skc in first["skc"].unique().sort().to_list():
        style = goods.styles[goods.style[skc]]
        fairs.setdefault(f"{style['year']}{style['season']}", []).append(skc)
    units = dict(first.select("sku", "units").iter_rows())
    partner = np.array([o == "加盟" for o in places.ownership[: places.stores]])
    header = ["订货会", "款号", "品名", "颜色代码", "客户", *SIZE_COLUMNS, "合计", "订货等级",
              "目标店数"]  # fmt: skip
    for fair, skcs in sorted(fairs.items()):
        name = f"erp/erp_futures_matrix_full_{past.settings.day(day):%Y%m%d}_{fair}.xlsx"
        file, count, place, total = writer.file(name), 0, 2, np.zeros(len(SIZE_COLUMNS), np.int64)
        with Book(file) as book:
            sheet = book.sheet("订货汇总", f"{fair}订货会 订货汇总表", header)
            by_style: dict[int, list[int]] = {}
            for skc in skcs:
                by_style.setdefault(int(goods.style[skc]), []).append(skc)
            for style_no, colours in by_style.items():
                style, top, sums = goods.styles[style_no], place, np.zeros_like(total)
                for skc in colours:
                    for customer, cells in _ordered(past, skc, units, partner):
                        some = [int(n) or None for n in cells]
                        grade = GRADES[int(goods.grade[skc])]
                        target = int(goods.planned[:, skc].sum())
                        colour = goods.skc_ids[skc].split("/")[1]
                        row = [None, None, None, colour, customer, *some, int(cells.sum())]
                        write_row(sheet, place, [*row, grade, target])
                        sums, place, count = sums + cells, place + 1, count + 1
                shown = [f"{fair}订货会", style["code"], style["name"]]
                for column, text in enumerate(shown):
                    if place - top > 1:
                        sheet.merge_range(top, column, place - 1, column, str(text), book.middle)
                    else:
                        sheet.write_string(top, column, str(text))
                write_row(sheet, place, [None, None, None, "小计", None, *map(int, sums),
                                         int(sums.sum())])  # fmt: skip
                total, place = total + sums, place + 1
            write_row(sheet, place, ["合计", None, None, None, None, *map(int, total),
                                     int(total.sum())])  # fmt: skip
        writer.note("matrix/erp_futures", file, count)
        writer.sink.progress(f"erp_futures {fair}: {count:,} rows")


def _ordered(
    past: Past, skc: int, units: dict[int, int], partner: np.ndarray
) -> list[tuple[str, np.ndarray]]:
    """(customer, pieces by size column) of all who ordered an SKC."""
    goods, places = past.history.goods, past.history.places
    planned = goods.planned[:, skc]
    cells = np.zeros(len(SIZE_COLUMNS), np.int64)
    first = int(goods.sku_first[skc])
    for sku in range(first, first + int(goods.sku_count[skc])):
        cells[SIZE_COLUMNS.index(goods.sku_size[sku][0])] += units[sku]
    share = cells // (2 * max(int(planned.sum()), 1))  # a franchisee dares half of what we do
    rows = [(f"KH{n + 1:04d}", share) for n in np.flatnonzero(planned & partner) if share.sum()]
    return [*rows, (places.codes[places.stores], cells - share * len(rows))]


def _bought(past: Past) -> pl.DataFrame:
    """One row a purchase order."""
    rows = pl.DataFrame(past.history.supply.orders.arrays())
    return (
        rows.with_columns(po_numbers(past.history)["po_no"])
        .group_by("number", maintain_order=True)
        .agg(
            pl.col("po_no", "kind", "skc", "ordered", "promised", "arrive1", "arrive2").first(),
            pl.col("units", "units1", "units2", "cancelled").sum(),
        )
        .with_columns(pl.col("units1", "units2", "units", "cancelled").cast(pl.Int64))
    )


def _events(past: Past, bought: pl.DataFrame) -> pl.DataFrame:
    """Reports of the factories on each order, in time for its arrival."""
    due, span = pl.col("units1") + pl.col("units2"), pl.col("arrive1") - pl.col("ordered")
    steps: list[tuple[str, int, pl.Expr, pl.Expr, bool]] = [
        ("裁剪", 1, pl.col("ordered") + span * 35 // 100, due, False),
        ("车缝", 1, pl.col("ordered") + span * 60 // 100, due, True),
        ("车缝", 2, pl.col("ordered") + span * 80 // 100, due, False),
        ("质检", 1, pl.col("arrive1") - 2, pl.col("units1"), False),
        ("质检", 2, pl.col("arrive2") - 2, pl.col("units2"), False),
    ]
    parts = [
        bought.with_columns(
            day.alias("day"), many.alias("due"), process=pl.lit(process), event=event,
            part=pl.lit(half), checks=pl.lit(process == "质检"),
        )
        for process, event, day, many, half in steps
    ]  # fmt: skip
    seen = (pl.col("day") >= 0) & (pl.col("day") < past.settings.days) & (pl.col("due") > 0)
    return pl.concat(parts, how="vertical_relaxed").filter(seen).sort("day", "number", "event")


def _production(past: Past, writer: Writer, bought: pl.DataFrame) -> None:
    """A workbook a window with a sheet for each factory, typed as each of them likes."""
    goods, settings = past.history.goods, past.settings
    events = _events(past, bought)
    number, event = events["number"].to_numpy(), events["event"].to_numpy()
    factory = goods.supplier[events["skc"].to_numpy()]
    step = number * 10 + event + events["checks"].to_numpy() * 5
    defect = np.round(events["due"].to_numpy() * 0.02 * past.luck("defects", step))
    made = moment(settings, events["ordered"].to_numpy(), 0, -(10**6)).dt.strftime("%y%m%d")
    order_no = pl.format("88{}{}", made, pl.col("number").cast(pl.String).str.zfill(5))
    lost = pl.Series(past.luck("digits lost", step) < DAMAGED_SHARE)
    vague = pl.Series(past.luck("vague hours", step) < UNREADABLE_SHARE) & events["checks"]
    with_unit, style = pl.Series(factory % 2 == 0), pl.Series(factory % 3)
    day = moment(settings, events["day"].to_numpy(), 0, -(10**6))
    grouped = pl.when(pl.col("due") >= 1000).then(
        pl.format("{},{}件", pl.col("due") // 1000,
                  (pl.col("due") % 1000).cast(pl.String).str.zfill(3))
    ).otherwise(pl.format("{}件", "due"))  # fmt: skip
    plain = pl.col("due").cast(pl.String)
    total = (pl.col("due") + pl.Series(defect).cast(pl.Int64)).cast(pl.String)
    hours = (pl.col("due") * 0.4).round(1).cast(pl.String)
    rows = events.with_columns(*_ids(past, events["skc"])).select(
        past.window_of(events["day"].to_numpy()),
        pl.Series("_factory", factory),
        pl.when(lost).then(pl.format("{}E+12", order_no.str.head(6).str.replace("^8", "8.")))
        .otherwise(order_no).alias("生产单号"),
        pl.col("process").alias("工序"),
        pl.col("event").alias("事件序"),
        pl.col("po_no").alias("采购单号"),
        pl.col("style").alias("款号"),
        pl.col("colour").alias("颜色"),
        pl.Series([s[1] for s in SUPPLIERS]).gather(pl.Series(factory)).alias("工厂"),
        pl.when(with_unit).then(grouped).otherwise(plain).alias("计划数"),
        pl.when("part").then(pl.lit("已完成80%")).when("checks").then(total)
        .when(with_unit).then(grouped).otherwise(plain).alias("完工数"),
        pl.when("checks").then(plain).alias("合格数"),
        pl.when("checks").then(pl.Series(defect).cast(pl.Int64)).alias("次品数"),
        pl.when("checks").then(pl.Series(defect // 2).cast(pl.Int64)).alias("返工数"),
        pl.when("checks").then(
            pl.when(vague).then(pl.format("约{}小时", hours)).otherwise(hours)
        ).alias("工时"),
        pl.when(style == 0).then(day.dt.strftime("%-m.%-d"))
        .when(style == 1).then(day.dt.strftime("%Y年%-m月%-d日"))
        .otherwise(day.dt.strftime("%Y-%m-%d")).alias("实际时间"),
        lost.alias("_bad"),
        vague.alias("_vague"),
    )  # fmt: skip
    for (window,), part in sorted(rows.partition_by("_win", as_dict=True).items()):
        if not writer.sink.wanted(int(str(window))):
            continue
        stamp = writer.windows.all[int(str(window))].stamp
        file = writer.file(f"erp/erp_production_supplier_delta_{stamp}_1.xlsx")
        with Book(file) as book:
            for (place,), mine in sorted(part.partition_by("_factory", as_dict=True).items()):
                supplier = SUPPLIERS[int(str(place))]
                shown = mine.select(pl.exclude("^_.*$"))
                book.table(supplier[0], f"{supplier[1]} 生产进度", shown)
        writer.note("supplier/erp_production", file, part.height, int(part["_bad"].sum()),
                    int(part["_vague"].sum()))  # fmt: skip
    writer.sink.progress(f"erp_production: {rows.height:,} rows")


def _materials(past: Past, day: int) -> pl.DataFrame:
    """What a piece is made of: cloth by metre or yard, yarn by weight, and small parts."""
    goods = past.history.goods
    skcs = np.flatnonzero((goods.planned_launch <= day + 90) & (goods.first_buy > 0))
    rows = []
    for skc in skcs.tolist():
        style = goods.styles[goods.style[skc]]
        code, colour = goods.skc_ids[skc].split("/")
        used = 0.9 + 0.8 * float(past.luck("cloth", int(goods.style[skc]))[0])
        real = 1 + 0.06 * float(past.luck("waste", skc)[0])
        left = int(past.whole("cloth left", 0, 900, skc)[0])
        unit, size, price = "米", used, 28.0
        if style["fabric"] == "羊毛":
            unit, size, price = "公斤", used * 0.35, 160.0
        elif skc % 3 == 0:
            unit, size, price = "码", used / YARD, 28.0 * YARD
        cloth = (f"{style['fabric']}面料-{colour}", unit, size, "5%", price)
        for name, measure, amount, loss, each in (cloth, *MATERIALS):
            rows.append((code, colour, name, measure, round(amount, 3), loss,
                         round(amount * real, 3), left, each))  # fmt: skip
    names = ["款号", "颜色", "物料", "单位", "单耗", "损耗率", "实耗", "库存", "价格"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("单耗", "实耗").cast(pl.String)
    )


def _documents(past: Past, bought: pl.DataFrame) -> pl.DataFrame:
    """Sample and quote of each first order, contract and statement of every order."""
    goods, settings = past.history.goods, past.settings
    first = bought.filter(pl.col("kind") == FIRST)
    received = pl.col("units1") + pl.col("units2")
    kinds: list[tuple[str, str, str, pl.DataFrame, pl.Expr, int, pl.Expr]] = [
        ("YY", "样衣", "确认样", first, pl.col("ordered") - 40, 12, pl.lit(1)),
        ("BJ", "报价", "核价", first, pl.col("ordered") - 20, 6, pl.lit(1)),
        ("HT", "合同", "签约", bought, pl.col("ordered") - 3, 3, pl.col("units")),
        ("DZ", "对账", "月结", bought, pl.col("arrive1") + 15, 7, received),
    ]
    parts = [
        rows.select(
            pl.format("{}-{}", pl.lit(letters), pl.col("po_no")).alias("单据号"),
            pl.lit(step).alias("步骤"),
            pl.lit(kind).alias("类型"),
            "skc",
            day.alias("day"),
            (day + lag // 2).alias("answer"),
            (day + lag).alias("end"),
            pieces.alias("pieces"),
        )
        for letters, kind, step, rows, day, lag, pieces in kinds
    ]
    rows = pl.concat(parts, how="vertical_relaxed")
    skc = rows["skc"].to_numpy()
    never = -(10**6)
    frame = rows.with_columns(
        *_ids(past, rows["skc"]),
        pl.Series([s[0] for s in SUPPLIERS]).gather(pl.Series(goods.supplier[skc])).alias("供应商"),
        pl.Series("cost", goods.cost[skc] / 100),
        *(
            moment(settings, rows[name].to_numpy(), second, never).alias(f"{name}_at")
            for name, second in (("day", 34_000), ("answer", 41_000), ("end", 59_000))
        ),
    )
    frame = versions(frame, ["day_at", "answer_at", "end_at"], past.windows)
    return frame.filter(pl.col("day_at").is_not_null()).select(
        "_win",
        "单据号",
        "步骤",
        "类型",
        "供应商",
        pl.col("style").alias("款号"),
        pl.col("day_at").alias("提交时间"),
        pl.col("answer_at").alias("回复时间"),
        pl.col("end_at").alias("批准时间"),
        (pl.col("cost") * pl.col("pieces")).round(2).alias("金额"),
        pl.when(pl.col("end_at").is_not_null())
        .then(pl.lit("已批准"))
        .when(pl.col("answer_at").is_not_null())
        .then(pl.lit("已回复"))
        .otherwise(pl.lit("待回复"))
        .alias("状态"),
    )
