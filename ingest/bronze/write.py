"""Writing bronze and quarantine Parquet: under another name first, so nobody sees a part of it.

Belongs here: the layout of these files. What their rows say does not.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from baokuan.home import Home
from ingest.bronze import schema
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.read.table import Table
from ingest.value.accept import QUARANTINE, Tally, entries


def _constant(value: pa.Scalar, size: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int8()), size), pa.array([value])
    )


def file_rows(contract: Contract, kept: pa.Table, outcome: Outcome, now: datetime) -> pa.Table:
    """The rows of one file as they are written."""
    size = kept.num_rows
    constant = {
        "_file_id": pa.scalar(outcome.file_id),
        "_contract_version": pa.scalar(outcome.contract_version),
    }
    moment = pa.repeat(pa.scalar(now.replace(tzinfo=None), pa.timestamp("us")), size)
    picked = {}
    for name, _ in schema.columns(contract):
        if name in constant:
            picked[name] = _constant(constant[name], size)
        else:
            picked[name] = moment if name == "_ingested_at" else kept[name]
    return pa.table(picked)


class Writer:
    """Writes one Parquet file in one or more parts; ``close`` gives it its name."""

    def __init__(
        self, path: Path, schema: pa.Schema, plain: frozenset[str] = frozenset(),
        judged: frozenset[str] | None = None,
    ) -> None:  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.draft = path, path.with_name(path.name + ".tmp")
        self.schema = schema
        self.writer = pq.ParquetWriter(
            self.draft,
            schema,
            compression="snappy",
            use_dictionary=[name for name in schema.names if name not in plain],  # type: ignore[arg-type]
            store_decimal_as_integer=True,
            write_statistics=True if judged is None else sorted(judged),  # type: ignore[arg-type]
            store_schema=False,  # how the rows were coded here is no matter to readers
        )

    def write(self, rows: pa.Table) -> None:
        if rows.schema != self.schema:  # a column may be coded in one part and not in another
            rows = rows.cast(self.schema)
        self.writer.write_table(rows)

    def close(self) -> None:
        self.writer.close()
        self.draft.replace(self.path)

    def drop(self) -> None:
        """Give up: nothing is left behind."""
        self.writer.close()
        self.draft.unlink(missing_ok=True)


def writer(path: Path, contract: Contract, schema: pa.Schema) -> Writer:
    """A writer for bronze; columns whose values hardly repeat go without a dictionary.

    Of texts only those of the key have a smallest and largest value noted: nobody else asks.
    """
    plain = {"_row_no", "_content_hash"}
    plain |= {c.name for c in contract.columns if c.id or c.type == "timestamp"}
    judged = {name for name, sql_type in contract.outputs if sql_type != "VARCHAR"}
    judged |= {"_row_no", *contract.stored_key}
    return Writer(path, schema, frozenset(plain), frozenset(judged & set(schema.names)))


def write_quarantine(path: Path, lines: list[dict[str, Any]]) -> None:
    target = Writer(path, QUARANTINE)
    target.write(pa.Table.from_pylist(lines, schema=QUARANTINE))
    target.close()


def write_small(
    home: Home, contract: Contract, outcome: Outcome, table: Table, kept: pa.Table,
    noted: pa.Table, now: datetime,
) -> None:  # fmt: skip
    """Bronze and quarantine of one small file; its counts go into the outcome."""
    tally = Tally()
    lines = entries(contract, outcome.file_id, table.bad, noted.to_pylist(), table.unread)
    tally.in_file = table.rows_in_file
    tally.skipped.update(table.skipped)
    tally.add(contract, kept, noted, lines)
    tally.fill(outcome)
    outcome.encoding, outcome.warnings = table.encoding, table.warnings
    if kept.num_rows:
        outcome.bronze_path = f"bronze/{contract.feed}/{outcome.file_id}.parquet"
        rows = file_rows(contract, kept, outcome, now)
        target = writer(home.root / outcome.bronze_path, contract, rows.schema)
        target.write(rows)
        target.close()
    if lines:
        outcome.quarantine_path = f"quarantine/{contract.feed}/{outcome.file_id}.parquet"
        write_quarantine(home.root / outcome.quarantine_path, lines)
