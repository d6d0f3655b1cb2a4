"""The gate on the candidate: each rule of board, ledger and volume broken on purpose."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from baokuan.home import Home
from quality import gates
from quality.results import blocking
from serving import publish
from tests.unit.quality import candidates


@pytest.fixture
def made(home: Home):
    """A right candidate where serving would have put it."""
    file = home.published / ".candidate-20261101T000000000000Z-nightly-0" / "warehouse.duckdb"
    candidates.write(file)
    return file


def change(file, *statements: str) -> None:
    with duckdb.connect(str(file)) as con:
        for sql in statements:
            con.execute(sql)


def failed(home, file) -> dict[tuple[str, str], str]:
    """What fails, each with its worst severity."""
    found = [r for r in gates.check_candidate(home, file, "r1") if r.success is False]
    found.sort(key=lambda r: r.severity == "block_version")
    return {(r.suite, r.expectation): r.severity for r in found}


def test_a_right_candidate_passes(home, made):
    found = gates.check_candidate(home, made.parent, "r1")
    assert [r for r in found if r.success is False] == []
    unjudged = {r.expectation for r in found if r.success is None}
    assert unjudged == {"volume"}


BROKEN = [
    ("hits_board.fresh", "update hits.board set as_of_date = as_of_date - 1 where skc_id = 'K0'"),
    ("hits_board.skc_once", "update hits.board set skc_id = 'K1' where skc_id = 'K3'"),
    ("hits_board.skc_known", "update hits.board set skc_id = 'gone' where skc_id = 'K5'"),
    ("hits_board.level_known", "update hits.board set level = 'super' where skc_id = 'K7'"),
    ("hits_board.level_given", "update hits.board set level = null where skc_id = 'K9'"),
    ("hits_board.stage_known", "update hits.board set stage = 'old' where skc_id = 'K9'"),
    ("hits_board.judged_has_score", "update hits.board set score = null where skc_id = 'K11'"),
    ("hits_board.score_range", "update hits.board set score = 101 where skc_id = 'K13'"),
    ("hits_board.coverage_range", "update hits.board set coverage = 2 where skc_id = 'K13'"),
    (
        "hits_board.status_of_sell_through_rate",
        "update hits.board set sell_through_rate = null where skc_id = 'K2'",
    ),
    (
        "hits_board.status_of_return_rate",
        "update hits.board set return_rate_status = null where skc_id = 'K2'",
    ),
    (
        "hits_board.reason_of_weeks_of_supply",
        "update hits.board set weeks_of_supply_status = 'because' where skc_id = 'K1'",
    ),
    (
        "hits_board.parts_of_discount_rate",
        "update hits.board set discount_rate_den = 0 where skc_id = 'K2'",
    ),
    (
        "hits_board.range_of_distribution_rate",
        "update hits.board set distribution_rate = 1.2 where skc_id = 'K2'",
    ),
    ("hits_daily.board_is_its_last_day", "delete from hits.daily where skc_id = 'K1'"),
    (
        "hits_daily.key_once",
        "insert into hits.daily select * from hits.daily where skc_id in ('K2', 'K4')",
    ),
    (
        "hits_daily.status_of_cum_net_units",
        "update hits.daily set cum_net_units = 1 where skc_id = 'K3'",
    ),
    (
        "core_dim_price.no_overlap",
        "insert into core.dim_price select * replace (date '2026-02-01' as valid_from) "
        "from core.dim_price where skc_id = 'K1'",
    ),
    (
        "core_fct_sale_line.key_once",
        "insert into core.fct_sale_line select * from core.fct_sale_line where sale_line_id = 'L1'",
    ),
    (
        "core_fct_sale_line.sku_known",
        "update core.fct_sale_line set sku_id = 'gone' where sale_line_id = 'L2'",
    ),
    (
        "core_fct_sale_line.store_known",
        "update core.fct_sale_line set store_code = 'gone' where sale_line_id = 'L3'",
    ),
    (
        "core_fct_sale_line.units_not_negative",
        "update core.fct_sale_line set sale_units = -1, cancel_units = -1 "
        "where sale_line_id = 'L4'",
    ),
    (
        "core_fct_sale_line.cancelled_within_sold",
        "update core.fct_sale_line set cancel_units = 3 where sale_line_id = 'L5'",
    ),
    (
        "core_fct_return_line.sale_known",
        "update core.fct_return_line set sale_line_id = 'gone' where return_line_id = 'T6'",
    ),
    (
        "core_fct_return_line.orphan_says_so",
        "update core.fct_return_line set is_orphan = true where return_line_id = 'T7'",
    ),
    (
        "core_fct_stock_check.difference_adds_up",
        "update core.fct_stock_check set snap_units = 6 where store_code = 'ST1'",
    ),
    (
        "core_fct_stock_interval.ledger_adds_up",
        "update core.fct_stock_move set units = 4 where move_id = 'M3'",
    ),
    (
        "core_fct_stock_interval.transit_adds_up",
        "update core.fct_stock_move set transit_units = 3 where move_id = 'M4'",
    ),
    (
        "core_fct_stock_interval.avail_adds_up",
        "update core.fct_stock_interval set avail_units = 5 where store_code = 'ST5'",
    ),
    (
        "core_fct_stock_interval.no_gap_no_overlap",
        "update core.fct_stock_interval set valid_to = date '2026-10-01' where store_code = 'ST6'",
    ),
    (
        "core_fct_stock_interval.sku_known",
        "update core.fct_stock_interval set sku_id = 'gone' where store_code = 'ST7'",
    ),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """What blocks when every fault is made at once, each in rows of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
        patch.setenv("BAOKUAN_CONFIG", str(tmp_path_factory.mktemp("config")))
        home = Home(tmp_path_factory.mktemp("broken")).make()
        file = home.published / "candidate" / "warehouse.duckdb"
        candidates.write(file)
        change(file, *(sql for _, sql in BROKEN))
        found = gates.check_candidate(home, file, "r1")
    return {f"{r.suite}.{r.expectation}" for r in blocking(found, "block_version")}


