"""What one run of the tests makes once, whichever of its processes needs it first.

Belongs here: making a folder once, and knowing where it is. What is in it is its maker's business.
A shared folder is only for looking at; a test that changes something copies it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


class Shared:
    """Folders by name; a process that comes while another makes one waits for it."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        # Each process of a parallel run has a folder of its own below the run's.
        self.root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
        self.root.mkdir(exist_ok=True)

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder of that name, after ``make`` has filled it once in this run."""
        folder, done = self.root / name, self.root / f"{name}.done"
        with (self.root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder
