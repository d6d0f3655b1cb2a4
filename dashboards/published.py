"""Superset's way to the published version: one locked instance a version, one cursor a request.

Knows DuckDB and the pointers ``published/CURRENT`` and ``published/OPS``, nothing of Superset.
Nothing here builds or changes data. DuckDB is opened on first use, never before a fork.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

KEEP = 3
READING = frozenset({"SELECT", "EXPLAIN"})
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


class NotPublishedError(RuntimeError):
    """There is no published version to read."""


class RefusedError(RuntimeError):
    """A statement that does more than read."""


class TimedOutError(RuntimeError):
    """A query that ran longer than it may."""


@dataclass(frozen=True)
class Version:
    """What one request reads: a published version and, once there is one, an ops version."""

    name: str
    warehouse: Path
    ops_name: str | None
    ops: Path | None

    @property
    def key(self) -> str:
        return f"{self.name}+{self.ops_name or ''}"


def current(published: Path) -> Version:
    """Follow the pointers.

    Raises:
        NotPublishedError: no version has been published yet.
    """
    name = _pointer(published / "CURRENT")
    if name is None:
        raise NotPublishedError(
            f"nothing is published below {published}; run the nightly job first (make nightly)"
        )
    ops_name = _pointer(published / "OPS")
    ops = published / "ops" / ops_name / "ops.duckdb" if ops_name else None
    return Version(name, published / name / "warehouse.duckdb", ops_name, ops)


def _pointer(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


class Instances:
    """Open instances of the last versions; thread-safe.

    Each pair of warehouse and ops is a fresh in-memory instance with both files attached read-only:
    DuckDB shares an instance that is opened by file name, and a shared one keeps the ops version
    it was first given. The settings are locked before the instance is handed to anyone.
    """

    def __init__(self, keep: int = KEEP, threads: int = 2, memory: str = "1GB") -> None:
        self._keep = keep
        self._settings = SETTINGS | {"threads": str(threads), "memory_limit": memory}
        self._open: OrderedDict[str, duckdb.DuckDBPyConnection] = OrderedDict()
        self._lock = threading.Lock()

    def cursor(self, version: Version) -> duckdb.DuckDBPyConnection:
        """A connection of its own on this version's instance."""
        with self._lock:
            instance = self._open.get(version.key)
            if instance is None:
                instance = self._open[version.key] = _open(version, self._settings)
            self._open.move_to_end(version.key)
            while len(self._open) > self._keep:
                self._open.popitem(last=False)[1].close()
            cursor = instance.cursor()
        cursor.execute("use warehouse")
        return cursor


def _open(version: Version, settings: dict[str, str]) -> duckdb.DuckDBPyConnection:
    instance = duckdb.connect(":memory:", config=dict(settings))
    attach = {"warehouse": version.warehouse}
    if version.ops is not None:
        attach["ops"] = version.ops
    for name, path in attach.items():
        quoted = str(path).replace("'", "''")
        instance.execute(f"attach '{quoted}' as {name} (read_only)")
    instance.execute("use warehouse")
    instance.execute("detach memory")
    instance.execute("set enable_external_access = false")
    instance.execute("set lock_configuration = true")
    return instance


def refuse_writing(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Let only reading statements through, whatever the settings would still allow.

    Raises:
        RefusedError: the text holds a statement that is no query.
    """
    for part in connection.extract_statements(statement):
        kind = part.type.name.upper()
        if kind not in READING:
            raise RefusedError(
                f"{kind} is not allowed on the published version: it is read-only. Use SELECT."
            )


class GuardedCursor:
    """A DB-API cursor that reads only and interrupts what runs too long."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._kept_description: Any = None
        self.connection = self
        self.notices: list[str] = []

    @property
    def description(self) -> Any:
        return self._kept_description or self._connection.description

    @description.setter
    def description(self, value: Any) -> None:
        self._kept_description = value

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        self._kept_description = None
        refuse_writing(self._connection, statement)
        self._timed(self._connection.execute, statement, *([parameters] if parameters else []))

    def executemany(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        raise RefusedError("the published version is read-only")

    def fetchall(self) -> list[Any]:
        return self._timed(self._connection.fetchall)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._timed(self._connection.fetchmany, *([] if size is None else [size]))

    def fetchone(self) -> Any:
        return self._timed(self._connection.fetchone)

    def close(self) -> None:
        """DuckDB's cursors close with their connection."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def _timed(self, work: Any, *args: Any) -> Any:
        timer = threading.Timer(self._seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            return work(*args)
        except duckdb.InterruptException as error:
            raise TimedOutError(
                f"the query was stopped after {self._seconds:g} seconds; "
                "narrow it (fewer days, fewer rows) and run it again"
            ) from error
        finally:
            timer.cancel()


class GuardedConnection:
    """What the SQLAlchemy dialect of duckdb-engine expects of a connection, guarded."""

    autocommit = None
    closed = False

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self.notices: list[str] = []

    def cursor(self) -> GuardedCursor:
        return GuardedCursor(self._connection, self._seconds)

    def close(self) -> None:
        self._connection.close()
        self.closed = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
