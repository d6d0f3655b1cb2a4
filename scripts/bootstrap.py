"""Makes the two environments from their lock files: ``bootstrap.py pipeline superset``.

Standard library only, because it runs before anything is installed. uv does the installing: the
one on PATH, else one installed with pip into ``.cache/bootstrap``. Package registries come from the
settings of pip and uv on this machine; none is written here. ``bootstrap.py lock`` renews the lock
files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
UV_VERSION = "0.13.9"
ENVIRONMENTS = {
    "pipeline": (PROJECT / ".venv", PROJECT / "locks" / "pipeline.lock.txt"),
    "superset": (PROJECT / ".venv-superset", PROJECT / "locks" / "superset.lock.txt"),
}
# What pip knows, under the names uv reads it by.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# The command, as it is installed: it finds its project by its own place, so that a link to it, or
# to the environment, works too.
COMMAND = """\
#!/bin/sh
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
bin=$(cd "$(dirname "$self")" && pwd)
exec "$bin/python" -P "$(dirname "$(dirname "$bin")")/command" "$@"
"""
UV_SPELLINGS = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}


class SetUpError(Exception):
    """Something couldn't be installed; the message says what and what to do."""


def say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


def stamp_text(lock: Path) -> str:
    """What an environment was made from; it is made anew when this changes."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{digest} python{sys.version_info.major}.{sys.version_info.minor}\n"


def uv_settings(pip_settings: dict[str, str], environ: dict[str, str]) -> dict[str, str]:
    """Settings of pip under uv's names; a setting that uv has of its own wins."""
    found: dict[str, str] = {}
    for pip_name, uv_name in PIP_TO_UV.items():
        value = pip_settings.get(pip_name, "").split()
        if value and uv_name not in environ and UV_SPELLINGS.get(uv_name) not in environ:
            separator = "," if uv_name == "UV_FIND_LINKS" else " "
            found[uv_name] = separator.join(value)
    if "UV_INDEX" in found:
        # pip looks at all indexes alike; the hashes in the lock files make that safe.
        found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return found


def read_pip_settings(python: str) -> dict[str, str]:
    """``pip config list`` as a dictionary; the environment (``PIP_*``) wins over the files."""
    answer = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings: dict[str, str] = {}
    for line in answer.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ("global", "install", ":env:"):
            if section == "global" and key in settings:
                continue
            settings[key] = value.strip().strip("'\"").replace("\\n", " ")
    return settings


def find_uv() -> tuple[str, str]:
    """Path of uv and of a Python that has pip (only to read pip's settings)."""
    on_path = shutil.which("uv")
    if on_path:
        return on_path, sys.executable
    folder = PROJECT / ".cache" / "bootstrap"
    python, uv = folder / "bin" / "python", folder / "bin" / "uv"
    if not uv.exists():
        say(f"installing uv {UV_VERSION} into .cache/bootstrap")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(folder)], "making an environment for uv failed")
        run(
            [str(python), "-m", "pip", "install", "-q", f"uv=={UV_VERSION}"],
            f"pip could not install uv {UV_VERSION}: is the package index reachable? Set "
            "PIP_INDEX_URL (or pip.conf) to one that is, or put uv on PATH",
        )
    return str(uv), str(python)


def run(command: list[str], trouble: str, environ: dict[str, str] | None = None) -> None:
    answer = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, check=False)
    if answer.returncode:
        raise SetUpError(
            f"{trouble}. (Exit code {answer.returncode}; the tool's own words are above.)"
        )


def uv_environ(pip_python: str) -> dict[str, str]:
    environ = dict(os.environ)
    environ.update(uv_settings(read_pip_settings(pip_python), environ))
    # Without bytecode the first import of the big libraries takes longer than a nightly run may.
    environ.setdefault("UV_COMPILE_BYTECODE", "1")
    environ.setdefault("UV_LINK_MODE", "copy")
    environ.setdefault("UV_HTTP_TIMEOUT", "180")
    environ.setdefault("UV_NO_PROGRESS", "1")
    environ.pop("VIRTUAL_ENV", None)
    return environ


def make_environment(name: str) -> None:
    """Bring one environment to its lock file; nothing happens when it already is."""
    folder, lock = ENVIRONMENTS[name]
    stamp = folder / ".baokuan-stamp"
    wanted = stamp_text(lock)
    if stamp.exists() and stamp.read_text() == wanted and (folder / "bin" / "python").exists():
        if name == "pipeline":
            install_command(folder)
        return
    started = time.monotonic()
    say(f"installing {folder.name} from locks/{lock.name} (a minute or two on a quick line)")
    uv, pip_python = find_uv()
    environ = uv_environ(pip_python)
    stamp.unlink(missing_ok=True)
    if not same_python(folder):
        run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
            f"making {folder.name} failed: is the disk full, or the folder not yours?",
            environ,
        )
    run(
        [uv, "pip", "sync", "--quiet", "--python", str(folder / "bin" / "python"), str(lock)],
        f"installing locks/{lock.name} failed: is the package index reachable (PIP_INDEX_URL, "
        "UV_DEFAULT_INDEX, HTTPS_PROXY), and are 3 GB of disk free? Then run the same make target "
        "again; it goes on where it stopped",
        environ,
    )
    if name == "pipeline":
        install_command(folder)
    stamp.write_text(wanted)
    say(f"{folder.name} is ready ({time.monotonic() - started:.0f} s)")


def install_command(folder: Path) -> None:
    """Put ``baokuan`` into the environment; the project itself is run where it lies."""
    path = folder / "bin" / "baokuan"
    if not path.is_file() or path.read_text() != COMMAND:
        path.write_text(COMMAND)
        path.chmod(0o755)


def same_python(folder: Path) -> bool:
    python = folder / "bin" / "python"
    code = "import sys; print(sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == str(sys.version_info[:2])


def renew_locks() -> None:
    """Resolve ``locks/*.in`` anew, for every Python the project supports."""
    uv, pip_python = find_uv()
    environ = uv_environ(pip_python) | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    for name, (_, lock) in ENVIRONMENTS.items():
        say(f"resolving locks/{name}.in")
        run(
            [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes",
             "--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11",
             "--output-file", str(lock), str(PROJECT / "locks" / f"{name}.in")],
            f"locks/{name}.in can't be resolved",
            environ,
        )  # fmt: skip


def main(arguments: list[str]) -> int:
    if sys.version_info[:2] not in ((3, 11), (3, 12)):
        print(f"Python 3.11 or 3.12 is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    try:
        if arguments == ["lock"]:
            renew_locks()
        for name in arguments:
            if name != "lock":
                make_environment(name)
    except SetUpError as error:
        print(f"\n[set-up] {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
