"""Invented people: where they live, their cards, phones and accounts, who works in stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulator.world import hashing
from simulator.world.demand import PLATFORMS
from simulator.world.places import Places
from simulator.world.settings import FUTURE_DAYS, Settings

RESELLERS = 3
GUIDES_PER_STORE = 5
ACCOUNT_SHARE = (0.55, 0.40, 0.62)


@dataclass
class People:
    """Person numbers 0..: first one staff member a store, then resellers, then customers."""

    count: int
    staff: NDArray[np.int64]
    resellers: NDArray[np.int64]
    city: NDArray[np.int64]
    home: NDArray[np.int64]
    joined: NDArray[np.int64]
    member_no: pl.Series
    phone: NDArray[np.int64]
    accounts: list[NDArray[np.bool_]]
    account_names: list[pl.Series]
    by_store: list[NDArray[np.int64]]
    by_platform: list[NDArray[np.int64]]


def build(settings: Settings, places: Places) -> People:
    """All people; who has no card has an empty member number and joins never."""
    seed, count = settings.seed, settings.people
    number = np.arange(count)
    staff = number[: places.stores]
    resellers = number[places.stores : places.stores + RESELLERS]
    known = places.stores + RESELLERS
    able = np.flatnonzero(places.has_pos[: places.stores])
    weight = np.cumsum(places.weight[able])
    home = able[np.searchsorted(weight / weight[-1], hashing.uniform(seed, "home", number))]
    home[:known] = np.minimum(number[:known], places.stores - 1)
    member = (hashing.uniform(seed, "member", number) < 0.82) | (number < known)
    old = hashing.uniform(seed, "old", number) < 0.62
    joined = np.where(
        old,
        -hashing.whole(seed, "since", 1, 1500, number),
        hashing.whole(seed, "joins", 0, settings.base_days + FUTURE_DAYS, number),
    )
    joined[:known] = -30
    joined = np.where(member, joined, 10**6)
    prefix = np.array([199, 198, 197, 196, 195, 193, 192, 191])[(number // 10_000) % 8]
    phone = prefix * 10**8 + (number * 7919) % 10_000
    family = (hashing.uniform(seed, "family", number) < 0.02) & (number > known)
    phone[family] = phone[np.flatnonzero(family) - 1]
    accounts = [
        (hashing.uniform(seed, f"account {p}", number) < share) | (number < known)
        for p, share in zip(PLATFORMS, ACCOUNT_SHARE, strict=True)
    ]
    accounts[2] |= ~member & ~accounts[0] & ~accounts[1]
    secret = hashing.number(seed, "openid", number)
    names = [
        pl.Series([f"tb_demo{i:06d}" for i in number]),
        pl.Series([f"jd_demo{i:06d}" for i in number]),
        pl.Series([f"oDemo{s:016x}" for s in secret]),
    ]
    customers = number >= known
    mixed = np.argsort(hashing.uniform(seed, "mixed", number))
    by_store = [mixed[(home[mixed] == s) & customers[mixed]] for s in range(places.stores)]
    by_platform = [mixed[a[mixed] & customers[mixed]] for a in accounts]
    return People(
        count=count,
        staff=staff,
        resellers=resellers,
        city=places.city[home],
        home=home,
        joined=joined,
        member_no=pl.Series(
            [f"8{i + 1:09d}" if m else None for i, m in zip(number, member, strict=True)]
        ),
        phone=phone,
        accounts=accounts,
        account_names=names,
        by_store=by_store,
        by_platform=by_platform,
    )


def pick(groups: list[NDArray[np.int64]], group: NDArray, draw: NDArray) -> NDArray[np.int64]:
    """A person of each row's group; the first in a group buy most often. -1 in an empty group."""
    size = np.array([len(g) for g in groups])
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    flat = np.concatenate([*groups, np.array([-1])])
    place = start[group] + np.floor(np.power(draw, 1.7) * size[group]).astype(np.int64)
    return np.where(size[group] > 0, flat[np.minimum(place, len(flat) - 1)], -1)


def staff_code(store: NDArray, guide: NDArray) -> pl.Series:
    """Staff number of a store's guide."""
    frame = pl.DataFrame({"s": store + 1, "g": guide + 1})
    return frame.select(
        pl.format("G{}{}", pl.col("s").cast(pl.String).str.zfill(3), pl.col("g"))
    ).to_series()
