"""Each reader on the files retailers send: encodings, titles, totals, quotes, sheets, lines."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

NAME = "pos/pos_receipt_line_delta_20261031_S012.csv"
ROW = "S012,2026-10-31,{},1,6901230000001,2,100.00\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end(shop: Shop, encoding: str, newline: str) -> None:
    text = RECEIPT_LINES.replace("条码", "条码,新列") + "".join(
        f"S012,2026-10-31,单{i},1,690,赠,2,100.00\n" for i in range(3)
    )
    shop.land(NAME, text.replace("\n", newline), encoding)
    outcome = shop.one()
    assert (outcome.status, outcome.rows_kept) == ("loaded", 3)
    assert "新列" in outcome.warnings[0]
    assert shop.rows("select receipt_no, _row_no from bronze.pos_receipt_line order by 2") == [
        ("单0", 2), ("单1", 3), ("单2", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_titles_totals_and_blanks(shop: Shop, delimiter: str) -> None:
    lines = ["门店销售明细", "", "店仓代码,业务日,小票号,行号,条码,数量,成交额",
             "S012,2026-10-31,1,1,690,2,100", ",,,,,,", "小计,,,,,2,100",
             "S012,2026-10-31,2,1,690,1,50", "", "合 计：,,,,,3,150"]  # fmt: skip
    shop.land(NAME, "\n".join(lines).replace(",", delimiter) + "\n")
    outcome = shop.one()
    assert outcome.rows_skipped == {"title": 1, "total": 2, "blank": 3}
    assert (outcome.rows_in_file, outcome.rows_kept) == (8, 2)
    assert shop.rows("select _row_no from bronze.pos_receipt_line order by 1") == [(4,), (7,)]


def test_aliases_full_width_brackets_and_moved_columns(shop: Shop) -> None:
    shop.land(
        NAME, "数量,成交额,行号,小票号,条码,业务日, 店仓代码\n2,100,1,1,690,2026-10-31,S012\n"
    )
    assert shop.one().rows_kept == 1
    shop.land("erp/erp_skc_full_20261031_1.csv", '款号,颜色代码,颜色名称\n="001",01,黑色 \n')
    assert shop.one().rows_kept == 1
    assert shop.rows("select style_code, color_name from bronze.erp_skc") == [('="001"', "黑色")]


def test_quotes_line_breaks_and_broken_quotes(shop: Shop) -> None:
    head = "平台,订单号,备注,市\n"
    rows = [
        '天猫,1,"a, b",上海\n', '天猫,2,"第一行\n第二行",上海\n', '天猫,3,"他说""好""",上海\n',
        '天猫,4,"没有结束,上海\n', "天猫,5,好,上海\n", '天猫,6,"坏"的,上海\n',
        "天猫,7,少\n", "天猫,8,多,上海,x\n", "天猫,9,空,上海,,\n",
    ]  # fmt: skip
    shop.land("ec/ec_order_delta_20261031_1.csv", head + "".join(rows))
    outcome = shop.one()
    kept = shop.rows("select order_no, remark, _row_no from bronze.ec_order order by 1")
    assert kept == [
        ("1", "a, b", 2), ("2", "第一行\n第二行", 3), ("3", '他说"好"', 5), ("5", "好", 7),
        ("9", "空", 11),
    ]  # fmt: skip
    assert [(kind, row) for kind, row, *_ in shop.quarantine(outcome)] == [
        ("row", 6), ("row", 8), ("row", 9), ("row", 10),
    ]  # fmt: skip
    assert outcome.rows_in_file == 9


def test_undecodable_lines_go_to_quarantine_with_their_place(shop: Shop) -> None:
    good = (RECEIPT_LINES + "".join(ROW.format(f"单{i}") for i in range(20))).encode()
    bad = b"S012,2026-10-31,\xff\xfe\xfa,1,690,2,100\n"
    shop.land(NAME, good + bad + ROW.format("末").encode())
    outcome = shop.one()
    assert (outcome.rows_kept, outcome.rows_quarantined) == (21, 1)
    ((_, row, reason, _, _),) = shop.quarantine(outcome)
    assert row == 22
    assert reason == f"not utf-8: cannot be decoded at byte {len(good) + 16}"


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    sheet.write_datetime(r, c, cell, day)
                else:
                    sheet.write(r, c, cell)
    book.close()
    return sink.getvalue()


def test_workbooks(shop: Shop) -> None:
    from datetime import datetime

    content = workbook(
        {
            "说明": [["导出说明"]],
            "门店": [
                ["门店资料"], [],
                ["店仓代码", "名称", "类型", "开业日", "关店日", "面积", "可自提"],
                ["001", "一店", "门店", datetime(2020, 1, 2), "9999-12-31", 120.5, "是"],
                ["002", "总仓", "仓库", 45000, "", "1,000", "否"], ["合计", "", "", "", "", 1120.5],
            ],
        }
    )  # fmt: skip
    shop.land("erp/erp_location_full_20261031_1.xlsx", content)
    outcome = shop.one()
    assert outcome.rows_skipped == {"title": 1, "total": 1, "blank": 1}
    assert "说明" in outcome.warnings[-1]
    assert shop.rows(
        "select store_code, location_type, open_date::varchar, close_date, floor_area::varchar, "
        "can_pick_up, _row_no from bronze.erp_location order by 1"
    ) == [
        ("001", "store", "2020-01-02", None, "120.5000", True, 4),
        ("002", "dc", "2023-03-15", None, "1000.0000", False, 5),
    ]


def test_text_that_is_only_called_xls(shop: Shop) -> None:
    shop.land("erp/erp_supplier_full_20261031_1.xls", "供应商代码\t名称\nV1\t甲\n", "gb18030")
    assert shop.one().rows_kept == 1


def test_json_lines(shop: Shop) -> None:
    events = [
        {"事件ID": 12345678901234567890, "时间": "2026-10-31T10:00:00.123Z", "事件": "pdp_view",
         "数量": 2},
        {"event_id": "e2", "ts": 1793412000, "event": "add_cart", "新": {"a": 1}},
    ]  # fmt: skip
    lines = [json.dumps(event, ensure_ascii=False) for event in events]
    shop.land("ec/ec_event_delta_20261031_1.jsonl", "\n".join([*lines, "", "[1]", "{bad"]) + "\n")
    outcome = shop.one()
    assert (outcome.rows_in_file, outcome.rows_kept, outcome.rows_quarantined) == (5, 2, 2)
    assert outcome.rows_skipped["blank"] == 1
    assert shop.rows("select event_id, event_at::varchar, qty from bronze.ec_event order by 1") == [
        ("12345678901234567890", "2026-10-31 18:00:00.123", 2), ("e2", "2026-10-31 10:00:00", None),
    ]  # fmt: skip


def test_parquet_and_gzip(shop: Shop) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"工号": [1, 2], "姓名": ["a", "b"], "店仓": ["S1", "S2"]}), sink)
    shop.land("pos/pos_staff_full_20261031_1.parquet", sink.getvalue())
    shop.land("pos/pos_staff_full_20261030_1.csv.gz", gzip.compress("工号,店仓\n3,S3\n".encode()))
    assert [outcome.rows_kept for outcome in shop.ingest()] == [1, 2]
    assert shop.rows(
        "select staff_code, store_code, _row_no, _file_date::varchar from bronze.pos_staff "
        "order by 1"
    ) == [("1", "S1", 1, "2026-10-31"), ("2", "S2", 2, "2026-10-31"), ("3", "S3", 2, "2026-10-30")]
