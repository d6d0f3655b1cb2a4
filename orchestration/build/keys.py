"""Of what a table is made: versions of the sources, and of tables by their content.

A version is a short text that is the same only when the content is. Sources have theirs from the
committed files (a file that was rewritten by an erasure differs by its time), small tables and
tables built as a whole from their rows, incremental tables from what was done to them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from baokuan.home import Home
from orchestration.build.script import Script, Step, digest

RUN = "bronze._run"
NOW = "now_at"  # what the running day is compared with; everything else reads the closed day
BOOKS = "bronze._"


def source_versions(con: duckdb.DuckDBPyConnection, home: Home, script: Script) -> dict[str, str]:
    """The version of each source by ``schema.table``; ``bronze._run`` with the day alone."""
    columns = dict(
        con.execute(
            "select schema_name || '.' || table_name, "
            "string_agg(column_name || ' ' || data_type, ',' order by column_index) "
            "from duckdb_columns() where schema_name = 'bronze' group by 1"
        ).fetchall()
    )
    files: dict[str, list[str]] = {}
    for feed, *facts in con.execute(
        "select feed, file_id, file_date::varchar, file_seq, content_hash, batch, rows "
        "from bronze._file order by all"
    ).fetchall():
        files.setdefault(feed, []).append(" ".join(map(str, facts)))
    found = {}
    for relation in script.sources.values():
        feed = relation.partition(".")[2]
        if relation == RUN:
            rows = con.execute("select as_of_date::varchar from bronze._run").fetchall()
            found[relation] = digest([str(rows)])
        elif relation.startswith(BOOKS):
            found[relation], _ = content(con, relation)
        else:
            written = _parquet(home.bronze / feed)
            found[relation] = digest([columns.get(relation, ""), *files.get(feed, []), *written])
    return found


def _parquet(folder: Path) -> list[str]:
    """Name, size and time of each Parquet file of a feed: other bytes under an old name count."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        stats = [(e.name, e.stat()) for e in entries if e.name.endswith(".parquet")]
    return [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in sorted(stats)]


def content(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, int]:
    """The version of a table by its rows, whatever their order; and how many there are."""
    schema, _, table = relation.partition(".")
    rows = con.execute(
        f'select count(*), sum(hash(t)), bit_xor(hash(t)) from "{schema}"."{table}" as t'
    ).fetchall()
    return digest([str(rows[0])]), rows[0][0]


def moment(con: duckdb.DuckDBPyConnection) -> str:
    """The version of the clock, for what compares with this very minute."""
    return str(con.execute("select now_at from bronze._run").fetchall())


def reads_clock(step: Step) -> bool:
    """True for the few nodes whose statements look at the minute and not only at the day."""
    return any(NOW in sql for sql in step.change)


def key_of(step: Step, script: Script, versions: Mapping[str, str], now: str) -> str:
    """Of what a node is made: its statements, and the versions of all that they read.

    Raises:
        KeyError: a relation has no version: its step has not run.
    """
    relations = [
        script.sources[parent] if parent in script.sources else script.by_id[parent].relation
        for parent in step.parents
    ]
    read = [f"{relation}={versions[relation]}" for relation in sorted(relations)]
    kept = [f"{relation}~{versions.get(relation, '')}" for relation in step.reads]
    return digest([step.code, *read, *kept, now if reads_clock(step) else ""])


def whole_key(script: Script, sources: Mapping[str, str]) -> str:
    """Of what a whole build is made; the minute alone is no reason to build."""
    return digest([script.fingerprint, *(f"{name}={sources[name]}" for name in sorted(sources))])


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    schema, _, table = relation.partition(".")
    return int(con.execute(f'select count(*) from "{schema}"."{table}"').fetchall()[0][0])
