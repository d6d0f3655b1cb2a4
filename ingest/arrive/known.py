"""What is known of contents: the outcomes of earlier runs, and those that this run adds.

Belongs here: finding them by content. Writing them does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.outcomes import Outcome, next_batch


class Known:
    """Outcomes by content; duplicates tell nothing and are left out."""

    def __init__(self, earlier: Iterable[Outcome]) -> None:
        earlier = list(earlier)
        self.batch = next_batch(earlier)
        self.by_content: dict[str, list[Outcome]] = {}
        for outcome in earlier:
            self.add(outcome)

    def add(self, outcome: Outcome) -> None:
        """One more, or a newer one of the same file."""
        if outcome.status != "duplicate":
            same = self.by_content.setdefault(outcome.content_hash, [])
            same[:] = [o for o in same if o.file_id != outcome.file_id] + [outcome]

    def of(self, digest: str) -> list[Outcome]:
        return self.by_content.get(digest, [])

    def __iter__(self) -> Iterator[Outcome]:
        return (outcome for same in self.by_content.values() for outcome in same)
