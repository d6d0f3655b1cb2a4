"""Which file is which: known by its content, and by its name where the content does not say all.

Belongs here: the id of a file under a contract. Reading and hashing files do not.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from ingest.arrive.landing import Landed
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.read.table import Table


def file_id(outcome: Outcome) -> str:
    """Name of a file under a contract."""
    parts = [outcome.content_hash, outcome.contract, outcome.named]
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()
    return f"{outcome.feed or 'unknown'}-{digest[:16]}"


def outcome(
    landed: Landed, digest: str, contract: Contract | None, status: str, batch: int, now: datetime
) -> Outcome:
    """The outcome of a file, before anything is known of its rows."""
    day = landed.file_date
    result = Outcome(
        file_id="",
        feed=contract.feed if contract else "",
        contract=contract.name if contract else "",
        source=landed.relative,
        content_hash=digest,
        bytes=landed.bytes,
        status=status,
        file_date=day.isoformat() if day else None,
        file_seq=landed.file_seq,
        batch=batch,
        contract_version=contract.version if contract else "",
        ingested_at=now.isoformat(),
    )
    result.file_id = file_id(result)
    return result


def possible(landed: Landed) -> tuple[str, ...]:
    """Everything that ``told`` may say of a file."""
    return ("", landed.relative, landed.named(with_seq=False), landed.named(with_seq=True))


def settle(outcome: Outcome, landed: Landed, contract: Contract, table: Table) -> None:
    """Give an outcome its final name, now that the file has been read."""
    outcome.named = told(landed, contract, table)
    outcome.file_id = file_id(outcome)


def told(landed: Landed, contract: Contract, table: Table) -> str:
    """What a file's name or place tells that its content does not."""
    if contract.by_path:
        return landed.relative
    lacks_date = any(
        c.default == "file_date" and f"r_{c.name}" not in table.data.column_names
        for c in contract.columns
    )
    if lacks_date or (table.data.num_rows == 0 and not table.bad):
        return landed.named(with_seq=True)
    if contract.mode in ("full", "snapshot"):  # the same state on another day is news
        return landed.named(with_seq=False)
    return ""
