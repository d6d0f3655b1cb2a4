"""One small simulated retailer, published once, copied by each test that changes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from baokuan.home import PROJECT, Home
from orchestration import runner
from orchestration.runner import Report

END = "2026-10-31"
NOW = "2026-11-01T06:00:00+08:00"
SEED, SCALE, MONTHS = "7", "0.05", "4"


@dataclass(frozen=True)
class Retailer:
    """A home with its settings, and runs on the clock of the day after its last business day."""

    home: Home
    clock: Callable[[str], None]

    def land(self, exports: Path, rename: Callable[[str], str] = lambda name: name) -> int:
        """Copy files into landing, below the same folders; returns how many."""
        count = 0
        for path in sorted(exports.rglob("*")):
            if path.is_file():
                target = self.home.landing / rename(path.relative_to(exports).as_posix())
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                count += 1
        return count

    def run(self, kind: str = "nightly", full_refresh: bool = False, now: str = NOW) -> Report:
        self.clock(now)
        return runner.run(self.home, kind, full_refresh)

    @property
    def current(self) -> str:
        return (self.home.published / "CURRENT").read_text().strip()


def simulate(out: Path, *words: str) -> Path:
    """The simulator's exports in a folder of their own; the truth beside it is not for us."""
    subprocess.run(
        [sys.executable, "-m", "simulator", "--out", str(out), "--truth", str(out) + "-truth",
         "--config", str(out) + "-config", "--seed", SEED, "--end", END, "--scale", SCALE,
         "--months", MONTHS, *words],
        cwd=PROJECT, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return out


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of a retailer a twentieth the size of the demo's."""
    return simulate(tmp_path_factory.mktemp("exports") / "landing")


@pytest.fixture(scope="session")
def next_days(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Exports of the first n days after the last, made once."""
    made: dict[int, Path] = {}

    def day(number: int) -> Path:
        if number not in made:
            folder = tmp_path_factory.mktemp(f"day{number}") / "landing"
            made[number] = simulate(folder, "--days-after", str(number))
        return made[number]

    return day


@pytest.fixture(scope="session")
def settings() -> Iterator[Callable[[Home, str], None]]:
    """Point the environment at a home and a clock; put back at the end of the session."""
    names = ("BAOKUAN_HOME", "BAOKUAN_CONFIG", "BAOKUAN_NOW", "DAGSTER_HOME")
    before = {name: os.environ.get(name) for name in names}

    def point(home: Home, now: str) -> None:
        os.environ["BAOKUAN_HOME"] = str(home.root)
        os.environ["BAOKUAN_CONFIG"] = str(home.root / "config")
        os.environ["BAOKUAN_NOW"] = now

    yield point
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def published(exports: Path, settings, tmp_path_factory) -> tuple[Retailer, Report]:
    """The retailer after its first nightly run. Only for looking at; change a copy instead."""
    home = Home(tmp_path_factory.mktemp("published") / "home")
    retailer = Retailer(home, lambda now: settings(home, now))
    shutil.copytree(f"{exports}-config", home.root / "config")
    retailer.land(exports)
    return retailer, retailer.run()


@pytest.fixture
def retailer(published: tuple[Retailer, Report], settings, tmp_path: Path) -> Retailer:
    """A copy of the published retailer to change at will."""
    home = Home(tmp_path / "home")
    shutil.copytree(published[0].home.root, home.root)
    settings(home, NOW)
    return Retailer(home, lambda now: settings(home, now))


@pytest.fixture
def empty_retailer(published, settings, tmp_path: Path) -> Retailer:
    """A home with the same settings and key, in which nothing has landed yet."""
    home = Home(tmp_path / "empty")
    shutil.copytree(published[0].home.root / "config", home.root / "config")
    settings(home, NOW)
    return Retailer(home, lambda now: settings(home, now))
