"""Life curves: which share of its life's demand an SKC meets at each age. Pure numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NORMAL, HIT, SLOW_BURN, FLASH, WEAK = range(5)
NAMES = ("normal", "hit", "slow_burn", "flash", "weak")
WEEKLY = (
    (0.17, 0.165, 0.13, 0.105, 0.085, 0.07, 0.06, 0.05, 0.04, 0.03, 0.025),
    (0.10, 0.15, 0.14, 0.12, 0.10, 0.085, 0.07, 0.06, 0.05, 0.04, 0.03),
    (0.04, 0.065, 0.085, 0.105, 0.12, 0.12, 0.11, 0.095, 0.075, 0.055, 0.04),
    (0.34, 0.24, 0.13, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02, 0.015, 0.01),
    (0.13, 0.12, 0.11, 0.10, 0.09, 0.08, 0.07, 0.06, 0.05, 0.045, 0.04),
)
MAX_AGE = 420


def tables() -> NDArray[np.float64]:
    """Curve x age in days from 0: share of life demand on that day; each row sums to 1."""
    rows = []
    for weekly in WEEKLY:
        weeks = list(weekly)
        while len(weeks) * 7 < MAX_AGE:
            weeks.append(weeks[-1] * 0.82)
        centre = np.arange(len(weeks)) * 7 + 3
        daily = np.interp(np.arange(MAX_AGE), centre, np.array(weeks) / 7)
        rows.append(daily / daily.sum())
    return np.array(rows)
