"""CSV and TXT files: delimiter, quotes, and records with the line each one starts on.

Belongs here: splitting lines into cells and telling broken records apart. This is the reference
reader; the fast one for large files must agree with it. Decoding and headers live elsewhere.
"""

from __future__ import annotations

import csv
from collections import Counter

from ingest.contracts.model import Contract
from ingest.read import encoding, table
from ingest.read.table import BadRow, BlockedError, Table

DELIMITERS = ",\t;|"
LONGEST_RECORD = 50  # lines that one quoted text may span
csv_limit = 1 << 30


def sniff(lines: list[str], contract: Contract) -> str:
    """The delimiter: as declared, else the one that finds most of the contract's columns."""
    if contract.format.delimiter is not None:
        return contract.format.delimiter
    aliases = {table.normal_header(a) for column in contract.columns for a in column.sources}
    score: Counter[str] = Counter()
    for line in lines[: table.HEADER_DEPTH]:
        for delimiter in DELIMITERS:
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


def split(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int], list[BadRow]]:
    """Records, the line number each starts on, and the lines that no reading makes sense of.

    A quoted text may span lines; a quote that is never closed costs its own line only.
    """
    if not any('"' in line for line in lines):
        return [line.split(delimiter) for line in lines], list(range(1, len(lines) + 1)), []
    csv.field_size_limit(csv_limit)
    width = _usual_width(lines, delimiter)
    records: list[list[str]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if '"' not in line:
            records.append(line.split(delimiter))
            numbers.append(index + 1)
            index += 1
            continue
        record, used = _quoted_record(lines, index, delimiter, width)
        if record is None:
            bad.append(BadRow(index + 1, "a quotation mark is not closed or not doubled"))
        else:
            records.append(record)
            numbers.append(index + 1)
        index += used
    return records, numbers, bad


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


def read(content: bytes, contract: Contract) -> Table:
    """All rows of a CSV or TXT file.

    Raises:
        BlockedError: empty, cut, damaged, or without the header of the feed.
    """
    text = encoding.lines_of(content, contract.format.encoding)
    if not any(line.strip() for line in text.lines):
        raise BlockedError("the file is empty", "export it again; a day without rows needs a header")
    delimiter = sniff(text.lines, contract)
    records, numbers, bad = split(text.lines, delimiter)
    if text.undecodable:
        pairs = [(r, n) for r, n in zip(records, numbers, strict=True) if n not in text.undecodable]
        records, numbers = [r for r, _ in pairs], [n for _, n in pairs]
        bad += [
            BadRow(line, f"not {text.encoding}: cannot be decoded at byte {offset}")
            for line, offset in text.undecodable.items()
        ]
    result = table.build(records, numbers, contract, strict_width=True)  # type: ignore[arg-type]
    last = len(text.lines)
    cut = any(row.row_no == last for row in (*bad, *result.bad)) and not text.ends_with_newline
    if cut and result.rows_in_file > 1:
        raise BlockedError(
            f"the file is cut: its last line ({last}) is not complete",
            "export or transfer the file again",
            result.rows_in_file + len(bad),
        )
    result.bad += bad
    result.rows_in_file += len(bad)
    result.encoding = text.encoding
    return result
