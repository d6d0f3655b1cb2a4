"""One warehouse for all golden and edge cases: every case has its own SKCs and stores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.hits import golden
from tests.hits.edges import EDGES, Expected
from tests.hits.harness import Warehouse

AS_OF = date(2026, 10, 15)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, dict[str, Expected]]:
    """The warehouse after the hit models have run on all cases, and what each edge expects."""
    warehouse = Warehouse(Path(tmp_path_factory.mktemp("hits")), AS_OF)
    warehouse.add("dim_store", store_code="DC", location_type="dc")
    golden.build(warehouse)
    expectations = {name: build(warehouse) for name, build in EDGES.items()}
    warehouse.run()
    golden.given(warehouse)
    warehouse.run_after("int_hits__lost_raw", "int_hits__curve_share")
    return warehouse, expectations


@pytest.fixture(scope="session")
def cases(built: tuple[Warehouse, dict[str, Expected]]) -> Warehouse:
    return built[0]


@pytest.fixture(scope="session")
def expectations(built: tuple[Warehouse, dict[str, Expected]]) -> dict[str, Expected]:
    return built[1]
