"""Who has been erased, as keyed hashes only, so that later exports cannot bring them back.

Belongs here: the list, its key rotation, and the log without personal data. Erasing is ``person``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from baokuan.files import append, replacing
from baokuan.home import Home
from ingest.arrive import landing
from ingest.personal import keys


@dataclass
class Gone:
    """Keyed hashes of erased people."""

    keys: set[str] = field(default_factory=set)  # of phones, accounts, mail addresses
    members: set[str] = field(default_factory=set)  # of member numbers
    until: int = 0  # batches that have been cleaned of them

    def __bool__(self) -> bool:
        return bool(self.keys or self.members)


def _path(home: Home) -> Path:
    return home.state / "erased.json"


def read(home: Home) -> Gone:
    if not _path(home).exists():
        return Gone()
    data = json.loads(_path(home).read_text(encoding="utf-8"))
    return Gone(set(data["keys"]), set(data["members"]), data["until"])


def write(home: Home, gone: Gone) -> None:
    data = {"keys": sorted(gone.keys), "members": sorted(gone.members), "until": gone.until}
    with replacing(_path(home)) as draft:
        draft.write_text(json.dumps(data), encoding="utf-8")
        draft.chmod(0o600)


def advance(home: Home, added: bytes) -> None:
    """Both the hashes under the key in use and those under the next one: a kill spoils neither."""
    gone = read(home)
    if gone:
        gone.keys |= {keys.advanced(added, digest) for digest in gone.keys}
        gone.members |= {keys.advanced(added, digest) for digest in gone.members}
        write(home, gone)


def member_hash(key: bytes, number: str) -> str:
    return keys.hashed(key, "member", number)


def mark(home: Home, digest: str) -> None:
    """Remember an original that held an erased person: copies of it are not kept again."""
    with replacing(landing.mark(home, digest)) as draft:
        draft.touch(mode=0o600)


def log(home: Home, line: dict[str, object]) -> None:
    append(home.ops_records / "erasures.jsonl", json.dumps(line))
