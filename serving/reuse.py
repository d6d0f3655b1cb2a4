"""A candidate from the version that serves: tables that stayed the same are not written again.

The file of the current version is copied, byte for byte, and only what differs is changed in it:
whole tables, or of incremental ones the rows that the last build replaced. Whether a table is the
same is decided by its version, which the build gives (``MadeOf``); a file that has become a third
empty is written anew instead.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from baokuan.home import Home
from serving import versions
from serving.tables import TARGET, WAREHOUSE, copy_table, literal, picked, quote, relations
from serving.versions import ServingError

NOTE = "made_of.json"  # beside a candidate; part of the manifest once it is published
MOST_EMPTY = 0.34


@dataclass(frozen=True)
class MadeOf:
    """What the warehouse is made of, by ``schema.table``.

    ``whole`` is the key of the whole build. ``versions`` change with a table's rows; ``before`` are
    those that the last build found. ``replaced`` tells for incremental tables which rows it
    replaced: a condition on the table, which it calls ``t``.
    """

    whole: str
    versions: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    words: str = ""  # fingerprint of the comments and of who was erased

    def write(self, folder: Path) -> None:
        (folder / NOTE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def noted(folder: Path) -> MadeOf | None:
    """What stands beside a candidate; None for one that was made without."""
    path = folder / NOTE
    return MadeOf(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def published(home: Home, version: str | None) -> MadeOf | None:
    """Of what a published version is made; None where it does not say."""
    if version is None:
        return None
    try:
        raw = versions.manifest(home, version).get("made_of")
    except ServingError:
        return None
    return MadeOf(**raw) if raw else None


def is_published(home: Home, whole: str) -> bool:
    """True when the version that serves is made of just that."""
    now = published(home, versions.current(home))
    return now is not None and now.whole == whole


def renew(
    con: duckdb.DuckDBPyConnection, old: Path, before: MadeOf, target: Path, made: MadeOf
) -> set[str] | None:
    """Bring a copy of the serving file up to date with the warehouse, attached as ``warehouse``.

    Returns:
        The tables that were written as a whole; None when all of the file would be better written
        anew: it is removed then.
    """
    shutil.copyfile(old, target)
    con.execute(f"attach {literal(target)} as {TARGET}")
    have = {f"{schema}.{table}" for schema, table, _ in relations(con, TARGET)}
    wanted = {f"{schema}.{table}" for schema, table, _ in relations(con, WAREHOUSE)}
    written = set()
    for name in sorted(wanted):
        schema, _, table = name.partition(".")
        is_known = name in have and name in made.versions
        if is_known and made.versions[name] == before.versions.get(name):
            continue
        follows = is_known and made.before.get(name) == before.versions.get(name)
        if follows and name in made.replaced and _replace(con, schema, table, made.replaced[name]):
            continue
        con.execute(f"create schema if not exists {TARGET}.{schema}")
        con.execute(f"drop table if exists {TARGET}.{schema}.{quote(table)}")
        copy_table(con, schema, table)
        written.add(name)
    for name in sorted(have - wanted):
        schema, _, table = name.partition(".")
        con.execute(f"drop table {TARGET}.{schema}.{quote(table)}")
    con.execute(f"checkpoint {TARGET}")
    size = "select free_blocks, total_blocks from pragma_database_size() where database_name = ?"
    empty, blocks = con.execute(size, [TARGET]).fetchall()[0]
    if empty <= MOST_EMPTY * max(blocks, 1):
        return written
    con.execute(f"detach {TARGET}")
    target.unlink()
    return None


def _replace(con: duckdb.DuckDBPyConnection, schema: str, table: str, condition: str) -> bool:
    """The rows that the build replaced; False when the tables then differ in their number."""
    name = f"{schema}.{quote(table)}"
    con.execute("begin")
    try:
        con.execute(f"delete from {TARGET}.{name} as t where {condition}")
        con.execute(
            f"insert into {TARGET}.{name} select {picked(con, schema, table)} "
            f"from {WAREHOUSE}.{name} as t where {condition}"
        )
        con.execute("commit")
    except duckdb.Error:  # other columns than before: the whole table is written
        con.execute("rollback")
        return False
    counts = [
        con.execute(f"select count(*) from {catalog}.{name}").fetchall()[0][0]
        for catalog in (TARGET, WAREHOUSE)
    ]
    return counts[0] == counts[1]
