"""One run at a time, also after a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.lock import RunLocked, run_lock

HOLDER = """
import sys, time
from pathlib import Path
from orchestration.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "state" / "run.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(RunLocked, match=str(holder.pid)), run_lock(path):
        pass
    holder.kill()
    holder.wait()
    with run_lock(path):
        pass


def test_waiting_is_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "run.lock"
    with run_lock(path), pytest.raises(RunLocked), run_lock(path, 1.2, said.append):
        pass
    assert len(said) == 1 and said[0].startswith("waiting for the run of process")
