"""Step 1: which file is it, which contracts want it, and is it known already?

Belongs here: decisions from names, contents and earlier outcomes. Nothing is read but the hash,
nothing is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from baokuan.home import Home
from ingest.arrive import landing, naming
from ingest.arrive.guard import SENT, Guard
from ingest.arrive.known import Known
from ingest.arrive.landing import Landed
from ingest.arrive.match import unknown_remedy
from ingest.bronze import bulk
from ingest.contract import Contract
from ingest.load.items import File, Item
from ingest.outcomes import Outcome


@dataclass(frozen=True)
class Identify:
    """Tells what to do with the files of one run."""

    home: Home
    contracts: list[Contract]
    feeds: set[str] | None
    known: Known
    guard: Guard
    now: datetime

    def file(self, landed: Landed) -> File | None:
        """The file with its content hash; None where nobody asked for its feeds."""
        matching = [c for c in self.contracts if c.matches(landed.relative)]
        if self.feeds is not None:
            matching = [c for c in matching if c.feed in self.feeds]
            if not matching:
                return None
        digest = landing.digest(self.home, landed, self.known.by_content, bulk.LARGE)
        return File(landed, digest, matching)

    def items(self, file: File) -> list[Item | Outcome]:
        """For each contract: an item to be read, one that is a duplicate, or the outcome of an
        earlier run that still holds; nothing where only the move to the archive was missing."""
        found: list[Item | Outcome] = []
        for contract in file.contracts:
            before = self._before(file, contract)
            if before is None:
                found.append(self.item(file, contract))
                continue
            file.settled = True
            if before.status == "blocked":
                file.stays = True
                found.append(before)
            elif before.source != file.landed.relative or self._is_archived(file):
                found.append(self._duplicate(file, contract, before))
        return found

    def item(self, file: File, contract: Contract | None, status: str = "loaded") -> Item:
        outcome = naming.outcome(
            file.landed, file.digest, contract, status, self.known.batch, self.now
        )
        return Item(file, contract, outcome)

    def is_kept(self, file: File) -> bool:
        """Was a look-up's file committed just before an interruption, so that only the move to the
        archive is missing?"""
        before = [o for o in self.known.of(file.digest) if o.status == "lookup"][:1]
        same = any(outcome.source == file.landed.relative for outcome in before)
        file.settled = same and not self._is_archived(file)
        return file.settled

    def unknown(self, file: File) -> Item | Outcome:
        """No contract wants the file; what an earlier run said of it if that still holds."""
        file.stays = True
        remedy = unknown_remedy(file.landed, self.contracts)
        for before in self.known.of(file.digest):
            if before.status == "unknown" and before.remedy == remedy:
                return before
        item = self.item(file, None, "unknown")
        item.outcome.reason, item.outcome.remedy = "no contract matches this file", remedy
        return item

    def _before(self, file: File, contract: Contract) -> Outcome | None:
        """What was made of this content and name under a contract; nothing where it was blocked
        and is worth another try."""
        names = naming.possible(file.landed)
        for outcome in self.known.of(file.digest):
            if outcome.contract == contract.name and outcome.named in names:
                told = outcome.reason.startswith(SENT) or self.guard.names(file.landed.relative)
                mended = outcome.contract_version != contract.version
                again = outcome.status == "blocked" and (told or mended or outcome.waits)
                return None if again else outcome
        return None

    def _is_archived(self, file: File) -> bool:
        return landing.archived(self.home, file.landed, file.digest).exists()

    def _duplicate(self, file: File, contract: Contract, before: Outcome) -> Item:
        item = self.item(file, contract, "duplicate")
        place = hashlib.sha256(file.landed.relative.encode()).hexdigest()[:8]
        outcome = item.outcome
        outcome.file_id = f"{before.file_id}-again-{place}"
        outcome.duplicate_of = before.file_id
        outcome.reason = f"same content as {before.source}"
        outcome.rows_in_file = outcome.rows_held = before.rows_in_file
        return item
