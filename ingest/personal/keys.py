"""The secret key for hashes of personal data: made on first use, readable by its owner only.

The key never reaches SQL, logs or errors: SQL calls functions that hold it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from baokuan.home import config_dir
from ingest.personal import normalise

LENGTH = 32  # hex digits of a hash that are kept: 128 bits


class Key(bytes):
    """The first key, and those that rotations have added: a hash goes through all of them.

    So a rotation needs no phone number: it takes every hash one key further. Who learns an old
    key alone can match nothing.
    """

    later: tuple[bytes, ...] = ()


def path_of(folder: Path | None = None) -> Path:
    return (folder or config_dir() / "keys") / "personal.key"


def load(folder: Path | None = None) -> Key:
    """The key in BAOKUAN_CONFIG/keys/personal.key, a line for each rotation; made with mode 0600
    when missing.

    Raises:
        PermissionError: others may read the key.
        ValueError: the file is not a key.
    """
    path = path_of(folder)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        _write(draft, secrets.token_hex(32))
        try:
            os.link(draft, path)  # fails when another process was first: its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others; run: chmod 600 {path}")
    try:
        parts = [bytes.fromhex(line) for line in path.read_text().split()]
    except ValueError:
        parts = []
    if not parts or any(not 32 <= len(part) <= 64 for part in parts):
        raise ValueError(f"{path} is damaged: 64 hex digits are expected; restore it from backup")
    key = Key(parts[0])
    key.later = tuple(parts[1:])
    return key


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def prepare(key: Key, folder: Path | None = None) -> bytes:
    """Write the key file with one more key beside the one in use; returns the new key."""
    path = path_of(folder).with_suffix(".next")
    path.unlink(missing_ok=True)
    added = secrets.token_bytes(32)
    _write(path, "\n".join(part.hex() for part in (key, *key.later, added)))
    return added


def take_over(folder: Path | None = None) -> None:
    """Let a prepared key file count; does nothing where it counts already."""
    path = path_of(folder)
    if path.with_suffix(".next").exists():
        path.with_suffix(".next").replace(path)


def give_up(folder: Path | None = None) -> None:
    path_of(folder).with_suffix(".next").unlink(missing_ok=True)


def advanced(added: bytes, digest: str) -> str:
    """A hash taken one key further."""
    return hmac.digest(added, f"next:{digest}".encode(), "sha256").hex()[:LENGTH]


@lru_cache(maxsize=4)
def _started(key: bytes) -> tuple[Any, Any]:
    """SHA-256 with the key's two HMAC pads already taken in."""
    block = key.ljust(64, b"\0")
    return tuple(hashlib.sha256(bytes(b ^ pad for b in block)) for pad in (0x36, 0x5C))  # type: ignore[return-value]


def hashed(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA256 of a normalised datum; the kind keeps a phone and an account apart."""
    return hasher(key, kind)(value)


def hasher(key: bytes, kind: str) -> Callable[[str], str]:
    """``hashed`` for many data of one kind."""
    inner, outer = (part.copy() for part in _started(key))
    inner.update(f"{kind}:".encode())
    begin, finish = inner.copy, outer.copy
    later = getattr(key, "later", ())

    def of(value: str) -> str:
        first, second = begin(), finish()
        first.update(value.encode())
        second.update(first.digest())
        digest = str(second.hexdigest()[:LENGTH])
        for added in later:
            digest = advanced(added, digest)
        return digest

    return of


def hashed_row(key: bytes, kind: str, values: list[bytes]) -> bytes:
    """``hashed`` of many normalised data at once, one after the other; for keys never rotated."""
    inner, outer = (part.copy() for part in _started(key))
    inner.update(f"{kind}:".encode())
    begin, finish = inner.copy, outer.copy
    digests = []
    for value in values:
        first, second = begin(), finish()
        first.update(value)
        second.update(first.digest())
        digests.append(second.digest()[: LENGTH // 2])
    return b"".join(digests).hex().encode()


def install(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make masking and the token of an identifier that is a phone number known to SQL."""

    def token(phone_number: str) -> str:
        return "p" + hashed(key, "phone", normalise.phone(phone_number))

    con.create_function("mask_text", normalise.mask_text, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item]
    con.create_function("phone_token", token, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item]
