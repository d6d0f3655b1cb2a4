"""Many small bronze files copied into one, so that months of shops' daily files open at once.

Belongs here: which files are packed, and which packs may be read in their place. A pack is a copy
to read from, never the truth: it counts only while each of its files is as it was, and only where
all of them are asked for. Deleting ``state/packs`` costs nothing but time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from baokuan.files import replacing
from baokuan.home import Home
from ingest.outcomes import Outcome
from ingest.sql import quoted

SMALL = 1 << 20  # bytes: opening a smaller file costs more than reading it
ENOUGH = 128  # files make a pack
Stamp = tuple[str, int, int]  # path below the home folder, bytes, time of the last change


@dataclass(frozen=True)
class Pack:
    path: Path
    stamps: frozenset[Stamp]

    @property
    def files(self) -> set[str]:
        return {name for name, _, _ in self.stamps}


def folder(home: Home) -> Path:
    return home.state / "packs"


def in_place(home: Home, feed: str, files: Iterable[str]) -> list[Path]:
    """What to read for these bronze files (paths below the home folder): packs, and the rest."""
    left, found = set(files), []
    for pack in _valid(home, feed):
        if pack.files <= left:
            found.append(pack.path)
            left -= pack.files
    return [*found, *(home.root / name for name in sorted(left))]


def renew(home: Home, con: duckdb.DuckDBPyConnection, feed: str, files: Iterable[Outcome]) -> None:
    """Remove packs that no longer hold, and pack small files where enough of a kind are loose.

    Files of a kind were written by the same version of the same contract: they have one schema.
    """
    valid = _valid(home, feed)
    for path in folder(home).glob(f"{feed}/*"):
        if path not in {pack.path for pack in valid}:
            path.unlink()
    packed = set().union(*(pack.stamps for pack in valid))
    loose: dict[tuple[str | None, str | None], list[Stamp]] = {}
    for outcome in files:
        stamp = _stamp(home, str(outcome.bronze_path))
        if stamp is not None and stamp[1] < SMALL and stamp not in packed:
            loose.setdefault((outcome.contract, outcome.contract_version), []).append(stamp)
    for stamps in loose.values():
        if len(stamps) >= ENOUGH:
            _write(home, con, feed, sorted(stamps))


def clear(home: Home) -> None:
    """Remove all packs: files they were made of hold rows that must be nowhere."""
    shutil.rmtree(folder(home), ignore_errors=True)


def _stamp(home: Home, name: str) -> Stamp | None:
    try:
        stat = (home.root / name).stat()
    except FileNotFoundError:
        return None
    return name, stat.st_size, stat.st_mtime_ns


def _valid(home: Home, feed: str) -> list[Pack]:
    packs = []
    for path in sorted(folder(home).glob(f"{feed}/*.parquet")):
        try:
            said = json.loads((pq.read_metadata(path).metadata or {})[b"files"])
        except (OSError, KeyError, ValueError):  # cut by a power failure; the next renewal drops it
            continue
        stamps = frozenset((name, size, changed) for name, size, changed in said)
        if all(_stamp(home, stamp[0]) == stamp for stamp in stamps):
            packs.append(Pack(path, stamps))
    return packs


def _write(home: Home, con: duckdb.DuckDBPyConnection, feed: str, stamps: list[Stamp]) -> None:
    said = json.dumps(stamps)
    target = folder(home) / feed / f"{sha256(said.encode()).hexdigest()[:16]}.parquet"
    paths = ", ".join(quoted(str(home.root / name)) for name, _, _ in stamps)
    with replacing(target) as draft:
        con.execute(
            f"copy (select * from read_parquet([{paths}])) to {quoted(str(draft))} "
            f"(format parquet, kv_metadata {{files: {quoted(said)}}})"
        )
