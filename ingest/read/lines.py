"""JSON lines: one object a line.

Belongs here: the split into named text values, nothing more. Numbers keep their digits: they are
never read as floats.
"""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa

from ingest.contract.model import Contract
from ingest.read import encoding, table
from ingest.read.encoding import Block, Coded
from ingest.read.table import BadRow, BlockedError, Hints, Table
from ingest.sql import ident


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
    texts = block.data.split(b"\n")
    texts.pop()
    lines = pa.table(
        {"_row_no": pa.array(range(block.first_line, block.first_line + len(texts)), pa.int64()),
         "line": pa.array(texts, pa.string())}
    )  # fmt: skip
    con.register("json_lines", lines)
    try:
        kinds = con.execute(
            "select _row_no, trim(line) = '' from json_lines "
            "where not json_valid(line) or json_type(line) <> 'OBJECT'"
        ).fetchall()
        names = con.execute(
            "select name, min(_row_no) from (select unnest(json_keys(line)) as name, _row_no "
            "from json_lines where json_valid(line) and json_type(line) = 'OBJECT') "
            "group by name order by 2, 1"
        ).fetchall()
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
            data, warnings = _values(con, [name for name, _ in names], contract)
    finally:
        con.unregister("json_lines")
    skipped = {"title": 0, "total": 0, "blank": blank}
    hints = Hints(may_trim=True, may_mail=b"@" in block.data or "＠".encode() in block.data)
    return Table(data, len(texts), skipped, bad, block.encoding, warnings, hints)


def _values(
    con: duckdb.DuckDBPyConnection, names: list[str], contract: Contract
) -> tuple[pa.Table, list[str]]:
    layout = table.find_layout([list(names)], contract)
    needed = [names[place] for place in sorted(table.needed_places(layout, contract))]
    shape = json.dumps(dict.fromkeys(needed, "VARCHAR"), ensure_ascii=False).replace("'", "''")
    cells = con.execute(
        f"select _row_no, s.* from (select _row_no, json_transform(line, '{shape}') as s "
        "from json_lines where json_valid(line) and json_type(line) = 'OBJECT')"
        if needed
        else f"select _row_no as {ident('_row_no')} from json_lines"
    ).to_arrow_table()
    picked = [cells[n].combine_chunks() if n in needed else None for n in names]
    data = table.columns_of(picked, cells["_row_no"], layout, contract)  # type: ignore[arg-type]
    return data, layout.warnings
