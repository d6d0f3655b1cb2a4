"""Shapes of public data sets, with invented rows: what a stranger's contract and a draft meet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingest.contract import grammar, load_all
from ingest.draft.write import draft
from ingest.explain import check
from tests.unit.ingest.conftest import Shop


def _drafted(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return draft(path)


def test_a_draft_shows_no_names_of_people(tmp_path: Path) -> None:
    text = "Row ID,Order ID,Customer Name,CUSTOMER,Customer,Product Name\n" + "".join(
        f"{i},A-{i},Ines Falk,Falk Textil,K-{i},Oak Chair\n" for i in range(9)
    )
    found = _drafted(tmp_path, "many/orders.csv", text)
    assert "Ines" not in found and "Falk" not in found
    assert "Customer Name (name)" in found and "CUSTOMER (name)" in found
    assert "Oak Chair" in found and "K-1" in found


def test_a_sale_to_customers_is_no_purchase_order(tmp_path: Path) -> None:
    text = "Row ID,Order ID,Order Date,Customer ID,Product ID,Category,Sales,Quantity\n" + "".join(
        f"{i},A-{i // 2},2026-03-{i + 1:02},C-{i},P-{i},Chairs,{i}.50,{i}\n" for i in range(1, 9)
    )
    found = _drafted(tmp_path, "many/oakstore.csv", text)
    assert "feed: erp_po" not in found
    assert 'sale_amt: {from: ["Sales"]}' in found and 'qty: {from: ["Quantity"]}' in found


def test_a_state_beside_a_city_is_no_status_and_a_price_alone_the_amount(tmp_path: Path) -> None:
    text = "order_id,order_item_id,product_id,price\n" + "".join(
        f"o{i},1,p{i},{i}.90\n" for i in range(9)
    )
    lines = _drafted(tmp_path, "many/order_items.csv", text)
    assert "feed: ec_order_line" in lines and 'line_no: {from: ["order_item_id"]}' in lines
    assert 'sale_amt: {from: ["price"]}  # EDIT' in lines
    text = "customer_id,city,state\n" + "".join(f"{i},Bree,{'NS'[i % 2]}A\n" for i in range(9))
    assert "status:" not in _drafted(tmp_path, "many/customers.csv", text)


def test_words_in_place_of_values_mean_nothing(
    shop: Shop, tmp_path: Path, add_contract: Callable[[str], None]
) -> None:
    rows = [f"T{i},2026-03-01,K{i},{i},{i}.50" for i in range(1, 9)]
    rows += ["T10,2026-03-01,ERROR,1,UNKNOWN", "T11,2026-03-01,#REF!,ERROR,2.00"]
    rows += ["T12,2026-03-01,#DIV/0!,1,2.00"]
    text = "Transaction ID,Transaction Date,SKU,Quantity,Total Spent\n" + "\n".join(rows) + "\n"
    found = _drafted(tmp_path, "shop/sales.csv", text)
    assert 'barcode: {from: ["SKU"], nulls: ["ERROR"]}  # EDIT' in found
    assert 'qty: {from: ["Quantity"], nulls: ["ERROR"]}  # EDIT' in found
    add_contract(found)
    shop.land("shop/sales.csv", text)
    outcome = shop.one()
    assert (outcome.rows_kept, outcome.rows_quarantined) == (9, 2)
    assert shop.rows(
        "select receipt_no, barcode from bronze.pos_receipt_line where receipt_no > 'T10' "
        "and length(receipt_no) > 2"
    ) == [("T12", None)]


@pytest.mark.parametrize(
    ("day", "line"),
    [("{0:02}-05-26", '"%d-%m-%y"'), ("05-{0:02}-26", '"%m-%d-%y"'), ("05/04/26", "No value")],
)
def test_a_draft_reads_years_of_two_digits(tmp_path: Path, day: str, line: str) -> None:
    rows = "".join(f"{day.format(i)},A{i},K1,{i},{i}.00\n" for i in range(1, 29))
    text = "Transaction Date,Receipt No,SKU,PCS,GROSS AMT\n" + rows
    found = _drafted(tmp_path, "many/sales.csv", text)
    (biz_date,) = [row for row in found.splitlines() if row.startswith("  biz_date")]
    assert line in biz_date and "formats" in biz_date
    assert 'qty: {from: ["PCS"]}' in found and 'sale_amt: {from: ["GROSS AMT"]}' in found


# A till whose amounts somebody has overwritten with words.
DAMAGED = """Id,Day,Pieces,Each,Spent
T1,2026-03-01,2,4.00,8.00
T2,2026-03-01,2,4.00,ERROR
T3,2026-03-01,2,ERROR,UNKNOWN
T4,2026-03-01,many,4.00,4.00
T5,2026-03-01,1,4.00,-
T6,2026-03-01,1,oops,
T7,2026-03-01,1,ERROR,9.00
"""
TILL = """
feed: pos_receipt_line
source: till
match: {path: "till/*.csv"}
steps:
  - let: {share: "as_number(Spent) / 2", all_spent: "sum(as_number(Spent)) over ()"}
