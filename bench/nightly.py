"""The nightly job: a first load, a night without news and a day's files, as ratios.

The floor (bench/floor.py) makes three tables of the same exports by a hand-written script. Ours
also masks, accounts for every row, keeps every version, links online sales and returns, builds the
indicators, asks the gates and publishes; the three tables must be equal.
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
from bench.measure import Measured, measure, ratio
from orchestration import runner
from orchestration.build import record
from serving import versions

NOW, DAY_AFTER = "2026-11-01T06:00:00+08:00", "2026-11-02T06:00:00+08:00"
MONTHS, SCALE = 12, 0.3


def ours() -> dict[str, object]:
    """The whole job, as `make nightly` runs it."""
    report = runner.run(Home.from_env(), "nightly", progress=Progress(quiet=True))
    rows = {row["table"]: row["rows"] for row in report.rows}
    return {"said": report.verdict.headline, "rows": sum(rows.values()), "steps": report.steps}


def prepare() -> int:
    """The script of the release, if it isn't there yet."""
    return len(record.script_of(Home.from_env().make()).steps)


def simulate(root: Path, config: Path, months: int, scale: float, days_after: int = 0) -> Path:
    out = root / f"exports-{days_after}"
    words = ["--days-after", str(days_after)] if days_after else []
    subprocess.run(
        [sys.executable, "-m", "simulator", "--out", str(out), "--truth", str(root / "truth"),
         "--config", str(config), "--months", str(months), "--scale", f"{scale:g}", *words],
        cwd=PROJECT, check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return out


def night(home: Home, now: str = NOW) -> Measured:
    os.environ["BAOKUAN_NOW"] = now
    done = measure("bench.nightly", "ours", home.root)
    if not done.answer["said"].startswith(("published", "nothing new")):
        raise SystemExit(f"  ours published nothing: {done.answer['said']}")
    return done


def published(home: Home) -> Path:
    return versions.folder(home, str(versions.current(home))) / versions.FILE


def steps(done: Measured) -> str:
    """Where the time went."""
    told = [f"{s['step'].replace('published__', '')} {s['seconds']}" for s in done.answer["steps"]]
    return "    of it, in seconds: " + ", ".join(told)


def first_load(home: Home, exports: Path) -> Measured:
    shutil.copytree(exports, home.landing, dirs_exist_ok=True)
    first = night(home)
    print(first.line(f"first load: {first.answer['rows']:,} rows"), steps(first), sep="\n")
    return first


def later_nights(home: Home, first: Measured, day: Path) -> None:
    """A night without news, and one with a day's files, against the first load."""
    same = night(home)
    print(same.line("nothing new"))
    shutil.copytree(day, home.landing, dirs_exist_ok=True)
    delta = night(home, DAY_AFTER)
    print(delta.line("a day's files"), steps(delta), sep="\n")
    for name, part in (("nothing new", same), ("a day's files", delta)):
        time, cpu = part.seconds / first.seconds, part.cpu / first.cpu
        print(f"  ratio {name} : first load = {time:.3f} in time, {cpu:.3f} in processor time")


def main(size: float, months: int = MONTHS, scale: float = SCALE, with_floor: bool = True) -> int:
    scale *= size
    with tempfile.TemporaryDirectory(prefix="baokuan-bench-") as folder:
        root, home = Path(folder), Home(Path(folder) / "home")
        exports = simulate(root, home.root / "config", months, scale)
        day = simulate(root, home.root / "config", months, scale, days_after=1)
        print(f"  {months} months of a retailer, scale {scale:g}")
        os.environ["BAOKUAN_NOW"] = NOW
        prepared = measure("bench.nightly", "prepare", home.root)
        print(prepared.line("dbt's statements, once a release"))
        different = {}
        if with_floor:
            bare = measure(
                "bench.floor", "build", home.root, landing=str(exports),
                scratch=f"{folder}/scratch", target=f"{folder}/floor.duckdb",
            )  # fmt: skip
            print(bare.line(f"floor: {sum(bare.answer.values()):,} rows in 3 tables"))
        first = first_load(home, exports)
        if with_floor:
            different = floor.differences(root / "floor.duckdb", published(home))
            print(ratio(first, bare))
            print(f"  rows that differ: {different}", flush=True)
        later_nights(home, first, day)
    return 1 if any(different.values()) else 0
