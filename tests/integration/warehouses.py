"""A small simulated retailer taken through intake and dbt, without gates and publication.

What belongs here: making exports, landing them, building the warehouse up to core, comparing two
warehouses. What does not: any expectation about the figures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from baokuan.home import PROJECT, Home
from ingest.bronze import views
from ingest.load.run import ingest_landing
from orchestration import dbt

END = "2026-10-31"
MORNING_AFTER = "2026-11-01T06:00:00+08:00"
CORE = ("+path:models/core", "+int_build__watermark")


def simulate(folder: Path, seed: int, scale: float = 0.05, months: int = 4, days: int = 0) -> Path:
    """Exports, settings and truth of a retailer in ``landing``, ``config``, ``truth``.

    With ``days`` the exports are those of the first days after the months only.
    """
    words = ["--seed", str(seed), "--scale", str(scale), "--months", str(months), "--end", END]
    if days:
        words += ["--days-after", str(days)]
    subprocess.run(
        [
            sys.executable, "-m", "simulator", "--out", str(folder / "landing"),
            "--truth", str(folder / "truth"), "--config", str(folder / "config"), *words,
        ],
        cwd=PROJECT, check=True, stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
    return folder


def point(home: Home, now: str = MORNING_AFTER) -> None:
    """Let the environment name this home, its settings and the clock; the caller puts it back."""
    os.environ["BAOKUAN_HOME"] = str(home.root)
    os.environ["BAOKUAN_CONFIG"] = str(home.root / "config")
    os.environ["BAOKUAN_NOW"] = now


def land(home: Home, exports: Path, wanted: Callable[[Path], bool] = lambda path: True) -> int:
    """Copy the wanted files into landing, below the same folders."""
    count = 0
    for path in sorted(exports.rglob("*")):
        if path.is_file() and wanted(path):
            target = home.landing / path.relative_to(exports)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            count += 1
    return count


def build(
    home: Home, now: str = MORNING_AFTER, full_refresh: bool = False, tests: bool = False,
    select: Sequence[str] = CORE,
) -> dbt.Build:  # fmt: skip
    """Take in what has landed and build the warehouse up to core.

    Raises:
        AssertionError: a model or a test failed.
    """
    point(home, now)
    ingest_landing(home.make())
    views.register(home)
    words = ["build", "--exclude-resource-type", "unit_test", "--select", *select]
    if not tests:
        words[3:3] = ["test"]
    if full_refresh:
        words.append("--full-refresh")
    done = dbt.command(home, words)
    failed = [node for node in done.nodes if node.status in ("error", "fail")]
    assert not done.trouble and not failed, (done.trouble, failed)
    return done


def ask(home: Home, sql: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()
