"""The erased person in original files: finding their lines, and cleaning archived originals.

Belongs here: what is done to the bytes of originals. Delimited text and JSON lines are cleaned in
place, line by line; other formats cannot be without writing them anew, so such an original goes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json

import duckdb
import pyarrow as pa

from baokuan.files import fsync, replacing
from baokuan.home import Home
from ingest.arrive import landing
from ingest.arrive.landing import archive_of
from ingest.contract.model import HASHED, Contract
from ingest.erase import erased
from ingest.erase.erased import Gone, member_hash
from ingest.outcomes import Outcome
from ingest.personal import normalise
from ingest.read import any as any_format
from ingest.read import delimited, encoding
from ingest.read.table import BlockedError, NotThisFeedError
from ingest.value import protect

SHOWN = "[erased]"
READ_BYTES = 400_000_000


def rows_of(home: Home, outcome: Outcome, contract: Contract, gone: Gone, key: bytes) -> set[int]:
    """Rows of a file's original that hold the person, those in quarantine too."""
    original = archive_of(home, outcome)
    if original is None or original.stat().st_size > READ_BYTES:
        return set()
    with duckdb.connect(":memory:") as con:
        try:
            data = any_format.read(con, original, contract).data
        except (BlockedError, NotThisFeedError):
            return set()
    hashed = protect.columns(data, contract, key)
    hit: set[int] = set()
    for column in contract.columns:
        name = f"r_{column.name}"
        if name not in hashed.column_names:
            continue
        if column.personal in HASHED:
            hit |= _where(hashed, name, gone.keys)
        elif column.name in ("member_no", "merged_into") and gone.members:
            texts = {t for t in set(hashed[name].to_pylist()) if t}
            mine = {t for t in texts if member_hash(key, t.strip()) in gone.members}
            hit |= _where(hashed, name, mine)
    return hit


def _where(data: pa.Table, name: str, values: set[str]) -> set[int]:
    pairs = zip(data["_row_no"].to_pylist(), data[name].to_pylist(), strict=True)
    return {row for row, value in pairs if value in values}


def clean_original(home: Home, outcome: Outcome, contract: Contract, hit: set[int]) -> str:
    """Take the person out of an archived original: ``cleaned``, ``removed``, or nothing to do."""
    original = archive_of(home, outcome)
    erased.mark(home, outcome.content_hash)
    if original is None or not original.is_relative_to(home.archive):
        return ""
    with original.open("rb") as file:
        kind = any_format.format_of(original, file.read(4096), contract)
    content = any_format.content_of(original) if kind in ("csv", "jsonl") else b""
    cleaned = _cleaned(content, contract, hit, kind) if kind in ("csv", "jsonl") else None
    if cleaned is None:
        original.unlink()
        fsync(original.parent)
        return "removed"
    packed = original.read_bytes().startswith(b"\x1f\x8b")
    with replacing(original) as draft:
        draft.write_bytes(gzip.compress(cleaned) if packed else cleaned)
        draft.chmod(0o600)
    return "cleaned"


def _cleaned(content: bytes, contract: Contract, hit: set[int], kind: str) -> bytes | None:
    """The file without the person's cells; None where a line cannot be told apart."""
    name = contract.format.encoding
    name = encoding.detect(content) if name == "auto" else name
    mark = content[: encoding.mark_of(content, name)]
    try:
        lines = content[len(mark) :].decode(name).split("\n")
    except UnicodeDecodeError:
        return None
    block = encoding.block(content, name)
    personal: set[int] = set()
    delimiter = ","
    if kind == "csv":
        try:
            reader = delimited.Reader(block, contract)
        except (BlockedError, NotThisFeedError):
            return None
        delimiter = reader.delimiter
        for column in contract.columns:
            if column.is_personal or column.name in ("member_no", "merged_into"):
                personal |= set(reader.layout.places.get(column.name, ()))
    for row in sorted(hit):
        if row > len(lines):
            return None
        line = lines[row - 1].rstrip("\r")
        new = (
            _json_line(line, contract) if kind == "jsonl" else _text_line(line, delimiter, personal)
        )
        if new is None:
            return None
        lines[row - 1] = new + ("\r" if lines[row - 1].endswith("\r") else "")
    return mark + "\n".join(lines).encode(name)


def _text_line(line: str, delimiter: str, personal: set[int]) -> str | None:
    """One line with its personal cells emptied, others masked; None where it is not whole."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(rows) != 1 or (personal and len(rows[0]) <= max(personal)):
        return None
    cells = [
        "" if place in personal else normalise.mask_text(cell) for place, cell in enumerate(rows[0])
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()


def _json_line(line: str, contract: Contract) -> str | None:
    try:
        item = json.loads(line)
    except ValueError:
        return None
    names = {
        alias
        for column in contract.columns
        if column.is_personal or column.name in ("member_no", "merged_into")
        for alias in column.sources
    }
    kept = {
        key: normalise.mask_text(value) if isinstance(value, str) else value
        for key, value in item.items()
        if key not in names
    }
    return json.dumps(kept, ensure_ascii=False)


def holding(home: Home, numbers: set[str], phone: str | None) -> list[str]:
    """Files in landing/ whose bytes hold the person: they are not ours to change."""
    needles = [n.encode() for n in numbers if len(n) >= 4]
    if phone is not None:
        digits = normalise.phone(phone)[-11:]
        needles += [digits.encode(), f"{digits[:3]}-{digits[3:7]}-{digits[7:]}".encode()]
    found = []
    for landed in landing.files(home):
        content = landed.path.read_bytes() if landed.bytes < READ_BYTES else b""
        if any(needle in content for needle in needles):
            found.append(landed.relative)
    return found
