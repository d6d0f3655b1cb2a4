"""JSON lines: one object a line.

Belongs here: the split into named text values, nothing more. Numbers keep their digits: they are
never read as floats.
"""

from __future__ import annotations

import json
import re

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.json

from ingest.contract.model import Contract
from ingest.read import encoding, table
from ingest.read.encoding import Block, Coded
from ingest.read.table import BadRow, BlockedError, Hints, Table
from ingest.sql import ident

NEWLINE = ord("\n")
SAMPLE = 1 << 17  # bytes in which cells show whether they are texts or numbers


def read(con: duckdb.DuckDBPyConnection, content: bytes, contract: Contract) -> Table:
    """All objects of a JSON lines file.

    Raises:
        BlockedError: empty, cut, or without the columns of the feed.
    """
    name = contract.format.encoding
    block = encoding.block(content, encoding.detect(content) if name == "auto" else name)
    if block.data.lstrip()[:1] == b"[":
        block = _from_array(block)
    result = read_block(con, block, contract)
    if not result.data.num_rows and not result.bad:
        raise BlockedError("the file is empty", "export it again; it holds no row at all")
    check_end(result, block)
    return result


def _from_array(block: Block) -> Block:
    """A JSON array as JSON lines, one object a line; numbers keep their digits.

    Raises:
        BlockedError: the array does not end, or is not JSON.
    """
    try:
        found = json.loads(block.data, parse_float=str, parse_int=str)
    except ValueError as error:
        raise BlockedError(
            "the file starts a JSON array that is cut or damaged", "export the file again"
        ) from error
    texts = [json.dumps(item, ensure_ascii=False) for item in found]
    data = "".join(text + "\n" for text in texts).encode("utf-8", "replace")
    return Block(data, 1, block.encoding)


def check_end(result: Table, last: Block | Coded) -> None:
    """A broken last line without a line end: the file was cut.

    Raises:
        BlockedError: it was.
    """
    line = last.first_line + last.lines - 1
    cut = not last.ends_with_newline and any(row.row_no == line for row in result.bad)
    if cut and (result.data.num_rows or last.first_line > 1):
        raise BlockedError(
            f"the file is cut: its last line ({line}) is not complete",
            "export or transfer the file again",
            result.rows_in_file,
        )


def read_block(con: duckdb.DuckDBPyConnection, block: Block, contract: Contract) -> Table:
    """The objects of some lines."""
    if not block.undecodable and (cells := _regular(block.data)) is not None:
        return _table(cells, list(cells.column_names), block, contract)
    texts = _lines(block.data)
    numbers = np.arange(block.first_line, block.first_line + len(texts))
    con.register("json_lines", pa.table({"_row_no": numbers, "line": texts}))
    try:
        kinds: list[tuple[int, bool]] = []
        objects = "json_lines"
        found = None if block.undecodable else _names(con, objects)
        if found is None or not all(names for names, _ in found):  # a line may be no object
            kinds = con.execute(
                "select _row_no, trim(line, e' \\n') = '' from json_lines "
                "where not json_valid(line) or json_type(line) <> 'OBJECT'"
            ).fetchall()
            objects = "(from json_lines where json_valid(line) and json_type(line) = 'OBJECT')"
            found = _names(con, objects) or []
        names = _in_order(found)
        blank = sum(1 for row_no, is_blank in kinds if is_blank and row_no not in block.undecodable)
        bad = [BadRow(row_no, "not a JSON object") for row_no, is_blank in kinds if not is_blank]
        bad += [
            BadRow(row_no, f"not {block.encoding}: cannot be decoded at byte {offset}")
            for row_no, offset in block.undecodable.items()
        ]
        if not names:
            data = pa.table({"_row_no": pa.array([], pa.int64())})
            warnings: list[str] = []
        else:
            data, warnings = _values(con, objects, names, contract)
    finally:
        con.unregister("json_lines")
    skipped = {"title": 0, "total": 0, "blank": blank}
    return Table(data, len(texts), skipped, bad, block.encoding, warnings, _hints(block))


def _hints(block: Block) -> Hints:
    return Hints(may_trim=True, may_mail=b"@" in block.data or "＠".encode() in block.data)


