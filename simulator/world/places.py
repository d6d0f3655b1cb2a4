"""Stores and warehouses: where they are, who owns them, how much they sell, when they trade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.calendar import ZONES
from simulator.world.settings import Settings

# city, province, region, area, tier, climate zone, longitude, latitude, DC (0 east, 1 south)
CITIES = (
    ("上海", "上海", "华东", "沪苏", "一线", 2, 121.47, 31.23, 0),
    ("北京", "北京", "华北", "京津", "一线", 1, 116.4, 39.9, 0),
    ("广州", "广东", "华南", "珠三角", "一线", 3, 113.26, 23.13, 1),
    ("哈尔滨", "黑龙江", "东北", "黑吉", "二线", 0, 126.53, 45.8, 0),
    ("成都", "四川", "西南", "川渝", "新一线", 2, 104.07, 30.67, 1),
    ("武汉", "湖北", "华中", "两湖", "新一线", 2, 114.3, 30.6, 0),
    ("深圳", "广东", "华南", "珠三角", "一线", 3, 114.06, 22.55, 1),
    ("杭州", "浙江", "华东", "浙江", "新一线", 2, 120.16, 30.27, 0),
    ("沈阳", "辽宁", "东北", "辽宁", "二线", 0, 123.43, 41.8, 0),
    ("昆明", "云南", "西南", "云贵", "二线", 4, 102.83, 24.88, 1),
    ("天津", "天津", "华北", "京津", "新一线", 1, 117.2, 39.13, 0),
    ("南京", "江苏", "华东", "沪苏", "新一线", 2, 118.8, 32.06, 0),
    ("长沙", "湖南", "华中", "两湖", "新一线", 2, 112.94, 28.23, 1),
    ("厦门", "福建", "华南", "闽", "二线", 3, 118.09, 24.48, 1),
    ("济南", "山东", "华北", "山东", "二线", 1, 117.0, 36.65, 0),
    ("重庆", "重庆", "西南", "川渝", "新一线", 2, 106.55, 29.56, 1),
    ("大连", "辽宁", "东北", "辽宁", "二线", 1, 121.61, 38.91, 0),
    ("郑州", "河南", "华中", "河南", "新一线", 1, 113.63, 34.75, 0),
    ("苏州", "江苏", "华东", "沪苏", "新一线", 2, 120.58, 31.3, 0),
    ("南宁", "广西", "华南", "桂", "二线", 3, 108.37, 22.82, 1),
    ("贵阳", "贵州", "西南", "云贵", "二线", 4, 106.63, 26.65, 1),
    ("长春", "吉林", "东北", "黑吉", "二线", 0, 125.32, 43.82, 0),
    ("宁波", "浙江", "华东", "浙江", "新一线", 2, 121.55, 29.87, 0),
    ("泉州", "福建", "华南", "闽", "三线", 3, 118.68, 24.87, 1),
)
REGIONS = ("华东", "华北", "华南", "东北", "西南", "华中")
MALLS = ("云集广场", "星汇中心", "银杏天地", "河滨购物中心", "新光城", "万象坊")
NEVER = 10**6


@dataclass(frozen=True)
class Places:
    """Stores first, then DCs. ``new_store`` opens four days after the base end.

    weight: relative store demand; lane: days from its DC; opens, closes: day numbers (last day);
    visible: stock is in the ledger to the end (franchise stores without POS are sold to, then gone)
    """

    codes: list[str]
    names: list[str]
    stores: int
    new_store: int
    city: NDArray[np.int64]
    zone: NDArray[np.int64]
    region: NDArray[np.int64]
    dc: NDArray[np.int64]
    lane: NDArray[np.int64]
    weight: NDArray[np.float64]
    ownership: list[str]
    kind: list[str]
    has_pos: NDArray[np.bool_]
    can_ship: NDArray[np.bool_]
    can_pick_up: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    floor_area: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.codes)

    @property
    def dcs(self) -> list[int]:
        return list(range(self.stores, self.count))

    def open_on(self, day: int) -> NDArray[np.bool_]:
        """Stores (not DCs) that trade on a day."""
        return (self.opens[: self.stores] <= day) & (day <= self.closes[: self.stores])


def build(settings: Settings) -> Places:
    """Own stores first in the list, then concessions, franchises, the coming store, the DCs."""
    rng = np.random.default_rng([settings.seed, 101])
    planned = settings.stores
    franchise = max(2, round(planned * 14 / 60))
    concession = round(planned * 2 / 60)
    own = planned - franchise - concession
    stores = planned + 1
    dcs = 2 if settings.scale >= 0.1 else 1
    total = stores + dcs
    ownership = ["直营"] * own + ["联营"] * concession + ["加盟"] * franchise + ["直营"]
    ownership += ["直营"] * dcs
    city = np.array([i % len(CITIES) for i in range(stores)] + [0, 2][:dcs])
    has_pos = np.ones(total, bool)
    has_pos[own + concession + franchise // 2 : planned] = False
    has_pos[stores:] = False
    opens = -rng.integers(60, 2500, total)
    closes = np.full(total, NEVER)
    if planned >= 20:
        base = settings.base_days
        opens[7:own:9] = rng.integers(base // 6, base - 40, len(opens[7:own:9]))
        closes[own - 1] = base - base // 3
        closes[own - 5] = base - 25
        opens[own - 2] = base - 9  # a store that opens inside the core window of some launches
    opens[planned] = settings.base_days + 3
    popup = {own - 4} if planned >= 20 else set()
    kind = ["快闪" if i in popup else "门店" for i in range(stores)] + ["总仓", "电商仓"][:dcs]
    names = []
    for index in range(total):
        town = CITIES[city[index]][0]
        label = f"{MALLS[(index // len(CITIES) + index) % len(MALLS)]}店"
        names.append(f"{town}{label}" if index < stores else f"{town}{kind[index]}")
    tier = {"一线": 1.35, "新一线": 1.1, "二线": 0.9, "三线": 0.7}
    weight = np.array([tier[CITIES[c][4]] for c in city]) * rng.lognormal(0, 0.32, total)
    own_like = np.array([o != "加盟" for o in ownership])
    flag = rng.random(total)
    return Places(
        codes=[f"S{i + 1:03d}" for i in range(stores)] + [f"D{i + 1:02d}" for i in range(dcs)],
        names=names,
        stores=stores,
        new_store=planned,
        city=city,
        zone=np.array([CITIES[c][5] for c in city]),
        region=np.array([REGIONS.index(CITIES[c][2]) for c in city]),
        dc=stores + np.minimum(np.array([CITIES[c][8] for c in city]), dcs - 1),
        lane=np.array([1 + (CITIES[c][5] in (0, 4)) + (i % 5 == 4) for i, c in enumerate(city)]),
        weight=weight,
        ownership=ownership,
        kind=kind,
        has_pos=has_pos,
        can_ship=has_pos & own_like & ((flag < 0.45) | (np.arange(total) < 2)),
        can_pick_up=has_pos & own_like & ((flag > 0.25) | (np.arange(total) < 2)),
        counted=has_pos & (rng.random(total) < 0.7),
        opens=opens,
        closes=closes,
        floor_area=rng.integers(60, 320, total),
    )


def zone_name(places: Places, index: int) -> str:
    return ZONES[places.zone[index]]
