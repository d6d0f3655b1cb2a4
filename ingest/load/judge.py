"""Step 3: what of a file is kept, and is the file whole?

Belongs here: typing and writing the rows of small files, many in one statement, and the guard's
word on each file. Nothing counts before ``commit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from baokuan import clock
from baokuan.home import Home
from ingest.arrive.guard import Guard
from ingest.arrive.known import Known
from ingest.bronze import write
from ingest.load.items import Item, own_sql
from ingest.value import accept
from ingest.value.accept import Engine


@dataclass(frozen=True)
class Judge:
    """Judges the items of one run."""

    home: Home
    engine: Engine
    guard: Guard
    known: Known
    now: datetime

    def rows(self, group: list[Item]) -> None:
        """Type the rows of some files of one contract, write bronze and quarantine.

        Raises:
            BlockedError: the contract's own SQL fails on them; with more than one file in the
                group it may be due to any of them.
        """
        contract, tables = group[0].contract, [item.table for item in group if item.table]
        assert contract is not None
        hints = tables[0].hints
        for table in tables[1:]:
            hints |= table.hints
        days = [item.file.landed.file_date for item in group]
        with own_sql(contract, tables[0].rows_in_file):
            parts = [(table.data, day) for table, day in zip(tables, days, strict=True)]
            kept, noted = self.engine.type_rows(contract, parts, hints)
        by_file = zip(
            accept.by_file(kept, len(group)), accept.by_file(noted, len(group)), strict=True
        )
        for item, table, (mine, doubts) in zip(group, tables, by_file, strict=True):
            write.write_small(self.home, contract, item.outcome, table, mine, doubts, self.now)
            item.table = None

    def empty(self, item: Item) -> None:
        """A header without rows: the store or day has reported."""
        table, outcome = item.table, item.outcome
        assert table is not None
        outcome.status, outcome.encoding, outcome.warnings = (
            "empty", table.encoding, table.warnings,
        )  # fmt: skip
        outcome.rows_in_file, outcome.rows_skipped = table.rows_in_file, table.skipped

    def whole(self, item: Item) -> None:
        """Block or hold a file back that is not whole; give it a date if it has none."""
        assert item.contract is not None
        if item.outcome.file_date is None and item.outcome.status != "empty":
            item.outcome.file_date = clock.as_of(self.now).isoformat()
        item.file.stays |= self.guard.judge(item.outcome, item.contract, self.known)
