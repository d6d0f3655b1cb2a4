"""Dagster's own home: ``state/dagster`` with a ``dagster.yaml`` written from the template below.

Runs, events and sensor cursors live there, so that a run started in a shell shows up in the web
interface and a restart forgets nothing.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from baokuan.home import Home

POOL = "duckdb_writer"

# One writer: a DuckDB file takes one. Granularity `run`, because a step-wise slot would stay taken
# for ever by a process that was killed; run monitoring frees the run's slot instead.
TEMPLATE = """\
# Written by orchestration/instance.py at every start; changes made here are lost.
telemetry:
  enabled: false
concurrency:
  pools:
    granularity: run
    default_limit: 1
  runs:
    max_concurrent_runs: 2
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  poll_interval_seconds: 30
run_retries:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
retention:
  schedule:
    purge_after_days: {skipped: 7, failure: 30, success: 30}
  sensor:
    purge_after_days: {skipped: 2, failure: 30, success: 30}
"""


def prepare(home: Home) -> Path:
    """Write Dagster's settings and point ``DAGSTER_HOME`` at them; returns the folder."""
    folder = home.state / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "dagster.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") != TEMPLATE:
        path.write_text(TEMPLATE, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    os.environ["BAOKUAN_HOME"] = str(home.root)
    spare_flushes()
    share_engines()
    return folder


_kept_open: dict[str, sqlite3.Connection] = {}


def spare_flushes() -> None:
    """Let Dagster's SQLite files flush at checkpoints instead of at every event.

    Dagster opens and closes a connection for each of a run's thousand events, and the last close of
    a WAL file is a checkpoint with two flushes: minutes of a busy disk. One connection kept open
    spares them. A power cut may cost the last events, never the file; our own books are in
    ``state/ops``.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)


def share_engines() -> None:
    """Let Dagster keep one engine and its connection for each of its SQLite event logs.

    It makes both anew for each event, and each engine compiles the same INSERT again: seconds of
    every run, for a thousand events.
    """
    from dagster._core.storage.event_log.sqlite import sqlite_event_log as module
    from sqlalchemy.pool import QueuePool

    make = module.create_engine
    if make.__module__ == __name__:
        return
    engines: dict[str, Any] = {}

    def create_engine(address: str, **options: Any) -> Any:
        if address not in engines:
            engine: Any = make(address, **options | {"poolclass": QueuePool})
            engine.dispose = lambda close=True: None  # asked for after each event
            engines[address] = engine
        return engines[address]

    setattr(module, "create_engine", create_engine)  # noqa: B010


def _on_connect(connection: Any, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    file = connection.execute("pragma database_list").fetchall()[0][2]
    if not file:
        return
    if file not in _kept_open:
        _kept_open[file] = sqlite3.connect(file, check_same_thread=False)
    # Read each time: only a connection that has read since the file became a WAL file holds it.
    _kept_open[file].execute("select count(*) from sqlite_master").fetchall()
