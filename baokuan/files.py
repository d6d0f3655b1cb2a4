"""Files that survive a power cut, and names of files that are not complete yet.

Belongs here: writing so that a reader sees the old or the new, never a part. What is written, and
where, does not.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

# Endings that transfer tools, browsers and editors use until a file is complete.
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".writing", "~")


def is_unfinished(name: str) -> bool:
    """Is a file, by its path below some folder, still being written, or hidden?"""
    parts = name.split("/")
    hidden = any(part.startswith(".") for part in parts)
    return hidden or parts[-1].startswith("~$") or parts[-1].lower().endswith(UNFINISHED)


def fsync(path: Path) -> None:
    """Let the content of a file, or the names in a folder, reach the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(root: Path) -> None:
    """The same for everything in a folder, and for the folder's own name."""
    for path in sorted(root.rglob("*")):
        fsync(path)
    fsync(root)
    fsync(root.parent)


@contextlib.contextmanager
def replacing(path: Path, draft: str | None = None) -> Iterator[Path]:
    """A path to write to; afterwards the file there is on disk and stands in place of ``path``.

    The draft's name is the same every time unless one is given, so that what a killed writer left
    is written over. Two writers of one path need a lock, or ``write_atomic``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(draft or f"{path.name}.tmp")
    yield new
    fsync(new)
    new.replace(path)
    fsync(path.parent)


def write_atomic(path: Path, text: str) -> None:
    """Write a text file whole; writers of the same path do not disturb each other."""
    name = f".{path.name}.{uuid.uuid4().hex}.tmp"
    try:
        with replacing(path, name) as draft:
            draft.write_text(text, encoding="utf-8")
    finally:
        path.with_name(name).unlink(missing_ok=True)


def append(path: Path, line: str) -> None:
    """Add a line to a log and let it reach the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        fsync(path.parent)
