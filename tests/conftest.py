"""What holds for all tests: what they share, which come first, and how property tests are judged.

Files that take minutes come first, so that at the end of a parallel run no process waits for the
other; those that need the published retailer stand where another process has made it meanwhile.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.shared import Shared

# Property tests are judged by what they find, never by the clock.
settings.register_profile("baokuan", deadline=None)
settings.load_profile("baokuan")

LONG = (
    "tests/integration/test_five_days.py",
    "tests/integration/test_brute_force.py",
    "tests/integration/test_pipeline.py",
    "tests/integration/",
    "tests/hits/",
    "tests/mess/",
    "tests/unit/ingest/test_safety.py",
    "tests/unit/serving/",
)


def place(nodeid: str) -> int:
    return next((n for n, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place(item.nodeid))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    return Shared(tmp_path_factory)
