"""What comes back, when and where: decided when goods reach the buyer, booked when they return."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from simulator.trade.selling import EXCHANGE, GIFT, MODE_PICKUP, Sales
from simulator.trade.state import NOWHERE, Log, World

STORE, ONLINE, PRESALE = range(3)
STORE_RATE = 0.17  # of the category's online rate
LATE_RETURN_LAG = 40


class Returns:
    """All returns that will ever come for what was sold so far; future ones wait for their day."""

    def __init__(self, late_return_day: int) -> None:
        self.rows = Log(
            "source",
            "line",
            "sku",
            "units",
            "sold",
            "arrived",
            "day",
            "location",
            "resalable",
            "boris",
            "wish",
        )
        self.exchanged: list[int] = []
        self.late_return_day = late_return_day
        self._due: dict[int, list[tuple[NDArray, ...]]] = defaultdict(list)

    def from_store(
        self,
        world: World,
        rng: np.random.Generator,
        rows: NDArray,
        store: NDArray,
        sku: NDArray,
        units: NDArray,
        flag: NDArray,
    ) -> None:
        """Store sales of today: back within a week, a few much later, a few elsewhere."""
        goods, places, day = world.goods, world.places, world.today
        many = len(rows)
        draw, elsewhere, wish = rng.random(many), rng.random(many), rng.random(many)
        lag = rng.integers(1, 8, many)
        tail = rng.random(many) < 0.02
        lag[tail] = rng.integers(8, 46, int(tail.sum()))
        rate = STORE_RATE * goods.return_rate[goods.sku_skc[sku]]
        back = (draw < rate) & ~np.isin(flag, (GIFT, EXCHANGE))
        if day + LATE_RETURN_LAG == self.late_return_day:
            able = np.flatnonzero(flag == 0)
            if len(able):
                back[able[0]], lag[able[0]], elsewhere[able[0]] = True, LATE_RETURN_LAG, 1.0
                wish[able[0]] = 1.0
        index = np.flatnonzero(back)
        if not len(index):
            return
        location = store[index].copy()
        for n in np.flatnonzero(elsewhere[index] < 0.05):
            same = np.flatnonzero(
                (places.region[: places.stores] == places.region[location[n]])
                & places.has_pos[: places.stores]
                & places.open_on(day)
            )
            location[n] = same[int(elsewhere[index[n]] * 20 * len(same))]
        self._schedule(
            world,
            STORE,
            rows[index],
            sku[index],
            units[index],
            day,
            np.full(len(index), day),
            day + lag[index],
            location,
            rng.random(len(index)) > 0.03,
            np.zeros(len(index), bool),
            wish[index] < 0.3,
        )

    def from_parcels(
        self,
        world: World,
        rng: np.random.Generator,
        source: int,
        rows: NDArray,
        sku: NDArray,
        units: NDArray,
        deliver: NDArray,
        mode: NDArray,
    ) -> None:
        """Online sales: a week and more after delivery, sometimes into a store (BORIS)."""
        goods, places, day = world.goods, world.places, world.today
        many = len(rows)
        rate = goods.return_rate[goods.sku_skc[sku]] * np.where(mode == MODE_PICKUP, 0.5, 1.0)
        back = (rng.random(many) < rate) & (deliver >= 0)
        lag = rng.choice(
            np.arange(3, 13), many, p=[0.08, 0.1, 0.12, 0.14, 0.15, 0.13, 0.1, 0.08, 0.06, 0.04]
        )
        tail = rng.random(many)
        lag = np.where(tail < 0.08, rng.integers(13, 21, many), lag)
        lag = np.where(tail < 0.006, rng.integers(21, 44, many), lag)
        boris = rng.random(many) < np.where(mode == MODE_PICKUP, 0.5, 0.06)
        spot, part = rng.random(many), rng.random(many)
        index = np.flatnonzero(back)
        if not len(index):
            return
        when = deliver[index] + lag[index]
        location = np.full(len(index), places.stores)
        open_shops = np.flatnonzero(places.can_pick_up[: places.stores] & places.open_on(day))
        if len(open_shops):
            shop = open_shops[(spot[index] * len(open_shops)).astype(int)]
            location = np.where(boris[index], shop, location)
        many_units = np.where((units[index] > 1) & (part[index] < 0.6), 1, units[index])
        self._schedule(
            world,
            source,
            rows[index],
            sku[index],
            many_units,
            day,
            deliver[index],
            when,
            location,
            rng.random(len(index)) > 0.05,
            boris[index] & (location < places.stores),
            np.zeros(len(index), bool),
        )

    def _schedule(
        self,
        world: World,
        source: int,
        line: NDArray,
        sku: NDArray,
        units: NDArray,
        sold: int,
        arrived: NDArray,
        when: NDArray,
        location: NDArray,
        resalable: NDArray,
        boris: NDArray,
        wish: NDArray,
    ) -> None:
        shut = world.places.closes[location] < when
        location = np.where(shut, 0, location)
        rows = self.rows.add(
            source=source,
            line=line,
            sku=sku,
            units=units,
            sold=sold,
            arrived=arrived,
            day=when,
            location=location,
            resalable=resalable,
            boris=boris,
            wish=wish,
        )
        for day in np.unique(when):
            part = when == day
            self._due[int(day)].append(
                (rows[part], location[part], sku[part], units[part], resalable[part], wish[part])
            )

    def book(self, world: World, sales: Sales) -> None:
        """Today's returns come on hand; defects are locked; exchanges take another size."""
        for rows, location, sku, units, resalable, wish in self._due.pop(world.today, []):
            np.add.at(world.onhand, (location, sku), units)
            bad = ~resalable
            world.lock(location[bad], sku[bad], units[bad])
            for n in np.flatnonzero(wish):
                other = self._other_size(world, int(location[n]), int(sku[n]), int(units[n]))
                if other == NOWHERE:
                    continue
                self.exchanged.append(int(rows[n]))
                world.onhand[location[n], other] -= units[n]
                sales.store.add(
                    day=world.today,
                    store=location[n],
                    sku=other,
                    units=units[n],
                    percent=0,
                    flag=EXCHANGE,
                    link=rows[n],
                )

    @staticmethod
    def _other_size(world: World, store: int, sku: int, units: int) -> int:
        goods = world.goods
        skc = goods.sku_skc[sku]
        first, count = int(goods.sku_first[skc]), int(goods.sku_count[skc])
        for step in (1, -1):
            other = sku + step
            if first <= other < first + count:
                free = (
                    world.onhand[store, other]
                    - world.locked[store, other]
                    - world.held[store, other]
                )
                if free >= units:
                    return other
        return NOWHERE
