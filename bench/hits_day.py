"""What the hit models cost on one new day, at several sizes of the retailer.

The history is taken in and built first; then the next day's files; then all other models; what is
measured is the build of the hit models alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from baokuan.home import PROJECT, Home
from bench.hits_tables import markdown
from bench.measure import measure
from ingest.bronze import views
from ingest.load.run import ingest_landing
from orchestration import dbt

HISTORY_ENDED, DAY_AFTER = "2026-11-01T06:00:00+08:00", "2026-11-02T06:00:00+08:00"
HITS = ("path:models/intermediate/hits+",)  # and what is made of them
SEED = "7"


def take_in() -> dict[str, int]:
    """Everything before the hit models."""
    home = Home.from_env()
    outcomes = ingest_landing(home)
    views.register(home)
    built = _build(home, "--exclude", *HITS, "int_build__watermark")
    return {"files": len(outcomes), **built}


def build_hits() -> dict[str, Any]:
    """The hit models, and the mark that everything was taken in."""
    home = Home.from_env()
    built = _build(home, "--select", *HITS, "int_build__watermark")
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        rows = con.execute("select count(*) from intermediate.int_hits__published").fetchall()[0][0]
        board = con.execute("select count(*) from hits.board").fetchall()[0][0]
        lines = con.execute("select count(*) from core.fct_sale_line").fetchall()[0][0]
    return {"recomputed": rows, "board": board, "lines": lines, **built}


def _build(home: Home, *words: str) -> dict[str, Any]:
    types = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    done = dbt.command(home, ["build", *types, *words])
    problem = done.problem()
    if problem:
        raise RuntimeError(problem)
    return {"models": len(done.nodes), "model_seconds": sum(n.seconds for n in done.nodes)}


def export(root: Path, home: Home, scale: float, months: int, days_after: int) -> None:
    folder = root / f"exports{scale:g}-{days_after}"
    words = ["--days-after", str(days_after)] if days_after else []
    subprocess.run(
        [
            sys.executable, "-m", "simulator", "--out", str(folder), "--truth",
            str(root / f"truth{scale:g}"), "--config", str(home.root / "config"),
            "--seed", SEED, "--scale", f"{scale:g}", "--months", str(months), *words,
        ],
        cwd=PROJECT, check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    shutil.copytree(folder, home.landing, dirs_exist_ok=True)
    shutil.rmtree(folder)


def main(scales: Sequence[float], months: int, root: Path) -> int:
    """Print the cost at each scale, and what it is for a million sale lines of history.

    Stores and styles both grow with the scale, sales with both: 3.2 is ten times the sale lines.
    A home ``day<scale>`` that is there already, built to the end of its history, is used.
    """
    rows = []
    for scale in scales:
        home = Home(root / f"day{scale:g}")
        has_history = home.warehouse.is_file()
        home.make()
        cost = {}
        for days_after, now in ((0, HISTORY_ENDED), (1, DAY_AFTER))[has_history:]:
            os.environ["BAOKUAN_NOW"] = now
            export(root, home, scale, months, days_after)
            measure("bench.hits_day", "take_in", home.root)
            cost[str(days_after)] = measure("bench.hits_day", "build_hits", home.root)
        first, day = cost.get("0"), cost["1"]
        print(day.line(f"scale {scale:g}, hits on one new day"), flush=True)
        rows.append(
            [
                f"{scale:g}", f"{day.answer['lines']:,}", day.answer["board"],
                day.answer["recomputed"],
                f"{first.seconds:.1f}" if first else "-", f"{day.seconds:.1f}", f"{day.cpu:.1f}",
                f"{day.answer['model_seconds']:.1f}", f"{day.peak_mb:.0f}",
                f"{1e6 * day.cpu / max(day.answer['lines'], 1):.0f}",
            ]
        )  # fmt: skip
    heads = ("scale", "sale lines", "SKCs on the board", "rows recomputed", "first load, s",
             "one new day, s", "CPU-s", "s in models", "peak MB",
             "CPU-s a million lines")  # fmt: skip
    print("\n" + markdown(heads, rows))
    return 0
