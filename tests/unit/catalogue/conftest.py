"""A copy of the project's catalogue that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue import read

Change = Callable[[str, str, str], int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables, as they are."""
    copy = tmp_path / "catalogue"
    shutil.copytree(read.FOLDER, copy)
    return copy


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace a text in a table; returns the line on which it stood."""

    def changed(table: str, old: str, new: str) -> int:
        path = folder / f"{table}.csv"
        text = path.read_text("utf-8")
        assert old in text, f"{path.name} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return text[: text.index(old)].count("\n") + (2 if old.startswith("\n") else 1)

    return changed
