"""Every unit is conserved, nothing is sold that isn't there, snapshots agree with movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from simulator import orders, people, stock, truth
from simulator.distribution import ration
from simulator.run import History, simulate
from simulator.settings import Settings

Truth = Callable[[str], pl.DataFrame]
FAR = date(9999, 12, 31)


@pytest.fixture(scope="module")
def history(settings: Settings) -> History:
    return simulate(replace(settings, scale=0.4, months=5), lambda text: None)


def test_units_bought_are_units_sold_or_kept(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    into = moves.filter(pl.col("source") < 0)["units"].sum()
    out = moves.filter(pl.col("target") < 0)["units"].sum()
    assert into - out == history.world.onhand.sum() + history.world.transit.sum()
    closing = stock.changes(moves, history.settings.days)
    truth.check_units(history, closing)


def test_lost_units_are_noticed(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    closing = stock.changes(moves.filter(pl.int_range(pl.len()) != 1000), history.settings.days)
    with pytest.raises(RuntimeError, match="not conserved"):
        truth.check_units(history, closing)


def test_documents_have_their_own_numbers(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    assert moves.select(pl.struct("doc", "line_no").is_duplicated().any()).item() is False
    reversed_ = moves.filter(pl.col("reverse") == 1)
    assert reversed_.height > 0
    assert (reversed_["units"] < 0).all() and reversed_["reverses_doc"].null_count() == 0


def test_held_and_reserved_never_exceed_what_is_there(history: History) -> None:
    world = history.world
    assert (world.held >= 0).all() and (world.locked >= 0).all() and (world.transit >= 0).all()
    assert (world.presale_due >= 0).all()
    assert (world.held <= np.maximum(world.onhand, 0)).all()


def test_negative_stock_is_planted_only(truth: Truth) -> None:
    below = truth("stock_day").filter(pl.col("onhand_units") < 0)
    early = truth("sale_lines").filter(pl.col("is_before_posting"))
    planted = early.select("store_code", "sku_id", pl.col("sale_date").alias("valid_from"))
    rest = below.join(planted, on=["store_code", "sku_id", "valid_from"], how="anti")
    assert rest.height == 0


def test_no_sale_where_nothing_lies(truth: Truth) -> None:
    """A store line needs stock at the close before, or goods that came in on the day."""
    sold = truth("sale_lines").filter(
        pl.col("source") == "pos",
        ~pl.col("sku_id").str.starts_with("?"),
        ~pl.col("is_before_posting"),
    )
    per_day = sold.group_by("store_code", "sku_id", "sale_date").agg(pl.col("sale_units").sum())
    spans = truth("stock_day").with_columns(pl.col("valid_to").fill_null(FAR))
    closing = per_day.join(spans, on=["store_code", "sku_id"]).filter(
        (pl.col("valid_from") <= pl.col("sale_date")) & (pl.col("sale_date") < pl.col("valid_to"))
    )
    assert closing.height == per_day.height
    assert (closing["onhand_units"] >= 0).all()


def test_snapshot_equals_movements(retailer: Settings, truth: Truth) -> None:
    snap = pl.read_csv(
        retailer.out / "erp" / "erp_stock_snap_snap_20261031_1.csv",
        encoding="gb18030",
        infer_schema_length=0,
    )
    last = truth("stock_day").filter(pl.col("valid_to").is_null(), pl.col("is_visible"))
    assert snap["在库数"].cast(pl.Int64).sum() == last["onhand_units"].sum()
    assert snap["在途入"].cast(pl.Int64).sum() == last["transit_units"].sum()
    shown = snap.filter(pl.col("在库数") != "0").height
    assert shown == last.filter(pl.col("onhand_units") != 0).height


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
