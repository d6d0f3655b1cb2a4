"""The candidate: a fresh file that holds only the published schemas of the closed warehouse.

Copying tables, comments and presentable types belongs here. Judging the candidate does not
(quality/), nor does moving the pointer (publish.py).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from baokuan.home import STORAGE_VERSION, Home
from serving import versions
from serving.versions import FILE, KINDS, ServingError

SCHEMAS = ("core", "people", "goods", "place", "hits", "metrics")
MARTS = ("people", "goods", "place", "hits", "metrics")

# What dashboards and spreadsheets can't show as it is. Casts raise on overflow, never truncate.
_CASTS = {
    "HUGEINT": "bigint",
    "UHUGEINT": "bigint",
    "UBIGINT": "bigint",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "integer",
    "TINYINT": "integer",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_S": "timestamp",
}


def make(home: Home, kind: str) -> Path:
    """Copy the published schemas into ``published/.candidate-<id>/warehouse.duckdb``.

    Returns:
        The candidate's file. Its folder belongs to publish() or refuse() from then on.

    Raises:
        ServingError: no warehouse, a writer holds it, or it has nothing to publish.
    """
    if kind not in KINDS:
        raise ServingError(f"kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if not home.warehouse.is_file():
        raise ServingError(f"{home.warehouse} doesn't exist; run `make nightly` first")
    with versions.publishing(home):
        discard_leftovers(home)
    stamp = versions.next_stamp([])
    root = home.published / f".candidate-{stamp}-{kind}-{os.getpid()}"
    root.mkdir()
    try:
        copy(home.warehouse, root / FILE, spill=root / "spill")
    except BaseException:
        versions.remove(root)
        raise
    return root / FILE


def copy(source: Path, target: Path, spill: Path | None = None) -> None:
    """Copy the tables of the published schemas from one file into a new one, with comments."""
    con = duckdb.connect(
        config={
            "memory_limit": "2GB",
            "temp_directory": str(spill or ""),
            "preserve_insertion_order": False,
        }
    )
    try:
        try:
            con.execute(f"attach {literal(source)} as src (read_only)")
        except duckdb.Error as error:  # IO: another process; Binder: this process
            raise ServingError(
                f"{source} can't be opened: a writer still holds it or it is damaged ({error}); "
                "close the writer (dbt, a notebook) and run again"
            ) from error
        tables = _relations(con, "src")
        if not tables:
            raise ServingError(
                f"{source} holds none of the schemas {', '.join(SCHEMAS)}; run the dbt build first"
            )
        con.execute(f"attach {literal(target)} as dst (storage_version '{STORAGE_VERSION}')")
        # One transaction: a thousand comments are a thousand flushes otherwise.
        con.execute("begin")
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists dst.{schema}")
        for schema, table, comment in tables:
            _copy_table(con, schema, table, comment)
        con.execute("commit")
        con.execute("checkpoint dst")
    finally:
        con.close()


def discard_leftovers(home: Home, keep: Path | None = None) -> None:
    """Remove what a crashed publisher left: candidates, half-removed folders, temp pointers.

    Call it under versions.publishing().
    """
    for path in home.published.glob(".candidate-*"):
        owner = path.name.rpartition("-")[2]
        elsewhere = owner.isdigit() and int(owner) != os.getpid() and versions.alive(int(owner))
        if path != keep and not elsewhere:
            versions.remove(path)
    for pattern in (".removing-*", "ops/.removing-*", "ops/.building-*"):
        for path in home.published.glob(pattern):
            versions.remove(path)
    for path in home.published.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def table_counts(con: duckdb.DuckDBPyConnection, catalog: str = FILE.split(".")[0]) -> dict:
    """``{"hits.board": rows}`` of the published tables in an open file."""
    names = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = ? and list_contains(?, schema_name) order by 1, 2",
        [catalog, list(SCHEMAS)],
    ).fetchall()
    return {
        f"{s}.{t}": con.execute(f"select count(*) from {catalog}.{s}.{quote(t)}").fetchall()[0][0]
        for s, t in names
    }


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _relations(con: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[str, str, str | None]]:
    """Tables and views of the published schemas; a view is published as a table."""
    return con.execute(
        """
        select schema_name, table_name, comment from duckdb_tables()
        where database_name = $catalog and list_contains($schemas, schema_name)
        union all
        select schema_name, view_name, comment from duckdb_views()
        where database_name = $catalog and list_contains($schemas, schema_name)
        order by 1, 2
        """,
        {"catalog": catalog, "schemas": list(SCHEMAS)},
    ).fetchall()


def _copy_table(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, comment: str | None
) -> None:
    columns = con.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'src' and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    target = f"dst.{schema}.{quote(table)}"
    picked = ", ".join(_presentable(name, data_type) for name, data_type, _ in columns)
    try:
        con.execute(f"create table {target} as select {picked} from src.{schema}.{quote(table)}")
    except duckdb.ConversionException as error:
        raise ServingError(f"{schema}.{table}: a value doesn't fit its column ({error})") from error
    if comment:
        con.execute(f"comment on table {target} is {literal(comment)}")
    for name, _, text in columns:
        if text:
            con.execute(f"comment on column {target}.{quote(name)} is {literal(text)}")


def _presentable(name: str, data_type: str) -> str:
    column = quote(name)
    if data_type in _CASTS:
        return f"cast({column} as {_CASTS[data_type]}) as {column}"
    if data_type.startswith("ENUM"):
        return f"cast({column} as varchar) as {column}"
    if data_type.endswith("]") or data_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({column}) as varchar) as {column}"
    return column
