"""Writes the exports that the demo builds on, but for the ERP's moving ones (``stock``).

Belongs here: the order. What does not belong here: what a feed's file looks like.
"""

from __future__ import annotations

from simulator.exports import ec, events, master, pos, traffic
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
    sink: Sink,
) -> None:
    """Write the files of every window that this run writes."""
    master.export(history, crowd, sink)
    pos.export(history, crowd, receipts, back, sink)
    traffic.export(history, receipts, sink)
    ec.export(history, crowd, orders, back, sink)
    events.export(history, crowd, sink)
