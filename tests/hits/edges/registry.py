"""The edge-case matrix: each case enters its rows and states the values it must give.

What belongs here: the list of cases and the start that most share. The cases themselves, each with
its own SKC and stores so that all run in one warehouse, are in the modules beside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc, skc, store

Expected = dict[tuple[str, date], dict[str, Any]]
EDGES: dict[str, Callable[[Warehouse], Expected]] = {}


def edge(build: Callable[[Warehouse], Expected]) -> Callable[[Warehouse], Expected]:
    """Put a case on the list under its function's name."""
    EDGES[build.__name__] = build
    return build


def launched(warehouse: Warehouse, name: str, age: int, stores: int = 1, **more: Any) -> Skc:
    """An SKC on day `age` at the last day, planned for its own stores <name>1, <name>2, ..."""
    it = skc(warehouse, f"{name}/01", warehouse.as_of - timedelta(days=age - 1), **more)
    it.plan(*[store(warehouse, f"{name}{n}") for n in range(1, stores + 1)])
    return it
