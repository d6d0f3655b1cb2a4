"""When do files in the landing folder call for a run? A pure decision over what the folder lists.

The cursor holds name, modify time and size of every file the last request knew. Files that a run
has moved to the archive leave it again, so it stays as small as the folder. Names and times only
trigger; the content hash in ingest/ is what keeps a file from being loaded twice.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from baokuan.files import is_unfinished

QUIET_SECONDS = 60.0

Stamp = tuple[int, int]  # modify time in ns, size in bytes


@dataclass(frozen=True)
class Decision:
    """What the sensor does: ``run_key`` asks for a run, ``waiting`` names files still growing."""

    cursor: str
    run_key: str | None = None
    new: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def listing(landing: Path) -> dict[str, Stamp]:
    """Finished-looking files below landing: relative name → (modify time, size)."""
    found: dict[str, Stamp] = {}
    for path in sorted(landing.rglob("*")):
        name = path.relative_to(landing).as_posix()
        if is_unfinished(name):
            continue
        try:
            stat = path.stat()
        except OSError:
            continue  # moved to the archive between listing and asking
        if path.is_file() and not path.is_symlink():
            found[name] = (stat.st_mtime_ns, stat.st_size)
    return found


def decide(files: Mapping[str, Stamp], cursor: str | None, now_ns: int | None = None) -> Decision:
    """Compare the folder with the cursor.

    A file counts as grown up when it is as it was at the last look, or hasn't been touched for
    ``QUIET_SECONDS``. While one new file still grows none triggers: a run would read it half.
    """
    moment = time.time_ns() if now_ns is None else now_ns
    known, seen_growing = _read(cursor)
    new = {name: stamp for name, stamp in files.items() if known.get(name) != stamp}
    growing = {
        name: stamp
        for name, stamp in new.items()
        if moment - stamp[0] < QUIET_SECONDS * 1e9 and seen_growing.get(name) != stamp
    }
    if growing or not new:
        kept = {name: stamp for name, stamp in known.items() if name in files}
        return Decision(_write(kept, new if growing else {}), waiting=sorted(growing))
    digest = hashlib.sha256(json.dumps(sorted(new.items())).encode()).hexdigest()[:20]
    return Decision(_write(files, {}), run_key=f"landing-{digest}", new=sorted(new))


def not_judged(files: Mapping[str, Stamp], judged: Iterable[tuple[str, int]]) -> list[str]:
    """Files that no run has looked at: blocked and unknown ones stay in landing until mended.

    Args:
        files: the listing.
        judged: (name, size) of files with an outcome that keeps them in landing.
    """
    settled = set(judged)
    return sorted(name for name, (_, size) in files.items() if (name, size) not in settled)


def _read(cursor: str | None) -> tuple[dict[str, Stamp], dict[str, Stamp]]:
    if not cursor:
        return {}, {}
    try:
        data = json.loads(cursor)
        return (
            {name: (stamp[0], stamp[1]) for name, stamp in data["known"].items()},
            {name: (stamp[0], stamp[1]) for name, stamp in data["growing"].items()},
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return {}, {}  # a cursor of another shape: look at everything once more


def _write(known: Mapping[str, Stamp], growing: Mapping[str, Stamp]) -> str:
    return json.dumps(
        {"known": dict(sorted(known.items())), "growing": dict(sorted(growing.items()))}
    )
