"""The landing folder: which files are there, what their names say, and where they go afterwards.

Belongs here: listing, hashing, names, archiving. Reading contents does not.
"""

from __future__ import annotations

import calendar
import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from baokuan.files import is_unfinished
from baokuan.home import Home
from ingest.outcomes import Outcome

COMPARED = 1 << 17  # bytes compared at once: two pieces stay in the processor's cache
_NAME = re.compile(r"_(?:full|delta|snap|snapshot)_(\d{8}|\d{6})(?:_(.+))?$")
_ANY_DATE = re.compile(
    r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)


@dataclass(frozen=True)
class Landed:
    """One file below landing/."""

    path: Path
    relative: str
    bytes: int

    @property
    def file_date(self) -> date | None:
        """The business date in the file's name; a month stands for its last day."""
        stem = self.path.name.split(".")[0]
        found = _NAME.search(stem)
        if found:
            digits = found[1]
        elif found := _ANY_DATE.search(stem):
            digits = "".join(part for part in found.groups() if part)
        else:
            return None
        year, month = int(digits[:4]), int(digits[4:6])
        if not 1 <= month <= 12:
            return None
        last = calendar.monthrange(year, month)[1]
        day = int(digits[6:]) if len(digits) == 8 else last
        return date(year, month, day) if 1 <= day <= last else None

    @property
    def file_seq(self) -> str | None:
        """The sequence in the file's name, e.g. a store code."""
        found = _NAME.search(self.path.name.split(".")[0])
        return found[2] if found else None

    def named(self, *, with_seq: bool) -> str:
        """What the name tells: its date, and with it the sequence; empty for a name without."""
        if self.file_date is None:
            return ""
        return f"{self.file_date}/{self.file_seq or ''}" if with_seq else str(self.file_date)


def files(home: Home) -> list[Landed]:
    """Complete files below landing/, by path; hidden and partial ones are left alone."""
    found = []
    for folder, folders, names in os.walk(home.landing):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(folder, name)
            if is_unfinished(name):
                continue
            if path.is_file() and not path.is_symlink():
                relative = path.relative_to(home.landing).as_posix()
                found.append(Landed(path, relative, path.stat().st_size))
    return sorted(found, key=lambda item: item.relative)


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def archived(home: Home, landed: Landed, digest: str) -> Path:
    """Where the original of a landed file is kept."""
    name = f"{landed.path.name.split('.')[0]}.{digest[:12]}{''.join(landed.path.suffixes)}"
    return home.archive / Path(landed.relative).with_name(name)


def archive_of(home: Home, outcome: Outcome) -> Path | None:
    """The original of a file, if it is still there."""
    path = home.landing / outcome.source
    kept = archived(home, Landed(path, outcome.source, 0), outcome.content_hash)
    return next((p for p in (kept, path) if p.is_file()), None)


def digest(home: Home, landed: Landed, known: dict[str, list[Outcome]], large: int) -> str:
    """SHA-256 of a file; from ``large`` bytes on by comparing it with known originals of its size,
    which is faster than hashing it."""
    if landed.bytes >= large:
        for there, outcomes in known.items():
            if outcomes[0].bytes == landed.bytes and _is_original(home, outcomes[0], landed):
                return there
    return content_hash(landed.path)


def _is_original(home: Home, outcome: Outcome, landed: Landed) -> bool:
    """Has a landed file the very bytes of the original that is kept of an outcome's file?"""
    if mark(home, outcome.content_hash).exists():  # the original was changed since
        return False
    there = Landed(home.landing / outcome.source, outcome.source, outcome.bytes)
    kept = archived(home, there, outcome.content_hash)
    if not kept.is_file() or kept.stat().st_size != landed.path.stat().st_size:
        return False
    middle = landed.bytes // 2  # two halves side by side: reading waits, and lets go of the lock
    with ThreadPoolExecutor(2) as pool:
        halves = [(0, middle), (middle, landed.bytes)]
        return all(pool.map(lambda half: _is_same(kept, landed.path, *half), halves))


def _is_same(one: Path, other: Path, start: int, end: int) -> bool:
    """Do two files hold the same bytes between two places?"""
    pieces = bytearray(COMPARED), bytearray(COMPARED)
    with one.open("rb", buffering=0) as first, other.open("rb", buffering=0) as second:
        first.seek(start)
        second.seek(start)
        while start < end:
            filled = first.readinto(pieces[0])
            if not filled or second.readinto(pieces[1]) != filled or pieces[0] != pieces[1]:
                return False
            start += filled
        return True


def mark(home: Home, digest: str) -> Path:
    """A file that is there when an original holds someone who was erased."""
    return home.state / "erased" / digest


def keep_landing() -> bool:
    """BAOKUAN_KEEP_LANDING=1 leaves originals in landing/; being known, they load only once."""
    return os.environ.get("BAOKUAN_KEEP_LANDING", "") not in ("", "0")


def archive(home: Home, landed: Landed, digest: str) -> None:
    """Move the original to archive/, readable by its owner only; same content is kept once."""
    if keep_landing():
        return
    if mark(home, digest).exists():
        landed.path.unlink()
        return
    target = archived(home, landed, digest)
    if target.is_file() and target.stat().st_size == landed.bytes:
        landed.path.unlink()  # to put it in the other's place would write all of it to disk first
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    landed.path.chmod(0o600)
    landed.path.replace(target)
