"""``make init``: an empty home and settings folder for one's own retailer, and what to do next."""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from baokuan.home import Home, config_dir  # noqa: E402
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
    print(f"Home: {home.root}\nSettings: {config}" + (f" (new: {', '.join(made)})" if made else ""))
    print(
        "What next:\n"
        f"  1. copy exports into {home.landing}/<source>/; names and headers that are taken in:\n"
        "       .venv/bin/python -m ingest contracts\n"
        "     others: a contract of your own in a folder named by BAOKUAN_CONTRACTS\n"
        "  2. make nightly\n"
        "  3. make serve"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
