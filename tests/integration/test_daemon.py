"""The daemon is up, a day's files drop into landing, the board follows untouched by hand."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baokuan.home import PROJECT, Home
from orchestration import instance
from orchestration.build import record
from tests.integration.tables import ask

NEXT_MORNING = "2026-11-02T06:00:00+08:00"
SECONDS = 1200  # a busy machine takes its time; the test goes on as soon as it can


@contextmanager
def daemon(home: Home) -> Iterator[Path]:
    """`dagster dev` as `make serve` starts it, on a free port; yields its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home.state / "daemon.log"
    program = str(Path(sys.executable).parent / "dagster")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)],
            cwd=PROJECT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield log
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)


def test_a_dropped_day_reaches_the_board(retailer, next_days, capsys) -> None:
    home, first = retailer.home, retailer.current
    retailer.clock(NEXT_MORNING)
    instance.prepare(home)
    record.script_of(home)
    with daemon(home) as log:
        wait(lambda: "Serving dagster-webserver" in log.read_text(), log)
        retailer.land(next_days(1))
        dropped = time.monotonic()
        wait(lambda: retailer.current != first, log)
        seconds = time.monotonic() - dropped
        wait(lambda: last_run(home) == ("success", "intraday"), log)
    with capsys.disabled():
        print(f"\nfile dropped → board published: {seconds:.0f} s")
    assert retailer.current.endswith("-intraday")
    assert ask(home, "select max(as_of_date)::text from hits.board") == [("2026-11-01",)]
    assert not any(path.is_file() for path in home.landing.rglob("pos_receipt_line_*"))


def last_run(home: Home) -> tuple:
    return ask(home, "select status, job from ops.runs order by started_at desc limit 1")[0]


def wait(condition, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(1)
