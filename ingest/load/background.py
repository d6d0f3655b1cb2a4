"""Typing and writing a group of small files while the next files are read.

Belongs here: one group in work at a time, so that memory stays flat and groups are committed in
their order. What is done to a group is ``judge``'s; nothing counts before ``commit``.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from ingest.load.items import Item
from ingest.load.judge import Judge


class Background:
    """Works on a group in a thread of its own; nobody else uses the judge's engine meanwhile."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.group: list[Item] = []
        self._pool = ThreadPoolExecutor(1, "ingest-type")
        self._work: Future[None] | None = None

    def begin(self, group: list[Item]) -> None:
        """Start with a group; the one before must have been ended."""
        assert self._work is None
        self.group = group
        self._work = self._pool.submit(self.judge.rows, group)

    def end(self) -> None:
        """Wait until the group is typed and written.

        Raises:
            BlockedError: as ``Judge.rows``.
        """
        work, self._work, self.group = self._work, None, []
        if work is not None:
            work.result()

    def close(self) -> None:
        self._pool.shutdown()
        self.judge.engine.close()
