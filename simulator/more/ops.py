"""Extra lists kept by hand: promotions, events of stores, who is left out; and the weather.

Every row has its cause in the calendar, in a price, in a store or in the retailer's own lists.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.exports.config_files import excluded
from simulator.more.base import Past
from simulator.more.files import Writer
from simulator.world.calendar import ZONE_CLIMATE, festival, trade_event
from simulator.world.places import CITIES, NEVER

SKY = ("晴", "多云", "阴", "小雨", "大雨")
KINDS = {"staff_member": ("员工", "员工内购卡"), "reseller_member": ("黄牛", "代购账号")}
REFIT_DAYS = 21


def export(past: Past, writer: Writer) -> None:
    """Write the four feeds."""
    writer.full("mkt/mkt_promotion", lambda day: _promotions(past, day), ext="xlsx")
    writer.full("ops/ops_store_event", lambda day: _store_events(past, day), ext="xlsx")
    writer.full("ops/ops_exclusion", lambda day: _exclusions(past), ext="xlsx")
    writer.delta("ext/ext_weather", _weather(past), kind="snap")


def _promotions(past: Past, day: int) -> pl.DataFrame:
    """Events of the shopping calendar, festivals, the members' price, and every markdown."""
    settings, trade = past.settings, past.history.calendar
    rows: list[tuple[str | float, ...]] = []
    spans: dict[tuple[str, str, int], list[int]] = {}
    for number in range(min(day + 15, len(trade.days))):
        today = trade.days[number]
        if name := trade_event(today):
            spans.setdefault(("线上", name, today.year), []).append(number)
        if (name := festival(today)) and trade.store_promo[number] < 1:
            spans.setdefault(("门店", name, today.year), []).append(number)
    for (channel, name, year), days in spans.items():
        factor = float((trade.promo if channel == "线上" else trade.store_promo)[days[0]])
        letter, age = ("EC", 21) if channel == "线上" else ("ST", 30)
        rows.append((f"{letter}{year}{days[0]:04d}", f"{year}{name}", f"上市超过{age}天的款",
                     channel, f"{trade.days[days[0]]} 00:00:00",
                     f"{trade.days[days[-1]]} 23:59:59", "直降", factor))  # fmt: skip
    rows.append(("P0001", "会员日", "会员卡", "门店", f"{settings.start} 00:00:00",
                 f"{settings.end.replace(month=12, day=31)} 23:59:59", "会员价", 0.97))  # fmt: skip
    cuts = sorted(cut for cut in past.history.markdowns if cut[1] <= day + 1)
    for place, (skc, start, percent) in enumerate(cuts):
        end = int(past.history.goods.pull[skc])
        if place + 1 < len(cuts) and cuts[place + 1][0] == skc:
            end = cuts[place + 1][1]
        code = past.history.goods.skc_ids[skc]
        rows.append((f"MD{settings.day(start):%y%m%d}{skc:05d}", f"{code} 降价", code,
                     "门店+线上", f"{settings.day(start)} 00:00:00",
                     f"{settings.day(max(end - 1, start))} 23:59:59", "调价",
                     percent / 100))  # fmt: skip
    names = ["活动ID", "名称", "范围", "渠道", "开始", "结束", "机制", "折扣"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _store_events(past: Past, day: int) -> pl.DataFrame:
    """Stores are fitted out before they open; pop-ups come and go; some close for good."""
    settings, places = past.settings, past.history.places
    rows: list[tuple[str, str, str, str | None]] = []
    for store in range(places.stores):
        opens, closes = int(places.opens[store]), int(places.closes[store])
        code = places.codes[store]
        if opens >= 0 and opens - REFIT_DAYS <= day:
            rows.append((code, "装修", f"{settings.day(opens - REFIT_DAYS)}",
                         f"{settings.day(opens - 1)}"))  # fmt: skip
        if places.kind[store] == "快闪" and opens <= day:
            end = "9999-12-31" if closes >= NEVER else f"{settings.day(closes)}"
            rows.append((code, "快闪", f"{settings.day(opens)}", end))
        if closes <= day:
            rows.append((code, "停业", f"{settings.day(closes + 1)}", None))
    names = ["店仓", "类型", "开始", "结束"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.lit(None, pl.String).alias("新店仓代码"))


def _exclusions(past: Past) -> pl.DataFrame:
    """The very cards that the retailer's settings leave out, so that nothing changes by it."""
    rows = [(*KINDS[kind], key) for kind, key in excluded(past.people)]
    frame = pl.DataFrame(rows, schema=["类型", "备注", "键"], orient="row")
    return frame.select("类型", "键", "备注")


def _weather(past: Past) -> pl.DataFrame:
    """The climate that drives demand, and the day's luck with it, in every city with a store."""
    parts = []
    for city in sorted({int(city) for city in past.history.places.city}):
        mean, swing = ZONE_CLIMATE[CITIES[city][5]]
        for number, window in enumerate(past.windows.all):
            days = np.arange(window.first, window.last + 1)
            day = [past.settings.day(int(day)) for day in days]
            part = np.array([date.timetuple().tm_yday - 1 for date in day]) / 365.25
            luck = past.luck("sky", np.full(len(days), city), days)
            warm = mean - swing * np.cos(2 * np.pi * (part - 20 / 365.25)) + (luck - 0.5) * 8
            sky = [SKY[-1 - int(share * len(SKY))] for share in luck]
            parts.append(
                pl.DataFrame(
                    {"_win": np.full(len(days), number), "城市": [CITIES[city][0]] * len(days),
                     "日期": day, "最高": (warm + 4).round(1), "最低": (warm - 4).round(1),
                     "天气": sky}
                )
            )  # fmt: skip
    return pl.concat(parts)
