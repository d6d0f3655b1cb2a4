"""Indicators that look at other style-colours: life, same-age index, lost units, forecast."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import date
from functools import cached_property
from statistics import median
from typing import Any

from tests.hits.brute.counting import Value, missing, ratio
from tests.hits.brute.facts import DAY
from tests.hits.brute.indicators import Indicators

STEPS = ("category_l3_band", "category_l3", "category_l2", "all")


class Everything(Indicators):
    """Adds indicators 2, 8, 14 and 17 to those of the style-colour alone."""

    # -- seasons and groups ----------------------------------------------------------------

    def season(self, skc: str) -> tuple[str, int] | None:
        """Season code and running number; the quarter of launch for goods without a season."""
        launch = self.launch(skc)
        if launch is None:
            return None
        info = self.f.skc[skc]
        if info["season_year"] is not None and info["season_code"] is not None:
            return info["season_code"], int(info["season_year"])
        return "-", launch.year * 4 + (launch.month + 2) // 3

    @cached_property
    def in_season(self) -> dict[tuple[str, int], list[str]]:
        out: dict[tuple[str, int], list[str]] = defaultdict(list)
        for skc in self.f.skc:
            season = self.season(skc)
            if season:
                out[season].append(skc)
        return out

    def season_start(self, season: tuple[str, int]) -> date:
        days = (self.launch(skc) for skc in self.in_season[season])
        return min(day for day in days if day is not None)

    def group(self, skc: str, step: int) -> str:
        info = self.f.skc[skc]
        l3, l2, band = (info[k] or "-" for k in ("category_l3", "category_l2", "band"))
        return (f"{l3} / {band}", l3, l2, "*")[step]

    def two_seasons_before(self, skc: str) -> list[str]:
        season = self.season(skc)
        assert season is not None
        code, number = season
        return [s for back in (1, 2) for s in self.in_season.get((code, number - back), [])]

    # -- 2 ---------------------------------------------------------------------------------

    def life_days(self, skc: str) -> float:
        info, launch = self.f.skc[skc], self.launch(skc)
        assert launch is not None
        if info["planned_pull_off"] and info["planned_pull_off"] > launch:
            return (info["planned_pull_off"] - launch).days
        alike = [
            s
            for s in self.two_seasons_before(skc)
            if self.f.skc[s]["category_l3"] == info["category_l3"]
            and self.f.skc[s]["band"] == info["band"]
        ]
        lives = [days for s in alike if (days := self.selling_days(s)) is not None]
        if len(lives) >= self.t["life_min_peers"]:
            return median(lives)
        season = self.season(skc)
        key = {"SS": "life_days_ss", "AW": "life_days_aw"}.get(
            season[0] if season else "", "life_days_other"
        )
        return self.t[key]

    def selling_days(self, skc: str) -> int | None:
        launch = self.launch(skc)
        assert launch is not None
        last = launch + int(self.t["life_closed_days"]) * DAY
        days = [x["sale_date"] for x in self.f.sales[skc] if launch <= x["sale_date"] <= last]
        return (max(days) - launch).days + 1 if days else None

    def lifecycle_progress(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d)
        return missing(reason) if reason else ratio(self.age(skc, d), self.life_days(skc))

    def stage(self, skc: str, d: date) -> str | None:
        if self.f.skc[skc]["is_carry_over"]:
            return "evergreen"
        if self.launch_reason(skc, d):
            return None
        age, life = self.age(skc, d), self.life_days(skc)
        assert age is not None
        pull_off = self.f.skc[skc]["planned_pull_off"]
        if age > life or (pull_off and d > pull_off):
            return "exit"
        if age < self.t["stage_intro"] * life:
            return "intro"
        this = self.gross(skc, d - 6 * DAY, d, d, is_presale=False)
        edge = self.t["stage_slope"]
        third = self.gross(skc, d - 20 * DAY, d - 14 * DAY, d, is_presale=False)
        if age >= self.t["stage_first_day"] and third >= self.t["stage_min_base"]:
            slope = (this / third) ** 0.5 - 1
            return "growth" if slope > edge else "decline" if slope < -edge else "mature"
        before = self.gross(skc, d - 13 * DAY, d - 7 * DAY, d, is_presale=False)
        return "growth" if this > before * (1 + edge) else "mature"

    # -- 14 --------------------------------------------------------------------------------

    @cached_property
    def category_sales(self) -> dict[str, Counter[tuple[str, str, date]]]:
        """Pieces sold in shops by category: (store, size, day) -> pieces."""
        out: dict[str, Counter[tuple[str, str, date]]] = defaultdict(Counter)
        for skc, lines in self.f.sales.items():
            sizes = {s["sku_id"]: s["size_code"] or "-" for s in self.f.sizes[skc]}
            category = self.f.skc[skc]["category_l3"] or "-"
            for x in lines:
                if x["channel_group"] == "store":
                    key = (x["store_code"], sizes.get(x["sku_id"], "-"), x["sale_date"])
                    out[category][key] += x["sale_units"]
        return out

    def category_rate(self, skc: str, store: str, size: str, gap: date) -> float:
        """Pieces a stocked SKC-day of the category in the store, times the size's share."""
        category = self.f.skc[skc]["category_l3"] or "-"
        key = (category, store, size, gap)
        if key not in self.category_rates:
            self.category_rates[key] = self.category_rate_anew(*key)
        return self.category_rates[key]

    @cached_property
    def category_rates(self) -> dict[tuple[str, str, str, date], float]:
        return {}

    def category_rate_anew(self, category: str, store: str, size: str, gap: date) -> float:
        in_store = of_size = total = 0
        for (where, which, day), units in self.category_sales[category].items():
            if gap - 14 * DAY <= day < gap:
                in_store += units if where == store else 0
                of_size += units if which == size else 0
                total += units
        stocked = sum(
            self.opens_with_stock(s, store, gap - n * DAY)
            for s, info in self.f.skc.items()
            if (info["category_l3"] or "-") == category and (s, store) in self.f.stock_in
            for n in range(1, 15)
        )
        return in_store / stocked * (of_size / total) if stocked and total else 0.0

    def shelf(self, skc: str) -> dict[tuple[str, str], tuple[list[date], Counter[date]]]:
        """By store and size: the days that opened with stock since launch, and what sold when."""
        if skc not in self.shelves:
            days: dict[tuple[str, str], set[date]] = defaultdict(set)
            for r in self.f.stock[skc]:
                if r["avail_units"] > 0:
                    day = max(r["valid_from"] + DAY, self.since(skc))
                    while day <= min(r["valid_to"], self.f.as_of):
                        days[r["store_code"], r["sku_id"]].add(day)
                        day += DAY
            sold: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
            for x in self.f.sales[skc]:
                if x["channel_group"] == "store":
                    sold[x["store_code"], x["sku_id"]][x["sale_date"]] += x["sale_units"]
            self.shelves[skc] = {key: (sorted(on), sold[key]) for key, on in days.items()}
        return self.shelves[skc]

    @cached_property
    def shelves(self) -> dict[str, dict[tuple[str, str], tuple[list[date], Counter[date]]]]:
        return {}

    @cached_property
    def known_missed(self) -> dict[tuple[str, date], float]:
        return {}

    def missed(self, skc: str, d: date) -> float:
        """Pieces that sizes not to be had would have sold on a day, before substitution."""
        if (skc, d) not in self.known_missed:
            self.known_missed[skc, d] = self.missed_anew(skc, d)
        return self.known_missed[skc, d]

    def missed_anew(self, skc: str, d: date) -> float:
        since = self.since(skc)
        if since > date.min and d < since + int(self.t["lost_first_days"]) * DAY:
            return 0.0
        shops = self.f.shops()
        codes = {s["sku_id"]: s["size_code"] or "-" for s in self.f.sizes[skc]}
        total = self.missed_online(skc, d)
        for (store, sku), (on, sold) in self.shelf(skc).items():
            if store not in shops or not self.f.is_open(store, d) or (store, d) in self.f.late:
                continue
            before = on[: bisect_left(on, d)]
            is_empty = not (len(before) < len(on) and on[len(before)] == d)
            if not before or not is_empty or sold[d]:
                continue
            last = before[-14:]
            units = sum(sold[day] for day in last)
            if units >= self.t["lost_min_units"]:
                total += units / len(last)
            else:
                total += self.category_rate(skc, store, codes[sku], last[-1] + DAY)
        return total

    def missed_online(self, skc: str, d: date) -> float:
        """Visitors of sizes that nobody could send × the category's pieces a visitor, 14 days."""
        asked = {
            (e["sku_id"], e["visitor_key"])
            for e in self.f.events[skc]
            if e["event"] == "pdp_view" and e["event_date"] == d and e["sku_id"] is not None
        }
        unmet = sum(sku not in self.sendable(skc, d - DAY) for sku, who in asked if who)
        if not unmet:
            return 0.0
        category = self.f.skc[skc]["category_l3"] or "-"
        units, visits = 0, 0
        for other, info in self.f.skc.items():
            if (info["category_l3"] or "-") == category:
                first = d - 13 * DAY
                units += self.organic_online(other, first, d)
                visits += len(
                    {
                        (e["event_date"], e["visitor_key"])
                        for e in self.f.events[other]
                        if e["event"] == "pdp_view" and first <= e["event_date"] <= d
                    }
                )
        return unmet * max(units, 0) / visits

    def organic_online(self, skc: str, first: date, d: date) -> int:
        """Pieces sold online without presale, less those cancelled by d; also before its launch."""
        units = 0
        for line in self.f.sales[skc]:
            is_online = line["channel_group"] == "online" and not line["is_presale"]
            if is_online and first <= line["sale_date"] <= d:
                gone = line["cancelled_date"] is not None and line["cancelled_date"] <= d
                units += line["sale_units"] - (line["cancel_units"] or 0) * gone
        return units

    def sendable(self, skc: str, day: date) -> set[str]:
        """Sizes available at the close of a day in a place that serves online orders."""
        places = {
            code
            for code, info in self.f.stores.items()
            if info["location_type"] in ("dc", "online") or info["can_ship"]
        }
        return {
            r["sku_id"]
            for r in self.f.stock[skc]
            if r["store_code"] in places
            and r["avail_units"] > 0
            and r["valid_from"] <= day < r["valid_to"]
        }

    def lost_units_7d(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        age = self.age(skc, d)
        if age is not None and age <= self.t["lost_first_days"]:
            return missing("immature")
        first = max(d - 6 * DAY, self.since(skc))
        days = [first + n * DAY for n in range((d - first).days + 1)]
        return Value(sum(self.missed(skc, day) for day in days) * (1 - self.t["substitution"]))

    # -- 8 ---------------------------------------------------------------------------------

    def peers_at(self, skc: str, age: int) -> tuple[str, list[Any]] | None:
        """The first group with enough peers that reached the age, judged as they were then."""
        season = self.season(skc)
        assert season is not None
        start = self.season_start(season)
        reached = []
        for s in self.two_seasons_before(skc):
            launch = self.launch(s)
            assert launch is not None
            day = launch + (age - 1) * DAY
            share = self.coverage(s, day) if day <= self.f.as_of else None
            late = share is not None and share < self.t["coverage_min"]
            if launch < start and day <= self.f.as_of and not late:
                reached.append((s, day))
        for step, name in enumerate(STEPS):
            alike = [p for p in reached if self.group(p[0], step) == self.group(skc, step)]
            if len(alike) >= self.t["peers_min"]:
                return name, alike
        return None

    def same_age_units(self, skc: str, d: date) -> float:
        """A peer's organic gross units to a day, with what it lost to empty sizes."""
        launch = self.launch(skc)
        assert launch is not None
        days = [launch + n * DAY for n in range((d - launch).days + 1)]
        lost = sum(self.missed(skc, day) for day in days) * (1 - self.t["substitution"])
        return self.gross(skc, launch, d, d, is_presale=False) + lost

    def same_age_index(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        age = self.age(skc, d)
        found = self.peers_at(skc, age) if age else None
        if found is None:
            return missing("insufficient")
        typical = median(round(self.same_age_units(s, day), 4) for s, day in found[1])
        if typical <= 0:
            return missing("small_base")
        return ratio(self.gross(skc, self.since(skc), d, d, is_presale=False), round(typical, 6))
