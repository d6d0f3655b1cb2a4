"""Is there anything to do at all? Answered from names, sizes and times, before anything is loaded.

A run that published notes what it looked at, each part as it was before the run read it: so what
lands, is released or changed while a run works is new for the next one. When a later run finds all
of it as noted, and the version of that run still serves, there is nothing to take in, build, judge
or publish.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from baokuan import clock
from baokuan.files import write_atomic
from baokuan.home import PROJECT, Home, config_dir
from ingest.outcomes import PROBLEMS, Outcome, read_all
from orchestration import dbt, landing
from serving import versions

# What a run executes or reads as a definition. Another release is a reason to run.
CODE = (
    *("baokuan", "catalogue", "ingest", "quality", "serving", "orchestration", "dbt_project"),
    "locks",
)
KEYS = "keys"  # below the settings; the first intake makes them
SUFFIXES = (".py", ".sql", ".yml", ".csv", ".txt", ".json")


def path_of(home: Home) -> Path:
    return home.state / "last_run.json"


def seen_at_start(home: Home) -> dict[str, Any]:
    """What a run looks at, before it reads any of it."""
    own = os.environ.get("BAOKUAN_CONTRACTS")
    return {
        "as_of": clock.as_of().isoformat(),
        "landing": landing.listing(home.landing),
        "settings": stamp([config_dir()], leave=KEYS),
        "contracts": stamp([Path(own)] if own else []),
        "code": code(),
    }


def seen_before_building(home: Home) -> dict[str, Any]:
    """Which files count and what is in them, just before the warehouse is told of them."""
    return {"bronze": stamp([home.bronze]), "keys": stamp([config_dir() / KEYS])}


def note(home: Home, seen: Mapping[str, Any], published: str | None) -> None:
    """At the end of a run that published, or found nothing to do.

    Of the files in landing those are noted that were there at the start, unchanged, and stayed:
    the run judged them.
    """
    now = landing.listing(home.landing)
    kept = {name: at for name, at in seen["landing"].items() if now.get(name) == at}
    facts = {**seen, "landing": kept, "version": published, "warehouse": _warehouse(home)}
    write_atomic(path_of(home), json.dumps(facts, ensure_ascii=False))


def forget(home: Home) -> None:
    path_of(home).unlink(missing_ok=True)


def is_nothing_new(home: Home) -> bool:
    """True when all is as the last run noted it."""
    try:
        noted = json.loads(path_of(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    now = {
        **seen_at_start(home),
        **seen_before_building(home),
        "version": versions.current(home),
        "warehouse": _warehouse(home),
    }
    return noted == json.loads(json.dumps(now))


def waiting(home: Home) -> list[Outcome]:
    """The files that still lie in landing because they were blocked or are unknown."""
    names = landing.listing(home.landing)
    return [o for o in read_all(home) if o.status in PROBLEMS and o.source in names]


def code() -> str:
    """Fingerprint of the release: rooms and models, Python and DuckDB."""
    folders = [*(PROJECT / room for room in CODE), dbt.project_dir()]
    return stamp(folders, SUFFIXES) + f" {sys.version_info[:3]} {version('duckdb')}"


def stamp(folders: Iterable[Path], suffixes: tuple[str, ...] = ("",), leave: str = "") -> str:
    """Changes with the name, size or time of any file below the folders.

    Args:
        leave: a folder that does not count.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for root, names, files in os.walk(folder):
            names[:] = sorted(n for n in names if n not in ("__pycache__", leave))
            for name in sorted(files):
                if name.endswith(suffixes):
                    at = Path(root, name).stat()
                    where = Path(root, name).relative_to(folder)
                    digest.update(f"{where} {at.st_size} {at.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _warehouse(home: Home) -> list[int]:
    if not home.warehouse.is_file():
        return []
    at = home.warehouse.stat()
    return [at.st_size, at.st_mtime_ns]
