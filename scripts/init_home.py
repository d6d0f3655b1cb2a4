"""``make init``: an empty home and settings folder for one's own retailer, and what to do next."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from baokuan.home import Home, config_dir  # noqa: E402
from ingest.bronze import views  # noqa: E402
from ingest.contract import load_all, templates  # noqa: E402
from orchestration import home_settings  # noqa: E402

# Header lines only: an absent or empty file means the defaults.
SETTINGS = {
    "thresholds.csv": "name,value",
    "launch_overrides.csv": "skc_id,launch_date",
    "code_map.csv": "kind,old_code,new_code",
    "exclusions.csv": "kind,key",
    "users.csv": "user_name,display_name,role",
    "region_users.csv": "user_name,region",
}


def _templates(home: Home, config: Path) -> list[str]:
    """Workbooks to fill by hand; one that is there is left alone."""
    made = []
    if not (config / templates.SETTINGS).exists():
        seed = PROJECT / "dbt_project" / "seeds" / "catalogue" / "thresholds.csv"
        with seed.open(encoding="utf-8", newline="") as file:
            known = [row["name"] for row in csv.DictReader(file)]
        templates.settings(config / templates.SETTINGS, views.CONFIG, known)
        made.append(templates.SETTINGS)
    folder = home.root / "templates"
    folder.mkdir(exist_ok=True)
    by_feed = {c.feed: c for c in load_all() if c.source is None}
    for name in templates.BY_HAND:
        path = folder / f"{name}.xlsx"
        if not path.exists():
            templates.feed(path, by_feed[name])
            made.append(path.name)
    return made


def main() -> int:
    home = Home.from_env()
    title = home_settings.title(home)
    if title:
        print(
            f"{home.root}: {title}\nYour own data needs another home, for example:\n"
            "  BAOKUAN_HOME=./data/own make init",
            file=sys.stderr,
        )
        return 2
    home.make()
    config = config_dir()
    config.mkdir(parents=True, exist_ok=True)
    config.chmod(0o700)
    made = []
    for name, header in SETTINGS.items():
        path = config / name
        if not path.exists():
            path.write_text(header + "\n", encoding="utf-8")
            made.append(name)
    made += _templates(home, config)
    print(f"Home: {home.root}\nSettings: {config}" + (f" (new: {', '.join(made)})" if made else ""))
    print(
        "What next:\n"
        f"  0. what no system exports: fill {config / templates.SETTINGS}, and the workbooks in\n"
        f"     {home.root / 'templates'}, copied to landing/erp/ as e.g. "
        "erp_location_full_20261031_1.xlsx\n"
        f"  1. copy exports into {home.landing}/<source>/; names and headers that are taken in:\n"
        "       .venv/bin/baokuan ingest contracts\n"
        "     others: a contract of your own in a folder named by BAOKUAN_CONTRACTS\n"
        "  2. make nightly\n"
        "  3. make serve"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
