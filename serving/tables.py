"""Tables of the published schemas, from one open file to another: columns, types, comments."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from serving.versions import FILE, ServingError

SCHEMAS = ("core", "people", "goods", "place", "hits", "metrics")
MARTS = ("people", "goods", "place", "hits", "metrics")
WAREHOUSE, TARGET = "warehouse", "dst"  # catalogs: what was built, and the candidate

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


def relations(con: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[str, str, str | None]]:
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


def copy_table(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    """Create a table of the warehouse in the candidate."""
    name = f"{schema}.{quote(table)}"
    try:
        columns = picked(con, schema, table)
        con.execute(f"create table {TARGET}.{name} as select {columns} from {WAREHOUSE}.{name}")
    except duckdb.ConversionException as error:
        raise ServingError(f"{schema}.{table}: a value doesn't fit its column ({error})") from error


def comment_on(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    comment: str | None,
    words: Mapping[str, str],
) -> None:
    target = f"{TARGET}.{schema}.{quote(table)}"
    texts = {f"table {target}": words.get("") or comment}
    for name, _, text in columns_of(con, schema, table):
        texts[f"column {target}.{quote(name)}"] = words.get(name) or text
    said = [f"comment on {what} is {literal(text)}" for what, text in texts.items() if text]
    if said:
        con.execute(";".join(said))


def columns_of(
    con: duckdb.DuckDBPyConnection, schema: str, table: str
) -> list[tuple[str, str, str | None]]:
    """Name, type and comment of the columns."""
    return con.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [WAREHOUSE, schema, table],
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


def picked(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """The columns of a table of the warehouse as they are published."""
    columns = columns_of(con, schema, table)
    return ", ".join(_presentable(name, data_type) for name, data_type, _ in columns)
