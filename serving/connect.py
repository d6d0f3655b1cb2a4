"""The read-only, locked-down connection that everyone reads through.

Order matters: DuckDB refuses ATTACH once external access is off, and any SET once the configuration
is locked. So: open read-only with the limits, attach ``ops``, then external access off, then lock.
Needs nothing but DuckDB, so that the dashboards' environment can import it.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import duckdb

from baokuan.home import Home
from serving import versions
from serving.versions import FILE, OPS_FILE, NothingPublished, ServingError

_OPENING = threading.Lock()  # two threads may open the same instance; settings go in once

_ALLOWED = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
# Table functions that change the instance for all its users: file logging makes every later query
# fail and aborts the process at close (DuckDB 1.5.5). query() could build their names from pieces.
_FORBIDDEN = re.compile(
    r"enable_logging|disable_logging|truncate_duckdb_logs|force_checkpoint|\bquery\W*\(", re.I
)


def connect(
    home: Home,
    version: str | None = None,
    memory_limit: str = "1GB",
    threads: int = 2,
) -> duckdb.DuckDBPyConnection:
    """Open a published version (default: the current one) with the newest ops database as ``ops``.

    Raises:
        NothingPublished: no version has been published yet.
        ServingError: the version isn't there, or is open here with other limits.
    """
    for attempt in range(5):
        name = version or versions.current(home)
        if name is None:
            raise NothingPublished(home)
        ops = versions.read_pointer(versions.ops_pointer(home))
        try:
            versions.folder(home, name)
            return _open(home, name, ops, memory_limit, threads)
        except (ServingError, duckdb.IOException) as error:
            # A prune may remove a version between reading the pointer and opening the file.
            moved = (version is None and versions.current(home) != name) or (
                versions.read_pointer(versions.ops_pointer(home)) != ops
            )
            if attempt == 4 or not moved:
                if isinstance(error, ServingError):
                    raise
                raise ServingError(
                    f"version {name} can't be opened ({error}); "
                    "`python -m serving verify` tells more, `make rollback` goes back one version"
                ) from error
    raise AssertionError("unreachable")


def check_sql(sql: str) -> None:
    """Let pass what only reads.

    The locked connection refuses files, settings, extensions and changes by itself. This guard adds
    what DuckDB has no setting for: DETACH, CALL, PRAGMA and the logging functions.

    Raises:
        ServingError: the text holds anything but SELECT, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN.
        duckdb.ParserException: the text isn't SQL.
    """
    for statement in duckdb.extract_statements(sql):
        if statement.type not in _ALLOWED:
            raise ServingError(
                f"{statement.type.name} is not allowed here: published versions are read-only; "
                "write a SELECT, or use `python -m serving export` for a file"
            )
    found = _FORBIDDEN.search(sql)
    if found:
        raise ServingError(f"{found.group(0).rstrip('(').strip()} is not allowed here")


def path_of(home: Home, version: str, ops_version: str | None) -> Path:
    """The file to open for this pair; see versions.link_into_ops."""
    if ops_version:
        linked = versions.ops_root(home) / ops_version / version / FILE
        if linked.is_file():
            return linked
    return home.published / version / FILE


def _open(
    home: Home, version: str, ops: str | None, memory_limit: str, threads: int
) -> duckdb.DuckDBPyConnection:
    path = path_of(home, version, ops)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "threads": threads,
        "temp_directory": str(spill_root(home) / f"{os.getpid()}-{version}-{ops}"),
        "max_temp_directory_size": "10GB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    with _OPENING:
        try:
            con = duckdb.connect(str(path), read_only=True, config=config)
        except duckdb.ConnectionException as error:
            raise ServingError(
                f"version {version} is already open in this process with other limits than "
                f"memory_limit={memory_limit}, threads={threads}; use the same ones"
            ) from error
        try:
            if not _value(con, "select current_setting('lock_configuration')"):
                if ops:
                    con.execute(
                        f"attach '{_sql(versions.ops_root(home) / ops / OPS_FILE)}' "
                        "as ops (read_only)"
                    )
                con.execute("set enable_external_access = false")
                con.execute("set lock_configuration = true")
        except BaseException:
            con.close()
            raise
    return con


def spill_root(home: Home) -> Path:
    """Where big sorts of readers go when memory is short; never beside a published file."""
    root = home.state / "spill"
    root.mkdir(parents=True, exist_ok=True)
    return root


def _value(con: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = con.execute(sql).fetchone()
    return row[0] if row else None


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
