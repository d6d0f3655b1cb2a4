"""The goods: styles, colours, sizes, prices, when each is launched, and how well it will sell.

The plan is made from seed, end, scale and months alone; nothing here depends on simulated sales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.calendar import PROFILE_NAMES, season_of
from simulator.world.catalogue import (
    BASIC_CATEGORIES,
    CATEGORIES,
    COLOURS,
    FABRICS,
    FITS,
    LOOKS,
    NAME_WORDS,
    SERIES,
    SIZES,
    SUPPLIERS_OF,
)
from simulator.world.curves import FLASH, HIT, NORMAL, SLOW_BURN, WEAK
from simulator.world.places import Places
from simulator.world.settings import Settings

LONG_AGO = -400
HIT_AGES = (8, 10, 12, 14, 15, 20, 28, 40, 60)
MUST_AGES = (1, 3, 7, 8, 9, 11, 13, 15, 16, 22)


@dataclass
class Goods:
    """Style rows (dicts), SKC arrays, SKU arrays. Money: tag in yuan, cost in cents."""

    styles: list[dict[str, object]]
    style: NDArray[np.int64]
    colour: NDArray[np.int64]
    category: NDArray[np.int64]
    launch: NDArray[np.int64]
    planned_launch: NDArray[np.int64]
    pull: NDArray[np.int64]
    potential: NDArray[np.float64]
    curve: NDArray[np.int64]
    grade: NDArray[np.int64]
    online_share: NDArray[np.float64]
    tag: NDArray[np.int64]
    cost: NDArray[np.int64]
    profile: NDArray[np.int64]
    presale_ratio: NDArray[np.float64]
    first_buy: NDArray[np.int64]
    supplier: NDArray[np.int64]
    return_rate: NDArray[np.float64]
    planted_hit: NDArray[np.bool_]
    carry: NDArray[np.bool_]
    initial: NDArray[np.bool_]
    local_region: NDArray[np.int64]
    planned: NDArray[np.bool_]
    skc_ids: list[str]
    sku_skc: NDArray[np.int64]
    sku_first: NDArray[np.int64]
    sku_count: NDArray[np.int64]
    sku_order: NDArray[np.int64]
    sku_south: NDArray[np.float64]
    sku_north: NDArray[np.float64]
    sku_ids: list[str]
    barcodes: list[str]
    sku_size: list[tuple[str, str]]

    @property
    def skcs(self) -> int:
        return len(self.style)

    @property
    def skus(self) -> int:
        return len(self.sku_skc)


def _launch_days(settings: Settings, rng: np.random.Generator) -> list[tuple[int, str]]:
    """Launch day of each style with its kind: carry, initial, launched, future."""
    base, target = settings.base_days, settings.skcs
    colours = 1.3
    styles = max(round(target / colours), 24)
    carry = max(2, round(styles * 0.05))
    initial = max(4, round(styles * 0.055))
    future = max(3, round(styles * 0.03))
    launched = styles - carry - initial - future
    oldest = max(10, min(150, base - 30))
    if launched >= 1.6 * oldest:
        ages = list(range(1, oldest + 1))
    else:
        few = max(len(MUST_AGES), min(round(launched * 0.75), oldest))
        ages = sorted({*MUST_AGES, *np.linspace(1, oldest, few).round().astype(int).tolist()})
        ages = [a for a in ages if a <= base - 2]
    older = max(0, launched - len(ages))
    days = [(base - age, "launched") for age in ages]
    if base - oldest > 4:
        spread = np.linspace(3, base - oldest - 1, older) + rng.uniform(-3, 3, older)
        days += [(int(np.clip(round(d), 1, base - 2)), "launched") for d in spread]
    days += [(int(d), "initial") for d in rng.integers(-95, -4, initial)]
    days += [(LONG_AGO, "carry")] * carry
    days += [(base + round(float(d)), "future") for d in np.linspace(0, 32, future)]
    return sorted(days)


def _style_rows(
    settings: Settings, rng: np.random.Generator
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Style rows and, for each, its SKC rows."""
    styles: list[dict[str, object]] = []
    skcs: list[dict[str, object]] = []
    serial: dict[str, int] = {}
    for number, (launch, kind) in enumerate(_launch_days(settings, rng)):
        delay = int(rng.choice([0, 0, 0, 0, 0, 0, 3, 7, 12])) if kind == "launched" else 0
        planned = launch - delay
        shelf_day = settings.day(planned)
        year, season, band = season_of(shelf_day)
        if kind == "carry":
            pick = BASIC_CATEGORIES[number % len(BASIC_CATEGORIES)]
            year, season, band = settings.start.year - 1, "AW", 1
        else:
            fits = [
                i
                for i, c in enumerate(CATEGORIES)
                if c.season in (season, "both")
                and not (c.profile == "cold" and band < 3)
                and not (c.profile == "hot" and band > 4)
            ]
            share = np.array([CATEGORIES[i].share for i in fits])
            pick = fits[int(rng.choice(len(fits), p=share / share.sum()))]
        category = CATEGORIES[pick]
        prefix = f"Q{year % 100:02d}{season[0]}"
        serial[prefix] = serial.get(prefix, 0) + 1
        tag = int(rng.integers(category.low // 10, category.high // 10 + 1)) * 10 + 9
        fabric, composition = FABRICS[int(rng.integers(len(FABRICS)))]
        word = NAME_WORDS[int(rng.integers(len(NAME_WORDS)))]
        life = int(rng.integers(95, 151))
        supplier = int(rng.choice(SUPPLIERS_OF[category.l1]))
        season_text = rng.choice(
            [
                f"{year % 100}{season}",
                f"{year}{season}",
                f"{year}{'秋' if season == 'AW' else '春'}",
                "秋冬" if season == "AW" else "春夏",
            ],
            p=[0.7, 0.1, 0.12, 0.08],
        )
        styles.append(
            {
                "code": f"{prefix}{serial[prefix]:04d}",
                "name": f"{word}{category.l3}",
                "year": year,
                "season": season,
                "season_text": str(season_text),
                "band": f"{band}波",
                "category": pick,
                "tag": tag,
                "cost": round(tag * rng.uniform(0.2, 0.29) * 100),
                "supplier": supplier,
                "planned": planned,
                "pull": planned + life,
                "carry": kind == "carry",
                "series": SERIES[int(rng.integers(4))],
                "look": LOOKS[int(rng.integers(4))],
                "fabric": fabric,
                "composition": composition,
                "fit": FITS[int(rng.integers(3))],
                "designer": f"设计师{int(rng.integers(1, 9))}号",
            }
        )
        many = int(rng.choice([1, 2, 3], p=[0.75, 0.2, 0.05]))
        for colour in sorted(rng.choice(len(COLOURS), many, replace=False)):
            skcs.append(
                {
                    "style": len(styles) - 1,
                    "colour": int(colour),
                    "launch": launch,
                    "kind": kind,
                    "planned": planned,
                    "life": life,
                    "category": pick,
                    "supplier": supplier,
                }
            )
    return styles, skcs


def _shape(settings: Settings, skc: dict[str, object], rng: np.random.Generator) -> tuple:
    """Curve, potential factor, planted flag and local region of one SKC."""
    age = settings.base_days - int(skc["launch"])  # type: ignore[call-overload]
    draw = rng.random()
    factor = float(rng.lognormal(0, 0.38))
    region = int(rng.integers(0, 6)) if rng.random() < 0.03 else -1
    if skc["kind"] == "carry":
        return NORMAL, factor, False, -1
    if age in HIT_AGES or draw < 0.055:
        return (HIT if draw < 0.6 or age in HIT_AGES else SLOW_BURN), 2.6 + 0.8 * factor, True, -1
    if draw < 0.30:
        return (WEAK if draw < 0.22 else FLASH), 0.3 * factor + 0.05, False, region
    if draw < 0.40:
        return SLOW_BURN, factor, False, region
    if draw < 0.47:
        return FLASH, factor, False, region
    return NORMAL, factor, False, region


def build(settings: Settings, places: Places) -> Goods:
    """All goods that exist or are planned at the base end."""
    rng = np.random.default_rng([settings.seed, 202])
    styles, skcs = _style_rows(settings, rng)
    count = len(skcs)
    shapes = [_shape(settings, skc, rng) for skc in skcs]
    size = max(places.stores / 61, 0.45)
    grade = rng.choice(3, count, p=[0.2, 0.45, 0.35])
    planted = np.array([s[2] for s in shapes])
    grade[planted & (grade == 2)] = 1
    column = {
        name: np.array([s[name] for s in skcs])
        for name in ("style", "colour", "launch", "planned", "life", "category", "supplier")
    }
    carry = np.array([s["kind"] == "carry" for s in skcs])
    demand = np.array([CATEGORIES[c].demand for c in column["category"]])
    plan = np.array([860.0, 500.0, 300.0])[grade] * demand * size
    plan[carry] *= 1.3
    potential = plan * np.array([s[1] for s in shapes])
    first_buy = np.maximum((plan * rng.uniform(0.8, 1.2, count) / 10).round() * 10, 60)
    first_buy = first_buy.astype(np.int64)
    ratio = np.where(rng.random(count) < 0.16, rng.uniform(0.2, 1.2, count), 0.0)
    future = np.array([s["kind"] == "future" for s in skcs])
    ratio[future] = np.where(
        np.arange(future.sum()) % 3 < 2, np.linspace(1.2, 0.2, future.sum()), 0
    )
    ratio[carry | (column["launch"] < 34)] = 0.0
    planted_index = np.flatnonzero(planted & (ratio > 0))
    ratio[planted_index] = np.maximum(ratio[planted_index], 0.65)
    profile = np.array([PROFILE_NAMES.index(CATEGORIES[c].profile) for c in column["category"]])
    warm = np.isin(places.zone[: places.stores], (3,))
    reach = np.array([1.0, 0.78, 0.5])[grade]
    planned = rng.random((places.stores, count)) < reach[None, :] * (
        0.8 + 0.25 * (places.weight[: places.stores, None] > 1.0)
    )
    planned[:, grade == 0] = True
    cold = profile == PROFILE_NAMES.index("cold")
    planned[np.ix_(warm, cold)] &= rng.random((warm.sum(), cold.sum())) < 0.25
    local = np.array([s[3] for s in shapes])
    planned |= (places.region[: places.stores, None] == local[None, :]) & (local >= 0)
    few = np.flatnonzero((planned[:, :] & places.has_pos[: places.stores, None]).sum(axis=0) < 6)
    planned[:6, few] = True
    sku_skc, order, south, north, sizes = [], [], [], [], []
    for index, skc in enumerate(skcs):
        run = SIZES[CATEGORIES[int(skc["category"])].size_group]  # type: ignore[call-overload]
        for place, (code, name, warm_share, cold_share) in enumerate(run):
            sku_skc.append(index)
            order.append(place + 1)
            south.append(warm_share)
            north.append(cold_share)
            sizes.append((code, name))
    sku_of = np.array(sku_skc)
    per = np.bincount(sku_of, minlength=count)
    skc_ids = [f"{styles[s['style']]['code']}/{COLOURS[s['colour']][0]}" for s in skcs]  # type: ignore[index,call-overload]
    online = np.clip(rng.normal(0.36, 0.12, count), 0.12, 0.75)
    returns = np.array([CATEGORIES[c].return_rate for c in column["category"]])
    return Goods(
        styles=styles,
        style=column["style"],
        colour=column["colour"],
        category=column["category"],
        launch=column["launch"],
        planned_launch=column["planned"],
        pull=np.where(carry, 10**6, column["launch"] + column["life"]),
        potential=potential,
        curve=np.array([s[0] for s in shapes]),
        grade=grade,
        online_share=online,
        tag=np.array([styles[s]["tag"] for s in column["style"]]),
        cost=np.array([styles[s]["cost"] for s in column["style"]]),
        profile=profile,
        presale_ratio=ratio,
        first_buy=first_buy,
        supplier=column["supplier"],
        return_rate=np.clip(returns * rng.uniform(0.75, 1.4, count), 0.04, 0.5),
        planted_hit=planted,
        carry=carry,
        initial=np.array([s["kind"] == "initial" for s in skcs]),
        local_region=local,
        planned=planned,
        skc_ids=skc_ids,
        sku_skc=sku_of,
        sku_first=np.concatenate([[0], np.cumsum(per)[:-1]]),
        sku_count=per,
        sku_order=np.array(order),
        sku_south=np.array(south),
        sku_north=np.array(north),
        sku_ids=[f"{skc_ids[k]}/{size[0]}" for k, size in zip(sku_skc, sizes, strict=True)],
        barcodes=[f"690{settings.seed % 1000:03d}{i + 1:07d}" for i in range(len(sku_of))],
        sku_size=sizes,
    )
