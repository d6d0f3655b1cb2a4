"""Random numbers that belong to a thing, not to a place in a stream.

A row's draws depend on the seed, a label and the row's own number, so a longer simulation gives
the same values for the days it shares with a shorter one.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

U64 = np.uint64


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of the SplitMix64 generator (Steele, Lea, Flood 2014)."""
    value = value + U64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> U64(27))) * U64(0x94D049BB133111EB)
    return value ^ (value >> U64(31))


def number(seed: int, label: str, *keys: NDArray | int) -> NDArray[np.uint64]:
    """64 random bits for each combination of keys (broadcast)."""
    with np.errstate(over="ignore"):
        first = np.array([zlib.crc32(label.encode()) + (seed << 32)], dtype=np.uint64)
        state = _mix(first)
        for key in keys:
            state = _mix(state ^ np.asarray(key).astype(np.int64).astype(np.uint64))
    return state


def uniform(seed: int, label: str, *keys: NDArray | int) -> NDArray[np.float64]:
    """Uniform in [0, 1) for each combination of keys."""
    return (number(seed, label, *keys) >> U64(11)).astype(np.float64) / float(1 << 53)


def whole(seed: int, label: str, low: int, high: int, *keys: NDArray | int) -> NDArray[np.int64]:
    """Whole numbers from ``low`` to ``high``, both included."""
    return low + np.floor(uniform(seed, label, *keys) * (high - low + 1)).astype(np.int64)


def choice(seed: int, label: str, weights: list[float], *keys: NDArray | int) -> NDArray[np.int64]:
    """Index by weight for each combination of keys."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    edges /= edges[-1]
    edges[-1] = 1.0
    return np.searchsorted(edges, uniform(seed, label, *keys), side="right").astype(np.int64)
