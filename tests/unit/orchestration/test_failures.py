"""Which errors get a second try."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest

from orchestration.failures import is_transient, one_line


def test_a_locked_database_is_transient(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error) as caught:
        raise duckdb.IOException(
            f'IO Error: Could not set lock on file "{tmp_path}": Conflicting lock is held in PID 7'
        )
    assert is_transient(caught.value)


@pytest.mark.parametrize(
    "error",
    [BlockingIOError(), TimeoutError(), OSError(errno.EBUSY, "busy"), OSError(errno.ESTALE, "old")],
)
def test_busy_files_are_transient(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "no such file"),
        PermissionError(errno.EACCES, "denied"),
        OSError(errno.ENOSPC, "disk full"),
        ValueError("column sale_amt is no number"),
        duckdb.BinderException("column nope not found"),
    ],
)
def test_what_stays_wrong_is_not_tried_again(error: Exception) -> None:
    assert not is_transient(error)


def test_one_line_is_one_line_and_short() -> None:
    text = one_line(ValueError("a\n  b " + "x" * 1000))
    assert text.startswith("ValueError: a b x") and "\n" not in text and len(text) == 600
