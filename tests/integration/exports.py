"""Reading and writing export files in tests: whatever encoding came, rows as dictionaries."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path


def decode(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def rows(path: Path) -> list[dict[str, str]]:
    """The rows below the header line, by header name."""
    return list(csv.DictReader(io.StringIO(decode(path))))


def write(path: Path, table: Sequence[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


def day_of(name: str) -> str | None:
    """``20261101`` of ``pos/pos_receipt_delta_20261101_S001.csv``."""
    found = re.search(r"_(\d{8})_", name)
    return found[1] if found else None
