"""Further golden cases: the facts of a table in, hand-worked values out of the real models."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc
from tests.hits.sheet import VALUES

INDICATORS = (
    "days_since_launch", "lifecycle_progress", "cum_net_units", "net_units_7d",
    "units_per_store_day", "store_active_rate", "wow_growth", "same_age_index",
    "distribution_rate", "distribution_depth", "full_size_rate", "sell_through_rate",
    "weeks_of_supply", "lost_units_7d", "presale_ratio", "reorder_rate", "forecast_w3",
    "forecast_w4", "discount_rate", "gross_margin_rate", "return_rate", "repurchase_rate",
    "view_to_cart_rate",
)  # fmt: skip
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


def test_ten_cases_with_all_indicators() -> None:
    worked = defaultdict(set)
    for value in VALUES:
        worked[value["case"]].add(value["column"])
    assert len(worked) >= 10
    assert all(columns >= set(INDICATORS) for columns in worked.values())
