"""Faults between files and of whole files: M6 to M13, M15, M16, M19, M20."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta

from ingest.arrive import arrivals
from ingest.contract import load_all
from tests.mess.retailer import DAY, LINES, Retailer, Rows, Score, csv_text

CONTRACTS = load_all()
FULL = "erp/erp_sku_full_{}_1.csv"


def _again(shop: Retailer, rows: Rows) -> None:
    shop.land(f"pos/pos_receipt_line_delta_{DAY}_S1b.csv", csv_text(rows))
    shop.load()


def same_file(shop: Retailer) -> Score:
    text = csv_text(shop.lines())
    shop.land(LINES, text)
    shop.load()
    shop.land("pos/pos_receipt_line_delta_20261031_copy.csv", text)
    outcome = shop.one()
    return Score(1, int(outcome.status == "duplicate"), outcome.rows_kept)


def overlapping(shop: Retailer) -> Score:
    """Two deltas share rows: the rows are known, staging takes each once."""
    rows = shop.lines()
    shop.land(LINES, csv_text(rows[:40]))
    shop.load()
    _again(shop, rows[30:])
    return Score(10, min(shop.logged("repeated"), 10), max(shop.logged("repeated") - 10, 0))


def doubled_rows(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows)
    shop.land(LINES, csv_text(rows + [rows[p] for p in places]))
    shop.load()
    return Score(len(places), shop.logged("repeated"))


def conflicts(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows)
    other = [rows[p] | {"成交额": "1.00"} for p in places]
    shop.land(LINES, csv_text(rows + other))
    shop.load()
    return Score(len(places), shop.logged("conflict"))


def late_rows(shop: Retailer) -> Score:
    shop.land(LINES, csv_text(shop.lines()))
    shop.load()
    rows = shop.lines(20, day="2026-11-01")
    places = shop.some(rows, 4)
    for place in places:
        rows[place]["业务日"] = "2026-10-2" + str(shop.random.randrange(9))
        rows[place]["小票号"] = f"L{place}"
    shop.land("pos/pos_receipt_line_delta_20261101_S1.csv", csv_text(rows))
    shop.load()
    return Score(len(places), min(shop.logged("late"), 4), max(shop.logged("late") - 4, 0))


def restated_rows(shop: Retailer) -> Score:
    rows = shop.lines()
    shop.land(LINES, csv_text(rows))
    shop.load()
    places = shop.some(rows)
    changed = [rows[p] | {"成交额": "1.25", "上传时间": "2026-11-01 08:00:00"} for p in places]
    _again(shop, changed)
    return Score(len(places), shop.logged("restated"))


def few_deletions(shop: Retailer) -> Score:
    rows = shop.barcodes()
    shop.land(FULL.format("20261030"), csv_text(rows))
    shop.load()
    gone = set(shop.some(rows))
    shop.land(FULL.format("20261031"), csv_text([r for i, r in enumerate(rows) if i not in gone]))
    outcome = shop.one()
    return Score(len(gone), shop.logged("gone"), int(outcome.status != "loaded"))


def many_deletions(shop: Retailer) -> Score:
    rows = shop.barcodes()
    shop.land(FULL.format("20261030"), csv_text(rows))
    shop.load()
    keep = 20 + shop.random.randrange(20)
    shop.land(FULL.format("20261031"), csv_text(rows[:keep]))
    outcome = shop.one()
    return Score(1, int(outcome.status == "held" and "are gone" in outcome.reason))


def cut_file(shop: Retailer) -> Score:
    text = csv_text(shop.lines())
    place = text.rindex("\n", 0, -1) + 1 + shop.random.randrange(3, 20)
    shop.land(LINES, text[:place])
    outcome = shop.one()
    return Score(1, int(outcome.status == "blocked" and "cut" in outcome.reason))


def empty_file(shop: Retailer) -> Score:
    shop.land(LINES, b"")
    return Score(1, int(shop.one().status == "blocked"))


def row_limit(shop: Retailer) -> Score:
    line = "S1,2026-10-31,1,{},690,1,10.00\n"
    text = "店仓代码,业务日,小票号,行号,条码,数量,成交额\n"
    shop.land(LINES, text + "".join(line.format(i) for i in range(65_535)))
    outcome = shop.one()
    return Score(1, int(outcome.status == "blocked" and "row limit" in outcome.reason))


def _with_manifest(damage: str) -> Callable[[Retailer], Score]:
    """A file cut between two rows, which only a manifest can tell; and a whole one beside it."""

    def fault(shop: Retailer) -> Score:
        rows, other = shop.lines(), shop.lines(store="S2")
        whole = csv_text(rows)
        total = sum(float(row["成交额"]) for row in rows)
        entry: dict[str, object] = {"file": LINES.split("/")[1]}
        said: dict[str, object] = {
            "rows": len(rows),
            "sums": {"sale_amt": f"{total:.2f}"},
            "sha256": hashlib.sha256(whole.encode()).hexdigest(),
        }
        entry[damage] = said[damage]
        beside = {"file": f"pos_receipt_line_delta_{DAY}_S2.csv", "rows": len(other)}
        shop.land(f"pos/pos_manifest_{DAY}.json", json.dumps({"files": [entry, beside]}))
        shop.land(LINES, csv_text(rows[: -shop.random.randrange(1, 9)]))
        shop.land(f"pos/pos_receipt_line_delta_{DAY}_S2.csv", csv_text(other))
        cut, good = shop.load()
        found = cut.status == "blocked" and "manifest" in cut.reason
        return Score(1, int(found), int(good.status != "loaded"))

    return fault


def _missing(shop: Retailer, feed: str, stores: int, gone: str) -> Score:
    """Everything that ``arrivals`` finds missing on the last day."""
    day = date(2026, 10, 31)
    found = arrivals.matrix(shop.home, CONTRACTS, day, day)
    seen = {a.store for a in found if a.feed == feed and a.state == "missing"}
    return Score.of({gone}, seen)


def _stores(shop: Retailer, stores: int) -> None:
    rows = [
        {"店仓代码": f"S{s}", "名称": f"店{s}", "类型": "门店", "性质": "直营",
         "开业日": "2020-01-01", "关店日": "2025-05-05" if s == stores else "", "有POS": "是"}
        for s in range(1, stores + 1)
    ]  # fmt: skip
    shop.land("erp/erp_location_full_20261001_1.csv", csv_text(rows))


def missing_store(shop: Retailer) -> Score:
    """One open store's file of one day; a closed store and an empty file are no fault."""
    _stores(shop, 5)
    gone = f"S{shop.random.randrange(1, 4)}"
    history: Rows = []
    for back in range(1, 29):
        for store in range(1, 5):
            history += shop.lines(2, f"S{store}", str(date(2026, 10, 31) - timedelta(back)))
    shop.land("pos/pos_receipt_line_delta_202610_1.csv", csv_text(history))
    for store in range(1, 5):
        text = csv_text(shop.lines(2, f"S{store}"))
        if store == 4:
            text = text.split("\n")[0] + "\n"  # open, but sold nothing
        if f"S{store}" != gone:
            shop.land(f"pos/pos_receipt_line_delta_{DAY}_S{store}.csv", text)
    shop.load()
    return _missing(shop, "pos_receipt_line", 5, gone)


