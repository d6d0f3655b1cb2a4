"""Feeds that the demo does without, written on request: what follows from what happened.

Belongs here: the list of rooms that write them. Every row has its cause in a row of another export,
in the calendar or in the retailer's lists; nothing is drawn anew but by hashes of names. What does
not belong here: what the demo's models build on, and the truth.
"""

from __future__ import annotations

from simulator import more_crm, more_ec, more_erp, more_ops, more_people, more_pos, more_supply
from simulator.comebacks import Comebacks
from simulator.files import Sink
from simulator.more_base import Past
from simulator.more_files import Writer
from simulator.orders import Orders
from simulator.people import People
from simulator.receipts import Receipts
from simulator.run import History


def export(
    history: History,
    people: People,
    receipts: Receipts,
    orders: Orders,
    back: Comebacks,
    sink: Sink,
) -> None:
    """Write the extra feeds of every window that this run writes, and the account of them."""
    past = Past(history, people, receipts, orders, back, sink.kept, sink.windows)
    writer = Writer(sink)
    for room in (more_pos, more_erp, more_supply, more_ec, more_crm, more_people, more_ops):
        room.export(past, writer)
    writer.finish()
