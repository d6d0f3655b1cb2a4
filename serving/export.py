"""A published table as a file for people: CSV, Parquet or XLSX. Chosen by the file's suffix."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

import duckdb

from baokuan.home import Home
from serving.connect import connect
from serving.tables import SCHEMAS, quote
from serving.versions import ServingError

_XLSX_ROWS = 1_048_575  # below the header
_CHUNK = 10_000
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def export(home: Home, table: str, target: Path, version: str | None = None) -> int:
    """Write ``schema.table`` of a version into ``target``; returns the number of rows.

    Raises:
        ServingError: unknown table or suffix, no such folder, too many rows for a sheet.
    """
    writer = _WRITERS.get(target.suffix.lower())
    if writer is None:
        raise ServingError(f"{target}: the suffix must be one of {', '.join(_WRITERS)}")
    if not target.parent.is_dir():
        raise ServingError(f"{target.parent} is not a folder; make it first")
    con = connect(home, version)
    temp = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        rows = writer(con, _known(con, table), temp)
        temp.replace(target)
    finally:
        temp.unlink(missing_ok=True)
        con.close()
    return rows


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]], out: TextIO) -> int:
    """CSV in which no text cell can start a formula in a spreadsheet."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([defused(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([defused(value) for value in row])
        count += 1
    return count


def defused(value: object) -> object:
    """A text that a spreadsheet would run gets an apostrophe before it; plain numbers stay."""
    if isinstance(value, str) and value.startswith(_RISKY) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def fetch(cursor: duckdb.DuckDBPyConnection) -> Iterable[tuple]:
    """Rows of an executed query, a chunk at a time."""
    while chunk := cursor.fetchmany(_CHUNK):
        yield from chunk


def _known(con: duckdb.DuckDBPyConnection, table: str) -> str:
    names = [
        f"{s}.{t}"
        for s, t in con.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'warehouse' and list_contains(?, schema_name) order by 1, 2",
            [list(SCHEMAS)],
        ).fetchall()
    ]
    if table not in names:
        raise ServingError(f"no published table {table!r}; there are: {', '.join(names)}")
    schema, _, name = table.partition(".")
    return f"{schema}.{quote(name)}"


def _to_csv(con: duckdb.DuckDBPyConnection, table: str, target: Path) -> int:
    con.execute(f"from {table}")
    header = [column[0] for column in con.description or []]
    with target.open("w", encoding="utf-8-sig", newline="") as out:  # the mark lets Excel see UTF-8
        return write_csv(header, fetch(con), out)


def _to_parquet(con: duckdb.DuckDBPyConnection, table: str, target: Path) -> int:
    import pyarrow.parquet as pq  # only this export needs it

    reader = con.execute(f"from {table}").to_arrow_reader(100_000)
    count = 0
    with pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _to_xlsx(con: duckdb.DuckDBPyConnection, table: str, target: Path) -> int:
    import xlsxwriter  # only this export needs it

    total = con.execute(f"select count(*) from {table}").fetchall()[0][0]
    if total > _XLSX_ROWS:
        raise ServingError(
            f"{table} has {total:,} rows, a sheet holds {_XLSX_ROWS:,}; export CSV or Parquet"
        )
    con.execute(f"from {table}")
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet(table.partition(".")[2].strip('"')[:31])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [column[0] for column in con.description or []])
        for number, row in enumerate(fetch(con), start=1):
            sheet.write_row(number, 0, row)
    return total


_WRITERS: dict[str, Callable[[duckdb.DuckDBPyConnection, str, Path], int]] = {
    ".csv": _to_csv,
    ".parquet": _to_parquet,
    ".xlsx": _to_xlsx,
}
