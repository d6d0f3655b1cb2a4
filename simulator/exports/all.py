"""Writes the exports of every feed that the demo builds on, in the order of the systems.

Belongs here: the order. What does not belong here: what a feed's file looks like.
"""

from __future__ import annotations

import polars as pl

from simulator.exports import ec, events, master, pos, stock, traffic
from simulator.exports.files import Sink
from simulator.papers.comebacks import Comebacks
from simulator.papers.orders import Orders
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.world.people import People


def export(
    history: History,
    crowd: People,
    receipts: Receipts,
    orders: Orders,
    back: Comebacks,
    moves: pl.DataFrame,
    sink: Sink,
) -> None:
    """Write the files of every window that this run writes."""
    master.export(history, crowd, sink)
    pos.export(history, crowd, receipts, back, sink)
    traffic.export(history, receipts, sink)
    ec.export(history, crowd, orders, back, sink)
    events.export(history, crowd, sink)
    stock.export(history, moves, sink)
