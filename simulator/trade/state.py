"""The state of all stock and the ledger of what moved it. Every unit enters and leaves here.

What belongs here: on-hand, transit, locked, held units by location and SKU, and the movements.
What does not: why something moves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.world.goods import Goods
from simulator.world.places import Places

PURCHASE, ALLOCATION, REPLENISHMENT, TRANSFER, RETURN_TO_DC, COUNT, SALE_OUT, SALE_RETURN = range(8)
NOWHERE = -1
MOVE_TYPES: dict[str, type[np.integer]] = {
    "kind": np.int8,
    "source": np.int16,
    "target": np.int16,
    "sku": np.int32,
    "units": np.int32,
    "sent": np.int16,
    "received": np.int16,
    "ref": np.int32,
    "reverses": np.int32,
}


class Log:
    """Rows collected in column chunks; row numbers count from 0 and never change.

    ``types``: columns that are kept in fewer bytes than they come in, where there are many rows.
    """

    def __init__(self, *columns: str, types: dict[str, type[np.integer]] | None = None) -> None:
        self.columns = columns
        self.count = 0
        self._types = types or {}
        self._chunks: dict[str, list[NDArray]] = {name: [] for name in columns}

    def add(self, **values: ArrayLike) -> NDArray[np.int64]:
        """Append rows (scalars are repeated); returns their numbers."""
        if set(values) != set(self.columns):
            raise ValueError(f"columns {sorted(values)} given, {sorted(self.columns)} expected")
        arrays = np.broadcast_arrays(*(np.atleast_1d(values[c]) for c in self.columns))
        size = len(arrays[0])
        for name, array in zip(self.columns, arrays, strict=True):
            self._chunks[name].append(np.array(array, self._types.get(name)))
        first, self.count = self.count, self.count + size
        return np.arange(first, self.count)

    def since(self, first: int) -> dict[str, NDArray]:
        """Rows from number ``first`` on; cheap when they were added lately."""
        found: dict[str, NDArray] = {}
        for name, chunks in self._chunks.items():
            size, parts = self.count - first, []
            for chunk in reversed(chunks):
                if size <= 0:
                    break
                parts.append(chunk[max(0, len(chunk) - size) :])
                size -= len(chunk)
            found[name] = np.concatenate(parts[::-1]) if parts else np.zeros(0, np.int64)
        return found

    def arrays(self) -> dict[str, NDArray]:
        """All rows, column by column; the log goes on with these arrays as its chunks."""
        for chunks in self._chunks.values():
            if len(chunks) != 1:
                chunks[:] = [np.concatenate(chunks) if chunks else np.zeros(0, np.int64)]
        return {name: chunks[0] for name, chunks in self._chunks.items()}


class World:
    """Stock at one moment, ``today``."""

    def __init__(self, places: Places, goods: Goods) -> None:
        shape = (places.count, goods.skus)
        self.places, self.goods = places, goods
        self.today = 0
        self.quiet_from = 10**6
        self.onhand = np.zeros(shape, np.int32)
        self.transit = np.zeros(shape, np.int32)
        self.locked = np.zeros(shape, np.int32)
        self.held = np.zeros(shape, np.int32)
        self.presale_due = np.zeros(goods.skus, np.int32)
        self.moves = Log(*MOVE_TYPES, types=MOVE_TYPES)
        self._arrivals: dict[int, list[tuple[NDArray, NDArray, NDArray]]] = defaultdict(list)

    def move(
        self,
        kind: int,
        source: ArrayLike,
        target: ArrayLike,
        sku: ArrayLike,
        units: ArrayLike,
        received: ArrayLike | None = None,
        ref: ArrayLike = -1,
        reverses: ArrayLike = -1,
    ) -> NDArray[np.int64]:
        """Move units now; what is received on a later day is in transit until its morning."""
        arrays: Any = np.broadcast_arrays(
            np.atleast_1d(source), target, sku, units, self.today if received is None else received
        )
        start, end, item, many, arrive = arrays
        if len(item) == 0:
            return np.zeros(0, np.int64)
        leaves = start >= 0
        np.subtract.at(self.onhand, (start[leaves], item[leaves]), many[leaves])
        now = (end >= 0) & (arrive <= self.today)
        np.add.at(self.onhand, (end[now], item[now]), many[now])
        later = (end >= 0) & ~now
        if later.any():
            np.add.at(self.transit, (end[later], item[later]), many[later])
            for day in np.unique(arrive[later]):
                part = later & (arrive == day)
                self._arrivals[int(day)].append((end[part], item[part], many[part]))
        return self.moves.add(
            kind=kind,
            source=start,
            target=end,
            sku=item,
            units=many,
            sent=self.today,
            received=arrive,
            ref=ref,
            reverses=reverses,
        )

    def receive_arrivals(self) -> None:
        """Morning: what was in transit and is due today comes on hand."""
        for target, sku, units in self._arrivals.pop(self.today, []):
            np.subtract.at(self.transit, (target, sku), units)
            np.add.at(self.onhand, (target, sku), units)

    def arriving(self, day: int) -> list[tuple[NDArray, NDArray, NDArray]]:
        """(location, sku, units) due on a later day."""
        return self._arrivals.get(day, [])

    def free(self, location: int | slice, sku: NDArray[np.int64] | slice) -> NDArray[np.int32]:
        """Units that nobody has claimed; presale orders claim stock of the first DC."""
        units = self.onhand[location, sku] - self.locked[location, sku] - self.held[location, sku]
        if isinstance(location, int) and location == self.places.stores:
            units = units - np.minimum(self.presale_due[sku], np.maximum(units, 0))
        return np.maximum(units, 0)

    def hold(self, location: NDArray, sku: NDArray, units: NDArray) -> None:
        np.add.at(self.held, (location, sku), units)

    def release(self, location: NDArray, sku: NDArray, units: NDArray) -> None:
        np.subtract.at(self.held, (location, sku), units)

    def lock(self, location: NDArray, sku: NDArray, units: NDArray) -> None:
        np.add.at(self.locked, (location, sku), units)
