"""What both demos share: a home of their own, and steps told as they run."""

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

PUBLISHED_WITH_ITEMS = 1


def why_not(home: Home, title: str, command: str) -> str | None:
    """The reason to leave this home alone; None for an empty one or one of the same demo."""
    found = home_settings.title(home)
    if found == title:
        return None
    used = [p.name for p in (home.landing, home.archive, home.outcomes) if has_files(p)]
    if found is None and not used:
        return None
    whose = found or f"{', '.join(used)} already hold files that are not the demo's."
    return (
        f"{home.root} is not for this demo: {whose}\n"
        "The demo never mixes with other data. Give it a home of its own:\n"
        f"  BAOKUAN_HOME=./data/another {command}"
    )


def has_files(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def prepare(home: Home, title: str, now: str) -> dict[str, str]:
    """Mark the home, make its settings folder, and return the environment of all steps."""
    settings = {"BAOKUAN_NOW": now, "BAOKUAN_CONFIG": str(home.root / "config")}
    home_settings.write(home, title, settings)
    config = Path(settings["BAOKUAN_CONFIG"])
    config.mkdir(parents=True, exist_ok=True)
    config.chmod(0o700)
    print(f"Home: {home.root}. Settings: {config} (your own ~/.config/baokuan stays untouched).")
    print(f"Clock: {now}, so that the board is the same whenever you look.", flush=True)
    home.make()
    return {**os.environ, **settings, "BAOKUAN_HOME": str(home.root), "PYTHONUNBUFFERED": "1"}


def step(text: str) -> None:
    print(f"\n── {text}", flush=True)


def call(words: list[str], environ: dict[str, str], fine: tuple[int, ...] = (0,)) -> int:
    """``python -m <words>``; a failure ends the demo with the step's own words above."""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *words], cwd=PROJECT, env=environ, check=False)
    if done.returncode not in fine:
        print(
            f"\nThe demo stopped: python -m {words[0]} ended with {done.returncode}; "
            "what went wrong stands above. After mending it, run the same make target again.",
            file=sys.stderr,
        )
        sys.exit(done.returncode or 1)
    print(f"── done in {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode
