"""How much memory DuckDB may take while it builds a home's warehouse."""

from __future__ import annotations

import os
from pathlib import Path

from baokuan.home import Home

LEAST = 2  # GB
TIMES_BRONZE = 3  # what sorting and joining takes, for each byte of bronze; more is no faster
SHARE = 0.6  # of the machine's memory
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def limit(home: Home) -> str:
    """As DuckDB spells it: ``BAOKUAN_MEMORY_LIMIT``, else by the size of bronze.

    2 GB, doubled until it is three times bronze, as long as it is at most 60 % of the memory that
    there is.
    """
    set_by_hand = os.environ.get("BAOKUAN_MEMORY_LIMIT", "").strip()
    if set_by_hand:
        return set_by_hand
    wanted = TIMES_BRONZE * sum(path.stat().st_size for path in home.bronze.glob("*/*.parquet"))
    size = LEAST
    while size * 1e9 < wanted and 2 * size * 1e9 <= SHARE * _present():
        size *= 2
    return f"{size}GB"


def _present() -> int:
    """Bytes of memory that this process may use: the container's, or the machine's."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(_CONTAINER.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return machine
