"""Publish, refuse, verify, roll back: the only code that moves ``published/CURRENT``.

A crash at any moment leaves the pointer on a whole version; the next publisher clears up. Making
the candidate and judging it are elsewhere, removing old versions is in prune.py.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from baokuan import files, lock
from baokuan.home import Home
from serving import reuse, versions
from serving.candidate import discard_leftovers
from serving.connect import connect
from serving.records import Publication, publications, record_publication, timestamp
from serving.tables import MARTS, quote, table_counts
from serving.versions import FILE, KINDS, MANIFEST, WITHDRAWN, NothingPublished, ServingError


@dataclass(frozen=True)
class Verified:
    """What a version holds, checked through the connection that readers use."""

    version: str
    tables: int
    rows: int
    bytes: int


def publish(home: Home, candidate: Path, run_id: str, kind: str) -> str:
    """Turn a candidate into the current version.

    Marts become Parquet beside the file, everything is flushed, the folder is renamed, opened the
    way readers open it, and only then the pointer moves.

    Returns:
        The version's name.

    Raises:
        ServingError: the candidate is missing, empty or doesn't open; CURRENT is unchanged.
    """
    if kind not in KINDS:
        raise ServingError(f"kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    started = time.monotonic()
    root = _candidate_folder(home, candidate)
    with lock.publishing(home):
        clear_up(home, keep=root)
        previous = versions.current(home)
        version = f"{versions.next_stamp(versions.names(home))}-{kind}"
        made = reuse.noted(root)
        same = _same_parquet(home, previous, made)
        facts = _complete(root, version, kind, run_id, made, same)
        files.fsync_tree(root)
        root.rename(home.published / version)
        files.fsync(home.published)
        try:
            verify(home, version)
        except Exception:
            versions.remove(home.published / version)
            raise
        ops = versions.read_pointer(versions.ops_pointer(home))
        if ops:
            versions.link_into_ops(home, version, ops)
        files.write_atomic(versions.current_file(home), version + "\n")
        record_publication(
            home,
            Publication(
                action="published",
                version=version,
                run_id=run_id,
                kind=kind,
                previous_version=previous,
                as_of_date=facts["as_of_date"],
                tables=len(facts["tables"]),
                rows=sum(facts["tables"].values()),
                bytes=facts["bytes"],
                seconds=round(time.monotonic() - started, 3),
            ),
        )
    return version


def refuse(home: Home, candidate: Path, run_id: str, reason: str) -> None:
    """Discard a candidate and record why; CURRENT stays as it is."""
    root = _candidate_folder(home, candidate, must_exist=False)
    parts = root.name.split("-")
    with lock.publishing(home):
        record_publication(
            home,
            Publication(
                action="refused",
                version=None,
                run_id=run_id,
                kind=parts[2] if len(parts) > 2 and parts[2] in KINDS else None,
                previous_version=versions.current(home),
                reason=reason,
            ),
        )
        versions.remove(root)


def rollback(home: Home, reason: str = "rolled back by hand") -> str:
    """Go back to the version published before the current one, and never choose that one again.

    Returns:
        The version that serves now.

    Raises:
        NothingPublished: there is no version. ServingError: there is no earlier one.
    """
    with lock.publishing(home):
        clear_up(home)
        now = versions.current(home)
        if now is None:
            raise NothingPublished(home)
        earlier = [
            name
            for name in versions.names(home)
            if name < now and not versions.is_withdrawn(home, name)
        ]
        if not earlier:
            raise ServingError(
                f"{now} is the oldest published version: there is nothing to go back to"
            )
        target = earlier[-1]
        verify(home, target)
        # The mark first: after a crash here the same command finishes the work.
        if (home.published / now).is_dir():
            files.write_atomic(home.published / now / WITHDRAWN, f"{timestamp()} {reason}\n")
        files.write_atomic(versions.current_file(home), target + "\n")
        record_publication(
            home,
            Publication(
                action="rolled_back",
                version=target,
                kind=versions.kind_of(target),
                previous_version=now,
                reason=reason,
            ),
        )
    return target


def verify(home: Home, version: str | None = None) -> Verified:
    """Open a version (default: the current one) as readers do, compare it with its manifest.

    Raises:
        ServingError: it doesn't open, or its tables, rows or Parquet files aren't those published.
    """
    name = version or versions.current(home)
    if name is None:
        raise NothingPublished(home)
    folder = versions.folder(home, name)
    manifest = versions.manifest(home, name)
    con = connect(home, name)
    try:
        counts = table_counts(con)
    finally:
        con.close()
    published = manifest["tables"]
    wrong = [
        f"{table}: {published.get(table, 'no')} rows published, {counts.get(table, 'no')} found"
        for table in sorted(set(counts) | set(published))
        if counts.get(table) != published.get(table)
    ]
    if _digest(folder / FILE) != manifest["blake2b"]:
        wrong.append(f"{FILE}: its bytes differ from those published")
    for part in manifest["parquet"]:
        path = folder / "marts" / f"{part.replace('.', '/', 1)}.parquet"
        if not path.is_file() or parquet_rows(path) != manifest["tables"][part]:
            wrong.append(f"{path.relative_to(folder)}: missing, or its row count differs")
    if wrong:
        raise ServingError(
            f"version {name} is not what was published: {'; '.join(wrong[:5])}; "
            "roll back (`make rollback`) or publish anew (`make nightly`)"
        )
    size = (folder / FILE).stat().st_size
    return Verified(name, len(counts), sum(counts.values()), size)


def clear_up(home: Home, keep: Path | None = None) -> None:
    """Remove what a crashed publisher left behind; call it under lock.publishing().

    A whole version newer than the current one, never recorded as published and never withdrawn, was
    left between the rename and the move of the pointer. A current version without a record was left
    just after the move: the record is added.
    """
    discard_leftovers(home, keep=keep)
    now = versions.current(home)
    recorded = {p["version"] for p in publications(home) if p["action"] == "published"}
    for name in versions.names(home):
        newer = now is None or name > now
        if newer and name not in recorded and not versions.is_withdrawn(home, name):
            versions.remove(home.published / name)
    if now and now not in recorded and (home.published / now / MANIFEST).is_file():
        facts = versions.manifest(home, now)
        record_publication(
            home,
            Publication(
                action="published",
                version=now,
                run_id=facts["run_id"],
                kind=facts["kind"],
                as_of_date=facts["as_of_date"],
                tables=len(facts["tables"]),
                rows=sum(facts["tables"].values()),
                bytes=facts["bytes"],
                reason="recorded afterwards: the publisher stopped just after moving the pointer",
            ),
        )


def parquet_rows(path: Path) -> int:
    with duckdb.connect() as con:
        rows = con.execute("select sum(num_rows) from parquet_file_metadata(?)", [str(path)])
        return int(rows.fetchall()[0][0] or 0)


def _same_parquet(home: Home, previous: str | None, made: reuse.MadeOf | None) -> dict[str, Path]:
    """The Parquet files of the version that serves whose tables stayed the same."""
    before = reuse.published(home, previous)
    if made is None or before is None or previous is None:
        return {}
    folder = versions.folder(home, previous) / "marts"
    files_ = {t: folder / f"{t.replace('.', '/', 1)}.parquet" for t in made.versions}
    return {
        table: path
        for table, path in files_.items()
        if made.versions[table] == before.versions.get(table) and path.is_file()
    }


def _complete(
    root: Path, version: str, kind: str, run_id: str, made: reuse.MadeOf | None, same: dict
) -> dict:
    """Write the marts as Parquet and the manifest; returns the manifest.

    Args:
        same: Parquet files by table that are linked instead of written.
    """
    try:
        con = duckdb.connect(
            str(root / FILE),
            read_only=True,
            config={"memory_limit": "2GB", "temp_directory": str(root / "spill")},
        )
    except duckdb.Error as error:
        raise ServingError(f"the candidate {root / FILE} doesn't open: {error}") from error
    try:
        counts = table_counts(con)
        if not counts:
            raise ServingError(f"the candidate {root / FILE} holds no published table")
        parts = [name for name in counts if name.partition(".")[0] in MARTS]
        for name in parts:
            schema, _, table = name.partition(".")
            target = root / "marts" / schema / f"{table}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            if name in same:
                target.hardlink_to(same[name])
                continue
            con.execute(
                f"copy {schema}.{quote(table)} to '{str(target).replace(chr(39), chr(39) * 2)}' "
                "(format parquet, compression zstd)"
            )
        as_of = None
        if "hits.board" in counts:
            as_of = con.execute("select max(as_of_date)::varchar from hits.board").fetchall()[0][0]
    finally:
        con.close()
    versions.remove(root / "spill")
    file = root / FILE
    facts = {
        "version": version,
        "kind": kind,
        "run_id": run_id,
        "published_at": timestamp(),
        "as_of_date": as_of,
        "tables": counts,
        "parquet": parts,
        "bytes": file.stat().st_size,
        "blake2b": _digest(file),
    }
    if made:
        facts["made_of"] = {"whole": made.whole, "versions": made.versions, "words": made.words}
        (root / reuse.NOTE).unlink()
    (root / MANIFEST).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in root.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    return facts


def _candidate_folder(home: Home, candidate: Path, must_exist: bool = True) -> Path:
    root = candidate.parent if candidate.name == FILE else candidate
    if root.parent != home.published or not root.name.startswith(".candidate-"):
        raise ServingError(f"{candidate} is not a candidate of {home.published}")
    if must_exist and not (root / FILE).is_file():
        raise ServingError(f"the candidate {root / FILE} is missing; make a new one")
    return root


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
