"""Further golden cases: the facts of a table in, hand-worked values out of the real models."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from catalogue import read
from tests.hits.harness import Warehouse
from tests.hits.retail import Skc
from tests.hits.sheet import VALUES
from tests.hits.test_golden import WORKED as WORKED_EXAMPLE

INDICATORS = {one.indicator for one in read.project().at("company")}
CASES, WORKED = 10, 23  # so many cases work out so many indicators each
NAMES = [f"{worked['case']}-{worked['column']}" for worked in VALUES]


def equal(found: Any, expected: str) -> bool:
    if isinstance(found, str | bool) or found is None:
        return ("" if found is None else str(found)) == expected
    return expected != "" and Decimal(str(found)) == Decimal(expected)


@pytest.mark.parametrize("worked", VALUES, ids=NAMES)
def test_worked_value(cases: Warehouse, sheet: dict[str, Skc], worked: dict[str, str]) -> None:
    column = worked["column"]
    row = cases.row(worked["skc"], sheet[worked["skc"]].day(int(worked["day"])))
    found = {column: row[column]}
    expected = {column: worked["value"]}
    for part in ("num", "den", "status"):
        if worked[part]:
            found[part], expected[part] = row[f"{column}_{part}"], worked[part]
    wrong = {part for part in expected if not equal(found[part], expected[part])}
    assert not wrong, f"{found}, worked {expected}: {worked['working']}"


def test_every_indicator_is_worked_out_by_hand() -> None:
    worked: dict[str, set[str]] = defaultdict(set)
    for value in VALUES:
        worked[value["case"]].add(value["column"])
    assert len(worked) >= CASES
    assert all(len(columns & INDICATORS) >= WORKED for columns in worked.values())
    golden = {value["column"] for value in (*VALUES, *WORKED_EXAMPLE)}
    assert golden >= INDICATORS


def test_forecast_against_what_came(cases: Warehouse, sheet: dict[str, Skc]) -> None:
    """Forecast 40.86 and 31.59, "week 2 again" 41; 35 and 26 came, both below the band."""
    (score,) = cases.rows("select * from hits.forecast_scores where skc_id = 'GFW/01'")
    assert score["issued_on"] == sheet["GFW/01"].day(15)
    assert (score["actual_w3"], score["actual_w4"]) == (35, 26)
    assert (score["error_w3"], score["error_w4"]) == (Decimal("5.86"), Decimal("5.59"))
    assert (score["abs_error_w3"], score["abs_error_w4"]) == (Decimal("5.86"), Decimal("5.59"))
    assert (score["naive_abs_error_w3"], score["naive_abs_error_w4"]) == (6, 15)
    assert (score["is_in_band_w3"], score["is_in_band_w4"]) == (False, False)
