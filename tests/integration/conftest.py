"""One small simulated retailer, published once in a run, copied by each test that changes it."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from baokuan.home import Home
from orchestration import runner
from orchestration.runner import Report
from tests.integration import warehouses
from tests.shared import Shared

NOW = warehouses.MORNING_AFTER
Simulated = Callable[..., Path]
Settings = Callable[[Home, str], None]


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


@pytest.fixture(scope="session")
def simulated(shared: Shared) -> Simulated:
    """``landing``, ``config`` and ``truth`` of a retailer a twentieth the size of the demo's.

    Four months by its seed; with ``days`` the exports of the first days after them.
    """

    def made(seed: int = 7, days: int = 0) -> Path:
        return shared.once(
            f"retailer-{seed}-{days}", lambda folder: warehouses.simulate(folder, seed, days=days)
        )

    return made


@pytest.fixture(scope="session")
def exports(simulated: Simulated) -> Path:
    return simulated() / "landing"


@pytest.fixture(scope="session")
def next_days(simulated: Simulated) -> Callable[[int], Path]:
    """Exports of the first n days after the last."""
    return lambda number: simulated(days=number) / "landing"


@contextmanager
def environment() -> Iterator[Settings]:
    """Within the block, a way to point the environment at a home and a clock; then put back."""
    names = ("BAOKUAN_HOME", "BAOKUAN_CONFIG", "BAOKUAN_NOW", "DAGSTER_HOME")
    before = {name: os.environ.get(name) for name in names}
    try:
        yield warehouses.point
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def only_for_looking(now: str) -> None:
    raise AssertionError("the published retailer is shared: take a copy, the fixture `retailer`")


@pytest.fixture(scope="session")
def published(shared: Shared, simulated: Simulated) -> tuple[Retailer, Report]:
    """The retailer after its first nightly run. Only for looking at; change a copy instead."""
    made = simulated()

    def publish(folder: Path) -> None:
        home = Home(folder / "home")
        shutil.copytree(made / "config", home.root / "config")
        with environment() as point:
            retailer = Retailer(home, lambda now: point(home, now))
            retailer.land(made / "landing")
            (folder / "report.pickle").write_bytes(pickle.dumps(retailer.run()))

    folder = shared.once("published", publish)
    report = pickle.loads((folder / "report.pickle").read_bytes())
    return Retailer(Home(folder / "home"), only_for_looking), report


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Point the environment at a home and a clock, for the length of a test."""
    with environment() as point:
        yield point


@pytest.fixture
def retailer(published: tuple[Retailer, Report], settings: Settings, tmp_path: Path) -> Retailer:
    """A copy of the published retailer to change at will."""
    home = Home(tmp_path / "home")
    shutil.copytree(published[0].home.root, home.root)
    settings(home, NOW)
    return Retailer(home, lambda now: settings(home, now))


@pytest.fixture
def empty_retailer(
    published: tuple[Retailer, Report], settings: Settings, tmp_path: Path
) -> Retailer:
    """A home with the same settings and key, in which nothing has landed yet."""
    home = Home(tmp_path / "empty")
    shutil.copytree(published[0].home.root / "config", home.root / "config")
    settings(home, NOW)
    return Retailer(home, lambda now: settings(home, now))
