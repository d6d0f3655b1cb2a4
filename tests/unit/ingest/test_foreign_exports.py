"""Foreign exports, invented and nasty, loaded by contracts alone, as a stranger writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ingest.commands.cli import main
from ingest.contract import load_all
from ingest.explain import check, report
from tests.unit.ingest.conftest import Shop

PHONE = "170 555" + "0101"

# A department store's concession: sales by counter with subtotals, stock as a size matrix, and a
# hand-kept file that says which counter is which store.
COUNTERS = """
商场门店对照表（2026年修订）,,,,
门店号,商场名称,柜组编码,面积,开业日期
S001,人民店,A1023,120㎡,2019.3.1
S002,新区店,B2001,一百二十平,2021/5/1
"""
SALES = """专柜销售流水,,,,,,,,
查询期间：2026-10-31 至 2026-10-31,,,,,,,,
柜组编码,柜组名称,销售日期,时间,流水号,序号,商品条码,数量,销售金额
A1023,女装一柜,2026/10/31,10:05,000123,1,6901,1,"1,099.00"
A1023,女装一柜,2026/10/31,21:58,000140,1,6901,-1,"-1,099.00"
柜组小计,,,,,,,0,0.00
B2001,女装二柜,2026/10/31,11:30,000088,1,6903,1,809.10
柜组小计,,,,,,,1,809.10
总计,,,,,,,1,809.10
打印时间：2026-11-01 08:00:12,,,,,,,,
"""
MALL_SALES = """
feed: pos_receipt_line
source: mall
match: {path: "mall/专柜销售*.csv"}
mode: delta
total_words: [柜组小计]
steps:
  - skip: {footer: "柜组编码 like '打印时间%'"}
  - lookup: {name: counter, file: "mall/门店对照*.csv", on: {柜组编码: 柜组编码}}
columns:
  store_code: {from: [counter.门店号]}
  biz_date:   {from: [销售日期]}
  receipt_no: {from: [流水号]}
  line_no:    {from: [序号]}
  barcode:    {from: [商品条码]}
  qty:        {from: [数量]}
  sale_amt:   {from: [销售金额]}
  sold_at:    {expr: "销售日期 || ' ' || 时间"}
"""
MALL_STOCK = """
feed: erp_stock_snap
source: mall
match: {path: "mall/专柜库存*.xlsx"}
format: {header_rows: 2, titles: {day: "日期[：:] *(.+)"}}
steps:
  - fill_down: {columns: [柜组]}
  - lookup: {name: counter, file: "mall/门店对照*.csv", on: {柜组编码: 柜组}}
  - unpivot: {pattern: "尺码/(?P<size>.+)", value: pieces, drop: ["0", "-"]}
columns:
  snap_date:    {from: [day]}
  store_code:   {from: [counter.门店号]}
  barcode:      {expr: "款色 || '-' || size"}
  onhand_units: {from: [pieces]}
"""
MALL_STORES = """
feed: erp_location
source: mall
match: {path: "mall/门店对照*.csv"}
columns:
  store_code:    {from: [门店号]}
  store_name:    {from: [商场名称]}
  location_type: {const: store}
  ownership:     {const: concession}
  floor_area:    {from: [面积]}
  open_date:     {from: [开业日期]}
"""

# A marketplace: one row an order, its items in one cell, the discount on the order.
ORDERS = """Order ID,Order Date,Order Status,Items,Item Subtotal,Discount,Refunded,Refund Date
5550001,"Oct 31, 2026 11:05:09 PM PDT",Shipped,\
"KN-1-M x2 @ $59.90; KN-2-L x1 @ $129.00","$248.80",-$24.88,,
5550002,"Nov 1, 2026 12:10:00 AM PDT",Partially Refunded,\
"KN-3-S x1 @ $1,299.00","$1,299.00",$0.00,$100.00,"Nov 3, 2026 09:00:00 AM PST"
"""
BAZAAR = """
feed: ec_order_line
source: bazaar
match: {path: "bazaar/orders*.csv"}
steps:
  - split: {columns: [Items], by: ";", fields: [item]}
  - let:
      sku: "split_part(trim(item), ' x', 1)"
      pieces: "regexp_extract(item, ' x([0-9]+)', 1)"
      price: "split_part(item, '@', 2)"
  - let: {worth: "as_number(pieces) * as_number(price)"}
  - let: {paid: 'as_number("Item Subtotal") + as_number(Discount)'}
