"""An unknown file seen without a contract: format, encoding, delimiter, header, first rows.

Belongs here: finding the table in the file. What its columns mean does not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb
import fastexcel

from ingest.read import any as any_format
from ingest.read import records, stream, table
from ingest.read.table import BlockedError

SAMPLE_ROWS = 2000
WESTERN_BYTES = 4_000_000
_NUMBER = re.compile(r"[-+(]?[¥￥$]?[\d.,]+[%万元)]?")
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}.*|\d{1,2}-[A-Za-z]{3}-\d{2,4}")

Cells = list[str | None]


@dataclass
class Look:
    """What can be said of a file before a feed has been chosen."""

    kind: str  # csv, xlsx, jsonl or parquet
    names: list[str] = field(default_factory=list)  # as a contract calls the columns
    rows: list[Cells] = field(default_factory=list)  # the first rows, as wide as the names
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 0  # from 1; 0 without one
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    fixed: list[tuple[int, int | None]] = field(default_factory=list)  # columns of aligned text


def look(path: Path) -> Look:
    """Find the table in a file.

    Raises:
        BlockedError: empty, damaged, or nothing in it looks like a table.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise BlockedError("the file is empty (0 bytes)", "export it again")
    kind = any_format.format_of(path, start)
    finder = {"parquet": _parquet, "xlsx": _xlsx, "jsonl": _jsonl, "csv": _csv}[kind]
    found = finder(path)
    if not found.names or not found.rows:
        raise BlockedError(
            "no table with a row below its header was found",
            "draft a contract from an export that has rows",
        )
    return found


def _csv(path: Path) -> Look:
    name = stream.detect(path)
    if name == "gb18030" and _is_western(path):
        name = "cp1252"
    first = next(stream.blocks(path, name), None)
    if first is None:
        raise BlockedError("the file is empty", "export it again")
    lines = [
        line.decode("utf-8", "replace")
        for line in first.data.split(b"\n", SAMPLE_ROWS + table.HEADER_DEPTH)[:-1]
    ][: SAMPLE_ROWS + table.HEADER_DEPTH]
    delimiter = records.guess(lines)
    if _is_aligned(lines, delimiter):
        return _aligned(lines, name)
    found, _, _ = records.split(lines, delimiter)
    result = _table([list(record) for record in found])
    result.kind, result.encoding, result.delimiter = "csv", first.encoding, delimiter
    return result


def _is_western(path: Path) -> bool:
    """Single bytes above ASCII between plain letters: Western European text, not Chinese."""
    runs = [
        len(run)
        for run in re.findall(rb"[\x80-\xff]+", any_format.content_of(path)[:WESTERN_BYTES])
    ]
    return sum(1 for size in runs if size == 1) * 2 > len(runs)


def _is_aligned(lines: list[str], delimiter: str) -> bool:
    """Text in columns of blanks: no delimiter splits it, but several blanks do."""
    body = [line for line in lines if line.strip()]
    if not body or sum(delimiter in line for line in body) * 2 > len(body):
        return False
    widths = Counter(len(line.split()) for line in body)
    return widths.most_common(1)[0][0] > 1


def _aligned(lines: list[str], name: str) -> Look:
    """Columns of aligned text: cut where every line of the body has a blank."""
    widths = Counter(len(line.split()) for line in lines if line.strip())
    usual = widths.most_common(1)[0][0]
    body = [line for line in lines if len(line.split()) == usual]
    header = body[0] if not any(map(_is_value, body[0].split())) else None
    rows = body[1:] if header else body
    length = max(map(len, rows), default=0)
    free = [all(len(row) <= place or row[place] == " " for row in rows) for place in range(length)]
    starts = [p for p in range(length) if not free[p] and (p == 0 or free[p - 1])]
    cuts = [0, *[max(i for i in range(start) if free[i]) + 1 for start in starts[1:]]]
    ends: list[int | None] = [*cuts[1:], None]
    result = Look("csv", encoding=name, fixed=list(zip(cuts, ends, strict=True)))
    result.header_row = 1 if header else 0
    words = header.split() if header else []
    result.names = words if len(words) == len(cuts) else [str(i + 1) for i in range(len(cuts))]
    result.rows = [[row[a:b].strip() or None for a, b in result.fixed] for row in rows]
    return result


