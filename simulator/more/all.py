"""Writes all of the extra feeds.

Belongs here: the list of rooms that write them. Every row has its cause in a row of another export,
in the calendar or in the retailer's lists; nothing is drawn anew but by hashes of names. What does
not belong here: what the demo's models build on, and the truth.
"""

from __future__ import annotations

from simulator.exports.files import Sink
from simulator.more import crm, ec, erp, ops, people, pos, supply
from simulator.more.base import Past
from simulator.more.files import Writer
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
    """Write the extra feeds of every window that this run writes, and the account of them."""
    past = Past(history, crowd, receipts, orders, back, sink.kept, sink.windows)
    writer = Writer(sink)
    for room in (pos, erp, supply, ec, crm, people, ops):
        room.export(past, writer)
    writer.finish()
