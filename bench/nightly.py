"""The nightly job against the hand-written floor (bench/floor.py) on the same exports.

Ours also masks, accounts for every row, keeps every version, links online sales and returns, builds
the indicators, asks the gates and publishes; the floor makes three tables. They must be equal.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from baokuan.home import PROJECT, Home
from baokuan.progress import Progress
from bench import floor
from bench.measure import measure, ratio
from orchestration import runner

NOW = "2026-11-01T06:00:00+08:00"
MONTHS = "12"


def ours() -> dict[str, object]:
    """The whole job, as `make nightly` runs it."""
    report = runner.run(Home.from_env(), "nightly", progress=Progress(quiet=True))
    rows = {row["table"]: row["rows"] for row in report.rows}
    return {"version": report.version, "said": report.verdict.headline, "rows": sum(rows.values())}


def main(size: float) -> int:
    os.environ["BAOKUAN_NOW"] = NOW
    with tempfile.TemporaryDirectory(prefix="baokuan-bench-") as folder:
        root = Path(folder)
        home = Home(root / "home")
        export = ["--out", f"{folder}/exports", "--truth", f"{folder}/truth", "--months", MONTHS]
        scale = f"{0.3 * size:g}"
        subprocess.run(
            [sys.executable, "-m", "simulator", *export, "--config", str(home.root / "config"),
             "--scale", scale],
            cwd=PROJECT, check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        print(f"  {MONTHS} months of a retailer, scale {scale}")
        bare = measure(
            "bench.floor", "build", home.root, landing=f"{folder}/exports",
            scratch=f"{folder}/scratch", target=f"{folder}/floor.duckdb",
        )  # fmt: skip
        shutil.copytree(root / "exports", home.landing)
        first = measure("bench.nightly", "ours", home.root)
        if first.answer["version"] is None:
            print(f"  ours published nothing: {first.answer['said']}")
            return 1
        again = measure("bench.nightly", "ours", home.root)
        published = home.published / again.answer["version"] / "warehouse.duckdb"
        different = floor.differences(root / "floor.duckdb", published)
    print(bare.line(f"floor: {sum(bare.answer.values()):,} rows in 3 tables"))
    print(first.line(f"ours, first load: {first.answer['rows']:,} rows"))
    print(again.line("ours, nothing new"))
    print(ratio(first, bare))
    print(f"  rows that differ: {different}", flush=True)
    return 1 if any(different.values()) else 0