columns:
  store_code: {const: S1}
  biz_date:   {from: [Day]}
  receipt_no: {from: [Id]}
  line_no:    {const: "1"}
  qty:        {expr: "coalesce(as_integer(Pieces), 1)"}
  unit_price: {expr: "as_number(Each)", nulls: [oops]}
  sale_amt:   {expr: "coalesce(as_number(Spent), as_number(Each) * as_integer(Pieces))"}
  coupon_amt: {from: [share]}
"""


@pytest.fixture
def add_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))

    def add(text: str) -> None:
        (folder / f"{len(list(folder.iterdir()))}.yml").write_text(text, encoding="utf-8")

    return add


def test_texts_that_an_expression_cannot_read_are_counted(
    shop: Shop, add_contract: Callable[[str], None]
) -> None:
    add_contract(TILL)
    shop.land("till/day.csv", DAMAGED)
    outcome = shop.one()
    assert (outcome.rows_kept, outcome.rows_quarantined) == (5, 2)
    assert outcome.values_rejected == {"all_spent": 1, "share": 1, "unit_price": 1}
    found = shop.quarantine(outcome)
    assert ("row", 4, "as_number cannot read it", "sale_amt", "UNKNOWN") in found
    assert ("value", 3, "as_number cannot read it", "share", "ERROR") in found
    assert ("row", 7, "as_number cannot read it", "sale_amt", "oops") in found
    (checked,) = check.check(shop.home, shop.land("till/again.csv", DAMAGED), load_all())
    (hint,) = [f for f in checked.findings if f.column == "unit_price"]
    assert (hint.count, hint.examples) == (1, ["ERROR"]) and "nullif" in hint.remedy


def test_what_an_expression_cannot_read_is_hidden_where_it_may_be_personal(
    shop: Shop, add_contract: Callable[[str], None]
) -> None:
    add_contract(
        'feed: crm_member\nsource: club\nmatch: {path: "club/*.csv"}\n'
        'steps:\n  - let: {who: "trim(Holder)", size: "as_number(who)"}\ncolumns:\n'
        "  member_no: {from: [Id]}\n  member_name: {from: [Holder]}\n"
        '  points: {expr: "as_integer(Holder)"}\n  channel: {from: [size]}\n'
    )
    shop.land("club/all.csv", "Id,Holder\n1,Ines Falk\n2,Jo Berg\n")
    outcome = shop.one()
    assert outcome.values_rejected == {"points": 2, "size": 2}
    assert {row[4] for row in shop.quarantine(outcome)} == {None}


GOODS = """
feed: erp_style
source: rack
match: {path: "rack/*.csv"}
columns:
  style_code:  {from: [No]}
  style_name:  {from: [Title]}
  tag_price:   {from: [Price]}
"""


def test_quotation_marks_inside_quotes_that_are_not_doubled(
    shop: Shop, add_contract: Callable[[str], None]
) -> None:
    add_contract(GOODS)
    rows = [
        '1,"19" rack, oak","$5.00 "', '2,"A ""fine"" 7" tray","6"', '3,"plain","7"',
        '4,"open,"8"', '5,"two" parts, "9"', '6,7" nail,1',
    ]  # fmt: skip
    shop.land("rack/goods.csv", "No,Title,Price\n" + "\n".join(rows) + "\n")
    outcome = shop.one()
    assert shop.rows("select style_code, style_name, tag_price from bronze.erp_style") == [
        ("1", '19" rack, oak', 5), ("2", 'A "fine" 7" tray', 6), ("3", "plain", 7),
        ("6", '7" nail', 1),
    ]  # fmt: skip
    assert [row[1] for row in shop.quarantine(outcome)] == [5, 6]
    assert any("2 lines" in text and "line 2" in text for text in outcome.warnings)
    assert outcome.rows_kept + outcome.rows_quarantined == outcome.rows_in_file == 6


PASTED = """no,DAY,Buyer,Style,SKU,Size,PCS,GROSS AMT
0,2026-03-01,Falk Textil,K1,K1-M,M,1,10.00
1,2026-03-02,Falk Textil,K1,K1-L,L,2,20.00
2,Buyer,DAY,Style,SKU,PCS,GROSS AMT,Stock
3,Berg AG,2026-03-03,K2,K2-M,3,30.00,7
"""
PASTE = """
feed: ec_order_line
source: paste_{name}
match: {{path: "paste/{name}*"}}
{format}
columns:
  platform: {{const: export}}
  order_no: {{from: [no]}}
  line_no:  {{const: "1"}}
  barcode:  {{from: [SKU]}}
  qty:      {{from: [PCS]}}
  sale_amt: {{from: [GROSS AMT]}}
