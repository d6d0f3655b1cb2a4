"""Which rows go into which export: months of history, then days; and row versions over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.world.settings import DAILY_DAYS, Settings


@dataclass(frozen=True)
class Window:
    """One export's span of days. ``stamp`` is the date part of its file names."""

    first: int
    last: int
    stamp: str
    daily: bool
    after_base: bool


class Windows:
    """All export windows of a run, in order of time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.all: list[Window] = []
        daily_from = max(0, settings.base_days - DAILY_DAYS)
        day = 0
        while day < daily_from:
            month_end = self._month_end(day)
            last = min(month_end, daily_from - 1)
            stamp = (
                f"{settings.day(last):%Y%m}"
                if last == month_end
                else (f"{settings.day(last):%Y%m%d}")
            )
            self.all.append(Window(day, last, stamp, False, False))
            day = last + 1
        for number in range(daily_from, settings.days):
            stamp = f"{settings.day(number):%Y%m%d}"
            self.all.append(Window(number, number, stamp, True, number >= settings.base_days))
        self.of_day = np.full(settings.days, -1)
        for index, window in enumerate(self.all):
            self.of_day[window.first : window.last + 1] = index

    def _month_end(self, day: int) -> int:
        today = self.settings.day(day)
        following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return self.settings.number(following) - 1

    def index(self, days: NDArray) -> NDArray[np.int64]:
        """Window of each day; before the start the first, after the last simulated day -1."""
        inside = np.clip(days, 0, len(self.of_day) - 1)
        return np.where(days >= len(self.of_day), -1, self.of_day[inside])

    def file_date(self, index: int) -> date:
        return self.settings.day(self.all[index].last)


def moment(settings: Settings, days: NDArray, seconds: NDArray | int, none: int = -1) -> pl.Series:
    """Local timestamps from day numbers and seconds; day ``none`` gives null."""
    origin = np.datetime64(datetime(settings.start.year, settings.start.month, 1), "us")
    days = np.asarray(days)
    value = origin + (days.astype(np.int64) * 86400 + seconds).astype("timedelta64[s]")
    series = pl.Series(value.astype("datetime64[us]"))
    return pl.select(pl.when(pl.Series(days != none)).then(series)).to_series()


def dates(settings: Settings, days: NDArray, none: int = -(10**6)) -> pl.Series:
    """Dates from day numbers."""
    return moment(settings, days, 0, none).cast(pl.Date)


@dataclass(frozen=True)
class Sending:
    """Rows that go out, each in a window. They are made a window at a time: at large scales all
    rows of a feed, written out as texts, are gigabytes.

    ``window``: the window of each row. ``rows``: the rows at these places, with ``_win``.
    """

    window: NDArray[np.int64]
    rows: Callable[[NDArray[np.int64]], pl.DataFrame]

    def shaped(self, shape: Callable[[pl.DataFrame], pl.DataFrame]) -> Sending:
        """The same rows in another shape; ``shape`` must look at each row alone."""
        return Sending(self.window, lambda at: shape(self.rows(at)))

    def by_window(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Windows in order of time, rows of each in their order."""
        order = np.argsort(self.window, kind="stable")
        window = self.window[order]
        starts = np.flatnonzero(np.diff(window, prepend=-2))
        for first, end in zip(starts, [*starts[1:], len(order)], strict=True):
            yield int(window[first]), self.rows(order[first:end])

    def all(self) -> pl.DataFrame:
        return self.rows(np.arange(len(self.window)))


def sending(frame: pl.DataFrame) -> Sending:
    """Rows that know their window, ``_win``."""
    return Sending(frame["_win"].to_numpy(), lambda at: frame[at])


def versions(frame: pl.DataFrame, stamps: list[str], windows: Windows) -> pl.DataFrame:
    """All rows of ``versioned`` at once."""
    return versioned(frame, stamps, windows).all()


def versioned(frame: pl.DataFrame, stamps: list[str], windows: Windows) -> Sending:
    """A row for each window in which one of the stamps falls, as it was known at its end.

    Adds ``_win`` and ``modified_at``; stamps after the window's end become null. Stamps of one
    row needn't be in order. Stamps before the start count for the first window.
    """
    origin = datetime(windows.settings.start.year, windows.settings.start.month, 1)
    row, win = [], []
    for name in stamps:
        days = ((frame[name] - origin).dt.total_seconds() // 86400).fill_null(10**6).to_numpy()
        index = windows.index(days)
        good = np.flatnonzero(index >= 0)
        row.append(good)
        win.append(index[good])
    many = len(windows.all)
    packed = np.concatenate(row) * many + np.concatenate(win)
    packed.sort()
    packed = packed[np.diff(packed, prepend=-1) > 0]
    last = np.array([w.last + 1 for w in windows.all])

    def rows(at: NDArray[np.int64]) -> pl.DataFrame:
        source, window = packed[at] // many, packed[at] % many
        cutoff = moment(windows.settings, last[window], 0)
        out = frame[source].with_columns(pl.Series("_win", window), cutoff.alias("_cutoff"))
        out = out.with_columns(
            pl.when(pl.col(name) < pl.col("_cutoff")).then(pl.col(name)).alias(name)
            for name in stamps
        )
        return out.with_columns(pl.max_horizontal(stamps).alias("modified_at"))

    return Sending(packed % many, rows)
