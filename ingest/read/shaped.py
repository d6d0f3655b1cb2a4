"""Layouts that need a look at each row: titles with values, stacked tables, headers over two rows,
columns by place or between blanks.

Belongs here: which rows of such a file are a contract's rows. Telling encodings and delimiters
apart, and the plain layout, do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyarrow as pa

from ingest.contract.model import Contract, Format
from ingest.read import encoding, records, table
from ingest.read.table import BadRow, BlockedError, Layout, Table

Record = list[str | None]


def by_text(content: bytes, contract: Contract) -> Table:
    """All rows of a text file whose layout is not that of a plain CSV.

    Raises:
        BlockedError: empty, or without the header of the feed.
    """
    name = contract.format.encoding
    block = encoding.block(content, encoding.detect(content) if name == "auto" else name)
    lines = block.data.decode("utf-8", "replace").split("\n")[:-1]
    if not any(map(str.strip, lines)):
        raise BlockedError(
            "the file is empty", "export it again; a day without rows needs a header"
        )
    bad: list[BadRow] = []
    mended: list[int] = []
    numbers = list(range(1, len(lines) + 1))
    found: list[Record]
    if contract.format.widths:
        spans = list(contract.format.widths.values())
        found = [[line[first - 1 : last].strip() for first, last in spans] for line in lines]
    elif contract.format.delimiter == "blanks":
        found = [list(line.split()) for line in lines]
    else:
        delimiter = records.sniff(lines, contract)
        texts, numbers, bad = records.split(lines, delimiter, mended=mended)
        found = [list(record) for record in texts]
    gone = block.undecodable
    pairs = [(r, n) for r, n in zip(found, numbers, strict=True) if n not in gone]
    bad += [
        BadRow(line, f"not {block.encoding}: cannot be decoded at byte {offset}")
        for line, offset in gone.items()
    ]
    result = build([r for r, _ in pairs], [n for _, n in pairs], contract)
    result.bad += bad
    result.warnings += records.told(place + 1 for place in mended)
    result.rows_in_file += len(bad)
    result.encoding = block.encoding
    return result


@dataclass
class _Sorted:
    """The rows of a table, and what the others were."""

    rows: list[Record] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    values: dict[str, list[str | None]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=lambda: {"title": 0, "total": 0, "blank": 0})
    ended: bool = False  # has a row matched ``until``?

    def skip(self, kind: str) -> None:
        self.skipped[kind] = self.skipped.get(kind, 0) + 1


def build(found: list[Record], numbers: list[int], contract: Contract) -> Table:
    """The rows of the contract's table among the records of a file or sheet.

    Raises:
        BlockedError: no header of the feed.
    """
    how = contract.format
    start = _start(found, how)
    layout, first = _layout(found, start, contract)
    sorted_ = _sort(found, numbers, start, layout, first, contract)
    judged = table.judge(
        sorted_.rows, sorted_.numbers, layout.width, table.total_words(contract), strict_width=False
    )
    sorted_.skipped["total"] += judged.total
    sorted_.skipped["blank"] += judged.blank
    data = table.from_rows(judged, layout, contract)
    at = {number: place for place, number in enumerate(sorted_.numbers)}
    for name, values in sorted_.values.items():
        picked = [values[at[number]] for number in judged.numbers]
        data = data.append_column(name, pa.array(picked, pa.string()))
    headers = how.header_rows if layout.header_row >= 0 else 0
    warnings = list(layout.warnings)
    if how.until not in (None, "blank") and not sorted_.ended:
        warnings.append(
            "no row matches 'until' of the contract: all rows below the header are read"
        )
    return Table(data, len(found) - headers, sorted_.skipped, judged.bad, warnings=warnings)


def _start(found: list[Record], how: Format) -> int:
    """Index of the row after the one that ``after`` matches."""
    if how.after is None:
        return 0
    for index, record in enumerate(found):
        if re.search(how.after, _joined(record)):
            return index + 1
    raise BlockedError(
        "no row matches 'after' of the contract, so its table is not in the file",
        "export again, or mend 'format.after' in the contract",
        len(found),
    )


def _layout(found: list[Record], start: int, contract: Contract) -> tuple[Layout, int]:
    """Where the columns are, and the index of the first row below the header."""
    how = contract.format
    if how.widths:
        layout = table.layout_of(-1, list(how.widths), contract)
        return layout, start
    below = found[start : start + table.HEADER_DEPTH + how.header_rows]
    candidates = [_combined(below, index, how.header_rows) for index in range(len(below))]
    layout = table.find_layout(candidates, contract)
    if layout.header_row < 0:
        return layout, start
    return layout, start + layout.header_row + how.header_rows


def _combined(found: list[Record], index: int, count: int) -> Record:
    """The header that some rows make up: merged cells above stand for those to their right."""
    part = found[index : index + count]
    if len(part) == 1:
        return part[0]
    width = max(map(len, part))
    filled: list[list[str]] = []
    for row, record in enumerate(part):
        cells = [(cell or "").strip() for cell in record] + [""] * (width - len(record))
        if row < len(part) - 1:
            under = part[row + 1]
            for place in range(1, width):
                below = under[place] if place < len(under) else None
                if not cells[place] and (below or "").strip():
                    cells[place] = cells[place - 1]
        filled.append(cells)
    columns = zip(*filled, strict=True)
    return ["/".join(dict.fromkeys(filter(None, column))) for column in columns]


def _sort(
    found: list[Record], numbers: list[int], start: int, layout: Layout, first: int,
    contract: Contract,
) -> _Sorted:  # fmt: skip
    how, result = contract.format, _Sorted()
    titles = {name: re.compile(pattern) for name, pattern in how.titles.items()}
    now: dict[str, str | None] = dict.fromkeys(titles)
    result.values = {name: [] for name in titles}
    headers = [_normal(r) for r in found[first - how.header_rows : first]]
    header_at = range(first - how.header_rows, first) if layout.header_row >= 0 else range(0)
    until = None
    if how.until is not None and how.until != "blank":
        until = re.compile(how.until)
    ended = False
    for index, (record, number) in enumerate(zip(found, numbers, strict=True)):
        if index in header_at:
            continue
        joined = _joined(record)
        hit = False
        for name, pattern in titles.items():
            if not ended and (match := pattern.search(joined)):
                now[name], hit = match[1], True
        if not joined:
            result.skip("blank")
            ended = ended or (how.until == "blank" and index >= first and bool(result.rows))
        elif hit:
            result.skip("title")
        elif ended or index < start:
            result.skip("other_table")
        elif index < first or _normal(record) in headers:
            result.skip("title")
        elif until is not None and until.search(joined):
            ended = result.ended = True
            result.skip("title")
        else:
            result.rows.append(record)
            result.numbers.append(number)
            for name in titles:
                result.values[name].append(now[name])
    if layout.header_row >= 0 and how.header_rows == 1:
        table.refuse_other_header(result.rows, result.numbers, layout.names, len(found))
    return result


def _joined(record: Record) -> str:
    return " ".join(cell.strip() for cell in record if cell and cell.strip())


def _normal(record: Record) -> list[str]:
    cells = [table.normal_header(cell) for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    return cells