def _regular(data: bytes) -> pa.Table | None:
    """Cells of lines that are each one flat object with the names of the first one, by Arrow, which
    reads these several times faster; None if some are not. Numbers keep their digits: whole ones
    only."""
    count = encoding.count_of(data, b"\n")
    if not data.startswith(b"{") or not data.endswith(b"}\n"):
        return None
    if data.count(b"}\n{") != count - 1:  # so that an object is a line where there are as many
        return None
    try:
        names, whole = _sample(data)
        types = {name: pa.int64() if name in whole else pa.string() for name in names}
        found = pyarrow.json.read_json(
            pa.BufferReader(data),
            pyarrow.json.ReadOptions(use_threads=False, block_size=len(data)),
            pyarrow.json.ParseOptions(pa.schema(types), unexpected_field_behavior="error"),
        )
    except (ValueError, pa.ArrowException):
        return None
    if found.num_rows != count:
        return None
    return found.cast(pa.schema([(name, pa.string()) for name in found.column_names]))


def _sample(data: bytes) -> tuple[list[str], set[str]]:
    """Names of the first object in their order by bytes, and those of them with whole numbers.

    Raises:
        ValueError: a line is not what Arrow may read.
    """
    whole, others, names = set[str](), set[str](), list[str]()
    for line in data[:SAMPLE].split(b"\n")[:-1]:
        cells = json.loads(line)
        names = names or sorted(cells, key=str.encode)
        for name, cell in cells.items():
            if isinstance(cell, int) and not isinstance(cell, bool):
                whole.add(name)
            elif isinstance(cell, str):
                others.add(name)
            elif cell is not None:
                raise ValueError(f"{name}: neither a text nor a whole number")
    for name in set(names) - whole - others:  # empty so far
        if re.search(re.escape(json.dumps(name, ensure_ascii=False)).encode() + rb":\s*-?\d", data):
            whole.add(name)
    if whole & others or len({name.lower() for name in names}) < len(names):
        raise ValueError("a name with cells of two kinds, or there twice")
    return names, whole


def _table(cells: pa.Table, names: list[str], block: Block, contract: Contract) -> Table:
    layout = table.find_layout([list(names)], contract)
    numbers = pa.array(np.arange(block.first_line, block.first_line + cells.num_rows))
    picked = [cells[name].combine_chunks() for name in names]
    data = table.columns_of(picked, numbers, layout, contract)
    skipped = {"title": 0, "total": 0, "blank": 0}
    return Table(data, cells.num_rows, skipped, [], block.encoding, layout.warnings, _hints(block))


def _lines(data: bytes) -> pa.Array:
    """The lines of a block with their ends, without copying them."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE) + 1
    bounds = pa.py_buffer(np.r_[0, ends].astype(np.int32))
    return pa.StringArray.from_buffers(len(ends), bounds, pa.py_buffer(data))


def _names(con: duckdb.DuckDBPyConnection, objects: str) -> list[tuple[list[str], int]] | None:
    """Each list of names that objects have (an empty one for what is no object) with its first
    row; None where a line is not JSON. The objects of a system hardly differ in their names."""
    try:
        return con.execute(
            f"select coalesce(json_keys(line), []), min(_row_no) from {objects} group by 1"
        ).fetchall()
    except (duckdb.Error, UnicodeDecodeError):  # DuckDB's word on it may quote half a character
        return None


def _in_order(lists: list[tuple[list[str], int]]) -> list[str]:
    """All names, in the order in which they first come; those of one row by name."""
    first: dict[str, int] = {}
    for names, row_no in lists:
        for name in names:
            first[name] = min(row_no, first.get(name, row_no))
    return sorted(first, key=lambda name: (first[name], name.encode()))


def _values(
    con: duckdb.DuckDBPyConnection, objects: str, names: list[str], contract: Contract
) -> tuple[pa.Table, list[str]]:
    layout = table.find_layout([list(names)], contract)
    needed = [names[place] for place in sorted(table.needed_places(layout, contract))]
    shape = json.dumps(dict.fromkeys(needed, "VARCHAR"), ensure_ascii=False).replace("'", "''")
    cells = con.execute(
        f"select _row_no, s.* from (select _row_no, json_transform(line, '{shape}') as s "
        f"from {objects})"
        if needed
        else f"select _row_no as {ident('_row_no')} from json_lines"
    ).to_arrow_table()
    picked = [cells[n].combine_chunks() if n in needed else None for n in names]
    data = table.columns_of(picked, cells["_row_no"], layout, contract)  # type: ignore[arg-type]
    return data, layout.warnings
