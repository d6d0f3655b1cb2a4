"""Writes a bronze file anew with some of its rows changed, part by part.

Belongs here: changing columns, hashing contents again, numbering again. Which rows change, and why,
is the caller's; making the new file count is ``swap``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.bronze import write
from ingest.contract.model import HASHED, TYPES, Contract
from ingest.sql import ident

Change = Callable[[pa.Table], pa.Table | None]  # None: this part stays as it is
ROWS = 500_000


def key_columns(contract: Contract) -> list[str]:
    """Bronze columns that hold keyed hashes."""
    return [c.outputs[0][0] for c in contract.columns if c.personal in HASHED]


def token_columns(contract: Contract) -> list[str]:
    """Columns in which a phone number may stand as a token."""
    return [c.name for c in contract.columns if c.id and c.type == "text" and not c.is_personal]


def rewrite(
    source: Path, target: Path, contract: Contract, change: Change, renumber: bool = False
) -> int | None:
    """Write ``source`` with its parts changed to ``target``; the number of rows then.

    Returns None, and writes nothing, where no part changes.
    """
    file = pq.ParquetFile(source)
    whole = renumber and any(column.ordinal for column in contract.columns)
    size = max(file.metadata.num_rows, 1) if whole else ROWS
    writer: write.Writer | None = None
    done: list[pa.Table] = []  # parts before the first one that changes
    rows = 0
    try:
        for batch in file.iter_batches(batch_size=size):
            part = pa.Table.from_batches([batch])
            changed = change(part)
            if changed is not None:
                part = _hashed(changed, contract, whole)
            if writer is None and changed is None:
                done.append(part)
                continue
            if writer is None:
                writer = write.writer(target, contract, file.schema_arrow)
                for earlier in done:
                    writer.write(earlier.cast(file.schema_arrow))
                    rows += earlier.num_rows
            writer.write(part.cast(file.schema_arrow))
            rows += part.num_rows
    except BaseException:
        if writer is not None:
            writer.drop()
        raise
    if writer is None:
        return None
    writer.close()
    return rows


def _hashed(part: pa.Table, contract: Contract, renumber: bool) -> pa.Table:
    """The rows with the hash of their contents, and numbered by it where they were."""
    names = part.column_names
    # a file from before the contract had a column lacks it
    plain = [n for c in contract.columns if c.ordinal is None for n, _ in c.outputs if n in names]
    picks = [ident(name) for name in names]
    picks[names.index("_content_hash")] = f"hash({', '.join(map(ident, plain))}) as _content_hash"
    with duckdb.connect(":memory:") as con:
        con.register("part", part)
        sql = f"select {', '.join(picks)} from part"
        if renumber:
            by = "_content_hash, _row_no" if contract.identity == "hash_ordinal" else "_row_no"
            numbered = [ident(name) for name in names]
            for column in contract.columns:
                if column.ordinal is not None:
                    over = ", ".join(map(ident, column.ordinal))
                    number = f"row_number() over (partition by {over} order by {by})"
                    numbered[names.index(column.name)] = (
                        f"cast({number} as {TYPES[column.type]}) as {ident(column.name)}"
                    )
            sql = f"select {', '.join(numbered)} from ({sql}) order by _row_no"
        return con.execute(sql).to_arrow_table()
