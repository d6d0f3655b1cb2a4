"""Score and level, from the definitions: percentiles among peers, rank, hysteresis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.hits.brute.facts import DAY, Row
from tests.hits.brute.forecast import Forecasts

LEVELS = ("hit", "strong", "normal", "slow")


@dataclass(frozen=True)
class Score:
    """Score of 0 to 100 and its rank among the peers' scores."""

    score: float
    rank: float


def below(value: float, peers: list[float]) -> float:
    """Share of the peers below a value, those equal to it counting half."""
    return sum(0.5 if p == value else p < value for p in peers) / len(peers)


class Judged(Forecasts):
    """Adds the score."""

    def parts(self, skc: str, d: date, is_peer: bool) -> list[float | None]:
        """What is compared: 5, 6, 8, gained sell-through, 4, 18; as known on the day."""
        shops = self.f.shops()
        days = self.stocked_store_days(skc, d)
        in_stores = sum(
            self.net(skc, d - 13 * DAY, d, channel_group="store", store_code=s) for s in shops
        )
        active, base = self.selling_stores(skc, d)
        units = self.gross(skc, self.since(skc), d, d, is_presale=False)
        tag = self.amount(skc, d, "tag_amt", "ret_tag_amt")
        paid = self.amount(skc, d, "sale_amt", "ret_amt")
        values = [
            in_stores / days if days else None,
            active / base if base else None,
            self.same_age_units(skc, d) if is_peer else float(units),
            self.gained(skc, d),
            float(self.organic_week(skc, d)),
            float(paid) / float(tag) if tag and paid is not None else None,
        ]
        return [None if value is None else round(value, 6) for value in values]

    def gained(self, skc: str, d: date) -> float | None:
        """Sell-through gained in seven days, each side at most 100 %."""
        launch = self.launch(skc)
        assert launch is not None
        now = self.sold_through(skc, d)
        before = self.sold_through(skc, d - 7 * DAY) if d - 7 * DAY >= launch else None
        if before is None and (d - launch).days < 7:
            before = 0.0
        return None if now is None or before is None else min(now, 1.0) - min(before, 1.0)

    def sold_through(self, skc: str, d: date) -> float | None:
        received = sum(m["recv_units"] for m in self.f.moves[skc] if m["move_date"] <= d)
        return round(self.net(skc, self.since(skc), d) / received, 6) if received > 0 else None

    def is_return_high(self, skc: str, d: date) -> bool:
        """Return rate more than ten points above that of the category's launched goods."""
        back, sold = self.closed(skc, d)
        category = [
            self.closed(s, d)
            for s, info in self.f.skc.items()
            if (info["category_l3"] or "-") == (self.f.skc[skc]["category_l3"] or "-")
            and self.is_tracked(s, d)
        ]
        all_sold = sum(sold_ for _, sold_ in category)
        if not sold or not all_sold:
            return False
        typical = sum(back_ for back_, _ in category) / all_sold
        return round(back / sold, 6) > round(typical, 6) + self.t["return_excess"]

    def is_tracked(self, skc: str, d: date) -> bool:
        age = self.age(skc, d)
        return age is not None and 1 <= age <= self.t["hit_tracking_days"]

    def score(self, skc: str, d: date) -> Score | None:
        """None where there is nobody to compare with, or too little to compare."""
        age = self.age(skc, d)
        if age is None or age < 1 or self.launch_reason(skc, d) or self.blocked(skc, d):
            return None
        found = self.peers_at(skc, age)
        if found is None:
            return None
        peers = [self.parts(s, day, is_peer=True) for s, day in found[1]]
        columns = [[v for v in column if v is not None] for column in zip(*peers, strict=True)]

        def judged(values: list[float | None], is_high: bool) -> float | None:
            shares = [
                100 * below(value, column)
                for value, column in zip(values, columns, strict=True)
                if value is not None and column
            ]
            if len(shares) < self.t["score_min_parts"]:
                return None
            penalty = self.t["return_penalty"] if is_high else 0.0
            return round(max(sum(shares) / len(shares) - penalty, 0.0), 4)

        own = judged(self.parts(skc, d, is_peer=False), self.is_return_high(skc, d))
        theirs = [
            judged(values, self.is_return_high(s, day))
            for values, (s, day) in zip(peers, found[1], strict=True)
        ]
        scores = [value for value in theirs if value is not None]
        if own is None or not scores:
            return None
        return Score(own, below(own, scores))


def levels(days: Iterable[Row], t: dict[str, float]) -> list[str]:
    """The level of each day of a style-colour's life from its published ranks and floors.

    A level holds until another has been reached on two judged days in a row.
    """
    out, level, before = [], "", ""
    for day in days:
        if day["score"] is None:
            out.append("unjudged")
            continue
        rank = float(day["score_rank"])
        reached = next(
            (n for n in LEVELS[:3] if rank >= t[f"level_{n}"] and (n != "hit" or floors(day, t))),
            "slow",
        )
        if not level or reached == before:
            level = reached
        before = reached
        out.append(level)
    return out


def floors(day: Row, t: dict[str, float]) -> bool:
    return (
        day["cum_net_units"] >= t["floor_net_units"]
        and day["discount_rate"] is not None
        and day["discount_rate"] >= t["floor_discount"]
        and (
            (day["store_active_rate_num"] or 0) >= t["floor_selling_stores"]
            or day["online_orders_7d"] >= t["floor_online_orders"]
        )
    )
