"""One ingest at a time on a home folder. Only the lock belongs here."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from baokuan.home import Home


class LockedError(RuntimeError):
    """Another ingest is at work on the same home folder."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the ingest lock of a home folder; it ends with the process, however it ends."""
    home.state.mkdir(parents=True, exist_ok=True)
    path = home.state / "ingest.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise LockedError(
                f"another ingest (process {file.read().strip() or '?'}) is at work on {home.root}; "
                "wait until it has finished"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
