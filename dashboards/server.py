"""Serves Superset with gunicorn: threads for many readers, preloaded so that workers share memory.

How to start and stop the server belongs here; what it serves does not. DuckDB must not be opened
before the workers fork, so nothing here or at import reads the published version.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from baokuan.home import PROJECT, Home
from dashboards import bootstrap

START_SECONDS = 120


def patience(seconds: float) -> float:
    """Seconds to wait for what takes that long at most where nothing else runs.

    As many times more as there are processes for each processor, ten times at most. Whoever waits
    goes on as soon as there is what was waited for.
    """
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(waiting, 1.0), 10.0)


def command(host: str, port: int, workers: int, threads: int) -> list[str]:
    """The server's command line."""
    return [
        str(bootstrap.python()),
        "-m",
        "gunicorn",
        "superset.app:create_app()",
        f"--bind={host}:{port}",
        f"--workers={workers}",
        f"--threads={threads}",
        "--worker-class=gthread",
        "--config=python:dashboards.inside.gunicorn_hooks",
        "--preload",
        "--timeout=120",
        "--graceful-timeout=10",
        "--keep-alive=5",
        "--max-requests=5000",
        "--max-requests-jitter=500",
        "--log-level=warning",
    ]


def serve(home: Home, host: str, port: int, workers: int, threads: int) -> NoReturn:
    """Become the server, so that signals reach it; sets Superset up first where that is missing."""
    if not (bootstrap.superset_home(home) / "superset.db").exists():
        bootstrap.bootstrap(home)
    print(f"Superset: http://{host}:{port}  (admin's password: {_password(home)})", flush=True)
    os.chdir(PROJECT)
    line = command(host, port, workers, threads)
    os.execve(line[0], line, bootstrap.environment(home))


def _password(home: Home) -> str:
    return str(bootstrap.superset_home(home) / "admin_password")


@contextmanager
def running(home: Home, port: int, workers: int = 1, threads: int = 8) -> Iterator[str]:
    """A server on the loopback for the length of a block; yields its address.

    Raises:
        BootstrapError: it did not answer in time; the log says why.
    """
    log = bootstrap.superset_home(home) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command("127.0.0.1", port, workers, threads),
            env=bootstrap.environment(home),
            cwd=PROJECT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process, log)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: object) -> None:
    end = time.monotonic() + patience(START_SECONDS)
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise bootstrap.BootstrapError(f"Superset did not answer at {address}; see {log}")
