"""Edge cases that begin before the core facts: small files in, values of the real models out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from baokuan.home import Home
from tests.hits import landed
from tests.integration import warehouses

HITS = ("+path:models/marts/hits", "+int_build__watermark")
Row = dict[str, Any]
COLUMNS = (
    "cum_net_units", "net_units_7d", "net_units_7d_status", "net_units_7d_last",
    "net_units_7d_last_date", "units_per_store_day_num", "units_per_store_day_den",
    "distribution_rate", "distribution_rate_den", "discount_rate", "discount_rate_den",
    "return_rate_num", "return_rate_den", "orphan_return_units", "view_to_cart_rate_num",
    "view_to_cart_rate_den", "coverage", "days_since_launch",
)  # fmt: skip


@dataclass(frozen=True)
class Morning:
    """What the published tables say after a run."""

    daily: dict[tuple[str, str], Row]
    regions: dict[tuple[str, str], Row]

    def of(self, style: str, day: str = "2026-10-31") -> Row:
        return self.daily[f"{style}/C1", day]


def look(home: Home) -> Morning:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        cursor = con.execute(f"select skc_id, as_of_date, {', '.join(COLUMNS)} from hits.daily")
        daily = {
            (row[0], str(row[1])): dict(zip(COLUMNS, row[2:], strict=True))
            for row in cursor.fetchall()
        }
        cursor = con.execute(
            "select skc_id, region, net_units_7d, net_units_7d_status, coverage "
            "from hits.region_board"
        )
        heads = ("net_units_7d", "net_units_7d_status", "coverage")
        regions = {
            (row[0], row[1]): dict(zip(heads, row[2:], strict=True)) for row in cursor.fetchall()
        }
    return Morning(daily, regions)


@pytest.fixture(scope="module")
def mornings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Morning, Morning]]:
    """The first morning, and the same day after what came late has been taken in."""
    before = dict(os.environ)
    home = Home(Path(tmp_path_factory.mktemp("landed")) / "home")
    home.make()
    landed.first_morning(home)
    warehouses.build(home, select=HITS)
    first = look(home)
    landed.a_day_late(home)
    warehouses.build(home, select=HITS)
    os.environ.clear()
    os.environ.update(before)
    yield first, look(home)


@pytest.fixture(scope="module")
def first(mornings: tuple[Morning, Morning]) -> Morning:
    return mornings[0]


@pytest.fixture(scope="module")
def later(mornings: tuple[Morning, Morning]) -> Morning:
    return mornings[1]


def test_store_recoded(first: Morning) -> None:
    """Sold and stocked under the old code, then the new: one store, 14 stocked days of 14."""
    row = first.of("RECODE")
    assert row["cum_net_units"] == 5
    assert (row["units_per_store_day_num"], row["units_per_store_day_den"]) == (5, 14)
    assert (row["distribution_rate"], row["distribution_rate_den"]) == (1, 1)
    assert row["coverage"] == 1


def test_skc_merged_into_another_code(first: Morning) -> None:
    assert first.daily["MERGE/C2", "2026-10-31"]["cum_net_units"] == 5
    assert not [skc for skc, _ in first.daily if skc == "MERGE/C1"]


def test_duplicate_receipt_upload(first: Morning) -> None:
    """The same receipt in two files is one sale, in units and in money."""
    row = first.of("TWICE")
    assert row["cum_net_units"] == 2
    assert row["discount_rate_den"] == 200


def test_same_receipt_number_in_two_stores(first: Morning) -> None:
    """And in one store on two days: three sales."""
    assert first.of("NUMBER")["cum_net_units"] == 3
    assert first.of("NUMBER", "2026-10-25")["cum_net_units"] == 2


def test_restated_price_list(first: Morning, later: Morning) -> None:
    """80 paid on 25 October; the list then said 100, restated it says 125 (90 from the 29th on)."""
    assert first.of("PRICE")["discount_rate"] == Decimal("0.8")
    assert later.of("PRICE")["discount_rate"] == Decimal("0.64")


def test_sale_after_midnight_before_cut_off(first: Morning) -> None:
    """01:30 belongs to the 25th, 04:30 to the 26th."""
    assert first.of("NIGHT", "2026-10-24")["cum_net_units"] == 0
    assert first.of("NIGHT", "2026-10-25")["cum_net_units"] == 1
    assert first.of("NIGHT", "2026-10-26")["cum_net_units"] == 2


def test_utc_platform_timestamps(first: Morning) -> None:
    """In Shanghai the week of 25-31 October begins at 16:00 UTC of the 24th and ends likewise."""
    row = first.of("VIEW")
    assert (row["view_to_cart_rate_num"], row["view_to_cart_rate_den"]) == (1, 2)


def test_return_before_the_sale_file_arrives(first: Morning, later: Morning) -> None:
    """First it stands on its posting day; with its sale it goes back to the day of sale."""
    row = first.of("EARLY")
    assert (row["cum_net_units"], row["net_units_7d"], row["orphan_return_units"]) == (-1, -1, 1)
    row = later.of("EARLY")
    assert (row["cum_net_units"], row["net_units_7d"], row["orphan_return_units"]) == (1, 0, 0)
    assert (row["return_rate_num"], row["return_rate_den"]) == (1, 2)
    assert later.of("EARLY", "2026-10-27")["cum_net_units"] == 2


def test_missing_store_file_for_one_day(first: Morning, later: Morning) -> None:
    """One of two stores is silent: company and its region are blocked, the other region is not."""
    row = first.of("SILENT")
    assert row["coverage"] == Decimal("0.5")
    assert (row["net_units_7d"], row["net_units_7d_status"]) == (None, "dq_blocked")
    assert (row["net_units_7d_last"], str(row["net_units_7d_last_date"])) == (5, "2026-10-30")
    assert row["days_since_launch"] == 31
    assert first.of("SILENT", "2026-10-30")["net_units_7d"] == 5
    assert first.regions["SILENT/C1", "华北"]["net_units_7d_status"] == "dq_blocked"
    assert first.regions["SILENT/C1", "华东"]["net_units_7d"] == 4
    row = later.of("SILENT")
    assert (row["coverage"], row["net_units_7d"], row["net_units_7d_status"]) == (1, 7, "ok")
    assert later.regions["SILENT/C1", "华北"]["net_units_7d"] == 3
