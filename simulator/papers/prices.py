"""Price list and costs as they were on each day. Money in cents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.trade.run import History
from simulator.world import hashing
from simulator.world.goods import Goods
from simulator.world.settings import Settings

RAISE = 30  # yuan; one carry-over style is re-tagged once
NO_COST_STYLES = 3


def raise_day(settings: Settings) -> int:
    """Day from which the first carry-over style has a higher tag price."""
    return int(settings.base_days * 0.6)


def raised_style(goods: Goods) -> int:
    return int(goods.style[goods.carry][0])


def tag_cents(history: History, skc: NDArray, day: NDArray) -> NDArray[np.int64]:
    """Tag price on a day."""
    goods = history.goods
    later = (goods.style[skc] == raised_style(goods)) & (day >= raise_day(history.settings))
    return (goods.tag[skc] + np.where(later, RAISE, 0)) * 100


def retail_cents(tag: NDArray, percent: NDArray) -> NDArray[np.int64]:
    """Asked price at a markdown: whole yuan."""
    return (tag * percent // 10_000) * 100


def months(settings: Settings, day: NDArray) -> NDArray[np.int64]:
    """Calendar month of a day as year * 12 + month - 1."""
    first = np.datetime64(settings.start, "D") + np.asarray(day).astype("timedelta64[D]")
    return first.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def no_cost(goods: Goods) -> NDArray[np.int64]:
    """Styles whose cost the ERP doesn't know (0)."""
    count = len(goods.styles)
    return np.arange(count // 2, count, max(1, count // 8))[:NO_COST_STYLES]


def style_cost(settings: Settings, goods: Goods, style: NDArray, month: NDArray) -> NDArray:
    """Actual landed cost of a style in a month, cents; 0 = not known."""
    base = np.array([int(str(s["cost"])) for s in goods.styles])[style]
    drift = 0.97 + 0.06 * hashing.uniform(settings.seed, "cost", style, month)
    return np.where(np.isin(style, no_cost(goods)), 0, (base * drift).astype(np.int64))


def cost_restated(settings: Settings, goods: Goods, style: NDArray, month: NDArray) -> NDArray:
    """Whether the month's cost was first published too high and corrected a month later."""
    return (hashing.uniform(settings.seed, "recost", style, month) < 0.01) & ~np.isin(
        style, no_cost(goods)
    )


def cost_known(history: History, skc: NDArray, day: NDArray) -> NDArray[np.int64]:
    """Unit cost at the sale date as known at the horizon; 0 where unknown."""
    settings, goods = history.settings, history.goods
    style, month = goods.style[skc], months(settings, day)
    value = style_cost(settings, goods, style, month)
    now = months(settings, np.array([settings.days - 1]))[0]
    # A correction is issued on the first day of the month after.
    wrong = cost_restated(settings, goods, style, month) & (month >= now)
    return np.where(wrong, value * 103 // 100, value)
