"""Indicator 17: weeks 3 and 4 from the demand curves of peers whose life is over.

A peer's curve is made of what was known at each age: the organic net units of a week on its last
day, and the units that its empty sizes lost. The style-colour's own units stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import median
from typing import Any

from tests.hits.brute.counting import Value, missing
from tests.hits.brute.facts import DAY
from tests.hits.brute.peers import Everything


@dataclass(frozen=True)
class Issue:
    """A forecast as it was issued on its day."""

    w3: float
    w4: float
    band_3: tuple[float, float]
    band_4: tuple[float, float]
    naive: int
    method: str


@dataclass(frozen=True)
class Curves:
    """Weekly shares of life demand of each closed peer in a group."""

    by_peer: dict[str, list[float]]

    @cached_property
    def typical(self) -> list[float]:
        return [median(week) for week in zip(*self.by_peer.values(), strict=True)]


def reached(shares: list[float], day: int) -> float:
    """Share of life demand up to the end of a day of life: whole weeks and part of the running."""
    whole, part = divmod(day, 7)
    return sum(shares[:whole]) + (shares[whole] * part / 7 if part else 0.0)


def percentile(values: list[float], share: float) -> float:
    """Linear between the two neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class Forecasts(Everything):
    """Adds indicator 17."""

    @cached_property
    def known_lives(self) -> dict[str, list[float]]:
        return {}

    def weekly_demand(self, skc: str) -> list[float]:
        """Demand of each whole week of the tracked life."""
        if skc not in self.known_lives:
            launch = self.launch(skc)
            assert launch is not None
            weeks = []
            for week in range(1, int(self.t["hit_tracking_days"]) // 7 + 1):
                last = launch + (7 * week - 1) * DAY
                missed = sum(self.missed(skc, last - n * DAY) for n in range(7))
                lost = missed * (1 - self.t["substitution"])
                weeks.append(max(self.organic_week(skc, last) + lost, 0.0))
            self.known_lives[skc] = weeks
        return self.known_lives[skc]

    def organic_week(self, skc: str, last: date) -> int:
        """Organic net units of seven days as known on the last."""
        return self.net(skc, last - 6 * DAY, last, is_presale=False)

    def level_units(self, skc: str, on: date) -> float:
        """Organic net units so far; a live-stream pulse of the last week counts in part."""
        launch = self.launch(skc)
        assert launch is not None
        sold = self.net(skc, launch, on, is_presale=False)
        live = {
            line["sale_line_id"]
            for line in self.f.sales[skc]
            if line["traffic_source"] == "live" and not line["is_presale"]
        }
        first = on - 6 * DAY
        pulse = sum(
            line["units"] for line in self.sold(skc, first, on) if line["sale_line_id"] in live
        ) - sum(r["ret_units"] for r in self.returned(skc, first, on) if r["sale_line_id"] in live)
        if pulse > 0 and pulse > self.t["pulse_share"] * self.organic_week(skc, on):
            return sold - pulse * (1 - self.t["pulse_weight"])
        return float(sold)

    @cached_property
    def known_curves(self) -> dict[tuple[tuple[str, int], int, str], Curves]:
        return {}

    def curves(self, skc: str) -> tuple[int, Curves] | None:
        """Closed peers of the first group with enough of them."""
        season = self.season(skc)
        assert season is not None
        for step in range(4):
            key = (season, step, self.group(skc, step))
            if key not in self.known_curves:
                self.known_curves[key] = self.curves_anew(skc, step)
            if len(self.known_curves[key].by_peer) >= self.t["peers_min"]:
                return step, self.known_curves[key]
        return None

    def curves_anew(self, skc: str, step: int) -> Curves:
        season = self.season(skc)
        assert season is not None
        start, over = self.season_start(season), int(self.t["hit_tracking_days"]) * DAY
        by_peer = {}
        for peer in self.two_seasons_before(skc):
            launch = self.launch(peer)
            assert launch is not None
            if launch + over > start or self.group(peer, step) != self.group(skc, step):
                continue
            weeks = self.weekly_demand(peer)
            if sum(weeks) > 0:
                by_peer[peer] = [units / sum(weeks) for units in weeks]
        return Curves(by_peer)

    def beats_week_2(self, curves: Curves) -> bool:
        """Whether on its own peers the curve errs less than repeating week 2."""
        typical = curves.typical
        ours = naive = 0.0
        for peer in curves.by_peer:
            launch = self.launch(peer)
            assert launch is not None
            at_15 = launch + 14 * DAY
            sold = self.net(peer, launch, at_15, is_presale=False)
            if sold < self.t["forecast_min_units"]:
                continue
            week = {n: self.organic_week(peer, launch + (7 * n - 1) * DAY) for n in (2, 3, 4)}
            for n in (3, 4):
                ours += abs(sold / reached(typical, 15) * typical[n - 1] - week[n])
                naive += abs(week[2] - week[n])
        return not ours or ours < naive

    def days_sold(self, skc: str, d: date) -> int:
        """Days since launch on which something organic was sold."""
        return len(
            {
                line["sale_date"]
                for line in self.f.sales[skc]
                if self.since(skc) <= line["sale_date"] <= d and not line["is_presale"]
            }
        )

    def issue(self, skc: str, d: date) -> Issue | str:
        """The forecast as issued on day d or frozen before, or why there is none."""
        launch, age = self.launch(skc), self.age(skc, d)
        assert launch is not None and age is not None
        day = min(age, int(self.t["forecast_last_day"]))
        if day < self.t["forecast_first_day"]:
            return "immature"
        on = launch + (day - 1) * DAY
        sold = self.net(skc, launch, on, is_presale=False)
        found = self.curves(skc)
        if (
            self.days_sold(skc, on) < self.t["forecast_min_days"]
            or sold < self.t["forecast_min_units"]
            or self.selling_stores(skc, on)[0] < self.t["forecast_min_stores"]
            or found is None
        ):
            return "insufficient"
        _, curves = found
        typical = curves.typical
        level = self.level_units(skc, on)
        life = level / reached(typical, day)
        spread = {
            n: [s[n - 1] / reached(s, day) for s in curves.by_peer.values() if reached(s, day) > 0]
            for n in (3, 4)
        }
        bands = {
            n: (level * percentile(of, 0.1), level * percentile(of, 0.9))
            for n, of in spread.items()
        }
        naive = self.organic_week(skc, launch + 13 * DAY if day >= 14 else on)
        if self.beats_week_2(curves):
            return Issue(life * typical[2], life * typical[3], bands[3], bands[4], naive, "curve")
        return Issue(naive, naive, bands[3], bands[4], naive, "naive")

    def forecast(self, skc: str, d: date, part: str) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        issued: Any = self.issue(skc, d)
        return missing(issued) if isinstance(issued, str) else Value(getattr(issued, part))

    def forecast_w3(self, skc: str, d: date) -> Value:
        return self.forecast(skc, d, "w3")

    def forecast_w4(self, skc: str, d: date) -> Value:
        return self.forecast(skc, d, "w4")
