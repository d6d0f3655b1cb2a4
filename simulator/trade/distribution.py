"""Distribution: opening stock, allocation, replenishment, transfers, returns to the DC, counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.trade.state import (
    ALLOCATION,
    COUNT,
    NOWHERE,
    PURCHASE,
    REPLENISHMENT,
    RETURN_TO_DC,
    TRANSFER,
    World,
)
from simulator.world import hashing
from simulator.world.demand import Demand
from simulator.world.settings import Settings

SENT_BEFORE = 3


class Distribution:
    """Decides what lies where; every decision is a movement in the world's ledger."""

    def __init__(self, settings: Settings, world: World, demand: Demand) -> None:
        self.settings, self.world, self.demand = settings, world, demand

    def open_books(self) -> None:
        """Day 0: what lay in the stores enters as a count, in the DCs as a receipt."""
        world, goods, places = self.world, self.world.goods, self.world.places
        skcs = np.flatnonzero(goods.carry | goods.initial)
        stores = np.flatnonzero(world.places.open_on(0) & places.has_pos[: places.stores])
        amount = self.opening_units(stores, skcs, 0)
        skus = self._skus(skcs)
        at, column = np.nonzero(amount)
        world.move(COUNT, NOWHERE, stores[at], skus[column], amount[at, column])
        left = goods.first_buy[goods.sku_skc[skus]] * self.demand.size_mean[skus] * 0.7
        units = np.maximum(left.round().astype(np.int64), 1)
        for dc, part in zip(places.dcs, (0.7, 0.3), strict=False):
            world.move(PURCHASE, NOWHERE, dc, skus, np.maximum((units * part).astype(int), 1))

    def _skus(self, skcs: NDArray) -> NDArray[np.int64]:
        goods = self.world.goods
        if not len(skcs):
            return np.zeros(0, np.int64)
        return np.concatenate(
            [np.arange(goods.sku_first[k], goods.sku_first[k] + goods.sku_count[k]) for k in skcs]
        )

    def opening_units(self, stores: NDArray, skcs: NDArray, salt: int) -> NDArray[np.int64]:
        """Store x SKU pieces of a first delivery: by store size and size curve, core sizes kept."""
        goods = self.world.goods
        skus = self._skus(skcs)
        skc = goods.sku_skc[skus]
        share = self.demand.store_share[np.ix_(stores, skc)]
        share = share / np.maximum(self.demand.store_share.sum(axis=0)[skc], 1e-9)
        wish = 0.42 * goods.first_buy[skc] * share * self.demand.size_share[np.ix_(stores, skus)]
        chance = hashing.uniform(self.settings.seed, "first", stores[:, None], skus[None, :], salt)
        units = np.floor(wish + chance).astype(np.int64)
        core = (goods.sku_order[skus] <= 3) | (goods.sku_count[skc] <= 2)
        planned = goods.planned[np.ix_(stores, skc)]
        units = np.where(core[None, :], np.maximum(units, 1), units)
        return np.where(planned, np.minimum(units, 14), 0)

    def allocate_launches(self) -> None:
        """Three days before launch the first allocation leaves; it arrives on the launch day."""
        world, goods = self.world, self.world.goods
        day = world.today
        skcs = np.flatnonzero(np.maximum(goods.launch - SENT_BEFORE, 0) == day)
        skcs = skcs[~goods.initial[skcs] & ~goods.carry[skcs]]
        for skc in skcs:
            launch = int(goods.launch[skc])
            stores = np.flatnonzero(world.places.open_on(launch) & goods.planned[:, skc])
            if len(stores):
                self._allocate(stores, np.array([skc]), np.full(len(stores), launch), launch)

    def open_new_stores(self) -> None:
        """A store that opens in three days gets what its neighbours have."""
        world, goods = self.world, self.world.goods
        day = world.today + SENT_BEFORE
        for store in np.flatnonzero(world.places.opens[: world.places.stores] == day):
            if not self.demand.sells[store]:
                continue
            on_sale = (goods.launch < day) & (goods.pull > day + 25) & goods.planned[store]
            skcs = np.flatnonzero(on_sale)
            if len(skcs):
                self._allocate(np.array([store]), skcs, np.array([day]), day)

    def _allocate(self, stores: NDArray, skcs: NDArray, arrive: NDArray, salt: int) -> None:
        world, seed = self.world, self.settings.seed
        skus = self._skus(skcs)
        wish = self.opening_units(stores, skcs, salt)
        if len(stores) > 14:
            late = hashing.uniform(seed, "late", stores, int(skcs[0])) < 0.05
            arrive = arrive + 2 * late
        keep = np.minimum(
            world.presale_due[skus],
            (world.onhand[world.places.stores, skus] * 0.5).astype(np.int32),
        )
        for dc in world.places.dcs:
            rows = np.flatnonzero(world.places.dc[stores] == dc)
            stock = world.onhand[dc, skus] - world.locked[dc, skus] - world.held[dc, skus]
            if dc == world.places.stores:
                stock = stock - keep
            given = ration(wish[rows], stock)
            at, column = np.nonzero(given)
            world.move(
                ALLOCATION,
                dc,
                stores[rows[at]],
                skus[column],
                given[at, column],
                received=np.maximum(arrive[rows[at]], world.today),
            )

    def replenish(self, sku: NDArray, rate: NDArray) -> None:
        """Every third day a store is brought up to about twelve days of usual demand."""
        world, goods, places = self.world, self.world.goods, self.world.places
        day = world.today
        stores = np.flatnonzero(
            world.places.open_on(day)
            & places.has_pos[: places.stores]
            & ((np.arange(places.stores) + day) % 3 == 0)
            & (places.closes[: places.stores] > day + 12)
        )
        skc = goods.sku_skc[sku]
        keep = (goods.launch[skc] < day) & (goods.pull[skc] > day + 12)
        sku, rate = sku[keep], rate[keep]
        if not len(stores) or not len(sku):
            return
        usual = self.demand.store_rates(sku, rate, day, usual=True)[stores]
        target = np.minimum(np.floor(usual * 12 + 0.72).astype(np.int64), 16)
        have = world.onhand[np.ix_(stores, sku)] + world.transit[np.ix_(stores, sku)]
        need = np.where(goods.planned[np.ix_(stores, goods.sku_skc[sku])], target - have, 0)
        need = np.maximum(need, 0)
        online = rate * goods.online_share[goods.sku_skc[sku]] * self.demand.size_mean[sku] * 5
        for dc in places.dcs:
            rows = np.flatnonzero(places.dc[stores] == dc)
            stock = world.free(dc, sku)
            if dc == places.stores:
                stock = stock - online.astype(np.int64)
            given = ration(need[rows], stock)
            at, column = np.nonzero(given)
            where = stores[rows[at]]
            world.move(
                REPLENISHMENT,
                dc,
                where,
                sku[column],
                given[at, column],
                received=day + places.lane[where],
            )

    def sell_in(self) -> None:
        """Franchise stores without POS order once more; what they sell is never seen."""
        world, goods, places = self.world, self.world.goods, self.world.places
        day = world.today
        blind = np.flatnonzero(~self.demand.sells & world.places.open_on(day))
        skcs = np.flatnonzero(goods.launch == day - 21)
        if not len(blind) or not len(skcs):
            return
        skus = self._skus(skcs)
        wish = self.opening_units(blind, skcs, day) // 2
        for dc in places.dcs:
            rows = np.flatnonzero(places.dc[blind] == dc)
            given = ration(wish[rows], world.free(dc, skus) // 2)
            at, column = np.nonzero(given)
            where = blind[rows[at]]
            world.move(
                REPLENISHMENT,
                dc,
                where,
                skus[column],
                given[at, column],
                received=day + places.lane[where],
            )

    def transfer(self, sku: NDArray, rate: NDArray) -> None:
        """Twice a week, when the DC is empty: from a region's fullest store to its barest."""
        world, goods, places = self.world, self.world.goods, self.world.places
        day = world.today
        age = day - goods.launch[goods.sku_skc[sku]]
        dc_free = sum(world.free(dc, sku) for dc in places.dcs)
        pick = np.flatnonzero((age > 16) & (age < 100) & (dc_free <= 5))
        if not len(pick):
            return
        sku = sku[pick]
        usual = self.demand.store_rates(sku, rate[pick], day, usual=True)
        able = places.has_pos[: places.stores] & places.open_on(day)
        able &= places.closes[: places.stores] > day + 12
        columns = np.arange(len(sku))
        for region in range(6):
            group = np.flatnonzero(able & (places.region[: places.stores] == region))
            if len(group) < 2:
                continue
            free = (
                world.onhand[np.ix_(group, sku)]
                - world.locked[np.ix_(group, sku)]
                - world.held[np.ix_(group, sku)]
            )
            empty = (free <= 0) & (world.transit[np.ix_(group, sku)] == 0)
            want = np.where(empty, usual[group], 0)
            giver, taker = free.argmax(axis=0), want.argmax(axis=0)
            good = (free[giver, columns] >= 2) & (want[taker, columns] > 0.02)
            world.move(
                TRANSFER,
                group[giver[good]],
                group[taker[good]],
                sku[good],
                np.minimum(free[giver[good], columns[good]] // 2, 2),
                received=day + 3,
            )

    def clear_stores(self) -> None:
        """Pulled SKCs and closing stores send their stock back to the DC."""
        world, goods, places = self.world, self.world.goods, self.world.places
        day = world.today
        blocks = []
        for wave in range(5):
            skcs = np.flatnonzero(goods.pull == day - wave)
            stores = np.flatnonzero((np.arange(places.stores) % 5 == wave) & self.demand.sells)
            if len(skcs):
                blocks.append((stores, self._skus(skcs)))
        closing = np.flatnonzero(places.closes[: places.stores] == day)
        if len(closing):
            blocks.append((closing, np.arange(goods.skus)))
        for stores, skus in blocks:
            units = np.maximum(
                world.onhand[np.ix_(stores, skus)]
                - world.locked[np.ix_(stores, skus)]
                - world.held[np.ix_(stores, skus)],
                0,
            )
            at, column = np.nonzero(units)
            where = stores[at]
            world.move(
                RETURN_TO_DC,
                where,
                places.dc[where],
                skus[column],
                units[at, column],
                received=day + 1 + places.lane[where],
            )

    def count_stock(self, rng: np.random.Generator) -> None:
        """A store a day or so is counted: a few pieces are missing, fewer turn up."""
        world, places = self.world, self.world.places
        store = world.today % (2 * places.stores)
        draws = rng.random(12)
        if store >= places.stores or not places.has_pos[store]:
            return
        if not places.open_on(world.today)[store]:
            return
        free = world.onhand[store] - world.locked[store] - world.held[store]
        full = np.flatnonzero(free >= 2)
        if len(full):
            pick = np.unique(full[(draws[:6] * len(full)).astype(int)])
            units = np.where(draws[6 : 6 + len(pick)] < 0.75, -1, 1)
            world.move(COUNT, NOWHERE, store, pick, units)


def ration(need: NDArray[np.int64], stock: NDArray) -> NDArray[np.int64]:
    """Serve rows (stores) in turn until a column's stock is used up."""
    before = np.cumsum(need, axis=0) - need
    return np.clip(np.maximum(stock, 0)[None, :] - before, 0, need)
