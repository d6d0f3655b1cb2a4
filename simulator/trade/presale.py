"""Presale: deposit, balance, cancellation; shipping from the launch on, first come first served.

One row is one parcel's part of an order line: a line of two pieces may travel in two parcels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.trade.state import Log, World
from simulator.world.goods import Goods
from simulator.world.settings import Settings

OPENS_BEFORE, CLOSES_BEFORE = 32, 6
UNPAID, OPEN = -1, 10**6


class Presale:
    """Orders taken before the launch, and the queue of parts that wait for shipping."""

    def __init__(self, settings: Settings, goods: Goods) -> None:
        self.goods = goods
        self.parts = Log(
            "order", "skc", "sku", "part", "platform", "deposit", "balance", "cancel_wish", "units"
        )
        self.orders = 0
        self.shipped: dict[str, list[NDArray]] = {"part": [], "day": [], "deliver": []}
        self.cancelled: dict[str, list[NDArray]] = {"part": [], "day": []}
        self._queue: dict[int, dict[str, NDArray]] = {}
        self._with = np.flatnonzero(goods.presale_ratio > 0)
        span = OPENS_BEFORE - CLOSES_BEFORE
        self._daily = np.zeros(goods.skcs)
        self._daily[self._with] = (
            goods.presale_ratio[self._with] * goods.first_buy[self._with] / 0.88 / 1.12 / span
        )

    def take_orders(self, world: World, rng: np.random.Generator) -> None:
        """Deposits of the day, for every SKC whose presale window is open."""
        goods, day = self.goods, world.today
        ahead = goods.launch[self._with] - day
        skcs = self._with[(ahead <= OPENS_BEFORE) & (ahead > CLOSES_BEFORE)]
        for skc in skcs:
            many = int(rng.poisson(self._daily[skc]))
            if many == 0:
                continue
            first, count = goods.sku_first[skc], goods.sku_count[skc]
            share = goods.sku_north[first : first + count] + goods.sku_south[first : first + count]
            sku = first + rng.choice(count, many, p=share / share.sum())
            platform = rng.choice(3, many, p=[0.58, 0.26, 0.16])
            two, apart = rng.random(many) < 0.12, rng.random(many) < 0.25
            pays = rng.random(many) < 0.93
            launch = goods.launch[skc]
            balance = np.minimum(day + rng.integers(0, 5, many), launch - 2)
            balance = np.where(pays, np.maximum(balance, day), UNPAID)
            regret = pays & (rng.random(many) < 0.05) & ~(two & apart)
            late = rng.integers(1, max(2, launch + 5 - day), many)
            cancel = np.where(regret, np.maximum(balance, day + late), OPEN)
            order = self.orders + np.arange(many)
            self.orders += many
            repeat = np.where(two & apart, 2, 1)
            index = np.repeat(np.arange(many), repeat)
            part = np.r_[0, (index[1:] == index[:-1]).astype(int)]
            units = np.where(two & ~apart, 2, 1)[index]
            rows = self.parts.add(
                order=order[index],
                skc=skc,
                sku=sku[index],
                part=part,
                platform=platform[index],
                deposit=day,
                balance=balance[index],
                cancel_wish=cancel[index],
                units=units,
            )
            self._enqueue(int(skc), rows, sku[index], units, balance[index], cancel[index], part)

    def _enqueue(
        self,
        skc: int,
        rows: NDArray,
        sku: NDArray,
        units: NDArray,
        balance: NDArray,
        cancel: NDArray,
        part: NDArray,
    ) -> None:
        paid = balance != UNPAID
        new = {
            "row": rows[paid],
            "sku": sku[paid],
            "units": units[paid],
            "balance": balance[paid],
            "cancel": cancel[paid],
            "part": part[paid],
        }
        old = self._queue.get(skc)
        self._queue[skc] = (
            new if old is None else {name: np.concatenate([old[name], new[name]]) for name in new}
        )

    def work(self, world: World, rng: np.random.Generator) -> tuple[NDArray, ...] | None:
        """Payments, cancellations and shipments of the day.

        Returns (part rows, SKUs, units, delivery days) of what left the DC, or None.
        """
        day, dc = world.today, world.places.stores
        out: list[tuple[NDArray, NDArray, NDArray, NDArray]] = []
        for skc in sorted(self._queue):
            queue = self._queue[skc]
            paid_now = queue["balance"] == day
            np.add.at(world.presale_due, queue["sku"][paid_now], queue["units"][paid_now])
            gone = (queue["cancel"] <= day) & (queue["balance"] <= day)
            if gone.any():
                np.subtract.at(world.presale_due, queue["sku"][gone], queue["units"][gone])
                self.cancelled["part"].append(queue["row"][gone])
                self.cancelled["day"].append(np.full(int(gone.sum()), day))
                queue = {name: values[~gone] for name, values in queue.items()}
            launch = int(self.goods.launch[skc])
            if day >= launch and len(queue["row"]):
                fits = self._what_fits(world, queue, day, launch)
                if fits.any():
                    sku, units = queue["sku"][fits], queue["units"][fits]
                    np.subtract.at(world.onhand, (np.full(len(sku), dc), sku), units)
                    np.subtract.at(world.presale_due, sku, units)
                    travel = day + rng.integers(1, 5, len(sku))
                    self.shipped["part"].append(queue["row"][fits])
                    self.shipped["day"].append(np.full(len(sku), day))
                    self.shipped["deliver"].append(travel)
                    out.append((queue["row"][fits], sku, units, travel))
                    queue = {name: values[~fits] for name, values in queue.items()}
            if len(queue["row"]):
                self._queue[skc] = queue
            else:
                del self._queue[skc]
        if not out:
            return None
        return tuple(np.concatenate(column) for column in zip(*out, strict=True))

    def _what_fits(
        self, world: World, queue: dict[str, NDArray], day: int, launch: int
    ) -> NDArray[np.bool_]:
        """Parts that can leave today: paid, in turn, within stock and the packers' capacity."""
        ready = (queue["balance"] <= day) & ((queue["part"] == 0) | (day >= launch + 3))
        dc = world.places.stores
        fits = np.zeros(len(ready), bool)
        for sku in np.unique(queue["sku"][ready]):
            rows = np.flatnonzero(ready & (queue["sku"] == sku))
            free = int(world.onhand[dc, sku] - world.locked[dc, sku] - world.held[dc, sku])
            fits[rows[np.cumsum(queue["units"][rows]) <= free]] = True
        capacity = max(40, int(0.45 * len(ready)))
        chosen = np.flatnonzero(fits)
        fits[chosen[capacity:]] = False
        return fits
