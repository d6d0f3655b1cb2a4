"""Names, folders and pointers of published versions.

Only the layout below ``published/`` lives here; what goes into a version does not.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from baokuan.home import Home

KINDS = ("nightly", "intraday")
FILE = "warehouse.duckdb"
OPS_FILE = "ops.duckdb"
MANIFEST = "version.json"
WITHDRAWN = "WITHDRAWN"
_STAMP = "%Y%m%dT%H%M%S%fZ"
_VERSION = re.compile(r"\d{8}T\d{12}Z-(nightly|intraday)")
_OPS_VERSION = re.compile(r"\d{8}T\d{12}Z")


class ServingError(RuntimeError):
    """Something a person can mend; the message says what and how."""


class NothingPublished(ServingError):
    """There is no version to read yet."""

    def __init__(self, home: Home) -> None:
        super().__init__(
            f"nothing is published yet below {home.published}; "
            "run `make demo` (demo retailer) or `make nightly` (your exports) first"
        )


def current_file(home: Home) -> Path:
    return home.published / "CURRENT"


def ops_pointer(home: Home) -> Path:
    return home.published / "OPS"


def ops_root(home: Home) -> Path:
    return home.published / "ops"


def read_pointer(path: Path) -> str | None:
    """The one line of a pointer file; None when the pointer has never been set."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def current(home: Home) -> str | None:
    """Name of the version that serves, or None."""
    return read_pointer(current_file(home))


def folder(home: Home, version: str) -> Path:
    """Folder of a version.

    Raises:
        ServingError: the name doesn't look like a version or isn't there.
    """
    path = home.published / version
    if not _VERSION.fullmatch(version) or not (path / FILE).is_file():
        known = ", ".join(names(home)[-3:]) or "none"
        raise ServingError(
            f"there is no published version {version!r} (latest: {known}); "
            "`python -m serving versions` lists them"
        )
    return path


def names(home: Home) -> list[str]:
    """Names of all version folders, oldest first, withdrawn ones included."""
    if not home.published.is_dir():
        return []
    return sorted(p.name for p in home.published.iterdir() if _VERSION.fullmatch(p.name))


def ops_names(home: Home) -> list[str]:
    """Names of all versions of the ops database, oldest first."""
    root = ops_root(home)
    if not root.is_dir():
        return []
    return sorted(p.name for p in root.iterdir() if _OPS_VERSION.fullmatch(p.name))


def is_withdrawn(home: Home, version: str) -> bool:
    """True for a version that was rolled back; it is never chosen again."""
    return (home.published / version / WITHDRAWN).exists()


def kind_of(version: str) -> str:
    return version.rpartition("-")[2]


def stamp_of(version: str) -> datetime:
    """When a version was published."""
    return datetime.strptime(version.partition("-")[0], _STAMP).replace(tzinfo=UTC)


def manifest(home: Home, version: str) -> dict:
    """What publish wrote beside the file: kind, run, tables with row counts, size, digest."""
    path = folder(home, version) / MANIFEST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise ServingError(
            f"{path} is missing or damaged; roll back or publish a new version"
        ) from error


def next_stamp(taken: list[str], at: datetime | None = None) -> str:
    """A stamp later than every name in ``taken``, even where the clock was set back."""
    when = (at or datetime.now(UTC)).astimezone(UTC)
    if taken:
        latest = datetime.strptime(max(taken).partition("-")[0], _STAMP).replace(tzinfo=UTC)
        when = max(when, latest + timedelta(microseconds=1))
    return when.strftime(_STAMP)


def remove(path: Path) -> None:
    """Remove a folder: first out of sight by a rename, so that nobody opens half of it."""
    if not path.exists():
        return
    hidden = path.with_name(f".removing-{path.name.lstrip('.')}-{uuid.uuid4().hex[:8]}")
    path.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def alive(pid: int) -> bool:
    """True while a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def link_into_ops(home: Home, version: str, ops_version: str) -> None:
    """Give a pair (version, ops version) a path of its own, ``ops/<ops>/<version>/``.

    DuckDB shares one instance per path and process, and a locked instance can't attach a newer ops
    database. A hard link costs no space. Where the file system has none, readers open the version
    itself and see the ops database that was newest when their process first opened that version.
    """
    target = ops_root(home) / ops_version / version / FILE
    source = home.published / version / FILE
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.link(source, target)
