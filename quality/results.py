"""The result of a check and its record. Counts and shares only: never a row or a value of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from baokuan.files import write_atomic
from baokuan.home import Home

STATUSES = ("passed", "failed", "error", "not_available", "nothing_new")


@dataclass(frozen=True)
class Result:
    """One check. ``success`` is None where nothing could be judged (``status`` says why)."""

    suite: str  # for a bronze feed: the feed's name
    target: str
    expectation: str
    column: str | None
    severity: str  # block_version, block_feed or warn
    success: bool | None
    observed: str | None
    details: str
    checked_at: str
    run_id: str
    status: str = "passed"
    gate: str = "bronze"  # bronze or candidate
    file_ids: tuple[str, ...] = ()  # bronze: the new files of the feed that was judged

    @property
    def blocks(self) -> bool:
        return self.success is False and self.severity != "warn"


def blocking(results: Iterable[Result], severity: str) -> list[Result]:
    """The failed checks of one severity."""
    return [r for r in results if r.success is False and r.severity == severity]


def path_of(home: Home, run_id: str) -> Path:
    return home.ops_records / "quality" / f"{run_id}.jsonl"


def store(home: Home, run_id: str, gate: str, results: Sequence[Result]) -> Path:
    """Write a gate's results; a second try of the same gate in a run replaces the first."""
    path = path_of(home, run_id)
    kept = [line for line in read(path) if line.get("gate") != gate]
    lines = [*kept, *(_record(result) for result in results)]
    write_atomic(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def read(path: Path) -> list[dict]:
    """The records of one run; none when it has not been checked."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _record(result: Result) -> dict:
    record = asdict(result)
    del record["file_ids"]
    return record
