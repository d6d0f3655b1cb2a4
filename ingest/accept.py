"""From raw tables to committed bronze: types the rows of many small files in one statement,
then writes each file's bronze and quarantine.

Belongs here: running the typing statement and writing its result. What the statement says, which
files are read, and the commit of outcomes do not.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from baokuan.home import Home
from ingest import outcomes, typing_sql
from ingest.contracts.model import Contract
from ingest.outcomes import Outcome
from ingest.read.table import BadRow, Table

QUARANTINE = pa.schema(
    [(name, pa.string()) for name in ("file_id", "kind")]
    + [("row_no", pa.int64())]
    + [(name, pa.string()) for name in ("reason", "column", "value", "raw")]
)


@dataclass
class Pending:
    """A file that has been read and waits to be typed together with others of its contract."""

    outcome: Outcome
    table: Table
    file_date: date | None


def type_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, pending: list[Pending]
) -> tuple[pa.Table, pa.Table]:
    """(kept rows, rows with a reason or notes), each by file and row; files numbered from 0."""
    wanted = [f"r_{column.name}" for column in typing_sql.raw_sources(contract)]
    parts = []
    for number, item in enumerate(pending):
        data, size = item.table.data, item.table.data.num_rows
        columns: dict[str, Any] = {name: data[name] for name in data.column_names}
        for name in wanted:
            columns.setdefault(name, pa.nulls(size, pa.string()))
        columns["_f"] = pa.repeat(pa.scalar(number, pa.int32()), size)
        columns["_file_date"] = pa.repeat(pa.scalar(item.file_date, pa.date32()), size)
        parts.append(pa.table(columns))
    source = pa.concat_tables(parts, promote_options="default")
    con.register("raw_rows", source)
    try:
        full: frozenset[str] = frozenset()
        while True:
            sql = typing_sql.statement(contract, "raw_rows", full)
            con.execute(f"create or replace temp table typed as {sql}")
            more = typing_sql.unsettled(contract, _noted(con), full)
            if not more:
                break
            full |= more
    finally:
        con.unregister("raw_rows")
    select = "select * from typed where {} order by _f, _row_no"
    kept = con.execute(select.format("_reason is null")).to_arrow_table()
    noted = con.execute(
        select.format("_reason is not null or _notes is not null")
    ).to_arrow_table()
    con.execute("drop table typed")
    return kept, noted


def _noted(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Every column that a note or a reason names."""
    found = con.execute(
        "select distinct unnest(list_append(string_split(coalesce(_notes, ''), ','), "
        "coalesce(_reason_column, ''))) from typed where _reason is not null or _notes is not null"
    ).fetchall()
    return {name for (name,) in found}


def write_files(
    home: Home, contract: Contract, pending: list[Pending], kept: pa.Table, noted: pa.Table,
    now: datetime,
) -> None:  # fmt: skip
    """Write bronze and quarantine of each file and fill its outcome."""
    sizes = Counter(kept["_f"].to_numpy().tolist())
    by_file: dict[int, list[dict[str, Any]]] = {}
    for row in noted.to_pylist():
        by_file.setdefault(row["_f"], []).append(row)
    start = 0
    for number, item in enumerate(pending):
        rows = kept.slice(start, sizes.get(number, 0))
        start += rows.num_rows
        outcome = item.outcome
        outcome.file_date = outcome.file_date or _latest_day(contract, rows)
        entries = _entries(contract, outcome, item.table.bad, by_file.get(number, []))
        if rows.num_rows:
            outcome.bronze_path = f"bronze/{contract.feed}/{outcome.file_id}.parquet"
            _write_bronze(home.root / outcome.bronze_path, contract, rows, outcome, now)
        if entries:
            outcome.quarantine_path = f"quarantine/{contract.feed}/{outcome.file_id}.parquet"
            path = home.root / outcome.quarantine_path
            write_parquet(path, pa.Table.from_pylist(entries, schema=QUARANTINE))
        judged = [row for row in by_file.get(number, []) if row["_reason"] is not None]
        outcome.rows_in_file = item.table.rows_in_file
        outcome.rows_kept = rows.num_rows
        outcome.rows_quarantined = len(judged) + len(item.table.bad)
        outcome.rows_skipped = item.table.skipped
        outcome.values_rejected = dict(
            Counter(e["column"] for e in entries if e["kind"] == "value")
        )
        outcome.encoding = item.table.encoding
        outcome.warnings = item.table.warnings
        outcome.personal = _personal(rows, judged)


