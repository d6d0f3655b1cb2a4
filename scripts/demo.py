"""``make demo``: the demo retailer from export to hit board, on a fixed clock.

Runs the commands a retailer would run, in order, and says which. The settings folder is one below
the home, so the user's own settings stay untouched; a home that holds a retailer's own data is
refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from baokuan.home import Home  # noqa: E402
from orchestration import home_settings  # noqa: E402

TITLE = "This home holds the demo retailer, made by make demo."
NOW = "2026-11-01T06:00:00+08:00"
LAST_DAY = "2026-10-31"
SEED = "7"
PUBLISHED_WITH_ITEMS = 1


def main() -> int:
    started = time.monotonic()
    home = Home.from_env()
    refusal = why_not(home)
    if refusal:
        print(refusal, file=sys.stderr)
        return 2
    environ = prepare(home)
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


def why_not(home: Home) -> str | None:
    """The reason to leave this home alone; None for an empty one or one of the demo."""
    title = home_settings.title(home)
    if title == TITLE:
        return None
    used = [p.name for p in (home.landing, home.archive, home.outcomes) if has_files(p)]
    if title is None and not used:
        return None
    whose = title or f"{', '.join(used)} already hold files that are not the demo's."
    return (
        f"{home.root} is not for the demo: {whose}\n"
        "The demo never mixes with other data. Give it a home of its own:\n"
        "  BAOKUAN_HOME=./data/demo make demo"
    )


def has_files(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def prepare(home: Home) -> dict[str, str]:
    """Mark the home, make its settings folder, and return the environment of all steps."""
    settings = {"BAOKUAN_NOW": NOW, "BAOKUAN_CONFIG": str(home.root / "config")}
    home_settings.write(home, TITLE, settings)
    config = Path(settings["BAOKUAN_CONFIG"])
    config.mkdir(parents=True, exist_ok=True)
    config.chmod(0o700)
    print(f"Home: {home.root}. Settings: {config} (your own ~/.config/baokuan stays untouched).")
    print(f"Clock: {NOW}, so that the board is the same on every day.")
    home.make()
    return {**os.environ, **settings, "BAOKUAN_HOME": str(home.root), "PYTHONUNBUFFERED": "1"}


def step(text: str) -> None:
    print(f"\n── {text}", flush=True)


def call(words: list[str], environ: dict[str, str], fine: tuple[int, ...] = (0,)) -> int:
    """``python -m <words>``; a failure ends the demo with the step's own words above."""
    started = time.monotonic()
    code = subprocess.run([sys.executable, "-m", *words], cwd=PROJECT, env=environ, check=False)
    if code.returncode not in fine:
        print(
            f"\nThe demo stopped: python -m {' '.join(words)} ended with {code.returncode}; "
            "what went wrong stands above. After mending it, run make demo again.",
            file=sys.stderr,
        )
        sys.exit(code.returncode or 1)
    print(f"── done in {time.monotonic() - started:.0f} s", flush=True)
    return code.returncode


def farewell(home: Home, nightly: int, seconds: float) -> str:
    """What to do next."""
    messy = (
        "\nThe open items listed above are part of the demo: real exports are messy, and the run "
        "says what it\ncouldn't take in and why. All of it: "
        "make sql Q=\"select * from ops.file_outcomes where status <> 'loaded'\"\n"
    )
    return (
        f"\nThe demo is ready ({seconds:.0f} s). {messy if nightly else ''}\n"
        "What next:\n"
        "  make serve       Dagster and Superset with the hit dashboard; prints addresses and the\n"
        "                   path of the password file\n"
        '  make sql Q="select skc_id, score, level, action from hits.board order by score desc '
        'limit 10"\n'
        f"  drop a file into {home.landing} while make serve runs: the board follows by itself\n"
        "  make rollback    the version before\n"
        "  make demo-real   the same on 1.47 million real receipt lines\n"
        "  make init        begin with your own exports\n"
    )


if __name__ == "__main__":
    sys.exit(main())
