"""What tests of several rooms need: here, a look at what reaches the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


class Syncs:
    """Files and folders that were flushed, in order; each by its name at that moment."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.real = os.fsync

    def fsync(self, descriptor: int) -> None:
        self.paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        self.real(descriptor)

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.paths}


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Syncs:
    seen = Syncs()
    monkeypatch.setattr(os, "fsync", seen.fsync)
    return seen
