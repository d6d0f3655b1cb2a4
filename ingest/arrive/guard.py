"""Is a file whole? Manifests, row limits of spreadsheets, keys that vanish from a full export.

Belongs here: judging a file that has been read, before it counts (mess M11, M12). Manifests are
optional: ``{system}_manifest_{date}.json`` beside the exports, with rows, sums or a SHA-256 of each
file. What was read from one is remembered, so that it may come before its files or after them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from baokuan.files import replacing
from baokuan.home import Home
from ingest.arrive import landing, late_manifests
from ingest.arrive.known import Known
from ingest.arrive.landing import Landed
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.sql import ident, quoted

ROW_LIMITS = (65_536, 1_048_576)  # of Excel: a file of exactly so many lines lost its rest
MAX_DROP = Decimal("0.2")  # share of keys that may vanish from one full export to the next
FEW = 20  # fewer keys than this are not judged
SENT = "the manifest says"


@dataclass
class Expected:
    """What a manifest says of one file."""

    rows: int | None = None
    sha256: str | None = None
    sums: dict[str, Decimal] = field(default_factory=dict)


def is_manifest(landed: Landed) -> bool:
    name = PurePosixPath(landed.relative).name.lower()
    return name.endswith(".json") and "_manifest_" in name


def read_manifest(path: Path) -> dict[str, Expected]:
    """File name → what is expected of it.

    Raises:
        ValueError: not a manifest; says what is wrong.
    """
    try:
        data = json.loads(path.read_bytes(), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({type(error).__name__})") from error
    entries = data.get("files") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise ValueError('a manifest is {"files": [{"file": …, "rows": …}]}')
    result = {}
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise ValueError(f"entry {number} names no file")
        result[PurePosixPath(entry["file"]).name] = _expected(entry, number)
    return result


def _expected(entry: dict[str, Any], number: int) -> Expected:
    rows, sums = entry.get("rows"), entry.get("sums") or {}
    if rows is not None and (not isinstance(rows, int) or rows < 0):
        raise ValueError(f"entry {number}: 'rows' is not a count")
    try:
        totals = {str(name): Decimal(str(value)) for name, value in dict(sums).items()}
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError(f"entry {number}: 'sums' maps columns to numbers") from error
    sha = entry.get("sha256")
    return Expected(rows, str(sha).lower() if sha else None, totals)


class Guard:
    """Judges the files of one run by what manifests say and by what was there before."""

    def __init__(self, home: Home, con: duckdb.DuckDBPyConnection) -> None:
        self.home, self.con = home, con
        self.gone: dict[tuple[str, str], tuple[int, int]] = {}  # files → what vanished
        self.folder = home.state / "manifests"
        self.expected: dict[str, Expected] = {}
        if self.folder.is_dir():
            for path in sorted(self.folder.iterdir(), key=lambda p: p.stat().st_mtime_ns):
                if path.suffix == ".json":
                    self.expected |= read_manifest(path)

    def take(self, landed: Landed, known: Known) -> list[Outcome]:
        """Remember a manifest and put its original into the archive.

        Returns the outcomes of files loaded before that it changed.

        Raises:
            ValueError: it is not a manifest.
        """
        told = read_manifest(landed.path)
        self.expected |= told
        digest = landing.content_hash(landed.path)
        changed: list[Outcome] = []
        if not (self.folder / f"{digest}.json").exists():  # else somebody may have released one
            files = late_manifests.meant(set(told), known)
            changed = late_manifests.judge(self.home, files, self._unlike, SENT, known.batch)
        with replacing(self.folder / f"{digest}.json") as draft:
            draft.write_bytes(landed.path.read_bytes())
        landing.archive(self.home, landed, digest)
        return changed

    def _unlike(self, outcome: Outcome) -> str:
        return self._differs(outcome, self.expected[PurePosixPath(outcome.source).name])

    def names(self, relative: str) -> bool:
        """Does some manifest speak of the file?"""
        return PurePosixPath(relative).name in self.expected

    def judge(self, outcome: Outcome, contract: Contract, known: Known) -> bool:
        """Turn a read file's outcome into blocked or held where it is not whole; is it blocked?"""
        expected = self.expected.get(PurePosixPath(outcome.source).name)
        if expected is not None:
            if wrong := self._differs(outcome, expected):
                self._block(outcome, f"{SENT} {wrong}", "export or transfer the file again, or "
                            "send a right manifest")  # fmt: skip
                return True
        elif outcome.encoding and outcome.rows_in_file + 1 in ROW_LIMITS:
            reason = f"the file ends at Excel's row limit ({outcome.rows_in_file + 1} lines)"
            remedy = "rows are missing: export in parts, or without Excel; if it is whole, say so "
            self._block(outcome, reason, remedy + "by a manifest with its number of rows")
            return True
        if contract.mode == "full" and "_full_" in outcome.source:
            self._shrunk(outcome, contract, known)
        return False

    def _differs(self, outcome: Outcome, expected: Expected) -> str:
        rows = outcome.rows_in_file - sum(outcome.rows_skipped.values())
        if expected.sha256 and expected.sha256 != outcome.content_hash:
            return "its SHA-256 is another: the file was changed or cut on its way"
        if expected.rows is not None and expected.rows != rows:
            return f"{expected.rows} rows, the file has {rows}"
        for column, total in expected.sums.items():
            found = self._sum(outcome, column)
            if found != total:
                return f"{column} adds up to {total}, the file to {found}"
        return ""

    def _sum(self, outcome: Outcome, column: str) -> Decimal | None:
        if outcome.bronze_path is None:
            return Decimal(0)
        path = quoted(str(self.home.root / outcome.bronze_path))
        try:
            row = self.con.execute(
                f"select sum({ident(column)})::decimal(38,4) from read_parquet({path})"
            ).fetchone()
        except duckdb.Error:
            return None  # no such column, or not a number
        return Decimal(row[0]) if row and row[0] is not None else Decimal(0)

    def _block(self, outcome: Outcome, reason: str, remedy: str) -> None:
        for path in (outcome.bronze_path, outcome.quarantine_path):
            if path is not None:
                (self.home.root / path).unlink(missing_ok=True)
        outcome.status, outcome.reason, outcome.remedy = "blocked", reason, remedy
        outcome.bronze_path = outcome.quarantine_path = None
        outcome.rows_kept = outcome.rows_quarantined = outcome.rows_derived = 0
        outcome.rows_skipped = dict.fromkeys(outcome.rows_skipped, 0)
        outcome.rows_held = outcome.rows_in_file
        outcome.values_rejected, outcome.personal = {}, {}

    def _shrunk(self, outcome: Outcome, contract: Contract, earlier: Iterable[Outcome]) -> None:
        """Hold a full export back that lacks many keys of the one before it."""
        before = previous_full(outcome, earlier)
        if before is None or before.bronze_path is None or not contract.stored_key:
            return
        found = vanished(self.con, self.home, contract, before, outcome)
        self.gone[before.file_id, outcome.file_id] = had, gone = found
        if had >= FEW and gone > had * MAX_DROP:
            outcome.status = "held"
            outcome.rows_held, outcome.rows_kept = outcome.rows_kept, 0
            outcome.reason = (
                f"{gone} of {had} keys of {before.source} are gone: more than {MAX_DROP:.0%}"
            )
            outcome.remedy = (
                "if it is cut, take a whole export; if they are really gone: "
                f"baokuan ingest release {outcome.file_id}"
            )
        elif gone:
            outcome.warnings = [*outcome.warnings, f"{gone} of {had} keys are gone since "
                                f"{before.source}"]  # fmt: skip


