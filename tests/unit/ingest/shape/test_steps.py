"""What a contract can do with raw rows: every step, each with a small invented export."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.bronze import bulk
from ingest.outcomes import Outcome
from ingest.read import stream
from tests.unit.ingest.conftest import Shop

LINES = (
    "feed: ec_order_line\nsource: acme\nmatch: {path: 'acme/orders*'}\n"
    "columns:\n  platform: {const: acme}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    return folder


def accounted(outcome: Outcome) -> tuple[int, int, dict[str, int], int]:
    """(rows in the file, kept, skipped, derived), after a look at the sum."""
    skipped = {reason: n for reason, n in outcome.rows_skipped.items() if n}
    total = outcome.rows_kept + outcome.rows_quarantined + sum(skipped.values())
    assert total + outcome.rows_held == outcome.rows_in_file
    return outcome.rows_in_file, outcome.rows_kept, skipped, outcome.rows_derived


ORDERS = (
    "Name,Email,Paid at,Total,Lineitem quantity,Lineitem sku\n"
    "#1,a@example.com,2026-10-01 10:00:00 +0800,30,1,A\n"
    "#1,,,,2,B\n"
    "#2,b@example.com,2026-10-02 10:00:00 +0800,7,1,A\n"
    "#3,,,0,1,GIFT\n"
)


def test_fill_down_filter_and_one_row_for_each_order(shop: Shop, folder: Path) -> None:
    (folder / "head.yml").write_text(
        "feed: ec_order\nsource: acme\nmatch: {path: 'acme/orders*'}\n"
        "steps:\n  - fill_down: {columns: [Email, Paid at, Total], within: Name}\n"
        "  - skip: {never_paid: '\"Paid at\" is null'}\n"
        "  - let: {pieces: 'sum(as_integer(\"Lineitem quantity\")) over (partition by Name)'}\n"
        "  - one_per: Name\n"
        "columns:\n  platform: {const: acme}\n  order_no: {from: [Name]}\n"
        "  paid_at: {from: [Paid at]}\n  paid_amt: {from: [Total]}\n"
        "  buyer_id: {expr: 'lower(Email)'}\n  remark: {expr: \"pieces || ' pieces'\"}\n"
    )
    (folder / "lines.yml").write_text(
        LINES
        + "  order_no: {from: [Name]}\n  line_no: {ordinal: [order_no]}\n"
        "  barcode: {from: [Lineitem sku]}\n  qty: {from: [Lineitem quantity]}\n"
        "  sale_amt: {const: '0'}\n"
    )  # fmt: skip
    shop.land("acme/orders.csv", ORDERS)
    head, lines = shop.ingest()
    assert accounted(head) == (4, 2, {"never_paid": 1, "repeats": 1}, 0)
    assert accounted(lines) == (4, 4, {}, 0)
    assert shop.rows(
        "select order_no, paid_amt::varchar, paid_at::varchar, remark, buyer_id_key is not null "
        "from bronze.ec_order order by 1"
    ) == [
        ("#1", "30.00", "2026-10-01 10:00:00", "3 pieces", True),
        ("#2", "7.00", "2026-10-02 10:00:00", "1 pieces", True),
    ]
    assert shop.rows(
        "select order_no, line_no, barcode from bronze.ec_order_line order by 1, 2"
    ) == [("#1", "1", "A"), ("#1", "2", "B"), ("#2", "1", "A"), ("#3", "1", "GIFT")]


PACKED = (
    LINES.replace(
        "columns:",
        "steps:\n  - split: {columns: [items], by: ';', fields: [sku, qty, size], pair: ':'}\n"
        "columns:",
    )
    + "  order_no: {from: [id]}\n  line_no: {from: [_part]}\n  barcode: {from: [sku]}\n"
    "  qty: {from: [qty]}\n  sale_amt: {expr: 'as_number(qty) * 2'}\n  spec_text: {from: [size]}\n"
)


def test_lines_packed_in_one_cell(
    shop: Shop, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "packed.yml").write_text(PACKED)
    rows = ["id,items"]
    for i in range(300):
        rows.append(f"{i},sku:A{i}|qty:1|size: M;qty:x|sku:B{i};;sku:C{i}|qty:3")
    rows += ["900,", "901,sku:D|qty:1", "902,sku:E|qty:z"]
    content = "\n".join(rows) + "\n"
    shop.land("acme/orders.csv", content)
    small = shop.one()
    # a row of the file with a bad part counts as quarantined; its good parts are kept all the same
    assert accounted(small) == (303, 1, {"no_parts": 1}, 600)
    assert (small.rows_quarantined, len(shop.quarantine(small))) == (301, 301)
    sql = "select order_no, line_no, barcode, qty, spec_text, _row_no from bronze.ec_order_line"
    found = shop.rows(f"{sql} order by _row_no, line_no")
    assert found[:2] == [("0", "1", "A0", 1, "M", 2), ("0", "3", "C0", 3, None, 2)]
    assert len(found) == 601
    assert shop.rows("select rows from bronze._file") == [(601,)]
    other = Shop(tmp_path / "other")
    monkeypatch.setattr(bulk, "LARGE", 1)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 2000)
    other.land("acme/orders.csv", content)
    assert accounted(other.one()) == accounted(small)
    assert other.rows(f"{sql} order by _row_no, line_no") == found


def test_lines_in_a_json_array(shop: Shop, folder: Path) -> None:
    (folder / "json.yml").write_text(
        LINES.replace(
            "columns:",
            "steps:\n  - split: {columns: [lines], by: json, fields: [sku, qty, price.amount]}\n"
            "columns:",
        )
        + "  order_no: {from: [id]}\n  line_no: {from: [_part]}\n  barcode: {from: [sku]}\n"
        "  qty: {from: [qty]}\n  sale_amt: {from: [price.amount]}\n"
    )
    shop.land(
        "acme/orders.json",
        '[{"id": 12345678901234567890, "lines": [{"sku": "A", "qty": 1, "price": {"amount": 1.10}},'
        '\n{"sku": "B", "qty": 2, "price": {"amount": 3}}]}, {"id": 2, "lines": []}]',
    )
    assert accounted(shop.one()) == (2, 1, {"no_parts": 1}, 1)
    assert shop.rows(
        "select order_no, line_no, barcode, qty, sale_amt::varchar from bronze.ec_order_line "
        "order by 2"
    ) == [
        ("12345678901234567890", "1", "A", 1, "1.10"),
        ("12345678901234567890", "2", "B", 2, "3.00"),
    ]


def test_size_matrix_with_a_header_of_two_rows(shop: Shop, folder: Path) -> None:
    (folder / "matrix.yml").write_text(
        "feed: erp_stock_snap\nsource: acme\nmatch: {path: 'acme/stock*'}\n"
        "format: {header_rows: 2, titles: {day: '日期[：:] *([0-9-]+)'}}\n"
        "steps:\n  - fill_down: {columns: [款号]}\n"
        "  - unpivot: {pattern: '(?P<store>S[0-9]+)/(?P<size>.+)', value: pieces, drop: ['0']}\n"
        "columns:\n  snap_date: {from: [day]}\n  store_code: {from: [store]}\n"
        "  barcode: {expr: \"concat_ws('-', 款号, 颜色, size)\"}\n"
        "  onhand_units: {from: [pieces]}\n"
    )
    shop.land(
        "acme/stock.csv",
        "库存表,,,,,\n日期：2026-10-31,,,,,\n款号,颜色,S001,,S002,\n,,S,M,S,M\n"
        'K1,01,3,0,"1,200",5件\n,02,,,,\n小计,,3,0,1200,5\nK2,01,x,2,,\n',
        "gb18030",
    )
    outcome = shop.one()
    assert accounted(outcome) == (6, 1, {"title": 2, "total": 1, "no_parts": 1}, 3)
    assert outcome.rows_quarantined == 1
    assert shop.rows(
        "select snap_date::varchar, store_code, barcode, onhand_units from bronze.erp_stock_snap "
        "order by 2, 3"
    ) == [
        ("2026-10-31", "S001", "K1-01-S", 3),
        ("2026-10-31", "S001", "K2-01-M", 2),
        ("2026-10-31", "S002", "K1-01-M", 5),
        ("2026-10-31", "S002", "K1-01-S", 1200),
    ]


STACKED = (
    "各店销售\n门店：S01 南京路\n单号,条码,数量,金额\n1,690,1,10\n2,691,2,20\n小计,,3,30\n\n"
    "门店：S02 人民路\n单号,条码,数量,金额\n1,690,1,10\n\n会员\n会员号,姓名\nM1,某某\nM2,某某\n"
)


def test_several_tables_in_one_sheet(shop: Shop, folder: Path) -> None:
    (folder / "sales.yml").write_text(
        "feed: pos_receipt_line\nsource: acme\nmatch: {path: 'acme/day*'}\n"
        "format: {titles: {store: '门店：(\\S+)'}, until: '^会员$'}\n"
        "columns:\n  store_code: {from: [store]}\n  biz_date: {default: file_date}\n"
        "  receipt_no: {from: [单号]}\n  line_no: {const: '1'}\n  barcode: {from: [条码]}\n"
        "  qty: {from: [数量]}\n  sale_amt: {from: [金额]}\n"
    )
    (folder / "members.yml").write_text(
        "feed: crm_member\nsource: acme\nmatch: {path: 'acme/day*'}\n"
        "format: {after: '^会员$', until: blank}\ncolumns:\n"
        "  member_no: {from: [会员号]}\n  member_name: {from: [姓名]}\n"
    )
    shop.land("acme/day_20261030.csv", STACKED)
    members, sales = shop.ingest()
    assert accounted(members) == (14, 2, {"other_table": 10, "blank": 2}, 0)
    assert accounted(sales)[:3] == (
        14, 3, {"title": 5, "total": 1, "blank": 2, "other_table": 3},
    )  # fmt: skip
    assert shop.rows(
        "select store_code, biz_date::varchar, receipt_no, qty from bronze.pos_receipt_line "
        "order by 1, 3"
    ) == [
        ("S01", "2026-10-30", "1", 1),
        ("S01", "2026-10-30", "2", 2),
        ("S02", "2026-10-30", "1", 1),
    ]


def test_look_ups_in_files_lists_and_the_contract(shop: Shop, folder: Path) -> None:
    (folder / "shops.csv").write_text("shop,code\nNorth,S1\nSouth,S2\n")
    (folder / "sales.yml").write_text(
        "feed: pos_receipt_line\nsource: acme\nmatch: {path: 'acme/sales*'}\nsteps:\n"
        "  - lookup: {name: goods, file: 'acme/items*', on: {Item Key: item}}\n"
        "  - lookup: {name: place, csv: shops.csv, on: shop, unmatched: unknown_shop}\n"
        "  - lookup: {name: code, map: {g: 'true'}, on: kind}\n"
        "columns:\n  store_code: {from: [place.code]}\n  biz_date: {from: [day], order: dmy}\n"
        "  receipt_no: {from: [no]}\n  line_no: {const: '1'}\n  barcode: {from: [goods.sku]}\n"
        "  qty: {from: [n]}\n  is_gift: {from: [code.value]}\n"
        "  sale_amt: {expr: 'as_number(n) * as_number(goods.price)'}\n"
    )
    sales = "no,shop,item,n,day,kind\n1,North,7,2,03/04/2026,g\n2,South,8,1,03/04/2026,\n"
    shop.land("acme/sales.csv", sales + "3,West,7,1,03/04/2026,\n")
    waiting = shop.one()
    assert waiting.status == "blocked" and "acme/items*" in waiting.reason
    assert shop.one().status == "blocked"
    shop.land("acme/items_20261001.csv", "Item Key,sku,price\n7,A,9\n")
    shop.land("acme/items_20261030.csv", 'Item Key,sku,price\n7,A,"1,000.5"\n')
    result = {outcome.source: outcome for outcome in shop.ingest()}
    outcome = result["acme/sales.csv"]
    assert result["acme/items_20261030.csv"].status == "lookup"
    assert accounted(outcome) == (3, 1, {"unknown_shop": 1}, 0)
    assert "1 of" in outcome.warnings[0] and "'goods'" in outcome.warnings[0]
    assert [line[2] for line in shop.quarantine(outcome)] == ["missing required value"]
    assert shop.rows(
        "select store_code, biz_date::varchar, barcode, is_gift, sale_amt::varchar "
        "from bronze.pos_receipt_line"
    ) == [("S1", "2026-04-03", "A", True, "2001.00")]
    shop.land("acme/sales_again.csv", sales.replace("1,North", "9,North"))
    again = shop.one()  # the look-up is in the archive now
    assert again.rows_kept == 1
    shop.land("acme/items_20261031.csv", "Item Key,sku,price\n7,A,9\n7,A,8\n")
    shop.land("acme/sales_3.csv", sales.replace("1,North", "10,North"))
    result = {outcome.source: outcome for outcome in shop.ingest()}
    assert "'pick: first'" in result["acme/sales_3.csv"].remedy


def test_bundles_are_exploded_by_a_look_up(shop: Shop, folder: Path) -> None:
    (folder / "bundles.csv").write_text("set,sku,share\nSET,A,0.75\nSET,B,0.25\n")
    (folder / "lines.yml").write_text(
        LINES.replace(
            "columns:",
            "steps:\n  - lookup: {name: b, csv: bundles.csv, on: {set: sku}, pick: all}\ncolumns:",
        )
        + "  order_no: {from: [id]}\n  line_no: {from: [_part]}\n  qty: {from: [qty]}\n"
        "  barcode: {expr: 'coalesce(b.sku, sku)'}\n"
        "  sale_amt: {expr: 'as_number(amt) * coalesce(as_number(b.share), 1)'}\n"
    )
    shop.land("acme/orders.csv", "id,sku,qty,amt\n1,SET,1,100\n1,C,1,20\n")
    assert accounted(shop.one()) == (2, 2, {}, 1)
    assert shop.rows("select barcode, sale_amt::varchar from bronze.ec_order_line order by 1") == [
        ("A", "75.00"), ("B", "25.00"), ("C", "20.00"),
    ]  # fmt: skip


def test_marks_factors_formats_and_codes_with_a_rest(shop: Shop, folder: Path) -> None:
    (folder / "lines.yml").write_text(
        "feed: ec_order\nsource: acme\nmatch: {path: 'acme/orders*'}\n"
        "columns:\n  platform: {from: [kanal], map: {web: site, '*': other}}\n"
        "  order_no: {from: [id]}\n  paid_amt: {from: [preis], decimal: ','}\n"
        "  due_amt: {from: [wan], times: '10000'}\n"
        "  paid_at: {from: [am], formats: ['%m-%d-%y', '%d.%m.%Y %H Uhr']}\n"
        "  shop: {expr: \"regexp_extract(_path, '/([a-z]+)_', 1)\"}\n"
        "  created_at: {expr: \"cast(id || 'x' as int)\"}\n"
    )
    shop.land(
        "acme/orders/berlin_1.csv",
        "id;kanal;preis;wan;am\n1; web ;1.234,50 ;1.5;04-30-22\n2;Tele fon;7;x;05.04.2022 07 Uhr\n",
    )
    outcome = shop.one()
    assert outcome.values_rejected == {"due_amt": 1}
    assert shop.rows(
        "select platform, paid_amt::varchar, due_amt::varchar, paid_at::varchar, shop "
        "from bronze.ec_order order by order_no"
    ) == [
        ("site", "1234.50", "15000.00", "2022-04-30 00:00:00", "berlin"),
        ("other", "7.00", None, "2022-04-05 07:00:00", "berlin"),
    ]


def test_columns_between_blanks_and_by_place(shop: Shop, folder: Path) -> None:
    base = (
        "columns:\n  store_code: {const: S}\n  biz_date: {from: [date]}\n  qty: {from: [n]}\n"
        "  receipt_no: {ordinal: [biz_date]}\n  line_no: {const: '1'}\n  sale_amt: {from: [amt]}\n"
    )
    start = "feed: pos_receipt_line\nidentity: hash_ordinal\n"
    (folder / "blanks.yml").write_text(
        f"{start}source: a\nmatch: {{path: 'a/*'}}\nformat: {{delimiter: blanks}}\n{base}"
    )
    (folder / "fixed.yml").write_text(
        f"{start}source: b\nmatch: {{path: 'b/*'}}\n"
        f"format: {{type: fixed, widths: {{date: 1-8, n: 9-11, amt: 12-20}}}}\n{base}"
    )
    shop.land("a/x.txt", " date  n   amt\n 20261001  1  11.77\n 20261001  2   0.00\n")
    shop.land("b/x.txt", "20261001  1    11.77\n20261001 22     0.00\n")
    assert [outcome.rows_kept for outcome in shop.ingest()] == [2, 2]
    assert sorted(shop.rows("select qty, sale_amt::varchar from bronze.pos_receipt_line")) == [
        (1, "11.77"), (1, "11.77"), (2, "0.00"), (22, "0.00"),
    ]  # fmt: skip
