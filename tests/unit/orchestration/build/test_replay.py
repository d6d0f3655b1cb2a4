"""A build runs what has to run, and only that; a failure takes along what depends on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from orchestration.build import anew, replay, state
from orchestration.build.replay import Plan
from orchestration.build.script import Script
from tests.unit.orchestration.build.small import BY_STORE, SALE, STORE, home_with, of, script

LINES = [(1, "S1", 1), (2, "S1", 2), (3, "S2", 1)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with(Home(tmp_path), LINES)


def run(home: Home, made: Script | None = None, **plan) -> dict[str, str]:
    """Status by name; the first build is anew by itself."""
    made = made or script()
    plan.setdefault("anew", anew.reason(home, made))
    done = replay.run(home, made, Plan(**plan))
    assert not done.is_same or {node.status for node in done.nodes} == {"unchanged"}
    return {"all": "same"} if done.is_same else {node.name: node.status for node in done.nodes}


def ask(home: Home, sql: str) -> list:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_first_build_makes_everything_and_a_second_nothing(home: Home) -> None:
    assert set(run(home).values()) == {"success", "pass"}
    assert ask(home, "select * from hits.by_store order by 1") == [("S1", 2), ("S2", 1)]
    assert run(home) == {"all": "same"}


def test_a_new_line_builds_what_is_made_of_it(home: Home) -> None:
    run(home)
    home_with(home, [*LINES, (4, "S2", 1)])
    assert run(home) == {
        "price": "unchanged", "sale": "success", "store": "success", "by_store": "success",
        "key": "pass",
    }  # fmt: skip
    assert ask(home, "select * from hits.by_store order by 1") == [("S1", 2), ("S2", 2)]


def test_a_table_of_the_same_content_stops_what_follows(home: Home) -> None:
    """The store list is made anew and is the same: what is made of it alone is left out."""
    run(home)
    steps = script().steps
    alone = of([s if s.id != BY_STORE else replace(s, parents=(STORE,)) for s in steps])
    run(home, alone)
    home_with(home, [*LINES, (4, "S2", 1)])
    assert run(home, alone)["store"] == "success"
    home_with(home, [*LINES, (4, "S2", 1), (5, "S1", 1)])
    assert run(home, alone)["by_store"] == "unchanged"


def test_a_new_day_builds_only_what_reads_the_day(home: Home) -> None:
    run(home)
    home_with(home, LINES, day="2026-11-01")
    assert set(run(home).values()) == {"unchanged"}


def test_a_changed_table_model_builds_itself_and_an_incremental_one_all_anew(home: Home) -> None:
    run(home)
    assert anew.reason(home, script("sum(units) as lines")) is None
    statuses = run(home, script("sum(units) as lines"))
    assert [name for name, status in statuses.items() if status == "success"] == ["by_store"]
    assert ask(home, "select * from hits.by_store order by 1") == [("S1", 3), ("S2", 1)]
    other = script(sale="line, store, 2 * units as units")
    assert "others than those that built" in str(anew.reason(home, other))
    assert set(run(home, other).values()) == {"success", "pass"}
    assert ask(home, "select sum(units) from core.sale") == [(8,)]


def test_a_model_that_is_gone_takes_its_table_along(home: Home) -> None:
    run(home)
    run(home, of([s for s in script().steps if s.id != BY_STORE]))
    assert ask(home, "select count(*) from duckdb_tables() where table_name = 'by_store'") == [(0,)]


def test_a_failure_skips_what_depends_on_it_and_is_tried_again(home: Home) -> None:
    run(home)
    home_with(home, [*LINES, (4, "S2", 1)])
    broken = script("cast(max(store) as int) as lines")
    statuses = run(home, broken)
    assert statuses["by_store"] == "error" and statuses["sale"] == "success"
    assert ask(home, "select count(*) from core.sale") == [(4,)]
    assert run(home)["by_store"] == "success"


def test_a_failing_test_is_a_failure_until_it_passes(home: Home) -> None:
    run(home)
    home_with(home, [*LINES, (4, "S2", 1), (4, "S2", 1)])
    assert run(home)["key"] == "fail"
    assert run(home)["key"] == "fail"


def test_tests_left_out_are_run_by_the_next_build_that_has_them(home: Home) -> None:
    assert "key" not in run(home, with_tests=False)
    assert run(home) == {
        "price": "unchanged", "sale": "unchanged", "store": "unchanged", "by_store": "unchanged",
        "key": "pass",
    }  # fmt: skip
    assert run(home, with_tests=False) == {"all": "same"}


def test_after_an_interruption_nothing_is_taken_for_unchanged(home: Home) -> None:
    run(home)
    cut = state.read(home)
    cut.underway = True
    state.write(home, cut)
    assert anew.reason(home, script()) is None, "the tables are there, made by these models"
    assert "unchanged" not in run(home).values()


def test_without_skipping_every_model_runs_and_gives_the_same(home: Home) -> None:
    run(home)
    before = state.read(home).versions
    assert set(run(home, without_skipping=True).values()) == {"success", "pass"}
    assert state.read(home).versions == before


def test_single_tables_are_built_whatever_changed(home: Home) -> None:
    run(home)
    assert run(home, only=frozenset({STORE}), with_tests=False) == {"store": "success"}
    assert run(home)["by_store"] == "unchanged", "a whole build looks at everything again"


def test_the_rows_that_a_change_replaces_are_known_from_its_deletion() -> None:
    by_id = script().by_id
    assert by_id[SALE].replaced == "line in (select line from sale_tmp)"
    assert by_id[STORE].replaced is None


def test_a_lost_incremental_table_is_a_reason_to_build_all_anew(home: Home) -> None:
    run(home)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("drop table core.sale")
    assert anew.reason(home, script()) == "core.sale is missing"


def test_a_view_that_says_less_in_a_change_is_put_in_place(home: Home) -> None:
    first, *others = script().steps
    made = of([replace(first, change=(f"{first.anew[0]} where 1 = 0",)), *others])
    run(home, made)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("insert into bronze.price values ('A', 1)")
        con.execute("insert into bronze._file values ('p', 'price', null, null, 'h', 1, 1)")
    assert run(home, made)["price"] == "success"
    assert ask(home, "select count(*) from staging.price") == [(0,)]
