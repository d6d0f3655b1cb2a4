"""How many pieces people would buy on a day if everything were there: rates with causes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.world import hashing
from simulator.world.calendar import TradeCalendar
from simulator.world.curves import MAX_AGE, tables
from simulator.world.goods import Goods
from simulator.world.places import Places
from simulator.world.settings import Settings

PLATFORMS = ("tmall", "jd", "miniapp")
PLATFORM_SHARE = (0.54, 0.30, 0.16)
PRICE_ELASTICITY = 1.5
INTEREST_LEAD = 2
OUTLET_DAYS = 60


class Demand:
    """Rates by SKC and day, and how they spread over stores, platforms and sizes."""

    def __init__(
        self, settings: Settings, places: Places, goods: Goods, calendar: TradeCalendar
    ) -> None:
        self.goods, self.calendar, self.places = goods, calendar, places
        self.curves = tables()
        weeks = len(calendar.days) // 7 + 2
        bits = hashing.uniform(
            settings.seed, "mood", np.arange(goods.skcs)[:, None], np.arange(weeks)[None, :]
        )
        mood = np.exp(0.55 * (bits - 0.5))
        self.mood = np.repeat(mood, 7, axis=1)
        stores = places.stores
        weight = places.weight[:stores, None] * goods.planned
        local = goods.local_region
        near = places.region[:stores, None] == local[None, :]
        weight = np.where(local[None, :] >= 0, weight * np.where(near, 3.5, 0.35), weight)
        has_pos = places.has_pos[:stores].copy()
        has_pos[places.new_store] = True  # its till is installed, it only opens later
        self.sells = has_pos
        base = (weight * has_pos[:, None]).sum(axis=0)
        self.store_share = weight / np.maximum(base, 1e-9)[None, :]
        north = np.isin(places.zone[:stores], (0, 1))
        self.size_share = np.where(north[:, None], goods.sku_north, goods.sku_south)
        self.size_mean = (goods.sku_north + goods.sku_south) / 2
        self.spread = (self.store_share[:, goods.sku_skc] * self.size_share).astype(np.float32)
        self.spread *= has_pos[:, None]
        tilt = hashing.uniform(
            settings.seed, "platform", np.arange(goods.skcs)[:, None], np.arange(3)[None, :]
        )
        share = np.array(PLATFORM_SHARE)[None, :] * (0.6 + 0.8 * tilt)
        self.platform_share = share / share.sum(axis=1, keepdims=True)

    def interest(self, skc: NDArray[np.int64], day: int) -> NDArray[np.float64]:
        """What looks and carts follow: the wish to buy, without price and channel."""
        age = np.clip(day - self.goods.launch[skc], -1, MAX_AGE - 1)
        value = self.goods.potential[skc] * self.curves[self.goods.curve[skc], np.maximum(age, 0)]
        value = np.where(age < 0, 0.0, value)
        value = np.where(self.goods.carry[skc], self.goods.potential[skc] / 150, value)
        return value * self.mood[skc, np.maximum(day - INTEREST_LEAD, 0)]

    def active(self, day: int) -> NDArray[np.int64]:
        """SKCs that are on sale somewhere on a day."""
        goods = self.goods
        return np.flatnonzero((goods.launch <= day) & (day < goods.pull + OUTLET_DAYS))

    def rates(self, skc: NDArray[np.int64], day: int, percent: NDArray) -> NDArray[np.float64]:
        """Company pieces a day of each SKC at its present price, before calendar and channel."""
        effect = np.power(percent / 100.0, -PRICE_ELASTICITY)
        return self.interest(skc, day) * effect

    def store_rates(self, sku: NDArray, rate: NDArray, day: int, usual: bool) -> NDArray:
        """Store x SKU expected pieces; ``usual`` leaves the calendar out (for planning)."""
        skc = self.goods.sku_skc[sku]
        climate = self.calendar.climate[:, :, day]
        zone = self.places.zone[: self.places.stores]
        by_zone = climate[:, self.goods.profile[skc]] * (
            rate * (1 - self.goods.online_share[skc]) * (self.goods.pull[skc] > day)
        )
        table = self.spread[:, sku] * by_zone.astype(np.float32)[zone]
        return table if usual else table * np.float32(self.calendar.store[day])

    def online_rates(self, sku: NDArray, rate: NDArray, day: int) -> NDArray:
        """Platform x SKU expected pieces."""
        skc = self.goods.sku_skc[sku]
        climate = self.calendar.climate[:, :, day].mean(axis=0)[self.goods.profile[skc]]
        outlet = np.where(self.goods.pull[skc] > day, 1.0, 0.6)
        base = rate * self.goods.online_share[skc] * self.size_mean[sku] * climate * outlet
        return self.platform_share[skc].T * base * self.calendar.online[day]
