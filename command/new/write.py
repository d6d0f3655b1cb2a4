"""Writing what did not exist: nothing here overwrites a file or a name."""

from __future__ import annotations

from pathlib import Path

from baokuan.home import PROJECT


class NotWritten(Exception):
    """Nothing was written; the message says why, and what to do."""


def new_file(path: Path, text: str) -> str:
    """Write a new file; returns its name within the project.

    Raises:
        NotWritten: there is one.
    """
    if path.exists():
        raise NotWritten(f"{shown(path)} is there already; edit it, or choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return shown(path)


def insert(path: Path, before: str | None, text: str) -> str:
    """Put lines before the first line that is ``before`` (None: at the end).

    Raises:
        NotWritten: no line is so, so that somebody has to look.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = len(lines)
    if before is not None:
        found = [n for n, line in enumerate(lines) if line.rstrip() == before]
        if not found:
            raise NotWritten(f"{shown(path)} has no line '{before}'; add this by hand:\n{text}")
        place = found[0]
    lines[place:place] = [text]
    path.write_text("".join(lines), encoding="utf-8")
    return shown(path)


def shown(path: Path) -> str:
    """The path within the project."""
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else str(path)
