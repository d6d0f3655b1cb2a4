"""What the hit indicators of a published version are worth, as rows of tables.

What belongs here: reading a version and counting — forecast errors, planted hits found, indicators
without a value. What does not: making a version (hits.py), or any definition of an indicator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

AGES = (10, 15)
TOP = 0.1
FIRST_DAY, LAST_DAY = 15, 150

FORECAST = """
select
    count(*) as skcs,
    sum(forecast_w{w}), sum(naive_w{w}), sum(actual_w{w}),
    sum(abs(forecast_w{w} - actual_w{w})), sum(abs(naive_w{w} - actual_w{w})),
    count(*) filter (where is_in_band_w{w}),
    count(*) filter (where forecast_method = 'naive')
from hits.forecast_scores
where forecast_w{w} is not null and actual_w{w} is not null
"""
SCORES = """
select daily.skc_id, coalesce(skc.season_name, '-'), daily.days_since_launch, daily.score,
    daily.score_rank
from hits.daily as daily inner join core.dim_skc as skc on daily.skc_id = skc.skc_id
where daily.days_since_launch in (10, 15)
"""
# Issue's rules: who is counted for an indicator.
COUNTED = {
    "wow_growth": "coalesce(wow_growth_den, 20) >= 20",
    "full_size_rate": "coalesce(skc.size_count, 0) >= 3",
    "repurchase_rate": "days_since_launch >= 31",
    "presale_ratio": "coalesce(presale_ratio_den, 0) > 0",
    "reorder_rate": "coalesce(reorder_rate_den, 0) > 0",
}


@dataclass
class Forecast:
    """Sums over the SKCs whose frozen forecast of a week can be compared with what came."""

    skcs: int = 0
    ours: float = 0
    naive: float = 0
    actual: float = 0
    error: float = 0
    naive_error: float = 0
    in_band: int = 0
    shown_naive: int = 0

    def __add__(self, other: Forecast) -> Forecast:
        return Forecast(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(),
                                                    strict=True))
        )  # fmt: skip

    def cells(self) -> list[str]:
        if not self.actual:
            return [str(self.skcs)] + ["-"] * 7
        return [
            str(self.skcs),
            percent(self.error / self.actual),
            percent(self.naive_error / self.actual),
            percent(1 - self.error / self.naive_error),
            percent(self.ours / self.actual - 1),
            percent(self.naive / self.actual - 1),
            percent(self.in_band / self.skcs),
            str(self.shown_naive),
        ]


@dataclass
class Found:
    """Planted hits in the top decile of the score of their season at an age."""

    scored: int = 0
    planted: int = 0
    flagged: int = 0
    found: int = 0
    ranked: int = 0
    ranked_found: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(),
                                                    strict=True))
        )  # fmt: skip

    def cells(self) -> list[str]:
        return [
            str(self.scored), str(self.planted), str(self.flagged), str(self.found),
            percent(self.found / self.planted) if self.planted else "-",
            str(self.flagged - self.found),
            percent(1 - self.found / self.flagged) if self.flagged else "-",
            str(self.ranked), str(self.ranked_found),
            percent(self.ranked_found / self.planted) if self.planted else "-",
        ]  # fmt: skip


@dataclass
class Filled:
    """An indicator on the board: rows counted, rows with a value, why the others have none."""

    counted: int = 0
    valued: int = 0
    distinct: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unexplained: int = 0

    @property
    def share(self) -> float:
        return self.valued / self.counted if self.counted else 0.0


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def markdown(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def forecasts(con: duckdb.DuckDBPyConnection) -> dict[int, Forecast]:
    """Weeks 3 and 4, frozen at day 15, against what came."""
    out = {}
    for week in (3, 4):
        row = con.execute(FORECAST.format(w=week)).fetchall()[0]
        ours, naive, actual, error, naive_error = (float(cell or 0) for cell in row[1:6])
        skcs, in_band, shown = (int(row[n]) for n in (0, 6, 7))
        out[week] = Forecast(skcs, ours, naive, actual, error, naive_error, in_band, shown)
    return out


def planted_hits(truth: Path) -> set[str]:
    """SKCs that the simulator made hits and that were launched after the unknown first days."""
    rows = duckdb.sql(
        f"select skc_id from '{truth / 'launches.parquet'}' "
        "where planted_hit and not is_carry_over and launch_status = 'ok'"
    ).fetchall()
    return {skc for (skc,) in rows}


def hits_found(con: duckdb.DuckDBPyConnection, planted: set[str]) -> dict[int, Found]:
    """By age. Only seasons that have peers, and so scores, are looked at."""
    by_pool: dict[tuple[int, str], list[tuple[str, float | None, float | None]]] = defaultdict(list)
    for skc, season, age, score, rank in con.execute(SCORES).fetchall():
        entry = (skc, None if score is None else float(score), None if rank is None else rank)
        by_pool[age, season].append(entry)
    out = {age: Found() for age in AGES}
    for (age, _), pool in by_pool.items():
        scored = sorted(((score, skc) for skc, score, _ in pool if score is not None), reverse=True)
        if not scored:
            continue
        top = {skc for _, skc in scored[: max(round(TOP * len(scored)), 1)]}
        ranked = {skc for skc, _, rank in pool if rank is not None and rank >= 1 - TOP}
        here = planted & {skc for skc, _, _ in pool}
        out[age] += Found(
            len(scored), len(here), len(top), len(top & here), len(ranked), len(ranked & here)
        )
    return out


def filled(con: duckdb.DuckDBPyConnection) -> dict[str, Filled]:
    """Every indicator of hits.board among the SKCs between day 15 and day 150."""
    names = [
        name.removesuffix("_status")
        for (name,) in con.execute(
            "select column_name from information_schema.columns where table_schema = 'hits' "
            "and table_name = 'board' and column_name like '%\\_status' escape '\\' "
            "and column_name <> 'launch_status' order by ordinal_position"
        ).fetchall()
    ]
    out = {}
    for name in names:
        one = Filled()
        for status, rows, valued, distinct, odd in con.execute(
            f"select {name}_status, count(*), count({name}), count(distinct {name}), "
            f"count(*) filter (where ({name} is null) = ({name}_status = 'ok')) "
            "from hits.board inner join core.dim_skc as skc using (skc_id) "
            f"where days_since_launch between {FIRST_DAY} and {LAST_DAY} "
            f"and {COUNTED.get(name, 'true')} group by 1"
        ).fetchall():
            one.counted += rows
            one.valued += valued
            one.distinct += distinct
            one.unexplained += odd
            if status != "ok":
                one.reasons[str(status)] += rows
        out[name] = one
    return out
