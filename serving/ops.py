"""The ops database: what ran, which files came, what the gates found, what was published.

Built from the JSON records and outcome records alone, after every run, failed ones too, so that the
reason for a refused version can be read while the old one serves. Writing those records belongs to
the rooms that know them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb

from baokuan import files, lock
from baokuan.home import Home
from catalogue import read
from catalogue.labels import Labels
from serving import versions
from serving.records import read_folder
from serving.versions import OPS_FILE

# table → (comment, column → type) in the table's order; what columns mean is the catalogue's.
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "runs": (
        "作业运行 / Runs of jobs",
        {
            "run_id": "varchar",
            "job": "varchar",
            "status": "varchar",
            "started_at": "timestamp",
            "finished_at": "timestamp",
            "seconds": "double",
            "as_of_date": "date",
            "version": "varchar",
            "reason": "varchar",
        },
    ),
    "row_counts": (
        "每次运行各表行数 / Rows of each model after a run",
        {
            "run_id": "varchar",
            "table_name": "varchar",
            "rows": "bigint",
            "rows_touched": "bigint",
        },
    ),
    "file_outcomes": (
        "文件处理结果 / Outcome of each landed file",
        {
            "file_id": "varchar",
            "feed": "varchar",
            "contract": "varchar",
            "source": "varchar",
            "content_hash": "varchar",
            "bytes": "bigint",
            "file_date": "date",
            "file_seq": "varchar",
            "encoding": "varchar",
            "status": "varchar",
            "reason": "varchar",
            "remedy": "varchar",
            "rows_in_file": "bigint",
            "rows_kept": "bigint",
            "rows_quarantined": "bigint",
            "rows_skipped": "bigint",
            "rows_held": "bigint",
            "rows_derived": "bigint",
            "values_rejected": "bigint",
            "rejected": "varchar",
            "warnings": "varchar",
            "duplicate_of": "varchar",
            "skipped": "varchar",
            "personal": "varchar",
            "batch": "bigint",
            "contract_version": "varchar",
            "ingested_at": "timestamp",
        },
    ),
    "quality_results": (
        "质量检查结果 / Results of the quality gates",
        {
            "run_id": "varchar",
            "suite": "varchar",
            "target": "varchar",
            "expectation": "varchar",
            "column": "varchar",
            "severity": "varchar",
            "status": "varchar",
            "success": "boolean",
            "observed": "varchar",
            "details": "varchar",
            "checked_at": "timestamp",
        },
    ),
    "publications": (
        "发布记录 / Publications, refusals and roll-backs",
        {
            "at": "timestamp",
            "action": "varchar",
            "version": "varchar",
            "previous_version": "varchar",
            "kind": "varchar",
            "run_id": "varchar",
            "reason": "varchar",
            "as_of_date": "date",
            "tables": "bigint",
            "rows": "bigint",
            "bytes": "bigint",
            "seconds": "double",
        },
    ),
}


def renew(home: Home) -> str:
    """Build a new version of the ops database from the records and move ``published/OPS`` to it.

    Returns:
        Name of the ops version.
    """
    with lock.publishing(home):
        root = versions.ops_root(home)
        root.mkdir(parents=True, exist_ok=True)
        name = versions.next_stamp(versions.ops_names(home))
        building = root / f".building-{name}-{os.getpid()}"
        building.mkdir()
        try:
            _build(home, building)
        except BaseException:
            versions.remove(building)
            raise
        files.fsync_tree(building)
        building.rename(root / name)
        for version in versions.names(home):
            versions.link_into_ops(home, version, name)
        files.write_atomic(versions.ops_pointer(home), name + "\n")
    return name


def _build(home: Home, folder: Path) -> None:
    con = duckdb.connect(str(folder / OPS_FILE))
    try:
        for table, (comment, columns) in TABLES.items():
            declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            con.execute(f"create table {table} ({declared})")
            con.execute(f"comment on table {table} is '{_sql(comment)}'")
            for name in columns:
                text = comment_of(table, name)
                con.execute(f"comment on column {table}.\"{name}\" is '{_sql(text)}'")
            _load(con, folder / f"{table}.jsonl", table, _ROWS[table](home))
    finally:
        con.close()


def comment_of(table: str, column: str) -> str:
    """What a column means, in both languages, as the catalogue says it."""
    label = Labels(read.project()).find(f"ops.{table}", column)
    return label.comment if label else ""


def _load(con: duckdb.DuckDBPyConnection, spool: Path, table: str, rows: Iterator[dict]) -> None:
    columns = TABLES[table][1]
    count = 0
    with spool.open("w", encoding="utf-8") as out:
        for row in rows:
            wanted = {name: _text(row.get(name)) for name in columns}
            out.write(json.dumps(wanted, ensure_ascii=False) + "\n")
            count += 1
    if count:
        declared = ", ".join(f"'{name}': 'varchar'" for name in columns)
        picked = ", ".join(_typed(name, kind) for name, kind in columns.items())
        con.execute(
            f"insert into {table} select {picked} from read_json('{_sql(str(spool))}', "
            f"format = 'newline_delimited', columns = {{{declared}}})"
        )
    spool.unlink()


def _typed(name: str, kind: str) -> str:
    """One unreadable value in a record must not cost the whole database: it becomes NULL."""
    if kind == "timestamp":  # an aware time is turned to UTC, a naive one is taken as it is
        return (
            f"case when regexp_matches(\"{name}\", '(Z|[+-]\\d\\d:?\\d\\d)$') "
            f"then try_cast(\"{name}\" as timestamptz) at time zone 'UTC' "
            f'else try_cast("{name}" as timestamp) end'
        )
    return f'try_cast("{name}" as {kind})'


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _runs(home: Home) -> Iterator[dict]:
    for run in read_folder(home.ops_records / "runs"):
        yield {**run, "seconds": _seconds(run.get("started_at"), run.get("finished_at"))}


def _seconds(start: str | None, end: str | None) -> float | None:
    if not start or not end:
        return None
    try:
        delta = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    except (TypeError, ValueError):
        return None
    return round(delta.total_seconds(), 3)


def _row_counts(home: Home) -> Iterator[dict]:
    for run in read_folder(home.ops_records / "runs"):
        for entry in run.get("row_counts") or []:
            yield {**entry, "run_id": run.get("run_id"), "table_name": entry.get("table")}


def _file_outcomes(home: Home) -> Iterator[dict]:
    for outcome in read_folder(home.outcomes):
        skipped, rejected = outcome.get("rows_skipped"), outcome.get("values_rejected")
        yield {
            **outcome,
            "rows_skipped": sum((skipped or {}).values()),
            "skipped": skipped,
            "values_rejected": sum((rejected or {}).values()),
            "rejected": rejected,
        }


def _quality_results(home: Home) -> Iterator[dict]:
    root = home.ops_records / "quality"
    for path in sorted(root.glob("*.jsonl")) if root.is_dir() else []:
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue  # the last line of a run that was cut off


def _publications(home: Home) -> Iterator[dict]:
    yield from read_folder(home.ops_records / "publications")


_ROWS = {
    "runs": _runs,
    "row_counts": _row_counts,
    "file_outcomes": _file_outcomes,
    "quality_results": _quality_results,
    "publications": _publications,
}


def _sql(text: str) -> str:
    return text.replace("'", "''")
