"""Parquet files: columns by their names, values as text.

Belongs here: opening Parquet and numbering its rows. The statement that types them is the same
as for text files.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingest.contract.model import Contract
from ingest.read import table
from ingest.read.table import BlockedError, Layout, Table
from ingest.sql import ident


def layout(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> tuple[Layout, int]:
    """Where the contract's columns are, and the number of rows.

    Raises:
        BlockedError: not Parquet, cut, or a required column is missing.
    """
    try:
        names = [row[0] for row in con.execute(
            "select column_name from (describe select * from read_parquet(?))", [str(path)]
        ).fetchall()]  # fmt: skip
        rows = con.execute("select count(*) from read_parquet(?)", [str(path)]).fetchone()
    except duckdb.Error as error:
        raise BlockedError(
            "not a readable Parquet file (cut, damaged or only named so)",
            "export or transfer the file again",
        ) from error
    assert rows is not None
    return table.find_layout([names], contract), int(rows[0])


def source_sql(path: Path, found: Layout, contract: Contract) -> str:
    """A relation of numbered rows with the contract's raw text columns."""
    picks = []
    for name, places in found.places.items():
        texts = [f"cast({ident(found.names[place])} as varchar)" for place in places]
        text = f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
        picks.append(f"{text} as {ident('r_' + name)}")
    if contract.reshapes:
        raw = table.raw_names(found.names)
        picks = [f"{ident(n)} as {ident(r)}" for n, r in zip(found.names, raw, strict=True)]
    listed = ", ".join(["file_row_number + 1 as _row_no", *picks])
    file = str(path).replace("'", "''")
    return f"(select {listed} from read_parquet('{file}', file_row_number = true))"


def read(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> Table:
    """All rows of a Parquet file.

    Raises:
        BlockedError: not Parquet, cut, or a required column is missing.
    """
    found, rows = layout(con, path, contract)
    data = con.execute(f"select * from {source_sql(path, found, contract)}").to_arrow_table()
    return Table(data, rows, {"title": 0, "total": 0, "blank": 0}, warnings=found.warnings)
