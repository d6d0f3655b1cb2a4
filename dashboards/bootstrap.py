"""Starts Superset's own Python: set-up and serving. Runs in the pipeline's environment.

Makes the folders and the secret key, writes the bundle, hands over. What is done inside Superset
is in ``dashboards/inside/setup.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import time
from pathlib import Path

from baokuan.home import PROJECT, Home
from dashboards import bundle, ids, reader, specs

REGION = "region"
PYTHON = PROJECT / ".venv-superset" / "bin" / "python"


class BootstrapError(RuntimeError):
    """Superset can't be started or set up; the message says what to do."""


def superset_home(home: Home) -> Path:
    return home.state / "superset"


def environment(home: Home) -> dict[str, str]:
    """What Superset's process needs to know, on top of the caller's environment."""
    return os.environ | {
        "BAOKUAN_HOME": str(home.root),
        "SUPERSET_HOME": str(superset_home(home)),
        "SUPERSET_CONFIG_PATH": str(PROJECT / "dashboards" / "superset_config.py"),
        "PYTHONPATH": str(PROJECT),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONWARNINGS": "ignore",
    }


def python() -> Path:
    """Superset's interpreter.

    Raises:
        BootstrapError: its environment has not been made.
    """
    if not PYTHON.exists():
        raise BootstrapError(f"{PYTHON} is missing; run `make env-superset`")
    return PYTHON


def bootstrap(home: Home) -> Path:
    """Set Superset up, or bring it up to date; returns the file with the administrator's password.

    Raises:
        BootstrapError: the set-up failed; its output has been printed.
    """
    state = superset_home(home)
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o700)
    make_secret_key(state)
    began = time.monotonic()
    print(f"Superset: setting up in {state}", flush=True)
    release = fingerprint()
    stamp = state / "permissions_of"
    fresh = not stamp.exists() or stamp.read_text("utf-8") != release
    path = state / "bundle.json"
    path.write_text(json.dumps(handover(refresh_permissions=fresh), ensure_ascii=False), "utf-8")
    command = [str(python()), "-m", "dashboards.inside.setup"]
    command += ["--bundle", str(path), "--state", str(state)]
    done = subprocess.run(command, env=environment(home), cwd=PROJECT, check=False)
    if done.returncode != 0:
        raise BootstrapError(f"Superset's set-up stopped with exit code {done.returncode}")
    stamp.write_text(release, "utf-8")
    print(f"Superset: ready in {time.monotonic() - began:.0f} s", flush=True)
    return state / "admin_password"


def handover(refresh_permissions: bool = True) -> dict[str, object]:
    """What the set-up inside Superset is told: files to import, access to give, what to remove."""
    spec = reader.load()
    return {
        "refresh_permissions": refresh_permissions,
        "files": bundle.build(spec),
        "retired": spec.retired,
        "queries": [
            {
                "uuid": ids.asset_id("query", query.key),
                "label": " / ".join(query.title),
                "description": " / ".join(query.about),
                "sql": query.sql,
            }
            for query in spec.queries.values()
        ],
        "access": {
            "database": ids.asset_id("database", bundle.DATABASE),
            "regional": [
                ids.dataset_id(dataset, language)
                for dataset in spec.datasets.values()
                for language in specs.LANGUAGES
                if REGION in dataset.columns()
            ],
            "dashboards": {
                ids.dashboard_id(board, language): list(board.roles)
                for board in spec.dashboards.values()
                for language in specs.LANGUAGES
            },
        },
    }


def fingerprint() -> str:
    """Changes when Superset or our roles do: only then are all permissions gone through again."""
    lock = PROJECT / "locks" / "superset.lock.txt"
    roles = PROJECT / "dashboards" / "inside" / "access.py"
    return hashlib.sha256(lock.read_bytes() + roles.read_bytes()).hexdigest()


def make_secret_key(state: Path) -> Path:
    """The key that signs sessions; made once, readable by its owner only."""
    path = state / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48) + "\n", "utf-8")
    return path
