"""A small retailer's files for the edge cases that begin before the core facts.

What belongs here: the files of the first morning, those that come a day late, and the retailer's
own lists. What does not: expected values. Every case has a style of its own; the stores trade every
day with a filler style, so that their files are complete unless a case says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from baokuan.home import Home

LAST = date(2026, 10, 31)
LAUNCH = date(2026, 10, 1)
STORES = ("S1", "S2", "S5", "S6", "NEW1")
STYLES = ("RECODE", "MERGE", "TWICE", "NUMBER", "PRICE", "NIGHT", "VIEW", "EARLY", "SILENT")
PLANS = {"RECODE": ("NEW1",), "SILENT": ("S5", "S6")}
LINE = ("店仓代码", "业务日", "小票号", "行号", "条码", "数量", "成交额", "上传时间")
Rows = Iterable[Iterable[object]]


def write(home: Home, name: str, heads: Iterable[str], rows: Rows) -> Path:
    path = home.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [heads, *rows]
    path.write_text(
        "".join(",".join(str(cell) for cell in line) + "\n" for line in lines), encoding="utf-8"
    )
    return path


def barcode(style: str, color: str = "C1") -> str:
    return f"{style}-{color}-M"


def sold(store: str, day: str, number: str, style: str, units: int = 1, **more: str) -> list:
    """A receipt line of one style, size M, at 80 yuan."""
    code = barcode(style, more.get("color", "C1"))
    at = more.get("uploaded", f"{day} 22:00:00")
    return [store, day, number, 1, code, units, f"{80 * units}.00", at]


def settings(home: Home) -> None:
    """Launch days for all, a store that got a new code, a colour merged into another."""
    folder = home.root / "config"
    folder.mkdir(parents=True, exist_ok=True)
    launched = [f"{style}/C1,{LAUNCH}" for style in STYLES if style != "MERGE"]
    listed = ["skc_id,launch_date", *launched, f"MERGE/C2,{LAUNCH}"]
    (folder / "launch_overrides.csv").write_text("\n".join(listed) + "\n")
    (folder / "code_map.csv").write_text(
        "kind,old_code,new_code\nstore,OLD1,NEW1\nskc,MERGE/C1,MERGE/C2\n"
    )


def masters(home: Home) -> None:
    colors = [(style, "C1") for style in ("FILLER", *STYLES)] + [("MERGE", "C2")]
    write(
        home, "erp/erp_style_full_20261031_1.csv",
        ("款号", "品名", "年份", "季节", "波段", "小类"),
        [(style, style, 2026, "2026秋", 1, "T恤") for style in ("FILLER", *STYLES)],
    )  # fmt: skip
    write(home, "erp/erp_skc_full_20261031_1.csv", ("款号", "颜色代码", "颜色名称"),
          [(style, color, "黑") for style, color in colors])  # fmt: skip
    write(home, "erp/erp_sku_full_20261031_1.csv",
          ("条码", "款号", "颜色代码", "尺码代码", "尺码序号"),
          [(barcode(style, color), style, color, "M", 1) for style, color in colors])  # fmt: skip
    write(
        home, "erp/erp_location_full_20261031_1.csv",
        ("店仓代码", "名称", "类型", "性质", "大区", "开业日"),
        [(store, store, "门店", "直营", "华北" if store == "S6" else "华东", "2020-01-01")
         for store in STORES] + [("DC", "总仓", "总仓", "直营", "", "2020-01-01")],
    )  # fmt: skip
    write(
        home, "erp/erp_price_full_20261031_1.csv",
        ("价格表", "款号", "颜色代码", "生效日", "吊牌价", "修改时间"),
        [("P1", style, "", "2026-01-01", "100.00", "2026-01-01 08:00:00") for style in STYLES],
    )  # fmt: skip
    planned = [
        ("2026AW", style, color, store)
        for style, color in colors[1:]
        for store in PLANS.get(style, ("S1", "S2"))
    ]
    write(home, "erp/erp_assortment_full_20261031_1.csv", ("季", "款号", "颜色", "店仓"), planned)
    write(
        home, "erp/erp_stock_move_delta_20261031_1.csv",
        ("单号", "行号", "单据类型", "发出店仓", "接收店仓", "条码", "发出数", "发出时间",
         "接收数", "接收时间"),
        [("M1", 1, "采购入", "", "DC", barcode("RECODE"), "", "", 20, "2026-09-20 10:00:00"),
         ("M2", 1, "配货", "DC", "OLD1", barcode("RECODE"), 10, "2026-09-25 10:00:00", 10,
          "2026-09-28 10:00:00"),
         ("M3", 1, "采购入", "", "DC", barcode("SILENT"), "", "", 20, "2026-09-20 10:00:00")],
    )  # fmt: skip


def history(home: Home) -> None:
    """Three months of quiet trade in one file, which speaks for every store until 30 October."""
    days = [date(2026, 8, 1) + timedelta(days=n) for n in range(91)]
    rows = [
        sold("OLD1" if store == "NEW1" and day < date(2026, 10, 20) else store, str(day),
             f"F{day:%m%d}", "FILLER")
        for store in STORES
        for day in days
    ]  # fmt: skip
    rows += [
        sold("OLD1", "2026-10-19", "R1", "RECODE", 2),
        sold("NEW1", "2026-10-25", "R2", "RECODE", 3),
        sold("S1", "2026-10-25", "R3", "MERGE", 2),
        sold("S2", "2026-10-26", "R4", "MERGE", 3, color="C2"),
        sold("S1", "2026-10-25", "R5", "TWICE", 2, uploaded="2026-10-25 21:00:00"),
        sold("S1", "2026-10-25", "R900", "NUMBER"),
        sold("S2", "2026-10-25", "R900", "NUMBER"),
        sold("S1", "2026-10-26", "R900", "NUMBER"),
        sold("S1", "2026-10-25", "R6", "PRICE"),
        sold("S5", "2026-10-29", "R7", "SILENT", 4),
        sold("S6", "2026-10-30", "R8", "SILENT", 1),
    ]
    write(home, "pos/pos_receipt_line_delta_202610_1.csv", LINE, rows)


def last_days(home: Home) -> None:
    """What the stores sent by day: an upload repeated, trade after midnight, one store silent."""
    again = sold("S1", "2026-10-25", "R5", "TWICE", 2, uploaded="2026-10-26 09:00:00")
    write(home, "pos/pos_receipt_line_delta_20261026_S1.csv", LINE, [again])
    for day, number, at in (("25", "N1", "26 01:30:00"), ("26", "N2", "26 04:30:00")):
        heads = ("店仓代码", "小票号", "行号", "条码", "数量", "成交额")
        line = ("S2", number, 1, barcode("NIGHT"), 1, "80.00")
        write(home, f"pos/pos_receipt_line_delta_202610{day}_S2.csv", heads, [line])
        receipt = ("S2", number, f"2026-10-{at}", "销售", 1, "80.00")
        heads = ("店仓代码", "小票号", "销售时间", "类型", "件数", "实收")
        write(home, f"pos/pos_receipt_delta_202610{day}_S2.csv", heads, [receipt])
    for store in STORES:
        if store != "S6":
            trade = [sold(store, str(LAST), "F1031", "FILLER")]
            write(home, f"pos/pos_receipt_line_delta_20261031_{store}.csv", LINE, trade)
    write(
        home, "pos/pos_return_delta_20261028_S1.csv",
        ("店仓", "退货单号", "行号", "原店仓", "原业务日", "原小票号", "原行号", "条码", "数量",
         "退款额", "时间"),
        [("S1", "B1", 1, "S2", "2026-10-20", "R20", 1, barcode("EARLY"), 1, "80.00",
          "2026-10-28 15:00:00")],
    )  # fmt: skip
    seen = [
        ("e1", "2026-10-24T15:30:00Z", "ann", "pdp_view"),
        ("e2", "2026-10-24T16:30:00Z", "bea", "pdp_view"),
        ("e3", "2026-10-31T15:59:59Z", "cem", "pdp_view"),
        ("e4", "2026-10-31T15:59:59Z", "cem", "add_cart"),
        ("e5", "2026-10-31T16:00:00Z", "dot", "pdp_view"),
    ]
    path = home.landing / "ec" / "ec_event_delta_20261031_1.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(
            f'{{"event_id": "{key}", "event_at": "{at}", "anon_id": "{who}", "event": "{what}", '
            '"platform": "miniapp", "style_code": "VIEW", "color_code": "C1"}\n'
            for key, at, who, what in seen
        )
    )


def first_morning(home: Home) -> None:
    settings(home)
    masters(home)
    history(home)
    last_days(home)


def a_day_late(home: Home) -> None:
    """The sale of a return that is here already, the silent store's file, a new price list."""
    late = sold("S2", "2026-10-20", "R20", "EARLY", 2)
    write(home, "pos/pos_receipt_line_delta_20261020_S2.csv", LINE, [late])
    trade = [sold("S6", str(LAST), "R9", "SILENT", 2)]
    write(home, "pos/pos_receipt_line_delta_20261031_S6.csv", LINE, trade)
    write(
        home, "erp/erp_price_full_20261101_1.csv",
        ("价格表", "款号", "颜色代码", "生效日", "失效日", "吊牌价", "修改时间"),
        [("P1", "PRICE", "", "2026-01-01", "2026-10-28", "125.00", "2026-10-31 20:00:00"),
         ("P1", "PRICE", "", "2026-10-29", "", "90.00", "2026-10-31 20:00:00")],
    )  # fmt: skip