def missing_location(shop: Retailer) -> Score:
    """A snapshot without one location; zero stock left out elsewhere is no fault."""
    gone = f"S{shop.random.randrange(1, 5)}"
    history: Rows = []
    for back in range(1, 29):
        history += shop.stock(day=str(date(2026, 10, 31) - timedelta(back)))
    shop.land("erp/erp_stock_snap_snap_20261030_1.csv", csv_text(history))
    rows = shop.stock()
    rows = [r for r in rows if r["店仓代码"] != gone and r["条码"] not in ("6901", "6905")]
    shop.land("erp/erp_stock_snap_snap_20261031_1.csv", csv_text(rows))
    shop.load()
    return _missing(shop, "erp_stock_snap", 4, gone)


def reused_codes(shop: Retailer) -> Score:
    rows = shop.barcodes()
    shop.land(FULL.format("20261030"), csv_text(rows))
    shop.load()
    places = shop.some(rows)
    for place in places:
        rows[place] = rows[place] | {"款号": f"Q27S{place:04d}"}
    renamed = next(i for i in range(len(rows)) if i not in places)
    rows[renamed] = rows[renamed] | {"启用": "否"}
    shop.land(FULL.format("20261031"), csv_text(rows))
    shop.load()
    return Score(len(places), min(shop.logged("code_reused"), len(places)),
                 max(shop.logged("code_reused") - len(places), 0))  # fmt: skip


def lost_zeros(shop: Retailer) -> Score:
    rows = shop.barcodes()
    shop.land(FULL.format("20261030"), csv_text(rows))
    shop.load()
    places = shop.some(rows)
    for place in places:
        rows[place] = rows[place] | {"条码": rows[place]["条码"].lstrip("0")}
    shop.land("erp/erp_sku_delta_20261031_1.csv", csv_text(rows))
    shop.load()
    return Score(len(places), shop.logged("zeros_lost"))


