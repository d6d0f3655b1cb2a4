"""The published indicators against their second computation in plain Python, on simulated data.

30 style-colours × 10 days × 22, of two years so that peers exist. The published ratios carry six
digits; they must equal the second computation rounded to them, and every status must be the same.
The score is computed again for one day of five, the level for every day of these style-colours.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from baokuan.home import Home
from catalogue import read
from tests.hits.brute.counting import Value
from tests.hits.brute.facts import Facts
from tests.hits.brute.score import Judged, levels
from tests.integration import warehouses

SKCS, DAYS = 30, 10
# Every indicator that has been computed a second time; a new one may come before its second.
INDICATORS = [
    one.indicator for one in read.project().at("company") if hasattr(Judged, one.indicator)
]
SECONDS = 23
# So small a retailer has few SKCs alike and few stores: less is enough here.
SMALL = {"peers_min": 3, "forecast_min_units": 10, "forecast_min_stores": 3}
# Half a unit of the last published digit: six for ratios, two for money and pieces.
HALF_DIGIT = 0.5000001


Key = tuple[str, date]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    before = dict(os.environ)
    folder = warehouses.simulate(tmp_path_factory.mktemp("brute"), seed=11, scale=0.2, months=27)
    home = Home(folder / "home")
    home.make()
    (folder / "config").rename(home.root / "config")
    lines = [f"{name},{value}" for name, value in SMALL.items()]
    (home.root / "config" / "thresholds.csv").write_text("\n".join(["name,value", *lines]) + "\n")
    warehouses.land(home, folder / "landing")
    warehouses.build(home, select=("+path:models/marts/hits", "+int_build__watermark"))
    os.environ.clear()
    os.environ.update(before)
    with duckdb.connect(str(home.warehouse), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def second(con: duckdb.DuckDBPyConnection) -> Judged:
    return Judged(Facts(con))


@pytest.fixture(scope="module")
def keys(con: duckdb.DuckDBPyConnection) -> list[Key]:
    """Rows of hits.daily, drawn by a fixed seed, SKCs of every kind among them."""
    draw = random.Random(22)
    names = con.execute(
        "select skc_id from hits.daily group by 1 having count(*) >= ? order by 1", [DAYS]
    ).fetchall()
    drawn = []
    for (skc,) in draw.sample(names, SKCS):
        days = con.execute(
            "select as_of_date from hits.daily where skc_id = ? order by 1", [skc]
        ).fetchall()
        drawn += [(skc, day) for (day,) in draw.sample(days, DAYS)]
    return drawn


def published(con: duckdb.DuckDBPyConnection, skc: str) -> list[dict[str, Any]]:
    """All days of a style-colour."""
    cursor = con.execute("select * from hits.daily where skc_id = ? order by as_of_date", [skc])
    heads = [column[0] for column in cursor.description or []]
    return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def rows(con: duckdb.DuckDBPyConnection, keys: list[Key]) -> dict[Key, dict[str, Any]]:
    return {
        (skc, row["as_of_date"]): row
        for skc in sorted({skc for skc, _ in keys})
        for row in published(con, skc)
    }


def differs(expected: Value, row: dict[str, Any], indicator: str, scale: int) -> bool:
    if expected.status != row[f"{indicator}_status"]:
        return True
    if expected.value is None or row[indicator] is None:
        return expected.value is not row[indicator]
    return abs(float(expected.value) - float(row[indicator])) > HALF_DIGIT * 10**-scale


def report(wrong: list[str]) -> str:
    return f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])


def test_published_equal_the_second_computation(
    con: duckdb.DuckDBPyConnection, second: Judged, keys: list[Key], rows: dict[Key, Any]
) -> None:
    types = dict(
        con.execute("select column_name, column_type from (describe hits.daily)").fetchall()
    )
    assert len(keys) == SKCS * DAYS
    assert len(INDICATORS) >= SECONDS
    wrong: list[str] = []
    valued = dict.fromkeys(INDICATORS, 0)
    for skc, day in keys:
        row = rows[skc, day]
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
    assert not wrong, report(wrong)
    assert all(valued.values()), "an indicator has no value in the sample"


def test_band_and_method_of_the_forecast(
    second: Judged, keys: list[Key], rows: dict[Key, Any]
) -> None:
    """P10 and P90 of the peers, and what the forecast is beside."""
    wrong: list[str] = []
    for skc, day in keys:
        row = rows[skc, day]
        if row["forecast_w3"] is None:
            continue
        issued = second.issue(skc, day)
        assert not isinstance(issued, str)
        found = [row[f"forecast_w{week}_{edge}"] for week in (3, 4) for edge in ("lo", "hi")]
        again = [*issued.band_3, *issued.band_4]
        near = all(
            abs(float(one) - other) <= HALF_DIGIT / 100
            for one, other in zip(found, again, strict=True)
        )
        same = (row["forecast_naive"], row["forecast_method"]) == (issued.naive, issued.method)
        if not near or not same:
            wrong.append(f"{skc} {day}: published {found}, computed {issued}")
    assert not wrong, report(wrong)


def test_score(second: Judged, keys: list[Key], rows: dict[Key, Any]) -> None:
    """Mean of the percentiles among the peers, and its rank among theirs."""
    wrong: list[str] = []
    scored = 0
    for skc, day in keys[::5]:
        row, again = rows[skc, day], second.score(skc, day)
        scored += again is not None
        if again is None or row["score"] is None:
            same = again is None and row["score"] is None
        else:
            same = abs(again.score - float(row["score"])) <= HALF_DIGIT * 10**-4
            same &= abs(again.rank - float(row["score_rank"])) <= HALF_DIGIT * 10**-6
        if not same:
            wrong.append(
                f"{skc} {day}: published {row['score']}, {row['score_rank']}; computed {again}"
            )
    assert not wrong, report(wrong)
    assert scored > SKCS / 3


def test_level(con: duckdb.DuckDBPyConnection, second: Judged, keys: list[Key]) -> None:
    """Two judged days in a row change it; floors hold a hit back."""
    wrong: list[str] = []
    seen = set()
    for skc in sorted({skc for skc, _ in keys}):
        days = published(con, skc)
        for row, level in zip(days, levels(days, second.t), strict=True):
            seen.add(level)
            if row["level"] != level:
                wrong.append(f"{skc} {row['as_of_date']}: {row['level']}, computed {level}")
    assert not wrong, report(wrong)
    assert len(seen) >= 4, f"only {sorted(seen)} in the sample"
