"""Types the rows of one or many files in one statement, and tells what became of each row.

Belongs here: running the typing statement, quarantine lines, counts. What the statement says,
reading files, and writing to disk do not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import expressions
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.personal import keys
from ingest.personal.normalise import mask_text
from ingest.read.table import BadRow, Hints, Unread
from ingest.value import protect, typing_sql
from ingest.value.values import Values

QUARANTINE = pa.schema(
    [(name, pa.string()) for name in ("file_id", "kind")]
    + [("row_no", pa.int64())]
    + [(name, pa.string()) for name in ("reason", "column", "value", "raw")]
)


MISSING = typing_sql.MISSING
PLACE = ("_i", "_f", "_row_no", "_file_date")
DOUBTS = ("_f", "_row_no", "_reason", "_reason_column", "_notes")


class Engine:
    """A DuckDB in memory that types rows; remembers what texts mean."""

    def __init__(self, threads: int | None = None, key: bytes | None = None) -> None:
        self.con = duckdb.connect(":memory:")
        self.con.execute("set timezone = 'UTC'; set autoinstall_known_extensions = false")
        if threads is not None:
            self.con.execute(f"set threads = {int(threads)}")
        self.key = key or keys.load()
        keys.install(self.con, self.key)
        expressions.install(self.con)
        self.values = Values(self.con)

    def close(self) -> None:
        self.con.close()

    def type_rows(
        self, contract: Contract, parts: list[tuple[pa.Table, date | None]], hints: Hints
    ) -> tuple[pa.Table, pa.Table]:
        """(kept rows, rows with a reason or notes), each by file and row.

        ``parts`` are raw tables with their file date; ``_f`` in the result is the place in it.
        Rows with a reason or notes come with their raw text of non-personal columns, ``r_<name>``.
        """
        source = self._source(contract, parts)
        typed = self._typed(contract, source, hints, coded=len(parts) == 1)
        is_noted = pc.or_(pc.is_valid(typed["_reason"]), pc.is_valid(typed["_notes"]))
        noted = typed.filter(is_noted)
        kept = typed
        if typed["_reason"].null_count != typed.num_rows:
            kept = typed.filter(pc.is_null(typed["_reason"]))
        shown = [f"r_{c.name}" for c in typing_sql.raw_sources(contract) if not c.is_personal]
        raw = source.select(shown).filter(is_noted)
        counts = [name for name in noted.column_names if name.startswith("_n_")]
        noted = noted.select([*DOUBTS, *counts])
        for name in shown:
            noted = noted.append_column(name, raw[name])
        return kept, noted

    def _typed(self, contract: Contract, source: pa.Table, hints: Hints, coded: bool) -> pa.Table:
        """Every row with its values, why it is not kept, and its notes."""
        values = self.values.of(contract, source, hints, coded)
        columns = {name: source[name] for name in PLACE}
        columns |= {name: source[name] for name in source.column_names if name.startswith("p_")}
        for name, meaning in values.items():
            for letter in "vbmw":
                cells = getattr(meaning, letter)
                if cells is not None and cells.null_count < len(cells):
                    columns[f"{letter}_{name}"] = cells
        found = typing_sql.Found(
            frozenset(name for name, m in values.items() if m.v.null_count),
            frozenset(name for name, m in values.items() if m.v.null_count == len(m.v)),
            *(
                frozenset(name for name, m in values.items() if getattr(m, letter) is not None)
                for letter in "bmw"
            ),
        )
        self.con.register("read_values", pa.table(columns))
        try:
            sql = typing_sql.statement(contract, "read_values", found)
            typed = self.con.execute(sql).to_arrow_table()
        finally:
            self.con.unregister("read_values")
        same = {} if typing_sql.mixes(contract) else {name: columns[name] for name in PLACE[:3]}
        for bronze_name, name in typing_sql.untouched(contract, found).items():
            same[bronze_name] = values[name].v
        for name in ("_reason", "_reason_column", "_notes"):
            if name not in typed.column_names:
                same[name] = pa.nulls(typed.num_rows, pa.string())
        return pa.table({**dict(zip(typed.column_names, typed.columns, strict=True)), **same})

    def _source(self, contract: Contract, parts: list[tuple[pa.Table, date | None]]) -> pa.Table:
        """The raw rows of all parts in one table, phones and accounts hashed."""
        tables, sizes = [data for data, _ in parts], [data.num_rows for data, _ in parts]
        source = (
            tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")
        )
        source = protect.columns(source, contract, self.key)
        days = pa.array([day for _, day in parts], pa.date32())
        numbers = np.repeat(np.arange(len(parts), dtype=np.int32), sizes)
        columns = dict(zip(source.column_names, source.columns, strict=True))
        for column in contract.columns:
            name = f"r_{column.name}"
            if name not in columns and (column.sources or column.expr):
                columns[name] = pa.nulls(source.num_rows, pa.string())
            if column.personal == "phone" and f"p_{column.name}" not in columns:
                columns[f"p_{column.name}"] = pa.nulls(source.num_rows, pa.string())
        columns["_f"] = pa.array(numbers)
        columns["_file_date"] = days.take(columns["_f"])
        columns["_i"] = pa.array(np.arange(source.num_rows))
        return pa.table(columns)


def by_file(rows: pa.Table, count: int) -> list[pa.Table]:
    """The rows of each file; they come sorted by file."""
    sizes = np.bincount(rows["_f"].to_numpy(), minlength=count).tolist()
    ends = np.cumsum(sizes).tolist()
    return [rows.slice(end - size, size) for size, end in zip(sizes, ends, strict=True)]


def entries(
    contract: Contract,
    file_id: str,
    bad: list[BadRow],
    noted: list[dict[str, Any]],
    unread: Sequence[Unread] = (),
) -> list[dict[str, Any]]:
    """Quarantine lines of one file: rows not kept, values rejected, rules that flag.

    Values and raw text are of non-personal columns only, and masked besides.
    """
    secret = {column.name for column in contract.columns if column.is_personal}
    lines = [
        {"file_id": file_id, "kind": "row", "row_no": row.row_no, "reason": row.reason}
        for row in bad
    ]
    told = {(one.row_no, one.column): one for one in reversed(unread)}
    for row in noted:
        cells = {name[2:]: value for name, value in row.items() if name.startswith("r_") and value}
        text = mask_text(json.dumps(cells, ensure_ascii=False))
        raw = json.loads(text)
        base = {"file_id": file_id, "row_no": row["_row_no"], "raw": text}
        reason, name = row["_reason"], row["_reason_column"]
        if reason is not None:
            value = None if name in secret else raw.get(name)
            if reason == MISSING and (one := told.pop((row["_row_no"], name), None)):
                reason, value = one.reason, one.value
            lines.append({**base, "kind": "row", "reason": reason, "column": name, "value": value})
        for note in filter(None, (row["_notes"] or "").split(",")):
            if note.startswith("rule "):
                lines.append({**base, "kind": "flag", "reason": note})
            elif reason is None or note != name:
                line = {**base, "kind": "value", "reason": "value rejected", "column": note}
                lines.append({**line, "value": None if note in secret else raw.get(note)})
    refused = {line["row_no"] for line in lines if line["kind"] == "row"}
    lines += [
        {"file_id": file_id, "kind": "value", "row_no": one.row_no, "reason": one.reason,
         "column": one.column, "value": one.value}
        for one in told.values()
        if one.row_no not in refused
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line["row_no"], line["kind"]))


@dataclass
class Tally:
    """Counts of one file, added up over its blocks."""

    kept: int = 0
    quarantined: int = 0
    derived: int = 0
    in_file: int = 0
    skipped: Counter[str] = field(default_factory=lambda: Counter(title=0, total=0, blank=0))
    rejected: Counter[str] = field(default_factory=Counter)
    personal: Counter[str] = field(default_factory=Counter)
    latest: date | None = None

    def add(
        self, contract: Contract, kept: pa.Table, noted: pa.Table, lines: list[dict[str, Any]]
    ) -> None:
        """Count a block's rows; ``lines`` are its quarantine lines."""
        bad = [line["row_no"] for line in lines if line["kind"] == "row"]
        if contract.derives:  # a row of the file counts as kept when all its rows are
            good = pc.unique(kept["_row_no"])
            lost = len(set(bad))
            whole = len(good) - len(set(good.to_pylist()) & set(bad))
            self.kept, self.quarantined = self.kept + whole, self.quarantined + lost
            self.derived += kept.num_rows - whole
        else:
            self.kept, self.quarantined = self.kept + kept.num_rows, self.quarantined + len(bad)
        self.rejected.update(line["column"] for line in lines if line["kind"] == "value")
        refused = noted.filter(pc.is_valid(noted["_reason"]))
        for name in typing_sql.COUNTS:
            if f"_n_{name}" in kept.column_names:
                for rows in (kept, refused):
                    self.personal[name] += pc.sum(rows[f"_n_{name}"]).as_py() or 0
        self.latest = max(filter(None, (self.latest, _latest_day(contract, kept))), default=None)

    def fill(self, outcome: Outcome) -> None:
        """Write the counts into an outcome."""
        outcome.rows_in_file, outcome.rows_kept = self.in_file, self.kept
        outcome.rows_quarantined, outcome.rows_derived = self.quarantined, self.derived
        outcome.rows_skipped = dict(self.skipped)
        outcome.values_rejected = dict(sorted(self.rejected.items()))
        outcome.personal = {name: int(n) for name, n in self.personal.items() if n}
        if outcome.file_date is None and self.latest is not None:
            outcome.file_date = self.latest.isoformat()


def _latest_day(contract: Contract, rows: pa.Table) -> date | None:
    """The last business day in the rows: a file's date where its name has none."""
    if contract.business_date is None or contract.business_date not in rows.column_names:
        return None
    value = pc.max(rows[contract.business_date]).as_py()
    if isinstance(value, datetime):
        value = (value - timedelta(minutes=contract.cutoff_minutes)).date()
    return value  # type: ignore[no-any-return]
