"""Each type's grammar, text by text: the quick form and the full one never disagree."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from ingest.contract import grammar

MONEY = "DECIMAL(18,2)"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("set timezone = 'UTC'")
    return connection


def value(con: duckdb.DuckDBPyConnection, expression: str, text: str) -> Any:
    row = con.execute(f"select {expression} from (select ?::varchar as x)", [text]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12.00"), ("1,299.00", "1299.00"), ("¥1,299.00", "1299.00"), ("12元", "12.00"),
        ("￥-12", "-12.00"), ("1.2万", "12000.00"), ("3亿", "300000000.00"), ("12%", "0.12"),
        ("(5.00)", "-5.00"), ("１２３．５", "123.50"), ("1.5e3", "1500.00"), (".5", "0.50"),
        ("5.", "5.00"), ("8.881784e-16", "0.00"), ("-1,200", "-1200.00"), ("1 299.00", "1299.00"),
        ("1.005", "1.01"), ("abc", None), ("1,2", None), ("--5", None), ("1.2.3", None),
        ("(5", None), ("0x1F", None), ("1_000", None), ("99999999999999999999", None),
        ("120㎡", "120.00"), ("一百二十平", "120.00"), ("十二", "12.00"), ("两千零五", "2005.00"),
        ("一百二十个", None), ("零", None),
    ],
)  # fmt: skip
def test_money(con: duckdb.DuckDBPyConnection, text: str, expected: str | None) -> None:
    full = value(con, grammar.number("x", MONEY), text)
    assert full == (None if expected is None else Decimal(expected))
    assert value(con, grammar.quick_number("x", MONEY), text) in (full, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3), ("1,200", 1200), ("3件", 3), ("12.0", 12), ("-7", -7), ("1.2万", 12000),
        ("０", 0), ("12.5", None), ("0x1F", None), ("1_0", None), ("x", None),
        ("9999999999999999999999", None),
    ],
)  # fmt: skip
def test_integers(con: duckdb.DuckDBPyConnection, text: str, expected: int | None) -> None:
    assert value(con, grammar.integer("x"), text) == expected
    assert value(con, grammar.quick_integer("x"), text) in (expected, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-09-01", date(2025, 9, 1)), ("2025/9/1", date(2025, 9, 1)),
        ("20250901", date(2025, 9, 1)), ("2025年9月1日", date(2025, 9, 1)),
        ("2025.9.1", date(2025, 9, 1)), ("1-Sep-25", date(2025, 9, 1)),
        ("1-Jan-2017", date(2017, 1, 1)), ("45901", date(2025, 9, 1)),
        ("45901.35", date(2025, 9, 1)), ("2025-9-1 10:00", date(2025, 9, 1)),
        ("2025-09-01T08:00:00+08:00", date(2025, 9, 1)), ("25/12/2025", date(2025, 12, 25)),
        ("12/25/2025", date(2025, 12, 25)), ("5/5/2025", date(2025, 5, 5)),
        ("２０２５-０９-０１", date(2025, 9, 1)), ("01/02/2025", None), ("11.5", None),
        ("24.12.1985", date(1985, 12, 24)), ("05.06.2025", None), ("2025.9.1", date(2025, 9, 1)),
        ("Oct 31, 2026 11:05:09 PM", date(2026, 10, 31)), ("31 October 2026", date(2026, 10, 31)),
        ("2025-13-01", None), ("2025-02-30", None), ("abc", None), ("12", None),
    ],
)  # fmt: skip
def test_dates(con: duckdb.DuckDBPyConnection, text: str, expected: date | None) -> None:
    assert value(con, grammar.date("x"), text) == expected
    assert value(con, grammar.quick_date("x"), text) in (expected, None)


def test_a_declared_order_settles_dates_with_the_year_last(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, grammar.date("x", "dmy"), "01/02/2025") == date(2025, 2, 1)
    assert value(con, grammar.date("x", "mdy"), "01/02/2025") == date(2025, 1, 2)
    assert value(con, grammar.date("x", "dmy"), "05.06.2025") == date(2025, 6, 5)
    late = grammar.timestamp("x", "UTC", "UTC", "mdy")
    assert value(con, late, "01/02/2025 1:30 PM") == datetime(2025, 1, 2, 13, 30)
    assert value(con, grammar.ambiguous_date("x"), "01/02/2025") is True
    assert value(con, grammar.ambiguous_date("x"), "11.5") is True


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2016-05-23 22:02:11", "Asia/Shanghai", datetime(2016, 5, 23, 22, 2, 11)),
        ("2016/5/23 22:02", "Asia/Shanghai", datetime(2016, 5, 23, 22, 2)),
        ("2016-05-23T22:02:11Z", "Asia/Shanghai", datetime(2016, 5, 24, 6, 2, 11)),
        ("2016-05-23T22:02:11+08:00", "UTC", datetime(2016, 5, 23, 22, 2, 11)),
        ("2016-05-23 22:02:11", "UTC", datetime(2016, 5, 24, 6, 2, 11)),
        ("2016-05-23T22:02:11.5Z", "UTC", datetime(2016, 5, 24, 6, 2, 11, 500000)),
        ("20160523220211", "Asia/Shanghai", datetime(2016, 5, 23, 22, 2, 11)),
        ("45384.35", "Asia/Shanghai", datetime(2024, 4, 2, 8, 24)),
        ("1761868800", "Asia/Shanghai", datetime(2025, 10, 31, 8)),
        ("1761868800123", "UTC", datetime(2025, 10, 31, 8, 0, 0, 123000)),
        ("2016年5月23日 22:02", "Asia/Shanghai", datetime(2016, 5, 23, 22, 2)),
        ("2016-05-23", "Asia/Shanghai", datetime(2016, 5, 23)),
        ("25/12/2025 10:00", "Asia/Shanghai", datetime(2025, 12, 25, 10)),
        ("25.12.2025 10:00:01", "Asia/Shanghai", datetime(2025, 12, 25, 10, 0, 1)),
        ("12/25/2025 11:05 PM", "Asia/Shanghai", datetime(2025, 12, 25, 23, 5)),
        ("12/25/2025, 12:05:00 am", "Asia/Shanghai", datetime(2025, 12, 25, 0, 5)),
        ("05.06.2025 10:00", "Asia/Shanghai", None),
        ("Oct 31, 2026 11:05:09 PM", "Asia/Shanghai", datetime(2026, 10, 31, 23, 5, 9)),
        ("31 Oct 2026 23:05", "Asia/Shanghai", datetime(2026, 10, 31, 23, 5)),
        ("2016-05-23 25:00:00", "Asia/Shanghai", None),
        ("99", "Asia/Shanghai", None),
    ],
)
def test_times(
    con: duckdb.DuckDBPyConnection, text: str, zone: str, expected: datetime | None
) -> None:
    local = "Asia/Shanghai"
    assert value(con, grammar.timestamp("x", zone, local), text) == expected
    assert value(con, grammar.quick_timestamp("x", zone, local), text) in (expected, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('="0123"', "0123"), ("'193068123456789012", "193068123456789012"), ("123.0", "123"),
        ("ABC-1", "ABC-1"), ("A.B", "A.B"), ("1.93068E+15", None), ('="1.9E+15"', None),
        ("1E+5", None), ("'", None),
    ],
)  # fmt: skip
def test_identifiers(con: duckdb.DuckDBPyConnection, text: str, expected: str | None) -> None:
    assert value(con, grammar.identifier("x"), text) == expected


def test_booleans_and_blanks(con: duckdb.DuckDBPyConnection) -> None:
    assert [value(con, grammar.boolean("x"), t) for t in ("是", "Y", "1", "否", "N", "0")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert value(con, grammar.boolean("x"), "也许") is None
    assert value(con, grammar.trimmed("x"), "\u3000 黑色\u00a0\t") == "黑色"
    assert value(con, grammar.trimmed("x"), " \u3000 ") is None
