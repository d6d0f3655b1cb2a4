"""One at a time: file locks that leave with the process that holds them, however it ends.

Belongs here: the lock, and which kinds of work on a home folder exclude each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from baokuan.home import Home

LOOK_AGAIN = 0.1  # seconds


class LockedError(RuntimeError):
    """Somebody else is at work and did not end in time; says who."""


@dataclass(frozen=True)
class Lock:
    """One kind of work in one place; ``path`` is made when missing and left there afterwards."""

    path: Path
    work: str
    place: Path

    @contextlib.contextmanager
    def held(
        self, wait_seconds: float = 0, on_wait: Callable[[str], object] | None = None
    ) -> Iterator[None]:
        """Hold the lock for the length of a block.

        Args:
            wait_seconds: how long to wait for the other one to end.
            on_wait: told once who is waited for.

        Raises:
            LockedError: the other one did not end in time.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait_seconds
        with self.path.open("a+", encoding="utf-8") as file:
            while not _taken(file.fileno()):
                file.seek(0)
                holder = f"process {file.read().strip() or 'unknown'}"
                if time.monotonic() >= deadline:
                    raise LockedError(
                        f"another {self.work} ({holder}) is at work in {self.place}; "
                        "wait until it has ended, then try again"
                    )
                if on_wait is not None:
                    on_wait(f"waiting for the {self.work} of {holder} to end")
                    on_wait = None
                time.sleep(LOOK_AGAIN)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def intake(home: Home) -> Lock:
    """Whoever changes bronze and its outcomes: ingest, erasure, rotation, retry."""
    return Lock(home.state / "ingest.lock", "ingest", home.root)


def run(home: Home) -> Lock:
    """A whole run; Dagster keeps queued ones apart, this also those started from a shell."""
    return Lock(home.state / "run.lock", "run", home.root)


@contextlib.contextmanager
def publishing(home: Home) -> Iterator[None]:
    """Whoever moves a pointer or removes versions; takes seconds, so everybody waits."""
    with Lock(home.published / ".lock", "publication", home.root).held(math.inf):
        yield
