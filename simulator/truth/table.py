"""A truth table that is written piece by piece, since a whole one may not fit into memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

PIECE_ROWS = 500_000


class Table:
    """One Parquet file. Pieces have the columns and types of the first one."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._waiting: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, piece: pl.DataFrame) -> None:
        self._waiting.append(piece)
        if sum(part.height for part in self._waiting) >= PIECE_ROWS:
            self._write()

    def _write(self) -> None:
        piece = pl.concat(self._waiting).to_arrow(compat_level=pl.CompatLevel.oldest())
        self._waiting = []
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(
                self.path, piece.schema, compression="zstd", compression_level=1
            )
        self._writer.write_table(piece)
        self.rows += piece.num_rows

    def close(self) -> int:
        """Write what is left; number of rows."""
        if self._waiting or self._writer is None:
            self._write()
        assert self._writer is not None
        self._writer.close()
        return self.rows
