"""Step 4: data reach the disk before the outcomes that vouch for them, originals move last.

Belongs here: this order, which makes a kill at any moment harmless. An outcome appears by one
rename; what lies without one, nobody reads, and the next run writes it again.
"""

from __future__ import annotations

from collections.abc import Sequence

from baokuan.home import Home
from ingest import outcomes
from ingest.arrive import landing
from ingest.arrive.known import Known
from ingest.load.items import File, Item
from ingest.outcomes import Outcome

MANY = 500  # outcomes without data that are flushed together


class Commit:
    """Writes the outcomes of one run."""

    def __init__(self, home: Home, known: Known, archives: bool) -> None:
        self.home, self.known, self.archives = home, known, archives
        self.done: list[Outcome] = []
        self.written: list[Item] = []  # outcomes that may not have reached the disk yet

    def add(self, items: Sequence[Item]) -> None:
        """Commit some items whose outcomes are final."""
        some = [item.outcome for item in items]
        has_data = any(outcome.bronze_path or outcome.quarantine_path for outcome in some)
        if has_data:
            outcomes.to_disk(self.home, some, records=False)
        for item in items:
            outcomes.write(self.home, item.outcome)
            self.say(item.outcome)
            self.known.add(item.outcome)
            item.file.settled = True
        self.written += items
        if has_data or len(self.written) >= MANY:
            self.flush()

    def say(self, outcome: Outcome) -> None:
        """Report an outcome that is already there."""
        self.done.append(outcome)

    def flush(self) -> None:
        """Let the outcomes reach the disk; then the originals may leave landing/."""
        outcomes.to_disk(self.home, [item.outcome for item in self.written], records=True)
        for item in self.written:
            item.file.open -= 1
            self.leave(item.file)
        self.written = []

    def leave(self, file: File) -> None:
        """All contracts have their outcome: the original goes to the archive."""
        if self.archives and file.settled and not file.stays and not file.open:
            landing.archive(self.home, file.landed, file.digest)