columns:
  platform:   {const: bazaar}
  order_no:   {from: [Order ID]}
  line_no:    {from: [_part]}
  barcode:    {from: [sku]}
  qty:        {from: [pieces]}
  unit_price: {from: [price]}
  sale_amt:   {expr: 'round(paid * worth / sum(worth) over (partition by "Order ID"), 2)'}
"""
BAZAAR_ORDERS = """
feed: ec_order
source: bazaar
match: {path: "bazaar/orders*.csv"}
steps:
  - let: {at: "regexp_replace(\\"Order Date\\", ' P[SD]T$', '')"}
columns:
  platform: {const: bazaar}
  order_no: {from: [Order ID]}
  status:   {from: [Order Status], map: {Shipped: shipped, Partially Refunded: done}}
  paid_at:  {from: [at], timezone: America/Los_Angeles}
"""

# Customers of a shop with stores, a web shop and an app, in another country.
CUSTOMERS = f"""CustomerID;Name;Mobile;DOB;Points;Created;OptIn_Email;OptIn_SMS;Accounts
0000457;Anna Müller;0049 {PHONE};24.12.1985;1.234,50;31.10.2019 14:05;Y;N;shopify:99001|app:77
0000458;Bernd Groß;;00.00.0000;-5,00;01.02.2024 08:00;N;;
"""
OMNI = """
feed: crm_member
source: omni
match: {path: "omni/customers*.csv"}
format: {encoding: cp1252}
columns:
  member_no: {from: [CustomerID]}
  phone:     {from: [Mobile]}
  birthday:  {from: [DOB], order: dmy, nulls: ["00.00.0000"]}
  points:    {expr: "as_integer(Points)"}
  joined_at: {from: [Created], order: dmy, timezone: Europe/Berlin}
  unionid:   {expr: "regexp_extract(Accounts, 'shopify:([^|]+)', 1)"}
"""
CONSENTS = """
feed: crm_consent
source: omni
match: {path: "omni/customers*.csv"}
format: {encoding: cp1252}
steps:
  - unpivot: {pattern: "OptIn_(?P<kind>.+)", value: answer}
columns:
  member_no:    {from: [CustomerID]}
  consent_type: {from: [kind]}
  given_at:     {from: [Created], order: dmy, timezone: Europe/Berlin}
  value:        {from: [answer]}
