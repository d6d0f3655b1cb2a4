"""What an unknown file is most like, and what to do about it.

Belongs here: likeness of names and headers to contracts. Deciding to load does not: a contract's
own ``match`` does that.
"""

from __future__ import annotations

import difflib
from pathlib import PurePosixPath

from ingest.arrive.landing import Landed
from ingest.contract.model import Contract
from ingest.read import any as any_format
from ingest.read import encoding, records, table
from ingest.read.table import BlockedError

SAMPLE = 65_536


def _cells(landed: Landed) -> set[str]:
    """Normalised cells of the first lines of a text file; empty for other formats."""
    with landed.path.open("rb") as file:
        start = file.read(SAMPLE)
    if any_format.format_of(landed.path, start) not in ("csv", "jsonl"):
        return set()
    whole = start[: start.rfind(b"\n") + 1] or start
    try:
        data = encoding.block(whole, encoding.detect(start, whole=False)).data
    except BlockedError:
        return set()
    cells = set()
    for line in data.decode("utf-8", "replace").split("\n")[: table.HEADER_DEPTH]:
        for delimiter in records.DELIMITERS + ":":
            cells |= {table.normal_header(cell.strip("{} ")) for cell in line.split(delimiter)}
    return cells


def unknown_remedy(landed: Landed, contracts: list[Contract]) -> str:
    """The closest feed by header, else by name, and the name under which it would be loaded."""
    cells = _cells(landed)
    best, share = None, 0.0
    for contract in contracts:
        aliases = [
            {table.normal_header(a) for a in c.sources} for c in contract.columns if c.sources
        ]
        hits = sum(1 for names in aliases if names & cells)
        if hits >= 2 and hits / len(aliases) > share:
            best, share = contract, hits / len(aliases)
    if best is None:
        stem = PurePosixPath(landed.relative).name.split(".")[0].lower()
        near = difflib.get_close_matches(stem, [c.feed for c in contracts if not c.source], 1, 0.5)
        best = next((c for c in contracts if near and c.name == near[0]), None)
    write_one = "write a contract for it (baokuan ingest draft FILE proposes one)"
    if best is None:
        return f"no feed is like it; {write_one}, or take the file away"
    how = f"{share:.0%} of its columns are there" if share else "by its name"
    return (
        f"closest feed: {best.feed} ({how}); if it is that, name it {best.path}, e.g. "
        f"{best.feed}_delta_20261031_1{landed.path.suffix}; else {write_one}"
    )
