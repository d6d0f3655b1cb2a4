"""The edge-case matrix, one test a case: core rows in, values of the real models out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.hits.edges import EDGES, Expected
from tests.hits.harness import Warehouse


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
