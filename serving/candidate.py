"""The candidate: a fresh file that holds only the published schemas of the closed warehouse.

Copying tables, comments and presentable types belongs here. Judging the candidate does not
(quality/), nor does moving the pointer (publish.py).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from baokuan import lock
from baokuan.home import STORAGE_VERSION, Home
from ingest.erase import erased
from serving import reuse, versions
from serving.reuse import MadeOf
from serving.tables import (
    SCHEMAS,
    TARGET,
    WAREHOUSE,
    comment_on,
    copy_table,
    literal,
    relations,
)
from serving.versions import FILE, KINDS, ServingError

Descriptions = Mapping[tuple[str, str], Mapping[str, str]]  # (schema, table) → column or "" → text


def make(home: Home, kind: str, made: MadeOf | None = None) -> Path:
    """Copy the published schemas into ``published/.candidate-<id>/warehouse.duckdb``.

    Args:
        made: of what the warehouse is made; tables that are those of the version that serves are
            taken from it.

    Returns:
        The candidate's file. Its folder belongs to publish() or refuse() from then on.

    Raises:
        ServingError: no warehouse, a writer holds it, or it has nothing to publish.
    """
    if kind not in KINDS:
        raise ServingError(f"kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if not home.warehouse.is_file():
        raise ServingError(f"{home.warehouse} doesn't exist; run `make nightly` first")
    with lock.publishing(home):
        discard_leftovers(home)
    stamp = versions.next_stamp([])
    root = home.published / f".candidate-{stamp}-{kind}-{os.getpid()}"
    root.mkdir()
    try:
        words = descriptions(home.dbt_manifest)
        if made:
            made = replace(made, words=_fingerprint(home, words))
            made.write(root)
        copy(home.warehouse, root / FILE, words, root / "spill", *_serving(home, made))
    except BaseException:
        versions.remove(root)
        raise
    return root / FILE


def _fingerprint(home: Home, words: Descriptions) -> str:
    """Changes with the comments, and when somebody is erased: the bytes of rows that were removed
    stay in a copied file."""
    gone = erased.read(home)
    said = repr((words, sorted(gone.keys), sorted(gone.members)))
    return hashlib.sha256(said.encode()).hexdigest()


def _serving(home: Home, made: MadeOf | None) -> tuple[MadeOf, Path, MadeOf] | tuple[()]:
    """The version that serves, where a candidate can be made from it."""
    now = versions.current(home)
    before = reuse.published(home, now)
    if made is None or now is None or before is None or before.words != made.words:
        return ()
    file = versions.folder(home, now) / FILE
    return (made, file, before) if file.is_file() else ()


def descriptions(manifest: Path) -> Descriptions:
    """What dbt says of each table and its columns; empty before dbt's first parse."""
    if not manifest.is_file():
        return {}
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        (node["schema"], node["alias"]): {
            "": node["description"],
            **{name: column["description"] for name, column in node["columns"].items()},
        }
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in SCHEMAS
    }


def copy(
    source: Path,
    target: Path,
    words: Descriptions | None = None,
    spill: Path | None = None,
    made: MadeOf | None = None,
    old: Path | None = None,
    before: MadeOf | None = None,
) -> None:
    """Copy the tables of the published schemas from one file into a new one.

    Args:
        words: descriptions become comments, before those that the source file has itself.
        made, old, before: of what the source is made; a published file, and of what that is made.
    """
    con = duckdb.connect(
        config={
            "memory_limit": "2GB",
            "temp_directory": str(spill or ""),
            "preserve_insertion_order": False,
        }
    )
    try:
        try:
            con.execute(f"attach {literal(source)} as {WAREHOUSE} (read_only)")
        except duckdb.Error as error:  # IO: another process; Binder: this process
            raise ServingError(
                f"{source} can't be opened: a writer still holds it or it is damaged ({error}); "
                "close the writer (dbt, a notebook) and run again"
            ) from error
        tables = relations(con, WAREHOUSE)
        if not tables:
            raise ServingError(
                f"{source} holds none of the schemas {', '.join(SCHEMAS)}; run the dbt build first"
            )
        if made and old and before:
            try:
                written = reuse.renew(con, old, before, target, made)
                if written is not None:
                    _comment_all(con, [t for t in tables if f"{t[0]}.{t[1]}" in written], words)
                    return
            except duckdb.Error:  # a damaged file, or one of another DuckDB: it is written anew
                target.unlink(missing_ok=True)
        con.execute(f"attach {literal(target)} as {TARGET} (storage_version '{STORAGE_VERSION}')")
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {TARGET}.{schema}")
        # Large tables first, two at a time: the end of a table is written by one thread alone.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda table: copy_table(con.cursor(), *table[:2]), tables))
        _comment_all(con, tables, words)
    finally:
        con.close()


def _comment_all(
    con: duckdb.DuckDBPyConnection,
    tables: Iterable[tuple[str, str, str | None]],
    words: Descriptions | None,
) -> None:
    """In one transaction: a thousand comments are a thousand flushes otherwise."""
    con.execute("begin")
    for schema, table, comment in tables:
        comment_on(con, schema, table, comment, (words or {}).get((schema, table), {}))
    con.execute("commit")
    con.execute(f"checkpoint {TARGET}")


def discard_leftovers(home: Home, keep: Path | None = None) -> None:
    """Remove what a crashed publisher left: candidates, half-removed folders, temp pointers.

    Call it under lock.publishing().
    """
    for path in home.published.glob(".candidate-*"):
        owner = path.name.rpartition("-")[2]
        elsewhere = owner.isdigit() and int(owner) != os.getpid() and versions.alive(int(owner))
        if path != keep and not elsewhere:
            versions.remove(path)
    for pattern in (".removing-*", "ops/.removing-*", "ops/.building-*"):
        for path in home.published.glob(pattern):
            versions.remove(path)
    for path in home.published.glob(".*.tmp"):
        path.unlink(missing_ok=True)
