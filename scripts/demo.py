"""``make demo``: the demo retailer from export to hit board, on a fixed clock.

Runs the commands a retailer would run, in order, and says which. The settings folder is one below
the home, so the user's own settings stay untouched; a home that holds a retailer's own data is
refused.
"""

from __future__ import annotations

import sys
import time

from demo_steps import PUBLISHED_WITH_ITEMS, call, prepare, step, why_not

from baokuan.home import Home

TITLE = "This home holds the demo retailer, made by make demo."
NOW = "2026-11-01T06:00:00+08:00"
LAST_DAY = "2026-10-31"
SEED = "7"


def main() -> int:
    started = time.monotonic()
    home = Home.from_env()
    refusal = why_not(home, TITLE, "make demo")
    if refusal:
        print(refusal, file=sys.stderr)
        return 2
    environ = prepare(home, TITLE, NOW)
    landing, truth = str(home.landing), str(home.state / "simulator_truth")
    step("1/4 the demo retailer exports its files to landing/ (27 months)")
    config = environ["BAOKUAN_CONFIG"]
    export = ["--out", landing, "--truth", truth, "--config", config, "--seed", SEED]
    call(["simulator", *export, "--end", LAST_DAY], environ)
    step("2/4 the nightly job through Dagster: take in, build, check, publish")
    nightly = call(["orchestration", "nightly"], environ, fine=(0, PUBLISHED_WITH_ITEMS))
    step("3/4 Superset: database, roles, dashboards")
    call(["dashboards", "bootstrap"], environ)
    step(f"4/4 the hit board of {LAST_DAY}")
    call(["serving", "board"], environ)
    print(farewell(home, nightly, time.monotonic() - started), flush=True)
    return 0


def farewell(home: Home, nightly: int, seconds: float) -> str:
    """What to do next."""
    messy = (
        "\nThe open items listed above are part of the demo: real exports are messy, and the run "
        "says what it\ncouldn't take in and why. All of it: "
        ".venv/bin/baokuan ingest status\n"
    )
    return (
        f"\nThe demo is ready ({seconds:.0f} s). {messy if nightly else ''}\n"
        "What next:\n"
        "  make serve       Dagster and Superset with the hit dashboard; prints addresses and the\n"
        "                   path of the password file\n"
        '  .venv/bin/baokuan sql "select skc_id, score, level, action from hits.board order by '
        'score desc limit 10"\n'
        f"  drop a file into {home.landing} while make serve runs: the board follows by itself\n"
        "  .venv/bin/baokuan --help    the rest: rollback, export, ingest check FILE …\n"
        "  make demo-real   the same on 1.47 million real receipt lines\n"
        "  make init        begin with your own exports\n"
    )


if __name__ == "__main__":
    sys.exit(main())