@pytest.mark.parametrize("expectation", [name for name, _ in BROKEN])
def test_each_fault_blocks_the_version(broken, expectation):
    assert expectation in broken


def test_nothing_else_blocks(broken):
    assert broken == {name for name, _ in BROKEN}


@pytest.mark.parametrize(
    ("sql", "expectation"),
    [
        (
            "insert into core.fct_stock_move (store_code, sku_id, move_date, units, transit_units) "
            "values ('ST1', 'K1/M', date '2026-09-02', 1, 0)",
            "ledger_adds_up",
        ),
        (
            "delete from core.fct_stock_interval where store_code = 'ST1'",
            "ledger_adds_up",
        ),
    ],
    ids=["a movement the intervals lack", "an interval lost"],
)
def test_a_ledger_that_does_not_add_up_blocks(home, made, sql, expectation):
    change(made, sql)
    assert failed(home, made) == {("core_fct_stock_interval", expectation): "block_version"}


def test_the_ledger_follows_every_day_of_a_longer_history(home, made):
    change(
        made,
        "update core.fct_stock_interval set valid_to = date '2026-09-05' where store_code = 'ST1'",
        "insert into core.fct_stock_interval select * replace (date '2026-09-05' as valid_from, "
        "date '9999-12-31' as valid_to, 2 as onhand_units, 1 as avail_units) "
        "from core.fct_stock_interval where store_code = 'ST1'",
        "insert into core.fct_stock_move (store_code, sku_id, move_date, units, transit_units) "
        "values ('ST1', 'K1/M', date '2026-09-05', -5, 0), "
        "('ST1', 'K1/M', date '2026-09-05', 2, 0), "
        "('ST1', 'K1/M', date '2026-09-07', 4, 0), ('ST1', 'K1/M', date '2026-09-07', -4, 0)",
    )
    assert failed(home, made) == {}


def test_a_retailer_without_stock_and_returns_passes_with_those_checks_not_available(home, made):
    empty = (
        "fct_stock_move",
        "fct_stock_interval",
        "fct_stock_check",
        "fct_return_line",
        "dim_price",
    )
    change(made, *(f"delete from core.{table}" for table in empty))
    assert failed(home, made) == {}
    found = gates.check_candidate(home, made, "r2")
    assert {r.status for r in found if r.expectation == "ledger_adds_up"} == {"not_available"}


def test_a_missing_table_blocks_only_where_the_suite_says_so(home, made):
    candidates.write(made, without=("hits.board", "core.dim_price"))
    found = gates.check_candidate(home, made, "r1")
    missing = {r.suite: r.severity for r in found if r.expectation == "table_exists"}
    assert missing == {"hits_board": "block_version", "core_dim_price": "warn"}
    assert {r.suite for r in blocking(found, "block_version")} == {"hits_board"}


def test_volume_is_compared_with_the_version_that_serves(home, made):
    publish.publish(home, made, "r1", "nightly")
    file = home.published / ".candidate-20261101T000000000001Z-nightly-0" / "warehouse.duckdb"
    candidates.write(file, rows=9)
    found = failed(home, file)
    assert found["hits_board", "volume"] == "block_version"
    assert found["core_fct_sale_line", "volume"] == "block_version"
    candidates.write(file, rows=21)
    assert failed(home, file) == {}


def test_the_candidate_can_be_published_by_the_same_process_right_after(home, made):
    gates.check_candidate(home, made, "r1")
    done = subprocess.run(
        [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", made],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    version = publish.publish(home, made, "r1", "nightly")
    assert sorted(p.name for p in (home.published / version).iterdir()) == [
        "marts",
        "version.json",
        "warehouse.duckdb",
    ]
