"""Are the hit indicators any good? ``python -m bench.hits [--scale 1.0] [--seeds 7,11,…]``

For each seed: the simulator exports 27 months, the nightly job publishes them, and the published
version is compared with the truth that the simulator kept: forecasts for weeks 3 and 4 beside
"week 2 again", planted hits in the top decile of the score, indicators that have a value.

``--home FOLDER`` judges the forecasts of a home that has been published already (real data, say);
``--new-day 1,3.2`` measures the hit models on one new day at these scales instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from baokuan.home import PROJECT, Home
from bench import hits_day
from bench.hits_tables import (
    AGES,
    FIRST_DAY,
    LAST_DAY,
    Filled,
    Forecast,
    Found,
    filled,
    forecasts,
    hits_found,
    markdown,
    percent,
    planted_hits,
)
from bench.measure import measure
from serving.connect import connect

NOW = "2026-11-01T06:00:00+08:00"
SEEDS = (7, 11, 23, 42, 101)
MONTHS = 27
ENOUGH = 0.8
FORECAST_HEADS = (
    "", "week", "SKCs", "WAPE", "WAPE week 2 again", "better by", "bias", "bias week 2 again",
    "in band", "shown as week 2 again",
)  # fmt: skip
FOUND_HEADS = (
    "", "day", "scored", "planted", "top decile", "of them planted", "found", "false alarms",
    "false of top decile", "rank ≥ P90 of peers", "of them planted", "found",
)  # fmt: skip


def publish(root: Path, seed: int, scale: float, months: int) -> Home:
    """A home with the published version of a seed; made only if it is not there."""
    home = Home(root / f"seed{seed}")
    if (home.published / "CURRENT").is_file():
        return home
    home.make()
    subprocess.run(
        [
            sys.executable, "-m", "simulator", "--out", str(home.landing),
            "--truth", str(root / f"truth{seed}"), "--config", str(home.root / "config"),
            "--seed", str(seed), "--scale", f"{scale:g}", "--months", str(months),
        ],
        cwd=PROJECT, check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    done = measure("bench.nightly", "ours", home.root)
    print(done.line(f"seed {seed}, nightly"), flush=True)
    if done.answer["version"] is None:
        raise SystemExit(f"seed {seed} published nothing: {done.answer['said']}")
    return home


def forecast_rows(name: str, weeks: dict[int, Forecast]) -> list[list[str]]:
    return [[name, f"W{week}", *sums.cells()] for week, sums in weeks.items()]


def filled_rows(seeds: Sequence[dict[str, Filled]]) -> list[list[str]]:
    """One row an indicator over all seeds, with the seed that has the fewest values."""
    rows = []
    for name in seeds[0]:
        each = [one[name] for one in seeds]
        counted = sum(one.counted for one in each)
        share = sum(one.valued for one in each) / counted if counted else 0.0
        reasons: Counter[str] = Counter()
        for one in each:
            reasons.update(one.reasons)
        rows.append(
            [
                name, str(counted), percent(share), percent(min(one.share for one in each)),
                "" if share >= ENOUGH else "below",
                "constant" if min(one.distinct for one in each) < 2 else "no",
                str(sum(one.unexplained for one in each)),
                ", ".join(f"{reason} {rows_}" for reason, rows_ in reasons.most_common()),
            ]
        )  # fmt: skip
    return rows


def evaluate(seeds: Sequence[int], scale: float, months: int, root: Path) -> int:
    """Publish the seeds one after the other and print the tables."""
    sums = {week: Forecast() for week in (3, 4)}
    found_sums = {age: Found() for age in AGES}
    of_forecast: list[list[str]] = []
    of_hits: list[list[str]] = []
    boards = []
    for seed in seeds:
        home = publish(root, seed, scale, months)
        con = connect(home)
        weeks, found = forecasts(con), hits_found(con, planted_hits(root / f"truth{seed}"))
        boards.append(filled(con))
        con.close()
        of_forecast += forecast_rows(f"seed {seed}", weeks)
        of_hits += [[f"seed {seed}", f"D{age}", *one.cells()] for age, one in found.items()]
        sums = {week: sums[week] + weeks[week] for week in sums}
        found_sums = {age: found_sums[age] + found[age] for age in found_sums}
    of_forecast += forecast_rows("all", sums)
    of_hits += [["all", f"D{age}", *one.cells()] for age, one in found_sums.items()]
    print("\nForecasts frozen at day 15\n\n" + markdown(FORECAST_HEADS, of_forecast))
    print("\nPlanted hits\n\n" + markdown(FOUND_HEADS, of_hits))
    heads = ("indicator", "SKCs counted", "with a value", "fewest, one seed", f"< {ENOUGH:.0%}",
             "constant", "NULL unexplained or value unasked", "why none")  # fmt: skip
    values = filled_rows(boards)
    print(f"\nValues on the board, day {FIRST_DAY} to {LAST_DAY}\n\n" + markdown(heads, values))
    return 0


def judge(folder: Path) -> int:
    """The forecasts of a home that someone else published."""
    con = connect(Home(folder))
    rows = forecast_rows(folder.name, forecasts(con))
    states = con.execute(
        "select forecast_status, count(*) from hits.forecast_scores group by 1 order by 2 desc"
    ).fetchall()
    con.close()
    print(markdown(FORECAST_HEADS, rows))
    print("\n" + ", ".join(f"{status} {count}" for status, count in states))
    return 0


def main(scale: float) -> int:
    """As part of ``python -m bench --only hits``: five seeds, in a folder that is removed."""
    os.environ["BAOKUAN_NOW"] = NOW
    with tempfile.TemporaryDirectory(prefix="baokuan-bench-") as folder:
        return evaluate(SEEDS, scale, MONTHS, Path(folder))


def cli() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.hits", description=__doc__)
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="default %(default)s")
    parser.add_argument("--scale", type=float, default=1.0, help="1 = about 60 stores, 800 SKCs")
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--work", type=Path, help="keep the homes here and use those that are")
    parser.add_argument("--home", type=Path, help="judge the forecasts of a published home")
    parser.add_argument("--new-day", help="measure one new day at these scales, as 1,3.2")
    given = parser.parse_args()
    if given.home:
        return judge(given.home)
    os.environ["BAOKUAN_NOW"] = NOW
    with ExitStack() as stack:
        made = given.work or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="baokuan-bench-")
        )
        root = Path(made)
        root.mkdir(parents=True, exist_ok=True)
        if given.new_day:
            scales = [float(scale) for scale in given.new_day.split(",")]
            return hits_day.main(scales, given.months, root)
        seeds = [int(seed) for seed in given.seeds.split(",")]
        return evaluate(seeds, given.scale, given.months, root)


if __name__ == "__main__":
    sys.exit(cli())
