"""One day's sales: stores sell what lies there, platforms what can be shipped from somewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.trade.state import Log, World
from simulator.world.calendar import TradeCalendar
from simulator.world.demand import PLATFORMS, Demand

MODE_DC, MODE_STORE, MODE_PICKUP = range(3)
GIFT, EXCHANGE, EARLY, RESELLER = 1, 2, 3, 4
MINIAPP = PLATFORMS.index("miniapp")


@dataclass
class Sales:
    """Everything sold so far, and the online parcels still to leave."""

    store: Log = field(
        default_factory=lambda: Log("day", "store", "sku", "units", "percent", "flag", "link")
    )
    online: Log = field(
        default_factory=lambda: Log(
            "day",
            "platform",
            "order",
            "sku",
            "units",
            "percent",
            "mode",
            "location",
            "ship",
            "deliver",
            "cancel",
            "flag",
        )
    )
    orders: int = 0
    to_ship: dict[int, list[tuple[NDArray, NDArray, NDArray]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    to_cancel: dict[int, list[tuple[NDArray, NDArray, NDArray]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sold: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def split_units(
    rng: np.random.Generator, units: NDArray, together: float
) -> tuple[NDArray[np.int64], NDArray]:
    """Pieces to lines: row index of each line and its units; some stay on one line."""
    single = rng.random(len(units)) >= together
    times = np.where(single, units, 1)
    index = np.repeat(np.arange(len(units)), times)
    return index, np.where(single, 1, units)[index]


def sell_in_stores(
    world: World,
    demand: Demand,
    calendar: TradeCalendar,
    sales: Sales,
    rng: np.random.Generator,
    sku: NDArray,
    rate: NDArray,
    percent: NDArray,
) -> NDArray[np.int64]:
    """Poisson demand of each store and SKU, cut at what is free. Returns the new line numbers."""
    day, stores = world.today, world.places.stores
    wanted = rng.poisson(demand.store_rates(sku, rate, day, usual=False))
    wanted[~world.places.open_on(day)] = 0
    store, column = np.nonzero(wanted)
    free = (
        world.onhand[store, sku[column]]
        - world.locked[store, sku[column]]
        - world.held[store, sku[column]]
    )
    units = np.minimum(wanted[store, column], np.maximum(free, 0))
    store, column, units = store[units > 0], column[units > 0], units[units > 0]
    store, column, units = _at_least_one(world, rng, sku, store, column, units)
    flag_early = np.zeros(len(store), np.int64)
    early = _sales_before_posting(world, rng, stores)
    if early is not None and early[1] in sku:
        store = np.append(store, early[0])
        column = np.append(column, np.searchsorted(sku, early[1]))
        units, flag_early = np.append(units, 1), np.append(flag_early, EARLY)
    line_sku = sku[column]
    np.subtract.at(world.onhand, (store, line_sku), units)
    index, line_units = split_units(rng, units, 0.3)
    lines = sales.store.add(
        day=day,
        store=store[index],
        sku=line_sku[index],
        units=line_units,
        percent=percent[column][index],
        flag=flag_early[index],
        link=-1,
    )
    gifts = _gifts(world, sales, rng, store)
    return np.concatenate([lines, gifts])


def _at_least_one(
    world: World,
    rng: np.random.Generator,
    sku: NDArray,
    store: NDArray,
    column: NDArray,
    units: NDArray,
) -> tuple[NDArray, NDArray, NDArray]:
    """A shop that opens sells something: a store without demand sells a piece of what it has.

    In the time of the daily files one idle day in six stays without a receipt.
    """
    places = world.places
    draw, idle = rng.random(places.stores), rng.random(places.stores)
    quiet = places.open_on(world.today) & places.has_pos[: places.stores]
    quiet[np.unique(store)] = False
    if world.today >= world.quiet_from:
        quiet &= idle > 1 / 6
    for shop in np.flatnonzero(quiet):
        free = world.free(slice(shop, shop + 1), sku)[0]
        stocked = np.flatnonzero(free)
        if len(stocked):
            pick = stocked[int(draw[shop] * len(stocked))]
            store, column = np.append(store, shop), np.append(column, pick)
            units = np.append(units, 1)
    return store, column, units


def _sales_before_posting(
    world: World, rng: np.random.Generator, stores: int
) -> tuple[int, int] | None:
    """Now and then goods are sold a day before their receipt is posted: stock goes negative."""
    draw, pick = rng.random(2)
    if draw > 0.02:
        return None
    cells = [(t, s) for t, s, _ in world.arriving(world.today + 1)]
    if not cells:
        return None
    target = np.concatenate([t for t, _ in cells])
    sku = np.concatenate([s for _, s in cells])
    good = (target < stores) & (world.onhand[target, sku] == 0)
    good &= (
        world.places.has_pos[target]
        & world.places.open_on(world.today)[np.minimum(target, stores - 1)]
    )
    good &= world.goods.launch[world.goods.sku_skc[sku]] < world.today
    good &= world.goods.pull[world.goods.sku_skc[sku]] > world.today
    if not good.any():
        return None
    rows = np.flatnonzero(good)
    row = rows[int(pick * len(rows))]
    return int(target[row]), int(sku[row])


def _gifts(
    world: World, sales: Sales, rng: np.random.Generator, store: NDArray
) -> NDArray[np.int64]:
    """A pair of socks with some receipts: amount 0, stock leaves all the same."""
    goods = world.goods
    pool = np.flatnonzero(goods.carry[goods.sku_skc] & (goods.sku_count[goods.sku_skc] <= 2))
    many = rng.poisson(0.012 * len(store))
    where, what = rng.random(many), rng.random(many)
    if not many or not len(pool) or not len(store):
        return np.zeros(0, np.int64)
    at = store[(where * len(store)).astype(int)]
    sku = pool[(what * len(pool)).astype(int)]
    pairs = np.unique(np.stack([at, sku]), axis=1)
    at, sku = pairs[0], pairs[1]
    ok = world.onhand[at, sku] - world.locked[at, sku] - world.held[at, sku] > 0
    at, sku = at[ok], sku[ok]
    np.subtract.at(world.onhand, (at, sku), 1)
    return sales.store.add(
        day=world.today, store=at, sku=sku, units=1, percent=100, flag=GIFT, link=-1
    )


def sell_online(
    world: World,
    demand: Demand,
    calendar: TradeCalendar,
    sales: Sales,
    rng: np.random.Generator,
    sku: NDArray,
    rate: NDArray,
    percent: NDArray,
) -> NDArray[np.int64]:
    """Orders of the day: lines find a DC, else a store; what nobody has is lost."""
    day, places = world.today, world.places
    wanted = rng.poisson(demand.online_rates(sku, rate, day))
    platform, column = np.nonzero(wanted)
    if not len(platform):
        return np.zeros(0, np.int64)
    index, units = split_units(rng, wanted[platform, column], 0.04)
    platform, column = platform[index], column[index]
    order = rng.permutation(len(platform))
    platform, column, units = platform[order], column[order], units[order]
    line_sku = sku[column]
    location = _source(world, rng, line_sku, units)
    kept = location >= 0
    platform, column, units, line_sku, location = (
        platform[kept],
        column[kept],
        units[kept],
        line_sku[kept],
        location[kept],
    )
    if not len(platform):
        return np.zeros(0, np.int64)
    by = np.argsort(platform, kind="stable")
    platform, column, units, line_sku, location = (
        platform[by],
        column[by],
        units[by],
        line_sku[by],
        location[by],
    )
    begins = rng.random(len(platform)) < 0.74
    begins[0] = True
    begins[1:] |= platform[1:] != platform[:-1]
    number = np.cumsum(begins) - 1
    many = int(number[-1]) + 1
    size = np.bincount(number)
    busy = calendar.online[day] > 1.7
    late = rng.choice(
        5, many, p=[0.25, 0.3, 0.25, 0.12, 0.08] if busy else [0.55, 0.33, 0.12, 0, 0]
    )
    travel = rng.integers(1, 5, many)
    cancelled = rng.random(many) < 0.022
    pickup = rng.random(many) < 0.13
    spot = rng.random(many)
    mode = np.where(location < places.stores, MODE_STORE, MODE_DC)
    first_platform = platform[np.flatnonzero(begins)]
    for n in np.flatnonzero(pickup & (first_platform == MINIAPP) & (size == 1)):
        row = int(np.flatnonzero(number == n)[0])
        store = _pickup_store(world, int(line_sku[row]), int(units[row]), float(spot[n]))
        if store >= 0:
            location[row], mode[row] = store, MODE_PICKUP
            late[n], travel[n] = 1 + late[n], 0
    ship = day + late[number]
    cancel = np.where(cancelled & (late > 0), day + np.minimum(late, 1), -1)[number]
    same_day = cancelled & (late == 0)
    cancel = np.where(same_day[number], day, cancel)
    ship = np.where(cancel >= 0, -1, ship)
    deliver = np.where(ship >= 0, ship + np.where(mode == MODE_PICKUP, 0, travel[number]), -1)
    world.hold(location, line_sku, units)
    for when in np.unique(ship[ship >= 0]):
        part = ship == when
        sales.to_ship[int(when)].append((location[part], line_sku[part], units[part]))
    for when in np.unique(cancel[cancel >= 0]):
        part = cancel == when
        sales.to_cancel[int(when)].append((location[part], line_sku[part], units[part]))
    lines = sales.online.add(
        day=day,
        platform=platform,
        order=sales.orders + number,
        sku=line_sku,
        units=units,
        percent=percent[column],
        mode=mode,
        location=location,
        ship=ship,
        deliver=deliver,
        cancel=cancel,
        flag=0,
    )
    sales.orders += many
    return lines


def _source(
    world: World, rng: np.random.Generator, sku: NDArray, units: NDArray
) -> NDArray[np.int64]:
    """Where each line is shipped from: the DCs in turn, a store that ships, or nowhere (-1)."""
    by = np.argsort(sku, kind="stable")
    ordered, amount = sku[by], units[by]
    running = np.cumsum(amount)
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    before = (running - amount)[starts][np.cumsum(starts) - 1]
    need = running - before
    location = np.full(len(sku), -1)
    taken = np.zeros(len(sku), np.int64)
    for dc in world.places.dcs:
        free = world.free(dc, ordered)
        fits = (location[by] < 0) & (need <= taken + free) & (need - amount >= taken)
        location[by[fits]] = dc
        taken += free
    ship_stores = np.flatnonzero(
        world.places.can_ship[: world.places.stores]
        & world.places.open_on(world.today)
        & (world.places.closes[: world.places.stores] > world.today + 9)
    )
    missing = np.flatnonzero(location < 0)
    wish = rng.random(len(sku)) < 0.75
    claimed: dict[tuple[int, int], int] = {}
    for row in missing[wish[missing]]:
        free_there = world.free(slice(0, world.places.stores), int(sku[row]))[ship_stores]  # type: ignore[arg-type]
        if not len(free_there):
            break
        best = int(np.argmax(free_there))
        key = (int(ship_stores[best]), int(sku[row]))
        if free_there[best] - claimed.get(key, 0) >= units[row] + 1:
            location[row] = key[0]
            claimed[key] = claimed.get(key, 0) + int(units[row])
    return location


def _pickup_store(world: World, sku: int, units: int, spot: float) -> int:
    """A store where the customer can fetch the goods, or -1."""
    places = world.places
    able = places.can_pick_up[: places.stores] & places.open_on(world.today)
    able &= places.closes[: places.stores] > world.today + 9
    free = world.onhand[: places.stores, sku] - world.locked[: places.stores, sku]
    stores = np.flatnonzero(able & (free - world.held[: places.stores, sku] >= units + 1))
    return int(stores[int(spot * len(stores))]) if len(stores) else -1


def ship_and_cancel(world: World, sales: Sales) -> None:
    """Evening: parcels due today leave; cancelled orders free what they held."""
    for location, sku, units in sales.to_cancel.pop(world.today, []):
        world.release(location, sku, units)
    for location, sku, units in sales.to_ship.pop(world.today, []):
        world.release(location, sku, units)
        np.subtract.at(world.onhand, (location, sku), units)
