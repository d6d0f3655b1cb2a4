"""Candidate, publish, refuse, roll back, verify: what readers find afterwards."""

from __future__ import annotations

import json
import stat

import duckdb
import pytest

from baokuan import files
from serving import candidate, publish, versions
from serving.connect import connect
from serving.records import publications
from serving.versions import NothingPublished, ServingError


def test_a_candidate_holds_only_published_schemas_with_comments_and_plain_types(home, build):
    build(home)
    path = candidate.make(home, "nightly")
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()")
        assert sorted(r[0] for r in tables.fetchall()) == [
            "core.dim_skc",
            "goods.v_skc",
            "hits.board",
        ]
        types = dict(
            con.execute(
                "select column_name, data_type from duckdb_columns() where table_name = 'board'"
            ).fetchall()
        )
        assert types["total"] == "BIGINT"
        assert (types["mood"], types["sizes"], types["tiny"]) == ("VARCHAR", "VARCHAR", "INTEGER")
        assert con.execute("select sizes from hits.board limit 1").fetchall() == [("[1,2]",)]
        comments = con.execute(
            "select comment from duckdb_columns() where column_name = 'skc_id' "
            "and table_name = 'board' union all select comment from duckdb_tables() "
            "where table_name = 'board'"
        ).fetchall()
        assert comments == [("款色's",), ("爆款看板 / Hit board",)]


def test_a_value_too_big_for_its_column_is_an_error_not_a_wrong_number(home):
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema hits")
        con.execute("create table hits.board as select 9223372036854775808::hugeint as units")
    with pytest.raises(ServingError, match=r"hits\.board.*fit"):
        candidate.make(home, "nightly")
    assert not list(home.published.glob(".candidate-*"))


def test_a_warehouse_that_is_missing_open_or_empty_says_so(home, build):
    with pytest.raises(ServingError, match="make nightly"):
        candidate.make(home, "nightly")
    duckdb.connect(str(home.warehouse)).close()
    with pytest.raises(ServingError, match="dbt build"):
        candidate.make(home, "nightly")
    with pytest.raises(ServingError, match="weekly"):
        candidate.make(home, "weekly")


def test_publish_moves_the_pointer_to_an_immutable_version_with_parquet_beside_it(home, release):
    version = release(home, 1)
    folder = home.published / version
    assert versions.current(home) == version
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.parquet")) == [
        "marts/goods/v_skc.parquet",
        "marts/hits/board.parquet",
    ]
    assert stat.S_IMODE((folder / "warehouse.duckdb").stat().st_mode) == 0o444
    manifest = json.loads((folder / "version.json").read_text())
    assert manifest["as_of_date"] == "2026-10-31"
    assert manifest["tables"] == {"core.dim_skc": 50, "goods.v_skc": 50, "hits.board": 50}
    assert not list(home.published.glob(".candidate-*"))
    record = publications(home)[-1]
    assert (record["action"], record["version"], record["run_id"]) == (
        "published",
        version,
        "run-1",
    )


def test_names_sort_by_time_and_never_collide_even_if_the_clock_is_set_back(home, release):
    first = release(home, 1)
    future = f"29991231T235959999999Z-{'nightly'}"
    (home.published / first).rename(home.published / future)
    files.write_atomic(versions.current_file(home), future)
    second = release(home, 2, kind="intraday")
    assert second == "30000101T000000000000Z-intraday"


def test_refuse_keeps_current_and_records_the_reason(home, build, release):
    version = release(home, 1)
    build(home, 2)
    made = candidate.make(home, "nightly")
    publish.refuse(home, made, "run-2", "hits.board: as_of_date is a day old")
    assert versions.current(home) == version
    assert not made.exists()
    record = publications(home)[-1]
    assert record["action"] == "refused"
    assert record["kind"] == "nightly"
    assert record["reason"] == "hits.board: as_of_date is a day old"


def test_roll_back_goes_one_version_back_and_never_chooses_the_withdrawn_one_again(home, release):
    one, two, three = release(home, 1), release(home, 2), release(home, 3)
    assert publish.rollback(home, "board looked wrong") == two
    assert publish.rollback(home) == one
    assert versions.current(home) == one
    with pytest.raises(ServingError, match="nothing to go back to"):
        publish.rollback(home)
    four = release(home, 4)
    assert publish.rollback(home) == one
    assert [versions.is_withdrawn(home, v) for v in (one, two, three, four)] == [
        False,
        True,
        True,
        True,
    ]
    record = next(p for p in publications(home) if p["action"] == "rolled_back")
    assert (record["version"], record["previous_version"]) == (two, three)
    assert record["reason"] == "board looked wrong"


def test_roll_back_and_read_without_a_version_name_the_remedy(home):
    with pytest.raises(NothingPublished, match="make demo"):
        publish.rollback(home)
    with pytest.raises(NothingPublished, match="make nightly"):
        connect(home)


def test_verify_finds_a_changed_file_and_lost_parquet(home, release):
    version = release(home, 1)
    assert publish.verify(home).rows == 150
    folder = home.published / version
    (folder / "marts/hits/board.parquet").unlink()
    with pytest.raises(ServingError, match=r"board\.parquet"):
        publish.verify(home)
    file = folder / "warehouse.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute("delete from hits.board where skc_id = 'S1/RED'")
    with pytest.raises(ServingError, match="50 rows published, 49 found"):
        publish.verify(home, version)


def test_a_foreign_path_is_not_taken_for_a_candidate(home, release):
    version = release(home, 1)
    for path in (home.warehouse, home.published / version, home.published / ".candidate-none"):
        with pytest.raises(ServingError):
            publish.publish(home, path, "run-2", "nightly")
    assert versions.current(home) == version
