"""What a run is asked for, and the sizes that follow from it. No behaviour, no input or output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

DAILY_DAYS = 14
FUTURE_DAYS = 60


@dataclass(frozen=True)
class Settings:
    """One run. Day numbers count from ``start``; ``base_days`` ends at ``end``.

    ``days_after`` lengthens the simulated time, never what happened before: plans depend on
    seed, end, scale and months alone.
    """

    out: Path
    truth: Path
    seed: int
    end: date
    scale: float
    months: int
    days_after: int = 0
    config: Path | None = None
    holds: tuple[tuple[str, date], ...] = ()
    release: bool = False
    more: bool = False  # the feeds that the demo does without, too

    def __post_init__(self) -> None:
        if self.months < 2:
            raise ValueError(f"--months {self.months}: at least 2 are needed, or nothing launches")
        if not 0 < self.scale <= 20:
            raise ValueError(f"--scale {self.scale}: give a number above 0 and up to 20")
        if not 0 <= self.days_after <= FUTURE_DAYS - 15:
            raise ValueError(
                f"--days-after {self.days_after}: 0 to {FUTURE_DAYS - 15}; beyond that nothing is"
                " planned, choose a later --end"
            )

    @property
    def start(self) -> date:
        month = self.end.year * 12 + self.end.month - self.months
        return date(month // 12, month % 12 + 1, 1)

    @property
    def base_days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def days(self) -> int:
        """Number of simulated days, the days after ``end`` included."""
        return self.base_days + self.days_after

    @property
    def skcs(self) -> int:
        return max(40, round(800 * self.scale))

    @property
    def stores(self) -> int:
        return max(8, round(60 * self.scale))

    @property
    def people(self) -> int:
        return max(900, round(20_000 * self.scale))

    def day(self, number: int) -> date:
        return self.start + timedelta(days=int(number))

    def number(self, day: date) -> int:
        return (day - self.start).days
