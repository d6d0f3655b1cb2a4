"""Planted clerical slips in the books: a delivery posted by mistake, reversed next morning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.trade.state import REPLENISHMENT, World


class WrongDocuments:
    """About one day in forty a delivery is booked that never happened; red ink takes it back."""

    def __init__(self) -> None:
        self._pending: tuple[NDArray, int, int, NDArray, NDArray] | None = None

    def reverse(self, world: World) -> None:
        if self._pending is None:
            return
        rows, dc, store, sku, units = self._pending
        world.move(REPLENISHMENT, dc, store, sku, -units, reverses=rows)
        self._pending = None

    def post(self, world: World, rng: np.random.Generator) -> None:
        draw, where, what = rng.random(3)
        if draw > 0.025:
            return
        places = world.places
        stores = np.flatnonzero(
            places.has_pos[: places.stores]
            & places.open_on(world.today)
            & (places.closes[: places.stores] > world.today + 5)
        )
        store = int(stores[int(where * len(stores))])
        dc = int(places.dc[store])
        stocked = np.flatnonzero(world.free(dc, slice(None)) >= 4)
        if not len(stocked):
            return
        sku = np.unique(
            stocked[((what + np.array([0.0, 0.31, 0.62])) % 1 * len(stocked)).astype(int)]
        )
        units = np.full(len(sku), 2)
        rows = world.move(REPLENISHMENT, dc, store, sku, units)
        self._pending = (rows, dc, store, sku, units)
