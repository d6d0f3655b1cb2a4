"""Superset's own database: SQLite made fit for several threads, and kept small."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

LOG_DAYS = 30


def tune() -> None:
    """Set the pragmas on every SQLite connection of this process."""
    if not event.contains(Engine, "connect", _pragmas):
        event.listen(Engine, "connect", _pragmas)


def _pragmas(connection: Any, record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        cursor.execute("pragma journal_mode = wal")
        cursor.execute("pragma synchronous = normal")
        cursor.execute("pragma busy_timeout = 30000")
        cursor.close()


def prune_logs(days: int = LOG_DAYS) -> int:
    """Delete event log rows and SQL Lab history older than ``days``; returns how many."""
    from superset import db
    from superset.models.core import Log
    from superset.models.sql_lab import Query

    oldest = datetime.utcnow() - timedelta(days=days)
    gone = db.session.query(Log).filter(Log.dttm < oldest).delete(synchronize_session=False)
    gone += (
        db.session.query(Query).filter(Query.changed_on < oldest).delete(synchronize_session=False)
    )
    db.session.commit()
    return gone
