"""Step 2: from a file to the rows its contract wants.

Belongs here: which reader, steps and look-ups an item needs, and its final name. How each format
is read is in ``ingest/read``; large text files are read and written in one go by ``bronze.bulk``.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingest.arrive import naming
from ingest.contract.steps import Lookup
from ingest.load.items import Item, own_sql
from ingest.read import any as any_format
from ingest.read.table import Table
from ingest.shape import reshape
from ingest.shape.lookups import Lookups, pseudo


@dataclass(frozen=True)
class Read:
    """Reads the small files of one run."""

    con: duckdb.DuckDBPyConnection
    lookups: Lookups

    def rows(self, item: Item) -> Table:
        """The rows, before typing; the item has its file id then.

        Raises:
            BlockedError: the file cannot be read; says why and what to do.
            NotThisFeedError: the contract's columns are not there: it is of another feed.
        """
        contract, landed = item.contract, item.file.landed
        assert contract is not None
        with own_sql(contract):
            table = any_format.read(self.con, landed.path, contract)
            if contract.reshapes:
                find = self.lookups.find
                table = reshape.apply(self.con, table, contract, landed.relative, find)
        item.file.settled = True
        naming.settle(item.outcome, landed, contract, table)
        return table

    def for_lookup(self, item: Item, step: Lookup) -> None:
        """Count the rows of a file that contracts only look things up in.

        Raises:
            BlockedError: the look-up cannot read it.
        """
        table = any_format.read(self.con, item.file.landed.path, pseudo(step))
        outcome = item.outcome
        outcome.reason, outcome.rows_in_file = f"read by look-up '{step.name}'", table.rows_in_file
        looked_up = table.rows_in_file - sum(table.skipped.values())
        outcome.rows_skipped = table.skipped | {"lookup": looked_up}
