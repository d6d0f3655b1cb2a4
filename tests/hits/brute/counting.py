"""What counts: launch, coverage, sales and returns as known at a day. No indicator here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.hits.brute.facts import Facts, Row


@dataclass(frozen=True)
class Value:
    """An indicator: value or the reason for having none, numerator and denominator of a ratio."""

    value: Any
    num: Any = None
    den: Any = None
    status: str = "ok"


def missing(status: str) -> Value:
    return Value(None, status=status)


def ratio(num: Any, den: Any) -> Value:
    return Value(float(num) / float(den), num, den)


class Counting:
    """Sales, returns and reasons of a style-colour as known at an as-of day."""

    def __init__(self, facts: Facts) -> None:
        self.f = facts
        self.t = facts.t

    # -- what is counted ------------------------------------------------------------------

    def launch(self, skc: str) -> date | None:
        info = self.f.skc[skc]
        launched = info["launch_status"] == "ok" and not info["is_carry_over"]
        return info["launch_date"] if launched else None

    def since(self, skc: str) -> date:
        return self.launch(skc) or date.min

    def age(self, skc: str, d: date) -> int | None:
        launch = self.launch(skc)
        return (d - launch).days + 1 if launch else None

    def launch_reason(self, skc: str, d: date) -> str | None:
        """Why what counts from launch has no value."""
        info = self.f.skc[skc]
        if info["is_carry_over"]:
            return "not_judged"
        if info["launch_status"] == "launch_unknown":
            return "launch_unknown"
        return self.sale_reason(skc, d)

    def sale_reason(self, skc: str, d: date) -> str | None:
        info = self.f.skc[skc]
        if info["launch_status"] == "pre_launch":
            return "pre_launch"
        launch = self.launch(skc)
        return "pre_launch" if launch and launch > d else None

    def coverage(self, skc: str, d: date) -> float | None:
        eligible = self.f.eligible(skc, d)
        return len(self.f.covered(skc, d)) / len(eligible) if eligible else None

    def blocked(self, skc: str, d: date) -> str | None:
        share = self.coverage(skc, d)
        return "dq_blocked" if share is not None and share < self.t["coverage_min"] else None

    def sold(self, skc: str, first: date, d: date, **where: Any) -> list[Row]:
        """Sale lines since a day as known at d: cancellations by then are taken off."""
        first = max(first, self.since(skc))
        out = []
        for line in self.f.sales[skc]:
            if first <= line["sale_date"] <= d and all(line[k] == v for k, v in where.items()):
                gone = line["cancelled_date"] is not None and line["cancelled_date"] <= d
                cancelled = (line["cancel_units"] or 0) if gone else 0
                out.append({**line, "units": line["sale_units"] - cancelled, "off": cancelled})
        return out

    def returned(self, skc: str, first: date, d: date, **where: Any) -> list[Row]:
        """Return lines posted by d of sales since a day."""
        first = max(first, self.since(skc))
        return [
            r
            for r in self.f.returns[skc]
            if first <= r["sale_date"] <= d
            and r["post_date"] <= d
            and all(r[k] == v for k, v in where.items())
        ]

    def gross(self, skc: str, first: date, last: date, d: date, **where: Any) -> int:
        lines = self.sold(skc, first, d, **where)
        return sum(line["units"] for line in lines if line["sale_date"] <= last)

    def net(self, skc: str, first: date, d: date, **where: Any) -> int:
        back = sum(r["ret_units"] for r in self.returned(skc, first, d, **where))
        return self.gross(skc, first, d, d, **where) - back
