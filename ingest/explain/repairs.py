"""Which values of a file are read although they are not written plainly, and how.

Belongs here: naming the repairs of the mess catalogue (M1, M4, M5, M6) for a report. Doing them is
``grammar``'s; this only recognises what it was given.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.contract import grammar
from ingest.contract.model import TYPES, Column, Contract
from ingest.personal.normalise import mask_text
from ingest.read import any as any_format
from ingest.read import delimited, stream
from ingest.read.table import Table
from ingest.sql import ident, quoted

if TYPE_CHECKING:
    from ingest.explain.findings import Finding

READ_BYTES = 64_000_000  # larger files: repairs are looked for in their first part
DISTINCT = 5000
# type → what needs no repair
PLAIN = {
    "integer": r"[-+]?[0-9]+",
    "decimal": r"[-+]?[0-9]+([.][0-9]+)?",
    "money": r"[-+]?[0-9]+([.][0-9]+)?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+Z?",
    "boolean": r".*",
}
_NUMBERS = (
    (r"[(（].*[)）]", "negative number in brackets"),
    (r".*[万亿].*", "unit 万 or 亿 multiplied out"),
    (r".*[%％].*", "percentage as a hundredth"),
    (r".*[０-９].*", "full-width digits"),
    (r".*[¥￥$元圆].*", "currency sign taken off"),
    (r".*[件双个条套人次].*", "counting word taken off"),
    (r".*[,，].*", "thousands separators taken out"),
    (r".*[eE][-+]?\d+", "exponent form read as a number"),
    (r".*\.0+", "trailing .0 of a whole number taken off"),
)
_DATES = (
    (r"[2-7]\d{4}(\.\d*)?", "Excel serial number read as a date"),
    (r"\d{10}|1\d{12}", "epoch time read as a date"),
    (r".*年.*", "date written with 年月日"),
    (r"\d{8}(\d{6})?", "compact date"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2,4}.*", "date with the month's name"),
    (r"\d{1,2}[-/]\d{1,2}[-/]\d{4}.*", "date with the year last"),
    (r"\d{4}[/.]\d{1,2}[/.]\d{1,2}.*|\d{4}-\d{1,2}-\d{1,2}.*", "date in another form"),
)
_IDS = (
    (r"=\".*\"|=.*", 'Excel wrapper ="…" taken off'),
    (r"['`].*", "leading apostrophe taken off"),
    (r"\d+\.0+", "trailing .0 of an identifier taken off"),
)


def findings(path: Path, contract: Contract) -> list[Finding]:
    """Repairs by column and kind, with examples; nothing of personal columns is shown."""
    from ingest.explain.findings import EXAMPLES, Finding

    data, partly = _read(path, contract)
    if data is None:
        return []
    result: list[Finding] = []
    with duckdb.connect(":memory:") as con:
        con.register("raw_rows", data.data)
        for column in contract.columns:
            name = f"r_{column.name}"
            if name not in data.data.column_names or column.is_personal:
                continue
            found: dict[str, Finding] = {}
            for value, count, row in _odd(con, column, name):
                kind = _kind(column, value)
                if kind is None:
                    continue
                one = found.setdefault(kind, Finding("repaired", kind, 0, column.name))
                one.count += count
                if len(one.rows) < EXAMPLES:
                    one.rows.append(row)
                    one.examples.append(mask_text(value.strip())[:60])
            result += found.values()
    if partly:
        for one in result:
            one.why += f" (counted in the first {data.rows_in_file:,} rows)"
    return result


def _read(path: Path, contract: Contract) -> tuple[Table | None, bool]:
    with path.open("rb") as file:
        kind = any_format.format_of(path, file.read(4096), contract)
    if kind == "csv" and path.stat().st_size > READ_BYTES:
        name = contract.format.encoding
        blocks = stream.blocks(path, stream.detect(path) if name == "auto" else name)
        first = next(islice(blocks, 1))
        return delimited.Reader(first, contract).read(first), True
    if path.stat().st_size > READ_BYTES:
        return None, True
    with duckdb.connect(":memory:") as con:
        return any_format.read(con, path, contract), False


def _odd(con: duckdb.DuckDBPyConnection, column: Column, name: str) -> list[tuple[str, int, int]]:
    """(value, count, first row) of values that are not written plainly."""
    r = ident(name)
    if column.map is not None or column.type == "boolean":
        plain = f"{r} = trim({r})"
    elif column.type == "text":
        plain = f"regexp_full_match({r}, '[^\\s=''`].*[^\\s]|[^\\s=''`]?')"
        if column.id:
            plain += f" and not regexp_full_match({r}, '[0-9]+[.]0+')"
    else:
        plain = f"regexp_full_match({r}, {quoted(PLAIN[column.type])})"
    read = _read_as(column, f"trim({r})")
    return con.execute(
        f"select {r}, count(*), min(_row_no) from raw_rows "
        f"where {r} <> '' and not ({plain}) and ({read}) is not null "
        f"group by 1 order by 3 limit {DISTINCT}"
    ).fetchall()


def _read_as(column: Column, x: str) -> str:
    """What ingest makes of a value; NULL where it is rejected: then nothing is repaired."""
    if column.type == "integer":
        return grammar.integer(x)
    if column.type in ("decimal", "money"):
        return grammar.number(x, TYPES[column.type])
    if column.type == "date":
        return grammar.date(x, column.order)
    if column.type == "timestamp":
        return grammar.timestamp(x, "UTC", "UTC", column.order)
    return grammar.identifier(x) if column.id else x


def _kind(column: Column, value: str) -> str | None:
    bare = value.strip()
    if not bare:
        return None
    kinds: tuple[tuple[str, str], ...] = ()
    if column.id:
        kinds = _IDS
    elif column.type in ("integer", "decimal", "money"):
        kinds = _NUMBERS
    elif column.type in ("date", "timestamp"):
        kinds = _DATES
    for pattern, kind in kinds:
        if re.fullmatch(pattern, bare):
            return kind
    return "blanks around the value taken off" if bare != value else None
