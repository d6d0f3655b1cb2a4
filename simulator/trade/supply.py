"""Purchase: futures orders, reorders, carry-over orders, and what suppliers deliver to the DCs."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from simulator.trade.state import NOWHERE, PURCHASE, Log, World
from simulator.world import hashing
from simulator.world.catalogue import SUPPLIERS
from simulator.world.curves import NORMAL
from simulator.world.demand import Demand
from simulator.world.settings import Settings

FIRST, REORDER, CARRY = range(3)
ARRIVES_BEFORE = 4
REVIEW_AGES = (9, 15, 22, 30, 44)


class Supply:
    """Purchase orders and what is still to come of them."""

    def __init__(self, settings: Settings, world: World, demand: Demand) -> None:
        self.settings, self.world, self.demand = settings, world, demand
        goods, places = world.goods, world.places
        self.orders = Log(
            "kind",
            "number",
            "skc",
            "sku",
            "units",
            "ordered",
            "promised",
            "latest",
            "moved",
            "arrive1",
            "units1",
            "arrive2",
            "units2",
            "cancelled",
            "cancel_day",
        )
        self.numbers = 0
        self._due: dict[int, list[tuple[NDArray, NDArray, NDArray]]] = defaultdict(list)
        self.open_units = np.zeros(goods.skcs, np.int64)
        self.received = np.zeros(goods.skcs, np.int64)
        share = demand.store_share[:, :]
        second = np.zeros(goods.skcs)
        for dc in places.dcs[1:]:
            second += share[places.dc[: places.stores] == dc].sum(axis=0)
        total = np.maximum(share.sum(axis=0), 1e-9)
        self.second_share = 0.62 * second / total * (1 - goods.presale_ratio.clip(0, 0.6))

    def buy(
        self,
        kind: int,
        skc: int,
        units: int,
        ordered: int,
        promised: int,
        arrive: int,
        split: bool,
        cancel_share: float = 0.0,
    ) -> None:
        """One purchase order for an SKC, spread over sizes by the buyer's size curve."""
        goods, seed = self.world.goods, self.settings.seed
        first, count = int(goods.sku_first[skc]), int(goods.sku_count[skc])
        skus = np.arange(first, first + count)
        share = (goods.sku_south[skus] + goods.sku_north[skus]) / 2
        share = share * (0.88 + 0.24 * hashing.uniform(seed, "buy", skus, self.numbers))
        amount = np.maximum((units * share / share.sum()).round().astype(np.int64), 1)
        cancelled = (amount * cancel_share).astype(np.int64)
        due = amount - cancelled
        later = (due * 0.4).astype(np.int64) if split else np.zeros(count, np.int64)
        rows = self.orders.add(
            kind=kind,
            number=self.numbers,
            skc=skc,
            sku=skus,
            units=amount,
            ordered=ordered,
            promised=promised,
            latest=max(arrive, promised),
            moved=promised - 3 if arrive > promised else -(10**6),
            arrive1=arrive,
            units1=due - later,
            arrive2=arrive + 10,
            units2=later,
            cancelled=cancelled,
            cancel_day=ordered + 5 if cancel_share else -(10**6),
        )
        self.numbers += 1
        self.open_units[skc] += int(due.sum())
        self._due[arrive].append((rows, skus, due - later))
        if split:
            self._due[arrive + 10].append((rows, skus, later))

    def plan_first_orders(self) -> None:
        """The futures orders: placed months ahead; some suppliers deliver late."""
        goods, seed = self.world.goods, self.settings.seed
        for skc in np.argsort(goods.launch, kind="stable"):
            if goods.carry[skc] or goods.initial[skc]:
                continue
            launch, planned = int(goods.launch[skc]), int(goods.planned_launch[skc])
            lead = int(hashing.whole(seed, "lead", 85, 125, int(skc))[0])
            arrive = max(0, launch - ARRIVES_BEFORE)
            split = bool(hashing.uniform(seed, "split", int(skc))[0] < 0.2)
            self.buy(
                FIRST,
                int(skc),
                int(goods.first_buy[skc]),
                planned - lead,
                planned - ARRIVES_BEFORE,
                arrive,
                split,
            )

    def receive_orders(self) -> None:
        """Morning: the suppliers' deliveries of the day reach the DCs."""
        world = self.world
        for rows, sku, units in self._due.pop(world.today, []):
            dcs = world.places.dcs
            second = (units * self.second_share[world.goods.sku_skc[sku]]).astype(np.int64)
            if len(dcs) == 1:
                second = np.zeros(len(sku), np.int64)
            for dc, amount in zip(dcs, (units - second, second), strict=False):
                some = amount > 0
                world.move(PURCHASE, NOWHERE, dc, sku[some], amount[some], ref=rows[some])
            np.subtract.at(self.open_units, world.goods.sku_skc[sku], units)
            np.add.at(self.received, world.goods.sku_skc[sku], units)

    def review(self, sold: NDArray) -> None:
        """Reorders: when what is left won't cover what the planner's curve still promises."""
        world, goods = self.world, self.world.goods
        day, seed = world.today, self.settings.seed
        age = day - goods.launch
        for skc in np.flatnonzero(np.isin(age, REVIEW_AGES) & ~goods.carry & ~goods.initial):
            if self.received[skc] == 0 or sold[skc] < 0.2 * self.received[skc]:
                continue
            lead = self._lead(int(skc))
            curve = np.cumsum(self.demand.curves[NORMAL])
            now, then = curve[age[skc]], curve[min(age[skc] + lead + 40, len(curve) - 1)]
            ahead = sold[skc] / now * (then - now)
            skus = slice(goods.sku_first[skc], goods.sku_first[skc] + goods.sku_count[skc])
            left = world.onhand[:, skus].sum() + world.transit[:, skus].sum()
            left = left + self.open_units[skc] - world.presale_due[skus].sum()
            want = min(ahead - left, 1.2 * goods.first_buy[skc])
            least = SUPPLIERS[goods.supplier[skc]][7]
            if want >= least and day + lead + 20 < goods.pull[skc]:
                self._reorder(int(skc), int(np.ceil(want / 10) * 10), lead, seed)
        for skc in np.flatnonzero((goods.launch - day == 12) & (goods.presale_ratio > 0)):
            skus = slice(goods.sku_first[skc], goods.sku_first[skc] + goods.sku_count[skc])
            due = world.presale_due[skus].sum()
            if due >= 0.45 * goods.first_buy[skc]:
                self._reorder(int(skc), int(goods.first_buy[skc] * 0.6), self._lead(int(skc)), seed)
        if self.settings.day(day).day == 1:
            for skc in np.flatnonzero(goods.carry):
                skus = slice(goods.sku_first[skc], goods.sku_first[skc] + goods.sku_count[skc])
                have = world.onhand[:, skus].sum() + world.transit[:, skus].sum()
                want = int(goods.potential[skc] / 150 * 80) - have - self.open_units[skc]
                if want >= 10:
                    self.buy(CARRY, int(skc), want, day, day + 18, day + 18, False)

    def _lead(self, skc: int) -> int:
        return SUPPLIERS[self.world.goods.supplier[skc]][8]

    def _reorder(self, skc: int, units: int, lead: int, seed: int) -> None:
        day = self.world.today
        late = int(hashing.choice(seed, "po late", [0.7, 0.2, 0.1], skc, day)[0]) * 3
        cut = 0.2 if hashing.uniform(seed, "po cut", skc, day)[0] < 0.1 else 0.0
        self.buy(REORDER, skc, units, day, day + lead, day + lead + late, False, cut)
