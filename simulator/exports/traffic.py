"""Store traffic: people counted at the door by hour. Follows the receipts, with some doubt."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports.files import Sink
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.world import hashing
from simulator.world.windows import dates

HOURS = np.arange(10, 22)
PROFILE = np.array([5, 6, 8, 8, 9, 10, 10, 10, 11, 11, 8, 4]) / 100


def export(history: History, receipts: Receipts, sink: Sink) -> None:
    """Write pos_traffic for the stores that have a counter."""
    settings, seed, places = history.settings, history.settings.seed, history.places
    codes, days = pl.Series(places.codes), np.arange(settings.days)
    counted = np.flatnonzero(places.counted[: places.stores])
    sold = np.zeros((places.stores, settings.days), np.int64)
    np.add.at(sold, (receipts.heads["store"].to_numpy(), receipts.heads["day"].to_numpy()), 1)
    store, day, hour = (a.ravel() for a in np.meshgrid(counted, days, HOURS, indexing="ij"))
    trades = (places.opens[store] <= day) & (day <= places.closes[store])
    store, day, hour = store[trades], day[trades], hour[trades]
    base = places.weight[store] * 60 * history.calendar.store[day] + 9 * sold[store, day]
    shake = 0.6 + 0.8 * hashing.uniform(seed, "door", store, day, hour)
    visitors = np.round(base * PROFILE[hour - HOURS[0]] * shake).astype(np.int64)
    passers = np.round(visitors * (4 + 5 * hashing.uniform(seed, "street", store, day, hour)))
    by = np.lexsort((hour, store, day))
    sink.emit(
        "pos_traffic",
        pl.DataFrame(
            {
                "store_code": codes.gather(pl.Series(store[by])),
                "biz_date": dates(settings, day[by]),
                "hour": hour[by],
                "visitors": visitors[by],
                "passers": passers[by].astype(np.int64),
            }
        ).with_columns(
            pl.format("CNT-{}", "store_code").alias("device"),
            pl.Series("_win", sink.windows.index(day[by])),
        ),
        mode="snap",
    )
