"""The columns of bronze files, and reading many of them as one relation.

Writing them does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.parquet as pq

from baokuan.home import Home
from ingest.bronze import packs
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.sql import quoted


def columns(contract: Contract) -> list[tuple[str, str]]:
    """(name, DuckDB type) of a bronze file's columns.

    ``_content_hash`` is DuckDB's hash of the contract's columns: equal rows have equal hashes, and
    it settles ties; the views show it as text. ``_notes`` names rejected values and flags.
    """
    return [
        *contract.outputs,
        ("_file_id", "VARCHAR"),
        ("_row_no", "BIGINT"),
        ("_ingested_at", "TIMESTAMP"),
        ("_contract_version", "VARCHAR"),
        ("_content_hash", "UBIGINT"),
        ("_notes", "VARCHAR"),
    ]


def relation(home: Home, contract: Contract, files: Iterable[Outcome]) -> str:
    """A relation, in brackets, over bronze files with every column the contract names today.

    Files that an older contract wrote lack the columns that came later: these are NULL there.
    """
    wanted = dict(columns(contract))
    lacking: dict[tuple[str, str], tuple[str, ...]] = {}
    groups: dict[tuple[str, ...], list[str]] = {}
    for outcome in sorted(files, key=lambda o: str(o.bronze_path)):
        path = str(outcome.bronze_path)
        version = (outcome.contract, outcome.contract_version)
        if version not in lacking:
            have = set(pq.read_schema(home.root / path).names)
            lacking[version] = tuple(name for name in wanted if name not in have)
        groups.setdefault(lacking[version], []).append(path)
    parts = []
    for missing, paths in groups.items():
        read = packs.in_place(home, contract.feed, paths)
        nulls = "".join(f', null::{wanted[name]} as "{name}"' for name in missing)
        names = ", ".join(quoted(str(path)) for path in read)
        parts.append(f"select *{nulls} from read_parquet([{names}])")
    return f"({' union all by name '.join(parts)})"
