"""The truth of rows: each physical row, its file, and what must become of it.

Belongs here: which sending of a key is the last. What does not: keys and files themselves.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from simulator.exports.files import Sent
from simulator.truth.table import Table

LATER = 10**7  # more rows than a file has


class Rows:
    """Writes ``rows.parquet`` while the exports are made: a feed is done when it has been sent."""

    def __init__(self, folder: Path) -> None:
        self.table = Table(folder / "rows.parquet")

    def take(self, sent: list[Sent]) -> None:
        """All rows of some feeds: the last sending of a key is published, others are superseded."""
        if not sent:
            return
        best = _last_of_each_key(sent)
        first = 0
        for one in sent:
            many = one.keys.height
            last = pl.Series(best[first : first + many])
            first += many
            fate = (
                pl.when(pl.lit(one.held))
                .then(pl.lit("not_yet_sent"))
                .when("bad")
                .then(pl.lit("quarantined"))
                .when(last)
                .then(pl.lit("published"))
                .otherwise(pl.lit("superseded"))
            )
            self.table.add(
                one.keys.select(
                    pl.lit(one.feed).alias("feed"),
                    "key",
                    pl.lit(one.file).alias("file"),
                    pl.int_range(1, many + 1, dtype=pl.Int32).alias("row_no"),
                    fate.alias("fate"),
                )
            )

    def close(self) -> int:
        """Number of rows."""
        return self.table.close()


def _last_of_each_key(sent: list[Sent]) -> np.ndarray:
    """Whether each row is the last sending of its key that can be read."""
    feeds = {feed: n for n, feed in enumerate(dict.fromkeys(one.feed for one in sent))}
    frames = [
        one.keys.select(
            pl.lit(feeds[one.feed], pl.Int8).alias("feed"),
            pl.col("key").hash(7).alias("h"),
            pl.when(pl.lit(not one.held) & ~pl.col("bad"))
            .then(one.order * LATER - pl.int_range(1, pl.len() + 1))
            .otherwise(-1)
            .alias("place"),
        )
        for one in sent
    ]
    frame = pl.concat(frames)
    best = pl.col("place").max().over("feed", "h")
    return frame.select((pl.col("place") == best).alias("last"))["last"].to_numpy()
