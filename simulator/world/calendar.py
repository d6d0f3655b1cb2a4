"""The trade calendar: week-days, festivals, shopping events, weather; as factors on demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.world.settings import FUTURE_DAYS, Settings

SPRING_FESTIVAL = {
    2022: date(2022, 2, 1),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
}
ZONES = ("严寒", "寒冷", "夏热冬冷", "夏热冬暖", "温和")
# Mean temperature of the zone over the year, and half the distance from winter to summer.
ZONE_CLIMATE = ((5.0, 20.0), (12.0, 15.0), (17.0, 11.5), (22.5, 7.0), (16.0, 6.5))
# Temperature at which a kind of goods sells best, and how far from it demand halves.
PROFILES = {"hot": (27.0, 9.0), "mild": (19.0, 11.0), "cool": (13.0, 9.0), "cold": (4.0, 9.5)}
PROFILE_NAMES = ("hot", "mild", "cool", "cold", "any")
STORE_WEEKDAY = (0.78, 0.76, 0.8, 0.84, 1.1, 1.45, 1.35)
ONLINE_WEEKDAY = (1.0, 0.97, 0.98, 0.98, 1.0, 1.05, 1.06)


@dataclass(frozen=True)
class TradeCalendar:
    """Factors by day number (0 = start; runs past the end so that plans can look ahead).

    store, online: demand factors; promo: price factor of online events;
    climate: zone x profile x day.
    """

    days: list[date]
    store: NDArray[np.float64]
    online: NDArray[np.float64]
    promo: NDArray[np.float64]
    store_promo: NDArray[np.float64]
    climate: NDArray[np.float64]


def festival(day: date) -> str:
    """Public holiday of a day, or an empty text."""
    new_year = SPRING_FESTIVAL.get(day.year)
    if new_year and 0 <= (day - new_year).days < 7:
        return "春节"
    if day.month == 10 and day.day <= 7:
        return "国庆节"
    if day.month == 5 and day.day <= 5:
        return "劳动节"
    if (day.month, day.day) == (1, 1):
        return "元旦"
    return ""


def trade_event(day: date) -> str:
    """Shopping event of a day, or an empty text."""
    if day.month == 6 and day.day <= 20:
        return "618"
    if (day.month == 10 and day.day >= 20) or (day.month == 11 and day.day <= 11):
        return "双11"
    new_year = SPRING_FESTIVAL.get(day.year)
    if new_year and 0 < (new_year - day).days <= 20:
        return "年货"
    return ""


def _store_factor(day: date) -> float:
    value = STORE_WEEKDAY[day.weekday()]
    holiday = festival(day)
    if holiday:
        value = {"春节": 1.25, "国庆节": 1.75, "劳动节": 1.55, "元旦": 1.5}[holiday]
    if trade_event(day) == "年货":
        value *= 1.45
    return value


def _online_factor(day: date) -> float:
    value = ONLINE_WEEKDAY[day.weekday()]
    if festival(day) == "春节":
        return value * 0.45
    event = trade_event(day)
    if event == "618":
        value *= 3.0 if day.day == 18 else 2.2 if day.day == 1 else 1.35
    elif event == "双11":
        peak = {(10, 20): 1.9, (10, 31): 1.8, (11, 1): 2.0, (11, 10): 1.8, (11, 11): 4.0}
        value *= peak.get((day.month, day.day), 1.25)
    elif event == "年货":
        value *= 1.15
    return value


def build(settings: Settings) -> TradeCalendar:
    """Factors for every simulated and planned day."""
    count = settings.base_days + FUTURE_DAYS + 30
    days = [settings.start + timedelta(days=i) for i in range(count)]
    year_part = np.array([(d - date(d.year, 1, 1)).days / 365.25 for d in days])
    climate = np.ones((len(ZONES), len(PROFILE_NAMES), count))
    for zone, (mean, swing) in enumerate(ZONE_CLIMATE):
        degrees = mean - swing * np.cos(2 * np.pi * (year_part - 20 / 365.25))
        for index, name in enumerate(PROFILE_NAMES[:-1]):
            best, width = PROFILES[name]
            gap = (degrees - best) / width
            climate[zone, index] = 0.12 + 1.15 * np.power(0.5, gap * gap)
    event = [trade_event(d) for d in days]
    return TradeCalendar(
        days=days,
        store=np.array([_store_factor(d) for d in days]),
        online=np.array([_online_factor(d) for d in days]),
        promo=np.array([0.88 if e in ("618", "双11") else 0.95 if e else 1.0 for e in event]),
        store_promo=np.array([0.92 if festival(d) in ("国庆节", "春节") else 1.0 for d in days]),
        climate=climate,
    )


def season_of(day: date) -> tuple[int, str, int]:
    """Product year, season (SS, AW) and launch wave 1 to 5 of goods that reach the shelf then."""
    if (day.month, day.day) >= (6, 21):
        first = date(day.year, 6, 21)
        return day.year, "AW", min(5, (day - first).days // 36 + 1)
    first = date(day.year, 1, 1)
    return day.year, "SS", min(5, (day - first).days // 35 + 1)
