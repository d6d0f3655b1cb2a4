"""The candidate: a fresh file that holds only the published schemas of the closed warehouse.

Copying tables, comments and presentable types belongs here. Judging the candidate does not
(quality/), nor does moving the pointer (publish.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from baokuan import lock
from baokuan.home import STORAGE_VERSION, Home
from serving import versions
from serving.versions import FILE, KINDS, ServingError

SCHEMAS = ("core", "people", "goods", "place", "hits", "metrics")
MARTS = ("people", "goods", "place", "hits", "metrics")

Descriptions = Mapping[tuple[str, str], Mapping[str, str]]  # (schema, table) → column or "" → text

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
    with lock.publishing(home):
        discard_leftovers(home)
    stamp = versions.next_stamp([])
    root = home.published / f".candidate-{stamp}-{kind}-{os.getpid()}"
    root.mkdir()
    try:
        words = descriptions(home.dbt_manifest)
        copy(home.warehouse, root / FILE, words, spill=root / "spill")
    except BaseException:
        versions.remove(root)
        raise
    return root / FILE


def descriptions(manifest: Path) -> Descriptions:
    """What dbt says of each table and its columns; empty before dbt's first parse."""
    if not manifest.is_file():
        return {}
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        (node["schema"], node["alias"]): {
            "": node["description"],
            **{name: column["description"] for name, column in node["columns"].items()},
        }
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in SCHEMAS
    }


def copy(
    source: Path, target: Path, words: Descriptions | None = None, spill: Path | None = None
) -> None:
    """Copy the tables of the published schemas from one file into a new one.

    Args:
        words: descriptions become comments, before those that the source file has itself.
    """
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
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists dst.{schema}")
        # Large tables first, two at a time: the end of a table is written by one thread alone.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda table: _copy_table(con.cursor(), *table[:2]), tables))
        # One transaction: a thousand comments are a thousand flushes otherwise.
        con.execute("begin")
        for schema, table, comment in tables:
            _comment(con, schema, table, comment, (words or {}).get((schema, table), {}))
        con.execute("commit")
        con.execute("checkpoint dst")
    finally:
        con.close()


def discard_leftovers(home: Home, keep: Path | None = None) -> None:
    """Remove what a crashed publisher left: candidates, half-removed folders, temp pointers.

    Call it under lock.publishing().
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
    """Tables and views of the published schemas, large ones first; a view becomes a table."""
    return con.execute(
        """
        select schema_name, table_name, comment from (
            select schema_name, table_name, comment, estimated_size from duckdb_tables()
            where database_name = $catalog and list_contains($schemas, schema_name)
            union all
            select schema_name, view_name, comment, 0 from duckdb_views()
            where database_name = $catalog and list_contains($schemas, schema_name)
        )
        order by estimated_size desc, 1, 2
        """,
        {"catalog": catalog, "schemas": list(SCHEMAS)},
    ).fetchall()


def _copy_table(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    columns = _columns(con, schema, table)
    picked = ", ".join(_presentable(name, data_type) for name, data_type, _ in columns)
    name = f"{schema}.{quote(table)}"
    try:
        con.execute(f"create table dst.{name} as select {picked} from src.{name}")
    except duckdb.ConversionException as error:
        raise ServingError(f"{schema}.{table}: a value doesn't fit its column ({error})") from error
    finally:
        con.close()


def _comment(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    comment: str | None,
    words: Mapping[str, str],
) -> None:
    target = f"dst.{schema}.{quote(table)}"
    texts = {f"table {target}": words.get("") or comment}
    for name, _, text in _columns(con, schema, table):
        texts[f"column {target}.{quote(name)}"] = words.get(name) or text
    said = [f"comment on {what} is {literal(text)}" for what, text in texts.items() if text]
    if said:
        con.execute(";".join(said))


def _columns(
    con: duckdb.DuckDBPyConnection, schema: str, table: str
) -> list[tuple[str, str, str | None]]:
    """Name, type and comment of the columns."""
    return con.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'src' and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()


def _presentable(name: str, data_type: str) -> str:
    column = quote(name)
    if data_type in _CASTS:
        return f"cast({column} as {_CASTS[data_type]}) as {column}"
    if data_type.startswith("ENUM"):
        return f"cast({column} as varchar) as {column}"
    if data_type.endswith("]") or data_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({column}) as varchar) as {column}"
    return column
