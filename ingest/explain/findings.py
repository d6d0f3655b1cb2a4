"""What a check tells of a file: one finding for each thing that happens to some rows or values.

Only the shape belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

EXAMPLES = 3


@dataclass
class Finding:
    """One thing that would happen to some rows or values."""

    what: str  # kept, repaired, rejected, quarantined, skipped, flagged, masked
    why: str
    count: int
    column: str = ""
    rows: list[int] = field(default_factory=list)  # the first few
    examples: list[str] = field(default_factory=list)  # of non-personal columns only
    remedy: str = ""
