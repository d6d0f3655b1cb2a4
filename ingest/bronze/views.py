"""The bronze schema of the warehouse: one view a feed over exactly the committed files.

Belongs here: views and small tables that dbt reads as its sources. No business rule, no parsing
of exports; the retailer's settings are taken over as they are.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import fastexcel

from baokuan import clock, lock
from baokuan.home import STORAGE_VERSION, Home, config_dir
from ingest import outcomes
from ingest.bronze import packs, schema, swap
from ingest.contract import Contract, load_all, templates
from ingest.outcomes import Outcome

CONFIG = {
    "thresholds": (("name", "VARCHAR"), ("value", "DECIMAL(18,4)")),
    "launch_overrides": (("skc_id", "VARCHAR"), ("launch_date", "DATE")),
    "code_map": (("kind", "VARCHAR"), ("old_code", "VARCHAR"), ("new_code", "VARCHAR")),
    "exclusions": (("kind", "VARCHAR"), ("key", "VARCHAR")),
    "region_users": (("user_name", "VARCHAR"), ("region", "VARCHAR")),
}


@dataclass(frozen=True)
class _Feed:
    contract: Contract
    files: list[Outcome]
    held: int


def register(home: Home, con: duckdb.DuckDBPyConnection | None = None) -> dict[str, int]:
    """(Re)create schema bronze in the warehouse; returns the number of loaded files by feed.

    Raises:
        ValueError: a settings file of the retailer is wrong; says file, row and column.
    """
    if swap.journal(home).exists():  # a rotation or erasure was interrupted
        with lock.intake(home).held():
            swap.finish(home)
    if con is None:
        home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(
            str(home.warehouse), config={"storage_compatibility_version": STORAGE_VERSION}
        ) as own:
            return register(home, own)
    canonical = [contract for contract in load_all() if contract.source is None]
    everything = outcomes.read_all(home)
    con.execute("begin")
    try:
        con.execute("create schema if not exists bronze")
        feeds = [_feed(contract, everything) for contract in canonical]
        _tables(con, feeds)
        for feed in feeds:
            packs.renew(home, con, feed.contract.feed, [o for o in feed.files if o.bronze_path])
            con.execute(view_sql(home, feed.contract, feed.files))
        for name, columns in CONFIG.items():
            _config(con, name, columns, config_dir() / f"{name}.csv")
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return {feed.contract.feed: len(feed.files) for feed in feeds}


def _feed(contract: Contract, everything: list[Outcome]) -> _Feed:
    mine = [outcome for outcome in everything if outcome.feed == contract.feed]
    files = [outcome for outcome in mine if outcome.status in ("loaded", "empty")]
    return _Feed(contract, files, sum(1 for outcome in mine if outcome.status == "held"))


def view_sql(home: Home, contract: Contract, files: list[Outcome]) -> str:
    """The view of a feed: its typed columns, the row's origin, and what its file's name says."""
    written = [outcome for outcome in files if outcome.bronze_path]
    columns = schema.columns(contract)
    name = f"create or replace view bronze.{contract.feed} as "
    if not written:
        empty = ", ".join(f'null::{_shown_type(n, t)} as "{n}"' for n, t in columns)
        return (
            f"{name}select {empty}, null::date as _file_date, null::varchar as _file_seq, "
            "null::varchar as _file_hash, null::bigint as _batch where false"
        )
    picks = ", ".join(
        "printf('%016x', b._content_hash) as _content_hash" if n == "_content_hash" else f'b."{n}"'
        for n, _ in columns
    )
    return (
        f"{name}select {picks}, f.file_date as _file_date, f.file_seq as _file_seq, "
        f"f.content_hash as _file_hash, f.batch as _batch "
        f"from {schema.relation(home, contract, written)} b "
        "join bronze._file f on f.file_id = b._file_id"
    )


def _shown_type(name: str, sql_type: str) -> str:
    return "VARCHAR" if name == "_content_hash" else sql_type


def _tables(con: duckdb.DuckDBPyConnection, feeds: list[_Feed]) -> None:
    con.execute(
        "create or replace table bronze._file (file_id varchar, feed varchar, file_date date, "
        "file_seq varchar, content_hash varchar, batch bigint, rows bigint)"
    )
    rows = [
        (o.file_id, o.feed, o.file_date, o.file_seq, o.content_hash, o.batch, _rows(o))
        for feed in feeds
        for o in feed.files
    ]
    _insert(con, "bronze._file", rows, 7)
    con.execute(
        "create or replace table bronze._feed "
        "(feed varchar, files bigint, rows bigint, is_available boolean, is_held boolean)"
    )
    counts = [
        (
            f.contract.feed,
            len(f.files),
            sum(map(_rows, f.files)),
            bool(f.files),
            f.held > 0,
        )
        for f in feeds
    ]
    _insert(con, "bronze._feed", counts, 5)
    now = clock.now()
    con.execute("create or replace table bronze._run (now_at timestamp, as_of_date date)")
    con.execute(
        "insert into bronze._run values (?, ?)", [now.replace(tzinfo=None), clock.as_of(now)]
    )


def _rows(outcome: Outcome) -> int:
    """Rows in bronze."""
    return outcome.rows_kept + outcome.rows_derived


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple], width: int) -> None:  # type: ignore[type-arg]
    marks = "(" + ", ".join("?" * width) + ")"
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        con.execute(
            f"insert into {table} values " + ", ".join([marks] * len(part)),
            [value for row in part for value in row],
        )


def _config(
    con: duckdb.DuckDBPyConnection, name: str, columns: tuple[tuple[str, str], ...], path: Path
) -> None:
    """One of the retailer's lists as a typed table; empty where there is no such file."""
    table = f"bronze._config_{name}"
    con.execute(f"create or replace table {table} ({', '.join(f'{n} {t}' for n, t in columns)})")
    for where, number, row in [*_csv_rows(path, columns), *_sheet_rows(path, name, columns)]:
        for column, sql_type in columns:
            value = (row[column] or "").strip()
            test = con.execute(f"select try_cast(? as {sql_type}) is null", [value]).fetchone()
            if not value or (test and test[0]):
                raise ValueError(
                    f"{where}: row {number}: column {column}: '{value}' is not a "
                    f"{sql_type.lower()}; mend or remove the row"
                )
        marks = ", ".join("?" for _ in columns)
        values = [(row[column] or "").strip() for column, _ in columns]
        con.execute(f"insert into {table} values ({marks})", values)


