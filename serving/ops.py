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
from serving import versions
from serving.records import read_folder
from serving.versions import OPS_FILE

# table → column → (type, comment 中文 / English); the order is the table's.
TABLES: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "runs": (
        "作业运行 / Runs of jobs",
        {
            "run_id": ("varchar", "运行号 / Run id"),
            "job": ("varchar", "作业 / Job"),
            "status": ("varchar", "状态 / running, success, failed or refused"),
            "started_at": ("timestamp", "开始时间(UTC) / Started, UTC"),
            "finished_at": ("timestamp", "结束时间(UTC) / Finished, UTC"),
            "seconds": ("double", "耗时(秒) / Duration in seconds"),
            "as_of_date": ("date", "数据截止日 / Last closed business day"),
            "version": ("varchar", "发布的版本 / Version that the run published"),
            "reason": ("varchar", "失败原因 / Why it failed or was refused"),
        },
    ),
    "row_counts": (
        "每次运行各表行数 / Rows of each model after a run",
        {
            "run_id": ("varchar", "运行号 / Run id"),
            "table_name": ("varchar", "表 / Table"),
            "rows": ("bigint", "行数 / Rows after the run"),
            "rows_touched": ("bigint", "本次触及行数 / Rows that the run touched"),
        },
    ),
    "file_outcomes": (
        "文件处理结果 / Outcome of each landed file",
        {
            "file_id": ("varchar", "文件号 / File id"),
            "feed": ("varchar", "数据流 / Feed"),
            "contract": ("varchar", "契约 / Contract"),
            "source": ("varchar", "来源路径 / Path below landing"),
            "content_hash": ("varchar", "内容哈希 / Hash of the content"),
            "bytes": ("bigint", "字节数 / Size in bytes"),
            "file_date": ("date", "文件业务日 / Business date of the file"),
            "file_seq": ("varchar", "文件序号 / Sequence of the file"),
            "encoding": ("varchar", "编码 / Encoding"),
            "status": ("varchar", "状态 / loaded, blocked, held, unknown, empty or duplicate"),
            "reason": ("varchar", "原因 / Reason"),
            "remedy": ("varchar", "处理办法 / Remedy"),
            "rows_in_file": ("bigint", "文件行数 / Rows in the file"),
            "rows_kept": ("bigint", "入库行数 / Rows kept"),
            "rows_quarantined": ("bigint", "隔离行数 / Rows quarantined"),
            "rows_skipped": ("bigint", "跳过行数 / Rows skipped: titles, totals, blanks"),
            "rows_held": ("bigint", "暂扣行数 / Rows held back"),
            "rows_derived": ("bigint", "派生行数 / Rows made by unpivoting or splitting"),
            "values_rejected": ("bigint", "拒收值数 / Values rejected without their row"),
            "rejected": ("varchar", "拒收明细(JSON) / Rejected values by column, JSON"),
            "warnings": ("varchar", "提醒(JSON) / Warnings, JSON"),
            "duplicate_of": ("varchar", "与之重复的文件 / File that it repeats"),
            "skipped": ("varchar", "跳过明细(JSON) / Skipped rows by kind, JSON"),
            "personal": ("varchar", "脱敏统计(JSON) / Masking counts, JSON"),
            "batch": ("bigint", "批次 / Batch"),
            "contract_version": ("varchar", "契约版本 / Contract version"),
            "ingested_at": ("timestamp", "入库时间 / Ingested"),
        },
    ),
    "quality_results": (
        "质量检查结果 / Results of the quality gates",
        {
            "run_id": ("varchar", "运行号 / Run id"),
            "suite": ("varchar", "检查套件 / Suite"),
            "target": ("varchar", "检查对象 / Feed or published table"),
            "expectation": ("varchar", "检查项 / Expectation"),
            "column": ("varchar", "列 / Column"),
            "severity": ("varchar", "级别 / block_version, block_feed or warn"),
            "status": ("varchar", "状态 / passed, failed, not_available or error"),
            "success": ("boolean", "是否通过 / Passed; NULL when the feed is not available"),
            "observed": ("varchar", "观测值 / Observed"),
            "details": ("varchar", "说明 / Details"),
            "checked_at": ("timestamp", "检查时间(UTC) / Checked, UTC"),
        },
    ),
    "publications": (
        "发布记录 / Publications, refusals and roll-backs",
        {
            "at": ("timestamp", "时间(UTC) / When, UTC"),
            "action": ("varchar", "动作 / published, refused or rolled_back"),
            "version": ("varchar", "版本 / Version that serves after it; NULL when refused"),
            "previous_version": ("varchar", "此前版本 / Version that served before"),
            "kind": ("varchar", "类型 / nightly or intraday"),
            "run_id": ("varchar", "运行号 / Run id"),
            "reason": ("varchar", "原因 / Reason of a refusal or roll-back"),
            "as_of_date": ("date", "数据截止日 / As-of date of the board"),
            "tables": ("bigint", "表数 / Tables"),
            "rows": ("bigint", "总行数 / Rows"),
            "bytes": ("bigint", "字节数 / Size in bytes"),
            "seconds": ("double", "发布耗时(秒) / Time to publish in seconds"),
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
            declared = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
            con.execute(f"create table {table} ({declared})")
            con.execute(f"comment on table {table} is '{_sql(comment)}'")
            for name, (_, text) in columns.items():
                con.execute(f"comment on column {table}.\"{name}\" is '{_sql(text)}'")
            _load(con, folder / f"{table}.jsonl", table, _ROWS[table](home))
    finally:
        con.close()


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
        picked = ", ".join(_typed(name, kind) for name, (kind, _) in columns.items())
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
