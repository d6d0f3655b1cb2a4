"""One small retailer for all simulator tests: three months, eight stores, and two days more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from simulator.__main__ import generate
from simulator.world.settings import Settings
from tests.unit.simulator.small_retailer import END


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("retailer")
    return Settings(root / "landing", root / "truth", 7, END, 0.03, 4, config=root / "config")


@pytest.fixture(scope="session")
def retailer(settings: Settings) -> Settings:
    """The base run's settings, after it has been generated."""
    generate(settings, quiet=True)
    return settings


@pytest.fixture(scope="session")
def later(retailer: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Five days more in folders of their own."""
    root = tmp_path_factory.mktemp("later")
    longer = replace(retailer, out=root / "landing", truth=root / "truth", days_after=5)
    generate(longer, quiet=True)
    return longer


@pytest.fixture(scope="session")
def truth(retailer: Settings) -> Callable[[str], pl.DataFrame]:
    return lambda name: pl.read_parquet(retailer.truth / f"{name}.parquet")
