"""Superset's way to the published version: one instance a version, a guarded cursor a request.

The lock-down itself is serving's (``serving.connect``); here it is shared among a worker's threads
and made to look like a DB-API connection that refuses writing and stops what runs too long.
DuckDB is opened on first use, never before a fork.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import duckdb

from baokuan.home import Home
from serving import versions
from serving.connect import check_sql, connect

KEEP = 3


class TimedOutError(RuntimeError):
    """A query that ran longer than it may."""


@dataclass(frozen=True)
class Version:
    """What one request reads: a published version and, once there is one, an ops version."""

    name: str
    ops: str | None

    @property
    def key(self) -> str:
        return f"{self.name}+{self.ops or ''}"


def current(home: Home) -> Version:
    """Follow the pointers.

    Raises:
        NothingPublished: no version has been published yet.
    """
    name = versions.current(home)
    if name is None:
        raise versions.NothingPublished(home)
    return Version(name, versions.read_pointer(versions.ops_pointer(home)))


class Instances:
    """Open instances of the last versions that requests asked for; thread-safe."""

    def __init__(self, home: Home, keep: int = KEEP) -> None:
        self._home = home
        self._keep = keep
        self._open: OrderedDict[str, duckdb.DuckDBPyConnection] = OrderedDict()
        self._lock = threading.Lock()

    def cursor(self, version: Version) -> duckdb.DuckDBPyConnection:
        """A connection of its own on this version's instance."""
        with self._lock:
            instance = self._open.get(version.key)
            if instance is None:
                instance = self._open[version.key] = connect(self._home, version.name)
            self._open.move_to_end(version.key)
            while len(self._open) > self._keep:
                self._open.popitem(last=False)[1].close()
            return instance.cursor()


class GuardedCursor:
    """A DB-API cursor that reads only and interrupts what runs too long."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._description: Any = None
        self.connection = self  # the dialect looks for the server's notices here
        self.notices: list[str] = []

    @property
    def description(self) -> Any:
        return self._description or self._connection.description

    @description.setter
    def description(self, value: Any) -> None:
        self._description = value

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        """Run one query.

        Raises:
            ServingError: the statement does more than read.
            TimedOutError: it ran too long.
        """
        self._description = None
        check_sql(statement)
        self._timed(self._connection.execute, statement, *([parameters] if parameters else []))

    def fetchall(self) -> list[Any]:
        return self._timed(self._connection.fetchall)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._timed(self._connection.fetchmany, *([] if size is None else [size]))

    def fetchone(self) -> Any:
        return self._timed(self._connection.fetchone)

    def close(self) -> None:
        """DuckDB's cursors close with their connection."""

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

    def cursor(self) -> GuardedCursor:
        return GuardedCursor(self._connection, self._seconds)

    def begin(self) -> None:
        """Reads need no transaction: the version never changes."""

    def commit(self) -> None:
        """Nothing to keep."""

    def rollback(self) -> None:
        """Nothing to undo."""

    def close(self) -> None:
        self._connection.close()
        self.closed = True
