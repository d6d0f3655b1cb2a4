"""The scratch file of the bronze gate: the new rows of each feed, and the known keys they refer to.

The gate reads Parquet once, Great Expectations then asks a small local file; the warehouse is held
only while it is copied. Which rows are new belongs here; what is expected of them does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from baokuan.home import Home
from quality.suites import Suite


class NoWarehouse(RuntimeError):
    """The bronze gate has nothing to read; the message says what to do."""


@dataclass
class Scratch:
    """What the file holds: rows and files that are new, feed by feed; feeds that exist at all."""

    file: Path
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    available: frozenset[str] = frozenset()
    sources: dict[str, str] = field(default_factory=dict)  # file id → path below landing


def build(home: Home, suites: Sequence[Suite], file: Path, everything: bool = False) -> Scratch:
    """Copy the new rows of the suites' feeds into ``file``.

    New are the rows of files with a batch that the warehouse has not absorbed (its watermark); so a
    gate that was cut off, or a dbt build that failed, has them judged again.

    Args:
        everything: judge all of bronze, not only what is new.

    Raises:
        NoWarehouse: there is no warehouse with registered bronze views, or a writer holds it.
    """
    if not home.warehouse.is_file():
        raise NoWarehouse(f"{home.warehouse} doesn't exist; run `baokuan ingest run` first")
    con = duckdb.connect(
        str(file),
        config={
            "memory_limit": "1GB",
            "temp_directory": str(file.parent / "spill"),
            "preserve_insertion_order": False,
        },
    )
    try:
        try:
            con.execute(f"attach '{_sql(home.warehouse)}' as warehouse (read_only)")
        except duckdb.Error as error:  # IO: another process; Binder: this process
            raise NoWarehouse(
                f"{home.warehouse} can't be opened: a writer still holds it ({error})"
            ) from error
        return _fill(con, home, suites, file, everything)
    finally:
        con.close()


def _fill(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    suites: Sequence[Suite],
    file: Path,
    everything: bool,
) -> Scratch:
    have = _columns(con, "bronze")
    if "_feed" not in have:
        raise NoWarehouse(f"{home.warehouse} has no bronze views; run `baokuan ingest views` first")
    watermark = -1 if everything else _watermark(con)
    con.execute("create schema bronze; create schema known")
    found = Scratch(file)
    found.available = frozenset(
        row[0]
        for row in con.execute(
            "select feed from warehouse.bronze._feed where is_available"
        ).fetchall()
    )
    for suite in suites:
        feed = suite.name
        if feed not in found.available or feed not in have:
            continue
        ids = con.execute(
            "select file_id from warehouse.bronze._file where feed = ? and batch > ? order by 1",
            [feed, watermark],
        ).fetchall()
        found.files[feed] = tuple(row[0] for row in ids)
        columns = ", ".join(f'"{name}"' for name in have[feed] if name in suite.words)
        con.execute(
            f"create table bronze.{feed} as "
            f"select {columns} from warehouse.bronze.{feed} where _batch > ?",
            [watermark],
        )
        found.rows[feed] = con.execute(f"select count(*) from bronze.{feed}").fetchall()[0][0]
    for feed, keys in _known(suites, found):
        con.execute(
            f"create table known.{feed} as select distinct {', '.join(keys)} "
            f"from warehouse.bronze.{feed}"
        )
    found.sources = _sources(home, {i for ids in found.files.values() for i in ids})
    return found


def _known(suites: Sequence[Suite], found: Scratch) -> list[tuple[str, tuple[str, ...]]]:
    """Keys to know: those of available feeds that a suite with new rows refers to."""
    wanted: dict[str, tuple[str, ...]] = {}
    for suite in suites:
        if not found.rows.get(suite.name):
            continue
        for feed, keys in suite.known.items():
            if wanted.setdefault(feed, keys) != keys:
                raise ValueError(f"suite {suite.name}: known.{feed} differs from another suite's")
    return [(feed, keys) for feed, keys in wanted.items() if feed in found.available]


def _watermark(con: duckdb.DuckDBPyConnection) -> int:
    """Last batch that the warehouse has absorbed; -1 before the first build."""
    columns = _columns(con, "intermediate").get("int_build__watermark", [])
    name = next((c for c in columns if "batch" in c), None)
    if name is None:
        return -1
    rows = con.execute(f"select max({name}) from warehouse.intermediate.int_build__watermark")
    value = rows.fetchall()[0][0]
    return -1 if value is None else int(value)


def _columns(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, list[str]]:
    rows = con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = 'warehouse' and schema_name = ? group by 1",
        [schema],
    ).fetchall()
    return dict(rows)


def _sources(home: Home, wanted: set[str]) -> dict[str, str]:
    """Paths of the new files, so that a failure can name them; records are read one by one."""
    found = {}
    for file_id in wanted:
        path = home.outcomes / f"{file_id}.json"
        if path.is_file():
            found[file_id] = json.loads(path.read_text(encoding="utf-8")).get("source", file_id)
    return found


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