def wrong_clock(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows)
    for place in places:
        rows[place]["销售时间"] = "2009-01-01 00:12:00"
    night = next(i for i in range(len(rows)) if i not in places)
    rows[night]["销售时间"] = "2026-11-01 00:30:00"  # after midnight: the same business day
    shop.land(LINES, csv_text(rows))
    shop.load()
    found = shop.logged("clock")
    return Score(len(places), min(found, len(places)), max(found - len(places), 0))


def after_midnight(shop: Retailer) -> Score:
    rows = [
        {"店仓代码": "S1", "小票号": f"{i}", "销售时间": f"2026-11-01 0{i % 8}:30:00"}
        for i in range(24)
    ]
    shop.land("pos/pos_receipt_delta_20261031_S1.csv", csv_text(rows))
    shop.load()
    night = {i for i in range(24) if i % 8 < 4}
    there = shop.all_values("pos_receipt", "biz_date")
    return Score.of(night, {i for i in range(24) if str(there[i + 2]) == "2026-10-31"})


def zones(shop: Retailer) -> Score:
    """Events in UTC, one in three with an offset of its own: all become local time."""
    lines = []
    for i in range(30):
        at = "2026-10-31T18:00:00+08:00" if i % 3 == 0 else "2026-10-31T10:00:00Z"
        if i % 3 == 2:
            at = "1793440800000"
        lines.append(json.dumps({"事件ID": f"e{i}", "时间": at, "事件": "pdp_view", "匿名ID": "a"}))
    shop.land(f"ec/ec_event_delta_{DAY}_1.jsonl", "\n".join(lines) + "\n")
    shop.load()
    there = shop.all_values("ec_event", "event_at")
    return Score(30, sum(str(at) == "2026-10-31 18:00:00" for at in there.values()))


def negative_stock(shop: Retailer) -> Score:
    rows = shop.stock()
    places = shop.some(rows, 4)
    for place in places:
        rows[place]["在库数"] = "-3"
    shop.land("erp/erp_stock_snap_snap_20261031_1.csv", csv_text(rows))
    shop.load()
    there = shop.all_values("erp_stock_snap", "onhand_units")
    return Score.of({p + 2 for p in places}, {n for n, value in there.items() if value < 0})


def other_unit(shop: Retailer) -> Score:
    shop.land(LINES, csv_text(shop.lines()))
    shop.load()
    rows = shop.lines(day="2026-11-01")
    for row in rows:
        row["成交额"] = f"{float(row['成交额']) / 10000:.4f}"
    shop.land("pos/pos_receipt_line_delta_20261101_S1.csv", csv_text(rows))
    shop.load()
    return Score(1, int(shop.logged("unit") > 0))


FAULTS: list[tuple[str, str, str, Callable[[Retailer], Score]]] = [
    ("M6", "leading zeros lost", "logged (zeros_lost)", lost_zeros),
    ("M7", "the same file twice", "duplicate: no row twice", same_file),
    ("M7", "overlapping deltas", "logged (repeated); staging takes a row once", overlapping),
    ("M7", "rows twice in a file", "logged (repeated); staging takes a row once", doubled_rows),
    ("M8", "one key, one time, two contents", "logged (conflict); a fixed rule chooses", conflicts),
    ("M9", "late rows", "kept, logged (late) with their days", late_rows),
    ("M10", "restated rows", "new version kept beside the old, logged (restated)", restated_rows),
    ("M11", "a few keys gone from a full export", "logged (gone)", few_deletions),
    ("M11", "more than 20 % of the keys gone", "file held until released", many_deletions),
    ("M12", "cut within a line", "file blocked", cut_file),
    ("M12", "0 bytes", "file blocked", empty_file),
    ("M12", "ends at Excel's row limit", "file blocked", row_limit),
    ("M12", "cut between lines: rows in a manifest", "file blocked", _with_manifest("rows")),
    ("M12", "cut between lines: sums in a manifest", "file blocked", _with_manifest("sums")),
    ("M12", "cut between lines: SHA-256 in a manifest", "file blocked", _with_manifest("sha256")),
    ("M13", "a store's file of a day missing", "`arrivals` names it", missing_store),
    ("M15", "a barcode given to another product", "logged (code_reused)", reused_codes),
    ("M16", "a till's clock at 2009", "logged (clock); the business day counts", wrong_clock),
    ("M16", "sales after midnight", "business day by the cut-off", after_midnight),
    ("M16", "UTC, offsets and epoch mixed", "local time", zones),
    ("M19", "a location missing in a snapshot", "`arrivals` names it; left out zeros are zeros",
     missing_location),
    ("M19", "negative stock", "kept as it is", negative_stock),
    ("M20", "10,000 yuan in place of yuan", "logged (unit)", other_unit),
]  # fmt: skip
