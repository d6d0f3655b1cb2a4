"""The edge-case matrix, one test a case: core rows in, values of the real models out.

Each case states the values that it is about; all other indicators of its rows must equal their
second computation in plain Python.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.hits.brute.facts import Facts
from tests.hits.brute.score import Judged
from tests.hits.edges import EDGES, Expected
from tests.hits.harness import Warehouse
from tests.hits.test_golden_sheet import INDICATORS


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, int | Decimal) and found is not None:
        return Decimal(str(found)) == Decimal(expected)
    return bool(found == expected)


@pytest.mark.parametrize("name", list(EDGES))
def test_edge(cases: Warehouse, expectations: dict[str, Expected], name: str) -> None:
    wrong = []
    for (skc_id, day), values in expectations[name].items():
        row = cases.row(skc_id, day)
        wrong += [
            f"{skc_id} {day} {column}: {row[column]!r}, expected {value!r}"
            for column, value in values.items()
            if not same(row[column], value)
        ]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def second(cases: Warehouse) -> Judged:
    with duckdb.connect(str(cases.path), read_only=True) as con:
        return Judged(Facts(con))


@pytest.mark.parametrize("name", list(EDGES))
def test_every_indicator_of_an_edge(
    cases: Warehouse, expectations: dict[str, Expected], second: Judged, name: str
) -> None:
    wrong = []
    for skc_id, day in expectations[name]:
        row = cases.row(skc_id, day)
        for indicator in INDICATORS:
            again = getattr(second, indicator)(skc_id, day)
            found, status = row[indicator], row[f"{indicator}_status"]
            if again.value is None or found is None:
                same = again.value is found
            else:
                exponent = Decimal(str(found)).as_tuple().exponent
                assert isinstance(exponent, int)
                same = abs(float(found) - float(again.value)) <= 0.5000001 * 10**exponent
            if status != again.status or not same:
                wrong.append(f"{skc_id} {day} {indicator}: {found!r} ({status}), again {again}")
    assert not wrong, "\n".join(wrong)
