"""Reads archived originals again after their contract was mended, and lets their rows through.

Belongs here: which files are worth it, and replacing what bronze holds of them. A file's new rows
go beside its old ones under another name; the outcome, renamed into place, decides which count.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from baokuan import lock
from baokuan.home import Home
from ingest import outcomes
from ingest.arrive.landing import Landed, archive_of
from ingest.contract import Contract
from ingest.load.run import try_file
from ingest.outcomes import Outcome
from ingest.personal import keys


@dataclass
class Retried:
    """What a second reading of one file gave."""

    outcome: Outcome
    before: Outcome
    reason: str = ""  # why nothing was done
    lost: int = 0  # rows kept before that are not any more

    @property
    def gained(self) -> int:
        return self.outcome.rows_kept - self.before.rows_kept + self.lost


def candidates(home: Home, contracts: list[Contract]) -> list[Outcome]:
    """Loaded files with doubtful rows or values, whose contract has changed since."""
    now = {contract.name: contract.version for contract in contracts}
    return [
        o
        for o in outcomes.read_all(home)
        if o.status == "loaded"
        and (o.rows_quarantined or o.values_rejected)
        and now.get(o.contract, o.contract_version) != o.contract_version
    ]


def retry(home: Home, contracts: list[Contract], feed: str | None = None) -> list[Retried]:
    """Read every candidate again; what can be read now is in the views after ``register``.

    Raises:
        LockedError: an ingest is running.
    """
    with lock.intake(home).held():
        _clear(home)
        chosen = [o for o in candidates(home, contracts) if feed in (None, o.feed)]
        batch = outcomes.next_batch(outcomes.read_all(home))
        by_name = {contract.name: contract for contract in contracts}
        return [_again(home, by_name[o.contract], o, batch) for o in chosen]


def _clear(home: Home) -> None:
    """Remove what a killed retry left behind: its folder, and bronze files of no outcome."""
    shutil.rmtree(home.state / "retry", ignore_errors=True)
    used = {p for o in outcomes.read_all(home) for p in (o.bronze_path, o.quarantine_path) if p}
    for root in (home.bronze, home.quarantine):
        for path in root.glob("*/*.parquet"):
            is_second = path.stem.count(".") > 0
            if is_second and path.relative_to(home.root).as_posix() not in used:
                path.unlink()


def _again(home: Home, contract: Contract, before: Outcome, batch: int) -> Retried:
    original = archive_of(home, before)
    if original is None:
        return Retried(before, before, "the original is no longer kept: land it again")
    scratch = Home(home.state / "retry")
    landed = Landed(original, before.source, original.stat().st_size)
    found = try_file(scratch, landed, [contract], keys.load(), home)
    fresh = next((o for o in found if o.contract == contract.name), None)
    if fresh is None or fresh.status != "loaded":
        shutil.rmtree(scratch.root, ignore_errors=True)
        why = fresh.reason if fresh is not None else "the contract no longer matches it"
        return Retried(before, before, f"not read: {why}")
    lost = _lost(home, before, scratch, fresh)
    old = [p for p in (before.bronze_path, before.quarantine_path) if p]
    for name in ("bronze_path", "quarantine_path"):
        setattr(fresh, name, _move(home, scratch, getattr(fresh, name), fresh))
    fresh.file_id, fresh.batch = before.file_id, batch
    os.sync()
    outcomes.write(home, fresh)
    os.sync()
    for path in old:
        if path not in (fresh.bronze_path, fresh.quarantine_path):
            (home.root / path).unlink(missing_ok=True)
    shutil.rmtree(scratch.root, ignore_errors=True)
    return Retried(fresh, before, lost=lost)


def _move(home: Home, scratch: Home, path: str | None, outcome: Outcome) -> str | None:
    """A file of the second reading, moved into the home under a name of its own."""
    if path is None:
        return None
    source = Path(path)
    name = f"{source.stem.split('.')[0]}.{outcome.contract_version}.parquet"
    target = source.with_name(name).as_posix()
    (home.root / target).parent.mkdir(parents=True, exist_ok=True)
    (scratch.root / path).replace(home.root / target)
    return target


def _lost(home: Home, before: Outcome, scratch: Home, after: Outcome) -> int:
    """Rows that were kept before and are not any more."""
    if before.bronze_path is None:
        return 0
    old = str(home.root / before.bronze_path)
    with duckdb.connect(":memory:") as con:
        if after.bronze_path is None:
            row = con.execute("select count(*) from read_parquet(?)", [old]).fetchone()
        else:
            row = con.execute(
                "select count(*) from (select _row_no from read_parquet(?) except "
                "select _row_no from read_parquet(?))",
                [old, str(scratch.root / after.bronze_path)],
            ).fetchone()
    return int(row[0]) if row else 0
