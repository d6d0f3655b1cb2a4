"""Behaviour has causes: hits outsell and are reordered, prices fall, stock is shared in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.trade.distribution import ration
from simulator.trade.run import History, simulate
from simulator.world.settings import Settings


@pytest.fixture(scope="module")
def history(settings: Settings) -> History:
    return simulate(replace(settings, scale=0.5, months=9), lambda text: None)


def test_planted_hits_sell_faster_than_the_rest(history: History) -> None:
    goods = history.goods
    age = history.settings.days - goods.launch
    ready = (age > 20) & (age < 200) & ~goods.carry & ~goods.initial
    pace = history.sales.sold / np.maximum(goods.first_buy, 1)
    hits, others = pace[ready & goods.planted_hit], pace[ready & ~goods.planted_hit]
    assert len(hits) >= 5
    assert np.median(hits) > 2 * np.median(others)


def test_hits_are_reordered_after_launch_with_a_lead_time(history: History) -> None:
    rows = history.supply.orders.arrays()
    again = rows["kind"] == 1
    assert again.sum() > 0
    assert (rows["arrive1"][again] > rows["ordered"][again] + 6).all()
    hits = history.goods.planted_hit[rows["skc"][again]].mean()
    assert hits > 2 * history.goods.planted_hit.mean()


def test_markdowns_come_with_age_and_lower_the_price(history: History) -> None:
    assert history.markdowns
    for skc, start, percent in history.markdowns:
        assert start > history.goods.launch[skc] + 40
        assert percent in (80, 65, 50)


def test_held_and_reserved_never_exceed_what_is_there(history: History) -> None:
    world = history.world
    assert (world.held >= 0).all() and (world.locked >= 0).all() and (world.transit >= 0).all()
    assert (world.presale_due >= 0).all()
    assert (world.held <= np.maximum(world.onhand, 0)).all()


def test_franchise_without_pos_is_sold_to_but_never_seen(history: History) -> None:
    places = history.places
    blind = np.flatnonzero(~places.has_pos[: places.stores])
    assert len(blind) >= 1
    assert history.world.onhand[blind].sum() > 0
    assert not np.isin(history.store_lines["store"], blind).any()
    assert not np.isin(history.snapshots["location"], blind).any()


def test_ration_serves_in_turn() -> None:
    need = np.array([[3, 1], [2, 0], [4, 5]])
    given = ration(need, np.array([6, 4]))
    assert given.tolist() == [[3, 1], [2, 0], [1, 3]]
    assert ration(need, np.array([-2, 0])).sum() == 0
