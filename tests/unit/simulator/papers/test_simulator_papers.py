"""Documents: every unit moved is in one, each has its own number."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from simulator.papers import orders, stock
from simulator.trade.run import History, simulate
from simulator.truth import write as truth
from simulator.world import people
from simulator.world.settings import Settings


@pytest.fixture(scope="module")
def history(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> History:
    own = replace(settings, scale=0.4, months=5, truth=tmp_path_factory.mktemp("truth"))
    return simulate(own, lambda text: None)


def test_units_bought_are_units_sold_or_kept(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    into = int(moves.filter(pl.col("source") < 0)["units"].sum())
    out = int(moves.filter(pl.col("target") < 0)["units"].sum())
    assert into - out == history.world.onhand.sum() + history.world.transit.sum()
    assert truth.write_stock(history, moves)["stock_day"] > 0


def test_lost_units_are_noticed(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    with pytest.raises(RuntimeError, match="not conserved"):
        truth.write_stock(history, moves.filter(pl.int_range(pl.len()) != 1000))


def test_documents_have_their_own_numbers(history: History) -> None:
    crowd = people.build(history.settings, history.places)
    moves = stock.build(history, orders.build(history, crowd))
    moves = moves.with_columns(stock.documents(history)(moves).alias("doc"))
    assert moves.select(pl.struct("doc", "line_no").is_duplicated().any()).item() is False
    reversed_ = moves.filter(pl.col("reverse") == 1)
    assert reversed_.height > 0
    assert (reversed_["units"] < 0).all() and reversed_["reverses_doc"].null_count() == 0
