"""One at a time, also after a kill."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from baokuan import lock
from baokuan.home import Home
from baokuan.lock import LockedError

HOLDER = """
import sys, time
from pathlib import Path
from baokuan import lock
from baokuan.home import Home
with lock.run(Home(Path(sys.argv[1]))).held():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    home = Home(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError, match=f"another run .process {holder.pid}.*{tmp_path}"):
        lock.run(home).held().__enter__()
    holder.kill()
    holder.wait()
    with lock.run(home).held():
        pass


def test_waiting_is_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    home = Home(tmp_path)
    with (
        lock.run(home).held(),
        pytest.raises(LockedError),
        lock.run(home).held(0.5, said.append),
    ):
        pass
    assert len(said) == 1 and said[0].startswith("waiting for the run of process")


def test_kinds_of_work_do_not_exclude_each_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with (
        lock.run(home).held(),
        lock.publishing(home),
        lock.intake(home).held(),
        pytest.raises(LockedError, match="another ingest"),
        lock.intake(home).held(),
    ):
        pass
    with lock.intake(home).held():  # and it let go
        pass


def test_publishers_wait_for_each_other(tmp_path: Path) -> None:
    home, order = Home(tmp_path), []

    def second() -> None:
        with lock.publishing(home):
            order.append("second")

    with lock.publishing(home):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
