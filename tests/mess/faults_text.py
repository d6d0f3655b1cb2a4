"""Faults of the file and of single values: M1 to M6, M17, M18, M27 to M29."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingest.outcomes import Outcome
from serving.export import defused
from tests.mess.retailer import LINES, Retailer, Rows, Score, csv_text


def _right(shop: Retailer, rows: Rows, first: int = 2, column: str = "sale_amt") -> set[int]:
    """Places of rows whose amount is in bronze as it was."""
    there = shop.all_values("pos_receipt_line", column)
    return {
        place for place, row in enumerate(rows) if str(there.get(place + first)) == row["成交额"]
    }


def _encoded(name: str) -> Callable[[Retailer], Score]:
    def fault(shop: Retailer) -> Score:
        rows = shop.lines()
        for row in rows:
            row["促销码"] = "国庆满减"
        shop.land(LINES, csv_text(rows), name)
        shop.load()
        texts = shop.all_values("pos_receipt_line", "promo_code")
        read = {place for place in _right(shop, rows) if texts[place + 2] == "国庆满减"}
        return Score.of(set(range(len(rows))), read)

    return fault


def mixed_bytes(shop: Retailer) -> Score:
    rows = shop.lines()
    lines = csv_text(rows).encode().split(b"\n")
    places = shop.some(rows)
    for place in places:
        lines[place + 1] = lines[place + 1][:9] + b"\xff\xfe" + lines[place + 1][9:]
    shop.land(LINES, b"\n".join(lines))
    return Score.of({p + 2 for p in places}, shop.doubts(shop.one(), reason="cannot be decoded"))


def renamed_columns(shop: Retailer) -> Score:
    """Other aliases, full-width brackets and blanks, columns moved, one added."""
    rows = shop.lines()
    names = list(rows[0])
    shop.random.shuffle(names)
    moved = [{name: row[name] for name in names} | {"新列（元）": "1"} for row in rows]
    other = {"店仓代码": "store_code", "成交额": "sale_amt ", "数量": "ＱＴＹ"}
    shop.land(LINES, csv_text(moved, [other.get(n, n) for n in moved[0]]))
    outcome = shop.one()
    warned = any("新列" in warning for warning in outcome.warnings)
    return Score.of(set(range(len(rows))), _right(shop, rows) if warned else set())


def missing_column(shop: Retailer) -> Score:
    rows = [{k: v for k, v in row.items() if k != "数量"} for row in shop.lines()]
    shop.land(LINES, csv_text(rows))
    outcome = shop.one()
    named = outcome.status == "blocked" and "数量" in outcome.reason
    return Score(1, int(named))


def titles_and_totals(shop: Retailer) -> Score:
    rows = shop.lines()
    lines = csv_text(rows).rstrip("\n").split("\n")
    width = lines[0].count(",")
    places = shop.some(rows, 3)
    for place in reversed(places):
        lines.insert(place + 1, "小计" + "," * width)
        lines.insert(place + 1, "," * width)
    lines = ["门店销售明细表" + "," * width, "", *lines, "合计,," + "9," * (width - 2)]
    shop.land(LINES, "\n".join(lines) + "\n")
    outcome = shop.one()
    skipped = outcome.rows_skipped
    found = min(skipped["total"], 4) + min(skipped["blank"], 4) + min(skipped["title"], 1)
    lost = len(rows) - outcome.rows_kept
    return Score(9, found, lost)


def repeated_header(shop: Retailer) -> Score:
    """Two tables stacked: the second one has a header of its own and other columns."""
    rows = shop.lines()
    text = csv_text(rows) + "\n门店,备注\n" + "".join(f"S{i},x\n" for i in range(4))
    shop.land(LINES, text)
    outcome = shop.one()
    second = set(range(len(rows) + 3, len(rows) + 8))
    kept = set(shop.all_values("pos_receipt_line", "store_code"))
    return Score(len(second), len(second - kept), len(rows) - len(kept - second) if outcome else 0)


_AMOUNTS: tuple[Callable[[str], str], ...] = (
    lambda v: f"{v}元",
    lambda v: f"¥{v}",
    lambda v: '"' + f"1,{v.zfill(6)}" + '"',
    lambda v: f"({v})",
    lambda v: v.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
    lambda v: f"{float(v) / 10000:.7f}万",
)


def amounts(shop: Retailer) -> Score:
    rows = shop.lines()
    expected: dict[int, float] = {}
    for number, place in enumerate(shop.some(rows, 12)):
        plain = rows[place]["成交额"]
        form = number % len(_AMOUNTS)
        rows[place]["成交额"] = _AMOUNTS[form](plain)
        expected[place] = {2: 1000 + float(plain), 3: -float(plain)}.get(form, float(plain))
    shop.land(LINES, csv_text(rows))
    outcome = shop.one()
    there = shop.all_values("pos_receipt_line", "sale_amt")
    read = {p for p, value in expected.items() if float(there.get(p + 2, -1)) == value}
    doubted = shop.doubts(outcome) | shop.doubts(outcome, "value")
    return Score(len(expected), len(read), len(doubted - {p + 2 for p in expected}))


def unreadable_amounts(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows)
    for place in places:
        rows[place]["吊牌价"] = shop.random.choice(("待定", "12.3.4", "1,29", "约99"))
    text = csv_text(rows).replace("1,29,", '"1,29",')
    shop.land(LINES, text)
    return Score.of({p + 2 for p in places}, shop.doubts(shop.one(), "value", "value rejected"))


_DAYS = ("2026/10/31", "20261031", "2026年10月31日", "46326", "31-Oct-26", "2026.10.31",
         "2026-10-31 00:00:00")  # fmt: skip


def dates(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows, 14)
    for number, place in enumerate(places):
        rows[place]["业务日"] = _DAYS[number % len(_DAYS)]
    shop.land(LINES, csv_text(rows))
    shop.load()
    there = shop.all_values("pos_receipt_line", "biz_date")
    read = {p for p in range(len(rows)) if str(there.get(p + 2)) == "2026-10-31"}
    return Score(len(places), len(read & set(places)), len(rows) - len(read | set(places)))


def ambiguous_dates(shop: Retailer) -> Score:
    rows = shop.stock()
    places = shop.some(rows)
    for place in places:
        rows[place]["快照日"] = shop.random.choice(("03/04/2026", "11.5", "5/6/26"))
    shop.land("erp/erp_stock_snap_snap_20261031_1.csv", csv_text(rows))
    return Score.of({p + 2 for p in places}, shop.doubts(shop.one(), reason="ambiguous date"))


def placeholder_dates(shop: Retailer) -> Score:
    rows = shop.members()
    places = shop.some(rows)
    for place in places:
        rows[place]["生日"] = shop.random.choice(("1900-01-01", "0000-00-00", "1900/1/1"))
    shop.land("crm/crm_member_full_20261031_1.csv", csv_text(rows))
    shop.load()
    years = shop.all_values("crm_member", "birth_year")
    return Score.of({p + 2 for p in places}, {n for n, year in years.items() if year is None})


def wrapped_ids(shop: Retailer) -> Score:
    rows = shop.lines()
    plain = [row["条码"] for row in rows]
    places = shop.some(rows, 6)
    for number, place in enumerate(places):
        code = rows[place]["条码"]
        rows[place]["条码"] = (f'="{code}"', f"'{code}", f"{code}.0")[number % 3]
    shop.land(LINES, csv_text(rows))
    shop.load()
    there = shop.all_values("pos_receipt_line", "barcode")
    read = {p for p in range(len(rows)) if there.get(p + 2) == plain[p]}
    return Score(len(places), len(read & set(places)), len(rows) - len(read | set(places)))


def lost_digits(shop: Retailer) -> Score:
    rows = shop.orders()
    places = shop.some(rows)
    for place in places:
        rows[place]["订单号"] = f"{float(rows[place]['订单号']):.5E}"
    shop.land("ec/ec_order_delta_20261031_1.csv", csv_text(rows))
    return Score.of({p + 2 for p in places}, shop.doubts(shop.one(), reason="damaged by Excel"))


def phones(shop: Retailer) -> Score:
    """One phone written in many ways must stay one person; masked ones must be nobody."""
    rows = shop.members()
    p = rows[0]["手机"]
    wide = p.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    dashed = f"+86 {p[:3]}-{p[3:7]}-{p[7:]}"
    ways = (dashed, f"{p}.0", f"0{p}", f"'{p}", wide, f"{p}/0571-87654321")
    places = shop.some(rows[1:], len(ways) + 3)
    for number, place in enumerate(places):
        rows[place + 1]["手机"] = ways[number] if number < len(ways) else f"{p[:3]}****{p[7:]}"
    shop.land("crm/crm_member_full_20261031_1.csv", csv_text(rows))
    outcome = shop.one()
    keys = shop.all_values("crm_member", "phone_key")
    same = {n for n, key in keys.items() if key == keys[2] and n != 2}
    expected = {place + 3 for place in places[: len(ways)]}
    masked = outcome.personal.get("masked_phones", 0)
    return Score(len(places), len(same & expected) + masked, len(same - expected))


def broken_text(shop: Retailer) -> Score:
    """Separators and line ends in text: quoted they are read, unquoted the row is kept out."""
    rows = shop.orders()
    places = shop.some(rows, 6)
    texts = {}
    for number, place in enumerate(places):
        text = ("红色,L码😀", "第一行\n第二行", '说"好"', "a,b", 'x"y', "c,d,e")[number]
        texts[place] = text
        quoted = '"' + text.replace('"', '""') + '"'
        rows[place]["备注"] = quoted if number < 3 else text
    shop.land("ec/ec_order_delta_20261031_1.csv", csv_text(rows))
    outcome = shop.one()
    there = {row[0] for row in shop.rows("select remark from bronze.ec_order")}
    read = sum(texts[p] in there for p in places[:3])
    out = min(outcome.rows_quarantined, 2)  # x"y within a cell is plain text and stays
    kept = int('x"y' in there)
    return Score(6, read + out + kept, outcome.rows_quarantined - out)


def unknown_status(shop: Retailer) -> Score:
    rows = shop.orders()
    places = shop.some(rows)
    for place in places:
        rows[place]["状态"] = shop.random.choice(("已签收待评价", "冻结中"))
    shop.land("ec/ec_order_delta_20261031_1.csv", csv_text(rows))
    return Score.of({p + 2 for p in places}, shop.doubts(shop.one(), "value"))


def hidden_persons(shop: Retailer) -> Score:
    rows = shop.orders()
    phone = "139" + "12345678"
    places = shop.some(rows, 6)
    for number, place in enumerate(places):
        column = ("备注", "店铺")[number % 2]
        mail = "someone" + "@example.com"
        rows[place][column] = (f"联系{phone}", f"店{phone[:3]}-{phone[3:7]}-{phone[7:]}", mail)[
            number // 2
        ]
    shop.land("ec/ec_order_delta_20261031_1.csv", csv_text(rows))
    outcome = shop.one()
    texts: list[Any] = [v for row in shop.rows("select remark, shop from bronze.ec_order")
                        for v in row if v]  # fmt: skip
    masked = sum("[***]" in text for text in texts)
    counted = sum(outcome.personal.get(k, 0) for k in ("masked_texts", "found_in_text"))
    return Score(len(places), min(masked, counted, len(places)), max(masked - len(places), 0))


def formulas(shop: Retailer) -> Score:
    rows = shop.lines()
    places = shop.some(rows, 4)
    texts = ("=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2+3")
    for text, place in zip(texts, places, strict=True):
        rows[place]["促销码"] = text
    shop.land(LINES, csv_text(rows))
    shop.load()
    there = shop.all_values("pos_receipt_line", "promo_code", "promo_code is not null")
    safe = {n for n, value in there.items() if str(defused(value)).startswith("'")}
    return Score.of({p + 2 for p in places}, safe)


def biometric(shop: Retailer) -> Score:
    rows = [row | {"人脸特征": "QUJD"} for row in shop.members()]
    shop.land("crm/crm_member_full_20261031_1.csv", csv_text(rows))
    outcome: Outcome = shop.one()
    return Score(1, int(outcome.status == "blocked" and "biometric" in outcome.reason))


FAULTS: list[tuple[str, str, str, Callable[[Retailer], Score]]] = [
    ("M1", "GB18030", "decoded", _encoded("gb18030")),
    ("M1", "UTF-8 with byte order mark", "decoded", _encoded("utf-8-sig")),
    ("M1", "UTF-16", "decoded", _encoded("utf-16")),
    ("M1", "bytes of no encoding", "row to quarantine with the byte's place", mixed_bytes),
    ("M2", "columns renamed, moved, added", "mapped by alias; new ones warned of", renamed_columns),
    ("M2", "required column missing", "file blocked", missing_column),
    ("M3", "title, blank and total rows", "skipped and counted", titles_and_totals),
    ("M3", "a second table below the first", "its rows are not taken for the first's",
     repeated_header),
    ("M4", "元 ¥ 万 , () full-width digits", "read", amounts),
    ("M4", "texts that are no number", "value rejected, row kept", unreadable_amounts),
    ("M5", "seven ways to write a date", "read", dates),
    ("M5", "day and month not told apart", "row to quarantine", ambiguous_dates),
    ("M5", "placeholder dates", "left empty", placeholder_dates),
    ("M6", '="…", leading \', trailing .0', "taken off", wrapped_ids),
    ("M6", "digits lost: 1.93068E+15", "row to quarantine", lost_digits),
    ("M17", "one phone in six ways; masked phones", "one key; no key", phones),
    ("M18", "separators, line ends, quotes, emoji", "read if quoted, else quarantined",
     broken_text),
    ("M27", "unmapped status", "value rejected, row kept", unknown_status),
    ("M28", "phones and mail addresses in other columns", "masked and counted", hidden_persons),
    ("M28", "biometric column", "file blocked", biometric),
    ("M29", "formulas", "kept as text, defused on the way out", formulas),
]  # fmt: skip
