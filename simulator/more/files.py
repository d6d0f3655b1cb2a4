"""Writes the extra feeds: CSV, JSON lines and plain workbooks, by window.

Belongs here: formats, encodings, file names, and the account of what was put into each file, which
tests compare with what the intake made of it. What rows say does not belong here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl

from simulator.exports.files import Sink
from simulator.exports.workbook import Book

GB18030 = ("erp", "crm", "scm")  # systems that export like a spreadsheet on Chinese Windows


class Writer:
    """Writes files of the windows that this run writes, and counts what they hold."""

    def __init__(self, sink: Sink) -> None:
        self.sink, self.settings, self.windows = sink, sink.settings, sink.windows
        self.notes: list[tuple[str, str, int, int, int]] = []

    def delta(self, path: str, rows: pl.DataFrame, kind: str = "delta", ext: str = "csv") -> None:
        """A file for each window (``_win``); rows that are ``_bad`` are to end in quarantine."""
        for (window,), part in sorted(rows.partition_by("_win", as_dict=True).items()):
            number = int(str(window))
            if number >= 0 and self.sink.wanted(number):
                self._table(path, kind, self.windows.all[number].stamp, ext, part.drop("_win"))
        self.sink.progress(f"{path.split('/')[1]}: {rows.height:,} rows")

    def full(self, path: str, build: Callable[[int], pl.DataFrame], ext: str = "csv") -> None:
        """The whole list, as it is known on the last day and weekly after it."""
        for day in self.full_days():
            rows = build(day)
            if rows.height:
                self._table(path, "full", f"{self.settings.day(day):%Y%m%d}", ext, rows)
            self.sink.progress(f"{path.split('/')[1]}: {rows.height:,} rows")

    def full_days(self) -> list[int]:
        """Days with full exports that this run writes."""
        base = self.settings.base_days
        days = [base - 1, *range(base + 6, self.settings.days, 7)]
        return [day for day in days if self.sink.wanted(int(self.windows.of_day[day]))]

    def _table(self, path: str, kind: str, stamp: str, ext: str, rows: pl.DataFrame) -> None:
        bad = int(rows["_bad"].sum()) if "_bad" in rows.columns else 0
        rows = rows.drop("_bad", strict=False)
        file = self.file(f"{path}_{kind}_{stamp}_1.{ext}")
        if ext == "csv":
            file.write_bytes(_csv(rows, "gb18030" if path.split("/")[0] in GB18030 else "utf-8"))
        elif ext == "jsonl":
            shown = pl.selectors.temporal().dt.strftime("%Y-%m-%d %H:%M:%S")
            rows.with_columns(shown).write_ndjson(file)
        else:
            with Book(file) as book:
                book.table("Sheet1", path.split("/")[1], rows)
        self.note(path.split("/")[1], file, rows.height, bad)

    def file(self, name: str) -> Path:
        """A file to be written below the landing folder."""
        path = self.settings.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def note(self, contract: str, file: Path, rows: int, bad: int = 0, rejected: int = 0) -> None:
        """Remember what the intake should find: rows, rows it cannot keep, values it rejects."""
        name = str(file.relative_to(self.settings.out))
        self.notes.append((contract, name, rows, bad, rejected))

    def finish(self) -> None:
        """Count the files and leave the account beside the truth."""
        files = sorted({name for _, name, *_ in self.notes})
        self.sink.files += len(files)
        self.sink.bytes += sum((self.settings.out / name).stat().st_size for name in files)
        schema = ["contract", "file", "rows", "quarantined", "rejected"]
        self.settings.truth.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(self.notes, schema=schema, orient="row").write_parquet(
            self.settings.truth / "more.parquet"
        )


def _csv(rows: pl.DataFrame, encoding: str) -> bytes:
    buffer = io.BytesIO()
    rows.write_csv(buffer, float_precision=2, datetime_format="%Y-%m-%d %H:%M:%S")
    body = buffer.getvalue()
    return body if encoding == "utf-8" else body.decode().encode(encoding)
