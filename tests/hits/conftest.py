"""One warehouse for all golden and edge cases: every case has its own SKCs and stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.hits import golden
from tests.hits.edges import EDGES, Expected
from tests.hits.harness import Warehouse
from tests.hits.retail import Skc
from tests.hits.sheet import Sheet
from tests.shared import Shared

AS_OF = date(2026, 10, 15)


@dataclass(frozen=True)
class Built:
    """The warehouse, what each edge case expects of it, and the SKCs of the golden table."""

    warehouse: Warehouse
    expectations: dict[str, Expected]
    sheet: dict[str, Skc]


@pytest.fixture(scope="session")
def built(shared: Shared) -> Built:
    """The warehouse after the hit models have run on all cases, once for all processes."""
    warehouse = Warehouse(shared.root / "hits", AS_OF)
    warehouse.add("dim_store", store_code="DC", location_type="dc")
    golden.build(warehouse)
    sheet = Sheet(warehouse).enter()
    expectations = {name: build(warehouse) for name, build in EDGES.items()}

    def run(root: Path) -> None:
        warehouse.run()
        golden.given(warehouse)
        warehouse.run_after("int_hits__lost_online", "int_hits__lost_change", "int_hits__curve_day")

    shared.once("hits", run)
    return Built(warehouse, expectations, sheet)


@pytest.fixture(scope="session")
def cases(built: Built) -> Warehouse:
    return built.warehouse


@pytest.fixture(scope="session")
def expectations(built: Built) -> dict[str, Expected]:
    return built.expectations


@pytest.fixture(scope="session")
def sheet(built: Built) -> dict[str, Skc]:
    return built.sheet