def _xlsx(path: Path) -> Look:
    try:
        book = fastexcel.read_excel(any_format.content_of(path))
        sheets = {}
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, dtypes="string")
            columns = [column.to_pylist() for column in sheet.to_arrow().columns]
            rows = [list(row) for row in islice(zip(*columns, strict=True), SAMPLE_ROWS + 40)]
            if any(map(any, rows)):
                sheets[name] = rows
    except fastexcel.FastExcelError as error:
        raise BlockedError(
            "not a readable Excel workbook (cut, damaged or protected)",
            "open it in Excel and save it again as .xlsx without a password",
        ) from error
    if not sheets:
        raise BlockedError("the workbook is empty", "export it again")
    best = max(sheets, key=lambda name: len(sheets[name]) * len(sheets[name][0]))
    result = _table(sheets[best])
    result.kind, result.sheet, result.sheets = "xlsx", best, list(sheets)
    return result


def _jsonl(path: Path) -> Look:
    block = next(stream.blocks(path, stream.detect(path)), None)
    names: dict[str, None] = {}
    objects = []
    for line in (block.data if block else b"").split(b"\n")[:SAMPLE_ROWS]:
        try:
            item = json.loads(line, parse_float=str, parse_int=str)
        except ValueError:
            continue
        if isinstance(item, dict):
            names.update(dict.fromkeys(item))
            objects.append(item)
    rows = [[_text(item.get(name)) for name in names] for item in objects]
    return Look("jsonl", list(names), rows, block.encoding if block else None)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _parquet(path: Path) -> Look:
    try:
        with duckdb.connect(":memory:") as con:
            found = con.execute(
                f"select columns(*)::varchar from read_parquet(?) limit {SAMPLE_ROWS}", [str(path)]
            )
            names = [column[0] for column in found.description or []]
            rows = [list(row) for row in found.fetchall()]
    except duckdb.Error as error:
        raise BlockedError(
            "not a readable Parquet file (cut or damaged)", "export or transfer it again"
        ) from error
    return Look("parquet", names, rows)


def _table(found: list[Cells]) -> Look:
    """Header and rows among records: titles above, totals and blank lines aside."""
    widths = Counter(_filled(record) for record in found if _filled(record) > 1)
    if not widths:
        return Look("csv")
    usual = max(width for width, count in widths.items() if count * 4 >= max(widths.values()))
    header = -1
    for index, record in enumerate(found[: table.HEADER_DEPTH]):
        cells = [cell for cell in record if cell and cell.strip()]
        texts = sum(1 for cell in cells if not _is_value(cell.strip()))
        if len(cells) * 10 >= usual * 6 and texts * 10 >= len(cells) * 7:
            header = index if _differs(record, found[index + 1 : index + 21]) else -1
            break
        if len(cells) * 10 >= usual * 8:
            break  # a row of values comes before any header
    names = [(cell or "").strip().lstrip("\ufeff") for cell in found[header]] if header >= 0 else []
    while names and not names[-1]:
        names.pop()
    width = len(names) or max(map(len, found))
    names = names or [str(place + 1) for place in range(width)]
    rows = []
    for record in found[header + 1 :]:
        if any(cell and cell.strip() for cell in record) and not table.is_total(
            record, table.TOTAL_WORDS
        ):
            rows.append((record + [None] * width)[:width])
    return Look("csv", names, rows[:SAMPLE_ROWS], header_row=header + 1)


def _filled(record: Cells) -> int:
    return sum(1 for cell in record if cell and cell.strip())


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _differs(header: Cells, below: list[Cells]) -> bool:
    """Is the record unlike the rows below it? Text above numbers, or words that come but once."""
    if not below:
        return True
    for place, cell in enumerate(header):
        if cell and not _is_value(cell.strip()):
            column = [row[place] for row in below if place < len(row) and row[place]]
            if column and sum(_is_value(c.strip()) for c in column if c) * 2 > len(column):
                return True
    again = sum(1 for row in below for cell in row if cell and cell in header)
    return again == 0


def describe(found: Look) -> str:
    """One line about the layout."""
    parts = [found.kind]
    if found.encoding:
        parts.append(found.encoding)
    if found.delimiter:
        parts.append("delimiter " + {"\t": "tab"}.get(found.delimiter, found.delimiter))
    if found.fixed:
        parts.append("columns aligned by blanks")
    if found.sheet:
        parts.append(f"sheet '{found.sheet}' of {len(found.sheets)}")
    parts.append(f"header in row {found.header_row}" if found.header_row else "")
    parts.append(f"{len(found.names)} columns")
    return ", ".join(part for part in parts if part)
