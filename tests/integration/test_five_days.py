"""Five days through the whole job, one by one, equal a full refresh in every published table.

A return after 40 days, a corrected line, a late store file, a new store. What test_incremental.py
asks of core alone, this asks of what is published: core and hits, through gates and publication.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from baokuan.home import Home
from tests.integration.conftest import Retailer
from tests.integration.exports import day_of, decode, rows, write
from tests.integration.tables import (
    ask,
    differing,
    published_file,
    published_hashes,
    row_difference,
)

DAYS = ["20261101", "20261102", "20261103", "20261104", "20261105"]
LATE_STORE, LATE_DAY, ARRIVES = "S003", "20261102", "20261104"
NEW_STORE = "S901"
SCHEMAS = ("core.", "hits.")


def test_five_days_equal_a_full_refresh(retailer, exports, next_days, tmp_path, capsys) -> None:
    days = next_days(5)
    returned = old_sale_line(retailer.home)
    extra = {
        "20261102": lambda: restate_a_line(retailer.home),
        "20261103": lambda: return_late(retailer.home, returned),
        "20261104": lambda: open_a_store(retailer.home, exports, days),
    }
    told = []
    for day in DAYS:
        land_day(retailer, days, day)
        if day in extra:
            extra[day]()
        report = retailer.run("intraday", now=morning_after(day))
        assert report.version == retailer.current, report.verdict
        told.append((day, report.rows))
    with capsys.disabled():
        print_rows(told)
    facts_show_what_came(retailer.home, returned)

    whole = Retailer(Home(tmp_path / "whole"), retailer.clock)
    shutil.copytree(retailer.home.root, whole.home.root)
    whole_report = whole.run("intraday", True, morning_after(DAYS[-1]))
    assert whole_report.version == whole.current, whole_report.verdict
    ours = kept(published_hashes(retailer.home))
    assert len(ours) > 20
    different = differing(ours, kept(published_hashes(whole.home)))
    shown = "\n".join(
        f"{table} {counts}\n"
        + row_difference(published_file(retailer.home), published_file(whole.home), table)
        for table, counts in different.items()
    )
    assert different == {}, f"incremental (a) and full refresh (b) differ:\n{shown}"


def kept(hashes: dict) -> dict:
    return {table: value for table, value in hashes.items() if table.startswith(SCHEMAS)}


def morning_after(day: str) -> str:
    return f"2026-11-{int(day[-2:]) + 1:02d}T06:00:00+08:00"


def land_day(retailer: Retailer, days: Path, day: str) -> None:
    """The day's files, the late store's aside; those come two days later."""
    for path in sorted(days.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(days).as_posix()
        stamp = day_of(name)
        if stamp == LATE_DAY and name.startswith("pos/") and f"_{LATE_STORE}." in name:
            stamp = ARRIVES
        if stamp == day:
            target = retailer.home.landing / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def old_sale_line(home: Home) -> dict[str, str]:
    """A store sale at least 40 days before the third day that nobody has brought back."""
    found = ask(
        home,
        """
        select l.store_code, l.order_id, l.sale_line_id, l.sale_date::text, l.skc_id, l.sku_id
        from core.fct_sale_line l
        anti join core.fct_return_line r using (sale_line_id)
        where l.source = 'pos' and l.sale_units = 1 and l.line_no = 1 and not l.is_excluded
          and l.sale_date <= date '2026-11-03' - 40
        order by l.sale_date desc, l.sale_line_id limit 1
        """,
    )
    names = ("store_code", "order_id", "sale_line_id", "sale_date", "skc_id", "sku_id")
    return dict(zip(names, found[0], strict=True))


def bronze_line(home: Home, where: str) -> dict[str, str]:
    """One receipt line as it was exported, by canonical column names."""
    import duckdb

    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        cursor = con.execute(
            "select store_code, biz_date, receipt_no, line_no, barcode, style_code, color_code, "
            "size_code, qty, tag_price, unit_price, sale_amt, coupon_amt, staff_code, member_no, "
            f"sold_at, uploaded_at from bronze.pos_receipt_line where {where} "
            "order by biz_date, store_code, receipt_no, line_no limit 1"
        )
        names = [column[0] for column in cursor.description]
        (row,) = cursor.fetchall()
    return {n: "" if v is None else str(v) for n, v in zip(names, row, strict=True)}


def restate_a_line(home: Home) -> None:
    """A line of two weeks ago comes again: two pieces instead of one."""
    line = bronze_line(home, "biz_date = date '2026-10-20' and qty = 1 and sale_amt > 0")
    line |= {"qty": "2", "sale_amt": str(2 * float(line["sale_amt"])),
             "uploaded_at": "2026-11-02 23:00:00"}  # fmt: skip
    write(home.landing / "pos" / "pos_receipt_line_delta_20261102_R1.csv", [line])


def return_late(home: Home, sale: dict[str, str]) -> None:
    """The goods of that old sale come back on the third day."""
    receipt = sale["order_id"]
    line = bronze_line(
        home,
        f"biz_date = date '{sale['sale_date']}' and store_code = '{sale['store_code']}' "
        f"and line_no = 1 and qty = 1 and position(receipt_no in '{receipt}') > 0",
    )
    number, at = "T261103901", "2026-11-03 15:00:00"
    back = line | {
        "biz_date": "2026-11-03", "receipt_no": number, "qty": "-1",
        "sale_amt": f"-{line['sale_amt']}", "sold_at": at, "uploaded_at": "2026-11-04 00:30:00",
        "original_line_no": "1",
    }  # fmt: skip
    head = {
        "store_code": line["store_code"], "receipt_no": number, "register_no": "POS1",
        "biz_date": "2026-11-03", "sold_at": at, "receipt_type": "退货",
        "member_no": line["member_no"], "staff_code": line["staff_code"], "units": "-1",
        "tag_amt": f"-{line['tag_price']}", "paid_amt": f"-{line['sale_amt']}",
        "original_receipt_no": line["receipt_no"], "is_void": "否",
        "uploaded_at": "2026-11-04 00:30:00",
    }  # fmt: skip
    slip = {
        "store_code": line["store_code"], "return_no": number, "line_no": "1",
        "original_store": line["store_code"], "original_date": sale["sale_date"],
        "original_receipt_no": line["receipt_no"], "original_line_no": "1",
        "barcode": line["barcode"], "qty": "1", "refund_amt": line["sale_amt"],
        "reason_code": "02 不喜欢", "returned_at": at, "uploaded_at": "2026-11-04 00:30:00",
    }  # fmt: skip
    pos = home.landing / "pos"
    write(pos / "pos_receipt_line_delta_20261103_L1.csv", [back])
    write(pos / "pos_receipt_delta_20261103_L1.csv", [head])
    write(pos / "pos_return_delta_20261103_L1.csv", [slip])


def open_a_store(home: Home, exports: Path, days: Path) -> None:
    """A store nobody knew: its master row, and the receipts of another store under its code."""
    known = sorted((exports / "erp").glob("erp_location_full_*.csv"))[-1]
    stores = rows(known)
    new = next(r for r in stores if r["店仓代码"] == "S001")
    new = new | {"店仓代码": NEW_STORE, "名称": "新店", "开业日": "2026-11-04"}
    write(home.landing / "erp" / "erp_location_full_20261104_9.csv", [*stores, new])
    for entity in ("pos_receipt_line", "pos_receipt"):
        source = days / "pos" / f"{entity}_delta_20261104_S001.csv"
        text = decode(source).replace("S001,", f"{NEW_STORE},")
        target = home.landing / "pos" / f"{entity}_delta_20261104_{NEW_STORE}.csv"
        target.write_text(text, encoding="utf-8")


def facts_show_what_came(home: Home, returned: dict[str, str]) -> None:
    """The four odd arrivals really took effect, or the comparison would prove little."""
    line = returned["sale_line_id"]
    late = "select post_date::text, ret_units from core.fct_return_line where sale_line_id = "
    assert ask(home, f"{late}'{line}'") == [("2026-11-03", 1)]
    restated = "select count(*) from core.fct_sale_line where sale_date = date '2026-10-20' "
    assert ask(home, restated + "and sale_units = 2")[0][0] >= 1
    stores = "select count(*) from core.fct_sale_line where store_code = "
    assert ask(home, f"{stores}'{LATE_STORE}' and sale_date = date '2026-11-02'")[0][0] > 0
    assert ask(home, f"{stores}'{NEW_STORE}'")[0][0] > 0
    assert ask(home, "select max(as_of_date)::text from hits.board") == [("2026-11-05",)]


def print_rows(told: list[tuple[str, list[dict]]]) -> None:
    """Rows touched by each incremental model, day by day."""
    print("\nrows touched by each model (of rows in all, last day):")
    names = [row["table"] for row in told[-1][1] if row["table"].startswith(SCHEMAS)]
    for name in names:
        each = [next((r for r in r_ if r["table"] == name), {}) for _, r_ in told]
        touched = " ".join(f"{r.get('rows_touched', 0) or 0:>9,}" for r in each)
        print(f"  {name:28} {touched}  of {each[-1].get('rows', 0):,}")
