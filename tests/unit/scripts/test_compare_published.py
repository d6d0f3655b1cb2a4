"""Two files are the same only if every table is; what differs is named with a row that shows it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from baokuan.home import PROJECT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


compare = load("compare_published")

DAILY = (
    "create table hits.daily as select * from (values ('A', date '2026-10-31', 1.5::double, 3, 7),"
    " ('B', date '2026-10-31', null, 4, 7), ('C', date '2026-10-31', 0.1::double, null, 7))"
    " as daily (skc_id, as_of_date, score, units, _batch)"
)


def warehouse(path: Path, *statements: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create schema hits; create schema core; create schema intermediate")
        for statement in statements:
            con.execute(statement)
    return path


@pytest.fixture
def left(tmp_path: Path) -> Path:
    return warehouse(tmp_path / "a.duckdb", DAILY)


def told(left: Path, right: Path, **choice: object) -> str:
    return "\n".join(line for one in compare.compare(left, right, **choice) for line in one.lines())


def test_same_rows_in_another_order_and_of_another_run_are_equal(
    left: Path, tmp_path: Path
) -> None:
    right = warehouse(
        tmp_path / "b.duckdb",
        DAILY,
        "create or replace table hits.daily as select * from hits.daily order by skc_id desc",
        "update hits.daily set _batch = 8",
    )
    assert told(left, right).split() == ["equal", "hits.daily", "3", "3"]
    assert compare.main([str(left), str(right)]) == 0


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            "update hits.daily set score = 0.1::double + 0.2::double - 0.2::double "
            "where skc_id = 'C'",
            "column score: 1 rows differ, for example skc_id=C, as_of_date=2026-10-31: 0.1 in A, ",
        ),
        (
            "update hits.daily set units = 0 where skc_id = 'C'",
            "column units: 1 rows differ, for example skc_id=C, as_of_date=2026-10-31: "
            "NULL in A, 0 in B",
        ),
        (
            "update hits.daily set units = 4 - units + 3 where units is not null",
            "column units: 2 rows differ",  # the same values, in other rows
        ),
        ("delete from hits.daily where skc_id = 'B'", "1 rows only in A, for example skc_id=B"),
        (
            "insert into hits.daily values ('D', null, 1, 1, 1)",
            "1 rows only in B, for example skc_id=D, as_of_date=NULL",
        ),
        ("insert into hits.daily from hits.daily limit 1", "1 rows only in B, for example skc_id="),
        (
            "alter table hits.daily alter units set data type bigint",
            "column units: INTEGER in A, BIGINT in B",
        ),
        ("alter table hits.daily drop units", "column units: INTEGER in A, missing in B"),
        ("drop table hits.daily", "is only in A"),
        ("create table core.dim_date as select 1 as a", "is only in B"),
    ],
)
def test_a_difference_is_named(left: Path, tmp_path: Path, change: str, what: str) -> None:
    right = warehouse(tmp_path / "b.duckdb", DAILY, change)
    assert what in told(left, right)
    assert compare.main([str(left), str(right)]) == 1


def test_other_schemas_and_ignored_columns(left: Path, tmp_path: Path) -> None:
    right = warehouse(
        tmp_path / "b.duckdb",
        DAILY,
        "update hits.daily set units = 9",
        "create table intermediate.other as select 1 as a",
    )
    assert "DIFFERS" in told(left, right)
    assert "DIFFERS" not in told(left, right, ignore=["daily.units"])
    assert "DIFFERS" not in told(left, right, ignore=["hits.*.units"])
    assert "DIFFERS" in told(left, right, ignore=["board.units"])
    assert "intermediate.other" in told(left, right, schemas=["intermediate"])


def test_a_home_means_its_current_version(left: Path, tmp_path: Path) -> None:
    version = warehouse(tmp_path / "home" / "published" / "v1" / "warehouse.duckdb", DAILY)
    (tmp_path / "home" / "published" / "CURRENT").write_text("v1\n")
    assert "DIFFERS" not in told(left, tmp_path / "home")
    assert "DIFFERS" not in told(left, version.parent)


def test_nothing_to_compare_is_no_success(
    left: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert compare.main([str(left), str(tmp_path)]) == 2
    assert "no home that has published" in capsys.readouterr().err
    assert compare.main([str(left), str(left), "--schemas", "people"]) == 2
    assert "neither file has a table" in capsys.readouterr().err
