"""What the simulator tests share and that is no fixture."""

from __future__ import annotations

from datetime import date
from pathlib import Path

END = date(2026, 10, 31)


def content(folder: Path) -> dict[str, bytes]:
    """Relative path and bytes of every file."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
