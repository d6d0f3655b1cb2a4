"""What one request reads: the version pinned at its first look, and the regions of its user.

Belongs here: the glue between Flask's request and ``dashboards.published``. No roles, no assets.
"""

from __future__ import annotations

import csv
import hashlib
import os
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import g, has_app_context

from baokuan.home import Home, config_dir
from dashboards import published
from serving.versions import NothingPublished

NO_REGION = "''"
_instances: dict[int, published.Instances] = {}
_lock = threading.Lock()


def version() -> published.Version:
    """The version of this request: read once, so that one answer never mixes two versions."""
    if not has_app_context():
        return published.current(Home.from_env())
    if "baokuan_version" not in g:
        g.baokuan_version = published.current(Home.from_env())
    return g.baokuan_version


def answer_key() -> str:
    """What a cached answer depends on besides its query."""
    try:
        name = version().key
    except NothingPublished:
        name = "unpublished"
    return f"{name}/{_fingerprint(_regions_file())}"


def connect(seconds: float) -> published.GuardedConnection:
    """A guarded connection on this request's version; one set of instances for each process."""
    with _lock:
        instances = _instances.setdefault(os.getpid(), published.Instances(Home.from_env()))
    return published.GuardedConnection(instances.cursor(version()), seconds)


def mutate(
    uri: Any, params: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """Superset's ``DB_CONNECTION_MUTATOR``: whatever the URI says, read the published version."""
    if uri.get_backend_name() != "duckdb":
        raise ValueError(f"only the published version may be read, not a {uri.drivername} database")
    seconds = float(os.environ.get("BAOKUAN_QUERY_SECONDS", "30"))
    kept = {"poolclass": params["poolclass"]} if "poolclass" in params else {}
    return uri, kept | {"creator": _creator(seconds)}


@lru_cache(maxsize=4)
def _creator(seconds: float) -> Callable[[], published.GuardedConnection]:
    """The same function for the same limit, so that one engine serves all requests."""
    return partial(connect, seconds)


def regions_of(username: str | None) -> str:
    """The regions of a user as a quoted SQL list; a user without one gets a list that fits no row.

    For the row rule: ``region in ({{ regions_of(current_username()) }})``.
    """
    regions = _regions(_regions_file(), _fingerprint(_regions_file())).get(username or "", [])
    return ", ".join("'" + region.replace("'", "''") + "'" for region in regions) or NO_REGION


def _regions_file() -> Path:
    return config_dir() / "region_users.csv"


def _fingerprint(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        return "none"


@lru_cache(maxsize=4)
def _regions(path: Path, fingerprint: str) -> dict[str, list[str]]:
    if fingerprint == "none":
        return {}
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row.get("user_name") or "").strip(), []).append(
                (row.get("region") or "").strip()
            )
    return found
