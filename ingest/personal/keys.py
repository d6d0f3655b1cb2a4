"""The secret key for hashes of personal data: made on first use, readable by its owner only.

The key never reaches SQL, logs or errors: SQL calls functions that hold it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from baokuan.home import config_dir
from ingest.personal import normalise

LENGTH = 32  # hex digits of a hash that are kept: 128 bits


def load(folder: Path | None = None) -> bytes:
    """The key in BAOKUAN_CONFIG/keys/personal.key; made with mode 0600 when missing.

    Raises:
        PermissionError: others may read the key.
        ValueError: the file is not a key.
    """
    path = (folder or config_dir() / "keys") / "personal.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails when another process was first: its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others; run: chmod 600 {path}")
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if not 32 <= len(key) <= 64:
        raise ValueError(f"{path} is damaged: 64 hex digits are expected; restore it from backup")
    return key


@lru_cache(maxsize=4)
def _started(key: bytes) -> tuple[Any, Any]:
    """SHA-256 with the key's two HMAC pads already taken in."""
    block = key.ljust(64, b"\0")
    return tuple(hashlib.sha256(bytes(b ^ pad for b in block)) for pad in (0x36, 0x5C))  # type: ignore[return-value]


def hashed(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA256 of a normalised datum; the kind keeps a phone and an account apart."""
    inner, outer = (part.copy() for part in _started(key))
    inner.update(f"{kind}:{value}".encode())
    outer.update(inner.digest())
    return str(outer.hexdigest()[:LENGTH])


def install(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make masking and the token of an identifier that is a phone number known to SQL."""

    def token(phone_number: str) -> str:
        return "p" + hashed(key, "phone", normalise.phone(phone_number))

    con.create_function("mask_text", normalise.mask_text, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item]
    con.create_function("phone_token", token, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item]
