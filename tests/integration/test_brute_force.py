"""The published indicators against their second computation in plain Python, on simulated data.

30 style-colours × 10 days, of two years so that peers exist. The published ratios carry six digits;
they must equal the second computation rounded to them, and every status must be the same.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import duckdb
import pytest

from baokuan.home import Home
from tests.hits.brute.counting import Value
from tests.hits.brute.facts import Facts
from tests.hits.brute.peers import Everything
from tests.integration import warehouses

SKCS, DAYS = 30, 10
INDICATORS = (
    "days_since_launch", "lifecycle_progress", "cum_net_units", "net_units_7d",
    "units_per_store_day", "store_active_rate", "wow_growth", "same_age_index",
    "distribution_rate", "distribution_depth", "full_size_rate", "sell_through_rate",
    "weeks_of_supply", "lost_units_7d", "presale_ratio", "reorder_rate", "discount_rate",
    "gross_margin_rate", "return_rate", "repurchase_rate", "view_to_cart_rate",
)  # fmt: skip
# Half a unit of the last published digit: six for ratios, two for money and pieces.
HALF_DIGIT = 0.5000001


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    before = dict(os.environ)
    folder = warehouses.simulate(tmp_path_factory.mktemp("brute"), seed=11, scale=0.2, months=27)
    home = Home(folder / "home")
    home.make()
    (folder / "config").rename(home.root / "config")
    # So small a retailer has few SKCs alike: three peers are enough here.
    (home.root / "config" / "thresholds.csv").write_text("name,value\npeers_min,3\n")
    warehouses.land(home, folder / "landing")
    warehouses.build(home, select=("+path:models/marts/hits", "+int_build__watermark"))
    os.environ.clear()
    os.environ.update(before)
    with duckdb.connect(str(home.warehouse), read_only=True) as opened:
        yield opened


def sample(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Rows of hits.daily, drawn by a fixed seed, SKCs of every kind among them."""
    draw = random.Random(22)
    names = con.execute("select distinct skc_id from hits.daily order by 1").fetchall()
    keys = []
    for (skc,) in draw.sample(names, min(SKCS, len(names))):
        days = con.execute(
            "select as_of_date from hits.daily where skc_id = ? order by 1", [skc]
        ).fetchall()
        keys += [(skc, day) for (day,) in draw.sample(days, min(DAYS, len(days)))]
    return keys


def differs(expected: Value, row: dict, indicator: str, scale: int) -> bool:
    if expected.status != row[f"{indicator}_status"]:
        return True
    if expected.value is None or row[indicator] is None:
        return expected.value is not row[indicator]
    return abs(float(expected.value) - float(row[indicator])) > HALF_DIGIT * 10**-scale


def test_published_equal_the_second_computation(con: duckdb.DuckDBPyConnection) -> None:
    second = Everything(Facts(con))
    types = dict(
        con.execute("select column_name, column_type from (describe hits.daily)").fetchall()
    )
    keys = sample(con)
    assert len(keys) > SKCS * DAYS / 2
    wrong: list[str] = []
    valued = dict.fromkeys(INDICATORS, 0)
    for skc, day in keys:
        cursor = con.execute(
            "select * from hits.daily where skc_id = ? and as_of_date = ?", [skc, day]
        )
        row = dict(zip([c[0] for c in cursor.description], cursor.fetchone(), strict=True))
        for indicator in INDICATORS:
            expected = getattr(second, indicator)(skc, day)
            valued[indicator] += expected.value is not None
            kind = types[indicator]
            scale = int(kind.split(",")[1].rstrip(")")) if kind.startswith("DECIMAL") else 0
            if differs(expected, row, indicator, scale):
                wrong.append(
                    f"{skc} {day} {indicator}: published {row[indicator]} "
                    f"({row[f'{indicator}_status']}), computed {expected}"
                )
        if second.stage(skc, day) != row["stage"]:
            wrong.append(f"{skc} {day} stage: {row['stage']}, computed {second.stage(skc, day)}")
    print({name: f"{count}/{len(keys)}" for name, count in valued.items()})
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])
    assert all(valued.values()), "an indicator has no value in the sample"
