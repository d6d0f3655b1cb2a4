"""Lines of delimited text into records: the reference that decides what a line means.

Belongs here: delimiters, quotes, records over several lines, broken quotes. It is exact, not fast;
``delimited`` reads regular lines faster and must agree with it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable

from ingest.contract.model import Contract
from ingest.read import table
from ingest.read.table import BadRow

DELIMITERS = ",\t;|"
LONGEST_RECORD = 50  # lines that one quoted text may span
LONGEST_CELL = 1 << 30


def sniff(lines: list[str], contract: Contract) -> str:
    """The delimiter: as declared, else the one that finds most of the contract's columns."""
    if contract.format.delimiter is not None:
        return contract.format.delimiter
    aliases = table.expected(contract)
    score: Counter[str] = Counter()
    for line in lines[: table.HEADER_DEPTH]:
        for delimiter in DELIMITERS:
            if delimiter in line:
                cells = {table.normal_header(cell) for cell in line.split(delimiter)}
                score[delimiter] = max(score[delimiter], len(cells & aliases))
    best = max(DELIMITERS, key=lambda d: score[d])
    return best if score[best] > 1 else guess(lines)


def guess(lines: list[str]) -> str:
    """The delimiter that splits most lines into the same number of cells."""

    def regularity(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines[:200])
        counts.pop(0, None)
        return (counts.most_common(1)[0][1], 1) if counts else (0, 0)

    return max(DELIMITERS, key=regularity)


def split(
    lines: list[str],
    delimiter: str,
    width: int = 0,
    first: int = 1,
    mended: list[int] | None = None,
) -> tuple[list[list[str]], list[int], list[BadRow]]:
    """Records, the line number each starts on, and the lines that no reading makes sense of.

    A quoted text may span lines; a quote that is never closed costs its own line only. ``width``
    is the usual number of cells, found out when 0; ``first`` the number of the first line.
    ``mended`` takes the places of the lines in which a quotation mark was not doubled.
    """
    csv.field_size_limit(LONGEST_CELL)
    width = width or _usual_width(lines, delimiter)
    records: list[list[str]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if '"' not in line:
            records.append(line.split(delimiter))
            numbers.append(first + index)
            index += 1
            continue
        record, used = _quoted_record(lines, index, delimiter, width)
        if record is None:
            record = _lenient(line, delimiter, width)
            if record is not None and mended is not None:
                mended.append(index)
        if record is None:
            bad.append(BadRow(first + index, "a quotation mark is not closed or not doubled"))
        else:
            records.append(record)
            numbers.append(first + index)
        index += used
    return records, numbers, bad


def told(lines: Iterable[int]) -> list[str]:
    """A warning about the lines that ``split`` has mended, if any."""
    listed = list(lines)
    if not listed:
        return []
    return [
        f"{len(listed)} lines have a quotation mark inside quotes that is not doubled "
        f"(first in line {min(listed)}); it is read as part of the text"
    ]


def _usual_width(lines: list[str], delimiter: str) -> int:
    counts = Counter(line.count(delimiter) + 1 for line in lines[:500] if '"' not in line)
    return counts.most_common(1)[0][0] if counts else 0


def _parse(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        records = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _quoted_record(
    lines: list[str], index: int, delimiter: str, width: int
) -> tuple[list[str] | None, int]:
    """The record that starts on a line with quotes, and how many lines it takes."""
    if (record := _parse([lines[index]], delimiter)) is not None:
        return record, 1
    if lines[index].count('"') % 2 == 0:
        return None, 1
    for end in range(index + 1, min(index + LONGEST_RECORD, len(lines))):
        line = lines[end]
        if '"' not in line and width > 2 and line.count(delimiter) + 1 == width:
            return None, 1  # a whole record inside quotes: the quote was never closed
        if '"' in line:
            block = [text + "\n" for text in lines[index:end]] + [line]
            record = _parse(block, delimiter)
            if record is not None and (not width or len(record) == width):
                return record, end - index + 1
    return None, 1


def _lenient(line: str, delimiter: str, width: int) -> list[str] | None:
    """A line in which quotation marks inside quotes are not doubled (``"19" rack"``): they end a
    text before a delimiter or the line's end only. None unless it has just the usual cells."""
    cell = rf'"(?:[^"]|""|"(?!["{re.escape(delimiter)}]|$))*"|[^"{re.escape(delimiter)}]*'
    found = re.fullmatch(rf"(?:{cell})(?:{re.escape(delimiter)}(?:{cell}))*", line)
    if found is None or width < 3:
        return None
    cells = [m[1] for m in re.finditer(rf"(?:^|{re.escape(delimiter)})({cell})", line)]
    if len(cells) != width:
        return None
    return [c[1:-1].replace('""', '"') if c.startswith('"') else c for c in cells]