"""


def test_another_table_below_the_first_is_not_read_by_its_header(
    shop: Shop, add_contract: Callable[[str], None]
) -> None:
    add_contract(PASTE.format(name="whole", format="mode: delta"))
    add_contract(PASTE.format(name="top", format="format: {until: '^[0-9]+ Buyer '}"))
    add_contract(PASTE.format(name="wrong", format="format: {until: '^[0-9]+,Buyer'}"))
    add_contract(PASTE.format(name="one", format="format: {until: '^printed'}"))
    for name in ("whole", "top", "wrong"):
        shop.land(f"paste/{name}.csv", PASTED)
    shop.land("paste/one.csv", PASTED.split("2,Buyer")[0])
    told = {outcome.source: outcome for outcome in shop.ingest()}
    for name in ("whole", "wrong"):
        assert told[f"paste/{name}.csv"].status == "blocked"
        assert "row 4 is the header of another table" in told[f"paste/{name}.csv"].reason
        assert "until" in told[f"paste/{name}.csv"].remedy
    top = told["paste/top.csv"]
    assert (top.rows_kept, top.rows_skipped["other_table"]) == (2, 1)
    assert any("no row matches 'until'" in text for text in told["paste/one.csv"].warnings)
    assert told["paste/one.csv"].rows_kept == 2


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-01 10:20:30 UTC", 10), ("2026-03-01 10:20:30 GMT", 10),
        ("2026-03-01 10:20:30+08", 2), ("2026-03-01 10:20:30 +08", 2),
        ("2026-03-01 10:20:30 UTC+08:00", 2), ("2026-03-01 10:20:30.5+0800", 2),
        ("2026-03-01T10:20:30+08:00[Asia/Shanghai]", 2),
        ("2026-03-01 10:20:30 +08:00 Asia/Shanghai", 2),
        ("2026-03-01 10:20:30 America/Sao_Paulo", 13), ("2026-03-01T10:20:30[America/Lima]", 15),
        ("2026-03-01 10:20+08:00", 2), ("2026-03-01T10:20Z", 10), ("2026-03-01 10:20:30", 11),
        ("2026-03-01 10:20:30 No/Where", None), ("2026-03-01 10:20:30 CST", None),
    ],
)  # fmt: skip
def test_offsets_and_zone_names_behind_a_time(text: str, hour: int | None) -> None:
    with duckdb.connect(":memory:") as con:
        con.execute("set timezone = 'UTC'")
        sql = grammar.timestamp("x", "Atlantic/Azores", "UTC")
        found = con.execute(f"select hour({sql}) from (select ? as x)", [text]).fetchone()
    assert found == (hour,)


def test_hundreds_of_days_across(shop: Shop, add_contract: Callable[[str], None]) -> None:
    add_contract(
        'feed: pos_receipt_line\nsource: wide\nmatch: {path: "wide/*.csv"}\n'
        'steps:\n  - unpivot: {pattern: "d_(?P<day>[0-9]+)", value: pieces, drop: ["0"]}\n'
        "columns:\n  store_code: {from: [store]}\n  barcode: {from: [item]}\n"
        "  biz_date: {expr: \"(date '2024-12-31' + day::int)::varchar\"}\n"
        "  receipt_no: {expr: \"item || '-' || day\"}\n  line_no: {const: '1'}\n"
        "  qty: {from: [pieces]}\n  sale_amt: {const: '0'}\n"
    )
    head = "item,store," + ",".join(f"d_{day}" for day in range(1, 366))
    rows = [f"K{i},S1," + ",".join(str((i + day) % 3) for day in range(365)) for i in range(4)]
    shop.land("wide/year.csv", "\n".join([head, *rows]) + "\n")
    outcome = shop.one()
    pieces = [(i + day) % 3 for i in range(4) for day in range(365)]
    filled = sum(1 for number in pieces if number)
    assert (outcome.rows_kept, outcome.rows_kept + outcome.rows_derived) == (4, filled)
    assert shop.rows(
        "select sum(qty), min(biz_date)::text, max(biz_date)::text from bronze.pos_receipt_line"
    ) == [(sum(pieces), "2025-01-01", "2025-12-31")]


HEADERS = """
feed: ec_order
source: oak
match: {{path: "oak/*.csv"}}
steps:
{let}  - one_per: {{columns: [Order]}}
columns:
  platform: {{const: oak}}
  order_no: {{from: [Order]}}
  paid_at:  {{from: [Day]}}
  paid_amt: {{{paid}}}
"""
SHARED = 'sum(as_number(Sales)) over (partition by "Order")'


def test_the_values_of_an_order_repeated_on_its_lines(
    shop: Shop, tmp_path: Path, add_contract: Callable[[str], None]
) -> None:
    path = shop.land("oak/orders.csv", "Order,Day,Sales\nA,2026-03-01,1.5\nA,2026-03-01,2\n")
    add_contract(HEADERS.format(let="", paid=f"expr: '{SHARED}'"))
    (checked,) = check.check(shop.home, path, load_all())
    assert any("paid_amt" in note and "before that step" in note for note in checked.notes)
    (tmp_path / "own" / "0.yml").unlink()
    add_contract(HEADERS.format(let=f"  - let: {{total: '{SHARED}'}}\n", paid="from: [total]"))
    (checked,) = check.check(shop.home, path, load_all())
    assert not checked.notes
    outcome = shop.one()
    assert (outcome.rows_kept, outcome.rows_skipped["repeats"]) == (1, 1)
    assert shop.rows("select paid_amt::double from bronze.ec_order") == [(3.5,)]
