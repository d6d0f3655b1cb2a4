"""``python -m quality``: run a gate by hand, write the Data Docs. Changes no data."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from baokuan import console, screen
from baokuan.home import Home

if TYPE_CHECKING:
    from quality.results import Result

app = console.app("Run a quality gate by hand. It changes nothing. The home is BAOKUAN_HOME.")

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show what passed, too.")]


def main(arguments: Sequence[str] | None = None, name: str = "python -m quality") -> int:
    """0 = nothing blocks, 1 = something blocks, 2 = the gate could not run."""
    from quality.scratch import NoWarehouse
    from quality.suites import SuiteError
    from serving.versions import ServingError

    try:
        return console.run(app, arguments, name)
    except (NoWarehouse, SuiteError, ServingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


@app.command()
def bronze(
    everything: Annotated[bool, typer.Option(help="All rows, not only new ones.")] = False,
    verbose: Verbose = False,
) -> int:
    """Judge the new rows of each feed, as a run does before it builds."""
    from quality import gates

    return _report(gates.check_bronze(Home.from_env(), _run_id(), everything), verbose)


@app.command()
def candidate(
    path: Annotated[Path | None, typer.Argument(help="A candidate's folder or file.")] = None,
    version: Annotated[
        str | None, typer.Option(help="A published version; default: the current one.")
    ] = None,
    verbose: Verbose = False,
) -> int:
    """Judge a published version or a candidate, as a run does before it publishes."""
    from quality import gates
    from serving import versions

    home = Home.from_env()
    if path is None:
        version = version or versions.current(home)
        if version is None:
            raise versions.NothingPublished(home)
        path = versions.folder(home, version)
    if not (path if path.name == versions.FILE else path / versions.FILE).is_file():
        raise versions.ServingError(f"{path} holds no {versions.FILE}")
    return _report(gates.check_candidate(home, path, _run_id()), verbose)


@app.command()
def docs() -> None:
    """Write all quality results as a page to reports/data_docs."""
    from quality import docs as pages

    print(pages.build(Home.from_env()))


def _report(results: Sequence[Result], verbose: bool) -> int:
    shown = [r for r in results if verbose or r.success is False]
    if shown:
        rows = [
            (r.suite, r.expectation, r.severity, r.status, r.observed or "", r.details)
            for r in shown
        ]
        header = ["suite", "expectation", "severity", "status", "observed", "details"]
        screen.show(screen.table(header, rows))
    counts = Counter(r.status for r in results)
    print("  ".join(f"{status} {n}" for status, n in sorted(counts.items())))
    return 1 if any(r.blocks for r in results) else 0


def _run_id() -> str:
    return f"by-hand-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


if __name__ == "__main__":
    sys.exit(main())
