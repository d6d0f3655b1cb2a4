"""What the extra feeds are made from, and the numbers their draws depend on.

Belongs here: all that happened, in one hand, and helpers that several extra feeds share. What does
not: any feed, and writing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.papers.comebacks import Comebacks
from simulator.papers.orders import Orders
from simulator.papers.receipts import Receipts
from simulator.trade.run import History
from simulator.world import hashing
from simulator.world.people import People
from simulator.world.settings import Settings
from simulator.world.windows import Windows

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Past:
    """Everything that happened; ``frames`` are the rows that went into the other exports."""

    history: History
    people: People
    receipts: Receipts
    orders: Orders
    back: Comebacks
    frames: Frames
    windows: Windows

    @property
    def settings(self) -> Settings:
        return self.history.settings

    def luck(self, label: str, *keys: NDArray | int) -> NDArray[np.float64]:
        """Uniform in [0, 1) for each combination of keys."""
        return hashing.uniform(self.settings.seed, f"more {label}", *keys)

    def whole(self, label: str, low: int, high: int, *keys: NDArray | int) -> NDArray[np.int64]:
        """Whole numbers from ``low`` to ``high`` for each combination of keys."""
        return hashing.whole(self.settings.seed, f"more {label}", low, high, *keys)

    def pick(self, label: str, texts: tuple[str, ...], *keys: NDArray | int) -> pl.Series:
        """One of the texts for each combination of keys."""
        return pl.Series(texts).gather(pl.Series(self.whole(label, 0, len(texts) - 1, *keys)))

    def member(self, person: NDArray) -> pl.Series:
        """Card number of each person; none for -1 and for those without a card."""
        number = self.people.member_no.gather(pl.Series(np.maximum(person, 0)))
        return pl.select(pl.when(pl.Series(person >= 0)).then(number)).to_series()

    def window_of(self, days: NDArray) -> pl.Series:
        """Window of each day, as a column."""
        return pl.Series("_win", self.windows.index(days))


def keys(rows: pl.DataFrame, *columns: str) -> list[NDArray[np.int64]]:
    """Numbers of each row by which its draws are made: digits of codes, day numbers."""
    digits = [
        pl.col(n).str.replace_all(r"\D", "").cast(pl.Int64, strict=False).fill_null(0)
        if rows.schema[n] == pl.String
        else pl.col(n).dt.epoch("d").cast(pl.Int64)
        for n in columns
    ]
    return [rows.select(one).to_series().to_numpy() for one in digits]


def latest(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Each row as it was last sent."""
    return frame.unique(list(key), keep="last", maintain_order=True)
