"""The golden cases: rows at the core facts in, hand-worked values out of the real models."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.hits.harness import Warehouse

WORKED = list(csv.DictReader((Path(__file__).parent / "golden.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("worked", WORKED, ids=[f"{w['case']}-{w['column']}" for w in WORKED])
def test_golden_value(cases: Warehouse, worked: dict[str, str]) -> None:
    found = cases.row(worked["skc_id"])[worked["column"]]
    expected = worked["expected"]
    if found is None or isinstance(found, bool | str):
        assert str("" if found is None else found) == expected
    else:
        assert Decimal(str(found)) == Decimal(expected)


def test_stock_identity(cases: Warehouse) -> None:
    """Received less sold plus returned is what lies in the DC, in stores and on the way."""
    row = cases.row("K25A-07/BLK")
    assert row["recv_units"] - 3830 + 250 == row["onhand_units"] + row["transit_units"] == 1420


def test_what_is_left_of_week_3(cases: Warehouse) -> None:
    """Day 15 is the first of week 3: 78 net pieces of it are sold, 327.6 are left."""
    day = {"skc_id": "K25A-07/BLK", "sale_date": cases.as_of}
    sold, back = (
        sum(row[units] for row in cases.tables[table] if day.items() <= row.items())
        for table, units in (("fct_sale_line", "sale_units"), ("fct_return_line", "ret_units"))
    )
    assert sold - back == 78
    left = cases.row("K25A-07/BLK")["forecast_w3"] - (sold - back)
    assert round(left, 1) == Decimal("327.6")
