"""Rows as a readable terminal table, a Chinese character being two columns wide. Nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

_WIDEST = 40


def width(text: str) -> int:
    """Columns that a terminal needs for the text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def render(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: Sequence[bool] | None = None,
) -> str:
    """A table with a rule below its header; numbers (or what ``right`` says) to the right."""
    cells = [[clip(cell(value)) for value in row] for row in rows]
    right = right or [
        any(isinstance(row[i], (int, float, Decimal)) for row in rows) for i in range(len(header))
    ]
    widths = [
        max([width(title), *(width(row[i]) for row in cells)]) for i, title in enumerate(header)
    ]
    lines = [
        _line(header, widths, right),
        "  ".join("─" * w for w in widths),
        *(_line(row, widths, right) for row in cells),
    ]
    return "\n".join(lines)


def cell(value: object) -> str:
    """One value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value).replace("\n", " ").replace("\t", " ")


def clip(text: str, widest: int = _WIDEST) -> str:
    """Cut a text that is too wide, with an ellipsis."""
    if width(text) <= widest:
        return text
    kept, used = "", 0
    for c in text:
        if used + width(c) > widest - 1:
            break
        kept, used = kept + c, used + width(c)
    return kept + "…"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for text, size, to_right in zip(cells, widths, right, strict=True):
        gap = " " * (size - width(text))
        padded.append(gap + text if to_right else text + gap)
    return "  ".join(padded).rstrip()
