"""One run at a time: a file lock that leaves with the process that holds it.

Dagster's writer pool keeps queued runs apart; this lock also covers runs started from a shell.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


class RunLocked(RuntimeError):
    """Another run holds the home folder."""


@contextlib.contextmanager
def run_lock(
    path: Path, wait_seconds: float = 0, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock file for the length of a run.

    Args:
        path: the lock file; made when missing, and left in place afterwards.
        wait_seconds: how long to wait for another run to end.
        on_wait: told once who is waited for.

    Raises:
        RunLocked: the other run didn't end in time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    told = False
    with path.open("a+", encoding="utf-8") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read().strip() or "unknown"
                if time.monotonic() >= deadline:
                    raise RunLocked(
                        f"another run (process {holder}) works in {path.parent.parent}; "
                        "wait until it has ended, then run again"
                    ) from None
                if on_wait and not told:
                    on_wait(f"waiting for the run of process {holder} to end")
                    told = True
                time.sleep(0.5)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
