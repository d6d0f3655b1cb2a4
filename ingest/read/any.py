"""Picks the reader for a file: by what it is, whatever it is called.

Belongs here: telling formats apart. Reading them does not.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import duckdb

from ingest.contract.model import Contract
from ingest.read import delimited, lines, parquet, shaped, sheet
from ingest.read.table import BlockedError, Table

SUFFIXES = {
    ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx",
    ".xlsb": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet",
}  # fmt: skip
MAGIC = ((b"PK\x03\x04", "xlsx"), (b"\xd0\xcf\x11\xe0", "xlsx"), (b"PAR1", "parquet"))


def format_of(path: Path, start: bytes, contract: Contract | None = None) -> str:
    """csv, xlsx, jsonl or parquet. Workbooks and Parquet are known by their first bytes; text
    that is only named .xls (as many systems export it) is read as delimited text."""
    by_name = SUFFIXES.get(
        path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix.lower()
    )
    by_content = next((kind for magic, kind in MAGIC if start.startswith(magic)), None)
    declared = contract.format.type if contract else None
    if by_content is not None:
        return by_content
    wanted = declared or by_name or "csv"
    if wanted == "xlsx" and start and b"\0" not in start:
        return "csv"
    return wanted


def content_of(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzip.

    Raises:
        BlockedError: damaged gzip.
    """
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise BlockedError(
                "the gzip file is cut or damaged", "export or transfer the file again"
            ) from error
    return content


def read(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> Table:
    """All rows of a file that fits into memory.

    Raises:
        BlockedError: the file cannot be loaded; says why and what to do.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise BlockedError(
            "the file is empty (0 bytes)", "export it again; a day without rows needs a header"
        )
    kind = format_of(path, start, contract)
    if kind == "parquet":
        return parquet.read(con, path, contract)
    content = content_of(path)
    if kind == "xlsx":
        return sheet.read(content, contract)
    if kind == "jsonl":
        return lines.read(con, content, contract)
    if kind == "fixed" or is_shaped(contract):
        return shaped.by_text(content, contract)
    return delimited.read(content, contract)


def is_shaped(contract: Contract) -> bool:
    """Does a text file of this contract need a look at each of its lines?"""
    return contract.format.by_records or contract.format.delimiter == "blanks"
