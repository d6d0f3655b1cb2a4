"""``python -m quality``: run a gate by hand, write the Data Docs. Changes no data."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from baokuan.home import Home
from quality import docs, gates
from quality.results import Result
from quality.scratch import NoWarehouse
from quality.suites import SuiteError
from serving import versions
from serving.text_table import render
from serving.versions import ServingError


def main(arguments: Sequence[str] | None = None) -> int:
    """0 = nothing blocks, 1 = something blocks, 2 = the gate could not run."""
    args = _parser().parse_args(arguments)
    home = Home.from_env()
    try:
        return args.run(home, args)
    except (NoWarehouse, SuiteError, ServingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _bronze(home: Home, args: argparse.Namespace) -> int:
    return _report(gates.check_bronze(home, _run_id(), args.everything), args.verbose)


def _candidate(home: Home, args: argparse.Namespace) -> int:
    path = args.path
    if path is None:
        version = args.version or versions.current(home)
        if version is None:
            raise versions.NothingPublished(home)
        path = versions.folder(home, version)
    if not (path if path.name == versions.FILE else path / versions.FILE).is_file():
        raise ServingError(f"{path} holds no {versions.FILE}")
    return _report(gates.check_candidate(home, path, _run_id()), args.verbose)


def _docs(home: Home, args: argparse.Namespace) -> int:
    print(docs.build(home))
    return 0


def _report(results: Sequence[Result], verbose: bool) -> int:
    shown = [r for r in results if verbose or r.success is False]
    if shown:
        rows = [
            (r.suite, r.expectation, r.severity, r.status, r.observed or "", r.details)
            for r in shown
        ]
        print(render(["suite", "expectation", "severity", "status", "observed", "details"], rows))
    counts = Counter(r.status for r in results)
    print("  ".join(f"{status} {n}" for status, n in sorted(counts.items())))
    return 1 if any(r.blocks for r in results) else 0


def _run_id() -> str:
    return f"by-hand-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m quality",
        description="Run a quality gate by hand. The home is BAOKUAN_HOME (./data).",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    bronze = commands.add_parser("bronze", help="judge the new rows of the bronze feeds")
    bronze.add_argument("--everything", action="store_true", help="all rows, not only new ones")
    bronze.set_defaults(run=_bronze)
    candidate = commands.add_parser("candidate", help="judge a candidate or a published version")
    candidate.add_argument("path", type=Path, nargs="?", help="a candidate's folder or file")
    candidate.add_argument("--version", help="a published version (default: the current one)")
    candidate.set_defaults(run=_candidate)
    for command in (bronze, candidate):
        command.add_argument("-v", "--verbose", action="store_true", help="show what passed too")
    written = commands.add_parser("docs", help="write the Data Docs to reports/data_docs")
    written.set_defaults(run=_docs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
