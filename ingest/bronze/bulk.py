"""Large text files: block by block on all cores, memory flat whatever the size.

Belongs here: the pipeline of blocks of one file. Small files go many at once through ``load.run``.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from baokuan.home import Home
from ingest.arrive import naming
from ingest.arrive.landing import Landed
from ingest.bronze import write
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.read import any as any_format
from ingest.read import delimited, lines, stream
from ingest.read.encoding import Block, Coded
from ingest.read.table import BlockedError, Table
from ingest.shape import reshape
from ingest.value import accept
from ingest.value.accept import Engine, Tally

LARGE = 16_000_000  # bytes from which a file is worth the pipeline
WORKERS = max(1, min(4, os.cpu_count() or 1))


@dataclass
class _Done:
    """A block that has been read and typed."""

    block: Block | Coded
    table: Table
    kept: pa.Table
    noted: pa.Table


def is_large(landed: Landed, contract: Contract) -> bool:
    """Is this a text file to be streamed? Numbering within groups needs the whole file at once."""
    whole = contract.all_rows or any(column.ordinal for column in contract.columns)
    if landed.bytes < LARGE or whole or any_format.is_shaped(contract):
        return False
    with landed.path.open("rb") as file:
        kind = any_format.format_of(landed.path, file.read(4096), contract)
    return kind in ("csv", "jsonl")


class Pipeline:
    """Engines for the blocks of large files; made once, used for every large file of a run."""

    def __init__(self, key: bytes | None = None) -> None:
        self.key = key
        self.pool = ThreadPoolExecutor(WORKERS, "ingest-block")
        self.scribe = ThreadPoolExecutor(1, "ingest-write")
        self.local = threading.local()
        self.engines: list[Engine] = []

    def close(self) -> None:
        self.pool.shutdown()
        self.scribe.shutdown()
        for engine in self.engines:
            engine.close()

    def _engine(self) -> Engine:
        if not hasattr(self.local, "engine"):
            self.local.engine = Engine(threads=1, key=self.key)
            self.engines.append(self.local.engine)
        return self.local.engine  # type: ignore[no-any-return]

    def load(
        self, home: Home, landed: Landed, contract: Contract, outcome: Outcome, now: datetime,
        find: reshape.Find, progress: Callable[[str], None],
    ) -> None:  # fmt: skip
        """Write bronze and quarantine of a file and fill its outcome.

        Raises:
            BlockedError: the file cannot be loaded as it is; nothing is left behind.
        """
        tally, quarantine, writer = Tally(), [], None
        warnings: dict[str, None] = {}
        writing: Future[None] | None = None
        try:
            for done in self._typed(landed.path, contract, landed, find):
                if done.block.first_line == 1:
                    naming.settle(outcome, landed, contract, done.table)
                found = accept.entries(
                    contract, outcome.file_id, done.table.bad, done.noted.to_pylist(),
                    done.table.unread,
                )  # fmt: skip
                quarantine += found
                tally.in_file += done.table.rows_in_file
                tally.skipped.update(done.table.skipped)
                tally.add(contract, done.kept, done.noted, found)
                warnings.update(dict.fromkeys(done.table.warnings))
                outcome.encoding = done.table.encoding
                rows = write.file_rows(contract, done.kept, outcome, now)
                if writer is None:
                    outcome.bronze_path = f"bronze/{contract.feed}/{outcome.file_id}.parquet"
                    path = home.root / outcome.bronze_path
                    writer = write.writer(path, contract, rows.schema)
                if writing is not None:
                    writing.result()
                writing = self.scribe.submit(writer.write, rows)
                progress(f"{landed.relative}: {tally.in_file} rows")
            if writing is not None:
                writing.result()
        except BaseException as error:
            if writer is not None:
                wait([writing] if writing else [])
                writer.drop()
            outcome.bronze_path = None
            if isinstance(error, BlockedError):
                error.rows = max(error.rows, tally.in_file)
            raise
        tally.fill(outcome)
        outcome.warnings = list(warnings)
        if writer is not None and tally.kept:
            writer.close()
        elif writer is not None:
            writer.drop()
            outcome.bronze_path = None
        if quarantine:
            outcome.quarantine_path = f"quarantine/{contract.feed}/{outcome.file_id}.parquet"
            write.write_quarantine(home.root / outcome.quarantine_path, quarantine)

    def _typed(
        self, path: Path, contract: Contract, landed: Landed, find: reshape.Find
    ) -> Iterator[_Done]:
        """Blocks in the file's order, a few of them in work at a time."""
        with path.open("rb") as file:
            kind = any_format.format_of(path, file.read(4096), contract)
        name = contract.format.encoding
        name = stream.detect(path) if name == "auto" else name
        reader: delimited.Reader | None = None

        def work(block: Block | Coded, reader: delimited.Reader | None) -> _Done:
            engine = self._engine()
            if reader is not None:
                table = reader.read(block)
            else:
                assert isinstance(block, Block)
                table = lines.read_block(engine.con, block, contract)
            if contract.reshapes:
                table = reshape.apply(engine.con, table, contract, landed.relative, find)
            parts = [(table.data, landed.file_date)]
            kept, noted = engine.type_rows(contract, parts, table.hints)
            return _Done(block, table, kept, noted)

        waiting: deque[Future[_Done]] = deque()
        last: _Done | None = None
        blocks = stream.coded_blocks if kind == "csv" else stream.blocks
        for block in blocks(path, name):
            if kind == "csv" and reader is None:
                assert isinstance(block, Block)
                reader = delimited.Reader(block, contract)
            waiting.append(self.pool.submit(work, block, reader))
            if len(waiting) > WORKERS:
                last = waiting.popleft().result()
                yield last
        while waiting:
            last = waiting.popleft().result()
            yield last
        if last is not None:
            check = delimited.check_end if kind == "csv" else lines.check_end
            check(last.table, last.block)
