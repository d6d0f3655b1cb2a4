"""The outcome record of each landed file and contract: what happened, why, and how many rows.

Belongs here: the record, its JSON file (whose presence commits a bronze file), holding and
releasing. Deciding outcomes does not.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from baokuan.files import fsync
from baokuan.home import Home

STATUSES = ("loaded", "blocked", "held", "unknown", "empty", "duplicate", "lookup")
PROBLEMS = ("blocked", "unknown")
FEW = 8  # files that are flushed one by one; more of them faster all at once


class AccountingError(AssertionError):
    """Rows of a file that are neither kept, quarantined, skipped nor held."""


@dataclass
class Outcome:
    """What became of one landed file under one contract (``contract`` is empty when unknown)."""

    file_id: str
    feed: str
    contract: str
    source: str  # path below landing/
    content_hash: str
    bytes: int
    status: str
    file_date: str | None = None
    file_seq: str | None = None
    encoding: str | None = None
    reason: str = ""
    remedy: str = ""
    warnings: list[str] = field(default_factory=list)
    rows_in_file: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    rows_skipped: dict[str, int] = field(
        default_factory=lambda: {"title": 0, "total": 0, "blank": 0}
    )
    rows_held: int = 0
    rows_derived: int = 0  # bronze rows beyond one for each row kept, by splitting or unpivoting
    values_rejected: dict[str, int] = field(default_factory=dict)
    personal: dict[str, int] = field(default_factory=dict)
    batch: int = 0
    contract_version: str = ""
    ingested_at: str = ""
    bronze_path: str | None = None  # below the home folder
    quarantine_path: str | None = None
    duplicate_of: str | None = None
    waits: bool = False  # blocked until the file of a look-up is there
    named: str = ""  # what the file's name tells that its content does not: date, or date/seq

    def check(self) -> None:
        """Every row of the file is accounted for.

        Raises:
            AccountingError: the numbers do not add up.
        """
        accounted = (
            self.rows_kept
            + self.rows_quarantined
            + sum(self.rows_skipped.values())
            + self.rows_held
        )
        if accounted != self.rows_in_file:
            raise AccountingError(
                f"{self.source}: {self.rows_in_file} rows in the file, {accounted} accounted for"
            )


def _path(home: Home, file_id: str) -> Path:
    return home.outcomes / f"{file_id}.json"


def write(home: Home, outcome: Outcome) -> None:
    """Commit an outcome: all of it appears at once. Flushing to disk is the caller's, by group."""
    outcome.check()
    path = _path(home, outcome.file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


def to_disk(home: Home, some: list[Outcome], records: bool) -> None:
    """Let the files of outcomes reach the disk: their ``records``, or else the data they vouch for.

    File by file while these are few: the rest of the machine's writing is not waited for.
    """
    if records:
        paths = [_path(home, outcome.file_id) for outcome in some]
    else:
        named = [p for o in some for p in (o.bronze_path, o.quarantine_path) if p]
        paths = [home.root / name for name in named]
    if len(paths) > FEW:
        os.sync()
        return
    for path in (*paths, *{path.parent for path in paths}):
        fsync(path)


def read_all(home: Home) -> list[Outcome]:
    """Every committed outcome, by file id."""
    if not home.outcomes.is_dir():
        return []
    with os.scandir(home.outcomes) as entries:
        found = [(entry.path, entry.stat()) for entry in entries if entry.name.endswith(".json")]
    return [
        _copy(_record(path, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        for path, stat in sorted(found, key=lambda item: item[0])
    ]


@functools.lru_cache(maxsize=100_000)
def _record(path: str, *stamp: int) -> dict[str, Any]:
    """The fields that we know of a record; a run asks several times for thousands of records."""
    known = {item.name for item in fields(Outcome)}
    data = json.loads(Path(path).read_bytes())
    return {key: value for key, value in data.items() if key in known}


def _copy(record: dict[str, Any]) -> Outcome:
    """An outcome of its own: whoever changes it changes no other."""
    mine: dict[str, Any] = {
        k: v.copy() if isinstance(v, dict | list) else v for k, v in record.items()
    }
    return Outcome(**mine)


def next_batch(earlier: Iterable[Outcome]) -> int:
    """The number of the batch that comes after all of these."""
    return 1 + max((outcome.batch for outcome in earlier), default=0)


def set_held(home: Home, file_ids: Iterable[str], reason: str) -> list[Outcome]:
    """Hold loaded files back: their rows leave the views, the bronze files stay."""
    wanted, changed = set(file_ids), []
    for outcome in read_all(home):
        if outcome.file_id in wanted and outcome.status == "loaded":
            outcome.status, outcome.reason = "held", reason
            outcome.remedy = "mend the cause, then: baokuan ingest release " + outcome.file_id
            outcome.rows_held, outcome.rows_kept = outcome.rows_kept, 0
            write(home, outcome)
            changed.append(outcome)
    return changed


def release(home: Home, file_ids: Iterable[str]) -> list[Outcome]:
    """Let held files through again, in a new batch, so that incremental models see them."""
    wanted, changed = set(file_ids), []
    everything = read_all(home)
    batch = next_batch(everything)
    for outcome in everything:
        if outcome.file_id in wanted and outcome.status == "held":
            outcome.status, outcome.reason, outcome.remedy = "loaded", "", ""
            outcome.rows_kept, outcome.rows_held = outcome.rows_held, 0
            outcome.batch = batch
            write(home, outcome)
            changed.append(outcome)
    return changed