def _latest_day(contract: Contract, rows: pa.Table) -> str | None:
    """The last business day in the rows: a file's date where its name has none."""
    if contract.business_date is None or not rows.num_rows:
        return None
    value = pc.max(rows[contract.business_date]).as_py()
    if isinstance(value, datetime):
        value = (value - timedelta(minutes=contract.cutoff_minutes)).date()
    return value.isoformat() if value else None


def _personal(rows: pa.Table, judged: list[dict[str, Any]]) -> dict[str, int]:
    counts = {}
    for name in typing_sql.COUNTS:
        total = (pc.sum(rows[f"_n_{name}"]).as_py() or 0) + sum(r[f"_n_{name}"] for r in judged)
        if total:
            counts[name] = int(total)
    return counts


def _entries(
    contract: Contract, outcome: Outcome, bad: list[BadRow], noted: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Quarantine lines of one file: rows not kept, values rejected, rules that flag."""
    secret = {column.name for column in contract.columns if column.is_personal}
    entries = [
        {"file_id": outcome.file_id, "kind": "row", "row_no": row.row_no, "reason": row.reason}
        for row in bad
    ]
    for row in noted:
        raw = json.loads(row["_raw"] or "{}")
        base = {"file_id": outcome.file_id, "row_no": row["_row_no"], "raw": row["_raw"]}
        if row["_reason"] is not None:
            name = row["_reason_column"]
            value = None if name in secret else raw.get(name)
            entries.append(
                {**base, "kind": "row", "reason": row["_reason"], "column": name, "value": value}
            )
        for note in (row["_notes"] or "").split(","):
            if note.startswith("rule "):
                entries.append({**base, "kind": "flag", "reason": note})
            elif note and not (row["_reason"] is not None and note == row["_reason_column"]):
                value = None if note in secret else raw.get(note)
                entries.append(
                    {**base, "kind": "value", "reason": "value rejected", "column": note,
                     "value": value}
                )  # fmt: skip
    return sorted(entries, key=lambda entry: (entry["row_no"], entry["kind"]))


def bronze_columns(contract: Contract) -> list[tuple[str, str]]:
    """(name, DuckDB type) of a bronze file's columns."""
    return [
        *contract.outputs,
        ("_file_id", "VARCHAR"),
        ("_row_no", "BIGINT"),
        ("_ingested_at", "TIMESTAMP"),
        ("_contract_version", "VARCHAR"),
        ("_content_hash", "UBIGINT"),
        ("_notes", "VARCHAR"),
    ]


def _write_bronze(
    path: Path, contract: Contract, rows: pa.Table, outcome: Outcome, now: datetime
) -> None:
    size = rows.num_rows
    moment = pa.scalar(now.replace(tzinfo=None), pa.timestamp("us"))
    constant = {
        "_file_id": pa.repeat(pa.scalar(outcome.file_id), size),
        "_ingested_at": pa.repeat(moment, size),
        "_contract_version": pa.repeat(pa.scalar(outcome.contract_version), size),
    }
    columns = {
        name: constant[name] if name in constant else rows[name]
        for name, _ in bronze_columns(contract)
    }
    write_parquet(path, pa.table(columns))


def write_parquet(path: Path, data: pa.Table) -> None:
    """Write a Parquet file durably: nobody ever sees a part of it."""
    sink = pa.BufferOutputStream()
    pq.write_table(data, sink, compression="zstd", compression_level=1)
    outcomes.write_durably(path, sink.getvalue().to_pybytes())
