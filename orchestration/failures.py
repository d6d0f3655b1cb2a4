"""Which errors are worth a second try, and how an error reads in one line. Pure functions."""

from __future__ import annotations

import errno

RETRIES = 2
SECONDS_BETWEEN = 5

_PASSING = {
    errno.EAGAIN,
    errno.EBUSY,
    errno.EINTR,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.EIO,
    errno.ENOLCK,
}
_LOCKED = ("could not set lock on file", "conflicting lock", "database is locked")


def is_locked_message(text: str) -> bool:
    """True when a database says that somebody else holds it just now."""
    lowered = text.lower()
    return any(mark in lowered for mark in _LOCKED)


def is_transient(error: BaseException) -> bool:
    """True for what may be over in a few seconds: a lock, a busy or stale file.

    A missing file, a full disk or a wrong permission is an ``OSError`` too, but stays as it is
    however often one tries.
    """
    if isinstance(error, BlockingIOError | TimeoutError | InterruptedError):
        return True
    if isinstance(error, OSError) and error.errno in _PASSING:
        return True
    return is_locked_message(str(error))


def one_line(error: BaseException, limit: int = 600) -> str:
    """``Kind: message`` without line breaks, shortened."""
    text = " ".join(str(error).split()) or "no message"
    return f"{type(error).__name__}: {text}"[:limit]