def previous_full(outcome: Outcome, earlier: Iterable[Outcome]) -> Outcome | None:
    """The latest full export of the same kind and sequence that is not newer."""
    day = outcome.file_date or ""
    same = [
        o
        for o in earlier
        if o.contract == outcome.contract
        and o.status == "loaded"
        and o.file_seq == outcome.file_seq
        and "_full_" in o.source
        and o.file_id != outcome.file_id
        and (o.file_date or "") <= day
    ]
    return max(same, key=lambda o: (o.file_date or "", o.batch, o.file_id), default=None)


def vanished(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, before: Outcome, now: Outcome
) -> tuple[int, int]:
    """(keys of the earlier full export, those of them that the later one lacks)."""
    keys = ", ".join(ident(name) for name in contract.stored_key)

    def of(outcome: Outcome) -> str:
        path = quoted(str(home.root / str(outcome.bronze_path)))
        return f"select distinct {keys} from read_parquet({path})"

    same = " and ".join(
        f"o.{k} is not distinct from n.{k}" for k in map(ident, contract.stored_key)
    )
    new = of(now) if now.bronze_path else "select * from o where false"
    row = con.execute(
        f"with o as materialized ({of(before)}), n as ({new}) select (select count(*) from o), "
        f"(select count(*) from o where not exists (select 1 from n where {same}))"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
