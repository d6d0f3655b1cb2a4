"""Operational records as JSON files, one per event, written atomically, never rewritten in bulk.

They are the source of the ops database (serving/ops.py). Quality results are written by quality/,
file outcomes by ingest/.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from baokuan import files
from baokuan.home import Home
from serving import versions


def timestamp() -> str:
    """The real time in UTC (never the replay clock): when it was computed, not what it is about."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class RowCount:
    """Rows of a model after a run, and the rows that the run touched (None: not known)."""

    table: str
    rows: int | None = None
    rows_touched: int | None = None


@dataclass(frozen=True)
class Run:
    """One run of a job. The same ``run_id`` may be written again as the run goes on."""

    run_id: str
    job: str
    status: str  # running, success, failed, refused
    started_at: str
    finished_at: str | None = None
    version: str | None = None
    reason: str | None = None
    as_of_date: str | None = None
    row_counts: list[RowCount] = field(default_factory=list)


@dataclass(frozen=True)
class Publication:
    """A move of the pointer, or the refusal of one."""

    action: str  # published, refused, rolled_back
    version: str | None
    run_id: str | None = None
    kind: str | None = None
    previous_version: str | None = None
    reason: str | None = None
    as_of_date: str | None = None
    tables: int | None = None
    rows: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    at: str = field(default_factory=timestamp)


def record_run(home: Home, run: Run) -> Path:
    """Write or replace the record of one run."""
    path = home.ops_records / "runs" / f"{_file_name(run.run_id)}.json"
    files.write_atomic(path, json.dumps(asdict(run), ensure_ascii=False))
    return path


def record_publication(home: Home, publication: Publication) -> Path:
    """Append a publication; names sort by time."""
    root = home.ops_records / "publications"
    taken = [p.name for p in root.glob("*.json")] if root.is_dir() else []
    stamp = versions.next_stamp([name.removesuffix(".json") for name in taken])
    path = root / f"{stamp}-{publication.action}.json"
    files.write_atomic(path, json.dumps(asdict(publication), ensure_ascii=False))
    return path


def publications(home: Home) -> list[dict]:
    """All publication records, oldest first."""
    return read_folder(home.ops_records / "publications")


def read_folder(root: Path) -> list[dict]:
    """The JSON objects of a folder's ``*.json`` files in name order; damaged ones are left out."""
    found = []
    for path in sorted(root.glob("*.json")) if root.is_dir() else []:
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (json.JSONDecodeError, UnicodeDecodeError):
            continue  # half a file from a crash before renames were atomic: nothing to count
    return found


def _file_name(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in text)[:150] or "run"
