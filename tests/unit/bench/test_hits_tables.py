"""The evaluation's counts on a version small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from bench.hits_tables import Forecast, filled, forecasts, hits_found, markdown


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema hits; create schema core")
        con.execute(
            "create table hits.forecast_scores as select * from (values "
            "(10.0, 8, 12, true, 'curve', 20.0, 16, null, null), "
            "(20.0, 26, 18, false, 'naive', 10.0, 8, 10, true), "
            "(null, 5, 5, null, null, null, null, 5, null)) as t(forecast_w3, naive_w3, actual_w3, "
            "is_in_band_w3, forecast_method, forecast_w4, naive_w4, actual_w4, is_in_band_w4)"
        )
        con.execute(
            "create table core.dim_skc as select 'K' || range as skc_id, "
            "case when range < 20 then '2026AW' else '2025AW' end as season_name, 5 as size_count "
            "from range(30)"
        )
        # 20 SKCs of 2026AW with scores 0 .. 19; those of the season before have none.
        con.execute(
            "create table hits.daily as select 'K' || range as skc_id, 10 as days_since_launch, "
            "case when range < 20 then range::double end as score, "
            "case when range < 20 then range / 20.0 end as score_rank from range(30)"
        )
        con.execute(
            "create table hits.board as select 'K' || range as skc_id, range + 10 as "
            "days_since_launch, case when range > 5 then 1.0 end as score_a, case when range > 5 "
            "then 'ok' else 'no_stock' end as score_a_status, cast(null as double) as wow_growth, "
            "case when range = 7 then 'ok' else 'small_base' end as wow_growth_status, "
            "range + 13 as wow_growth_den, 'ok' as launch_status, 1 as repurchase_rate, "
            "'ok' as repurchase_rate_status from range(30)"
        )
        yield con


def test_forecast_errors(con: duckdb.DuckDBPyConnection) -> None:
    weeks = forecasts(con)
    assert weeks[3] == Forecast(2, 30.0, 34.0, 30.0, 4.0, 12.0, 1, 1)
    assert weeks[4] == Forecast(1, 10.0, 8.0, 10.0, 0.0, 2.0, 1, 1)
    assert (weeks[3] + weeks[4]).cells() == [
        "3", "10.0 %", "35.0 %", "71.4 %", "0.0 %", "5.0 %", "66.7 %", "2",
    ]  # fmt: skip


def test_planted_hits(con: duckdb.DuckDBPyConnection) -> None:
    """Two of 20 are the top decile; a season without scores is not looked at."""
    found = hits_found(con, {"K19", "K3", "K25"})[10]
    assert (found.scored, found.planted, found.flagged, found.found) == (20, 2, 2, 1)
    assert (found.ranked, found.ranked_found) == (2, 1)


def test_values_on_the_board(con: duckdb.DuckDBPyConnection) -> None:
    """Days 15 to 39 are rows 5 to 29; growth is counted from 20 pieces, repurchase from day 31."""
    values = filled(con)
    assert set(values) == {"score_a", "wow_growth", "repurchase_rate"}
    score = values["score_a"]
    assert (score.counted, score.valued, score.reasons) == (25, 24, {"no_stock": 1})
    growth = values["wow_growth"]
    assert (growth.counted, growth.valued, growth.unexplained) == (23, 0, 1)
    assert values["repurchase_rate"].counted == 9


def test_markdown() -> None:
    assert markdown(("a", "b"), [(1, 2)]) == "| a | b |\n|---|---|\n| 1 | 2 |"
