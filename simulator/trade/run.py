"""The day loop: lets the retailer trade from the first day to the last and keeps what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.trade.distribution import Distribution
from simulator.trade.presale import Presale
from simulator.trade.returns import ONLINE, PRESALE, Returns
from simulator.trade.selling import (
    MODE_DC,
    RESELLER,
    Sales,
    sell_in_stores,
    sell_online,
    ship_and_cancel,
)
from simulator.trade.slips import WrongDocuments
from simulator.trade.state import Log, World
from simulator.trade.supply import Supply
from simulator.world import calendar, goods, places
from simulator.world.demand import Demand
from simulator.world.settings import DAILY_DAYS, Settings

MARKDOWNS = ((45, 0.5, 80), (72, 0.68, 65), (100, 0.82, 50))
LOOKS_PER_UNIT = 0.62
SNAPSHOT_TYPES: dict[str, type[np.integer]] = {
    "day": np.int16,
    "location": np.int16,
    **dict.fromkeys(("sku", "onhand", "reserved", "locked", "transit"), np.int32),
}


@dataclass
class History:
    """All that happened; row numbers of every table are stable when the run is longer."""

    settings: Settings
    places: places.Places
    goods: goods.Goods
    calendar: calendar.TradeCalendar
    world: World
    supply: Supply
    distribution: Distribution
    presale: Presale
    returns: Returns
    sales: Sales
    store_lines: dict[str, NDArray]
    online_lines: dict[str, NDArray]
    markdowns: list[tuple[int, int, int]]
    snapshots: dict[str, NDArray]
    looks: dict[str, NDArray]


def snapshot_days(settings: Settings) -> set[int]:
    """Month ends, and every day of the daily window and after."""
    days = set(range(settings.base_days - DAILY_DAYS, settings.days))
    days |= {n for n in range(settings.days) if settings.day(n + 1).day == 1}
    return {n for n in days if n >= 0}


def simulate(settings: Settings, progress: Callable[[str], None]) -> History:
    """Simulate every day; the same seed and end give the same days whatever comes after."""
    where = places.build(settings)
    what = goods.build(settings, where)
    trade = calendar.build(settings)
    demand = Demand(settings, where, what, trade)
    world = World(where, what)
    world.quiet_from = settings.base_days - DAILY_DAYS
    supply = Supply(settings, world, demand)
    stores = Distribution(settings, world, demand)
    presale = Presale(settings, what)
    returns = Returns(late_return_day=settings.base_days + 1)
    sales = Sales(sold=np.zeros(what.skcs, np.int64))
    slips = WrongDocuments()
    percent = np.full(what.skcs, 100, np.int64)
    percent[what.initial] = 80
    markdowns: list[tuple[int, int, int]] = []
    snapshots = Log(*SNAPSHOT_TYPES, types=SNAPSHOT_TYPES)
    looks: list[tuple[NDArray, ...]] = []
    photo = snapshot_days(settings)
    supply.plan_first_orders()
    for day in range(settings.days):
        rng = np.random.default_rng([settings.seed, 303, day])
        world.today = day
        if day == 0:
            stores.open_books()
        world.receive_arrivals()
        supply.receive_orders()
        slips.reverse(world)
        stores.allocate_launches()
        stores.open_new_stores()
        for skc, start, value in markdowns:
            if start == day:
                percent[skc] = value
        presale.take_orders(world, rng)
        parcels = presale.work(world, rng)
        skcs = demand.active(day)
        columns = np.isin(what.sku_skc, skcs).nonzero()[0]
        cut = percent[what.sku_skc[columns]]
        rate = demand.rates(what.sku_skc[columns], day, cut)
        before_store = sales.store.count
        sell_in_stores(world, demand, trade, sales, rng, columns, rate, cut)
        before = sales.online.count
        sell_online(world, demand, trade, sales, rng, columns, rate, cut)
        _reseller_order(world, sales, rng)
        _come_back(world, sales, returns, rng, before_store, before, parcels)
        ship_and_cancel(world, sales)
        returns.book(world, sales)
        stores.replenish(columns, rate)
        stores.sell_in()
        if settings.day(day).weekday() in (0, 3):
            stores.transfer(columns, rate)
        supply.review(sales.sold)
        stores.clear_stores()
        stores.count_stock(rng)
        slips.post(world, rng)
        _mark_down(what, supply, sales, day, markdowns)
        looks.append(_look_counts(settings, demand, world, day))
        if day in photo:
            _photograph(world, snapshots)
        if day % 90 == 89:
            progress(
                f"day {day + 1} of {settings.days}: {settings.day(day)}, "
                f"{sales.store.count + sales.online.count:,} lines sold"
            )
    return History(
        settings,
        where,
        what,
        trade,
        world,
        supply,
        stores,
        presale,
        returns,
        sales,
        sales.store.arrays(),
        sales.online.arrays(),
        markdowns,
        snapshots.arrays(),
        _stack(looks, ("day", "skc", "views")),
    )


def _stack(parts: list[tuple[NDArray, ...]], names: tuple[str, ...]) -> dict[str, NDArray]:
    if not parts:
        return {name: np.zeros(0, np.int64) for name in names}
    return {n: np.concatenate(c) for n, c in zip(names, zip(*parts, strict=True), strict=True)}


def _come_back(
    world: World,
    sales: Sales,
    returns: Returns,
    rng: np.random.Generator,
    before_store: int,
    before: int,
    parcels: tuple[NDArray, ...] | None,
) -> None:
    """Count what was sold and decide which of it will return."""
    goods_ = world.goods
    store = sales.store.since(before_store)
    if len(store["sku"]):
        new_store = np.arange(before_store, sales.store.count)
        np.add.at(sales.sold, goods_.sku_skc[store["sku"]], store["units"])
        returns.from_store(
            world, rng, new_store, store["store"], store["sku"], store["units"], store["flag"]
        )
    many = sales.online.count - before
    if many:
        online = sales.online.since(before)
        kept = online["cancel"] < 0
        np.add.at(sales.sold, goods_.sku_skc[online["sku"][kept]], online["units"][kept])
        returns.from_parcels(
            world,
            rng,
            ONLINE,
            np.arange(before, sales.online.count),
            online["sku"],
            online["units"],
            online["deliver"],
            online["mode"],
        )
    if parcels is not None:
        rows, sku, units, deliver = parcels
        returns.from_parcels(
            world, rng, PRESALE, rows, sku, units, deliver, np.full(len(rows), MODE_DC)
        )


def _reseller_order(world: World, sales: Sales, rng: np.random.Generator) -> None:
    """Every few weeks somebody buys twenty pieces and more of one SKU for resale."""
    draw, which, size = rng.random(3)
    if draw > 0.03:
        return
    dc = world.places.stores
    skc = world.goods.sku_skc
    on_sale = (world.goods.launch[skc] <= world.today) & (world.goods.pull[skc] > world.today)
    rich = np.flatnonzero((world.free(dc, slice(None)) > 45) & on_sale)
    if not len(rich):
        return
    sku = rich[[int(which * len(rich))]]
    units = np.array([20 + int(size * 15)])
    where = np.array([dc])
    world.hold(where, sku, units)
    ship = world.today + 1
    sales.to_ship[ship].append((where, sku, units))
    sales.online.add(
        day=world.today,
        platform=int(draw * 1000) % 3,
        order=sales.orders,
        sku=sku,
        units=units,
        percent=100,
        mode=MODE_DC,
        location=dc,
        ship=ship,
        deliver=ship + 2,
        cancel=-1,
        flag=RESELLER,
    )
    sales.orders += 1


def _mark_down(
    what: goods.Goods, supply: Supply, sales: Sales, day: int, markdowns: list[tuple[int, int, int]]
) -> None:
    """Slow goods get cheaper: the price list has a new row from tomorrow on."""
    age = day - what.launch
    for at_age, floor, value in MARKDOWNS:
        for skc in np.flatnonzero((age == at_age) & ~what.carry):
            received = max(int(supply.received[skc]), int(what.first_buy[skc]) // 2)
            if sales.sold[skc] < floor * received:
                markdowns.append((int(skc), day + 1, value))


def _look_counts(settings: Settings, demand: Demand, world: World, day: int) -> tuple[NDArray, ...]:
    """Product-page views in the mini-program; they run ahead of sales and start before launch."""
    what = world.goods
    rng = np.random.default_rng([settings.seed, 404, day])
    lead = np.arange(what.skcs)
    wish = demand.interest(lead, day + 2) * demand.calendar.online[day]
    wish *= np.where(what.pull > day, 1.0, 0.3)
    soon = (what.launch - day > 2) & (what.launch - day < 30) & (what.presale_ratio > 0)
    wish = np.where(soon, 0.02 * what.first_buy * what.presale_ratio, wish)
    wish = np.where(what.pull + 45 < day, 0.0, wish)
    views = rng.poisson(np.maximum(wish, 0) * LOOKS_PER_UNIT)
    some = np.flatnonzero(views)
    return np.full(len(some), day), some, views[some]


def _photograph(world: World, snapshots: Log) -> None:
    """Add every cell that isn't zero at the close, of places whose stock is visible."""
    places_ = world.places
    reserved = world.held.copy()
    dc = places_.stores
    free = world.onhand[dc] - world.locked[dc] - world.held[dc]
    reserved[dc] += np.minimum(world.presale_due, np.maximum(free, 0))
    seen = places_.has_pos.copy()
    seen[places_.stores :] = True
    some = (world.onhand != 0) | (reserved != 0) | (world.locked != 0) | (world.transit != 0)
    at, sku = np.nonzero(some & seen[:, None])
    snapshots.add(
        day=world.today,
        location=at,
        sku=sku,
        onhand=world.onhand[at, sku],
        reserved=reserved[at, sku],
        locked=world.locked[at, sku],
        transit=world.transit[at, sku],
    )