"""


@pytest.fixture
def stranger(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    folder = tmp_path / "contracts"
    folder.mkdir()
    for number, text in enumerate(
        (MALL_SALES, MALL_STOCK, MALL_STORES, BAZAAR, BAZAAR_ORDERS, OMNI, CONSENTS)
    ):
        (folder / f"{number}.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    return shop


def _matrix(path: Path) -> None:
    rows = [
        ("专柜库存表", *[""] * 5), ("日期：2026年10月31日", *[""] * 5),
        ("柜组", "款色", "尺码", "", "", "合计"), ("", "", "S", "M", "L", ""),
        ("A1023", "Q-01", "2", "0", "1", "3"), ("", "Q-02", "", "4", "5", "9"),
        ("B2001", "Q-01", "1", "-", "", "1"), ("合计", "", "3", "4", "6", "13"),
    ]  # fmt: skip
    frame = pl.DataFrame([list(column) for column in zip(*rows, strict=True)])
    frame.write_excel(path, include_header=False, autofit=False)


def test_three_foreign_exports(stranger: Shop) -> None:
    stranger.land("mall/门店对照.csv", COUNTERS.lstrip(), "gb18030")
    stranger.land("mall/专柜销售_20261031.csv", SALES, "gb18030")
    _matrix(stranger.land("mall/专柜库存_20261031.xlsx", ""))
    stranger.land("bazaar/orders_20261101.csv", ORDERS)
    stranger.land("omni/customers_20261031.csv", CUSTOMERS, "cp1252")
    outcomes = stranger.ingest()
    assert [o.status for o in outcomes] == ["loaded"] * 7
    assert not any(o.rows_quarantined for o in outcomes), outcomes
    rejected = {o.feed: o.values_rejected for o in outcomes if o.values_rejected}
    assert rejected == {"crm_member": {"points": 2}}  # 1.234,50 and -5,00 are no whole numbers
    assert stranger.rows(
        "select store_code, receipt_no, qty, sale_amt, sold_at from bronze.pos_receipt_line "
        "order by all"
    ) == [
        ("S001", "000123", 1, Decimal("1099.00"), datetime(2026, 10, 31, 10, 5)),
        ("S001", "000140", -1, Decimal("-1099.00"), datetime(2026, 10, 31, 21, 58)),
        ("S002", "000088", 1, Decimal("809.10"), datetime(2026, 10, 31, 11, 30)),
    ]
    assert stranger.rows(
        "select snap_date, store_code, barcode, onhand_units from bronze.erp_stock_snap "
        "order by all"
    ) == [
        (date(2026, 10, 31), store, code, units)
        for store, code, units in (
            ("S001", "Q-01-L", 1), ("S001", "Q-01-S", 2), ("S001", "Q-02-L", 5),
            ("S001", "Q-02-M", 4), ("S002", "Q-01-S", 1),
        )
    ]  # fmt: skip
    areas = "select floor_area::int, open_date from bronze.erp_location order by all"
    assert stranger.rows(areas) == [
        (120, date(2019, 3, 1)), (120, date(2021, 5, 1)),
    ]  # fmt: skip
    assert stranger.rows(
        "select order_no, line_no, barcode, qty, sale_amt from bronze.ec_order_line order by all"
    ) == [
        ("5550001", "1", "KN-1-M", 2, Decimal("107.82")),
        ("5550001", "2", "KN-2-L", 1, Decimal("116.10")),
        ("5550002", "1", "KN-3-S", 1, Decimal("1299.00")),
    ]
    assert stranger.rows("select paid_at, status from bronze.ec_order order by all") == [
        (datetime(2026, 11, 1, 14, 5, 9), "shipped"), (datetime(2026, 11, 1, 15, 10), "done"),
    ]  # fmt: skip
    assert stranger.rows(
        "select birth_year, joined_at, phone_key is not null, unionid_key is not null "
        "from bronze.crm_member order by all"
    ) == [(1985, datetime(2019, 10, 31, 21, 5), True, True),
          (None, datetime(2024, 2, 1, 15), False, False)]  # fmt: skip
    assert stranger.rows(
        "select member_no, consent_type, value from bronze.crm_consent order by all"
    ) == [
        ("0000457", "Email", True),
        ("0000457", "SMS", False),
        ("0000458", "Email", False),
    ]


def test_what_a_stranger_is_told(
    stranger: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The columns of a feed by its name; in a check, what is mapped and never has a value."""
    assert main(["contracts", "crm_consent"]) == 0
    shown = capsys.readouterr().out
    (given,) = [line.split() for line in shown.splitlines() if line.startswith("given_at")]
    assert given[:5] == ["given_at", "timestamp", "required", "时间,", "given_at"]
    assert main(["contracts", "crm_consnt"]) == 2
    assert "did you mean 'crm_consent'?" in capsys.readouterr().err
    path = tmp_path / "omni" / "customers_20261031.csv"
    path.parent.mkdir()
    path.write_bytes(CUSTOMERS.encode("cp1252"))
    checked = check.check(stranger.home, path, load_all(tmp_path / "contracts"))
    (member,) = [one for one in checked if one.outcome.feed == "crm_member"]
    assert [note.split(":")[0] for note in member.notes] == ["points"]
    assert PHONE not in report.text(report.sections_of_check(path, checked))