Rows = list[tuple[str, int, dict[str, str | None]]]  # where it stands, row number, values


def _csv_rows(path: Path, columns: tuple[tuple[str, str], ...]) -> Rows:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [n for n, _ in columns if n not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{path}: row 1: column {', '.join(missing)} is missing; add it")
        return [(str(path), number, row) for number, row in enumerate(reader, 2)]


def _sheet_rows(path: Path, name: str, columns: tuple[tuple[str, str], ...]) -> Rows:
    """The same list in settings.xlsx, which ``make init`` writes to be filled by hand."""
    book_path = path.with_name(templates.SETTINGS)
    if not book_path.is_file():
        return []
    try:
        book = fastexcel.read_excel(book_path)
        if name not in book.sheet_names:
            return []
        sheet = book.load_sheet(name, header_row=None, dtypes="string").to_arrow().to_pylist()
    except fastexcel.FastExcelError as error:
        raise ValueError(f"{book_path}: not a readable workbook; save it again as .xlsx") from error
    rows = [list(row.values()) for row in sheet]
    header = [str(cell or "").strip() for cell in rows[0]] if rows else []
    missing = [n for n, _ in columns if n not in header]
    if missing:
        raise ValueError(f"{book_path}: sheet {name}: column {', '.join(missing)} is missing")
    where = f"{book_path}: sheet {name}"
    return [
        (where, number, dict(zip(header, _days(row, header, columns), strict=False)))
        for number, row in enumerate(rows[1:], 2)
        if any(cell and str(cell).strip() for cell in row)
    ]


def _days(
    row: list[str | None], header: list[str], columns: tuple[tuple[str, str], ...]
) -> list[str | None]:
    """Dates of a sheet without their time of day."""
    days = {name for name, sql_type in columns if sql_type == "DATE"}
    return [
        cell.split(" ")[0].split("T")[0] if cell and name in days else cell
        for cell, name in zip(row, header, strict=False)
    ]
