"""One warehouse for all golden and edge cases: every case has its own SKCs and stores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.hits import golden
from tests.hits.harness import Warehouse

AS_OF = date(2026, 10, 15)


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse after the hit models have run on all cases."""
    warehouse = Warehouse(Path(tmp_path_factory.mktemp("hits")), AS_OF)
    warehouse.add("dim_store", store_code="DC", location_type="dc")
    golden.build(warehouse)
    warehouse.run()
    return warehouse
