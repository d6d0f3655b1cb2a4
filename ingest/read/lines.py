"""JSON lines: one object a line. Belongs here: the split into named text values, nothing more."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from ingest.contracts.model import Contract
from ingest.read import encoding, table
from ingest.read.table import BadRow, BlockedError, Table


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


class _Number(str):
    """A JSON number as it is written: 10.50 and 19-digit ids must not pass through a float."""


def read(content: bytes, contract: Contract) -> Table:
    """All objects of a JSON lines file.

    Raises:
        BlockedError: empty, cut, or without the columns of the feed.
    """
    text = encoding.lines_of(content, contract.format.encoding)
    objects: list[dict[str, Any]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    blank = 0
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    for number, line in enumerate(text.lines, 1):
        if number in text.undecodable:
            offset = text.undecodable[number]
            bad.append(BadRow(number, f"not {text.encoding}: cannot be decoded at byte {offset}"))
            continue
        if not line.strip():
            blank += 1
            continue
        try:
            item = decoder.decode(line.strip())
        except (ValueError, RecursionError):
            item = None
        if isinstance(item, dict):
            objects.append(item)
            numbers.append(number)
        else:
            bad.append(BadRow(number, "not a JSON object"))
    if not objects and not bad:
        raise BlockedError("the file is empty", "export it again; it holds no row at all")
    if bad and bad[-1].row_no == len(text.lines) and not text.ends_with_newline and objects:
        raise BlockedError(
            f"the file is cut: its last line ({len(text.lines)}) is not complete",
            "export or transfer the file again",
            len(text.lines),
        )
    names: dict[str, None] = {}
    for item in objects:
        names.update(dict.fromkeys(item))
    layout = table.find_layout([list(names)], contract)
    columns: dict[str, pa.Array] = {"_row_no": pa.array(numbers, pa.int64())}
    header = list(names)
    for name, places in layout.places.items():
        keys = [header[place] for place in places]
        values = [next((v for k in keys if (v := item.get(k)) is not None), None) for item in objects]
        columns[f"r_{name}"] = pa.array([_as_text(value) for value in values], pa.string())
    if any(column.expr for column in contract.columns):
        for name in header:
            columns[name] = pa.array([_as_text(item.get(name)) for item in objects], pa.string())
    skipped = {"title": 0, "total": 0, "blank": blank}
    rows = len(objects) + len(bad) + blank
    return Table(pa.table(columns), rows, skipped, bad, text.encoding, layout.warnings)
