"""``make serve``: Dagster (web interface, schedules, file sensor) and Superset, until Ctrl-C.

Both listen on this machine only; Dagster has no users of its own. Ports: ``DAGSTER_PORT`` (3000)
and ``SUPERSET_PORT`` (8088). If one of the two ends, the other is stopped as well.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from baokuan.home import Home  # noqa: E402
from orchestration import dbt, home_settings, instance  # noqa: E402

HOST = "127.0.0.1"
START_SECONDS = 150
STOP_SECONDS = 30


def main() -> int:
    home = Home.from_env().make()
    home_settings.apply(home)
    ports = {name: int(os.environ.get(f"{name.upper()}_PORT", default)) for name, default in (
        ("dagster", 3000), ("superset", 8088))}  # fmt: skip
    for name, port in ports.items():
        if is_taken(port):
            print(
                f"Port {port} is in use: does make serve run already? Else choose another port: "
                f"{name.upper()}_PORT={port + 1} make serve",
                file=sys.stderr,
            )
            return 1
    instance.prepare(home)
    try:
        dbt.ensure_manifest(home)
    except dbt.DbtError as error:
        print(error, file=sys.stderr)
        return 1
    logs = home.state / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    servers = {
        "dagster": start(dagster_command(ports["dagster"]), logs / "dagster.log"),
        "superset": start(superset_command(ports["superset"]), logs / "superset.log"),
    }
    signal.signal(signal.SIGTERM, stop_on_signal)
    try:
        return watch(home, servers, ports, logs)
    except KeyboardInterrupt:
        print("\nstopping …", flush=True)
        return 0
    finally:
        stop_all(list(servers.values()))
        print("Dagster and Superset are stopped.", flush=True)


def dagster_command(port: int) -> list[str]:
    program = str(Path(sys.executable).parent / "dagster")
    return [program, "dev", "-m", "orchestration.definitions", "-h", HOST, "-p", str(port)]


def superset_command(port: int) -> list[str]:
    return [sys.executable, "-m", "dashboards", "serve", "--host", HOST, "--port", str(port)]


def start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A server in a process group of its own, its words in a log file."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip


def watch(home: Home, servers: dict, ports: dict[str, int], logs: Path) -> int:
    """Wait until both answer, say where they are, then wait for an end."""
    print("starting Dagster and Superset (up to a minute) …", flush=True)
    waiting = {"dagster": "/server_info", "superset": "/health"}
    deadline = time.monotonic() + START_SECONDS
    while True:
        for name, process in servers.items():
            if process.poll() is not None:
                print(
                    f"{name} ended with code {process.returncode}; its last words are in "
                    f"{logs / name}.log. Run make serve again after mending it.",
                    file=sys.stderr,
                )
                return 1
        for name in [n for n, path in waiting.items() if answers(ports[n], path)]:
            del waiting[name]
            if not waiting:
                print(welcome(home, ports), flush=True)
        if waiting and time.monotonic() > deadline:
            print(
                f"{', '.join(waiting)} didn't answer in {START_SECONDS} s; see {logs}",
                file=sys.stderr,
            )
            return 1
        time.sleep(1)


def welcome(home: Home, ports: dict[str, int]) -> str:
    return (
        f"\n  Dagster   http://{HOST}:{ports['dagster']}\n"
        f"  Superset  http://{HOST}:{ports['superset']}   user admin, password in\n"
        f"            {home.state / 'superset' / 'admin_password'}\n"
        f"  A file dropped into {home.landing} is taken in by itself.\n"
        "  Ctrl-C stops both."
    )


def is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((HOST, port)) == 0


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every group to end, insist after a while."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        alive = [process for process in processes if process.poll() is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))


def stop_on_signal(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
