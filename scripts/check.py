"""All static checks, two at a time, with their times; what a failing one said stands at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
ROOMS = [
    "baokuan",
    "catalogue",
    "simulator",
    "ingest",
    "quality",
    "serving",
    "orchestration",
    "dashboards",
    "command",
]
SCHEMA = "ingest.contract.schema"
CODE = [*ROOMS, "scripts", "bench", "tests"]


@dataclass(frozen=True)
class Check:
    title: str
    command: list[str]
    remedy: str


def checks() -> list[Check]:
    """The long ones first, so that two processors end together."""
    return [
        Check("types (mypy)", [PYTHON, "-m", "mypy"], "give the type that is meant"),
        Check("SQL (dbt compile)", [PYTHON, "scripts/check_sql.py"], "see the finding"),
        Check("catalogue", [PYTHON, "-m", "catalogue", "check"], "mend the rows, `make catalogue`"),
        Check("dashboards", [PYTHON, "-m", "dashboards", "check"], "compare with the dbt columns"),
        Check("contracts", [PYTHON, "-m", "ingest", "contracts"], "mend ingest/contracts/*.yml"),
        Check("schema of contracts", [PYTHON, "-m", SCHEMA, "--check"], f"python -m {SCHEMA}"),
        Check("lint (ruff)", [PYTHON, "-m", "ruff", "check", *CODE], "ruff check --fix"),
        Check("format (ruff)", [PYTHON, "-m", "ruff", "format", "--check", *CODE], "ruff format"),
        Check(
            "docs",
            [PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet"],
            "mend the link, or name the page in mkdocs.yml",
        ),
        Check("layers", [PYTHON, "scripts/check_layers.py"], "see docs/architecture.md"),
    ]


def run(check: Check, environ: dict[str, str]) -> tuple[Check, int, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=PROJECT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    print(
        f"  {'ok  ' if done.returncode == 0 else 'FAIL'} {check.title} ({seconds:.1f} s)",
        flush=True,
    )
    return check, done.returncode, done.stdout, seconds


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="baokuan-check-") as folder:
        # A home of its own: a check must neither need nor touch the retailer's data.
        environ = {
            **os.environ,
            "BAOKUAN_HOME": folder,
            "BAOKUAN_CONFIG": f"{folder}/config",
            "BAOKUAN_SITE": f"{folder}/site",
            "NO_MKDOCS_2_WARNING": "1",
        }
        with ThreadPoolExecutor(max_workers=2) as pool:
            done = list(pool.map(lambda check: run(check, environ), checks()))
    failed = [(check, said) for check, code, said, _ in done if code]
    for check, said in failed:
        print(f"\n== {check.title}: {check.remedy}\n{said.strip()}")
    passed, seconds = len(done) - len(failed), time.monotonic() - started
    print(f"\n{passed} of {len(done)} checks passed in {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
