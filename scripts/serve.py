"""``make serve``: Dagster (web interface, schedules, file sensor) and Superset, until Ctrl-C.

Both listen on this machine only; Dagster has no users of its own. Ports: ``DAGSTER_PORT`` (3000)
and ``SUPERSET_PORT`` (8088). One that ends is started again; one that can't start, or keeps ending,
stops the other as well. If this program is killed, both end with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from baokuan.home import Home  # noqa: E402
from orchestration import dbt, home_settings, instance  # noqa: E402
from orchestration.build import record  # noqa: E402

HOST = "127.0.0.1"
START_SECONDS = 150
STOP_SECONDS = 30
RESTARTS, WITHIN_SECONDS = 3, 600.0  # more of them than that in so long, and we give up
PR_SET_PDEATHSIG = 1


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
        record.script_of(home)
    except dbt.DbtError as error:
        print(error, file=sys.stderr)
        return 1
    logs = home.state / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    servers = {
        "dagster": Server("dagster", dagster_command(ports["dagster"]), logs / "dagster.log"),
        "superset": Server("superset", superset_command(ports["superset"]), logs / "superset.log"),
    }
    signal.signal(signal.SIGTERM, stop_on_signal)
    try:
        for server in servers.values():
            server.start()
        return watch(home, servers, ports, logs)
    except KeyboardInterrupt:
        print("\nstopping …", flush=True)
        return 0
    finally:
        stop_all([server.process for server in servers.values() if server.process])
        print("Dagster and Superset are stopped.", flush=True)


def dagster_command(port: int) -> list[str]:
    program = str(Path(sys.executable).parent / "dagster")
    return [program, "dev", "-m", "orchestration.definitions", "-h", HOST, "-p", str(port)]


def superset_command(port: int) -> list[str]:
    return [sys.executable, "-m", "dashboards", "serve", "--host", HOST, "--port", str(port)]


@dataclass
class Server:
    """A server in a process group of its own, its words in a log file."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ended: list[float] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, preexec_fn=end_with_parent,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.process.poll() if self.process else None

    def start_again(self) -> bool:
        """After an end: clear away what it left behind and start anew, unless that goes on."""
        now = time.monotonic()
        self.ended = [at for at in self.ended if now - at < WITHIN_SECONDS] + [now]
        if len(self.ended) > RESTARTS or self.process is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.start()
        return True


def end_with_parent() -> None:
    """In the new process: be told to stop when the program that started it is gone.

    A shell that starts us in the background has interrupts ignored; the servers need them.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def watch(home: Home, servers: dict[str, Server], ports: dict[str, int], logs: Path) -> int:
    """Wait until both answer, say where they are; from then on start again what ends."""
    print("starting Dagster and Superset (up to a minute) …", flush=True)
    waiting = {"dagster": "/server_info", "superset": "/health"}
    deadline = time.monotonic() + START_SECONDS
    while True:
        for name, server in servers.items():
            code = server.code()
            if code is None:
                continue
            if not waiting and server.start_again():
                print(f"{name} ended with code {code} and is started again.", flush=True)
                continue
            print(
                f"{name} ended with code {code}; its last words are in "
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
