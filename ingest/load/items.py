"""What goes through a run: a landed file, and that file under each contract that matches it.

Only the shapes belong here, and what blocks an item; the four steps pass them on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from ingest.arrive.landing import Landed
from ingest.contract import Contract
from ingest.outcomes import Outcome
from ingest.read.table import BlockedError, Table
from ingest.shape.lookups import WaitsForLookupError


@dataclass
class File:
    """A landed file while its contracts are being worked through."""

    landed: Landed
    digest: str
    contracts: list[Contract] = field(default_factory=list)  # that match its path
    open: int = 0  # items whose outcome is still to be written
    stays: bool = False  # blocked or unknown: not archived
    settled: bool = False  # some outcome says what became of it


@dataclass
class Item:
    """A file under one contract, or under none; its outcome is written by ``commit``."""

    file: File
    contract: Contract | None
    outcome: Outcome
    table: Table | None = None  # rows that have been read and are not written yet

    def __post_init__(self) -> None:
        self.file.open += 1

    def block(self, error: BlockedError) -> Item:
        """The item as blocked: its file stays in landing/ to be mended."""
        outcome = self.outcome
        outcome.status, outcome.reason, outcome.remedy = "blocked", error.reason, error.remedy
        outcome.rows_in_file = outcome.rows_held = error.rows
        outcome.waits = isinstance(error, WaitsForLookupError)
        self.file.stays = self.file.settled = True
        return self

    def drop(self) -> None:
        """The file turned out not to be of this contract's feed."""
        self.file.open -= 1


@contextlib.contextmanager
def own_sql(contract: Contract, rows: int = 0) -> Iterator[None]:
    """Turns a failing statement into a blocked file where the contract's own SQL may be why.

    The text of an expression is safe to show, values of the file are not.
    """
    try:
        yield
    except duckdb.Error as error:
        if not contract.rules and not any(column.expr for column in contract.columns):
            raise
        shown = str(error).split("\n")[0] if isinstance(error, duckdb.BinderException) else ""
        raise BlockedError(
            f"an expression or rule of contract {contract.name} fails. {shown}".strip(),
            f"mend 'expr' or 'rules' in {contract.file}",
            rows,
        ) from error
