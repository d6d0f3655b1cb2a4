"""Which versions stay and which go. Deciding is a pure function; removing is the rest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection
from datetime import datetime

from baokuan import lock
from baokuan.home import Home
from serving import versions
from serving.connect import spill_root
from serving.publish import clear_up
from serving.records import publications
from serving.versions import FILE, KINDS

KEPT_PER_KIND = 3
KEPT_OPS = 5


def keep(names: Collection[str], now: str | None, before: str | None, gone: set[str]) -> set[str]:
    """Versions to keep: the last three of each kind, the current one, what was current before it,
    and the version that a rollback would choose. ``gone`` are withdrawn ones: they don't count.
    """
    standing = sorted(name for name in names if name not in gone)
    kept = {name for name in (now, before) if name in names and name is not None}
    for kind in KINDS:
        kept |= set([n for n in standing if versions.kind_of(n) == kind][-KEPT_PER_KIND:])
    earlier = [name for name in standing if now and name < now]
    return kept | set(earlier[-1:])


def before_erasure(home: Home, names: Collection[str], now: str | None) -> set[str]:
    """Versions that may still hold someone who has been erased, once a later one serves."""
    log = home.ops_records / "erasures.jsonl"
    if now is None or not log.is_file():
        return set()
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    times = [datetime.fromisoformat(e["at"]) for e in entries if e["what"] == "person erased"]
    if not times or versions.stamp_of(now) <= max(times):
        return set()
    return {name for name in names if versions.stamp_of(name) <= max(times)}


def prune(home: Home) -> list[str]:
    """Remove versions and ops versions beyond those kept; returns the versions removed."""
    with lock.publishing(home):
        clear_up(home)
        names = versions.names(home)
        moves = [p for p in publications(home) if p["action"] != "refused"]
        before = moves[-1].get("previous_version") if moves else None
        gone = {name for name in names if versions.is_withdrawn(home, name)}
        now = versions.current(home)
        kept = keep(names, now, before, gone)
        kept -= {name for name in before_erasure(home, names, now) if name != now}
        removed = [name for name in names if name not in kept]
        for name in removed:
            versions.remove(home.published / name)
        _prune_ops(home, kept)
    _prune_spill(home)
    return removed


def _prune_ops(home: Home, kept: set[str]) -> None:
    pointer = versions.read_pointer(versions.ops_pointer(home))
    names = versions.ops_names(home)
    for name in names:
        root = versions.ops_root(home) / name
        if name != pointer and name not in names[-KEPT_OPS:]:
            versions.remove(root)
            continue
        for link in root.glob(f"*/{FILE}"):  # else a hard link would keep a removed version's bytes
            if link.parent.name not in kept:
                shutil.rmtree(link.parent, ignore_errors=True)


def _prune_spill(home: Home) -> None:
    for path in spill_root(home).iterdir():
        pid = path.name.partition("-")[0]
        if pid.isdigit() and int(pid) != os.getpid() and not versions.alive(int(pid)):
            shutil.rmtree(path, ignore_errors=True)
