"""The ops database: right types without any record, readable after a refusal, personal-safe."""

from __future__ import annotations

import json

import duckdb

from serving import candidate, ops, publish, versions
from serving.connect import connect
from serving.records import Publication, RowCount, Run, record_publication, record_run


def test_tables_exist_with_types_and_comments_without_any_record(home):
    name = ops.renew(home)
    file = home.published / "ops" / name / "ops.duckdb"
    assert versions.read_pointer(home.published / "OPS") == name
    with duckdb.connect(str(file), read_only=True) as con:
        for table, (_, columns) in ops.TABLES.items():
            found = con.execute(
                "select column_name, lower(data_type), comment from duckdb_columns() "
                "where table_name = ? order by column_index",
                [table],
            ).fetchall()
            assert found == [(n, kind, ops.comment_of(table, n)) for n, kind in columns.items()]
            assert all(" / " in text for *_, text in found)


def test_every_kind_of_record_arrives_typed(home):
    (home.outcomes / "f1.json").write_text(
        json.dumps(
            {
                "file_id": "f1",
                "feed": "erp_sku",
                "status": "blocked",
                "reason": "表头缺少 条码",
                "rows_in_file": 10,
                "rows_skipped": {"title": 1, "total": 2, "blank": 0},
                "personal": {"phone": 3},
                "file_date": "2026-10-31",
                "batch": 4,
                "ingested_at": "2026-11-01T06:00:00+08:00",
                "a_new_field": 1,
            }
        )
    )
    record_run(
        home,
        Run(
            "r1",
            "nightly",
            "failed",
            "2026-11-01T00:00:00+00:00",
            "2026-11-01T00:01:30+00:00",
            reason="dbt: hits.board failed",
            row_counts=[RowCount("core.fct_sale_line", 100, 7)],
        ),
    )
    record_publication(home, Publication("refused", None, "r1", reason="gate"))
    quality = home.ops_records / "quality"
    quality.mkdir()
    (quality / "r1.jsonl").write_text(
        json.dumps({"run_id": "r1", "suite": "erp_sku", "success": False, "status": "failed"})
        + '\n{"run_id": "r1", "cut o'
    )
    ops.renew(home)
    con = duckdb.connect(str(home.published / "ops" / ops.renew(home) / "ops.duckdb"))
    assert con.execute(
        "select feed, rows_skipped, skipped, personal, file_date::varchar, "
        "ingested_at::varchar from file_outcomes"
    ).fetchall() == [
        (
            "erp_sku",
            3,
            '{"blank": 0, "title": 1, "total": 2}',
            '{"phone": 3}',
            "2026-10-31",
            "2026-10-31 22:00:00",
        )
    ]
    assert con.execute("select job, status, seconds from runs").fetchall() == [
        ("nightly", "failed", 90.0)
    ]
    assert con.execute(
        "select run_id, table_name, rows, rows_touched from row_counts"
    ).fetchall() == [("r1", "core.fct_sale_line", 100, 7)]
    assert con.execute("select suite, success from quality_results").fetchall() == [
        ("erp_sku", False)
    ]
    assert con.execute("select reason from publications").fetchall() == [("gate",)]
    con.close()


def test_a_run_written_again_replaces_its_record(home):
    record_run(home, Run("r 1/x", "nightly", "running", "2026-11-01T00:00:00+00:00"))
    record_run(home, Run("r 1/x", "nightly", "success", "2026-11-01T00:00:00+00:00"))
    assert [p.name for p in (home.ops_records / "runs").iterdir()] == ["r_1_x.json"]


def test_the_reason_of_a_refusal_is_readable_beside_the_old_version_even_in_one_process(
    home, build, release
):
    ops.renew(home)
    version = release(home, 1)
    ops.renew(home)
    early = connect(home)
    build(home, 2)
    publish.refuse(home, candidate.make(home, "nightly"), "r2", "volume fell by 80 %")
    ops.renew(home)
    late = connect(home)
    sql = "select reason from ops.publications where action = 'refused'"
    assert early.execute(sql).fetchall() == []
    assert late.execute(sql).fetchall() == [("volume fell by 80 %",)]
    assert late.execute("select distinct tick from hits.board").fetchall() == [(1,)]
    assert versions.current(home) == version
    early.close()
    late.close()
