"""A candidate made from the version that serves equals one made anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from serving import candidate, publish, reuse, versions
from serving.reuse import MadeOf
from tests.unit.serving.conftest import build_warehouse

TABLES = ("core.dim_skc", "goods.v_skc", "hits.board")


def made(tick: int = 1, **others: str) -> MadeOf:
    return MadeOf(f"whole{tick}", dict.fromkeys(TABLES, f"v{tick}") | others)


def publish_made(home: Home, of: MadeOf) -> str:
    return publish.publish(home, candidate.make(home, "nightly", of), "r", "nightly")


def rows(file: Path, table: str) -> list:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(f"select * from {table} order by all").fetchall()


def published_file(home: Home) -> Path:
    now = versions.current(home)
    assert now
    return versions.folder(home, now) / versions.FILE


def equals_a_whole_copy(home: Home) -> bool:
    """The published file against the warehouse copied from nothing, comments included."""
    whole = home.root / "whole.duckdb"
    whole.unlink(missing_ok=True)
    candidate.copy(home.warehouse, whole, candidate.descriptions(home.dbt_manifest))
    words = "(select table_name, column_name, data_type, comment from duckdb_columns())"
    tables = "(select table_name, comment from duckdb_tables())"
    for table in (*TABLES, words, tables):
        assert rows(published_file(home), table) == rows(whole, table), table
    return True


def test_only_tables_of_another_version_are_written(home: Home, monkeypatch) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    assert reuse.is_published(home, "whole1") and not reuse.is_published(home, "whole2")
    build_warehouse(home, 2)
    written: list[str] = []
    copy_table = reuse.copy_table

    def noting(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
        written.append(f"{schema}.{table}")
        copy_table(con, schema, table)

    monkeypatch.setattr(reuse, "copy_table", noting)
    publish_made(home, made(2, **{"core.dim_skc": "v1"}))
    assert written == ["goods.v_skc", "hits.board"]
    assert {r[2] for r in rows(published_file(home), "core.dim_skc")} == {1}, "said to be the same"
    assert {r[2] for r in rows(published_file(home), "hits.board")} == {2}


def test_rows_that_a_build_replaced_are_replaced(home: Home) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("update hits.board set tick = 9 where score > 20")
        con.execute("delete from hits.board where score > 40")
    of = replace(
        made(1, **{"hits.board": "v2"}),
        before=dict.fromkeys(TABLES, "v1"), replaced={"hits.board": "t.score > 20"},
    )  # fmt: skip
    publish_made(home, of)
    assert equals_a_whole_copy(home)


@pytest.mark.parametrize(
    "others",
    [
        {"before": {"hits.board": "another build lies between"}},
        {"replaced": {"hits.board": "t.score > 40"}},
        {"replaced": {"hits.board": "no_such_column > 1"}},
        {"replaced": {}},
    ],
    ids=["a build between", "too few rows", "another column", "not known"],
)
def test_where_the_rows_are_not_known_the_whole_table_is_written(home: Home, others) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    build_warehouse(home, 1, rows=70)
    of = MadeOf(
        "whole2", dict.fromkeys(TABLES, "v2"),
        **{"before": dict.fromkeys(TABLES, "v1"), "replaced": {"hits.board": "true"}} | others,
    )  # fmt: skip
    publish_made(home, of)
    assert equals_a_whole_copy(home)


def test_a_table_that_is_gone_leaves_and_a_new_one_comes(home: Home) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("drop view goods.v_skc; create schema people")
        con.execute("create table people.consumer_tags as select 1 as a")
    publish_made(home, made(2, **{"people.consumer_tags": "v2"}))
    with duckdb.connect(str(published_file(home)), read_only=True) as con:
        names = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
    assert names == [("board",), ("consumer_tags",), ("dim_skc",)]


def test_a_file_that_does_not_open_is_written_anew(home: Home) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    old = published_file(home)
    os.chmod(old, 0o644)  # noqa: PTH101
    old.write_bytes(b"damaged" * 1000)
    build_warehouse(home, 2)
    publish_made(home, made(2))
    assert equals_a_whole_copy(home)


def test_parquet_of_an_unchanged_mart_is_the_same_file(home: Home) -> None:
    build_warehouse(home, 1)
    first = publish_made(home, made(1))
    publish_made(home, made(2, **{"goods.v_skc": "v1"}))
    now = versions.current(home)
    for table, same in (("goods/v_skc", True), ("hits/board", False)):
        pair = [home.published / v / "marts" / f"{table}.parquet" for v in (first, str(now))]
        assert pair[0].samefile(pair[1]) is same


def test_a_candidate_made_without_knowing_its_origin_is_whole(home: Home) -> None:
    build_warehouse(home, 1)
    publish_made(home, made(1))
    build_warehouse(home, 2)
    publish.publish(home, candidate.make(home, "nightly"), "r", "nightly")
    assert equals_a_whole_copy(home) and not reuse.is_published(home, "whole1")
